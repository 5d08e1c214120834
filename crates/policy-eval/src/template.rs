use iam_policy_core::{Segment, Segments, variable};
use iam_policy_document::{name_of_key, unknown_key};

use crate::key::Key;
use crate::pattern::{Grammar, Unknowns};
use crate::request::Request;

/// A string with policy variables, such as `${aws:username}` or `${aws:PrincipalTag/team, 'none'}`. `${*}`, `${?}` and
/// `${$}` stand for the characters themselves.
///
/// The value of a variable is always taken literally. Names of variables are case-insensitive.
///
/// Source: IAM User Guide, "IAM policy elements: Variables and tags".
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pieces: Box<[Piece]>,
    /// An unknown part may have colons, so that the text may have its segments elsewhere.
    is_open: bool,
}

#[derive(Clone, Debug)]
enum Piece {
    /// Literal text of the policy, which may contain wildcards.
    Text { text: Box<str>, wild: bool },
    /// The value of a key, or the default if the key is absent.
    Variable { key: Key, default: Option<Box<str>> },
}

/// A token of a template after substitution.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Byte(u8),
    Question,
    Star,
}

/// Which characters a wildcard matches.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Any character.
    Everything,
    /// Any character except the colons between the first six segments; a wildcard at the very end matches those too.
    Segment,
}

impl Template {
    /// Parses `text`; `None` if it has no variables and no unknown parts.
    pub(crate) fn parse(text: &str, grammar: Grammar) -> Option<Self> {
        if !variable::is_in(text) {
            return None;
        }
        let wild = grammar.wildcards;
        let (mut pieces, mut is_template, mut is_open) = (Vec::new(), false, false);
        let mut parts = variable::pieces(text);
        loop {
            let start = parts.position();
            let Some(piece) = parts.next() else { break };
            match piece {
                variable::Piece::Variable(_) | variable::Piece::Character(_) if !grammar.variables => {
                    pieces.push(Piece::Text {
                        text: text.get(start..parts.position()).unwrap_or_default().into(),
                        wild: false,
                    });
                    continue;
                }
                variable::Piece::Unknown(unknown) if grammar.unknowns == Unknowns::Anything => {
                    is_open |= !unknown.is_word;
                    pieces.push(Piece::Text {
                        text: "*".into(),
                        wild: true,
                    });
                }
                variable::Piece::Text(text) | variable::Piece::Unclosed(text) => {
                    pieces.push(Piece::Text {
                        text: text.into(),
                        wild,
                    });
                    continue;
                }
                variable::Piece::Character(character) => pieces.push(Piece::Text {
                    text: String::from(character).into(),
                    wild: false,
                }),
                variable::Piece::Variable(variable) => pieces.push(Piece::Variable {
                    key: Key::new(variable.key),
                    default: variable.default.map(Into::into),
                }),
                variable::Piece::Unknown(unknown) => pieces.push(Piece::Variable {
                    key: Key::new(&unknown_key(unknown)),
                    default: None,
                }),
            }
            is_template = true;
        }
        if !is_template {
            return None;
        }
        Some(Self {
            pieces: pieces.into(),
            is_open,
        })
    }

    /// The keys of the variables without a value in `request`.
    pub(crate) fn unresolved<'t>(&'t self, request: &Request<'_>) -> impl Iterator<Item = &'t str> {
        let unresolved = self.pieces.iter().filter_map(move |piece| match piece {
            Piece::Variable { key, .. } if piece.text(request).is_none() => Some(key.name()),
            _ => None,
        });
        // The unknown parts of a template are not condition keys.
        unresolved.filter(|key| name_of_key(key).is_none())
    }

    /// Whether every variable has a value. If not, the template matches nothing.
    fn resolves(&self, request: &Request<'_>) -> bool {
        self.pieces.iter().all(|piece| piece.text(request).is_some())
    }

