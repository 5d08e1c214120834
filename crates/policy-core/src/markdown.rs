//! Text inside Markdown, wherever it comes from: code, prose on one line, and prose of several paragraphs.
//!
//! The authors of a spec write their prose in Markdown. On a page it stands between other people's prose, in table
//! cells and lists, so it must stay where it is put and load nothing: what would end a table cell or a paragraph, begin
//! a heading, embed an image or contain HTML is shown as plain text. Emphasis, code and links to `http`, `https`,
//! `mailto` or relative addresses work.
//!
//! # Examples
//!
//! ```
//! use iam_policy_core::markdown::{Blocks, Code, Inline};
//!
//! assert_eq!(Code("a`b").to_string(), "``a`b``");
//! assert_eq!(Inline("Reads `a|b`,\n<b>or</b> writes.").to_string(), r"Reads <code>a&#124;b</code>, \<b>or\</b> writes.");
//! assert_eq!(Blocks("# One\n\nTwo\n===").to_string(), "\\# One\n\nTwo\n\\===");
//! ```

use core::fmt::{self, Display, Write};

use crate::text::is_invisible;

/// Literal text as a code span. Line breaks and tabs become spaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Code<'a>(pub &'a str);

/// Prose on one line: for table cells, list items, headings and paragraphs. Line breaks become spaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Inline<'a>(pub &'a str);

/// Prose of any number of paragraphs, lists, quotes, tables and fenced code blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Blocks<'a>(pub &'a str);

/// Literal text within a line, such as the name of a file: nothing in it is markup. Line breaks and tabs become spaces.
///
/// # Examples
///
/// ```
/// use iam_policy_core::markdown::Literal;
///
/// assert_eq!(Literal("a_b/c.json").to_string(), "a_b/c.json");
/// assert_eq!(Literal("[a](https://b) www.c").to_string(), r"\[a\](https\://b) www\.c");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Literal<'a>(pub &'a str);

impl Display for Code<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        code(f, self.0)
    }
}

impl Display for Inline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.trim();
        if starts_block(text) || starts_container(text) > 0 {
            guard(f, text)
        } else {
            Prose { out: f, is_line: true }.write(text).map(|_| ())
        }
    }
}

impl Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_word = |one: Option<char>| one.is_some_and(char::is_alphanumeric);
        let mut before = None;
        let mut rest = self.0;
        while let Some(character) = rest.chars().next() {
            let (written, after) = rest.split_at(character.len_utf8());
            let is_markup = match character {
                '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' | '#' => true,
                '_' => !(is_word(before) && is_word(after.chars().next())),
                '!' => after.starts_with('['),
                // Some sites make links of addresses without markup.
                ':' => after.starts_with("//"),
                '.' => self.0.get(..self.0.len() - rest.len()).is_some_and(|start| {
                    let prefix = start.len().checked_sub("www".len()).and_then(|from| start.get(from..));
                    prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case("www"))
                }),
                _ => false,
            };
            match character {
                '\n' | '\r' | '\t' => f.write_char(' ')?,
                _ if is_markup => write!(f, "\\{character}")?,
                _ if is_invisible(character) => write!(f, "\\{}", character.escape_default())?,
                _ => f.write_str(written)?,
            }
            before = Some(character);
            rest = after;
        }
        Ok(())
    }
}

impl Display for Blocks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.trim_end();
        while let Some((_, after)) = rest.split_once('\n').filter(|(line, _)| line.trim().is_empty()) {
            rest = after;
        }
        let mut is_first = true;
        while !rest.is_empty() {
            if !is_first {
                f.write_char('\n')?;
            }
            is_first = false;
            rest = block_line(f, rest)?;
        }
        Ok(())
    }
}

/// Writes the first line of `text`, or the fenced code block that begins there, and returns what follows. Code in the
/// line may end on a later one.
fn block_line<'t>(f: &mut fmt::Formatter<'_>, text: &'t str) -> Result<&'t str, fmt::Error> {
    let line = text.lines().next().unwrap_or_default();
    if line.trim().is_empty() {
        return Ok(text.split_once('\n').unwrap_or_default().1);
    }
    if let Some(fence) = Fence::opening(line) {
        return fence.write(f, text.split_once('\n').unwrap_or_default().1);
    }
    let content = containers(line);
    let (prefix, content) = text.split_at_checked(content).unwrap_or((text, ""));
    f.write_str(prefix)?;
    if starts_block(content.lines().next().unwrap_or_default()) {
        f.write_char('\\')?;
        let first = content.chars().next();
        let length = first.map_or(0, char::len_utf8);
        f.write_str(content.get(..length).unwrap_or_default())?;
        return Prose { out: f, is_line: false }.write(content.get(length..).unwrap_or_default());
    }
    Prose { out: f, is_line: false }.write(content)
}

