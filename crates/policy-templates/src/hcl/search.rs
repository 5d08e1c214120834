//! The policies of a module.

use std::collections::{BTreeSet, HashSet};

use iam_policy_core::PolicyType;
use iam_policy_core::variable::{has_unknown, only_unknown};
use iam_policy_document::{Diagnostic, Location, Path as DocumentPath, Span, Step as PathStep};

use super::branches::explore;
use super::document::fitting;
use super::evaluate::{Evaluator, Scope};
use super::module::address;
use super::references::suffix;
use super::syntax::{Block, Body, Expr, ExprKind, Part, Step};
use super::value::{Instance, Kind, Value};
use crate::node::{Key, Node, NodeKind};
use crate::terraform::{ATTACHMENTS, Attribute, attributes_of, organization};
use crate::{ManagedPolicy, Policy, Variant};

/// How many values a policy may have.
const MAX_NODES: usize = 200_000;

/// Collects the policies of a module.
pub(super) struct Search<'e, 'm> {
    evaluator: &'e Evaluator<'m>,
    pub(super) policies: Vec<Policy>,
    pub(super) managed: Vec<ManagedPolicy>,
    names: HashSet<String>,
    /// Where the policies are written that have been found.
    found: BTreeSet<usize>,
}

/// Which policy of a resource is meant.
#[derive(Clone, Copy)]
struct Place<'p> {
    number: usize,
    block: &'p Block,
    /// The path to the attribute.
    path: &'p str,
    /// The instance of the resource.
    instance: usize,
    /// The number of the inner block.
    inner: usize,
}

/// A policy as it is on one path.
#[derive(PartialEq)]
struct Found {
    node: NodeOf,
}

/// A node, which is compared by its contents.
struct NodeOf(Node);

