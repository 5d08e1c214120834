use iam_policy_core::PolicyType;
use iam_policy_document::{Builder, Diagnostic, Document, Kind, Location, Path, Span, Value, unsupported_format};

use crate::copy::copy;
use crate::places::Places;
use crate::policy;
use crate::read::{RESOURCE_CONTROL, SERVICE_CONTROL};

/// A policy found in output of the `aws` command line.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answered {
    /// The policy. Its locations are those of the output, even inside strings, and its paths start at the output's
    /// root.
    pub document: Document,
    /// The errors in the JSON of a policy that the output contains as a string, with locations in the output. If there
    /// are any, the document is only what could be read.
    pub problems: Vec<Diagnostic>,
    /// The type of the policy: the one that the output tells, or the one that the policy's contents suggest.
    pub policy_type: PolicyType,
    /// The name of the policy, or else of its owner, if the output has one.
    pub name: Option<String>,
    /// The owner of the policy, such as `` `logs` of `arn:aws:iam::123456789012:user/ann` ``, or the path to the policy
    /// if the output does not name one.
    pub whose: String,
}

/// The keys under which outputs have policies, so that a value is one even if it has mistakes.
///
/// Source: AWS CLI Command Reference: `iam get-role-policy`, `get-role`; `sso-admin
/// get-inline-policy-for-permission-set`; `glue get-resource-policy`; `s3api get-bucket-policy`, `kms get-key-policy`,
/// `lambda get-policy`; `secretsmanager get-resource-policy`; `ecr get-repository-policy`; `opensearch describe-domain`.
const KEYS: [&str; 8] = [
    "PolicyDocument",
    "AssumeRolePolicyDocument",
    "InlinePolicy",
    "PolicyInJson",
    "Policy",
    "ResourcePolicy",
    "policyText",
    "AccessPolicies",
];

/// How many strings may contain each other. Each level of escaping makes a text longer, so more are not meant.
const MAX_STRINGS: usize = 8;

/// Finds the policies in output of the `aws` command line, and in other JSON that contains policies.
///
/// A policy may be an object, a string that contains one, percent-encoded or not, or an element of an array. It is
/// found under the keys that the commands use for policies, and under any other key if it has a statement with an
/// `Effect`. Versions of a managed policy other than the default are skipped.
///
/// Nothing is found in a plain policy, or in a [format that is not supported](unsupported_format).
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
    let mut found = Vec::new();
    if root.get("Statement").is_none() && unsupported_format(root).is_none() {
        let file = Text {
            source,
            places: None,
            path: Path::default(),
            level: 0,
        };
        file.search(root, &mut found);
    }
    found
}

/// JSON that may contain policies: the output, or a string in it.
struct Text<'s> {
    source: &'s [u8],
    /// Where its bytes are in the output; `None` for the output itself.
    places: Option<Places>,
    /// The path to it.
    path: Path,
    /// How many strings it is in.
    level: usize,
}

