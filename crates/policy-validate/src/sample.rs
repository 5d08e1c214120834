//! Concrete resources that a statement matches.

use std::collections::HashMap;

use iam_policy_catalog::{Action, ActionResource, ArnFormat, Catalog};
use iam_policy_compare::{Answer, Options, Witness};
use iam_policy_core::IamArn;
use iam_policy_eval::{Decision, Policies, PolicyType, Principal, Reason, Request};

use crate::context::{evaluated, is_of_principal, overridden};
use crate::force::{forced, of_principal};
use crate::piece::{self, Only};
use crate::required::Required;
use crate::shape::{name_head, own_part, part_of, unnamed, wholes};
use crate::{ContextEntry, Subject};

/// A resource to ask about, with its context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) resource: String,
    pub(crate) context: Vec<ContextEntry>,
    /// Whether it is the statement's whole pattern; the other samples lie in the subject's own part of it.
    pub(crate) is_beyond: bool,
}

/// Why there is nothing to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Skipped {
    /// The statement allows no request with this action: none of its resources applies, or another statement of the
    /// same policy denies it.
    GrantsNothing,
    /// The policy allows it only in other circumstances, or to other principals.
    Otherwise,
}

/// Finds samples, and caches them.
pub(crate) struct Sampler<'a> {
    required: &'a Required,
    subject: &'a Subject,
    given: &'a [ContextEntry],
    /// What holds in every request.
    settled: Vec<ContextEntry>,
    /// What is preferred if the policy leaves a choice.
    preferred: Vec<ContextEntry>,
    has_denials: bool,
    known: HashMap<Key, Result<Vec<Sample>, Skipped>>,
}

/// What a sample depends on. Without Deny statements, actions with the same resources have the same samples.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    statement: usize,
    resource: Option<String>,
    formats: Option<Vec<ArnFormat>>,
    is_optional: bool,
    action: Option<String>,
}

impl<'a> Sampler<'a> {
    pub(crate) fn new(required: &'a Required, subject: &'a Subject, given: &'a [ContextEntry]) -> Self {
        let mentioned = crate::force::mentions([&required.document]);
        let settled = of_principal(subject).into_iter().chain(given.iter().cloned());
        let region = subject.region.as_deref();
        let region = region.and_then(|region| ContextEntry::new("aws:RequestedRegion", [region]).ok());
        let is_given = |key: &str| given.iter().any(|entry| entry.key.eq_ignore_ascii_case(key));
        Self {
            required,
            subject,
            given,
            settled: settled.filter(|entry| mentioned(&entry.key)).collect(),
            preferred: region
                .into_iter()
                .filter(|entry| mentioned(&entry.key) && !is_given(&entry.key))
                .collect(),
            has_denials: required
                .statements()
                .iter()
                .any(|statement| statement.effect == iam_policy_core::Effect::Deny),
            known: HashMap::new(),
        }
    }

    /// What to ask about an action on one of a statement's resources.
    ///
    /// - `resource`: as written in the document; `None` for a statement with `NotResource`
    pub(crate) fn samples(
        &mut self,
        statement: usize,
        action: &str,
        resource: Option<&str>,
    ) -> Result<Vec<Sample>, Skipped> {
        let known = Catalog::get().action(action);
        let key = Key {
            statement,
            resource: resource.map(str::to_owned),
            formats: known.map(formats),
            is_optional: known.is_none_or(|action| !action.resource_types().any(ActionResource::is_required)),
            action: self.has_denials.then(|| action.to_owned()),
        };
        if let Some(found) = self.known.get(&key) {
            return found.clone();
        }
        let found = self.find(&key, action);
        self.known.insert(key, found.clone());
        found
    }

