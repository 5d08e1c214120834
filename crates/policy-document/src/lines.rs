use std::borrow::Cow;
use std::fmt;

/// A position in a text, for people and for other programs. It counts characters, not bytes.
///
/// Formats that count differently, such as IAM Access Analyzer's columns from 0, convert where they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, counted from 1.
    pub line: usize,
    /// The character in the line, counted from 1.
    pub column: usize,
    /// The number of characters before it in the text.
    pub offset: usize,
}

impl Position {
    const START: Self = Self {
        line: 1,
        column: 1,
        offset: 0,
    };

    /// Moves past a byte. Only the first byte of a character counts.
    fn advance(&mut self, byte: u8) {
        if byte & 0b1100_0000 == 0b1000_0000 {
            return;
        }
        self.offset += 1;
        if byte == b'\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The positions of every 512th byte of a text, from which [`Lines`] counts.
///
/// Owners of a text keep one to avoid indexing it for each [`Lines`].
///
/// # Examples
///
/// ```
/// use iam_policy_document::{LineIndex, Lines};
///
/// let text = b"a\nb";
/// let index = LineIndex::new(text);
/// assert_eq!(Lines::indexed(text, &index).position(2).to_string(), "2:1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineIndex {
    marks: Vec<(usize, Position)>,
}

/// The distance between two marks, in bytes.
const STRIDE: usize = 512;

impl LineIndex {
    /// Indexes `text` in linear time.
    #[must_use]
    pub fn new(text: &[u8]) -> Self {
        let mut marks = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut at = Position::START;
        for (number, stretch) in text.chunks(STRIDE).enumerate() {
            marks.push((number * STRIDE, at));
            for &byte in stretch {
                at.advance(byte);
            }
        }
        marks.push((text.len(), at));
        Self { marks }
    }

    /// The last mark for which `is_before` holds, given that it holds for none after the first for which it does not.
    fn last_before(&self, is_before: impl Fn(usize, Position) -> bool) -> (usize, Position) {
        let after = self.marks.partition_point(|&(byte, at)| is_before(byte, at));
        let mark = after.checked_sub(1).and_then(|before| self.marks.get(before));
        mark.copied().unwrap_or((0, Position::START))
    }
}

/// Converts bytes of a text to [positions](Position).
///
/// Creating one takes time linear in the text; each answer then takes constant time, however long the lines are.
///
/// # Examples
///
/// ```
/// use iam_policy_document::{Lines, Position};
///
/// let lines = Lines::new("ä\r\nö".as_bytes());
/// assert_eq!(lines.position(0), Position { line: 1, column: 1, offset: 0 });
/// assert_eq!(lines.position(6), Position { line: 2, column: 2, offset: 4 });
/// assert_eq!(lines.position(1000), lines.position(6));
/// assert_eq!(lines.line(1), "ä".as_bytes());
/// ```
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    text: &'a [u8],
    index: Cow<'a, LineIndex>,
}

impl<'a> Lines<'a> {
    /// Indexes the lines of `text`. A line ends after its line feed. In invalid UTF-8, each byte that does not continue
    /// a character counts as one.
    #[must_use]
    pub fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            index: Cow::Owned(LineIndex::new(text)),
        }
    }

    /// The lines of a text that is indexed already.
    ///
    /// - `text`: the text
    /// - `index`: its index; that of another text gives meaningless positions
    #[must_use]
    pub const fn indexed(text: &'a [u8], index: &'a LineIndex) -> Self {
        Self {
            text,
            index: Cow::Borrowed(index),
        }
    }

    /// The text.
    #[must_use]
    pub const fn text(&self) -> &'a [u8] {
        self.text
    }

    /// The position of a byte, or the position of the end if the text is shorter.
    ///
    /// - `byte`: the byte's index
    #[must_use]
    pub fn position(&self, byte: usize) -> Position {
        let (start, mut at) = self.index.last_before(|mark, _| mark <= byte);
        for &byte in self.text.get(start..byte.min(self.text.len())).unwrap_or_default() {
            at.advance(byte);
        }
        at
    }

    /// A line without its line ending; empty if the text has fewer lines.
    ///
    /// - `number`: the line, counted from 1
    #[must_use]
    pub fn line(&self, number: usize) -> &'a [u8] {
        let (mark, at) = self.index.last_before(|_, at| at.line < number);
        let mut rest = self.text.get(mark..).unwrap_or_default();
        for _ in at.line..number {
            let end = rest.iter().position(|byte| *byte == b'\n');
            rest = end.and_then(|end| rest.get(end + 1..)).unwrap_or_default();
        }
        let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
        line.strip_suffix(b"\r").unwrap_or(line)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn agrees_with_counting(text in "[aä\n]{0,1500}", byte in 0usize..3000) {
            let mut byte = byte.min(text.len());
            while !text.is_char_boundary(byte) {
                byte -= 1;
            }
            let before = &text[..byte];
            let expected = Position {
                line: before.matches('\n').count() + 1,
                column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
                offset: before.chars().count(),
            };
            prop_assert_eq!(Lines::new(text.as_bytes()).position(byte), expected);
        }

        #[test]
        fn lines_are_those_of_split(text in "[a\r\n]{0,1500}", number in 1usize..400) {
            let line = text.split('\n').nth(number - 1).unwrap_or_default();
            let line = line.strip_suffix('\r').unwrap_or(line);
            prop_assert_eq!(Lines::new(text.as_bytes()).line(number), line.as_bytes());
        }
    }
}