impl Text<'_> {
    /// Finds the policies in a value of this text.
    fn search(&self, value: Value<'_>, found: &mut Vec<Answered>) {
        if is_other_version(value) {
            return;
        }
        match value.kind() {
            Kind::String(text) => self.string(value, text, found),
            Kind::Object if is_policy(value, value) => self.add(value, value, Vec::new(), found),
            Kind::Object => value.members().for_each(|member| self.search(member.value, found)),
            Kind::Array => value.items().for_each(|item| self.search(item, found)),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => {}
        }
    }

    /// Finds the policies in a string.
    fn string(&self, value: Value<'_>, text: &str, found: &mut Vec<Answered>) {
        if self.level == MAX_STRINGS {
            return;
        }
        let (Some(decoded), Some(span)) = (policy::json_in(text), value.span()) else {
            return;
        };
        let mut places = Places::new(self.source, span, &decoded);
        if let Some(outer) = &self.places {
            places = places.within(outer);
        }
        let mut path = self.path.clone();
        path.0.extend(value.path().0);
        let mut inner = Text {
            source: decoded.as_bytes(),
            places: Some(places),
            path,
            level: self.level + 1,
        };
        // The policy of an API in API Gateway is escaped twice, but has no quotes of its own.
        let escaped = decoded.trim_start().strip_prefix('{');
        let quoted = if escaped.is_some_and(|rest| rest.trim_start().starts_with('\\')) {
            inner.places = inner.places.map(Places::quoted);
            format!("\"{decoded}\"")
        } else {
            String::new()
        };
        if !quoted.is_empty() {
            inner.source = quoted.as_bytes();
        }
        let mut reading = iam_policy_document::json::read(inner.source);
        let root = reading.document.root();
        match root.kind() {
            Kind::Object if unsupported_format(root).is_some() => {}
            Kind::Object if is_policy(value, root) && (is_named(value) || reading.problems.is_empty()) => {
                for problem in &mut reading.problems {
                    inner.place(problem);
                }
                inner.add(value, root, reading.problems, found);
            }
            Kind::Object if reading.problems.is_empty() => {
                root.members().for_each(|member| inner.search(member.value, found));
            }
            Kind::String(text) if reading.problems.is_empty() => inner.string(root, text, found),
            Kind::Array if reading.problems.is_empty() => {
                root.items().for_each(|item| inner.search(item, found));
            }
            _ => {}
        }
    }

    /// - `at`: what the output has as the policy: `root`, or the string that contains it
    /// - `root`: the policy
    fn add(&self, at: Value<'_>, root: Value<'_>, problems: Vec<Diagnostic>, found: &mut Vec<Answered>) {
        let mut path = self.path.clone();
        path.0.extend(root.path().0);
        let mut builder = Builder::new();
        builder.path(path.clone());
        copy(root, &|span| self.of(span), &mut builder);
        let document = builder.finish();
        let policy_type = type_by_key(at).unwrap_or_else(|| document.inferred_type());
        found.push(Answered {
            name: name(at),
            whose: whose(at, &path, policy_type),
            document,
            problems,
            policy_type,
        });
    }

    fn of(&self, span: Span) -> Span {
        self.places.as_ref().map_or(span, |places| places.of(span))
    }

    /// Moves a problem with this text to the output.
    fn place(&self, problem: &mut Diagnostic) {
        let place = |location: &mut Location| {
            location.span = location.span.map(|span| self.of(span));
            location.path = self.path.clone();
        };
        place(&mut problem.location);
        problem.labels.iter_mut().for_each(|label| place(&mut label.location));
    }
}

/// Whether a value is a version of a managed policy that does not apply. If a single version was requested, that one is
/// meant.
fn is_other_version(value: Value<'_>) -> bool {
    let Some(holder) = value.parent().filter(|_| is_key(value, "Document")) else {
        return false;
    };
    let mut members = holder.members();
    let is_default = members.find(|member| member.key.eq_ignore_ascii_case("IsDefaultVersion"));
    is_default.is_some_and(|member| member.value.kind() == Kind::Bool(false)) && !is_key(holder, "PolicyVersion")
}

/// Whether a value has this key. Other records of the API than the command line's have keys in lower camel case.
fn is_key(value: Value<'_>, key: &str) -> bool {
    value.key().is_some_and(|own| own.eq_ignore_ascii_case(key))
}

/// Whether an object beside a value has one of these keys.
fn has_beside(value: Value<'_>, keys: &[&str]) -> bool {
    let members = value.parent().into_iter().flat_map(Value::members);
    members
        .into_iter()
        .any(|member| keys.iter().any(|key| member.key.eq_ignore_ascii_case(key)))
}

/// Whether the key of a value says that it is a policy.
fn is_named(at: Value<'_>) -> bool {
    at.key().is_some_and(|key| KEYS.contains(&key))
        || at.key() == Some("Document") && has_beside(at, &["IsDefaultVersion", "VersionId"])
        || at.key() == Some("Content") && organization_type(at).is_some()
}

