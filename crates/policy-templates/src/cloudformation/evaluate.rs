//! The values of a template's functions, as far as the template determines them.
//!
//! Source: AWS CloudFormation Template Reference, "Intrinsic function reference", "Pseudo parameters reference",
//! "Condition functions".

use std::cell::Cell;

use iam_policy_core::Style;
use iam_policy_core::variable::{Unknown, has_unknown};
use iam_policy_document::{Kind, Member, Path, Step, Value};

use super::arns::{Form, Reference, form};
use super::conditions::Branch;
use super::scope::Scope;
use crate::node::{Key, Node, NodeKind, name};
use crate::split::split;

/// How deeply functions and names may refer to each other.
const MAX_DEPTH: usize = 64;

/// How many values a policy may have. Functions can multiply what they refer to.
const MAX_NODES: usize = 200_000;

/// How long a text may become in bytes. Names can multiply the texts that they refer to.
const MAX_TEXT: usize = 100_000;

/// Computes values of a template under certain conditions.
pub(crate) struct Evaluator<'s, 't> {
    scope: &'s Scope<'t>,
    branch: &'s Branch,
    /// The names that replace those of the template.
    locals: &'s [(String, Node)],
    /// Whether a condition governs what is computed, so that parameters may have other values than their defaults.
    is_guarded: Cell<bool>,
    depth: Cell<usize>,
    nodes: Cell<usize>,
}

