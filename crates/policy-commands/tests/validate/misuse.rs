//! Misuse is explained.

use std::fs;

use expect_test::expect;
use iam_policy_commands::{Exit, Output, policies};

use crate::{ANN, EVERYTHING, POLICIES, allowed, folder, ran, ran_in, refuses};

#[test]
fn misuse_is_explained() {
    refuses(
        &["users"],
        expect![[r#"
        error: invalid value 'users' for '[POLICY]...'
          [possible values: user, role]

          tip: a similar value exists: 'user'

        For more information, try '--help'.
    "#]],
    );
    refuses(
        &["--profile", "p", "--granted", "x.json"],
        expect![[r#"
        error: the argument '--profile <profile>' cannot be used with '--granted <FILE>...'

        Usage: policies validate --profile <profile> [POLICY]...

        For more information, try '--help'.
    "#]],
    );
    refuses(
        &["--boundary", "x.json"],
        expect![[r#"
        error: the following required arguments were not provided:
          --granted <FILE>...

        Usage: policies validate --granted <FILE>... --boundary <FILE> [POLICY]...

        For more information, try '--help'.
    "#]],
    );
    refuses(
        &["--required-from", "x.json", "user"],
        expect![[r#"
        error: the argument '--required-from <FILE>' cannot be used with '[POLICY]...'

        Usage: policies validate --required-from <FILE> [POLICY]...

        For more information, try '--help'.
    "#]],
    );
    refuses(
        &["--format", "xml"],
        expect![[r#"
        error: invalid value 'xml' for '--format <FORMAT>'
          [possible values: human, json]

        For more information, try '--help'.
    "#]],
    );
    refuses(
        &[
            "--context",
            "aws:SourceIp",
            "--context",
            "color=red",
            "--context",
            "aws:MultiFactorAuthPresent=maybe",
            "--context",
            "aws:SourceAccount=1",
            "--context",
            "aws:SourceAccount=2",
            "--context",
            "aws:SourceIp=",
        ],
        expect![[r#"
            error: `--context aws:SourceIp` is not of the form `KEY=VALUE`
              = help: such as `--context aws:SourceIp=203.0.113.7`
            error: `--context color=red` is not of the form `KEY=VALUE`
              = help: such as `--context aws:SourceIp=203.0.113.7`
            error: `--context aws:SourceIp=` is not of the form `KEY=VALUE`
              = help: such as `--context aws:SourceIp=203.0.113.7`
            error: invalid value `maybe` for `aws:MultiFactorAuthPresent`: expected a Boolean
            error: `aws:SourceAccount` has at most one value, but `1` and `2` are given
              = help: run the command once for each value
        "#]],
    );
    refuses(
        &["--partition", "aws-c", "--set", "buket=a", "--set", "bucket"],
        expect![[r#"
            error: AWS has no partition `aws-c`
              = help: did you mean `aws-cn`?
              = help: the partitions of this policy are `aws` and `aws-cn`
            error: there is no parameter `buket`
              = help: did you mean `bucket`?
              = help: the parameters are `bucket`
            error: `--set bucket` has no value
              = help: the default is `--set bucket=acme-files`
        "#]],
    );
    refuses(
        &["--granted", "no-such.json", "user"],
        expect![[r#"
            error: there is no file `no-such.json`
            error: there is no file `user`
              = help: put the policy's name before `--granted`
        "#]],
    );
    refuses(
        &["--required-from", "no-such.json"],
        expect![[r#"
        error: there is no file `no-such.json`
    "#]],
    );
    let folder = folder(&[
        ("all.json", EVERYTHING),
        (
            "trust.json",
            r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}"#,
        ),
        ("broken.json", "{\"Statement\": [}"),
        (
            "odd.json",
            r#"{"Statement": {"Effect": "Allow", "Acton": "*", "Resource": "*"}}"#,
        ),
        ("account.json", r#"{"UserDetailList": [{"UserName": "ann"}]}"#),
    ]);
    let (exit, _, stderr) = ran_in(
        folder.path(),
        &[
            "--granted",
            "@trust.json",
            "@broken.json",
            "@odd.json",
            "@account.json",
            "--principal",
            ANN,
            "--boundary",
            "@none.json",
        ],
    );
    assert_eq!(exit, Exit::Usage);
    expect![[r#"
        error: `trust.json` names principals, so it is not an identity policy
        error[JSON_SYNTAX_ERROR]: expected a value or `]`, found `}`
         --> broken.json:1:16
          |
        1 | {"Statement": [}
          |                ^

        error[JSON_SYNTAX_ERROR]: expected a comma or `]`, found `}`
         --> broken.json:1:16
          |
        1 | {"Statement": [}
          |                ^

        error: unknown statement element
         --> odd.json:1:35
          |
        1 | {"Statement": {"Effect": "Allow", "Acton": "*", "Resource": "*"}}
          |                                   ^^^^^^^

        error: this user has no `Arn`
         --> account.json:1:21
          |
        1 | {"UserDetailList": [{"UserName": "ann"}]}
          |                     ^^^^^^^^^^^^^^^^^^^

        error: there is no file `none.json`
    "#]]
    .assert_eq(&stderr);
    let (exit, _, stderr) = ran_in(folder.path(), &["--granted", "@all.json", "--principal", "ann"]);
    assert_eq!(exit, Exit::Usage);
    expect![[r#"
        error: `ann` is not the ARN of a user, a group or a role
          = help: such as `arn:aws:iam::123456789012:user/ann`
    "#]]
    .assert_eq(&stderr);
}

#[test]
fn implausible_files_and_arns_are_explained() {
    let folder = folder(&[("all.json", EVERYTHING)]);
    let utf16: Vec<u8> = format!("\u{feff}{EVERYTHING}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    fs::write(folder.path().join("utf16.json"), utf16).unwrap();
    let check = |args: &[&str], expected: expect_test::Expect| {
        let (exit, stdout, stderr) = ran_in(folder.path(), args);
        assert_eq!((exit, stdout.as_str()), (Exit::Usage, ""), "{args:?}");
        expected.assert_eq(&stderr);
    };
    check(
        &["--granted", "@utf16.json"],
        expect![[r#"
            error: `utf16.json` is UTF-16, but must be UTF-8
              = help: PowerShell's `>` writes UTF-8 from version 7 on
        "#]],
    );
    check(
        &["--granted", "@all.json", "--service-control", "@all.json", "user"],
        expect![[r#"
            error: there is no file `user`
              = help: put the policy's name before `--service-control`
        "#]],
    );
    for arn in [
        "arn:aws:iam::123456789012:group/",
        "arn:aws:iam::123456789012:group/team/",
        "arn:aws:iam:eu-west-1:123456789012:group/team",
        "arn:aws:iam::12:user/ann",
        "arn:aws:iam::123456789012:user/",
        "arn:aws:iam::aws:policy/p",
        "",
    ] {
        let (exit, _, stderr) = ran_in(folder.path(), &["--granted", "@all.json", "--principal", arn]);
        assert_eq!(exit, Exit::Usage, "{arn}");
        assert!(
            stderr.starts_with(&format!("error: `{arn}` is not the ARN of a user, a group or a role\n")),
            "{stderr}"
        );
    }
}

#[test]
fn a_program_without_aws_support_says_so() {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut output = Output::new(&mut stdout, &mut stderr);
    let command = policies::command(POLICIES);
    let exit = iam_policy_commands::execute(command, ["policies", "validate"], &mut output, |matches, output| {
        policies::run(POLICIES, matches, output)
    });
    assert_eq!(exit, Exit::Usage);
    expect![[r#"
        error: this program cannot ask AWS
          = help: give it the principal's policies with `--granted FILE`, or the output of `aws iam get-account-authorization-details` and `--principal ARN`
    "#]].assert_eq(&String::from_utf8(stderr).unwrap());
}

#[test]
fn an_empty_policy_is_an_error() {
    let folder = folder(&[
        ("all.json", EVERYTHING),
        (
            "nothing.json",
            r#"{"Statement": [
                {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"},
                {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}"#,
        ),
        (
            "elsewhere.json",
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*",
                "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}}"#,
        ),
    ]);
    let check = |args: &[&str], expected: expect_test::Expect| {
        let (exit, stdout, stderr) = ran_in(folder.path(), &[&["--granted", "@all.json"], args].concat());
        assert_eq!((exit, stdout.as_str()), (Exit::Usage, ""));
        expected.assert_eq(&stderr);
    };
    check(
        &["--required-from", "@nothing.json"],
        expect![[r#"
            error: `nothing.json` grants nothing, so there is nothing to ask
              = help: `iam-policy check` finds errors in policies
        "#]],
    );
    check(
        &[
            "--required-from",
            "@elsewhere.json",
            "--context",
            "aws:RequestedRegion=eu-west-2",
        ],
        expect![[r#"
            error: `elsewhere.json` grants nothing to this principal in this context, so there is nothing to ask
              = help: give other values with `--context KEY=VALUE`
        "#]],
    );
    check(
        &["--required-from", "@elsewhere.json", "--partition", "aws"],
        expect![[r#"
            error: the argument '--required-from <FILE>' cannot be used with '--partition <PARTITION>'

            Usage: policies validate --granted <FILE>... --required-from <FILE> [POLICY]...

            For more information, try '--help'.
        "#]],
    );
}

#[test]
fn patterns_without_known_actions_are_not_allowed() {
    let folder = folder(&[(
        "need.json",
        r#"{"Statement": {"Effect": "Allow", "Action": "quantum:*", "Resource": "*"}}"#,
    )]);
    let path = folder.path().join("need.json");
    let args = ["--required-from", path.to_str().unwrap()];
    let (exit, stdout, _) = ran(&args, ANN, Ok(()), |_| Ok(allowed()));
    assert_eq!(exit, Exit::Negative);
    assert!(stdout.contains("allowed: 0 of 1 statements"), "{stdout}");
}

#[test]
fn implausible_files_are_explained() {
    refuses(
        &["--granted", "-", "--required-from", "-"],
        expect![[r#"
            error: `-` is given 2 times, but the standard input can only be read once
              = help: save the others to files
        "#]],
    );
    let folder = folder(&[
        ("all.json", EVERYTHING),
        (
            "printed.json",
            r#"{"Roles": [{"AssumeRolePolicyDocument": {"Statement": []}}, {"AssumeRolePolicyDocument": {"Statement": []}}]}"#,
        ),
    ]);
    let check = |args: &[&str], expected: expect_test::Expect| {
        let (exit, stdout, stderr) = ran_in(folder.path(), args);
        assert_eq!((exit, stdout.as_str()), (Exit::Usage, ""));
        expected.assert_eq(&stderr);
    };
    check(
        &["--granted", "@printed.json"],
        expect![[r#"
            error: `printed.json` contains 2 policies
              = help: save the one you mean to a separate file
        "#]],
    );
    check(
        &[
            "--granted",
            "@all.json",
            "--principal",
            "arn:aws:sts::123456789012:assumed-role/build/42",
        ],
        expect![[r#"
            error: `arn:aws:sts::123456789012:assumed-role/build/42` is a session, and its ARN omits the path of its role
              = help: give the role's ARN, which is `arn:aws:iam::123456789012:role/build` if it has no path
        "#]],
    );
}
