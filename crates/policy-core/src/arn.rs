use core::fmt;
use core::ops::Range;

use crate::variable::{self, Unknown};
use crate::wildcard::{self, Case, Extent, Variables, glob, matching, skip_equal};

/// One of the six segments of an ARN, in their order.
///
/// # Examples
///
/// ```
/// use iam_policy_core::Segment;
///
/// assert_eq!(Segment::Account.name(), "account");
/// assert!(Segment::Partition < Segment::Resource);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// The literal `arn`.
    Prefix,
    /// Such as `aws`; see [`Partition`](crate::Partition).
    Partition,
    /// Such as `s3`; usually the prefix of the service's actions.
    Service,
    /// Such as `eu-west-1`; empty for global resources.
    Region,
    /// The account ID; empty where names are unique across accounts.
    Account,
    /// Everything after the fifth colon, including further colons.
    Resource,
}

impl Segment {
    /// All segments, in their order.
    pub const ALL: [Self; 6] = [
        Self::Prefix,
        Self::Partition,
        Self::Service,
        Self::Region,
        Self::Account,
        Self::Resource,
    ];

    /// The name of the segment in lower case, as AWS's documentation uses it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Prefix => "prefix",
            Self::Partition => "partition",
            Self::Service => "service",
            Self::Region => "region",
            Self::Account => "account",
            Self::Resource => "resource",
        }
    }
}

/// Which segments of an ARN pattern may contain policy variables. In the others, `${…}` is literal text.
///
/// Source: IAM User Guide, "IAM policy elements: Variables and tags", "Where you can use policy variables".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VariableScope {
    /// None of them: the policy's version is older than `2012-10-17`.
    Nowhere,
    /// The resource segment: the pattern is a value of `Resource` or `NotResource`.
    Resource,
    /// All of them: the pattern is a value of an ARN condition operator.
    Everywhere,
}

impl VariableScope {
    /// Whether `segment` may contain policy variables.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Segment, VariableScope};
    ///
    /// assert!(VariableScope::Resource.includes(Segment::Resource));
    /// assert!(!VariableScope::Resource.includes(Segment::Account));
    /// ```
    #[must_use]
    pub const fn includes(self, segment: Segment) -> bool {
        match self {
            Self::Nowhere => false,
            Self::Resource => matches!(segment, Segment::Resource),
            Self::Everywhere => true,
        }
    }
}

/// The segments of a text, which need not be a valid ARN.
///
/// The text is split at its first five colons, so it has between one and six segments. Checks use this to look at
/// broken ARNs and to locate a segment; use [`Arn::parse`] where the text has to be an ARN.
///
/// # Examples
///
/// ```
/// use iam_policy_core::{Segment, Segments};
///
/// let segments = Segments::new("arn:aws:s3:bucket");
/// assert_eq!(segments.get(Segment::Service), Some("s3"));
/// assert_eq!(segments.range(Segment::Service), Some(8..10));
/// assert_eq!(segments.get(Segment::Resource), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Segments<'a> {
    text: &'a str,
    /// Where each segment starts. Only the first `count` have a meaning.
    starts: [usize; 6],
    count: usize,
    is_torn: bool,
}

