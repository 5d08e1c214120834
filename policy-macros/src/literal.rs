use std::str::Chars;

/// The value of a string literal; `None` of any other.
///
/// - `literal`: as it is written, and accepted by the compiler
///
/// Source: The Rust Reference, "Tokens: String literals".
pub(crate) fn value(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('r') {
        let quoted = raw.trim_matches('#');
        return quoted.strip_prefix('"')?.strip_suffix('"').map(str::to_owned);
    }
    let mut rest = literal.strip_prefix('"')?.strip_suffix('"')?.chars();
    let mut value = String::new();
    while let Some(character) = rest.next() {
        if character == '\\' {
            push_escaped(&mut value, &mut rest)?;
        } else {
            value.push(character);
        }
    }
    Some(value)
}

/// Takes the escape that `rest` begins with, and adds what it stands for.
fn push_escaped(value: &mut String, rest: &mut Chars<'_>) -> Option<()> {
    let character = match rest.next()? {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '0' => '\0',
        'x' => {
            let digits = rest.as_str().get(..2)?;
            *rest = rest.as_str().get(2..)?.chars();
            hexadecimal(digits)?
        }
        'u' => {
            let (digits, behind) = rest.as_str().strip_prefix('{')?.split_once('}')?;
            *rest = behind.chars();
            hexadecimal(&digits.replace('_', ""))?
        }
        '\n' => {
            *rest = rest.as_str().trim_start_matches([' ', '\t', '\n', '\r']).chars();
            return Some(());
        }
        itself => itself,
    };
    value.push(character);
    Some(())
}

fn hexadecimal(digits: &str) -> Option<char> {
    u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! check {
        ($($literal:literal)*) => {
            $(assert_eq!(value(stringify!($literal)).as_deref(), Some($literal));)*
        };
    }

    #[test]
    fn values_are_those_that_the_compiler_reads() {
        check!(
            "" "a" "../policies.toml" r"" r"..\a" r#"a"b"# r##"#"#a"## "\n\r\t\0\\\'\"" "\x41\x7f" "\u{e9}\u{1_F600}" "\u{41}b"
            "a\
             b" "\\n" "\\\\" "é"
        );
    }

    #[test]
    fn other_literals_have_none() {
        for literal in [
            "1",
            "'a'",
            "b\"a\"",
            "br\"a\"",
            "c\"a\"",
            "1.5",
            "\"a\"suffix",
            "\"a",
            "\"\\",
            "r\"a",
        ] {
            assert_eq!(value(literal), None, "{literal}");
        }
    }
}
