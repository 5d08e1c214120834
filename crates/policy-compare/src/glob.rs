//! Patterns as lists of tokens: parsing, matching and comparing them.

use crate::work::Work;

/// Letters that represent policy variables while their values are unconstrained. IAM accepts no character beyond
/// U+00FF.
const LETTERS: u32 = 0xF_0000;

/// The letter of the variable with that number.
pub(crate) fn letter(variable: usize) -> char {
    u32::try_from(variable)
        .ok()
        .and_then(|number| char::from_u32(LETTERS + number))
        .unwrap_or(char::MAX)
}

/// The variable that a letter represents.
pub(crate) fn variable(letter: char) -> Option<usize> {
    u32::from(letter).checked_sub(LETTERS).map(|number| number as usize)
}

/// One element of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Token {
    /// This character, or the letter of a variable.
    Char(char),
    /// Any one character within reach.
    One(Reach),
    /// Any run of characters within reach.
    Star(Reach),
}

/// What a wildcard matches. Each variant matches everything the previous ones do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Reach {
    /// Digits.
    Digit,
    /// Within a name: neither colons nor slashes.
    Name,
    /// Within an ARN segment: no colons.
    Segment,
    Everything,
}

impl Reach {
    pub(crate) fn takes(self, c: char) -> bool {
        match self {
            Self::Digit => c.is_ascii_digit(),
            Self::Name => c != ':' && c != '/',
            Self::Segment => c != ':',
            Self::Everything => true,
        }
    }
}

impl Token {
    /// Whether the token matches the character.
    pub(crate) fn takes(self, c: char, fold: bool) -> bool {
        match self {
            Self::Char(own) if fold => own.eq_ignore_ascii_case(&c),
            Self::Char(own) => own == c,
            Self::Star(Reach::Everything) => true,
            // The value of a variable may contain anything.
            Self::One(reach) | Self::Star(reach) => reach.takes(c) && variable(c).is_none(),
        }
    }

    fn is_star(self) -> bool {
        matches!(self, Self::Star(_))
    }

    /// Whether the token may match a character that a wildcard of this reach does not.
    fn may_exceed(self, reach: Reach) -> bool {
        match self {
            Self::Char(c) => !reach.takes(c) || variable(c).is_some(),
            Self::One(own) | Self::Star(own) => own > reach,
        }
    }
}

/// A language of words: those that a list of tokens matches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Pattern {
    tokens: Box<[Token]>,
    /// Whether ASCII letters are compared case-insensitively.
    fold: bool,
    /// For each token that is a run: the earlier positions that can be dropped once it is reached, because it matches
    /// everything they do.
    behind: Box<[u16]>,
    /// Whether a run comes after one that reaches further.
    narrows: bool,
}

/// The tokens of a text in which `*` and `?` are wildcards.
pub(crate) fn wildcards(text: &str, reach: Reach) -> impl Iterator<Item = Token> + '_ {
    text.chars().map(move |c| match c {
        '*' => Token::Star(reach),
        '?' => Token::One(reach),
        _ => Token::Char(c),
    })
}

impl Pattern {
    pub(crate) fn new(tokens: impl IntoIterator<Item = Token>, fold: bool) -> Self {
        let mut list: Vec<Token> = Vec::new();
        for token in tokens {
            let token = match token {
                Token::Char(c) if fold => Token::Char(c.to_ascii_lowercase()),
                _ => token,
            };
            // `**` is `*`, and `*?` is `?*`, so that equal languages are more often equal lists.
            match (list.last().copied(), token) {
                (Some(before), _) if before == token && token.is_star() => {}
                (Some(before @ Token::Star(a)), Token::One(b)) if a == b => {
                    list.pop();
                    list.push(token);
                    list.push(before);
                }
                _ => list.push(token),
            }
        }
        let mut behind = Vec::with_capacity(list.len());
        // The start of the name and of the segment that contain the token.
        let (mut name, mut segment) = (0, 0);
        for (at, token) in list.iter().enumerate() {
            let from = match token {
                Token::Star(Reach::Everything) => 0,
                Token::Star(Reach::Segment) => segment,
                Token::Star(Reach::Name) => name,
                Token::Star(Reach::Digit) | Token::Char(_) | Token::One(_) => at,
            };
            behind.push(u16::try_from(from).unwrap_or(u16::MAX));
            if token.may_exceed(Reach::Name) {
                name = at + 1;
            }
            if token.may_exceed(Reach::Segment) {
                segment = at + 1;
            }
        }
        let reaches = list.iter().filter_map(|token| match token {
            Token::Star(reach) => Some(*reach),
            _ => None,
        });
        let narrows = !reaches.is_sorted();
        Self {
            tokens: list.into(),
            fold,
            behind: behind.into(),
            narrows,
        }
    }

