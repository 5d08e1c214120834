//! Policies in CloudFormation and SAM templates.

mod arns;
mod conditions;
mod evaluate;
mod permission;
mod resources;
mod rounds;
mod sam;
mod scope;
mod search;

use iam_policy_document::Value;

pub(crate) use self::arns::form;
pub(crate) use self::conditions::{Branch, Branches, conditions_in};
pub(crate) use self::evaluate::{Evaluator, function};
pub(crate) use self::rounds::Rounds;
pub(crate) use self::scope::Scope;

use self::search::Search;
use crate::node::Node;
use crate::{Format, Policy, Template};

/// Finds the policies in a template, in an answer with one, in resources cut out of one, or the policy that was cut out
/// of one.
///
/// - `source`: the file
/// - `root`: its outermost value
pub(crate) fn read(source: &[u8], root: Value<'_>) -> Option<Template> {
    let body = body(root)?;
    let scope = match body {
        Body::Template(template) => Scope::new(template, template.get("Resources").map(|member| member.value)),
        Body::Resources(resources) => Scope::new(resources, Some(resources)),
        Body::Resource(part) | Body::Policy(part) | Body::Other(part) => Scope::new(part, None),
    };
    let mut search = Search::new(source, &scope);
    match body {
        Body::Template(template) => {
            if let Some(resources) = template.get("Resources") {
                search.resources(resources.value);
            }
        }
        Body::Resources(resources) => search.resources(resources),
        Body::Resource(resource) => search.resource(resource),
        Body::Policy(policy) => search.policy_alone(policy),
        Body::Other(value) => {
            search.anything(value);
            if search.policies.is_empty() {
                return None;
            }
        }
    }
    Some(Template {
        format: Format::CloudFormation,
        policies: search.policies,
        managed: search.managed,
        problems: search.problems,
    })
}

/// What another format does with a text: what it becomes, if it changes.
pub(crate) type Replace<'r> = &'r dyn Fn(&str) -> Option<String>;

/// The policies of resources that another format contains.
///
/// - `template`: an object with `Resources`
/// - `replace`: what the other format does with texts before CloudFormation reads them
pub(crate) fn within(source: &[u8], template: Value<'_>, replace: Replace<'_>) -> Option<Template> {
    let resources = template.get("Resources")?.value;
    let scope = Scope::new(template, Some(resources));
    let mut search = Search::new(source, &scope);
    search.replace = Some(replace);
    search.resources(resources);
    Some(Template {
        format: Format::CloudFormation,
        policies: search.policies,
        managed: search.managed,
        problems: search.problems,
    })
}

/// The policy that another format makes of a value.
///
/// - `wrap`: makes the policy of the computed value
/// - `replace`: what the other format does with texts before CloudFormation reads them
pub(crate) fn alone(
    source: &[u8],
    value: Value<'_>,
    wrap: &dyn Fn(Node) -> Node,
    replace: Replace<'_>,
) -> Option<Policy> {
    let scope = Scope::default();
    let mut search = Search::new(source, &scope);
    search.replace = Some(replace);
    search.wrap = Some(wrap);
    search.anything_as_policy(value);
    search.policies.pop()
}

/// What a file has of a template.
#[derive(Clone, Copy)]
enum Body<'t> {
    Template(Value<'t>),
    /// An object of resources.
    Resources(Value<'t>),
    Resource(Value<'t>),
    Policy(Value<'t>),
    /// Something else with functions, such as the tree of constructs that the CDK writes.
    Other(Value<'t>),
}

/// What makes an object a template, the answer of `aws cloudformation get-template`, a resource, an object of resources,
/// or a policy with functions.
///
/// Source: AWS CloudFormation User Guide, "CloudFormation template format", and "Resource types", whose names are
/// `PROVIDER::SERVICE::TYPE` or `Custom::NAME`.
fn body(root: Value<'_>) -> Option<Body<'_>> {
    let has_properties = |value: Value<'_>| is_resource(value) && value.get("Properties").is_some();
    if !root.is_object() {
        return None;
    }
    if root.get("Statement").is_some() {
        return has_function(root).then_some(Body::Policy(root));
    }
    if let Some(answer) = root.get("TemplateBody").filter(|answer| is_template(answer.value)) {
        return Some(Body::Template(answer.value));
    }
    if is_template(root) {
        Some(Body::Template(root))
    } else if has_properties(root) {
        Some(Body::Resource(root))
    } else if root.members().any(|member| has_properties(member.value)) {
        Some(Body::Resources(root))
    } else if has_function(root) {
        Some(Body::Other(root))
    } else {
        None
    }
}

fn is_resource(value: Value<'_>) -> bool {
    let resource_type = value.get("Type").and_then(|member| member.value.as_str());
    resource_type.is_some_and(|name| name.contains("::"))
}

/// Whether a value is a whole template.
pub(crate) fn is_template(value: Value<'_>) -> bool {
    let has_resources = value.get("Resources").is_some_and(|member| {
        let mut members = member.value.members();
        members.any(|member| is_resource(member.value) || member.key.starts_with("Fn::"))
    });
    // A template of assertions or of a macro may have no resources.
    let is_section = |key: &str| SECTIONS.contains(&key);
    let has_sections = || value.members().count() > 0 && value.members().all(|member| is_section(member.key));
    value.get("AWSTemplateFormatVersion").is_some() || has_resources || has_sections()
}

/// The sections of a template.
///
/// Source: AWS CloudFormation User Guide, "Template sections".
const SECTIONS: &[&str] = &[
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Globals",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
];

/// Whether a function computes a part of a value.
fn has_function(value: Value<'_>) -> bool {
    let is_one = |value: Value<'_>| function(value).is_some_and(|member| member.key != "Condition");
    is_one(value) || value.items().any(has_function) || value.members().any(|member| has_function(member.value))
}