/// The function of a value, if it is one: its name and its argument.
pub(crate) fn function(value: Value<'_>) -> Option<Member<'_>> {
    let mut members = value.members();
    let (Some(only), None) = (members.next(), members.next()) else {
        return None;
    };
    let is_function = match only.key {
        "Ref" | "Condition" => only.value.is_string(),
        key => key.starts_with("Fn::") && !key.starts_with("Fn::ForEach"),
    };
    is_function.then_some(only)
}

impl<'s, 't> Evaluator<'s, 't> {
    pub(crate) fn new(
        scope: &'s Scope<'t>,
        branch: &'s Branch,
        locals: &'s [(String, Node)],
        is_guarded: bool,
    ) -> Self {
        Self {
            scope,
            branch,
            locals,
            is_guarded: Cell::new(is_guarded),
            depth: Cell::new(0),
            nodes: Cell::new(0),
        }
    }

    /// The value; `None` if it is absent.
    pub(crate) fn value(&self, value: Value<'_>) -> Option<Node> {
        self.nodes.set(self.nodes.get() + 1);
        if self.depth.get() >= MAX_DEPTH || self.nodes.get() > MAX_NODES {
            return Some(Self::unknown(value));
        }
        self.depth.set(self.depth.get() + 1);
        let result = self.value_within(value);
        self.depth.set(self.depth.get() - 1);
        result
    }

    fn value_within(&self, value: Value<'_>) -> Option<Node> {
        if let Some(member) = function(value) {
            let mut node = self.function(member, value)?;
            node.span = node.span.or(value.span());
            // What is inside has the paths of what it was computed from.
            node.path = node.path.or_else(|| Some(value.path()));
            return Some(node);
        }
        let kind = match value.kind() {
            Kind::Null => NodeKind::Null,
            Kind::Bool(so) => NodeKind::Bool(so),
            Kind::Number(text) | Kind::String(text) => NodeKind::Text(text.to_owned()),
            Kind::Array => {
                let mut items = Vec::new();
                let mut is_shifted = false;
                for item in value.items() {
                    match self.value(item) {
                        Some(mut node) => {
                            if is_shifted && node.path.is_none() {
                                node.path = Some(item.path());
                            }
                            items.push(node);
                        }
                        None => is_shifted = true,
                    }
                }
                NodeKind::List(items)
            }
            Kind::Object => {
                let mut members = Vec::new();
                for member in value.members() {
                    if let Some(node) = self.value(member.value) {
                        let key = Key {
                            text: member.key.to_owned(),
                            span: member.key_span(),
                        };
                        members.push((key, node));
                    }
                }
                NodeKind::Object(members)
            }
        };
        Some(Node {
            kind,
            span: value.span(),
            path: None,
        })
    }

    /// The text of a value, if it has one.
    pub(crate) fn text(&self, value: Value<'_>) -> Option<String> {
        let node = self.value(value)?;
        node.as_text().map(str::to_owned)
    }

    /// A value that is not known, named after its function.
    fn unknown(value: Value<'_>) -> Node {
        let mut text = String::new();
        // A `String` takes everything.
        let _ = value.write(&mut text, Style::MINIFIED.scalars(true));
        Node::text(Unknown::new(&name(&text)).to_string(), value.span())
    }

    fn function(&self, function: Member<'_>, whole: Value<'_>) -> Option<Node> {
        let argument = function.value;
        let text = |text: Option<String>| {
            let span = argument.span().filter(|_| argument.is_string()).or(whole.span());
            text.map(|text| Node::text(text, span))
        };
        let known = match function.key {
            "Ref" => return self.reference(argument.as_str().unwrap_or_default(), whole),
            "Fn::If" => return self.branch(argument, whole),
            "Fn::GetAtt" => text(self.attribute(argument)),
            "Fn::Sub" => text(self.sub(argument)),
            "Fn::Join" => text(self.join(argument)),
            "Fn::Split" => self.split(argument),
            "Fn::Select" => return self.select(argument).unwrap_or_else(|| Some(Self::unknown(whole))),
            "Fn::FindInMap" => self.find_in_map(argument),
            "Fn::ToJsonString" => self.value(argument),
            _ => None,
        };
        Some(known.unwrap_or_else(|| Self::unknown(whole)))
    }

    /// What `Ref` returns; `None` for `AWS::NoValue`.
    fn reference(&self, reference: &str, whole: Value<'_>) -> Option<Node> {
        if let Some((_, local)) = self.locals.iter().find(|(name, _)| name == reference) {
            return Some(Node {
                path: None,
                ..local.clone()
            });
        }
        let text = match reference {
            "AWS::NoValue" => return None,
            "AWS::Partition" | "AWS::Region" | "AWS::AccountId" | "AWS::StackName" => word(reference),
            "AWS::URLSuffix" => "amazonaws.com".to_owned(),
            "AWS::StackId" => format!(
                "arn:{}:cloudformation:{}:{}:stack/{}/{}",
                word("AWS::Partition"),
                word("AWS::Region"),
                word("AWS::AccountId"),
                word("AWS::StackName"),
                word("AWS::StackId")
            ),
            _ => return Some(self.named(reference, whole)),
        };
        Some(Node::text(text, whole.span()))
    }

    /// A parameter, or what `Ref` returns for a resource.
    fn named(&self, reference: &str, whole: Value<'_>) -> Node {
        if let Some(parameter) = self.scope.parameter(reference) {
            return self.parameter(reference, parameter, whole);
        }
        let Some((resource_type, resource)) = self.scope.resource(reference) else {
            return Node::text(self.undefined(reference), whole.span());
        };
        let text = match form(resource_type) {
            Some(form) => match form.reference {
                Reference::Name => self.name_of(reference, resource, form),
                Reference::Arn => self.arn(reference, resource, form),
                Reference::Other => Unknown::new(&name(reference)).to_string(),
            },
            None => Unknown::new(&name(reference)).to_string(),
        };
        Node::text(text, whole.span())
    }

    /// A name that the template does not define: that of a resource which a transform adds, or of a fragment.
    fn undefined(&self, reference: &str) -> String {
        if self.role_of_serverless(reference) {
            word(reference)
        } else {
            Unknown::new(&name(reference)).to_string()
        }
    }

    /// Whether the SAM transform adds a role with this name.
    ///
    /// Source: AWS SAM Developer Guide, "Generated AWS CloudFormation resources".
    fn role_of_serverless(&self, reference: &str) -> bool {
        let of = reference
            .strip_suffix("Role")
            .and_then(|function| self.scope.resource(function));
        of.is_some_and(|(resource_type, _)| {
            matches!(
                resource_type,
                "AWS::Serverless::Function" | "AWS::Serverless::StateMachine"
            )
        })
    }

    /// The default of a parameter, unless it is empty or a condition may exclude it.
    fn parameter(&self, reference: &str, parameter: Value<'_>, whole: Value<'_>) -> Node {
        let property = |key: &str| parameter.get(key).and_then(|member| member.value.as_text());
        let parameter_type = property("Type").unwrap_or_default();
        let is_list = parameter_type == "CommaDelimitedList" || parameter_type.starts_with("List<");
        // The default of such a parameter is the name of its value in Parameter Store.
        let is_stored = parameter_type.starts_with("AWS::SSM::Parameter::");
        let default = property("Default").filter(|default| !default.is_empty() && !is_stored && !self.is_guarded.get());
        let span = whole.span();
        match default {
            Some(default) if is_list => Node {
                kind: NodeKind::List(default.split(',').map(|item| Node::text(item.trim(), span)).collect()),
                span,
                path: None,
            },
            Some(default) => Node::text(default, span),
            None if parameter_type == "Number" || parameter_type.ends_with("::Id") => Node::text(word(reference), span),
            None => Node::text(Unknown::new(&name(reference)).to_string(), span),
        }
    }

    /// The name of a resource.
    pub(crate) fn name_of(&self, id: &str, resource: Value<'_>, form: Form) -> String {
        let property = |key: &str| {
            let properties = resource.get("Properties")?.value;
            self.text(properties.get(key)?.value).filter(|text| !text.is_empty())
        };
        let own = (!form.name.is_empty()).then(|| property(form.name)).flatten();
        own.unwrap_or_else(|| word(id))
    }

    /// The ARN of a resource.
    pub(crate) fn arn(&self, id: &str, resource: Value<'_>, form: Form) -> String {
        let mut resource_name = self.name_of(id, resource, form);
        let path = resource
            .get("Properties")
            .and_then(|properties| properties.value.get("Path"));
        if let Some(path) = path.filter(|_| form.arn.starts_with("iam:"))
            && let Some(path) = self.text(path.value)
        {
            resource_name = path.trim_start_matches('/').to_owned() + &resource_name;
        }
        // The name of a provider is its address.
        let resource_name = resource_name.strip_prefix("https://").unwrap_or(&resource_name);
        let resource_name = resource_name.strip_prefix('/').unwrap_or(resource_name);
        let arn = form
            .arn
            .replace("{R}", &word("AWS::Region"))
            .replace("{A}", &word("AWS::AccountId"));
        format!("arn:{}:{}", word("AWS::Partition"), arn.replace("{N}", resource_name))
    }

    /// What `Fn::GetAtt` returns: `["A", "B"]` or `"A.B"`.
    fn attribute(&self, argument: Value<'_>) -> Option<String> {
        if let Some(text) = argument.as_str() {
            let (id, attribute) = text.split_once('.')?;
            return Some(self.attribute_of(id, attribute));
        }
        let mut items = argument.items();
        let (id, attribute) = (items.next()?.as_str()?, self.text(items.next()?)?);
        Some(self.attribute_of(id, &attribute))
    }

    fn attribute_of(&self, id: &str, attribute: &str) -> String {
        let unknown = || Unknown::new(&name(&format!("{id}.{attribute}"))).to_string();
        if self.role_of_serverless(id) && self.scope.resource(id).is_none() && attribute == "Arn" {
            return format!(
                "arn:{}:iam::{}:role/{}",
                word("AWS::Partition"),
                word("AWS::AccountId"),
                word(id)
            );
        }
        let Some((resource_type, resource)) = self.scope.resource(id) else {
            return unknown();
        };
        let Some(form) = form(resource_type) else {
            return unknown();
        };
        match attribute {
            "Arn" | "TopicArn" | "PolicyArn" | "StateMachineArn" | "DomainArn" => self.arn(id, resource, form),
            "Name" | "QueueName" | "TopicName" | "DomainName" | "FunctionName" | "TableName"
                if form.reference != Reference::Name || attribute == form.name =>
            {
                self.name_of(id, resource, form)
            }
            "StreamArn" if resource_type.starts_with("AWS::DynamoDB::") => {
                format!(
                    "{}/stream/{}",
                    self.arn(id, resource, form),
                    word(&format!("{id}.StreamArn"))
                )
            }
            "RoleId" | "KeyId" | "RepositoryName" | "UserId" => word(&format!("{id}.{attribute}")),
            _ => unknown(),
        }
    }

    /// `Fn::Sub`: a text, or a text and a map of its names.
    fn sub(&self, argument: Value<'_>) -> Option<String> {
        if let Some(text) = argument.as_str() {
            return Some(self.substituted(text, None));
        }
        let mut items = argument.items();
        let text = items.next()?.as_str()?;
        Some(self.substituted(text, items.next()))
    }

    /// A text with the values of what is between `${` and `}`.
    ///
    /// - `map`: an object with values of names
    pub(crate) fn substituted(&self, text: &str, map: Option<Value<'_>>) -> String {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            result.push_str(before);
            let Some((inside, after)) = after.split_once('}') else {
                result.push_str("${");
                result.push_str(after);
                return result;
            };
            if let Some(literal) = inside.strip_prefix('!') {
                result.extend(["${", literal, "}"]);
            } else {
                result.push_str(&self.named_in_text(inside.trim(), map));
            }
            rest = after;
            if result.len() > MAX_TEXT {
                return word("Fn::Sub");
            }
        }
        result.push_str(rest);
        result
    }

    fn named_in_text(&self, reference: &str, map: Option<Value<'_>>) -> String {
        let unknown = || Unknown::new(&name(reference)).to_string();
        if let Some(member) = map.and_then(|map| map.get(reference)) {
            return self.text(member.value).unwrap_or_else(unknown);
        }
        if let Some((id, attribute)) = reference.split_once('.') {
            return self.attribute_of(id, attribute);
        }
        // The location of the text is its caller's.
        let nowhere = iam_policy_document::Builder::new().finish();
        let node = self.reference(reference, nowhere.root());
        node.and_then(|node| node.as_text().map(str::to_owned))
            .unwrap_or_else(unknown)
    }

    fn join(&self, argument: Value<'_>) -> Option<String> {
        let mut items = argument.items();
        let (delimiter, list) = (items.next()?.as_str()?, self.value(items.next()?)?);
        let NodeKind::List(items) = list.kind else { return None };
        let mut texts = Vec::with_capacity(items.len());
        for item in &items {
            texts.push(item.as_text()?);
        }
        Some(texts.join(delimiter))
    }

    fn split(&self, argument: Value<'_>) -> Option<Node> {
        let mut items = argument.items();
        let (delimiter, source) = (items.next()?.as_str()?, items.next()?);
        let text = self.text(source)?;
        let texts = split(&text, delimiter)?;
        Some(Node {
            kind: NodeKind::List(texts.into_iter().map(|text| Node::text(text, source.span())).collect()),
            span: source.span(),
            path: None,
        })
    }

    /// The result; nothing if it is not known.
    #[expect(clippy::option_option, reason = "a known element may be absent")]
    fn select(&self, argument: Value<'_>) -> Option<Option<Node>> {
        let mut items = argument.items();
        let index: usize = self.text(items.next()?)?.parse().ok()?;
        let list = items.next()?;
        if list.is_array() && function(list).is_none() {
            return list.items().nth(index).map(|item| self.value(item));
        }
        match self.value(list)?.kind {
            NodeKind::List(items) => items.into_iter().nth(index).map(Some),
            _ => None,
        }
    }

    /// `Fn::FindInMap`. A value that is the same for all keys that an unknown name can be is known.
    fn find_in_map(&self, argument: Value<'_>) -> Option<Node> {
        let mut items = argument.items();
        let map = self.scope.mapping(&self.text(items.next()?)?)?;
        let (top, second) = (self.text(items.next()?)?, self.text(items.next()?)?);
        let candidates = |value: Value<'t>, key: &str| -> Vec<Value<'t>> {
            if has_unknown(key) {
                value.members().map(|member| member.value).collect()
            } else {
                value.get(key).map(|member| member.value).into_iter().collect()
            }
        };
        let mut found = Vec::new();
        for value in candidates(map, &top) {
            found.extend(candidates(value, &second));
        }
        let (first, others) = found.split_first()?;
        let is_same = |other: &Value<'_>| {
            let text = first.as_text();
            text.is_some() && text == other.as_text()
        };
        others.iter().all(is_same).then(|| Node::of(*first))
    }

    /// `Fn::If`: one of two values. Without a decision, neither is known.
    fn branch(&self, argument: Value<'_>, whole: Value<'_>) -> Option<Node> {
        let mut items = argument.items();
        let (Some(condition), Some(yes), Some(no)) = (items.next(), items.next(), items.next()) else {
            return Some(Self::unknown(whole));
        };
        let condition = condition.as_str().unwrap_or_default();
        let Some(holds) = self.branch.get(condition) else {
            return Some(Self::unknown(whole));
        };
        let chosen = if holds { yes } else { no };
        let is_decided = self.branch.is_decided(condition);
        let outer = self.is_guarded.replace(self.is_guarded.get() || !is_decided);
        let mut node = self.value(chosen);
        self.is_guarded.set(outer);
        if let Some(node) = &mut node
            && node.path.is_none()
        {
            node.path = Some(chosen.path());
        }
        node
    }
}

/// An unknown part that is a single word.
fn word(text: &str) -> String {
    Unknown::word(&name(text)).to_string()
}

/// The path of a policy's name: that of its value, without the steps that say that it is one.
pub(crate) fn shortened(path: &Path) -> Path {
    let mut path = path.clone();
    let is_document = |step: &Step| matches!(step, Step::Value(name) if name == "PolicyDocument");
    let is_index = |step: Option<&Step>| matches!(step, Some(Step::Index(_)));
    while let [.., before, last] = path.0.as_slice()
        && is_document(last)
        && is_index(Some(before))
    {
        path.0.pop();
    }
    path
}
