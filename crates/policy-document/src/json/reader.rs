use std::borrow::Cow;
use std::collections::HashMap;

use crate::{Builder, Diagnostic, Document, Path, Span, Value};

use crate::json::limits::{MAX_DEPTH, MAX_PROBLEMS};
use crate::json::problem::{Problem, ProblemKind};

/// The result of reading a text.
///
/// # Examples
///
/// ```
/// let reading = iam_policy_document::json::read(br#"{"Version": "2012-10-17"}"#);
/// assert!(reading.problems.is_empty());
/// assert!(reading.document.root().is_object());
/// ```
#[derive(Clone, Debug)]
pub struct Reading {
    /// The document, as far as it could be read. Complete if there are no problems.
    pub document: Document,
    /// The problems in text order, with the code [`SYNTAX_ERROR`](super::SYNTAX_ERROR).
    pub problems: Vec<Diagnostic>,
    /// Whether the text is JSON, possibly with duplicate keys. If not, the document may differ from what its author
    /// meant.
    pub is_well_formed: bool,
}

/// Reads a policy in JSON with the location of every key and value, and reports all problems.
///
/// It continues after problems where that makes sense: after a missing comma, a comment, a string in other quotes, an
/// unknown word, and an unterminated string, which ends with its line. Takes time linear in the length of the text.
///
/// - `source`: the text, which may be anything
///
/// # Examples
///
/// ```
/// let reading = iam_policy_document::json::read(br#"{"Version": "2012-10-17" "Statement": [, 1]}"#);
/// let problems: Vec<_> = reading.problems.iter().map(|problem| &*problem.message).collect();
/// assert_eq!(problems, ["expected a comma or `}`, found `\"Statement\"`", "expected a value or `]`, found `,`"]);
/// assert_eq!(reading.document.version().unwrap().value.as_str(), Some("2012-10-17"));
/// ```
#[must_use]
pub fn read(source: &[u8]) -> Reading {
    let unreadable = |kind, end| Reading {
        document: Builder::new().finish(),
        problems: vec![
            Problem {
                kind,
                span: Span::new(0, end),
            }
            .diagnostic(source),
        ],
        is_well_formed: false,
    };
    if u32::try_from(source.len()).is_err() {
        return unreadable(ProblemKind::TooLong, source.len());
    }
    // UTF-16 begins with a byte order mark or an ASCII character. JSON never contains a NUL.
    if let [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, _, ..] | [_, 0, ..] = source {
        return unreadable(ProblemKind::Utf16, 2);
    }
    let mut problems = Vec::new();
    let text = decode(source, &mut problems);
    let mut reader = Reader {
        text: &text,
        bytes: text.as_bytes(),
        at: 0,
        problems,
        builder: Builder::with_capacity(text.len()),
        open: Vec::new(),
        comma: 0,
        other_quotes: false,
        stopped: false,
    };
    reader.document();
    let mut problems = reader.problems;
    problems.sort_by_key(|problem| problem.span.start);
    // A text in another language is one problem, whatever its comments.
    if let Some(other) = problems.iter().position(|problem| problem.language(source).is_some()) {
        problems.swap(0, other);
        problems.truncate(1);
    }
    let document = reader.builder.finish();
    let is_duplicate = |problem: &Problem| matches!(problem.kind, ProblemKind::DuplicateKey { .. });
    let is_well_formed = problems.iter().all(is_duplicate);
    let has_duplicates = problems.iter().any(is_duplicate);
    let mut diagnostics = Vec::with_capacity(problems.len());
    for problem in &problems {
        diagnostics.push(problem.diagnostic(source));
    }
    if has_duplicates {
        add_paths(&mut diagnostics, &document);
    }
    Reading {
        document,
        problems: diagnostics,
        is_well_formed,
    }
}

/// Adds the paths of all keys with diagnostics.
fn add_paths(diagnostics: &mut [Diagnostic], document: &Document) {
    let spans = diagnostics.iter().flat_map(Diagnostic::locations);
    let mut paths: HashMap<Span, Option<Path>> = spans.filter_map(|location| Some((location.span?, None))).collect();
    for member in document.values().flat_map(Value::members) {
        if let Some(path) = member.key_span().and_then(|span| paths.get_mut(&span)) {
            *path = Some(member.key_path());
        }
    }
    for diagnostic in diagnostics {
        let labels = diagnostic.labels.iter_mut().map(|label| &mut label.location);
        for location in std::iter::once(&mut diagnostic.location).chain(labels) {
            if let Some(Some(path)) = location.span.and_then(|span| paths.get(&span)) {
                location.path = path.clone();
            }
        }
    }
}

