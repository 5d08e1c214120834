use std::fmt;
use std::time::Duration;

/// The number of attempts per call.
pub(crate) const ATTEMPTS: u32 = 3;

/// How to reach AWS, and which principal to ask about.
///
/// Everything unset is determined as by the `aws` program: from the environment, `~/.aws/config` and
/// `~/.aws/credentials`, IAM Identity Center, or the machine that the program runs on.
///
/// # Examples
///
/// ```
/// use iam_policy_aws::Settings;
///
/// let settings = Settings { profile: Some("production".to_owned()), ..Settings::default() };
/// assert_eq!(settings.principal, None);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The profile whose credentials and region are used.
    ///
    /// It takes precedence over access keys in the environment, as with `aws --profile`.
    pub profile: Option<String>,
    /// An access key to use instead of any that would be found.
    pub credentials: Option<Credentials>,
    /// The region whose endpoints are called. It also determines the partition: `cn-north-1` is in `aws-cn`.
    pub region: Option<String>,
    /// The URL of a server to call instead of STS and IAM, such as `http://127.0.0.1:8080`.
    pub endpoint_url: Option<String>,
    /// The ARN of the user, group or role to ask about; the caller by default. A session of a role stands for the role.
    pub principal: Option<String>,
    /// How long to wait for AWS.
    pub timeouts: Timeouts,
}

/// How long to wait for AWS.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use iam_policy_aws::Timeouts;
///
/// let patient = Timeouts { operation: Duration::from_secs(120), ..Timeouts::DEFAULT };
/// assert!(patient.operation > patient.attempt);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// The limit for establishing a connection.
    pub connect: Duration,
    /// The limit for one attempt of a call.
    pub attempt: Duration,
    /// The limit for a call with all its attempts.
    pub operation: Duration,
}

impl Timeouts {
    /// Three seconds for a connection, ten for an attempt, twenty-five for a call.
    pub const DEFAULT: Self = Self {
        connect: Duration::from_secs(3),
        attempt: Duration::from_secs(10),
        operation: Duration::from_secs(25),
    };

    /// The time until a call without an answer fails.
    pub(crate) fn longest(&self) -> Duration {
        self.operation.min(self.attempt.saturating_mul(ATTEMPTS))
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// An access key.
///
/// # Examples
///
/// ```
/// use iam_policy_aws::Credentials;
///
/// let key = Credentials::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None);
/// assert_eq!(format!("{key:?}"), "Credentials(AKIAIOSFODNN7EXAMPLE, …)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
}

impl Credentials {
    /// An access key, and what it takes to use it.
    ///
    /// - `id`: the access key ID
    /// - `secret`: the secret access key
    /// - `token`: the session token, if the key is a temporary one
    pub fn new(id: impl Into<String>, secret: impl Into<String>, token: Option<String>) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
            token,
        }
    }
}

impl fmt::Debug for Credentials {
    /// Shows only the ID, which is not a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({}, …)", self.id)
    }
}

impl fmt::Debug for Settings {
    /// Leaves out the user name and the password in the URL of the endpoint.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("profile", &self.profile)
            .field("credentials", &self.credentials)
            .field("region", &self.region)
            .field("endpoint_url", &self.endpoint_url.as_deref().map(without_credentials))
            .field("principal", &self.principal)
            .field("timeouts", &self.timeouts)
            .finish()
    }
}

/// `url` without a user name and password.
pub(crate) fn without_credentials(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let separator = if scheme.is_empty() { "" } else { "://" };
    format!("{scheme}{separator}{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        for (url, shown) in [
            ("http://127.0.0.1:80", "http://127.0.0.1:80"),
            ("https://anna:secret@proxy.example/a@b?c", "https://proxy.example/a@b?c"),
            ("https://anna:se@cret@proxy.example", "https://proxy.example"),
            ("anna:secret@proxy.example", "proxy.example"),
            ("", ""),
        ] {
            assert_eq!(without_credentials(url), shown);
            let settings = Settings {
                endpoint_url: Some(url.to_owned()),
                ..Settings::default()
            };
            assert!(!format!("{settings:?}").contains("cret"), "{settings:?}");
        }
    }
}
