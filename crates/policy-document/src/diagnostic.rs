use std::borrow::Cow;
use std::fmt;

use crate::excerpt::{Excerpt, SourceFile};
use crate::{Path, Role, Severity, Span, StyledText, Visible};

/// How many further locations are shown to people.
const SHOWN_LABELS: usize = 3;

/// A message about a policy, a spec, another file or the command line: what is wrong, where, and how to fix it.
///
/// Everything that the crates of this workspace report to a reader is a diagnostic. It displays without quoting the
/// source; [`SourceFile::show`] quotes it.
///
/// # Examples
///
/// ```
/// use iam_policy_document::{Diagnostic, Lines, SourceFile};
///
/// let diagnostic = Diagnostic::error("the action `s3:GetObjcet` does not exist")
///     .with_code("INVALID_ACTION")
///     .at(12..26)
///     .help("did you mean `s3:GetObject`?");
/// let lines = Lines::new(br#"{ "Action": "s3:GetObjcet" }"#);
/// assert_eq!(
///     SourceFile::new("user.json", &lines).show(&diagnostic).to_string(),
/// "error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist
///  --> user.json:1:13
///   |
/// 1 | { \"Action\": \"s3:GetObjcet\" }
///   |             ^^^^^^^^^^^^^^
///   = help: did you mean `s3:GetObject`?",
/// );
///
/// let diagnostic = Diagnostic::error("there is no file `user.jsno`").help("did you mean `user.json`?");
/// assert_eq!(
///     diagnostic.to_string(),
/// "error: there is no file `user.jsno`
///   = help: did you mean `user.json`?",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// How serious it is.
    pub severity: Severity,
    /// The name of the rule behind it, such as `INVALID_ACTION`, if it has one.
    pub code: Option<&'static str>,
    /// What is wrong: lower case, no full stop, the user's text in backticks.
    pub message: Cow<'static, str>,
    /// Where it is wrong.
    pub location: Location,
    /// Further locations that it is about.
    pub labels: Vec<Label>,
    /// Further facts.
    pub notes: Vec<String>,
    /// Ways to fix it.
    pub help: Vec<Help>,
}

/// Where something is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Location {
    /// The path to an element; empty for the document as a whole.
    pub path: Path,
    /// The bytes in the source, if the document knows them.
    pub span: Option<Span>,
}

/// A further location of a diagnostic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Label {
    /// Where it is.
    pub location: Location,
    /// What to write next to it; may be empty.
    pub text: Cow<'static, str>,
}

impl From<Location> for Label {
    fn from(location: Location) -> Self {
        Self {
            location,
            text: Cow::Borrowed(""),
        }
    }
}

/// A way to fix something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Help {
    /// A text.
    Text(Cow<'static, str>),
    /// A text that takes long to find, such as the nearest of all action names. It is only looked for when it is shown.
    Deferred(DeferredHelp),
}

impl Help {
    /// The text; `None` if a deferred search finds nothing.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Deferred(deferred) => (deferred.find)(&deferred.quotes).map(Cow::Owned),
        }
    }
}

impl<T: Into<Cow<'static, str>>> From<T> for Help {
    fn from(text: T) -> Self {
        Self::Text(text.into())
    }
}

/// A search for a help text, with what it needs.
///
/// # Examples
///
/// ```
/// use iam_policy_document::{DeferredHelp, Help, Quote};
///
/// fn shout(quotes: &[Quote]) -> Option<String> {
///     Some(quotes.first()?.text.to_uppercase())
/// }
///
/// let help = Help::Deferred(DeferredHelp::new(shout, ["stop".to_owned()]));
/// assert_eq!(help.text().as_deref(), Some("STOP"));
/// ```
#[derive(Clone)]
pub struct DeferredHelp {
    find: fn(&[Quote]) -> Option<String>,
    quotes: Vec<Quote>,
}

/// A text from a document that help is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The text in the document.
    pub text: String,
    /// What its author wrote, where the document was generated from something else.
    pub written: Option<String>,
}

impl DeferredHelp {
    /// Defers a search.
    ///
    /// - `find`: searches for the text, which depends on `quotes` alone
    /// - `quotes`: what to pass to it
    #[must_use]
    pub fn new(find: fn(&[Quote]) -> Option<String>, quotes: impl IntoIterator<Item = String>) -> Self {
        let quote = |text| Quote { text, written: None };
        Self {
            find,
            quotes: quotes.into_iter().map(quote).collect(),
        }
    }
}

impl PartialEq for DeferredHelp {
    fn eq(&self, other: &Self) -> bool {
        // One function may have several addresses, so other addresses do not make other searches.
        self.quotes == other.quotes
            && (std::ptr::fn_addr_eq(self.find, other.find) || (self.find)(&self.quotes) == (other.find)(&other.quotes))
    }
}

impl Eq for DeferredHelp {}

impl fmt::Debug for DeferredHelp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DeferredHelp").field(&self.quotes).finish()
    }
}

impl Diagnostic {
    /// A diagnostic without a code, a location, notes and help.
    ///
    /// - `severity`: how serious it is
    /// - `message`: what is wrong: lower case, no full stop, the user's text in backticks
    #[must_use]
    pub fn new(severity: Severity, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            severity,
            code: None,
            message: message.into(),
            location: Location::default(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
        }
    }

