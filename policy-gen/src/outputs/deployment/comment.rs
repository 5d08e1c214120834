//! Prose as the comments of a generated file.

use iam_policy_document::Visible;

/// The width of the longest line.
const WIDTH: usize = 110;

/// The shortest width of a comment's text, however deep it is.
const NARROW: usize = 50;

/// The lines of a comment, without what begins a comment. No line contains a character that could end it.
///
/// - `text`: prose
/// - `indentation`: the columns before the text
pub(in super::super) fn lines(text: &str, indentation: usize) -> Vec<String> {
    let width = WIDTH.saturating_sub(indentation).max(NARROW);
    let mut lines = Vec::new();
    for line in text.trim_end().split(is_line_break) {
        let line = Visible(line.trim_end()).to_string();
        // Noncharacters are the only ones that YAML rejects and `Visible` shows.
        wrap(&line.replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}"), width, &mut lines);
    }
    lines
}

/// Whether some language ends a line at `character`. YAML 1.1 also does at the last three.
fn is_line_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Breaks a line between its words. Its indentation is that of all its lines.
fn wrap(line: &str, width: usize, lines: &mut Vec<String>) {
    if line.chars().count() <= width {
        lines.push(line.to_owned());
        return;
    }
    let text = line.trim_start();
    let indentation = line.strip_suffix(text).unwrap_or_default();
    let mut current = indentation.to_owned();
    let mut length = current.chars().count();
    for word in text.split(' ') {
        let word_length = word.chars().count();
        if length + 1 + word_length > width && current.len() > indentation.len() {
            lines.push(std::mem::replace(&mut current, indentation.to_owned()));
            length = current.chars().count();
        }
        if current.len() > indentation.len() {
            current.push(' ');
            length += 1;
        }
        current.push_str(word);
        length += word_length;
    }
    lines.push(current);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn long_lines_are_wrapped() {
        let text = format!(
            "{} end\n  - {} end",
            "word ".repeat(12).trim_end(),
            "item ".repeat(12).trim_end()
        );
        assert_eq!(
            lines(&text, 60),
            [
                "word word word word word word word word word word",
                "word word end",
                "  - item item item item item item item item item",
                "  item item item end",
            ]
        );
        assert_eq!(
            lines("a\r\nb\u{2028}c\u{1b}\u{ffff}", 0),
            ["a", "", "b", "c\\u{1b}\u{fffd}"]
        );
        assert_eq!(lines(&"x".repeat(200), 0), ["x".repeat(200)]);
    }

    proptest! {
        #[test]
        fn words_are_kept_and_lines_do_not_end_early(text in "[x \n\r\u{85}\u{2028}\u{0}-\u{1f}é]{0,300}") {
            let lines = lines(&text, 0);
            prop_assert!(lines.iter().all(|line| !line.contains(|one: char| one.is_control() || is_line_break(one))));
            let count = |text: &str| text.matches('x').count();
            prop_assert_eq!(lines.iter().map(|line| count(line)).sum::<usize>(), count(&text));
        }
    }
}
