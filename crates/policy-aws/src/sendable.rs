//! Checks that credentials can be sent.

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};

/// Rejects credentials that are invalid in an HTTP header, with which the SDK would panic.
#[derive(Debug)]
pub(crate) struct Sendable(pub(crate) SharedCredentialsProvider);

impl ProvideCredentials for Sendable {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let credentials = self.0.provide_credentials().await?;
            match problem(&credentials) {
                Some(problem) => Err(CredentialsError::invalid_configuration(problem)),
                None => Ok(credentials),
            }
        })
    }

    fn fallback_on_interrupt(&self) -> Option<Credentials> {
        self.0
            .fallback_on_interrupt()
            .filter(|credentials| problem(credentials).is_none())
    }
}

fn problem(credentials: &Credentials) -> Option<String> {
    let parts = [
        ("access key ID", Some(credentials.access_key_id())),
        ("secret access key", Some(credentials.secret_access_key())),
        ("session token", credentials.session_token()),
    ];
    parts
        .into_iter()
        .find_map(|(name, part)| Some(format!("the {name} contains {}", stranger(part?)?)))
}

/// Describes what prevents a part of a key from being sent in a header, without the part itself, which may be a secret.
///
/// Source: RFC 9110, section 5.5.
pub(crate) fn stranger(part: &str) -> Option<&'static str> {
    if part.contains(['\n', '\r']) {
        return Some("a line break");
    }
    let is_usual = |byte: u8| (0x20..0x7f).contains(&byte);
    (!part.bytes().all(is_usual)).then_some("a character that keys cannot contain")
}