    /// Whether it equals `value`, ignoring case, with wildcards taken as plain characters.
    pub(crate) fn equals_ignoring_case(&self, value: &str, request: &Request<'_>) -> bool {
        if self
            .pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Text { wild: true, .. }))
        {
            // Only unknown parts are wild here.
            return true;
        }
        self.resolves(request)
            && self
                .pieces
                .iter()
                .filter_map(|piece| piece.text(request))
                .flat_map(str::chars)
                .flat_map(char::to_lowercase)
                .eq(value.chars().flat_map(char::to_lowercase))
    }

    /// Whether `value` matches it.
    pub(crate) fn matches(&self, value: &str, request: &Request<'_>, reach: Reach) -> bool {
        if !self.resolves(request) {
            return false;
        }
        let text = value.as_bytes();
        let reach = if self.is_open { Reach::Everything } else { reach };
        // Where the sixth segment starts.
        let fence = match reach {
            Reach::Everything => 0,
            Reach::Segment => {
                let resource = Segments::new(value).range(Segment::Resource);
                resource.map_or(text.len(), |resource| resource.start)
            }
        };
        let takes = |at: usize| at >= fence || text.get(at) != Some(&b':');
        let mut at = 0;
        let mut cursor = Cursor {
            rest: &self.pieces,
            text: &[],
            wild: false,
        };
        // A mismatch backtracks only to the last `*`, as in `iam_policy_core::wildcard`. The segment boundary does not
        // change that: whatever an earlier `*` could match beyond it, the later one can match too.
        let mut retry: Option<(Cursor<'_>, usize)> = None;
        loop {
            let mut next = cursor;
            match (next.token(request), text.get(at)) {
                (Some(Token::Star), _) => {
                    if next.is_at_end(request) {
                        return true;
                    }
                    cursor = next;
                    retry = Some((cursor, at));
                    continue;
                }
                (Some(Token::Question), Some(_)) if takes(at) => {
                    if let Some(character) = value.get(at..).and_then(|rest| rest.chars().next()) {
                        (cursor, at) = (next, at + character.len_utf8());
                        continue;
                    }
                }
                (Some(Token::Byte(expected)), Some(byte)) if expected == *byte => {
                    (cursor, at) = (next, at + 1);
                    continue;
                }
                (None, None) => return true,
                _ => {}
            }
            match retry {
                Some((after, start)) if start < text.len() && takes(start) => {
                    (cursor, at) = (after, start + 1);
                    retry = Some((after, start + 1));
                }
                _ => return false,
            }
        }
    }
}

impl Piece {
    /// The value it is replaced with. A multivalued key cannot be used as a variable.
    fn text<'r>(&'r self, request: &'r Request<'_>) -> Option<&'r str> {
        match self {
            Self::Text { text, .. } => Some(text),
            Self::Variable { key, .. } if key.is_multivalued() => None,
            Self::Variable { key, default } => match request.values(key) {
                Some(values) => values.single(),
                None => default.as_deref(),
            },
        }
    }
}

/// A position in a template.
#[derive(Clone, Copy)]
struct Cursor<'r> {
    /// The pieces not started yet.
    rest: &'r [Piece],
    /// The rest of the current piece.
    text: &'r [u8],
    wild: bool,
}

impl<'r> Cursor<'r> {
    /// Returns the next token and advances past it.
    fn token(&mut self, request: &'r Request<'_>) -> Option<Token> {
        loop {
            if let [byte, tail @ ..] = self.text {
                self.text = tail;
                return Some(match byte {
                    b'*' if self.wild => Token::Star,
                    b'?' if self.wild => Token::Question,
                    _ => Token::Byte(*byte),
                });
            }
            let [piece, rest @ ..] = self.rest else {
                return None;
            };
            self.rest = rest;
            self.text = piece.text(request)?.as_bytes();
            self.wild = matches!(piece, Piece::Text { wild: true, .. });
        }
    }

