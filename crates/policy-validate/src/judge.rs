//! Combines answers into a report.

use std::mem::discriminant;

use crate::plan::{Plan, Topic};
use crate::report::{Blame, Check, Denial, Report, Status};
use crate::{Answer, Decision};

impl Plan {
    /// Combines the answers to the [questions](Self::questions).
    ///
    /// An action on a resource counts as allowed if it is allowed in the subject's own account and Region.
    ///
    /// - `answers`: in any order; of several answers to a question, the most restrictive counts
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_validate::{Answer, Cause, Decision, Plan, Required, Status, Subject};
    ///
    /// let document = iam_policy_document::json::read(
    ///     br#"{"Statement": {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}}"#,
    /// );
    /// let required = Required::from_document(document.document)?;
    /// let subject = Subject {
    ///     arn: "arn:aws:iam::123456789012:user/ann".to_owned(),
    ///     caller: None,
    ///     account: "123456789012".to_owned(),
    ///     partition: "aws".to_owned(),
    ///     region: None,
    /// };
    /// let plan = Plan::new(&required, &subject, &[]);
    /// let report = plan.judge([Answer { question: 0, decision: Decision::ImplicitDeny, cause: Cause::default() }]);
    /// assert_eq!(report.checks[0].status, Status::Denied);
    /// assert!(report.checks[0].can_be_added());
    /// # Ok::<(), iam_policy_eval::PolicyError>(())
    /// ```
    #[must_use]
    pub fn judge(&self, answers: impl IntoIterator<Item = Answer>) -> Report {
        let mut known: Vec<Option<Answer>> = vec![None; self.questions().len()];
        for answer in answers {
            let is_more_restrictive =
                |known: &Option<Answer>| known.as_ref().is_none_or(|known| known.decision < answer.decision);
            if let Some(slot) = known.get_mut(answer.question).filter(|slot| is_more_restrictive(slot)) {
                *slot = Some(answer);
            }
        }
        Report {
            checks: self.topics.iter().map(|topic| self.check(topic, &known)).collect(),
            notes: Vec::new(),
        }
    }

    fn check(&self, topic: &Topic, known: &[Option<Answer>]) -> Check {
        let answer = |number: usize| known.get(number).and_then(Option::as_ref);
        let is_denied = |number: usize| answer(number).is_some_and(|answer| answer.decision != Decision::Allowed);
        let here = || topic.questions.iter().filter(|(_, is_beyond)| !is_beyond);
        let status = match topic.skipped {
            Some(skipped) => Status::Skipped(skipped),
            None if topic.questions.is_empty() => Status::Unknown("no action in the catalog matches".to_owned()),
            None if here().any(|(number, _)| is_denied(*number)) => Status::Denied,
            None if topic.questions.iter().any(|(number, _)| answer(*number).is_none()) => {
                Status::Unknown("no answer".to_owned())
            }
            None if topic.questions.iter().any(|(number, _)| is_denied(*number)) => Status::AllowedHere,
            None => Status::Allowed,
        };
        let denied = topic.questions.iter().filter(|(number, _)| is_denied(*number));
        let denials = denied.filter_map(|(number, is_beyond)| {
            let (question, answer) = (self.questions().get(*number)?, answer(*number)?);
            let denial = Denial {
                action: question.action.clone(),
                resource: question.resource.clone(),
                context: question.context.clone(),
                decision: answer.decision,
                cause: answer.cause.clone(),
            };
            Some((denial, *is_beyond))
        });
        let denials: Vec<(Denial, bool)> = denials.collect();
        // Denials elsewhere with a different cause do not count, and must not be added.
        let here = denials.iter().filter(|(_, is_beyond)| !is_beyond);
        let causes: Vec<Blame<'_>> = here.flat_map(|(denial, _)| denial.blames()).collect();
        let is_cause = |denial: &Denial| {
            let is_known = |blame: &Blame<'_>| causes.iter().any(|known| discriminant(known) == discriminant(blame));
            denial.blames().iter().all(is_known)
        };
        let counting = denials
            .iter()
            .filter(|(denial, _)| status != Status::Denied || is_cause(denial));
        let denials = counting.map(|(denial, _)| denial.clone()).collect();
        Check {
            statement: topic.statement,
            written: topic.written.clone(),
            action: topic.action.clone(),
            is_sample: topic.is_sample,
            pattern: topic.pattern.clone(),
            status,
            denials,
        }
    }
}
