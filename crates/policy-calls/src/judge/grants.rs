//! The policies to compare with, and the code that each is for.

use std::collections::BTreeSet;

use iam_policy_document::Diagnostic;
use iam_policy_spec::{Action, Policy, Source, Statement};

use super::Grant;
use crate::calls::{Call, Searched};

/// A policy to compare with.
pub(super) struct Judged<'g> {
    pub(super) source: &'g Source,
    pub(super) policy: &'g Policy,
    pub(super) parameters: BTreeSet<&'g str>,
    pub(super) scope: Scope<'g>,
}

impl Judged<'_> {
    /// The policy as on the command line.
    pub(super) fn name(&self) -> String {
        format!("{}#{}", self.source.name(), self.policy.name.value)
    }

    /// The path of an action.
    pub(super) fn path(&self, action: &Action) -> iam_policy_document::Path {
        use iam_policy_document::Step;
        let mut path = vec![Step::value("policy"), Step::value(&self.policy.name.value)];
        let place = |statements: &[Statement]| {
            statements.iter().enumerate().find_map(|(number, statement)| {
                let index = statement.actions.iter().position(|other| std::ptr::eq(other, action))?;
                Some((number, index))
            })
        };
        let mut found = place(&self.policy.statements);
        for extension in &self.policy.extensions {
            if found.is_none() {
                found = place(&extension.statements);
                if found.is_some() {
                    path.extend([Step::value("extension"), Step::value(&extension.name.value)]);
                }
            }
        }
        if let Some((statement, index)) = found {
            path.extend([
                Step::value("statement"),
                Step::Index(statement),
                Step::value("actions"),
                Step::Index(index),
            ]);
        }
        iam_policy_document::Path(path)
    }
}

/// The code that a policy is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'g> {
    package: Option<&'g Searched>,
    target: Option<&'g str>,
}

impl Scope<'_> {
    pub(super) fn contains(&self, call: &Call) -> bool {
        let Some(package) = self.package else {
            return true;
        };
        if call.package != package.name {
            return package.depends_on.contains(&call.package);
        }
        let Some(target) = self.target else {
            return true;
        };
        // A program contains the library of its package.
        call.targets.iter().any(|own| {
            own.split_once(':')
                .is_some_and(|(kind, name)| kind == "lib" || name == target)
        })
    }
}

/// The policies of grants.
pub(super) fn policies<'g>(
    packages: &'g [Searched],
    grants: &'g [Grant<'g>],
) -> Result<Vec<Judged<'g>>, Vec<Diagnostic>> {
    let (mut policies, mut problems) = (Vec::new(), Vec::new());
    for grant in grants {
        let scope = match scope(packages, grant) {
            Ok(scope) => scope,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        let found = grant
            .spec
            .policies
            .iter()
            .find(|policy| policy.name.value == grant.policy);
        let Some(policy) = found else {
            let names = grant.spec.policies.iter().map(|policy| policy.name.value.as_str());
            let problem = Diagnostic::error(format!("`{}` has no policy `{}`", grant.source.name(), grant.policy));
            problems.push(problem.did_you_mean(iam_policy_core::suggest::nearest(grant.policy, names)));
            continue;
        };
        let parameters = grant
            .spec
            .parameters
            .iter()
            .map(|parameter| parameter.name.value.as_str());
        policies.push(Judged {
            source: grant.source,
            policy,
            parameters: parameters.collect(),
            scope,
        });
    }
    if problems.is_empty() {
        Ok(policies)
    } else {
        Err(problems)
    }
}

/// The code that a grant is for.
fn scope<'g>(packages: &'g [Searched], grant: &Grant<'g>) -> Result<Scope<'g>, Diagnostic> {
    let Some(name) = grant.package else {
        return Ok(Scope {
            package: None,
            target: None,
        });
    };
    let Some(package) = packages.iter().find(|package| package.name == name) else {
        let names = packages.iter().map(|package| package.name.as_str());
        return Err(
            Diagnostic::error(format!("there is no package `{name}` in the workspace"))
                .did_you_mean(iam_policy_core::suggest::nearest(name, names)),
        );
    };
    if let Some(target) = grant.target {
        let names = || {
            package
                .targets
                .iter()
                .filter_map(|known| Some(known.split_once(':')?.1))
        };
        if !names().any(|known| known == target) {
            return Err(
                Diagnostic::error(format!("the package `{name}` has no target `{target}`"))
                    .did_you_mean(iam_policy_core::suggest::nearest(target, names())),
            );
        }
    }
    Ok(Scope {
        package: Some(package),
        target: grant.target,
    })
}
