#![expect(
    clippy::large_types_passed_by_value,
    reason = "a message is built from itself, only once, and only in const evaluation"
)]

use super::message::Message;
use super::{Named, Requirement};
use crate::context::Context;
use crate::decide::{Evaluation, Match, Request, matches_template};
use crate::index::ActionIndex;
use crate::model::{Condition, Effect, Policy, Resource, Statement, Template};
use crate::operator::{Comparison, Operator};
use crate::variable;

/// How close a statement comes to allowing a request, from the farthest.
#[derive(Clone, Copy)]
enum Nearness {
    Nothing,
    Resource,
    Service,
    ServiceAndResource,
    Action,
    /// It applies to both, but a condition does not hold.
    ActionAndResource,
}

/// A statement and the policy that it belongs to.
#[derive(Clone, Copy)]
struct Found<'p> {
    policy: &'p Policy<'p>,
    statement: &'p Statement<'p>,
}

impl Requirement<'_> {
    /// Why these policies do not allow the request.
    ///
    /// - `is_boundary`: whether they are a boundary of the policies that do
    pub(super) const fn refusal(
        &self,
        policies: &[Named<'_>],
        is_boundary: bool,
        evaluation: Evaluation,
        request: &Request<'_>,
    ) -> Message {
        let (before, after) = match evaluation {
            Evaluation::Denied => (" denies ", ""),
            Evaluation::DeniedIf => (" denies ", " under conditions"),
            Evaluation::AllowedIf => (" allows ", " only under conditions"),
            Evaluation::Allowed | Evaluation::NotAllowed => (" does not allow ", ""),
        };
        let mut message = Message::new().text(if is_boundary { "the boundary " } else { "" });
        message = names(message, policies).text(before).code(self.action);
        if let [(resource, _), ..] = self.resource {
            message = message.text(" on ").code(resource);
        }
        message = message.text(after).text("\n");
        let deciding = match evaluation {
            Evaluation::Denied => deciding(policies, Effect::Deny, true, request),
            Evaluation::DeniedIf => deciding(policies, Effect::Deny, false, request),
            Evaluation::AllowedIf => deciding(policies, Effect::Allow, false, request),
            Evaluation::Allowed | Evaluation::NotAllowed => None,
        };
        match deciding {
            Some(found) => decided(message, found, request),
            None => nearest(message, policies, request),
        }
    }
}

const fn names(mut message: Message, policies: &[Named<'_>]) -> Message {
    let mut rest = policies;
    while let [first, tail @ ..] = rest {
        message = message.code(first.name);
        message = message.text(if tail.is_empty() { "" } else { " with " });
        rest = tail;
    }
    message
}

/// The first statement that determines the result.
const fn deciding<'p>(
    policies: &'p [Named<'p>],
    effect: Effect,
    surely: bool,
    request: &Request<'_>,
) -> Option<Found<'p>> {
    let mut rest = policies;
    while let [Named { policy, .. }, tail @ ..] = rest {
        rest = tail;
        let mut statements = policy.statements;
        while let [statement, more @ ..] = statements {
            statements = more;
            if statement.effect as u8 != effect as u8 || !statement.is_in(policy.default_partition()) {
                continue;
            }
            let applies = statement.applies(request, policy.default_partition());
            if matches!((applies, surely), (Match::Yes, true) | (Match::Maybe, false)) {
                return Some(Found { policy, statement });
            }
        }
    }
    None
}

/// Explains a result by the statement that determines it.
const fn decided(message: Message, found: Found<'_>, request: &Request<'_>) -> Message {
    let Found { policy, statement } = found;
    let message = message.text("the statement ").statement(policy, statement);
    let message = message.text(match statement.effect {
        Effect::Allow => " allows it",
        Effect::Deny => " denies it",
    });
    match in_the_way(statement.conditions, request.context()) {
        Some((condition, _)) if is_open(condition) => message.text(" if ").condition(condition).text(OPEN),
        Some((condition, _)) if can_be_evaluated(condition) => {
            let message = message.text(match statement.effect {
                Effect::Allow => " only if ",
                Effect::Deny => " if ",
            });
            let message = message
                .condition(condition)
                .text("\nhelp: say which value the request has: `given \"");
            message.text(condition.key).text("\" = \"…\"`")
        }
        Some((condition, _)) => {
            let message = message.text(" if ").condition(condition);
            message.text(", which cannot be evaluated in a constant")
        }
        None => match undecided(statement.resources, request, policy) {
            Some(Template {
                text, widest: Some(_), ..
            }) => message.text(" on ").code(text).text(OPEN),
            Some(Template { text, .. }) => {
                let message = message.text(" on ").code(text);
                let message = message.text("\nhelp: say which value the variable has: `given \"");
                message.text(variable::first_key(text)).text("\" = \"…\"`")
            }
            None => message,
        },
    }
}

