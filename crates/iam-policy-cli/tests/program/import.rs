use expect_test::{Expect, expect};
use iam_policy_core::{Options, Style};
use iam_policy_spec::{Source, read, with_policies};
use serde_json::Value;

use crate::round_trip::filled;
use crate::support::{Folder, SPEC};

/// The meaning of a document: without the order of keys, with lists of one value as that value, and with condition
/// values as strings.
fn meaning(value: Value) -> Value {
    match value {
        Value::Array(mut items) if items.len() == 1 => meaning(items.remove(0)),
        Value::Array(items) => items.into_iter().map(meaning).collect(),
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().map(|(key, value)| (key, meaning(value))).collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            members.into_iter().collect()
        }
        Value::Bool(flag) => Value::String(flag.to_string()),
        other => other,
    }
}

/// Imports a policy, fills in the reasons the check demands, and compares the generated policy with the original.
fn round_trip(policy: &str) {
    let folder = Folder::with(&[("p.json", policy)]);
    let ran = folder.run(&["import", "p.json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{policy}");

    let (_, mistakes) = read(&Source::new("p.toml", ran.stdout.as_str()));
    let demanded: Vec<_> = mistakes.iter().map(|mistake| &*mistake.message).collect();
    let missing = ran.stdout.matches(" = \"\"").count();
    assert_eq!(demanded.len(), missing, "{}", ran.stdout);
    assert!(
        demanded.iter().all(|message| message.ends_with("is empty")),
        "{demanded:?}"
    );

    let filled = filled(&ran.stdout);
    let (spec, mistakes) = read(&Source::new("p.toml", filled.as_str()));
    assert_eq!(mistakes, [], "{filled}");
    let made = with_policies(&spec, |lowered| {
        iam_policy_spec::compile::document(&spec.policies[0], &lowered[0], Options::DEFAULT)
    });
    let mut json = String::new();
    made.write(&mut json, Style::PRETTY).unwrap();
    let parse = |text: &str| meaning(serde_json::from_str(text).unwrap());
    assert_eq!(parse(&json), parse(policy), "{filled}");
}

#[test]
fn policies_round_trip_through_specs() {
    for policy in [
        r#"{"Version": "2012-10-17", "Statement": {"Sid": "ReadReports", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::r/*"}}"#,
        r#"{"Version": "2012-10-17", "Statement": [
            {"Sid": "0", "Effect": "Allow", "Action": ["s3:GetObject", "s3:Put*"], "Resource": ["*"]},
            {"Sid": "1", "Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "NotResource": "arn:aws:iam::*:role/a{b}/${aws:username}"},
            {"Sid": "EC2ReadOnly", "Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"},
            {"Sid": "EC2Readonly", "Effect": "Allow", "Action": "ec2:Get*", "Resource": "*"},
            {"Sid": "VisualEditor0", "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {
                "Bool": {"aws:SecureTransport": true, "aws:MultiFactorAuthPresent": "true"},
                "ForAllValues:StringLike": {"aws:TagKeys": ["a\"b", "c\\d", "{x}", "${aws:username}"]}
            }}
        ]}"#,
        r#"{"Version": "2012-10-17", "Statement": [{"Sid": "China", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws-cn:s3:::r/*"}]}"#,
        include_str!("../../../remotion-lambda-policies/tests/data/seed/user.json"),
        include_str!("../../../remotion-lambda-policies/tests/data/seed/role.json"),
    ] {
        round_trip(policy);
    }
}

