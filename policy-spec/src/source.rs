use std::io;
use std::ops::Range;
use std::sync::OnceLock;

use iam_policy_document::{Diagnostic, LineIndex, Lines, Position, SourceFile, StyledText};

/// The text of a spec, and its name in diagnostics.
///
/// # Examples
///
/// ```
/// use iam_policy_spec::Source;
///
/// let source = Source::new("policies.toml", "[policy.user]\ntitle = \"User\"\n");
/// assert_eq!(source.position(22).to_string(), "2:9");
/// ```
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
    index: OnceLock<LineIndex>,
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.text) == (&other.name, &other.text)
    }
}

impl Eq for Source {}

/// The maximum size of a spec. It keeps a wrong path from filling the compiler's memory.
const MAX_BYTES: usize = 16 << 20;

impl Source {
    /// Creates a source.
    ///
    /// - `name`: usually the path as the user wrote it
    /// - `text`: the whole spec
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::of(name.into(), text.into())
    }

    fn of(name: String, text: String) -> Self {
        Self {
            name,
            text,
            index: OnceLock::new(),
        }
    }

    /// Decodes the contents of a file.
    ///
    /// - `name`: usually the path as the user wrote it
    /// - `file`: the result of reading it, for example of `std::fs::read(path)`
    ///
    /// # Errors
    ///
    /// If the file could not be read, is not UTF-8 or is larger than 16 MiB. The diagnostic has no location.
    pub fn decode(name: impl Into<String>, file: io::Result<Vec<u8>>) -> Result<Self, Diagnostic> {
        Self::decode_bytes(name.into(), file)
    }

    fn decode_bytes(name: String, file: io::Result<Vec<u8>>) -> Result<Self, Diagnostic> {
        let bytes = file.map_err(|error| {
            Diagnostic::error(match error.kind() {
                io::ErrorKind::NotFound => format!("there is no file `{name}`"),
                io::ErrorKind::IsADirectory => format!("`{name}` is a folder, not a spec"),
                _ => format!("cannot read `{name}`: {error}"),
            })
        })?;
        if bytes.len() > MAX_BYTES {
            let (size, limit) = (bytes.len() >> 20, MAX_BYTES >> 20);
            let message = format!("`{name}` is too large: {size} MiB, but the limit for specs is {limit} MiB");
            return Err(Diagnostic::error(message));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self::of(name, text)),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let position = Lines::new(error.as_bytes()).position(valid);
                Err(Diagnostic::error(format!("`{name}` is not valid UTF-8 at {position}")))
            }
        }
    }

    /// Returns the name of the spec in diagnostics.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the lines of the text. They are indexed on the first call.
    #[must_use]
    pub fn lines(&self) -> Lines<'_> {
        let text = self.text.as_bytes();
        Lines::indexed(text, self.index.get_or_init(|| LineIndex::new(text)))
    }

    /// Returns the position of a byte.
    ///
    /// - `byte`: its index in the text
    #[must_use]
    pub fn position(&self, byte: usize) -> Position {
        self.lines().position(byte)
    }

    /// Returns a line without its line ending; empty if the text has fewer lines.
    ///
    /// - `number`: the line number, starting at 1
    #[must_use]
    pub fn line(&self, number: usize) -> &str {
        std::str::from_utf8(self.lines().line(number)).unwrap_or_default()
    }

    /// The text of a span.
    pub(crate) fn slice(&self, span: &Range<usize>) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// Renders a diagnostic about this spec for people.
    ///
    /// - `diagnostic`: the diagnostic
    #[must_use]
    pub fn show(&self, diagnostic: &Diagnostic) -> StyledText {
        SourceFile::new(&self.name, &self.lines()).show(diagnostic)
    }

    /// Renders diagnostics about this spec for people, each followed by an empty line.
    ///
    /// - `diagnostics`: the diagnostics
    #[must_use]
    pub fn show_all<'d>(&self, diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> StyledText {
        SourceFile::new(&self.name, &self.lines()).show_all(diagnostics)
    }

    /// Renders a diagnostic about this spec as the text of a Rust `compile_error!`. The compiler adds the word `error`.
    ///
    /// - `diagnostic`: the diagnostic
    #[must_use]
    pub fn compile_error(&self, diagnostic: &Diagnostic) -> String {
        diagnostic.compile_error(Some(SourceFile::new(&self.name, &self.lines())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters() {
        let source = Source::new("s", "a\n\u{fc}b\r\nc");
        let positions = [0, 4, 7, 8].map(|byte| source.position(byte).to_string());
        assert_eq!(positions, ["1:1", "2:2", "3:1", "3:2"]);
        assert_eq!((source.line(2), source.line(3), source.line(4)), ("\u{fc}b", "c", ""));
    }

    #[test]
    fn files_that_cannot_be_specs() {
        let decode = |file| Source::decode("p.toml", file).unwrap_err().message.into_owned();
        assert_eq!(decode(Err(io::ErrorKind::NotFound.into())), "there is no file `p.toml`");
        assert_eq!(
            decode(Err(io::ErrorKind::IsADirectory.into())),
            "`p.toml` is a folder, not a spec"
        );
        assert_eq!(decode(Ok(b"a\nb\xff".to_vec())), "`p.toml` is not valid UTF-8 at 2:2");
        assert_eq!(
            decode(Ok(vec![b' '; 50 << 20])),
            "`p.toml` is too large: 50 MiB, but the limit for specs is 16 MiB"
        );
        assert!(decode(Err(io::ErrorKind::PermissionDenied.into())).starts_with("cannot read `p.toml`: "));
    }
}
