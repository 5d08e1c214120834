//! A single request, with policies in files.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use iam_policy_commands::{Exit, Output};
use iam_policy_compare::report::Side;
use iam_policy_core::text::is_account;
use iam_policy_core::{Segment, Segments};
use iam_policy_document::{Diagnostic, StyledText};
use iam_policy_eval::RequestError;
use iam_policy_eval::simulate::{Ask, File, OneError, read_context, simulate_one, simulate_one_json};

use super::account::Account;
use super::args::{
    ACTION, BOUNDARY, CONTEXT, CONTEXT_FILE, EXPECT, FORMAT, IDENTITY, JSON, PRINCIPAL, PRINCIPALS, RCP, RESOURCE,
    RESOURCE_ACCOUNT, RESOURCE_POLICY, SCP, SESSION,
};
use super::forms::{self, Answer, Combination};
use crate::input::Input;
use crate::policies::{Form, Policies, Wanted, read, several_policies};
use crate::settings::Given;

type Context = Vec<(String, Vec<String>)>;

/// Decides the request that the arguments describe.
pub(super) fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let text = |name| texts(matches, name).next();
    let required = |name| text(name).unwrap_or_default();
    let (principal, action) = (required(PRINCIPAL), required(ACTION));
    let resource = text(RESOURCE).unwrap_or("*");
    let given = match Given::new(matches) {
        Ok(given) => given,
        Err(problems) => return output.report(&problems),
    };
    let mut reader = Reader {
        given,
        partition: partition(resource).or(partition(principal)),
        account: Segments::of_arn(principal).and_then(|arn| arn.get(Segment::Account)),
        messages: StyledText::new(),
        forms: Vec::new(),
    };
    let account = matches.get_one::<PathBuf>(PRINCIPALS);
    let account = account
        .map(|path| Account::read(path, principal, action, resource))
        .transpose();
    let account = account.unwrap_or_else(|message| {
        reader.messages.append(&message);
        None
    });
    let account = account.unwrap_or_default();
    let mut identity = account.identity;
    identity.extend(reader.own(names(matches, IDENTITY)));
    let mut boundary = reader.own(names(matches, BOUNDARY));
    if boundary.is_empty() {
        boundary.extend(account.boundary);
    }
    let session = reader.own(names(matches, SESSION));
    let mut service_control = account.service_control;
    service_control.extend(reader.levels(names(matches, SCP)));
    let mut resource_control = account.resource_control;
    resource_control.extend(reader.levels(names(matches, RCP)));
    let mut resource_policy = reader.all(names(matches, RESOURCE_POLICY));
    if resource_policy.is_empty() {
        resource_policy.extend(account.resource_policy);
    }
    let mut context = reader.context(matches);
    let given = |context: &Context, key: &str| context.iter().any(|(known, _)| known.eq_ignore_ascii_case(key));
    for (key, values) in account.context {
        if !given(&context, &key) {
            context.push((key, values));
        }
    }
    if !reader.messages.is_empty() {
        return output.refuse(&reader.given.with(reader.messages));
    }
    let problems = reader.given.problems();
    if !problems.is_empty() {
        return output.report(&problems);
    }
    let is_given = |name| matches.contains_id(name);
    if ![PRINCIPALS, IDENTITY, BOUNDARY, SESSION, SCP, RCP, RESOURCE_POLICY]
        .into_iter()
        .any(is_given)
    {
        return output.report(&[Diagnostic::error("no policies are given").help(format!(
            "add the principal's policies with `--{IDENTITY} FILE`, or those of a whole account with `--{PRINCIPALS} FILE`"
        ))]);
    }

    let combinations = match forms::combinations(&reader.forms) {
        Ok(combinations) => combinations,
        Err(problem) => return output.report(&[problem]),
    };
    let context: Vec<(&str, Vec<&str>)> = context
        .iter()
        .map(|(key, values)| (key.as_str(), values.iter().map(String::as_str).collect()))
        .collect();
    let ask = Ask {
        principal,
        action,
        resource,
        resource_account: text(RESOURCE_ACCOUNT),
        context: &context,
        ..Ask::default()
    };
    let sides = Sides {
        identity,
        boundary,
        session,
        resource_policy,
        service_control,
        resource_control,
        forms: reader.forms,
    };
    decide(&ask, &sides, &combinations, matches, output)
}

