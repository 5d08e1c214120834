//! Policies in plans and states of Terraform, as `terraform show -json` prints them, and in state files.
//!
//! Source: Terraform documentation, "JSON Output Format", "State"; Terraform Registry, AWS provider, the argument
//! reference of each resource. As of November 2026.

mod attributes;

use std::collections::HashSet;

use iam_policy_document::{Diagnostic, Kind as Json, Location, Member, Severity, Value};

pub(crate) use self::attributes::{ATTACHMENTS, Attribute, attribute_of, attributes_of, organization};
use crate::embedded::{self, Embedded};
use crate::{Format, ManagedPolicy, Policy, Template, Variant, problem};

/// How deeply modules and attributes are searched.
const MAX_DEPTH: usize = 64;

/// Finds the policies of the resources that a plan or a state has. Those of a plan are the planned ones, as far as they
/// are known.
///
/// - `source`: the file
/// - `root`: its outermost value
pub(crate) fn read(source: &[u8], root: Value<'_>) -> Option<Template> {
    let mut search = Search {
        source,
        policies: Vec::new(),
        managed: Vec::new(),
        names: HashSet::new(),
        problems: Vec::new(),
    };
    let member = |key: &str| root.get(key).map(|member| member.value);
    let of_state = |value: Value<'_>| value.get("root_module").is_some();
    let values = member("planned_values").or(member("values"));
    if member("format_version").is_some()
        && let Some(values) = values.filter(|values| of_state(*values))
    {
        if let Some(module) = values.get("root_module") {
            search.module(module.value, 0);
        }
        if let Some(changes) = member("resource_changes") {
            changes.items().for_each(|change| search.unknown_attributes(change));
        }
    } else if member("terraform_version").is_some()
        && let Some(resources) = member("resources").filter(|resources| resources.is_array())
    {
        resources.items().for_each(|resource| search.in_state(resource));
    } else {
        return None;
    }
    Some(Template {
        format: Format::Terraform,
        policies: search.policies,
        managed: search.managed,
        problems: search.problems,
    })
}

/// The attribute of a policy of an organization, whose type another one says.
const ORGANIZATION: (&str, &str) = ("aws_organizations_policy", "content");

struct Search<'s> {
    source: &'s [u8],
    policies: Vec<Policy>,
    managed: Vec<ManagedPolicy>,
    names: HashSet<String>,
    problems: Vec<Diagnostic>,
}

/// A resource.
#[derive(Clone, Copy)]
struct Resource<'r> {
    address: &'r str,
    kind: &'r str,
    values: Value<'r>,
}

fn text<'v>(value: Value<'v>, key: &str) -> Option<&'v str> {
    value.get(key)?.value.as_str()
}

