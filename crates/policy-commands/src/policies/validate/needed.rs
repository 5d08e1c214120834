//! What the arguments ask about: the policies, and the context.

use iam_policy_document::{Diagnostic, StyledText};

use crate::with_candidates;
use std::path::PathBuf;

use clap::ArgMatches;
use iam_policy_core::{Partition, Policy, PolicyType, Style};
use iam_policy_spec::wording::list;
use iam_policy_validate::{ContextEntry, Required, Subject};

use super::granted;
use super::names::{CONTEXT, POLICY, REQUIRED_FROM};
use super::verdict::Named;

use crate::policies::choice::Choice;

/// The policies used if none is named: identity policies that are not for a role assumed only by a service, unless all are.
pub(super) fn usual(policies: &'static [Policy<'static>]) -> impl Iterator<Item = &'static Policy<'static>> {
    let identity = Policy::of_type(policies, PolicyType::Identity);
    let all = identity.clone().all(|policy| policy.trust.is_some());
    identity.filter(move |policy| all || policy.trust.is_none())
}

/// Why a policy does not say what a principal needs.
fn of_another_type(policy: &Policy<'_>) -> Option<Diagnostic> {
    let (name, label) = (policy.name, policy.policy_type.label());
    (policy.policy_type != PolicyType::Identity).then(|| {
        let message = format!("the policy `{name}` is a {label}, which does not say what a principal needs");
        Diagnostic::error(message).help("validate identity policies")
    })
}

/// What is needed, before the principal is known.
pub(super) enum Needs<'m> {
    /// A policy in a file.
    File(Box<(Named, Required)>),
    /// Policies of the program, in the form selected by the arguments.
    Own {
        policies: Vec<&'static Policy<'static>>,
        choice: Choice<'m>,
    },
}

impl<'m> Needs<'m> {
    /// Reads the arguments.
    ///
    /// # Errors
    ///
    /// All errors that do not depend on the principal.
    pub(super) fn read(policies: &'static [Policy<'static>], matches: &'m ArgMatches) -> Result<Self, StyledText> {
        if let Some(path) = matches.get_one::<PathBuf>(REQUIRED_FROM) {
            let (name, document) = granted::policy(path)?;
            let required = Required::from_document(document)
                .map_err(|error| Diagnostic::error(format!("`{name}` is not a valid policy: {error}")))?;
            let named = Named {
                name,
                ..Named::default()
            };
            return Ok(Self::File(Box::new((named, required))));
        }
        let named: Vec<&String> = matches.get_many::<String>(POLICY).into_iter().flatten().collect();
        let is_named = |policy: &&Policy<'_>| named.iter().any(|name| *name == policy.name);
        let wanted: Vec<_> = if named.is_empty() {
            usual(policies).collect()
        } else {
            policies.iter().filter(is_named).collect()
        };
        let choice = Choice::new(matches);
        let mut problems: Vec<Diagnostic> = Vec::new();
        problems.extend(wanted.iter().filter_map(|policy| of_another_type(policy)));
        let own = wanted
            .iter()
            .filter(|policy| policy.policy_type == PolicyType::Identity)
            .filter_map(|policy| choice.own(policy).document(policy).err());
        for problem in own.flatten().chain(choice.strangers(&wanted, policies)) {
            // Several policies can report the same error.
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        if problems.is_empty() {
            Ok(Self::Own {
                policies: wanted,
                choice,
            })
        } else {
            Err(problems.iter().collect())
        }
    }

    /// Notes about arguments without effect.
    pub(super) fn notes(&self) -> Vec<Diagnostic> {
        match self {
            Self::File(_) => Vec::new(),
            Self::Own { policies, choice } => choice.notes(policies, &[false]),
        }
    }

    /// The needed policies for a principal, in its partition unless another is requested.
    ///
    /// - `partition`: that of the local policies, for an unknown principal
    ///
    /// # Errors
    ///
    /// If a policy does not support that partition.
    pub(super) fn of(
        self,
        subject: Option<&Subject>,
        partition: Option<&str>,
    ) -> Result<Vec<(Named, Required)>, Vec<Diagnostic>> {
        let (policies, choice) = match self {
            Self::File(needed) => return Ok(vec![*needed]),
            Self::Own { policies, choice } => (policies, choice),
        };
        let mut problems = Vec::new();
        let asked = choice.partition();
        if let (Some(subject), Some(asked)) = (subject, asked)
            && subject.partition != asked.name()
        {
            let (arn, own) = (&subject.arn, &subject.partition);
            let problem = Diagnostic::error(format!(
                "`{arn}` is in the partition `{own}` and has no permissions in `{asked}`"
            ));
            problems.push(problem.help("omit `--partition`, or name a principal in that partition"));
        }
        let mut all = Vec::new();
        for policy in policies {
            let own = subject.map(|subject| subject.partition.as_str()).or(partition);
            let own = own.and_then(Partition::from_name);
            let own = own.filter(|partition| policy.partitions.contains(partition));
            if let Some(subject) = subject.filter(|_| asked.is_none())
                && own.is_none()
            {
                let (arn, partition, name) = (&subject.arn, &subject.partition, policy.name);
                let message =
                    format!("`{arn}` is in the partition `{partition}`, which the policy `{name}` does not support");
                let supported = policy.partitions.iter().map(|partition| partition.name());
                problems.push(with_candidates(
                    Diagnostic::error(message),
                    partition,
                    "partitions of this policy",
                    supported,
                ));
                continue;
            }
            let choice = choice.own(policy).or_partition(own).roomiest(policy);
            let options = choice.options(policy, Style::PRETTY);
            // Another partition can make the policy too large.
            let required = choice.document(policy).and_then(|_| {
                Required::from_policy(policy, options).map_err(|error| vec![Diagnostic::error(error.to_string())])
            });
            match required {
                Ok(required) => {
                    let named = Named {
                        name: policy.name.to_owned(),
                        title: Some(policy.heading().to_owned()),
                        partition: Some(options.partition.unwrap_or(policy.default_partition())),
                    };
                    all.push((named, required));
                }
                Err(more) => problems.extend(more),
            }
        }
        if problems.is_empty() { Ok(all) } else { Err(problems) }
    }
}

/// The given context: a key given several times has several values.
pub(super) fn context(matches: &ArgMatches) -> Result<Vec<ContextEntry>, Vec<Diagnostic>> {
    let mut given: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut problems = Vec::new();
    for text in matches.get_many::<String>(CONTEXT).into_iter().flatten() {
        match text.split_once('=') {
            Some((key, value)) if key.contains(':') && !value.is_empty() => {
                match given.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(key)) {
                    Some((_, values)) => values.push(value),
                    None => given.push((key, vec![value])),
                }
            }
            _ => problems.push(
                Diagnostic::error(format!("`--context {text}` is not of the form `KEY=VALUE`"))
                    .help("such as `--context aws:SourceIp=203.0.113.7`"),
            ),
        }
    }
    let mut entries = Vec::new();
    for (key, values) in given {
        match ContextEntry::new(key, values.iter().copied()) {
            Ok(entry) if entry.values.len() > 1 && !entry.kind.is_list() => problems.push(
                Diagnostic::error(format!(
                    "`{key}` has at most one value, but {} are given",
                    list(values.into_iter())
                ))
                .help("run the command once for each value"),
            ),
            Ok(entry) => entries.push(entry),
            Err(error) => problems.push(Diagnostic::error(error.to_string())),
        }
    }
    if problems.is_empty() {
        Ok(entries)
    } else {
        Err(problems)
    }
}
