//! Messages in colors, for a person at a terminal.

use std::env;
use std::io::{self, Write};

const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const GREEN: &str = "\x1b[1;32m";
const CYAN: &str = "\x1b[1;36m";
const BLUE: &str = "\x1b[1;34m";
const BOLD: &str = "\x1b[1m";
const PLAIN: &str = "\x1b[0m";

/// What a message begins with, and its color.
const HEADS: [(&str, &str); 8] = [
    ("error", RED),
    ("security warning", RED),
    ("warning", YELLOW),
    ("suggestion", CYAN),
    ("note", GREEN),
    ("allowed", GREEN),
    ("implicitDeny", RED),
    ("explicitDeny", RED),
];

/// Whether the user and the terminal want colors.
///
/// Source: no-color.org, "`NO_COLOR`: disabling ANSI color output by default": any value but the empty one asks for
/// none.
pub(crate) fn is_wanted() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    // An old console of Windows shows the sequences themselves.
    !is_set("NO_COLOR") && !is_dumb && (!cfg!(windows) || is_set("WT_SESSION") || is_set("TERM"))
}

/// Messages as they are written without colors: heads, and excerpts with their numbers, underlines and helps.
pub(crate) fn paint(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut mark = RED;
    for whole in text.split_inclusive('\n') {
        let (line, end) = match whole.strip_suffix('\n') {
            Some(line) => (line, "\n"),
            None => (whole, ""),
        };
        if let Some((color, head, rest)) = head(line) {
            mark = color;
            out.extend([color, head, PLAIN, BOLD, rest, PLAIN]);
        } else if let Some((margin, rest)) = margin(line) {
            let is_underline = rest.trim_start().starts_with(['^', '-']);
            let color = if is_underline && margin.trim_start().starts_with('|') {
                mark
            } else {
                ""
            };
            out.extend([BLUE, margin, PLAIN, color, rest]);
            out.push_str(if color.is_empty() { "" } else { PLAIN });
        } else if let Some((before, word, rest)) = advice(line) {
            out.extend([BLUE, before, PLAIN, BOLD, word, PLAIN, rest]);
        } else {
            out.push_str(line);
        }
        out.push_str(end);
    }
    out
}

/// The color of a head, what it says of the kind of message, and the message.
fn head(line: &str) -> Option<(&'static str, &str, &str)> {
    let (kind, color) = HEADS.iter().find(|(kind, _)| line.starts_with(kind))?;
    let rest = line.get(kind.len()..)?;
    let end = match rest.strip_prefix('[') {
        Some(inside) => inside.find("]: ")? + 2,
        None => rest.starts_with(": ").then_some(0)?,
    };
    let (before, message) = line.split_at_checked(kind.len() + end)?;
    Some((color, before, message))
}

/// The arrow before a place, or the number of a line and the bar, and what follows.
fn margin(line: &str) -> Option<(&str, &str)> {
    let start = line.find(|character: char| character != ' ')?;
    let rest = line.get(start..)?;
    let digits = rest
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(rest.len());
    let spaces = rest.get(digits..)?.len() - rest.get(digits..)?.trim_start_matches(' ').len();
    let after = rest.get(digits + spaces..)?;
    let length = match after.as_bytes() {
        [b'-', b'-', b'>', b' ', ..] if digits == 0 => 3,
        [b'|'] | [b'|', b' ', ..] if digits == 0 || start == 0 => 1,
        _ => return None,
    };
    line.split_at_checked(start + digits + spaces + length)
}

/// What stands before the word `help` or `note` below an excerpt, the word, and the advice.
fn advice(line: &str) -> Option<(&str, &str, &str)> {
    let word = line.find(|character: char| character != ' ' && character != '=')?;
    let (before, rest) = line.split_at_checked(word)?;
    let length = ["help:", "note:"]
        .into_iter()
        .find(|word| rest.starts_with(word))?
        .len();
    let (word, rest) = rest.split_at_checked(length)?;
    before.starts_with(' ').then_some((before, word, rest))
}

/// Paints each message, which is written at once.
pub(crate) struct Painted<W>(pub(crate) W);

impl<W: Write> Write for Painted<W> {
    fn write(&mut self, message: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(message) {
            Ok(text) => self.0.write_all(paint(text).as_bytes())?,
            Err(_) => self.0.write_all(message)?,
        }
        Ok(message.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// Compares with the colors named.
    fn check(text: &str, expected: Expect) {
        let mut named = paint(text);
        for (color, name) in [
            (RED, "red"),
            (YELLOW, "yellow"),
            (GREEN, "green"),
            (CYAN, "cyan"),
            (BLUE, "blue"),
            (BOLD, "bold"),
            (PLAIN, "/"),
        ] {
            named = named.replace(color, &format!("<{name}>"));
        }
        expected.assert_eq(&named);
    }

    #[test]
    fn findings() {
        check(
            "warning[ACTION]: `a` is no action\n  --> user.json:12:3\n   |\n11 |   {\n12 |   \"a\",\n   |   ^^^ here\n...\n15 |   --- | x\n   |   ---\n   = help: did you mean `b`?\n\n",
            expect![[r#"
                <yellow>warning[ACTION]</><bold>: `a` is no action</>
                <blue>  --></> user.json:12:3
                <blue>   |</>
                <blue>11 |</>   {
                <blue>12 |</>   "a",
                <blue>   |</><yellow>   ^^^ here</>
                ...
                <blue>15 |</>   --- | x
                <blue>   |</><yellow>   ---</>
                <blue>   = </><bold>help:</> did you mean `b`?

            "#]],
        );
        check(
            "security warning[PASS_ROLE]: it\n",
            expect![[r#"
            <red>security warning[PASS_ROLE]</><bold>: it</>
        "#]],
        );
    }

    #[test]
    fn messages_of_commands() {
        check(
            "error: there is no file `a`\n  help: did you mean `b`?\nnote: c\n",
            expect![[r#"
                <red>error</><bold>: there is no file `a`</>
                <blue>  </><bold>help:</> did you mean `b`?
                <green>note</><bold>: c</>
            "#]],
        );
        check(
            "implicitDeny: no policy allows it\nclosest is statement 0\n",
            expect![[r#"
                <red>implicitDeny</><bold>: no policy allows it</>
                closest is statement 0
            "#]],
        );
    }

    #[test]
    fn all_else_is_left_as_it_is() {
        let text = "errors are told\n| a | b |\n- help: x\n12 files checked\n\u{e4} --> b\n  help\n";
        assert_eq!(paint(text).replace(BLUE, "").replace(PLAIN, ""), text);
        for text in [
            "",
            "\n",
            "errors are told\n",
            "1 file checked: 1 error in 1 file\n",
            "- help: x\n",
            "help: x",
            "allowed by it",
        ] {
            assert_eq!(paint(text), text);
        }
    }
}
