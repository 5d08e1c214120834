//! Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and the characters `${*}`, `${?}` and
//! `${$}`.
//!
//! Source: IAM User Guide, "IAM policy elements: Variables and tags".

mod docs;

use iam_policy_core::placeholder::is_impossible;
use iam_policy_core::variable::{Piece, Variable, VariableError, pieces};
use iam_policy_document::{Element, Value};

use crate::Code;
use crate::context::{Context, Parts, Resource};
use crate::finding::{At, Hint, Report};
use crate::rules::keys::is_of_provider;

pub(super) use docs::TOPIC;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    if !context.document.has_byte(|byte| byte == b'$') {
        return;
    }
    for parts in &context.statements {
        for resource in &parts.resources {
            if resource.text.contains('$') {
                let segments = Segments::of(resource);
                read(context, resource.value, resource.text, segments, report);
            }
        }
        for condition in &parts.conditions {
            for value in condition.values() {
                let Some(text) = value.as_str().filter(|text| text.contains('$')) else {
                    continue;
                };
                read(context, value, text, Segments::default(), report);
                let is_variable = |piece| !matches!(piece, Piece::Text(_) | Piece::Unknown(_));
                if context.has_variables
                    && pieces(text).any(is_variable)
                    && condition.operator.is_some_and(|operator| !operator.takes_variables())
                {
                    report.value(
                        Code::InvalidVariableForOperator,
                        "policy variables can only be used with String and ARN operators",
                        value,
                    );
                }
            }
        }
        elsewhere(context, parts, report);
    }
}

/// `VARIABLE_UNSUPPORTED_IN_ELEMENT`: variables are only replaced in resources and conditions.
fn elsewhere(context: &Context<'_>, parts: &Parts<'_>, report: &mut Report) {
    if !context.has_variables {
        return;
    }
    let mut values: Vec<Value<'_>> = Vec::new();
    for element in [Element::Action, Element::NotAction] {
        if let Some(member) = parts.element(element) {
            values.extend(member.value.one_or_many());
        }
    }
    for element in [Element::Principal, Element::NotPrincipal] {
        let Some(member) = parts.element(element) else { continue };
        if !member.value.is_object() {
            values.push(member.value);
        }
        for kind in member.value.members() {
            values.extend(kind.value.one_or_many());
        }
    }
    for value in values {
        let Some(text) = value.as_str().filter(|text| text.contains('$')) else {
            continue;
        };
        let mut pieces = pieces(text);
        let (mut start, mut is_variable) = (0, false);
        while !is_variable {
            start = pieces.position();
            match pieces.next() {
                Some(piece) => is_variable = !matches!(piece, Piece::Text(_) | Piece::Unknown(_)),
                None => break,
            }
        }
        if is_variable {
            let length = pieces.position() - start;
            let variable = text.get(start..start + length).unwrap_or_default();
            report.add(
                Code::VariableUnsupportedInElement,
                format!(
                    "policy variables are supported in the Resource and Condition elements; remove the policy variable \
                     `{variable}` from this element"
                ),
                [At::Part(value, start, length)],
            );
        }
    }
}

/// `VARIABLE_UNSUPPORTED_IN_VERSION`, `MISSING_BRACE_IN_VARIABLE`, `EMPTY_VARIABLE`, `UNSUPPORTED_SPACE_IN_VARIABLE`,
/// `MISSING_QUOTE_IN_VARIABLE`: `${` starts a variable and `}` ends it. In between is a key without spaces, optionally
/// followed by a comma and a default value in single quotes.
///
/// - `segments`: the segments of an ARN in which variables are not replaced
fn read(context: &Context<'_>, value: Value<'_>, text: &str, segments: Segments, report: &mut Report) {
    let mut pieces = pieces(text);
    loop {
        let start = pieces.position();
        match pieces.next() {
            None => return,
            Some(Piece::Text(_) | Piece::Unknown(_)) => {}
            Some(_) if !context.has_variables => {
                report.value(
                    Code::VariableUnsupportedInVersion,
                    "to include variables in your policy, use the policy version 2012-10-17 or later",
                    value,
                );
                return;
            }
            Some(Piece::Unclosed(variable)) => {
                report.add(
                    Code::MissingBraceInVariable,
                    "the policy variable is missing a closing curly brace; add } after the variable text",
                    [At::Part(value, start, variable.len())],
                );
            }
            Some(Piece::Variable(variable)) => {
                let at = At::Part(value, start, pieces.position() - start);
                if let Err(error) = variable.check() {
                    let (code, details) = message(error);
                    report.add(code, details, [at]);
                } else if start >= segments.partition {
                    key(context, variable, at, start < segments.others, report);
                }
            }
            Some(Piece::Character(_)) => {}
        }
    }
}

/// The segments of a resource ARN before its fifth colon.
#[derive(Clone, Copy, Default)]
struct Segments {
    /// The byte after the partition. A variable before it is reported as an invalid partition.
    partition: usize,
    /// The byte after all of them.
    others: usize,
}

impl Segments {
    fn of(resource: &Resource<'_>) -> Self {
        resource.arn.map_or(Self::default(), |arn| Self {
            partition: "arn:".len() + arn.partition.len(),
            others: resource.text.len() - arn.resource.len(),
        })
    }
}

/// Variables that are not condition keys.
///
/// Source: AWS Transfer Family User Guide, "Creating a session policy"; AWS `IoT` Core Developer Guide, "Authorizing
/// direct calls to AWS services".
const VARIABLES: &[&str] = &[
    "credentials-iot:AwsCertificateId",
    "credentials-iot:ThingName",
    "credentials-iot:ThingTypeName",
    "transfer:HomeBucket",
    "transfer:HomeDirectory",
    "transfer:HomeFolder",
    "transfer:UserName",
];

