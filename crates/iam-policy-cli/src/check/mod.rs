//! The command `check`: what is wrong with policies and specs.

mod baseline;
mod checks;
mod configurations;
mod finding;
mod format;
mod github;
mod gitlab;
mod human;
mod ignores;
mod inspect;
mod json;
mod markdown;
mod modules;
mod patterns;
mod principals;
mod repository;
mod run;
pub(crate) mod sarif;
mod settings;

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use iam_policy_check::{PolicyResource, PolicyType};
use iam_policy_commands::input::STDIN;
use iam_policy_commands::{Exit, Output};
use iam_policy_core::AttachmentKind;
use iam_policy_document::Diagnostic;
use iam_policy_spec::keys::Choices;

use self::format::Format;
use self::run::Run;
use self::settings::{CommandLine, codes};
use crate::choice;
use crate::settings::{Given, with_options};

/// The command's name.
pub const NAME: &str = "check";

const ATTACH: &str = "attach";
const TYPE: &str = "type";
const RESOURCE_TYPE: &str = "resource-type";
const FORMAT: &str = "format";
const SELECT: &str = "select";
const IGNORE: &str = "ignore";
const DENY_WARNINGS: &str = "deny-warnings";
const BASELINE: &str = "baseline";
const WRITE_BASELINE: &str = "write-baseline";
const SKIP_UNRELATED: &str = "skip-unrelated";
const NO_CONFIG: &str = "no-config";
const STDIN_NAME: &str = "stdin-name";
const FILES: &str = "files";

const HUMAN: &str = "human";
const JSON: &str = "json";
const SARIF: &str = "sarif";
const GITHUB: &str = "github";
const GITLAB: &str = "gitlab";
const MARKDOWN: &str = "markdown";

/// The command, to be added to a program's others.
#[must_use]
pub fn command() -> Command {
    with_options(Command::new(NAME))
        .about("Check policies, specs and templates")
        .long_about(
            "Check policies, specs and templates\n\nPolicies are found in templates of CloudFormation, SAM and the Serverless Framework, in plans and states of Terraform, in the output of `aws iam get-account-authorization-details`, `get-role-policy` and similar commands, and in other JSON, even inside strings. Settings come from the command line and from the file `iam-policy.toml` in the folder of each file or in the nearest one above.\n\nThe exit code is 1 if there are errors or security warnings, and 2 if a file cannot be read.",
        )
        .arg(
            Arg::new(FILES)
                .value_name("FILE")
                .help("A policy in JSON, a spec (`.toml`) or a template, a folder of them, `FILE#NAME` for one of the policies in a file, or `-` for the standard input")
                .required(true)
                .action(ArgAction::Append)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            choice(ATTACH, "KIND", AttachmentKind::ALL.iter().map(|kind| kind.name()), "How JSON policies will be attached, which limits their size; may be repeated. Specs declare it themselves")
                .action(ArgAction::Append),
        )
        .arg(choice(TYPE, "TYPE", Choices::CheckedType.names().into_iter(), "The type of JSON policies [default: trust or resource if the statements name principals, else identity]"))
        .arg(
            choice(RESOURCE_TYPE, "SERVICE:TYPE", PolicyResource::ALL.iter().map(|kind| kind.name()), "What resource policies are attached to [default: inferred if all actions and resources suit only one type]")
                .ignore_case(true),
        )
        .arg(
            list(SELECT, "CODE", "Report findings with these codes only, separated by commas; may be repeated"),
        )
        .arg(
            list(IGNORE, "CODE", "Do not report findings with these codes, separated by commas; may be repeated"),
        )
        .arg(flag(DENY_WARNINGS, "Exit with 1 for warnings too"))
        .arg(
            Arg::new(BASELINE)
                .long(BASELINE)
                .value_name("FILE")
                .help("Report only findings that are not in this baseline, and entries of it that are out of date")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(flag(WRITE_BASELINE, "Write the findings to the baseline instead of reporting them"))
        .arg(flag(SKIP_UNRELATED, "Treat named files like those in folders, for hooks: skip what contains no policies, and what the configuration excludes"))
        .arg(flag(NO_CONFIG, "Ignore every `iam-policy.toml`"))
        .arg(
            Arg::new(STDIN_NAME)
                .long(STDIN_NAME)
                .value_name("FILE")
                .help("The file that the standard input is the contents of, for editors: decides its language and its settings")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(choice(FORMAT, "FORMAT", [HUMAN, JSON, SARIF, GITHUB, GITLAB, MARKDOWN].into_iter(), "The output format [default: human]"))
}

/// An option that takes values separated by commas.
fn list(name: &'static str, value_name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(value_name)
        .help(help)
        .value_delimiter(',')
        .action(ArgAction::Append)
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help).action(ArgAction::SetTrue)
}

/// Checks what the arguments name, file by file.
///
/// - `matches`: the arguments of this command
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let command_line = match command_line(matches) {
        Ok(command_line) => command_line,
        Err(problems) => return output.report(&problems),
    };
    let given = match Given::new(matches) {
        Ok(given) => given,
        Err(problems) => return output.report(&problems),
    };
    let format = matches.get_one::<String>(FORMAT).map_or(HUMAN, String::as_str);
    let format: Box<dyn Format> = match format {
        JSON => Box::new(json::Json::default()),
        SARIF => Box::new(sarif::Sarif::default()),
        GITHUB => Box::new(github::Github::new()),
        GITLAB => Box::new(gitlab::Gitlab::new()),
        MARKDOWN => Box::new(markdown::Markdown::new()),
        _ => Box::new(human::Human),
    };
    let files = matches.get_many::<PathBuf>(FILES).into_iter().flatten();
    Run::new(command_line, given, !matches.get_flag(NO_CONFIG), format, output).run(files.map(PathBuf::as_path))
}