impl PartialEq for NodeOf {
    fn eq(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

fn same(one: &Node, other: &Node) -> bool {
    one.span == other.span
        && match (&one.kind, &other.kind) {
            (NodeKind::Null, NodeKind::Null) => true,
            (NodeKind::Bool(one), NodeKind::Bool(other)) => one == other,
            (NodeKind::Text(one), NodeKind::Text(other)) => one == other,
            (NodeKind::List(items), NodeKind::List(others)) => {
                items.len() == others.len() && items.iter().zip(others).all(|(one, other)| same(one, other))
            }
            (NodeKind::Object(members), NodeKind::Object(others)) => {
                members.len() == others.len()
                    && members
                        .iter()
                        .zip(others)
                        .all(|((key, one), (other_key, other))| key.text == other_key.text && same(one, other))
            }
            _ => false,
        }
}

impl<'e, 'm> Search<'e, 'm> {
    pub(super) fn new(evaluator: &'e Evaluator<'m>) -> Self {
        Self {
            evaluator,
            policies: Vec::new(),
            managed: Vec::new(),
            names: HashSet::new(),
            found: BTreeSet::new(),
        }
    }

    pub(super) fn run(&mut self) {
        let module = self.evaluator.module;
        for (number, block) in module.blocks.iter().enumerate() {
            if &*block.kind == "resource" {
                self.resource(number, block);
            }
        }
        self.documents();
        for block in &module.blocks {
            self.elsewhere(block);
        }
        self.policies.sort_by_key(|policy| policy.file);
    }

    fn resource(&mut self, number: usize, block: &Block) {
        let kind = block.label(0);
        if kind == "aws_organizations_policy" {
            let scope = self.first_scope(number);
            let own = self.evaluator.text_of(block, "type", &scope);
            self.settle();
            if let Some(kind) = organization(own.as_deref().filter(|own| !has_unknown(own))) {
                self.attribute(number, block, "content", Some(kind));
            }
        } else if ATTACHMENTS.contains(&kind) {
            self.managed(number, block, "policy_arn");
        } else {
            for (path, kind) in attributes_of(kind) {
                self.attribute(number, block, path, Some(kind));
            }
            if block.body.attribute("managed_policy_arns").is_some() {
                self.managed(number, block, "managed_policy_arns");
            }
        }
    }

    /// Forgets what was decided outside of a policy.
    fn settle(&self) {
        self.evaluator.branch.take();
        self.evaluator.forget();
    }

    fn first_scope(&self, number: usize) -> Scope {
        let instance = self.evaluator.instance_at(number, 0).unwrap_or_default();
        Evaluator::scope_of(&instance)
    }

    fn managed(&mut self, number: usize, block: &Block, name: &str) {
        let Some(attribute) = block.body.attribute(name) else {
            return;
        };
        let scope = self.first_scope(number);
        let value = self.evaluator.value(&attribute.value, &scope);
        self.settle();
        let values = match &value.kind {
            Kind::List(items) => items.to_vec(),
            _ => vec![value],
        };
        for value in values {
            if let Some(arn) = value.inner().as_text() {
                self.managed.push(ManagedPolicy {
                    arn: arn.into_owned(),
                    location: Location {
                        path: path_of(&address(block), name),
                        span: value.span.or(Some(attribute.span)),
                    },
                });
            }
        }
    }

    /// How many instances of a resource there may be.
    fn instances(&self, number: usize) -> usize {
        let evaluator = self.evaluator;
        let paths = explore(evaluator, &|| {
            Some(match evaluator.instances(number).map(|instances| instances.kind) {
                Some(Kind::List(indices)) => indices.len(),
                Some(Kind::Object(members)) => members.len(),
                _ => 1,
            })
        });
        paths.all.iter().filter_map(|path| path.value).max().unwrap_or(1)
    }

    /// The policies in an attribute of a resource.
    fn attribute(&mut self, number: usize, block: &Block, path: &str, kind: Option<Attribute>) {
        let (outer, name) = path.rsplit_once('.').unwrap_or(("", path));
        let has_one = if outer.is_empty() {
            block.body.attribute(name).is_some()
        } else {
            block
                .body
                .blocks
                .iter()
                .any(|inner| &*inner.kind == outer || inner.label(0) == outer)
        };
        if !has_one {
            return;
        }
        let instances = self.instances(number);
        // A resource that does not exist by default has a policy all the same.
        for instance in 0..instances.max(1) {
            let mut inner = 0;
            loop {
                let place = Place {
                    number,
                    block,
                    path,
                    instance,
                    inner,
                };
                let is_one = self.place(place, kind, instances == 0);
                inner += 1;
                if outer.is_empty() || !is_one || inner > super::references::MAX_INSTANCES {
                    break;
                }
            }
        }
    }

    /// The policy at a place; returns whether there is such a place.
    fn place(&mut self, place: Place<'_>, kind: Option<Attribute>, is_dormant: bool) -> bool {
        let evaluator = self.evaluator;
        let (outer, name) = place.path.rsplit_once('.').unwrap_or(("", place.path));
        let instance = || {
            if is_dormant {
                let zero = Value::number(0);
                return Some(match place.block.body.attribute("count") {
                    Some(_) => Instance::Count(zero),
                    None => Instance::Each(Value::unknown("each.key"), Value::unknown("each.value")),
                });
            }
            evaluator.instance_at(place.number, place.instance)
        };
        let exists = std::cell::Cell::new(false);
        let address_of = std::cell::RefCell::new(String::new());
        let compute = || {
            let own = instance()?;
            let scope = Evaluator::scope_of(&own);
            let is_named = match &own {
                Instance::Only => true,
                Instance::Count(key) | Instance::Each(key, _) => key.is_known(),
            };
            let mut named = address(place.block);
            if is_named {
                named += &suffix(&own);
            }
            if place.path != "policy" {
                named = format!("{named}.{}", place.path);
            }
            address_of.replace(named);
            let attribute = if outer.is_empty() {
                place.block.body.attribute(name)?
            } else {
                let blocks = evaluator.inner_blocks(&place.block.body, outer, &scope);
                let inner = blocks.into_iter().nth(place.inner)?;
                exists.set(true);
                let attribute = inner.body.attribute(name)?;
                return Some(evaluator.value(&attribute.value, &inner.scope));
            };
            exists.set(true);
            Some(evaluator.value(&attribute.value, &scope))
        };
        self.add(&compute, kind, &address_of, place.block.head);
        exists.get()
    }

    /// Adds the policy that a computation results in. Its file is a place until all files are known.
    ///
    /// - `place`: what it belongs to
    fn add(
        &mut self,
        compute: &dyn Fn() -> Option<Value>,
        kind: Option<Attribute>,
        name: &std::cell::RefCell<String>,
        place: Span,
    ) -> bool {
        let evaluator = self.evaluator;
        evaluator.of_policy.borrow_mut().clear();
        let paths = explore(evaluator, &|| {
            let value = compute()?;
            let policy = evaluator.policy(&value)?.at(value.span);
            let mut left = MAX_NODES;
            let node = fitting(&policy, kind.map(|kind| kind.policy_type)).node(&mut left);
            (kind.is_some() || node.as_text().is_none()).then_some(Found { node: NodeOf(node) })
        });
        let problems = std::mem::take(&mut *evaluator.of_policy.borrow_mut());
        let name = name.borrow().clone();
        let mut variants = Vec::new();
        for path in paths.all {
            let Some(Found { node: NodeOf(mut node) }) = path.value else {
                continue;
            };
            let first_kind = kind.map(|kind| kind.policy_type);
            complete(&mut node, first_kind);
            self.cover(&node);
            node.path = None;
            variants.push(Variant {
                conditions: path.conditions,
                document: node.document(path_of(&name, "")),
            });
        }
        let Some(first) = variants.first() else { return false };
        let kind = kind.unwrap_or_else(|| Attribute {
            policy_type: first.document.inferred_type(),
            ..Attribute::IDENTITY
        });
        let mut unique = name.clone();
        let mut number = 0;
        while !self.names.insert(unique.clone()) {
            number += 1;
            unique = format!("{name}[{number}]");
        }
        self.policies.push(Policy {
            name: unique,
            policy_type: kind.policy_type,
            resource_type: kind.resource_type,
            attach: kind.attach,
            variants,
            is_partial: paths.is_partial,
            problems: deduplicated(problems),
            file: place.start,
            is_published: false,
        });
        true
    }

    /// Remembers where a policy and its statements are written.
    fn cover(&mut self, node: &Node) {
        self.found.extend(node.span.map(|span| span.start));
        if let Some(statements) = node.get("Statement") {
            self.found.extend(statements.span.map(|span| span.start));
            if let NodeKind::List(items) = &statements.kind {
                self.found
                    .extend(items.iter().filter_map(|item| item.span).map(|span| span.start));
            }
        }
    }

    /// The data sources that no other policy uses.
    fn documents(&mut self) {
        let module = self.evaluator.module;
        let own: Vec<_> = module
            .blocks
            .iter()
            .enumerate()
            .filter(|(_, block)| &*block.kind == "data" && block.label(0) == "aws_iam_policy_document")
            .collect();
        let before = self.policies.len();
        let mut added = Vec::new();
        for (number, block) in own {
            if self.evaluator.used.borrow().contains(&number) {
                continue;
            }
            let instances = self.instances(number);
            for instance in 0..instances.max(1) {
                let name = std::cell::RefCell::new(address(block));
                let is_dormant = instances == 0;
                let evaluator = self.evaluator;
                let compute = || {
                    let own = if is_dormant {
                        Instance::Count(Value::number(0))
                    } else {
                        evaluator.instance_at(number, instance)?
                    };
                    if let Instance::Count(key) | Instance::Each(key, _) = &own
                        && key.is_known()
                    {
                        name.replace(address(block) + &suffix(&own));
                    }
                    Some(evaluator.document(number, &own))
                };
                if self.add(&compute, None, &name, block.head) {
                    added.push((number, self.policies.len() - 1));
                }
            }
        }
        // Some are used by others of them.
        let used = self.evaluator.used.borrow();
        let mut at = 0;
        self.policies.retain(|_| {
            let index = at;
            at += 1;
            index < before || !added.iter().any(|(number, own)| *own == index && used.contains(number))
        });
    }

    /// The policies in expressions that are not known to be policies.
    fn elsewhere(&mut self, block: &Block) {
        let name = match &*block.kind {
            "locals" => "local".to_owned(),
            "resource" | "data" => address(block),
            "module" | "output" => format!("{}.{}", block.kind, block.label(0)),
            "variable" => format!("var.{}", block.label(0)),
            _ => return,
        };
        self.in_body(&block.body, &name, 0);
    }

    fn in_body(&mut self, body: &Body, name: &str, depth: usize) {
        if depth > 8 {
            return;
        }
        for attribute in &body.attributes {
            let inner = match &*attribute.name {
                "value" if name.starts_with("output.") => name.to_owned(),
                "default" if name.starts_with("var.") => name.to_owned(),
                own => format!("{name}.{own}"),
            };
            let mut sites = Vec::new();
            sites_in(&attribute.value, &mut sites);
            for site in sites {
                let covered = self
                    .found
                    .range(site.span.start..site.span.end.max(site.span.start + 1));
                if covered.count() == 0 {
                    let evaluator = self.evaluator;
                    let named = std::cell::RefCell::new(inner.clone());
                    self.add(
                        &|| {
                            let value = evaluator.value(site, &Scope::default());
                            is_policy(&evaluator.policy(&value)?).then_some(value)
                        },
                        None,
                        &named,
                        attribute.span,
                    );
                }
            }
        }
        for block in &body.blocks {
            let inner = if &*block.kind == "content" {
                name.to_owned()
            } else if &*block.kind == "dynamic" {
                format!("{name}.{}", block.label(0))
            } else {
                format!("{name}.{}", block.kind)
            };
            self.in_body(&block.body, &inner, depth + 1);
        }
    }
}

/// Whether a value is an object with statements.
fn is_policy(value: &Value) -> bool {
    match &value.kind {
        Kind::Object(members) => members
            .iter()
            .any(|member| &*member.key == "Statement" && matches!(member.value.kind, Kind::List(_) | Kind::Object(_))),
        _ => false,
    }
}

/// The expressions in one whose values may be policies: calls of `jsonencode`, and texts with statements.
fn sites_in<'x>(expression: &'x Expr, sites: &mut Vec<&'x Expr>) {
    match &expression.kind {
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Name(_) => {}
        ExprKind::Text(text) => {
            if text.contains("\"Statement\"") {
                sites.push(expression);
            }
        }
        ExprKind::Template(template) => {
            let has_statement = |part: &Part| matches!(part, Part::Text(text, _) if text.contains("\"Statement\""));
            if template.looks_like_json() && template.parts.iter().any(has_statement) {
                sites.push(expression);
                return;
            }
            for part in &template.parts {
                if let Part::Value(inner) = part {
                    sites_in(inner, sites);
                }
            }
        }
        ExprKind::List(items) => items.iter().for_each(|item| sites_in(item, sites)),
        ExprKind::Object(members) => members.iter().for_each(|(_, value)| sites_in(value, sites)),
        ExprKind::Traversal(base, steps) => {
            sites_in(base, sites);
            for step in steps {
                if let Step::Index(index) = step {
                    sites_in(index, sites);
                }
            }
        }
        ExprKind::Call(call) => {
            let is_other = |argument: &Expr| match &argument.kind {
                ExprKind::Object(members) => !members
                    .iter()
                    .any(|(key, _)| matches!(&key.kind, ExprKind::Text(text) if &**text == "Statement")),
                ExprKind::List(_) => true,
                _ => false,
            };
            if &*call.name == "jsonencode" && !call.arguments.iter().any(is_other) {
                sites.push(expression);
                return;
            }
            call.arguments.iter().for_each(|argument| sites_in(argument, sites));
        }
        ExprKind::If(parts) => parts.iter().for_each(|part| sites_in(part, sites)),
        ExprKind::Not(inner) | ExprKind::Negative(inner) => sites_in(inner, sites),
        ExprKind::Binary(_, both) => both.iter().for_each(|side| sites_in(side, sites)),
        ExprKind::For(of) => {
            sites_in(&of.collection, sites);
            sites_in(&of.value, sites);
        }
    }
}

/// Writes what is not known about the statements of a policy as statements of which nothing is known.
fn complete(node: &mut Node, policy_type: Option<PolicyType>) {
    let statement = |node: &Node| {
        let is_unknown = node.as_text().is_some_and(|text| only_unknown(text).is_some());
        is_unknown.then(|| unknown_statement(node, policy_type))
    };
    if let Some(inner) = statement(node) {
        let span = node.span;
        let key = |text: &str| Key {
            text: text.to_owned(),
            span,
        };
        let version = Node::text(iam_policy_core::VERSION, span);
        node.kind = NodeKind::Object(vec![(key("Version"), version), (key("Statement"), inner)]);
        return;
    }
    let NodeKind::Object(members) = &mut node.kind else {
        return;
    };
    for (key, value) in members {
        if key.text != "Statement" {
            continue;
        }
        if let Some(inner) = statement(value) {
            *value = inner;
        } else if let NodeKind::List(items) = &mut value.kind {
            for item in items {
                if let Some(inner) = statement(item) {
                    *item = inner;
                }
            }
        }
    }
}

fn unknown_statement(node: &Node, policy_type: Option<PolicyType>) -> Node {
    let elements: &[&str] = match policy_type {
        Some(PolicyType::Resource | PolicyType::ResourceControl) => &["Effect", "Principal", "Action", "Resource"],
        Some(PolicyType::Trust) => &["Effect", "Principal", "Action"],
        _ => &["Effect", "Action", "Resource"],
    };
    let members = elements.iter().map(|element| {
        let key = Key {
            text: (*element).to_owned(),
            span: node.span,
        };
        (key, node.clone())
    });
    Node {
        kind: NodeKind::Object(members.collect()),
        span: node.span,
        path: None,
    }
}

/// The path of an element of a resource.
fn path_of(address: &str, attribute: &str) -> DocumentPath {
    let steps = address
        .split('.')
        .chain(attribute.split('.'))
        .filter(|step| !step.is_empty());
    DocumentPath(steps.map(|step| PathStep::Value(step.to_owned().into())).collect())
}

fn deduplicated(problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut seen: HashSet<(Option<Span>, String)> = HashSet::new();
    let unseen = problems
        .into_iter()
        .filter(|problem| seen.insert((problem.location.span, problem.message.to_string())));
    unseen.collect()
}