/// The text of `source`. If it is not UTF-8, each byte becomes a single-byte character, so that positions stay valid.
fn decode<'a>(source: &'a [u8], problems: &mut Vec<Problem>) -> Cow<'a, str> {
    let first = match std::str::from_utf8(source) {
        Ok(text) => return Cow::Borrowed(text),
        Err(first) => first,
    };
    let mut text = String::with_capacity(source.len());
    let mut rest = source;
    let mut error = Some(first);
    while let Some(invalid) = error {
        let (valid, after) = rest.split_at_checked(invalid.valid_up_to()).unwrap_or((rest, &[]));
        text.push_str(std::str::from_utf8(valid).unwrap_or_default());
        let length = invalid.error_len().unwrap_or(after.len());
        if problems.len() < MAX_PROBLEMS {
            problems.push(Problem {
                kind: ProblemKind::InvalidUtf8,
                span: Span::new(text.len(), text.len() + length),
            });
        }
        text.extend(std::iter::repeat_n('\u{7F}', length));
        rest = after.get(length..).unwrap_or_default();
        error = match std::str::from_utf8(rest) {
            Ok(valid) => {
                text.push_str(valid);
                None
            }
            Err(next) => Some(next),
        };
    }
    Cow::Owned(text)
}

/// An open object or array.
struct Open<'a> {
    object: bool,
    keys: Keys<'a>,
}

