//! Whether all elements are valid and none is missing.

mod docs;

use iam_policy_core::ResourceElement;
use iam_policy_core::text::{is_accepted, is_sid};
use iam_policy_core::variable::{Piece, has_unknown, only_unknown, pieces};
use iam_policy_document::{Element, Kind, Member, Value};

use crate::Code;
use crate::PolicyType;
use crate::context::{Context, Parts};
use crate::finding::{At, Hint, Report};
use crate::groups::{Case, groups};
use crate::pattern::intersect;

pub(super) use docs::TOPIC;

/// The versions of the policy language.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Version".
const VERSIONS: [&str; 2] = ["2012-10-17", "2008-10-17"];

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    document(context, report);
    version(context, report);
    sids(context, report);
    characters(context, report);
    white_space(context, report);
    for parts in &context.statements {
        statement(context, parts, report);
    }
}

/// `LEADING_WHITE_SPACE`, not reported by Access Analyzer: IAM rejects a policy that does not begin with its brace. A
/// policy inside another document is stored without what is around it.
fn white_space(context: &Context<'_>, report: &mut Report) {
    let root = context.document.root();
    let is_whole = root.path().0.is_empty();
    if matches!(context.options.policy_type, PolicyType::Identity | PolicyType::Trust)
        && root.is_object()
        && root.span().is_some_and(|span| span.start > 0)
        && is_whole
    {
        report
            .add(
                Code::LeadingWhiteSpace,
                "IAM rejects a policy with white space before its opening brace",
                [At::Brace(root)],
            )
            .hint = Hint::Advice("remove everything before the brace".to_owned());
    }
}

/// `DATA_TYPE_MISMATCH`: an element has the wrong JSON type. What is unknown as a whole may have any.
fn mismatch(expected: &str, value: Value<'_>, report: &mut Report) {
    if value.as_str().and_then(only_unknown).is_some() {
        return;
    }
    report.value(
        Code::DataTypeMismatch,
        format!("the text does not match the expected JSON data type {expected}"),
        value,
    );
}

/// Returns the string, or reports a mismatch.
fn string<'a>(value: Value<'a>, report: &mut Report) -> Option<&'a str> {
    let text = value.as_str();
    if text.is_none() {
        mismatch("string", value, report);
    }
    text
}

/// `INVALID_POLICY_ELEMENT`, `MISSING_STATEMENT`: a document can have `Version`, `Id` and `Statement`. The last is
/// required and must not be empty.
///
/// Source: IAM User Guide, "Grammar of the IAM JSON policy language". An identity policy cannot have an `Id`.
fn document(context: &Context<'_>, report: &mut Report) {
    let root = context.document.root();
    if !root.is_object() {
        mismatch("object", root, report);
        return;
    }
    for member in root.members() {
        let known = match member.key {
            "Version" | "Statement" => true,
            "Id" => !context.is(PolicyType::Identity),
            _ => false,
        };
        if !known {
            unknown(member, ["Version", "Statement"], report);
        }
    }
    match root.get("Statement") {
        None => {
            report.value(Code::MissingStatement, "add a statement to the policy", root);
        }
        Some(member) if member.value.one_or_many().next().is_none() => {
            report.value(Code::MissingStatement, "add a statement to the policy", member.value);
        }
        Some(_) => {}
    }
    if let Some(id) = context.document.id() {
        string(id.value, report);
    }
}

/// - `known`: the elements that are valid here
fn unknown<'a>(member: Member<'_>, known: impl IntoIterator<Item = &'a str>, report: &mut Report) {
    let details = format!("the policy element `{}` is not valid", member.key);
    report.key(Code::InvalidPolicyElement, details, member).hint = Hint::nearest(member.key, known);
}

/// `MISSING_VERSION`, `INVALID_VERSION`: without a version, AWS uses the policy language of 2008.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Version".
fn version(context: &Context<'_>, report: &mut Report) {
    let Some(version) = context.document.version() else {
        if context.document.root().is_object() {
            report.value(
                Code::MissingVersion,
                "we recommend that you specify the Version element to help you with debugging permission issues",
                context.document.root(),
            );
        }
        return;
    };
    if let Some(text) = string(version.value, report)
        && !VERSIONS.contains(&text)
        && !has_unknown(text)
    {
        let versions = VERSIONS.join(", ");
        let details = format!("the version `{text}` is not valid; use one of the following versions: {versions}");
        report.value(Code::InvalidVersion, details, version.value).hint = Hint::nearest(text, VERSIONS);
    }
}

