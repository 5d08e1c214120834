//! Lines that are indented too little inside brackets and quotes.
//!
//! YAML wants the lines of a value inside a mapping to be indented further than the mapping. The parsers that CloudFormation
//! and SAM use accept them anywhere inside brackets and quotes, and many templates rely on that.
//!
//! Source: YAML 1.2, "Flow styles"; libyaml, whose scanner ignores indentation in flow contexts.

use saphyr_parser::{Event, Parser, ScanError};

use super::Places;

/// How many bytes are read again at most, beyond the first time.
const MAX_READ: usize = 64 << 20;

/// How often a text is read again at most.
const MAX_ROUNDS: usize = 100;

/// Whether an error is that a line is indented too little.
pub(super) fn is_indented_too_little(error: &ScanError) -> bool {
    error.info().starts_with("invalid indentation")
}

/// The text with such lines joined to those before them. Every byte that stays is at its place.
pub(super) fn joined(text: &str) -> String {
    let mut joined = text.to_owned();
    let rounds = (MAX_READ / joined.len().max(1)).clamp(1, MAX_ROUNDS);
    for _ in 0..rounds {
        let Some((start, end)) = construct(&joined) else {
            break;
        };
        let before = joined.len();
        let Some(inside) = joined.get(start..end) else { break };
        let flat = flat(inside);
        if flat == inside {
            break;
        }
        joined.replace_range(start..end, &flat);
        debug_assert_eq!(joined.len(), before);
    }
    joined
}

/// The bytes of the outermost brackets or quotes in which the first such line is.
fn construct(text: &str) -> Option<(usize, usize)> {
    let (body, mark) = text.strip_prefix('\u{feff}').map_or((text, 0), |text| (text, 3));
    let places = Places::new(body, mark);
    let mut open: Vec<usize> = Vec::new();
    let mut parser = Parser::new_from_str(body);
    let at = loop {
        match parser.next_event()? {
            Ok((Event::SequenceStart(..) | Event::MappingStart(..), span)) => {
                open.push(places.of(span.start.index()));
            }
            Ok((Event::SequenceEnd | Event::MappingEnd, _)) => {
                open.pop();
            }
            Ok(_) => {}
            Err(error) if is_indented_too_little(&error) => break places.of(error.marker().index()),
            Err(_) => return None,
        }
    };
    let bracket = open.into_iter().find_map(|start| {
        let rest = text.get(start..)?;
        // Before a bracket, there can be a tag.
        let inside = rest.find(['[', '{', '\n'])?;
        let is_tag = rest
            .get(..inside)?
            .split_whitespace()
            .all(|word| word.starts_with(['!', '&']));
        let is_bracket = rest.get(inside..)?.starts_with(['[', '{']);
        (is_tag && is_bracket).then_some(start + inside)
    });
    let start = bracket.or_else(|| text.get(at..)?.starts_with(['"', '\'']).then_some(at))?;
    let length = length(text.get(start..)?)?;
    Some((start, start + length))
}

/// What the characters of a text are in.
enum Place {
    Brackets,
    Quotes(char),
    Comment,
}

/// Calls `each` for every character of brackets or quotes that a text starts with, and returns their length.
fn walk(text: &str, mut each: impl FnMut(char, &Place)) -> Option<usize> {
    let (mut depth, mut place, mut before) = (0_usize, Place::Brackets, '[');
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match place {
            Place::Comment if character == '\n' => place = Place::Brackets,
            Place::Quotes('"') if character == '\\' => {
                each(character, &place);
                let (_, escaped) = characters.next()?;
                each(escaped, &place);
                continue;
            }
            Place::Quotes(quote) if character == quote => {
                if quote == '\'' && characters.next_if(|(_, next)| *next == quote).is_some() {
                    each(quote, &place);
                } else {
                    place = Place::Brackets;
                }
            }
            Place::Comment | Place::Quotes(_) => {}
            Place::Brackets => match character {
                '[' | '{' => depth += 1,
                ']' | '}' => depth = depth.saturating_sub(1),
                '#' if before.is_whitespace() => place = Place::Comment,
                '"' | '\'' if before.is_whitespace() || matches!(before, '[' | '{' | ',' | ':') => {
                    place = Place::Quotes(character);
                }
                _ => {}
            },
        }
        each(character, &place);
        before = character;
        if depth == 0 && matches!(place, Place::Brackets) {
            return Some(at + character.len_utf8());
        }
    }
    None
}

fn length(text: &str) -> Option<usize> {
    walk(text, |_, _| {})
}

/// Brackets or quotes on one line, of the same length.
fn flat(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    walk(text, |character, place| match (character, place) {
        ('\n' | '\r', _) => result.push(' '),
        (hidden, Place::Comment) => result.extend(std::iter::repeat_n(' ', hidden.len_utf8())),
        (shown, _) => result.push(shown),
    });
    result
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use crate::yaml::read;

    fn check(source: &str, expected: Expect) {
        let reading = read(source.as_bytes());
        let mut found = format!("{:?}\n", reading.document);
        for problem in &reading.problems {
            found.extend([problem.message.as_ref(), "\n"]);
        }
        expected.assert_eq(&found);
    }

    #[test]
    fn lines_in_brackets_and_quotes() {
        check(
            "a:\n  b: [\n  x,\n] # end\n  c: 1\n",
            expect![[r#"
            {"a":{"b":["x"],"c":"1"}}
        "#]],
        );
        check(
            "a:\n  b: !Sub {\n'x': 'it''s', # the [ one\ny: don't\n}\nc: 1\n",
            expect![[r#"
                {"a":{"b":{"Fn::Sub":{"x":"it's","y":"don't"}}},"c":"1"}
            "#]],
        );
        check(
            "a:\n  b: 'one\n  two\nthree'\n  c: \"x\\\"\ny\"\n",
            expect![[r#"
            {"a":{"b":"one   two three","c":"x\" y"}}
        "#]],
        );
        check(
            "a:\n  b: !Sub '{\n    \"x\": 1\n  }'\nc: 1\n",
            expect![[r#"
            {"a":{"b":{"Fn::Sub":"{     \"x\": 1   }"}},"c":"1"}
        "#]],
        );
        check(
            "a:\n  b: [\n  x,\n]\nc: [1\n",
            expect![[r#"
            {"a":{"b":["x"]},"c":["1"]}
            invalid YAML: while parsing a flow sequence, expected ',' or ']'
        "#]],
        );
    }
}
