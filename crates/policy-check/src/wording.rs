//! Lists of names in messages.

use iam_policy_document::wording::sentence;

/// The maximum number of names in a message.
const NAMED: usize = 3;

/// Names as a part of a sentence: `` `a` ``, `` `a` and `b` ``, `` `a`, `b`, `c` and 2 more actions ``.
///
/// - `what`: what the names stand for, in the singular, such as `action`
pub(crate) fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>, what: &str) -> String {
    let more = names.len().saturating_sub(NAMED);
    let mut words: Vec<String> = names.take(NAMED).map(|name| ["`", name, "`"].concat()).collect();
    match more {
        0 => {}
        1 => words.push(["1 more ", what].concat()),
        more => words.push(format!("{more} more {what}s")),
    }
    sentence(&words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_joined_as_in_a_sentence() {
        for (names, expected) in [
            (&["a"][..], "`a`"),
            (&["a", "b"], "`a` and `b`"),
            (&["a", "b", "c"], "`a`, `b` and `c`"),
            (&["a", "b", "c", "d"], "`a`, `b`, `c` and 1 more action"),
            (&["a", "b", "c", "d", "e"], "`a`, `b`, `c` and 2 more actions"),
        ] {
            assert_eq!(listed(names.iter().copied(), "action"), expected);
        }
    }
}
