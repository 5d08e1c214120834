//! Relations between two wildcard patterns. What a single pattern matches is defined in `iam_policy_core::wildcard`.

use iam_policy_core::variable::{Piece, pieces};

/// Whether `wide` matches everything that `narrow` matches.
///
/// Wildcards in `narrow` are treated as characters that only a `*` in `wide` matches, or a `?` another `?`. A positive
/// answer is always right; a negative one may be wrong if `wide` spells the same pattern differently, such as `?*` and
/// `*?`.
///
/// A mismatch backtracks only to the last `*` of `wide`, so the time is at most the product of the lengths, and linear
/// if the only `*` of `wide` is at its end.
#[must_use]
pub fn covers(wide: &str, narrow: &str) -> bool {
    let (wide, narrow) = (wide.as_bytes(), narrow.as_bytes());
    let (mut w, mut n) = (0, 0);
    let mut retry = None;
    loop {
        match (wide.get(w), narrow.get(n)) {
            (Some(b'*'), _) => {
                w += 1;
                if w == wide.len() {
                    return true;
                }
                retry = Some((w, n));
                continue;
            }
            (None, None) => return true,
            (Some(b'?'), Some(&other)) if other != b'*' => {
                w += 1;
                n += 1;
                // `?` is a character, not a byte.
                while narrow.get(n).is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000) {
                    n += 1;
                }
                continue;
            }
            (Some(own), Some(other)) if own == other => {
                w += 1;
                n += 1;
                continue;
            }
            _ => {}
        }
        // The next position where the `*` can end.
        let Some((after_star, start)) = retry else { return false };
        let next = narrow.get(start + 1..).unwrap_or_default();
        let Some(skipped) = wide
            .get(after_star)
            .and_then(|&first| next.iter().position(|&other| first == b'?' || first == other))
        else {
            return false;
        };
        (w, n) = (after_star, start + 1 + skipped);
        retry = Some((w, n));
    }
}

/// Whether some text matches both patterns, where `*` also matches `/` and `:`.
///
/// `${…}` in either is a policy variable, an unknown part, or a placeholder of an ARN format, and matches anything; only
/// a name or an unknown word excludes slashes.
///
/// The time is at most the product of the lengths; for most pairs it is that of comparing the text before their first
/// wildcards.
#[must_use]
pub fn intersect(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    match start(a, b) {
        Start::Differs => return false,
        Start::Anything => return true,
        Start::Open => {}
    }
    if !ends_agree(a, b) {
        return false;
    }
    let (a, b) = (tokens(a), tokens(b));
    // Whether the tokens of `a` before some position and those of `b` before `j` can match the same text, for this
    // position and the next.
    let mut here = vec![false; b.len() + 1];
    let mut next = here.clone();
    mark(&mut here, 0);
    for i in 0..=a.len() {
        next.fill(false);
        let own = a.get(i).copied();
        for j in 0..=b.len() {
            if here.get(j) != Some(&true) {
                continue;
            }
            let other = b.get(j).copied();
            if own.is_none() && other.is_none() {
                return true;
            }
            // A run may be empty, or match the other side's token.
            if own.is_some_and(Token::is_run) || (own.is_some() && other.is_some_and(|run| run.takes(own))) {
                mark(&mut next, j);
            }
            if other.is_some_and(Token::is_run) || (other.is_some() && own.is_some_and(|run| run.takes(other))) {
                mark(&mut here, j + 1);
            }
            let same = match (own, other) {
                (Some(Token::Text(own)), Some(Token::Text(other))) => own == other,
                (Some(Token::Text(_) | Token::Any), Some(Token::Text(_) | Token::Any)) => true,
                _ => false,
            };
            if same {
                mark(&mut next, j + 1);
            }
        }
        std::mem::swap(&mut here, &mut next);
    }
    false
}

fn mark(places: &mut [bool], at: usize) {
    if let Some(place) = places.get_mut(at) {
        *place = true;
    }
}

/// How two patterns start.
enum Start {
    /// With different texts.
    Differs,
    /// With the same text, after which one of them matches everything; or they are equal.
    Anything,
    /// With the same text, up to a wildcard or variable.
    Open,
}

fn start(a: &str, b: &str) -> Start {
    let is_special = |byte: u8| matches!(byte, b'*' | b'?' | b'$');
    let pairs = a.bytes().zip(b.bytes());
    let length = pairs.take_while(|&(a, b)| a == b && !is_special(a)).count();
    let next = |pattern: &str| pattern.as_bytes().get(length).copied();
    match (next(a), next(b)) {
        (None, None) => Start::Anything,
        (first, second) if first.is_some_and(is_special) || second.is_some_and(is_special) => {
            let rest = |pattern: &str| pattern.get(length..).is_some_and(matches_everything);
            if rest(a) || rest(b) {
                Start::Anything
            } else {
                Start::Open
            }
        }
        _ => Start::Differs,
    }
}

