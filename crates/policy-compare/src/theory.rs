//! Constraints that clauses cannot express: whether several facts about one string, or about the values of one key, can
//! hold at the same time.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use iam_policy_catalog::KeyType;
use iam_policy_core::{GlobalKey, Presence};
use iam_policy_document::scalar::{Moment, Network, Number, boolean};

use crate::glob::{Pattern, Reach, Token};
use crate::invariant::Setting;
use crate::terms::{Fact, Terms, Test};
use crate::word::{Found, Words};
use crate::work::Work;

/// A statement about a request that is either true or false.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Atom {
    /// The action matches the pattern with this number.
    Action(usize),
    /// The resource matches the pattern with this number.
    Resource(usize),
    /// A fact about the values of a key.
    Fact(Fact),
}

/// The subject of an atom. Facts about different subjects never contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Subject {
    Action,
    Resource,
    Key(usize),
}

impl Atom {
    pub(crate) fn subject(self) -> Subject {
        match self {
            Self::Action(_) => Subject::Action,
            Self::Resource(_) => Subject::Resource,
            Self::Fact(Fact::Absent { key } | Fact::Some { key, .. }) => Subject::Key(key),
        }
    }
}

/// An action, a resource, or values of a key that satisfy all constraints. A key that is absent has no values.
pub(crate) type Values = Vec<String>;

/// The candidates for an action or a resource: strings that match one of these patterns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Domains<'a> {
    pub(crate) action: &'a [Pattern],
    pub(crate) resource: &'a [Pattern],
    /// Actions that are excluded.
    pub(crate) not_action: &'a [Pattern],
    /// Resources that are excluded.
    pub(crate) not_resource: &'a [Pattern],
    pub(crate) setting: Setting<'a>,
}

/// The values of the keys used as variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Assumption {
    /// By key, of those with the same values the first; `None` means absent.
    pub(crate) values: HashMap<usize, Option<String>>,
}

pub(crate) struct Theory<'t> {
    terms: &'t Terms,
    domains: Domains<'t>,
    /// `None` while variables are unconstrained: then "unsatisfiable" is certain, but "satisfiable" is not.
    assumption: Option<Assumption>,
    /// Patterns with variables, after substitution: with their values, or with `*` in their place. `None` matches
    /// nothing.
    stand_ins: HashMap<usize, Option<Pattern>>,
    /// Those of them with a variable whose value is unknown.
    open: HashSet<usize>,
}

impl<'t> Theory<'t> {
    pub(crate) fn new(terms: &'t Terms, domains: Domains<'t>, assumption: Option<Assumption>) -> Self {
        let setting = domains.setting;
        let mut stand_ins = HashMap::new();
        let mut open = HashSet::new();
        for &number in &terms.open {
            let Some(pattern) = terms.patterns.get(number) else {
                continue;
            };
            if !terms.work.spend(pattern.tokens().len() / 2 + 2) {
                break;
            }
            let stand_in = pattern.substitute(|variable| {
                let key = terms.same(terms.variables.get(variable)?.key, setting.service);
                if terms.presence(key, setting) == Presence::Never {
                    return None;
                }
                let known = terms.known(key, setting).map(Cow::into_owned);
                let value = match &assumption {
                    Some(assumption) => known.or_else(|| assumption.values.get(&key)?.clone())?,
                    None if known.is_none() => {
                        open.insert(number);
                        return Some(terms.run(key));
                    }
                    None => known?,
                };
                Some(value.chars().map(Token::Char).collect())
            });
            if stand_in.is_none() {
                open.remove(&number);
            }
            stand_ins.insert(number, stand_in);
        }
        Self {
            terms,
            domains,
            assumption,
            stand_ins,
            open,
        }
    }

