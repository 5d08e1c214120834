//! The command `covers`: whether policies grant everything another policy needs.

use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use iam_policy_commands::{Exit, Form, Output};
use iam_policy_compare::report::{Side, WITNESSES, coverage};
use iam_policy_document::{Diagnostic, StyledText};

use super::{FORMAT, JSON, only, options, partition_of, read_all, unlike, with_bounds};
use crate::choice;
use crate::policies::Policies;
use crate::settings::Given;

/// The command's name.
pub const NAME: &str = "covers";

const REQUIRED: &str = "required";
const GRANTED: &str = "granted";

/// Builds the command.
#[must_use]
pub fn command() -> Command {
    let file = |name: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name("FILE")
            .help(help)
            .required(true)
            .value_parser(value_parser!(OsString))
    };
    with_bounds(
        Command::new(NAME)
            .about("Prove that policies grant everything another one needs, or show what is missing")
            .long_about(
                "Prove that policies grant everything another one needs, or show what is missing\n\nPolicies that name principals (resource policies, trust policies and resource control policies) only cover each other. The exit code is 0 if they do, 1 if they do not or it could not be decided, and 2 if a policy cannot be read.",
            )
            .arg(file(REQUIRED, "The needed policy: JSON, or `FILE#NAME` for one in a spec or a template"))
            .arg(
                file(GRANTED, "The granted policies, which apply together; may be repeated")
                    .num_args(1..)
                    .action(ArgAction::Append),
            )
            .arg(choice(FORMAT, "FORMAT", [Form::HUMAN, Form::MARKDOWN, JSON].into_iter(), Form::HELP)),
    )
}

/// Compares the given policies.
///
/// - `matches`: the arguments of this command
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let texts = |name| {
        matches
            .get_many::<String>(name)
            .into_iter()
            .flatten()
            .map(String::as_str)
    };
    let mut given = match Given::new(matches) {
        Ok(given) => given,
        Err(problems) => return output.report(&problems),
    };
    let mut messages = StyledText::new();
    let files = |name| matches.get_many::<OsString>(name).into_iter().flatten();
    let mut gather = |argument: &OsString| match read_all(argument, &mut given) {
        Ok(policies) => Some(policies),
        Err(message) => {
            messages.append(&message);
            None
        }
    };
    let required: Vec<_> = files(REQUIRED).filter_map(&mut gather).collect();
    let granted: Vec<_> = files(GRANTED).filter_map(&mut gather).collect();
    if !messages.is_empty() {
        return output.refuse(&given.with(messages));
    }
    let problems = given.problems();
    if !problems.is_empty() {
        return output.report(&problems);
    }
    let partition = partition_of(required.iter().chain(&granted));
    let (required, granted) = match (each(&required, partition), each(&granted, partition)) {
        (Ok(required), Ok(granted)) => (required, granted),
        (required, granted) => {
            let problems: Vec<_> = [required.err(), granted.err()].into_iter().flatten().collect();
            return output.report(&problems);
        }
    };
    let pairs = required
        .iter()
        .flat_map(|one| granted.iter().map(move |other| (one, other)));
    let mut unlike: Vec<_> = pairs.filter_map(|(one, other)| unlike(one, other)).collect();
    unlike.dedup();
    if !unlike.is_empty() {
        return output.report(&unlike);
    }
    let mut options = options(matches);
    options.witnesses = WITNESSES;
    let (answer, notes) = options.coverage(
        required.iter().map(|side| &side.document),
        granted.iter().map(|side| &side.document),
    );
    let is_json = texts(FORMAT).any(|format| format == JSON);
    let required = required.first().copied();
    let written = if is_json {
        output.json(&coverage::json(&answer, &notes, required))
    } else {
        output.document(
            &coverage::markdown(&answer, &notes, required),
            Form::from_option(texts(FORMAT).next()),
        )
    };
    written.max(if answer.is_yes() { Exit::Success } else { Exit::Negative })
}

fn each<'a>(policies: &'a [Policies], partition: Option<&str>) -> Result<Vec<&'a Side>, Diagnostic> {
    policies.iter().map(|policies| only(policies, partition)).collect()
}
