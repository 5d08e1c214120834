//! The command `calls`: what a program calls in AWS, and which permissions that needs.

mod human;
mod json;
mod markdown;
mod sarif;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use iam_policy_calls::{Calls, Judgement, NamedGrant, Recording, Search};
use iam_policy_commands::{Exit, Form, Output, Progress};
use iam_policy_document::{Diagnostic, Lines, Severity, SourceFile, StyledText, Visible};

use crate::choice;

/// The command's name.
pub const NAME: &str = "calls";

const PATH: &str = "path";
const QUICK: &str = "quick";
const FORMAT: &str = "format";
const SPEC: &str = "spec";
const DRAFT: &str = "draft";
const RECORDED: &str = "recorded";

/// The name of the policy in a draft.
const DRAFT_POLICY: &str = "user";

const HUMAN: &str = "human";
const JSON: &str = "json";
const SARIF: &str = "sarif";
const MARKDOWN: &str = "markdown";

/// Builds the command.
#[must_use]
pub fn command() -> Command {
    Command::new(NAME)
        .about("Find the calls of the AWS SDK in Rust code, and the permissions that they need")
        .long_about(
            "Find the calls of the AWS SDK in Rust code, and the permissions that they need\n\nWith `--spec`, the calls of a program are compared with the policy for it: the package, its target, and the packages of the workspace on which it depends. The exit code is 1 if a call is not granted, a grant is not used, or the permissions of an operation are not known, and 2 if the workspace, a spec or a recording cannot be read.\n\nWith `--recorded`, calls that a program made while it ran count as well, and permissions that it only needs in some cases are needed for sure if it needed them.",
        )
        .arg(
            Arg::new(PATH)
                .value_name("PATH")
                .help("The folder of a package or a workspace [default: .]")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            Arg::new(QUICK)
                .long(QUICK)
                .help("Search by names alone, without building anything")
                .action(ArgAction::SetTrue),
        )
        .arg(
            Arg::new(SPEC)
                .long(SPEC)
                .value_name("[PACKAGE[/TARGET]=]FILE#POLICY")
                .help("Report calls that the policy of the spec does not grant, and grants that no call needs; may be repeated")
                .action(ArgAction::Append),
        )
        .arg(
            Arg::new(DRAFT)
                .long(DRAFT)
                .help("Write a spec for the calls, which only lacks the reasons")
                .action(ArgAction::SetTrue)
                .conflicts_with_all([SPEC, FORMAT]),
        )
        .arg(
            Arg::new(RECORDED)
                .long(RECORDED)
                .value_name("FILE")
                .help("Add what `iam-policy-guard` recorded while the program or its tests ran; may be repeated")
                .value_parser(value_parser!(PathBuf))
                .action(ArgAction::Append),
        )
        .arg(choice(FORMAT, "FORMAT", [HUMAN, JSON, SARIF, MARKDOWN].into_iter(), "The output format [default: human]"))
}

