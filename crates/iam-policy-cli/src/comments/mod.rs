//! Finds the comments of a file, without parsing it.
//!
//! For each syntax of comments there is a lexer that knows as much of its language as decides what a comment is: strings,
//! heredocs, block scalars. So comments are found in any file, even in one with errors.

mod hcl;
mod jsonc;
mod scanner;
#[cfg(test)]
mod tests;
mod toml;
mod yaml;

use std::ops::Range;
use std::path::Path;

use self::scanner::Scanner;

/// A syntax of comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// `#` to the end of the line.
    Toml,
    /// `#` at the start of a line or after white space, to the end of the line.
    Yaml,
    /// `#` or `//` to the end of the line, or `/*` to `*/`.
    Hcl,
    /// `//` to the end of the line, or `/*` to `*/`.
    Jsonc,
}

impl Syntax {
    /// The syntax of a file with this name; `None` for files without comments, such as JSON.
    pub(crate) fn of_file(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "toml" => Some(Self::Toml),
            "yaml" | "yml" => Some(Self::Yaml),
            "tf" | "hcl" | "tfvars" => Some(Self::Hcl),
            "jsonc" => Some(Self::Jsonc),
            _ => None,
        }
    }

    /// How a comment on a line of its own begins.
    pub(crate) const fn marker(self) -> &'static str {
        match self {
            Self::Toml | Self::Yaml | Self::Hcl => "#",
            Self::Jsonc => "//",
        }
    }
}

/// What a lexer finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    /// The comments in order, with their markers but without line breaks at their ends.
    pub(crate) comments: Vec<Range<usize>>,
    /// The brackets outside strings and comments, in order, and whether each is an opening one.
    pub(crate) brackets: Vec<(usize, bool)>,
    /// Strings, heredocs and block scalars that continue on other lines, in order.
    pub(crate) long: Vec<Range<usize>>,
}

/// Finds the comments of a text. Takes time linear in its length.
pub(crate) fn scan(text: &[u8], syntax: Syntax) -> Scan {
    let mut scanner = Scanner::new(text);
    match syntax {
        Syntax::Toml => toml::scan(&mut scanner),
        Syntax::Yaml => yaml::scan(&mut scanner),
        Syntax::Hcl => hcl::scan(&mut scanner),
        Syntax::Jsonc => jsonc::scan(&mut scanner),
    }
    scanner.finish()
}

/// JSON with comments as plain JSON: each comment becomes white space, so that every location stays the same.
pub(crate) fn blank(jsonc: &[u8]) -> Vec<u8> {
    let mut json = jsonc.to_vec();
    for comment in scan(jsonc, Syntax::Jsonc).comments {
        for byte in json.get_mut(comment).into_iter().flatten() {
            if !matches!(*byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }
    json
}
