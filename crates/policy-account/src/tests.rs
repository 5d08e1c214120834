use expect_test::{Expect, expect};
use iam_policy_document::{Lines, SourceFile};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use proptest::prelude::*;

use crate::{policies_in, read};

/// The errors in a file.
fn check(source: &str, expected: Expect) {
    let reading = read(source.as_bytes());
    let lines = Lines::new(source.as_bytes());
    let shown = SourceFile::new("p.json", &lines).show_all(&reading.problems);
    expected.assert_eq(shown.as_str());
}

/// The owner of each policy.
fn check_policies(source: &str, arn: &str, expected: Expect) {
    let reading = read(source.as_bytes());
    assert_eq!(reading.problems, []);
    let text = match reading.principals.find(arn) {
        Ok(identity) => {
            let mut lines = vec![format!("{} at {}", identity.entity.arn, identity.entity.path)];
            for policy in &identity.policies {
                let statements = policy.policy.document().statements().count();
                lines.push(format!(
                    "{} ({} statements): {}",
                    policy.name, statements, policy.origin
                ));
            }
            lines.extend(identity.boundary.map(|boundary| format!("boundary {}", boundary.arn)));
            let trust = identity.entity.trust.as_ref();
            lines.extend(trust.map(|trust| format!("trust {:?}", trust.document())));
            lines.join("\n")
        }
        Err(error) => format!("{error}\n{:?}", error.advice()),
    };
    expected.assert_eq(&text);
}

const ACCOUNT: &str = include_str!("../example.json");

