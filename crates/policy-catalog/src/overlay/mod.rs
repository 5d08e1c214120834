//! Documented facts that the Service Authorization Reference lacks or gets wrong.
//!
//! The look-ups of this crate already include them where that is right: [`Action::dependent_actions`] leaves out what
//! is not required, and [`ConditionKey::key_type`] answers with the documented type. For the rest there are methods of
//! their own, such as [`Action::arn_formats`], [`Action::fit`] and [`Catalog::unlisted_action`].
//!
//! Each row is kept by hand and has a [`Source`]. To add a fact, add its row to `overlay/facts.rs`; the tests check that
//! it names a real service, real actions and real keys.

mod facts;

use crate::action::{Action, ActionResource};
use crate::arn_format::ArnFormat;
use crate::catalog::Catalog;
use crate::classes::KeyType;
use crate::condition_key::ConditionKey;
use crate::pattern;

/// Where a fact is documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source {
    /// A page of AWS's documentation, or a public report with AWS's own answer.
    pub url: &'static str,
    /// The day on which somebody last looked, as `YYYY-MM-DD`.
    pub date: &'static str,
}

/// ARNs that AWS authorizes actions on, although the reference does not list them for these actions.
///
/// ```
/// use iam_policy_catalog::overlay::arn_forms;
///
/// let route = arn_forms().iter().find(|form| form.name == "WebSocket route").unwrap();
/// assert_eq!(route.service, "execute-api");
/// assert!(route.source.url.starts_with("https://docs.aws.amazon.com/apigateway/"));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ArnForm {
    /// The prefix of the actions.
    pub service: &'static str,
    /// What such an ARN names.
    pub name: &'static str,
    /// The formats. A `*` in them is an asterisk in the ARN, as in `table/*` for an action about all tables.
    pub formats: &'static [ArnFormat],
    /// The actions.
    pub applies: Applies,
    /// Where this is documented.
    pub source: Source,
}

/// The actions that an [`ArnForm`] belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applies {
    /// The actions with these names.
    ToActions(&'static [&'static str]),
    /// The actions for which the reference lists this resource type.
    ToActionsOn(&'static str),
}

/// Actions that are authorized on `*` and nothing else, as AWS states outside of the reference.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct WithoutResource {
    /// The prefix of the actions.
    pub service: &'static str,
    /// A pattern of their names. Actions that it matches and for which the reference lists a resource type are
    /// excluded.
    pub actions: &'static str,
    /// Where this is documented.
    pub source: Source,
}

/// A short form of resources, which a service expands when it stores a resource policy.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ShortForm {
    /// The prefix of the service's actions.
    pub service: &'static str,
    /// How a resource in the short form begins.
    pub prefix: &'static str,
    /// A pattern of what the service puts in its place.
    pub stands_for: &'static str,
    /// Where this is documented.
    pub source: Source,
}

/// An action that AWS accepts although the reference does not list it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct UnlistedAction {
    /// The prefix of the service.
    pub service: &'static str,
    /// The name in AWS's spelling, without the service.
    pub name: &'static str,
    /// Where this is documented.
    pub source: Source,
}

/// A service principal that the sources of the list of service principals do not name.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct UnlistedPrincipal {
    /// The name without its domain.
    pub name: &'static str,
    /// Where this is documented.
    pub source: Source,
}

/// A dependent action that the reference lists and that callers do not, or not always, need.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct NotRequired {
    /// The action, with its service.
    pub action: &'static str,
    /// The dependent action, with its service.
    pub dependent: &'static str,
    /// When it is required; `None` if never.
    pub only: Option<&'static str>,
    /// Where this is documented.
    pub source: Source,
}

/// A condition key with another type than the reference says.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TypedKey {
    /// The name of the key, or a name that a template stands for.
    pub name: &'static str,
    /// The documented type.
    pub key_type: KeyType,
    /// Where this is documented.
    pub source: Source,
}

/// A condition key of actions for which the reference does not list it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct UnlistedKey {
    /// The prefix of the actions.
    pub service: &'static str,
    /// The names of the actions.
    pub actions: &'static [&'static str],
    /// The name of the key.
    pub key: &'static str,
    /// Where this is documented.
    pub source: Source,
}

