//! A document prepared for the checks: every name is looked up once.

use iam_policy_catalog::{Catalog, ConditionKey, Service, overlay};
use iam_policy_core::variable::has_unknown;
use iam_policy_core::{Arn, Operator, PolicyResource};
use iam_policy_document::{Document, Element, Member, Statement, Value};

use crate::{Options, PolicyType};

/// The input of all checks.
pub(crate) struct Context<'a> {
    pub(crate) document: &'a Document,
    /// With the kind of resource that a resource policy is attached to, if it is given or can be inferred.
    pub(crate) options: Options<'a>,
    /// The policy is attached to an identity and grants what it allows, unlike a permissions boundary.
    pub(crate) grants: bool,
    pub(crate) catalog: Catalog,
    /// Policy variables are supported rather than literal text.
    pub(crate) has_variables: bool,
    pub(crate) statements: Vec<Parts<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Allow,
    Deny,
}

/// A statement, with its well-formed parts.
pub(crate) struct Parts<'a> {
    pub(crate) statement: Statement<'a>,
    /// Every element that is present, in the order of [`Element::ALL`].
    elements: [Option<Member<'a>>; Element::ALL.len()],
    /// The members that are not elements of a statement.
    pub(crate) unknown: Vec<Member<'a>>,
    /// `None` if it is missing or invalid.
    pub(crate) effect: Option<Effect>,
    /// Those of `Action` or, if it is missing, of `NotAction`, except for the unknown ones.
    pub(crate) actions: Vec<Action<'a>>,
    /// Those with unknown parts. What the statement does not apply to is then unknown.
    pub(crate) unknown_actions: Vec<(Value<'a>, &'a str)>,
    /// The statement has a `NotAction` and no `Action`.
    pub(crate) not_action: bool,
    /// Those of `Resource` or, if it is missing, of `NotResource`.
    pub(crate) resources: Vec<Resource<'a>>,
    /// The statement has a `NotResource` and no `Resource`.
    pub(crate) not_resource: bool,
    pub(crate) conditions: Vec<Condition<'a>>,
}

/// An action, or a pattern of actions.
#[derive(Clone, Copy)]
pub(crate) struct Action<'a> {
    pub(crate) value: Value<'a>,
    pub(crate) text: &'a str,
    /// The text before the colon; all of it if there is none.
    pub(crate) prefix: &'a str,
    pub(crate) service: Option<Service>,
    /// The action, if this is not a pattern.
    pub(crate) known: Option<iam_policy_catalog::Action>,
    /// The action, or one that the pattern matches; `None` for a pattern of services.
    pub(crate) first: Option<iam_policy_catalog::Action>,
    pub(crate) is_pattern: bool,
}

impl<'a> Action<'a> {
    /// The text after the colon.
    pub(crate) fn name(&self) -> &'a str {
        self.text.get(self.prefix.len() + 1..).unwrap_or_default()
    }

    /// Whether it is or matches the action with this name, `service:Name`.
    pub(crate) fn covers(&self, name: &str) -> bool {
        if self.is_pattern {
            iam_policy_core::wildcard::matches_ignoring_case(self.text, name)
        } else {
            self.text.eq_ignore_ascii_case(name)
        }
    }

    /// Whether it is or matches an action.
    ///
    /// - `name`: the name of the action, `service:Name`
    pub(crate) fn covers_known(&self, known: iam_policy_catalog::Action, name: &str) -> bool {
        if self.is_pattern {
            let is_elsewhere = self.service.is_some_and(|service| service != known.service());
            !is_elsewhere && iam_policy_core::wildcard::matches_ignoring_case(self.text, name)
        } else {
            self.known == Some(known)
        }
    }

    /// Whether it is `*`: every action.
    pub(crate) fn is_everything(&self) -> bool {
        self.text == "*"
    }
}

/// A resource.
#[derive(Clone, Copy)]
pub(crate) struct Resource<'a> {
    pub(crate) value: Value<'a>,
    pub(crate) text: &'a str,
    /// `None` if it has fewer than six segments.
    pub(crate) arn: Option<Arn<'a>>,
}

impl Resource<'_> {
    /// Whether it is `*`: every resource.
    pub(crate) fn is_everything(&self) -> bool {
        self.text == "*"
    }
}

/// A key in a condition block.
#[derive(Clone, Copy)]
pub(crate) struct Condition<'a> {
    pub(crate) operator_member: Member<'a>,
    /// `None` if the operator does not exist.
    pub(crate) operator: Option<Operator>,
    pub(crate) member: Member<'a>,
    /// `None` if the catalog has no such key.
    pub(crate) key: Option<ConditionKey>,
}

impl<'a> Condition<'a> {
    pub(crate) fn values(&self) -> impl Iterator<Item = Value<'a>> + Clone + use<'a> {
        self.member.value.one_or_many()
    }

    /// Whether its key is this one.
    pub(crate) fn is(&self, key: &str) -> bool {
        self.member.key.eq_ignore_ascii_case(key)
    }

    /// Whether its key is one of these.
    pub(crate) fn is_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.is(key))
    }
}

impl<'a> Parts<'a> {
    /// An element: its key and its value, whatever its type.
    pub(crate) fn element(&self, element: Element) -> Option<Member<'a>> {
        self.elements.get(element as usize).copied().flatten()
    }
}

