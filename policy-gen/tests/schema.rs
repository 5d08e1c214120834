//! The JSON Schema accepts what the reader accepts, and refuses what no editor should let pass.
#![expect(clippy::unwrap_used, reason = "what is not as it should be fails the test")]

use iam_policy_gen::schema;
use iam_policy_spec::keys::SECTIONS;
use iam_policy_spec::{Source, read};
use serde_json::Value;
use toml::de::{DeTable, DeValue};

/// A validator for as much of draft 7 as the schema of the language uses.
struct Validator {
    root: Value,
}

impl Validator {
    fn new() -> Self {
        Self {
            root: serde_json::from_str(&schema()).unwrap(),
        }
    }

    fn accepts(&self, schema: &Value, value: &Value) -> bool {
        let rules = schema.as_object().unwrap();
        rules.iter().all(|(keyword, rule)| match keyword.as_str() {
            "$schema" | "$id" | "title" | "description" | "definitions" => true,
            "$ref" => {
                let target = rule.as_str().and_then(|path| path.strip_prefix('#')).unwrap();
                self.accepts(self.root.pointer(target).unwrap(), value)
            }
            "allOf" => rule
                .as_array()
                .unwrap()
                .iter()
                .all(|schema| self.accepts(schema, value)),
            "anyOf" => rule
                .as_array()
                .unwrap()
                .iter()
                .any(|schema| self.accepts(schema, value)),
            "enum" => rule.as_array().unwrap().contains(value),
            "type" => match rule.as_str().unwrap() {
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "array" => value.is_array(),
                "object" => value.is_object(),
                other => unreachable!("no such type: {other}"),
            },
            // These say nothing about values of another type.
            "minLength" => at_least(value.as_str().map(|text| text.chars().count()), rule),
            "minItems" => at_least(value.as_array().map(Vec::len), rule),
            "uniqueItems" => value.as_array().is_none_or(|items| {
                let repeated = |(i, item)| items.iter().take(i).any(|earlier| earlier == item);
                !items.iter().enumerate().any(repeated)
            }),
            "items" => value
                .as_array()
                .is_none_or(|items| items.iter().all(|item| self.accepts(rule, item))),
            "required" => value.as_object().is_none_or(|object| {
                let has = |name: &Value| object.contains_key(name.as_str().unwrap());
                rule.as_array().unwrap().iter().all(has)
            }),
            "properties" => value.as_object().is_none_or(|object| {
                object
                    .iter()
                    .all(|(name, value)| rule.get(name).is_none_or(|schema| self.accepts(schema, value)))
            }),
            "additionalProperties" => value.as_object().is_none_or(|object| {
                let known = schema.get("properties");
                let mut others = object
                    .iter()
                    .filter(|(name, _)| known.is_none_or(|known| known.get(name).is_none()));
                match rule {
                    Value::Bool(allowed) => *allowed || others.next().is_none(),
                    schema => others.all(|(_, value)| self.accepts(schema, value)),
                }
            }),
            other => unreachable!("no such keyword: {other}"),
        })
    }

    /// Whether the schema accepts `spec`.
    fn check(&self, spec: &str) -> bool {
        let table = DeTable::parse(spec).unwrap();
        self.accepts(&self.root, &object(table.get_ref()))
    }
}

fn at_least(length: Option<usize>, least: &Value) -> bool {
    length.is_none_or(|length| length as u64 >= least.as_u64().unwrap())
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
    let validator = Validator::new();
    for spec in [
        EXAMPLE,
        include_str!("data/remotion-4.0.527.toml"),
        include_str!("../../crates/remotion-lambda-policies/policies.toml"),
        include_str!("../../crates/iam-policy/example/policies.toml"),
    ] {
        assert!(validator.check(spec), "{spec}");
    }
}

/// Each replaces a piece of the example, which has it, by another one.
#[test]
fn schema_and_reader_reject_the_same_mistakes() {
    let validator = Validator::new();
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
        assert!(!validator.check(&spec), "the schema accepts {mistake}");
        assert_ne!(
            read(&Source::new("example.toml", &*spec)).1,
            [],
            "the reader accepts {mistake}"
        );
    }
}

#[test]
fn every_key_has_a_definition() {
    let validator = Validator::new();
    for section in SECTIONS {
        let properties = &validator.root["definitions"][section.name]["properties"];
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
