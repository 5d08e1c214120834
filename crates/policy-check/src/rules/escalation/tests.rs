use std::collections::HashSet;
use std::fmt::Write;
use std::time::{Duration, Instant};

use expect_test::{Expect, expect};
use iam_policy_catalog::Catalog;
use iam_policy_core::Arn;
use iam_policy_document::{Diagnostic, Document};

use super::paths::{Power, SERVICES, Target};
use super::*;
use crate::PolicyType;
use crate::tests::statements;

fn check(source: &str, expected: Expect) {
    statements(PolicyType::Identity, &[Code::PrivilegeEscalation], source, expected);
}

/// The message and the notes of each finding.
fn check_text(source: &str, expected: Expect) {
    expected.assert_eq(&text(&found(source)));
}

fn text(findings: &[Diagnostic]) -> String {
    let mut text = String::new();
    for finding in findings {
        writeln!(text, "{}", finding.message).unwrap();
        for note in &finding.notes {
            writeln!(text, "  {note}").unwrap();
        }
    }
    text
}

fn document(statements: &str) -> Document {
    let source = format!(r#"{{"Version": "2012-10-17", "Statement": {statements}}}"#);
    let reading = iam_policy_document::json::read(source.as_bytes());
    assert_eq!(reading.problems, [], "{source}");
    reading.document
}

fn found(statements: &str) -> Vec<Diagnostic> {
    let mut findings = crate::check(&document(statements), &Options::DEFAULT);
    findings.retain(|finding| Code::PrivilegeEscalation.is_of(finding));
    findings
}

/// Statements that allow the actions of an escalation, except one.
fn allowing(path: &Escalation, without: Option<Power>) -> String {
    let resource = match path.target {
        Target::Every(..) | Target::EveryUserOrOneself => "*".to_owned(),
        Target::Some(service, names) => format!("arn:aws:{service}::123456789012:{}", names.replace('*', "app-*")),
    };
    let powers = path.powers.iter().filter(|&&power| Some(power) != without);
    let statements = powers.map(|power| {
        let condition = match path.passed_to.first() {
            Some(service) if *power == Power::PassRole => {
                format!(r#", "Condition": {{"StringEquals": {{"iam:PassedToService": "{service}.amazonaws.com"}}}}"#)
            }
            _ => String::new(),
        };
        let name = power.name();
        format!(r#"{{"Effect": "Allow", "Action": "{name}", "Resource": "{resource}"{condition}}}"#)
    });
    format!("[{}]", statements.collect::<Vec<_>>().join(", "))
}

/// Whether an escalation is reported.
fn is_found(path: &Escalation, statements: &str) -> bool {
    text(&found(statements)).contains(&format!("`{}`", path.name))
}

#[test]
fn each_escalation_needs_each_of_its_actions() {
    for path in ESCALATIONS {
        let all = allowing(path, None);
        assert!(is_found(path, &all), "{all}");
        for &power in path.powers {
            let without = allowing(path, Some(power));
            assert!(!is_found(path, &without), "{without}");
        }
    }
}

#[test]
fn each_escalation_needs_its_target() {
    for path in ESCALATIONS {
        let Target::Every(service, names) = path.target else {
            continue;
        };
        let all = allowing(path, None);
        for (pattern, is_enough) in [
            (format!("arn:aws:{service}:*:123456789012:{names}"), true),
            (
                format!("arn:aws:{service}:*:123456789012:{}", names.replace('*', "app-*")),
                false,
            ),
        ] {
            let limited = all.replacen(r#""Resource": "*""#, &format!(r#""Resource": "{pattern}""#), 1);
            assert_eq!(is_found(path, &limited), is_enough, "{limited}");
        }
    }
}

#[test]
fn roles_are_passed_to_the_service_of_the_escalation() {
    for path in ESCALATIONS.iter().filter(|path| !path.passed_to.is_empty()) {
        let all = allowing(path, None);
        let other = all.replace(&format!("{}.amazonaws.com", path.passed_to[0]), "other.amazonaws.com");
        assert!(!is_found(path, &other), "{other}");
        assert!(
            is_found(path, &other.replace("StringEquals", "StringNotEquals")),
            "{other}"
        );
    }
}

#[test]
fn the_table_agrees_with_the_catalog() {
    let catalog = Catalog::get();
    for (prefix, powers) in SERVICES {
        for power in *powers {
            assert!(power.name().starts_with(&format!("{prefix}:")));
            let action = catalog
                .action(power.name())
                .unwrap_or_else(|| panic!("{}", power.name()));
            assert_eq!(action.to_string(), power.name());
        }
    }
    let (mut names, mut sources) = (HashSet::new(), HashSet::new());
    for path in ESCALATIONS {
        assert!(names.insert(path.name), "{}", path.name);
        assert!(sources.insert(path.url()), "{}", path.url());
        assert!(
            path.together.iter().all(|power| path.powers.contains(power)),
            "{}",
            path.name
        );
        assert_eq!(
            path.passed_to.is_empty(),
            !path.powers.contains(&Power::PassRole),
            "{}",
            path.name
        );
        let (service, pattern) = match path.target {
            Target::Every(service, names) | Target::Some(service, names) => (service, names),
            Target::EveryUserOrOneself => ("iam", "user/*"),
        };
        // The first action is authorized on that type, or on `*` alone.
        let action = catalog.action(path.powers[0].name()).unwrap();
        let mut formats = action
            .resource_types()
            .flat_map(|kind| kind.resource_type().arn_formats());
        let start = pattern.trim_end_matches('*');
        let fits = formats.any(|format| {
            let arn = Arn::of_pattern(format.as_str()).unwrap();
            arn.service == service && arn.resource.starts_with(start)
        });
        assert!(fits || action.is_wildcard_only(), "{}: {pattern}", path.name);
    }
}

#[test]
fn statements_are_combined() {
    check_text(
        r#"[
            {"Effect": "Allow", "Action": "lambda:Create*", "Resource": "*"},
            {"Effect": "Allow", "Action": ["s3:GetObject", "IAM:passrole"], "Resource": "*"},
            {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:*:*:function:render"}
        ]"#,
        expect![[r#"
            privilege escalation `new-function`: `iam:PassRole`, `lambda:CreateFunction` and `lambda:InvokeFunction` let the principal run a new function with any role that Lambda can assume
              described at https://pathfinding.cloud/paths/lambda-001
            privilege escalation `new-function-on-event`: `iam:PassRole`, `lambda:CreateFunction` and `lambda:CreateEventSourceMapping` let the principal run a new function on an event, with any role that Lambda can assume
              described at https://pathfinding.cloud/paths/lambda-002
        "#]],
    );
    check(
        r#"{"Effect": "Allow", "Action": ["lambda:CreateFunction", "lambda:InvokeFunction", "iam:PassRole"], "Resource": "*"}"#,
        expect![[r#"
            PRIVILEGE_ESCALATION <"lambda:CreateFunction"> <"lambda:InvokeFunction"> <"iam:PassRole">
        "#]],
    );
}

#[test]
fn everything_is_reported_once() {
    check_text(
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#,
        expect![[r#"
            the policy grants full administrator access: it allows every action on every resource
        "#]],
    );
    check(
        r#"[{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}, {"Effect": "Allow", "Action": ["s3:*", "*:*"], "Resource": ["arn:aws:s3:::x", "*"]}]"#,
        expect![[r#"
            PRIVILEGE_ESCALATION <"*:*"> <"*">
        "#]],
    );
    check_text(
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}"#,
        expect![[r#"
            the policy grants full administrator access: it allows every action on every resource
              only while the conditions of the statements are met
        "#]],
    );
    // It can still pass roles.
    check_text(
        r#"[{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "NotAction": ["iam:PassRole", "glue:*"], "Resource": "*"}]"#,
        expect![[r#"
            6 privilege escalations: `new-dev-endpoint`, `new-glue-job`, `new-glue-job-on-trigger`, `update-glue-job`, `update-glue-job-on-trigger` and `update-dev-endpoint`
              `new-dev-endpoint`: `iam:PassRole` and `glue:CreateDevEndpoint` let the principal log in to a development endpoint with any role that Glue can assume (https://pathfinding.cloud/paths/glue-001)
              `new-glue-job`: `iam:PassRole`, `glue:CreateJob` and `glue:StartJobRun` let the principal run a job with any role that Glue can assume (https://pathfinding.cloud/paths/glue-003)
              `new-glue-job-on-trigger`: `iam:PassRole`, `glue:CreateJob` and `glue:CreateTrigger` let the principal run a job on a trigger, with any role that Glue can assume (https://pathfinding.cloud/paths/glue-004)
              `update-glue-job`: `iam:PassRole`, `glue:UpdateJob` and `glue:StartJobRun` let the principal change a job to use any role that Glue can assume, and run it (https://pathfinding.cloud/paths/glue-005)
              `update-glue-job-on-trigger`: `iam:PassRole`, `glue:UpdateJob` and `glue:CreateTrigger` let the principal change a job to use any role that Glue can assume, and run it on a trigger (https://pathfinding.cloud/paths/glue-006)
              `update-dev-endpoint`: `glue:UpdateDevEndpoint` lets the principal log in to any development endpoint and use its role (https://pathfinding.cloud/paths/glue-002)
        "#]],
    );
}

#[test]
fn escalations_with_the_same_actions_are_one_finding() {
    check_text(
        r#"{"Effect": "Allow", "Action": ["iam:Create*", "iam:UpdateLoginProfile"], "Resource": "*"}"#,
        expect![[r#"
            3 privilege escalations: `create-policy-version`, `create-access-key` and `create-login-profile`
              `create-policy-version`: `iam:CreatePolicyVersion` lets the principal replace the contents of any customer managed policy (https://pathfinding.cloud/paths/iam-001)
              `create-access-key`: `iam:CreateAccessKey` lets the principal create an access key for any user (https://pathfinding.cloud/paths/iam-002)
              `create-login-profile`: `iam:CreateLoginProfile` lets the principal set the console password of any user without one (https://pathfinding.cloud/paths/iam-004)
            privilege escalation `update-login-profile`: `iam:UpdateLoginProfile` lets the principal change the console password of any user
              described at https://pathfinding.cloud/paths/iam-006
        "#]],
    );
    check(
        r#"{"Effect": "Allow", "NotAction": ["iam:*", "ec2*", "lambda:*", "sts:*", "ssm:*", "glue:*"], "Resource": "*"}"#,
        expect![[r#"
            PRIVILEGE_ESCALATION <["iam:*", "ec2*", "lambda:*", "sts:*", "ssm:*", "glue:*"]>
        "#]],
    );
}

#[test]
fn named_resources_are_no_escalation() {
    for harmless in [
        // A function runs as the role that it is meant to have.
        r#"{"Effect": "Allow", "Action": ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
            "Resource": ["arn:aws:iam::123456789012:role/render", "arn:aws:lambda:*:*:function:*"]}"#,
        r#"{"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "arn:aws:iam::*:user/${aws:username}"}"#,
        r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}"#,
        r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::123456789012:role/ci"}"#,
        r#"{"Effect": "Allow", "Action": ["lambda:UpdateFunctionCode", "iam:Get*", "iam:List*"], "Resource": "arn:aws:lambda:*:*:function:app-*"}"#,
        r#"{"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "arn:aws:s3:::*"}"#,
        r#"{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}"#,
    ] {
        assert_eq!(found(harmless), [], "{harmless}");
    }
}

#[test]
fn the_same_user_or_role_is_enough() {
    check_text(
        r#"{"Effect": "Allow", "Action": ["iam:PutRolePolicy", "sts:AssumeRole"], "Resource": "arn:aws:iam::*:role/app-*"}"#,
        expect![[r#"
            privilege escalation `put-role-policy-and-assume`: `iam:PutRolePolicy` and `sts:AssumeRole` let the principal write any inline policy for a role and assume that role
              described at https://pathfinding.cloud/paths/iam-017
        "#]],
    );
    check_text(
        r#"{"Effect": "Allow", "Action": "iam:AttachUserPolicy", "Resource": "arn:aws:iam::*:user/${aws:username}"}"#,
        expect![[r#"
            privilege escalation `attach-user-policy`: `iam:AttachUserPolicy` lets the principal attach any managed policy to a user, such as itself
              described at https://pathfinding.cloud/paths/iam-008
        "#]],
    );
    let apart = r#"[
        {"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "arn:aws:iam::*:role/app-*"},
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/ci-*"}
    ]"#;
    assert_eq!(found(apart), []);
}

#[test]
fn conditions_count() {
    let keys = r#"{"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "*", "Condition": @}"#;
    let attach = r#"{"Effect": "Allow", "Action": "iam:AttachRolePolicy", "Resource": "*", "Condition": @}"#;
    for (statement, condition) in [
        (keys, r#"{"StringEquals": {"aws:ResourceTag/team": "red"}}"#),
        (keys, r#"{"Bool": {"aws:ViaAWSService": "true"}}"#),
        (
            attach,
            r#"{"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}"#,
        ),
        (
            attach,
            r#"{"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/limit"}}"#,
        ),
    ] {
        assert_eq!(found(&statement.replace('@', condition)), [], "{condition}");
    }
    check_text(
        &keys.replace('@', r#"{"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}"#),
        expect![[r#"
            privilege escalation `create-access-key`: `iam:CreateAccessKey` lets the principal create an access key for any user
              described at https://pathfinding.cloud/paths/iam-002
              only while the conditions of the statements are met
        "#]],
    );
}

#[test]
fn denials_count() {
    let allow = r#"{"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "*"}"#;
    for deny in [
        r#""Action": "iam:*", "Resource": "*""#,
        r#""Action": "iam:CreateAccessKey", "NotResource": "arn:aws:iam::*:user/${aws:username}""#,
        r#""NotAction": "s3:*", "Resource": "*""#,
        r#""Action": "iam:*", "Resource": "*", "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": "x"}}"#,
    ] {
        assert_eq!(
            found(&format!(r#"[{allow}, {{"Effect": "Deny", {deny}}}]"#)),
            [],
            "{deny}"
        );
    }
    for deny in [
        r#""Action": "iam:CreateUser", "Resource": "*""#,
        r#""Action": "iam:*", "Resource": "arn:aws:iam::*:user/admin""#,
    ] {
        assert_eq!(
            found(&format!(r#"[{allow}, {{"Effect": "Deny", {deny}}}]"#)).len(),
            1,
            "{deny}"
        );
    }
    check_text(
        &format!(
            r#"[{allow}, {{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {{"Bool": {{"aws:MultiFactorAuthPresent": "false"}}}}}}]"#
        ),
        expect![[r#"
            privilege escalation `create-access-key`: `iam:CreateAccessKey` lets the principal create an access key for any user
              described at https://pathfinding.cloud/paths/iam-002
              unless a `Deny` with conditions applies
        "#]],
    );
}

#[test]
fn only_identity_policies_grant() {
    let everything = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#;
    for &policy_type in PolicyType::ALL.iter().filter(|kind| **kind != PolicyType::Identity) {
        statements(policy_type, &[Code::PrivilegeEscalation], everything, expect![[""]]);
    }
}

#[test]
fn policies_of_a_principal_are_combined() {
    let pass = document(r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}"#);
    let run =
        document(r#"{"Effect": "Allow", "Action": ["ec2:RunInstances", "iam:CreateAccessKey"], "Resource": "*"}"#);
    let deny = document(r#"{"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"}"#);
    let all = document(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    let [pass, run, deny, all] = [&pass, &run, &deny, &all].map(Grants::new);
    // What a policy allows alone is reported for that policy.
    expect![[r#"
        privilege escalation `new-instance`: `iam:PassRole` and `ec2:RunInstances` let the principal start an EC2 instance with any role that EC2 can assume
          described at https://pathfinding.cloud/paths/ec2-001
    "#]].assert_eq(&text(&escalations(&[&pass, &run], &[])));
    assert_eq!(escalations(&[&pass, &run, &deny], &[]), []);
    assert_eq!(escalations(&[&pass], &[]), []);
    assert_eq!(escalations(&[&pass, &run, &all], &[]), []);
    assert_eq!(escalations(&[&pass, &run], &[vec![&pass]]), []);
    assert_eq!(escalations(&[&pass, &run], &[vec![&all]]).len(), 1);
    // Each level of the organization must allow, and none may deny. A level without policies allows nothing.
    assert_eq!(escalations(&[&pass, &run], &[vec![&pass, &run], vec![&all]]).len(), 1);
    assert_eq!(escalations(&[&pass, &run], &[vec![&all], vec![&all, &deny]]), []);
    assert_eq!(escalations(&[&pass, &run], &[vec![&all], vec![]]), []);
}

/// A quadratic check of two megabytes would take minutes.
#[test]
fn time_grows_linearly() {
    let repeated = |item: &dyn Fn(usize) -> String| {
        let mut items = Vec::new();
        let mut size = 0;
        while size < 200_000 {
            items.push(item(items.len()));
            size += items.last().map_or(0, String::len);
        }
        items.join(",")
    };
    for statements in [
        format!(
            r#"{{"Effect": "Allow", "Action": [{}], "Resource": "*"}}"#,
            repeated(&|number| format!(r#""iam:*{number}", "iam:PutRolePolicy", "lambda:*", "*a*b*{number}""#))
        ),
        format!(
            r#"{{"Effect": "Allow", "Action": ["iam:*", "sts:*", "lambda:*"], "Resource": [{}]}}"#,
            repeated(&|number| format!(r#""arn:aws:iam::*:role/{number}*""#))
        ),
        format!(
            "[{}]",
            repeated(&|number| {
                let effect = if number % 2 == 0 { "Allow" } else { "Deny" };
                format!(
                    r#"{{"Effect": "{effect}", "Action": "*", "Resource": ["arn:aws:iam::*:role/{number}*", "arn:aws:lambda:*:*:function:{number}"]}}"#
                )
            })
        ),
        format!(
            "[{}]",
            repeated(&|number| {
                let effect = if number % 2 == 0 { "Allow" } else { "Deny" };
                format!(
                    r#"{{"Effect": "{effect}", "Action": "iam:*", "Resource": "*", "Condition": {{"Bool": {{"aws:a{number}": "true"}}}}}}"#
                )
            })
        ),
    ] {
        let document = document(&statements);
        let context = Context::new(&document, Options::DEFAULT);
        let start = Instant::now();
        super::check(&context, &mut Report::default());
        let time = start.elapsed();
        assert!(time < Duration::from_secs(20), "{time:?}");
    }
}
