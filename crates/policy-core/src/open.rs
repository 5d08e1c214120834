//! Patterns of resources, against a resource of which parts are unknown.

use crate::decide::Match;
use crate::variable::{self, Kind, Unknown, has_variable};
use crate::wildcard::{Case, Variables, continues, glob};

/// Whether a pattern matches a resource in which some parts are [unknown](Unknown): `Yes` if it does whatever they are,
/// `No` if it cannot.
pub(crate) const fn matches(pattern: &str, resource: &str) -> Match {
    let (mut pattern, mut text) = (pattern.as_bytes(), resource.as_bytes());
    let mut result = Match::Yes;
    let mut separators = 0;
    while separators < 5 {
        let (Some((segment, text_rest)), Some((own, rest))) = (split(text, true), split(pattern, false)) else {
            // Either the segments of the resource are unknown, or a pattern with fewer of them ends in a wildcard.
            return match result {
                Match::Yes => Match::Maybe,
                other => other,
            };
        };
        result = result.and(segment_matches(own, segment));
        (pattern, text) = (rest, text_rest);
        separators += 1;
    }
    result.and(segment_matches(pattern, text))
}

/// The text before the first colon and the text after it.
///
/// - `unknown`: whether colons inside the names of unknown parts do not count
const fn split(text: &[u8], unknown: bool) -> Option<(&[u8], &[u8])> {
    let mut rest = text;
    loop {
        match rest {
            [] => return None,
            [b':', tail @ ..] => {
                let (segment, _) = text.split_at(text.len() - rest.len());
                return Some((segment, tail));
            }
            _ => {}
        }
        rest = match leading_unknown(rest) {
            Some(tail) if unknown => tail,
            _ => rest.split_at(1).1,
        };
    }
}

const fn segment_matches(pattern: &[u8], text: &[u8]) -> Match {
    let Some(text_end) = after_last_run(text, Side::Resource) else {
        let matches = glob(pattern, text, Case::Sensitive, Variables::Anything);
        return match (matches, has_variable(pattern)) {
            (false, _) => Match::No,
            (true, true) => Match::Maybe,
            (true, false) => Match::Yes,
        };
    };
    if covers(pattern, text) {
        return Match::Yes;
    }
    let may = match after_last_run(pattern, Side::Pattern) {
        // With a run in both, whatever is between their ends fits into the runs.
        Some(end) => starts_agree(pattern, text) && ends_agree(end, text_end),
        None => can_be(text, pattern),
    };
    if may { Match::Maybe } else { Match::No }
}

/// Whose text it is.
#[derive(Clone, Copy)]
enum Side {
    Pattern,
    Resource,
}

/// A part of a text.
#[derive(Clone, Copy)]
enum Token<'t> {
    /// A character.
    Text(&'t [u8]),
    /// Any character.
    Any,
    /// Any text.
    Run,
}

const fn next(text: &[u8], side: Side) -> Option<(Token<'_>, &[u8])> {
    let is_pattern = matches!(side, Side::Pattern);
    match text {
        [] => return None,
        [b'*', rest @ ..] if is_pattern => return Some((Token::Run, rest)),
        [b'?', rest @ ..] if is_pattern => return Some((Token::Any, rest)),
        [b'$', b'{', ..] if is_pattern => match variable::leading(text) {
            Some((Kind::Variable, rest)) => return Some((Token::Run, rest)),
            // The character is the one before the brace that closes.
            Some((Kind::Character(_), rest)) => {
                let (whole, _) = text.split_at(text.len() - rest.len());
                if let [.., character, _] = whole {
                    return Some((Token::Text(core::slice::from_ref(character)), rest));
                }
            }
            None => {}
        },
        _ => {
            if let Some(rest) = leading_unknown(text) {
                return Some((Token::Run, rest));
            }
        }
    }
    let mut length = 1;
    while length < text.len() && matches!(text.split_at(length).1, [byte, ..] if continues(*byte)) {
        length += 1;
    }
    let (character, rest) = text.split_at(length);
    Some((Token::Text(character), rest))
}

/// What follows the unknown part with which a text starts.
const fn leading_unknown(text: &[u8]) -> Option<&[u8]> {
    match text {
        [b'$', b'{', mark, ..] if *mark as u32 == Unknown::MARK as u32 => match variable::leading(text) {
            Some((_, rest)) => Some(rest),
            None => None,
        },
        _ => None,
    }
}

