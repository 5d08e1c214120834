//! The output of `attach`, run by a shell in which `aws` prints its arguments.

#![expect(
    clippy::unwrap_used,
    reason = "what a test needs and does not get fails it, in its helpers too"
)]
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use std::io::Write;
use std::process::{Command, Stdio};

use expect_test::{Expect, expect};
use iam_policy_commands::{Exit, Output, policies};
use iam_policy_core::{
    Action, AttachmentKind, Condition, Extension, NamedPrincipal, Options, Parameter, Policy, PolicyType, PrincipalKey,
    Resource, Statement, Style, Template, Trust,
};
use remotion_lambda_policies::{ALL, ROLE, USER};

const POLICIES: &[Policy<'_>] = &[
    Policy::new("user", "")
        .with_title("Ann's \"own\" policy")
        .with_parameters(&[Parameter::new("name", "ann")])
        .with_statements(&[Statement::new("speak", "Speak")
            .with_actions(&[Action::new("polly:SynthesizeSpeech")])
            .with_resources(&[Resource::literal("*")])
            .with_conditions(&[Condition::new(
                "StringLike",
                "polly:VoiceId",
                &[Template::new(
                    "it's ${aws:username} `{name}` $(date) \\ !",
                    "it's ${aws:username} `ann` $(date) \\ !",
                )],
            )])])
        .with_extensions(&[Extension::new("more").with_attach(&[AttachmentKind::Managed])]),
    Policy::new("role", "")
        .with_attach(&[AttachmentKind::InlineRole])
        .with_statements(ALLOW)
        .with_parameters(&[Parameter::new("source", "s")])
        .with_trust(Some(Trust::new(ASSUME_FROM_SOURCE, ""))),
];

/// A trust policy for Lambda.
const ASSUME: &[Statement<'_>] = &[Statement::new("", "")
    .with_principals(&[NamedPrincipal::new(
        PrincipalKey::Service,
        Template::literal("lambda.amazonaws.com"),
    )])
    .with_actions(&[Action::new("sts:AssumeRole")])];

/// The same from one source.
const ASSUME_FROM_SOURCE: &[Statement<'_>] = &[match ASSUME {
    [assume, ..] => assume.with_conditions(SOURCE),
    [] => Statement::new("", ""),
}];

const ALLOW: &[Statement<'_>] = &[Statement::new("speak", "Speak")
    .with_actions(&[Action::new("polly:SynthesizeSpeech")])
    .with_resources(&[Resource::literal("*")])];

const SOURCE: &[Condition<'_>] = &[Condition::new(
    "StringEquals",
    "aws:SourceArn",
    &[Template::new("{source}", "s")],
)];

fn ran(policies: &'static [Policy<'static>], args: &[&str]) -> (Exit, String, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut output = Output::new(&mut stdout, &mut stderr);
    let args = ["policies", "attach"].iter().chain(args);
    let exit = iam_policy_commands::execute(policies::command(policies), args, &mut output, |matches, output| {
        policies::run(policies, matches, output)
    });
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (exit, text(stdout), text(stderr))
}

fn printed(policies: &'static [Policy<'static>], args: &[&str]) -> String {
    let (exit, stdout, stderr) = ran(policies, args);
    let is_new_version = args.contains(&"--policy-arn");
    assert_eq!((exit, stderr.is_empty()), (Exit::Success, !is_new_version), "{args:?}");
    stdout
}

fn prints(args: &[&str], expected: Expect) {
    expected.assert_eq(&printed(POLICIES, args));
}

/// The messages besides the commands.
fn remarks(policies: &'static [Policy<'static>], args: &[&str], expected: Expect) {
    let (exit, stdout, stderr) = ran(policies, args);
    assert_eq!((exit, stdout.is_empty()), (Exit::Success, false), "{args:?}");
    expected.assert_eq(&stderr);
}

fn refuses(args: &[&str], expected: Expect) {
    let (exit, stdout, stderr) = ran(POLICIES, args);
    assert_eq!((exit, stdout.as_str()), (Exit::Usage, ""), "{args:?}");
    expected.assert_eq(&stderr);
}

/// The arguments that a shell passes to `aws`, one per line, with a blank line after each call. Roles and policies do not
/// exist yet.
fn called(script: &str) -> String {
    called_in(script, true)
}

