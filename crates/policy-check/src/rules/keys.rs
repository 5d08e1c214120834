//! Whether condition keys exist and mean what they seem to mean.

mod docs;

use iam_policy_core::operator::{Comparison, Operator, Qualifier};
use iam_policy_document::{Member, Numbers};

use crate::Code;
use crate::PolicyType;
use crate::context::{Condition, Context, Effect, Parts};
use crate::finding::{At, Hint, Report};

pub(super) use docs::TOPIC;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    for parts in &context.statements {
        for condition in &parts.conditions {
            if !tag_key(condition, report) {
                unknown(context, condition, report);
            }
            arn_key(context, condition, report);
            qualifier(parts, condition, report);
            untrustworthy(parts, condition, report);
            s3_prefix(parts, condition, report);
        }
        different_case(parts, report);
        dynamodb_attributes(parts, report);
    }
}

/// Keys that are followed by the key of a tag.
const TAG_KEYS: &[&str] = &["aws:RequestTag", "aws:ResourceTag", "aws:PrincipalTag"];

/// `MISSING_TAG_KEY_IN_CONDITION`: such a key requires a tag key after a slash.
fn tag_key(condition: &Condition<'_>, report: &mut Report) -> bool {
    let name = condition.member.key;
    let without = name.strip_suffix('/').unwrap_or(name);
    let global = TAG_KEYS.iter().any(|key| key.eq_ignore_ascii_case(without));
    let of_service = name.ends_with("Tag/") && condition.key.is_none();
    if global || of_service {
        report.key(
            Code::MissingTagKeyInCondition,
            format!(
                "the condition key {without}/ must include a tag key to control access based on tags; use the format \
                 {without}/tag-key and specify a key name for tag-key"
            ),
            condition.member,
        );
    }
    global || of_service
}

/// `INVALID_CONDITION_KEY_FORMAT`, `INVALID_GLOBAL_CONDITION_KEY`, `INVALID_SERVICE`, `INVALID_SERVICE_CONDITION_KEY`:
/// the key does not exist. The keys of identity providers begin with the provider's host name and are not checked,
/// since there is no list of them.
///
/// Source: Service Authorization Reference; IAM User Guide, "AWS global condition context keys". The key may be newer
/// than the catalog.
fn unknown(context: &Context<'_>, condition: &Condition<'_>, report: &mut Report) {
    if condition.key.is_some() {
        return;
    }
    let name = condition.member.key;
    // Operator and key are swapped, which `INVALID_CONDITION_OPERATOR` reports.
    if condition.operator.is_none() && Operator::from_name(name).is_some() {
        return;
    }
    let Some((prefix, _)) = name
        .split_once(':')
        .filter(|(prefix, key)| !prefix.is_empty() && !key.is_empty())
    else {
        let details = "the condition key format is not valid; use the format service:keyname";
        let finding = report.key(Code::InvalidConditionKeyFormat, details, condition.member);
        if !name.contains(':') {
            finding.hint = Hint::Key(format!("aws:{name}"));
        }
        return;
    };
    let provider = ["saml", "cognito-identity.amazonaws.com", "ldap"];
    if prefix.contains('.')
        || provider.iter().any(|known| known.eq_ignore_ascii_case(prefix))
        || condition.is("aws:ARN")
    {
        return;
    }
    let date = context.catalog.date();
    let (code, details) = if prefix.eq_ignore_ascii_case("aws") {
        (
            Code::InvalidGlobalConditionKey,
            format!("the condition key `{name}` does not exist (as of {date}); use a valid condition key"),
        )
    } else if context.catalog.service(prefix).is_none() {
        (
            Code::InvalidService,
            format!("the service `{prefix}` does not exist (as of {date}); use a valid service name"),
        )
    } else {
        (
            Code::InvalidServiceConditionKey,
            format!(
                "the condition key `{name}` does not exist in the service {prefix} (as of {date}); use a valid condition key"
            ),
        )
    };
    report.key(code, details, condition.member).hint = Hint::Key(name.to_owned());
}

