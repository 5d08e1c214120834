//! The explanation as Markdown.

use std::fmt::Write;

use iam_policy_catalog::descriptions::Describe;
use iam_policy_catalog::{AccessLevel, Action as Known, ActionResource, Catalog};
use iam_policy_core::markdown::{Code, Inline};
use iam_policy_core::text::Grouped;

use super::extent::{Cost, Extent};
use super::subject::{Pattern, Resource, Statement, Subject};

/// What an action adds.
pub(super) const COST: Cost = Cost {
    action: 250,
    resources: 0,
};

pub(super) fn write(subjects: &[Subject<'_>]) -> String {
    let mut out = String::new();
    for subject in subjects {
        // Writing to a `String` cannot fail.
        let _ = match (subject.extension, subject.title.map(line)) {
            _ if subject.is_trust => {
                let policy = code(subject.policy.unwrap_or_default());
                writeln!(out, "# Trust policy of {policy}\n")
            }
            (Some(name), Some(title)) => writeln!(out, "# Extension {}: {title}\n", code(name)),
            (Some(name), None) => writeln!(out, "# Extension {}\n", code(name)),
            (None, title) => writeln!(out, "# {}\n", title.unwrap_or_default()),
        };
        for (index, statement) in subject.statements.iter().enumerate() {
            section(&mut out, subject, index, statement);
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn section(out: &mut String, subject: &Subject<'_>, index: usize, statement: &Statement<'_>) {
    let name = name(index, statement);
    // Writing to a `String` cannot fail.
    let _ = writeln!(out, "## Statement {name}: {}\n", line(statement.effect));
    if let Some(reason) = statement.reason {
        let _ = writeln!(out, "{}\n", line(reason));
    }
    if let Some(without) = statement.without {
        let _ = writeln!(out, "*Without it:* {}\n", line(without));
    }
    facts(out, statement);
    if statement.actions.is_empty() {
        return;
    }
    out.push_str("| Action | Access level | Resource types | Description |\n|---|---|---|---|\n");
    for pattern in &statement.actions {
        rows(out, subject, statement, pattern);
    }
    out.push('\n');
}

/// A statement's Sid or, without one, its number.
fn name(index: usize, statement: &Statement<'_>) -> String {
    if statement.sid.is_empty() {
        (index + 1).to_string()
    } else {
        code(statement.sid)
    }
}

/// What applies to all actions of a statement.
fn facts(out: &mut String, statement: &Statement<'_>) {
    let but = |not| if not { "all but " } else { "" };
    let principals: Vec<_> = statement
        .principals
        .iter()
        .map(|principal| match principal.kind {
            "*" => code(principal.id),
            kind => format!("{} {}", code(kind), code(principal.id)),
        })
        .collect();
    if !principals.is_empty() {
        // Writing to a `String` cannot fail.
        let names = principals.join(", ");
        let _ = writeln!(out, "- Principals: {}{names}", but(statement.not_principals));
    }
    let _ = writeln!(
        out,
        "- Actions: {}{}",
        but(statement.not_actions),
        count(&statement.levels)
    );
    resources(out, but(statement.not_resources), &statement.resources);
    for condition in &statement.conditions {
        let _ = writeln!(
            out,
            "- Condition: {} {}: {}",
            code(condition.operator),
            code(condition.key),
            codes(&condition.values)
        );
    }
    if !statement.partitions.is_empty() {
        let _ = writeln!(out, "- Partitions: {}", codes(&statement.partitions));
    }
    out.push('\n');
}

/// The resources on one line or, if any has a reason, on one line each.
fn resources(out: &mut String, but: &str, resources: &[Resource<'_>]) {
    let lines: Vec<_> = resources
        .iter()
        .map(|resource| {
            let limit = match resource.partitions.as_slice() {
                [] => String::new(),
                partitions => format!(" (in {})", codes(partitions)),
            };
            let without = resource
                .without
                .map(|without| format!("*Without it:* {}", line(without)));
            let notes: Vec<_> = resource.reason.map(line).into_iter().chain(without).collect();
            let colon = if notes.is_empty() { "" } else { ": " };
            format!("{}{limit}{colon}{}", code(resource.arn), notes.join(" "))
        })
        .collect();
    let has_notes = resources
        .iter()
        .any(|resource| resource.reason.is_some() || resource.without.is_some());
    // Writing to a `String` cannot fail.
    let _ = match lines.as_slice() {
        [] => Ok(()),
        lines if has_notes => {
            let heading = format!("- Resources: {but}");
            writeln!(out, "{}\n  - {}", heading.trim_end(), lines.join("\n  - "))
        }
        lines => writeln!(out, "- Resources: {but}{}", lines.join(", ")),
    };
}

/// The number of actions for each access level.
fn count(levels: &[(AccessLevel, usize)]) -> String {
    let each: Vec<_> = levels
        .iter()
        .map(|(level, count)| format!("{} {level}", Grouped(*count)))
        .collect();
    match each.as_slice() {
        [] => "0".to_owned(),
        [one] => one.clone(),
        _ => {
            let all = levels.iter().map(|(_, count)| count).sum();
            format!("{}: {}", Grouped(all), each.join(", "))
        }
    }
}

fn rows(out: &mut String, subject: &Subject<'_>, statement: &Statement<'_>, pattern: &Pattern<'_>) {
    let mut known = pattern.actions().peekable();
    let notes: Vec<_> = [
        pattern.reason.map(line),
        pattern
            .without
            .map(|without| format!("*Without it:* {}", line(without))),
    ]
    .into_iter()
    .flatten()
    .collect();
    let notes = notes.join("<br>");
    if known.peek().is_none() {
        let mut notes = notes;
        if !notes.is_empty() {
            notes.push_str("<br>");
        }
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            out,
            "| {} | unknown | | {notes}No such action was known on {}. |",
            code(pattern.text),
            Catalog::get().date()
        );
        return;
    }
    let space = if notes.is_empty() { "" } else { " " };
    match &pattern.extent {
        Extent::Full if !pattern.is_wildcard() => {}
        Extent::Full => {
            let count = pattern.actions().count();
            let actions = if count == 1 { "action" } else { "actions" };
            let _ = writeln!(
                out,
                "| {}: {} {actions} | | |{space}{notes} |",
                code(pattern.text),
                Grouped(count),
            );
        }
        Extent::Same { statement } => {
            let first = subject.statements.get(*statement);
            let first = first.map_or_else(String::new, |first| name(*statement, first));
            let _ = writeln!(
                out,
                "| {}: as in statement {first} | | |{space}{notes} |",
                code(pattern.text)
            );
            return;
        }
        Extent::Summary(levels) => {
            let count = count(levels);
            let _ = writeln!(out, "| {}: {count} | | |{space}{notes} |", code(pattern.text));
            return;
        }
    }
    for action in known {
        let mut description = action
            .description()
            .map(|text| line(&format!("{text}.")))
            .unwrap_or_default();
        if !pattern.is_wildcard() && !notes.is_empty() {
            description = format!("{notes}<br>{description}");
        }
        let _ = writeln!(
            out,
            "| {} | {} | {} | {description} |",
            code(&action.to_string()),
            action.access_level(),
            types(statement, action)
        );
    }
}

/// The resource types the action applies to in this statement.
fn types(statement: &Statement<'_>, action: Known) -> String {
    if action.is_wildcard_only() {
        return if statement.is_about_everything() {
            "no resources".to_owned()
        } else {
            "**none of these**: needs `*`".to_owned()
        };
    }
    let types: Vec<_> = action
        .resource_types()
        .map(ActionResource::resource_type)
        .filter(|resource_type| statement.is_about_its_own() || !statement.about(*resource_type).is_empty())
        .map(|resource_type| code(resource_type.name()))
        .collect();
    if types.is_empty() {
        let of: Vec<_> = action
            .resource_types()
            .map(|about| code(about.resource_type().name()))
            .collect();
        return format!("**none of these**: applies to {}", of.join(", "));
    }
    types.join(", ")
}

/// Literal text.
fn code(text: &str) -> String {
    Code(text).to_string()
}

fn codes(texts: &[&str]) -> String {
    texts.iter().map(|text| code(text)).collect::<Vec<_>>().join(", ")
}

/// Prose on one line.
fn line(text: &str) -> String {
    Inline(text).to_string()
}
