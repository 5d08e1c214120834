use std::fmt;

use policy_core::Style;
use policy_core::json::{Size, Writer};

use crate::document::{Document, Kind, Value};

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
        let mut size = Size::default();
        // Counting never fails.
        let _ = self.write(&mut size, Style::MINIFIED);
        size.characters()
    }
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
