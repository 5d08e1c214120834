use std::borrow::Cow;

use iam_policy_document::{Diagnostic, Span};

/// Something that is wrong with a file of principals.
///
/// - `message`: what is wrong
/// - `span`: where, in bytes of the file
pub(crate) fn problem(message: impl Into<Cow<'static, str>>, span: Span) -> Diagnostic {
    Diagnostic::error(message).at(span)
}
