//! Decides one request over the terms of a policy.

use std::collections::BTreeMap;

use iam_policy_document::scalar::{Moment, Network, Number, boolean};
use iam_policy_eval::Decision;

use crate::glob::{Pattern, Token};
use crate::principal::Someone;
use crate::read::{Policy, Statement};
use crate::terms::{Body, Fact, Terms, Test};

/// A request. A key without values is absent.
#[derive(Clone, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) someone: Option<&'a Someone>,
    pub(crate) action: &'a str,
    pub(crate) resource: &'a str,
    /// By the number of the key.
    pub(crate) context: &'a BTreeMap<usize, Vec<String>>,
}

impl Request<'_> {
    /// The decision, and the statements that match the request.
    pub(crate) fn decide(&self, terms: &Terms, policy: &Policy) -> (Decision, Vec<Statement>) {
        let about: Vec<Statement> = policy
            .statements
            .iter()
            .copied()
            .filter(|statement| self.is_about(terms, statement))
            .collect();
        let decision = if about.iter().any(|statement| statement.denies) {
            Decision::ExplicitDeny
        } else if about.is_empty() {
            Decision::ImplicitDeny
        } else {
            Decision::Allowed
        };
        (decision, about)
    }

    fn is_about(&self, terms: &Terms, statement: &Statement) -> bool {
        terms.work.spend(terms.who_size(statement.body) + 1);
        let action = terms.actions.get(statement.action).is_some_and(|list| {
            let named = list
                .items
                .iter()
                .any(|pattern| iam_policy_core::wildcard::matches_ignoring_case(pattern, self.action));
            named != list.negated
        });
        action
            && crate::classes::is_about_someone(terms, statement, self.someone)
            && terms
                .bodies
                .get(statement.body)
                .is_some_and(|body| self.fits(terms, body))
    }

    fn fits(&self, terms: &Terms, body: &Body) -> bool {
        let resource = body.resource.as_ref().is_none_or(|list| {
            let named = list
                .items
                .iter()
                .any(|pattern| self.matches(terms, *pattern, self.resource));
            named != list.negated
        });
        resource
            && body
                .conditions
                .iter()
                .all(|clause| clause.iter().any(|&(fact, so)| self.is_so(terms, fact) == so))
    }

    fn values(&self, key: usize) -> &[String] {
        self.context.get(&key).map_or(&[], |values| values)
    }

    fn matches(&self, terms: &Terms, pattern: usize, text: &str) -> bool {
        let Some(pattern) = terms.patterns.get(pattern) else {
            return false;
        };
        if !pattern.has_variables() {
            return pattern.matches(text, &terms.work);
        }
        let with_values = pattern.substitute(|variable| {
            let variable = terms.variables.get(variable)?;
            let value = match self.values(variable.key) {
                [] => variable.default.as_deref()?,
                [only] => only,
                _ => return None,
            };
            Some(value.chars().map(Token::Char).collect::<Vec<_>>())
        });
        with_values.is_some_and(|pattern: Pattern| pattern.matches(text, &terms.work))
    }

    fn is_so(&self, terms: &Terms, fact: Fact) -> bool {
        match fact {
            Fact::Absent { key } => self.values(key).is_empty(),
            Fact::Some { key, test, holds } => self
                .values(key)
                .iter()
                .any(|value| self.holds(terms, test, value) == holds),
        }
    }

    fn holds(&self, terms: &Terms, test: usize, value: &str) -> bool {
        match terms.tests.get(test) {
            Some(Test::Text(patterns)) => patterns.iter().any(|pattern| self.matches(terms, *pattern, value)),
            Some(other) => {
                terms.work.spend(other.size());
                other.holds_of(value)
            }
            None => false,
        }
    }
}

impl Test {
    /// Whether a value satisfies one of the alternatives; strings are ignored.
    pub(crate) fn holds_of(&self, value: &str) -> bool {
        match self {
            Self::Text(_) => false,
            Self::Number(order, numbers) => {
                Number::read(value).is_some_and(|value| numbers.iter().any(|number| order.holds(&value, number)))
            }
            Self::Date(order, dates) => {
                Moment::read(value).is_some_and(|value| dates.iter().any(|date| order.holds(&value, date)))
            }
            Self::Address(networks) => {
                Network::address(value).is_some_and(|address| networks.iter().any(|network| network.contains(address)))
            }
            Self::Bool(values) => boolean(value).is_some_and(|value| values.contains(&value)),
        }
    }
}
