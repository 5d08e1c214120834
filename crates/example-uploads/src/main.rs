//! Files uploads, and prints, explains and attaches the policy of the worker.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use example_uploads::{ALL, Settings, WORKER, Worker};
use iam_policy::Options;
use iam_policy_commands::{Exit, Output, policies};
use iam_policy_document::Diagnostic;
use iam_policy_guard::Guard;

const WORK: &str = "work";

fn main() -> ExitCode {
    iam_policy_commands::main(command(), |matches, output| match matches.subcommand() {
        Some((policies::NAME, matches)) => policies::run(ALL, matches, output),
        Some((WORK, matches)) => match work(matches) {
            Ok(count) => output.print(&format!("filed {count}\n")),
            Err(error) => failed(&*error, output),
        },
        _ => Exit::Usage,
    })
}

fn command() -> Command {
    let endpoint = Arg::new("endpoint")
        .required(true)
        .help("The address of a local server");
    Command::new("example-uploads")
        .subcommand_required(true)
        .subcommand(
            Command::new(WORK)
                .about("File the uploads that the queue announces")
                .arg(endpoint),
        )
        .subcommand(policies::command(ALL))
}

fn work(matches: &ArgMatches) -> Result<usize, example_uploads::Error> {
    let endpoint = matches.get_one::<String>("endpoint").cloned().unwrap_or_default();
    // In production, an error that denies access says why the permission is needed.
    let guard = Guard::new().policy(&WORKER, Options::DEFAULT)?.explain();
    let settings = Settings {
        queue_url: format!("{endpoint}/123456789012/new-uploads"),
        endpoint,
        region: "eu-west-1".to_owned(),
        bucket: "uploads".to_owned(),
        table: "filed".to_owned(),
        guard,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(Worker::new(&settings).work())
}

fn failed(error: &(dyn std::error::Error + 'static), output: &mut Output<'_>) -> Exit {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        message = format!("{message}: {inner}");
        source = inner.source();
    }
    output.report(&[Diagnostic::error(message)])
}
