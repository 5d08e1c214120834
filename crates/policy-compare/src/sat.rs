//! A small SAT solver: watched literals, clause learning, activity-based decisions.
//!
//! Constraints that clauses cannot express, because they concern strings and numbers, are added by the caller as
//! further clauses whenever a model contradicts them.
#![expect(
    clippy::indexing_slicing,
    reason = "every index is a variable, a literal or a clause that this solver numbered itself"
)]

use crate::work::Work;

/// A variable or its negation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Literal(u32);

impl Literal {
    pub(crate) fn variable(self) -> usize {
        (self.0 >> 1) as usize
    }

    pub(crate) fn is_positive(self) -> bool {
        self.0 & 1 == 0
    }

    /// The variable if `holds`, otherwise its negation.
    pub(crate) fn with(self, holds: bool) -> Self {
        if holds { self } else { !self }
    }

    fn index(self) -> usize {
        self.0 as usize
    }
}

impl std::ops::Not for Literal {
    type Output = Self;

    fn not(self) -> Self {
        Self(self.0 ^ 1)
    }
}

/// The result of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Every variable has a value and every clause is satisfied.
    Model,
    Unsatisfiable,
    Unclear,
}

const NO_REASON: usize = usize::MAX;

#[derive(Debug, Default)]
pub(crate) struct Solver {
    clauses: Vec<Vec<Literal>>,
    /// The indices of the caller's clauses; the others were learned.
    own: Vec<usize>,
    /// For each literal, the clauses that watch for it to become false.
    watches: Vec<Vec<usize>>,
    values: Vec<Option<bool>>,
    levels: Vec<usize>,
    reasons: Vec<usize>,
    activity: Vec<f64>,
    increment: f64,
    /// The last value of each variable.
    phase: Vec<bool>,
    trail: Vec<Literal>,
    /// The position of each decision in the trail.
    decisions: Vec<usize>,
    propagated: usize,
    contradiction: bool,
    /// The number of literals in all clauses of the caller.
    size: usize,
}

impl Solver {
    pub(crate) fn new() -> Self {
        Self {
            increment: 1.0,
            ..Self::default()
        }
    }

    /// Adds a variable, which is first tried with the value `phase`.
    pub(crate) fn variable(&mut self, phase: bool) -> Literal {
        let number = self.values.len();
        self.values.push(None);
        self.levels.push(0);
        self.reasons.push(NO_REASON);
        self.activity.push(0.0);
        self.phase.push(phase);
        self.watches.push(Vec::new());
        self.watches.push(Vec::new());
        Literal(u32::try_from(number << 1).unwrap_or(u32::MAX - 1))
    }

    pub(crate) fn value(&self, literal: Literal) -> Option<bool> {
        self.values[literal.variable()].map(|value| value == literal.is_positive())
    }

    /// The clauses added by the caller.
    pub(crate) fn own_clauses(&self) -> impl Iterator<Item = &[Literal]> {
        self.own.iter().map(|&at| &*self.clauses[at])
    }

    /// The number of literals in the caller's clauses.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Adds a clause: at least one of the literals must hold.
    pub(crate) fn add(&mut self, literals: impl IntoIterator<Item = Literal>) {
        if let Some(at) = self.imply(literals) {
            self.own.push(at);
            self.size += self.clauses[at].len();
        }
    }

    /// Adds a clause that is implied by what the caller knows.
    pub(crate) fn imply(&mut self, literals: impl IntoIterator<Item = Literal>) -> Option<usize> {
        self.back_to(0);
        let mut clause: Vec<Literal> = literals.into_iter().collect();
        clause.sort_unstable();
        clause.dedup();
        if clause.windows(2).any(|pair| pair[0] == !pair[1]) {
            return None;
        }
        // Literals that are permanently false are dropped. The complete clause is kept for callers that ask for it.
        clause.sort_by_key(|literal| self.value(*literal) == Some(false));
        let open = clause
            .iter()
            .filter(|literal| self.value(**literal) != Some(false))
            .count();
        let at = self.clauses.len();
        match (open, &*clause) {
            (0, _) => self.contradiction = true,
            (1, [only, ..]) => {
                let only = *only;
                if self.value(only).is_none() {
                    self.assign(only, NO_REASON);
                }
            }
            (_, [first, second, ..]) => {
                self.watches[first.index()].push(at);
                self.watches[second.index()].push(at);
            }
            _ => {}
        }
        self.clauses.push(clause);
        Some(at)
    }

    fn learn(&mut self, clause: Vec<Literal>) {
        let at = self.clauses.len();
        let first = clause[0];
        if let [_, second, ..] = &*clause {
            self.watches[first.index()].push(at);
            self.watches[second.index()].push(at);
            self.clauses.push(clause);
            self.assign(first, at);
        } else {
            self.assign(first, NO_REASON);
        }
    }

    fn assign(&mut self, literal: Literal, reason: usize) {
        let variable = literal.variable();
        self.values[variable] = Some(literal.is_positive());
        self.levels[variable] = self.decisions.len();
        self.reasons[variable] = reason;
        self.phase[variable] = literal.is_positive();
        self.trail.push(literal);
    }

    fn back_to(&mut self, level: usize) {
        if self.decisions.len() <= level {
            return;
        }
        let start = self.decisions[level];
        for literal in self.trail.drain(start..) {
            self.values[literal.variable()] = None;
        }
        self.decisions.truncate(level);
        self.propagated = self.propagated.min(start);
    }

