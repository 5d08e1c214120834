//! Which calls are retried.

use aws_sdk_iam::config::interceptors::InterceptorContext;
use aws_sdk_iam::config::retry::{ClassifyRetry, RetryAction};

/// The error codes of throttled calls.
///
/// Source: Boto3 documentation, "Retries", "Standard retry mode".
pub(crate) const THROTTLING: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "SlowDown",
];

/// Prevents retries of calls that the service answered with a server error. The SDK still retries calls that were
/// throttled or did not reach the service.
#[derive(Debug)]
pub(crate) struct NoFaults;

impl ClassifyRetry for NoFaults {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.response() {
            Some(response) if is_fault(response.status().as_u16(), response.body().bytes().unwrap_or_default()) => {
                RetryAction::RetryForbidden
            }
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "service faults"
    }
}

/// Whether a response is a server error of the service: HTTP 500, or another 5xx status with an AWS error that is not
/// about throttling. A 5xx response without an AWS error comes from a gateway or a proxy.
fn is_fault(status: u16, body: &[u8]) -> bool {
    match status {
        500 => true,
        501..=599 => code(body).is_some_and(|code| !THROTTLING.contains(&code)),
        _ => false,
    }
}

/// The code of the AWS error in a response.
///
/// Source: Smithy documentation, "AWS query protocol", "Operation error serialization".
fn code(body: &[u8]) -> Option<&str> {
    let (_, rest) = str::from_utf8(body).ok()?.split_once("<Code>")?;
    Some(rest.split_once("</Code>")?.0.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_faults_differ_from_transport_faults() {
        let error = |code: &str| format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>");
        for (status, body, expected) in [
            (500, String::new(), true),
            (500, error("InternalFailure"), true),
            (503, error("ServiceUnavailable"), true),
            (503, error("SlowDown"), false),
            (503, "<html>Service Unavailable</html>".to_owned(), false),
            (503, "<Code>".to_owned(), false),
            (502, String::new(), false),
            (504, String::new(), false),
            (400, error("Throttling"), false),
            (400, error("ValidationError"), false),
            (200, String::new(), false),
        ] {
            assert_eq!(is_fault(status, body.as_bytes()), expected, "{status} {body}");
        }
        assert!(!is_fault(503, b"\xff"));
    }
}
