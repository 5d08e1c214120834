use std::fmt::{Display, Write};

use crate::document::{Document, Kind, NONE, Node, Range, Tag, Value};
use crate::path::{Path, Span};

/// Builds a [`Document`] piece by piece, in text order.
///
/// Every value and key may have a position in the source. The source need not be JSON: elements of a spec have their
/// positions in the TOML, and may have their own [path](Self::path).
///
/// Misuse is harmless: a value without a key in an object gets the empty key, values after the outermost one are
/// dropped, and everything still open at the end is closed.
///
/// # Examples
///
/// ```
/// use iam_policy_document::{Builder, Span};
///
/// let mut builder = Builder::new();
/// builder.begin_object(None);
/// builder.key("Version", None);
/// builder.string("2012-10-17", Some(Span::new(12, 24)));
/// builder.end();
/// let document = builder.finish();
/// assert_eq!(document.version().unwrap().value.span(), Some(Span::new(12, 24)));
/// ```
#[derive(Debug, Default)]
pub struct Builder {
    nodes: Vec<Node>,
    text: String,
    paths: Vec<(u32, Path)>,
    /// The open objects and arrays, each with the number of its values.
    open: Vec<(u32, u32)>,
    key: Option<(Range, Range)>,
    path: Option<Path>,
    has_unknowns: bool,
}