#[test]
fn imported_specs_are_idiomatic() {
    let policy = r#"{"Version": "2012-10-17", "Statement": [
        {"Sid": "S3Access", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws-cn:s3:::r/*"},
        {"Sid": "3", "Effect": "Deny", "NotAction": "iam:*", "NotResource": "*",
         "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}, "Null": {"aws:userid": false}}}
    ]}"#;
    Folder::with(&[("p.json", policy)]).check(
        &["import", "p.json", "--name", "build-user"],
        expect![[r#"
        [policy.build-user]
        partitions = ["aws-cn"]

        [[policy.build-user.statement]]
        id        = "s3-access"
        reason    = ""
        actions   = [
          "s3:GetObject",
          "s3:PutObject",
        ]
        resources = ["arn:aws-cn:s3:::r/*"]

        [[policy.build-user.statement]]
        id            = "deny-all-but-iam"
        sid           = "3"
        effect        = "Deny"
        reason        = ""
        not-actions   = ["iam:*"]
        not-resources = ["*"]
        condition."ForAnyValue:StringEquals"."aws:TagKeys" = [
          "a",
          "b",
        ]
        condition.Null."aws:userid" = ["false"]
        ---
        exit code 0
    "#]],
    );
}

#[test]
fn ids_describe_statements() {
    let statement = |action: &str| format!(r#"{{"Effect": "Allow", "Action": {action}, "Resource": "*"}}"#);
    let actions = [
        r#""s3:GetObject""#,
        r#""s3:GetObject""#,
        r#"["s3:ListBucket", "s3:PutObject", "s3:PutObjectTagging"]"#,
        r#""s3:*""#,
        r#""*""#,
        r#"["ec2:DescribeInstances", "iam:PassRole"]"#,
        r#"["a:B", "c:D", "e:F"]"#,
        r#""nowhere:Nothing""#,
        "[]",
    ];
    let statements: Vec<_> = actions.into_iter().map(statement).collect();
    let policy = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
        statements.join(",")
    );
    let ran = Folder::with(&[("p.json", &policy)]).run(&["import", "p.json"]);
    let ids: Vec<_> = ran.stdout.lines().filter(|line| line.starts_with("id ")).collect();
    expect![[r#"
        id        = "s3-read"
        id        = "s3-read-2"
        id        = "s3-write"
        id        = "s3"
        id        = "everything"
        id        = "ec2-iam-write"
        id        = "several"
        id        = "nowhere"
        id        = "nothing""#]]
    .assert_eq(&ids.join("\n"));
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is one answer")]
fn unsupported_elements_are_reported() {
    let policy = r#"{
  "Version": "2008-10-17",
  "Id": "mine",
  "Statement": [
    {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::r/${aws:username}"},
    {"Sid": "Two Words", "Effect": "Allow", "Action": "s3*:Get", "Resource": ["arn:aws:s3", 5], "Conditon": {}},
    {"Sid": "Same", "Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": "x", "Null": {"a": [], "b": {}}}},
    {"Sid": "Same", "Action": "s3:*", "Resource": "*"},
    "statement"
  ],
  "More": 1
}"#;
    Folder::with(&[("p.json", policy)]).check(&["import", "p.json"], expect![[r#"
        [policy.user]

        [[policy.user.statement]]
        id         = "s3"
        reason     = ""
        principals = ["*"]
        actions    = ["s3:*"]
        resources  = ["arn:aws:s3:::r/${$}{{aws:username}}"]

        [[policy.user.statement]]
        id        = "two-words"
        reason    = ""
        actions   = ["s3*:Get"]
        resources = [{ arn = "arn:aws:s3", waive = [{ check = "MISSING_ARN_FIELD", why = "" }] }]

        [[policy.user.statement]]
        id        = "same"
        effect    = "Deny"
        reason    = ""
        actions   = ["s3:*"]
        resources = ["*"]
        waive     = [{ check = "EMPTY_ARRAY_CONDITION", why = "" }, { check = "INVALID_CONDITION_KEY_FORMAT", why = "" }]
        condition.Null.a = []
        condition.Null.b = []

        [[policy.user.statement]]
        id        = "same-2"
        reason    = ""
        actions   = ["s3:*"]
        resources = ["*"]
        ---
        note: `Id` is omitted: it does not affect what the policy allows
         --> p.json:3:3
          |
        3 |   "Id": "mine",
          |   ^^^^

        warning: `More` is omitted: there is no such element
          --> p.json:11:3
           |
        11 |   "More": 1
           |   ^^^^^^

        note: this is plain text, so `${` is `${$}{` in the spec, which uses version 2012-10-17
         --> p.json:5:73
          |
        5 |     {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::r/${aws:username}"},
          |                                                                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        note: the statement has no Sid; in the spec it is `S3`
         --> p.json:5:5
          |
        5 |     {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::r/${aws:username}"},
          |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        warning: `Conditon` is omitted: there is no such element
         --> p.json:6:97
          |
        6 |     {"Sid": "Two Words", "Effect": "Allow", "Action": "s3*:Get", "Resource": ["arn:aws:s3", 5], "Conditon": {}},
          |                                                                                                 ^^^^^^^^^^

        warning: specs do not accept `s3*:Get`
         --> p.json:6:55
          |
        6 |     {"Sid": "Two Words", "Effect": "Allow", "Action": "s3*:Get", "Resource": ["arn:aws:s3", 5], "Conditon": {}},
          |                                                       ^^^^^^^^^

        warning: omitted: it is not a string
         --> p.json:6:93
          |
        6 |     {"Sid": "Two Words", "Effect": "Allow", "Action": "s3*:Get", "Resource": ["arn:aws:s3", 5], "Conditon": {}},
          |                                                                                             ^

        note: the Sid is `TwoWords` in the spec instead of `Two Words`, which IAM rejects
         --> p.json:6:13
          |
        6 |     {"Sid": "Two Words", "Effect": "Allow", "Action": "s3*:Get", "Resource": ["arn:aws:s3", 5], "Conditon": {}},
          |             ^^^^^^^^^^^

        warning: omitted: a condition must be an object of operators, each an object of keys
         --> p.json:7:96
          |
        7 |     {"Sid": "Same", "Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": "x", "Null": {"a": [], "b": {}}}},
          |                                                                                                ^^^

        warning: omitted: it is not a valid value
         --> p.json:7:124
          |
        7 |     {"Sid": "Same", "Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": "x", "Null": {"a": [], "b": {}}}},
          |                                                                                                                            ^^

        warning: specs do not accept a condition without values
         --> p.json:7:124
          |
        7 |     {"Sid": "Same", "Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": "x", "Null": {"a": [], "b": {}}}},
          |                                                                                                                            ^^

        warning: the statement has no effect; in the spec it is `Allow`
         --> p.json:8:5
          |
        8 |     {"Sid": "Same", "Action": "s3:*", "Resource": "*"},
          |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        note: the Sid is `Same2` in the spec instead of `Same`, which is a duplicate
         --> p.json:8:13
          |
        8 |     {"Sid": "Same", "Action": "s3:*", "Resource": "*"},
          |             ^^^^^^

        warning: omitted: a statement must be an object
         --> p.json:9:5
          |
        9 |     "statement"
          |     ^^^^^^^^^^^

        exit code 1
    "#]]);
}

#[test]
fn the_older_version_without_variables_is_equivalent() {
    let policy = r#"{"Statement": {"Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    Folder::with(&[]).check_with(
        &["import", "-"],
        policy.as_bytes(),
        expect![[r#"
            [policy.user]

            [[policy.user.statement]]
            id        = "a"
            reason    = ""
            actions   = ["s3:*"]
            resources = ["*"]
            ---
            note: the spec uses version 2012-10-17, which makes no difference for this policy
             --> <stdin>:1:1
              |
            1 | {"Statement": {"Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

            exit code 0
        "#]],
    );
}

#[test]
fn unimportable_input() {
    let folder = Folder::with(&[("p.toml", SPEC), ("p.json", "{"), ("list.json", "[]")]);
    folder.check(
        &["import", "p.toml"],
        expect![[r#"
            ---
            error: `p.toml` is already a spec
            exit code 2
        "#]],
    );
    folder.check(
        &["import", "p.json"],
        expect![[r#"
            ---
            error[JSON_SYNTAX_ERROR]: expected a key or `}`, found the end of the text
             --> p.json:1:2
              |
            1 | {
              |  ^

            note: `iam-policy check p.json` shows all problems
            exit code 2
        "#]],
    );
    folder.check(
        &["import", "none.json"],
        expect![[r#"
        ---
        error: there is no file `none.json`
        exit code 2
    "#]],
    );
    folder.check(
        &["import", "list.json"],
        expect![[r#"
            ---
            error: `list.json` is not a policy: a policy is an object
            exit code 2
        "#]],
    );
    folder.check(
        &["import", "p.json", "--name", "all"],
        expect![[r#"
            ---
            error: `all` cannot be the name of a policy
              = help: `all` is reserved
            exit code 2
        "#]],
    );
    folder.check(
        &["import", "p.json", "--name", "2"],
        expect![[r#"
            ---
            error: `2` cannot be the name of a policy
              = help: a name starts with a letter and contains letters, digits, `-` and `_`
            exit code 2
        "#]],
    );
}

/// Every policy of an account becomes a policy of one spec, and says whose it is.
#[test]
fn an_account() {
    let read = |action: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Sid": "A", "Effect": "Allow", "Action": "{action}", "Resource": "*"}}]}}"#
        )
    };
    let (list, describe, all) = (read("s3:ListAllMyBuckets"), read("ec2:DescribeVpcs"), read("*"));
    let account = format!(
        r#"{{
  "UserDetailList": [
    {{"UserName": "ann", "Arn": "arn:aws:iam::123456789012:user/ann",
      "UserPolicyList": [{{"PolicyName": "one", "PolicyDocument": {list}}}, {{"PolicyName": "Two things", "PolicyDocument": {describe}}}],
      "AttachedManagedPolicies": [{{"PolicyName": "shared", "PolicyArn": "arn:aws:iam::123456789012:policy/shared"}}]}},
    {{"UserName": "bob", "Arn": "arn:aws:iam::123456789012:user/bob",
      "AttachedManagedPolicies": [{{"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}],
      "PermissionsBoundary": {{"PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/shared"}}}}
  ],
  "RoleDetailList": [
    {{"RoleName": "runner", "Arn": "arn:aws:iam::123456789012:role/ci/runner",
      "AssumeRolePolicyDocument": {{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"Service": "ec2.amazonaws.com"}}, "Action": "sts:AssumeRole"}}]}}}}
  ],
  "GroupDetailList": [
    {{"GroupName": "all", "Arn": "arn:aws:iam::123456789012:group/all",
      "GroupPolicyList": [{{"PolicyName": "p", "PolicyDocument": {list}}}]}}
  ],
  "Policies": [
    {{"PolicyName": "shared", "Arn": "arn:aws:iam::123456789012:policy/shared",
      "PolicyVersionList": [{{"VersionId": "v1", "IsDefaultVersion": true, "Document": {describe}}}]}},
    {{"PolicyName": "ReadOnlyAccess", "Arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
      "PolicyVersionList": [{{"VersionId": "v1", "IsDefaultVersion": true, "Document": {list}}}]}}
  ],
  "ServiceControlPolicies": [[{all}], [{all}]]
}}"#
    );
    Folder::with(&[("account.json", &account)]).check(&["import", "account.json"], expect![[r#"
        [policy.ann-one]
        about = "The inline policy `one` of the user `ann`."

        [[policy.ann-one.statement]]
        id        = "a"
        reason    = ""
        actions   = ["s3:ListAllMyBuckets"]
        resources = ["*"]

        [policy.ann-two-things]
        about = "The inline policy `Two things` of the user `ann`."

        [[policy.ann-two-things.statement]]
        id        = "a"
        reason    = ""
        actions   = ["ec2:DescribeVpcs"]
        resources = ["*"]

        [policy.all-2]
        about = "The inline policy `p` of the group `all`."

        [[policy.all-2.statement]]
        id        = "a"
        reason    = ""
        actions   = ["s3:ListAllMyBuckets"]
        resources = ["*"]

        [policy.runner]
        about = "The trust policy of the role `runner`."

        [[policy.runner.trust.statement]]
        id       = "assume-from-ec2"
        reason   = ""
        services = ["ec2"]
        actions  = ["sts:AssumeRole"]

        [policy.shared]
        about = "The managed policy `arn:aws:iam::123456789012:policy/shared`, attached to the user `ann`, the permissions boundary of the user `bob`."

        [[policy.shared.statement]]
        id        = "a"
        reason    = ""
        actions   = ["ec2:DescribeVpcs"]
        resources = ["*"]

        [policy.service-control-policies-0-0]
        type = "service-control"

        [[policy.service-control-policies-0-0.statement]]
        id        = "a"
        reason    = ""
        actions   = ["*"]
        resources = ["*"]
        ---
        note: the spec does not say that the user `bob` has `arn:aws:iam::aws:policy/ReadOnlyAccess`
         --> account.json

        note: the statement has no Sid; in the spec it is `AssumeFromEc2`
          --> account.json:12:75
           |
        12 | …olePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "st…
           |                                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        exit code 0
    "#]]);
}

#[test]
fn output_of_aws() {
    let document = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}"#;
    let policy = format!(r#"{{"RoleName": "app", "PolicyName": "logs_2", "PolicyDocument": {document}}}"#);
    let two = format!("[{policy}, {policy}]");
    let folder = Folder::with(&[("p.json", &policy), ("two.json", &two)]);
    folder.check(
        &["import", "p.json"],
        expect![[r#"
        [policy.logs_2]
        about = "From `logs_2` of `app`."

        [[policy.logs_2.statement]]
        id        = "a"
        reason    = ""
        actions   = ["s3:ListAllMyBuckets"]
        resources = ["*"]
        ---
        exit code 0
    "#]],
    );
    folder.check(
        &["import", "two.json", "--name", "user"],
        expect![[r#"
        ---
        error: `--name` names one policy, but `two.json` has 2
          = help: leave it out: each policy keeps its own name
        exit code 2
    "#]],
    );
}

#[test]
fn the_trust_of_a_role() {
    let policy = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": {
        "StringEquals": {
          "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
          "token.actions.githubusercontent.com:sub": "repo:octo-org/octo-repo:ref:refs/heads/main"
        }
      }
    }
  ]
}"#;
    Folder::with(&[("p.json", policy)]).check(&["import", "p.json", "--name", "ci"], expect![[r#"
        [policy.ci]

        [[policy.ci.trust.statement]]
        id      = "assume-from-oidc"
        reason  = ""
        oidc    = ["arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"]
        actions = ["sts:AssumeRoleWithWebIdentity"]
        condition.StringEquals."token.actions.githubusercontent.com:aud" = ["sts.amazonaws.com"]
        condition.StringEquals."token.actions.githubusercontent.com:sub" = ["repo:octo-org/octo-repo:ref:refs/heads/main"]
        ---
        note: the statement has no Sid; in the spec it is `AssumeFromOidc`
         --> p.json:4:5
          |
        4 |     {
          |     ^

        exit code 0
    "#]]);
}

#[test]
fn the_policy_of_a_queue() {
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
  "Principal": {"Service": "s3.amazonaws.com", "AWS": "arn:aws:iam::123456789012:role/app"}, "Action": "sqs:SendMessage",
  "Resource": "arn:aws:sqs:eu-west-1:123456789012:q", "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}]}"#;
    Folder::with(&[("p.json", policy)]).check(
        &["import", "p.json", "--name", "queue"],
        expect![[r#"
        [policy.queue]
        type = "resource"
        resource-type = "sqs:queue"

        [[policy.queue.statement]]
        id        = "sqs-write"
        reason    = ""
        services  = ["s3"]
        roles     = ["arn:aws:iam::123456789012:role/app"]
        actions   = ["sqs:SendMessage"]
        resources = ["arn:aws:sqs:eu-west-1:123456789012:q"]
        condition.StringEquals."aws:SourceAccount" = ["123456789012"]
        ---
        note: the statement has no Sid; in the spec it is `SqsWrite`
         --> p.json:1:41
          |
        1 | {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
          |                                         ^^^^^^^^^^^^^^^^^^^

        exit code 0
    "#]],
    );
}

/// Imports a policy, fills in the reasons, and compares the policy that is generated with the original.
fn survives(policy: &str, expected: Expect) {
    let folder = Folder::with(&[("policy.json", policy)]);
    let imported = folder.run(&["import", "policy.json"]);
    assert_eq!(imported.code, 0, "{imported}");
    expected.assert_eq(&format!("{}---\n{}", imported.stdout, imported.stderr));
    folder.write("policies.toml", imported.stdout.replace(" = \"\"", " = \"-\""));
    let generated = folder.run(&["generate", "--spec", "policies.toml", "--out", "out"]);
    assert_eq!(generated.code, 0, "{generated}");
    for pair in [["policy.json", "out/user.json"], ["out/user.json", "policy.json"]] {
        let compared = folder.run(&["diff", pair[0], pair[1]]);
        assert_eq!(compared.code, 0, "{compared}");
    }
}

#[test]
fn text_of_the_older_version_stays_text() {
    survives(
        r#"{
  "Version": "2008-10-17",
  "Statement": {
    "Sid": "Home",
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": ["arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/$a{b}"],
    "Condition": {"StringLike": {"aws:PrincipalTag/team": ["${*}", "plain"]}}
  }
}"#,
        expect![[r#"
            [policy.user]

            [[policy.user.statement]]
            id        = "home"
            reason    = ""
            actions   = ["s3:GetObject"]
            resources = [
              "arn:aws:s3:::home/${$}{{aws:username}}/*",
              "arn:aws:s3:::home/$a{{b}}",
            ]
            condition.StringLike."aws:PrincipalTag/team" = [
              "${$}{{*}}",
              "plain",
            ]
            ---
            note: this is plain text, so `${` is `${$}{` in the spec, which uses version 2012-10-17
             --> policy.json:7:18
              |
            7 |     "Resource": ["arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/$a{b}"],
              |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        "#]],
    );
}

#[test]
fn conditions_without_values_are_kept() {
    survives(
        r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Never",
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::reports/*",
      "Condition": {"StringEquals": {"aws:PrincipalTag/team": []}}
    },
    {
      "Sid": "Unless",
      "Effect": "Allow",
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::reports/*",
      "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": []}, "ForAllValues:StringEquals": {"aws:TagKeys": []}}
    }
  ]
}"#,
        expect![[r#"
            [policy.user]

            [[policy.user.statement]]
            id        = "never"
            reason    = ""
            actions   = ["s3:GetObject"]
            resources = ["arn:aws:s3:::reports/*"]
            waive     = [{ check = "EMPTY_ARRAY_CONDITION", why = "" }]
            condition.StringEquals."aws:PrincipalTag/team" = []

            [[policy.user.statement]]
            id        = "unless"
            reason    = ""
            actions   = ["s3:PutObject"]
            resources = ["arn:aws:s3:::reports/*"]
            waive     = [{ check = "EMPTY_ARRAY_CONDITION", why = "" }, { check = "EMPTY_ARRAY_CONDITION_FORALLVALUES", why = "" }]
            condition.StringNotEquals."aws:PrincipalTag/team" = []
            condition."ForAllValues:StringEquals"."aws:TagKeys" = []
            ---
        "#]],
    );
}

#[test]
fn boundaries_of_an_account_bound_policies() {
    let account = r#"{
  "UserDetailList": [],
  "GroupDetailList": [],
  "RoleDetailList": [
    {
      "RoleName": "worker",
      "Arn": "arn:aws:iam::111122223333:role/worker",
      "AssumeRolePolicyDocument": {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Lambda", "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
      },
      "RolePolicyList": [
        {
          "PolicyName": "inline",
          "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Sid": "Write", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::reports/*"}]
          }
        }
      ],
      "AttachedManagedPolicies": [{"PolicyName": "queues", "PolicyArn": "arn:aws:iam::111122223333:policy/queues"}],
      "PermissionsBoundary": {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/limit"
      }
    }
  ],
  "Policies": [
    {
      "PolicyName": "limit",
      "Arn": "arn:aws:iam::111122223333:policy/limit",
      "DefaultVersionId": "v1",
      "PolicyVersionList": [
        {
          "VersionId": "v1",
          "IsDefaultVersion": true,
          "Document": {
            "Version": "2012-10-17",
            "Statement": [{"Sid": "Storage", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]
          }
        }
      ]
    },
    {
      "PolicyName": "queues",
      "Arn": "arn:aws:iam::111122223333:policy/queues",
      "DefaultVersionId": "v1",
      "PolicyVersionList": [
        {
          "VersionId": "v1",
          "IsDefaultVersion": true,
          "Document": {
            "Version": "2012-10-17",
            "Statement": [{"Sid": "Send", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:111122223333:done"}]
          }
        }
      ]
    }
  ]
}"#;
    let folder = Folder::with(&[("account.json", account)]);
    folder.check(&["import", "account.json"], expect![[r#"
        [policy.worker]
        about = "The inline policy `inline` of the role `worker`."

        [[policy.worker.statement]]
        id        = "write"
        reason    = ""
        actions   = ["s3:PutObject"]
        resources = ["arn:aws:s3:::reports/*"]

        [[policy.worker.trust.statement]]
        id       = "lambda"
        reason   = ""
        services = ["lambda"]
        actions  = ["sts:AssumeRole"]

        [policy.limit]
        about = "The managed policy `arn:aws:iam::111122223333:policy/limit`, the permissions boundary of the role `worker`."
        type = "boundary"
        bounds = ["worker"]

        [[policy.limit.statement]]
        id        = "storage"
        reason    = ""
        actions   = ["s3:*"]
        resources = ["*"]

        [policy.queues]
        about = "The managed policy `arn:aws:iam::111122223333:policy/queues`, attached to the role `worker`."

        [[policy.queues.statement]]
        id        = "send"
        reason    = ""
        actions   = ["sqs:SendMessage"]
        resources = ["arn:aws:sqs:*:111122223333:done"]
        ---
        note: the boundary `arn:aws:iam::111122223333:policy/limit` is not proved to leave everything to `queues`, so its `bounds` does not name it
         --> account.json

        exit code 0
    "#]]);
    let imported = folder.run(&["import", "account.json"]);
    folder.write("policies.toml", imported.stdout.replace(" = \"\"", " = \"-\""));
    assert_eq!(
        folder
            .run(&["generate", "--spec", "policies.toml", "--out", "out"])
            .code,
        0
    );
}
