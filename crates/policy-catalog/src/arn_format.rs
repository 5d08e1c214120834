//! ARN formats of resource types.

use core::fmt;

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
