use std::collections::BTreeMap;

use iam_policy_core::{Arn, Attach};

use crate::policy::{Named, Policy};

/// The users, groups and roles of a file, with their policies.
#[derive(Clone, Debug, Default)]
pub struct Principals {
    entities: Vec<Entity>,
    /// Where each is among the entities, by kind, account and name in lower case.
    names: BTreeMap<(EntityKind, String, String), usize>,
    managed: Vec<ManagedPolicy>,
    /// Where each is among the managed policies, by its ARN.
    arns: BTreeMap<String, usize>,
    pub(crate) access_keys: BTreeMap<String, String>,
    pub(crate) service_control: Vec<Vec<Named>>,
    pub(crate) resource_control: Vec<Vec<Named>>,
    pub(crate) resource_policies: BTreeMap<String, Policy>,
}

/// What an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityKind {
    /// A user.
    User,
    /// A group of users.
    Group,
    /// A role.
    Role,
}

impl EntityKind {
    /// The word for it, as it stands in its ARN.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
        }
    }

    /// Where its inline policies are attached, hence their quota.
    #[must_use]
    pub const fn inline(self) -> Attach {
        match self {
            Self::User => Attach::InlineUser,
            Self::Group => Attach::InlineGroup,
            Self::Role => Attach::InlineRole,
        }
    }
}

/// A user, a group or a role.
///
/// Source: IAM API Reference, `UserDetail`, `GroupDetail`, `RoleDetail`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// Its ARN, with the path.
    pub arn: String,
    /// Its name, without the path.
    pub name: String,
    /// Its path, such as `/` or `/service-role/`.
    pub path: String,
    /// Its unique identifier, such as `AIDA…`, if the file has it.
    pub id: Option<String>,
    /// When it was created, as the file has it.
    pub created: Option<String>,
    /// The policies that are embedded in it.
    pub inline: Vec<Named>,
    /// The ARNs of the managed policies that are attached to it.
    pub attached: Vec<String>,
    /// The names of the groups that a user is in.
    pub groups: Vec<String>,
    /// The ARN of the managed policy that is its permissions boundary.
    pub boundary: Option<String>,
    /// Who may assume a role.
    pub trust: Option<Policy>,
    /// The keys and values of its tags.
    pub tags: Vec<(String, String)>,
}

impl Entity {
    /// The account that it is in.
    #[must_use]
    pub fn account(&self) -> &str {
        Arn::parse(&self.arn).map_or("", |arn| arn.account)
    }

    /// The partition that its account is in.
    #[must_use]
    pub fn partition(&self) -> &str {
        Arn::parse(&self.arn).map_or("", |arn| arn.partition)
    }
}

/// A managed policy, in its default version.
///
/// Source: IAM API Reference, `ManagedPolicyDetail`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ManagedPolicy {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its default version.
    pub policy: Policy,
}

impl Principals {
    /// Every user, group and role, in the order of the file.
    pub fn entities(&self) -> impl Iterator<Item = &Entity> {
        self.entities.iter()
    }

    /// The managed policies that are attached to anybody, and others that the file has.
    pub fn managed(&self) -> impl Iterator<Item = &ManagedPolicy> {
        self.managed.iter()
    }

    /// The service control policies of the account, a list for each level of the organization, from the root down to
    /// the account. Without any, the account is in no organization.
    #[must_use]
    pub fn service_control(&self) -> &[Vec<Named>] {
        &self.service_control
    }

    /// The resource control policies, likewise.
    #[must_use]
    pub fn resource_control(&self) -> &[Vec<Named>] {
        &self.resource_control
    }

    /// The policy of the resource of this ARN.
    #[must_use]
    pub fn resource_policy(&self, arn: &str) -> Option<&Policy> {
        self.resource_policies.get(arn)
    }

    /// The ARN of whoever has this access key.
    ///
    /// # Examples
    ///
    /// ```
    /// let reading = iam_policy_account::read(br#"{"AccessKeys": {"AKIAIOSFODNN7EXAMPLE": "arn:aws:iam::123456789012:root"}}"#);
    /// assert_eq!(reading.principals.access_key("AKIAIOSFODNN7EXAMPLE"), Some("arn:aws:iam::123456789012:root"));
    /// ```
    #[must_use]
    pub fn access_key(&self, id: &str) -> Option<&str> {
        self.access_keys.get(id).map(String::as_str)
    }

    /// All access keys and whose they are, by the key.
    pub fn access_keys(&self) -> impl Iterator<Item = (&str, &str)> {
        self.access_keys.iter().map(|(key, arn)| (key.as_str(), arn.as_str()))
    }

    pub(crate) fn add(&mut self, entity: Entity) {
        let key = key(entity.kind, entity.account(), &entity.name);
        self.names.insert(key, self.entities.len());
        self.entities.push(entity);
    }

    pub(crate) fn add_managed(&mut self, policy: ManagedPolicy) {
        self.arns.insert(policy.arn.clone(), self.managed.len());
        self.managed.push(policy);
    }

    pub(crate) fn managed_policy(&self, arn: &str) -> Option<&ManagedPolicy> {
        self.managed.get(*self.arns.get(arn)?)
    }

    /// The entity of this kind and name in an account, whatever its path. No two names differ in case alone, so case
    /// does not matter.
    ///
    /// Source: IAM User Guide, "IAM and AWS STS quotas", "IAM name requirements": names are unique within an account
    /// and not distinguished by case.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_account::EntityKind;
    ///
    /// let file = br#"{"RoleDetailList": [{"RoleName": "build", "Arn": "arn:aws:iam::123456789012:role/ci/build"}]}"#;
    /// let principals = iam_policy_account::read(file).principals;
    /// let build = principals.named(EntityKind::Role, "123456789012", "Build").unwrap();
    /// assert_eq!(build.path, "/ci/");
    /// ```
    #[must_use]
    pub fn named(&self, kind: EntityKind, account: &str, name: &str) -> Option<&Entity> {
        self.entities.get(*self.names.get(&key(kind, account, name))?)
    }
}

fn key(kind: EntityKind, account: &str, name: &str) -> (EntityKind, String, String) {
    (kind, account.to_owned(), name.to_ascii_lowercase())
}
