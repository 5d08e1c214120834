//! A Rust file as a flat list of tokens that knows its groups.

use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use iam_policy_document::{LineIndex, Lines, Position};
use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, strip_shebang, tokenize};

/// The text of a Rust file, and its tokens without white space and comments.
///
/// Any text has tokens, even one that does not compile: an unmatched delimiter is a group that reaches as far as it can.
pub(crate) struct Source {
    text: String,
    tokens: Vec<Token>,
    index: OnceLock<LineIndex>,
}

/// A token, its bytes, and the group that it opens, closes or is in.
#[derive(Clone, Copy, Debug)]
struct Token {
    start: u32,
    end: u32,
    /// The token at the other end of the group, for delimiters.
    pair: u32,
    /// The delimiter that opens the innermost group around the token.
    parent: u32,
    kind: Kind,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a keyword.
    Ident,
    /// A string, raw or not.
    Str,
    /// Another literal, or a lifetime.
    Other,
    /// `(`, `[` or `{`
    Open,
    /// `)`, `]` or `}`
    Close,
    /// Any other character.
    Punct,
    /// Before the first and after the last token.
    Outside,
}

const NONE: u32 = u32::MAX;

const OUTSIDE: Token = Token {
    start: 0,
    end: 0,
    pair: NONE,
    parent: NONE,
    kind: Kind::Outside,
};

