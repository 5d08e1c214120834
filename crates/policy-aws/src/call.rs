//! A call to the policy simulator, page by page.

use aws_sdk_iam::operation::simulate_principal_policy::SimulatePrincipalPolicyOutput;
use aws_sdk_iam::types::EvaluationResult;
use iam_policy_validate::{Answer, Failure};

use crate::answer;
use crate::batch::Batch;
use crate::failure::malformed;

/// The action of such a call.
pub(crate) const SIMULATE: &str = "iam:SimulatePrincipalPolicy";

/// A call and its progress.
pub(crate) struct Call<'q> {
    pub(crate) batch: Batch<'q>,
    /// The questions that have not been answered.
    open: Batch<'q>,
    /// The marker of the next page.
    pub(crate) marker: Option<String>,
    pages: usize,
}

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
            marker: None,
            pages: 0,
        }
    }

    /// Reads a `page` of the answer, and returns the calls that are needed for the rest.
    pub(crate) fn read(
        mut self,
        page: &SimulatePrincipalPolicyOutput,
        answered: &mut impl FnMut(Answer),
    ) -> Result<Vec<Self>, Failure> {
        let resources = self.batch.resources();
        for result in page.evaluation_results() {
            let verdicts = answer::read(result, &resources)
                .map_err(|name| malformed(SIMULATE, format!("unknown decision `{name}`")))?;
            for verdict in verdicts.into_iter().filter(|verdict| !verdict.shared) {
                let questions = self
                    .open
                    .take(result.eval_action_name(), verdict.resource)
                    .unwrap_or_default();
                for question in questions {
                    answered(Answer {
                        question,
                        decision: verdict.decision,
                        cause: verdict.cause.clone(),
                    });
                }
            }
        }
        if self.open.is_empty() {
            return Ok(Vec::new());
        }
        self.pages += 1;
        if page.is_truncated()
            && let Some(calls) = self.instead_of_pages(page.evaluation_results())
        {
            return Ok(calls);
        }
        match page.marker() {
            Some(_) if self.pages > self.batch.pairs() => {
                Err(malformed(SIMULATE, "it has more pages than answers".to_owned()))
            }
            Some(marker) if page.is_truncated() => {
                self.marker = Some(marker.to_owned());
                Ok(vec![self])
            }
            // About a single resource, AWS says everything in one answer.
            _ if resources.len() > 1 => Ok(self.open.by_resource().into_iter().map(Self::new).collect()),
            _ => {
                let missing = self.open.actions().collect::<Vec<_>>().join("`, `");
                Err(malformed(SIMULATE, format!("it says nothing about `{missing}`")))
            }
        }
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
    fn instead_of_pages(&self, page: &[EvaluationResult]) -> Option<Vec<Self>> {
        let is_of_one = |result: &EvaluationResult| result.resource_specific_results().len() < 2;
        if page.is_empty() || !page.iter().all(is_of_one) {
            return None;
        }
        let left = self.batch.pairs().checked_sub(self.pages * page.len())?;
        let batches = self.open.clone().within(page.len());
        (batches.len() <= left.div_ceil(page.len())).then(|| batches.into_iter().map(Self::new).collect())
    }
}
