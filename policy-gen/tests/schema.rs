//! The JSON Schema accepts valid specs, and rejects mistakes that editors should report.
#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

use iam_policy_gen::schema;
use iam_policy_spec::keys::SECTIONS;
use iam_policy_spec::{Source, read};
use serde_json::Value;
use testing_support::Schema;
use toml::de::{DeTable, DeValue};

fn validator() -> Schema {
    Schema::new(serde_json::from_str(&schema()).unwrap())
}

/// Whether the schema accepts `spec`.
fn accepts(schema: &Schema, spec: &str) -> bool {
    let table = DeTable::parse(spec).unwrap();
    schema.accepts(&object(table.get_ref()))
}

fn object(table: &DeTable<'_>) -> Value {
    table
        .iter()
        .map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref())))
        .collect()
}

fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Boolean(flag) => Value::from(*flag),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(table) => object(table),
        DeValue::Integer(_) | DeValue::Float(_) => Value::from(1),
        DeValue::Datetime(_) => Value::Null,
    }
}

const EXAMPLE: &str = include_str!("../../policy-spec/example.toml");

#[test]
fn valid_specs_are_accepted() {
    let schema = validator();
    for spec in [
        EXAMPLE,
        include_str!("data/remotion-4.0.527.toml"),
        include_str!("../../crates/remotion-lambda-policies/policies.toml"),
        include_str!("../../crates/iam-policy/example/policies.toml"),
    ] {
        assert!(accepts(&schema, spec), "{spec}");
    }
}

/// Each mistake replaces a piece of the example.
#[test]
fn schema_and_reader_reject_the_same_mistakes() {
    let schema = validator();
    for (piece, mistake) in [
        ("[policy.user]\ntitle ", "[policy.user]\ntittle "),
        ("title = \"Writer\"", "title = 1"),
        ("title = \"Writer\"", "title = \"\""),
        ("default = \"reports-\", ", ""),
        ("allow-slash = true", "allow-slash = \"yes\""),
        ("attach     = [\"inline-user\", \"managed\"]", "attach = []"),
        (
            "attach     = [\"inline-user\", \"managed\"]",
            "attach = [\"managed\", \"managed\"]",
        ),
        ("attach     = [\"inline-user\", \"managed\"]", "attach = [\"inline\"]"),
        ("attach     = [\"inline-user\", \"managed\"]", "attach = \"managed\""),
        ("partitions    = [\"aws\"]", "partitions = [\"aws-moon\"]"),
        ("effect        = \"Deny\"", "effect = \"deny\""),
        ("id        = \"find-buckets\"\n", ""),
        (
            "[\"s3:ListAllMyBuckets\"]\nresources",
            "\"s3:ListAllMyBuckets\"\nresources",
        ),
        ("[\"s3:ListAllMyBuckets\"]\nresources", "[]\nresources"),
        ("action = \"s3:DeleteObject\"", "actions = \"s3:DeleteObject\""),
        ("check = \"REDUNDANT_RESOURCE\", ", ""),
        (
            "condition.Bool.\"aws:SecureTransport\"         = true",
            "condition.Bool = true",
        ),
        ("services = [\"lambda\"]\n", ""),
        ("[[page.section]]", "[page.section]"),
    ] {
        assert!(EXAMPLE.contains(piece), "{piece}");
        let spec = EXAMPLE.replacen(piece, mistake, 1);
        assert!(!accepts(&schema, &spec), "the schema accepts {mistake}");
        assert_ne!(
            read(&Source::new("example.toml", &*spec)).1,
            [],
            "the reader accepts {mistake}"
        );
    }
}

#[test]
fn every_key_has_a_definition() {
    let root: Value = serde_json::from_str(&schema()).unwrap();
    for section in SECTIONS {
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
