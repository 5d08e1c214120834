//! Runs the program as a shell would.

#![expect(
    clippy::unwrap_used,
    reason = "what a test needs and does not get fails it, in its helpers too"
)]
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use std::io;
use std::process::Command;

use expect_test::{Expect, expect};
use iam_policy::ParameterValue::Text;
use iam_policy::{Explanation, Options, Partition, Policy, Style};
use remotion_lambda_policies::{ALL, ROLE, USER};
use serde_json::Value;
use testing_support::Ran;

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_remotion-lambda"));
    command.args(args).env_remove("COLUMNS");
    command
}

fn run(args: &[&str]) -> Ran {
    testing_support::run(&mut program(args))
}

/// Its output on success.
fn printed(args: &[&str]) -> String {
    let ran = run(args);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{args:?}");
    ran.stdout
}

fn prints(args: &[&str], expected: Expect) {
    expected.assert_eq(&printed(args));
}

fn refuses(args: &[&str], expected: Expect) {
    let ran = run(args);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
    expected.assert_eq(&ran.stderr);
}

/// `policies NAME` with these arguments prints what these options render.
fn renders(policy: &Policy<'_>, args: &[&str], options: Options<'_>) {
    let args = [&["policies", policy.name], args].concat();
    let printed = printed(&args);
    assert_eq!(printed, policy.render(options).unwrap().to_string(), "{args:?}");
    if options.style.minified {
        assert_eq!(Some(printed.chars().count()), policy.measure(options), "{args:?}");
    }
}

#[test]
fn defaults_print_the_constants() {
    for policy in ALL {
        assert_eq!(printed(&["policies", policy.name]), policy.json);
    }
    assert_eq!(printed(&["policies", "user", "--partition", "aws"]), USER.json);
}

#[test]
fn another_partition_prints_its_resources() {
    for policy in ALL {
        let options = Options::DEFAULT.partition(Partition::China);
        renders(policy, &["--partition", "aws-cn"], options);
    }
    let china = printed(&["policies", "user", "--partition=aws-cn"]);
    assert!(china.contains("arn:aws-cn:lambda:*:488211338238:layer:LambdaInsightsExtension*"));
    assert!(!china.contains("arn:aws:"));
    assert!(!china.contains("remotion-binaries"));
}

#[test]
fn parameters_change_values() {
    let options = Options::DEFAULT.parameters(&[
        ("bucket-prefix", Text("acme-")),
        ("role-name", Text("teams/video/render=1")),
    ]);
    let args = [
        "--set",
        "bucket-prefix=acme-",
        "--set",
        "role-name=teams/video/render=1",
    ];
    renders(&USER, &args, options);
    let json = printed(&[&["policies", "user"], &args[..]].concat());
    assert!(json.contains("\"arn:aws:s3:::acme-*\""));
    assert!(json.contains("\"arn:aws:iam::*:role/teams/video/render=1\""));
    assert!(!json.contains("remotionlambda-"));
}

#[test]
fn extensions_follow_the_policy_in_order() {
    let both = Options::DEFAULT.extensions(&["custom-layers", "output-bucket"]);
    renders(&USER, &["--with", "custom-layers", "--with", "output-bucket"], both);
    renders(&USER, &["--with", "output-bucket", "--with", "custom-layers"], both);
    // A repeated extension is included once.
    let twice = [
        "--with",
        "custom-layers",
        "--with",
        "output-bucket",
        "--with",
        "custom-layers",
    ];
    renders(&USER, &twice, both);
    let sids = |json: &str| -> Vec<String> {
        let json: Value = serde_json::from_str(json).unwrap();
        let statements = json["Statement"].as_array().unwrap().iter();
        statements
            .map(|statement| statement["Sid"].as_str().unwrap().to_owned())
            .collect()
    };
    let extended = sids(&printed(&["policies", "user", "--with", "custom-layers"]));
    let more = extended.strip_prefix(sids(USER.json).as_slice()).unwrap();
    assert_eq!(more, ["UpdateFunction", "GetOwnLayerVersion"]);
}

