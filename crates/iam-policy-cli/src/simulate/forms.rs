//! The answers under each combination of the conditions that change policies of templates.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use iam_policy_compare::report::Side;
use iam_policy_core::Decision;
use iam_policy_document::{Diagnostic, StyledText};
use iam_policy_eval::simulate::Decided;
use iam_policy_spec::wording::list;
use iam_policy_templates::wording;

use super::args::ALLOWED;
use crate::policies::Form;

/// How many combinations are decided.
const MAX_COMBINATIONS: usize = 64;

/// Whether conditions hold, by the file and their name.
pub(super) type Combination = BTreeMap<(Arc<str>, String), bool>;

/// The answer under a combination of conditions.
pub(super) struct Answer<'c> {
    pub(super) combination: &'c Combination,
    pub(super) decided: Decided,
    pub(super) text: StyledText,
    pub(super) json: String,
}

/// A decision, where unknown parts of policies may decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Known(Decision),
    Unknown,
}

impl Outcome {
    fn of(decided: &Decided) -> Self {
        if decided.is_unknown() {
            Self::Unknown
        } else {
            Self::Known(decided.response.decision)
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Known(decision) => decision.name(),
            Self::Unknown => "unknown",
        }
    }
}

/// The combinations of conditions that the forms of policies have together; one without conditions if there are none.
///
/// # Errors
///
/// If there are too many.
pub(super) fn combinations(forms: &[Form]) -> Result<Vec<Combination>, Diagnostic> {
    let mut policies: Vec<(&Arc<str>, &str)> = Vec::new();
    for form in forms {
        if !policies.contains(&(&form.file, &form.policy)) {
            policies.push((&form.file, &form.policy));
        }
    }
    let mut all = vec![Combination::new()];
    for (file, policy) in policies {
        let mut next: Vec<Combination> = Vec::new();
        for known in &all {
            for form in forms.iter().filter(|form| form.file == *file && form.policy == policy) {
                let own = form.conditions.iter();
                let own: Combination = own.map(|(name, so)| ((Arc::clone(file), name.clone()), *so)).collect();
                if own
                    .iter()
                    .any(|(name, so)| known.get(name).is_some_and(|known| known != so))
                {
                    continue;
                }
                let mut both = known.clone();
                both.extend(own);
                if !next.contains(&both) {
                    next.push(both);
                }
            }
        }
        if next.len() > MAX_COMBINATIONS {
            let problem = format!("conditions of `{file}` change the policies in more than {MAX_COMBINATIONS} ways");
            let names = forms
                .iter()
                .filter(|form| form.policy == policy)
                .map(|form| form.name.as_str());
            return Err(Diagnostic::error(problem).help(format!("add `#` and one of the names {}", list(names))));
        }
        all = next;
    }
    Ok(all)
}

/// Whether a policy has this form under a combination of conditions.
pub(super) fn applies(side: &Side, combination: &Combination, forms: &[Form]) -> bool {
    let name = side.subject.as_ref().map(|subject| subject.policy.as_str());
    let mut own = forms
        .iter()
        .filter(|form| form.file == side.name && Some(form.name.as_str()) == name);
    own.all(|form| {
        let holds = |(name, so): &(String, bool)| combination.get(&(Arc::clone(&form.file), name.clone())) == Some(so);
        form.conditions.iter().all(holds)
    })
}

