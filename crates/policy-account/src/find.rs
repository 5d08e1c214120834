use std::fmt;

use iam_policy_core::{AttachmentKind, IamArn};
use iam_policy_document::{Document, did_you_mean};
use iam_policy_eval::{PolicyError, PolicySet, PolicyType, Principal};

use crate::model::{Entity, EntityKind, ManagedPolicy, Principals};
use crate::policy::Policy;

/// An entity with all its policies: its inline policies, the managed policies attached to it, and those of its groups.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Identity<'p> {
    /// The user, group or role.
    pub entity: &'p Entity,
    /// Its policies: first the entity's own inline policies, then its managed policies, then those of each of its
    /// groups.
    pub policies: Vec<IdentityPolicy<'p>>,
    /// Its permissions boundary.
    pub boundary: Option<&'p ManagedPolicy>,
}

/// One of the policies of an identity.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct IdentityPolicy<'p> {
    /// Its name.
    pub name: &'p str,
    /// The policy.
    pub policy: &'p Policy,
    /// Its origin.
    pub origin: Origin<'p>,
}

/// The origin of a policy.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Origin<'p> {
    /// An inline policy of this user, group or role.
    Inline(&'p Entity),
    /// A managed policy attached to this user, group or role.
    Managed {
        /// The ARN of the policy.
        arn: &'p str,
        /// The entity it is attached to.
        entity: &'p Entity,
    },
}

impl<'p> Origin<'p> {
    /// The user, group or role that has the policy: the identity itself, or one of its groups.
    #[must_use]
    pub const fn entity(self) -> &'p Entity {
        match self {
            Self::Inline(entity) | Self::Managed { entity, .. } => entity,
        }
    }

    /// The attachment kind.
    #[must_use]
    pub const fn attach(self) -> AttachmentKind {
        match self {
            Self::Inline(entity) => entity.kind.inline(),
            Self::Managed { .. } => AttachmentKind::Managed,
        }
    }
}

/// Such as `inline policy of the group readers` or `managed policy arn:aws:iam::aws:policy/ReadOnlyAccess`.
impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inline(entity) => write!(f, "inline policy of the {} `{}`", entity.kind.name(), entity.name),
            Self::Managed { arn, entity } => write!(
                f,
                "managed policy `{arn}`, attached to the {} `{}`",
                entity.kind.name(),
                entity.name
            ),
        }
    }
}

impl<'p> Identity<'p> {
    /// The documents of its policies, in order.
    pub fn documents(&self) -> impl Iterator<Item = &'p Document> {
        self.policies.iter().map(|policy| policy.policy.document())
    }

    /// Compiles its policies.
    ///
    /// # Errors
    ///
    /// Never, if the file was read without problems.
    pub fn policy_set(&self) -> Result<PolicySet, PolicyError> {
        PolicySet::compile(PolicyType::Identity, self.documents())
    }
}

/// Why a principal's policies are unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotFound {
    /// The text is not the ARN of a principal.
    NoPrincipal(String),
    /// The principal has no policies in an account file: it is a root user, a federated user or a service.
    NoPolicies(String),
    /// The file does not contain it.
    Unknown {
        /// Its kind.
        kind: EntityKind,
        /// The ARN that was requested.
        arn: String,
        /// The ARN of an entity with the same name and account, but another path or case.
        meant: Option<String>,
    },
}

impl NotFound {
    /// How to fix it, if known.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::NoPrincipal(_) => Some("such as `arn:aws:iam::123456789012:user/ann`".to_owned()),
            Self::NoPolicies(_) => None,
            Self::Unknown { meant, .. } => meant.as_deref().map(did_you_mean),
        }
    }
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPrincipal(text) => write!(f, "`{text}` is not the ARN of a user, a group or a role"),
            Self::NoPolicies(text) => write!(
                f,
                "`{text}` has no policies of its own: only users, groups, roles and sessions of roles do"
            ),
            Self::Unknown { kind, arn, .. } => write!(f, "there is no {} `{arn}`", kind.name()),
        }
    }
}

impl std::error::Error for NotFound {}