/// The keys of an object, to find duplicates.
enum Keys<'a> {
    /// Few enough that comparing is fastest.
    Few(Vec<(Cow<'a, str>, Span)>),
    Many(HashMap<Cow<'a, str>, Span>),
}

impl<'a> Keys<'a> {
    /// How many keys are compared one by one.
    const FEW: usize = 16;

    /// The earlier span of `key`.
    fn get(&self, key: &str) -> Option<Span> {
        match self {
            Self::Few(keys) => keys.iter().find(|(known, _)| known == key).map(|&(_, span)| span),
            Self::Many(keys) => keys.get(key).copied(),
        }
    }

    /// Records that the new `key` is at `span`.
    fn insert(&mut self, key: Cow<'a, str>, span: Span) {
        match self {
            Self::Few(keys) => {
                keys.push((key, span));
                if keys.len() > Self::FEW {
                    *self = Self::Many(keys.drain(..).collect());
                }
            }
            Self::Many(keys) => {
                keys.insert(key, span);
            }
        }
    }
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// A value: the outermost, one after a key, or one after a comma in an array.
    Value,
    /// A value, or the end of an empty array.
    FirstItem,
    /// A key, or the end of an empty object.
    FirstKey,
    /// A key, after a comma.
    Key,
    /// A comma or the end of the innermost object or array.
    Rest,
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    problems: Vec<Problem>,
    builder: Builder,
    open: Vec<Open<'a>>,
    /// The position of the last comma between values.
    comma: usize,
    /// Other quotes have been reported.
    other_quotes: bool,
    /// Reading has stopped.
    stopped: bool,
}

impl<'a> Reader<'a> {
    fn document(&mut self) {
        if self.text.starts_with('\u{FEFF}') {
            self.problem(ProblemKind::ByteOrderMark, 0, 3);
            self.at = 3;
        }
        let mut next = Next::Value;
        self.skip_white_space();
        let (start, before) = (self.at, self.problems.len());
        loop {
            self.skip_white_space();
            if self.stopped {
                return;
            }
            next = match next {
                Next::Value => self.value("a value"),
                Next::FirstItem if self.peek() == Some(b']') => self.close(),
                Next::FirstItem => self.value("a value or `]`"),
                Next::FirstKey if self.peek() == Some(b'}') => self.close(),
                Next::FirstKey => self.key("a key or `}`"),
                Next::Key => self.key("a key"),
                Next::Rest => self.rest(),
            };
            if self.open.is_empty() && next == Next::Rest {
                break;
            }
        }
        // If the text does not even start like JSON, the rest is not reported.
        if self.problems.get(before).is_some_and(|first| first.span.start == start) {
            return;
        }
        self.skip_white_space();
        if !self.stopped && self.at < self.bytes.len() {
            self.problem(ProblemKind::TrailingText, self.at, self.bytes.len());
        }
    }

    fn problem(&mut self, kind: ProblemKind, start: usize, end: usize) {
        let full = self.problems.len() >= MAX_PROBLEMS;
        if self.stopped && full {
            return;
        }
        self.problems.push(Problem {
            kind: if full { ProblemKind::TooManyProblems } else { kind },
            span: Span::new(start, end),
        });
        self.stopped |= full;
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Skips white space and comments, each of which is a problem.
    fn skip_white_space(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(b'#' | b'/') if self.comment() => {}
                _ => return,
            }
        }
    }

    /// Skips a comment, if there is one here.
    fn comment(&mut self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = if rest.starts_with("/*") {
            rest.find("*/").map(|end| end + 2)
        } else if rest.starts_with('#') || rest.starts_with("//") {
            rest.find('\n')
        } else {
            return false;
        };
        let comment = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        self.problem(ProblemKind::Comment, self.at, self.at + comment.trim_end().len());
        self.at += comment.len();
        true
    }

    /// Skips a string in other quotes, as produced by web pages, word processors and other languages, and returns its
    /// text. It must end on its line.
    fn string_in_other_quotes(&mut self) -> Option<&'a str> {
        let start = self.at;
        let rest = self.text.get(start..)?;
        let opening = rest.chars().next()?;
        let closing = match opening {
            '\'' | '`' | '‘' | '’' | '‚' => "'`‘’",
            '“' | '”' | '„' | '«' | '»' => "\"“”«»",
            _ => return None,
        };
        let inside = rest.get(opening.len_utf8()..)?;
        let end = inside.find(|character| character == '\n' || closing.contains(character))?;
        let quote = inside.get(end..)?.chars().next().filter(|quote| *quote != '\n')?;
        self.at += opening.len_utf8() + end + quote.len_utf8();
        if !self.other_quotes {
            self.other_quotes = true;
            self.problem(ProblemKind::OtherQuotes(opening), start, self.at);
        }
        inside.get(..end)
    }

    /// Reports that something else was expected here, and skips what is here unless it is a bracket or comma. At the
    /// end of the text, reading stops.
    fn unexpected(&mut self, expected: &'static str) {
        let start = self.at;
        match self.peek() {
            None => {
                self.problem(ProblemKind::Expected { expected, found: None }, start, start);
                self.stopped = true;
                return;
            }
            Some(b'"') => {
                self.string();
            }
            Some(b'{' | b'}' | b'[' | b']' | b',' | b':') => self.at += 1,
            Some(_) => self.word(),
        }
        let found = self.excerpt(start, self.at);
        let problem = ProblemKind::Expected {
            expected,
            found: Some(found),
        };
        // Errors in the string itself are reported after what was expected.
        self.problem(problem, start, self.at);
    }

    /// Skips everything up to white space or a character with a meaning in JSON.
    fn word(&mut self) {
        while let Some(byte) = self.peek()
            && !matches!(
                byte,
                b' ' | b'\t' | b'\n' | b'\r' | b'{' | b'}' | b'[' | b']' | b',' | b':' | b'"'
            )
        {
            self.at += 1;
        }
    }

    /// The text between two bytes, shortened if it is long.
    fn excerpt(&self, start: usize, end: usize) -> String {
        const LONGEST: usize = 40;
        let text = self.text.get(start..end).unwrap_or_default();
        let mut excerpt = String::new();
        for (number, character) in text.chars().enumerate() {
            match character {
                _ if number == LONGEST => {
                    excerpt.push('…');
                    break;
                }
                _ if character.is_control() => excerpt.extend(character.escape_default()),
                _ => excerpt.push(character),
            }
        }
        excerpt
    }

    fn key(&mut self, expected: &'static str) -> Next {
        let start = self.at;
        let key = match self.peek() {
            Some(b'"') => self.string(),
            Some(b'}') => {
                self.problem(ProblemKind::TrailingComma, self.comma, self.comma + 1);
                return self.close();
            }
            Some(b',' | b']') => {
                self.unexpected(expected);
                return Next::Key;
            }
            _ => match self.string_in_other_quotes() {
                Some(key) => Cow::Borrowed(key),
                None => return self.key_without_quotes(expected),
            },
        };
        let span = Span::new(start, self.at);
        self.builder.key(&key, Some(span));
        if let Some(first) = self.open.last().and_then(|open| open.keys.get(&key)) {
            let key = key.into_owned();
            self.problem(ProblemKind::DuplicateKey { key, first }, span.start, span.end);
        } else if let Some(open) = self.open.last_mut() {
            open.keys.insert(key, span);
        }
        self.skip_white_space();
        match self.peek() {
            Some(b':') => {
                self.at += 1;
                Next::Value
            }
            None => {
                self.unexpected("a colon");
                Next::Value
            }
            Some(next) => {
                let end = self.at
                    + self
                        .text
                        .get(self.at..)
                        .and_then(|rest| rest.chars().next())
                        .map_or(1, char::len_utf8);
                let found = Some(self.excerpt(self.at, end));
                let expected = "a colon";
                self.problem(ProblemKind::Expected { expected, found }, self.at, end);
                if matches!(next, b',' | b'}') {
                    self.builder.null(None);
                    Next::Rest
                } else {
                    Next::Value
                }
            }
        }
    }

    /// Read as a key if a colon follows, so that there is only one error.
    fn key_without_quotes(&mut self, expected: &'static str) -> Next {
        let start = self.at;
        self.unexpected(expected);
        self.skip_white_space();
        if self.peek() != Some(b':') {
            return Next::Rest;
        }
        let key = self.text.get(start..self.at).unwrap_or_default().trim_end();
        self.builder.key(key, Some(Span::new(start, start + key.len())));
        self.at += 1;
        Next::Value
    }

    fn value(&mut self, expected: &'static str) -> Next {
        let start = self.at;
        match self.peek() {
            Some(b'{') => self.begin(true),
            Some(b'[') => self.begin(false),
            Some(b'"') => {
                let value = self.string();
                self.builder.string(&value, Some(Span::new(start, self.at)));
                Next::Rest
            }
            Some(b']') if !self.in_object() && !self.open.is_empty() => {
                self.problem(ProblemKind::TrailingComma, self.comma, self.comma + 1);
                self.close()
            }
            Some(b',' | b'}' | b']') if !self.open.is_empty() => {
                let found = self.excerpt(start, start + 1);
                self.problem(
                    ProblemKind::Expected {
                        expected,
                        found: Some(found),
                    },
                    start,
                    start + 1,
                );
                if self.in_object() {
                    self.builder.null(None);
                }
                Next::Rest
            }
            Some(b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z') => {
                self.word();
                let word = self.text.get(start..self.at).unwrap_or_default();
                let span = Some(Span::new(start, self.at));
                match word {
                    "true" => self.builder.bool(true, span),
                    "false" => self.builder.bool(false, span),
                    "null" => self.builder.null(span),
                    _ if is_number(word) => self.builder.number(word, span),
                    _ => {
                        self.builder.null(span);
                        let word = self.excerpt(start, self.at);
                        let kind = if word.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
                            ProblemKind::InvalidNumber(word)
                        } else {
                            ProblemKind::Expected {
                                expected,
                                found: Some(word),
                            }
                        };
                        self.problem(kind, start, self.at);
                    }
                }
                Next::Rest
            }
            _ => {
                if let Some(value) = self.string_in_other_quotes() {
                    self.builder.string(value, Some(Span::new(start, self.at)));
                } else {
                    self.unexpected(expected);
                    self.builder.null(Some(Span::new(start, self.at)));
                }
                Next::Rest
            }
        }
    }

    /// After a value in an object or array.
    fn rest(&mut self) -> Next {
        let object = self.in_object();
        let (bracket, expected, next) = if object {
            (b'}', "a comma or `}`", Next::Key)
        } else {
            (b']', "a comma or `]`", Next::Value)
        };
        match self.peek() {
            Some(b',') => {
                self.comma = self.at;
                self.at += 1;
                next
            }
            Some(byte) if byte == bracket => self.close(),
            // Most likely a comma is missing.
            Some(b'"') => {
                let start = self.at;
                let end = self.string_end();
                let found = Some(self.excerpt(start, end));
                self.problem(ProblemKind::Expected { expected, found }, start, end);
                next
            }
            Some(b'{' | b'[') if !object => {
                let found = Some(self.excerpt(self.at, self.at + 1));
                self.problem(ProblemKind::Expected { expected, found }, self.at, self.at + 1);
                next
            }
            // A mismatched bracket closes what it would match, if that is open.
            Some(close @ (b'}' | b']')) => {
                let found = Some(self.excerpt(self.at, self.at + 1));
                self.problem(ProblemKind::Expected { expected, found }, self.at, self.at + 1);
                if self.open.iter().any(|open| open.object == (close == b'}')) {
                    self.open.pop();
                    self.builder.end_at(self.at);
                } else {
                    self.at += 1;
                }
                Next::Rest
            }
            _ => {
                self.unexpected(expected);
                Next::Rest
            }
        }
    }

    fn in_object(&self) -> bool {
        self.open.last().is_some_and(|open| open.object)
    }

    fn begin(&mut self, object: bool) -> Next {
        let start = self.at;
        if self.open.len() >= MAX_DEPTH {
            self.problem(ProblemKind::TooDeep, start, start + 1);
            self.stopped = true;
            return Next::Rest;
        }
        self.at += 1;
        self.open.push(Open {
            object,
            keys: Keys::Few(Vec::new()),
        });
        let span = Some(Span::new(start, self.at));
        if object {
            self.builder.begin_object(span);
            Next::FirstKey
        } else {
            self.builder.begin_array(span);
            Next::FirstItem
        }
    }

    fn close(&mut self) -> Next {
        self.at += 1;
        self.open.pop();
        self.builder.end_at(self.at);
        Next::Rest
    }

    /// The byte after the string that starts here, if it ends; otherwise after its opening quote.
    fn string_end(&self) -> usize {
        let mut at = self.at + 1;
        loop {
            match self.bytes.get(at) {
                Some(b'"') => return at + 1,
                Some(b'\\') => at += 2,
                None | Some(b'\n') => return self.at + 1,
                Some(_) => at += 1,
            }
        }
    }

    /// Skips the string that starts here, and returns its text.
    fn string(&mut self) -> Cow<'a, str> {
        let start = self.at;
        self.at += 1;
        let mut from = self.at;
        // The text before the last escape, and the escape itself.
        let mut before = String::new();
        let end = loop {
            self.at += plain(self.bytes.get(self.at..).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    break self.at - 1;
                }
                None | Some(b'\n') => {
                    self.problem(ProblemKind::UnterminatedString, start, self.at);
                    break self.at;
                }
                Some(b'\\') => {
                    before.push_str(self.text.get(from..self.at).unwrap_or_default());
                    self.escape(&mut before);
                    from = self.at;
                }
                Some(control) => {
                    let kind = ProblemKind::ControlCharacter(char::from(control));
                    self.problem(kind, self.at, self.at + 1);
                    self.at += 1;
                }
            }
        };
        let text = self.text;
        let after = text.get(from..end).unwrap_or_default();
        if from == start + 1 {
            return Cow::Borrowed(after);
        }
        before.push_str(after);
        Cow::Owned(before)
    }

    /// Skips an escape, and appends its character.
    fn escape(&mut self, text: &mut String) {
        let start = self.at;
        self.at += 1;
        let character = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.unicode_escape(start, text);
                return;
            }
            // The end, which is reported for the string.
            None | Some(b'\n') => return,
            Some(_) => {
                let length = self.text.get(self.at..).and_then(|rest| rest.chars().next());
                self.at += length.map_or(1, char::len_utf8);
                self.problem(ProblemKind::InvalidEscape, start, self.at);
                return;
            }
        };
        self.at += 1;
        text.push(character);
    }

    fn unicode_escape(&mut self, start: usize, text: &mut String) {
        self.at += 1;
        let Some(unit) = self.hexadecimal() else {
            self.problem(ProblemKind::InvalidEscape, start, self.at);
            return;
        };
        let mut code = u32::from(unit);
        if (0xD800..0xDC00).contains(&unit) && self.bytes.get(self.at..self.at + 2) == Some(b"\\u") {
            let before = self.at;
            self.at += 2;
            match self.hexadecimal() {
                Some(low @ 0xDC00..0xE000) => code = 0x1_0000 + ((code - 0xD800) << 10) + (u32::from(low) - 0xDC00),
                _ => self.at = before,
            }
        }
        if let Some(character) = char::from_u32(code) {
            text.push(character);
        } else {
            text.push(char::REPLACEMENT_CHARACTER);
            self.problem(ProblemKind::LoneSurrogate, start, self.at);
        }
    }

    /// Four hexadecimal digits; if there are fewer, stops at the first character that is not one.
    fn hexadecimal(&mut self) -> Option<u16> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = char::from(self.peek()?).to_digit(16)?;
            unit = unit << 4 | u16::try_from(digit).ok()?;
            self.at += 1;
        }
        Some(unit)
    }
}

/// The number of bytes before the first one that ends a string, starts an escape or is a control character.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // The high bit of each byte below a limit. Bytes after the first such byte may be marked, too.
    let less = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word & HIGH;
    let equal = |word: u64, byte: u8| less(word ^ (ONES * u64::from(byte)), 1);
    let (words, rest) = bytes.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = less(word, 0x20) | equal(word, b'"') | equal(word, b'\\');
        if found != 0 {
            return number * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let special = |&byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1F);
    words.len() * 8 + rest.iter().position(special).unwrap_or(rest.len())
}

/// Whether `word` is a valid JSON number.
fn is_number(word: &str) -> bool {
    fn digits(text: &str) -> Option<&str> {
        let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
        (rest.len() < text.len()).then_some(rest)
    }
    let word = word.strip_prefix('-').unwrap_or(word);
    let Some(mut rest) = word.strip_prefix('0').or_else(|| digits(word)) else {
        return false;
    };
    if let Some(fraction) = rest.strip_prefix('.') {
        match digits(fraction) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        match digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests;
