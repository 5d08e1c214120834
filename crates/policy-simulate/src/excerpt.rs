use std::fmt;

use policy_document::{Lines, Span};

/// Pieces of a text, each on its line and underlined, with what is to be said about it.
pub(crate) struct Excerpt<'a> {
    /// Under which messages speak of the text.
    pub(crate) name: &'a str,
    pub(crate) text: &'a str,
    /// Where to send the reader.
    pub(crate) start: usize,
    pub(crate) marks: Vec<(Span, String)>,
    pub(crate) help: Vec<String>,
}

/// How much of a long line is shown before and behind what is underlined, in characters.
const AROUND: usize = 60;

impl Excerpt<'_> {
    /// The line that holds this byte, and where the line starts.
    fn line(&self, at: usize) -> (&str, usize) {
        let before = self.text.get(..at).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |feed| feed + 1);
        let rest = self.text.get(start..).unwrap_or_default();
        (rest.split(['\n', '\r']).next().unwrap_or_default(), start)
    }
}

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = Lines::new(self.text.as_bytes());
        let mut marks: Vec<_> = self.marks.iter().collect();
        marks.sort_by_key(|(span, _)| span.start);
        let last = marks.last().map_or(self.start, |(span, _)| span.start);
        let width = lines.position(last).line.to_string().len();
        let margin = " ".repeat(width);
        writeln!(f, "{margin}--> {}:{}", self.name, lines.position(self.start))?;
        writeln!(f, "{margin} |")?;
        let mut shown = None;
        for (span, label) in marks {
            let (line, start) = self.line(span.start);
            let characters: Vec<char> = line.replace('\t', " ").chars().collect();
            let column = lines.position(span.start).column;
            // What goes on in the next line is underlined to the end of this one.
            let end = span.end.min(start + line.len());
            let length = self
                .text
                .get(span.start..end)
                .map_or(1, |text| text.chars().count())
                .max(1);
            let from = if characters.len() > 2 * AROUND + length {
                column.saturating_sub(AROUND)
            } else {
                0
            };
            let to = if from + 2 * AROUND + length < characters.len() {
                column + length + AROUND
            } else {
                characters.len()
            };
            let number = lines.position(span.start).line;
            let cut = if from > 0 { "…" } else { "" };
            if shown != Some((number, from)) {
                let visible: String = characters.get(from..to).unwrap_or_default().iter().collect();
                let dots = if to < characters.len() { "…" } else { "" };
                writeln!(f, "{}", format!("{number:>width$} | {cut}{visible}{dots}").trim_end())?;
                shown = Some((number, from));
            }
            let indent = " ".repeat(column - from.min(column) + cut.chars().count());
            writeln!(f, "{margin} | {indent}{} {label}", "^".repeat(length))?;
        }
        for help in &self.help {
            writeln!(f, "{margin} = help: {help}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, marked: &[&str], expected: Expect) {
        let marks = marked
            .iter()
            .map(|part| {
                let start = text.find(part).unwrap();
                (
                    Span::new(start, start + part.len()),
                    format!("this is `{}`", part.trim()),
                )
            })
            .collect();
        let excerpt = Excerpt {
            name: "p.json",
            text,
            start: 0,
            marks,
            help: vec!["help yourself".to_owned()],
        };
        expected.assert_eq(&excerpt.to_string());
    }

    #[test]
    fn lines_and_what_is_under_them() {
        check(
            "{\n\t\"é\": [1,\r\n  2]\n}",
            &["1", "\"é\"", "2"],
            expect![[r#"
                 --> p.json:1:1
                  |
                2 |  "é": [1,
                  |  ^^^ this is `"é"`
                  |        ^ this is `1`
                3 |   2]
                  |   ^ this is `2`
                  = help: help yourself
            "#]],
        );
    }

    #[test]
    fn long_lines_are_cut() {
        let text = format!("{}X{}", "a".repeat(300), "b".repeat(300));
        check(
            &text,
            &["X"],
            expect![[r"
             --> p.json:1:1
              |
            1 | …aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaXbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
              |                                                              ^ this is `X`
              = help: help yourself
        "]],
        );
    }
}
