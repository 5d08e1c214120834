//! Whether an answer has arrived as a whole.

use std::error::Error;
use std::fmt;

use aws_sdk_iam::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_iam::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_iam::error::BoxError;

/// Refuses an answer that ends too early, which the SDK would read as far as it goes.
#[derive(Debug)]
pub(crate) struct Whole;

/// Its reason.
#[derive(Debug)]
pub(crate) struct TooEarly;

impl fmt::Display for TooEarly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("its XML ends too early")
    }
}

impl Error for TooEarly {}

impl Intercept for Whole {
    fn name(&self) -> &'static str {
        "whole answers"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        match response.body().bytes() {
            Some(body) if response.status().is_success() && !is_whole(body) => Err(TooEarly.into()),
            _ => Ok(()),
        }
    }
}

/// Whether the first element of an XML `text` ends where the text does.
fn is_whole(text: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(text) else { return false };
    let first = text.split('<').skip(1).find(|tag| !tag.starts_with(['?', '!']));
    let name = first
        .and_then(|tag| tag.split([' ', '\t', '\r', '\n', '/', '>']).next())
        .unwrap_or_default();
    text.trim_end()
        .strip_suffix('>')
        .is_some_and(|text| text.ends_with(&format!("</{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_is_whole_when_its_first_element_ends() {
        for (text, whole) in [
            ("<a><b/></a>", true),
            ("<?xml version=\"1.0\"?>\n<!-- - --><a x=\"y\"></a>\n", true),
            ("<a><b></b>", false),
            ("<a></a", false),
            ("<a>", false),
            ("<a></ba>", false),
            ("", false),
            ("a", false),
            ("{}", false),
        ] {
            assert_eq!(is_whole(text.as_bytes()), whole, "{text}");
        }
        assert!(!is_whole(b"<a>\xff</a>"));
    }
}
