//! Writes XML like AWS's: elements and text.

use std::fmt::Display;

/// A document that is being written. Every element is on its own line, indented by two spaces.
#[derive(Debug, Default)]
pub(crate) struct Xml {
    out: String,
    depth: usize,
}

impl Xml {
    /// A document with this root element.
    pub(crate) fn document(name: &str, namespace: &str, inside: impl FnOnce(&mut Self)) -> String {
        let mut xml = Self::default();
        xml.open(name, &format!(" xmlns=\"{namespace}\""), inside);
        xml.out
    }

    /// Writes an element with child elements, or `<name/>` if there are none.
    pub(crate) fn element(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        self.open(name, "", inside);
    }

    /// Writes an element with text.
    pub(crate) fn text(&mut self, name: &str, text: impl Display) {
        self.indent();
        self.put(&["<", name, ">"]);
        escape(&text.to_string(), &mut self.out);
        self.put(&["</", name, ">\n"]);
    }

    fn open(&mut self, name: &str, attributes: &str, inside: impl FnOnce(&mut Self)) {
        self.indent();
        let start = self.out.len();
        self.put(&["<", name, attributes, ">\n"]);
        let before = self.out.len();
        self.depth += 1;
        inside(self);
        self.depth -= 1;
        if self.out.len() == before {
            self.out.truncate(start);
            self.put(&["<", name, attributes, "/>\n"]);
        } else {
            self.indent();
            self.put(&["</", name, ">\n"]);
        }
    }

    fn put(&mut self, pieces: &[&str]) {
        self.out.extend(pieces.iter().copied());
    }

    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n("  ", self.depth));
    }
}

/// Writes text. Characters that XML does not allow become replacement characters.
///
/// Source: "Extensible Markup Language (XML) 1.0", section 2.2, "Characters".
fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Unescaped, it would be read as a line feed.
            '\r' => out.push_str("&#xD;"),
            '\t' | '\n' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'.. => out.push(character),
            _ => out.push(char::REPLACEMENT_CHARACTER),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped() {
        let xml = Xml::document("A", "urn:x", |xml| {
            xml.text("B", "<a & \"b\">\u{1}\r\n\u{FFFE}");
            xml.element("C", |_| {});
        });
        assert_eq!(
            xml,
            "<A xmlns=\"urn:x\">\n  <B>&lt;a &amp; &quot;b&quot;&gt;\u{FFFD}&#xD;\n\u{FFFD}</B>\n  <C/>\n</A>\n"
        );
    }
}
