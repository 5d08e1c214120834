//! Values that policy variables may have, to try when it is not clear without.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use policy_catalog::KeyType;

use crate::glob::{Pattern, Token, variable};
use crate::query::{Matter, Side};
use crate::terms::{Fact, Terms, Test, Variable};
use crate::theory::{Assumption, is_of_kind};

/// The most values tried for a key, and the most assumptions altogether.
const VALUES: usize = 24;
const ASSUMPTIONS: usize = 80;

const NAMES: &[&str] = &["ann", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"];

/// Assumptions about the values of the variables in these statements: a value of its own for each, and then values that texts of the policies suggest.
pub(crate) fn assumptions(terms: &Terms, one: &Side, other: &Side) -> Vec<Assumption> {
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
                of_keys.entry(*key).or_default().extend(of_test);
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
            map.entry(variable.key).or_default().push(variable);
            map
        });
    let mut choices: Vec<(usize, Vec<Option<String>>)> = Vec::new();
    for (number, (key, variables)) in variables.iter().enumerate() {
        let kind = terms.keys.get(*key).and_then(|key| key.kind);
        let mut values = vec![own_value(terms.key_name(*key), kind, number)];
        values.extend(variables.iter().filter_map(|variable| variable.default.clone()));
        let of_key = of_keys
            .get(key)
            .into_iter()
            .flatten()
            .filter_map(|pattern| terms.patterns.get(*pattern));
        values.extend(of_key.flat_map(words));
        values.extend(suggested(&patterns));
        let mut seen = BTreeSet::new();
        values.retain(|value| !value.is_empty() && is_of_kind(kind, value) && seen.insert(value.clone()));
        values.truncate(VALUES);
        let mut values: Vec<Option<String>> = values.into_iter().map(Some).collect();
        values.insert(1.min(values.len()), None);
        choices.push((*key, values));
    }
    combine(&choices)
}

/// All first choices; each other choice with the first of the others; and then pairs of choices.
fn combine(choices: &[(usize, Vec<Option<String>>)]) -> Vec<Assumption> {
    let first: HashMap<usize, Option<String>> = choices
        .iter()
        .map(|(key, values)| (*key, values.first().cloned().flatten()))
        .collect();
    let mut list = vec![first.clone()];
    for (key, values) in choices {
        for value in values.iter().skip(1) {
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
                        break;
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

/// Words of a pattern, with little in the place of its runs.
fn words(pattern: &Pattern) -> Vec<String> {
    if pattern.has_variables() {
        return Vec::new();
    }
    let with = |run: &str| {
        let mut word = String::new();
        for token in pattern.tokens() {
            match token {
                Token::Char(c) => word.push(*c),
                Token::One { .. } => word.push('a'),
                Token::Star { .. } => word.push_str(run),
            }
        }
        word
    };
    let mut words = vec![with(""), with("a")];
    words.dedup();
    words
}

/// What stands in other patterns where one has a variable, and what whole patterns are.
fn suggested(patterns: &[&Pattern]) -> Vec<String> {
    let mut values = Vec::new();
    for with_variable in patterns.iter().filter(|pattern| pattern.has_variables()) {
        let tokens = with_variable.tokens();
        for (at, _) in tokens.iter().enumerate().filter(|(_, token)| is_variable(token)) {
            let before: Vec<char> = tokens.iter().take(at).rev().map_while(plain).collect();
            let before: String = before.into_iter().rev().collect();
            let after: String = tokens.iter().skip(at + 1).map_while(plain).collect();
            for other in patterns {
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

fn is_variable(token: &Token) -> bool {
    matches!(token, Token::Char(c) if variable(*c).is_some())
}

fn plain(token: &Token) -> Option<char> {
    match token {
        Token::Char(c) if variable(*c).is_none() => Some(*c),
        _ => None,
    }
}
