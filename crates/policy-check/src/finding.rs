use std::fmt;

use policy_document::{Member, Path, Span, Step, Value};

use crate::Code;

/// Where a finding is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// The way from the document's root.
    pub path: Path,
    /// The place in the source, if the document knows it.
    pub span: Option<Span>,
}

/// Something that a check has to say about a policy.
///
/// It displays as its code and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub code: Code,
    /// What is wrong, here.
    pub details: String,
    /// What might be done about it, if that can be said in a few words, such as the action that was probably meant.
    pub help: Option<String>,
    /// Where, the most important place first. There is at least one.
    pub locations: Vec<Location>,
}

impl Finding {
    /// The finding that a text is no JSON.
    ///
    /// A document has been read when it gets here; whoever read it knows what was wrong, and gives it the form of a finding with
    /// this function.
    ///
    /// # Examples
    ///
    /// ```
    /// use policy_check::Finding;
    /// use policy_document::Span;
    ///
    /// let finding = Finding::json_syntax_error("expected a value, found `nil`", Span::new(15, 18));
    /// assert_eq!(finding.to_string(), "JSON_SYNTAX_ERROR: expected a value, found `nil`");
    /// ```
    #[must_use]
    pub fn json_syntax_error(problem: impl fmt::Display, span: Span) -> Self {
        Self {
            code: Code::JsonSyntaxError,
            details: problem.to_string(),
            help: None,
            locations: vec![Location {
                path: Path::default(),
                span: Some(span),
            }],
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.details)
    }
}

/// An element that a finding points to. Its path is made only when there is a finding.
#[derive(Clone, Copy)]
pub(crate) enum At<'a> {
    Value(Value<'a>),
    Key(Member<'a>),
    /// A part of a string: from this byte of its text, so many bytes.
    Part(Value<'a>, usize, usize),
}

impl At<'_> {
    fn location(self) -> Location {
        match self {
            Self::Value(value) => Location {
                path: value.path(),
                span: span(value),
            },
            Self::Key(member) => Location {
                path: member.key_path(),
                span: member.key_span().or_else(|| span(member.value)),
            },
            Self::Part(value, start, length) => {
                let mut path = value.path();
                let text = value.as_text().unwrap_or_default();
                let characters = |from: usize, to: usize| text.get(from..to).unwrap_or_default().chars().count();
                path.0.push(Step::Substring {
                    start: characters(0, start),
                    length: characters(start, start + length),
                });
                // The source may have escapes, so its bytes are known only if it is as long as the text and its quotes.
                let span = span(value).map(|span| {
                    if span.end - span.start == text.len() + 2 {
                        Span::new(span.start + 1 + start, span.start + 1 + start + length)
                    } else {
                        span
                    }
                });
                Location { path, span }
            }
        }
    }
}

/// Where a value stands; what has no place of its own stands where the nearest thing around it does.
fn span(value: Value<'_>) -> Option<Span> {
    std::iter::successors(Some(value), |value| value.parent()).find_map(Value::span)
}

/// Takes the findings of all checks.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) findings: Vec<Finding>,
}

impl Report {
    pub(crate) fn add<'a>(
        &mut self,
        code: Code,
        details: impl Into<String>,
        at: impl IntoIterator<Item = At<'a>>,
    ) -> &mut Finding {
        self.findings.push(Finding {
            code,
            details: details.into(),
            help: None,
            locations: at.into_iter().map(At::location).collect(),
        });
        let last = self.findings.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "an element has just been pushed")]
        &mut self.findings[last]
    }

    pub(crate) fn value(&mut self, code: Code, details: impl Into<String>, value: Value<'_>) -> &mut Finding {
        self.add(code, details, [At::Value(value)])
    }

    pub(crate) fn key(&mut self, code: Code, details: impl Into<String>, member: Member<'_>) -> &mut Finding {
        self.add(code, details, [At::Key(member)])
    }
}
