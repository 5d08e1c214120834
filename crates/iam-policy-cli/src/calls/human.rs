//! Calls for people.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use iam_policy_calls::{Call, Calls, Form, Judgement, Permission};
use iam_policy_document::{StyledText, Visible};

/// One paragraph per call: where it is, and the permissions that it needs.
pub(super) fn render(calls: &Calls, judgement: Option<&Judgement>) -> StyledText {
    match judgement {
        Some(judgement) => findings(calls, judgement),
        None => list(calls),
    }
}

/// What a comparison found, as a compiler would show it.
fn findings(calls: &Calls, judgement: &Judgement) -> StyledText {
    let prefix = prefix(calls);
    let mut text = judgement.show(calls, &prefix);
    text.plain(&calls.show_unmapped(&prefix));
    text.plain(&calls.show_open(&prefix));
    text
}

fn list(calls: &Calls) -> StyledText {
    let mut text = String::new();
    let prefix = prefix(calls);
    // Writing to a string cannot fail.
    for call in &calls.calls {
        let _ = writeln!(
            text,
            "{}: {}.{}{}",
            place(&prefix, &call.file, call.line, call.column),
            Visible(&call.service),
            Visible(&call.operation),
            marks(call)
        );
        match call.permissions.as_deref() {
            None => text.push_str("  its permissions are not known\n"),
            Some([]) => text.push_str("  needs no permission\n"),
            Some(permissions) => permissions.iter().for_each(|permission| {
                let _ = write!(text, "  {}", permission.action);
                let resources: Vec<_> = permission.resources.iter().map(ToString::to_string).collect();
                if !resources.is_empty() {
                    let _ = write!(text, " on {}", Visible(&resources.join(", ")));
                }
                if let Some(condition) = condition(permission, call) {
                    let _ = write!(text, " {}", Visible(&condition));
                }
                text.push('\n');
            }),
        }
    }
    text.push_str(&calls.show_open(&prefix));
    StyledText::from(text.as_str())
}

/// What distinguishes a call from others.
fn marks(call: &Call) -> String {
    let mut marks = Vec::new();
    if call.is_test {
        marks.push("test".to_owned());
    }
    marks.extend(call.cfg.as_ref().map(|cfg| format!("cfg({cfg})")));
    marks.extend(call.macro_name.as_ref().map(|name| format!("in the macro `{name}!`")));
    if call.form == Form::Recorded {
        marks.push("recorded".to_owned());
    } else if call.is_recorded == Some(false) && !call.is_test {
        marks.push("not recorded".to_owned());
    }
    marks.extend(call.origin.as_ref().map(|origin| format!("called by {origin}")));
    if marks.is_empty() {
        return String::new();
    }
    format!(" ({})", Visible(&marks.join(", ")))
}

/// When a call needs a permission; `None` if always.
pub(super) fn condition(permission: &Permission, call: &Call) -> Option<String> {
    if let Some(note) = call.note {
        return Some(format!("if {note}"));
    }
    let condition = permission.condition.map(|condition| condition.to_string());
    condition.or_else(|| (!permission.is_certain).then(|| "if the request uses it".to_owned()))
}

/// The path from the current folder to the workspace, with a slash.
fn prefix(calls: &Calls) -> String {
    match iam_policy_gen::relative(Path::new("."), &calls.root) {
        Ok(path) if path != "." => path + "/",
        _ => String::new(),
    }
}

fn place(prefix: &str, file: &str, line: usize, column: usize) -> String {
    format!("{}:{line}:{column}", Visible(&format!("{prefix}{file}")))
}

/// A line that counts.
pub(super) fn summary(calls: &Calls) -> String {
    let own = calls.calls.iter().filter(|call| call.origin.is_none());
    let tests = own.clone().filter(|call| call.is_test).count();
    let operations: BTreeSet<_> = own.clone().map(|call| (&call.service, &call.operation)).collect();
    let mut text = format!(
        "{} of {}",
        count(own.count(), "call", "calls"),
        count(operations.len(), "operation", "operations")
    );
    if tests > 0 {
        let _ = write!(text, ", {tests} in tests");
    }
    let unmapped = calls.unmapped().count();
    if unmapped > 0 {
        let _ = write!(text, ", {unmapped} with unknown permissions");
    }
    if !calls.unresolved.is_empty() {
        let _ = write!(text, ", {} unresolved", calls.unresolved.len());
    }
    if !calls.unchecked.is_empty() {
        let _ = write!(text, ", {} not checked", calls.unchecked.len());
    }
    let unrecorded = calls.unrecorded().count();
    if unrecorded > 0 {
        let _ = write!(text, ", {unrecorded} not recorded");
    }
    let _ = writeln!(text, " ({} mode)", calls.mode);
    text
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
