//! The boundary to terminals: text that comes from elsewhere cannot move the cursor, change colors, reverse the
//! direction of what follows, or hide anything.

use std::fmt::{self, Display};
use std::io::{self, Write};

use iam_policy_core::text::is_invisible;

/// Displays a text on one line, with all its invisible characters escaped.
///
/// # Examples
///
/// ```
/// assert_eq!(iam_policy_document::Visible("a\tb\u{202e}").to_string(), "a\\tb\\u{202e}");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Visible<'a>(pub &'a str);

impl Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(self.0, is_invisible, f, |f, character| {
            write!(f, "{}", character.escape_default())
        })
    }
}

/// Whether a character must be escaped in text of several lines.
fn is_invisible_in_lines(character: char) -> bool {
    is_invisible(character) && !matches!(character, '\n' | '\t')
}

/// Appends text of any number of lines, with all invisible characters escaped except line feeds and tabs.
pub(crate) fn push_lines(out: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = escape(text, is_invisible_in_lines, out, |out, character| {
        out.extend(character.escape_default());
        Ok(())
    });
}

/// Writes `text`, with the `special` characters written by `one`.
fn escape<W: fmt::Write>(
    text: &str,
    special: fn(char) -> bool,
    out: &mut W,
    mut one: impl FnMut(&mut W, char) -> fmt::Result,
) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(special) {
        let (plain, found) = rest.split_at(at);
        out.write_str(plain)?;
        let mut characters = found.chars();
        if let Some(character) = characters.next() {
            one(out, character)?;
        }
        rest = characters.as_str();
    }
    out.write_str(rest)
}

/// JSON whose strings have no invisible characters: those that JSON allows in strings are written as `\u202e`. Its value
/// stays the same.
///
/// - `json`: valid JSON
///
/// # Examples
///
/// ```
/// let json = "{\n  \"a\": \"\u{7f}\u{202e}\u{e0041}\"\n}";
/// assert_eq!(iam_policy_document::visible_json(json), "{\n  \"a\": \"\\u007f\\u202e\\udb40\\udc41\"\n}");
/// ```
#[must_use]
pub fn visible_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    push_json(&mut out, json);
    out
}

fn push_json(out: &mut String, json: &str) {
    // Outside of strings, JSON has no other invisible characters than white space.
    let is_special = |character| is_invisible(character) && !matches!(character, '\n' | '\t' | '\r');
    // Writing to a string cannot fail.
    let _ = escape(json, is_special, out, |out, character| {
        let mut units = [0; 2];
        let mut units = character.encode_utf16(&mut units).iter();
        units.try_for_each(|unit| fmt::Write::write_fmt(out, format_args!("\\u{unit:04x}")))
    });
}

/// A writer to a terminal or a log, in which invisible characters are escaped.
///
/// # Examples
///
/// ```
/// use std::io::Write;
///
/// use iam_policy_document::VisibleWriter;
///
/// let mut out = Vec::new();
/// writeln!(VisibleWriter::text(&mut out), "wrote a\u{1b}b.json")?;
/// assert_eq!(out, b"wrote a\\u{1b}b.json\n");
///
/// let mut out = Vec::new();
/// writeln!(VisibleWriter::json(&mut out), "\"a\u{202e}\"")?;
/// assert_eq!(out, b"\"a\\u202e\"\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct VisibleWriter<W> {
    inner: W,
    push: fn(&mut String, &str),
    /// The start of a character whose other bytes have not been written.
    pending: Vec<u8>,
}

impl<W: Write> VisibleWriter<W> {
    /// For text: line feeds and tabs remain.
    ///
    /// - `inner`: receives the escaped text
    pub const fn text(inner: W) -> Self {
        Self::new(inner, push_lines)
    }

    /// For valid JSON, whose value stays the same.
    ///
    /// - `inner`: receives the escaped JSON
    pub const fn json(inner: W) -> Self {
        Self::new(inner, push_json)
    }

    const fn new(inner: W, push: fn(&mut String, &str)) -> Self {
        Self {
            inner,
            push,
            pending: Vec::new(),
        }
    }
}

impl<W: Write> Write for VisibleWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let is_plain = |byte: &u8| matches!(byte, b'\n' | b' '..=b'~');
        if self.pending.is_empty() && bytes.iter().all(is_plain) {
            self.inner.write_all(bytes)?;
            return Ok(bytes.len());
        }
        self.pending.extend_from_slice(bytes);
        let mut text = String::new();
        let mut complete = 0;
        for chunk in self.pending.utf8_chunks() {
            (self.push)(&mut text, chunk.valid());
            complete += chunk.valid().len();
            let is_last = complete + chunk.invalid().len() == self.pending.len();
            let may_continue = std::str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
            if !(chunk.invalid().is_empty() || is_last && may_continue) {
                text.push(char::REPLACEMENT_CHARACTER);
                complete += chunk.invalid().len();
            }
        }
        self.pending.drain(..complete);
        self.inner.write_all(text.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn invisible_characters_are_escaped() {
        assert_eq!(Visible("a\u{1b}\nb\u{202e}").to_string(), r"a\u{1b}\nb\u{202e}");
        let mut text = String::new();
        push_lines(&mut text, "a\r\n\tb\u{9b}\u{ad}\u{e0041}\u{e4}");
        assert_eq!(text, "a\\r\n\tb\\u{9b}\\u{ad}\\u{e0041}\u{e4}");
    }

    const ANY: &str = "([a-c\"\\\\ \u{e4}\u{1f600}]|[\u{0}-\u{9f}]|[\u{200b}-\u{206f}]|[\u{e0000}-\u{e007f}]){0,12}";

    proptest! {
        #[test]
        fn escaped_json_has_the_same_value(text in ANY) {
            let json = serde_json::json!({"a": [text]});
            for json_text in [json.to_string(), serde_json::to_string_pretty(&json).unwrap()] {
                let shown = visible_json(&json_text);
                prop_assert!(!shown.contains(|one: char| one != '\n' && is_invisible(one)), "{}", shown);
                prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(&shown).unwrap(), &json);
            }
        }

        #[test]
        fn a_writer_does_not_depend_on_where_the_text_is_split(text in ANY, splits in prop::collection::vec(1_usize..5, 0..20)) {
            let mut out = Vec::new();
            let mut writer = VisibleWriter::text(&mut out);
            let mut rest = text.as_bytes();
            for split in splits {
                let (part, after) = rest.split_at(split.min(rest.len()));
                writer.write_all(part).unwrap();
                rest = after;
            }
            writer.write_all(rest).unwrap();
            let mut expected = String::new();
            push_lines(&mut expected, &text);
            prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn invalid_bytes_are_replaced() {
        let mut out = Vec::new();
        VisibleWriter::text(&mut out)
            .write_all(b"a\xffb\xe2\x82c\xe2\x82")
            .unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a\u{fffd}b\u{fffd}c");
    }
}
