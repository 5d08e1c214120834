//! The nearest name to one that does not exist.

use crate::catalog::{Catalog, split_colon};
use crate::model::{Action, ConditionKey, Service};

/// Names are shorter than this; a longer text is no misspelt name.
const LONGEST: usize = 128;

impl Catalog {
    /// The action that was probably meant by a name that does not exist.
    ///
    /// It is, of these, the first that there is: the action that an operation of this name needs; the nearest name in
    /// the same service; the same name in a service with a similar prefix; the nearest name in the service with the
    /// most similar prefix, if the prefix is unknown; a name of three words or more that exactly one other service has,
    /// if the prefix is known. "Near" counts inserted, removed, replaced and swapped characters: one, or one in four of
    /// the name's, and at most three.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// let meant = |name| catalog.suggest_action(name).map(|action| action.to_string());
    /// assert_eq!(meant("s3:PutBuketPolicy").as_deref(), Some("s3:PutBucketPolicy"));
    /// assert_eq!(meant("s3:ListObjectsV2").as_deref(), Some("s3:ListBucket"));
    /// assert_eq!(meant("lamda:InvokeFunction").as_deref(), Some("lambda:InvokeFunction"));
    /// assert_eq!(meant("cloudwatch:PutLogEvents").as_deref(), Some("logs:PutLogEvents"));
    /// assert_eq!(meant("s3:Nonsense"), None);
    /// ```
    #[must_use]
    pub fn suggest_action(self, name: &str) -> Option<Action> {
        let (prefix, name) = split_colon(name)?;
        let known = self.service(prefix);
        if let Some(action) = known.and_then(|service| service.action(action_of_operation(service.prefix(), name)?)) {
            return Some(action);
        }
        if let Some(service) = known
            && let Some(action) = nearest_action(service, name)
        {
            return Some(action);
        }
        let mut nearest = Nearest::new(prefix);
        for service in self.services() {
            if Some(service) != known && service.action(name).is_some() {
                nearest.consider(service, service.prefix().as_bytes());
            }
        }
        if let Some(service) = nearest.found() {
            return service.action(name);
        }
        if known.is_none() {
            return nearest_action(self.suggest_service(prefix)?, name);
        }
        let mut same = self.services().filter_map(|service| service.action(name));
        match (same.next(), same.next()) {
            (Some(action), None) if words(action.name()) >= 3 => Some(action),
            _ => None,
        }
    }

    /// The service that was probably meant by a prefix that does not exist.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert_eq!(catalog.suggest_service("dynamdb").unwrap().prefix(), "dynamodb");
    /// assert_eq!(catalog.suggest_service("zzzzzz"), None);
    /// ```
    #[must_use]
    pub fn suggest_service(self, prefix: &str) -> Option<Service> {
        let mut nearest = Nearest::new(prefix);
        for service in self.services() {
            nearest.consider(service, service.prefix().as_bytes());
        }
        nearest.found()
    }

    /// The condition key that was probably meant by a name that does not exist: the nearest, or the global key of the
    /// same name if the prefix is wrong. What stands for a placeholder counts for nothing.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// let meant = |name| catalog.suggest_condition_key(name).map(|key| key.name());
    /// assert_eq!(meant("aws:SourceIP4"), Some("aws:SourceIp"));
    /// assert_eq!(meant("aws:RequstTag/team"), Some("aws:RequestTag/${TagKey}"));
    /// assert_eq!(meant("s3:SecureTransport"), Some("aws:SecureTransport"));
    /// assert_eq!(meant("aws:Nonsense"), None);
    /// ```
    #[must_use]
    pub fn suggest_condition_key(self, name: &str) -> Option<ConditionKey> {
        let (_, own) = split_colon(name)?;
        let mut nearest = Nearest::within(name, allowance(own.len()));
        for key in self.condition_keys().filter(|key| !key.is_template()) {
            nearest.consider(key, key.name().as_bytes());
        }
        // A key with a placeholder is compared up to it, with the name up to the same character.
        for row in 0..self.0.templates.len() {
            let literal = self.literal(row);
            let Some(last) = literal.last().filter(|last| b"/:".contains(last)) else {
                continue;
            };
            let (mut left, mut end) = (0, 0);
            for byte in literal {
                left += usize::from(byte == last);
            }
            for byte in name.bytes() {
                if left > 0 {
                    left -= usize::from(byte == *last);
                    end += 1;
                }
            }
            nearest.consider_part(self.template(row), name.as_bytes().get(..end), literal);
        }
        nearest.found().or_else(|| {
            self.global_condition_keys().find(|key| {
                split_colon(key.name())
                    .is_some_and(|(prefix, other)| prefix == "aws" && other.eq_ignore_ascii_case(own))
            })
        })
    }
}

