//! Whether an answer is one that AWS gives.

use std::error::Error;
use std::fmt;

use aws_sdk_iam::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_iam::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_iam::error::BoxError;

/// Refuses an answer that ends too early, which the SDK would read as far as it goes, and says what one is that is no
/// XML.
#[derive(Debug)]
pub(crate) struct Readable;

/// Its reason: what the answer is.
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

/// What an answer is, if it is not XML with an end.
pub(crate) fn unlike_aws(body: &[u8]) -> Option<String> {
    let Ok(text) = str::from_utf8(body) else {
        return Some("it is not in UTF-8".to_owned());
    };
    let text = text.trim_start_matches('\u{feff}').trim();
    match text.chars().next() {
        None => Some("it is empty".to_owned()),
        Some('{' | '[') => Some("it is JSON, where XML is expected".to_owned()),
        Some('<') if is_html(text) => Some(match title(text) {
            Some(title) => format!("it is a page of HTML with the title `{title}`"),
            None => "it is a page of HTML".to_owned(),
        }),
        Some('<') => (!is_whole(text)).then(|| "its XML ends too early".to_owned()),
        Some(_) => Some("it is no XML".to_owned()),
    }
}

/// Whether the first element of a text is that of a page.
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

/// The title of a page, if it has one of a reasonable length.
fn title(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let begin = lower.find("<title")?;
    let begin = begin + lower.get(begin..)?.find('>')? + 1;
    let end = begin + lower.get(begin..)?.find("</")?;
    let title = text.get(begin..end)?.trim();
    (!title.is_empty() && title.len() <= 80).then_some(title)
}

/// Whether the first element of an XML `text` ends where the text does.
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
            (b"<a><b></b>", Some("its XML ends too early")),
            (b"<a></a", Some("its XML ends too early")),
            (b"<a>", Some("its XML ends too early")),
            (b"<a></ba>", Some("its XML ends too early")),
            (b"<", Some("its XML ends too early")),
            (b"", Some("it is empty")),
            (b" \n", Some("it is empty")),
            (b"a", Some("it is no XML")),
            (b"{}", Some("it is JSON, where XML is expected")),
            (b"\n[]", Some("it is JSON, where XML is expected")),
            (b"<a>\xff</a>", Some("it is not in UTF-8")),
            (b"<HTML></HTML>", Some("it is a page of HTML")),
            (b"\n<!DOCTYPE html><p>", Some("it is a page of HTML")),
            (
                b"\xef\xbb\xbf<html lang=en><head><Title class=x> Sign in </title>",
                Some("it is a page of HTML with the title `Sign in`"),
            ),
            (b"<html><title></title></html>", Some("it is a page of HTML")),
            (b"<html><title", Some("it is a page of HTML")),
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
