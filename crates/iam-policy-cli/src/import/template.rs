//! The policies of a template.

use iam_policy_core::ParameterKind;
use iam_policy_core::variable::{Unknown, UnknownKind, unknowns};
use iam_policy_document::{Diagnostic, Value};
use iam_policy_spec::{DraftParameter, parameter_name};
use iam_policy_templates::Template;

use super::{Found, Policies, Refusal};
use crate::input::Input;
use crate::policies::Selection;
use crate::templates::{Named, Read, readable, selected};

/// The policies of a template, without those that AWS publishes under a name.
///
/// # Errors
///
/// If there are none, or if one cannot be read.
pub(super) fn policies(
    input: &Input,
    read: &Read,
    template: &Template,
    selection: Option<Selection<'_>>,
) -> Result<Policies, Refusal> {
    let mut policies: Vec<_> = match selection {
        Some(selection) => selected(&template.policies, &input.name, selection.fragment()).map_err(Refusal::Problem)?,
        None => template.policies.iter().collect(),
    };
    policies.retain(|policy| !policy.is_published);
    readable(input, read, &policies).map_err(Refusal::Messages)?;
    if policies.is_empty() {
        let problem = Diagnostic::error(format!("there are no policies in `{}`", input.name));
        return Err(Refusal::Problem(problem));
    }
    let mut found = Policies::default();
    for form in Named::all(policies) {
        // Locations are those in the input.
        let is_elsewhere = read.source(input, form.policy).0 != input.name;
        let document = form.document.clone();
        let document = if is_elsewhere {
            document.with_spans(&|_| None)
        } else {
            document
        };
        let mut policy = Found::of(document, form.policy.policy_type);
        if !form.name.is_empty() {
            policy.name = Some(resource(&form.name).to_owned());
            policy.about = Some(format!("From `{}`.", form.name));
        }
        found.policies.push(policy);
    }
    Ok(found)
}

/// The name of the resource in that of its policy.
fn resource(name: &str) -> &str {
    let of_template = name.strip_prefix("Resources.");
    let mut words = of_template.unwrap_or(name).split(['.', '[', ' ']);
    let first = words.next().unwrap_or(name);
    if of_template.is_some() {
        return first;
    }
    // Terraform's addresses are types, or words such as `local`, and names.
    match (first, words.next()) {
        ("data", _) => words.next().unwrap_or(first),
        ("local" | "module" | "output" | "var", Some(own)) => own,
        (of, Some(own)) if of.starts_with("aws_") => own,
        _ => first,
    }
}

/// The parameters that stand for what the template leaves open.
pub(super) fn parameters(policies: &[Found]) -> Vec<DraftParameter> {
    let mut names: Vec<&str> = Vec::new();
    for document in policies
        .iter()
        .flat_map(|policy| policy.document.iter().chain(&policy.trust))
    {
        for text in document.values().filter_map(Value::as_str) {
            for unknown in unknowns(text).filter(|unknown| unknown.is_word && unknown.name != "AWS::Partition") {
                if !names.contains(&unknown.name) {
                    names.push(unknown.name);
                }
            }
        }
    }
    names.into_iter().map(parameter).collect()
}

/// The parameter that stands for an unknown part.
///
/// - `name`: the name of the part
pub(crate) fn parameter(name: &str) -> DraftParameter {
    DraftParameter {
        name: parameter_name(name),
        kind: match Unknown::new(name).kind() {
            Some(UnknownKind::Account) => ParameterKind::Account,
            Some(UnknownKind::Region) => ParameterKind::Region,
            _ => ParameterKind::Text,
        },
        about: format!("`{name}` in the template."),
        ..DraftParameter::default()
    }
}
