//! `policies diff`, as run by a customer who has attached the policy of an earlier release.

#![expect(
    clippy::unwrap_used,
    reason = "what a test needs and does not get fails it, in its helpers too"
)]
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use std::process::Command;

use expect_test::{Expect, expect};
use remotion_lambda_policies::{ROLE, USER};
use serde_json::{Value, json};
use testing_support::{Ran, run, run_with_input};

/// Runs `policies diff --from -` with this policy.
fn diff(attached: &Value, args: &[&str]) -> Ran {
    let json = serde_json::to_string_pretty(attached).unwrap();
    run_with_input(
        program().args(["policies", "diff", "--from", "-"]).args(args),
        json.as_bytes(),
    )
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_remotion-lambda"))
}

fn check(attached: &Value, args: &[&str], expected: Expect) {
    expected.assert_eq(&diff(attached, args).to_string());
}

fn user() -> Value {
    serde_json::from_str(USER.json).unwrap()
}

fn statement<'a>(policy: &'a mut Value, sid: &str) -> &'a mut Value {
    let mut statements = policy["Statement"].as_array_mut().unwrap().iter_mut();
    statements.find(|statement| statement["Sid"] == sid).unwrap()
}

/// The user policy of an earlier release: without later additions, with later removals.
fn earlier() -> Value {
    let mut policy = user();
    let functions = statement(&mut policy, "FunctionManagement")["Action"]
        .as_array_mut()
        .unwrap();
    functions.retain(|action| action != "lambda:PutRuntimeManagementConfig" && action != "lambda:TagResource");
    statement(&mut policy, "FetchBinaries")["Resource"]
        .as_array_mut()
        .unwrap()
        .remove(0);
    let storage = statement(&mut policy, "Storage")["Action"].as_array_mut().unwrap();
    storage.push("s3:PutBucketPolicy".into());
    policy
}

