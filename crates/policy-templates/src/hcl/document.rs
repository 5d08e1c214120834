//! The data source `aws_iam_policy_document`.
//!
//! Source: Terraform Registry, AWS provider, "`aws_iam_policy_document`", and what the provider does with its arguments.

use std::rc::Rc;

use iam_policy_core::PolicyType;
use iam_policy_core::variable::{has_unknown, only_unknown};
use iam_policy_document::Span;

use super::evaluate::{Evaluator, Memo, Scope};
use super::references::suffix;
use super::syntax::{Block, Body};
use super::value::{Instance, Kind, Member, Value};
use super::written::decode;

/// A block inside another one, perhaps one of those that a dynamic block makes.
pub(super) struct Inner<'b> {
    pub(super) body: &'b Body,
    pub(super) head: Span,
    pub(super) scope: Scope,
    /// Whether it is not known that there is such a block.
    pub(super) is_optional: bool,
}

/// The arguments of a statement, and what they are in a policy.
const ARGUMENTS: [[(&str, &str); 2]; 2] = [
    [("actions", "Action"), ("not_actions", "NotAction")],
    [("resources", "Resource"), ("not_resources", "NotResource")],
];

impl Evaluator<'_> {
    /// The blocks of a kind in a body.
    pub(super) fn inner_blocks<'b>(&self, body: &'b Body, kind: &str, scope: &Scope) -> Vec<Inner<'b>> {
        let mut found = Vec::new();
        for block in &body.blocks {
            if &*block.kind == kind {
                found.push(Inner {
                    body: &block.body,
                    head: block.head,
                    scope: scope.clone(),
                    is_optional: false,
                });
            } else if &*block.kind == "dynamic" && block.label(0) == kind {
                self.dynamic(block, scope, &mut found);
            }
        }
        found
    }

    fn dynamic<'b>(&self, block: &'b Block, scope: &Scope, found: &mut Vec<Inner<'b>>) {
        let (Some(of), Some(content)) = (block.body.attribute("for_each"), block.body.blocks("content").next()) else {
            return;
        };
        let collection = self.value(&of.value, scope);
        let iterator = match block.body.attribute("iterator").map(|attribute| &attribute.value.kind) {
            Some(super::syntax::ExprKind::Name(name) | super::syntax::ExprKind::Text(name)) => name.clone(),
            _ => block.label(0).into(),
        };
        let items = self.items(&collection).unwrap_or_else(|| {
            let name = collection.describe();
            vec![(
                Value::unknown(format!("keys({name})[each]")),
                Value::each(Value::unknown(format!("{name}[each]"))),
            )]
        });
        let is_open = items.iter().all(|(_, value)| value.is_each());
        // Without elements, there is no such block. If what is in it is not known either, that makes no difference.
        let is_used = || content.body.uses(&iterator);
        if is_open
            && !items.is_empty()
            && !is_used()
            && self.ask(&format!("length({}) > 0", collection.describe())) == Some(false)
        {
            return;
        }
        for (key, value) in items {
            if !self.may_take(1) {
                return;
            }
            let value = value.inner().clone();
            // The key of an element of a set is the element.
            let key = if matches!(collection.kind, Kind::List(_)) {
                value.clone()
            } else {
                key
            };
            let member = |name: &str, value: Value| Member {
                key: name.into(),
                key_span: None,
                value,
            };
            let each = Value::object(vec![member("key", key), member("value", value)]);
            found.push(Inner {
                body: &content.body,
                head: block.head,
                scope: scope.with(iterator.clone(), each),
                is_optional: is_open,
            });
        }
    }

    /// The policy of a data source.
    pub(super) fn document(&self, number: usize, instance: &Instance) -> Value {
        self.memo(Memo::Document(number, suffix(instance)), || {
            let Some(block) = self.module.block(number) else {
                return Value::null();
            };
            self.compose(block, &Self::scope_of(instance)).at(block.head)
        })
    }

    fn compose(&self, block: &Block, scope: &Scope) -> Value {
        let body = &block.body;
        let attribute = |name: &str| {
            let attribute = body.attribute(name)?;
            let value = self.value(&attribute.value, scope);
            (!value.is_null()).then_some((attribute.span, value))
        };
        let mut merged = Merged::default();
        let documents = |names: [&str; 2]| {
            let values = names.into_iter().filter_map(attribute).map(|(_, value)| value);
            let mut all = Vec::new();
            for value in values {
                match &value.kind {
                    Kind::List(items) => all.extend(items.iter().cloned()),
                    _ => all.push(value),
                }
            }
            all
        };
        for document in documents(["source_json", "source_policy_documents"]) {
            self.merge(&document, &mut merged);
        }
        if let Some((_, id)) = attribute("policy_id") {
            merged.id = Some(id);
        }
        for inner in self.inner_blocks(body, "statement", scope) {
            merged.add(self.statement(&inner));
        }
        if let Some((_, version)) = attribute("version") {
            merged.version = Some(version);
        }
        for document in documents(["override_policy_documents", "override_json"]) {
            self.merge(&document, &mut merged);
        }
        let version = merged
            .version
            .unwrap_or_else(|| Value::text(iam_policy_core::VERSION).at(block.head));
        let mut members = vec![member("Version", block.head, version)];
        members.extend(merged.id.map(|id| member("Id", block.head, id)));
        let statements = Value::list(merged.statements).at(block.head);
        members.push(member("Statement", block.head, statements));
        Value::object(members)
    }

    fn merge(&self, document: &Value, merged: &mut Merged) {
        if !self.may_take(1) {
            return;
        }
        let is_each = document.is_each();
        let Some(policy) = self.policy(document.inner()) else {
            return;
        };
        let Kind::Object(members) = &policy.kind else {
            merged.add(policy);
            return;
        };
        for own in members.iter() {
            match &*own.key {
                "Id" => merged.id = Some(own.value.clone()),
                "Version" => merged.version = Some(own.value.clone()),
                "Statement" => {
                    let statements = match &own.value.kind {
                        Kind::List(items) => items.to_vec(),
                        _ => vec![own.value.clone()],
                    };
                    for statement in statements {
                        merged.add(if is_each { Value::each(statement) } else { statement });
                    }
                }
                _ => {}
            }
        }
    }

    /// The policy that a value is: an object, or an unknown value; `None` if it is no policy.
    pub(super) fn policy(&self, value: &Value) -> Option<Value> {
        match &value.kind {
            Kind::Json(inner) => Some(inner.as_ref().clone()),
            Kind::Text(text) if only_unknown(text).is_none() => self.policy_in_text(value),
            Kind::Written(_) => self.policy_in_text(value),
            Kind::Unknown(name) if name.is_absent => None,
            Kind::Object(_) | Kind::Unknown(_) | Kind::Text(_) => Some(value.clone()),
            Kind::Block(_) | Kind::Scope(_) | Kind::List(_) | Kind::Each(_) => {
                Some(Value::unknown(value.describe()).at(value.span))
            }
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => None,
        }
    }

    fn policy_in_text(&self, value: &Value) -> Option<Value> {
        let text = value.as_text()?;
        let text = text.trim_start();
        if !text.starts_with('{') || text.starts_with("${\u{1a}") {
            return has_unknown(text).then(|| Value::unknown(value.describe()).at(value.span));
        }
        match decode(value, self.sources) {
            Some(decoded) => {
                self.of_policy.borrow_mut().extend(decoded.problems);
                Some(decoded.value)
            }
            None => Some(Value::unknown(value.describe()).at(value.span)),
        }
    }

    fn statement(&self, inner: &Inner<'_>) -> Value {
        let mut members: Vec<Member> = Vec::new();
        let attribute = |name: &str| {
            let attribute = inner.body.attribute(name)?;
            let value = self.value(&attribute.value, &inner.scope);
            (!value.is_null()).then_some((attribute.span, value))
        };
        if let Some((span, sid)) = attribute("sid")
            && sid.as_text().is_none_or(|sid| !sid.is_empty())
        {
            members.push(member("Sid", span, sid));
        }
        match attribute("effect") {
            Some((span, effect)) => members.push(member("Effect", span, effect)),
            None => members.push(member("Effect", inner.head, Value::text("Allow").at(inner.head))),
        }
        for pair in ARGUMENTS {
            let mut given: Vec<Member> = Vec::new();
            for (argument, element) in pair {
                if let Some((span, value)) = attribute(argument)
                    && !is_empty(&value)
                {
                    given.push(member(element, span, with_variables(&value)));
                }
            }
            // Only one of both can be there, and what is not known may be null.
            let is_unknown = |member: &Member| matches!(member.value.kind, Kind::Unknown(_));
            if given.len() > 1 {
                let keep = usize::from(given.iter().position(|member| !is_unknown(member)) == Some(1));
                if given.iter().any(is_unknown) {
                    given = given.into_iter().skip(keep).take(1).collect();
                }
            }
            for mut member in given {
                if is_unknown(&member) {
                    member.value = Value::each(member.value);
                }
                members.push(member);
            }
        }
        for (kind, element) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
            let blocks = self.inner_blocks(inner.body, kind, &inner.scope);
            if let Some(first) = blocks.first() {
                let head = first.head;
                let principals = self.principals(&blocks).at(head);
                let is_optional = blocks.iter().all(|block| block.is_optional);
                let principals = if is_optional {
                    Value::each(principals)
                } else {
                    principals
                };
                members.push(member(element, head, principals));
            }
        }
        let conditions = self.inner_blocks(inner.body, "condition", &inner.scope);
        if let Some(first) = conditions.first() {
            let head = first.head;
            members.push(member("Condition", head, self.conditions(&conditions).at(head)));
        }
        Value::object(members).at(inner.head)
    }

    fn principals(&self, blocks: &[Inner<'_>]) -> Value {
        let mut all: Vec<Member> = Vec::new();
        for block in blocks {
            let own = |name: &str| block.body.attribute(name).map(|of| self.value(&of.value, &block.scope));
            let of = own("type").unwrap_or_else(|| Value::unknown("type").at(block.head));
            let identifiers = own("identifiers").unwrap_or_else(|| Value::list(Vec::new()).at(block.head));
            append(&mut all, &of, with_variables(&identifiers));
        }
        // Everyone is written as in IAM.
        if let [only] = all.as_slice()
            && &*only.key == "*"
            && let [everyone] = listed(&only.value).as_slice()
            && everyone.as_known_text().is_some_and(|text| text == "*")
        {
            return everyone.clone();
        }
        Value::object(all)
    }

    fn conditions(&self, blocks: &[Inner<'_>]) -> Value {
        let mut all: Vec<Member> = Vec::new();
        for block in blocks {
            let own = |name: &str| block.body.attribute(name).map(|of| self.value(&of.value, &block.scope));
            let missing = |name: &str| Value::unknown(name).at(block.head);
            let test = own("test").unwrap_or_else(|| missing("test"));
            let variable = own("variable").unwrap_or_else(|| missing("variable"));
            let values = with_variables(&own("values").unwrap_or_else(|| Value::list(Vec::new()).at(block.head)));
            let key = test.key();
            if let Some(known) = all.iter_mut().find(|member| member.key == key) {
                if let Kind::Object(keys) = &mut known.value.kind {
                    append(Rc::make_mut(keys), &variable, values);
                }
            } else {
                let mut keys = Vec::new();
                append(&mut keys, &variable, values);
                all.push(Member {
                    key,
                    key_span: test.span,
                    value: Value::object(keys).at(block.head),
                });
            }
        }
        Value::object(all)
    }
}

/// A policy of a type without the elements that it may not have, if it is not known that it has them.
pub(super) fn fitting(policy: &Value, policy_type: Option<PolicyType>) -> Value {
    let fit = |statement: &Value| {
        let Kind::Object(members) = &statement.inner().kind else {
            return statement.clone();
        };
        let has = |key: &str| members.iter().any(|member| &*member.key == key);
        let may_have = |key: &str| match (key, policy_type) {
            ("Principal", Some(PolicyType::Trust | PolicyType::Resource | PolicyType::ResourceControl)) => true,
            ("NotPrincipal", Some(PolicyType::Resource)) => !has("Principal"),
            ("Principal" | "NotPrincipal", _) | ("Resource" | "NotResource", Some(PolicyType::Trust)) => false,
            _ => true,
        };
        let members = members
            .iter()
            .filter(|member| !member.value.is_each() || may_have(&member.key));
        let object = Value::object(members.cloned().collect()).at(statement.span);
        if statement.is_each() {
            Value::each(object)
        } else {
            object
        }
    };
    let Kind::Object(members) = &policy.kind else {
        return policy.clone();
    };
    let members = members.iter().map(|member| {
        let value = match &member.value.kind {
            Kind::List(items) if &*member.key == "Statement" => {
                Value::list(items.iter().map(fit).collect()).at(member.value.span)
            }
            _ => member.value.clone(),
        };
        Member {
            value,
            ..member.clone()
        }
    });
    Value::object(members.collect()).at(policy.span)
}

/// The statements of several documents.
#[derive(Default)]
struct Merged {
    version: Option<Value>,
    id: Option<Value>,
    statements: Vec<Value>,
    /// Where the statements with these Sids are.
    sids: std::collections::HashMap<Rc<str>, usize>,
}

impl Merged {
    /// Adds a statement, which replaces the one with its Sid.
    fn add(&mut self, statement: Value) {
        let sid = sid(&statement).filter(|sid| !sid.is_empty());
        if let Some(sid) = sid {
            if let Some(place) = self.sids.get(&sid).and_then(|&place| self.statements.get_mut(place)) {
                *place = statement;
                return;
            }
            self.sids.insert(sid, self.statements.len());
        }
        self.statements.push(statement);
    }
}

fn sid(statement: &Value) -> Option<Rc<str>> {
    match &statement.kind {
        Kind::Object(members) => {
            let own = members.iter().find(|member| &*member.key == "Sid")?;
            Some(own.value.as_text()?.as_ref().into())
        }
        _ => None,
    }
}

fn member(key: &str, span: Span, value: Value) -> Member {
    Member {
        key: key.into(),
        key_span: Some(span),
        value,
    }
}

/// Adds values to those of a key.
fn append(members: &mut Vec<Member>, key: &Value, values: Value) {
    let text = key.key();
    match members.iter_mut().find(|member| member.key == text) {
        Some(known) => {
            let mut all = listed(&known.value);
            all.extend(listed(&values));
            known.value = Value::list(all).at(known.value.span);
        }
        None => members.push(Member {
            key: text,
            key_span: key.span,
            value: values,
        }),
    }
}

/// The elements of a list, or a value alone.
fn listed(value: &Value) -> Vec<Value> {
    match &value.kind {
        Kind::List(items) => items.to_vec(),
        _ => vec![value.clone()],
    }
}

fn is_empty(value: &Value) -> bool {
    matches!(&value.kind, Kind::List(items) if items.is_empty())
}

/// Texts in which `&{…}` is a policy variable.
fn with_variables(value: &Value) -> Value {
    let kind = match &value.kind {
        Kind::List(items) => Kind::List(Rc::new(items.iter().map(with_variables).collect())),
        Kind::Each(inner) => Kind::Each(Rc::new(with_variables(inner))),
        Kind::Text(text) if text.contains("&{") => Kind::Text(text.replace("&{", "${").into()),
        Kind::Written(written) => Kind::Text(written.text().replace("&{", "${").into()),
        other => other.clone(),
    };
    Value { kind, span: value.span }
}
