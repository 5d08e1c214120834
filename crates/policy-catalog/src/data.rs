//! The tables of the data file, and the functions that find rows in them.

use core::cmp::Ordering;
use core::hash::{Hash, Hasher};
use core::ptr;

use crate::format::{self, File, Lists, Strings, Table, row, section, three, two};

/// The tables of a data file. They are slices of its text.
#[derive(Debug)]
pub(crate) struct Tables {
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

impl Tables {
    /// No data. A file with another layout reads as this, so that the program that writes the file can be built.
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

    /// Finds the row with a name in the hash index, which numbers services first, then condition keys, then actions.
    ///
    /// - `seed`: distinguishes names of different kinds
    /// - `(first, len)`: the range of numbers to look in
    /// - `name_of`: the name of a row, counted from `first`
    fn find<'n>(
        &self,
        seed: u64,
        name: &[u8],
        (first, len): (usize, usize),
        name_of: impl Fn(usize) -> &'n [u8],
    ) -> Option<usize> {
        let slots = self.index.len();
        let mut at = format::slot(seed, name, slots);
        // A damaged file may have no free slot, so the number of steps is bounded.
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

    pub(crate) fn find_key(&self, name: &[u8]) -> Option<usize> {
        let range = (self.services.len(), self.condition_keys.len());
        self.find(format::seed::CONDITION_KEY, name, range, |number| self.key_name(number))
    }

    /// The number of a service's action, among the actions of all services.
    pub(crate) fn find_action(&self, service: usize, name: &[u8]) -> Option<usize> {
        let (first, len) = self.service_actions(service);
        let before = self.services.len() + self.condition_keys.len();
        let found = self.find(format::seed::action(service), name, (before + first, len), |number| {
            self.action_name(first + number)
        })?;
        Some(first + found)
    }

    /// The number of a service's first action, and the number of its actions.
    pub(crate) fn service_actions(&self, index: usize) -> (usize, usize) {
        let row = self.services.row(index);
        (
            three::<{ row::service::FIRST_ACTION }, _>(row),
            two::<{ row::service::ACTIONS }, _>(row),
        )
    }

    /// The number of the service that an action belongs to.
    pub(crate) fn service_of(&self, action: usize) -> usize {
        let (mut from, mut to) = (0, self.services.len());
        while from < to {
            let middle = usize::midpoint(from, to);
            let (first, len) = self.service_actions(middle);
            if first + len <= action {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        from
    }
}

/// A handle on the tables of one data file: a pointer, compared by address.
#[derive(Clone, Copy)]
pub(crate) struct Data(pub(crate) &'static Tables);

impl Data {
    /// The data embedded in this crate. The tables are located at compile time.
    pub(crate) fn embedded() -> Self {
        static EMBEDDED: Tables = match Tables::open(include_str!("../data/catalog.bin")) {
            Some(tables) => tables,
            None => Tables::EMPTY,
        };
        Self(&EMBEDDED)
    }

    /// Reads another data file, which is never freed; `None` if it has another layout.
    pub(crate) fn open(text: &'static str) -> Option<Self> {
        Some(Self(Box::leak(Box::new(Tables::open(text)?))))
    }

    fn meta<const TEXT: usize>(self) -> &'static str {
        self.0.strings.text::<TEXT, _>(self.0.meta.row(0))
    }

    pub(crate) fn version(self) -> &'static str {
        self.meta::<{ row::meta::VERSION }>()
    }

    pub(crate) fn date(self) -> &'static str {
        self.meta::<{ row::meta::DATE }>()
    }

    pub(crate) fn dependents_version(self) -> &'static str {
        self.meta::<{ row::meta::DEPENDENTS_VERSION }>()
    }

    pub(crate) fn dependents_date(self) -> &'static str {
        self.meta::<{ row::meta::DEPENDENTS_DATE }>()
    }
}

impl PartialEq for Data {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self.0, other.0)
    }
}

impl Eq for Data {}

impl Hash for Data {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl Ord for Data {
    fn cmp(&self, other: &Self) -> Ordering {
        ptr::from_ref(self.0).cmp(&ptr::from_ref(other.0))
    }
}

impl PartialOrd for Data {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The first row in `from..to` whose name does not sort before `name`.
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

/// Splits a name at its first colon.
pub(crate) fn split_colon(name: &str) -> Option<(&str, &str)> {
    let at = name.bytes().position(|byte| byte == b':')?;
    let (prefix, rest) = name.split_at_checked(at)?;
    Some((prefix, rest.get(1..)?))
}

/// Whether a text begins with another, ignoring case.
pub(crate) fn starts_with(text: &[u8], beginning: &[u8]) -> bool {
    text.get(..beginning.len())
        .is_some_and(|start| format::same(start, beginning))
}

/// A row number as handles store it. Data files are far too small for it to overflow.
pub(crate) fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
