//! Groups questions into as few calls as possible. Every question is in exactly one call.
//!
//! A call asks about every pair of its actions and resources. Questions about the same resources therefore share a
//! call. Calls are merged as long as that adds few pairs that nobody asked about; the answers to those are dropped.

use std::borrow::Borrow;
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

use iam_policy_validate::{ContextEntry, Question};

/// The maximum number of pairs in a call: the maximum of `MaxItems`, so that an answer of either form fits on one page.
///
/// Source: IAM API Reference, `SimulatePrincipalPolicy`.
pub(crate) const MOST: usize = 1000;

/// The number of pairs up to which calls are merged no matter how few of the pairs are wanted. In larger calls at least
/// half must be, because AWS computes and sends the answer to every pair.
const FEW: usize = 200;

/// Any resource. AWS does not accept it together with ARNs.
const ANY: &str = "*";

/// A call and the questions that it answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Batch<'q> {
    pub(crate) context: &'q [ContextEntry],
    /// For each action, ignoring case as AWS does, the resources that are asked about, each with the numbers of its
    /// questions.
    wanted: BTreeMap<Action<'q>, BTreeMap<&'q str, Vec<usize>>>,
}

/// An action, compared ignoring case.
#[derive(Clone, Debug)]
struct Action<'q> {
    folded: String,
    spelled: &'q str,
}

impl<'q> Action<'q> {
    fn new(spelled: &'q str) -> Self {
        Self {
            folded: spelled.to_ascii_lowercase(),
            spelled,
        }
    }
}

impl Borrow<str> for Action<'_> {
    fn borrow(&self) -> &str {
        &self.folded
    }
}

impl PartialEq for Action<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}

impl Eq for Action<'_> {}

impl PartialOrd for Action<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Action<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded.cmp(&other.folded)
    }
}