/// Decides a request under each combination of conditions, and shows the answers.
///
/// - `ask`: the request, without policies
fn decide(
    ask: &Ask<'_>,
    sides: &Sides,
    combinations: &[Combination],
    matches: &ArgMatches,
    output: &mut Output<'_>,
) -> Exit {
    let text = |name| texts(matches, name).next();
    let is_json = text(FORMAT) == Some(JSON);
    let answers: Result<Vec<_>, _> = combinations
        .iter()
        .map(|combination| sides.answer(ask, combination, is_json))
        .collect();
    let answers = match answers {
        Ok(answers) => answers,
        Err(OneError::Policies(messages)) => return output.refuse(&messages),
        Err(OneError::Request(errors)) => return output.report(&errors.iter().map(told).collect::<Vec<_>>()),
        Err(error) => return output.report(&[Diagnostic::error(error.to_string())]),
    };
    let shown = if is_json {
        output.json(&forms::json(&answers))
    } else {
        output.show(&forms::human(&answers))
    };
    let expected = text(EXPECT);
    match expected.and_then(|expected| forms::unexpected(expected, &answers)) {
        Some(problem) if shown == Exit::Success => {
            output.remark(&(&problem).into());
            Exit::Negative
        }
        _ => shown,
    }
}

/// What is wrong with a request, and how to fix it.
fn told(error: &RequestError) -> Diagnostic {
    let problem = Diagnostic::error(error.to_string());
    match error {
        RequestError::Principal(_) | RequestError::PrincipalArn(..) => problem.help(
            "a principal is an ARN such as `arn:aws:iam::123456789012:user/ann`, an account, a service, or `anonymous`",
        ),
        RequestError::Action(_) => problem.help("such as `s3:GetObject`"),
        RequestError::Resource(..) => problem.help("such as `arn:aws:s3:::reports/2026.pdf`"),
        _ => problem,
    }
}

fn texts<'a>(matches: &'a ArgMatches, name: &str) -> impl Iterator<Item = &'a str> {
    let values = matches.get_many::<String>(name);
    values.into_iter().flatten().map(String::as_str)
}

/// Names of files, which need not be UTF-8.
fn names<'a>(matches: &'a ArgMatches, name: &str) -> impl Iterator<Item = &'a OsStr> {
    let values = matches.get_many::<OsString>(name);
    values.into_iter().flatten().map(OsString::as_os_str)
}

fn partition(text: &str) -> Option<&str> {
    Segments::of_arn(text)?.get(Segment::Partition)
}

/// The policies of a request, in all their forms.
struct Sides {
    identity: Vec<Side>,
    boundary: Vec<Side>,
    session: Vec<Side>,
    resource_policy: Vec<Side>,
    service_control: Vec<Vec<Side>>,
    resource_control: Vec<Vec<Side>>,
    forms: Vec<Form>,
}

impl Sides {
    /// Decides a request where some conditions hold and others do not.
    ///
    /// - `ask`: the request, without policies
    fn answer<'c>(&self, ask: &Ask<'_>, combination: &'c Combination, is_json: bool) -> Result<Answer<'c>, OneError> {
        let ask = Ask {
            identity: &self.files(&self.identity, combination),
            boundary: &self.files(&self.boundary, combination),
            session: &self.files(&self.session, combination),
            resource_policy: self.files(&self.resource_policy, combination).first().copied(),
            service_control: &self.levels(&self.service_control, combination),
            resource_control: &self.levels(&self.resource_control, combination),
            ..*ask
        };
        let (mut json, mut text) = (Vec::new(), StyledText::new());
        let decided = if is_json {
            simulate_one_json(&ask, &mut json)?
        } else {
            simulate_one(&ask, &mut text)?
        };
        Ok(Answer {
            combination,
            decided,
            text,
            json: String::from_utf8_lossy(&json).trim_end().to_owned(),
        })
    }

    fn files<'s>(&self, sides: &'s [Side], combination: &Combination) -> Vec<File<'s>> {
        let own = sides
            .iter()
            .filter(|side| forms::applies(side, combination, &self.forms));
        let files = own.map(|side| File {
            name: &side.name,
            source: &side.text,
            document: &side.document,
        });
        files.collect()
    }

    fn levels<'s>(&self, levels: &'s [Vec<Side>], combination: &Combination) -> Vec<Vec<File<'s>>> {
        levels.iter().map(|level| self.files(level, combination)).collect()
    }
}

