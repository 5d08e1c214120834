//! Which actions of escalations a policy allows, and which escalations follow.

use iam_policy_core::variable::has_unknown;
use iam_policy_core::wildcard::{is_pattern, matches, matches_ignoring_case};
use iam_policy_core::{Operator, Segment, Segments};
use iam_policy_document::{Element, Value};

use super::paths::{Escalation, Power, SERVICES, Target};
use crate::arn::arns_meet;
use crate::context::{Action, Condition, Context, Effect, Parts, Resource};
use crate::pattern::{covers, intersect};

/// How many statements with an action, and how many of their resources, are compared with those of another action.
/// Almost all policies have fewer. In the others an escalation may be overlooked, but checking takes linear time.
const COMPARED: usize = 16;

/// What a policy allows and denies of the actions of escalations.
pub(super) struct Granted<'d> {
    /// By action.
    grants: Vec<Vec<Grant<'d>>>,
    /// The statements that deny each action.
    denials: Vec<Vec<usize>>,
    /// The first statement that allows every action on every resource.
    everything: Option<Grant<'d>>,
}

/// A statement that allows an action.
#[derive(Clone, Copy)]
struct Grant<'d> {
    /// The action or pattern, or the value of `NotAction`.
    at: Value<'d>,
    statement: usize,
}

/// An escalation that a policy or several policies allow.
pub(super) struct Found<'d> {
    /// The actions in the policies.
    pub(super) at: Vec<Value<'d>>,
    /// A statement that allows one of them has conditions.
    pub(super) has_conditions: bool,
    /// A statement that has conditions denies one of them.
    pub(super) may_be_denied: bool,
}

/// A policy.
#[derive(Clone, Copy)]
pub(super) struct Side<'c, 'd> {
    pub(super) context: &'c Context<'d>,
    pub(super) granted: &'c Granted<'d>,
}

impl Found<'_> {
    /// Whether it is about the same actions of the policies.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let conditions = |found: &Self| (found.has_conditions, found.may_be_denied);
        self.at == other.at && conditions(self) == conditions(other)
    }
}

impl<'d> Granted<'d> {
    pub(super) fn of(context: &Context<'d>) -> Self {
        let mut granted = Self {
            grants: Vec::new(),
            denials: Vec::new(),
            everything: None,
        };
        for (statement, parts) in context.statements.iter().enumerate() {
            match parts.effect {
                Some(Effect::Allow) => {
                    granted.everything(statement, parts);
                    powers(parts, &mut |power, at| {
                        if applies(parts, power) && !is_limited(parts, power) {
                            push(&mut granted.grants, power, Grant { at, statement });
                        }
                    });
                }
                Some(Effect::Deny) => {
                    powers(parts, &mut |power, _| push(&mut granted.denials, power, statement));
                }
                None => {}
            }
        }
        let denies_unknown = |parts: &Parts<'_>| {
            let is_unknown = |resource: &Resource<'_>| has_unknown(resource.text);
            parts.effect == Some(Effect::Deny)
                && (!parts.unknown_actions.is_empty() || parts.resources.iter().any(is_unknown))
        };
        // What it denies may be what makes the difference.
        if context.document.has_unknowns() && context.statements.iter().any(denies_unknown) {
            granted.grants.clear();
            granted.everything = None;
        }
        granted
    }

    /// Whether the policy allows no action of any escalation.
    pub(super) fn is_empty(&self) -> bool {
        self.grants.is_empty()
    }

    fn everything(&mut self, statement: usize, parts: &Parts<'d>) {
        let is_everything = |action: &&Action<'d>| !parts.not_action && matches!(action.text, "*" | "*:*");
        if self.everything.is_none()
            && let Some(action) = parts.actions.iter().find(is_everything)
            && !parts.not_resource
            && parts.resources.iter().any(Resource::is_everything)
            && !parts.conditions.iter().any(|condition| limits(condition, None))
        {
            let at = action.value;
            self.everything = Some(Grant { at, statement });
        }
    }
}

