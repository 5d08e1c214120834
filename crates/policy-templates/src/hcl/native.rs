//! From the text of HCL to the tree.

use std::rc::Rc;

use hcl_edit::expr::{BinaryOperator, Expression, ForExpr, ObjectKey, TraversalOperator, UnaryOperator};
use hcl_edit::parser;
use hcl_edit::structure::Structure;
use hcl_edit::template::{Directive, Element, Strip};
use iam_policy_document::{Diagnostic, Span};

use super::problem;
use super::syntax::{Attribute, Block, Body, Call, Expr, ExprKind, For, Operator, Part, Step, Template};

/// Reads a file. If a block is broken, the others are still read.
///
/// - `text`: the file
/// - `offset`: the place of its first byte
pub(super) fn read(text: &str, offset: usize, problems: &mut Vec<Diagnostic>) -> Body {
    match parser::parse_body(text) {
        Ok(body) => Reader { offset }.body(&body),
        Err(_) => in_pieces(text, offset, problems),
    }
}

/// Reads a template, the contents of a file for `templatefile`.
///
/// # Errors
///
/// If it is not one.
pub(super) fn template(text: &str, offset: usize) -> Result<Template, Diagnostic> {
    match parser::parse_template(text) {
        Ok(template) => Ok(Template {
            parts: Reader { offset }.parts(template.iter()),
            is_raw: true,
        }),
        Err(error) => Err(invalid(&error, text, offset)),
    }
}

/// The words that begin a block at the top of a file.
const KEYWORDS: [&str; 13] = [
    "check",
    "data",
    "ephemeral",
    "import",
    "locals",
    "module",
    "moved",
    "output",
    "provider",
    "removed",
    "resource",
    "terraform",
    "variable",
];

/// Whether a line begins a block at the top of a file.
pub(super) fn begins_block(line: &str) -> bool {
    let word = line.split(|character: char| !character.is_ascii_lowercase()).next();
    word.is_some_and(|word| {
        let rest = line.get(word.len()..).unwrap_or_default();
        KEYWORDS.contains(&word) && rest.starts_with([' ', '{', '\t']) && rest.trim_start().starts_with(['{', '"'])
    })
}

/// Reads a file block by block, as they are laid out.
fn in_pieces(text: &str, offset: usize, problems: &mut Vec<Diagnostic>) -> Body {
    let mut all = Body::default();
    let mut start = 0;
    let mut at = 0;
    let mut piece = |range: std::ops::Range<usize>| {
        let place = offset + range.start;
        let piece = text.get(range).unwrap_or_default();
        match parser::parse_body(piece) {
            Ok(body) => {
                let body = Reader { offset: place }.body(&body);
                all.attributes.extend(body.attributes);
                all.blocks.extend(body.blocks);
            }
            Err(error) => problems.push(invalid(&error, piece, place)),
        }
    };
    for line in text.split_inclusive('\n') {
        if begins_block(line) && at > start {
            piece(start..at);
            start = at;
        }
        at += line.len();
    }
    piece(start..text.len());
    all
}

fn invalid(error: &parser::Error, text: &str, offset: usize) -> Diagnostic {
    let at = error.location().offset().min(text.len());
    let next = text.get(at..).and_then(|rest| rest.chars().next());
    let length = next.filter(|next| *next != '\n').map_or(0, char::len_utf8);
    let span = Span::new(offset + at, offset + at + length);
    problem(format!("invalid HCL: {}", error.message()), span).with_code(super::SYNTAX_ERROR)
}

/// Converts what has been parsed.
struct Reader {
    offset: usize,
}

impl Reader {
    fn span(&self, of: &impl hcl_edit::Span) -> Span {
        let range = of.span().unwrap_or_default();
        Span::new(self.offset + range.start, self.offset + range.end)
    }