    /// An error without a code, a location, notes and help.
    ///
    /// - `message`: what is wrong: lower case, no full stop, the user's text in backticks
    #[must_use]
    pub fn error(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Severity::Error, message)
    }

    /// Sets the code.
    ///
    /// - `code`: the name of a rule, such as `INVALID_ACTION`
    #[must_use]
    pub fn with_code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// Sets the bytes of the source that it is about.
    ///
    /// - `span`: the bytes
    #[must_use]
    pub fn at(mut self, span: impl Into<Span>) -> Self {
        self.location.span = Some(span.into());
        self
    }

    /// Adds a further location.
    ///
    /// - `span`: its bytes in the source
    /// - `text`: what to write next to it; may be empty
    #[must_use]
    pub fn label(mut self, span: impl Into<Span>, text: impl Into<Cow<'static, str>>) -> Self {
        let location = Location {
            path: Path::default(),
            span: Some(span.into()),
        };
        let text = text.into();
        self.labels.push(Label { location, text });
        self
    }

    /// Adds a further fact.
    ///
    /// - `note`: the fact
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a way to fix it.
    ///
    /// - `help`: what to do
    #[must_use]
    pub fn help(mut self, help: impl Into<Help>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds `did you mean …?` if there is a suggestion.
    ///
    /// - `suggestion`: the name that was probably meant, usually found by [`iam_policy_core::suggest::nearest`]
    #[must_use]
    pub fn did_you_mean(self, suggestion: Option<&str>) -> Self {
        match suggestion {
            Some(name) => self.help(did_you_mean(name)),
            None => self,
        }
    }

    /// The first byte that it is about; 0 if it is about none.
    #[must_use]
    pub fn start(&self) -> usize {
        self.locations()
            .find_map(|location| location.span)
            .map_or(0, |span| span.start)
    }

    /// All locations, the most important one first.
    pub fn locations(&self) -> impl Iterator<Item = &Location> {
        std::iter::once(&self.location).chain(self.labels.iter().map(|label| &label.location))
    }

    /// The texts of all help, for which deferred searches run.
    pub fn help_texts(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.help.iter().filter_map(Help::text)
    }

    /// Tells deferred help how the author wrote the texts of a generated document.
    ///
    /// - `written`: what the author wrote, by the text in the document
    pub fn quote_as_written(&mut self, written: &dyn Fn(&str) -> Option<String>) {
        for help in &mut self.help {
            if let Help::Deferred(deferred) = help {
                for quote in &mut deferred.quotes {
                    quote.written = written(&quote.text);
                }
            }
        }
    }

    /// The message followed by all notes and help, for formats with a single text.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_document::Diagnostic;
    ///
    /// let diagnostic = Diagnostic::error("invalid Region").did_you_mean(Some("eu-west-1"));
    /// assert_eq!(diagnostic.details(), "invalid Region; did you mean `eu-west-1`?");
    /// ```
    #[must_use]
    pub fn details(&self) -> String {
        let mut details = self.message.clone().into_owned();
        for note in &self.notes {
            details.push_str("; ");
            details.push_str(note);
        }
        for help in self.help_texts() {
            details.push_str("; ");
            details.push_str(&help);
        }
        details
    }

    /// Renders it without quoting a source.
    #[must_use]
    pub fn render(&self) -> StyledText {
        let mut text = self.head();
        self.render_body(None, &mut text);
        text
    }

    /// Renders it as the text of a Rust `compile_error!`, to which the compiler adds the word `error`.
    ///
    /// - `file`: the source, if there is one to quote
    #[must_use]
    pub fn compile_error(&self, file: Option<SourceFile<'_>>) -> String {
        let mut text = StyledText::new();
        text.format(Role::Message, format_args!("{}", Visible(&self.message)));
        if let Some(code) = self.code {
            text.format(Role::Message, format_args!(" [{code}]"));
        }
        self.render_body(file, &mut text);
        text.to_string()
    }

    /// Renders what follows the head.
    pub(crate) fn render_body(&self, file: Option<SourceFile<'_>>, text: &mut StyledText) {
        let excerpt = file.map_or_else(Excerpt::nowhere, Excerpt::new);
        self.excerpt(excerpt).render(text);
    }

    /// Its first line.
    pub(crate) fn head(&self) -> StyledText {
        let mut text = StyledText::new();
        let role = Role::Severity(self.severity);
        text.push(role, self.severity.label());
        if let Some(code) = self.code {
            text.format(role, format_args!("[{code}]"));
        }
        text.format(Role::Message, format_args!(": {}", Visible(&self.message)));
        text
    }

    fn excerpt<'a>(&'a self, excerpt: Excerpt<'a>) -> Excerpt<'a> {
        let mut excerpt = excerpt.severity(self.severity);
        if let Some(span) = self.location.span {
            excerpt = excerpt.primary(span, "");
        }
        let labels = || {
            self.labels
                .iter()
                .filter_map(|label| Some((label.location.span?, label.text.as_ref())))
        };
        for (span, label) in labels().take(SHOWN_LABELS) {
            excerpt = excerpt.secondary(span, label);
        }
        match labels().count().saturating_sub(SHOWN_LABELS) {
            0 => {}
            1 => excerpt = excerpt.note("1 more location is not shown"),
            more => excerpt = excerpt.note(format!("{more} more locations are not shown")),
        }
        for note in &self.notes {
            excerpt = excerpt.note(note);
        }
        for help in self.help_texts() {
            excerpt = excerpt.help(help);
        }
        excerpt
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.render().fmt(f)
    }
}

