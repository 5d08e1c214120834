use std::fmt;

/// A place in a text, for people and for programs: in characters, not bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The characters before it in the line, from 0. For people it is one more, as [`Display`](fmt::Display) writes it.
    pub column: usize,
    /// The characters before it in the text, from 0.
    pub offset: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column + 1)
    }
}

/// Tells the line and column of any byte of a text.
///
/// It is made when the first position is asked for, in time linear in the text; an answer then takes the same time
/// wherever it is.
///
/// # Examples
///
/// ```
/// use iam_policy_document::{Lines, Position};
///
/// let lines = Lines::new("ä\r\nö".as_bytes());
/// assert_eq!(lines.position(0), Position { line: 1, column: 0, offset: 0 });
/// assert_eq!(lines.position(6), Position { line: 2, column: 1, offset: 4 });
/// assert_eq!(lines.position(1000), lines.position(6));
/// ```
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    text: &'a [u8],
    /// Places from which the next few hundred bytes are counted.
    marks: Vec<(usize, Position)>,
}

/// How far apart the marks are, in bytes.
const STRIDE: usize = 512;

impl<'a> Lines<'a> {
    /// Reads the lines of `text`. A line ends after its line feed. What is not UTF-8 counts a character a byte, as far
    /// as it does not continue another one.
    #[must_use]
    pub fn new(text: &'a [u8]) -> Self {
        let mut marks = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut at = Position {
            line: 1,
            ..Position::default()
        };
        for (number, stretch) in text.chunks(STRIDE).enumerate() {
            marks.push((number * STRIDE, at));
            for &byte in stretch {
                advance(&mut at, byte);
            }
        }
        marks.push((text.len(), at));
        Self { text, marks }
    }

    /// The position of this byte; that of the end if the text has fewer bytes.
    #[must_use]
    pub fn position(&self, byte: usize) -> Position {
        let after = self.marks.partition_point(|&(start, _)| start <= byte);
        let Some(&(start, mut at)) = after.checked_sub(1).and_then(|before| self.marks.get(before)) else {
            return Position::default();
        };
        for &byte in self.text.get(start..byte.min(self.text.len())).unwrap_or_default() {
            advance(&mut at, byte);
        }
        at
    }
}

fn advance(at: &mut Position, byte: u8) {
    if byte & 0b1100_0000 == 0b1000_0000 {
        return;
    }
    at.offset += 1;
    if byte == b'\n' {
        at.line += 1;
        at.column = 0;
    } else {
        at.column += 1;
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
                column: before.rsplit('\n').next().unwrap_or_default().chars().count(),
                offset: before.chars().count(),
            };
            prop_assert_eq!(Lines::new(text.as_bytes()).position(byte), expected);
        }
    }

    #[test]
    fn people_count_columns_from_one() {
        assert_eq!(Lines::new(b"a\nb").position(2).to_string(), "2:1");
    }
}
