//! The terms of two policies: keys, patterns, comparisons and statement bodies. Equal terms have equal numbers.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use iam_policy_catalog::{Catalog, ConditionKey, KeyType};
use iam_policy_core::operator::Relation;
use iam_policy_core::variable::{Unknown, UnknownKind};
use iam_policy_core::{GlobalKey, is_key_name};
use iam_policy_document::name_of_key;
use iam_policy_document::scalar::{Moment, Network, Number};

use crate::glob::{Pattern, Reach, Token, letter};
use crate::invariant::Invariants;
use crate::work::Work;

/// A list without duplicates.
#[derive(Clone, Debug)]
pub(crate) struct Table<T> {
    list: Vec<T>,
    numbers: HashMap<T, usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            numbers: HashMap::new(),
        }
    }
}

impl<T: Clone + Eq + Hash> Table<T> {
    /// The number of the item, which is added if it is new.
    pub(crate) fn number(&mut self, thing: T) -> usize {
        if let Some(&number) = self.numbers.get(&thing) {
            return number;
        }
        let number = self.list.len();
        self.list.push(thing.clone());
        self.numbers.insert(thing, number);
        number
    }

    pub(crate) fn get(&self, number: usize) -> Option<&T> {
        self.list.get(number)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &T)> {
        self.list.iter().enumerate()
    }
}

/// A condition key.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// As it was first spelled.
    pub(crate) name: String,
    /// Whether a request may have several values for it.
    pub(crate) multivalued: bool,
    pub(crate) kind: Option<KeyType>,
    pub(crate) global: Option<GlobalKey>,
    /// What it is, if it stands for an unknown part of a policy.
    pub(crate) unknown: Option<UnknownKind>,
    /// Whether the name has the form of a condition key. No request has a value for anything else.
    pub(crate) exists: bool,
    /// Whether a policy mentions it, and not only a key that follows from it.
    pub(crate) mentioned: bool,
}

/// What a value is compared with. One of the alternatives must match.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Test {
    /// Patterns, by number.
    Text(Vec<usize>),
    Number(Relation, Vec<Number<'static>>),
    Date(Relation, Vec<Moment>),
    Address(Vec<Network>),
    Bool(Vec<bool>),
}

impl Test {
    /// How many values it compares.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Text(patterns) => patterns.len(),
            Self::Number(_, numbers) => numbers.len(),
            Self::Date(_, dates) => dates.len(),
            Self::Address(networks) => networks.len(),
            Self::Bool(values) => values.len(),
        }
    }
}

/// What can be true of the values of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Fact {
    /// The request has no value for the key.
    Absent { key: usize },
    /// The request has a value for the key for which the test holds, or does not hold.
    Some { key: usize, test: usize, holds: bool },
}

impl Fact {
    pub(crate) const fn key(self) -> usize {
        match self {
            Self::Absent { key } | Self::Some { key, .. } => key,
        }
    }

    /// The same fact about another key.
    pub(crate) const fn about(self, key: usize) -> Self {
        match self {
            Self::Absent { .. } => Self::Absent { key },
            Self::Some { test, holds, .. } => Self::Some { key, test, holds },
        }
    }
}

/// Facts and their truth values, at least one of which must be right.
pub(crate) type Clause = Vec<(Fact, bool)>;

/// The principals that a policy names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Who {
    Everyone,
    Account(String),
    Arn(String),
    Service(String),
    Federated(String),
    Canonical(String),
}

/// A list, or everything except a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct List<T> {
    pub(crate) negated: bool,
    pub(crate) items: Vec<T>,
}

/// A statement without its effect and its actions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Body {
    /// The number of a list in [`Terms::whos`]; `None` matches everyone.
    pub(crate) who: Option<usize>,
    /// Patterns; empty matches all resources.
    pub(crate) resource: Option<List<usize>>,
    /// All of them must hold.
    pub(crate) conditions: Vec<Clause>,
}

/// A policy variable: a key, and the default used if the request has no value for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Variable {
    pub(crate) key: usize,
    pub(crate) default: Option<String>,
}

