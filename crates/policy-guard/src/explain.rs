//! Explanations in errors: why a permission is needed, and what happens without it.
//!
//! The explanation becomes part of the response's message before the SDK reads it, so that callers get the same variant
//! with the same code.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::request::Needed;

/// What a call needs, for whoever explains its failure.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) needed: Vec<Needed>,
}

impl Storable for Seen {
    type Storer = StoreReplace<Self>;
}

/// Error codes that mean a missing permission.
///
/// Sources: "Error responses" in the Amazon S3 API Reference, "Common Errors" in the references of the services, and "Error
/// codes for the Amazon EC2 API".
fn is_denial(code: &str) -> bool {
    code.contains("AccessDenied")
        || matches!(
            code,
            "AuthorizationError" | "AuthorizationErrorException" | "UnauthorizedOperation" | "NotAuthorized"
        )
}

/// Adds an explanation to a response, if it denies access.
///
/// - `explain`: the explanation, for the message of the response
pub(crate) fn add(response: &mut HttpResponse, explain: impl FnOnce(&str) -> Option<String> + Send + Sync + 'static) {
    if !matches!(response.status().as_u16(), 400 | 401 | 403) {
        return;
    }
    let code = response.headers().get("x-amzn-errortype").map(str::to_owned);
    let body = std::mem::replace(response.body_mut(), SdkBody::taken());
    *response.body_mut() = SdkBody::from_body_1_x(Explained {
        body,
        state: State::Collecting(Vec::new()),
        code,
        explain: Some(Box::new(explain)),
    });
    // It is longer than the service said.
    response.headers_mut().remove("content-length");
}

type Explain = Box<dyn FnOnce(&str) -> Option<String> + Send + Sync>;

/// A body that is read to its end before any of it is passed on.
struct Explained {
    body: SdkBody,
    state: State,
    /// The code in the headers.
    code: Option<String>,
    explain: Option<Explain>,
}

enum State {
    Collecting(Vec<u8>),
    /// It is too long to be an error.
    Passing,
    Done,
}

/// How long the body of an error can be.
const LIMIT: usize = 1 << 16;

