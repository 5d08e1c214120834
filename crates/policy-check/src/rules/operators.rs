//! Condition operators: whether they exist and suit their keys and values.

mod docs;

use iam_policy_catalog::KeyType;
use iam_policy_core::operator::{Comparison, Operator, Qualifier, Relation, StringMatch};
use iam_policy_core::variable::has_unknown;
use iam_policy_core::wildcard::is_pattern;
use iam_policy_document::{Kind, Member};

use crate::Code;
use crate::context::{Condition, Context};
use crate::finding::{At, Hint, Report};

pub(super) use docs::TOPIC;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    for parts in &context.statements {
        let mut block = None;
        for condition in &parts.conditions {
            let Some(operator) = condition.operator else {
                continue;
            };
            if block != Some(condition.operator_member.value) {
                block = Some(condition.operator_member.value);
                null(condition, operator, report);
            }
            key_type(condition, operator, report);
            empty(condition, operator, report);
            booleans(condition, operator, report);
            data_types(condition, report);
            like(condition, operator, report);
            everything(condition, operator, report);
            bounds(condition, operator, report);
        }
        invalid(parts, report);
    }
}

/// `INVALID_CONDITION_OPERATOR`: the operator does not exist.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
fn invalid(parts: &crate::context::Parts<'_>, report: &mut Report) {
    let Some(condition) = parts.element(iam_policy_document::Element::Condition) else {
        return;
    };
    for member in condition.value.members() {
        if Operator::from_name(member.key).is_none() && !has_unknown(member.key) {
            if let Some(operator) = swapped(member) {
                let details = format!(
                    "`{}` is a condition key, and `{}` an operator: the operator comes first",
                    member.key, operator.key
                );
                report.key(Code::InvalidConditionOperator, details, member).hint =
                    Hint::Advice(format!(r#"write `"{}": {{"{}": …}}`"#, operator.key, member.key));
                continue;
            }
            let details = format!(
                "the condition operator `{}` is not valid; use a valid condition operator",
                member.key
            );
            report.key(Code::InvalidConditionOperator, details, member).hint = Hint::Operator(member.key.to_owned());
        }
    }
}

/// The operator inside a condition key that stands in the operator's place.
fn swapped<'a>(member: Member<'a>) -> Option<Member<'a>> {
    let mut inside = member.value.members();
    let is_operator = |inside: &Member<'a>| Operator::from_name(inside.key).is_some();
    inside.find(is_operator).filter(|_| member.key.contains(':'))
}

/// `NULL_WITH_IF_EXISTS`, `NULL_WITH_QUALIFIER`: `Null` itself checks whether a key exists.
///
/// Source: IAM User Guide, "Condition operator to check existence of condition keys".
fn null(condition: &Condition<'_>, operator: Operator, report: &mut Report) {
    if operator.comparison() != Comparison::Null {
        return;
    }
    if operator.has_if_exists() {
        report.key(
            Code::NullWithIfExists,
            "the Null condition operator cannot be used with the IfExists suffix; update the operator or the suffix",
            condition.operator_member,
        );
    }
    if operator.qualifier().is_some() {
        report.key(
            Code::NullWithQualifier,
            "avoid using the Null condition operator with the ForAllValues or ForAnyValue qualifiers because they always \
             return true or false respectively",
            condition.operator_member,
        );
    }
}

/// Whether an operator can compare the values of a key of this type.
fn suits(key: KeyType, comparison: Comparison) -> bool {
    match key {
        KeyType::Arn => matches!(comparison, Comparison::Arn | Comparison::String(_)),
        KeyType::Bool => matches!(comparison, Comparison::Bool),
        KeyType::Date => matches!(comparison, Comparison::Date(_) | Comparison::Numeric(_)),
        KeyType::Numeric => matches!(comparison, Comparison::Numeric(_)),
        KeyType::IpAddress => matches!(comparison, Comparison::IpAddress),
        KeyType::Binary => matches!(comparison, Comparison::Binary | Comparison::String(_)),
        _ => matches!(comparison, Comparison::String(_)),
    }
}

