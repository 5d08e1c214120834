use std::borrow::Cow;
use std::fmt;

use iam_policy_catalog::{Action, Catalog};
use iam_policy_core::suggest::nearest;
use iam_policy_document::{Member, Path, Span, Step, Value};

use crate::rules::arns::meant_region;
use crate::rules::grants::near;
use crate::{Code, operator};

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
///
/// # Examples
///
/// ```
/// use iam_policy_check::{Options, check};
///
/// let source = br#"{"Version": "2012-10-17", "Statement": []}"#;
/// let document = iam_policy_document::json::read(source).document;
/// let findings = check(&document, &Options::default());
/// assert_eq!(findings[0].to_string(), "MISSING_STATEMENT: add a statement to the policy");
/// assert_eq!(findings[0].location.path.to_string(), "Statement");
/// assert_eq!(findings[0].help(), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub code: Code,
    /// What is wrong, here.
    pub details: Cow<'static, str>,
    pub(crate) hint: Hint,
    /// Where.
    pub location: Location,
    /// The other places, if it is about several.
    pub others: Vec<Location>,
}

/// What helps, as long as nobody has asked for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Hint {
    #[default]
    None,
    /// There is no such action.
    Action(String),
    /// There is no such service.
    Service(String),
    /// There is no such Region.
    Region(String),
    /// There is no such condition key.
    Key(String),
    /// This was meant.
    Meant(String),
    /// There is no such condition operator.
    Operator(String),
    /// The action is about other resources than those of its service that are named.
    Resources(Action, Vec<Named>),
}

/// A resource, as AWS sees it and as its author wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) text: String,
    pub(crate) written: String,
}

impl Named {
    /// Another resource, the way its author would write it: one that goes on where this one ends, or ends before it
    /// does.
    fn written_like(&self, other: String) -> String {
        let longer = other
            .strip_prefix(&self.text)
            .map(|more| [&self.written, more].concat());
        let less = || self.text.strip_prefix(&other);
        let shorter = || {
            less()
                .and_then(|less| self.written.strip_suffix(less))
                .map(str::to_owned)
        };
        longer.or_else(shorter).unwrap_or(other)
    }
}

impl Hint {
    /// The one of a few words that was probably meant by a text.
    pub(crate) fn nearest<'a>(text: &str, words: impl IntoIterator<Item = &'a str>) -> Self {
        nearest(text, words).map_or(Self::None, |meant| Self::Meant(meant.to_owned()))
    }
}

impl Finding {
    /// All places, the most important one first.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_check::{Finding, Location};
    ///
    /// let finding = Finding::unused_waiver("INVALID_ACTION", None, Location::default());
    /// assert_eq!(finding.locations().collect::<Vec<_>>(), [&Location::default()]);
    /// ```
    pub fn locations(&self) -> impl Iterator<Item = &Location> {
        std::iter::once(&self.location).chain(&self.others)
    }

