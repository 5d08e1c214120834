use aws_credential_types::Credentials;
use aws_smithy_http_client::Builder;
use aws_types::SdkConfig;
use aws_types::region::Region;
use aws_types::sdk_config::SharedCredentialsProvider;
use iam_policy_guard::Guard;

/// Where the services are, and what the worker uses there.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address of a local server that speaks the services' protocols.
    pub endpoint: String,
    /// The Region.
    pub region: String,
    /// The URL of the queue with new uploads.
    pub queue_url: String,
    /// The bucket with the uploads.
    pub bucket: String,
    /// The table of what has been filed.
    pub table: String,
    /// The guard of all clients.
    pub guard: Guard,
}

/// The clients of the services.
#[derive(Clone, Debug)]
pub struct Clients {
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    pub(crate) kms: aws_sdk_kms::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) sqs: aws_sdk_sqs::Client,
}

impl Clients {
    /// Connects to the services.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let config = SdkConfig::builder()
            .behavior_version(aws_sdk_s3::config::BehaviorVersion::latest())
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                "AKIAIOSFODNN7EXAMPLE",
                "local",
                None,
                None,
                "example",
            )))
            .endpoint_url(&settings.endpoint)
            .http_client(Builder::new().build_http())
            .region(Region::new(settings.region.clone()))
            .build();
        let guard = &settings.guard;
        let dynamodb = aws_sdk_dynamodb::config::Builder::from(&config).interceptor(guard.clone());
        let kms = aws_sdk_kms::config::Builder::from(&config).interceptor(guard.clone());
        let s3 = aws_sdk_s3::config::Builder::from(&config).interceptor(guard.clone());
        let sqs = aws_sdk_sqs::config::Builder::from(&config).interceptor(guard.clone());
        Self {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb.build()),
            kms: aws_sdk_kms::Client::from_conf(kms.build()),
            s3: aws_sdk_s3::Client::from_conf(s3.force_path_style(true).build()),
            sqs: aws_sdk_sqs::Client::from_conf(sqs.build()),
        }
    }
}
