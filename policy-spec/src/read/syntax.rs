use std::ops::Range;

use iam_policy_document::{Diagnostic, Position, sort_by_place};
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use crate::Source;
use crate::keys::{Section, Value};
use crate::mistake::syntax_error;

/// Turns parser errors into diagnostics, and finds the parts of the text they affect.
///
/// The parser continues after an error, which may cause more errors on the lines that follow. Only the first error of
/// such a run is reported.
///
/// - `sections`: all sections of the file, for suggestions
pub(super) fn diagnose(
    source: &Source,
    sections: &[&Section],
    table: &DeTable<'_>,
    errors: Vec<Error>,
) -> (Vec<Diagnostic>, Vec<Range<usize>>) {
    let mut found: Vec<(usize, Range<usize>, String)> = Vec::new();
    for error in errors {
        let span = error.span().unwrap_or(source.text().len()..source.text().len());
        found.push((source.position(span.start).line, span, error.message().to_owned()));
    }
    sort_by_place(&mut found, |(_, span, _)| span.start);

    let layout = Layout::new(source, table);
    let mut diagnostics = Vec::new();
    let mut tainted: Vec<Range<usize>> = Vec::new();
    let mut last_line = None;
    // The line after the section of the last duplicate header.
    let mut twice = 0;
    for (line, span, message) in found {
        let duplicate = message == "duplicate key" && !span.is_empty();
        let is_header = source.line(line).starts_with('[');
        let echo = if duplicate {
            !is_header && line < twice
        } else {
            last_line.is_some_and(|last| follows(source, last, line))
        };
        if duplicate && is_header {
            twice = section_end(source, line);
            // The error is the duplicate header itself. The parser's span does not include its brackets.
            tainted.push(span.start - (source.position(span.start).column - 1)..span.end);
        } else if !duplicate {
            last_line = Some(line);
            let torn = layout.torn(source, span.start);
            match tainted.last_mut() {
                Some(last) if echo => last.end = last.end.max(torn.end),
                _ => tainted.push(torn),
            }
        }
        if !echo {
            diagnostics.push(diagnostic(source, sections, span, &message));
        }
    }
    (diagnostics, tainted)
}

/// The starts of tables, and what the parser read as lists and inline tables.
struct Layout {
    headers: Vec<usize>,
    /// Sorted by their starts, without nesting.
    values: Vec<Range<usize>>,
}

impl Layout {
    fn new(source: &Source, table: &DeTable<'_>) -> Self {
        let mut layout = Self {
            headers: Vec::new(),
            values: Vec::new(),
        };
        layout.table(source, table);
        sort_by_place(&mut layout.headers, |header| *header);
        sort_by_place(&mut layout.values, |value| value.start);
        layout
    }

    fn table(&mut self, source: &Source, table: &DeTable<'_>) {
        for (_, value) in table {
            self.value(source, value);
        }
    }

    fn value(&mut self, source: &Source, value: &Spanned<DeValue<'_>>) {
        let span = value.span();
        match value.get_ref() {
            DeValue::Table(_) if source.slice(&span).starts_with('{') => self.values.push(span),
            DeValue::Table(table) => {
                if source.slice(&span).starts_with('[') {
                    self.headers.push(span.start);
                }
                self.table(source, table);
            }
            DeValue::Array(items) if items.iter().all(|item| source.slice(&item.span()).starts_with("[[")) => {
                for item in items {
                    self.value(source, item);
                }
            }
            DeValue::Array(_) => self.values.push(span),
            _ => {}
        }
    }

    /// The text that an error at `at` affects: its table, and everything swallowed by the enclosing list or inline
    /// table.
    fn torn(&self, source: &Source, at: usize) -> Range<usize> {
        let around = self.values.partition_point(|value| value.start <= at).checked_sub(1);
        let value = around
            .and_then(|index| self.values.get(index))
            .filter(|value| at <= value.end + 1);
        let (first, last) = value.map_or((at, at), |value| (value.start, value.end.max(at)));
        let before = self.headers.partition_point(|header| *header <= first).checked_sub(1);
        let start = before.and_then(|index| self.headers.get(index)).copied().unwrap_or(0);
        let next = self.headers.partition_point(|header| *header <= last);
        let end = self.headers.get(next).copied().unwrap_or(source.text().len() + 1);
        start..end
    }
}

