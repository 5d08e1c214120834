//! The roles that a resource passes to services.

use iam_policy_core::variable::{Unknown, only_unknown, unknowns};
use iam_policy_core::{Segment, Segments};

use super::walk::Walk;
use crate::node::{Node, NodeKind};

/// The roles in the properties of a resource.
#[derive(Debug, Default)]
pub(super) struct Roles {
    /// Their ARNs.
    pub(super) arns: Vec<String>,
    /// There are others.
    pub(super) has_unknown: bool,
}

/// Properties whose members the template's author names.
const FREE: [&str; 5] = ["Variables", "Tags", "Metadata", "Parameters", "EnvironmentVariables"];

impl Roles {
    /// Adds the roles in a value.
    ///
    /// - `key`: the property that has the value
    pub(super) fn add(&mut self, walk: &Walk<'_, '_>, resource_type: &str, key: &str, node: &Node) {
        match &node.kind {
            NodeKind::Object(members) => {
                // Who may do something is not passed to a service.
                if FREE.contains(&key) || node.get("Statement").is_some() {
                    return;
                }
                for (inner, value) in members {
                    let of_profile = is_profile(key) && matches!(inner.text.as_str(), "Arn" | "Name");
                    let key = if of_profile { key } else { &inner.text };
                    self.add(walk, resource_type, key, value);
                }
            }
            NodeKind::List(items) => {
                for item in items {
                    self.add(walk, resource_type, key, item);
                }
            }
            NodeKind::Text(text) if is_profile(key) => self.profile(walk, text),
            NodeKind::Text(text) if is_role(resource_type, key) => self.role(walk, text),
            NodeKind::Text(_) | NodeKind::Null | NodeKind::Bool(_) => {}
        }
    }

    fn role(&mut self, walk: &Walk<'_, '_>, text: &str) {
        let is_role = |text: &str| {
            let service = Segments::of_arn(text).and_then(|arn| arn.get(Segment::Service));
            service == Some("iam")
        };
        let arn = if text.is_empty() {
            return;
        } else if let Some(arn) = walk.arn_of_role(text) {
            arn
        } else if is_role(text) {
            walk.pattern(text)
        } else if let Some(unknown) = only_unknown(text) {
            if walk.scope.parameter(unknown.name).is_none() {
                self.has_unknown = true;
                return;
            }
            text.to_owned()
        } else if text.starts_with("arn:") {
            return;
        } else {
            let (partition, account) = (Unknown::word("AWS::Partition"), Unknown::word("AWS::AccountId"));
            format!("arn:{partition}:iam::{account}:role/{}", walk.pattern(text))
        };
        if !self.arns.contains(&arn) {
            self.arns.push(arn);
        }
    }

    /// The roles of an instance profile.
    fn profile(&mut self, walk: &Walk<'_, '_>, text: &str) {
        let names = unknowns(text).map(|unknown| unknown.name.split('.').next().unwrap_or_default());
        let mut own = names.chain([text]).filter_map(|name| walk.roles_of_profile(name));
        match own.next() {
            Some(roles) => roles.iter().for_each(|role| self.role(walk, role)),
            None => self.has_unknown |= !text.is_empty(),
        }
    }
}

fn is_profile(key: &str) -> bool {
    matches!(
        key,
        "IamInstanceProfile"
            | "InstanceProfile"
            | "InstanceProfileName"
            | "InstanceProfileArn"
            | "IamInstanceProfileArn"
    )
}

/// Whether a property is the role of a service, by its name: `Role`, `ExecutionRoleArn`, `ServiceRole`.
fn is_role(resource_type: &str, key: &str) -> bool {
    match resource_type {
        // They attach policies to roles.
        "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" | "AWS::IAM::RolePolicy" | "AWS::IAM::Role" => return false,
        "AWS::IAM::InstanceProfile" => return key == "Roles",
        _ => {}
    }
    let lower = key.to_ascii_lowercase();
    let stem = ["arns", "arn", "_arn"].iter().find_map(|end| lower.strip_suffix(end));
    let stem = stem.unwrap_or(&lower).trim_end_matches('_');
    stem.ends_with("role") || stem.ends_with("roles") && stem != lower
}
