//! What the server says is what `iam-policy-eval` says.

use iam_policy_eval::{Context, Policies, PolicySet, PolicyType, Request};
use iam_policy_server::{Server, Settings};

use crate::support::{ROOT, call, iam, principals, texts};

/// Each is the identity's policies of a simulation.
const IDENTITY: &[&str] = &[
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::reports*"}]}"#,
    r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:Delete*", "NotResource": "arn:aws:s3:::reports/tmp/*"}
    ]}"#,
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::reports/${aws:username}/*"}}"#,
    // In the language of 2008 this is no variable.
    r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::reports/${aws:username}/*"}}"#,
    r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"ForAllValues:StringLike": {"aws:TagKeys": ["team", "st*"]}}}
    ]}"#,
];

const BOUNDARIES: &[Option<&str>] = &[
    None,
    Some(
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["s3:Get*", "iam:PassRole"], "Resource": "*"}}"#,
    ),
    Some(
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}]}"#,
    ),
];

const RESOURCE_POLICIES: &[Option<&str>] = &[
    None,
    Some(
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/ann"}, "Action": "s3:PutObject", "Resource": "*"}}"#,
    ),
    Some(
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/secret"}}"#,
    ),
    Some(
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "*"}}"#,
    ),
];

const CONTEXTS: &[&[(&str, &[&str])]] = &[
    &[],
    &[("aws:SourceIp", &["203.0.113.7"]), ("aws:SecureTransport", &["true"])],
    &[("aws:SecureTransport", &["false"]), ("aws:TagKeys", &["team", "stage"])],
    &[("aws:TagKeys", &["team", "other"])],
];

const ACTIONS: &[&str] = &[
    "s3:GetObject",
    "S3:putobject",
    "s3:DeleteObject",
    "s3:ListAllMyBuckets",
    "iam:PassRole",
    "organizations:ListRoots",
];

const RESOURCES: &[&str] = &[
    "arn:aws:s3:::reports/ann/1",
    "arn:aws:s3:::reports/secret",
    "arn:aws:s3:::reports/tmp/x",
    "arn:aws:s3:::reports/${aws:username}/*",
    "arn:aws:iam::123456789012:role/build",
    "arn:aws:iam::210987654321:role/build",
];

const OWNERS: &[&str] = &["123456789012", "210987654321"];

const ANN: &str = "arn:aws:iam::123456789012:user/ann";

/// One simulation, as the parameters of a call and as what `iam-policy-eval` is asked.
struct Case {
    identity: &'static str,
    boundary: Option<&'static str>,
    resource_policy: Option<&'static str>,
    context: &'static [(&'static str, &'static [&'static str])],
    owner: &'static str,
}

impl Case {
    fn by_server(&self, server: &Server) -> Vec<String> {
        let names: Vec<(String, &str)> =
            self.context
                .iter()
                .enumerate()
                .flat_map(|(number, (key, values))| {
                    let entry = format!("ContextEntries.member.{}", number + 1);
                    let name = (format!("{entry}.ContextKeyName"), *key);
                    let values = values.iter().enumerate().map(move |(number, value)| {
                        (format!("{entry}.ContextKeyValues.member.{}", number + 1), *value)
                    });
                    std::iter::once(name).chain(values)
                })
                .chain(numbered("ActionNames", ACTIONS))
                .chain(numbered("ResourceArns", RESOURCES))
                .collect();
        let owner = format!("arn:aws:iam::{}:root", self.owner);
        let mut parameters = iam(
            "SimulateCustomPolicy",
            &[
                ("CallerArn", ANN),
                ("PolicyInputList.member.1", self.identity),
                ("ResourceOwner", &owner),
            ],
        );
        parameters.extend(names.iter().map(|(name, value)| (name.as_str(), *value)));
        parameters.extend(
            self.boundary
                .map(|text| ("PermissionsBoundaryPolicyInputList.member.1", text)),
        );
        parameters.extend(self.resource_policy.map(|text| ("ResourcePolicy", text)));
        let answer = call(server, ROOT, &parameters);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let mut said = Vec::new();
        for results in texts(&answer.body, "ResourceSpecificResults") {
            let decisions = texts(results, "EvalResourceDecision");
            let resources = texts(results, "EvalResourceName");
            assert_eq!(resources, RESOURCES);
            for (decision, part) in decisions.iter().zip(results.split("</EvalResourceDecision>")) {
                let missing = texts(part, "member")
                    .into_iter()
                    .filter(|text| text.starts_with("aws:"));
                said.push(format!("{decision} {}", missing.collect::<Vec<_>>().join(" ")));
            }
        }
        said
    }

    fn by_evaluation(&self) -> Vec<String> {
        let compile = |kind, text: &str| {
            PolicySet::compile(kind, [&iam_policy_document::json::read(text.as_bytes()).document]).unwrap()
        };
        let identity = compile(PolicyType::Identity, self.identity);
        let boundary = self.boundary.map(|text| compile(PolicyType::PermissionsBoundary, text));
        let resource = self.resource_policy.map(|text| compile(PolicyType::Resource, text));
        let principals = principals();
        let levels: Vec<_> = principals
            .service_control()
            .iter()
            .map(|level| {
                let documents = level.iter().map(|named| named.policy.document());
                PolicySet::compile(PolicyType::ServiceControl, documents).unwrap()
            })
            .collect();
        let mut policies = Policies::new(&identity).with_service_control(&levels);
        if let Some(boundary) = &boundary {
            policies = policies.with_permissions_boundary(boundary);
        }
        if let Some(resource) = &resource {
            policies = policies.with_resource(resource);
        }
        let mut context = Context::new();
        for (key, values) in self.context {
            context.set(key, values.iter().copied()).unwrap();
        }
        let mut said = Vec::new();
        for action in ACTIONS {
            for resource in RESOURCES {
                let mut request = Request::new(ANN, action, resource).unwrap().with_context(&context);
                if resource.contains(":s3:") {
                    request = request.with_resource_account(self.owner).unwrap();
                }
                let explanation = policies.explain(&request);
                said.push(format!(
                    "{} {}",
                    explanation.response.decision,
                    explanation.missing.join(" ")
                ));
            }
        }
        said
    }
}

fn numbered(name: &str, values: &'static [&'static str]) -> impl Iterator<Item = (String, &'static str)> {
    let number = move |(number, value): (usize, &&'static str)| (format!("{name}.member.{}", number + 1), *value);
    values.iter().enumerate().map(number)
}

#[test]
fn the_server_agrees_with_the_evaluator() {
    let settings = Settings::new(principals()).batches(iam_policy_server::Batches::Accept);
    let server = Server::start(settings).unwrap();
    let mut decided = std::collections::BTreeMap::new();
    for &identity in IDENTITY {
        for &boundary in BOUNDARIES {
            for &resource_policy in RESOURCE_POLICIES {
                for &context in CONTEXTS {
                    for owner in OWNERS {
                        let case = Case {
                            identity,
                            boundary,
                            resource_policy,
                            context,
                            owner,
                        };
                        let said = case.by_server(&server);
                        assert_eq!(
                            said,
                            case.by_evaluation(),
                            "{identity} {boundary:?} {resource_policy:?} {context:?} {owner}"
                        );
                        for said in said {
                            *decided.entry(said.split(' ').next().unwrap().to_owned()).or_insert(0) += 1;
                        }
                    }
                }
            }
        }
    }
    // Cases of all kinds were among them.
    assert!(
        decided.values().all(|&times| times > 500) && decided.len() == 3,
        "{decided:?}"
    );
}
