//! Turns errors of the SDK into failures.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_iam::config::http::HttpResponse;
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};
use iam_policy_validate::Failure;

use crate::config::Config;
use crate::connect::{Connection, Endpoint};
use crate::readable::{unlike_aws, unreadable};
use crate::retry::THROTTLING;

/// The failure for an `error` of the SDK.
///
/// - `action`: the action that was called, such as `iam:GetRole`
/// - `connection`: the connection it was called with
pub(crate) fn failure<E>(action: &str, error: &SdkError<E, HttpResponse>, connection: &Connection) -> Failure
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if let Some(credentials) = cause::<CredentialsError>(error) {
        return unusable(credentials, &connection.config, connection.settings.profile.as_deref());
    }
    if let Some(what) = causes(error).find_map(unreadable) {
        return malformed(action, what);
    }
    match error {
        SdkError::TimeoutError(_) => Failure::TimedOut {
            action: action.to_owned(),
            seconds: connection.settings.timeouts.longest().as_secs(),
        },
        SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_) => {
            let Endpoint { name, from } = connection.endpoint(action);
            Failure::Unreachable {
                endpoint: name.clone(),
                message: of_tls(chain(error)) + from,
            }
        }
        SdkError::ServiceError(service) if service.err().code().is_some() || !service.raw().status().is_success() => {
            let (error, status) = (service.err(), service.raw().status().as_u16());
            match answered(action, status, error.code(), error.message()) {
                Failure::Refused { message } => Failure::Refused {
                    message: match connection.config.key_source() {
                        Some(source) => format!("{message} (the access key is from {source})"),
                        None => message,
                    },
                },
                Failure::Malformed { action, message } => malformed(&action, message + &instead(service.raw())),
                failure => failure,
            }
        }
        _ if chain(error).contains("end of file before message length reached") => {
            malformed(action, "it is cut off".to_owned())
        }
        _ => malformed(action, chain(error)),
    }
}

/// Explains the messages of the TLS library.
fn of_tls(message: String) -> String {
    let known = [
        (
            "InvalidContentType",
            "the server does not speak TLS; the URL may have to begin with `http://`",
        ),
        (
            "certificate expired",
            "its certificate has expired, or the clock of this machine is wrong",
        ),
        ("certificate not valid for name", "its certificate is for another name"),
        (
            "invalid peer certificate",
            "its certificate is not trusted: the trusted certificates are in the file named by `SSL_CERT_FILE`, not `AWS_CA_BUNDLE`",
        ),
    ];
    let found = known.iter().find(|(name, _)| message.contains(name));
    found.map_or(message, |(_, told)| (*told).to_owned())
}

/// Describes a response that should have been an AWS error.
fn instead(response: &HttpResponse) -> String {
    let address = response.headers().get("location");
    let body = response.body().bytes().unwrap_or_default();
    match (address, unlike_aws(body)) {
        (Some(address), _) => format!(": it redirects to `{address}`"),
        (None, Some(what)) => format!(": {what}"),
        (None, None) => String::new(),
    }
}

/// The failure for a response that does not match AWS's documentation.
///
/// - `action`: the action that was called
/// - `message`: what is wrong with the response
pub(crate) fn malformed(action: &str, message: String) -> Failure {
    Failure::Malformed {
        action: action.to_owned(),
        message,
    }
}

/// The failure for an AWS error.
///
/// Sources: IAM API Reference and AWS STS API Reference, "Common Errors".
fn answered(action: &str, status: u16, code: Option<&str>, message: Option<&str>) -> Failure {
    let message = message.unwrap_or("no details given").to_owned();
    match code.unwrap_or_default() {
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "NotAuthorized" => {
            Failure::NotAuthorized {
                action: action.to_owned(),
                message,
            }
        }
        "ExpiredToken" | "ExpiredTokenException" => Failure::Expired,
        "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "RequestExpired"
        | "AuthFailure"
        | "OptInRequired" => Failure::Refused { message },
        "" if status != 429 => malformed(action, format!("it is HTTP {status} without an AWS error")),
        code if status == 429 || THROTTLING.contains(&code) => Failure::Throttled,
        code => Failure::Service {
            status,
            code: code.to_owned(),
            message,
        },
    }
}

/// Parts of the messages of the SDK, STS and IAM Identity Center about expired sessions.
const OVER: &[&str] = &[
    "token has expired",
    "token included in the request is expired",
    "ExpiredToken",
    "Session token not found or invalid",
];

/// The failure for missing credentials.
///
/// - `profile`: the profile in the settings
fn unusable(error: &CredentialsError, config: &Config, profile: Option<&str>) -> Failure {
    let message = chain(error);
    if OVER.iter().any(|over| message.contains(over)) {
        return Failure::Expired;
    }
    let message = without_output(message);
    if let Some(failure) = config.explain(&message) {
        return failure;
    }
    match (error, profile) {
        (CredentialsError::CredentialsNotLoaded(_), None) => Failure::NoCredentials,
        // The instance metadata service comes last. Machines outside EC2 may answer at its address as well.
        (_, None) if message.contains("IMDS is disabled") => Failure::NoCredentials,
        (CredentialsError::CredentialsNotLoaded(_), Some(profile)) => Failure::Credentials {
            message: format!("the profile `{profile}` has no credentials"),
        },
        _ => Failure::Credentials { message },
    }
}

