//! The layout of the data files, shared by the readers in this crate and the program that builds the files. Not part of
//! the public interface: it changes whenever the layout does.
//!
//! A data file is a *text*: every number in it is written in base 128, least significant digit first, one digit a byte,
//! so every byte of a number is ASCII and the whole file is UTF-8. Slices of the string from `include_str!` are
//! therefore the names themselves: nothing is validated, copied or decoded at run time, and no `unsafe` is needed.
//!
//! The file begins with eight bytes of [`MAGIC`], then a directory: for each section its offset (four digits) and its
//! length in bytes (four digits). A section is a text, a table of rows of one width, or a list area. A list is a count
//! (two digits) and that many elements of one width; it is named by its offset in the area, and offset 0 is the empty
//! list.

use core::cmp::Ordering;

/// The first bytes of the catalogue's data file. The last two are the version of the layout.
pub const MAGIC: [u8; 8] = *b"iamcat01";
/// The first bytes of the descriptions' data file.
pub const DESCRIPTIONS_MAGIC: [u8; 8] = *b"iamdsc01";

/// One more than the greatest number that two digits hold.
pub const LIMIT_2: usize = 1 << 14;
/// One more than the greatest number that three digits hold.
pub const LIMIT_3: usize = 1 << 21;
/// One more than the greatest number that four digits hold.
pub const LIMIT_4: usize = 1 << 28;

/// The sections of the catalogue, in the order of its directory.
pub mod section {
    /// All strings, overlapping where they can.
    pub const STRINGS: usize = 0;
    /// One row: see [`meta`](super::row::meta).
    pub const META: usize = 1;
    /// Services by prefix.
    pub const SERVICES: usize = 2;
    /// Actions by service, then by name.
    pub const ACTIONS: usize = 3;
    /// For each service, its actions in the order of the data, as numbers from its first action.
    pub const ORDER: usize = 4;
    /// Resource types by service, in the order of the data.
    pub const RESOURCE_TYPES: usize = 5;
    /// Condition keys by name.
    pub const CONDITION_KEYS: usize = 6;
    /// Condition keys with a placeholder, by the text before it.
    pub const TEMPLATES: usize = 7;
    /// Lists of condition keys, of associations, of actions, of scenarios.
    pub const LISTS: usize = 8;
    /// The data of an association other than its resource type.
    pub const KINDS: usize = 9;
    /// The data of an action other than its name, level and associations.
    pub const SHAPES: usize = 10;
    /// Categories of services.
    pub const CATEGORIES: usize = 11;
    /// A hash table of services, condition keys and actions: see [`slot`](super::slot).
    pub const INDEX: usize = 12;
    /// How many sections there are.
    pub const COUNT: usize = 13;
}

/// The sections of the descriptions, in the order of their directory.
pub mod description_section {
    /// All words.
    pub const STRINGS: usize = 0;
    /// One row: the version of the data (a text).
    pub const META: usize = 1;
    /// Words (texts), the most frequent first.
    pub const WORDS: usize = 2;
    /// Descriptions: each a list whose elements are bytes, see [`push_token`](super::push_token).
    pub const TOKENS: usize = 3;
    /// For each action, the offset of its description (three digits).
    pub const ACTIONS: usize = 4;
    /// For each condition key, the offset of its description (three digits).
    pub const CONDITION_KEYS: usize = 5;
    /// How many sections there are.
    pub const COUNT: usize = 6;
}

/// Where the fields of rows and of list elements begin, and how wide these are, in bytes. A *name* is an offset (three
/// digits) and a length (one), a *text* an offset (three) and a length (two), a *list* its offset (three).
pub mod row {
    /// Facts about the whole file.
    pub mod meta {
        /// Text: the version of the package.
        pub const VERSION: usize = 0;
        /// Text: its day.
        pub const DATE: usize = 5;
        /// Text: the version that the dependent actions are from.
        pub const DEPENDENTS_VERSION: usize = 10;
        /// Text: its day.
        pub const DEPENDENTS_DATE: usize = 15;
        /// List of global condition keys.
        pub const GLOBAL_KEYS: usize = 20;
        /// Of the row.
        pub const WIDTH: usize = 23;
    }

