use std::ops::Range;

use iam_policy_document::{Path, Step};
use toml::de::{DeTable, DeValue};

use crate::Source;

/// Finds the path to an element of a spec by its location.
///
/// # Examples
///
/// ```
/// use iam_policy_spec::{Paths, Source};
///
/// let source = Source::new("policies.toml", "[policy.user]\nattach = [\"managed\", \"inline\"]\n");
/// let at = source.text().find("inline").unwrap();
/// assert_eq!(Paths::new(&source).to(at..at + 6).to_string(), "policy.user.attach[1]");
/// ```
#[derive(Clone, Debug)]
pub struct Paths {
    elements: Vec<Element>,
    /// Indices of the elements, sorted by start, then outer before inner.
    order: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Element {
    span: Range<usize>,
    step: Step,
    /// The element that contains it.
    parent: Option<usize>,
}

impl Paths {
    /// Collects the elements of a spec. Parts that are not valid TOML have none.
    ///
    /// - `source`: the spec
    #[must_use]
    pub fn new(source: &Source) -> Self {
        let (table, _) = DeTable::parse_recoverable(source.text());
        let mut paths = Self {
            elements: Vec::new(),
            order: Vec::new(),
        };
        paths.table(table.get_ref(), None);
        let mut order: Vec<_> = paths
            .elements
            .iter()
            .map(|element| element.span.clone())
            .enumerate()
            .collect();
        order.sort_by_key(|(number, span)| (span.start, std::cmp::Reverse(span.len()), *number));
        paths.order = order.into_iter().map(|(number, _)| number).collect();
        paths
    }

    fn add(&mut self, span: Range<usize>, step: Step, parent: Option<usize>) -> usize {
        self.elements.push(Element { span, step, parent });
        self.elements.len() - 1
    }

    fn table(&mut self, table: &DeTable<'_>, parent: Option<usize>) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            self.add(key.span(), Step::Key(name.to_owned().into()), parent);
            let element = self.add(value.span(), Step::value(name), parent);
            self.value(value.get_ref(), element);
        }
    }

    fn value(&mut self, value: &DeValue<'_>, parent: usize) {
        match value {
            DeValue::Table(table) => self.table(table, Some(parent)),
            DeValue::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let element = self.add(item.span(), Step::Index(index), Some(parent));
                    self.value(item.get_ref(), element);
                }
            }
            _ => {}
        }
    }

    /// Returns the path to the innermost element that contains `span`; empty if there is none.
    ///
    /// - `span`: a range of bytes in the source
    #[must_use]
    pub fn to(&self, span: Range<usize>) -> Path {
        // Elements nest or are disjoint, so the last one that starts before and ends after the span is the innermost.
        let before = self.order.partition_point(|number| self.start(*number) <= span.start);
        let ends_after = |number: &&usize| {
            self.elements
                .get(**number)
                .is_some_and(|element| span.end <= element.span.end)
        };
        let smallest = self
            .order
            .get(..before)
            .unwrap_or_default()
            .iter()
            .rev()
            .find(ends_after);
        let mut path = Vec::new();
        let mut at = smallest.copied();
        while let Some(element) = at.and_then(|number| self.elements.get(number)) {
            path.push(element.step.clone());
            at = element.parent;
        }
        path.reverse();
        Path(path)
    }

    fn start(&self, number: usize) -> usize {
        self.elements.get(number).map_or(0, |element| element.span.start)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    const SPEC: &str = r#"
[policy.user]
title = "Users"

[[policy.user.statement]]
id      = "first"
actions = ["s3:GetObject"]

[[policy.user.statement]]
id      = "second"
actions = ["s3:ListBucket", { action = "s3:PutObject", reason = "x" }]
condition.Bool."aws:SecureTransport" = true
"#;

    fn check(part: &str, expected: Expect) {
        let at = SPEC.find(part).unwrap();
        let path = Paths::new(&Source::new("s", SPEC)).to(at..at + part.len());
        expected.assert_eq(&format!("{:?}", path.0));
    }

    #[test]
    fn paths_of_locations() {
        check("title", expect![[r#"[Value("policy"), Value("user"), Key("title")]"#]]);
        check(
            "\"Users\"",
            expect![[r#"[Value("policy"), Value("user"), Value("title")]"#]],
        );
        check("ers", expect![[r#"[Value("policy"), Value("user"), Value("title")]"#]]);
        check(
            "\"second\"",
            expect![[r#"[Value("policy"), Value("user"), Value("statement"), Index(1), Value("id")]"#]],
        );
        check(
            "\"s3:PutObject\"",
            expect![[
                r#"[Value("policy"), Value("user"), Value("statement"), Index(1), Value("actions"), Index(1), Value("action")]"#
            ]],
        );
        check(
            "reason",
            expect![[
                r#"[Value("policy"), Value("user"), Value("statement"), Index(1), Value("actions"), Index(1), Key("reason")]"#
            ]],
        );
        check(
            "\"aws:SecureTransport\"",
            expect![[
                r#"[Value("policy"), Value("user"), Value("statement"), Index(1), Value("condition"), Value("Bool"), Key("aws:SecureTransport")]"#
            ]],
        );
        check("[[policy.user.statement]]\nid      = \"second", expect!["[]"]);
        let paths = Paths::new(&Source::new("s", SPEC));
        let second = SPEC.rfind("[[").unwrap();
        expect![[r#"[Value("policy"), Value("user"), Value("statement"), Index(1)]"#]]
            .assert_eq(&format!("{:?}", paths.to(second..second + 25).0));
        let user = SPEC.find("user").unwrap();
        expect![[r#"[Value("policy"), Key("user")]"#]].assert_eq(&format!("{:?}", paths.to(user..user + 4).0));
    }
}
