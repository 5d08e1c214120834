//! Members of an operation's input, from its `Debug` output.
//!
//! The input of an operation is type-erased, and only its serializer, which consumes it, knows its type. What remains is
//! `Debug`, in which the SDK redacts sensitive members. It is not a contract: what is not understood is unknown, and the
//! tests show what is.

use std::fmt::{self, Debug, Write};

/// A member to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The member as botocore spells it. A dot separates the names of nested members.
    pub(crate) path: &'static str,
    /// Whether the keys of a map are meant.
    pub(crate) keys: bool,
}

/// What is known about a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Nothing.
    Unknown,
    /// It is not set.
    Unset,
    /// It is set.
    Set {
        /// Its value, or those of the list.
        scalars: Vec<Scalar>,
        /// Whether it has no other values.
        is_whole: bool,
    },
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    /// A string.
    Text(String),
    /// A number, a Boolean, or the name of an enum's variant.
    Word(String),
}

/// What the SDK shows instead of a sensitive value, set or not.
const REDACTED: &str = "*** Sensitive Data Redacted ***";

/// How much of an input is read, and how much of a value that nobody wants.
const LIMIT: usize = 1 << 16;
const UNWANTED_LIMIT: usize = 1 << 10;

/// Finds members, in the order in which they are wanted. Stops when it has all.
///
/// - `input`: shows fields as derived implementations do
pub(crate) fn read(input: &dyn Debug, wanted: &[Wanted]) -> Vec<Value> {
    let mut reader = Reader::new(wanted);
    // An error means that the rest is not needed.
    let _ = write!(reader, "{input:?}");
    reader.found.into_iter().map(Found::value).collect()
}

#[derive(Debug)]
struct Found {
    wanted: Wanted,
    scalars: Vec<Scalar>,
    state: Progress,
    is_set: bool,
    is_whole: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Open,
    /// Everything that belongs to it has been read.
    Done,
    /// The SDK hides it.
    Redacted,
}

