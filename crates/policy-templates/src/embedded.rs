//! Policies that a file contains as strings of JSON.

use iam_policy_document::{Diagnostic, Location, Span, Value};

use crate::node::Node;

/// A policy in a string.
pub(crate) struct Embedded<'t> {
    /// The policy as it is written, with locations in the file.
    pub(crate) node: Node,
    pub(crate) problems: Vec<Diagnostic>,
    /// `${…}` in it are names, not policy variables.
    pub(crate) is_template: bool,
    /// The values of such names.
    pub(crate) map: Option<Value<'t>>,
}

/// Whether a value is a string with a policy, or the argument of a function that computes one.
pub(crate) fn is_policy(value: Value<'_>) -> bool {
    let text = value.as_str().or_else(|| value.items().next().and_then(Value::as_str));
    text.is_some_and(|text| text.trim_start().starts_with('{') && text.contains("\"Statement\""))
}

/// The policy in a string, or in the string that `Fn::Sub` completes.
///
/// - `source`: the file
pub(crate) fn json<'t>(source: &[u8], value: Value<'t>) -> Option<Embedded<'t>> {
    let (string, is_template, map) = match value.get("Fn::Sub") {
        Some(member) if member.value.is_string() => (member.value, true, None),
        Some(member) => {
            let mut items = member.value.items();
            (items.next()?, true, items.next())
        }
        None => (value, false, None),
    };
    let text = string.as_str().filter(|text| text.trim_start().starts_with('{'))?;
    let mut reading = iam_policy_document::json::read(text.as_bytes());
    let places = Places::new(source, string.span(), text, Style::Whole);
    for problem in &mut reading.problems {
        let place = |location: &mut Location| {
            location.span = places.of(location.span);
            location.path = string.path();
        };
        place(&mut problem.location);
        for label in &mut problem.labels {
            place(&mut label.location);
        }
    }
    let mut node = Node::of(reading.document.root());
    node.move_spans(&|span| places.of(span));
    Some(Embedded {
        node,
        problems: reading.problems,
        is_template,
        map,
    })
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// As a string of JSON or YAML: plain, in quotes with escapes, or as a block with indentation.
    Whole,
    /// As a part of a string in quotes, with escapes.
    Quoted,
    /// As a part of a text without escapes, possibly with indentation.
    Raw,
}

/// The places of a string's bytes in a file, whatever its quotes and escapes are.
pub(crate) struct Places {
    whole: Option<Span>,
    /// For each byte of the text; empty if they could not be found.
    bytes: Vec<u32>,
}

impl Places {
    /// - `span`: the span of the string in the file
    /// - `text`: its text
    pub(crate) fn new(source: &[u8], span: Option<Span>, text: &str, style: Style) -> Self {
        let bytes = span
            .and_then(|span| Some((span.start, std::str::from_utf8(source.get(span.start..span.end)?).ok()?)))
            .and_then(|(start, written)| aligned(written, start, text, style));
        Self {
            whole: span,
            bytes: bytes.unwrap_or_default(),
        }
    }

    /// The places in a text that was computed: all of it has the place of the computation.
    pub(crate) const fn unknown(whole: Option<Span>) -> Self {
        Self {
            whole,
            bytes: Vec::new(),
        }
    }

    /// The same places in a text that starts later.
    pub(crate) fn moved(mut self, offset: usize) -> Self {
        self.whole = self.whole.map(|span| Span::new(span.start + offset, span.end + offset));
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        for byte in &mut self.bytes {
            *byte = byte.saturating_add(offset);
        }
        self
    }

    /// The place of a part of the text.
    pub(crate) fn of(&self, span: Option<Span>) -> Option<Span> {
        let span = span?;
        let place = |at: usize| self.bytes.get(at).map(|&byte| byte as usize);
        let last = place(span.end.saturating_sub(1));
        match (place(span.start), last) {
            (Some(start), Some(end)) if span.end > span.start => Some(Span::new(start, end + 1)),
            (Some(start), _) => Some(Span::new(start, start)),
            _ => self.whole,
        }
    }
}

/// Finds the bytes of a text in the way it is written.
fn aligned(written: &str, start: usize, text: &str, style: Style) -> Option<Vec<u32>> {
    // A function's short form, or an anchor, comes first.
    let (mut start, mut written) = (start, written);
    while written.starts_with(['!', '&']) && style == Style::Whole {
        let word = written.find(char::is_whitespace)?;
        let after = written.get(word..)?.trim_start();
        start += written.len() - after.len();
        written = after;
    }
    let mut places = Vec::with_capacity(text.len());
    let mut rest = written.char_indices().peekable();
    // What comes before the text: a quote, or the header of a block, which ends with its line.
    if style != Style::Whole {
        // A part has no delimiters.
    } else if written.starts_with(['|', '>']) {
        while let Some((_, character)) = rest.next()
            && character != '\n'
        {}
    } else if written.starts_with(['"', '\'']) {
        rest.next();
    }
    for wanted in text.chars() {
        loop {
            let &(at, found) = rest.peek()?;
            let place = u32::try_from(start + at).ok()?;
            let mut take = || places.extend(std::iter::repeat_n(place, wanted.len_utf8()));
            if found == wanted && (found != '\\' || style == Style::Raw) {
                take();
                rest.next();
                if found == '\'' && written.starts_with('\'') && style == Style::Whole {
                    rest.next_if(|(_, next)| *next == '\'');
                }
                break;
            }
            match found {
                '\\' => {
                    take();
                    rest.next();
                    let (_, escape) = rest.next()?;
                    let digits = match escape {
                        'u' => 4,
                        'x' => 2,
                        'U' => 8,
                        _ => 0,
                    };
                    for _ in 0..digits {
                        rest.next()?;
                    }
                    break;
                }
                // `$${` is a literal `${`, and `%%{` a literal `%{`.
                '$' | '%' if wanted == '{' && style != Style::Whole => {
                    rest.next();
                }
                // A folded line.
                '\n' | '\r' if wanted == ' ' => {
                    take();
                    rest.next();
                    break;
                }
                ' ' | '\t' | '\n' | '\r' => {
                    rest.next();
                }
                _ => return None,
            }
        }
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_as_they_are_written() {
        for (written, text, style) in [
            ("ab", "ab", Style::Whole),
            ("\"a\\\"b\\nc\\u00e9d\"", "a\"b\nc\u{e9}d", Style::Whole),
            ("'it''s'", "it's", Style::Whole),
            ("|\n    a\n      b\n", "a\n  b\n", Style::Whole),
            (">-\n    a\n    b", "a b", Style::Whole),
            ("'a\\nb$${c}", "'a\nb${c}", Style::Quoted),
            ("  '\\d\n    e%%{f\n", "'\\d\n  e%{f\n", Style::Raw),
        ] {
            let places = aligned(written, 0, text, style).unwrap_or_default();
            assert_eq!(places.len(), text.len(), "{written}");
            assert!(places.is_sorted(), "{written}");
            let last = text
                .char_indices()
                .rev()
                .find(|(_, last)| last.is_ascii_lowercase())
                .unwrap();
            assert_eq!(written.as_bytes()[places[last.0] as usize], last.1 as u8, "{written}");
        }
        assert_eq!(aligned("abc", 0, "xyz", Style::Whole), None);
    }
}
