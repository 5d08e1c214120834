//! How AWS is reached: credentials, region, endpoint, patience.

use aws_config::identity::IdentityCache;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_iam::config::{RuntimeComponents, SharedHttpClient};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use iam_policy_core::Arn;
use iam_policy_validate::Failure;

use crate::config::{Config, Place, Placed};
use crate::readable::Readable;
use crate::retry::NoFaults;
use crate::sendable::Sendable;
use crate::settings::{ATTEMPTS, Credentials, Settings, without_credentials};

/// The clients of both services.
pub(crate) struct Connection {
    pub(crate) sts: aws_sdk_sts::Client,
    pub(crate) iam: aws_sdk_iam::Client,
    pub(crate) settings: Settings,
    /// What is set besides.
    pub(crate) config: Config,
    /// The region, where somebody has set one.
    pub(crate) region: Option<String>,
    sts_endpoint: Endpoint,
    iam_endpoint: Endpoint,
}

/// Where a service is called, for people.
pub(crate) struct Endpoint {
    /// Its URL, or the service and the region.
    pub(crate) name: String,
    /// What the environment and files have to do with it, in brackets; or nothing.
    pub(crate) from: String,
}

impl Connection {
    /// Where an action is called.
    pub(crate) fn endpoint(&self, action: &str) -> &Endpoint {
        if action.starts_with("sts:") {
            &self.sts_endpoint
        } else {
            &self.iam_endpoint
        }
    }
}

/// Makes the clients. Nothing is called.
pub(crate) async fn connect(settings: Settings) -> Result<Connection, Failure> {
    let config = Config::read(&settings);
    config.check()?;
    let region = config.region(&settings)?;
    let (sts_url, iam_url) = (config.endpoint("sts", &settings)?, config.endpoint("iam", &settings)?);
    let called = match &region {
        Some(region) => Region::new(region.value.clone()),
        None => usual_region(settings.principal.as_deref()),
    };
    let endpoint = |service: &str, url: Option<&Placed>| {
        let (name, what, placed) = match url {
            Some(url) => (without_credentials(&url.value), "endpoint", Some(url)),
            None => (format!("{service} in {called}"), "region", region.as_ref()),
        };
        let place = placed.map(|placed| &placed.place);
        let place = place.filter(|place| !matches!(place, Place::Option(_)));
        let proxy = config.proxy(&name);
        let all = [(what, place), ("proxy", proxy.as_ref())];
        let all = all.into_iter().filter_map(|(what, place)| Some((what, place?)));
        let all: Vec<String> = all.map(|(what, place)| format!("the {what} is from {place}")).collect();
        let from = if all.is_empty() {
            String::new()
        } else {
            format!(" ({})", all.join(", "))
        };
        Endpoint { name, from }
    };
    let (sts_endpoint, iam_endpoint) = (endpoint("sts", sts_url.as_ref()), endpoint("iam", iam_url.as_ref()));

    let http = http_client();
    let timeouts = settings.timeouts;
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(called.clone())
        .http_client(http.clone())
        // A program that asks for a touch or a code is given as much time as an attempt.
        .identity_cache(IdentityCache::lazy().load_timeout(timeouts.attempt).build())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(timeouts.connect)
                .operation_attempt_timeout(timeouts.attempt)
                .operation_timeout(timeouts.operation)
                .build(),
        );
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(Credentials { id, secret, token }) = &settings.credentials {
        let key = aws_credential_types::Credentials::new(id, secret, token.clone(), None, "settings");
        loader = loader.credentials_provider(key);
    } else if let Some(profile) = &settings.profile {
        let provider = ProviderConfig::without_region()
            .with_region(Some(called.clone()))
            .with_http_client(http);
        let credentials = ProfileFileCredentialsProvider::builder()
            .configure(&provider)
            .profile_name(profile)
            .build();
        loader = loader.credentials_provider(credentials);
    }
    if let Some(url) = &settings.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    let shared = loader.load().await;
    let mut sts = aws_sdk_sts::config::Builder::from(&shared)
        .retry_classifier(NoFaults)
        .interceptor(Readable);
    let mut iam = aws_sdk_iam::config::Builder::from(&shared)
        .retry_classifier(NoFaults)
        .interceptor(Readable);
    if let Some(provider) = shared.credentials_provider() {
        let provider = SharedCredentialsProvider::new(Sendable(provider));
        sts = sts.credentials_provider(provider.clone());
        iam = iam.credentials_provider(provider);
    }
    if let Some(url) = sts_url {
        sts = sts.endpoint_url(url.value);
    }
    if let Some(url) = iam_url {
        iam = iam.endpoint_url(url.value);
    }
    Ok(Connection {
        sts: aws_sdk_sts::Client::from_conf(sts.build()),
        iam: aws_sdk_iam::Client::from_conf(iam.build()),
        settings,
        config,
        region: region.map(|region| region.value),
        sts_endpoint,
        iam_endpoint,
    })
}

/// Where to call when nobody has set a region: the endpoint of IAM in the partition of `principal`, or of `aws`.
///
/// Source: AWS General Reference, "AWS Identity and Access Management endpoints and quotas".
fn usual_region(principal: Option<&str>) -> Region {
    let partition = principal.and_then(|arn| Arn::parse(arn).ok()).map(|arn| arn.partition);
    Region::from_static(match partition {
        Some("aws-cn") => "cn-north-1",
        Some("aws-us-gov") => "us-gov-west-1",
        _ => "us-east-1",
    })
}

/// As the SDK's own client, which would need a C compiler and cmake, but with *ring*: it heeds `HTTPS_PROXY` and
/// `NO_PROXY`.
fn http_client() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, components| {
        let mut connector = ConnectorBuilder::default().tls_provider(Provider::Rustls(CryptoMode::Ring));
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.set_proxy_config(Some(ProxyConfig::from_env()));
        connector.build()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_defaults_to_the_partitions() {
        for (principal, region) in [
            (None, "us-east-1"),
            (Some("arn:aws:iam::123456789012:user/ann"), "us-east-1"),
            (Some("arn:aws-cn:iam::123456789012:user/ann"), "cn-north-1"),
            (Some("arn:aws-us-gov:iam::123456789012:user/ann"), "us-gov-west-1"),
            (Some("ann"), "us-east-1"),
        ] {
            assert_eq!(usual_region(principal).as_ref(), region);
        }
    }
}
