//! Whether AWS's catalog knows the names in a `require_allowed!`.

use iam_policy_catalog::Catalog;

/// Why the catalog does not know an action; empty if it does, or if this is a pattern.
pub(crate) fn unknown_action(name: &str) -> String {
    let catalog = Catalog::get();
    if catalog.action(name).is_some() {
        return String::new();
    }
    let message = format!("the catalog of AWS actions does not contain `{name}`");
    match catalog.suggest_action(name) {
        Some(action) => format!("{message}\nhelp: did you mean `{action}`?"),
        None => message,
    }
}

/// Why the catalog does not know a condition key; empty if it does.
pub(crate) fn unknown_key(name: &str) -> String {
    let catalog = Catalog::get();
    // The keys of identity providers begin with the name of their host.
    let is_of_provider = name.split_once(':').is_some_and(|(prefix, _)| prefix.contains('.'));
    if is_of_provider || catalog.condition_key(name).is_some() {
        return String::new();
    }
    let message = format!("the catalog of AWS condition keys does not contain `{name}`");
    match catalog.suggest_condition_key(name) {
        Some(key) => format!("{message}\nhelp: did you mean `{}`?", key.name()),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_actions_have_suggestions() {
        for (name, message) in [
            ("s3:GetObject", ""),
            ("S3:getobject", ""),
            (
                "s3:GetObjekt",
                "the catalog of AWS actions does not contain `s3:GetObjekt`\nhelp: did you mean `s3:GetObject`?",
            ),
            (
                "zzz:Nonsense",
                "the catalog of AWS actions does not contain `zzz:Nonsense`",
            ),
        ] {
            assert_eq!(unknown_action(name), message);
        }
    }

    #[test]
    fn unknown_keys_have_suggestions() {
        for (name, message) in [
            ("kms:ViaService", ""),
            ("aws:RequestTag/team", ""),
            ("token.actions.githubusercontent.com:sub", ""),
            (
                "kms:ViaServce",
                "the catalog of AWS condition keys does not contain `kms:ViaServce`\nhelp: did you mean `kms:ViaService`?",
            ),
        ] {
            assert_eq!(unknown_key(name), message);
        }
    }
}
