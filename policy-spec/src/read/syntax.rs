use std::ops::Range;

use policy_document::sort_by_place;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use crate::{Diagnostic, Source};

/// Makes diagnostics of the parser's errors, and says which parts of the text they have torn apart.
///
/// The parser goes on after an error and may then stumble over what the first has left behind, line after line. Of such a run
/// the first error is the mistake, the others are its echo.
pub(super) fn diagnose(
    source: &Source,
    table: &DeTable<'_>,
    errors: Vec<Error>,
) -> (Vec<Diagnostic>, Vec<Range<usize>>) {
    let mut errors: Vec<(usize, Range<usize>, String)> = errors
        .into_iter()
        .map(|error| {
            let span = error.span().unwrap_or(source.text().len()..source.text().len());
            (source.position(span.start).line, span, error.message().to_owned())
        })
        .collect();
    sort_by_place(&mut errors, |(_, span, _)| span.start);

    let layout = Layout::new(source, table);
    let mut diagnostics = Vec::new();
    let mut tainted: Vec<Range<usize>> = Vec::new();
    let mut last_line = None;
    for (line, span, message) in errors {
        let duplicate = message == "duplicate key" && !span.is_empty();
        let echo = !duplicate && last_line.is_some_and(|last| follows(source, last, line));
        if duplicate && source.line(line).starts_with('[') {
            // A header that stands twice: the mistake is not where in the file it stands.
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
            diagnostics.push(diagnostic(source, span, &message));
        }
    }
    (diagnostics, tainted)
}

/// Where tables begin, and what the parser has taken for lists and inline tables.
struct Layout {
    headers: Vec<usize>,
    /// Sorted by their starts; none of them is inside another.
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

    /// What an error at `at` has torn: the table it stands in, and all that the list or inline table around it has taken in.
    fn torn(&self, source: &Source, at: usize) -> Range<usize> {
        let around = self.values.partition_point(|value| value.start <= at).checked_sub(1);
        let value = around
            .and_then(|index| self.values.get(index))
            .filter(|value| at <= value.end + 1);
        let (first, last) = value.map_or((at, at), |value| (value.start, value.end.max(at)));
        let before = self.headers.partition_point(|header| *header <= first).checked_sub(1);
        let start = before.and_then(|index| self.headers.get(index)).copied().unwrap_or(0);
        let behind = self.headers.partition_point(|header| *header <= last);
        let end = self.headers.get(behind).copied().unwrap_or(source.text().len() + 1);
        start..end
    }
}

fn diagnostic(source: &Source, span: Range<usize>, message: &str) -> Diagnostic {
    let diagnostic = if message == "duplicate key" {
        let key = source.slice(&span);
        Diagnostic::new(span.clone(), format!("the key `{key}` stands twice in the same table"))
    } else {
        Diagnostic::new(span, format!("this is no TOML: {message}"))
    };
    Diagnostic {
        is_syntax: true,
        ..if message.contains("basic string") && message.contains("expected `\"`") {
            diagnostic.help("close the string with a `\"`")
        } else {
            diagnostic
        }
    }
}

/// Whether nothing but blank lines and comments stands between two lines.
fn follows(source: &Source, last: usize, line: usize) -> bool {
    (last + 1..line).all(|between| {
        let text = source.line(between).trim_start();
        text.is_empty() || text.starts_with('#')
    })
}
