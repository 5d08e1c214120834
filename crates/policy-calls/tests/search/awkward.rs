//! Calls in every form. `tests/awkward` has a comment on each line with calls, which says what they are.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use iam_policy_calls::{Calls, Search, Unchecked};
use testing_support::Folder;

use crate::sdk;

/// The number of calls by file, line, operation and whether they are in tests.
type Sites = BTreeMap<(String, usize, String), usize>;

/// The workspace, in a folder of its own.
fn workspace() -> (Folder, Sites) {
    let folder = Folder::with(&[]);
    let mut expected = Sites::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/awkward");
    copy(&root, &root, &folder, &mut expected);
    sdk::write(&folder);
    (folder, expected)
}

fn copy(root: &Path, from: &Path, folder: &Folder, expected: &mut Sites) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            copy(root, &path, folder, expected);
            continue;
        }
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            for call in line
                .split_once("//~ ")
                .into_iter()
                .flat_map(|(_, calls)| calls.split(", "))
            {
                *expected.entry((name.clone(), number + 1, call.to_owned())).or_default() += 1;
            }
        }
        folder.write(&format!("program/{}", name.strip_suffix(".in").unwrap_or(&name)), text);
    }
}

fn sites(calls: &Calls) -> Sites {
    let mut sites = Sites::new();
    for call in calls.calls.iter().filter(|call| call.origin.is_none()) {
        let test = if call.is_test { "test " } else { "" };
        let operation = format!("{test}{}.{}", call.service, call.operation);
        *sites.entry((call.file.clone(), call.line, operation)).or_default() += 1;
    }
    sites
}

/// What is in one and not in the other, as text.
fn missing(from: &Sites, other: &Sites) -> Vec<String> {
    let mut missing = Vec::new();
    for (site, number) in from {
        for _ in other.get(site).copied().unwrap_or_default()..*number {
            missing.push(format!("{}:{}: {}", site.0, site.1, site.2));
        }
    }
    missing
}

#[test]
fn exact_mode_finds_every_call_and_nothing_else() {
    let (folder, expected) = workspace();
    let calls = Search::new(folder.path("program")).run(&mut |_| {}).unwrap();
    let found = sites(&calls);
    assert_eq!(calls.warnings, []);
    let is_broken = |unchecked: &&Unchecked| unchecked.reason.contains("compile");
    assert_eq!(calls.unchecked.iter().find(is_broken), None);
    assert_eq!(missing(&expected, &found), Vec::<String>::new(), "not found");
    assert_eq!(missing(&found, &expected), Vec::<String>::new(), "not expected");
    assert!(expected.values().sum::<usize>() >= 60);
    assert!(!folder.path("program/Cargo.lock").exists());
}

#[test]
fn quick_mode_finds_nearly_every_call() {
    let (folder, expected) = workspace();
    let calls = Search::new(folder.path("program")).quick().run(&mut |_| {}).unwrap();
    let found = sites(&calls);
    let (lost, wrong) = (missing(&expected, &found), missing(&found, &expected));
    let all = expected.values().sum::<usize>();
    assert!(
        (all - lost.len()) * 100 >= all * 95,
        "not found, of {all}: {lost:#?}\n{:#?}",
        calls.unresolved
    );
    assert_eq!(wrong, Vec::<String>::new(), "not expected");
}