impl<'a> Segments<'a> {
    /// Splits `text` at its first five colons.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self::split(text, false)
    }

    /// Splits a text that starts with `arn:`, and returns `None` for any other.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Segment, Segments};
    ///
    /// let partition = |text| Segments::of_arn(text)?.get(Segment::Partition);
    /// assert_eq!(partition("arn:aws-cn:s3"), Some("aws-cn"));
    /// assert_eq!(partition("s3:aws-cn:x"), None);
    /// ```
    #[must_use]
    pub fn of_arn(text: &'a str) -> Option<Self> {
        let segments = Self::new(text);
        (segments.count > 1 && segments.get(Segment::Prefix) == Some(PREFIX)).then_some(segments)
    }

    /// Splits a pattern. In a segment that may contain policy variables, a colon inside `${…}` does not separate
    /// segments.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Segment, Segments, VariableScope};
    ///
    /// let text = "arn:aws:iam::${aws:PrincipalAccount}:role/x";
    /// let segments = Segments::of_pattern(text, VariableScope::Everywhere);
    /// assert_eq!(segments.get(Segment::Account), Some("${aws:PrincipalAccount}"));
    /// ```
    #[must_use]
    pub fn of_pattern(text: &'a str, scope: VariableScope) -> Self {
        // The resource segment ends with the text, whatever it contains.
        Self::split(text, scope == VariableScope::Everywhere)
    }

    fn split(text: &'a str, skip_variables: bool) -> Self {
        let mut segments = Self {
            text,
            starts: [0; 6],
            count: 1,
            is_torn: false,
        };
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            at += 1;
            match byte {
                SEPARATOR => {
                    if let Some(start) = segments.starts.get_mut(segments.count) {
                        *start = at;
                    }
                    segments.count += 1;
                    if segments.count == Segment::ALL.len() {
                        break;
                    }
                }
                b'$' if (skip_variables || is_unknown(bytes, at)) && !segments.is_torn => {
                    match variable::starting_at(bytes, at - 1) {
                        Some((_, end)) => at = end,
                        None => segments.is_torn = bytes.get(at) == Some(&b'{'),
                    }
                }
                _ => {}
            }
        }
        segments
    }

    /// The text that was split.
    #[must_use]
    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// How many segments there are, from one to six.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// The text of `segment`, or `None` if the text has fewer segments.
    #[must_use]
    pub fn get(&self, segment: Segment) -> Option<&'a str> {
        self.text.get(self.range(segment)?)
    }

    /// The bytes of the text that `segment` takes up, or `None` if the text has fewer segments.
    #[must_use]
    pub fn range(&self, segment: Segment) -> Option<Range<usize>> {
        let starts = self.starts.get(..self.count)?;
        let start = *starts.get(segment as usize)?;
        let next = starts.get(segment as usize + 1);
        Some(start..next.map_or(self.text.len(), |next| next - 1))
    }

    /// The segments that there are, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (Segment, &'a str)> + use<'_, 'a> {
        Segment::ALL
            .into_iter()
            .map_while(|segment| Some((segment, self.get(segment)?)))
    }

    /// The segments as an ARN, if there are six and the first is `arn`. The others may be empty or have wildcards.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::Segments;
    ///
    /// assert_eq!(Segments::new("arn:aws:s3:::").arn().map(|arn| arn.resource), Some(""));
    /// assert_eq!(Segments::new("arn:aws:s3::").arn(), None);
    /// ```
    #[must_use]
    pub fn arn(&self) -> Option<Arn<'a>> {
        let resource = self.get(Segment::Resource)?;
        if self.get(Segment::Prefix)? != PREFIX {
            return None;
        }
        Some(Arn {
            partition: self.get(Segment::Partition)?,
            service: self.get(Segment::Service)?,
            region: self.get(Segment::Region)?,
            account: self.get(Segment::Account)?,
            resource,
        })
    }
}

/// Whether the `${` of an unknown part starts before `at`. Its name may have colons, wherever it is.
fn is_unknown(bytes: &[u8], at: usize) -> bool {
    bytes.get(at) == Some(&b'{') && bytes.get(at + 1).copied().map(char::from) == Some(Unknown::MARK)
}

/// What separates the segments of an ARN.
const SEPARATOR: u8 = b':';

/// The first segment of every ARN.
const PREFIX: &str = "arn";

/// The segments of an Amazon Resource Name, `arn:partition:service:region:account:resource`.
///
/// In a policy, every segment except the service may have wildcards.
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
    /// Such as `s3`; usually the prefix of the service's actions.
    pub service: &'a str,
    /// Such as `eu-west-1`; empty for global resources.
    pub region: &'a str,
    /// The account ID; empty where names are unique across accounts.
    pub account: &'a str,
    /// Everything after the fifth colon, including further colons.
    pub resource: &'a str,
}

/// Why a text is not an ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ArnError {
    /// It does not start with `arn:`.
    Prefix,
    /// It has fewer than six segments.
    Segments {
        /// The number of segments it has.
        found: usize,
    },
    /// The service segment has a wildcard.
    WildcardInService,
    /// This segment is empty and must not be.
    Empty(Segment),
}

impl<'a> Arn<'a> {
    /// Parses an ARN, which may have wildcards. To take apart a text that need not be a valid ARN, use [`Segments`].
    ///
    /// # Errors
    ///
    /// When `text` does not have six segments starting with `arn`, when its partition, service or resource is empty, or
    /// when its service has a wildcard, which IAM accepts nowhere.
    pub fn parse(text: &'a str) -> Result<Self, ArnError> {
        let segments = Segments::new(text);
        if segments.get(Segment::Prefix) != Some(PREFIX) {
            return Err(ArnError::Prefix);
        }
        let found = segments.count();
        let arn = segments.arn().ok_or(ArnError::Segments { found })?;
        for (segment, text) in [
            (Segment::Partition, arn.partition),
            (Segment::Service, arn.service),
            (Segment::Resource, arn.resource),
        ] {
            if text.is_empty() {
                return Err(ArnError::Empty(segment));
            }
        }
        if wildcard::is_pattern(arn.service) {
            return Err(ArnError::WildcardInService);
        }
        Ok(arn)
    }

