//! Reports on a terminal: wrapped text with aligned columns, which fits.

use expect_test::{Expect, expect};
use iam_policy_commands::Output;

use crate::support::{Folder, GOOD, SPEC};

/// What a command prints on a terminal with this many columns, without colors.
fn at_a_terminal(arguments: &[&str], width: usize) -> String {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut output = Output::new(&mut stdout, &mut stderr);
    output.terminal = true;
    output.width = width;
    let arguments = ["iam-policy"].iter().chain(arguments);
    iam_policy_commands::execute(iam_policy_cli::command(), arguments, &mut output, iam_policy_cli::run);
    String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap()
}

fn check(folder: &Folder, arguments: &[&str], expected: Expect) {
    let file = |argument: &&str| match folder.path(argument) {
        path if path.exists() => path.to_str().unwrap().to_owned(),
        _ => (*argument).to_owned(),
    };
    let arguments: Vec<String> = arguments.iter().map(file).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let shown = at_a_terminal(&arguments, 70);
    for line in shown.lines() {
        assert!(line.chars().count() <= 70, "{line}");
    }
    expected.assert_eq(&shown.replace(folder.root().to_str().unwrap(), "…"));
}

#[test]
fn explanations_fit() {
    let folder = Folder::with(&[
        ("good.toml", SPEC),
        ("wide.json", &GOOD.replace("s3:GetObject", "s3:GetObject*")),
    ]);
    check(
        &folder,
        &["explain", "good.toml"],
        expect![[r#"
            user

            Statement Read: Allow

            Downloads reports.

            - Actions: 1 Read
            - Resources: arn:aws:s3:::reports/*

            Action        Access     Resource     Description
                          level      types
            ────────────  ─────────  ───────────  ────────────────────────────────
            s3:GetObject  Read       object       Grants permission to retrieve
                                                  objects from Amazon S3.
        "#]],
    );
}

#[test]
fn comparisons_fit() {
    let folder = Folder::with(&[
        ("good.toml", SPEC),
        ("a.json", GOOD),
        ("b.json", &GOOD.replace("Object", "BucketAcl")),
    ]);
    let ran = folder.run(&["diff", "good.toml", "b.json"]);
    assert!(ran.stdout.contains("\n## Newly denied\n"), "{ran}");
    // How long the paths are depends on where the test runs.
    let file = |name: &str| folder.path(name).to_str().unwrap().to_owned();
    let shown = at_a_terminal(&["diff", &file("good.toml"), &file("b.json")], 70);
    let start = "Narrowed: everything allowed now was allowed before, and some requests\nare no longer allowed.\n\n\
        Newly denied\n\ns3: Read\n\n- s3:GetObject\n  - was allowed by statement Read";
    assert!(shown.starts_with(start), "{shown}");
    check(
        &folder,
        &["covers", "--required", "good.toml", "--granted", "good.toml"],
        expect![[r#"
            Covered: every required permission is granted.
        "#]],
    );
    check(
        &folder,
        &[
            "covers",
            "--required",
            "good.toml",
            "--granted",
            "good.toml",
            "--format",
            "markdown",
        ],
        expect![[r#"
            **Covered**: every required permission is granted.
        "#]],
    );
}