/// `UNFILLED_PLACEHOLDER`, `UNKNOWN_VARIABLE`, `VARIABLE_UNSUPPORTED_IN_SEGMENT`: a variable stands for the value of a
/// condition key, and is only replaced after the fifth colon of a resource ARN.
///
/// - `in_segments`: whether it comes before the fifth colon
fn key(context: &Context<'_>, variable: Variable<'_>, at: At<'_>, in_segments: bool, report: &mut Report) {
    let name = variable.key;
    if is_impossible(name) {
        report.add(
            Code::UnfilledPlaceholder,
            format!("`${{{name}}}` is a placeholder that was not filled in: no condition key has this name"),
            [at],
        );
    } else if in_segments {
        report.add(
            Code::VariableUnsupportedInSegment,
            format!("AWS does not replace `${{{name}}}` here, before the fifth colon of the ARN"),
            [at],
        );
    } else if context.catalog.condition_key(name).is_none()
        && !is_of_provider(name)
        && !name.starts_with("iot:")
        && !VARIABLES.iter().any(|known| known.eq_ignore_ascii_case(name))
    {
        let finding = report.add(
            Code::UnknownVariable,
            format!(
                "the policy variable `${{{name}}}` stands for a condition key that does not exist (as of {})",
                context.catalog.date()
            ),
            [at],
        );
        finding.hint = Hint::Key(name.to_owned());
    }
}

fn message(error: VariableError) -> (Code, &'static str) {
    match error {
        VariableError::Empty => (
            Code::EmptyVariable,
            "empty policy variable; remove the ${ } variable structure or provide a variable within the structure",
        ),
        VariableError::Space => (
            Code::UnsupportedSpaceInVariable,
            "a space is not supported within the policy variable text; remove the space",
        ),
        _ => (
            Code::MissingQuoteInVariable,
            "the policy variable default value must begin and end with a single quote; add the missing quote",
        ),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Code::*;
    use crate::PolicyType;
    use crate::tests::{condition, document, statements};
    const CODES: &[Code] = &[
        MissingBraceInVariable,
        MissingQuoteInVariable,
        UnsupportedSpaceInVariable,
        EmptyVariable,
        VariableUnsupportedInElement,
        VariableUnsupportedInVersion,
        InvalidVariableForOperator,
        UnknownVariable,
        VariableUnsupportedInSegment,
    ];

    fn check(resources: &str, expected: Expect) {
        let statement = format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": {resources}}}"#);
        statements(PolicyType::Identity, CODES, &statement, expected);
    }

    fn check_condition(source: &str, expected: Expect) {
        condition(CODES, source, expected);
    }

    fn check_document(source: &str, expected: Expect) {
        document(PolicyType::Identity, CODES, source, expected);
    }

    #[test]
    fn forms() {
        check(
            r#"["a/${aws:username}", "a/${*}", "a/${aws:PrincipalTag/team, 'none'}", "a/$x"]"#,
            expect![[""]],
        );
        check(
            r#"["a/${aws:username", "a/${}", "a/${ }", "a/${aws: username}", "a/${aws:username, none}"]"#,
            expect![[r#"
                MISSING_BRACE_IN_VARIABLE <${aws:username>
                EMPTY_VARIABLE <${}>
                EMPTY_VARIABLE <${ }>
                UNSUPPORTED_SPACE_IN_VARIABLE <${aws: username}>
                MISSING_QUOTE_IN_VARIABLE <${aws:username, none}>
            "#]],
        );
    }

    #[test]
    fn operators() {
        check_condition(
            r#"{"StringEquals": {"aws:userid": "${aws:username}"}, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/${aws:username}"}, "Bool": {"aws:SecureTransport": "${aws:username}"}}"#,
            expect![[r#"
                INVALID_VARIABLE_FOR_OPERATOR <"${aws:username}">
            "#]],
        );
    }

    #[test]
    fn elements() {
        check_document(
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:${aws:username}", "Resource": "*"}}"#,
            expect![[r#"
                VARIABLE_UNSUPPORTED_IN_ELEMENT <${aws:username}>
            "#]],
        );
    }

    #[test]
    fn keys_that_do_not_exist() {
        check(
            r#"["arn:aws:s3:::home/${aws:usrname}", "arn:aws:s3:::home/${s3:nonsense}"]"#,
            expect![[r#"
                UNKNOWN_VARIABLE <${aws:usrname}>
                  did you mean `aws:username`?
                UNKNOWN_VARIABLE <${s3:nonsense}>
            "#]],
        );
        check(
            r#"["arn:aws:s3:::${transfer:HomeBucket}", "arn:aws:s3:::home/${iot:Connection.Thing.ThingName}", "arn:aws:s3:::home/${credentials-iot:ThingName}", "arn:aws:s3:::home/${www.amazon.com:user_id}", "arn:aws:s3:::home/${saml:sub}"]"#,
            expect![[""]],
        );
    }

    #[test]
    fn segments_before_the_resource() {
        check(
            r#"["arn:aws:sqs:${aws:RequestedRegion}:${aws:PrincipalAccount}:x-${aws:username}"]"#,
            expect![[r#"
                VARIABLE_UNSUPPORTED_IN_SEGMENT <${aws:RequestedRegion}>
                VARIABLE_UNSUPPORTED_IN_SEGMENT <${aws:PrincipalAccount}>
            "#]],
        );
        check_condition(
            r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::${aws:PrincipalAccount}:role/x"}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn versions() {
        check_document(
            r#"{"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "a/${aws:username}"}}"#,
            expect![[r#"
                VARIABLE_UNSUPPORTED_IN_VERSION <"a/${aws:username}">
            "#]],
        );
        check_document(
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:${x}", "Resource": "*"}}"#,
            expect![[""]],
        );
    }
}
