//! `validate` with a fake simulator in place of AWS, and with policies in files.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test needs and does not get fails it, in its helpers too"
)]
#![expect(clippy::too_many_lines, reason = "what is printed stands in the tests")]
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

mod asked;
mod granted;
mod misuse;

use std::fs;
use std::path::Path;

use clap::Arg;
use expect_test::Expect;
use iam_policy_commands::{Exit, Output, policies};
use iam_policy_core::{
    Action, AttachmentKind, Effect, Extension, NamedPrincipal, Parameter, Partition, Policy, PrincipalKey, Resource,
    Statement, Template, Trust,
};
use iam_policy_validate::{Answer, Cause, Decision, Failure, Question, Simulator, Subject};
use tempfile::TempDir;

const BUCKET: Template<'_> = Template::new("arn:{partition}:s3:::{bucket}", "arn:aws:s3:::acme-files");

/// A trust policy for Lambda.
const ASSUME: &[Statement<'_>] = &[Statement::new("", "")
    .with_principals(&[NamedPrincipal::new(
        PrincipalKey::Service,
        Template::literal("lambda.amazonaws.com"),
    )])
    .with_actions(&[Action::new("sts:AssumeRole")])];

const POLICIES: &[Policy<'_>] = &[
    Policy::new("user", "")
        .with_title("What a caller needs")
        .with_attach(&[AttachmentKind::InlineUser, AttachmentKind::Managed])
        .with_partitions(&[Partition::Standard, Partition::China])
        .with_parameters(&[Parameter::new("bucket", "acme-files")])
        .with_statements(&[
            Statement::new("buckets", "Buckets")
                .with_reason("Sets buckets up.")
                .with_without(Some("Nothing works."))
                .with_actions(&[
                    Action::new("s3:CreateBucket"),
                    Action::new("s3:PutBucketPolicy")
                        .with_reason(Some("Makes a bucket *public*."))
                        .with_without(Some("New buckets fall back to an ACL.")),
                ])
                .with_resources(&[Resource::new(BUCKET)]),
            Statement::new("functions", "Functions")
                .with_reason("Finds functions.")
                .with_actions(&[Action::new("lambda:GetFunction")])
                .with_resources(&[Resource::new(Template::new(
                    "arn:{partition}:lambda:*:*:function:acme-*",
                    "arn:aws:lambda:*:*:function:acme-*",
                ))]),
        ])
        .with_extensions(&[
            Extension::new("archive").with_statements(&[Statement::new("archive", "Archive")
                .with_reason("Keeps what is old.")
                .with_actions(&[Action::new("s3:PutObject")])
                .with_resources(&[Resource::literal("arn:aws:s3:::acme-archive/*")])]),
        ]),
    Policy::new("role", "")
        .with_statements(&[
            Statement::new("read", "Read")
                .with_reason("Reads.")
                .with_actions(&[Action::new("s3:GetObject")])
                .with_resources(&[Resource::literal("arn:aws:s3:::acme-files/*")]),
            Statement::new("no-secrets", "NoSecrets")
                .with_effect(Effect::Deny)
                .with_reason("Nobody needs them.")
                .with_actions(&[Action::new("s3:GetObject")])
                .with_resources(&[Resource::literal("arn:aws:s3:::acme-files/secret/*")]),
        ])
        .with_trust(Some(Trust::new(ASSUME, ""))),
];

type Answering = fn(&Question) -> Result<(Decision, Cause), Failure>;

/// Answers in place of AWS.
struct Scripted {
    arn: String,
    identified: Result<(), Failure>,
    answer: Answering,
}

impl Simulator for Scripted {
    fn identify(&self) -> Result<Subject, Failure> {
        self.identified.clone()?;
        let parts = iam_policy_core::Arn::parse(&self.arn).unwrap();
        Ok(Subject {
            arn: self.arn.clone(),
            caller: None,
            account: parts.account.to_owned(),
            partition: parts.partition.to_owned(),
            region: Some("eu-central-1".to_owned()),
        })
    }

    fn simulate(&self, _: &Subject, questions: &[Question], answered: &mut dyn FnMut(Answer)) -> Result<(), Failure> {
        for (question, asked) in questions.iter().enumerate() {
            let (decision, cause) = (self.answer)(asked)?;
            answered(Answer {
                question,
                decision,
                cause,
            });
        }
        Ok(())
    }
}

const ANN: &str = "arn:aws:iam::123456789012:user/ann";

fn ran(args: &[&str], arn: &str, identified: Result<(), Failure>, answer: Answering) -> (Exit, String, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut output = Output::new(&mut stdout, &mut stderr);
    let args = ["policies", "validate"].iter().chain(args);
    let command = policies::command_asking(
        POLICIES,
        ["profile", "principal", "region"].map(|name| Arg::new(name).long(name)),
    );
    let exit = iam_policy_commands::execute(command, args, &mut output, |matches, output| {
        policies::run_asking(POLICIES, matches, output, &|_| {
            Box::new(Scripted {
                arn: arn.to_owned(),
                identified: identified.clone(),
                answer,
            })
        })
    });
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (exit, text(stdout), text(stderr))
}

/// The output, if there is an answer.
fn answers(args: &[&str], answer: Answering, exit: Exit, expected: Expect) {
    let (ended, stdout, stderr) = ran(args, ANN, Ok(()), answer);
    assert_eq!((ended, stderr.as_str()), (exit, ""));
    expected.assert_eq(&stdout);
}

/// The messages, if there is none.
fn refuses(args: &[&str], expected: Expect) {
    let (ended, stdout, stderr) = ran(args, ANN, Ok(()), |_| panic!("nobody is asked"));
    assert_eq!((ended, stdout.as_str()), (Exit::Usage, ""), "{stderr}");
    expected.assert_eq(&stderr);
}

fn allowed() -> (Decision, Cause) {
    (Decision::Allowed, Cause::default())
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Runs with files: an argument that starts with `@` is in the folder, whose path is removed from the output.
fn ran_in(folder: &Path, args: &[&str]) -> (Exit, String, String) {
    let args: Vec<String> = args
        .iter()
        .map(|arg| match arg.strip_prefix('@') {
            Some(name) => folder.join(name).display().to_string(),
            None => (*arg).to_owned(),
        })
        .collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (exit, stdout, stderr) = ran(&args, ANN, Ok(()), |_| panic!("nobody is asked"));
    let prefix = format!("{}/", folder.display());
    (exit, stdout.replace(&prefix, ""), stderr.replace(&prefix, ""))
}

const EVERYTHING: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
