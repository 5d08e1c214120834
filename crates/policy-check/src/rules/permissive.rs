//! Statements that allow `iam:PassRole` or `iam:CreateServiceLinkedRole` for more roles than intended.
//!
//! Source: IAM Access Analyzer policy check reference, the headings "Pass role with …" and "Create SLR with …".

mod docs;

use iam_policy_document::{Element, Value};

use crate::Code;
use crate::PolicyType;
use crate::context::{Action, Context, Effect, Parts};
use crate::finding::{At, Report};

pub(super) use docs::TOPIC;

/// An action that should be limited to certain roles, and the messages of its findings.
struct Power {
    action: &'static str,
    /// The keys that can limit the action. A condition on one of them is enough.
    keys: &'static [&'static str],
    not_resource: (Code, &'static str),
    star_in_action_not_resource: (Code, &'static str),
    not_action_not_resource: (Code, &'static str),
    star_in_resource: (Code, &'static str),
    star_in_action_and_resource: (Code, &'static str),
    star_in_resource_not_action: (Code, &'static str),
}

const PASS_ROLE: Power = Power {
    action: "iam:PassRole",
    keys: &["iam:PassedToService", "iam:AssociatedResourceArn"],
    not_resource: (
        Code::PassRoleWithNotResource,
        "using the iam:PassRole action with NotResource can be overly permissive because it can allow iam:PassRole \
         permissions on multiple resources; we recommend that you specify resource ARNs instead",
    ),
    star_in_action_not_resource: (
        Code::PassRoleWithStarInActionAndNotResource,
        "using an action with a wildcard (*) and NotResource can be overly permissive because it can allow iam:PassRole \
         permissions on multiple resources; we recommend that you specify resource ARNs instead",
    ),
    not_action_not_resource: (
        Code::PassRoleWithNotActionAndNotResource,
        "using NotAction with NotResource can be overly permissive because it can allow iam:PassRole permissions on \
         multiple resources; we recommend that you specify resource ARNs instead",
    ),
    star_in_resource: (
        Code::PassRoleWithStarInResource,
        "using the iam:PassRole action with wildcards (*) in the resource can be overly permissive because it allows \
         iam:PassRole permissions on multiple resources; we recommend that you specify resource ARNs or add the \
         iam:PassedToService condition key to your statement",
    ),
    star_in_action_and_resource: (
        Code::PassRoleWithStarInActionAndResource,
        "using wildcards (*) in the action and the resource can be overly permissive because it allows iam:PassRole \
         permissions on all resources; we recommend that you specify resource ARNs or add the iam:PassedToService \
         condition key to your statement",
    ),
    star_in_resource_not_action: (
        Code::PassRoleWithStarInResourceAndNotAction,
        "using a resource with wildcards (*) and NotAction can be overly permissive because it allows iam:PassRole \
         permissions on all resources; we recommend that you specify resource ARNs or add the iam:PassedToService \
         condition key to your statement",
    ),
};

const CREATE_SLR: Power = Power {
    action: "iam:CreateServiceLinkedRole",
    keys: &["iam:AWSServiceName"],
    not_resource: (
        Code::CreateSlrWithNotResource,
        "using the iam:CreateServiceLinkedRole action with NotResource can allow creation of unintended service-linked \
         roles for multiple resources; we recommend that you specify resource ARNs instead",
    ),
    star_in_action_not_resource: (
        Code::CreateSlrWithStarInActionAndNotResource,
        "using an action with a wildcard (*) and NotResource can allow creation of unintended service-linked roles because \
         it can allow iam:CreateServiceLinkedRole permissions on multiple resources; we recommend that you specify \
         resource ARNs instead",
    ),
    not_action_not_resource: (
        Code::CreateSlrWithNotActionAndNotResource,
        "using NotAction with NotResource can allow creation of unintended service-linked roles because it allows \
         iam:CreateServiceLinkedRole permissions on multiple resources; we recommend that you specify resource ARNs instead",
    ),
    star_in_resource: (
        Code::CreateSlrWithStarInResource,
        "using the iam:CreateServiceLinkedRole action with wildcards (*) in the resource can allow creation of unintended \
         service-linked roles; we recommend that you specify resource ARNs instead",
    ),
    star_in_action_and_resource: (
        Code::CreateSlrWithStarInActionAndResource,
        "using wildcards (*) in the action and the resource can allow creation of unintended service-linked roles because \
         it allows iam:CreateServiceLinkedRole permissions on all resources; we recommend that you specify resource ARNs \
         instead",
    ),
    star_in_resource_not_action: (
        Code::CreateSlrWithStarInResourceAndNotAction,
        "using a resource with wildcards (*) and NotAction can allow creation of unintended service-linked roles because \
         it allows iam:CreateServiceLinkedRole permissions on all resources; we recommend that you specify resource ARNs \
         instead",
    ),
};

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    // Other policies cannot grant IAM permissions: those of organizations only limit them, and resource policies apply
    // to their own resource.
    if !context.is(PolicyType::Identity) {
        return;
    }
    for parts in &context.statements {
        if parts.effect == Some(Effect::Allow) {
            power(parts, &PASS_ROLE, report);
            power(parts, &CREATE_SLR, report);
        }
    }
}

/// The six ways in which a statement can allow an action for all roles, or for all except some.
fn power(parts: &Parts<'_>, power: &Power, report: &mut Report) {
    let covers = |action: &&Action<'_>| action.covers(power.action);
    let action: (Value<'_>, bool) = if parts.not_action {
        if parts.actions.iter().any(|action| action.covers(power.action)) || !parts.unknown_actions.is_empty() {
            return;
        }
        match parts.element(Element::NotAction) {
            Some(member) => (member.value, true),
            None => return,
        }
    } else {
        // An action that is listed by name takes precedence over a pattern.
        let named = parts.actions.iter().filter(covers).find(|action| !action.is_pattern);
        match named.or_else(|| parts.actions.iter().find(covers)) {
            Some(action) => (action.value, action.is_pattern),
            None => return,
        }
    };
    let (at, pattern) = action;
    let (code, details, resource) = if parts.not_resource {
        let Some(member) = parts.element(Element::NotResource) else {
            return;
        };
        let (code, details) = match (parts.not_action, pattern) {
            (true, _) => power.not_action_not_resource,
            (false, true) => power.star_in_action_not_resource,
            (false, false) => power.not_resource,
        };
        (code, details, member.value)
    } else {
        let Some(star) = parts.resources.iter().find(|resource| resource.is_everything()) else {
            return;
        };
        if is_limited(parts, power.keys) {
            return;
        }
        let (code, details) = match (parts.not_action, pattern) {
            (true, _) => power.star_in_resource_not_action,
            (false, true) => power.star_in_action_and_resource,
            (false, false) => power.star_in_resource,
        };
        (code, details, star.value)
    };
    report.add(code, details, [At::Value(at), At::Value(resource)]);
}

/// Whether a condition holds only for certain values of one of these keys. With `IfExists` it also holds without the
/// key.
fn is_limited(parts: &Parts<'_>, keys: &[&str]) -> bool {
    parts.conditions.iter().any(|condition| {
        condition.is_any(keys)
            && condition
                .operator
                .is_some_and(|operator| !operator.has_if_exists() && !operator.is_negated())
    })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Code::*;
    use crate::tests::statements;
    const CODES: &[Code] = &[
        PassRoleWithNotResource,
        PassRoleWithStarInActionAndNotResource,
        PassRoleWithNotActionAndNotResource,
        PassRoleWithStarInResource,
        PassRoleWithStarInActionAndResource,
        PassRoleWithStarInResourceAndNotAction,
        CreateSlrWithNotResource,
        CreateSlrWithStarInActionAndNotResource,
        CreateSlrWithNotActionAndNotResource,
        CreateSlrWithStarInResource,
        CreateSlrWithStarInActionAndResource,
        CreateSlrWithStarInResourceAndNotAction,
    ];

    fn check(source: &str, expected: Expect) {
        statements(PolicyType::Identity, CODES, source, expected);
    }

    #[test]
    fn named_actions() {
        check(
            r#"{"Effect": "Allow", "Action": ["s3:GetObject", "IAM:passrole"], "Resource": ["*"]}"#,
            expect![[r#"
                PASS_ROLE_WITH_STAR_IN_RESOURCE <"IAM:passrole"> <"*">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "NotResource": "arn:aws:iam::*:role/x"}"#,
            expect![[r#"
                CREATE_SLR_WITH_NOT_RESOURCE <"iam:CreateServiceLinkedRole"> <"arn:aws:iam::*:role/x">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/render-*"}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"}"#,
            expect![[""]],
        );
    }

    #[test]
    fn patterns_of_actions() {
        check(
            r#"{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}"#,
            expect![[r#"
                PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE <"iam:*"> <"*">
                CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE <"iam:*"> <"*">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Action": "iam:Pass*", "NotResource": "*"}"#,
            expect![[r#"
                PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE <"iam:Pass*"> <"*">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Action": "iam:Get*", "Resource": "*"}"#,
            expect![[""]],
        );
    }

    #[test]
    fn not_action() {
        check(
            r#"{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}"#,
            expect![[r#"
                PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION <"s3:*"> <"*">
                CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION <"s3:*"> <"*">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::x"}"#,
            expect![[r#"
                PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE <"s3:*"> <"arn:aws:s3:::x">
                CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE <"s3:*"> <"arn:aws:s3:::x">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#,
            expect![[""]],
        );
    }

    #[test]
    fn policies_that_cannot_grant_iam_actions() {
        for kind in [
            PolicyType::ServiceControl,
            PolicyType::ResourceControl,
            PolicyType::Resource,
        ] {
            let everything = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#;
            statements(kind, CODES, everything, expect![[""]]);
        }
    }

    #[test]
    fn limiting_conditions() {
        check(
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEqualsIfExists": {"iam:PassedToService": "lambda.amazonaws.com"}}}"#,
            expect![[r#"
                PASS_ROLE_WITH_STAR_IN_RESOURCE <"iam:PassRole"> <"*">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*", "Condition": {"StringLike": {"iam:AWSServiceName": "ecs.amazonaws.com"}}}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"aws:username": "x"}}}"#,
            expect![[r#"
                PASS_ROLE_WITH_STAR_IN_RESOURCE <"iam:PassRole"> <"*">
            "#]],
        );
    }
}