fn diagnostic(source: &Source, sections: &[&Section], span: Range<usize>, message: &str) -> Diagnostic {
    let text = if message == "duplicate key" {
        format!("duplicate key `{}`", source.slice(&span))
    } else {
        format!("invalid TOML: {message}")
    };
    let help = help(source, sections, &span, message);
    let mut diagnostic = syntax_error(span, text);
    diagnostic.help.extend(help.map(Into::into));
    diagnostic
}

/// How to fix a parser error, if its message does not say.
fn help(source: &Source, sections: &[&Section], span: &Range<usize>, message: &str) -> Option<String> {
    let Position { line, column, .. } = source.position(span.start);
    let line = source.line(line);
    let rest = source.text().get(span.start..).unwrap_or_default();
    let mentions = |part| message.contains(part);
    let help = if mentions("duplicate key") {
        let header = line.trim_end();
        let is_of_many = sections.iter().any(|section| section.header == format!("[{header}]"));
        let name = source.slice(span);
        let tables = sections
            .iter()
            .flat_map(|section| section.keys)
            .find(|key| key.name == name);
        let is_of_many = is_of_many || tables.is_some_and(|key| matches!(key.value, Value::Tables(_)));
        return (is_of_many && header.starts_with('[')).then(|| format!("write `[{header}]` for each one"));
    } else if mentions("basic string") && mentions("expected `\"`") {
        "close the string with a `\"`"
    } else if mentions("unicode") || mentions("escape") {
        "write `\\\\` for a backslash, or put the string in single quotes"
    } else if mentions("must be quoted") {
        let value = source.slice(span);
        // Text followed by `=` is a key swallowed by a list above.
        let is_value = !value.is_empty() && !rest.lines().next().unwrap_or_default().contains('=');
        if !is_value {
            return None;
        } else if value.starts_with(['\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}']) {
            "use straight quotes, `\"`"
        } else {
            return Some(format!("write `\"{value}\"`"));
        }
    } else if line.trim_start().starts_with("//") {
        "comments start with `#`"
    } else if rest.starts_with(['{', '}']) && source.text().trim_start().starts_with('{') {
        "if this is a JSON policy, `iam-policy import` converts it to a spec"
    } else if mentions("unquoted key") && line.contains('=') {
        return Some(format!("write `\"{}\"`", word(line, column)?));
    } else if rest.starts_with(':') {
        "separate a key from its value with `=`"
    } else {
        return None;
    };
    Some(help.to_owned())
}

/// The part of a key around the character in this column: up to a dot, a bracket, an equals sign or white space.
fn word(line: &str, column: usize) -> Option<&str> {
    let (at, _) = line.char_indices().nth(column.checked_sub(1)?)?;
    let ends = |character: char| character.is_whitespace() || matches!(character, '.' | '=' | '[' | ']' | '"' | '\'');
    let (before, after) = line.split_at_checked(at)?;
    let start = before.rfind(ends).map_or(0, |end| end + 1);
    let end = after.find(ends).map_or(line.len(), |end| at + end);
    line.get(start..end).filter(|word| !word.is_empty())
}

/// The line of the next header after line `header`, or the line after the last.
fn section_end(source: &Source, header: usize) -> usize {
    let last = source.position(source.text().len()).line;
    let mut below = header + 1..=last;
    below
        .find(|line| source.line(*line).starts_with('['))
        .unwrap_or(last + 1)
}

/// Whether there are only blank lines and comments between two lines.
fn follows(source: &Source, last: usize, line: usize) -> bool {
    (last + 1..line).all(|between| {
        let text = source.line(between).trim_start();
        text.is_empty() || text.starts_with('#')
    })
}
