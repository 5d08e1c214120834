//! The command group with policies unlike those in Remotion's spec, and on a terminal.

#![expect(
    clippy::unwrap_used,
    reason = "what a test needs and does not get fails it, in its helpers too"
)]
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use std::io::{self, ErrorKind, Write};

use expect_test::{Expect, expect};
use iam_policy_commands::{Exit, Output, policies};
use iam_policy_core::{
    Action, AttachmentKind, Condition, Effect, Environment, Extension, NamedPrincipal, Parameter, ParameterKind,
    ParameterValue, Partition, Policy, PrincipalKey, Resource, Statement, Template, Trust, Waiver,
};

const WAIVERS: &[Waiver<'_>] = &[Waiver::new("CODE", "we know")];

const POLICIES: &[Policy<'_>] = &[
    Policy::new("fence", "").with_statements(&[Statement::new("region", "Region")
        .with_effect(Effect::Deny)
        .with_reason("Keeps to one region.")
        .with_without(Some("anything goes"))
        .with_partitions(&[Partition::Standard])
        .with_not_actions(&[Action::new("iam:*").with_waivers(WAIVERS)])
        .with_not_resources(&[Resource::literal("arn:aws:s3:::b").with_partitions(&[Partition::Standard])])
        .with_waivers(WAIVERS)
        .with_conditions(&[Condition::new(
            "StringNotEquals",
            "aws:RequestedRegion",
            &[Template::new("{region}", "eu-west-1")],
        )])]),
    Policy::new("role", "")
        .with_about("For the *role* of\neach function.")
        .with_attach(&[AttachmentKind::InlineUser, AttachmentKind::Managed])
        .with_partitions(&[Partition::Standard, Partition::China])
        .with_parameters(&[
            Parameter::new("bucket", "b"),
            Parameter::new("who", "ann"),
            Parameter::new("unused", "x"),
        ])
        .with_statements(&[Statement::new("read", "Read")
            .with_reason("Reads.")
            .with_actions(&[Action::new("s3:GetObject")])
            .with_resources(&[Resource::new(Template::new(
                "arn:{partition}:s3:::{bucket}/*",
                "arn:aws:s3:::b/*",
            ))])])
        .with_extensions(&[
            Extension::new("person").with_attach(&[AttachmentKind::InlineUser]),
            Extension::new("machine")
                .with_attach(&[AttachmentKind::Managed])
                .with_statements(&[Statement::new("write", "Write")
                    .with_reason("Writes.")
                    .with_actions(&[Action::new("s3:PutObject")])
                    .with_resources(&[Resource::new(Template::new(
                        "arn:{partition}:s3:::{bucket}/{who}",
                        "arn:aws:s3:::b/ann",
                    ))])]),
        ])
        .with_trust(Some(Trust::new(ASSUME, ""))),
    Policy::new("explain", ""),
    Policy::new("deploy", "")
        .with_parameters(&[
            Parameter::required("account")
                .with_kind(ParameterKind::Account)
                .with_about("The account."),
            Parameter::required("buckets")
                .with_kind(ParameterKind::List)
                .with_default(Some(ParameterValue::List(&["logs", "data"]))),
        ])
        .with_environments(&[
            Environment::new("prod", &[("account", ParameterValue::Text("111122223333"))]),
            Environment::new(
                "dev",
                &[
                    ("account", ParameterValue::Text("444455556666")),
                    ("buckets", ParameterValue::List(&["dev"])),
                ],
            ),
        ])
        .with_statements(&[Statement::new("read", "Read")
            .with_reason("Reads.")
            .with_actions(&[Action::new("s3:GetObject")])
            .with_resources(&[Resource::new(
                Template::new("arn:aws:s3:::{buckets}-{account}", "arn:aws:s3:::logs-<account>")
                    .with_more(&["arn:aws:s3:::data-<account>"])
                    .with_widest(Some("arn:aws:s3:::logs-*")),
            )])]),
];

/// A trust policy for Lambda.
const ASSUME: &[Statement<'_>] = &[Statement::new("", "")
    .with_principals(&[NamedPrincipal::new(
        PrincipalKey::Service,
        Template::literal("lambda.amazonaws.com"),
    )])
    .with_actions(&[Action::new("sts:AssumeRole")])
    .with_conditions(&[Condition::new(
        "StringEquals",
        "aws:SourceArn",
        &[Template::new("arn:{partition}:s3:::{bucket}", "arn:aws:s3:::b")],
    )])];

struct Ran {
    exit: Exit,
    stdout: String,
    stderr: String,
}

fn run(args: &[&str], terminal: bool) -> Ran {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let exit = run_into(args, &mut stdout, &mut stderr, terminal);
    Ran {
        exit,
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

fn run_into(args: &[&str], stdout: &mut dyn Write, stderr: &mut dyn Write, terminal: bool) -> Exit {
    let args = [policies::NAME].iter().chain(args);
    let mut output = Output {
        terminal,
        ..Output::new(stdout, stderr)
    };
    iam_policy_commands::execute(policies::command(POLICIES), args, &mut output, |matches, output| {
        policies::run(POLICIES, matches, output)
    })
}

fn prints(args: &[&str], expected: Expect) {
    let ran = run(args, false);
    assert_eq!((ran.exit, ran.stderr.as_str()), (Exit::Success, ""), "{args:?}");
    expected.assert_eq(&ran.stdout);
}

/// The messages besides the result.
fn remarks(args: &[&str], expected: Expect) {
    let ran = run(args, false);
    assert_eq!((ran.exit, ran.stdout.is_empty()), (Exit::Success, false), "{args:?}");
    expected.assert_eq(&ran.stderr);
}

fn refuses(args: &[&str], expected: Expect) {
    let ran = run(args, false);
    assert_eq!((ran.exit, ran.stdout.as_str()), (Exit::Usage, ""), "{args:?}");
    expected.assert_eq(&ran.stderr);
}

#[test]
fn pointless_options_are_hidden() {
    prints(
        &["fence", "--help"],
        expect![[r#"
            fence

            Usage: policies fence [OPTIONS]

            Options:
                  --partition <PARTITION>
                      Use the ARNs of this AWS partition [default: aws] [possible values: aws]

                  --scalars
                      Write lists of one value as that value, which is shorter and equivalent

                  --minify
                      Omit white space

              -h, --help
                      Print help (see a summary with '-h')
        "#]],
    );
}

#[test]
fn the_attachment_decides_the_quota() {
    let set = format!("bucket={}", "b".repeat(1928));
    let set = ["--set", &set];
    let attached = |kind| [&["role", "--attach", kind][..], &set].concat();
    assert_eq!(run(&attached("managed"), false).exit, Exit::Success);
    refuses(
        &attached("inline-user"),
        expect![[r#"
            error: the policy has 2,055 characters, 7 more than the quota of 2,048 for `inline-user`
              = help: give `--set` shorter values
              = help: as `managed`, with up to 6,144 characters, it would fit: `--attach managed`
        "#]],
    );
    refuses(
        &["role", "--attach", "managed", "--with", "person"],
        expect![[r#"
            error: this form of the policy cannot be attached as `managed`
              = help: it supports `inline-user`
        "#]],
    );
    refuses(
        &["role", "--attach", "inline-role"],
        expect![[r#"
        error: invalid value 'inline-role' for '--attach <KIND>'
          [possible values: inline-user, managed]

          tip: a similar value exists: 'inline-user'

        For more information, try '--help'.
    "#]],
    );
    refuses(
        &["role", "--attach", "managed", "--trust"],
        expect![[r#"
        error: the argument '--attach <KIND>' cannot be used with '--trust'

        Usage: policies role --attach <KIND>

        For more information, try '--help'.
    "#]],
    );
    // It has no limit.
    refuses(
        &["fence", "--attach", "managed"],
        expect![[r#"
        error: unexpected argument '--attach' found

        Usage: policies fence [OPTIONS]

        For more information, try '--help'.
    "#]],
    );
}

#[test]
fn ineffective_options_are_noted() {
    remarks(
        &["role", "--set", "unused=x"],
        expect![[r#"
            note: `--set unused=x` has no effect on `role`
        "#]],
    );
    remarks(&["role", "--set", "bucket=c"], expect![""]);
    remarks(
        &["role", "--set", "bucket=b", "--set", "who=x", "--with", "machine"],
        expect![""],
    );
    remarks(
        &["role", "--set", "who=x", "--with", "person"],
        expect![[r#"
            note: `--set who=x` has no effect on `role`
              = help: only the extension `machine` uses it: add `--with machine`
        "#]],
    );
    remarks(&["role", "--set", "bucket=c", "--trust"], expect![""]);
    remarks(
        &["role", "--set", "unused=x", "--trust"],
        expect![[r#"
            note: `--set unused=x` has no effect on `role`
        "#]],
    );
}

#[test]
fn single_value_options_reject_lists() {
    refuses(
        &["role", "--with", "person,machine"],
        expect![[r#"
            error: there is no extension `person,machine`
              = help: repeat the option: `--with person --with machine`
        "#]],
    );
    refuses(
        &["role", "--with", "person, machines"],
        expect![[r#"
            error: there is no extension `person, machines`
              = help: the extensions are `person` and `machine`
        "#]],
    );
    refuses(
        &["role", "--set", "bucket=a,who=b"],
        expect![[r#"
            error: `--set bucket=a,who=b` sets more than one parameter
              = help: repeat the option: `--set bucket=a --set who=b`
        "#]],
    );
    assert_eq!(run(&["role", "--set", "bucket=a,b=c"], false).exit, Exit::Success);
}

#[test]
fn repeated_mistakes_are_reported_once() {
    refuses(
        &[
            "role", "--set", "buket=a", "--set", "buket=b", "--set", "buckt", "--set", "buckt",
        ],
        expect![[r#"
            error: there is no parameter `buket`
              = help: did you mean `bucket`?
              = help: the parameters are `bucket`, `who` and `unused`
            error: `--set buckt` has no value
              = help: did you mean `bucket`?
              = help: the parameters are `bucket`, `who` and `unused`
        "#]],
    );
    refuses(
        &["role", "--set", "bucket=a", "--set", "bucket=b"],
        expect![[r#"
            error: the parameter `bucket` is set twice
              = help: keep one `--set bucket=…`
        "#]],
    );
}

#[test]
fn control_characters_are_escaped() {
    refuses(
        &["\u{1b}[2J"],
        expect![[r#"
        error: unrecognized subcommand '\u{1b}[2J'

        Usage: policies <COMMAND>

        For more information, try '--help'.
    "#]],
    );
    refuses(
        &["role", "--with", "\u{1b}[2J", "--set", "\r=a"],
        expect![[r#"
            error: there is no parameter `\r`
              = help: the parameters are `bucket`, `who` and `unused`
            error: there is no extension `\u{1b}[2J`
              = help: the extensions are `person` and `machine`
        "#]],
    );
    refuses(
        &["diff", "--from", "\u{1b}[2J"],
        expect![[r#"
        error: there is no file `\u{1b}[2J`
    "#]],
    );
}

#[test]
fn spec_texts_are_shown_without_markup() {
    assert!(
        run(&["role", "--help"], false)
            .stdout
            .contains("For the role of each function.\n")
    );
}

#[test]
fn policy_names_must_not_shadow_commands() {
    assert!(run(&["explain"], false).stdout.contains("# fence"));
    prints(
        &["explain", "explain"],
        expect![[r#"
            # explain
        "#]],
    );
}

#[test]
fn json_has_every_field_of_a_row() {
    prints(
        &["explain", "fence", "--format", "json"],
        expect![[r#"
            [
              {
                "name": "fence",
                "title": "",
                "about": "",
                "rows": [
                  {
                    "sid": "Region",
                    "id": "region",
                    "effect": "Deny",
                    "partitions": [
                      "aws"
                    ],
                    "notActions": [
                      "iam:*"
                    ],
                    "access": [
                      ""
                    ],
                    "notResources": [
                      {
                        "arn": "arn:aws:s3:::b",
                        "partitions": [
                          "aws"
                        ]
                      }
                    ],
                    "conditions": [
                      {
                        "operator": "StringNotEquals",
                        "key": "aws:RequestedRegion",
                        "values": [
                          "eu-west-1"
                        ]
                      }
                    ],
                    "reason": "Keeps to one region.",
                    "without": "anything goes",
                    "waivers": [
                      {
                        "check": "CODE",
                        "why": "we know"
                      },
                      {
                        "check": "CODE",
                        "why": "we know",
                        "on": "iam:*"
                      }
                    ]
                  }
                ],
                "extensions": []
              }
            ]
        "#]],
    );
}

#[test]
fn trust_policies_have_parameters_and_partitions() {
    let args = [
        "role",
        "--trust",
        "--minify",
        "--partition",
        "aws-cn",
        "--set",
        "bucket=c",
    ];
    prints(
        &args,
        expect![[
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com"]},"Action":["sts:AssumeRole"],"Condition":{"StringEquals":{"aws:SourceArn":["arn:aws-cn:s3:::c"]}}}]}"#
        ]],
    );
}

#[test]
fn trust_policies_have_their_own_quota() {
    assert_eq!(
        run(&["role", "--trust", "--set", &bucket(1849)], false).exit,
        Exit::Success
    );
    refuses(
        &["role", "--trust", "--set", &bucket(1852)],
        expect![[r#"
            error: the trust policy has 2,051 characters, 3 more than its quota of 2,048
              = help: `--scalars` makes it 2,045 characters, which fits
              = help: give `--set` shorter values
        "#]],
    );
    refuses(
        &["role", "--trust", "--set", &bucket(2000)],
        expect![[r#"
            error: the trust policy has 2,199 characters, 151 more than its quota of 2,048
              = help: give `--set` shorter values
        "#]],
    );
}

#[test]
fn oversized_policies_suggest_a_fix() {
    refuses(
        &["role", "--set", &bucket(1925)],
        expect![[r#"
            error: the policy has 2,052 characters, 4 more than the quota of 2,048 for `inline-user`
              = help: `--scalars` makes it 2,048 characters, which fits
              = help: give `--set` shorter values
              = help: as `managed`, with up to 6,144 characters, it would fit: `--attach managed`
        "#]],
    );
    refuses(
        &["role", "--set", &bucket(2000)],
        expect![[r#"
            error: the policy has 2,127 characters, 79 more than the quota of 2,048 for `inline-user`
              = help: give `--set` shorter values
              = help: as `managed`, with up to 6,144 characters, it would fit: `--attach managed`
        "#]],
    );
    refuses(
        &["role", "--with", "person", "--set", &bucket(2000)],
        expect![[r#"
            error: the policy has 2,127 characters, 79 more than the quota of 2,048 for `inline-user`
              = help: give `--set` shorter values
              = help: omit an extension
        "#]],
    );
    refuses(
        &["role", "--with", "machine", "--scalars", "--set", &bucket(7000)],
        expect![[r#"
            error: the policy has 14,211 characters, 8,067 more than the quota of 6,144 for `managed`
              = help: give `--set` shorter values
              = help: omit an extension
        "#]],
    );
}

/// `--set` with a value of this length.
fn bucket(characters: usize) -> String {
    format!("bucket={}", "b".repeat(characters))
}

#[test]
fn conflicting_extensions_are_explained() {
    refuses(
        &["role", "--with", "person", "--with", "machine", "--with", "person"],
        expect![[r#"
            error: these extensions cannot be combined: no kind of attachment allows all of them
              = help: `person` is for `inline-user`
              = help: `machine` is for `managed`
        "#]],
    );
}

#[test]
fn minified_json_ends_its_line_only_on_a_terminal() {
    let piped = run(&["role", "--minify"], false).stdout;
    assert!(piped.ends_with('}'));
    assert_eq!(run(&["role", "--minify"], true).stdout, piped + "\n");
    let pretty = run(&["role"], false).stdout;
    assert_eq!(run(&["role"], true).stdout, pretty);
}

struct Broken(ErrorKind);

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_an_error_and_a_closed_pipe_is_not() {
    for args in [["role", "--minify"], ["explain", "role"], ["role", "--help"]] {
        let mut stderr = Vec::new();
        let exit = run_into(&args, &mut Broken(ErrorKind::BrokenPipe), &mut stderr, false);
        assert_eq!((exit, stderr.as_slice()), (Exit::Success, b"".as_slice()), "{args:?}");
        let exit = run_into(&args, &mut Broken(ErrorKind::StorageFull), &mut stderr, false);
        assert_eq!(exit, Exit::Usage, "{args:?}");
        assert_eq!(
            stderr, b"error: the output cannot be written: no storage space\n",
            "{args:?}"
        );
    }
}

#[test]
fn unread_messages_do_not_change_the_exit_code() {
    let exit = run_into(&["rule"], &mut Vec::new(), &mut Broken(ErrorKind::BrokenPipe), false);
    assert_eq!(exit, Exit::Usage);
}

/// What a command prints on a terminal with 60 columns, without colors.
fn at_a_terminal(arguments: &[&str], expected: Expect) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut output = Output::new(&mut stdout, &mut stderr);
    output.terminal = true;
    output.width = 60;
    let arguments = ["policies"].iter().chain(arguments);
    iam_policy_commands::execute(
        policies::command(POLICIES),
        arguments,
        &mut output,
        |matches, output| policies::run(POLICIES, matches, output),
    );
    let shown = String::from_utf8(stdout).unwrap();
    for line in shown.lines() {
        assert!(line.chars().count() <= 60, "{line}");
    }
    expected.assert_eq(&shown);
}

#[test]
fn reports_fit_the_terminal() {
    at_a_terminal(
        &["explain", "fence"],
        expect![[r#"
        fence

        Region

        Deny all actions except those below (only in aws) on all
        resources except:

        - arn:aws:s3:::b (only in aws)

        Only if aws:RequestedRegion StringNotEquals eu-west-1

        Permission  Access  Reason
        ──────────  ──────  ─────────────────────────
        iam:*               Keeps to one region.
                            Without it: anything goes

        Accepted findings

        Region:

        - CODE: we know
        - CODE on iam:*: we know
    "#]],
    );
    let granted = tempfile::NamedTempFile::new().unwrap();
    let policy = r#"{"Statement": {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}}"#;
    std::fs::write(granted.path(), policy).unwrap();
    let granted = granted.path().to_str().unwrap();
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut output = Output::new(&mut stdout, &mut stderr);
    output.terminal = true;
    output.width = 60;
    let arguments = ["policies", "validate", "role", "--granted", granted];
    iam_policy_commands::execute(
        policies::command(POLICIES),
        arguments,
        &mut output,
        |matches, output| policies::run(POLICIES, matches, output),
    );
    let shown = String::from_utf8(stdout).unwrap().replace(granted, "granted.json");
    expect![[r#"
        role in the partition `aws`

        ✗ Read
            s3:GetObject on arn:aws:s3:::b/*
              `granted.json`, statement 1 denies it
              for example on arn:aws:s3:::b/a
              why: Reads.

        allowed: 0 of 1 statements

        what an addition cannot fix:

        s3:GetObject: `granted.json`, statement 1 has to be
          changed or detached, since a deny overrides every allow
    "#]]
    .assert_eq(&shown);
}

#[test]
fn parameters_without_defaults_must_be_set() {
    prints(
        &["deploy", "--help"],
        expect![[r#"
        deploy

        Usage: policies deploy [OPTIONS]

        Options:
              --partition <PARTITION>
                  Use the ARNs of this AWS partition [default: aws] [possible values: aws]

              --environment <NAME>
                  Use the parameters of this environment [possible values: prod, dev]

              --set <NAME=VALUE>
                  Set a parameter; may be repeated

              --scalars
                  Write lists of one value as that value, which is shorter and equivalent

              --minify
                  Omit white space

          -h, --help
                  Print help (see a summary with '-h')

        Parameters and their defaults:
          account (required)
              The account.
          buckets=logs,data
    "#]],
    );
    refuses(
        &["deploy"],
        expect![[r#"
        error: the parameter `account` has no default and needs a value
          = help: add `--set account=VALUE`
          = help: or choose an environment with `--environment`: `prod` and `dev`
    "#]],
    );
    refuses(
        &["deploy", "--environment", "prd", "--set", "bucket=x"],
        expect![[r#"
        error: there is no environment `prd`
          = help: did you mean `prod`?
          = help: the environments are `prod` and `dev`
        error: there is no parameter `bucket`
          = help: did you mean `buckets`?
          = help: the parameters are `account` and `buckets`
    "#]],
    );
    refuses(
        &["deploy", "--environment", "prod", "--set", "buckets=a,a"],
        expect![[r#"
            error: `a,a` cannot be the value of `buckets`: it contains the same element twice
              = help: the default is `logs,data`
        "#]],
    );
    refuses(
        &["deploy", "--set", "account=1111"],
        expect![[r#"
        error: `1111` cannot be the value of `account`: it is not an account ID, which has twelve digits
    "#]],
    );
    refuses(
        &["deploy", "--set", "account"],
        expect![[r#"
        error: `--set account` has no value
          = help: write `--set account=VALUE`
    "#]],
    );
    refuses(
        &["attach", "deploy", "--user-name", "ann"],
        expect![[r#"
        error: the parameter `account` has no default and needs a value
          = help: add `--set account=VALUE`
          = help: or choose an environment with `--environment`: `prod` and `dev`
    "#]],
    );
}

#[test]
fn environments_set_parameters() {
    prints(
        &["deploy", "--environment", "prod", "--minify"],
        expect![[
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::logs-111122223333","arn:aws:s3:::data-111122223333"]}]}"#
        ]],
    );
    prints(
        &["deploy", "--environment", "dev", "--minify"],
        expect![[
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::dev-444455556666"]}]}"#
        ]],
    );
    prints(
        &["deploy", "--environment", "dev", "--set", "buckets=x,y", "--minify"],
        expect![[
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::x-444455556666","arn:aws:s3:::y-444455556666"]}]}"#
        ]],
    );
    prints(
        &["attach", "deploy", "--user-name", "ann", "--environment", "dev"],
        expect![[r#"
            aws iam put-user-policy \
              --user-name ann \
              --policy-name deploy \
              --policy-document '{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::dev-444455556666"}]}'
        "#]],
    );
}
