use iam_policy_catalog::Catalog;
use iam_policy_core::wildcard;

use crate::required::{Required, Statement, each};
use crate::sample::{Sampler, Skipped};
use crate::{ContextEntry, Question, Subject};

/// How many actions a pattern may match before only a sample of them is asked about.
const MOST_ACTIONS: usize = 200;

/// What to ask to find out whether a principal has a policy's permissions.
///
/// For each action and each resource of each statement that allows, the plan asks about
///
/// - the whole resource, wildcards included, in a form the action applies to: if `s3:GetObject` is granted on
///   `arn:aws:s3:::a-*`, that is `arn:aws:s3:::a-*/*`. If it has wildcards for the account or the Region, it is asked
///   about again with the subject's own;
/// - a concrete resource for each ARN format the action applies to. Wildcards alone would say little, since they only
///   match patterns that are spelled alike or much wider.
///
/// The policy itself allows every question: what another of its statements denies is not asked. Action patterns expand
/// to all actions of the catalog they match; of more than 200, and of `NotAction`, an evenly spread sample is asked
/// about. A pattern that matches no action is not asked about, and its status stays unknown. Actions without a resource
/// are asked about `*`. Context keys that the policy's conditions need get values that satisfy them.
///
/// # Examples
///
/// ```
/// use iam_policy_validate::{Plan, Required, Subject};
///
/// let document = iam_policy_document::json::read(
///     br#"{"Statement": {"Effect": "Allow", "Action": "lambda:GetFunction", "Resource": "arn:aws:lambda:*:*:function:render-*"}}"#,
/// );
/// let required = Required::from_document(document.document)?;
/// let subject = Subject {
///     arn: "arn:aws:iam::123456789012:user/ann".to_owned(),
///     caller: None,
///     account: "123456789012".to_owned(),
///     partition: "aws".to_owned(),
///     region: Some("eu-central-1".to_owned()),
/// };
/// let plan = Plan::new(&required, &subject, &[]);
/// let resources: Vec<_> = plan.questions().iter().map(|question| question.resource.as_str()).collect();
/// assert_eq!(
///     resources,
///     [
///         "arn:aws:lambda:*:*:function:render-*",
///         "arn:aws:lambda:eu-central-1:123456789012:function:render-*",
///         "arn:aws:lambda:eu-central-1:123456789012:function:render-a",
///     ],
/// );
/// # Ok::<(), iam_policy_eval::PolicyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Plan {
    questions: Vec<Question>,
    pub(crate) topics: Vec<Topic>,
}

/// An action on a resource of a statement, both as written, with the questions about them.
#[derive(Clone, Debug)]
pub(crate) struct Topic {
    pub(crate) statement: usize,
    /// As written in the document; `None` for `NotAction`.
    pub(crate) written: Option<String>,
    /// An action it expands to, or the text in the document if none is known.
    pub(crate) action: String,
    /// Whether it expands to more actions than are asked about.
    pub(crate) is_sample: bool,
    /// As written in the document; `*` for `NotResource`.
    pub(crate) pattern: String,
    /// The numbers of the questions, and for each whether it covers more than the subject's own part of the pattern.
    pub(crate) questions: Vec<(usize, bool)>,
    pub(crate) skipped: Option<Skipped>,
}

impl Plan {
    /// Builds the questions.
    ///
    /// - `subject`: the principal to ask about
    /// - `context`: known context values, sent with every question
    #[must_use]
    pub fn new(required: &Required, subject: &Subject, context: &[ContextEntry]) -> Self {
        let mut sampler = Sampler::new(required, subject, context);
        let mut plan = Self {
            questions: Vec::new(),
            topics: Vec::new(),
        };
        for (number, statement) in required.granting() {
            for (written, action, is_sample) in actions(statement) {
                for resource in each(statement.not_resource, &statement.resources) {
                    let topic = Topic {
                        statement: number,
                        written: written.map(str::to_owned),
                        action: action.clone(),
                        is_sample,
                        pattern: resource.unwrap_or("*").to_owned(),
                        questions: Vec::new(),
                        skipped: None,
                    };
                    plan.add(topic, &mut sampler, resource);
                }
            }
        }
        plan
    }

    fn add(&mut self, mut topic: Topic, sampler: &mut Sampler<'_>, resource: Option<&str>) {
        if wildcard::is_pattern(&topic.action) {
            // AWS's simulator only accepts action names. If `NotAction` leaves no action, there is nothing to ask.
            topic.skipped = topic.written.is_none().then_some(Skipped::GrantsNothing);
            self.topics.push(topic);
            return;
        }
        match sampler.samples(topic.statement, &topic.action, resource) {
            Ok(found) => {
                for sample in found {
                    topic.questions.push((self.questions.len(), sample.is_beyond));
                    self.questions.push(Question {
                        statement: topic.statement,
                        action: topic.action.clone(),
                        pattern: topic.pattern.clone(),
                        resource: sample.resource,
                        context: sample.context,
                    });
                }
            }
            Err(skipped) => topic.skipped = Some(skipped),
        }
        self.topics.push(topic);
    }

    /// The questions, to be passed to a [`Simulator`](crate::Simulator) in this order.
    #[must_use]
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }
}

/// The concrete actions of a statement, each with the text it expands from and whether that was sampled. A text that
/// matches no known action stands for itself.
fn actions(statement: &Statement) -> Vec<(Option<&str>, String, bool)> {
    let catalog = Catalog::get();
    if statement.not_action {
        let patterns = &statement.actions;
        let rest = catalog.actions().map(|action| action.to_string());
        let rest = rest.filter(|name| {
            let is_named = |pattern: &str| wildcard::matches_ignoring_case(pattern, name);
            !patterns.iter().any(|pattern| is_named(&pattern.text))
        });
        let (some, is_sample) = spread(rest.collect());
        return or_itself(some, "*").map(|name| (None, name, is_sample)).collect();
    }
    let mut all: Vec<(Option<&str>, String, bool)> = Vec::new();
    for entry in &statement.actions {
        let text = entry.text.as_str();
        let (found, is_sample) = if wildcard::is_pattern(text) {
            spread(catalog.expand(text).map(|action| action.to_string()).collect())
        } else {
            let name = catalog.action(text).map(|action| action.to_string());
            (vec![name.unwrap_or_else(|| text.to_owned())], false)
        };
        for name in or_itself(found, text) {
            if !all.iter().any(|(_, other, _)| *other == name) {
                all.push((Some(text), name, is_sample));
            }
        }
    }
    all
}

/// The names or, if there are none, the text itself.
fn or_itself(names: Vec<String>, text: &str) -> impl Iterator<Item = String> {
    let itself = names.is_empty().then(|| text.to_owned());
    names.into_iter().chain(itself)
}

/// The whole list, or an evenly spread sample of a long one, and whether it was sampled.
fn spread(names: Vec<String>) -> (Vec<String>, bool) {
    let step = names.len().div_ceil(MOST_ACTIONS).max(1);
    (names.into_iter().step_by(step).collect(), step > 1)
}
