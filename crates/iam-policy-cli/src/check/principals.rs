//! Findings about all policies of a principal together.

use std::collections::HashMap;

use iam_policy_account::{EntityKind, Policy, read};
use iam_policy_check::{Grants, escalations};
use iam_policy_document::{Diagnostic, Document, Location, Value};

use super::finding::Finding;

/// The findings about all policies of each user and role in the output of `aws iam get-account-authorization-details`.
/// Principals with the same policies share a finding. There are none for a file that lacks policies of its principals,
/// since one of those might deny what the others allow.
///
/// - `source`: the file
/// - `root`: its outermost value
pub(super) fn of_principals(source: &[u8], root: Value<'_>) -> Vec<Finding> {
    let lists = ["UserDetailList", "RoleDetailList"];
    if !root
        .one_or_many()
        .any(|page| lists.iter().any(|list| page.get(list).is_some()))
    {
        return Vec::new();
    }
    let reading = read(source);
    if !reading.problems.is_empty() {
        return Vec::new();
    }
    let principals = &reading.principals;
    let with_policies = principals.entities().filter(|entity| entity.kind != EntityKind::Group);
    let identities: Vec<_> = with_policies.map(|entity| principals.identity(entity)).collect();
    // Many principals share managed policies.
    let mut numbers: HashMap<*const Policy, usize> = HashMap::new();
    let mut documents: Vec<Document> = Vec::new();
    for identity in &identities {
        let policies = identity.policies.iter().map(|policy| policy.policy);
        let boundary = identity.boundary.map(|boundary| &boundary.policy);
        let organization = principals.service_control().iter().flatten().map(|named| &named.policy);
        for policy in policies.chain(boundary).chain(organization) {
            numbers.entry(std::ptr::from_ref(policy)).or_insert_with(|| {
                documents.push(policy.in_file(source));
                documents.len() - 1
            });
        }
    }
    let grants: Vec<_> = documents.iter().map(Grants::new).collect();
    let of = |policy: &Policy| grants.get(*numbers.get(&std::ptr::from_ref(policy))?);
    let mut found: Vec<(Diagnostic, Vec<String>)> = Vec::new();
    let mut known: HashMap<(String, Vec<Location>), usize> = HashMap::new();
    for identity in &identities {
        let policies: Vec<_> = identity
            .policies
            .iter()
            .filter_map(|policy| of(policy.policy))
            .collect();
        let boundary = identity.boundary.and_then(|boundary| of(&boundary.policy));
        let mut limits: Vec<Vec<_>> = boundary.map(|boundary| vec![boundary]).into_iter().collect();
        // Service-linked roles are outside the organization's control.
        if !identity.entity.path.starts_with("/aws-service-role/") {
            let levels = principals.service_control().iter();
            limits.extend(levels.map(|level| level.iter().filter_map(|named| of(&named.policy)).collect()));
        }
        let name = format!("the {} `{}`", identity.entity.kind.name(), identity.entity.name);
        for finding in escalations(&policies, &limits) {
            let key = (finding.message.to_string(), finding.locations().cloned().collect());
            let number = *known.entry(key).or_insert(found.len());
            match found.get_mut(number) {
                Some((_, names)) => names.push(name.clone()),
                None => found.push((finding, vec![name.clone()])),
            }
        }
    }
    let with_names = found.into_iter().map(|(mut finding, names)| {
        let names = names.join(", ");
        finding
            .notes
            .push(format!("granted by the policies of {names} together"));
        Finding {
            resource: Some(names.into()),
            ..Finding::from(finding)
        }
    });
    with_names.collect()
}
