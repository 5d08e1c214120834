//! How much the explanation shows of each pattern.
//!
//! Wildcards make a small policy a large explanation: `*` expands to more than 20,000 actions. A pattern that has been
//! expanded before for the same resources refers back, and once the explanation is much larger than the policy, patterns
//! are summarized.

use std::collections::HashMap;

use iam_policy_catalog::{AccessLevel, Action};
use iam_policy_core::wildcard;

use super::subject::{Pattern, Subject};

/// A number of actions for each access level that occurs.
pub(super) type Levels = Vec<(AccessLevel, usize)>;

/// How many times larger than the input an explanation may be, unless it is small.
const MAX_GROWTH: usize = 50;

/// The size that every explanation may have, in bytes.
const ALWAYS: usize = 250_000;

/// How much is shown of a pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Extent {
    /// Every action.
    #[default]
    Full,
    /// A reference to the statement that expands the same pattern for the same resources.
    Same {
        /// The index of the statement.
        statement: usize,
    },
    /// The number of actions for each access level.
    Summary(Levels),
}

/// The estimated size of an action in an explanation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    /// Its size in bytes without resources.
    pub(super) action: usize,
    /// How often the resources of the statement are listed.
    pub(super) resources: usize,
}

/// Sets the extent of every pattern, and the access levels of every statement.
///
/// - `input`: the size of the policies in bytes
/// - `cost`: what an action adds to the explanation
pub(super) fn limit(subjects: &mut [Subject<'_>], input: usize, cost: Cost) {
    let mut left = ALWAYS.max(input.saturating_mul(MAX_GROWTH));
    let mut levels = HashMap::new();
    for subject in subjects {
        let mut expanded = HashMap::new();
        for (index, statement) in subject.statements.iter_mut().enumerate() {
            let resources: Vec<&str> = statement.resources.iter().map(|resource| resource.arn).collect();
            let size = resources.iter().map(|arn| arn.len()).sum::<usize>();
            let each = cost.action + cost.resources * size;
            let shared = (statement.not_resources, resources);
            let patterns: &mut HashMap<_, _> = expanded.entry(shared).or_default();
            for pattern in &mut statement.actions {
                let levels = levels
                    .entry(pattern.text)
                    .or_insert_with(|| by_level(pattern.actions()));
                let count = levels.iter().map(|(_, count)| count).sum::<usize>();
                pattern.extent = if count == 0 {
                    Extent::Full
                } else if let Some(statement) = patterns.get(pattern.text) {
                    Extent::Same { statement: *statement }
                } else if let Some(rest) = left.checked_sub(count.saturating_mul(each)) {
                    left = rest;
                    if pattern.is_wildcard() {
                        patterns.insert(pattern.text, index);
                    }
                    Extent::Full
                } else {
                    Extent::Summary(levels.clone())
                };
            }
            statement.levels = of_all(&statement.actions, &levels);
        }
    }
}

/// The number of `actions` for each access level that occurs.
fn by_level(actions: impl Iterator<Item = Action>) -> Levels {
    let mut counts: Vec<_> = AccessLevel::ALL.iter().map(|level| (*level, 0)).collect();
    for action in actions {
        for (level, count) in &mut counts {
            *count += usize::from(action.access_level() == *level);
        }
    }
    counts.retain(|(_, count)| *count > 0);
    counts
}

/// The number of actions that any of a statement's patterns matches, for each access level that occurs.
///
/// - `levels`: the same for every pattern alone
fn of_all<'a>(patterns: &[Pattern<'a>], levels: &HashMap<&'a str, Levels>) -> Levels {
    let is_everything = |pattern: &&Pattern<'_>| wildcard::is_everything(pattern.text);
    let known = match patterns {
        [pattern] => levels.get(pattern.text),
        _ => patterns
            .iter()
            .find(is_everything)
            .and_then(|pattern| levels.get(pattern.text)),
    };
    if let Some(known) = known {
        return known.clone();
    }
    let mut actions: Vec<Action> = patterns.iter().flat_map(Pattern::actions).collect();
    actions.sort_by_key(|action| action.index());
    actions.dedup_by_key(|action| action.index());
    by_level(actions.into_iter())
}
