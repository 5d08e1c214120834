//! Quoting for shells.

/// Quotes a text as a single word of a POSIX shell.
///
/// Source: POSIX, "Shell Command Language", "Quoting": between single quotes every character is literal, and a single
/// quote cannot occur.
pub(crate) fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:@%+,".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
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
        check(r#"{"a": "$b"}"#, expect![[r#"'{"a": "$b"}'"#]]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn quoting_round_trips_through_the_shell(texts in prop::collection::vec("[^\0]{0,20}|[ '\"$`\\\\!*?\n#&;|<>(){}~=-]{1,12}", 1..20)) {
            let words: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
            let script = format!("printf '%s\\0' {}", words.join(" "));
            let output = Command::new("sh").args(["-c", &script]).output().unwrap();
            let expected = texts.join("\0") + "\0";
            prop_assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
        }
    }
}