    /// What might be done about it, if that can be said in a few words, such as the name that was probably meant.
    ///
    /// It is looked up when it is asked for, since looking for similar names takes longer than the whole check.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let catalog = Catalog::get();
        let meant = match &self.hint {
            Hint::None => return None,
            Hint::Meant(name) => name.clone(),
            Hint::Action(name) => meant_action(catalog, name)?,
            Hint::Service(name) => catalog.suggest_service(name)?.prefix().to_owned(),
            Hint::Region(name) => meant_region(name)?,
            Hint::Key(name) => catalog.suggest_condition_key(name)?.to_string(),
            Hint::Operator(name) => operator::meant(name)?,
            Hint::Resources(action, named) => return Some(about(*action, named)),
        };
        Some(format!("did you mean `{meant}`?"))
    }

    /// Has [`help`](Self::help) name resources as their author wrote them, where a document was made of something else.
    ///
    /// - `written`: what the author wrote, by what the document has
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_check::{Options, check};
    ///
    /// let source = br#"{"Version": "2012-10-17", "Statement": {
    ///     "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::site"}}"#;
    /// let document = iam_policy_document::json::read(source).document;
    /// let mut finding = check(&document, &Options::default()).remove(0);
    /// finding.name_resources(&|text| Some(text.replace("aws", "{partition}")));
    /// assert!(finding.help().unwrap().ends_with("did you mean `arn:{partition}:s3:::site/*`?"));
    /// ```
    pub fn name_resources(&mut self, written: &dyn Fn(&str) -> Option<String>) {
        if let Hint::Resources(_, named) = &mut self.hint {
            for resource in named {
                if let Some(written) = written(&resource.text) {
                    resource.written = written;
                }
            }
        }
    }

    /// The finding that a text is no JSON.
    ///
    /// A document has been read when it gets here; whoever read it knows what was wrong, and gives it the form of a
    /// finding with this function.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_check::Finding;
    /// use iam_policy_document::Span;
    ///
    /// let finding = Finding::json_syntax_error("expected a value, found `nil`", Span::new(15, 18));
    /// assert_eq!(finding.to_string(), "JSON_SYNTAX_ERROR: expected a value, found `nil`");
    /// ```
    #[must_use]
    pub fn json_syntax_error(problem: impl fmt::Display, span: Span) -> Self {
        Self {
            code: Code::JsonSyntaxError,
            details: problem.to_string().into(),
            hint: Hint::None,
            location: Location {
                path: Path::default(),
                span: Some(span),
            },
            others: Vec::new(),
        }
    }

    /// The finding that a spec accepts something that is not there. Only who knows the spec can tell.
    ///
    /// - `check`: the code that the waiver names
    /// - `meant`: the code that was probably meant
    /// - `location`: where it stands
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_check::{Finding, Location};
    ///
    /// let finding = Finding::unused_waiver("INVALID_ACTOIN", Some("INVALID_ACTION"), Location::default());
    /// assert_eq!(finding.to_string(), "UNUSED_WAIVER: there is no check `INVALID_ACTOIN`");
    /// ```
    #[must_use]
    pub fn unused_waiver(check: &str, meant: Option<&str>, location: Location) -> Self {
        let details = match Code::from_name(check) {
            Some(_) => format!("nothing here is found by the check `{check}`, so there is nothing to accept"),
            None => format!("there is no check `{check}`"),
        };
        Self {
            code: Code::UnusedWaiver,
            details: details.into(),
            hint: meant.map_or(Hint::None, |meant| Hint::Meant(meant.to_owned())),
            location,
            others: Vec::new(),
        }
    }
}

/// The similar action, or at least the similar service.
fn meant_action(catalog: Catalog, name: &str) -> Option<String> {
    if let Some(action) = catalog.suggest_action(name) {
        return Some(action.to_string());
    }
    let (prefix, name) = name.split_once(':')?;
    let service = catalog
        .suggest_service(prefix)
        .filter(|service| service.prefix() != prefix)?;
    Some(format!("{}:{name}", service.prefix()))
}

/// The ARNs that an action is about, three at the most, and one that was probably meant.
///
/// - `named`: resources of the action's service that it is not about
fn about(action: Action, named: &[Named]) -> String {
    let mut formats: Vec<&str> = Vec::new();
    for kind in action.resource_types() {
        for format in kind.resource_type().arn_formats() {
            if !formats.contains(&format.as_str()) {
                formats.push(format.as_str());
            }
        }
    }
    let mut shown = Vec::new();
    for format in formats.iter().take(3) {
        shown.push(format!("`{format}`"));
    }
    let more = match formats.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let meant = named
        .iter()
        .find_map(|resource| Some(resource.written_like(near(action, &resource.text)?)));
    let meant = meant.map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
    format!("it is about {}{more}{meant}", shown.join(", "))
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
    /// A finding about several places, the most important one first.
    pub(crate) fn add<'a>(
        &mut self,
        code: Code,
        details: impl Into<Cow<'static, str>>,
        at: impl IntoIterator<Item = At<'a>>,
    ) -> &mut Finding {
        let mut others = Vec::new();
        let mut first = None;
        for at in at {
            let location = at.location();
            match first {
                None => first = Some(location),
                Some(_) => others.push(location),
            }
        }
        let finding = self.push(code, details.into(), first.unwrap_or_default());
        finding.others = others;
        finding
    }

    /// A finding about a value.
    pub(crate) fn value(
        &mut self,
        code: Code,
        details: impl Into<Cow<'static, str>>,
        value: Value<'_>,
    ) -> &mut Finding {
        self.push(code, details.into(), At::Value(value).location())
    }

    /// A finding about a key.
    pub(crate) fn key(
        &mut self,
        code: Code,
        details: impl Into<Cow<'static, str>>,
        member: Member<'_>,
    ) -> &mut Finding {
        self.push(code, details.into(), At::Key(member).location())
    }

    fn push(&mut self, code: Code, details: Cow<'static, str>, location: Location) -> &mut Finding {
        self.findings.push(Finding {
            code,
            details,
            hint: Hint::None,
            location,
            others: Vec::new(),
        });
        let last = self.findings.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "an element has just been pushed")]
        &mut self.findings[last]
    }
}
