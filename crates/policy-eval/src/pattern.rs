use iam_policy_core::variable::has_unknown;
use iam_policy_core::wildcard;

use crate::request::Request;
use crate::template::{Reach, Template};

/// The form of a policy string, so that common patterns match by comparing a prefix.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// `*`
    Any,
    /// No wildcards.
    Exact,
    /// A single wildcard, a `*` at the end.
    Prefix,
    /// Any other pattern, whose first wildcard is at this byte.
    Glob(usize),
    /// Variables.
    Template(Template),
}

/// The syntax available in a given place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grammar {
    /// `${…}` is a variable. Only version 2012-10-17 has variables.
    ///
    /// Source: IAM User Guide, "IAM JSON policy elements: Version".
    pub(crate) variables: bool,
    /// `*` and `?` are wildcards.
    pub(crate) wildcards: bool,
    /// How unknown parts match.
    pub(crate) unknowns: Unknowns,
}

/// How unknown parts of a text match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Unknowns {
    /// As the values that the request gives them; without one, the text matches nothing.
    #[default]
    Given,
    /// As any text.
    Anything,
}

impl Form {
    pub(crate) fn of(text: &str, grammar: Grammar) -> Self {
        if (grammar.variables || has_unknown(text))
            && let Some(template) = Template::parse(text, grammar)
        {
            return Self::Template(template);
        }
        match text.find(['*', '?']) {
            Some(at) if grammar.wildcards => match text.get(at..) {
                Some("*") if at == 0 => Self::Any,
                Some("*") => Self::Prefix,
                _ => Self::Glob(at),
            },
            _ => Self::Exact,
        }
    }

    /// Whether matching is a single comparison.
    pub(crate) const fn is_quick(&self) -> bool {
        matches!(self, Self::Any | Self::Exact | Self::Prefix)
    }

    /// Whether `value` matches `text`, which has this form.
    pub(crate) fn matches(&self, text: &str, value: &str, request: &Request<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::Exact => text == value,
            Self::Prefix => text.strip_suffix('*').is_some_and(|prefix| value.starts_with(prefix)),
            Self::Glob(at) => match (text.split_at_checked(*at), value.split_at_checked(*at)) {
                (Some((prefix, pattern)), Some((start, rest))) => prefix == start && wildcard::matches(pattern, rest),
                _ => false,
            },
            Self::Template(template) => template.matches(value, request, Reach::Everything),
        }
    }
}

/// A string that values of a condition key are compared with.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    text: Box<str>,
    form: Form,
}

impl Pattern {
    pub(crate) fn new(text: &str, grammar: Grammar) -> Self {
        Self {
            text: text.into(),
            form: Form::of(text, grammar),
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) const fn template(&self) -> Option<&Template> {
        match &self.form {
            Form::Template(template) => Some(template),
            _ => None,
        }
    }

    pub(crate) fn matches(&self, value: &str, request: &Request<'_>) -> bool {
        self.form.matches(&self.text, value, request)
    }

    /// Whether it equals `value`, ignoring case; for a pattern without wildcards.
    pub(crate) fn equals_ignoring_case(&self, value: &str, request: &Request<'_>) -> bool {
        match &self.form {
            Form::Template(template) => template.equals_ignoring_case(value, request),
            _ => {
                self.text.eq_ignore_ascii_case(value)
                    || (!self.text.is_ascii()
                        && self
                            .text
                            .chars()
                            .flat_map(char::to_lowercase)
                            .eq(value.chars().flat_map(char::to_lowercase)))
            }
        }
    }
}
