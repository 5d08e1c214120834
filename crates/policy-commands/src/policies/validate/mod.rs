//! The command `validate`: whether a principal has the permissions in the policies.

mod granted;
mod human;
mod json;
mod names;
mod needed;
mod verdict;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use iam_policy_core::Policy;
use iam_policy_document::{Diagnostic, Severity, StyledText};
use iam_policy_validate::{ContextEntry, Failure, Plan, Report, Required, Simulator, Subject};

use self::granted::Held;
use self::names::{
    BOUNDARY, CONTEXT, FORMAT, GRANTED, HUMAN, JSON, POLICY, PRINCIPAL, REGION, REQUIRED_FROM, SERVICE_CONTROL,
};
use self::needed::{Needs, context, usual};
use self::verdict::Verdict;
use super::choice;
use crate::input::STDIN;
use crate::{Exit, Output, progress};

/// The command's name.
pub(super) const NAME: &str = "validate";

/// Builds the simulator that asks AWS from the arguments of `validate`. Only called if AWS is to be asked.
pub type Asking<'a> = &'a dyn Fn(&ArgMatches) -> Box<dyn Simulator>;

/// Builds the command.
///
/// - `args`: additional arguments for asking AWS; empty if the program cannot ask
pub(super) fn command(policies: &'static [Policy<'static>], args: &[Arg]) -> Command {
    let has = |name: &str| args.iter().any(|arg| arg.get_id() == name);
    let file = |name: &'static str, help: &'static str| {
        let arg = Arg::new(name).long(name).value_name("FILE").help(help);
        arg.value_parser(value_parser!(PathBuf))
    };
    let asks = if args.is_empty() {
        "This program cannot ask AWS, so `--granted` is required."
    } else {
        "Asks AWS's policy simulator, which runs nothing, or proves the answer offline from the policies in `--granted`."
    };
    let usual = usual(policies).map(|policy| policy.name);
    let command = Command::new(NAME)
        .about("Check whether a principal has the needed permissions, and show what is missing")
        .long_about(format!(
            "Check whether a principal has the needed permissions, and show what is missing\n\n{asks} The partition defaults to the principal's. The exit code is 0 if everything is allowed, 1 if something is denied or not proved, and 2 if no answer is possible.",
        ))
        .arg(
            Arg::new(POLICY)
                .value_name("POLICY")
                .help(format!("The needed policies [default: {}]", usual.collect::<Vec<_>>().join(" ")))
                .num_args(0..)
                .hide_default_value(true)
                .value_parser(PossibleValuesParser::new(policies.iter().map(|policy| policy.name))),
        );
    let command = choice::with_options(command, policies);
    // Everything that selects a form of the program's own policies.
    let forms = command.get_arguments().map(|arg| arg.get_id().clone());
    let forms: Vec<_> = forms.collect();
    let mut command = command.args(args);
    if !has(PRINCIPAL) {
        command = command.arg(
            Arg::new(PRINCIPAL)
                .long(PRINCIPAL)
                .value_name("ARN")
                .help("The user, group or role that has the policies of `--granted`")
                .requires(GRANTED),
        );
    }
    if !has(REGION) {
        command = command.arg(
            Arg::new(REGION)
                .long(REGION)
                .value_name("REGION")
                .help("The Region in use"),
        );
    }
    let of_asking = args
        .iter()
        .map(Arg::get_id)
        .filter(|id| *id != PRINCIPAL && *id != REGION);
    let granted = file(
        GRANTED,
        "The granted policies, or output of `aws iam get-account-authorization-details`; may be repeated",
    );
    command
        .arg(
            granted
                .num_args(1..)
                .action(ArgAction::Append)
                .conflicts_with_all(of_asking),
        )
        .arg(file(BOUNDARY, "The permissions boundary, with `--granted`").requires(GRANTED))
        .arg(
            file(
                SERVICE_CONTROL,
                "The service control policies of one level of the organization, with `--granted`; may be repeated",
            )
            .num_args(1..)
            .action(ArgAction::Append)
            .requires(GRANTED),
        )
        .arg(
            Arg::new(CONTEXT)
                .long(CONTEXT)
                .value_name("KEY=VALUE")
                .help("A context key and its value, such as `aws:SourceIp=203.0.113.7`; may be repeated")
                .action(ArgAction::Append),
        )
        .arg(
            file(
                REQUIRED_FROM,
                "Validate the permissions of this policy instead; `-` is the standard input",
            )
            .conflicts_with_all(forms),
        )
        .arg(
            Arg::new(FORMAT)
                .long(FORMAT)
                .value_name("FORMAT")
                .help("The output format")
                .default_value(HUMAN)
                .value_parser([HUMAN, JSON]),
        )
}

/// What provides the answers.
enum Source {
    Aws(Box<dyn Simulator>),
    Files(Held),
}

