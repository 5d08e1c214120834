//! Checks that responses come from AWS.

use std::error::Error;
use std::fmt;

use aws_sdk_iam::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextMut,
};
use aws_sdk_iam::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_iam::error::BoxError;
use aws_smithy_types::body::SdkBody;
use http_body_util::{LengthLimitError, Limited};

/// The maximum size of a response, in bytes. The largest that AWS sends has a thousand decisions, each with the
/// statements that match, and stays far below.
const MAX_SIZE: usize = 8 << 20;

/// Rejects responses that are too large or truncated, of which the SDK would read as much as it can, and describes
/// responses that are not XML.
#[derive(Debug)]
pub(crate) struct Readable;

/// The description of the response.
#[derive(Debug)]
pub(crate) struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Unreadable {}

impl Intercept for Readable {
    fn name(&self) -> &'static str {
        "readable answers"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        let unlimited = std::mem::replace(body, SdkBody::taken());
        *body = SdkBody::from_body_1_x(Limited::new(unlimited, MAX_SIZE));
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let body = response.body().bytes().filter(|_| response.status().is_success());
        match body.and_then(unlike_aws) {
            Some(what) => Err(Unreadable(what).into()),
            None => Ok(()),
        }
    }
}

/// What is wrong with a response that `error` rejects; `None` if the error has another origin.
pub(crate) fn unreadable(error: &(dyn Error + 'static)) -> Option<String> {
    if error.is::<LengthLimitError>() {
        return Some(format!("it is larger than {} MB", MAX_SIZE >> 20));
    }
    error.downcast_ref::<Unreadable>().map(Unreadable::to_string)
}

/// Describes a response that is not complete XML.
pub(crate) fn unlike_aws(body: &[u8]) -> Option<String> {
    let Ok(text) = str::from_utf8(body) else {
        return Some("it is not UTF-8".to_owned());
    };
    let text = text.trim_start_matches('\u{feff}').trim();
    match text.chars().next() {
        None => Some("it is empty".to_owned()),
        Some('{' | '[') => Some("it is JSON instead of XML".to_owned()),
        Some('<') if is_html(text) => Some(match title(text) {
            Some(title) => format!("it is an HTML page with the title `{title}`"),
            None => "it is an HTML page".to_owned(),
        }),
        Some('<') => (!is_whole(text)).then(|| "its XML is incomplete".to_owned()),
        Some(_) => Some("it is not XML".to_owned()),
    }
}

/// Whether a text is an HTML page.
fn is_html(text: &str) -> bool {
    first_element(text).eq_ignore_ascii_case("html") || text.to_ascii_lowercase().starts_with("<!doctype html")
}

/// The name of the first element.
fn first_element(text: &str) -> &str {
    let first = text.split('<').skip(1).find(|tag| !tag.starts_with(['?', '!']));
    first
        .and_then(|tag| tag.split([' ', '\t', '\r', '\n', '/', '>']).next())
        .unwrap_or_default()
}

/// The title of a page, unless it is empty or too long.
fn title(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let begin = lower.find("<title")?;
    let begin = begin + lower.get(begin..)?.find('>')? + 1;
    let end = begin + lower.get(begin..)?.find("</")?;
    let title = text.get(begin..end)?.trim();
    (!title.is_empty() && title.len() <= 80).then_some(title)
}

/// Whether an XML `text` ends with the end tag of its first element.
fn is_whole(text: &str) -> bool {
    let name = first_element(text);
    text.strip_suffix('>')
        .is_some_and(|text| text.ends_with(&format!("</{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn non_aws_answers_are_identified() {
        for (body, expected) in [
            (&b"<a><b/></a>"[..], None),
            (b"<?xml version=\"1.0\"?>\n<!-- - --><a x=\"y\"></a>\n", None),
            (b"<a><b></b>", Some("its XML is incomplete")),
            (b"<a></a", Some("its XML is incomplete")),
            (b"<a>", Some("its XML is incomplete")),
            (b"<a></ba>", Some("its XML is incomplete")),
            (b"<", Some("its XML is incomplete")),
            (b"", Some("it is empty")),
            (b" \n", Some("it is empty")),
            (b"a", Some("it is not XML")),
            (b"{}", Some("it is JSON instead of XML")),
            (b"\n[]", Some("it is JSON instead of XML")),
            (b"<a>\xff</a>", Some("it is not UTF-8")),
            (b"<HTML></HTML>", Some("it is an HTML page")),
            (b"\n<!DOCTYPE html><p>", Some("it is an HTML page")),
            (
                b"\xef\xbb\xbf<html lang=en><head><Title class=x> Sign in </title>",
                Some("it is an HTML page with the title `Sign in`"),
            ),
            (b"<html><title></title></html>", Some("it is an HTML page")),
            (b"<html><title", Some("it is an HTML page")),
        ] {
            assert_eq!(
                unlike_aws(body).as_deref(),
                expected,
                "{}",
                String::from_utf8_lossy(body)
            );
        }
    }
}