impl Found {
    fn value(self) -> Value {
        if self.state != Progress::Done {
            Value::Unknown
        } else if self.is_set {
            Value::Set {
                scalars: self.scalars,
                is_whole: self.is_whole,
            }
        } else {
            Value::Unset
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Record,
    Tuple,
    List,
    Map,
}

#[derive(Debug)]
struct Frame {
    kind: Kind,
    /// The length of the path around it, and inside.
    outside: usize,
    inside: usize,
}

/// Where in the text the reader is.
#[derive(Debug, PartialEq, Eq)]
enum State {
    /// Before the value: `TypeErasedBox[!Clone]:`.
    Start,
    Plain,
    Text,
    /// Behind a backslash in a text.
    Escape,
    /// In `\u{…}`.
    Unicode(u32),
    Stopped,
}

#[derive(Debug)]
struct Reader {
    state: State,
    found: Vec<Found>,
    frames: Vec<Frame>,
    /// The names of the fields around, folded, with dots between them.
    path: String,
    /// The word or the text that is being read.
    token: Vec<u8>,
    /// Whether white space follows the word.
    is_over: bool,
    /// Whether anybody wants the text that is being read.
    is_wanted: bool,
    /// How many bytes the current token has.
    length: usize,
    /// The last text, if it may be the key of a map.
    key: Option<String>,
    total: usize,
}

impl Reader {
    fn new(wanted: &[Wanted]) -> Self {
        let found = wanted.iter().map(|&wanted| Found {
            wanted,
            scalars: Vec::new(),
            is_set: false,
            is_whole: true,
            state: Progress::Open,
        });
        Self {
            state: State::Start,
            found: found.collect(),
            frames: Vec::new(),
            path: String::new(),
            token: Vec::new(),
            is_over: false,
            is_wanted: false,
            length: 0,
            key: None,
            total: 0,
        }
    }

    fn byte(&mut self, byte: u8) {
        match self.state {
            State::Start => {
                if byte == b':' {
                    self.state = State::Plain;
                }
            }
            State::Plain => self.plain(byte),
            State::Text => match byte {
                b'"' => self.end_of_text(),
                b'\\' => self.state = State::Escape,
                byte => self.push(byte),
            },
            State::Escape => {
                self.state = State::Text;
                match byte {
                    b'n' => self.push(b'\n'),
                    b'r' => self.push(b'\r'),
                    b't' => self.push(b'\t'),
                    b'0' => self.push(0),
                    b'u' => self.state = State::Unicode(0),
                    other => self.push(other),
                }
            }
            State::Unicode(number) => match byte {
                b'{' => {}
                b'}' => {
                    self.state = State::Text;
                    let mut buffer = [0; 4];
                    let character = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
                    for &byte in character.encode_utf8(&mut buffer).as_bytes() {
                        self.push(byte);
                    }
                }
                digit => {
                    let digit = char::from(digit).to_digit(16).unwrap_or_default();
                    self.state = State::Unicode(number.wrapping_mul(16).wrapping_add(digit));
                }
            },
            State::Stopped => {}
        }
    }

    /// Adds to the token.
    fn push(&mut self, byte: u8) {
        self.length += 1;
        let is_text = self.state != State::Plain;
        if !is_text || self.is_wanted {
            if self.token.len() < UNWANTED_LIMIT * 8 {
                self.token.push(byte);
            } else {
                self.state = State::Stopped;
            }
        }
        if self.length > UNWANTED_LIMIT && !self.is_wanted {
            self.state = State::Stopped;
        }
    }

    fn plain(&mut self, byte: u8) {
        match byte {
            b'"' => {
                // The text may be a literal of bytes, which is not a text.
                self.is_wanted = self.token.is_empty() && (self.wants() || self.is_key());
                self.token.clear();
                (self.length, self.is_over) = (0, false);
                self.state = State::Text;
            }
            b'{' => {
                let kind = if self.token.is_empty() { Kind::Map } else { Kind::Record };
                self.open(kind);
            }
            b'(' => self.open(Kind::Tuple),
            b'[' => self.open(Kind::List),
            b'}' | b')' | b']' => {
                self.end_of_value();
                if let Some(frame) = self.frames.pop() {
                    self.path.truncate(frame.outside);
                }
                if self.frames.is_empty() {
                    self.state = State::Stopped;
                }
            }
            b',' => {
                self.end_of_value();
                if let Some(frame) = self.frames.last() {
                    self.path.truncate(frame.inside);
                }
            }
            b':' => self.end_of_name(),
            byte if byte.is_ascii_whitespace() => self.is_over = true,
            byte => {
                if std::mem::take(&mut self.is_over) {
                    self.token.clear();
                    self.length = 0;
                }
                self.push(byte);
            }
        }
    }

    fn open(&mut self, kind: Kind) {
        let outside = self.path.len();
        let name = self.take_word();
        if kind == Kind::Tuple && name != "Some" {
            self.enter(&name);
        }
        if kind != Kind::Tuple {
            for found in &mut self.found {
                let is_here = same(&self.path, found.wanted.path);
                found.is_set |= is_here;
                // Only lists consist of their values.
                found.is_whole &= !is_here || kind == Kind::List || found.wanted.keys;
            }
        }
        self.frames.push(Frame {
            kind,
            outside,
            inside: self.path.len(),
        });
    }

    /// A colon follows the name of a field, or the key of a map.
    fn end_of_name(&mut self) {
        let word = self.take_word();
        if self.frames.last().is_none_or(|frame| frame.kind != Kind::Map) {
            self.enter(&word);
            return;
        }
        let key = self.key.take();
        for found in self.found.iter_mut().filter(|found| found.wanted.keys) {
            if same(&self.path, found.wanted.path) {
                match &key {
                    Some(key) => found.scalars.push(Scalar::Text(key.clone())),
                    None => found.is_whole = false,
                }
            }
        }
        self.path.push_str(".*");
    }

    fn enter(&mut self, name: &str) {
        if !self.path.is_empty() {
            self.path.push('.');
        }
        let name = name.strip_prefix("r#").unwrap_or(name);
        self.path.extend(folded(name));
    }

    fn end_of_text(&mut self) {
        self.state = State::Plain;
        let text = String::from_utf8_lossy(&self.token).into_owned();
        self.token.clear();
        if self.is_key() {
            self.key = Some(text);
            return;
        }
        let is_wanted = self.is_wanted;
        self.emit(is_wanted.then_some(Scalar::Text(text)));
    }

    fn end_of_value(&mut self) {
        if let Some(key) = self.key.take() {
            self.emit(Some(Scalar::Text(key)));
        }
        let word = self.take_word();
        if !word.is_empty() && word != "None" && word != ".." {
            self.emit(Some(Scalar::Word(word)));
        }
        // A member is complete when its field is.
        if let [top] = self.frames.as_slice()
            && top.kind == Kind::Record
        {
            let field = self.path.split('.').next().unwrap_or_default();
            for found in &mut self.found {
                let first = found.wanted.path.split('.').next().unwrap_or_default();
                if found.state == Progress::Open && same(field, first) {
                    found.state = Progress::Done;
                }
            }
            if self.found.iter().all(|found| found.state != Progress::Open) {
                self.state = State::Stopped;
            }
        }
    }

    /// - `scalar`: the value; `None` if it is not a text
    fn emit(&mut self, scalar: Option<Scalar>) {
        for found in self.found.iter_mut().filter(|found| !found.wanted.keys) {
            let own = found.wanted.path;
            if same(value_path(&self.path), own) {
                found.is_set = true;
                match &scalar {
                    Some(Scalar::Text(text)) if text == REDACTED => found.state = Progress::Redacted,
                    Some(scalar) => found.scalars.push(scalar.clone()),
                    None => found.is_whole = false,
                }
            } else if self.path.len() > own.len() && starts_with(&self.path, own) {
                (found.is_set, found.is_whole) = (true, false);
            }
        }
    }

    fn wants(&self) -> bool {
        let path = value_path(&self.path);
        self.found.iter().any(|found| same(path, found.wanted.path))
    }

    /// Whether a text here can be the key of a map that is wanted.
    fn is_key(&self) -> bool {
        let is_key = self
            .frames
            .last()
            .is_some_and(|frame| frame.kind == Kind::Map && frame.inside == self.path.len());
        is_key && self.found.iter().any(|found| same(&self.path, found.wanted.path))
    }

    fn take_word(&mut self) -> String {
        (self.length, self.is_over) = (0, false);
        let word = String::from_utf8_lossy(&self.token).into_owned();
        self.token.clear();
        word
    }
}

impl Write for Reader {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.total += text.len();
        if self.total > LIMIT {
            self.state = State::Stopped;
        }
        for &byte in text.as_bytes() {
            if self.state == State::Stopped {
                return Err(fmt::Error);
            }
            self.byte(byte);
        }
        Ok(())
    }
}

/// A name without what distinguishes `queue_url` from `QueueUrl`.
fn folded(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars()
        .filter(|one| one.is_alphanumeric() || matches!(one, '.' | '*'))
        .map(|one| one.to_ascii_lowercase())
}

/// - `path`: folded
fn same(path: &str, member: &str) -> bool {
    path.chars().eq(folded(member))
}

/// Whether the path is inside the member.
fn starts_with(path: &str, member: &str) -> bool {
    let mut rest = path.chars();
    folded(member).all(|one| rest.next() == Some(one)) && rest.next() == Some('.')
}

/// The path of the field. A value of an enum that the SDK does not know is shown as `Unknown(UnknownVariantValue("…"))`.
fn value_path(path: &str) -> &str {
    path.strip_suffix(".unknown.unknownvariantvalue").unwrap_or(path)
}

impl Scalar {
    /// The value, if it does not depend on how the SDK names variants.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Word(word) if word.bytes().all(|byte| byte.is_ascii_digit()) => Some(word),
            Self::Word(_) => None,
        }
    }

    /// Whether it is the value that is sent as `value`.
    pub(crate) fn is(&self, value: &str) -> bool {
        let plain = |text: &str| -> String {
            text.chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|one| one.to_ascii_lowercase())
                .collect()
        };
        match self {
            Self::Text(text) => text == value,
            // The variant of `aws:kms` is `AwsKms`.
            Self::Word(word) => plain(word) == plain(value),
        }
    }
}

#[cfg(test)]
mod tests;