    /// Propagates assignments; returns the clause that is violated, if any.
    fn propagate(&mut self, work: &Work) -> Option<usize> {
        while let Some(&literal) = self.trail.get(self.propagated) {
            self.propagated += 1;
            let falsified = !literal;
            let watching = std::mem::take(&mut self.watches[falsified.index()]);
            let mut compared = watching.len();
            let mut kept = Vec::with_capacity(watching.len());
            let mut conflict = None;
            for (position, &at) in watching.iter().enumerate() {
                let clause = &mut self.clauses[at];
                if clause[0] == falsified {
                    clause.swap(0, 1);
                }
                let first = clause[0];
                let value =
                    |literal: Literal| self.values[literal.variable()].map(|value| value == literal.is_positive());
                if value(first) == Some(true) {
                    kept.push(at);
                    continue;
                }
                let other = (2..clause.len()).find(|&other| value(clause[other]) != Some(false));
                compared += other.unwrap_or(clause.len()) / 4;
                if let Some(other) = other {
                    clause.swap(1, other);
                    let watched = clause[1];
                    self.watches[watched.index()].push(at);
                    continue;
                }
                kept.push(at);
                if value(first) == Some(false) {
                    kept.extend_from_slice(&watching[position + 1..]);
                    conflict = Some(at);
                    break;
                }
                self.assign(first, at);
            }
            self.watches[falsified.index()] = kept;
            work.spend(compared / 4 + 1);
            if conflict.is_some() {
                return conflict;
            }
        }
        None
    }

    fn bump(&mut self, variable: usize) {
        self.activity[variable] += self.increment;
        if self.activity[variable] > 1e100 {
            for activity in &mut self.activity {
                *activity *= 1e-100;
            }
            self.increment *= 1e-100;
        }
    }

    /// The clause learned from a conflict, with the literal that becomes true first, and the level to backtrack to.
    fn analyse(&mut self, conflict: usize) -> (Vec<Literal>, usize) {
        let level = self.decisions.len();
        let mut seen = vec![false; self.values.len()];
        let mut learnt = Vec::new();
        let mut open = 0;
        let mut at = self.trail.len();
        let mut clause = conflict;
        let mut resolved: Option<Literal> = None;
        loop {
            let literals = if clause == NO_REASON {
                Vec::new()
            } else {
                self.clauses[clause].clone()
            };
            for literal in literals {
                let variable = literal.variable();
                if Some(literal) == resolved || seen[variable] || self.levels[variable] == 0 {
                    continue;
                }
                seen[variable] = true;
                self.bump(variable);
                if self.levels[variable] == level {
                    open += 1;
                } else {
                    learnt.push(literal);
                }
            }
            while at > 0 && !seen[self.trail[at - 1].variable()] {
                at -= 1;
            }
            if at == 0 {
                break;
            }
            at -= 1;
            let literal = self.trail[at];
            open -= 1;
            if open == 0 {
                learnt.insert(0, !literal);
                break;
            }
            resolved = Some(literal);
            clause = self.reasons[literal.variable()];
        }
        self.increment /= 0.95;
        let mut back = 0;
        if learnt.len() > 1 {
            let highest = (1..learnt.len())
                .max_by_key(|&at| self.levels[learnt[at].variable()])
                .unwrap_or(1);
            learnt.swap(1, highest);
            back = self.levels[learnt[1].variable()];
        }
        (learnt, back)
    }

    /// Searches until every variable has a value or the clauses are unsatisfiable.
    pub(crate) fn search(&mut self, work: &Work) -> Answer {
        loop {
            if self.contradiction {
                return Answer::Unsatisfiable;
            }
            if let Some(conflict) = self.propagate(work) {
                if self.decisions.is_empty() {
                    self.contradiction = true;
                    return Answer::Unsatisfiable;
                }
                let (learnt, back) = self.analyse(conflict);
                work.spend(self.values.len() / 32 + learnt.len());
                self.back_to(back);
                if learnt.is_empty() {
                    self.contradiction = true;
                    return Answer::Unsatisfiable;
                }
                self.learn(learnt);
                continue;
            }
            if work.is_spent() {
                return Answer::Unclear;
            }
            let next = (0..self.values.len())
                .filter(|&variable| self.values[variable].is_none())
                .max_by(|&a, &b| self.activity[a].total_cmp(&self.activity[b]).then(b.cmp(&a)));
            let Some(next) = next else { return Answer::Model };
            work.spend(self.values.len() / 16 + 1);
            self.decisions.push(self.trail.len());
            let literal = Literal(u32::try_from(next << 1).unwrap_or(0)).with(self.phase[next]);
            self.assign(literal, NO_REASON);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn agrees_with_brute_force(clauses in prop::collection::vec(prop::collection::vec((0usize..7, any::<bool>()), 1..4), 0..30), late in 0usize..30) {
            let mut solver = Solver::new();
            let variables: Vec<_> = (0..7).map(|number| solver.variable(number % 2 == 0)).collect();
            let work = Work::new(1_000_000);
            for (number, clause) in clauses.iter().enumerate() {
                if number == late {
                    solver.search(&work);
                }
                solver.add(clause.iter().map(|&(variable, holds)| variables[variable].with(holds)));
            }
            let holds = |model: usize| clauses.iter().all(|clause| {
                clause.iter().any(|&(variable, holds)| (model >> variable & 1 == 1) == holds)
            });
            let expected = (0..128).any(holds);
            let answer = solver.search(&work);
            prop_assert_eq!(answer == Answer::Model, expected);
            if expected {
                let model: usize = (0..7).map(|at| usize::from(solver.value(variables[at]) == Some(true)) << at).sum();
                prop_assert!(holds(model));
            }
        }
    }
}