/// Adds an item to the list of a power. A policy that has none of them needs no lists.
fn push<T>(lists: &mut Vec<Vec<T>>, power: Power, item: T) {
    if lists.is_empty() {
        lists.resize_with(Power::COUNT, Vec::new);
    }
    if let Some(list) = lists.get_mut(power as usize) {
        list.push(item);
    }
}

fn of<T>(lists: &[Vec<T>], power: Power) -> &[T] {
    lists.get(power as usize).map(Vec::as_slice).unwrap_or_default()
}

/// The powers that the actions of a statement include, each once, with the action.
fn powers<'d>(parts: &Parts<'d>, add: &mut dyn FnMut(Power, Value<'d>)) {
    let mut seen = [false; Power::COUNT];
    for action in &parts.actions {
        covered(action, &mut |power| {
            if let Some(seen @ false) = seen.get_mut(power as usize) {
                *seen = true;
                if !parts.not_action {
                    add(power, action.value);
                }
            }
        });
    }
    if let Some(member) = parts.element(Element::NotAction).filter(|_| parts.not_action)
        && parts.unknown_actions.is_empty()
    {
        for &power in SERVICES.iter().flat_map(|(_, powers)| *powers) {
            if seen.get(power as usize) == Some(&false) {
                add(power, member.value);
            }
        }
    }
}

/// The powers that an action is or matches.
fn covered(action: &Action<'_>, add: &mut dyn FnMut(Power)) {
    let any_service = is_pattern(action.prefix);
    for (service, powers) in SERVICES {
        if any_service || service.eq_ignore_ascii_case(action.prefix) {
            for &power in *powers {
                if action.covers(power.name()) {
                    add(power);
                }
            }
        }
    }
}

/// Whether the statement has resources on which the action can be allowed.
///
/// Source: Service Authorization Reference, the resource types of the actions.
fn applies(parts: &Parts<'_>, power: Power) -> bool {
    let service = power.name().split_once(':').map_or("", |(service, _)| service);
    let services: &[&str] = match service {
        "ec2-instance-connect" => &["ec2"],
        "ssm" => &["ssm", "ec2"],
        "sts" => &["iam"],
        _ => &[service],
    };
    parts.not_resource
        || parts
            .resources
            .iter()
            .any(|resource| resource.is_everything() || services.iter().any(|service| is_of(resource.text, service)))
}

/// Whether the service of an ARN pattern is or matches this one.
fn is_of(resource: &str, service: &str) -> bool {
    match Segments::new(resource).get(Segment::Service) {
        Some(own) => matches(own, service),
        None => resource.ends_with('*') && !has_unknown(resource),
    }
}

/// Whether a condition of the statement selects some of the resources or uses of an action. For passing a role, it is
/// looked at in detail.
fn is_limited(parts: &Parts<'_>, power: Power) -> bool {
    parts.conditions.iter().any(|condition| limits(condition, Some(power)))
}

const PASSED_TO_SERVICE: &str = "iam:PassedToService";

/// Whether a condition selects some of the resources or uses of an action, such as those with a tag or those that
/// attach a certain policy. Conditions on the principal, the network or the time leave the use open.
///
/// Source: IAM User Guide, "AWS global condition context keys", properties of the resource and of the request.
fn limits(condition: &Condition<'_>, power: Option<Power>) -> bool {
    const KEYS: [&str; 7] = [
        "aws:CalledVia",
        "aws:CalledViaFirst",
        "aws:CalledViaLast",
        "aws:PrincipalIsAWSService",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:ViaAWSService",
    ];
    if power == Some(Power::PassRole) && condition.is(PASSED_TO_SERVICE) {
        return false;
    }
    let key = condition.member.key;
    let is_global = key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"));
    !is_global || condition.is_any(&KEYS) || matches_ignoring_case("aws:ResourceTag/*", key)
}

