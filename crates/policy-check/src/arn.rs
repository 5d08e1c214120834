//! Intersections of resource patterns with the catalog's ARN formats.

use std::sync::OnceLock;

use iam_policy_catalog::overlay::arn_forms;
use iam_policy_catalog::{Action, ArnFormat, Catalog, ResourceType, Service};
use iam_policy_core::Arn;
use iam_policy_core::variable::{Piece, pieces};

use crate::pattern::{covers, intersect};

/// Whether two patterns match a common ARN. The first five segments are compared one by one, the resource as one text.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Resource".
pub(crate) fn arns_meet(a: Arn<'_>, b: Arn<'_>) -> bool {
    intersect(a.service, b.service)
        && intersect(a.resource, b.resource)
        && regions_meet(a.region, b.region)
        && intersect(a.account, b.account)
        && intersect(a.partition, b.partition)
}

/// A format of a resource type's ARNs.
pub(crate) struct Format {
    text: &'static str,
    /// `None` if it has fewer than six segments.
    pub(crate) arn: Option<Arn<'static>>,
}

impl Format {
    fn new(format: ArnFormat) -> Self {
        let text = format.as_str();
        Self {
            text,
            arn: Arn::of_pattern(text),
        }
    }

    /// Whether `resource` matches an ARN of this format.
    ///
    /// - `arn`: the segments of `resource`, if it has all six
    pub(crate) fn meets(&self, resource: &str, arn: Option<Arn<'_>>) -> bool {
        match (self.arn, arn) {
            (Some(format), Some(arn)) => arns_meet(format, arn),
            _ => intersect(self.text, resource),
        }
    }
}

/// The formats of a resource type's ARNs, which are split on first use.
pub(crate) fn formats_of(kind: ResourceType) -> &'static [Format] {
    static FORMATS: OnceLock<Vec<OnceLock<Vec<Format>>>> = OnceLock::new();
    let all = FORMATS.get_or_init(|| {
        let mut formats = Vec::new();
        for _ in Catalog::get().services().flat_map(Service::resource_types) {
            formats.push(OnceLock::new());
        }
        formats
    });
    let split = || {
        let mut formats = Vec::new();
        for format in kind.arn_formats() {
            formats.push(Format::new(format));
        }
        formats
    };
    all.get(kind.index()).map_or(&[], |formats| formats.get_or_init(split))
}

/// The formats that AWS documents outside of the reference for ARNs of a service. They are few.
///
/// - `service`: the service, as ARNs write it
pub(crate) fn documented_formats(service: &str) -> impl Iterator<Item = Format> {
    arn_forms()
        .iter()
        .filter(move |form| form.service == service)
        .flat_map(|form| form.formats)
        .map(|format| Format::new(*format))
}

/// Whether `resource` matches an ARN that AWS authorizes the action on, although the reference does not list it.
///
/// - `arn`: the segments of `resource`, if it has all six
pub(crate) fn is_documented_for(action: Action, resource: &str, arn: Option<Arn<'_>>) -> bool {
    let mut formats = action.arn_forms().flat_map(|form| form.formats);
    formats.any(|format| {
        let format = Format::new(*format);
        match (format.arn, arn) {
            // A `*` in such a format is an asterisk.
            (Some(format), Some(arn)) if format.resource.contains('*') => {
                let whole = Arn {
                    resource: "*",
                    ..format
                };
                arns_meet(whole, arn) && covers(arn.resource, format.resource)
            }
            _ => format.meets(resource, arn),
        }
    })
}

/// [`intersect`] for Regions. If a format has a placeholder for the Region, its ARNs always have one. The
/// account can be missing despite its placeholder, as in the ARNs of AWS's own documents.
fn regions_meet(a: &str, b: &str) -> bool {
    let is_open = |region: &str| matches!(pieces(region).next(), Some(Piece::Variable(_) | Piece::Unknown(_)));
    intersect(a, b) && !(is_open(a) && b.is_empty() || is_open(b) && a.is_empty())
}

/// Whether a resource of this type can have an ARN that `resource` matches.
///
/// - `resource`: an element of `Resource`, which may contain wildcards and policy variables
///
/// # Examples
///
/// ```
/// use iam_policy_catalog::Catalog;
/// use iam_policy_check::may_match;
///
/// let s3 = Catalog::get().service("s3").unwrap();
/// let (bucket, object) = (s3.resource_type("bucket").unwrap(), s3.resource_type("object").unwrap());
/// assert!(may_match(bucket, "arn:aws:s3:::reports"));
/// assert!(!may_match(object, "arn:aws:s3:::reports"));
/// assert!(may_match(object, "arn:aws:s3:::reports*"));
/// ```
#[must_use]
pub fn may_match(resource_type: ResourceType, resource: &str) -> bool {
    let arn = Arn::of_pattern(resource);
    formats_of(resource_type)
        .iter()
        .any(|format| format.meets(resource, arn))
}

/// A similar resource that an action applies to: a parent, such as the bucket of an object, or everything below, such as
/// the objects of a bucket.
pub(crate) fn near(action: Action, resource: &str) -> Option<String> {
    let meets = |text: &str| {
        action
            .resource_types()
            .any(|about| may_match(about.resource_type(), text))
    };
    let slashes = resource.match_indices('/').take(3);
    let mut above = slashes.filter_map(|(slash, _)| resource.get(..slash));
    let below = || Some([resource, separator_below(action, resource), "*"].concat()).filter(|below| meets(below));
    above.find(|above| meets(above)).map(str::to_owned).or_else(below)
}

/// What separates a resource from those below it that the action applies to, such as the `:` between a log group and its
/// log streams.
fn separator_below(action: Action, resource: &str) -> &'static str {
    let kinds = action.service().resource_types();
    let formats = kinds
        .filter(|kind| may_match(*kind, resource))
        .flat_map(ResourceType::arn_formats);
    let mut rest = formats.flat_map(|format| {
        let types = action.resource_types();
        let below = types.flat_map(|about| about.resource_type().arn_formats());
        below.filter_map(move |below| below.as_str().strip_prefix(format.as_str()))
    });
    match rest.find(|rest| !rest.is_empty()) {
        Some(rest) if rest.starts_with(':') => ":",
        _ => "/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_meet_patterns() {
        let object = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
        let bucket = "arn:${Partition}:s3:::${BucketName}";
        let role = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}";
        let function = "arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}";
        for (format, pattern, meets) in [
            (object, "arn:aws:s3:::reports", false),
            (object, "arn:aws:s3:::reports*", true),
            (object, "arn:aws:s3:::reports/*", true),
            (bucket, "arn:aws:s3:::reports/*", false),
            (bucket, "arn:aws:s3:::reports-?", true),
            (bucket, "arn:aws:s3:::${aws:username}", true),
            (bucket, "arn:aws:sns:::reports", false),
            (role, "arn:aws:iam::*:user/*", false),
            (role, "arn:aws:iam::${aws:PrincipalAccount}:role/team/*", true),
            (function, "arn:aws:lambda:*:*:function:render-*:PROD", true),
            (function, "arn:aws:lambda:*:*:layer:*", false),
            (function, "arn:aws:lambda::*:function:render", false),
            (function, "arn:aws:lambda:eu-west-1::function:render", true),
        ] {
            let (Some(format), Some(pattern)) = (Arn::of_pattern(format), Arn::of_pattern(pattern)) else {
                panic!("{format} {pattern}");
            };
            assert_eq!(
                arns_meet(format, pattern),
                meets,
                "{} {}",
                format.resource,
                pattern.resource
            );
            assert_eq!(arns_meet(pattern, format), meets);
        }
    }
}
