//! The commands `diff` and `covers`: proofs of what one policy allows and another does not.

pub mod covers;
mod pairs;

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use iam_policy_commands::{Exit, Form, Output};
use iam_policy_compare::Options;
use iam_policy_compare::report::{Answer, Pair, Side, WITNESSES, changes, json, paired, partition};
use iam_policy_core::Partition;
use iam_policy_document::{Diagnostic, StyledText};

use crate::choice;
use crate::policies::{Policies, Wanted, read, several_policies};
use crate::settings::{self, Given};
use crate::simulate::lines;

/// The command's name.
pub const NAME: &str = "diff";

const OLD: &str = "old";
const NEW: &str = "new";
const PAIRS: &str = "pairs";
const ANY_ACTION: &str = "any-action";
const ANY_RESOURCE: &str = "any-resource";
const FORMAT: &str = "format";

const JSON: &str = "json";

/// Builds the command.
#[must_use]
pub fn command() -> Command {
    let file = |name: &'static str, value_name: &'static str, help: &'static str| {
        Arg::new(name)
            .value_name(value_name)
            .help(help)
            .required_unless_present(PAIRS)
            .conflicts_with(PAIRS)
            .value_parser(value_parser!(OsString))
    };
    with_bounds(
        Command::new(NAME)
            .about("Prove what a new policy allows that an old one did not, and vice versa")
            .long_about(
                "Prove what a new policy allows that an old one did not, and vice versa\n\nA policy is JSON, a spec, or a template. Policies of a spec or template are compared by name; `FILE#NAME` selects one. Policies that name principals (resource policies, trust policies and resource control policies) are only compared with each other. Either may be at a git revision, such as `HEAD~1:FILE`. The exit code is 0 if nothing is newly allowed, 1 if something is or it could not be decided, and 2 if a policy cannot be read.",
            )
            .arg(file(OLD, "OLD", "The old policy"))
            .arg(file(NEW, "NEW", "The new policy"))
            .arg(
                choice(FORMAT, "FORMAT", [Form::HUMAN, Form::MARKDOWN, JSON].into_iter(), Form::HELP)
                    .conflicts_with(PAIRS),
            )
            .arg(
                Arg::new(PAIRS)
                    .long(PAIRS)
                    .value_name("FILE")
                    .help("Compare pairs of policies given as JSON lines instead; `-` is the standard input")
                    .value_parser(value_parser!(PathBuf)),
            ),
    )
}

/// Adds the options that define the range of requests, and those for specs.
fn with_bounds(command: Command) -> Command {
    settings::with_options(command)
        .arg(
            Arg::new(ANY_ACTION)
                .long(ANY_ACTION)
                .help("Consider any action name, not only AWS's actions, those that the policies name, and an unknown one for each wildcard")
                .action(ArgAction::SetTrue),
        )
        .arg(
            Arg::new(ANY_RESOURCE)
                .long(ANY_RESOURCE)
                .help("Consider any ARN as a resource, not only those of the types the action applies to")
                .action(ArgAction::SetTrue),
        )
}

fn options(matches: &ArgMatches) -> Options {
    let mut options = Options::default();
    options.any_action = matches.get_flag(ANY_ACTION);
    options.any_resource = matches.get_flag(ANY_RESOURCE);
    options
}

/// Compares the given policies.
///
/// - `matches`: the arguments of this command
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let mut options = options(matches);
    if let Some(path) = matches.get_one::<PathBuf>(PAIRS) {
        let mut widened = false;
        let exit = lines(path, output, |pairs, out| {
            pairs::compare(&options, pairs, out, &mut widened)
        });
        return exit.max(if widened { Exit::Negative } else { Exit::Success });
    }
    options.witnesses = WITNESSES;
    let mut given = match Given::new(matches) {
        Ok(given) => given,
        Err(problems) => return output.report(&problems),
    };
    let text = |name| matches.get_one::<String>(name).map_or("", String::as_str);
    let side = |name| {
        matches
            .get_one::<OsString>(name)
            .map_or(OsStr::new(""), OsString::as_os_str)
    };
    let (old, new) = match both(side(OLD), side(NEW), &mut given) {
        Ok(both) => both,
        Err(messages) => return output.refuse(&given.with(messages)),
    };
    let problems = given.problems();
    if !problems.is_empty() {
        return output.report(&problems);
    }
    let pairs = match pairs_of(&old, &new) {
        Ok(pairs) => pairs,
        Err(problem) => return output.report(&[problem]),
    };
    let unlike: Vec<_> = pairs.iter().filter_map(|pair| unlike(pair.old?, pair.new?)).collect();
    if !unlike.is_empty() {
        return output.report(&unlike);
    }
    let answers: Vec<Answer<'_>> = pairs.into_iter().map(|pair| Answer::new(&options, pair)).collect();
    let widened = answers
        .iter()
        .any(|answer| !answer.comparison.verdict.grants_nothing_new());
    let written = if text(FORMAT) == JSON {
        output.json(&json::array(&answers))
    } else {
        output.document(&changes(&answers), Form::from_option(Some(text(FORMAT))))
    };
    written.max(if widened { Exit::Negative } else { Exit::Success })
}

