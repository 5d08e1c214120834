//! One question: whether a request is allowed by one side and not by the other.

use std::collections::BTreeMap;

use iam_policy_catalog::KeyType;

use crate::assume::{Suggested, assumptions};
use crate::formats::Resources;
use crate::query::{Model, Query, Reply, Side};
use crate::terms::{Fact, Terms, Test};
use crate::theory::{Assumption, Atom, Domains, Subject, Theory};
use crate::word::Found;
use crate::work::Work;

/// Why a comparison has no answer if its budget is spent.
pub(crate) const TOO_LONG: &str = "the comparison reached its work limit";

/// How many models with unconstrained variables to consider.
const MODELS: usize = 24;

/// For how many of the values suggested by a model to repeat the whole question.
const FULLY: usize = 2;

/// How many steps a more readable resource may take.
const PLEASANT: u64 = 100_000;

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// A model of such a request, and the values of variables that it assumes.
    Yes(Model, Option<Assumption>),
    No,
    /// Why there is no answer.
    Unclear(String),
}

/// Whether a request is allowed by `one` and not by `other`.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub(crate) terms: &'a Terms,
    pub(crate) one: &'a Side,
    pub(crate) other: &'a Side,
    pub(crate) domains: Domains<'a>,
    /// The resources among which to prefer readable ones. Without them, variables may remain unconstrained, so only
    /// [`Ask::No`] is meaningful.
    pub(crate) pleasant: Option<&'a Resources>,
}

impl Asking<'_> {
    /// Answers the question, with at most so many steps.
    pub(crate) fn ask(&self, most: u64) -> Ask {
        let work = &self.terms.work;
        let (answer, is_spent) = work.within(most, || self.answer(work));
        match answer {
            // Whatever returned early may have made it wrong.
            Ask::No if is_spent => Ask::Unclear(TOO_LONG.to_owned()),
            answer => answer,
        }
    }

    fn answer(&self, work: &Work) -> Ask {
        let Self {
            terms,
            one,
            other,
            domains,
            pleasant,
        } = *self;
        let too_long = || Ask::Unclear(TOO_LONG.to_owned());
        let unclear_values = |work: &Work| match self.key_of_two_kinds() {
            Some(key) if !work.is_spent() => Ask::Unclear(format!(
                "it depends on `{key}`, which is compared both as a string and as another type"
            )),
            _ => too_long(),
        };
        let mut query = Query::differ(terms, Theory::new(terms, domains, None), one, other);
        let mut tried: Vec<Assumption> = Vec::new();
        let mut unclear = false;
        for _ in 0..MODELS {
            let (model, atoms) = match query.solve(work) {
                Reply::No if unclear => break,
                Reply::No => return Ask::No,
                Reply::Unclear => return unclear_values(work),
                Reply::Yes { model, .. } if pleasant.is_none() => return Ask::Yes(model, None),
                Reply::Yes {
                    model,
                    atoms,
                    open: false,
                } => {
                    return Ask::Yes(self.pleasant(model, &atoms, None), None);
                }
                Reply::Yes { model, atoms, .. } => (model, atoms),
            };
            // Values of variables that this model suggests, or all possible ones.
            let suggested = Suggested::by(terms, domains.setting, &model, &atoms);
            for (number, assumption) in suggested.assumptions.into_iter().enumerate() {
                if work.is_spent() {
                    return too_long();
                }
                let theory = Theory::new(terms, domains, Some(assumption.clone()));
                match theory.model(&atoms, work) {
                    Found::Yes(model) => {
                        let model = self.pleasant(model, &atoms, Some(assumption.clone()));
                        return Ask::Yes(model, Some(assumption));
                    }
                    Found::No => {}
                    Found::Unclear => unclear = true,
                }
                if suggested.exhaustive || number >= FULLY || tried.contains(&assumption) {
                    continue;
                }
                if let Some(found) = self.assuming(&assumption, work) {
                    return found;
                }
                tried.push(assumption);
            }
            unclear |= !suggested.exhaustive;
            query.exclude(&atoms);
        }
        for assumption in assumptions(terms, domains.setting, one, other) {
            if work.is_spent() {
                return too_long();
            }
            if let Some(found) = self.assuming(&assumption, work) {
                return found;
            }
        }
        if work.is_spent() {
            return too_long();
        }
        Ask::Unclear("it depends on policy variables in a way that cannot be analyzed".to_owned())
    }

    /// The name of a key whose values are compared as strings although they are numbers, dates or addresses, or are
    /// also compared as such.
    fn key_of_two_kinds(&self) -> Option<&str> {
        let (one, other) = (self.one, self.other);
        let matters = [&one.allows, &one.denies, &other.allows, &other.denies];
        let bodies = matters
            .into_iter()
            .flatten()
            .filter_map(|matter| self.terms.bodies.get(matter.body));
        let mut kinds: BTreeMap<usize, [bool; 2]> = BTreeMap::new();
        for (fact, _) in bodies.flat_map(|body| body.conditions.iter().flatten()) {
            let Fact::Some { key, test, .. } = fact else { continue };
            let kind = self.terms.keys.get(*key).and_then(|key| key.kind);
            let [text, scalar] = kinds.entry(*key).or_default();
            *text |= matches!(self.terms.tests.get(*test), Some(Test::Text(_)));
            *scalar |= !matches!(self.terms.tests.get(*test), Some(Test::Text(_)))
                || matches!(kind, Some(KeyType::Numeric | KeyType::Date | KeyType::IpAddress));
        }
        let mut both = kinds.iter().filter(|(_, kinds)| **kinds == [true, true]);
        both.next().map(|(key, _)| self.terms.key_name(*key))
    }

    /// A request in which variables have these values.
    fn assuming(&self, assumption: &Assumption, work: &Work) -> Option<Ask> {
        let theory = Theory::new(self.terms, self.domains, Some(assumption.clone()));
        match Query::differ(self.terms, theory, self.one, self.other).solve(work) {
            Reply::Yes { model, atoms, .. } => {
                let model = self.pleasant(model, &atoms, Some(assumption.clone()));
                Some(Ask::Yes(model, Some(assumption.clone())))
            }
            Reply::No | Reply::Unclear => None,
        }
    }

    /// The model with a more readable resource, if there is one.
    fn pleasant(&self, mut model: Model, atoms: &[(Atom, bool)], assumption: Option<Assumption>) -> Model {
        let levels = self.pleasant.map(Resources::pleasant).unwrap_or_default();
        let subject = Subject::Resource;
        let of_subject: Vec<_> = atoms
            .iter()
            .copied()
            .filter(|(atom, _)| atom.subject() == subject)
            .collect();
        let mut theory = Theory::new(
            self.terms,
            Domains {
                action: &[],
                resource: &[],
                not_action: &[],
                not_resource: self.domains.not_resource,
                setting: self.domains.setting,
            },
            assumption,
        );
        for resource in &levels {
            theory.limit_resources(resource);
            let work = &self.terms.work;
            let (found, _) = work.within(PLEASANT, || theory.values(subject, &of_subject, work));
            if let Found::Yes(values) = found {
                model.insert(subject, values);
                break;
            }
        }
        model
    }
}
