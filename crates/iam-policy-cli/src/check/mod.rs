//! The command `check`: what is wrong with policies and specs.

mod checks;
mod format;
mod human;
mod inspect;
mod json;
mod principals;
pub(crate) mod sarif;

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use iam_policy_check::{PolicyResource, PolicyType};
use iam_policy_commands::{Exit, Output, Progress};
use iam_policy_core::AttachmentKind;
use iam_policy_document::Diagnostic;

use self::checks::Checks;
use self::format::{Format, Part, Tally};
use self::inspect::inspect;
use crate::choice;
use crate::input::{Files, Input, files};
use crate::policies::Selection;

/// The command's name.
pub const NAME: &str = "check";

const ATTACH: &str = "attach";
const TYPE: &str = "type";
const RESOURCE_TYPE: &str = "resource-type";
const FORMAT: &str = "format";
const FILES: &str = "files";

const HUMAN: &str = "human";
const JSON: &str = "json";
const SARIF: &str = "sarif";

/// The policy types that `--type` accepts: those that have rules of their own.
const TYPES: [PolicyType; 5] = [
    PolicyType::Identity,
    PolicyType::Resource,
    PolicyType::Trust,
    PolicyType::ServiceControl,
    PolicyType::ResourceControl,
];

/// The command, to be added to a program's others.
#[must_use]
pub fn command() -> Command {
    Command::new(NAME)
        .about("Check policies and specs")
        .long_about(
            "Check policies and specs\n\nPolicies are also found in the output of `aws iam get-account-authorization-details`, `get-role-policy` and similar commands, and in other JSON, even inside strings. The exit code is 1 if there are errors or security warnings, and 2 if a file cannot be read.",
        )
        .arg(
            Arg::new(FILES)
                .value_name("FILE")
                .help("A policy in JSON, a spec (`.toml`) or one of its policies (`FILE.toml#POLICY`), a folder of them, or `-` for the standard input")
                .required(true)
                .action(ArgAction::Append)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            choice(ATTACH, "KIND", AttachmentKind::ALL.iter().map(|kind| kind.name()), "How JSON policies will be attached, which limits their size; may be repeated. Specs declare it themselves")
                .action(ArgAction::Append),
        )
        .arg(choice(TYPE, "TYPE", TYPES.iter().map(|policy_type| policy_type.name()), "The type of JSON policies [default: trust or resource if the statements name principals, else identity]"))
        .arg(
            choice(RESOURCE_TYPE, "SERVICE:TYPE", PolicyResource::ALL.iter().map(|kind| kind.name()), "What resource policies are attached to [default: inferred if all actions and resources suit only one type]")
                .ignore_case(true),
        )
        .arg(choice(FORMAT, "FORMAT", [HUMAN, JSON, SARIF].into_iter(), "The output format [default: human]"))
}

/// Checks what the arguments name, file by file.
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
    let attach: Vec<_> = texts(ATTACH).filter_map(AttachmentKind::from_name).collect();
    let checks = Checks {
        policy_type: texts(TYPE).find_map(PolicyType::from_name),
        resource_type: texts(RESOURCE_TYPE).find_map(PolicyResource::from_name),
        attach: &attach,
    };
    if let (Some(policy_type), Some(resource_type)) = (checks.policy_type, checks.resource_type)
        && policy_type != PolicyType::Resource
    {
        let problem = Diagnostic::error(format!(
            "`--resource-type {resource_type}` is for resource policies, not for `--type {policy_type}`"
        ));
        return output.report(&[problem.help("use `--type resource`, or omit one of the options")]);
    }
    let format = texts(FORMAT).next().unwrap_or(HUMAN);
    let format: Box<dyn Format> = match format {
        JSON => Box::new(json::Json::default()),
        SARIF => Box::new(sarif::Sarif::default()),
        _ => Box::new(human::Human),
    };
    let mut run = Run {
        checks,
        format,
        tally: Tally::default(),
        progress: Progress::new(output.watched),
        output,
        written: Exit::Success,
    };
    let begin = run.format.begin();
    run.write(&begin);
    let arguments = matches.get_many::<PathBuf>(FILES).into_iter().flatten();
    arguments.for_each(|argument| run.argument(argument));
    run.progress.clear(run.output.stderr);
    let end = run.format.end(&run.tally);
    run.write(&end);
    if let Some(summary) = run.format.summary(&run.tally) {
        run.output.remark(&summary.into());
    }
    run.written.max(run.tally.exit())
}

/// A run of the command, which goes from file to file and keeps nothing of one but its numbers.
struct Run<'r, 'o> {
    checks: Checks<'r>,
    format: Box<dyn Format>,
    tally: Tally,
    progress: Progress,
    output: &'r mut Output<'o>,
    /// Whether what has been found could be written.
    written: Exit,
}

impl Run<'_, '_> {
    /// Writes results, until that fails.
    fn write(&mut self, part: &Part) {
        if self.written == Exit::Success {
            self.progress.clear(self.output.stderr);
            self.written = match part {
                Part::Text(text) => self.output.show(text),
                Part::Json(json) => self.output.json(json),
            };
        }
    }

    fn argument(&mut self, argument: &Path) {
        let (path, selection) = Selection::split(argument);
        let Files {
            in_folder,
            found,
            skipped,
        } = files(path);
        let mut any = false;
        for warning in skipped {
            self.output.remark(&warning.into());
        }
        let all = found.len();
        for (number, path) in found.into_iter().enumerate() {
            self.progress
                .step(self.output.stderr, || format!("checking: {number} of {all} files"));
            if self.written != Exit::Success {
                return;
            }
            match path.and_then(|path| Input::read(&path)) {
                Ok(input) => match inspect(input, &self.checks, in_folder, selection) {
                    Err(problem) => {
                        any = true;
                        self.unreadable(&problem);
                    }
                    Ok(Some(inspected)) => {
                        any = true;
                        self.tally.add(&inspected);
                        let text = self.format.file(&inspected);
                        self.write(&text);
                    }
                    Ok(None) => self.tally.left_out += 1,
                },
                Err(problem) => {
                    any = true;
                    self.unreadable(&problem);
                }
            }
        }
        if !any {
            let problem = Diagnostic::error(format!("there is nothing to check in `{}`", path.display()));
            self.unreadable(&problem.help("in a folder, `.json` and `.toml` files with policies are checked"));
        }
    }

    fn unreadable(&mut self, problem: &Diagnostic) {
        self.tally.unreadable += 1;
        self.progress.clear(self.output.stderr);
        self.output.report(std::slice::from_ref(problem));
        self.format.unreadable(problem);
    }
}
