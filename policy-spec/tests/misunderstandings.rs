//! Specs by people who do not know the language yet, or who think in JSON: one message per misunderstanding, and none
//! about its consequences.

mod said;

use expect_test::{Expect, expect};

fn check(spec: &str, expected: Expect) {
    expected.assert_eq(&said::said(spec));
}

#[test]
fn a_policy_without_a_name() {
    check(
        r#"[policy]
title = "User"
attach = ["managed"]
trust = { services = ["lambda"] }

[[policy.statement]]
id = "a""#,
        expect![[r#"
            error[INVALID_SPEC]: a policy needs a name
             --> policies.toml:1:1
              |
            1 | [policy]
              | ^^^^^^^^
              = help: for example, `[policy.user]`

        "#]],
    );
}

#[test]
fn a_policy_without_a_name_hides_no_other() {
    check(
        r#"[policy]
attach = ["managed"]

[policy.user]

[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3.ListAllMyBuckets"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: a policy needs a name
             --> policies.toml:1:1
              |
            1 | [policy]
              | ^^^^^^^^
              = help: for example, `[policy.user]`

            error[INVALID_SPEC]: `s3.ListAllMyBuckets` is not an action
             --> policies.toml:9:12
              |
            9 | actions = ["s3.ListAllMyBuckets"]
              |            ^^^^^^^^^^^^^^^^^^^^^
              = help: did you mean `s3:ListAllMyBuckets`?

        "#]],
    );
}

#[test]
fn an_extension_without_a_name() {
    check(
        r#"[policy.user]

[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:ListAllMyBuckets"]
resources = ["*"]

[[policy.user.extension.statement]]
id = "b""#,
        expect![[r#"
            error[INVALID_SPEC]: an extension needs a name
             --> policies.toml:9:15
              |
            9 | [[policy.user.extension.statement]]
              |               ^^^^^^^^^
              = help: for example, `[policy.user.extension.archive]`

        "#]],
    );
}

#[test]
fn several_policies_with_one_name() {
    check(
        r#"[[policy.user]]
title = "User"

[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3.ListAllMyBuckets"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: `user` must be a table, not a list
             --> policies.toml:1:1
              |
            1 | [[policy.user]]
              | ^^^^^^^^^^^^^^^
              = help: write `[policy.user]`

            error[INVALID_SPEC]: `s3.ListAllMyBuckets` is not an action
             --> policies.toml:7:12
              |
            7 | actions = ["s3.ListAllMyBuckets"]
              |            ^^^^^^^^^^^^^^^^^^^^^
              = help: did you mean `s3:ListAllMyBuckets`?

        "#]],
    );
}

#[test]
fn several_policies_without_names() {
    check(
        r#"[[policy]]
name = "user""#,
        expect![[r#"
            error[INVALID_SPEC]: `policy` must be a table, not a list
             --> policies.toml:1:1
              |
            1 | [[policy]]
              | ^^^^^^^^^^
              = help: for example, `[policy.user]`

        "#]],
    );
}

#[test]
fn another_word_for_policy() {
    check(
        r#"[policies.user]

[[policies.user.statement]]
id = "a"
reason = "r"
actions = ["s3:ListAllMyBuckets"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `policies` in a spec
             --> policies.toml:1:2
              |
            1 | [policies.user]
              |  ^^^^^^^^
              = help: did you mean `policy`?

        "#]],
    );
}

#[test]
fn a_policy_at_the_root() {
    check(
        r#"[parameters]
bucket = { default = "x" }

[user]
title = "User"

[[user.statement]]
id = "a""#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `user` in a spec
             --> policies.toml:4:2
              |
            4 | [user]
              |  ^^^^
              = help: write a policy as `[policy.NAME]` and an extension as `[policy.NAME.extension.NAME]`; names cannot contain dots

        "#]],
    );
}

#[test]
fn a_name_with_a_dot() {
    check(
        r#"[policy.build.user]
title = "User"

[[policy.build.user.statement]]
id = "a"
reason = "r"
actions = ["s3:ListAllMyBuckets"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `user` in a policy
             --> policies.toml:1:15
              |
            1 | [policy.build.user]
              |               ^^^^
              = help: write a policy as `[policy.NAME]` and an extension as `[policy.NAME.extension.NAME]`; names cannot contain dots

        "#]],
    );
}

#[test]
fn statements_at_the_root() {
    check(
        r#"[policy.user]
[[statement]]
id = "a""#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `statement` in a spec
             --> policies.toml:2:3
              |
            2 | [[statement]]
              |   ^^^^^^^^^
              = note: `statement` is a key of shared statements, a policy, a trust policy and an extension
              = help: write `[[policy.NAME.statement]]`

        "#]],
    );
}

#[test]
fn an_extension_at_the_root() {
    check(
        r#"[policy.user]

[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:ListAllMyBuckets"]
resources = ["*"]

[extension.more]
title = "More""#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `extension` in a spec
             --> policies.toml:9:2
              |
            9 | [extension.more]
              |  ^^^^^^^^^
              = note: `extension` is a key of a policy
              = help: write `[policy.NAME.extension.NAME]`

        "#]],
    );
}

#[test]
fn statements_without_their_header() {
    check(
        r#"[policy.user]
reason = "r"
actions = ["s3:ListAllMyBuckets"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `reason` in a policy
             --> policies.toml:2:1
              |
            2 | reason = "r"
              | ^^^^^^
              = note: `reason`, `actions` and `resources` are keys of a statement
              = help: add `[[policy.user.statement]]` above them

        "#]],
    );
}

#[test]
fn statements_of_an_extension_without_their_header() {
    check(
        r#"[policy.user]

[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:ListAllMyBuckets"]
resources = ["*"]

[policy.user.extension.more]
id = "b"
actions = ["s3:ListAllMyBuckets"]"#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `id` in an extension
              --> policies.toml:10:1
               |
            10 | id = "b"
               | ^^
               = note: `id` and `actions` are keys of a statement
               = help: add `[[policy.user.extension.more.statement]]` above them

        "#]],
    );
}

#[test]
fn one_statement_in_single_brackets() {
    check(
        r#"[policy.user]
[policy.user.statement]
id = "a"
reason = "r"
actions = ["s3.ListAllMyBuckets"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: `statement` must be an array of tables, not a table
             --> policies.toml:2:1
              |
            2 | [policy.user.statement]
              | ^^^^^^^^^^^^^^^^^^^^^^^
              = help: write `[[policy.user.statement]]`

            error[INVALID_SPEC]: `s3.ListAllMyBuckets` is not an action
             --> policies.toml:5:12
              |
            5 | actions = ["s3.ListAllMyBuckets"]
              |            ^^^^^^^^^^^^^^^^^^^^^
              = help: did you mean `s3:ListAllMyBuckets`?

        "#]],
    );
}

#[test]
fn statements_in_single_brackets() {
    check(
        r#"[policy.user]

[policy.user.statement]
id = "a"
reason = "r"
actions = ["s3:ListAllMyBuckets"]
resources = ["*"]

[policy.user.statement]
id = "a"
reason = "r"
actions = ["s3:ListAllMyBuckets"]
resources = ["*"]"#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: duplicate key `statement`
             --> policies.toml:9:14
              |
            9 | [policy.user.statement]
              |              ^^^^^^^^^
              = help: write `[[policy.user.statement]]` for each one

        "#]],
    );
}

#[test]
fn statements_by_name() {
    check(
        r#"[policy.user]
[policy.user.statement.first]
id = "a""#,
        expect![[r#"
            error[INVALID_SPEC]: `statement` must be an array of tables, not a table
             --> policies.toml:2:14
              |
            2 | [policy.user.statement.first]
              |              ^^^^^^^^^
              = help: for example, `[[policy.user.statement]]`

        "#]],
    );
}

#[test]
fn single_values_in_place_of_lists() {
    check(
        r#"[policy.user]
attach = "managed"
partitions = "aws-cn"

[[policy.user.statement]]
id = "a"
reason = "r"
actions = "s3:GetObject"
resources = { arn = "arn:aws:s3:::b/*" }
waive = { check = "REDUNDANT_ACTION", why = "w" }

[policy.user.trust]
services = "lambda""#,
        expect![[r#"
            error[INVALID_SPEC]: `attach` must be a list, not a string
             --> policies.toml:2:10
              |
            2 | attach = "managed"
              |          ^^^^^^^^^
              = help: write `["managed"]`

            error[INVALID_SPEC]: `partitions` must be a list, not a string
             --> policies.toml:3:14
              |
            3 | partitions = "aws-cn"
              |              ^^^^^^^^
              = help: write `["aws-cn"]`

            error[INVALID_SPEC]: `actions` must be a list, not a string
             --> policies.toml:8:11
              |
            8 | actions = "s3:GetObject"
              |           ^^^^^^^^^^^^^^
              = help: write `["s3:GetObject"]`

            error[INVALID_SPEC]: `resources` must be a list, not a table
             --> policies.toml:9:13
              |
            9 | resources = { arn = "arn:aws:s3:::b/*" }
              |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: write `[{ arn = "arn:aws:s3:::b/*" }]`

            error[INVALID_SPEC]: this ARN matches nothing in the partition `aws-cn`
             --> policies.toml:9:26
              |
            9 | resources = { arn = "arn:aws:s3:::b/*" }
              |                          ^^^
              = help: write `{partition}`, or limit the resource with `partitions = […]`

            error[INVALID_SPEC]: `waive` must be a list, not a table
              --> policies.toml:10:9
               |
            10 | waive = { check = "REDUNDANT_ACTION", why = "w" }
               |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               = help: write `[{ check = "REDUNDANT_ACTION", why = "w" }]`

            error[INVALID_SPEC]: `services` must be a list, not a string
              --> policies.toml:13:12
               |
            13 | services = "lambda"
               |            ^^^^^^^^
               = help: write `["lambda"]`

        "#]],
    );
}

#[test]
fn a_parameter_that_is_its_default() {
    check(
        r#"[parameters]
bucket = "reports*"
[policy.user]

[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:ListAllMyBuckets"]
resources = ["arn:aws:s3:::{bucket}"]"#,
        expect![[r#"
            error[INVALID_SPEC]: `bucket` must be a table, not a string
             --> policies.toml:2:10
              |
            2 | bucket = "reports*"
              |          ^^^^^^^^^^
              = help: write `{ default = "reports*" }`

            error[INVALID_SPEC]: invalid value of `bucket`: it contains `*`, which would widen the resources that use it
             --> policies.toml:2:10
              |
            2 | bucket = "reports*"
              |          ^^^^^^^^^^

        "#]],
    );
}

#[test]
fn a_flag_in_quotes() {
    check(
        r#"[parameters]
p = { default = "x", allow-slash = "true" }
[policy.user]

[[policy.user.statement]]
id = "a"
reason = "{p}"
actions = ["s3:ListAllMyBuckets"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: `allow-slash` must be `true` or `false`, not a string
             --> policies.toml:2:36
              |
            2 | p = { default = "x", allow-slash = "true" }
              |                                    ^^^^^^
              = help: write `true`

        "#]],
    );
}

#[test]
fn json_keys() {
    check(
        r#"[policy.user]
[[policy.user.statement]]
id = "a"
reason = "r"
Sid = "A"
Effect = "Allow"
Action = "s3:ListAllMyBuckets"
NotResource = ["*"]
Condition = {}
Principal = "*""#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `Sid` in a statement
             --> policies.toml:5:1
              |
            5 | Sid = "A"
              | ^^^
              = help: did you mean `sid`?

            error[INVALID_SPEC]: unknown key `Effect` in a statement
             --> policies.toml:6:1
              |
            6 | Effect = "Allow"
              | ^^^^^^
              = help: did you mean `effect`?

            error[INVALID_SPEC]: unknown key `Action` in a statement
             --> policies.toml:7:1
              |
            7 | Action = "s3:ListAllMyBuckets"
              | ^^^^^^
              = help: did you mean `actions`?

            error[INVALID_SPEC]: `actions` must be a list, not a string
             --> policies.toml:7:10
              |
            7 | Action = "s3:ListAllMyBuckets"
              |          ^^^^^^^^^^^^^^^^^^^^^
              = help: write `["s3:ListAllMyBuckets"]`

            error[INVALID_SPEC]: unknown key `NotResource` in a statement
             --> policies.toml:8:1
              |
            8 | NotResource = ["*"]
              | ^^^^^^^^^^^
              = help: did you mean `not-resources`?

            error[INVALID_SPEC]: unknown key `Condition` in a statement
             --> policies.toml:9:1
              |
            9 | Condition = {}
              | ^^^^^^^^^
              = help: did you mean `condition`?

            error[INVALID_SPEC]: the statements of an identity policy do not name principals
              --> policies.toml:10:1
               |
            10 | Principal = "*"
               | ^^^^^^^^^
               = note: an identity policy applies to the users, groups and roles that it is attached to
               = help: for who may assume a role, write `[[policy.user.trust.statement]]`; for the policy of a resource, add `type = "resource"` to the policy

        "#]],
    );
}

#[test]
fn other_words_for_keys() {
    check(
        r#"[policy.user]
name = "User"
description = "For users."

[[policy.user.statement]]
name = "a"
description = "r"
actions = [{ name = "s3:GetObject", why = "w" }]
resources = [{ resource = "*", description = "d" }]
waive = [{ code = "REDUNDANT_ACTION", reason = "w" }]

[policy.user.trust]
principals = ["lambda"]"#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `name` in a policy
             --> policies.toml:2:1
              |
            2 | name = "User"
              | ^^^^
              = help: did you mean `title`?

            error[INVALID_SPEC]: unknown key `description` in a policy
             --> policies.toml:3:1
              |
            3 | description = "For users."
              | ^^^^^^^^^^^
              = help: did you mean `about`?

            error[INVALID_SPEC]: unknown key `name` in a statement
             --> policies.toml:6:1
              |
            6 | name = "a"
              | ^^^^
              = help: did you mean `id`?

            error[INVALID_SPEC]: unknown key `description` in a statement
             --> policies.toml:7:1
              |
            7 | description = "r"
              | ^^^^^^^^^^^
              = help: did you mean `reason`?

            error[INVALID_SPEC]: unknown key `name` in an action
             --> policies.toml:8:14
              |
            8 | actions = [{ name = "s3:GetObject", why = "w" }]
              |              ^^^^
              = help: did you mean `action`?

            error[INVALID_SPEC]: unknown key `why` in an action
             --> policies.toml:8:37
              |
            8 | actions = [{ name = "s3:GetObject", why = "w" }]
              |                                     ^^^
              = help: did you mean `reason`?

            error[INVALID_SPEC]: unknown key `resource` in a resource
             --> policies.toml:9:16
              |
            9 | resources = [{ resource = "*", description = "d" }]
              |                ^^^^^^^^
              = help: did you mean `arn`?

            error[INVALID_SPEC]: unknown key `description` in a resource
             --> policies.toml:9:32
              |
            9 | resources = [{ resource = "*", description = "d" }]
              |                                ^^^^^^^^^^^
              = help: did you mean `reason`?

            error[INVALID_SPEC]: unknown key `code` in a waiver
              --> policies.toml:10:12
               |
            10 | waive = [{ code = "REDUNDANT_ACTION", reason = "w" }]
               |            ^^^^
               = help: did you mean `check`?

            error[INVALID_SPEC]: unknown key `reason` in a waiver
              --> policies.toml:10:39
               |
            10 | waive = [{ code = "REDUNDANT_ACTION", reason = "w" }]
               |                                       ^^^^^^
               = help: did you mean `why`?

            error[INVALID_SPEC]: unknown key `principals` in a trust policy
              --> policies.toml:13:1
               |
            13 | principals = ["lambda"]
               | ^^^^^^^^^^
               = note: `principals` is a key of a statement of a trust policy
               = help: write `[[policy.user.trust.statement]]` above it

        "#]],
    );
}

#[test]
fn another_word_for_a_present_key() {
    check(
        r#"[policy.user]
title = "User"
name = "user"

[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:ListAllMyBuckets"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `name` in a policy
             --> policies.toml:3:1
              |
            3 | name = "user"
              | ^^^^
              = help: valid keys are `title`, `about`, `type`, `resource-type`, `bounds`, `deploy-as`, `attach`, `partitions`, `managed`, `include`, `statement`, `extension` and `trust`

        "#]],
    );
}

#[test]
fn a_lowercase_effect() {
    check(
        r#"[policy.user]
[[policy.user.statement]]
id = "a"
reason = "r"
effect = "deny"
actions = ["s3:ListBucket"]
resources = ["arn:aws:s3:::b"]"#,
        expect![[r#"
            error[INVALID_SPEC]: `deny` is not an effect
             --> policies.toml:5:10
              |
            5 | effect = "deny"
              |          ^^^^^^
              = help: did you mean `Deny`?

        "#]],
    );
}

#[test]
fn a_condition_key_in_place_of_the_operator() {
    check(
        r#"[policy.user]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:ListBucket"]
resources = ["arn:aws:s3:::b"]
condition."aws:SecureTransport" = true
condition."s3:max-keys" = 5
condition."aws:RequestedRegion" = ["eu-west-1"]"#,
        expect![[r#"
            error[INVALID_SPEC]: `aws:SecureTransport` is not a condition operator
             --> policies.toml:7:11
              |
            7 | condition."aws:SecureTransport" = true
              |           ^^^^^^^^^^^^^^^^^^^^^
              = help: write the operator before the condition key: `condition.Bool."aws:SecureTransport"`

            error[INVALID_SPEC]: `s3:max-keys` is not a condition operator
             --> policies.toml:8:11
              |
            8 | condition."s3:max-keys" = 5
              |           ^^^^^^^^^^^^^
              = help: write the operator before the condition key: `condition.NumericEquals."s3:max-keys"`

            error[INVALID_SPEC]: `aws:RequestedRegion` is not a condition operator
             --> policies.toml:9:11
              |
            9 | condition."aws:RequestedRegion" = ["eu-west-1"]
              |           ^^^^^^^^^^^^^^^^^^^^^
              = help: write the operator before the condition key: `condition.StringEquals."aws:RequestedRegion"`

        "#]],
    );
}

#[test]
fn a_condition_key_without_quotes() {
    check(
        r#"[policy.user]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:ListBucket"]
resources = ["arn:aws:s3:::b"]
condition.StringEquals.aws:RequestedRegion = "eu-west-1""#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: invalid TOML: invalid unquoted key, expected letters, numbers, `-`, `_`
             --> policies.toml:7:27
              |
            7 | condition.StringEquals.aws:RequestedRegion = "eu-west-1"
              |                           ^
              = help: write `"aws:RequestedRegion"`

        "#]],
    );
}

#[test]
fn a_split_condition_key() {
    check(
        r#"[policy.user]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:ListBucket"]
resources = ["arn:aws:s3:::b"]
condition.StringEquals.aws.RequestedRegion = "eu-west-1""#,
        expect![[r#"
            error[INVALID_SPEC]: a value of `aws` must be a string, a number or a boolean, not a table
             --> policies.toml:7:24
              |
            7 | condition.StringEquals.aws.RequestedRegion = "eu-west-1"
              |                        ^^^
              = help: quote the whole condition key, such as `"aws:RequestedRegion"`

        "#]],
    );
}

#[test]
fn a_condition_as_in_a_list() {
    check(
        r#"[policy.user]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:ListBucket"]
resources = ["arn:aws:s3:::b"]

[[policy.user.statement.condition]]
operator = "Bool""#,
        expect![[r#"
            error[INVALID_SPEC]: `condition` must be a table, not a list
             --> policies.toml:8:1
              |
            8 | [[policy.user.statement.condition]]
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: for example, `condition.StringEquals."aws:RequestedRegion" = ["eu-west-1", "us-east-1"]`

        "#]],
    );
}

#[test]
fn numbers_and_dates_in_conditions() {
    check(
        r#"[policy.user]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:ListBucket"]
resources = ["arn:aws:s3:::b"]
condition.NumericLessThan."s3:max-keys" = [1_000, 1e3, 0x10, 0b1]
condition.DateLessThan."aws:CurrentTime" = 2026-01-01T00:00:00Z"#,
        expect![[r#"
            error[INVALID_SPEC]: IAM only supports decimal numbers, not `0x10`
             --> policies.toml:7:56
              |
            7 | condition.NumericLessThan."s3:max-keys" = [1_000, 1e3, 0x10, 0b1]
              |                                                        ^^^^
              = help: write `16`

            error[INVALID_SPEC]: IAM only supports decimal numbers, not `0b1`
             --> policies.toml:7:62
              |
            7 | condition.NumericLessThan."s3:max-keys" = [1_000, 1e3, 0x10, 0b1]
              |                                                              ^^^
              = help: write `1`

            error[INVALID_SPEC]: a value of `aws:CurrentTime` must be a string, a number or a boolean, not a date
             --> policies.toml:8:44
              |
            8 | condition.DateLessThan."aws:CurrentTime" = 2026-01-01T00:00:00Z
              |                                            ^^^^^^^^^^^^^^^^^^^^
              = help: write `"2026-01-01T00:00:00Z"`

        "#]],
    );
}

#[test]
fn a_policy_in_json() {
    check(
        r#"{
  "Version": "2012-10-17",
  "Statement": []
}"#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: invalid TOML: invalid key-value pair, expected key
             --> policies.toml:1:1
              |
            1 | {
              | ^
              = help: if this is a JSON policy, `iam-policy import` converts it to a spec

        "#]],
    );
}

#[test]
fn yaml() {
    check(
        r#"policy:
  user:
    title: User"#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: invalid TOML: invalid unquoted key, expected letters, numbers, `-`, `_`
             --> policies.toml:1:7
              |
            1 | policy:
              |       ^
              = help: separate a key from its value with `=`

        "#]],
    );
}

#[test]
fn an_entry_in_json_syntax() {
    check(
        r#"[policy.user]
[[policy.user.statement]]
id = "a"
reason = "r"
actions = [{ "action": "s3:GetObject" }]
resources = ["*"]"#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: invalid TOML: missing assignment between key-value pairs, expected `=`
             --> policies.toml:5:22
              |
            5 | actions = [{ "action": "s3:GetObject" }]
              |                      ^
              = help: separate a key from its value with `=`

        "#]],
    );
}

#[test]
fn comments_from_other_languages() {
    check(
        r#"// the policies
[policy.user]

[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:ListAllMyBuckets"]
resources = ["*"]"#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: invalid TOML: invalid unquoted key, expected letters, numbers, `-`, `_`
             --> policies.toml:1:1
              |
            1 | // the policies
              | ^^
              = help: comments start with `#`

        "#]],
    );
}

#[test]
fn smart_quotes() {
    check(
        r#"[policy.user]
title = “User”

[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:ListAllMyBuckets"]
resources = ["*"]"#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: invalid TOML: string values must be quoted, expected literal string
             --> policies.toml:2:9
              |
            2 | title = “User”
              |         ^^^^^^
              = help: use straight quotes, `"`

        "#]],
    );
}

#[test]
fn a_backslash_in_a_string() {
    check(
        r#"[policy.user]
title = "C:\Users"

[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:ListAllMyBuckets"]
resources = ["*"]"#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: invalid TOML: too few unicode value digits, expected unicode hexadecimal value
             --> policies.toml:2:14
              |
            2 | title = "C:\Users"
              |              ^
              = help: write `\\` for a backslash, or put the string in single quotes

        "#]],
    );
}

#[test]
fn parameters_are_not_reported_without_policies() {
    check(
        r#"[parameters]
a = { default = "x" }"#,
        expect![[r#"
            error[INVALID_SPEC]: missing key `policy` in a spec
             --> policies.toml:1:1
              |
            1 | [parameters]
              | ^
              = help: for example, `[policy.user]`

        "#]],
    );
}

/// A spec with a parameter `bucket`, and a statement with these actions and resources.
fn with_bucket(rest: &str) -> String {
    format!(
        r#"[parameters]
bucket = {{ default = "reports", about = "The bucket." }}

[policy.user]

[[policy.user.statement]]
id = "a"
reason = "Reads `{{bucket}}`."
{rest}"#
    )
}

#[test]
fn parameters_in_other_braces() {
    check(
        &with_bucket(
            r#"actions = ["s3:GetObject"]
resources = ["arn:{partition}:s3:::${bucket}/*", "arn:${partition}:s3:::{{bucket}}/*"]"#,
        ),
        expect![[r#"
            error[INVALID_SPEC]: `${bucket}` is a policy variable, whose value IAM takes from the request, not the parameter `bucket`
              --> policies.toml:10:36
               |
            10 | resources = ["arn:{partition}:s3:::${bucket}/*", "arn:${partition}:s3:::{{bucket}}/*"]
               |                                    ^^^^^^^^^
               = help: write `{bucket}`

            error[INVALID_SPEC]: AWS has no partition `${partition}`
              --> policies.toml:10:55
               |
            10 | resources = ["arn:{partition}:s3:::${bucket}/*", "arn:${partition}:s3:::{{bucket}}/*"]
               |                                                       ^^^^^^^^^^^^
               = help: write `{partition}`, or one of `aws`, `aws-cn`, `aws-us-gov`, `aws-iso`, `aws-iso-b`, `aws-iso-e`, `aws-iso-f` and `aws-eusc`

            error[INVALID_SPEC]: `{{bucket}}` is literal text, not the parameter `bucket`
              --> policies.toml:10:73
               |
            10 | resources = ["arn:{partition}:s3:::${bucket}/*", "arn:${partition}:s3:::{{bucket}}/*"]
               |                                                                         ^^^^^^^^^^
               = help: write `{bucket}`

        "#]],
    );
    // A policy variable of IAM, and braces around anything else.
    check(
        &with_bucket(
            r#"actions = ["s3:GetObject"]
resources = ["arn:{partition}:s3:::{bucket}/${aws:username}/{{name}}/*"]"#,
        ),
        expect![[""]],
    );
}

#[test]
fn urls_in_place_of_arns() {
    check(
        &with_bucket(
            r#"actions = ["sqs:SendMessage", "s3:GetObject", "lambda:InvokeFunction"]
resources = [
  "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
  "https://{bucket}.s3.eu-west-1.amazonaws.com/2026",
  "s3://{bucket}/2026",
  "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/worker",
  "https://example.com/",
]"#,
        ),
        expect![[r#"
            error[INVALID_SPEC]: an ARN starts with `arn:`
              --> policies.toml:11:3
               |
            11 |   "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
               |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               = help: did you mean `arn:{partition}:sqs:eu-west-1:123456789012:jobs`?

            error[INVALID_SPEC]: an ARN starts with `arn:`
              --> policies.toml:12:3
               |
            12 |   "https://{bucket}.s3.eu-west-1.amazonaws.com/2026",
               |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               = help: did you mean `arn:{partition}:s3:::{bucket}/2026`?

            error[INVALID_SPEC]: an ARN starts with `arn:`
              --> policies.toml:13:3
               |
            13 |   "s3://{bucket}/2026",
               |   ^^^^^^^^^^^^^^^^^^^^
               = help: did you mean `arn:{partition}:s3:::{bucket}/2026`?

            error[INVALID_SPEC]: an ARN starts with `arn:`
              --> policies.toml:14:3
               |
            14 |   "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/worker",
               |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               = help: did you mean `arn:{partition}:lambda:eu-west-1:*:function:worker`?

            error[INVALID_SPEC]: an ARN starts with `arn:`
              --> policies.toml:15:3
               |
            15 |   "https://example.com/",
               |   ^^^^^^^^^^^^^^^^^^^^^^
               = help: write `arn:{partition}:service:region:account:resource`, or `*` for everything

        "#]],
    );
}
