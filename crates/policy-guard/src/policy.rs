//! Policies with their parameters filled in, and what they say about a call.

use std::fmt::{self, Display};

use iam_policy_core::variable::Unknown;
use iam_policy_core::visit::{Part, Visitor};
use iam_policy_core::wildcard::matches_ignoring_case;
use iam_policy_core::{
    Condition, Effect, Evaluation, Options, Partition, Policy, RenderError, Resource, Statement, Template, require,
};

use crate::refusal::{Missing, Remedy};
use crate::request;

/// A policy with the values of its parameters, in each of its partitions.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    pub(crate) policy: Policy<'static>,
    forms: Vec<(Partition, Vec<ResolvedStatement>)>,
}

/// A statement with the values of the parameters.
#[derive(Clone, Debug)]
pub(crate) struct ResolvedStatement {
    pub(crate) statement: &'static Statement<'static>,
    resources: Vec<String>,
    conditions: Vec<Vec<String>>,
}

/// What policies say about a permission on a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    Allowed,
    /// It depends on what is not known.
    Undecided,
    Denied,
}

impl Resolved {
    /// - `options`: the values of the parameters, and the extensions
    pub(crate) fn new(policy: &Policy<'static>, options: Options<'_>) -> Result<Self, RenderError<'static>> {
        let partitions = match options.partition {
            Some(partition) => vec![partition],
            None => policy.partitions.to_vec(),
        };
        let mut forms = Vec::new();
        for partition in partitions {
            let mut collector = Collector {
                policy: *policy,
                statements: Vec::new(),
                place: None,
            };
            let rendered = policy.render(options.partition(partition))?;
            // The collector does not fail.
            let _ = rendered.visit(&mut collector);
            forms.push((partition, collector.statements));
        }
        Ok(Self { policy: *policy, forms })
    }

    /// The statements in the partition of a request.
    pub(crate) fn statements(&self, partition: Option<Partition>) -> &[ResolvedStatement] {
        let own = self.forms.iter().find(|(own, _)| Some(*own) == partition);
        own.or(self.forms.first()).map_or(&[], |(_, statements)| statements)
    }
}

/// Collects the statements of a document.
struct Collector {
    policy: Policy<'static>,
    statements: Vec<ResolvedStatement>,
    place: Option<Place>,
}

enum Place {
    Resource,
    /// The values of the condition with this number.
    Condition(usize),
}

impl Visitor for Collector {
    fn part(&mut self, part: Part) {
        self.place = match part {
            Part::Statement { extension, index } => {
                let statements = match extension {
                    Some(extension) => self
                        .policy
                        .extensions
                        .get(extension)
                        .map(|extension| extension.statements),
                    None => Some(self.policy.statements),
                };
                if let Some(statement) = statements.and_then(|statements| statements.get(index)) {
                    self.statements.push(ResolvedStatement {
                        statement,
                        resources: Vec::new(),
                        conditions: vec![Vec::new(); statement.conditions.len()],
                    });
                }
                None
            }
            Part::Resource(_) => Some(Place::Resource),
            Part::Condition(number) => Some(Place::Condition(number)),
            // The values of a condition follow it.
            Part::Value(_) => return,
            _ => None,
        };
    }

    fn begin_object(&mut self) -> fmt::Result {
        Ok(())
    }

    fn end_object(&mut self) -> fmt::Result {
        Ok(())
    }

    fn begin_array(&mut self) -> fmt::Result {
        Ok(())
    }

    fn end_array(&mut self) -> fmt::Result {
        Ok(())
    }

    fn key(&mut self, _key: &str) -> fmt::Result {
        Ok(())
    }

    fn string(&mut self, text: &dyn Display) -> fmt::Result {
        let Some(statement) = self.statements.last_mut() else {
            return Ok(());
        };
        match self.place {
            Some(Place::Resource) => statement.resources.push(text.to_string()),
            Some(Place::Condition(number)) => {
                if let Some(values) = statement.conditions.get_mut(number) {
                    values.push(text.to_string());
                }
            }
            None => {}
        }
        Ok(())
    }
}