/// The type of a key, as Access Analyzer's messages call it.
fn key_type_name(key: KeyType) -> &'static str {
    match key {
        KeyType::Arn => "ARN",
        KeyType::Bool => "boolean",
        KeyType::Date => "date",
        KeyType::Numeric => "numeric",
        KeyType::IpAddress => "IP address",
        KeyType::Binary => "binary",
        _ => "string",
    }
}

/// The type of values that an operator compares, as Access Analyzer's messages call it.
fn operator_type_name(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::String(_) => "string",
        Comparison::Numeric(_) => "numeric",
        Comparison::Date(_) => "date",
        Comparison::Bool => "boolean",
        Comparison::Binary => "binary",
        Comparison::IpAddress => "IP address",
        Comparison::Arn => "ARN",
        Comparison::Null => "null",
    }
}

/// `TYPE_MISMATCH`, `STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS`: the operator compares values of a different type
/// than the key has. With `StringLike`, a `*` also matches the colons of an ARN, so it can match more than intended.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators"; the types of keys are in the catalog.
fn key_type(condition: &Condition<'_>, operator: Operator, report: &mut Report) {
    let Some(key) = condition.key else { return };
    if operator.comparison() == Comparison::Null {
        return;
    }
    let name = condition.member.key;
    let key_type = key.key_type_of(name);
    let (allowed, used) = (key_type_name(key_type), operator_type_name(operator.comparison()));
    let is_string_like = operator.comparison() == Comparison::String(StringMatch::Wildcards);
    if key.key_type() == KeyType::Arn && is_string_like {
        report.key(
            Code::StringLikeOperatorWithArnConditionKeys,
            format!("use the operator type {allowed} instead of operator {used} for the condition key {name}"),
            condition.member,
        );
    } else if !suits(key_type, operator.comparison()) && !holds_arns(condition, operator) {
        report.key(
            Code::TypeMismatch,
            format!("use the operator type {allowed} instead of operator {used} for the condition key {name}"),
            condition.member,
        );
    }
}

/// Whether a condition compares ARNs with a key whose name, and so the type of whose values, is up to its users: an
/// entry of an encryption context.
///
/// Source: AWS KMS Developer Guide, "AWS KMS condition keys", `kms:EncryptionContext:context-key`.
fn holds_arns(condition: &Condition<'_>, operator: Operator) -> bool {
    operator.comparison() == Comparison::Arn
        && condition.key.is_some_and(iam_policy_catalog::ConditionKey::is_template)
        && condition.values().all(|value| {
            value
                .as_str()
                .is_some_and(|text| text == "*" || text.starts_with("arn:") || has_unknown(text))
        })
}

impl Code {
    /// The code of the finding about a condition without values.
    ///
    /// - `operator`: the operator of the condition
    #[must_use]
    pub fn of_empty_condition(operator: Operator) -> Self {
        match operator.qualifier() {
            Some(Qualifier::ForAllValues) => Self::EmptyArrayConditionForAllValues,
            Some(Qualifier::ForAnyValue) => Self::EmptyArrayConditionForAnyValue,
            None if operator.has_if_exists() => Self::EmptyArrayConditionIfExists,
            None => Self::EmptyArrayCondition,
        }
    }
}

/// `EMPTY_ARRAY_CONDITION…`: a condition without values has no effect, or a surprising one.
fn empty(condition: &Condition<'_>, operator: Operator, report: &mut Report) {
    let value = condition.member.value;
    if !value.is_array() || value.items().next().is_some() {
        return;
    }
    let key = condition.member.key;
    let code = Code::of_empty_condition(operator);
    let details = match code {
        Code::EmptyArrayConditionForAllValues => format!(
            "the ForAllValues prefix with an empty condition key matches only if the key {key} is missing from the request \
                 context; to determine if the request context is empty, we recommend that you use the Null condition \
                 operator with the value of true instead"
        ),
        Code::EmptyArrayConditionForAnyValue => format!(
            "the ForAnyValue prefix with an empty condition key {key} never matches the request context and does not \
                 affect the policy; specify conditions"
        ),
        Code::EmptyArrayConditionIfExists => format!(
            "the IfExists suffix with an empty condition key matches only if the key {key} is missing from the request \
                 context; to determine if the request context is empty, we recommend that you use the Null condition \
                 operator with the value of true instead"
        ),
        _ => format!("the condition key {key} has no values and does not affect the policy; specify conditions"),
    };
    report.value(code, details, value);
}

