//! What two policies speak of, each thing once: keys, patterns, comparisons, statements' bodies. Equal things have equal numbers.

use std::collections::HashMap;
use std::hash::Hash;

use policy_catalog::{Catalog, ConditionKey, KeyType};
use policy_eval::scalar::{Moment, Network, Number, Order};

use crate::glob::Pattern;

/// A list in which equal things are there once.
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
    /// The number of the thing, which is noted if it is new.
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
    /// As it was first written.
    pub(crate) name: String,
    /// Whether a request may have several values for it.
    pub(crate) multivalued: bool,
    pub(crate) kind: Option<KeyType>,
}

/// What one value is compared with. One of the alternatives must fit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Test {
    /// Patterns, by number.
    Text(Vec<usize>),
    Number(Order, Vec<Number<'static>>),
    Date(Order, Vec<Moment>),
    Address(Vec<Network>),
    Bool(Vec<bool>),
}

/// What can be true of the value of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Fact {
    /// The request has no value for the key.
    Absent { key: usize },
    /// The request has a value for the key of which the test holds, or does not hold.
    Some { key: usize, test: usize, holds: bool },
}

/// Facts and whether they are so, of which one must be right.
pub(crate) type Clause = Vec<(Fact, bool)>;

/// Whom a policy names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Who {
    Everyone,
    Account(String),
    Arn(String),
    Service(String),
    Federated(String),
    Canonical(String),
}

/// A list, or everything but a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct List<T> {
    pub(crate) negated: bool,
    pub(crate) items: Vec<T>,
}

/// A statement without its effect and its actions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Body {
    /// The number of a list in [`Terms::whos`]; none names everybody.
    pub(crate) who: Option<usize>,
    /// Patterns; none is about all resources.
    pub(crate) resource: Option<List<usize>>,
    /// All must hold.
    pub(crate) conditions: Vec<Clause>,
}

/// A policy variable: a key, and what stands in its place when the request has no value for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Variable {
    pub(crate) key: usize,
    pub(crate) default: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    pub(crate) keys: Vec<Key>,
    key_numbers: HashMap<String, usize>,
    pub(crate) patterns: Table<Pattern>,
    pub(crate) tests: Table<Test>,
    pub(crate) variables: Table<Variable>,
    pub(crate) bodies: Table<Body>,
    pub(crate) whos: Table<List<Who>>,
    /// Whether some statement says whom it is about, even if that is everybody.
    pub(crate) names_principals: bool,
    /// What action elements say: patterns in lower case.
    pub(crate) actions: Table<List<String>>,
}

impl Terms {
    /// The number of the key of that name in any case.
    pub(crate) fn key(&mut self, name: &str) -> usize {
        let lower = name.to_ascii_lowercase();
        if let Some(&number) = self.key_numbers.get(&lower) {
            return number;
        }
        let known = Catalog::get().condition_key(name);
        self.keys.push(Key {
            name: name.to_owned(),
            multivalued: known.is_some_and(ConditionKey::is_multivalued),
            kind: known.map(ConditionKey::key_type),
        });
        self.key_numbers.insert(lower, self.keys.len() - 1);
        self.keys.len() - 1
    }

    /// Notes that a policy takes the key for one of several values. Where AWS says nothing of the key, that is all that is known.
    pub(crate) fn is_used_as_set(&mut self, key: usize) {
        if let Some(key) = self.keys.get_mut(key)
            && key.kind.is_none()
        {
            key.multivalued = true;
        }
    }

    pub(crate) fn is_multivalued(&self, key: usize) -> bool {
        self.keys.get(key).is_some_and(|key| key.multivalued)
    }

    pub(crate) fn key_name(&self, key: usize) -> &str {
        self.keys.get(key).map_or("", |key| &key.name)
    }

    /// Whether the text in the place of a variable may be empty, which only a default can be.
    pub(crate) fn may_be_empty(&self, variable: usize) -> bool {
        let default = self
            .variables
            .get(variable)
            .and_then(|variable| variable.default.as_deref());
        default.is_some_and(str::is_empty)
    }

    /// The keys without whose value the pattern matches nothing.
    pub(crate) fn needed_keys(&self, pattern: usize) -> impl Iterator<Item = usize> + '_ {
        self.patterns
            .get(pattern)
            .into_iter()
            .flat_map(Pattern::variables)
            .filter_map(|variable| self.variables.get(variable))
            .filter(|variable| variable.default.is_none())
            .map(|variable| variable.key)
    }
}
