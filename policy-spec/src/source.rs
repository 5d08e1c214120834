use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::OnceLock;

use iam_policy_document::{LineIndex, Lines, Position, Span, Visible};

use crate::Diagnostic;

/// The text of a spec and the name that diagnostics call it by.
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

/// No spec needs more. The bound keeps a wrong path from filling the memory of the compiler.
const MAX_BYTES: usize = 16 << 20;

impl Source {
    /// A source from its text.
    ///
    /// - `name`: usually the path, as a reader of messages would type it
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

    /// A source from what reading its file has given.
    ///
    /// - `name`: usually the path, as a reader of messages would type it
    /// - `file`: such as `std::fs::read(path)`
    ///
    /// # Errors
    ///
    /// A message for the reader when the file could not be read, is no UTF-8 or is larger than 16 MiB.
    pub fn decode(name: impl Into<String>, file: io::Result<Vec<u8>>) -> Result<Self, String> {
        Self::decode_bytes(name.into(), file)
    }

    fn decode_bytes(name: String, file: io::Result<Vec<u8>>) -> Result<Self, String> {
        let bytes = file.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => format!("there is no file `{name}`"),
            io::ErrorKind::IsADirectory => format!("`{name}` is a directory, not a spec"),
            _ => format!("cannot read `{name}`: {error}"),
        })?;
        if bytes.len() > MAX_BYTES {
            let megabytes = bytes.len() >> 20;
            return Err(format!(
                "`{name}` has {megabytes} MiB, and a spec may have at most {}",
                MAX_BYTES >> 20
            ));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self::of(name, text)),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let before = String::from_utf8_lossy(error.as_bytes().get(..valid).unwrap_or_default()).into_owned();
                let position = Self::new("", before).position(valid);
                Err(format!("{name}:{position}: this is not UTF-8, which a spec must be"))
            }
        }
    }

    /// The name under which messages speak of it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lines of the text, which are indexed once.
    #[must_use]
    pub fn lines(&self) -> Lines<'_> {
        let text = self.text.as_bytes();
        Lines::indexed(text, self.index.get_or_init(|| LineIndex::new(text)))
    }

    /// The position of a byte.
    ///
    /// - `byte`: its index in the text
    #[must_use]
    pub fn position(&self, byte: usize) -> Position {
        self.lines().position(byte)
    }

    /// A line without its line ending; empty if the text has fewer lines.
    ///
    /// - `number`: the line, counted from 1
    #[must_use]
    pub fn line(&self, number: usize) -> &str {
        std::str::from_utf8(self.lines().line(number)).unwrap_or_default()
    }

    /// What `span` covers.
    pub(crate) fn slice(&self, span: &Range<usize>) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// `diagnostic` as a compiler would show it; [`Display`](fmt::Display) it.
    #[must_use]
    pub fn show<'a>(&'a self, diagnostic: &'a Diagnostic) -> Excerpt<'a> {
        Excerpt {
            source: self,
            diagnostic,
        }
    }

    /// Each of `diagnostics` as [`Source::show`] shows one. However many there are, the text is gone through once.
    #[must_use]
    pub fn show_all(&self, diagnostics: &[Diagnostic]) -> Vec<String> {
        let lines = self.lines();
        let mut all = Vec::new();
        for diagnostic in diagnostics {
            let mut shown = String::new();
            // A string takes whatever is written to it.
            let _ = self.write(&mut shown, &lines, diagnostic);
            all.push(shown);
        }
        all
    }

    fn write(&self, to: &mut dyn fmt::Write, lines: &Lines<'_>, diagnostic: &Diagnostic) -> fmt::Result {
        let Diagnostic {
            message,
            span,
            notes,
            help,
            ..
        } = diagnostic;
        let excerpt = iam_policy_document::Excerpt::new(&self.name, self.text.as_bytes(), lines);
        let excerpt = excerpt.marks([Span::new(span.start, span.end)]);
        write!(to, "{}\n{}", Visible(message), excerpt.to_string().trim_end())?;
        let margin = " ".repeat(excerpt.margin());
        for note in notes {
            write!(to, "\n{margin} = note: {}", Visible(note))?;
        }
        for text in help {
            write!(to, "\n{margin} = help: {}", Visible(text))?;
        }
        Ok(())
    }
}

/// What [`Source::show`] returns: message, place, the offending text underlined, notes and help.
#[derive(Clone, Copy, Debug)]
pub struct Excerpt<'a> {
    source: &'a Source,
    diagnostic: &'a Diagnostic,
}

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.source.lines();
        self.source.write(f, &lines, self.diagnostic)
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
    fn many_are_shown_as_one_is() {
        let source = Source::new("p.toml", "a = 1\nb = 2\n");
        let (_, mistakes) = crate::read(&source);
        let each: Vec<_> = mistakes
            .iter()
            .map(|mistake| source.show(mistake).to_string())
            .collect();
        assert!(each.len() > 1, "{each:?}");
        assert_eq!(source.show_all(&mistakes), each);
    }

    #[test]
    fn files_that_cannot_be_specs() {
        let decode = |file| Source::decode("p.toml", file).unwrap_err();
        assert_eq!(decode(Err(io::ErrorKind::NotFound.into())), "there is no file `p.toml`");
        assert_eq!(
            decode(Err(io::ErrorKind::IsADirectory.into())),
            "`p.toml` is a directory, not a spec"
        );
        assert_eq!(
            decode(Ok(b"a\nb\xff".to_vec())),
            "p.toml:2:2: this is not UTF-8, which a spec must be"
        );
        assert_eq!(
            decode(Ok(vec![b' '; 50 << 20])),
            "`p.toml` has 50 MiB, and a spec may have at most 16"
        );
        assert!(decode(Err(io::ErrorKind::PermissionDenied.into())).starts_with("cannot read `p.toml`: "));
    }
}
