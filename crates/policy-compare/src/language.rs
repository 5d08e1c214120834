//! The texts of a policy as patterns, by its version of the policy language.

use iam_policy_catalog::overlay::{ShortForm, short_form};
use iam_policy_core::variable::{self, Piece, pieces};
use iam_policy_core::{Segment, Segments, VariableScope};

use iam_policy_document::unknown_key;

use crate::glob::{Pattern, Reach, Token, letter, wildcards};
use crate::terms::{Terms, Variable};

/// The two languages of policies: without a version, or with the old one, `${…}` is plain text.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Version".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Old,
    Variables,
}

impl Language {
    /// The tokens of a text; `None` if it can never match, because a variable in it has no single value.
    fn tokens(self, terms: &mut Terms, text: &str, like: bool, reach: Reach) -> Option<Vec<Token>> {
        let plain = |text: &str| -> Vec<Token> {
            if like {
                wildcards(text, reach).collect()
            } else {
                text.chars().map(Token::Char).collect()
            }
        };
        if self == Self::Old && !variable::has_unknown(text) {
            return Some(plain(text));
        }
        let mut tokens = Vec::new();
        let mut pieces = pieces(text);
        loop {
            let start = pieces.position();
            let Some(piece) = pieces.next() else { break };
            match piece {
                Piece::Variable(_) | Piece::Character(_) if self == Self::Old => {
                    tokens.extend(plain(text.get(start..pieces.position()).unwrap_or_default()));
                }
                Piece::Text(text) | Piece::Unclosed(text) => tokens.extend(plain(text)),
                Piece::Character(c) => tokens.push(Token::Char(c)),
                Piece::Variable(variable) => tokens.push(letter_of(terms, variable)?),
                Piece::Unknown(unknown) => tokens.push(letter_of_unknown(terms, unknown)),
            }
        }
        Some(tokens)
    }

    /// The pattern of a value of a string operator.
    pub(crate) fn text(self, terms: &mut Terms, text: &str, like: bool, fold: bool) -> Option<usize> {
        let tokens = self.tokens(terms, text, like, Reach::Everything)?;
        Some(terms.pattern(Pattern::new(tokens, fold)))
    }

    /// The pattern of a resource.
    ///
    /// - `in_resource_policy`: services accept short forms
    pub(crate) fn resource(self, terms: &mut Terms, text: &str, in_resource_policy: bool) -> Option<usize> {
        match short_form(text).filter(|_| in_resource_policy) {
            Some(form) => self.completed(terms, text, form),
            None => self.arn(terms, text, VariableScope::Resource),
        }
    }

    /// The pattern of a resource in a short form, which the service completes with the name of the resource that the
    /// policy is attached to.
    fn completed(self, terms: &mut Terms, text: &str, form: &ShortForm) -> Option<usize> {
        let mut tokens = Vec::new();
        for (segment, text) in Segments::new(form.stands_for).iter() {
            if segment != Segment::Prefix {
                tokens.push(Token::Char(':'));
            }
            let reach = if segment == Segment::Resource {
                Reach::Name
            } else {
                Reach::Segment
            };
            tokens.extend(wildcards(text, reach));
        }
        let rest = text.get(form.prefix.len()..).unwrap_or_default();
        tokens.extend(self.tokens(terms, rest, true, Reach::Everything)?);
        Some(terms.pattern(Pattern::new(tokens, false)))
    }

    /// The pattern of a value of an ARN operator.
    pub(crate) fn condition_arn(self, terms: &mut Terms, text: &str) -> Option<usize> {
        self.arn(terms, text, VariableScope::Everywhere)
    }

    /// An `iam_policy_core::ArnPattern` as tokens.
    fn arn(self, terms: &mut Terms, text: &str, scope: VariableScope) -> Option<usize> {
        let scope = match self {
            Self::Old => VariableScope::Nowhere,
            Self::Variables => scope,
        };
        let segments = Segments::of_pattern(text, scope);
        let mut tokens = Vec::new();
        for (segment, text) in segments.iter() {
            if segment != Segment::Prefix {
                tokens.push(Token::Char(':'));
            }
            let reach = if segment == Segment::Resource {
                Reach::Everything
            } else {
                Reach::Segment
            };
            let language = if scope.includes(segment) { self } else { Self::Old };
            tokens.extend(language.tokens(terms, text, true, reach)?);
        }
        // At the end of a pattern with fewer than six segments, a `*` matches everything that follows.
        if segments.count() < Segment::ALL.len()
            && let Some(last @ Token::Star(_)) = tokens.last_mut()
        {
            *last = Token::Star(Reach::Everything);
        }
        Some(terms.pattern(Pattern::new(tokens, false)))
    }
}

/// The letter of an unknown part: a key with the same value in every request.
fn letter_of_unknown(terms: &mut Terms, unknown: variable::Unknown<'_>) -> Token {
    let key = terms.key(&unknown_key(unknown));
    let number = terms.variables.number(Variable { key, default: None });
    Token::Char(letter(number))
}

/// The letter of a variable; `None` if its key is multivalued, and so cannot be a variable.
///
/// Source: IAM User Guide, "IAM policy elements: Variables and tags".
fn letter_of(terms: &mut Terms, variable: variable::Variable<'_>) -> Option<Token> {
    let default = variable.default.map(str::to_owned);
    let key = terms.key(variable.key);
    if terms
        .keys
        .get(key)
        .is_some_and(|key| key.kind.is_some() && key.multivalued)
    {
        return None;
    }
    let number = terms.variables.number(Variable { key, default });
    Some(Token::Char(letter(number)))
}
