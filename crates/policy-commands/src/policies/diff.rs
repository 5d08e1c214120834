//! The command `diff`: what is needed beyond an attached policy, and what in it is not needed.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use iam_policy_compare::report::{Answer, Pair, Side, Subject, WITNESSES, json, needs, partition};
use iam_policy_compare::{Answer as Coverage, Options};
use iam_policy_core::{Partition, Policy, PolicyType, Style};
use iam_policy_document::{Diagnostic, Document, Element, Severity, StyledText};
use iam_policy_spec::wording::list;

use super::choice::{self, Choice, WITH};
use super::file;
use crate::input::Input;
use crate::{Exit, Form, Output};

/// The command's name.
pub(super) const NAME: &str = "diff";

const FROM: &str = "from";
const POLICY: &str = "policy";
const TRUST: &str = "trust";
const FORMAT: &str = "format";
const JSON: &str = "json";

pub(super) fn command(policies: &'static [Policy<'static>]) -> Command {
    let command = Command::new(NAME)
        .about("Show what is needed beyond an attached policy")
        .long_about(
            "Show what is needed beyond an attached policy, and what in it is not needed\n\nEvery difference is proved by a request. The policy defaults to the one that shares the most Sids with the file, and the partition to that of the file's ARNs. The exit code is 0 if nothing is missing, 1 if something is, and 2 if the file cannot be read or the question cannot be decided.",
        )
        .arg(
            Arg::new(FROM)
                .long(FROM)
                .value_name("FILE")
                .help("The attached policy as JSON; `-` is the standard input")
                .required(true)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            Arg::new(POLICY)
                .value_name("POLICY")
                .help("The needed policy")
                .value_parser(PossibleValuesParser::new(policies.iter().map(|policy| policy.name))),
        );
    let mut command = choice::with_options(command, policies);
    if policies.iter().any(|policy| policy.trust.is_some()) {
        let trust = Arg::new(TRUST)
            .long(TRUST)
            .help("Compare with the role's trust policy instead")
            .action(ArgAction::SetTrue);
        let extensible = policies.iter().any(|policy| !policy.extensions.is_empty());
        command = command.arg(if extensible { trust.conflicts_with(WITH) } else { trust });
    }
    command.arg(
        Arg::new(FORMAT)
            .long(FORMAT)
            .value_name("FORMAT")
            .help(Form::HELP)
            .hide_default_value(true)
            .default_value(Form::HUMAN)
            .value_parser([Form::HUMAN, Form::MARKDOWN, JSON]),
    )
}

/// Compares the attached policy with the needed one.
pub(super) fn run(policies: &'static [Policy<'static>], matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let trust = matches!(matches.try_get_one(TRUST), Ok(Some(true)));
    let attached = match attached(policies, matches, trust) {
        Ok(attached) => attached,
        Err(message) => return output.refuse(&message),
    };
    let name = matches.get_one::<String>(POLICY).map(String::as_str);
    let policy = match meant(policies, name, trust, &attached) {
        Ok(policy) => policy,
        Err(problem) => return output.report(&[problem]),
    };
    let own = partition(&attached.document).and_then(Partition::from_name);
    let choice = Choice::new(matches).or_partition(own.filter(|own| policy.partitions.contains(own)));
    let document = if trust {
        choice.trust_document(policy)
    } else {
        choice.document(policy)
    };
    let needed = match document {
        Ok(document) => needed(policy, &choice, document, trust),
        Err(problems) => return output.report(&problems),
    };
    let mut options = Options::default();
    options.witnesses = WITNESSES;
    let mut pair = Pair::new(Some(&attached), Some(&needed));
    pair.subject.clone_from(&needed.subject);
    let answer = Answer::new(&options, pair);
    let written = if matches.get_one::<String>(FORMAT).is_some_and(|format| format == JSON) {
        output.json(&(json::object(&answer) + "\n"))
    } else {
        let format = matches.get_one::<String>(FORMAT).map(String::as_str);
        output.document(&needs(&answer), Form::from_option(format))
    };
    let mut notes = notes(policy, &choice, &attached, trust);
    notes.extend(choice.notes(&[policy], &[trust]));
    output.remark(&notes.iter().collect());
    // The second direction may be undecided on its own.
    let coverage = if answer.comparison.newly_allowed.is_empty() && !answer.comparison.verdict.grants_nothing_new() {
        options.covers([&needed.document], [&attached.document])
    } else {
        Coverage::Yes
    };
    written.max(match coverage {
        Coverage::Yes if answer.comparison.newly_allowed.is_empty() => Exit::Success,
        Coverage::Yes | Coverage::No(_) => Exit::Negative,
        Coverage::Unknown(because) => output.report(&[Diagnostic::error(format!(
            "it cannot be decided whether `{}` grants everything needed: {because}",
            attached.name
        ))]),
    })
}