/// Whether the rest of a pattern is a single `*`, or a variable that may be any text.
fn matches_everything(rest: &str) -> bool {
    if rest == "*" {
        return true;
    }
    let mut pieces = pieces(rest);
    let is_any = match pieces.next() {
        Some(Piece::Variable(variable)) => !is_name(variable.key),
        Some(Piece::Unknown(unknown)) => !unknown.is_word,
        _ => false,
    };
    is_any && pieces.next().is_none()
}

/// Whether a placeholder stands for a name without slashes.
///
/// Source: Amazon S3 User Guide, "General purpose bucket naming rules"; Amazon DynamoDB Developer Guide, "Supported
/// data types and naming rules"; table names of Keyspaces and Timestream exclude slashes too, and those of Glue follow
/// a placeholder that includes them.
fn is_name(placeholder: &str) -> bool {
    matches!(placeholder, "BucketName" | "TableName")
}

/// Whether two patterns end with the same text, up to their last wildcards or variables.
fn ends_agree(a: &str, b: &str) -> bool {
    let special = |byte: u8| matches!(byte, b'*' | b'?' | b'}');
    let mut pairs = a.bytes().rev().zip(b.bytes().rev());
    let differing = pairs.find(|&(a, b)| a != b || special(a));
    differing.is_none_or(|(a, b)| special(a) || special(b))
}

/// A token of a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Text(char),
    /// `?`
    Any,
    /// Any run of characters.
    Run,
    /// Any run of characters without a slash.
    Name,
}

impl Token {
    fn is_run(self) -> bool {
        matches!(self, Self::Run | Self::Name)
    }

    /// Whether a run may contain this token.
    fn takes(self, other: Option<Self>) -> bool {
        match self {
            Self::Run => true,
            Self::Name => other != Some(Self::Text('/')),
            Self::Text(_) | Self::Any => false,
        }
    }
}

fn tokens(pattern: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(pattern.len());
    let mut push = |token| {
        if !(token == Token::Run && tokens.last() == Some(&Token::Run)) {
            tokens.push(token);
        }
    };
    for piece in pieces(pattern) {
        match piece {
            Piece::Text(text) | Piece::Unclosed(text) => {
                for character in text.chars() {
                    push(match character {
                        '*' => Token::Run,
                        '?' => Token::Any,
                        _ => Token::Text(character),
                    });
                }
            }
            Piece::Character(character) => push(Token::Text(character)),
            Piece::Variable(variable) if is_name(variable.key) => push(Token::Name),
            Piece::Unknown(unknown) if unknown.is_word => push(Token::Name),
            Piece::Variable(_) | Piece::Unknown(_) => push(Token::Run),
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use iam_policy_core::wildcard::matches;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn covers_narrower_patterns() {
        for (wide, narrow) in [
            ("ec2:*", "ec2:Describe*"),
            ("ec2:Describe*", "ec2:DescribeVolumes"),
            ("*", "?"),
            ("a?c", "a?c"),
            ("a?c", "aéc"),
            ("*/*", "a/*/b"),
            ("", ""),
        ] {
            assert!(covers(wide, narrow), "{wide} {narrow}");
        }
        for (wide, narrow) in [
            ("a?", "a*"),
            ("?*", "*"),
            ("ab*", "a*"),
            ("ab*", "a?"),
            ("a", "ab"),
            ("", "*"),
        ] {
            assert!(!covers(wide, narrow), "{wide} {narrow}");
        }
        assert!(!covers("a", "A"));
    }

    #[test]
    fn variables_match_anything_and_escapes_are_literal() {
        assert!(intersect("a${*}b", "a?b"));
        assert!(!intersect("a${*}b", "axb"));
        assert!(intersect("x-${aws:username}", "x-ann"));
        assert!(!intersect("${BucketName}", "a/*"));
        assert!(!intersect("table/${TableName}", "table/a/index/b"));
    }

    proptest! {
        #[test]
        fn covered_patterns_are_matched(wide in "[ab*?]{0,6}", narrow in "[ab*?]{0,6}", text in "[ab]{0,8}") {
            if covers(&wide, &narrow) && matches(&narrow, &text) {
                prop_assert!(matches(&wide, &text));
            }
        }

        #[test]
        fn common_matches_mean_intersection(a in "[ab/*?]{0,6}", b in "[ab/*?]{0,6}", text in "[ab/]{0,8}") {
            if matches(&a, &text) && matches(&b, &text) {
                prop_assert!(intersect(&a, &b));
            }
        }

        #[test]
        fn intersections_have_a_common_text(a in "[ab*?]{0,4}", b in "[ab*?]{0,4}") {
            // A shortest common text has at most one character per character of either pattern.
            fn texts(length: usize) -> Vec<String> {
                (0..1 << length).map(|bits: u32| (0..length).map(|i| if bits >> i & 1 == 0 { 'a' } else { 'b' }).collect()).collect()
            }
            let any = (0..=8).flat_map(texts).any(|text| matches(&a, &text) && matches(&b, &text));
            prop_assert_eq!(intersect(&a, &b), any);
        }

        #[test]
        fn any_text_terminates(a in ".{0,20}", b in ".{0,20}") {
            let _ = (covers(&a, &b), intersect(&a, &b));
            prop_assert!(covers(&a, &a) && covers("*", &a));
        }
    }
}
