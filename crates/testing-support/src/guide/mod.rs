//! A second opinion: IAM's evaluation logic, written from the IAM User Guide alone by somebody who had not read the evaluator of
//! this workspace. It works on plain JSON values, allocates as it likes and is as slow as it is simple. Tests compare its decisions
//! with the evaluator's and with the prover's witnesses on random policies and requests.
//!
//! It is defined only for policies that AWS would store: a misspelled operator panics.

mod condition;
mod random;
mod values;

use std::collections::BTreeMap;

use serde_json::Value;

pub use random::{Random, Shape, edited, random_case, random_policy, random_request, receivable};
use values::{glob, tokens};

/// The values that a request has for each condition key. A key without values is absent.
pub type Keys = BTreeMap<String, Vec<String>>;

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// An IAM user, by ARN.
    User(String),
    /// A session of a role: the role's ARN and the session's.
    Session {
        /// The role's ARN, with its path.
        role: String,
        /// The ARN of the session: `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`.
        session: String,
    },
    /// A federated user session of `sts:GetFederationToken`, by ARN.
    Federated(String),
    /// An AWS service, such as `lambda.amazonaws.com`.
    Service(String),
}

impl Caller {
    /// The account of the caller. A service has none.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::User(arn) | Self::Session { role: arn, .. } | Self::Federated(arn) => arn.split(':').nth(4),
            Self::Service(_) => None,
        }
    }

    /// The ARN of the account of the caller.
    fn root(&self) -> Option<String> {
        let (Self::User(arn) | Self::Session { role: arn, .. } | Self::Federated(arn)) = self else {
            return None;
        };
        Some(format!("arn:{}:iam::{}:root", arn.split(':').nth(1)?, self.account()?))
    }

    /// The keys that follow from who the caller is.
    fn keys(&self) -> Vec<(&'static str, String)> {
        let account = self.account().unwrap_or_default().to_owned();
        match self {
            Self::User(arn) => vec![
                ("aws:PrincipalArn", arn.clone()),
                ("aws:PrincipalAccount", account),
                ("aws:PrincipalType", "User".to_owned()),
                ("aws:username", arn.rsplit('/').next().unwrap_or_default().to_owned()),
            ],
            Self::Session { role, .. } => vec![
                ("aws:PrincipalArn", role.clone()),
                ("aws:PrincipalAccount", account),
                ("aws:PrincipalType", "AssumedRole".to_owned()),
            ],
            Self::Federated(arn) => vec![
                ("aws:PrincipalArn", arn.clone()),
                ("aws:PrincipalAccount", account),
                ("aws:PrincipalType", "FederatedUser".to_owned()),
            ],
            Self::Service(_) => vec![],
        }
    }

    /// What `NotPrincipal` must list, one entry each, so that the caller is exempt: AWS may check the account, then the role, then
    /// the session.
    fn exemptions(&self) -> Vec<Vec<String>> {
        let account = || {
            let account = self.account().unwrap_or_default();
            vec![account.to_owned(), self.root().unwrap_or_default()]
        };
        match self {
            Self::User(arn) | Self::Federated(arn) => vec![vec![arn.clone()], account()],
            Self::Session { role, session } => vec![vec![session.clone()], vec![role.clone()], account()],
            Self::Service(name) => vec![vec![name.clone()]],
        }
    }
}

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks.
    pub caller: Caller,
    /// `service:Name`.
    pub action: String,
    /// The ARN, or `*` if the action has no resource.
    pub resource: String,
    /// The account that owns the resource.
    pub resource_account: String,
    /// The condition keys. Those that follow from the caller are added. A key without values is absent, even one of those.
    pub keys: Keys,
}

/// Everything that AWS evaluates for a request.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    /// The policies of the user or role.
    pub identity: Vec<Value>,
    /// The permissions boundary.
    pub boundary: Option<Value>,
    /// The session policies; `None` if the session was created without any.
    pub session: Option<Vec<Value>>,
    /// The policy of the resource.
    pub resource: Option<Value>,
    /// Whether the resource is a KMS key or, for `sts:AssumeRole`, a role: then its policy must allow, directly or by delegation.
    pub resource_must_allow: bool,
    /// The service control policies of each level of the caller's organization.
    pub service_control: Vec<Vec<Value>>,
    /// The resource control policies of each level of the resource's organization.
    pub resource_control: Vec<Vec<Value>>,
}

