//! Comparisons as Markdown, for a terminal or a pull request.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::{Comparison, Place, Verdict, Witness};
use iam_policy_catalog::{AccessLevel, Catalog};
use iam_policy_core::markdown::{Code, Inline, Literal};
use iam_policy_core::wildcard;

use crate::report::answer::heading;
use crate::report::described::{self, Described, Part, described};
use crate::report::{Answer, Only, Pair, Side, Subject, WITNESSES};

/// What a group of actions has in common. Within a service, actions with a known access level come first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    /// The name of a service in backticks, or a number of services.
    service: String,
    is_unknown: bool,
    level: Option<AccessLevel>,
}

impl Kind {
    fn known(service: &str, level: AccessLevel) -> Self {
        Self {
            service: Code(service).to_string(),
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

/// The maximum number of actions listed per kind.
const ACTIONS: usize = 12;

/// Introduces an example of the actions that a wildcard will match once AWS adds them.
const LATER: &str = "actions that AWS may add later, such as";

/// The maximum number of services listed by name.
const SERVICES: usize = 8;

/// Renders what is newly allowed and newly denied, policy by policy.
///
/// - `answers`: the comparisons; if there are several, those without a change are omitted
#[must_use]
pub fn changes(answers: &[Answer<'_>]) -> String {
    let mut text = String::new();
    // What has been reported for one form of a policy is not repeated for its other forms.
    let mut seen = BTreeSet::new();
    for answer in answers {
        let comparison = &answer.comparison;
        if comparison.verdict == Verdict::Equivalent && comparison.notes.is_empty() && answers.len() > 1 {
            continue;
        }
        let Pair { subject, old, new, .. } = &answer.pair;
        title(&mut text, subject.as_ref());
        // Writing to a `String` cannot fail, here and below.
        let _ = writeln!(text, "{}\n", verdict(answer));
        // What other values of an environment make different is.
        let changed_environment = match (old, new) {
            (Some(old), Some(new)) if !old.has_values_of(new) => {
                subject.as_ref().and_then(|subject| subject.environment.clone())
            }
            _ => None,
        };
        let mut is_new_to_reader = |witness: &&Witness| {
            let statements = |places: &[_], side| -> Vec<String> {
                let described = described(side, places, witness);
                described
                    .iter()
                    .map(|statement| format!("{:?}{}", statement.sid, statement.statement))
                    .collect()
            };
            let key = (
                subject.as_ref().map(|subject| subject.policy.clone()),
                changed_environment.clone(),
                witness.action.clone(),
                statements(&witness.old_statements, *old),
                statements(&witness.new_statements, *new),
            );
            seen.insert(key) || subject.is_none()
        };
        let allowed: Vec<_> = comparison.newly_allowed.iter().filter(&mut is_new_to_reader).collect();
        let newly_denied = match answer.pair.only {
            // Nobody had the new environment's permissions before.
            Some(Only::Environment) if !answer.pair.is_gone() => &[][..],
            _ => &comparison.newly_denied,
        };
        let denied: Vec<_> = newly_denied.iter().filter(&mut is_new_to_reader).collect();
        let already_listed = allowed.len() + denied.len() < comparison.newly_allowed.len() + newly_denied.len();
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
        if already_listed {
            let _ = match subject.as_ref().and_then(|subject| subject.environment.as_deref()) {
                Some(name) => writeln!(
                    text,
                    "The differences listed above also exist with the values of {}.\n",
                    Code(name)
                ),
                None => writeln!(text, "All other differences are listed above.\n"),
            };
        }
        notes(&mut text, &comparison.notes);
    }
    if text.is_empty() {
        text.push_str("**Nothing changes**: both allow the same requests.\n");
    }
    finished(text)
}

/// The verdict in a sentence or two.
fn verdict(answer: &Answer<'_>) -> String {
    let Comparison { verdict, because, .. } = &answer.comparison;
    let Pair { subject, only, .. } = &answer.pair;
    let extensions = subject.as_ref().map_or(&[][..], |subject| &subject.extensions);
    let what = match only {
        None => "",
        Some(Only::Readable) => {
            return "**Not compared**: the old policy could not be read. Everything the new policy allows is listed here."
                .to_owned();
        }
        Some(Only::Policy) => "the policy",
        Some(Only::Partition) => "the policy in this partition",
        Some(Only::Trust) => "the trust policy",
        Some(Only::Extensions) if extensions.len() == 1 => "the extension",
        Some(Only::Extensions) => "the extensions",
        Some(Only::Environment) => "the environment",
    };
    let change = match (answer.pair.is_gone(), what.ends_with('s')) {
        (true, false) => "was removed",
        (true, true) => "were removed",
        (false, false) => "is new",
        (false, true) => "are new",
    };
    let heading = heading(*verdict);
    let because = Inline(because);
    match (only, verdict) {
        (None, _) => format!("**{heading}**: {because}."),
        // One side is empty, so the reason would add nothing.
        (Some(Only::Policy | Only::Partition | Only::Trust), Verdict::Widened | Verdict::Narrowed) => {
            format!("**{heading}**: {what} {change}.")
        }
        (Some(Only::Environment), _) => {
            format!("**{heading}** compared with the parameters' defaults: {because}; {what} {change}.")
        }
        _ => format!("**{heading}**: {because}; {what} {change}."),
    }
}

/// Renders what is needed beyond an existing policy, and what it grants beyond that.
///
/// - `answer`: a comparison with the existing policy as the old one and the required policy as the new one
#[must_use]
pub fn needs(answer: &Answer<'_>) -> String {
    let comparison = &answer.comparison;
    let mut text = String::new();
    let Pair { subject, old, new, .. } = &answer.pair;
    title(&mut text, subject.as_ref());
    let name = Code(old.map_or("", |side| &side.name));
    let because = Inline(&comparison.because);
    let _ = match comparison.verdict {
        Verdict::Equivalent => writeln!(text, "**Nothing to do**: {name} grants exactly what is needed.\n"),
        Verdict::Narrowed => writeln!(
            text,
            "**Nothing is missing**: {name} grants everything that is needed, and more.\n"
        ),
        Verdict::Widened => writeln!(
            text,
            "**Permissions are missing**: {name} does not grant everything that is needed.\n"
        ),
        Verdict::Incomparable => writeln!(
            text,
            "**Permissions are missing**: {name} does not grant everything that is needed, and grants more.\n"
        ),
        Verdict::Unknown => writeln!(text, "**Unknown**: {because}.\n"),
    };
    let needed = &comparison.newly_allowed;
    missing(&mut text, "Needed but not granted", needed, *old, *new);
    unneeded(&mut text, &comparison.newly_denied, *old);
    notes(&mut text, &comparison.notes);
    finished(text)
}

/// Renders what is granted but not needed, by statement, since the list may be long.
fn unneeded(text: &mut String, witnesses: &[Witness], granted: Option<&Side>) {
    if witnesses.is_empty() {
        return;
    }
    text.push_str("## Granted but not needed\n\n");
    let mut by_statement: BTreeMap<usize, (String, Vec<&Witness>)> = BTreeMap::new();
    for witness in witnesses {
        let statements = described(granted, &witness.old_statements, witness);
        if let Some(statement) = statements.iter().find(|statement| statement.effect == "Allow") {
            let entry = by_statement.entry(statement.statement);
            entry.or_insert_with(|| (place(statement), Vec::new())).1.push(witness);
        }
    }
    let at_least = if witnesses.len() < WITNESSES { "" } else { "at least " };
    for (place, witnesses) in by_statement.values() {
        let mut actions: Vec<String> = Vec::new();
        for witness in witnesses {
            let names = described::actions(witness);
            if names.is_empty() {
                actions.push(format!("{LATER} {}", Code(&witness.action)));
            }
            actions.extend(names.iter().map(|action| Code(action).to_string()));
        }
        actions.sort_unstable();
        let _ = writeln!(text, "- {at_least}{}, granted by {place}", some(&actions));
        for witness in witnesses.iter().take(1) {
            let about = About {
                witness,
                actions: Vec::new(),
                label: String::new(),
            };
            let _ = writeln!(text, "  - for example {}", about.request());
        }
    }
}

/// Renders what is needed but not granted.
///
/// - `granted`: the existing policy, if it may deny what is needed
/// - `required`: the required policy
pub(crate) fn missing(
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

/// Renders differences that are out of range.
pub(crate) fn notes(text: &mut String, notes: &[String]) {
    for note in notes {
        let _ = writeln!(text, "Note: {}.\n", Inline(note));
    }
}

/// The text, ending in exactly one newline.
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

/// A witness, and the actions that it stands for in one place of the report.
struct About<'a> {
    witness: &'a Witness,
    actions: Vec<String>,
    /// The text that lists them.
    label: String,
}

/// A statement or a part of one that decides, and the reason for it.
struct Reason {
    what: String,
    why: String,
}

/// Renders a section, with the witnesses grouped by service and access level.
///
/// - `reasons`: the deciding statements of a witness
fn section(text: &mut String, heading: &str, witnesses: &[&Witness], reasons: impl Fn(&About<'_>) -> Vec<Reason>) {
    if witnesses.is_empty() {
        return;
    }
    let _ = writeln!(text, "## {heading}\n");
    let mut groups: BTreeMap<Kind, Vec<About<'_>>> = BTreeMap::new();
    for witness in witnesses {
        let mut add = |key: Kind, actions: Vec<String>, label: String| {
            let about = About {
                witness,
                actions,
                label,
            };
            groups.entry(key).or_default().push(about);
        };
        let services: BTreeSet<_> = witness.actions.iter().map(|action| action.service().prefix()).collect();
        let mut by_level: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
        if services.len() > SERVICES {
            let all = format!("{} actions, such as {}", witness.actions.len(), Code(&witness.action));
            add(Kind::unknown(format!("{} services", services.len())), Vec::new(), all);
        } else {
            for action in &witness.actions {
                let key = Kind::known(action.service().prefix(), action.access_level());
                by_level.entry(key).or_default().push(action.to_string());
            }
        }
        for (key, actions) in by_level {
            let label = some(&codes(&actions));
            add(key, actions, label);
        }
        let mut unknown: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
        for action in &witness.unknown_actions {
            unknown.entry(service_of(action)).or_default().push(action.clone());
        }
        for (key, actions) in unknown {
            let verb = if actions.len() == 1 { "does" } else { "do" };
            let label = format!(
                "{}, which {verb} not exist (as of {})",
                some(&codes(&actions)),
                Catalog::get().date()
            );
            add(key, actions, label);
        }
        if witness.actions.is_empty() && witness.unknown_actions.is_empty() {
            let label = format!("{LATER} {}", Code(&witness.action));
            add(service_of(&witness.action), vec![witness.action.clone()], label);
        }
    }
    // Each reason is shown once, however many actions it applies to.
    let mut shown = BTreeSet::new();
    for (Kind { service, level, .. }, all) in groups {
        let _ = match level {
            Some(level) => writeln!(text, "### {service}: {level}\n"),
            None => writeln!(text, "### {service}\n"),
        };
        for about in all {
            let _ = writeln!(text, "- {}", about.label);
            for Reason { what, why } in reasons(&about) {
                let again = !why.is_empty() && !shown.insert((what.clone(), why.clone()));
                let why = if again { ", see above" } else { &why };
                let _ = writeln!(text, "  - {what}{why}");
            }
            let _ = writeln!(text, "  - for example {}", about.request());
        }
        text.push('\n');
    }
}

/// The service of an action that is not in the catalog.
fn service_of(action: &str) -> Kind {
    let service = action.split(':').next().unwrap_or_default();
    Kind::unknown(Code(&service.to_ascii_lowercase()).to_string())
}

fn codes(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| Code(text).to_string()).collect()
}

/// The first items of a list, and how many more there are.
fn some(items: &[String]) -> String {
    match items.split_at_checked(ACTIONS) {
        Some((first, rest)) if !rest.is_empty() => format!("{} and {} more", first.join(", "), rest.len()),
        _ => items.join(", "),
    }
}

impl About<'_> {
    /// The example request, with one of these actions.
    fn request(&self) -> String {
        let Self { witness, actions, .. } = self;
        let action = match actions.as_slice() {
            [first, ..] if !actions.contains(&witness.action) => first,
            _ => &witness.action,
        };
        let mut text = format!("{} on {}", Code(action), Code(&witness.resource));
        if let Some(principal) = &witness.principal {
            let _ = write!(text, " by {}", Code(principal));
        }
        let (absent, present): (Vec<_>, Vec<_>) = witness.context.iter().partition(|(_, values)| values.is_empty());
        for (number, (key, values)) in present.iter().enumerate() {
            let values = codes(values);
            let before = if number == 0 { ", with" } else { " and" };
            let _ = write!(text, "{before} {} = {}", Code(key), values.join(", "));
        }
        for (number, (key, _)) in absent.iter().enumerate() {
            let before = if number == 0 { ", without" } else { " and" };
            let _ = write!(text, "{before} {}", Code(key));
        }
        if let Some(note) = witness.beyond_the_reference() {
            let _ = write!(text, "; {}", Inline(note));
        }
        text
    }

    /// The matching statements with this effect, each with its location and reason, and the reasons for its parts that
    /// match the request.
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
                let mut names = self.actions.iter();
                names.any(|action| wildcard::matches_ignoring_case(part.pattern, action))
            };
            let parts = statement.actions.iter().filter(of_action).chain(&statement.resources);
            reasons.extend(parts.map(|part| Reason {
                what: Code(part.pattern).to_string(),
                why: why(part.reason, part.without),
            }));
        }
        reasons
    }
}

/// The statement and its location.
fn place(statement: &Described<'_>) -> String {
    let mut text = match statement.sid.filter(|sid| !sid.is_empty()) {
        Some(sid) => format!("statement {}", Code(sid)),
        None => format!("statement {}", statement.statement + 1),
    };
    let _ = match (statement.file, statement.line) {
        ("", _) => Ok(()),
        (file, Some(line)) => write!(text, " ({}:{line})", Literal(file)),
        (file, None) => write!(text, " ({})", Literal(file)),
    };
    text
}

/// The reason, formatted to follow the name of a statement or pattern.
fn why(reason: Option<&str>, without: Option<&str>) -> String {
    let mut text = reason.map_or_else(String::new, |reason| format!(": {}", Inline(reason)));
    if let Some(without) = without {
        let before = if text.is_empty() {
            ": without it: "
        } else {
            " Without it: "
        };
        let _ = write!(text, "{before}{}", Inline(without));
    }
    text
}
