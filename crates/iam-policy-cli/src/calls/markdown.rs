//! Calls as a page: where each permission is used.

use std::collections::BTreeMap;
use std::fmt::Write;

use iam_policy_calls::{Call, Calls};
use iam_policy_core::markdown::Code;

/// A table with a row for each action.
pub(super) fn render(calls: &Calls) -> String {
    let mut actions: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
    let mut open: Vec<&Call> = Vec::new();
    for call in calls.calls.iter().filter(|call| !call.is_test) {
        match &call.permissions {
            Some(permissions) => {
                for permission in permissions {
                    let known = actions.entry(permission.action).or_default();
                    if known.last().is_none_or(|last| !std::ptr::eq(*last, call)) {
                        known.push(call);
                    }
                }
            }
            None => open.push(call),
        }
    }
    let mut text = String::from("# Where each permission is used\n");
    // Writing to a string cannot fail.
    if !actions.is_empty() {
        text.push_str("\n| Permission | Used by |\n|---|---|\n");
        for (action, calls) in actions {
            let places: Vec<_> = calls.iter().map(|call| place(call)).collect();
            let _ = writeln!(text, "| {} | {} |", Code(action), places.join("<br>"));
        }
    }
    section(
        &mut text,
        "Operations whose permissions are not known",
        open.iter().map(|call| place(call)),
    );
    let unresolved = calls.unresolved.iter().map(|open| {
        let place = format!("{}:{}", open.file, open.line);
        format!("{} {}", Code(&place), Code(&open.method))
    });
    section(&mut text, "Methods that may be calls", unresolved);
    let unchecked = calls.unchecked.iter().map(|unchecked| {
        let reason = iam_policy_core::markdown::Inline(&unchecked.reason);
        format!("{}: {reason}", Code(&unchecked.subject))
    });
    section(&mut text, "Not checked", unchecked);
    text
}

fn place(call: &Call) -> String {
    let operation = format!("{}.{}", call.service, call.operation);
    match &call.origin {
        Some(origin) => format!("{} by {}", Code(&operation), Code(origin)),
        None => format!("{} {}", Code(&format!("{}:{}", call.file, call.line)), Code(&operation)),
    }
}

fn section(text: &mut String, title: &str, items: impl Iterator<Item = String>) {
    let items: Vec<_> = items.collect();
    if items.is_empty() {
        return;
    }
    let _ = write!(text, "\n## {title}\n\n");
    for item in items {
        let _ = writeln!(text, "- {item}");
    }
}
