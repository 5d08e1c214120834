//! Broken parameters and environments, and their diagnostics.

mod said;

use expect_test::{Expect, expect};

use crate::said::said;

/// Checks a spec with one policy, whose statement has one resource.
///
/// - `parameters`: the contents of `[parameters]`, which starts on line 1
/// - `rest`: lines after the statement, which ends on line 10 if there is one parameter
fn check(parameters: &str, resource: &str, rest: &str, expected: Expect) {
    check_policy("", parameters, resource, rest, expected);
}

/// Checks a spec whose policy is limited in size.
fn check_size(parameters: &str, resource: &str, rest: &str, expected: Expect) {
    check_policy("attach = [\"inline-user\"]\n", parameters, resource, rest, expected);
}

fn check_policy(keys: &str, parameters: &str, resource: &str, rest: &str, expected: Expect) {
    expected.assert_eq(&said(&format!(
        "[parameters]\n{parameters}\n\n[policy.user]\n{keys}[[policy.user.statement]]\nid = \"a\"\nreason = \"r\"\n\
         actions = [\"s3:GetObject\"]\nresources = [\"{resource}\"]\n{rest}"
    )));
}

#[test]
fn an_unknown_kind() {
    check(
        r#"x = { kind = "acount" }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: `acount` is not a kind of parameter
             --> policies.toml:2:14
              |
            2 | x = { kind = "acount" }
              |              ^^^^^^^^
              = help: did you mean `account`?

        "#]],
    );
}

#[test]
fn a_kind_that_resembles_none() {
    check(
        r#"x = { kind = "integer", default = "a" }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: `integer` is not a kind of parameter
             --> policies.toml:2:14
              |
            2 | x = { kind = "integer", default = "a" }
              |              ^^^^^^^^^
              = help: valid values are `text`, `account`, `region`, `partition`, `arn` and `list`

        "#]],
    );
}

