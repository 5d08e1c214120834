//! The commands `diff` and `covers`: what one policy allows and another does not, proved.

mod answer;
pub mod covers;
mod human;
mod pairs;

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use policy_cli::{Exit, Output, Problem};
use policy_compare::{Comparison, Options, Verdict};
use policy_document::Document;
use policy_spec::wording::list;

use self::answer::Answer;
use crate::choice;
use crate::policies::{Named, Subject, Wanted, read};
use crate::simulate::lines;

/// The command's name.
pub const NAME: &str = "diff";

const OLD: &str = "old";
const NEW: &str = "new";
const PAIRS: &str = "pairs";
const ANY_ACTION: &str = "any-action";
const ANY_RESOURCE: &str = "any-resource";
const FORMAT: &str = "format";

const HUMAN: &str = "human";
const JSON: &str = "json";

/// How many witnesses are looked for in each direction when all of them are shown.
const WITNESSES: usize = 100;

/// The command, to be added to a program's others.
#[must_use]
pub fn command() -> Command {
    let file = |name: &'static str, value_name: &'static str, help: &'static str| {
        Arg::new(name)
            .value_name(value_name)
            .help(help)
            .required_unless_present(PAIRS)
            .conflicts_with(PAIRS)
    };
    with_bounds(
        Command::new(NAME)
            .about("Prove what a new policy allows that an old one did not, and the reverse")
            .long_about(
                "Prove what a new policy allows that an old one did not, and the reverse\n\nA policy is JSON, or a spec as `FILE.toml`, whose policies are compared by name, or `FILE.toml#POLICY`. Either may be at a revision that git knows, such as `HEAD~1:FILE`. The exit code is 0 if nothing is newly allowed, 1 if something is or it could not be decided, and 2 if a policy cannot be read.",
            )
            .arg(file(OLD, "OLD", "The old policy"))
            .arg(file(NEW, "NEW", "The new policy"))
            .arg(
                choice(FORMAT, "FORMAT", [HUMAN, JSON].into_iter(), "How to write the answer [default: human]")
                    .conflicts_with(PAIRS),
            )
            .arg(
                Arg::new(PAIRS)
                    .long(PAIRS)
                    .value_name("FILE")
                    .help("Compare the two policies on each line of JSON instead; `-` is the standard input")
                    .value_parser(value_parser!(PathBuf)),
            ),
    )
}

/// The same command with the options that say which requests there are.
fn with_bounds(command: Command) -> Command {
    command
        .arg(
            Arg::new(ANY_ACTION)
                .long(ANY_ACTION)
                .help("Let an action be any name, instead of those that AWS has, those that the policies name, and an unknown one for each wildcard")
                .action(ArgAction::SetTrue),
        )
        .arg(
            Arg::new(ANY_RESOURCE)
                .long(ANY_RESOURCE)
                .help("Let a resource be any ARN, instead of those of the types that the action is about")
                .action(ArgAction::SetTrue),
        )
}

fn options(matches: &ArgMatches) -> Options {
    let mut options = Options::default();
    options.any_action = matches.get_flag(ANY_ACTION);
    options.any_resource = matches.get_flag(ANY_RESOURCE);
    options
}

/// Compares what the arguments name.
///
/// - `matches`: the arguments of this command
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let mut options = options(matches);
    if let Some(path) = matches.get_one::<PathBuf>(PAIRS) {
        let mut widened = false;
        let exit = lines(path, output, |pairs, out| {
            pairs::compare(&options, pairs, out, &mut widened)
        });
        return exit.max(if widened { Exit::Negative } else { Exit::Success });
    }
    options.witnesses = WITNESSES;
    let text = |name| matches.get_one::<String>(name).map_or("", String::as_str);
    let (old, new) = match both(text(OLD), text(NEW)) {
        Ok(both) => both,
        Err(messages) => return output.refuse(messages),
    };
    let pairs = match paired(&old, &new) {
        Ok(pairs) => pairs,
        Err(problem) => return output.report(&[problem]),
    };
    let answers: Vec<Answer<'_>> = pairs.into_iter().map(|pair| pair.compare(&options)).collect();
    let widened = answers
        .iter()
        .any(|answer| !answer.comparison.verdict.grants_nothing_new());
    let written = output.print(&if text(FORMAT) == JSON {
        answer::json(&answers)
    } else {
        human::write(&answers)
    });
    written.max(if widened { Exit::Negative } else { Exit::Success })
}