/// Removes the output of a `credential_process` from the SDK's message, since it may contain secrets.
fn without_output(message: String) -> String {
    match message.split_once(". Stderr: ") {
        Some((before, _)) => before.to_owned(),
        None => message,
    }
}

/// The first error of a type among `error` and its causes.
fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    causes(error).find_map(|error| error.downcast_ref())
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (**error).source())
}

/// The messages of the last causes of `error`. Earlier ones only tell where in the SDK it occurred.
fn chain(error: &(dyn Error + 'static)) -> String {
    let first = usize::from(error.source().is_some());
    let says_something = |text: &String| text != "unhandled error";
    let all = causes(error).skip(first).map(ToString::to_string);
    let all: Vec<String> = all.filter(says_something).collect();
    match all.as_slice() {
        [.., before, last] if !before.contains(last.as_str()) => format!("{before}: {last}"),
        [.., before, _] => before.clone(),
        [only] => only.clone(),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use aws_types::os_shim_internal::Env;
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Settings;

    fn check(code: impl Into<Option<&'static str>>, status: u16, expected: Expect) {
        expected.assert_eq(&format!(
            "{:?}",
            answered("iam:GetRole", status, code.into(), Some("so it is"))
        ));
    }

    #[test]
    fn every_aws_error_is_a_failure() {
        check(
            "AccessDenied",
            403,
            expect![[r#"NotAuthorized { action: "iam:GetRole", message: "so it is" }"#]],
        );
        check("ExpiredToken", 403, expect!["Expired"]);
        check(
            "InvalidClientTokenId",
            403,
            expect![[r#"Refused { message: "so it is" }"#]],
        );
        check(
            "SignatureDoesNotMatch",
            403,
            expect![[r#"Refused { message: "so it is" }"#]],
        );
        check("Throttling", 400, expect!["Throttled"]);
        check("Anything", 429, expect!["Throttled"]);
        check(
            "ValidationError",
            400,
            expect![[r#"Service { status: 400, code: "ValidationError", message: "so it is" }"#]],
        );
        check(
            "ServiceUnavailable",
            503,
            expect![[r#"Service { status: 503, code: "ServiceUnavailable", message: "so it is" }"#]],
        );
    }

    #[test]
    fn tls_errors_are_explained() {
        let told = |message: &str| of_tls(message.to_owned());
        assert_eq!(told("dns error"), "dns error");
        let certificate = |why: &str| told(&format!("TLS handshake failed: invalid peer certificate: {why}"));
        assert!(certificate("UnknownIssuer").starts_with("its certificate is not trusted: "));
        assert!(
            certificate("certificate expired: verification time 2 (UNIX)").starts_with("its certificate has expired")
        );
        assert_eq!(
            certificate("certificate not valid for name \"a\""),
            "its certificate is for another name"
        );
    }

    #[test]
    fn missing_credentials() {
        let check = |error: CredentialsError, profile: Option<&str>, expected: Expect| {
            let settings = Settings {
                profile: profile.map(str::to_owned),
                ..Settings::default()
            };
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let config = runtime.block_on(Config::load(&settings, Env::from_slice(&[("HOME", "/nowhere")])));
            expected.assert_eq(&format!("{:?}", unusable(&error, &config, profile)));
        };
        check(CredentialsError::not_loaded_no_source(), None, expect!["NoCredentials"]);
        check(
            CredentialsError::not_loaded_no_source(),
            Some("work"),
            expect![[r#"Credentials { message: "the profile `work` has no credentials" }"#]],
        );
        check(
            CredentialsError::not_loaded("profile `work` was not defined"),
            Some("work"),
            expect![[r#"Credentials { message: "the profile `work` has no credentials" }"#]],
        );
        check(
            CredentialsError::provider_error("the SSO token has expired and cannot be refreshed"),
            None,
            expect!["Expired"],
        );
        check(
            CredentialsError::provider_error(
                "request forbidden: IMDS is disabled or the caller has insufficient permissions.",
            ),
            None,
            expect!["NoCredentials"],
        );
        check(
            CredentialsError::provider_error("invalid peer certificate: expired"),
            None,
            expect![[r#"Credentials { message: "invalid peer certificate: expired" }"#]],
        );
        check(
            CredentialsError::provider_error(
                "Error retrieving credentials: external process exited with code exit status: 1. Stderr: key=wJalrXUtnFEMI",
            ),
            None,
            expect![[
                r#"Credentials { message: "Error retrieving credentials: external process exited with code exit status: 1" }"#
            ]],
        );
        check(
            CredentialsError::invalid_configuration("`work` refers to itself"),
            None,
            expect![[r#"Credentials { message: "`work` refers to itself" }"#]],
        );
        check(
            CredentialsError::provider_timed_out(std::time::Duration::from_secs(5)),
            None,
            expect![[r#"Credentials { message: "credentials provider timed out after 5 seconds" }"#]],
        );
    }
}
