//! JSON with comments.

use super::scanner::Scanner;

pub(super) fn scan(scanner: &mut Scanner<'_>) {
    while let Some(byte) = scanner.peek() {
        match byte {
            b'/' if scanner.peek_at(1) == Some(b'/') => scanner.line_comment(),
            b'/' if scanner.peek_at(1) == Some(b'*') => scanner.block_comment(),
            b'"' => scanner.string(b'"', true),
            b'[' | b'{' => scanner.open(),
            b']' | b'}' => scanner.close(),
            _ => scanner.skip(1),
        }
    }
}
