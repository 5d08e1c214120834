//! Placeholders of templates and guides that nobody has filled in: `<bucket-name>`, `{{account}}`, `${CLUSTER_NAME}`.

mod docs;

use iam_policy_core::placeholder::{is_impossible, next};
use iam_policy_core::variable::{Piece, pieces};
use iam_policy_document::{Severity, Value};

use crate::Code;
use crate::context::{Condition, Context};
use crate::finding::{At, Report};
use crate::rules::arns::bucket;

pub(super) use docs::TOPIC;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    if !context.document.has_byte(|byte| matches!(byte, b'<' | b'{')) {
        return;
    }
    for parts in &context.statements {
        for resource in &parts.resources {
            // The other segments of an ARN have rules of their own.
            if let Some(arn) = resource.arn {
                let start = resource.text.len() - arn.resource.len();
                // So have the names of buckets.
                let bucket = bucket(arn).map_or(0, str::len);
                marked(resource.value, resource.text, start + bucket, report);
            }
        }
        for condition in &parts.conditions {
            key(condition, report);
            for value in condition.values() {
                if let Some(text) = value.as_str() {
                    marked(value, text, 0, report);
                }
            }
        }
    }
}

/// `UNFILLED_PLACEHOLDER`: a placeholder in a condition key, in which AWS replaces no variables.
fn key(condition: &Condition<'_>, report: &mut Report) {
    let name = condition.member.key;
    let marked = || next(name).and_then(|(start, length)| name.get(start..start + length));
    let variable = || {
        let mut pieces = pieces(name);
        loop {
            let start = pieces.position();
            if let Piece::Variable(variable) = pieces.next()?
                && is_impossible(variable.key)
            {
                return name.get(start..pieces.position());
            }
        }
    };
    if let Some(placeholder) = marked().or_else(variable) {
        let details = format!("`{placeholder}` in a condition key is a placeholder that was not filled in");
        report
            .key(Code::UnfilledPlaceholder, details, condition.member)
            .set_severity(Severity::Warning);
    }
}

/// `UNFILLED_PLACEHOLDER`: a name between angle brackets or double braces.
///
/// - `start`: the first byte to look at
fn marked(value: Value<'_>, text: &str, start: usize, report: &mut Report) {
    let mut at = start;
    while let Some((from, length)) = text.get(at..).and_then(next) {
        let from = at + from;
        let name = text.get(from..from + length).unwrap_or_default();
        report
            .add(
                Code::UnfilledPlaceholder,
                format!("`{name}` looks like a placeholder that was not filled in"),
                [At::Part(value, from, length)],
            )
            .set_severity(Severity::Warning);
        at = from + length;
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Code::*;
    use crate::PolicyType;
    use crate::tests::{condition, statements};
    const CODES: &[Code] = &[
        UnfilledPlaceholder,
        InvalidArnAccount,
        InvalidBucketName,
        InvalidPartition,
    ];

    fn check(resources: &str, expected: Expect) {
        let statement = format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": {resources}}}"#);
        statements(PolicyType::Identity, CODES, &statement, expected);
    }

    fn check_condition(source: &str, expected: Expect) {
        condition(CODES, source, expected);
    }

    #[test]
    fn variables_that_no_key_can_fill() {
        check(
            r#"["arn:aws:eks:*:123456789012:cluster/${CLUSTER_NAME}", "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:jobs"]"#,
            expect![[r#"
                UNFILLED_PLACEHOLDER <${CLUSTER_NAME}>
                UNFILLED_PLACEHOLDER <${AWS::Region}>
                UNFILLED_PLACEHOLDER <${AWS::AccountId}>
            "#]],
        );
        check(
            r#"["arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/${*}", "arn:aws:iam::123456789012:role/${accounts.google.com:sub}"]"#,
            expect![[""]],
        );
    }

    #[test]
    fn partitions_are_reported_once() {
        check(
            r#"["arn:${AWS::Partition}:sqs:*:123456789012:jobs", "arn:${Partition}:sqs:*:123456789012:jobs"]"#,
            expect![[r#"
                INVALID_PARTITION <"arn:${AWS::Partition}:sqs:*:123456789012:jobs">
                INVALID_PARTITION <"arn:${Partition}:sqs:*:123456789012:jobs">
            "#]],
        );
    }

    #[test]
    fn angle_brackets_and_braces() {
        check(
            r#"["arn:aws:iam::123456789012:role/<role name>", "arn:aws:iam::{{account}}:role/{{ role }}", "arn:aws:s3:::<bucket>/<key>"]"#,
            expect![[r#"
                INVALID_ARN_ACCOUNT <"arn:aws:iam::{{account}}:role/{{ role }}">
                INVALID_BUCKET_NAME <<bucket>>
                UNFILLED_PLACEHOLDER (warning) <<role name>>
                UNFILLED_PLACEHOLDER (warning) <{{ role }}>
                UNFILLED_PLACEHOLDER (warning) <<key>>
            "#]],
        );
        check(
            r#"["arn:aws:iot:*:123456789012:topic/a<b", "arn:aws:iot:*:123456789012:topic/{a}", "arn:aws:iot:*:123456789012:topic/<>", "arn:aws:iot:*:123456789012:topic/${iot:ClientId}"]"#,
            expect![[""]],
        );
    }

    #[test]
    fn conditions() {
        check_condition(
            r#"{"StringEquals": {"aws:PrincipalOrgID": ["${ORG_ID}", "<org-id>"], "aws:ResourceTag/cluster/${ClusterName}": "owned", "aws:ResourceTag/{{team}}": "x", "aws:PrincipalTag/a": "${aws:PrincipalTag/b}"}}"#,
            expect![[r#"
                UNFILLED_PLACEHOLDER <${ORG_ID}>
                UNFILLED_PLACEHOLDER (warning) <<org-id>>
                UNFILLED_PLACEHOLDER (warning) <"aws:ResourceTag/cluster/${ClusterName}">
                UNFILLED_PLACEHOLDER (warning) <"aws:ResourceTag/{{team}}">
            "#]],
        );
    }
}
