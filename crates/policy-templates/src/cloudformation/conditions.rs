//! The combinations of conditions under which a policy differs.

use std::collections::BTreeMap;

use iam_policy_core::Style;
use iam_policy_document::Value;

use super::evaluate::function;
use super::scope::Scope;

/// Which conditions hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Branch(BTreeMap<String, Holds>);

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Holds {
    so: bool,
    /// Whether that is so in every stack.
    is_decided: bool,
}

impl Branch {
    pub(crate) fn get(&self, condition: &str) -> Option<bool> {
        self.0.get(condition).map(|holds| holds.so)
    }

    /// Whether the template alone decides the condition.
    pub(crate) fn is_decided(&self, condition: &str) -> bool {
        self.0.get(condition).is_some_and(|holds| holds.is_decided)
    }

    /// The conditions with these names that the template alone does not decide.
    pub(crate) fn of(&self, names: &[String]) -> Vec<(String, bool)> {
        let open = names.iter().filter(|name| !self.is_decided(name));
        open.filter_map(|name| Some((name.clone(), self.get(name)?))).collect()
    }
}

/// How many independent facts are combined.
const MAX_FACTS: usize = 6;

/// How deeply conditions may refer to each other.
const MAX_DEPTH: usize = 32;

/// The combinations of conditions that change a value.
#[derive(Debug)]
pub(crate) struct Branches {
    pub(crate) all: Vec<Branch>,
    /// There are more.
    pub(crate) is_partial: bool,
    /// Whether a condition that must hold, or must not, depends on the stack.
    pub(crate) is_guarded: bool,
}

impl Branches {
    /// - `names`: the conditions that change the value
    /// - `given`: the conditions that must hold, or must not
    pub(crate) fn new(scope: &Scope<'_>, names: &[String], given: &[(String, bool)]) -> Self {
        let mut facts = Facts::default();
        let mut formulas: Vec<(&str, Formula)> = Vec::new();
        for name in names.iter().chain(given.iter().map(|(name, _)| name)) {
            if !formulas.iter().any(|(known, _)| known == name) {
                let formula = Formula::of_name(scope, name, &mut facts, 0);
                formulas.push((name, formula));
            }
        }
        let facts = facts.list;
        let is_partial = facts.len() > MAX_FACTS;
        let combinations: Vec<Vec<bool>> = if is_partial {
            [true, false].into_iter().map(|so| vec![so; facts.len()]).collect()
        } else {
            let bits = 0..1_u32 << facts.len();
            bits.map(|bits| (0..facts.len()).map(|at| bits >> at & 1 == 0).collect())
                .collect()
        };
        let mut all: Vec<Branch> = Vec::new();
        for values in combinations {
            if excludes_itself(&facts, &values) {
                continue;
            }
            let holds = |formula: &Formula| Holds {
                so: formula.holds(&values),
                is_decided: formula.decided().is_some(),
            };
            let branch: BTreeMap<String, Holds> = formulas
                .iter()
                .map(|(name, formula)| ((*name).to_owned(), holds(formula)))
                .collect();
            let branch = Branch(branch);
            let is_possible = given.iter().all(|(name, so)| branch.get(name) == Some(*so));
            if is_possible && !all.contains(&branch) {
                all.push(branch);
            }
        }
        if all.is_empty() {
            let given = given
                .iter()
                .cloned()
                .chain(names.iter().map(|name| (name.clone(), true)));
            let holds = |so| Holds { so, is_decided: false };
            all.push(Branch(given.map(|(name, so)| (name, holds(so))).collect()));
        }
        let is_guarded = given
            .iter()
            .any(|(name, _)| !all.iter().all(|branch| branch.is_decided(name)));
        Self {
            all,
            is_partial,
            is_guarded,
        }
    }
}

/// The facts that conditions depend on.
#[derive(Debug, Default)]
struct Facts {
    list: Vec<Fact>,
    /// How many parts of conditions have been looked at.
    parts: usize,
}

/// How many parts of conditions are looked at. They can refer to the same conditions many times.
const MAX_PARTS: usize = 10_000;

/// Whether a value equals another one, or something else that holds or does not.
#[derive(Debug, PartialEq, Eq)]
struct Fact {
    left: String,
    right: String,
}

/// Whether one value would equal two different texts.
fn excludes_itself(facts: &[Fact], values: &[bool]) -> bool {
    let holding = || facts.iter().zip(values).filter(|(_, so)| **so).map(|(fact, _)| fact);
    holding().enumerate().any(|(number, fact)| {
        holding()
            .skip(number + 1)
            .any(|other| fact.left == other.left && is_literal(&fact.right) && is_literal(&other.right))
    })
}

