use std::borrow::Cow;

use iam_policy_document::{Builder, Diagnostic, Document, Kind, Lines, Span, Value};
use iam_policy_eval::{PolicySet, PolicyType};
use percent_encoding::percent_decode_str;

use crate::copy::copy;
use crate::places::Places;
use crate::problem::problem;

/// A policy document in an account file.
#[derive(Clone, Debug)]
pub struct Policy {
    text: String,
    document: Document,
    start: Option<usize>,
    /// Its span in the file.
    span: Span,
}

impl Policy {
    /// The text of the document: for an object, the source between its braces; for a string, its decoded value.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The document. Its locations are byte offsets in [`text`](Self::text).
    #[must_use]
    pub const fn document(&self) -> &Document {
        &self.document
    }

    /// The offset of the text in the file: add it to a location in the text to get the location in the file. `None` for
    /// documents in strings.
    #[must_use]
    pub const fn start(&self) -> Option<usize> {
        self.start
    }

    /// The document with locations in the file, even if it is in a string.
    ///
    /// - `source`: the file
    ///
    /// # Examples
    ///
    /// ```
    /// let file = br#"{"RoleDetailList": [{"RoleName": "build", "Arn": "arn:aws:iam::123456789012:role/build",
    ///   "AssumeRolePolicyDocument": "{\"Statement\": []}"}]}"#;
    /// let principals = iam_policy_account::read(file).principals;
    /// let trust = principals.entities().next().unwrap().trust.as_ref().unwrap();
    /// let statement = trust.in_file(file).root().get("Statement").unwrap().key_span().unwrap();
    /// assert_eq!(&file[statement.start..statement.end], br#"\"Statement\""#);
    /// assert_eq!(trust.document().root().get("Statement").unwrap().key_span().unwrap().start, 1);
    /// ```
    #[must_use]
    pub fn in_file(&self, source: &[u8]) -> Document {
        let mut builder = Builder::new();
        let root = self.document.root();
        if let Some(start) = self.start {
            let place = |span: Span| Span::new(start + span.start, start + span.end);
            copy(root, &place, &mut builder);
        } else {
            let places = Places::new(source, self.span, &self.text);
            copy(root, &|span| places.of(span), &mut builder);
        }
        builder.finish()
    }
}

/// A policy with its name.
#[derive(Clone, Debug)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The policy.
    pub policy: Policy,
}

/// Reads a document: an object, as the command line prints it, or a string, as the API returns it, percent-encoded or
/// not.
///
/// - `kind`: the type of policy
pub(crate) fn read(
    source: &[u8],
    value: Value<'_>,
    policy_type: PolicyType,
    problems: &mut Vec<Diagnostic>,
) -> Option<Policy> {
    let span = value.span().unwrap_or(Span::new(0, 0));
    let (text, start) = match value.kind() {
        Kind::Object => {
            let text = source.get(span.start..span.end)?;
            (String::from_utf8_lossy(text), Some(span.start))
        }
        Kind::String(text) => {
            let Some(text) = decoded(text) else {
                problems.push(problem("the decoded policy is not valid UTF-8", span));
                return None;
            };
            (text, None)
        }
        other => {
            let message = format!("expected a policy: an object or a string, found {}", described(other));
            problems.push(problem(message, span));
            return None;
        }
    };
    let reading = iam_policy_document::json::read(text.as_bytes());
    if !reading.problems.is_empty() {
        let lines = Lines::new(text.as_bytes());
        problems.extend(reading.problems.iter().map(|mistake| {
            let position = lines.position(mistake.start());
            problem(
                format!("the policy in this string, at {position}: {}", mistake.message),
                span,
            )
        }));
        return None;
    }
    let errors = PolicySet::errors(policy_type, &reading.document);
    if !errors.is_empty() {
        problems.extend(errors.iter().map(|error| match (start, error.span) {
            (Some(start), Some(place)) => problem(
                error.kind.to_string(),
                Span::new(start + place.start, start + place.end),
            ),
            _ => problem(format!("the policy in this string: {error}"), span),
        }));
        return None;
    }
    Some(Policy {
        text: text.into_owned(),
        document: reading.document,
        start,
        span,
    })
}

/// The policy in a string, percent-encoded or not; `None` if the decoded text is not UTF-8.
pub(crate) fn decoded(text: &str) -> Option<Cow<'_, str>> {
    if text.trim_start().starts_with('{') {
        Some(Cow::Borrowed(text))
    } else {
        percent_decode_str(text).decode_utf8().ok()
    }
}

/// The text of a string that may be JSON, percent-encoded or not.
pub(crate) fn json_in(text: &str) -> Option<Cow<'_, str>> {
    match text.trim_start().as_bytes().first()? {
        b'{' | b'[' | b'"' => Some(Cow::Borrowed(text)),
        b'%' => percent_decode_str(text).decode_utf8().ok(),
        _ => None,
    }
}

/// Shows a value in a message.
pub(crate) fn described(kind: Kind<'_>) -> String {
    match kind {
        Kind::Object | Kind::Array => format!("an {}", kind.name()),
        Kind::Null => "null".to_owned(),
        kind => format!("a {}", kind.name()),
    }
}