/// `DEPRECATED_GLOBAL_CONDITION_KEY`, `UNSUPPORTED_GLOBAL_CONDITION_KEY`: `aws:ARN` is the old name of
/// `aws:PrincipalArn` in identity policies. In other policies it has no meaning.
fn arn_key(context: &Context<'_>, condition: &Condition<'_>, report: &mut Report) {
    if !condition.is("aws:ARN") {
        return;
    }
    if context.is(PolicyType::Identity) {
        report.key(
            Code::DeprecatedGlobalConditionKey,
            "we recommend that you update aws:ARN to use the newer condition key aws:PrincipalArn",
            condition.member,
        );
    } else {
        report.key(
            Code::UnsupportedGlobalConditionKey,
            "the condition key aws:ARN is not supported; use aws:PrincipalArn or aws:SourceArn instead",
            condition.member,
        );
    }
}

/// `MISSING_QUALIFIER`, `FORALLVALUES_WITH_SINGLE_VALUED_KEY`: a key with several values in a request requires
/// `ForAllValues:` or `ForAnyValue:`. A single-valued key must not have the former in an Allow, since that holds when
/// the key is missing. AWS recommends adding a `Null` condition with the value `false` to exclude this, and reports
/// nothing if the statement has one.
///
/// Source: IAM User Guide, "Multivalued context keys". The catalog records which keys have several values.
fn qualifier(parts: &Parts<'_>, condition: &Condition<'_>, report: &mut Report) {
    let (Some(operator), Some(key)) = (condition.operator, condition.key) else {
        return;
    };
    let name = condition.member.key;
    if key.is_multivalued() && operator.qualifier().is_none() && operator.comparison() != Comparison::Null {
        report.key(
            Code::MissingQualifier,
            format!(
                "the request context key {name} has multiple values; use the ForAllValues or ForAnyValue condition key \
                 qualifiers in your policy"
            ),
            condition.member,
        );
    }
    if !key.is_multivalued()
        && operator.qualifier() == Some(Qualifier::ForAllValues)
        && operator.comparison() != Comparison::Null
        && parts.effect == Some(Effect::Allow)
        && !asks_for_presence(parts)
    {
        report.key(
            Code::ForAllValuesWithSingleValuedKey,
            format!(
                "using ForAllValues qualifier with the single-valued condition key {name} can be overly permissive; we \
                 recommend that you remove ForAllValues:"
            ),
            condition.member,
        );
    }
}

/// Whether a statement only applies to requests that have a certain key.
fn asks_for_presence(parts: &Parts<'_>) -> bool {
    parts.conditions.iter().any(|condition| {
        condition
            .operator
            .is_some_and(|operator| operator.comparison() == Comparison::Null)
            && condition
                .values()
                .any(|value| value.as_text().is_some_and(|text| text.eq_ignore_ascii_case("false")))
    })
}

/// `UNTRUSTWORTHY_CONDITION_KEY`: the caller chooses the values of these keys.
///
/// Source: IAM User Guide, "AWS global condition context keys", `aws:referer` and `aws:UserAgent`.
fn untrustworthy(parts: &Parts<'_>, condition: &Condition<'_>, report: &mut Report) {
    let spoofed = condition.is_any(&["aws:Referer", "aws:UserAgent"]);
    if spoofed && parts.effect.is_some() {
        report.key(
            Code::UntrustworthyConditionKey,
            format!(
                "the {} condition key is not recommended for access control as it can be spoofed or manipulated by the caller",
                condition.member.key
            ),
            condition.member,
        );
    }
}

