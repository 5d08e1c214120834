use std::fmt;

use policy_core::Style;
use policy_core::json::Writer;

use crate::document::{Document, Kind, Node, Range, Tag, Value};

impl Document {
    /// Writes the document as JSON.
    ///
    /// # Errors
    ///
    /// When the underlying writer fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use policy_core::Style;
    /// use policy_document::Builder;
    ///
    /// let mut builder = Builder::new();
    /// builder.begin_array(None);
    /// builder.string("s3:GetObject", None);
    /// let document = builder.finish();
    ///
    /// let mut json = String::new();
    /// document.write(&mut json, Style { scalars: true, ..Style::MINIFIED })?;
    /// assert_eq!(json, "\"s3:GetObject\"");
    /// # Ok::<(), std::fmt::Error>(())
    /// ```
    pub fn write(&self, out: impl fmt::Write, style: Style) -> fmt::Result {
        self.root().write(out, style)
    }

    /// How many characters AWS counts, however the document is laid out: all but the white space outside strings.
    ///
    /// # Examples
    ///
    /// ```
    /// use policy_document::Builder;
    ///
    /// let mut builder = Builder::new();
    /// builder.begin_array(None);
    /// builder.string("a b", None);
    /// builder.null(None);
    /// assert_eq!(builder.finish().size(), r#"["a b",null]"#.len());
    /// ```
    #[must_use]
    pub fn size(&self) -> usize {
        // What the writer would write, piece by piece: a test compares the two.
        self.nodes.iter().map(|node| self.piece(node)).sum()
    }

    /// The characters of a value without those of the values in it.
    fn piece(&self, node: &Node) -> usize {
        let comma = usize::from(node.index > 0);
        let key = match node.key {
            Range::NONE => 0,
            key => string_size(self.slice(key)) + ":".len(),
        };
        let own = match node.tag {
            Tag::Null | Tag::True => "null".len(),
            Tag::False => "false".len(),
            Tag::Number => node.text.length(),
            Tag::String => string_size(self.slice(node.text)),
            Tag::Array | Tag::Object => "[]".len(),
        };
        comma + key + own
    }
}

/// The characters of a string in JSON, its quotes included.
fn string_size(text: &str) -> usize {
    let mut size = "\"\"".len();
    let mut special = false;
    for byte in text.bytes() {
        size += usize::from(byte & 0b1100_0000 != 0b1000_0000);
        special |= matches!(byte, b'"' | b'\\' | 0..=0x1F);
    }
    if special {
        for byte in text.bytes() {
            size += match byte {
                b'"' | b'\\' | b'\n' | b'\r' | b'\t' => r"\n".len() - 1,
                0..=0x1F => r"\u0000".len() - 1,
                _ => 0,
            };
        }
    }
    size
}

impl Value<'_> {
    /// Writes the value alone as JSON.
    ///
    /// # Errors
    ///
    /// When the underlying writer fails.
    pub fn write(self, out: impl fmt::Write, style: Style) -> fmt::Result {
        let mut json = Writer::new(out, style);
        // The last node of each open object or array, and whether it is an object.
        let mut open: Vec<(u32, bool)> = Vec::new();
        let mut inside_scalar = 0;
        for value in self.within() {
            while let Some(&(end, object)) = open.last()
                && end <= value.number()
            {
                close(&mut json, object)?;
                open.pop();
            }
            if value.number() < inside_scalar {
                continue;
            }
            if value != self
                && let Some(key) = value.key()
            {
                json.key(key)?;
            }
            match value.kind() {
                Kind::String(text) => json.string(text)?,
                Kind::Number(text) => json.literal(text)?,
                Kind::Bool(value) => json.literal(value)?,
                Kind::Null => json.literal("null")?,
                Kind::Array => {
                    if let Some(only) = value.only_string() {
                        json.list([only])?;
                        inside_scalar = value.end();
                    } else {
                        json.begin_array()?;
                        open.push((value.end(), false));
                    }
                }
                Kind::Object => {
                    json.begin_object()?;
                    open.push((value.end(), true));
                }
            }
        }
        open.iter().rev().try_for_each(|&(_, object)| close(&mut json, object))
    }
}

fn close<W: fmt::Write>(json: &mut Writer<W>, object: bool) -> fmt::Result {
    if object { json.end_object() } else { json.end_array() }
}

#[cfg(test)]
mod tests {
    use policy_core::json::Size;
    use proptest::prelude::*;

    use super::*;
    use crate::Builder;

    proptest! {
        #[test]
        fn the_size_is_what_the_writer_writes(steps in prop::collection::vec((0u8..8, "[a\"\\\\\n\u{1}ü ]{0,4}"), 0..30)) {
            let mut builder = Builder::new();
            builder.begin_object(None);
            for (step, text) in &steps {
                match step {
                    0 => builder.begin_object(None),
                    1 => builder.begin_array(None),
                    2 => builder.end(),
                    3 => builder.key(text, None),
                    4 => builder.number("-1.5", None),
                    5 => builder.bool(text.is_empty(), None),
                    6 => builder.null(None),
                    _ => builder.string(text, None),
                }
            }
            let document = builder.finish();
            let mut size = Size::default();
            document.write(&mut size, Style::MINIFIED).unwrap();
            prop_assert_eq!(document.size(), size.characters());
        }
    }
}