/// A fence that opens a code block, at the margin of the page or of a list item.
struct Fence<'t> {
    mark: char,
    length: usize,
    info: &'t str,
}

impl<'t> Fence<'t> {
    fn opening(line: &'t str) -> Option<Self> {
        let text = line.trim();
        let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let info = text.trim_start_matches(mark);
        let length = text.len() - info.len();
        let is_fence = length >= 3 && !(mark == '`' && info.contains('`'));
        is_fence.then_some(Self { mark, length, info })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let text = line.trim();
        text.len() >= self.length && text.chars().all(|character| character == self.mark)
    }

    /// Writes the block at the margin of the page, so that nothing but its own end can end it, and returns what follows.
    fn write<'r>(&self, f: &mut fmt::Formatter<'_>, text: &'r str) -> Result<&'r str, fmt::Error> {
        let (mut end, mut after) = (text.len(), "");
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if self.is_closed_by(line) {
                (end, after) = (at, text.get(at + line.len()..).unwrap_or_default());
                break;
            }
            at += line.len();
        }
        let body = text.get(..end).unwrap_or_default();
        let margin = body
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(indentation)
            .min();
        let length = longest_run(body).max(2);
        fence(f, length)?;
        let info = self.info.trim();
        let is_word = |character: char| character.is_ascii_alphanumeric() || "+-_.,".contains(character);
        if info.chars().all(is_word) {
            f.write_str(info)?;
        }
        f.write_char('\n')?;
        for line in body.lines() {
            let line = line.get(margin.unwrap_or(0).min(line.len())..).unwrap_or_default();
            visible(f, line, |f, character| f.write_char(character))?;
            f.write_char('\n')?;
        }
        fence(f, length)?;
        Ok(after)
    }
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// The length of the markers of quotes and list items at the start of a line, and of the white space around them.
fn containers(line: &str) -> usize {
    let mut length = 0;
    loop {
        let rest = line.get(length..).unwrap_or_default();
        let marker = starts_container(rest.trim_start_matches([' ', '\t']));
        let space = indentation(rest);
        length += space + marker;
        if marker == 0 {
            return length;
        }
    }
}

/// The length of the marker of a quote or list item that `text` starts with, or 0.
fn starts_container(text: &str) -> usize {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.get(digits..).unwrap_or_default();
    let is_item = |rest: &str| rest.is_empty() || rest.starts_with([' ', '\t', '\n']);
    match rest.chars().next() {
        Some('>') if digits == 0 => 1,
        // An empty item would underline a heading.
        Some('-') if digits == 0 && rest.trim_start_matches('-').trim().is_empty() => 0,
        Some('-' | '+' | '*') if digits == 0 && is_item(rest.get(1..).unwrap_or_default()) => 1,
        Some('.' | ')') if (1..10).contains(&digits) && is_item(rest.get(1..).unwrap_or_default()) => digits + 1,
        _ => 0,
    }
}

/// Whether `line` starts a heading, underlines one, is a rule, or starts a fenced code block.
fn starts_block(line: &str) -> bool {
    let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
    let after = line.get(hashes..).unwrap_or_default();
    let is_heading = (1..7).contains(&hashes) && (after.is_empty() || after.starts_with([' ', '\t', '\n']));
    let rule = |mark: char| line.starts_with(mark) && line.chars().all(|one| one == mark || one.is_whitespace());
    is_heading || line.starts_with("~~~") || ['-', '=', '_', '*'].into_iter().any(rule)
}

/// Writes prose on one line whose start would be the mark of a block.
fn guard(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, text) = text.split_at_checked(digits).unwrap_or(("", text));
    f.write_str(number)?;
    f.write_char('\\')?;
    let mut characters = text.chars();
    if let Some(mark) = characters.next() {
        f.write_char(mark)?;
    }
    Prose { out: f, is_line: true }.write(characters.as_str()).map(|_| ())
}