    fn find(&self, key: &Key, action: &str) -> Result<Vec<Sample>, Skipped> {
        let pattern = key.resource.as_deref();
        let search = |only: Option<&str>| self.witness(key.statement, action, pattern, only);
        let Some(first) = search(None) else {
            // Whether this holds for everyone, or only for the subject.
            let anywhere = piece::document(
                self.required,
                key.statement,
                Some(&[action]),
                as_list(pattern).as_deref(),
                &[],
            );
            return Err(match witness(&anywhere) {
                Some(_) => Skipped::Otherwise,
                None => Skipped::GrantsNothing,
            });
        };
        let context = self.context(&first);
        let mut samples = Vec::new();
        let mut add = |resource: &str, own: Option<Vec<ContextEntry>>, is_beyond: bool| {
            let found = [Some(&context), own.as_ref()].into_iter().flatten();
            let context = found
                .into_iter()
                .find(|context| self.is_required(action, resource, context));
            let is_new = |samples: &[Sample]| !samples.iter().any(|sample| sample.resource == resource);
            if let Some(context) = context.filter(|_| is_new(&samples)) {
                samples.push(Sample {
                    resource: resource.to_owned(),
                    context: context.clone(),
                    is_beyond,
                });
            }
        };
        let formats = key.formats.as_deref();
        for (whole, is_beyond) in wholes(pattern, formats, key.is_optional, self.subject) {
            add(&whole, None, is_beyond);
        }
        let places = match (formats, pattern) {
            (Some(formats), _) => formats
                .iter()
                .map(|format| part_of(*format, pattern, self.subject))
                .collect(),
            (None, Some(pattern)) => vec![(own_part(pattern, self.subject), pattern.to_owned())],
            (None, None) => Vec::new(),
        };
        for (here, anywhere) in places {
            let found = search(Some(&here)).or_else(|| search(Some(&anywhere)));
            if let Some(witness) = found {
                add(&witness.resource, Some(self.context(&witness)), false);
            }
        }
        if samples.iter().all(|sample| sample.is_beyond) {
            // The whole pattern is all there is, so it counts.
            for sample in &mut samples {
                sample.is_beyond = false;
            }
        }
        if samples.is_empty() {
            Err(Skipped::Otherwise)
        } else {
            Ok(samples)
        }
    }

    /// A request that the statement allows.
    fn witness(&self, statement: usize, action: &str, resource: Option<&str>, only: Option<&str>) -> Option<Witness> {
        let head = resource.and_then(name_head);
        let find = |preferred: &[ContextEntry], named: bool| {
            let unnamed = head.filter(|_| named).map(unnamed).unwrap_or_default();
            let only = only.into_iter().map(Only::Resource);
            let all: Vec<Only<'_>> = only
                .chain(unnamed.iter().map(|resource| Only::NotResource(resource)))
                .chain(forced(&self.settled))
                .chain(forced(preferred))
                .collect();
            let actions = [action];
            let resources = as_list(resource);
            witness(&piece::document(
                self.required,
                statement,
                Some(&actions),
                resources.as_deref(),
                &all,
            ))
        };
        let contexts: &[&[ContextEntry]] = if self.preferred.is_empty() {
            &[&[]]
        } else {
            &[&self.preferred, &[]]
        };
        let names: &[bool] = if head.is_some() { &[true, false] } else { &[false] };
        contexts
            .iter()
            .find_map(|preferred| names.iter().find_map(|named| find(preferred, *named)))
    }

    /// The context of a request, with the given entries replacing its own.
    fn context(&self, witness: &Witness) -> Vec<ContextEntry> {
        let entries = witness
            .context
            .iter()
            .filter(|(key, values)| !values.is_empty() && !is_of_principal(key));
        let entries: Vec<_> = entries
            .filter_map(|(key, values)| ContextEntry::new(key, values).ok())
            .collect();
        overridden(&entries, self.given)
    }

    /// Whether the policy itself allows it for the subject.
    fn is_required(&self, action: &str, resource: &str, context: &[ContextEntry]) -> bool {
        let someone = IamArn::User { path: "/", name: "a" };
        let someone = someone
            .in_account(&self.subject.partition, &self.subject.account)
            .to_string();
        let principal = match Principal::parse(&self.subject.arn) {
            Ok(principal @ (Principal::User { .. } | Principal::Role { .. } | Principal::Session { .. })) => principal,
            // A group is not a principal, but its users are.
            _ => match Principal::parse(&someone) {
                Ok(principal) => principal,
                Err(_) => return false,
            },
        };
        let context = evaluated(context);
        Request::by(principal, action, resource).is_ok_and(|request| {
            let response = Policies::new(&self.required.compiled).decide(&request.with_context(&context));
            // Permissions that another account must also grant cannot be attached to the principal.
            let elsewhere =
                matches!(response.reason, Reason::NotAllowedBy(layer) if layer.policy_type == PolicyType::Resource);
            response.decision == Decision::Allowed || elsewhere
        })
    }
}

fn as_list(resource: Option<&str>) -> Option<Vec<&str>> {
    resource.map(|resource| vec![resource])
}

/// A request that a document allows.
fn witness(document: &iam_policy_document::Document) -> Option<Witness> {
    let mut options = Options::default();
    options.witnesses = 1;
    match options.covers([document], []) {
        Answer::No(witnesses) => witnesses.into_iter().next(),
        Answer::Yes | Answer::Unknown(_) => None,
    }
}

/// The ARN formats the action applies to, without duplicates, in catalog order.
fn formats(action: Action) -> Vec<ArnFormat> {
    let mut all = Vec::new();
    for format in action
        .resource_types()
        .flat_map(|found| found.resource_type().arn_formats())
    {
        if !all.contains(&format) {
            all.push(format);
        }
    }
    all
}
