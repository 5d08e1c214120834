//! Groups actions by the statements that match them, so that each group is decided once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use iam_policy_catalog::{Action, Catalog, Service};
use iam_policy_core::wildcard;
use iam_policy_core::wildcard::is_everything;

use crate::invariant::Setting;
use crate::principal::{Someone, someones};
use crate::query::{Matter, Side};
use crate::read::{Policy, Statement};
use crate::terms::{List, Terms};

/// Actions and a principal that are matched by the same statements of the old policy, and by the same of the new one.
#[derive(Clone, Debug)]
pub(crate) struct Class {
    pub(crate) someone: Option<Someone>,
    pub(crate) known: Vec<Action>,
    /// Actions missing from the catalog, named ones first.
    pub(crate) unknown: Vec<Unknown>,
    pub(crate) old: Side,
    pub(crate) new: Side,
    /// The service of the actions, if tags of resources have two names in the statements.
    pub(crate) service: Option<Service>,
}

impl Class {
    /// What all requests of the class share.
    pub(crate) fn setting(&self) -> Setting<'_> {
        Setting {
            caller: self.someone.as_ref(),
            service: self.service,
        }
    }

    /// The statements of both sides.
    pub(crate) fn bodies(&self) -> [Vec<usize>; 4] {
        let of = |matters: &[Matter]| matters.iter().map(|matter| matter.body).collect();
        [
            of(&self.old.allows),
            of(&self.old.denies),
            of(&self.new.allows),
            of(&self.new.denies),
        ]
    }
}

/// An action missing from the catalog.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Unknown {
    /// An example of what a wildcard matches, named by no policy.
    pub(crate) is_example: bool,
    pub(crate) name: String,
}

/// A pattern of actions and the action elements that contain it.
struct Used<'t> {
    pattern: &'t str,
    elements: Vec<usize>,
}

/// The action elements whose match for the action differs from the default.
type Signature = Vec<usize>;

#[derive(Default)]
struct Members {
    known: Vec<Action>,
    unknown: Vec<Unknown>,
}

/// What the requests of a class have in common: the statements of both sides, and the position of the principal if it
/// matters.
type Same = ([Vec<usize>; 4], Option<usize>);

/// All actions, by the action elements that match them. Building it takes about as long as a short comparison, and it
/// stays valid as long as the terms do.
pub(crate) struct Signatures {
    members: BTreeMap<Signature, Members>,
    /// Actions of the catalog, by signature, except for the empty signature.
    touched: HashSet<usize>,
    /// For each action element, whether it matches actions that no pattern names.
    usual: Vec<bool>,
}

impl Signatures {
    pub(crate) fn new(terms: &Terms) -> Self {
        let (members, touched) = signatures(terms);
        let is_usual = |list: &List<String>| list.items.iter().any(|pattern| is_everything(pattern)) != list.negated;
        Self {
            members,
            touched,
            usual: terms.actions.iter().map(|(_, list)| is_usual(list)).collect(),
        }
    }

    /// Whether an action element matches the actions of a signature.
    fn is_about(&self, element: usize, signature: &Signature) -> bool {
        let usual = self.usual.get(element);
        usual.is_some_and(|usual| *usual != signature.binary_search(&element).is_ok())
    }
}

