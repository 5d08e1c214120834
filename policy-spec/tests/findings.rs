//! Findings on specs: each once, at its location in the TOML, unless a waiver accepts it.

use expect_test::{Expect, expect};
use iam_policy_check::Rule;
use iam_policy_document::Diagnostic;
use iam_policy_spec::compile::{compile, findings};
use iam_policy_spec::{Source, read};

/// All diagnostics of `spec`, errors and findings, in file order.
fn said(spec: &str) -> String {
    let source = Source::new("policies.toml", spec);
    let (spec, mistakes) = read(&source);
    let findings = findings(&spec, &mistakes);
    let mut all: Vec<_> = mistakes.iter().chain(&findings).collect();
    all.sort_by_key(|diagnostic| diagnostic.start());
    let shown = all.iter().map(|diagnostic| format!("{}\n\n", source.show(diagnostic)));
    shown.collect::<Vec<_>>().concat()
}

fn check(spec: &str, expected: Expect) {
    expected.assert_eq(&said(spec));
}

#[test]
fn the_example_of_the_language_has_no_findings() {
    check(include_str!("../example.toml"), expect![""]);
}

#[test]
fn a_nested_mistake_does_not_hide_findings() {
    let source = Source::new(
        "policies.toml",
        r#"
[policy.user]
[[policy.user.statement]]
id        = "misspelled"
reason    = "why"
actions   = ["s3:GetObject", "s3:PutBucketPolcy"]
resources = ["arn:{partition}:s3:::reports"]
"#,
    );
    let (spec, _) = read(&source);
    let about = |text: &str| {
        let start = source.text().find(text).unwrap();
        Diagnostic::error("wrong").at(start..start + text.len())
    };
    let codes = |mistakes: &[Diagnostic]| -> Vec<_> {
        let findings = findings(&spec, mistakes);
        findings.iter().filter_map(|finding| finding.code).collect()
    };
    let first = about(r#""s3:GetObject""#);
    let list = about(r#"["s3:GetObject", "s3:PutBucketPolcy"]"#);
    assert_eq!(codes(std::slice::from_ref(&first)), ["INVALID_ACTION"]);
    assert!(codes(&[list, first]).is_empty());
}

/// AWS stores these; only a waiver on the element itself accepts them, and only while they are malformed.
#[test]
fn waivers_accept_malformed_actions_and_arns() {
    let spec = |waive: [&str; 3]| {
        format!(
            r#"[policy.user]

[[policy.user.statement]]
id = "a"
reason = "r"
actions = ["s3:GetObject", {{ action = "ec2: DescribeVpcs"{} }}]
resources = [{{ arn = "arn:aws:waf:*"{} }}, {{ arn = "arn:aws:organizations::*:"{} }}]"#,
            waive[0], waive[1], waive[2],
        )
    };
    let waiver = |code: &str| format!(", waive = [{{ check = \"{code}\", why = \"AWS stores it\" }}]");
    let (action, arn) = (waiver("INVALID_ACTION"), waiver("MISSING_ARN_FIELD"));
    check(&spec([&action, &arn, &arn]), expect![""]);
    check(
        &spec(["", &waiver("INVALID_ACTION"), ""]),
        expect![[r#"
        error[INVALID_SPEC]: `ec2: DescribeVpcs` is not an action
         --> policies.toml:6:39
          |
        6 | actions = ["s3:GetObject", { action = "ec2: DescribeVpcs" }]
          |                                       ^^^^^^^^^^^^^^^^^^^
          = help: write an action as `service:Name`, such as `s3:GetObject`

        error[INVALID_SPEC]: an ARN has six segments, this one has 4
         --> policies.toml:7:22
          |
        7 | resources = [{ arn = "arn:aws:waf:*", waive = [{ check = "INVALID_ACTION", why = "AWS stores it" }] }, { arn = "arn:aws:organizations::*:" }…
          |                      ^^^^^^^^^^^^^^^
          = help: write `arn:{partition}:service:region:account:resource`, or `*` for everything

        error[INVALID_SPEC]: the resource segment of this ARN is empty
         --> policies.toml:7:112
          |
        7 | …esources = [{ arn = "arn:aws:waf:*", waive = [{ check = "INVALID_ACTION", why = "AWS stores it" }] }, { arn = "arn:aws:organizations::*:" }]
          |                                                                                                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^
          = help: write `arn:{partition}:service:region:account:resource`, or `*` for everything

    "#]],
    );
    let well_formed = spec([&action, &arn, &arn])
        .replace("ec2: D", "ec2:D")
        .replace("waf:*", "waf:*:*:webacl/*")
        .replace("organizations::*:", "organizations::*:account/*");
    check(
        &well_formed,
        expect![[r#"
            warning[ACTION_MATCHES_NO_RESOURCE]: `s3:GetObject` does not apply to any of the statement's resources according to AWS's reference (as of 2026-10-27), which may lack their form
             --> policies.toml:6:12
              |
            6 | actions = ["s3:GetObject", { action = "ec2:DescribeVpcs", waive = [{ check = "INVALID_ACTION", why = "AWS stores it" }] }]
              |            ^^^^^^^^^^^^^^
              = help: it applies to `arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}/object/${ObjectName}`, `arn:${Partition}:s3:::${BucketName}/${ObjectName}`

            error[ACTION_NEEDS_EVERY_RESOURCE]: `ec2:DescribeVpcs` does not support resource-level permissions; it can only be used with `*` as the resource
             --> policies.toml:6:39
              |
            6 | actions = ["s3:GetObject", { action = "ec2:DescribeVpcs", waive = [{ check = "INVALID_ACTION", why = "AWS stores it" }] }]
              |                                       ^^^^^^^^^^^^^^^^^^

            error[UNUSED_WAIVER]: unused waiver: `INVALID_ACTION` reports nothing here
             --> policies.toml:6:78
              |
            6 | actions = ["s3:GetObject", { action = "ec2:DescribeVpcs", waive = [{ check = "INVALID_ACTION", why = "AWS stores it" }] }]
              |                                                                              ^^^^^^^^^^^^^^^^
              = help: remove it

            error[UNUSED_WAIVER]: unused waiver: `MISSING_ARN_FIELD` reports nothing here
             --> policies.toml:7:69
              |
            7 | …s = [{ arn = "arn:aws:waf:*:*:webacl/*", waive = [{ check = "MISSING_ARN_FIELD", why = "AWS stores it" }] }, { arn = "arn:aws:organizations:…
              |                                                              ^^^^^^^^^^^^^^^^^^^
              = help: remove it

            error[UNUSED_WAIVER]: unused waiver: `MISSING_ARN_FIELD` reports nothing here
             --> policies.toml:7:183
              |
            7 | …hy = "AWS stores it" }] }, { arn = "arn:aws:organizations::*:account/*", waive = [{ check = "MISSING_ARN_FIELD", why = "AWS stores it" }] }]
              |                                                                                              ^^^^^^^^^^^^^^^^^^^
              = help: remove it

        "#]],
    );
}

/// One mistake in a bucket's ARN is one error, at the resource, in the author's own words.
#[test]
fn buckets() {
    let spec = |actions: &str, arn: &str| {
        format!(
            r#"[parameters]
bucket = {{ default = "reports" }}

[policy.user]

[[policy.user.statement]]
id = "a"
reason = "r"
actions = [{actions}]
resources = ["{arn}"]"#
        )
    };
    let objects = r#""s3:GetObject", "s3:PutObject""#;
    check(
        &spec(objects, "arn:{partition}:s3:::{bucket}"),
        expect![[r#"
        error[ACTION_MATCHES_NO_RESOURCE]: `s3:GetObject` and `s3:PutObject` apply to objects, but the resource is a bucket
          --> policies.toml:10:14
           |
        9  | actions = ["s3:GetObject", "s3:PutObject"]
           |            --------------  --------------
        10 | resources = ["arn:{partition}:s3:::{bucket}"]
           |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
           = help: append `/*` for the objects: `arn:{partition}:s3:::{bucket}/*`

    "#]],
    );
    check(
        &spec(r#""s3:GetObject", "s3:ListBucket""#, "arn:{partition}:s3:::{bucket}"),
        expect![[r#"
            error[ACTION_MATCHES_NO_RESOURCE]: `s3:GetObject` applies to objects, but the resource is a bucket
              --> policies.toml:10:14
               |
            9  | actions = ["s3:GetObject", "s3:ListBucket"]
               |            --------------
            10 | resources = ["arn:{partition}:s3:::{bucket}"]
               |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               = help: also list the objects: `arn:{partition}:s3:::{bucket}/*`

        "#]],
    );
    check(
        &spec(objects, "arn:{partition}:s3:eu-west-1::{bucket}/*"),
        expect![[r#"
        error[ARN_REGION_NOT_ALLOWED]: the service s3 does not support specifying a Region in the resource ARN
          --> policies.toml:10:14
           |
        10 | resources = ["arn:{partition}:s3:eu-west-1::{bucket}/*"]
           |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
           = help: did you mean `arn:{partition}:s3:::{bucket}/*`?

    "#]],
    );
    check(
        &spec(objects, "arn:{partition}:s3:eu-west-1:111122223333:{bucket}/*"),
        expect![[r#"
            error[ARN_REGION_NOT_ALLOWED]: the service s3 does not support specifying a Region in the resource ARN
              --> policies.toml:10:14
               |
            10 | resources = ["arn:{partition}:s3:eu-west-1:111122223333:{bucket}/*"]
               |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               = help: did you mean `arn:{partition}:s3:::{bucket}/*`?

        "#]],
    );
    check(
        &spec(objects, "arn:{partition}:s3::111122223333:{bucket}/*"),
        expect![[r#"
            error[ARN_ACCOUNT_NOT_ALLOWED]: the service s3 does not support specifying an account ID in the resource ARN
              --> policies.toml:10:14
               |
            10 | resources = ["arn:{partition}:s3::111122223333:{bucket}/*"]
               |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               = help: did you mean `arn:{partition}:s3:::{bucket}/*`?

        "#]],
    );
}

#[test]
fn four_findings_at_four_locations() {
    let actions = "\"s3:GetObject\",\n".repeat(300);
    check(
        &format!(
            r#"[policy.user]
attach = ["inline-user"]

[[policy.user.statement]]
id = "misspelled"
reason = "why"
actions = ["s3:PutBucketPolcy"]
resources = ["arn:{{partition}}:s3:::reports"]

[[policy.user.statement]]
id = "wrong-resource"
reason = "why"
actions = ["s3:GetObject"]
resources = ["arn:{{partition}}:s3:::reports"]

[[policy.user.statement]]
id = "no-purpose"
reason = "why"
waive = [{{ check = "INVALID_ACTION", why = "it is new" }}]
actions = ["s3:ListBucket"]
resources = ["arn:{{partition}}:s3:::reports"]

[[policy.user.statement]]
id = "long"
reason = "why"
waive = [{{ check = "REDUNDANT_ACTION", why = "to be long" }}]
actions = [{actions}]
resources = ["arn:{{partition}}:s3:::others/*"]
"#
        ),
        expect![[r#"
            error[INVALID_SPEC]: the policy `user` has 4,926 characters, 2,878 more than the quota of 2,048 for `inline-user`
             --> policies.toml:2:11
              |
            2 | attach = ["inline-user"]
              |           ^^^^^^^^^^^^^
              = note: measured in the partition `aws`, not counting white space outside strings
              = note: its largest statements: `long` (4,579), `misspelled` (104), `wrong-resource` (102)
              = help: shorten the policy, or remove `inline-user` from its `attach`

            error[INVALID_ACTION]: the action `s3:PutBucketPolcy` does not exist (as of 2026-10-27)
             --> policies.toml:7:12
              |
            7 | actions = ["s3:PutBucketPolcy"]
              |            ^^^^^^^^^^^^^^^^^^^
              = help: did you mean `s3:PutBucketPolicy`?
              = help: if AWS added it recently, accept it with `waive = [{ check = "INVALID_ACTION", why = "…" }]`

            error[ACTION_MATCHES_NO_RESOURCE]: `s3:GetObject` applies to objects, but the resource is a bucket
              --> policies.toml:14:14
               |
            13 | actions = ["s3:GetObject"]
               |            --------------
            14 | resources = ["arn:{partition}:s3:::reports"]
               |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               = help: append `/*` for the objects: `arn:{partition}:s3:::reports/*`

            error[UNUSED_WAIVER]: unused waiver: `INVALID_ACTION` reports nothing here
              --> policies.toml:19:20
               |
            19 | waive = [{ check = "INVALID_ACTION", why = "it is new" }]
               |                    ^^^^^^^^^^^^^^^^
               = help: remove it

        "#]],
    );
}

#[test]
fn broken_parts_are_not_checked() {
    check(
        r#"[policy.user]

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3.GetObject", "s3:GetObjcet"]
resources = ["arn:aws:s3:::reports/*"]

[[policy.user.statement]]
id = "b"
reason = "why"
actions = ["s3:PutObjcet"]
resources = ["arn:aws:s3:::reports/*"]
"#,
        expect![[r#"
            error[INVALID_SPEC]: `s3.GetObject` is not an action
             --> policies.toml:6:12
              |
            6 | actions = ["s3.GetObject", "s3:GetObjcet"]
              |            ^^^^^^^^^^^^^^
              = help: did you mean `s3:GetObject`?

            error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
             --> policies.toml:6:28
              |
            6 | actions = ["s3.GetObject", "s3:GetObjcet"]
              |                            ^^^^^^^^^^^^^^
              = help: did you mean `s3:GetObject`?
              = help: if AWS added it recently, accept it with `waive = [{ check = "INVALID_ACTION", why = "…" }]`

            error[INVALID_ACTION]: the action `s3:PutObjcet` does not exist (as of 2026-10-27)
              --> policies.toml:12:12
               |
            12 | actions = ["s3:PutObjcet"]
               |            ^^^^^^^^^^^^^^
               = help: did you mean `s3:PutObject`?
               = help: if AWS added it recently, accept it with `waive = [{ check = "INVALID_ACTION", why = "…" }]`

        "#]],
    );
}

#[test]
fn waivers_cover_their_element() {
    check(
        r#"[policy.user]

[[policy.user.statement]]
id = "a"
reason = "why"
actions = [{ action = "s3:NewAction", waive = [{ check = "INVALID_ACTION", why = "new" }] }, "s3:NewerAction"]
resources = ["arn:aws:s3:::reports/*"]

[[policy.user.statement]]
id = "b"
reason = "why"
waive = [{ check = "INVALID_ACTION", why = "new" }]
actions = ["s3:NewAction", "s3:NewerAction"]
resources = ["arn:aws:s3:::reports/*"]
"#,
        expect![[r#"
            suggestion[REDUNDANT_STATEMENT]: the statements are redundant because they provide identical permissions; remove the redundant statement
             --> policies.toml:3:1
              |
            3 | [[policy.user.statement]]
              | ^^^^^^^^^^^^^^^^^^^^^^^^^
            ...
            9 | [[policy.user.statement]]
              | -------------------------

            error[INVALID_ACTION]: the action `s3:NewerAction` does not exist (as of 2026-10-27)
             --> policies.toml:6:94
              |
            6 | actions = [{ action = "s3:NewAction", waive = [{ check = "INVALID_ACTION", why = "new" }] }, "s3:NewerAction"]
              |                                                                                              ^^^^^^^^^^^^^^^^
              = help: if AWS added it recently, accept it with `waive = [{ check = "INVALID_ACTION", why = "…" }]`

        "#]],
    );
}

#[test]
fn unused_waivers() {
    check(
        r#"[policy.user]

[[policy.user.statement]]
id = "a"
reason = "why"
waive = [{ check = "INVALID_ACTON", why = "misspelled" }]
actions = [{ action = "s3:GetObject", waive = [{ check = "INVALID_ACTION", why = "it is not" }] }]
resources = [{ arn = "arn:aws:s3:::reports/*", waive = [{ check = "SOMETHING", why = "unknown" }] }]
"#,
        expect![[r#"
            error[UNUSED_WAIVER]: there is no check `INVALID_ACTON`
             --> policies.toml:6:20
              |
            6 | waive = [{ check = "INVALID_ACTON", why = "misspelled" }]
              |                    ^^^^^^^^^^^^^^^
              = help: did you mean `INVALID_ACTION`?

            error[UNUSED_WAIVER]: unused waiver: `INVALID_ACTION` reports nothing here
             --> policies.toml:7:58
              |
            7 | actions = [{ action = "s3:GetObject", waive = [{ check = "INVALID_ACTION", why = "it is not" }] }]
              |                                                          ^^^^^^^^^^^^^^^^
              = help: remove it

            error[UNUSED_WAIVER]: there is no check `SOMETHING`
             --> policies.toml:8:67
              |
            8 | resources = [{ arn = "arn:aws:s3:::reports/*", waive = [{ check = "SOMETHING", why = "unknown" }] }]
              |                                                                   ^^^^^^^^^^^
              = help: remove it

        "#]],
    );
}

#[test]
fn extensions_partitions_and_trust_policies_are_reported_once() {
    check(
        r#"[policy.role]
partitions = ["aws", "aws-cn"]

[[policy.role.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObjcet"]
resources = ["arn:{partition}:s3:::reports/*"]

[policy.role.trust]
services = ["lambda"]
condition.StringEquals."aws:NoSuchKey" = "x"

[policy.role.extension.more]
[[policy.role.extension.more.statement]]
id = "b"
reason = "why"
actions = ["s3:PutObjcet"]
resources = [{ arn = "arn:aws-cn:s3:::reports/*", partitions = ["aws-cn"] }, "arn:{partition}:s3:::others/*"]
"#,
        expect![[r#"
            error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
             --> policies.toml:7:12
              |
            7 | actions = ["s3:GetObjcet"]
              |            ^^^^^^^^^^^^^^
              = help: did you mean `s3:GetObject`?
              = help: if AWS added it recently, accept it with `waive = [{ check = "INVALID_ACTION", why = "…" }]`

            error[INVALID_GLOBAL_CONDITION_KEY]: the condition key `aws:NoSuchKey` does not exist (as of 2026-10-27); use a valid condition key
              --> policies.toml:12:24
               |
            12 | condition.StringEquals."aws:NoSuchKey" = "x"
               |                        ^^^^^^^^^^^^^^^
               = help: if AWS added it recently, accept it with `waive = [{ check = "INVALID_GLOBAL_CONDITION_KEY", why = "…" }]`

            error[INVALID_ACTION]: the action `s3:PutObjcet` does not exist (as of 2026-10-27)
              --> policies.toml:18:12
               |
            18 | actions = ["s3:PutObjcet"]
               |            ^^^^^^^^^^^^^^
               = help: did you mean `s3:PutObject`?
               = help: if AWS added it recently, accept it with `waive = [{ check = "INVALID_ACTION", why = "…" }]`

        "#]],
    );
}

#[test]
fn a_service_control_policy_is_checked_as_one() {
    check(
        r#"[policy.limits]
attach = ["service-control"]

[[policy.limits.statement]]
id = "a"
effect = "Deny"
reason = "why"
actions = ["s3:*Bucket*x"]
not-resources = ["*"]
"#,
        expect![[r#"
            error[INVALID_ACTION]: the action `s3:*Bucket*x` does not exist (as of 2026-10-27)
             --> policies.toml:8:12
              |
            8 | actions = ["s3:*Bucket*x"]
              |            ^^^^^^^^^^^^^^
              = help: if AWS added it recently, accept it with `waive = [{ check = "INVALID_ACTION", why = "…" }]`

        "#]],
    );
}

/// AWS Organizations accepts all of these since September 2025.
#[test]
fn a_service_control_policy_has_the_whole_language() {
    check(
        r#"[policy.limits]
attach = ["service-control"]

[[policy.limits.statement]]
id = "perimeter"
effect = "Deny"
reason = "Keeps data in the organization."
actions = ["s3:*Object"]
not-resources = ["arn:aws:s3:::public-data/*"]
condition.StringNotEqualsIfExists."aws:ResourceOrgID" = "o-a1b2c3d4e5"

[[policy.limits.statement]]
id = "region"
reason = "Work happens in one Region."
not-actions = ["iam:*"]
resources = ["*"]
condition.StringEquals."aws:RequestedRegion" = "eu-west-1"

[[policy.limits.statement]]
id = "global"
reason = "Roles are global."
actions = ["iam:GetRole"]
resources = ["arn:aws:iam::*:role/*"]
"#,
        expect![[""]],
    );
}

#[test]
fn a_service_control_policy_may_fill_its_quota() {
    let spec = |length: usize| {
        let names = |number: usize| format!("\"arn:aws:s3:::{number:0>length$}/*\"");
        let resources: Vec<_> = (0..100).map(names).collect();
        format!(
            "[policy.limits]\nattach = [\"service-control\"]\n\n[[policy.limits.statement]]\nid = \"a\"\neffect = \"Deny\"\n\
             reason = \"why\"\nactions = [\"s3:GetObject\"]\nresources = [{}]\n",
            resources.join(", ")
        )
    };
    let messages = |length: usize| {
        let compiled = compile(&Source::new("policies.toml", spec(length)));
        let all = compiled.mistakes.iter().chain(&compiled.findings);
        all.map(|diagnostic| diagnostic.message.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(messages(60), [""; 0]);
    expect!["the policy `limits` has 10,705 characters, 465 more than the quota of 10,240 for `service-control`"]
        .assert_eq(&messages(88).join("\n"));
}

#[test]
fn consequences_of_a_mistake_are_not_reported() {
    check(
        r#"[policy.user]
partitions = ["aws", "aws-cn"]

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:GetObject", "s3:GetObjcet"]
resources = ["arn:{partiton}:s3:::reports/*"]

[[policy.user.statement]]
id = "a"
reason = "why"
actions = ["s3:PutObject"]
resources = ["arn:{partition}:s3:::reports/*"]
"#,
        expect![[r#"
            error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
             --> policies.toml:7:28
              |
            7 | actions = ["s3:GetObject", "s3:GetObjcet"]
              |                            ^^^^^^^^^^^^^^
              = help: did you mean `s3:GetObject`?
              = help: if AWS added it recently, accept it with `waive = [{ check = "INVALID_ACTION", why = "…" }]`

            error[INVALID_SPEC]: there is no parameter `partiton`
             --> policies.toml:8:19
              |
            8 | resources = ["arn:{partiton}:s3:::reports/*"]
              |                   ^^^^^^^^^^
              = help: did you mean `partition`?

            error[INVALID_SPEC]: the policy `user` has two statements with the id `a`
              --> policies.toml:11:6
               |
            11 | id = "a"
               |      ^^^
               = note: the first is on line 5
               = help: rename one of them

        "#]],
    );
}

#[test]
fn the_innermost_waiver_applies() {
    check(
        r#"[policy.user]

[[policy.user.statement]]
id = "a"
reason = "why"
waive = [{ check = "INVALID_ACTION", why = "around" }]
actions = [
  { action = "s3:NewAction", waive = [{ check = "INVALID_ACTION", why = "new" }, { check = "INVALID_ACTION", why = "again" }] },
]
resources = ["arn:aws:s3:::reports/*"]
"#,
        expect![[r#"
            error[UNUSED_WAIVER]: unused waiver: `INVALID_ACTION` reports nothing here
             --> policies.toml:6:20
              |
            6 | waive = [{ check = "INVALID_ACTION", why = "around" }]
              |                    ^^^^^^^^^^^^^^^^
              = help: remove it

            error[UNUSED_WAIVER]: unused waiver: `INVALID_ACTION` reports nothing here
             --> policies.toml:8:92
              |
            8 |   { action = "s3:NewAction", waive = [{ check = "INVALID_ACTION", why = "new" }, { check = "INVALID_ACTION", why = "again" }] },
              |                                                                                            ^^^^^^^^^^^^^^^^
              = help: remove it

        "#]],
    );
}

#[test]
fn actions_reported_together_each_need_a_waiver() {
    let spec = |second: &str| {
        format!(
            r#"[policy.user]

[[policy.user.statement]]
id = "read"
reason = "why"
actions = [
  {{ action = "s3:GetObject", waive = [{{ check = "ACTION_SUPPORTS_RESOURCES", why = "any bucket" }}] }},
  {second},
]
resources = ["*"]
"#
        )
    };
    check(
        &spec(r#"{ action = "s3:PutObject", waive = [{ check = "ACTION_SUPPORTS_RESOURCES", why = "any bucket" }] }"#),
        expect![[""]],
    );
    check(
        &spec(r#""s3:PutObject""#),
        expect![[r#"
            warning[ACTION_SUPPORTS_RESOURCES]: `s3:GetObject` and `s3:PutObject` are allowed on every resource, but could be limited to specific resources
             --> policies.toml:7:14
              |
            7 |   { action = "s3:GetObject", waive = [{ check = "ACTION_SUPPORTS_RESOURCES", why = "any bucket" }] },
              |              ^^^^^^^^^^^^^^
            8 |   "s3:PutObject",
              |   --------------

        "#]],
    );
}

#[test]
fn a_misspelled_waiver_still_applies() {
    check(
        r#"[policy.user]

[[policy.user.statement]]
id = "pass"
reason = "why"
waive = [
  { check = "pass-role-with-star-in-resource", why = "the role is the customer's" },
  { check = "ACTION_SUPPORTS_RESOURCE" },
]
actions = ["iam:PassRole"]
resources = ["*"]
"#,
        expect![[r#"
            error[UNUSED_WAIVER]: there is no check `pass-role-with-star-in-resource`
             --> policies.toml:7:13
              |
            7 |   { check = "pass-role-with-star-in-resource", why = "the role is the customer's" },
              |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: did you mean `PASS_ROLE_WITH_STAR_IN_RESOURCE`?

            error[INVALID_SPEC]: missing key `why` in a waiver
             --> policies.toml:8:3
              |
            8 |   { check = "ACTION_SUPPORTS_RESOURCE" },
              |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: for example, `{ check = "INVALID_ACTION", why = "announced last week" }`

            error[UNUSED_WAIVER]: there is no check `ACTION_SUPPORTS_RESOURCE`
             --> policies.toml:8:13
              |
            8 |   { check = "ACTION_SUPPORTS_RESOURCE" },
              |             ^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: did you mean `ACTION_SUPPORTS_RESOURCES`?

        "#]],
    );
}

#[test]
fn suggested_resources_keep_placeholders() {
    check(
        r#"
[parameters]
bucket = { default = "site", about = "The bucket." }

[policy.deploy]
partitions = ["aws", "aws-cn"]

[[policy.deploy.statement]]
id        = "objects"
reason    = "Writes objects."
actions   = ["s3:PutObject"]
resources = ["arn:{partition}:s3:::{bucket}"]

[[policy.deploy.statement]]
id        = "buckets"
reason    = "Lists a bucket."
actions   = ["s3:ListBucket"]
resources = ["arn:{partition}:s3:::{bucket}/*"]

[[policy.deploy.statement]]
id        = "literal"
reason    = "Lists another bucket."
actions   = ["s3:ListBucket"]
resources = [{ arn = "arn:aws:s3:::logs/*", partitions = ["aws"] }, { arn = "arn:aws-cn:s3:::logs", partitions = ["aws-cn"] }]
"#,
        expect![[r#"
            error[ACTION_MATCHES_NO_RESOURCE]: `s3:PutObject` applies to objects, but the resource is a bucket
              --> policies.toml:12:14
               |
            11 | actions   = ["s3:PutObject"]
               |              --------------
            12 | resources = ["arn:{partition}:s3:::{bucket}"]
               |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               = help: append `/*` for the objects: `arn:{partition}:s3:::{bucket}/*`

            error[ACTION_MATCHES_NO_RESOURCE]: `s3:ListBucket` does not apply to any of the statement's resources
              --> policies.toml:17:14
               |
            17 | actions   = ["s3:ListBucket"]
               |              ^^^^^^^^^^^^^^^
               = help: it applies to `arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}`, `arn:${Partition}:s3:::${BucketName}`; did you mean `arn:{partition}:s3:::{bucket}`?

            error[ACTION_MATCHES_NO_RESOURCE]: `s3:ListBucket` does not apply to any of the statement's resources
              --> policies.toml:23:14
               |
            23 | actions   = ["s3:ListBucket"]
               |              ^^^^^^^^^^^^^^^
               = help: it applies to `arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}`, `arn:${Partition}:s3:::${BucketName}`; did you mean `arn:aws:s3:::logs`?

        "#]],
    );
}

#[test]
fn examples_of_rules_about_specs() {
    // Those that need a program's calls are reported by the crate that finds them.
    let rules = Rule::all().filter(|rule| rule.documentation().bad.is_spec() && !rule.needs_calls());
    let mut count = 0;
    for rule in rules {
        let codes = |spec: String| -> Vec<_> {
            let (spec, mistakes) = read(&Source::new("policies.toml", spec));
            let findings = findings(&spec, &mistakes);
            mistakes
                .iter()
                .chain(&findings)
                .filter_map(|found| found.code)
                .collect()
        };
        assert_eq!(codes(rule.documentation().bad.policy()), [rule.code().name()]);
        assert!(codes(rule.documentation().good.policy()).is_empty(), "{}", rule.code());
        count += 1;
    }
    assert_eq!(count, 3);
}

/// A finding that only some environments have.
fn office(values: [&str; 3]) -> String {
    let [default, dev, prod] = values;
    format!(
        r#"
[parameters]
office = {{ default = "{default}", allow-slash = true }}

[environment.dev]
office = "{dev}"

[environment.prod]
office = "{prod}"

[policy.user]
[[policy.user.statement]]
id        = "read"
reason    = "Downloads reports."
actions   = ["s3:GetObject"]
resources = ["arn:aws:s3:::reports/*"]
condition.IpAddress."aws:SourceIp" = "{{office}}"
"#
    )
}

#[test]
fn every_environment_is_checked() {
    let (good, bad) = ("203.0.113.0/24", "203.0.113.0/33");
    check(&office([good, good, good]), expect![[r#""#]]);
    check(
        &office([good, good, bad]),
        expect![[r#"
        error[TYPE_MISMATCH_IP_RANGE]: the condition operator IpAddress is used with an invalid IP range value; specify the IP range in standard CIDR format
          --> policies.toml:17:38
           |
        17 | condition.IpAddress."aws:SourceIp" = "{office}"
           |                                      ^^^^^^^^^^
           = note: only with the values of the environment `prod`

    "#]],
    );
    check(
        &office([good, bad, bad]),
        expect![[r#"
        error[TYPE_MISMATCH_IP_RANGE]: the condition operator IpAddress is used with an invalid IP range value; specify the IP range in standard CIDR format
          --> policies.toml:17:38
           |
        17 | condition.IpAddress."aws:SourceIp" = "{office}"
           |                                      ^^^^^^^^^^
           = note: only with the values of the environments `dev` and `prod`

    "#]],
    );
    // One mistake is one error.
    check(
        &office([bad, bad, bad]),
        expect![[r#"
        error[TYPE_MISMATCH_IP_RANGE]: the condition operator IpAddress is used with an invalid IP range value; specify the IP range in standard CIDR format
          --> policies.toml:17:38
           |
        17 | condition.IpAddress."aws:SourceIp" = "{office}"
           |                                      ^^^^^^^^^^

    "#]],
    );
}

#[test]
fn a_waiver_may_accept_what_only_an_environment_has() {
    let spec = office(["203.0.113.0/24", "203.0.113.0/24", "203.0.113.0/33"]);
    let waive = "waive = [{ check = \"TYPE_MISMATCH_IP_RANGE\", why = \"w\" }]\nactions ";
    check(&spec.replace("actions ", waive), expect![""]);
}

#[test]
fn included_statements_have_the_principals_of_their_policy() {
    let spec = |shared: &str, policy: &str| {
        format!(
            "{policy}\ninclude = [\"common\"]\n[[shared.common.statement]]\nid = \"send\"\nreason = \"r\"\n{shared}\
             actions = [\"sqs:SendMessage\"]\nresources = [\"arn:aws:sqs:eu-west-1:111122223333:done\"]\n"
        )
    };
    let services = "services = [\"sns\"]\ncondition.StringEquals.\"aws:SourceAccount\" = \"111122223333\"\n";
    let queue = "[policy.queue]\ntype = \"resource\"\nresource-type = \"sqs:queue\"";
    check(&spec(services, queue), expect![[r#""#]]);
    check(&spec("", "[policy.user]"), expect![[r#""#]]);
    check(
        &spec(services, "[policy.user]"),
        expect![[r#"
        error[INVALID_SPEC]: `common` names principals, but the statements of an identity policy do not
         --> policies.toml:2:12
          |
        2 | include = ["common"]
          |            ^^^^^^^^
          = note: its statement `send` does
          = help: include it in resource policies or resource control policies only

    "#]],
    );
    check(
        &spec("", queue),
        expect![[r#"
        error[INVALID_SPEC]: `common` names no principals, but the statements of a resource policy must
         --> policies.toml:4:12
          |
        4 | include = ["common"]
          |            ^^^^^^^^
          = note: its statement `send` has none
          = help: write the statement in the policy, with its principals

    "#]],
    );
    check(
        &spec(services, "[policy.limit]\ntype = \"service-control\""),
        expect![[r#"
            error[INVALID_SPEC]: `common` names principals, but the statements of a service control policy do not
             --> policies.toml:3:12
              |
            3 | include = ["common"]
              |            ^^^^^^^^
              = note: its statement `send` does
              = help: include it in resource policies or resource control policies only

        "#]],
    );
}

/// AWS stores a condition without values; a waiver of the statement accepts it.
#[test]
fn a_condition_may_have_no_values() {
    let spec = |waive: &str| {
        format!(
            "[policy.user]\n[[policy.user.statement]]\nid = \"send\"\nreason = \"r\"\n{waive}actions = [\"sqs:SendMessage\"]\n\
             resources = [\"arn:aws:sqs:eu-west-1:111122223333:done\"]\ncondition.StringEquals.\"aws:PrincipalTag/a\" = []\n"
        )
    };
    check(
        &spec(""),
        expect![[r#"
        error[INVALID_SPEC]: `aws:PrincipalTag/a` has no values
         --> policies.toml:7:47
          |
        7 | condition.StringEquals."aws:PrincipalTag/a" = []
          |                                               ^^
          = help: add at least one, or remove the key

    "#]],
    );
    check(
        &spec("waive = [{ check = \"EMPTY_ARRAY_CONDITION\", why = \"w\" }]\n"),
        expect![[r#""#]],
    );
    check(
        &spec("waive = [{ check = \"EMPTY_ARRAY_CONDITION_IFEXISTS\", why = \"w\" }]\n"),
        expect![[r#"
            error[UNUSED_WAIVER]: unused waiver: `EMPTY_ARRAY_CONDITION_IFEXISTS` reports nothing here
             --> policies.toml:5:20
              |
            5 | waive = [{ check = "EMPTY_ARRAY_CONDITION_IFEXISTS", why = "w" }]
              |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: remove it

            error[INVALID_SPEC]: `aws:PrincipalTag/a` has no values
             --> policies.toml:8:47
              |
            8 | condition.StringEquals."aws:PrincipalTag/a" = []
              |                                               ^^
              = help: add at least one, or remove the key

        "#]],
    );
}

const STATEMENT: &str = "[[policy.user.statement]]\nid = \"read\"\nreason = \"r\"\nactions = [\"s3:GetObject\"]\n\
                         resources = [\"arn:aws:s3:::reports/*\"]\n";

/// Each is one error, which says what to write.
#[test]
fn other_words_for_principals_and_resources() {
    let trust = |text: &str| {
        format!("[policy.user]\n{STATEMENT}[[policy.user.trust.statement]]\nid = \"t\"\nreason = \"r\"\n{text}\n")
    };
    check(
        &trust("github = \"example/reports\""),
        expect![[r#"
        error[INVALID_SPEC]: unknown key `github` in a statement of a trust policy
          --> policies.toml:10:1
           |
        10 | github = "example/reports"
           | ^^^^^^
           = help: write `oidc = ["arn:{partition}:iam::ACCOUNT:oidc-provider/HOST"]`

    "#]],
    );
    check(
        &trust("accounts = [111122223333]"),
        expect![[r#"
        error[INVALID_SPEC]: an element of `accounts` must be a string, not a number
          --> policies.toml:10:13
           |
        10 | accounts = [111122223333]
           |             ^^^^^^^^^^^^
           = help: write `"111122223333"`

    "#]],
    );
    check(
        &trust("oidc = [\"token.actions.githubusercontent.com\"]"),
        expect![[r#"
            error[INVALID_SPEC]: `token.actions.githubusercontent.com` is not an OIDC provider
              --> policies.toml:10:9
               |
            10 | oidc = ["token.actions.githubusercontent.com"]
               |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               = help: write `arn:{partition}:iam::ACCOUNT:oidc-provider/token.actions.githubusercontent.com`

        "#]],
    );
    check(
        &format!("[policy.user]\n{STATEMENT}[policy.user.trust]\nservice = \"lambda\"\n"),
        expect![[r#"
            error[INVALID_SPEC]: unknown key `service` in a trust policy
             --> policies.toml:8:1
              |
            8 | service = "lambda"
              | ^^^^^^^
              = help: write `services = ["lambda"]`, or `[[policy.NAME.trust.statement]]` for other principals

        "#]],
    );
    let queue = "[policy.queue]\ntype = \"resource\"\nresource-type = \"sqs:queue\"\n[[policy.queue.statement]]\nid = \"a\"\n\
                 reason = \"r\"\nservices = [\"sns\"]\nactions = [\"sqs:SendMessage\"]\n\
                 resources = [\"arn:aws:sqs:eu-west-1:111122223333:q\"]\n\
                 condition.StringEquals.\"aws:SourceAccount\" = \"111122223333\"\n";
    check(
        &queue.replace("sqs:queue", "sqs"),
        expect![[r#"
        error[INVALID_SPEC]: `sqs` is not a kind of resource that has policies
         --> policies.toml:3:17
          |
        3 | resource-type = "sqs"
          |                 ^^^^^
          = help: did you mean `sqs:queue`?

    "#]],
    );
    check(
        &queue.replace("\"resource\"", "\"sqs\""),
        expect![[r#"
            error[INVALID_SPEC]: `sqs` is not a type of policy
             --> policies.toml:2:8
              |
            2 | type = "sqs"
              |        ^^^^^
              = help: valid values are `identity`, `boundary`, `resource`, `resource-control` and `service-control`

        "#]],
    );
    check(
        &queue.replace(
            "services = [\"sns\"]",
            "principal = { Service = \"sns.amazonaws.com\" }",
        ),
        expect![[r#"
            error[INVALID_SPEC]: unknown key `principal` in a statement
             --> policies.toml:7:1
              |
            7 | principal = { Service = "sns.amazonaws.com" }
              | ^^^^^^^^^
              = help: list the principals by kind: `services`, `accounts`, `roles`, `users`, `oidc`, `saml`, or `principals` for anything else

        "#]],
    );
}