/// Why two policies cannot be compared: only one of them names principals. That of a document is not certain, so one of them
/// must be from a spec.
fn unlike(one: &Side, other: &Side) -> Option<Diagnostic> {
    let is_known = one.policy_type.is_some() || other.policy_type.is_some();
    let is_empty = |side: &Side| side.document.statements().next().is_none();
    let of = |side: &Side| side.policy_type.unwrap_or_else(|| side.document.inferred_type());
    let is_alike = of(one).has_principals() == of(other).has_principals();
    if !is_known || is_alike || is_empty(one) || is_empty(other) {
        return None;
    }
    let shown = |side: &Side| {
        let name = side
            .subject
            .as_ref()
            .map_or_else(|| format!("`{}`", side.name), ToString::to_string);
        let label = of(side).label();
        let article = if label.starts_with('i') { "an" } else { "a" };
        format!("{name} is {article} {label}")
    };
    let message = format!("{}, and {}", shown(one), shown(other));
    Some(Diagnostic::error(message).help(TYPES))
}

/// Which types of policies can be compared.
const TYPES: &str = "compare resource policies, resource control policies and trust policies with each other, and all other types with each other";

/// Reads both sides, or collects the errors in them.
fn both(old: &OsStr, new: &OsStr, given: &mut Given) -> Result<(Policies, Policies), StyledText> {
    match (read_all(old, given), read_all(new, given)) {
        (Ok(old), Ok(new)) => Ok((old, new)),
        (old, new) => {
            let messages = [old.err(), new.err()];
            Err(messages.into_iter().flatten().collect())
        }
    }
}

/// Reads all policies that an argument names. Documents that AWS would not store are errors.
fn read_all(argument: &OsStr, given: &mut Given) -> Result<Policies, StyledText> {
    let policies = read(argument, Wanted::All, given)?;
    let mut mistakes: Vec<StyledText> = Vec::new();
    for mistake in policies.all.iter().filter_map(Side::mistake) {
        // The policies of a spec share its text.
        if !mistakes.contains(&mistake) {
            mistakes.push(mistake);
        }
    }
    if mistakes.is_empty() {
        Ok(policies)
    } else {
        Err(mistakes.into_iter().collect())
    }
}

/// Pairs the policies: those of specs by name, a document with the other document or with the only policy there is.
fn pairs_of<'a>(old: &'a Policies, new: &'a Policies) -> Result<Vec<Pair<'a>>, Diagnostic> {
    if old.document().is_some() || new.document().is_some() {
        let partition = partition_of([old, new]);
        return Ok(vec![Pair::new(
            Some(only(old, partition)?),
            Some(only(new, partition)?),
        )]);
    }
    // Two policies selected by name are compared whatever their names are.
    let renamed = match (old.name(), new.name()) {
        (Some(old), Some(new)) if old != new => Some((old, new)),
        _ => None,
    };
    Ok(paired(&old.all, &new.all, renamed))
}

/// The partition of the documents' ARNs, if they share one.
fn partition_of<'a>(policies: impl IntoIterator<Item = &'a Policies>) -> Option<&'a str> {
    let documents = policies.into_iter().filter_map(Policies::document);
    let mut partitions = documents.filter_map(|side| partition(&side.document));
    let first = partitions.next()?;
    partitions.all(|other| other == first).then_some(first)
}

/// The only policy, without extensions.
///
/// - `partition`: the partition to use, if the policy supports it
fn only<'a>(policies: &'a Policies, partition: Option<&str>) -> Result<&'a Side, Diagnostic> {
    if let Some(document) = policies.document() {
        return Ok(document);
    }
    let subjects = policies.all.iter().filter_map(|side| side.subject.as_ref());
    let partitions: BTreeSet<&str> = subjects
        .filter_map(|subject| subject.partition.map(Partition::name))
        .collect();
    // The first one is not named.
    let partition = partition.filter(|partition| partitions.contains(partition));
    let own = policies.all.iter().filter(|side| {
        let subject = side.subject.as_ref();
        subject.is_some_and(|subject| {
            !subject.trust
                && subject.partition.map(Partition::name) == partition
                && (policies.by_name || subject.extensions.is_empty())
        })
    });
    let extensions = |side: &Side| side.subject.as_ref().map_or(0, |subject| subject.extensions.len());
    let own: Vec<&Side> = own.collect();
    let fewest = own.iter().map(|side| extensions(side)).min();
    let own: Vec<&Side> = own
        .into_iter()
        .filter(|side| Some(extensions(side)) == fewest)
        .collect();
    match own.as_slice() {
        [] => Err(Diagnostic::error("the spec has no policies")),
        [only] => Ok(only),
        several => Err(several_policies(several)),
    }
}