/// The services whose resources can have resource control policies, among those that tests use.
const RESOURCE_CONTROLLED: [&str; 4] = ["s3", "sqs", "sts", "kms"];

/// The outcome, named as in the answers of the IAM policy simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// `allowed`
    Allowed,
    /// `implicitDeny`
    ImplicitDeny,
    /// `explicitDeny`
    ExplicitDeny,
}

/// How a statement names the caller.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    /// By its own ARN, the session's ARN, the service's name or as `*`.
    Itself,
    /// By the ARN of the role whose session it is.
    Role,
    /// By its account.
    Account,
}

/// Decides a request as the guide's "Policy evaluation logic" does.
#[must_use]
pub fn decide(policies: &Policies, request: &Request) -> Decision {
    if request.action.eq_ignore_ascii_case("sts:GetCallerIdentity") {
        return Decision::Allowed;
    }
    let linked = matches!(&request.caller, Caller::Session { role, .. } if role.contains(":role/aws-service-role/"));
    let service = matches!(request.caller, Caller::Service(_));
    let keys = all_keys(request);
    let keys = &keys;
    let no_organization = Vec::new();
    let service_control = if linked || service {
        &no_organization
    } else {
        &policies.service_control
    };
    let controlled = RESOURCE_CONTROLLED
        .iter()
        .any(|service| request.action.to_ascii_lowercase().starts_with(&format!("{service}:")));
    let resource_control = if linked || !controlled {
        &no_organization
    } else {
        &policies.resource_control
    };
    let no_identity = Vec::new();
    let identity = if service { &no_identity } else { &policies.identity };
    let bounded = policies.boundary.is_some() && !service;
    let boundary: Vec<&Value> = policies.boundary.iter().filter(|_| !service).collect();
    let session: Vec<&Value> = policies.session.iter().flatten().filter(|_| !service).collect();

    // 1. An explicit deny in any policy wins.
    let everywhere = identity
        .iter()
        .chain(boundary.iter().copied())
        .chain(session.iter().copied())
        .chain(service_control.iter().flatten())
        .chain(resource_control.iter().flatten());
    for policy in everywhere {
        if effect(policy, "Deny", request, keys) {
            return Decision::ExplicitDeny;
        }
    }
    if let Some(policy) = &policies.resource
        && statements(policy).iter().any(|statement| {
            statement["Effect"] == "Deny"
                && names(statement, &request.caller, bounded).is_some()
                && applies(statement, policy, request, keys)
        })
    {
        return Decision::ExplicitDeny;
    }

    // 2. Each level of the organization must allow.
    for level in service_control {
        if !level.iter().any(|policy| effect(policy, "Allow", request, keys)) {
            return Decision::ImplicitDeny;
        }
    }

    // 3. What the policy of the resource grants, by how it names the caller.
    let granted = |named: Named| {
        policies.resource.as_ref().is_some_and(|policy| {
            statements(policy).iter().any(|statement| {
                statement["Effect"] == "Allow"
                    && names(statement, &request.caller, bounded) == Some(named)
                    && applies(statement, policy, request, keys)
            })
        })
    };
    let (itself, role, account) = (granted(Named::Itself), granted(Named::Role), granted(Named::Account));

    // 4. What the identity has, within its boundary and session.
    let within = |policies: &[&Value]| policies.iter().any(|policy| effect(policy, "Allow", request, keys));
    let within_boundary = !bounded || within(&boundary);
    let within_session = policies.session.is_none() || within(&session);
    // "If you do not pass a policy, the resulting federated user session has no permissions."
    let powerless = matches!(request.caller, Caller::Federated(_)) && policies.session.is_none();
    let limits = within_boundary && within_session;
    let own = identity.iter().any(|policy| effect(policy, "Allow", request, keys)) && limits && !powerless;

    let allowed = if service {
        itself
    } else if request.caller.account() == Some(&request.resource_account) {
        itself || (role && limits) || (own && (account || !policies.resource_must_allow))
    } else {
        own && (itself || role || account)
    };
    if allowed {
        Decision::Allowed
    } else {
        Decision::ImplicitDeny
    }
}