    /// A service.
    pub mod service {
        /// Name.
        pub const PREFIX: usize = 0;
        /// Text.
        pub const TITLE: usize = 4;
        /// Three digits: the number of its first action.
        pub const FIRST_ACTION: usize = 9;
        /// Two digits: how many actions it has.
        pub const ACTIONS: usize = 12;
        /// Three digits: the number of its first resource type.
        pub const FIRST_RESOURCE_TYPE: usize = 14;
        /// Two digits: how many resource types it has.
        pub const RESOURCE_TYPES: usize = 17;
        /// List of condition keys.
        pub const CONDITION_KEYS: usize = 19;
        /// One digit: the number of its category plus one, or zero.
        pub const CATEGORY: usize = 22;
        /// One digit.
        pub const FLAGS: usize = 23;
        /// Of the row.
        pub const WIDTH: usize = 24;
        /// A flag: resource control policies apply to it.
        pub const RCP: usize = 1;
    }

    /// An action.
    pub mod action {
        /// Name.
        pub const NAME: usize = 0;
        /// One digit: its access level.
        pub const LEVEL: usize = 4;
        /// List of associations.
        pub const RESOURCE_TYPES: usize = 5;
        /// Two digits: its shape.
        pub const SHAPE: usize = 8;
        /// Of the row.
        pub const WIDTH: usize = 10;
    }

    /// The data of an action other than its name, level and associations.
    pub mod shape {
        /// List of condition keys.
        pub const CONDITION_KEYS: usize = 0;
        /// List of dependent actions.
        pub const DEPENDENTS: usize = 3;
        /// List of scenarios.
        pub const SCENARIOS: usize = 6;
        /// Of the row.
        pub const WIDTH: usize = 9;
    }

    /// A position in the order of the data.
    pub mod order {
        /// Two digits: the number of an action, from the first of its service.
        pub const ACTION: usize = 0;
        /// Of the row.
        pub const WIDTH: usize = 2;
    }

    /// A resource type.
    pub mod resource_type {
        /// Name.
        pub const NAME: usize = 0;
        /// Text: the formats of its ARNs, one a line.
        pub const ARN_FORMATS: usize = 4;
        /// List of condition keys.
        pub const CONDITION_KEYS: usize = 9;
        /// Of the row.
        pub const WIDTH: usize = 12;
    }

    /// A condition key.
    pub mod condition_key {
        /// Name.
        pub const NAME: usize = 0;
        /// One digit.
        pub const TYPE: usize = 4;
        /// One digit.
        pub const FLAGS: usize = 5;
        /// Of the row.
        pub const WIDTH: usize = 6;
        /// A flag: its values are sets.
        pub const MULTIVALUED: usize = 1;
        /// A flag: its name has a placeholder.
        pub const TEMPLATE: usize = 2;
        /// The bit of the flags at which the number of its global scope plus one begins.
        pub const SCOPE_SHIFT: usize = 2;
    }

    /// A condition key with a placeholder.
    pub mod template {
        /// Two digits: the condition key.
        pub const CONDITION_KEY: usize = 0;
        /// One digit: the length of the text before its first placeholder.
        pub const LITERAL: usize = 2;
        /// Of the row.
        pub const WIDTH: usize = 3;
    }

    /// What an association says besides its resource type.
    pub mod kind {
        /// One digit.
        pub const REQUIRED: usize = 0;
        /// List of condition keys.
        pub const CONDITION_KEYS: usize = 1;
        /// List of dependent actions.
        pub const DEPENDENTS: usize = 4;
        /// Of the row.
        pub const WIDTH: usize = 7;
    }

    /// A category of services.
    pub mod category {
        /// Name.
        pub const KEY: usize = 0;
        /// Text.
        pub const TITLE: usize = 4;
        /// Of the row.
        pub const WIDTH: usize = 9;
    }

    /// A slot of the hash table.
    pub mod index {
        /// Three digits: zero if the slot is free, else one plus the number of a service, of a condition key after all
        /// services, or of an action after these.
        pub const NUMBER: usize = 0;
        /// Of the row.
        pub const WIDTH: usize = 3;
    }

    /// An element of a list of condition keys.
    pub mod key {
        /// Two digits.
        pub const NUMBER: usize = 0;
        /// Of the element.
        pub const WIDTH: usize = 2;
    }

