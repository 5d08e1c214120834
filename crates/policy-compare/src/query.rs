//! Answers one question: is there a request that one list of statements allows and another does not?
//!
//! The statements become clauses over atoms such as "the resource matches this pattern" and "the key has a value for
//! which this test holds". A SAT solver proposes a model, which is reduced to the atoms that satisfy every clause; then
//! each subject needs a value that satisfies its atoms. If every subject has one, the values form the request. If not,
//! a minimal set of contradictory atoms becomes a further clause, and the solver continues.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use iam_policy_core::PrincipalKind;

use crate::glob::Pattern;
use crate::invariant::Meaning;
use crate::sat::{Answer, Literal, Solver};
use crate::terms::{Fact, List, Terms, Test};
use crate::theory::{Atom, Subject, Theory, Values};
use crate::word::Found;
use crate::work::Work;

/// The statements that can matter, by the numbers of their bodies, each with its action patterns unless the action is
/// fixed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Side {
    pub(crate) allows: Vec<Matter>,
    pub(crate) denies: Vec<Matter>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Matter {
    pub(crate) body: usize,
    pub(crate) action: Option<List<usize>>,
}

/// Values for the subjects that matter.
pub(crate) type Model = BTreeMap<Subject, Values>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// There is such a request.
    Yes {
        model: Model,
        /// The atoms it must satisfy, to find a more readable request.
        atoms: Vec<(Atom, bool)>,
        /// Whether variables were left unconstrained, so that the request may not exist.
        open: bool,
    },
    /// There is no such request.
    No,
    /// The budget was exhausted.
    Unclear,
}

pub(crate) struct Query<'t> {
    terms: &'t Terms,
    theory: Theory<'t>,
    solver: Solver,
    atoms: HashMap<Atom, Literal>,
    by_variable: HashMap<usize, Atom>,
    by_subject: BTreeMap<Subject, Vec<Atom>>,
    any: HashMap<Vec<Literal>, Literal>,
    bodies: HashMap<usize, Literal>,
    /// The atoms that have been compared with all others.
    related: HashSet<Atom>,
    yes: Literal,
}

impl<'t> Query<'t> {
    fn new(terms: &'t Terms, theory: Theory<'t>) -> Self {
        let mut solver = Solver::new();
        let yes = solver.variable(true);
        solver.add([yes]);
        Self {
            terms,
            theory,
            solver,
            atoms: HashMap::new(),
            by_variable: HashMap::new(),
            by_subject: BTreeMap::new(),
            any: HashMap::new(),
            bodies: HashMap::new(),
            related: HashSet::new(),
            yes,
        }
    }

    /// The question whether there is a request that `one` allows and `other` does not.
    pub(crate) fn differ(terms: &'t Terms, theory: Theory<'t>, one: &Side, other: &Side) -> Self {
        let mut query = Self::new(terms, theory);
        let allows = query.matters(&one.allows);
        query.solver.add(allows);
        for denies in query.matters(&one.denies) {
            query.solver.add([!denies]);
        }
        let allows = query.matters(&other.allows);
        let allowed = query.any(allows);
        let denies = query.matters(&other.denies);
        query.solver.add(denies.into_iter().chain([!allowed]));
        query.link();
        query.near_contradictions();
        query
    }

    /// Adds what relates the keys of the question, in every request.
    fn link(&mut self) {
        let terms = self.terms;
        let setting = self.theory.setting();
        let keys: BTreeSet<Subject> = self.by_subject.keys().copied().collect();
        let is_service = setting.caller.is_some_and(|caller| caller.of == PrincipalKind::Service);
        for link in &terms.invariants.links {
            if !terms.work.spend(link.keys.len() + link.atoms.len() / 4) {
                break;
            }
            let is_asked = link.keys.iter().all(|key| keys.contains(&Subject::Key(*key)));
            if is_asked && !(link.not_of_services && is_service) {
                let literals: Vec<Literal> = link.atoms.iter().map(|(atom, so)| self.atom(*atom).with(*so)).collect();
                let clause = self.any(literals);
                self.solver.add([clause]);
            }
        }
    }

    fn matters(&mut self, matters: &[Matter]) -> Vec<Literal> {
        matters
            .iter()
            .map(|matter| {
                let body = self.body(matter.body);
                match &matter.action {
                    None => body,
                    Some(list) => {
                        let action = self.list(list, Atom::Action);
                        self.every([action, body])
                    }
                }
            })
            .collect()
    }

