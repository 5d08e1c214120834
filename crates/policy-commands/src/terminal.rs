//! Markdown as text for a terminal: wrapped, with aligned columns, and with roles in place of marks.

use iam_policy_document::{Role, StyledText};
use pulldown_cmark::{Alignment, Event, Options, Parser, Tag, TagEnd};
use textwrap::core::{Fragment, display_width};
use textwrap::wrap_algorithms::wrap_first_fit;

/// A terminal narrower than this gets text of this width.
const NARROWEST: usize = 30;

/// Text wider than this is hard to read, except in tables.
const WIDEST: usize = 100;

/// What separates columns.
const GAP: &str = "  ";

/// Text is wrapped to no less than this.
const NARROWEST_TEXT: usize = 12;

/// In tables, longer words are broken if there is no room for them.
const LONGEST_WORD: usize = 30;

/// Renders a report.
///
/// - `markdown`: the report; its HTML is left out, except for line breaks and code
/// - `width`: the number of columns of the terminal
pub(crate) fn render(markdown: &str, width: usize) -> StyledText {
    let mut renderer = Renderer {
        out: StyledText::new(),
        width: width.max(NARROWEST),
        text: Text::default(),
        roles: Vec::new(),
        in_html_code: false,
        links: Vec::new(),
        first: String::new(),
        rest: String::new(),
        lists: Vec::new(),
        table: None,
        block: None,
    };
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        renderer.event(event);
    }
    renderer.flush();
    renderer.out
}

/// Text with roles. Line feeds are forced breaks.
#[derive(Clone, Debug, Default)]
struct Text(Vec<(Role, String)>);

impl Text {
    fn push(&mut self, role: Role, text: &str) {
        match self.0.last_mut() {
            Some((last, known)) if *last == role => known.push_str(text),
            _ => self.0.push((role, text.to_owned())),
        }
    }

    /// The words of each line that is separated by a forced break.
    fn lines(&self) -> Vec<Vec<Word>> {
        let mut lines = vec![Vec::new()];
        let mut word = Word::default();
        for (role, text) in &self.0 {
            for character in text.chars() {
                if character == '\n' || character == ' ' {
                    if let (false, Some(line)) = (word.pieces.is_empty(), lines.last_mut()) {
                        word.is_followed_by_space = true;
                        line.push(std::mem::take(&mut word));
                    }
                    if character == '\n' {
                        lines.push(Vec::new());
                    }
                } else {
                    word.push(*role, character);
                }
            }
        }
        if let (false, Some(line)) = (word.pieces.is_empty(), lines.last_mut()) {
            line.push(word);
        }
        lines
    }

    /// The width without wrapping.
    fn width(&self) -> usize {
        let widths = self.lines().into_iter().map(|line| {
            let spaces = line.len().saturating_sub(1);
            line.iter().map(Word::columns).sum::<usize>() + spaces
        });
        widths.max().unwrap_or(0)
    }

    /// The width of the longest word.
    fn longest_word(&self) -> usize {
        let words = self.lines().into_iter().flatten();
        words.map(|word| word.columns()).max().unwrap_or(0)
    }

    /// The lines of at most `width` columns.
    fn wrap(&self, width: usize) -> Vec<Vec<Word>> {
        let mut wrapped = Vec::new();
        for line in self.lines() {
            let words: Vec<Word> = line.into_iter().flat_map(|word| word.broken(width)).collect();
            #[expect(clippy::cast_precision_loss, reason = "terminals are not that wide")]
            let lines = wrap_first_fit(&words, &[width as f64]);
            wrapped.extend(lines.into_iter().map(<[Word]>::to_vec));
        }
        wrapped
    }
}

/// Characters that stay together, with their roles.
#[derive(Clone, Debug, Default)]
struct Word {
    pieces: Vec<(Role, String)>,
    is_followed_by_space: bool,
}

impl Word {
    fn push(&mut self, role: Role, character: char) {
        match self.pieces.last_mut() {
            Some((last, text)) if *last == role => text.push(character),
            _ => self.pieces.push((role, character.into())),
        }
    }

    fn columns(&self) -> usize {
        self.pieces.iter().map(|(_, text)| display_width(text)).sum()
    }

