//! Keys that AWS's output does not have.

use iam_policy_core::{Arn, IamArn};
use iam_policy_document::{Kind, Member, Value};
use iam_policy_eval::{PolicyType, Principal};

use super::references::Target;
use super::{ACCESS_KEYS, RESOURCE_POLICIES, Reader};
use crate::members::{items, span};
use crate::policy::Named;
use crate::problem::problem;

impl Reader<'_> {
    /// The members of the object under `key`.
    fn members<'a>(&mut self, page: Value<'a>, key: &str) -> impl Iterator<Item = Member<'a>> + use<'a> {
        let value = page.get(key).map(|member| member.value);
        if let Some(value) = value.filter(|value| !matches!(value.kind(), Kind::Object | Kind::Null)) {
            self.expected(&format!("an object in `{key}`"), value.kind(), value);
        }
        value.into_iter().flat_map(Value::members)
    }

    pub(super) fn access_keys(&mut self, page: Value<'_>) {
        for member in self.members(page, ACCESS_KEYS) {
            let Some(arn) = member.value.as_str() else {
                self.expected("an ARN", member.value.kind(), member.value);
                continue;
            };
            let place = span(member.value);
            let refused = match Principal::parse(arn) {
                Ok(Principal::User { .. } | Principal::Session { .. }) => {
                    let whose = format!("the access key `{}`", member.key);
                    self.references.add(place, &whose, Target::Owner(arn.to_owned()));
                    None
                }
                Ok(Principal::FederatedUser { .. }) => None,
                Ok(Principal::Root { .. }) if arn.starts_with("arn:") => None,
                Ok(Principal::Role {
                    partition,
                    account,
                    role,
                    ..
                }) => {
                    let session = IamArn::Session {
                        role,
                        session: "SESSION",
                    };
                    let help = format!("such as `{}`", session.in_account(partition, account));
                    Some(problem("roles do not have access keys, but their sessions do", place).help(help))
                }
                _ => {
                    let help = "use the ARN of a user, of `root`, of a role session, or of a federated user";
                    Some(problem(format!("`{arn}` cannot have access keys"), place).help(help))
                }
            };
            if let Some(problem) = refused {
                self.problems.push(problem);
                continue;
            }
            let keys = &mut self.principals.access_keys;
            if keys.insert(member.key.to_owned(), arn.to_owned()).is_some() {
                let message = format!("duplicate access key `{}`", member.key);
                self.problems.push(problem(message, place));
            }
        }
    }

    pub(super) fn levels(&mut self, page: Value<'_>, key: &str, policy_type: PolicyType) {
        let mut levels = Vec::new();
        let found: Vec<_> = items(page, key, &mut self.problems).collect();
        for (number, level) in found.into_iter().enumerate() {
            if !level.is_array() {
                self.expected("an array with the policies of a level", level.kind(), level);
                continue;
            }
            let mut policies = Vec::new();
            for (index, value) in level.items().enumerate() {
                if let Some(policy) = self.policy(value, policy_type) {
                    policies.push(Named {
                        name: format!("{key}[{number}][{index}]"),
                        policy,
                    });
                }
            }
            levels.push(policies);
        }
        let known = match policy_type {
            PolicyType::ResourceControl => &mut self.principals.resource_control,
            _ => &mut self.principals.service_control,
        };
        if known.is_empty() {
            *known = levels;
        } else if let Some(member) = page.get(key) {
            // Levels are ordered, and their order does not extend over pages.
            let place = member.key_span().unwrap_or_else(|| span(member.value));
            let message = format!("`{key}` is also on another page");
            self.problems.push(problem(message, place));
        }
    }

    pub(super) fn resource_policies(&mut self, page: Value<'_>) {
        for member in self.members(page, RESOURCE_POLICIES) {
            if let Err(error) = Arn::parse(member.key) {
                let message = format!("`{}` is not the ARN of a resource: {error}", member.key);
                let place = member.key_span().unwrap_or_else(|| span(member.value));
                self.problems.push(problem(message, place));
                continue;
            }
            if self.principals.resource_policy(member.key).is_some() {
                let message = format!("duplicate policy for `{}`", member.key);
                self.problems.push(problem(message, span(member.value)));
            } else if let Some(policy) = self.policy(member.value, PolicyType::Resource) {
                self.principals.resource_policies.insert(member.key.to_owned(), policy);
            }
        }
    }
}