/// `UNIQUE_SIDS_REQUIRED`, `UNIQUE_SIDS_RECOMMENDED`: the Sids of a policy must be unique. IAM rejects duplicates;
/// other services, which store resource policies, may accept them.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Sid".
fn sids(context: &Context<'_>, report: &mut Report) {
    let (mut texts, mut sids) = (Vec::new(), Vec::new());
    for parts in &context.statements {
        if let Some(sid) = parts.element(Element::Sid)
            && let Some(text) = sid.value.as_str().filter(|text| !text.is_empty())
        {
            // A `*` in a Sid is not a wildcard.
            texts.push((text, false));
            sids.push(sid.value);
        }
    }
    for group in groups(&texts, Case::Sensitive) {
        let (code, details) = if context.is(PolicyType::Resource) {
            (
                Code::UniqueSidsRecommended,
                "we recommend that you use statement IDs that are unique to your policy; update the Sid value",
            )
        } else {
            (
                Code::UniqueSidsRequired,
                "duplicate statement IDs are not supported for this policy type; update the Sid value",
            )
        };
        report.add(code, details, group.places(&sids));
    }
}

/// `CHARACTER_NOT_ACCEPTED`, which AWS reports only when a policy is stored: IAM accepts tab, line feed, carriage
/// return and U+0020 to U+00FF.
///
/// Source: IAM API Reference, `PutUserPolicy`, the pattern of `PolicyDocument`.
fn characters(context: &Context<'_>, report: &mut Report) {
    // A two-byte character up to U+00FF starts with the byte 0xC2 or 0xC3.
    if !context.document.has_byte(|byte| !(0x20..=0xC3).contains(&byte)) {
        return;
    }
    let has_unknowns = context.document.has_unknowns();
    let wrong = |text: &str| {
        let mut parts = pieces(text);
        loop {
            let start = parts.position();
            // The name of an unknown part is not its text.
            let is_unknown = matches!(parts.next()?, Piece::Unknown(_)) && has_unknowns;
            let part = text.get(start..parts.position()).unwrap_or_default();
            if let Some(found) = part.chars().find(|&character| !is_unknown && !is_accepted(character)) {
                return Some(found);
            }
        }
    };
    let details = |character: char| {
        format!(
            "IAM does not accept the character `{}` (U+{:04X})",
            character.escape_debug(),
            u32::from(character)
        )
    };
    for value in context.document.values() {
        if let Some(text) = value.as_str()
            && let Some(character) = wrong(text)
        {
            let at = text.find(character).unwrap_or_default();
            report.add(
                Code::CharacterNotAccepted,
                details(character),
                [At::Part(value, at, character.len_utf8())],
            );
        }
        if let Some(key) = value.key()
            && let Some(character) = wrong(key)
        {
            report.key(Code::CharacterNotAccepted, details(character), Member { key, value });
        }
    }
}

fn statement(context: &Context<'_>, parts: &Parts<'_>, report: &mut Report) {
    let statement = parts.statement;
    if !statement.0.is_object() {
        mismatch("object", statement.0, report);
        return;
    }
    for &member in &parts.unknown {
        unknown(member, Element::ALL.iter().map(|element| element.name()), report);
    }
    combinations(parts, report);
    sid(context, parts, report);
    effect(parts, report);
    action(parts, report);
    resource(context, parts, report);
    condition(parts, report);
}

/// `UNSUPPORTED_ELEMENT_COMBINATION`: an element and its negation exclude each other.
///
/// Source: IAM User Guide, "Grammar of the IAM JSON policy language".
fn combinations(parts: &Parts<'_>, report: &mut Report) {
    for (one, other) in [
        (Element::Action, Element::NotAction),
        (Element::Resource, Element::NotResource),
        (Element::Principal, Element::NotPrincipal),
    ] {
        if let (Some(first), Some(second)) = (parts.element(one), parts.element(other)) {
            report.add(
                Code::UnsupportedElementCombination,
                format!(
                    "the policy elements {} and {} cannot be used in the same statement; remove one of these elements",
                    one.name(),
                    other.name()
                ),
                [At::Key(first), At::Key(second)],
            );
        }
    }
}

