//! Wildcards and policy variables that let a condition match more than intended.
//!
//! Source: IAM Access Analyzer policy check reference, "Wildcard usage too permissive" and "Variable usage too
//! permissive".

mod docs;

use crate::Code;
use crate::context::{Condition, Context};
use crate::finding::Report;
use iam_policy_core::Operator;
use iam_policy_core::variable::{Piece, Unknown, pieces};

pub(super) use docs::TOPIC;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    for condition in context.statements.iter().flat_map(|parts| &parts.conditions) {
        if condition.operator.is_some_and(Operator::takes_wildcards)
            && let Some(limit) = Limit::of(condition)
        {
            usage(context, condition, limit, report);
        }
    }
}

/// Keys whose values must be literal. The owner of another account or organization could choose a value that a wildcard
/// matches.
///
/// Source: IAM User Guide, "AWS global condition context keys", "Sensitive condition keys".
const SENSITIVE_KEYS: &[&str] = &[
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:VpceOrgID",
];

/// Where the values of a key can have wildcards.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Limit {
    /// Nowhere.
    Nowhere,
    /// After this many literal characters.
    After(usize),
    /// After the colon, or as the whole part before it. The value is the ID of a role or user, a colon and a session
    /// name.
    UserId,
}

impl Limit {
    fn of(condition: &Condition<'_>) -> Option<Self> {
        if condition.is_any(SENSITIVE_KEYS) {
            Some(Self::Nowhere)
        } else if condition.is("aws:userid") {
            Some(Self::UserId)
        } else if is_subject(condition.member.key) {
            Some(Self::After(6))
        } else {
            None
        }
    }

    /// Whether a wildcard or variable is allowed here.
    ///
    /// - `before`: the number of literal characters immediately before it
    /// - `in_name`: whether it comes after a colon
    /// - `is_alone`: whether it is the whole part before the colon
    fn allows(self, before: usize, in_name: bool, is_alone: bool) -> bool {
        match self {
            Self::Nowhere => false,
            Self::After(least) => before >= least,
            Self::UserId => in_name || is_alone,
        }
    }
}

/// Whether a key is the subject of an identity provider's tokens, such as `token.actions.githubusercontent.com:sub`.
fn is_subject(key: &str) -> bool {
    key.rsplit_once(':')
        .is_some_and(|(host, claim)| claim.eq_ignore_ascii_case("sub") && host.contains('.'))
}

/// A part of a value that can match different texts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Wildcard,
    Variable,
}

/// `WILDCARD_USAGE_TOO_PERMISSIVE`, `VARIABLE_USAGE_TOO_PERMISSIVE`: at most one finding of each per value. Like AWS,
/// this does not check operators that take no wildcards: AWS's own policies compare `aws:ResourceAccount` with
/// `${aws:PrincipalAccount}`.
fn usage(context: &Context<'_>, condition: &Condition<'_>, limit: Limit, report: &mut Report) {
    for value in condition.values() {
        let Some(text) = value.as_str() else { continue };
        let mut reported: Vec<Open> = Vec::new();
        for (open, allowed) in opens(text, limit, context.has_variables) {
            if !allowed && !reported.contains(&open) {
                reported.push(open);
                let (code, details) = message(open, limit, condition.member.key);
                report.value(code, details, value);
            }
        }
    }
}

/// The wildcards and variables of a text, each with whether it is allowed there.
fn opens(text: &str, limit: Limit, has_variables: bool) -> Vec<(Open, bool)> {
    // The characters of the text, with wildcards and variables as single items.
    let mut items: Vec<Result<char, Open>> = Vec::new();
    let literal = |text: &str, items: &mut Vec<Result<char, Open>>| {
        items.extend(text.chars().map(|character| match character {
            '*' | '?' => Err(Open::Wildcard),
            _ => Ok(character),
        }));
    };
    if has_variables {
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) | Piece::Unclosed(text) => literal(text, &mut items),
                Piece::Character(character) => items.push(Ok(character)),
                Piece::Variable(_) => items.push(Err(Open::Variable)),
                // Its text may be long enough for what follows.
                Piece::Unknown(_) => items.extend([Ok(Unknown::MARK); 6]),
            }
        }
    } else {
        literal(text, &mut items);
    }
    let mut found = Vec::new();
    let (mut before, mut in_name) = (0, false);
    for (at, item) in items.iter().enumerate() {
        match *item {
            Ok(character) => {
                in_name |= character == ':';
                before += 1;
            }
            Err(open) => {
                let is_alone = at == 0 && items.get(1) == Some(&Ok(':'));
                found.push((open, limit.allows(before, in_name, is_alone)));
                before = 0;
            }
        }
    }
    found
}

