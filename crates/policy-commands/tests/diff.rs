//! `policies diff` with policies unlike those in Remotion's spec.

#![expect(
    clippy::unwrap_used,
    reason = "what a test needs and does not get fails it, in its helpers too"
)]
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use std::fs;

use expect_test::{Expect, expect};
use iam_policy_commands::{Output, policies};
use iam_policy_core::{Action, Condition, Policy, Resource, Statement, Template};

const FEW: &[Policy<'_>] = &[Policy::new("few", "").with_statements(&[Statement::new("list", "List")
    .with_reason("Lists some.")
    .with_actions(&[Action::new("s3:ListBucket")])
    .with_resources(&[Resource::literal("*")])
    .with_conditions(&[Condition::new(
        "NumericLessThan",
        "s3:max-keys",
        &[Template::literal("20")],
    )])])];

fn check(attached: Option<&str>, args: &[&str], expected: Expect) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("attached.json");
    if let Some(json) = attached {
        fs::write(&path, json).unwrap();
    }
    let path = path.to_str().unwrap();
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut output = Output::new(&mut stdout, &mut stderr);
    let args = [&["policies", "diff", "--from", path], args].concat();
    let exit = iam_policy_commands::execute(policies::command(FEW), args, &mut output, |matches, output| {
        policies::run(FEW, matches, output)
    });
    let said = [stdout, b"---\n".to_vec(), stderr].concat();
    let said = String::from_utf8(said).unwrap().replace(path, "attached.json");
    expected.assert_eq(&format!("{said}{exit:?}\n"));
}

fn list_if(condition: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {condition}}}}}"#
    )
}

#[test]
fn a_single_policy_is_the_default() {
    check(
        Some(&list_if(r#"{"NumericLessThan": {"s3:max-keys": "20"}}"#)),
        &[],
        expect![[r#"
            # Policy `few`

            **Nothing to do**: `attached.json` grants exactly what is needed.
            ---
            Success
        "#]],
    );
    check(
        Some(&list_if(r#"{"NumericLessThan": {"s3:max-keys": "10"}}"#)),
        &[],
        expect![[r#"
            # Policy `few`

            **Permissions are missing**: `attached.json` does not grant everything that is needed.

            ## Needed but not granted

            ### `s3`: List

            - `s3:ListBucket`
              - needed by statement `List`: Lists some.
              - for example `s3:ListBucket` on `arn:aws:s3:us-east-1:123456789012:accesspoint/a`, with `s3:max-keys` = `10`
            ---
            Negative
        "#]],
    );
}

#[test]
fn unknown_verdicts_are_reported() {
    let text_and_number = list_if(r#"{"StringLike": {"s3:max-keys": "1*"}}"#);
    check(
        Some(&text_and_number),
        &[],
        expect![[r#"
            # Policy `few`

            **Unknown**: it depends on `s3:max-keys`, which is compared both as a string and as another type.
            ---
            error: it cannot be decided whether `attached.json` grants everything needed: it depends on `s3:max-keys`, which is compared both as a string and as another type
            Usage
        "#]],
    );
    check(
        Some(&text_and_number),
        &["--format", "json"],
        expect![[r#"
            {"policy":"few","verdict":"unknown","newlyAllowed":[],"newlyDenied":[],"because":"it depends on `s3:max-keys`, which is compared both as a string and as another type"}
            ---
            error: it cannot be decided whether `attached.json` grants everything needed: it depends on `s3:max-keys`, which is compared both as a string and as another type
            Usage
        "#]],
    );
}

#[test]
fn pointless_options_are_hidden() {
    check(
        None,
        &["-h"],
        expect![[r#"
            Show what is needed beyond an attached policy

            Usage: policies diff [OPTIONS] --from <FILE> [POLICY]

            Arguments:
              [POLICY]  The needed policy [possible values: few]

            Options:
                  --from <FILE>            The attached policy as JSON; `-` is the standard input
                  --partition <PARTITION>  Use the ARNs of this AWS partition [default: aws] [possible values:
                                           aws]
                  --format <FORMAT>        The output format; `human` is text on a terminal, and Markdown
                                           elsewhere [default: human] [possible values: human, markdown, json]
              -h, --help                   Print help (see more with '--help')
            ---
            Success
        "#]],
    );
    check(
        None,
        &["--with", "more"],
        expect![[r#"
        ---
        error: unexpected argument '--with' found

          tip: to pass '--with' as a value, use '-- --with'

        Usage: policies diff --from <FILE> [POLICY]

        For more information, try '--help'.
        Usage
    "#]],
    );
    check(
        None,
        &[],
        expect![[r#"
        ---
        error: there is no file `attached.json`
        Usage
    "#]],
    );
}

#[test]
fn control_characters_are_escaped() {
    check(
        Some(
            r#"{"Statement": {"Sid": "\u001b[2J\n# Fine", "Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}}"#,
        ),
        &[],
        expect![[r#"
            # Policy `few`

            **Permissions are missing**: `attached.json` does not grant everything that is needed, and grants more.

            ## Needed but not granted

            ### `s3`: List

            - `s3:ListBucket`
              - needed by statement `List`: Lists some.
              - for example `s3:ListBucket` on `arn:aws:s3:us-east-1:123456789012:accesspoint/a`, with `s3:max-keys` = `19`

            ## Granted but not needed

            - `sqs:ListQueues`, granted by statement `\u{1b}[2J # Fine` (attached.json:1)
              - for example `sqs:ListQueues` on `*`
            ---
            Negative
        "#]],
    );
}

#[test]
fn compares_the_policy_in_aws_cli_output() {
    check(
        Some(r#"{"UserName": "ann", "PolicyDocument": {"Statement": []}}"#),
        &[],
        expect![[r#"
            # Policy `few`

            **Permissions are missing**: `attached.json` does not grant everything that is needed.

            ## Needed but not granted

            ### `s3`: List

            - `s3:ListBucket`
              - needed by statement `List`: Lists some.
              - for example `s3:ListBucket` on `arn:aws:s3:us-east-1:123456789012:accesspoint/a`, with `s3:max-keys` = `19`
            ---
            Negative
        "#]],
    );
}