    pub(crate) fn setting(&self) -> Setting<'t> {
        self.domains.setting
    }

    pub(crate) fn limit_resources(&mut self, resource: &'t [Pattern]) {
        self.domains.resource = resource;
    }

    /// Whether the answer for these atoms may be wrong because the value of a variable is unconstrained.
    pub(crate) fn depends_on_variables(&self, atom: Atom) -> bool {
        match atom {
            Atom::Action(_) | Atom::Fact(Fact::Absent { .. }) => false,
            Atom::Resource(pattern) => self.open.contains(&pattern),
            Atom::Fact(Fact::Some { test, .. }) => match self.terms.tests.get(test) {
                Some(Test::Text(patterns)) => patterns.iter().any(|pattern| self.open.contains(pattern)),
                _ => false,
            },
        }
    }

    /// A pattern after substitution. `None` matches nothing.
    fn pattern(&self, number: usize) -> Option<&Pattern> {
        match self.stand_ins.get(&number) {
            Some(stand_in) => stand_in.as_ref(),
            None => self.terms.patterns.get(number),
        }
    }

    /// Values that satisfy these atoms, which all share one subject.
    pub(crate) fn values(&self, subject: Subject, atoms: &[(Atom, bool)], work: &Work) -> Found<Values> {
        if !work.spend(atoms.len() + 1) {
            return Found::Unclear;
        }
        match subject {
            Subject::Action => self.word(
                self.domains.action,
                Some(is_action_character),
                self.domains.not_action,
                atoms,
                work,
            ),
            Subject::Resource => self.word(self.domains.resource, None, self.domains.not_resource, atoms, work),
            Subject::Key(key) => self.of_key(key, atoms, work),
        }
    }

    /// Values that satisfy all these atoms.
    pub(crate) fn model(&self, atoms: &[(Atom, bool)], work: &Work) -> Found<BTreeMap<Subject, Values>> {
        let mut by_subject: BTreeMap<Subject, Vec<(Atom, bool)>> = BTreeMap::new();
        for subject in [Subject::Action, Subject::Resource] {
            by_subject.entry(subject).or_default();
        }
        for (atom, so) in atoms {
            by_subject.entry(atom.subject()).or_default().push((*atom, *so));
        }
        let mut model = BTreeMap::new();
        let mut unclear = false;
        for (subject, atoms) in by_subject {
            match self.values(subject, &atoms, work) {
                Found::Yes(values) => {
                    model.insert(subject, values);
                }
                Found::No => return Found::No,
                Found::Unclear => unclear = true,
            }
        }
        if unclear { Found::Unclear } else { Found::Yes(model) }
    }

    /// An action or a resource.
    fn word(
        &self,
        domain: &[Pattern],
        alphabet: Option<fn(char) -> bool>,
        excluded: &[Pattern],
        atoms: &[(Atom, bool)],
        work: &Work,
    ) -> Found<Values> {
        let (mut all, mut none) = (Vec::new(), Vec::new());
        for &(atom, so) in atoms {
            let (Atom::Action(pattern) | Atom::Resource(pattern)) = atom else {
                continue;
            };
            if so {
                all.push(vec![pattern]);
            } else {
                none.push(pattern);
            }
        }
        match self.text(&all, &none, &[domain], excluded, alphabet, work) {
            Found::Yes(text) => Found::Yes(vec![text]),
            Found::No => Found::No,
            Found::Unclear => Found::Unclear,
        }
    }

    /// A word that matches one pattern of each list in `all` and in `domains`, and none in `none` or `excluded`.
    ///
    /// While variables are unconstrained, two searches are made. The first replaces the variables of patterns that must
    /// match with `?*`, or with `*` if they may be empty, and drops patterns with variables that must not match. The second treats variables as letters
    /// of their own, for each pattern that must match: if every such word matches a pattern that must not match, so
    /// does every word, whatever the values are.
    fn text(
        &self,
        all: &[Vec<usize>],
        none: &[usize],
        domains: &[&[Pattern]],
        excluded: &[Pattern],
        alphabet: Option<fn(char) -> bool>,
        work: &Work,
    ) -> Found<String> {
        let is_variable = |pattern: &usize| self.open.contains(pattern);
        let mut words = Words {
            alphabet,
            ..Words::default()
        };
        words
            .all
            .extend(domains.iter().map(|domain| domain.iter().collect::<Vec<_>>()));
        for union in all {
            words
                .all
                .push(union.iter().filter_map(|pattern| self.pattern(*pattern)).collect());
        }
        let plain = none.iter().filter(|pattern| !is_variable(pattern));
        words.none = plain
            .filter_map(|pattern| self.pattern(*pattern))
            .chain(excluded)
            .collect();
        let found = words.find(work);
        if found != Found::No && all.iter().flatten().chain(none).any(&is_variable) {
            let lettered: Vec<&Pattern> = none
                .iter()
                .filter_map(|pattern| self.terms.patterns.get(*pattern))
                .collect();
            for union in all.iter().filter(|union| union.iter().any(is_variable)) {
                let impossible = union.iter().all(|pattern| {
                    let Some(pattern) = self.terms.patterns.get(*pattern) else {
                        return true;
                    };
                    let words = Words {
                        all: vec![vec![pattern]],
                        none: lettered.clone(),
                        alphabet: None,
                    };
                    words.find(work) == Found::No
                });
                if impossible {
                    return Found::No;
                }
            }
        }
        found
    }

    fn of_key(&self, key: usize, atoms: &[(Atom, bool)], work: &Work) -> Found<Values> {
        let mut absent = None;
        let (mut some, mut every) = (Vec::new(), Vec::new());
        for &(atom, so) in atoms {
            match atom {
                Atom::Fact(Fact::Absent { .. }) => {
                    if absent.is_some_and(|absent| absent != so) {
                        return Found::No;
                    }
                    absent = Some(so);
                }
                // Some value has the property, or no value has it.
                Atom::Fact(Fact::Some { test, holds, .. }) if so => some.push((test, holds)),
                Atom::Fact(Fact::Some { test, holds, .. }) => every.push((test, !holds)),
                _ => {}
            }
        }
        let setting = self.setting();
        match self.terms.presence(key, setting) {
            Presence::Always if absent == Some(true) => return Found::No,
            Presence::Always => absent = Some(false),
            Presence::Never if absent == Some(false) || !some.is_empty() => return Found::No,
            Presence::Never => return Found::Yes(Values::new()),
            Presence::Sometimes => {}
        }
        let known = self.terms.known(key, setting).map(|value| Some(value.into_owned()));
        let assumed = || {
            self.assumption
                .as_ref()
                .and_then(|assumption| assumption.values.get(&key))
        };
        let fixed = known.as_ref().filter(|_| absent != Some(true)).or_else(assumed);
        match fixed {
            Some(None) => {
                return if absent == Some(false) || !some.is_empty() {
                    Found::No
                } else {
                    Found::Yes(Values::new())
                };
            }
            Some(Some(value)) => {
                let holds = some
                    .iter()
                    .chain(&every)
                    .all(|&(test, holds)| self.holds(test, value) == holds);
                let is_possible = self.terms.is_possible(key, Some(value), setting) && self.agrees(key, value);
                return if absent == Some(true) || !holds || !is_possible {
                    Found::No
                } else {
                    Found::Yes(vec![value.clone()])
                };
            }
            None => {}
        }
        if absent == Some(true) && !some.is_empty() {
            return Found::No;
        }
        if absent != Some(false) && some.is_empty() {
            return Found::Yes(Values::new());
        }
        if !self.terms.is_multivalued(key) {
            some.extend(every);
            return match self.value(key, &some, work) {
                Found::Yes(value) => Found::Yes(vec![value]),
                Found::No => Found::No,
                Found::Unclear => Found::Unclear,
            };
        }
        let wanted: Vec<Vec<(usize, bool)>> = if some.is_empty() {
            vec![every]
        } else {
            some.iter()
                .map(|one| every.iter().copied().chain([*one]).collect())
                .collect()
        };
        let mut values = Values::new();
        for tests in wanted {
            match self.value(key, &tests, work) {
                Found::Yes(value) if values.contains(&value) || !work.spend(values.len()) => {}
                Found::Yes(value) => values.push(value),
                Found::No => return Found::No,
                Found::Unclear => return Found::Unclear,
            }
        }
        Found::Yes(values)
    }

    /// One value for which the tests hold or do not hold, as required.
    fn value(&self, key: usize, tests: &[(usize, bool)], work: &Work) -> Found<String> {
        if !work.spend(tests.len() + 1) {
            return Found::Unclear;
        }
        let kind = self.terms.keys.get(key).and_then(|key| key.kind);
        let mut kinds = Kinds::default();
        for (test, _) in tests {
            match self.terms.tests.get(*test) {
                Some(Test::Text(_)) => kinds.text = true,
                Some(Test::Number(..)) => kinds.number = true,
                Some(Test::Date(..)) => kinds.date = true,
                Some(Test::Address(_)) => kinds.address = true,
                Some(Test::Bool(_)) => kinds.bool = true,
                None => {}
            }
        }
        match kind {
            Some(KeyType::Bool) => kinds.bool = true,
            Some(KeyType::Numeric) => kinds.number = true,
            Some(KeyType::Date) => kinds.date = true,
            Some(KeyType::IpAddress) => kinds.address = true,
            _ => {}
        }
        let setting = self.setting();
        let usual = self.terms.usual(key, setting).into_iter().find(|value| {
            let fits = |&(test, holds): &(usize, bool)| self.holds(test, value) == holds;
            is_of_kind(kind, value)
                && self.terms.is_possible(key, Some(value), setting)
                && self.agrees(key, value)
                && tests.iter().all(fits)
        });
        if let Some(value) = usual {
            return Found::Yes(value);
        }
        let mut candidates = self.candidates(kinds, tests);
        if kinds.is_only_text() {
            return self.text_value(key, tests, work);
        }
        let mut complete = !kinds.text || kind == Some(KeyType::Bool);
        if !kinds.text && matches!(kind, Some(KeyType::String | KeyType::Arn | KeyType::Binary)) {
            // A string that is not of any other type.
            candidates.push("a".to_owned());
        }
        if kinds.text && kind != Some(KeyType::Bool) {
            // A string that is also, say, a number: try the named values and those that the patterns allow.
            let positive = tests.iter().filter(|(_, holds)| *holds);
            for words in positive.filter_map(|(test, _)| self.only_words(*test)) {
                complete = true;
                candidates.extend(words);
            }
            if let Found::Yes(word) = self.text_value(key, tests, work) {
                candidates.push(word);
            }
        }
        let fits = |value: &String| {
            if !work.spend(1) {
                return false;
            }
            is_of_kind(kind, value) && tests.iter().all(|&(test, holds)| self.may_be(test, value, holds))
        };
        match candidates.into_iter().find(fits) {
            Some(value) => Found::Yes(value),
            None if complete && kinds.count() - usize::from(kinds.text) <= 1 => Found::No,
            None => Found::Unclear,
        }
    }

    /// The words of a test without wildcards.
    fn only_words(&self, test: usize) -> Option<Vec<String>> {
        match self.terms.tests.get(test)? {
            Test::Text(patterns) => patterns
                .iter()
                .filter_map(|pattern| self.pattern(*pattern))
                .map(Pattern::only_word)
                .collect(),
            _ => None,
        }
    }

    /// A string; the empty one only if nothing else will do.
    fn text_value(&self, key: usize, tests: &[(usize, bool)], work: &Work) -> Found<String> {
        let (mut all, mut none) = (Vec::new(), Vec::new());
        for &(test, holds) in tests {
            let Some(Test::Text(patterns)) = self.terms.tests.get(test) else {
                continue;
            };
            if holds {
                all.push(patterns.clone());
            } else {
                none.extend(patterns);
            }
        }
        let (form, excluded) = self.terms.form(key, self.setting());
        let not_empty = [Pattern::new(
            [Token::One(Reach::Everything), Token::Star(Reach::Everything)],
            false,
        )];
        let form = if form.is_empty() { &not_empty } else { &*form };
        let assumed = self.in_arn(key);
        let mut domains: Vec<&[Pattern]> = vec![form];
        domains.extend(assumed.iter().map(Vec::as_slice));
        let found = self.text(&all, &none, &domains, excluded, None, work);
        let is_empty = || {
            let fits = |&(test, holds): &(usize, bool)| self.may_be(test, "", holds);
            self.terms.may_be_empty(key) && tests.iter().all(fits)
        };
        if found == Found::No && is_empty() {
            return Found::Yes(String::new());
        }
        found
    }

    /// What the values assumed for the name and the account of the caller say about its ARN.
    fn in_arn(&self, key: usize) -> Vec<Vec<Pattern>> {
        let is_arn = self.terms.keys.get(key).and_then(|key| key.global) == Some(GlobalKey::PrincipalArn);
        let Some(assumption) = self.assumption.as_ref().filter(|_| is_arn) else {
            return Vec::new();
        };
        let values = assumption.values.iter();
        values
            .filter_map(|(key, value)| self.terms.arns_with(*key, value.as_ref()?))
            .collect()
    }

    /// Whether a value of the caller's ARN agrees with what is assumed about its name and account.
    fn agrees(&self, key: usize, value: &str) -> bool {
        let agrees = |patterns: &Vec<Pattern>| patterns.iter().any(|pattern| pattern.matches(value, &self.terms.work));
        self.in_arn(key).iter().all(agrees)
    }

    /// Whether the test holds for a value.
    fn holds(&self, test: usize, value: &str) -> bool {
        match self.terms.tests.get(test) {
            None => false,
            Some(Test::Text(patterns)) => patterns
                .iter()
                .filter_map(|pattern| self.pattern(*pattern))
                .any(|pattern| pattern.matches(value, &self.terms.work)),
            Some(other) => {
                self.terms.work.spend(self.terms.test_size(test));
                other.holds_of(value)
            }
        }
    }

    /// The same, if known: while variables are unconstrained, a pattern with variables may or may not match.
    fn may_be(&self, test: usize, value: &str, holds: bool) -> bool {
        self.holds(test, value) == holds
            || !holds && self.depends_on_variables(Atom::Fact(Fact::Some { key: 0, test, holds }))
    }

    /// Values that represent everything the non-string tests can distinguish.
    fn candidates(&self, kinds: Kinds, tests: &[(usize, bool)]) -> Vec<String> {
        let mut values = Vec::new();
        let tests = || tests.iter().filter_map(|(test, _)| self.terms.tests.get(*test));
        // A value named as a string may be excluded while its neighbors are not.
        self.terms.work.spend(tests().map(Test::size).sum());
        let words: Vec<String> = tests()
            .filter_map(|test| match test {
                Test::Text(patterns) => Some(patterns),
                _ => None,
            })
            .flatten()
            .filter_map(|pattern| self.pattern(*pattern)?.only_word())
            .collect();
        if kinds.number {
            let named = tests().filter_map(|test| match test {
                Test::Number(_, numbers) => Some(numbers),
                _ => None,
            });
            let words: Vec<Number<'static>> = words
                .iter()
                .filter_map(|word| Number::read(word).map(Number::into_owned))
                .collect();
            let named = named.flatten().chain(&words);
            values.extend(around(named, Number::between).map(|number| number.to_string()));
        }
        if kinds.date {
            let named = tests().filter_map(|test| match test {
                Test::Date(_, dates) => Some(dates),
                _ => None,
            });
            let words: Vec<Moment> = words.iter().filter_map(|word| Moment::read(word)).collect();
            let named = named.flatten().chain(&words);
            values.extend(around(named, Moment::between).map(|moment| moment.to_string()));
        }
        if kinds.address {
            let named = tests().filter_map(|test| match test {
                Test::Address(networks) => Some(networks),
                _ => None,
            });
            let mut networks: Vec<Network> = named.flatten().copied().collect();
            networks.extend(words.iter().filter_map(|word| Network::address(word)));
            networks.extend(Network::ALL);
            networks.sort_unstable();
            networks.dedup();
            values.extend(
                networks
                    .iter()
                    .take_while(|_| self.terms.work.spend(networks.len()))
                    .filter_map(|network| network.outside(&networks))
                    .map(|address| address.to_string()),
            );
        }
        if kinds.bool {
            values.extend(["true".to_owned(), "false".to_owned()]);
        }
        values
    }
}