    fn body(&mut self, number: usize) -> Literal {
        if let Some(&literal) = self.bodies.get(&number) {
            return literal;
        }
        if !self.terms.work.spend(4) {
            return !self.yes;
        }
        let terms = self.terms;
        let Some(body) = terms.bodies.get(number) else {
            return !self.yes;
        };
        let mut parts = Vec::new();
        if let Some(list) = &body.resource {
            parts.push(self.list(list, Atom::Resource));
        }
        for clause in &body.conditions {
            let facts: Vec<Literal> = clause
                .iter()
                .map(|&(fact, so)| self.atom(Atom::Fact(fact)).with(so))
                .collect();
            parts.push(self.any(facts));
        }
        let literal = self.every(parts);
        self.bodies.insert(number, literal);
        literal
    }

    fn list(&mut self, list: &List<usize>, atom: impl Fn(usize) -> Atom) -> Literal {
        let patterns: Vec<Literal> = list.items.iter().map(|pattern| self.atom(atom(*pattern))).collect();
        self.any(patterns).with(!list.negated)
    }

    /// A literal that holds exactly if one of these does.
    fn any(&mut self, literals: impl IntoIterator<Item = Literal>) -> Literal {
        let mut list: Vec<Literal> = literals.into_iter().filter(|literal| *literal != !self.yes).collect();
        self.terms.work.spend(4 * list.len() + 2);
        list.sort_unstable();
        list.dedup();
        if list.contains(&self.yes) || list.windows(2).any(|pair| matches!(pair, [a, b] if *a == !*b)) {
            return self.yes;
        }
        match &*list {
            [] => return !self.yes,
            [only] => return *only,
            _ => {}
        }
        if let Some(&literal) = self.any.get(&list) {
            return literal;
        }
        let literal = self.solver.variable(false);
        for &one in &list {
            self.solver.add([!one, literal]);
        }
        self.solver.add(list.iter().copied().chain([!literal]));
        self.any.insert(list, literal);
        literal
    }

    fn every(&mut self, literals: impl IntoIterator<Item = Literal>) -> Literal {
        !self.any(literals.into_iter().map(|literal| !literal))
    }

    fn atom(&mut self, atom: Atom) -> Literal {
        if let Some(&literal) = self.atoms.get(&atom) {
            return literal;
        }
        if let Atom::Fact(fact) = atom {
            match self.terms.meaning(fact, self.theory.setting()) {
                Meaning::Constant(so) => return self.yes.with(so),
                Meaning::Other(other, so) => return self.atom(Atom::Fact(other)).with(so),
                Meaning::Itself => {}
            }
        }
        if let Atom::Action(pattern) | Atom::Resource(pattern) = atom
            && self.terms.patterns.get(pattern).is_some_and(Pattern::is_everything)
        {
            return self.yes;
        }
        if let Some((key, present, absent)) = self.cases(atom) {
            let is_absent = self.atom(Atom::Fact(Fact::Absent { key }));
            let present = self.atom(present);
            let absent = absent.map_or(!self.yes, |absent| self.atom(absent));
            let of_case = [self.every([!is_absent, present]), self.every([is_absent, absent])];
            return self.any(of_case);
        }
        self.terms.work.spend(16);
        let literal = self.solver.variable(matches!(atom, Atom::Fact(Fact::Absent { .. })));
        self.atoms.insert(atom, literal);
        self.by_variable.insert(literal.variable(), atom);
        self.by_subject.entry(atom.subject()).or_default().push(atom);
        if let Atom::Fact(Fact::Some { key, test, holds }) = atom
            && !self.terms.is_multivalued(key)
        {
            // It has one value, for which the test holds or does not hold.
            let other = self.atom(Atom::Fact(Fact::Some {
                key,
                test,
                holds: !holds,
            }));
            let absent = self.atom(Atom::Fact(Fact::Absent { key }));
            self.solver.imply([!literal, !other]);
            self.solver.imply([literal, other, absent]);
        }
        for key in self.needed_keys(atom) {
            let absent = self.atom(Atom::Fact(Fact::Absent { key }));
            self.solver.imply([!literal, !absent]);
        }
        literal
    }

    /// How an atom about a text with defaults reads if the request has a value for the key, and if it does not.
    fn cases(&self, atom: Atom) -> Option<(usize, Atom, Option<Atom>)> {
        Some(match atom {
            Atom::Resource(pattern) => {
                let cases = self.terms.pattern_cases.get(&pattern)?;
                let of_case = Atom::Resource;
                (cases.key, of_case(cases.present), cases.absent.map(of_case))
            }
            Atom::Fact(Fact::Some { key, test, holds }) => {
                let cases = self.terms.test_cases.get(&test)?;
                let of_case = |test| Atom::Fact(Fact::Some { key, test, holds });
                (cases.key, of_case(cases.present), cases.absent.map(of_case))
            }
            Atom::Action(_) | Atom::Fact(Fact::Absent { .. }) => return None,
        })
    }