/// The classes of actions, except those that both policies match with the same statements.
///
/// - `changed`: the only statement in which the policies differ, if known
pub(crate) fn classes(
    terms: &Terms,
    signatures: &Signatures,
    old: &Policy,
    new: &Policy,
    changed: Option<&Statement>,
) -> Vec<Class> {
    let work = &terms.work;
    let someones = someones(terms);
    let mut about: Vec<Vec<bool>> = Vec::new();
    for someone in &someones {
        let mut of_someone = Vec::new();
        for statement in old.statements.iter().chain(&new.statements) {
            work.spend(terms.who_size(statement.body) + 1);
            of_someone.push(!work.is_spent() && is_about_someone(terms, statement, someone.as_ref()));
        }
        about.push(of_someone);
    }
    let mut classes: BTreeMap<Same, (usize, Class)> = BTreeMap::new();
    for (signature, members) in &signatures.members {
        if changed.is_some_and(|changed| !signatures.is_about(changed.action, signature)) {
            continue;
        }
        let is_about = |statement: &Statement| signatures.is_about(statement.action, signature);
        let statements = || old.statements.iter().chain(&new.statements);
        let of_action: Vec<bool> = statements().map(is_about).collect();
        work.spend(2 * of_action.len() + members.known.len() / 4 + members.unknown.len());
        for (number, (someone, of_someone)) in someones.iter().zip(&about).enumerate() {
            if !work.spend(of_action.len() + 8) {
                break;
            }
            let mut key: [Vec<usize>; 4] = Default::default();
            let applies = of_action
                .iter()
                .zip(of_someone)
                .map(|(action, someone)| *action && *someone);
            for (position, (statement, _)) in statements()
                .zip(applies)
                .enumerate()
                .filter(|(_, (_, applies))| *applies)
            {
                let [old_allows, old_denies, new_allows, new_denies] = &mut key;
                match (position < old.statements.len(), statement.denies) {
                    (true, false) => old_allows.push(statement.body),
                    (true, true) => old_denies.push(statement.body),
                    (false, false) => new_allows.push(statement.body),
                    (false, true) => new_denies.push(statement.body),
                }
            }
            for side in &mut key {
                side.sort_unstable();
                side.dedup();
            }
            let [old_allows, old_denies, new_allows, new_denies] = &key;
            if (old_allows, old_denies) == (new_allows, new_denies) || old_allows.is_empty() && new_allows.is_empty() {
                continue;
            }
            let depends = key.iter().flatten().any(|body| terms.depends_on_caller(*body));
            let (first, class) = classes
                .entry((key.clone(), depends.then_some(number)))
                .or_insert_with(|| {
                    let class = Class {
                        someone: someone.clone(),
                        known: Vec::new(),
                        unknown: Vec::new(),
                        old: Side {
                            allows: matters(old_allows),
                            denies: matters(old_denies),
                        },
                        new: Side {
                            allows: matters(new_allows),
                            denies: matters(new_denies),
                        },
                        service: None,
                    };
                    (number, class)
                });
            if *first == number {
                work.spend(members.known.len() / 4 + members.unknown.len());
                class.known.extend(&members.known);
                class.unknown.extend(members.unknown.iter().cloned());
                if signature.is_empty() {
                    let untouched = Catalog::get()
                        .actions()
                        .filter(|action| !signatures.touched.contains(&action.index()));
                    class.known.extend(untouched);
                }
            }
        }
    }
    let mut classes: Vec<Class> = classes
        .into_values()
        .flat_map(|(_, class)| by_service(terms, class))
        .collect();
    for class in &mut classes {
        // Source: AWS STS API Reference, `GetCallerIdentity`: no policy can deny it or needs to allow it.
        class
            .known
            .retain(|action| action.name() != "GetCallerIdentity" || action.service().prefix() != "sts");
        class.unknown.sort_unstable();
    }
    // Existing actions are shown first.
    classes.sort_by_key(|class| class.known.is_empty());
    classes
}

/// The class, or one for each service if tags of resources have two names in its statements: which keys are the same
/// depends on the service.
fn by_service(terms: &Terms, class: Class) -> Vec<Class> {
    let of_tags = &terms.invariants.of_tags;
    if of_tags.is_empty() || !class.bodies().iter().flatten().any(|body| of_tags.contains(body)) {
        return vec![class];
    }
    let mut services: BTreeMap<Option<Service>, Class> = BTreeMap::new();
    let mut has_same: BTreeMap<Service, bool> = BTreeMap::new();
    let mut of_service = |service: Option<Service>, add: &mut dyn FnMut(&mut Class)| {
        // Where no two keys are the same, the service does not matter.
        let service = service.filter(|service| *has_same.entry(*service).or_insert_with(|| terms.has_same(*service)));
        let part = services.entry(service).or_insert_with(|| Class {
            known: Vec::new(),
            unknown: Vec::new(),
            service,
            ..class.clone()
        });
        add(part);
    };
    for action in &class.known {
        of_service(Some(action.service()), &mut |part| part.known.push(*action));
    }
    for unknown in &class.unknown {
        let service = unknown
            .name
            .split(':')
            .next()
            .and_then(|name| Catalog::get().service(name));
        of_service(service, &mut |part| part.unknown.push(unknown.clone()));
    }
    services.into_values().collect()
}

fn matters(bodies: &[usize]) -> Vec<Matter> {
    bodies.iter().map(|&body| Matter { body, action: None }).collect()
}

pub(crate) fn is_about_someone(terms: &Terms, statement: &Statement, someone: Option<&Someone>) -> bool {
    let Some(someone) = someone else { return true };
    terms
        .bodies
        .get(statement.body)
        .and_then(|body| terms.whos.get(body.who?))
        .is_none_or(|list| someone.is_in(list, statement.denies))
}