    /// An element of a list of associations.
    pub mod association {
        /// Two digits: the number of the resource type, from the first of the service.
        pub const RESOURCE_TYPE: usize = 0;
        /// Two digits.
        pub const KIND: usize = 2;
        /// Of the element.
        pub const WIDTH: usize = 4;
    }

    /// An element of a list of dependent actions.
    pub mod dependent {
        /// Three digits: the number of the action.
        pub const ACTION: usize = 0;
        /// Of the element.
        pub const WIDTH: usize = 3;
    }

    /// An element of a list of scenarios.
    pub mod scenario {
        /// Text.
        pub const NAME: usize = 0;
        /// List of associations.
        pub const RESOURCE_TYPES: usize = 5;
        /// Of the element.
        pub const WIDTH: usize = 8;
    }

    /// A row that is one text.
    pub mod text {
        /// Text.
        pub const TEXT: usize = 0;
        /// Of the row.
        pub const WIDTH: usize = 5;
    }

    /// A row that is one list.
    pub mod list {
        /// List.
        pub const LIST: usize = 0;
        /// Of the row.
        pub const WIDTH: usize = 3;
    }
}

/// The number in a field of one digit. The compiler sees that the field is within the row.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "the assertion bounds it")]
pub const fn one<const AT: usize, const WIDTH: usize>(row: &[u8; WIDTH]) -> usize {
    const { assert!(AT < WIDTH) };
    row[AT] as usize
}

/// The number in a field of two digits.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "the assertion bounds it")]
pub const fn two<const AT: usize, const WIDTH: usize>(row: &[u8; WIDTH]) -> usize {
    const { assert!(AT + 1 < WIDTH) };
    row[AT] as usize | (row[AT + 1] as usize) << 7
}

/// The number in a field of three digits.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "the assertion bounds it")]
pub const fn three<const AT: usize, const WIDTH: usize>(row: &[u8; WIDTH]) -> usize {
    const { assert!(AT + 2 < WIDTH) };
    row[AT] as usize | (row[AT + 1] as usize) << 7 | (row[AT + 2] as usize) << 14
}

/// The number in a field of four digits.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "the assertion bounds it")]
pub const fn four<const AT: usize, const WIDTH: usize>(row: &[u8; WIDTH]) -> usize {
    const { assert!(AT + 3 < WIDTH) };
    row[AT] as usize | (row[AT + 1] as usize) << 7 | (row[AT + 2] as usize) << 14 | (row[AT + 3] as usize) << 21
}

/// The number in the last byte of a name's field.
#[expect(clippy::indexing_slicing, reason = "the assertion bounds it")]
const fn name_len<const AT: usize, const WIDTH: usize>(row: &[u8; WIDTH]) -> usize {
    const { assert!(AT + 3 < WIDTH) };
    row[AT + 3] as usize
}

/// The number in the last two bytes of a text's field.
#[expect(clippy::indexing_slicing, reason = "the assertion bounds it")]
const fn text_len<const AT: usize, const WIDTH: usize>(row: &[u8; WIDTH]) -> usize {
    const { assert!(AT + 4 < WIDTH) };
    row[AT + 3] as usize | (row[AT + 4] as usize) << 7
}

/// Rows of one width.
#[derive(Clone, Copy, Debug)]
pub struct Table<const WIDTH: usize>(&'static [[u8; WIDTH]]);

impl<const WIDTH: usize> Table<WIDTH> {
    /// No rows.
    pub const EMPTY: Self = Self(&[]);

    /// The row with that number, or zeros if there is none, which only happens with damaged data.
    #[must_use]
    pub fn row(self, index: usize) -> &'static [u8; WIDTH] {
        match self.0.get(index) {
            Some(row) => row,
            None => const { &[0; WIDTH] },
        }
    }

    /// The `len` rows from `start` on, or fewer if the table ends before.
    #[must_use]
    pub fn rows(self, start: usize, len: usize) -> &'static [[u8; WIDTH]] {
        self.0.get(start..start.saturating_add(len)).unwrap_or_default()
    }

    /// How many rows there are.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