/// `INVALID_CONDITION_MULTIPLE_BOOLEAN`: a Boolean key takes a single value.
fn booleans(condition: &Condition<'_>, operator: Operator, report: &mut Report) {
    if matches!(operator.comparison(), Comparison::Bool | Comparison::Null) && condition.values().nth(1).is_some() {
        report.value(
            Code::InvalidConditionMultipleBoolean,
            "the condition key does not support multiple Boolean values; use a single Boolean value",
            condition.member.value,
        );
    }
}

/// `INVALID_CONDITION_DATA_TYPE`: the values of a key must all be strings, all numbers, or all Booleans.
fn data_types(condition: &Condition<'_>, report: &mut Report) {
    let (mut strings, mut numbers, mut booleans) = (false, false, false);
    for value in condition.values() {
        match value.kind() {
            Kind::String(_) => strings = true,
            Kind::Number(_) => numbers = true,
            Kind::Bool(_) => booleans = true,
            // Values of other types are reported by `structure`.
            _ => {}
        }
    }
    if u8::from(strings) + u8::from(numbers) + u8::from(booleans) > 1 {
        report.value(
            Code::InvalidConditionDataType,
            "the condition value data types do not match; use condition values of the same JSON data type",
            condition.member.value,
        );
    }
}

/// `WILDCARD_WITHOUT_LIKE_OPERATOR`: string operators without `Like` compare `*` and `?` literally.
///
/// Source: IAM User Guide, "String condition operators".
fn like(condition: &Condition<'_>, operator: Operator, report: &mut Report) {
    if !matches!(operator.comparison(), Comparison::String(_)) || operator.takes_wildcards() {
        return;
    }
    for value in condition.values() {
        if value.as_str().is_some_and(is_pattern) {
            report.value(
                Code::WildcardWithoutLikeOperator,
                "your condition value includes a * or ? character; if you meant to use a wildcard (*, ?), update the \
                 condition operator to include Like",
                value,
            );
        }
    }
}

/// `EQUIVALENT_TO_NULL_FALSE`, `EQUIVALENT_TO_NULL_TRUE`, `REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION`,
/// `REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION`: `*` matches every value, so the result depends at most on whether
/// the key is present.
///
/// Source: IAM User Guide, "Condition operator to check existence of condition keys", and "Multivalued context keys"
/// for the qualifiers.
fn everything(condition: &Condition<'_>, operator: Operator, report: &mut Report) {
    if !operator.takes_wildcards() || !condition.values().any(|value| value.as_str() == Some("*")) {
        return;
    }
    let (key, name) = (condition.member.key, condition.operator_member.key);
    // The result for a request with the key, and for one without it.
    let present = !operator.is_negated();
    let absent = match operator.qualifier() {
        Some(Qualifier::ForAllValues) => true,
        Some(Qualifier::ForAnyValue) => operator.has_if_exists(),
        None => operator.is_negated() || operator.has_if_exists(),
    };
    let (code, details) = match (present, absent) {
        (true, false) => (
            Code::EquivalentToNullFalse,
            format!(
                "we recommend replacing the key {key} in the condition block of {name} with {{\"Null\": {{\"{key}\": \
                 \"false\"}}}} to ensure better enforcement of the condition"
            ),
        ),
        (false, true) => (
            Code::EquivalentToNullTrue,
            format!(
                "we recommend replacing the key {key} in the condition block of {name} with {{\"Null\": {{\"{key}\": \
                 \"true\"}}}} to ensure better enforcement of the condition"
            ),
        ),
        (true, true) => (
            Code::RedundantKeyDueToWildcardInCondition,
            format!("the key {key} in the condition block of {name} is always matched; remove it"),
        ),
        (false, false) => (
            Code::RedundantStatementDueToWildcardInCondition,
            format!(
                "the key {key} in the condition block of {name} does not match any value, so the statement never applies"
            ),
        ),
    };
    let star = condition.values().find(|value| value.as_str() == Some("*"));
    report.value(code, details, star.unwrap_or(condition.member.value));
}