/// Actions that AWS authorizes as part of one call, with the same condition keys.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SameCall {
    /// The prefix of the actions.
    pub service: &'static str,
    /// The action that the others accompany.
    pub action: &'static str,
    /// The actions that the same call may also need.
    pub with: &'static [&'static str],
    /// Where this is documented.
    pub source: Source,
}

/// The ARN forms that the reference lacks.
#[must_use]
pub const fn arn_forms() -> &'static [ArnForm] {
    facts::ARN_FORMS
}

/// The actions that are authorized on `*` alone.
#[must_use]
pub const fn without_resource() -> &'static [WithoutResource] {
    facts::WITHOUT_RESOURCE
}

/// The short forms of resources in resource policies.
#[must_use]
pub const fn short_forms() -> &'static [ShortForm] {
    facts::SHORT_FORMS
}

/// The actions that the reference lacks.
#[must_use]
pub const fn unlisted_actions() -> &'static [UnlistedAction] {
    facts::UNLISTED_ACTIONS
}

/// The dependent actions that are not required.
#[must_use]
pub const fn not_required() -> &'static [NotRequired] {
    facts::NOT_REQUIRED
}

/// The condition keys with other types than the reference says.
#[must_use]
pub const fn typed_keys() -> &'static [TypedKey] {
    facts::TYPED_KEYS
}

/// The condition keys that the reference lacks for some actions.
#[must_use]
pub const fn unlisted_keys() -> &'static [UnlistedKey] {
    facts::UNLISTED_KEYS
}

/// The actions that are part of one call.
#[must_use]
pub const fn same_calls() -> &'static [SameCall] {
    facts::SAME_CALLS
}

/// The service principals that only AWS's guides name.
#[must_use]
pub const fn unlisted_principals() -> &'static [UnlistedPrincipal] {
    facts::SERVICE_PRINCIPALS
}

/// The short form in which a resource is written, if any.
///
/// ```
/// use iam_policy_catalog::overlay::short_form;
///
/// let form = short_form("execute-api:/prod/GET/pets").unwrap();
/// assert_eq!((form.service, form.stands_for), ("execute-api", "arn:*:execute-api:*:*:*/"));
/// assert!(short_form("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/prod/GET/pets").is_none());
/// ```
#[must_use]
pub fn short_form(resource: &str) -> Option<&'static ShortForm> {
    facts::SHORT_FORMS.iter().find(|form| resource.starts_with(form.prefix))
}

/// The documented type of a condition key, if it is not the reference's.
///
/// - `name`: as a policy writes it, in any case
pub(crate) fn key_type(name: &str) -> Option<KeyType> {
    let mut keys = facts::TYPED_KEYS.iter();
    Some(keys.find(|key| key.name.eq_ignore_ascii_case(name))?.key_type)
}

/// Whether a caller of `action` needs `dependent` whatever the call, as far as the overlay knows.
pub(crate) fn is_required(action: Action, dependent: Action) -> bool {
    let names =
        |written: &str, action: Action| written.split_once(':') == Some((action.service().prefix(), action.name()));
    !facts::NOT_REQUIRED
        .iter()
        .any(|row| names(row.action, action) && names(row.dependent, dependent))
}

impl Applies {
    fn to(self, action: Action) -> bool {
        match self {
            Self::ToActions(names) => names.contains(&action.name()),
            Self::ToActionsOn(kind) => action
                .resource_types()
                .map(ActionResource::resource_type)
                .any(|listed| listed.name() == kind),
        }
    }
}

