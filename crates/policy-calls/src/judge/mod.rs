//! Comparisons of calls with policies.

mod grants;
mod ungranted;
mod unused;
mod verdict;

use std::collections::BTreeMap;

use iam_policy_document::{Diagnostic, Severity, sort_by_place};
use iam_policy_spec::{Source, Spec};

use crate::calls::{Calls, Form};
use crate::draft::Plan;
use grants::{Judged, Scope, policies};
use ungranted::judge;
pub(crate) use verdict::{overlap, pattern};

/// A policy of a spec, and the program that it is for.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Grant<'a> {
    /// The package; `None` for all.
    pub package: Option<&'a str>,
    /// The target of the package, such as a program's name; `None` for all.
    pub target: Option<&'a str>,
    /// The text of the spec.
    pub source: &'a Source,
    /// The spec.
    pub spec: &'a Spec,
    /// The name of the policy, whose extensions count as well.
    pub policy: &'a str,
}

impl<'a> Grant<'a> {
    /// A policy for all code.
    ///
    /// - `source`: the text of the spec
    /// - `spec`: the spec
    /// - `policy`: the name of the policy
    #[must_use]
    pub const fn new(source: &'a Source, spec: &'a Spec, policy: &'a str) -> Self {
        Self {
            package: None,
            target: None,
            source,
            spec,
            policy,
        }
    }

    /// Limits it to a program.
    ///
    /// - `package`: the package
    /// - `target`: a target of the package
    #[must_use]
    pub const fn of(mut self, package: Option<&'a str>, target: Option<&'a str>) -> Self {
        (self.package, self.target) = (package, target);
        self
    }
}

/// What a comparison of calls with policies found.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Judgement {
    /// Findings about code, by file.
    pub code: BTreeMap<String, Vec<Diagnostic>>,
    /// Findings about each of the specs, in their order.
    pub specs: Vec<(Source, Vec<Diagnostic>)>,
    /// Permissions that are granted, but not on the resource of a call.
    pub partial: Vec<Partial>,
    /// Grants that nothing uses.
    pub unused: Vec<Unused>,
    /// What to add to the specs, so that all calls are granted.
    pub additions: Vec<Addition>,
    /// The permissions that are missing, by spec and policy.
    plans: Vec<(String, String, Plan)>,
}

/// What to add to a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Addition {
    /// The spec.
    pub file: String,
    /// The name of the policy.
    pub policy: String,
    /// Statements in TOML, which only lack the reasons.
    pub statements: String,
    /// Parameters that the statements use and the spec lacks, as the contents of `[parameters]`; may be empty.
    pub parameters: String,
}

/// A permission that is granted, but not on the resource of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Partial {
    /// The file of the call.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The character in the line, counted from 1.
    pub column: usize,
    /// The action.
    pub action: &'static str,
    /// The resource that no statement grants it on.
    pub resource: String,
    /// The policy.
    pub policy: String,
    /// The id of a statement that grants it on other resources.
    pub statement: String,
}

/// An action in a statement that nothing uses.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unused {
    /// The spec.
    pub file: String,
    /// The name of the policy.
    pub policy: String,
    /// The id of the statement.
    pub statement: String,
    /// The action as it is written.
    pub action: String,
}

impl Judgement {
    /// Whether there is anything to report.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let serious = |diagnostic: &Diagnostic| diagnostic.severity < Severity::Suggestion;
        !self.code.values().flatten().any(serious) && !self.specs.iter().any(|(_, found)| found.iter().any(serious))
    }
}

impl Calls {
    /// Compares the calls with policies, and notes in each call whether its permissions are granted.
    ///
    /// The calls of a program are those in its package, its target, and the packages of the workspace on which it depends.
    /// Calls in tests are not compared. Values that are not known are taken to be what the policies expect.
    ///
    /// - `grants`: the policies
    ///
    /// # Errors
    ///
    /// If a grant names a package, a target or a policy that does not exist.
    pub fn judge(&mut self, grants: &[Grant<'_>]) -> Result<Judgement, Vec<Diagnostic>> {
        let packages = self.packages.clone();
        let policies = policies(&packages, grants)?;
        let mut judgement = Judgement::default();
        for call in &mut self.calls {
            let own: Vec<&Judged<'_>> = policies.iter().filter(|policy| policy.scope.contains(call)).collect();
            if own.is_empty() || call.is_test || call.form == Form::Mock {
                continue;
            }
            judge(call, &own, &mut judgement);
        }
        let mut specs: Vec<(&Source, Vec<Diagnostic>)> = Vec::new();
        for (number, policy) in policies.iter().enumerate() {
            // A policy for several programs is unused if none of them uses it.
            let is_same = |other: &Judged<'_>| {
                other.source.name() == policy.source.name() && other.policy.name.value == policy.policy.name.value
            };
            let scopes: Vec<&Scope<'_>> = policies
                .iter()
                .filter(|other| is_same(other))
                .map(|other| &other.scope)
                .collect();
            let is_first = !policies.iter().take(number).any(is_same);
            let known = specs
                .iter()
                .position(|(source, _)| source.name() == policy.source.name());
            let place = known.unwrap_or_else(|| {
                specs.push((policy.source, Vec::new()));
                specs.len() - 1
            });
            if let (true, Some((_, found))) = (is_first, specs.get_mut(place)) {
                self.unused(policy, &scopes, &judgement.partial, &mut judgement.unused, found);
            }
        }
        for (file, policy, plan) in std::mem::take(&mut judgement.plans) {
            let judged = policies
                .iter()
                .find(|judged| judged.source.name() == file && judged.policy.name.value == policy);
            if let Some(judged) = judged {
                let (statements, parameters) = plan.additions(judged.policy, &judged.parameters);
                judgement.additions.push(Addition {
                    file,
                    policy,
                    statements,
                    parameters,
                });
            }
        }
        judgement.specs = specs
            .into_iter()
            .map(|(source, mut found)| {
                sort_by_place(&mut found, Diagnostic::start);
                (source.clone(), found)
            })
            .collect();
        Ok(judgement)
    }
}
