//! The values of expressions, as far as they are known.

use std::borrow::Cow;
use std::fmt::Write;
use std::rc::Rc;

use iam_policy_core::variable::{Unknown, has_unknown, only_unknown, shown};
use iam_policy_document::Span;

use super::written::Written;
use crate::node::{self, Key, Node, NodeKind};

/// A value, and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) kind: Kind,
    pub(super) span: Option<Span>,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number(Rc<str>),
    /// A text, which may have [unknown parts](Unknown).
    Text(Rc<str>),
    /// A text whose parts have places.
    Written(Rc<Written>),
    /// A text that is the JSON of a value.
    Json(Rc<Value>),
    List(Rc<Vec<Value>>),
    Object(Rc<Vec<Member>>),
    /// In a list or an object: any number of values of this form.
    Each(Rc<Value>),
    /// A resource or a data source.
    Block(Rc<Reference>),
    /// The first part of a reference, such as `var` or `data`.
    Scope(Scope),
    /// Something that is not known.
    Unknown(Rc<Name>),
}

/// A member of an object.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) key: Rc<str>,
    pub(super) key_span: Option<Span>,
    pub(super) value: Value,
}

/// A reference to a resource or a data source.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    /// Its number in the module.
    pub(super) block: usize,
    /// Which of its instances is meant, if that is known.
    pub(super) instance: Instance,
}

/// An instance of a resource that has several.
#[derive(Clone, Debug, Default)]
pub(super) enum Instance {
    /// The only one.
    #[default]
    Only,
    /// One of those that `count` makes, by its index.
    Count(Value),
    /// One of those that `for_each` makes.
    Each(Value, Value),
}

/// The first part of a reference.
#[derive(Clone, Debug)]
pub(super) enum Scope {
    Variables,
    Locals,
    Data,
    DataOf(Rc<str>),
    ResourceOf(Rc<str>),
    Modules,
    Path,
    Terraform,
}

/// The name of something that is not known.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) text: Rc<str>,
    /// Whether it is [a single word](Unknown#structfield.is_word).
    pub(super) is_word: bool,
    /// Whether Terraform would reject the expression.
    pub(super) is_error: bool,
    /// Whether it is the empty text that stands for something that does not exist.
    pub(super) is_absent: bool,
}

/// How long a name may be. Longer ones are shortened.
const MAX_NAME: usize = 400;

impl Value {
    pub(super) const fn new(kind: Kind) -> Self {
        Self { kind, span: None }
    }

    pub(super) const fn null() -> Self {
        Self::new(Kind::Null)
    }

    pub(super) const fn bool(so: bool) -> Self {
        Self::new(Kind::Bool(so))
    }

    pub(super) fn number(number: impl ToString) -> Self {
        Self::new(Kind::Number(number.to_string().into()))
    }

    pub(super) fn text(text: impl Into<Rc<str>>) -> Self {
        Self::new(Kind::Text(text.into()))
    }

    pub(super) fn list(items: Vec<Self>) -> Self {
        Self::new(Kind::List(Rc::new(items)))
    }

    pub(super) fn object(members: Vec<Member>) -> Self {
        Self::new(Kind::Object(Rc::new(members)))
    }

    pub(super) fn each(value: Self) -> Self {
        let span = value.span;
        match value.kind {
            Kind::Each(_) => value,
            _ => Self::new(Kind::Each(Rc::new(value))).at(span),
        }
    }

    /// A value that is not known.
    pub(super) fn unknown(name: impl AsRef<str>) -> Self {
        Self::named(name.as_ref(), false, false)
    }

    /// A single word that is not known.
    pub(super) fn word(name: impl AsRef<str>) -> Self {
        Self::named(name.as_ref(), true, false)
    }

    /// The value of an expression that Terraform rejects.
    pub(super) fn error(name: impl AsRef<str>) -> Self {
        Self::named(name.as_ref(), false, true)
    }

    fn named(name: &str, is_word: bool, is_error: bool) -> Self {
        let mut text = String::with_capacity(name.len());
        for word in name.split_whitespace() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        if text.len() > MAX_NAME {
            let start = text.char_indices().take_while(|(at, _)| *at < MAX_NAME).last();
            let hash = hash(text.as_bytes());
            text.truncate(start.map_or(0, |(at, _)| at));
            // A `String` takes everything.
            let _ = write!(text, "… {hash:016x}");
        }
        Self::new(Kind::Unknown(Rc::new(Name {
            text: text.into(),
            is_word,
            is_error,
            is_absent: false,
        })))
    }

    /// The empty text in place of something that does not exist. Nobody uses it as a part of another text.
    pub(super) fn absent(name: &str) -> Self {
        Self::new(Kind::Unknown(Rc::new(Name {
            text: name.into(),
            is_word: false,
            is_error: false,
            is_absent: true,
        })))
    }

    /// The same value at a place, unless it has one.
    pub(super) fn at(mut self, span: impl Into<Option<Span>>) -> Self {
        self.span = self.span.or(span.into());
        self
    }

    /// The value itself, of any number of such values.
    pub(super) fn inner(&self) -> &Self {
        match &self.kind {
            Kind::Each(inner) => inner,
            _ => self,
        }
    }

    pub(super) const fn is_each(&self) -> bool {
        matches!(self.kind, Kind::Each(_))
    }

