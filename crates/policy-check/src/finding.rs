use std::borrow::Cow;

use iam_policy_catalog::{Action, Catalog};
use iam_policy_core::suggest::nearest;
use iam_policy_core::variable::{has_unknown, shown};
use iam_policy_core::{Segment, Segments};
use iam_policy_document::{
    DeferredHelp, Diagnostic, Help, Location, Member, Quote, Severity, Span, Step, Value, did_you_mean,
};

use crate::arn::near;
use crate::region::meant_region;
use crate::{Code, operator};

/// What a check knows about the help for its finding. Most help takes longer to find than the whole check, so it is
/// deferred.
#[derive(Default)]
pub(crate) enum Hint {
    #[default]
    None,
    /// The action does not exist.
    Action(String),
    /// The service does not exist.
    Service(String),
    /// The Region does not exist.
    Region(String),
    /// The condition key does not exist.
    Key(String),
    /// The name that was meant.
    Meant(String),
    /// What to do about it.
    Advice(String),
    /// The condition operator does not exist.
    Operator(String),
    /// The action does not apply to the given resources, which belong to its service.
    Resources(Action, Vec<String>),
    /// The objects of this bucket take its place.
    Objects(String),
    /// The objects of this bucket are missing.
    AlsoObjects(String),
    /// This ARN has neither a Region nor an account.
    Global(String),
}

impl Hint {
    /// The word that was probably meant, of a few.
    pub(crate) fn nearest<'a>(text: &str, words: impl IntoIterator<Item = &'a str>) -> Self {
        nearest(text, words).map_or(Self::None, |meant| Self::Meant(meant.to_owned()))
    }

    fn into_help(self) -> Option<Help> {
        Some(Help::Deferred(match self {
            Self::None => return None,
            Self::Meant(name) => return Some(did_you_mean(&name).into()),
            Self::Advice(text) => return Some(text.into()),
            Self::Action(name) => DeferredHelp::new(|quotes| meant(quotes, meant_action), [name]),
            Self::Service(name) => DeferredHelp::new(|quotes| meant(quotes, meant_service), [name]),
            Self::Region(name) => DeferredHelp::new(|quotes| meant(quotes, meant_region), [name]),
            Self::Key(name) => DeferredHelp::new(|quotes| meant(quotes, meant_key), [name]),
            Self::Operator(name) => DeferredHelp::new(|quotes| meant(quotes, operator::meant), [name]),
            Self::Objects(bucket) => {
                DeferredHelp::new(|quotes| objects(quotes, "append `/*` for the objects"), [bucket])
            }
            Self::AlsoObjects(bucket) => DeferredHelp::new(|quotes| objects(quotes, "also list the objects"), [bucket]),
            Self::Global(arn) => DeferredHelp::new(global, [arn]),
            Self::Resources(action, resources) => {
                DeferredHelp::new(about, std::iter::once(action.to_string()).chain(resources))
            }
        }))
    }
}

fn meant(quotes: &[Quote], search: fn(&str) -> Option<String>) -> Option<String> {
    Some(did_you_mean(&search(&quotes.first()?.text)?))
}

fn meant_service(prefix: &str) -> Option<String> {
    Some(Catalog::get().suggest_service(prefix)?.prefix().to_owned())
}

/// A similar key. The tag key, or what else follows the slash of a key, is kept.
fn meant_key(name: &str) -> Option<String> {
    let catalog = Catalog::get();
    let (prefix, own) = name.split_once(':')?;
    let (kind, tag) = own.split_once('/').map_or((own, None), |(kind, tag)| (kind, Some(tag)));
    // Many services have the global keys for tags instead of their own.
    let global = ["RequestTag", "ResourceTag"]
        .into_iter()
        .find(|key| key.eq_ignore_ascii_case(kind));
    if let (Some(key), Some(tag), Some(_)) = (global, tag, catalog.service(prefix)) {
        return Some(format!("aws:{key}/{tag}"));
    }
    let key = catalog.suggest_condition_key(name)?;
    match (key.name().split_once('/'), tag) {
        (Some((start, _)), Some(tag)) if key.is_template() && !tag.is_empty() => Some(format!("{start}/{tag}")),
        _ => Some(key.to_string()),
    }
}

/// A similar action, or at least an action of the same name in a similar service.
fn meant_action(name: &str) -> Option<String> {
    let catalog = Catalog::get();
    if let Some(action) = catalog.suggest_action(name) {
        return Some(action.to_string());
    }
    let (prefix, name) = name.split_once(':')?;
    Some(format!("{}:{name}", catalog.suggest_service(prefix)?.prefix()))
}

/// The ARN formats that an action applies to, three at most, and the ARN that was probably meant.
///
/// - `quotes`: the action, and then resources of its service that it does not apply to
fn about(quotes: &[Quote]) -> Option<String> {
    let (action, resources) = quotes.split_first()?;
    let action = Catalog::get().action(&action.text)?;
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
    let meant = resources
        .iter()
        .find_map(|resource| Some(written_like(resource, near(action, &resource.text)?)));
    let meant = meant.map_or(String::new(), |meant| format!("; {}", did_you_mean(&meant)));
    Some(format!("it applies to {}{more}{meant}", shown.join(", ")))
}

/// - `quotes`: a bucket
fn objects(quotes: &[Quote], advice: &str) -> Option<String> {
    let bucket = quotes.first()?;
    let objects = written_like(bucket, [&bucket.text, "/*"].concat());
    Some(format!("{advice}: `{objects}`"))
}