/// Whether a token of the pattern can match one of the resource, if neither is a run.
const fn agree(one: Token<'_>, other: Token<'_>) -> bool {
    match (one, other) {
        (Token::Text(one), Token::Text(other)) => same(one, other),
        (Token::Run, _) | (_, Token::Run) => false,
        _ => true,
    }
}

const fn same(mut one: &[u8], mut other: &[u8]) -> bool {
    while let ([a, rest @ ..], [b, other_rest @ ..]) = (one, other)
        && *a == *b
    {
        (one, other) = (rest, other_rest);
    }
    one.is_empty() && other.is_empty()
}

const fn after_last_run(text: &[u8], side: Side) -> Option<&[u8]> {
    let (mut end, mut rest) = (None, text);
    while let Some((token, tail)) = next(rest, side) {
        rest = tail;
        if matches!(token, Token::Run) {
            end = Some(tail);
        }
    }
    end
}

/// Whether a pattern matches a resource whatever its unknown parts are. Of a pattern in which single characters are open, or
/// variables, that is not said.
const fn covers(pattern: &[u8], text: &[u8]) -> bool {
    let (mut pattern, mut text) = (pattern, text);
    let mut retry = None;
    loop {
        match (next(pattern, Side::Pattern), next(text, Side::Resource)) {
            (Some((Token::Any, _)), _) => return false,
            (Some((Token::Run, rest)), _) => {
                if !matches!(pattern, [b'*', ..]) {
                    return false;
                }
                pattern = rest;
                retry = Some((rest, text));
                continue;
            }
            (None, None) => return true,
            (Some((own, rest)), Some((other, text_rest))) if agree(own, other) => {
                (pattern, text) = (rest, text_rest);
                continue;
            }
            _ => {}
        }
        let Some((after_run, from)) = retry else { return false };
        let Some((_, from)) = next(from, Side::Resource) else {
            return false;
        };
        (pattern, text) = (after_run, from);
        retry = Some((after_run, from));
    }
}

/// Whether a resource can be a text of a pattern that has no runs.
const fn can_be(text: &[u8], pattern: &[u8]) -> bool {
    let (mut pattern, mut text) = (pattern, text);
    let mut retry = None;
    loop {
        match (next(text, Side::Resource), next(pattern, Side::Pattern)) {
            (Some((Token::Run, rest)), _) => {
                text = rest;
                retry = Some((rest, pattern));
                continue;
            }
            (None, None) => return true,
            (Some((other, text_rest)), Some((own, rest))) if agree(own, other) => {
                (pattern, text) = (rest, text_rest);
                continue;
            }
            _ => {}
        }
        let Some((after_run, from)) = retry else { return false };
        let Some((_, from)) = next(from, Side::Pattern) else {
            return false;
        };
        (text, pattern) = (after_run, from);
        retry = Some((after_run, from));
    }
}

/// Whether the texts before the first runs can be the same, as far as both go.
const fn starts_agree(pattern: &[u8], text: &[u8]) -> bool {
    let (mut pattern, mut text) = (pattern, text);
    while let (Some((own, rest)), Some((other, text_rest))) = (next(pattern, Side::Pattern), next(text, Side::Resource))
    {
        if matches!(own, Token::Run) || matches!(other, Token::Run) {
            return true;
        }
        if !agree(own, other) {
            return false;
        }
        (pattern, text) = (rest, text_rest);
    }
    true
}

/// Whether the texts after the last runs can be the same, as far as both go.
const fn ends_agree(pattern: &[u8], text: &[u8]) -> bool {
    let (mut pattern, mut text) = (pattern, text);
    let (mut own_count, mut count) = (count(pattern, Side::Pattern), count(text, Side::Resource));
    while own_count > count {
        if let Some((_, rest)) = next(pattern, Side::Pattern) {
            pattern = rest;
        }
        own_count -= 1;
    }
    while count > own_count {
        if let Some((_, rest)) = next(text, Side::Resource) {
            text = rest;
        }
        count -= 1;
    }
    starts_agree(pattern, text)
}

