//! ARNs as they stand in policies, with wildcards and policy variables.

use std::sync::OnceLock;

use iam_policy_catalog::{Catalog, ResourceType, Service};

use crate::pattern::intersect;

/// The six segments of an ARN in a policy: a colon in a policy variable separates nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segments<'a> {
    pub(crate) partition: &'a str,
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) resource: &'a str,
}

impl<'a> Segments<'a> {
    /// The segments of `text`; `None` if it has fewer than six.
    pub(crate) fn of(text: &'a str) -> Option<Self> {
        let (prefix, rest) = next(text)?;
        if prefix != "arn" {
            return None;
        }
        let (partition, rest) = next(rest)?;
        let (service, rest) = next(rest)?;
        let (region, rest) = next(rest)?;
        let (account, resource) = next(rest)?;
        Some(Self {
            partition,
            service,
            region,
            account,
            resource,
        })
    }

    /// Whether some ARN has the form of this one and of another: the first five segments are matched one by one, and
    /// all that follows as one.
    ///
    /// Source: IAM User Guide, "IAM JSON policy elements: Resource".
    pub(crate) fn meets(self, other: Segments<'_>) -> bool {
        intersect(self.service, other.service)
            && intersect(self.resource, other.resource)
            && regions_meet(self.region, other.region)
            && intersect(self.account, other.account)
            && intersect(self.partition, other.partition)
    }
}

/// A format of a resource type's ARNs.
pub(crate) struct Format {
    text: &'static str,
    /// `None` if it has fewer than six.
    pub(crate) segments: Option<Segments<'static>>,
}

impl Format {
    /// Whether some ARN is both of this format, and one that a statement with this resource is about.
    ///
    /// - `arn`: the segments of `resource`, if it has all
    pub(crate) fn meets(&self, resource: &str, arn: Option<Segments<'_>>) -> bool {
        match (self.segments, arn) {
            (Some(format), Some(arn)) => format.meets(arn),
            _ => intersect(self.text, resource),
        }
    }
}

/// The formats of a resource type's ARNs, taken apart when they are asked for first.
pub(crate) fn formats_of(kind: ResourceType) -> &'static [Format] {
    static FORMATS: OnceLock<Vec<OnceLock<Vec<Format>>>> = OnceLock::new();
    let all = FORMATS.get_or_init(|| {
        let mut formats = Vec::new();
        for _ in Catalog::get().services().flat_map(Service::resource_types) {
            formats.push(OnceLock::new());
        }
        formats
    });
    let take_apart = || {
        let mut formats = Vec::new();
        for format in kind.arn_formats() {
            let text = format.as_str();
            formats.push(Format {
                text,
                segments: Segments::of(text),
            });
        }
        formats
    };
    all.get(kind.index())
        .map_or(&[], |formats| formats.get_or_init(take_apart))
}

/// As [`intersect`]. Where a format leaves the Region open, an ARN has one. The account may be missing, as in the ARNs
/// of AWS's own documents.
fn regions_meet(a: &str, b: &str) -> bool {
    let is_open = |region: &str| region.starts_with("${");
    intersect(a, b) && !(is_open(a) && b.is_empty() || is_open(b) && a.is_empty())
}

/// What stands before the first colon outside variables, and after it.
fn next(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            b':' => return Some((text.get(..at)?, text.get(at + 1..)?)),
            b'$' if bytes.get(at + 1) == Some(&b'{') => {
                at += bytes.get(at..)?.iter().position(|&byte| byte == b'}')?;
            }
            _ => at += 1,
        }
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
            let (Some(format), Some(pattern)) = (Segments::of(format), Segments::of(pattern)) else {
                panic!("{format} {pattern}");
            };
            assert_eq!(format.meets(pattern), meets, "{} {}", format.resource, pattern.resource);
            assert_eq!(pattern.meets(format), meets);
        }
    }

    #[test]
    fn a_colon_in_a_variable_separates_nothing() {
        let arn = Segments::of("arn:aws:iam::${aws:PrincipalAccount}:role/${aws:username}").unwrap();
        assert_eq!(
            (arn.account, arn.resource),
            ("${aws:PrincipalAccount}", "role/${aws:username}")
        );
        assert!(Segments::of("arn:aws:s3:::").is_some());
        assert!(Segments::of("arn:aws:s3::").is_none());
        assert!(Segments::of("arn:aws:iam::${aws:x").is_none());
    }
}
