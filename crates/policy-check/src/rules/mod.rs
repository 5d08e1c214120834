//! The rules, by topic, and the registry of all codes.
//!
//! Each topic has a function for each kind of problem; `check`, which calls them; and the documentation of its codes,
//! in `docs.rs`.

pub(crate) mod actions;
pub(crate) mod arns;
pub(crate) mod calls;
pub(crate) mod configuration;
pub(crate) mod escalation;
pub(crate) mod federation;
pub(crate) mod grants;
pub(crate) mod keys;
pub(crate) mod networks;
pub(crate) mod operators;
pub(crate) mod organizations;
pub(crate) mod permissive;
pub(crate) mod placeholders;
pub(crate) mod principals;
pub(crate) mod redundant;
pub(crate) mod resources;
pub(crate) mod sizes;
pub(crate) mod specs;
pub(crate) mod structure;
pub(crate) mod tags;
pub(crate) mod templates;
pub(crate) mod trust;
pub(crate) mod values;
pub(crate) mod variables;
pub(crate) mod wildcards;

use iam_policy_document::Severity;

use crate::code::Code;
use crate::rule::{Rule, Topic};

/// Every topic, in the order of the findings.
const TOPICS: &[Topic] = &[
    structure::TOPIC,
    principals::TOPIC,
    actions::TOPIC,
    arns::TOPIC,
    operators::TOPIC,
    keys::TOPIC,
    values::TOPIC,
    variables::TOPIC,
    placeholders::TOPIC,
    wildcards::TOPIC,
    networks::TOPIC,
    permissive::TOPIC,
    tags::TOPIC,
    redundant::TOPIC,
    organizations::TOPIC,
    resources::TOPIC,
    trust::TOPIC,
    federation::TOPIC,
    sizes::TOPIC,
    grants::TOPIC,
    escalation::TOPIC,
    specs::TOPIC,
    templates::TOPIC,
    configuration::TOPIC,
    calls::TOPIC,
];

impl Topic {
    /// Every topic, in the order in which [`check`](crate::check) runs them.
    #[must_use]
    pub const fn all() -> &'static [Self] {
        TOPICS
    }
}

impl Rule {
    /// Every rule, by topic.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        TOPICS.iter().flat_map(|topic| topic.rules)
    }
}

impl Code {
    /// The rule that reports this code.
    #[expect(clippy::indexing_slicing, reason = "the array has a rule for each code")]
    #[must_use]
    pub const fn rule(self) -> &'static Rule {
        BY_CODE[self as usize]
    }

    /// The title of its rule: a few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.rule().title()
    }

    /// Its usual severity.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self.rule().severities().first() {
            Some(&severity) => severity,
            None => Severity::Error,
        }
    }

    /// Whether IAM Access Analyzer has this code. The others are specific to this crate.
    #[must_use]
    pub const fn is_aws(self) -> bool {
        self.rule().is_aws()
    }
}

/// The rule of each code, indexed by the code's number.
static BY_CODE: [&Rule; Code::ALL.len()] = by_code();

/// Fails to compile unless every code has exactly one rule.
#[expect(
    clippy::indexing_slicing,
    reason = "runs at compile time, where a bad index is an error"
)]
const fn by_code() -> [&'static Rule; Code::ALL.len()] {
    let mut found: [Option<&Rule>; Code::ALL.len()] = [None; Code::ALL.len()];
    let mut topic = 0;
    while topic < TOPICS.len() {
        let rules = TOPICS[topic].rules;
        let mut number = 0;
        while number < rules.len() {
            let code = rules[number].facts.code as usize;
            assert!(found[code].is_none(), "a code has two rules");
            assert!(!rules[number].facts.severities.is_empty(), "a rule has no severity");
            found[code] = Some(&rules[number]);
            number += 1;
        }
        topic += 1;
    }
    let mut all = [&TOPICS[0].rules[0]; Code::ALL.len()];
    let mut code = 0;
    while code < all.len() {
        assert!(found[code].is_some(), "a code has no rule");
        if let Some(rule) = found[code] {
            all[code] = rule;
        }
        code += 1;
    }
    all
}
