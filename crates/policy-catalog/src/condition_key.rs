//! Condition keys.

use core::fmt;

use crate::classes::{GlobalScope, KeyType};
use crate::data::{Data, index, lower_bound, starts_with};
use crate::format::{self, one, row, two};
use crate::overlay;

/// A condition key.
///
/// ```
/// use iam_policy_catalog::{Catalog, KeyType};
///
/// let key = Catalog::get().condition_key("S3:Prefix").unwrap();
/// assert_eq!((key.name(), key.key_type(), key.is_multivalued()), ("s3:prefix", KeyType::String, false));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConditionKey {
    data: Data,
    index: u32,
}

impl ConditionKey {
    pub(crate) fn new(data: Data, number: usize) -> Self {
        Self {
            data,
            index: index(number),
        }
    }

    fn row(self) -> &'static [u8; row::condition_key::WIDTH] {
        self.data.0.condition_keys.row(self.index())
    }

    fn flags(self) -> usize {
        one::<{ row::condition_key::FLAGS }, _>(self.row())
    }

    /// The data that the key belongs to.
    #[cfg(feature = "descriptions")]
    pub(crate) const fn data(self) -> Data {
        self.data
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

    /// The key's full name in AWS's spelling. A part that varies is a placeholder, which the data writes in three ways:
    /// `${TagKey}`, `<key>` and `tag-key`. The list of global keys uses the last; here these keys have `${TagKey}`,
    /// which services use for the same keys.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// let name = |key| catalog.condition_key(key).unwrap().name();
    /// assert_eq!(name("aws:principaltag/team"), "aws:PrincipalTag/${TagKey}");
    /// assert_eq!(name("s3:ExistingObjectTag/team"), "s3:ExistingObjectTag/<key>");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        self.data.0.strings.name::<{ row::condition_key::NAME }, _>(self.row())
    }

    /// The type of the key's values, as AWS documents it: see [`overlay::TypedKey`](crate::overlay::TypedKey) for the
    /// keys of which the reference says something else.
    ///
    /// ```
    /// use iam_policy_catalog::{Catalog, KeyType};
    ///
    /// let key = Catalog::get().condition_key("aws:SecureTransport").unwrap();
    /// assert_eq!(key.key_type(), KeyType::Bool);
    /// ```
    #[must_use]
    pub fn key_type(self) -> KeyType {
        overlay::key_type(self.name()).unwrap_or_else(|| {
            let number = one::<{ row::condition_key::TYPE }, _>(self.row());
            KeyType::ALL.get(number).copied().unwrap_or(KeyType::String)
        })
    }

    /// Whether a request can have several values for the key: the types of such keys begin with `ArrayOf` in the data.
    /// `ForAllValues:` and `ForAnyValue:` only make sense with these keys ("Single-valued vs. multivalued context keys"
    /// in the IAM User Guide).
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

    /// Whether the key is a global one, which AWS documents for all services.
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

    /// What the key describes, if it is a global one.
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

    /// Whether `name`, as a policy writes it, names this key: the same name, ignoring case, with at least one character
    /// for each placeholder.
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
            // Where the literal may begin: the first one at the start, later ones after at least one character.
            let at = if first {
                0
            } else if literals.peek().is_none() {
                match rest.len().checked_sub(literal.len()) {
                    Some(at) if at > 0 => at,
                    _ => return false,
                }
            } else {
                let found = (1..rest.len()).find(|&at| rest.get(at..).is_some_and(|tail| starts_with(tail, literal)));
                match found {
                    Some(at) => at,
                    None => return false,
                }
            };
            let Some(tail) = rest.get(at..) else {
                return false;
            };
            if !starts_with(tail, literal) {
                return false;
            }
            rest = tail.get(literal.len()..).unwrap_or_default();
            first = false;
        }
        rest.is_empty()
    }
}

impl ConditionKey {
    /// The condition key of that name; see [`Catalog::condition_key`](crate::Catalog::condition_key).
    pub(crate) fn find(data: Data, name: &str) -> Option<Self> {
        let bytes = name.as_bytes();
        if let Some(number) = data.0.find_key(bytes) {
            return Some(Self::new(data, number));
        }
        let templates = data.0.templates.len();
        // Try the literals (the text before a placeholder) that the name begins with, the longest first. The literal
        // that sorts just before the name, or before a beginning of it, either is such a literal or bounds the length
        // of the next candidate.
        let mut limit = bytes;
        loop {
            let mut at = lower_bound(0, templates, limit, |index| literal_of(data, index));
            // Skip the literals equal to `limit`: the last one belongs to the most specific key.
            while at < templates && format::fold_cmp(literal_of(data, at), limit).is_eq() {
                at += 1;
            }
            let literal = literal_of(data, at.checked_sub(1)?);
            if literal.len() <= limit.len() && starts_with(bytes, literal) {
                while let Some(before) = at.checked_sub(1)
                    && literal_of(data, before).len() == literal.len()
                    && starts_with(bytes, literal_of(data, before))
                {
                    let key = Self::from_template(data, before);
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
                // `literal` is not a beginning of the name, so the common part is shorter than one of the two.
                limit = limit.get(..common.min(limit.len().checked_sub(1)?))?;
            }
        }
    }

    /// The condition key of a row of the table of templates.
    pub(crate) fn from_template(data: Data, template: usize) -> Self {
        let row = data.0.templates.row(template);
        Self::new(data, two::<{ row::template::CONDITION_KEY }, _>(row))
    }
}

/// The part of a template's name before its first placeholder.
pub(crate) fn literal_of(data: Data, template: usize) -> &'static [u8] {
    let row = data.0.templates.row(template);
    data.0
        .key_name(two::<{ row::template::CONDITION_KEY }, _>(row))
        .get(..one::<{ row::template::LITERAL }, _>(row))
        .unwrap_or_default()
}

/// The condition keys in the list at `offset`.
pub(crate) fn list(
    data: Data,
    offset: usize,
) -> impl ExactSizeIterator<Item = ConditionKey> + DoubleEndedIterator + Clone + 'static {
    let rows: &'static [[u8; row::key::WIDTH]] = data.0.lists.get(offset);
    rows.iter()
        .map(move |row| ConditionKey::new(data, two::<{ row::key::NUMBER }, _>(row)))
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
