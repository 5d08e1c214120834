//! Locations inside policies that a file contains as strings.

use iam_policy_document::Span;

/// Maps a decoded string to its location in a text.
pub(crate) struct Places {
    /// The string, including its quotes.
    whole: Span,
    /// The location of each byte; `None` if unknown.
    bytes: Vec<usize>,
}

impl Places {
    /// - `source`: the file, or the text in a string of it
    /// - `string`: the span of the string in that text, including its quotes
    /// - `decoded`: the result of [`decoded`](crate::policy::decoded)
    pub(crate) fn new(source: &[u8], string: Span, decoded: &str) -> Self {
        let inside = source.get(string.start + 1..string.end.saturating_sub(1));
        let inside = inside.and_then(|inside| std::str::from_utf8(inside).ok());
        let mut bytes = unescaped(inside.unwrap_or_default(), string.start + 1);
        if bytes.len() != decoded.len() {
            bytes = unencoded(source, &bytes);
        }
        if bytes.len() != decoded.len() {
            bytes.clear();
        }
        Self { whole: string, bytes }
    }

    /// The same locations for a string in a text that is itself in a string.
    ///
    /// - `outer`: the locations of that text
    pub(crate) fn within(self, outer: &Self) -> Self {
        let place = |at: usize| outer.of(Span::new(at, at)).start;
        Self {
            whole: outer.of(self.whole),
            bytes: self.bytes.into_iter().map(place).collect(),
        }
    }

    /// The locations of the same text in quotes.
    pub(crate) fn quoted(mut self) -> Self {
        let first = self.bytes.first().copied();
        self.bytes.splice(0..0, first);
        self.bytes.extend(first.map(|_| self.whole.end.saturating_sub(1)));
        self
    }

    pub(crate) fn of(&self, span: Span) -> Span {
        match (self.bytes.get(span.start), self.bytes.get(span.end)) {
            (Some(start), Some(end)) => Span::new(*start, *end),
            (Some(start), None) => Span::new(*start, self.whole.end.saturating_sub(1)),
            (None, _) => self.whole,
        }
    }
}

/// The location of each byte of a decoded JSON string.
///
/// - `inside`: the string without its quotes
/// - `from`: where that starts
fn unescaped(inside: &str, from: usize) -> Vec<usize> {
    let mut places = Vec::with_capacity(inside.len());
    let mut characters = inside.char_indices();
    while let Some((at, character)) = characters.next() {
        let mut length = character.len_utf8();
        if character == '\\' && characters.next().is_some_and(|(_, escape)| escape == 'u') {
            // The four digits.
            let _ = characters.nth(3);
            let unit = inside
                .get(at + 2..at + 6)
                .and_then(|digits| u32::from_str_radix(digits, 16).ok());
            // The two halves of a surrogate pair share the four bytes of their character.
            length = match unit {
                Some(0xD800..0xE000) => 2,
                Some(code) => char::from_u32(code).map_or(0, char::len_utf8),
                None => 0,
            };
        }
        places.extend(std::iter::repeat_n(from + at, length));
    }
    places
}

/// Maps the bytes of percent-decoded text to the bytes they start at.
fn unencoded(source: &[u8], bytes: &[usize]) -> Vec<usize> {
    let mut places = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        places.push(*first);
        let is_digit = |place: &usize| source.get(*place).is_some_and(u8::is_ascii_hexdigit);
        rest = match after.split_at_checked(2) {
            Some((digits, after)) if source.get(*first) == Some(&b'%') && digits.iter().all(is_digit) => after,
            _ => after,
        };
    }
    places
}
