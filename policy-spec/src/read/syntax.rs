use std::ops::Range;

use toml::de::Error;

use crate::{Diagnostic, Source};

/// Makes diagnostics of the parser's errors, and says which parts of the text they have torn apart.
///
/// The parser goes on after an error and may then stumble over what the first has left behind, line after line. Of such a run
/// the first error is the mistake, the others are its echo.
pub(super) fn diagnose(source: &Source, errors: Vec<Error>) -> (Vec<Diagnostic>, Vec<Range<usize>>) {
    let mut errors: Vec<(usize, Range<usize>, String)> = errors
        .into_iter()
        .map(|error| {
            let span = error.span().unwrap_or(source.text().len()..source.text().len());
            (source.position(span.start).line, span, error.message().to_owned())
        })
        .collect();
    errors.sort_by_key(|(_, span, _)| span.start);

    let mut diagnostics = Vec::new();
    let mut tainted: Vec<Range<usize>> = Vec::new();
    let mut last_line = None;
    for (line, span, message) in errors {
        let duplicate = message == "duplicate key";
        let echo = !duplicate && last_line.is_some_and(|last| follows(source, last, line));
        if duplicate && source.line(line).starts_with('[') {
            // A header that stands twice: the mistake is not where in the file it stands.
            tainted.push(span.start - (source.position(span.start).column - 1)..span.end);
        } else if !duplicate {
            last_line = Some(line);
            let section = source.section(span.start);
            match tainted.last_mut() {
                Some(last) if echo => last.end = section.end,
                _ => tainted.push(section),
            }
        }
        if !echo {
            diagnostics.push(diagnostic(source, span, &message));
        }
    }
    (diagnostics, tainted)
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
        ..if message.contains("basic string") {
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
