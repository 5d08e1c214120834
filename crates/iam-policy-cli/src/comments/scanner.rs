use std::ops::Range;

use super::Scan;

/// A position in a text, and what has been found before it.
pub(super) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    scan: Scan,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            at: 0,
            scan: Scan::default(),
        }
    }

    pub(super) fn finish(self) -> Scan {
        self.scan
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    /// The byte `ahead` bytes further on.
    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    /// The byte before the position.
    pub(super) fn before(&self) -> Option<u8> {
        self.text.get(self.at.checked_sub(1)?).copied()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.text.len());
    }

    /// The rest of the line, without its line break.
    pub(super) fn line(&self) -> &'a [u8] {
        let rest = self.rest();
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    }

    /// Skips the rest of the line and its line break.
    pub(super) fn skip_line(&mut self) {
        self.skip(self.line().len() + 1);
    }

    /// A comment up to the end of the line.
    pub(super) fn line_comment(&mut self) {
        let line = self.line();
        let comment = line.strip_suffix(b"\r").unwrap_or(line);
        self.scan.comments.push(self.at..self.at + comment.len());
        self.skip(line.len());
    }

    /// A comment up to `*/`, or to the end of the text.
    pub(super) fn block_comment(&mut self) {
        let start = self.at;
        self.skip(2);
        self.skip_past(b"*/");
        self.scan.comments.push(start..self.at);
    }

    pub(super) fn open(&mut self) {
        self.scan.brackets.push((self.at, true));
        self.skip(1);
    }

    pub(super) fn close(&mut self) {
        self.scan.brackets.push((self.at, false));
        self.skip(1);
    }

    /// Skips everything up to and including `end`, or the rest of the text.
    pub(super) fn skip_past(&mut self, end: &[u8]) {
        let found = self.rest().windows(end.len()).position(|part| part == end);
        self.skip(found.map_or(self.rest().len(), |found| found + end.len()));
    }

    /// Skips a string on one line, in which a backslash escapes the next character. One that is not closed ends with
    /// its line.
    pub(super) fn string(&mut self, quote: u8, has_escapes: bool) {
        self.skip(1);
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => return,
                _ if byte == quote => return self.skip(1),
                b'\\' if has_escapes && self.peek_at(1) != Some(b'\n') => self.skip(2),
                _ => self.skip(1),
            }
        }
    }

    /// Records what has been skipped as text that continues on other lines, if it does.
    pub(super) fn long(&mut self, start: usize) {
        let span: Range<usize> = start..self.at;
        if self.text.get(span.clone()).is_some_and(|text| text.contains(&b'\n')) {
            self.scan.long.push(span);
        }
    }
}