/// Searches, and shows what was found.
///
/// - `matches`: the arguments of this command
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let path = matches
        .get_one::<PathBuf>(PATH)
        .cloned()
        .unwrap_or_else(|| PathBuf::from("."));
    let mut search = Search::new(path);
    if matches.get_flag(QUICK) {
        search = search.quick();
    }
    let (mut specs, mut messages) = (Vec::new(), StyledText::new());
    for name in matches.get_many::<String>(SPEC).into_iter().flatten() {
        match NamedGrant::read(Path::new(""), name) {
            Ok(spec) => specs.push(spec),
            Err(problem) => messages.append(&problem),
        }
    }
    if !messages.is_empty() {
        return output.refuse(&messages);
    }
    let mut calls = match run_search(&search, output) {
        Ok(calls) => calls,
        Err(problem) => return output.report(&[problem]),
    };
    let files: Vec<&PathBuf> = matches.get_many(RECORDED).into_iter().flatten().collect();
    if let Err(messages) = merge(&mut calls, &files, output) {
        return output.refuse(&messages);
    }
    remarks(&calls, output);
    if matches.get_flag(DRAFT) {
        let draft = calls.draft(DRAFT_POLICY);
        output.remark(&human::summary(&calls).as_str().into());
        return output.print(&draft);
    }
    let judgement = if specs.is_empty() {
        None
    } else {
        let grants: Vec<_> = specs.iter().map(NamedGrant::grant).collect();
        match calls.judge(&grants) {
            Ok(judgement) => Some(judgement),
            Err(problems) => return output.report(&problems),
        }
    };
    let judgement = judgement.as_ref();
    let format = matches.get_one::<String>(FORMAT).map_or(HUMAN, String::as_str);
    let written = match format {
        JSON => output.json(&json::render(&calls, judgement)),
        SARIF => output.json(&sarif::render(&calls, judgement)),
        MARKDOWN => output.document(&markdown::render(&calls), Form::Markdown),
        _ => {
            let written = output.show(&human::render(&calls, judgement));
            output.remark(&human::summary(&calls).as_str().into());
            written
        }
    };
    written.max(exit(&calls, judgement))
}

/// Adds recordings. Their warnings are remarks; their errors are returned.
fn merge(calls: &mut Calls, files: &[&PathBuf], output: &mut Output<'_>) -> Result<(), StyledText> {
    let mut errors = StyledText::new();
    for file in files {
        let path = file.to_string_lossy();
        let bytes = match fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) => {
                errors.append(&Diagnostic::error(format!("cannot read `{path}`: {error}")).into());
                continue;
            }
        };
        // A line that was cut off may end in the middle of a character.
        let text = String::from_utf8_lossy(&bytes);
        let name = iam_policy_gen::relative(&calls.root, file).unwrap_or_else(|_| path.clone().into_owned());
        let (recording, problems) = Recording::read(&name, &text);
        let lines = Lines::new(text.as_bytes());
        let source = SourceFile::new(&path, &lines);
        let (wrong, warnings): (Vec<_>, Vec<_>) = problems
            .into_iter()
            .partition(|problem| problem.severity == Severity::Error);
        errors.append(&source.show_all(&wrong));
        let warnings = source.show_all(&warnings);
        if !warnings.is_empty() {
            output.remark(&warnings);
        }
        calls.merge(&recording);
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Searches, and shows how far Cargo is to somebody who watches.
fn run_search(search: &Search, output: &mut Output<'_>) -> Result<Calls, Diagnostic> {
    if !output.watched {
        return search.run(&mut |_| {});
    }
    let (lines, received) = mpsc::channel::<String>();
    thread::scope(|scope| {
        let searching = scope.spawn(move || search.run(&mut |line| drop(lines.send(line.to_owned()))));
        let mut progress = Progress::new(true);
        for line in received {
            progress.step(output.stderr, || Visible(&line).to_string());
        }
        progress.clear(output.stderr);
        match searching.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Reports what makes the result less exact.
fn remarks(calls: &Calls, output: &mut Output<'_>) {
    for warning in &calls.warnings {
        output.remark(&warning.into());
    }
    if calls.is_without_sdk {
        let packages: Vec<_> = calls
            .packages
            .iter()
            .map(|package| format!("`{}`", package.name))
            .collect();
        let message = match packages.as_slice() {
            [only] => format!("{only} does not depend on a crate of the AWS SDK"),
            _ => format!("none of {} depends on a crate of the AWS SDK", packages.join(", ")),
        };
        let note = Diagnostic::new(Severity::Warning, message);
        output.remark(&note.into());
    }
}

fn exit(calls: &Calls, judgement: Option<&Judgement>) -> Exit {
    let is_clean = judgement.is_none_or(Judgement::is_clean);
    if !is_clean || calls.unmapped().any(|call| !call.is_test && call.origin.is_none()) {
        Exit::Negative
    } else {
        Exit::Success
    }
}
