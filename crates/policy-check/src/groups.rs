//! Groups the patterns of a list by the ones that cover them.

use iam_policy_core::text::find_either;
use iam_policy_document::{Numbers, Value, sort_by_place};

use crate::finding::At;
use crate::pattern::covers;

/// How texts are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Sensitive,
    Ignored,
}

/// Patterns, one of which covers all others.
pub(crate) struct Group {
    /// In list order.
    pub(crate) members: Vec<usize>,
    /// The first one that is redundant.
    pub(crate) redundant: usize,
}

impl Group {
    /// The locations of its members.
    /// - `values`: those of the whole list
    /// - `values`: those of the whole list
    pub(crate) fn places<'a>(&self, values: &[Value<'a>]) -> Vec<At<'a>> {
        let mut places = Vec::new();
        for &member in &self.members {
            if let Some(&value) = values.get(member) {
                places.push(At::Value(value));
            }
        }
        places
    }
}

/// How many comparisons with patterns that have a wildcard before their end are made per text of a list. Such patterns
/// are few; without a limit, a list consisting only of such patterns would take quadratic time.
const COMPARISONS: usize = 64;

/// The groups of `texts`, ordered by their first members. A text that another one covers joins the group of the first
/// pattern, in the order of [`Pattern`], that covers it and is not covered itself.
///
/// - `texts`: each with whether it has a wildcard
pub(crate) fn groups(texts: &[(&str, bool)], case: Case) -> Vec<Group> {
    if texts.len() < 2 {
        return Vec::new();
    }
    let mut folded = String::new();
    for (text, _) in texts {
        folded.push_str(text);
    }
    if case == Case::Ignored {
        folded.make_ascii_lowercase();
    }
    let mut rest = folded.as_str();
    let mut keys = Vec::with_capacity(texts.len());
    for (text, _) in texts {
        let (key, after) = rest.split_at_checked(text.len()).unwrap_or((rest, ""));
        rest = after;
        keys.push(key);
    }
    let mut cover = firsts(&keys);
    let is_pattern = |at: usize| texts.get(at).is_some_and(|&(_, is_pattern)| is_pattern);
    if (0..texts.len()).any(is_pattern) {
        cover_by_patterns(&keys, is_pattern, &mut cover);
    }
    collect(&cover)
}

/// For each text, the first one equal to it.
fn firsts(keys: &[&str]) -> Vec<usize> {
    // Numbers sort faster than texts: part of the fingerprint, and the index of the text.
    let place = |number: u64| usize::try_from(number & u64::from(u32::MAX)).unwrap_or_default();
    let key = |number: u64| keys.get(place(number)).copied().unwrap_or_default();
    let mut numbers: Vec<u64> = Vec::with_capacity(keys.len());
    for key in keys {
        numbers.push(fingerprint(key) << 32 | numbers.len() as u64);
    }
    numbers.sort_unstable();
    let mut firsts: Vec<usize> = (0..keys.len()).collect();
    for alike in numbers.chunk_by(|one, other| one >> 32 == other >> 32) {
        if alike.len() == 1 {
            continue;
        }
        let mut seen = Numbers::new();
        for &number in alike {
            let Some(first) = seen.get(key(number)) else {
                seen.insert(key(number).to_owned(), place(number));
                continue;
            };
            if let Some(own) = firsts.get_mut(place(number)) {
                *own = first;
            }
        }
    }
    firsts
}