impl std::error::Error for Diagnostic {}

/// The help for a misspelled name.
///
/// - `name`: the name that was probably meant
///
/// # Examples
///
/// ```
/// assert_eq!(iam_policy_document::did_you_mean("s3:GetObject"), "did you mean `s3:GetObject`?");
/// ```
#[must_use]
pub fn did_you_mean(name: &str) -> String {
    ["did you mean `", name, "`?"].concat()
}

impl SourceFile<'_> {
    /// Shows a diagnostic like a compiler: its head, its location, the source lines with the location underlined, its
    /// notes and its help.
    ///
    /// Control characters and other invisible characters are replaced or escaped, and long lines are cut.
    ///
    /// - `diagnostic`: a diagnostic about this source
    #[must_use]
    pub fn show(self, diagnostic: &Diagnostic) -> StyledText {
        let mut text = diagnostic.head();
        diagnostic.render_body(Some(self), &mut text);
        text
    }

    /// Several diagnostics, each followed by an empty line.
    ///
    /// - `diagnostics`: diagnostics about this source
    #[must_use]
    pub fn show_all<'d>(self, diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> StyledText {
        let mut text = StyledText::new();
        for diagnostic in diagnostics {
            text.append(&self.show(diagnostic));
            text.plain("\n\n");
        }
        text
    }
}

impl From<&Diagnostic> for StyledText {
    /// The diagnostic without quoting a source, on lines of its own.
    fn from(diagnostic: &Diagnostic) -> Self {
        let mut text = diagnostic.render();
        text.plain("\n");
        text
    }
}

impl From<Diagnostic> for StyledText {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::from(&diagnostic)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Lines;

    fn check(diagnostic: Diagnostic, expected: Expect) {
        let lines = Lines::new(b"one two\nthree\nfour\nfive");
        expected.assert_eq(&SourceFile::new("f", &lines).show(&diagnostic).to_string());
    }

    #[test]
    fn everything_about_it_is_shown() {
        check(
            Diagnostic::new(Severity::SecurityWarning, "it allows \u{1b}[31m too much")
                .with_code("TOO_MUCH")
                .at(4..7)
                .label(8..13, "because of this")
                .note("a note")
                .help("a fix")
                .help("another\nfix"),
            expect![[r#"
                security-warning[TOO_MUCH]: it allows \u{1b}[31m too much
                 --> f:1:5
                  |
                1 | one two
                  |     ^^^
                2 | three
                  | ----- because of this
                  = note: a note
                  = help: a fix
                  = help: another\nfix"#]],
        );
    }

    #[test]
    fn only_the_first_locations_are_shown() {
        let diagnostic = Diagnostic::new(Severity::Warning, "many").at(0..3);
        let spans = [4..7, 8..13, 14..18, 19..20, 20..21];
        check(
            spans.into_iter().fold(diagnostic, |all, span| all.label(span, "")),
            expect![[r#"
                warning: many
                 --> f:1:1
                  |
                1 | one two
                  | ^^^ ---
                2 | three
                  | -----
                3 | four
                  | ----
                  = note: 2 more locations are not shown"#]],
        );
    }

    #[test]
    fn without_a_location_only_the_file_is_named() {
        check(
            Diagnostic::error("the file is wrong"),
            expect![[r#"
            error: the file is wrong
             --> f"#]],
        );
        assert_eq!(
            Diagnostic::new(Severity::Note, "by the way").to_string(),
            "note: by the way"
        );
    }

    #[test]
    fn compile_errors_leave_the_severity_to_the_compiler() {
        let lines = Lines::new(b"one");
        let diagnostic = Diagnostic::error("it is wrong").with_code("WRONG").at(0..3);
        assert_eq!(
            diagnostic.compile_error(Some(SourceFile::new("f", &lines))),
            "it is wrong [WRONG]\n --> f:1:1\n  |\n1 | one\n  | ^^^"
        );
    }

    #[test]
    fn help_is_searched_with_what_the_author_wrote() {
        fn written(quotes: &[Quote]) -> Option<String> {
            quotes.iter().find_map(|quote| quote.written.clone())
        }
        let deferred = DeferredHelp::new(written, ["a".to_owned(), "b".to_owned()]);
        let mut diagnostic = Diagnostic::error("").help(Help::Deferred(deferred));
        assert_eq!(diagnostic.help_texts().count(), 0);
        diagnostic.quote_as_written(&|text| (text == "b").then(|| "{b}".to_owned()));
        assert_eq!(diagnostic.help_texts().collect::<Vec<_>>(), ["{b}"]);
    }
}
