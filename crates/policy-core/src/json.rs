//! The writer of IAM's JSON, and the counter of its size.
//!
//! Everything in this workspace that prints a policy uses [`Writer`]: the constants, their artifacts and every program.
//! So the same policy is the same bytes everywhere.

use core::fmt::{self, Display, Write};

/// The layout of JSON.
///
/// # Examples
///
/// ```
/// use iam_policy_core::Style;
///
/// const SHORTEST: Style = Style::MINIFIED.scalars(true);
/// assert!(SHORTEST.minified && SHORTEST.scalars);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Style {
    /// Write no white space outside strings.
    pub minified: bool,
    /// Write a list with one value as that value. It is shorter, and equivalent to IAM.
    pub scalars: bool,
}

impl Style {
    /// Two spaces of indentation, every list an array, a newline at the end.
    pub const PRETTY: Self = Self {
        minified: false,
        scalars: false,
    };
    /// No white space outside strings, every list an array.
    pub const MINIFIED: Self = Self {
        minified: true,
        scalars: false,
    };

    /// Sets [`minified`](Self#structfield.minified).
    #[must_use]
    pub const fn minified(mut self, minified: bool) -> Self {
        self.minified = minified;
        self
    }

    /// Sets [`scalars`](Self#structfield.scalars).
    #[must_use]
    pub const fn scalars(mut self, scalars: bool) -> Self {
        self.scalars = scalars;
        self
    }

    /// Whether a list with this many values is written as its only value.
    pub(crate) const fn is_scalar(self, count: usize) -> bool {
        self.scalars && count == 1
    }
}

/// Writes JSON piece by piece into any [`fmt::Write`](core::fmt::Write).
///
/// The caller opens and closes objects and arrays; the writer adds commas, indentation and escapes.
///
/// # Examples
///
/// ```
/// use iam_policy_core::{json::Writer, Style};
///
/// let mut out = String::new();
/// let mut json = Writer::new(&mut out, Style::MINIFIED);
/// json.begin_object()?;
/// json.key("Action")?;
/// json.list(["s3:GetObject", "s3:PutObject"])?;
/// json.end_object()?;
/// assert_eq!(out, r#"{"Action":["s3:GetObject","s3:PutObject"]}"#);
/// # Ok::<(), std::fmt::Error>(())
/// ```
pub struct Writer<'w> {
    out: &'w mut dyn Write,
    style: Style,
    depth: usize,
    /// Nothing has been written into the innermost object or array yet.
    empty: bool,
    /// A key has been written; its value comes next.
    after_key: bool,
}

impl fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("style", &self.style)
            .finish_non_exhaustive()
    }
}

impl<'w> Writer<'w> {
    /// A writer into `out`.
    pub fn new(out: &'w mut dyn Write, style: Style) -> Self {
        Self {
            out,
            style,
            depth: 0,
            empty: true,
            after_key: false,
        }
    }

    /// The comma, line feed and indentation before a key or an element.
    fn separate(&mut self) -> fmt::Result {
        if self.after_key {
            self.after_key = false;
            return Ok(());
        }
        if self.depth == 0 {
            return Ok(());
        }
        if !self.empty {
            self.out.write_char(',')?;
        }
        self.empty = false;
        self.line()
    }

    fn line(&mut self) -> fmt::Result {
        if self.style.minified {
            return Ok(());
        }
        self.out.write_char('\n')?;
        for _ in 0..self.depth {
            self.out.write_str("  ")?;
        }
        Ok(())
    }

    fn begin(&mut self, bracket: char) -> fmt::Result {
        self.separate()?;
        self.out.write_char(bracket)?;
        self.depth += 1;
        self.empty = true;
        Ok(())
    }

    fn end(&mut self, bracket: char) -> fmt::Result {
        self.depth = self.depth.saturating_sub(1);
        if !self.empty {
            self.line()?;
        }
        self.empty = false;
        self.out.write_char(bracket)?;
        if self.depth == 0 && !self.style.minified {
            self.out.write_char('\n')?;
        }
        Ok(())
    }

