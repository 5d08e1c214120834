//! Runs the sessions shown in the README.

use std::fs;

use std::path::Path;

use testing_support::markdown::sessions;

use crate::support::{Folder, run_in};

const README: &str = include_str!("../../README.md");

/// The code blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let opening = format!("```{language}\n");
    let parts = README.split(&opening).skip(1);
    parts.filter_map(|part| part.split("\n```").next()).collect()
}

/// A block that starts with a comment naming a file defines that file; a `console` block is run.
#[test]
fn readme_sessions_are_real() {
    let folder = Folder::with(&[]);
    for block in blocks("toml") {
        let (name, text) = block.split_once('\n').unwrap();
        folder.write(name.trim_start_matches("# "), format!("{text}\n"));
    }
    for block in blocks("json") {
        folder.write("user.json", format!("{block}\n"));
    }
    let mut readme = README.to_owned();
    for block in blocks("console") {
        let command = block.lines().next().unwrap().strip_prefix("$ iam-policy ").unwrap();
        let arguments: Vec<&str> = command.split_whitespace().collect();
        let ran = folder.run(&arguments);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        readme = readme.replace(block, &format!("$ iam-policy {command}\n{}", said.trim_end()));
    }
    if readme != README && std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"), &readme).unwrap();
    } else {
        assert_eq!(
            readme, README,
            "run with UPDATE_EXPECT=1 to write what the program says"
        );
    }
}

#[test]
fn sessions_of_the_documentation_are_real() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (name, count) in [("README.md", 1), ("docs/check.md", 2)] {
        let text = fs::read_to_string(root.join(name)).unwrap();
        let sessions = sessions(&text, "iam-policy");
        assert_eq!(sessions.len(), count, "{name}");
        for session in sessions {
            let arguments: Vec<&str> = session.command.split(' ').skip(1).collect();
            let ran = run_in(&root, &arguments, b"");
            session.assert_printed(&format!("{}{}", ran.stdout, ran.stderr));
        }
    }
}