#[test]
fn a_user_has_the_policies_of_its_groups() {
    check_policies(
        ACCOUNT,
        "arn:aws:iam::123456789012:user/ann",
        expect![[r#"
        arn:aws:iam::123456789012:user/ann at /
        own-keys (1 statements): inline policy of the user `ann`
        read-reports (2 statements): managed policy `arn:aws:iam::123456789012:policy/read-reports`, attached to the group `readers`
        boundary arn:aws:iam::123456789012:policy/limit"#]],
    );
}

#[test]
fn groups_have_policies() {
    check_policies(
        ACCOUNT,
        "arn:aws:iam::123456789012:group/readers",
        expect![[r#"
        arn:aws:iam::123456789012:group/readers at /
        read-reports (2 statements): managed policy `arn:aws:iam::123456789012:policy/read-reports`, attached to the group `readers`"#]],
    );
}

#[test]
fn a_session_has_the_policies_of_its_role() {
    check_policies(
        ACCOUNT,
        "arn:aws:sts::123456789012:assumed-role/build/42",
        expect![[r#"
            arn:aws:iam::123456789012:role/ci/build at /ci/
            publish (1 statements): inline policy of the role `build`
            trust {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"codebuild.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#]],
    );
    check_policies(
        ACCOUNT,
        "arn:aws:iam::123456789012:role/ci/build",
        expect![[r#"
        arn:aws:iam::123456789012:role/ci/build at /ci/
        publish (1 statements): inline policy of the role `build`
        trust {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"codebuild.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#]],
    );
}

#[test]
fn unknown_principals() {
    for (arn, expected) in [
        (
            "arn:aws:iam::123456789012:role/build",
            expect![[r#"
            there is no role `arn:aws:iam::123456789012:role/build`
            Some("did you mean `arn:aws:iam::123456789012:role/ci/build`?")"#]],
        ),
        (
            "arn:aws:iam::123456789012:user/bob",
            expect![[r#"
            there is no user `arn:aws:iam::123456789012:user/bob`
            None"#]],
        ),
        // What looks like a session in the path is part of the path.
        (
            "arn:aws:iam::123456789012:user/x:assumed-role/ann",
            expect![[r#"
            there is no user `arn:aws:iam::123456789012:user/x:assumed-role/ann`
            Some("did you mean `arn:aws:iam::123456789012:user/ann`?")"#]],
        ),
        (
            "arn:aws:iam::210987654321:user/ann",
            expect![[r#"
            there is no user `arn:aws:iam::210987654321:user/ann`
            None"#]],
        ),
        (
            "arn:aws:iam::123456789012:root",
            expect![[r#"
            `arn:aws:iam::123456789012:root` has no policies of its own: only users, groups, roles and sessions of roles do
            None"#]],
        ),
        (
            "arn:aws:sts::123456789012:federated-user/ann",
            expect![[r#"
            `arn:aws:sts::123456789012:federated-user/ann` has no policies of its own: only users, groups, roles and sessions of roles do
            None"#]],
        ),
        (
            "ann",
            expect![[r#"
            `ann` is not the ARN of a user, a group or a role
            Some("such as `arn:aws:iam::123456789012:user/ann`")"#]],
        ),
    ] {
        check_policies(ACCOUNT, arn, expected);
    }
}

#[test]
fn attached_policies_must_exist() {
    check(
        r#"{
  "UserDetailList": [{
    "UserName": "ann",
    "Arn": "arn:aws:iam::123456789012:user/ann",
    "GroupList": ["readers"],
    "AttachedManagedPolicies": [{"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
    "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/limit"}
  }],
  "AccessKeys": {"AKIAIOSFODNN7EXAMPLE": "arn:aws:iam::123456789012:user/bob"}
}"#,
        expect![[r#"
            error: the user `ann` is in the group `readers`, which is not in the file
             --> p.json:5:19
              |
            5 |     "GroupList": ["readers"],
              |                   ^^^^^^^^^
              = help: run the command without `--filter`, or with `Group` in it

            error: the user `ann` has the managed policy `arn:aws:iam::aws:policy/ReadOnlyAccess`, which is not in the file
             --> p.json:6:79
              |
            6 |     "AttachedManagedPolicies": [{"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
              |                                                                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: AWS managed policies are in the output only while they are attached: run the command without `--filter`, or with `AWSManagedPolicy` in it

            error: the user `ann` has the permissions boundary `arn:aws:iam::123456789012:policy/limit`, which is not in the file
             --> p.json:7:92
              |
            7 |     "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/limit"}
              |                                                                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: run the command without `--filter`, or with `LocalManagedPolicy` in it

            error: the access key `AKIAIOSFODNN7EXAMPLE` is that of `arn:aws:iam::123456789012:user/bob`, which is not in the file
             --> p.json:9:42
              |
            9 |   "AccessKeys": {"AKIAIOSFODNN7EXAMPLE": "arn:aws:iam::123456789012:user/bob"}
              |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        "#]],
    );
}

#[test]
fn invalid_policies() {
    check(
        r#"{
  "GroupDetailList": [{
    "GroupName": "readers",
    "Arn": "arn:aws:iam::123456789012:group/readers",
    "GroupPolicyList": [
      {"PolicyName": "a", "PolicyDocument": {"Statement": {"Effect": "Alow", "Action": "*", "Resource": "*"}}},
      {"PolicyName": "b", "PolicyDocument": "{\"Statement\": {\"Effect\": \"Alow\", \"Action\": \"*\", \"Resource\": \"*\"}}"},
      {"PolicyName": "c", "PolicyDocument": "%7B%22Statement%22%3A%20%5B%7D"},
      {"PolicyName": "d", "PolicyDocument": "%FF"},
      {"PolicyName": "e", "PolicyDocument": 5},
      {"PolicyName": "f"},
      {"PolicyDocument": {"Statement": []}},
      "g"
    ]
  }]
}"#,
        expect![[r#"
            error: `Alow` is neither `Allow` nor `Deny`
             --> p.json:6:70
              |
            6 |       {"PolicyName": "a", "PolicyDocument": {"Statement": {"Effect": "Alow", "Action": "*", "Resource": "*"}}},
              |                                                                      ^^^^^^

            error: the policy in this string: `Statement.Effect`: `Alow` is neither `Allow` nor `Deny`
             --> p.json:7:45
              |
            7 |       {"PolicyName": "b", "PolicyDocument": "{\"Statement\": {\"Effect\": \"Alow\", \"Action\": \"*\", \"Resource\": \"*\"}}"},
              |                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

            error: the policy in this string, at 1:16: expected a value or `]`, found `}`
             --> p.json:8:45
              |
            8 |       {"PolicyName": "c", "PolicyDocument": "%7B%22Statement%22%3A%20%5B%7D"},
              |                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

            error: the policy in this string, at 1:16: expected a comma or `]`, found `}`
             --> p.json:8:45
              |
            8 |       {"PolicyName": "c", "PolicyDocument": "%7B%22Statement%22%3A%20%5B%7D"},
              |                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

            error: the decoded policy is not valid UTF-8
             --> p.json:9:45
              |
            9 |       {"PolicyName": "d", "PolicyDocument": "%FF"},
              |                                             ^^^^^

            error: expected a policy: an object or a string, found a number
              --> p.json:10:45
               |
            10 |       {"PolicyName": "e", "PolicyDocument": 5},
               |                                             ^

            error: this policy has no `PolicyDocument`
              --> p.json:11:7
               |
            11 |       {"PolicyName": "f"},
               |       ^^^^^^^^^^^^^^^^^^^

            error: this policy has no `PolicyName`
              --> p.json:12:7
               |
            12 |       {"PolicyDocument": {"Statement": []}},
               |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

            error: expected an object for a policy, found a string
              --> p.json:13:7
               |
            13 |       "g"
               |       ^^^

        "#]],
    );
}

#[test]
fn each_mistake_is_reported_once() {
    // The attached policy exists, though it is invalid, and the group may be the one without an ARN.
    check(
        r#"{
  "UserDetailList": [{
    "UserName": "ann",
    "Arn": "arn:aws:iam::123456789012:user/ann",
    "GroupList": ["readers"],
    "AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::123456789012:policy/a"}, {"PolicyArn": "arn:aws:iam::123456789012:policy/b"}]
  }],
  "GroupDetailList": [{"GroupName": "readers"}],
  "Policies": [
    {"Arn": "arn:aws:iam::123456789012:policy/a", "PolicyVersionList": [{"IsDefaultVersion": true, "Document": {"Statement": {}}}]},
    {"Arn": "arn:aws:iam::123456789012:policy/b", "DefaultVersionId": "v2", "PolicyVersionList": [{"VersionId": "v1", "Document": {"Statement": []}}]}
  ]
}"#,
        expect![[r#"
            error: this group has no `Arn`
             --> p.json:8:23
              |
            8 |   "GroupDetailList": [{"GroupName": "readers"}],
              |                       ^^^^^^^^^^^^^^^^^^^^^^^^

            error: `Effect` is missing
              --> p.json:10:126
               |
            10 |     {"Arn": "arn:aws:iam::123456789012:policy/a", "PolicyVersionList": [{"IsDefaultVersion": true, "Document": {"Statement": {}}}]},
               |                                                                                                                              ^^

            error: `Action` or `NotAction` is missing
              --> p.json:10:126
               |
            10 |     {"Arn": "arn:aws:iam::123456789012:policy/a", "PolicyVersionList": [{"IsDefaultVersion": true, "Document": {"Statement": {}}}]},
               |                                                                                                                              ^^

            error: `Resource` or `NotResource` is missing
              --> p.json:10:126
               |
            10 |     {"Arn": "arn:aws:iam::123456789012:policy/a", "PolicyVersionList": [{"IsDefaultVersion": true, "Document": {"Statement": {}}}]},
               |                                                                                                                              ^^

            error: the managed policy `arn:aws:iam::123456789012:policy/b` has no default version
              --> p.json:11:5
               |
            11 |     {"Arn": "arn:aws:iam::123456789012:policy/b", "DefaultVersionId": "v2", "PolicyVersionList": [{"VersionId": "v1", "Document": {"Statemen…
               |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               = help: the default version has `IsDefaultVersion` set to true in `PolicyVersionList`

        "#]],
    );
    check(
        r#"{"UserDetailList": [{"UserName": "ann" "Arn": 1]}"#,
        expect![[r#"
            error[JSON_SYNTAX_ERROR]: expected a comma or `}`, found `"Arn"`
             --> p.json:1:40
              |
            1 | {"UserDetailList": [{"UserName": "ann" "Arn": 1]}
              |                                        ^^^^^

            error[JSON_SYNTAX_ERROR]: expected a comma or `}`, found `]`
             --> p.json:1:48
              |
            1 | {"UserDetailList": [{"UserName": "ann" "Arn": 1]}
              |                                                ^

        "#]],
    );
}

#[test]
fn pages_are_merged() {
    check_policies(
        r#"[
            {"UserDetailList": [{"UserName": "ann", "Arn": "arn:aws:iam::123456789012:user/ann", "GroupList": ["g"]}], "IsTruncated": true},
            {"GroupDetailList": [{"GroupName": "g", "Arn": "arn:aws:iam::123456789012:group/g",
                "GroupPolicyList": [{"PolicyName": "p", "PolicyDocument": "%7B%22Statement%22%3A%5B%5D%7D"}]}], "IsTruncated": false}
        ]"#,
        "arn:aws:iam::123456789012:user/ann",
        expect![[r#"
            arn:aws:iam::123456789012:user/ann at /
            p (0 statements): inline policy of the group `g`"#]],
    );
}

#[test]
fn files_that_are_not_accounts() {
    for (source, expected) in [
        (
            "",
            expect![[r#"
                error[JSON_SYNTAX_ERROR]: expected a value, found the end of the text
                 --> p.json:1:1
                  |
                1 |
                  | ^
                  = help: the file is empty

            "#]],
        ),
        (
            "5",
            expect![[r#"
                error: expected an object, or an array of objects, found a number
                 --> p.json:1:1
                  |
                1 | 5
                  | ^

            "#]],
        ),
        (
            "[{}, 5]",
            expect![[r#"
                error: expected an object, found a number
                 --> p.json:1:6
                  |
                1 | [{}, 5]
                  |      ^

            "#]],
        ),
        (
            r#"{"accesskeys": {}, "Users": []}"#,
            expect![[r#"
                error: unknown key `accesskeys` in an account file
                 --> p.json:1:2
                  |
                1 | {"accesskeys": {}, "Users": []}
                  |  ^^^^^^^^^^^^
                  = help: did you mean `AccessKeys`?

                error: unknown key `Users` in an account file
                 --> p.json:1:20
                  |
                1 | {"accesskeys": {}, "Users": []}
                  |                    ^^^^^^^
                  = help: the keys are `UserDetailList`, `GroupDetailList`, `RoleDetailList`, `Policies`, `IsTruncated`, `Marker`, `ResponseMetadata`, `AccessKeys`, `ServiceControlPolicies`, `ResourceControlPolicies`, `ResourcePolicies`

            "#]],
        ),
        (
            r#"{"UserDetailList": {}, "AccessKeys": []}"#,
            expect![[r#"
                error: expected an array in `UserDetailList`, found an object
                 --> p.json:1:20
                  |
                1 | {"UserDetailList": {}, "AccessKeys": []}
                  |                    ^^

                error: expected an object in `AccessKeys`, found an array
                 --> p.json:1:38
                  |
                1 | {"UserDetailList": {}, "AccessKeys": []}
                  |                                      ^^

            "#]],
        ),
        (
            r#"{"UserDetailList": [5, {"UserName": 5, "Arn": null}], "IsTruncated": true}"#,
            expect![[r#"
                error: expected an object for a user, found a number
                 --> p.json:1:21
                  |
                1 | {"UserDetailList": [5, {"UserName": 5, "Arn": null}], "IsTruncated": true}
                  |                     ^

                error: this user has no `Arn`
                 --> p.json:1:24
                  |
                1 | {"UserDetailList": [5, {"UserName": 5, "Arn": null}], "IsTruncated": true}
                  |                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^

                error: the last page is truncated
                 --> p.json:1:70
                  |
                1 | {"UserDetailList": [5, {"UserName": 5, "Arn": null}], "IsTruncated": true}
                  |                                                                      ^^^^
                  = help: put all pages into one array, or let the AWS CLI combine them

            "#]],
        ),
    ] {
        check(source, expected);
    }
}

#[test]
fn mismatched_names_and_arns() {
    check(
        r#"{"UserDetailList": [
  {"UserName": "ann", "Arn": "arn:aws:iam::123456789012:role/ann"},
  {"UserName": "ann", "Arn": "arn:aws:iam::123456789012:user/bob"},
  {"UserName": "eve", "Arn": "arn:aws:iam::123456789012:user/eve"},
  {"UserName": "Eve", "Arn": "arn:aws:iam::123456789012:user/other/Eve"}
]}"#,
        expect![[r#"
            error: `arn:aws:iam::123456789012:role/ann` is not the ARN of a user
             --> p.json:2:30
              |
            2 |   {"UserName": "ann", "Arn": "arn:aws:iam::123456789012:role/ann"},
              |                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: such as `arn:aws:iam::123456789012:user/ann`

            error: the user is named `ann`, but its ARN ends with `bob`
             --> p.json:3:16
              |
            3 |   {"UserName": "ann", "Arn": "arn:aws:iam::123456789012:user/bob"},
              |                ^^^^^

            error: duplicate user `Eve`
             --> p.json:5:30
              |
            5 |   {"UserName": "Eve", "Arn": "arn:aws:iam::123456789012:user/other/Eve"}
              |                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        "#]],
    );
}

#[test]
fn access_keys_belong_to_principals() {
    check(
        r#"{
  "AccessKeys": {
    "A": "arn:aws:iam::123456789012:root",
    "B": "arn:aws:sts::123456789012:federated-user/ann",
    "C": "arn:aws:sts::123456789012:assumed-role/build/1",
    "D": "arn:aws:iam::123456789012:role/build",
    "E": "arn:aws:iam::123456789012:group/g",
    "F": "123456789012",
    "G": 5
  }
}"#,
        expect![[r#"
            error: the access key `C` is that of `arn:aws:sts::123456789012:assumed-role/build/1`, which is not in the file
             --> p.json:5:10
              |
            5 |     "C": "arn:aws:sts::123456789012:assumed-role/build/1",
              |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

            error: roles do not have access keys, but their sessions do
             --> p.json:6:10
              |
            6 |     "D": "arn:aws:iam::123456789012:role/build",
              |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: such as `arn:aws:sts::123456789012:assumed-role/build/SESSION`

            error: `arn:aws:iam::123456789012:group/g` cannot have access keys
             --> p.json:7:10
              |
            7 |     "E": "arn:aws:iam::123456789012:group/g",
              |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: use the ARN of a user, of `root`, of a role session, or of a federated user

            error: `123456789012` cannot have access keys
             --> p.json:8:10
              |
            8 |     "F": "123456789012",
              |          ^^^^^^^^^^^^^^
              = help: use the ARN of a user, of `root`, of a role session, or of a federated user

            error: expected an ARN, found a number
             --> p.json:9:10
              |
            9 |     "G": 5
              |          ^

        "#]],
    );
}

#[test]
fn levels_and_resources() {
    check(
        r#"{
  "ServiceControlPolicies": [[], {"Statement": []}, [{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}]],
  "ResourceControlPolicies": [[{"Statement": []}]],
  "ResourcePolicies": {"bucket": {"Statement": []}, "arn:aws:s3:::b": {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}}
}"#,
        expect![[r#"
            error: expected an array with the policies of a level, found an object
             --> p.json:2:34
              |
            2 |   "ServiceControlPolicies": [[], {"Statement": []}, [{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}]…
              |                                  ^^^^^^^^^^^^^^^^^

            error: a policy of type `service-control` cannot name principals
             --> p.json:2:102
              |
            2 | …"ServiceControlPolicies": [[], {"Statement": []}, [{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}]],
              |                                                                                                     ^^^

            error: `bucket` is not the ARN of a resource: an ARN starts with `arn:`
             --> p.json:4:24
              |
            4 |   "ResourcePolicies": {"bucket": {"Statement": []}, "arn:aws:s3:::b": {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Res…
              |                        ^^^^^^^^

        "#]],
    );
}

#[test]
fn levels_must_be_on_one_page() {
    check(
        r#"[{"ServiceControlPolicies": [[]]}, {"ServiceControlPolicies": [[]], "ResourceControlPolicies": [[]]}]"#,
        expect![[r#"
            error: `ServiceControlPolicies` is also on another page
             --> p.json:1:37
              |
            1 | [{"ServiceControlPolicies": [[]]}, {"ServiceControlPolicies": [[]], "ResourceControlPolicies": [[]]}]
              |                                     ^^^^^^^^^^^^^^^^^^^^^^^^

        "#]],
    );
}

#[test]
fn tags_are_read() {
    let source = br#"{"UserDetailList": [{
        "UserName": "ann",
        "Arn": "arn:aws:iam::123456789012:user/ann",
        "Tags": [{"Key": "team", "Value": "red"}, {"Key": "empty", "Value": ""}, {"Key": "none"}]
    }]}"#;
    let reading = read(source);
    let ann = reading.principals.entities().next().unwrap();
    let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(ann.tags, [tag("team", "red"), tag("empty", "")]);
    assert_eq!(reading.problems.len(), 1);
    assert_eq!(reading.problems[0].message, "this tag has no `Value`");
}

#[test]
fn policy_locations_map_to_the_file() {
    let reading = read(ACCOUNT.as_bytes());
    let identity = reading.principals.find("arn:aws:iam::123456789012:user/ann").unwrap();
    let policy = identity.policies[0].policy;
    let span = policy.document().statements().next().unwrap().0.span().unwrap();
    let start = policy.start().unwrap();
    assert_eq!(
        ACCOUNT[start + span.start..start + span.end],
        policy.text()[span.start..span.end]
    );
}

/// The type and the owner of each policy in an output.
fn check_found(output: &str, expected: Expect) {
    let answer = iam_policy_document::json::read(output.as_bytes());
    assert_eq!(answer.problems, []);
    let found = policies_in(output.as_bytes(), &answer.document);
    let lines = found
        .iter()
        .map(|policy| format!("{} {}\n", policy.policy_type.name(), policy.whose));
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn types_follow_from_keys_and_contents() {
    let own = r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#;
    let shared = r#"{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}"#;
    let trust = r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}}"#;
    check_found(
        &format!(r#"[{own}, {{"a": {shared}, "b": {trust}}}]"#),
        expect![[r#"
            identity `[0]`
            resource `[1].a`
            trust `[1].b`
        "#]],
    );
    check_found(
        &format!(r#"{{"VpcEndpoints": [{{"VpcEndpointId": "vpce-1", "PolicyDocument": {shared}}}]}}"#),
        expect![[r#"
            resource `vpce-1`
        "#]],
    );
    check_found(
        &format!(r#"{{"UserName": "ann", "PolicyName": "p", "PolicyDocument": {shared}}}"#),
        expect![[r#"
            identity `p` of `ann`
        "#]],
    );
    check_found(
        &format!(r#"{{"requestParameters": {{"roleName": "ci", "assumeRolePolicyDocument": {own}}}}}"#),
        expect![[r#"
            trust `requestParameters.assumeRolePolicyDocument`
        "#]],
    );
    check_found(
        &format!(
            r#"{{"Policy": {{"PolicySummary": {{"Type": "SERVICE_CONTROL_POLICY"}}, "Content": {}}}}}"#,
            quoted(own, false)
        ),
        expect![[r#"
            service-control `Policy.Content`
        "#]],
    );
}

#[test]
fn other_json_has_no_policies() {
    for output in [
        r#"{"Version": "2012-10-17", "Statement": [], "Policy": "{}"}"#,
        // A data protection policy of CloudWatch Logs.
        r#"{"policyDocument": {"Version": "2021-06-01", "Statement": [{"DataIdentifier": [], "Operation": {}}]}}"#,
        r#"{"Attributes": {"EffectiveDeliveryPolicy": "{\"http\": {}}", "RedrivePolicy": "{}"}}"#,
        r#"{"InlinePolicy": "", "policy": "{}", "Document": {"Statement": "x"}, "text": "{ \"Statement\""}"#,
        r#"{"Resources": {"P": {"Type": "AWS::IAM::Policy", "PolicyDocument": {"Statement": {"Effect": "Allow"}}}}}"#,
        r#""%zz""#,
        r#""[1]""#,
    ] {
        check_found(output, expect![[""]]);
    }
}

/// A JSON string with this value, with escapes for everything outside ASCII or only where required.
fn quoted(text: &str, ascii: bool) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            _ if ascii && !character.is_ascii() => {
                let mut units = [0; 2];
                quoted.extend(
                    character
                        .encode_utf16(&mut units)
                        .iter()
                        .map(|unit| format!("\\u{unit:04x}")),
                );
            }
            _ => quoted.push(character),
        }
    }
    quoted + "\""
}

proptest! {
    #[test]
    fn locations_in_strings_map_to_the_file(id in "[a%+ \"\\\\ä€😀]{0,12}", ascii: bool, inner: bool, encoded: bool) {
        let policy = format!(r#"{{"Id": {}, "Statement": ["x"]}}"#, quoted(&id, inner));
        let string = if encoded {
            utf8_percent_encode(&policy, NON_ALPHANUMERIC).to_string()
        } else {
            policy.clone()
        };
        let file = format!(r#"{{"Policy": {}}}"#, quoted(&string, ascii));
        let answer = iam_policy_document::json::read(file.as_bytes());
        prop_assert_eq!(&answer.problems, &[]);
        let found = policies_in(file.as_bytes(), &answer.document);
        let written = iam_policy_document::json::read(policy.as_bytes()).document;
        for (value, written) in found[0].document.values().zip(written.values()) {
            let piece = value.span().unwrap().of(&file).unwrap();
            // The locations agree.
            let meant = iam_policy_document::json::read(format!("\"{piece}\"").as_bytes()).document;
            let mut meant = meant.root().as_str().unwrap().to_owned();
            if encoded {
                meant = percent_decode_str(&meant).decode_utf8().unwrap().into_owned();
            }
            prop_assert_eq!(&*meant, written.span().unwrap().of(&policy).unwrap());
        }
    }
}
