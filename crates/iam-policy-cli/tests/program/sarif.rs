//! SARIF output is valid according to the official schema.

use expect_test::expect;
use serde_json::Value;
use testing_support::Schema;

use crate::support::{BAD, Folder, GOOD};

/// The official schema of SARIF 2.1.0, without its descriptions.
fn schema() -> Schema {
    Schema::new(serde_json::from_str(include_str!("../data/sarif-2.1.0.schema.json")).unwrap())
}

fn valid(sarif: &str) -> Value {
    let sarif = serde_json::from_str(sarif).unwrap();
    schema().assert_accepts(&sarif);
    sarif
}

#[test]
fn the_schema_rejects_invalid_sarif() {
    let schema = schema();
    for wrong in [
        r#"{"version": "2.1.0"}"#,
        r#"{"version": "2.2.0", "runs": []}"#,
        r#"{"version": "2.1.0", "runs": [{}]}"#,
        r#"{"version": "2.1.0", "runs": [], "more": 1}"#,
        r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"message": {}}]}]}"#,
        r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"message": {"text": "x"}, "level": "bad"}]}]}"#,
    ] {
        assert!(!schema.accepts(&serde_json::from_str(wrong).unwrap()), "{wrong}");
    }
}

#[test]
fn a_run_as_sarif() {
    let folder = Folder::with(&[("user.json", BAD)]);
    let ran = folder.run(&["check", "--format", "sarif", "user.json"]);
    let sarif = valid(&ran.stdout);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    expect![[r#"
        {
          "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
          "version": "2.1.0",
          "runs": [
            {
              "results": [
                {
                  "ruleId": "INVALID_ACTION",
                  "ruleIndex": 0,
                  "level": "error",
                  "message": {
                    "text": "the action `s3:GetObjcet` does not exist (as of 2026-10-27); did you mean `s3:GetObject`?"
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "user.json"
                        },
                        "region": {
                          "startLine": 4,
                          "startColumn": 36,
                          "endLine": 4,
                          "endColumn": 50
                        }
                      },
                      "logicalLocations": [
                        {
                          "fullyQualifiedName": "Statement[0].Action[0]"
                        }
                      ]
                    }
                  ]
                },
                {
                  "ruleId": "ACTION_MATCHES_NO_RESOURCE",
                  "ruleIndex": 1,
                  "level": "error",
                  "message": {
                    "text": "`s3:PutObject` applies to objects, but the resource is a bucket; also list the objects: `arn:aws:s3:::reports/*`"
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "user.json"
                        },
                        "region": {
                          "startLine": 4,
                          "startColumn": 81,
                          "endLine": 4,
                          "endColumn": 103
                        }
                      },
                      "logicalLocations": [
                        {
                          "fullyQualifiedName": "Statement[0].Resource"
                        }
                      ]
                    }
                  ],
                  "relatedLocations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "user.json"
                        },
                        "region": {
                          "startLine": 4,
                          "startColumn": 52,
                          "endLine": 4,
                          "endColumn": 66
                        }
                      },
                      "logicalLocations": [
                        {
                          "fullyQualifiedName": "Statement[0].Action[1]"
                        }
                      ]
                    }
                  ]
                }
              ],
              "tool": {
                "driver": {
                  "name": "iam-policy",
                  "version": "0.1.0",
                  "rules": [
                    {
                      "id": "INVALID_ACTION",
                      "defaultConfiguration": {
                        "level": "error"
                      },
                      "shortDescription": {
                        "text": "invalid action"
                      },
                      "fullDescription": {
                        "text": "The service has no such action, or none that the pattern matches. A misspelled action grants nothing and denies nothing. AWS stores the policy anyway, so the mistake only shows when a request is denied unexpectedly, or allowed when it should be denied."
                      },
                      "help": {
                        "text": "INVALID_ACTION: invalid action\nerror, also reported by IAM Access Analyzer, depends on the catalog of AWS services\n\nThe service has no such action, or none that the pattern matches. A misspelled action grants nothing\nand denies nothing. AWS stores the policy anyway, so the mistake only shows when a request is denied\nunexpectedly, or allowed when it should be denied.\n\nBad (statement of an identity policy):\n\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": \"s3:GetObjects\",\n      \"Resource\": \"arn:aws:s3:::reports/*\"\n    }\n\nGood:\n\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": \"s3:GetObject\",\n      \"Resource\": \"arn:aws:s3:::reports/*\"\n    }\n\nFix: Correct the name. Action names follow the API but not always exactly: the action for\n`ListObjectsV2` is `s3:ListBucket`.\n\nSource: Service Authorization Reference, Actions, resources, and condition keys for AWS services\n        https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html\n        IAM Access Analyzer, invalid action\n        https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-action\n",
                        "markdown": "*invalid action* · error · also reported by IAM Access Analyzer · depends on the catalog of AWS services\n\nThe service has no such action, or none that the pattern matches. A misspelled action grants nothing and denies nothing. AWS stores the policy anyway, so the mistake only shows when a request is denied unexpectedly, or allowed when it should be denied.\n\n**Bad (statement of an identity policy):**\n\n```json\n{\n  \"Effect\": \"Allow\",\n  \"Action\": \"s3:GetObjects\",\n  \"Resource\": \"arn:aws:s3:::reports/*\"\n}\n```\n\n**Good:**\n\n```json\n{\n  \"Effect\": \"Allow\",\n  \"Action\": \"s3:GetObject\",\n  \"Resource\": \"arn:aws:s3:::reports/*\"\n}\n```\n\n**Fix:** Correct the name. Action names follow the API but not always exactly: the action for `ListObjectsV2` is `s3:ListBucket`.\n\n**Source:** [Service Authorization Reference, Actions, resources, and condition keys for AWS services](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html), [IAM Access Analyzer, invalid action](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-action)\n"
                      },
                      "helpUri": "https://docs.rs/iam-policy-check/0.1.0/iam_policy_check/reference/actions/index.html#invalid_action"
                    },
                    {
                      "id": "ACTION_MATCHES_NO_RESOURCE",
                      "defaultConfiguration": {
                        "level": "error"
                      },
                      "shortDescription": {
                        "text": "action does not apply to any of the statement's resources"
                      },
                      "fullDescription": {
                        "text": "The action does not apply to any of the statement's resources. The statement does not grant or deny the action at all. The usual cause is a bucket ARN where objects are meant, or the reverse. Amazon S3 rejects a bucket policy with such a statement; in a policy of an organization, a `Deny` like this protects nothing."
                      },
                      "help": {
                        "text": "ACTION_MATCHES_NO_RESOURCE: action does not apply to any of the statement's resources\nerror or warning, not reported by IAM Access Analyzer, depends on the catalog of AWS services\n\nThe action does not apply to any of the statement's resources. The statement does not grant or deny\nthe action at all. The usual cause is a bucket ARN where objects are meant, or the reverse. Amazon\nS3 rejects a bucket policy with such a statement; in a policy of an organization, a `Deny` like this\nprotects nothing.\n\nBad (statement of an identity policy):\n\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": \"s3:GetObject\",\n      \"Resource\": \"arn:aws:s3:::reports\"\n    }\n\nGood:\n\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": \"s3:GetObject\",\n      \"Resource\": \"arn:aws:s3:::reports/*\"\n    }\n\nFix: Use an ARN of a resource type that the action supports; the finding lists their formats. If the\nstatement mixes actions on different types, list the ARNs of both or split it.\n\nScope: Reported for all policies but trust policies. Patterns of actions, of which none applies, are\nreported for resource policies and the policies of organizations. It is an error if every ARN of the\naction's service has a form that AWS's reference lists for other resource types. Otherwise it is a\nwarning, because the reference lacks some forms of ARNs.\n\nSource: Service Authorization Reference, Actions, resources, and condition keys for AWS services\n        https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html\n",
                        "markdown": "*action does not apply to any of the statement's resources* · error or warning · not reported by IAM Access Analyzer · depends on the catalog of AWS services\n\nThe action does not apply to any of the statement's resources. The statement does not grant or deny the action at all. The usual cause is a bucket ARN where objects are meant, or the reverse. Amazon S3 rejects a bucket policy with such a statement; in a policy of an organization, a `Deny` like this protects nothing.\n\n**Bad (statement of an identity policy):**\n\n```json\n{\n  \"Effect\": \"Allow\",\n  \"Action\": \"s3:GetObject\",\n  \"Resource\": \"arn:aws:s3:::reports\"\n}\n```\n\n**Good:**\n\n```json\n{\n  \"Effect\": \"Allow\",\n  \"Action\": \"s3:GetObject\",\n  \"Resource\": \"arn:aws:s3:::reports/*\"\n}\n```\n\n**Fix:** Use an ARN of a resource type that the action supports; the finding lists their formats. If the statement mixes actions on different types, list the ARNs of both or split it.\n\n**Scope:** Reported for all policies but trust policies. Patterns of actions, of which none applies, are reported for resource policies and the policies of organizations. It is an error if every ARN of the action's service has a form that AWS's reference lists for other resource types. Otherwise it is a warning, because the reference lacks some forms of ARNs.\n\n**Source:** [Service Authorization Reference, Actions, resources, and condition keys for AWS services](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)\n"
                      },
                      "helpUri": "https://docs.rs/iam-policy-check/0.1.0/iam_policy_check/reference/grants/index.html#action_matches_no_resource"
                    }
                  ]
                }
              },
              "invocations": [
                {
                  "executionSuccessful": true
                }
              ],
              "columnKind": "unicodeCodePoints"
            }
          ]
        }
    "#]].assert_eq(&format!("{sarif:#}\n"));
}

