//! What holds for any input.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "strategies are test code, of which Clippy sees only what is in functions marked as tests"
)]

use iam_policy_catalog::{Action, Catalog};
use proptest::prelude::*;

/// The wildcard rule as one would explain it.
fn covers(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['*', rest @ ..], _) => covers(rest, text) || matches!(text, [_, tail @ ..] if covers(pattern, tail)),
        (['?', rest @ ..], [_, tail @ ..]) => covers(rest, tail),
        ([p, rest @ ..], [t, tail @ ..]) => p.eq_ignore_ascii_case(t) && covers(rest, tail),
        _ => false,
    }
}

fn expand(pattern: &str) -> Vec<Action> {
    let Some((prefix, name)) = pattern.split_once(':') else {
        return Vec::new();
    };
    let name: Vec<char> = name.chars().collect();
    Catalog::get()
        .actions()
        .filter(|action| action.service().prefix().eq_ignore_ascii_case(prefix))
        .filter(|action| covers(&name, &action.name().chars().collect::<Vec<_>>()))
        .collect()
}

fn any_action() -> impl Strategy<Value = Action> {
    (0..Catalog::get().actions().len())
        .prop_map(|index| Catalog::get().action_at(index).expect("the index is in range"))
}

/// A name with some characters replaced, removed or doubled.
fn mutated() -> impl Strategy<Value = String> {
    let change = (any::<prop::sample::Index>(), 0..4_u8, any::<char>());
    (any_action(), prop::collection::vec(change, 0..4)).prop_map(|(action, changes)| {
        let mut name: Vec<char> = action.to_string().chars().collect();
        for (index, kind, character) in changes {
            if name.is_empty() {
                break;
            }
            let at = index.index(name.len());
            match kind {
                0 => name[at] = character,
                1 => name.insert(at, character),
                2 => name.insert(at, name[at]),
                _ => {
                    name.remove(at);
                }
            }
        }
        name.into_iter().collect()
    })
}

/// A pattern that covers the action, and perhaps others.
fn pattern() -> impl Strategy<Value = String> {
    let change = (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        any::<bool>(),
    );
    (any_action(), prop::collection::vec(change, 1..4), any::<bool>()).prop_map(|(action, changes, upper)| {
        let mut name: Vec<char> = action.name().chars().collect();
        for (at, len, star) in changes {
            let at = at.index(name.len() + 1);
            if star {
                let to = at + len.index(name.len() - at + 1);
                name.splice(at..to, ['*']);
            } else if let Some(character) = name.get_mut(at).filter(|c| **c != '*') {
                *character = '?';
            }
        }
        let name: String = name.into_iter().collect();
        let name = if upper { name.to_uppercase() } else { name };
        format!("{}:{name}", action.service())
    })
}

/// Uses all that takes a name.
fn look_up(name: &str) {
    let catalog = Catalog::get();
    let _ = catalog.service(name);
    let _ = catalog.action(name);
    let _ = catalog.condition_key(name);
    let _ = catalog.expand(name).count();
    let _ = catalog.suggest_action(name);
    let _ = catalog.suggest_service(name);
    let _ = catalog.suggest_condition_key(name);
    for prefix in ["s3", "aws", "kms"] {
        let name = format!("{prefix}:{name}");
        let _ = catalog.condition_key(&name);
        let _ = catalog.suggest_action(&name);
        let _ = catalog.suggest_condition_key(&name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn looking_up_any_text_does_not_panic(name in any::<String>()) {
        look_up(&name);
    }

    #[test]
    fn looking_up_long_texts_does_not_panic(name in "[a-z0-9:*?/$\\{\\}<>.-]{0,300}") {
        look_up(&name);
    }

    #[test]
    fn looking_up_mutated_names_does_not_panic(name in mutated()) {
        look_up(&name);
        if let Some(action) = Catalog::get().action(&name) {
            prop_assert!(action.to_string().eq_ignore_ascii_case(&name));
        }
    }

    #[test]
    fn expanding_equals_filtering(pattern in pattern()) {
        let found: Vec<Action> = Catalog::get().expand(&pattern).collect();
        prop_assert!(!found.is_empty());
        prop_assert_eq!(found, expand(&pattern));
    }

    #[test]
    fn matching_equals_expanding_by_name(pattern in pattern(), other in any_action()) {
        let (_, name) = pattern.split_once(':').expect("a pattern has a colon");
        let prefixes = [pattern.split_once(':').map(|(prefix, _)| prefix), Some(other.service().prefix())];
        for service in prefixes.into_iter().flatten().filter_map(|prefix| Catalog::get().service(prefix)) {
            let found: Vec<Action> = service.matching(name).collect();
            let mut expanded = expand(&format!("{service}:{name}"));
            expanded.sort();
            prop_assert_eq!(found, expanded);
        }
    }

    #[test]
    fn expanding_a_misspelled_pattern_equals_filtering(name in mutated(), star in any::<prop::sample::Index>()) {
        let at = star.index(name.len() + 1);
        let pattern = match name.split_at_checked(at) {
            Some((start, end)) => format!("{start}*{end}"),
            None => name,
        };
        prop_assert_eq!(Catalog::get().expand(&pattern).collect::<Vec<_>>(), expand(&pattern));
    }

    #[test]
    fn corrects_one_typo_within_the_service(action in any_action(), at in any::<prop::sample::Index>()) {
        let mut name: Vec<char> = action.name().chars().collect();
        name.insert(at.index(name.len() + 1), '#');
        let name = format!("{}:{}", action.service(), name.into_iter().collect::<String>());
        let found = Catalog::get().suggest_action(&name);
        prop_assert_eq!(found, Some(action));
    }
}

/// A damaged file gives damaged answers, not a panic.
#[test]
fn reading_a_damaged_file_does_not_panic() {
    let text = include_str!("../data/catalog.bin");
    for cut in [0, 7, 8, 100, 1_000, 600_000, 700_000, text.len() - 1] {
        let short = text.get(..cut).unwrap();
        assert!(Catalog::open(short).is_none());
    }
    for (number, replacement) in [(8, '\u{7f}'), (110, '\u{7f}'), (300, '\u{1}')] {
        let mut damaged = text.to_owned();
        for at in (number..text.len()).step_by(977) {
            if text.is_char_boundary(at) && text.is_char_boundary(at + 1) {
                damaged.replace_range(at..=at, replacement.encode_utf8(&mut [0; 4]));
            }
        }
        let Some(catalog) = Catalog::open(damaged.leak()) else {
            continue;
        };
        for action in catalog.actions().step_by(17) {
            let _ = (
                action.to_string(),
                action.access_level(),
                action.condition_keys().count(),
            );
            for found in action.resource_types() {
                let _ = (found.resource_type().name(), found.dependent_actions().count());
            }
        }
        let _ = catalog.expand("s3:Get*").count();
        let _ = catalog.condition_key("aws:RequestTag/team");
        let _ = catalog.suggest_action("s3:PutBuketPolicy");
    }
}
