//! The comparison of two policies, class of actions by class of actions.

use std::collections::{BTreeMap, BTreeSet};

use policy_catalog::{Action, ArnFormat, Catalog};
use policy_document::Document;

use crate::assume::assumptions;
use crate::classes::{Class, classes, is_about_someone};
use crate::decide::{Decision, Request};
use crate::formats::{Resources, formats};
use crate::glob::{Pattern, Token};
use crate::principal::{Someone, someones};
use crate::query::{Matter, Model, Outcome, Query, Side};
use crate::read::Policy;
use crate::terms::{List, Terms};
use crate::theory::{Assumption, Atom, Domains, Subject, Theory};
use crate::verdict::{Comparison, Place, Verdict, Witness};
use crate::word::Found;
use crate::work::Work;

/// How to compare.
///
/// # Examples
///
/// ```
/// use policy_compare::{Options, Verdict};
///
/// let old = policy_json::read(br#"{"Statement": []}"#).document;
/// // No action of this service has such an ARN.
/// let new = policy_json::read(
///     br#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:iam::123456789012:user/ann"}}"#,
/// )
/// .document;
/// assert_eq!(Options::default().compare([&old], [&new]).verdict, Verdict::Equivalent);
///
/// let mut options = Options::default();
/// options.any_resource = true;
/// assert_eq!(options.compare([&old], [&new]).verdict, Verdict::Widened);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Whether an action may be anything of the form `service:Name`, instead of those of the catalogue, those that the policies name, and an unknown one
    /// for each wildcard.
    pub any_action: bool,
    /// Whether a resource may be any ARN whatever the action is, instead of one of a format of the action's resource types.
    pub any_resource: bool,
    /// How many witnesses to look for in each direction; one at least.
    pub witnesses: usize,
    /// The most work to do, in steps of some tens of nanoseconds. When it is done and no answer is found, the answer is that it is unknown.
    pub steps: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            any_action: false,
            any_resource: false,
            witnesses: 10,
            steps: 20_000_000,
        }
    }
}

/// The most that one question may take of [`Options::steps`].
const STEPS_OF_A_QUESTION: u64 = 8_000_000;

/// Compares two documents with the default [`Options`].
///
/// # Examples
///
/// ```
/// use policy_compare::Verdict;
///
/// let read = |json: &str| policy_json::read(json.as_bytes()).document;
/// let old = read(r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::logs/*"}}"#);
/// let new = read(r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::*/*"}}"#);
///
/// let comparison = policy_compare::compare(&old, &new);
/// assert_eq!(comparison.verdict, Verdict::Incomparable);
/// let witness = &comparison.newly_allowed[0];
/// assert_eq!((&*witness.action, &*witness.resource), ("s3:GetObject", "arn:aws:s3:::a/a"));
/// ```
#[must_use]
pub fn compare(old: &Document, new: &Document) -> Comparison {
    Options::default().compare([old], [new])
}

impl Options {
    /// Compares two policies, each of which may be several documents that hold together, such as all that are attached to a principal.
    ///
    /// # Examples
    ///
    /// ```
    /// use policy_compare::{Options, Verdict};
    ///
    /// let read = |json: &str| policy_json::read(json.as_bytes()).document;
    /// let one = read(r#"{"Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}}"#);
    /// let other = read(r#"{"Statement": {"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": "*"}}"#);
    /// let both = read(r#"{"Statement": {"Effect": "Allow", "Action": ["sqs:*Message"], "Resource": "*"}}"#);
    /// let comparison = Options::default().compare([&one, &other], [&both]);
    /// // It has `sqs:DeleteMessage` too.
    /// assert_eq!(comparison.verdict, Verdict::Widened);
    /// ```
    pub fn compare<'a>(
        &self,
        old: impl IntoIterator<Item = &'a Document>,
        new: impl IntoIterator<Item = &'a Document>,
    ) -> Comparison {
        let mut terms = Terms::default();
        let old = Policy::read(&mut terms, old);
        let new = Policy::read(&mut terms, new);
        Pair::new(self, terms, old, new).compare()
    }
}

