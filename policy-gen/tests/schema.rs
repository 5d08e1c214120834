//! The JSON Schema accepts valid specs, and rejects mistakes that editors should report.
#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

#[path = "schema/mistakes.rs"]
mod mistakes;

use std::path::{Path, PathBuf};

use iam_policy_core::operator::Operator;
use iam_policy_core::{Arn, Partition, text};
use iam_policy_document::Severity;
use iam_policy_gen::{configuration_schema, schema};
use iam_policy_spec::compile::compile;
use iam_policy_spec::keys::SECTIONS;
use iam_policy_spec::{Source, configuration};
use proptest::prelude::*;
use serde_json::{Value, json};
use testing_support::Schema;
use toml::de::{DeTable, DeValue};

use self::mistakes::{MISTAKES, SPEC};

fn validator() -> Schema {
    Schema::new(serde_json::from_str(&schema()).unwrap())
}

/// Whether the schema accepts `spec`.
fn accepts(schema: &Schema, spec: &str) -> bool {
    let table = DeTable::parse(spec).unwrap();
    schema.accepts(&as_object(table.get_ref()))
}

fn as_object(table: &DeTable<'_>) -> Value {
    table
        .iter()
        .map(|(key, value)| (key.get_ref().to_string(), as_json(value.get_ref())))
        .collect()
}

fn as_json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Boolean(flag) => Value::from(*flag),
        DeValue::Array(items) => items.iter().map(|item| as_json(item.get_ref())).collect(),
        DeValue::Table(table) => as_object(table),
        DeValue::Integer(_) | DeValue::Float(_) => Value::from(1),
        DeValue::Datetime(_) => Value::Null,
    }
}

/// The specs in `folder`, below the workspace.
fn specs_in(folder: &Path, specs: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if name != "target" && !name.starts_with('.') {
                specs_in(&path, specs);
            }
        } else if path.extension().is_some_and(|extension| extension == "toml")
            && std::fs::read_to_string(&path).unwrap().contains("[policy.")
        {
            specs.push(path);
        }
    }
}

#[test]
fn every_spec_of_the_repository_is_accepted() {
    let schema = validator();
    let mut specs = Vec::new();
    specs_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), &mut specs);
    let mut valid = 0;
    for path in specs {
        let spec = std::fs::read_to_string(&path).unwrap();
        if errors(&spec).is_empty() {
            assert!(accepts(&schema, &spec), "{}", path.display());
            valid += 1;
        }
    }
    assert!(valid >= 4, "{valid}");
}

/// The errors of the compiler.
fn errors(spec: &str) -> Vec<String> {
    let compiled = compile(&Source::new("policies.toml", spec));
    let findings = compiled
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    let unknown = compiled
        .findings
        .iter()
        .filter(|finding| finding.code == Some("UNUSED_WAIVER"));
    let all = compiled.mistakes.iter().chain(findings).chain(unknown);
    all.map(|mistake| mistake.message.to_string()).collect()
}