/// What the options say.
///
/// # Errors
///
/// A message for each option that says something impossible.
fn command_line(matches: &ArgMatches) -> Result<CommandLine, Vec<Diagnostic>> {
    let texts = |name| {
        matches
            .get_many::<String>(name)
            .into_iter()
            .flatten()
            .map(String::as_str)
    };
    let path = |name| matches.get_one::<PathBuf>(name).cloned();
    let mut problems = Vec::new();
    let mut codes = |option| {
        codes(matches, option).unwrap_or_else(|found| {
            problems.extend(found);
            Vec::new()
        })
    };
    let command_line = CommandLine {
        select: codes(SELECT),
        ignore: codes(IGNORE),
        deny_warnings: matches.get_flag(DENY_WARNINGS),
        policy_type: texts(TYPE).find_map(PolicyType::from_name),
        resource_type: texts(RESOURCE_TYPE).find_map(PolicyResource::from_name),
        attach: texts(ATTACH).filter_map(AttachmentKind::from_name).collect(),
        baseline: path(BASELINE),
        write_baseline: matches.get_flag(WRITE_BASELINE),
        stdin_name: path(STDIN_NAME),
        skip_unrelated: matches.get_flag(SKIP_UNRELATED),
    };
    if let (Some(policy_type), Some(resource_type)) = (command_line.policy_type, command_line.resource_type)
        && policy_type != PolicyType::Resource
    {
        let problem = Diagnostic::error(format!(
            "`--resource-type {resource_type}` is for resource policies, not for `--type {policy_type}`"
        ));
        problems.push(problem.help("use `--type resource`, or omit one of the options"));
    }
    let mut files = matches.get_many::<PathBuf>(FILES).into_iter().flatten();
    if command_line.stdin_name.is_some() && !files.any(|file| file.as_os_str() == STDIN) {
        let problem = Diagnostic::error(format!(
            "`--{STDIN_NAME}` is for the standard input, which is not checked"
        ));
        problems.push(problem.help(format!("add the file `{STDIN}`")));
    }
    if problems.is_empty() {
        Ok(command_line)
    } else {
        Err(problems)
    }
}
