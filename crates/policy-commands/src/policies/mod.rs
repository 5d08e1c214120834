//! The command group `policies`: one command per policy of a spec, which prints it, and `explain`, `diff`, `validate`
//! and `attach`.

mod attach;
pub mod choice;
mod diff;
mod document;
mod explain;
mod file;
mod validate;

use clap::{Arg, ArgMatches, Command};
use iam_policy_core::Policy;

use crate::{Exit, Output};

/// The group's name.
pub const NAME: &str = "policies";

pub use validate::Asking;

/// Builds the group, for a program to add to its commands.
///
/// Policies named `explain`, `diff`, `validate`, `attach` or `help` do not get a command.
///
/// With this group, `validate` proves what local policies grant. With [`command_asking`], it can also ask AWS.
///
/// - `policies`: for example the constant `ALL` from the macro
#[must_use]
pub fn command(policies: &'static [Policy<'static>]) -> Command {
    command_asking(policies, [])
}

/// Builds the group for a program that can ask AWS.
///
/// - `policies`: for example the constant `ALL` from the macro
/// - `args`: additional arguments of `validate`, such as `--profile`; a `principal` or `region` among them also applies
///   to `--granted`
///
/// # Examples
///
/// See [`run_asking`].
#[must_use]
pub fn command_asking(policies: &'static [Policy<'static>], args: impl IntoIterator<Item = Arg>) -> Command {
    let args: Vec<Arg> = args.into_iter().collect();
    Command::new(NAME)
        .about("Print, explain, compare, validate and attach the IAM policies that this program needs")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(printable(policies).map(document::command))
        .subcommand(explain::command(policies))
        .subcommand(validate::command(policies, &args))
        .subcommand(attach::command(policies))
        .subcommand(diff::command(policies))
}

/// Runs a command of the group.
///
/// - `policies`: the ones passed to [`command`]
/// - `matches`: the arguments of the group
///
/// # Examples
///
/// See [`execute`](crate::execute).
pub fn run(policies: &'static [Policy<'static>], matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    dispatch(policies, matches, output, None)
}

/// Runs a command of the group, for a program that can ask AWS.
///
/// - `policies`: the ones passed to [`command_asking`]
/// - `matches`: the arguments of the group
/// - `asking`: builds the simulator from the arguments of `validate`; only called if AWS is to be asked
///
/// # Examples
///
/// ```
/// use clap::Arg;
/// use iam_policy_commands::{Exit, Output, policies};
/// use iam_policy_validate::{Answer, Cause, Decision, Failure, Question, Simulator, Subject};
/// use remotion_lambda_policies::ALL;
///
/// /// Somebody who may do everything. A real program has a client of AWS here.
/// struct Mighty;
///
/// impl Simulator for Mighty {
///     fn identify(&self) -> Result<Subject, Failure> {
///         Ok(Subject {
///             arn: "arn:aws:iam::123456789012:user/ann".to_owned(),
///             caller: None,
///             account: "123456789012".to_owned(),
///             partition: "aws".to_owned(),
///             region: None,
///         })
///     }
///
///     fn simulate(&self, _: &Subject, asked: &[Question], answered: &mut dyn FnMut(Answer)) -> Result<(), Failure> {
///         for question in 0..asked.len() {
///             answered(Answer { question, decision: Decision::Allowed, cause: Cause::default() });
///         }
///         Ok(())
///     }
/// }
///
/// let command = policies::command_asking(ALL, [Arg::new("profile").long("profile")]);
/// let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
/// let mut output = Output::new(&mut stdout, &mut stderr);
/// let exit = iam_policy_commands::execute(command, ["policies", "validate", "--profile", "ann"], &mut output, |matches, output| {
///     policies::run_asking(ALL, matches, output, &|_| Box::new(Mighty))
/// });
/// assert_eq!(exit, Exit::Success);
/// ```
pub fn run_asking(
    policies: &'static [Policy<'static>],
    matches: &ArgMatches,
    output: &mut Output<'_>,
    asking: Asking<'_>,
) -> Exit {
    dispatch(policies, matches, output, Some(asking))
}

fn dispatch(
    policies: &'static [Policy<'static>],
    matches: &ArgMatches,
    output: &mut Output<'_>,
    asking: Option<Asking<'_>>,
) -> Exit {
    match matches.subcommand() {
        Some((explain::NAME, matches)) => explain::run(policies, matches, output),
        Some((validate::NAME, matches)) => validate::run(policies, matches, output, asking),
        Some((attach::NAME, matches)) => attach::run(policies, matches, output),
        Some((diff::NAME, matches)) => diff::run(policies, matches, output),
        Some((name, matches)) => match policies.iter().find(|policy| policy.name == name) {
            Some(policy) => document::run(policy, matches, output),
            None => Exit::Usage,
        },
        None => Exit::Usage,
    }
}

/// The group's built-in commands.
const COMMANDS: [&str; 5] = [attach::NAME, diff::NAME, explain::NAME, validate::NAME, "help"];

/// The policies whose names do not clash with built-in commands.
fn printable(policies: &'static [Policy<'static>]) -> impl Iterator<Item = &'static Policy<'static>> {
    policies.iter().filter(|policy| !COMMANDS.contains(&policy.name))
}