impl ResolvedStatement {
    pub(crate) fn may_be_about(&self, action: &str) -> bool {
        let (_, actions) = self.statement.action_element();
        let is_listed = actions.iter().any(|own| matches_ignoring_case(own.pattern, action));
        is_listed == self.statement.not_actions.is_empty()
    }
}

impl ResolvedStatement {
    /// Why the statement grants an action, and what the program does without it.
    fn explanation(&self, action: &str, policy: &Policy<'_>) -> String {
        let statement = self.statement;
        let own = statement
            .actions
            .iter()
            .find(|own| matches_ignoring_case(own.pattern, action));
        let reason = own.and_then(|own| own.reason).unwrap_or(statement.reason).trim();
        let without = own.and_then(|own| own.without).or(statement.without);
        let mut text = format!("`{action}` is needed");
        if !reason.is_empty() {
            text.push_str(": ");
            text.push_str(reason);
        }
        if let Some(without) = without {
            text.push_str(" Without it: ");
            text.push_str(without.trim());
        }
        let place = match (policy.source(), statement.line()) {
            ("", _) | (_, 0) => String::new(),
            (source, line) => format!(", {source}:{line}"),
        };
        format!("{text} (statement `{}` of `{}`{place})", statement.id, policy.name)
    }
}

/// Calls `then` with a policy of the statements.
fn with_policy<R>(statements: &[&ResolvedStatement], then: impl FnOnce(&Policy<'_>) -> R) -> R {
    with_policies(&[(Policy::new("", ""), statements)], |policies| match policies {
        [only] => then(only),
        _ => then(&Policy::new("", "")),
    })
}

/// Calls `then` with policies of the statements.
///
/// - `heads`: policies without statements, each with its statements
fn with_policies<R>(heads: &[(Policy<'_>, &[&ResolvedStatement])], then: impl FnOnce(&[Policy<'_>]) -> R) -> R {
    let all = || heads.iter().flat_map(|(_, statements)| statements.iter());
    let resources: Vec<Vec<Resource<'_>>> = all()
        .map(|own| own.resources.iter().map(|text| Resource::literal(text)).collect())
        .collect();
    let values: Vec<Vec<Vec<Template<'_>>>> = all()
        .map(|own| {
            let lists = own.conditions.iter();
            lists
                .map(|values| values.iter().map(|text| Template::literal(text)).collect())
                .collect()
        })
        .collect();
    let conditions: Vec<Vec<Condition<'_>>> = all()
        .zip(&values)
        .map(|(own, values)| {
            let conditions = own.statement.conditions.iter().zip(values);
            conditions
                .map(|(condition, values)| Condition::new(condition.operator, condition.key, values))
                .collect()
        })
        .collect();
    let statements = all().zip(resources.iter().zip(&conditions));
    let statements: Vec<Statement<'_>> = statements
        .map(|(own, (resources, conditions))| {
            let mut statement = *own.statement;
            // The document has only what applies in its partition.
            statement.partitions = &[];
            if statement.not_resources.is_empty() {
                statement.resources = resources;
            } else {
                statement.not_resources = resources;
            }
            statement.conditions = conditions;
            statement
        })
        .collect();
    let mut rest = statements.as_slice();
    let policies = heads.iter().map(|(head, own)| {
        let (statements, others) = rest.split_at_checked(own.len()).unwrap_or_default();
        rest = others;
        let head = *head;
        head.with_statements(statements)
    });
    then(&policies.collect::<Vec<_>>())
}

/// The policies of a guard.
#[derive(Debug, Default)]
pub(crate) struct Policies {
    pub(crate) all: Vec<Resolved>,
}

impl Policies {
    /// What the policies say together.
    ///
    /// - `context`: what is known about the request
    pub(crate) fn verdict(
        &self,
        action: &str,
        resource: &request::Resource,
        partition: Option<Partition>,
        context: &[(&str, &str)],
    ) -> Verdict {
        // Whatever AWS compares with the policies.
        let unknown = (!resource.is_exact).then(|| Unknown::new("resource").to_string());
        let arn = unknown.as_deref().unwrap_or(&resource.arn);
        match self.evaluate(action, arn, partition, context) {
            Evaluation::Allowed => Verdict::Allowed,
            Evaluation::Denied | Evaluation::NotAllowed => Verdict::Denied,
            _ => Verdict::Undecided,
        }
    }

    fn evaluate(
        &self,
        action: &str,
        resource: &str,
        partition: Option<Partition>,
        context: &[(&str, &str)],
    ) -> Evaluation {
        if self.all.iter().any(|resolved| resolved.policy.is_incomplete()) {
            return Evaluation::Allowed;
        }
        let statements = self.all.iter().flat_map(|resolved| resolved.statements(partition));
        let relevant: Vec<_> = statements.filter(|statement| statement.may_be_about(action)).collect();
        with_policy(&relevant, |policy| policy.evaluate_open(action, resource, context))
    }

    /// Why a permission is needed, and what happens without it, from the statement that grants it; or, if there is none,
    /// which statement comes closest.
    pub(crate) fn explanation(
        &self,
        action: &str,
        resources: &[request::Resource],
        partition: Option<Partition>,
        context: &[(&str, &str)],
    ) -> Option<String> {
        for resolved in &self.all {
            let granting = resolved.statements(partition).iter().filter(|own| {
                let evaluate = |resource: &request::Resource| {
                    with_policy(&[own], |policy| policy.evaluate_open(action, &resource.arn, context))
                };
                own.statement.effect == Effect::Allow
                    && own.may_be_about(action)
                    && resources
                        .iter()
                        .any(|resource| evaluate(resource) != Evaluation::NotAllowed)
            });
            if let Some(own) = granting.into_iter().next() {
                return Some(own.explanation(action, &resolved.policy));
            }
        }
        let resource = resources.first().filter(|_| !self.all.is_empty())?;
        let missing = self.missing(action, &resource.arn, partition, context);
        Some(format!("{}; {}", missing.because.replace('\n', "; "), missing.add))
    }

    /// Why the policies do not allow a request: which statement comes closest to it, or denies it.
    pub(crate) fn missing(
        &self,
        action: &str,
        resource: &str,
        partition: Option<Partition>,
        context: &[(&str, &str)],
    ) -> Missing {
        let lists = self.all.iter().map(|resolved| resolved.statements(partition).iter());
        let lists: Vec<Vec<&ResolvedStatement>> = lists.map(Iterator::collect).collect();
        let heads = self.all.iter().zip(&lists).map(|(resolved, statements)| {
            let head = Policy::new(resolved.policy.name, "").with_source(resolved.policy.source());
            (head, statements.as_slice())
        });
        with_policies(&heads.collect::<Vec<_>>(), |policies| {
            let named: Vec<_> = policies.iter().map(|policy| policy.named(policy.name)).collect();
            let because = require::refusal(&named, action, resource, context).to_string();
            let statements = || policies.iter().flat_map(|policy| policy.statements);
            let evaluate = |statements: &[Statement<'_>]| {
                let policy = Policy::new("", "");
                policy
                    .with_statements(statements)
                    .evaluate_open(action, resource, context)
            };
            let all: Vec<_> = statements().copied().collect();
            let unconditional = statements()
                .filter(|statement| statement.effect == Effect::Allow)
                .map(|statement| {
                    let mut statement = *statement;
                    statement.conditions = &[];
                    statement
                });
            let unconditional: Vec<_> = unconditional.collect();
            let grants = lists
                .iter()
                .flatten()
                .filter(|own| own.statement.effect == Effect::Allow);
            let remedy = if evaluate(&all) == Evaluation::Denied {
                Remedy::Exception
            } else if evaluate(&unconditional) != Evaluation::NotAllowed {
                Remedy::Condition
            } else if grants.into_iter().any(|own| own.may_be_about(action)) {
                Remedy::Resource
            } else {
                Remedy::Statement
            };
            Missing::new(action, resource, &because, remedy)
        })
    }
}
