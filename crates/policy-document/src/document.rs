use std::fmt;

use crate::path::{Path, Span, Step};

/// No parent, or no position.
pub(crate) const NONE: u32 = u32::MAX;

/// The kind of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    Null,
    False,
    True,
    Number,
    String,
    Array,
    Object,
}

/// A range of bytes in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Range {
    pub(crate) const NONE: Self = Self { start: NONE, end: NONE };

    pub(crate) fn length(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    pub(crate) fn of_span(span: Option<Span>) -> Self {
        let Some(span) = span else { return Self::NONE };
        match (u32::try_from(span.start), u32::try_from(span.end)) {
            (Ok(start), Ok(end)) => Self { start, end },
            _ => Self::NONE,
        }
    }

    fn span(self) -> Option<Span> {
        (self.start != NONE).then_some(Span::new(self.start as usize, self.end as usize))
    }
}

/// One value. Nodes are stored in text order, so a value's descendants are the nodes that follow it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) tag: Tag,
    /// The object or array that contains it.
    pub(crate) parent: u32,
    /// The node after its last descendant.
    pub(crate) next: u32,
    /// How many values precede it in the same object or array.
    pub(crate) index: u32,
    /// The text of a string or number.
    pub(crate) text: Range,
    pub(crate) span: Range,
    /// Its key, if it is in an object.
    pub(crate) key: Range,
    pub(crate) key_span: Range,
}

/// A policy document: a tree of JSON values with IAM's view of it.
///
/// It holds whatever was written, valid or not, and every value may have a position in its source. Built by a
/// [`Builder`](crate::Builder).
///
/// The tree is one list of nodes and one text, so it takes little more memory than its source, and nesting costs
/// nothing extra.
///
/// # Examples
///
/// ```
/// use iam_policy_document::{Builder, Element};
///
/// let mut builder = Builder::new();
/// builder.begin_object(None);
/// builder.key("Statement", None);
/// builder.begin_object(None);
/// builder.key("Action", None);
/// builder.string("s3:GetObject", None);
/// let document = builder.finish();
///
/// let statement = document.statements().next().unwrap();
/// let actions = statement.element(Element::Action).unwrap();
/// assert_eq!(actions.value.one_or_many().next().unwrap().as_str(), Some("s3:GetObject"));
/// ```
#[derive(Clone)]
pub struct Document {
    pub(crate) nodes: Vec<Node>,
    pub(crate) text: String,
    /// The paths that differ from the tree's structure, in node order.
    pub(crate) paths: Vec<(u32, Path)>,
    pub(crate) has_unknowns: bool,
}

impl Document {
    /// The outermost value, which should be an object.
    #[must_use]
    pub fn root(&self) -> Value<'_> {
        Value { document: self, id: 0 }
    }

    /// The same document with other locations, such as those in a part of its source.
    ///
    /// - `place`: what a span becomes
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_document::{Builder, Span};
    ///
    /// let mut builder = Builder::new();
    /// builder.string("a", Some(Span::new(12, 13)));
    /// let document = builder.finish().with_spans(&|span| Some(Span::new(span.start - 10, span.end - 10)));
    /// assert_eq!(document.root().span(), Some(Span::new(2, 3)));
    /// ```
    #[must_use]
    pub fn with_spans(mut self, place: &dyn Fn(Span) -> Option<Span>) -> Self {
        for node in &mut self.nodes {
            for own in [&mut node.span, &mut node.key_span] {
                if let Some(span) = own.span() {
                    *own = Range::of_span(place(span));
                }
            }
        }
        self
    }

    /// Whether strings and keys may have [unknown parts](iam_policy_core::variable::Unknown), as in policies of
    /// templates.
    #[must_use]
    pub const fn has_unknowns(&self) -> bool {
        self.has_unknowns
    }

    /// Whether any key, string or number contains such a byte. Much cheaper than looking at each.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_document::Builder;
    ///
    /// let mut builder = Builder::new();
    /// builder.string("${aws:username}", None);
    /// assert!(builder.finish().has_byte(|byte| byte == b'$'));
    /// ```
    pub fn has_byte(&self, wanted: impl Fn(u8) -> bool) -> bool {
        let mut blocks = self.text.as_bytes().chunks(256);
        blocks.any(|block| block.iter().fold(false, |found, &byte| found | wanted(byte)))
    }

    /// Every value, the root first, in text order.
    pub fn values(&self) -> impl Iterator<Item = Value<'_>> {
        self.root().within()
    }

    pub(crate) fn slice(&self, range: Range) -> &str {
        self.text
            .get(range.start as usize..range.end as usize)
            .unwrap_or_default()
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut json = String::new();
        self.write(&mut json, iam_policy_core::Style::MINIFIED)?;
        f.write_str(&json)
    }
}

