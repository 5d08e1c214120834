//! Suggestions for condition operators.

use iam_policy_core::operator::{Operator, Qualifier};
use iam_policy_core::suggest::nearest;

/// The operator that is closest to an unknown `name`.
pub(crate) fn meant(name: &str) -> Option<String> {
    let (qualifier, base) = match name.split_once(':') {
        None => (None, name),
        Some((qualifier, base)) => {
            let known = Qualifier::ALL.iter().map(|qualifier| qualifier.name());
            (Some(nearest(qualifier, known)?), base)
        }
    };
    let bases = || Operator::ALL.iter().map(|operator| operator.name());
    let with_suffix: Vec<_> = bases().map(|name| format!("{name}IfExists")).collect();
    let base = nearest(base, bases().chain(with_suffix.iter().map(String::as_str)))?;
    Some(match qualifier {
        Some(qualifier) => format!("{qualifier}:{base}"),
        None => base.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_the_closest_operator() {
        for (wrong, expected) in [
            ("StringEqual", Some("StringEquals")),
            ("StringEqualIfExists", Some("StringEqualsIfExists")),
            ("stringlikeifexist", Some("StringLikeIfExists")),
            ("NumericLessThanOrEquals", Some("NumericLessThanEquals")),
            ("ForAnyValues:StringEqual", Some("ForAnyValue:StringEquals")),
            ("ForAllValue:StringLike", Some("ForAllValues:StringLike")),
            ("ForSomeValues:StringLike", None),
            ("StringMatches", None),
            ("", None),
        ] {
            assert_eq!(meant(wrong).as_deref(), expected, "{wrong}");
        }
    }
}