    /// Parts of at most `width` columns, which end where ARNs and names have separators if possible.
    fn broken(self, width: usize) -> Vec<Self> {
        if self.columns() <= width {
            return vec![self];
        }
        let characters: Vec<(Role, char)> = self
            .pieces
            .iter()
            .flat_map(|(role, text)| text.chars().map(|character| (*role, character)))
            .collect();
        let mut parts = Vec::new();
        let mut rest = characters.as_slice();
        while !rest.is_empty() {
            let (mut used, mut fitting) = (0, 0);
            for (_, character) in rest {
                used += display_width(character.encode_utf8(&mut [0; 4]));
                if used > width && fitting > 0 {
                    break;
                }
                fitting += 1;
            }
            let fits = rest.get(..fitting).unwrap_or(rest);
            let separator = fits
                .iter()
                .rposition(|(_, one)| matches!(one, ':' | '/' | ',' | '-' | '_' | '.'));
            let end = match separator {
                Some(at) if fitting < rest.len() && at > 0 => at + 1,
                _ => fitting,
            };
            let (part, after) = rest.split_at(end);
            let mut word = Self::default();
            for (role, character) in part {
                word.push(*role, *character);
            }
            word.is_followed_by_space = after.is_empty() && self.is_followed_by_space;
            parts.push(word);
            rest = after;
        }
        parts
    }
}

#[expect(clippy::cast_precision_loss, reason = "words are not that long")]
impl Fragment for Word {
    fn width(&self) -> f64 {
        self.columns() as f64
    }

    fn whitespace_width(&self) -> f64 {
        if self.is_followed_by_space { 1.0 } else { 0.0 }
    }

    fn penalty_width(&self) -> f64 {
        0.0
    }
}

/// Appends words, and returns their width.
fn put(out: &mut StyledText, words: &[Word]) -> usize {
    let mut columns = 0;
    for (number, word) in words.iter().enumerate() {
        for (role, text) in &word.pieces {
            out.push(*role, text);
        }
        columns += word.columns();
        if word.is_followed_by_space && number + 1 < words.len() {
            out.plain(" ");
            columns += 1;
        }
    }
    columns
}

#[derive(Default)]
struct Table {
    alignments: Vec<Alignment>,
    rows: Vec<Vec<Text>>,
}

struct Renderer {
    out: StyledText,
    width: usize,
    /// The paragraph, item or cell so far.
    text: Text,
    roles: Vec<Role>,
    in_html_code: bool,
    /// The targets of the open links, and where their texts begin.
    links: Vec<(String, usize)>,
    /// What precedes the next line, and the lines after it.
    first: String,
    rest: String,
    /// The number of the next item of each open list; nothing for bullets.
    lists: Vec<Option<u64>>,
    table: Option<Table>,
    /// The code block so far.
    block: Option<String>,
}

impl Renderer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.block {
                Some(block) => block.push_str(&text),
                None => self.push(&text),
            },
            Event::Code(code) => self.text.push(Role::Code, &code),
            Event::InlineHtml(tag) => match &*tag {
                "<br>" => self.text.push(Role::Plain, "\n"),
                "<code>" => self.in_html_code = true,
                "</code>" => self.in_html_code = false,
                _ => {}
            },
            Event::SoftBreak => self.push(" "),
            Event::HardBreak => self.text.push(Role::Plain, "\n"),
            Event::Rule => {
                self.separate();
                self.out.push(Role::Gutter, &"─".repeat(self.width.min(WIDEST)));
                self.out.plain("\n");
            }
            _ => {}
        }
    }

    fn push(&mut self, text: &str) {
        let role = if self.in_html_code {
            Role::Code
        } else {
            self.roles.last().copied().unwrap_or(Role::Plain)
        };
        // A space that must not be a break is one within a line all the same.
        self.text.push(role, &text.replace(['\u{a0}', '\n'], " "));
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { .. } | Tag::Strong | Tag::TableHead => {
                if matches!(tag, Tag::Heading { .. }) {
                    self.flush();
                }
                self.roles.push(Role::Message);
                if let (Tag::TableHead, Some(table)) = (&tag, &mut self.table) {
                    table.rows.push(Vec::new());
                }
            }
            Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            Tag::Table(alignments) => {
                self.flush();
                self.table = Some(Table {
                    alignments,
                    rows: Vec::new(),
                });
            }
            Tag::List(start) => {
                self.flush();
                if self.lists.is_empty() {
                    self.separate();
                }
                self.lists.push(start);
            }
            Tag::Item => {
                self.flush();
                let indent = "  ".repeat(self.lists.len().saturating_sub(1));
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", number.saturating_sub(1))
                    }
                    _ => "- ".to_owned(),
                };
                self.rest = format!("{indent}{:1$}", "", mark.len());
                self.first = indent + &mark;
            }
            Tag::CodeBlock(_) => {
                self.flush();
                self.block = Some(String::new());
            }
            Tag::Link { dest_url, .. } => {
                let begins = self.text.0.iter().map(|(_, text)| text.len()).sum();
                self.links.push((dest_url.into_string(), begins));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::Item => self.flush(),
            TagEnd::Heading(_) => {
                self.separate();
                self.roles.pop();
                self.flush();
            }
            TagEnd::Strong | TagEnd::TableHead => {
                self.roles.pop();
            }
            TagEnd::TableCell => {
                let text = std::mem::take(&mut self.text);
                if let Some(row) = self.table.as_mut().and_then(|table| table.rows.last_mut()) {
                    row.push(text);
                }
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    self.separate();
                    table.render(&mut self.out, self.width);
                }
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
                if self.lists.is_empty() {
                    self.first.clear();
                    self.rest.clear();
                }
            }
            TagEnd::CodeBlock => {
                if let Some(block) = self.block.take() {
                    self.separate();
                    self.out.push(Role::Code, &block);
                }
            }
            TagEnd::Link => self.end_link(),
            _ => {}
        }
    }

    /// Shows where a link leads, unless it is within the page or the name of an action, which AWS documents.
    fn end_link(&mut self) {
        let Some((target, begins)) = self.links.pop() else {
            return;
        };
        let is_code = self.text.0.last().is_some_and(|(role, _)| *role == Role::Code);
        let all: String = self.text.0.iter().map(|(_, text)| text.as_str()).collect();
        let own = all.get(begins..).unwrap_or_default();
        if !is_code && !target.starts_with('#') && own != target {
            self.text.push(Role::Plain, &format!(" ({target})"));
        }
    }

    /// Ends the paragraph or item.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.0.iter().all(|(_, text)| text.trim().is_empty()) {
            return;
        }
        if self.lists.is_empty() {
            self.separate();
        }
        let width = self
            .width
            .min(WIDEST)
            .saturating_sub(self.rest.len())
            .max(NARROWEST_TEXT);
        for line in text.wrap(width) {
            let prefix = std::mem::replace(&mut self.first, self.rest.clone());
            if !prefix.is_empty() {
                self.out.plain(&prefix);
            }
            put(&mut self.out, &line);
            self.out.plain("\n");
        }
    }

    /// Starts a block after an empty line.
    fn separate(&mut self) {
        if !self.out.is_empty() && !self.out.as_str().ends_with("\n\n") {
            self.out.plain("\n");
        }
    }
}

