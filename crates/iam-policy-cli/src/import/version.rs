//! Documents of the older version, in which variables are plain text.

use std::borrow::Cow;

use iam_policy_core::VERSION;
use iam_policy_document::{Builder, Document, Kind, Value};

/// The document as one of the current version, in which the same texts are plain: `${` becomes `${$}{`.
///
/// Source: IAM User Guide, "IAM policy elements: Variables and tags", "Requesting a special character" and "Version".
pub(super) fn with_plain_texts(document: Document) -> Document {
    let version = document.version();
    let is_current = version.and_then(|version| version.value.as_str()) == Some(VERSION);
    // What is unknown in a template is not text.
    if is_current || document.has_unknowns() || !document.has_byte(|byte| byte == b'$') {
        return document;
    }
    let mut builder = Builder::new();
    copy(&mut builder, document.root(), true);
    builder.finish()
}

/// - `is_plain`: whether variables are replaced in the values of the current version
fn copy(builder: &mut Builder, value: Value<'_>, is_plain: bool) {
    let span = value.span();
    match value.kind() {
        Kind::Null => builder.null(span),
        Kind::Bool(so) => builder.bool(so, span),
        Kind::Number(text) => builder.number(text, span),
        Kind::String(text) if is_plain => builder.string(&plain(text), span),
        Kind::String(text) => builder.string(text, span),
        Kind::Array => {
            builder.begin_array(span);
            for item in value.items() {
                copy(builder, item, is_plain);
            }
            builder.end();
        }
        Kind::Object => {
            builder.begin_object(span);
            for member in value.members() {
                builder.key(member.key, member.key_span());
                // In these, `$` is never the start of a variable.
                let is_literal = [
                    "Sid",
                    "Id",
                    "Version",
                    "Action",
                    "NotAction",
                    "Principal",
                    "NotPrincipal",
                ];
                copy(builder, member.value, is_plain && !is_literal.contains(&member.key));
            }
            builder.end();
        }
    }
}

/// A text whose variables are plain text.
fn plain(text: &str) -> Cow<'_, str> {
    if text.contains("${") {
        text.replace("${", "${$}{").into()
    } else {
        text.into()
    }
}
