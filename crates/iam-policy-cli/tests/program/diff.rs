#[cfg(unix)]
use std::process::Command;

use expect_test::expect;

#[cfg(unix)]
use crate::support::PROGRAM;
use crate::support::{Folder, GOOD, SPEC};

const WIDER: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"},
    {"Sid": "Write", "Effect": "Allow", "Action": ["s3:PutObject", "s3:PutObjectAcl"], "Resource": "arn:aws:s3:::reports/*",
     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
  ]
}
"#;
const OTHER: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}}"#;

fn folder() -> Folder {
    Folder::with(&[
        ("old.json", GOOD),
        ("new.json", WIDER),
        ("other.json", OTHER),
        ("old.toml", SPEC),
    ])
}

#[test]
fn verdicts_and_witnesses() {
    let folder = folder();
    folder.check(
        &["diff", "old.json", "old.json"],
        expect![[r#"
        **Nothing changes**: both allow the same requests.
        ---
        exit code 0
    "#]],
    );
    folder.check(
        &["diff", "old.json", "new.json"],
        expect![[r#"
        **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

        ## Newly allowed

        ### `s3`: Write

        - `s3:PutObject`
          - allowed by statement `Write` (new.json:5)
          - for example `s3:PutObject` on `arn:aws:s3:::reports/a`, with `aws:SourceIp` = `203.0.113.1`

        ### `s3`: Permissions management

        - `s3:PutObjectAcl`
          - allowed by statement `Write` (new.json:5)
          - for example `s3:PutObjectAcl` on `arn:aws:s3:::reports/a`, with `aws:SourceIp` = `203.0.113.1`
        ---
        exit code 1
    "#]],
    );
    folder.check(
        &["diff", "new.json", "old.json"],
        expect![[r#"
        **Narrowed**: everything allowed now was allowed before, and some requests are no longer allowed.

        ## Newly denied

        ### `s3`: Write

        - `s3:PutObject`
          - was allowed by statement `Write` (new.json:5)
          - for example `s3:PutObject` on `arn:aws:s3:::reports/a`, with `aws:SourceIp` = `203.0.113.1`

        ### `s3`: Permissions management

        - `s3:PutObjectAcl`
          - was allowed by statement `Write` (new.json:5)
          - for example `s3:PutObjectAcl` on `arn:aws:s3:::reports/a`, with `aws:SourceIp` = `203.0.113.1`
        ---
        exit code 0
    "#]],
    );
    folder.check(
        &["diff", "old.json", "other.json"],
        expect![[r#"
            **Widened and narrowed**: some requests are newly allowed, and some are no longer allowed.

            ## Newly allowed

            ### `sqs`: Write

            - `sqs:SendMessage`
              - allowed by statement 1 (other.json:1)
              - for example `sqs:SendMessage` on `arn:aws:sqs:us-east-1:123456789012:a`

            ## Newly denied

            ### `s3`: Read

            - `s3:GetObject`
              - was allowed by statement `Read` (old.json:4)
              - for example `s3:GetObject` on `arn:aws:s3:::reports/a`
            ---
            exit code 1
        "#]],
    );
    folder.check(&["diff", "old.json", "new.json", "--format", "json"], expect![[r#"
        [
        {"verdict":"widened","newlyAllowed":[{"action":"s3:PutObject","resource":"arn:aws:s3:::reports/a","context":{"aws:SourceIp":"203.0.113.1"},"oldDecision":"implicitDeny","newDecision":"allowed","actions":["s3:PutObject","s3:PutObjectAcl"],"oldStatements":[],"newStatements":[{"file":"new.json","line":5,"statement":1,"sid":"Write","effect":"Allow"}]}],"newlyDenied":[],"because":"everything allowed before is still allowed, and some requests are newly allowed"}
        ]
        ---
        exit code 1
    "#]]);
}

#[test]
fn names_of_files_are_not_markup() {
    let folder = Folder::with(&[
        ("old.json", r#"{"Statement": []}"#),
        (
            "[new](www.example.com).json",
            r#"{"Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}}"#,
        ),
    ]);
    folder.check(
        &["diff", "old.json", "[new](www.example.com).json"],
        expect![[r#"
            **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

            ## Newly allowed

            ### `sqs`: Write

            - `sqs:SendMessage`
              - allowed by statement 1 (\[new\](www\.example.com).json:1)
              - for example `sqs:SendMessage` on `arn:aws:sqs:us-east-1:123456789012:a`
            ---
            exit code 1
        "#]],
    );
}

#[test]
fn bounds_can_be_lifted() {
    let folder = Folder::with(&[
        ("old.json", r#"{"Statement": []}"#),
        (
            "new.json",
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:iam::123456789012:user/ann"}}"#,
        ),
    ]);
    assert_eq!(folder.run(&["diff", "old.json", "new.json"]).code, 0);
    folder.check(
        &["diff", "old.json", "new.json", "--any-resource"],
        expect![[r#"
            **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

            ## Newly allowed

            ### `s3`: Read

            - `s3:GetObject`
              - allowed by statement 1 (new.json:1)
              - for example `s3:GetObject` on `arn:aws:iam::123456789012:user/ann`; AWS's reference does not list this action for this type of resource
            ---
            exit code 1
        "#]],
    );
    assert_eq!(
        folder
            .run(&["diff", "old.json", "new.json", "--any-action", "--any-resource"])
            .code,
        1
    );
}

#[test]
fn specs_are_compared_by_name_with_reasons() {
    let folder = folder();
    let new = SPEC.replace(
        r#"["s3:GetObject"]"#,
        r#"["s3:GetObject", { action = "s3:PutObject", reason = "Stores what was rendered." }]"#,
    ) + r#"
[policy.role]
[[policy.role.statement]]
id        = "send"
reason    = "Tells the user."
actions   = ["sqs:SendMessage"]
resources = ["*"]
"#;
    folder.write("new.toml", new);
    folder.check(
        &["diff", "old.toml", "new.toml"],
        expect![[r#"
        # Policy `user`

        **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

        ## Newly allowed

        ### `s3`: Write

        - `s3:PutObject`
          - allowed by statement `Read` (new.toml:3): Downloads reports.
          - `s3:PutObject`: Stores what was rendered.
          - for example `s3:PutObject` on `arn:aws:s3:::reports/a`

        # Policy `role`

        **Widened**: the policy is new.

        ## Newly allowed

        ### `sqs`: Write

        - `sqs:SendMessage`
          - allowed by statement `Send` (new.toml:10): Tells the user.
          - for example `sqs:SendMessage` on `arn:aws:sqs:us-east-1:123456789012:a`
        ---
        exit code 1
    "#]],
    );
    folder.check(
        &["diff", "new.toml", "old.toml"],
        expect![[r#"
        # Policy `user`

        **Narrowed**: everything allowed now was allowed before, and some requests are no longer allowed.

        ## Newly denied

        ### `s3`: Write

        - `s3:PutObject`
          - was allowed by statement `Read` (new.toml:3): Downloads reports.
          - `s3:PutObject`: Stores what was rendered.
          - for example `s3:PutObject` on `arn:aws:s3:::reports/a`

        # Policy `role`

        **Narrowed**: the policy was removed.

        ## Newly denied

        ### `sqs`: Write

        - `sqs:SendMessage`
          - was allowed by statement `Send` (new.toml:10): Tells the user.
          - for example `sqs:SendMessage` on `arn:aws:sqs:us-east-1:123456789012:a`
        ---
        exit code 0
    "#]],
    );
    folder.check(
        &["diff", "old.json", "old.toml"],
        expect![[r#"
        **Nothing changes**: both allow the same requests.
        ---
        exit code 0
    "#]],
    );
    folder.check(
        &["diff", "old.json", "new.toml#user"],
        expect![[r#"
        **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

        ## Newly allowed

        ### `s3`: Write

        - `s3:PutObject`
          - allowed by statement `Read` (new.toml:3): Downloads reports.
          - `s3:PutObject`: Stores what was rendered.
          - for example `s3:PutObject` on `arn:aws:s3:::reports/a`
        ---
        exit code 1
    "#]],
    );
    folder.check(
        &["diff", "old.json", "new.toml"],
        expect![[r#"
            ---
            error: `new.toml` has several policies, and only one can be used here
              = help: add `#` and one of the names `user` and `role`
            exit code 2
        "#]],
    );
    assert_eq!(folder.run(&["diff", "new.toml#role", "new.toml#role"]).code, 0);
    assert_eq!(folder.run(&["diff", "new.toml#role", "new.toml#user"]).code, 1);
}

#[test]
fn specs_are_compared_partition_by_partition() {
    let folder = folder();
    let spec = SPEC.replace("arn:aws:s3", "arn:{partition}:s3");
    let made_for = |name: &str, partitions: &str| {
        let partitions = format!("[policy.user]\npartitions = {partitions}\n");
        folder.write(name, spec.replacen("[policy.user]\n", &partitions, 1));
    };
    made_for("both.toml", r#"["aws", "aws-cn"]"#);
    made_for("turned.toml", r#"["aws-cn", "aws"]"#);
    made_for("china.toml", r#"["aws-cn"]"#);
    folder.check(
        &["diff", "both.toml", "turned.toml"],
        expect![[r#"
        **Nothing changes**: both allow the same requests.
        ---
        exit code 0
    "#]],
    );
    folder.check(
        &["diff", "both.toml", "china.toml"],
        expect![[r#"
        # Policy `user` in `aws`

        **Narrowed**: the policy in this partition was removed.

        ## Newly denied

        ### `s3`: Read

        - `s3:GetObject`
          - was allowed by statement `Read` (both.toml:4): Downloads reports.
          - for example `s3:GetObject` on `arn:aws:s3:::reports/a`
        ---
        exit code 0
    "#]],
    );
    folder.check(
        &["diff", "china.toml", "turned.toml"],
        expect![[r#"
        # Policy `user` in `aws`

        **Widened**: the policy in this partition is new.

        ## Newly allowed

        ### `s3`: Read

        - `s3:GetObject`
          - allowed by statement `Read` (turned.toml:4): Downloads reports.
          - for example `s3:GetObject` on `arn:aws:s3:::reports/a`
        ---
        exit code 1
    "#]],
    );
}

#[test]
fn new_extensions_are_compared_with_the_policy() {
    let folder = folder();
    let new = SPEC.to_owned()
        + r#"
[policy.user.extension.layers]
[[policy.user.extension.layers.statement]]
id        = "layers"
reason    = "Uses layers."
actions   = ["lambda:GetLayerVersion"]
resources = ["*"]
"#;
    folder.write("new.toml", new);
    folder.check(
        &["diff", "old.toml", "new.toml"],
        expect![[r#"
        # Policy `user` with `layers`

        **Widened**: everything allowed before is still allowed, and some requests are newly allowed; the extension is new.

        ## Newly allowed

        ### `lambda`: Read

        - `lambda:GetLayerVersion`
          - allowed by statement `Layers` (new.toml:10): Uses layers.
          - for example `lambda:GetLayerVersion` on `arn:aws:lambda:us-east-1:123456789012:layer:a:a`
        ---
        exit code 1
    "#]],
    );
    folder.check(&["diff", "new.toml", "old.toml"], expect![[r#"
        # Policy `user` with `layers`

        **Narrowed**: everything allowed now was allowed before, and some requests are no longer allowed; the extension was removed.

        ## Newly denied

        ### `lambda`: Read

        - `lambda:GetLayerVersion`
          - was allowed by statement `Layers` (new.toml:10): Uses layers.
          - for example `lambda:GetLayerVersion` on `arn:aws:lambda:us-east-1:123456789012:layer:a:a`
        ---
        exit code 0
    "#]]);
}

#[test]
fn nonexistent_actions() {
    let folder = folder();
    let policy = |actions: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": {actions}, "Resource": "*"}}}}"#
        )
    };
    folder.write(
        "named.json",
        policy(r#"["sqs:SendMessage", "SQS:SendMesage", "sqs:sendMessages"]"#),
    );
    folder.write("wildcards.json", policy(r#"["sqs:SendMessage", "sqs:SendM*Later"]"#));
    folder.check(
        &["diff", "other.json", "named.json"],
        expect![[r#"
            **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

            ## Newly allowed

            ### `sqs`

            - `SQS:SendMesage`, `sqs:sendMessages`, which do not exist (as of 2026-10-27)
              - allowed by statement 1 (named.json:1)
              - for example `SQS:SendMesage` on `arn:aws:a:us-east-1:123456789012:a`
            ---
            exit code 1
        "#]],
    );
    folder.check(
        &["diff", "other.json", "wildcards.json"],
        expect![[r#"
            **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

            ## Newly allowed

            ### `sqs`

            - actions that AWS may add later, such as `sqs:SendMUnknownActionLater`
              - allowed by statement 1 (wildcards.json:1)
              - for example `sqs:SendMUnknownActionLater` on `arn:aws:a:us-east-1:123456789012:a`
            ---
            exit code 1
        "#]],
    );
}

#[test]
fn documents_are_compared_in_their_partition() {
    let spec = SPEC
        .replace("[policy.user]", "[policy.user]\npartitions = [\"aws\", \"aws-cn\"]")
        .replace("arn:aws:", "arn:{partition}:");
    let china = GOOD.replace("arn:aws:", "arn:aws-cn:");
    let moon = GOOD.replace("arn:aws:", "arn:aws-moon:");
    let folder = Folder::with(&[
        ("user.toml", &spec),
        ("here.json", GOOD),
        ("china.json", &china),
        ("moon.json", &moon),
    ]);
    for (document, code) in [("here.json", 0), ("china.json", 0), ("moon.json", 1)] {
        assert_eq!(folder.run(&["diff", document, "user.toml"]).code, code, "{document}");
        assert_eq!(
            folder.run(&["diff", "user.toml#user", document]).code,
            code,
            "{document}"
        );
        let covers = ["covers", "--required", "user.toml", "--granted", document];
        assert_eq!(folder.run(&covers).code, code, "{document}");
    }
    let both = [
        "covers",
        "--required",
        "user.toml",
        "--granted",
        "here.json",
        "china.json",
    ];
    assert_eq!(folder.run(&both).code, 0);
}

#[test]
fn either_side_may_be_at_a_revision() {
    let folder = folder();
    folder.init();
    folder.commit("first");
    folder.write("old.json", WIDER);
    assert_eq!(folder.run(&["diff", "HEAD:old.json", "new.json"]).code, 1);
    assert_eq!(folder.run(&["diff", "HEAD:new.json", "old.json"]).code, 0);
    assert_eq!(folder.run(&["diff", "HEAD:old.toml#user", "old.toml"]).code, 0);
    folder.check(
        &["diff", "HEAD:nothing.json", "old.json"],
        expect![[r#"
            ---
            error: `HEAD:nothing.json` cannot be read: path 'nothing.json' does not exist in 'HEAD'
              = help: it is neither a file nor `REVISION:PATH` in this repository
            exit code 2
        "#]],
    );
}

#[test]
fn coverage() {
    let folder = folder();
    folder.check(
        &[
            "covers",
            "--required",
            "old.json",
            "--granted",
            "other.json",
            "new.json",
        ],
        expect![[r#"
            **Covered**: every required permission is granted.
            ---
            exit code 0
        "#]],
    );
    folder.check(
        &[
            "covers",
            "--required",
            "new.json",
            "--granted",
            "old.json",
            "--granted",
            "other.json",
        ],
        expect![[r#"
            **Not covered**: some required permissions are not granted.

            ## Missing permissions

            ### `s3`: Write

            - `s3:PutObject`
              - needed by statement `Write` (new.json:5)
              - for example `s3:PutObject` on `arn:aws:s3:::reports/a`, with `aws:SourceIp` = `203.0.113.1`

            ### `s3`: Permissions management

            - `s3:PutObjectAcl`
              - needed by statement `Write` (new.json:5)
              - for example `s3:PutObjectAcl` on `arn:aws:s3:::reports/a`, with `aws:SourceIp` = `203.0.113.1`
            ---
            exit code 1
        "#]],
    );
    folder.check(
        &["covers", "--required", "nothing.json", "--granted", "old.json"],
        expect![[r#"
            ---
            error: there is no file `nothing.json`
            exit code 2
        "#]],
    );
}

#[test]
fn coverage_as_json() {
    folder().check(
        &[
            "covers",
            "--required",
            "new.json",
            "--granted",
            "old.json",
            "--format",
            "json",
        ],
        expect![[r#"
            {"verdict":"lacking","lacking":[{"action":"s3:PutObject","resource":"arn:aws:s3:::reports/a","context":{"aws:SourceIp":"203.0.113.1"},"oldDecision":"implicitDeny","newDecision":"allowed","actions":["s3:PutObject","s3:PutObjectAcl"],"oldStatements":[],"newStatements":[{"file":"new.json","line":5,"statement":1,"sid":"Write","effect":"Allow"}]}],"because":"some required permissions are not granted"}
            ---
            exit code 1
        "#]],
    );
}

#[test]
fn unreadable_input() {
    let folder = folder();
    folder.write("broken.json", "{\"Statement\": [}");
    folder.write("maybe.json", "{\n  \"Statement\": {\"Effect\": \"Maybe\"}\n}");
    folder.check(
        &["diff", "nothing.json", "maybe.json"],
        expect![[r#"
        ---
        error: there is no file `nothing.json`
        error: `Maybe` is neither `Allow` nor `Deny`
         --> maybe.json:2:27
          |
        2 |   "Statement": {"Effect": "Maybe"}
          |                           ^^^^^^^

        exit code 2
    "#]],
    );
    folder.check(
        &["diff", "broken.json", "old.toml#usr"],
        expect![[r#"
            ---
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
            error: there is no policy `usr` in `old.toml`
              = help: did you mean `user`?
              = help: the policies are `user`
            exit code 2
        "#]],
    );
    folder.check(
        &["diff", "old.json"],
        expect![[r#"
        ---
        error: the following required arguments were not provided:
          <NEW>

        Usage: iam-policy diff <OLD> <NEW>

        For more information, try '--help'.
        exit code 2
    "#]],
    );
}

#[test]
fn pairs_are_answered_in_order() {
    let line = |id: &str, old: &str, new: &str| {
        format!(
            r#"{{"id": {id}, "old": {}, "new": {}}}"#,
            old.replace('\n', " "),
            new.replace('\n', " ")
        ) + "\n"
    };
    let folder = folder();
    let narrowed = line("1", GOOD, GOOD) + &line("2", WIDER, GOOD);
    folder.check_with(&["diff", "--pairs", "-"], narrowed.as_bytes(), expect![[r#"
        {"id":1,"verdict":"equivalent","newlyAllowed":[],"newlyDenied":[],"because":"both allow the same requests"}
        {"id":2,"verdict":"narrowed","newlyAllowed":[],"newlyDenied":[{"action":"s3:PutObject","resource":"arn:aws:s3:::reports/a","context":{"aws:SourceIp":"203.0.113.1"},"oldDecision":"allowed","newDecision":"implicitDeny"}],"because":"everything allowed now was allowed before, and some requests are no longer allowed"}
        ---
        exit code 0
    "#]]);
    let widened = narrowed.clone() + &line("\"c\"", GOOD, WIDER) + "\n" + &line("4", GOOD, OTHER);
    folder.write("pairs.jsonl", &widened);
    folder.check(&["diff", "--pairs", "pairs.jsonl"], expect![[r#"
        {"id":1,"verdict":"equivalent","newlyAllowed":[],"newlyDenied":[],"because":"both allow the same requests"}
        {"id":2,"verdict":"narrowed","newlyAllowed":[],"newlyDenied":[{"action":"s3:PutObject","resource":"arn:aws:s3:::reports/a","context":{"aws:SourceIp":"203.0.113.1"},"oldDecision":"allowed","newDecision":"implicitDeny"}],"because":"everything allowed now was allowed before, and some requests are no longer allowed"}
        {"id":"c","verdict":"widened","newlyAllowed":[{"action":"s3:PutObject","resource":"arn:aws:s3:::reports/a","context":{"aws:SourceIp":"203.0.113.1"},"oldDecision":"implicitDeny","newDecision":"allowed"}],"newlyDenied":[],"because":"everything allowed before is still allowed, and some requests are newly allowed"}
        {"id":4,"verdict":"incomparable","newlyAllowed":[{"action":"sqs:SendMessage","resource":"arn:aws:sqs:us-east-1:123456789012:a","context":{},"oldDecision":"implicitDeny","newDecision":"allowed"}],"newlyDenied":[{"action":"s3:GetObject","resource":"arn:aws:s3:::reports/a","context":{},"oldDecision":"allowed","newDecision":"implicitDeny"}],"because":"some requests are newly allowed, and some are no longer allowed"}
        ---
        exit code 1
    "#]]);
    let wrong = [
        line("1", GOOD, "5"),
        line("2", GOOD, &GOOD.replace("Allow", "Alow")),
        line("3", "{}", GOOD),
        "{\"id\": 4, \"old\": {}}\n".to_owned(),
        "{\"id\": 5, \"nwe\": {}}\n".to_owned(),
        "[\n".to_owned(),
        line("7", GOOD, WIDER),
    ];
    folder.check_with(&["diff", "--pairs", "-"], wrong.concat().as_bytes(), expect![[r#"
        {"id":1,"line":1,"error":"`new`: expected a policy document, found number"}
        {"id":2,"line":2,"error":"`new.Statement[0].Effect`: `Alow` is neither `Allow` nor `Deny`"}
        {"id":3,"line":3,"error":"`old`: `Statement` is missing"}
        {"id":4,"line":4,"error":"`new` is missing"}
        {"id":5,"line":5,"error":"unknown key `nwe`, expected one of `id`, `old`, `new`"}
        {"id":null,"line":6,"error":"unexpected end of line in a list"}
        {"id":7,"verdict":"widened","newlyAllowed":[{"action":"s3:PutObject","resource":"arn:aws:s3:::reports/a","context":{"aws:SourceIp":"203.0.113.1"},"oldDecision":"implicitDeny","newDecision":"allowed"}],"newlyDenied":[],"because":"everything allowed before is still allowed, and some requests are newly allowed"}
        ---
        error: 6 of the 7 lines of `<stdin>` are invalid; see the answers
        exit code 2
    "#]]);
}

#[cfg(unix)]
#[test]
fn arguments_may_be_pipes() {
    let folder = Folder::with(&[("policies.toml", SPEC), ("user.json", GOOD)]);
    let compare = |old: &str, new: &str| {
        let script = format!("{PROGRAM} diff <(cat {old}) <(cat {new})");
        let mut bash = Command::new("bash");
        testing_support::run(bash.current_dir(folder.root()).args(["-c", &script])).code
    };
    assert_eq!(compare("user.json", "user.json"), 0);
    assert_eq!(compare("policies.toml", "policies.toml"), 0);
    folder.write("wider.toml", SPEC.replace("s3:GetObject", "s3:*"));
    assert_eq!(compare("policies.toml", "wider.toml"), 1);
}

/// A spec with policies of several types.
const TYPES: &str = r#"
[policy.user]
[[policy.user.statement]]
id        = "send"
reason    = "Tells the user."
actions   = ["sqs:SendMessage"]
resources = ["arn:aws:sqs:eu-west-1:111122223333:done"]

[policy.queue]
type          = "resource"
resource-type = "sqs:queue"
[[policy.queue.statement]]
id        = "send"
reason    = "Tells the user."
services  = ["sns"]
actions   = ["sqs:SendMessage"]
resources = ["arn:aws:sqs:eu-west-1:111122223333:done"]
condition.StringEquals."aws:SourceAccount" = "111122223333"
"#;

#[test]
fn policies_with_and_without_principals_are_not_compared() {
    let folder = Folder::with(&[("policies.toml", TYPES), ("user.json", GOOD)]);
    folder.check(&["diff", "policies.toml#user", "policies.toml#queue"], expect![[r#"
        ---
        error: policy `user` is an identity policy, and policy `queue` is a resource policy
          = help: compare resource policies, resource control policies and trust policies with each other, and all other types with each other
        exit code 2
    "#]]);
    folder.check(&["diff", "user.json", "policies.toml#queue"], expect![[r#"
        ---
        error: `user.json` is an identity policy, and policy `queue` is a resource policy
          = help: compare resource policies, resource control policies and trust policies with each other, and all other types with each other
        exit code 2
    "#]]);
    folder.check(
        &[
            "covers",
            "--required",
            "policies.toml#queue",
            "--granted",
            "policies.toml#user",
            "user.json",
        ],
        expect![[r#"
            ---
            error: policy `queue` is a resource policy, and policy `user` is an identity policy
              = help: compare resource policies, resource control policies and trust policies with each other, and all other types with each other
            error: policy `queue` is a resource policy, and `user.json` is an identity policy
              = help: compare resource policies, resource control policies and trust policies with each other, and all other types with each other
            exit code 2
        "#]],
    );
    assert_eq!(folder.run(&["diff", "policies.toml", "policies.toml"]).code, 0);
}