/// The decision that all answers have; unknown if they differ.
fn outcome(answers: &[Answer<'_>]) -> Outcome {
    let mut all = answers.iter().map(|answer| Outcome::of(&answer.decided));
    let first = all.next().unwrap_or(Outcome::Unknown);
    if all.all(|other| other == first) {
        first
    } else {
        Outcome::Unknown
    }
}

/// What the decision depends on: conditions that change it, and unknown parts of policies.
fn depends_on(answers: &[Answer<'_>]) -> Vec<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    for (number, one) in answers.iter().enumerate() {
        for other in answers.iter().skip(number + 1) {
            if Outcome::of(&one.decided) == Outcome::of(&other.decided) {
                continue;
            }
            let changed = |(name, so): &(&(Arc<str>, String), &bool)| other.combination.get(*name) != Some(*so);
            let mut differing = one.combination.iter().filter(changed).map(|((_, name), _)| name);
            // Only a single difference tells which condition it is.
            if let (Some(only), None) = (differing.next(), differing.next()) {
                names.insert(only.clone());
            }
        }
    }
    let is_same = outcome(answers) != Outcome::Unknown;
    if names.is_empty() && !is_same {
        let all = answers.iter().flat_map(|answer| answer.combination.keys());
        names.extend(all.map(|(_, name)| name.clone()));
    }
    for answer in answers {
        names.extend(answer.decided.depends_on.iter().cloned());
    }
    names.into_iter().collect()
}

fn conditions(combination: &Combination) -> Vec<(String, bool)> {
    combination.iter().map(|((_, name), so)| (name.clone(), *so)).collect()
}

/// The answers for people: only one if all are the same.
pub(super) fn human(answers: &[Answer<'_>]) -> StyledText {
    let mut out = StyledText::new();
    let Some(first) = answers.first() else { return out };
    if answers.iter().all(|answer| answer.text.as_str() == first.text.as_str()) {
        out.append(&first.text);
        return out;
    }
    if outcome(answers) == Outcome::Unknown {
        let names = depends_on(answers);
        out.append(
            &format!("unknown: the decision depends on {}\n", list(&names))
                .as_str()
                .into(),
        );
    } else {
        out.append(
            &format!("{}, whatever the conditions are\n", outcome(answers).name())
                .as_str()
                .into(),
        );
    }
    for answer in answers {
        let heading = format!("\nwhere {}:\n", wording(&conditions(answer.combination)));
        out.append(&heading.as_str().into());
        out.append(&answer.text);
    }
    out
}

/// The answers as JSON: the answer itself if there are no conditions.
pub(super) fn json(answers: &[Answer<'_>]) -> String {
    if let [only] = answers {
        return format!("{}\n", only.json);
    }
    let mut out = format!("{{\"decision\":\"{}\"", outcome(answers).name());
    let names = depends_on(answers);
    // Writing to a `String` cannot fail.
    if outcome(answers) == Outcome::Unknown {
        let _ = write!(out, ",\"dependsOn\":{}", serde_json::json!(names));
    }
    out.push_str(",\"forms\":[");
    for (number, answer) in answers.iter().enumerate() {
        let separator = if number == 0 { "" } else { "," };
        let conditions: BTreeMap<String, bool> = conditions(answer.combination).into_iter().collect();
        let conditions = serde_json::json!(conditions);
        let _ = write!(
            out,
            "{separator}{{\"conditions\":{conditions},\"answer\":{}}}",
            answer.json
        );
    }
    out.push_str("]}\n");
    out
}

/// What to say if the decision is not the expected one.
pub(super) fn unexpected(expected: &str, answers: &[Answer<'_>]) -> Option<Diagnostic> {
    let decided = outcome(answers);
    let is_expected = match decided {
        Outcome::Known(decision) => (decision == Decision::Allowed) == (expected == ALLOWED),
        // Whatever it depends on, none of the possible decisions allows it.
        Outcome::Unknown => expected != ALLOWED && answers.iter().all(|answer| is_denied(&answer.decided)),
    };
    if is_expected {
        return None;
    }
    let problem = format!("expected `{expected}`, but the decision is `{}`", decided.name());
    let problem = Diagnostic::error(problem);
    Some(match decided {
        Outcome::Unknown => problem.help(format!("it depends on {}", list(depends_on(answers)))),
        Outcome::Known(_) => problem,
    })
}

/// Whether a request is denied, implicitly or explicitly.
fn is_denied(decided: &Decided) -> bool {
    !decided.is_unknown() && decided.response.decision != Decision::Allowed
}
