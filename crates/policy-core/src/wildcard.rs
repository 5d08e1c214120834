//! The wildcard rule: `*` matches any run of characters, `?` exactly one.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Resource", "Using wildcards in resource ARNs". The functions are
//! `const`, so constants can use them; the matching rules of whole policies build on them.
#![expect(
    clippy::indexing_slicing,
    reason = "a `const fn` has no `get`; every index is compared with a length first"
)]

use crate::text::find_either;
use crate::variable;

/// Whether `text` matches `pattern`, byte for byte outside the wildcards.
///
/// # Examples
///
/// ```
/// use iam_policy_core::wildcard::matches;
///
/// assert!(matches("role/*-admin", "role/team/blue-admin"));
/// assert!(matches("v?", "v2"));
/// assert!(!matches("v?", "v"));
/// ```
#[must_use]
pub const fn matches(pattern: &str, text: &str) -> bool {
    glob(pattern.as_bytes(), text.as_bytes(), Case::Sensitive, Variables::Literal)
}

/// Whether `text` matches `pattern`, ignoring the case of ASCII letters, as for action names.
///
/// # Examples
///
/// ```
/// use iam_policy_core::wildcard::matches_ignoring_case;
///
/// assert!(matches_ignoring_case("s3:get*", "s3:GetObject"));
/// ```
#[must_use]
pub const fn matches_ignoring_case(pattern: &str, text: &str) -> bool {
    glob(pattern.as_bytes(), text.as_bytes(), Case::Ignored, Variables::Literal)
}

/// Whether `text` contains `*` or `?`.
#[must_use]
pub const fn is_pattern(text: &str) -> bool {
    find_either(text, b'*', b'?').is_some()
}

#[derive(Clone, Copy)]
pub(crate) enum Case {
    Sensitive,
    Ignored,
}

/// How `${…}` in a pattern is treated.
#[derive(Clone, Copy)]
pub(crate) enum Variables {
    /// As literal characters.
    Literal,
    /// As anything, because its value comes with the request; `${*}`, `${?}` and `${$}` are literal characters.
    Anything,
}

/// One element of a pattern.
#[derive(Clone, Copy)]
enum Token {
    Byte(u8),
    Question,
    Star,
}

/// The token at `at`, and the start of the next one.
const fn token(pattern: &[u8], at: usize, variables: Variables) -> (Token, usize) {
    let byte = pattern[at];
    match byte {
        b'*' => (Token::Star, at + 1),
        b'?' => (Token::Question, at + 1),
        b'$' if matches!(variables, Variables::Anything) => match variable::starting_at(pattern, at) {
            Some((variable::Kind::Character(byte), end)) => (Token::Byte(byte), end),
            Some((variable::Kind::Variable, end)) => (Token::Star, end),
            None => (Token::Byte(byte), at + 1),
        },
        _ => (Token::Byte(byte), at + 1),
    }
}

/// The length in bytes of the character that starts at `at`; 0 inside a character.
const fn character(text: &[u8], at: usize) -> usize {
    const fn continues(byte: u8) -> bool {
        byte & 0b1100_0000 == 0b1000_0000
    }
    if continues(text[at]) {
        return 0;
    }
    let mut end = at + 1;
    while end < text.len() && continues(text[end]) {
        end += 1;
    }
    end - at
}

/// The matcher. A mismatch backtracks only to the last `*`, which suffices: whatever an earlier `*` could match, the
/// later one can match as well.
#[expect(
    clippy::indexing_slicing,
    reason = "every index is compared with its length in the line before"
)]
pub(crate) const fn glob(pattern: &[u8], text: &[u8], case: Case, variables: Variables) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        if p < pattern.len() {
            let (token, next) = token(pattern, p, variables);
            match token {
                Token::Star => {
                    p = next;
                    retry = Some((p, t));
                    continue;
                }
                Token::Question if t < text.len() => {
                    let width = character(text, t);
                    if width > 0 {
                        (p, t) = (next, t + width);
                        continue;
                    }
                }
                Token::Byte(byte) if t < text.len() => {
                    let equal = match case {
                        Case::Sensitive => byte == text[t],
                        Case::Ignored => byte.eq_ignore_ascii_case(&text[t]),
                    };
                    if equal {
                        (p, t) = (next, t + 1);
                        continue;
                    }
                }
                _ => {}
            }
        } else if t == text.len() {
            return true;
        }
        match retry {
            Some((after_star, start)) if start < text.len() => {
                (p, t) = (after_star, start + 1);
                retry = Some((after_star, start + 1));
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::vec::Vec;

    use super::*;

    /// The rule in its plainest form.
    fn model(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            (['*', rest @ ..], _) => model(rest, text) || (!text.is_empty() && model(pattern, &text[1..])),
            (['?', rest @ ..], [_, tail @ ..]) => model(rest, tail),
            ([a, rest @ ..], [b, tail @ ..]) => a == b && model(rest, tail),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_recursive_model(pattern in "[ab*?é]{0,10}", text in "[abé]{0,12}") {
            let expected = model(
                &pattern.chars().collect::<Vec<_>>(),
                &text.chars().collect::<Vec<_>>(),
            );
            prop_assert_eq!(matches(&pattern, &text), expected);
        }

        #[test]
        fn case_insensitive_like_lowercase(pattern in "[aAbB*?]{0,8}", text in "[aAbB]{0,8}") {
            prop_assert_eq!(
                matches_ignoring_case(&pattern, &text),
                matches(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase())
            );
        }

        #[test]
        fn any_input_terminates(pattern in ".{0,20}", text in ".{0,20}") {
            let _ = matches(&pattern, &text);
            let _ = glob(pattern.as_bytes(), text.as_bytes(), Case::Ignored, Variables::Anything);
        }
    }

    #[test]
    fn a_question_mark_matches_one_character() {
        assert!(matches("caf?", "café"));
        assert!(!matches("caf??", "café"));
        assert!(matches("*?", "é"));
    }

    #[test]
    fn variables_match_anything_and_escapes_are_literal() {
        let may = |pattern: &str, text: &str| {
            glob(
                pattern.as_bytes(),
                text.as_bytes(),
                Case::Sensitive,
                Variables::Anything,
            )
        };
        assert!(may("home/${aws:username}/x", "home/ann/x"));
        assert!(!may("home/${aws:username}/x", "home/ann/y"));
        assert!(may("a${*}b", "a*b"));
        assert!(!may("a${*}b", "axb"));
        assert!(may("${", "${"));
    }
}
