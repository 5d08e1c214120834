//! The command `serve`: a local server that answers like AWS.

use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use iam_policy_account::{EntityKind, Principals};
use iam_policy_commands::{Exit, Output, with_candidates};
use iam_policy_document::{Diagnostic, Severity, StyledText};
use iam_policy_server::{Batches, Fault, Operation, Server, Settings, Shape};
use iam_policy_spec::wording::list;

use crate::choice;
use crate::input::principals;

/// The command's name.
pub const NAME: &str = "serve";

const PRINCIPALS: &str = "principals";
const PORT: &str = "port";
const DELAY: &str = "delay";
const SHAPE: &str = "shape";
const PAGE_SIZE: &str = "page-size";
const ACCEPT_MIXED: &str = "accept-mixed";
const FAULT: &str = "fault";

const PER_ACTION: &str = "per-action";
const PER_RESOURCE: &str = "per-resource";

const CUT_OFF: &str = "cut-off";

/// Faults without a parameter.
const FAULTS: [(&str, Fault); 4] = [
    ("throttle", Fault::Throttle),
    ("fail", Fault::Fail),
    ("malformed", Fault::Malformed),
    ("silence", Fault::Silence),
];

/// Builds the command.
#[must_use]
pub fn command() -> Command {
    let option = |name: &'static str, value_name: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value_name).help(help)
    };
    Command::new(NAME)
        .about("Serve SimulatePrincipalPolicy and related operations locally, like AWS")
        .long_about(
            "Serve GetCallerIdentity, GetRole, GetUser, SimulatePrincipalPolicy and SimulateCustomPolicy locally, like AWS\n\nThe first line of output is the URL. The server runs until it is interrupted.",
        )
        .arg(
            option(
                PRINCIPALS,
                "FILE",
                "The account: output of `aws iam get-account-authorization-details`, with `AccessKeys` added",
            )
            .required(true)
            .value_parser(value_parser!(PathBuf)),
        )
        .arg(option(PORT, "NUMBER", "The port [default: any free port]").value_parser(value_parser!(u16)))
        .arg(option(DELAY, "MS", "Delay every answer by this many milliseconds [default: 0]").value_parser(value_parser!(u64)))
        .arg(choice(
            SHAPE,
            "SHAPE",
            [PER_ACTION, PER_RESOURCE].into_iter(),
            "Return one result per action, AWS's current format, or per action and resource, the older one [default: per-action]",
        ))
        .arg(
            option(PAGE_SIZE, "NUMBER", "The maximum number of results per page [default: 100]")
                .value_parser(value_parser!(u16).range(1..)),
        )
        .arg(
            Arg::new(ACCEPT_MIXED)
                .long(ACCEPT_MIXED)
                .help("Accept actions that need different authorization information, which AWS rejects")
                .action(ArgAction::SetTrue),
        )
        .arg(
            option(
                FAULT,
                "OPERATION=FAULT[:TIMES]",
                "Make the next calls of an operation fail: `throttle`, `fail` (HTTP 500), `cut-off@BYTES`, `malformed` or `silence`; may be repeated",
            )
            .action(ArgAction::Append),
        )
}

/// Serves until interrupted.
///
/// - `matches`: the arguments of this command
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let path = matches.get_one::<PathBuf>(PRINCIPALS).cloned().unwrap_or_default();
    let principals = match principals(&path) {
        Ok((_, principals)) => principals,
        Err(message) => return output.refuse(&message),
    };
    let key = principals.access_keys().next().map(|(key, _)| key.to_owned());
    let user = principals.entities().find(|entity| entity.kind == EntityKind::User);
    let user = user.map(|user| user.arn.clone());
    let settings = match settings(matches, principals) {
        Ok(settings) => settings,
        Err(problems) => return output.report(&problems),
    };
    let (interrupt, interrupted) = mpsc::channel();
    let handled = ctrlc::set_handler(move || {
        // Fails only when the program is ending anyway.
        let _ = interrupt.send(());
    });
    if let Err(error) = handled {
        return output.report(&[Diagnostic::error(format!("signals cannot be handled: {error}"))]);
    }
    let server = match Server::start(settings) {
        Ok(server) => server,
        Err(error) => return output.report(&[not_started(&error, matches.get_one(PORT))]),
    };
    let exit = output.show(&format!("{}\n", server.url()).into());
    if exit != Exit::Success {
        return exit;
    }
    output.remark(&match key {
        Some(key) => StyledText::from(format!(
            "Call it with an access key from the file and any secret:\n\n  \
             AWS_ACCESS_KEY_ID={key} AWS_SECRET_ACCESS_KEY=none AWS_DEFAULT_REGION=us-east-1 \\\n    \
             aws --endpoint-url {} sts get-caller-identity\n",
            server.url()
        )),
        None => Diagnostic::new(
            Severity::Note,
            "the file has no `AccessKeys`, so every call is rejected",
        )
        .help(format!(
            "map any access key to a principal: `\"AccessKeys\": {{\"AKIAIOSFODNN7EXAMPLE\": \"{}\"}}`",
            user.as_deref().unwrap_or("arn:aws:iam::123456789012:root")
        ))
        .into(),
    });
    // Either it is interrupted, or nothing is left that could interrupt it.
    let _ = interrupted.recv();
    Exit::Success
}

