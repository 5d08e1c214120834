//! What a call needs: permissions and resources, from the operation and the members of its input.

use std::fmt::Debug;

use aws_smithy_types::telemetry::CapturedTelemetryAttributes;
use iam_policy_core::Arn;
use iam_policy_core::text::is_account;
use iam_policy_core::variable::Unknown;
use iam_policy_operations::{Condition, Need, Operation, TemplatePart, ValuePart, service, template_parts};

use crate::input::{Scalar, Value, Wanted, read};

/// What is known about an operation, whatever its input.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) service: String,
    pub(crate) operation: String,
    /// `None` if it is not known what the operation needs.
    known: Option<Operation>,
    wanted: Vec<Wanted>,
    /// How many of these are in ARNs. They come first; the others are in conditions only.
    in_arns: usize,
}

/// Where a request goes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Target<'a> {
    pub(crate) partition: Option<&'a str>,
    pub(crate) region: Option<&'a str>,
    pub(crate) account: Option<&'a str>,
}

/// A call of an operation.
#[derive(Debug)]
pub(crate) struct Call {
    /// The members in ARNs that are known, in the order of their names.
    pub(crate) members: Vec<(&'static str, Vec<String>)>,
    /// `None` if it is not known what the operation needs.
    pub(crate) needed: Option<Vec<Needed>>,
}

/// A permission that a call needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Needed {
    pub(crate) action: &'static str,
    /// Whether the call needs it for sure.
    pub(crate) is_certain: bool,
    pub(crate) resources: Vec<Resource>,
}

/// A resource of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resource {
    /// The ARN with [unknown parts](Unknown), or `*`.
    pub(crate) arn: String,
    /// Whether the ARN is what AWS compares with policies, apart from its unknown parts.
    pub(crate) is_exact: bool,
}

/// Services whose templates have been compared with AWS's documentation. An ARN from another one's templates may be spelled
/// differently by AWS.
const EXACT: [&str; 11] = [
    "apigateway",
    "dynamodb",
    "ec2",
    "execute-api",
    "iam",
    "kms",
    "lambda",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
];

impl Plan {
    pub(crate) fn new(service_name: &str, operation: &str) -> Self {
        let known = service(service_name)
            .and_then(|service| service.operation(operation))
            .filter(|operation| operation.is_mapped());
        let mut wanted: Vec<Wanted> = Vec::new();
        let needs = || known.iter().flat_map(|known| known.needs());
        for part in needs().flat_map(Need::resources).flat_map(template_parts) {
            if let TemplatePart::Member { path, part } = part {
                let keys = part == ValuePart::Keys;
                let one = Wanted { path, keys };
                if !wanted.contains(&one) {
                    wanted.push(one);
                }
            }
        }
        let in_arns = wanted.len();
        for path in needs().filter_map(Need::condition).filter_map(Condition::member) {
            let one = Wanted { path, keys: false };
            if !wanted.contains(&one) {
                wanted.push(one);
            }
        }
        Self {
            service: service_name.to_owned(),
            operation: operation.to_owned(),
            known,
            wanted,
            in_arns,
        }
    }

    /// What a call with this input needs.
    ///
    /// - `captured`: top-level members that are strings
    pub(crate) fn call(
        &self,
        input: &dyn Debug,
        captured: Option<&CapturedTelemetryAttributes>,
        target: Target<'_>,
    ) -> Call {
        let mut values = if self.wanted.is_empty() {
            Vec::new()
        } else {
            read(input, &self.wanted)
        };
        for (wanted, value) in self.wanted.iter().zip(&mut values) {
            if *value == Value::Unknown
                && let Some(text) = captured.and_then(|captured| captured.get(wanted.path))
            {
                *value = Value::Set {
                    scalars: vec![Scalar::Text(text.to_owned())],
                    is_whole: true,
                };
            }
        }
        let members = Members {
            wanted: &self.wanted,
            values: &values,
            target,
        };
        Call {
            members: members.texts(self.in_arns),
            needed: self.known.map(|known| members.needed(known)),
        }
    }
}

struct Members<'a> {
    wanted: &'a [Wanted],
    values: &'a [Value],
    target: Target<'a>,
}