    pub(super) const fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    pub(super) fn as_unknown(&self) -> Option<&Name> {
        match &self.kind {
            Kind::Unknown(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn is_error(&self) -> bool {
        self.as_unknown().is_some_and(|name| name.is_error)
    }

    /// The text that it is or becomes in a string; `None` if it cannot be in one.
    pub(super) fn as_text(&self) -> Option<Cow<'_, str>> {
        Some(match &self.kind {
            Kind::Text(text) | Kind::Number(text) => Cow::Borrowed(text),
            Kind::Written(written) => Cow::Owned(written.text()),
            Kind::Bool(true) => Cow::Borrowed("true"),
            Kind::Bool(false) => Cow::Borrowed("false"),
            Kind::Unknown(name) => Cow::Owned(name.part()),
            Kind::Json(_) => Cow::Owned(unknown_part(&self.describe(), false)),
            _ => return None,
        })
    }

    /// The key that it is in an object.
    pub(super) fn key(&self) -> Rc<str> {
        match self.as_text() {
            Some(text) => text.as_ref().into(),
            None => unknown_part(&self.describe(), false).into(),
        }
    }

    /// The text, if all of it is known.
    pub(super) fn as_known_text(&self) -> Option<Cow<'_, str>> {
        self.as_text().filter(|text| !has_unknown(text))
    }

    pub(super) fn as_number(&self) -> Option<f64> {
        match &self.kind {
            Kind::Number(number) => number.parse().ok(),
            Kind::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Whether nothing in it is unknown.
    pub(super) fn is_known(&self) -> bool {
        match &self.kind {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => true,
            Kind::Text(text) => !has_unknown(text),
            Kind::Written(written) => !has_unknown(&written.text()),
            Kind::Json(value) => value.is_known(),
            Kind::List(items) => items.iter().all(Self::is_known),
            Kind::Object(members) => members
                .iter()
                .all(|member| !has_unknown(&member.key) && member.value.is_known()),
            Kind::Each(_) | Kind::Block(_) | Kind::Scope(_) | Kind::Unknown(_) => false,
        }
    }

    /// The value as an expression, to name something that is computed from it.
    pub(super) fn describe(&self) -> String {
        let mut text = String::new();
        self.describe_into(&mut text);
        text
    }

    fn describe_into(&self, out: &mut String) {
        // Names are shortened anyway.
        if out.len() > MAX_NAME * 16 {
            return;
        }
        // A `String` takes everything.
        match &self.kind {
            Kind::Null => out.push_str("null"),
            Kind::Bool(so) => {
                let _ = write!(out, "{so}");
            }
            Kind::Number(number) => out.push_str(number),
            Kind::Text(text) => describe_text(text, out),
            Kind::Written(written) => describe_text(&written.text(), out),
            Kind::Json(value) => {
                out.push_str("jsonencode(");
                value.describe_into(out);
                out.push(')');
            }
            Kind::List(items) => {
                out.push('[');
                for (number, item) in items.iter().enumerate() {
                    if number > 0 {
                        out.push_str(", ");
                    }
                    item.describe_into(out);
                }
                out.push(']');
            }
            Kind::Object(members) => {
                out.push('(');
                for (number, member) in members.iter().enumerate() {
                    if number > 0 {
                        out.push_str(", ");
                    }
                    let _ = write!(out, "{} = ", shown(&member.key));
                    member.value.describe_into(out);
                }
                out.push(')');
            }
            Kind::Each(value) => value.describe_into(out),
            Kind::Block(reference) => {
                let _ = write!(out, "#{}", reference.block);
            }
            Kind::Scope(scope) => {
                let _ = write!(out, "{scope:?}");
            }
            Kind::Unknown(name) => out.push_str(&name.text),
        }
    }

    /// The value in a document.
    ///
    /// - `left`: how many values the document may still have
    pub(super) fn node(&self, left: &mut usize) -> Node {
        let kind = if let Some(rest) = left.checked_sub(1) {
            *left = rest;
            match &self.kind {
                Kind::Null => NodeKind::Null,
                Kind::Bool(so) => NodeKind::Bool(*so),
                Kind::List(items) => {
                    let mut nodes = Vec::new();
                    for item in items.iter() {
                        if *left == 0 {
                            break;
                        }
                        nodes.push(item.node(left));
                    }
                    NodeKind::List(nodes)
                }
                Kind::Object(members) => {
                    let mut nodes = Vec::new();
                    for member in members.iter() {
                        if *left == 0 {
                            break;
                        }
                        let key = Key {
                            text: member.key.as_ref().to_owned(),
                            span: member.key_span,
                        };
                        nodes.push((key, member.value.node(left)));
                    }
                    NodeKind::Object(nodes)
                }
                Kind::Each(inner) => return inner.node(left),
                _ => NodeKind::Text(match self.as_text() {
                    Some(text) => text.into_owned(),
                    None => unknown_part(&self.describe(), false),
                }),
            }
        } else {
            NodeKind::Text(unknown_part("the rest", false))
        };
        Node {
            kind,
            span: self.span,
            path: None,
        }
    }
}

impl Name {
    /// The unknown part of a text.
    fn part(&self) -> String {
        unknown_part(&self.text, self.is_word)
    }
}

pub(super) fn unknown_part(name: &str, is_word: bool) -> String {
    let name = node::name(name);
    if is_word {
        Unknown::word(&name).to_string()
    } else {
        Unknown::new(&name).to_string()
    }
}

/// A text as a string, or as the name of the unknown part that it consists of.
fn describe_text(text: &str, out: &mut String) {
    match only_unknown(text) {
        Some(unknown) => out.push_str(unknown.name),
        None => {
            // A `String` takes everything.
            let _ = write!(out, "\"{}\"", shown(text));
        }
    }
}

/// FNV-1a.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
