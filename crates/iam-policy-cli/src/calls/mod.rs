//! The command `calls`: what a program calls in AWS, and which permissions that needs.

mod human;
mod json;
mod markdown;

use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use iam_policy_calls::{Calls, Search};
use iam_policy_commands::{Exit, Form, Output, Progress};
use iam_policy_document::{Diagnostic, Visible};

use crate::choice;

/// The command's name.
pub const NAME: &str = "calls";

const PATH: &str = "path";
const QUICK: &str = "quick";
const FORMAT: &str = "format";

const HUMAN: &str = "human";
const JSON: &str = "json";
const MARKDOWN: &str = "markdown";

/// Builds the command.
#[must_use]
pub fn command() -> Command {
    Command::new(NAME)
        .about("Find the calls of the AWS SDK in Rust code, and the permissions that they need")
        .long_about(
            "Find the calls of the AWS SDK in Rust code, and the permissions that they need\n\nThe exit code is 1 if the permissions of an operation are not known, and 2 if the workspace cannot be read.",
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
        .arg(choice(FORMAT, "FORMAT", [HUMAN, JSON, MARKDOWN].into_iter(), "The output format [default: human]"))
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
    let calls = match run_search(&search, output) {
        Ok(calls) => calls,
        Err(problem) => return output.report(&[problem]),
    };
    remarks(&calls, output);
    let format = matches.get_one::<String>(FORMAT).map_or(HUMAN, String::as_str);
    let written = match format {
        JSON => output.json(&json::render(&calls)),
        MARKDOWN => output.document(&markdown::render(&calls), Form::Markdown),
        _ => {
            let written = output.show(&human::render(&calls));
            output.remark(&human::summary(&calls).as_str().into());
            written
        }
    };
    written.max(exit(&calls))
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
        let note = Diagnostic::new(iam_policy_document::Severity::Warning, message);
        output.remark(&note.into());
    }
}

fn exit(calls: &Calls) -> Exit {
    if calls.unmapped().any(|call| !call.is_test && call.origin.is_none()) {
        Exit::Negative
    } else {
        Exit::Success
    }
}
