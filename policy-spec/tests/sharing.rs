//! Broken uses of `include`, `shared` and `managed`, and their diagnostics.

#![expect(clippy::indexing_slicing, reason = "a panic fails the test")]

mod said;

use expect_test::{Expect, expect};
use iam_policy_spec::compile::compile;
use iam_policy_spec::{Source, with_policies};

use crate::said::said;

fn check(spec: &str, expected: Expect) {
    expected.assert_eq(&said(spec));
}

#[test]
fn unknown_shared_statements() {
    check(
        r#"[policy.user]
include = ["log"]
[[shared.logs.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: there are no shared statements `log`
             --> policies.toml:2:12
              |
            2 | include = ["log"]
              |            ^^^^^
              = help: did you mean `logs`?

        "#]],
    );
}

#[test]
fn no_shared_statements_at_all() {
    check(
        r#"[policy.user]
include = ["logs"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: there are no shared statements `logs`
             --> policies.toml:2:12
              |
            2 | include = ["logs"]
              |            ^^^^^^
              = help: write them as `[[shared.logs.statement]]`

        "#]],
    );
}

#[test]
fn several_shared_statements_none_similar() {
    check(
        r#"[policy.user]
include = ["logs", "x", "zzzzzz"]
[[shared.logs.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
[[shared.x.statement]]
id = "b"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: there are no shared statements `zzzzzz`
             --> policies.toml:2:25
              |
            2 | include = ["logs", "x", "zzzzzz"]
              |                         ^^^^^^^^
              = help: the shared statements are `logs` and `x`

        "#]],
    );
}

#[test]
fn unused_shared_statements() {
    check(
        r#"[policy.user]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
[[shared.logs.statement]]
id = "b"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: the shared statements `logs` are unused
             --> policies.toml:7:10
              |
            7 | [[shared.logs.statement]]
              |          ^^^^
              = help: add `include = ["logs"]` to a policy, or remove them

        "#]],
    );
}

#[test]
fn unused_among_used() {
    check(
        r#"[policy.user]
include = ["logs"]
[[shared.logs.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
[[shared.metrics.statement]]
id = "b"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: the shared statements `metrics` are unused
             --> policies.toml:8:10
              |
            8 | [[shared.metrics.statement]]
              |          ^^^^^^^
              = help: add `metrics` to the `include` of a policy, or remove them

        "#]],
    );
}

#[test]
fn a_duplicate_include() {
    check(
        r#"[policy.user]
include = ["logs", "logs"]
[[shared.logs.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: duplicate `logs` in `include`
             --> policies.toml:2:20
              |
            2 | include = ["logs", "logs"]
              |                    ^^^^^^
              = help: remove it

        "#]],
    );
}

#[test]
fn shared_statements_that_include_themselves() {
    check(
        r#"[policy.user]
include = ["logs"]
[shared.logs]
include = ["logs"]
[[shared.logs.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: the shared statements `logs` include themselves
             --> policies.toml:4:12
              |
            4 | include = ["logs"]
              |            ^^^^^^
              = help: remove this element

        "#]],
    );
}

#[test]
fn a_cycle() {
    check(
        r#"[policy.user]
include = ["a"]
[shared.a]
include = ["b"]
[shared.b]
include = ["c"]
[shared.c]
include = ["a"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: the shared statements `a` include themselves
             --> policies.toml:8:12
              |
            8 | include = ["a"]
              |            ^^^
              = note: the cycle is `a` -> `b` -> `c` -> `a`
              = help: remove this element

        "#]],
    );
}

#[test]
fn two_cycles_are_two_errors() {
    check(
        r#"[policy.user]
include = ["a", "c"]
[shared.a]
include = ["b"]
[shared.b]
include = ["a"]
[shared.c]
include = ["d"]
[shared.d]
include = ["c"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: the shared statements `a` include themselves
             --> policies.toml:6:12
              |
            6 | include = ["a"]
              |            ^^^
              = note: the cycle is `a` -> `b` -> `a`
              = help: remove this element

            error[INVALID_SPEC]: the shared statements `c` include themselves
              --> policies.toml:10:12
               |
            10 | include = ["c"]
               |            ^^^
               = note: the cycle is `c` -> `d` -> `c`
               = help: remove this element

        "#]],
    );
}

#[test]
fn an_included_id_that_the_policy_has() {
    check(
        r#"[policy.user]
include = ["logs"]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
[[shared.logs.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: `logs` adds a second statement with the id `a` to the policy `user`
             --> policies.toml:2:12
              |
            2 | include = ["logs"]
              |            ^^^^^^
              = note: the statements are on lines 4 and 9
              = help: rename one of them

        "#]],
    );
}

#[test]
fn the_same_id_in_two_shared_statements() {
    check(
        r#"[policy.user]
include = ["one", "two"]
[[shared.one.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
[[shared.two.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: `one` and `two` both add a statement with the id `a` to the policy `user`
             --> policies.toml:2:19
              |
            2 | include = ["one", "two"]
              |                   ^^^^^
              = note: the statements are on lines 4 and 9
              = help: rename one of them

        "#]],
    );
}

#[test]
fn an_included_sid_that_the_policy_has() {
    check(
        r#"[policy.user]
include = ["logs"]
[[policy.user.statement]]
id = "a-b"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
[[shared.logs.statement]]
id = "c"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
sid = "AB"
"#,
        expect![[r#"
            error[INVALID_SPEC]: `logs` adds a second statement with the Sid `AB` to the policy `user`
             --> policies.toml:2:12
              |
            2 | include = ["logs"]
              |            ^^^^^^
              = note: the statements are on lines 4 and 9
              = help: rename one of them

        "#]],
    );
}

#[test]
fn an_id_of_an_extension_and_of_shared_statements() {
    check(
        r#"[policy.user]
include = ["logs"]
[policy.user.extension.more]
[[policy.user.extension.more.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
[[shared.logs.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: the policy `user` has two statements with the id `a`
             --> policies.toml:5:6
              |
            5 | id = "a"
              |      ^^^
              = note: the first is on line 10
              = help: rename one of them

        "#]],
    );
}

#[test]
fn an_id_twice_within_shared_statements() {
    check(
        r#"[policy.user]
include = ["logs"]
[policy.other]
include = ["logs"]
[[shared.logs.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
[[shared.logs.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: the shared statements `logs` have two statements with the id `a`
              --> policies.toml:11:6
               |
            11 | id = "a"
               |      ^^^
               = note: the statements are on lines 6 and 11
               = help: rename one of them

        "#]],
    );
}

#[test]
fn a_mistake_in_a_shared_statement_is_one_error() {
    check(
        r#"[policy.user]
include = ["logs"]
[policy.role]
include = ["logs"]
[[shared.logs.statement]]
id = "a"
reason = "r"
actions = ["s3.GetObject"]
resources = ["arn:aws:s3"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: `s3.GetObject` is not an action
             --> policies.toml:8:12
              |
            8 | actions = ["s3.GetObject"]
              |            ^^^^^^^^^^^^^^
              = help: did you mean `s3:GetObject`?

            error[INVALID_SPEC]: an ARN has six segments, this one has 3
             --> policies.toml:9:14
              |
            9 | resources = ["arn:aws:s3"]
              |              ^^^^^^^^^^^^
              = help: write `arn:{partition}:service:region:account:resource`, or `*` for everything

        "#]],
    );
}

#[test]
fn shared_statements_without_statements() {
    check(
        r#"[policy.user]
include = ["logs"]
[shared.logs]
"#,
        expect![[r#"
            error[INVALID_SPEC]: missing key `statement` in shared statements
             --> policies.toml:3:1
              |
            3 | [shared.logs]
              | ^^^^^^^^^^^^^
              = help: for example, `[[shared.logs.statement]]`

        "#]],
    );
}

#[test]
fn a_policy_without_statements_of_any_kind() {
    check(
        r#"[policy.user]
title = "x"
"#,
        expect![[r#"
            error[INVALID_SPEC]: missing key `statement` in a policy
             --> policies.toml:1:1
              |
            1 | [policy.user]
              | ^^^^^^^^^^^^^
              = help: for example, `[[policy.user.statement]]`

        "#]],
    );
}

#[test]
fn include_as_a_string() {
    check(
        r#"[policy.user]
include = "logs"
[[shared.logs.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: `include` must be a list, not a string
             --> policies.toml:2:11
              |
            2 | include = "logs"
              |           ^^^^^^
              = help: write `["logs"]`

        "#]],
    );
}

#[test]
fn an_invalid_name_of_shared_statements() {
    check(
        r#"[policy.user]
include = ["my logs"]
[[shared."my logs".statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: `my logs` is not a valid name for shared statements
             --> policies.toml:3:10
              |
            3 | [[shared."my logs".statement]]
              |          ^^^^^^^^^
              = help: a name starts with an ASCII letter, followed by ASCII letters, digits, `-` and `_`

        "#]],
    );
}

#[test]
fn a_statement_in_the_table_of_shared() {
    check(
        r#"[policy.user]
include = ["logs"]
[shared.logs]
id = "a"
actions = ["s3:GetObject"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `id` in shared statements
             --> policies.toml:4:1
              |
            4 | id = "a"
              | ^^
              = note: `id` and `actions` are keys of a statement
              = help: add `[[shared.logs.statement]]` above them

        "#]],
    );
}

#[test]
fn include_in_a_statement() {
    check(
        r#"[policy.user]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
include = ["logs"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `include` in a statement
             --> policies.toml:7:1
              |
            7 | include = ["logs"]
              | ^^^^^^^
              = note: `include` is a key of shared statements, a policy and an extension
              = help: valid keys are `id`, `sid`, `effect`, `services`, `accounts`, `roles`, `users`, `oidc`, `saml`, `principals`, `not-principals`, `reason`, `without`, `actions`, `not-actions`, `resources`, `not-resources`, `condition`, `partitions` and `waive`

        "#]],
    );
}

#[test]
fn a_misspelled_managed_policy() {
    check(
        r#"[policy.user]
managed = ["AWSLambdaBasicExecutionRol"]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: AWS has no managed policy `AWSLambdaBasicExecutionRol`
             --> policies.toml:2:12
              |
            2 | managed = ["AWSLambdaBasicExecutionRol"]
              |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: did you mean `AWSLambdaBasicExecutionRole`?

        "#]],
    );
}

#[test]
fn an_unknown_managed_policy() {
    check(
        r#"[policy.user]
managed = ["OurOwnPolicyForReports"]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: AWS has no managed policy `OurOwnPolicyForReports`
             --> policies.toml:2:12
              |
            2 | managed = ["OurOwnPolicyForReports"]
              |            ^^^^^^^^^^^^^^^^^^^^^^^^
              = help: if AWS added it after 2026-08-26, write its ARN

        "#]],
    );
}

#[test]
fn the_arn_of_a_customer_managed_policy() {
    check(
        r#"[policy.user]
managed = ["arn:aws:iam::111122223333:policy/own"]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: `arn:aws:iam::111122223333:policy/own` is not a policy that AWS manages
             --> policies.toml:2:12
              |
            2 | managed = ["arn:aws:iam::111122223333:policy/own"]
              |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: only policies of AWS can be named here; attach your own policies beside this one

        "#]],
    );
}

#[test]
fn the_arn_of_a_role() {
    check(
        r#"[policy.user]
managed = ["arn:aws:iam::111122223333:role/own"]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: `arn:aws:iam::111122223333:role/own` is not the ARN of a managed policy
             --> policies.toml:2:12
              |
            2 | managed = ["arn:aws:iam::111122223333:role/own"]
              |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: for example, `arn:aws:iam::aws:policy/ReadOnlyAccess`

        "#]],
    );
}

#[test]
fn an_arn_without_its_path() {
    check(
        r#"[policy.user]
managed = ["arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: `AWSLambdaBasicExecutionRole` has another path
             --> policies.toml:2:12
              |
            2 | managed = ["arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"]
              |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: did you mean `arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole`?

        "#]],
    );
}

#[test]
fn a_managed_policy_with_a_wrong_path() {
    check(
        r#"[policy.user]
managed = ["job-function/AWSLambdaBasicExecutionRole"]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: `AWSLambdaBasicExecutionRole` has another path
             --> policies.toml:2:12
              |
            2 | managed = ["job-function/AWSLambdaBasicExecutionRole"]
              |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: did you mean `service-role/AWSLambdaBasicExecutionRole`?

        "#]],
    );
}

#[test]
fn a_policy_of_a_service_linked_role() {
    check(
        r#"[policy.user]
managed = ["AWSSupportServiceRolePolicy"]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: `AWSSupportServiceRolePolicy` is for AWS's own roles and cannot be attached
             --> policies.toml:2:12
              |
            2 | managed = ["AWSSupportServiceRolePolicy"]
              |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: remove it

        "#]],
    );
}

#[test]
fn a_duplicate_managed_policy() {
    check(
        r#"[policy.user]
managed = ["ReadOnlyAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: duplicate `arn:aws:iam::aws:policy/ReadOnlyAccess` in `managed`
             --> policies.toml:2:30
              |
            2 | managed = ["ReadOnlyAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"]
              |                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: remove it

        "#]],
    );
}

#[test]
fn managed_as_a_string() {
    check(
        r#"[policy.user]
managed = "ReadOnlyAccess"
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: `managed` must be a list, not a string
             --> policies.toml:2:11
              |
            2 | managed = "ReadOnlyAccess"
              |           ^^^^^^^^^^^^^^^^
              = help: write `["ReadOnlyAccess"]`

        "#]],
    );
}

#[test]
fn managed_policies_of_a_service_control_policy() {
    check(
        r#"[policy.user]
attach = ["service-control"]
managed = ["ReadOnlyAccess"]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: `managed` has no effect on a policy that is attached as `service-control`
             --> policies.toml:3:12
              |
            3 | managed = ["ReadOnlyAccess"]
              |            ^^^^^^^^^^^^^^^^
              = help: remove it: managed policies are attached to users, groups and roles

        "#]],
    );
}

#[test]
fn more_managed_policies_than_the_quota() {
    check(
        r#"[policy.user]
managed = ["ReadOnlyAccess", "AmazonS3FullAccess", "AmazonEC2FullAccess", "AmazonSQSFullAccess", "AmazonSNSFullAccess", "AmazonRDSFullAccess", "AmazonVPCFullAccess", "AmazonSESFullAccess", "AmazonDynamoDBFullAccess", "AmazonKinesisFullAccess", "SecurityAudit"]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: 11 managed policies are more than the quota of 10
             --> policies.toml:2:245
              |
            2 | …"AmazonRDSFullAccess", "AmazonVPCFullAccess", "AmazonSESFullAccess", "AmazonDynamoDBFullAccess", "AmazonKinesisFullAccess", "SecurityAudit"]
              |                                                                                                                              ^^^^^^^^^^^^^^^
              = help: remove some, or grant what is needed in the policy's own statements

        "#]],
    );
}

#[test]
fn no_place_left_for_the_policy_itself() {
    check(
        r#"[policy.user]
attach = ["inline-role", "managed"]
managed = ["ReadOnlyAccess", "AmazonS3FullAccess", "AmazonEC2FullAccess", "AmazonSQSFullAccess", "AmazonSNSFullAccess", "AmazonRDSFullAccess", "AmazonVPCFullAccess", "AmazonSESFullAccess", "AmazonDynamoDBFullAccess", "AmazonKinesisFullAccess"]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: the policy `user` and 10 managed policies are 11, more than the quota of 10 managed policies for `managed`
             --> policies.toml:3:218
              |
            3 | …nSNSFullAccess", "AmazonRDSFullAccess", "AmazonVPCFullAccess", "AmazonSESFullAccess", "AmazonDynamoDBFullAccess", "AmazonKinesisFullAccess"]
              |                                                                                                                    ^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: remove one, or `managed` from the policy's `attach`

        "#]],
    );
}

#[test]
fn shared_statements_of_a_policy_and_of_its_extension() {
    check(
        r#"[policy.user]
include = ["logs"]
[policy.user.extension.more]
include = ["logs"]
[[shared.logs.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
[[shared.logs.statement]]
id = "b"
reason = "r"
actions = ["s3:GetObject"]
resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: `logs` is included by the policy `user` and by its extension
             --> policies.toml:4:12
              |
            4 | include = ["logs"]
              |            ^^^^^^
              = help: remove one of them

        "#]],
    );
}

const SHARED: &str = r#"
[shared.metrics]
[[shared.metrics.statement]]
id        = "count"
reason    = "Counts."
actions   = ["sts:GetCallerIdentity"]
resources = ["*"]

[shared.logs]
include = ["metrics"]
[[shared.logs.statement]]
id        = "log"
reason    = "Logs."
actions   = ["logs:PutLogEvent"]
resources = ["arn:aws:logs:*:*:log-group:a:*"]

[policy.role]
include = ["logs", "metrics"]
managed = ["AWSLambdaBasicExecutionRole", "arn:aws:iam::aws:policy/NewerThanTheList"]

[policy.user]
[[policy.user.statement]]
id        = "read"
reason    = "Reads."
actions   = ["s3:ListAllMyBuckets"]
resources = ["*"]
[policy.user.extension.more]
include = ["logs"]
"#;

#[test]
fn shared_statements_come_after_a_policys_own() {
    let compiled = compile(&Source::new("policies.toml", SHARED));
    assert_eq!(compiled.mistakes, []);
    with_policies(&compiled.spec, |policies| {
        let ids = |statements: &[iam_policy_core::Statement<'_>]| {
            statements
                .iter()
                .map(|statement| statement.id.to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(policies[0].statements), ["log", "count"]);
        assert_eq!(ids(policies[1].statements), ["read"]);
        assert_eq!(ids(policies[1].extensions[0].statements), ["log", "count"]);
        assert_eq!(
            policies[0].managed,
            ["service-role/AWSLambdaBasicExecutionRole", "NewerThanTheList"]
        );
    });
}

#[test]
fn a_finding_in_a_shared_statement_is_reported_once() {
    let source = Source::new("policies.toml", SHARED);
    let compiled = compile(&source);
    let shown: Vec<_> = compiled
        .findings
        .iter()
        .map(|finding| format!("{}\n", source.show(finding)))
        .collect();
    expect![[r#"
        error[INVALID_ACTION]: the action `logs:PutLogEvent` does not exist (as of 2026-09-26)
          --> policies.toml:14:14
           |
        14 | actions   = ["logs:PutLogEvent"]
           |              ^^^^^^^^^^^^^^^^^^
           = help: did you mean `logs:PutLogEvents`?
           = help: if AWS added it recently, accept it with `waive = [{ check = "INVALID_ACTION", why = "…" }]`
    "#]]
    .assert_eq(&shown.concat());
    assert_eq!(
        compiled.findings[0].location.path.to_string(),
        "shared.logs.statement[0].actions[0]"
    );
}

#[test]
fn a_waiver_of_a_shared_statement_counts_for_every_policy() {
    let waived = SHARED.replace(
        "\"logs:PutLogEvent\"",
        "{ action = \"logs:PutLogEvent\", waive = [{ check = \"INVALID_ACTION\", why = \"new\" }] }",
    );
    assert_eq!(compile(&Source::new("policies.toml", waived)).findings, []);
    let unused = SHARED.replace(
        "\"sts:GetCallerIdentity\"",
        "{ action = \"sts:GetCallerIdentity\", waive = [{ check = \"INVALID_ACTION\", why = \"new\" }] }",
    );
    let findings = compile(&Source::new("policies.toml", unused)).findings;
    let messages: Vec<_> = findings.iter().map(|finding| finding.message.as_ref()).collect();
    assert_eq!(messages[0], "unused waiver: `INVALID_ACTION` reports nothing here");
    assert_eq!(messages.len(), 2, "{messages:?}");
}
