//! What a comparison came to, in Markdown, to be read or put into a pull request.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::{Comparison, Place, Verdict, Witness};
use iam_policy_catalog::{AccessLevel, Catalog};
use iam_policy_core::wildcard;
use iam_policy_document::Visible;

use crate::report::answer::told;
use crate::report::described::{self, Described, Part, described};
use crate::report::{Answer, Only, Pair, Side, Subject, WITNESSES};

/// What actions have in common. Of a service, those of which the access level is known come first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    /// In backticks, if it is one service.
    service: String,
    is_unknown: bool,
    level: Option<AccessLevel>,
}

impl Kind {
    fn known(service: &str, level: AccessLevel) -> Self {
        Self {
            service: format!("`{service}`"),
            is_unknown: false,
            level: Some(level),
        }
    }

    fn unknown(service: String) -> Self {
        Self {
            service,
            is_unknown: true,
            level: None,
        }
    }
}

/// How many actions of one kind are named.
const ACTIONS: usize = 12;

/// Before an action that stands for those that a wildcard covers as soon as there are any.
const LATER: &str = "any action that AWS may add, such as";

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
        let Pair { subject, old, new, .. } = &answer.pair;
        title(&mut text, subject.as_ref());
        // A `String` takes everything, here and below.
        let _ = writeln!(text, "{}\n", verdict(answer));
        let mut new_to_the_reader = |witness: &&Witness| {
            let statements = |places: &[_], side| -> Vec<String> {
                let described = described(side, places, witness);
                described
                    .iter()
                    .map(|statement| format!("{:?}{}", statement.sid, statement.statement))
                    .collect()
            };
            let told = (
                subject.as_ref().map(|subject| subject.policy.clone()),
                witness.action.clone(),
                statements(&witness.old_statements, *old),
                statements(&witness.new_statements, *new),
            );
            seen.insert(told) || subject.is_none()
        };
        let allowed: Vec<_> = comparison.newly_allowed.iter().filter(&mut new_to_the_reader).collect();
        let denied: Vec<_> = comparison.newly_denied.iter().filter(&mut new_to_the_reader).collect();
        let told_before = allowed.len() + denied.len() < comparison.newly_allowed.len() + comparison.newly_denied.len();
        let heading = if answer.pair.only == Some(Only::Readable) {
            "Allowed"
        } else {
            "Newly allowed"
        };
        section(&mut text, heading, &allowed, |about| {
            about.reasons("allowed by", *new, &about.witness.new_statements, "Allow")
        });
        section(&mut text, "Newly denied", &denied, |about| {
            let denying = about.reasons("denied by", *new, &about.witness.new_statements, "Deny");
            if denying.is_empty() {
                about.reasons("was allowed by", *old, &about.witness.old_statements, "Allow")
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

/// What the comparison came to, in a sentence or two.
fn verdict(answer: &Answer<'_>) -> String {
    let Comparison { verdict, because, .. } = &answer.comparison;
    let Pair { subject, only, .. } = &answer.pair;
    let extensions = subject.as_ref().map_or(&[][..], |subject| &subject.extensions);
    let what = match only {
        None => "",
        Some(Only::Readable) => {
            return "**Not compared**: it is not known what was allowed before, and this is all that is allowed now."
                .to_owned();
        }
        Some(Only::Policy) => "the policy is",
        Some(Only::Partition) => "the policy in this partition is",
        Some(Only::Trust) => "the trust policy is",
        Some(Only::Extensions) if extensions.len() == 1 => "the extension is",
        Some(Only::Extensions) => "the extensions are",
    };
    let change = if answer.pair.is_gone() { "gone" } else { "new" };
    let told = told(*verdict);
    match (only, verdict) {
        (None, _) => format!("**{told}**: {because}."),
        // What there was is nothing, so that there is no more to say.
        (Some(Only::Policy | Only::Partition | Only::Trust), Verdict::Widened | Verdict::Narrowed) => {
            format!("**{told}**: {what} {change}.")
        }
        _ => format!("**{told}**: {because}; {what} {change}."),
    }
}

/// What is needed beyond a policy that there is, and what of it is not needed.
///
/// - `answer`: the policy that there is as the old one, the policy that is needed as the new one
#[must_use]
pub fn needs(answer: &Answer<'_>) -> String {
    let comparison = &answer.comparison;
    let mut text = String::new();
    let Pair { subject, old, new, .. } = &answer.pair;
    title(&mut text, subject.as_ref());
    let name = Visible(old.map_or("", |side| &side.name));
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
    lacking(&mut text, "Needed, and not granted", needed, *old, *new);
    unneeded(&mut text, &comparison.newly_denied, *old);
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
            let names = described::actions(witness);
            if names.is_empty() {
                actions.push(format!("{LATER} `{}`", witness.action));
            }
            actions.extend(names.iter().map(|action| format!("`{action}`")));
        }
        actions.sort_unstable();
        let _ = writeln!(text, "- {}{at_least}, by {place}", some(&actions));
        for witness in witnesses.iter().take(1) {
            let about = About {
                witness,
                actions: Vec::new(),
                told: String::new(),
            };
            let _ = writeln!(text, "  - for example {}", about.request());
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
    /// In backticks.
    actions: Vec<String>,
    /// How they are told.
    told: String,
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
        let mut add = |key: Kind, actions: Vec<String>, told: String| {
            let about = About { witness, actions, told };
            groups.entry(key).or_default().push(about);
        };
        let services: BTreeSet<_> = witness.actions.iter().map(|action| action.service().prefix()).collect();
        let mut by_level: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
        if services.len() > SERVICES {
            let all = format!("{} actions, such as `{}`", witness.actions.len(), witness.action);
            add(Kind::unknown(format!("{} services", services.len())), Vec::new(), all);
        } else {
            for action in &witness.actions {
                let key = Kind::known(action.service().prefix(), action.access_level());
                by_level.entry(key).or_default().push(format!("`{action}`"));
            }
        }
        for (key, actions) in by_level {
            let told = some(&actions);
            add(key, actions, told);
        }
        let mut unknown: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
        for action in &witness.unknown_actions {
            unknown
                .entry(service_of(action))
                .or_default()
                .push(format!("`{action}`"));
        }
        for (key, actions) in unknown {
            let verb = if actions.len() == 1 { "does" } else { "do" };
            let told = format!(
                "{}, which {verb} not exist (as of {})",
                some(&actions),
                Catalog::get().date()
            );
            add(key, actions, told);
        }
        if witness.actions.is_empty() && witness.unknown_actions.is_empty() {
            let action = format!("`{}`", witness.action);
            let told = visible(&format!("{LATER} {action}"));
            add(service_of(&witness.action), vec![action], told);
        }
    }
    // A reason is told once, however many actions it is for.
    let mut told = BTreeSet::new();
    for (Kind { service, level, .. }, all) in groups {
        let _ = match level {
            Some(level) => writeln!(text, "### {service}: {level}\n"),
            None => writeln!(text, "### {service}\n"),
        };
        for about in all {
            let _ = writeln!(text, "- {}", about.told);
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

/// The service of an action that the catalogue does not have.
fn service_of(action: &str) -> Kind {
    let service = action.split(':').next().unwrap_or_default();
    Kind::unknown(visible(&format!("`{}`", service.to_ascii_lowercase())))
}

/// The first of some actions, and how many more there are.
fn some(actions: &[String]) -> String {
    let text = match actions.split_at_checked(ACTIONS) {
        Some((first, rest)) if !rest.is_empty() => format!("{} and {} more", first.join(", "), rest.len()),
        _ => actions.join(", "),
    };
    visible(&text)
}

/// What is written in a policy may come from anybody, and is read at a terminal: it has no line feeds and nothing that
/// moves the cursor.
fn visible(text: &str) -> String {
    Visible(text).to_string()
}

impl About<'_> {
    /// The request, with one of these actions.
    fn request(&self) -> String {
        let Self { witness, actions, .. } = self;
        let own = format!("`{}`", witness.action);
        let action = match actions.as_slice() {
            [first, ..] if !actions.contains(&own) => first.clone(),
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

    /// The statements of this effect, each with where it stands and why it is there, and why its parts are that are
    /// about the request.
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
