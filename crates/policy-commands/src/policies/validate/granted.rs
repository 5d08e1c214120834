//! Local policies: those in files, and those of one principal in the output of AWS about an account.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use iam_policy_account::{Identity, Principals};
use iam_policy_core::text::is_account;
use iam_policy_core::{Arn, IamArn, Policy};
use iam_policy_document::{Diagnostic, Document, Kind, Lines, Severity, SourceFile, StyledText};
use iam_policy_eval::Principal;
use iam_policy_validate::{Granted, NamedPolicy, Subject};

use super::names::{BOUNDARY, GRANTED, PRINCIPAL, REGION, SERVICE_CONTROL};
use crate::input::{Input, SHOWN};
use crate::policies::file;

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Held {
    identity: Vec<(String, Document)>,
    boundary: Option<(String, Document)>,
    service_control: Vec<Vec<(String, Document)>>,
    /// The number of characters of the principal's own inline policies, if known.
    pub(super) inline_size: Option<usize>,
    /// Notes to print with the result.
    pub(super) remarks: Vec<Diagnostic>,
}

impl Held {
    pub(super) fn granted(&self) -> Granted<'_> {
        Granted {
            identity: all(&self.identity),
            boundary: self
                .boundary
                .as_ref()
                .map(|(name, document)| NamedPolicy::new(name, document)),
            service_control: self.service_control.iter().map(|level| all(level)).collect(),
        }
    }

    /// The partition of all ARNs in the identity policies.
    pub(super) fn partition(&self) -> Option<&str> {
        let mut known = self
            .identity
            .iter()
            .filter_map(|(_, document)| iam_policy_compare::report::partition(document));
        let first = known.next()?;
        known.all(|other| other == first).then_some(first)
    }
}

fn all(policies: &[(String, Document)]) -> Vec<NamedPolicy<'_>> {
    let named = policies.iter().map(|(name, document)| NamedPolicy::new(name, document));
    named.collect()
}

/// Reads everything the arguments name.
///
/// # Errors
///
/// All errors in it.
pub(super) fn read(
    policies: &'static [Policy<'static>],
    matches: &ArgMatches,
) -> Result<(Held, Option<Subject>), StyledText> {
    let mut held = Held::default();
    let mut messages = StyledText::new();
    let principal = matches.get_one::<String>(PRINCIPAL);
    let mut subject = None;
    let mut detailed = None;
    for path in matches.get_many::<PathBuf>(GRANTED).into_iter().flatten() {
        let input = match input(policies, path, GRANTED) {
            Ok(input) => input,
            Err(problem) => {
                messages.append(&problem.into());
                continue;
            }
        };
        if !is_of_account(&input) {
            match document(input) {
                Ok(policy) => held.identity.push(in_backticks(policy)),
                Err(message) => messages.append(&message),
            }
        } else if let Some(first) = &detailed {
            let problem = Diagnostic::error(format!("`{first}` and `{}` both describe an account", input.name));
            let problem = problem.help("put the pages of one account into one file, as an array");
            messages.append(&problem.into());
        } else {
            detailed = Some(input.name.clone());
            match of_account(&input, principal, &mut held) {
                Ok(found) => subject = Some(found),
                Err(message) => messages.append(&message),
            }
        }
    }
    if let Some(path) = matches.get_one::<PathBuf>(BOUNDARY) {
        match policy(path) {
            Ok(boundary) => held.boundary = Some(in_backticks(boundary)),
            Err(message) => messages.append(&message),
        }
    }
    for level in matches
        .get_occurrences::<PathBuf>(SERVICE_CONTROL)
        .into_iter()
        .flatten()
    {
        let read = level.map(|path| {
            let input = input(policies, path, SERVICE_CONTROL);
            document(input.map_err(StyledText::from)?)
        });
        let read: Vec<_> = read.collect();
        for message in read.iter().filter_map(|policy| policy.as_ref().err()) {
            messages.append(message);
        }
        held.service_control
            .push(read.into_iter().flatten().map(in_backticks).collect());
    }
    if let (None, Some(arn)) = (&detailed, principal) {
        match plain_subject(arn) {
            Ok(found) => subject = Some(found),
            Err(problem) => messages.append(&problem.into()),
        }
    }
    if let Some(subject) = &mut subject {
        subject.region = matches.get_one::<String>(REGION).cloned();
    }
    if messages.is_empty() {
        Ok((held, subject))
    } else {
        Err(messages)
    }
}

