use core::fmt;

/// The six segments of an Amazon Resource Name, `arn:partition:service:region:account:resource`.
///
/// In a policy each segment may hold wildcards, the service excepted. The resource is all that follows the fifth colon,
/// further colons included.
///
/// Source: IAM User Guide, "IAM ARNs", and "IAM JSON policy elements: Resource".
///
/// # Examples
///
/// ```
/// use iam_policy_core::{Arn, ArnError};
///
/// let arn = Arn::parse("arn:aws:lambda:*:*:function:render-*").unwrap();
/// assert_eq!((arn.service, arn.resource), ("lambda", "function:render-*"));
/// assert_eq!(Arn::parse("arn:aws:s3:bucket"), Err(ArnError::Segments { found: 4 }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Arn<'a> {
    /// Such as `aws`; see [`Partition`](crate::Partition).
    pub partition: &'a str,
    /// The prefix of the service's actions, as a rule.
    pub service: &'a str,
    /// Empty where the service is global.
    pub region: &'a str,
    /// Empty where the name is unique over all accounts.
    pub account: &'a str,
    /// All that follows the fifth colon.
    pub resource: &'a str,
}

/// Why a text is no ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ArnError {
    /// It does not start with `arn:`.
    Prefix,
    /// It has fewer than six segments.
    Segments {
        /// How many it has.
        found: usize,
    },
    /// The service segment has a wildcard.
    WildcardInService,
    /// The segment of this name is empty, and must not be.
    Empty(&'static str),
}

impl<'a> Arn<'a> {
    /// Splits `text`.
    ///
    /// # Errors
    ///
    /// When `text` does not have six segments of which the first is `arn`, when its partition, service or resource is
    /// empty, or when its service has a wildcard, which IAM accepts nowhere.
    pub fn parse(text: &'a str) -> Result<Self, ArnError> {
        let mut segments = text.splitn(6, ':');
        if segments.next() != Some("arn") {
            return Err(ArnError::Prefix);
        }
        let mut found = 1;
        let mut next = || {
            let segment = segments.next();
            found += usize::from(segment.is_some());
            segment
        };
        let all = (next(), next(), next(), next(), next());
        let (Some(partition), Some(service), Some(region), Some(account), Some(resource)) = all else {
            return Err(ArnError::Segments { found });
        };
        for (name, segment) in [("partition", partition), ("service", service), ("resource", resource)] {
            if segment.is_empty() {
                return Err(ArnError::Empty(name));
            }
        }
        if crate::wildcard::is_pattern(service) {
            return Err(ArnError::WildcardInService);
        }
        Ok(Self {
            partition,
            service,
            region,
            account,
            resource,
        })
    }
}

impl fmt::Display for Arn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "arn:{}:{}:{}:{}:{}",
            self.partition, self.service, self.region, self.account, self.resource
        )
    }
}

impl fmt::Display for ArnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix => f.write_str("an ARN starts with `arn:`"),
            Self::Segments { found } => write!(f, "an ARN has six segments, this one has {found}"),
            Self::WildcardInService => f.write_str("the service segment of an ARN takes no wildcard"),
            Self::Empty(name) => write!(f, "the {name} segment of this ARN is empty"),
        }
    }
}

impl core::error::Error for ArnError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::string::ToString;

    use super::*;

    #[test]
    fn the_resource_keeps_its_colons() {
        let text = "arn:aws:logs:*:*:log-group:/aws/lambda-insights:*";
        let arn = Arn::parse(text).unwrap();
        assert_eq!(arn.resource, "log-group:/aws/lambda-insights:*");
        assert_eq!(arn.to_string(), text);
    }

    #[test]
    fn invalid_arns() {
        for (text, error) in [
            ("", ArnError::Prefix),
            ("ARN:aws:s3:::b", ArnError::Prefix),
            ("arn", ArnError::Segments { found: 1 }),
            ("arn:aws:s3::", ArnError::Segments { found: 5 }),
            ("arn:aws:s*:::b", ArnError::WildcardInService),
            ("arn:aws:s3:::", ArnError::Empty("resource")),
            ("arn::s3:::b", ArnError::Empty("partition")),
        ] {
            assert_eq!(Arn::parse(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn arns_round_trip(text in "arn:[a-z:*/]{0,30}") {
            if let Ok(arn) = Arn::parse(&text) {
                prop_assert_eq!(arn.to_string(), text);
            }
        }
    }
}
