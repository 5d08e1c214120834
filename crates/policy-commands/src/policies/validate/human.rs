//! The result as plain text, which reads the same on a terminal and in a log.

use std::borrow::Cow;
use std::fmt::Write;

use iam_policy_document::{Role, StyledText, Visible, visible_json};
use iam_policy_spec::wording::list;
use iam_policy_validate::{Status, Subject};

use super::verdict::{Finding, Verdict, skipped};
use crate::help::plain;

/// A part of the result.
enum Part {
    Text(String),
    /// A policy, whose lines stay as they are.
    Json(String),
}

/// Renders the results.
///
/// - `width`: the number of columns of the terminal, if it is one
pub(super) fn written(verdicts: &[Verdict], subject: Option<&Subject>, width: Option<usize>) -> StyledText {
    let mut parts = Vec::new();
    for (number, verdict) in verdicts.iter().enumerate() {
        if number > 0 {
            parts.push(Part::Text("\n".to_owned()));
        }
        // Writing to a `String` cannot fail.
        let _ = one(&mut parts, verdict, subject);
    }
    let mut out = StyledText::new();
    for part in parts {
        match part {
            Part::Text(text) => text.lines().for_each(|line| show(&mut out, line, width)),
            Part::Json(json) => out.plain(&json),
        }
    }
    out
}

/// Appends a line, wrapped if there is a width. Continuation lines are indented further.
fn show(out: &mut StyledText, line: &str, width: Option<usize>) {
    let line = Visible(line).to_string();
    let text = line.trim_start_matches(' ');
    let indent = " ".repeat(line.len() - text.len());
    let further = format!("{indent}  ");
    let lines: Vec<_> = match width {
        Some(width) if !text.is_empty() => {
            let options = textwrap::Options::new(width.max(further.len() + 20))
                .initial_indent(&indent)
                .subsequent_indent(&further)
                .word_separator(textwrap::WordSeparator::AsciiSpace)
                .word_splitter(textwrap::WordSplitter::NoHyphenation)
                .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit)
                .break_words(false);
            textwrap::wrap(text, options).into_iter().map(Cow::into_owned).collect()
        }
        _ => vec![line],
    };
    for line in lines {
        let role = match line.chars().next() {
            Some('\u{2713}') => Role::Allowed,
            Some('\u{2717}') => Role::Denied,
            _ => Role::Plain,
        };
        let (mark, rest) = match role {
            Role::Plain => ("", line.as_str()),
            _ => line.split_at(line.find(' ').unwrap_or(line.len())),
        };
        out.push(role, mark);
        out.plain(rest);
        out.plain("\n");
    }
}

fn one(parts: &mut Vec<Part>, verdict: &Verdict, subject: Option<&Subject>) -> std::fmt::Result {
    let text = &mut String::new();
    write!(text, "{}", verdict.named.name)?;
    let title = verdict.named.title.as_ref();
    if let Some(title) = title.filter(|title| **title != verdict.named.name) {
        write!(text, " ({title})")?;
    }
    if let Some(partition) = &verdict.named.partition {
        write!(text, " in the partition `{partition}`")?;
    }
    if let Some(subject) = subject {
        write!(text, "\nfor {}", subject.arn)?;
        if let Some(caller) = &subject.caller {
            write!(text, ", asked by {caller}")?;
        }
    }
    text.push_str("\n\n");
    let mut counted = Counted::default();
    for statement in verdict.statements() {
        self::statement(text, verdict, statement, subject, &mut counted)?;
    }
    let Counted { good, bad, skipped } = counted;
    let whole = if bad == 0 { "everything is " } else { "" };
    write!(text, "\n{whole}allowed: {good} of {} statements", good + bad)?;
    if skipped > 0 {
        write!(text, ", and {skipped} not asked about")?;
    }
    text.push('\n');
    if let Some(addition) = &verdict.addition {
        let notes = verdict.notes.join("; ");
        write!(text, "\nadd to the principal's policies ({notes}):\n\n")?;
        parts.push(Part::Text(std::mem::take(text)));
        parts.push(Part::Json(visible_json(&addition.to_string())));
    }
    let remedies = verdict.remedies();
    if !remedies.is_empty() {
        text.push_str("\nwhat an addition cannot fix:\n\n");
        for remedy in remedies {
            writeln!(text, "{}: {}", remedy.actions.join(", "), remedy.what)?;
        }
    }
    parts.push(Part::Text(std::mem::take(text)));
    Ok(())
}

