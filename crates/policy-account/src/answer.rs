use iam_policy_core::PolicyType;
use iam_policy_document::{Builder, Document, Kind, Value};

use crate::copy::copy;
use crate::places::Places;
use crate::policy;

/// A policy found in output of the `aws` command line.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answered {
    /// The policy. Its locations are those of the output, even inside strings, and its paths start at the output's
    /// root.
    pub document: Document,
    /// The type of the policy, if the output tells.
    pub policy_type: PolicyType,
    /// The owner of the policy, such as `` `logs` of `arn:aws:iam::123456789012:user/ann` ``; empty if the output does
    /// not tell.
    pub whose: String,
}

/// The top-level keys of outputs that contain policies.
///
/// Source: AWS CLI Command Reference: `iam get-policy-version`, `get-role-policy`, `get-role`, `list-roles`,
/// `get-account-authorization-details`; `s3api get-bucket-policy`, `lambda get-policy`, `organizations
/// describe-policy`; `secretsmanager get-resource-policy`; `sqs get-queue-attributes`; `ecr get-repository-policy`.
const OUTERMOST: [&str; 12] = [
    "PolicyVersion",
    "PolicyDocument",
    "Role",
    "Roles",
    "UserDetailList",
    "GroupDetailList",
    "RoleDetailList",
    "Policies",
    "Policy",
    "ResourcePolicy",
    "Attributes",
    "policyText",
];

/// Finds the policies in output of the `aws` command line.
///
/// These are the policy of `aws iam get-policy-version`, `get-role-policy` and `get-role`, of `aws s3api
/// get-bucket-policy` and similar commands, and all policies of `aws iam get-account-authorization-details`. Versions
/// of a managed policy other than the default are skipped.
///
/// Nothing is found in a plain policy, or in anything else.
///
/// - `source`: the JSON
/// - `answer`: the parsed JSON
///
/// # Examples
///
/// ```
/// use iam_policy_account::policies_in;
/// use iam_policy_core::PolicyType;
///
/// let source = br#"{"Policy": "{\"Version\": \"2012-10-17\", \"Statement\": []}"}"#;
/// let answer = iam_policy_document::json::read(source).document;
/// let policies = policies_in(source, &answer);
/// assert_eq!(policies[0].policy_type, PolicyType::Resource);
/// assert_eq!(policies[0].document.version().unwrap().value.path().to_string(), "Policy.Version");
/// assert_eq!(policies[0].document.version().unwrap().key_span().unwrap().start, 13);
/// ```
#[must_use]
pub fn policies_in(source: &[u8], answer: &Document) -> Vec<Answered> {
    let root = answer.root();
    let is_answer = |page: Value<'_>| {
        let mut keys = page.members().map(|member| member.key);
        page.get("Statement").is_none() && keys.any(|key| OUTERMOST.contains(&key))
    };
    if !root.one_or_many().any(is_answer) {
        return Vec::new();
    }
    let found = answer.values().filter_map(|value| {
        let policy_type = policy_type(value)?;
        Some(Answered {
            document: document(source, value)?,
            policy_type,
            whose: whose(value, policy_type),
        })
    });
    found.collect()
}

/// The type of policy under a key of an output.
fn policy_type(value: Value<'_>) -> Option<PolicyType> {
    let holder = value.parent()?;
    let beside = |key| holder.get(key).map(|member| member.value);
    match value.key()? {
        "PolicyDocument" => Some(PolicyType::Identity),
        "Document" if beside("IsDefaultVersion").is_none_or(|value| value.kind() != Kind::Bool(false)) => {
            Some(PolicyType::Identity)
        }
        // If a single version was requested, that version is meant.
        "Document" if holder.key() == Some("PolicyVersion") => Some(PolicyType::Identity),
        "AssumeRolePolicyDocument" => Some(PolicyType::Trust),
        "Policy" | "ResourcePolicy" | "policyText" if value.is_string() => Some(PolicyType::Resource),
        "Content" => match beside("PolicySummary")?.get("Type")?.value.as_str()? {
            "SERVICE_CONTROL_POLICY" => Some(PolicyType::ServiceControl),
            "RESOURCE_CONTROL_POLICY" => Some(PolicyType::ResourceControl),
            _ => None,
        },
        _ => None,
    }
}

/// A value as a policy: an object, or a string that contains one.
fn document(source: &[u8], value: Value<'_>) -> Option<Document> {
    let mut builder = Builder::new();
    builder.path(value.path());
    match value.kind() {
        Kind::Object => copy(value, &|span| span, &mut builder),
        Kind::String(text) => {
            let text = policy::decoded(text)?;
            let reading = iam_policy_document::json::read(text.as_bytes());
            let root = reading.document.root();
            if !root.is_object() || !reading.problems.is_empty() {
                return None;
            }
            let places = Places::new(source, value.span()?, &text);
            copy(root, &|span| places.of(span), &mut builder);
        }
        _ => return None,
    }
    Some(builder.finish())
}

fn whose(policy: Value<'_>, policy_type: PolicyType) -> String {
    let around = || std::iter::successors(policy.parent(), |value| value.parent());
    let named = |key| around().find_map(|value| value.get(key)?.value.as_str());
    let owner = named("Arn")
        .or_else(|| named("RoleName"))
        .or_else(|| named("UserName"))
        .or_else(|| named("GroupName"));
    // An object with an ARN is a managed policy.
    let name = named("PolicyName").filter(|name| owner.is_none_or(|owner| !owner.ends_with(&format!("/{name}"))));
    match (name, owner) {
        _ if policy_type == PolicyType::Trust => owner
            .map(|owner| format!("the trust policy of `{owner}`"))
            .unwrap_or_default(),
        (Some(name), Some(owner)) => format!("`{name}` of `{owner}`"),
        (Some(name), None) | (None, Some(name)) => format!("`{name}`"),
        (None, None) => String::new(),
    }
}
