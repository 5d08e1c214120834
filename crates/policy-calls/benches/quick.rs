//! The quick search in a workspace of 200,000 lines: `cargo bench -p iam-policy-calls`.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use iam_policy_calls::Search;
use testing_support::Folder;

fn main() {
    divan::main();
}

const FILES: usize = 400;

/// The lines of a file that is one call among ordinary code.
const LINES: usize = 500;

#[divan::bench]
fn ordinary_code(bencher: Bencher<'_, '_>) {
    search(bencher, &module(25));
}

/// Code of which every sixth line is a call.
#[divan::bench]
fn nothing_but_calls(bencher: Bencher<'_, '_>) {
    search(bencher, &module(0));
}

fn search(bencher: Bencher<'_, '_>, module: &str) {
    let folder = workspace(module);
    let search = Search::new(folder.path("program")).quick();
    bencher
        .counter(ItemsCount::new(FILES * LINES))
        .bench(|| search.run(&mut |_| {}).map(|calls| black_box(calls.calls.len())));
}

fn workspace(module: &str) -> Folder {
    let folder = Folder::with(&[(
        "program/Cargo.toml",
        "[package]\nname = \"program\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\naws-sdk-s3 = \"1\"\n",
    )]);
    let mut root = String::new();
    for number in 0..FILES {
        // Writing to a string cannot fail.
        let _ = writeln!(root, "mod module{number};");
        let path: PathBuf = Path::new("program/src").join(format!("module{number}.rs"));
        folder.write(&path.display().to_string(), module);
    }
    folder.write("program/src/lib.rs", root);
    folder
}

/// A file in which each function with a call has some lines of other code.
fn module(other: usize) -> String {
    let mut text = String::from("use std::collections::HashMap;\n\nuse aws_sdk_s3::Client;\n\n");
    let mut number = 0;
    while text.lines().count() < LINES {
        let _ = write!(
            text,
            "pub struct Store{number} {{\n    client: Client,\n    names: HashMap<String, usize>,\n}}\n\nimpl Store{number} {{\n"
        );
        for function in 0..4 {
            let _ = writeln!(
                text,
                "    pub async fn load{function}(&mut self, key: &str) -> Option<usize> {{"
            );
            for line in 0..other {
                let _ = writeln!(
                    text,
                    "        let length{line} = self.names.get(key).copied().unwrap_or({line}) + key.len().max({function});"
                );
            }
            let _ = write!(
                text,
                "        let answer = self.client.get_object().bucket(\"reports\").key(key).send().await.ok()?;\n        self.names.insert(key.to_owned(), answer.content_length()? as usize);\n        Some(self.names.len())\n    }}\n\n"
            );
        }
        text.push_str("}\n\n");
        number += 1;
    }
    let lines: Vec<&str> = text.lines().take(LINES).collect();
    lines.join("\n")
}
