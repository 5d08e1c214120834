use std::collections::{BTreeMap, BTreeSet};

use iam_policy_check::{Code, covers, intersect};
use iam_policy_core::template::{Piece, pieces};
use iam_policy_core::wildcard::{is_everything, matches_ignoring_case};
use iam_policy_core::{Effect, Partition, Segments};
use iam_policy_document::wording::list;
use iam_policy_document::{Diagnostic, Severity, sort_by_place};
use iam_policy_operations::service;
use iam_policy_spec::{Action, Policy, Source, Spec, Statement};

use crate::calls::{Call, Calls, Form, Permission, Resource, ResourcePart, Searched};
use crate::draft::Plan;

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

    /// Reports the actions that no call needs, and the waivers of such findings that accept nothing.
    fn unused(
        &self,
        judged: &Judged<'_>,
        scopes: &[&Scope<'_>],
        partial: &[Partial],
        unused: &mut Vec<Unused>,
        found: &mut Vec<Diagnostic>,
    ) {
        let is_in_scope = |call: &&Call| scopes.iter().any(|scope| scope.contains(call)) && call.form != Form::Mock;
        let calls: Vec<&Call> = self.calls.iter().filter(is_in_scope).collect();
        let open = self.open_actions(&calls);
        let code = Code::UnusedGrant;
        for statement in judged.policy.all_statements() {
            if statement.effect != Effect::Allow {
                continue;
            }
            let mut any_unused = false;
            for action in &statement.actions {
                let pattern = action.pattern.value.as_str();
                let uses = |call: &&&Call| needs(call, pattern, statement);
                // A grant on the wrong resource has been reported at the call.
                let is_reported = partial.iter().any(|partial| {
                    let is_here = partial.policy == judged.policy.name.value && partial.statement == statement.id.value;
                    is_here && matches_ignoring_case(pattern, partial.action)
                });
                let is_used = is_reported || calls.iter().filter(|call| !call.is_test).any(|call| uses(&call));
                let waiver = action.waivers.iter().find(|waiver| waiver.check.value == code.name());
                if is_used || open.may_be(pattern) {
                    found.extend(waiver.map(|waiver| unused_waiver(waiver, judged)));
                    continue;
                }
                any_unused = true;
                if waiver.is_some() || statement.waivers.iter().any(|waiver| waiver.check.value == code.name()) {
                    continue;
                }
                let test = calls.iter().filter(|call| call.is_test).find(|call| uses(call));
                found.push(self.unused_grant(action, test.copied(), judged));
                unused.push(Unused {
                    file: judged.source.name().to_owned(),
                    policy: judged.policy.name.value.clone(),
                    statement: statement.id.value.clone(),
                    action: pattern.to_owned(),
                });
            }
            if !any_unused {
                let waivers = statement
                    .waivers
                    .iter()
                    .filter(|waiver| waiver.check.value == code.name());
                found.extend(waivers.map(|waiver| unused_waiver(waiver, judged)));
            }
        }
    }

    fn unused_grant(&self, action: &Action, test: Option<&Call>, judged: &Judged<'_>) -> Diagnostic {
        let code = Code::UnusedGrant;
        let mut finding = Diagnostic::new(code.severity(), format!("no call needs `{}`", action.pattern.value))
            .with_code(code.name())
            .at(action.pattern.span.clone());
        finding.location.path = judged.path(action);
        if let Some(test) = test {
            finding = finding.note(format!("only tests need it, for example {}:{}", test.file, test.line));
        }
        if !self.unchecked.is_empty() {
            finding = finding.note("not all code could be checked");
        }
        finding.help("remove it").help(format!(
            "if something else needs it, write `waive = [{{ check = \"{code}\", why = \"…\" }}]`"
        ))
    }

    /// What could not be determined, and might need any action.
    fn open_actions(&self, calls: &[&Call]) -> Open {
        let mut open = Open::default();
        for call in calls.iter().filter(|call| call.permissions.is_none()) {
            open.services.extend(prefixes(&call.service));
        }
        for unresolved in &self.unresolved {
            for name in &unresolved.services {
                let operation = service(name).and_then(|service| service.operation(&unresolved.method));
                match operation {
                    Some(operation) => open
                        .actions
                        .extend(operation.needs().map(iam_policy_operations::Need::action)),
                    None => open.services.extend(prefixes(name)),
                }
            }
        }
        open
    }
}

