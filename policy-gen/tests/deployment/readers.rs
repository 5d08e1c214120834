//! What this project's own reader of templates finds in what it generates.

use std::collections::BTreeMap;
use std::fmt::Write;

use iam_policy_compare::{Verdict, compare};
use iam_policy_core::Style;
use iam_policy_document::Document;
use iam_policy_spec::{Spec, with_policies};
use iam_policy_templates::{Template, policies_in, yaml};
use serde_json::{Value, json};

use super::choice::Choice;
use super::cloudformation::{self, pascal};
use super::{Documents, is_created, normal, rendered};

/// A template of a stack in which every value is known: the parameters have these values in place of their defaults, and
/// so do conditions, which the reader does not expect to use the defaults.
pub(crate) fn with_values(text: &str, values: &BTreeMap<String, Value>, partition: &str) -> String {
    let literal = |value: &Value| match value {
        Value::Array(elements) => {
            let elements: Vec<_> = elements.iter().map(|one| one.as_str().unwrap()).collect();
            json!(elements.join(",")).to_string()
        }
        text => text.to_string(),
    };
    let (mut section, mut parameter) = ("", "");
    let mut out = String::new();
    for line in text.lines() {
        if !line.starts_with([' ', '#']) {
            section = line;
        }
        if section == "Parameters:" {
            if let Some(name) = line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')) {
                parameter = name.trim_end_matches(':');
            }
            if line.starts_with("    Default:") {
                continue;
            }
            if line.starts_with("    Type:") {
                writeln!(out, "    Default: {}", literal(&values[parameter])).unwrap();
            }
        }
        let mut line = line.replace("${AWS::Partition}", partition);
        line = line.replace("!Ref AWS::Partition", &format!("\"{partition}\""));
        if section == "Conditions:" {
            for (name, value) in values {
                let value = literal(value);
                line = line.replace(&format!("!Join [\"\", !Ref {name}]"), &value);
                for end in [",", "]"] {
                    line = line.replace(&format!("!Ref {name}{end}"), &format!("{value}{end}"));
                }
            }
        }
        out.push_str(&line);
        out.push('\n');
    }
    out
}

/// Compares the policies in a template with what `render` returns, by proof.
///
/// - `id`: the logical ID of a role or policy, by the one that this project gives it
/// - `empty`: the unknown parts that are empty
pub(crate) fn check(
    spec: &Spec,
    choice: &Choice,
    template: &Template,
    id: &dyn Fn(&str) -> Option<String>,
    empty: &[String],
    is_created: &dyn Fn(&str) -> bool,
) {
    assert_eq!(template.problems, []);
    let found = |id: &str, rest: &str| -> Option<&Document> {
        let name = format!("Resources.{id}.Properties.{rest}");
        let policy = template.policies.iter().find(|policy| policy.name == name)?;
        assert_eq!(policy.problems, []);
        let [only] = policy.variants.as_slice() else {
            panic!("{name} depends on {:?}", policy.variants);
        };
        assert!(!policy.is_partial && only.conditions.is_empty(), "{name}");
        Some(&only.document)
    };
    let expected = rendered(spec, choice).into_iter().filter(|(name, _)| is_created(name));
    let mut compared = 0;
    with_policies(spec, |policies| {
        for (name, expected) in normal(expected.collect()) {
            let of_policy = name.strip_suffix(".trust").unwrap_or(&name);
            let policy = policies.iter().find(|policy| policy.name == of_policy).unwrap();
            let base = pascal(policy.name);
            let with = |suffix: &str| {
                let own = if base.ends_with(suffix) {
                    base.clone()
                } else {
                    format!("{base}{suffix}")
                };
                id(&own).unwrap_or(own)
            };
            let (role, own) = (with("Role"), with("Policy"));
            let document = if of_policy == name {
                let keys = ["PolicyDocument", "Content", "ResourcePolicy"];
                let own = keys.iter().find_map(|key| found(&own, key));
                own.or_else(|| found(&role, "Policies[0]"))
            } else {
                found(&role, "AssumeRolePolicyDocument")
            };
            let document = document.unwrap_or_else(|| panic!("no {name} in {template:#?}"));
            let mut json = String::new();
            document.root().write(&mut json, Style::MINIFIED).unwrap();
            for unknown in empty {
                json = json.replace(unknown, "");
            }
            let read: Documents = vec![(name.clone(), serde_json::from_str(&json).unwrap())];
            assert_eq!(normal(read), [(name.clone(), expected.clone())], "{choice:?}");
            let document = |json: &str| iam_policy_document::json::read(json.as_bytes()).document;
            let comparison = compare(&document(&expected.to_string()), &document(&json));
            assert_eq!(comparison.verdict, Verdict::Equivalent, "{name} {choice:?}");
            compared += 1;
        }
    });
    assert_eq!(compared, template.policies.len());
}

/// Reads a generated CloudFormation template back, deployed with a choice.
pub(crate) fn check_cloudformation(spec: &Spec, text: &str, template: &Value, choice: &Choice) {
    let mut values = cloudformation::values(spec, template, choice);
    for (name, value) in &mut values {
        // Whatever can be attached is.
        let about = template["Parameters"][name]["Description"].as_str().unwrap_or_default();
        if value == &json!([]) {
            *value = json!(["someone"]);
        } else if about.contains("nobody gets it") {
            *value = json!("someone");
        }
    }
    let text = with_values(text, &values, choice.partition.name());
    let reading = yaml::read(text.as_bytes());
    assert_eq!(reading.problems, [], "{text}");
    let read = policies_in(text.as_bytes(), reading.document.root()).unwrap();
    // The reader does not know a value whose default is empty: most templates must be given another.
    let empty = values.iter().filter(|(_, value)| *value == "");
    let empty: Vec<_> = empty.map(|(name, _)| format!("${{{name}}}")).collect();
    check(spec, choice, &read, &|_| None, &empty, &|name| is_created(spec, name));
}