/// `UNSUPPORTED_SID`, `EMPTY_SID_VALUE`: a Sid consists of letters and digits. Resource policies, which other services
/// store, can have other characters.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Sid".
fn sid(context: &Context<'_>, parts: &Parts<'_>, report: &mut Report) {
    let Some(member) = parts.element(Element::Sid) else {
        return;
    };
    let Some(text) = string(member.value, report) else {
        return;
    };
    if text.is_empty() {
        report.value(
            Code::EmptySidValue,
            "add a value to the empty string in the Sid element",
            member.value,
        );
    } else if !is_sid(text) && !may_be_sid(text) && !context.is(PolicyType::Resource) {
        report.value(
            Code::UnsupportedSid,
            "update the characters in the Sid element to use one of the following character types: [a-z, A-Z, 0-9]",
            member.value,
        );
    }
}

/// Whether a text is a Sid with the right values of its unknown parts.
fn may_be_sid(text: &str) -> bool {
    let is_part = |piece| match piece {
        Piece::Text(text) => is_sid(text),
        Piece::Unknown(_) => true,
        Piece::Character(_) | Piece::Variable(_) | Piece::Unclosed(_) => false,
    };
    has_unknown(text) && pieces(text).all(is_part)
}

/// `MISSING_EFFECT`, `INVALID_EFFECT`: the effect must be exactly `Allow` or `Deny`.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Effect".
fn effect(parts: &Parts<'_>, report: &mut Report) {
    let Some(member) = parts.element(Element::Effect) else {
        report.value(
            Code::MissingEffect,
            "add an Effect element to the policy statement with a value of Allow or Deny",
            parts.statement.0,
        );
        return;
    };
    if let Some(text) = string(member.value, report)
        && !matches!(text, "Allow" | "Deny")
        && !(has_unknown(text) && ["Allow", "Deny"].iter().any(|effect| intersect(text, effect)))
    {
        let details = format!("the effect `{text}` is not valid; use Allow or Deny");
        report.value(Code::InvalidEffect, details, member.value).hint = Hint::nearest(text, ["Allow", "Deny"]);
    }
}

/// Whether a value is a string or an array of strings.
fn strings(member: Member<'_>, report: &mut Report) {
    let value = member.value;
    if value.is_object() || value.kind() == Kind::Null {
        mismatch("string or array of strings", value, report);
        return;
    }
    for item in value.one_or_many().filter(|item| !item.is_string()) {
        mismatch("string", item, report);
    }
}

fn is_empty_array(value: Value<'_>) -> bool {
    value.is_array() && value.items().next().is_none()
}

/// `MISSING_ACTION`, `EMPTY_ARRAY_ACTION`.
fn action(parts: &Parts<'_>, report: &mut Report) {
    let elements = [Element::Action, Element::NotAction].map(|element| parts.element(element));
    if elements.iter().all(Option::is_none) {
        report.value(
            Code::MissingAction,
            "add an Action or NotAction element to the policy statement",
            parts.statement.0,
        );
    }
    for member in elements.into_iter().flatten() {
        strings(member, report);
        if is_empty_array(member.value) {
            report.value(
                Code::EmptyArrayAction,
                "this statement includes no actions and does not affect the policy; specify actions",
                member.value,
            );
        }
    }
}

/// `MISSING_RESOURCE`, `EMPTY_ARRAY_RESOURCE`. A trust policy has no resource: it applies to its role. Policies of some
/// kinds of resources do not need one either.
fn resource(context: &Context<'_>, parts: &Parts<'_>, report: &mut Report) {
    let elements = [Element::Resource, Element::NotResource].map(|element| parts.element(element));
    let is_required = match context.options.resource_type {
        Some(attached_to) => attached_to.resource_element() == ResourceElement::Required,
        None => !context.is(PolicyType::Trust),
    };
    if is_required && elements.iter().all(Option::is_none) {
        report.value(
            Code::MissingResource,
            "add a Resource or NotResource element to the policy statement",
            parts.statement.0,
        );
    }
    for member in elements.into_iter().flatten() {
        strings(member, report);
        if is_empty_array(member.value) {
            report.value(
                Code::EmptyArrayResource,
                "this statement includes no resources and does not affect the policy; specify resources",
                member.value,
            );
        }
    }
}