/// The policies of grants.
fn policies<'g>(packages: &'g [Searched], grants: &'g [Grant<'g>]) -> Result<Vec<Judged<'g>>, Vec<Diagnostic>> {
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

/// The prefixes of a service's actions.
fn prefixes(name: &str) -> Vec<String> {
    match service(name) {
        Some(service) => vec![service.prefix().to_owned()],
        None => vec![name.to_ascii_lowercase().replace([' ', '-'], "")],
    }
}

#[derive(Debug, Default)]
struct Open {
    services: BTreeSet<String>,
    actions: BTreeSet<&'static str>,
}

impl Open {
    fn may_be(&self, pattern: &str) -> bool {
        let prefix = pattern.split(':').next().unwrap_or_default();
        self.services
            .iter()
            .any(|service| matches_ignoring_case(prefix, service))
            || self.actions.iter().any(|action| matches_ignoring_case(pattern, action))
    }
}

/// A policy to compare with.
pub(crate) struct Judged<'g> {
    pub(crate) source: &'g Source,
    pub(crate) policy: &'g Policy,
    pub(crate) parameters: BTreeSet<&'g str>,
    scope: Scope<'g>,
}

impl Judged<'_> {
    /// The policy as on the command line.
    fn name(&self) -> String {
        format!("{}#{}", self.source.name(), self.policy.name.value)
    }

    /// The path of an action.
    fn path(&self, action: &Action) -> iam_policy_document::Path {
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
struct Scope<'g> {
    package: Option<&'g Searched>,
    target: Option<&'g str>,
}

