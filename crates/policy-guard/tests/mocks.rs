//! The guard in unit tests with mocks of the SDK.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::error::Error;
use std::fs;
use std::time::Duration;

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;
use expect_test::{Expect, expect};
use iam_policy_core::{
    Action, Condition, Effect, Options, Parameter, ParameterValue, Policy, Resource, Statement, Template,
};
use iam_policy_guard::{Guard, Refusal};

const USER: Policy<'_> = Policy::new("user", "{}")
    .with_source("policies.toml")
    .with_parameters(&[Parameter::new("bucket", "uploads")])
    .with_statements(&[
        Statement::new("use-objects", "UseObjects")
            .with_actions(&[Action::new("s3:GetObject"), Action::new("s3:PutObject")])
            .with_resources(&[Resource::new(Template::new(
                "arn:{partition}:s3:::{bucket}/*",
                "arn:aws:s3:::uploads/*",
            ))])
            .with_hints(7, [u64::MAX; 2]),
        Statement::new("keep", "Keep")
            .with_effect(Effect::Deny)
            .with_actions(&[Action::new("s3:PutObject")])
            .with_resources(&[Resource::literal("arn:aws:s3:::*/kept/*")])
            .with_hints(12, [u64::MAX; 2]),
        Statement::new("work", "Work")
            .with_actions(&[Action::new("sqs:ReceiveMessage"), Action::new("sqs:SendMessage")])
            .with_resources(&[Resource::literal("arn:aws:sqs:us-east-1:123456789012:jobs")])
            .with_hints(20, [u64::MAX; 2]),
    ]);

fn guard() -> Guard {
    Guard::new().policy(&USER, Options::DEFAULT).unwrap().enforce()
}

fn s3(guard: Guard, rules: &[&Rule]) -> aws_sdk_s3::Client {
    mock_client!(aws_sdk_s3, RuleMode::MatchAny, rules, |config| config
        .interceptor(guard.clone()))
}

fn object() -> Rule {
    mock!(aws_sdk_s3::Client::get_object).then_output(|| GetObjectOutput::builder().build())
}