impl Table {
    fn render(&self, out: &mut StyledText, width: usize) {
        let Some((head, body)) = self.rows.split_first() else {
            return;
        };
        let Some(widths) = self.widths(width) else {
            return stacked(head, body, out, width);
        };
        self.row(head, &widths, out);
        let rules: Vec<_> = widths.iter().map(|width| "─".repeat(*width)).collect();
        out.push(Role::Gutter, &rules.join(GAP));
        out.plain("\n");
        let mut was_tall = false;
        for (number, row) in body.iter().enumerate() {
            let is_tall = row.iter().zip(&widths).any(|(cell, width)| cell.wrap(*width).len() > 1);
            if number > 0 && (is_tall || was_tall) {
                out.plain("\n");
            }
            was_tall = is_tall;
            self.row(row, &widths, out);
        }
    }

    /// The width of each column: what it needs or, if that is too much, its longest word and a share of what is left, in
    /// proportion to what it lacks. Nothing if that does not fit either.
    fn widths(&self, width: usize) -> Option<Vec<usize>> {
        let columns = self.rows.first()?.len();
        let mut needed = vec![0; columns];
        let mut least = vec![0; columns];
        for row in &self.rows {
            for ((needed, least), cell) in needed.iter_mut().zip(&mut least).zip(row) {
                *needed = cell.width().max(*needed);
                *least = cell.longest_word().min(LONGEST_WORD).max(*least);
            }
        }
        let available = width.saturating_sub(GAP.len() * columns.saturating_sub(1));
        if needed.iter().sum::<usize>() <= available {
            return Some(needed);
        }
        let left = available.checked_sub(least.iter().sum())?;
        let lacking: usize = needed.iter().zip(&least).map(|(needed, least)| needed - least).sum();
        let widths = needed.iter().zip(&least);
        Some(
            widths
                .map(|(needed, least)| least + left * (needed - least) / lacking.max(1))
                .collect(),
        )
    }

    fn row(&self, row: &[Text], widths: &[usize], out: &mut StyledText) {
        let cells: Vec<_> = row.iter().zip(widths).map(|(cell, width)| cell.wrap(*width)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for number in 0..height {
            let mut gap = 0;
            for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
                let line = cell.get(number).map_or(&[][..], Vec::as_slice);
                let used = columns(line);
                let is_right = self.alignments.get(column) == Some(&Alignment::Right);
                let before = if is_right { width - used.min(*width) } else { 0 };
                if used > 0 {
                    // Spaces at the end of a line would only be in the way.
                    out.plain(&" ".repeat(gap + before));
                    put(out, line);
                    gap = width.saturating_sub(before + used) + GAP.len();
                } else {
                    gap += width + GAP.len();
                }
            }
            out.plain("\n");
        }
    }
}