    /// Exactly this text.
    pub(crate) fn literal(text: &str) -> Self {
        Self::new(text.chars().map(Token::Char), false)
    }

    /// What an action element matches.
    pub(crate) fn action(text: &str) -> Self {
        Self::new(wildcards(text, Reach::Everything), true)
    }

    pub(crate) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    pub(crate) fn fold(&self) -> bool {
        self.fold
    }

    /// Too long for the position numbers used by the word search.
    pub(crate) fn is_too_long(&self) -> bool {
        self.tokens.len() >= usize::from(u16::MAX) - 1
    }

    /// Whether every word matches.
    pub(crate) fn is_everything(&self) -> bool {
        matches!(*self.tokens, [Token::Star(Reach::Everything)])
    }

    /// Whether it is a single character or variable.
    pub(crate) fn is_one_character_and_runs(&self) -> bool {
        let mut others = self.tokens.iter().filter(|token| !token.is_star());
        matches!((others.next(), others.next()), (Some(Token::Char(_)), None))
    }

    /// The only word that matches, if there are no wildcards.
    pub(crate) fn only_word(&self) -> Option<String> {
        if self.fold
            && self
                .tokens
                .iter()
                .any(|token| matches!(token, Token::Char(c) if c.is_ascii_alphabetic()))
        {
            return None;
        }
        self.tokens
            .iter()
            .map(|token| match token {
                Token::Char(c) if variable(*c).is_none() => Some(*c),
                _ => None,
            })
            .collect()
    }

