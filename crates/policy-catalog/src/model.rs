//! Handles on the rows of the catalogue.

use core::fmt;

use crate::arn_format::ArnFormat;
use crate::catalog::{Catalog, keys, lower_bound};
use crate::classes::{AccessLevel, GlobalScope, KeyType};
use crate::expand;
use crate::format::{self, one, row, three, two};

/// Row numbers are digits of the data file, so they are far below `u32::MAX`.
fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// An AWS service, as IAM knows it: a prefix of actions.
///
/// ```
/// let service = iam_policy_catalog::Catalog::get().service("lambda").unwrap();
/// assert_eq!(service.name(), "AWS Lambda");
/// assert_eq!(service.to_string(), "lambda");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Service {
    catalog: Catalog,
    index: u32,
}

impl Service {
    pub(crate) fn new(catalog: Catalog, number: usize) -> Self {
        Self {
            catalog,
            index: index(number),
        }
    }

    fn row(self) -> &'static [u8; row::service::WIDTH] {
        self.catalog.0.services.row(self.number())
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
        self.catalog.0.strings.name::<{ row::service::PREFIX }, _>(self.row())
    }

    /// What AWS calls the service.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("sts").unwrap();
    /// assert_eq!(service.name(), "AWS Security Token Service");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        self.catalog.0.strings.text::<{ row::service::TITLE }, _>(self.row())
    }

    /// The category in which AWS lists the service, if the data puts it in one.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("s3").unwrap();
    /// assert_eq!(service.category().unwrap().name(), "Storage");
    /// ```
    #[must_use]
    pub fn category(self) -> Option<Category> {
        let category = one::<{ row::service::CATEGORY }, _>(self.row());
        Some(Category {
            catalog: self.catalog,
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

    /// The service's actions, in the order of the data.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("sts").unwrap();
    /// assert!(service.actions().any(|action| action.name() == "AssumeRole"));
    /// ```
    #[must_use]
    pub fn actions(self) -> impl ExactSizeIterator<Item = Action> + DoubleEndedIterator + Clone + 'static {
        let (first, len) = self.catalog.0.service_actions(self.number());
        self.catalog.0.order.rows(first, len).iter().map(move |row| {
            let number = two::<{ row::order::ACTION }, _>(row);
            Action::new(self.catalog, self.number(), first + number)
        })
    }

    /// The service's action of that name, in any case.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("sts").unwrap();
    /// assert_eq!(service.action("assumerole").unwrap().name(), "AssumeRole");
    /// ```
    #[must_use]
    pub fn action(self, name: &str) -> Option<Action> {
        let number = self.catalog.0.find_action(self.number(), name.as_bytes())?;
        Some(Action::new(self.catalog, self.number(), number))
    }

    /// The service's actions whose names match a pattern, in any case: those that [`Catalog::expand`] gives for the
    /// service and this pattern, but by name. To learn whether there is one it takes much less time.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("s3").unwrap();
    /// let names: Vec<_> = service.matching("*bucketpolicy").map(|action| action.name()).collect();
    /// assert_eq!(names, ["DeleteBucketPolicy", "GetBucketPolicy", "PutBucketPolicy"]);
    /// assert!(service.matching("Fetch*").next().is_none());
    /// ```
    pub fn matching(self, pattern: &str) -> impl Iterator<Item = Action> + Clone {
        let data = self.catalog.0;
        let (first, len) = data.service_actions(self.number());
        let (start, rest) = expand::split_literal(pattern.as_bytes());
        let from = lower_bound(first, first + len, start, |index| data.action_name(index));
        (from..first + len)
            .map_while(move |index| Some((index, expand::strip_start(data.action_name(index), start)?)))
            .filter(move |(_, tail)| rest == b"*" || expand::glob(rest, tail))
            .map(move |(index, _)| Action::new(self.catalog, self.number(), index))
    }

    fn own_resource_types(self) -> (usize, usize) {
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
        let (first, len) = self.own_resource_types();
        (first..first + len).map(move |index| ResourceType::new(self, index))
    }

    /// The service's resource type of that name, in any case.
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

    /// The condition keys that the service's actions and resource types have, in the order of the data. Some have the
    /// prefix of another service or `aws:`.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("sqs").unwrap();
    /// assert!(service.condition_keys().any(|key| key.name() == "aws:ResourceTag/${TagKey}"));
    /// ```
    #[must_use]
    pub fn condition_keys(self) -> impl ExactSizeIterator<Item = ConditionKey> + DoubleEndedIterator + Clone + 'static {
        keys(self.catalog, three::<{ row::service::CONDITION_KEYS }, _>(self.row()))
    }

    /// The condition key of that name as this service has it: in any case, placeholders filled in or not.
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
        let found = self.catalog.condition_key(name)?;
        // Rows of one name are neighbours, and the one that was found is the first.
        self.condition_keys()
            .find(|key| key.index >= found.index && (*key == found || key.name().eq_ignore_ascii_case(found.name())))
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
    catalog: Catalog,
    index: u32,
}

