//! Run times of the program: `cargo bench -p remotion-lambda`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be made should stop")]

use std::process::{Command, Stdio};
use std::time::Duration;

use divan::Bencher;
use iam_policy_server::{Server, Settings};
use remotion_lambda_policies::USER;
use serde_json::Value;
use testing_support::{Account, Entity, isolated};

fn main() {
    divan::main();
}

const USER_ANN: &str = "arn:aws:iam::123456789012:user/ann";
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

/// The program, isolated from the user's files and environment.
fn program(args: &[&str]) -> Command {
    let mut command = isolated(env!("CARGO_BIN_EXE_remotion-lambda"), env!("CARGO_TARGET_TMPDIR"));
    command
        .args(args)
        .env("AWS_ACCESS_KEY_ID", KEY)
        .env("AWS_SECRET_ACCESS_KEY", "none")
        .env("AWS_REGION", "eu-central-1")
        .stdin(Stdio::null());
    command
}

/// From start to exit, printing the policy.
#[divan::bench]
fn policies_user(bencher: Bencher<'_, '_>) {
    bencher.bench(|| {
        let output = program(&["policies", "user"]).output().unwrap();
        assert_eq!(output.stdout.trim_ascii(), USER.json.as_bytes().trim_ascii());
    });
}

/// The same for the permissions of a user, with 200 ms per answer.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn policies_validate(bencher: Bencher<'_, '_>) {
    let document: Value = serde_json::from_str(USER.json).unwrap();
    let account = Account::new()
        .entity(Entity::new(USER_ANN).inline("remotion", &document))
        .access_key(KEY, USER_ANN);
    let reading = iam_policy_account::read(account.to_string().as_bytes());
    assert_eq!(reading.problems, []);
    let server = Server::start(Settings::new(reading.principals).delay(Duration::from_millis(200))).unwrap();
    bencher.bench(|| {
        let output = program(&["policies", "validate", "--endpoint-url", server.url()])
            .output()
            .unwrap();
        assert!(output.status.success());
    });
    assert_eq!(server.calls().len() % 4, 0, "it takes four calls each time");
}
