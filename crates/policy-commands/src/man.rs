//! The command `man`: prints a manual page.

use clap::{Arg, ArgAction, ArgMatches, Command};
use clap_mangen::Man;
use iam_policy_document::Diagnostic;

use crate::{Exit, Output, color, with_candidates};

/// The command's name.
pub const NAME: &str = "man";

const COMMAND: &str = "command";

/// Builds the command, for a program to add to its own.
#[must_use]
pub fn command() -> Command {
    Command::new(NAME)
        .about("Print the manual page of this program or of one of its commands")
        .long_about(
            "Print the manual page of this program or of one of its commands\n\nThe page is in the format of `man`: save it as `PROGRAM.1` or `PROGRAM-COMMAND.1` in a folder `man1`.",
        )
        .arg(
            Arg::new(COMMAND)
                .value_name("COMMAND")
                .help("The command, such as `check`; for commands within commands, all names")
                .num_args(0..)
                .action(ArgAction::Append),
        )
}

/// Prints the page.
///
/// - `program`: the whole program, including [`command`]
/// - `matches`: the arguments of this command
///
/// # Examples
///
/// ```
/// use clap::Command;
/// use iam_policy_commands::{Exit, Output, man};
///
/// let program = || Command::new("vault").subcommand(man::command());
/// let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
/// let mut output = Output::new(&mut stdout, &mut stderr);
/// let exit = iam_policy_commands::execute(program(), ["vault", "man", "man"], &mut output, |matches, output| {
///     match matches.subcommand() {
///         Some((man::NAME, matches)) => man::run(program(), matches, output),
///         _ => Exit::Usage,
///     }
/// });
/// assert_eq!(exit, Exit::Success);
/// assert!(String::from_utf8(stdout)?.contains(".TH vault-man 1"));
/// # Ok::<(), std::string::FromUtf8Error>(())
/// ```
pub fn run(program: Command, matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let mut program = color::with_option(program);
    program.build();
    let mut found = &program;
    for name in matches.get_many::<String>(COMMAND).into_iter().flatten() {
        let Some(command) = found.find_subcommand(name) else {
            let problem = Diagnostic::error(format!("`{}` has no command `{name}`", found.get_name()));
            let names: Vec<_> = found.get_subcommands().map(Command::get_name).collect();
            let names = names.into_iter().filter(|name| *name != "help");
            return output.report(&[with_candidates(problem, name, "commands", names)]);
        };
        found = command;
    }
    let mut page = Vec::new();
    match Man::new(found.clone()).render(&mut page) {
        Ok(()) => output.show(&String::from_utf8_lossy(&page).as_ref().into()),
        Err(error) => output.report(&[Diagnostic::error(format!("the page cannot be written: {error}"))]),
    }
}
