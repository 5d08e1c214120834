use crate::{Settings, Source, Spec, Statement, read_with};
use iam_policy_catalog::{AccessLevel, Catalog, Service};
use iam_policy_document::{Diagnostic, sort_by_place};

use crate::compile::findings::findings;

/// A spec and everything to report about it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Compiled {
    /// The spec, or the parts that could be read. It is [complete](Spec::complete) if nothing stops a build.
    pub spec: Spec,
    /// Errors in the spec itself, in file order.
    pub mistakes: Vec<Diagnostic>,
    /// Findings about its policies, in file order, except those accepted by a waiver.
    pub findings: Vec<Diagnostic>,
}

/// Reads a spec, checks its policies, and looks up the access levels of its actions and where AWS describes them.
///
/// The macro and every program that uses a spec start with this.
///
/// # Examples
///
/// ```
/// use iam_policy_spec::compile::compile;
/// use iam_policy_spec::Source;
///
/// let compiled = compile(&Source::new("policies.toml", r#"
/// [policy.user]
/// [[policy.user.statement]]
/// id        = "fetch"
/// reason    = "Downloads reports."
/// actions   = ["s3:GetObject", "s3:Put*Acl"]
/// resources = ["arn:aws:s3:::reports-*"]
/// "#));
/// assert!(compiled.errors().is_empty());
/// let actions = &compiled.spec.policies[0].statements[0].actions;
/// assert_eq!((actions[0].access.as_str(), actions[1].access.as_str()), ("Read", "Permissions management"));
/// ```
#[must_use]
pub fn compile(source: &Source) -> Compiled {
    compile_with(source, &Settings::default())
}

/// Like [`compile`], but some parameters have other values than their defaults: see [`read_with`].
///
/// - `source`: the spec
/// - `settings`: the values
#[must_use]
pub fn compile_with(source: &Source, settings: &Settings) -> Compiled {
    let (mut spec, mistakes) = read_with(source, settings);
    let findings = findings(&spec, &mistakes);
    annotate(&mut spec);
    let mut compiled = Compiled {
        spec,
        mistakes,
        findings,
    };
    compiled.spec.complete = compiled.errors().is_empty();
    compiled
}

impl Compiled {
    /// Returns everything that stops a build, in file order: errors in the spec, and findings that are errors or
    /// security warnings.
    #[must_use]
    pub fn errors(&self) -> Vec<Diagnostic> {
        let mut errors = self.mistakes.clone();
        for finding in &self.findings {
            if finding.severity.is_serious() {
                errors.push(finding.clone());
            }
        }
        sort_by_place(&mut errors, Diagnostic::start);
        errors
    }

    /// Returns the findings that do not stop a build, in file order.
    pub fn remarks(&self) -> impl Iterator<Item = &Diagnostic> {
        self.findings.iter().filter(|finding| !finding.severity.is_serious())
    }
}

/// Sets what the catalog knows about each action: the access levels of all AWS actions that it matches, and where AWS
/// describes it.
fn annotate(spec: &mut Spec) {
    for policy in &mut spec.policies {
        annotate_statements(&mut policy.statements);
        for extension in &mut policy.extensions {
            annotate_statements(&mut extension.statements);
        }
        if let Some(trust) = &mut policy.trust {
            annotate_statements(&mut trust.statements);
        }
    }
}

fn annotate_statements(statements: &mut [Statement]) {
    let catalog = Catalog::get();
    for statement in statements {
        for actions in [&mut statement.actions, &mut statement.not_actions] {
            for action in actions {
                action.access = access(catalog, &action.pattern.value);
                action.reference = reference(catalog, &action.pattern.value);
            }
        }
    }
}

/// Where AWS's Service Authorization Reference describes the action, or the actions of its service.
fn reference(catalog: Catalog, pattern: &str) -> String {
    let service = pattern.split_once(':').and_then(|(prefix, _)| catalog.service(prefix));
    let Some(page) = service.and_then(Service::reference_page) else {
        return String::new();
    };
    match catalog.action(pattern) {
        Some(action) => format!("{page}.html#{page}-{}", action.name()),
        None => format!("{page}.html#{page}-actions-as-permissions"),
    }
}

fn access(catalog: Catalog, pattern: &str) -> String {
    if pattern == "*" {
        return String::new();
    }
    let mut given = Vec::new();
    for action in catalog.expand(pattern) {
        let level = action.access_level();
        if !given.contains(&level) {
            given.push(level);
        }
    }
    let mut levels = Vec::new();
    for level in AccessLevel::ALL {
        if given.contains(&level) {
            levels.push(level.as_str());
        }
    }
    levels.join(", ")
}
