//! The policies of a whole account.

use iam_policy_account::{Entity, Policy, Principals};
use iam_policy_core::{Arn, PolicyType};
use iam_policy_document::wording::{list, sentence};
use iam_policy_document::{Lines, SourceFile, StyledText, Value};

use super::{Found, Policies};
use crate::input::Input;

/// Whether a file is the output of `aws iam get-account-authorization-details`.
pub(super) fn is_account(root: Value<'_>) -> bool {
    let lists = ["UserDetailList", "GroupDetailList", "RoleDetailList"];
    root.one_or_many()
        .any(|page| lists.iter().any(|list| page.get(list).is_some()))
}

/// The policies in the file, in its order: of each user, group and role, then managed policies and those of the
/// organization and of resources.
///
/// # Errors
///
/// All messages about errors in the file.
pub(super) fn policies(input: &Input) -> Result<Policies, StyledText> {
    let reading = iam_policy_account::read(&input.bytes);
    if !reading.problems.is_empty() {
        let lines = Lines::new(&input.bytes);
        return Err(SourceFile::new(&input.name, &lines).show_all(&reading.problems));
    }
    let mut account = Account {
        source: &input.bytes,
        principals: &reading.principals,
        found: Policies::default(),
    };
    for entity in reading.principals.entities() {
        account.entity(entity);
    }
    account.managed();
    account.organization();
    account.resources();
    Ok(account.found)
}

struct Account<'a> {
    source: &'a [u8],
    principals: &'a Principals,
    found: Policies,
}

impl Account<'_> {
    fn add(&mut self, found: Found) {
        self.found.policies.push(found);
    }

    fn document(&self, policy: &Policy) -> iam_policy_document::Document {
        policy.in_file(self.source)
    }

    /// The inline policies of an entity. The first also has its trust policy and its AWS managed policies.
    fn entity(&mut self, entity: &Entity) {
        let owner = format!("the {} `{}`", entity.kind.name(), entity.name);
        let mut policies = Vec::new();
        for policy in &entity.inline {
            let name = if entity.inline.len() == 1 {
                entity.name.clone()
            } else {
                format!("{}-{}", entity.name, policy.name)
            };
            policies.push(Found {
                name: Some(name),
                about: Some(format!("The inline policy `{}` of {owner}.", policy.name)),
                document: Some(self.document(&policy.policy)),
                ..Found::default()
            });
        }
        let aws: Vec<String> = entity.attached.iter().filter(|arn| is_of_aws(arn)).cloned().collect();
        let trust = entity.trust.as_ref().map(|trust| self.document(trust));
        if policies.is_empty() && trust.is_some() {
            policies.push(Found {
                name: Some(entity.name.clone()),
                about: Some(format!("The trust policy of {owner}.")),
                ..Found::default()
            });
        }
        match policies.first_mut() {
            Some(first) => {
                first.trust = trust;
                first.managed = aws;
            }
            None if aws.is_empty() => {}
            None => self
                .found
                .notes
                .push((None, format!("the spec does not say that {owner} has {}", list(&aws)))),
        }
        self.found.policies.extend(policies);
    }

    /// The managed policies in the file, without those of AWS.
    fn managed(&mut self) {
        for policy in self.principals.managed().filter(|policy| !is_of_aws(&policy.arn)) {
            let mut attached = Vec::new();
            let mut bounded = Vec::new();
            for entity in self.principals.entities() {
                let name = format!("the {} `{}`", entity.kind.name(), entity.name);
                if entity.attached.contains(&policy.arn) {
                    attached.push(name.clone());
                }
                if entity.boundary.as_ref() == Some(&policy.arn) {
                    bounded.push(name);
                }
            }
            let mut about = format!("The managed policy `{}`", policy.arn);
            if !attached.is_empty() {
                about.push_str(", attached to ");
                about.push_str(&sentence(&attached));
            }
            if !bounded.is_empty() {
                about.push_str(", the permissions boundary of ");
                about.push_str(&sentence(&bounded));
            }
            about.push('.');
            let document = self.document(&policy.policy);
            self.add(Found {
                name: Some(policy.name.clone()),
                about: Some(about),
                document: Some(document),
                ..Found::default()
            });
        }
    }

    /// The service control policies and resource control policies.
    fn organization(&mut self) {
        for (policy_type, levels) in [
            (PolicyType::ServiceControl, self.principals.service_control()),
            (PolicyType::ResourceControl, self.principals.resource_control()),
        ] {
            let mut known: Vec<&str> = Vec::new();
            for named in levels.iter().flatten() {
                // A policy may be attached at several levels.
                if known.contains(&named.policy.text()) {
                    continue;
                }
                known.push(named.policy.text());
                let document = self.document(&named.policy);
                self.add(Found {
                    name: Some(named.name.clone()),
                    policy_type,
                    document: Some(document),
                    ..Found::default()
                });
            }
        }
    }

    fn resources(&mut self) {
        for (arn, policy) in self.principals.resource_policies() {
            let document = self.document(policy);
            let name = arn.rsplit([':', '/']).next().unwrap_or(arn).to_owned();
            self.add(Found {
                name: Some(name),
                about: Some(format!("The policy of `{arn}`.")),
                policy_type: PolicyType::Resource,
                document: Some(document),
                ..Found::default()
            });
        }
    }
}

/// Whether a managed policy belongs to AWS.
fn is_of_aws(arn: &str) -> bool {
    Arn::parse(arn).is_ok_and(|arn| arn.account == "aws")
}
