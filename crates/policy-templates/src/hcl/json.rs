//! From Terraform's JSON to the tree.
//!
//! Source: Terraform documentation, "JSON Configuration Syntax".

use iam_policy_document::{Diagnostic, Kind, Span, Value};

use super::native;
use super::syntax::{Attribute, Block, Body, Expr, ExprKind};
use crate::embedded::{Places, Style};

/// The labels that the blocks at the top of a file have.
const LABELS: [(&str, usize); 9] = [
    ("check", 1),
    ("data", 2),
    ("ephemeral", 2),
    ("locals", 0),
    ("module", 1),
    ("output", 1),
    ("provider", 1),
    ("resource", 2),
    ("variable", 1),
];

/// How deeply blocks can be nested.
const MAX_BLOCKS: usize = 8;

/// Reads a file.
///
/// - `text`: the file
/// - `offset`: the place of its first byte
pub(super) fn read(text: &[u8], offset: usize, problems: &mut Vec<Diagnostic>) -> Body {
    let mut reading = iam_policy_document::json::read(text);
    for problem in &mut reading.problems {
        let moved = |span: Span| Span::new(span.start + offset, span.end + offset);
        problem.location.span = problem.location.span.map(moved);
        for label in &mut problem.labels {
            label.location.span = label.location.span.map(moved);
        }
    }
    problems.append(&mut reading.problems);
    let reader = Reader { text, offset };
    let mut body = Body::default();
    for member in reading.document.root().members() {
        let Some((kind, labels)) = LABELS.iter().find(|(kind, _)| *kind == member.key) else {
            continue;
        };
        let head = reader.span(member.key_span());
        reader.blocks(kind, &mut Vec::new(), *labels, head, member.value, &mut body.blocks, 0);
    }
    body
}

/// Reads a file with the values of variables, which are not templates.
///
/// - `text`: the file
/// - `offset`: the place of its first byte
pub(super) fn values(text: &[u8], offset: usize) -> Body {
    let reading = iam_policy_document::json::read(text);
    let reader = Reader { text, offset };
    let attributes = reading.document.root().members().map(|member| Attribute {
        name: member.key.into(),
        span: reader.span(member.key_span()),
        value: reader.expression(member.value),
    });
    Body {
        attributes: attributes.collect(),
        blocks: Vec::new(),
    }
}

struct Reader<'t> {
    text: &'t [u8],
    offset: usize,
}

impl Reader<'_> {
    fn span(&self, span: Option<Span>) -> Span {
        let span = span.unwrap_or(Span::new(0, 0));
        Span::new(span.start + self.offset, span.end + self.offset)
    }

    /// The blocks of a value: an object, or an array of several.
    ///
    /// - `missing`: how many labels are keys in it
    #[expect(
        clippy::too_many_arguments,
        reason = "it calls itself, and nobody else needs a type for them"
    )]
    fn blocks(
        &self,
        kind: &str,
        labels: &mut Vec<String>,
        missing: usize,
        head: Span,
        value: Value<'_>,
        blocks: &mut Vec<Block>,
        depth: usize,
    ) {
        for value in value.one_or_many().filter(|value| value.is_object()) {
            if missing == 0 {
                blocks.push(Block {
                    kind: kind.into(),
                    labels: labels.iter().map(|label| label.as_str().into()).collect(),
                    head,
                    body: self.body(value, depth),
                });
                continue;
            }
            for member in value.members() {
                labels.push(member.key.to_owned());
                let head = self.span(member.key_span());
                self.blocks(kind, labels, missing - 1, head, member.value, blocks, depth);
                labels.pop();
            }
        }
    }

    /// A body, in which an object may be the value of an attribute or a block.
    fn body(&self, value: Value<'_>, depth: usize) -> Body {
        let mut body = Body::default();
        for member in value.members() {
            if member.key == "//" {
                continue;
            }
            let head = self.span(member.key_span());
            let is_blocks = |value: Value<'_>| {
                let mut values = value.one_or_many().peekable();
                values.peek().is_some() && values.all(Value::is_object)
            };
            let labels = usize::from(member.key == "dynamic");
            if depth < MAX_BLOCKS && is_blocks(member.value) {
                let (names, blocks) = (&mut Vec::new(), &mut body.blocks);
                self.blocks(member.key, names, labels, head, member.value, blocks, depth + 1);
            }
            body.attributes.push(Attribute {
                name: member.key.into(),
                span: head,
                value: self.expression(member.value),
            });
        }
        body
    }

    fn expression(&self, value: Value<'_>) -> Expr {
        let kind = match value.kind() {
            Kind::Null => ExprKind::Null,
            Kind::Bool(so) => ExprKind::Bool(so),
            Kind::Number(number) => ExprKind::Number(number.into()),
            Kind::String(text) => return self.string(text, value.span()),
            Kind::Array => ExprKind::List(value.items().map(|item| self.expression(item)).collect()),
            Kind::Object => {
                let members = value.members().map(|member| {
                    let key = self.string(member.key, member.key_span());
                    (key, self.expression(member.value))
                });
                ExprKind::Object(members.collect())
            }
        };
        Expr {
            kind,
            span: self.span(value.span()),
        }
    }

    /// A string, which is a template.
    fn string(&self, text: &str, span: Option<Span>) -> Expr {
        let whole = self.span(span);
        let plain = |text: &str| Expr {
            kind: ExprKind::Text(text.into()),
            span: whole,
        };
        if !text.contains("${") && !text.contains("%{") {
            return plain(text);
        }
        let Ok(mut template) = native::template(text, 0) else {
            return plain(text);
        };
        let places = Places::new(self.text, span, text, Style::Quoted);
        let place = |span: Span| {
            let place = places.of(Some(span)).map(|span| self.span(Some(span)));
            place.unwrap_or(whole)
        };
        template.is_raw = false;
        template.move_spans(&place);
        Expr {
            kind: ExprKind::Template(template),
            span: whole,
        }
    }
}
