use expect_test::expect;
use serde_json::{Value, json};

use crate::support::{Folder, SPEC};

const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": ["s3:GetObjectT*", "s3:ListAllMyBuckets", "s3:GetObjectNewly", "s3:ListBucket"],
      "Resource": ["arn:aws:s3:::reports-*/*", "arn:aws:s3:::a|b"],
      "Condition": {"Bool": {"aws:SecureTransport": true}}
    },
    {
      "Effect": "Deny",
      "NotAction": "sts:AssumeRole",
      "NotResource": "arn:aws:iam::123456789012:role/r"
    }
  ]
}"#;

#[test]
fn a_document_as_markdown() {
    Folder::with(&[("p.json", POLICY)]).check(&["explain", "p.json"], expect![[r#"
        # p.json

        ## Statement `Read`: Allow

        - Actions: 4: 2 List, 2 Read
        - Resources: `arn:aws:s3:::reports-*/*`, <code>arn:aws:s3:::a&#124;b</code>
        - Condition: `Bool` `aws:SecureTransport`: `true`

        | Action | Access level | Resource types | Description |
        |---|---|---|---|
        | `s3:GetObjectT*`: 2 actions | | | |
        | `s3:GetObjectTagging` | Read | `object` | Grants permission to return the tag set of an object. |
        | `s3:GetObjectTorrent` | Read | `object` | Grants permission to return torrent files from an Amazon S3 bucket. |
        | `s3:ListAllMyBuckets` | List | **none of these**: needs `*` | Grants permission to list all buckets owned by the authenticated sender of the request. |
        | `s3:GetObjectNewly` | unknown | | No such action was known on 2026-09-26. |
        | `s3:ListBucket` | List | `bucket` | Grants permission to list some or all of the objects in an Amazon S3 bucket (up to 1000). |

        ## Statement 2: Deny

        - Actions: all but 1 Write
        - Resources: all but `arn:aws:iam::123456789012:role/r`

        | Action | Access level | Resource types | Description |
        |---|---|---|---|
        | `sts:AssumeRole` | Write | `role` | Grants permission to obtain a set of temporary security credentials that you can use to access AWS resources that you might not normally have access to. |
        ---
        exit code 0
    "#]]);
}

#[test]
fn a_document_as_json() {
    Folder::with(&[("p.json", POLICY)]).check(&["explain", "--format", "json", "p.json"], expect![[r#"
        [
          {
            "file": "p.json",
            "statements": [
              {
                "sid": "Read",
                "effect": "Allow",
                "actions": [
                  {
                    "pattern": "s3:GetObjectT*",
                    "expandsTo": [
                      {
                        "action": "s3:GetObjectTagging",
                        "accessLevel": "Read",
                        "description": "Grants permission to return the tag set of an object",
                        "resourceTypes": [
                          {
                            "name": "accesspointobject",
                            "required": false,
                            "resources": []
                          },
                          {
                            "name": "object",
                            "required": false,
                            "resources": [
                              "arn:aws:s3:::reports-*/*"
                            ]
                          }
                        ]
                      },
                      {
                        "action": "s3:GetObjectTorrent",
                        "accessLevel": "Read",
                        "description": "Grants permission to return torrent files from an Amazon S3 bucket",
                        "resourceTypes": [
                          {
                            "name": "object",
                            "required": true,
                            "resources": [
                              "arn:aws:s3:::reports-*/*"
                            ]
                          }
                        ]
                      }
                    ]
                  },
                  {
                    "pattern": "s3:ListAllMyBuckets",
                    "expandsTo": [
                      {
                        "action": "s3:ListAllMyBuckets",
                        "accessLevel": "List",
                        "description": "Grants permission to list all buckets owned by the authenticated sender of the request",
                        "resourceTypes": []
                      }
                    ]
                  },
                  {
                    "pattern": "s3:GetObjectNewly",
                    "expandsTo": []
                  },
                  {
                    "pattern": "s3:ListBucket",
                    "expandsTo": [
                      {
                        "action": "s3:ListBucket",
                        "accessLevel": "List",
                        "description": "Grants permission to list some or all of the objects in an Amazon S3 bucket (up to 1000)",
                        "resourceTypes": [
                          {
                            "name": "accesspoint",
                            "required": false,
                            "resources": []
                          },
                          {
                            "name": "bucket",
                            "required": false,
                            "resources": [
                              "arn:aws:s3:::a|b"
                            ]
                          }
                        ]
                      }
                    ]
                  }
                ],
                "resources": [
                  {
                    "arn": "arn:aws:s3:::reports-*/*"
                  },
                  {
                    "arn": "arn:aws:s3:::a|b"
                  }
                ],
                "conditions": [
                  {
                    "operator": "Bool",
                    "key": "aws:SecureTransport",
                    "values": [
                      "true"
                    ]
                  }
                ]
              },
              {
                "sid": "",
                "effect": "Deny",
                "notActions": [
                  {
                    "pattern": "sts:AssumeRole",
                    "expandsTo": [
                      {
                        "action": "sts:AssumeRole",
                        "accessLevel": "Write",
                        "description": "Grants permission to obtain a set of temporary security credentials that you can use to access AWS resources that you might not normally have access to",
                        "resourceTypes": [
                          {
                            "name": "role",
                            "required": true,
                            "resources": [
                              "*"
                            ]
                          }
                        ]
                      }
                    ]
                  }
                ],
                "notResources": [
                  {
                    "arn": "arn:aws:iam::123456789012:role/r"
                  }
                ]
              }
            ]
          }
        ]
        ---
        exit code 0
    "#]]);
}

#[test]
fn a_spec_as_markdown() {
    let spec = r#"
[policy.user]
title      = "Readers"
partitions = ["aws"]

[[policy.user.statement]]
id        = "read"
reason    = "Downloads reports."
without   = "Downloads fail."
partitions = ["aws"]
actions   = ["s3:GetObject", { action = "s3:PutObject*", reason = "Uploads | replaces.", without = "Nothing\nhappens." }]
resources = ["arn:{partition}:s3:::reports/*", { arn = "arn:aws:s3:::old/*", partitions = ["aws"], reason = "Where old ones are." }]

[policy.user.extension.archive]
[[policy.user.extension.archive.statement]]
id        = "archive"
reason    = "Lists what is there."
actions   = ["s3:ListAllMyBuckets"]
resources = ["*"]
"#;
    Folder::with(&[("p.toml", spec)]).check(&["explain", "p.toml"], expect![[r#"
        # Readers

        ## Statement `Read`: Allow

        Downloads reports.

        *Without it:* Downloads fail.

        - Actions: 10: 1 Read, 5 Write, 2 Tagging, 2 Permissions management
        - Resources:
          - `arn:aws:s3:::reports/*`
          - `arn:aws:s3:::old/*` (in `aws`): Where old ones are.
        - Partitions: `aws`

        | Action | Access level | Resource types | Description |
        |---|---|---|---|
        | `s3:GetObject` | Read | `object` | Grants permission to retrieve objects from Amazon S3. |
        | `s3:PutObject*`: 9 actions | | | Uploads \| replaces.<br>*Without it:* Nothing happens. |
        | `s3:PutObject` | Write | `object` | Grants permission to add an object to a bucket. |
        | `s3:PutObjectAcl` | Permissions management | `object` | Grants permission to set the access control list (ACL) permissions for new or existing objects in an S3 bucket. |
        | `s3:PutObjectAnnotation` | Write | `object` | Grants permission to add or replace an annotation on an object. |
        | `s3:PutObjectLegalHold` | Write | `object` | Grants permission to apply a Legal Hold configuration to the specified object. |
        | `s3:PutObjectRetention` | Write | `object` | Grants permission to place an Object Retention configuration on an object. |
        | `s3:PutObjectTagging` | Tagging | `object` | Grants permission to set the supplied tag-set to an object that already exists in a bucket. |
        | `s3:PutObjectVersionAcl` | Permissions management | `object` | Grants permission to use the acl subresource to set the access control list (ACL) permissions for an object that already exists in a bucket. |
        | `s3:PutObjectVersionAnnotation` | Write | `object` | Grants permission to add or replace an annotation on a specific version of an object. |
        | `s3:PutObjectVersionTagging` | Tagging | `object` | Grants permission to set the supplied tag-set for a specific version of an object. |

        # Extension `archive`

        ## Statement `Archive`: Allow

        Lists what is there.

        - Actions: 1 List
        - Resources: `*`

        | Action | Access level | Resource types | Description |
        |---|---|---|---|
        | `s3:ListAllMyBuckets` | List | no resources | Grants permission to list all buckets owned by the authenticated sender of the request. |
        ---
        exit code 0
    "#]]);
}

#[test]
fn a_spec_as_json() {
    Folder::with(&[]).check_with(
        &["explain", "-", "--format", "json"],
        SPEC.as_bytes(),
        expect![[r#"
        [
          {
            "file": "<stdin>",
            "policy": "user",
            "statements": [
              {
                "sid": "Read",
                "id": "read",
                "effect": "Allow",
                "actions": [
                  {
                    "pattern": "s3:GetObject",
                    "expandsTo": [
                      {
                        "action": "s3:GetObject",
                        "accessLevel": "Read",
                        "description": "Grants permission to retrieve objects from Amazon S3",
                        "resourceTypes": [
                          {
                            "name": "accesspointobject",
                            "required": false,
                            "resources": []
                          },
                          {
                            "name": "object",
                            "required": false,
                            "resources": [
                              "arn:aws:s3:::reports/*"
                            ]
                          }
                        ]
                      }
                    ]
                  }
                ],
                "resources": [
                  {
                    "arn": "arn:aws:s3:::reports/*"
                  }
                ],
                "reason": "Downloads reports."
              }
            ]
          }
        ]
        ---
        exit code 0
    "#]],
    );
}

#[test]
fn services_are_expanded_and_everything_is_summarized() {
    let policy = |action: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}}}"#
        )
    };
    for service in ["s3", "ec2"] {
        let folder = Folder::with(&[("p.json", &policy(&format!("{service}:*")))]);
        let ran = folder.run(&["explain", "p.json"]);
        assert!(ran.stdout.lines().count() > 100, "{service}");
    }
    let folder = Folder::with(&[("p.json", &policy("*"))]);
    let ran = folder.run(&["explain", "p.json"]);
    assert!(ran.stdout.lines().count() < 20);
    assert!(ran.stdout.contains(" Permissions management"), "{}", ran.stdout);
    let json: Value = serde_json::from_str(&folder.run(&["explain", "--format", "json", "p.json"]).stdout).unwrap();
    assert!(json[0]["statements"][0]["actions"][0]["accessLevels"]["Read"].as_u64() > Some(1000));
}

#[test]
fn unexplainable_input() {
    let folder = Folder::with(&[
        ("p.json", "{\"Version\": nil}"),
        ("p.toml", &SPEC.replace("reason", "reson")),
    ]);
    folder.check(
        &["explain", "none.json"],
        expect![[r#"
        ---
        error: there is no file `none.json`
        exit code 2
    "#]],
    );
    folder.check(
        &["explain", "p.json"],
        expect![[r#"
            ---
            error[JSON_SYNTAX_ERROR]: expected a value, found `nil`
             --> p.json:1:13
              |
            1 | {"Version": nil}
              |             ^^^

            note: `iam-policy check p.json` shows all problems
            exit code 2
        "#]],
    );
    folder.check(
        &["explain", "p.toml"],
        expect![[r#"
            ---
            error[INVALID_SPEC]: unknown key `reson` in a statement
             --> p.toml:5:1
              |
            5 | reson    = "Downloads reports."
              | ^^^^^
              = help: did you mean `reason`?

            note: `iam-policy check p.toml` shows all problems
            exit code 2
        "#]],
    );
    folder.check(
        &["explain", "."],
        expect![[r#"
        ---
        error: `.` is a folder
        exit code 2
    "#]],
    );
}

#[test]
fn explains_principals() {
    let trust = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com", "AWS": ["123456789012", "arn:aws:iam::210987654321:root"]}, "Action": "sts:AssumeRole"},
        {"Effect": "Deny", "NotPrincipal": {"AWS": "123456789012"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::r/*"},
        {"Effect": "Allow", "Principal": "*", "Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::r/*"}
    ]}"#;
    let folder = Folder::with(&[("p.json", trust), ("tool.json", r#"{"name": "tool"}"#)]);
    folder.check(&["explain", "p.json"], expect![[r#"
        # p.json

        ## Statement 1: Allow

        - Principals: `Service` `lambda.amazonaws.com`, `AWS` `123456789012`, `AWS` `arn:aws:iam::210987654321:root`
        - Actions: 1 Write

        | Action | Access level | Resource types | Description |
        |---|---|---|---|
        | `sts:AssumeRole` | Write | `role` | Grants permission to obtain a set of temporary security credentials that you can use to access AWS resources that you might not normally have access to. |

        ## Statement 2: Deny

        - Principals: all but `AWS` `123456789012`
        - Actions: 1 Read
        - Resources: `arn:aws:s3:::r/*`

        | Action | Access level | Resource types | Description |
        |---|---|---|---|
        | `s3:GetObject` | Read | `object` | Grants permission to retrieve objects from Amazon S3. |

        ## Statement 3: Allow

        - Principals: `*`
        - Actions: 1 List
        - Resources: `arn:aws:s3:::r/*`

        | Action | Access level | Resource types | Description |
        |---|---|---|---|
        | `s3:ListAllMyBuckets` | List | **none of these**: needs `*` | Grants permission to list all buckets owned by the authenticated sender of the request. |
        ---
        exit code 0
    "#]]);
    let ran = folder.run(&["explain", "p.json", "--format", "json"]);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    let told = answer[0]["statements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|statement| format!("{} {}\n", statement["principals"], statement["notPrincipals"]));
    expect![[r#"
        [{"type":"Service","id":"lambda.amazonaws.com"},{"type":"AWS","id":"123456789012"},{"type":"AWS","id":"arn:aws:iam::210987654321:root"}] null
        null [{"type":"AWS","id":"123456789012"}]
        [{"type":"*","id":"*"}] null
    "#]].assert_eq(&told.collect::<String>());
    folder.check(
        &["explain", "tool.json"],
        expect![[r#"
            ---
            error: `tool.json` is not a policy: it has no `Statement`
              = help: `iam-policy check tool.json` reports details
            exit code 2
        "#]],
    );
}

#[test]
fn explains_trust_policies_of_specs() {
    let spec = format!(
        "{SPEC}\n[policy.user.trust]\nservices = [\"lambda\"]\ncondition.StringEquals.\"aws:SourceAccount\" = \"123456789012\"\n"
    );
    let folder = Folder::with(&[("p.toml", &spec)]);
    let ran = folder.run(&["explain", "p.toml"]);
    let (_, trust) = ran.stdout.split_once("# Trust policy of ").unwrap();
    expect![[r#"
        `user`

        ## Statement 1: Allow

        Lets `lambda.amazonaws.com` assume the role.

        - Principals: `Service` `lambda.amazonaws.com`
        - Actions: 1 Write
        - Condition: `StringEquals` `aws:SourceAccount`: `123456789012`

        | Action | Access level | Resource types | Description |
        |---|---|---|---|
        | `sts:AssumeRole` | Write | `role` | Grants permission to obtain a set of temporary security credentials that you can use to access AWS resources that you might not normally have access to. |
    "#]].assert_eq(trust);
    let ran = folder.run(&["explain", "p.toml", "--format", "json"]);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        (&answer[0]["trust"], &answer[1]["trust"]),
        (&Value::Null, &Value::Bool(true))
    );
    assert_eq!(
        answer[1]["statements"][0]["principals"][0]["id"],
        "lambda.amazonaws.com"
    );
}

#[test]
fn explains_resource_policies_by_what_they_are_attached_to() {
    let folder = Folder::with(&[
        (
            "api.json",
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": ["execute-api:/prod/*", "arn:aws:s3:::x"]}}"#,
        ),
        (
            "role.json",
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}}"#,
        ),
    ]);
    let answer: Value = serde_json::from_str(&folder.run(&["explain", "--format", "json", "api.json"]).stdout).unwrap();
    let statement = &answer[0]["statements"][0];
    let types = statement["actions"][0]["expandsTo"][0]["resourceTypes"]
        .as_array()
        .unwrap();
    let general = types.iter().find(|kind| kind["name"] == "execute-api-general").unwrap();
    assert_eq!(general["resources"], json!(["execute-api:/prod/*"]));
    let answer: Value =
        serde_json::from_str(&folder.run(&["explain", "--format", "json", "role.json"]).stdout).unwrap();
    assert_eq!(answer[0]["trust"], true);
    let ran = folder.run(&["explain", "role.json"]);
    assert!(ran.stdout.starts_with("# role.json\n"), "{}", ran.stdout);
}

#[test]
fn explains_all_policies_of_an_account() {
    let policy =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#;
    let trust = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}}"#;
    let account = format!(
        r#"{{"RoleDetailList": [{{"Arn": "arn:aws:iam::123456789012:role/build", "AssumeRolePolicyDocument": {trust},
        "RolePolicyList": [{{"PolicyName": "reports", "PolicyDocument": {policy}}}]}}]}}"#
    );
    let folder = Folder::with(&[("account.json", &account)]);
    let ran = folder.run(&["explain", "account.json"]);
    let headings: Vec<_> = ran.stdout.lines().filter(|line| line.starts_with("# ")).collect();
    assert_eq!(
        headings,
        [
            "# the trust policy of `arn:aws:iam::123456789012:role/build`",
            "# `reports` of `arn:aws:iam::123456789012:role/build`"
        ]
    );
    let ran = folder.run(&["explain", "account.json", "--format", "json"]);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        answer[1]["whose"],
        "`reports` of `arn:aws:iam::123456789012:role/build`"
    );
}

#[test]
fn repeated_wildcards_refer_to_the_first() {
    let policy = r#"{"Version": "2012-10-17", "Statement": [
      {"Sid": "First", "Effect": "Allow", "Action": "sts:AssumeRole*", "Resource": "*"},
      {"Effect": "Deny", "Action": ["sts:AssumeRole*", "sts:TagSession"], "Resource": "*"},
      {"Effect": "Deny", "Action": "sts:AssumeRole*", "Resource": "arn:aws:iam::123456789012:role/*"}
    ]}"#;
    let folder = Folder::with(&[("p.json", policy)]);
    let text = folder.run(&["explain", "p.json"]).stdout;
    assert!(
        text.contains("| `sts:AssumeRole*`: as in statement `First` | | | |\n"),
        "{text}"
    );
    let json = folder.run(&["explain", "--format", "json", "p.json"]).stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    let statements = &json[0]["statements"];
    assert_eq!(statements[1]["actions"][0]["expandedInStatement"], 0);
    assert_eq!(statements[1]["actions"][0]["expandsTo"], Value::Array(Vec::new()));
    // For other resources the expansion differs.
    assert!(statements[2]["actions"][0].get("expandedInStatement").is_none());
}

#[test]
fn a_small_policy_has_no_huge_explanation() {
    let statement = |number: usize| {
        let action = ["*", "ec2:*", "s3:*", "iam:*"][number % 4];
        format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "arn:aws:*:*:*:{number}*"}}"#)
    };
    let statements: Vec<String> = (0..70).map(statement).collect();
    let policy = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
        statements.join(",")
    );
    let folder = Folder::with(&[("p.json", &policy)]);
    for arguments in [&["explain", "p.json"][..], &["explain", "--format", "json", "p.json"]] {
        let size = folder.run(arguments).stdout.len();
        assert!(size <= 50 * policy.len(), "{size} from {}", policy.len());
    }
    let text = folder.run(&["explain", "p.json"]).stdout;
    assert!(text.contains("## Statement 70: Allow\n"), "{text}");
    assert!(text.lines().any(|line| line.starts_with("| `*`: 22,")), "{text}");
}
