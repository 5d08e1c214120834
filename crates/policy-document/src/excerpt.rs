use std::borrow::Cow;

use iam_policy_core::text::is_invisible;

use crate::{Lines, Role, Severity, Span, StyledText, Visible};

/// The longest part of a line that is shown, in characters. Longer lines are cut around the underlined part.
const WIDTH: usize = 140;

/// How many characters of a cut line are shown before the underlined part.
const BEFORE: usize = 60;

/// A source that diagnostics quote: its name and its lines.
#[derive(Clone, Copy, Debug)]
pub struct SourceFile<'a> {
    name: &'a str,
    lines: &'a Lines<'a>,
}

impl<'a> SourceFile<'a> {
    /// A source.
    ///
    /// - `name`: usually the path as the user wrote it
    /// - `lines`: its text
    #[must_use]
    pub const fn new(name: &'a str, lines: &'a Lines<'a>) -> Self {
        Self { name, lines }
    }
}

/// Source lines with underlined parts and labels, followed by notes and help: everything below the head of a
/// diagnostic.
///
/// Most callers use [`SourceFile::show`] instead. This is for answers that quote sources without being diagnostics.
///
/// # Examples
///
/// ```
/// use iam_policy_document::{Excerpt, Lines, SourceFile, StyledText};
///
/// let lines = Lines::new(b"{\n  \"Effect\": \"Alow\"\n}\n");
/// let excerpt = Excerpt::new(SourceFile::new("user.json", &lines)).primary(14..20, "").help("did you mean `Allow`?");
/// let mut text = StyledText::from("invalid effect");
/// excerpt.render(&mut text);
/// assert_eq!(
///     text.to_string(),
/// "invalid effect
///  --> user.json:2:13
///   |
/// 2 |   \"Effect\": \"Alow\"
///   |             ^^^^^^
///   = help: did you mean `Allow`?",
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Excerpt<'a> {
    file: Option<SourceFile<'a>>,
    severity: Severity,
    start: Option<usize>,
    marks: Vec<Mark<'a>>,
    hints: Vec<(&'static str, Cow<'a, str>)>,
}

#[derive(Clone, Debug)]
struct Mark<'a> {
    span: Span,
    sign: char,
    label: Cow<'a, str>,
}

impl<'a> Excerpt<'a> {
    /// An excerpt without underlined parts.
    ///
    /// - `file`: the source
    #[must_use]
    pub fn new(file: SourceFile<'a>) -> Self {
        Self {
            file: Some(file),
            ..Self::nowhere()
        }
    }

