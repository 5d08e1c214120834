//! The command `simulate`: decides requests by policies.

mod account;
mod one;

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use iam_policy_commands::input::{STDIN, STDIN_NAME, unreadable};
use iam_policy_commands::{Exit, Output, Problem};
use iam_policy_eval::simulate::{Summary, simulate_lines};

use crate::choice;

/// The command's name.
pub const NAME: &str = "simulate";

const REQUESTS: &str = "requests";
const PRINCIPAL: &str = "principal";
const ACTION: &str = "action";
const RESOURCE: &str = "resource";
const RESOURCE_ACCOUNT: &str = "resource-account";
const CONTEXT: &str = "context";
const CONTEXT_FILE: &str = "context-file";
const PRINCIPALS: &str = "principals";
const IDENTITY: &str = "identity";
const BOUNDARY: &str = "boundary";
const SESSION: &str = "session";
const SCP: &str = "scp";
const RCP: &str = "rcp";
const RESOURCE_POLICY: &str = "resource-policy";
const FORMAT: &str = "format";

const HUMAN: &str = "human";
const JSON: &str = "json";

/// Builds the command.
#[must_use]
pub fn command() -> Command {
    let option = |name: &'static str, value_name: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name(value_name)
            .help(help)
            .conflicts_with(REQUESTS)
    };
    let files = |name, help| option(name, "FILE", help).num_args(1..).action(ArgAction::Append);
    let levels = |name, help| option(name, "FILES", help).action(ArgAction::Append);
    Command::new(NAME)
        .about("Say whether policies allow a request, and why")
        .long_about(
            "Say whether policies allow a request, and why\n\nA policy is JSON, or a spec as `FILE.toml` or `FILE.toml#POLICY`. The exit code is 0 whatever is decided, and 2 if a request or a policy cannot be read.",
        )
        .arg(option(PRINCIPAL, "ARN", "Who makes the request: an ARN, an account, a service such as `lambda.amazonaws.com`, or `anonymous`").required_unless_present(REQUESTS))
        .arg(option(ACTION, "ACTION", "What is asked for, such as `s3:GetObject`").required_unless_present(REQUESTS))
        .arg(option(RESOURCE, "ARN", "On which resource, without wildcards; `*` for an action that is about none [default: *]"))
        .arg(option(RESOURCE_ACCOUNT, "ID", "The account of the resource, where its ARN does not say it"))
        .arg(option(CONTEXT, "KEY=VALUE", "A condition key of the request; may be repeated, also to give a key several values").action(ArgAction::Append))
        .arg(option(CONTEXT_FILE, "FILE", "Condition keys of the request as a JSON object, whose values are strings or arrays of strings").value_parser(value_parser!(PathBuf)))
        .arg(option(PRINCIPALS, "FILE", "What `aws iam get-account-authorization-details` prints: all policies in it that have a say").value_parser(value_parser!(PathBuf)))
        .arg(files(IDENTITY, "The policies of the user or role; may be repeated"))
        .arg(files(BOUNDARY, "The permissions boundary"))
        .arg(files(SESSION, "The session policies"))
        .arg(levels(SCP, "The service control policies of a level of the organization, separated by commas; once for each level, from the root down to the account. A level without policies is ''"))
        .arg(levels(RCP, "The resource control policies of a level, likewise"))
        .arg(option(RESOURCE_POLICY, "FILE", "The policy of the resource, or the trust policy of a role"))
        .arg(choice(FORMAT, "FORMAT", [HUMAN, JSON].into_iter(), "How to write the answer [default: human]").conflicts_with(REQUESTS))
        .arg(
            Arg::new(REQUESTS)
                .long(REQUESTS)
                .value_name("FILE")
                .help("Answer a request with its policies on each line of JSON instead; `-` is the standard input")
                .value_parser(value_parser!(PathBuf)),
        )
}

/// Answers the requests that the arguments describe.
///
/// - `matches`: the arguments of this command
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    match matches.get_one::<PathBuf>(REQUESTS) {
        Some(path) => lines(path, output, |requests, out| simulate_lines(requests, out)),
        None => one::run(matches, output),
    }
}

/// Answers requests as JSON lines, and reports how many are invalid.
///
/// - `path`: a file, or `-` for the standard input
pub(crate) fn lines(
    path: &Path,
    output: &mut Output<'_>,
    answer: impl FnOnce(&mut dyn Read, &mut dyn Write) -> io::Result<Summary>,
) -> Exit {
    let (name, mut requests): (String, Box<dyn Read>) = if path == Path::new(STDIN) {
        (STDIN_NAME.to_owned(), Box::new(io::stdin()))
    } else {
        let name = path.display().to_string();
        match File::open(path) {
            Ok(file) => (name, Box::new(file)),
            Err(error) => return output.report(&[unreadable(&name, &error)]),
        }
    };
    let mut source = Watched {
        inner: &mut *requests,
        failed: false,
    };
    let summary = answer(&mut source, output.stdout);
    let source_failed = source.failed;
    match summary {
        Ok(Summary { errors: 0, .. }) => Exit::Success,
        Ok(summary) => {
            let verb = if summary.errors == 1 { "is" } else { "are" };
            let Summary { answers, errors } = summary;
            output.report(&[Problem::new(format!(
                "{errors} of the {answers} lines of `{name}` {verb} wrong; the answers say what with each"
            ))])
        }
        Err(error) if source_failed => output.report(&[unreadable(&name, &error)]),
        // The reader has gone.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Exit::Success,
        Err(error) => output.report(&[Problem::new(format!("the output cannot be written: {error}"))]),
    }
}

/// A reader that remembers whether reading failed, to tell it from a write error.
struct Watched<'a> {
    inner: &'a mut dyn Read,
    failed: bool,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer);
        self.failed = read.as_ref().is_err_and(|error| error.kind() != ErrorKind::Interrupted);
        read
    }
}