impl Category {
    fn row(self) -> &'static [u8; row::category::WIDTH] {
        self.catalog.0.categories.row(self.index as usize)
    }

    /// The category's name in lower case with hyphens.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("s3").unwrap();
    /// assert_eq!(service.category().unwrap().key(), "storage");
    /// ```
    #[must_use]
    pub fn key(self) -> &'static str {
        self.catalog.0.strings.name::<{ row::category::KEY }, _>(self.row())
    }

    /// The category's name.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("s3").unwrap();
    /// assert_eq!(service.category().unwrap().name(), "Storage");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        self.catalog.0.strings.text::<{ row::category::TITLE }, _>(self.row())
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

/// An action that a policy can allow.
///
/// Compares by service and name, alphabetically.
///
/// ```
/// let action = iam_policy_catalog::Catalog::get().action("s3:getobject").unwrap();
/// assert_eq!(action.to_string(), "s3:GetObject");
/// let needed: Vec<_> = action
///     .resource_types()
///     .map(|found| found.resource_type().name())
///     .collect();
/// assert!(needed.contains(&"object"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Action {
    catalog: Catalog,
    service: u32,
    index: u32,
}

impl Action {
    pub(crate) fn new(catalog: Catalog, service: usize, number: usize) -> Self {
        Self {
            catalog,
            service: index(service),
            index: index(number),
        }
    }

