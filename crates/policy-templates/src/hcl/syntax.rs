//! Terraform's configuration language as a tree, whether it was written in HCL or in JSON.

use std::rc::Rc;

use iam_policy_document::Span;

/// What a file or a block contains.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) attributes: Vec<Attribute>,
    pub(super) blocks: Vec<Block>,
}

impl Body {
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| &*attribute.name == name)
    }

    pub(super) fn blocks<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> {
        self.blocks.iter().filter(move |block| &*block.kind == kind)
    }
}

/// A name with a value.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: Rc<str>,
    pub(super) span: Span,
    pub(super) value: Expr,
}

/// A block.
#[derive(Debug)]
pub(super) struct Block {
    /// The word before the labels.
    pub(super) kind: Rc<str>,
    pub(super) labels: Vec<Rc<str>>,
    /// The word and the labels.
    pub(super) head: Span,
    pub(super) body: Body,
}

impl Block {
    pub(super) fn label(&self, number: usize) -> &str {
        self.labels.get(number).map_or("", |label| label)
    }
}

/// An expression.
#[derive(Debug)]
pub(super) struct Expr {
    pub(super) kind: ExprKind,
    pub(super) span: Span,
}

/// What an expression is.
#[derive(Debug)]
pub(super) enum ExprKind {
    Null,
    Bool(bool),
    Number(Rc<str>),
    /// A string without interpolations.
    Text(Rc<str>),
    Template(Template),
    List(Vec<Expr>),
    Object(Vec<(Expr, Expr)>),
    /// A name alone, such as the first word of `var.x`.
    Name(Rc<str>),
    Traversal(Box<Expr>, Vec<Step>),
    Call(Box<Call>),
    /// A condition and two values.
    If(Box<[Expr; 3]>),
    Not(Box<Expr>),
    Negative(Box<Expr>),
    Binary(Operator, Box<[Expr; 2]>),
    For(Box<For>),
}

/// A string with parts that are computed.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) parts: Vec<Part>,
    /// Whether its text is written without escapes, as in a heredoc.
    pub(super) is_raw: bool,
}

impl Template {
    /// Whether its text may be an object in JSON.
    pub(super) fn looks_like_json(&self) -> bool {
        matches!(self.parts.first(), Some(Part::Text(text, _)) if text.trim_start().starts_with('{'))
    }
}

/// A part of a template.
#[derive(Debug)]
pub(super) enum Part {
    Text(Rc<str>, Span),
    Value(Expr),
    If {
        condition: Expr,
        yes: Vec<Self>,
        no: Vec<Self>,
    },
    For {
        key: Option<Rc<str>>,
        value: Rc<str>,
        collection: Expr,
        body: Vec<Self>,
    },
}

/// A step from a value into it.
#[derive(Debug)]
pub(super) enum Step {
    Attribute(Rc<str>),
    Index(Expr),
    /// `[*]`: what follows applies to each element.
    Splat,
    /// `.*`: the attributes that follow apply to each element.
    AttributeSplat,
}

/// A call of a function.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) name: Rc<str>,
    pub(super) arguments: Vec<Expr>,
    /// Whether the elements of the last argument are arguments.
    pub(super) expands: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    And,
    Or,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Divided,
    Modulo,
}

impl Operator {
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::And => "&&",
            Self::Or => "||",
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Divided => "/",
            Self::Modulo => "%",
        }
    }
}

/// A `for` expression.
#[derive(Debug)]
pub(super) struct For {
    pub(super) key_name: Option<Rc<str>>,
    pub(super) value_name: Rc<str>,
    pub(super) collection: Expr,
    /// The key, if the result is an object.
    pub(super) key: Option<Expr>,
    pub(super) value: Expr,
    /// Whether the values of a key are a list.
    pub(super) groups: bool,
    pub(super) condition: Option<Expr>,
}

impl Body {
    /// Whether an expression in it uses a name.
    pub(super) fn uses(&self, name: &str) -> bool {
        self.attributes.iter().any(|attribute| attribute.value.uses(name))
            || self.blocks.iter().any(|block| block.body.uses(name))
    }
}

