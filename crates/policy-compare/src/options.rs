//! Options of comparisons.

/// How to compare.
///
/// # Examples
///
/// ```
/// use iam_policy_compare::{Options, Verdict};
///
/// let old = iam_policy_document::json::read(br#"{"Statement": []}"#).document;
/// // S3 has nothing to do with users.
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
    /// Whether to consider every action of the form `service:Name`, instead of only the catalog's actions, the actions
    /// that the policies name, and an unknown one for each wildcard.
    pub any_action: bool,
    /// Whether to consider every ARN for every action, even one of another service or of a type that AWS documents only
    /// for other actions.
    pub any_resource: bool,
    /// How many witnesses to look for in each direction, at least one.
    pub witnesses: usize,
    /// The maximum amount of work for a comparison or another question, in steps of some tens of nanoseconds. If it is
    /// reached without an answer, the verdict is [`Verdict::Unknown`](crate::Verdict::Unknown).
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