/// The kind and contents of a value.
///
/// # Examples
///
/// ```
/// use iam_policy_document::{Builder, Kind};
///
/// let mut builder = Builder::new();
/// builder.number("5", None);
/// let document = builder.finish();
/// assert_eq!(document.root().kind(), Kind::Number("5"));
/// assert_eq!(document.root().kind().name(), "number");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, verbatim.
    Number(&'a str),
    /// A string, unescaped.
    String(&'a str),
    /// A list of [`Value::items`].
    Array,
    /// A list of [`Value::members`].
    Object,
}

impl Kind<'_> {
    /// The name of the type, for messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// A value of a document. It is two words large, so it is passed by value.
///
/// # Examples
///
/// ```
/// use iam_policy_document::{Builder, Value};
///
/// let mut builder = Builder::new();
/// builder.begin_array(None);
/// builder.string("s3:GetObject", None);
/// builder.bool(true, None);
/// let document = builder.finish();
///
/// let texts: Vec<_> = document.root().items().filter_map(Value::as_text).collect();
/// assert_eq!(texts, ["s3:GetObject", "true"]);
/// let last = document.root().items().last().unwrap();
/// assert_eq!((last.index(), last.path().to_string()), (1, "[1]".to_owned()));
/// assert_eq!(last.parent(), Some(document.root()));
/// ```
#[derive(Clone, Copy)]
pub struct Value<'a> {
    document: &'a Document,
    id: u32,
}

/// A key of an object and its value.
///
/// # Examples
///
/// ```
/// use iam_policy_document::{Builder, Span};
///
/// let mut builder = Builder::new();
/// builder.begin_object(None);
/// builder.key("Effect", Some(Span::new(1, 9)));
/// builder.string("Allow", None);
/// let document = builder.finish();
/// let effect = document.root().get("Effect").unwrap();
/// assert_eq!((effect.key, effect.value.as_str()), ("Effect", Some("Allow")));
/// assert_eq!(effect.key_span(), Some(Span::new(1, 9)));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The key, unescaped.
    pub key: &'a str,
    /// The value.
    pub value: Value<'a>,
}

impl Member<'_> {
    /// The span of the key in the source.
    #[must_use]
    pub fn key_span(&self) -> Option<Span> {
        self.value.node()?.key_span.span()
    }

    /// The path to the key, which ends with [`Step::Key`].
    #[must_use]
    pub fn key_path(&self) -> Path {
        let mut path = self.value.path();
        if let Some(last) = path.0.last_mut()
            && let Step::Value(name) = last
        {
            *last = Step::Key(std::mem::take(name));
        }
        path
    }
}