/// All strings of a file.
#[derive(Clone, Copy, Debug)]
pub struct Strings(pub &'static str);

impl Strings {
    /// The name in a field; empty if there is none at its offset.
    #[must_use]
    pub fn name<const AT: usize, const WIDTH: usize>(self, row: &[u8; WIDTH]) -> &'static str {
        self.text_at(three::<AT, WIDTH>(row), name_len::<AT, WIDTH>(row))
    }

    /// The same as bytes, without checking for character boundaries.
    #[must_use]
    pub fn name_bytes<const AT: usize, const WIDTH: usize>(self, row: &[u8; WIDTH]) -> &'static [u8] {
        let offset = three::<AT, WIDTH>(row);
        let end = offset + name_len::<AT, WIDTH>(row);
        self.0.as_bytes().get(offset..end).unwrap_or_default()
    }

    /// The text in a field; empty if there is none at its offset.
    #[must_use]
    pub fn text<const AT: usize, const WIDTH: usize>(self, row: &[u8; WIDTH]) -> &'static str {
        self.text_at(three::<AT, WIDTH>(row), text_len::<AT, WIDTH>(row))
    }

    fn text_at(self, offset: usize, len: usize) -> &'static str {
        self.0.get(offset..offset + len).unwrap_or_default()
    }
}

/// Lists, named by their offsets.
#[derive(Clone, Copy, Debug)]
pub struct Lists(pub &'static [u8]);

impl Lists {
    /// The elements of the list at an offset; empty if there is no list.
    #[must_use]
    pub fn get<const WIDTH: usize>(self, offset: usize) -> &'static [[u8; WIDTH]] {
        let Some((count, tail)) = self.0.get(offset..).and_then(<[u8]>::split_first_chunk::<2>) else {
            return &[];
        };
        tail.get(..two::<0, _>(count) * WIDTH).unwrap_or_default().as_chunks().0
    }
}

/// A file's directory, opened.
#[derive(Clone, Copy, Debug)]
pub struct File(&'static str);

impl File {
    /// Opens a file that begins with `magic`.
    #[must_use]
    pub const fn open(text: &'static str, magic: [u8; 8]) -> Option<Self> {
        let Some((start, _)) = text.as_bytes().split_first_chunk::<8>() else {
            return None;
        };
        if u64::from_le_bytes(*start) != u64::from_le_bytes(magic) {
            return None;
        }
        Some(Self(text))
    }

    /// The text of a section, if the directory has it and the file is long enough.
    #[must_use]
    pub const fn text(self, section: usize) -> Option<&'static str> {
        let Some((_, tail)) = self.0.split_at_checked(8 + section * 8) else {
            return None;
        };
        let Some(entry) = tail.as_bytes().first_chunk::<8>() else {
            return None;
        };
        let Some((_, tail)) = self.0.split_at_checked(four::<0, 8>(entry)) else {
            return None;
        };
        match tail.split_at_checked(four::<4, 8>(entry)) {
            Some((text, _)) => Some(text),
            None => None,
        }
    }

    /// A section as a table.
    #[must_use]
    pub const fn table<const WIDTH: usize>(self, section: usize) -> Option<Table<WIDTH>> {
        match self.text(section) {
            Some(text) => Some(Table(text.as_bytes().as_chunks().0)),
            None => None,
        }
    }
}

/// Bit 5 of each of eight bytes, in which upper and lower case differ.
const FOLD: u64 = 0x2020_2020_2020_2020;

/// The order of names: byte by byte with bit 5 set, which makes `a` and `A` equal. It also makes some other characters
/// equal, so names that compare as equal must be compared again.
#[must_use]
pub fn fold_cmp(mut a: &[u8], mut b: &[u8]) -> Ordering {
    // Eight bytes at a time, because in unoptimized code the number of steps counts, not the width of the operands.
    while let (Some((x, rest_a)), Some((y, rest_b))) = (a.split_first_chunk::<8>(), b.split_first_chunk::<8>()) {
        let (x, y) = (u64::from_be_bytes(*x) | FOLD, u64::from_be_bytes(*y) | FOLD);
        if x != y {
            return x.cmp(&y);
        }
        (a, b) = (rest_a, rest_b);
    }
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x | 0x20, y | 0x20);
        if x != y {
            return x.cmp(&y);
        }
    }
    a.len().cmp(&b.len())
}

