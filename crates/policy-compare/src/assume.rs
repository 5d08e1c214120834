//! Candidate values for policy variables, tried if the question cannot be decided without.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use iam_policy_catalog::KeyType;
use iam_policy_core::GlobalKey;

use crate::glob::{Pattern, Reach, Token, variable};
use crate::invariant::Setting;
use crate::principal::value_of;
use crate::query::{Matter, Model, Side};
use crate::terms::{Fact, Terms, Test, Variable};
use crate::theory::{Assumption, Atom, Subject, is_of_kind};

/// The maximum number of values tried per key, and of assumptions in total.
const VALUES: usize = 24;
const ASSUMPTIONS: usize = 80;

const NAMES: &[&str] = &["ann", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"];

/// Assumptions about the values of the variables in these statements: first a distinct value for each, then values
/// suggested by strings in the policies.
pub(crate) fn assumptions(terms: &Terms, setting: Setting<'_>, one: &Side, other: &Side) -> Vec<Assumption> {
    let bodies: BTreeSet<usize> = [one, other]
        .into_iter()
        .flat_map(|side| side.allows.iter().chain(&side.denies))
        .map(|matter: &Matter| matter.body)
        .collect();
    let mut patterns: BTreeSet<usize> = BTreeSet::new();
    let mut of_keys: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for body in bodies.iter().filter_map(|body| terms.bodies.get(*body)) {
        patterns.extend(body.resource.iter().flat_map(|list| &list.items));
        for (fact, _) in body.conditions.iter().flatten() {
            if let Fact::Some { key, test, .. } = fact
                && let Some(Test::Text(of_test)) = terms.tests.get(*test)
            {
                patterns.extend(of_test);
                let key = terms.same(*key, setting.service);
                of_keys.entry(key).or_default().extend(of_test);
            }
        }
    }
    let patterns: Vec<&Pattern> = patterns
        .iter()
        .filter_map(|pattern| terms.patterns.get(*pattern))
        .collect();
    let variables: BTreeMap<usize, Vec<&Variable>> = patterns
        .iter()
        .flat_map(|pattern| pattern.variables())
        .filter_map(|number| terms.variables.get(number))
        .fold(BTreeMap::new(), |mut map: BTreeMap<usize, Vec<&Variable>>, variable| {
            let key = terms.same(variable.key, setting.service);
            map.entry(key).or_default().push(variable);
            map
        });
    let suggested = suggested(terms, &patterns);
    let mut choices: Vec<(usize, Vec<Option<String>>)> = Vec::new();
    for (number, (key, variables)) in variables.iter().enumerate() {
        let kind = terms.keys.get(*key).and_then(|key| key.kind);
        if let Some(known) = terms.known(*key, setting) {
            choices.push((*key, vec![Some(known.into_owned())]));
            continue;
        }
        let mut values = vec![own_value(terms.key_name(*key), kind, number)];
        values.extend(terms.usual(*key, setting));
        values.extend(variables.iter().filter_map(|variable| variable.default.clone()));
        let of_key: Vec<&Pattern> = of_keys
            .get(key)
            .into_iter()
            .flatten()
            .filter_map(|pattern| terms.patterns.get(*pattern))
            .collect();
        values.extend(strange_name(terms, &of_key));
        values.extend(of_key.iter().flat_map(|pattern| words(pattern)));
        values.extend(suggested.iter().cloned());
        let mut seen = BTreeSet::new();
        values.retain(|value| {
            terms.work.spend(value.len() / 16 + 2);
            let is_possible = terms.is_possible(*key, Some(value), setting);
            is_possible && is_of_kind(kind, value) && seen.insert(value.clone())
        });
        values.truncate(VALUES);
        let mut values: Vec<Option<String>> = values.into_iter().map(Some).collect();
        if terms.is_possible(*key, None, setting) {
            values.insert(1.min(values.len()), None);
        }
        choices.push((*key, values));
    }
    combine(&choices)
}

/// Values of variables suggested by a model with unconstrained variables.
pub(crate) struct Suggested {
    pub(crate) assumptions: Vec<Assumption>,
    /// Whether no other values are possible.
    pub(crate) exhaustive: bool,
}

impl Suggested {
    /// Suggestions for the atoms of a model: the values that the model itself gives to keys, and the parts of its
    /// strings that line up with variables in patterns. If the atoms leave only certain values, the list is complete: a
    /// key limited to a few words, or whose variable must be part of the only possible resource.
    pub(crate) fn by(terms: &Terms, setting: Setting<'_>, model: &Model, atoms: &[(Atom, bool)]) -> Self {
        let mut choices: BTreeMap<usize, Vec<Option<String>>> = BTreeMap::new();
        let mut exhaustive = true;
        for (number, key) in keys_of_variables(terms, setting, atoms).into_iter().enumerate() {
            if !terms.work.spend(atoms.len() + 1) {
                break;
            }
            let is_possible = |value: &Option<String>| terms.is_possible(key, value.as_deref(), setting);
            if let Some(known) = terms.known(key, setting) {
                choices.insert(key, vec![Some(known.into_owned())]);
                continue;
            }
            let only = only_values(terms, key, atoms).or_else(|| only_parts(terms, key, model, atoms));
            if let Some(mut values) = only {
                values.retain(is_possible);
                choices.insert(key, values);
                continue;
            }
            exhaustive = false;
            let kind = terms.keys.get(key).and_then(|key| key.kind);
            let mut values = Vec::new();
            if terms.keys.get(key).is_some_and(|key| key.unknown.is_some()) {
                values.extend(terms.usual(key, setting).into_iter().map(Some));
            }
            values.extend(from_arn(terms, key, model).map(Some));
            values.extend(model.get(&Subject::Key(key)).map(|of_key| of_key.first().cloned()));
            values.push(Some(own_value(terms.key_name(key), kind, number)));
            values.extend(terms.usual(key, setting).into_iter().map(Some));
            values.extend(captures(terms, key, model, atoms).into_iter().map(Some));
            let mut seen = BTreeSet::new();
            values.retain(|value| {
                is_possible(value)
                    && value.as_ref().is_none_or(|value| is_of_kind(kind, value))
                    && seen.insert(value.clone())
            });
            values.truncate(VALUES);
            choices.insert(key, values);
        }
        let mut list: Vec<HashMap<usize, Option<String>>> = vec![HashMap::new()];
        for (key, values) in &choices {
            if !terms.work.spend(list.len() * values.len() * (choices.len() / 4 + 1)) {
                return Self {
                    assumptions: Vec::new(),
                    exhaustive: false,
                };
            }
            list = list
                .iter()
                .flat_map(|so_far| {
                    values.iter().map(move |value| {
                        let mut with = so_far.clone();
                        with.insert(*key, value.clone());
                        with
                    })
                })
                .collect();
            if list.len() > ASSUMPTIONS {
                exhaustive = false;
                list.truncate(ASSUMPTIONS);
            }
        }
        let assumptions = list.into_iter().map(|values| Assumption { values }).collect();
        Self {
            assumptions,
            exhaustive,
        }
    }
}

/// The patterns of an atom.
fn patterns_of(terms: &Terms, atom: Atom) -> Vec<&Pattern> {
    let numbers = match atom {
        Atom::Action(pattern) | Atom::Resource(pattern) => vec![pattern],
        Atom::Fact(Fact::Some { test, .. }) => match terms.tests.get(test) {
            Some(Test::Text(patterns)) => patterns.clone(),
            _ => Vec::new(),
        },
        Atom::Fact(Fact::Absent { .. }) => Vec::new(),
    };
    numbers
        .into_iter()
        .filter_map(|number| terms.patterns.get(number))
        .collect()
}

fn keys_of_variables(terms: &Terms, setting: Setting<'_>, atoms: &[(Atom, bool)]) -> BTreeSet<usize> {
    atoms
        .iter()
        .flat_map(|(atom, _)| patterns_of(terms, *atom))
        .flat_map(Pattern::variables)
        .filter_map(|variable| terms.variables.get(variable))
        .map(|variable| terms.same(variable.key, setting.service))
        .collect()
}

/// The values that the atoms leave for a key, if they are a few words or none.
fn only_values(terms: &Terms, key: usize, atoms: &[(Atom, bool)]) -> Option<Vec<Option<String>>> {
    if atoms.contains(&(Atom::Fact(Fact::Absent { key }), true)) {
        return Some(vec![None]);
    }
    if terms.is_multivalued(key) {
        return None;
    }
    if let Some(values) = only_in_arn(terms, key, atoms) {
        return Some(values.into_iter().map(Some).collect());
    }
    atoms.iter().find_map(|(atom, so)| match atom {
        Atom::Fact(Fact::Some {
            key: of, holds: true, ..
        }) if *of == key && *so => {
            let patterns = patterns_of(terms, *atom);
            let words: Option<Vec<Vec<String>>> = patterns.iter().map(|pattern| all_words(pattern)).collect();
            Some(
                words
                    .filter(|words| !words.is_empty())?
                    .concat()
                    .into_iter()
                    .map(Some)
                    .collect(),
            )
        }
        _ => None,
    })
}

/// The value of a key that follows from the caller's ARN in the model.
fn from_arn(terms: &Terms, key: usize, model: &Model) -> Option<String> {
    let global = terms.keys.get(key)?.global?;
    let arn = terms.arn_key()?;
    let value = value_of(model.get(&Subject::Key(arn))?.first()?, global)?;
    Some(value.into_owned())
}

/// The names or accounts that the atoms about the caller's ARN leave, if they are a few words.
fn only_in_arn(terms: &Terms, key: usize, atoms: &[(Atom, bool)]) -> Option<Vec<String>> {
    let part = match terms.keys.get(key)?.global? {
        GlobalKey::UserName => name_in,
        GlobalKey::PrincipalAccount => account_in,
        _ => return None,
    };
    let arn = terms.arn_key()?;
    atoms.iter().find_map(|(atom, so)| match atom {
        Atom::Fact(Fact::Some { key, holds: true, .. }) if *key == arn && *so => {
            let parts: Option<BTreeSet<String>> = patterns_of(terms, *atom).into_iter().map(part).collect();
            Some(parts.filter(|parts| !parts.is_empty())?.into_iter().collect())
        }
        _ => None,
    })
}

/// The name of the user whose ARN matches a pattern, if there is only one.
fn name_in(pattern: &Pattern) -> Option<String> {
    let tokens = pattern.tokens();
    let start = tokens.iter().rposition(|token| *token == Token::Char('/'))?;
    literal_of(pattern, tokens.get(start + 1..)?)
}

/// The account in every ARN that matches a pattern, if there is only one.
fn account_in(pattern: &Pattern) -> Option<String> {
    let mut segments = pattern.tokens().split(|token| *token == Token::Char(':'));
    for _ in 0..4 {
        let is_within =
            |token: &Token| !matches!(token, Token::One(Reach::Everything) | Token::Star(Reach::Everything));
        segments.next().filter(|segment| segment.iter().all(is_within))?;
    }
    literal_of(pattern, segments.next()?)
}

/// The text of tokens without wildcards, variables and letters of either case.
fn literal_of(pattern: &Pattern, tokens: &[Token]) -> Option<String> {
    let text: String = tokens.iter().map(|token| plain(*token)).collect::<Option<_>>()?;
    let is_exact = !pattern.fold() || !text.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_exact.then_some(text)
}

/// The values that the atoms leave for a key, if only one resource is possible and it must match a pattern with a
/// variable for that key.
fn only_parts(terms: &Terms, key: usize, model: &Model, atoms: &[(Atom, bool)]) -> Option<Vec<Option<String>>> {
    let has_to_match = || {
        let resources = atoms
            .iter()
            .filter(|(atom, so)| *so && matches!(atom, Atom::Resource(_)));
        resources.map(|(atom, _)| *atom)
    };
    has_to_match()
        .flat_map(|atom| patterns_of(terms, atom))
        .find_map(all_words)?;
    let needing = has_to_match().find(|atom| match atom {
        Atom::Resource(pattern) => terms.needed_keys(*pattern).any(|needed| needed == key),
        _ => false,
    })?;
    let parts = captures(terms, key, model, &[(needing, true)]);
    let parts: BTreeSet<String> = parts.into_iter().collect();
    Some(parts.into_iter().map(Some).collect())
}

/// All words of a pattern, if there are few.
fn all_words(pattern: &Pattern) -> Option<Vec<String>> {
    const MANY: usize = 32;
    let mut words = vec![String::new()];
    for token in pattern.tokens() {
        let Token::Char(c) = token else { return None };
        if variable(*c).is_some() {
            return None;
        }
        let mut forms = vec![*c];
        if pattern.fold() && c.is_ascii_alphabetic() {
            forms.push(c.to_ascii_uppercase());
        }
        words = words
            .iter()
            .flat_map(|word| forms.iter().map(move |c| format!("{word}{c}")))
            .collect();
        if words.len() > MANY {
            return None;
        }
    }
    Some(words)
}

/// The parts of a model's strings that line up with variables in the patterns that must match them. Longer strings than
/// the model's are tried too: where `home/ann/*` and `home/${aws:username}/*` both match, the name may also be `ann/a`.
fn captures(terms: &Terms, key: usize, model: &Model, atoms: &[(Atom, bool)]) -> Vec<String> {
    let mut values = Vec::new();
    let work = &terms.work;
    for (atom, _) in atoms {
        let Some(texts) = model.get(&atom.subject()) else {
            continue;
        };
        for pattern in patterns_of(terms, *atom) {
            let tokens = pattern.tokens();
            if !work.spend(tokens.len() / 8 + 1) {
                return values;
            }
            for (at, token) in tokens.iter().enumerate() {
                let of_key = matches!(token, Token::Char(c)
                    if variable(*c).and_then(|number| terms.variables.get(number)).is_some_and(|variable| variable.key == key));
                let Some((front, [_, back @ ..])) = tokens.split_at_checked(at).filter(|_| of_key) else {
                    continue;
                };
                let relaxed = |tokens: &[Token]| Pattern::new(tokens.iter().copied(), pattern.fold()).relaxed();
                let (front, back) = (relaxed(front), relaxed(back));
                let after: String = back.tokens().iter().copied().map_while(plain).collect();
                let longer = long_words(terms, atom.subject(), atoms, &after);
                for text in texts.iter().chain(&longer) {
                    let ends = || text.char_indices().map(|(end, _)| end).chain([text.len()]);
                    let begins = |start: &usize| {
                        let part = text.get(..*start).filter(|_| work.spend(1));
                        part.is_some_and(|part| front.matches(part, work))
                    };
                    for start in ends().filter(begins) {
                        let fits = |end: &usize| {
                            (*end > start || *end == start && terms.may_be_empty(key))
                                && work.spend(1)
                                && text.get(*end..).is_some_and(|part| back.matches(part, work))
                        };
                        values.extend(
                            ends()
                                .filter(fits)
                                .filter_map(|end| text.get(start..end))
                                .map(str::to_owned),
                        );
                    }
                }
            }
        }
    }
    values
}

/// Words of the patterns that must match, with `inside` in the middle of their runs.
fn long_words(terms: &Terms, subject: Subject, atoms: &[(Atom, bool)], inside: &str) -> Vec<String> {
    let run = format!("a{inside}a");
    let has_to_match = atoms.iter().filter(|(atom, so)| *so && atom.subject() == subject);
    has_to_match
        .flat_map(|(atom, _)| patterns_of(terms, *atom))
        .filter(|pattern| !pattern.has_variables())
        .map(|pattern| pattern.word(&run))
        .collect()
}

/// All first choices; then each other choice with the first choice for the rest; then pairs of choices.
fn combine(choices: &[(usize, Vec<Option<String>>)]) -> Vec<Assumption> {
    let first: HashMap<usize, Option<String>> = choices
        .iter()
        .map(|(key, values)| (*key, values.first().cloned().flatten()))
        .collect();
    let mut list = vec![first.clone()];
    for (key, values) in choices {
        for value in values.iter().skip(1) {
            if list.len() >= ASSUMPTIONS {
                break;
            }
            let mut other = first.clone();
            other.insert(*key, value.clone());
            list.push(other);
        }
    }
    list.push(choices.iter().map(|(key, _)| (*key, None)).collect());
    for (at, (key, values)) in choices.iter().enumerate() {
        for (other_key, other_values) in choices.iter().skip(at + 1) {
            for value in values.iter().skip(1) {
                for other_value in other_values.iter().skip(1) {
                    if list.len() >= ASSUMPTIONS {
                        list.truncate(ASSUMPTIONS);
                        return list.into_iter().map(|values| Assumption { values }).collect();
                    }
                    let mut other = first.clone();
                    other.insert(*key, value.clone());
                    other.insert(*other_key, other_value.clone());
                    list.push(other);
                }
            }
        }
    }
    list.truncate(ASSUMPTIONS);
    list.into_iter().map(|values| Assumption { values }).collect()
}

/// A value that no other key has.
fn own_value(key: &str, kind: Option<KeyType>, number: usize) -> String {
    let name = NAMES.get(number % NAMES.len()).copied().unwrap_or("ann");
    match kind {
        Some(KeyType::Bool) => "true".to_owned(),
        Some(KeyType::Numeric) => (number + 1).to_string(),
        Some(KeyType::Date) => "2026-01-01T00:00:00Z".to_owned(),
        Some(KeyType::IpAddress) => "192.0.2.1".to_owned(),
        Some(KeyType::Arn) => format!("arn:aws:iam::123456789012:user/{name}"),
        _ if key.to_ascii_lowercase().ends_with("account") => format!("{:012}", 123_456_789_012 + number),
        _ => name.to_owned(),
    }
}

/// A name that matches none of the patterns.
fn strange_name(terms: &Terms, patterns: &[&Pattern]) -> Option<String> {
    let mut names = NAMES.iter().rev();
    let name = names.find(|name| {
        let work = &terms.work;
        work.spend(patterns.len() / 4) && !patterns.iter().any(|pattern| pattern.matches(name, work))
    })?;
    Some((*name).to_owned())
}

/// Words of a pattern with short strings in place of its runs.
fn words(pattern: &Pattern) -> Vec<String> {
    if pattern.has_variables() {
        return Vec::new();
    }
    let mut words = vec![pattern.word(""), pattern.word("a")];
    words.dedup();
    words
}

/// The parts of other patterns that line up with a variable, and whole patterns.
fn suggested(terms: &Terms, patterns: &[&Pattern]) -> Vec<String> {
    let mut values = Vec::new();
    for with_variable in patterns.iter().filter(|pattern| pattern.has_variables()) {
        let tokens = with_variable.tokens();
        for (at, _) in tokens.iter().enumerate().filter(|(_, token)| is_variable(**token)) {
            let before: Vec<char> = tokens.iter().take(at).rev().copied().map_while(plain).collect();
            let before: String = before.into_iter().rev().collect();
            let after: String = tokens.iter().skip(at + 1).copied().map_while(plain).collect();
            for other in patterns {
                if !terms.work.spend((tokens.len() + other.tokens().len()) / 8 + 4) {
                    return values;
                }
                for word in words(other) {
                    let Some((_, rest)) = word.split_once(&*before) else {
                        continue;
                    };
                    let inside = if after.is_empty() {
                        Some(rest)
                    } else {
                        rest.split_once(&*after).map(|(inside, _)| inside)
                    };
                    values.extend(inside.map(str::to_owned));
                    values.extend(rest.split(['/', ':']).next().map(str::to_owned));
                }
            }
        }
    }
    values
}

fn is_variable(token: Token) -> bool {
    matches!(token, Token::Char(c) if variable(c).is_some())
}

fn plain(token: Token) -> Option<char> {
    match token {
        Token::Char(c) if variable(c).is_none() => Some(c),
        _ => None,
    }
}
