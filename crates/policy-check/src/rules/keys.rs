//! Whether condition keys exist and mean what they seem to mean.

mod docs;

use iam_policy_catalog::Action as Known;
use iam_policy_core::operator::{Comparison, Operator, Qualifier};
use iam_policy_core::variable::has_unknown;
use iam_policy_document::{Member, Numbers};

use crate::Code;
use crate::PolicyType;
use crate::context::{Action, Condition, Context, Effect, Parts};
use crate::finding::{At, Hint, Report};
use crate::rules::tags::{has_key, has_key_named};
use crate::wording::listed;

pub(super) use docs::TOPIC;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    for parts in &context.statements {
        for condition in &parts.conditions {
            if !tag_key(context, condition, report) {
                unknown(context, condition, report);
            }
            arn_key(context, condition, report);
            qualifier(parts, condition, report);
            untrustworthy(parts, condition, report);
            unsupported(context, parts, condition, report);
            s3_prefix(context, parts, condition, report);
        }
        different_case(parts, report);
        dynamodb_attributes(parts, report);
    }
}

/// Keys that are followed by the key of a tag.
const TAG_KEYS: &[&str] = &["aws:RequestTag", "aws:ResourceTag", "aws:PrincipalTag"];

/// `MISSING_TAG_KEY_IN_CONDITION`: such a key requires a tag key after a slash. So do those of services, such as
/// `ec2:ResourceTag` and `rds:db-tag`.
fn tag_key(context: &Context<'_>, condition: &Condition<'_>, report: &mut Report) -> bool {
    let name = condition.member.key;
    let without = name.strip_suffix('/').unwrap_or(name);
    let global = TAG_KEYS.iter().any(|key| key.eq_ignore_ascii_case(without));
    let ends_in_tag = |tail: &str| tail.eq_ignore_ascii_case("tag");
    let of_service = condition.key.is_none()
        && without.get(without.len().saturating_sub(3)..).is_some_and(ends_in_tag)
        && context.catalog.condition_key(&[without, "/x"].concat()).is_some();
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
    if condition.key.is_some() || has_unknown(condition.member.key) {
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
    if is_of_provider(name) || condition.is("aws:ARN") {
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

/// Whether a key is a claim of an identity provider, whose host name it begins with.
pub(crate) fn is_of_provider(name: &str) -> bool {
    name.split_once(':').is_some_and(|(prefix, _)| {
        let is = |known: &&str| known.eq_ignore_ascii_case(prefix);
        prefix.contains('.') || ["saml", "ldap"].iter().any(is)
    })
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

/// `UNSUPPORTED_CONDITION_KEY`, not reported by AWS: requests for none of the statement's actions have a key, so the
/// result of the condition is always the same. Global keys are in requests for many actions that the reference does not
/// list them for.
///
/// Source: Service Authorization Reference, the condition keys of actions and of their resource types.
fn unsupported(context: &Context<'_>, parts: &Parts<'_>, condition: &Condition<'_>, report: &mut Report) {
    let (Some(key), Some(operator)) = (condition.key, condition.operator) else {
        return;
    };
    let name = condition.member.key;
    if key.is_global()
        || is_of_provider(name)
        || parts.not_action
        || !parts.unknown_actions.is_empty()
        || parts.actions.is_empty()
        || parts.actions.iter().any(|action| may_have(context, action, condition))
        || !is_listed(context, name)
    {
        return;
    }
    let holds = match (operator.comparison(), operator.qualifier()) {
        (Comparison::Null, _) => condition
            .values()
            .any(|value| value.as_text().is_some_and(|text| text.eq_ignore_ascii_case("true"))),
        (_, Some(Qualifier::ForAllValues)) => true,
        (_, Some(Qualifier::ForAnyValue)) => operator.has_if_exists(),
        (_, None) => operator.is_negated() || operator.has_if_exists(),
    };
    let result = if holds {
        "the condition always holds"
    } else {
        "the statement never applies"
    };
    report.key(
        Code::UnsupportedConditionKey,
        format!(
            "according to AWS's reference (as of {}), requests for {} do not have the condition key `{name}`, so {result}",
            context.catalog.date(),
            listed(parts.actions.iter().map(|action| action.text), "action"),
        ),
        condition.member,
    );
}

/// Whether the reference says which actions have a key: it is not another spelling of a global key, and some action of
/// its service has it.
fn is_listed(context: &Context<'_>, name: &str) -> bool {
    let is_global = |name: &str| {
        let mut keys = context.catalog.global_condition_keys();
        keys.any(|key| key.name().eq_ignore_ascii_case(name))
    };
    let prefix = name.split(':').next().unwrap_or_default();
    let service = context.catalog.service(prefix);
    !is_global(name) && service.is_some_and(|service| service.actions().any(|action| has_key_named(action, name)))
}

/// Whether requests for an action, or for one that a pattern matches, may have the key of a condition.
fn may_have(context: &Context<'_>, action: &Action<'_>, condition: &Condition<'_>) -> bool {
    let Some(key) = condition.key else { return true };
    let name = condition.member.key;
    let may_have = |known: Known| has_key(known, key) || has_key_named(known, name);
    match action.known {
        Some(known) => may_have(known),
        // An action that does not exist is reported as such.
        None if !action.is_pattern || action.is_everything() => true,
        None => match action.service {
            Some(service) => action.first.is_none() || service.matching(action.name()).any(may_have),
            None => context.catalog.expand(action.text).any(may_have),
        },
    }
}

/// `S3_PREFIX_IN_NEGATIVE_CONTEXT`: a caller who may not list a prefix can list a shorter one.
///
/// Source: IAM Access Analyzer policy check reference.
fn s3_prefix(context: &Context<'_>, parts: &Parts<'_>, condition: &Condition<'_>, report: &mut Report) {
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
    if condition.is("s3:prefix")
        && operator.takes_wildcards()
        && negative
        && (parts.not_action || parts.actions.iter().any(|action| may_have(context, action, condition)))
    {
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
        UnsupportedConditionKey,
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
    fn prefixes_of_requests_that_do_not_list() {
        check_statement(
            r#"{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringLike": {"s3:prefix": "hq/"}}}"#,
            expect![[r#"
                UNSUPPORTED_CONDITION_KEY <"s3:prefix">
            "#]],
        );
        check_statement(
            r#"{"Effect": "Deny", "Action": ["s3:GetObject", "s3:List*"], "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "hq/"}}}"#,
            expect![[r#"
                S3_PREFIX_IN_NEGATIVE_CONTEXT <"s3:prefix">
            "#]],
        );
        check_statement(
            r#"{"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "hq/"}}}"#,
            expect![[r#"
                S3_PREFIX_IN_NEGATIVE_CONTEXT <"s3:prefix">
            "#]],
        );
    }

    #[test]
    fn keys_that_no_action_has() {
        // The last ones are: absent from the reference for every action, global, and supported by one of the actions.
        for (condition, expected) in [
            (
                r#"{"StringEquals": {"ec2:InstanceType": "t3.micro"}}"#,
                Some("the statement never applies"),
            ),
            (
                r#"{"StringNotEquals": {"ec2:InstanceType": "t3.micro"}}"#,
                Some("the condition always holds"),
            ),
            (
                r#"{"StringEqualsIfExists": {"ec2:InstanceType": "t3.micro"}}"#,
                Some("the condition always holds"),
            ),
            (
                r#"{"Null": {"ec2:InstanceType": "true"}}"#,
                Some("the condition always holds"),
            ),
            (
                r#"{"Null": {"ec2:InstanceType": "false"}}"#,
                Some("the statement never applies"),
            ),
            (
                r#"{"ForAllValues:StringEquals": {"ec2:InstanceType": "t3.micro"}}"#,
                Some("the condition always holds"),
            ),
            (
                r#"{"StringEquals": {"rds:db-tag/team": "x"}}"#,
                Some("the statement never applies"),
            ),
            (r#"{"StringEquals": {"iottwinmaker:linkedServices": "x"}}"#, None),
            (
                r#"{"StringEquals": {"aws:RequestTag/team": "x", "ec2:SourceInstanceARN": "x"}}"#,
                None,
            ),
            (r#"{"StringEquals": {"s3:x-amz-acl": "private"}}"#, None),
        ] {
            let source = format!(
                r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": ["s3:GetObject", "s3:Put*"], "Resource": "*", "Condition": {condition}}}}}"#
            );
            let document = iam_policy_document::json::read(source.as_bytes()).document;
            let findings = crate::check(&document, &crate::Options::default());
            let found: Vec<_> = findings
                .iter()
                .filter(|found| UnsupportedConditionKey.is_of(found))
                .collect();
            assert_eq!(found.len(), usize::from(expected.is_some()), "{condition}");
            if let (Some(found), Some(expected)) = (found.first(), expected) {
                assert!(
                    found
                        .message
                        .contains("requests for `s3:GetObject` and `s3:Put*` do not have the condition key"),
                    "{}",
                    found.message
                );
                assert!(found.message.ends_with(expected), "{}", found.message);
            }
        }
    }

    #[test]
    fn keys_that_the_reference_lacks_for_an_action() {
        check_statement(
            r#"{"Effect": "Allow", "Action": "aws-marketplace:Subscribe", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws-marketplace:ProductId": "x"}, "Null": {"aws-marketplace:ProductId": "false"}}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn tag_keys_of_services() {
        check(
            r#"{"StringEquals": {"ec2:ResourceTag": "x", "rds:db-tag/": "x", "lambda:ResourceTag/team": "x", "eks:requesttag/team": "x", "ec2:ResourcTag/team": "x"}}"#,
            expect![[r#"
                MISSING_TAG_KEY_IN_CONDITION <"ec2:ResourceTag">
                MISSING_TAG_KEY_IN_CONDITION <"rds:db-tag/">
                INVALID_SERVICE_CONDITION_KEY <"lambda:ResourceTag/team">
                  did you mean `aws:ResourceTag/team`?
                INVALID_SERVICE_CONDITION_KEY <"eks:requesttag/team">
                  did you mean `aws:RequestTag/team`?
                INVALID_SERVICE_CONDITION_KEY <"ec2:ResourcTag/team">
                  did you mean `ec2:ResourceTag/team`?
            "#]],
        );
        check(
            r#"{"StringEquals": {"ec2:ResourceTag/team": "x", "rds:db-tag/team": "x", "ssm:resourceTag/team": "x", "s3:ExistingObjectTag/team": "x"}}"#,
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
