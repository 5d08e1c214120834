//! The comparison of two policies, class of actions by class of actions.

use std::collections::BTreeSet;

use iam_policy_catalog::{Action, Catalog};
use iam_policy_document::Document;

use crate::ask::{Ask, Asking, TOO_LONG};
use crate::classes::{Class, Signatures, Unknown, classes, is_about_someone};
use crate::confirm::Evaluated;
use crate::formats::{self, Group, Resources};
use crate::glob::{Pattern, Reach, Token};
use crate::invariant::Setting;
use crate::options::Options;
use crate::principal::someones;
use crate::query::{Matter, Model, Side};
use crate::read::{Policy, Statement};
use crate::terms::{List, Terms};
use crate::theory::{Assumption, Domains, Subject};
use crate::unknown::prepared;
use crate::verdict::{Place, Witness};
use crate::witness::{Direction, Witnesses};
use crate::work::Work;

/// The share of [`Options::steps`] available to a single question.
const STEPS_PER_QUESTION: u64 = 8_000_000;

/// Two policies over the same terms.
pub(crate) struct Pair<'o> {
    options: &'o Options,
    terms: Terms,
    old: Policy,
    new: Policy,
    /// What is assumed about unknown parts of the policies.
    pub(crate) assumptions: Vec<String>,
    /// The evaluator's form; without it, requests are not confirmed.
    evaluated: Option<Evaluated>,
}

/// The question whether one side allows a request of a class that the other does not.
pub(crate) struct Question<'c> {
    pub(crate) class: &'c Class,
    pub(crate) direction: Direction,
    pub(crate) one: Side,
    pub(crate) other: Side,
}

/// The findings in one direction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    pub(crate) witnesses: Vec<Witness>,
    pub(crate) unclear: Option<String>,
    /// Differences that are out of range.
    pub(crate) notes: Vec<String>,
}

impl Findings {
    fn is_something(&self) -> bool {
        !self.witnesses.is_empty() || self.unclear.is_some()
    }

    /// Adds why a question has no answer. The first reason counts.
    pub(crate) fn leave_unclear(&mut self, why: String) {
        self.unclear.get_or_insert(why);
    }

    /// Adds a witness, or that none could be confirmed for the action `name`.
    pub(crate) fn add(&mut self, witness: Option<Witness>, name: &str) {
        match witness {
            Some(witness) => self.witnesses.push(witness),
            None => self.unclear = Some(format!("a request for `{name}` could not be confirmed")),
        }
    }
}

