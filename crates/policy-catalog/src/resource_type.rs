//! Resource types.

use core::fmt;

use crate::arn_format::ArnFormat;
use crate::condition_key::{self, ConditionKey};
use crate::data::index;
use crate::format::{row, three, two};
use crate::service::Service;

/// A type of resource that statements can name.
///
/// ```
/// let service = iam_policy_catalog::Catalog::get().service("s3").unwrap();
/// let object = service.resource_type("object").unwrap();
/// let formats: Vec<_> = object.arn_formats().map(|format| format.as_str()).collect();
/// assert_eq!(formats, ["arn:${Partition}:s3:::${BucketName}/${ObjectName}"]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceType {
    service: Service,
    index: u32,
}

impl ResourceType {
    pub(crate) fn new(service: Service, number: usize) -> Self {
        Self {
            service,
            index: index(number),
        }
    }

    fn row(self) -> &'static [u8; row::resource_type::WIDTH] {
        self.service.data().0.resource_types.row(self.index as usize)
    }

    /// The type's number among all resource types of this version of the catalogue, sorted by service.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// let bucket = catalog.service("s3").unwrap().resource_type("bucket").unwrap();
    /// let all: Vec<_> = catalog.services().flat_map(|service| service.resource_types()).collect();
    /// assert_eq!(all.get(bucket.index()), Some(&bucket));
    /// ```
    #[must_use]
    pub fn index(self) -> usize {
        self.index as usize
    }

    /// The name of the type, unique within its service. Some names contain spaces.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("iam").unwrap();
    /// assert_eq!(service.resource_type("ROLE").unwrap().name(), "role");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        self.service
            .data()
            .0
            .strings
            .name::<{ row::resource_type::NAME }, _>(self.row())
    }

    /// The service that lists the type. Its ARNs can name another service.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("iam").unwrap();
    /// assert_eq!(service.resource_type("role").unwrap().service(), service);
    /// ```
    #[must_use]
    pub fn service(self) -> Service {
        self.service
    }

    /// The formats of the type's ARNs: one, or two for a few types.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("iam").unwrap();
    /// let role = service.resource_type("role").unwrap();
    /// let format = role.arn_formats().next().unwrap();
    /// assert_eq!(format.as_str(), "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}");
    /// ```
    #[must_use]
    pub fn arn_formats(self) -> impl DoubleEndedIterator<Item = ArnFormat> + Clone + 'static {
        self.service
            .data()
            .0
            .strings
            .text::<{ row::resource_type::ARN_FORMATS }, _>(self.row())
            .split('\n')
            .map(ArnFormat)
    }

    /// The condition keys that describe resources of this type.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("iam").unwrap();
    /// let role = service.resource_type("role").unwrap();
    /// assert!(role.condition_keys().any(|key| key.name() == "aws:ResourceTag/${TagKey}"));
    /// ```
    #[must_use]
    pub fn condition_keys(self) -> impl ExactSizeIterator<Item = ConditionKey> + DoubleEndedIterator + Clone + 'static {
        let list = three::<{ row::resource_type::CONDITION_KEYS }, _>(self.row());
        condition_key::list(self.service.data(), list)
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.service.prefix())?;
        f.write_str(":")?;
        f.write_str(self.name())
    }
}

impl fmt::Debug for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResourceType({self})")
    }
}

impl Service {
    pub(crate) fn resource_type_range(self) -> (usize, usize) {
        let row = self.row();
        (
            three::<{ row::service::FIRST_RESOURCE_TYPE }, _>(row),
            two::<{ row::service::RESOURCE_TYPES }, _>(row),
        )
    }

    /// The service's resource types, in the order of the data.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("sqs").unwrap();
    /// assert_eq!(service.resource_types().next().unwrap().name(), "queue");
    /// ```
    #[must_use]
    pub fn resource_types(self) -> impl ExactSizeIterator<Item = ResourceType> + DoubleEndedIterator + Clone + 'static {
        let (first, len) = self.resource_type_range();
        (first..first + len).map(move |index| ResourceType::new(self, index))
    }

    /// The service's resource type with that name, ignoring case.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("s3").unwrap();
    /// let bucket = service.resource_type("bucket").unwrap();
    /// assert_eq!(bucket.to_string(), "s3:bucket");
    /// ```
    #[must_use]
    pub fn resource_type(self, name: &str) -> Option<ResourceType> {
        self.resource_types()
            .find(|found| found.name().eq_ignore_ascii_case(name))
    }
}
