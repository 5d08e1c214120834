//! Fixes the values of context keys, by statements that deny everything else.

use iam_policy_core::{GlobalKey, Principal, PrincipalKind};
use iam_policy_document::Document;

use crate::piece::Only;
use crate::{ContextEntry, ContextType, Subject};

/// The context keys that follow from a principal's ARN. A group is no principal: its members are users.
pub(crate) fn of_principal(subject: &Subject) -> Vec<ContextEntry> {
    let principal = Principal::parse(&subject.arn).ok();
    let kind = principal.map_or(PrincipalKind::User, |principal| principal.kind());
    let known = GlobalKey::ALL.into_iter().filter_map(|key| {
        let value = match (key, principal) {
            (GlobalKey::PrincipalAccount, _) => Some(subject.account.as_str()),
            (GlobalKey::PrincipalArn, Some(_)) => Some(subject.arn.as_str()),
            (GlobalKey::UserName, Some(Principal::User { name, .. })) => Some(name),
            _ => key.constant(kind),
        };
        Some((key.name(), value.filter(|value| !value.is_empty())?))
    });
    known
        .filter_map(|(key, value)| ContextEntry::new(key, [value]).ok())
        .collect()
}

/// Statements that leave only requests in which the keys have exactly these values. Binary keys are not restricted.
pub(crate) fn forced(entries: &[ContextEntry]) -> Vec<Only<'_>> {
    let mut all = Vec::new();
    for entry in entries {
        let key = entry.key.as_str();
        let values = || entry.values.iter().map(String::as_str).collect::<Vec<_>>();
        let (one, any, every) = match entry.kind {
            ContextType::String => ("StringNotEquals", "", ""),
            ContextType::Numeric => ("NumericNotEquals", "", ""),
            ContextType::Date => ("DateNotEquals", "", ""),
            ContextType::Ip => ("NotIpAddress", "", ""),
            ContextType::StringList => ("", "ForAnyValue:StringNotEquals", "ForAllValues:StringNotEquals"),
            ContextType::NumericList => ("", "ForAnyValue:NumericNotEquals", "ForAllValues:NumericNotEquals"),
            ContextType::DateList => ("", "ForAnyValue:DateNotEquals", "ForAllValues:DateNotEquals"),
            ContextType::IpList => ("", "ForAnyValue:NotIpAddress", "ForAllValues:NotIpAddress"),
            ContextType::Boolean => {
                let is_true = entry.values.iter().any(|value| value.eq_ignore_ascii_case("true"));
                all.push(Only::Unless("Bool", key, vec![if is_true { "false" } else { "true" }]));
                all.push(Only::Unless("Null", key, vec!["true"]));
                continue;
            }
            ContextType::BooleanList | ContextType::Binary | ContextType::BinaryList => continue,
        };
        if any.is_empty() {
            all.push(Only::Unless(one, key, values()));
        } else {
            all.push(Only::Unless(any, key, values()));
            all.extend(values().into_iter().map(|value| Only::Unless(every, key, vec![value])));
        }
    }
    all
}

/// Whether a key appears in one of the documents, in a condition or as a variable.
pub(crate) fn mentions<'d>(documents: impl IntoIterator<Item = &'d Document>) -> impl Fn(&str) -> bool {
    let mut text = String::new();
    for document in documents {
        let strings = document.values().filter_map(iam_policy_document::Value::as_str);
        let keys = document.values().filter_map(iam_policy_document::Value::key);
        for part in strings.chain(keys) {
            text.push_str(part);
            text.push('\n');
        }
    }
    text.make_ascii_lowercase();
    move |key| text.contains(&key.to_ascii_lowercase())
}