/// How many statements are allowed, denied, and not asked about.
#[derive(Default)]
struct Counted {
    good: usize,
    bad: usize,
    skipped: usize,
}

/// A statement: one line, followed by problems and notes.
fn statement(
    text: &mut String,
    verdict: &Verdict,
    statement: usize,
    subject: Option<&Subject>,
    counted: &mut Counted,
) -> std::fmt::Result {
    let findings = verdict.findings(statement);
    let sid = verdict.sid(statement);
    let mut statuses = verdict.checks(statement).map(|check| &check.status);
    let (mark, count) = if !findings.is_empty() {
        ("✗", &mut counted.bad)
    } else if statuses.all(|status| matches!(status, Status::Skipped(_))) {
        ("-", &mut counted.skipped)
    } else {
        ("✓", &mut counted.good)
    };
    *count += 1;
    writeln!(text, "{mark} {sid}")?;
    for finding in &findings {
        self::finding(text, finding)?;
    }
    let mut here: Vec<&str> = Vec::new();
    let mut is_all = true;
    for check in verdict.checks(statement) {
        match check.status {
            Status::AllowedHere if here.contains(&check.action.as_str()) => {}
            Status::AllowedHere => here.push(&check.action),
            Status::Skipped(why) => {
                let (action, pattern) = (&check.action, &check.pattern);
                writeln!(text, "    {action} on {pattern} was not asked about: {}", skipped(why))?;
            }
            _ => is_all = false,
        }
    }
    let mut samples: Vec<&str> = Vec::new();
    for check in verdict.checks(statement).filter(|check| check.is_sample) {
        let written = check.written.as_deref().unwrap_or("NotAction");
        if !samples.contains(&written) {
            samples.push(written);
        }
    }
    if !samples.is_empty() {
        let samples = list(samples);
        writeln!(
            text,
            "    only a sample of the many actions in {samples} was asked about"
        )?;
    }
    if !here.is_empty() {
        let place = if subject.is_some_and(|subject| subject.region.is_some()) {
            "account and region"
        } else {
            "account"
        };
        let which = if is_all {
            String::new()
        } else {
            format!(": {}", here.join(", "))
        };
        writeln!(text, "    only in the principal's own {place}{which}")?;
    }
    Ok(())
}

fn finding(text: &mut String, finding: &Finding<'_>) -> std::fmt::Result {
    let actions: Vec<&str> = finding
        .needs
        .iter()
        .flat_map(|need| need.actions.iter().copied())
        .collect();
    writeln!(text, "    {} on {}", actions.join(", "), finding.pattern)?;
    for cause in &finding.causes {
        writeln!(text, "      {cause}")?;
    }
    if let Some(example) = &finding.example {
        writeln!(text, "      for example {example}")?;
    }
    if !finding.missing_context.is_empty() {
        let keys = list(finding.missing_context.iter().copied());
        writeln!(
            text,
            "      the answer depends on {keys}: set them with `--context KEY=VALUE`"
        )?;
    }
    for need in &finding.needs {
        let whose = if finding.needs.len() > 1 {
            format!("{}: ", need.actions.join(", "))
        } else {
            String::new()
        };
        for (label, said) in [("why: ", need.reason), ("without it: ", need.without)] {
            if let Some(said) = said {
                let said = plain(said).replace('\n', "\n        ");
                let label = if label.starts_with("why") && !whose.is_empty() {
                    &whose
                } else {
                    label
                };
                writeln!(text, "      {label}{said}")?;
            }
        }
    }
    Ok(())
}
