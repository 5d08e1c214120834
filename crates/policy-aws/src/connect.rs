//! Connecting to AWS: credentials, region, endpoints, timeouts.

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::identity::IdentityCache;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_iam::config::{RuntimeComponents, SharedHttpClient};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_types::os_shim_internal::Env;
use aws_types::service_config::ServiceConfigKey;
use iam_policy_core::Arn;
use iam_policy_validate::Failure;
use url::Url;

use crate::config::{Config, REGION};
use crate::readable::Readable;
use crate::retry::NoFaults;
use crate::sendable::Sendable;
use crate::settings::{ATTEMPTS, Credentials, Settings, without_credentials};

/// The clients of both services, and their configuration.
pub(crate) struct Connection {
    pub(crate) sts: aws_sdk_sts::Client,
    pub(crate) iam: aws_sdk_iam::Client,
    pub(crate) settings: Settings,
    pub(crate) config: Config,
    /// The region, if one is configured.
    pub(crate) region: Option<String>,
    sts_endpoint: Endpoint,
    iam_endpoint: Endpoint,
}

/// Where a service is called, for messages.
pub(crate) struct Endpoint {
    /// Its URL, or the service and the region.
    pub(crate) name: String,
    /// Where the URL and the proxy are configured, in parentheses, or empty.
    pub(crate) from: String,
}

impl Connection {
    /// The endpoint of an action.
    pub(crate) fn endpoint(&self, action: &str) -> &Endpoint {
        if action.starts_with("sts:") {
            &self.sts_endpoint
        } else {
            &self.iam_endpoint
        }
    }
}

/// Creates the clients. Makes no calls.
pub(crate) async fn connect(settings: Settings) -> Result<Connection, Failure> {
    let config = Config::load(&settings, Env::real()).await;
    config.check()?;
    let region = region(&config, &settings)?;
    let called = match &region {
        Some(region) => Region::new(region.clone()),
        None => usual_region(settings.principal.as_deref()),
    };
    let http = http_client();
    let timeouts = settings.timeouts;
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(called.clone())
        .http_client(http.clone())
        // A `credential_process` that asks for a touch or a code has as much time as an attempt.
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
            .with_custom_provider(
                "Environment",
                Sendable(SharedCredentialsProvider::new(
                    EnvironmentVariableCredentialsProvider::new(),
                )),
            )
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
    Ok(Connection {
        sts_endpoint: endpoint("STS", &shared, &config, &settings)?,
        iam_endpoint: endpoint("IAM", &shared, &config, &settings)?,
        sts: aws_sdk_sts::Client::from_conf(sts.build()),
        iam: aws_sdk_iam::Client::from_conf(iam.build()),
        settings,
        config,
        region,
    })
}

/// The region that is configured. It becomes part of a host name (RFC 1123, section 2.1).
fn region(config: &Config, settings: &Settings) -> Result<Option<String>, Failure> {
    let Some(region) = config.region(settings) else {
        return Ok(None);
    };
    let is_valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !region.is_empty() && region.len() <= 63 && region.bytes().all(is_valid) {
        return Ok(Some(region));
    }
    let source = config.source(&region, settings.region.as_ref().map(|_| "region"), &REGION);
    Err(Failure::Configuration {
        message: format!("`{region}`, from {source}, is not the name of a region"),
        help: vec!["the name of a region is, for example, `eu-central-1`".to_owned()],
    })
}

/// Determines where a service is called, as the SDK does, which panics if the URL has no host.
fn endpoint(service: &str, shared: &SdkConfig, config: &Config, settings: &Settings) -> Result<Endpoint, Failure> {
    let key = ServiceConfigKey::builder()
        .service_id(service)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build();
    let configured = || shared.service_config()?.load_config(key.ok()?);
    let url = settings.endpoint_url.clone().or_else(configured);
    let (name, source) = match url {
        None => {
            let region = shared.region().map_or("", AsRef::as_ref);
            (format!("{service} in {region}"), None)
        }
        Some(url) => {
            let variable = format!("AWS_ENDPOINT_URL_{service}");
            let option = settings.endpoint_url.as_ref().map(|_| "endpoint-url");
            let source = config.source(&url, option, &[&variable, "AWS_ENDPOINT_URL"]);
            let shown = without_credentials(&url);
            if !is_endpoint(&url) {
                return Err(Failure::Configuration {
                    message: format!("`{shown}`, from {source}, is not an HTTP URL"),
                    help: vec![
                        "an endpoint is, for example, `https://iam.example.com` or `http://127.0.0.1:8080`".to_owned(),
                    ],
                });
            }
            (shown, option.is_none().then_some(source))
        }
    };
    let source = source.map(|source| format!("the endpoint is from {source}"));
    let proxy = config
        .proxy(&name)
        .map(|variable| format!("the proxy is from `{variable}`"));
    let sources: Vec<String> = source.into_iter().chain(proxy).collect();
    Ok(Endpoint {
        from: match sources.as_slice() {
            [] => String::new(),
            _ => format!(" ({})", sources.join(", ")),
        },
        name,
    })
}

/// Whether the SDK can call a URL.
fn is_endpoint(url: &str) -> bool {
    // URLs of the web are valid even if slashes come before the host.
    let has_host = url
        .split_once("://")
        .is_some_and(|(_, host)| !host.starts_with(['/', '\\']));
    has_host && Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// The region to call if none is configured: that of IAM's endpoint in the partition of `principal`, or in `aws`.
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

/// Like the SDK's default client, but with *ring*, so that building needs neither a C compiler nor cmake. It uses the
/// proxy in `HTTPS_PROXY`, except for the hosts in `NO_PROXY`.
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
    fn endpoints_are_http_urls_with_a_host() {
        for url in [
            "http://127.0.0.1:8080",
            "https://iam.example.com/",
            "https://ann:secret@iam.example.com",
        ] {
            assert!(is_endpoint(url), "{url}");
        }
        for url in [
            "",
            "server",
            "localhost:4566",
            "ftp://server",
            "http://",
            "https:///path",
            "https://ann:secret@",
            "http://ser ver",
            "http://[",
            "http://server:port",
        ] {
            assert!(!is_endpoint(url), "{url}");
        }
    }

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
