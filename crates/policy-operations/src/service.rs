use std::fmt;

use crate::data::{DATA, ServiceData, folded};
use crate::operation::Operation;

/// A service of the AWS SDK.
///
/// ```
/// let service = iam_policy_operations::service("Secrets Manager").unwrap();
/// assert_eq!(service.client(), "secretsmanager");
/// assert_eq!(service.crate_name(), "aws-sdk-secretsmanager");
/// assert_eq!(service.prefix(), "secretsmanager");
/// ```
#[derive(Clone, Copy)]
pub struct Service(pub(crate) &'static ServiceData);

impl Service {
    /// The name in the metadata of the SDK: `S3`, `Secrets Manager`.
    #[must_use]
    pub fn name(self) -> &'static str {
        &self.0.name
    }

    /// The name of botocore's client: `s3`, `secretsmanager`.
    #[must_use]
    pub fn client(self) -> &'static str {
        &self.0.client
    }

    /// The name of the crate of the Rust SDK: `aws-sdk-s3`. It follows from the name by the rule that the SDK uses, so it
    /// says nothing about whether the crate has been published.
    #[must_use]
    pub fn crate_name(self) -> &'static str {
        &self.0.crate_name
    }

    /// The prefix of most of the service's actions; empty if it has none.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        &self.0.prefix
    }

    /// The operations, sorted by name.
    #[must_use]
    pub fn operations(self) -> impl ExactSizeIterator<Item = Operation> {
        let operations = &self.0.rows().operations;
        operations.iter().map(move |row| Operation { service: self, row })
    }

    /// The operation with this name, in any case, or with this method: `PutObject` or `put_object`.
    #[must_use]
    pub fn operation(self, name: &str) -> Option<Operation> {
        let row = self.0.rows().find(name)?;
        Some(Operation { service: self, row })
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Service").field(&self.name()).finish()
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl PartialEq for Service {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Service {}

impl std::hash::Hash for Service {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.client.hash(state);
    }
}

/// All services, sorted by the name of their client.
pub fn services() -> impl ExactSizeIterator<Item = Service> {
    DATA.services.iter().map(Service)
}

/// The service with this name in the metadata of the SDK, such as `Secrets Manager`, or with this client, such as
/// `secretsmanager`. Case, spaces and hyphens do not matter.
///
/// ```
/// use iam_policy_operations::service;
///
/// assert_eq!(service("SQS"), service("sqs"));
/// assert_eq!(service("SFN"), service("stepfunctions"));
/// assert_eq!(service("no such service"), None);
/// ```
#[must_use]
pub fn service(id: &str) -> Option<Service> {
    DATA.find(&folded(id)).map(Service)
}

/// The service of a crate of the Rust SDK, by the name of the package or of the crate.
///
/// ```
/// use iam_policy_operations::service_of_crate;
///
/// let service = service_of_crate("aws_sdk_cognitoidentityprovider").unwrap();
/// assert_eq!(service.name(), "Cognito Identity Provider");
/// assert_eq!(service_of_crate("aws-config"), None);
/// ```
#[must_use]
pub fn service_of_crate(name: &str) -> Option<Service> {
    DATA.find_crate(&name.replace('_', "-")).map(Service)
}
