//! Broken specs and their diagnostics: what is wrong, where, the underlined text, and how to fix it.

mod said;

use expect_test::{Expect, expect};

use crate::said::said;

fn check(spec: &str, expected: Expect) {
    expected.assert_eq(&said(spec));
}

/// Checks a spec with one policy and one statement, which starts on line 3.
fn check_statement(statement: &str, expected: Expect) {
    check(
        &format!("[policy.user]\n[[policy.user.statement]]\n{statement}"),
        expected,
    );
}

#[test]
fn an_empty_file() {
    check(
        "",
        expect![[r#"
            error[INVALID_SPEC]: missing key `policy` in a spec
             --> policies.toml:1:1
              |
            1 |
              | ^
              = help: for example, `[policy.user]`

        "#]],
    );
}

#[test]
fn only_a_comment() {
    check(
        r"# nothing
",
        expect![[r#"
            error[INVALID_SPEC]: missing key `policy` in a spec
             --> policies.toml:1:1
              |
            1 | # nothing
              | ^
              = help: for example, `[policy.user]`

        "#]],
    );
}

#[test]
fn an_unclosed_string() {
    check(
        r#"[policy.user]
title = "User

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: invalid TOML: invalid basic string, expected `"`
             --> policies.toml:2:14
              |
            2 | title = "User
              |              ^
              = help: close the string with a `"`

        "#]],
    );
}

#[test]
fn an_unclosed_list() {
    check(
        r#"[policy.user]

[[policy.user.statement]]
id = "a"
reason = "why"
resources = ["*"]
actions = ["s3:GetObject"

[[policy.user.statement]]
id = "b"
reason = "why"
actions = ["s3:PutObject"]
resources = ["*"]"#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: invalid TOML: missing comma between array elements, expected `,`
             --> policies.toml:9:1
              |
            9 | [[policy.user.statement]]
              | ^

        "#]],
    );
}

#[test]
fn an_unclosed_inline_table() {
    check(
        r#"[policy.user]

[[policy.user.statement]]
id = "a"
reason = "why"
actions = [{ action = "s3:GetObject", reason = "x" ]
resources = ["*"]"#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: invalid TOML: invalid inline table element, expected `,`
             --> policies.toml:6:52
              |
            6 | actions = [{ action = "s3:GetObject", reason = "x" ]
              |                                                    ^

        "#]],
    );
}

#[test]
fn two_syntax_errors() {
    check(
        r#"[policy.user]
title = User

[[policy.user.statement]]
id = "a"
reason =
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: invalid TOML: string values must be quoted, expected literal string
             --> policies.toml:2:9
              |
            2 | title = User
              |         ^^^^
              = help: write `"User"`

            error[TOML_SYNTAX_ERROR]: invalid TOML: string values must be quoted, expected literal string
             --> policies.toml:6:9
              |
            6 | reason =
              |         ^

        "#]],
    );
}

#[test]
fn a_syntax_error_hides_no_other_error() {
    check(
        r#"[policy.user]
title = "User

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3.GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: invalid TOML: invalid basic string, expected `"`
             --> policies.toml:2:14
              |
            2 | title = "User
              |              ^
              = help: close the string with a `"`

            error[INVALID_SPEC]: `s3.GetObject` is not an action
             --> policies.toml:7:12
              |
            7 | actions = ["s3.GetObject"]
              |            ^^^^^^^^^^^^^^
              = help: did you mean `s3:GetObject`?

        "#]],
    );
}

#[test]
fn a_duplicate_key() {
    check(
        r#"[policy.user]
title = "a"
title = "b"

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: duplicate key `title`
             --> policies.toml:3:1
              |
            3 | title = "b"
              | ^^^^^

        "#]],
    );
}

#[test]
fn a_duplicate_policy() {
    check(
        r#"[policy.user]
[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]
[policy.user]
title = "again""#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: duplicate key `user`
             --> policies.toml:7:9
              |
            7 | [policy.user]
              |         ^^^^

        "#]],
    );
}

#[test]
fn an_unknown_section() {
    check(
        r#"[polices.user]

[policy.user]
[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `polices` in a spec
             --> policies.toml:1:2
              |
            1 | [polices.user]
              |  ^^^^^^^
              = help: did you mean `policy`?

        "#]],
    );
}

#[test]
fn an_unknown_key() {
    check_statement(
        r#"id = "a"
reson = "why"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `reson` in a statement
             --> policies.toml:4:1
              |
            4 | reson = "why"
              | ^^^^^
              = help: did you mean `reason`?

        "#]],
    );
}

#[test]
fn a_key_of_another_section() {
    check_statement(
        r#"id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]
attach = ["managed"]"#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `attach` in a statement
             --> policies.toml:7:1
              |
            7 | attach = ["managed"]
              | ^^^^^^
              = note: `attach` is a key of a policy and an extension
              = help: valid keys are `id`, `sid`, `effect`, `services`, `accounts`, `roles`, `users`, `oidc`, `saml`, `principals`, `not-principals`, `reason`, `without`, `actions`, `not-actions`, `resources`, `not-resources`, `condition`, `partitions` and `waive`

        "#]],
    );
}

#[test]
fn an_unknown_key_of_an_entry() {
    check_statement(
        r#"id = "a"
reason = "why"
actions = [{ action = "s3:GetObject", wihtout = "x" }]
resources = [{ arn = "*", action = "x" }]"#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `wihtout` in an action
             --> policies.toml:5:39
              |
            5 | actions = [{ action = "s3:GetObject", wihtout = "x" }]
              |                                       ^^^^^^^
              = help: did you mean `without`?

            error[INVALID_SPEC]: unknown key `action` in a resource
             --> policies.toml:6:27
              |
            6 | resources = [{ arn = "*", action = "x" }]
              |                           ^^^^^^
              = note: `action` is a key of an action
              = help: valid keys are `arn`, `partitions`, `reason`, `without` and `waive`

        "#]],
    );
}

#[test]
fn wrong_types() {
    check(
        r#"[parameters]
x = "y"

[policy.user]
title = 1
attach = "managed"

[[policy.user.statement]]
id = ["a"]
reason = true
actions = "s3:GetObject"
resources = [1, "*"]
condition = "x"
waive = ["X"]"#,
        expect![[r#"
            error[INVALID_SPEC]: unused parameter `x`
             --> policies.toml:2:1
              |
            2 | x = "y"
              | ^
              = help: write `{x}` where its value belongs, or remove it

            error[INVALID_SPEC]: `x` must be a table, not a string
             --> policies.toml:2:5
              |
            2 | x = "y"
              |     ^^^
              = help: write `{ default = "y" }`

            error[INVALID_SPEC]: `title` must be a string, not a number
             --> policies.toml:5:9
              |
            5 | title = 1
              |         ^
              = help: write `"1"`

            error[INVALID_SPEC]: `attach` must be a list, not a string
             --> policies.toml:6:10
              |
            6 | attach = "managed"
              |          ^^^^^^^^^
              = help: write `["managed"]`

            error[INVALID_SPEC]: `id` must be a string, not a list
             --> policies.toml:9:6
              |
            9 | id = ["a"]
              |      ^^^^^
              = help: for example, `id = "fetch-reports"`

            error[INVALID_SPEC]: `reason` must be a string, not a boolean
              --> policies.toml:10:10
               |
            10 | reason = true
               |          ^^^^
               = help: write `"true"`

            error[INVALID_SPEC]: `actions` must be a list, not a string
              --> policies.toml:11:11
               |
            11 | actions = "s3:GetObject"
               |           ^^^^^^^^^^^^^^
               = help: write `["s3:GetObject"]`

            error[INVALID_SPEC]: an element of `resources` must be a string or a table, not a number
              --> policies.toml:12:14
               |
            12 | resources = [1, "*"]
               |              ^
               = help: for example, `resources = ["arn:{partition}:s3:::{bucket-prefix}*"]`

            error[INVALID_SPEC]: `condition` must be a table, not a string
              --> policies.toml:13:13
               |
            13 | condition = "x"
               |             ^^^
               = help: for example, `condition.StringEquals."aws:RequestedRegion" = ["eu-west-1", "us-east-1"]`

            error[INVALID_SPEC]: an element of `waive` must be a table, not a string
              --> policies.toml:14:10
               |
            14 | waive = ["X"]
               |          ^^^
               = help: for example, `waive = [{ check = "PASS_ROLE_WITH_STAR_IN_RESOURCE", why = "customers name the role" }]`

        "#]],
    );
}

#[test]
fn policy_is_not_a_table() {
    check(
        r"policy = 3",
        expect![[r#"
            error[INVALID_SPEC]: `policy` must be a table, not a number
             --> policies.toml:1:10
              |
            1 | policy = 3
              |          ^
              = help: for example, `[policy.user]`

        "#]],
    );
}

#[test]
fn statements_are_not_tables() {
    check(
        r"[policy.user]
statement = [1]",
        expect![[r#"
            error[INVALID_SPEC]: an element of `statement` must be a table, not a number
             --> policies.toml:2:14
              |
            2 | statement = [1]
              |              ^
              = help: for example, `[[policy.user.statement]]`

        "#]],
    );
}

#[test]
fn no_id() {
    check_statement(
        r#"reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: missing key `id` in a statement
             --> policies.toml:2:1
              |
            2 | [[policy.user.statement]]
              | ^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: for example, `id = "fetch-reports"`

        "#]],
    );
}

#[test]
fn no_reason() {
    check_statement(
        r#"id = "a"
actions = ["s3:GetObject", { action = "s3:PutObject", reason = "stores" }]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: no reason is given for `s3:GetObject` and `*`
             --> policies.toml:3:6
              |
            3 | id = "a"
              |      ^^^
              = help: add `reason = "…"` to the statement, or to each of these

        "#]],
    );
}

#[test]
fn reasons_of_actions_do_not_cover_resources() {
    check_statement(
        r#"id = "a"
actions = [{ action = "s3:PutObject", reason = "stores" }]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: no reason is given for `*`
             --> policies.toml:3:6
              |
            3 | id = "a"
              |      ^^^
              = help: add `reason = "…"` to the statement, or to each of these

        "#]],
    );
}

#[test]
fn an_empty_reason() {
    check_statement(
        r#"id = "a"
reason = " "
actions = ["s3:GetObject", { action = "s3:PutObject", reason = "" }]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: `reason` is empty
             --> policies.toml:4:10
              |
            4 | reason = " "
              |          ^^^

            error[INVALID_SPEC]: `reason` is empty
             --> policies.toml:5:64
              |
            5 | actions = ["s3:GetObject", { action = "s3:PutObject", reason = "" }]
              |                                                                ^^

        "#]],
    );
}

#[test]
fn no_actions() {
    check_statement(
        r#"id = "a"
reason = "why"
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: this statement has no actions
             --> policies.toml:3:6
              |
            3 | id = "a"
              |      ^^^
              = help: add `actions = […]` or `not-actions = […]`

        "#]],
    );
}

#[test]
fn no_resources() {
    check_statement(
        r#"id = "a"
reason = "why"
actions = ["s3:GetObject"]"#,
        expect![[r#"
            error[INVALID_SPEC]: this statement has no resources
             --> policies.toml:3:6
              |
            3 | id = "a"
              |      ^^^
              = help: add `resources = […]` or `not-resources = […]`

        "#]],
    );
}

#[test]
fn empty_lists() {
    check_statement(
        r#"id = "a"
reason = "why"
actions = []
resources = []"#,
        expect![[r#"
            error[INVALID_SPEC]: `actions` is empty
             --> policies.toml:5:11
              |
            5 | actions = []
              |           ^^
              = help: add at least one element, or remove the key

            error[INVALID_SPEC]: `resources` is empty
             --> policies.toml:6:13
              |
            6 | resources = []
              |             ^^
              = help: add at least one element, or remove the key

        "#]],
    );
}

#[test]
fn an_empty_action() {
    check_statement(
        r#"id = "a"
reason = "why"
actions = [""]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: an action is empty
             --> policies.toml:5:12
              |
            5 | actions = [""]
              |            ^^

        "#]],
    );
}

#[test]
fn both_of_a_pair() {
    check_statement(
        r#"id = "a"
reason = "why"
actions = ["s3:GetObject"]
not-actions = ["s3:PutObject"]
not-resources = ["*"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: `actions` and `not-actions` cannot be used together
             --> policies.toml:6:1
              |
            6 | not-actions = ["s3:PutObject"]
              | ^^^^^^^^^^^
              = help: split the statement in two, or remove one of them

            error[INVALID_SPEC]: `resources` and `not-resources` cannot be used together
             --> policies.toml:8:1
              |
            8 | resources = ["*"]
              | ^^^^^^^^^
              = help: split the statement in two, or remove one of them

        "#]],
    );
}

#[test]
fn a_sid_with_a_hyphen() {
    check_statement(
        r#"id = "a"
sid = "Fetch-Binaries"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: `Fetch-Binaries` is not a valid Sid
             --> policies.toml:4:7
              |
            4 | sid = "Fetch-Binaries"
              |       ^^^^^^^^^^^^^^^^
              = help: a Sid can only contain ASCII letters and digits

        "#]],
    );
}

#[test]
fn an_empty_sid() {
    check_statement(
        r#"id = "a"
sid = ""
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: the Sid is empty
             --> policies.toml:4:7
              |
            4 | sid = ""
              |       ^^
              = help: remove the key to derive the Sid from the id

        "#]],
    );
}

#[test]
fn a_duplicate_sid() {
    check(
        r#"[policy.user]

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]

[[policy.user.statement]]
id = "b"
sid = "A"
reason = "why"
actions = ["s3:PutObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: the policy `user` has two statements with the Sid `A`
              --> policies.toml:11:7
               |
            11 | sid = "A"
               |       ^^^
               = note: the first is on line 4
               = help: set a different one with `sid = "…"`

        "#]],
    );
}

#[test]
fn a_duplicate_id() {
    check(
        r#"[policy.user]

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:PutObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: the policy `user` has two statements with the id `a`
              --> policies.toml:10:6
               |
            10 | id = "a"
               |      ^^^
               = note: the first is on line 4
               = help: rename one of them

        "#]],
    );
}

#[test]
fn a_duplicate_id_in_an_extension() {
    check(
        r#"[policy.user]

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]

[policy.user.extension.more]
[[policy.user.extension.more.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: the policy `user` has two statements with the id `a`
              --> policies.toml:11:6
               |
            11 | id = "a"
               |      ^^^
               = note: the first is on line 4
               = help: rename one of them

        "#]],
    );
}

#[test]
fn ids_with_the_same_constant() {
    check(
        r#"[policy.user]

[[policy.user.statement]]
id = "a-b"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]

[[policy.user.statement]]
id = "a_b"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: the ids `a-b` and `a_b` would generate the same constant
              --> policies.toml:10:6
               |
            10 | id = "a_b"
               |      ^^^^^
               = help: rename one of them

        "#]],
    );
}

#[test]
fn an_id_that_is_not_a_constant_name() {
    check_statement(
        r#"id = "1st step"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: `1st step` is not a valid name for a statement
             --> policies.toml:3:6
              |
            3 | id = "1st step"
              |      ^^^^^^^^^^
              = help: a name starts with an ASCII letter, followed by ASCII letters, digits, `-` and `_`

        "#]],
    );
}

#[test]
fn policy_names() {
    check(
        r#"[policy."my user"]
[[policy."my user".statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]

[policy.all]
[[policy.all.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]

[policy.a-b]
[[policy.a-b.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]

[policy.a_b]
[[policy.a_b.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: `my user` is not a valid name for a policy
             --> policies.toml:1:9
              |
            1 | [policy."my user"]
              |         ^^^^^^^^^
              = help: a name starts with an ASCII letter, followed by ASCII letters, digits, `-` and `_`

            error[INVALID_SPEC]: the policy `all` would generate the reserved constant `ALL`
             --> policies.toml:8:9
              |
            8 | [policy.all]
              |         ^^^
              = note: `ALL` lists all policies of the spec
              = help: choose another name

            error[INVALID_SPEC]: the policies `a-b` and `a_b` would generate the same constant, `A_B`
              --> policies.toml:22:9
               |
            22 | [policy.a_b]
               |         ^^^
               = help: rename one of them

        "#]],
    );
}

#[test]
fn extension_names() {
    check(
        r#"[policy.user]
[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]

[policy.user.extension."1"]
[[policy.user.extension."1".statement]]
id = "b"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: `1` is not a valid name for an extension
             --> policies.toml:8:24
              |
            8 | [policy.user.extension."1"]
              |                        ^^^
              = help: a name starts with an ASCII letter, followed by ASCII letters, digits, `-` and `_`

        "#]],
    );
}

#[test]
fn invalid_actions() {
    check_statement(
        r#"id = "a"
reason = "why"
actions = ["s3.GetObject", "GetObject", "s3:", "*:GetObject", "s3:Get Object", "s3:{name}"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: `s3.GetObject` is not an action
             --> policies.toml:5:12
              |
            5 | actions = ["s3.GetObject", "GetObject", "s3:", "*:GetObject", "s3:Get Object", "s3:{name}"]
              |            ^^^^^^^^^^^^^^
              = help: did you mean `s3:GetObject`?

            error[INVALID_SPEC]: `GetObject` is not an action
             --> policies.toml:5:28
              |
            5 | actions = ["s3.GetObject", "GetObject", "s3:", "*:GetObject", "s3:Get Object", "s3:{name}"]
              |                            ^^^^^^^^^^^
              = help: write an action as `service:Name`, such as `s3:GetObject`

            error[INVALID_SPEC]: `s3:` is not an action
             --> policies.toml:5:41
              |
            5 | actions = ["s3.GetObject", "GetObject", "s3:", "*:GetObject", "s3:Get Object", "s3:{name}"]
              |                                         ^^^^^
              = help: write an action as `service:Name`, such as `s3:GetObject`

            error[INVALID_SPEC]: `*:GetObject` is not an action
             --> policies.toml:5:48
              |
            5 | actions = ["s3.GetObject", "GetObject", "s3:", "*:GetObject", "s3:Get Object", "s3:{name}"]
              |                                                ^^^^^^^^^^^^^
              = help: the service cannot contain wildcards; to match every action of every service, write `*`

            error[INVALID_SPEC]: `s3:Get Object` is not an action
             --> policies.toml:5:63
              |
            5 | actions = ["s3.GetObject", "GetObject", "s3:", "*:GetObject", "s3:Get Object", "s3:{name}"]
              |                                                               ^^^^^^^^^^^^^^^
              = help: write an action as `service:Name`, such as `s3:GetObject`

            error[INVALID_SPEC]: `s3:{name}` is not an action
             --> policies.toml:5:80
              |
            5 | actions = ["s3.GetObject", "GetObject", "s3:", "*:GetObject", "s3:Get Object", "s3:{name}"]
              |                                                                                ^^^^^^^^^^^
              = help: placeholders are only allowed in resources, condition values and prose

        "#]],
    );
}

#[test]
fn invalid_arns() {
    check_statement(
        r#"id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["bucket", "arn:aws:s3:bucket", "arn:aws:s3:::", "arn:aws:s*:::bucket", "arn:{partition}:s?:::b"]"#,
        expect![[r#"
            error[INVALID_SPEC]: an ARN starts with `arn:`
             --> policies.toml:6:14
              |
            6 | resources = ["bucket", "arn:aws:s3:bucket", "arn:aws:s3:::", "arn:aws:s*:::bucket", "arn:{partition}:s?:::b"]
              |              ^^^^^^^^
              = help: write `arn:{partition}:service:region:account:resource`, or `*` for everything

            error[INVALID_SPEC]: an ARN has six segments, this one has 4
             --> policies.toml:6:24
              |
            6 | resources = ["bucket", "arn:aws:s3:bucket", "arn:aws:s3:::", "arn:aws:s*:::bucket", "arn:{partition}:s?:::b"]
              |                        ^^^^^^^^^^^^^^^^^^^
              = help: write `arn:{partition}:service:region:account:resource`, or `*` for everything

            error[INVALID_SPEC]: the resource segment of this ARN is empty
             --> policies.toml:6:45
              |
            6 | resources = ["bucket", "arn:aws:s3:bucket", "arn:aws:s3:::", "arn:aws:s*:::bucket", "arn:{partition}:s?:::b"]
              |                                             ^^^^^^^^^^^^^^^
              = help: write `arn:{partition}:service:region:account:resource`, or `*` for everything

            error[INVALID_SPEC]: the service segment of an ARN cannot have wildcards
             --> policies.toml:6:71
              |
            6 | resources = ["bucket", "arn:aws:s3:bucket", "arn:aws:s3:::", "arn:aws:s*:::bucket", "arn:{partition}:s?:::b"]
              |                                                                       ^^
              = help: name the service

            error[INVALID_SPEC]: the service segment of an ARN cannot have wildcards
             --> policies.toml:6:102
              |
            6 | resources = ["bucket", "arn:aws:s3:bucket", "arn:aws:s3:::", "arn:aws:s*:::bucket", "arn:{partition}:s?:::b"]
              |                                                                                                      ^^
              = help: name the service

        "#]],
    );
}

#[test]
fn an_unknown_partition_in_an_arn() {
    check_statement(
        r#"id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["arn:aws-ch:s3:::bucket", "arn:moon:s3:::bucket"]"#,
        expect![[r#"
            error[INVALID_SPEC]: AWS has no partition `aws-ch`
             --> policies.toml:6:19
              |
            6 | resources = ["arn:aws-ch:s3:::bucket", "arn:moon:s3:::bucket"]
              |                   ^^^^^^
              = help: did you mean `aws-cn`?

            error[INVALID_SPEC]: AWS has no partition `moon`
             --> policies.toml:6:45
              |
            6 | resources = ["arn:aws-ch:s3:::bucket", "arn:moon:s3:::bucket"]
              |                                             ^^^^
              = help: write `{partition}`, or one of `aws`, `aws-cn`, `aws-us-gov`, `aws-iso`, `aws-iso-b`, `aws-iso-e`, `aws-iso-f` and `aws-eusc`

        "#]],
    );
}

#[test]
fn an_undeclared_placeholder() {
    check_statement(
        r#"id = "a"
reason = "for `{prefix}`"
actions = ["s3:GetObject"]
resources = ["arn:{partiton}:s3:::b"]"#,
        expect![[r#"
            error[INVALID_SPEC]: there is no parameter `prefix`
             --> policies.toml:4:16
              |
            4 | reason = "for `{prefix}`"
              |                ^^^^^^^^
              = help: declare it in `[parameters]`, or write `{{prefix}}` for literal braces

            error[INVALID_SPEC]: there is no parameter `partiton`
             --> policies.toml:6:19
              |
            6 | resources = ["arn:{partiton}:s3:::b"]
              |                   ^^^^^^^^^^
              = help: did you mean `partition`?

        "#]],
    );
}

#[test]
fn a_misspelled_parameter() {
    check(
        r#"[parameters]
bucket-prefix = { default = "x-" }

[policy.user]
[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["arn:{partition}:s3:::{bucket-prefx}*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: there is no parameter `bucket-prefx`
             --> policies.toml:9:36
              |
            9 | resources = ["arn:{partition}:s3:::{bucket-prefx}*"]
              |                                    ^^^^^^^^^^^^^^
              = help: did you mean `bucket-prefix`?

        "#]],
    );
}

#[test]
fn braces() {
    check_statement(
        r#"id = "a"
reason = "a } and {"
actions = ["s3:GetObject"]
resources = ["arn:aws:s3:::${aws:username", "arn:aws:s3:::{}"]"#,
        expect![[r#"
            error[INVALID_SPEC]: this brace closes nothing
             --> policies.toml:4:13
              |
            4 | reason = "a } and {"
              |             ^
              = help: write `}}` for a literal brace

            error[INVALID_SPEC]: this brace is never closed
             --> policies.toml:4:19
              |
            4 | reason = "a } and {"
              |                   ^
              = help: close it with `}`, or write `{{` for a literal brace

            error[INVALID_SPEC]: this brace is never closed
             --> policies.toml:6:28
              |
            6 | resources = ["arn:aws:s3:::${aws:username", "arn:aws:s3:::{}"]
              |                            ^^
              = help: close it with `}`, or write `{{` for a literal brace

            error[INVALID_SPEC]: this cannot be the name of a parameter
             --> policies.toml:6:59
              |
            6 | resources = ["arn:aws:s3:::${aws:username", "arn:aws:s3:::{}"]
              |                                                           ^^
              = help: write `{{` and `}}` for literal braces

        "#]],
    );
}

#[test]
fn parameters() {
    check(
        r#"[parameters]
partition = { default = "x" }
"1x" = { default = "x" }
unused = { default = "x", about = "y" }
empty = { default = "" }
star = { default = "a*" }
slash = { default = "a/b" }
wide = { default = "→" }

[policy.user]
[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["arn:{partition}:s3:::{empty}{star}{slash}{wide}"]"#,
        expect![[r#"
            error[INVALID_SPEC]: the parameter `partition` is predefined and cannot be declared
             --> policies.toml:2:1
              |
            2 | partition = { default = "x" }
              | ^^^^^^^^^
              = help: choose another name, or remove it

            error[INVALID_SPEC]: `1x` is not a valid name for a parameter
             --> policies.toml:3:1
              |
            3 | "1x" = { default = "x" }
              | ^^^^
              = help: a name starts with an ASCII letter, followed by ASCII letters, digits, `-` and `_`

            error[INVALID_SPEC]: unused parameter `unused`
             --> policies.toml:4:1
              |
            4 | unused = { default = "x", about = "y" }
              | ^^^^^^
              = help: write `{unused}` where its value belongs, or remove it

            error[INVALID_SPEC]: invalid value of `empty`: it is empty, which would widen the resources that use it
             --> policies.toml:5:21
              |
            5 | empty = { default = "" }
              |                     ^^

            error[INVALID_SPEC]: invalid value of `star`: it contains `*`, which would widen the resources that use it
             --> policies.toml:6:20
              |
            6 | star = { default = "a*" }
              |                    ^^^^

            error[INVALID_SPEC]: invalid value of `slash`: it contains `/`, which this parameter does not allow
             --> policies.toml:7:21
              |
            7 | slash = { default = "a/b" }
              |                     ^^^^^
              = help: allow it with `allow-slash = true`

            error[INVALID_SPEC]: invalid value of `wide`: it contains U+2192, but IAM accepts only U+0020 to U+00FF
             --> policies.toml:8:20
              |
            8 | wide = { default = "→" }
              |                    ^^^

        "#]],
    );
}

#[test]
fn partitions() {
    check(
        r#"[policy.user]
partitions = ["aws", "aws-ch", "aws"]

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = [{ arn = "*", partitions = ["aws-cn", "moon"] }]"#,
        expect![[r#"
            error[INVALID_SPEC]: `aws-ch` is not an AWS partition
             --> policies.toml:2:22
              |
            2 | partitions = ["aws", "aws-ch", "aws"]
              |                      ^^^^^^^^
              = help: did you mean `aws-cn`?

            error[INVALID_SPEC]: duplicate `aws` in `partitions`
             --> policies.toml:2:32
              |
            2 | partitions = ["aws", "aws-ch", "aws"]
              |                                ^^^^^

            error[INVALID_SPEC]: `moon` is not an AWS partition
             --> policies.toml:8:51
              |
            8 | resources = [{ arn = "*", partitions = ["aws-cn", "moon"] }]
              |                                                   ^^^^^^
              = help: valid values are `aws`, `aws-cn`, `aws-us-gov`, `aws-iso`, `aws-iso-b`, `aws-iso-e`, `aws-iso-f` and `aws-eusc`

        "#]],
    );
}

#[test]
fn a_statement_without_resources_in_a_partition() {
    check(
        r#"[policy.user]
partitions = ["aws", "aws-cn"]

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = [{ arn = "*", partitions = ["aws"] }]

[[policy.user.statement]]
id = "b"
reason = "why"
partitions = ["aws"]
actions = ["s3:GetObject"]
resources = [{ arn = "*", partitions = ["aws"] }]"#,
        expect![[r#"
            error[INVALID_SPEC]: the statement `a` has no resources in the partition `aws-cn`
             --> policies.toml:5:6
              |
            5 | id = "a"
              |      ^^^
              = help: add some, or limit the statement with `partitions = […]`

        "#]],
    );
}

#[test]
fn an_unknown_attachment_kind() {
    check(
        r#"[policy.user]
attach = ["inline", "managd"]
[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: `inline` is not an attachment kind
             --> policies.toml:2:11
              |
            2 | attach = ["inline", "managd"]
              |           ^^^^^^^^
              = help: say what it is embedded in: `inline-user`, `inline-group` or `inline-role`

            error[INVALID_SPEC]: `managd` is not an attachment kind
             --> policies.toml:2:21
              |
            2 | attach = ["inline", "managd"]
              |                     ^^^^^^^^
              = help: did you mean `managed`?

        "#]],
    );
}

#[test]
fn an_unknown_effect() {
    check_statement(
        r#"id = "a"
effect = "deny"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: `deny` is not an effect
             --> policies.toml:4:10
              |
            4 | effect = "deny"
              |          ^^^^^^
              = help: did you mean `Deny`?

        "#]],
    );
}

#[test]
fn control_characters_in_prose() {
    let spec = r#"
[page]
title = "a\u0008b"
about = """
Tabs\tand
line breaks\r
are allowed, \u009b2J is not."""
[[page.section]]
title = "a\u007f"
text = "\u0000 and \u0001"
[parameters]
name = { default = "a", about = "a\rb" }
[policy.user]
title = "\u001b]0;title\u0007"
about = 'a<C1>b'
[[policy.user.statement]]
id = "a"
reason = "a\u001b[2J"
without = "a\u001b[2J"
actions = [{ action = "s3:GetObject", reason = "a\u001b[2J", without = "a\u001b[2J" }]
resources = [{ arn = "arn:aws:s3:::{name}/*", reason = "a\u001b[2J", without = "a\u001b[2J" }]
waive = [{ check = "A", why = "a\u001b[2J" }]
"#;
    check(
        &spec.replace("<C1>", "\u{9b}"),
        expect![[r#"
            error[INVALID_SPEC]: text cannot contain the control character U+0008
             --> policies.toml:3:11
              |
            3 | title = "a\u0008b"
              |           ^^^^^^
              = help: remove it; tabs and line breaks are allowed

            error[INVALID_SPEC]: text cannot contain the control character U+009B
             --> policies.toml:7:14
              |
            7 | are allowed, \u009b2J is not."""
              |              ^^^^^^
              = help: remove it; tabs and line breaks are allowed

            error[INVALID_SPEC]: text cannot contain the control character U+007F
             --> policies.toml:9:11
              |
            9 | title = "a\u007f"
              |           ^^^^^^
              = help: remove it; tabs and line breaks are allowed

            error[INVALID_SPEC]: text cannot contain the control character U+0000
              --> policies.toml:10:9
               |
            10 | text = "\u0000 and \u0001"
               |         ^^^^^^
               = help: remove it; tabs and line breaks are allowed

            error[INVALID_SPEC]: text cannot contain the control character U+000D
              --> policies.toml:12:35
               |
            12 | name = { default = "a", about = "a\rb" }
               |                                   ^^
               = help: remove it; tabs and line breaks are allowed

            error[INVALID_SPEC]: text cannot contain the control character U+001B
              --> policies.toml:14:10
               |
            14 | title = "\u001b]0;title\u0007"
               |          ^^^^^^
               = help: remove it; tabs and line breaks are allowed

            error[INVALID_SPEC]: text cannot contain the control character U+009B
              --> policies.toml:15:11
               |
            15 | about = 'a\u{9b}b'
               |           ^^^^^^
               = help: remove it; tabs and line breaks are allowed

            error[INVALID_SPEC]: text cannot contain the control character U+001B
              --> policies.toml:18:12
               |
            18 | reason = "a\u001b[2J"
               |            ^^^^^^
               = help: remove it; tabs and line breaks are allowed

            error[INVALID_SPEC]: text cannot contain the control character U+001B
              --> policies.toml:19:13
               |
            19 | without = "a\u001b[2J"
               |             ^^^^^^
               = help: remove it; tabs and line breaks are allowed

            error[INVALID_SPEC]: text cannot contain the control character U+001B
              --> policies.toml:20:50
               |
            20 | actions = [{ action = "s3:GetObject", reason = "a\u001b[2J", without = "a\u001b[2J" }]
               |                                                  ^^^^^^
               = help: remove it; tabs and line breaks are allowed

            error[INVALID_SPEC]: text cannot contain the control character U+001B
              --> policies.toml:20:74
               |
            20 | actions = [{ action = "s3:GetObject", reason = "a\u001b[2J", without = "a\u001b[2J" }]
               |                                                                          ^^^^^^
               = help: remove it; tabs and line breaks are allowed

            error[INVALID_SPEC]: text cannot contain the control character U+001B
              --> policies.toml:21:58
               |
            21 | resources = [{ arn = "arn:aws:s3:::{name}/*", reason = "a\u001b[2J", without = "a\u001b[2J" }]
               |                                                          ^^^^^^
               = help: remove it; tabs and line breaks are allowed

            error[INVALID_SPEC]: text cannot contain the control character U+001B
              --> policies.toml:21:82
               |
            21 | resources = [{ arn = "arn:aws:s3:::{name}/*", reason = "a\u001b[2J", without = "a\u001b[2J" }]
               |                                                                                  ^^^^^^
               = help: remove it; tabs and line breaks are allowed

            error[INVALID_SPEC]: text cannot contain the control character U+001B
              --> policies.toml:22:33
               |
            22 | waive = [{ check = "A", why = "a\u001b[2J" }]
               |                                 ^^^^^^
               = help: remove it; tabs and line breaks are allowed

        "#]],
    );
}

#[test]
fn characters_iam_rejects() {
    check_statement(
        "id = \"a\"\nreason = \"→ is fine here\"\nactions = [\"s3:Gét→\"]\nresources = [\"arn:aws:s3:::bücket→\", '''arn:aws:s3:::日''', \"arn:aws:s3:::\\u2192\"]\ncondition.StringEquals.\"aws:PrincipalTag/→\" = \"日本\"",
        expect![[r#"
            error[INVALID_SPEC]: IAM does not accept the character U+2192
             --> policies.toml:5:19
              |
            5 | actions = ["s3:Gét→"]
              |                   ^
              = help: policies can contain tab, line feed, carriage return, and U+0020 to U+00FF

            error[INVALID_SPEC]: IAM does not accept the character U+2192
             --> policies.toml:6:34
              |
            6 | resources = ["arn:aws:s3:::bücket→", '''arn:aws:s3:::日''', "arn:aws:s3:::\u2192"]
              |                                  ^
              = help: policies can contain tab, line feed, carriage return, and U+0020 to U+00FF

            error[INVALID_SPEC]: IAM does not accept the character U+65E5
             --> policies.toml:6:54
              |
            6 | resources = ["arn:aws:s3:::bücket→", '''arn:aws:s3:::日''', "arn:aws:s3:::\u2192"]
              |                                                      ^
              = help: policies can contain tab, line feed, carriage return, and U+0020 to U+00FF

            error[INVALID_SPEC]: IAM does not accept the character U+2192
             --> policies.toml:6:74
              |
            6 | resources = ["arn:aws:s3:::bücket→", '''arn:aws:s3:::日''', "arn:aws:s3:::\u2192"]
              |                                                                          ^^^^^^
              = help: policies can contain tab, line feed, carriage return, and U+0020 to U+00FF

            error[INVALID_SPEC]: IAM does not accept the character U+2192
             --> policies.toml:7:42
              |
            7 | condition.StringEquals."aws:PrincipalTag/→" = "日本"
              |                                          ^
              = help: policies can contain tab, line feed, carriage return, and U+0020 to U+00FF

            error[INVALID_SPEC]: IAM does not accept the character U+65E5
             --> policies.toml:7:48
              |
            7 | condition.StringEquals."aws:PrincipalTag/→" = "日本"
              |                                                ^
              = help: policies can contain tab, line feed, carriage return, and U+0020 to U+00FF

        "#]],
    );
}

#[test]
fn conditions() {
    check_statement(
        r#"id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]
condition.Bool."aws:SecureTransport" = true
condition.NumericLessThan."aws:MultiFactorAuthAge" = 3600
condition.StringEquals."aws:x" = []
condition.StringLike = "x"
condition.StringNotLike = {}
condition.Null."aws:y" = [{}, 2020-01-01]
condition.""."" = "x""#,
        expect![[r#"
            error[INVALID_SPEC]: `aws:x` has no values
             --> policies.toml:9:34
              |
            9 | condition.StringEquals."aws:x" = []
              |                                  ^^
              = help: add at least one, or remove the key

            error[INVALID_SPEC]: `StringLike` must be a table of condition keys, not a string
              --> policies.toml:10:24
               |
            10 | condition.StringLike = "x"
               |                        ^^^
               = help: for example, `condition.StringEquals."aws:RequestedRegion" = ["eu-west-1", "us-east-1"]`

            error[INVALID_SPEC]: `StringNotLike` has no condition keys
              --> policies.toml:11:27
               |
            11 | condition.StringNotLike = {}
               |                           ^^

            error[INVALID_SPEC]: a value of `aws:y` must be a string, a number or a boolean, not a table
              --> policies.toml:12:27
               |
            12 | condition.Null."aws:y" = [{}, 2020-01-01]
               |                           ^^
               = help: quote the whole condition key, such as `"aws:RequestedRegion"`

            error[INVALID_SPEC]: a value of `aws:y` must be a string, a number or a boolean, not a date
              --> policies.toml:12:31
               |
            12 | condition.Null."aws:y" = [{}, 2020-01-01]
               |                               ^^^^^^^^^^
               = help: write `"2020-01-01"`

            error[INVALID_SPEC]: a condition operator cannot be empty
              --> policies.toml:13:11
               |
            13 | condition.""."" = "x"
               |           ^^

            error[INVALID_SPEC]: a condition key cannot be empty
              --> policies.toml:13:14
               |
            13 | condition.""."" = "x"
               |              ^^

        "#]],
    );
}

#[test]
fn a_policy_without_statements() {
    check(
        r#"[policy.user]
title = "User""#,
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
fn a_policy_without_a_table() {
    check(
        r#"[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: the policy `user` has no `[policy.user]` table
             --> policies.toml:1:10
              |
            1 | [[policy.user.statement]]
              |          ^^^^
              = help: add one before the policy's other tables

        "#]],
    );
}

#[test]
fn a_policy_after_its_statements() {
    check(
        r#"[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]

[policy.user]
title = "User""#,
        expect![[r#"
            error[INVALID_SPEC]: this table must come before the other tables of the policy `user`
             --> policies.toml:7:1
              |
            7 | [policy.user]
              | ^^^^^^^^^^^^^
              = help: move it before the first of them

        "#]],
    );
}

#[test]
fn waivers() {
    check(
        r#"[policy.user]
[[policy.user.statement]]
id = "a"
reason = "why"
waive = [{ check = "X" }, { check = "", why = "y" }, { check = "X", why = "" }]
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: missing key `why` in a waiver
             --> policies.toml:5:10
              |
            5 | waive = [{ check = "X" }, { check = "", why = "y" }, { check = "X", why = "" }]
              |          ^^^^^^^^^^^^^^^
              = help: for example, `{ check = "INVALID_ACTION", why = "announced last week" }`

            error[INVALID_SPEC]: `check` is empty
             --> policies.toml:5:37
              |
            5 | waive = [{ check = "X" }, { check = "", why = "y" }, { check = "X", why = "" }]
              |                                     ^^

            error[INVALID_SPEC]: `why` is empty
             --> policies.toml:5:75
              |
            5 | waive = [{ check = "X" }, { check = "", why = "y" }, { check = "X", why = "" }]
              |                                                                           ^^

        "#]],
    );
}

#[test]
fn a_trust_policy() {
    check(
        r#"[policy.role]
[[policy.role.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]

[policy.role.trust]
services = ["lambda", "my service", ""]"#,
        expect![[r#"
            error[INVALID_SPEC]: `my service` is not a service principal
             --> policies.toml:9:23
              |
            9 | services = ["lambda", "my service", ""]
              |                       ^^^^^^^^^^^^
              = help: write the service's name, such as `lambda`, or the full principal, `lambda.amazonaws.com`

            error[INVALID_SPEC]: an element of `services` is empty
             --> policies.toml:9:37
              |
            9 | services = ["lambda", "my service", ""]
              |                                     ^^

        "#]],
    );
}

#[test]
fn a_trust_policy_without_services() {
    check(
        r#"[policy.role]
[[policy.role.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]

[policy.role.trust]
about = "x""#,
        expect![[r#"
            error[INVALID_SPEC]: missing key `services` or `statement` in a trust policy
             --> policies.toml:8:1
              |
            8 | [policy.role.trust]
              | ^^^^^^^^^^^^^^^^^^^
              = help: add `services = ["lambda"]`, or `[[policy.role.trust.statement]]` for other principals

        "#]],
    );
}

#[test]
fn the_page() {
    check(
        r#"[page]
tilte = "x"
[[page.section]]
title = "x"

[policy.user]
[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `tilte` in the page
             --> policies.toml:2:1
              |
            2 | tilte = "x"
              | ^^^^^
              = help: did you mean `title`?

            error[INVALID_SPEC]: missing key `text` in a section of the page
             --> policies.toml:3:1
              |
            3 | [[page.section]]
              | ^^^^^^^^^^^^^^^^
              = help: for example, `text = "Ask the policy simulator."`

        "#]],
    );
}

#[test]
fn windows_line_ends_and_tabs() {
    check(
        "[policy.user]\r\n[[policy.user.statement]]\r\nid = \"a\"\r\nreason = \"why\"\r\nactions = [\r\n\t\"s3.GetObject\",\r\n]\r\nresources = [\"*\"]\r\n",
        expect![[r#"
            error[INVALID_SPEC]: `s3.GetObject` is not an action
             --> policies.toml:6:2
              |
            6 |  "s3.GetObject",
              |  ^^^^^^^^^^^^^^
              = help: did you mean `s3:GetObject`?

        "#]],
    );
}

#[test]
fn a_duplicate_choice() {
    check(
        r#"[policy.user]
attach = ["managed", "managed"]
[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: duplicate `managed` in `attach`
             --> policies.toml:2:22
              |
            2 | attach = ["managed", "managed"]
              |                      ^^^^^^^^^

        "#]],
    );
}

#[test]
fn a_partition_outside_the_policys() {
    check(
        r#"[policy.user]
[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*", { arn = "*", partitions = ["aws-cn"] }]"#,
        expect![[r#"
            error[INVALID_SPEC]: the policy `user` is not generated for the partition `aws-cn`
             --> policies.toml:6:46
              |
            6 | resources = ["*", { arn = "*", partitions = ["aws-cn"] }]
              |                                              ^^^^^^^^
              = help: add it to the policy's `partitions`, or remove it here

        "#]],
    );
}

/// A statement of about `size` characters.
fn bulk(header: &str, id: &str, size: usize) -> String {
    let actions: Vec<_> = (0..size / 20).map(|i| format!("\"s3:GetAnObject{i:04}\",")).collect();
    let actions = actions.concat();
    format!("[[{header}]]\nid = \"{id}\"\nreason = \"why\"\nactions = [{actions}]\nresources = [\"*\"]\n\n")
}

#[test]
fn an_oversized_policy() {
    let statements = bulk("policy.user.statement", "small", 500) + &bulk("policy.user.statement", "large", 1600);
    check(
        &format!(
            "[policy.user]\nattach = [\"managed\", \"inline-user\"]\npartitions = [\"aws\", \"aws-cn\"]\n{statements}"
        ),
        expect![[r#"
            error[INVALID_SPEC]: the policy `user` has 2,365 characters, 317 more than the quota of 2,048 for `inline-user`
             --> policies.toml:2:22
              |
            2 | attach = ["managed", "inline-user"]
              |                      ^^^^^^^^^^^^^
              = note: measured in the partition `aws`, not counting white space outside strings
              = note: its largest statements: `large` (1,740), `small` (585)
              = help: shorten the policy, or remove `inline-user` from its `attach`

        "#]],
    );
}

#[test]
fn extensions_that_exceed_the_quota() {
    let base = bulk("policy.user.statement", "base", 1000);
    let one = bulk("policy.user.extension.one.statement", "one", 400);
    let two = bulk("policy.user.extension.two.statement", "two", 400);
    let large = bulk("policy.user.extension.large.statement", "large", 5000);
    check(
        &format!(
            "[policy.user]\nattach = [\"inline-user\"]\n{base}[policy.user.extension.one]\n{one}\
             [policy.user.extension.two]\n{two}[policy.user.extension.large]\nattach = [\"managed\"]\n{large}"
        ),
        expect![[r#"
            error[INVALID_SPEC]: the policy `user` with the extensions `one` and `two` has 2,106 characters, 58 more than the quota of 2,048 for `inline-user`
             --> policies.toml:2:11
              |
            2 | attach = ["inline-user"]
              |           ^^^^^^^^^^^^^
              = note: measured in the partition `aws`, not counting white space outside strings
              = note: its largest statements: `base` (1,109), `one` (478), `two` (478)
              = help: shorten it, or give the extension an `attach` without `inline-user`

            error[INVALID_SPEC]: the policy `user` with the extension `large` has 6,459 characters, 315 more than the quota of 6,144 for `managed`
              --> policies.toml:24:11
               |
            24 | attach = ["managed"]
               |           ^^^^^^^^^
               = note: measured in the partition `aws`, not counting white space outside strings
               = note: its largest statements: `large` (5,310), `base` (1,109)
               = help: shorten it, or give the extension an `attach` without `managed`

        "#]],
    );
}

#[test]
fn an_oversized_trust_policy() {
    let services: Vec<_> = (0..60).map(|i| format!("\"service-number-{i:08}\",")).collect();
    let services = services.concat();
    check(
        &format!(
            "[policy.role]\n{}[policy.role.trust]\nservices = [{services}]",
            bulk("policy.role.statement", "a", 100)
        ),
        expect![[r#"
            error[INVALID_SPEC]: the trust policy has 2,511 characters, 463 more than its quota of 2,048
             --> policies.toml:8:1
              |
            8 | [policy.role.trust]
              | ^^^^^^^^^^^^^^^^^^^
              = help: shorten it

        "#]],
    );
}

#[test]
fn a_literal_partition_that_grants_nothing() {
    check(
        r#"[policy.user]
partitions = ["aws", "aws-cn"]

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = [
  "arn:aws:s3:::b/*",
  "arn:*:s3:::b/*",
  "arn:{partition}-cn:s3:::b/*",
  { arn = "arn:aws-cn:s3:::b/*", partitions = ["aws-cn"] },
]"#,
        expect![[r#"
            error[INVALID_SPEC]: this ARN matches nothing in the partition `aws-cn`
             --> policies.toml:9:8
              |
            9 |   "arn:aws:s3:::b/*",
              |        ^^^
              = help: write `{partition}`, or limit the resource with `partitions = […]`

            error[INVALID_SPEC]: this ARN matches nothing in the partitions `aws` and `aws-cn`
              --> policies.toml:11:8
               |
            11 |   "arn:{partition}-cn:s3:::b/*",
               |        ^^^^^^^^^^^^^^
               = help: write `{partition}`, or limit the resource with `partitions = […]`

        "#]],
    );
}

#[test]
fn placeholders_in_conditions() {
    check(
        r#"[parameters]
p = { default = "x" }

[policy.user]
[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]
condition."{p}"."aws:ResourceTag/{p}" = "{p}""#,
        expect![[r#"
            error[INVALID_SPEC]: `{p}` cannot contain placeholders
              --> policies.toml:10:12
               |
            10 | condition."{p}"."aws:ResourceTag/{p}" = "{p}"
               |            ^
               = help: placeholders are only allowed in resources, condition values and prose

            error[INVALID_SPEC]: `aws:ResourceTag/{p}` cannot contain placeholders
              --> policies.toml:10:34
               |
            10 | condition."{p}"."aws:ResourceTag/{p}" = "{p}"
               |                                  ^
               = help: placeholders are only allowed in resources, condition values and prose

        "#]],
    );
}

#[test]
fn lists_that_swallow_the_next_table() {
    check(
        r#"[policy.user]
title = "x

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject",
resources = ["*"]

[[policy.user.statement]]
id = "b"
reason = "why"
actions = ["s3:PutObject"]
resources = ["*"]

[[policy.user.statement]]
id = "c"
reason = "why"
actions = ["s3.PutObject"]
resources = ["*"]"#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: invalid TOML: invalid basic string, expected `"`
             --> policies.toml:2:11
              |
            2 | title = "x
              |           ^
              = help: close the string with a `"`

            error[TOML_SYNTAX_ERROR]: invalid TOML: string values must be quoted, expected literal string
             --> policies.toml:8:1
              |
            8 | resources = ["*"]
              | ^^^^^^^^^

        "#]],
    );
}

#[test]
fn an_invalid_header() {
    check(
        r#"[policy.user
title = "x"

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: invalid TOML: unclosed table, expected `]`
             --> policies.toml:1:13
              |
            1 | [policy.user
              |             ^

        "#]],
    );
}

#[test]
fn misspelled_required_keys() {
    check(
        r#"[parameter]
p = { defalt = "x" }

[policy.user]
partition = ["aws"]

[[policy.user.statment]]
ID = "a"
raeson = "why"
actoins = [{ actoin = "s3:GetObject" }]
resorces = [{ anr = "arn:{partition}:s3:::{p}" }]"#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `parameter` in a spec
             --> policies.toml:1:2
              |
            1 | [parameter]
              |  ^^^^^^^^^
              = help: did you mean `parameters`?

            error[INVALID_SPEC]: unknown key `defalt` in a parameter
             --> policies.toml:2:7
              |
            2 | p = { defalt = "x" }
              |       ^^^^^^
              = help: did you mean `default`?

            error[INVALID_SPEC]: unknown key `partition` in a policy
             --> policies.toml:5:1
              |
            5 | partition = ["aws"]
              | ^^^^^^^^^
              = help: did you mean `partitions`?

            error[INVALID_SPEC]: unknown key `statment` in a policy
             --> policies.toml:7:15
              |
            7 | [[policy.user.statment]]
              |               ^^^^^^^^
              = help: did you mean `statement`?

            error[INVALID_SPEC]: unknown key `ID` in a statement
             --> policies.toml:8:1
              |
            8 | ID = "a"
              | ^^
              = help: did you mean `id`?

            error[INVALID_SPEC]: unknown key `raeson` in a statement
             --> policies.toml:9:1
              |
            9 | raeson = "why"
              | ^^^^^^
              = help: did you mean `reason`?

            error[INVALID_SPEC]: unknown key `actoins` in a statement
              --> policies.toml:10:1
               |
            10 | actoins = [{ actoin = "s3:GetObject" }]
               | ^^^^^^^
               = help: did you mean `actions`?

            error[INVALID_SPEC]: unknown key `actoin` in an action
              --> policies.toml:10:14
               |
            10 | actoins = [{ actoin = "s3:GetObject" }]
               |              ^^^^^^
               = help: did you mean `action`?

            error[INVALID_SPEC]: unknown key `resorces` in a statement
              --> policies.toml:11:1
               |
            11 | resorces = [{ anr = "arn:{partition}:s3:::{p}" }]
               | ^^^^^^^^
               = help: did you mean `resources`?

            error[INVALID_SPEC]: unknown key `anr` in a resource
              --> policies.toml:11:15
               |
            11 | resorces = [{ anr = "arn:{partition}:s3:::{p}" }]
               |               ^^^
               = help: did you mean `arn`?

        "#]],
    );
}

#[test]
fn placeholders_in_multi_line_prose() {
    check(
        r#"[policy.user]
about = """
First line.
Then `{here}`."""

[[policy.user.statement]]
id = "a"
reason = """\
  Begins \
  with `{there}`."""
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: there is no parameter `here`
             --> policies.toml:4:7
              |
            4 | Then `{here}`."""
              |       ^^^^^^
              = help: declare it in `[parameters]`, or write `{{here}}` for literal braces

            error[INVALID_SPEC]: there is no parameter `there`
              --> policies.toml:10:9
               |
            10 |   with `{there}`."""
               |         ^^^^^^^
               = help: declare it in `[parameters]`, or write `{{there}}` for literal braces

        "#]],
    );
}

#[test]
fn a_statement_without_an_id_is_checked() {
    check_statement(
        r#"reason = "why"
actions = ["s3.GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: missing key `id` in a statement
             --> policies.toml:2:1
              |
            2 | [[policy.user.statement]]
              | ^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: for example, `id = "fetch-reports"`

            error[INVALID_SPEC]: `s3.GetObject` is not an action
             --> policies.toml:4:12
              |
            4 | actions = ["s3.GetObject"]
              |            ^^^^^^^^^^^^^^
              = help: did you mean `s3:GetObject`?

        "#]],
    );
}

#[test]
fn a_policy_without_statements_in_a_partition() {
    check(
        r#"[policy.user]
partitions = ["aws", "aws-cn"]

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]
partitions = ["aws"]"#,
        expect![[r#"
            error[INVALID_SPEC]: the policy `user` has no statements in the partition `aws-cn`
             --> policies.toml:1:9
              |
            1 | [policy.user]
              |         ^^^^
              = help: add some, or shorten the policy's `partitions`

        "#]],
    );
}

#[test]
fn a_title_of_several_lines() {
    check(
        r#"[policy.user]
title = """T

# U"""

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: a title must be a single line
             --> policies.toml:2:9
              |
            2 | title = """T
              |         ^^^^
              = help: move the rest to `about`

        "#]],
    );
}

#[test]
fn a_line_that_begins_with_a_bracket() {
    check(
        r#"[policy.user]
about = """
[link](x)
"""

[[policy.user.statement]]
id = "a"
reason = "why"
actions = [
["x"],
"s3.y",
]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: an element of `actions` must be a string or a table, not a list
              --> policies.toml:10:1
               |
            10 | ["x"],
               | ^^^^^
               = help: for example, `actions = ["s3:GetObject", { action = "s3:DeleteObject", reason = "Removes old reports." }]`

            error[INVALID_SPEC]: `s3.y` is not an action
              --> policies.toml:11:1
               |
            11 | "s3.y",
               | ^^^^^^
               = help: did you mean `s3:y`?

        "#]],
    );
}

#[test]
fn many_empty_lines() {
    check(
        r#"[policy.user]
=
=
=

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: invalid TOML: unquoted keys cannot be empty, expected letters, numbers, `-`, `_`
             --> policies.toml:2:1
              |
            2 | =
              | ^

        "#]],
    );
}

#[test]
fn outputs_are_known() {
    check(
        r#"outputs = ["json", "teraform", "pdf", "json"]
[policy.user]
[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]"#,
        expect![[r#"
            error[INVALID_SPEC]: `teraform` is not an output format
             --> policies.toml:1:20
              |
            1 | outputs = ["json", "teraform", "pdf", "json"]
              |                    ^^^^^^^^^^
              = help: did you mean `terraform`?

            error[INVALID_SPEC]: `pdf` is not an output format
             --> policies.toml:1:32
              |
            1 | outputs = ["json", "teraform", "pdf", "json"]
              |                                ^^^^^
              = help: valid values are `json`, `markdown`, `html`, `terraform`, `cloudformation`, `cdk-typescript` and `cdk-python`

            error[INVALID_SPEC]: duplicate `json` in `outputs`
             --> policies.toml:1:39
              |
            1 | outputs = ["json", "teraform", "pdf", "json"]
              |                                       ^^^^^^

        "#]],
    );
}

#[test]
fn deployed_names() {
    check(
        r#"[parameters]
role = { default = "team/worker", allow-slash = true }
[policy.a]
deploy-as = "a b"
[[policy.a.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["arn:aws:s3:::{role}"]
[policy.b]
deploy-as = "x-{role}"
[[policy.b.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]
[policy.c]
deploy-as = "Team/Worker"
[[policy.c.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]
[policy.d]
deploy-as = "{role}"
[[policy.d.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]
[policy.e]
deploy-as = "/e"
[[policy.e.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]
[policy.f]
deploy-as = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
[[policy.f.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject"]
resources = ["*"]
[policy.f.trust]
services = ["lambda"]"#,
        expect![[r#"
            error[INVALID_SPEC]: the name `a b` contains ` `, which IAM does not accept
             --> policies.toml:4:13
              |
            4 | deploy-as = "a b"
              |             ^^^^^
              = help: names can contain ASCII letters, digits and `+=,.@_-`; a path ends with `/`

            error[INVALID_SPEC]: the value of `role` may begin with a path, so no text can be before it
              --> policies.toml:11:13
               |
            11 | deploy-as = "x-{role}"
               |             ^^^^^^^^^^
               = help: begin the name with it, or write `/` before it

            error[INVALID_SPEC]: the policies `c` and `d` would both be deployed as `team/worker`
              --> policies.toml:25:13
               |
            25 | deploy-as = "{role}"
               |             ^^^^^^^^
               = help: choose another name for one of them

            error[INVALID_SPEC]: `/e` is not a name with a path
              --> policies.toml:32:13
               |
            32 | deploy-as = "/e"
               |             ^^^^
               = help: write the path before the name, as in `team/worker`

            error[INVALID_SPEC]: the name of a role can have 64 characters, but `ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff` has 66
              --> policies.toml:39:13
               |
            39 | deploy-as = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
               |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        "#]],
    );
}