impl<'q> Batch<'q> {
    /// The actions to send, in order.
    pub(crate) fn actions(&self) -> impl ExactSizeIterator<Item = &'q str> {
        self.wanted.keys().map(|action| action.spelled)
    }

    /// The resources to send, in order.
    pub(crate) fn resources(&self) -> BTreeSet<&'q str> {
        self.wanted.values().flat_map(BTreeMap::keys).copied().collect()
    }

    /// The number of pairs that the call asks about, wanted or not.
    pub(crate) fn pairs(&self) -> usize {
        self.wanted.len() * self.resources().len()
    }

    /// The number of wanted pairs.
    fn wanted_pairs(&self) -> usize {
        self.wanted.values().map(BTreeMap::len).sum()
    }

    /// Whether it asks about `action`, which is in lower case.
    pub(crate) fn has(&self, action: &str) -> bool {
        self.wanted.contains_key(action)
    }

    /// The wanted pairs: an action in lower case, and a resource.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = (String, &'q str)> {
        self.wanted
            .iter()
            .flat_map(|(action, resources)| resources.keys().map(|resource| (action.folded.clone(), *resource)))
    }

    /// Removes the questions about `action` on `resource`; `None` if there are none, or they were removed before.
    pub(crate) fn take(&mut self, action: &str, resource: &str) -> Option<Vec<usize>> {
        let action = action.to_ascii_lowercase();
        let resources = self.wanted.get_mut(action.as_str())?;
        let questions = resources.remove(resource);
        if resources.is_empty() {
            self.wanted.remove(action.as_str());
        }
        questions
    }

    /// The remaining questions with a batch for each resource, so that everything in an answer is about this resource.
    pub(crate) fn by_resource(self) -> Vec<Self> {
        let mut by_resource = BTreeMap::<_, Self>::new();
        for (action, resources) in self.wanted {
            for (resource, questions) in resources {
                let batch = by_resource.entry(resource).or_insert_with(|| Self {
                    context: self.context,
                    ..Self::default()
                });
                batch
                    .wanted
                    .entry(action.clone())
                    .or_default()
                    .insert(resource, questions);
            }
        }
        by_resource.into_values().collect()
    }

    /// Splits the batch in two, by actions, or by resources if there is one action; `None` for a single pair.
    pub(crate) fn halves(&self) -> Option<Vec<Self>> {
        let (mut first, mut second) = (
            self.clone(),
            Self {
                context: self.context,
                ..Self::default()
            },
        );
        if self.wanted.len() > 1 {
            let middle = self.wanted.keys().nth(self.wanted.len() / 2)?;
            second.wanted = first.wanted.split_off(middle);
        } else {
            let (action, resources) = first.wanted.iter_mut().next()?;
            let middle = *resources.keys().nth((resources.len() / 2).max(1))?;
            second.wanted.insert(action.clone(), resources.split_off(middle));
        }
        Some(vec![first, second])
    }

    fn join(&mut self, other: Self) {
        for (action, resources) in other.wanted {
            let here = self.wanted.entry(action).or_default();
            for (resource, mut questions) in resources {
                here.entry(resource).or_default().append(&mut questions);
            }
        }
    }

    /// Splits the batch into as few batches as possible of at most `most` pairs each.
    pub(crate) fn within(self, most: usize) -> Vec<Self> {
        let mut alike = BTreeMap::<Vec<&str>, Self>::new();
        for (action, resources) in self.wanted {
            let batch = alike
                .entry(resources.keys().copied().collect())
                .or_insert_with(|| Self {
                    context: self.context,
                    ..Self::default()
                });
            batch.wanted.insert(action, resources);
        }
        let mut batches: Vec<Self> = alike.into_values().flat_map(|batch: Self| batch.cut(most)).collect();
        // Largest first, which leaves the most room for the others. Equal ones are sorted by their resources.
        batches.sort_by_cached_key(|batch| Reverse(batch.pairs()));

        // The calls, each with its resources.
        let mut calls: Vec<(Self, BTreeSet<&str>)> = Vec::new();
        for batch in batches {
            let resources = batch.resources();
            let wanted = batch.wanted_pairs();
            // The number of pairs of the merged call, the number of unwanted ones among them, and the number of those
            // that merging adds.
            let joined = |(call, there): &(Self, BTreeSet<&str>)| {
                let new_actions = batch
                    .wanted
                    .keys()
                    .filter(|action| !call.wanted.contains_key(*action))
                    .count();
                let new_resources = resources.difference(there).count();
                let pairs = (call.wanted.len() + new_actions) * (there.len() + new_resources);
                let before = (call.wanted.len() * there.len()).saturating_sub(call.wanted_pairs());
                let unwanted = pairs.saturating_sub(call.wanted_pairs() + wanted);
                (pairs, unwanted, unwanted.saturating_sub(before))
            };
            let fits = |pairs: usize, unwanted: usize| pairs <= most && (pairs <= FEW || unwanted <= pairs / 2);
            // The call with the fewest added pairs, or the first of several.
            let place = calls
                .iter()
                .map(joined)
                .enumerate()
                .filter(|(_, (pairs, unwanted, _))| fits(*pairs, *unwanted))
                .min_by_key(|(_, (_, _, new))| *new)
                .and_then(|(number, _)| calls.get_mut(number));
            match place {
                Some((call, there)) => {
                    call.join(batch);
                    there.extend(resources);
                }
                None => calls.push((batch, resources)),
            }
        }
        calls.into_iter().map(|(call, _)| call).collect()
    }

    /// The same for a batch in which every action is asked about on every resource.
    fn cut(self, most: usize) -> Vec<Self> {
        let resources: Vec<&str> = self.resources().into_iter().collect();
        let wanted: Vec<_> = self.wanted.into_iter().collect();
        let mut all = Vec::new();
        for resources in resources.chunks(most) {
            for actions in wanted.chunks(most / resources.len()) {
                let some = |questions: &BTreeMap<&'q str, Vec<usize>>| {
                    resources
                        .iter()
                        .filter_map(|name| questions.get_key_value(name))
                        .map(|(name, all)| (*name, all.clone()))
                        .collect()
                };
                let wanted = actions
                    .iter()
                    .map(|(action, questions)| (action.clone(), some(questions)))
                    .collect();
                all.push(Self {
                    context: self.context,
                    wanted,
                });
            }
        }
        all
    }

    /// Splits the batch by the value of `part` for each action, in the order of the values.
    fn parts(&self, part: impl Fn(&str) -> usize) -> Vec<Self> {
        let mut parts = BTreeMap::<_, Self>::new();
        for (action, resources) in &self.wanted {
            let batch = parts.entry(part(&action.folded)).or_insert_with(|| Self {
                context: self.context,
                ..Self::default()
            });
            batch.wanted.insert(action.clone(), resources.clone());
        }
        parts.into_values().collect()
    }
}

