//! Suggestions for names that do not exist.

use iam_policy_core::suggest::{Nearest, allowance};

use crate::action::Action;
use crate::catalog::Catalog;
use crate::condition_key::{self, ConditionKey};
use crate::data::split_colon;
use crate::service::Service;

impl Catalog {
    /// The action that was probably meant by a name that does not exist; `None` if it does exist, in any case.
    ///
    /// The first match wins:
    ///
    /// 1. the action required by the API operation of this name,
    /// 2. the [nearest](iam_policy_core::suggest) name in the same service,
    /// 3. the same name in a service with a similar prefix,
    /// 4. if the prefix is unknown, the nearest name in the service with the most similar prefix,
    /// 5. if the prefix is known, a name of three or more words that exactly one other service has.
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
        if known.is_some_and(|service| service.action(name).is_some()) {
            return None;
        }
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

    /// The service that was probably meant by an unknown prefix; `None` if the prefix exists, in any case.
    ///
    /// ```
    /// let catalog = iam_policy_catalog::Catalog::get();
    /// assert_eq!(catalog.suggest_service("dynamdb").unwrap().prefix(), "dynamodb");
    /// assert_eq!(catalog.suggest_service("zzzzzz"), None);
    /// assert_eq!(catalog.suggest_service("S3"), None);
    /// ```
    #[must_use]
    pub fn suggest_service(self, prefix: &str) -> Option<Service> {
        if self.service(prefix).is_some() {
            return None;
        }
        let mut nearest = Nearest::new(prefix);
        for service in self.services() {
            nearest.consider(service, service.prefix().as_bytes());
        }
        nearest.found()
    }

    /// The condition key that was probably meant by an unknown name: the nearest key, or the global key of the same
    /// name if only the prefix is wrong. For a key with a placeholder, only the part before it is compared. `None` if the
    /// key exists, in any case.
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
        if self.condition_key(name).is_some() {
            return None;
        }
        let mut nearest = Nearest::within(name, allowance(own.len()));
        for key in self.condition_keys().filter(|key| !key.is_template()) {
            nearest.consider(key, key.name().as_bytes());
        }
        // A key with a placeholder is compared up to it, with the name up to the same separator.
        for row in 0..self.data.0.templates.len() {
            let literal = condition_key::literal_of(self.data, row);
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
            if let Some(part) = name.as_bytes().get(..end) {
                nearest.consider_part(ConditionKey::from_template(self.data, row), part, literal);
            }
        }
        nearest.found().or_else(|| {
            self.global_condition_keys().find(|key| {
                split_colon(key.name())
                    .is_some_and(|(prefix, other)| prefix == "aws" && other.eq_ignore_ascii_case(own))
            })
        })
    }
}

/// API operations whose action has a different name: service prefix, operation, action.
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

/// The action that an API operation requires, if it has a different name.
fn action_of_operation(prefix: &str, name: &str) -> Option<&'static str> {
    let mut operations = OPERATIONS.iter();
    let found = operations.find(|(service, operation, _)| *service == prefix && operation.eq_ignore_ascii_case(name));
    found.map(|&(.., action)| action)
}

fn nearest_action(service: Service, name: &str) -> Option<Action> {
    let mut nearest = Nearest::new(name);
    for action in service.actions() {
        nearest.consider(action, action.name().as_bytes());
    }
    nearest.found()
}

/// The number of words in a name. Names of two words, such as `ListObjects`, say too little about what was meant.
fn words(name: &str) -> usize {
    name.bytes().filter(u8::is_ascii_uppercase).count()
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
