//! What a condition says about a request of which some context keys are known.

use crate::arn::ArnPattern;
use crate::decide::Match;
use crate::model::Condition;
use crate::operator::{Comparison, Operator, Qualifier, StringMatch};
use crate::text::{boolean, find_either, same};
use crate::variable::{self, Kind};
use crate::wildcard::{Case, Variables, glob};

/// Context keys and their values. A key with several values occurs once for each. Nothing is known about other keys.
pub(crate) type Context<'r> = &'r [(&'r str, &'r str)];

impl Condition<'_> {
    /// Whether the condition holds in a request with these keys.
    ///
    /// Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Single-valued vs. multivalued context
    /// keys".
    pub(crate) const fn holds(&self, context: Context<'_>) -> Match {
        let Some(operator) = Operator::from_name(self.operator) else {
            return Match::Maybe;
        };
        let (mut any, mut some, mut all) = (Match::No, Match::No, Match::Yes);
        let (mut count, mut is_empty) = (0, false);
        let mut rest = context;
        while let [(key, value), tail @ ..] = rest {
            rest = tail;
            if !key.eq_ignore_ascii_case(self.key) {
                continue;
            }
            count += 1;
            is_empty = value.is_empty();
            let met = self.is_met(operator, value, context);
            any = any.or(met);
            let met = if operator.is_negated() { met.not() } else { met };
            some = some.or(met);
            all = all.and(met);
        }
        if count == 0 {
            return Match::Maybe;
        }
        match operator.qualifier() {
            Some(Qualifier::ForAllValues) if matches!(operator.comparison(), Comparison::Null) => Match::Yes,
            Some(Qualifier::ForAnyValue) if matches!(operator.comparison(), Comparison::Null) => Match::No,
            // A single empty value counts as none.
            Some(Qualifier::ForAllValues) if count == 1 && is_empty => Match::Yes,
            Some(Qualifier::ForAnyValue) if count == 1 && is_empty => Match::No,
            Some(Qualifier::ForAllValues) => all,
            Some(Qualifier::ForAnyValue) => some,
            None if operator.is_negated() => any.not(),
            None => any,
        }
    }

    /// Whether a value of the key matches any of the condition's values, before negation.
    const fn is_met(&self, operator: Operator, value: &str, context: Context<'_>) -> Match {
        let mut met = Match::No;
        let mut rest = self.values;
        while let [expected, tail @ ..] = rest {
            rest = tail;
            if expected.widest.is_some() {
                met = met.or(Match::Maybe);
                continue;
            }
            met = met.or(compare(operator.comparison(), expected.text, value, context));
            let mut more = expected.more;
            while let [expected, tail @ ..] = more {
                met = met.or(compare(operator.comparison(), expected, value, context));
                more = tail;
            }
        }
        met
    }
}

/// Whether a value matches one value of a condition.
const fn compare(comparison: Comparison, expected: &str, value: &str, context: Context<'_>) -> Match {
    match comparison {
        // The key is known, so it is in the request.
        Comparison::Null => Match::known(matches!(boolean(expected), Some(false))),
        Comparison::Bool => match (boolean(expected), boolean(value)) {
            (Some(expected), Some(value)) => Match::known(expected == value),
            _ => Match::No,
        },
        Comparison::Binary => Match::known(same(expected, value)),
        Comparison::Numeric(_) | Comparison::Date(_) | Comparison::IpAddress => Match::Maybe,
        Comparison::String(StringMatch::IgnoreCase) if !expected.is_ascii() || !value.is_ascii() => Match::Maybe,
        Comparison::Arn => {
            if find_either(expected, b'$', b'$').is_some() {
                return Match::Maybe;
            }
            Match::known(ArnPattern::new(expected).matches(value))
        }
        Comparison::String(kind) => {
            let mut buffer = Buffer::new();
            let wildcards = matches!(kind, StringMatch::Wildcards);
            if !buffer.expand(expected.as_bytes(), wildcards, context) {
                return Match::Maybe;
            }
            let case = match kind {
                StringMatch::IgnoreCase => Case::Ignored,
                StringMatch::Exact | StringMatch::Wildcards => Case::Sensitive,
            };
            Match::known(glob(buffer.bytes(), value.as_bytes(), case, Variables::Anything))
        }
    }
}

/// Whether the end of a resource segment that has policy variables matches that of an ARN.
pub(crate) const fn segment_matches(pattern: &[u8], text: &[u8], context: Context<'_>) -> Match {
    if context.is_empty() {
        return Match::Maybe;
    }
    let mut buffer = Buffer::new();
    if !buffer.expand(pattern, true, context) {
        return Match::Maybe;
    }
    Match::known(glob(buffer.bytes(), text, Case::Sensitive, Variables::Anything))
}

/// The longest value that a condition is compared with here.
const CAPACITY: usize = 1024;

/// A pattern whose policy variables have been replaced. Characters that are not wildcards are escaped as `${*}`.
struct Buffer {
    bytes: [u8; CAPACITY],
    length: usize,
    is_full: bool,
}

impl Buffer {
    const fn new() -> Self {
        Self {
            bytes: [0; CAPACITY],
            length: 0,
            is_full: false,
        }
    }

    const fn bytes(&self) -> &[u8] {
        self.bytes.split_at(self.length).0
    }

    const fn push(&mut self, byte: u8) {
        match self.bytes.split_at_mut(self.length).1 {
            [next, ..] => {
                *next = byte;
                self.length += 1;
            }
            [] => self.is_full = true,
        }
    }

    /// Adds a character that stands for itself.
    const fn literal(&mut self, byte: u8) {
        if matches!(byte, b'*' | b'?' | b'$') {
            self.push(b'$');
            self.push(b'{');
            self.push(byte);
            self.push(b'}');
        } else {
            self.push(byte);
        }
    }

    /// Adds a text with its variables replaced. Returns false if that is not possible: a variable is unknown or has
    /// several values, or the text is too long.
    ///
    /// - `wildcards`: whether `*` and `?` are wildcards
    const fn expand(&mut self, text: &[u8], wildcards: bool, context: Context<'_>) -> bool {
        let mut at = 0;
        while at < text.len() {
            let (_, rest) = text.split_at(at);
            let [byte, ..] = rest else { break };
            match variable::starting_at(text, at) {
                Some((Kind::Character(byte), end)) => {
                    self.literal(byte);
                    at = end;
                }
                Some((Kind::Variable, end)) => {
                    let (variable, _) = text.split_at(end);
                    let (_, variable) = variable.split_at(at);
                    let Some(mut value) = only_value(variable, context) else {
                        return false;
                    };
                    while let [first, tail @ ..] = value {
                        self.literal(*first);
                        value = tail;
                    }
                    at = end;
                }
                None => {
                    if wildcards && *byte != b'$' {
                        self.push(*byte);
                    } else {
                        self.literal(*byte);
                    }
                    at += 1;
                }
            }
        }
        !self.is_full
    }
}

/// The value of a variable, if its key is known and has a single value.
///
/// - `variable`: the whole `${…}`
const fn only_value<'r>(variable: &[u8], context: Context<'r>) -> Option<&'r [u8]> {
    let mut found = None;
    let mut rest = context;
    while let [(key, value), tail @ ..] = rest {
        rest = tail;
        if variable::has_key(variable, key) {
            if found.is_some() {
                return None;
            }
            found = Some(value.as_bytes());
        }
    }
    found
}