/// `S3_PREFIX_IN_NEGATIVE_CONTEXT`: a caller who may not list a prefix can list a shorter one.
///
/// Source: IAM Access Analyzer policy check reference.
fn s3_prefix(parts: &Parts<'_>, condition: &Condition<'_>, report: &mut Report) {
    let Some(operator) = condition
        .operator
        .filter(|operator| matches!(operator.comparison(), Comparison::String(_)))
    else {
        return;
    };
    let negative = match parts.effect {
        Some(Effect::Deny) => !operator.is_negated(),
        Some(Effect::Allow) => operator.is_negated(),
        None => false,
    };
    if condition.is("s3:prefix") && operator.takes_wildcards() && negative {
        report.key(
            Code::S3PrefixInNegativeContext,
            format!(
                "using s3:prefix with {} here does not block listing, since a shorter prefix lists the same objects",
                condition.operator_member.key
            ),
            condition.member,
        );
    }
}

/// `DYNAMODB_ATTRIBUTES_WITHOUT_SELECT`: attributes are only limited for requests that specify attributes.
///
/// Source: Amazon DynamoDB Developer Guide, "Using IAM policy conditions for fine-grained access control".
fn dynamodb_attributes(parts: &Parts<'_>, report: &mut Report) {
    let Some(attributes) = parts
        .conditions
        .iter()
        .find(|condition| condition.is("dynamodb:Attributes"))
    else {
        return;
    };
    let selected = parts.conditions.iter().any(|condition| {
        condition.is("dynamodb:Select")
            && condition
                .values()
                .any(|value| value.as_str() == Some("SPECIFIC_ATTRIBUTES"))
    });
    if parts.effect == Some(Effect::Allow) && !selected {
        report.key(
            Code::DynamodbAttributesWithoutSelect,
            "restricting dynamodb:Attributes without dynamodb:Select set to SPECIFIC_ATTRIBUTES allows all attributes",
            attributes.member,
        );
    }
}