fn columns(words: &[Word]) -> usize {
    put(&mut StyledText::new(), words)
}

/// A table for terminals that are too narrow: each row is a list.
fn stacked(head: &[Text], body: &[Vec<Text>], out: &mut StyledText, width: usize) {
    for (number, row) in body.iter().enumerate() {
        if number > 0 {
            out.plain("\n");
        }
        for (name, cell) in head.iter().zip(row) {
            let mut text = name.clone();
            text.push(Role::Message, ": ");
            let lines = cell.0.iter().map(|(role, text)| (*role, text.replace('\n', ", ")));
            text.0.extend(lines);
            if cell.width() == 0 {
                continue;
            }
            for line in text.wrap(width) {
                put(out, &line);
                out.plain("\n");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    fn check(markdown: &str, width: usize, expected: Expect) {
        expected.assert_eq(render(markdown, width).as_str());
    }

    const TABLE: &str = "| Permission | Access | Reason |\n|---|--:|---|\n\
        | `s3:GetObject`<br>`s3:PutObject` | Read<br>Write | Stores *rendered* videos a\\|b in the bucket, and reads them. |\n\
        | [`iam:PassRole`](https://docs.aws.amazon.com/x) | Write | <code>a&#124;b</code> |\n";

    #[test]
    fn tables_fit() {
        check(
            TABLE,
            100,
            expect![[r#"
            Permission    Access  Reason
            ────────────  ──────  ─────────────────────────────────────────────────────────
            s3:GetObject    Read  Stores rendered videos a|b in the bucket, and reads them.
            s3:PutObject   Write

            iam:PassRole   Write  a|b
        "#]],
        );
        check(
            TABLE,
            50,
            expect![[r#"
            Permission    Access  Reason
            ────────────  ──────  ────────────────────────────
            s3:GetObject    Read  Stores rendered videos a|b
            s3:PutObject   Write  in the bucket, and reads
                                  them.

            iam:PassRole   Write  a|b
        "#]],
        );
        check(
            TABLE,
            30,
            expect![[r#"
                Permission    Access  Reason
                ────────────  ──────  ────────
                s3:GetObject    Read  Stores
                s3:PutObject   Write  rendered
                                      videos
                                      a|b in
                                      the
                                      bucket,
                                      and
                                      reads
                                      them.

                iam:PassRole   Write  a|b
            "#]],
        );
    }

    #[test]
    fn prose_is_wrapped() {
        check(
            "<a id=\"user\"></a>\n\n# User `a`\n\n**Widened**: everything allowed before is still allowed, and some requests are new.\n\n\
            ### `s3`: Read\n\n- `s3:GetObject`, `s3:GetObjectAcl` and `s3:GetObjectVersion`\n  - allowed by statement 1 (new.json:1): see \
            [the guide](https://example.com/guide)\n  - for example `s3:GetObject` on `arn:aws:s3:::reports-of-the-year/a-long-name-of-an-object`\n- second\n\n\
            1. one\n2. two\n\n```json\n{\n  \"a\": 1\n}\n```\n\nEnd.\n",
            44,
            expect![[r#"
                User a

                Widened: everything allowed before is still
                allowed, and some requests are new.

                s3: Read

                - s3:GetObject, s3:GetObjectAcl and
                  s3:GetObjectVersion
                  - allowed by statement 1 (new.json:1): see
                    the guide (https://example.com/guide)
                  - for example s3:GetObject on
                    arn:aws:s3:::reports-of-the-year/a-long-
                    name-of-an-object
                - second

                1. one
                2. two

                {
                  "a": 1
                }

                End.
            "#]],
        );
    }

    #[test]
    fn marks_become_roles() {
        let text = render("**Allow** on `*`, <b>really</b>\n", 80);
        let pieces: Vec<_> = text.pieces().collect();
        assert_eq!(
            pieces,
            [
                (Role::Message, "Allow"),
                (Role::Plain, " on "),
                (Role::Code, "*"),
                (Role::Plain, ", really\n"),
            ]
        );
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_the_terminal(
            markdown in r"([a-z:/*-]{1,30}| |\n|\n\n|`[a-z ]{1,20}`|- |  - |# |\| a[a-z ]{0,40} \| `b`<br>[a-z]{0,60} \|\n\|---\|---\|\n|\*\*b\*\*){0,30}",
            width in 30_usize..120,
        ) {
            for line in render(&markdown, width).as_str().lines() {
                // Only deeply nested lists may need more.
                let indent = line.len() - line.trim_start().len();
                prop_assert!(display_width(line) <= width.max(indent + 14), "{width}: {line:?}\n{markdown}");
            }
        }
    }
}
