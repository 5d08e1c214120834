//! The names of policies, and the ids of statements.

use std::collections::HashSet;

use iam_policy_catalog::{AccessLevel, Catalog};
use iam_policy_core::principal::service_name;
use iam_policy_core::text;
use iam_policy_spec::{DraftStatement, constant_name};

use super::{DEFAULT_NAME, Found};

/// The names of imported policies, which are valid and unique.
pub(super) struct Names {
    pub(super) names: Vec<String>,
}

impl Names {
    pub(super) fn of(policies: &[Found]) -> Self {
        let mut taken: HashSet<String> = HashSet::new();
        taken.insert(constant_name("all"));
        let mut names = Vec::new();
        for policy in policies {
            let wanted = match &policy.name {
                Some(name) if text::is_name(name) => name.clone(),
                Some(name) => identifier(name, "policy"),
                None => DEFAULT_NAME.to_owned(),
            };
            let mut name = wanted.clone();
            let mut number = 2;
            while !taken.insert(constant_name(&name)) {
                name = format!("{wanted}-{number}");
                number += 1;
            }
            names.push(name);
        }
        Self { names }
    }
}

/// A name made of the letters and digits of `text`.
fn identifier(text: &str, otherwise: &str) -> String {
    let kebab = kebab_case(text);
    match kebab.bytes().next() {
        None => otherwise.to_owned(),
        Some(first) if first.is_ascii_alphabetic() => kebab,
        Some(_) => format!("{otherwise}-{kebab}"),
    }
}

/// The common form of an id and its Sid.
pub(super) fn alike(name: &str) -> String {
    name.replace(['-', '_'], "").to_ascii_lowercase()
}

/// Turns the words of a Sid into an id: `ListS3Buckets` becomes `list-s3-buckets`.
pub(super) fn kebab_case(sid: &str) -> String {
    let mut id = String::with_capacity(sid.len() + 4);
    let characters: Vec<char> = sid.chars().collect();
    for (at, character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| characters.get(before));
        let after = characters.get(at + 1);
        let starts_word = character.is_ascii_uppercase()
            && before.is_some_and(|before| !before.is_ascii_uppercase() || after.is_some_and(char::is_ascii_lowercase));
        if character.is_ascii_alphanumeric() {
            if starts_word && !id.is_empty() && !id.ends_with('-') {
                id.push('-');
            }
            id.push(character.to_ascii_lowercase());
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    id.truncate(id.trim_end_matches('-').len());
    id
}

/// An id that names what may assume a role.
pub(super) fn describe_trust(statement: &DraftStatement<'_>) -> String {
    let deny = if statement.effect == Some("Deny") { "deny-" } else { "" };
    let who = match statement.principals.as_slice() {
        [("services", services)] if services.len() == 1 => {
            let service = services.first().copied().unwrap_or_default();
            kebab_case(service_name(service).unwrap_or(service))
        }
        [(list, principals)] if principals.len() == 1 => list.trim_end_matches('s').to_owned(),
        [(list, _)] => (*list).to_owned(),
        _ => "several".to_owned(),
    };
    let id = format!("{deny}assume-from-{who}");
    if text::is_name(&id) { id } else { "assume".to_owned() }
}

/// An id that names the statement's services and what it allows on them.
pub(super) fn describe(statement: &DraftStatement<'_>) -> String {
    let catalog = Catalog::get();
    let (all_but, actions) = match (&statement.actions, &statement.not_actions) {
        (None, Some(not)) => ("all-but-", not),
        (actions, _) => ("", actions.as_ref().unwrap_or(const { &Vec::new() })),
    };
    let mut services: Vec<&str> = actions
        .iter()
        .map(|action| action.split_once(':').map_or("everything", |(service, _)| service))
        .collect();
    services.sort_unstable();
    services.dedup();
    let service = match services.as_slice() {
        [] => "nothing".to_owned(),
        [one] if *one == "*" => "everything".to_owned(),
        [one] => one.to_ascii_lowercase(),
        [one, other] => format!("{one}-{other}").to_ascii_lowercase(),
        _ => "several".to_owned(),
    };
    let levels: Vec<AccessLevel> = actions
        .iter()
        .flat_map(|action| catalog.expand(action))
        .map(iam_policy_catalog::Action::access_level)
        .collect();
    let every = actions.iter().any(|action| *action == "*" || action.ends_with(":*"));
    // The most severe level first. A statement with every action of a service needs none.
    let access = [
        (AccessLevel::PermissionsManagement, "-permissions"),
        (AccessLevel::Write, "-write"),
        (AccessLevel::Tagging, "-tag"),
        (AccessLevel::Read, "-read"),
        (AccessLevel::List, "-list"),
    ]
    .into_iter()
    .find(|(level, _)| !every && levels.contains(level))
    .map_or("", |(_, word)| word);
    let deny = if statement.effect == Some("Deny") { "deny-" } else { "" };
    let id = format!("{deny}{all_but}{service}{access}");
    if text::is_name(&id) { id } else { "statement".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sids_become_ids() {
        for (sid, id) in [
            ("StorageAccess", "storage-access"),
            ("ListS3Buckets", "list-s3-buckets"),
            ("AllowEC2Actions", "allow-ec2-actions"),
            ("KMS", "kms"),
            ("readOnly", "read-only"),
            ("Allow Read_Only-", "allow-read-only"),
            ("VisualEditor0", "visual-editor0"),
            ("0", "0"),
            ("", ""),
        ] {
            assert_eq!(kebab_case(sid), id, "{sid}");
        }
    }
}
