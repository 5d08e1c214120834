//! Requests that show a difference between two policies.

use std::collections::{BTreeMap, BTreeSet};

use iam_policy_catalog::Action;
use iam_policy_core::Decision;

use crate::confirm::Evaluated;
use crate::decide::Request;
use crate::principal::Someone;
use crate::query::{Model, Side};
use crate::read::{Policy, Statement};
use crate::terms::Terms;
use crate::theory::{Assumption, Subject};
use crate::verdict::{Place, Witness};

/// Which of the two policies allows the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    NewlyAllowed,
    NewlyDenied,
}

impl Direction {
    /// The side that must allow, and the one that must not.
    pub(crate) fn sides<'s>(self, old: &'s Side, new: &'s Side) -> (&'s Side, &'s Side) {
        match self {
            Self::NewlyAllowed => (new, old),
            Self::NewlyDenied => (old, new),
        }
    }
}

/// Builds and confirms the witnesses in one direction.
pub(crate) struct Witnesses<'a> {
    pub(crate) terms: &'a Terms,
    pub(crate) old: &'a Policy,
    pub(crate) new: &'a Policy,
    /// The evaluator's form of the policies; without it, requests are not confirmed.
    pub(crate) evaluated: Option<&'a Evaluated>,
    pub(crate) direction: Direction,
}

impl Witnesses<'_> {
    /// The request described by a model, if it demonstrates the difference.
    pub(crate) fn of_model(
        &self,
        someone: Option<&Someone>,
        action: &str,
        actions: &[Action],
        model: &Model,
        assumption: Option<&Assumption>,
    ) -> Option<Witness> {
        let resource = model.get(&Subject::Resource)?.first()?;
        let mut context: BTreeMap<usize, Vec<String>> = model
            .iter()
            .filter_map(|(subject, values)| match subject {
                Subject::Key(key) => Some((*key, values.clone())),
                _ => None,
            })
            .collect();
        for (key, value) in assumption.into_iter().flat_map(|assumption| &assumption.values) {
            context.entry(*key).or_insert_with(|| value.iter().cloned().collect());
        }
        let request = Request {
            someone,
            action,
            resource,
            context: &context,
        };
        let (mut old_decision, old_statements) = request.decide(self.terms, self.old);
        let (mut new_decision, new_statements) = request.decide(self.terms, self.new);
        let shows = |old: Decision, new: Decision| match self.direction {
            Direction::NewlyAllowed => new == Decision::Allowed && old != Decision::Allowed,
            Direction::NewlyDenied => old == Decision::Allowed && new != Decision::Allowed,
        };
        if !shows(old_decision, new_decision) {
            return None;
        }
        if let Some(evaluated) = self.evaluated {
            let named: BTreeMap<&str, &[String]> = context
                .iter()
                .map(|(key, values)| (self.terms.key_name(*key), &**values))
                .collect();
            let principal = someone.map(|someone| &*someone.name);
            // The model also assigns keys that do not affect what is allowed, but may affect why something is not.
            old_decision = evaluated.old.decide(principal, action, resource, &named)?;
            new_decision = evaluated.new.decide(principal, action, resource, &named)?;
            if !shows(old_decision, new_decision) {
                return None;
            }
        }
        let places = |statements: Vec<Statement>| -> Vec<Place> {
            let places: BTreeSet<Place> = statements
                .into_iter()
                .map(|statement| Place {
                    document: statement.document,
                    statement: statement.index,
                })
                .collect();
            places.into_iter().collect()
        };
        Some(Witness {
            principal: someone.map(|someone| someone.name.clone()),
            action: action.to_owned(),
            resource: resource.clone(),
            context: context
                .into_iter()
                .map(|(key, values)| (self.terms.key_name(key).to_owned(), values))
                .collect(),
            old_decision,
            new_decision,
            old_statements: places(old_statements),
            new_statements: places(new_statements),
            actions: actions.to_vec(),
            unknown_actions: Vec::new(),
        })
    }
}
