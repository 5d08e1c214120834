use std::fmt::Write;

use iam_policy_document::{Excerpt, Lines, Span, Visible};

/// Something that is wrong with a file of principals, with its place and how to mend it.
///
/// # Examples
///
/// ```
/// let source = br#"{"UserDetailList": [{"UserName": "ann"}]}"#;
/// let reading = iam_policy_account::read(source);
/// let problem = &reading.problems[0];
/// assert_eq!(problem.message(), "this user has no `Arn`");
/// assert_eq!(
///     problem.show("principals.json", source),
/// "error: this user has no `Arn`
///  --> principals.json:1:21
///   |
/// 1 | {\"UserDetailList\": [{\"UserName\": \"ann\"}]}
///   |                     ^^^^^^^^^^^^^^^^^^^
/// ",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    message: String,
    help: Option<String>,
    span: Span,
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>, span: Span) -> Self {
        Self {
            message: message.into(),
            help: None,
            span,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// How to mend it, where there is something to say.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Where it is: bytes of the file.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    /// The problem as a compiler shows one: the message, the place, and the line that it is in.
    ///
    /// - `name`: what the file is called
    /// - `source`: the file
    #[must_use]
    pub fn show(&self, name: &str, source: &[u8]) -> String {
        let lines = Lines::new(source);
        let excerpt = Excerpt::new(name, source, &lines).marks([self.span]);
        let margin = excerpt.margin();
        let mut text = format!("error: {}\n{excerpt}", Visible(&self.message));
        if let Some(help) = &self.help {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{:margin$} = help: {}", "", Visible(help));
        }
        text
    }
}
