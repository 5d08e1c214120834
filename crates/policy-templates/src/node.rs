//! A policy while it is computed from a template.

use iam_policy_document::{Builder, Document, Kind, Path, Span, Value};

/// A value of a policy, whose texts may have unknown parts.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) kind: NodeKind,
    pub(crate) span: Option<Span>,
    /// The path, if it is not that of its place in the policy.
    pub(crate) path: Option<Path>,
}

#[derive(Clone, Debug)]
pub(crate) enum NodeKind {
    Null,
    Bool(bool),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(Key, Node)>),
}

#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) span: Option<Span>,
}

impl Node {
    /// A value as it is written.
    pub(crate) fn of(value: Value<'_>) -> Self {
        let kind = match value.kind() {
            Kind::Null => NodeKind::Null,
            Kind::Bool(so) => NodeKind::Bool(so),
            Kind::Number(text) | Kind::String(text) => NodeKind::Text(text.to_owned()),
            Kind::Array => NodeKind::List(value.items().map(Self::of).collect()),
            Kind::Object => {
                let members = value.members().map(|member| {
                    let key = Key {
                        text: member.key.to_owned(),
                        span: member.key_span(),
                    };
                    (key, Self::of(member.value))
                });
                NodeKind::Object(members.collect())
            }
        };
        Self {
            kind,
            span: value.span(),
            path: None,
        }
    }

    pub(crate) fn text(text: impl Into<String>, span: Option<Span>) -> Self {
        Self {
            kind: NodeKind::Text(text.into()),
            span,
            path: None,
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Text(text) => Some(text),
            NodeKind::Bool(true) => Some("true"),
            NodeKind::Bool(false) => Some("false"),
            NodeKind::Null | NodeKind::List(_) | NodeKind::Object(_) => None,
        }
    }

    /// The member of an object with this key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match &self.kind {
            NodeKind::Object(members) => members.iter().find(|(own, _)| own.text == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Calls `change` for every text and key in it.
    pub(crate) fn change_texts(&mut self, change: &mut dyn FnMut(&str) -> Option<String>) {
        match &mut self.kind {
            NodeKind::Text(text) => {
                if let Some(changed) = change(text) {
                    *text = changed;
                }
            }
            NodeKind::List(items) => items.iter_mut().for_each(|item| item.change_texts(change)),
            NodeKind::Object(members) => {
                for (key, value) in members {
                    if let Some(changed) = change(&key.text) {
                        key.text = changed;
                    }
                    value.change_texts(change);
                }
            }
            NodeKind::Null | NodeKind::Bool(_) => {}
        }
    }

    /// Gives every value the path of its place.
    pub(crate) fn forget_places(&mut self) {
        self.path = None;
        match &mut self.kind {
            NodeKind::List(items) => items.iter_mut().for_each(Self::forget_places),
            NodeKind::Object(members) => members.iter_mut().for_each(|(_, value)| value.forget_places()),
            NodeKind::Null | NodeKind::Bool(_) | NodeKind::Text(_) => {}
        }
    }

    /// Moves every location in it.
    pub(crate) fn move_spans(&mut self, place: &dyn Fn(Option<Span>) -> Option<Span>) {
        self.span = place(self.span);
        match &mut self.kind {
            NodeKind::List(items) => items.iter_mut().for_each(|item| item.move_spans(place)),
            NodeKind::Object(members) => {
                for (key, value) in members {
                    key.span = place(key.span);
                    value.move_spans(place);
                }
            }
            NodeKind::Null | NodeKind::Bool(_) | NodeKind::Text(_) => {}
        }
    }

    /// The document with this as its outermost value.
    ///
    /// - `path`: where it is in the file
    pub(crate) fn document(&self, path: Path) -> Document {
        let mut builder = Builder::new();
        builder.with_unknowns();
        builder.path(path);
        self.contents(&mut builder);
        builder.finish()
    }

    fn write(&self, builder: &mut Builder) {
        if let Some(path) = &self.path {
            builder.path(path.clone());
        }
        self.contents(builder);
    }

    fn contents(&self, builder: &mut Builder) {
        match &self.kind {
            NodeKind::Null => builder.null(self.span),
            NodeKind::Bool(so) => builder.bool(*so, self.span),
            NodeKind::Text(text) => builder.string(text, self.span),
            NodeKind::List(items) => {
                builder.begin_array(self.span);
                for item in items {
                    item.write(builder);
                }
                builder.end();
            }
            NodeKind::Object(members) => {
                builder.begin_object(self.span);
                for (key, value) in members {
                    builder.key(&key.text, key.span);
                    value.write(builder);
                }
                builder.end();
            }
        }
    }
}

/// The policy with these statements.
///
/// - `path`: where they are in the file
pub(crate) fn policy_of(mut statements: Node, path: &Path) -> Node {
    statements.path = Some(path.clone());
    let span = statements.span;
    let key = |text: &str| Key {
        text: text.to_owned(),
        span: None,
    };
    Node {
        kind: NodeKind::Object(vec![
            (key("Version"), Node::text(iam_policy_core::VERSION, None)),
            (key("Statement"), statements),
        ]),
        span,
        path: None,
    }
}

/// A name for an unknown part: without the characters that have a meaning in texts of policies.
pub(crate) fn name(text: &str) -> String {
    let replaced = text.chars().filter_map(|character| match character {
        '*' | '?' => Some('…'),
        '{' => Some('('),
        '}' => Some(')'),
        '$' | iam_policy_core::variable::Unknown::MARK => None,
        _ => Some(character),
    });
    replaced.collect()
}
