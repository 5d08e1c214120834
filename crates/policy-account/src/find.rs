use std::fmt;

use iam_policy_core::Attach;
use iam_policy_document::Document;
use iam_policy_eval::{PolicyError, PolicyKind, PolicySet, Principal};

use crate::model::{Entity, EntityKind, ManagedPolicy, Principals};
use crate::policy::Policy;

/// An entity with all policies that are its own: its inline policies, the managed ones that are attached to it, and
/// those of the groups that it is in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Identity<'p> {
    /// The user, group or role.
    pub entity: &'p Entity,
    /// Its policies: of the entity itself first the inline ones, then the managed ones, and then those of each of its
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
    /// Where it is from.
    pub origin: Origin<'p>,
}

/// Where a policy of an identity is from.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Origin<'p> {
    /// It is embedded in this user, group or role.
    Inline(&'p Entity),
    /// It is a managed policy, and attached to this user, group or role.
    Managed {
        /// The ARN of the policy.
        arn: &'p str,
        /// To whom it is attached.
        entity: &'p Entity,
    },
}

impl<'p> Origin<'p> {
    /// The user, group or role that has the policy: the identity itself, or a group that it is in.
    #[must_use]
    pub const fn entity(self) -> &'p Entity {
        match self {
            Self::Inline(entity) | Self::Managed { entity, .. } => entity,
        }
    }

    /// What kind of attachment it is.
    #[must_use]
    pub const fn attach(self) -> Attach {
        match self {
            Self::Inline(entity) => entity.kind.inline(),
            Self::Managed { .. } => Attach::Managed,
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
    /// The documents of its policies, in their order.
    pub fn documents(&self) -> impl Iterator<Item = &'p Document> {
        self.policies.iter().map(|policy| policy.policy.document())
    }

    /// Its policies, compiled.
    ///
    /// # Errors
    ///
    /// Never, as long as the file had no problems with them.
    pub fn policy_set(&self) -> Result<PolicySet, PolicyError> {
        PolicySet::compile(PolicyKind::Identity, self.documents())
    }
}

/// Why there are no policies to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotFound {
    /// The text is no ARN of a principal.
    NoPrincipal(String),
    /// Whoever this is has no policies of its own in a file of principals: a root user, a federated user, a service.
    NoPolicies(String),
    /// The file does not have it.
    Unknown {
        /// What it is.
        kind: EntityKind,
        /// Its ARN as it was asked for.
        arn: String,
        /// The ARN of the one that has its name and account, but another path or case.
        meant: Option<String>,
    },
}

impl NotFound {
    /// How to mend it, where there is something to say.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::NoPrincipal(_) => Some("such as `arn:aws:iam::123456789012:user/ann`".to_owned()),
            Self::NoPolicies(_) => None,
            Self::Unknown { meant, .. } => meant.as_ref().map(|meant| format!("did you mean `{meant}`?")),
        }
    }
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPrincipal(text) => write!(f, "`{text}` is no ARN of a user, a group or a role"),
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
    /// Looks up a user, a group, a role, or the role of a session.
    ///
    /// - `arn`: such as `arn:aws:iam::123456789012:role/service-role/build`; of a session
    ///   `arn:aws:sts::123456789012:assumed-role/build/SESSION`, which does not tell the path of the role
    ///
    /// # Errors
    ///
    /// When the file does not have it, or it has no policies of its own.
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

    /// An entity of these principals with all its policies. What the file does not have is left out.
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

/// What an ARN asks for.
struct Wanted<'a> {
    kind: EntityKind,
    account: &'a str,
    name: &'a str,
    /// Whether it is that of a session, which does not tell the path of its role.
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
    // A group makes no requests.
    if let Ok(parts) = iam_policy_core::Arn::parse(arn)
        && parts.service == "iam"
        && let Some(group) = parts.resource.strip_prefix("group/")
    {
        return wanted(EntityKind::Group, parts.account, last(group), false);
    }
    match Principal::parse(arn) {
        Ok(Principal::User { account, name, .. }) => wanted(EntityKind::User, account, name, false),
        Ok(Principal::Role { account, role, .. }) => wanted(EntityKind::Role, account, role, false),
        Ok(Principal::Session { account, role, .. }) => wanted(EntityKind::Role, account, role, true),
        Ok(_) => Err(NotFound::NoPolicies(arn.to_owned())),
        Err(_) => Err(NotFound::NoPrincipal(arn.to_owned())),
    }
}

/// The name at the end of a path.
pub(crate) fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
