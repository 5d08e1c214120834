//! Which questions go into which call: as few calls as possible, and every question in exactly one.
//!
//! A call asks about every pair of its actions and resources. Questions about the same resources therefore make one
//! call; further ones are joined as long as the pairs that nobody wanted are not too many, and their answers are
//! dropped.

use std::borrow::Borrow;
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

use iam_policy_validate::{ContextEntry, Question};

/// The most pairs of one call: what `MaxItems` allows on one page, so that either form of answer fits on one.
///
/// Source: IAM API Reference, `SimulatePrincipalPolicy`.
pub(crate) const MOST: usize = 1000;

/// Up to how many pairs a call may have however few of them are wanted. Of a larger call at least half are: AWS works
/// out, and sends, the answer to every pair.
const FEW: usize = 200;

/// Any resource. AWS takes it alone, never beside ARNs.
const ANY: &str = "*";

/// One call, and the questions that it answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Batch<'q> {
    pub(crate) context: &'q [ContextEntry],
    /// For each action, compared as AWS does without regard to case, the resources that are asked about, and for each
    /// of them the numbers of the questions.
    wanted: BTreeMap<Action<'q>, BTreeMap<&'q str, Vec<usize>>>,
}

/// An action, equal to every spelling of it.
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

    /// How many pairs the call asks about, wanted or not.
    pub(crate) fn pairs(&self) -> usize {
        self.wanted.len() * self.resources().len()
    }

    /// How many of them are wanted.
    fn wanted_pairs(&self) -> usize {
        self.wanted.values().map(BTreeMap::len).sum()
    }

    /// Whether there is nothing left to ask.
    pub(crate) fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// Takes the questions about `action` on `resource`; `None` if nobody asked, or if they were taken before.
    pub(crate) fn take(&mut self, action: &str, resource: &str) -> Option<Vec<usize>> {
        let action = action.to_ascii_lowercase();
        let resources = self.wanted.get_mut(action.as_str())?;
        let questions = resources.remove(resource);
        if resources.is_empty() {
            self.wanted.remove(action.as_str());
        }
        questions
    }

    /// What is left, a batch for each resource: AWS then says of each action all that it says of this resource alone.
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

    /// The same in two calls, of half of the actions each, or of half of the resources; `None` for one pair alone.
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

    /// The same in calls of at most `most` pairs each, and as few of them as can be had.
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
        // The largest first, as the others then find the most room; the order of equals is that of their resources.
        batches.sort_by_cached_key(|batch| Reverse(batch.pairs()));

        // Each call with its resources.
        let mut calls: Vec<(Self, BTreeSet<&str>)> = Vec::new();
        for batch in batches {
            let resources = batch.resources();
            let wanted = batch.wanted_pairs();
            // How many pairs a call would have, how many of them nobody would have asked about, and how many of those
            // are new.
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
            // Where fewest are new; the first of equals.
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

    /// The same where every action is asked about on every resource.
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

    /// The parts of the actions that `part` tells apart, in the order of its answers.
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
    // What may share a call at all: the same context, and `*` or ARNs.
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

/// What AWS has refused to answer in one call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Apart {
    /// For each refusal, in which of its lists AWS named an action.
    refusals: Vec<BTreeMap<String, usize>>,
}

/// How AWS ends the refusal of a call whose actions may not be asked about together.
const DIFFERENT: &str = "require different authorization information";

/// Whether AWS refused a call with this `message` because of the company that its actions were in.
pub(crate) fn is_mixed(message: &str) -> bool {
    message.contains(DIFFERENT)
}

impl Apart {
    /// Splits what is known to be refused. Parts come in a fixed order, and one that need not be split comes alone.
    pub(crate) fn split<'q>(&self, batch: &Batch<'q>) -> Vec<Batch<'q>> {
        if self.refusals.is_empty() {
            return vec![batch.clone()];
        }
        // Each action goes to the first part that has none of which it must be apart.
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

    /// Splits a batch that AWS refused, and remembers why.
    ///
    /// The message has lists of actions, as in
    /// `[s3:GetObject,s3:PutObject] and [sts:AssumeRole] require different authorization information`. Where it does
    /// not say what to put apart, the batch is [halved](Batch::halves).
    ///
    /// - `batch`: what was refused
    /// - `message`: AWS's words
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