/// Operations whose action has another name, by the prefixes of their services.
///
/// Source: Amazon S3 User Guide, "Required permissions for Amazon S3 API operations"; Amazon SQS Developer Guide,
/// "Amazon SQS API permissions"; Amazon SNS API Reference, `PublishBatch`; AWS Lambda Developer Guide, "Lambda
/// permissions".
const OPERATIONS: &[(&str, &str, &str)] = &[
    ("lambda", "Invoke", "InvokeFunction"),
    ("lambda", "InvokeWithResponseStream", "InvokeFunction"),
    ("s3", "CompleteMultipartUpload", "PutObject"),
    ("s3", "CopyObject", "PutObject"),
    ("s3", "CreateMultipartUpload", "PutObject"),
    ("s3", "DeleteBucketEncryption", "PutEncryptionConfiguration"),
    ("s3", "DeleteBucketLifecycle", "PutLifecycleConfiguration"),
    ("s3", "DeleteObjects", "DeleteObject"),
    ("s3", "GetBucketEncryption", "GetEncryptionConfiguration"),
    ("s3", "GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"),
    ("s3", "GetBucketNotificationConfiguration", "GetBucketNotification"),
    ("s3", "GetBucketReplication", "GetReplicationConfiguration"),
    ("s3", "GetPublicAccessBlock", "GetBucketPublicAccessBlock"),
    ("s3", "HeadBucket", "ListBucket"),
    ("s3", "HeadObject", "GetObject"),
    ("s3", "ListBuckets", "ListAllMyBuckets"),
    ("s3", "ListMultipartUploads", "ListBucketMultipartUploads"),
    ("s3", "ListObjectVersions", "ListBucketVersions"),
    ("s3", "ListObjects", "ListBucket"),
    ("s3", "ListObjectsV2", "ListBucket"),
    ("s3", "ListParts", "ListMultipartUploadParts"),
    ("s3", "PutBucketEncryption", "PutEncryptionConfiguration"),
    ("s3", "PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"),
    ("s3", "PutBucketNotificationConfiguration", "PutBucketNotification"),
    ("s3", "PutBucketReplication", "PutReplicationConfiguration"),
    ("s3", "PutPublicAccessBlock", "PutBucketPublicAccessBlock"),
    ("s3", "SelectObjectContent", "GetObject"),
    ("s3", "UploadPart", "PutObject"),
    ("s3", "UploadPartCopy", "PutObject"),
    ("sns", "PublishBatch", "Publish"),
    ("sqs", "ChangeMessageVisibilityBatch", "ChangeMessageVisibility"),
    ("sqs", "DeleteMessageBatch", "DeleteMessage"),
    ("sqs", "SendMessageBatch", "SendMessage"),
];

/// The action that an operation needs, if that has another name.
fn action_of_operation(prefix: &str, name: &str) -> Option<&'static str> {
    let mut operations = OPERATIONS.iter();
    let found = operations.find(|(service, operation, _)| *service == prefix && operation.eq_ignore_ascii_case(name));
    found.map(|&(.., action)| action)
}

/// The candidate that was probably meant by a name, as [`Catalog::suggest_action`] counts it.
///
/// - `name`: what was written
/// - `candidates`: the names that there are
///
/// ```
/// assert_eq!(iam_policy_catalog::nearest("StringEqual", ["StringEquals", "StringLike"]), Some("StringEquals"));
/// assert_eq!(iam_policy_catalog::nearest("Nonsense", ["StringEquals", "StringLike"]), None);
/// ```
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_of(name, &mut candidates.into_iter())
}

fn nearest_of<'a>(name: &str, candidates: &mut dyn Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut nearest = Nearest::new(name);
    for candidate in candidates {
        nearest.consider(candidate, candidate.as_bytes());
    }
    nearest.found()
}

