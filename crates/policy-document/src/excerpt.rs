use std::borrow::Cow;
use std::fmt::{self, Write};

use crate::{Lines, Span};

/// How many characters of a line are shown. Longer ones are cut around the place.
const WIDTH: usize = 140;

/// How many characters before the place are shown of a line that is cut.
const BEFORE: usize = 60;

/// Pieces of a text as a compiler shows them: where they are, and the lines that they are in, underlined.
///
/// What could play with a terminal is shown as a replacement character, and a line that is too long is cut around the
/// piece.
///
/// # Examples
///
/// ```
/// use iam_policy_document::{Excerpt, Lines, Span};
///
/// let text = b"{\n  \"Effect\": \"Alow\"\n}\n";
/// let lines = Lines::new(text);
/// assert_eq!(
///     Excerpt::new("user.json", text, &lines).marks([Span::new(14, 20)]).to_string(),
/// " --> user.json:2:13
///   |
/// 2 |   \"Effect\": \"Alow\"
///   |             ^^^^^^
/// ",
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Excerpt<'a> {
    name: &'a str,
    text: &'a [u8],
    lines: &'a Lines<'a>,
    start: Option<usize>,
    marks: Vec<Mark<'a>>,
}

#[derive(Clone, Debug)]
struct Mark<'a> {
    span: Span,
    sign: char,
    label: Cow<'a, str>,
}

impl<'a> Excerpt<'a> {
    /// Nothing yet but the name.
    ///
    /// - `name`: what the text is called
    /// - `lines`: those of `text`
    #[must_use]
    pub fn new(name: &'a str, text: &'a [u8], lines: &'a Lines<'a>) -> Self {
        Self {
            name,
            text,
            lines,
            start: None,
            marks: Vec::new(),
        }
    }

    /// The same with the place that the name leads to. Without it, that is the first piece.
    #[must_use]
    pub fn at(mut self, start: usize) -> Self {
        self.start = Some(start);
        self
    }

    /// The same with pieces, the most important first, which is underlined in another way than the others.
    #[must_use]
    pub fn marks(mut self, spans: impl IntoIterator<Item = Span>) -> Self {
        for span in spans {
            let sign = if self.marks.is_empty() { '^' } else { '-' };
            let label = Cow::Borrowed("");
            self.marks.push(Mark { span, sign, label });
        }
        self
    }

    /// The same with a piece that has something written beside it.
    #[must_use]
    pub fn label(mut self, span: Span, label: impl Into<Cow<'a, str>>) -> Self {
        let (sign, label) = ('^', label.into());
        self.marks.push(Mark { span, sign, label });
        self
    }

    /// How wide the numbers of the lines are, so that more can be written below them.
    #[must_use]
    pub fn margin(&self) -> usize {
        let numbers = self.marks.iter().map(|mark| self.lines.position(mark.span.start).line);
        numbers.max().map_or(1, |line| line.to_string().len())
    }

    /// The lines in their order. What is in the same line is shown in it, unless that line has to be cut.
    fn rows(&self) -> Vec<(usize, Line<'_>)> {
        let mut rows: Vec<(usize, Line<'_>)> = Vec::new();
        for mark in &self.marks {
            let number = self.lines.position(mark.span.start).line;
            let line = Line::around(self.text, mark);
            match rows
                .iter_mut()
                .find(|(other, row)| *other == number && row.shown == line.shown)
            {
                Some((_, row)) => row.marks.extend(line.marks),
                None => rows.insert(rows.partition_point(|(other, _)| *other <= number), (number, line)),
            }
        }
        rows
    }
}

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let margin = self.margin();
        write!(f, "{:margin$}--> {}", "", self.name)?;
        match self.start.or(self.marks.first().map(|mark| mark.span.start)) {
            Some(start) => writeln!(f, ":{}", self.lines.position(start))?,
            None => writeln!(f)?,
        }
        if self.marks.is_empty() {
            return Ok(());
        }
        writeln!(f, "{:margin$} |", "")?;
        let mut last = None;
        for (number, line) in self.rows() {
            if last.is_some_and(|last| last + 1 < number) {
                writeln!(f, "...")?;
            }
            last = Some(number);
            writeln!(f, "{}", format!("{number:<margin$} | {}", line.shown).trim_end())?;
            for underline in line.underlines() {
                writeln!(f, "{:margin$} | {underline}", "")?;
            }
        }
        Ok(())
    }
}

/// The line that a place is in, as far as it is shown.
struct Line<'m> {
    shown: String,
    /// What is underlined, the most important first: from where, how far, and with what.
    marks: Vec<(usize, usize, &'m Mark<'m>)>,
}

impl<'m> Line<'m> {
    fn around(text: &[u8], mark: &'m Mark<'m>) -> Self {
        let span = mark.span;
        // A character has at most four bytes. More than this is not looked at, however long the line is.
        let most = 4 * (WIDTH + 2);
        let (before, from) = text.split_at_checked(span.start).unwrap_or((text, &[]));
        let before = before.get(before.len().saturating_sub(most)..).unwrap_or_default();
        let before = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let from = from.get(..most.min(from.len())).unwrap_or_default();
        let from = from.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let from = from.strip_suffix(b"\r").unwrap_or(from);
        let inside = from.get(..(span.end - span.start).min(from.len())).unwrap_or_default();

        let before: Vec<char> = String::from_utf8_lossy(before).chars().map(plain).collect();
        let from: Vec<char> = String::from_utf8_lossy(from).chars().map(plain).collect();
        let inside = String::from_utf8_lossy(inside).chars().count().max(1);
        // What goes on beyond the end is underlined to the end.
        let kept_before = before.len().min(BEFORE.max(WIDTH.saturating_sub(from.len())));
        let kept_from = from.len().min(WIDTH - kept_before);
        let mut shown = String::from(if kept_before < before.len() { "…" } else { "" });
        shown.extend(before.get(before.len() - kept_before..).unwrap_or_default());
        let start = shown.chars().count();
        shown.extend(from.get(..kept_from).unwrap_or_default());
        if kept_from < from.len() {
            shown.push('…');
        }
        Self {
            marks: vec![(start, inside.min(kept_from.max(1)), mark)],
            shown,
        }
    }