/// Whether the conditions on `iam:PassedToService` let a role be passed to one of these services.
fn passes(parts: &Parts<'_>, services: &[&str]) -> bool {
    let holds = |condition: &Condition<'_>, service: &str| {
        let is_value = |value: Value<'_>| {
            let value = value.as_str().unwrap_or_default();
            let of_china = value.strip_suffix(".cn").unwrap_or(value);
            matches_ignoring_case(of_china, &[service, ".amazonaws.com"].concat())
        };
        let is_negated = condition.operator.is_some_and(Operator::is_negated);
        condition.values().any(is_value) != is_negated
    };
    let mut limits = parts
        .conditions
        .iter()
        .filter(|condition| condition.is(PASSED_TO_SERVICE))
        .peekable();
    limits.peek().is_none()
        || services
            .iter()
            .any(|service| limits.clone().all(|condition| holds(condition, service)))
}

/// Whether the statement applies to all resources of a type.
fn reaches_all(parts: &Parts<'_>, service: &str, names: &str) -> bool {
    parts.not_resource
        || parts.resources.iter().any(|resource| {
            resource.is_everything()
                || is_of(resource.text, service)
                    && match resource.arn {
                        Some(arn) => covers(arn.resource, names),
                        None => resource.text.ends_with('*'),
                    }
        })
}

/// Whether the statement applies to the user that makes the request.
fn reaches_oneself(context: &Context<'_>, parts: &Parts<'_>) -> bool {
    context.has_variables
        && parts.resources.iter().any(|resource| {
            let name = resource.arn.and_then(|arn| arn.resource.strip_prefix("user/"));
            name.is_some_and(|name| name.ends_with("${aws:username}"))
        })
}

impl<'c, 'd> Side<'c, 'd> {
    fn parts(self, statement: usize) -> Option<&'c Parts<'d>> {
        self.context.statements.get(statement)
    }

    /// The statement that allows everything, unless something that matters is denied.
    pub(super) fn everything(self) -> Option<Found<'d>> {
        let grant = self.granted.everything?;
        let parts = self.parts(grant.statement)?;
        let mut may_be_denied = false;
        for &power in SERVICES.iter().flat_map(|(_, powers)| *powers) {
            match denial(&[self], power, parts) {
                Denial::None => {}
                Denial::Possible => may_be_denied = true,
                Denial::Certain => return None,
            }
        }
        let star = parts.resources.iter().find(|resource| resource.is_everything())?;
        Some(Found {
            at: vec![grant.at, star.value],
            has_conditions: !parts.conditions.is_empty(),
            may_be_denied,
        })
    }
}

/// Whether the policies together allow all of these actions, each on some resource, as a permissions boundary must, and a
/// level of the organization.
pub(super) fn have_all(policies: &[Side<'_, '_>], powers: &[Power]) -> bool {
    powers
        .iter()
        .all(|&power| candidates(policies, power, |_, _| true).next().is_some())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Denial {
    None,
    /// Under conditions.
    Possible,
    Certain,
}

/// Whether the policies deny an action on all resources on which a statement allows it. A denial with a condition that
/// selects some uses is there to prevent the escalation, so it counts as certain.
fn denial(sides: &[Side<'_, '_>], power: Power, allowed: &Parts<'_>) -> Denial {
    let mut found = Denial::None;
    for side in sides {
        for parts in of(&side.granted.denials, power).iter().filter_map(|&at| side.parts(at)) {
            if !is_covered(parts, allowed) {
                continue;
            }
            let has_condition = parts.element(Element::Condition).is_some();
            if !has_condition || parts.conditions.iter().any(|condition| limits(condition, None)) {
                return Denial::Certain;
            }
            found = Denial::Possible;
        }
    }
    found
}

/// Whether a statement applies to all resources of another one, or to all except some.
fn is_covered(parts: &Parts<'_>, other: &Parts<'_>) -> bool {
    if parts.not_resource || parts.resources.iter().any(Resource::is_everything) {
        return true;
    }
    if other.not_resource || other.resources.len() > COMPARED {
        return false;
    }
    let mut resources = other.resources.iter();
    let is_covered = |text: &str| {
        parts
            .resources
            .iter()
            .take(COMPARED)
            .any(|resource| covers(resource.text, text))
    };
    resources.all(|resource| is_covered(resource.text))
}

/// A statement that allows a power, and how certainly.
#[derive(Clone, Copy)]
struct Candidate<'c, 'd> {
    at: Value<'d>,
    parts: &'c Parts<'d>,
    may_be_denied: bool,
}

/// The first few statements that allow a power.
fn candidates<'s, 'c, 'd>(
    sides: &'s [Side<'c, 'd>],
    power: Power,
    fits: impl Fn(&Context<'_>, &Parts<'_>) -> bool + 's,
) -> impl Iterator<Item = Candidate<'c, 'd>> + 's {
    let grants = sides
        .iter()
        .flat_map(move |side| of(&side.granted.grants, power).iter().map(move |grant| (side, grant)));
    let fitting = grants.filter_map(move |(side, grant)| {
        let parts = side.parts(grant.statement)?;
        fits(side.context, parts).then_some((grant.at, parts))
    });
    fitting.take(COMPARED).filter_map(move |(at, parts)| {
        let denial = denial(sides, power, parts);
        (denial != Denial::Certain).then_some(Candidate {
            at,
            parts,
            may_be_denied: denial == Denial::Possible,
        })
    })
}

