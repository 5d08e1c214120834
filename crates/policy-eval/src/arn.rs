use iam_policy_core::wildcard;

use crate::pattern::{Form, Grammar};
use crate::request::Request;
use crate::template::{Reach, Template};

/// A text in the place of an ARN, and where its sixth segment starts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Split<'a> {
    text: &'a str,
    tail: Option<usize>,
}

impl<'a> Split<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            tail: behind_fifth_colon(text),
        }
    }

    pub(crate) const fn text(&self) -> &'a str {
        self.text
    }

    /// All that follows the fifth colon.
    pub(crate) fn tail(&self) -> Option<&'a str> {
        self.text.get(self.tail?..)
    }
}

fn behind_fifth_colon(text: &str) -> Option<usize> {
    text.bytes()
        .enumerate()
        .filter(|(_, byte)| *byte == b':')
        .nth(4)
        .map(|(at, _)| at + 1)
}

/// A pattern of ARNs, in `Resource` or under an ARN operator.
///
/// It is `iam_policy_core::wildcard::matches_arn` worked out beforehand, with variables.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Resource", and "IAM JSON policy elements: Condition operators",
/// on ARN operators.
#[derive(Clone, Debug)]
pub(crate) struct ArnPattern {
    text: Box<str>,
    form: ArnForm,
}

#[derive(Clone, Debug)]
enum ArnForm {
    /// `*`
    Any,
    Segments {
        /// The bytes up to and with the last colon before the first wildcard, the sixth segment not counted.
        lead: usize,
        /// Where the sixth segment starts.
        tail: usize,
        form: Form,
    },
    /// Fewer than six segments.
    Short,
    /// Variables that may stand anywhere.
    Template(Template),
}

impl ArnPattern {
    /// A value of `Resource` or `NotResource`, where variables have a meaning behind the fifth colon only.
    ///
    /// Source: IAM User Guide, "IAM policy elements: Variables and tags", "Where you can use policy variables".
    pub(crate) fn resource(text: &str, variables: bool) -> Self {
        let form = if text == "*" {
            ArnForm::Any
        } else if let Some(tail) = behind_fifth_colon(text)
            && let Some((head, resource)) = text.split_at_checked(tail)
        {
            let literal = head.find(['*', '?']).unwrap_or(head.len());
            ArnForm::Segments {
                lead: head
                    .get(..literal)
                    .and_then(|head| head.rfind(':'))
                    .map_or(0, |at| at + 1),
                tail,
                form: Form::of(
                    resource,
                    Grammar {
                        variables,
                        wildcards: true,
                    },
                ),
            }
        } else {
            ArnForm::Short
        };
        Self {
            text: text.into(),
            form,
        }
    }

    /// A value under an ARN operator, where variables have a meaning everywhere.
    pub(crate) fn condition(text: &str, variables: bool) -> Self {
        match Template::parse(text, true) {
            Some(template) if variables => Self {
                text: text.into(),
                form: ArnForm::Template(template),
            },
            _ => Self::resource(text, false),
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

    pub(crate) fn matches(&self, arn: &Split<'_>, request: &Request<'_>) -> bool {
        match &self.form {
            ArnForm::Any => true,
            ArnForm::Segments { lead, tail, form } => {
                self.matches_segments(*lead, *tail, form, arn, request).unwrap_or(false)
            }
            ArnForm::Short => wildcard::matches_arn(&self.text, arn.text),
            ArnForm::Template(template) => template.matches(arn.text, request, Reach::Segment),
        }
    }

    fn matches_segments(
        &self,
        lead: usize,
        tail: usize,
        form: &Form,
        arn: &Split<'_>,
        request: &Request<'_>,
    ) -> Option<bool> {
        let arn_tail = arn.tail?;
        let covers_tail = || Some(form.matches(self.text.get(tail..)?, arn.text.get(arn_tail..)?, request));
        // Patterns of one service differ in their tails.
        if form.is_quick() && !covers_tail()? {
            return Some(false);
        }
        if !arn.text.starts_with(self.text.get(..lead)?) || !(form.is_quick() || covers_tail()?) {
            return Some(false);
        }
        // Both leads are the same, so the segments that are left stand side by side.
        let segments = self.text.get(lead..tail)?.split(':');
        let others = arn.text.get(lead..arn_tail)?.split(':');
        Some(
            segments
                .zip(others)
                .all(|(segment, other)| segment == "*" || wildcard::matches(segment, other)),
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn agrees_with_the_rule(pattern in "[ab:*?]{0,14}", text in "[ab:]{0,14}") {
            let request = Request::new("123456789012", "s3:GetObject", "*").unwrap();
            let expected = wildcard::matches_arn(&pattern, &text);
            let arn = Split::new(&text);
            prop_assert_eq!(ArnPattern::resource(&pattern, false).matches(&arn, &request), expected);
            prop_assert_eq!(ArnPattern::condition(&pattern, true).matches(&arn, &request), expected);
            // The same as a template, in which an empty default stands for nothing.
            let template = ArnPattern::condition(&format!("{pattern}${{no:key, ''}}"), true);
            prop_assert_eq!(template.matches(&arn, &request), expected);
        }
    }
}