    /// The variables in it.
    pub(crate) fn variables(&self) -> impl Iterator<Item = usize> + '_ {
        self.tokens.iter().filter_map(|token| match token {
            Token::Char(c) => variable(*c),
            _ => None,
        })
    }

    pub(crate) fn has_variables(&self) -> bool {
        self.variables().next().is_some()
    }

    /// The pattern with other tokens in place of its variables; `None` if one of them has no value.
    pub(crate) fn substitute<T: IntoIterator<Item = Token>>(
        &self,
        mut value: impl FnMut(usize) -> Option<T>,
    ) -> Option<Self> {
        let mut tokens = Vec::new();
        for &token in &self.tokens {
            match token {
                Token::Char(c) if let Some(variable) = variable(c) => tokens.extend(value(variable)?),
                _ => tokens.push(token),
            }
        }
        Some(Self::new(tokens, self.fold))
    }

    /// The pattern with `*` in place of its variables, which matches at least as much.
    pub(crate) fn relaxed(&self) -> Self {
        self.substitute(|_| Some([Token::Star(Reach::Everything)]))
            .unwrap_or_else(|| self.clone())
    }

    /// A word of a pattern without variables.
    ///
    /// - `run`: replaces each `*`
    pub(crate) fn word(&self, run: &str) -> String {
        let mut word = String::new();
        for token in &self.tokens {
            match token {
                Token::Char(c) => word.push(*c),
                Token::One(Reach::Digit) => word.push('1'),
                Token::One(_) => word.push('a'),
                Token::Star(_) => word.push_str(run),
            }
        }
        word
    }

    /// Whether the word matches. On failure it backtracks only to the last run: whatever an earlier run could match,
    /// the later one can match as well, or the two are in different ARN segments or names, which the colons and slashes
    /// of the word separate.
    pub(crate) fn matches(&self, word: &str, budget: &Work) -> bool {
        if self.narrows {
            return self.walks(word, budget);
        }
        let mut compared = 0;
        let (mut tokens, mut text) = (&*self.tokens, word.chars());
        let mut retry: Option<(Token, &[Token], std::str::Chars<'_>)> = None;
        loop {
            match tokens {
                [star @ Token::Star(_), after @ ..] => {
                    tokens = after;
                    retry = Some((*star, after, text.clone()));
                    continue;
                }
                [token, after @ ..] => {
                    let mut left = text.clone();
                    compared += 1;
                    if left.next().is_some_and(|c| token.takes(c, self.fold)) {
                        (tokens, text) = (after, left);
                        continue;
                    }
                }
                [] if text.as_str().is_empty() => return true,
                [] => {}
            }
            let Some((star, after, mut left)) = retry else {
                return false;
            };
            if !budget.spend(compared / 16 + 1) {
                return false;
            }
            compared = 0;
            match left.next() {
                Some(c) if star.takes(c, false) => {}
                _ => return false,
            }
            (tokens, text) = (after, left.clone());
            retry = Some((star, after, left));
        }
    }

    /// Whether the word matches, by following all positions at once.
    fn walks(&self, word: &str, budget: &Work) -> bool {
        let mut places = self.start();
        for c in word.chars() {
            if !budget.spend(places.len() / 4 + 1) {
                return false;
            }
            let mut next = Vec::with_capacity(places.len());
            self.step(&places, c, &mut next);
            places = next;
        }
        self.accepts(&places)
    }

    /// The positions before any character is read.
    pub(crate) fn start(&self) -> Vec<u16> {
        let mut places = Vec::with_capacity(2);
        self.arrive(0, &mut places);
        places
    }

    /// Adds a position and everything reachable from it without reading a character.
    fn arrive(&self, mut place: u16, places: &mut Vec<u16>) {
        loop {
            if places.last().is_none_or(|&last| last < place) {
                if let Some(&from) = self.behind.get(usize::from(place)) {
                    while places.last().is_some_and(|&last| last >= from && last < place) {
                        places.pop();
                    }
                }
                places.push(place);
            }
            match self.tokens.get(usize::from(place)) {
                Some(token) if token.is_star() => place += 1,
                _ => return,
            }
        }
    }

    /// The positions after a character, in ascending order. An empty list means that no continuation matches.
    pub(crate) fn step(&self, places: &[u16], c: char, next: &mut Vec<u16>) {
        self.advance(places, |token| token.takes(c, self.fold), next);
    }

    fn advance(&self, places: &[u16], mut takes: impl FnMut(Token) -> bool, next: &mut Vec<u16>) {
        let start = next.len();
        let mut reached: Vec<u16> = Vec::new();
        for &place in places {
            let Some(&token) = self.tokens.get(usize::from(place)) else {
                continue;
            };
            if takes(token) {
                self.arrive(if token.is_star() { place } else { place + 1 }, &mut reached);
            }
        }
        next.truncate(start);
        next.append(&mut reached);
    }

    /// Whether the word that led to these positions matches.
    pub(crate) fn accepts(&self, places: &[u16]) -> bool {
        places
            .last()
            .is_some_and(|&last| usize::from(last) == self.tokens.len())
    }

    /// Whether every continuation from these positions matches.
    pub(crate) fn accepts_all(&self, places: &[u16]) -> bool {
        let last = self.tokens.len().wrapping_sub(1);
        self.tokens.last() == Some(&Token::Star(Reach::Everything))
            && places.iter().any(|&place| usize::from(place) == last)
    }

    /// Whether every word of `other` certainly matches, whatever the values of variables. `false` means that it is not
    /// certain.
    pub(crate) fn covers(&self, other: &Self, work: &Work) -> bool {
        let mut places = self.start();
        for &token in &other.tokens {
            if !work.spend(places.len() / 4 + 1) {
                return false;
            }
            let mut next = Vec::with_capacity(places.len());
            self.advance(&places, |own| own.covers(token, self.fold, other.fold), &mut next);
            if next.is_empty() {
                return false;
            }
            places = next;
        }
        self.accepts(&places)
    }

    /// Whether certainly no word matches both.
    pub(crate) fn clashes(&self, other: &Self, work: &Work) -> bool {
        if !work.spend(self.tokens.len().min(other.tokens.len()) / 8 + 1) {
            return false;
        }
        let fold = self.fold || other.fold;
        let (mut one, mut two) = (&*self.tokens, &*other.tokens);
        // Segment by segment, as long as nothing matches a colon.
        while let (Some((a, rest)), Some((b, other_rest))) = (segment(one), segment(two)) {
            if differ(a, b, fold) {
                return true;
            }
            (one, two) = (rest, other_rest);
        }
        differ(one, two, fold)
    }
}

