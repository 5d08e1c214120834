use std::io::Read;
use std::process::{Command, Stdio};

use expect_test::expect;
use serde_json::Value;

use crate::support::{BAD, Folder, GOOD, PROGRAM, SPEC};

#[test]
fn findings_look_like_compiler_errors() {
    Folder::with(&[("user.json", BAD)]).check(
        &["check", "user.json"],
        expect![[r#"
        error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
         --> user.json:4:36
          |
        4 |     {"Effect": "Allow", "Action": ["s3:GetObjcet", "s3:PutObject"], "Resource": "arn:aws:s3:::reports"}
          |                                    ^^^^^^^^^^^^^^
          = help: did you mean `s3:GetObject`?

        error[ACTION_MATCHES_NO_RESOURCE]: `s3:PutObject` applies to objects, but the resource is a bucket
         --> user.json:4:81
          |
        4 |     {"Effect": "Allow", "Action": ["s3:GetObjcet", "s3:PutObject"], "Resource": "arn:aws:s3:::reports"}
          |                                                    --------------               ^^^^^^^^^^^^^^^^^^^^^^
          = help: also list the objects: `arn:aws:s3:::reports/*`

        ---
        1 file checked: 2 errors in 1 file
        exit code 1
    "#]],
    );
}

#[test]
fn findings_as_json() {
    Folder::with(&[("user.json", BAD), ("good.json", GOOD)])
        .check(&["check", "--format", "json", "user.json", "good.json"], expect![[r#"
            [
            {"file":"user.json","findings":[{"findingType":"ERROR","issueCode":"INVALID_ACTION","findingDetails":"the action `s3:GetObjcet` does not exist (as of 2026-10-27); did you mean `s3:GetObject`?","locations":[{"path":[{"value":"Statement"},{"index":0},{"value":"Action"},{"index":0}],"span":{"start":{"line":4,"column":35,"offset":81},"end":{"line":4,"column":49,"offset":95}}}]},{"findingType":"ERROR","issueCode":"ACTION_MATCHES_NO_RESOURCE","findingDetails":"`s3:PutObject` applies to objects, but the resource is a bucket; also list the objects: `arn:aws:s3:::reports/*`","locations":[{"path":[{"value":"Statement"},{"index":0},{"value":"Resource"}],"span":{"start":{"line":4,"column":80,"offset":126},"end":{"line":4,"column":102,"offset":148}}},{"path":[{"value":"Statement"},{"index":0},{"value":"Action"},{"index":1}],"span":{"start":{"line":4,"column":51,"offset":97},"end":{"line":4,"column":65,"offset":111}}}]}]},
            {"file":"good.json","findings":[]}
            ]
            ---
            exit code 1
        "#]]);
}

#[test]
fn no_findings() {
    Folder::with(&[("good.json", GOOD), ("policies.toml", SPEC)]).check(
        &["check", "good.json", "policies.toml"],
        expect![[r#"
            ---
            2 files checked, no findings
            exit code 0
        "#]],
    );
}

#[test]
fn no_files_are_an_empty_json_array() {
    Folder::with(&[]).check(
        &["check", "--format", "json", "none.json"],
        expect![[r#"
        []
        ---
        error: there is no file `none.json`
        exit code 2
    "#]],
    );
}

#[test]
fn columns_count_characters() {
    let policy = "{\"Version\": \"2012-10-17\",\r\n\"Statement\": {\"Sid\": \"\u{e4}\u{1f600}\", \"Effect\": \"Alow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::b/*\"}}";
    let ran = Folder::with(&[("p.json", policy)]).run(&["check", "--format", "json", "p.json"]);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    let findings = answer[0]["findings"].as_array().unwrap();
    let effect = findings
        .iter()
        .find(|finding| finding["issueCode"] == "INVALID_EFFECT")
        .unwrap();
    expect![[r#"[{"path":[{"value":"Statement"},{"value":"Effect"}],"span":{"start":{"line":2,"column":37,"offset":64},"end":{"line":2,"column":43,"offset":70}}}]"#]].assert_eq(&effect["locations"].to_string());
}

#[test]
fn the_standard_input_is_json_or_a_spec() {
    let folder = Folder::with(&[]);
    folder.check_with(
        &["check", "-"],
        BAD.as_bytes(),
        expect![[r#"
        error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
         --> <stdin>:4:36
          |
        4 |     {"Effect": "Allow", "Action": ["s3:GetObjcet", "s3:PutObject"], "Resource": "arn:aws:s3:::reports"}
          |                                    ^^^^^^^^^^^^^^
          = help: did you mean `s3:GetObject`?

        error[ACTION_MATCHES_NO_RESOURCE]: `s3:PutObject` applies to objects, but the resource is a bucket
         --> <stdin>:4:81
          |
        4 |     {"Effect": "Allow", "Action": ["s3:GetObjcet", "s3:PutObject"], "Resource": "arn:aws:s3:::reports"}
          |                                                    --------------               ^^^^^^^^^^^^^^^^^^^^^^
          = help: also list the objects: `arn:aws:s3:::reports/*`

        ---
        1 file checked: 2 errors in 1 file
        exit code 1
    "#]],
    );
    folder.check_with(
        &["check", "-"],
        SPEC.replace("GetObject", "GetObjcet").as_bytes(),
        expect![[r#"
            error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
             --> <stdin>:6:14
              |
            6 | actions   = ["s3:GetObjcet"]
              |              ^^^^^^^^^^^^^^
              = help: did you mean `s3:GetObject`?
              = help: if AWS added it recently, accept it with `waive = [{ check = "INVALID_ACTION", why = "…" }]`

            ---
            1 file checked: 1 error in 1 file
            exit code 1
        "#]],
    );
    folder.check_with(
        &["check", "-", "--format", "json"],
        GOOD.as_bytes(),
        expect![[r#"
        [
        {"file":"<stdin>","findings":[]}
        ]
        ---
        exit code 0
    "#]],
    );
}

#[test]
fn pasted_text_is_one_error() {
    let quotes = GOOD
        .replace("\"Version\"", "\u{201c}Version\u{201d}")
        .replace("\"Allow\"", "'Allow'");
    let comment = GOOD.replacen('\n', " // who reads reports\n", 1);
    Folder::with(&[
        ("comment.json", &comment),
        ("quotes.json", &quotes),
        ("policy.txt", "Version: '2012-10-17'\nStatement: []\n"),
    ])
    .check(
        &["check", "comment.json", "quotes.json", "policy.txt"],
        expect![[r#"
            error[JSON_SYNTAX_ERROR]: JSON does not allow comments
             --> comment.json:1:3
              |
            1 | { // who reads reports
              |   ^^^^^^^^^^^^^^^^^^^^

            error[JSON_SYNTAX_ERROR]: expected `"`, found `“`
             --> quotes.json:2:3
              |
            2 |   “Version”: "2012-10-17",
              |   ^^^^^^^^^
              = help: replace all quotes of this kind

            error[JSON_SYNTAX_ERROR]: expected a value, found `Version`
             --> policy.txt:1:1
              |
            1 | Version: '2012-10-17'
              | ^^^^^^^
              = help: this looks like YAML, but a policy is JSON

            ---
            3 files checked: 3 errors in 3 files; 3 could not be read
            exit code 2
        "#]],
    );
    Folder::with(&[("quotes.json", &quotes)]).check(
        &["explain", "quotes.json"],
        expect![[r#"
            ---
            error[JSON_SYNTAX_ERROR]: expected `"`, found `“`
             --> quotes.json:2:3
              |
            2 |   “Version”: "2012-10-17",
              |   ^^^^^^^^^
              = help: replace all quotes of this kind

            note: `iam-policy check quotes.json` shows all problems
            exit code 2
        "#]],
    );
}

/// Output of `aws iam get-account-authorization-details` with an error in each of three policies.
const ACCOUNT: &str = r#"{
  "UserDetailList": [{
    "UserName": "ann",
    "Arn": "arn:aws:iam::123456789012:user/ann",
    "UserPolicyList": [{
      "PolicyName": "logs",
      "PolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "logs:PutLogEvent", "Resource": "*"}}
    }]
  }],
  "RoleDetailList": [{
    "RoleName": "build",
    "Arn": "arn:aws:iam::123456789012:role/build",
    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRoel"}}
  }],
  "Policies": [{
    "PolicyName": "reports",
    "Arn": "arn:aws:iam::123456789012:policy/reports",
    "PolicyVersionList": [
      {"VersionId": "v2", "IsDefaultVersion": true, "Document": "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Permit%22%2C%22Action%22%3A%22s3%3AGetObject%22%2C%22Resource%22%3A%22arn%3Aaws%3As3%3A%3A%3Ar%2F%2A%22%7D%7D"},
      {"VersionId": "v1", "IsDefaultVersion": false, "Document": {"Version": "2012-10-17", "Statement": []}}
    ]
  }]
}
"#;

#[test]
fn account_policies_are_checked_by_type() {
    Folder::with(&[("account.json", ACCOUNT)]).check(&["check", "account.json"], expect![[r#"
        error[INVALID_ACTION]: the action `logs:PutLogEvent` does not exist (as of 2026-10-27)
         --> account.json:7:94
          |
        7 |       "PolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "logs:PutLogEvent", "Resource": "*"}}
          |                                                                                              ^^^^^^^^^^^^^^^^^^
          = note: in `logs` of `arn:aws:iam::123456789012:user/ann`
          = help: did you mean `logs:PutLogEvents`?

        error[INVALID_ACTION]: the action `sts:AssumeRoel` does not exist (as of 2026-10-27)
          --> account.json:13:152
           |
        13 | …": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRoel"}}
           |                                                                                                                            ^^^^^^^^^^^^^^^^
           = note: in the trust policy of `arn:aws:iam::123456789012:role/build`
           = help: did you mean `sts:AssumeRole`?

        error[INVALID_EFFECT]: the effect `Permit` is not valid; use Allow or Deny
          --> account.json:19:140
           |
        19 | …22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Permit%22%2C%22Action%22%3A%22s3%3AGetObject%22%2C%22Resource%22%3A%22arn%3Aa…
           |                                                              ^^^^^^^^^^^^
           = note: in `arn:aws:iam::123456789012:policy/reports`

        ---
        1 file checked: 3 errors in 1 file
        exit code 1
    "#]]);
    let folder = Folder::with(&[("dump/account.json", ACCOUNT), ("dump/package.json", "{}")]);
    let ran = folder.run(&["check", "dump", "--format", "json"]);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    let paths = answer[0]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["locations"][0]["path"].to_string());
    expect![[r#"
        [{"value":"UserDetailList"},{"index":0},{"value":"UserPolicyList"},{"index":0},{"value":"PolicyDocument"},{"value":"Statement"},{"value":"Action"}]
        [{"value":"RoleDetailList"},{"index":0},{"value":"AssumeRolePolicyDocument"},{"value":"Statement"},{"value":"Action"}]
        [{"value":"Policies"},{"index":0},{"value":"PolicyVersionList"},{"index":0},{"value":"Document"},{"value":"Statement"},{"value":"Effect"}]"#]].assert_eq(&paths.collect::<Vec<_>>().join("\n"));
}

#[test]
fn finds_the_policy_in_aws_cli_output() {
    let policy =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObjcet", "Resource": "*"}}"#;
    let bucket = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObjcet", "Resource": "arn:aws:s3:::r/*"}}"#;
    let text = serde_json::to_string(bucket).unwrap();
    let files = [
        (
            "get-policy-version.json",
            format!(r#"{{"PolicyVersion": {{"Document": {policy}, "VersionId": "v1", "IsDefaultVersion": false}}}}"#),
        ),
        (
            "get-role-policy.json",
            format!(r#"{{"RoleName": "r", "PolicyName": "p", "PolicyDocument": {policy}}}"#),
        ),
        ("get-bucket-policy.json", format!(r#"{{"Policy": {text}}}"#)),
        (
            "describe-policy.json",
            format!(r#"{{"Policy": {{"PolicySummary": {{"Type": "RESOURCE_CONTROL_POLICY"}}, "Content": {text}}}}}"#),
        ),
    ];
    let folder = Folder::with(&files.each_ref().map(|(name, text)| (*name, text.as_str())));
    let names = files.each_ref().map(|(name, _)| *name);
    folder.check(&[&["check"][..], &names].concat(), expect![[r#"
        error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
         --> get-policy-version.json:1:101
          |
        1 | …": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObjcet", "Resource": "*"}}, "VersionId": "v1", "IsDefaultVersion": false}…
          |                                                              ^^^^^^^^^^^^^^
          = help: did you mean `s3:GetObject`?

        error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
         --> get-role-policy.json:1:125
          |
        1 | …"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObjcet", "Resource": "*"}}}
          |                                                                                                            ^^^^^^^^^^^^^^
          = help: did you mean `s3:GetObject`?

        error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
         --> get-bucket-policy.json:1:138
          |
        1 | …\": {\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"123456789012\"}, \"Action\": \"s3:GetObjcet\", \"Resource\": \"arn:aws:s3:::r/*\"}}"}
          |                                                                                      ^^^^^^^^^^^^^^^^
          = help: did you mean `s3:GetObject`?

        error[RCP_SYNTAX_ERROR_ALLOW]: RCPs support the effect Allow only with "*" as Principal and Resource and without conditions
         --> describe-policy.json:1:124
          |
        1 | …}, "Content": "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"123456789012\"}, \"Action\": …
          |                                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        error[RCP_SYNTAX_ERROR_PRINCIPAL]: RCPs only support "*" in the Principal element
         --> describe-policy.json:1:163
          |
        1 | …17\", \"Statement\": {\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"123456789012\"}, \"Action\": \"s3:GetObjcet\", \"Resource\": \"arn:a…
          |                                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^

        error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
         --> describe-policy.json:1:204
          |
        1 | …": {\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"123456789012\"}, \"Action\": \"s3:GetObjcet\", \"Resource\": \"arn:aws:s3:::r/*\"}}"}}
          |                                                                                     ^^^^^^^^^^^^^^^^
          = help: did you mean `s3:GetObject`?

        ---
        4 files checked: 6 errors in 4 files
        exit code 1
    "#]]);
    let ran = folder.run(&["explain", "get-bucket-policy.json"]);
    assert!(ran.stdout.contains("| `s3:GetObjcet` |"), "{}", ran.stdout);
    let ran = folder.run(&["import", "get-role-policy.json"]);
    assert!(ran.stdout.contains(r#"action = "s3:GetObjcet""#), "{}", ran.stdout);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

#[test]
fn near_policies_are_recognized() {
    let bucket = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::r/*"}}"#;
    let statement = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::r/*"}"#;
    let statements = format!("[{statement}]");
    let folder = Folder::with(&[
        ("bucket.json", bucket),
        ("statement.json", statement),
        ("statements.json", &statements),
    ]);
    // Most statements name no principals, so one probably has them by mistake.
    let mixed = [
        statement,
        &statement.replace("\"Effect", "\"Principal\": \"*\", \"Effect"),
        statement,
    ]
    .join(", ");
    folder.write(
        "mixed.json",
        format!(r#"{{"Version": "2012-10-17", "Statement": [{mixed}]}}"#),
    );
    let ran = folder.run(&["check", "mixed.json"]);
    assert!(ran.stdout.contains("UNSUPPORTED_PRINCIPAL"), "{}", ran.stdout);
    assert!(ran.stdout.contains("`--type trust`"), "{}", ran.stdout);
    let ran = folder.run(&["check", "bucket.json", "--type", "identity"]);
    assert!(ran.stdout.contains("UNSUPPORTED_PRINCIPAL"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("help"), "{}", ran.stdout);
    let ran = folder.run(&["check", "statement.json", "statements.json"]);
    let helps: Vec<_> = ran
        .stdout
        .lines()
        .map(str::trim_start)
        .filter(|line| line.starts_with("= help: th"))
        .collect();
    expect![[r#"
          = help: this is a statement: a policy is an object with statements in `Statement`
          = help: these are statements: a policy is an object with the statements in `Statement`"#]]
    .assert_eq(&helps.join("\n"));
}

#[test]
fn finds_policies_in_strings_and_arrays() {
    let policy =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObjcet", "Resource": "*"}}"#;
    let shared = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObjcet", "Resource": "arn:aws:s3:::r/*"}}"#;
    let text = |value: &str| serde_json::to_string(value).unwrap();
    let (own, of_resource) = (text(policy), text(shared));
    let files = [
        ("sso.json", format!(r#"{{"InlinePolicy": {own}}}"#)),
        (
            "glue.json",
            format!(r#"{{"PolicyInJson": {of_resource}, "PolicyHash": "x"}}"#),
        ),
        (
            "endpoints.json",
            format!(r#"{{"VpcEndpoints": [{{"VpcEndpointId": "vpce-1", "PolicyDocument": {of_resource}}}]}}"#),
        ),
        (
            "ecr.json",
            format!(r#"{{"repositoryName": "app", "policyText": {of_resource}}}"#),
        ),
        (
            "queue.json",
            format!(r#"{{"Attributes": {{"Policy": {of_resource}}}}}"#),
        ),
        (
            "secret.json",
            format!(r#"{{"ARN": "x", "Name": "s", "ResourcePolicy": {of_resource}}}"#),
        ),
        (
            "logs.json",
            format!(r#"{{"resourcePolicies": [{{"policyName": "p", "policyDocument": {of_resource}}}]}}"#),
        ),
        (
            "artifacts.json",
            format!(r#"{{"policy": {{"resourceArn": "x", "document": {of_resource}}}}}"#),
        ),
        (
            "domain.json",
            format!(r#"{{"DomainConfig": {{"AccessPolicies": {{"Options": {of_resource}}}}}}}"#),
        ),
        // API Gateway escapes the policy once more, and omits the quotes.
        (
            "api.json",
            format!(r#"{{"id": "x", "policy": {}}}"#, text(of_resource.trim_matches('"'))),
        ),
        ("string.json", own.clone()),
        ("twice.json", text(&own)),
        ("array.json", format!("[{policy}]")),
        ("strings.json", format!(r#"{{"policies": [{of_resource}]}}"#)),
        ("named.json", format!(r#"{{"reader": {policy}}}"#)),
        (
            "trail.json",
            format!(r#"{{"Records": [{{"requestParameters": {{"userName": "ann", "policyDocument": {own}}}}}]}}"#),
        ),
        (
            "config.json",
            format!(
                r#"{{"configuration": {}}}"#,
                text(&format!(
                    r#"{{"versions": [{{"document": {own}, "isDefaultVersion": true}}, {{"document": {own}, "isDefaultVersion": false}}]}}"#
                ))
            ),
        ),
    ];
    for (name, contents) in &files {
        let folder = Folder::with(&[(*name, contents.as_str())]);
        let ran = folder.run(&["check", "--format", "json", name]);
        let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
        let findings = answer[0]["findings"].as_array().unwrap();
        let codes: Vec<_> = findings
            .iter()
            .map(|finding| finding["issueCode"].as_str().unwrap())
            .collect();
        assert_eq!(codes, ["INVALID_ACTION"], "{name}: {}", ran.stdout);
        let span = &findings[0]["locations"][0]["span"];
        let at = |end: &str| usize::try_from(span[end]["offset"].as_u64().unwrap()).unwrap();
        let marked = contents.get(at("start")..at("end")).unwrap();
        assert_eq!(marked.trim_matches(['"', '\\']), "s3:GetObjcet", "{name}");
    }
}

#[test]
fn policies_of_a_principal_are_checked_together() {
    let pass = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/*"}}"#;
    let run = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "glue:CreateDevEndpoint", "Resource": "*"}}"#;
    let account = |policies: &str| {
        format!(
            r#"{{
  "UserDetailList": [
    {{"UserName": "ann", "Arn": "arn:aws:iam::123456789012:user/ann", "GroupList": ["ops"],
      "UserPolicyList": [{policies}]}},
    {{"UserName": "bob", "Arn": "arn:aws:iam::123456789012:user/bob", "GroupList": ["ops"]}}
  ],
  "GroupDetailList": [
    {{"GroupName": "ops", "Arn": "arn:aws:iam::123456789012:group/ops", "AttachedManagedPolicies": [{{"PolicyArn": "arn:aws:iam::123456789012:policy/run"}}]}}
  ],
  "RoleDetailList": [],
  "Policies": [
    {{"Arn": "arn:aws:iam::123456789012:policy/run", "PolicyVersionList": [{{"IsDefaultVersion": true,
      "Document": {run}}}]}}
  ]
}}"#
        )
    };
    let own = account(&format!(r#"{{"PolicyName": "pass", "PolicyDocument": {pass}}}"#));
    let denied = account(&format!(
        r#"{{"PolicyName": "pass", "PolicyDocument": {pass}}}, {{"PolicyName": "deny", "PolicyDocument": {}}}"#,
        pass.replace("Allow", "Deny")
    ));
    let organization = own.replace(
        r#""RoleDetailList""#,
        &format!(
            r#""ServiceControlPolicies": [[{}, {}]], "RoleDetailList""#,
            r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
            r#"{"Statement": {"Effect": "Deny", "Action": "glue:*DevEndpoint", "Resource": "*"}}"#,
        ),
    );
    let folder = Folder::with(&[
        ("account.json", own.as_str()),
        ("denied.json", denied.as_str()),
        ("organization.json", organization.as_str()),
    ]);
    folder.check(&["check", "account.json"], expect![[r#"
        security-warning[PRIVILEGE_ESCALATION]: privilege escalation `new-dev-endpoint`: `iam:PassRole` and `glue:CreateDevEndpoint` let the principal log in to a development endpoint with any role that Glue can assume
          --> account.json:4:136
           |
        4  | …": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/*"}}}]},
           |                                                                          ^^^^^^^^^^^^^^
        ...
        13 |       "Document": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "glue:CreateDevEndpoint", "Resource": "*"}}}]}
           |                                                                                        ------------------------
           = note: described at https://pathfinding.cloud/paths/glue-001
           = note: granted by the policies of the user `ann` together

        ---
        1 file checked: 1 security warning in 1 file
        exit code 1
    "#]]);
    for file in ["denied.json", "organization.json"] {
        let ran = folder.run(&["check", file]);
        assert!(!ran.stdout.contains("PRIVILEGE_ESCALATION"), "{}", ran.stdout);
        assert!(ran.stderr.contains("1 file checked"), "{}", ran.stderr);
        // The policies of an organization are checked as such: they grant nothing.
        assert!(!ran.stdout.contains("ACTION_SUPPORTS_RESOURCES"), "{}", ran.stdout);
    }
}

#[test]
fn mistakes_in_strings_have_locations() {
    let folder = Folder::with(&[(
        "sso.json",
        r#"{"InlinePolicy": "{\"Version\": \"2012-10-17\", \"Statement\": [}"}"#,
    )]);
    folder.check(
        &["check", "sso.json"],
        expect![[r#"
        error[JSON_SYNTAX_ERROR]: expected a value or `]`, found `}`
         --> sso.json:1:65
          |
        1 | {"InlinePolicy": "{\"Version\": \"2012-10-17\", \"Statement\": [}"}
          |                                                                 ^

        error[JSON_SYNTAX_ERROR]: expected a comma or `]`, found `}`
         --> sso.json:1:65
          |
        1 | {"InlinePolicy": "{\"Version\": \"2012-10-17\", \"Statement\": [}"}
          |                                                                 ^

        ---
        1 file checked: 2 errors in 1 file; 1 could not be read
        exit code 2
    "#]],
    );
    let ran = folder.run(&["explain", "sso.json"]);
    assert!(ran.stderr.starts_with("error[JSON_SYNTAX_ERROR]"), "{}", ran.stderr);
    assert_eq!(ran.code, 2);
}

#[test]
fn configuration_of_terraform_is_one_error() {
    let folder = Folder::with(&FOREIGN);
    let names = FOREIGN.map(|(name, _)| name);
    folder.check(
        &[&["check"][..], &names].concat(),
        expect![[r#"
            error[UNSUPPORTED_FORMAT]: Terraform configuration is only read from files of a module
             --> main.json:1:2
              |
            1 | {"resource": {"aws_iam_policy": {"p": {"policy": "{}"}}}}
              |  ^^^^^^^^^^
              = help: name the file `main.tf.json`

            ---
            1 file checked: 1 error in 1 file; 1 could not be read
            exit code 2
        "#]],
    );
    for name in names {
        for command in ["explain", "import"] {
            let ran = folder.run(&[command, name]);
            let first = ran.stderr.lines().next().unwrap_or_default();
            assert!(
                first.starts_with("error[UNSUPPORTED_FORMAT]"),
                "{command} {name}: {}",
                ran.stderr
            );
            assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{command} {name}");
        }
    }
}

/// Files that contain policies in a form that is not read.
const FOREIGN: [(&str, &str); 1] = [(
    "main.json",
    r#"{"resource": {"aws_iam_policy": {"p": {"policy": "{}"}}}}"#,
)];

#[test]
fn configuration_of_terraform_in_a_folder_is_mentioned_once() {
    let folder = Folder::with(&FOREIGN);
    std::fs::write(folder.path("good.json"), GOOD).unwrap();
    let ran = folder.run(&["check", "."]);
    let first = |line: &&str| line.starts_with("warning") || line.starts_with("error");
    let lines: Vec<_> = ran.stdout.lines().filter(first).collect();
    expect!["warning[UNSUPPORTED_FORMAT]: Terraform configuration is only read from files of a module"]
        .assert_eq(&lines.join("\n"));
    expect![[r#"
        2 files checked: 1 warning in 1 file
    "#]]
    .assert_eq(&ran.stderr);
    assert_eq!(ran.code, 0);
}

#[test]
fn folders_are_walked_in_order() {
    let folder = Folder::with(&[
        ("p/b.json", GOOD),
        ("p/a/z.json", BAD),
        ("p/a/Y.JSON", GOOD),
        (
            "p/role.trust.json",
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}}"#,
        ),
        ("p/c/policies.toml", SPEC),
        ("p/c/Cargo.toml", "[package]\nname = \"policy\"\n"),
        ("p/c/package.json", r#"{"name": "tool", "version": "1.0.0"}"#),
        ("p/c/list.json", "[1, 2]"),
        ("p/.git/x.json", BAD),
        ("p/readme.md", "no policy"),
        ("p/empty.json", "{}"),
    ]);
    let ran = folder.run(&["check", "--format", "json", "p"]);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    let files: Vec<_> = answer
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["file"].as_str().unwrap())
        .collect();
    assert_eq!(
        files,
        [
            "p/a/Y.JSON",
            "p/a/z.json",
            "p/b.json",
            "p/c/policies.toml",
            "p/empty.json",
            "p/role.trust.json"
        ]
    );
    assert_eq!(answer[5]["findings"], Value::Array(Vec::new()));
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));

    let here = folder.run(&["check", "--format", "json", "."]);
    assert!(here.stdout.contains(r#""file":"p/a/z.json""#), "{}", here.stdout);
    expect![[r#"
        6 files checked: 3 errors, 1 warning in 2 files; 3 files without policies were skipped
    "#]]
    .assert_eq(&folder.run(&["check", "."]).stderr);
}

#[test]
fn explicitly_named_files_are_always_checked() {
    Folder::with(&[("package.json", r#"{"name": "tool"}"#)]).check(&["check", "package.json"], expect![[r#"
        error[MISSING_STATEMENT]: add a statement to the policy
         --> package.json:1:1
          |
        1 | {"name": "tool"}
          | ^^^^^^^^^^^^^^^^

        warning[MISSING_VERSION]: we recommend that you specify the Version element to help you with debugging permission issues
         --> package.json:1:1
          |
        1 | {"name": "tool"}
          | ^^^^^^^^^^^^^^^^

        error[INVALID_POLICY_ELEMENT]: the policy element `name` is not valid
         --> package.json:1:2
          |
        1 | {"name": "tool"}
          |  ^^^^^^

        ---
        1 file checked: 2 errors, 1 warning in 1 file
        exit code 1
    "#]]);
}

#[test]
fn a_folder_without_policies() {
    let folder = Folder::with(&[("p/Cargo.toml", "[package]\n")]);
    std::fs::create_dir(folder.path("empty")).unwrap();
    folder.check(
        &["check", "empty", "p"],
        expect![[r#"
            ---
            error: there is nothing to check in `empty`
              = help: in a folder, `.json`, `.jsonc` and `.toml` files with policies are checked
            error: there is nothing to check in `p`
              = help: in a folder, `.json`, `.jsonc` and `.toml` files with policies are checked
            nothing checked; 1 file without policies was skipped; 2 could not be read
            exit code 2
        "#]],
    );
}

#[cfg(unix)]
#[test]
fn symlink_cycles_end() {
    let folder = Folder::with(&[("p/a.json", GOOD)]);
    std::os::unix::fs::symlink(".", folder.path("p/self")).unwrap();
    std::os::unix::fs::symlink("a.json", folder.path("p/b.json")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path("p/c.json")).unwrap();
    folder.check(
        &["check", "p"],
        expect![[r#"
            ---
            error: there is no file `p/c.json`
            2 files checked, no findings; 1 could not be read
            exit code 2
        "#]],
    );
}

#[test]
fn sizes_depend_on_the_attachment() {
    let long = GOOD.replace("reports", &"r".repeat(2100));
    let folder = Folder::with(&[("long.json", &long)]);
    assert_eq!(folder.run(&["check", "long.json"]).code, 0);
    assert_eq!(folder.run(&["check", "--attach", "managed", "long.json"]).code, 0);
    folder.check(
        &["check", "--attach", "managed", "--attach", "inline-user", "long.json"],
        expect![[r#"
            error[POLICY_SIZE_EXCEEDS_ATTACH_QUOTA]: the policy has 2223 characters, excluding whitespace, but the quota for `inline-user` is 2048
             --> long.json:1:1
              |
            1 | {
              | ^

            ---
            1 file checked: 1 error in 1 file
            exit code 1
        "#]],
    );
}

#[test]
fn findings_depend_on_the_type() {
    let folder = Folder::with(&[("p.json", GOOD)]);
    for (arguments, code) in [
        (["--type", "identity"], 0),
        (["--type", "resource"], 1),
        (["--type", "trust"], 1),
        (["--type", "service-control"], 0),
        (["--attach", "service-control"], 0),
        (["--type", "resource-control"], 1),
    ] {
        let arguments = [&["check", "p.json"], arguments.as_slice()].concat();
        assert_eq!(folder.run(&arguments).code, code, "{arguments:?}");
    }
    let with_principal = GOOD.replace("\"Effect\"", "\"Principal\": \"*\", \"Effect\"");
    let folder = Folder::with(&[("p.json", &with_principal)]);
    for (arguments, code) in [
        (["--type", "resource"], None),
        (["--type", "service-control"], Some("SCP_SYNTAX_ERROR_PRINCIPAL")),
        (["--attach", "service-control"], Some("SCP_SYNTAX_ERROR_PRINCIPAL")),
        (["--type", "identity"], Some("UNSUPPORTED_PRINCIPAL")),
    ] {
        let ran = folder.run(&[&["check", "p.json"], arguments.as_slice()].concat());
        assert_eq!(ran.code, i32::from(code.is_some()), "{arguments:?} {}", ran.stdout);
        assert!(code.is_none_or(|code| ran.stdout.contains(code)), "{}", ran.stdout);
    }
    folder.check(
        &["check", "--type", "trusty", "p.json"],
        expect![[r#"
        ---
        error: invalid value 'trusty' for '--type <TYPE>'
          [possible values: identity, resource, trust, service-control, resource-control]

          tip: a similar value exists: 'trust'

        For more information, try '--help'.
        exit code 2
    "#]],
    );
    folder.check(
        &["check"],
        expect![[r#"
        ---
        error: the following required arguments were not provided:
          <FILE>...

        Usage: iam-policy check <FILE>...

        For more information, try '--help'.
        exit code 2
    "#]],
    );
}

#[test]
fn types_are_inferred_from_the_content() {
    let policy = |statement: &str| format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    let folder = Folder::with(&[
        // A name says nothing.
        ("user.trust.json", GOOD),
        (
            "role.json",
            &policy(
                r#"{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}"#,
            ),
        ),
        (
            "repository.json",
            &policy(r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["ecr:BatchGetImage"]}"#),
        ),
        (
            "api.json",
            &policy(
                r#"{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}"#,
            ),
        ),
    ]);
    folder.check(
        &["check", "."],
        expect![[r#"
            ---
            4 files checked, no findings
            exit code 0
        "#]],
    );
    let folder = Folder::with(&[
        (
            "role.json",
            &policy(
                r#"{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": ["sts:AssumeRole", "s3:GetObject"]}"#,
            ),
        ),
        (
            "bucket.json",
            &policy(
                r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::reports/*"}"#,
            ),
        ),
        (
            "queue.json",
            &policy(
                r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["sqs:SendMessage", "sns:Publish"]}"#,
            ),
        ),
    ]);
    folder.check(
        &["check", "."],
        expect![[r#"
            error[UNSUPPORTED_ACTION_IN_POLICY]: the action `s3:ListAllMyBuckets` is not supported in the policy of an S3 bucket
             --> bucket.json:1:109
              |
            1 | …tement": [{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::reports/*"}]}
              |                                                                                ^^^^^^^^^^^^^^^^^^^^^
              = note: checked as the policy of an S3 bucket because of its content; override this with `--resource-type`

            error[MISSING_RESOURCE]: add a Resource or NotResource element to the policy statement
             --> queue.json:1:41
              |
            1 | {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["sqs:SendMessage", "sns:Publish…
              |                                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = note: checked as a resource policy because of its content; override this with `--type`
              = help: if the policy applies to what it is attached to, such as an ECR repository, say so with `--resource-type`

            error[UNSUPPORTED_ACTION_IN_POLICY]: the action `s3:GetObject` is not supported in the trust policy of a role
             --> role.json:1:137
              |
            1 | …012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": ["sts:AssumeRole", "s3:GetObject"]}]}
              |                                                                                                                            ^^^^^^^^^^^^^^
              = note: checked as a trust policy because of its content; override this with `--type`

            ---
            3 files checked: 3 errors in 3 files
            exit code 1
        "#]],
    );
}

#[test]
fn resource_types_are_named() {
    let everything = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObject", "Resource": "*"}]}"#;
    let folder = Folder::with(&[("p.json", everything)]);
    // The policy of a VPC endpoint may look like this, that of a bucket may not.
    assert_eq!(folder.run(&["check", "p.json"]).code, 0);
    folder.check(
        &["check", "--type", "resource", "--resource-type", "S3:Bucket", "p.json"],
        expect![[r#"
            error[UNSUPPORTED_RESOURCE_ARN_IN_POLICY]: the resource `*` is not supported in the policy of an S3 bucket
             --> p.json:1:137
              |
            1 | …Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObject", "Resource": "*"}]}
              |                                                                                                                                        ^^^
              = help: name the bucket and its objects, such as `arn:aws:s3:::reports` and `arn:aws:s3:::reports/*`

            ---
            1 file checked: 1 error in 1 file
            exit code 1
        "#]],
    );
    assert_eq!(folder.run(&["check", "--resource-type", "s3:bucket", "p.json"]).code, 1);
    folder.check(
        &["check", "--resource-type", "s3:buket", "p.json"],
        expect![[r#"
            ---
            error: invalid value 's3:buket' for '--resource-type <SERVICE:TYPE>'
              [possible values: apigateway:restapi, backup:backupvault, dynamodb:table, ec2:vpc-endpoint, ecr-public:repository, ecr:registry, ecr:repository, elasticfilesystem:file-system, es:domain, events:event-bus, glue:catalog, kinesis:stream, kms:key, lambda:function, lambda:layerversion, redshift:namespace, s3:accesspoint, s3:bucket, secretsmanager:secret, sns:topic, sqs:queue]

              tip: a similar value exists: 's3:bucket'

            For more information, try '--help'.
            exit code 2
        "#]],
    );
    folder.check(
        &["check", "--type", "trust", "--resource-type", "s3:bucket", "p.json"],
        expect![[r#"
            ---
            error: `--resource-type s3:bucket` is for resource policies, not for `--type trust`
              = help: use `--type resource`, or omit one of the options
            exit code 2
        "#]],
    );
}

#[test]
fn unreadable_files_do_not_stop_the_rest() {
    let folder = Folder::with(&[
        ("truncated.json", &GOOD[..60]),
        ("bad.json", BAD),
        (
            "twice.json",
            r#"{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": []}"#,
        ),
    ]);
    folder.write("latin.json", b"{\"Version\": \"\xe9\"}");
    folder.write("latin.toml", b"# \xe9\n");
    folder.write("empty.json", b"");
    folder.write("broken.toml", b"[policy.user]\ntitle = \n");
    folder.check(
        &[
            "check",
            "none.json",
            "truncated.json",
            "latin.json",
            "latin.toml",
            "empty.json",
            "broken.toml",
            "twice.json",
            "bad.json",
        ],
        expect![[r#"
            error[JSON_SYNTAX_ERROR]: unterminated string
             --> truncated.json:5:7
              |
            5 |       "S
              |       ^^

            error[JSON_SYNTAX_ERROR]: expected a colon, found the end of the text
             --> truncated.json:5:9
              |
            5 |       "S
              |         ^

            error[JSON_SYNTAX_ERROR]: invalid UTF-8
             --> latin.json:1:14
              |
            1 | {"Version": "�"}
              |              ^
              = help: save the file as UTF-8

            error[TOML_SYNTAX_ERROR]: invalid UTF-8
             --> latin.toml:1:3
              |
            1 | # �
              |   ^
              = help: save the file as UTF-8

            error[JSON_SYNTAX_ERROR]: expected a value, found the end of the text
             --> empty.json:1:1
              |
            1 |
              | ^
              = help: the file is empty

            error[TOML_SYNTAX_ERROR]: invalid TOML: string values must be quoted, expected literal string
             --> broken.toml:2:9
              |
            2 | title =
              |         ^

            error[JSON_SYNTAX_ERROR]: duplicate key `Version`
             --> twice.json:1:27
              |
            1 | {"Version": "2012-10-17", "Version": "2012-10-17", "Statement": []}
              |                           ^^^^^^^^^
              |  --------- first used here

            error[MISSING_STATEMENT]: add a statement to the policy
             --> twice.json:1:65
              |
            1 | {"Version": "2012-10-17", "Version": "2012-10-17", "Statement": []}
              |                                                                 ^^

            error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
             --> bad.json:4:36
              |
            4 |     {"Effect": "Allow", "Action": ["s3:GetObjcet", "s3:PutObject"], "Resource": "arn:aws:s3:::reports"}
              |                                    ^^^^^^^^^^^^^^
              = help: did you mean `s3:GetObject`?

            error[ACTION_MATCHES_NO_RESOURCE]: `s3:PutObject` applies to objects, but the resource is a bucket
             --> bad.json:4:81
              |
            4 |     {"Effect": "Allow", "Action": ["s3:GetObjcet", "s3:PutObject"], "Resource": "arn:aws:s3:::reports"}
              |                                                    --------------               ^^^^^^^^^^^^^^^^^^^^^^
              = help: also list the objects: `arn:aws:s3:::reports/*`

            ---
            error: there is no file `none.json`
            7 files checked: 10 errors in 7 files; 6 could not be read
            exit code 2
        "#]],
    );
    let ran = folder.run(&["check", "--format", "json", "none.json", "truncated.json", "bad.json"]);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(ran.code, 2);
    assert_eq!(answer.as_array().unwrap().len(), 2);
    assert_eq!(answer[0]["findings"][0]["issueCode"], "JSON_SYNTAX_ERROR");
    expect![[
        r#"[{"path":[],"span":{"start":{"line":5,"column":6,"offset":58},"end":{"line":5,"column":8,"offset":60}}}]"#
    ]]
    .assert_eq(&answer[0]["findings"][0]["locations"].to_string());
    assert_eq!(folder.run(&["check", "twice.json"]).code, 1);
}

#[test]
fn duplicate_keys_have_locations() {
    let twice = r#"{"Version": "2012-10-17", "Statement": [], "Version": "2012-10-17"}"#;
    let folder = Folder::with(&[("twice.json", twice)]);
    let twice = folder.run(&["check", "--format", "json", "twice.json"]);
    assert_eq!(twice.code, 1);
    let answer: Value = serde_json::from_str(&twice.stdout).unwrap();
    let findings = answer[0]["findings"].as_array().unwrap();
    let repeated = findings
        .iter()
        .find(|finding| finding["issueCode"] == "JSON_SYNTAX_ERROR");
    let paths: Vec<_> = repeated.unwrap()["locations"].as_array().unwrap().iter().collect();
    assert_eq!(paths.len(), 2);
    assert!(paths.iter().all(|location| location["path"][0]["key"] == "Version"));
}

#[test]
fn oversized_files_are_not_read() {
    let folder = Folder::with(&[]);
    std::fs::File::create(folder.path("huge.json"))
        .unwrap()
        .set_len(50 << 20)
        .unwrap();
    std::fs::File::create(folder.path("huge.toml"))
        .unwrap()
        .set_len(50 << 20)
        .unwrap();
    folder.check(
        &["check", "huge.json", "huge.toml"],
        expect![[r#"
            ---
            error: `huge.json` is larger than 16 MiB, too large for a policy
            error: `huge.toml` is larger than 16 MiB, too large for a policy
            nothing checked; 2 could not be read
            exit code 2
        "#]],
    );
}

#[test]
fn deep_nesting_is_an_error_not_a_crash() {
    let ran = Folder::with(&[("deep.json", &"[".repeat(100_000))]).run(&["check", "deep.json"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stdout.contains("nested deeper than 128 levels"), "{}", ran.stdout);
}

#[test]
fn a_spec_with_mistakes_and_findings() {
    let spec = r#"
[parameters]
bucket = { default = "reports" }

[policy.user]
partitions = ["aws", "aws-cn"]

[[policy.user.statement]]
id        = "read"
reason    = "Downloads reports."
actions   = ["s3:GetObjcet", { action = "s3:PutObject", waive = [{ check = "INVALID_ACTION", why = "no reason" }] }]
resources = ["arn:{partition}:s3:::{bucket}/*"]

[[policy.user.statement]]
id        = "write"
reson     = "Uploads reports."
actions   = ["s3:PutObject"]
resources = ["arn:{partition}:s3:::{bucket}/*"]

[policy.user.extension.archive]
[[policy.user.extension.archive.statement]]
id        = "pass"
reason    = "Hands the role to the archive."
actions   = ["iam:PassRole"]
resources = [{ arn = "*", waive = [{ check = "PASS_ROLE_WITH_STAR_IN_RESOURCE", why = "the role is the customer's" }] }]
"#;
    let folder = Folder::with(&[("policies.toml", spec)]);
    folder.check(&["check", "policies.toml"], expect![[r#"
        error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
          --> policies.toml:11:14
           |
        11 | actions   = ["s3:GetObjcet", { action = "s3:PutObject", waive = [{ check = "INVALID_ACTION", why = "no reason" }] }]
           |              ^^^^^^^^^^^^^^
           = help: did you mean `s3:GetObject`?
           = help: if AWS added it recently, accept it with `waive = [{ check = "INVALID_ACTION", why = "…" }]`

        error[UNUSED_WAIVER]: unused waiver: `INVALID_ACTION` reports nothing here
          --> policies.toml:11:76
           |
        11 | actions   = ["s3:GetObjcet", { action = "s3:PutObject", waive = [{ check = "INVALID_ACTION", why = "no reason" }] }]
           |                                                                            ^^^^^^^^^^^^^^^^
           = help: remove it

        error[INVALID_SPEC]: unknown key `reson` in a statement
          --> policies.toml:16:1
           |
        16 | reson     = "Uploads reports."
           | ^^^^^
           = help: did you mean `reason`?

        warning[ACTION_SUPPORTS_RESOURCES]: `iam:PassRole` is allowed on every resource, but could be limited to specific resources
          --> policies.toml:24:14
           |
        24 | actions   = ["iam:PassRole"]
           |              ^^^^^^^^^^^^^^

        ---
        1 file checked: 3 errors, 1 warning in 1 file
        exit code 1
    "#]]);
    folder.check(&["check", "--format", "json", "policies.toml"], expect![[r#"
        [
        {"file":"policies.toml","findings":[{"findingType":"ERROR","issueCode":"INVALID_ACTION","findingDetails":"the action `s3:GetObjcet` does not exist (as of 2026-10-27); did you mean `s3:GetObject`?; if AWS added it recently, accept it with `waive = [{ check = \"INVALID_ACTION\", why = \"…\" }]`","locations":[{"path":[{"value":"policy"},{"value":"user"},{"value":"statement"},{"index":0},{"value":"actions"},{"index":0}],"span":{"start":{"line":11,"column":13,"offset":185},"end":{"line":11,"column":27,"offset":199}}}]},{"findingType":"ERROR","issueCode":"UNUSED_WAIVER","findingDetails":"unused waiver: `INVALID_ACTION` reports nothing here; remove it","locations":[{"path":[{"value":"policy"},{"value":"user"},{"value":"statement"},{"index":0},{"value":"actions"},{"index":1},{"value":"waive"}],"span":{"start":{"line":11,"column":75,"offset":247},"end":{"line":11,"column":91,"offset":263}}}]},{"findingType":"ERROR","issueCode":"INVALID_SPEC","findingDetails":"unknown key `reson` in a statement; did you mean `reason`?","locations":[{"path":[{"value":"policy"},{"value":"user"},{"value":"statement"},{"index":1},{"key":"reson"}],"span":{"start":{"line":16,"column":0,"offset":384},"end":{"line":16,"column":5,"offset":389}}}]},{"findingType":"WARNING","issueCode":"ACTION_SUPPORTS_RESOURCES","findingDetails":"`iam:PassRole` is allowed on every resource, but could be limited to specific resources","locations":[{"path":[{"value":"policy"},{"value":"user"},{"value":"extension"},{"value":"archive"},{"value":"statement"},{"index":0},{"value":"actions"},{"index":0}],"span":{"start":{"line":24,"column":13,"offset":646},"end":{"line":24,"column":27,"offset":660}}}]}]}
        ]
        ---
        exit code 1
    "#]]);
}

#[test]
fn a_closed_pipe_changes_nothing() {
    let folder = Folder::with(&[]);
    for number in 0..300 {
        folder.write(&format!("p/{number}.json"), BAD);
    }
    let mut child = Command::new(PROGRAM)
        .args(["check", "p"])
        .current_dir(folder.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut byte = [0];
    child.stdout.take().unwrap().read_exact(&mut byte).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    expect![[r#"
        300 files checked: 600 errors in 300 files
    "#]]
    .assert_eq(std::str::from_utf8(&output.stderr).unwrap());
}

#[expect(clippy::too_many_lines, reason = "most of them are what the program prints")]
#[test]
fn help_lists_the_commands() {
    let folder = Folder::with(&[]);
    folder.check(
        &["--help"],
        expect![[r#"
            Check, explain, simulate, compare, import and generate IAM policies

            Usage: iam-policy [OPTIONS] <COMMAND>

            Commands:
              check        Check policies, specs and templates
              calls        Find the calls of the AWS SDK in Rust code, and the permissions that they need
              rule         Explain a rule: why it matters, examples, and how to fix a finding
              explain      Expand the wildcards of a policy, and show what each action does and to which
                           resources
              simulate     Decide whether policies allow a request, and explain why
              diff         Prove what a new policy allows that an old one did not, and vice versa
              covers       Prove that policies grant everything another one needs, or show what is missing
              import       Write a spec for existing policies, as TOML
              needs        Write a spec of what CloudFormation needs to deploy a template, as TOML
              generate     Generate the files of a spec: the policies as JSON, the page that explains them, and
                           what deploys them
              serve        Serve SimulatePrincipalPolicy and related operations locally, like AWS
              completions  Print a shell completion script for this program
              man          Print the manual page of this program or of one of its commands
              help         Print this message or the help of the given subcommand(s)

            Options:
                  --color <WHEN>  When to use colors [default: auto] [possible values: auto, always, never]
              -h, --help          Print help
              -V, --version       Print version

            Examples:
              iam-policy check user.json policies/
              iam-policy explain user.json
              iam-policy simulate --principal arn:aws:iam::123456789012:user/ann \
                --action s3:GetObject --resource arn:aws:s3:::reports/a --identity user.json
              iam-policy diff HEAD~1:user.json user.json
              aws iam get-account-authorization-details | iam-policy check -
            ---
            exit code 0
        "#]],
    );
    folder.check(
        &["check", "--help"],
        expect![[r#"
            Check policies, specs and templates

            Policies are found in templates of CloudFormation, SAM and the Serverless Framework, in plans and
            states of Terraform, in the output of `aws iam get-account-authorization-details`, `get-role-policy`
            and similar commands, and in other JSON, even inside strings. Settings come from the command line
            and from the file `iam-policy.toml` in the folder of each file or in the nearest one above.

            The exit code is 1 if there are errors or security warnings, and 2 if a file cannot be read.

            Usage: iam-policy check [OPTIONS] <FILE>...

            Arguments:
              <FILE>...
                      A policy in JSON, a spec (`.toml`) or a template, a folder of them, `FILE#NAME` for one of
                      the policies in a file, or `-` for the standard input

            Options:
                  --set <NAME=VALUE>
                      Set a parameter of a spec; may be repeated

                  --environment <NAME>
                      Use the values of an environment of a spec

                  --attach <KIND>
                      How JSON policies will be attached, which limits their size; may be repeated. Specs
                      declare it themselves [possible values: inline-user, inline-group, inline-role, managed,
                      service-control, resource-control]

                  --type <TYPE>
                      The type of JSON policies [default: trust or resource if the statements name principals,
                      else identity] [possible values: identity, resource, trust, service-control,
                      resource-control]

                  --resource-type <SERVICE:TYPE>
                      What resource policies are attached to [default: inferred if all actions and resources
                      suit only one type] [possible values: apigateway:restapi, backup:backupvault,
                      dynamodb:table, ec2:vpc-endpoint, ecr-public:repository, ecr:registry, ecr:repository,
                      elasticfilesystem:file-system, es:domain, events:event-bus, glue:catalog, kinesis:stream,
                      kms:key, lambda:function, lambda:layerversion, redshift:namespace, s3:accesspoint,
                      s3:bucket, secretsmanager:secret, sns:topic, sqs:queue]

                  --select <CODE>
                      Report findings with these codes only, separated by commas; may be repeated

                  --ignore <CODE>
                      Do not report findings with these codes, separated by commas; may be repeated

                  --deny-warnings
                      Exit with 1 for warnings too

                  --baseline <FILE>
                      Report only findings that are not in this baseline, and entries of it that are out of date

                  --write-baseline
                      Write the findings to the baseline instead of reporting them

                  --skip-unrelated
                      Treat named files like those in folders, for hooks: skip what contains no policies, and
                      what the configuration excludes

                  --no-config
                      Ignore every `iam-policy.toml`

                  --stdin-name <FILE>
                      The file that the standard input is the contents of, for editors: decides its language and
                      its settings

                  --color <WHEN>
                      When to use colors [default: auto] [possible values: auto, always, never]

                  --format <FORMAT>
                      The output format [default: human] [possible values: human, json, sarif, github, gitlab,
                      markdown]

              -h, --help
                      Print help (see a summary with '-h')
            ---
            exit code 0
        "#]],
    );
    folder.check(
        &["chekc"],
        expect![[r#"
            ---
            error: unrecognized subcommand 'chekc'

              tip: a similar subcommand exists: 'check'

            Usage: iam-policy [OPTIONS] <COMMAND>

            For more information, try '--help'.
            exit code 2
        "#]],
    );
    assert_eq!(
        folder.run(&["--version"]).stdout,
        concat!("iam-policy ", env!("CARGO_PKG_VERSION"), "\n")
    );
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = folder.run(&["completions", shell]);
        assert!(ran.code == 0 && ran.stdout.contains("attach"), "{shell}");
    }
}

#[cfg(unix)]
#[test]
fn only_regular_files_of_a_folder_are_read() {
    use std::os::unix::fs::symlink;

    let folder = Folder::with(&[("p/a.json", GOOD), ("outside/b.json", BAD), ("p/sub/c.json", GOOD)]);
    for name in ["p/pipe.json", "p/sub/pipe.toml", "p/pipe"] {
        let made = Command::new("mkfifo").arg(folder.path(name)).status().unwrap();
        assert!(made.success());
    }
    symlink("/dev/zero", folder.path("p/zero.json")).unwrap();
    symlink("../outside/b.json", folder.path("p/link.json")).unwrap();
    symlink("../outside", folder.path("p/folder.json")).unwrap();
    symlink("../a.json", folder.path("p/sub/within.json")).unwrap();
    folder.check(
        &["check", "p"],
        expect![[r#"
        ---
        warning: skipped `p/link.json`, which is a link to a file outside the folder
          = help: name the link itself to follow it
        warning: skipped `p/pipe.json`, which is not a regular file
        warning: skipped `p/sub/pipe.toml`, which is not a regular file
        warning: skipped `p/zero.json`, which is not a regular file
        3 files checked, no findings
        exit code 0
    "#]],
    );
    // What the user names is read, whatever it is.
    assert_eq!(folder.run(&["check", "p/link.json"]).code, 1);
    symlink("p", folder.path("named")).unwrap();
    assert_eq!(folder.run(&["check", "named"]).code, 0);
    let pipe = folder.path("p/pipe.json");
    std::thread::scope(|scope| {
        scope.spawn(|| std::fs::write(&pipe, BAD).unwrap());
        assert_eq!(folder.run(&["check", "p/pipe.json"]).code, 1);
    });
    // Where nothing else is found, that is said as well.
    std::fs::create_dir(folder.path("only")).unwrap();
    std::fs::rename(folder.path("p/pipe.json"), folder.path("only/pipe.json")).unwrap();
    folder.check(
        &["check", "only"],
        expect![[r#"
        ---
        warning: skipped `only/pipe.json`, which is not a regular file
        error: there is nothing to check in `only`
          = help: in a folder, `.json`, `.jsonc` and `.toml` files with policies are checked
        nothing checked; 1 could not be read
        exit code 2
    "#]],
    );
}

#[cfg(unix)]
#[test]
fn file_names_need_not_be_utf8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = Folder::with(&[("p/a.json", GOOD)]);
    std::fs::write(folder.path("p").join(OsStr::from_bytes(b"b\xff.json")), BAD).unwrap();
    for format in ["human", "json", "sarif"] {
        assert_eq!(folder.run(&["check", "p", "--format", format]).code, 1, "{format}");
    }
}