impl<'a> Value<'a> {
    pub(crate) fn document(self) -> &'a Document {
        self.document
    }

    fn node(self) -> Option<&'a Node> {
        self.document.nodes.get(self.id as usize)
    }

    /// Its kind and contents.
    #[must_use]
    pub fn kind(self) -> Kind<'a> {
        let Some(node) = self.node() else { return Kind::Null };
        match node.tag {
            Tag::Null => Kind::Null,
            Tag::False => Kind::Bool(false),
            Tag::True => Kind::Bool(true),
            Tag::Number => Kind::Number(self.document.slice(node.text)),
            Tag::String => Kind::String(self.document.slice(node.text)),
            Tag::Array => Kind::Array,
            Tag::Object => Kind::Object,
        }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        let node = self.node()?;
        (node.tag == Tag::String).then(|| self.document.slice(node.text))
    }

    /// The text of a string, of a number as written, of `true` or of `false`: what conditions compare.
    #[must_use]
    pub fn as_text(self) -> Option<&'a str> {
        match self.kind() {
            Kind::String(text) | Kind::Number(text) => Some(text),
            Kind::Bool(true) => Some("true"),
            Kind::Bool(false) => Some("false"),
            Kind::Null | Kind::Array | Kind::Object => None,
        }
    }

    /// Whether it is a string.
    #[must_use]
    pub fn is_string(self) -> bool {
        self.node().is_some_and(|node| node.tag == Tag::String)
    }

    /// Whether it is an array.
    #[must_use]
    pub fn is_array(self) -> bool {
        self.node().is_some_and(|node| node.tag == Tag::Array)
    }

    /// Whether it is an object.
    #[must_use]
    pub fn is_object(self) -> bool {
        self.node().is_some_and(|node| node.tag == Tag::Object)
    }

    fn children(self, of: Tag) -> Children<'a> {
        let (id, end) = match self.node() {
            Some(node) if node.tag == of => (self.id + 1, node.next),
            _ => (0, 0),
        };
        Children {
            document: self.document,
            id,
            end,
        }
    }

    /// The elements of an array; empty for other values.
    pub fn items(self) -> impl Iterator<Item = Value<'a>> + Clone {
        self.children(Tag::Array)
    }

    /// The members of an object in order, including duplicate keys; empty for other values.
    pub fn members(self) -> impl Iterator<Item = Member<'a>> + Clone {
        self.children(Tag::Object).map(|value| Member {
            key: value.key().unwrap_or_default(),
            value,
        })
    }

    /// The elements of an array, or the value itself: IAM treats a single value like an array with one value.
    pub fn one_or_many(self) -> impl Iterator<Item = Value<'a>> + Clone {
        if self.is_array() {
            self.children(Tag::Array)
        } else {
            Children {
                document: self.document,
                id: self.id,
                end: self.node().map_or(self.id, |node| node.next),
            }
        }
    }

    /// The first member with this key.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Member<'a>> {
        self.members().find(|member| member.key == key)
    }

    /// Its key, if it is in an object.
    #[must_use]
    pub fn key(self) -> Option<&'a str> {
        let node = self.node()?;
        (node.key.start != NONE).then(|| self.document.slice(node.key))
    }

    /// How many values precede it in the same array or object.
    #[must_use]
    pub fn index(self) -> usize {
        self.node().map_or(0, |node| node.index as usize)
    }

    /// The array or object that contains it.
    #[must_use]
    pub fn parent(self) -> Option<Value<'a>> {
        let parent = self.node()?.parent;
        (parent != NONE).then_some(Value {
            document: self.document,
            id: parent,
        })
    }

    /// Its span in the source.
    #[must_use]
    pub fn span(self) -> Option<Span> {
        self.node()?.span.span()
    }

    /// The path from the root, or from whatever the builder named with [`Builder::path`](crate::Builder::path).
    #[must_use]
    pub fn path(self) -> Path {
        let document = self.document;
        let mut steps = Vec::with_capacity(4);
        let mut at = self.id;
        // The root's parent is not a node.
        while let Some(node) = document.nodes.get(at as usize) {
            let given = document.paths.binary_search_by_key(&at, |(node, _)| *node);
            if let Some((_, start)) = given.ok().and_then(|index| document.paths.get(index)) {
                steps.reverse();
                let mut path = start.clone();
                path.0.append(&mut steps);
                return path;
            }
            if node.key != Range::NONE {
                steps.push(Step::value(document.slice(node.key)));
            } else if node.parent != NONE {
                steps.push(Step::Index(node.index as usize));
            }
            at = node.parent;
        }
        steps.reverse();
        Path(steps)
    }

    /// The value and everything in it, in text order.
    pub(crate) fn within(self) -> impl Iterator<Item = Value<'a>> {
        let document = self.document;
        (self.id..self.end()).map(move |id| Value { document, id })
    }

    pub(crate) fn end(self) -> u32 {
        self.node().map_or(0, |node| node.next)
    }

    pub(crate) fn number(self) -> u32 {
        self.id
    }

    /// Whether it is an array with exactly one string.
    pub(crate) fn only_string(self) -> Option<&'a str> {
        let mut items = self.children(Tag::Array);
        match (items.next(), items.next()) {
            (Some(only), None) => only.as_str(),
            _ => None,
        }
    }
}

