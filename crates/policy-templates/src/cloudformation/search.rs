//! The policies of resources.

use std::collections::HashSet;

use iam_policy_core::{AttachmentKind, PolicyType};
use iam_policy_document::{Diagnostic, Location, Member, Path, Severity, Value, did_you_mean};

use super::conditions::{Branches, conditions_in};
use super::evaluate::{Evaluator, function, shortened};
use super::permission::permission;
use super::resources::{CUSTOM_STATEMENTS, Kind, OTHER_LANGUAGES, kind};
use super::rounds::Rounds;
use super::sam;
use super::scope::Scope;
use crate::embedded::{self, Embedded};
use crate::node::{Key, Node, NodeKind, policy_of};
use crate::{ManagedPolicy, Policy, Variant, problem};

/// How deeply values are searched.
const MAX_DEPTH: usize = 128;

/// Collects the policies of resources.
pub(super) struct Search<'s, 't> {
    source: &'s [u8],
    scope: &'s Scope<'t>,
    pub(super) policies: Vec<Policy>,
    pub(super) managed: Vec<ManagedPolicy>,
    pub(super) problems: Vec<Diagnostic>,
    names: HashSet<String>,
    /// The names that loops define.
    locals: Vec<(String, Node)>,
    /// What another format does with texts.
    pub(super) replace: Option<super::Replace<'s>>,
    /// What another format makes a policy of.
    pub(super) wrap: Option<&'s dyn Fn(Node) -> Node>,
}

/// What is known about a place in a resource.
#[derive(Clone, Copy)]
struct Place<'p> {
    resource_type: &'p str,
    resource: Option<Value<'p>>,
    /// The properties from the resource to here, without indices.
    property: &'p str,
    /// The conditions that must hold, or must not.
    given: &'p [(String, bool)],
    depth: usize,
}

impl Place<'_> {
    const UNKNOWN: Self = Self {
        resource_type: "",
        resource: None,
        property: "",
        given: &[],
        depth: 0,
    };
}

impl<'s, 't> Search<'s, 't> {
    pub(super) fn new(source: &'s [u8], scope: &'s Scope<'t>) -> Self {
        Self {
            source,
            scope,
            policies: Vec::new(),
            managed: Vec::new(),
            problems: Vec::new(),
            names: HashSet::new(),
            locals: Vec::new(),
            replace: None,
            wrap: None,
        }
    }

    /// The policies of an object of resources.
    pub(super) fn resources(&mut self, resources: Value<'_>) {
        for member in resources.members() {
            if member.key.starts_with("Fn::ForEach::") {
                self.for_each(member);
            } else {
                self.resource(member.value);
            }
        }
    }

    /// The resources that a loop adds.
    fn for_each(&mut self, member: Member<'_>) {
        match Rounds::new(self.scope, &self.locals, member.value) {
            Ok(rounds) => {
                for item in rounds.items {
                    self.locals.push((rounds.name.to_owned(), item));
                    self.resources(rounds.body);
                    self.locals.pop();
                }
            }
            Err(problem) => self.problems.push(problem),
        }
    }

    /// The policies of a resource.
    pub(super) fn resource(&mut self, resource: Value<'_>) {
        let resource_type = resource.get("Type").and_then(|member| member.value.as_str());
        let Some(resource_type) = resource_type.filter(|name| name.contains("::")) else {
            // What another tool makes a resource of, such as a module.
            self.anything(resource);
            return;
        };
        let Some(properties) = resource.get("Properties") else {
            return;
        };
        if OTHER_LANGUAGES.contains(&resource_type) {
            return;
        }
        let condition = resource.get("Condition").and_then(|member| member.value.as_str());
        let given: Vec<_> = condition.map(|name| (name.to_owned(), true)).into_iter().collect();
        let place = Place {
            resource_type,
            resource: Some(resource),
            property: "",
            given: &given,
            depth: 0,
        };
        match resource_type {
            "AWS::Lambda::Permission" | "AWS::Lambda::LayerVersionPermission" | "AWS::Events::EventBusPolicy" => {
                self.permission(resource_type, properties.value, place);
            }
            "AWS::Organizations::Policy" => self.organization(properties.value, place),
            "AWS::Serverless::Function" | "AWS::Serverless::StateMachine" => {
                self.search(properties.value, place);
                if let Some(policies) = properties.value.get("Policies") {
                    let place = Place {
                        property: "Policies",
                        ..place
                    };
                    self.serverless(policies.value, place);
                }
            }
            _ => self.search(properties.value, place),
        }
    }