fn all_keys(request: &Request) -> Keys {
    let mut keys = request.keys.clone();
    for (key, value) in request.caller.keys() {
        if !keys.keys().any(|given| given.eq_ignore_ascii_case(key)) {
            keys.insert(key.to_owned(), vec![value]);
        }
    }
    keys
}

/// One value or an array, as a list.
fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values.iter().collect(),
        value => vec![value],
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

fn texts(value: &Value) -> Vec<String> {
    list(value).into_iter().map(text).collect()
}

fn statements(policy: &Value) -> Vec<&Value> {
    list(&policy["Statement"])
}

/// Whether a statement of a policy without principals has this effect on the request.
fn effect(policy: &Value, effect: &str, request: &Request, keys: &Keys) -> bool {
    statements(policy)
        .iter()
        .any(|statement| statement["Effect"] == effect && applies(statement, policy, request, keys))
}

/// Whether action, resource and condition of a statement match.
fn applies(statement: &Value, policy: &Value, request: &Request, keys: &Keys) -> bool {
    // Without the Version element, the language is that of 2008, which has no variables.
    let variables = (policy["Version"] == "2012-10-17").then_some(keys);
    let action = |element: &str| {
        texts(&statement[element])
            .iter()
            .any(|pattern| action_matches(pattern, &request.action))
    };
    let resource = |element: &str| {
        texts(&statement[element])
            .iter()
            .any(|pattern| resource_matches(pattern, &request.resource, variables))
    };
    let action = if statement["Action"].is_null() {
        !action("NotAction")
    } else {
        action("Action")
    };
    let resource = if !statement["Resource"].is_null() {
        resource("Resource")
    } else if !statement["NotResource"].is_null() {
        !resource("NotResource")
    } else {
        true
    };
    action && resource && condition::holds(&statement["Condition"], keys, variables)
}

/// Actions are matched regardless of case.
fn action_matches(pattern: &str, action: &str) -> bool {
    let pattern = tokens(&pattern.to_ascii_lowercase(), true, None).unwrap();
    glob(&pattern, &action.to_ascii_lowercase())
}

/// Resources are matched part by part. A pattern that ends early, in `*`, matches all that follows.
fn resource_matches(pattern: &str, resource: &str, variables: Option<&Keys>) -> bool {
    let patterns: Vec<&str> = pattern.splitn(6, ':').collect();
    let parts: Vec<&str> = resource.splitn(patterns.len(), ':').collect();
    if parts.len() < patterns.len() || (patterns.len() < 6 && !pattern.ends_with('*')) {
        return false;
    }
    patterns.iter().zip(&parts).enumerate().all(|(index, (pattern, part))| {
        // Variables are replaced only after the fifth colon. One without a value matches nothing.
        tokens(pattern, true, variables.filter(|_| index == 5)).is_some_and(|pattern| glob(&pattern, part))
    })
}

/// How a statement of a resource policy applies to the caller, if it does.
fn names(statement: &Value, caller: &Caller, bounded: bool) -> Option<Named> {
    let listed = |element: &Value, kind: &str, name: &str| {
        *element == "*" || texts(&element[kind]).iter().any(|value| value == name)
    };
    let not = &statement["NotPrincipal"];
    if !not.is_null() {
        let kind = if matches!(caller, Caller::Service(_)) {
            "Service"
        } else {
            "AWS"
        };
        let exempt = caller
            .exemptions()
            .iter()
            .all(|names| names.iter().any(|name| listed(not, kind, name)));
        return (bounded || !exempt).then_some(Named::Itself);
    }
    let principal = &statement["Principal"];
    if *principal == "*" || texts(&principal["AWS"]).iter().any(|value| value == "*") {
        return Some(Named::Itself);
    }
    let account = caller.account().unwrap_or_default();
    let by_account = || {
        (listed(principal, "AWS", account) || listed(principal, "AWS", &caller.root().unwrap_or_default()))
            .then_some(Named::Account)
    };
    match caller {
        Caller::Service(name) => listed(principal, "Service", name).then_some(Named::Itself),
        Caller::User(arn) | Caller::Federated(arn) => {
            if listed(principal, "AWS", arn) {
                Some(Named::Itself)
            } else {
                by_account()
            }
        }
        Caller::Session { role, session } => {
            if listed(principal, "AWS", session) {
                Some(Named::Itself)
            } else if listed(principal, "AWS", role) {
                Some(Named::Role)
            } else {
                by_account()
            }
        }
    }
}