/// The slot of a name in the index, from a hash that ignores case. If the slot is taken, the name is in one of the
/// next. Services, condition keys and the actions of each service have their own [seeds](seed).
#[must_use]
pub fn slot(seed: u64, name: &[u8], slots: usize) -> usize {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| {
        let hash = (hash ^ word).wrapping_mul(FACTOR);
        hash ^ hash >> 32
    };
    let length = u64::try_from(name.len()).unwrap_or_default();
    let mut hash = seed.wrapping_add(length << 32).wrapping_mul(FACTOR);
    let mut rest = name;
    while let Some((word, tail)) = rest.split_first_chunk::<8>() {
        hash = mix(hash, u64::from_le_bytes(*word) | FOLD);
        rest = tail;
    }
    if !rest.is_empty() {
        // The last eight bytes again, or all there are.
        let word = match name.last_chunk::<8>() {
            Some(word) => u64::from_le_bytes(*word),
            None => rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        hash = mix(hash, word | FOLD);
    }
    usize::try_from(hash >> 32).unwrap_or_default() & slots.saturating_sub(1)
}

/// Seeds that distinguish names of different kinds in the index.
pub mod seed {
    /// Of services.
    pub const SERVICE: u64 = 0;
    /// Of condition keys.
    pub const CONDITION_KEY: u64 = 1;

    /// Of the actions of a service.
    #[must_use]
    pub fn action(service: usize) -> u64 {
        u64::try_from(service).unwrap_or_default() + 2
    }
}

/// Whether two names are the same, ignoring case.
#[must_use]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    // Most names are spelled as in the data.
    if a == b {
        return true;
    }
    if a.len() != b.len() {
        return false;
    }
    let (mut left, mut right) = (a, b);
    while let (Some((x, rest_left)), Some((y, rest_right))) =
        (left.split_first_chunk::<8>(), right.split_first_chunk::<8>())
    {
        // Compare byte by byte only where the spelling differs.
        if u64::from_le_bytes(*x) != u64::from_le_bytes(*y) && !x.eq_ignore_ascii_case(y) {
            return false;
        }
        (left, right) = (rest_left, rest_right);
    }
    left.eq_ignore_ascii_case(right)
}

/// The literal parts of a condition key's name, which its placeholders separate. A placeholder is `${TagKey}`, `<key>`
/// or a final `tag-key`; the data has all three.
pub fn literals(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(name);
    core::iter::from_fn(move || {
        let text = rest?;
        if let Some((at, end)) = placeholder(text) {
            rest = text.get(end..);
            text.get(..at)
        } else {
            rest = None;
            Some(text)
        }
    })
}

/// The byte range of the first placeholder in a condition key's name.
#[must_use]
pub fn placeholder(name: &str) -> Option<(usize, usize)> {
    let (open, close) = match (name.find("${"), name.find('<')) {
        (Some(at), Some(other)) if other < at => (other, '>'),
        (None, Some(other)) => (other, '>'),
        (Some(at), _) => (at, '}'),
        (None, None) => {
            let at = name.strip_suffix("/tag-key")?.len() + 1;
            return Some((at, name.len()));
        }
    };
    let len = name.get(open..)?.find(close)?;
    Some((open, open + len + 1))
}

/// Appends a word's number in one to three bytes, fewer for smaller numbers. Returns whether the number fits.
pub fn push_token(out: &mut Vec<u8>, number: usize) -> bool {
    let digit = |shift: usize| u8::try_from(number >> shift & 0x7f).unwrap_or_default();
    if number < 64 {
        out.push(digit(0));
    } else if number < 64 + (48 << 7) {
        let number = number - 64;
        out.push(u8::try_from(64 + (number >> 7)).unwrap_or_default());
        out.push(u8::try_from(number & 0x7f).unwrap_or_default());
    } else if number < LIMIT_2 * 16 {
        out.push(u8::try_from(112 + (number >> 14)).unwrap_or_default());
        out.push(digit(7));
        out.push(digit(0));
    } else {
        return false;
    }
    true
}

/// Removes a word's number from the front of a description and returns it.
pub fn next_token(bytes: &mut &'static [u8]) -> Option<usize> {
    let (&first, rest) = bytes.split_first()?;
    let first = usize::from(first);
    if first < 64 {
        *bytes = rest;
        return Some(first);
    }
    let (&second, rest) = rest.split_first()?;
    if first < 112 {
        *bytes = rest;
        return Some(64 + ((first - 64) << 7 | usize::from(second)));
    }
    let (&third, rest) = rest.split_first()?;
    *bytes = rest;
    Some((first - 112) << 14 | usize::from(second) << 7 | usize::from(third))
}