#[test]
fn the_schema_sees_what_a_schema_can_see() {
    let schema = validator();
    assert_eq!(errors(SPEC), Vec::<String>::new());
    assert!(accepts(&schema, SPEC));
    let mut wrong = Vec::new();
    for mistake in MISTAKES {
        assert!(SPEC.contains(mistake.piece), "{}", mistake.kind);
        let spec = SPEC.replacen(mistake.piece, mistake.wrong, 1);
        if errors(&spec).is_empty() {
            wrong.push(format!("{}: not a mistake", mistake.kind));
        }
        match (accepts(&schema, &spec), mistake.unseen) {
            (true, None) => wrong.push(format!("{}: not seen", mistake.kind)),
            (false, Some(why)) => wrong.push(format!("{}: seen, although {why}", mistake.kind)),
            _ => {}
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    let seen = MISTAKES.iter().filter(|mistake| mistake.unseen.is_none()).count();
    assert!(seen >= 45 && MISTAKES.len() >= 58, "{seen} of {}", MISTAKES.len());
}

/// The pattern of a key's strings.
///
/// - `place`: the place of the key, or of the strings in its list
fn pattern_of(place: &str) -> Schema {
    let root: Value = serde_json::from_str(&schema()).unwrap();
    let pattern = root.pointer(&format!("/definitions/{place}/pattern"));
    Schema::new(json!({"type": "string", "pattern": pattern.unwrap()}))
}

#[test]
fn waivers_accept_malformed_actions_and_arns() {
    let schema = validator();
    let spec = |waive: &str| {
        SPEC.replacen(
            "\"s3:PutObject\"",
            &format!("{{ action = \"s3: PutObject\"{waive} }}"),
            1,
        )
        .replacen("\"arn:aws:s3:::out/*\"", &format!("{{ arn = \"out/*\"{waive} }}"), 1)
    };
    let waived = spec(
        ", waive = [{ check = \"INVALID_ACTION\", why = \"AWS stores it\" }, { check = \"INVALID_ARN_PREFIX\", why = \"likewise\" }]",
    );
    assert!(accepts(&schema, &waived) && !accepts(&schema, &spec("")));
    let unused = errors(&waived).iter().all(|error| error.starts_with("unused waiver"));
    assert!(unused, "{:?}", errors(&waived));
}

#[test]
fn actions_have_the_syntax_of_the_compiler() {
    let schema = pattern_of("statement/properties/actions/items/then");
    proptest!(|(action in r"[a-z0-9:*?.{} -]{0,8}")| {
        prop_assert_eq!(schema.accepts(&json!(action)), text::is_action(&action), "{}", action);
    });
}

#[test]
fn sids_and_names_have_the_syntax_of_the_compiler() {
    let (sid, id) = (
        pattern_of("statement/properties/sid"),
        pattern_of("statement/properties/id"),
    );
    proptest!(|(name in "[aA0_-]{0,3}(ä| |)")| {
        prop_assert_eq!(sid.accepts(&json!(name)), text::is_sid(&name), "{}", name);
        prop_assert_eq!(id.accepts(&json!(name)), text::is_name(&name), "{}", name);
    });
}

#[test]
fn arns_have_the_syntax_of_the_compiler() {
    let schema = pattern_of("statement/properties/resources/items/then");
    proptest!(|(
        start in r"(arn|an)(:(aws|aws-cn|aws-moon|a\*|\{partition\})?)?",
        rest in r"(:(a|\*|→|))(:(a|\?|)){1,2}(:[ab:*$ é→]{0,3})?",
    )| {
        let arn = start + &rest;
        let expanded = arn.replace("{partition}", "aws");
        let is_known = expanded.split(':').nth(1).is_some_and(|partition| {
            partition.contains('*') || Partition::from_name(partition).is_some()
        });
        let is_valid = Arn::parse(&expanded).is_ok() && is_known && arn.chars().all(text::is_accepted);
        prop_assert_eq!(schema.accepts(&json!(arn)), is_valid, "{}", arn);
    });
}

#[test]
fn operators_have_the_syntax_of_iam() {
    let mut root: Value = serde_json::from_str(&schema()).unwrap();
    root["allOf"] = json!([{"$ref": "#/definitions/conditions"}]);
    let schema = Schema::new(root);
    proptest!(|(
        qualifier in "(ForAllValues:|foranyvalue:|ForEach:|)",
        operator in prop::sample::select(Operator::ALL),
        lower in any::<bool>(),
        ending in "(IfExists|ifexists|s|)",
    )| {
        let name = operator.to_string();
        let name = format!("{qualifier}{}{ending}", if lower { name.to_lowercase() } else { name });
        let is_accepted = schema.accepts(&json!({&name: {"aws:SourceIp": "1.2.3.4"}}));
        prop_assert_eq!(is_accepted, Operator::from_name(&name).is_some(), "{}", name);
    });
}

#[test]
fn every_key_has_a_definition() {
    for (schema, sections) in [
        (schema(), SECTIONS),
        (configuration_schema(), configuration::keys::SECTIONS),
    ] {
        let root: Value = serde_json::from_str(&schema).unwrap();
        for section in sections {
            let properties = &root["definitions"][section.name]["properties"];
            for key in section.keys {
                let described = properties[key.name]["description"].as_str();
                assert!(
                    described.is_some_and(|text| text.contains(key.about)),
                    "{} {}",
                    section.name,
                    key.name
                );
            }
            assert_eq!(
                properties.as_object().map(serde_json::Map::len),
                Some(section.keys.len()),
                "{}",
                section.name
            );
        }
    }
}

#[test]
fn the_schema_of_configurations_agrees_with_the_reader() {
    let schema = Schema::new(serde_json::from_str(&configuration_schema()).unwrap());
    for (text, is_valid) in [
        ("", true),
        ("[check]", true),
        ("[check]\nselect = [\"INVALID_ACTION\"]\ndeny-warnings = true", true),
        ("[check]\ntype = \"resource\"\nresource-type = \"s3:bucket\"", true),
        ("[[check.path]]\nfiles = [\"scp/**\"]\ntype = \"service-control\"", true),
        ("[check]\nselect = [\"JSON_SYNTAX_ERROR\"]", false),
        ("[check]\nignore = [\"INVALID_ACTON\"]", false),
        ("[check]\nignore = \"INVALID_ACTION\"", false),
        ("[check]\nignores = []", false),
        ("[[check.path]]\ntype = \"trust\"", false),
        ("[policy.user]", false),
    ] {
        assert_eq!(accepts(&schema, text), is_valid, "{text}");
        let (_, mistakes) = configuration::read(&Source::new("iam-policy.toml", text));
        assert_eq!(mistakes.is_empty(), is_valid, "{text}");
    }
}
