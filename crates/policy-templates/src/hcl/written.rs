//! Texts whose parts have places in the files, and the JSON in them.

use std::rc::Rc;

use iam_policy_document::{Diagnostic, Location, Span};

use super::sources::Sources;
use super::value::{Kind, Member, Value};
use crate::embedded::{Places, Style};

/// A text of several parts.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) parts: Vec<Fragment>,
}

/// A part of a text.
#[derive(Debug)]
pub(super) enum Fragment {
    /// What is written.
    Text { text: Rc<str>, span: Span, style: Style },
    /// What is computed.
    Value(Value),
}

impl Written {
    /// The whole text, with unknown parts.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Fragment::Text { text: own, .. } => text.push_str(own),
                Fragment::Value(value) => match value.as_text() {
                    Some(own) => text.push_str(&own),
                    None => text.push_str(&super::value::unknown_part(&value.describe(), false)),
                },
            }
        }
        text
    }
}

/// The value that a text of JSON has, and what is wrong with the text.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) value: Value,
    pub(super) problems: Vec<Diagnostic>,
}

/// What stands for a computed part in a string of JSON, with its number.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// Reads the JSON in a text; `None` if it is none because of what is not known.
pub(super) fn decode(value: &Value, sources: &Sources) -> Option<Decoded> {
    let whole = value.span;
    let mut builder = Builder::default();
    match &value.kind {
        Kind::Text(text) => builder.literal(text, whole, Some((sources, Style::Whole))),
        Kind::Written(written) => {
            for part in &written.parts {
                match part {
                    Fragment::Text { text, span, style } => {
                        builder.literal(text, Some(*span), Some((sources, *style)));
                    }
                    Fragment::Value(value) => builder.value(value),
                }
            }
        }
        _ => return None,
    }
    let mut reading = iam_policy_document::json::read(builder.text.as_bytes());
    if !reading.is_well_formed && builder.has_values_outside {
        return None;
    }
    for problem in &mut reading.problems {
        let place = |location: &mut Location| location.span = builder.place(location.span).or(whole);
        place(&mut problem.location);
        for label in &mut problem.labels {
            place(&mut label.location);
        }
    }
    let mut value = builder.convert(reading.document.root());
    value.span = value.span.or(whole);
    Some(Decoded {
        value,
        problems: reading.problems,
    })
}

#[derive(Default)]
struct Builder<'v> {
    text: String,
    /// Where the parts of the text start, and their places.
    segments: Vec<(usize, Places)>,
    values: Vec<&'v Value>,
    in_string: bool,
    has_values_outside: bool,
}

impl<'v> Builder<'v> {
    fn literal(&mut self, text: &str, span: Option<Span>, style: Option<(&Sources, Style)>) {
        let places = match style {
            Some((sources, style)) => sources.places(span, text, style),
            None => Places::unknown(span),
        };
        self.segments.push((self.text.len(), places));
        self.text.push_str(text);
        let mut is_escaped = false;
        for byte in text.bytes() {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if self.in_string => is_escaped = true,
                b'"' => self.in_string = !self.in_string,
                _ => {}
            }
        }
    }

    fn value(&mut self, value: &'v Value) {
        // What is known is a part of the JSON.
        if let Some(text) = value.as_known_text().filter(|_| !matches!(value.kind, Kind::Json(_))) {
            return self.literal(&text, value.span, None);
        }
        self.segments.push((self.text.len(), Places::unknown(value.span)));
        let quote = if self.in_string { "" } else { "\"" };
        self.has_values_outside |= !self.in_string && !matches!(value.kind, Kind::Json(_));
        self.text.push_str(quote);
        self.text.push(OPEN);
        self.text.push_str(&self.values.len().to_string());
        self.text.push(CLOSE);
        self.text.push_str(quote);
        self.values.push(value);
    }

    fn place(&self, span: Option<Span>) -> Option<Span> {
        let span = span?;
        let of = |at: usize| {
            let number = self
                .segments
                .partition_point(|(start, _)| *start <= at)
                .checked_sub(1)?;
            self.segments.get(number)
        };
        let (start, places) = of(span.start)?;
        let first = places.of(Some(Span::new(span.start - start, span.start - start + 1)))?;
        if span.end <= span.start {
            return Some(Span::new(first.start, first.start));
        }
        let (start, places) = of(span.end - 1)?;
        let last = places.of(Some(Span::new(span.end - 1 - start, span.end - start)))?;
        if last.end < first.start {
            return Some(first);
        }
        Some(Span::new(first.start, last.end))
    }

    fn convert(&self, value: iam_policy_document::Value<'_>) -> Value {
        use iam_policy_document::Kind as Json;
        let span = self.place(value.span());
        let kind = match value.kind() {
            Json::Null => Kind::Null,
            Json::Bool(so) => Kind::Bool(so),
            Json::Number(number) => Kind::Number(number.into()),
            Json::String(text) => return self.string(text, span),
            Json::Array => Kind::List(Rc::new(value.items().map(|item| self.convert(item)).collect())),
            Json::Object => {
                let members = value.members().map(|member| Member {
                    key: match self.string(member.key, None).as_text() {
                        Some(text) => text.as_ref().into(),
                        None => member.key.into(),
                    },
                    key_span: self.place(member.key_span()),
                    value: self.convert(member.value),
                });
                Kind::Object(Rc::new(members.collect()))
            }
        };
        Value { kind, span }
    }

    /// A string, with the computed parts in it.
    fn string(&self, text: &str, span: Option<Span>) -> Value {
        let mut result = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(OPEN) {
            result.push_str(before);
            let inside = after.split_once(CLOSE);
            let Some((value, after)) = inside.and_then(|(number, after)| {
                let number: usize = number.parse().ok()?;
                Some((self.values.get(number)?, after))
            }) else {
                result.push(OPEN);
                rest = after;
                continue;
            };
            if result.is_empty() && after.is_empty() && before.is_empty() {
                return match &value.kind {
                    Kind::Json(inner) => inner.as_ref().clone(),
                    _ => (*value).clone(),
                }
                .at(span);
            }
            match value.as_text() {
                Some(own) => result.push_str(&own),
                None => result.push_str(&super::value::unknown_part(&value.describe(), false)),
            }
            rest = after;
        }
        result.push_str(rest);
        Value::text(result).at(span)
    }
}