#[test]
fn an_account_as_a_number() {
    check(
        r#"x = { kind = "account", default = 123456789012 }"#,
        "arn:aws:sns:*:{x}:t",
        "",
        expect![[r#"
            error[INVALID_SPEC]: `default` must be a string or a list of strings, not a number
             --> policies.toml:2:35
              |
            2 | x = { kind = "account", default = 123456789012 }
              |                                   ^^^^^^^^^^^^
              = help: write `"123456789012"`

        "#]],
    );
}

#[test]
fn an_account_with_too_few_digits() {
    check(
        r#"x = { kind = "account", default = "12345678901" }"#,
        "arn:aws:sns:*:{x}:t",
        "",
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it is not an account ID, which has twelve digits
             --> policies.toml:2:35
              |
            2 | x = { kind = "account", default = "12345678901" }
              |                                   ^^^^^^^^^^^^^

        "#]],
    );
}

#[test]
fn an_account_that_may_not_be_any() {
    check(
        r#"x = { kind = "account", default = "*" }"#,
        "arn:aws:sns:*:{x}:t",
        "",
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it is `*`, which this parameter does not allow
             --> policies.toml:2:35
              |
            2 | x = { kind = "account", default = "*" }
              |                                   ^^^
              = help: allow it with `any = true`, if every account or Region is meant

        "#]],
    );
}

#[test]
fn a_region_with_a_zone() {
    check(
        r#"x = { kind = "region", default = "eu-west-1a" }"#,
        "arn:aws:sns:{x}:*:t",
        "",
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it is not the code of an AWS Region, such as `eu-west-1`
             --> policies.toml:2:34
              |
            2 | x = { kind = "region", default = "eu-west-1a" }
              |                                  ^^^^^^^^^^^^

        "#]],
    );
}

#[test]
fn an_unknown_partition() {
    check(
        r#"x = { kind = "partition", default = "aws-moon" }"#,
        "arn:{x}:s3:::b",
        "",
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it is not an AWS partition, such as `aws` or `aws-cn`
             --> policies.toml:2:37
              |
            2 | x = { kind = "partition", default = "aws-moon" }
              |                                     ^^^^^^^^^^

        "#]],
    );
}

#[test]
fn a_name_in_place_of_an_arn() {
    check(
        r#"x = { kind = "arn", default = "my-role" }"#,
        "{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it is not an ARN, such as `arn:aws:iam::123456789012:role/name`
             --> policies.toml:2:31
              |
            2 | x = { kind = "arn", default = "my-role" }
              |                               ^^^^^^^^^
              = help: write the whole ARN

        "#]],
    );
}

#[test]
fn an_arn_with_a_wildcard() {
    check(
        r#"x = { kind = "arn", default = "arn:aws:s3:::b/*" }"#,
        "{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it contains `*`, which would widen the resources that use it
             --> policies.toml:2:31
              |
            2 | x = { kind = "arn", default = "arn:aws:s3:::b/*" }
              |                               ^^^^^^^^^^^^^^^^^^

        "#]],
    );
}

#[test]
fn an_arn_after_other_text() {
    check(
        r#"x = { kind = "arn" }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: `{x}` is a whole ARN, so nothing can come before it
             --> policies.toml:9:28
              |
            9 | resources = ["arn:aws:s3:::{x}"]
              |                            ^^^
              = help: begin with `{x}`, or use a parameter of another kind

        "#]],
    );
}

#[test]
fn a_text_in_place_of_a_list() {
    check(
        r#"x = { kind = "list", default = "a" }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it is a single value, but this parameter is a list
             --> policies.toml:2:32
              |
            2 | x = { kind = "list", default = "a" }
              |                                ^^^
              = help: write `["a"]`

        "#]],
    );
}

#[test]
fn a_list_without_its_kind() {
    check(
        r#"x = { default = ["a", "b"] }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it is a list, but this parameter has a single value
             --> policies.toml:2:17
              |
            2 | x = { default = ["a", "b"] }
              |                 ^^^^^^^^^^
              = help: add `kind = "list"` to the parameter

        "#]],
    );
}

#[test]
fn a_list_for_an_account() {
    check(
        r#"x = { kind = "account", default = ["123456789012"] }"#,
        "arn:aws:sns:*:{x}:t",
        "",
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it is a list, but this parameter has a single value
             --> policies.toml:2:35
              |
            2 | x = { kind = "account", default = ["123456789012"] }
              |                                   ^^^^^^^^^^^^^^^^

        "#]],
    );
}

#[test]
fn an_empty_list() {
    check(
        r#"x = { kind = "list", default = [] }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it has no elements
             --> policies.toml:2:32
              |
            2 | x = { kind = "list", default = [] }
              |                                ^^

        "#]],
    );
}

#[test]
fn a_duplicate_in_a_list() {
    check(
        r#"x = { kind = "list", default = ["a", "b", "a"] }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it contains the same element twice
             --> policies.toml:2:43
              |
            2 | x = { kind = "list", default = ["a", "b", "a"] }
              |                                           ^^^
              = help: remove it

        "#]],
    );
}

#[test]
fn a_comma_in_a_list() {
    check(
        r#"x = { kind = "list", default = ["a,b"] }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it contains `,`, which separates the elements of a list
             --> policies.toml:2:33
              |
            2 | x = { kind = "list", default = ["a,b"] }
              |                                 ^^^^^

        "#]],
    );
}

#[test]
fn a_wildcard_in_a_list() {
    check(
        r#"x = { kind = "list", default = ["a", "b*"] }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it contains `*`, which would widen the resources that use it
             --> policies.toml:2:38
              |
            2 | x = { kind = "list", default = ["a", "b*"] }
              |                                      ^^^^

        "#]],
    );
}

#[test]
fn a_number_in_a_list() {
    check(
        r#"x = { kind = "list", default = ["a", 1] }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: an element of `default` must be a string, not a number
             --> policies.toml:2:38
              |
            2 | x = { kind = "list", default = ["a", 1] }
              |                                      ^
              = help: write `"1"`

        "#]],
    );
}

#[test]
fn too_many_elements() {
    check(
        r#"x = { kind = "list", default = ["a", "b"], max-items = 1 }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it has more than 1 element
             --> policies.toml:2:32
              |
            2 | x = { kind = "list", default = ["a", "b"], max-items = 1 }
              |                                ^^^^^^^^^^

        "#]],
    );
}

#[test]
fn a_value_that_is_too_long() {
    check(
        r#"x = { default = "abcdef", max-length = 5 }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it has more than 5 characters
             --> policies.toml:2:17
              |
            2 | x = { default = "abcdef", max-length = 5 }
              |                 ^^^^^^^^

        "#]],
    );
}

#[test]
fn a_limit_of_zero() {
    check(
        r#"x = { default = "a", max-length = 0 }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: `max-length` must be a positive whole number, not `0`
             --> policies.toml:2:35
              |
            2 | x = { default = "a", max-length = 0 }
              |                                   ^
              = help: for example, `stage = { max-length = 8 }`

        "#]],
    );
}

#[test]
fn a_limit_as_text() {
    check(
        r#"x = { default = "a", max-length = "5" }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: `max-length` must be a positive whole number, not a string
             --> policies.toml:2:35
              |
            2 | x = { default = "a", max-length = "5" }
              |                                   ^^^
              = help: for example, `stage = { max-length = 8 }`

        "#]],
    );
}

#[test]
fn a_misspelled_limit() {
    check(
        r#"x = { default = "a", maxlength = 5 }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: unknown key `maxlength` in a parameter
             --> policies.toml:2:22
              |
            2 | x = { default = "a", maxlength = 5 }
              |                      ^^^^^^^^^
              = help: did you mean `max-length`?

        "#]],
    );
}

#[test]
fn a_limit_of_an_account() {
    check(
        r#"x = { kind = "account", max-length = 12 }"#,
        "arn:aws:sns:*:{x}:t",
        "",
        expect![[r#"
            error[INVALID_SPEC]: `max-length` has no effect on a parameter of the kind `account`
             --> policies.toml:2:25
              |
            2 | x = { kind = "account", max-length = 12 }
              |                         ^^^^^^^^^^
              = help: remove it; it is for the kinds `text`, `arn` and `list`

        "#]],
    );
}

#[test]
fn items_of_a_text() {
    check(
        r#"x = { default = "a", max-items = 2 }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: `max-items` has no effect on a parameter of the kind `text`
             --> policies.toml:2:22
              |
            2 | x = { default = "a", max-items = 2 }
              |                      ^^^^^^^^^
              = help: remove it; it is for the kind `list`

        "#]],
    );
}

#[test]
fn any_text() {
    check(
        r#"x = { default = "a", any = true }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: `any` has no effect on a parameter of the kind `text`
             --> policies.toml:2:22
              |
            2 | x = { default = "a", any = true }
              |                      ^^^
              = help: remove it; it is for the kinds `account` and `region`

        "#]],
    );
}

#[test]
fn a_slash_in_a_region() {
    check(
        r#"x = { kind = "region", allow-slash = true }"#,
        "arn:aws:sns:{x}:*:t",
        "",
        expect![[r#"
            error[INVALID_SPEC]: `allow-slash` has no effect on a parameter of the kind `region`
             --> policies.toml:2:24
              |
            2 | x = { kind = "region", allow-slash = true }
              |                        ^^^^^^^^^^^
              = help: remove it; it is for the kinds `text` and `list`

        "#]],
    );
}

#[test]
fn any_that_would_widen_a_name() {
    check(
        r#"x = { kind = "account", default = "*", any = true }"#,
        "arn:aws:s3:::{x}-logs",
        "",
        expect![[r#"
            error[INVALID_SPEC]: the value of `{x}` may be `*`, which would widen the text that contains it
             --> policies.toml:9:28
              |
            9 | resources = ["arn:aws:s3:::{x}-logs"]
              |                            ^^^
              = help: use it as the whole Region or account of a resource, or remove `any = true`

        "#]],
    );
}

#[test]
fn any_in_part_of_a_segment() {
    check(
        r#"x = { kind = "region", any = true }"#,
        "arn:aws:sns:{x}-1:*:t",
        "",
        expect![[r#"
            error[INVALID_SPEC]: the value of `{x}` may be `*`, which would widen the text that contains it
             --> policies.toml:9:27
              |
            9 | resources = ["arn:aws:sns:{x}-1:*:t"]
              |                           ^^^
              = help: use it as the whole Region or account of a resource, or remove `any = true`

        "#]],
    );
}

#[test]
fn any_in_a_condition() {
    check(
        r#"x = { kind = "account", any = true }"#,
        "*",
        r#"condition.StringLike."aws:ResourceAccount" = "{x}"
"#,
        expect![[r#"
            error[INVALID_SPEC]: the value of `{x}` may be `*`, which would widen the text that contains it
              --> policies.toml:10:47
               |
            10 | condition.StringLike."aws:ResourceAccount" = "{x}"
               |                                               ^^^
               = help: use it as the whole Region or account of a resource, or remove `any = true`

        "#]],
    );
}

#[test]
fn two_lists_in_one_resource() {
    check(
        r#"x = { kind = "list", default = ["a"] }
y = { kind = "list", default = ["b"] }"#,
        "arn:aws:s3:::{x}/{y}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: `{x}` and `{y}` are lists, and only one can be repeated here
              --> policies.toml:10:32
               |
            10 | resources = ["arn:aws:s3:::{x}/{y}"]
               |                                ^^^
               = help: keep one of them

        "#]],
    );
}

#[test]
fn a_type_in_place_of_a_kind() {
    check(
        r#"x = { type = "account" }"#,
        "arn:aws:sns:*:{x}:t",
        "",
        expect![[r#"
            error[INVALID_SPEC]: unknown key `type` in a parameter
             --> policies.toml:2:7
              |
            2 | x = { type = "account" }
              |       ^^^^
              = help: did you mean `kind`?

        "#]],
    );
}

#[test]
fn required_is_not_a_key() {
    check(
        "x = { required = true }",
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: unknown key `required` in a parameter
             --> policies.toml:2:7
              |
            2 | x = { required = true }
              |       ^^^^^^^^
              = help: valid keys are `kind`, `default`, `about`, `allow-slash`, `any`, `max-length` and `max-items`

        "#]],
    );
}

#[test]
fn an_environment_that_misses_a_parameter() {
    check(
        r#"x = { kind = "account" }"#,
        "arn:aws:sns:*:{x}:t",
        r#"[environment.prod]
"#,
        expect![[r#"
            error[INVALID_SPEC]: the environment `prod` does not set the parameter `x`, which has no default
              --> policies.toml:10:14
               |
            10 | [environment.prod]
               |              ^^^^
               = help: add `x = …`, or give the parameter a `default`

        "#]],
    );
}

#[test]
fn an_environment_that_misses_two() {
    check(
        r#"x = { kind = "account" }
y = { kind = "list" }"#,
        "arn:aws:sns:*:{x}:{y}",
        r#"[environment.prod]
"#,
        expect![[r#"
            error[INVALID_SPEC]: the environment `prod` does not set the parameters `x` and `y`, which have no default
              --> policies.toml:11:14
               |
            11 | [environment.prod]
               |              ^^^^
               = help: add `x = …` for each of them, or give them a `default`

        "#]],
    );
}

#[test]
fn an_environment_with_a_misspelled_parameter() {
    check(
        r#"account = { kind = "account" }"#,
        "arn:aws:sns:*:{account}:t",
        r#"[environment.prod]
acount = "111122223333"
"#,
        expect![[r#"
            error[INVALID_SPEC]: there is no parameter `acount`
              --> policies.toml:11:1
               |
            11 | acount = "111122223333"
               | ^^^^^^
               = help: did you mean `account`?

        "#]],
    );
}

#[test]
fn an_environment_with_an_unknown_parameter() {
    check(
        r#"x = { kind = "account" }"#,
        "arn:aws:sns:*:{x}:t",
        r#"[environment.prod]
x = "111122223333"
color = "red"
"#,
        expect![[r#"
            error[INVALID_SPEC]: there is no parameter `color`
              --> policies.toml:12:1
               |
            12 | color = "red"
               | ^^^^^
               = help: declare it in `[parameters]`, or remove it

        "#]],
    );
}

#[test]
fn an_environment_with_an_invalid_account() {
    check(
        r#"x = { kind = "account" }"#,
        "arn:aws:sns:*:{x}:t",
        r#"[environment.prod]
x = "1111-2222-3333"
"#,
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it is not an account ID, which has twelve digits
              --> policies.toml:11:5
               |
            11 | x = "1111-2222-3333"
               |     ^^^^^^^^^^^^^^^^

        "#]],
    );
}

#[test]
fn an_environment_with_a_number() {
    check(
        r#"x = { kind = "account" }"#,
        "arn:aws:sns:*:{x}:t",
        r#"[environment.prod]
x = 111122223333
"#,
        expect![[r#"
            error[INVALID_SPEC]: `x` must be a string or a list of strings, not a number
              --> policies.toml:11:5
               |
            11 | x = 111122223333
               |     ^^^^^^^^^^^^
               = help: write `"111122223333"`

        "#]],
    );
}

#[test]
fn an_environment_with_a_list_for_a_text() {
    check(
        r#"x = { default = "a" }"#,
        "arn:aws:s3:::{x}",
        r#"[environment.prod]
x = ["a", "b"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it is a list, but this parameter has a single value
              --> policies.toml:11:5
               |
            11 | x = ["a", "b"]
               |     ^^^^^^^^^^

        "#]],
    );
}

#[test]
fn an_environment_with_a_text_for_a_list() {
    check(
        r#"x = { kind = "list", default = ["a"] }"#,
        "arn:aws:s3:::{x}",
        r#"[environment.prod]
x = "a"
"#,
        expect![[r#"
            error[INVALID_SPEC]: invalid value of `x`: it is a single value, but this parameter is a list
              --> policies.toml:11:5
               |
            11 | x = "a"
               |     ^^^
               = help: write `["a"]`

        "#]],
    );
}

#[test]
fn an_environment_with_a_table() {
    check(
        r#"x = { default = "a" }"#,
        "arn:aws:s3:::{x}",
        r#"[environment.prod]
x = { default = "b" }
"#,
        expect![[r#"
            error[INVALID_SPEC]: `x` must be a string or a list of strings, not a table
              --> policies.toml:11:5
               |
            11 | x = { default = "b" }
               |     ^^^^^^^^^^^^^^^^^
               = help: write `x = "b"`

        "#]],
    );
}

#[test]
fn an_environment_that_sets_the_partition() {
    check(
        r#"x = { default = "a" }"#,
        "arn:aws:s3:::{x}",
        r#"[environment.prod]
partition = "aws-cn"
"#,
        expect![[r#"
            error[INVALID_SPEC]: an environment cannot set the predefined parameter `partition`
              --> policies.toml:11:1
               |
            11 | partition = "aws-cn"
               | ^^^^^^^^^
               = help: choose it when rendering, or limit the policy with `partitions = […]`

        "#]],
    );
}

#[test]
fn two_environments_that_share_a_folder() {
    check(
        r#"x = { kind = "account" }"#,
        "arn:aws:sns:*:{x}:t",
        r#"[environment.prod]
x = "111122223333"
[environment.Prod]
x = "444455556666"
"#,
        expect![[r#"
            error[INVALID_SPEC]: the environments `prod` and `Prod` would write to the same folder where case is ignored
              --> policies.toml:12:14
               |
            12 | [environment.Prod]
               |              ^^^^
               = help: rename one of them

        "#]],
    );
}

#[test]
fn two_environments_that_share_a_constant() {
    check(
        r#"x = { kind = "account" }"#,
        "arn:aws:sns:*:{x}:t",
        r#"[environment.eu-west]
x = "111122223333"
[environment.eu_west]
x = "444455556666"
"#,
        expect![[r#"
            error[INVALID_SPEC]: the environments `eu-west` and `eu_west` would generate the same constant, `EU_WEST`
              --> policies.toml:12:14
               |
            12 | [environment.eu_west]
               |              ^^^^^^^
               = help: rename one of them

        "#]],
    );
}

#[test]
fn an_environment_with_an_invalid_name() {
    check(
        r#"x = { kind = "account" }"#,
        "arn:aws:sns:*:{x}:t",
        r#"[environment."eu/west"]
x = "111122223333"
"#,
        expect![[r#"
            error[INVALID_SPEC]: `eu/west` is not a valid name for an environment
              --> policies.toml:10:14
               |
            10 | [environment."eu/west"]
               |              ^^^^^^^^^
               = help: a name starts with an ASCII letter, followed by ASCII letters, digits, `-` and `_`

        "#]],
    );
}

#[test]
fn an_environment_without_a_name() {
    check(
        r#"x = { kind = "account" }"#,
        "arn:aws:sns:*:{x}:t",
        r#"[environment]
x = "111122223333"
"#,
        expect![[r#"
            error[INVALID_SPEC]: an environment needs a name
              --> policies.toml:11:1
               |
            11 | x = "111122223333"
               | ^
               = help: write `[environment.NAME]` above it

        "#]],
    );
}

#[test]
fn environments_in_the_plural() {
    check(
        r#"x = { kind = "account" }"#,
        "arn:aws:sns:*:{x}:t",
        r#"[environments.prod]
x = "111122223333"
"#,
        expect![[r#"
            error[INVALID_SPEC]: unknown key `environments` in a spec
              --> policies.toml:10:2
               |
            10 | [environments.prod]
               |  ^^^^^^^^^^^^
               = help: did you mean `environment`?

        "#]],
    );
}

#[test]
fn several_environments() {
    check(
        r#"x = { kind = "account" }"#,
        "arn:aws:sns:*:{x}:t",
        r#"[[environment]]
name = "prod"
x = "111122223333"
"#,
        expect![[r#"
            error[INVALID_SPEC]: `environment` must be a table, not a list
              --> policies.toml:10:1
               |
            10 | [[environment]]
               | ^^^^^^^^^^^^^^^
               = help: for example, `[environment.prod]`

        "#]],
    );
}

#[test]
fn a_text_without_a_maximum() {
    check_size(
        "x = {}",
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: the size of the policy `user` depends on the parameter `x`, which has no default and no `max-length`
             --> policies.toml:2:1
              |
            2 | x = {}
              | ^
              = help: add `max-length = …`, or a `default`

        "#]],
    );
}

#[test]
fn a_list_without_a_maximum() {
    check_size(
        r#"x = { kind = "list" }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: the size of the policy `user` depends on the parameter `x`, which has no default and no `max-length` or `max-items`
             --> policies.toml:2:1
              |
            2 | x = { kind = "list" }
              | ^
              = help: add `max-length = …` and `max-items = …`, or a `default`

        "#]],
    );
}

#[test]
fn a_list_with_a_maximum_for_its_elements_only() {
    check_size(
        r#"x = { kind = "list", max-length = 63 }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: the size of the policy `user` depends on the parameter `x`, which has no default and no `max-items`
             --> policies.toml:2:1
              |
            2 | x = { kind = "list", max-length = 63 }
              | ^
              = help: add `max-items = …`, or a `default`

        "#]],
    );
}

#[test]
fn a_size_that_only_an_environment_exceeds() {
    check_size(
        r#"x = { default = "a" }"#,
        "arn:aws:s3:::{x}",
        &format!("[environment.prod]\nx = \"{}\"\n", "a".repeat(2000)),
        expect![[r#"
            error[INVALID_SPEC]: the policy `user` has 2,122 characters, 74 more than the quota of 2,048 for `inline-user`
             --> policies.toml:5:11
              |
            5 | attach = ["inline-user"]
              |           ^^^^^^^^^^^^^
              = note: measured in the partition `aws` and the environment `prod`, not counting white space outside strings
              = note: its largest statements: `a` (2,083)
              = help: shorten the policy, or remove `inline-user` from its `attach`

        "#]],
    );
}

#[test]
fn a_list_that_could_exceed_the_quota() {
    check_size(
        r#"x = { kind = "list", max-length = 63, max-items = 40 }"#,
        "arn:aws:s3:::{x}",
        "",
        expect![[r#"
            error[INVALID_SPEC]: the policy `user` has 3,266 characters, 1,218 more than the quota of 2,048 for `inline-user`
             --> policies.toml:5:11
              |
            5 | attach = ["inline-user"]
              |           ^^^^^^^^^^^^^
              = note: measured in the partition `aws`, not counting white space outside strings
              = note: its largest statements: `a` (3,227)
              = help: shorten the policy, or remove `inline-user` from its `attach`

        "#]],
    );
}
