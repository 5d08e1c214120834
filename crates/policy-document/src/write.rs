use std::borrow::Cow;
use std::fmt;

use iam_policy_core::Style;
use iam_policy_core::json::Writer;
use iam_policy_core::variable::{has_unknown, shown, unknowns};

use crate::document::{Document, Kind, Node, Range, Tag, Value};

impl Document {
    /// Writes the document as JSON.
    ///
    /// # Errors
    ///
    /// If the underlying writer fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::Style;
    /// use iam_policy_document::Builder;
    ///
    /// let mut builder = Builder::new();
    /// builder.begin_array(None);
    /// builder.string("s3:GetObject", None);
    /// let document = builder.finish();
    ///
    /// let mut json = String::new();
    /// document.write(&mut json, Style::MINIFIED.scalars(true))?;
    /// assert_eq!(json, "\"s3:GetObject\"");
    /// # Ok::<(), std::fmt::Error>(())
    /// ```
    pub fn write(&self, out: &mut dyn fmt::Write, style: Style) -> fmt::Result {
        self.root().write(out, style)
    }

    /// The number of characters that AWS counts, in any layout: everything but white space outside strings. Unknown parts
    /// do not count, so with them it is the least number.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_document::Builder;
    ///
    /// let mut builder = Builder::new();
    /// builder.begin_array(None);
    /// builder.string("a b", None);
    /// builder.null(None);
    /// assert_eq!(builder.finish().size(), r#"["a b",null]"#.len());
    /// ```
    #[must_use]
    pub fn size(&self) -> usize {
        // Counts what the writer would write; a test compares the two.
        let (mut used, mut size) = (0, 0);
        for node in &self.nodes {
            used += node.key.length() + node.text.length();
            size += marks(node);
        }
        if self.has_unknowns {
            let texts = self.nodes.iter().flat_map(|node| [node.key, node.text]);
            return size + texts.map(|text| known(self.slice(text))).sum::<usize>();
        }
        // Usually the document contains each text once, so all texts are counted at once.
        if used == self.text.len() {
            return size + characters(&self.text);
        }
        for node in &self.nodes {
            size += characters(self.slice(node.key)) + characters(self.slice(node.text));
        }
        size
    }
}

/// The characters of a value in JSON, without its key, its text and the values in it.
fn marks(node: &Node) -> usize {
    let comma = usize::from(node.index > 0);
    let key = if node.key == Range::NONE { 0 } else { "\"\":".len() };
    let own = match node.tag {
        Tag::Null | Tag::True => "null".len(),
        Tag::False => "false".len(),
        Tag::Number => 0,
        Tag::String | Tag::Array | Tag::Object => "[]".len(),
    };
    comma + key + own
}

/// The number of characters of the known parts of a text, when escaped.
fn known(text: &str) -> usize {
    let unknown = unknowns(text).map(|unknown| characters(&unknown.to_string()));
    // The mark is escaped, and so it is in the whole text.
    characters(text) - unknown.sum::<usize>()
}

/// The number of characters of a text, when escaped.
fn characters(text: &str) -> usize {
    let special = |byte: u8| matches!(byte, b'"' | b'\\' | 0..=0x1F);
    let mut size = if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    };
    if !text.bytes().fold(false, |found, byte| found | special(byte)) {
        return size;
    }
    for byte in text.bytes() {
        size += match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' => r"\n".len() - 1,
            0..=0x1F => r"\u0000".len() - 1,
            _ => 0,
        };
    }
    size
}

impl Value<'_> {
    /// Writes only the value as JSON. Unknown parts of strings are written as `${name}`.
    ///
    /// # Errors
    ///
    /// If the underlying writer fails.
    pub fn write(self, out: &mut dyn fmt::Write, style: Style) -> fmt::Result {
        let mut json = Writer::new(out, style);
        let has_unknowns = self.document().has_unknowns();
        let seen = |text| {
            if has_unknowns && has_unknown(text) {
                Cow::Owned(shown(text).to_string())
            } else {
                Cow::Borrowed(text)
            }
        };
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
                json.key(seen(key))?;
            }
            match value.kind() {
                Kind::String(text) => json.string(seen(text))?,
                Kind::Number(text) => json.literal(text)?,
                Kind::Bool(value) => json.literal(value)?,
                Kind::Null => json.literal("null")?,
                Kind::Array => {
                    if let Some(only) = value.only_string() {
                        json.list([&*seen(only)])?;
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

fn close(json: &mut Writer<'_>, object: bool) -> fmt::Result {
    if object { json.end_object() } else { json.end_array() }
}

#[cfg(test)]
mod tests {
    use iam_policy_core::json::Size;
    use proptest::prelude::*;

    use super::*;
    use crate::Builder;

    proptest! {
        #[test]
        fn the_size_matches_the_output(steps in prop::collection::vec((0u8..8, "[a\"\\\\\n\u{1}ü ]{0,4}"), 0..30)) {
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
