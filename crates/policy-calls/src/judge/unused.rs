//! Grants that nothing uses.

use std::collections::BTreeSet;

use iam_policy_check::Code;
use iam_policy_core::Effect;
use iam_policy_core::wildcard::matches_ignoring_case;
use iam_policy_document::Diagnostic;
use iam_policy_operations::service;
use iam_policy_spec::{Action, Statement};

use super::grants::{Judged, Scope};
use super::verdict::applies;
use super::{Partial, Unused};
use crate::calls::{Call, Calls, Form};

impl Calls {
    /// Reports the actions that no call needs, and the waivers of such findings that accept nothing.
    pub(super) fn unused(
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
