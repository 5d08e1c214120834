//! Tags of resources, which some services offer under two condition keys.

use crate::{Catalog, Service};

/// A condition key for a tag of the resource: `aws:ResourceTag/…`, or the same tag under the service's own name, such
/// as `ec2:ResourceTag/…`. In a request to that service, both have the same values.
///
/// Source: Service Authorization Reference, "Condition keys" of the services that list both.
///
/// # Examples
///
/// ```
/// use iam_policy_catalog::ResourceTag;
///
/// let own = ResourceTag::of("ec2:ResourceTag/team").unwrap();
/// assert_eq!((own.service.unwrap().prefix(), own.tag), ("ec2", "team"));
/// let global = ResourceTag::of("aws:ResourceTag/team").unwrap();
/// assert_eq!((global.service, global.tag), (None, "team"));
/// assert_eq!(ResourceTag::of("aws:RequestTag/team"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceTag<'a> {
    /// The service in the name of the key; `None` for the global key.
    pub service: Option<Service>,
    /// The key of the tag.
    pub tag: &'a str,
}

const RESOURCE_TAG: &str = "ResourceTag/";

impl<'a> ResourceTag<'a> {
    /// What a condition key with this name stands for. `None` if it is not the tag of a resource, or if its service does
    /// not have `aws:ResourceTag/…` as well.
    ///
    /// - `name`: in any case
    #[must_use]
    pub fn of(name: &'a str) -> Option<Self> {
        let (prefix, rest) = name.split_once(':')?;
        let (kind, tag) = rest.split_at_checked(RESOURCE_TAG.len())?;
        if !kind.eq_ignore_ascii_case(RESOURCE_TAG) || tag.is_empty() {
            return None;
        }
        if prefix.eq_ignore_ascii_case("aws") {
            return Some(Self { service: None, tag });
        }
        let service = Catalog::get().service(prefix)?;
        Self::has_both(service).then_some(Self {
            service: Some(service),
            tag,
        })
    }

    /// Whether both keys are the same tag in requests to `service`.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_catalog::{Catalog, ResourceTag};
    ///
    /// let catalog = Catalog::get();
    /// let (own, global) = (ResourceTag::of("ssm:resourceTag/a").unwrap(), ResourceTag::of("aws:ResourceTag/a").unwrap());
    /// assert!(own.is_same(global, catalog.service("ssm").unwrap()));
    /// assert!(!own.is_same(global, catalog.service("ec2").unwrap()));
    /// ```
    #[must_use]
    pub fn is_same(self, other: ResourceTag<'_>, service: Service) -> bool {
        let is_of = |of: Option<Service>| of.is_none_or(|of| of == service);
        self.tag.eq_ignore_ascii_case(other.tag)
            && is_of(self.service)
            && is_of(other.service)
            && Self::has_both(service)
    }

    fn has_both(service: Service) -> bool {
        let mut keys = [false; 2];
        for key in service.condition_keys() {
            let Some((prefix, rest)) = key.name().split_once(':') else {
                continue;
            };
            let is_tag = rest
                .get(..RESOURCE_TAG.len())
                .is_some_and(|kind| kind.eq_ignore_ascii_case(RESOURCE_TAG));
            keys[0] |= is_tag && prefix == "aws";
            keys[1] |= is_tag && prefix.eq_ignore_ascii_case(service.prefix());
        }
        keys == [true; 2]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_with_both_keys() {
        let both: Vec<_> = Catalog::get()
            .services()
            .filter(|service| ResourceTag::has_both(*service))
            .collect();
        let names: Vec<_> = both.iter().map(|service| service.prefix()).collect();
        for name in ["ec2", "iam", "ssm", "ecs", "secretsmanager"] {
            assert!(names.contains(&name), "{name} in {names:?}");
        }
        for name in ["s3", "lambda", "sqs"] {
            assert!(!names.contains(&name), "{name} in {names:?}");
        }
    }

    #[test]
    fn other_keys_are_no_tags_of_resources() {
        for name in [
            "",
            "ec2",
            "ec2:ResourceTag/",
            "ec2:ResourceTagging",
            "nowhere:ResourceTag/a",
            "sqs:ResourceTag/a",
        ] {
            assert_eq!(ResourceTag::of(name), None, "{name}");
        }
    }
}
