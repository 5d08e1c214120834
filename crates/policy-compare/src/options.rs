//! The front door: how to compare, and comparing.

use iam_policy_document::Document;

use crate::pair::Pair;
use crate::verdict::Comparison;

/// How to compare.
///
/// # Examples
///
/// ```
/// use iam_policy_compare::{Options, Verdict};
///
/// let old = iam_policy_document::json::read(br#"{"Statement": []}"#).document;
/// // No action of this service has such an ARN.
/// let new = iam_policy_document::json::read(
///     br#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:iam::123456789012:user/ann"}}"#,
/// )
/// .document;
/// assert_eq!(Options::default().compare([&old], [&new]).verdict, Verdict::Equivalent);
///
/// let mut options = Options::default();
/// options.any_resource = true;
/// assert_eq!(options.compare([&old], [&new]).verdict, Verdict::Widened);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Whether an action may be anything of the form `service:Name`, instead of those of the catalogue, those that the
    /// policies name, and an unknown one for each wildcard.
    pub any_action: bool,
    /// Whether a resource may be any ARN whatever the action is, instead of one of a format of the action's resource
    /// types.
    pub any_resource: bool,
    /// How many witnesses to look for in each direction; one at least.
    pub witnesses: usize,
    /// The most work to do, in steps of some tens of nanoseconds. When it is done and no answer is found, the answer is
    /// that it is unknown.
    pub steps: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            any_action: false,
            any_resource: false,
            witnesses: 10,
            steps: 20_000_000,
        }
    }
}

/// Compares two documents with the default [`Options`].
///
/// # Examples
///
/// ```
/// use iam_policy_compare::Verdict;
///
/// let read = |json: &str| iam_policy_document::json::read(json.as_bytes()).document;
/// let old = read(r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::logs/*"}}"#);
/// let new = read(r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::*/*"}}"#);
///
/// let comparison = iam_policy_compare::compare(&old, &new);
/// assert_eq!(comparison.verdict, Verdict::Incomparable);
/// let witness = &comparison.newly_allowed[0];
/// assert_eq!((&*witness.action, &*witness.resource), ("s3:GetObject", "arn:aws:s3:::a/a"));
/// ```
#[must_use]
pub fn compare(old: &Document, new: &Document) -> Comparison {
    Options::default().compare([old], [new])
}

impl Options {
    /// Compares two policies, each of which may be several documents that hold together, such as all that are attached
    /// to a principal.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_compare::{Options, Verdict};
    ///
    /// let read = |json: &str| iam_policy_document::json::read(json.as_bytes()).document;
    /// let one = read(r#"{"Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}}"#);
    /// let other = read(r#"{"Statement": {"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": "*"}}"#);
    /// let both = read(r#"{"Statement": {"Effect": "Allow", "Action": ["sqs:*Message"], "Resource": "*"}}"#);
    /// let comparison = Options::default().compare([&one, &other], [&both]);
    /// // It has `sqs:DeleteMessage` too.
    /// assert_eq!(comparison.verdict, Verdict::Widened);
    /// ```
    pub fn compare<'a>(
        &self,
        old: impl IntoIterator<Item = &'a Document>,
        new: impl IntoIterator<Item = &'a Document>,
    ) -> Comparison {
        match Pair::read(self, old, new) {
            Ok(pair) => pair.compare(),
            Err(because) => Comparison::unknown(because),
        }
    }
}