    fn row(self) -> &'static [u8; row::action::WIDTH] {
        self.catalog.0.actions.row(self.index())
    }

    fn shape(self) -> &'static [u8; row::shape::WIDTH] {
        let number = two::<{ row::action::SHAPE }, _>(self.row());
        self.catalog.0.shapes.row(number)
    }

    /// The catalogue that the action is from.
    #[doc(hidden)]
    #[must_use]
    pub fn catalog(self) -> Catalog {
        self.catalog
    }

    /// The action's number among all actions of this version of the catalogue, by service and name. Good for sets of
    /// actions as bits; it changes with the data.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// let action = catalog.action("s3:GetObject").unwrap();
    /// assert!(action.index() < catalog.actions().len());
    /// ```
    #[must_use]
    pub fn index(self) -> usize {
        self.index as usize
    }

    /// The action's name without the service, spelt as AWS spells it. With the service it is what the action displays
    /// as.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("iam:passrole").unwrap();
    /// assert_eq!(action.name(), "PassRole");
    /// assert_eq!(action.to_string(), "iam:PassRole");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        self.catalog.0.strings.name::<{ row::action::NAME }, _>(self.row())
    }

    /// The service that the action belongs to.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("iam:PassRole").unwrap();
    /// assert_eq!(action.service().prefix(), "iam");
    /// ```
    #[must_use]
    pub fn service(self) -> Service {
        Service {
            catalog: self.catalog,
            index: self.service,
        }
    }

    /// What the action does to things.
    ///
    /// ```
    /// use iam_policy_catalog::{AccessLevel, Catalog};
    ///
    /// let action = Catalog::get().action("iam:PassRole").unwrap();
    /// assert_eq!(action.access_level(), AccessLevel::Write);
    /// ```
    #[must_use]
    pub fn access_level(self) -> AccessLevel {
        match one::<{ row::action::LEVEL }, _>(self.row()) {
            0 => AccessLevel::List,
            1 => AccessLevel::Read,
            2 => AccessLevel::Write,
            3 => AccessLevel::Tagging,
            _ => AccessLevel::PermissionsManagement,
        }
    }

    /// The resource types that a statement can limit the action to, in the order of the data. The data names a few of
    /// them twice for one action.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("lambda:GetFunction").unwrap();
    /// let function = action.resource_types().next().unwrap();
    /// assert_eq!(function.resource_type().name(), "function");
    /// assert!(function.is_required());
    /// ```
    #[must_use]
    pub fn resource_types(
        self,
    ) -> impl ExactSizeIterator<Item = ActionResource> + DoubleEndedIterator + Clone + 'static {
        let list = three::<{ row::action::RESOURCE_TYPES }, _>(self.row());
        associations(self.service(), list)
    }

    /// Whether the action supports no resource type, so that only `*` as the resource allows it: what the Service
    /// Authorization Reference says of an action whose column of resource types is empty.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert!(catalog.action("s3:ListAllMyBuckets").unwrap().is_wildcard_only());
    /// assert!(!catalog.action("s3:ListBucket").unwrap().is_wildcard_only());
    /// ```
    #[must_use]
    pub fn is_wildcard_only(self) -> bool {
        self.resource_types().len() == 0
    }

    /// The condition keys that come with the action whatever its resource, without those of its resource types and
    /// without global ones.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("s3:ListBucket").unwrap();
    /// assert!(action.condition_keys().any(|key| key.name() == "s3:prefix"));
    /// ```
    #[must_use]
    pub fn condition_keys(self) -> impl ExactSizeIterator<Item = ConditionKey> + DoubleEndedIterator + Clone + 'static {
        keys(self.catalog, three::<{ row::shape::CONDITION_KEYS }, _>(self.shape()))
    }

    /// The other actions that whoever calls this one needs as well, whatever the resource. Some are needed for certain
    /// resource types only: [`ActionResource::dependent_actions`].
    ///
    /// They are from [another version](Catalog::dependent_actions_version) of the data, the last one that has any: an
    /// action that is newer has none here.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("appsync:CreateGraphqlApi").unwrap();
    /// let needed: Vec<_> = action.dependent_actions().map(|needed| needed.to_string()).collect();
    /// assert_eq!(needed, ["iam:CreateServiceLinkedRole"]);
    /// ```
    #[must_use]
    pub fn dependent_actions(self) -> impl ExactSizeIterator<Item = Action> + DoubleEndedIterator + Clone + 'static {
        dependents(self.catalog, three::<{ row::shape::DEPENDENTS }, _>(self.shape()))
    }

    /// The combinations of resource types that the action is called with, where the data tells them. It does for a
    /// handful of actions.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("cloudwatch:TagResource").unwrap();
    /// let first = action.scenarios().next().unwrap();
    /// assert_eq!(first.name(), "CloudWatch-Alarm");
    /// ```
    #[must_use]
    pub fn scenarios(self) -> impl ExactSizeIterator<Item = Scenario> + DoubleEndedIterator + Clone + 'static {
        let list = three::<{ row::shape::SCENARIOS }, _>(self.shape());
        let rows: &'static [[u8; row::scenario::WIDTH]] = self.catalog.0.lists.get(list);
        rows.iter().map(move |row| Scenario {
            service: self.service(),
            row,
        })
    }
}

fn associations(
    service: Service,
    list: usize,
) -> impl ExactSizeIterator<Item = ActionResource> + DoubleEndedIterator + Clone + 'static {
    let rows: &'static [[u8; row::association::WIDTH]] = service.catalog.0.lists.get(list);
    rows.iter().map(move |row| ActionResource { service, row })
}

fn dependents(
    catalog: Catalog,
    list: usize,
) -> impl ExactSizeIterator<Item = Action> + DoubleEndedIterator + Clone + 'static {
    let rows: &'static [[u8; row::dependent::WIDTH]] = catalog.0.lists.get(list);
    rows.iter().map(move |row| {
        let action = three::<{ row::dependent::ACTION }, _>(row);
        Action::new(catalog, catalog.service_of(action), action)
    })
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.service().prefix())?;
        f.write_str(":")?;
        f.write_str(self.name())
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Action({self})")
    }
}