    /// What stands below it: all that has nothing written beside it, and then each that has.
    fn underlines(&self) -> Vec<String> {
        let mut bare: Vec<char> = Vec::new();
        let mut labelled: Vec<(usize, String)> = Vec::new();
        for &(start, length, mark) in &self.marks {
            if mark.label.is_empty() {
                bare.resize(bare.len().max(start + length), ' ');
                for sign in bare.get_mut(start..start + length).unwrap_or_default() {
                    // The more important is seen where two are over each other.
                    if *sign == ' ' {
                        *sign = mark.sign;
                    }
                }
            } else {
                let signs = String::from(mark.sign).repeat(length);
                let line = format!("{:start$}{signs} {}", "", Visible(&mark.label));
                labelled.insert(labelled.partition_point(|(other, _)| *other <= start), (start, line));
            }
        }
        let mut lines = Vec::new();
        if !bare.is_empty() {
            let mut line = String::new();
            line.extend(bare.as_slice());
            lines.push(line);
        }
        for (_, line) in labelled {
            lines.push(line);
        }
        lines
    }
}

/// The character, or what may be shown in its place: a text must not move the cursor of who reads about it.
fn plain(character: char) -> char {
    match character {
        '\t' => ' ',
        _ if is_invisible(character) => char::REPLACEMENT_CHARACTER,
        _ => character,
    }
}

/// Whether a character does something else than to stand there.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// A message, in which characters that cannot be seen are written as escapes.
///
/// # Examples
///
/// ```
/// assert_eq!(iam_policy_document::Visible("a\tb").to_string(), "a\\tb");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Visible<'a>(pub &'a str);

impl fmt::Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if is_invisible(character) {
                write!(f, "{}", character.escape_default())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &[u8], parts: &[&[u8]], expected: Expect) {
        let find = |part: &&[u8]| {
            let start = text.windows(part.len()).position(|window| window == *part).unwrap();
            Span::new(start, start + part.len())
        };
        let lines = Lines::new(text);
        let excerpt = Excerpt::new("f", text, &lines).marks(parts.iter().map(find));
        expected.assert_eq(&excerpt.to_string());
    }

    #[test]
    fn underlines_the_span() {
        check(
            "one\n\ttw\u{f6} two\r\nthree".as_bytes(),
            &["w\u{f6}".as_bytes()],
            expect![[r#"
                 --> f:2:3
                  |
                2 |  twö two
                  |   ^^
            "#]],
        );
    }

    #[test]
    fn multiline_spans_are_underlined_to_the_end_of_the_line() {
        check(
            b"{\n  \"a\": {\n  }\n}",
            &[b"{\n  }"],
            expect![[r#"
                 --> f:2:8
                  |
                2 |   "a": {
                  |        ^
            "#]],
        );
    }

    #[test]
    fn long_lines_are_cut() {
        let text = format!("{}needle{}", "a".repeat(100_000), "b".repeat(100_000));
        check(
            text.as_bytes(),
            &[b"needle"],
            expect![[r#"
                 --> f:1:100001
                  |
                1 | …aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaneedlebbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
                  |                                                              ^^^^^^
            "#]],
        );
        let text = format!("{{{}\"end\"", " ".repeat(300));
        check(
            text.as_bytes(),
            &[b"\"end\""],
            expect![[r#"
                 --> f:1:302
                  |
                1 | …                                                                                                                                       "end"
                  |                                                                                                                                         ^^^^^
            "#]],
        );
    }

    #[test]
    fn control_characters_are_replaced() {
        check(
            b"a\x1b[31m\xffb",
            &[b"b"],
            expect![[r#"
                 --> f:1:8
                  |
                1 | a�[31m�b
                  |        ^
            "#]],
        );
        assert_eq!(Visible("a\u{1b}\nb\u{202e}").to_string(), "a\\u{1b}\\nb\\u{202e}");
    }

    #[test]
    fn several_spans_share_an_excerpt() {
        check(
            b"one two\nthree\nfour\nfive six five",
            &[b"six", b"one", b"five", b"three", b"two"],
            expect![[r#"
                 --> f:4:6
                  |
                1 | one two
                  | --- ---
                2 | three
                  | -----
                ...
                4 | five six five
                  | ---- ^^^
            "#]],
        );
    }

    #[test]
    fn without_spans_and_without_text() {
        let lines = Lines::new(b"a");
        let nowhere = Excerpt::new("f", b"a", &lines);
        assert_eq!(nowhere.to_string(), " --> f\n");
        let lines = Lines::new(b"");
        let excerpt = Excerpt::new("f", b"", &lines).marks([Span::new(0, 0)]);
        expect![[r#"
             --> f:1:1
              |
            1 |
              | ^
        "#]]
        .assert_eq(&excerpt.to_string());
    }

    #[test]
    fn spans_may_have_labels() {
        let text = b"one two\nthree";
        let lines = Lines::new(text);
        let excerpt = Excerpt::new("f", text, &lines)
            .at(8)
            .label(Span::new(4, 7), "second")
            .marks([Span::new(8, 13)])
            .label(Span::new(0, 3), "first");
        expect![[r#"
             --> f:2:1
              |
            1 | one two
              | ^^^ first
              |     ^^^ second
            2 | three
              | -----
        "#]]
        .assert_eq(&excerpt.to_string());
    }
}
