//! Waivers for what the checks report about imported policies, but AWS stores.

use iam_policy_check::Code;
use iam_policy_document::{Diagnostic, Path, Step};
use iam_policy_spec::compile::{Compiled, compile};
use iam_policy_spec::{Draft, DraftPlace, DraftStatement, DraftWaiver, Source};

/// Adds a waiver for each finding that is to be accepted, and returns the errors that no waiver accepts.
///
/// - `why`: why a finding is accepted, which is empty if that is still to be written; nothing if it is not accepted
pub(crate) fn add(drafts: &mut [Draft<'_>], why: fn(&Diagnostic) -> Option<&'static str>) -> Vec<Diagnostic> {
    loop {
        let compiled = compiled(drafts);
        let errors = compiled.errors();
        let mut is_new = false;
        for finding in errors.iter().chain(&compiled.findings) {
            if let Some(why) = why(finding) {
                is_new |= waive(drafts, finding, why);
            }
        }
        if !is_new {
            return errors;
        }
    }
}

/// What accepts the findings that would stop a build. Why is still to be written.
pub(crate) fn serious(finding: &Diagnostic) -> Option<&'static str> {
    finding.severity.is_serious().then_some("")
}

/// The spec, as if it had all reasons.
fn compiled(drafts: &[Draft<'_>]) -> Compiled {
    let mut text = String::new();
    for draft in drafts {
        text.push_str(&draft.to_string());
        text.push('\n');
    }
    // In the text of a draft, only reasons are empty strings at this place: quotes inside strings are escaped.
    compile(&Source::new("policies.toml", text.replace(" = \"\"", " = \"-\"")))
}

/// Adds waivers for a finding; returns whether any is new.
fn waive(drafts: &mut [Draft<'_>], finding: &Diagnostic, why: &'static str) -> bool {
    let accepts = |code: &Code| !matches!(code, Code::InvalidSpec | Code::UnusedWaiver);
    let Some(code) = Code::of(finding).filter(accepts) else {
        return false;
    };
    let mut is_new = false;
    for location in finding.locations() {
        let Some((statement, place)) = statement_at(drafts, &location.path) else {
            continue;
        };
        let check = code.name();
        let waiver = DraftWaiver { place, check, why };
        if !statement.waivers.contains(&waiver) {
            statement.waivers.push(waiver);
            is_new = true;
        }
        // One accepted location is enough, unless the finding is about several actions.
        if code != Code::ActionSupportsResources {
            break;
        }
    }
    is_new
}

/// The statement at a path in the spec, and the element of it.
fn statement_at<'r, 'd>(drafts: &'r mut [Draft<'d>], path: &Path) -> Option<(&'r mut DraftStatement<'d>, DraftPlace)> {
    let mut steps = path.0.iter();
    let mut key = || match steps.next() {
        Some(Step::Value(key) | Step::Key(key)) => Some(&**key),
        _ => None,
    };
    let is_policy = key()? == "policy";
    let name = key()?;
    let draft = drafts.iter_mut().find(|draft| is_policy && draft.policy == name)?;
    let statements = match key()? {
        "statement" => &mut draft.statements,
        "trust" if key()? == "statement" => &mut draft.trust,
        _ => return None,
    };
    let Some(Step::Index(number)) = steps.next() else {
        return None;
    };
    let place = match (steps.next(), steps.next()) {
        (Some(Step::Value(key)), Some(Step::Index(index))) => match &**key {
            "actions" | "not-actions" => DraftPlace::Action(*index),
            "resources" | "not-resources" => DraftPlace::Resource(*index),
            _ => DraftPlace::Statement,
        },
        _ => DraftPlace::Statement,
    };
    Some((statements.get_mut(*number)?, place))
}
