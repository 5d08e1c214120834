use iam_policy_catalog::overlay::{self, ShortForm};
use iam_policy_core::variable::has_unknown;
use iam_policy_core::{ArnPattern, Segment, Segments, VariableScope, wildcard};

use crate::pattern::{Form, Grammar, Unknowns};
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
    /// The [short form](ShortForm) of a service, which completes it with the name of the resource that the policy is
    /// attached to.
    Completed {
        service: &'static str,
        /// Where the part after the name starts.
        rest: usize,
        form: Form,
    },
    /// Variables in any segment.
    Template(Template),
}

impl ArnMatcher {
    /// - `text`: the pattern
    /// - `scope`: the segments that may have variables
    /// - `unknowns`: how unknown parts match, which every segment may have
    pub(crate) fn new(text: &str, scope: VariableScope, unknowns: Unknowns) -> Self {
        let grammar = Grammar {
            variables: scope != VariableScope::Nowhere,
            wildcards: true,
            unknowns,
        };
        let everywhere = scope == VariableScope::Everywhere || has_unknown(text);
        let template = || Template::parse(text, grammar).filter(|_| everywhere);
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

    /// A resource in a resource policy, where services accept short forms.
    pub(crate) fn in_resource_policy(text: &str, scope: VariableScope, unknowns: Unknowns) -> Self {
        match overlay::short_form(text).and_then(|form| completed(text, form, scope, unknowns)) {
            Some(form) => Self {
                text: text.into(),
                form,
            },
            None => Self::new(text, scope, unknowns),
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
            }
            | ArnForm::Completed {
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
            ArnForm::Completed { service, rest, form } => {
                let pattern = self.text.get(*rest..).unwrap_or_default();
                let of_resource = |resource: &str| {
                    let (name, part) = resource.split_once('/')?;
                    Some(!name.contains(':') && form.matches(pattern, part, request))
                };
                arn.get(Segment::Service) == Some(*service)
                    && arn.get(Segment::Resource).and_then(of_resource).unwrap_or_default()
            }
            ArnForm::Template(template) => template.matches(arn.text(), request, Reach::Segment),
        }
    }
}

/// The form of a resource in a short form.
fn completed(text: &str, short: &ShortForm, scope: VariableScope, unknowns: Unknowns) -> Option<ArnForm> {
    let rest = short.prefix.len();
    let grammar = Grammar {
        variables: scope != VariableScope::Nowhere,
        wildcards: true,
        unknowns,
    };
    Some(ArnForm::Completed {
        service: short.service,
        rest,
        form: Form::of(text.get(rest..)?, grammar),
    })
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
        unknowns: Unknowns::Given,
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

    #[test]
    fn variables_in_short_forms() {
        let matches = |scope, text: &str| {
            let request = Request::new("123456789012", "execute-api:Invoke", text).unwrap();
            let pattern = "execute-api:/${no:key, 'prod'}/*";
            ArnMatcher::in_resource_policy(pattern, scope, Unknowns::Given).matches(&Segments::new(text), &request)
        };
        assert!(matches(
            VariableScope::Resource,
            "arn:aws:execute-api:eu-west-1:123456789012:a/prod/GET"
        ));
        assert!(!matches(
            VariableScope::Resource,
            "arn:aws:execute-api:eu-west-1:123456789012:a/dev/GET"
        ));
        assert!(!matches(
            VariableScope::Nowhere,
            "arn:aws:execute-api:eu-west-1:123456789012:a/prod/GET"
        ));
        let literal = "arn:aws:execute-api:eu-west-1:123456789012:a/${no:key, 'prod'}/GET";
        assert!(matches(VariableScope::Nowhere, literal));
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab:*?]{0,14}", text in "[ab:]{0,14}") {
            let request = Request::new("123456789012", "s3:GetObject", "*").unwrap();
            let expected = ArnPattern::new(&pattern).matches(&text);
            let arn = Segments::new(&text);
            prop_assert_eq!(ArnMatcher::new(&pattern, VariableScope::Nowhere, Unknowns::Given).matches(&arn, &request), expected);
            prop_assert_eq!(ArnMatcher::new(&pattern, VariableScope::Everywhere, Unknowns::Given).matches(&arn, &request), expected);
            // An empty default makes it a template with the same meaning.
            let template = ArnMatcher::new(&format!("{pattern}${{no:key, ''}}"), VariableScope::Everywhere, Unknowns::Given);
            prop_assert_eq!(template.matches(&arn, &request), expected);
        }
    }
}