fn nearest_action(service: Service, name: &str) -> Option<Action> {
    let mut nearest = Nearest::new(name);
    for action in service.actions() {
        nearest.consider(action, action.name().as_bytes());
    }
    nearest.found()
}

/// How many words a name is made of. Names of two, such as `ListObjects`, are no evidence of what was meant.
fn words(name: &str) -> usize {
    name.bytes().filter(u8::is_ascii_uppercase).count()
}

/// How many mistakes a name of that length may have.
fn allowance(len: usize) -> usize {
    (len / 4).clamp(1, 3)
}

/// Keeps the nearest of what it is shown; of several, the one that agrees longest from the start, and of these the
/// first.
struct Nearest<'n, T> {
    name: &'n [u8],
    record: Record,
    best: Option<T>,
}

impl<'n, T> Nearest<'n, T> {
    fn new(name: &'n str) -> Self {
        Self::within(name, allowance(name.len()))
    }

    fn within(name: &'n str, allowance: usize) -> Self {
        Self {
            name: name.as_bytes(),
            record: Record {
                allowance,
                agreed: None,
            },
            best: None,
        }
    }

    fn consider(&mut self, candidate: T, text: &[u8]) {
        self.consider_part(candidate, Some(self.name), text);
    }

    fn consider_part(&mut self, candidate: T, part: Option<&[u8]>, text: &[u8]) {
        if part.is_some_and(|part| self.record.beat(part, text)) {
            self.best = Some(candidate);
        }
    }

    fn found(self) -> Option<T> {
        self.best
    }
}

/// How near the nearest is, whatever it is.
struct Record {
    /// How many mistakes it has; before there is one, how many it may have.
    allowance: usize,
    /// How long it agrees from the start.
    agreed: Option<usize>,
}

impl Record {
    /// Whether `text` is nearer to `name` than all before it. It is then what the others have to beat.
    fn beat(&mut self, name: &[u8], text: &[u8]) -> bool {
        let Some(distance) = distance(name, text, self.allowance) else {
            return false;
        };
        let mut agreed = 0;
        for (a, b) in name.iter().zip(text) {
            if !a.eq_ignore_ascii_case(b) {
                break;
            }
            agreed += 1;
        }
        let is_nearer = distance < self.allowance || self.agreed.is_none_or(|longest| agreed > longest);
        if is_nearer {
            (self.allowance, self.agreed) = (distance, Some(agreed));
        }
        is_nearer
    }
}

/// How many characters must be inserted, removed, replaced or swapped with a neighbour to turn one text into the other,
/// in any case; `None` if more than `limit`. Looks only at the cells near the diagonal, since the others exceed the
/// limit.
#[expect(
    clippy::indexing_slicing,
    reason = "rows have `LONGEST + 1` cells and both texts were found to be shorter than `LONGEST`"
)]
pub(crate) fn distance(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit || a.len() >= LONGEST || b.len() >= LONGEST {
        return None;
    }
    let over = limit + 1;
    let mut two_before = [over; LONGEST + 1];
    let mut before = [over; LONGEST + 1];
    for (number, cell) in before.iter_mut().enumerate().take(limit.min(b.len()) + 1) {
        *cell = number;
    }
    for i in 1..=a.len() {
        let mut row = [over; LONGEST + 1];
        if i <= limit {
            row[0] = i;
        }
        let mut least = row[0];
        for j in i.saturating_sub(limit).max(1)..=(i + limit).min(b.len()) {
            let same = a[i - 1].eq_ignore_ascii_case(&b[j - 1]);
            let mut cell = before[j - 1] + usize::from(!same);
            cell = cell.min(before[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1].eq_ignore_ascii_case(&b[j - 2]) && a[i - 2].eq_ignore_ascii_case(&b[j - 1]) {
                cell = cell.min(two_before[j - 2] + 1);
            }
            row[j] = cell.min(over);
            least = least.min(row[j]);
        }
        if least > limit {
            return None;
        }
        two_before = before;
        before = row;
    }
    Some(before[b.len()]).filter(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_have_no_action_of_their_name() {
        for &(prefix, operation, action) in OPERATIONS {
            let service = Catalog::get().service(prefix).unwrap();
            assert_eq!(service.action(operation), None, "{prefix}:{operation}");
            assert!(service.action(action).is_some(), "{prefix}:{action}");
        }
    }
}
