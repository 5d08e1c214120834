//! HCL, the language of Terraform.
//!
//! Source: HCL Native Syntax Specification, "Lexical Elements", "Template Expressions".

use super::scanner::Scanner;

/// What the position is inside of.
enum Inside {
    String,
    /// `${…}` or `%{…}` in a string, with the number of open braces.
    Interpolation(usize),
}

pub(super) fn scan(scanner: &mut Scanner<'_>) {
    let mut inside: Vec<Inside> = Vec::new();
    // The start of the outermost string.
    let mut start = 0;
    while let Some(byte) = scanner.peek() {
        if let Some(Inside::String) = inside.last() {
            in_string(scanner, &mut inside);
            if inside.is_empty() {
                scanner.long(start);
            }
            continue;
        }
        match byte {
            b'#' => scanner.line_comment(),
            b'/' if scanner.peek_at(1) == Some(b'/') => scanner.line_comment(),
            b'/' if scanner.peek_at(1) == Some(b'*') => scanner.block_comment(),
            b'<' if heredoc(scanner.line()).is_some() => skip_heredoc(scanner),
            b'"' => {
                if inside.is_empty() {
                    start = scanner.at();
                }
                inside.push(Inside::String);
                scanner.skip(1);
            }
            b'{' | b'}' if !inside.is_empty() => {
                if let Some(Inside::Interpolation(depth)) = inside.last_mut() {
                    match (byte, depth.checked_sub(1)) {
                        (b'{', _) => *depth += 1,
                        (_, Some(outer)) => *depth = outer,
                        (_, None) => {
                            inside.pop();
                        }
                    }
                }
                scanner.skip(1);
            }
            b'[' | b'{' | b'(' if inside.is_empty() => scanner.open(),
            b']' | b'}' | b')' if inside.is_empty() => scanner.close(),
            _ => scanner.skip(1),
        }
    }
}

/// Moves on in a string, to its end or to the start of an interpolation. A string that is not closed ends with its line.
fn in_string(scanner: &mut Scanner<'_>, inside: &mut Vec<Inside>) {
    while let Some(byte) = scanner.peek() {
        match (byte, scanner.peek_at(1), scanner.peek_at(2)) {
            (b'\n', ..) => {
                inside.clear();
                return;
            }
            (b'"', ..) => {
                inside.pop();
                return scanner.skip(1);
            }
            (b'\\', Some(next), _) if next != b'\n' => scanner.skip(2),
            // These are literal.
            (b'$', Some(b'$'), Some(b'{')) | (b'%', Some(b'%'), Some(b'{')) => scanner.skip(3),
            (b'$' | b'%', Some(b'{'), _) => {
                inside.push(Inside::Interpolation(0));
                return scanner.skip(2);
            }
            _ => scanner.skip(1),
        }
    }
    inside.clear();
}

/// The word that ends a heredoc, if a line starts with the opening of one: `<<WORD` or `<<-WORD`.
fn heredoc(line: &[u8]) -> Option<&[u8]> {
    let word = line.strip_prefix(b"<<")?;
    let word = word.strip_prefix(b"-").unwrap_or(word).trim_ascii_end();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | 0x80..);
    let is_first = |byte: &u8| is_word(byte) && !byte.is_ascii_digit() && *byte != b'-';
    (word.first().is_some_and(is_first) && word.iter().all(is_word)).then_some(word)
}

/// Skips a heredoc up to the line with its word, or the rest of the text.
fn skip_heredoc(scanner: &mut Scanner<'_>) {
    let start = scanner.at();
    let word = heredoc(scanner.line()).unwrap_or_default();
    scanner.skip_line();
    while scanner.peek().is_some() {
        let line = scanner.line();
        if line.trim_ascii() == word {
            scanner.skip(line.len());
            break;
        }
        scanner.skip_line();
    }
    scanner.long(start);
}