/// Reads both sides, or gathers what is wrong with them.
fn both(old: &str, new: &str) -> Result<(Vec<Named>, Vec<Named>), String> {
    match (read_all(old), read_all(new)) {
        (Ok(old), Ok(new)) => Ok((old, new)),
        (old, new) => {
            let messages = [old.err(), new.err()];
            Err(messages.into_iter().flatten().collect())
        }
    }
}

/// Reads all policies that an argument names. What AWS would not take as a policy is a mistake.
fn read_all(argument: &str) -> Result<Vec<Named>, String> {
    let policies = read(argument, Wanted::All)?;
    let mistakes: BTreeSet<String> = policies.iter().filter_map(Named::mistake).collect();
    if mistakes.is_empty() {
        Ok(policies)
    } else {
        Err(mistakes.into_iter().collect())
    }
}

/// Two policies to be compared. One that is not there allows nothing.
struct Pair<'a> {
    subject: Subject,
    old: Option<&'a Named>,
    new: Option<&'a Named>,
}

impl<'a> Pair<'a> {
    fn compare(self, options: &Options) -> Answer<'a> {
        let documents =
            |named: Option<&'a Named>| -> Vec<&'a Document> { named.iter().map(|named| &named.document).collect() };
        let comparison: Comparison = options.compare(documents(self.old), documents(self.new));
        Answer {
            subject: self.subject,
            old: self.old,
            new: self.new,
            comparison,
        }
    }
}

/// Which policy is compared with which: those of specs by their names, a document with the other document or the only policy there is.
fn paired<'a>(old: &'a [Named], new: &'a [Named]) -> Result<Vec<Pair<'a>>, Problem> {
    if is_document(old) || is_document(new) {
        return Ok(vec![Pair {
            subject: Subject::default(),
            old: Some(only(old)?),
            new: Some(only(new)?),
        }]);
    }
    // Two policies that are named are meant to be compared, whatever their names are.
    let renamed = match (name_of_all(old), name_of_all(new)) {
        (Some(old), Some(new)) if old != new => Some((old, new)),
        _ => None,
    };
    let key = |named: &Named| -> Subject {
        let mut subject = named.subject.clone();
        if let Some((from, to)) = renamed
            && subject.policy.as_deref() == Some(from)
        {
            subject.policy = Some(to.to_owned());
        }
        subject
    };
    let mut pairs: Vec<Pair<'a>> = new
        .iter()
        .map(|named| Pair {
            subject: named.subject.clone(),
            old: old.iter().find(|other| key(other) == named.subject),
            new: Some(named),
        })
        .collect();
    let gone = old
        .iter()
        .filter(|named| !new.iter().any(|other| other.subject == key(named)));
    pairs.extend(gone.map(|named| Pair {
        subject: named.subject.clone(),
        old: Some(named),
        new: None,
    }));
    Ok(pairs)
}

fn is_document(policies: &[Named]) -> bool {
    policies.iter().all(|named| named.subject.policy.is_none())
}

/// The name that all have which were asked for by name.
fn name_of_all(policies: &[Named]) -> Option<&str> {
    let name = policies.first()?.subject.policy.as_deref()?;
    let same = |named: &Named| named.by_name && named.subject.policy.as_deref() == Some(name);
    policies.iter().all(same).then_some(name)
}

/// The one policy, without what a spec may add to it.
fn only(policies: &[Named]) -> Result<&Named, Problem> {
    let plain: Vec<&Named> = policies
        .iter()
        .filter(|named| !named.subject.trust && named.subject.partition.is_none())
        .filter(|named| named.by_name || named.subject.extensions.is_empty())
        .collect();
    let fewest = plain.iter().map(|named| named.subject.extensions.len()).min();
    let plain: Vec<&Named> = plain
        .into_iter()
        .filter(|named| Some(named.subject.extensions.len()) == fewest)
        .collect();
    match (plain.as_slice(), policies) {
        ([only], _) => Ok(only),
        (_, [first, ..]) => {
            let names = plain.iter().filter_map(|named| named.subject.policy.as_deref());
            let problem = Problem::new(format!(
                "`{}` has several policies, and a document is only one",
                first.file
            ));
            Err(problem.help(format!("add `#` and a name: {}", list(names))))
        }
        (_, []) => Err(Problem::new("the spec has no policies")),
    }
}

/// How a verdict is told.
fn told(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Equivalent => "Nothing changes",
        Verdict::Narrowed => "Narrowed",
        Verdict::Widened => "Widened",
        Verdict::Incomparable => "Widened and narrowed",
        Verdict::Unknown => "Unknown",
    }
}