/// What an action has to do with a resource type.
///
/// ```
/// let action = iam_policy_catalog::Catalog::get().action("ec2:RunInstances").unwrap();
/// let (required, optional): (Vec<_>, Vec<_>) =
///     action.resource_types().partition(|found| found.is_required());
/// assert!(required.iter().any(|found| found.resource_type().name() == "instance"));
/// assert!(optional.iter().any(|found| found.resource_type().name() == "key-pair"));
/// ```
#[derive(Clone, Copy)]
pub struct ActionResource {
    service: Service,
    row: &'static [u8; row::association::WIDTH],
}

impl ActionResource {
    fn kind(self) -> &'static [u8; row::kind::WIDTH] {
        let number = two::<{ row::association::KIND }, _>(self.row);
        self.service.catalog.0.kinds.row(number)
    }

    /// The resource type, which is of the action's own service.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("sqs:SendMessage").unwrap();
    /// let queue = action.resource_types().next().unwrap().resource_type();
    /// assert_eq!(queue.to_string(), "sqs:queue");
    /// ```
    #[must_use]
    pub fn resource_type(self) -> ResourceType {
        let (first, _) = self.service.own_resource_types();
        let number = two::<{ row::association::RESOURCE_TYPE }, _>(self.row);
        ResourceType::new(self.service, first + number)
    }

    /// Whether the action always concerns a resource of this type.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("sqs:SendMessage").unwrap();
    /// assert!(action.resource_types().next().unwrap().is_required());
    /// ```
    #[must_use]
    pub fn is_required(self) -> bool {
        one::<{ row::kind::REQUIRED }, _>(self.kind()) != 0
    }

    /// The condition keys that come with the action when it concerns a resource of this type, besides the action's own.
    /// They include those of the resource type that the action supports.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("ec2:TerminateInstances").unwrap();
    /// let instance = action.resource_types().next().unwrap();
    /// assert!(instance.condition_keys().any(|key| key.name() == "ec2:InstanceType"));
    /// ```
    #[must_use]
    pub fn condition_keys(self) -> impl ExactSizeIterator<Item = ConditionKey> + DoubleEndedIterator + Clone + 'static {
        let list = three::<{ row::kind::CONDITION_KEYS }, _>(self.kind());
        keys(self.service.catalog, list)
    }

    /// The other actions that are needed when the action concerns a resource of this type, from
    /// [another version](Catalog::dependent_actions_version) of the data.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("lambda:CreateFunction").unwrap();
    /// let function = action.resource_types().next().unwrap();
    /// assert!(function.dependent_actions().any(|needed| needed.name() == "PassRole"));
    /// ```
    #[must_use]
    pub fn dependent_actions(self) -> impl ExactSizeIterator<Item = Action> + DoubleEndedIterator + Clone + 'static {
        let list = three::<{ row::kind::DEPENDENTS }, _>(self.kind());
        dependents(self.service.catalog, list)
    }
}

impl fmt::Debug for ActionResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActionResource")
            .field("resource_type", &self.resource_type())
            .field("required", &self.is_required())
            .finish_non_exhaustive()
    }
}

/// A combination of resource types that an action is called with.
///
/// ```
/// let action = iam_policy_catalog::Catalog::get().action("cloudwatch:TagResource").unwrap();
/// let alarm = action.scenarios().next().unwrap();
/// assert_eq!(alarm.resource_types().next().unwrap().resource_type().name(), "alarm");
/// ```
#[derive(Clone, Copy)]
pub struct Scenario {
    service: Service,
    row: &'static [u8; row::scenario::WIDTH],
}

