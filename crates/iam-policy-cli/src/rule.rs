//! The command `rule`: the documentation of the codes that findings have.

use std::fmt::Write;

use clap::{Arg, ArgMatches, Command};
use iam_policy_check::{Code, Topic};
use iam_policy_commands::{Exit, Output};
use iam_policy_core::suggest::nearest;
use iam_policy_document::Diagnostic;

use crate::choice;

/// The command's name.
pub const NAME: &str = "rule";

const CODE: &str = "code";
const FORMAT: &str = "format";

const HUMAN: &str = "human";
const MARKDOWN: &str = "markdown";

/// Builds the command.
#[must_use]
pub fn command() -> Command {
    Command::new(NAME)
        .about("Explain a rule: why it matters, examples, and how to fix a finding")
        .long_about(
            "Explain a rule: why it matters, examples, and how to fix a finding\n\nWithout a code, list all rules, or document all of them with `--format markdown`. The exit code is 2 if there is no such code.",
        )
        .arg(
            Arg::new(CODE)
                .value_name("CODE")
                .help("The code of a finding, such as INVALID_ACTION"),
        )
        .arg(choice(
            FORMAT,
            "FORMAT",
            [HUMAN, MARKDOWN].into_iter(),
            "The output format [default: human]",
        ))
}

/// Prints the documentation of one rule or of all.
///
/// - `matches`: the arguments of this command
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let is_markdown = matches
        .get_one::<String>(FORMAT)
        .is_some_and(|format| format == MARKDOWN);
    let text = match matches.get_one::<String>(CODE) {
        Some(name) => match Code::from_name(&name.to_ascii_uppercase()) {
            Some(code) if is_markdown => format!("# `{code}`\n\n{}", code.rule().markdown()),
            Some(code) => code.rule().text(),
            None => return output.report(&[unknown(name)]),
        },
        None if is_markdown => {
            let pages: Vec<_> = Topic::all().iter().map(Topic::markdown).collect();
            pages.join("\n")
        }
        None => list(),
    };
    output.show(&text.into())
}

fn unknown(name: &str) -> Diagnostic {
    let problem = Diagnostic::error(format!("there is no rule with the code `{name}`"));
    match nearest(name, Code::ALL.iter().map(|code| code.name())) {
        Some(meant) => problem.did_you_mean(Some(meant)),
        None => problem.help("`iam-policy rule` lists all codes"),
    }
}

/// Every code with what it reports, by topic.
fn list() -> String {
    let mut out = String::new();
    for topic in Topic::all() {
        if !out.is_empty() {
            out.push('\n');
        }
        // Writing to a `String` cannot fail.
        let _ = writeln!(out, "{}", topic.title());
        for rule in topic.rules() {
            let _ = writeln!(out, "  {}: {}", rule.code(), rule.documentation().summary);
        }
    }
    out
}
