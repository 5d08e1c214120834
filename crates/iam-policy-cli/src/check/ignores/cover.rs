//! What a comment covers.

use std::ops::Range;

use crate::comments::{Scan, Syntax};

/// The lines and brackets of a text.
pub(super) struct Cover<'a> {
    text: &'a [u8],
    syntax: Syntax,
    scan: &'a Scan,
    /// The start of each line.
    lines: Vec<usize>,
}

impl<'a> Cover<'a> {
    pub(super) fn new(text: &'a [u8], syntax: Syntax, scan: &'a Scan) -> Self {
        let breaks = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let lines = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        Self {
            text,
            syntax,
            scan,
            lines,
        }
    }

    /// What a comment covers: the next element if it is on lines of its own, otherwise its line.
    pub(super) fn of(&self, comment: &Range<usize>) -> Range<usize> {
        let line = self.line_of(comment.start);
        let before = self.text.get(self.start(line)..comment.start).unwrap_or_default();
        let last = self.line_of(comment.end);
        let after = self.text.get(comment.end..self.start(last + 1)).unwrap_or_default();
        if !before.trim_ascii().is_empty() || !after.trim_ascii().is_empty() {
            return self.start(line)..self.start(line + 1);
        }
        let mut next = last + 1..self.lines.len();
        match next.find(|line| !self.is_empty(*line)) {
            Some(line) => self.start(line)..self.end_of_element(line),
            None => comment.end..comment.end,
        }
    }

    /// The end of the element that begins on a line.
    fn end_of_element(&self, line: usize) -> usize {
        let end = self.end_of_brackets(line);
        match self.syntax {
            Syntax::Toml => end.max(self.end_of_table(line)),
            Syntax::Yaml => end.max(self.end_of_block(line)),
            Syntax::Hcl | Syntax::Jsonc => end,
        }
    }

    /// The end of the line, and of the brackets and long texts that begin on it.
    fn end_of_brackets(&self, line: usize) -> usize {
        let start = self.start(line);
        let mut end = self.start(line + 1);
        let first = self.scan.brackets.partition_point(|(at, _)| *at < start);
        let mut depth = 0_usize;
        for (at, is_open) in self.scan.brackets.get(first..).unwrap_or_default() {
            if *at >= end && depth == 0 {
                break;
            }
            if *is_open {
                depth += 1;
            } else if depth > 0 {
                depth -= 1;
                if depth == 0 {
                    end = end.max(at + 1);
                }
            }
            // Any other bracket closes what began before.
        }
        if depth > 0 {
            end = self.text.len();
        }
        let mut long = self
            .scan
            .long
            .iter()
            .filter(|long| long.start >= start && long.start < end);
        long.next_back().map_or(end, |long| end.max(long.end))
    }

    /// In TOML, the header of a table begins everything before the next header.
    fn end_of_table(&self, line: usize) -> usize {
        let is_header = |line: usize| self.content(line).starts_with(b"[") && !self.is_within(self.start(line));
        if !is_header(line) {
            return 0;
        }
        let mut next = line + 1..self.lines.len();
        next.find(|line| is_header(*line))
            .map_or(self.text.len(), |line| self.start(line))
    }

    /// In YAML, a line begins everything that is indented further, and a key also a list that is indented like it.
    fn end_of_block(&self, line: usize) -> usize {
        let indent = self.indent(line);
        let is_item = |line: usize| {
            let content = self.content(line);
            content == b"-" || content.starts_with(b"- ")
        };
        let has_items = !is_item(line);
        let mut next = line + 1..self.lines.len();
        let end = next.find(|line| {
            let is_deeper = self.indent(*line) > indent;
            let is_of_list = has_items && self.indent(*line) == indent && is_item(*line);
            !(is_deeper || is_of_list || self.is_empty(*line) || self.is_in_long(self.start(*line)))
        });
        end.map_or(self.text.len(), |line| self.start(line))
    }

    fn start(&self, line: usize) -> usize {
        self.lines.get(line).copied().unwrap_or(self.text.len())
    }

    fn line_of(&self, at: usize) -> usize {
        self.lines.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// A line without white space around it.
    fn content(&self, line: usize) -> &'a [u8] {
        let line = self.text.get(self.start(line)..self.start(line + 1));
        line.unwrap_or_default().trim_ascii()
    }

    fn indent(&self, line: usize) -> usize {
        let line = self
            .text
            .get(self.start(line)..self.start(line + 1))
            .unwrap_or_default();
        line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    }

    /// Whether a line has nothing but white space and comments.
    fn is_empty(&self, line: usize) -> bool {
        let (mut at, end) = (self.start(line), self.start(line + 1));
        let first = self.scan.comments.partition_point(|comment| comment.end <= at);
        for comment in self.scan.comments.get(first..).unwrap_or_default() {
            if comment.start >= end {
                break;
            }
            let before = self.text.get(at..comment.start).unwrap_or_default();
            if !before.trim_ascii().is_empty() {
                return false;
            }
            at = comment.end;
        }
        self.text.get(at..end).unwrap_or_default().trim_ascii().is_empty()
    }

    /// Whether a position is in a long text, but not at its start.
    fn is_in_long(&self, at: usize) -> bool {
        let before = self.scan.long.partition_point(|long| long.start < at);
        let long = before.checked_sub(1).and_then(|index| self.scan.long.get(index));
        long.is_some_and(|long| at < long.end)
    }

    /// Whether a position is in brackets or in a long text.
    fn is_within(&self, at: usize) -> bool {
        let before = self.scan.brackets.partition_point(|(bracket, _)| *bracket < at);
        let before = self.scan.brackets.get(..before).unwrap_or_default();
        let opened = before.iter().filter(|(_, is_open)| *is_open).count();
        opened * 2 > before.len() || self.is_in_long(at)
    }
}