impl Members<'_> {
    fn get(&self, path: &str, keys: bool) -> &Value {
        let place = self
            .wanted
            .iter()
            .position(|wanted| wanted.path == path && wanted.keys == keys);
        place
            .and_then(|place| self.values.get(place))
            .unwrap_or(&Value::Unknown)
    }

    /// The texts of the first members.
    fn texts(&self, count: usize) -> Vec<(&'static str, Vec<String>)> {
        let known = self
            .wanted
            .iter()
            .zip(self.values)
            .take(count)
            .filter_map(|(wanted, value)| {
                let Value::Set { scalars, .. } = value else { return None };
                let texts: Vec<_> = scalars
                    .iter()
                    .filter_map(|scalar| scalar.text().map(str::to_owned))
                    .collect();
                (!texts.is_empty()).then_some((wanted.path, texts))
            });
        let mut known: Vec<_> = known.collect();
        known.sort();
        known
    }

    fn needed(&self, operation: Operation) -> Vec<Needed> {
        let mut needed: Vec<Needed> = Vec::new();
        for need in operation.needs() {
            let holds = match need.condition() {
                Some(condition) => self.fulfils(condition),
                None if need.is_dependent() => None,
                None => Some(true),
            };
            if holds == Some(false) {
                continue;
            }
            let holds = holds.filter(|_| !self.is_in_directory(need));
            let resources = self.resources(need);
            let known = needed
                .iter_mut()
                .find(|known| known.action == need.action() && known.resources == resources);
            match known {
                Some(known) => known.is_certain |= holds == Some(true),
                None => needed.push(Needed {
                    action: need.action(),
                    is_certain: holds == Some(true),
                    resources,
                }),
            }
        }
        needed
    }

    /// Whether the input fulfils a condition; `None` if that is not known.
    fn fulfils(&self, condition: Condition) -> Option<bool> {
        let value = self.get(condition.member()?, false);
        let is_set = match value {
            Value::Unknown => return None,
            Value::Unset => false,
            Value::Set { .. } => true,
        };
        let equals = |expected: &str| match value {
            Value::Set { scalars, .. } if scalars.is_empty() => None,
            Value::Set { scalars, .. } => Some(scalars.iter().any(|scalar| scalar.is(expected))),
            _ => Some(false),
        };
        match condition {
            Condition::Set { .. } => Some(is_set),
            Condition::Unset { .. } => Some(!is_set),
            Condition::Equals { value, .. } => equals(value),
            Condition::Differs { value, .. } => equals(value).map(|equals| !equals),
            _ => None,
        }
    }

    /// Whether the bucket is a directory bucket, for which sessions have the permissions of `s3express`.
    fn is_in_directory(&self, need: Need) -> bool {
        let Value::Set { scalars, .. } = self.get("Bucket", false) else {
            return false;
        };
        let is_directory = |name: &str| name.ends_with("--x-s3");
        need.action().starts_with("s3:") && scalars.iter().filter_map(Scalar::text).any(is_directory)
    }

    fn resources(&self, need: Need) -> Vec<Resource> {
        let mut resources: Vec<Resource> = Vec::new();
        for template in need.resources() {
            for resource in self.of_template(need, template) {
                if !resources.contains(&resource) {
                    resources.push(resource);
                }
            }
        }
        if resources.is_empty() {
            resources.push(Resource::unknown("resource"));
        }
        resources
    }

    /// The resources of a template.
    fn of_template(&self, need: Need, template: &str) -> Vec<Resource> {
        if template == "*" {
            // AWS may compare such an action with an ARN of its own making.
            return vec![Resource {
                arn: "*".to_owned(),
                is_exact: false,
            }];
        }
        let prefix = need.action().split(':').next().unwrap_or_default();
        let members = template_parts(template).filter(|part| matches!(part, TemplatePart::Member { .. }));
        let is_single = members.count() == 1;
        let mut texts = vec![String::new()];
        let mut whole = Vec::new();
        for part in template_parts(template) {
            match part {
                TemplatePart::Text(text) => push(&mut texts, text),
                TemplatePart::Partition => push_known(&mut texts, self.target.partition, "partition"),
                TemplatePart::Region => push_known(&mut texts, self.target.region, "region"),
                TemplatePart::Account => push_known(&mut texts, self.account(need).as_deref(), "account"),
                TemplatePart::Member { path, part } => {
                    let Value::Set {
                        scalars,
                        is_whole: true,
                    } = self.get(path, part == ValuePart::Keys)
                    else {
                        push(&mut texts, &Unknown::new(path).to_string());
                        continue;
                    };
                    let mut next = Vec::new();
                    for scalar in scalars {
                        let value = scalar.text().map(|text| part.of(text));
                        match value.map(|value| spelled(prefix, path, value)) {
                            Some(Spelling::Arn(arn)) if is_single => whole.push(Resource { arn, is_exact: true }),
                            Some(Spelling::Arn(_) | Spelling::Other) => return vec![Resource::unknown(path)],
                            Some(Spelling::Text(text)) => {
                                next.extend(texts.iter().map(|before| before.clone() + &text));
                            }
                            Some(Spelling::Unknown) | None => {
                                let open = Unknown::new(path).to_string();
                                next.extend(texts.iter().map(|before| before.clone() + &open));
                            }
                        }
                    }
                    texts = next;
                }
                _ => push(&mut texts, &Unknown::new("any").to_string()),
            }
        }
        let is_exact = EXACT.contains(&prefix);
        whole.extend(texts.into_iter().map(|arn| Resource { arn, is_exact }));
        whole
    }

    /// The account of a resource.
    fn account(&self, need: Need) -> Option<String> {
        if need.service().client() == "sqs"
            && let Value::Set { scalars, .. } = self.get("QueueUrl", false)
            && let Some(url) = scalars.first().and_then(|scalar| scalar.text())
        {
            // `https://sqs.eu-west-1.amazonaws.com/123456789012/jobs`; a queue can be in another account. Local servers
            // have accounts of their own making.
            let is_aws = url.contains(".amazonaws.com");
            let account = url.rsplit('/').nth(1).filter(|account| is_aws && is_account(account));
            if let Some(account) = account {
                return Some(account.to_owned());
            }
        }
        self.target.account.map(str::to_owned)
    }
}