    /// Notes and help without a source.
    #[must_use]
    pub fn nowhere() -> Self {
        Self {
            file: None,
            severity: Severity::Error,
            start: None,
            marks: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// Sets the severity, which decides the color of underlines.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Sets the location in the first line. The default is the first underlined part.
    ///
    /// - `start`: a byte of the source
    #[must_use]
    pub fn at(mut self, start: usize) -> Self {
        self.start = Some(start);
        self
    }

    /// Underlines the primary part.
    ///
    /// - `span`: the part
    /// - `label`: what to write next to it; may be empty
    #[must_use]
    pub fn primary(self, span: impl Into<Span>, label: impl Into<Cow<'a, str>>) -> Self {
        self.mark(span.into(), '^', label.into())
    }

    /// Underlines a related part.
    ///
    /// - `span`: the part
    /// - `label`: what to write next to it; may be empty
    #[must_use]
    pub fn secondary(self, span: impl Into<Span>, label: impl Into<Cow<'a, str>>) -> Self {
        self.mark(span.into(), '-', label.into())
    }

    fn mark(mut self, span: Span, sign: char, label: Cow<'a, str>) -> Self {
        self.marks.push(Mark { span, sign, label });
        self
    }

    /// Adds a note.
    ///
    /// - `text`: its text
    #[must_use]
    pub fn note(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.hints.push(("note:", text.into()));
        self
    }

    /// Adds a help text.
    ///
    /// - `text`: its text
    #[must_use]
    pub fn help(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.hints.push(("help:", text.into()));
        self
    }

    /// Appends it to preceding text, starting on a new line. It does not end with a line feed.
    ///
    /// - `text`: the preceding text
    pub fn render(&self, text: &mut StyledText) {
        let margin = match self.file {
            Some(file) => self.render_source(file, text),
            None => 1,
        };
        for (word, hint) in &self.hints {
            text.format(Role::Gutter, format_args!("\n{:margin$} = ", ""));
            text.push(Role::Hint, word);
            text.format(Role::Plain, format_args!(" {}", Visible(hint)));
        }
    }

    /// Renders the location and the source lines, and returns the width of the line numbers.
    fn render_source(&self, file: SourceFile<'_>, text: &mut StyledText) -> usize {
        let numbers = self.marks.iter().map(|mark| file.lines.position(mark.span.start).line);
        let margin = numbers.max().map_or(1, |line| line.to_string().len());
        text.format(Role::Gutter, format_args!("\n{:margin$}-->", ""));
        text.format(Role::Plain, format_args!(" {}", Visible(file.name)));
        if let Some(start) = self.start.or(self.marks.first().map(|mark| mark.span.start)) {
            text.format(Role::Plain, format_args!(":{}", file.lines.position(start)));
        }
        if self.marks.is_empty() {
            return margin;
        }
        text.format(Role::Gutter, format_args!("\n{:margin$} |", ""));
        let mut last = None;
        for (number, line) in self.rows(file) {
            if last.is_some_and(|last| last + 1 < number) {
                text.push(Role::Gutter, "\n...");
            }
            last = Some(number);
            text.format(Role::Gutter, format_args!("\n{number:<margin$} |"));
            let shown = line.shown.trim_end();
            if !shown.is_empty() {
                text.format(Role::Plain, format_args!(" {shown}"));
            }
            self.render_underlines(&line, margin, text);
        }
        margin
    }

    /// The lines in order. Parts of the same line share a row, unless the line has to be cut.
    fn rows(&self, file: SourceFile<'_>) -> Vec<(usize, Line<'_>)> {
        let mut rows: Vec<(usize, Line<'_>)> = Vec::new();
        for mark in &self.marks {
            let number = file.lines.position(mark.span.start).line;
            let line = Line::around(file.lines.text(), mark);
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

    /// Renders one line with all underlines without a label, then one line for each label.
    fn render_underlines(&self, line: &Line<'_>, margin: usize, text: &mut StyledText) {
        let mut bare: Vec<char> = Vec::new();
        let mut labelled: Vec<(usize, usize, &Mark<'_>)> = Vec::new();
        for &(start, length, mark) in &line.marks {
            if mark.label.is_empty() {
                bare.resize(bare.len().max(start + length), ' ');
                for sign in bare.get_mut(start..start + length).unwrap_or_default() {
                    // Where two overlap, the first is the more important one.
                    if *sign == ' ' {
                        *sign = mark.sign;
                    }
                }
            } else {
                let at = labelled.partition_point(|(other, _, _)| *other <= start);
                labelled.insert(at, (start, length, mark));
            }
        }
        if !bare.is_empty() {
            text.format(Role::Gutter, format_args!("\n{:margin$} |", ""));
            text.plain(" ");
            for sign in bare {
                text.format(self.role(sign), format_args!("{sign}"));
            }
        }
        for (start, length, mark) in labelled {
            text.format(Role::Gutter, format_args!("\n{:margin$} |", ""));
            text.format(Role::Plain, format_args!(" {:start$}", ""));
            let signs = String::from(mark.sign).repeat(length);
            text.format(self.role(mark.sign), format_args!("{signs} {}", Visible(&mark.label)));
        }
    }

    fn role(&self, sign: char) -> Role {
        match sign {
            '^' => Role::Severity(self.severity),
            '-' => Role::Secondary,
            _ => Role::Plain,
        }
    }
}

/// The part of a line that is shown.
struct Line<'m> {
    shown: String,
    /// The underlined parts, the most important first: start and length in characters, and how.
    marks: Vec<(usize, usize, &'m Mark<'m>)>,
}

impl<'m> Line<'m> {
    fn around(text: &[u8], mark: &'m Mark<'m>) -> Self {
        let span = mark.span;
        // A character has at most four bytes, so this much of a long line is enough.
        let most = 4 * (WIDTH + 2);
        let (before, from) = text.split_at_checked(span.start).unwrap_or((text, &[]));
        let before = before.get(before.len().saturating_sub(most)..).unwrap_or_default();
        let before = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let from = from.get(..most.min(from.len())).unwrap_or_default();
        let from = from.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let from = from.strip_suffix(b"\r").unwrap_or(from);
        let inside = from.get(..(span.end - span.start).min(from.len())).unwrap_or_default();

        let before = visible(before);
        let from = visible(from);
        let inside = visible(inside).len().max(1);
        // A part that continues on the next line is underlined to the end of this one.
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
}

/// The characters of a part of a line, with invisible ones escaped: quoting a source must not move the terminal's cursor.
fn visible(bytes: &[u8]) -> Vec<char> {
    let mut shown = Vec::with_capacity(bytes.len());
    for character in String::from_utf8_lossy(bytes).chars() {
        match character {
            '\t' => shown.push(' '),
            _ if is_invisible(character) => shown.extend(character.escape_default()),
            _ => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// Underlines the first occurrence of each part, the first part as the primary one.
    fn check(text: &[u8], parts: &[&[u8]], expected: Expect) {
        let lines = Lines::new(text);
        let mut excerpt = Excerpt::new(SourceFile::new("f", &lines));
        for (number, part) in parts.iter().enumerate() {
            let start = text.windows(part.len()).position(|window| window == *part).unwrap();
            let span = start..start + part.len();
            excerpt = if number == 0 {
                excerpt.primary(span, "")
            } else {
                excerpt.secondary(span, "")
            };
        }
        check_excerpt(&excerpt, expected);
    }

    fn rendered(excerpt: &Excerpt<'_>) -> String {
        let mut text = StyledText::new();
        excerpt.render(&mut text);
        format!("{text}\n")
    }

    fn check_excerpt(excerpt: &Excerpt<'_>, expected: Expect) {
        expected.assert_eq(&rendered(excerpt));
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
    fn control_characters_are_escaped() {
        check(
            b"a\x1b[31m\xffb",
            &[b"b"],
            expect![[r#"

                 --> f:1:8
                  |
                1 | a\u{1b}[31m�b
                  |             ^
            "#]],
        );
        let lines = Lines::new(b"");
        // `expect!` would remove the indentation of the only line.
        let named = Excerpt::new(SourceFile::new("a\u{1b}b", &lines));
        assert_eq!(rendered(&named), "\n --> a\\u{1b}b\n");
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
    fn empty_sources_and_excerpts_without_locations() {
        let lines = Lines::new(b"");
        let nowhere = Excerpt::new(SourceFile::new("f", &lines));
        assert_eq!(rendered(&nowhere), "\n --> f\n");
        check_excerpt(
            &nowhere.primary(0..0, ""),
            expect![[r#"

             --> f:1:1
              |
            1 |
              | ^
        "#]],
        );
    }

    #[test]
    fn labels_have_lines_of_their_own() {
        let lines = Lines::new(b"one two\nthree");
        let excerpt = Excerpt::new(SourceFile::new("f", &lines))
            .at(8)
            .primary(4..7, "second")
            .secondary(8..13, "")
            .secondary(0..3, "first")
            .note("a note")
            .help("a fix");
        check_excerpt(
            &excerpt,
            expect![[r#"

                 --> f:2:1
                  |
                1 | one two
                  | --- first
                  |     ^^^ second
                2 | three
                  | -----
                  = note: a note
                  = help: a fix
            "#]],
        );
    }

    #[test]
    fn each_piece_has_a_role() {
        let lines = Lines::new(b"one two");
        let excerpt = Excerpt::new(SourceFile::new("f", &lines))
            .severity(Severity::Warning)
            .primary(4..7, "")
            .secondary(0..3, "")
            .help("a fix");
        let mut text = StyledText::new();
        excerpt.render(&mut text);
        let pieces: Vec<_> = text
            .pieces()
            .map(|(role, text)| format!("{role:?} {text:?}\n"))
            .collect();
        expect![[r#"
            Gutter "\n -->"
            Plain " f:1:5"
            Gutter "\n  |\n1 |"
            Plain " one two"
            Gutter "\n  |"
            Plain " "
            Secondary "---"
            Plain " "
            Severity(Warning) "^^^"
            Gutter "\n  = "
            Hint "help:"
            Plain " a fix"
        "#]]
        .assert_eq(&pieces.concat());
    }
}
