use std::io::Read;
use std::process::{Command, Stdio};

use expect_test::expect;

use crate::support::{Folder, GOOD, PROGRAM, SPEC};

const ANN: &str = "arn:aws:iam::123456789012:user/ann";
const ALL: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
const NO_S3: &str = r#"{
  "Version": "2012-10-17",
  "Statement": {"Sid": "NoStorage", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}
}
"#;

fn folder() -> Folder {
    Folder::with(&[
        ("user.json", GOOD),
        ("all.json", ALL),
        ("no-s3.json", NO_S3),
        ("policies.toml", SPEC),
        ("none.json", r#"{"Version": "2012-10-17", "Statement": []}"#),
        (
            "bucket.json",
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}}"#,
        ),
    ])
}

/// A request for a report, with additional options.
fn get<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let request = [
        "simulate",
        "--principal",
        ANN,
        "--action",
        "s3:GetObject",
        "--resource",
        "arn:aws:s3:::reports/1",
    ];
    request.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn allowed_requests() {
    folder().check(
        &get(&["--identity", "user.json"]),
        expect![[r#"
            allowed: statement 1 (`Read`) of identity policy 1 allows it
             --> user.json:4:5
              |
            6 |       "Effect": "Allow",
              |       ^^^^^^^^^^^^^^^^^ allows
            7 |       "Action": "s3:GetObject",
              |                 ^^^^^^^^^^^^^^ covers `s3:GetObject`
            8 |       "Resource": "arn:aws:s3:::reports/*"
              |                   ^^^^^^^^^^^^^^^^^^^^^^^^ covers `arn:aws:s3:::reports/1`
            ---
            exit code 0
        "#]],
    );
    folder().check(
        &get(&["--identity", "none.json", "policies.toml#user"]),
        expect![[r#"
            allowed: statement 1 (`Read`) of identity policy 2 allows it
             --> policies.toml:3:1
              |
            4 | id        = "read"
              |             ^^^^^^ allows
            ...
            6 | actions   = ["s3:GetObject"]
              |              ^^^^^^^^^^^^^^ covers `s3:GetObject`
            7 | resources = ["arn:aws:s3:::reports/*"]
              |              ^^^^^^^^^^^^^^^^^^^^^^^^ covers `arn:aws:s3:::reports/1`
            ---
            exit code 0
        "#]],
    );
}

#[test]
fn every_layer_can_deny() {
    let folder = folder();
    let all = ["--identity", "all.json"];
    let with = |more: &[&'static str]| get(&[&all, more].concat());
    folder.check(
        &get(&[]),
        expect![[r#"
            ---
            error: no policies are given
              = help: add the principal's policies with `--identity FILE`, or those of a whole account with `--principals FILE`
            exit code 2
        "#]],
    );
    folder.check(&get(&["--identity", "all.json", "no-s3.json"]), expect![[r#"
        explicitDeny: statement 1 (`NoStorage`) of identity policy 2 denies it
         --> no-s3.json:3:16
          |
        3 |   "Statement": {"Sid": "NoStorage", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}
          |                                     ^^^^^^^^^^^^^^^^ denies
          |                                                                 ^^^^^^ covers `s3:GetObject`
          |                                                                                     ^^^ covers `arn:aws:s3:::reports/1`
          = help: an explicit deny overrides every allow: narrow this statement or its conditions
        ---
        exit code 0
    "#]]);
    folder.check(
        &with(&["--boundary", "none.json"]),
        expect![[r#"
            implicitDeny: no permissions boundary allows `s3:GetObject` on `arn:aws:s3:::reports/1`
              = help: allow `s3:GetObject` on `arn:aws:s3:::reports/1` in a permissions boundary
            ---
            exit code 0
        "#]],
    );
    folder.check(&with(&["--session", "no-s3.json"]), expect![[r#"
        explicitDeny: statement 1 (`NoStorage`) of session policy 1 denies it
         --> no-s3.json:3:16
          |
        3 |   "Statement": {"Sid": "NoStorage", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}
          |                                     ^^^^^^^^^^^^^^^^ denies
          |                                                                 ^^^^^^ covers `s3:GetObject`
          |                                                                                     ^^^ covers `arn:aws:s3:::reports/1`
          = help: an explicit deny overrides every allow: narrow this statement or its conditions
        ---
        exit code 0
    "#]]);
    folder.check(&with(&["--scp", "all.json", "--scp", ""]), expect![[r#"
        implicitDeny: no service control policy at level 2 of the organization allows `s3:GetObject` on `arn:aws:s3:::reports/1`
          = help: allow `s3:GetObject` on `arn:aws:s3:::reports/1` in a service control policy
        ---
        exit code 0
    "#]]);
    folder.check(
        &with(&["--scp", "all.json", "--scp", "all.json,no-s3.json"]),
        expect![[r#"
            explicitDeny: statement 1 (`NoStorage`) of service control policy 2 at level 2 of the organization denies it
             --> no-s3.json:3:16
              |
            3 |   "Statement": {"Sid": "NoStorage", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}
              |                                     ^^^^^^^^^^^^^^^^ denies
              |                                                                 ^^^^^^ covers `s3:GetObject`
              |                                                                                     ^^^ covers `arn:aws:s3:::reports/1`
              = help: an explicit deny overrides every allow: narrow this statement or its conditions
            ---
            exit code 0
        "#]],
    );
    folder.check(&with(&["--rcp", "", "--rcp", "bucket.json"]), expect![[r#"
        explicitDeny: statement 1 of resource control policy 1 at level 2 of the organization denies it
         --> bucket.json:1:40
          |
        1 | {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}}
          |                                         ^^^^^^^^^^^^^^^^ denies
          |                                                                                       ^^^^^^^^^^^^^^ covers `s3:GetObject`
          |                                                                                                                   ^^^^^^^^^^^^^^^^^^^^^^^^ covers `arn:aws:s3:::reports/1`
          = help: an explicit deny overrides every allow: narrow this statement or its conditions
        ---
        exit code 0
    "#]]);
    folder.check(&with(&["--resource-policy", "bucket.json"]), expect![[r#"
        explicitDeny: statement 1 of the resource policy denies it
         --> bucket.json:1:40
          |
        1 | {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}}
          |                                         ^^^^^^^^^^^^^^^^ denies
          |                                                                                       ^^^^^^^^^^^^^^ covers `s3:GetObject`
          |                                                                                                                   ^^^^^^^^^^^^^^^^^^^^^^^^ covers `arn:aws:s3:::reports/1`
          = help: an explicit deny overrides every allow: narrow this statement or its conditions
        ---
        exit code 0
    "#]]);
    folder.check(&with(&["--resource-account", "210987654321"]), expect![[r#"
        implicitDeny: `arn:aws:s3:::reports/1` is in another account, and there is no resource policy that allows `s3:GetObject` on `arn:aws:s3:::reports/1`
          = help: allow `arn:aws:iam::123456789012:user/ann` to perform `s3:GetObject` in the policy of `arn:aws:s3:::reports/1`
        ---
        exit code 0
    "#]]);
}

const HOME: &str = r#"{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "*",
    "Condition": {
      "IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
      "ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}
    }
  }
}
"#;

#[test]
fn context_comes_from_options_and_a_file() {
    let folder = Folder::with(&[
        ("home.json", HOME),
        (
            "context.json",
            r#"{"aws:SourceIp": "198.51.100.1", "aws:TagKeys": ["a"]}"#,
        ),
    ]);
    let home = ["--identity", "home.json"];
    let with = |more: &[&'static str]| get(&[&home, more].concat());
    folder.check(
        &get(&home),
        expect![[r#"
            implicitDeny: no identity policy allows `s3:GetObject` on `arn:aws:s3:::reports/1`
            closest match: statement 1 of identity policy 1
             --> home.json:3:16
              |
            8 |       "IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
              |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `aws:SourceIp` is not in the request
              = help: add `aws:SourceIp` to the request context if real requests have it

            note: the decision may depend on context keys that are not in the request: `aws:SourceIp`, `aws:TagKeys`
            ---
            exit code 0
        "#]],
    );
    folder.check(
        &with(&["--context-file", "context.json"]),
        expect![[r#"
            implicitDeny: no identity policy allows `s3:GetObject` on `arn:aws:s3:::reports/1`
            closest match: statement 1 of identity policy 1
             --> home.json:3:16
              |
            8 |       "IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
              |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `aws:SourceIp` is `198.51.100.1`
              = help: use a different `aws:SourceIp` in the request, or change the condition
            ---
            exit code 0
        "#]],
    );
    let ours = [
        "--context",
        "aws:sourceip=203.0.113.7",
        "--context",
        "aws:TagKeys=a",
        "--context",
        "aws:TagKeys=c",
    ];
    folder.check(
        &with(&[&ours[..], &["--context-file", "context.json"]].concat()),
        expect![[r#"
            implicitDeny: no identity policy allows `s3:GetObject` on `arn:aws:s3:::reports/1`
            closest match: statement 1 of identity policy 1
             --> home.json:3:16
              |
            9 |       "ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}
              |                                     ^^^^^^^^^^^^^^^^^^^^^^^^^ `aws:TagKeys` is `a` and `c`
              = help: use a different `aws:TagKeys` in the request, or change the condition
            ---
            exit code 0
        "#]],
    );
    let ran = folder.run(&with(&ours[..4]));
    assert!(ran.stdout.starts_with("allowed: "), "{}", ran.stdout);
}

#[test]
fn single_answer_as_json() {
    folder().check(
        &get(&[
            "--identity",
            "policies.toml",
            "--scp",
            "user.json,no-s3.json",
            "--format",
            "json",
        ]),
        expect![[r#"
            {"decision":"explicitDeny","matched":[{"policy":"serviceControlPolicies[0][0]","statement":0,"sid":"Read","effect":"Allow","file":"user.json","line":4},{"policy":"serviceControlPolicies[0][1]","statement":0,"sid":"NoStorage","effect":"Deny","file":"no-s3.json","line":3},{"policy":"identityPolicies[0]","statement":0,"sid":"Read","effect":"Allow","file":"policies.toml","line":3}],"near":[],"missing":[],"notes":[],"because":"statement 1 (`NoStorage`) of service control policy 2 at level 1 of the organization denies it"}
            ---
            exit code 0
        "#]],
    );
}

#[test]
fn answers_point_into_specs() {
    folder().check(
        &[
            "simulate",
            "--principal",
            ANN,
            "--action",
            "s3:PutObject",
            "--resource",
            "arn:aws:s3:::reports/1",
            "--identity",
            "policies.toml#user",
        ],
        expect![[r#"
            implicitDeny: no identity policy allows `s3:PutObject` on `arn:aws:s3:::reports/1`
            closest match: statement 1 (`Read`) of identity policy 1
             --> policies.toml:3:1
              |
            6 | actions   = ["s3:GetObject"]
              |              ^^^^^^^^^^^^^^ does not cover `s3:PutObject`
              = help: add `s3:PutObject` to `actions`
            ---
            exit code 0
        "#]],
    );
    folder().check(
        &[
            "simulate",
            "--principal",
            ANN,
            "--action",
            "s3:GetObject",
            "--resource",
            "arn:aws:s3:::archive/1",
            "--identity",
            "policies.toml",
        ],
        expect![[r#"
            implicitDeny: no identity policy allows `s3:GetObject` on `arn:aws:s3:::archive/1`
            closest match: statement 1 (`Read`) of identity policy 1
             --> policies.toml:3:1
              |
            7 | resources = ["arn:aws:s3:::reports/*"]
              |              ^^^^^^^^^^^^^^^^^^^^^^^^ does not cover `arn:aws:s3:::archive/1`
              = help: add `arn:aws:s3:::archive/1`, or a pattern that covers it, to `resources`
            ---
            exit code 0
        "#]],
    );
    let cn = SPEC
        .replace("[policy.user]", "[policy.user]\npartitions = [\"aws\", \"aws-cn\"]")
        .replace("arn:aws:", "arn:{partition}:");
    let folder = Folder::with(&[("policies.toml", &cn)]);
    let ran = folder.run(&[
        "simulate",
        "--principal",
        "arn:aws-cn:iam::123456789012:user/ann",
        "--action",
        "s3:GetObject",
        "--resource",
        "arn:aws-cn:s3:::reports/1",
        "--identity",
        "policies.toml",
    ]);
    assert!(ran.stdout.starts_with("allowed: "), "{}", ran.stdout);
}

#[test]
fn unreadable_input() {
    let folder = folder();
    folder.write("broken.json", "{\"Statement\": [}");
    folder.write("maybe.json", "{\n  \"Statement\": {\"Effect\": \"Maybe\"}\n}");
    folder.write("context.json", "{\n  \"aws:TagKeys\": 5\n}");
    folder.check(
        &get(&[
            "--identity",
            "nothing.json",
            "broken.json",
            "policies.toml#usr",
            "user.json#user",
            "--scp",
            "other.json,all.json",
            "--context",
            "aws:SourceIp",
            "--context-file",
            "context.json",
        ]),
        expect![[r#"
            ---
            error: there is no file `nothing.json`
            error[JSON_SYNTAX_ERROR]: expected a value or `]`, found `}`
             --> broken.json:1:16
              |
            1 | {"Statement": [}
              |                ^

            error[JSON_SYNTAX_ERROR]: expected a comma or `]`, found `}`
             --> broken.json:1:16
              |
            1 | {"Statement": [}
              |                ^

            note: `iam-policy check broken.json` shows all problems
            error: there is no policy `usr` in `policies.toml`
              = help: did you mean `user`?
              = help: the policies are `user`
            error: `user.json#user` is not a spec, so it has no policy `user`
              = help: write `user.json`
            error: there is no file `other.json`
            error: `--context aws:SourceIp` has no value
              = help: write `--context aws:SourceIp=VALUE`
            error: `context.json` is not a valid context: `aws:TagKeys`: expected a string or an array of strings, found integer `5`
            exit code 2
        "#]],
    );
    folder.check(
        &get(&["--identity", "maybe.json", "--boundary", "maybe.json"]),
        expect![[r#"
            ---
            error: `Maybe` is neither `Allow` nor `Deny`
             --> maybe.json:2:27
              |
            2 |   "Statement": {"Effect": "Maybe"}
              |                           ^^^^^^^

            error: `Maybe` is neither `Allow` nor `Deny`
             --> maybe.json:2:27
              |
            2 |   "Statement": {"Effect": "Maybe"}
              |                           ^^^^^^^

            exit code 2
        "#]],
    );
    for (changed, to) in [
        (ANN, "ann"),
        ("s3:GetObject", "GetObject"),
        ("s3:GetObject", "s3:Get*"),
        ("arn:aws:s3:::reports/1", "reports/1"),
    ] {
        let arguments = get(&["--identity", "user.json"]);
        let arguments: Vec<_> = arguments
            .iter()
            .map(|argument| if *argument == changed { to } else { argument })
            .collect();
        let ran = folder.run(&arguments);
        assert_eq!((ran.code, &*ran.stdout), (2, ""));
        assert!(ran.stderr.contains(&format!("`{to}`")), "{}", ran.stderr);
    }
}

#[test]
fn invalid_requests() {
    let folder = folder();
    folder.check(
        &get(&["--identity", "user.json", "--context", "aws:SourceIp=here"]),
        expect![[r#"
            ---
            error: invalid value `here` for `aws:SourceIp`: expected an IP address
            exit code 2
        "#]],
    );
    folder.check(
        &get(&["--identity", "user.json", "--resource-account", "12"]),
        expect![[r#"
            ---
            error: invalid account `12`: expected twelve digits
            exit code 2
        "#]],
    );
    folder.check(
        &["simulate", "--action", "s3:GetObject"],
        expect![[r#"
        ---
        error: the following required arguments were not provided:
          --principal <ARN>

        Usage: iam-policy simulate --action <ACTION> --principal <ARN>

        For more information, try '--help'.
        exit code 2
    "#]],
    );
    folder.check(
        &["simulate", "--requests", "-", "--action", "s3:GetObject"],
        expect![[r#"
            ---
            error: the argument '--requests <FILE>' cannot be used with '--action <ACTION>'

            Usage: iam-policy simulate --requests <FILE>

            For more information, try '--help'.
            exit code 2
        "#]],
    );
}

/// A line with a request for a report.
fn line(id: &str, action: &str, resource: &str, context: &str) -> String {
    let policy = GOOD.replace('\n', " ");
    format!(
        r#"{{"id": {id}, "request": {{"principal": "{ANN}", "action": "{action}", "resource": "{resource}", "context": {context}}}, "identityPolicies": [{policy}]}}"#
    ) + "\n"
}

#[test]
fn lines_are_answered_in_order() {
    let lines = [
        line("1", "s3:GetObject", "arn:aws:s3:::reports/1", "{}"),
        "\n".to_owned(),
        line("\"two\"", "s3:PutObject", "arn:aws:s3:::reports/1", "{}"),
    ];
    let folder = Folder::with(&[("requests.jsonl", &lines.concat())]);
    folder.check(&["simulate", "--requests", "requests.jsonl"], expect![[r#"
        {"id":1,"decision":"allowed","matched":[{"policy":"identityPolicies[0]","statement":0,"sid":"Read","effect":"Allow"}],"because":"statement 1 (`Read`) of identity policy 1 allows it"}
        {"id":"two","decision":"implicitDeny","matched":[],"because":"no identity policy allows `s3:PutObject` on `arn:aws:s3:::reports/1`; the closest match is statement 1 (`Read`) of identity policy 1, but it applies only to the action `s3:GetObject`"}
        ---
        exit code 0
    "#]]);
    let from_file = folder.run(&["simulate", "--requests", "requests.jsonl"]);
    let piped = folder.run_with(&["simulate", "--requests", "-"], lines.concat().as_bytes());
    assert_eq!((from_file.stdout, 0), (piped.stdout, piped.code));
    folder.check(
        &["simulate", "--requests", "nothing.jsonl"],
        expect![[r#"
        ---
        error: there is no file `nothing.jsonl`
        exit code 2
    "#]],
    );
}

#[test]
fn invalid_lines_do_not_affect_others() {
    let good = line("1", "s3:GetObject", "arn:aws:s3:::reports/1", "{}");
    let lines = [
        good.clone(),
        line("2", "s3:GetObject", "reports/1", "{}"),
        line("3", "GetObject", "arn:aws:s3:::reports/1", "{}"),
        good.replace("\"action\"", "\"act\""),
        line("5", "s3:GetObject", "arn:aws:s3:::reports/1", r#"{"aws:SourceIp": 5}"#),
        good.replace("\"Allow\"", "\"Alow\""),
        "{\"id\": 7, \"request\"\n".to_owned(),
        good,
    ];
    Folder::with(&[]).check_with(
        &["simulate", "--requests", "-"],
        lines.concat().as_bytes(),
        expect![[r#"
            {"id":1,"decision":"allowed","matched":[{"policy":"identityPolicies[0]","statement":0,"sid":"Read","effect":"Allow"}],"because":"statement 1 (`Read`) of identity policy 1 allows it"}
            {"id":2,"line":2,"error":"the resource `reports/1` is neither `*` nor an ARN: an ARN starts with `arn:`"}
            {"id":3,"line":3,"error":"invalid action `GetObject`: expected `service:Name` without wildcards"}
            {"id":1,"line":4,"error":"unknown key `act` in `request`"}
            {"id":5,"line":5,"error":"`aws:SourceIp`: expected a string or an array of strings, found integer `5`"}
            {"id":1,"line":6,"error":"`identityPolicies[0].Statement[0].Effect`: `Alow` is neither `Allow` nor `Deny`"}
            {"id":null,"line":7,"error":"unexpected end of line in an object"}
            {"id":1,"decision":"allowed","matched":[{"policy":"identityPolicies[0]","statement":0,"sid":"Read","effect":"Allow"}],"because":"statement 1 (`Read`) of identity policy 1 allows it"}
            ---
            error: 6 of the 8 lines of `<stdin>` are invalid; see the answers
            exit code 2
        "#]],
    );
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let lines = line("1", "s3:GetObject", "arn:aws:s3:::reports/1", "{}").repeat(20_000);
    let folder = Folder::with(&[("requests.jsonl", &lines)]);
    let mut child = Command::new(PROGRAM)
        .args(["simulate", "--requests", "requests.jsonl"])
        .current_dir(folder.path("."))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 10]).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]));
}

#[test]
fn all_request_errors_are_reported() {
    let folder = Folder::with(&[("p.json", GOOD)]);
    folder.check(
        &[
            "simulate",
            "--principal",
            "ann",
            "--action",
            "GetObject",
            "--resource",
            "reports",
            "--resource-account",
            "1",
            "--context",
            "aws:SecureTransport=yes",
            "--identity",
            "p.json",
        ],
        expect![[r#"
            ---
            error: `ann` is not a principal
              = help: a principal is an ARN such as `arn:aws:iam::123456789012:user/ann`, an account, a service, or `anonymous`
            error: invalid action `GetObject`: expected `service:Name` without wildcards
              = help: such as `s3:GetObject`
            error: the resource `reports` is neither `*` nor an ARN: an ARN starts with `arn:`
              = help: such as `arn:aws:s3:::reports/2026.pdf`
            error: invalid account `1`: expected twelve digits
            error: invalid value `yes` for `aws:SecureTransport`: expected a Boolean
            exit code 2
        "#]],
    );
}

#[test]
fn suspicious_requests_are_noted() {
    let folder = Folder::with(&[("p.json", GOOD)]);
    let ask = [
        "simulate",
        "--principal",
        "arn:aws:iam::123456789012:user/ann",
        "--action",
        "s3:GetObjcet",
        "--resource",
        "arn:aws:s3:::reports/*",
        "--identity",
        "p.json",
    ];
    folder.check(
        &ask,
        expect![[r#"
            implicitDeny: no identity policy allows `s3:GetObjcet` on `arn:aws:s3:::reports/*`
            closest match: statement 1 (`Read`) of identity policy 1
             --> p.json:4:5
              |
            7 |       "Action": "s3:GetObject",
              |       ^^^^^^^^^^^^^^^^^^^^^^^^ does not cover `s3:GetObjcet`
              = help: add `s3:GetObjcet` to `Action`
            note: AWS has no action `s3:GetObjcet`; did you mean `s3:GetObject`?
            note: `arn:aws:s3:::reports/*` is treated as a single resource, without wildcards
            ---
            exit code 0
        "#]],
    );
    folder.check(&[&ask[..], &["--format", "json"]].concat(), expect![[r#"
        {"decision":"implicitDeny","matched":[],"near":[{"policy":"identityPolicies[0]","statement":0,"sid":"Read","effect":"Allow","file":"p.json","line":4,"failures":["it applies only to the action `s3:GetObject`"]}],"missing":[],"notes":["AWS has no action `s3:GetObjcet`; did you mean `s3:GetObject`?","`arn:aws:s3:::reports/*` is treated as a single resource, without wildcards"],"because":"no identity policy allows `s3:GetObjcet` on `arn:aws:s3:::reports/*`; the closest match is statement 1 (`Read`) of identity policy 1, but it applies only to the action `s3:GetObject`"}
        ---
        exit code 0
    "#]]);
}

/// Output of `aws iam get-account-authorization-details`, with the additional keys of account files.
const ACCOUNT: &str = r#"{
  "UserDetailList": [
    {
      "UserName": "ann",
      "Arn": "arn:aws:iam::123456789012:user/ann",
      "GroupList": ["readers"],
      "Tags": [{"Key": "team", "Value": "blue"}],
      "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/limit"}
    }
  ],
  "GroupDetailList": [
    {
      "GroupName": "readers",
      "Arn": "arn:aws:iam::123456789012:group/readers",
      "GroupPolicyList": [
        {
          "PolicyName": "reports",
          "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
              {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${aws:PrincipalTag/team}/*"},
              {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
            ]
          }
        }
      ]
    }
  ],
  "RoleDetailList": [
    {
      "RoleName": "build",
      "Arn": "arn:aws:iam::123456789012:role/ci/build",
      "AssumeRolePolicyDocument": "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22codebuild.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%7D"
    }
  ],
  "Policies": [
    {
      "PolicyName": "limit",
      "Arn": "arn:aws:iam::123456789012:policy/limit",
      "PolicyVersionList": [
        {
          "VersionId": "v1",
          "IsDefaultVersion": true,
          "Document": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
        }
      ]
    }
  ],
  "ServiceControlPolicies": [[{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]],
  "ResourcePolicies": {
    "arn:aws:s3:::blue": {
      "Version": "2012-10-17",
      "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::blue/secret/*"}
    }
  }
}
"#;

#[test]
fn account_policies_apply() {
    let folder = Folder::with(&[("account.json", ACCOUNT), ("all.json", ALL)]);
    let ask = |principal, action, resource, more: &[&str], expected| {
        let ask = [
            "simulate",
            "--principals",
            "account.json",
            "--principal",
            principal,
            "--action",
            action,
            "--resource",
            resource,
        ];
        folder.check(&[&ask[..], more].concat(), expected);
    };
    // A group's policy, matching on a tag of the user.
    ask(
        ANN,
        "s3:GetObject",
        "arn:aws:s3:::blue/1",
        &[],
        expect![[r#"
            allowed: statement 1 of identity policy 1 allows it

            statement 1 of service control policy 1 at level 1 of the organization allows it
              --> account.json:49:70
               |
            49 |   "ServiceControlPolicies": [[{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]],
               |                                                                       ^^^^^^^^^^^^^^^^^ allows
               |                                                                                                    ^^^ covers `s3:GetObject`
               |                                                                                                                     ^^^ covers `arn:aws:s3:::blue/1`
              --> account.json:21:15
               |
            21 |               {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${aws:PrincipalTag/team}/*"},
               |                ^^^^^^^^^^^^^^^^^ allows
               |                                             ^^^^^^^^^^^^^^ covers `s3:GetObject`

            statement 1 of permissions boundary 1 allows it
              --> account.json:44:62
               |
            44 |           "Document": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
               |                                                               ^^^^^^^^^^^^^^^^^ allows
               |                                                                                            ^^^^^^ covers `s3:GetObject`
               |                                                                                                                ^^^ covers `arn:aws:s3:::blue/1`
            ---
            exit code 0
        "#]],
    );
    ask(
        ANN,
        "s3:GetObject",
        "arn:aws:s3:::blue/1",
        &["--context", "aws:PrincipalTag/team=red"],
        expect![[r#"
            implicitDeny: no identity policy allows `s3:GetObject` on `arn:aws:s3:::blue/1`
            closest match: statement 1 of identity policy 1
              --> account.json:21:15
               |
            21 |               {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${aws:PrincipalTag/team}/*"},
               |                                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ does not cover `arn:aws:s3:::blue/1`
               = help: add `arn:aws:s3:::blue/1`, or a pattern that covers it, to `Resource`
            ---
            exit code 0
        "#]],
    );
    // The boundary.
    ask(
        ANN,
        "sqs:SendMessage",
        "arn:aws:sqs:eu-west-1:123456789012:jobs",
        &[],
        expect![[r#"
            implicitDeny: no permissions boundary allows `sqs:SendMessage` on `arn:aws:sqs:eu-west-1:123456789012:jobs`
              = help: allow `sqs:SendMessage` on `arn:aws:sqs:eu-west-1:123456789012:jobs` in a permissions boundary
            ---
            exit code 0
        "#]],
    );
    ask(
        ANN,
        "sqs:SendMessage",
        "arn:aws:sqs:eu-west-1:123456789012:jobs",
        &["--boundary", "all.json", "--format", "json"],
        expect![[r#"
            {"decision":"allowed","matched":[{"policy":"serviceControlPolicies[0][0]","statement":0,"sid":null,"effect":"Allow","file":"account.json","line":49},{"policy":"identityPolicies[0]","statement":1,"sid":null,"effect":"Allow","file":"account.json","line":22},{"policy":"permissionBoundaries[0]","statement":0,"sid":null,"effect":"Allow","file":"all.json","line":1}],"near":[],"missing":[],"notes":[],"because":"statement 2 of identity policy 1 allows it"}
            ---
            exit code 0
        "#]],
    );
    // The policy of the bucket.
    ask(
        ANN,
        "s3:GetObject",
        "arn:aws:s3:::blue/secret/1",
        &["--format", "json"],
        expect![[r#"
            {"decision":"explicitDeny","matched":[{"policy":"serviceControlPolicies[0][0]","statement":0,"sid":null,"effect":"Allow","file":"account.json","line":49},{"policy":"resourcePolicy","statement":0,"sid":null,"effect":"Deny","file":"account.json","line":53},{"policy":"identityPolicies[0]","statement":0,"sid":null,"effect":"Allow","file":"account.json","line":21},{"policy":"permissionBoundaries[0]","statement":0,"sid":null,"effect":"Allow","file":"account.json","line":44}],"near":[],"missing":[],"notes":[],"because":"statement 1 of the resource policy denies it"}
            ---
            exit code 0
        "#]],
    );
    // The trust policy of a role.
    ask(
        "codebuild.amazonaws.com",
        "sts:AssumeRole",
        "arn:aws:iam::123456789012:role/ci/build",
        &[],
        expect![[r#"
            allowed: statement 1 of the resource policy allows it
              --> account.json:33:92
               |
            33 | …"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22codebuild.a…
               |                                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^ allows
            33 | …fect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22codebuild.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%7D"
               |                                                                                                                 ^^^^^^^^^^^^^^^^^^^^^^ covers `sts:AssumeRole`
            ---
            exit code 0
        "#]],
    );
    ask(
        "arn:aws:iam::123456789012:role/build",
        "s3:GetObject",
        "arn:aws:s3:::blue/1",
        &[],
        expect![[r#"
            ---
            error: there is no role `arn:aws:iam::123456789012:role/build` in `account.json`
              = help: did you mean `arn:aws:iam::123456789012:role/ci/build`?
            exit code 2
        "#]],
    );
    ask(
        "ann",
        "s3:GetObject",
        "arn:aws:s3:::blue/1",
        &["--identity", "none.json"],
        expect![[r#"
            ---
            error: there is no file `none.json`
            exit code 2
        "#]],
    );
    ask(
        "ann",
        "s3:GetObject",
        "arn:aws:s3:::blue/1",
        &[],
        expect![[r#"
            ---
            error: `ann` is not a principal
              = help: a principal is an ARN such as `arn:aws:iam::123456789012:user/ann`, an account, a service, or `anonymous`
            exit code 2
        "#]],
    );
}

#[test]
fn the_policies_must_be_named() {
    let statement = |policy: &str| {
        format!(
            "[policy.{policy}]\n[[policy.{policy}.statement]]\nid = \"a\"\nreason = \"r\"\nactions = [\"s3:ListAllMyBuckets\"]\nresources = [\"*\"]\n"
        )
    };
    let folder = Folder::with(&[
        ("policies.toml", &[statement("user"), statement("role")].concat()),
        ("single.toml", &statement("user")),
    ]);
    let request = [
        "simulate",
        "--principal",
        "arn:aws:iam::123456789012:user/ann",
        "--action",
        "s3:ListAllMyBuckets",
    ];
    let with = |policies: &[&'static str]| [&request[..], policies].concat();
    folder.check(&with(&[]), expect![[r#"
        ---
        error: no policies are given
          = help: add the principal's policies with `--identity FILE`, or those of a whole account with `--principals FILE`
        exit code 2
    "#]]);
    folder.check(
        &with(&["--identity", "policies.toml"]),
        expect![[r#"
            ---
            error: `policies.toml` has several policies, and only one can be used here
              = help: add `#` and one of the names `user` and `role`
            exit code 2
        "#]],
    );
    assert_eq!(folder.run(&with(&["--identity", "policies.toml#user"])).code, 0);
    assert_eq!(folder.run(&with(&["--identity", "single.toml"])).code, 0);
    // A level without policies is a policy set, too.
    assert_eq!(folder.run(&with(&["--scp", ""])).code, 0);
}
