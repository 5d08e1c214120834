//! Actions, and how they relate to resource types.

use core::fmt;

use crate::classes::AccessLevel;
use crate::condition_key::{self, ConditionKey};
use crate::data::{Data, index, lower_bound};
use crate::format::{one, row, three, two};
use crate::overlay;
use crate::pattern;
use crate::resource_type::ResourceType;
use crate::service::Service;

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
    data: Data,
    service: u32,
    index: u32,
}

impl Action {
    pub(crate) fn new(data: Data, service: usize, number: usize) -> Self {
        Self {
            data,
            service: index(service),
            index: index(number),
        }
    }

    fn row(self) -> &'static [u8; row::action::WIDTH] {
        self.data.0.actions.row(self.index())
    }

    fn shape(self) -> &'static [u8; row::shape::WIDTH] {
        let number = two::<{ row::action::SHAPE }, _>(self.row());
        self.data.0.shapes.row(number)
    }

    /// The data that the action belongs to.
    #[cfg(feature = "descriptions")]
    pub(crate) const fn data(self) -> Data {
        self.data
    }

    /// The action's number among all actions of this version of the catalogue, by service and name. Useful for bit sets
    /// of actions. It changes when the data changes.
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

    /// The action's name without the service, in AWS's spelling. `Display` includes the service.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("iam:passrole").unwrap();
    /// assert_eq!(action.name(), "PassRole");
    /// assert_eq!(action.to_string(), "iam:PassRole");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        self.data.0.strings.name::<{ row::action::NAME }, _>(self.row())
    }

    /// The service that the action belongs to.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("iam:PassRole").unwrap();
    /// assert_eq!(action.service().prefix(), "iam");
    /// ```
    #[must_use]
    pub fn service(self) -> Service {
        Service::new(self.data, self.service as usize)
    }

    /// The action's access level.
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

    /// The resource types that a statement can restrict the action to, in the order of the data, which lists a few of
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

    /// Whether the Service Authorization Reference lists no resource types for the action. Such an action is usually
    /// authorized on `*`, so that only a statement with the resource `*` applies to it. But some services authorize such
    /// actions on an ARN all the same: see [`arn_forms`](Self::arn_forms).
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

    /// The condition keys that apply to the action whatever its resource. Keys of its resource types and global keys
    /// are not included.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("s3:ListBucket").unwrap();
    /// assert!(action.condition_keys().any(|key| key.name() == "s3:prefix"));
    /// ```
    #[must_use]
    pub fn condition_keys(self) -> impl ExactSizeIterator<Item = ConditionKey> + DoubleEndedIterator + Clone + 'static {
        condition_key::list(self.data, three::<{ row::shape::CONDITION_KEYS }, _>(self.shape()))
    }

    /// Other actions that a caller of this action needs as well, whatever the resource. For those needed with certain
    /// resource types only, see [`ActionResource::dependent_actions`].
    ///
    /// They come from [another package](crate::Catalog::dependent_actions_version) than the other data, so actions that are
    /// newer than it have none. Those that AWS documents as [not required](crate::overlay::NotRequired)
    /// are left out.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("appsync:CreateGraphqlApi").unwrap();
    /// let needed: Vec<_> = action.dependent_actions().map(|needed| needed.to_string()).collect();
    /// assert_eq!(needed, ["iam:CreateServiceLinkedRole"]);
    /// ```
    #[must_use]
    pub fn dependent_actions(self) -> impl DoubleEndedIterator<Item = Action> + Clone + 'static {
        dependents(self.data, three::<{ row::shape::DEPENDENTS }, _>(self.shape()))
            .filter(move |dependent| overlay::is_required(self, *dependent))
    }

    /// The combinations of resource types that the action is called with. The data has them for a handful of actions.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("cloudwatch:TagResource").unwrap();
    /// let first = action.scenarios().next().unwrap();
    /// assert_eq!(first.name(), "CloudWatch-Alarm");
    /// ```
    #[must_use]
    pub fn scenarios(self) -> impl ExactSizeIterator<Item = Scenario> + DoubleEndedIterator + Clone + 'static {
        let list = three::<{ row::shape::SCENARIOS }, _>(self.shape());
        let rows: &'static [[u8; row::scenario::WIDTH]] = self.data.0.lists.get(list);
        rows.iter().map(move |row| Scenario {
            service: self.service(),
            row,
        })
    }
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