    /// Opens an object.
    ///
    /// # Errors
    ///
    /// Like all other methods, it only fails if the underlying writer does.
    pub fn begin_object(&mut self) -> fmt::Result {
        self.begin('{')
    }

    /// Closes the innermost object.
    ///
    /// # Errors
    ///
    /// If the underlying writer fails.
    pub fn end_object(&mut self) -> fmt::Result {
        self.end('}')
    }

    /// Opens an array.
    ///
    /// # Errors
    ///
    /// If the underlying writer fails.
    pub fn begin_array(&mut self) -> fmt::Result {
        self.begin('[')
    }

    /// Closes the innermost array.
    ///
    /// # Errors
    ///
    /// If the underlying writer fails.
    pub fn end_array(&mut self) -> fmt::Result {
        self.end(']')
    }

    /// Writes the key of the next value.
    ///
    /// # Errors
    ///
    /// If the underlying writer fails.
    pub fn key(&mut self, key: impl Display) -> fmt::Result {
        self.string(key)?;
        self.out.write_str(if self.style.minified { ":" } else { ": " })?;
        self.after_key = true;
        Ok(())
    }

    /// Writes a string value, escaped.
    ///
    /// # Errors
    ///
    /// If the underlying writer fails.
    pub fn string(&mut self, value: impl Display) -> fmt::Result {
        self.text(format_args!("{value}"))
    }

    fn text(&mut self, value: fmt::Arguments<'_>) -> fmt::Result {
        self.separate()?;
        self.out.write_char('"')?;
        Escaped(self.out).write_fmt(value)?;
        self.out.write_char('"')
    }

    /// Writes a number, `true`, `false` or `null` verbatim.
    ///
    /// # Errors
    ///
    /// If the underlying writer fails.
    pub fn literal(&mut self, value: impl Display) -> fmt::Result {
        self.separate()?;
        write!(self.out, "{value}")
    }

    /// Writes a list of strings: an array or, if the style says so and there is only one, the value alone.
    ///
    /// # Errors
    ///
    /// If the underlying writer fails.
    pub fn list<V: Display>(&mut self, values: impl IntoIterator<Item = V>) -> fmt::Result {
        let mut values = values.into_iter();
        let first = values.next();
        let second = values.next();
        let count = usize::from(first.is_some()) + usize::from(second.is_some());
        if let Some(only) = first.as_ref().filter(|_| self.style.is_scalar(count)) {
            return self.string(only);
        }
        self.begin_array()?;
        if let Some(first) = first {
            self.string(first)?;
        }
        if let Some(second) = second {
            self.string(second)?;
        }
        for value in values {
            self.string(value)?;
        }
        self.end_array()
    }
}

/// Escapes text written through it for use inside a JSON string.
struct Escaped<'w>(&'w mut dyn Write);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        // All of these are single bytes, so the text between them need not be decoded.
        let is_special = |byte: u8| matches!(byte, b'"' | b'\\' | 0..=0x1F);
        while let Some(at) = rest.bytes().position(is_special) {
            let (plain, special) = rest.split_at(at);
            self.0.write_str(plain)?;
            let mut characters = special.chars();
            match characters.next() {
                Some('\n') => self.0.write_str("\\n")?,
                Some('\r') => self.0.write_str("\\r")?,
                Some('\t') => self.0.write_str("\\t")?,
                Some(quoted @ ('"' | '\\')) => {
                    self.0.write_char('\\')?;
                    self.0.write_char(quoted)?;
                }
                Some(control) => write!(self.0, "\\u{:04x}", u32::from(control))?,
                None => {}
            }
            rest = characters.as_str();
        }
        self.0.write_str(rest)
    }
}

