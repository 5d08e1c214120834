//! A readable report of what changed between releases of Remotion Lambda's two policies.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic fails the test")]

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use iam_policy_compare::{Witness, compare};
use iam_policy_document::Document;
use serde_json::{Value, json};

/// By release and policy: statements with Sid, actions and resources.
const HISTORY: &str = include_str!("data/remotion.json");

fn documents(policy: &str) -> Vec<(String, Document, Vec<String>)> {
    let history: Value = serde_json::from_str(HISTORY).unwrap();
    history
        .as_object()
        .unwrap()
        .iter()
        .map(|(release, policies)| {
            let statements = policies[policy].as_array().unwrap();
            let document = json!({
                "Version": "2012-10-17",
                "Statement": statements
                    .iter()
                    .map(|statement| json!({"Sid": statement[0], "Effect": "Allow", "Action": statement[1], "Resource": statement[2]}))
                    .collect::<Vec<_>>(),
            });
            let sids = statements.iter().map(|statement| statement[0].as_str().unwrap_or("-").to_owned()).collect();
            (release.clone(), iam_policy_document::json::read(document.to_string().as_bytes()).document, sids)
        })
        .collect()
}

fn show(text: &mut String, sign: char, witness: &Witness, sids: &[String], places: &[iam_policy_compare::Place]) {
    let of: Vec<&str> = places.iter().map(|place| &*sids[place.statement]).collect();
    writeln!(
        text,
        "  {sign} {} on {} ({})",
        witness.action,
        witness.resource,
        of.join(", ")
    )
    .unwrap();
    for action in witness.actions.iter().skip(1) {
        writeln!(text, "    {action}").unwrap();
    }
}

fn check(policy: &str, expected: Expect) {
    let documents = documents(policy);
    let mut text = String::new();
    for pair in documents.windows(2) {
        let [(old_name, old, old_sids), (new_name, new, new_sids)] = pair else {
            unreachable!()
        };
        let comparison = compare(old, new);
        writeln!(text, "{old_name} to {new_name}: {}", comparison.verdict).unwrap();
        for witness in &comparison.newly_allowed {
            show(&mut text, '+', witness, new_sids, &witness.new_statements);
        }
        for witness in &comparison.newly_denied {
            show(&mut text, '-', witness, old_sids, &witness.old_statements);
        }
    }
    expected.assert_eq(&text);
}

#[test]
fn user() {
    check(
        "user",
        expect![[r"
            3.0.0 to 3.3.94: incomparable
              + s3:PutBucketOwnershipControls on arn:aws:s3:::remotionlambda- (Storage)
                s3:PutBucketPublicAccessBlock
              + lambda:PutRuntimeManagementConfig on arn:aws:lambda:us-east-1:123456789012:function:remotion-render- (FunctionManagement)
              - iam:GetUser on arn:aws:iam::123456789012:user/ann (Identity)
              - s3:DeleteBucketWebsite on arn:aws:s3:::remotionlambda- (Storage)
                s3:PutBucketWebsite
            3.3.94 to 4.0.24: equivalent
            4.0.24 to 4.0.53: widened
              + s3:PutLifecycleConfiguration on arn:aws:s3:::remotionlambda- (Storage)
              + lambda:TagResource on arn:aws:lambda:us-east-1:123456789012:function:remotion-render- (FunctionManagement)
            4.0.53 to 4.0.77: widened
              + lambda:GetLayerVersion on arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension:a (FetchBinaries)
            4.0.77 to 4.0.126: equivalent
            4.0.126 to 4.0.417: equivalent
            4.0.417 to 4.0.418: widened
              + s3:PutBucketPolicy on arn:aws:s3:::remotionlambda- (Storage)
            4.0.418 to 4.0.512: equivalent
        "]],
    );
}

#[test]
fn role() {
    check(
        "role",
        expect![[r"
        3.0.0 to 3.3.94: equivalent
        3.3.94 to 4.0.24: equivalent
        4.0.24 to 4.0.53: equivalent
        4.0.53 to 4.0.77: widened
          + logs:CreateLogGroup on arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda-insights (3)
          + logs:CreateLogStream on arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda-insights:log-stream:a (4)
            logs:PutLogEvents
        4.0.77 to 4.0.126: equivalent
        4.0.126 to 4.0.417: equivalent
        4.0.417 to 4.0.418: equivalent
        4.0.418 to 4.0.512: equivalent
    "]],
    );
}
