//! Finds a shortest word that matches some patterns and none of others.
//!
//! Each pattern is an automaton that is built lazily: its state is the set of positions in its tokens that the word so
//! far can reach. A breadth-first search runs all automata in parallel. Each step only tries the characters that some
//! automaton distinguishes, plus one that none does.

use std::collections::{HashSet, VecDeque};

use crate::glob::{Pattern, Reach, Token, variable};
use crate::work::Work;

/// What a word must and must not match.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words<'a> {
    /// The word must match at least one pattern of each list.
    pub(crate) all: Vec<Vec<&'a Pattern>>,
    /// The word must match none of these.
    pub(crate) none: Vec<&'a Pattern>,
    /// The only characters allowed, if restricted.
    pub(crate) alphabet: Option<fn(char) -> bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found<T> {
    /// A word was found.
    Yes(T),
    /// There is none.
    No,
    /// The budget was exhausted.
    Unclear,
}

/// The budget of one question.
const STEPS: u64 = 4_000_000;

/// Readable characters, preferred where any character would do.
const PLEASANT: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.+=,@/";

/// A word with more bytes than any ARN of AWS is not shown to anyone.
const LONGEST: usize = 4_096;

/// Marks an automaton that accepts any continuation.
const SATISFIED: u16 = u16::MAX;

impl Words<'_> {
    /// Whether a word is a solution.
    pub(crate) fn contain(&self, word: &str, budget: &Work) -> bool {
        self.alphabet.is_none_or(|alphabet| word.chars().all(alphabet))
            && self
                .all
                .iter()
                .all(|union| union.iter().any(|pattern| pattern.matches(word, budget)))
            && !self.none.iter().any(|pattern| pattern.matches(word, budget))
    }

    /// A shortest word.
    pub(crate) fn find(&self, work: &Work) -> Found<String> {
        if self.is_clearly_empty(work) {
            return Found::No;
        }
        if let Some(word) = self.guess(work) {
            return Found::Yes(word);
        }
        work.within(STEPS, || Search::new(self).run(work)).0
    }

    /// Answers the question without a search, if possible.
    fn is_clearly_empty(&self, work: &Work) -> bool {
        self.all.iter().any(|union| {
            union
                .iter()
                .all(|pattern| self.none.iter().any(|none| none.covers(pattern, work)))
        })
    }

    /// Words of one pattern with its runs empty or one character long are often sufficient, and cheap to try.
    fn guess(&self, work: &Work) -> Option<String> {
        let union = self.all.iter().min_by_key(|union| union.len())?;
        union.iter().take(4).find_map(|pattern| {
            // Each is matched with all patterns, most of which differ from it at the first characters.
            let patterns = self.none.len() + self.all.iter().map(Vec::len).sum::<usize>();
            if !work.spend((3 * pattern.tokens().len() + patterns) / 4) {
                return None;
            }
            ["", "a", "x-1"]
                .iter()
                .map(|run| pattern.word(run))
                .find(|word| !word.is_empty() && word.len() <= LONGEST && self.contain(word, work))
        })
    }
}

struct Search<'a> {
    /// All patterns: first the lists of which one must match, then those that must not match.
    patterns: Vec<&'a Pattern>,
    /// The end of each list in `patterns`.
    ends: Vec<usize>,
    alphabet: Option<fn(char) -> bool>,
}

/// For each automaton still running: its number, how many positions it is in, and those positions.
type State = Vec<u16>;

struct Node {
    state: State,
    parent: usize,
    c: char,
}

impl<'a> Search<'a> {
    fn new(words: &Words<'a>) -> Self {
        let mut patterns = Vec::new();
        let mut ends = Vec::new();
        for union in &words.all {
            patterns.extend(union);
            ends.push(patterns.len());
        }
        patterns.extend(&words.none);
        Self {
            patterns,
            ends,
            alphabet: words.alphabet,
        }
    }

