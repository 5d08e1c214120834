//! Finds parts of a TOML string literal by their position in its value.

use std::ops::Range;

/// A string literal including its quotes, or a bare key.
pub(super) struct Literal<'s> {
    raw: &'s str,
    /// The number of quote bytes on each side.
    quote: usize,
    has_escapes: bool,
    is_multiline: bool,
}

impl<'s> Literal<'s> {
    pub(super) fn new(raw: &'s str) -> Self {
        let is_multiline = raw.starts_with("\"\"\"") || raw.starts_with("'''");
        let quote = match raw.as_bytes().first() {
            Some(b'"' | b'\'') if is_multiline => 3,
            Some(b'"' | b'\'') => 1,
            _ => 0,
        };
        Self {
            raw,
            quote,
            has_escapes: raw.starts_with('"'),
            is_multiline,
        }
    }

    /// The span in the literal that contains the bytes `range` of its value. The end of `value` may have been trimmed.
    pub(super) fn find(&self, value: &str, range: &Range<usize>) -> Option<Range<usize>> {
        let mut at = self.quote;
        let end = self.raw.len().checked_sub(self.quote)?;
        if self.is_multiline {
            let body = self.raw.get(at..end)?;
            at += if body.starts_with("\r\n") {
                2
            } else {
                usize::from(body.starts_with('\n'))
            };
        }
        let (mut decoded, mut start) = (0, None);
        loop {
            if let Some(start) = start.filter(|_| decoded >= range.end) {
                return Some(start..at);
            }
            at = self.skipped(at, end);
            if decoded == range.start {
                start = Some(at);
            }
            let (length, character) = self.character(at, end)?;
            // If the value differs from what was decoded, the positions cannot be mapped.
            if !value.get(decoded..)?.starts_with(character) {
                return None;
            }
            decoded += character.len_utf8();
            at += length;
        }
    }

    /// The position after a backslash at the end of a line and the white space that it skips; `at` if there is none.
    fn skipped(&self, at: usize, end: usize) -> usize {
        let rest = self.raw.get(at..end).unwrap_or_default();
        if !(self.has_escapes && self.is_multiline) {
            return at;
        }
        let Some(after) = rest.strip_prefix('\\') else {
            return at;
        };
        let line_end = after.trim_start_matches([' ', '\t']);
        if line_end.starts_with(['\n', '\r']) {
            let next = line_end.trim_start_matches([' ', '\t', '\n', '\r']);
            self.skipped(end - next.len(), end)
        } else {
            at
        }
    }

    /// The character at `at`, and its length in the literal.
    fn character(&self, at: usize, end: usize) -> Option<(usize, char)> {
        let rest = self.raw.get(at..end)?;
        let first = rest.chars().next()?;
        if first == '\r' && rest.starts_with("\r\n") {
            return Some((2, '\n'));
        }
        if first != '\\' || !self.has_escapes {
            return Some((first.len_utf8(), first));
        }
        let escaped = rest.chars().nth(1)?;
        let code = |digits: usize| {
            let code = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
            Some((2 + digits, char::from_u32(code)?))
        };
        Some(match escaped {
            'b' => (2, '\u{8}'),
            't' => (2, '\t'),
            'n' => (2, '\n'),
            'f' => (2, '\u{C}'),
            'r' => (2, '\r'),
            'e' => (2, '\u{1B}'),
            'x' => return code(2),
            'u' => return code(4),
            'U' => return code(8),
            quoted => (1 + quoted.len_utf8(), quoted),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, value: &str, part: &str, found: Option<&str>) {
        let start = value.find(part).unwrap();
        let range = Literal::new(raw).find(value, &(start..start + part.len()));
        assert_eq!(range.map(|range| &raw[range]), found, "{raw}");
    }

    #[test]
    fn finds_parts_in_any_quotes() {
        check("bare-key", "bare-key", "key", Some("key"));
        check(r#""a{b}""#, "a{b}", "{b}", Some("{b}"));
        check(r"'a{b}'", "a{b}", "{b}", Some("{b}"));
        check("\"\"\"\na {b}\n\"\"\"", "a {b}", "{b}", Some("{b}"));
        check("'''a {b}'''", "a {b}", "{b}", Some("{b}"));
        check("\"\"\"\\\n  a \\\n  {b}\"\"\"", "a {b}", "{b}", Some("{b}"));
        check(r#""\t\u00e9\\{b}""#, "\t\u{e9}\\{b}", "{b}", Some("{b}"));
        check(r#""a\u2192b""#, "a\u{2192}b", "\u{2192}", Some(r"\u2192"));
    }

    #[test]
    fn mismatched_parts_are_not_found() {
        check(r#""abc""#, "xyz", "z", None);
        check("", "a", "a", None);
    }
}
