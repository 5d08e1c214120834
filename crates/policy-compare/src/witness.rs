//! Requests that show a difference between two policies.

use std::collections::{BTreeMap, BTreeSet};

use iam_policy_catalog::Action;
use iam_policy_core::{Arn, Decision, GlobalKey, Presence};
use iam_policy_document::scalar::Moment;

use crate::confirm::Evaluated;
use crate::decide::Request;
use crate::glob::Pattern;
use crate::invariant::Setting;
use crate::principal::{Someone, value_of};
use crate::query::{Model, Side};
use crate::read::{Policy, Statement};
use crate::terms::Terms;
use crate::theory::{Assumption, Subject};
use crate::verdict::{Place, Witness};
use crate::word::{Found, Words};

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

/// Adds the keys that follow from others, and those that every request has; returns the name of the principal, which is
/// empty if the policies distinguish none. `None` if there is no such request.
fn complete(
    terms: &Terms,
    setting: Setting<'_>,
    resource: &str,
    context: &mut BTreeMap<usize, Vec<String>>,
) -> Option<String> {
    let global = |key: usize| terms.keys.get(key).and_then(|key| key.global);
    terms.work.spend(4 * terms.keys.len());
    for key in 0..terms.keys.len() {
        let same = terms.same(key, setting.service);
        if same != key
            && let Some(values) = context.get(&same).cloned()
            && *context.entry(key).or_insert_with(|| values.clone()) != values
        {
            return None;
        }
    }
    let given = |wanted: GlobalKey, context: &BTreeMap<usize, Vec<String>>| {
        let key = terms.position(wanted)?;
        context.get(&key)?.first().cloned()
    };
    let arn = match setting.caller.filter(|caller| caller.of.has_account()) {
        Some(caller) => Some(match given(GlobalKey::PrincipalArn, context) {
            Some(arn) => arn,
            None => arn_of(terms, caller, context)?,
        }),
        None => None,
    };
    // The other key for the time follows from this one.
    let mut keys: Vec<usize> = (0..terms.keys.len()).collect();
    keys.sort_by_key(|key| global(*key) != Some(GlobalKey::CurrentTime));
    for key in keys {
        let values = context.get(&key);
        let is_given = values.is_some_and(|values| !values.is_empty());
        let of_arn = global(key)
            .zip(arn.as_deref())
            .and_then(|(key, arn)| value_of(arn, key));
        let derived = match of_arn {
            Some(value) => Some(value.into_owned()),
            None => terms.known(key, setting).map(std::borrow::Cow::into_owned),
        };
        match (derived, terms.presence(key, setting)) {
            (_, Presence::Never) if is_given => return None,
            // Explicitly, since it may follow from the principal that stands for all others.
            (_, Presence::Never) => {
                context.insert(key, Vec::new());
            }
            (Some(value), _) if is_given && values.is_none_or(|values| *values != [value.clone()]) => return None,
            (Some(value), Presence::Always) => {
                context.insert(key, vec![value]);
            }
            (None, Presence::Always) if !is_given => {
                let same_moment = given(GlobalKey::CurrentTime, context).and_then(|now| Moment::read(&now));
                let value = match global(key) {
                    Some(GlobalKey::EpochTime) => same_moment.map(Moment::to_seconds),
                    Some(GlobalKey::RequestedRegion) => Arn::parse(resource)
                        .ok()
                        .map(|arn| arn.region.to_owned())
                        .filter(|region| terms.is_possible(key, Some(region), setting)),
                    _ => None,
                };
                // The value of an unknown part does not matter here.
                let is_unknown = terms.keys.get(key).is_some_and(|key| key.unknown.is_some());
                let usual = || terms.usual(key, setting).into_iter().next().filter(|_| !is_unknown);
                context.insert(key, value.or_else(usual).into_iter().collect());
            }
            (_, Presence::Sometimes) if global(key) == Some(GlobalKey::ResourceAccount) => {
                let account = Arn::parse(resource).ok().map(|arn| arn.account.to_owned());
                let account = account.filter(|account| terms.is_possible(key, Some(account), setting));
                let usual = || terms.usual(key, setting).into_iter().next();
                context
                    .entry(key)
                    .or_insert_with(|| account.or_else(usual).into_iter().collect());
            }
            _ => {}
        }
    }
    Some(match (setting.caller, arn) {
        (Some(caller), Some(arn)) => caller.named(&arn),
        (Some(caller), None) => caller.name.clone(),
        (None, _) => String::new(),
    })
}

/// The ARN of a caller with the name and the account in the context.
fn arn_of(terms: &Terms, caller: &Someone, context: &BTreeMap<usize, Vec<String>>) -> Option<String> {
    let given: Vec<Vec<Pattern>> = context
        .iter()
        .filter_map(|(key, values)| terms.arns_with(*key, values.first()?))
        .collect();
    let work = &terms.work;
    let fits = |patterns: &Vec<Pattern>| patterns.iter().any(|pattern| pattern.matches(&caller.arn, work));
    if given.iter().all(fits) {
        return Some(caller.arn.clone());
    }
    let all = std::iter::once(&caller.arns).chain(&given);
    let words = Words {
        all: all.map(|patterns| patterns.iter().collect()).collect(),
        none: caller.not_arns.iter().collect(),
        alphabet: None,
    };
    match work.within(1_000_000, || words.find(work)) {
        (Found::Yes(arn), _) => Some(arn),
        (Found::No | Found::Unclear, _) => None,
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
        setting: Setting<'_>,
        action: &str,
        actions: &[Action],
        model: &Model,
        assumption: Option<&Assumption>,
    ) -> Option<Witness> {
        let someone = setting.caller;
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
        let principal = complete(self.terms, setting, resource, &mut context)?;
        let principal = Some(principal).filter(|name| self.terms.names_principals && !name.is_empty());
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
            if !self.terms.work.spend(evaluated.size / 8 + 64) {
                return None;
            }
            let named: BTreeMap<&str, &[String]> = context
                .iter()
                .map(|(key, values)| (self.terms.key_name(*key), &**values))
                .collect();
            let principal = principal.as_deref();
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
            principal,
            action: action.to_owned(),
            resource: resource.clone(),
            context: context
                .into_iter()
                .filter(|(key, _)| self.terms.keys.get(*key).is_some_and(|key| key.mentioned))
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
