//! Comments that ignore findings: `iam-policy: ignore CODE: reason`.
//!
//! A comment on lines of its own covers the next element: the next line, and what the line begins. A comment after
//! something covers its line.

mod cover;

use std::ops::Range;

use iam_policy_check::Code;
use iam_policy_core::suggest::nearest;
use iam_policy_document::Diagnostic;

use self::cover::Cover;
use super::finding::Finding;
use super::inspect::Inspected;
use crate::comments::{Syntax, scan};

/// What such a comment begins with.
const PREFIX: &str = "iam-policy:";

const IGNORE: &str = "ignore";

/// A comment that ignores findings.
struct Ignore {
    /// The code, or the one that was probably meant.
    code: Option<Code>,
    /// The text that names it.
    name: Range<usize>,
    /// What it covers.
    cover: Range<usize>,
    /// Whether it is written as it should be. If not, that is reported instead of what it does.
    is_valid: bool,
    is_used: bool,
}

/// Leaves out the findings that comments ignore, and adds findings about comments that are invalid or ignore nothing.
///
/// - `syntax`: the comments of the file
/// - `is_whole`: whether all findings about the file are there, so that a comment without one ignores nothing
/// - `report`: whether findings with a code are reported
///
/// Returns the number of findings that were left out.
pub(super) fn apply(inspected: &mut Inspected, syntax: Syntax, is_whole: bool, report: impl Fn(Code) -> bool) -> usize {
    let (mut ignores, mut problems) = read(&inspected.text, syntax);
    if ignores.is_empty() && problems.is_empty() {
        return 0;
    }
    let before = inspected.findings.len();
    inspected
        .findings
        .retain(|finding| !accept(&mut ignores, &finding.diagnostic));
    let left_out = before - inspected.findings.len();
    for ignore in ignores.iter().filter(|ignore| ignore.is_valid && !ignore.is_used) {
        let Some(code) = ignore.code.filter(|code| is_whole && report(*code)) else {
            continue;
        };
        let unused = Code::UnusedIgnore;
        let problem = Diagnostic::new(unused.severity(), format!("`{code}` is not reported here"));
        let problem = problem.with_code(unused.name()).at(ignore.name.clone());
        problems.push(problem.help("remove the comment, or move it before the element that the finding points to"));
    }
    inspected.findings.extend(problems.into_iter().map(Finding::from));
    inspected.findings.sort_by_key(|finding| finding.diagnostic.start());
    left_out
}

/// Whether comments ignore a finding. As with waivers, one location is enough, unless each is a problem of its own.
fn accept(ignores: &mut [Ignore], finding: &Diagnostic) -> bool {
    let Some(code) = Code::of(finding).filter(|code| code.rule().is_optional()) else {
        return false;
    };
    let mut locations = 0;
    let mut accepted = 0;
    for location in finding.locations() {
        locations += 1;
        let Some(span) = location.span else { continue };
        let mut is_accepted = false;
        for ignore in ignores.iter_mut() {
            if ignore.code == Some(code) && ignore.cover.contains(&span.start) {
                ignore.is_used = true;
                is_accepted = true;
            }
        }
        accepted += usize::from(is_accepted);
    }
    if code.rule().is_about_each_location() {
        accepted == locations
    } else {
        accepted > 0
    }
}

/// Whether a text may have comments that ignore findings.
pub(super) fn has_ignores(text: &[u8]) -> bool {
    text.windows(PREFIX.len()).any(|part| part == PREFIX.as_bytes())
}

/// Reads the comments that ignore findings, and reports those that are not written as they should be.
fn read(text: &[u8], syntax: Syntax) -> (Vec<Ignore>, Vec<Diagnostic>) {
    let (mut ignores, mut problems) = (Vec::new(), Vec::new());
    // Looking for comments takes much longer than looking for this.
    if !has_ignores(text) {
        return (ignores, problems);
    }
    let scan = scan(text, syntax);
    let cover = Cover::new(text, syntax, &scan);
    for comment in &scan.comments {
        let Some(body) = body(text, comment) else { continue };
        let Some(found) = text.get(body.clone()).and_then(|body| str::from_utf8(body).ok()) else {
            continue;
        };
        match parse(found, syntax) {
            Parsed::Other => {}
            Parsed::Ignore { code, name, problem } => {
                let is_valid = problem.is_none();
                let name = body.start + name.start..body.start + name.end;
                problems.extend(problem.map(|problem| problem.at(name.clone())));
                let cover = cover.of(comment);
                ignores.push(Ignore {
                    code,
                    name,
                    cover,
                    is_valid,
                    is_used: false,
                });
            }
        }
    }
    (ignores, problems)
}

