//! The wildcard rule: `*` matches any run of characters, `?` exactly one.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Resource", "Using wildcards in resource ARNs". The functions are
//! `const`, so constants can use them; the matching rules of whole policies build on them.

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

/// Whether `pattern` is `*`, or several of them, which match the same: any text.
///
/// # Examples
///
/// ```
/// use iam_policy_core::wildcard::is_everything;
///
/// assert!(is_everything("**"));
/// assert!(!is_everything("?*"));
/// assert!(!is_everything(""));
/// ```
#[must_use]
pub const fn is_everything(pattern: &str) -> bool {
    let mut rest = pattern.as_bytes();
    while let [b'*', tail @ ..] = rest {
        rest = tail;
    }
    rest.is_empty() && !pattern.is_empty()
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

/// How much of the texts is compared.
#[derive(Clone, Copy)]
pub(crate) enum Extent {
    /// All of it.
    Whole,
    /// The segment of an ARN: up to the next colon or the end.
    Segment,
}

/// Whether all of `text` matches `pattern`.
pub(crate) const fn glob(pattern: &[u8], text: &[u8], case: Case, variables: Variables) -> bool {
    let (pattern, text, _) = skip_equal(pattern, text);
    matching(pattern, text, case, variables, Extent::Whole).is_some()
}

/// Compares a pattern and a text, and returns what follows in both if they match.
///
/// A mismatch backtracks only to the last `*`, which suffices: whatever an earlier `*` could match, the later one can match
/// as well.
///
/// Slice patterns make this an order of magnitude faster in const evaluation than indices and functions of slices: a step
/// takes about 5 microseconds instead of 60.
pub(crate) const fn matching<'p, 't>(
    pattern: &'p [u8],
    text: &'t [u8],
    case: Case,
    variables: Variables,
    extent: Extent,
) -> Option<(&'p [u8], &'t [u8])> {
    let is_segment = matches!(extent, Extent::Segment);
    let is_ignored = matches!(case, Case::Ignored);
    let (mut pattern, mut text) = (pattern, text);
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        while let ([byte, rest @ ..], [first, text_rest @ ..]) = (pattern, text)
            && *byte == *first
            && !matches!(*byte, b'*' | b'?' | b'$' | b':')
        {
            (pattern, text) = (rest, text_rest);
        }
        // Consumes an element of the pattern with what it matches, or falls through to the last `*`.
        match pattern {
            [b'*'] if !is_segment => return Some((&[], &[])),
            [b'*', rest @ ..] if is_segment && matches!(rest, [] | [b':', ..]) => {
                while let [first, text_rest @ ..] = text
                    && *first != b':'
                {
                    text = text_rest;
                }
                return Some((rest, text));
            }
            [b'*', rest @ ..] => {
                pattern = rest;
                retry = Some((rest, text));
                continue;
            }
            [] => {
                if matches!(text, []) || is_segment && matches!(text, [b':', ..]) {
                    return Some((pattern, text));
                }
            }
            [b':', ..] if is_segment => {
                if matches!(text, [] | [b':', ..]) {
                    return Some((pattern, text));
                }
            }
            [b'?', rest @ ..] => {
                if let [first, text_rest @ ..] = text
                    && !continues(*first)
                    && !(is_segment && *first == b':')
                {
                    (pattern, text) = (rest, text_rest);
                    while let [first, text_rest @ ..] = text
                        && continues(*first)
                    {
                        text = text_rest;
                    }
                    continue;
                }
            }
            [b'$', b'{', ..] if matches!(variables, Variables::Anything) => match variable::leading(pattern) {
                Some((variable::Kind::Variable, rest)) => {
                    pattern = rest;
                    retry = Some((rest, text));
                    continue;
                }
                Some((variable::Kind::Character(byte), rest)) => {
                    if let [first, text_rest @ ..] = text
                        && *first == byte
                    {
                        (pattern, text) = (rest, text_rest);
                        continue;
                    }
                }
                None => {
                    if let ([_, rest @ ..], [b'$', text_rest @ ..]) = (pattern, text) {
                        (pattern, text) = (rest, text_rest);
                        continue;
                    }
                }
            },
            [byte, rest @ ..] => {
                if let [first, text_rest @ ..] = text
                    && (*byte == *first || is_ignored && are_cases(*byte, *first))
                    && !(is_segment && *first == b':')
                {
                    (pattern, text) = (rest, text_rest);
                    continue;
                }
            }
        }
        match retry {
            Some((after_star, [first, rest @ ..])) if !(is_segment && *first == b':') => {
                (pattern, text) = (after_star, rest);
                retry = Some((after_star, rest));
            }
            _ => return None,
        }
    }
}

/// Whether two different bytes are the two cases of a letter.
#[expect(clippy::manual_is_ascii_check, reason = "a call is slow in const evaluation")]
const fn are_cases(one: u8, other: u8) -> bool {
    one ^ other == 0x20 && matches!(one | 0x20, b'a'..=b'z')
}

/// Whether `byte` continues a character.
pub(crate) const fn continues(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

/// What remains of a pattern and a text after the bytes in which they agree, up to the first wildcard or variable, and how
/// many colons these contain. Compares four bytes at a time, so up to three more may agree.
pub(crate) const fn skip_equal<'p, 't>(pattern: &'p [u8], text: &'t [u8]) -> (&'p [u8], &'t [u8], usize) {
    let (mut pattern, mut text, mut colons) = (pattern, text, 0);
    while let ([a, b, c, d, rest @ ..], [w, x, y, z, text_rest @ ..]) = (pattern, text)
        && *a == *w
        && *b == *x
        && *c == *y
        && *d == *z
        && !matches!(*a, b'*' | b'?' | b'$')
        && !matches!(*b, b'*' | b'?' | b'$')
        && !matches!(*c, b'*' | b'?' | b'$')
        && !matches!(*d, b'*' | b'?' | b'$')
    {
        colons += (*a == b':') as usize + (*b == b':') as usize + (*c == b':') as usize + (*d == b':') as usize;
        (pattern, text) = (rest, text_rest);
    }
    (pattern, text, colons)
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
        fn what_is_skipped_is_equal(before in "[a:]{0,9}", pattern in "[a:*?$]{0,6}", text in "[a:*$]{0,9}") {
            let (pattern, text) = (before.clone() + &pattern, before + &text);
            let (pattern_rest, text_rest, colons) = skip_equal(pattern.as_bytes(), text.as_bytes());
            let skipped = pattern.strip_suffix(std::str::from_utf8(pattern_rest).unwrap()).unwrap();
            prop_assert_eq!(Some(skipped), text.strip_suffix(std::str::from_utf8(text_rest).unwrap()));
            prop_assert!(!skipped.contains(['*', '?', '$']));
            prop_assert_eq!(skipped.matches(':').count(), colons);
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
