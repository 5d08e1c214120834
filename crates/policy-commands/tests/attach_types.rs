//! The output of `attach` for policies of organizations and of resources, run by a shell in which `aws` prints its arguments.

#![expect(
    clippy::unwrap_used,
    reason = "what a test needs and does not get fails it, in its helpers too"
)]
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use std::collections::BTreeSet;
use std::process::Command;

use expect_test::{Expect, expect};
use iam_policy_commands::{Exit, Output, policies};
use iam_policy_core::{
    Action, NamedPrincipal, Policy, PolicyResource, PolicyType, PrincipalKey, Resource, Statement, Template,
};

const DENY: &[Statement<'_>] = &[Statement::new("leave", "Leave")
    .with_actions(&[Action::new("organizations:LeaveOrganization")])
    .with_resources(&[Resource::literal("*")])];

const RECEIVE: &[Statement<'_>] = &[Statement::new("receive", "Receive")
    .with_principals(&[NamedPrincipal::new(
        PrincipalKey::Service,
        Template::literal("sns.amazonaws.com"),
    )])
    .with_actions(&[Action::new("sqs:SendMessage")])
    .with_resources(&[Resource::literal("*")])];

const POLICIES: &[Policy<'_>] = &[
    Policy::new("user", "").with_statements(DENY),
    Policy::new("limit", "")
        .with_title("Nobody's leaving")
        .with_policy_type(PolicyType::ServiceControl)
        .with_statements(DENY),
    Policy::new("data", "")
        .with_policy_type(PolicyType::ResourceControl)
        .with_statements(RECEIVE),
    of(PolicyResource::SqsQueue),
    of(PolicyResource::S3Bucket),
    of(PolicyResource::LambdaFunction),
    Policy::new("other", "")
        .with_policy_type(PolicyType::Resource)
        .with_statements(RECEIVE),
];

/// A resource policy with the name of its kind of resource.
const fn of(resource: PolicyResource) -> Policy<'static> {
    Policy::new(resource.name(), "")
        .with_policy_type(PolicyType::Resource)
        .with_resource_type(Some(resource))
        .with_statements(RECEIVE)
}

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

fn prints(args: &[&str], expected: Expect) {
    let (exit, stdout, stderr) = ran(POLICIES, args);
    assert_eq!((exit, stderr.as_str()), (Exit::Success, ""), "{args:?}");
    expected.assert_eq(&stdout);
}

fn refuses(args: &[&str], expected: Expect) {
    let (exit, stdout, stderr) = ran(POLICIES, args);
    assert_eq!((exit, stdout.as_str()), (Exit::Usage, ""), "{args:?}");
    expected.assert_eq(&stderr);
}

/// The calls that a shell makes, one per line, with only the service and the operation.
///
/// - `answers`: what the commands that list something print
fn called(script: &str, answers: [&str; 2]) -> Vec<String> {
    let aws = r#"
        aws() {
            echo "$1 $2" >&3
            case "$2" in
                list-policies) printf %s "$LISTED" ;;
                list-targets-for-policy) printf %s "$ATTACHED" ;;
                create-policy) echo p-new ;;
            esac
        }
        exec 3>&1
    "#;
    let output = Command::new("sh")
        .args(["-euc", &format!("{aws}\n{script}")])
        .env("LISTED", answers[0])
        .env("ATTACHED", answers[1])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{script}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(ToOwned::to_owned)
        .collect()
}