/// The calls that ask all `questions`.
pub(crate) fn plan(questions: &[Question]) -> Vec<Batch<'_>> {
    // Only questions with the same context can share a call, and `*` and ARNs cannot.
    let mut kinds: Vec<(bool, Batch<'_>)> = Vec::new();
    for (number, question) in questions.iter().enumerate() {
        let any = question.resource == ANY;
        let same = |(kind, batch): &&mut (bool, Batch<'_>)| *kind == any && batch.context == question.context;
        let mut one = Batch {
            context: &question.context,
            ..Batch::default()
        };
        one.wanted
            .entry(Action::new(&question.action))
            .or_default()
            .insert(&question.resource, vec![number]);
        match kinds.iter_mut().find(same) {
            Some((_, batch)) => batch.join(one),
            None => kinds.push((any, one)),
        }
    }
    kinds.into_iter().flat_map(|(_, kind)| kind.within(MOST)).collect()
}

/// The actions that AWS refused to simulate in one call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Apart {
    /// For each refusal, the list in which AWS named each action.
    refusals: Vec<BTreeMap<String, usize>>,
}

/// The end of AWS's message for a call with incompatible actions.
const DIFFERENT: &str = "require different authorization information";

/// Whether AWS's `message` says that the actions of a call are incompatible.
pub(crate) fn is_mixed(message: &str) -> bool {
    message.contains(DIFFERENT)
}

impl Apart {
    /// Splits a batch whose actions are known to be incompatible. The order of the parts is deterministic. A batch that
    /// need not be split is the only part.
    pub(crate) fn split<'q>(&self, batch: &Batch<'q>) -> Vec<Batch<'q>> {
        if self.refusals.is_empty() {
            return vec![batch.clone()];
        }
        // Each action goes to the first part without an incompatible one.
        let mut parts: Vec<Vec<&str>> = Vec::new();
        let mut places = BTreeMap::new();
        for action in batch.wanted.keys() {
            let fits = |part: &Vec<&str>| part.iter().all(|other| !self.are_apart(&action.folded, other));
            let place = parts.iter().position(fits).unwrap_or(parts.len());
            match parts.get_mut(place) {
                Some(part) => part.push(&action.folded),
                None => parts.push(vec![&action.folded]),
            }
            places.insert(action.folded.clone(), place);
        }
        batch.parts(|action| places.get(action).copied().unwrap_or_default())
    }

    fn are_apart(&self, one: &str, other: &str) -> bool {
        self.refusals
            .iter()
            .any(|lists| match (lists.get(one), lists.get(other)) {
                (Some(one), Some(other)) => one != other,
                _ => false,
            })
    }

    /// Splits a batch that AWS refused, and remembers the incompatible actions.
    ///
    /// The message contains lists of actions, such as `[s3:GetObject,s3:PutObject] and [sts:AssumeRole] require
    /// different authorization information`. If no lists are recognized, the batch is [halved](Batch::halves).
    ///
    /// - `batch`: the batch that AWS refused
    /// - `message`: AWS's message
    pub(crate) fn learn<'q>(&mut self, batch: &Batch<'q>, message: &str) -> Option<Vec<Batch<'q>>> {
        let mut lists = BTreeMap::new();
        for (number, list) in message.split('[').skip(1).enumerate() {
            let (list, _) = list.split_once(']').unwrap_or((list, ""));
            for action in list.split(',') {
                lists.insert(action.trim().to_ascii_lowercase(), number);
            }
        }
        self.refusals.push(lists);
        let parts = self.split(batch);
        if parts.len() > 1 {
            return Some(parts);
        }
        self.refusals.pop();
        batch.halves()
    }
}

#[cfg(test)]
mod tests;