/// The meaning of a pattern or a test with a default: one for requests that have a value for the variable's key, and
/// another for those that do not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cases {
    pub(crate) key: usize,
    /// The same with a variable without a default.
    pub(crate) present: usize,
    /// The same with the default itself; `None` if it then matches nothing.
    pub(crate) absent: Option<usize>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    pub(crate) keys: Vec<Key>,
    key_numbers: HashMap<String, usize>,
    pub(crate) patterns: Table<Pattern>,
    pub(crate) pattern_cases: HashMap<usize, Cases>,
    pub(crate) tests: Table<Test>,
    pub(crate) test_cases: HashMap<usize, Cases>,
    pub(crate) variables: Table<Variable>,
    pub(crate) bodies: Table<Body>,
    pub(crate) whos: Table<List<Who>>,
    /// Whether some statement names principals, even if it names everyone.
    pub(crate) names_principals: bool,
    /// The patterns of action elements, in lower case.
    pub(crate) actions: Table<List<String>>,
    /// The spelling in which each pattern first appeared.
    pub(crate) spelled: HashMap<String, String>,
    /// What is true of every request.
    pub(crate) invariants: Invariants,
    /// The patterns with variables, once all policies are read.
    pub(crate) open: Vec<usize>,
    /// The budget of all questions about these terms.
    pub(crate) work: Work,
}

impl Terms {
    /// No terms yet.
    ///
    /// - `work`: the budget for reading the policies, and for all questions about them
    pub(crate) fn new(work: Work) -> Self {
        Self {
            work,
            ..Self::default()
        }
    }

    /// The number of the key with that name, in any case.
    pub(crate) fn key(&mut self, name: &str) -> usize {
        let number = self.number_of(name);
        if let Some(key) = self.keys.get_mut(number) {
            key.mentioned = true;
        }
        number
    }

    /// The number of a key that no policy need mention.
    pub(crate) fn key_of(&mut self, key: GlobalKey) -> usize {
        self.number_of(key.name())
    }

    fn number_of(&mut self, name: &str) -> usize {
        let lower = name.to_ascii_lowercase();
        if let Some(&number) = self.key_numbers.get(&lower) {
            return number;
        }
        let known = Catalog::get().condition_key(name);
        self.keys.push(Key {
            name: name.to_owned(),
            multivalued: known.is_some_and(ConditionKey::is_multivalued),
            kind: known.map(ConditionKey::key_type),
            global: GlobalKey::from_name(name),
            unknown: name_of_key(name).and_then(|name| Unknown::new(name).kind()),
            exists: is_key_name(name) || name_of_key(name).is_some(),
            mentioned: false,
        });
        self.key_numbers.insert(lower, self.keys.len() - 1);
        self.keys.len() - 1
    }

    /// The number of the key with that name, in any case, if there is one.
    pub(crate) fn number_if_known(&self, name: &str) -> Option<usize> {
        self.key_numbers.get(&name.to_ascii_lowercase()).copied()
    }

    /// How many principals the statements with this body name.
    pub(crate) fn who_size(&self, body: usize) -> usize {
        let who = self.bodies.get(body).and_then(|body| self.whos.get(body.who?));
        who.map_or(0, |list| list.items.len())
    }

    /// How many values a test compares.
    pub(crate) fn test_size(&self, test: usize) -> usize {
        self.tests.get(test).map_or(1, Test::size)
    }

    /// Records that a policy treats the key as multivalued. For keys that AWS does not document, nothing else is known.
    pub(crate) fn is_used_as_set(&mut self, key: usize) {
        if let Some(key) = self.keys.get_mut(key)
            && key.kind.is_none()
        {
            key.multivalued = true;
        }
    }

    /// Whether the empty string may be a value: for strings that the caller chooses, such as `s3:prefix`, and for tags.
    pub(crate) fn may_be_empty(&self, key: usize) -> bool {
        self.keys.get(key).is_some_and(|key| {
            let of_aws = key
                .name
                .get(..4)
                .is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
            matches!(key.kind, None | Some(KeyType::String)) && !key.multivalued && (!of_aws || key.name.contains('/'))
        })
    }

    pub(crate) fn is_multivalued(&self, key: usize) -> bool {
        self.keys.get(key).is_some_and(|key| key.multivalued)
    }