/// `DUPLICATE_KEYS_WITH_DIFFERENT_CASE`: key names are case-insensitive, so a block can have each only once.
fn different_case(parts: &Parts<'_>, report: &mut Report) {
    let mut block: Option<Member<'_>> = None;
    let mut seen = Numbers::new();
    for (number, condition) in parts.conditions.iter().enumerate() {
        if block.is_none_or(|block| block.value != condition.operator_member.value) {
            block = Some(condition.operator_member);
            seen = Numbers::new();
            // Most blocks have a single key.
            if condition.operator_member.value.members().nth(1).is_none() {
                continue;
            }
        }
        let name = condition.member.key.to_ascii_lowercase();
        let first = seen.get(&name).and_then(|first| parts.conditions.get(first));
        match first.map(|first| first.member) {
            Some(first) if first.key != condition.member.key => {
                report.add(
                    Code::DuplicateKeysWithDifferentCase,
                    format!(
                        "the condition key {} appears more than once with different capitalization in the same condition \
                         block; remove the duplicate condition keys",
                        condition.member.key
                    ),
                    [At::Key(first), At::Key(condition.member)],
                );
            }
            Some(_) => {}
            None => {
                seen.insert(name, number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Code::*;
    use crate::tests::{condition, statements};
    const CODES: &[Code] = &[
        MissingTagKeyInCondition,
        InvalidConditionKeyFormat,
        InvalidGlobalConditionKey,
        InvalidService,
        InvalidServiceConditionKey,
        DeprecatedGlobalConditionKey,
        UnsupportedGlobalConditionKey,
        MissingQualifier,
        ForAllValuesWithSingleValuedKey,
        UntrustworthyConditionKey,
        S3PrefixInNegativeContext,
        DynamodbAttributesWithoutSelect,
        DuplicateKeysWithDifferentCase,
    ];

    fn check(source: &str, expected: Expect) {
        condition(CODES, source, expected);
    }

    fn check_statement(source: &str, expected: Expect) {
        statements(PolicyType::Identity, CODES, source, expected);
    }

    #[test]
    fn nonexistent_keys() {
        check(
            r#"{"StringEquals": {"aws:SourceIP4": "x", "SourceIp": "x", "nonsense:x": "x", "s3:prefxi": "x"}}"#,
            expect![[r#"
                INVALID_GLOBAL_CONDITION_KEY <"aws:SourceIP4">
                  did you mean `aws:SourceIp`?
                INVALID_CONDITION_KEY_FORMAT <"SourceIp">
                  did you mean `aws:SourceIp`?
                INVALID_SERVICE <"nonsense:x">
                INVALID_SERVICE_CONDITION_KEY <"s3:prefxi">
                  did you mean `s3:prefix`?
            "#]],
        );
        check(
            r#"{"StringEquals": {"AWS:username": "x", "aws:RequestTag/team": "x", "s3:prefix": "x", "token.actions.githubusercontent.com:sub": "x", "SAML:aud": "x"}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn tag_keys() {
        check(
            r#"{"StringEquals": {"aws:RequestTag/": "x", "aws:ResourceTag": "x", "aws:PrincipalTag/team": "x"}}"#,
            expect![[r#"
                MISSING_TAG_KEY_IN_CONDITION <"aws:RequestTag/">
                MISSING_TAG_KEY_IN_CONDITION <"aws:ResourceTag">
            "#]],
        );
    }

    #[test]
    fn deprecated_arn_key() {
        check(
            r#"{"ArnLike": {"aws:ARN": "arn:aws:iam::123456789012:role/x"}}"#,
            expect![[r#"
                DEPRECATED_GLOBAL_CONDITION_KEY <"aws:ARN">
            "#]],
        );
    }

    #[test]
    fn single_and_multivalued_keys() {
        check(
            r#"{"StringEquals": {"aws:TagKeys": "x"}}"#,
            expect![[r#"
            MISSING_QUALIFIER <"aws:TagKeys">
        "#]],
        );
        check(
            r#"{"ForAllValues:StringEquals": {"aws:TagKeys": "x", "aws:username": "x"}, "ForAnyValue:StringLike": {"aws:username": "x"}, "Null": {"aws:TagKeys": "true"}}"#,
            expect![[r#"
                FORALLVALUES_WITH_SINGLE_VALUED_KEY <"aws:username">
            "#]],
        );
        check(
            r#"{"ForAllValues:StringEquals": {"aws:username": "x"}, "Null": {"aws:username": "false"}}"#,
            expect![[""]],
        );
        check_statement(
            r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:username": "x"}}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn untrustworthy_keys() {
        check(
            r#"{"StringLike": {"aws:Referer": "x", "aws:SourceVpc": "vpc-12345678"}}"#,
            expect![[r#"
                UNTRUSTWORTHY_CONDITION_KEY <"aws:Referer">
            "#]],
        );
    }

    #[test]
    fn denied_prefixes() {
        check_statement(
            r#"{"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "secret/*"}}}"#,
            expect![[r#"
                S3_PREFIX_IN_NEGATIVE_CONTEXT <"s3:prefix">
            "#]],
        );
        check_statement(
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "public/*"}}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn attributes_without_select() {
        check(
            r#"{"ForAllValues:StringEquals": {"dynamodb:Attributes": ["a"]}}"#,
            expect![[r#"
                DYNAMODB_ATTRIBUTES_WITHOUT_SELECT <"dynamodb:Attributes">
            "#]],
        );
        check(
            r#"{"ForAllValues:StringEquals": {"dynamodb:Attributes": ["a"]}, "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn duplicate_keys_in_different_case() {
        check(
            r#"{"StringEquals": {"aws:username": "a", "aws:UserName": "b"}}"#,
            expect![[r#"
                DUPLICATE_KEYS_WITH_DIFFERENT_CASE <"aws:username"> <"aws:UserName">
            "#]],
        );
        check(
            r#"{"StringEquals": {"aws:username": "a"}, "StringLike": {"aws:UserName": "b"}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn deprecated_key_only_in_identity_policies() {
        let source = r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:ARN": "arn:aws:iam::123456789012:role/x"}}}"#;
        statements(
            PolicyType::ServiceControl,
            CODES,
            source,
            expect![[r#"
            UNSUPPORTED_GLOBAL_CONDITION_KEY <"aws:ARN">
        "#]],
        );
    }
}