#[test]
fn an_earlier_release_lacks_something() {
    check(
        &earlier(),
        &["user"],
        expect![[r#"
            # Policy `user`

            **Permissions are missing**: `<stdin>` does not grant everything that is needed, and grants more.

            ## Needed but not granted

            ### `lambda`: Read

            - `lambda:GetLayerVersion`
              - needed by statement `FetchBinaries`: Lambda creates a function with a layer only if the caller may read that layer.
              - `arn:aws:lambda:*:678892195805:layer:remotion-binaries-*`: Remotion's own layers, with Chromium, fonts and emoji. There are none in AWS China. Without it: Functions cannot be deployed.
              - for example `lambda:GetLayerVersion` on `arn:aws:lambda:us-east-1:678892195805:layer:remotion-binaries-:a`

            ### `lambda`: Write

            - `lambda:PutRuntimeManagementConfig`
              - needed by statement `FunctionManagement`: Creates, configures, invokes and deletes the functions whose names start with `remotion-render-`.
              - `lambda:PutRuntimeManagementConfig`: Pins the runtime, so that no update by AWS can break the function. Without it: Deployment prints a warning, and AWS may update the runtime.
              - for example `lambda:PutRuntimeManagementConfig` on `arn:aws:lambda:us-east-1:123456789012:function:remotion-render-`

            ### `lambda`: Tagging

            - `lambda:TagResource`
              - needed by statement `FunctionManagement`, see above
              - `lambda:TagResource`: Tags a function with Remotion's version and the function's memory, disk and timeout. Without it: The function has no tags.
              - for example `lambda:TagResource` on `arn:aws:lambda:us-east-1:123456789012:function:remotion-render-`

            ## Granted but not needed

            - `s3:PutBucketPolicy`, granted by statement `Storage` (\<stdin\>:37)
              - for example `s3:PutBucketPolicy` on `arn:aws:s3:::remotionlambda-`
            ---
            exit code 1
        "#]],
    );
}

#[test]
fn the_policy_is_guessed_by_its_sids() {
    assert_eq!(diff(&earlier(), &[]), diff(&earlier(), &["user"]));
    let role: Value = serde_json::from_str(ROLE.json).unwrap();
    check(
        &role,
        &[],
        expect![[r#"
        # Policy `role`

        **Nothing to do**: `<stdin>` grants exactly what is needed.
        ---
        exit code 0
    "#]],
    );
    check(
        &json!({"Statement": []}),
        &[],
        expect![[r#"
            ---
            error: the Sids in `<stdin>` do not determine which policy to compare it with
              = help: name one of `user` and `role`, as in `diff --from FILE POLICY`
            exit code 2
        "#]],
    );
    // A policy without any of the Sids can still be compared by name.
    let admin = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
    let Ran { code, stdout, .. } = diff(&admin, &["role"]);
    assert_eq!(code, 0);
    assert!(stdout.contains("**Nothing is missing**: `<stdin>` grants everything that is needed, and more."));
    // All on one line, with an example.
    assert!(stdout.contains(" more, granted by statement 1 (\\<stdin\\>:3)\n  - for example `"));
    assert_eq!(stdout.lines().count(), 8);
}

#[test]
fn printed_policies_cover_themselves() {
    for policy in [&USER, &ROLE] {
        for args in [
            &[][..],
            &["--partition", "aws-cn"],
            &["--with", "output-bucket", "--set", "bucket-prefix=acme-"],
        ] {
            let printed = run(program().args(["policies", policy.name]).args(args)).stdout;
            let ran = diff(&serde_json::from_str(&printed).unwrap(), args);
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{args:?}");
            assert!(ran.stdout.contains("**Nothing to do**"), "{}", ran.stdout);
        }
    }
}

#[test]
fn the_partition_follows_the_file() {
    let china = USER.json.replace("arn:aws:", "arn:aws-cn:");
    let china: Value = serde_json::from_str(&china).unwrap();
    check(
        &china,
        &[],
        expect![[r#"
            # Policy `user` in `aws-cn`

            **Permissions are missing**: `<stdin>` does not grant everything that is needed, and grants more.

            ## Needed but not granted

            ### `lambda`: Read

            - `lambda:GetLayerVersion`
              - needed by statement `FetchBinaries`: Lambda creates a function with a layer only if the caller may read that layer.
              - `arn:aws-cn:lambda:*:488211338238:layer:LambdaInsightsExtension*`: The same layer in both regions of AWS China. Without it: Deploying with `--enable-lambda-insights` fails.
              - for example `lambda:GetLayerVersion` on `arn:aws-cn:lambda:a:488211338238:layer:LambdaInsightsExtension:a`

            ## Granted but not needed

            - `lambda:GetLayerVersion`, granted by statement `FetchBinaries` (\<stdin\>:106)
              - for example `lambda:GetLayerVersion` on `arn:aws-cn:lambda:a:580247275435:layer:LambdaInsightsExtension:a`
            ---
            exit code 1
        "#]],
    );
    assert_eq!(diff(&china, &["--partition", "aws"]).code, 1);
    let gov: Value = serde_json::from_str(&ROLE.json.replace("arn:aws:", "arn:aws-us-gov:")).unwrap();
    let Ran { code, stderr, .. } = diff(&gov, &[]);
    expect![[r#"
        note: the ARNs in `<stdin>` are in the partition `aws-us-gov`, but this policy supports `aws` and `aws-cn`
        exit code 1
    "#]]
    .assert_eq(&format!("{stderr}exit code {code}\n"));
}

#[test]
fn extensions_are_needed_if_requested() {
    let mut extended = user();
    extended["Statement"].as_array_mut().unwrap().push(json!({
        "Sid": "UpdateFunction",
        "Effect": "Allow",
        "Action": ["lambda:UpdateFunctionConfiguration", "lambda:GetFunctionConfiguration"],
        "Resource": "arn:aws:lambda:*:*:function:remotion-render-*",
    }));
    check(
        &extended,
        &[],
        expect![[r#"
            # Policy `user`

            **Nothing is missing**: `<stdin>` grants everything that is needed, and more.

            ## Granted but not needed

            - `lambda:GetFunctionConfiguration`, `lambda:UpdateFunctionConfiguration`, granted by statement `UpdateFunction` (\<stdin\>:117)
              - for example `lambda:GetFunctionConfiguration` on `arn:aws:lambda:us-east-1:123456789012:function:remotion-render-`
            ---
            note: `<stdin>` has statements of the extension `custom-layers`
              = help: add `--with custom-layers` if you need it
            exit code 0
        "#]],
    );
    check(
        &extended,
        &["--with", "custom-layers"],
        expect![[r#"
            # Policy `user` with `custom-layers`

            **Permissions are missing**: `<stdin>` does not grant everything that is needed.

            ## Needed but not granted

            ### `lambda`: Read

            - `lambda:GetLayerVersion`
              - needed by statement `GetOwnLayerVersion`: Lambda uses a layer only if the caller may read it. The ARN matches every layer: put your account ID and the names of your layers here if you know them. Without it: Functions with custom layers cannot be deployed.
              - for example `lambda:GetLayerVersion` on `arn:aws:lambda:us-east-1:123456789012:layer:a:a`
            ---
            exit code 1
        "#]],
    );
}

#[test]
fn the_roles_trust_policy() {
    let trust: Value = serde_json::from_str(ROLE.trust.unwrap().json).unwrap();
    check(
        &trust,
        &["--trust"],
        expect![[r#"
        # Trust policy of `role`

        **Nothing to do**: `<stdin>` grants exactly what is needed.
        ---
        exit code 0
    "#]],
    );
    check(
        &trust,
        &["role"],
        expect![[r#"
            ---
            error: `<stdin>` names principals, which identity policies cannot
              = help: compare trust policies with `--trust`
            exit code 2
        "#]],
    );
    let mut other = trust.clone();
    other["Statement"][0]["Principal"]["Service"] = "ec2.amazonaws.com".into();
    check(
        &other,
        &["role", "--trust"],
        expect![[r#"
            # Trust policy of `role`

            **Permissions are missing**: `<stdin>` does not grant everything that is needed, and grants more.

            ## Needed but not granted

            ### `sts`: Write

            - `sts:AssumeRole`
              - needed by statement 1
              - for example `sts:AssumeRole` on `arn:aws:iam::123456789012:role/a` by `lambda.amazonaws.com`

            ## Granted but not needed

            - `sts:AssumeRole`, granted by statement 1 (\<stdin\>:4)
              - for example `sts:AssumeRole` on `arn:aws:iam::123456789012:role/a` by `ec2.amazonaws.com`
            ---
            exit code 1
        "#]],
    );
    check(
        &user(),
        &["role", "--trust"],
        expect![[r#"
            ---
            error: `<stdin>` names no principals, so it is not a trust policy
              = help: compare identity policies without `--trust`
            exit code 2
        "#]],
    );
}

#[test]
fn blocking_denies_are_named() {
    let mut policy = user();
    let deny = json!({
        "Effect": "Deny", "Action": "iam:*", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
    });
    policy["Statement"].as_array_mut().unwrap().push(deny);
    check(
        &policy,
        &[],
        expect![[r#"
            # Policy `user`

            **Permissions are missing**: `<stdin>` does not grant everything that is needed.

            ## Needed but not granted

            ### `iam`: Read

            - `iam:SimulatePrincipalPolicy`
              - needed by statement `PermissionValidation`: `npx remotion lambda policies validate` and `simulatePermissions()` ask IAM's policy simulator what the caller may do. Nothing is executed, but the caller can ask about every user, group and role of the account; to prevent that, put the caller's own ARN in place of `*`. Without it: Validation fails. Nothing else needs it.
              - denied by statement 10 (\<stdin\>:117)
              - for example `iam:SimulatePrincipalPolicy` on `arn:aws:iam::123456789012:group/a`, with `aws:RequestedRegion` = `us-east-1`

            ### `iam`: Write

            - `iam:PassRole`
              - needed by statement `LambdaInvokation`: Whoever creates a function must be allowed to pass it its role. Invoking functions does not need this, whatever the Sid says. Functions with another role need that role here. Without it: Functions cannot be deployed.
              - denied by statement 10 (\<stdin\>:117)
              - for example `iam:PassRole` on `arn:aws:iam::123456789012:role/remotion-lambda-role`, with `aws:RequestedRegion` = `us-east-1`
            ---
            exit code 1
        "#]],
    );
}

#[test]
fn json_output() {
    let mut policy = user();
    statement(&mut policy, "LogsRetention")["Action"] = json!(["logs:CreateLogGroup"]);
    check(
        &policy,
        &["--format", "json"],
        expect![[r#"
            {"policy":"user","verdict":"widened","newlyAllowed":[{"action":"logs:PutRetentionPolicy","resource":"arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/remotion-render-","context":{},"oldDecision":"implicitDeny","newDecision":"allowed","actions":["logs:PutRetentionPolicy"],"oldStatements":[],"newStatements":[{"statement":7,"sid":"LogsRetention","effect":"Allow","reason":"Deployment creates the log group of a function and limits how long logs are kept.","actions":[{"pattern":"logs:PutRetentionPolicy","reason":"Deletes logs after 14 days, or after `--retention-period`.","without":"Deployment fails, except with `--disable-cloudwatch`. A log group that it created keeps its logs forever."}]}]}],"newlyDenied":[],"because":"everything allowed before is still allowed, and some requests are newly allowed"}
            ---
            exit code 1
        "#]],
    );
}

#[test]
fn incomparable_input() {
    let mut policy = user();
    statement(&mut policy, "Storage")["Effect"] = "Alow".into();
    check(
        &policy,
        &[],
        expect![[r#"
        ---
        error: `Alow` is neither `Allow` nor `Deny`
          --> <stdin>:39:17
           |
        39 |       "Effect": "Alow",
           |                 ^^^^^^

        exit code 2
    "#]],
    );
    check(
        &user(),
        &["--with", "custom-layer", "--set", "role-name"],
        expect![[r#"
            ---
            error: there is no extension `custom-layer`
              = help: did you mean `custom-layers`?
              = help: the extensions are `custom-layers` and `output-bucket`
            error: `--set role-name` has no value
              = help: the default is `--set role-name=remotion-lambda-role`
            exit code 2
        "#]],
    );
    check(
        &user(),
        &["usr"],
        expect![[r#"
        ---
        error: invalid value 'usr' for '[POLICY]'
          [possible values: user, role]

          tip: a similar value exists: 'user'

        For more information, try '--help'.
        exit code 2
    "#]],
    );
}