    /// Splits a pattern of ARNs, whose segments may be empty and may have wildcards and policy variables. A colon inside
    /// `${…}` does not separate segments.
    ///
    /// Returns `None` if `text` does not have six segments starting with `arn`, or if a `${` before the resource segment
    /// is not closed, which makes the segments ambiguous.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::Arn;
    ///
    /// let arn = Arn::of_pattern("arn:aws:iam::${aws:PrincipalAccount}:role/*").unwrap();
    /// assert_eq!((arn.account, arn.resource), ("${aws:PrincipalAccount}", "role/*"));
    /// assert_eq!(Arn::of_pattern("arn:aws:iam::${aws:x"), None);
    /// ```
    #[must_use]
    pub fn of_pattern(text: &'a str) -> Option<Self> {
        let segments = Segments::of_pattern(text, VariableScope::Everywhere);
        segments.arn().filter(|_| !segments.is_torn)
    }
}

/// Whether [`Arn::parse`] succeeds, for text without wildcards.
pub(crate) const fn is_arn(text: &str) -> bool {
    let [b'a', b'r', b'n', SEPARATOR, rest @ ..] = text.as_bytes() else {
        return false;
    };
    let (mut rest, mut separators, mut is_empty) = (rest, 1, true);
    while let [byte, tail @ ..] = rest {
        if *byte == SEPARATOR {
            // The partition and the service cannot be empty.
            if is_empty && separators < Segment::Region as usize {
                return false;
            }
            separators += 1;
            if separators == Segment::Resource as usize {
                return !tail.is_empty();
            }
        }
        is_empty = *byte == SEPARATOR;
        rest = tail;
    }
    false
}

impl fmt::Display for Arn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{PREFIX}:{}:{}:{}:{}:{}",
            self.partition, self.service, self.region, self.account, self.resource
        )
    }
}

impl fmt::Display for ArnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix => f.write_str("an ARN starts with `arn:`"),
            Self::Segments { found } => write!(f, "an ARN has six segments, this one has {found}"),
            Self::WildcardInService => f.write_str("the service segment of an ARN cannot have wildcards"),
            Self::Empty(segment) => write!(f, "the {} segment of this ARN is empty", segment.name()),
        }
    }
}

impl core::error::Error for ArnError {}

/// A pattern of ARNs, as in `Resource` or in a value of an ARN condition operator.
///
/// The first five segments are matched one by one; the resource is matched as one text, so its wildcards also match `/`
/// and `:`. If a pattern has fewer than six segments, a `*` at its end matches everything that follows.
///
/// Sources: IAM User Guide, "IAM JSON policy elements: Resource", and "IAM JSON policy elements: Condition operators",
/// on ARN operators.
///
/// # Examples
///
/// ```
/// use iam_policy_core::ArnPattern;
///
/// let functions = ArnPattern::new("arn:aws:lambda:*:*:function:x*");
/// assert!(functions.matches("arn:aws:lambda:eu-west-1:1:function:x:PROD"));
/// assert!(ArnPattern::new("arn:aws:iam::*").matches("arn:aws:iam::123456789012:role/r"));
/// assert!(!ArnPattern::new("arn:aws:sns:*:t").matches("arn:aws:sns:eu-west-1:1:t"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ArnPattern<'a> {
    text: &'a str,
}

