//! Templates of ARNs.

/// A part of a template of [`Need::resources`](crate::Need::resources).
///
/// ```
/// use iam_policy_operations::{TemplatePart, ValuePart, template_parts};
///
/// let parts: Vec<_> = template_parts("arn:{partition}:sqs:{region}:{account}:{QueueUrl:name}").collect();
/// assert_eq!(parts[..2], [TemplatePart::Text("arn:"), TemplatePart::Partition]);
/// let Some(&TemplatePart::Member { path, part }) = parts.last() else { unreachable!() };
/// assert_eq!((path, part), ("QueueUrl", ValuePart::Name));
/// assert_eq!(part.of("https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"), "jobs");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TemplatePart<'a> {
    /// Literal text.
    Text(&'a str),
    /// Something that the input does not determine.
    Any,
    /// The partition.
    Partition,
    /// The Region.
    Region,
    /// The account.
    Account,
    /// The value of a member of the input.
    Member {
        /// The member as botocore spells it. A dot separates the names of nested members.
        path: &'a str,
        /// Which part of its value.
        part: ValuePart,
    },
}

/// Which part of a member's value a template contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValuePart {
    /// All of it.
    Whole,
    /// What comes after the last slash.
    Name,
    /// The value without slashes at its start.
    Path,
    /// The keys of a map.
    Keys,
}

impl ValuePart {
    /// This part of `value`.
    #[must_use]
    pub fn of(self, value: &str) -> &str {
        match self {
            Self::Whole | Self::Keys => value,
            Self::Name => value.rsplit('/').next().unwrap_or(value),
            Self::Path => value.trim_start_matches('/'),
        }
    }
}

/// Splits a template of an ARN.
///
/// - `template`: as [`Need::resources`](crate::Need::resources) returns it
pub fn template_parts(template: &str) -> impl Iterator<Item = TemplatePart<'_>> + Clone {
    let mut rest = template;
    std::iter::from_fn(move || {
        let (part, after) = first(rest)?;
        rest = after;
        Some(part)
    })
}

fn first(template: &str) -> Option<(TemplatePart<'_>, &str)> {
    if let Some(rest) = template.strip_prefix('*') {
        return Some((TemplatePart::Any, rest));
    }
    if let Some((name, rest)) = template.strip_prefix('{').and_then(|inside| inside.split_once('}')) {
        let part = match name {
            "partition" => TemplatePart::Partition,
            "region" => TemplatePart::Region,
            "account" => TemplatePart::Account,
            member => {
                let (path, part) = member.split_once(':').unwrap_or((member, ""));
                let part = match part {
                    "name" => ValuePart::Name,
                    "path" => ValuePart::Path,
                    "keys" => ValuePart::Keys,
                    _ => ValuePart::Whole,
                };
                TemplatePart::Member { path, part }
            }
        };
        return Some((part, rest));
    }
    let first = template.chars().next()?.len_utf8();
    let (_, tail) = template.split_at_checked(first)?;
    let end = tail.find(['*', '{']).map_or(template.len(), |end| first + end);
    let (text, rest) = template.split_at_checked(end)?;
    Some((TemplatePart::Text(text), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(template: &str) -> String {
        let parts: Vec<_> = template_parts(template).map(|part| format!("{part:?}")).collect();
        parts.join(" ")
    }

    #[test]
    fn parts() {
        assert_eq!(
            show("arn:{partition}:s3:::{Bucket}/*"),
            "Text(\"arn:\") Partition Text(\":s3:::\") Member { path: \"Bucket\", part: Whole } Text(\"/\") Any"
        );
        assert_eq!(show("*"), "Any");
        assert_eq!(show(""), "");
        assert_eq!(show("{Name:path}"), "Member { path: \"Name\", part: Path }");
        assert_eq!(show("{open"), "Text(\"{open\")");
    }

    #[test]
    fn every_template_is_made_of_these() {
        for service in crate::services() {
            for need in service.operations().flat_map(crate::Operation::needs) {
                for template in need.resources() {
                    let whole: String = template_parts(template)
                        .map(|part| match part {
                            TemplatePart::Text(text) => text.to_owned(),
                            TemplatePart::Any => "*".to_owned(),
                            TemplatePart::Partition => "{partition}".to_owned(),
                            TemplatePart::Region => "{region}".to_owned(),
                            TemplatePart::Account => "{account}".to_owned(),
                            TemplatePart::Member { path, part } => match part {
                                ValuePart::Whole => format!("{{{path}}}"),
                                ValuePart::Name => format!("{{{path}:name}}"),
                                ValuePart::Path => format!("{{{path}:path}}"),
                                ValuePart::Keys => format!("{{{path}:keys}}"),
                            },
                        })
                        .collect();
                    assert_eq!(whole, template);
                    assert!(!whole.contains("{{"), "{template}");
                }
            }
        }
    }
}
