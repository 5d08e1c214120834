//! The parts of a policy that the explanation shows, from a document or a spec.

use iam_policy_account::Answered;
use iam_policy_catalog::overlay::short_form;
use iam_policy_catalog::{Action as Known, Catalog, ResourceType};
use iam_policy_check::may_match;
use iam_policy_core::{Partition, PolicyType, wildcard};
use iam_policy_document::{Document, Element, Member, Value};
use iam_policy_spec::{Policy, Spec};

use super::extent::{Extent, Levels};
use crate::policies::Selection;

/// A policy, or an extension of one.
pub(super) struct Subject<'a> {
    /// A heading, unless its name is enough.
    pub(super) title: Option<&'a str>,
    /// The policy in its spec.
    pub(super) policy: Option<&'a str>,
    pub(super) extension: Option<&'a str>,
    /// It is a trust policy.
    pub(super) is_trust: bool,
    /// The principal it belongs to, in output of the `aws` command line.
    pub(super) whose: Option<&'a str>,
    pub(super) statements: Vec<Statement<'a>>,
}

#[derive(Default)]
pub(super) struct Statement<'a> {
    pub(super) sid: &'a str,
    /// Its id in the spec.
    pub(super) id: Option<&'a str>,
    pub(super) effect: &'a str,
    pub(super) partitions: Vec<&'static str>,
    pub(super) reason: Option<&'a str>,
    pub(super) without: Option<&'a str>,
    pub(super) principals: Vec<Principal<'a>>,
    /// The principals are exclusions.
    pub(super) not_principals: bool,
    pub(super) actions: Vec<Pattern<'a>>,
    /// The number of its actions for each access level that occurs.
    pub(super) levels: Levels,
    /// The actions are exclusions.
    pub(super) not_actions: bool,
    pub(super) resources: Vec<Resource<'a>>,
    /// The resources are exclusions.
    pub(super) not_resources: bool,
    pub(super) conditions: Vec<Condition<'a>>,
}

/// A principal named by a resource policy or a trust policy.
pub(super) struct Principal<'a> {
    /// Its kind, such as `AWS`; `*` for everyone.
    pub(super) kind: &'a str,
    pub(super) id: &'a str,
}

/// An action as written.
pub(super) struct Pattern<'a> {
    pub(super) text: &'a str,
    pub(super) reason: Option<&'a str>,
    pub(super) without: Option<&'a str>,
    /// How much of it is shown.
    pub(super) extent: Extent,
}

pub(super) struct Resource<'a> {
    pub(super) arn: &'a str,
    pub(super) partitions: Vec<&'static str>,
    pub(super) reason: Option<&'a str>,
    pub(super) without: Option<&'a str>,
}

pub(super) struct Condition<'a> {
    pub(super) operator: &'a str,
    pub(super) key: &'a str,
    pub(super) values: Vec<&'a str>,
}

impl<'a> Subject<'a> {
    pub(super) fn of_document(name: &'a str, document: &'a Document) -> Self {
        Self {
            title: Some(name),
            policy: None,
            extension: None,
            is_trust: document.inferred_type() == PolicyType::Trust,
            whose: None,
            statements: document.statements().map(Statement::of_document).collect(),
        }
    }

    pub(super) fn of_answered(answered: &'a Answered) -> Self {
        Self {
            whose: Some(&answered.whose),
            ..Self::of_document(&answered.whose, &answered.document)
        }
    }

    /// A policy of a template, with its name.
    pub(super) fn of_named(name: &'a str, document: &'a Document) -> Self {
        Self {
            whose: Some(name),
            ..Self::of_document(name, document)
        }
    }

    pub(super) fn of_spec(spec: &'a Spec) -> Vec<Self> {
        spec.policies.iter().flat_map(Self::of_policy).collect()
    }

    /// Whether the policy is selected, and the extension if it is one.
    pub(super) fn is_selected(&self, selection: Selection<'_>) -> bool {
        self.policy == Some(selection.policy()) && self.extension.is_none_or(|extension| selection.has(extension))
    }

    fn of_policy(policy: &'a Policy) -> Vec<Self> {
        let name = policy.name.value.as_str();
        let title = |title: &'a Option<iam_policy_spec::Template>| title.as_ref().map(|title| title.text.as_str());
        let own = Self {
            title: Some(title(&policy.title).unwrap_or(name)),
            policy: Some(name),
            extension: None,
            is_trust: false,
            whose: None,
            statements: policy.statements.iter().map(Statement::of_spec).collect(),
        };
        let extensions = policy.extensions.iter().map(|extension| Self {
            title: title(&extension.title),
            policy: Some(name),
            extension: Some(&extension.name.value),
            is_trust: false,
            whose: None,
            statements: extension.statements.iter().map(Statement::of_spec).collect(),
        });
        let trust = policy.trust.iter().map(|trust| Self {
            title: None,
            policy: Some(name),
            extension: None,
            is_trust: true,
            whose: None,
            statements: trust.statements.iter().map(Statement::of_spec).collect(),
        });
        [own].into_iter().chain(extensions).chain(trust).collect()
    }
}

