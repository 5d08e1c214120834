use std::collections::BTreeMap;

use iam_policy_core::{Arn, AttachmentKind, IamArn};

use crate::policy::{Named, Policy};

/// The users, groups and roles in a file, with their policies.
#[derive(Clone, Debug, Default)]
pub struct Principals {
    entities: Vec<Entity>,
    /// The index of each entity, by kind, account and lower-case name.
    names: BTreeMap<(EntityKind, String, String), usize>,
    managed: Vec<ManagedPolicy>,
    /// The index of each managed policy, by ARN.
    arns: BTreeMap<String, usize>,
    pub(crate) access_keys: BTreeMap<String, String>,
    pub(crate) service_control: Vec<Vec<Named>>,
    pub(crate) resource_control: Vec<Vec<Named>>,
    pub(crate) resource_policies: BTreeMap<String, Policy>,
}

/// The kind of an entity.
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
    /// Its name, as in ARNs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
        }
    }

    /// The kind, path and name of a user, group or role.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_account::EntityKind;
    /// use iam_policy_core::IamArn;
    ///
    /// let (_, role) = IamArn::parse("arn:aws:iam::123456789012:role/ci/build").unwrap();
    /// assert_eq!(EntityKind::of(role), Some((EntityKind::Role, "/ci/", "build")));
    /// ```
    #[must_use]
    pub const fn of(arn: IamArn<'_>) -> Option<(Self, &str, &str)> {
        match arn {
            IamArn::User { path, name } => Some((Self::User, path, name)),
            IamArn::Group { path, name } => Some((Self::Group, path, name)),
            IamArn::Role { path, name } => Some((Self::Role, path, name)),
            _ => None,
        }
    }

    /// How its inline policies are attached, which determines their quota.
    #[must_use]
    pub const fn inline(self) -> AttachmentKind {
        match self {
            Self::User => AttachmentKind::InlineUser,
            Self::Group => AttachmentKind::InlineGroup,
            Self::Role => AttachmentKind::InlineRole,
        }
    }
}

/// A user, a group or a role.
///
/// Source: IAM API Reference, `UserDetail`, `GroupDetail`, `RoleDetail`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Entity {
    /// Its kind.
    pub kind: EntityKind,
    /// Its ARN, including the path.
    pub arn: String,
    /// Its name, without the path.
    pub name: String,
    /// Its path, such as `/` or `/service-role/`.
    pub path: String,
    /// Its unique identifier, such as `AIDA…`, if known.
    pub id: Option<String>,
    /// Its creation date, as in the file.
    pub created: Option<String>,
    /// Its inline policies.
    pub inline: Vec<Named>,
    /// The ARNs of its managed policies.
    pub attached: Vec<String>,
    /// The names of a user's groups.
    pub groups: Vec<String>,
    /// The ARN of the managed policy that is its permissions boundary.
    pub boundary: Option<String>,
    /// A role's trust policy.
    pub trust: Option<Policy>,
    /// The keys and values of its tags.
    pub tags: Vec<(String, String)>,
}

impl Entity {
    /// The account ID.
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
    /// Every user, group and role, in file order.
    pub fn entities(&self) -> impl Iterator<Item = &Entity> {
        self.entities.iter()
    }

    /// All managed policies in the file.
    pub fn managed(&self) -> impl Iterator<Item = &ManagedPolicy> {
        self.managed.iter()
    }

    /// The service control policies of the account: one list for each level of the organization, from the root down to
    /// the account. Empty if the account is not in an organization.
    #[must_use]
    pub fn service_control(&self) -> &[Vec<Named>] {
        &self.service_control
    }

    /// The resource control policies, likewise.
    #[must_use]
    pub fn resource_control(&self) -> &[Vec<Named>] {
        &self.resource_control
    }

    /// The policy of the resource with this ARN.
    #[must_use]
    pub fn resource_policy(&self, arn: &str) -> Option<&Policy> {
        self.resource_policies.get(arn)
    }

    /// The ARNs of resources and their policies, sorted by ARN.
    pub fn resource_policies(&self) -> impl Iterator<Item = (&str, &Policy)> {
        self.resource_policies
            .iter()
            .map(|(arn, policy)| (arn.as_str(), policy))
    }

    /// The ARN of the principal that owns this access key.
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

    /// All access keys and their owners, sorted by key.
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

    /// The entity with this kind and name in an account, with any path. Names are unique regardless of case, so the
    /// lookup ignores it.
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
