use std::fmt;

use serde_json::{Map, Value, json};

/// The account ID in the examples and tests.
pub const ACCOUNT: &str = "123456789012";

/// A policy document with these statements.
#[must_use]
pub fn policy(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// A policy document that allows `actions` on every resource.
#[must_use]
pub fn allow(actions: &[&str]) -> Value {
    policy(&[json!({ "Effect": "Allow", "Action": actions, "Resource": "*" })])
}

/// A policy document that denies `actions` on every resource.
#[must_use]
pub fn deny(actions: &[&str]) -> Value {
    policy(&[json!({ "Effect": "Deny", "Action": actions, "Resource": "*" })])
}

/// A user, group or role with its policies.
#[derive(Clone, Debug)]
pub struct Entity {
    kind: &'static str,
    json: Value,
}

impl Entity {
    /// The user, group or role with this ARN, without policies.
    ///
    /// # Panics
    ///
    /// If the ARN is that of something else.
    #[must_use]
    pub fn new(arn: &str) -> Self {
        let (kind, path) = arn
            .rsplit_once(':')
            .and_then(|(_, name)| name.split_once('/'))
            .unwrap_or_else(|| panic!("`{arn}` is not the ARN of a user, a group or a role"));
        let kind = match kind {
            "user" => "User",
            "group" => "Group",
            "role" => "Role",
            _ => panic!("`{arn}` is not the ARN of a user, a group or a role"),
        };
        let name = path.rsplit('/').next().unwrap_or(path);
        let json = json!({
            format!("{kind}Name"): name,
            "Arn": arn,
            format!("{kind}PolicyList"): [],
        });
        Self { kind, json }
    }

    /// Adds an inline policy.
    #[must_use]
    pub fn inline(mut self, name: &str, document: &Value) -> Self {
        let list = format!("{}PolicyList", self.kind);
        push(
            &mut self.json[list],
            json!({ "PolicyName": name, "PolicyDocument": document }),
        );
        self
    }

    /// Sets the permissions boundary, the ARN of a managed policy.
    #[must_use]
    pub fn boundary(mut self, arn: &str) -> Self {
        self.json["PermissionsBoundary"] =
            json!({ "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn });
        self
    }
}

/// An account in the form that `aws iam get-account-authorization-details` prints, with the members that the workspace's
/// server reads besides: access keys and service control policies. Its [`Display`](fmt::Display) form is the JSON text.
///
/// # Examples
///
/// ```
/// use testing_support::{Account, Entity, allow};
///
/// let ann = "arn:aws:iam::123456789012:user/ann";
/// let account = Account::new()
///     .entity(Entity::new(ann).inline("own", &allow(&["s3:GetObject"])))
///     .access_key("AKIAIOSFODNN7EXAMPLE", ann);
/// assert!(account.to_string().contains(r#""UserName":"ann""#));
/// ```
#[derive(Clone, Debug)]
pub struct Account(Value);

impl Account {
    /// An empty account.
    #[must_use]
    pub fn new() -> Self {
        Self(json!({ "UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": [] }))
    }

    /// Adds a user, group or role.
    #[must_use]
    pub fn entity(mut self, entity: Entity) -> Self {
        push(&mut self.0[format!("{}DetailList", entity.kind)], entity.json);
        self
    }

    /// Adds a managed policy with a single version.
    #[must_use]
    pub fn managed_policy(mut self, arn: &str, document: &Value) -> Self {
        let policy = json!({
            "PolicyName": arn.rsplit('/').next(),
            "Arn": arn,
            "DefaultVersionId": "v1",
            "PolicyVersionList": [{ "VersionId": "v1", "IsDefaultVersion": true, "Document": document }],
        });
        push(&mut self.0["Policies"], policy);
        self
    }

    /// Adds an access key of the user or role session `arn`.
    #[must_use]
    pub fn access_key(mut self, key: &str, arn: &str) -> Self {
        let keys = self.0.as_object_mut().unwrap().entry("AccessKeys");
        keys.or_insert_with(|| Map::new().into())[key] = arn.into();
        self
    }

    /// Adds a level of the organization with these service control policies.
    #[must_use]
    pub fn service_control(mut self, policies: &[Value]) -> Self {
        let levels = self.0.as_object_mut().unwrap().entry("ServiceControlPolicies");
        push(levels.or_insert_with(|| json!([])), policies.into());
        self
    }
}

impl Default for Account {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn push(list: &mut Value, item: Value) {
    list.as_array_mut().unwrap().push(item);
}