    /// The policies in a value about which nothing is known.
    pub(super) fn anything(&mut self, value: Value<'_>) {
        self.search(value, Place::UNKNOWN);
    }

    /// The policy that a value is, whatever it looks like.
    pub(super) fn anything_as_policy(&mut self, value: Value<'_>) {
        self.add(value, None, Place::UNKNOWN);
    }

    /// A policy that was cut out of a template.
    pub(super) fn policy_alone(&mut self, policy: Value<'_>) {
        self.add(policy, None, Place::UNKNOWN);
        if let Some(member) = first_function(policy) {
            let message = format!(
                "`{}` is a function of CloudFormation, so a part of this policy is unknown",
                member.key
            );
            let mut note = problem(message, member.value);
            note.severity = Severity::Note;
            note.location.path = member.key_path();
            note.location.span = member.key_span().or(note.location.span);
            self.problems.push(note);
        }
    }

    /// Finds the policies in a value.
    fn search(&mut self, value: Value<'_>, place: Place<'_>) {
        if place.depth > MAX_DEPTH {
            return;
        }
        let deeper = Place {
            depth: place.depth + 1,
            ..place
        };
        if let Some(kind) = kind(place.resource_type, place.property)
            && !is_branch(value)
            && (!value.is_array() || value.items().all(|item| !item.is_object()) || place.property == CUSTOM_STATEMENTS)
        {
            if place.property == CUSTOM_STATEMENTS {
                let wrap = |list: Node| policy_of(list, &value.path());
                self.add_wrapped(value, Some(kind), place, Some(&wrap));
            } else {
                self.add(value, Some(kind), place);
            }
            return;
        }
        if let Some(member) = function(value) {
            if member.key == "Fn::If" {
                self.branches(member.value, place, Self::search);
            } else if member.key == "Fn::ToJsonString" && member.value.is_object() {
                self.search(member.value, deeper);
            } else if embedded::is_policy(member.value) {
                self.add(value, None, place);
            }
            return;
        }
        if place.property == "ManagedPolicyArns" || place.property == "ManagedPolicies" {
            self.managed(value);
            return;
        }
        if is_policy(value) || embedded::is_policy(value) {
            if !(place.resource_type.starts_with("AWS::Serverless::") && place.property == "Policies") {
                self.add(value, None, place);
            }
            return;
        }
        for item in value.items() {
            self.search(item, deeper);
        }
        for member in value.members() {
            let separator = if place.property.is_empty() { "" } else { "." };
            let property = [place.property, separator, member.key].concat();
            let place = Place {
                property: &property,
                ..deeper
            };
            self.search(member.value, place);
        }
    }

    /// Both values of `Fn::If`.
    fn branches(&mut self, argument: Value<'_>, place: Place<'_>, each: fn(&mut Self, Value<'_>, Place<'_>)) {
        let mut items = argument.items();
        let Some(condition) = items.next().and_then(Value::as_str) else {
            return;
        };
        for (value, holds) in items.zip([true, false]) {
            let mut given = place.given.to_vec();
            if given.iter().any(|(name, so)| name == condition && *so != holds) {
                continue;
            }
            given.push((condition.to_owned(), holds));
            let place = Place {
                given: &given,
                depth: place.depth + 1,
                ..place
            };
            if place.depth <= MAX_DEPTH {
                each(self, value, place);
            }
        }
    }

    /// The policies of a function or a state machine of SAM: names or ARNs of managed policies, policies, statements,
    /// and policy templates with their parameters.
    ///
    /// Source: AWS SAM Developer Guide, "`AWS::Serverless::Function`", `Policies`.
    fn serverless(&mut self, value: Value<'_>, place: Place<'_>) {
        if let Some(member) = function(value) {
            if member.key == "Fn::If" {
                self.branches(member.value, place, Self::serverless);
            } else {
                self.managed(value);
            }
        } else if value.is_array() {
            for item in value.items() {
                let place = Place {
                    depth: place.depth + 1,
                    ..place
                };
                if place.depth <= MAX_DEPTH {
                    self.serverless(item, place);
                }
            }
        } else if value.is_string() {
            self.managed(value);
        } else if value.get("Statement").is_some() {
            let kind = Kind {
                policy_type: PolicyType::Identity,
                resource_type: None,
                attach: Some(AttachmentKind::InlineRole),
            };
            self.add(value, Some(kind), place);
        } else {
            for member in value.members() {
                self.published(member, place);
            }
        }
    }