/// Writes prose with everything escaped that could have an effect outside it.
struct Prose<'f, 'b> {
    out: &'f mut fmt::Formatter<'b>,
    /// Whether all of it goes on one line, maybe in a table cell.
    is_line: bool,
}

impl Prose<'_, '_> {
    /// Writes `text` up to the first line break that is not in code, or all of it if it goes on one line. Returns what
    /// follows.
    fn write<'t>(&mut self, text: &'t str) -> Result<&'t str, fmt::Error> {
        let is_special = |character| matches!(character, '\\' | '`' | '<' | '|' | '!' | ']') || is_invisible(character);
        let mut rest = text;
        while let Some(at) = rest.find(is_special) {
            let (plain, special) = rest.split_at(at);
            self.out.write_str(plain)?;
            let mut characters = special.chars();
            let character = characters.next();
            let after = characters.as_str();
            rest = match character {
                Some('\\') => self.backslash(after)?,
                Some('`') => self.backticks(special)?,
                Some('<') => self.angle(special, after)?,
                Some('|') if self.is_line => self.escape("|", after)?,
                Some('!') if after.starts_with('[') => self.escape("!", after)?,
                Some(']') if after.starts_with(':') || leads_elsewhere(after) => self.escape("]", after)?,
                Some('\n') if !self.is_line => return Ok(after),
                Some('\n') => {
                    self.out.write_char(' ')?;
                    after.trim_start()
                }
                Some('\r') | None => after,
                Some('\t') => {
                    self.out.write_char(' ')?;
                    after
                }
                Some(invisible) if is_invisible(invisible) => {
                    write!(self.out, "\\{}", invisible.escape_default())?;
                    after
                }
                Some(other) => {
                    self.out.write_char(other)?;
                    after
                }
            };
        }
        self.out.write_str(rest)?;
        Ok("")
    }

    fn escape<'t>(&mut self, character: &str, after: &'t str) -> Result<&'t str, fmt::Error> {
        self.out.write_char('\\')?;
        self.out.write_str(character)?;
        Ok(after)
    }

    /// An escape of the author, or a backslash that would escape what comes next.
    fn backslash<'t>(&mut self, after: &'t str) -> Result<&'t str, fmt::Error> {
        self.out.write_char('\\')?;
        let mut characters = after.chars();
        let Some(escaped) = characters.next().filter(char::is_ascii_punctuation) else {
            self.out.write_char('\\')?;
            return Ok(after);
        };
        self.out.write_char(escaped)?;
        Ok(characters.as_str())
    }

    /// A code span, or backticks that open none.
    fn backticks<'t>(&mut self, text: &'t str) -> Result<&'t str, fmt::Error> {
        let after = text.trim_start_matches('`');
        let length = text.len() - after.len();
        let paragraph = paragraph(after);
        let mut at = 0;
        while let Some(found) = paragraph.get(at..).and_then(|rest| rest.find('`')) {
            let closing = paragraph.get(at + found..).unwrap_or_default();
            let run = closing.len() - closing.trim_start_matches('`').len();
            if run == length {
                let (inside, _) = paragraph.split_at(at + found);
                let is_padded = inside.starts_with([' ', '\n']) && inside.ends_with([' ', '\n']);
                let inside = match inside.get(1..inside.len().saturating_sub(1)) {
                    Some(trimmed) if is_padded && !inside.trim().is_empty() => trimmed,
                    _ => inside,
                };
                code(self.out, inside)?;
                return Ok(after.get(at + found + run..).unwrap_or_default());
            }
            at += found + run;
        }
        for _ in 0..length {
            self.out.write_str("\\`")?;
        }
        Ok(after)
    }

    /// A link in angle brackets, or a bracket that would open a tag.
    fn angle<'t>(&mut self, text: &'t str, after: &'t str) -> Result<&'t str, fmt::Error> {
        let is_link = |address: &str| {
            has_safe_scheme(address)
                && !address.contains(|one: char| "<`|\\\"".contains(one) || one.is_whitespace() || is_invisible(one))
        };
        match after.split_once('>') {
            Some((address, rest)) if is_link(address) => {
                self.out.write_str(text.get(..address.len() + 2).unwrap_or_default())?;
                Ok(rest)
            }
            _ => self.escape("<", after),
        }
    }
}