/// Determines what is allowed.
pub(super) fn run(
    policies: &'static [Policy<'static>],
    matches: &ArgMatches,
    output: &mut Output<'_>,
    asking: Option<Asking<'_>>,
) -> Exit {
    let context = match context(matches) {
        Ok(context) => context,
        Err(problems) => return output.report(&problems),
    };
    if let Some(problem) = stdin_problem(matches) {
        return output.report(&[problem]);
    }
    // Report what can be checked before asking.
    let needs = match Needs::read(policies, matches) {
        Ok(needs) => needs,
        Err(message) => return output.refuse(&message),
    };
    let notes = needs.notes();
    let (source, subject) = match source(policies, matches, asking) {
        Ok(asked) => asked,
        Err(message) => return output.refuse(&message),
    };
    let partition = match &source {
        Source::Files(held) => held.partition(),
        Source::Aws(_) => None,
    };
    let needed = match needs.of(subject.as_ref(), partition) {
        Ok(needed) => needed,
        Err(problems) => return output.report(&problems),
    };
    let mut verdicts = Vec::new();
    for (named, required) in needed {
        let report = match &source {
            Source::Files(held) => held.granted().prove(&required, subject.as_ref(), &context),
            Source::Aws(simulator) => match &subject {
                Some(subject) => match ask(&**simulator, subject, &required, &context, output) {
                    Ok(report) => report,
                    Err(problem) => return output.report(&[problem]),
                },
                None => return Exit::Usage,
            },
        };
        let room = match &source {
            Source::Files(held) => held.inline_size,
            Source::Aws(_) => None,
        };
        verdicts.push(Verdict::new(named, required, report, subject.as_ref(), room));
    }
    let nothing = verdicts.iter().filter(|verdict| !verdict.says_something());
    let problems: Vec<Diagnostic> = nothing.map(Verdict::why_nothing).collect();
    if !problems.is_empty() {
        return output.report(&problems);
    }
    let is_json = matches.get_one::<String>(FORMAT).is_some_and(|format| format == JSON);
    let exit = if is_json {
        match json::written(&verdicts, subject.as_ref()) {
            Ok(json) => output.json(&json),
            Err(error) => output.report(&[Diagnostic::error(error.to_string())]),
        }
    } else {
        let width = output.terminal.then_some(output.width);
        output.show(&human::written(&verdicts, subject.as_ref(), width))
    };
    let held = match &source {
        Source::Files(held) => held.remarks.as_slice(),
        Source::Aws(_) => &[],
    };
    let of_proofs: BTreeSet<&String> = verdicts.iter().flat_map(|verdict| &verdict.report.notes).collect();
    let of_proofs = of_proofs
        .into_iter()
        .map(|note| Diagnostic::new(Severity::Note, note.clone()));
    let of_proofs: Vec<Diagnostic> = of_proofs.collect();
    output.remark(&notes.iter().chain(held).chain(&of_proofs).collect());
    let is_fine = verdicts.iter().all(|verdict| verdict.report.is_fine());
    exit.max(if is_fine { Exit::Success } else { Exit::Negative })
}

/// The standard input can only be read once.
fn stdin_problem(matches: &ArgMatches) -> Option<Diagnostic> {
    let files = [GRANTED, BOUNDARY, SERVICE_CONTROL, REQUIRED_FROM].into_iter();
    let files = files.filter_map(|name| matches.get_many::<PathBuf>(name)).flatten();
    let times = files.filter(|path| *path == Path::new(STDIN)).count();
    (times > 1).then(|| {
        Diagnostic::error(format!(
            "`{STDIN}` is given {times} times, but the standard input can only be read once"
        ))
        .help("save the others to files")
    })
}

fn source(
    policies: &'static [Policy<'static>],
    matches: &ArgMatches,
    asking: Option<Asking<'_>>,
) -> Result<(Source, Option<Subject>), StyledText> {
    if matches.contains_id(GRANTED) {
        let (held, subject) = granted::read(policies, matches)?;
        return Ok((Source::Files(held), subject));
    }
    let Some(asking) = asking else {
        return Err(Diagnostic::error("this program cannot ask AWS")
            .help("give it the principal's policies with `--granted FILE`, or the output of `aws iam get-account-authorization-details` and `--principal ARN`")
            .into());
    };
    let simulator = asking(matches);
    let subject = simulator.identify().map_err(|failure| failed(&failure))?;
    Ok((Source::Aws(simulator), Some(subject)))
}

/// Asks about one policy, with progress on a terminal.
fn ask(
    simulator: &dyn Simulator,
    subject: &Subject,
    required: &Required,
    context: &[ContextEntry],
    output: &mut Output<'_>,
) -> Result<Report, Diagnostic> {
    let plan = Plan::new(required, subject, context);
    let watched = output.terminal && output.watched;
    let all = plan.questions().len();
    let mut answers = Vec::new();
    let asked = simulator.simulate(subject, plan.questions(), &mut |answer| {
        answers.push(answer);
        if watched {
            progress::show(
                output.stderr,
                &format!("asking AWS: {} of {all} answered", answers.len()),
            );
        }
    });
    if watched {
        progress::show(output.stderr, "");
    }
    match asked {
        Ok(()) => Ok(plan.judge(answers)),
        Err(failure) if answers.is_empty() => Err(failed(&failure)),
        Err(failure) => {
            let answered = answers.len();
            Err(failed(&failure).help(format!("{answered} of {all} questions had been answered")))
        }
    }
}

fn failed(failure: &Failure) -> Diagnostic {
    let help = failure.help().into_iter();
    help.fold(Diagnostic::error(failure.to_string()), Diagnostic::help)
}
