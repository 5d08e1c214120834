use std::fmt;

use crate::Severity;
use crate::visible::push_lines;

/// What a piece of a [`StyledText`] is. Terminals give each role a style.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Text without a style.
    Plain,
    /// The severity and code of a diagnostic, and the underline of its location.
    Severity(Severity),
    /// The message of a diagnostic.
    Message,
    /// The arrow before a location, line numbers, and the bars next to source lines.
    Gutter,
    /// The underline of a further location.
    Secondary,
    /// The word before a note or a help text.
    Hint,
    /// Code in prose, such as the name of an action.
    Code,
    /// A decision that allows a request.
    Allowed,
    /// A decision that denies a request.
    Denied,
}

/// Text in which each piece has a role instead of a color, so that the same text can go to terminals and files.
///
/// It displays without styles. Whatever is appended, the only invisible characters in it are line feeds and tabs: all
/// others are escaped, so that text from elsewhere cannot control a terminal.
///
/// # Examples
///
/// ```
/// use iam_policy_document::{Role, Severity, StyledText};
///
/// let mut text = StyledText::new();
/// text.push(Role::Severity(Severity::Error), "error");
/// text.push(Role::Message, ": the file is empty");
/// assert_eq!(text.to_string(), "error: the file is empty");
/// assert_eq!(text.pieces().next(), Some((Role::Severity(Severity::Error), "error")));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StyledText {
    text: String,
    /// Where each piece ends, and its role.
    ends: Vec<(usize, Role)>,
}

impl StyledText {
    /// Empty text.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            text: String::new(),
            ends: Vec::new(),
        }
    }

    /// Appends a piece.
    ///
    /// - `role`: what it is
    /// - `text`: its text, of any number of lines
    pub fn push(&mut self, role: Role, text: &str) {
        push_lines(&mut self.text, text);
        self.extend_piece(role);
    }

    /// Appends a piece without a style.
    ///
    /// - `text`: its text
    pub fn plain(&mut self, text: &str) {
        self.push(Role::Plain, text);
    }

    /// Appends another text with its styles.
    ///
    /// - `other`: the text
    pub fn append(&mut self, other: &Self) {
        for (role, text) in other.pieces() {
            self.text.push_str(text);
            self.extend_piece(role);
        }
    }

    /// Appends formatted text as a piece.
    pub(crate) fn format(&mut self, role: Role, arguments: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = fmt::Write::write_fmt(&mut Lines(&mut self.text), arguments);
        self.extend_piece(role);
    }

    fn extend_piece(&mut self, role: Role) {
        let end = self.text.len();
        match self.ends.last_mut() {
            Some(last) if last.1 == role => last.0 = end,
            _ => self.ends.push((end, role)),
        }
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text without styles.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The pieces in order, each with its role.
    pub fn pieces(&self) -> impl Iterator<Item = (Role, &str)> {
        let mut start = 0;
        self.ends.iter().map(move |&(end, role)| {
            let piece = self.text.get(start..end).unwrap_or_default();
            start = end;
            (role, piece)
        })
    }
}

impl fmt::Display for StyledText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl<T: Into<Self>> FromIterator<T> for StyledText {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        let mut all = Self::new();
        for text in texts {
            all.append(&text.into());
        }
        all
    }
}

impl From<&str> for StyledText {
    fn from(text: &str) -> Self {
        let mut styled = Self::new();
        styled.plain(text);
        styled
    }
}

impl From<String> for StyledText {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

/// Formats into a string through the boundary to terminals.
struct Lines<'a>(&'a mut String);

impl fmt::Write for Lines<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        push_lines(self.0, text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_it_controls_a_terminal() {
        let hostile = "a\u{1b}[31m\r\n\u{9b}\u{7f}\u{202e}\u{e0041}\u{ad}b";
        let mut text = StyledText::from(hostile);
        text.push(Role::Message, hostile);
        text.format(Role::Gutter, format_args!("{hostile}"));
        text.append(&StyledText::from(hostile.to_owned()));
        let escaped = "a\\u{1b}[31m\\r\n\\u{9b}\\u{7f}\\u{202e}\\u{e0041}\\u{ad}b";
        assert_eq!(text.as_str(), escaped.repeat(4));
    }
}