impl Scope<'_> {
    fn contains(&self, call: &Call) -> bool {
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

fn unused_waiver(waiver: &iam_policy_spec::Waiver, judged: &Judged<'_>) -> Diagnostic {
    let code = Code::UnusedWaiver;
    let _ = judged;
    Diagnostic::new(
        code.severity(),
        format!("unused waiver: `{}` reports nothing here", waiver.check.value),
    )
    .with_code(code.name())
    .at(waiver.check.span.clone())
    .help("remove it")
}

/// Whether a call needs an action that a pattern matches, on a resource of a statement.
fn needs(call: &Call, pattern: &str, statement: &Statement) -> bool {
    let permissions = call.permissions.as_deref().unwrap_or_default();
    permissions.iter().any(|permission| {
        let is_meant = matches_ignoring_case(pattern, permission.action);
        is_meant
            && (permission.resources.is_empty()
                || permission.resources.iter().any(|resource| applies(statement, resource)))
    })
}

/// How policies answer a need.
enum Verdict<'p> {
    Granted,
    /// It is granted on other resources: the first resource that is missing, and a statement with the action.
    Elsewhere(&'p Resource, usize, &'p Statement),
    Missing,
    /// A statement denies it.
    Denied(usize, &'p Statement),
}

fn verdict<'p>(permission: &'p Permission, policies: &[&Judged<'p>]) -> Verdict<'p> {
    let statements = || {
        let all = policies.iter().enumerate();
        all.flat_map(|(number, judged)| {
            judged
                .policy
                .all_statements()
                .into_iter()
                .map(move |statement| (number, statement))
        })
    };
    for (number, statement) in statements().filter(|(_, statement)| statement.effect == Effect::Deny) {
        let partition = policies
            .get(number)
            .and_then(|judged| judged.policy.partitions.first().copied())
            .unwrap_or_default();
        let is_everything = !permission.resources.is_empty()
            && permission
                .resources
                .iter()
                .all(|resource| is_all_of(statement, resource, partition));
        if statement.conditions.is_empty() && has_action(statement, permission.action) && is_everything {
            return Verdict::Denied(number, statement);
        }
    }
    let granting: Vec<_> = statements()
        .filter(|(_, statement)| statement.effect == Effect::Allow && has_action(statement, permission.action))
        .collect();
    let Some(&(number, first)) = granting.first() else {
        return Verdict::Missing;
    };
    let missing = permission
        .resources
        .iter()
        .find(|resource| !granting.iter().any(|(_, statement)| applies(statement, resource)));
    match missing {
        Some(resource) => Verdict::Elsewhere(resource, number, first),
        None => Verdict::Granted,
    }
}

fn has_action(statement: &Statement, action: &str) -> bool {
    let matches = |list: &[Action]| list.iter().any(|own| matches_ignoring_case(&own.pattern.value, action));
    if statement.not_actions.is_empty() {
        matches(&statement.actions)
    } else {
        !matches(&statement.not_actions)
    }
}

/// Whether a statement may apply to a resource: some value of what is not known makes it do so.
fn applies(statement: &Statement, resource: &Resource) -> bool {
    let text = pattern(resource);
    if !statement.not_resources.is_empty() {
        return !statement
            .not_resources
            .iter()
            .any(|own| covers(&template_pattern(&own.arn.source.value), &text));
    }
    statement.resources.iter().any(|own| {
        let own = template_pattern(&own.arn.source.value);
        if resource.is_none() {
            is_everything(&own)
        } else {
            overlap(&own, &text)
        }
    })
}

/// Whether a resource can match both patterns: each segment of an ARN has its own wildcards.
pub(crate) fn overlap(a: &str, b: &str) -> bool {
    match (Segments::of_arn(a), Segments::of_arn(b)) {
        (Some(a), Some(b)) => a.iter().zip(b.iter()).all(|((_, a), (_, b))| intersect(a, b)),
        _ => intersect(a, b),
    }
}

/// Whether a statement applies to a resource whatever is not known about it.
fn is_all_of(statement: &Statement, resource: &Resource, partition: Partition) -> bool {
    let known = resource.parts.iter().map(|part| match part {
        ResourcePart::Partition => ResourcePart::Text(partition.name().to_owned()),
        other => other.clone(),
    });
    let text = pattern(&Resource { parts: known.collect() });
    statement.not_resources.is_empty()
        && statement.resources.iter().any(|own| {
            let source = &own.arn.source.value;
            // What a parameter stands for is not known here.
            let is_open =
                pieces(source).any(|piece| matches!(piece, Ok(Piece::Parameter(name)) if name != "partition"));
            let own_text = source.replace("{partition}", partition.name());
            own.partitions.is_empty() && !is_open && covers(&template_pattern(&own_text), &text)
        })
}

impl Resource {
    /// Whether the action has no resources: it is only granted on all.
    fn is_none(&self) -> bool {
        matches!(self.parts.as_slice(), [ResourcePart::Any])
    }
}

/// A resource as a pattern: what is not known can be anything.
pub(crate) fn pattern(resource: &Resource) -> String {
    resource
        .parts
        .iter()
        .map(|part| match part {
            ResourcePart::Text(text) => text.as_str(),
            _ => "*",
        })
        .collect()
}

/// A resource of a spec as a pattern: a parameter can be anything.
fn template_pattern(source: &str) -> String {
    let mut pattern = String::new();
    for piece in pieces(source) {
        match piece {
            Ok(Piece::Text(text)) => pattern.push_str(text),
            _ => pattern.push('*'),
        }
    }
    pattern
}

/// Notes what is granted, and reports what is not.
fn judge(call: &mut Call, policies: &[&Judged<'_>], judgement: &mut Judgement) {
    let place = (call.file.clone(), call.line, call.column);
    let operation = format!("{}.{}", call.service, call.operation);
    let mut findings = Vec::new();
    let mut missing: Vec<Permission> = Vec::new();
    let is_own = call.origin.is_none();
    for permission in call.permissions.iter_mut().flatten() {
        let (granted, finding) = {
            let verdict = verdict(permission, policies);
            let granted = matches!(verdict, Verdict::Granted);
            let judged = |number: usize| policies.get(number).copied();
            let mut finding = None;
            if permission.is_certain && is_own {
                match verdict {
                    Verdict::Granted => {}
                    Verdict::Missing => missing.push(permission.clone()),
                    Verdict::Denied(number, statement) => {
                        let name = judged(number).map(Judged::name).unwrap_or_default();
                        finding = Some(
                            error(
                                call.span,
                                format!("`{operation}` needs `{}`, which `{name}` denies", permission.action),
                            )
                            .note(format!("it is denied by the statement `{}`", statement.id.value)),
                        );
                    }
                    Verdict::Elsewhere(resource, number, statement) => {
                        if let Some(judged) = judged(number) {
                            judgement.partial.push(Partial {
                                file: place.0.clone(),
                                line: place.1,
                                column: place.2,
                                action: permission.action,
                                resource: resource.to_string(),
                                policy: judged.policy.name.value.clone(),
                                statement: statement.id.value.clone(),
                            });
                            finding = Some(elsewhere(
                                call.span,
                                &operation,
                                permission.action,
                                resource,
                                statement,
                                judged,
                            ));
                        }
                    }
                }
            }
            (granted, finding)
        };
        permission.is_granted = Some(granted);
        findings.extend(finding);
    }
    if let (false, Some(judged)) = (missing.is_empty(), policies.first()) {
        let actions: Vec<_> = missing.iter().map(|permission| permission.action).collect();
        let names: Vec<_> = policies.iter().map(|judged| judged.name()).collect();
        let message = format!(
            "`{operation}` needs {}, which no statement of {} grants",
            list(&actions),
            list(&names)
        );
        let mut finding = error(call.span, message);
        for permission in &missing {
            finding = finding.note(format!("source of `{}`: {}", permission.action, permission.source));
        }
        for (actions, resource) in Plan::of(call, &missing).lines() {
            finding = finding.help(format!("add a statement with {} on `{resource}`", list(actions)));
        }
        let place = judgement
            .plans
            .iter()
            .position(|(file, policy, _)| file == judged.source.name() && *policy == judged.policy.name.value);
        let place = place.unwrap_or_else(|| {
            let (file, policy) = (judged.source.name().to_owned(), judged.policy.name.value.clone());
            judgement.plans.push((file, policy, Plan::default()));
            judgement.plans.len() - 1
        });
        if let Some((_, _, plan)) = judgement.plans.get_mut(place) {
            for permission in &missing {
                plan.add(permission, call);
            }
        }
        findings.push(finding);
    }
    if !findings.is_empty() {
        judgement.code.entry(place.0).or_default().extend(findings);
    }
}

fn error(span: (usize, usize), message: String) -> Diagnostic {
    let code = Code::UngrantedCall;
    Diagnostic::new(code.severity(), message)
        .with_code(code.name())
        .at(span.0..span.1)
}

/// Reports a permission that is granted on other resources.
fn elsewhere(
    span: (usize, usize),
    operation: &str,
    action: &str,
    resource: &Resource,
    statement: &Statement,
    judged: &Judged<'_>,
) -> Diagnostic {
    let name = judged.name();
    let id = &statement.id.value;
    let position = judged.source.position(statement.id.span.start);
    let resource = if resource.is_none() {
        "*".to_owned()
    } else {
        crate::draft::template(resource).0
    };
    error(
        span,
        format!("`{operation}` needs `{action}` on `{resource}`, which `{name}` grants only on other resources"),
    )
    .help(format!(
        "add `\"{resource}\"` to the resources of the statement `{id}` at {}:{position}",
        judged.source.name()
    ))
}
