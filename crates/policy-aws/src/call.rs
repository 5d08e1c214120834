//! A call to the policy simulator, page by page.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_iam::operation::simulate_principal_policy::SimulatePrincipalPolicyOutput;
use aws_sdk_iam::types::EvaluationResult;
use iam_policy_validate::{Answer, Decision, Failure};

use crate::answer::{self, Asked, Verdict};
use crate::batch::Batch;
use crate::failure::malformed;

/// The action of such a call.
pub(crate) const SIMULATE: &str = "iam:SimulatePrincipalPolicy";

/// A call and its progress.
pub(crate) struct Call<'q> {
    pub(crate) batch: Batch<'q>,
    /// The questions that have not been answered.
    open: Batch<'q>,
    /// What AWS has said so far, the most restrictive decision for each pair.
    verdicts: BTreeMap<Pair<'q>, Verdict<'q>>,
    /// The pairs that an earlier call denied without a clear cause.
    denied: BTreeSet<Pair<'q>>,
    /// The marker of the next page.
    pub(crate) marker: Option<String>,
    pages: usize,
}

/// An action in lower case, and a resource.
type Pair<'q> = (String, &'q str);

/// Why AWS did not answer a call.
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) failure: Failure,
}

impl<'q> Call<'q> {
    pub(crate) fn new(batch: Batch<'q>) -> Self {
        Self {
            open: batch.clone(),
            batch,
            verdicts: BTreeMap::new(),
            denied: BTreeSet::new(),
            marker: None,
            pages: 0,
        }
    }

    /// A call for some of the remaining questions.
    fn rest(&self, batch: Batch<'q>) -> Self {
        Self {
            denied: self.denied.clone(),
            ..Self::new(batch)
        }
    }

    /// Reads a `page` of the answer, and returns the calls that are needed for the rest.
    ///
    /// Nothing is answered before the last page: if AWS answers a question more than once, a denial counts.
    ///
    /// - `account`: the account of the principal
    pub(crate) fn read(
        mut self,
        page: &SimulatePrincipalPolicyOutput,
        account: &str,
        answered: &mut impl FnMut(Answer),
    ) -> Result<Vec<Self>, Failure> {
        let resources = self.batch.resources();
        self.pages += 1;
        let is_whole = self.pages == 1 && !page.is_truncated();
        let mut results = HashMap::<String, usize>::new();
        for result in page.evaluation_results() {
            *results
                .entry(result.eval_action_name().to_ascii_lowercase())
                .or_default() += 1;
        }
        for result in page.evaluation_results() {
            let action = result.eval_action_name().to_ascii_lowercase();
            if !self.batch.has(&action) {
                let what = format!("it is about `{}`, which was not asked about", result.eval_action_name());
                return Err(malformed(SIMULATE, what));
            }
            let asked = Asked {
                resources: &resources,
                account,
                is_only: is_whole && results.get(&action) == Some(&1),
            };
            let verdicts = answer::read(result, asked).map_err(|what| malformed(SIMULATE, what))?;
            for verdict in verdicts {
                self.add(action.clone(), verdict);
            }
        }
        if self.is_complete() {
            self.answer(answered)?;
            return Ok(Vec::new());
        }
        if page.is_truncated() {
            if let Some(batches) = self.instead_of_pages(page.evaluation_results()) {
                self.answer(answered)?;
                return Ok(batches.into_iter().map(|batch| self.rest(batch)).collect());
            }
            match page.marker() {
                Some(_) if self.pages > self.batch.pairs() => {
                    return Err(malformed(SIMULATE, "it has more pages than answers".to_owned()));
                }
                Some(marker) => {
                    self.marker = Some(marker.to_owned());
                    return Ok(vec![self]);
                }
                None => {}
            }
        }
        self.answer(answered)?;
        if resources.len() > 1 {
            let batches = self.open.clone().by_resource();
            return Ok(batches.into_iter().map(|batch| self.rest(batch)).collect());
        }
        // About a single resource, AWS says everything in one answer.
        let missing = self.open.actions().collect::<Vec<_>>().join("`, `");
        Err(malformed(SIMULATE, format!("it says nothing about `{missing}`")))
    }

    fn add(&mut self, action: String, verdict: Verdict<'q>) {
        let pair = (action, verdict.resource);
        if verdict.shared {
            self.denied.insert(pair.clone());
        }
        match self.verdicts.get_mut(&pair) {
            Some(known) if known.decision < verdict.decision => *known = verdict,
            Some(_) => {}
            None => {
                self.verdicts.insert(pair, verdict);
            }
        }
    }

    /// Whether there is an answer to every question.
    fn is_complete(&self) -> bool {
        let has_verdict = |pair: &Pair<'q>| self.verdicts.get(pair).is_some_and(|verdict| !verdict.shared);
        self.open.wanted().all(|pair| has_verdict(&pair))
    }

    /// Passes on the answers that are clear.
    fn answer(&mut self, answered: &mut impl FnMut(Answer)) -> Result<(), Failure> {
        for (pair, verdict) in std::mem::take(&mut self.verdicts) {
            if verdict.shared {
                continue;
            }
            let (action, resource) = &pair;
            let Some(questions) = self.open.take(action, resource) else {
                continue;
            };
            if verdict.decision == Decision::Allowed && self.denied.contains(&pair) {
                let what = format!("it allows `{action}` on `{resource}`, which an earlier response denied");
                return Err(malformed(SIMULATE, what));
            }
            for question in questions {
                answered(Answer {
                    question,
                    decision: verdict.decision,
                    cause: verdict.cause.clone(),
                });
            }
        }
        Ok(())
    }

    /// Adds the pair to the failure of a call that asks about a single pair.
    pub(crate) fn blame(&self, failure: Failure) -> Failure {
        match (failure, self.batch.actions().next(), self.batch.resources().first()) {
            (Failure::Service { status, code, message }, Some(action), Some(resource)) => Failure::Service {
                status,
                code,
                message: format!("{message} (asked about `{action}` on `{resource}`)"),
            },
            (failure, _, _) => failure,
        }
    }

    /// Calls for the remaining questions that can be made concurrently, if they are no more than the remaining pages.
    ///
    /// Pages must be requested one after the other, and in the older shape most of them are about pairs that nobody
    /// asked about.
    fn instead_of_pages(&self, page: &[EvaluationResult]) -> Option<Vec<Batch<'q>>> {
        let is_of_one = |result: &EvaluationResult| result.resource_specific_results().len() < 2;
        if page.is_empty() || !page.iter().all(is_of_one) {
            return None;
        }
        let left = self.batch.pairs().checked_sub(self.pages * page.len())?;
        let mut open = self.open.clone();
        for ((action, resource), verdict) in &self.verdicts {
            if !verdict.shared {
                open.take(action, resource);
            }
        }
        let batches = open.within(page.len());
        (batches.len() <= left.div_ceil(page.len())).then_some(batches)
    }
}

#[cfg(test)]
mod tests;