impl Action {
    /// The forms of ARNs that AWS documents for this action outside of the reference.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// let names = |action| -> Vec<_> { catalog.action(action).unwrap().arn_forms().map(|form| form.name).collect() };
    /// assert_eq!(names("execute-api:Invoke"), ["WebSocket route"]);
    /// assert_eq!(names("logs:DescribeLogGroups"), ["all log groups"]);
    /// ```
    pub fn arn_forms(self) -> impl Iterator<Item = &'static ArnForm> + Clone {
        let service = self.service().prefix();
        facts::ARN_FORMS
            .iter()
            .filter(move |form| form.service == service && form.applies.to(self))
    }

    /// The formats of the ARNs that AWS authorizes the action on: those of its [resource types](Self::resource_types),
    /// and those that AWS documents elsewhere. A format may occur twice.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// let list = catalog.action("dynamodb:ListTables").unwrap();
    /// assert!(list.is_wildcard_only());
    /// let formats: Vec<_> = list.arn_formats().map(|format| format.as_str()).collect();
    /// assert_eq!(formats, ["arn:${Partition}:dynamodb:${Region}:${Account}:table/*"]);
    /// ```
    pub fn arn_formats(self) -> impl Iterator<Item = ArnFormat> + Clone {
        let of_types = self
            .resource_types()
            .flat_map(|listed| listed.resource_type().arn_formats());
        of_types.chain(self.arn_forms().flat_map(|form| form.formats.iter().copied()))
    }

    /// Whether AWS states, outside of the reference as well, that the action is authorized on `*` and nothing else.
    /// For other [actions without resource types](Self::is_wildcard_only), some services check ARNs all the same.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert!(catalog.action("ec2:DescribeInstances").unwrap().is_without_resource());
    /// assert!(!catalog.action("logs:DescribeLogGroups").unwrap().is_without_resource());
    /// ```
    #[must_use]
    pub fn is_without_resource(self) -> bool {
        let of_action = |row: &WithoutResource| {
            row.service == self.service().prefix() && pattern::glob(row.actions.as_bytes(), self.name().as_bytes())
        };
        self.is_wildcard_only() && facts::WITHOUT_RESOURCE.iter().any(of_action)
    }

    /// Whether AWS documents a condition key for this action outside of the reference.
    ///
    /// - `name`: the name of the key, in any case
    ///
    /// ```
    /// let subscribe = iam_policy_catalog::Catalog::get().action("aws-marketplace:Subscribe").unwrap();
    /// assert!(subscribe.has_unlisted_key("aws-marketplace:ProductId"));
    /// assert!(subscribe.condition_keys().all(|key| key.name() != "aws-marketplace:ProductId"));
    /// ```
    #[must_use]
    pub fn has_unlisted_key(self, name: &str) -> bool {
        facts::UNLISTED_KEYS.iter().any(|row| {
            row.service == self.service().prefix()
                && row.actions.contains(&self.name())
                && row.key.eq_ignore_ascii_case(name)
        })
    }

    /// The actions that AWS may authorize in the same call, with the same condition keys.
    ///
    /// ```
    /// let tag = iam_policy_catalog::Catalog::get().action("sts:TagSession").unwrap();
    /// assert!(tag.in_same_call().any(|action| action.name() == "AssumeRoleWithWebIdentity"));
    /// ```
    pub fn in_same_call(self) -> impl Iterator<Item = Action> + Clone {
        let (service, own) = (self.service(), self.name());
        let rows = facts::SAME_CALLS
            .iter()
            .filter(move |row| row.service == service.prefix());
        let names = rows.flat_map(move |row| {
            let parts = if row.action == own { row.with } else { &[] };
            let whole = row.with.contains(&own).then_some(row.action);
            parts.iter().copied().chain(whole)
        });
        names.filter_map(move |name| service.action(name))
    }
}

impl Catalog {
    /// The action of that name, ignoring case, if AWS accepts it although the reference does not list it.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert!(catalog.action("SNS:Receive").is_none());
    /// assert_eq!(catalog.unlisted_action("SNS:Receive").unwrap().name, "Receive");
    /// ```
    #[must_use]
    pub fn unlisted_action(self, name: &str) -> Option<&'static UnlistedAction> {
        let (service, name) = name.split_once(':')?;
        facts::UNLISTED_ACTIONS
            .iter()
            .find(|row| row.service.eq_ignore_ascii_case(service) && row.name.eq_ignore_ascii_case(name))
    }
}

impl ConditionKey {
    /// The type of the values of a key that this one [stands for](Self::stands_for).
    ///
    /// ```
    /// use iam_policy_catalog::{Catalog, KeyType};
    ///
    /// let key = Catalog::get().condition_key("kms:EncryptionContext:purpose").unwrap();
    /// assert_eq!(key.key_type_of("kms:EncryptionContext:purpose"), KeyType::String);
    /// assert_eq!(key.key_type_of("kms:EncryptionContext:aws:logs:arn"), KeyType::Arn);
    /// ```
    #[must_use]
    pub fn key_type_of(self, name: &str) -> KeyType {
        key_type(name).unwrap_or_else(|| self.key_type())
    }
}
