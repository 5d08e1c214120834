use std::collections::HashMap;

use iam_policy_core::wildcard;

/// Finds the action patterns that match an action without scanning all of them.
///
/// A tree over the text before each pattern's first wildcard, in lower case. Walking an action down the tree passes
/// exactly the patterns that start like the action.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    /// The root comes first; the children of a node are adjacent, ordered by their first bytes.
    nodes: Vec<Node>,
    /// The text on the edge from its parent to each node.
    labels: Vec<u8>,
    entries: Vec<Entry>,
    /// The rest of each pattern, from its first wildcard on.
    rests: String,
}

#[derive(Clone, Debug, Default)]
struct Node {
    label: (u32, u32),
    children: (u32, u32),
    entries: (u32, u32),
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    number: u32,
    rest: Rest,
}

/// What remains of a pattern at its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rest {
    /// `*`
    Anything,
    /// Nothing.
    End,
    /// A pattern that starts with a wildcard.
    Glob(u32, u32),
}

fn size(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn slice<T>(all: &[T], (start, end): (u32, u32)) -> &[T] {
    all.get(start as usize..end as usize).unwrap_or_default()
}

impl Index {
    /// - `patterns`: each with the number to report on a match
    pub(crate) fn new<'a>(patterns: impl Iterator<Item = (&'a str, usize)>) -> Self {
        let mut index = Self::default();
        // The text before each pattern's wildcards, and which patterns share it.
        let mut prefixes = String::new();
        let mut globs = HashMap::new();
        let mut items: Vec<((usize, usize), Entry)> = patterns
            .map(|(pattern, number)| {
                let at = pattern.find(['*', '?']).unwrap_or(pattern.len());
                let (prefix, rest) = pattern.split_at_checked(at).unwrap_or((pattern, ""));
                let rest = match rest {
                    "" => Rest::End,
                    "*" => Rest::Anything,
                    _ => *globs.entry(rest).or_insert_with(|| {
                        let start = size(index.rests.len());
                        index.rests.push_str(rest);
                        Rest::Glob(start, size(index.rests.len()))
                    }),
                };
                let start = prefixes.len();
                prefixes.push_str(prefix);
                let entry = Entry {
                    number: size(number),
                    rest,
                };
                ((start, prefixes.len()), entry)
            })
            .collect();
        prefixes.make_ascii_lowercase();
        let prefixes = prefixes.as_bytes();
        let prefix = |(start, end): (usize, usize)| prefixes.get(start..end).unwrap_or_default();
        if items.is_empty() {
            return index;
        }
        items.sort_unstable_by(|(a, x), (b, y)| (prefix(*a), x.rest, x.number).cmp(&(prefix(*b), y.rest, y.number)));
        index.entries.reserve(items.len());
        index.nodes.reserve(items.len() + 1);
        index.labels.reserve(prefixes.len());
        index.nodes.push(Node::default());
        // Nodes without children so far: the items below each, which share this many bytes.
        let mut open = vec![(0, items.as_slice(), 0)];
        while let Some((node, items, depth)) = open.pop() {
            let here = items.partition_point(|((start, end), _)| end - start <= depth);
            let (here, mut below) = items.split_at_checked(here).unwrap_or((items, &[]));
            let entries = size(index.entries.len());
            index.entries.extend(here.iter().map(|(_, entry)| *entry));
            let entries = (entries, size(index.entries.len()));
            let children = size(index.nodes.len());
            while let Some((first, _)) = below.first() {
                let first = prefix(*first);
                let same_byte = below.partition_point(|(other, _)| prefix(*other).get(depth) == first.get(depth));
                let (group, others) = below.split_at_checked(same_byte).unwrap_or((below, &[]));
                let last = group.last().map_or(first, |(last, _)| prefix(*last));
                // In sorted texts, what the first and the last share is shared by all.
                let shared = first.iter().zip(last).take_while(|(a, b)| a == b).count();
                let label = size(index.labels.len());
                index.labels.extend(first.get(depth..shared).unwrap_or_default());
                open.push((index.nodes.len(), group, shared));
                index.nodes.push(Node {
                    label: (label, size(index.labels.len())),
                    ..Node::default()
                });
                below = others;
            }
            let children = (children, size(index.nodes.len()));
            if let Some(node) = index.nodes.get_mut(node) {
                (node.children, node.entries) = (children, entries);
            }
        }
        index
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Whether `accept` accepts the number of any pattern that matches `action`.
    pub(crate) fn any(&self, action: &str, mut accept: impl FnMut(usize) -> bool) -> bool {
        let bytes = action.as_bytes();
        let mut at = 0;
        let mut node = self.nodes.first();
        while let Some(here) = node {
            // Equal rests are adjacent.
            let mut last = None;
            for entry in slice(&self.entries, here.entries) {
                let is_match = match (entry.rest, last) {
                    (Rest::Anything, _) => true,
                    (Rest::End, _) => at == bytes.len(),
                    (rest, Some((known, is_match))) if rest == known => is_match,
                    (Rest::Glob(start, end), _) => {
                        let rest = self.rests.get(start as usize..end as usize).unwrap_or_default();
                        let is_match = action
                            .get(at..)
                            .is_some_and(|tail| wildcard::matches_ignoring_case(rest, tail));
                        last = Some((entry.rest, is_match));
                        is_match
                    }
                };
                if is_match && accept(entry.number as usize) {
                    return true;
                }
            }
            let Some(byte) = bytes.get(at).map(u8::to_ascii_lowercase) else {
                return false;
            };
            let children = slice(&self.nodes, here.children);
            let first_byte = |child: &Node| self.labels.get(child.label.0 as usize).copied();
            node = children
                .binary_search_by(|child| first_byte(child).cmp(&Some(byte)))
                .ok()
                .and_then(|child| children.get(child));
            if let Some(child) = node {
                let label = slice(&self.labels, child.label);
                match bytes.get(at..at + label.len()) {
                    Some(text) if text.eq_ignore_ascii_case(label) => at += label.len(),
                    _ => return false,
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(patterns: &[String], action: &str) -> Vec<usize> {
        let index = Index::new(
            patterns
                .iter()
                .enumerate()
                .map(|(number, pattern)| (pattern.as_str(), number)),
        );
        let mut found = Vec::new();
        index.any(action, |number| {
            found.push(number);
            false
        });
        found.sort_unstable();
        found
    }

    proptest! {
        #[test]
        fn agrees_with_a_linear_scan(
            patterns in prop::collection::vec("[aAb:é]{0,4}[*?]?[ab]{0,2}[*?]?", 0..12),
            action in "[aAbB:é]{0,6}",
        ) {
            let expected: Vec<_> = (0..patterns.len())
                .filter(|number| wildcard::matches_ignoring_case(&patterns[*number], &action))
                .collect();
            prop_assert_eq!(found(&patterns, &action), expected);
        }
    }

    #[test]
    fn nested_patterns_do_not_overflow_the_stack() {
        let patterns: Vec<_> = (0..2_000).map(|length| "a".repeat(length)).collect();
        assert_eq!(found(&patterns, &"a".repeat(1_999)), [1_999]);
    }

    #[test]
    fn the_search_stops_at_an_accepted_match() {
        let index = Index::new([("s3:*", 0), ("s3:Get*", 1), ("s3:GetObject", 2)].into_iter());
        let mut asked = Vec::new();
        assert!(index.any("S3:getobject", |number| {
            asked.push(number);
            number == 1
        }));
        assert_eq!(asked, [0, 1]);
        assert!(!Index::default().any("s3:GetObject", |_| true));
    }
}