impl<'a> Statement<'a> {
    pub(super) fn of_document(statement: iam_policy_document::Statement<'a>) -> Self {
        let text = |element| {
            let value = statement.element(element).and_then(|member| member.value.as_str());
            value.unwrap_or_default()
        };
        let either = |element, not_element| match (statement.element(element), statement.element(not_element)) {
            (None, Some(not)) => (texts(not), true),
            (member, _) => (member.map(texts).unwrap_or_default(), false),
        };
        let principals = [Element::Principal, Element::NotPrincipal];
        let [principals, not_principals] = principals.map(|element| statement.element(element));
        let (actions, not_actions) = either(Element::Action, Element::NotAction);
        let (resources, not_resources) = either(Element::Resource, Element::NotResource);
        let conditions = statement.conditions().map(|condition| Condition {
            operator: condition.operator.key,
            key: condition.key.key,
            values: condition.values().filter_map(Value::as_text).collect(),
        });
        Self {
            sid: text(Element::Sid),
            effect: text(Element::Effect),
            principals: principals.or(not_principals).map(Principal::all).unwrap_or_default(),
            not_principals: principals.is_none() && not_principals.is_some(),
            actions: actions.into_iter().map(Pattern::bare).collect(),
            not_actions,
            resources: resources.into_iter().map(Resource::bare).collect(),
            not_resources,
            conditions: conditions.collect(),
            ..Self::default()
        }
    }

    pub(super) fn of_spec(statement: &'a iam_policy_spec::Statement) -> Self {
        let text = |template: &'a Option<iam_policy_spec::Template>| template.as_ref().map(|prose| prose.text.as_str());
        let names = |partitions: &[iam_policy_spec::Spanned<Partition>]| {
            partitions.iter().map(|partition| partition.value.name()).collect()
        };
        let actions = statement.action_key().1.iter().map(|action| Pattern {
            text: &action.pattern.value,
            reason: text(&action.reason),
            without: text(&action.without),
            extent: Extent::Full,
        });
        let resources = statement.resource_key().1.iter().flat_map(|resource| {
            resource.arn.texts().map(|arn| Resource {
                arn,
                partitions: names(&resource.partitions),
                reason: text(&resource.reason),
                without: text(&resource.without),
            })
        });
        let (principals, not_principals) = statement.named_principals();
        let principals = principals.iter().map(|principal| Principal {
            kind: principal.key.name(),
            id: &principal.name.text,
        });
        Self {
            sid: &statement.sid.value,
            id: Some(statement.id.value.as_str()).filter(|id| !id.is_empty()),
            effect: statement.effect.name(),
            partitions: names(&statement.partitions),
            reason: text(&statement.reason),
            without: text(&statement.without),
            principals: principals.collect(),
            not_principals,
            actions: actions.collect(),
            levels: Levels::new(),
            not_actions: !statement.not_actions.is_empty(),
            resources: resources.collect(),
            not_resources: !statement.not_resources.is_empty(),
            conditions: Condition::of_spec(&statement.conditions),
        }
    }

    /// The statement's resources that may have this type; all types of resources for `NotResource`.
    pub(super) fn about(&self, resource_type: ResourceType) -> Vec<&'a str> {
        let resources = self.resources.iter().map(|resource| resource.arn);
        if self.not_resources {
            return vec!["*"];
        }
        let is_resource_policy = !self.principals.is_empty();
        let matches = |arn: &str| match short_form(arn).filter(|_| is_resource_policy) {
            Some(form) => {
                let completed = [form.stands_for, arn.get(form.prefix.len()..).unwrap_or_default()].concat();
                may_match(resource_type, &completed)
            }
            None => may_match(resource_type, arn),
        };
        resources.filter(|arn| matches(arn)).collect()
    }

    /// Whether the statement has no resource element: a trust policy applies to the role it belongs to.
    pub(super) fn is_about_its_own(&self) -> bool {
        self.resources.is_empty() && !self.not_resources
    }

    /// Whether the statement allows an action without a resource.
    pub(super) fn is_about_everything(&self) -> bool {
        self.not_resources || self.is_about_its_own() || self.resources.iter().any(|resource| resource.arn == "*")
    }
}

fn texts(member: Member<'_>) -> Vec<&str> {
    member.value.one_or_many().filter_map(Value::as_str).collect()
}

impl<'a> Condition<'a> {
    pub(super) fn of_spec(conditions: &'a [iam_policy_spec::Condition]) -> Vec<Self> {
        let conditions = conditions.iter().map(|condition| Self {
            operator: &condition.operator.value,
            key: &condition.key.value,
            values: condition
                .values
                .iter()
                .flat_map(iam_policy_spec::Template::texts)
                .collect(),
        });
        conditions.collect()
    }
}

impl<'a> Principal<'a> {
    fn all(member: Member<'a>) -> Vec<Self> {
        if let Some(id) = member.value.as_str() {
            return vec![Self { kind: "*", id }];
        }
        let of = |member: Member<'a>| texts(member).into_iter().map(move |id| Self { kind: member.key, id });
        member.value.members().flat_map(of).collect()
    }
}

impl<'a> Pattern<'a> {
    fn bare(text: &'a str) -> Self {
        Self {
            text,
            reason: None,
            without: None,
            extent: Extent::Full,
        }
    }

    pub(super) fn is_wildcard(&self) -> bool {
        wildcard::is_pattern(self.text)
    }

    /// The known actions that it matches.
    pub(super) fn actions(&self) -> impl Iterator<Item = Known> + use<'a> {
        Catalog::get().expand(self.text)
    }
}

impl<'a> Resource<'a> {
    fn bare(arn: &'a str) -> Self {
        Self {
            arn,
            partitions: Vec::new(),
            reason: None,
            without: None,
        }
    }
}