impl Resource {
    /// A resource about which nothing is known.
    pub(crate) fn unknown(name: &str) -> Self {
        Self {
            arn: Unknown::new(name).to_string(),
            is_exact: false,
        }
    }
}

fn push(texts: &mut [String], text: &str) {
    for before in texts {
        before.push_str(text);
    }
}

fn push_known(texts: &mut [String], known: Option<&str>, name: &str) {
    match known {
        Some(text) => push(texts, text),
        None => push(texts, &Unknown::word(name).to_string()),
    }
}

/// Whether the name of a bucket is that of an access point.
///
/// Source: Amazon S3 User Guide, "Bucket naming rules", reserved suffixes.
fn is_access_point(bucket: &str) -> bool {
    let bucket = bucket.split('/').next().unwrap_or(bucket);
    ["-s3alias", "--ol-s3", ".mrap", "--xa-s3"]
        .iter()
        .any(|suffix| bucket.ends_with(suffix))
}

/// How a member's value becomes part of an ARN.
enum Spelling {
    /// It is an ARN itself.
    Arn(String),
    Text(String),
    /// It names the resource in another way than its ARN.
    Unknown,
    /// It names a resource of another kind.
    Other,
}

/// - `prefix`: of the action
/// - `member`: the path of the member
fn spelled(prefix: &str, member: &str, value: &str) -> Spelling {
    let is_object = prefix == "s3" && member.ends_with("Key");
    if prefix == "s3" && !is_object && (value.starts_with("arn:") || is_access_point(value)) {
        return Spelling::Other;
    }
    if let Ok(arn) = Arn::parse(value)
        && !is_object
    {
        // Policies name the key and not its alias.
        return if arn.service == "kms" && arn.resource.starts_with("alias/") && member != "AliasName" {
            Spelling::Unknown
        } else {
            Spelling::Arn(value.to_owned())
        };
    }
    match (prefix, member) {
        ("kms", member) if member != "AliasName" && value.starts_with("alias/") => Spelling::Unknown,
        // `name:version`, or an ARN without its start.
        ("lambda", _) if value.contains(':') => Spelling::Unknown,
        ("s3", "CopySource") => {
            let (source, _) = value.split_once("?versionId=").unwrap_or((value, ""));
            if source.contains('%') {
                Spelling::Unknown
            } else {
                Spelling::Text(source.trim_start_matches('/').to_owned())
            }
        }
        // Names of users and roles leave out their paths.
        ("iam" | "sts", _) => Spelling::Text(format!("{}{value}", Unknown::new("path"))),
        _ => Spelling::Text(value.to_owned()),
    }
}