/// The tokens before and after the first colon, if nothing before it matches colons.
fn segment(tokens: &[Token]) -> Option<(&[Token], &[Token])> {
    let at = tokens.iter().position(|token| token.may_exceed(Reach::Segment))?;
    let (before, from) = tokens.split_at_checked(at)?;
    match from {
        [Token::Char(':'), rest @ ..] => Some((before, rest)),
        _ => None,
    }
}

/// Whether two lists of tokens begin or end with different characters; a variable equals itself.
fn differ(one: &[Token], two: &[Token], fold: bool) -> bool {
    let clash = |a: Token, b: Token| match (a, b) {
        (Token::Char(a), Token::Char(b)) if variable(a).is_some() || variable(b).is_some() => (a == b).then_some(false),
        (Token::Char(a), Token::Char(b)) => Some(if fold { !a.eq_ignore_ascii_case(&b) } else { a != b }),
        (Token::Char(a), Token::One(reach)) | (Token::One(reach), Token::Char(a)) if variable(a).is_none() => {
            Some(!reach.takes(a))
        }
        (Token::One(_), Token::One(_)) => Some(false),
        _ => None,
    };
    let rest_is_something = |rest: &[Token]| {
        rest.iter().any(|token| match token {
            Token::Char(c) => variable(*c).is_none(),
            Token::One(_) => true,
            Token::Star(_) => false,
        })
    };
    let run = |backward: bool| {
        let at = |tokens: &[Token], step: usize| {
            let place = if backward {
                tokens.len().checked_sub(step + 1)?
            } else {
                step
            };
            tokens.get(place).copied()
        };
        let common = one.len().min(two.len());
        for step in 0..common {
            let (Some(a), Some(b)) = (at(one, step), at(two, step)) else {
                return false;
            };
            match clash(a, b) {
                Some(false) => {}
                Some(true) => return true,
                None => return false,
            }
        }
        let longer = if one.len() > common { one } else { two };
        let rest = if backward {
            longer.get(..longer.len() - common)
        } else {
            longer.get(common..)
        };
        rest.is_some_and(rest_is_something)
    };
    run(false) || run(true)
}