/// Whether a value is a policy.
///
/// - `at`: what the output has as the policy: the policy, or the string that contains it
/// - `root`: the policy
fn is_policy(at: Value<'_>, root: Value<'_>) -> bool {
    let has_statement = root.get("Statement").is_some_and(|member| {
        let mut statements = member.value.one_or_many();
        statements.any(|statement| statement.get("Effect").is_some())
    });
    let of_a_policy = |key: &str| {
        ["Version", "Id", "Statement"]
            .iter()
            .any(|own| own.eq_ignore_ascii_case(key))
    };
    let resembles_policy = || {
        let mut keys = root.members().map(|member| member.key);
        is_named(at) && (root.members().next().is_none() || keys.any(of_a_policy))
    };
    has_statement || resembles_policy()
}

/// The type that the key of a policy tells.
fn type_by_key(at: Value<'_>) -> Option<PolicyType> {
    if is_key(at, "AssumeRolePolicyDocument") {
        return Some(PolicyType::Trust);
    }
    let is_of_iam = || match at.key() {
        Some("PolicyDocument") => has_beside(at, &["PolicyName", "RoleName", "UserName", "GroupName"]),
        Some("Document" | "document") => has_beside(at, &["IsDefaultVersion", "VersionId"]),
        // A policy of CloudWatch Logs has a name too.
        Some("policyDocument") => has_beside(at, &["RoleName", "UserName", "GroupName"]),
        Some("InlinePolicy") => true,
        _ => false,
    };
    if is_of_iam() {
        return Some(PolicyType::Identity);
    }
    let of_a_resource = [
        "Policy",
        "ResourcePolicy",
        "policyText",
        "PolicyInJson",
        "AccessPolicies",
    ];
    if at.is_string() && at.key().is_some_and(|key| of_a_resource.contains(&key)) {
        return Some(PolicyType::Resource);
    }
    organization_type(at)
}

/// The type of a policy of AWS Organizations, which is beside it or, in the file of an account, the key of the list.
fn organization_type(at: Value<'_>) -> Option<PolicyType> {
    let lists = std::iter::successors(Some(at), |value| value.parent()).filter_map(Value::key);
    for key in lists {
        match key {
            SERVICE_CONTROL => return Some(PolicyType::ServiceControl),
            RESOURCE_CONTROL => return Some(PolicyType::ResourceControl),
            _ => {}
        }
    }
    let holder = at.parent().filter(|_| at.key() == Some("Content"))?;
    match holder.get("PolicySummary")?.value.get("Type")?.value.as_str()? {
        "SERVICE_CONTROL_POLICY" => Some(PolicyType::ServiceControl),
        "RESOURCE_CONTROL_POLICY" => Some(PolicyType::ResourceControl),
        _ => None,
    }
}

/// The string under a key of the objects around a policy, from the inside out.
fn named<'a>(policy: Value<'a>, key: &str) -> Option<&'a str> {
    std::iter::successors(policy.parent(), |value| value.parent()).find_map(|value| value.get(key)?.value.as_str())
}

/// The keys that name the owner of a policy.
const OWNERS: [&str; 6] = [
    "Arn",
    "RoleName",
    "UserName",
    "GroupName",
    "VpcEndpointId",
    "repositoryName",
];

/// - `policy`: the policy, or the string that contains it
fn name(policy: Value<'_>) -> Option<String> {
    let owner = || OWNERS.into_iter().find_map(|key| named(policy, key));
    let name = named(policy, "PolicyName").or_else(owner)?;
    Some(name.rsplit([':', '/']).next().unwrap_or(name).to_owned())
}

/// - `policy`: the policy, or the string that contains it
/// - `path`: the path to the policy
fn whose(policy: Value<'_>, path: &Path, policy_type: PolicyType) -> String {
    let owner = OWNERS.into_iter().find_map(|key| named(policy, key));
    // An object with an ARN is a managed policy.
    let name =
        named(policy, "PolicyName").filter(|name| owner.is_none_or(|owner| !owner.ends_with(&format!("/{name}"))));
    match (name, owner) {
        (_, Some(owner)) if policy_type == PolicyType::Trust => format!("the trust policy of `{owner}`"),
        (Some(name), Some(owner)) => format!("`{name}` of `{owner}`"),
        (Some(name), None) | (None, Some(name)) => format!("`{name}`"),
        (None, None) if path.0.is_empty() => String::new(),
        (None, None) => format!("`{path}`"),
    }
}