/// Reads the attached policy.
fn attached(policies: &[Policy<'_>], matches: &ArgMatches, trust: bool) -> Result<Side, StyledText> {
    let path = matches.get_one::<PathBuf>(FROM).cloned().unwrap_or_default();
    let input = Input::read(&path).map_err(StyledText::from)?;
    let side = file::policy(input)?;
    let is_any_with_principals = policies.iter().any(|policy| policy.policy_type.has_principals());
    let problem = match (side.document.inferred_type(), trust) {
        (PolicyType::Resource, false) if is_any_with_principals => return Ok(side),
        (PolicyType::Resource | PolicyType::Trust, false) => Diagnostic::error(format!(
            "`{}` names principals, which identity policies cannot",
            side.name
        ))
        .help("compare trust policies with `--trust`"),
        (PolicyType::Identity, true) if side.document.statements().next().is_some() => Diagnostic::error(format!(
            "`{}` names no principals, so it is not a trust policy",
            side.name
        ))
        .help("compare identity policies without `--trust`"),
        _ => return Ok(side),
    };
    Err(problem.into())
}

/// The policy with this name or, by default, the one most similar to the attached policy.
fn meant(
    policies: &'static [Policy<'static>],
    name: Option<&str>,
    trust: bool,
    attached: &Side,
) -> Result<&'static Policy<'static>, Diagnostic> {
    let is_empty = attached.document.statements().next().is_none();
    let names_principals = attached.document.inferred_type().has_principals();
    let is_alike = |policy: &Policy<'_>| trust || is_empty || policy.policy_type.has_principals() == names_principals;
    if let Some(policy) = policies.iter().find(|policy| Some(policy.name) == name) {
        if is_alike(policy) {
            return Ok(policy);
        }
        let (verb, others) = if names_principals {
            ("names", "no principals")
        } else {
            ("does not name", "principals")
        };
        let message = format!(
            "`{}` {verb} principals, and the policy `{}` is a {}, which names {others}",
            attached.name,
            policy.name,
            policy.policy_type.label()
        );
        // The label of an identity policy starts with a vowel.
        return Err(Diagnostic::error(message.replace("is a identity", "is an identity")));
    }
    let candidates: Vec<_> = policies
        .iter()
        .filter(|policy| {
            if trust {
                policy.trust.is_some()
            } else {
                is_alike(policy)
            }
        })
        .collect();
    if let [only] = candidates.as_slice() {
        return Ok(only);
    }
    let sids = sids(&attached.document);
    let shared = |policy: &Policy<'_>| {
        let extensions = policy.extensions.iter().flat_map(|extension| extension.statements);
        let own = policy.statements.iter().chain(extensions);
        own.filter(|statement| sids.contains(&statement.sid)).count()
    };
    let most = candidates.iter().map(|policy| shared(policy)).max().unwrap_or_default();
    let mut nearest = candidates.iter().filter(|policy| shared(policy) == most);
    match (nearest.next(), nearest.next()) {
        (Some(policy), None) if most > 0 && !trust => Ok(policy),
        _ => {
            let why = if trust {
                "more than one policy has a trust policy".to_owned()
            } else {
                format!(
                    "the Sids in `{}` do not determine which policy to compare it with",
                    attached.name
                )
            };
            let names = list(candidates.iter().map(|policy| policy.name));
            Err(Diagnostic::error(why).help(format!("name one of {names}, as in `{NAME} --{FROM} FILE POLICY`")))
        }
    }
}

fn sids(document: &Document) -> Vec<&str> {
    let statements = document.statements();
    statements
        .filter_map(|statement| statement.element(Element::Sid)?.value.as_str())
        .collect()
}

/// The needed policy, which has no source text.
fn needed(policy: &Policy<'static>, choice: &Choice<'_>, document: Document, trust: bool) -> Side {
    let choice = choice.clone().roomiest(policy);
    let options = choice.options(policy, Style::PRETTY);
    let subject = Subject {
        extensions: options.extensions.iter().map(|name| (*name).to_owned()).collect(),
        trust,
        partition: options
            .partition
            .filter(|partition| *partition != policy.default_partition()),
        ..Subject::new(policy.name)
    };
    Side::new("", "", document).of(subject, policy, options)
}

/// Hints about other options.
fn notes(policy: &Policy<'_>, choice: &Choice<'_>, attached: &Side, trust: bool) -> Vec<Diagnostic> {
    let name = &attached.name;
    let supported = policy.partitions.iter().map(|partition| partition.name());
    let partition = partition(&attached.document).filter(|own| !supported.clone().any(|supported| supported == *own));
    let partition = partition.map(|own| {
        let supported = list(supported);
        let message =
            format!("the ARNs in `{name}` are in the partition `{own}`, but this policy supports {supported}");
        Diagnostic::new(Severity::Note, message)
    });
    let sids = sids(&attached.document);
    let chosen = choice.options(policy, Style::PRETTY).extensions;
    let extensions = policy.extensions.iter().filter(|extension| {
        let mut statements = extension.statements.iter();
        !trust && !chosen.contains(&extension.name) && statements.any(|statement| sids.contains(&statement.sid))
    });
    let extensions = extensions.map(|extension| {
        let extension = extension.name;
        let message = format!("`{name}` has statements of the extension `{extension}`");
        Diagnostic::new(Severity::Note, message).help(format!("add `--{WITH} {extension}` if you need it"))
    });
    partition.into_iter().chain(extensions).collect()
}