/// The actions matched by some pattern other than `*`, by the elements concerned, and which of the catalog's actions
/// those are. Actions that no pattern names have the empty signature.
fn signatures(terms: &Terms) -> (BTreeMap<Signature, Members>, HashSet<usize>) {
    let work = &terms.work;
    let patterns = patterns(terms);
    let catalog = Catalog::get();
    let mut known: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut by_service: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut anywhere: Vec<usize> = Vec::new();
    let mut names: Vec<(usize, String)> = Vec::new();
    for (number, used) in patterns.iter().enumerate() {
        if !work.spend(used.pattern.len() / 8 + 1) {
            break;
        }
        match used.pattern.split_once(':') {
            Some((service, name)) if !wildcard::is_pattern(service) => {
                by_service.entry(service).or_default().push(number);
                if wildcard::is_pattern(name) {
                    let actions = catalog.service(service).map_or(0, |service| service.actions().len());
                    work.spend(actions * 2);
                }
                for action in catalog.expand(used.pattern) {
                    known.entry(action.index()).or_default().push(number);
                }
            }
            _ => {
                anywhere.push(number);
                if names.is_empty() {
                    names.extend(catalog.actions().map(|action| (action.index(), action.to_string())));
                }
                work.spend(names.len() * (used.pattern.len() / 16 + 2));
                for (action, _) in names
                    .iter()
                    .filter(|(_, name)| wildcard::matches_ignoring_case(used.pattern, name))
                {
                    known.entry(*action).or_default().push(number);
                }
            }
        }
    }
    let signature = |numbers: &mut dyn Iterator<Item = usize>| -> Signature {
        let elements: BTreeSet<usize> = numbers
            .filter_map(|number| patterns.get(number))
            .flat_map(|used| &used.elements)
            .take_while(|_| work.spend(2))
            .copied()
            .collect();
        elements.into_iter().collect()
    };
    let mut signatures: BTreeMap<Signature, Members> = BTreeMap::new();
    signatures.insert(Signature::new(), Members::default());
    let mut memo: HashMap<&[usize], Signature> = HashMap::new();
    for (action, numbers) in &known {
        if !work.spend(numbers.len() / 2 + 1) {
            break;
        }
        let signature = memo
            .entry(numbers)
            .or_insert_with(|| signature(&mut numbers.iter().copied()))
            .clone();
        let members = signatures.entry(signature).or_default();
        members.known.extend(catalog.action_at(*action));
    }
    for unknown in unknown_actions(terms, &patterns) {
        let service = unknown
            .name
            .split_once(':')
            .map_or("", |(service, _)| service)
            .to_ascii_lowercase();
        let candidates = by_service.get(&*service).map_or(0, Vec::len) + anywhere.len();
        if !work.spend(candidates * (unknown.name.len() / 16 + 1) + 4) {
            break;
        }
        let mut matching = by_service
            .get(&*service)
            .into_iter()
            .chain([&anywhere])
            .flatten()
            .copied()
            .filter(|number| {
                let pattern = patterns.get(*number).map_or("", |used| used.pattern);
                wildcard::matches_ignoring_case(pattern, &unknown.name)
            });
        let members = signatures.entry(signature(&mut matching)).or_default();
        members.unknown.push(unknown);
    }
    (signatures, known.into_keys().collect())
}

/// The patterns other than `*`, each once, with the elements whose match they decide.
fn patterns(terms: &Terms) -> Vec<Used<'_>> {
    let mut patterns: Vec<Used<'_>> = Vec::new();
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for (element, list) in terms.actions.iter() {
        let decided = list.items.iter().any(|pattern| is_everything(pattern));
        for pattern in list.items.iter().filter(|pattern| !is_everything(pattern)) {
            let number = *numbers.entry(pattern).or_insert_with(|| {
                patterns.push(Used {
                    pattern,
                    elements: Vec::new(),
                });
                patterns.len() - 1
            });
            if !decided && let Some(used) = patterns.get_mut(number) {
                used.elements.push(element);
            }
        }
    }
    patterns
}

/// Actions missing from the catalog: the named ones, and for each wildcard one that it matches.
fn unknown_actions(terms: &Terms, patterns: &[Used<'_>]) -> BTreeSet<Unknown> {
    let example_of = |name: String| Unknown { is_example: true, name };
    let mut unknown = BTreeSet::from([example_of("unknown:UnknownAction".to_owned())]);
    for used in patterns {
        let pattern = terms.spelled.get(used.pattern).map_or(used.pattern, |spelled| spelled);
        if wildcard::is_pattern(pattern) {
            unknown.extend(example(pattern).map(example_of));
        } else if iam_policy_core::text::is_action(pattern) && Catalog::get().action(pattern).is_none() {
            unknown.insert(Unknown {
                is_example: false,
                name: pattern.to_owned(),
            });
        }
    }
    unknown
}

/// An action missing from the catalog that the pattern matches, if its wildcards allow one.
fn example(pattern: &str) -> Option<String> {
    let whole = if pattern.contains(':') {
        pattern.to_owned()
    } else {
        format!("{pattern}:UnknownAction")
    };
    let (service, name) = whole.split_once(':')?;
    let fill = |text: &str, run: &str| text.replace('*', run).replace('?', "X");
    ["UnknownAction", "Unknown", "X", "Xx"]
        .iter()
        .map(|run| format!("{}:{}", fill(service, "unknown"), fill(name, run)))
        .find(|action| {
            iam_policy_core::text::is_action(action)
                && wildcard::matches_ignoring_case(pattern, action)
                && Catalog::get().action(action).is_none()
        })
}