fn message(open: Open, limit: Limit, key: &str) -> (Code, String) {
    let (code, what) = match open {
        Open::Wildcard => (Code::WildcardUsageTooPermissive, "wildcard"),
        Open::Variable => (Code::VariableUsageTooPermissive, "policy variable"),
    };
    let details = match limit {
        Limit::Nowhere => format!(
            "a {what} is not allowed in the value of the sensitive condition key {key}; specify the exact value"
        ),
        Limit::After(least) => format!(
            "overly permissive use of a {what} for the {key} condition key; use the {what} preceded by {least} \
             consecutive characters"
        ),
        Limit::UserId => format!(
            "overly permissive use of a {what} with {key}; use the {what} on the right side of the colon, or as the \
             only character on its left side"
        ),
    };
    (code, details)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use crate::Code::*;
    use crate::tests::condition;

    fn check(source: &str, expected: Expect) {
        condition(
            &[WildcardUsageTooPermissive, VariableUsageTooPermissive],
            source,
            expected,
        );
    }

    #[test]
    fn sensitive_keys() {
        check(
            r#"{"StringLike": {"aws:principalorgid": ["o-*", "o-a1b2c3d4e5"], "aws:SourceVpce": "vpce-1234567?"}, "StringNotLikeIfExists": {"aws:SourceAccount": "${aws:PrincipalAccount}"}}"#,
            expect![[r#"
                WILDCARD_USAGE_TOO_PERMISSIVE <"o-*">
                WILDCARD_USAGE_TOO_PERMISSIVE <"vpce-1234567?">
                VARIABLE_USAGE_TOO_PERMISSIVE <"${aws:PrincipalAccount}">
            "#]],
        );
        check(
            r#"{"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}", "aws:PrincipalOrgID": "o-*"}, "StringLike": {"aws:PrincipalOrgPaths": "o-*", "aws:SourceVpc": "vpc-${*}"}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn identity_provider_subjects() {
        check(
            r#"{"StringLike": {"token.actions.githubusercontent.com:sub": ["repo:*", "repo:us/*", "repo:us@*/abc@*:ref", "repo:us@*/tools@*:ref", "repo:${aws:username}"]}}"#,
            expect![[r#"
                WILDCARD_USAGE_TOO_PERMISSIVE <"repo:*">
                WILDCARD_USAGE_TOO_PERMISSIVE <"repo:us@*/abc@*:ref">
                VARIABLE_USAGE_TOO_PERMISSIVE <"repo:${aws:username}">
            "#]],
        );
        check(
            r#"{"StringLike": {"token.actions.githubusercontent.com:aud": "*", "s3:prefix": "${aws:username}/*"}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn user_ids() {
        check(
            r#"{"StringLike": {"aws:userId": ["*", "AROA*:me", "AROACKCEVSQ6C2EXAMPLE*", "${aws:userid}", "AIDA${aws:userid}:*"]}}"#,
            expect![[r#"
                WILDCARD_USAGE_TOO_PERMISSIVE <"*">
                WILDCARD_USAGE_TOO_PERMISSIVE <"AROA*:me">
                WILDCARD_USAGE_TOO_PERMISSIVE <"AROACKCEVSQ6C2EXAMPLE*">
                VARIABLE_USAGE_TOO_PERMISSIVE <"${aws:userid}">
                VARIABLE_USAGE_TOO_PERMISSIVE <"AIDA${aws:userid}:*">
            "#]],
        );
        check(
            r#"{"StringLike": {"aws:userid": ["AROACKCEVSQ6C2EXAMPLE:*", "*:*", "*:me", "${aws:userid}:*", "AIDACKCEVSQ6C2EXAMPLE:${aws:userid}"]}}"#,
            expect![[""]],
        );
    }
}