/// - `is_new`: whether roles and policies do not exist yet
fn called_in(script: &str, is_new: bool) -> String {
    let aws = r#"
        aws() {
            printf '%s\n' "$@" '' >&3
            case "$*" in
                *get-caller-identity*) echo 123456789012 ;;
                *list-policy-versions*) echo v3 ;;
                *get-role*|*get-policy*) return "$MISSING" ;;
            esac
        }
        exec 3>&1
    "#;
    let output = Command::new("sh")
        .args(["-euc", &format!("{aws}\n{script}")])
        .env("MISSING", if is_new { "254" } else { "0" })
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{script}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn an_inline_policy_is_put() {
    prints(
        &["user", "--user-name", "ann"],
        expect![[r#"
            aws iam put-user-policy \
              --user-name ann \
              --policy-name ann-s-own-policy \
              --policy-document '{"Version":"2012-10-17","Statement":[{"Sid":"Speak","Effect":"Allow","Action":"polly:SynthesizeSpeech","Resource":"*","Condition":{"StringLike":{"polly:VoiceId":"it'\''s ${aws:username} `ann` $(date) \\ !"}}}]}'
        "#]],
    );
    prints(
        &[
            "user",
            "--group-name",
            "staff",
            "--policy-name",
            "speech",
            "--set",
            "name=bob",
        ],
        expect![[r#"
            aws iam put-group-policy \
              --group-name staff \
              --policy-name speech \
              --policy-document '{"Version":"2012-10-17","Statement":[{"Sid":"Speak","Effect":"Allow","Action":"polly:SynthesizeSpeech","Resource":"*","Condition":{"StringLike":{"polly:VoiceId":"it'\''s ${aws:username} `bob` $(date) \\ !"}}}]}'
        "#]],
    );
}

#[test]
fn commands_survive_the_shell() {
    let style = Style::MINIFIED.scalars(true);
    let mut scripts = 0;
    for policy in POLICIES.iter().chain([&USER, &ROLE]) {
        let json = policy.render(Options::DEFAULT.style(style)).unwrap().to_string();
        let all: &'static [Policy<'static>] = if POLICIES.contains(policy) { POLICIES } else { ALL };
        for args in [
            &["--user-name", "ann"][..],
            &["--role-name", "r"],
            &["--as", "managed"],
            &["--user-name", "ann", "--as", "managed"],
            &[
                "--policy-arn",
                "arn:aws:iam::123456789012:policy/p",
                "--group-name",
                "staff",
            ],
        ] {
            let (exit, script, _) = ran(all, &[&[policy.name], args].concat());
            // Not every policy fits every principal.
            if exit == Exit::Success {
                scripts += 1;
                let called = called(&script);
                assert_eq!(
                    called.lines().filter(|line| *line == json).count(),
                    1,
                    "{script}\n{called}"
                );
            }
        }
    }
    assert_eq!(scripts, 16);
}

#[test]
fn a_managed_policy_is_created_and_attached() {
    let script = printed(
        POLICIES,
        &["user", "--user-name", "ann", "--as", "managed", "--with", "more"],
    );
    expect![[r#"
        sts
        get-caller-identity
        --query
        Account
        --output
        text

        iam
        get-policy
        --policy-arn
        arn:aws:iam::123456789012:policy/ann-s-own-policy

        iam
        create-policy
        --policy-name
        ann-s-own-policy
        --policy-document
        {"Version":"2012-10-17","Statement":[{"Sid":"Speak","Effect":"Allow","Action":"polly:SynthesizeSpeech","Resource":"*","Condition":{"StringLike":{"polly:VoiceId":"it's ${aws:username} `ann` $(date) \\ !"}}}]}

        iam
        attach-user-policy
        --user-name
        ann
        --policy-arn
        arn:aws:iam::123456789012:policy/ann-s-own-policy

    "#]].assert_eq(&called(&script));
    let args = [
        "user",
        "--policy-arn",
        "arn:aws:iam::123456789012:policy/p",
        "--role-name",
        "r",
    ];
    expect![[r#"
        iam
        list-policy-versions
        --policy-arn
        arn:aws:iam::123456789012:policy/p
        --query
        length(Versions) >= `5` && sort_by(Versions[?!IsDefaultVersion], &CreateDate)[0].VersionId
        --output
        text

        iam
        delete-policy-version
        --policy-arn
        arn:aws:iam::123456789012:policy/p
        --version-id
        v3

        iam
        create-policy-version
        --set-as-default
        --policy-arn
        arn:aws:iam::123456789012:policy/p
        --policy-document
        {"Version":"2012-10-17","Statement":[{"Sid":"Speak","Effect":"Allow","Action":"polly:SynthesizeSpeech","Resource":"*","Condition":{"StringLike":{"polly:VoiceId":"it's ${aws:username} `ann` $(date) \\ !"}}}]}

        iam
        attach-role-policy
        --role-name
        r
        --policy-arn
        arn:aws:iam::123456789012:policy/p

    "#]].assert_eq(&called(&printed(POLICIES, &args)));
    // The extension only supports managed policies.
    assert!(printed(POLICIES, &["user", "--user-name", "ann", "--with", "more"]).contains("create-policy"));
}

#[test]
fn creates_or_updates_a_role() {
    prints(
        &["role", "--role-name", "team/app/runner"],
        expect![[r#"
            trust='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceArn":"s"}}}]}' &&
            if aws iam get-role --role-name runner >/dev/null 2>&1; then
              aws iam update-assume-role-policy \
                --role-name runner \
                --policy-document "$trust"
            else
              aws iam create-role \
                --role-name runner \
                --path /team/app/ \
                --assume-role-policy-document "$trust"
            fi &&
            aws iam put-role-policy \
              --role-name runner \
              --policy-name role \
              --policy-document '{"Version":"2012-10-17","Statement":[{"Sid":"Speak","Effect":"Allow","Action":"polly:SynthesizeSpeech","Resource":"*"}]}'
        "#]],
    );
    prints(
        &["role", "--role-name", "runner", "--update-role"],
        expect![[r#"
            aws iam update-assume-role-policy \
              --role-name runner \
              --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceArn":"s"}}}]}' &&
            aws iam put-role-policy \
              --role-name runner \
              --policy-name role \
              --policy-document '{"Version":"2012-10-17","Statement":[{"Sid":"Speak","Effect":"Allow","Action":"polly:SynthesizeSpeech","Resource":"*"}]}'
        "#]],
    );
    let china = printed(ALL, &["role", "--role-name", "runner", "--partition", "aws-cn"]);
    assert!(
        china.contains("arn:aws-cn:s3:::") && !china.contains("arn:aws:"),
        "{china}"
    );
}

#[test]
fn offers_only_kinds_that_fit() {
    // Remotion's own layers make it too large for an inline policy.
    let (exit, _, stderr) = ran(
        ALL,
        &[
            "user",
            "--user-name",
            "ann",
            "--with",
            "custom-layers",
            "--as",
            "inline-user",
        ],
    );
    assert_eq!(exit, Exit::Usage);
    expect![[r#"
        error: the policy `user` cannot be attached as `inline-user` in this form
          = help: the policy `user` supports `managed`
    "#]]
    .assert_eq(&stderr);
}

#[test]
fn long_policies_use_a_kind_that_fits() {
    let long = format!("role-name={}", "r".repeat(300));
    let longer = format!("bucket-prefix={}-", "b".repeat(60));
    let set = ["--set", &long, "--set", &longer];
    let script = printed(ALL, &[&["user", "--user-name", "ann"][..], &set].concat());
    assert!(called(&script).contains("attach-user-policy"), "{script}");
    let (_, _, stderr) = ran(
        ALL,
        &[&["user", "--user-name", "ann", "--as", "inline-user"][..], &set].concat(),
    );
    // Named as the option is called where the policy is printed.
    let args = [&["user", "--user-name", "ann", "--attach", "inline-user"][..], &set].concat();
    assert_eq!(ran(ALL, &args).2, stderr);
    expect![[r#"
        error: the policy `user` cannot be attached as `inline-user` in this form: it has 2,060 characters, and the quota is 2,048
          = help: the policy `user` supports `managed`
    "#]].assert_eq(&stderr);
}

#[test]
fn a_failed_command_stops_the_rest() {
    let create = ["role", "--role-name", "r"];
    for args in [
        &create[..],
        &["user", "--user-name", "ann", "--as", "managed"],
        &[
            "user",
            "--group-name",
            "g",
            "--policy-arn",
            "arn:aws:iam::123456789012:policy/p",
        ],
    ] {
        let script = printed(POLICIES, args);
        assert!(!script.contains('#'), "{script}");
        let failing = "aws() { echo \"$2\" >&2; return 3; }\n";
        // Without `-e`, and read from the standard input.
        let mut shell = Command::new("sh");
        let mut shell = shell.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = shell.stdin.take().unwrap();
        stdin.write_all((failing.to_owned() + &script).as_bytes()).unwrap();
        drop(stdin);
        let output = shell.wait_with_output().unwrap();
        let called = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), called.lines().count()),
            (Some(3), 1),
            "{script}\n{called}"
        );
    }
}

#[test]
fn hints_are_not_commands() {
    remarks(
        POLICIES,
        &["user", "--policy-arn", "arn:aws:iam::123456789012:policy/p"],
        expect![[r#"
            note: a managed policy has at most five versions: if it has five, its oldest one is deleted
        "#]],
    );
    // The trust policy uses it.
    remarks(
        POLICIES,
        &["role", "--role-name", "r", "--set", "source=t"],
        expect![""],
    );
    remarks(
        ALL,
        &["role", "--role-name", "r", "--set", "output-bucket=b"],
        expect![[r#"
            note: `--set output-bucket=b` has no effect on `role`
              = help: only the extension `output-bucket` uses it: add `--with output-bucket`
        "#]],
    );
}

#[test]
fn misuse_is_explained() {
    refuses(
        &["user"],
        expect![[r#"
            error: no user, group or role to attach the policy to
              = help: name one with `--user-name NAME` or `--group-name NAME` or `--role-name NAME`
              = help: `--as managed` only creates a managed policy
        "#]],
    );
    refuses(
        &["nobody"],
        expect![[r#"
        error: invalid value 'nobody' for '<POLICY>'
          [possible values: user, role]

        For more information, try '--help'.
    "#]],
    );
    refuses(
        &["user", "--user-name", "a", "--role-name", "b"],
        expect![[r#"
        error: the argument '--user-name <NAME>' cannot be used with '--role-name <NAME>'

        Usage: policies attach --user-name <NAME> <POLICY>

        For more information, try '--help'.
    "#]],
    );
    refuses(
        &["user", "--user-name", "ann/o'hara"],
        expect![[r#"
            error: `ann/o'hara` is not a valid name for a user
              = help: names consist of letters, digits, and `+`, `=`, `,`, `.`, `@`, `_`, `-`
        "#]],
    );
    refuses(
        &["user", "--user-name", ""],
        expect![[r#"
            error: `` is not a valid name for a user
              = help: names consist of letters, digits, and `+`, `=`, `,`, `.`, `@`, `_`, `-`
        "#]],
    );
    refuses(
        &["role", "--role-name", &"r".repeat(65)],
        expect![[r#"
            error: `rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr` is too long for the name of a role: the limit is 64 characters
        "#]],
    );
}

#[test]
fn an_unsuitable_kind_is_explained() {
    refuses(
        &["role", "--user-name", "ann"],
        expect![[r#"
            error: the policy `role` is not for a user
              = help: the policy `role` supports `inline-role`
        "#]],
    );
    refuses(
        &["role", "--as", "managed"],
        expect![[r#"
            error: the policy `role` cannot be attached as `managed` in this form
              = help: the policy `role` supports `inline-role`
        "#]],
    );
    refuses(
        &["role", "--as", "inline-role"],
        expect![[r#"
            error: `--as inline-role` needs the name of a role
              = help: name it with `--role-name NAME`
        "#]],
    );
    refuses(
        &[
            "user",
            "--as",
            "inline-user",
            "--policy-arn",
            "arn:aws:iam::123456789012:policy/p",
        ],
        expect![[r#"
            error: `arn:aws:iam::123456789012:policy/p` is a managed policy, not `inline-user`
        "#]],
    );
    refuses(
        &["user", "--as", "inline"],
        expect![[r#"
        error: invalid value 'inline' for '--as <KIND>'
          [possible values: inline-user, inline-group, inline-role, managed]

          tip: a similar value exists: 'inline-role'

        For more information, try '--help'.
    "#]],
    );
    refuses(
        &["user", "--user-name", "ann", "--policy-name", "a b", "--set", "name=*"],
        expect![[r#"
            error: `a b` is not a valid name for a policy
              = help: names consist of letters, digits, and `+`, `=`, `,`, `.`, `@`, `_`, `-`
            error: `*` cannot be the value of `name`: it contains `*`, which would widen the resources that use it
              = help: the policy adds its own wildcards
              = help: the default is `ann`
        "#]],
    );
    refuses(
        &["user", "--policy-arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"],
        expect![[r#"
            error: `arn:aws:iam::aws:policy/ReadOnlyAccess` is not the ARN of a customer managed policy
              = help: such as `arn:aws:iam::123456789012:policy/app`
        "#]],
    );
    refuses(
        &["role", "--update-role"],
        expect![[r#"
        error: the following required arguments were not provided:
          --role-name <NAME>

        Usage: policies attach --role-name <NAME> --update-role <POLICY>

        For more information, try '--help'.
    "#]],
    );
}

#[test]
fn the_partition_follows_the_managed_policy() {
    let china = "arn:aws-cn:iam::123456789012:policy/p";
    let script = printed(ALL, &["user", "--policy-arn", china]);
    assert!(
        script.contains("arn:aws-cn:s3:::") && !script.contains("arn:aws:"),
        "{script}"
    );
    let (exit, stdout, stderr) = ran(ALL, &["user", "--policy-arn", china, "--partition", "aws"]);
    assert_eq!((exit, stdout.as_str()), (Exit::Usage, ""));
    expect![[r#"
        error: `arn:aws-cn:iam::123456789012:policy/p` is in the partition `aws-cn`, not in `aws`
          = help: omit `--partition`, or name a policy in that partition
    "#]]
    .assert_eq(&stderr);
    refuses(
        &["user", "--policy-arn", china],
        expect![[r#"
            error: `arn:aws-cn:iam::123456789012:policy/p` is in the partition `aws-cn`, which the policy `user` does not support
              = help: the partitions of this policy are `aws`
        "#]],
    );
}

const ODD: &[Policy<'_>] = &[
    Policy::new("guard", "").with_attach(&[AttachmentKind::ServiceControl]),
    Policy::new("long", "")
        .with_title("A title that goes on and on, as titles do that somebody writes who has very much to say about very little, and says it all at once - twice")
        .with_parameters(&[Parameter::new("name", "ann")])
        .with_statements(&[Statement::new("read", "Read")
            .with_actions(&[Action::new("s3:GetObject")])
            .with_resources(&[Resource::new(Template::new("arn:aws:s3:::{name}", "arn:aws:s3:::ann"))])]),
    Policy::new("role", "").with_trust(Some(Trust::new(ASSUME, ""))),
];

#[test]
fn impossible_requests_are_explained() {
    let check = |args: &[&str], expected: Expect| {
        let (exit, stdout, stderr) = ran(ODD, args);
        assert_eq!((exit, stdout.as_str()), (Exit::Usage, ""), "{args:?}");
        expected.assert_eq(&stderr);
    };
    check(
        &["guard", "--user-name", "ann"],
        expect![[r#"
            error: the policy `guard` is not for a user, a group or a role
              = help: attach service control policies with AWS Organizations
        "#]],
    );
    let name = |length: usize| format!("name={}", "b".repeat(length));
    check(
        &["long", "--user-name", "ann", "--set", &name(12_000)],
        expect![[r#"
            error: the policy `long` has 12,121 characters, and no attachment kind allows more than 10,240
        "#]],
    );
    check(
        &[
            "long",
            "--user-name",
            "ann",
            "--as",
            "inline-user",
            "--set",
            &name(3_000),
        ],
        expect![[r#"
            error: the policy `long` cannot be attached as `inline-user` in this form: it has 3,121 characters, and the quota is 2,048
              = help: the policy `long` supports `inline-group`, `inline-role` and `managed`
        "#]],
    );
    check(
        &["long", "--role-name", "r", "--update-role"],
        expect![[r#"
            error: the policy `long` has no trust policy
              = help: omit `--update-role`
        "#]],
    );
    check(
        &["long", "--policy-arn", "arn:aws:iam::123456789012:policy/"],
        expect![[r#"
            error: `arn:aws:iam::123456789012:policy/` is not the ARN of a customer managed policy
              = help: such as `arn:aws:iam::123456789012:policy/app`
        "#]],
    );
}

#[test]
fn generated_names_fit_the_limit() {
    let script = printed(ODD, &["long", "--user-name", "ann"]);
    let called = called(&script);
    let name = called
        .lines()
        .skip_while(|line| *line != "--policy-name")
        .nth(1)
        .unwrap();
    assert!(name.len() > 100 && name.len() <= 128 && !name.ends_with('-'), "{name}");
}

/// A boundary is created before the role that it bounds; it is set rather than attached.
#[test]
fn boundaries_come_first() {
    const BOUNDED: &[Policy<'_>] = &[
        Policy::new("app", "")
            .with_attach(&[AttachmentKind::InlineRole])
            .with_statements(ALLOW),
        Policy::new("limit", "")
            .with_policy_type(PolicyType::PermissionsBoundary)
            .with_attach(&[AttachmentKind::Managed])
            .with_bounds(&["app"])
            .with_statements(ALLOW),
        Policy::new("queue", "")
            .with_policy_type(PolicyType::Resource)
            .with_statements(ALLOW),
    ];
    let script = printed(BOUNDED, &["app", "--role-name", "r"]);
    expect![[r#"
        sts
        get-caller-identity
        --query
        Account
        --output
        text

        iam
        get-policy
        --policy-arn
        arn:aws:iam::123456789012:policy/limit

        iam
        create-policy
        --policy-name
        limit
        --policy-document
        {"Version":"2012-10-17","Statement":[{"Sid":"Speak","Effect":"Allow","Action":"polly:SynthesizeSpeech","Resource":"*"}]}

        iam
        put-role-permissions-boundary
        --role-name
        r
        --permissions-boundary
        arn:aws:iam::123456789012:policy/limit

        iam
        put-role-policy
        --role-name
        r
        --policy-name
        app
        --policy-document
        {"Version":"2012-10-17","Statement":[{"Sid":"Speak","Effect":"Allow","Action":"polly:SynthesizeSpeech","Resource":"*"}]}

    "#]].assert_eq(&called(&script));
    let script = printed(BOUNDED, &["limit", "--role-name", "r"]);
    expect![[r#"
        sts
        get-caller-identity
        --query
        Account
        --output
        text

        iam
        get-policy
        --policy-arn
        arn:aws:iam::123456789012:policy/limit

        iam
        create-policy
        --policy-name
        limit
        --policy-document
        {"Version":"2012-10-17","Statement":[{"Sid":"Speak","Effect":"Allow","Action":"polly:SynthesizeSpeech","Resource":"*"}]}

        iam
        put-role-permissions-boundary
        --role-name
        r
        --permissions-boundary
        arn:aws:iam::123456789012:policy/limit

    "#]].assert_eq(&called(&script));
    let (exit, _, stderr) = ran(BOUNDED, &["queue", "--role-name", "r"]);
    assert_eq!(exit, Exit::Usage);
    expect![[r#"
        error: the kind of resource that the policy `queue` is for is unknown
          = help: print it with `policies queue`, and set it with the command of the resource's service
    "#]]
    .assert_eq(&stderr);
}

/// The same commands create and update: the policy's versions stay below their limit.
#[test]
fn commands_can_be_repeated() {
    let boundary = "arn:aws:iam::123456789012:policy/limit";
    let script = printed(
        POLICIES,
        &["role", "--role-name", "team/r", "--permissions-boundary", boundary],
    );
    let calls = |script: &str, is_new| {
        let called = called_in(script, is_new);
        let calls: Vec<_> = called.split("\n\n").map(|call| call.replace('\n', " ")).collect();
        calls.join("\n")
    };
    expect![[r#"
        iam get-role --role-name r
        iam create-role --role-name r --path /team/ --assume-role-policy-document {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceArn":"s"}}}]} --permissions-boundary arn:aws:iam::123456789012:policy/limit
        iam put-role-policy --role-name r --policy-name role --policy-document {"Version":"2012-10-17","Statement":[{"Sid":"Speak","Effect":"Allow","Action":"polly:SynthesizeSpeech","Resource":"*"}]}
    "#]].assert_eq(&calls(&script, true));
    expect![[r#"
        iam get-role --role-name r
        iam update-assume-role-policy --role-name r --policy-document {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceArn":"s"}}}]}
        iam put-role-permissions-boundary --role-name r --permissions-boundary arn:aws:iam::123456789012:policy/limit
        iam put-role-policy --role-name r --policy-name role --policy-document {"Version":"2012-10-17","Statement":[{"Sid":"Speak","Effect":"Allow","Action":"polly:SynthesizeSpeech","Resource":"*"}]}
    "#]].assert_eq(&calls(&script, false));
    let script = printed(
        POLICIES,
        &[
            "user",
            "--user-name",
            "ann",
            "--as",
            "managed",
            "--permissions-boundary",
            boundary,
        ],
    );
    expect![[r#"
        aws iam put-user-permissions-boundary \
          --user-name ann \
          --permissions-boundary arn:aws:iam::123456789012:policy/limit &&
        policy_arn=arn:aws:iam::$(aws sts get-caller-identity --query Account --output text):policy/ann-s-own-policy &&
        policy='{"Version":"2012-10-17","Statement":[{"Sid":"Speak","Effect":"Allow","Action":"polly:SynthesizeSpeech","Resource":"*","Condition":{"StringLike":{"polly:VoiceId":"it'\''s ${aws:username} `ann` $(date) \\ !"}}}]}' &&
        if aws iam get-policy --policy-arn "$policy_arn" >/dev/null 2>&1; then
          old_version=$(aws iam list-policy-versions --policy-arn "$policy_arn" --query 'length(Versions) >= `5` && sort_by(Versions[?!IsDefaultVersion], &CreateDate)[0].VersionId' --output text) &&
          if [ "$old_version" != False ]; then
            aws iam delete-policy-version --policy-arn "$policy_arn" --version-id "$old_version"
          fi &&
          aws iam create-policy-version --set-as-default \
            --policy-arn "$policy_arn" \
            --policy-document "$policy"
        else
          aws iam create-policy \
            --policy-name ann-s-own-policy \
            --policy-document "$policy"
        fi &&
        aws iam attach-user-policy \
          --user-name ann \
          --policy-arn "$policy_arn"
    "#]].assert_eq(&script);
    expect![[r#"
        iam put-user-permissions-boundary --user-name ann --permissions-boundary arn:aws:iam::123456789012:policy/limit
        sts get-caller-identity --query Account --output text
        iam get-policy --policy-arn arn:aws:iam::123456789012:policy/ann-s-own-policy
        iam list-policy-versions --policy-arn arn:aws:iam::123456789012:policy/ann-s-own-policy --query length(Versions) >= `5` && sort_by(Versions[?!IsDefaultVersion], &CreateDate)[0].VersionId --output text
        iam delete-policy-version --policy-arn arn:aws:iam::123456789012:policy/ann-s-own-policy --version-id v3
        iam create-policy-version --set-as-default --policy-arn arn:aws:iam::123456789012:policy/ann-s-own-policy --policy-document {"Version":"2012-10-17","Statement":[{"Sid":"Speak","Effect":"Allow","Action":"polly:SynthesizeSpeech","Resource":"*","Condition":{"StringLike":{"polly:VoiceId":"it's ${aws:username} `ann` $(date) \\ !"}}}]}
        iam attach-user-policy --user-name ann --policy-arn arn:aws:iam::123456789012:policy/ann-s-own-policy
    "#]].assert_eq(&calls(&script, false));
    refuses(
        &["user", "--as", "managed", "--permissions-boundary", "x"],
        expect![[r#"
        error: `x` is not the ARN of a customer managed policy
          = help: such as `arn:aws:iam::123456789012:policy/app`
        error: no user or role to set a permissions boundary for
          = help: name one with `--user-name NAME` or `--role-name NAME`
    "#]],
    );
}
