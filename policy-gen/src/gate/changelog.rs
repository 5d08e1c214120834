//! Which lines of a changelog are new.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A line of a Markdown file as a reader sees it: without comments, and empty if it belongs to a code block.
struct Line {
    source: String,
    text: String,
    /// The texts in backticks.
    code: Vec<String>,
}

/// A changelog, compared with an earlier one.
pub(super) struct Changelog {
    lines: Vec<Line>,
    /// Everything that the changelog and other files said before, each in one line, [reduced](reduced).
    known: String,
    /// The lines of the earlier changelog.
    earlier: Vec<String>,
}

/// A line that mentions something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mention {
    /// A new line.
    New(String),
    /// The number of a line, counted from 1, that was written since but does not count.
    Discounted(usize),
    Nothing,
}

impl Changelog {
    /// - `now`: the changelog
    /// - `then`: the changelog at the base
    /// - `others`: other files that existed at the base and do not exist now, from which lines may have been moved
    pub(super) fn new<'a>(now: &str, then: &'a str, others: impl Iterator<Item = &'a str>) -> Self {
        let mut known = String::new();
        for file in [then].into_iter().chain(others) {
            known.extend(lines(file).iter().map(|line| reduced(&line.text)));
            known.push('\n');
        }
        Self {
            lines: lines(now),
            known,
            earlier: then.lines().map(|line| line.trim().to_owned()).collect(),
        }
    }

    /// Finds a line with one of these names in backticks. A new one is preferred.
    ///
    /// A line is not new if, apart from white space, punctuation and case, it repeats what was said before.
    pub(super) fn mention(&self, names: &[String]) -> Mention {
        let is_new = |line: &&Line| {
            names.iter().any(|name| line.code.contains(name)) && !self.known.contains(&reduced(&line.text))
        };
        if let Some(line) = self.lines.iter().find(is_new) {
            return Mention::New(line.source.trim().to_owned());
        }
        let is_discounted = |line: &Line| {
            names.iter().any(|name| line.source.contains(&format!("`{name}`")))
                && !self.earlier.iter().any(|earlier| earlier == line.source.trim())
        };
        match self.lines.iter().position(is_discounted) {
            Some(index) => Mention::Discounted(index + 1),
            None => Mention::Nothing,
        }
    }
}

/// Text without white space, punctuation and case.
fn reduced(text: &str) -> String {
    let characters = text.chars().filter(|character| character.is_alphanumeric());
    characters.flat_map(char::to_lowercase).collect()
}

/// The lines of a Markdown file.
fn lines(markdown: &str) -> Vec<Line> {
    let mut starts = Vec::new();
    let mut lines = Vec::new();
    let mut start = 0;
    for source in markdown.split_inclusive('\n') {
        starts.push(start);
        start += source.len();
        lines.push(Line {
            source: source.to_owned(),
            text: String::new(),
            code: Vec::new(),
        });
    }
    // How many elements are open whose text is not part of the page's own.
    let mut hidden = 0_usize;
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    for (event, range) in Parser::new_ext(markdown, options).into_offset_iter() {
        let index = starts.partition_point(|start| *start <= range.start).saturating_sub(1);
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::Image { .. } | Tag::Strikethrough) => hidden += 1,
            Event::End(TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::Image | TagEnd::Strikethrough) => {
                hidden = hidden.saturating_sub(1);
            }
            Event::Text(text) if hidden == 0 => {
                if let Some(line) = lines.get_mut(index) {
                    line.text.push_str(&text);
                }
            }
            Event::Code(code) if hidden == 0 => {
                if let Some(line) = lines.get_mut(index) {
                    line.text.push_str(&code);
                    line.code.push(code.into_string());
                }
            }
            _ => {}
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEN: &str = "# Changelog\n\n- The `user` policy\n  may read.\n\n- The `role` may send.\n";

    fn mention(now: &str) -> Mention {
        let others = ["Notes: `user` may delete.\n"];
        Changelog::new(now, THEN, others.into_iter()).mention(&["user".to_owned(), "a.toml#user".to_owned()])
    }

    #[test]
    fn new_lines_count() {
        for line in [
            "- `user` may write.",
            "- The `user` policy may write.",
            "## `user` may write",
            "| `user` | may write |",
            "- See [`user`](x.md): it may write.",
            "- [x] `a.toml#user` may write.",
            "`user` may write\\",
            "1. Writes: `user` <!-- hidden -->",
        ] {
            let now = format!("{THEN}\n{line}\n");
            assert_eq!(mention(&now), Mention::New(line.to_owned()), "{line}");
        }
    }

    #[test]
    fn repeated_lines_do_not_count() {
        for line in [
            // White space, punctuation and case.
            "* The `user` policy",
            "- THE `user` POLICY!",
            "-   The   *`user`*   policy:",
            "- Th\u{ad}e `user` pol\u{200b}icy",
            "- The `user` policy <!-- of course -->",
            "- The `user` policy [](https://example.com/more)",
            "- The `user` policy ![more](x.png)",
            "- The `user` policy ~~more~~",
            // Other line breaks.
            "- The `user` policy may read.",
            "- The `user`",
            // A file that was removed.
            "- Notes: `user` may delete",
        ] {
            let now = format!("{THEN}\n{line}\n");
            assert_eq!(mention(&now), Mention::Discounted(8), "{line}");
        }
        assert_eq!(mention(THEN), Mention::Nothing);
        assert_eq!(
            mention(&format!("{THEN}\n- Users may write.\n- `users` may write.")),
            Mention::Nothing
        );
        assert_eq!(mention(&format!("\n- The `user` policy\n{THEN}")), Mention::Nothing);
    }

    #[test]
    fn comments_and_code_do_not_count() {
        for text in [
            "<!-- `user` may write -->",
            "<!--\n- `user` may write\n-->",
            "Text. <!-- `user` may write -->",
            "```\n`user` may write\n```",
            "~~~text\n- `user` may write",
            "    `user` may write",
            "- Item\n\n      `user` may write",
            "Write `` `user` may write ``.",
            "[x]: # (`user` may write)",
            "<div title=\"`user` may write\">\n</div>",
        ] {
            let now = format!("# Changelog\n\n{text}\n");
            assert!(matches!(mention(&now), Mention::Discounted(_)), "{text}");
        }
    }
}