/// A number that is the same for equal texts, and almost never for different ones.
fn fingerprint(text: &str) -> u64 {
    let mix = |hash: u64, word: u64| {
        let hash = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^ hash >> 32
    };
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let hash = words.iter().fold(0, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    mix(hash, rest.iter().fold(1, |word, &byte| word << 8 | u64::from(byte)))
}

/// Replaces the numbers of covered texts with those of the patterns that cover them.
///
/// - `cover`: for each text, the first one equal to it. Duplicates stay as they are, since the first one's cover covers
///   them too
fn cover_by_patterns<'a>(keys: &[&'a str], is_pattern: impl Fn(usize) -> bool, cover: &mut [usize]) {
    let mut sorted: Vec<Pattern<'a>> = Vec::new();
    let mut others: Vec<(usize, &str)> = Vec::with_capacity(keys.len());
    for (at, (&text, &own)) in keys.iter().zip(&*cover).enumerate() {
        if own != at {
            continue;
        }
        if !is_pattern(at) {
            others.push((at, text));
        } else if let Some(start) = find_either(text, b'*', b'?')
            && let Some((stem, rest)) = text.split_at_checked(start)
        {
            sorted.push(Pattern {
                stem,
                inner: rest != "*",
                at,
                rest,
            });
        }
    }
    // A pattern's cover has the same stem or a prefix of it, which sorts before it.
    sorted.sort_unstable();
    let mut patterns = Patterns {
        stems: Vec::new(),
        chain: Vec::new(),
        last: 0,
        budget: keys.len() * COMPARISONS,
    };
    let mut note = |at: usize, by: usize| {
        if let Some(own) = cover.get_mut(at) {
            *own = by;
        }
    };
    for pattern in sorted {
        match patterns.covering(keys.get(pattern.at).copied().unwrap_or_default()) {
            Some(by) => note(pattern.at, by),
            None => patterns.push(pattern),
        }
    }
    patterns.compare_within_stems(&mut note);
    for (at, text) in others {
        if let Some(by) = patterns.covering(text) {
            note(at, by);
        }
    }
}

/// A text with a wildcard. Shorter stems sort before the longer ones that start with them.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Pattern<'a> {
    /// The text before its first wildcard.
    stem: &'a str,
    /// The stem is followed by more than a `*`.
    inner: bool,
    /// Its index in the list.
    at: usize,
    /// The text after the stem.
    rest: &'a str,
}

/// The patterns of a list that no earlier pattern covers.
struct Patterns<'a> {
    /// Sorted by their texts.
    stems: Vec<Stem<'a>>,
    /// During a lookup, the stems that a text starts with, longest first.
    chain: Vec<usize>,
    /// The number of stems not greater than the last text looked up.
    last: usize,
    /// The remaining comparisons.
    budget: usize,
}

/// All patterns with the same stem.
struct Stem<'a> {
    text: &'a str,
    /// The longest other stem that this one starts with: its index plus one, or zero.
    shorter: usize,
    patterns: Vec<Pattern<'a>>,
}

impl<'a> Patterns<'a> {
    /// Adds the next pattern in sorted order.
    fn push(&mut self, pattern: Pattern<'a>) {
        if let Some(last) = self.stems.last_mut().filter(|last| last.text == pattern.stem) {
            last.patterns.push(pattern);
            return;
        }
        let mut shorter = self.stems.len();
        while let Some(before) = shorter.checked_sub(1).and_then(|last| self.stems.get(last))
            && !pattern.stem.starts_with(before.text)
        {
            shorter = before.shorter;
        }
        self.stems.push(Stem {
            text: pattern.stem,
            shorter,
            patterns: vec![pattern],
        });
    }

    /// The number of the first pattern that covers a text.
    fn covering(&mut self, text: &str) -> Option<usize> {
        // Everything that sorts between a stem and a text starting with it starts with the stem as well.
        let mut at = self.place(text);
        self.chain.clear();
        while let Some(last) = at.checked_sub(1)
            && let Some(stem) = self.stems.get(last)
        {
            if text.starts_with(stem.text) {
                self.chain.push(last);
            }
            at = stem.shorter;
        }
        let mut stems = self.chain.iter().rev().filter_map(|&stem| self.stems.get(stem));
        stems.find_map(|stem| {
            let rest = text.get(stem.text.len()..).unwrap_or_default();
            first(&stem.patterns, rest, &mut self.budget)
        })
    }

    /// The number of stems not greater than a text.
    fn place(&mut self, text: &str) -> usize {
        // Lists are usually sorted, so the answer is often the same as for the previous text.
        let stem = |at: usize| self.stems.get(at).map(|stem| stem.text);
        let last = self.last;
        let from_here = last.checked_sub(1).and_then(stem).is_none_or(|before| before <= text);
        if !(from_here && stem(last).is_none_or(|after| text < after)) {
            self.last = self.stems.partition_point(|stem| stem.text <= text);
        }
        self.last
    }

    /// Records the patterns covered by a later one with the same stem.
    fn compare_within_stems(&mut self, mut note: impl FnMut(usize, usize)) {
        for stem in &self.stems {
            let mut later = stem.patterns.as_slice();
            while let [pattern, rest @ ..] = later {
                later = rest;
                if let Some(by) = first(later, pattern.rest, &mut self.budget) {
                    note(pattern.at, by);
                }
            }
        }
    }
}