impl<'o> Pair<'o> {
    /// # Errors
    ///
    /// If AWS would not store a document: which policy, and why.
    pub(crate) fn read<'a>(
        options: &'o Options,
        old: impl IntoIterator<Item = &'a Document>,
        new: impl IntoIterator<Item = &'a Document>,
    ) -> Result<Self, String> {
        let old: Vec<&Document> = old.into_iter().collect();
        let new: Vec<&Document> = new.into_iter().collect();
        let is_open = old.iter().chain(&new).any(|document| document.has_unknowns());
        let prepared = is_open.then(|| prepared(&old, &new)).transpose()?;
        let (old, new) = match &prepared {
            Some(prepared) => (prepared.old.iter().collect(), prepared.new.iter().collect()),
            None => (old, new),
        };
        let evaluated = Evaluated::compile(&old, &new)?;
        let named = |which: &'static str| move |problem: String| format!("the {which} policy is invalid: {problem}");
        let mut terms = Terms::new(Work::new(options.steps));
        let old = Policy::read(&mut terms, old).map_err(named("old"))?;
        let new = Policy::read(&mut terms, new).map_err(named("new"))?;
        terms.relate();
        if terms.patterns.iter().any(|(_, pattern)| pattern.is_too_long()) {
            return Err("a text of the policies has more than 65,000 characters".to_owned());
        }
        Ok(Self {
            options,
            terms,
            old,
            new,
            assumptions: prepared.map(|prepared| prepared.assumptions).unwrap_or_default(),
            evaluated: Some(evaluated),
        })
    }

    pub(crate) fn terms(&self) -> &Terms {
        &self.terms
    }

    pub(crate) fn old_statements(&self) -> &[Statement] {
        &self.old.statements
    }

    pub(crate) fn old_places(&self) -> Vec<Place> {
        self.old.statements.iter().map(Statement::place).collect()
    }

    pub(crate) fn signatures(&self) -> Signatures {
        Signatures::new(&self.terms)
    }

    /// Removes a statement from the old policy.
    pub(crate) fn drop_statement(&mut self, place: &Place) {
        self.old.statements.retain(|statement| statement.place() != *place);
    }

    /// Whether the old policy provably allows the same requests without one of its statements. Overwrites the new
    /// policy.
    ///
    /// - `signatures`: those of this pair
    pub(crate) fn can_do_without(&mut self, signatures: &Signatures, place: &Place) -> bool {
        let (dropped, kept): (Vec<_>, Vec<_>) = self
            .old
            .statements
            .iter()
            .partition(|statement| statement.place() == *place);
        self.new = Policy { statements: kept };
        // The witnesses are discarded, so they need no confirmation.
        self.evaluated = None;
        let classes = classes(&self.terms, signatures, &self.old, &self.new, dropped.first());
        if self.terms.work.is_spent() {
            return false;
        }
        for direction in [Direction::NewlyAllowed, Direction::NewlyDenied] {
            let mut findings = Findings::default();
            for class in &classes {
                self.of_class(class, direction, &mut None, &mut findings);
                if findings.is_something() {
                    return false;
                }
            }
            if self.options.any_action {
                self.of_any_action(direction, &mut findings);
            }
            if findings.is_something() {
                return false;
            }
        }
        !self.terms.work.is_spent()
    }

    /// What is newly allowed and, if `both`, what is newly denied.
    pub(crate) fn findings(&mut self, both: bool) -> (Findings, Findings) {
        let directions: &[Direction] = if both {
            &[Direction::NewlyAllowed, Direction::NewlyDenied]
        } else {
            &[Direction::NewlyAllowed]
        };
        let mut all = [Findings::default(), Findings::default()];
        // What one principal demonstrates, another kind of principal need not.
        let mut shown = [BTreeSet::new(), BTreeSet::new()];
        for class in classes(&self.terms, &self.signatures(), &self.old, &self.new, None) {
            let mut groups = None;
            if self.terms.work.is_spent() {
                break;
            }
            let bodies = (class.service, class.bodies());
            for ((direction, findings), shown) in directions.iter().zip(&mut all).zip(&mut shown) {
                let before = findings.witnesses.len();
                if before < self.options.witnesses.max(1) && !shown.contains(&bodies) {
                    self.of_class(&class, *direction, &mut groups, findings);
                    if findings.witnesses.len() > before {
                        shown.insert(bodies.clone());
                    }
                }
            }
        }
        if self.options.any_action {
            for (direction, findings) in directions.iter().zip(&mut all) {
                if findings.witnesses.is_empty() {
                    self.of_any_action(*direction, findings);
                }
            }
        }
        // Whatever returned early may have missed a difference.
        if self.terms.work.is_spent() {
            for findings in &mut all {
                findings.leave_unclear(TOO_LONG.to_owned());
            }
        }
        let [allowed, denied] = all;
        (allowed, denied)
    }

    fn of_class(
        &mut self,
        class: &Class,
        direction: Direction,
        groups: &mut Option<Vec<Group>>,
        findings: &mut Findings,
    ) {
        let question = self.question(class, direction);
        let Question { one, other, .. } = &question;
        self.terms.work.spend(class.known.len() / 4 + class.unknown.len() + 8);
        if one.allows.is_empty() {
            return;
        }
        let all = [Pattern::new([Token::Star(Reach::Everything)], false)];
        let domains = Domains {
            action: &all,
            resource: &all,
            not_action: &[],
            not_resource: &[],
            setting: class.setting(),
        };
        // Most questions can be answered for all resources at once.
        if class.known.len() > 2 && self.ask(one, other, domains, None) == Ask::No {
            return;
        }
        let any = Resources::any();
        if self.options.any_resource {
            self.of_group(&question, &class.known, &class.unknown, &any, findings);
            return;
        }
        let before = findings.witnesses.len();
        let groups = groups.get_or_insert_with(|| formats::groups(&class.known));
        self.of_known(&question, groups, findings);
        if findings.witnesses.len() == before {
            self.beyond_the_reference(&question, groups, findings);
        }
        if !class.unknown.is_empty() {
            self.of_group(&question, &[], &class.unknown, &any, findings);
        }
    }

    /// The question about a class, without the statements that cannot affect the answer.
    fn question<'c>(&self, class: &'c Class, direction: Direction) -> Question<'c> {
        /// Up to how many patterns it pays to examine each statement.
        const FEW: usize = 8;
        let (one, other) = direction.sides(&class.old, &class.new);
        let (mut one, mut other) = (one.clone(), other.clone());
        let work = &self.terms.work;
        for side in [&one, &other] {
            work.spend(2 * (side.allows.len() + side.denies.len()));
        }
        // The statements of a class are sorted by their bodies, and each covers all actions of the class.
        let is_in =
            |matter: &Matter, others: &[Matter]| others.binary_search_by_key(&matter.body, |other| other.body).is_ok();
        let all_in = |matters: &[Matter], others: &[Matter]| matters.iter().all(|matter| is_in(matter, others));
        let deciding = if all_in(&other.denies, &one.denies) {
            // The other side does not deny what `one` allows, so the difference is not in a statement that both allow
            // by.
            one.allows.retain(|matter| !is_in(matter, &other.allows));
            &one.allows
        } else if all_in(&one.allows, &other.allows) {
            // The other side allows it as well, so it must deny it, by a statement that `one` does not have.
            other.denies.retain(|matter| !is_in(matter, &one.denies));
            &other.denies
        } else {
            &one.allows
        };
        // One of the deciding statements matches the request, so statements for other resources are irrelevant.
        if let Some(patterns) = self.patterns(deciding).filter(|patterns| patterns.len() <= FEW) {
            let may_match = |matter: &Matter| {
                let own = self.patterns(std::slice::from_ref(matter));
                own.is_none_or(|own| {
                    own.iter()
                        .any(|own| patterns.iter().any(|pattern| !pattern.clashes(own, work)))
                })
            };
            for matters in [&mut one.allows, &mut one.denies, &mut other.allows, &mut other.denies] {
                matters.retain(may_match);
            }
        }
        Question {
            class,
            direction,
            one,
            other,
        }
    }

    /// Actions of the catalog, grouped by the resources they apply to.
    fn of_known(&mut self, question: &Question<'_>, groups: &[Group], findings: &mut Findings) {
        /// How many groups are examined one by one before the rest is examined together.
        const MANY: usize = 8;
        let Question { class, one, other, .. } = question;
        let limit = findings.witnesses.len() + self.options.witnesses.max(1);
        let allowing = self.patterns(&one.allows);
        let groups: Vec<&Group> = groups
            .iter()
            .filter(|group| {
                allowing
                    .as_ref()
                    .is_none_or(|patterns| group.resources.may_match(patterns, &self.terms.work))
            })
            .collect();
        let before = findings.witnesses.len();
        let (first, rest) = groups.split_at_checked(MANY).unwrap_or((&groups, &[]));
        for group in first {
            if self.terms.work.is_spent() {
                return;
            }
            self.of_group(question, &group.actions, &[], &group.resources, findings);
        }
        if findings.witnesses.len() > before || rest.is_empty() {
            // Each of the others could take as long, and there is already something to show.
            for group in rest {
                if findings.witnesses.len() >= limit || self.terms.work.is_spent() {
                    break;
                }
                self.of_group(question, &group.actions, &[], &group.resources, findings);
            }
            return;
        }
        let mut together: Vec<Pattern> = rest
            .iter()
            .flat_map(|group| group.resources.all.iter().cloned())
            .collect();
        together.sort_unstable();
        together.dedup();
        let together = Resources::matching(together);
        let all = [Pattern::new([Token::Star(Reach::Everything)], false)];
        let domains = Domains {
            action: &all,
            resource: &together.all,
            not_action: &[],
            not_resource: &[],
            setting: class.setting(),
        };
        match self.ask(one, other, domains, Some(&together)) {
            Ask::No => {}
            Ask::Unclear(why) => findings.leave_unclear(why),
            Ask::Yes(model, _) => {
                let word = model
                    .get(&Subject::Resource)
                    .and_then(|words| words.first())
                    .map_or("", |word| word);
                let budget = &self.terms.work;
                let has_word = |group: &&Group| group.resources.all.iter().any(|pattern| pattern.matches(word, budget));
                let with_word = rest.iter().copied().filter(has_word);
                let with_word: Vec<&Group> = with_word.take(self.options.witnesses.max(1)).collect();
                for group in with_word {
                    self.of_group(question, &group.actions, &[], &group.resources, findings);
                }
                if findings.witnesses.len() == before && findings.unclear.is_none() {
                    findings.unclear = Some(format!("a request for `{word}` could not be confirmed"));
                }
            }
        }
    }

    /// The patterns of which one must match any resource of these statements; `None` if there is no such list.
    pub(crate) fn patterns(&self, matters: &[Matter]) -> Option<Vec<&Pattern>> {
        let mut patterns = Vec::new();
        for matter in matters {
            self.terms.work.spend(2);
            let list = self
                .terms
                .bodies
                .get(matter.body)?
                .resource
                .as_ref()
                .filter(|list| !list.negated)?;
            patterns.extend(
                list.items
                    .iter()
                    .filter_map(|pattern| self.terms.patterns.get(*pattern)),
            );
        }
        self.terms.work.spend(4 * patterns.len());
        patterns.sort_unstable();
        patterns.dedup();
        Some(patterns)
    }

    fn of_group(
        &mut self,
        question: &Question<'_>,
        known: &[Action],
        unknown: &[Unknown],
        resources: &Resources,
        findings: &mut Findings,
    ) {
        let first = known.first().map(ToString::to_string);
        let Some(name) = first.as_ref().or(unknown.first().map(|unknown| &unknown.name)) else {
            return;
        };
        let Question {
            class,
            one,
            other,
            direction,
        } = question;
        let all = [Pattern::new([Token::Star(Reach::Everything)], false)];
        let domains = Domains {
            action: &all,
            resource: &resources.all,
            not_action: &[],
            not_resource: &[],
            setting: class.setting(),
        };
        match self.ask(one, other, domains, Some(resources)) {
            Ask::No => {}
            Ask::Unclear(why) => findings.leave_unclear(why),
            Ask::Yes(model, assumption) => {
                let mut witness = self.witness(class.setting(), name, known, &model, assumption.as_ref(), *direction);
                if let Some(witness) = &mut witness {
                    let named = unknown.iter().filter(|unknown| !unknown.is_example);
                    witness.unknown_actions = named.map(|unknown| unknown.name.clone()).collect();
                }
                findings.add(witness, name);
            }
        }
    }

    /// Actions that are in neither the catalog nor the policies.
    fn of_any_action(&mut self, direction: Direction, findings: &mut Findings) {
        const TRIES: usize = 100;
        let lists: Vec<(usize, List<usize>)> = self
            .terms
            .actions
            .iter()
            .map(|(number, list)| (number, list.clone()))
            .collect::<Vec<_>>()
            .into_iter()
            .map(|(number, list)| {
                let items = list
                    .items
                    .iter()
                    .map(|text| self.terms.patterns.number(Pattern::action(text)))
                    .collect();
                (
                    number,
                    List {
                        negated: list.negated,
                        items,
                    },
                )
            })
            .collect();
        let word = [Token::One(Reach::Segment), Token::Star(Reach::Segment)];
        let form = word.into_iter().chain([Token::Char(':')]).chain(word);
        let actions = [Pattern::new(form, true)];
        let resources = Resources::any();
        for someone in someones(&self.terms) {
            let side = |policy: &Policy| {
                let mut side = Side::default();
                for statement in &policy.statements {
                    if is_about_someone(&self.terms, statement, someone.as_ref()) {
                        let action = lists.get(statement.action).map(|(_, list)| list.clone());
                        let matter = Matter {
                            body: statement.body,
                            action,
                        };
                        if statement.denies {
                            side.denies.push(matter);
                        } else {
                            side.allows.push(matter);
                        }
                    }
                }
                side
            };
            let (old, new) = (side(&self.old), side(&self.new));
            let (one, other) = direction.sides(&old, &new);
            let mut known: Vec<Pattern> = Vec::new();
            for attempt in 0..=TRIES {
                let domains = Domains {
                    action: &actions,
                    resource: &resources.all,
                    not_action: &known,
                    not_resource: &[],
                    setting: Setting {
                        caller: someone.as_ref(),
                        service: None,
                    },
                };
                let (model, assumption) = match self.ask(one, other, domains, Some(&resources)) {
                    Ask::No => break,
                    Ask::Unclear(why) => {
                        findings.leave_unclear(why);
                        break;
                    }
                    Ask::Yes(model, assumption) => (model, assumption),
                };
                let Some(name) = model.get(&Subject::Action).and_then(|names| names.first()) else {
                    break;
                };
                // Actions of the catalog have already been examined, with the resources they apply to.
                if !self.options.any_resource && Catalog::get().action(name).is_some() && attempt < TRIES {
                    known.push(Pattern::action(name));
                    continue;
                }
                let witness = self.witness(domains.setting, name, &[], &model, assumption.as_ref(), direction);
                findings.add(witness, name);
                break;
            }
        }
    }

    /// Asks whether a request is allowed by `one` and not by `other`, with a bounded amount of work.
    ///
    /// - `pleasant`: the resources among which to prefer readable ones; without them, variables may remain
    ///   unconstrained, so only [`Ask::No`] is meaningful
    pub(crate) fn ask(&mut self, one: &Side, other: &Side, domains: Domains<'_>, pleasant: Option<&Resources>) -> Ask {
        let asking = Asking {
            terms: &self.terms,
            one,
            other,
            domains,
            pleasant,
        };
        asking.ask(STEPS_PER_QUESTION)
    }

    pub(crate) fn witness(
        &self,
        setting: Setting<'_>,
        action: &str,
        actions: &[Action],
        model: &Model,
        assumption: Option<&Assumption>,
        direction: Direction,
    ) -> Option<Witness> {
        let witnesses = Witnesses {
            terms: &self.terms,
            old: &self.old,
            new: &self.new,
            evaluated: self.evaluated.as_ref(),
            direction,
        };
        witnesses.of_model(setting, action, actions, model, assumption)
    }
}