/// Two policies over the same terms.
pub(crate) struct Pair<'o> {
    options: &'o Options,
    terms: Terms,
    old: Policy,
    new: Policy,
    work: Work,
}

/// Which of the two policies is the one that allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    NewlyAllowed,
    NewlyDenied,
}

/// What has been found in one direction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    pub(crate) witnesses: Vec<Witness>,
    pub(crate) unclear: Option<String>,
}

/// Actions that may be about the same resources.
struct Group {
    names: Vec<String>,
    resources: Resources,
}

impl<'o> Pair<'o> {
    pub(crate) fn new(options: &'o Options, terms: Terms, old: Policy, new: Policy) -> Self {
        Self {
            options,
            terms,
            old,
            new,
            work: Work::new(options.steps),
        }
    }

    fn compare(mut self) -> Comparison {
        let problem = [("old", &self.old), ("new", &self.new)]
            .into_iter()
            .find_map(|(which, policy)| {
                policy
                    .problems
                    .first()
                    .map(|problem| format!("the {which} policy cannot be read: {problem}"))
            });
        if let Some(because) = problem {
            return Comparison {
                verdict: Verdict::Unknown,
                newly_allowed: Vec::new(),
                newly_denied: Vec::new(),
                because,
            };
        }
        let (allowed, denied) = self.findings(true);
        conclude(allowed, denied)
    }