    fn body(&self, body: &hcl_edit::structure::Body) -> Body {
        let mut read = Body::default();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => read.attributes.push(Attribute {
                    name: attribute.key.as_str().into(),
                    span: self.span(&attribute.key),
                    value: self.expression(&attribute.value),
                }),
                Structure::Block(block) => {
                    let start = self.span(&block.ident);
                    let end = block.labels.last().map_or(start, |label| self.span(label));
                    read.blocks.push(Block {
                        kind: block.ident.as_str().into(),
                        labels: block.labels.iter().map(|label| label.as_str().into()).collect(),
                        head: Span::new(start.start, end.end),
                        body: self.body(&block.body),
                    });
                }
            }
        }
        read
    }

    fn boxed(&self, expression: &Expression) -> Box<Expr> {
        Box::new(self.expression(expression))
    }

    fn expression(&self, expression: &Expression) -> Expr {
        let kind = match expression {
            Expression::Null(_) => ExprKind::Null,
            Expression::Bool(so) => ExprKind::Bool(*so.value()),
            Expression::Number(number) => ExprKind::Number(number.value().to_string().into()),
            Expression::String(text) => ExprKind::Text(text.as_str().into()),
            Expression::Array(array) => ExprKind::List(array.iter().map(|item| self.expression(item)).collect()),
            Expression::Object(object) => {
                let members = object.iter().map(|(key, value)| {
                    let key = match key {
                        ObjectKey::Ident(name) => Expr {
                            kind: ExprKind::Text(name.as_str().into()),
                            span: self.span(name),
                        },
                        ObjectKey::Expression(key) => self.expression(key),
                    };
                    (key, self.expression(value.expr()))
                });
                ExprKind::Object(members.collect())
            }
            Expression::StringTemplate(template) => ExprKind::Template(Template {
                parts: self.parts(template.iter()),
                is_raw: false,
            }),
            Expression::HeredocTemplate(heredoc) => ExprKind::Template(Template {
                parts: self.parts(heredoc.template.iter()),
                is_raw: true,
            }),
            Expression::Parenthesis(inner) => return self.expression(inner.inner()),
            Expression::Variable(name) => ExprKind::Name(name.as_str().into()),
            Expression::Conditional(conditional) => ExprKind::If(Box::new([
                self.expression(&conditional.cond_expr),
                self.expression(&conditional.true_expr),
                self.expression(&conditional.false_expr),
            ])),
            Expression::FuncCall(call) => {
                let mut name = String::new();
                for part in &call.name.namespace {
                    name.push_str(part.as_str());
                    name.push_str("::");
                }
                name.push_str(call.name.name.as_str());
                ExprKind::Call(Box::new(Call {
                    // These are other names of the same functions.
                    name: name.strip_prefix("core::").unwrap_or(&name).into(),
                    arguments: call.args.iter().map(|argument| self.expression(argument)).collect(),
                    expands: call.args.expand_final(),
                }))
            }
            Expression::Traversal(traversal) => {
                let steps = traversal.operators.iter().map(|step| match step.value() {
                    TraversalOperator::AttrSplat(_) => Step::AttributeSplat,
                    TraversalOperator::FullSplat(_) => Step::Splat,
                    TraversalOperator::GetAttr(name) => Step::Attribute(name.as_str().into()),
                    TraversalOperator::Index(index) => Step::Index(self.expression(index)),
                    TraversalOperator::LegacyIndex(index) => Step::Index(Expr {
                        kind: ExprKind::Number(index.value().to_string().into()),
                        span: self.span(index),
                    }),
                });
                ExprKind::Traversal(self.boxed(&traversal.expr), steps.collect())
            }
            Expression::UnaryOp(operation) => match operation.operator.value() {
                UnaryOperator::Neg => ExprKind::Negative(self.boxed(&operation.expr)),
                UnaryOperator::Not => ExprKind::Not(self.boxed(&operation.expr)),
            },
            Expression::BinaryOp(operation) => {
                let sides = [
                    self.expression(&operation.lhs_expr),
                    self.expression(&operation.rhs_expr),
                ];
                ExprKind::Binary(operator(*operation.operator.value()), Box::new(sides))
            }
            Expression::ForExpr(of) => ExprKind::For(Box::new(self.for_expression(of))),
        };
        Expr {
            kind,
            span: self.span(expression),
        }
    }

    fn for_expression(&self, of: &ForExpr) -> For {
        For {
            key_name: of.intro.key_var.as_ref().map(|name| name.as_str().into()),
            value_name: of.intro.value_var.as_str().into(),
            collection: self.expression(&of.intro.collection_expr),
            key: of.key_expr.as_ref().map(|key| self.expression(key)),
            value: self.expression(&of.value_expr),
            groups: of.grouping,
            condition: of.cond.as_ref().map(|condition| self.expression(&condition.expr)),
        }
    }

    fn parts<'e>(&self, elements: impl Iterator<Item = &'e Element>) -> Vec<Part> {
        let mut parts = Vec::new();
        // Whether white space is removed from the start of the next text.
        let mut trims = false;
        for element in elements {
            let (strip, part) = match element {
                Element::Literal(text) => {
                    let whole: &str = text;
                    let text_or_rest = if trims { whole.trim_start() } else { whole };
                    parts.push(Part::Text(text_or_rest.into(), self.span(text)));
                    trims = false;
                    continue;
                }
                Element::Interpolation(inner) => {
                    ((inner.strip, inner.strip), Part::Value(self.expression(&inner.expr)))
                }
                Element::Directive(directive) => self.directive(directive),
            };
            if strip.0.strip_start() {
                trim_end(&mut parts);
            }
            trims = strip.1.strip_end();
            parts.push(part);
        }
        parts
    }

    /// A directive, and how it treats white space before and after it.
    fn directive(&self, directive: &Directive) -> ((Strip, Strip), Part) {
        let inner = |elements: &hcl_edit::template::Template, start: Strip, end: Strip| {
            let mut parts = self.parts(elements.iter());
            if start.strip_end()
                && let Some(Part::Text(text, _)) = parts.first_mut()
            {
                *text = text.trim_start().into();
            }
            if end.strip_start() {
                trim_end(&mut parts);
            }
            parts
        };
        match directive {
            Directive::If(of) => {
                let end = of.endif_expr.strip;
                let otherwise = of.else_expr.as_ref();
                let part = Part::If {
                    condition: self.expression(&of.if_expr.cond_expr),
                    yes: inner(
                        &of.if_expr.template,
                        of.if_expr.strip,
                        otherwise.map_or(end, |otherwise| otherwise.strip),
                    ),
                    no: otherwise.map_or_else(Vec::new, |otherwise| inner(&otherwise.template, otherwise.strip, end)),
                };
                ((of.if_expr.strip, end), part)
            }
            Directive::For(of) => {
                let (start, end) = (of.for_expr.strip, of.endfor_expr.strip);
                let part = Part::For {
                    key: of.for_expr.key_var.as_ref().map(|name| name.as_str().into()),
                    value: of.for_expr.value_var.as_str().into(),
                    collection: self.expression(&of.for_expr.collection_expr),
                    body: inner(&of.for_expr.template, start, end),
                };
                ((start, end), part)
            }
        }
    }
}

fn trim_end(parts: &mut [Part]) {
    if let Some(Part::Text(text, _)) = parts.last_mut() {
        *text = Rc::from(text.trim_end());
    }
}

const fn operator(operator: BinaryOperator) -> Operator {
    match operator {
        BinaryOperator::Eq => Operator::Equal,
        BinaryOperator::NotEq => Operator::Unequal,
        BinaryOperator::LessEq => Operator::LessOrEqual,
        BinaryOperator::GreaterEq => Operator::GreaterOrEqual,
        BinaryOperator::Less => Operator::Less,
        BinaryOperator::Greater => Operator::Greater,
        BinaryOperator::Plus => Operator::Plus,
        BinaryOperator::Minus => Operator::Minus,
        BinaryOperator::Mul => Operator::Times,
        BinaryOperator::Div => Operator::Divided,
        BinaryOperator::Mod => Operator::Modulo,
        BinaryOperator::And => Operator::And,
        BinaryOperator::Or => Operator::Or,
    }
}