impl Source {
    /// Reads tokens.
    ///
    /// - `text`: at most 4 GiB
    pub(crate) fn new(text: String) -> Self {
        let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 5);
        let mut open: Vec<u32> = Vec::new();
        let mut start = text
            .chars()
            .next()
            .filter(|&first| first == '\u{feff}')
            .map_or(0, char::len_utf8);
        start += text.get(start..).and_then(strip_shebang).unwrap_or_default();
        let rest = text.get(start..).unwrap_or_default();
        let mut start = u32::try_from(start).unwrap_or(NONE);
        for token in tokenize(rest, FrontmatterAllowed::Yes) {
            let end = start.saturating_add(token.len);
            let kind = match token.kind {
                TokenKind::LineComment { .. }
                | TokenKind::BlockComment { .. }
                | TokenKind::Whitespace
                | TokenKind::Frontmatter { .. }
                | TokenKind::Eof => {
                    start = end;
                    continue;
                }
                TokenKind::Ident | TokenKind::RawIdent | TokenKind::InvalidIdent | TokenKind::UnknownPrefix => {
                    Kind::Ident
                }
                TokenKind::Literal {
                    kind: LiteralKind::Str { .. } | LiteralKind::RawStr { .. },
                    ..
                } => Kind::Str,
                TokenKind::Literal { .. }
                | TokenKind::Lifetime { .. }
                | TokenKind::RawLifetime
                | TokenKind::UnknownPrefixLifetime => Kind::Other,
                TokenKind::OpenParen | TokenKind::OpenBrace | TokenKind::OpenBracket => Kind::Open,
                TokenKind::CloseParen | TokenKind::CloseBrace | TokenKind::CloseBracket => Kind::Close,
                _ => Kind::Punct,
            };
            let number = u32::try_from(tokens.len()).unwrap_or(NONE);
            let mut pair = NONE;
            if kind == Kind::Close {
                // Delimiters that do not match close nothing, so that a mistake in one function leaves the others intact.
                let matching = open.iter().rposition(|&opening| {
                    let opening = tokens.get(opening as usize).map_or(0, |token| token.start as usize);
                    closes(&text, opening, start as usize)
                });
                if let Some(matching) = matching {
                    pair = open.get(matching).copied().unwrap_or(NONE);
                    open.truncate(matching);
                    if let Some(opening) = tokens.get_mut(pair as usize) {
                        opening.pair = number;
                    }
                }
            }
            let parent = open.last().copied().unwrap_or(NONE);
            tokens.push(Token {
                start,
                end,
                pair,
                parent,
                kind,
            });
            if kind == Kind::Open {
                open.push(number);
            }
            start = end;
        }
        // What is still open reaches to the end.
        let end = u32::try_from(tokens.len()).unwrap_or(NONE);
        for token in &mut tokens {
            if token.kind == Kind::Open && token.pair == NONE {
                token.pair = end;
            }
        }
        Self {
            text,
            tokens,
            index: OnceLock::new(),
        }
    }

    /// The number of tokens.
    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    fn token(&self, at: usize) -> Token {
        self.tokens.get(at).copied().unwrap_or(OUTSIDE)
    }

    pub(crate) fn kind(&self, at: usize) -> Kind {
        self.token(at).kind
    }

    /// The text of a token; that of a raw identifier without `r#`.
    pub(crate) fn text(&self, at: usize) -> &str {
        let token = self.token(at);
        let text = self
            .text
            .get(token.start as usize..token.end as usize)
            .unwrap_or_default();
        match token.kind {
            Kind::Ident => text.strip_prefix("r#").unwrap_or(text),
            _ => text,
        }
    }

    /// The text as written from the first to the last token of a range, on one line.
    pub(crate) fn excerpt(&self, range: Range<usize>) -> String {
        if range.is_empty() {
            return String::new();
        }
        let (start, end) = (self.token(range.start).start, self.token(range.end - 1).end);
        let text = self.text.get(start as usize..end as usize).unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Whether the token is this name.
    pub(crate) fn is_ident(&self, at: usize, name: &str) -> bool {
        self.kind(at) == Kind::Ident && self.text(at) == name
    }

    /// Whether the tokens from here on are these characters, without white space between them.
    pub(crate) fn is(&self, at: usize, punctuation: &str) -> bool {
        let mut end = None;
        punctuation.bytes().enumerate().all(|(number, byte)| {
            let token = self.token(at.wrapping_add(number));
            let adjacent = end.is_none_or(|end| end == token.start);
            end = Some(token.end);
            adjacent
                && matches!(token.kind, Kind::Punct | Kind::Open | Kind::Close)
                && self.text.as_bytes().get(token.start as usize) == Some(&byte)
        })
    }

    /// Whether the two tokens before `at` are `::`.
    pub(crate) fn follows_path_separator(&self, at: usize) -> bool {
        at >= 2 && self.is(at - 2, "::")
    }

    /// The token that closes the group opened here; for other tokens, the token itself.
    pub(crate) fn closing(&self, at: usize) -> usize {
        let token = self.token(at);
        match token.kind {
            Kind::Open => (token.pair as usize).min(self.len()),
            _ => at,
        }
    }

    /// The token that opens the group closed here; for other tokens, the token itself.
    pub(crate) fn opening(&self, at: usize) -> usize {
        let token = self.token(at);
        match token.kind {
            Kind::Close if token.pair != NONE => token.pair as usize,
            _ => at,
        }
    }

    /// The tokens between the delimiters of a group.
    pub(crate) fn inside(&self, open: usize) -> Range<usize> {
        (open + 1).min(self.closing(open))..self.closing(open)
    }

    /// The delimiter that opens the innermost group around a token.
    pub(crate) fn parent(&self, at: usize) -> Option<usize> {
        let parent = self.token(at).parent;
        (parent != NONE).then_some(parent as usize)
    }

    /// The tokens of the innermost group in `{}` around a token, without its delimiters; else those of the file.
    pub(crate) fn block_around(&self, at: usize) -> Range<usize> {
        let mut around = self.parent(at);
        while let Some(open) = around {
            if self.is(open, "{") {
                return self.inside(open);
            }
            around = self.parent(open);
        }
        0..self.len()
    }

    /// The end of a type or expression that starts here: the first token that is one of `ends`, outside of groups and, if
    /// `angles`, outside of `<…>`.
    pub(crate) fn until(&self, from: usize, limit: usize, ends: &str, angles: bool) -> usize {
        let (mut at, mut depth) = (from, 0_usize);
        while at < limit {
            match self.kind(at) {
                Kind::Open if depth == 0 && ends.contains(self.text(at)) => return at,
                Kind::Open => at = self.closing(at),
                Kind::Close => return at,
                Kind::Punct => {
                    let is_arrow = at > from && (self.is(at - 1, "->") || self.is(at - 1, "=>"));
                    match self.text(at) {
                        "<" if angles => depth += 1,
                        ">" if angles && depth > 0 && !is_arrow => depth -= 1,
                        text if depth == 0 && ends.contains(text) && !(text == "=" && self.is(at, "=>")) => return at,
                        _ => {}
                    }
                }
                _ => {}
            }
            at += 1;
        }
        limit
    }

    /// The parts of a range that commas outside of groups separate.
    pub(crate) fn split_commas(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let mut from = range.start;
        while from < range.end {
            let end = self.until(from, range.end, ",", false);
            if from < end {
                parts.push(from..end);
            }
            from = end + 1;
        }
        parts
    }

    /// The bytes of a token.
    pub(crate) fn bytes(&self, at: usize) -> Range<usize> {
        let token = self.token(at);
        token.start as usize..token.end as usize
    }

    /// The position of a token.
    pub(crate) fn position(&self, at: usize) -> Position {
        self.lines().position(self.bytes(at).start)
    }

    pub(crate) fn lines(&self) -> Lines<'_> {
        let text = self.text.as_bytes();
        Lines::indexed(text, self.index.get_or_init(|| LineIndex::new(text)))
    }

    /// The token at a position that counts lines and characters from 1.
    pub(crate) fn at(&self, line: usize, column: usize) -> Option<usize> {
        let lines = self.lines();
        let after = self.tokens.partition_point(|token| {
            let position = lines.position(token.start as usize);
            (position.line, position.column) < (line, column)
        });
        let position = lines.position(self.tokens.get(after)?.start as usize);
        ((position.line, position.column) == (line, column)).then_some(after)
    }

    /// The last token that starts before a position.
    pub(crate) fn at_end(&self, line: usize, column: usize) -> Option<usize> {
        let lines = self.lines();
        let after = self.tokens.partition_point(|token| {
            let position = lines.position(token.start as usize);
            (position.line, position.column) < (line, column)
        });
        after.checked_sub(1)
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// The whole text.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// Whether the delimiters at these bytes match.
fn closes(text: &str, open: usize, close: usize) -> bool {
    let bytes = text.as_bytes();
    matches!(
        (bytes.get(open), bytes.get(close)),
        (Some(b'('), Some(b')')) | (Some(b'['), Some(b']')) | (Some(b'{'), Some(b'}'))
    )
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("tokens", &self.tokens.len())
            .finish_non_exhaustive()
    }
}

/// The value of a string literal; `None` if it is not valid.
pub(crate) fn string_value(literal: &str) -> Option<String> {
    syn::parse_str::<syn::LitStr>(literal)
        .ok()
        .map(|literal| literal.value())
}
