//! Whatever the texts of the policies, files and arguments contain, no command prints a character that controls a
//! terminal, reverses text or hides in it.

#![expect(
    clippy::unwrap_used,
    reason = "what a test needs and does not get fails it, in its helpers too"
)]

use iam_policy_commands::{Exit, Output, completions, execute, man, policies};
use iam_policy_core::{
    Action, AttachmentKind, Condition, Extension, NamedPrincipal, Parameter, Partition, Policy, PrincipalKey, Resource,
    Statement, Template, Trust, Waiver,
};
use testing_support::{Folder, HOSTILE, assert_tame};

const WAIVERS: &[Waiver<'_>] = &[Waiver::new("CODE", HOSTILE)];

const STATEMENTS: &[Statement<'_>] = &[Statement::new("read", "Read")
    .with_reason(HOSTILE)
    .with_without(Some(HOSTILE))
    .with_actions(&[
        Action::new("s3:GetObject").with_waivers(WAIVERS),
        Action::new("s3:PutObject")
            .with_reason(Some(HOSTILE))
            .with_without(Some(HOSTILE)),
    ])
    .with_resources(&[
        Resource::new(Template::new("arn:aws:s3:::{bucket}/*", "arn:aws:s3:::b/*")),
        Resource::literal("arn:aws:s3:::a/*")
            .with_reason(Some(HOSTILE))
            .with_without(Some(HOSTILE)),
    ])
    .with_waivers(WAIVERS)
    .with_conditions(&[Condition::new(
        "StringNotLike",
        "aws:PrincipalTag/a",
        &[Template::literal("a")],
    )])];

/// A trust policy for Lambda.
const ASSUME: &[Statement<'_>] = &[Statement::new("", "")
    .with_principals(&[NamedPrincipal::new(
        PrincipalKey::Service,
        Template::literal("lambda.amazonaws.com"),
    )])
    .with_actions(&[Action::new("sts:AssumeRole")])];

const POLICIES: &[Policy<'_>] = &[Policy::new("user", "{}\n")
    .with_title(HOSTILE)
    .with_about(HOSTILE)
    .with_attach(&[AttachmentKind::InlineUser, AttachmentKind::Managed])
    .with_partitions(&[Partition::Standard, Partition::China])
    .with_parameters(&[Parameter::new("bucket", "b").with_about(HOSTILE)])
    .with_statements(STATEMENTS)
    .with_trust(Some(Trust::new(ASSUME, "{}\n").with_about(HOSTILE)))
    .with_extensions(&[Extension::new("more")
        .with_title(HOSTILE)
        .with_about(HOSTILE)
        .with_statements(&[Statement::new("list", "List")
            .with_reason(HOSTILE)
            .with_actions(&[Action::new("s3:ListAllMyBuckets")])
            .with_resources(&[Resource::literal("*")])])])];

fn check(arguments: &[&str]) -> (Exit, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut output = Output::new(&mut stdout, &mut stderr);
    let program = || {
        clap::Command::new("tool")
            .subcommand(policies::command(POLICIES))
            .subcommand(completions::command())
            .subcommand(man::command())
    };
    let exit = execute(
        program(),
        [&["tool"], arguments].concat(),
        &mut output,
        |matches, output| match matches.subcommand() {
            Some(("policies", matches)) => policies::run(POLICIES, matches, output),
            Some((man::NAME, matches)) => man::run(program(), matches, output),
            Some((_, matches)) => completions::run(program(), matches, output),
            None => Exit::Usage,
        },
    );
    let stderr = String::from_utf8(stderr).unwrap();
    assert_tame(&String::from_utf8(stdout).unwrap(), &arguments);
    assert_tame(&stderr, &arguments);
    (exit, stderr)
}

/// A policy with hostile text wherever AWS accepts any.
fn granted() -> String {
    serde_json::json!({
        "Id": HOSTILE,
        "Statement": [
            {
                "Sid": HOSTILE,
                "Effect": "Allow",
                "Action": ["s3:GetObject", format!("s3:{HOSTILE}")],
                "Resource": [format!("arn:aws:s3:::{HOSTILE}"), "*"],
                "Condition": { "StringLike": { format!("aws:PrincipalTag/{HOSTILE}"): HOSTILE } },
            },
            { "Sid": format!("2{HOSTILE}"), "Effect": "Deny", "Action": "s3:PutObject", "Resource": "*" },
        ],
    })
    .to_string()
}

#[test]
fn no_command_prints_invisible_characters() {
    let name = if cfg!(windows) {
        "granted.json".to_owned()
    } else {
        format!("{HOSTILE}.json")
    };
    let folder = Folder::with(&[(name.as_str(), granted().as_str()), ("broken.json", HOSTILE)]);
    let file = folder.path(&name).to_str().unwrap().to_owned();
    let broken = folder.path("broken.json").to_str().unwrap().to_owned();
    let set = format!("bucket={HOSTILE}");
    let context = format!("{HOSTILE}={HOSTILE}");
    let required = [
        (vec!["policies", "user"], Exit::Success),
        (vec!["policies", "explain"], Exit::Success),
        (vec!["policies", "explain", "--format", "json"], Exit::Success),
        (vec!["policies", "diff", "user", "--from", &file], Exit::Negative),
        (
            vec!["policies", "diff", "user", "--from", &file, "--format", "json"],
            Exit::Negative,
        ),
        (vec!["policies", "validate", "user", "--granted", &file], Exit::Negative),
        (
            vec!["policies", "validate", "user", "--granted", &file, "--format", "json"],
            Exit::Negative,
        ),
        (vec!["policies", "attach", "user", "--user-name", "ann"], Exit::Success),
        (vec!["completions", "bash"], Exit::Success),
        (vec!["completions", "zsh"], Exit::Success),
        (vec!["completions", "fish"], Exit::Success),
        (vec!["help"], Exit::Success),
        (vec!["man"], Exit::Success),
        (vec!["man", "policies", "attach"], Exit::Success),
        (vec!["policies", "--help"], Exit::Success),
        (vec!["policies", "user", "--help"], Exit::Success),
        (vec!["policies", "attach", "--help"], Exit::Success),
        (vec!["policies", "validate", "--help"], Exit::Success),
    ];
    for (arguments, expected) in required {
        let (exit, stderr) = check(&arguments);
        assert_eq!(exit, expected, "{arguments:?}: {stderr}");
    }
    let rejected: [&[&str]; 20] = [
        &["man", HOSTILE],
        &["man", "policies", HOSTILE],
        &[HOSTILE],
        &["policies", HOSTILE],
        &["policies", "user", "--set", &set],
        &["policies", "user", "--set", HOSTILE],
        &["policies", "user", "--with", HOSTILE],
        &["policies", "user", "--partition", HOSTILE],
        &["policies", "explain", HOSTILE],
        &["policies", "diff", "user", "--from", HOSTILE],
        &["policies", "diff", "user", "--from", &broken],
        &["policies", "validate", "user", "--granted", HOSTILE],
        &["policies", "validate", "user", "--granted", &broken],
        &["policies", "validate", "user", "--granted", &file, "--context", HOSTILE],
        &["policies", "validate", "--required-from", &broken, "--granted", &file],
        &["policies", "attach", "user", "--user-name", HOSTILE],
        &["policies", "attach", "user", "--role-name", HOSTILE],
        &["policies", "attach", "user", "--policy-arn", HOSTILE],
        &["policies", "attach", "user", "--user-name", "ann", "--set", &set],
        &["completions", HOSTILE],
    ];
    for arguments in rejected {
        assert_eq!(check(arguments).0, Exit::Usage, "{arguments:?}");
    }
    check(&[
        "policies",
        "validate",
        "user",
        "--granted",
        &file,
        "--context",
        &context,
    ]);
    check(&["policies", "validate", "--required-from", &file, "--granted", &file]);
}