const fn count(text: &[u8], side: Side) -> usize {
    let (mut count, mut rest) = (0, text);
    while let Some((_, tail)) = next(rest, side) {
        (rest, count) = (tail, count + 1);
    }
    count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::string::String;
    use std::vec::Vec;

    use super::*;
    use crate::ArnPattern;

    /// - `text`: with `_` for unknown parts
    fn open(text: &str) -> String {
        text.replace('_', "${\u{1a}x:y}")
    }

    fn check(pattern: &str, text: &str) -> Match {
        matches(
            &std::format!("arn:aws:s3:::{pattern}"),
            &open(&std::format!("arn:aws:s3:::{text}")),
        )
    }

    #[test]
    fn unknown_ends() {
        assert_eq!(check("b/*", "b/_"), Match::Yes);
        assert_eq!(check("b/x*", "b/_"), Match::Maybe);
        assert_eq!(check("b/x", "b/_"), Match::Maybe);
        assert_eq!(check("c/*", "b/_"), Match::No);
        assert_eq!(check("b", "b/_"), Match::No);
        assert_eq!(check("*", "_"), Match::Yes);
        assert_eq!(check("?*", "_"), Match::Maybe);
        assert_eq!(check("${aws:username}*", "b/_"), Match::Maybe);
        assert_eq!(check("a${*}_", "b/_"), Match::No);
    }

    #[test]
    fn unknown_middles() {
        assert_eq!(check("table/*/index/i", "table/_/index/i"), Match::Yes);
        assert_eq!(check("table/*/index/j", "table/_/index/i"), Match::No);
        assert_eq!(check("table/t", "table/_/index/i"), Match::No);
        assert_eq!(check("table/t/index/i", "table/_/index/i"), Match::Maybe);
    }

    #[test]
    fn unknown_segments() {
        let queue = open("arn:aws:sqs:eu-west-1:_:jobs");
        assert_eq!(matches("arn:aws:sqs:*:*:jobs", &queue), Match::Yes);
        assert_eq!(matches("arn:aws:sqs:*:1:jobs", &queue), Match::Maybe);
        assert_eq!(matches("arn:aws:sqs:us-east-1:1:jobs", &queue), Match::No);
        assert_eq!(matches("arn:aws:sqs:*:*:other", &queue), Match::No);
        assert_eq!(matches("arn:aws:sqs:*", &queue), Match::Maybe);
        assert_eq!(matches("arn:aws:sns:*:*:jobs", &open("_")), Match::Maybe);
    }

    proptest! {
        /// Whatever the unknown parts are, the answer is right.
        #[test]
        fn known_parts_agree(
            pattern in "([ab]|[*?]|é|(\\$\\{\\*\\})){0,6}",
            text in prop::collection::vec("[ab*é]{0,3}", 1..4),
            values in prop::collection::vec("[ab*é:]{0,3}", 3),
        ) {
            let mut known = String::new();
            for (number, part) in text.iter().enumerate() {
                if number > 0 {
                    known.push_str(&values[number - 1]);
                }
                known.push_str(part);
            }
            let matches = ArnPattern::new(&std::format!("arn:aws:s3:::{pattern}"))
                .matches_with(&std::format!("arn:aws:s3:::{known}"), Variables::Anything)
                .is_some();
            match check(&pattern, &text.join("_")) {
                Match::Yes => prop_assert!(matches),
                Match::No => prop_assert!(!matches),
                Match::Maybe => {}
            }
        }

        /// What can match does so for some values.
        #[test]
        fn maybes_have_examples(pattern in "[ab*?]{0,4}", text in "[ab_]{0,4}") {
            let values: Vec<String> = (0..5).flat_map(words).collect();
            let holes = text.matches('_').count();
            prop_assume!((1..=2).contains(&holes));
            let may = values.iter().any(|first| {
                let text = text.replacen('_', first, 1);
                if holes == 1 {
                    return crate::wildcard::matches(&pattern, &text);
                }
                values.iter().any(|second| crate::wildcard::matches(&pattern, &text.replacen('_', second, 1)))
            });
            prop_assert_eq!(check(&pattern, &text) != Match::No, may);
        }
    }

    fn words(length: usize) -> Vec<String> {
        (0..1_usize << length)
            .map(|bits| {
                (0..length)
                    .map(|at| if bits >> at & 1 == 0 { 'a' } else { 'b' })
                    .collect()
            })
            .collect()
    }
}
