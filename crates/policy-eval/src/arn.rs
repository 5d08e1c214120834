use iam_policy_core::{ArnPattern, Segment, Segments, VariableScope, wildcard};

use crate::pattern::{Form, Grammar};
use crate::request::Request;
use crate::template::{Reach, Template};

/// An [`ArnPattern`] that is prepared for many matches and may have policy variables.
#[derive(Clone, Debug)]
pub(crate) struct ArnMatcher {
    text: Box<str>,
    form: ArnForm,
}

#[derive(Clone, Debug)]
enum ArnForm {
    /// `*`
    Any,
    Segments {
        /// The length of the leading segments without wildcards, colons included. The resource is not counted.
        literal: usize,
        /// The segments between those and the resource, except for those that are `*`.
        patterns: Box<[(Segment, Box<str>)]>,
        /// Where the resource starts.
        resource: usize,
        form: Form,
    },
    /// Fewer than six segments.
    Short,
    /// Variables in any segment.
    Template(Template),
}

impl ArnMatcher {
    /// - `text`: the pattern
    /// - `scope`: the segments that may have variables
    pub(crate) fn new(text: &str, scope: VariableScope) -> Self {
        let template = || Template::parse(text, true).filter(|_| scope == VariableScope::Everywhere);
        let form = if text == "*" {
            ArnForm::Any
        } else if let Some(template) = template() {
            ArnForm::Template(template)
        } else {
            segments(text, scope == VariableScope::Resource).unwrap_or(ArnForm::Short)
        };
        Self {
            text: text.into(),
            form,
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) const fn template(&self) -> Option<&Template> {
        match &self.form {
            ArnForm::Template(template)
            | ArnForm::Segments {
                form: Form::Template(template),
                ..
            } => Some(template),
            _ => None,
        }
    }

    pub(crate) fn matches(&self, arn: &Segments<'_>, request: &Request<'_>) -> bool {
        match &self.form {
            ArnForm::Any => true,
            ArnForm::Segments {
                literal,
                patterns,
                resource,
                form,
            } => {
                let matches_resource = |value| {
                    let pattern = self.text.get(*resource..);
                    pattern.is_some_and(|pattern| form.matches(pattern, value, request))
                };
                let starts_alike = || {
                    let start = self.text.as_bytes().get(..*literal);
                    start.is_some_and(|start| arn.text().as_bytes().starts_with(start))
                };
                let matches_segment = |(segment, pattern): &(Segment, Box<str>)| {
                    arn.get(*segment).is_some_and(|value| wildcard::matches(pattern, value))
                };
                let Some(value) = arn.get(Segment::Resource) else {
                    return false;
                };
                // The patterns of one service differ in their resources, so a quick comparison of those comes first.
                let is_quick = form.is_quick();
                (!is_quick || matches_resource(value))
                    && starts_alike()
                    && (is_quick || matches_resource(value))
                    && patterns.iter().all(matches_segment)
            }
            ArnForm::Short => ArnPattern::new(&self.text).matches(arn.text()),
            ArnForm::Template(template) => template.matches(arn.text(), request, Reach::Segment),
        }
    }
}

/// The form of a pattern with six segments.
fn segments(text: &str, variables: bool) -> Option<ArnForm> {
    let segments = Segments::new(text);
    let resource = segments.range(Segment::Resource)?;
    let mut literal = None;
    let mut patterns = Vec::new();
    for (segment, pattern) in segments.iter().filter(|(segment, _)| *segment != Segment::Resource) {
        if literal.is_none() && wildcard::is_pattern(pattern) {
            literal = Some(segments.range(segment)?.start);
        }
        if literal.is_some() && pattern != "*" {
            patterns.push((segment, pattern.into()));
        }
    }
    let grammar = Grammar {
        variables,
        wildcards: true,
    };
    Some(ArnForm::Segments {
        literal: literal.unwrap_or(resource.start),
        patterns: patterns.into(),
        resource: resource.start,
        form: Form::of(text.get(resource)?, grammar),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab:*?]{0,14}", text in "[ab:]{0,14}") {
            let request = Request::new("123456789012", "s3:GetObject", "*").unwrap();
            let expected = ArnPattern::new(&pattern).matches(&text);
            let arn = Segments::new(&text);
            prop_assert_eq!(ArnMatcher::new(&pattern, VariableScope::Nowhere).matches(&arn, &request), expected);
            prop_assert_eq!(ArnMatcher::new(&pattern, VariableScope::Everywhere).matches(&arn, &request), expected);
            // An empty default makes it a template with the same meaning.
            let template = ArnMatcher::new(&format!("{pattern}${{no:key, ''}}"), VariableScope::Everywhere);
            prop_assert_eq!(template.matches(&arn, &request), expected);
        }
    }
}