impl<'a> ArnPattern<'a> {
    /// The pattern with this text. Any text is a pattern; `*` matches everything.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self { text }
    }

    /// Whether the pattern matches `arn`, which may be any text. `${…}` is literal text.
    #[must_use]
    pub const fn matches(self, arn: &str) -> bool {
        self.matches_with(arn, Variables::Literal).is_some()
    }

    /// If the pattern matches `arn`, the end of its resource segment and what that matches. What comes before is equal in
    /// both and has no variables. Both are empty if the pattern matches without having a resource segment.
    ///
    /// - `variables`: the meaning of `${…}` in the resource segment
    pub(crate) const fn matches_with<'t>(self, arn: &'t str, variables: Variables) -> Option<(&'a [u8], &'t [u8])> {
        let (mut pattern, mut text, mut separators) = skip_equal(self.text.as_bytes(), arn.as_bytes());
        while separators < Segment::Resource as usize {
            let segment = matching(pattern, text, Case::Sensitive, Variables::Literal, Extent::Segment);
            match segment {
                Some(([_, pattern_rest @ ..], [_, text_rest @ ..])) => (pattern, text) = (pattern_rest, text_rest),
                // The pattern ends here: a `*` at its end takes everything that follows.
                Some(([], [])) => return Some((&[], &[])),
                Some(([], _)) if matches!(pattern, [.., b'*']) => return Some((&[], &[])),
                Some(_) | None => return None,
            }
            separators += 1;
        }
        let (pattern, text, _) = skip_equal(pattern, text);
        if glob(pattern, text, Case::Sensitive, variables) {
            Some((pattern, text))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::string::{String, ToString};
    use std::vec::Vec;

    use super::*;

    fn split(text: &str, scope: VariableScope) -> Vec<&str> {
        let segments = Segments::of_pattern(text, scope);
        segments.iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn resource_keeps_its_colons() {
        let text = "arn:aws:logs:*:*:log-group:/aws/lambda-insights:*";
        let arn = Arn::parse(text).unwrap();
        assert_eq!(arn.resource, "log-group:/aws/lambda-insights:*");
        assert_eq!(arn.to_string(), text);
    }

    #[test]
    fn invalid_arns_are_rejected() {
        for (text, error) in [
            ("", ArnError::Prefix),
            ("ARN:aws:s3:::b", ArnError::Prefix),
            ("arn", ArnError::Segments { found: 1 }),
            ("arn:aws:s3::", ArnError::Segments { found: 5 }),
            ("arn:aws:s*:::b", ArnError::WildcardInService),
            ("arn:aws:s3:::", ArnError::Empty(Segment::Resource)),
            ("arn::s3:::b", ArnError::Empty(Segment::Partition)),
        ] {
            assert_eq!(Arn::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn colons_in_variables_do_not_separate() {
        let text = "arn:aws:iam::${aws:x}:role/${aws:username}";
        assert_eq!(
            split(text, VariableScope::Everywhere),
            ["arn", "aws", "iam", "", "${aws:x}", "role/${aws:username}"]
        );
        assert_eq!(
            split(text, VariableScope::Resource),
            ["arn", "aws", "iam", "", "${aws", "x}:role/${aws:username}"]
        );
        assert_eq!(split("${a:b", VariableScope::Everywhere), ["${a", "b"]);
        assert_eq!(Arn::of_pattern("arn:aws:iam::${aws:x"), None);
        assert!(Arn::of_pattern("arn:aws:iam::$:${aws:x").is_some());
    }

    proptest! {
        #[test]
        fn constants_recognize_what_parses(text in "(arn:)?[a-z:/]{0,20}") {
            prop_assert_eq!(is_arn(&text), Arn::parse(&text).is_ok());
        }

        #[test]
        fn display_round_trips(text in "arn:[a-z:*/]{0,30}") {
            if let Ok(arn) = Arn::parse(&text) {
                prop_assert_eq!(arn.to_string(), text);
            }
        }

        #[test]
        fn segments_cover_the_text(text in "[ar:${}é]{0,14}") {
            for scope in [VariableScope::Nowhere, VariableScope::Resource, VariableScope::Everywhere] {
                let segments = Segments::of_pattern(&text, scope);
                let texts: Vec<&str> = segments.iter().map(|(_, text)| text).collect();
                prop_assert_eq!(texts.join(":"), text.as_str());
                prop_assert_eq!(texts.len(), segments.count());
                for (segment, part) in segments.iter() {
                    prop_assert_eq!(&text[segments.range(segment).unwrap()], part);
                }
            }
            let expected: Vec<&str> = text.splitn(6, ':').collect();
            prop_assert_eq!(split(&text, VariableScope::Nowhere), expected);
        }

        #[test]
        fn whole_arns_match_segment_by_segment(
            pattern in prop::collection::vec("[ab*?]{0,3}", 6),
            text in prop::collection::vec("[ab]{0,3}", 6),
            more in "[ab:]{0,3}",
        ) {
            let resource = String::from(&*text[5]) + &more;
            let expected = pattern.iter().zip(&text[..5]).all(|(pattern, text)| wildcard::matches(pattern, text))
                && wildcard::matches(&pattern[5], &resource);
            let arn = text[..5].join(":") + ":" + &resource;
            prop_assert_eq!(ArnPattern::new(&pattern.join(":")).matches(&arn), expected);
        }
    }
}