    /// Adds the obvious relations between pairs of atoms, which avoids most searches for contradictions. If there are
    /// many atoms, only those that turn out to matter are compared.
    fn near_contradictions(&mut self) {
        const MANY: usize = 80;
        let few = self.by_subject.values().filter(|atoms| atoms.len() <= MANY);
        let mut few: Vec<Vec<Atom>> = few.cloned().collect();
        for atoms in &mut few {
            atoms.sort_unstable();
            for atom in atoms {
                self.relate(*atom);
            }
        }
    }

    /// Adds the obvious relations between an atom and all others with the same subject.
    fn relate(&mut self, atom: Atom) {
        if !self.related.insert(atom) {
            return;
        }
        let (Some(one), Some(&holds)) = (self.patterns(atom), self.atoms.get(&atom)) else {
            return;
        };
        // Of several values, one may match this and another that.
        let has_one_value = !matches!(atom.subject(), Subject::Key(key) if self.terms.is_multivalued(key));
        let mut clauses = Vec::new();
        let work = &self.terms.work;
        for &other in self.by_subject.get(&atom.subject()).into_iter().flatten() {
            if !work.spend(1) {
                break;
            }
            if other == atom || self.related.contains(&other) {
                continue;
            }
            let (Some(two), Some(&other_holds)) = (self.patterns(other), self.atoms.get(&other)) else {
                continue;
            };
            let clash = || one.iter().all(|one| two.iter().all(|two| one.clashes(two, work)));
            if has_one_value && clash() {
                clauses.push([!holds, !other_holds]);
                continue;
            }
            let covers = |wide: &[&Pattern], narrow: &[&Pattern]| {
                narrow
                    .iter()
                    .all(|narrow| wide.iter().any(|wide| wide.covers(narrow, work)))
            };
            if covers(&one, &two) {
                clauses.push([!other_holds, holds]);
            }
            if covers(&two, &one) {
                clauses.push([!holds, other_holds]);
            }
        }
        clauses.sort_unstable();
        for clause in clauses {
            self.solver.imply(clause);
        }
    }

