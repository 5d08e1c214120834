//! What this project's own reader of modules finds in what it generates.

use std::collections::BTreeMap;

use hcl::Value as Hcl;
use iam_policy_core::Style;
use iam_policy_spec::Spec;
use iam_policy_templates::hcl::{NoFiles, read};
use serde_json::Value;

use super::choice::Choice;
use super::{Documents, normal, rendered};

/// Reads a generated module back, deployed with a choice.
pub(crate) fn check(spec: &Spec, text: &str, variables: &BTreeMap<String, Hcl>, choice: &Choice) {
    let partition = format!("\"{}\"", choice.partition.name());
    let text = text.replace("data.aws_partition.current.partition", &partition);
    let values = serde_json::to_vec(variables).unwrap();
    let files = [
        ("permissions.tf".to_owned(), text.clone().into_bytes()),
        ("terraform.tfvars.json".to_owned(), values),
    ];
    let module = read(files, &NoFiles);
    assert_eq!(module.template.problems, [], "{text}");
    let mut read = Vec::new();
    for policy in &module.template.policies {
        let [only] = policy.variants.as_slice() else {
            panic!("{} depends on {:?}", policy.name, policy.variants);
        };
        assert!(!policy.is_partial, "{}", policy.name);
        let mut json = String::new();
        only.document.root().write(&mut json, Style::MINIFIED).unwrap();
        read.push(serde_json::from_str::<Value>(&json).unwrap());
    }
    let contents = |documents: Documents| {
        let mut contents: Vec<_> = normal(documents)
            .into_iter()
            .map(|(_, document)| document.to_string())
            .collect();
        contents.sort();
        contents.dedup();
        contents
    };
    let read = contents(read.into_iter().map(|document| (String::new(), document)).collect());
    assert_eq!(read, contents(rendered(spec, choice)), "{choice:?}\n{text}");
}