/// `EMPTY_OBJECT_CONDITION`, and the data types of a condition: an object of operators, each an object of keys, each
/// with a value or an array of values.
///
/// Source: IAM User Guide, "Grammar of the IAM JSON policy language".
fn condition(parts: &Parts<'_>, report: &mut Report) {
    let Some(member) = parts.element(Element::Condition) else {
        return;
    };
    let mut blocks = vec![member.value];
    blocks.extend(member.value.members().map(|operator| operator.value));
    for block in blocks {
        if !block.is_object() {
            mismatch("object", block, report);
        } else if block.members().next().is_none() {
            report.value(
                Code::EmptyObjectCondition,
                "this condition block is empty and it does not affect the policy; specify conditions",
                block,
            );
        }
    }
    for condition in parts.statement.conditions() {
        for value in condition.values() {
            if value.as_text().is_none() {
                mismatch("string, number or boolean", value, report);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Code::*;
    use crate::tests::{document, statements};
    const CODES: &[Code] = &[
        DataTypeMismatch,
        InvalidPolicyElement,
        MissingStatement,
        MissingVersion,
        InvalidVersion,
        UniqueSidsRequired,
        UniqueSidsRecommended,
        CharacterNotAccepted,
        UnsupportedElementCombination,
        UnsupportedSid,
        EmptySidValue,
        MissingEffect,
        InvalidEffect,
        MissingAction,
        EmptyArrayAction,
        MissingResource,
        EmptyArrayResource,
        EmptyObjectCondition,
    ];

    fn check(source: &str, expected: Expect) {
        document(PolicyType::Identity, CODES, source, expected);
    }

    fn check_statement(source: &str, expected: Expect) {
        statements(PolicyType::Identity, CODES, source, expected);
    }

    #[test]
    fn white_space_before_the_brace() {
        let policy =
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#;
        let find = |policy_type, source: &str| {
            document(policy_type, &[LeadingWhiteSpace], source, expect![[""]]);
        };
        find(PolicyType::Identity, policy);
        find(PolicyType::Identity, &format!("{policy}\n"));
        find(PolicyType::Resource, &format!(" {policy}"));
        document(
            PolicyType::Identity,
            &[LeadingWhiteSpace],
            &format!("\n  {policy}"),
            expect![[r#"
                LEADING_WHITE_SPACE <{>
                  remove everything before the brace
            "#]],
        );
    }

    #[test]
    fn documents() {
        check(
            r#"[]"#,
            expect![[r#"
            DATA_TYPE_MISMATCH <[]>
        "#]],
        );
        check(
            r#"{}"#,
            expect![[r#"
            MISSING_STATEMENT <{}>
            MISSING_VERSION <{}>
        "#]],
        );
        check(
            r#"{"Version": "2012-10-17", "Id": "x", "statement": [], "Statements": [], "Statement": []}"#,
            expect![[r#"
                INVALID_POLICY_ELEMENT <"Id">
                INVALID_POLICY_ELEMENT <"statement">
                  did you mean `Statement`?
                INVALID_POLICY_ELEMENT <"Statements">
                  did you mean `Statement`?
                MISSING_STATEMENT <[]>
            "#]],
        );
        check(
            r#"{"Version": "2012-10-17", "Statement": [5]}"#,
            expect![[r#"
            DATA_TYPE_MISMATCH <5>
        "#]],
        );
    }

    #[test]
    fn versions() {
        check(
            r#"{"Version": "2012-10-18", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
            expect![[r#"
                INVALID_VERSION <"2012-10-18">
                  did you mean `2012-10-17`?
            "#]],
        );
        check(
            r#"{"Version": 5, "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
            expect![[r#"
                DATA_TYPE_MISMATCH <5>
            "#]],
        );
        check(
            r#"{"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn missing_and_extra_elements() {
        check_statement(
            r#"{}"#,
            expect![[r#"
            MISSING_EFFECT <{}>
            MISSING_ACTION <{}>
            MISSING_RESOURCE <{}>
        "#]],
        );
        check_statement(
            r#"{"Effect": "allow", "Action": "*", "NotAction": "*", "Resource": "*", "NotResource": "*", "effect": "Allow"}"#,
            expect![[r#"
                INVALID_POLICY_ELEMENT <"effect">
                  did you mean `Effect`?
                UNSUPPORTED_ELEMENT_COMBINATION <"Action"> <"NotAction">
                UNSUPPORTED_ELEMENT_COMBINATION <"Resource"> <"NotResource">
                INVALID_EFFECT <"allow">
                  did you mean `Allow`?
            "#]],
        );
        check_statement(
            r#"{"Effect": "Deny", "NotAction": "s3:*", "NotResource": "*"}"#,
            expect![[""]],
        );
    }

    #[test]
    fn data_types() {
        check_statement(
            r#"{"Sid": 1, "Effect": true, "Action": 5, "Resource": [null, "*"], "Condition": []}"#,
            expect![[r#"
                DATA_TYPE_MISMATCH <1>
                DATA_TYPE_MISMATCH <true>
                DATA_TYPE_MISMATCH <5>
                DATA_TYPE_MISMATCH <null>
                DATA_TYPE_MISMATCH <[]>
            "#]],
        );
        check_statement(
            r#"{"Effect": "Allow", "Action": {"a": 1}, "Resource": null, "Condition": {"Bool": "true"}}"#,
            expect![[r#"
                DATA_TYPE_MISMATCH <{"a": 1}>
                DATA_TYPE_MISMATCH <null>
                DATA_TYPE_MISMATCH <"true">
            "#]],
        );
        check_statement(
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": [true, {}]}}}"#,
            expect![[r#"
                DATA_TYPE_MISMATCH <{}>
            "#]],
        );
    }

    #[test]
    fn empty_elements() {
        check_statement(
            r#"{"Sid": "", "Effect": "Allow", "Action": [], "Resource": [], "Condition": {}}"#,
            expect![[r#"
                EMPTY_SID_VALUE <"">
                EMPTY_ARRAY_ACTION <[]>
                EMPTY_ARRAY_RESOURCE <[]>
                EMPTY_OBJECT_CONDITION <{}>
            "#]],
        );
        check_statement(
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {}}}"#,
            expect![[r#"
                EMPTY_OBJECT_CONDITION <{}>
            "#]],
        );
    }

    #[test]
    fn sids() {
        check_statement(
            r#"[{"Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Sid": "A", "Effect": "Allow", "Action": "sqs:*", "Resource": "*"}, {"Sid": "a", "Effect": "Deny", "Action": "sns:*", "Resource": "*"}]"#,
            expect![[r#"
                UNIQUE_SIDS_REQUIRED <"A"> <"A">
            "#]],
        );
        check_statement(
            r#"{"Sid": "Read-only", "Effect": "Allow", "Action": "*", "Resource": "*"}"#,
            expect![[r#"
                UNSUPPORTED_SID <"Read-only">
            "#]],
        );
    }

    #[test]
    fn characters_iam_rejects() {
        check_statement(
            r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::größe→x", "Condition": {"StringEquals": {"aws:ResourceTag/→": "é"}}}"#,
            expect![[r#"
                CHARACTER_NOT_ACCEPTED <→>
                CHARACTER_NOT_ACCEPTED <"aws:ResourceTag/→">
            "#]],
        );
    }

    #[test]
    fn resource_policies_allow_more_characters() {
        let source = r#"{"Id": "x", "Version": "2012-10-17", "Statement": [
            {"Sid": "a b", "Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"},
            {"Sid": "a b", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}"#;
        document(
            PolicyType::Resource,
            CODES,
            source,
            expect![[r#"
            UNIQUE_SIDS_RECOMMENDED <"a b"> <"a b">
        "#]],
        );
    }
}