/// Counts characters the way AWS does: without white space outside strings.
///
/// Accepts JSON in pieces of any length, so a policy can be measured without storing it.
///
/// Source: IAM User Guide, "IAM and AWS STS quotas": white space is not counted.
///
/// # Examples
///
/// ```
/// use iam_policy_core::json::Size;
///
/// assert_eq!(Size::of("{ \"Sid\":\n \"a b\" }"), 13);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Size {
    characters: usize,
    in_string: bool,
    escaped: bool,
}

impl Size {
    /// The size of `json`.
    #[must_use]
    pub fn of(json: &str) -> usize {
        let mut size = Self::default();
        size.add(json);
        size.characters()
    }

    /// The number of characters so far.
    #[must_use]
    pub fn characters(&self) -> usize {
        self.characters
    }

    fn add(&mut self, json: &str) {
        // A character counts with its first byte.
        let starts = |byte: &&u8| **byte & 0b1100_0000 != 0b1000_0000;
        let mut rest = json.as_bytes();
        while let [first, tail @ ..] = rest {
            rest = tail;
            if self.in_string && !self.escaped {
                // Most of a policy is text without quotes and escapes.
                let special = |byte: &u8| matches!(byte, b'"' | b'\\');
                let plain = core::iter::once(first).chain(tail).position(special);
                let length = plain.unwrap_or(tail.len() + 1);
                if length > 0 {
                    let (text, after) = tail.split_at_checked(length - 1).unwrap_or((tail, &[]));
                    self.characters += usize::from(starts(&first)) + text.iter().filter(starts).count();
                    rest = after;
                    continue;
                }
            }
            let counts = starts(&first) && (self.in_string || !matches!(first, b' ' | b'\t' | b'\n' | b'\r'));
            self.characters += usize::from(counts);
            match first {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = self.in_string,
                b'"' => self.in_string = !self.in_string,
                _ => {}
            }
        }
    }
}

impl Write for Size {
    fn write_str(&mut self, json: &str) -> fmt::Result {
        self.add(json);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;
    use std::string::String;

    use super::*;

    fn written(style: Style) -> String {
        let mut out = String::new();
        let mut json = Writer::new(&mut out, style);
        let result = (|| {
            json.begin_object()?;
            json.key("one")?;
            json.list(["a b"])?;
            json.key("none")?;
            json.list([""; 0])?;
            json.key("two")?;
            json.begin_array()?;
            json.begin_object()?;
            json.end_object()?;
            json.literal(1)?;
            json.string("q\"\\\n\t\u{1}ü")?;
            json.end_array()?;
            json.end_object()
        })();
        result.unwrap();
        out
    }

    fn check(style: Style, expected: Expect) {
        expected.assert_eq(&written(style));
    }

    #[test]
    fn pretty() {
        check(
            Style::PRETTY,
            expect![[r#"
                {
                  "one": [
                    "a b"
                  ],
                  "none": [],
                  "two": [
                    {},
                    1,
                    "q\"\\\n\t\u0001ü"
                  ]
                }
            "#]],
        );
    }

    #[test]
    fn minified_with_scalars() {
        check(
            Style::PRETTY.minified(true).scalars(true),
            expect![[r#"{"one":"a b","none":[],"two":[{},1,"q\"\\\n\t\u0001ü"]}"#]],
        );
    }

    #[test]
    fn the_size_is_independent_of_the_layout() {
        assert_eq!(
            Size::of(&written(Style::PRETTY)),
            written(Style::MINIFIED).chars().count()
        );
    }

    proptest! {
        #[test]
        fn the_size_is_independent_of_chunks(json in "[\"\\\\ a\nü]{0,20}", cut in 0usize..20) {
            let cut = json.floor_char_boundary(cut);
            let mut size = Size::default();
            size.write_str(&json[..cut]).unwrap();
            size.write_str(&json[cut..]).unwrap();
            prop_assert_eq!(size.characters(), Size::of(&json));
        }
    }
}