impl Builder {
    /// An empty builder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty builder with capacity for the document of a source with this many bytes.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            nodes: Vec::with_capacity(bytes / 24),
            text: String::with_capacity(bytes),
            ..Self::default()
        }
    }

    /// Declares that strings and keys may have [unknown parts](iam_policy_core::variable::Unknown). In other documents,
    /// the character that marks them is what it is: one that AWS does not accept.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::variable::Unknown;
    /// use iam_policy_document::Builder;
    ///
    /// let mut builder = Builder::new();
    /// builder.with_unknowns();
    /// builder.string(&format!("arn:aws:s3:::{}", Unknown::word("Bucket")), None);
    /// assert_eq!(format!("{:?}", builder.finish()), r#""arn:aws:s3:::${Bucket}""#);
    /// ```
    pub fn with_unknowns(&mut self) {
        self.has_unknowns = true;
    }

    fn store(&mut self, text: &str) -> Range {
        let start = self.end_of_text();
        self.text.push_str(text);
        let end = self.end_of_text();
        Range { start, end }
    }

    fn end_of_text(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(NONE)
    }

    /// Sets the key of the next value.
    pub fn key(&mut self, key: &str, span: Option<Span>) {
        self.key = Some((self.store(key), Range::of_span(span)));
    }

    /// Sets the path of the next value, if it differs from the document's own structure; the paths of everything inside
    /// that value start with it.
    pub fn path(&mut self, path: Path) {
        self.path = Some(path);
    }

    fn push(&mut self, tag: Tag, text: Range, span: Option<Span>) {
        let key = self.key.take();
        let path = self.path.take();
        let (parent, index) = match self.open.last_mut() {
            Some((parent, count)) => {
                *count += 1;
                (*parent, *count - 1)
            }
            None if self.nodes.is_empty() => (NONE, 0),
            None => return,
        };
        let id = u32::try_from(self.nodes.len()).unwrap_or(NONE);
        let in_object = self
            .nodes
            .get(parent as usize)
            .is_some_and(|node| node.tag == Tag::Object);
        let (key, key_span) = match key {
            Some(key) if in_object => key,
            _ if in_object => (Range { start: 0, end: 0 }, Range::NONE),
            _ => (Range::NONE, Range::NONE),
        };
        if let Some(path) = path {
            self.paths.push((id, path));
        }
        self.nodes.push(Node {
            tag,
            parent,
            next: id + 1,
            index,
            text,
            span: Range::of_span(span),
            key,
            key_span,
        });
        if matches!(tag, Tag::Array | Tag::Object) {
            self.open.push((id, 0));
        }
    }

    /// Opens an object.
    pub fn begin_object(&mut self, span: Option<Span>) {
        self.push(Tag::Object, Range::NONE, span);
    }

    /// Opens an array.
    pub fn begin_array(&mut self, span: Option<Span>) {
        self.push(Tag::Array, Range::NONE, span);
    }

    /// Closes the innermost object or array.
    pub fn end(&mut self) {
        self.key = None;
        let next = u32::try_from(self.nodes.len()).unwrap_or(NONE);
        if let Some((id, _)) = self.open.pop()
            && let Some(node) = self.nodes.get_mut(id as usize)
        {
            node.next = next;
        }
    }

    /// Closes the innermost object or array, whose text ends at this byte of the source.
    pub fn end_at(&mut self, end: usize) {
        if let Some((id, _)) = self.open.last()
            && let Some(node) = self.nodes.get_mut(*id as usize)
            && node.span.start != NONE
        {
            node.span.end = u32::try_from(end).unwrap_or(NONE);
        }
        self.end();
    }

    /// A string, unescaped.
    pub fn string(&mut self, value: &str, span: Option<Span>) {
        let text = self.store(value);
        self.push(Tag::String, text, span);
    }

    /// A string, unescaped, that is written straight into the document.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_document::Builder;
    ///
    /// let mut builder = Builder::new();
    /// builder.display(&format_args!("arn:aws:s3:::{}", "logs"), None);
    /// assert_eq!(builder.finish().root().as_str(), Some("arn:aws:s3:::logs"));
    /// ```
    pub fn display(&mut self, value: &dyn Display, span: Option<Span>) {
        let start = self.end_of_text();
        // Writing to a `String` cannot fail.
        let _ = write!(self.text, "{value}");
        let text = Range {
            start,
            end: self.end_of_text(),
        };
        self.push(Tag::String, text, span);
    }

    /// A number, verbatim.
    pub fn number(&mut self, value: &str, span: Option<Span>) {
        let text = self.store(value);
        self.push(Tag::Number, text, span);
    }

    /// `true` or `false`.
    pub fn bool(&mut self, value: bool, span: Option<Span>) {
        self.push(if value { Tag::True } else { Tag::False }, Range::NONE, span);
    }

    /// `null`.
    pub fn null(&mut self, span: Option<Span>) {
        self.push(Tag::Null, Range::NONE, span);
    }

    /// An array of strings without positions.
    pub fn strings(&mut self, texts: &[impl AsRef<str>]) {
        self.begin_array(None);
        for text in texts {
            self.string(text.as_ref(), None);
        }
        self.end();
    }

    /// A value of another document with everything in it, without positions.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_document::Builder;
    ///
    /// let mut builder = Builder::new();
    /// builder.begin_object(None);
    /// builder.key("Action", None);
    /// builder.strings(&["s3:GetObject", "s3:PutObject"]);
    /// let document = builder.finish();
    ///
    /// let mut builder = Builder::new();
    /// builder.copy(document.root());
    /// let copy = builder.finish();
    /// assert_eq!(copy.root().get("Action").unwrap().value.items().count(), 2);
    /// ```
    pub fn copy(&mut self, value: Value<'_>) {
        self.has_unknowns |= value.document().has_unknowns();
        match value.kind() {
            Kind::Null => self.null(None),
            Kind::Bool(so) => self.bool(so, None),
            Kind::Number(text) => self.number(text, None),
            Kind::String(text) => self.string(text, None),
            Kind::Array => {
                self.begin_array(None);
                for item in value.items() {
                    self.copy(item);
                }
                self.end();
            }
            Kind::Object => {
                self.begin_object(None);
                for member in value.members() {
                    self.key(member.key, None);
                    self.copy(member.value);
                }
                self.end();
            }
        }
    }

    /// The document; `null` if nothing has been written.
    #[must_use]
    pub fn finish(mut self) -> Document {
        while !self.open.is_empty() {
            self.end();
        }
        if self.nodes.is_empty() {
            self.null(None);
        }
        Document {
            nodes: self.nodes,
            text: self.text,
            paths: self.paths,
            has_unknowns: self.has_unknowns,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misuse_is_harmless() {
        let mut builder = Builder::new();
        builder.end();
        builder.key("lost", None);
        builder.begin_object(None);
        builder.string("no key", None);
        builder.begin_array(None);
        builder.key("no object", None);
        builder.null(None);
        builder.end();
        builder.end();
        builder.string("after the end", None);
        let document = builder.finish();
        assert_eq!(format!("{document:?}"), r#"{"":"no key","":[null]}"#);
    }

    #[test]
    fn nothing_is_null() {
        assert_eq!(format!("{:?}", Builder::new().finish()), "null");
    }
}
