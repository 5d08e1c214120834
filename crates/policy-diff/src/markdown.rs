//! What a comparison came to, in Markdown, to be read or put into a pull request.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use policy_catalog::AccessLevel;
use policy_compare::{Place, Verdict, Witness};
use policy_core::wildcard;
use policy_document::Visible;

use crate::answer::told;
use crate::described::{Described, Part, described};
use crate::{Answer, Side, Subject, WITNESSES};

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
        let subject = answer.subject;
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
    title(&mut text, answer.subject);
    let name = Visible(answer.old.map_or("", |side| &side.name));
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
    unneeded(&mut text, &comparison.newly_denied, answer.old);
    finished(text)
}

/// What is granted and not needed, statement by statement: there may be very much of it.
fn unneeded(text: &mut String, witnesses: &[Witness], granted: Option<&Side>) {
    if witnesses.is_empty() {
        return;
    }
    text.push_str("## Granted, and not needed\n\n");
    let mut by_statement: BTreeMap<usize, (String, Vec<&Witness>)> = BTreeMap::new();
    for witness in witnesses {
        let statements = described(granted, &witness.old_statements, witness);
        if let Some(statement) = statements.iter().find(|statement| statement.effect == "Allow") {
            let entry = by_statement.entry(statement.statement);
            entry.or_insert_with(|| (place(statement), Vec::new())).1.push(witness);
        }
    }
    let at_least = if witnesses.len() < WITNESSES {
        ""
    } else {
        " at the least"
    };
    for (place, witnesses) in by_statement.values() {
        let mut actions: Vec<String> = Vec::new();
        for witness in witnesses {
            actions.extend(witness.actions.iter().map(|action| format!("`{action}`")));
            if witness.actions.is_empty() {
                actions.push(format!("`{}`", witness.action));
            }
        }
        actions.sort_unstable();
        let _ = writeln!(text, "- {}{at_least}, by {place}", some(&actions));
        for witness in witnesses.iter().take(1) {
            let actions = Vec::new();
            let _ = writeln!(text, "  - for example {}", About { witness, actions }.request());
        }
    }
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

/// Something that decides, and why it is there.
struct Reason {
    what: String,
    why: String,
}

/// - `reasons`: the statements that decide
fn section(text: &mut String, heading: &str, witnesses: &[&Witness], reasons: impl Fn(&About<'_>) -> Vec<Reason>) {
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
    // A reason is told once, however many actions it is for.
    let mut told = BTreeSet::new();
    for ((service, level), all) in groups {
        let _ = match level {
            Some(level) => writeln!(text, "### {service}: {level}\n"),
            None => writeln!(text, "### {service}\n"),
        };
        for about in all {
            let _ = writeln!(text, "- {}", some(&about.actions));
            for Reason { what, why } in reasons(&about) {
                let again = !why.is_empty() && !told.insert((what.clone(), why.clone()));
                let why = if again { ", as above" } else { &why };
                let _ = writeln!(text, "  - {what}{why}");
            }
            let _ = writeln!(text, "  - for example {}", about.request());
        }
        text.push('\n');
    }
}

/// The first of some actions, and how many more there are.
fn some(actions: &[String]) -> String {
    let text = match actions.split_at_checked(ACTIONS) {
        Some((first, rest)) if !rest.is_empty() => format!("{} and {} more", first.join(", "), rest.len()),
        _ => actions.join(", "),
    };
    visible(&text)
}

/// What is written in a policy may come from anybody, and is read at a terminal: it has no line feeds and nothing that moves the cursor.
fn visible(text: &str) -> String {
    Visible(text).to_string()
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
        visible(&text)
    }

    /// The statements of this effect, each with where it stands and why it is there, and why its parts are that are about the
    /// request.
    fn reasons(&self, verb: &str, side: Option<&Side>, places: &[Place], effect: &str) -> Vec<Reason> {
        let mut reasons = Vec::new();
        for statement in described(side, places, self.witness) {
            if statement.effect != effect {
                continue;
            }
            reasons.push(Reason {
                what: format!("{verb} {}", place(&statement)),
                why: why(statement.reason, statement.without),
            });
            let of_action = |part: &&Part<'_>| {
                let mut names = self.actions.iter().map(|action| action.trim_matches('`'));
                names.any(|action| wildcard::matches_ignoring_case(part.pattern, action))
            };
            let parts = statement.actions.iter().filter(of_action).chain(&statement.resources);
            reasons.extend(parts.map(|part| Reason {
                what: format!("`{}`", part.pattern),
                why: why(part.reason, part.without),
            }));
        }
        reasons
    }
}

/// Which statement it is, and where it stands.
fn place(statement: &Described<'_>) -> String {
    let mut text = match statement.sid.filter(|sid| !sid.is_empty()) {
        Some(sid) => format!("statement `{sid}`"),
        None => format!("statement {}", statement.statement),
    };
    let _ = match (statement.file, statement.line) {
        ("", _) => Ok(()),
        (file, Some(line)) => write!(text, " ({file}:{line})"),
        (file, None) => write!(text, " ({file})"),
    };
    visible(&text)
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