impl Body for Explained {
    type Data = Bytes;
    type Error = aws_smithy_types::body::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        loop {
            let frame = match this.state {
                State::Done => return Poll::Ready(None),
                State::Collecting(_) | State::Passing => ready!(Pin::new(&mut this.body).poll_frame(context)),
            };
            let State::Collecting(collected) = &mut this.state else {
                return Poll::Ready(frame);
            };
            match frame {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        collected.extend_from_slice(&data);
                    }
                    if collected.len() > LIMIT {
                        let collected = std::mem::take(collected);
                        this.state = State::Passing;
                        return Poll::Ready(Some(Ok(Frame::data(collected.into()))));
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => {
                    let text = explained(std::mem::take(collected), this.code.as_deref(), this.explain.take());
                    this.state = State::Done;
                    return Poll::Ready((!text.is_empty()).then(|| Ok(Frame::data(text.into()))));
                }
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

/// - `code`: the code in the headers
fn explained(body: Vec<u8>, code: Option<&str>, explain: Option<Explain>) -> Vec<u8> {
    let with_explanation = || {
        let text = std::str::from_utf8(&body).ok()?;
        let format = if text.trim_start().starts_with('{') {
            Format::Json
        } else {
            Format::Xml
        };
        let found = format.find(text)?;
        let code = found.code.or(code)?;
        if !is_denial(code) {
            return None;
        }
        let explanation = explain?(found.message)?;
        let (before, after) = text.split_at_checked(found.end)?;
        let separator = if found.message.is_empty() || found.message.ends_with(['.', '!']) {
            " "
        } else {
            ". "
        };
        let added = format.escaped(&format!("{separator}{explanation}"));
        Some([before, &added, after].concat().into_bytes())
    };
    with_explanation().unwrap_or(body)
}

#[derive(Clone, Copy)]
enum Format {
    Json,
    Xml,
}

/// The parts of an error.
struct Found<'t> {
    code: Option<&'t str>,
    message: &'t str,
    /// Where the message ends.
    end: usize,
}

impl Format {
    fn find(self, text: &str) -> Option<Found<'_>> {
        match self {
            Self::Xml => {
                let element = |name: &str| {
                    let open = format!("<{name}>");
                    let start = text.find(&open)? + open.len();
                    let length = text.get(start..)?.find("</")?;
                    Some((text.get(start..start + length)?, start + length))
                };
                let (message, end) = element("Message").or_else(|| element("message"))?;
                Some(Found {
                    code: element("Code").map(|(code, _)| code),
                    message,
                    end,
                })
            }
            Self::Json => {
                let members = || members(text);
                let (message, end) = members()
                    .find(|(key, ..)| key.eq_ignore_ascii_case("message"))
                    .map(|(_, value, end)| (value, end))?;
                let code = members().find(|(key, ..)| matches!(*key, "__type" | "code"));
                Some(Found {
                    // `com.amazonaws.kms#AccessDeniedException`, `AccessDeniedException:http://…`
                    code: code.map(|(_, code, _)| {
                        let code = code.rsplit('#').next().unwrap_or(code);
                        code.split(':').next().unwrap_or(code)
                    }),
                    message,
                    end,
                })
            }
        }
    }

    fn escaped(self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for one in text.chars() {
            match (self, one) {
                (Self::Xml, '&') => out.push_str("&amp;"),
                (Self::Xml, '<') => out.push_str("&lt;"),
                (Self::Xml, '>') => out.push_str("&gt;"),
                (Self::Json, '"' | '\\') => out.extend(['\\', one]),
                (_, '\n') => out.push(' '),
                (_, one) if one.is_control() => {}
                (_, one) => out.push(one),
            }
        }
        out
    }
}

/// The members of a JSON object whose values are strings: the key, the value as written, and where it ends.
fn members(text: &str) -> impl Iterator<Item = (&str, &str, usize)> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    let mut key: Option<&str> = None;
    std::iter::from_fn(move || {
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                b',' => key = None,
                b'"' => {
                    let start = at + 1;
                    let end = end_of_string(bytes, start)?;
                    at = end + 1;
                    let string = text.get(start..end)?;
                    if depth != 1 {
                        continue;
                    }
                    match key.take() {
                        Some(key) => return Some((key, string, end)),
                        None => key = Some(string),
                    }
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        None
    })
}

/// The quote that ends a string.
fn end_of_string(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The action that a message says is missing: `… is not authorized to perform: s3:GetObject on resource: …`.
pub(crate) fn action(message: &str) -> Option<&str> {
    let (_, after) = message.split_once("authorized to perform")?;
    let mut words = after.split(|one: char| !one.is_ascii_alphanumeric() && !matches!(one, ':' | '-'));
    words.find(|word| {
        word.split_once(':')
            .is_some_and(|(service, name)| !service.is_empty() && !name.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(body: &str, code: Option<&str>, expected: Expect) {
        let explain: Explain = Box::new(|message| Some(format!("<{}> \"because\"", action(message).unwrap_or("?"))));
        let text = explained(body.into(), code, Some(explain));
        expected.assert_eq(&String::from_utf8(text).unwrap());
    }

    #[test]
    fn xml() {
        check(
            "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>x is not authorized to perform: s3:GetObject on resource: \"a\"</Message></Error>",
            None,
            expect![[
                r#"<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>x is not authorized to perform: s3:GetObject on resource: "a". &lt;s3:GetObject&gt; "because"</Message></Error>"#
            ]],
        );
        check(
            "<Error><Code>NoSuchKey</Code><Message>No.</Message></Error>",
            None,
            expect!["<Error><Code>NoSuchKey</Code><Message>No.</Message></Error>"],
        );
        check(
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>No.</Message></Error></ErrorResponse>",
            None,
            expect![[
                r#"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>No. &lt;?&gt; "because"</Message></Error></ErrorResponse>"#
            ]],
        );
    }

    #[test]
    fn json() {
        check(
            r#"{"__type":"com.amazonaws.kms#AccessDeniedException","Message":"User: \"a\" is not authorized to perform: kms:Decrypt"}"#,
            None,
            expect![[
                r#"{"__type":"com.amazonaws.kms#AccessDeniedException","Message":"User: \"a\" is not authorized to perform: kms:Decrypt. <kms:Decrypt> \"because\""}"#
            ]],
        );
        check(
            r#"{"message":"No"}"#,
            Some("AccessDeniedException:http://x"),
            expect![[r#"{"message":"No. <?> \"because\""}"#]],
        );
        check(
            r#"{"__type":"ValidationException","message":"AccessDenied"}"#,
            None,
            expect![[r#"{"__type":"ValidationException","message":"AccessDenied"}"#]],
        );
        check(
            r#"{"a":{"message":"inner"},"__type":"AccessDenied","b":[1,"message"],"message":""}"#,
            None,
            expect![[
                r#"{"a":{"message":"inner"},"__type":"AccessDenied","b":[1,"message"],"message":" <?> \"because\""}"#
            ]],
        );
    }

    #[test]
    fn other_bodies_stay_as_they_are() {
        for body in ["", "{", "{\"message", "<Message>", "\u{fe0f}", "{\"message\":\"\\"] {
            assert_eq!(explained(body.into(), Some("AccessDenied"), None), body.as_bytes());
        }
    }
}
