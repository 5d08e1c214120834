//! The policies in templates and plans.

use iam_policy_commands::input::SHOWN;
use iam_policy_commands::with_candidates;
use iam_policy_document::json::Reading;
use iam_policy_document::{Diagnostic, Document, Lines, SourceFile, StyledText};
use iam_policy_templates::{Policy, Template, policies_in, select, yaml};

use crate::input::{Input, Language};

/// What a file of JSON or YAML is.
pub(crate) struct Read {
    pub(crate) reading: Reading,
    /// The policies in it, if it is a template or a plan.
    pub(crate) template: Option<Template>,
}

impl Read {
    /// Reads JSON or YAML.
    pub(crate) fn new(input: &Input) -> Self {
        let json = input.json();
        let reading = if input.language == Language::Yaml {
            yaml::read(&input.bytes)
        } else {
            iam_policy_document::json::read(&json)
        };
        let template = policies_in(&input.bytes, reading.document.root()).filter(|_| reading.is_well_formed);
        Self { reading, template }
    }

    /// Whether it is a template that cannot be read.
    pub(crate) fn is_torn(&self) -> bool {
        let root = self.reading.document.root();
        let is_template = || {
            ["Resources", "AWSTemplateFormatVersion"]
                .iter()
                .any(|key| root.get(key).is_some())
        };
        !self.reading.is_well_formed && is_template()
    }
}

/// A policy of a template in one of its forms, with its name.
pub(crate) struct Named<'p> {
    /// The name, with the conditions under which the policy has this form.
    pub(crate) name: String,
    pub(crate) policy: &'p Policy,
    /// The conditions under which the policy has this form.
    pub(crate) conditions: &'p [(String, bool)],
    pub(crate) document: &'p Document,
}

impl<'p> Named<'p> {
    /// All forms of policies.
    pub(crate) fn all(policies: impl IntoIterator<Item = &'p Policy>) -> Vec<Self> {
        let mut all = Vec::new();
        for policy in policies {
            for variant in &policy.variants {
                let wording = variant.wording().replace('`', "");
                let where_ = if wording.is_empty() { "" } else { " where " };
                all.push(Self {
                    name: [&policy.name, where_, &wording].concat(),
                    policy,
                    conditions: &variant.conditions,
                    document: &variant.document,
                });
            }
        }
        all
    }

    /// Whether conditions decide whether the policy has this form, and it was not selected by its name.
    pub(crate) fn is_conditional(&self) -> bool {
        self.policy.variants.len() > 1
    }
}

/// All problems with the texts of policies, as messages.
///
/// # Errors
///
/// If there are some.
pub(crate) fn readable(input: &Input, read: &Read, policies: &[&Policy]) -> Result<(), StyledText> {
    let of_policies = policies.iter().flat_map(|policy| &policy.problems);
    let problems: Vec<_> = read.reading.problems.iter().chain(of_policies).take(SHOWN).collect();
    if problems.is_empty() {
        return Ok(());
    }
    let lines = Lines::new(&input.bytes);
    Err(SourceFile::new(&input.name, &lines).show_all(problems))
}

/// Whether a file of YAML can have policies. Most others need not be read.
pub(crate) fn may_have_policies(bytes: &[u8]) -> bool {
    let contains = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    contains(b"Resources") || contains(b"Statement") || contains(b"provider")
}

/// The policies with this name.
///
/// - `file`: the name of the file in messages
///
/// # Errors
///
/// If there are none.
pub(crate) fn selected<'p>(policies: &'p [Policy], file: &str, name: &str) -> Result<Vec<&'p Policy>, Diagnostic> {
    let found = select(policies, name);
    if !found.is_empty() {
        return Ok(found);
    }
    let problem = Diagnostic::error(format!("there is no policy `{name}` in `{file}`"));
    let names = policies.iter().map(|policy| policy.name.as_str());
    Err(with_candidates(problem, name, "policies", names))
}