/// Equal if they are the same value of the same document.
impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.id == other.id
    }
}

impl Eq for Value<'_> {}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {}", self.kind(), self.path())
    }
}

#[derive(Clone)]
struct Children<'a> {
    document: &'a Document,
    id: u32,
    end: u32,
}

impl<'a> Iterator for Children<'a> {
    type Item = Value<'a>;

    /// An upper bound, assuming that none has descendants.
    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.end.saturating_sub(self.id) as usize))
    }

    fn next(&mut self) -> Option<Value<'a>> {
        if self.id >= self.end {
            return None;
        }
        let value = Value {
            document: self.document,
            id: self.id,
        };
        self.id = value.end().max(self.id + 1);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Builder;

    fn nested() -> Document {
        let mut builder = Builder::new();
        builder.begin_object(Some(Span::new(0, 0)));
        builder.key("a", Some(Span::new(1, 4)));
        builder.begin_array(None);
        builder.string("x", Some(Span::new(6, 9)));
        builder.begin_array(None);
        builder.end();
        builder.bool(true, None);
        builder.end();
        builder.key("b", None);
        builder.number("1e3", None);
        builder.key("a", None);
        builder.null(None);
        builder.finish()
    }

    #[test]
    fn siblings_skip_descendants() {
        let document = nested();
        let keys: Vec<_> = document.root().members().map(|member| member.key).collect();
        assert_eq!(keys, ["a", "b", "a"]);
        let kinds: Vec<_> = document
            .root()
            .get("a")
            .unwrap()
            .value
            .items()
            .map(Value::kind)
            .collect();
        assert_eq!(kinds, [Kind::String("x"), Kind::Array, Kind::Bool(true)]);
    }

    #[test]
    fn a_single_value_is_a_list_of_one() {
        let document = nested();
        let b = document.root().get("b").unwrap().value;
        assert_eq!(b.one_or_many().collect::<Vec<_>>(), [b]);
        assert_eq!(b.as_text(), Some("1e3"));
        assert_eq!(b.as_str(), None);
    }

    #[test]
    fn paths_and_spans() {
        let document = nested();
        let member = document.root().get("a").unwrap();
        let x = member.value.items().next().unwrap();
        assert_eq!(x.path().to_string(), "a[0]");
        assert_eq!(x.span(), Some(Span::new(6, 9)));
        assert_eq!(member.key_path(), Path(vec![Step::Key("a".into())]));
        assert_eq!(member.key_span(), Some(Span::new(1, 4)));
        assert_eq!(document.root().path(), Path::default());
        assert_eq!(x.parent(), Some(member.value));
    }

    #[test]
    fn given_paths_prefix_their_children() {
        let mut builder = Builder::new();
        builder.begin_object(None);
        builder.key("Action", None);
        builder.path(Path(vec![Step::value("actions")]));
        builder.begin_array(None);
        builder.string("s3:GetObject", None);
        builder.path(Path(vec![Step::value("more")]));
        builder.string("s3:PutObject", None);
        let document = builder.finish();
        let paths: Vec<_> = document
            .root()
            .get("Action")
            .unwrap()
            .value
            .items()
            .map(|value| value.path().to_string())
            .collect();
        assert_eq!(paths, ["actions[0]", "more"]);
    }
}
