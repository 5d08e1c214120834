//! The command `completions`: prints a shell completion script.

use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::Shell;

use crate::{Exit, Output, color};

/// The command's name.
pub const NAME: &str = "completions";

const SHELL: &str = "shell";

/// Builds the command, for a program to add to its own.
#[must_use]
pub fn command() -> Command {
    Command::new(NAME)
        .about("Print a shell completion script for this program")
        .arg(
            Arg::new(SHELL)
                .value_name("SHELL")
                .help("The shell")
                .required(true)
                .value_parser(value_parser!(Shell)),
        )
}

/// Prints the script.
///
/// - `program`: the whole program, including [`command`]
/// - `matches`: the arguments of this command
///
/// # Examples
///
/// ```
/// use clap::Command;
/// use iam_policy_commands::{Exit, Output, completions};
///
/// let program = || Command::new("vault").subcommand(completions::command());
/// let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
/// let mut output = Output::new(&mut stdout, &mut stderr);
/// let exit = iam_policy_commands::execute(program(), ["vault", "completions", "fish"], &mut output, |matches, output| {
///     match matches.subcommand() {
///         Some((completions::NAME, matches)) => completions::run(program(), matches, output),
///         _ => Exit::Usage,
///     }
/// });
/// assert_eq!(exit, Exit::Success);
/// assert!(String::from_utf8(stdout)?.contains("complete -c vault"));
/// # Ok::<(), std::string::FromUtf8Error>(())
/// ```
pub fn run(program: Command, matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let Ok(Some(shell)) = matches.try_get_one::<Shell>(SHELL) else {
        return Exit::Usage;
    };
    let mut program = color::with_option(program);
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(*shell, &mut program, name, &mut script);
    output.show(&String::from_utf8_lossy(&script).as_ref().into())
}