#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a set of kinds")]
struct Kinds {
    text: bool,
    number: bool,
    date: bool,
    address: bool,
    bool: bool,
}

impl Kinds {
    fn count(self) -> usize {
        [self.text, self.number, self.date, self.address, self.bool]
            .into_iter()
            .filter(|kind| *kind)
            .count()
    }

    fn is_only_text(self) -> bool {
        self.count() == usize::from(self.text)
    }
}

/// Whether a request may carry the value for a key of a documented type.
pub(crate) fn is_of_kind(kind: Option<KeyType>, value: &str) -> bool {
    match kind {
        Some(KeyType::Bool) => boolean(value).is_some(),
        Some(KeyType::Numeric) => Number::read(value).is_some(),
        Some(KeyType::Date) => Moment::read(value).is_some(),
        Some(KeyType::IpAddress) => Network::address(value).is_some(),
        _ => true,
    }
}

/// The characters of action names.
fn is_action_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':')
}

/// The named values, one value between each two neighbors, and one beyond each end.
///
/// - `between`: returns a value between two others, or beyond one
fn around<'n, T: Clone + Ord + 'n>(
    named: impl Iterator<Item = &'n T>,
    between: impl Fn(Option<&T>, Option<&T>) -> Option<T>,
) -> impl Iterator<Item = T> {
    let mut named: Vec<&T> = named.collect();
    named.sort_unstable();
    named.dedup();
    let mut list = Vec::with_capacity(2 * named.len() + 1);
    list.extend(between(named.last().copied(), None));
    list.extend(between(None, named.first().copied()));
    list.extend(named.iter().copied().cloned());
    let inner = named.iter().zip(named.iter().skip(1));
    list.extend(inner.filter_map(|(lower, upper)| between(Some(lower), Some(upper))));
    list.into_iter()
}
