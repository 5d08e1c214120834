//! One call to the simulator, page by page.

use aws_sdk_iam::operation::simulate_principal_policy::SimulatePrincipalPolicyOutput;
use aws_sdk_iam::types::EvaluationResult;
use iam_policy_validate::{Answer, Failure};

use crate::answer;
use crate::batch::Batch;
use crate::failure::malformed;

/// The action that calls it.
pub(crate) const SIMULATE: &str = "iam:SimulatePrincipalPolicy";

/// A call that is made page by page.
pub(crate) struct Call<'q> {
    pub(crate) batch: Batch<'q>,
    /// What of it has not been answered.
    open: Batch<'q>,
    /// Where the next page begins.
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

    /// Hands on what a `page` says, and gives the calls that are needed for the rest.
    pub(crate) fn read(
        mut self,
        page: &SimulatePrincipalPolicyOutput,
        answered: &mut impl FnMut(Answer),
    ) -> Result<Vec<Self>, Failure> {
        let resources = self.batch.resources();
        for result in page.evaluation_results() {
            let verdicts = answer::read(result, &resources)
                .map_err(|name| malformed(SIMULATE, format!("there is no decision `{name}`")))?;
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
            Some(_) if self.pages > self.batch.pairs() => Err(malformed(
                SIMULATE,
                "it has more pages than there are answers".to_owned(),
            )),
            Some(marker) if page.is_truncated() => {
                self.marker = Some(marker.to_owned());
                Ok(vec![self])
            }
            // Of what is asked alone, AWS says all that it has to say.
            _ if resources.len() > 1 => Ok(self.open.by_resource().into_iter().map(Self::new).collect()),
            _ => {
                let missing = self.open.actions().collect::<Vec<_>>().join("`, `");
                Err(malformed(SIMULATE, format!("it says nothing about `{missing}`")))
            }
        }
    }

    /// The failure of a call that asks about one pair alone, with that pair.
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

    /// Calls that may be made at once for what is left, where that takes no more of them than there are pages to come.
    ///
    /// Pages come one after the other, and in the older shape most of them are about pairs that nobody asked about.
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