impl Scenario {
    /// What the data calls the combination.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("cloudwatch:TagResource").unwrap();
    /// assert!(action.scenarios().all(|scenario| scenario.name().starts_with("CloudWatch-")));
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        self.service
            .catalog
            .0
            .strings
            .text::<{ row::scenario::NAME }, _>(self.row)
    }

    /// The resource types of the combination.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("cloudwatch:TagResource").unwrap();
    /// let alarm = action.scenarios().next().unwrap();
    /// assert_eq!(alarm.resource_types().len(), 1);
    /// ```
    #[must_use]
    pub fn resource_types(
        self,
    ) -> impl ExactSizeIterator<Item = ActionResource> + DoubleEndedIterator + Clone + 'static {
        let list = three::<{ row::scenario::RESOURCE_TYPES }, _>(self.row);
        associations(self.service, list)
    }
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scenario({})", self.name())
    }
}

/// A type of resources that a statement can name.
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
    fn new(service: Service, number: usize) -> Self {
        Self {
            service,
            index: index(number),
        }
    }

    fn row(self) -> &'static [u8; row::resource_type::WIDTH] {
        self.service.catalog.0.resource_types.row(self.index as usize)
    }

    /// The type's number among all resource types of this version of the catalogue, by service.
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

    /// The name of the type, unique in its service. Some have spaces.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("iam").unwrap();
    /// assert_eq!(service.resource_type("ROLE").unwrap().name(), "role");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        self.service
            .catalog
            .0
            .strings
            .name::<{ row::resource_type::NAME }, _>(self.row())
    }

    /// The service in whose list the type is. Its ARNs can name another one.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("iam").unwrap();
    /// assert_eq!(service.resource_type("role").unwrap().service(), service);
    /// ```
    #[must_use]
    pub fn service(self) -> Service {
        self.service
    }

    /// What the ARNs of such resources look like. One format, or two for a few types.
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
            .catalog
            .0
            .strings
            .text::<{ row::resource_type::ARN_FORMATS }, _>(self.row())
            .split('\n')
            .map(ArnFormat)
    }

    /// The condition keys that tell resources of this type apart.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("iam").unwrap();
    /// let role = service.resource_type("role").unwrap();
    /// assert!(role.condition_keys().any(|key| key.name() == "aws:ResourceTag/${TagKey}"));
    /// ```
    #[must_use]
    pub fn condition_keys(self) -> impl ExactSizeIterator<Item = ConditionKey> + DoubleEndedIterator + Clone + 'static {
        let list = three::<{ row::resource_type::CONDITION_KEYS }, _>(self.row());
        keys(self.service.catalog, list)
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

/// A key that conditions can ask for.
///
/// ```
/// use iam_policy_catalog::{Catalog, KeyType};
///
/// let key = Catalog::get().condition_key("S3:Prefix").unwrap();
/// assert_eq!((key.name(), key.key_type(), key.is_multivalued()), ("s3:prefix", KeyType::String, false));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConditionKey {
    catalog: Catalog,
    index: u32,
}

impl ConditionKey {
    pub(crate) fn new(catalog: Catalog, number: usize) -> Self {
        Self {
            catalog,
            index: index(number),
        }
    }

