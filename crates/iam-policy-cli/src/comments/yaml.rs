//! YAML.
//!
//! Source: YAML 1.2.2, chapters 6.6 "Comments", 7 "Flow Style Productions" and 8 "Block Style Productions".

use super::scanner::Scanner;

/// The state of the lexer.
struct State {
    /// How many brackets are open.
    flow: usize,
    /// Whether a node may start here. Elsewhere, quotes and brackets are part of a plain scalar.
    may_start: bool,
    /// The start of the line.
    line: usize,
    /// The column where the last node started.
    node: usize,
    /// The least indentation of what belongs to the last key or dash on this line.
    least: Option<usize>,
}

pub(super) fn scan(scanner: &mut Scanner<'_>) {
    let mut state = State {
        flow: 0,
        may_start: true,
        line: 0,
        node: 0,
        least: None,
    };
    while let Some(byte) = scanner.peek() {
        let column = scanner.at() - state.line;
        match byte {
            b'\n' => {
                scanner.skip(1);
                state.new_line(scanner.at());
            }
            b' ' | b'\t' | b'\r' => scanner.skip(1),
            b'#' if scanner.before().is_none_or(|before| before.is_ascii_whitespace()) => scanner.line_comment(),
            b'-' if column == 0 && is_document_start(scanner) => {
                scanner.skip(3);
                state.least = Some(0);
            }
            _ if state.may_start => start(scanner, &mut state, byte, column),
            b':' if ends_key(scanner, state.flow) => {
                scanner.skip(1);
                state.may_start = true;
                if state.flow == 0 {
                    state.least = Some(state.node + 1);
                }
            }
            b',' if state.flow > 0 => {
                scanner.skip(1);
                state.may_start = true;
            }
            b'[' | b'{' if state.flow > 0 => open(scanner, &mut state),
            b']' | b'}' if state.flow > 0 => close(scanner, &mut state),
            _ => scanner.skip(1),
        }
    }
}

impl State {
    fn new_line(&mut self, at: usize) {
        self.line = at;
        self.least = None;
        self.may_start = true;
    }
}

/// What starts where a node may start.
fn start(scanner: &mut Scanner<'_>, state: &mut State, byte: u8, column: usize) {
    let is_indicator = scanner.peek_at(1).is_none_or(|next| next.is_ascii_whitespace());
    match byte {
        b'"' | b'\'' => {
            state.node = column;
            let start = scanner.at();
            quoted(scanner, byte);
            scanner.long(start);
            state.may_start = false;
        }
        b'|' | b'>' if state.flow == 0 && is_header(scanner.line()) => block_scalar(scanner, state, column),
        b'-' | b'?' if state.flow == 0 && is_indicator => {
            state.least = Some(column + 1);
            scanner.skip(1);
        }
        b'[' | b'{' => open(scanner, state),
        b']' | b'}' if state.flow > 0 => close(scanner, state),
        b',' if state.flow > 0 => scanner.skip(1),
        b':' if is_indicator => scanner.skip(1),
        // A tag or an anchor comes before the node.
        b'!' | b'&' => {
            let is_end = |byte: &u8| byte.is_ascii_whitespace() || (state.flow > 0 && b",[]{}".contains(byte));
            let length = scanner.line().iter().position(is_end);
            scanner.skip(length.unwrap_or(scanner.line().len()).max(1));
        }
        _ => {
            state.node = column;
            state.may_start = false;
            scanner.skip(1);
        }
    }
}

fn open(scanner: &mut Scanner<'_>, state: &mut State) {
    scanner.open();
    state.flow += 1;
    state.may_start = true;
}

fn close(scanner: &mut Scanner<'_>, state: &mut State) {
    scanner.close();
    state.flow = state.flow.saturating_sub(1);
    state.may_start = false;
}

/// Whether a colon ends a key.
fn ends_key(scanner: &Scanner<'_>, flow: usize) -> bool {
    scanner.peek_at(1).is_none_or(|next| {
        next.is_ascii_whitespace()
            || (flow > 0 && b",[]{}".contains(&next))
            || (flow > 0 && scanner.before() == Some(b'"'))
    })
}

fn is_document_start(scanner: &Scanner<'_>) -> bool {
    scanner.rest().starts_with(b"---") && scanner.peek_at(3).is_none_or(|next| next.is_ascii_whitespace())
}

/// A string in quotes, which may continue on other lines.
fn quoted(scanner: &mut Scanner<'_>, quote: u8) {
    scanner.skip(1);
    while let Some(byte) = scanner.peek() {
        match byte {
            b'\\' if quote == b'"' => scanner.skip(2),
            b'\'' if quote == b'\'' && scanner.peek_at(1) == Some(b'\'') => scanner.skip(2),
            _ if byte == quote => return scanner.skip(1),
            _ => scanner.skip(1),
        }
    }
}

/// Whether the rest of a line is the header of a block scalar: `|` or `>`, how it is indented and ends, and a comment.
fn is_header(line: &[u8]) -> bool {
    let line = line.get(1..).unwrap_or_default();
    let is_option = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-');
    let end = line.iter().position(|byte| !is_option(byte)).unwrap_or(line.len());
    let rest = line.get(end..).unwrap_or_default();
    let after = rest.trim_ascii_start();
    after.is_empty() || (after.starts_with(b"#") && after.len() < rest.len())
}

/// A block scalar: its header, and all lines that are blank or indented like its first one.
fn block_scalar(scanner: &mut Scanner<'_>, state: &mut State, column: usize) {
    let start = scanner.at();
    // On a line of its own, it starts where its contents may start.
    let least = state.least.unwrap_or(column);
    let mut options = scanner.line().iter().skip(1).take(2);
    let digit = options.find(|byte| byte.is_ascii_digit());
    let mut indent = digit.map(|digit| (least + usize::from(digit - b'0')).saturating_sub(1));
    while let Some(byte) = scanner.peek() {
        match byte {
            b'\n' => break,
            b'#' => scanner.line_comment(),
            _ => scanner.skip(1),
        }
    }
    scanner.skip(1);
    while scanner.peek().is_some() {
        let line = scanner.line();
        let own = line.iter().take_while(|byte| **byte == b' ').count();
        if !line.trim_ascii().is_empty() {
            if own < indent.unwrap_or(least) {
                break;
            }
            indent.get_or_insert(own);
        }
        scanner.skip_line();
    }
    scanner.long(start);
    state.new_line(scanner.at());
}
