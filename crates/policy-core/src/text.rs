//! The characters that IAM accepts in policies and names, and the format of numbers.

use core::fmt;

use crate::shape::Shape;

/// Whether IAM accepts `character` in a policy document.
///
/// Source: IAM API Reference, `PutUserPolicy`, the pattern of `PolicyDocument`: tab, line feed, carriage return, and
/// U+0020 to U+00FF.
///
/// # Examples
///
/// ```
/// use iam_policy_core::text::is_accepted;
///
/// assert!(is_accepted('ü'));
/// assert!(!is_accepted('→'));
/// ```
#[must_use]
pub const fn is_accepted(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{FF}')
}

/// Whether a character has an effect on the text around it instead of being visible, or hides in it: control characters,
/// characters that change the direction of text, and those without a width, such as the soft hyphen and tags.
///
/// Source: Unicode Character Database, the general categories `Cc`, `Cf`, `Zl` and `Zp`, and the property
/// `Default_Ignorable_Code_Point` except for the variation selectors U+FE00 to U+FE0F, which emoji need.
///
/// # Examples
///
/// ```
/// use iam_policy_core::text::is_invisible;
///
/// assert!(['\u{1b}', '\u{ad}', '\u{202e}', '\u{e0041}'].into_iter().all(is_invisible));
/// assert!(![' ', '\u{e4}', '\u{2192}', '\u{1f600}'].into_iter().any(is_invisible));
/// ```
#[must_use]
pub fn is_invisible(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    matches!(
        character,
        '\u{80}'..='\u{9F}'
            | '\u{AD}'
            | '\u{34F}'
            | '\u{600}'..='\u{605}'
            | '\u{61C}'
            | '\u{6DD}'
            | '\u{70F}'
            | '\u{890}'..='\u{891}'
            | '\u{8E2}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{110BD}'
            | '\u{110CD}'
            | '\u{13430}'..='\u{1343F}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Whether `text` is an account ID: twelve digits.
///
/// Source: AWS Account Management Reference Guide, "View AWS account identifiers".
///
/// ```
/// use iam_policy_core::text::is_account;
///
/// assert!(is_account("123456789012"));
/// assert!(!is_account("12345678901"));
/// assert!(!is_account("aws"));
/// ```
#[must_use]
pub fn is_account(text: &str) -> bool {
    ACCOUNT.matches(text)
}

/// The ID of an account.
pub(crate) const ACCOUNT: Shape = Shape::Repeated(&Shape::One(|one| one.is_ascii_digit()), 12, Some(12));

/// Whether `text` is a Sid: one or more of `[A-Za-z0-9]`.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Sid".
#[must_use]
pub fn is_sid(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The index of the first of two ASCII characters in `text`, if any. Compares eight bytes at a time.
///
/// # Examples
///
/// ```
/// use iam_policy_core::text::find_either;
///
/// assert_eq!(find_either("lambda:Get?*", b'*', b'?'), Some(10));
/// assert_eq!(find_either("lambda:GetFunction", b'*', b'?'), None);
/// ```
#[must_use]
pub const fn find_either(text: &str, one: u8, other: u8) -> Option<usize> {
    let (mut words, mut rest) = text.as_bytes().as_chunks::<8>();
    let mut at = 0;
    while let [word, after @ ..] = words {
        let word = u64::from_le_bytes(*word);
        let found = occurrences(word, one) | occurrences(word, other);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        (words, at) = (after, at + 8);
    }
    while let [byte, after @ ..] = rest {
        if *byte == one || *byte == other {
            return Some(at);
        }
        (rest, at) = (after, at + 1);
    }
    None
}

/// The bytes of `word` that are `byte`: the high bit of the first is set, and that of later bytes may be.
pub(crate) const fn occurrences(word: u64, byte: u8) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let word = word ^ (ONES * byte as u64);
    word.wrapping_sub(ONES) & !word & ONES << 7
}

/// Parses `true` or `false`, ignoring case, as in the conditions `Bool` and `Null`.
///
/// # Examples
///
/// ```
/// use iam_policy_core::text::boolean;
///
/// assert_eq!((boolean("True"), boolean("FALSE"), boolean("yes")), (Some(true), Some(false), None));
/// ```
#[must_use]
pub const fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Whether `text` can name a policy, an extension, a statement or a parameter: a letter, followed by letters, digits,
/// `-` and `_`, all of them ASCII. Every such name becomes a Rust constant in upper case, with `_` for `-`.
#[must_use]
pub fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Whether `text` is an action, `service:Name`, or `*` for all actions. The name may contain wildcards, the service may
/// not.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Action".
///
/// # Examples
///
/// ```
/// use iam_policy_core::text::is_action;
///
/// assert!(is_action("s3:Get*"));
/// assert!(!is_action("s3.GetObject"));
/// assert!(!is_action("s*:GetObject"));
/// ```
#[must_use]
pub fn is_action(text: &str) -> bool {
    if text == "*" {
        return true;
    }
    let Some((service, name)) = text.split_once(':') else {
        return false;
    };
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !service.is_empty()
        && service.bytes().all(word)
        && !name.is_empty()
        && name
            .bytes()
            .all(|byte| word(byte) || matches!(byte, b'_' | b'*' | b'?'))
}

/// A number with its digits grouped by three.
///
/// # Examples
///
/// ```
/// assert_eq!(iam_policy_core::text::Grouped(10240).to_string(), "10,240");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grouped(pub usize);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 / 1000 {
            0 => write!(f, "{}", self.0),
            thousands => write!(f, "{},{:03}", Self(thousands), self.0 % 1000),
        }
    }
}

/// `a == b`, which is not available for strings in a `const fn`.
pub(crate) const fn same(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let ([x, a_rest @ ..], [y, b_rest @ ..]) = (a, b) {
        if *x != *y {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    a.is_empty() && b.is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::string::ToString;

    use super::*;

    proptest! {
        #[test]
        fn finds_the_first_of_two_characters(text in "[)*+>?@ aé]{0,20}", before in 0usize..20) {
            let text = "x".repeat(before) + &text;
            let first = text.find(['*', '?']);
            prop_assert_eq!(find_either(&text, b'*', b'?'), first);
        }
    }

    #[test]
    fn sids_are_letters_and_digits() {
        assert!(is_sid("0"));
        assert!(is_sid("FetchBinaries"));
        assert!(!is_sid(""));
        assert!(!is_sid("Fetch-Binaries"));
        assert!(!is_sid("Größe"));
    }

    #[test]
    fn names_become_constants() {
        for right in ["fetch-binaries", "s3", "Role_2"] {
            assert!(is_name(right), "{right}");
        }
        for wrong in ["", "-a", "_a", "0a", "a b", "ä", "a.b"] {
            assert!(!is_name(wrong), "{wrong}");
        }
    }

    #[test]
    fn actions_have_a_service_and_a_name() {
        for right in ["*", "s3:*", "s3:GetObject", "execute-api:Invoke", "ec2:Describe?*"] {
            assert!(is_action(right), "{right}");
        }
        for wrong in [
            "",
            "s3",
            "s3:",
            ":GetObject",
            "s3:Get Object",
            "s3:a:b",
            "*:GetObject",
            "s3:{prefix}",
        ] {
            assert!(!is_action(wrong), "{wrong}");
        }
    }

    #[test]
    fn digits_are_grouped_by_three() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_002_003, "1,002,003")] {
            assert_eq!(Grouped(number).to_string(), text);
        }
    }
}