    fn positives(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    fn run(&self, work: &Work) -> Found<String> {
        if self.patterns.len() >= usize::from(u16::MAX) || self.patterns.iter().any(|pattern| pattern.is_too_long()) {
            return Found::Unclear;
        }
        let mut state = State::new();
        for (number, pattern) in self.patterns.iter().enumerate() {
            self.push(&mut state, number, pattern.start());
        }
        let Some(state) = self.alive(state) else {
            return Found::No;
        };
        if self.accepts(&state) {
            return Found::Yes(String::new());
        }
        let mut seen = HashSet::from([state.clone()]);
        let mut nodes = vec![Node {
            state,
            parent: 0,
            c: ' ',
        }];
        let mut queue = VecDeque::from([0]);
        while let Some(at) = queue.pop_front() {
            let Some(node) = nodes.get(at) else { break };
            let state = node.state.clone();
            if !work.spend(state.len() + self.ends.len()) {
                return Found::Unclear;
            }
            for c in self.characters(&state) {
                if self.alphabet.is_some_and(|alphabet| !alphabet(c)) {
                    continue;
                }
                if !work.spend(state.len() + self.ends.len() / 4 + 4) {
                    return Found::Unclear;
                }
                let Some(next) = self.step(&state, c) else { continue };
                let accepted = self.accepts(&next);
                if !accepted {
                    if seen.contains(&next) {
                        continue;
                    }
                    seen.insert(next.clone());
                }
                nodes.push(Node {
                    state: next,
                    parent: at,
                    c,
                });
                if accepted {
                    let found = spell(&nodes);
                    return if found.len() > LONGEST {
                        Found::Unclear
                    } else {
                        Found::Yes(found)
                    };
                }
                queue.push_back(nodes.len() - 1);
            }
        }
        Found::No
    }

    fn push(&self, state: &mut State, number: usize, places: Vec<u16>) {
        let Some(pattern) = self.patterns.get(number) else {
            return;
        };
        let Ok(number) = u16::try_from(number) else { return };
        if pattern.accepts_all(&places) {
            state.extend([number, 1, SATISFIED]);
        } else if !places.is_empty() {
            state.extend([number, u16::try_from(places.len()).unwrap_or(u16::MAX)]);
            state.extend(places);
        }
    }

    /// The state, unless no continuation of it can be a solution.
    fn alive(&self, state: State) -> Option<State> {
        let mut done = vec![Hope::None; self.ends.len()];
        for (number, places) in automata(&state) {
            if number >= self.positives() {
                if places == [SATISFIED] {
                    return None;
                }
            } else if let Some(hope) = done.get_mut(self.list_of(number)) {
                *hope = (*hope).max(if places == [SATISFIED] {
                    Hope::Satisfied
                } else {
                    Hope::Some
                });
            }
        }
        if done.contains(&Hope::None) {
            return None;
        }
        if !done.contains(&Hope::Satisfied) {
            return Some(state);
        }
        // Once one pattern of a list accepts any continuation, the others of the list are irrelevant.
        let mut short = State::with_capacity(state.len());
        let mut marked = vec![false; self.ends.len()];
        for (number, places) in automata(&state) {
            if number < self.positives() {
                let list = self.list_of(number);
                if done.get(list) == Some(&Hope::Satisfied) {
                    let Some(marked) = marked.get_mut(list) else { continue };
                    if !std::mem::replace(marked, true) {
                        let first = list.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
                        short.extend([u16::try_from(first.unwrap_or(0)).unwrap_or(0), 1, SATISFIED]);
                    }
                    continue;
                }
            }
            short.push(u16::try_from(number).unwrap_or(u16::MAX));
            short.push(u16::try_from(places.len()).unwrap_or(u16::MAX));
            short.extend(places);
        }
        Some(short)
    }

    fn list_of(&self, number: usize) -> usize {
        self.ends.partition_point(|&end| end <= number)
    }

    fn accepts(&self, state: &State) -> bool {
        let mut lists = vec![false; self.ends.len()];
        for (number, places) in automata(state) {
            let accepts =
                places == [SATISFIED] || self.patterns.get(number).is_some_and(|pattern| pattern.accepts(places));
            if !accepts {
                continue;
            }
            match lists.get_mut(self.list_of(number)) {
                Some(list) => *list = true,
                None => return false,
            }
        }
        lists.iter().all(|&list| list)
    }

    fn step(&self, state: &State, c: char) -> Option<State> {
        let mut next = State::with_capacity(state.len());
        let mut places = Vec::new();
        for (number, from) in automata(state) {
            let Some(pattern) = self.patterns.get(number) else {
                continue;
            };
            if from == [SATISFIED] {
                next.extend([u16::try_from(number).unwrap_or(u16::MAX), 1, SATISFIED]);
                continue;
            }
            places.clear();
            pattern.step(from, c, &mut places);
            self.push(&mut next, number, std::mem::take(&mut places));
        }
        self.alive(next)
    }

    /// The characters that lead to different states, one of each kind.
    fn characters(&self, state: &State) -> Vec<char> {
        let mut named = Vec::new();
        let mut reach = Reach::Everything;
        // If a list of which one must match only allows certain characters, no others need to be tried.
        let mut only: Vec<(bool, Vec<char>)> = vec![(true, Vec::new()); self.ends.len()];
        for (number, places) in automata(state) {
            let Some(pattern) = self.patterns.get(number) else {
                continue;
            };
            let list = only.get_mut(self.list_of(number));
            if places == [SATISFIED] {
                if let Some((limited, _)) = list {
                    *limited = false;
                }
                continue;
            }
            let (mut chars, mut limited) = (Vec::new(), true);
            for &place in places {
                match pattern.tokens().get(usize::from(place)) {
                    Some(Token::Char(c)) => {
                        chars.push(*c);
                        if pattern.fold() && c.is_ascii_alphabetic() {
                            chars.push(c.to_ascii_uppercase());
                        }
                    }
                    Some(Token::One(own) | Token::Star(own)) => {
                        limited = false;
                        reach = reach.min(*own);
                    }
                    None => {}
                }
            }
            for &c in &chars {
                if !named.contains(&c) {
                    named.push(c);
                }
            }
            if let Some((all, of_list)) = list {
                *all &= limited;
                of_list.append(&mut chars);
            }
        }
        let shortest = only
            .into_iter()
            .filter_map(|(limited, chars)| limited.then_some(chars))
            .min_by_key(Vec::len);
        if let Some(mut chars) = shortest {
            chars.dedup();
            return chars;
        }
        for c in [':', '/'] {
            if !reach.takes(c) && !named.contains(&c) {
                named.push(c);
            }
        }
        // A digit and something else.
        let is_digit = reach == Reach::Digit;
        if is_digit {
            named.extend("1234567890".chars().find(|c| !named.contains(c)));
        }
        let other = PLEASANT
            .chars()
            .chain('\u{C0}'..='\u{FF}')
            .chain('\u{100}'..='\u{FFFF}')
            .filter(|c| !is_digit || !c.is_ascii_digit())
            .find(|c| !named.contains(c) && self.alphabet.is_none_or(|alphabet| alphabet(*c)));
        let mut chars: Vec<char> = other.into_iter().collect();
        // Letters for variables come last, readable characters first.
        named.sort_by_key(|c| (variable(*c).is_some(), PLEASANT.find(*c).unwrap_or(usize::MAX), *c));
        chars.extend(named);
        chars
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Hope {
    None,
    Some,
    Satisfied,
}

/// The running automata of a state.
fn automata(state: &[u16]) -> impl Iterator<Item = (usize, &[u16])> {
    let mut rest = state;
    std::iter::from_fn(move || {
        let [number, count, after @ ..] = rest else {
            return None;
        };
        let (places, left) = after.split_at_checked(usize::from(*count))?;
        rest = left;
        Some((usize::from(*number), places))
    })
}

/// The word that leads to the last node.
fn spell(nodes: &[Node]) -> String {
    let mut word = Vec::new();
    let mut at = nodes.len().saturating_sub(1);
    while at > 0 {
        let Some(node) = nodes.get(at) else { break };
        word.push(node.c);
        at = node.parent;
    }
    word.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::glob::wildcards;

    fn glob(text: &str) -> Pattern {
        Pattern::new(wildcards(text, Reach::Everything), false)
    }

    fn find(all: &[&str], none: &[&str]) -> Found<String> {
        let all: Vec<_> = all.iter().copied().map(glob).collect();
        let none: Vec<_> = none.iter().copied().map(glob).collect();
        let words = Words {
            all: all.iter().map(|pattern| vec![pattern]).collect(),
            none: none.iter().collect(),
            alphabet: None,
        };
        // Not `find`, whose shortcut would bypass the search.
        Search::new(&words).run(&Work::new(1_000_000))
    }

    #[test]
    fn shortest_words() {
        assert_eq!(find(&["a*", "*b"], &["ab"]), Found::Yes("aab".to_owned()));
        assert_eq!(find(&["a*"], &["a", "a?*"]), Found::No);
        assert_eq!(find(&["*"], &["?*"]), Found::Yes(String::new()));
        let Found::Yes(word) = find(&["*a*b*c*"], &["*ab*"]) else {
            panic!()
        };
        assert_eq!(word, "acbc");
    }

    /// All words over two characters and one more, up to a length these patterns never exceed.
    fn exhaustive(words: &Words<'_>) -> Option<String> {
        let mut level = vec![String::new()];
        for _ in 0..=9 {
            if let Some(word) = level.iter().find(|word| words.contain(word, &Work::new(1_000_000))) {
                return Some(word.clone());
            }
            level = level
                .iter()
                .flat_map(|word| ['a', 'b', 'z'].map(|c| format!("{word}{c}")))
                .collect();
        }
        None
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn agrees_with_brute_force(all in prop::collection::vec("[ab*?]{0,4}", 1..3), none in prop::collection::vec("[ab*?]{0,4}", 0..4)) {
            let all: Vec<_> = all.iter().map(|text| glob(text)).collect();
            let none: Vec<_> = none.iter().map(|text| glob(text)).collect();
            let words = Words { all: all.iter().map(|pattern| vec![pattern]).collect(), none: none.iter().collect(), alphabet: None };
            let searched = Search::new(&words).run(&Work::new(1_000_000));
            let found = words.find(&Work::new(1_000_000));
            if let Some(shortest) = exhaustive(&words) {
                let Found::Yes(word) = searched else { panic!("missed {shortest:?}") };
                prop_assert!(words.contain(&word, &Work::new(1_000_000)));
                prop_assert_eq!(word.len(), shortest.len());
                prop_assert!(matches!(found, Found::Yes(word) if words.contain(&word, &Work::new(1_000_000))));
            } else {
                prop_assert_eq!(searched, Found::No);
                prop_assert_eq!(found, Found::No);
            }
        }
    }
}
