//! Code blocks of Markdown, so that what a document shows can be run.

/// A fenced code block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What follows the opening fence, such as `rust,ignore`.
    pub language: String,
    /// The lines between the fences, without the indentation of the opening one.
    pub text: String,
}

/// A command in a `console` block, and what the block shows that it prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The command, without the prompt.
    pub command: String,
    /// The lines up to the next command or the end of the block.
    pub shown: String,
}

/// The fenced code blocks of a Markdown text.
///
/// # Examples
///
/// ```
/// let blocks = testing_support::markdown::blocks("1. A\n\n   ```toml\n   a = 1\n   ```\n");
/// assert_eq!((blocks[0].language.as_str(), blocks[0].text.as_str()), ("toml", "a = 1\n"));
/// ```
#[must_use]
pub fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        let Some((indent, language)) = line.split_once("```") else {
            continue;
        };
        let inside = lines.by_ref().take_while(|line| line.trim() != "```");
        let text = inside.flat_map(|line| [line.get(indent.len()..).unwrap_or_default(), "\n"]);
        blocks.push(Block {
            language: language.to_owned(),
            text: text.collect(),
        });
    }
    blocks
}

/// The commands that run `program` in the `console` blocks of a Markdown text.
///
/// # Examples
///
/// ```
/// let text = "```console\n$ tool --version\n1.0\n\n$ tool\n```\n";
/// let sessions = testing_support::markdown::sessions(text, "tool");
/// assert_eq!((sessions[0].command.as_str(), sessions[0].shown.as_str()), ("tool --version", "1.0\n"));
/// assert_eq!(sessions[1].command, "tool");
/// ```
#[must_use]
pub fn sessions(markdown: &str, program: &str) -> Vec<Session> {
    let mut sessions = Vec::new();
    for block in blocks(markdown).iter().filter(|block| block.language == "console") {
        for session in format!("\n{}", block.text).split("\n$ ").skip(1) {
            let (command, shown) = session.split_once('\n').unwrap_or((session, ""));
            if command.split(' ').next() == Some(program) {
                sessions.push(Session {
                    command: command.to_owned(),
                    shown: format!("{}\n", shown.trim_end()).trim_start_matches('\n').to_owned(),
                });
            }
        }
    }
    sessions
}

impl Session {
    /// Asserts that the command printed what is shown, except for white space at the end. `…` stands for any text.
    ///
    /// # Panics
    ///
    /// If it printed anything else.
    pub fn assert_printed(&self, printed: &str) {
        let (shown, printed) = (self.shown.trim_end(), printed.trim_end());
        let mut parts = shown.split('…');
        let first = parts.next().unwrap_or_default();
        let last = parts.next_back();
        let mut rest = printed.strip_prefix(first);
        for part in parts {
            rest = rest.and_then(|rest| rest.split_once(part)).map(|(_, rest)| rest);
        }
        let is_same = match last {
            Some(last) => rest.is_some_and(|rest| rest.ends_with(last)),
            None => rest == Some(""),
        };
        assert!(
            is_same,
            "`{}` is shown with\n{shown}\n\nbut printed\n{printed}",
            self.command
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ellipses_stand_for_any_text() {
        let is_same = |shown: &str, printed: &str| {
            let session = Session {
                command: "tool".to_owned(),
                shown: shown.to_owned(),
            };
            std::panic::catch_unwind(|| session.assert_printed(printed)).is_ok()
        };
        for (shown, printed) in [
            ("a\n", "a"),
            ("a…\n", "abc\nd"),
            ("…c\n", "abc"),
            ("a\n…\nd\n", "a\nb\nc\nd"),
            ("a…b…c", "a1b2c"),
        ] {
            assert!(is_same(shown, printed), "{shown}: {printed}");
        }
        for (shown, printed) in [("a", "ab"), ("a…", "ba"), ("…a", "ab"), ("a…b…c", "a1c2b"), ("", "a")] {
            assert!(!is_same(shown, printed), "{shown}: {printed}");
        }
    }
}