/// - `quotes`: an ARN with a Region or an account
fn global(quotes: &[Quote]) -> Option<String> {
    let arn = quotes.first()?;
    let segments = Segments::new(arn.written.as_ref().unwrap_or(&arn.text));
    let segments = [Segment::Partition, Segment::Service, Segment::Resource].map(|segment| segments.get(segment));
    let [Some(partition), Some(service), Some(resource)] = segments else {
        return None;
    };
    Some(did_you_mean(&format!("arn:{partition}:{service}:::{resource}")))
}

/// `other` the way the author of `quote` would write it, if it continues the text of `quote` or is its beginning.
fn written_like(quote: &Quote, other: String) -> String {
    let Some(written) = &quote.written else {
        return other;
    };
    if let Some(more) = other.strip_prefix(&quote.text) {
        return [written, more].concat();
    }
    let rest = quote.text.strip_prefix(&other);
    let shorter = rest.and_then(|rest| written.strip_suffix(rest));
    shorter.map(str::to_owned).unwrap_or(other)
}

/// An element that a finding points to. Its path is only built for a finding.
#[derive(Clone, Copy)]
pub(crate) enum At<'a> {
    Value(Value<'a>),
    Key(Member<'a>),
    /// The brace that begins an object.
    Brace(Value<'a>),
    /// A part of a string: the first byte in its text, and the number of bytes.
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
            Self::Brace(value) => Location {
                path: value.path(),
                span: value.span().map(|span| Span::new(span.start, span.start + 1)),
            },
            Self::Part(value, start, length) => {
                let mut path = value.path();
                let text = value.as_text().unwrap_or_default();
                let characters = |from: usize, to: usize| text.get(from..to).unwrap_or_default().chars().count();
                path.0.push(Step::Substring {
                    start: characters(0, start),
                    length: characters(start, start + length),
                });
                // The source may contain escapes. Its bytes are those of the text only if both are equally long. In YAML,
                // a text may have no quotes.
                let span = span(value).map(|span| match (span.end - span.start).checked_sub(text.len()) {
                    Some(quotes @ (0 | 2)) => {
                        let from = span.start + quotes / 2 + start;
                        Span::new(from, from + length)
                    }
                    _ => span,
                });
                Location { path, span }
            }
        }
    }
}

/// The location of a value, or of the innermost element around it that has one.
fn span(value: Value<'_>) -> Option<Span> {
    std::iter::successors(Some(value), |value| value.parent()).find_map(Value::span)
}

/// Collects the findings of all checks.
#[derive(Default)]
pub(crate) struct Report {
    findings: Vec<Finding>,
}

/// A diagnostic whose help is not built yet.
pub(crate) struct Finding {
    diagnostic: Diagnostic,
    pub(crate) hint: Hint,
}

impl Finding {
    /// Adds a further fact.
    pub(crate) fn note(&mut self, fact: String) {
        self.diagnostic.notes.push(fact);
    }

    /// Gives the finding another severity than its code's usual one.
    ///
    /// - `severity`: one of [those of its rule](crate::Rule::severities)
    pub(crate) fn set_severity(&mut self, severity: Severity) {
        debug_assert!(
            Code::of(&self.diagnostic).is_some_and(|code| code.rule().severities().contains(&severity)),
            "a rule documents its severities"
        );
        self.diagnostic.severity = severity;
    }
}

impl Report {
    /// Reports something about several elements.
    ///
    /// - `at`: the elements, the most important one first
    pub(crate) fn add<'a>(
        &mut self,
        code: Code,
        details: impl Into<Cow<'static, str>>,
        at: impl IntoIterator<Item = At<'a>>,
    ) -> &mut Finding {
        let mut labels = Vec::new();
        let mut first = None;
        for at in at {
            let location = at.location();
            match first {
                None => first = Some(location),
                Some(_) => labels.push(location.into()),
            }
        }
        let finding = self.push(code, details.into(), first.unwrap_or_default());
        finding.diagnostic.labels = labels;
        finding
    }

    /// Reports something about a value.
    pub(crate) fn value(
        &mut self,
        code: Code,
        details: impl Into<Cow<'static, str>>,
        value: Value<'_>,
    ) -> &mut Finding {
        self.push(code, details.into(), At::Value(value).location())
    }

    /// Reports something about a key.
    pub(crate) fn key(
        &mut self,
        code: Code,
        details: impl Into<Cow<'static, str>>,
        member: Member<'_>,
    ) -> &mut Finding {
        self.push(code, details.into(), At::Key(member).location())
    }

    fn push(&mut self, code: Code, mut details: Cow<'static, str>, location: Location) -> &mut Finding {
        if has_unknown(&details) {
            details = shown(&details).to_string().into();
        }
        let mut diagnostic = Diagnostic::new(code.severity(), details).with_code(code.name());
        diagnostic.location = location;
        self.findings.push(Finding {
            diagnostic,
            hint: Hint::None,
        });
        let last = self.findings.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "an element has just been pushed")]
        &mut self.findings[last]
    }

    /// The findings as diagnostics, in the order of the reports.
    pub(crate) fn finish(self) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::with_capacity(self.findings.len());
        for Finding { mut diagnostic, hint } in self.findings {
            diagnostic.help.extend(hint.into_help());
            diagnostics.push(diagnostic);
        }
        diagnostics
    }
}
