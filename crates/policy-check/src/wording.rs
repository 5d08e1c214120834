//! Lists of names in messages.

/// The maximum number of names in a message.
const NAMED: usize = 3;

/// Names as a part of a sentence: `` `a` ``, `` `a` and `b` ``, `` `a`, `b`, `c` and 2 more actions ``.
///
/// - `what`: what the names stand for, in the singular, such as `action`
pub(crate) fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>, what: &str) -> String {
    let count = names.len();
    let shown = if count > NAMED { NAMED } else { count };
    let mut list = String::new();
    for (number, name) in names.take(shown).enumerate() {
        let is_last = number + 1 == count;
        let separator = match number {
            0 => "",
            _ if is_last => " and ",
            _ => ", ",
        };
        list.extend([separator, "`", name, "`"]);
    }
    match count - shown {
        0 => {}
        1 => list.extend([" and 1 more ", what]),
        more => list.extend([&format!(" and {more} more "), what, "s"]),
    }
    list
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
