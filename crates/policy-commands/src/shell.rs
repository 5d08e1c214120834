//! Quoting for shells.

use std::ffi::OsStr;
use std::fmt::Write;

use iam_policy_core::text::is_invisible;

/// Quotes a text as a single word of a POSIX shell, without any invisible characters except line feeds.
///
/// Source: POSIX, "Shell Command Language", "Quoting": between single quotes every character is literal, and a single
/// quote cannot occur. Invisible characters and bytes that are not UTF-8 come from `printf`, whose escapes every shell
/// knows.
///
/// - `text`: a text, or a path
///
/// # Examples
///
/// ```
/// use iam_policy_commands::shell::quoted;
///
/// assert_eq!(quoted("policies.toml"), "policies.toml");
/// assert_eq!(quoted("it's"), r"'it'\''s'");
/// assert_eq!(quoted("a\u{1b}b"), r#"'a'"$(printf '\033')"'b'"#);
/// ```
#[must_use]
pub fn quoted(text: impl AsRef<OsStr>) -> String {
    let bytes = text.as_ref().as_encoded_bytes();
    // On Windows, backslashes separate folders and are literal in its shells.
    let is_plain =
        |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./:@%+,".contains(byte) || cfg!(windows) && *byte == b'\\';
    if !bytes.is_empty()
        && bytes.iter().all(is_plain)
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return text.to_owned();
    }
    let mut word = Word::default();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if is_invisible(character) && character != '\n' {
                word.escape(character.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                word.literal(character);
            }
        }
        word.escape(chunk.invalid());
    }
    word.finish()
}

/// A word, made of parts in single quotes and parts from `printf`.
#[derive(Default)]
struct Word {
    text: String,
    /// What ends the open part.
    end: &'static str,
}

impl Word {
    fn part(&mut self, start: &str, end: &'static str) {
        if self.end != end {
            self.text.push_str(self.end);
            self.text.push_str(start);
            self.end = end;
        }
    }

    fn literal(&mut self, character: char) {
        self.part("'", "'");
        match character {
            '\'' => self.text.push_str(r"'\''"),
            _ => self.text.push(character),
        }
    }

    fn escape(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.part("\"$(printf '", "')\"");
            // Writing to a string cannot fail.
            let _ = write!(self.text, "\\{byte:03o}");
        }
    }

    fn finish(mut self) -> String {
        if self.text.is_empty() {
            self.part("'", "'");
        }
        self.text.push_str(self.end);
        self.text
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: Expect) {
        expected.assert_eq(&quoted(text));
    }

    #[test]
    fn quotes_only_where_needed() {
        check("remotion-lambda.role@acme", expect!["remotion-lambda.role@acme"]);
        check("", expect!["''"]);
        check("~", expect!["'~'"]);
        check("a=b", expect!["'a=b'"]);
        check("it's", expect![[r#"'it'\''s'"#]]);
        check(
            "a\u{1b}[2J\u{9b}\u{ad}b\n",
            expect![[r#"
                'a'"$(printf '\033')"'[2J'"$(printf '\302\233\302\255')"'b
                '"#]],
        );
        check(r#"{"a": "$b"}"#, expect![[r#"'{"a": "$b"}'"#]]);
    }

    #[cfg(unix)]
    #[test]
    fn paths_that_are_not_utf8() {
        use std::os::unix::ffi::OsStrExt;
        let path = OsStr::from_bytes(b"a\xff1'b");
        assert_eq!(quoted(path), r#"'a'"$(printf '\377')"'1'\''b'"#);
        let script = format!("printf %s {}", quoted(path));
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        assert_eq!(output.stdout, path.as_bytes());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn quoting_round_trips_through_the_shell(texts in prop::collection::vec("[^\0]{0,20}|[\u{1}-\u{ff}\u{202e}\u{e0041}]{1,12}|[ '\"$`\\\\!*?\n#&;|<>(){}~=-]{1,12}", 1..20)) {
            let words: Vec<String> = texts.iter().map(quoted).collect();
            prop_assert!(!words.concat().contains(|one| one != '\n' && is_invisible(one)), "{:?}", words);
            let script = format!("printf '%s\\0' {}", words.join(" "));
            let output = Command::new("sh").args(["-c", &script]).output().unwrap();
            let expected = texts.join("\0") + "\0";
            prop_assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
        }
    }
}