/// The text up to the next empty line.
fn paragraph(text: &str) -> &str {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        if end > 0 && line.trim().is_empty() {
            break;
        }
        end += line.len();
    }
    text.get(..end).unwrap_or_default()
}

fn has_safe_scheme(address: &str) -> bool {
    let scheme = address.split_once(':').map_or("", |(scheme, _)| scheme);
    ["http", "https", "mailto"]
        .into_iter()
        .any(|safe| scheme.eq_ignore_ascii_case(safe))
}

/// Whether `text`, which follows a `]`, is the destination of a link with another scheme than those of web pages and
/// mail.
fn leads_elsewhere(text: &str) -> bool {
    let Some(destination) = text.strip_prefix('(') else {
        return false;
    };
    let destination = destination.trim_start();
    let end = destination.find(|one: char| "/?#)".contains(one) || one.is_whitespace());
    let head = destination.get(..end.unwrap_or(destination.len())).unwrap_or_default();
    // A character reference or an escape could hide the colon.
    head.contains(['&', '\\']) || (head.contains(':') && !has_safe_scheme(head))
}

fn code(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    // No code span can contain a `|` both in a table cell and elsewhere.
    if text.contains('|') || text.is_empty() {
        f.write_str("<code>")?;
        tagged(f, text)?;
        return f.write_str("</code>");
    }
    let is_spaced = text.starts_with([' ', '\n', '\t']) && text.ends_with([' ', '\n', '\t']) && !text.trim().is_empty();
    let pad = if is_spaced || text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    let length = longest_run(text);
    fence(f, length)?;
    f.write_str(pad)?;
    visible(f, text, |f, character| f.write_char(character))?;
    f.write_str(pad)?;
    fence(f, length)
}

/// Literal text inside a tag, where Markdown still has an effect.
fn tagged(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    visible(f, text, |f, character| match character {
        '-' | '.' | '/' | ':' => f.write_char(character),
        _ if character.is_ascii_punctuation() => write!(f, "&#{};", u32::from(character)),
        _ => f.write_char(character),
    })
}

/// An action as code. A long one may be broken after its service, or it would make the column of a table too wide.
pub(crate) struct ActionCode<'a>(pub(crate) &'a str);

impl Display for ActionCode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// The longest action on one line, in characters.
        const LONGEST: usize = 50;
        match self.0.split_once(':') {
            Some((service, name)) if self.0.len() > LONGEST => {
                f.write_str("<code>")?;
                tagged(f, service)?;
                f.write_str(":<wbr>")?;
                tagged(f, name)?;
                f.write_str("</code>")
            }
            _ => code(f, self.0),
        }
    }
}

