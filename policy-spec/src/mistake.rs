use std::borrow::Cow;
use std::ops::Range;

use iam_policy_check::Code;
use iam_policy_document::Diagnostic;

/// An error in a spec that is valid TOML but breaks the rules of the language. It cannot be waived.
pub(crate) fn mistake(span: Range<usize>, message: impl Into<Cow<'static, str>>) -> Diagnostic {
    error(Code::InvalidSpec, span, message.into())
}

/// An error in a spec that is not valid TOML.
pub(crate) fn syntax_error(span: Range<usize>, message: impl Into<Cow<'static, str>>) -> Diagnostic {
    error(Code::TomlSyntaxError, span, message.into())
}

fn error(code: Code, span: Range<usize>, message: Cow<'static, str>) -> Diagnostic {
    Diagnostic::error(message).with_code(code.name()).at(span)
}
