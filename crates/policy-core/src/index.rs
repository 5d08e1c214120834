//! A summary of a statement's actions, so that const evaluation can skip most statements: there it takes microseconds to
//! compare two characters.

use crate::model::Action;

/// A summary of some actions: a bit for each of their services, and a bit for each action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ActionIndex {
    pub(crate) services: u64,
    pub(crate) actions: u64,
}

/// All bits: anything can be among the actions.
const ANY: u64 = u64::MAX;

impl ActionIndex {
    /// The index of unknown actions.
    pub(crate) const UNKNOWN: Self = Self {
        services: ANY,
        actions: ANY,
    };

    const EMPTY: Self = Self {
        services: 0,
        actions: 0,
    };

    /// The index of a statement's actions.
    pub(crate) const fn of(actions: &[Action<'_>]) -> Self {
        let mut index = Self::EMPTY;
        let mut rest = actions;
        while let [first, tail @ ..] = rest {
            let Self { services, actions } = Self::of_pattern(first.pattern);
            index.services |= services;
            index.actions |= actions;
            rest = tail;
        }
        index
    }

    /// The index of one action, or of the actions that a pattern matches.
    pub(crate) const fn of_pattern(pattern: &str) -> Self {
        let mut services = None;
        let mut hash = FNV_OFFSET;
        let mut rest = pattern.as_bytes();
        while let [first, tail @ ..] = rest {
            match *first {
                b'*' | b'?' => {
                    return Self {
                        services: match services {
                            Some(services) => services,
                            None => ANY,
                        },
                        actions: ANY,
                    };
                }
                b':' if services.is_none() => services = Some(bit(hash)),
                _ => {}
            }
            hash = (hash ^ (*first | CASE) as u64).wrapping_mul(FNV_PRIME);
            rest = tail;
        }
        Self {
            services: match services {
                Some(services) => services,
                None => ANY,
            },
            actions: bit(hash),
        }
    }
}

/// The 64-bit FNV-1a hash.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// The bit in which letters of either case differ.
const CASE: u8 = 0x20;

const fn bit(hash: u64) -> u64 {
    1 << (hash >> 58)
}

#[cfg(test)]
impl ActionIndex {
    /// Whether an action can be among these.
    ///
    /// - `action`: the index of the action
    const fn may_contain(self, action: Self) -> bool {
        self.actions & action.actions != 0 && self.services & action.services != 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::vec::Vec;

    use super::*;
    use crate::wildcard::matches_ignoring_case;

    proptest! {
        /// A statement is skipped only if none of its actions match.
        #[test]
        fn what_matches_is_contained(
            patterns in prop::collection::vec("([ab]{1,2}:)?[AbC*?]{1,3}", 0..4),
            action in "([aAb]{1,2}:)?[aAbBc*]{1,3}",
        ) {
            let actions: Vec<_> = patterns.iter().map(|pattern| Action::new(pattern)).collect();
            let index = ActionIndex::of(&actions);
            if patterns.iter().any(|pattern| matches_ignoring_case(pattern, &action)) {
                prop_assert!(index.may_contain(ActionIndex::of_pattern(&action)));
            }
            prop_assert!(ActionIndex::UNKNOWN.may_contain(ActionIndex::of_pattern(&action)));
        }
    }

    #[test]
    fn other_services_and_other_actions_are_not_contained() {
        let index = ActionIndex::of(&[Action::new("s3:GetObject"), Action::new("lambda:Get*")]);
        let contains = |action| index.may_contain(ActionIndex::of_pattern(action));
        assert!(contains("S3:getobject") && contains("lambda:GetFunction"));
        assert!(!contains("ec2:RunInstances"));
        let literal = ActionIndex::of(&[Action::new("s3:GetObject")]);
        assert!(!literal.may_contain(ActionIndex::of_pattern("s3:PutObject")));
    }
}