impl<'a> Context<'a> {
    pub(crate) fn new(document: &'a Document, mut options: Options<'a>) -> Self {
        let grants = options.policy_type == PolicyType::Identity;
        // They are written like identity policies, and Access Analyzer has no types for them.
        if matches!(
            options.policy_type,
            PolicyType::PermissionsBoundary | PolicyType::Session
        ) {
            options.policy_type = PolicyType::Identity;
        }
        if options.policy_type == PolicyType::Resource {
            options.resource_type = options.resource_type.or_else(|| document.inferred_resource());
        } else {
            options.resource_type = None;
        }
        let catalog = Catalog::get();
        let mut statements = Vec::new();
        for statement in document.statements() {
            statements.push(parts(catalog, statement, options.resource_type));
        }
        let version = document.version().and_then(|version| version.value.as_str());
        Self {
            document,
            options,
            grants,
            catalog,
            has_variables: version == Some(iam_policy_core::VERSION),
            statements,
        }
    }

    pub(crate) fn is(&self, policy_type: PolicyType) -> bool {
        self.options.policy_type == policy_type
    }
}

/// - `attached_to`: the resource that the document is attached to
fn parts(catalog: Catalog, statement: Statement<'_>, attached_to: Option<PolicyResource>) -> Parts<'_> {
    let mut elements = [None; Element::ALL.len()];
    let mut unknown = Vec::new();
    for member in statement.0.members() {
        match Element::from_name(member.key).and_then(|element| elements.get_mut(element as usize)) {
            None => unknown.push(member),
            Some(place @ None) => *place = Some(member),
            // Duplicate keys are reported by the reader.
            Some(Some(_)) => {}
        }
    }
    let element = |element: Element| elements.get(element as usize).copied().flatten();
    let either = |one, other| match (element(one), element(other)) {
        (None, Some(member)) => (Some(member), true),
        (member, _) => (member, false),
    };
    let (action, not_action) = either(Element::Action, Element::NotAction);
    let (resource, not_resource) = either(Element::Resource, Element::NotResource);
    let effect = statement
        .element(Element::Effect)
        .and_then(|effect| effect.value.as_str());
    let (unknown_actions, actions) = match action {
        Some(action) => actions(catalog, action),
        None => (Vec::new(), Vec::new()),
    };
    Parts {
        statement,
        elements,
        unknown,
        effect: match effect {
            Some("Allow") => Some(Effect::Allow),
            Some("Deny") => Some(Effect::Deny),
            _ => None,
        },
        actions,
        unknown_actions,
        not_action,
        resources: resource
            .map(|member| resources(member, attached_to))
            .unwrap_or_default(),
        not_resource,
        conditions: conditions(catalog, statement),
    }
}

fn resources(member: Member<'_>, attached_to: Option<PolicyResource>) -> Vec<Resource<'_>> {
    let mut resources = Vec::new();
    for (value, text) in texts(member) {
        resources.push(Resource {
            value,
            text,
            arn: Arn::of_pattern(text).or_else(|| shortened(text, attached_to)),
        });
    }
    resources
}

/// The segments of a shortened ARN, which API Gateway completes when it stores the policy of a REST API.
///
/// Source: API Gateway Developer Guide, "API Gateway resource policy examples".
fn shortened(text: &str, attached_to: Option<PolicyResource>) -> Option<Arn<'_>> {
    if attached_to != Some(PolicyResource::RestApi) {
        return None;
    }
    let form = overlay::short_form(text)?;
    // What the service puts before the slash may be anything, so formats match without it.
    let resource = text.get(form.prefix.len().checked_sub(1)?..)?;
    Some(Arn {
        resource,
        ..Arn::of_pattern(form.stands_for)?
    })
}

fn conditions(catalog: Catalog, statement: Statement<'_>) -> Vec<Condition<'_>> {
    let mut conditions = Vec::new();
    for condition in statement.conditions() {
        conditions.push(Condition {
            operator_member: condition.operator,
            operator: Operator::from_name(condition.operator.key),
            member: condition.key,
            key: catalog.condition_key(condition.key.key),
        });
    }
    conditions
}

fn texts(member: Member<'_>) -> impl Iterator<Item = (Value<'_>, &str)> {
    let values = member.value.one_or_many();
    values.filter_map(|value| Some((value, value.as_str()?)))
}

/// The unknown actions of an element, and the others.
fn actions(catalog: Catalog, member: Member<'_>) -> (Vec<(Value<'_>, &str)>, Vec<Action<'_>>) {
    let texts = texts(member);
    let mut unknown = Vec::new();
    let mut actions = Vec::with_capacity(texts.size_hint().1.unwrap_or_default());
    // Actions of one service are usually adjacent.
    let mut last: (&str, Option<Service>) = ("", None);
    for (value, text) in texts {
        if has_unknown(text) {
            unknown.push((value, text));
            continue;
        }
        let of_last = text.strip_prefix(last.0).and_then(|rest| rest.strip_prefix(':'));
        let name = of_last.unwrap_or_else(|| {
            let (prefix, name) = text.split_once(':').unwrap_or((text, ""));
            last = (prefix, catalog.service(prefix));
            name
        });
        let (prefix, service) = last;
        // A pattern is not the name of an action.
        let known = service.and_then(|service| service.action(name));
        let is_pattern = known.is_none() && iam_policy_core::wildcard::is_pattern(text);
        let first = match service {
            Some(service) if is_pattern => service.matching(name).next(),
            _ => known,
        };
        actions.push(Action {
            value,
            text,
            prefix,
            service,
            known,
            first,
            is_pattern,
        });
    }
    (unknown, actions)
}
