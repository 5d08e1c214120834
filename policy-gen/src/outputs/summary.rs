//! The numbers at the start of each policy's description: how many actions it allows, and how close it is to its quotas.

use std::collections::BTreeSet;

use iam_policy_catalog::{AccessLevel, Action, Catalog};
use iam_policy_core::{AttachmentKind, Effect, Options, Partition, Policy, Statement};

/// The numbers of actions that statements allow, by service and access level.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Matrix {
    /// The levels that occur, from least to most powerful.
    pub(super) levels: Vec<AccessLevel>,
    /// A row for each service, in the order of the statements; or a single row if there are too many.
    pub(super) rows: Vec<MatrixRow>,
    /// Whether there are statements that deny, which are not counted.
    pub(super) has_denials: bool,
}

/// A service, or all of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MatrixRow {
    /// AWS's name for the service.
    pub(super) service: String,
    /// The numbers of actions, in the order of the levels.
    pub(super) counts: Vec<usize>,
}

/// More rows than this are one.
const MOST_ROWS: usize = 40;

impl Matrix {
    pub(super) fn new(statements: &[Statement<'_>]) -> Self {
        let mut actions = BTreeSet::new();
        let mut services = Vec::new();
        for statement in statements.iter().filter(|statement| statement.effect == Effect::Allow) {
            for action in allowed(statement) {
                if actions.insert(action) && !services.contains(&action.service()) {
                    services.push(action.service());
                }
            }
        }
        let is_present = |level: &AccessLevel| actions.iter().any(|action: &Action| action.access_level() == *level);
        let levels: Vec<_> = AccessLevel::ALL.into_iter().filter(is_present).collect();
        let row = |service: String, is_in: &dyn Fn(&Action) -> bool| MatrixRow {
            service,
            counts: levels
                .iter()
                .map(|level| {
                    let at_level = actions.iter().filter(|action| action.access_level() == *level);
                    at_level.filter(|action| is_in(action)).count()
                })
                .collect(),
        };
        let rows = if services.len() > MOST_ROWS {
            vec![row(format!("{} services", services.len()), &|_| true)]
        } else {
            let rows = services.iter();
            rows.map(|service| row(service.name().to_owned(), &|action| action.service() == *service))
                .collect()
        };
        Self {
            rows,
            levels,
            has_denials: statements.iter().any(|statement| statement.effect == Effect::Deny),
        }
    }
}

/// The known actions that a statement applies to.
fn allowed(statement: &Statement<'_>) -> Vec<Action> {
    let catalog = Catalog::get();
    let (element, patterns) = statement.action_element();
    let named = patterns.iter().flat_map(|action| catalog.expand(action.pattern));
    if element == "Action" {
        return named.collect();
    }
    let excluded: BTreeSet<_> = named.collect();
    catalog.actions().filter(|action| !excluded.contains(action)).collect()
}

/// The size of a document in each partition, and the quotas that it counts against.
pub(super) struct Sizes {
    /// The partitions and the size in each, in characters.
    pub(super) partitions: Vec<(Partition, usize)>,
    /// What the document may be attached as, and the quota of that.
    pub(super) quotas: Vec<(&'static str, usize)>,
}

impl Sizes {
    /// - `extensions`: the names of the extensions that the policy has
    pub(super) fn of_policy(policy: &Policy<'_>, extensions: &[&str]) -> Self {
        let size = |partition| {
            let options = Options::DEFAULT.partition(partition).extensions(extensions);
            policy.render_unchecked(options).size()
        };
        let kinds = policy.attachments(extensions).into_iter().flatten();
        Self {
            partitions: policy.partitions.iter().map(|&one| (one, size(one))).collect(),
            quotas: kinds.map(|kind| (kind.description(), kind.quota())).collect(),
        }
    }

    /// The sizes of a policy's trust policy.
    pub(super) fn of_trust(policy: &Policy<'_>) -> Self {
        let size = |partition| {
            let trust = policy.render_trust_unchecked(Options::DEFAULT.partition(partition));
            trust.map_or(0, |trust| trust.size())
        };
        Self {
            partitions: policy.partitions.iter().map(|&one| (one, size(one))).collect(),
            quotas: vec![(TRUST, AttachmentKind::TRUST_QUOTA)],
        }
    }
}

/// What a trust policy is called in a sentence.
pub(super) const TRUST: &str = "trust policy of a role";

/// The part of a quota that is used, in percent, rounded up.
pub(super) const fn percent(size: usize, quota: usize) -> usize {
    (size * 100).div_ceil(quota)
}

/// A text with its first letter in upper case.
pub(super) fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}
