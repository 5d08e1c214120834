//! TOML.
//!
//! Source: TOML v1.0.0, "Comment", "String".

use super::scanner::Scanner;

pub(super) fn scan(scanner: &mut Scanner<'_>) {
    while let Some(byte) = scanner.peek() {
        match byte {
            b'#' => scanner.line_comment(),
            b'"' if scanner.rest().starts_with(b"\"\"\"") => long_string(scanner, b'"', true),
            b'\'' if scanner.rest().starts_with(b"'''") => long_string(scanner, b'\'', false),
            b'"' => scanner.string(b'"', true),
            b'\'' => scanner.string(b'\'', false),
            b'[' | b'{' => scanner.open(),
            b']' | b'}' => scanner.close(),
            _ => scanner.skip(1),
        }
    }
}

/// A string in three quotes on each side.
fn long_string(scanner: &mut Scanner<'_>, quote: u8, has_escapes: bool) {
    let start = scanner.at();
    let end = [quote; 3];
    scanner.skip(3);
    while let Some(byte) = scanner.peek() {
        match byte {
            b'\\' if has_escapes => scanner.skip(2),
            _ if scanner.rest().starts_with(&end) => {
                scanner.skip(3);
                // Up to two quotes before the closing ones belong to the text.
                for _ in 0..2 {
                    scanner.skip(usize::from(scanner.peek() == Some(quote)));
                }
                break;
            }
            _ => scanner.skip(1),
        }
    }
    scanner.long(start);
}