impl Search<'_> {
    /// The resources of a module and of those in it.
    fn module(&mut self, module: Value<'_>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for resource in module
            .get("resources")
            .into_iter()
            .flat_map(|member| member.value.items())
        {
            if text(resource, "mode") != Some("data")
                && let (Some(address), Some(resource_type)) = (text(resource, "address"), text(resource, "type"))
                && let Some(values) = resource.get("values")
            {
                self.resource(Resource {
                    address,
                    kind: resource_type,
                    values: values.value,
                });
            }
        }
        for child in module
            .get("child_modules")
            .into_iter()
            .flat_map(|member| member.value.items())
        {
            self.module(child, depth + 1);
        }
    }

    /// Notes which policies of a resource are only known when the plan is applied.
    fn unknown_attributes(&mut self, change: Value<'_>) {
        let (Some(address), Some(kind)) = (text(change, "address"), text(change, "type")) else {
            return;
        };
        let unknown = change
            .get("change")
            .and_then(|member| member.value.get("after_unknown"));
        if let Some(unknown) = unknown.filter(|_| text(change, "mode") != Some("data")) {
            self.unknown_in(address, kind, "", unknown.value, 0);
        }
    }

    /// - `attribute`: the path to the value, without indices
    fn unknown_in(&mut self, address: &str, kind: &str, attribute: &str, value: Value<'_>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        let is_policy = || attribute_of(kind, attribute).is_some() || (kind, attribute) == ORGANIZATION;
        if value.kind() == Json::Bool(true) && is_policy() {
            let message =
                format!("`{attribute}` of `{address}` is only known when the plan is applied, so it is not checked");
            let mut note = problem(message, value);
            note.severity = Severity::Note;
            self.problems.push(note);
        }
        for item in value.items() {
            self.unknown_in(address, kind, attribute, item, depth + 1);
        }
        for member in value.members() {
            let separator = if attribute.is_empty() { "" } else { "." };
            let inner = [attribute, separator, member.key].concat();
            self.unknown_in(address, kind, &inner, member.value, depth + 1);
        }
    }

    /// A resource of a state file, whose instances have addresses of their own.
    fn in_state(&mut self, resource: Value<'_>) {
        let (Some(resource_type), Some(name)) = (text(resource, "type"), text(resource, "name")) else {
            return;
        };
        if text(resource, "mode") == Some("data") {
            return;
        }
        let module = text(resource, "module").map_or(String::new(), |module| format!("{module}."));
        for instance in resource
            .get("instances")
            .into_iter()
            .flat_map(|member| member.value.items())
        {
            let index = match instance.get("index_key").map(|member| member.value.kind()) {
                Some(Json::String(key)) => format!("[{key:?}]"),
                Some(Json::Number(number)) => format!("[{number}]"),
                _ => String::new(),
            };
            if let Some(values) = instance.get("attributes") {
                self.resource(Resource {
                    address: &format!("{module}{resource_type}.{name}{index}"),
                    kind: resource_type,
                    values: values.value,
                });
            }
        }
    }

    fn resource(&mut self, resource: Resource<'_>) {
        match resource.kind {
            kind if kind == ORGANIZATION.0 => self.organization(resource),
            kind if ATTACHMENTS.contains(&kind) => {
                if let Some(arn) = resource.values.get("policy_arn") {
                    self.managed(arn);
                }
            }
            _ => {
                for member in resource.values.members() {
                    self.attribute(resource, member.key, member.value, 0);
                }
            }
        }
    }

    fn managed(&mut self, member: Member<'_>) {
        for value in member.value.one_or_many() {
            if let Some(arn) = value.as_str() {
                self.managed.push(ManagedPolicy {
                    arn: arn.to_owned(),
                    location: Location {
                        path: value.path(),
                        span: value.span(),
                    },
                });
            }
        }
    }

    /// - `attribute`: the path to the value, without indices
    fn attribute(&mut self, resource: Resource<'_>, attribute: &str, value: Value<'_>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match value.kind() {
            Json::String(_) => {
                let kind = attribute_of(resource.kind, attribute);
                if kind.is_some() || embedded::is_policy(value) {
                    self.add(resource, attribute, value, kind);
                }
            }
            Json::Array if attribute == "managed_policy_arns" => {
                if let Some(member) = resource.values.get(attribute) {
                    self.managed(member);
                }
            }
            Json::Array => {
                for item in value.items() {
                    self.attribute(resource, attribute, item, depth + 1);
                }
            }
            Json::Object => {
                for member in value.members() {
                    let inner = format!("{attribute}.{}", member.key);
                    self.attribute(resource, &inner, member.value, depth + 1);
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    fn organization(&mut self, resource: Resource<'_>) {
        if let Some(kind) = organization(text(resource.values, "type"))
            && let Some(content) = resource.values.get(ORGANIZATION.1)
        {
            self.add(resource, ORGANIZATION.1, content.value, Some(kind));
        }
    }

    fn add(&mut self, resource: Resource<'_>, attribute: &str, value: Value<'_>, kind: Option<Attribute>) {
        // An attribute of a resource without a policy is empty.
        let Some(Embedded { node, problems, .. }) = embedded::json(self.source, value) else {
            return;
        };
        let document = node.document(value.path());
        let kind = kind.unwrap_or_else(|| Attribute {
            policy_type: document.inferred_type(),
            ..Attribute::IDENTITY
        });
        let mut name = match attribute {
            "policy" => resource.address.to_owned(),
            _ => format!("{}.{attribute}", resource.address),
        };
        let (own, mut number) = (name.clone(), 0);
        while !self.names.insert(name.clone()) {
            number += 1;
            name = format!("{own}[{number}]");
        }
        self.policies.push(Policy {
            name,
            policy_type: kind.policy_type,
            resource_type: kind.resource_type,
            attach: kind.attach,
            variants: vec![Variant {
                conditions: Vec::new(),
                document,
            }],
            is_partial: false,
            problems,
            file: 0,
            is_published: false,
        });
    }
}