impl Part {
    fn uses(&self, name: &str) -> bool {
        match self {
            Self::Text(..) => false,
            Self::Value(value) => value.uses(name),
            Self::If { condition, yes, no } => condition.uses(name) || yes.iter().chain(no).any(|part| part.uses(name)),
            Self::For { collection, body, .. } => collection.uses(name) || body.iter().any(|part| part.uses(name)),
        }
    }
}

impl Expr {
    /// Whether it uses a name.
    pub(super) fn uses(&self, name: &str) -> bool {
        match &self.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Text(_) => false,
            ExprKind::Name(own) => &**own == name,
            ExprKind::Template(template) => template.parts.iter().any(|part| part.uses(name)),
            ExprKind::List(items) => items.iter().any(|item| item.uses(name)),
            ExprKind::Object(members) => members.iter().any(|(key, value)| key.uses(name) || value.uses(name)),
            ExprKind::Traversal(base, steps) => {
                let in_step = |step: &Step| matches!(step, Step::Index(index) if index.uses(name));
                base.uses(name) || steps.iter().any(in_step)
            }
            ExprKind::Call(call) => call.arguments.iter().any(|argument| argument.uses(name)),
            ExprKind::If(parts) => parts.iter().any(|part| part.uses(name)),
            ExprKind::Not(inner) | ExprKind::Negative(inner) => inner.uses(name),
            ExprKind::Binary(_, sides) => sides.iter().any(|side| side.uses(name)),
            ExprKind::For(of) => {
                let parts = [
                    Some(&of.collection),
                    of.key.as_ref(),
                    Some(&of.value),
                    of.condition.as_ref(),
                ];
                parts.into_iter().flatten().any(|part| part.uses(name))
            }
        }
    }
}

/// What says where something is now.
pub(super) type Place<'p> = &'p dyn Fn(Span) -> Span;

impl Template {
    /// Changes the places of all that is in it.
    pub(super) fn move_spans(&mut self, place: Place<'_>) {
        self.parts.iter_mut().for_each(|part| part.move_spans(place));
    }
}

impl Part {
    fn move_spans(&mut self, place: Place<'_>) {
        match self {
            Self::Text(_, span) => *span = place(*span),
            Self::Value(value) => value.move_spans(place),
            Self::If { condition, yes, no } => {
                condition.move_spans(place);
                yes.iter_mut().chain(no).for_each(|part| part.move_spans(place));
            }
            Self::For { collection, body, .. } => {
                collection.move_spans(place);
                for part in body {
                    part.move_spans(place);
                }
            }
        }
    }
}

impl Expr {
    fn move_spans(&mut self, place: Place<'_>) {
        self.span = place(self.span);
        match &mut self.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Text(_) | ExprKind::Name(_) => {}
            ExprKind::Template(template) => template.move_spans(place),
            ExprKind::List(items) => items.iter_mut().for_each(|item| item.move_spans(place)),
            ExprKind::Object(members) => {
                for (key, value) in members {
                    key.move_spans(place);
                    value.move_spans(place);
                }
            }
            ExprKind::Traversal(base, steps) => {
                base.move_spans(place);
                for step in steps {
                    if let Step::Index(index) = step {
                        index.move_spans(place);
                    }
                }
            }
            ExprKind::Call(call) => call
                .arguments
                .iter_mut()
                .for_each(|argument| argument.move_spans(place)),
            ExprKind::If(parts) => parts.iter_mut().for_each(|part| part.move_spans(place)),
            ExprKind::Not(inner) | ExprKind::Negative(inner) => inner.move_spans(place),
            ExprKind::Binary(_, sides) => sides.iter_mut().for_each(|side| side.move_spans(place)),
            ExprKind::For(of) => {
                let parts = [
                    Some(&mut of.collection),
                    of.key.as_mut(),
                    Some(&mut of.value),
                    of.condition.as_mut(),
                ];
                parts.into_iter().flatten().for_each(|part| part.move_spans(place));
            }
        }
    }
}
