//! What a comparison came to, in Markdown, to be read or put into a pull request.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use policy_catalog::AccessLevel;
use policy_compare::{Verdict, Witness};
use policy_core::wildcard;

use super::answer::{Answer, Described, described};
use super::told;
use crate::policies::{Named, Subject};

/// A service, in backticks, and the access level if it is known.
type Kind = (String, Option<AccessLevel>);

/// How many actions of one kind are named.
const ACTIONS: usize = 12;

/// From how many services on only their number is told.
const SERVICES: usize = 8;

pub(super) fn write(answers: &[Answer<'_>]) -> String {
    let mut text = String::new();
    // What has been told of a policy is not told again of its other forms.
    let mut seen = BTreeSet::new();
    for answer in answers {
        let title = title(&answer.subject);
        if answer.comparison.verdict == Verdict::Equivalent && answers.len() > 1 {
            continue;
        }
        if let Some(title) = &title {
            // A `String` takes everything.
            let _ = writeln!(text, "# {title}\n");
        }
        let absent = match (answer.old, answer.new) {
            (None, _) => " The policy is new.",
            (_, None) => " The policy is gone.",
            _ => "",
        };
        let comparison = &answer.comparison;
        let _ = writeln!(
            text,
            "**{}**: {}.{absent}\n",
            told(comparison.verdict),
            comparison.because
        );
        let mut new_to_the_reader = |witness: &&Witness| {
            let statements = |places: &[_], named| -> Vec<String> {
                let described = described(named, places);
                described
                    .iter()
                    .map(|statement| format!("{:?}{}", statement.sid, statement.statement))
                    .collect()
            };
            let told = (
                answer.subject.policy.clone(),
                witness.action.clone(),
                statements(&witness.old_statements, answer.old),
                statements(&witness.new_statements, answer.new),
            );
            seen.insert(told) || answer.subject.policy.is_none()
        };
        let allowed: Vec<_> = comparison.newly_allowed.iter().filter(&mut new_to_the_reader).collect();
        let denied: Vec<_> = comparison.newly_denied.iter().filter(&mut new_to_the_reader).collect();
        let told_before = allowed.len() + denied.len() < comparison.newly_allowed.len() + comparison.newly_denied.len();
        section(&mut text, "Newly allowed", &allowed, |witness, actions| {
            reasons(actions, "allowed by", answer.new, &witness.new_statements, "Allow")
        });
        section(&mut text, "Newly denied", &denied, |witness, actions| {
            let denying = reasons(actions, "denied by", answer.new, &witness.new_statements, "Deny");
            if denying.is_empty() {
                reasons(actions, "was allowed by", answer.old, &witness.old_statements, "Allow")
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
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// What is needed and not granted.
///
/// - `required`: the policy that is needed
pub(super) fn coverage(answer: &policy_compare::Answer, required: Option<&Named>) -> String {
    match answer {
        policy_compare::Answer::Yes => "**Covered**: everything that is needed is granted.\n".to_owned(),
        policy_compare::Answer::Unknown(because) => format!("**Unknown**: {because}.\n"),
        policy_compare::Answer::No(lacking) => {
            let mut text = "**Not covered**: something that is needed is not granted.\n\n".to_owned();
            let lacking: Vec<_> = lacking.iter().collect();
            section(&mut text, "Lacking", &lacking, |witness, actions| {
                reasons(actions, "needed by", required, &witness.new_statements, "Allow")
            });
            text.truncate(text.trim_end().len());
            text.push('\n');
            text
        }
    }
}

fn title(subject: &Subject) -> Option<String> {
    let policy = subject.policy.as_ref()?;
    let mut title = if subject.trust {
        format!("Trust policy of `{policy}`")
    } else {
        format!("Policy `{policy}`")
    };
    for extension in &subject.extensions {
        let _ = write!(title, " with `{extension}`");
    }
    if let Some(partition) = subject.partition {
        let _ = write!(title, " in `{partition}`");
    }
    Some(title)
}

/// - `reasons`: what is to be said about the statements that decide, for some of the witness's actions, which are in backticks
fn section(
    text: &mut String,
    heading: &str,
    witnesses: &[&Witness],
    reasons: impl Fn(&Witness, &[String]) -> Vec<String>,
) {
    if witnesses.is_empty() {
        return;
    }
    let _ = writeln!(text, "## {heading}\n");
    let mut groups: BTreeMap<Kind, Vec<(&Witness, Vec<String>)>> = BTreeMap::new();
    for witness in witnesses {
        let services: BTreeSet<_> = witness.actions.iter().map(|action| action.service().prefix()).collect();
        if services.len() > SERVICES {
            let all = vec![format!(
                "{} actions, such as `{}`",
                witness.actions.len(),
                witness.action
            )];
            let key = (format!("{} services", services.len()), None);
            groups.entry(key).or_default().push((witness, all));
            continue;
        }
        let mut by_level: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
        for action in &witness.actions {
            let key = (format!("`{}`", action.service().prefix()), Some(action.access_level()));
            by_level.entry(key).or_default().push(format!("`{action}`"));
        }
        if by_level.is_empty() {
            let service = witness.action.split(':').next().unwrap_or_default();
            by_level.insert(
                (format!("`{service}`"), None),
                vec![format!("`{}`, which AWS does not have yet", witness.action)],
            );
        }
        for (key, actions) in by_level {
            groups.entry(key).or_default().push((witness, actions));
        }
    }
    for ((service, level), witnesses) in groups {
        match level {
            Some(level) => {
                let _ = writeln!(text, "### {service}: {level}\n");
            }
            None => {
                let _ = writeln!(text, "### {service}\n");
            }
        }
        for (witness, actions) in witnesses {
            let named = actions.get(..ACTIONS).unwrap_or(&actions);
            let _ = write!(text, "- {}", named.join(", "));
            if let Some(more) = actions.len().checked_sub(ACTIONS).filter(|more| *more > 0) {
                let _ = write!(text, " and {more} more");
            }
            text.push('\n');
            for reason in reasons(witness, &actions) {
                let _ = writeln!(text, "  - {reason}");
            }
            let _ = writeln!(text, "  - for example {}", request(witness, &actions));
        }
        text.push('\n');
    }
}

/// - `actions`: those for which the same request proves the same, in backticks
fn request(witness: &Witness, actions: &[String]) -> String {
    let own = format!("`{}`", witness.action);
    let action = match actions {
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
        let _ = write!(
            text,
            "{} `{key}` {}",
            if number == 0 { ", with" } else { " and" },
            values.join(", ")
        );
    }
    for (number, (key, _)) in absent.iter().enumerate() {
        let _ = write!(text, "{} `{key}`", if number == 0 { ", without" } else { " and" });
    }
    text
}

/// The statements of this effect, each with where it stands and why it is there, and why these of its actions are.
fn reasons(
    actions: &[String],
    verb: &str,
    named: Option<&Named>,
    places: &[policy_compare::Place],
    effect: &str,
) -> Vec<String> {
    let described = described(named, places);
    let mut reasons = Vec::new();
    for statement in described.iter().filter(|statement| statement.effect == effect) {
        reasons.push(format!("{verb} {}", sentence(statement)));
        let of_actions = named
            .zip(statement.sid)
            .and_then(|(named, sid)| Some(&named.reasons.get(sid)?.actions));
        for (pattern, reason) in of_actions.into_iter().flatten() {
            let covers = |action: &String| wildcard::matches_ignoring_case(pattern, action.trim_matches('`'));
            if actions.iter().any(covers) {
                reasons.push(format!("`{pattern}`: {reason}"));
            }
        }
    }
    reasons
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
    text.push(')');
    if let Some(reason) = statement.reason {
        let _ = write!(text, ": {reason}");
    }
    text
}
