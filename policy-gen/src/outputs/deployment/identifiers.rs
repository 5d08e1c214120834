//! The identifiers of what a deployment declares. Names in a spec may contain `-`, and two of them may only differ in
//! what an identifier cannot contain.

use std::collections::BTreeSet;

/// The identifiers that are taken in one namespace.
#[derive(Default)]
pub(in super::super) struct Identifiers(BTreeSet<String>);

impl Identifiers {
    /// A namespace in which some identifiers are reserved.
    pub(in super::super) fn reserving(reserved: &[&str]) -> Self {
        Self(reserved.iter().map(|&name| name.to_owned()).collect())
    }

    /// Takes the identifier `wanted`, or one with a number at its end if it is taken.
    pub(in super::super) fn take(&mut self, wanted: String, separator: &str) -> String {
        if self.0.insert(wanted.clone()) {
            return wanted;
        }
        let mut number = 2_usize;
        loop {
            let next = format!("{wanted}{separator}{number}");
            if self.0.insert(next.clone()) {
                return next;
            }
            number += 1;
        }
    }
}

/// The words of a name joined by `_`, in lower case.
pub(in super::super) fn snake_case(name: &str) -> String {
    name.replace('-', "_").to_ascii_lowercase()
}

/// `base` with a word at its end that it may already have.
pub(in super::super) fn with_suffix(base: &str, suffix: &str) -> String {
    if base.ends_with(suffix) {
        base.to_owned()
    } else {
        format!("{base}{suffix}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taken_identifiers_get_numbers() {
        let mut names = Identifiers::reserving(&["version"]);
        let mut take = |name: &str| names.take(snake_case(name), "_");
        assert_eq!(
            ["a-b", "a_b", "A-B", "a_b_2", "version"].map(&mut take),
            ["a_b", "a_b_2", "a_b_3", "a_b_2_2", "version_2"]
        );
    }
}