impl Principals {
    /// Finds a user, a group, a role, or the role of a session.
    ///
    /// - `arn`: for example `arn:aws:iam::123456789012:role/service-role/build`, or for a session
    ///   `arn:aws:sts::123456789012:assumed-role/build/SESSION`, which omits the path of the role
    ///
    /// # Errors
    ///
    /// If the file does not contain it, or it has no policies of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// let reading = iam_policy_account::read(
    ///     br#"{"RoleDetailList": [{"RoleName": "build", "Arn": "arn:aws:iam::123456789012:role/ci/build"}]}"#,
    /// );
    /// let principals = reading.principals;
    /// let of_session = principals.find("arn:aws:sts::123456789012:assumed-role/build/42")?;
    /// assert_eq!(of_session.entity.arn, "arn:aws:iam::123456789012:role/ci/build");
    ///
    /// let error = principals.find("arn:aws:iam::123456789012:role/build").unwrap_err();
    /// assert_eq!(error.to_string(), "there is no role `arn:aws:iam::123456789012:role/build`");
    /// assert_eq!(error.advice().unwrap(), "did you mean `arn:aws:iam::123456789012:role/ci/build`?");
    /// # Ok::<(), iam_policy_account::NotFound>(())
    /// ```
    pub fn find(&self, arn: &str) -> Result<Identity<'_>, NotFound> {
        let Wanted {
            kind,
            account,
            name,
            is_session,
        } = wanted(arn)?;
        let by_name = self.named(kind, account, name);
        match by_name.filter(|entity| is_session || entity.arn == arn) {
            Some(entity) => Ok(self.identity(entity)),
            None => Err(NotFound::Unknown {
                kind,
                arn: arn.to_owned(),
                meant: by_name.map(|entity| entity.arn.clone()),
            }),
        }
    }

    /// An entity with all its policies. Policies missing from the file are skipped.
    #[must_use]
    pub fn identity<'p>(&'p self, entity: &'p Entity) -> Identity<'p> {
        let groups = entity
            .groups
            .iter()
            .filter_map(|name| self.named(EntityKind::Group, entity.account(), name));
        Identity {
            entity,
            policies: std::iter::once(entity)
                .chain(groups)
                .flat_map(|entity| self.policies_of(entity))
                .collect(),
            boundary: entity.boundary.as_deref().and_then(|arn| self.managed_policy(arn)),
        }
    }

    fn policies_of<'p>(&'p self, entity: &'p Entity) -> impl Iterator<Item = IdentityPolicy<'p>> {
        let inline = entity.inline.iter().map(move |named| IdentityPolicy {
            name: &named.name,
            policy: &named.policy,
            origin: Origin::Inline(entity),
        });
        let managed = entity
            .attached
            .iter()
            .filter_map(|arn| self.managed_policy(arn))
            .map(move |managed| IdentityPolicy {
                name: &managed.name,
                policy: &managed.policy,
                origin: Origin::Managed {
                    arn: &managed.arn,
                    entity,
                },
            });
        inline.chain(managed)
    }
}

/// What an ARN refers to.
struct Wanted<'a> {
    kind: EntityKind,
    account: &'a str,
    name: &'a str,
    /// Whether it is a session, whose ARN omits the path of its role.
    is_session: bool,
}

fn wanted(arn: &str) -> Result<Wanted<'_>, NotFound> {
    let wanted = |kind, account, name, is_session| {
        Ok(Wanted {
            kind,
            account,
            name,
            is_session,
        })
    };
    // Groups make no requests.
    if let Some((parts, IamArn::Group { name, .. })) = IamArn::parse(arn) {
        return wanted(EntityKind::Group, parts.account, name, false);
    }
    match Principal::parse(arn) {
        Ok(Principal::User { account, name, .. }) => wanted(EntityKind::User, account, name, false),
        Ok(Principal::Role { account, role, .. }) => wanted(EntityKind::Role, account, role, false),
        Ok(Principal::Session { account, role, .. }) => wanted(EntityKind::Role, account, role, true),
        Ok(_) => Err(NotFound::NoPolicies(arn.to_owned())),
        Err(_) => Err(NotFound::NoPrincipal(arn.to_owned())),
    }
}

/// The last segment of a path.
pub(crate) fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
