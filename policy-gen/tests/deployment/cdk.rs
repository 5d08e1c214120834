//! What the constructs for the CDK are given, and what their stacks contain.

use iam_policy_core::PolicyType;
use iam_policy_spec::{Spec, with_policies};
use iam_policy_templates::{Template, policies_in};
use serde_json::{Map, Value, json};

use super::choice::{Choice, Chosen};
use super::cloudformation::pascal;
use super::readers;

/// A name as in TypeScript.
fn camel(name: &str) -> String {
    let name = pascal(name);
    name[..1].to_ascii_lowercase() + &name[1..]
}

/// A name as in Python.
fn snake(name: &str) -> String {
    name.replace('-', "_").to_ascii_lowercase()
}

/// What the construct is given for a choice.
///
/// - `module`: the construct, which has no properties for whom nothing can be attached to
/// - `name`: a name as the language writes it
/// - `separator`: what comes before the number in a name that is taken
fn properties(spec: &Spec, module: &str, choice: &Choice, name: &dyn Fn(&str) -> String, separator: &str) -> Value {
    let mut properties = Map::new();
    let mut taken = std::collections::BTreeSet::new();
    for parameter in &spec.parameters {
        let wanted = name(&parameter.name.value);
        let mut unique = wanted.clone();
        let mut number = 2;
        while !taken.insert(unique.clone()) {
            unique = format!("{wanted}{separator}{number}");
            number += 1;
        }
        match choice.values.get(&parameter.name.value) {
            Some(Chosen::Text(text)) => properties.insert(unique, json!(text)),
            Some(Chosen::List(texts)) => properties.insert(unique, json!(texts)),
            None => None,
        };
    }
    if let Some(environment) = &choice.environment {
        properties.insert("environment".to_owned(), json!(environment));
    }
    for policy in &spec.policies {
        let of_policy = choice.extensions_of(&policy.name.value);
        if !of_policy.is_empty() {
            let extensions = name(&format!("{}-extensions", policy.name.value));
            properties.insert(extensions, json!(of_policy));
        }
        let is_organization = matches!(
            policy.policy_type(),
            PolicyType::ServiceControl | PolicyType::ResourceControl
        );
        if is_organization && policy.deploy_as.is_none() {
            properties.insert(name(&format!("{}-policy-name", policy.name.value)), json!("limit"));
        }
        for whom in ["users", "groups", "roles"] {
            let attachments = format!("{}-{whom}", policy.name.value);
            properties.insert(name(&attachments), json!(["someone"]));
        }
    }
    properties.retain(|name, _| module.contains(&format!("{name}: ")) || module.contains(&format!("{name}?: ")));
    Value::Object(properties)
}

/// What the programs that synthesize stacks read.
///
/// - `modules`: the constructs in TypeScript and in Python
pub(crate) fn choices(spec: &Spec, modules: [&str; 2], choices: &[Choice]) -> Value {
    let [typescript, python] = modules;
    let written = choices.iter().enumerate().map(|(number, choice)| {
        json!({
            "partition": choice.partition.name(),
            "literal": number % 2 == 1,
            "typescript": properties(spec, typescript, choice, &camel, ""),
            "python": properties(spec, python, choice, &snake, "_"),
        })
    });
    written.collect()
}

/// Compares a stack with what `render` returns.
pub(crate) fn check(spec: &Spec, choice: &Choice, stack: &Value) {
    // A stack of nothing but policies of resources, which are left to their owners.
    let Some(resources) = stack["Resources"].as_object() else {
        let mut policies = spec.policies.iter();
        assert!(policies.all(|policy| policy.policy_type() == PolicyType::Resource));
        return;
    };
    let partition = json!(choice.partition.name()).to_string();
    let text = stack.to_string().replace(r#"{"Ref":"AWS::Partition"}"#, &partition);
    let reading = iam_policy_document::json::read(text.as_bytes());
    let template: Template = policies_in(text.as_bytes(), reading.document.root()).unwrap();
    // The CDK adds the ID of the construct and a hash.
    let ids: Vec<&String> = resources.keys().collect();
    let id = |id: &str| {
        let start = format!("Permissions{id}");
        let mut ids = ids
            .iter()
            .filter_map(|one| one.strip_prefix(&start).map(|hash| (one, hash)));
        let (found, _) = ids.find(|(_, hash)| hash.len() == 8)?;
        Some((*found).clone())
    };
    with_policies(spec, |policies| {
        // The policies of resources are left to their owners.
        let is_created = |name: &str| {
            let policy = policies.iter().find(|policy| policy.name == name);
            policy.is_none_or(|policy| policy.policy_type != PolicyType::Resource)
        };
        readers::check(spec, choice, &template, &id, &[], &is_created);
    });
}