/// The number of the first of these patterns that covers a text.
///
/// - `rest`: the text after the stem
fn first(patterns: &[Pattern<'_>], rest: &str, budget: &mut usize) -> Option<usize> {
    for pattern in patterns {
        if !pattern.inner {
            return Some(pattern.at);
        }
        *budget = budget.checked_sub(1)?;
        if covers(pattern.rest, rest) {
            return Some(pattern.at);
        }
    }
    None
}

/// Collects the texts under the patterns that cover them, following chains of covers.
fn collect(cover: &[usize]) -> Vec<Group> {
    let mut covered: Vec<Vec<usize>> = vec![Vec::new(); cover.len()];
    for at in 0..cover.len() {
        let mut root = at;
        // A chain is as long as patterns are nested.
        while let Some(&next) = cover.get(root)
            && next != root
        {
            root = next;
        }
        if root != at
            && let Some(members) = covered.get_mut(root)
        {
            members.push(at);
        }
    }
    let mut groups = Vec::new();
    for (root, mut members) in covered.into_iter().enumerate() {
        if let Some(&redundant) = members.first() {
            members.push(root);
            sort_by_place(&mut members, |&member| member);
            groups.push(Group { members, redundant });
        }
    }
    sort_by_place(&mut groups, |group| group.members.first().copied().unwrap_or_default());
    groups
}

#[cfg(test)]
mod tests {
    use iam_policy_core::wildcard::is_pattern;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn covered_texts_share_a_group(texts in prop::collection::vec("[ab*]{0,4}", 0..9)) {
            let list: Vec<_> = texts.iter().map(|text| (text.as_str(), is_pattern(text))).collect();
            let groups = groups(&list, Case::Sensitive);
            for (at, text) in texts.iter().enumerate() {
                let others = || texts.iter().enumerate().filter(|&(other, _)| other != at).map(|(_, other)| other);
                let found = groups.iter().filter(|group| group.members.contains(&at)).count();
                if others().any(|other| covers(other, text)) {
                    prop_assert_eq!(found, 1, "{} in {:?}", text, texts);
                } else if !others().any(|other| covers(text, other)) {
                    prop_assert_eq!(found, 0, "{} in {:?}", text, texts);
                }
            }
            for group in groups {
                let root = |&&at: &&usize| group.members.iter().all(|&member| covers(&texts[at], &texts[member]));
                prop_assert!(group.members.iter().any(|at| root(&at)), "{:?} in {:?}", group.members, texts);
                prop_assert!(group.members.contains(&group.redundant));
            }
        }

        #[test]
        fn case_insensitive_like_lowercase(texts in prop::collection::vec("[aAbB*?]{0,4}", 0..9)) {
            let members = |texts: &[String], case| {
                let list: Vec<_> = texts.iter().map(|text| (text.as_str(), is_pattern(text))).collect();
                groups(&list, case).into_iter().map(|group| group.members).collect::<Vec<_>>()
            };
            let lower: Vec<_> = texts.iter().map(|text| text.to_lowercase()).collect();
            prop_assert_eq!(members(&texts, Case::Ignored), members(&lower, Case::Sensitive));
        }

        #[test]
        fn equal_texts_map_to_the_first(texts in prop::collection::vec("[ab]{0,3}", 0..20)) {
            let texts: Vec<_> = texts.iter().map(String::as_str).collect();
            let expected: Vec<_> = texts
                .iter()
                .map(|text| texts.iter().position(|other| other == text).unwrap())
                .collect();
            prop_assert_eq!(firsts(&texts), expected);
        }
    }

    #[test]
    fn a_pattern_groups_everything_it_covers() {
        for (texts, expected) in [
            (&["a*", "ab", "ab*", "abc"][..], &[&[0, 1, 2, 3][..]][..]),
            (&["ab", "cd"], &[]),
            (&["*b", "ab", "a*"], &[&[0, 1]]),
            (&["x", "y*", "x", "yz"], &[&[0, 2], &[1, 3]]),
            (&["a?", "ab", "a*"], &[&[0, 1, 2]]),
        ] {
            let texts: Vec<_> = texts.iter().map(|&text| (text, is_pattern(text))).collect();
            let groups: Vec<_> = groups(&texts, Case::Sensitive)
                .into_iter()
                .map(|group| group.members)
                .collect();
            assert_eq!(groups, expected, "{texts:?}");
        }
    }
}