/// Writes literal text on one line, with invisible characters escaped.
fn visible(
    f: &mut fmt::Formatter<'_>,
    text: &str,
    mut write: impl FnMut(&mut fmt::Formatter<'_>, char) -> fmt::Result,
) -> fmt::Result {
    for character in text.chars() {
        match character {
            '\r' => {}
            '\n' | '\t' => write(f, ' ')?,
            _ if is_invisible(character) => {
                for one in character.escape_default() {
                    write(f, one)?;
                }
            }
            _ => write(f, character)?,
        }
    }
    Ok(())
}

/// The length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for byte in text.bytes() {
        run = if byte == b'`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// One more backtick than `inside`.
fn fence(f: &mut fmt::Formatter<'_>, inside: usize) -> fmt::Result {
    for _ in 0..=inside {
        f.write_char('`')?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn code_is_literal() {
        for (text, expected) in [
            ("s3:GetObject", "`s3:GetObject`"),
            ("`", "`` ` ``"),
            ("a``b", "```a``b```"),
            (" a ", "`  a  `"),
            (" ", "` `"),
            ("a\nb\u{202e}", r"`a b\u{202e}`"),
            ("a|<b>", "<code>a&#124;&#60;b&#62;</code>"),
            ("", "<code></code>"),
        ] {
            assert_eq!(Code(text).to_string(), expected, "{text:?}");
        }
    }

    #[test]
    fn literal_text_has_no_markup() {
        for (text, expected) in [
            (
                "generated/user_policy-2.aws-cn.json",
                "generated/user_policy-2.aws-cn.json",
            ),
            ("[a](javascript:b).json", r"\[a\](javascript:b).json"),
            ("![a](b) a!", r"\!\[a\](b) a!"),
            ("<stdin>", r"\<stdin\>"),
            ("_a_ **b** ~c~ $d$ `e`", r"\_a\_ \*\*b\*\* \~c\~ \$d\$ \`e\`"),
            ("HTTPS://a WWW.b &lt; c|d", r"HTTPS\://a WWW\.b \&lt; c\|d"),
            ("a\nb\tc\u{202e}\\", r"a b c\\u{202e}\\"),
        ] {
            assert_eq!(Literal(text).to_string(), expected, "{text:?}");
        }
    }

    #[test]
    fn long_actions_can_be_broken() {
        let long = "servicequotas:ListRequestedServiceQuotaChangeHistory*";
        assert_eq!(
            ActionCode(long).to_string(),
            "<code>servicequotas:<wbr>ListRequestedServiceQuotaChangeHistory&#42;</code>"
        );
        assert_eq!(ActionCode("s3:Get*").to_string(), "`s3:Get*`");
    }

    #[test]
    fn prose_stays_in_its_line() {
        for (text, expected) in [
            (
                "Reads *all* of **it**,\n  and `more`.",
                "Reads *all* of **it**, and `more`.",
            ),
            ("a|b and `c|d`", r"a\|b and <code>c&#124;d</code>"),
            ("<img src=x> &lt;", r"\<img src=x> &lt;"),
            (
                "<https://a.example/?x=1> <javascript:a>",
                r"<https://a.example/?x=1> \<javascript:a>",
            ),
            ("![a](b) [a](b)", r"\![a](b) [a](b)"),
            (
                "[a](javascript:b) [a](JaVa&#83;cript:b)",
                r"[a\](javascript:b) [a\](JaVa&#83;cript:b)",
            ),
            (
                "[a](https://b/c:d) [a](c/d:e) [a](#b)",
                "[a](https://b/c:d) [a](c/d:e) [a](#b)",
            ),
            ("[a]: https://b", r"[a\]: https://b"),
            ("`a ``b` c``", r"```a ``b``` c\`\`"),
            ("``` rust", r"\`\`\` rust"),
            (r"a \| b \< c \d \", r"a \| b \< c \\d \\"),
            ("# a", r"\# a"),
            ("- a", r"\- a"),
            ("12. a", r"12\. a"),
            ("> a", r"\> a"),
            ("---", r"\---"),
            ("~~~", r"\~~~"),
            ("*a* b", "*a* b"),
            ("\u{1b}[31m\u{202e}\r", r"\\u{1b}[31m\\u{202e}"),
        ] {
            assert_eq!(Inline(text).to_string(), expected, "{text:?}");
        }
    }

    #[test]
    fn prose_of_several_paragraphs_keeps_its_blocks() {
        for (text, expected) in [
            ("\n  \na\nb\n\n- c\n  - d\n1. e\n> f\n", "a\nb\n\n- c\n  - d\n1. e\n> f"),
            ("# a\n- # b\n> ## c", "\\# a\n- \\# b\n> \\## c"),
            ("a\n---\nb\n=\nc\n- ", "a\n\\---\nb\n\\=\nc\n\\-"),
            ("`a\nb` <c>", "`a b` \\<c>"),
            ("`a\n\nb` <c>", "\\`a\n\nb\\` \\<c>"),
            ("| a | b |\n|---|---|", "| a | b |\n|---|---|"),
            ("```sh\na <b>\n```\nc", "```sh\na <b>\n```\nc"),
            ("```sh\na", "```sh\na\n```"),
            ("~~~\n```\n~~~", "````\n```\n````"),
            ("- a\n  ```\n  b\n  ```", "- a\n```\nb\n```"),
            ("- ```\n  <b>", "- \\`\\`\\`\n  \\<b>"),
            ("> ~~~\n> <b>", "> \\~~~\n> \\<b>"),
            ("```a b\n```", "```\n```"),
        ] {
            assert_eq!(Blocks(text).to_string(), expected, "{text:?}");
        }
    }
}