    fn row(self) -> &'static [u8; row::condition_key::WIDTH] {
        self.catalog.0.condition_keys.row(self.index())
    }

    fn flags(self) -> usize {
        one::<{ row::condition_key::FLAGS }, _>(self.row())
    }

    /// The catalogue that the key is from.
    #[doc(hidden)]
    #[must_use]
    pub fn catalog(self) -> Catalog {
        self.catalog
    }

    /// The key's number among all keys of this version of the catalogue.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// let key = catalog.condition_key("aws:SourceIp").unwrap();
    /// assert_eq!(catalog.condition_keys().nth(key.index()), Some(key));
    /// ```
    #[must_use]
    pub fn index(self) -> usize {
        self.index as usize
    }

    /// The key's whole name, spelt as AWS spells it. A part that varies is a placeholder, of which the data has three
    /// spellings: `${TagKey}`, `<key>` and `tag-key`. The list of global keys uses the last; here its keys have
    /// `${TagKey}`, as services write the same keys.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// let name = |key| catalog.condition_key(key).unwrap().name();
    /// assert_eq!(name("aws:principaltag/team"), "aws:PrincipalTag/${TagKey}");
    /// assert_eq!(name("s3:ExistingObjectTag/team"), "s3:ExistingObjectTag/<key>");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        self.catalog
            .0
            .strings
            .name::<{ row::condition_key::NAME }, _>(self.row())
    }

    /// The type of the key's values.
    ///
    /// ```
    /// use iam_policy_catalog::{Catalog, KeyType};
    ///
    /// let key = Catalog::get().condition_key("aws:SecureTransport").unwrap();
    /// assert_eq!(key.key_type(), KeyType::Bool);
    /// ```
    #[must_use]
    pub fn key_type(self) -> KeyType {
        KeyType::ALL
            .get(one::<{ row::condition_key::TYPE }, _>(self.row()))
            .copied()
            .unwrap_or(KeyType::String)
    }

    /// Whether a request has a set of values for the key: in the data, such types begin with `ArrayOf`. Only these keys
    /// make sense with `ForAllValues:` and `ForAnyValue:` ("Single-valued vs. multivalued context keys" in the IAM User
    /// Guide).
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert!(catalog.condition_key("aws:TagKeys").unwrap().is_multivalued());
    /// assert!(!catalog.condition_key("aws:RequestTag/team").unwrap().is_multivalued());
    /// ```
    #[must_use]
    pub fn is_multivalued(self) -> bool {
        self.flags() & row::condition_key::MULTIVALUED != 0
    }

    /// Whether a part of the name varies.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert!(catalog.condition_key("kms:EncryptionContext:purpose").unwrap().is_template());
    /// ```
    #[must_use]
    pub fn is_template(self) -> bool {
        self.flags() & row::condition_key::TEMPLATE != 0
    }

    /// Whether AWS offers the key for requests to any service.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert!(catalog.condition_key("aws:SourceIp").unwrap().is_global());
    /// assert!(!catalog.condition_key("s3:prefix").unwrap().is_global());
    /// ```
    #[must_use]
    pub fn is_global(self) -> bool {
        self.flags() >> row::condition_key::SCOPE_SHIFT != 0
    }

    /// What the key tells about, if it is a global one.
    ///
    /// ```
    /// use iam_policy_catalog::{Catalog, GlobalScope};
    ///
    /// let key = Catalog::get().condition_key("aws:SourceVpce").unwrap();
    /// assert_eq!(key.global_scope(), Some(GlobalScope::Network));
    /// ```
    #[must_use]
    pub fn global_scope(self) -> Option<GlobalScope> {
        let number = (self.flags() >> row::condition_key::SCOPE_SHIFT).checked_sub(1)?;
        GlobalScope::ALL.get(number).copied()
    }

    /// Whether the key is the one that a policy names: in any case, and with at least one character in the place of
    /// each placeholder.
    ///
    /// ```
    /// let key = iam_policy_catalog::Catalog::get().condition_key("aws:RequestTag/${TagKey}").unwrap();
    /// assert!(key.stands_for("AWS:RequestTag/Team"));
    /// assert!(!key.stands_for("aws:RequestTag/"));
    /// ```
    #[must_use]
    pub fn stands_for(self, name: &str) -> bool {
        let own = self.name();
        if own.eq_ignore_ascii_case(name) {
            return true;
        }
        if !self.is_template() {
            return false;
        }
        let mut literals = format::literals(own).peekable();
        let mut rest = name.as_bytes();
        let mut first = true;
        while let Some(literal) = literals.next() {
            let literal = literal.as_bytes();
            // Where the literal may begin: at the start only, else after at least one character.
            let at = if first {
                0
            } else if literals.peek().is_none() {
                match rest.len().checked_sub(literal.len()) {
                    Some(at) if at > 0 => at,
                    _ => return false,
                }
            } else {
                let found = (1..rest.len()).find(|&at| {
                    rest.get(at..)
                        .is_some_and(|tail| crate::catalog::starts_with(tail, literal))
                });
                match found {
                    Some(at) => at,
                    None => return false,
                }
            };
            let Some(tail) = rest.get(at..) else {
                return false;
            };
            if !crate::catalog::starts_with(tail, literal) {
                return false;
            }
            rest = tail.get(literal.len()..).unwrap_or_default();
            first = false;
        }
        rest.is_empty()
    }
}

impl fmt::Display for ConditionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Debug for ConditionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConditionKey({self})")
    }
}