/// Whether there is more than one policy, each in whatever forms.
fn is_several(policies: &Policies) -> bool {
    let is_form_of_first = policies.forms.iter().all(|form| {
        let first = policies.forms.first();
        first.is_some_and(|first| first.policy == form.policy)
    });
    policies.all.len() > 1 && !(is_form_of_first && policies.forms.len() == policies.all.len())
}

/// Reads everything, and collects the errors.
struct Reader<'a> {
    /// The values of parameters of specs.
    given: Given,
    /// The partition in which specs are rendered.
    partition: Option<&'a str>,
    /// The account of the principal.
    account: Option<&'a str>,
    messages: StyledText,
    /// The forms of policies that conditions change.
    forms: Vec<Form>,
}

impl Reader<'_> {
    fn all<'t>(&mut self, arguments: impl Iterator<Item = &'t OsStr>) -> Vec<Side> {
        let mut all = Vec::new();
        for argument in arguments {
            match read(argument, Wanted::In(self.partition), &mut self.given) {
                Ok(policies) if is_several(&policies) && !policies.by_name => {
                    let sides: Vec<&Side> = policies.all.iter().collect();
                    self.messages.append(&several_policies(&sides).into());
                }
                Ok(policies) => {
                    all.extend(policies.all);
                    self.forms.extend(policies.forms);
                }
                Err(message) => self.messages.append(&message),
            }
        }
        // A policy only applies to requests in its own partition.
        for side in &mut all {
            side.document = side.document.with_values(&|name| {
                let known = self.partition.filter(|_| name == "AWS::Partition");
                known.map(str::to_owned)
            });
        }
        all
    }

    /// Policies that belong to the principal, and so to its account.
    fn own<'t>(&mut self, arguments: impl Iterator<Item = &'t OsStr>) -> Vec<Side> {
        let mut all = self.all(arguments);
        for side in &mut all {
            side.document = side.document.with_values(&|name| {
                let known = self
                    .account
                    .filter(|account| name == "AWS::AccountId" && is_account(account));
                known.map(str::to_owned)
            });
        }
        all
    }

    fn levels<'t>(&mut self, arguments: impl Iterator<Item = &'t OsStr>) -> Vec<Vec<Side>> {
        let level = |level: &'t OsStr| match level.to_str() {
            Some(files) => {
                let files = files.split(',').map(str::trim).filter(|file| !file.is_empty());
                self.all(files.map(OsStr::new))
            }
            // Only texts can be split, so this is one file.
            None => self.all(std::iter::once(level)),
        };
        arguments.map(level).collect()
    }

    /// The keys from the file, overridden by those given individually.
    fn context(&mut self, matches: &ArgMatches) -> Context {
        let mut context = Context::new();
        for setting in texts(matches, CONTEXT) {
            let Some((key, value)) = setting.split_once('=') else {
                let problem = Diagnostic::error(format!("`--context {setting}` has no value"));
                let problem = problem.help(format!("write `--context {setting}=VALUE`"));
                self.messages.append(&problem.into());
                continue;
            };
            match context.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(key)) {
                Some((_, values)) => values.push(value.to_owned()),
                None => context.push((key.to_owned(), vec![value.to_owned()])),
            }
        }
        if let Some(path) = matches.get_one::<PathBuf>(CONTEXT_FILE) {
            match context_file(path) {
                Ok(keys) => {
                    let given = |key: &str| context.iter().any(|(known, _)| known.eq_ignore_ascii_case(key));
                    let others: Vec<_> = keys.into_iter().filter(|(key, _)| !given(key)).collect();
                    context.extend(others);
                }
                Err(problem) => self.messages.append(&problem.into()),
            }
        }
        context
    }
}

fn context_file(path: &Path) -> Result<Context, Diagnostic> {
    let input = Input::read(path)?;
    let problem = |message: String| Diagnostic::error(format!("`{}` is not a valid context: {message}", input.name));
    let text = std::str::from_utf8(&input.bytes).map_err(|_| problem("it is not UTF-8".to_owned()))?;
    read_context(text).map_err(problem)
}
