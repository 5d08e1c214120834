//! What the guard costs per call, compared with a client without it. The server is a function that answers at once.
#![expect(clippy::unwrap_used, reason = "a benchmark")]

use aws_smithy_http_client::test_util::infallible_client_fn;
use aws_smithy_types::body::SdkBody;
use iam_policy_core::{Action, Options, Policy, Resource, Statement};
use iam_policy_guard::Guard;
use tokio::runtime::{Builder, Runtime};

const POLICY: Policy<'_> = Policy::new("worker", "{}").with_statements(&[
    Statement::new("use-objects", "UseObjects")
        .with_actions(&[Action::new("s3:GetObject"), Action::new("s3:PutObject")])
        .with_resources(&[Resource::literal("arn:aws:s3:::uploads/*")]),
    Statement::new("work", "Work")
        .with_actions(&[Action::new("sqs:SendMessage"), Action::new("sqs:ReceiveMessage")])
        .with_resources(&[Resource::literal("arn:aws:sqs:us-east-1:123456789012:*")]),
    Statement::new("list", "List")
        .with_actions(&[Action::new("s3:ListBucket"), Action::new("sqs:ListQueues")])
        .with_resources(&[Resource::literal("*")]),
]);

/// How a client is guarded.
const MODES: [&str; 4] = ["without", "enforce", "record", "explain"];

fn main() {
    divan::main();
}

fn guard(mode: &str) -> Option<Guard> {
    let guard = || Guard::new().policy(&POLICY, Options::DEFAULT).unwrap();
    match mode {
        "enforce" => Some(guard().enforce()),
        "record" => Some(guard().enforce().record("/dev/null").unwrap()),
        "explain" => Some(guard().explain()),
        _ => None,
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

macro_rules! config {
    ($service:ident, $mode:expr, $answer:expr) => {{
        let answer = |_| {
            http::Response::builder()
                .status(200)
                .body(SdkBody::from($answer))
                .unwrap()
        };
        let mut config = $service::Config::builder()
            .with_test_defaults_v2()
            .http_client(infallible_client_fn(answer));
        if let Some(guard) = guard($mode) {
            config = config.interceptor(guard);
        }
        $service::Client::from_conf(config.build())
    }};
}

#[divan::bench(args = MODES)]
fn send_message(bencher: divan::Bencher<'_, '_>, mode: &str) {
    let (runtime, client) = (
        runtime(),
        config!(
            aws_sdk_sqs,
            mode,
            "{\"MessageId\":\"1\",\"MD5OfMessageBody\":\"9dd4e461268c8034f5c8564e155c67a6\"}"
        ),
    );
    bencher.bench_local(|| {
        let url = "https://sqs.us-east-1.amazonaws.com/123456789012/jobs";
        runtime
            .block_on(client.send_message().queue_url(url).message_body("x").send())
            .unwrap()
    });
}

#[divan::bench(args = MODES)]
fn get_object(bencher: divan::Bencher<'_, '_>, mode: &str) {
    let (runtime, client) = (runtime(), config!(aws_sdk_s3, mode, ""));
    bencher.bench_local(|| {
        runtime
            .block_on(client.get_object().bucket("uploads").key("2026/cat.txt").send())
            .unwrap()
    });
}

#[divan::bench(args = MODES)]
fn put_object_of_64_kib(bencher: divan::Bencher<'_, '_>, mode: &str) {
    let (runtime, client) = (runtime(), config!(aws_sdk_s3, mode, ""));
    let body = bytes::Bytes::from(vec![b'x'; 1 << 16]);
    bencher.bench_local(|| {
        let put = client
            .put_object()
            .bucket("uploads")
            .key("2026/cat.txt")
            .body(body.clone().into());
        runtime.block_on(put.send()).unwrap()
    });
}
