//! Renders texts of a spec for a terminal.

use std::fmt::Write;

/// Markdown as plain text: without emphasis, heading and code block markers, and with link targets in parentheses.
///
/// Each paragraph becomes one line, since help is wrapped to the terminal. Lists, tables and code blocks keep their
/// line breaks, and inline code its backticks.
pub(crate) fn plain(markdown: &str) -> String {
    let mut lines: Vec<(String, bool)> = Vec::new();
    let mut fenced = false;
    let mut in_paragraph = false;
    for line in markdown.trim().lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            fenced = !fenced;
            in_paragraph = false;
            continue;
        }
        let starts = ["- ", "* ", "+ ", "#", "|", ">"];
        let own_line = fenced || trimmed.is_empty() || starts.iter().any(|start| trimmed.starts_with(start));
        match lines.last_mut() {
            Some((last, _)) if in_paragraph && !own_line => {
                last.push(' ');
                last.push_str(trimmed);
            }
            _ if trimmed.starts_with('#') && !fenced => {
                lines.push((trimmed.trim_start_matches('#').trim_start().to_owned(), false));
            }
            _ => lines.push((line.to_owned(), fenced)),
        }
        in_paragraph = !fenced && !trimmed.is_empty() && !trimmed.starts_with(['#', '|']);
    }
    let lines: Vec<String> = lines
        .into_iter()
        .map(|(line, code)| if code { line } else { without_marks(&line) })
        .collect();
    lines.join("\n")
}

/// Removes inline markup from a line.
fn without_marks(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let tail = rest.get(first.len_utf8()..).unwrap_or_default();
        let escaped = tail.chars().next().filter(char::is_ascii_punctuation);
        if let (Some((whole, after)), '`') = (code(rest), first) {
            text.push_str(whole);
            rest = after;
        } else if let (Some(character), '\\') = (escaped, first) {
            text.push(character);
            rest = tail.get(1..).unwrap_or_default();
        } else if let Some((name, address, after)) = link(rest) {
            let name = without_marks(name);
            text.push_str(&name);
            if name != address {
                // Writing to a `String` cannot fail.
                let _ = write!(text, " ({address})");
            }
            rest = after;
        } else if let Some((inner, after)) = emphasis(rest, text.chars().next_back()) {
            text.push_str(&without_marks(inner));
            rest = after;
        } else {
            let run = run(rest, first);
            text.push_str(run);
            rest = rest.get(run.len()..).unwrap_or_default();
        }
    }
    text
}

/// The length of the run of markers that a text starts with; 1 for other characters.
fn run(text: &str, mark: char) -> &str {
    let length = match mark {
        '`' | '*' | '_' => text.len() - text.trim_start_matches(mark).len(),
        _ => mark.len_utf8(),
    };
    text.get(..length).unwrap_or_default()
}

/// The inline code that a text starts with, including its backticks, and the rest.
fn code(text: &str) -> Option<(&str, &str)> {
    let marks = run(text, '`');
    let inner = text.strip_prefix(marks)?;
    let mut from = 0;
    loop {
        let at = from + inner.get(from..)?.find('`')?;
        let closing = run(inner.get(at..)?, '`');
        if closing == marks {
            return text.split_at_checked(marks.len() + at + closing.len());
        }
        from = at + closing.len();
    }
}

/// The text and target of the link that a text starts with, and the rest.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (address, after) = rest.split_once(')')?;
    (!name.contains('[')).then_some((name, address, after))
}

/// The emphasized text that a text starts with, and the rest.
///
/// - `before`: the character before the text
fn emphasis(text: &str, before: Option<char>) -> Option<(&str, &str)> {
    let mark = text.chars().next().filter(|mark| matches!(mark, '*' | '_'))?;
    // Within a word, `_` is an ordinary character.
    let in_word = |character: Option<char>| mark == '_' && character.is_some_and(char::is_alphanumeric);
    let marks = run(text, mark);
    let inner = text.strip_prefix(marks)?;
    if in_word(before) || inner.starts_with(char::is_whitespace) {
        return None;
    }
    let mut from = 0;
    loop {
        let rest = inner.get(from..)?;
        let at = from + rest.find(['`', mark])?;
        let found = inner.get(at..)?;
        if let Some((whole, _)) = code(found) {
            from = at + whole.len();
            continue;
        }
        let closing = run(found, found.chars().next()?);
        let after = found.strip_prefix(closing)?;
        let content = inner.get(..at)?;
        let ends = closing == marks && !content.ends_with(char::is_whitespace) && !in_word(after.chars().next());
        if ends && !content.is_empty() {
            return Some((content, after));
        }
        from = at + closing.len();
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(markdown: &str, expected: Expect) {
        expected.assert_eq(&plain(markdown));
    }

    #[test]
    fn paragraphs_become_lines() {
        check(
            "One\ntwo.\n\nThree\n  four.\n",
            expect![[r"
                One two.

                Three four."]],
        );
    }

    #[test]
    fn lists_tables_and_code_keep_line_breaks() {
        check(
            "# Title\nText\n- first,\n  continued\n- second\n\n| a |\n|---|\n| b |\n```sh\none\ntwo\n```\nafter\nthat",
            expect![[r#"
                Title
                Text
                - first, continued
                - second

                | a |
                |---|
                | b |
                one
                two
                after that"#]],
        );
    }

    #[test]
    fn markup_is_stripped_except_in_code() {
        check(
            "Open *Permissions*, **then** `*` or ``a`*b``, and ***both***: _so_ and *with `a*b` in it*.",
            expect!["Open Permissions, then `*` or ``a`*b``, and both: so and with `a*b` in it."],
        );
        check(
            "See [the *guide*](https://example.com/a_b_c) and [https://example.com](https://example.com), [not](a link.",
            expect!["See the guide (https://example.com/a_b_c) and https://example.com, [not](a link."],
        );
        check(
            r"snake_case_name, 2 * 3 * 4, \*literally\*, *open, **odd*, `open, _a_b and a trailing \",
            expect![[r#"snake_case_name, 2 * 3 * 4, *literally*, open, **odd, `open, _a_b and a trailing \"#]],
        );
        check(
            "* a *b*\n* c",
            expect![[r#"
            * a b
            * c"#]],
        );
        check("é*é*é\u{1f600}_é_", expect!["ééé😀é"]);
    }
}