const OPEN: &str = ", which depends on a parameter without a default";

/// Whether a value of the condition depends on a parameter without a default.
const fn is_open(condition: &Condition<'_>) -> bool {
    let mut rest = condition.values;
    while let [first, tail @ ..] = rest {
        if first.widest.is_some() {
            return true;
        }
        rest = tail;
    }
    false
}

/// The first resource that matches the request only if its variables and parameters have the right values.
const fn undecided<'p>(
    resources: &'p [Resource<'p>],
    request: &Request<'_>,
    policy: &Policy<'_>,
) -> Option<&'p Template<'p>> {
    let mut rest = resources;
    while let [first, tail @ ..] = rest {
        if first.is_in(policy.default_partition()) && matches!(matches_template(&first.arn, request), Match::Maybe) {
            return Some(&first.arn);
        }
        rest = tail;
    }
    None
}

/// The first condition that does not hold for certain, and whether it certainly does not.
const fn in_the_way<'p>(conditions: &'p [Condition<'p>], context: Context<'_>) -> Option<(&'p Condition<'p>, bool)> {
    let mut rest = conditions;
    let mut found = None;
    while let [condition, tail @ ..] = rest {
        rest = tail;
        match condition.holds(context) {
            Match::No => return Some((condition, true)),
            Match::Maybe if found.is_none() => found = Some((condition, false)),
            Match::Maybe | Match::Yes => {}
        }
    }
    found
}

/// Whether it can be evaluated once the value of its key is known.
const fn can_be_evaluated(condition: &Condition<'_>) -> bool {
    match Operator::from_name(condition.operator) {
        Some(operator) => !matches!(
            operator.comparison(),
            Comparison::Numeric(_) | Comparison::Date(_) | Comparison::IpAddress
        ),
        None => false,
    }
}

/// Names the statement that comes closest to allowing the request, and says what is missing.
const fn nearest(message: Message, policies: &[Named<'_>], request: &Request<'_>) -> Message {
    let mut best: Option<(Nearness, Found<'_>)> = None;
    let mut rest = policies;
    while let [Named { policy, .. }, tail @ ..] = rest {
        rest = tail;
        let mut statements = policy.statements;
        while let [statement, more @ ..] = statements {
            statements = more;
            if matches!(statement.effect, Effect::Deny) || !statement.is_in(policy.default_partition()) {
                continue;
            }
            let nearness = nearness(policy, statement, request);
            let is_nearer = match best {
                Some((best, _)) => nearness as u8 > best as u8,
                None => true,
            };
            if is_nearer {
                best = Some((nearness, Found { policy, statement }));
            }
        }
    }
    let Some((nearness, Found { policy, statement })) = best else {
        return message.text("no statement allows anything");
    };
    if matches!(nearness, Nearness::Nothing | Nearness::Resource) {
        return message.text("no statement allows an action of this service");
    }
    let message = message.text("the nearest statement is ").statement(policy, statement);
    match nearness {
        Nearness::Nothing | Nearness::Resource | Nearness::Service | Nearness::ServiceAndResource => {
            message.text(", which allows other actions")
        }
        Nearness::Action => resources(message.text(", which allows the action on "), statement),
        Nearness::ActionAndResource => match in_the_way(statement.conditions, request.context()) {
            Some((condition, _)) => message.text(", which allows it only if ").condition(condition),
            None => message,
        },
    }
}

const fn nearness(policy: &Policy<'_>, statement: &Statement<'_>, request: &Request<'_>) -> Nearness {
    let resource = statement.applies_to_resource(request, policy.default_partition());
    let is_resource = !matches!(resource, Match::No);
    if !matches!(statement.applies_to_action(request), Match::No) {
        return if is_resource {
            Nearness::ActionAndResource
        } else {
            Nearness::Action
        };
    }
    match (is_about_service(statement, request), is_resource) {
        (true, true) => Nearness::ServiceAndResource,
        (true, false) => Nearness::Service,
        (false, true) => Nearness::Resource,
        (false, false) => Nearness::Nothing,
    }
}

const fn is_about_service(statement: &Statement<'_>, request: &Request<'_>) -> bool {
    let own = ActionIndex::of(statement.actions).services;
    own != ActionIndex::UNKNOWN.services && own & request.index().services != 0
}

/// The resources of a statement, unless it lists those that it does not apply to.
const fn resources(message: Message, statement: &Statement<'_>) -> Message {
    match statement.resources {
        [] => message.text("other resources"),
        [Resource { arn, .. }] if arn.more.is_empty() => message.code(arn.text),
        [Resource { arn, .. }, ..] => message.code(arn.text).text(" and other resources"),
    }
}