impl Service {
    /// The service's actions, in the order of the data.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("sts").unwrap();
    /// assert!(service.actions().any(|action| action.name() == "AssumeRole"));
    /// ```
    #[must_use]
    pub fn actions(self) -> impl ExactSizeIterator<Item = Action> + DoubleEndedIterator + Clone + 'static {
        let (first, len) = self.data().0.service_actions(self.number());
        self.data().0.order.rows(first, len).iter().map(move |row| {
            let number = two::<{ row::order::ACTION }, _>(row);
            Action::new(self.data(), self.number(), first + number)
        })
    }

    /// The service's action of that name, ignoring case.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("sts").unwrap();
    /// assert_eq!(service.action("assumerole").unwrap().name(), "AssumeRole");
    /// ```
    #[must_use]
    pub fn action(self, name: &str) -> Option<Action> {
        let number = self.data().0.find_action(self.number(), name.as_bytes())?;
        Some(Action::new(self.data(), self.number(), number))
    }

    /// The service's actions whose names match a pattern, ignoring case, sorted by name. They are the actions that
    /// [`Catalog::expand`](crate::Catalog::expand) returns for the service and this pattern, but finding the first
    /// takes much less time.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("s3").unwrap();
    /// let names: Vec<_> = service.matching("*bucketpolicy").map(|action| action.name()).collect();
    /// assert_eq!(names, ["DeleteBucketPolicy", "GetBucketPolicy", "PutBucketPolicy"]);
    /// assert!(service.matching("Fetch*").next().is_none());
    /// ```
    pub fn matching(self, pattern: &str) -> impl Iterator<Item = Action> + Clone {
        let data = self.data().0;
        let (first, len) = data.service_actions(self.number());
        let (start, rest) = pattern::split_literal(pattern.as_bytes());
        let from = lower_bound(first, first + len, start, |index| data.action_name(index));
        (from..first + len)
            .map_while(move |index| Some((index, pattern::strip_start(data.action_name(index), start)?)))
            .filter(move |(_, tail)| rest == b"*" || pattern::glob(rest, tail))
            .map(move |(index, _)| Action::new(self.data(), self.number(), index))
    }
}

/// How an action relates to one of its resource types.
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
        self.service.data().0.kinds.row(number)
    }

    /// The resource type, which belongs to the action's service.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("sqs:SendMessage").unwrap();
    /// let queue = action.resource_types().next().unwrap().resource_type();
    /// assert_eq!(queue.to_string(), "sqs:queue");
    /// ```
    #[must_use]
    pub fn resource_type(self) -> ResourceType {
        let (first, _) = self.service.resource_type_range();
        let number = two::<{ row::association::RESOURCE_TYPE }, _>(self.row);
        ResourceType::new(self.service, first + number)
    }

    /// Whether every call of the action involves a resource of this type.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("sqs:SendMessage").unwrap();
    /// assert!(action.resource_types().next().unwrap().is_required());
    /// ```
    #[must_use]
    pub fn is_required(self) -> bool {
        one::<{ row::kind::REQUIRED }, _>(self.kind()) != 0
    }

    /// The condition keys that apply when the action is called on a resource of this type, besides the action's own.
    /// They include those keys of the resource type that the action supports.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("ec2:TerminateInstances").unwrap();
    /// let instance = action.resource_types().next().unwrap();
    /// assert!(instance.condition_keys().any(|key| key.name() == "ec2:InstanceType"));
    /// ```
    #[must_use]
    pub fn condition_keys(self) -> impl ExactSizeIterator<Item = ConditionKey> + DoubleEndedIterator + Clone + 'static {
        let list = three::<{ row::kind::CONDITION_KEYS }, _>(self.kind());
        condition_key::list(self.service.data(), list)
    }

    /// Other actions that a caller needs when the action is called on a resource of this type, from [another
    /// package](crate::Catalog::dependent_actions_version) than the other data.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("lambda:CreateFunction").unwrap();
    /// let function = action.resource_types().next().unwrap();
    /// assert!(function.dependent_actions().any(|needed| needed.name() == "PassRole"));
    /// ```
    #[must_use]
    pub fn dependent_actions(self) -> impl ExactSizeIterator<Item = Action> + DoubleEndedIterator + Clone + 'static {
        let list = three::<{ row::kind::DEPENDENTS }, _>(self.kind());
        dependents(self.service.data(), list)
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
    /// The name of the combination in the data.
    ///
    /// ```
    /// let action = iam_policy_catalog::Catalog::get().action("cloudwatch:TagResource").unwrap();
    /// assert!(action.scenarios().all(|scenario| scenario.name().starts_with("CloudWatch-")));
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        self.service
            .data()
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

fn associations(
    service: Service,
    list: usize,
) -> impl ExactSizeIterator<Item = ActionResource> + DoubleEndedIterator + Clone + 'static {
    let rows: &'static [[u8; row::association::WIDTH]] = service.data().0.lists.get(list);
    rows.iter().map(move |row| ActionResource { service, row })
}

fn dependents(
    data: Data,
    list: usize,
) -> impl ExactSizeIterator<Item = Action> + DoubleEndedIterator + Clone + 'static {
    let rows: &'static [[u8; row::dependent::WIDTH]] = data.0.lists.get(list);
    rows.iter().map(move |row| {
        let action = three::<{ row::dependent::ACTION }, _>(row);
        Action::new(data, data.0.service_of(action), action)
    })
}