/// Reads one of the files of an option with several values.
fn input(policies: &[Policy<'_>], path: &Path, option: &str) -> Result<Input, Diagnostic> {
    Input::read(path).map_err(|problem| {
        if policies.iter().any(|policy| Path::new(policy.name) == path) {
            problem.help(format!("put the policy's name before `--{option}`"))
        } else {
            problem
        }
    })
}

/// Reads an identity policy, or a policy that limits one.
pub(super) fn policy(path: &Path) -> Result<(String, Document), StyledText> {
    document(Input::read(path).map_err(StyledText::from)?)
}

fn document(input: Input) -> Result<(String, Document), StyledText> {
    let side = file::policy(input)?;
    if side.document.inferred_type().has_principals() {
        let message = format!("`{}` names principals, so it is not an identity policy", side.name);
        return Err(Diagnostic::error(message).into());
    }
    Ok((side.name.to_string(), side.document))
}

/// A file as named in messages.
fn in_backticks((name, document): (String, Document)) -> (String, Document) {
    (format!("`{name}`"), document)
}

/// Whether a file is AWS's output about an account rather than a policy. Anything else counts as a policy, and is
/// reported as an invalid one.
fn is_of_account(input: &Input) -> bool {
    let reading = iam_policy_document::json::read(&input.bytes);
    let root = reading.document.root();
    match root.kind() {
        Kind::Array => true,
        Kind::Object => {
            let lists = ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"];
            root.get("Statement").is_none() && lists.iter().any(|list| root.get(list).is_some())
        }
        _ => false,
    }
}

/// Finds the principal and its policies.
fn of_account(input: &Input, principal: Option<&String>, held: &mut Held) -> Result<Subject, StyledText> {
    let reading = iam_policy_account::read(&input.bytes);
    if !reading.problems.is_empty() {
        let lines = Lines::new(&input.bytes);
        return Err(SourceFile::new(&input.name, &lines).show_all(reading.problems.iter().take(SHOWN)));
    }
    let principals = &reading.principals;
    let Some(arn) = principal else {
        let mut problem = Diagnostic::error(format!("`{}` describes a whole account", input.name))
            .help("select a principal with `--principal ARN`");
        if let Some(first) = principals.entities().next() {
            problem = problem.help(format!("such as `--principal {}`", first.arn));
        }
        return Err(problem.into());
    };
    let identity = principals.find(arn).map_err(|missing| {
        let problem = Diagnostic::error(missing.to_string());
        match missing.advice() {
            Some(advice) => problem.help(advice),
            None => problem,
        }
    })?;
    hold(&identity, principals, held, &input.name)?;
    Ok(Subject {
        arn: identity.entity.arn.clone(),
        // There is no caller.
        caller: None,
        account: identity.entity.account().to_owned(),
        partition: identity.entity.partition().to_owned(),
        region: None,
    })
}

fn hold(identity: &Identity<'_>, principals: &Principals, held: &mut Held, file: &str) -> Result<(), StyledText> {
    let entity = identity.entity;
    if let (Some(arn), None) = (&entity.boundary, identity.boundary) {
        let message = format!("`{file}` does not contain the permissions boundary `{arn}`");
        return Err(Diagnostic::error(message).into());
    }
    let policies = identity.policies.iter();
    held.identity.extend(policies.map(|policy| {
        let name = format!("`{}`, {}", policy.name, policy.origin);
        (name, policy.policy.document().clone())
    }));
    held.boundary = identity
        .boundary
        .map(|managed| (format!("`{}`", managed.arn), managed.policy.document().clone()));
    for level in principals.service_control() {
        let named = level
            .iter()
            .map(|named| (format!("`{}`", named.name), named.policy.document().clone()));
        held.service_control.push(named.collect());
    }
    held.inline_size = Some(entity.inline.iter().map(|named| named.policy.document().size()).sum());
    if !principals.resource_control().is_empty() {
        let note = "resource control policies are ignored";
        held.remarks.push(Diagnostic::new(Severity::Note, note));
    }
    Ok(())
}

/// A principal of which only the ARN is known.
fn plain_subject(arn: &str) -> Result<Subject, Diagnostic> {
    let parts = Arn::parse(arn).ok().filter(|parts| is_account(parts.account));
    let kind = parts.and_then(IamArn::of).filter(IamArn::is_complete);
    let is_group = matches!(kind, Some(IamArn::Group { .. })) && parts.is_some_and(|parts| parts.region.is_empty());
    let (name, account) = match Principal::parse(arn) {
        _ if parts.is_none() => return Err(no_principal(arn)),
        Ok(Principal::User { account, .. } | Principal::Role { account, .. }) => (arn.to_owned(), account.to_owned()),
        Ok(Principal::Session {
            partition,
            account,
            role,
            ..
        }) => {
            // A role with a path has another ARN, which conditions can distinguish.
            let role = IamArn::Role { path: "/", name: role };
            return Err(
                Diagnostic::error(format!("`{arn}` is a session, and its ARN omits the path of its role")).help(
                    format!(
                        "give the role's ARN, which is `{}` if it has no path",
                        role.in_account(partition, account)
                    ),
                ),
            );
        }
        _ => match parts {
            Some(parts) if is_group => (arn.to_owned(), parts.account.to_owned()),
            _ => return Err(no_principal(arn)),
        },
    };
    Ok(Subject {
        caller: None,
        arn: name,
        account,
        partition: parts.map_or_else(String::new, |parts| parts.partition.to_owned()),
        region: None,
    })
}

fn no_principal(arn: &str) -> Diagnostic {
    Diagnostic::error(format!("`{arn}` is not the ARN of a user, a group or a role"))
        .help("such as `arn:aws:iam::123456789012:user/ann`")
}