    pub(crate) fn key_name(&self, key: usize) -> &str {
        self.keys.get(key).map_or("", |key| &key.name)
    }

    /// The number of the pattern. If it has defaults, its cases are recorded as well.
    pub(crate) fn pattern(&mut self, pattern: Pattern) -> usize {
        // Each default doubles the number of cases.
        if !self.work.spend(pattern.tokens().len() / 2 + 100) {
            return 0;
        }
        let number = self.patterns.number(pattern);
        if let Some(key) = self.key_with_default(&[number])
            && !self.pattern_cases.contains_key(&number)
            && let Some(present) = self.assume(number, key, true)
        {
            let absent = self.assume(number, key, false);
            let cases = Cases { key, present, absent };
            self.pattern_cases.insert(number, cases);
        }
        number
    }

    /// The number of the test. If its patterns have defaults, its cases are recorded as well.
    pub(crate) fn test(&mut self, test: Test) -> usize {
        if !self.work.spend(test.size() / 2 + 16) {
            return 0;
        }
        let number = self.tests.number(test.clone());
        if let Test::Text(patterns) = test
            && let Some(key) = self.key_with_default(&patterns)
            && !self.test_cases.contains_key(&number)
        {
            let mut of_case = |there| {
                let patterns = patterns.iter().filter_map(|pattern| self.assume(*pattern, key, there));
                let patterns: BTreeSet<usize> = patterns.collect();
                self.test(Test::Text(patterns.into_iter().collect()))
            };
            let (present, absent) = (of_case(true), Some(of_case(false)));
            let cases = Cases { key, present, absent };
            self.test_cases.insert(number, cases);
        }
        number
    }

    /// The patterns for values of this key. A variable with the same key is then the value itself, whatever its
    /// default: such a pattern matches either all values or, since it contains more than the variable, none.
    pub(crate) fn of_values(&mut self, key: usize, patterns: Vec<usize>) -> Vec<usize> {
        if self
            .keys
            .get(key)
            .is_none_or(|key| key.multivalued || key.kind.is_none())
        {
            return patterns;
        }
        let mut of_values = BTreeSet::new();
        for number in patterns {
            let is_of_key = |variable: &&Variable| variable.key == key;
            let count = self.variables_of(number).filter(is_of_key).count();
            let others = self.variables_of(number).count() > count;
            if count == 0 || self.may_be_empty(key) && (count > 1 || others) {
                of_values.insert(number);
            } else if count == 1
                && self
                    .patterns
                    .get(number)
                    .is_some_and(Pattern::is_one_character_and_runs)
            {
                let everything = Pattern::new([Token::Star(Reach::Everything)], false);
                of_values.insert(self.patterns.number(everything));
            }
        }
        of_values.into_iter().collect()
    }

    fn key_with_default(&self, patterns: &[usize]) -> Option<usize> {
        let mut variables = patterns.iter().flat_map(|pattern| self.variables_of(*pattern));
        let found = variables.find(|variable| variable.default.is_some())?;
        Some(found.key)
    }

    /// The pattern for requests that have a value for the key, or for those that do not; `None` if it then matches
    /// nothing.
    fn assume(&mut self, pattern: usize, key: usize, there: bool) -> Option<usize> {
        let plain = self.variables.number(Variable { key, default: None });
        let assumed = self.patterns.get(pattern)?.substitute(|number| {
            let variable = self.variables.get(number)?;
            Some(match &variable.default {
                _ if variable.key != key => vec![Token::Char(letter(number))],
                _ if there => vec![Token::Char(letter(plain))],
                default => default.as_ref()?.chars().map(Token::Char).collect(),
            })
        })?;
        Some(self.pattern(assumed))
    }

    fn variables_of(&self, pattern: usize) -> impl Iterator<Item = &Variable> {
        let pattern = self.patterns.get(pattern).into_iter();
        pattern
            .flat_map(Pattern::variables)
            .filter_map(|variable| self.variables.get(variable))
    }

    /// The keys that must have a value for a pattern without defaults to match anything.
    pub(crate) fn needed_keys(&self, pattern: usize) -> impl Iterator<Item = usize> {
        self.variables_of(pattern).map(|variable| variable.key)
    }
}