#[test]
fn layout_does_not_change_the_measured_size() {
    for policy in ALL {
        for (args, style) in [
            (&["--scalars"][..], Style::PRETTY.scalars(true)),
            (&["--minify"], Style::MINIFIED),
            (&["--minify", "--scalars"], Style::MINIFIED.scalars(true)),
        ] {
            renders(policy, args, Options::DEFAULT.style(style));
        }
    }
    let size = |args: &[&str]| printed(&[&["policies"], args].concat()).chars().count();
    assert_eq!(size(&["user", "--minify"]), 1758);
    assert_eq!(size(&["role", "--minify"]), 800);
    assert_eq!(size(&["user", "--minify", "--with", "custom-layers"]), 2067);
}

#[test]
fn the_role_has_a_trust_policy() {
    assert_eq!(printed(&["policies", "role", "--trust"]), ROLE.trust.unwrap().json);
    refuses(
        &["policies", "user", "--trust"],
        expect![[r#"
            error: unexpected argument '--trust' found

            Usage: remotion-lambda policies user [OPTIONS]

            For more information, try '--help'.
        "#]],
    );
    refuses(
        &["policies", "role", "--trust", "--with", "output-bucket"],
        expect![[r#"
            error: the argument '--trust' cannot be used with '--with <EXTENSION>'

            Usage: remotion-lambda policies role --trust

            For more information, try '--help'.
        "#]],
    );
}

#[test]
fn unknown_partitions_are_rejected() {
    refuses(
        &["policies", "user", "--partition", "aws-cm"],
        expect![[r#"
            error: AWS has no partition `aws-cm`
              = help: did you mean `aws-cn`?
              = help: the partitions of this policy are `aws` and `aws-cn`
        "#]],
    );
    refuses(
        &["policies", "role", "--partition", "aws-us-gov"],
        expect![[r#"
            error: this policy does not support the partition `aws-us-gov`, only `aws` and `aws-cn`
        "#]],
    );
}

#[test]
fn a_value_cannot_widen_the_policy() {
    refuses(
        &["policies", "user", "--set", "bucket-prefix=*"],
        expect![[r#"
            error: `*` cannot be the value of `bucket-prefix`: it contains `*`, which would widen the resources that use it
              = help: the policy adds its own wildcards
              = help: the default is `remotionlambda-`
        "#]],
    );
    refuses(
        &["policies", "user", "--set", "bucket-prefix="],
        expect![[r#"
            error: `` cannot be the value of `bucket-prefix`: it is empty, which would widen the resources that use it
              = help: the default is `remotionlambda-`
        "#]],
    );
    refuses(
        &["policies", "role", "--set", "function-prefix=a/b"],
        expect![[r#"
            error: `a/b` cannot be the value of `function-prefix`: it contains `/`, which this parameter does not allow
              = help: the default is `remotion-render-`
        "#]],
    );
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let args = [
        "policies",
        "user",
        "--partition=moon",
        "--set=bucket-perfix=a",
        "--set=role-name",
        "--set=bucket-prefix=a",
        "--set=bucket-prefix=b",
        "--set=function-prefix=a:b",
        "--with=custom-layer",
        "--with=output-bucket",
    ];
    refuses(
        &args,
        expect![[r#"
            error: AWS has no partition `moon`
              = help: the partitions of this policy are `aws` and `aws-cn`
            error: there is no parameter `bucket-perfix`
              = help: did you mean `bucket-prefix`?
              = help: the parameters are `bucket-prefix`, `function-prefix`, `role-name` and `output-bucket`
            error: the parameter `bucket-prefix` is set twice
              = help: keep one `--set bucket-prefix=…`
            error: `a:b` cannot be the value of `function-prefix`: it contains `:`, which has a special meaning in a policy
              = help: the default is `remotion-render-`
            error: there is no extension `custom-layer`
              = help: did you mean `custom-layers`?
              = help: the extensions are `custom-layers` and `output-bucket`
            error: `--set role-name` has no value
              = help: the default is `--set role-name=remotion-lambda-role`
        "#]],
    );
}

#[test]
fn oversized_policies_are_rejected() {
    let long = format!("role-name={}", "r".repeat(320));
    refuses(
        &["policies", "user", "--set", &long],
        expect![[r#"
            error: the policy has 2,058 characters, 10 more than the quota of 2,048 for `inline-user`
              = help: `--scalars` makes it 2,034 characters, which fits
              = help: give `--set` shorter values
              = help: as `managed`, with up to 6,144 characters, it would fit: `--attach managed`
        "#]],
    );
    assert!(printed(&["policies", "user", "--scalars", "--set", &long]).contains(&long[10..]));
}

#[test]
fn unknown_commands_are_rejected() {
    refuses(
        &["policies", "usr"],
        expect![[r#"
            error: unrecognized subcommand 'usr'

              tip: a similar subcommand exists: 'user'

            Usage: remotion-lambda policies [OPTIONS] <COMMAND>

            For more information, try '--help'.
        "#]],
    );
    refuses(
        &["policies", "explain", "rule"],
        expect![[r#"
            error: invalid value 'rule' for '[POLICY]'
              [possible values: user, role]

              tip: a similar value exists: 'role'

            For more information, try '--help'.
        "#]],
    );
    refuses(
        &["policies", "explain", "--format", "html"],
        expect![[r#"
            error: invalid value 'html' for '--format <FORMAT>'
              [possible values: human, markdown, json]

            For more information, try '--help'.
        "#]],
    );
    for nothing in [&[][..], &["policies"]] {
        assert_eq!(run(nothing).code, 2);
        assert_eq!(run(nothing).stdout, "");
    }
}

#[test]
fn sections_explain_one_policy_or_all() {
    let user = printed(&["policies", "explain", "user"]);
    assert_eq!(user, USER.documentation().to_string());
    assert_eq!(printed(&["policies", "explain", "user", "--format", "markdown"]), user);
    let all = printed(&["policies", "explain"]);
    let documentation: Vec<_> = ALL.iter().map(|policy| policy.documentation().to_string()).collect();
    assert_eq!(all, documentation.join("\n"));
    let headings: Vec<_> = all
        .lines()
        .filter(|line| line.starts_with("# ") || line.starts_with("## Extension"))
        .collect();
    assert_eq!(
        headings,
        [
            "# User permissions",
            "## Extension `custom-layers`: Custom layers",
            "## Extension `output-bucket`: Own output bucket",
            "# Role permissions",
            "## Extension `output-bucket`: Own output bucket",
        ]
    );
}

#[test]
fn the_json_has_the_rows_of_the_table() {
    let all: Value = serde_json::from_str(&printed(&["policies", "explain", "--format", "json"])).unwrap();
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), ALL.len());
    for (json, policy) in all.iter().zip(ALL) {
        assert_eq!(json["name"], policy.name);
        assert_eq!(json["title"], policy.title);
        assert_eq!(json["about"], policy.about);
        check_rows(&json["rows"], policy.explanation());
        let extensions = json["extensions"].as_array().unwrap();
        assert_eq!(extensions.len(), policy.extensions.len());
        for (json, extension) in extensions.iter().zip(policy.extensions) {
            assert_eq!(json["name"], extension.name);
            check_rows(&json["rows"], extension.explanation());
        }
        let args = ["policies", "explain", policy.name, "--format", "json"];
        let one: Value = serde_json::from_str(&printed(&args)).unwrap();
        assert_eq!(one.as_array().unwrap(), std::slice::from_ref(json));
    }
}

fn check_rows(json: &Value, explanation: Explanation<'_>) {
    let rows = json.as_array().unwrap();
    assert_eq!(rows.len(), explanation.rows().count());
    for (json, row) in rows.iter().zip(explanation.rows()) {
        assert_eq!(json["sid"], row.statement().sid);
        assert_eq!(json["id"], row.statement().id);
        assert_eq!(json["effect"], "Allow");
        assert_eq!(json["reason"], row.reason());
        assert_eq!(json.get("without").and_then(Value::as_str), row.without());
        let actions: Vec<_> = row.actions().map(|action| action.pattern).collect();
        assert_eq!(json["actions"], Value::from(actions));
        let access: Vec<_> = row.actions().map(|action| action.access).collect();
        assert_eq!(json["access"], Value::from(access));
        let resources = json["resources"].as_array().unwrap();
        assert!(
            resources
                .iter()
                .map(|json| &json["arn"])
                .eq(row.resources().map(|resource| resource.arn.text))
        );
        for (json, resource) in resources.iter().zip(row.resources()) {
            let partitions: Vec<&str> = resource.partitions.iter().map(|partition| partition.name()).collect();
            let partitions = (!partitions.is_empty()).then(|| Value::from(partitions));
            assert_eq!(json.get("partitions"), partitions.as_ref());
        }
    }
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    for args in [
        &["policies", "user"][..],
        &["policies", "role", "--minify"],
        &["policies", "explain", "--format", "json"],
        &["policies", "user", "--help"],
        &["--version"],
        &["completions", "bash"],
    ] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let output = program(args).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(output.stderr, b"", "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = program(&["policies", "role", "--minify"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.starts_with("error: the output cannot be written: "), "{stderr}");
}

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&["completions", shell]);
        for word in ["policies", "partition", "aws-cn", "custom-layers", "explain"] {
            // PowerShell and Elvish do not complete values of options.
            if !(matches!(shell, "elvish" | "powershell") && matches!(word, "aws-cn" | "custom-layers")) {
                assert!(script.contains(word), "{shell}: {word}");
            }
        }
    }
}

#[test]
fn help_shows_the_commands() {
    prints(
        &["--version"],
        expect![[r#"
            remotion-lambda 0.1.0
        "#]],
    );
    prints(
        &["--help"],
        expect![[r#"
            Print, explain, compare, validate and attach the policies that Remotion Lambda needs

            Usage: remotion-lambda [OPTIONS] <COMMAND>

            Commands:
              policies     Print, explain, compare, validate and attach the IAM policies that this program needs
              completions  Print a shell completion script for this program
              man          Print the manual page of this program or of one of its commands
              help         Print this message or the help of the given subcommand(s)

            Options:
                  --color <WHEN>  When to use colors [default: auto] [possible values: auto, always, never]
              -h, --help          Print help
              -V, --version       Print version
        "#]],
    );
    prints(
        &["policies", "--help"],
        expect![[r#"
            Print, explain, compare, validate and attach the IAM policies that this program needs

            Usage: remotion-lambda policies [OPTIONS] <COMMAND>

            Commands:
              user      User permissions
              role      Role permissions
              explain   Explain why each permission is needed
              validate  Check whether a principal has the needed permissions, and show what is missing
              attach    Print the commands that attach a policy, without running them
              diff      Show what is needed beyond an attached policy
              help      Print this message or the help of the given subcommand(s)

            Options:
                  --color <WHEN>  When to use colors [default: auto] [possible values: auto, always, never]
              -h, --help          Print help
        "#]],
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "the help of each command is shown")]
fn help_shows_options_and_values() {
    prints(
        &["policies", "user", "-h"],
        expect![[r#"
            User permissions

            Usage: remotion-lambda policies user [OPTIONS]

            Options:
                  --partition <PARTITION>  Use the ARNs of this AWS partition [default: aws] [possible values:
                                           aws, aws-cn]
                  --set <NAME=VALUE>       Set a parameter; may be repeated
                  --with <EXTENSION>       Add the statements of an extension; may be repeated [possible values:
                                           custom-layers, output-bucket]
                  --attach <KIND>          How the policy will be attached: check only this quota instead of all
                                           [possible values: inline-user, managed]
                  --color <WHEN>           When to use colors [default: auto] [possible values: auto, always,
                                           never]
                  --scalars                Write lists of one value as that value, which is shorter and
                                           equivalent
                  --minify                 Omit white space
              -h, --help                   Print help (see more with '--help')

            Parameters and their defaults:
              bucket-prefix=remotionlambda-
                  The start of the names of all Remotion buckets. It is fixed in Remotion's code: only a fork
                  can use another.
              function-prefix=remotion-render-
                  The start of the names of all Remotion functions. It is fixed in Remotion's code: only a fork
                  can use another.
              role-name=remotion-lambda-role
                  The role of the functions, with its path if it has one.
              output-bucket=my-remotion-output
                  A bucket of your own for renders. Only the `output-bucket` extensions use it.
        "#]],
    );
    prints(
        &["policies", "role", "--help"],
        expect![[r#"
            Role permissions

            Attach this policy to the role `remotion-lambda-role`, which the functions have:

            1. Create a managed policy (https://console.aws.amazon.com/iam/home#/policies/create) named
            `remotion-lambda-policy` from the JSON below. 2. Open the role
            (https://console.aws.amazon.com/iam/home#/roles/details/remotion-lambda-role) and attach it.

            Adding it as an inline policy
            (https://console.aws.amazon.com/iam/home#/roles/details/remotion-lambda-role/create-policy) works as
            well. On the command line, save the JSON as `role.json`, run the first command, and give the ARN
            that it prints to the second:

            aws iam create-policy --policy-name remotion-lambda-policy --policy-document file://role.json
            aws iam attach-role-policy --role-name remotion-lambda-role --policy-arn ARN

            Usage: remotion-lambda policies role [OPTIONS]

            Options:
                  --partition <PARTITION>
                      Use the ARNs of this AWS partition [default: aws] [possible values: aws, aws-cn]

                  --set <NAME=VALUE>
                      Set a parameter; may be repeated

                  --with <EXTENSION>
                      Add the statements of an extension; may be repeated

                      Possible values:
                      - output-bucket: Own output bucket

                  --attach <KIND>
                      How the policy will be attached: check only this quota instead of all

                      Possible values:
                      - inline-role: With up to 10,240 characters
                      - managed:     With up to 6,144 characters

                  --color <WHEN>
                      When to use colors [default: auto] [possible values: auto, always, never]

                  --scalars
                      Write lists of one value as that value, which is shorter and equivalent

                  --minify
                      Omit white space

                  --trust
                      Print the role's trust policy instead

              -h, --help
                      Print help (see a summary with '-h')

            Parameters and their defaults:
              bucket-prefix=remotionlambda-
                  The start of the names of all Remotion buckets. It is fixed in Remotion's code: only a fork
                  can use another.
              function-prefix=remotion-render-
                  The start of the names of all Remotion functions. It is fixed in Remotion's code: only a fork
                  can use another.
              role-name=remotion-lambda-role
                  The role of the functions, with its path if it has one.
              output-bucket=my-remotion-output
                  A bucket of your own for renders. Only the `output-bucket` extensions use it.
        "#]],
    );
    prints(
        &["policies", "explain", "--help"],
        expect![[r#"
            Explain why each permission is needed

            Usage: remotion-lambda policies explain [OPTIONS] [POLICY]

            Arguments:
              [POLICY]  Only this policy [possible values: user, role]

            Options:
                  --format <FORMAT>  The output format; `human` is text on a terminal, and Markdown elsewhere
                                     [default: human] [possible values: human, markdown, json]
                  --color <WHEN>     When to use colors [default: auto] [possible values: auto, always, never]
              -h, --help             Print help
        "#]],
    );
    prints(
        &["completions", "--help"],
        expect![[r#"
            Print a shell completion script for this program

            Usage: remotion-lambda completions [OPTIONS] <SHELL>

            Arguments:
              <SHELL>  The shell [possible values: bash, elvish, fish, powershell, zsh]

            Options:
                  --color <WHEN>  When to use colors [default: auto] [possible values: auto, always, never]
              -h, --help          Print help
        "#]],
    );
}