    /// The patterns of which one must match if the atom holds.
    fn patterns(&self, atom: Atom) -> Option<Vec<&'t Pattern>> {
        const MANY: usize = 8;
        let numbers = match atom {
            Atom::Action(pattern) | Atom::Resource(pattern) => &[pattern][..],
            Atom::Fact(Fact::Some { test, holds: true, .. }) => match self.terms.tests.get(test) {
                Some(Test::Text(patterns)) if patterns.len() <= MANY => patterns,
                _ => return None,
            },
            Atom::Fact(_) => return None,
        };
        numbers.iter().map(|number| self.terms.patterns.get(*number)).collect()
    }

    fn pattern(&self, atom: Atom) -> Option<&'t Pattern> {
        match atom {
            Atom::Action(pattern) | Atom::Resource(pattern) => self.terms.patterns.get(pattern),
            Atom::Fact(_) => None,
        }
    }

    /// The answer. After [`Self::exclude`] it covers what is left.
    pub(crate) fn solve(&mut self, work: &Work) -> Reply {
        let mut unclear = false;
        loop {
            if work.is_spent() {
                return Reply::Unclear;
            }
            match self.solver.search(work) {
                Answer::Unclear => return Reply::Unclear,
                Answer::Unsatisfiable => return if unclear { Reply::Unclear } else { Reply::No },
                Answer::Model => {}
            }
            if !work.spend(self.solver.size() / 4) {
                return Reply::Unclear;
            }
            let atoms = self.needed_atoms();
            work.spend(8 * atoms.len());
            let mut by_subject: BTreeMap<Subject, Vec<(Atom, bool)>> = BTreeMap::new();
            for (atom, so) in &atoms {
                by_subject.entry(atom.subject()).or_default().push((*atom, *so));
            }
            for subject in [Subject::Action, Subject::Resource] {
                by_subject.entry(subject).or_default();
            }
            let mut model = Model::new();
            let mut possible = true;
            for (subject, of_subject) in &by_subject {
                if !work.spend(of_subject.len() + 1) {
                    return Reply::Unclear;
                }
                match self.theory.values(*subject, of_subject, work) {
                    Found::Yes(values) => {
                        model.insert(*subject, values);
                    }
                    Found::No => {
                        possible = false;
                        let core = self.core(*subject, of_subject, work);
                        self.exclude(&core);
                        for (atom, _) in core.iter().take(2) {
                            self.relate(*atom);
                        }
                    }
                    Found::Unclear => {
                        possible = false;
                        unclear = true;
                        self.exclude(of_subject);
                    }
                }
            }
            if possible {
                let open = atoms.iter().any(|(atom, _)| self.theory.depends_on_variables(*atom));
                return Reply::Yes { model, atoms, open };
            }
        }
    }

    /// Adds that not all of these hold.
    pub(crate) fn exclude(&mut self, atoms: &[(Atom, bool)]) {
        self.terms.work.spend(4 * atoms.len());
        let clause: Vec<Literal> = atoms
            .iter()
            .filter_map(|(atom, so)| self.atoms.get(atom).map(|literal| !literal.with(*so)))
            .collect();
        self.solver.imply(clause);
    }

    /// The atoms of the model that are enough to satisfy every clause.
    fn needed_atoms(&self) -> Vec<(Atom, bool)> {
        let mut chosen: BTreeSet<Literal> = BTreeSet::new();
        let mut open: Vec<&[Literal]> = Vec::new();
        for clause in self.solver.own_clauses() {
            let mut holding = clause
                .iter()
                .filter(|literal| self.solver.value(**literal) == Some(true));
            match (holding.next(), holding.next()) {
                (Some(only), None) => {
                    chosen.insert(*only);
                }
                _ => open.push(clause),
            }
        }
        for clause in open {
            let holding = || {
                clause
                    .iter()
                    .filter(|literal| self.solver.value(**literal) == Some(true))
            };
            if holding().any(|literal| chosen.contains(literal)) {
                continue;
            }
            // Unconstrained literals first, then negative ones, which are easier to satisfy than positive ones.
            let best = holding().min_by_key(|literal| match self.by_variable.get(&literal.variable()) {
                None => 0,
                Some(Atom::Fact(Fact::Absent { .. })) if literal.is_positive() => 1,
                Some(_) if !literal.is_positive() => 2,
                Some(_) => 3,
            });
            chosen.extend(best);
        }
        let mut atoms: BTreeSet<(Atom, bool)> = chosen
            .into_iter()
            .filter_map(|literal| Some((*self.by_variable.get(&literal.variable())?, literal.is_positive())))
            .collect();
        // A pattern that matches has values for its variables.
        let present: Vec<(Atom, bool)> = atoms
            .iter()
            .filter(|(_, so)| *so)
            .flat_map(|(atom, _)| self.needed_keys(*atom))
            .map(|key| (Atom::Fact(Fact::Absent { key }), false))
            .collect();
        atoms.extend(present);
        atoms.into_iter().collect()
    }

    /// The keys that must have values for the atom to hold.
    fn needed_keys(&self, atom: Atom) -> BTreeSet<usize> {
        let mut needed = BTreeSet::new();
        match atom {
            Atom::Resource(pattern) => needed.extend(self.terms.needed_keys(pattern)),
            Atom::Fact(Fact::Some { key, test, holds }) => {
                needed.insert(key);
                if holds && let Some(Test::Text(patterns)) = self.terms.tests.get(test) {
                    let mut of_each = patterns
                        .iter()
                        .map(|pattern| self.terms.needed_keys(*pattern).collect::<BTreeSet<_>>());
                    let first = of_each.next().unwrap_or_default();
                    needed.extend(of_each.fold(first, |common, of_one| &common & &of_one));
                }
            }
            Atom::Action(_) | Atom::Fact(Fact::Absent { .. }) => {}
        }
        let service = self.theory.setting().service;
        needed.into_iter().map(|key| self.terms.same(key, service)).collect()
    }

    /// A minimal contradictory subset of these atoms.
    fn core(&self, subject: Subject, atoms: &[(Atom, bool)], work: &Work) -> Vec<(Atom, bool)> {
        // Usually one pattern covers another.
        let (so, not_so): (Vec<_>, Vec<_>) = atoms.iter().copied().partition(|(_, so)| *so);
        for one in &so {
            for other in &not_so {
                if let (Some(narrow), Some(wide)) = (self.pattern(one.0), self.pattern(other.0))
                    && wide.covers(narrow, work)
                {
                    return vec![*one, *other];
                }
            }
        }
        let mut core = atoms.to_vec();
        // A negative atom that is disjoint from the positive ones cannot contradict them.
        let clear: Vec<(Atom, bool)> = core
            .iter()
            .copied()
            .filter(|(atom, so)| {
                let Some(pattern) = self.pattern(*atom) else {
                    return true;
                };
                *so || !atoms
                    .iter()
                    .filter(|(_, so)| *so)
                    .filter_map(|(other, _)| self.pattern(*other))
                    .any(|other| other.clashes(pattern, work))
            })
            .collect();
        if clear.len() < core.len() && self.theory.values(subject, &clear, work) == Found::No {
            core = clear;
        }
        // Drops them one by one, in halves while there are many.
        let mut step = core.len() / 2;
        while step > 0 {
            let mut at = 0;
            while at < core.len() {
                let mut shorter = core.clone();
                shorter.drain(at..(at + step).min(core.len()));
                if self.theory.values(subject, &shorter, work) == Found::No {
                    core = shorter;
                } else {
                    at += step;
                }
                if work.is_spent() {
                    return core;
                }
            }
            step /= 2;
        }
        core
    }
}