/// The text of a comment from [`PREFIX`] on, if it begins with that.
fn body(text: &[u8], comment: &Range<usize>) -> Option<Range<usize>> {
    let bytes = text.get(comment.clone())?;
    let is_marker = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'#' | b'/' | b'*');
    let start = bytes.iter().position(|byte| !is_marker(byte))?;
    let rest = bytes.get(start..)?;
    if !rest.starts_with(PREFIX.as_bytes()) {
        return None;
    }
    let rest = if bytes.starts_with(b"/*") {
        rest.strip_suffix(b"*/").unwrap_or(rest)
    } else {
        rest
    };
    let start = comment.start + start;
    Some(start..start + rest.trim_ascii_end().len())
}

enum Parsed {
    /// A comment that only mentions the program.
    Other,
    Ignore {
        code: Option<Code>,
        /// The part of the text that names the code, or all of it.
        name: Range<usize>,
        problem: Option<Diagnostic>,
    },
}

/// Reads a comment that begins with [`PREFIX`].
fn parse(text: &str, syntax: Syntax) -> Parsed {
    let usage = || format!("write `{} {PREFIX} {IGNORE} CODE: reason`", syntax.marker());
    let invalid = |message: String| Diagnostic::error(message).with_code(Code::InvalidIgnore.name());
    let after = text.strip_prefix(PREFIX).unwrap_or(text);
    let word = after.split_whitespace().next().unwrap_or_default();
    let word = word.trim_end_matches([':', ',']);
    let start = text.len() - after.trim_start().len();
    if word != IGNORE {
        if nearest(word, [IGNORE]).is_none() {
            return Parsed::Other;
        }
        let problem = invalid(format!("`{word}` is not an instruction"));
        return Parsed::Ignore {
            code: None,
            name: start..start + word.len(),
            problem: Some(problem.did_you_mean(Some(IGNORE))),
        };
    }
    let after = text.get(start + word.len()..).unwrap_or_default();
    let (code, reason) = match after.split_once(':') {
        Some((code, reason)) => (code, Some(reason.trim())),
        None => (after, None),
    };
    let start = text.len() - after.len() + (code.len() - code.trim_start().len());
    let name = code.trim();
    let span = if name.is_empty() {
        0..text.len()
    } else {
        start..start + name.len()
    };
    let known = Code::from_name(name);
    let meant = nearest(name, Code::ALL.iter().map(|code| code.name())).filter(|_| known.is_none());
    // What is misspelled, or has no reason, still ignores its finding, so that only that is reported.
    let code = known.or_else(|| Code::from_name(meant?));
    let problem = if name.is_empty() {
        Some(invalid("the comment names no code".to_owned()).help(usage()))
    } else if name.contains([',', ' ', '\t', '\n']) && known.is_none() {
        Some(invalid(format!("`{name}` is not one code")).help("write a comment for each code, with its reason"))
    } else if known.is_none() {
        let problem = invalid(format!("there is no code `{name}`"));
        Some(match meant {
            Some(_) => problem.did_you_mean(meant),
            None => problem.help("`iam-policy rule` lists all codes"),
        })
    } else if known.is_some_and(|code| !code.rule().is_optional()) {
        Some(invalid(format!("`{name}` cannot be ignored")).help("remove the comment"))
    } else if reason.is_none_or(str::is_empty) {
        Some(invalid("the comment gives no reason".to_owned()).help(usage()))
    } else {
        None
    };
    Parsed::Ignore {
        code,
        name: span,
        problem,
    }
}

#[cfg(test)]
mod tests;