/// `REDUNDANT_CONDITION_VALUE_NUM`: among several bounds, only the loosest has an effect.
fn bounds(condition: &Condition<'_>, operator: Operator, report: &mut Report) {
    let (Comparison::Numeric(relation) | Comparison::Date(relation)) = operator.comparison() else {
        return;
    };
    let which = match relation {
        Relation::Less | Relation::LessOrEqual => "greatest",
        Relation::Greater | Relation::GreaterOrEqual => "least",
        Relation::Equal => return,
    };
    if condition.values().nth(1).is_none() {
        return;
    }
    report.add(
        Code::RedundantConditionValueNum,
        format!(
            "multiple values in {} are redundant; keep only the {which} value for {}",
            condition.operator_member.key, condition.member.key
        ),
        [At::Value(condition.member.value)],
    );
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Code::*;
    use crate::tests::condition;
    const CODES: &[Code] = &[
        InvalidConditionOperator,
        NullWithIfExists,
        NullWithQualifier,
        TypeMismatch,
        StringLikeOperatorWithArnConditionKeys,
        EmptyArrayCondition,
        EmptyArrayConditionForAllValues,
        EmptyArrayConditionForAnyValue,
        EmptyArrayConditionIfExists,
        InvalidConditionMultipleBoolean,
        InvalidConditionDataType,
        WildcardWithoutLikeOperator,
        EquivalentToNullFalse,
        EquivalentToNullTrue,
        RedundantKeyDueToWildcardInCondition,
        RedundantStatementDueToWildcardInCondition,
        RedundantConditionValueNum,
    ];

    fn check(source: &str, expected: Expect) {
        condition(CODES, source, expected);
    }

    #[test]
    fn names() {
        check(
            r#"{"StringMatches": {"aws:username": "x"}, "stringlike": {"aws:username": "x"}, "ForAnyValues:StringLike": {"aws:TagKeys": "x"}}"#,
            expect![[r#"
                INVALID_CONDITION_OPERATOR <"StringMatches">
                INVALID_CONDITION_OPERATOR <"ForAnyValues:StringLike">
                  did you mean `ForAnyValue:StringLike`?
            "#]],
        );
    }

    #[test]
    fn an_operator_inside_its_key() {
        let codes = [CODES, &[InvalidConditionKeyFormat]].concat();
        condition(
            &codes,
            r#"{"aws:SourceIp": {"IpAddress": "10.0.0.0/8"}}"#,
            expect![[r#"
                INVALID_CONDITION_OPERATOR <"aws:SourceIp">
                  write `"IpAddress": {"aws:SourceIp": …}`
            "#]],
        );
    }

    #[test]
    fn null() {
        check(
            r#"{"NullIfExists": {"aws:username": "true"}, "ForAllValues:Null": {"aws:TagKeys": "true"}, "Null": {"aws:username": "true"}}"#,
            expect![[r#"
                NULL_WITH_IF_EXISTS <"NullIfExists">
                NULL_WITH_QUALIFIER <"ForAllValues:Null">
            "#]],
        );
    }

    #[test]
    fn key_types() {
        check(
            r#"{"StringEquals": {"aws:MultiFactorAuthAge": "5", "aws:SourceIp": "1.2.3.4", "aws:SecureTransport": "true"}, "NumericLessThan": {"aws:username": "5"}}"#,
            expect![[r#"
                TYPE_MISMATCH <"aws:MultiFactorAuthAge">
                TYPE_MISMATCH <"aws:SourceIp">
                TYPE_MISMATCH <"aws:SecureTransport">
                TYPE_MISMATCH <"aws:username">
            "#]],
        );
        check(
            r#"{"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x", "aws:SourceArn": "x*"}, "StringEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/x"}, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x", "aws:SourceVpcArn": "arn:aws:ec2:*:*:vpc/x"}, "NumericLessThan": {"aws:CurrentTime": "1782864000"}}"#,
            expect![[r#"
                STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS <"aws:PrincipalArn">
                STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS <"aws:SourceArn">
            "#]],
        );
    }

    #[test]
    fn no_values() {
        check(
            r#"{"StringEquals": {"aws:username": []}, "ForAllValues:StringEquals": {"aws:TagKeys": []}, "ForAnyValue:StringEquals": {"aws:TagKeys": []}, "StringEqualsIfExists": {"aws:username": []}}"#,
            expect![[r#"
                EMPTY_ARRAY_CONDITION <[]>
                EMPTY_ARRAY_CONDITION_FORALLVALUES <[]>
                EMPTY_ARRAY_CONDITION_FORANYVALUE <[]>
                EMPTY_ARRAY_CONDITION_IFEXISTS <[]>
            "#]],
        );
    }

    #[test]
    fn types_that_the_reference_lacks() {
        check(
            r#"{"BoolIfExists": {"events:eventBusInvocation": "true"}, "ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:123456789012:log-group:x", "kms:EncryptionContext:aws:sso:instance-arn": ["arn:aws:sso:::instance/x", "*"]}, "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:123456789012:trail/*"}}"#,
            expect![[r#"
                EQUIVALENT_TO_NULL_FALSE <"*">
            "#]],
        );
        check(
            r#"{"ArnLike": {"kms:EncryptionContext:purpose": "backup"}}"#,
            expect![[r#"
                TYPE_MISMATCH <"kms:EncryptionContext:purpose">
            "#]],
        );
    }

    #[test]
    fn multiple_booleans() {
        check(
            r#"{"Bool": {"aws:SecureTransport": ["true", "false"], "aws:ViaAWSService": ["true"]}}"#,
            expect![[r#"
                INVALID_CONDITION_MULTIPLE_BOOLEAN <["true", "false"]>
            "#]],
        );
    }

    #[test]
    fn mixed_value_types() {
        check(
            r#"{"StringEquals": {"aws:username": ["a", 1]}, "NumericEquals": {"s3:max-keys": [1, 2]}}"#,
            expect![[r#"
                INVALID_CONDITION_DATA_TYPE <["a", 1]>
            "#]],
        );
    }

    #[test]
    fn wildcards() {
        check(
            r#"{"StringEquals": {"aws:username": ["a*", "b"]}, "StringLike": {"aws:username": "a*"}, "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}"#,
            expect![[r#"
                WILDCARD_WITHOUT_LIKE_OPERATOR <"a*">
            "#]],
        );
    }

    #[test]
    fn wildcards_that_match_everything() {
        check(
            r#"{"StringLike": {"aws:username": "*"}, "StringNotLike": {"aws:username": "*"}, "StringLikeIfExists": {"aws:username": "*"}, "ForAnyValue:StringNotLike": {"aws:TagKeys": "*"}, "ForAllValues:StringLike": {"aws:TagKeys": "*"}}"#,
            expect![[r#"
                EQUIVALENT_TO_NULL_FALSE <"*">
                EQUIVALENT_TO_NULL_TRUE <"*">
                REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION <"*">
                REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION <"*">
                REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION <"*">
            "#]],
        );
        check(
            r#"{"StringLike": {"aws:username": "a*"}, "StringEquals": {"aws:userid": "*"}, "ForAnyValue:StringLike": {"aws:TagKeys": ["a", "*"]}}"#,
            expect![[r#"
                WILDCARD_WITHOUT_LIKE_OPERATOR <"*">
                EQUIVALENT_TO_NULL_FALSE <"*">
            "#]],
        );
    }

    #[test]
    fn redundant_bounds() {
        check(
            r#"{"NumericLessThan": {"s3:max-keys": [1, 2]}, "NumericEquals": {"s3:max-keys": [1, 2]}, "DateGreaterThan": {"aws:CurrentTime": "2026-01-01"}}"#,
            expect![[r#"
                REDUNDANT_CONDITION_VALUE_NUM <[1, 2]>
            "#]],
        );
    }
}
