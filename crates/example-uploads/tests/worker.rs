//! The worker against a local server, under the guard.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod peer;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use example_uploads::{Filed, Settings, WORKER, Worker};
use expect_test::{Expect, expect};
use iam_policy::{Options, ParameterValue};
use iam_policy_calls::{NamedGrant, Recording, Search};
use iam_policy_guard::{Guard, Refusal};

use peer::Peer;

/// A worker whose calls are rejected unless its policy grants them.
fn worker(peer: &Peer, guard: Guard) -> Worker {
    Worker::new(&Settings {
        endpoint: peer.endpoint(),
        region: "eu-west-1".to_owned(),
        queue_url: format!("{}/123456789012/new-uploads", peer.endpoint()),
        bucket: "uploads".to_owned(),
        table: "filed".to_owned(),
        guard: guard.enforce(),
    })
}

fn guard() -> Guard {
    Guard::new()
        .policy(&WORKER, Options::DEFAULT)
        .unwrap()
        .account("123456789012")
}

async fn with_upload() -> Peer {
    let peer = Peer::start().await;
    peer.with(|contents| {
        contents.messages.push("ann 2026/cat.txt".to_owned());
        let place = ("uploads".to_owned(), "2026/cat.txt".to_owned());
        contents.objects.insert(place, "for the vet\ncat".into());
    });
    peer
}

/// Everything that the worker does.
async fn everything(worker: &Worker) {
    assert_eq!(worker.work().await.unwrap(), 1);
    let filed = Filed {
        upload: "2026/cat.txt".to_owned(),
        note: Some("for the vet".to_owned()),
    };
    assert_eq!(worker.filed("ann").await.unwrap(), [filed]);
    assert_eq!(worker.uploads().await.unwrap(), ["2026/cat.txt"]);
    worker.remove("2026/cat.txt").await.unwrap();
    assert_eq!(worker.uploads().await.unwrap(), ["2026/cat.txt.removed"]);
    assert_eq!(worker.work().await.unwrap(), 0);
}

/// The policy grants all that the worker does.
#[tokio::test]
async fn the_policy_is_sufficient() {
    let peer = with_upload().await;
    everything(&worker(&peer, guard())).await;
}

/// Without a statement, the call that needs it is rejected before it is sent.
#[tokio::test]
async fn a_missing_permission_is_named() {
    let peer = with_upload().await;
    let options = Options::DEFAULT.parameters(&[("bucket", ParameterValue::Text("archive"))]);
    let guard = Guard::new().policy(&WORKER, options).unwrap().account("123456789012");
    let error = worker(&peer, guard).work().await.unwrap_err();
    expect![[r#"
        `S3.GetObject` was not sent
        `worker` does not allow `s3:GetObject` on `arn:aws:s3:::uploads/2026/cat.txt`
        the nearest statement is `use-uploads` (policies.toml:48), which allows the action on `arn:aws:s3:::archive/*`
        help: add `"arn:aws:s3:::uploads/2026/cat.txt"` to the resources of that statement"#]]
    .assert_eq(&Refusal::of(error.as_ref()).unwrap().to_string());
    assert_eq!(peer.with(|contents| contents.requests.clone()), ["sqs:ReceiveMessage"]);
}

/// In production, a denial says why the permission is needed, in the same variant of the error.
#[tokio::test]
async fn denials_are_explained() {
    let peer = with_upload().await;
    peer.with(|contents| contents.denied.insert("s3:GetObject".to_owned()));
    let error = worker(&peer, guard().explain()).work().await.unwrap_err();
    let error: &SdkError<GetObjectError> = error.downcast_ref().unwrap();
    let denied = error.as_service_error().unwrap();
    assert_eq!(denied.code(), Some("AccessDenied"));
    expect![[r#"User: arn:aws:sts::123456789012:assumed-role/worker/w is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::uploads/2026/cat.txt" because no identity-based policy allows the s3:GetObject action. `s3:GetObject` is needed: Reads uploads to file them, and removes those that a customer withdraws. (statement `use-uploads` of `worker`, policies.toml:48)"#]].assert_eq(denied.message().unwrap());
    peer.with(|contents| contents.denied = ["dynamodb:PutItem".to_owned()].into());
    let error = worker(&peer, guard().explain()).work().await.unwrap_err();
    let error: &SdkError<PutItemError> = error.downcast_ref().unwrap();
    let denied = error.as_service_error().unwrap();
    assert_eq!(denied.code(), Some("AccessDeniedException"));
    expect!["User: arn:aws:sts::123456789012:assumed-role/worker/w is not authorized to perform: dynamodb:PutItem. `dynamodb:PutItem` is needed: Adds a row for each upload. (statement `file-uploads` of `worker`, policies.toml:21)"].assert_eq(denied.message().unwrap());
}

/// What the worker does without a permission is what its spec says.
#[tokio::test]
async fn notes_are_left_out_without_the_key() {
    let peer = with_upload().await;
    peer.with(|contents| contents.denied.insert("kms:Decrypt".to_owned()));
    let worker = worker(&peer, guard());
    assert_eq!(worker.work().await.unwrap(), 1);
    assert_eq!(worker.filed("ann").await.unwrap()[0].note, None);
}

/// Whatever the guard sees, `iam-policy calls` lists.
#[tokio::test]
async fn every_recorded_call_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calls.jsonl");
    let peer = with_upload().await;
    everything(&worker(&peer, guard().record(&file).unwrap())).await;

    let (recording, problems) = Recording::read("calls.jsonl", &fs::read_to_string(&file).unwrap());
    assert!(problems.is_empty(), "{problems:?}");
    let mut calls = Search::new(env!("CARGO_MANIFEST_DIR"))
        .quick()
        .run(&mut |_| {})
        .unwrap();
    calls.merge(&recording);
    let listed: BTreeSet<String> = calls
        .calls
        .iter()
        .filter(|call| call.origin.is_none() && call.form.name() != "recorded")
        .map(|call| format!("{}.{}", call.service, call.operation))
        .collect();
    assert_eq!(recording.operations(), listed);
    assert_eq!(calls.unrecorded().count(), 0);

    // Every call is granted, and every grant is used.
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let spec = NamedGrant::read(root, "example-uploads=policies.toml#worker").unwrap();
    let judgement = calls.judge(&[spec.grant()]).unwrap();
    assert!(judgement.is_clean(), "{}", judgement.show(&calls, ""));
}

/// The recording has the resources, and nothing else of the input.
#[tokio::test]
async fn recordings_have_no_contents() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calls.jsonl");
    let peer = with_upload().await;
    let worker = worker(&peer, guard().record(&file).unwrap());
    worker.work().await.unwrap();
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("\"arn:aws:s3:::uploads/2026/cat.txt\""), "{text}");
    for secret in ["for the vet", "ann"] {
        assert!(!text.contains(secret), "{text}");
    }
    decisions(
        &text,
        expect![[r#"
        sqs:ReceiveMessage allowed
        kms:Decrypt undecided
        s3:GetObject allowed
        kms:Decrypt undecided
        kms:Decrypt allowed
        dynamodb:PutItem allowed
        sqs:DeleteMessage allowed
    "#]],
    );
}

/// The decision about each permission.
fn decisions(recording: &str, expected: Expect) {
    let mut lines = Vec::new();
    for line in recording.lines() {
        let call: serde_json::Value = serde_json::from_str(line).unwrap();
        for need in call["needs"].as_array().unwrap() {
            let (action, decision) = (need["action"].as_str().unwrap(), need["decision"].as_str().unwrap());
            lines.push(format!("{action} {decision}\n"));
        }
    }
    expected.assert_eq(&lines.concat());
}
