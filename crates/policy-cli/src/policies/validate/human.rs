//! The result for people: plain text, which reads alike in a terminal and in a log.

use std::fmt::Write;

use policy_spec::wording::list;
use policy_validate::{Status, Subject};

use super::verdict::{Finding, Verdict, skipped};
use crate::help::plain;

pub(super) fn written(verdicts: &[Verdict], subject: Option<&Subject>) -> String {
    let mut text = String::new();
    for (number, verdict) in verdicts.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        // A `String` takes everything.
        let _ = one(&mut text, verdict, subject);
    }
    text
}

fn one(text: &mut String, verdict: &Verdict, subject: Option<&Subject>) -> std::fmt::Result {
    write!(text, "{}", verdict.named.name)?;
    if let Some(title) = verdict
        .named
        .title
        .as_ref()
        .filter(|title| **title != verdict.named.name)
    {
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
    let (mut good, mut all) = (0, 0);
    for statement in verdict.statements() {
        let is_good = self::statement(text, verdict, statement, subject)?;
        all += 1;
        good += usize::from(is_good);
    }
    text.push('\n');
    let whole = if good == all { "everything is " } else { "" };
    writeln!(text, "{whole}allowed: {good} of {all} statements")?;
    if let Some(addition) = &verdict.addition {
        write!(
            text,
            "\nto add to the policies of the principal ({}):\n\n{addition}",
            verdict.notes.join("; ")
        )?;
    }
    let remedies = verdict.remedies();
    if !remedies.is_empty() {
        text.push_str("\nwhat no addition mends:\n\n");
        for remedy in remedies {
            writeln!(text, "{}: {}", remedy.actions.join(", "), remedy.what)?;
        }
    }
    Ok(())
}

/// A statement: a line, and under it what is wrong or to be known.
fn statement(
    text: &mut String,
    verdict: &Verdict,
    statement: usize,
    subject: Option<&Subject>,
) -> Result<bool, std::fmt::Error> {
    let findings = verdict.findings(statement);
    let sid = verdict.sid(statement);
    let is_good = findings.is_empty();
    let mark = if is_good { "✓" } else { "✗" };
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
        writeln!(text, "    in the principal's own {place}, not beyond{which}")?;
    }
    Ok(is_good)
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
            "      the answer depends on {keys}: give values with `--context KEY=VALUE`"
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