#[test]
fn full_sarif_output_is_valid() {
    let pass = r#"{"Version": "2012-10-17", "Statement": [
        {"Sid": "A", "Effect": "Allow", "Action": ["iam:PassRole", "iam:Pass*"], "Resource": "*"},
        {"Sid": "A", "Effect": "Allow", "Action": [], "Resource": "*"}
    ]}"#;
    let folder = Folder::with(&[
        ("a b/pass.json", pass),
        ("broken.json", "{"),
        ("good.json", GOOD),
        ("p.toml", "[policy.user]\n"),
    ]);
    let ran = folder.run(&[
        "check",
        "--format",
        "sarif",
        "a b",
        "broken.json",
        "good.json",
        "p.toml",
        "none.json",
        "-",
    ]);
    let sarif = valid(&ran.stdout);
    assert_eq!(ran.code, 2);
    let run = &sarif["runs"][0];
    expect![[r#"
        [
          {
            "executionSuccessful": false,
            "toolExecutionNotifications": [
              {
                "level": "error",
                "message": {
                  "text": "there is no file `none.json`"
                }
              }
            ]
          }
        ]
    "#]]
    .assert_eq(&format!("{:#}\n", run["invocations"]));
    let results = run["results"].as_array().unwrap();
    let lines: Vec<_> = results
        .iter()
        .map(|result| {
            let rule = &run["tool"]["driver"]["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
            assert_eq!(
                (&rule["id"], &rule["defaultConfiguration"]["level"]),
                (&result["ruleId"], &result["level"])
            );
            let place = &result["locations"][0]["physicalLocation"];
            let line = &place["region"]["startLine"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            format!(
                "{} {} {uri}:{line}\n",
                result["level"].as_str().unwrap(),
                result["ruleId"].as_str().unwrap()
            )
        })
        .collect();
    expect![[r#"
        error UNIQUE_SIDS_REQUIRED a%20b/pass.json:2
        error PASS_ROLE_WITH_STAR_IN_RESOURCE a%20b/pass.json:2
        note REDUNDANT_ACTION a%20b/pass.json:2
        warning ACTION_SUPPORTS_RESOURCES a%20b/pass.json:2
        note EMPTY_ARRAY_ACTION a%20b/pass.json:3
        error JSON_SYNTAX_ERROR broken.json:1
        error INVALID_SPEC p.toml:1
        error JSON_SYNTAX_ERROR %3Cstdin%3E:1
    "#]]
    .assert_eq(&lines.concat());
}

#[test]
fn empty_sarif_output_is_valid() {
    let sarif = valid(
        &Folder::with(&[("good.json", GOOD)])
            .run(&["check", "--format", "sarif", "good.json"])
            .stdout,
    );
    assert_eq!(sarif["runs"][0]["results"], Value::Array(Vec::new()));
}