#[test]
fn policies_of_organizations_are_created_once_and_attached_once() {
    prints(
        &["limit", "--target-id", "ou-ab12-34cd56ef"],
        expect![[r#"
        policy='{"Version":"2012-10-17","Statement":[{"Sid":"Leave","Effect":"Allow","Action":"organizations:LeaveOrganization","Resource":"*"}]}' &&
        policy_id=$(aws organizations list-policies --filter SERVICE_CONTROL_POLICY --query 'Policies[?Name=='\''nobody-s-leaving'\''].Id' --output text) &&
        if [ -z "$policy_id" ]; then
          policy_id=$(aws organizations create-policy --type SERVICE_CONTROL_POLICY --name nobody-s-leaving --description 'Nobody'\''s leaving' --content "$policy" --query Policy.PolicySummary.Id --output text)
        else
          aws organizations update-policy --policy-id "$policy_id" --content "$policy"
        fi &&
        attached_to=$(aws organizations list-targets-for-policy --policy-id "$policy_id" --query 'Targets[?TargetId=='\''ou-ab12-34cd56ef'\''].TargetId' --output text) &&
        if [ -z "$attached_to" ]; then
          aws organizations attach-policy --policy-id "$policy_id" --target-id ou-ab12-34cd56ef
        fi
    "#]],
    );
    prints(
        &["data", "--as", "resource-control", "--policy-name", "perimeter"],
        expect![[r#"
            policy='{"Version":"2012-10-17","Statement":[{"Sid":"Receive","Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}]}' &&
            policy_id=$(aws organizations list-policies --filter RESOURCE_CONTROL_POLICY --query 'Policies[?Name=='\''perimeter'\''].Id' --output text) &&
            if [ -z "$policy_id" ]; then
              policy_id=$(aws organizations create-policy --type RESOURCE_CONTROL_POLICY --name perimeter --description data --content "$policy" --query Policy.PolicySummary.Id --output text)
            else
              aws organizations update-policy --policy-id "$policy_id" --content "$policy"
            fi
        "#]],
    );

    let (_, script, _) = ran(POLICIES, &["limit", "--target-id", "111122223333"]);
    let listed = ["organizations list-policies", "organizations list-targets-for-policy"];
    assert_eq!(
        called(&script, ["", ""]),
        [
            listed[0],
            "organizations create-policy",
            listed[1],
            "organizations attach-policy"
        ]
    );
    assert_eq!(
        called(&script, ["p-old", "111122223333"]),
        [listed[0], "organizations update-policy", listed[1]]
    );
}

#[test]
fn resource_policies_are_set() {
    prints(
        &["s3:bucket", "--resource", "reports"],
        expect![[r#"
        aws s3api put-bucket-policy \
          --bucket reports \
          --policy '{"Version":"2012-10-17","Statement":[{"Sid":"Receive","Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}]}'
    "#]],
    );
    prints(
        &[
            "sqs:queue",
            "--resource",
            "https://sqs.eu-west-1.amazonaws.com/111122223333/done",
        ],
        expect![[r#"
            aws sqs set-queue-attributes \
              --queue-url https://sqs.eu-west-1.amazonaws.com/111122223333/done \
              --attributes '{"Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"Receive\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"sns.amazonaws.com\"},\"Action\":\"sqs:SendMessage\",\"Resource\":\"*\"}]}"}'
        "#]],
    );
}

/// Each kind has a command, or else it is known that there is none.
#[test]
fn every_kind_of_resource_has_a_command() {
    let mut commands = BTreeSet::new();
    let mut without = Vec::new();
    for &kind in PolicyResource::ALL {
        let policies: &'static [Policy<'static>] = Box::leak(Box::new([of(kind)]));
        let ids = ["https://x", "arn:aws:x:eu-west-1:111122223333:x", "x"];
        let mut all = vec![vec![kind.name()]];
        all.extend(ids.map(|id| vec![kind.name(), "--resource", id]));
        let printed = all
            .iter()
            .map(|args| ran(policies, args))
            .find(|(exit, ..)| *exit == Exit::Success);
        match printed {
            Some((_, script, _)) => {
                let call = called(&script, ["", ""]).pop().unwrap();
                assert!(commands.insert(format!("{kind}: {call}")));
            }
            None => without.push(kind),
        }
    }
    assert_eq!(
        without,
        [PolicyResource::LambdaFunction, PolicyResource::LambdaLayerVersion]
    );
    let commands: Vec<String> = commands.into_iter().collect();
    expect![[r#"
        apigateway:restapi: apigateway update-rest-api
        backup:backupvault: backup put-backup-vault-access-policy
        dynamodb:table: dynamodb put-resource-policy
        ec2:vpc-endpoint: ec2 modify-vpc-endpoint
        ecr-public:repository: ecr-public set-repository-policy
        ecr:registry: ecr put-registry-policy
        ecr:repository: ecr set-repository-policy
        elasticfilesystem:file-system: efs put-file-system-policy
        es:domain: opensearch update-domain-config
        events:event-bus: events put-permission
        glue:catalog: glue put-resource-policy
        kinesis:stream: kinesis put-resource-policy
        kms:key: kms put-key-policy
        redshift:namespace: redshift put-resource-policy
        s3:accesspoint: s3control put-access-point-policy
        s3:bucket: s3api put-bucket-policy
        secretsmanager:secret: secretsmanager put-resource-policy
        sns:topic: sns set-topic-attributes
        sqs:queue: sqs set-queue-attributes
    "#]]
    .assert_eq(&(commands.join("\n") + "\n"));
}

/// The AWS CLI checks options and the shapes of their values before it connects, here to a port on which nobody listens.
#[test]
#[ignore = "for .ci/deploy/run"]
fn the_aws_command_line_accepts_the_options() {
    let aws = r#"
        aws() {
            said=$(command aws "$@" 2>&1) || true
            case "$said" in
                *"Could not connect to the endpoint URL"*) echo "$1 $2" >&3 ;;
                *) echo "$said" >&2; exit 1 ;;
            esac
            case "$2" in
                create-policy) echo p-examplepolicy ;;
                list-policies) printf %s "$LISTED" ;;
                get-caller-identity) echo 111122223333 ;;
            esac
        }
        exec 3>&1
    "#;
    let accepted = |script: &str, listed: &str| {
        let output = Command::new("sh")
            .args(["-euc", &format!("{aws}\n{script}")])
            .envs([
                ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
                ("AWS_ACCESS_KEY_ID", "nobody"),
                ("AWS_SECRET_ACCESS_KEY", "nothing"),
                ("AWS_DEFAULT_REGION", "eu-west-1"),
                ("AWS_MAX_ATTEMPTS", "1"),
                ("AWS_RETRY_MODE", "standard"),
                ("AWS_EC2_METADATA_DISABLED", "true"),
                ("LISTED", listed),
            ])
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{script}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap().lines().count()
    };
    let (_, script, _) = ran(POLICIES, &["limit", "--target-id", "111122223333"]);
    assert_eq!((accepted(&script, ""), accepted(&script, "p-examplepolicy")), (4, 4));
    let mut kinds = 0;
    for (kind, id) in IDS {
        let kind = PolicyResource::from_name(kind).unwrap();
        let policies: &'static [Policy<'static>] = Box::leak(Box::new([of(kind)]));
        let args = [kind.name(), "--resource", id];
        let (exit, script, stderr) = ran(policies, if id.is_empty() { &args[..1] } else { &args });
        assert_eq!(exit, Exit::Success, "{stderr}");
        assert!(accepted(&script, "") > 0);
        kinds += 1;
    }
    assert_eq!(kinds, PolicyResource::ALL.len() - 2);
}

/// A resource of each kind, as the AWS CLI names it.
const IDS: [(&str, &str); 19] = [
    ("apigateway:restapi", "a1b2c3d4e5"),
    ("backup:backupvault", "vault"),
    (
        "dynamodb:table",
        "arn:aws:dynamodb:eu-west-1:111122223333:table/reports",
    ),
    ("ec2:vpc-endpoint", "vpce-0123456789abcdef0"),
    ("ecr-public:repository", "tool"),
    ("ecr:registry", ""),
    ("ecr:repository", "tool"),
    ("elasticfilesystem:file-system", "fs-01234567"),
    ("es:domain", "logs"),
    ("events:event-bus", "default"),
    ("glue:catalog", ""),
    ("kinesis:stream", "arn:aws:kinesis:eu-west-1:111122223333:stream/events"),
    ("kms:key", "1234abcd-12ab-34cd-56ef-1234567890ab"),
    (
        "redshift:namespace",
        "arn:aws:redshift:eu-west-1:111122223333:namespace:1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
    ("s3:accesspoint", "reports"),
    ("s3:bucket", "reports"),
    ("secretsmanager:secret", "token"),
    ("sns:topic", "arn:aws:sns:eu-west-1:111122223333:done"),
    ("sqs:queue", "https://sqs.eu-west-1.amazonaws.com/111122223333/done"),
];

#[test]
fn mistakes() {
    refuses(
        &["limit"],
        expect![[r#"
        error: no root, organizational unit or account to attach the policy to
          = help: name one with `--target-id ID`
          = help: `--as service-control` only creates the policy
    "#]],
    );
    refuses(
        &["limit", "--target-id", "arn:aws:organizations::1:ou/x"],
        expect![[r#"
            error: `arn:aws:organizations::1:ou/x` is not the ID of a root, an organizational unit or an account
              = help: it looks like `r-ab12`, `ou-ab12-34cd56ef` or `111122223333`
        "#]],
    );
    refuses(
        &["limit", "--role-name", "r", "--as", "managed"],
        expect![[r#"
        error: `--role-name` is not for the policy `limit`: it is a service control policy
          = help: it is attached to a root, an organizational unit or an account
        error: the policy `limit` cannot be attached as `managed`
          = help: write `--as service-control`, or omit it
    "#]],
    );
    refuses(
        &["user", "--target-id", "r-ab12", "--user-name", "ann"],
        expect![[r#"
            error: `--target-id` is not for the policy `user`: it is an identity policy
              = help: it is attached to a user, a group or a role
        "#]],
    );
    refuses(
        &["s3:bucket"],
        expect![[r#"
        error: the policy `s3:bucket` is for an S3 bucket, and none is named
          = help: give its name with `--resource NAME`
    "#]],
    );
    refuses(
        &["s3:bucket", "--resource", "arn:aws:s3:::reports"],
        expect![[r#"
        error: `arn:aws:s3:::reports` is not the name of an S3 bucket
          = help: `bucket` of the AWS CLI needs the name
    "#]],
    );
    refuses(
        &["sqs:queue", "--resource", "done", "--user-name", "ann"],
        expect![[r#"
            error: `--user-name` is not for the policy `sqs:queue`: it is a resource policy
              = help: it is attached to a resource
            error: `done` is not the URL of an SQS queue
              = help: `queue-url` of the AWS CLI needs the URL
        "#]],
    );
    refuses(
        &["lambda:function", "--resource", "f"],
        expect![[r#"
        error: no command of the AWS CLI sets the whole policy of a Lambda function
          = help: print it with `policies lambda:function`, and add each statement with `aws lambda add-permission`
    "#]],
    );
    refuses(
        &["other", "--resource", "f"],
        expect![[r#"
        error: the kind of resource that the policy `other` is for is unknown
          = help: print it with `policies other`, and set it with the command of the resource's service
    "#]],
    );
}

/// What `validate` asks is about identity policies.
#[test]
fn other_types_are_not_validated() {
    let folder = testing_support::Folder::with(&[("granted.json", r#"{"Version": "2012-10-17", "Statement": []}"#)]);
    let granted = folder.path("granted.json");
    let granted = granted.to_str().unwrap();
    let validated = |policies: &'static [Policy<'static>], args: &[&str]| {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let mut output = Output::new(&mut stdout, &mut stderr);
        let args = [&["policies", "validate", "--granted", granted], args].concat();
        let exit = iam_policy_commands::execute(policies::command(policies), args, &mut output, |matches, output| {
            policies::run(policies, matches, output)
        });
        (exit, String::from_utf8(stderr).unwrap())
    };
    let (exit, stderr) = validated(POLICIES, &[]);
    assert_eq!((exit, stderr.as_str()), (Exit::Negative, ""));
    let (exit, stderr) = validated(POLICIES, &["limit", "s3:bucket"]);
    assert_eq!(exit, Exit::Usage);
    expect![[r#"
        error: there is no file `limit`
          = help: put the policy's name before `--granted`
        error: there is no file `s3:bucket`
          = help: put the policy's name before `--granted`
    "#]]
    .assert_eq(&stderr);
}