fn not_started(error: &io::Error, port: Option<&u16>) -> Diagnostic {
    match (error.kind(), port) {
        (ErrorKind::AddrInUse, Some(port)) => Diagnostic::error(format!("the port {port} is in use"))
            .help("choose another one, or omit `--port` to use a free one"),
        _ => Diagnostic::error(format!("the server cannot be started: {error}")),
    }
}

fn settings(matches: &ArgMatches, principals: Principals) -> Result<Settings, Vec<Diagnostic>> {
    // Nobody reads the call log, and the server may run for a long time.
    let mut settings = Settings::new(principals).keep_calls(0);
    if let Some(port) = matches.get_one(PORT) {
        settings = settings.port(*port);
    }
    if let Some(delay) = matches.get_one(DELAY) {
        settings = settings.delay(Duration::from_millis(*delay));
    }
    if matches
        .get_one::<String>(SHAPE)
        .is_some_and(|shape| shape == PER_RESOURCE)
    {
        settings = settings.shape(Shape::PerResource);
    }
    if let Some(size) = matches.get_one::<u16>(PAGE_SIZE) {
        settings = settings.page_size((*size).into());
    }
    if matches.get_flag(ACCEPT_MIXED) {
        settings = settings.batches(Batches::Accept);
    }
    let mut problems = Vec::new();
    for text in matches.get_many::<String>(FAULT).into_iter().flatten() {
        match fault(text) {
            Ok((operation, fault, times)) => settings = settings.fault(operation, fault, times),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(settings)
    } else {
        Err(problems)
    }
}

/// Parses `OPERATION=FAULT[:TIMES]`.
fn fault(text: &str) -> Result<(Operation, Fault, usize), Diagnostic> {
    let wrong = |what: String| {
        Diagnostic::error(format!("`--{FAULT} {text}`: {what}"))
            .help("such as `SimulatePrincipalPolicy=throttle:2`; without a number, all calls fail")
    };
    let (operation, rest) = text.split_once('=').ok_or_else(|| wrong("`=` is missing".to_owned()))?;
    let (name, times) = rest.split_once(':').unwrap_or((rest, ""));
    let names = || Operation::ALL.iter().map(|operation| operation.name());
    let operation = Operation::from_name(operation).ok_or_else(|| {
        let problem = Diagnostic::error(format!("`--{FAULT} {text}`: unknown operation `{operation}`"));
        with_candidates(problem, operation, "operations", names())
    })?;
    let times = match times {
        "" => usize::MAX,
        times => times.parse().map_err(|_| wrong(format!("`{times}` is not a number")))?,
    };
    let fault = if let Some((CUT_OFF, bytes)) = name.split_once('@') {
        let bytes = bytes
            .parse()
            .map_err(|_| wrong(format!("`{bytes}` is not a number of bytes")))?;
        Fault::CutOff(bytes)
    } else {
        let found = FAULTS.iter().find(|(known, _)| *known == name);
        let found = found.ok_or_else(|| {
            let names = FAULTS.iter().map(|(known, _)| *known).chain(["cut-off@BYTES"]);
            wrong(format!("unknown fault `{name}`")).help(format!("the faults are {}", list(names)))
        })?;
        found.1
    };
    Ok((operation, fault, times))
}