    /// What is newly allowed and, if `both`, what is newly denied.
    pub(crate) fn findings(&mut self, both: bool) -> (Findings, Findings) {
        let directions: &[Direction] = if both {
            &[Direction::NewlyAllowed, Direction::NewlyDenied]
        } else {
            &[Direction::NewlyAllowed]
        };
        let mut all = [Findings::default(), Findings::default()];
        for class in classes(&self.terms, &self.old, &self.new) {
            let mut groups = None;
            for (direction, findings) in directions.iter().zip(&mut all) {
                if findings.witnesses.len() < self.options.witnesses.max(1) {
                    self.of_class(&class, *direction, &mut groups, findings);
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
        let (one, other) = direction.sides(&class.old, &class.new);
        if one.allows.is_empty() {
            return;
        }
        // Most questions are answered for all resources at once.
        let all = [Pattern::new([Token::Star { colon: true }], false)];
        let domains = Domains {
            action: &all,
            resource: &all,
            not_action: &[],
        };
        let (many, has_groups) = (class.known.len() > 2, groups.is_some());
        if many || has_groups {
            let mut part = self.work.set_aside(STEPS_OF_A_QUESTION);
            let theory = Theory::new(&self.terms, domains, None);
            let outcome = Query::new(&self.terms, theory).differ(one, other, &mut part);
            self.work.take_back(part);
            if outcome == Outcome::No {
                return;
            }
        }
        let groups = groups.get_or_insert_with(|| self.groups(class));
        for group in groups.iter() {
            if findings.witnesses.len() >= self.options.witnesses.max(1) {
                return;
            }
            let Some(name) = group.names.first() else { continue };
            let domains = Domains {
                action: &all,
                resource: &group.resources.all,
                not_action: &[],
            };
            let pleasant = Domains {
                resource: &group.resources.pleasant,
                ..domains
            };
            match self.ask(one, other, domains, pleasant) {
                Ask::No => {}
                Ask::Unclear(why) => findings.unclear = findings.unclear.take().or(Some(why)),
                Ask::Yes(model, assumption) => {
                    match self.witness(
                        class.someone.as_ref(),
                        name,
                        &group.names,
                        &model,
                        assumption.as_ref(),
                        direction,
                    ) {
                        Some(witness) => findings.witnesses.push(witness),
                        None => findings.unclear = Some(format!("a request for `{name}` could not be confirmed")),
                    }
                }
            }
        }
    }

    fn groups(&self, class: &Class) -> Vec<Group> {
        let mut groups = Vec::new();
        let names = |actions: &[Action]| -> Vec<String> { actions.iter().map(ToString::to_string).collect() };
        if self.options.any_resource {
            return vec![Group {
                names: names(&class.known)
                    .into_iter()
                    .chain(class.other.iter().cloned())
                    .collect(),
                resources: Resources::any(),
            }];
        }
        let mut by_formats: BTreeMap<Vec<Option<ArnFormat>>, Vec<Action>> = BTreeMap::new();
        for action in &class.known {
            by_formats.entry(formats(*action)).or_default().push(*action);
        }
        for (formats, actions) in &by_formats {
            groups.push(Group {
                names: names(actions),
                resources: Resources::of(formats),
            });
        }
        if !class.other.is_empty() {
            groups.push(Group {
                names: class.other.clone(),
                resources: Resources::any(),
            });
        }
        groups
    }

    /// Actions that neither the catalogue has nor the policies name.
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
        let word = [Token::One { colon: false }, Token::Star { colon: false }];
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
                            side.denies.push(matter)
                        } else {
                            side.allows.push(matter)
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
                };
                let pleasant = Domains {
                    resource: &resources.pleasant,
                    ..domains
                };
                let (model, assumption) = match self.ask(one, other, domains, pleasant) {
                    Ask::No => break,
                    Ask::Unclear(why) => {
                        findings.unclear = findings.unclear.take().or(Some(why));
                        break;
                    }
                    Ask::Yes(model, assumption) => (model, assumption),
                };
                let Some(name) = model.get(&Subject::Action).and_then(|names| names.first()) else {
                    break;
                };
                // Actions of the catalogue have been looked at, with the resources that they can be about.
                if !self.options.any_resource && Catalog::get().action(name).is_some() && attempt < TRIES {
                    known.push(Pattern::action(name));
                    continue;
                }
                let names = std::slice::from_ref(name);
                match self.witness(someone.as_ref(), name, names, &model, assumption.as_ref(), direction) {
                    Some(witness) => findings.witnesses.push(witness),
                    None => findings.unclear = Some(format!("a request for `{name}` could not be confirmed")),
                }
                break;
            }
        }
    }

    fn ask(&mut self, one: &Side, other: &Side, domains: Domains<'_>, pleasant: Domains<'_>) -> Ask {
        let mut part = self.work.set_aside(STEPS_OF_A_QUESTION);
        let answer = self.ask_within(one, other, domains, pleasant, &mut part);
        self.work.take_back(part);
        answer
    }

    fn ask_within(
        &self,
        one: &Side,
        other: &Side,
        domains: Domains<'_>,
        pleasant: Domains<'_>,
        work: &mut Work,
    ) -> Ask {
        let too_long = || Ask::Unclear("it would have taken too long to decide".to_owned());
        let mut solve = |assumption: Option<&Assumption>| {
            let theory = Theory::new(&self.terms, domains, assumption.cloned());
            Query::new(&self.terms, theory).differ(one, other, work)
        };
        let open = match solve(None) {
            Outcome::No => return Ask::No,
            Outcome::Unclear => return too_long(),
            Outcome::Yes {
                model,
                atoms,
                open: false,
            } => {
                return Ask::Yes(self.pleasant(model, &atoms, pleasant, None), None);
            }
            Outcome::Yes { .. } => assumptions(&self.terms, one, other),
        };
        let mut unclear = false;
        for assumption in open {
            match solve(Some(&assumption)) {
                Outcome::Yes { model, atoms, .. } => {
                    let model = self.pleasant(model, &atoms, pleasant, Some(assumption.clone()));
                    return Ask::Yes(model, Some(assumption));
                }
                Outcome::No => {}
                Outcome::Unclear => unclear = true,
            }
        }
        if unclear {
            too_long()
        } else {
            Ask::Unclear("it depends on the values of policy variables in a way that is not understood".to_owned())
        }
    }

    /// The model with a resource that reads better, if there is one.
    fn pleasant(
        &self,
        mut model: Model,
        atoms: &[(Atom, bool)],
        domains: Domains<'_>,
        assumption: Option<Assumption>,
    ) -> Model {
        let theory = Theory::new(&self.terms, domains, assumption);
        let subject = Subject::Resource;
        let of_subject: Vec<_> = atoms
            .iter()
            .copied()
            .filter(|(atom, _)| atom.subject() == subject)
            .collect();
        if let Found::Yes(values) = theory.values(subject, &of_subject, &mut Work::new(100_000)) {
            model.insert(subject, values);
        }
        model
    }

    /// The request that a model is, if it is one that shows the difference.
    fn witness(
        &self,
        someone: Option<&Someone>,
        action: &str,
        actions: &[String],
        model: &Model,
        assumption: Option<&Assumption>,
        direction: Direction,
    ) -> Option<Witness> {
        let resource = model.get(&Subject::Resource)?.first()?;
        let mut context: BTreeMap<usize, Vec<String>> = model
            .iter()
            .filter_map(|(subject, values)| match subject {
                Subject::Key(key) => Some((*key, values.clone())),
                _ => None,
            })
            .collect();
        for (key, value) in assumption.into_iter().flat_map(|assumption| &assumption.values) {
            context.entry(*key).or_insert_with(|| value.iter().cloned().collect());
        }
        let request = Request {
            someone,
            action,
            resource,
            context: &context,
        };
        let (old_decision, old_statements) = request.decide(&self.terms, &self.old);
        let (new_decision, new_statements) = request.decide(&self.terms, &self.new);
        let (yes, no) = match direction {
            Direction::NewlyAllowed => (new_decision, old_decision),
            Direction::NewlyDenied => (old_decision, new_decision),
        };
        if yes != Decision::Allowed || no == Decision::Allowed {
            return None;
        }
        let places = |statements: Vec<crate::read::Statement>| -> Vec<Place> {
            let places: BTreeSet<Place> = statements
                .into_iter()
                .map(|statement| Place {
                    document: statement.document,
                    statement: statement.index,
                })
                .collect();
            places.into_iter().collect()
        };
        Some(Witness {
            principal: someone.map(|someone| someone.name.clone()),
            action: action.to_owned(),
            resource: resource.clone(),
            context: context
                .into_iter()
                .map(|(key, values)| (self.terms.key_name(key).to_owned(), values))
                .collect(),
            old_decision,
            new_decision,
            old_statements: places(old_statements),
            new_statements: places(new_statements),
            actions: actions.to_vec(),
        })
    }
}

