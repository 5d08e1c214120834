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
        managed: Vec::new(),
        inline: Vec::new(),
    };
    for entity in reading.principals.entities() {
        account.entity(entity);
    }
    account.managed();
    account.boundaries();
    account.organization();
    account.resources();
    Ok(account.found)
}

struct Account<'a> {
    source: &'a [u8],
    principals: &'a Principals,
    found: Policies,
    /// The ARNs of the managed policies, and the numbers of their drafts.
    managed: Vec<(&'a str, usize)>,
    /// The entities, and the numbers of the drafts of their inline policies.
    inline: Vec<(&'a Entity, usize)>,
}

impl<'a> Account<'a> {
    fn add(&mut self, found: Found) {
        self.found.policies.push(found);
    }

    fn document(&self, policy: &Policy) -> iam_policy_document::Document {
        policy.in_file(self.source)
    }

    /// The inline policies of an entity. The first also has its trust policy and its AWS managed policies.
    fn entity(&mut self, entity: &'a Entity) {
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
        for policy in policies {
            self.inline.push((entity, self.found.policies.len()));
            self.add(policy);
        }
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
            let is_boundary = attached.is_empty() && !bounded.is_empty();
            let document = self.document(&policy.policy);
            self.managed.push((&policy.arn, self.found.policies.len()));
            self.add(Found {
                name: Some(policy.name.clone()),
                about: Some(about),
                policy_type: if is_boundary {
                    PolicyType::PermissionsBoundary
                } else {
                    PolicyType::Identity
                },
                document: Some(document),
                ..Found::default()
            });
        }
    }

    /// Lists what each permissions boundary bounds, if it leaves it everything it grants: generating proves that.
    fn boundaries(&mut self) {
        for (arn, boundary) in self.managed.clone() {
            let of_boundary = self.found.policies.get(boundary);
            let Some(limit) = of_boundary.filter(|found| found.policy_type == PolicyType::PermissionsBoundary) else {
                continue;
            };
            let bounds = |entity: &Entity| entity.boundary.as_deref() == Some(arn);
            let inline = self.inline.iter().filter(|(entity, _)| bounds(entity));
            let mut bounded: Vec<usize> = inline.map(|(_, number)| *number).collect();
            for entity in self.principals.entities().filter(|entity| bounds(entity)) {
                let attached = self
                    .managed
                    .iter()
                    .filter(|(arn, _)| entity.attached.iter().any(|own| own == arn));
                bounded.extend(attached.map(|(_, number)| *number));
            }
            bounded.sort_unstable();
            bounded.dedup();
            let leaves_all = |number: &usize| {
                let granted = self
                    .found
                    .policies
                    .get(*number)
                    .and_then(|found| found.document.as_ref());
                granted.zip(limit.document.as_ref()).is_some_and(|(granted, limit)| {
                    iam_policy_compare::Options::default()
                        .covers([granted], [limit])
                        .is_yes()
                })
            };
            let (whole, limited): (Vec<usize>, Vec<usize>) = bounded.into_iter().partition(leaves_all);
            let name = |number: &usize| self.found.policies.get(*number).and_then(|found| found.name.clone());
            let names: Vec<String> = limited.iter().filter_map(name).collect();
            if !names.is_empty() {
                let note = format!(
                    "the boundary `{arn}` is not proved to leave everything to {}, so its `bounds` does not name {}",
                    list(&names),
                    if names.len() == 1 { "it" } else { "them" },
                );
                self.found.notes.push((None, note));
            }
            if let Some(found) = self.found.policies.get_mut(boundary) {
                // A boundary of a spec bounds something in it.
                if whole.is_empty() {
                    found.policy_type = PolicyType::Identity;
                }
                found.bounds = whole;
            }
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
