//! ARN formats of resource types.

use core::fmt;

use iam_policy_core::{Segment, Segments};

/// The format of a resource type's ARNs: a string with placeholders, such as `arn:${Partition}:s3:::${BucketName}`.
/// Some formats also contain `*`.
///
/// ```
/// use iam_policy_catalog::{ArnPart, Catalog};
///
/// let bucket = Catalog::get().service("s3").unwrap().resource_type("bucket").unwrap();
/// let format = bucket.arn_formats().next().unwrap();
/// let parts: Vec<_> = format.parts().collect();
/// assert_eq!(
///     parts,
///     [
///         ArnPart::Literal("arn:"),
///         ArnPart::Placeholder("Partition"),
///         ArnPart::Literal(":s3:::"),
///         ArnPart::Placeholder("BucketName"),
///     ],
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArnFormat(pub(crate) &'static str);

/// A piece of an [`ArnFormat`].
///
/// ```
/// use iam_policy_catalog::{ArnPart, Catalog};
///
/// let queue = Catalog::get().service("sqs").unwrap().resource_type("queue").unwrap();
/// // A pattern that covers all queues.
/// let pattern: String = queue
///     .arn_formats()
///     .next()
///     .unwrap()
///     .parts()
///     .map(|part| match part {
///         ArnPart::Literal(text) => text,
///         ArnPart::Placeholder(_) => "*",
///     })
///     .collect();
/// assert_eq!(pattern, "arn:*:sqs:*:*:*");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArnPart {
    /// Text that every such ARN contains.
    Literal(&'static str),
    /// The name of a part that varies.
    Placeholder(&'static str),
}

/// What the value of a placeholder may contain. It has at least one character.
///
/// ```
/// use iam_policy_catalog::{ArnPart, Catalog, Extent};
///
/// let object = Catalog::get().service("s3").unwrap().resource_type("object").unwrap();
/// let format = object.arn_formats().next().unwrap();
/// let extents: Vec<_> = format
///     .parts_with_extents()
///     .filter(|(part, _)| matches!(part, ArnPart::Placeholder(_)))
///     .map(|(_, extent)| extent)
///     .collect();
/// // The partition, the bucket and the object.
/// assert_eq!(extents, [Extent::Segment, Extent::Name, Extent::Everything]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extent {
    /// Neither colons nor slashes.
    Name,
    /// No colons.
    Segment,
    /// Everything.
    Everything,
}

impl Extent {
    const fn takes(self, character: char) -> bool {
        match self {
            Self::Name => character != ':' && character != '/',
            Self::Segment => character != ':',
            Self::Everything => true,
        }
    }
}

/// The placeholders for names without a slash, by the service in the ARN.
///
/// Sources: Amazon S3 User Guide, "General purpose bucket naming rules" and "Directory bucket naming rules"; Amazon
/// DynamoDB Developer Guide, "Supported data types and naming rules in Amazon DynamoDB".
const NAMES: [(&str, &str); 3] = [
    ("s3", "BucketName"),
    ("s3express", "BucketName"),
    ("dynamodb", "TableName"),
];

impl ArnFormat {
    /// The format as AWS writes it.
    ///
    /// ```
    /// let user = iam_policy_catalog::Catalog::get().service("iam").unwrap().resource_type("user").unwrap();
    /// let format = user.arn_formats().next().unwrap();
    /// assert!(format.as_str().starts_with("arn:${Partition}:iam::${Account}:user/"));
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The format, split at its placeholders: `${Name}`, or `{Name}`, which occurs once in the data.
    ///
    /// ```
    /// use iam_policy_catalog::{ArnPart, Catalog};
    ///
    /// let user = Catalog::get().service("iam").unwrap().resource_type("user").unwrap();
    /// let format = user.arn_formats().next().unwrap();
    /// assert_eq!(format.parts().next(), Some(ArnPart::Literal("arn:")));
    /// ```
    pub fn parts(self) -> impl Iterator<Item = ArnPart> + Clone + 'static {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            let (part, tail) = next_part(rest)?;
            rest = tail;
            Some(part)
        })
    }
}

