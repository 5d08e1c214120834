//! What a comparison came to, in Markdown, to be read or put into a pull request.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use policy_catalog::AccessLevel;
use policy_compare::{Place, Verdict, Witness};
use policy_core::wildcard;

use crate::answer::told;
use crate::described::{Described, Part, described};
use crate::{Answer, Side, Subject};

/// A service, in backticks, and the access level if it is known.
type Kind = (String, Option<AccessLevel>);

/// How many actions of one kind are named.
const ACTIONS: usize = 12;

/// From how many services on only their number is told.
const SERVICES: usize = 8;

/// What is newly allowed and what is newly denied, policy by policy.
///
/// - `answers`: of several, those that change nothing are left out
#[must_use]
pub fn changes(answers: &[Answer<'_>]) -> String {
    let mut text = String::new();
    // What has been told of a policy is not told again of its other forms.
    let mut seen = BTreeSet::new();
    for answer in answers {
        let comparison = &answer.comparison;
        if comparison.verdict == Verdict::Equivalent && answers.len() > 1 {
            continue;
        }
        let subject = answer.subject();
        title(&mut text, subject);
        let absent = match (answer.old, answer.new) {
            (None, _) => " The policy is new.",
            (_, None) => " The policy is gone.",
            _ => "",
        };
        // A `String` takes everything, here and below.
        let _ = writeln!(
            text,
            "**{}**: {}.{absent}\n",
            told(comparison.verdict),
            comparison.because
        );
        let mut new_to_the_reader = |witness: &&Witness| {
            let statements = |places: &[_], side| -> Vec<String> {
                let described = described(side, places, witness);
                described
                    .iter()
                    .map(|statement| format!("{:?}{}", statement.sid, statement.statement))
                    .collect()
            };
            let told = (
                subject.map(|subject| subject.policy.clone()),
                witness.action.clone(),
                statements(&witness.old_statements, answer.old),
                statements(&witness.new_statements, answer.new),
            );
            seen.insert(told) || subject.is_none()
        };
        let allowed: Vec<_> = comparison.newly_allowed.iter().filter(&mut new_to_the_reader).collect();
        let denied: Vec<_> = comparison.newly_denied.iter().filter(&mut new_to_the_reader).collect();
        let told_before = allowed.len() + denied.len() < comparison.newly_allowed.len() + comparison.newly_denied.len();
        section(&mut text, "Newly allowed", &allowed, |about| {
            about.reasons("allowed by", answer.new, &about.witness.new_statements, "Allow")
        });
        section(&mut text, "Newly denied", &denied, |about| {
            let denying = about.reasons("denied by", answer.new, &about.witness.new_statements, "Deny");
            if denying.is_empty() {
                about.reasons("was allowed by", answer.old, &about.witness.old_statements, "Allow")
            } else {
                denying
            }
        });
        if told_before {
            text.push_str("The rest is as above.\n\n");
        }
    }
    if text.is_empty() {
        text.push_str("**Nothing changes**: both allow the same requests.\n");
    }
    finished(text)
}

/// What is needed beyond a policy that there is, and what of it is not needed.
///
/// - `answer`: the policy that there is as the old one, the policy that is needed as the new one
#[must_use]
pub fn needs(answer: &Answer<'_>) -> String {
    let comparison = &answer.comparison;
    let mut text = String::new();
    title(&mut text, answer.new.and_then(|side| side.subject.as_ref()));
    let name = answer.old.map_or("", |side| &side.name);
    let because = &comparison.because;
    let _ = match comparison.verdict {
        Verdict::Equivalent => writeln!(
            text,
            "**Nothing to do**: `{name}` grants what is needed, and nothing else.\n"
        ),
        Verdict::Narrowed => writeln!(
            text,
            "**Nothing is missing**: `{name}` grants all that is needed, and more.\n"
        ),
        Verdict::Widened => writeln!(
            text,
            "**Something is missing**: `{name}` does not grant all that is needed.\n"
        ),
        Verdict::Incomparable => writeln!(
            text,
            "**Something is missing**: `{name}` does not grant all that is needed, and grants what is not.\n"
        ),
        Verdict::Unknown => writeln!(text, "**Unknown**: {because}.\n"),
    };
    let needed = &comparison.newly_allowed;
    lacking(&mut text, "Needed, and not granted", needed, answer.old, answer.new);
    let unneeded: Vec<_> = comparison.newly_denied.iter().collect();
    section(&mut text, "Granted, and not needed", &unneeded, |about| {
        about.reasons("granted by", answer.old, &about.witness.old_statements, "Allow")
    });
    finished(text)
}

/// What is needed and not granted.
///
/// - `granted`: what there is, if it may deny what is needed
/// - `required`: the policy that is needed
pub(crate) fn lacking(
    text: &mut String,
    heading: &str,
    witnesses: &[Witness],
    granted: Option<&Side>,
    required: Option<&Side>,
) {
    let witnesses: Vec<_> = witnesses.iter().collect();
    section(text, heading, &witnesses, |about| {
        let mut reasons = about.reasons("needed by", required, &about.witness.new_statements, "Allow");
        reasons.extend(about.reasons("denied by", granted, &about.witness.old_statements, "Deny"));
        reasons
    });
}

/// The text with one line feed at its end.
pub(crate) fn finished(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn title(text: &mut String, subject: Option<&Subject>) {
    if let Some(subject) = subject {
        let title = subject.to_string();
        let (first, rest) = title.split_at_checked(1).unwrap_or_default();
        let _ = writeln!(text, "# {}{rest}\n", first.to_ascii_uppercase());
    }
}

/// A witness, and those actions for which it stands in one place of the text.
struct About<'a> {
    witness: &'a Witness,
    /// In backticks, if they are names.
    actions: Vec<String>,
}

/// - `reasons`: what is to be said about the statements that decide
fn section(text: &mut String, heading: &str, witnesses: &[&Witness], reasons: impl Fn(&About<'_>) -> Vec<String>) {
    if witnesses.is_empty() {
        return;
    }
    let _ = writeln!(text, "## {heading}\n");
    let mut groups: BTreeMap<Kind, Vec<About<'_>>> = BTreeMap::new();
    for witness in witnesses {
        let mut add = |key: Kind, actions| groups.entry(key).or_default().push(About { witness, actions });
        let services: BTreeSet<_> = witness.actions.iter().map(|action| action.service().prefix()).collect();
        if services.len() > SERVICES {
            let count = witness.actions.len();
            let all = format!("{count} actions, such as `{}`", witness.action);
            add((format!("{} services", services.len()), None), vec![all]);
            continue;
        }
        let mut by_level: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
        for action in &witness.actions {
            let key = (format!("`{}`", action.service().prefix()), Some(action.access_level()));
            by_level.entry(key).or_default().push(format!("`{action}`"));
        }
        if by_level.is_empty() {
            let service = witness.action.split(':').next().unwrap_or_default();
            let unknown = format!("`{}`, which AWS does not have yet", witness.action);
            add((format!("`{service}`"), None), vec![unknown]);
        }
        for (key, actions) in by_level {
            add(key, actions);
        }
    }
    for ((service, level), all) in groups {
        let _ = match level {
            Some(level) => writeln!(text, "### {service}: {level}\n"),
            None => writeln!(text, "### {service}\n"),
        };
        for about in all {
            let named = about.actions.get(..ACTIONS).unwrap_or(&about.actions);
            let _ = write!(text, "- {}", named.join(", "));
            if let Some(more) = about.actions.len().checked_sub(ACTIONS).filter(|more| *more > 0) {
                let _ = write!(text, " and {more} more");
            }
            text.push('\n');
            for reason in reasons(&about) {
                let _ = writeln!(text, "  - {reason}");
            }
            let _ = writeln!(text, "  - for example {}", about.request());
        }
        text.push('\n');
    }
}

impl About<'_> {
    /// The request, with one of these actions.
    fn request(&self) -> String {
        let Self { witness, actions } = self;
        let own = format!("`{}`", witness.action);
        let action = match actions.as_slice() {
            [first, ..] if first.starts_with('`') && first.ends_with('`') && !actions.contains(&own) => first.clone(),
            _ => own,
        };
        let mut text = format!("{action} on `{}`", witness.resource);
        if let Some(principal) = &witness.principal {
            let _ = write!(text, " by `{principal}`");
        }
        let (absent, present): (Vec<_>, Vec<_>) = witness.context.iter().partition(|(_, values)| values.is_empty());
        for (number, (key, values)) in present.iter().enumerate() {
            let values: Vec<_> = values.iter().map(|value| format!("`{value}`")).collect();
            let before = if number == 0 { ", with" } else { " and" };
            let _ = write!(text, "{before} `{key}` {}", values.join(", "));
        }
        for (number, (key, _)) in absent.iter().enumerate() {
            let before = if number == 0 { ", without" } else { " and" };
            let _ = write!(text, "{before} `{key}`");
        }
        text
    }

    /// The statements of this effect, each with where it stands and why it is there, and why its parts are that are about the
    /// request.
    fn reasons(&self, verb: &str, side: Option<&Side>, places: &[Place], effect: &str) -> Vec<String> {
        let mut reasons = Vec::new();
        for statement in described(side, places, self.witness) {
            if statement.effect != effect {
                continue;
            }
            reasons.push(format!("{verb} {}", sentence(&statement)));
            let of_action = |part: &&Part<'_>| {
                let mut names = self.actions.iter().map(|action| action.trim_matches('`'));
                names.any(|action| wildcard::matches_ignoring_case(part.pattern, action))
            };
            let parts = statement.actions.iter().filter(of_action).chain(&statement.resources);
            reasons.extend(parts.map(|part| format!("`{}`{}", part.pattern, why(part.reason, part.without))));
        }
        reasons
    }
}

fn sentence(statement: &Described<'_>) -> String {
    let mut text = match statement.sid.filter(|sid| !sid.is_empty()) {
        Some(sid) => format!("statement `{sid}`"),
        None => format!("statement {}", statement.statement),
    };
    let _ = write!(text, " ({}", statement.file);
    if let Some(line) = statement.line {
        let _ = write!(text, ":{line}");
    }
    text + ")" + &why(statement.reason, statement.without)
}

/// What follows the name of a thing that there is a reason for.
fn why(reason: Option<&str>, without: Option<&str>) -> String {
    let mut text = reason.map_or_else(String::new, |reason| format!(": {reason}"));
    if let Some(without) = without {
        let before = if text.is_empty() {
            ": without it: "
        } else {
            " Without it: "
        };
        text.push_str(before);
        text.push_str(without);
    }
    text
}
