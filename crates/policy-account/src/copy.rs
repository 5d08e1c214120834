//! Copies of JSON values with other locations.

use iam_policy_document::{Builder, Kind, Span, Value};

/// Copies a value with everything in it.
///
/// - `place`: the location of each element in the copy
pub(crate) fn copy(value: Value<'_>, place: &dyn Fn(Span) -> Span, builder: &mut Builder) {
    let span = value.span().map(place);
    match value.kind() {
        Kind::Null => builder.null(span),
        Kind::Bool(truth) => builder.bool(truth, span),
        Kind::Number(number) => builder.number(number, span),
        Kind::String(text) => builder.string(text, span),
        Kind::Array => {
            builder.begin_array(span);
            for item in value.items() {
                copy(item, place, builder);
            }
            builder.end();
        }
        Kind::Object => {
            builder.begin_object(span);
            for member in value.members() {
                builder.key(member.key, member.key_span().map(place));
                copy(member.value, place, builder);
            }
            builder.end();
        }
    }
}
