//! The combinations of conditions under which a value differs.

use std::collections::BTreeSet;

use super::evaluate::Evaluator;

/// How many conditions are combined.
const MAX_DECISIONS: usize = 6;

/// How many combinations are looked at.
const MAX_PATHS: usize = 48;

/// What has been decided about conditions.
#[derive(Clone, Debug, Default)]
pub(super) struct Branch {
    decisions: Vec<Decision>,
    /// The variables in conditions: the values of a condition need not be those for the defaults.
    open: BTreeSet<String>,
    /// There were more conditions than are combined.
    is_partial: bool,
}

#[derive(Clone, Debug)]
struct Decision {
    condition: String,
    /// If the condition is that something equals a literal: both.
    sides: Option<(String, String)>,
    holds: bool,
}

impl Branch {
    /// Whether a condition holds.
    ///
    /// - `sides`: if the condition is that something equals a literal, both
    pub(super) fn decide(&mut self, condition: &str, sides: Option<(&str, &str)>) -> bool {
        for name in variables(condition) {
            if !self.open.contains(name) {
                self.open.insert(name.to_owned());
            }
        }
        if let Some(known) = self.decisions.iter().find(|known| known.condition == condition) {
            return known.holds;
        }
        // Something that equals one literal does not equal another one.
        let excludes = |known: &Decision| match (&known.sides, sides) {
            (Some((left, right)), Some((own, literal))) => known.holds && left == own && right != literal,
            _ => false,
        };
        if self.decisions.iter().any(excludes) {
            return false;
        }
        if self.decisions.len() >= MAX_DECISIONS {
            self.is_partial = true;
            return true;
        }
        self.decisions.push(Decision {
            condition: condition.to_owned(),
            sides: sides.map(|(left, right)| (left.to_owned(), right.to_owned())),
            holds: true,
        });
        true
    }

    /// Whether a variable need not have its default.
    pub(super) fn is_open(&self, variable: &str) -> bool {
        self.open.contains(variable)
    }
}

/// The names of the variables in a condition.
fn variables(condition: &str) -> impl Iterator<Item = &str> {
    condition.split("var.").skip(1).map(|rest| {
        let end = rest.find(|character: char| !(character.is_alphanumeric() || matches!(character, '_' | '-')));
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    })
}

/// A value under certain conditions.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Path<T> {
    pub(super) conditions: Vec<(String, bool)>,
    pub(super) value: Option<T>,
}

/// The values that a computation has, depending on conditions.
#[derive(Debug)]
pub(super) struct Paths<T> {
    /// Without those under which there is no value.
    pub(super) all: Vec<Path<T>>,
    /// There are more.
    pub(super) is_partial: bool,
}

/// Computes a value under each combination of the conditions that change it.
///
/// - `compute`: `None` if there is no value
pub(super) fn explore<T: PartialEq>(evaluator: &Evaluator<'_>, compute: &dyn Fn() -> Option<T>) -> Paths<T> {
    let mut explorer = Explorer {
        evaluator,
        compute,
        open: BTreeSet::new(),
        left: MAX_PATHS,
        is_partial: false,
    };
    let mut all = explorer.all(Vec::new());
    all.retain(|path| path.value.is_some());
    // What is the same wherever there is a value does not change it.
    let first = all.first().map(|path| path.conditions.clone()).unwrap_or_default();
    for condition in first {
        if all.iter().all(|path| path.conditions.contains(&condition)) {
            for path in &mut all {
                path.conditions.retain(|own| *own != condition);
            }
        }
    }
    evaluator.branch.replace(Branch::default());
    evaluator.forget();
    Paths {
        all,
        is_partial: explorer.is_partial,
    }
}

struct Explorer<'e, 'm, T> {
    evaluator: &'e Evaluator<'m>,
    compute: &'e dyn Fn() -> Option<T>,
    open: BTreeSet<String>,
    left: usize,
    is_partial: bool,
}

impl<T: PartialEq> Explorer<'_, '_, T> {
    /// The values under decisions that have been made.
    fn all(&mut self, decisions: Vec<Decision>) -> Vec<Path<T>> {
        let Some(left) = self.left.checked_sub(1) else {
            self.is_partial = true;
            return Vec::new();
        };
        self.left = left;
        let made = decisions.len();
        let (value, mut decisions) = self.run(decisions);
        let mut paths = vec![Path {
            conditions: Vec::new(),
            value,
        }];
        // The path so far is the one on which all further conditions hold.
        while decisions.len() > made {
            let Some(mut last) = decisions.pop() else { break };
            let condition = last.condition.clone();
            last.holds = false;
            let mut other = decisions.clone();
            other.push(last);
            let others = self.all(other);
            if others == paths || others.is_empty() {
                continue;
            }
            let with = |paths: &mut Vec<Path<T>>, holds: bool| {
                for path in paths {
                    path.conditions.insert(0, (condition.clone(), holds));
                }
            };
            let mut others = others;
            with(&mut paths, true);
            with(&mut others, false);
            paths.append(&mut others);
        }
        paths
    }

    fn run(&mut self, decisions: Vec<Decision>) -> (Option<T>, Vec<Decision>) {
        let mut rounds = 0;
        loop {
            self.evaluator.forget();
            self.evaluator.branch.replace(Branch {
                decisions: decisions.clone(),
                open: self.open.clone(),
                is_partial: false,
            });
            let value = (self.compute)();
            let branch = self.evaluator.branch.take();
            self.is_partial |= branch.is_partial;
            rounds += 1;
            let is_stable = branch.open == self.open;
            self.open = branch.open;
            if is_stable || rounds > 3 {
                return (value, branch.decisions);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_exclude_each_other() {
        let mut branch = Branch::default();
        assert!(branch.decide("var.a == \"x\"", Some(("var.a", "\"x\""))));
        assert!(!branch.decide("var.a == \"y\"", Some(("var.a", "\"y\""))));
        assert!(branch.decide("var.b == \"y\"", Some(("var.b", "\"y\""))));
        assert!(branch.is_open("a") && branch.is_open("b") && !branch.is_open("c"));
        assert_eq!(branch.decisions.len(), 2);
    }

    #[test]
    fn variables_are_found() {
        let found: Vec<_> = variables("length(var.a_b) > var.c-d && var.e.f == 1").collect();
        assert_eq!(found, ["a_b", "c-d", "e"]);
    }
}