impl ArnFormat {
    /// The service that the format's ARNs name; `None` if that is a placeholder.
    ///
    /// ```
    /// let role = iam_policy_catalog::Catalog::get().service("sts").unwrap().resource_type("role").unwrap();
    /// assert_eq!(role.arn_formats().next().unwrap().service(), Some("iam"));
    /// ```
    #[must_use]
    pub fn service(self) -> Option<&'static str> {
        Segments::new(self.0)
            .get(Segment::Service)
            .filter(|service| !service.contains('{'))
    }

    /// The parts of the format, and for each placeholder what its value may contain: after the fifth colon everything,
    /// before it no colon, and in the names of buckets and tables no slash either. For literals, the extent is
    /// [`Extent::Everything`].
    pub fn parts_with_extents(self) -> impl Iterator<Item = (ArnPart, Extent)> + Clone + 'static {
        let service = self.service();
        let mut colons = 0;
        self.parts().map(move |part| {
            let extent = match part {
                ArnPart::Literal(text) => {
                    colons += text.bytes().filter(|byte| *byte == b':').count();
                    Extent::Everything
                }
                ArnPart::Placeholder(name)
                    if NAMES.iter().any(|(of, known)| Some(*of) == service && *known == name) =>
                {
                    Extent::Name
                }
                ArnPart::Placeholder(_) if colons < 5 => Extent::Segment,
                ArnPart::Placeholder(_) => Extent::Everything,
            };
            (part, extent)
        })
    }

    /// Whether an ARN has this format.
    ///
    /// - `arn`: the literal ARN of a resource, in which `*` is an asterisk
    ///
    /// ```
    /// let object = iam_policy_catalog::Catalog::get().service("s3").unwrap().resource_type("object").unwrap();
    /// let format = object.arn_formats().next().unwrap();
    /// assert!(format.matches("arn:aws:s3:::reports/2026/may.csv"));
    /// assert!(!format.matches("arn:aws:s3:::reports"));
    /// ```
    #[must_use]
    pub fn matches(self, arn: &str) -> bool {
        let mut parts = self.parts_with_extents().peekable();
        let mut rest = arn;
        while let Some((part, extent)) = parts.next() {
            let end = match part {
                ArnPart::Literal(text) if rest.starts_with(text) => text.len(),
                ArnPart::Literal(_) => return false,
                ArnPart::Placeholder(_) => {
                    // The shortest value that the next literal can follow: a longer one leaves less for the rest. The
                    // last literal is at the end.
                    let found = match parts.peek().copied() {
                        None => Some(rest.len()),
                        Some((ArnPart::Literal(next), _)) => {
                            let is_last = parts.clone().nth(1).is_none();
                            if is_last {
                                rest.strip_suffix(next).map(str::len)
                            } else {
                                let after_one = rest.chars().next().map_or(0, char::len_utf8);
                                let tail = rest.get(after_one..).unwrap_or_default();
                                tail.find(next).map(|at| after_one + at)
                            }
                        }
                        Some((ArnPart::Placeholder(_), _)) => rest.chars().next().map(char::len_utf8),
                    };
                    let Some(value) = found.and_then(|end| rest.get(..end)) else {
                        return false;
                    };
                    if value.is_empty() || !value.chars().all(|character| extent.takes(character)) {
                        return false;
                    }
                    value.len()
                }
            };
            rest = rest.get(end..).unwrap_or_default();
        }
        rest.is_empty()
    }
}

fn next_part(text: &'static str) -> Option<(ArnPart, &'static str)> {
    if text.is_empty() {
        return None;
    }
    let Some(open) = text.find('{') else {
        return Some((ArnPart::Literal(text), ""));
    };
    let (before, after) = text.split_at_checked(open)?;
    let literal = before.strip_suffix('$').unwrap_or(before);
    if !literal.is_empty() {
        return Some((ArnPart::Literal(literal), text.get(literal.len()..)?));
    }
    let after = after.get(1..)?;
    Some(match after.split_once('}') {
        Some((name, tail)) => (ArnPart::Placeholder(name), tail),
        None => (ArnPart::Literal(text), ""),
    })
}

impl fmt::Display for ArnFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}