impl Token {
    /// Whether this token matches everything `other` matches; a run matches any number of them.
    fn covers(self, other: Self, fold: bool, other_fold: bool) -> bool {
        match (self, other) {
            (Self::Char(a), Self::Char(b)) if fold => a.eq_ignore_ascii_case(&b),
            (Self::Char(a), Self::Char(b)) => a == b && (!other_fold || !b.is_ascii_alphabetic()),
            (Self::Char(_), _) | (Self::One(_), Self::Star(_)) => false,
            (Self::One(_) | Self::Star(_), Self::Char(c)) => self.takes(c, fold),
            (Self::One(own), Self::One(other)) | (Self::Star(own), Self::One(other) | Self::Star(other)) => {
                own >= other
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn work() -> Work {
        Work::new(1_000_000)
    }

    fn segmented(text: &str) -> Pattern {
        Pattern::new(wildcards(text, Reach::Segment), false)
    }

    /// The rule in its plainest form.
    fn model(pattern: &[Token], text: &[char]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            ([Token::Star(reach), rest @ ..], _) => {
                model(rest, text) || matches!(text, [c, tail @ ..] if reach.takes(*c) && model(pattern, tail))
            }
            ([token, rest @ ..], [c, tail @ ..]) => token.takes(*c, false) && model(rest, tail),
            _ => false,
        }
    }

    /// Where the text leads, character by character.
    fn places(pattern: &Pattern, text: &[char]) -> Vec<u16> {
        let mut places = pattern.start();
        for &c in text {
            let mut next = Vec::new();
            pattern.step(&places, c, &mut next);
            places = next;
        }
        places
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn matching_agrees_with_the_model(front in "[ab:*?]{0,6}", back in "[ab:*?]{0,5}", word in "[ab:]{0,9}") {
            // As in an ARN: up to some colon, wildcards do not match colons.
            let tokens = || wildcards(&front, Reach::Segment).chain([Token::Char(':')]).chain(wildcards(&back, Reach::Everything));
            let pattern = Pattern::new(tokens(), false);
            let list: Vec<_> = tokens().collect();
            let chars: Vec<_> = word.chars().collect();
            let expected = model(&list, &chars);
            prop_assert_eq!(pattern.matches(&word, &work()), expected);
            let places = places(&pattern, &chars);
            prop_assert_eq!(pattern.accepts(&places), expected);
            if pattern.accepts_all(&places) {
                prop_assert!(expected);
            }
        }

        #[test]
        fn names_have_no_slashes(front in "[ab*?]{0,4}", back in "[ab*?]{0,4}", word in "[ab/]{0,9}", other in "[ab/*?]{0,5}") {
            // As in the ARN of an object in a bucket.
            let tokens = || wildcards(&front, Reach::Name).chain([Token::Char('/')]).chain(wildcards(&back, Reach::Everything));
            let pattern = Pattern::new(tokens(), false);
            let list: Vec<_> = tokens().collect();
            let chars: Vec<_> = word.chars().collect();
            let expected = model(&list, &chars);
            prop_assert_eq!(pattern.matches(&word, &work()), expected);
            let places = places(&pattern, &chars);
            prop_assert_eq!(pattern.accepts(&places), expected);
            let other = Pattern::new(wildcards(&other, Reach::Everything), false);
            if other.covers(&pattern, &work()) && expected {
                prop_assert!(other.matches(&word, &work()));
            }
            if other.clashes(&pattern, &work()) {
                prop_assert!(!expected || !other.matches(&word, &work()));
            }
        }

        #[test]
        fn a_name_after_a_path(front in "[a/*?]{0,4}", back in "[ab*?]{0,4}", word in "[ab/]{0,9}") {
            // As in the ARN of a user.
            let tokens = || wildcards(&front, Reach::Everything).chain([Token::Char('/')]).chain(wildcards(&back, Reach::Name));
            let pattern = Pattern::new(tokens(), false);
            let list: Vec<_> = tokens().collect();
            let chars: Vec<_> = word.chars().collect();
            prop_assert_eq!(pattern.matches(&word, &work()), model(&list, &chars));
        }

        #[test]
        fn covering_patterns_match_at_least_as_much(one in "[ab*?]{0,6}", other in "[ab*?]{0,6}", word in "[ab]{0,7}") {
            let (one, other) = (Pattern::new(wildcards(&one, Reach::Everything), false), Pattern::new(wildcards(&other, Reach::Everything), false));
            if one.covers(&other, &work()) && other.matches(&word, &work()) {
                prop_assert!(one.matches(&word, &work()));
            }
            if one.clashes(&other, &work()) {
                prop_assert!(!one.matches(&word, &work()) || !other.matches(&word, &work()));
            }
        }
    }

    #[test]
    fn covering_respects_variables_and_segments() {
        let home = |rest: &str| {
            let tokens = wildcards("home/", Reach::Everything)
                .chain([Token::Char(letter(0))])
                .chain(wildcards(rest, Reach::Everything));
            Pattern::new(tokens, false)
        };
        assert!(home("/*").covers(&home("/docs/*"), &work()));
        assert!(!home("/docs/*").covers(&home("/*"), &work()));
        assert!(Pattern::new(wildcards("home/*", Reach::Everything), false).covers(&home("/x"), &work()));
        assert!(!segmented("home/*").covers(&home(""), &work()));
        assert!(segmented("a:*").covers(&segmented("a:b*"), &work()));
        assert!(!segmented("a*").covers(&segmented("a:b"), &work()));
    }
}