enum Ask {
    Yes(Model, Option<Assumption>),
    No,
    Unclear(String),
}

impl Direction {
    /// The side that must allow, and the one that must not.
    fn sides<'s>(self, old: &'s Side, new: &'s Side) -> (&'s Side, &'s Side) {
        match self {
            Self::NewlyAllowed => (new, old),
            Self::NewlyDenied => (old, new),
        }
    }
}

fn conclude(allowed: Findings, denied: Findings) -> Comparison {
    let (more, less) = (!allowed.witnesses.is_empty(), !denied.witnesses.is_empty());
    // What is unclear matters only where nothing has been found.
    let unclear = match (more, less) {
        (true, true) => None,
        (true, false) => denied.unclear,
        (false, true) => allowed.unclear,
        (false, false) => allowed.unclear.or(denied.unclear),
    };
    let verdict = match (more, less) {
        _ if unclear.is_some() => Verdict::Unknown,
        (true, true) => Verdict::Incomparable,
        (true, false) => Verdict::Widened,
        (false, true) => Verdict::Narrowed,
        (false, false) => Verdict::Equivalent,
    };
    let because = unclear.unwrap_or_else(|| {
        match verdict {
            Verdict::Equivalent => "both allow the same requests",
            Verdict::Narrowed => {
                "everything that is allowed was allowed before, and something that was allowed is not any more"
            }
            Verdict::Widened => "everything that was allowed still is, and something else as well",
            Verdict::Incomparable => "something is newly allowed, and something that was allowed is not any more",
            Verdict::Unknown => "it could not be decided",
        }
        .to_owned()
    });
    Comparison {
        verdict,
        newly_allowed: allowed.witnesses,
        newly_denied: denied.witnesses,
        because,
    }
}
