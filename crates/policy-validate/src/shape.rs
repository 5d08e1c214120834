//! Resources as strings: patterns, ARN formats, and what they have in common.

use iam_policy_catalog::{ArnFormat, ArnPart};
use iam_policy_core::{ArnPattern, Segment, Segments, wildcard};

use crate::Subject;

/// The whole of a statement's resource, wildcards included, in the forms the action applies to, each with whether it is
/// more than the subject's own part. An action that always requires a resource never applies to anything else, even if
/// the policy says so.
///
/// - `pattern`: as in the policy; `None` for `NotResource`
/// - `formats`: the ARN formats the action applies to; `None` if unknown
/// - `is_optional`: whether the action may have no resource
pub(crate) fn wholes(
    pattern: Option<&str>,
    formats: Option<&[ArnFormat]>,
    is_optional: bool,
    subject: &Subject,
) -> Vec<(String, bool)> {
    let with_own = |text: String| {
        let own = own_part(&text, subject);
        let is_wider = own != text;
        [(text, is_wider), (own, false)]
    };
    let (Some(formats), Some(pattern)) = (formats, pattern) else {
        let known = pattern.map(|pattern| with_own(pattern.to_owned()).to_vec());
        let about_none = is_optional.then(|| vec![("*".to_owned(), false)]);
        return known.or(about_none).unwrap_or_default();
    };
    if Segments::new(pattern).get(Segment::Resource).is_none() {
        let about_none = is_optional.then(|| ("*".to_owned(), false));
        let forms = formats.iter().map(|format| {
            let (here, _) = part_of(*format, Some(pattern), subject);
            (here.replace("?*", "*"), false)
        });
        return about_none.into_iter().chain(forms).collect();
    }
    let tails = formats.iter().flat_map(|format| tails(*format));
    let longer = tails.filter_map(|tail| continued(pattern, &tail));
    let texts = std::iter::once(pattern.to_owned()).chain(longer);
    let is_possible = |text: &String| {
        let forms = formats.iter().map(|format| written(*format, &|_| None));
        forms.into_iter().any(|form| ArnPattern::new(&form).matches(text))
    };
    let shortest = texts.filter(is_possible).min_by_key(String::len);
    shortest.map(with_own).into_iter().flatten().collect()
}

/// The text after each variable part in the last segment of a format, such as `/*` after the name of a bucket.
fn tails(format: ArnFormat) -> Vec<String> {
    let parts: Vec<String> = format
        .parts()
        .map(|part| match part {
            ArnPart::Literal(text) => text.to_owned(),
            ArnPart::Placeholder(_) => "*".to_owned(),
        })
        .collect();
    let rests = (1..parts.len()).filter_map(|at| {
        let (before, rest) = (parts.get(..at)?.concat(), parts.get(at..)?.concat());
        let in_resource = Segments::new(&before).get(Segment::Resource).is_some();
        (in_resource && rest.starts_with(['/', ':'])).then_some(rest)
    });
    rests.collect()
}

/// A pattern whose last wildcard ends with a name and continues like an ARN format. If the wildcard covers everything
/// after a separator, it stands for this.
fn continued(pattern: &str, tail: &str) -> Option<String> {
    let before = pattern.strip_suffix('*')?;
    let separator = tail.chars().next()?;
    Some(match before.strip_suffix(separator) {
        Some(name) if !name.ends_with(':') => format!("{name}{tail}"),
        _ => format!("{pattern}{tail}"),
    })
}

/// A pattern with the subject's own partition, Region and account wherever it allows any.
///
/// - `pattern`: as in the policy
pub(crate) fn own_part(pattern: &str, subject: &Subject) -> String {
    let segments = Segments::new(pattern);
    if segments.get(Segment::Resource).is_none() {
        return pattern.to_owned();
    }
    let own = |segment| match segment {
        Segment::Partition => Some(subject.partition.as_str()),
        Segment::Region => subject.region.as_deref(),
        Segment::Account => Some(subject.account.as_str()),
        _ => None,
    };
    let texts = segments.iter().map(|(segment, text)| match own(segment) {
        Some(value) if is_open(text, value) => value,
        _ => text,
    });
    texts.collect::<Vec<_>>().join(":")
}

/// The resources that match a pattern without a name of their own: the wildcard matches nothing, or what follows a
/// name.
///
/// - `head`: the text before the first wildcard of the pattern
pub(crate) fn unnamed(head: &str) -> Vec<String> {
    let separators: &[&str] = if head.ends_with([':', '/']) { &[] } else { &["/*", ":*"] };
    let after = separators.iter().map(|rest| format!("{head}{rest}"));
    after.chain([head.to_owned()]).collect()
}

/// The text before the first wildcard in the last segment of a pattern.
pub(crate) fn name_head(pattern: &str) -> Option<&str> {
    let resource = Segments::new(pattern).range(Segment::Resource)?;
    let name = pattern.get(resource.clone())?;
    pattern.get(..resource.start + name.find(['*', '?'])?)
}

/// Whether a segment of a pattern matches several values, including this one.
fn is_open(segment: &str, value: &str) -> bool {
    !value.is_empty() && wildcard::is_pattern(segment) && wildcard::matches(segment, value)
}

/// A pattern for the ARNs of a format in the subject's partition, Region and account, as far as the statement's pattern
/// allows them, and one for all ARNs of that format.
pub(crate) fn part_of(format: ArnFormat, pattern: Option<&str>, subject: &Subject) -> (String, String) {
    let segments = Segments::new(pattern.unwrap_or("*"));
    let open = |segment, value: &str| segments.get(segment).is_none_or(|text| is_open(text, value));
    let own = |name: &str| match name {
        "Partition" => Some(subject.partition.as_str()).filter(|value| open(Segment::Partition, value)),
        "Region" => subject.region.as_deref().filter(|value| open(Segment::Region, value)),
        "Account" => Some(subject.account.as_str()).filter(|value| !value.is_empty() && open(Segment::Account, value)),
        _ => None,
    };
    (written(format, &own), written(format, &|_| None))
}

/// The format as a pattern, with values for some of its parts.
fn written<'v>(format: ArnFormat, value: &dyn Fn(&str) -> Option<&'v str>) -> String {
    let parts = format.parts().map(|part| match part {
        ArnPart::Literal(text) => text,
        ArnPart::Placeholder(name) => value(name).unwrap_or("?*"),
    });
    parts.collect()
}