/// Whether a value is the same in every stack.
fn is_literal(text: &str) -> bool {
    text.starts_with('"')
}

#[derive(Debug)]
enum Formula {
    /// The same in every stack.
    Decided(bool),
    Fact(usize),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

impl Formula {
    fn of_name(scope: &Scope<'_>, name: &str, facts: &mut Facts, depth: usize) -> Self {
        match scope.condition(name) {
            Some(value) if depth < MAX_DEPTH && facts.parts < MAX_PARTS => Self::of(scope, value, facts, depth + 1),
            _ => Self::fact(name.to_owned(), String::new(), facts),
        }
    }

    fn of(scope: &Scope<'_>, value: Value<'_>, facts: &mut Facts, depth: usize) -> Self {
        facts.parts += 1;
        let Some(member) = function(value).filter(|_| depth < MAX_DEPTH) else {
            return Self::fact(written(value), String::new(), facts);
        };
        let argument = member.value;
        match (member.key, argument.as_str()) {
            ("Condition", Some(name)) => Self::of_name(scope, name, facts, depth + 1),
            ("Fn::Not", _) => match argument.one_or_many().next() {
                Some(only) => Self::Not(Box::new(Self::of(scope, only, facts, depth + 1))),
                None => Self::fact(written(value), String::new(), facts),
            },
            ("Fn::And", _) => Self::And(
                argument
                    .items()
                    .map(|item| Self::of(scope, item, facts, depth + 1))
                    .collect(),
            ),
            ("Fn::Or", _) => Self::Or(
                argument
                    .items()
                    .map(|item| Self::of(scope, item, facts, depth + 1))
                    .collect(),
            ),
            ("Fn::Equals", _) => {
                let mut sides: Vec<String> = argument.items().map(written).collect();
                // A literal comes second.
                sides.sort_by_key(|side| is_literal(side));
                let mut sides = sides.into_iter();
                let (left, right) = (sides.next().unwrap_or_default(), sides.next().unwrap_or_default());
                if is_literal(&left) && is_literal(&right) {
                    Self::Decided(left == right)
                } else {
                    Self::fact(left, right, facts)
                }
            }
            _ => Self::fact(written(value), String::new(), facts),
        }
    }

    fn fact(left: String, right: String, facts: &mut Facts) -> Self {
        let fact = Fact { left, right };
        let place = facts.list.iter().position(|known| *known == fact);
        Self::Fact(place.unwrap_or_else(|| {
            facts.list.push(fact);
            facts.list.len() - 1
        }))
    }

    /// Whether it holds, if that is the same in every stack.
    fn decided(&self) -> Option<bool> {
        // One part can decide, or all together.
        let of_parts = |parts: &[Self], deciding: bool| {
            let mut all = Some(!deciding);
            for part in parts {
                match part.decided() {
                    Some(so) if so == deciding => return Some(deciding),
                    Some(_) => {}
                    None => all = None,
                }
            }
            all
        };
        match self {
            Self::Decided(so) => Some(*so),
            Self::Fact(_) => None,
            Self::Not(inner) => inner.decided().map(|so| !so),
            Self::And(all) => of_parts(all, false),
            Self::Or(any) => of_parts(any, true),
        }
    }

    fn holds(&self, values: &[bool]) -> bool {
        match self {
            Self::Decided(so) => *so,
            Self::Fact(fact) => values.get(*fact).copied().unwrap_or_default(),
            Self::Not(inner) => !inner.holds(values),
            Self::And(all) => all.iter().all(|formula| formula.holds(values)),
            Self::Or(any) => any.iter().any(|formula| formula.holds(values)),
        }
    }
}

fn written(value: Value<'_>) -> String {
    if let Some(text) = value.as_text() {
        return format!("{text:?}");
    }
    let mut text = String::new();
    // A `String` takes everything.
    let _ = value.write(&mut text, Style::MINIFIED);
    text
}

/// The conditions that a value depends on, in order, each once.
pub(crate) fn conditions_in(value: Value<'_>, names: &mut Vec<String>) {
    if let Some(member) = function(value)
        && member.key == "Fn::If"
        && let Some(condition) = member.value.items().next().and_then(Value::as_str)
        && !names.iter().any(|known| known == condition)
    {
        names.push(condition.to_owned());
    }
    for item in value.items() {
        conditions_in(item, names);
    }
    for member in value.members() {
        conditions_in(member.value, names);
    }
}