    fn is_at_end(mut self, request: &'r Request<'_>) -> bool {
        self.token(request).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Context;

    const TAGS: &[(&str, &[&str])] = &[
        ("aws:PrincipalTag/team", &["red"]),
        ("aws:PrincipalTag/odd", &["*"]),
        ("aws:PrincipalTag/arn", &["arn:aws:s3:::b"]),
        ("aws:TagKeys", &["one"]),
        ("custom:many", &["a", "b"]),
    ];

    fn with_request<T>(test: impl Fn(&Request<'_>) -> T) -> T {
        let mut context = Context::new();
        for (key, values) in TAGS {
            context.set(key, values.iter().copied()).unwrap();
        }
        let request = Request::new("arn:aws:iam::123456789012:user/ann", "s3:GetObject", "*").unwrap();
        test(&request.with_context(&context))
    }

    fn matches(template: &str, value: &str, reach: Reach) -> bool {
        with_request(|request| parse(template, true).unwrap().matches(value, request, reach))
    }

    fn parse(text: &str, wildcards: bool) -> Option<Template> {
        let grammar = Grammar {
            variables: true,
            wildcards,
            unknowns: Unknowns::Given,
        };
        Template::parse(text, grammar)
    }

    #[test]
    fn text_without_variables_is_no_template() {
        for text in ["", "a*", "$", "${", "${aws:username", "}"] {
            assert!(parse(text, true).is_none(), "{text}");
        }
    }

    #[test]
    fn a_variable_is_its_value() {
        let everything = |template, value| matches(template, value, Reach::Everything);
        assert!(everything("home/${aws:username}/*", "home/ann/x"));
        assert!(everything("home/${AWS:UserName}/*", "home/ann/"));
        assert!(!everything("home/${aws:username}/*", "home/bob/x"));
        assert!(everything("${aws:PrincipalTag/team}${aws:username}", "redann"));
        assert!(everything("*${aws:username}", "x/ann"));
        assert!(!everything("*${aws:username}", "x/anna"));
    }

    #[test]
    fn a_value_is_taken_literally() {
        assert!(matches("x/${aws:PrincipalTag/odd}", "x/*", Reach::Everything));
        assert!(!matches("x/${aws:PrincipalTag/odd}", "x/y", Reach::Everything));
        assert!(matches("a${*}b${?}c${$}d*", "a*b?c$de", Reach::Everything));
        assert!(!matches("a${*}b", "axb", Reach::Everything));
    }

    #[test]
    fn a_default_stands_in_for_a_missing_key_only() {
        let everything = |template, value| matches(template, value, Reach::Everything);
        assert!(everything("${aws:PrincipalTag/none, 'all'}", "all"));
        assert!(everything("${aws:PrincipalTag/none,'a b'}", "a b"));
        assert!(everything("x${aws:PrincipalTag/none, ''}*", "xy"));
        assert!(everything("${aws:PrincipalTag/team, 'all'}", "red"));
        assert!(!everything("${aws:PrincipalTag/none, all}", "all"));
    }

    #[test]
    fn what_has_no_single_value_matches_nothing() {
        for template in [
            "*${aws:PrincipalTag/none}*",
            "*${aws:TagKeys}*",
            "*${custom:many, 'x'}*",
            "*${}*",
        ] {
            assert!(!matches(template, "one", Reach::Everything), "{template}");
            assert!(!matches(template, "", Reach::Everything), "{template}");
        }
    }

    #[test]
    fn a_wildcard_stays_in_its_segment() {
        let segment = |template, value| matches(template, value, Reach::Segment);
        assert!(segment("${aws:PrincipalTag/arn}", "arn:aws:s3:::b"));
        assert!(segment(
            "arn:aws:iam::${aws:PrincipalAccount}:user/*",
            "arn:aws:iam::123456789012:user/a:b"
        ));
        assert!(!segment(
            "arn:*:${aws:PrincipalAccount}:x",
            "arn:aws:iam::123456789012:x"
        ));
        assert!(segment(
            "${aws:PrincipalTag/none, 'arn'}:aws:*",
            "arn:aws:iam::1:role/r"
        ));
        assert!(!segment("${aws:PrincipalTag/none, 'arn'}:aws:*:r", "arn:aws:iam::1:r"));
        assert!(!segment("${aws:PrincipalTag/none, 'arn'}?aws", "arn:aws"));
    }

    #[test]
    fn without_wildcards_all_characters_are_themselves() {
        with_request(|request| {
            let template = parse("*/${aws:username}/É", false).unwrap();
            assert!(template.matches("*/ann/É", request, Reach::Everything));
            assert!(!template.matches("x/ann/É", request, Reach::Everything));
            assert!(!template.matches("*/ann/É/", request, Reach::Everything));
            assert!(template.equals_ignoring_case("*/ANN/é", request));
            assert!(!template.equals_ignoring_case("*/ann", request));
        });
    }
}
