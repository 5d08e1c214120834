//! How AWS is reached: credentials, region, endpoint, patience.

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::identity::IdentityCache;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_iam::config::{RuntimeComponents, SharedHttpClient};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use policy_core::Arn;
use policy_validate::Failure;
use url::Url;

use crate::retry::NoFaults;
use crate::settings::{ATTEMPTS, Credentials, Settings, without_credentials};
use crate::whole::Whole;

/// The clients of both services.
pub(crate) struct Connection {
    pub(crate) sts: aws_sdk_sts::Client,
    pub(crate) iam: aws_sdk_iam::Client,
    /// With the region that is called.
    pub(crate) settings: Settings,
    /// The region, where somebody has set one.
    pub(crate) region: Option<String>,
}

/// Makes the clients. Nothing is called.
pub(crate) async fn connect(mut settings: Settings) -> Result<Connection, Failure> {
    check_endpoint(settings.endpoint_url.as_deref())?;
    let region = region(&settings).await;
    let called = region
        .clone()
        .unwrap_or_else(|| usual_region(settings.principal.as_deref()));
    settings.region = Some(called.as_ref().to_owned());

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
            .with_region(Some(called))
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
    let config = loader.load().await;
    let sts = aws_sdk_sts::config::Builder::from(&config)
        .retry_classifier(NoFaults)
        .interceptor(Whole)
        .build();
    let iam = aws_sdk_iam::config::Builder::from(&config)
        .retry_classifier(NoFaults)
        .interceptor(Whole)
        .build();
    Ok(Connection {
        sts: aws_sdk_sts::Client::from_conf(sts),
        iam: aws_sdk_iam::Client::from_conf(iam),
        settings,
        region: region.map(|region| region.as_ref().to_owned()),
    })
}

/// The region that somebody has set. The machine that the program runs on is not asked: off EC2 that takes seconds.
async fn region(settings: &Settings) -> Option<Region> {
    let mut profile = ProfileFileRegionProvider::builder();
    if let Some(name) = &settings.profile {
        profile = profile.profile_name(name);
    }
    RegionProviderChain::first_try(settings.region.clone().map(Region::new))
        .or_else(EnvironmentVariableRegionProvider::new())
        .or_else(profile.build())
        .region()
        .await
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

/// Refuses an endpoint that can be no URL, before the SDK says so in words of its own.
fn check_endpoint(url: Option<&str>) -> Result<(), Failure> {
    let Some(url) = url else { return Ok(()) };
    match Url::parse(url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => Ok(()),
        _ => Err(Failure::Unreachable {
            endpoint: without_credentials(url),
            message: "it is no URL such as `https://iam.example.com`".to_owned(),
        }),
    }
}

/// As the SDK's own client, which would need a C compiler and cmake, but with *ring*: it heeds `HTTPS_PROXY` and `NO_PROXY`.
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
    fn where_nobody_has_set_a_region_the_partition_has_one() {
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