fn refusal(error: &(dyn Error + 'static), expected: Expect) {
    expected.assert_eq(&Refusal::of(error).unwrap().to_string());
}

#[tokio::test]
async fn granted_calls_are_sent() {
    let rule = object();
    let client = s3(guard(), &[&rule]);
    client.get_object().bucket("uploads").key("a/b").send().await.unwrap();
    assert_eq!(rule.num_calls(), 1);
}

#[tokio::test]
async fn other_resources_are_refused() {
    let rule = object();
    let client = s3(guard(), &[&rule]);
    let error = client.get_object().bucket("other").key("a").send().await.unwrap_err();
    assert!(matches!(error, aws_sdk_s3::error::SdkError::ConstructionFailure(_)));
    refusal(
        &error,
        expect![[r#"
        `S3.GetObject` was not sent
        `user` does not allow `s3:GetObject` on `arn:aws:s3:::other/a`
        the nearest statement is `use-objects` (policies.toml:7), which allows the action on `arn:aws:s3:::uploads/*`
        help: add `"arn:aws:s3:::other/a"` to the resources of that statement"#]],
    );
}

#[tokio::test]
async fn other_actions_are_refused() {
    let rule = mock!(aws_sdk_s3::Client::delete_object)
        .then_output(|| aws_sdk_s3::operation::delete_object::DeleteObjectOutput::builder().build());
    let client = s3(guard(), &[&rule]);
    let error = client
        .delete_object()
        .bucket("uploads")
        .key("a")
        .send()
        .await
        .unwrap_err();
    refusal(
        &error,
        expect![[r#"
        `S3.DeleteObject` was not sent
        `user` does not allow `s3:DeleteObject` on `arn:aws:s3:::uploads/a`
        the nearest statement is `use-objects` (policies.toml:7), which allows other actions
        help: add a statement with `actions = ["s3:DeleteObject"]` and `resources = ["arn:aws:s3:::uploads/a"]`"#]],
    );
}

#[tokio::test]
async fn denials_are_named() {
    let rule = mock!(aws_sdk_s3::Client::put_object)
        .then_output(|| aws_sdk_s3::operation::put_object::PutObjectOutput::builder().build());
    let client = s3(guard(), &[&rule]);
    let error = client
        .put_object()
        .bucket("uploads")
        .key("kept/a")
        .send()
        .await
        .unwrap_err();
    refusal(
        &error,
        expect![[r#"
        `S3.PutObject` was not sent
        `user` denies `s3:PutObject` on `arn:aws:s3:::uploads/kept/a`
        the statement `keep` (policies.toml:12) denies it
        help: exclude `arn:aws:s3:::uploads/kept/a` from the statement that denies it"#]],
    );
}

/// The bucket and the key come after the body, of which only the start is read.
#[tokio::test]
async fn bodies_hide_nothing() {
    let rule = mock!(aws_sdk_s3::Client::put_object)
        .then_output(|| aws_sdk_s3::operation::put_object::PutObjectOutput::builder().build());
    let client = s3(guard(), &[&rule]);
    let put = |bucket: &str| {
        let body = ByteStream::from(vec![b'x'; 1 << 20]);
        client.put_object().bucket(bucket).key("a").body(body).send()
    };
    put("uploads").await.unwrap();
    refusal(
        &put("other").await.unwrap_err(),
        expect![[r#"
        `S3.PutObject` was not sent
        `user` does not allow `s3:PutObject` on `arn:aws:s3:::other/a`
        the nearest statement is `use-objects` (policies.toml:7), which allows the action on `arn:aws:s3:::uploads/*`
        help: add `"arn:aws:s3:::other/a"` to the resources of that statement"#]],
    );
}

/// The parameters have the values of the options.
#[tokio::test]
async fn options_apply() {
    let rule = object();
    let options = Options::DEFAULT.parameters(&[("bucket", ParameterValue::Text("other"))]);
    let guard = Guard::new().policy(&USER, options).unwrap().enforce();
    let client = s3(guard, &[&rule]);
    client.get_object().bucket("other").key("a").send().await.unwrap();
    let error = client.get_object().bucket("uploads").key("a").send().await.unwrap_err();
    refusal(
        &error,
        expect![[r#"
        `S3.GetObject` was not sent
        `user` does not allow `s3:GetObject` on `arn:aws:s3:::uploads/a`
        the nearest statement is `use-objects` (policies.toml:7), which allows the action on `arn:aws:s3:::other/*`
        help: add `"arn:aws:s3:::uploads/a"` to the resources of that statement"#]],
    );
}

/// What depends on something unknown is sent, and recorded as undecided.
#[tokio::test]
async fn undecided_calls_are_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calls.jsonl");
    let guard = guard().program("jobs").record(&file).unwrap();
    let rule = mock!(aws_sdk_sqs::Client::send_message)
        .then_output(|| aws_sdk_sqs::operation::send_message::SendMessageOutput::builder().build());
    let client = mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [&rule], |config| config
        .interceptor(guard.clone()));
    let send = |url: &str| client.send_message().queue_url(url).message_body("secret").send();
    // The account is not in the URL, or is that of a local server.
    send("http://localhost:4566/jobs").await.unwrap();
    send("http://localhost:4566/000000000000/jobs").await.unwrap();
    send("https://sqs.us-east-1.amazonaws.com/123456789012/jobs")
        .await
        .unwrap();
    send("https://sqs.us-east-1.amazonaws.com/123456789012/jobs")
        .await
        .unwrap();
    let error = send("https://sqs.us-east-1.amazonaws.com/210987654321/jobs")
        .await
        .unwrap_err();
    refusal(
        &error,
        expect![[r#"
        `SQS.SendMessage` was not sent
        `user` does not allow `sqs:SendMessage` on `arn:aws:sqs:us-east-1:210987654321:jobs`
        the nearest statement is `work` (policies.toml:20), which allows the action on `arn:aws:sqs:us-east-1:123456789012:jobs`
        help: add `"arn:aws:sqs:us-east-1:210987654321:jobs"` to the resources of that statement"#]],
    );
    let recorded = fs::read_to_string(&file).unwrap();
    expect![[r#"
        {"recording":1,"program":"jobs","service":"SQS","operation":"SendMessage","partition":"aws","region":"us-east-1","members":{"QueueUrl":["http://localhost:4566/jobs"]},"needs":[{"action":"sqs:SendMessage","resources":["arn:aws:sqs:us-east-1:${account}:jobs"],"certain":true,"decision":"undecided"},{"action":"kms:Decrypt","resources":["${resource}"],"certain":false,"decision":"undecided"},{"action":"kms:GenerateDataKey","resources":["${resource}"],"certain":false,"decision":"undecided"}]}
        {"recording":1,"program":"jobs","service":"SQS","operation":"SendMessage","partition":"aws","region":"us-east-1","members":{"QueueUrl":["http://localhost:4566/000000000000/jobs"]},"needs":[{"action":"sqs:SendMessage","resources":["arn:aws:sqs:us-east-1:${account}:jobs"],"certain":true,"decision":"undecided"},{"action":"kms:Decrypt","resources":["${resource}"],"certain":false,"decision":"undecided"},{"action":"kms:GenerateDataKey","resources":["${resource}"],"certain":false,"decision":"undecided"}]}
        {"recording":1,"program":"jobs","service":"SQS","operation":"SendMessage","partition":"aws","region":"us-east-1","members":{"QueueUrl":["https://sqs.us-east-1.amazonaws.com/123456789012/jobs"]},"needs":[{"action":"sqs:SendMessage","resources":["arn:aws:sqs:us-east-1:123456789012:jobs"],"certain":true,"decision":"allowed"},{"action":"kms:Decrypt","resources":["${resource}"],"certain":false,"decision":"undecided"},{"action":"kms:GenerateDataKey","resources":["${resource}"],"certain":false,"decision":"undecided"}]}
        {"recording":1,"program":"jobs","service":"SQS","operation":"SendMessage","partition":"aws","region":"us-east-1","members":{"QueueUrl":["https://sqs.us-east-1.amazonaws.com/210987654321/jobs"]},"needs":[{"action":"sqs:SendMessage","resources":["arn:aws:sqs:us-east-1:210987654321:jobs"],"certain":true,"decision":"denied"},{"action":"kms:Decrypt","resources":["${resource}"],"certain":false,"decision":"undecided"},{"action":"kms:GenerateDataKey","resources":["${resource}"],"certain":false,"decision":"undecided"}]}
    "#]].assert_eq(&recorded);
}

/// Aliases and ARNs.
#[tokio::test]
async fn aliases_are_not_resolved() {
    const KEYS: Policy<'_> = Policy::new("keys", "{}").with_statements(&[Statement::new("decrypt", "Decrypt")
        .with_actions(&[Action::new("kms:Decrypt")])
        .with_resources(&[Resource::literal("arn:aws:kms:us-east-1:123456789012:key/1")])]);
    let guard = Guard::new().policy(&KEYS, Options::DEFAULT).unwrap().enforce();
    let rule = mock!(aws_sdk_kms::Client::decrypt)
        .then_output(|| aws_sdk_kms::operation::decrypt::DecryptOutput::builder().build());
    let client = mock_client!(aws_sdk_kms, RuleMode::MatchAny, [&rule], |config| config
        .interceptor(guard.clone()));
    let decrypt = |key: &str| client.decrypt().key_id(key).send();
    decrypt("alias/reports").await.unwrap();
    decrypt("arn:aws:kms:us-east-1:123456789012:alias/reports")
        .await
        .unwrap();
    decrypt("1").await.unwrap();
    decrypt("arn:aws:kms:us-east-1:123456789012:key/1").await.unwrap();
    client.decrypt().send().await.unwrap();
    let error = decrypt("arn:aws:kms:us-east-1:123456789012:key/2").await.unwrap_err();
    refusal(
        &error,
        expect![[r#"
        `KMS.Decrypt` was not sent
        `keys` does not allow `kms:Decrypt` on `arn:aws:kms:us-east-1:123456789012:key/2`
        the nearest statement is `decrypt`, which allows the action on `arn:aws:kms:us-east-1:123456789012:key/1`
        help: add `"arn:aws:kms:us-east-1:123456789012:key/2"` to the resources of that statement"#]],
    );
}

/// A request that somebody else will send is refused when it is signed.
#[tokio::test]
async fn presigned_requests_are_refused() {
    let client = s3(guard(), &[&object()]);
    let valid = PresigningConfig::expires_in(Duration::from_mins(1)).unwrap();
    let request = client.get_object().bucket("other").key("a").presigned(valid.clone());
    refusal(
        &request.await.unwrap_err(),
        expect![[r#"
        `S3.GetObject` was not sent
        `user` does not allow `s3:GetObject` on `arn:aws:s3:::other/a`
        the nearest statement is `use-objects` (policies.toml:7), which allows the action on `arn:aws:s3:::uploads/*`
        help: add `"arn:aws:s3:::other/a"` to the resources of that statement"#]],
    );
    let request = client.get_object().bucket("uploads").key("a").presigned(valid);
    request.await.unwrap();
}

/// Several policies are attached together, and are named together.
#[tokio::test]
async fn policies_add_up() {
    const EXTRA: Policy<'_> = Policy::new("extra", "{}").with_statements(&[Statement::new("all", "All")
        .with_actions(&[Action::new("s3:GetObject")])
        .with_resources(&[Resource::literal("arn:aws:s3:::other/*")])]);
    let client = s3(guard().policy(&EXTRA, Options::DEFAULT).unwrap(), &[&object()]);
    client.get_object().bucket("other").key("a").send().await.unwrap();
    client.get_object().bucket("uploads").key("a").send().await.unwrap();
    let error = client.get_object().bucket("third").key("a").send().await.unwrap_err();
    refusal(
        &error,
        expect![[r#"
            `S3.GetObject` was not sent
            `user` with `extra` does not allow `s3:GetObject` on `arn:aws:s3:::third/a`
            the nearest statement is `use-objects` (policies.toml:7), which allows the action on `arn:aws:s3:::uploads/*`
            help: add `"arn:aws:s3:::third/a"` to the resources of that statement"#]],
    );
}

/// A condition on a key with an unknown value may hold; one with a known value is evaluated.
#[tokio::test]
async fn known_keys_are_evaluated() {
    const TEAM: Policy<'_> = Policy::new("team", "{}").with_statements(&[Statement::new("own", "Own")
        .with_actions(&[Action::new("s3:GetObject")])
        .with_resources(&[Resource::literal("arn:aws:s3:::${aws:PrincipalTag/team}/*")])
        .with_conditions(&[Condition::new(
            "StringEquals",
            "aws:PrincipalTag/team",
            &[Template::literal("blue")],
        )])]);
    let guard = || Guard::new().policy(&TEAM, Options::DEFAULT).unwrap().enforce();
    let get = |guard: Guard| s3(guard, &[&object()]).get_object().bucket("blue").key("a").send();
    get(guard()).await.unwrap();
    get(guard().given("aws:PrincipalTag/team", "blue")).await.unwrap();
    let error = get(guard().given("aws:PrincipalTag/team", "red")).await.unwrap_err();
    refusal(
        &error,
        expect![[r#"
            `S3.GetObject` was not sent
            `team` does not allow `s3:GetObject` on `arn:aws:s3:::blue/a`
            the nearest statement is `own`, which allows it only if `aws:PrincipalTag/team` `StringEquals` `blue`
            help: change the condition, or make the request fulfil it"#]],
    );
}

/// Sessions of directory buckets have other permissions, and an access point's ARN is not that of its bucket.
#[tokio::test]
async fn other_kinds_of_buckets_are_undecided() {
    let client = s3(guard(), &[&object()]);
    for bucket in [
        "fast--use1-az4--x-s3",
        "arn:aws:s3:us-east-1:123456789012:accesspoint/reports",
        "reports-4q7xyz0c0ffee-s3alias",
    ] {
        client.get_object().bucket(bucket).key("a").send().await.unwrap();
    }
}

/// Only the message of an error changes.
#[tokio::test]
async fn denials_are_explained() {
    let rule = mock!(aws_sdk_s3::Client::get_object).then_http_response(|| {
        let body = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
        HttpResponse::new(403.try_into().unwrap(), SdkBody::from(body))
    });
    let explain = |guard: Guard| {
        s3(guard.explain(), &[&rule])
            .get_object()
            .bucket("uploads")
            .key("a")
            .send()
    };
    let error = explain(Guard::new().policy(&USER, Options::DEFAULT).unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("AccessDenied"));
    expect!["Access Denied. `s3:GetObject` is needed (statement `use-objects` of `user`, policies.toml:7)"]
        .assert_eq(error.message().unwrap());
    // Without a policy, there is nothing to say.
    let error = explain(Guard::new()).await.unwrap_err();
    expect!["Access Denied"].assert_eq(error.message().unwrap());
    let rule = object_is_missing();
    let client = s3(
        Guard::new().policy(&USER, Options::DEFAULT).unwrap().explain(),
        &[&rule],
    );
    let error = client.get_object().bucket("uploads").key("a").send().await.unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (Some("NoSuchKey"), Some("No such key"))
    );
}

fn object_is_missing() -> Rule {
    mock!(aws_sdk_s3::Client::get_object).then_http_response(|| {
        let body = "<Error><Code>NoSuchKey</Code><Message>No such key</Message></Error>";
        HttpResponse::new(404.try_into().unwrap(), SdkBody::from(body))
    })
}