    /// A policy template of SAM.
    fn published(&mut self, member: Member<'_>, place: Place<'_>) {
        let Some(statement) = sam::statement(member.key) else {
            let mut unknown = problem(format!("SAM has no policy template `{}`", member.key), member.value);
            unknown.location.path = member.key_path();
            unknown.location.span = member.key_span().or(unknown.location.span);
            unknown.severity = Severity::Warning;
            if let Some(meant) = sam::nearest(member.key) {
                unknown = unknown.help(did_you_mean(meant));
            }
            self.problems.push(unknown);
            return;
        };
        let mut names = Vec::new();
        conditions_in(member.value, &mut names);
        let branches = Branches::new(self.scope, &names, place.given);
        let mut variants = Vec::new();
        for branch in &branches.all {
            let own = Evaluator::new(self.scope, branch, &self.locals, branches.is_guarded);
            let mut locals = self.locals.clone();
            for parameter in member.value.members() {
                if let Some(value) = own.value(parameter.value) {
                    locals.push((parameter.key.to_owned(), value));
                }
            }
            let span = member.key_span().or(member.value.span());
            let Some(mut statements) = Evaluator::new(self.scope, branch, &locals, true).value(statement) else {
                continue;
            };
            statements.forget_places();
            statements.move_spans(&|_| span);
            let key = Key {
                text: "Statement".to_owned(),
                span,
            };
            let policy = Node {
                kind: NodeKind::Object(vec![version(), (key, statements)]),
                span,
                path: None,
            };
            variants.push(Variant {
                conditions: branch.of(&names),
                document: policy.document(member.value.path()),
            });
        }
        self.push(Policy {
            name: member.value.path().to_string(),
            policy_type: PolicyType::Identity,
            resource_type: None,
            attach: None,
            variants,
            is_partial: branches.is_partial,
            problems: Vec::new(),
            file: 0,
            is_published: true,
        });
    }

    /// The names or ARNs of managed policies.
    fn managed(&mut self, value: Value<'_>) {
        if let Some(member) = function(value).filter(|member| member.key == "Fn::If") {
            member.value.items().skip(1).for_each(|item| self.managed(item));
            return;
        }
        if value.is_array() {
            value.items().for_each(|item| self.managed(item));
            return;
        }
        let branch = super::conditions::Branch::default();
        let evaluator = Evaluator::new(self.scope, &branch, &self.locals, true);
        if let Some(arn) = evaluator.text(value) {
            self.managed.push(ManagedPolicy {
                arn,
                location: Location {
                    path: value.path(),
                    span: value.span(),
                },
            });
        }
    }

    /// A resource that is a statement.
    fn permission(&mut self, resource_type: &str, properties: Value<'_>, place: Place<'_>) {
        let mut names = Vec::new();
        conditions_in(properties, &mut names);
        let branches = Branches::new(self.scope, &names, place.given);
        let mut variants = Vec::new();
        let mut resource = None;
        for branch in &branches.all {
            let evaluator = Evaluator::new(self.scope, branch, &self.locals, branches.is_guarded);
            let Some(evaluated) = evaluator.value(properties) else {
                continue;
            };
            let Some((statement, attached_to)) = permission(resource_type, evaluated) else {
                return;
            };
            resource = attached_to;
            let span = properties.span();
            let key = Key {
                text: "Statement".to_owned(),
                span,
            };
            let policy = Node {
                kind: NodeKind::Object(vec![version(), (key, statement)]),
                span,
                path: None,
            };
            variants.push(Variant {
                conditions: branch.of(&names),
                document: policy.document(properties.path()),
            });
        }
        self.push(Policy {
            name: properties.path().to_string(),
            policy_type: PolicyType::Resource,
            resource_type: resource,
            attach: None,
            variants,
            is_partial: branches.is_partial,
            problems: Vec::new(),
            file: 0,
            is_published: false,
        });
    }

    /// A policy of AWS Organizations. Those of other types than the two are in other languages.
    ///
    /// Source: AWS CloudFormation Template Reference, "`AWS::Organizations::Policy`".
    fn organization(&mut self, properties: Value<'_>, place: Place<'_>) {
        let property = |key: &str| properties.get(key).map(|member| member.value);
        let (policy_type, attach) = match property("Type").and_then(Value::as_str) {
            Some("SERVICE_CONTROL_POLICY") => (PolicyType::ServiceControl, Some(AttachmentKind::ServiceControl)),
            Some("RESOURCE_CONTROL_POLICY") => (PolicyType::ResourceControl, None),
            _ => return,
        };
        if let Some(content) = property("Content") {
            let kind = Kind {
                policy_type,
                resource_type: None,
                attach,
            };
            self.add(content, Some(kind), place);
        }
    }