/// How the policies together allow an escalation.
pub(super) fn find<'d>(path: &Escalation, sides: &[Side<'_, 'd>]) -> Option<Found<'d>> {
    let has = |power: Power| sides.iter().any(|side| !of(&side.granted.grants, power).is_empty());
    if !path.powers.iter().all(|&power| has(power)) {
        return None;
    }
    let first = *path.powers.first()?;
    let is_target = |context: &Context<'_>, parts: &Parts<'_>| match path.target {
        Target::Every(service, names) => reaches_all(parts, service, names) && passes(parts, path.passed_to),
        Target::EveryUserOrOneself => reaches_all(parts, "iam", "user/*") || reaches_oneself(context, parts),
        Target::Some(service, names) => !reaches_all(parts, service, names),
    };
    let of_power = |power: Power| {
        let decides = power == first;
        candidates(sides, power, move |context, parts| {
            !decides || is_target(context, parts)
        })
    };
    // Those that act on the same resource are chosen together.
    let mut chosen: Vec<Candidate<'_, 'd>> = Vec::with_capacity(path.powers.len());
    if let Some((&leading, others)) = path.together.split_first() {
        let with = of_power(leading).find_map(|candidate| {
            let mut all = vec![candidate];
            for &power in others {
                all.push(of_power(power).find(|other| meet(candidate.parts, other.parts))?);
            }
            Some(all)
        });
        chosen.extend(with?);
    }
    for &power in path.powers {
        if !path.together.contains(&power) {
            chosen.push(of_power(power).next()?);
        }
    }
    let mut at: Vec<Value<'d>> = Vec::with_capacity(chosen.len());
    for candidate in &chosen {
        if !at.contains(&candidate.at) {
            at.push(candidate.at);
        }
    }
    Some(Found {
        at,
        has_conditions: chosen.iter().any(|candidate| has_conditions(candidate.parts)),
        may_be_denied: chosen.iter().any(|candidate| candidate.may_be_denied),
    })
}

/// Whether the statement has conditions other than on the service that a role is passed to.
fn has_conditions(parts: &Parts<'_>) -> bool {
    parts
        .conditions
        .iter()
        .any(|condition| !condition.is(PASSED_TO_SERVICE))
}

/// Whether two statements can apply to the same resource.
fn meet(parts: &Parts<'_>, other: &Parts<'_>) -> bool {
    let is_open = |parts: &Parts<'_>| parts.not_resource || parts.resources.iter().any(Resource::is_everything);
    if is_open(parts) || is_open(other) {
        return true;
    }
    let mut resources = parts.resources.iter().take(COMPARED);
    resources.any(|own| {
        let mut others = other.resources.iter().take(COMPARED);
        others.any(|other| match (own.arn, other.arn) {
            (Some(own), Some(other)) => arns_meet(own, other),
            _ => intersect(own.text, other.text),
        })
    })
}