    /// Adds the policy that a value is: an object, a function, or a string with JSON.
    fn add(&mut self, value: Value<'_>, kind: Option<Kind>, place: Place<'_>) {
        self.add_wrapped(value, kind, place, self.wrap);
    }

    /// - `wrap`: makes the policy of the computed value
    fn add_wrapped(
        &mut self,
        value: Value<'_>,
        kind: Option<Kind>,
        place: Place<'_>,
        wrap: Option<&dyn Fn(Node) -> Node>,
    ) {
        let mut names = Vec::new();
        conditions_in(value, &mut names);
        let branches = Branches::new(self.scope, &names, place.given);
        let mut variants = Vec::new();
        let mut problems: Vec<Diagnostic> = Vec::new();
        for branch in &branches.all {
            let evaluator = Evaluator::new(self.scope, branch, &self.locals, branches.is_guarded);
            let node = match embedded::json(self.source, value) {
                Some(Embedded {
                    mut node,
                    problems: own,
                    map,
                    is_template,
                }) => {
                    for problem in own {
                        if !problems.contains(&problem) {
                            problems.push(problem);
                        }
                    }
                    if is_template {
                        node.change_texts(&mut |text| text.contains("${").then(|| evaluator.substituted(text, map)));
                    }
                    Some(node)
                }
                None => evaluator.value(value),
            };
            let Some(mut node) = node else { continue };
            // What is not known at all is not a policy that could be checked.
            if node.as_text().is_some() {
                if kind.is_none() {
                    return;
                }
                continue;
            }
            if let Some(replace) = self.replace {
                node.change_texts(&mut |text| replace(text));
            }
            if let Some(wrap) = wrap {
                node = wrap(node);
            }
            node.path = None;
            variants.push(Variant {
                conditions: branch.of(&names),
                document: node.document(value.path()),
            });
        }
        let Some(first) = variants.first() else { return };
        let kind = kind.unwrap_or_else(|| Kind {
            policy_type: first.document.inferred_type(),
            resource_type: None,
            attach: None,
        });
        self.push(Policy {
            name: name(&value.path()),
            policy_type: kind.policy_type,
            resource_type: kind.resource_type,
            attach: kind.attach.or_else(|| attach(place.resource_type, place.resource)),
            variants,
            is_partial: branches.is_partial,
            problems,
            file: 0,
            is_published: false,
        });
    }

    fn push(&mut self, mut policy: Policy) {
        // The rounds of a loop have the same place.
        let mut number = 2;
        let own = policy.name.clone();
        while !self.names.insert(policy.name.clone()) {
            policy.name = format!("{own}({number})");
            number += 1;
        }
        if !policy.variants.is_empty() {
            self.policies.push(policy);
        }
    }
}

fn name(path: &Path) -> String {
    shortened(path).to_string()
}

/// How a policy of `AWS::IAM::Policy` is attached, if all its identities are of one kind.
fn attach(resource_type: &str, resource: Option<Value<'_>>) -> Option<AttachmentKind> {
    if resource_type != "AWS::IAM::Policy" {
        return None;
    }
    let properties = resource?.get("Properties")?.value;
    let kinds = [
        ("Roles", AttachmentKind::InlineRole),
        ("Groups", AttachmentKind::InlineGroup),
        ("Users", AttachmentKind::InlineUser),
    ];
    let mut own = kinds.iter().filter(|(key, _)| properties.get(key).is_some());
    match (own.next(), own.next()) {
        (Some((_, kind)), None) => Some(*kind),
        _ => None,
    }
}

/// The first function in a value.
fn first_function(value: Value<'_>) -> Option<Member<'_>> {
    function(value)
        .or_else(|| value.items().find_map(first_function))
        .or_else(|| value.members().find_map(|member| first_function(member.value)))
}

fn is_branch(value: Value<'_>) -> bool {
    function(value).is_some_and(|member| member.key == "Fn::If")
}

/// Whether an object is a policy.
fn is_policy(value: Value<'_>) -> bool {
    value.get("Statement").is_some_and(|member| {
        let has_effect = |statement: Value<'_>| match function(statement) {
            Some(branch) => branch.value.items().any(|item| item.get("Effect").is_some()),
            None => statement.get("Effect").is_some(),
        };
        member.value.one_or_many().any(has_effect)
    })
}

fn version() -> (Key, Node) {
    let key = Key {
        text: "Version".to_owned(),
        span: None,
    };
    (key, Node::text(iam_policy_core::VERSION, None))
}
