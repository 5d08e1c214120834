//! The values of expressions.
//!
//! Source: HCL Native Syntax Specification, "Expressions", "Template Expressions"; Terraform documentation,
//! "Expressions".

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use iam_policy_core::variable::has_unknown;
use iam_policy_document::{Diagnostic, Span};

use super::branches::Branch;
use super::functions;
use super::module::Module;
use super::sources::Sources;
use super::syntax::{Block, Expr, ExprKind, For, Operator, Part, Step, Template};
use super::value::{Kind, Member, Reference, Scope as Root, Value};
use super::written::{Fragment, Written};
use super::{Problems, Reader};
use crate::embedded::Style;

/// How deeply expressions may refer to each other.
const MAX_DEPTH: usize = 160;

/// How long a computed text may become in bytes.
pub(super) const MAX_TEXT: usize = 100_000;

/// How many elements a computed list may have.
pub(super) const MAX_ITEMS: usize = 20_000;

/// The names that expressions inside a block or a `for` expression can use.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope(Option<Rc<Frame>>);

#[derive(Debug)]
struct Frame {
    name: Rc<str>,
    value: Value,
    outer: Scope,
}

impl Scope {
    pub(super) fn with(&self, name: impl Into<Rc<str>>, value: Value) -> Self {
        Self(Some(Rc::new(Frame {
            name: name.into(),
            value,
            outer: self.clone(),
        })))
    }

    fn get(&self, name: &str) -> Option<&Value> {
        let mut frame = self.0.as_ref();
        while let Some(inner) = frame {
            if &*inner.name == name {
                return Some(&inner.value);
            }
            frame = inner.outer.0.as_ref();
        }
        None
    }
}

/// What has been computed, by what it is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Memo {
    Local(Rc<str>),
    Document(usize, String),
    Instances(usize),
    Attribute(usize, Rc<str>, String),
}

/// Computes the values of a module's expressions.
pub(super) struct Evaluator<'m> {
    pub(super) module: &'m Module,
    pub(super) sources: &'m Sources,
    pub(super) reader: &'m dyn Reader,
    /// What has been decided about conditions.
    pub(super) branch: RefCell<Branch>,
    /// Variables have any value, and not their defaults.
    is_open: Cell<bool>,
    /// Conditions are not decided.
    is_quiet: Cell<bool>,
    depth: Cell<usize>,
    /// How many expressions may still be computed.
    left: Cell<usize>,
    /// How often something was used that depends on the branch.
    pub(super) touched: Cell<usize>,
    /// Values that do not depend on the branch.
    known: RefCell<HashMap<(Memo, bool), Value>>,
    /// Values that do.
    own: RefCell<HashMap<(Memo, bool), Value>>,
    /// What is being computed.
    busy: RefCell<HashSet<(Memo, bool)>>,
    pub(super) problems: Problems,
    /// What is wrong with the text of the policy that is being computed.
    pub(super) of_policy: RefCell<Vec<Diagnostic>>,
    /// The addresses of the data sources that were used.
    pub(super) used: RefCell<HashSet<usize>>,
}

impl<'m> Evaluator<'m> {
    /// - `budget`: how many expressions are computed at most
    pub(super) fn new(module: &'m Module, sources: &'m Sources, reader: &'m dyn Reader, budget: usize) -> Self {
        Self {
            module,
            sources,
            reader,
            branch: RefCell::default(),
            is_open: Cell::new(false),
            is_quiet: Cell::new(false),
            depth: Cell::new(0),
            left: Cell::new(budget),
            touched: Cell::new(0),
            known: RefCell::default(),
            own: RefCell::default(),
            busy: RefCell::default(),
            problems: Problems::default(),
            of_policy: RefCell::default(),
            used: RefCell::default(),
        }
    }

    /// Forgets everything that depends on the branch.
    pub(super) fn forget(&self) {
        self.own.borrow_mut().clear();
        self.busy.borrow_mut().clear();
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.left.get() == 0
    }

    /// Counts work; returns whether it may be done.
    pub(super) fn may_take(&self, steps: usize) -> bool {
        let left = self.left.get().saturating_sub(steps);
        self.left.set(left);
        left > 0
    }

    pub(super) fn problem(&self, problem: Diagnostic) {
        self.problems.add(problem);
    }

    /// A value that is computed once.
    pub(super) fn memo(&self, memo: Memo, compute: impl FnOnce() -> Value) -> Value {
        let key = (memo, self.is_open.get());
        if let Some(value) = self.known.borrow().get(&key) {
            return value.clone();
        }
        if let Some(value) = self.own.borrow().get(&key) {
            self.touched.set(self.touched.get() + 1);
            return value.clone();
        }
        if !self.busy.borrow_mut().insert(key.clone()) {
            return Value::error("a reference to itself");
        }
        let before = self.touched.get();
        let quiet = self.is_quiet.replace(false);
        let value = compute();
        self.is_quiet.set(quiet);
        self.busy.borrow_mut().remove(&key);
        // What was computed too deeply would be known elsewhere.
        let memos = if self.touched.get() == before {
            &self.known
        } else {
            &self.own
        };
        memos.borrow_mut().insert(key, value.clone());
        value
    }

    /// Computes something where variables may have any value.
    pub(super) fn openly<T>(&self, compute: impl FnOnce() -> T) -> T {
        let outer = self.is_open.replace(true);
        let result = compute();
        self.is_open.set(outer);
        result
    }

    pub(super) fn value(&self, expression: &Expr, scope: &Scope) -> Value {
        if self.depth.get() >= MAX_DEPTH || !self.may_take(1) {
            // Elsewhere it may be computed.
            self.touched.set(self.touched.get() + 1);
            return Value::unknown(self.sources.text(expression.span)).at(expression.span);
        }
        self.depth.set(self.depth.get() + 1);
        let value = self.value_within(expression, scope);
        self.depth.set(self.depth.get() - 1);
        value.at(expression.span)
    }

    fn value_within(&self, expression: &Expr, scope: &Scope) -> Value {
        match &expression.kind {
            ExprKind::Null => Value::null(),
            ExprKind::Bool(so) => Value::bool(*so),
            ExprKind::Number(number) => Value::new(Kind::Number(number.clone())),
            ExprKind::Text(text) => Value::text(text.clone()),
            ExprKind::Template(template) => self.template(template, expression.span, scope),
            ExprKind::List(items) => Value::list(items.iter().map(|item| self.value(item, scope)).collect()),
            ExprKind::Object(members) => {
                let mut result: Vec<Member> = Vec::new();
                for (key, value) in members {
                    result.push(Member {
                        key: self.value(key, scope).key(),
                        key_span: Some(key.span),
                        value: self.value(value, scope),
                    });
                }
                Value::object(result)
            }
            ExprKind::Name(name) => self.name(name, scope),
            ExprKind::Traversal(base, steps) => self.traversal(base, steps, expression.span, scope),
            ExprKind::Call(call) => functions::call(self, call, scope),
            ExprKind::If(parts) => {
                let [condition, yes, no] = &**parts;
                if let Some(value) = self.unless_null(condition, [yes, no], scope) {
                    return value;
                }
                match self.truth(condition, scope) {
                    Some(true) => self.value(yes, scope),
                    Some(false) => self.value(no, scope),
                    None => Value::unknown(self.sources.text(expression.span)),
                }
            }
            ExprKind::Not(_) | ExprKind::Binary(Operator::And | Operator::Or, _) => {
                match self.truth(expression, scope) {
                    Some(so) => Value::bool(so),
                    None => Value::word(self.sources.text(expression.span)),
                }
            }
            ExprKind::Negative(inner) => {
                let value = self.value(inner, scope);
                match value.as_number() {
                    Some(number) => Value::number(-number),
                    None => Value::word(format!("-{}", value.describe())),
                }
            }
            ExprKind::Binary(operator, sides) => {
                let [left, right] = &**sides;
                let (left, right) = (self.value(left, scope), self.value(right, scope));
                match super::conditions::binary(*operator, &left, &right) {
                    Some(value) => value,
                    None => Value::word(super::conditions::wording(*operator, &left, &right)),
                }
            }
            ExprKind::For(of) => self.for_expression(of, scope),
        }
    }

    /// What is not known, or nothing if it is null, as in `x == null ? [] : x`: all of it is not known.
    fn unless_null(&self, condition: &Expr, branches: [&Expr; 2], scope: &Scope) -> Option<Value> {
        let ExprKind::Binary(operator @ (Operator::Equal | Operator::Unequal), sides) = &condition.kind else {
            return None;
        };
        let [left, right] = &**sides;
        let tested = match (&left.kind, &right.kind) {
            (ExprKind::Null, _) => right,
            (_, ExprKind::Null) => left,
            _ => return None,
        };
        let [yes, no] = branches;
        let (value, otherwise) = if *operator == Operator::Equal {
            (no, yes)
        } else {
            (yes, no)
        };
        let is_empty = match &otherwise.kind {
            ExprKind::Null => true,
            ExprKind::List(items) => items.is_empty(),
            ExprKind::Object(members) => members.is_empty(),
            _ => false,
        };
        let text = |expression: &Expr| self.sources.text(expression.span);
        if !is_empty || text(tested) != text(value) {
            return None;
        }
        let value = self.openly(|| self.value(value, scope));
        matches!(value.kind, Kind::Unknown(_)).then_some(value)
    }

    /// Whether a condition holds, in which variables may have any value; `None` if that is not decided here.
    pub(super) fn truth(&self, expression: &Expr, scope: &Scope) -> Option<bool> {
        if self.depth.get() >= MAX_DEPTH || !self.may_take(1) {
            self.touched.set(self.touched.get() + 1);
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let result = self.openly(|| self.truth_within(expression, scope));
        self.depth.set(self.depth.get() - 1);
        result
    }

    fn truth_within(&self, expression: &Expr, scope: &Scope) -> Option<bool> {
        match &expression.kind {
            ExprKind::Not(inner) => self.truth(inner, scope).map(|so| !so),
            ExprKind::Binary(operator @ (Operator::And | Operator::Or), sides) => {
                let [left, right] = &**sides;
                let decisive = *operator == Operator::Or;
                match self.truth(left, scope) {
                    Some(so) if so == decisive => Some(so),
                    Some(_) => self.truth(right, scope),
                    None => self.truth(right, scope).filter(|so| *so == decisive),
                }
            }
            ExprKind::Binary(operator, sides) => {
                let [left, right] = &**sides;
                let (left, right) = (self.value(left, scope), self.value(right, scope));
                match super::conditions::binary(*operator, &left, &right) {
                    Some(value) => self.holds(&value),
                    None => self.compare(*operator, &left, &right),
                }
            }
            _ => {
                let value = self.value(expression, scope);
                self.holds(&value)
            }
        }
    }

    /// Whether a value is true.
    fn holds(&self, value: &Value) -> Option<bool> {
        match &value.kind {
            Kind::Bool(so) => Some(*so),
            Kind::Text(text) if &**text == "true" => Some(true),
            Kind::Text(text) if &**text == "false" => Some(false),
            _ => self.ask(&value.describe()),
        }
    }

    fn compare(&self, operator: Operator, left: &Value, right: &Value) -> Option<bool> {
        let (operator, is_negated) = match operator {
            Operator::Unequal => (Operator::Equal, true),
            other => (other, false),
        };
        // A literal comes second.
        let (left, right) = if operator == Operator::Equal && left.is_known() {
            (right, left)
        } else {
            (left, right)
        };
        let wording = super::conditions::wording(operator, left, right);
        let answer = if operator == Operator::Equal && right.is_known() {
            self.ask_equal(&left.describe(), &right.describe(), &wording)
        } else {
            self.ask(&wording)
        };
        answer.map(|so| so != is_negated)
    }

    /// Decides whether something holds that depends on what is not known.
    pub(super) fn ask(&self, condition: &str) -> Option<bool> {
        self.decide(condition, None)
    }

    fn ask_equal(&self, left: &str, right: &str, wording: &str) -> Option<bool> {
        self.decide(wording, Some((left, right)))
    }

    fn decide(&self, wording: &str, sides: Option<(&str, &str)>) -> Option<bool> {
        self.touched.set(self.touched.get() + 1);
        if self.is_quiet.get() {
            return None;
        }
        Some(self.branch.borrow_mut().decide(wording, sides))
    }

    /// Whether an element is chosen, as far as that is known.
    fn quietly(&self, condition: &Expr, scope: &Scope) -> Option<bool> {
        let outer = self.is_quiet.replace(true);
        let result = self.truth(condition, scope);
        self.is_quiet.set(outer);
        result
    }

    fn name(&self, name: &str, scope: &Scope) -> Value {
        if let Some(value) = scope.get(name) {
            return value.clone();
        }
        let root = match name {
            "var" => Root::Variables,
            "local" => Root::Locals,
            "data" | "ephemeral" => Root::Data,
            "module" => Root::Modules,
            "path" => Root::Path,
            "terraform" => Root::Terraform,
            _ if name.contains('_') || self.module.has_resources(name) => Root::ResourceOf(name.into()),
            _ => return Value::unknown(name),
        };
        Value::new(Kind::Scope(root))
    }

    fn traversal(&self, base: &Expr, steps: &[Step], span: Span, scope: &Scope) -> Value {
        let mut value = self.value(base, scope);
        let mut at = 0;
        while let Some(step) = steps.get(at) {
            at += 1;
            if !self.may_take(1) {
                return Value::unknown(self.sources.text(span));
            }
            value = match step {
                Step::Attribute(name) => self.attribute(&value, name),
                Step::Index(index) => {
                    let index = self.value(index, scope);
                    self.index(&value, &index)
                }
                Step::Splat | Step::AttributeSplat => {
                    let rest = steps.get(at..).unwrap_or_default();
                    let length = match step {
                        Step::Splat => rest.len(),
                        _ => rest
                            .iter()
                            .take_while(|step| matches!(step, Step::Attribute(_)))
                            .count(),
                    };
                    at += length;
                    self.splat(&value, rest.get(..length).unwrap_or_default(), scope)
                }
            };
        }
        // A reference is where it is used, but a value is where it is written.
        match value.kind {
            Kind::Unknown(_) => Value {
                span: Some(span),
                ..value
            },
            _ => value,
        }
    }

    fn splat(&self, value: &Value, steps: &[Step], scope: &Scope) -> Value {
        let items = match &value.kind {
            Kind::Null => Vec::new(),
            Kind::List(items) => items.to_vec(),
            Kind::Block(reference) => match self.all_instances(reference) {
                Some(items) => items.into_iter().map(|(_, value)| value).collect(),
                None => vec![value.clone()],
            },
            Kind::Unknown(name) => vec![Value::each(Value::unknown(format!("{}[each]", name.text)))],
            _ => vec![value.clone()],
        };
        let mut results = Vec::with_capacity(items.len());
        for item in items {
            let mut inner = item.inner().clone();
            for step in steps {
                inner = match step {
                    Step::Attribute(name) => self.attribute(&inner, name),
                    Step::Index(index) => {
                        let index = self.value(index, scope);
                        self.index(&inner, &index)
                    }
                    Step::Splat | Step::AttributeSplat => self.splat(&inner, &[], scope),
                };
            }
            results.push(if item.is_each() { Value::each(inner) } else { inner });
        }
        Value::list(results)
    }

    /// An attribute of a value.
    pub(super) fn attribute(&self, value: &Value, name: &str) -> Value {
        match &value.kind {
            Kind::Scope(root) => self.of_root(root, name),
            Kind::Block(reference) => self.block_attribute(reference, name),
            Kind::Object(members) => {
                let mut own = members.iter().filter(|member| &*member.key == name);
                if let Some(member) = own.next() {
                    return member.value.inner().clone();
                }
                match members.iter().find(|member| has_unknown(&member.key)) {
                    Some(_) => Value::unknown(format!("{}.{name}", value.describe())),
                    None => Value::error(format!("{}.{name}", value.describe())),
                }
            }
            Kind::Unknown(of) if of.is_error => value.clone(),
            Kind::Unknown(of) => Value::unknown(format!("{}.{name}", of.text)),
            Kind::List(_) if name.parse::<usize>().is_ok() => self.index(value, &Value::number(name)),
            _ => Value::error(format!("{}.{name}", value.describe())),
        }
    }

    fn of_root(&self, root: &Root, name: &str) -> Value {
        match root {
            Root::Variables => self.variable(name),
            Root::Locals => self.local(name),
            Root::Data => Value::new(Kind::Scope(Root::DataOf(name.into()))),
            Root::DataOf(of) => match self.module.data(of, name) {
                Some(block) => Self::reference(block),
                None => Value::unknown(format!("data.{of}.{name}")),
            },
            Root::ResourceOf(of) => match self.module.resource(of, name) {
                Some(block) => Self::reference(block),
                None => Value::unknown(format!("{of}.{name}")),
            },
            Root::Modules => Value::unknown(format!("module.{name}")),
            // Files are read relative to the module, whose own path is empty.
            Root::Path if name == "module" => Value::text("."),
            Root::Path => Value::unknown(format!("path.{name}")),
            Root::Terraform => Value::word(format!("terraform.{name}")),
        }
    }

    fn reference(block: usize) -> Value {
        Value::new(Kind::Block(Rc::new(Reference {
            block,
            instance: super::value::Instance::Only,
        })))
    }

    fn variable(&self, name: &str) -> Value {
        if let Some(given) = self.module.given(name) {
            return self.value(&given.value, &Scope::default());
        }
        let unknown = |is_word: bool| {
            let name = format!("var.{name}");
            if is_word {
                Value::word(name)
            } else {
                Value::unknown(name)
            }
        };
        let Some(block) = self.module.variable(name) else {
            return unknown(false);
        };
        let of = block.body.attribute("type").map(|attribute| &attribute.value.kind);
        let is_word = matches!(of, Some(ExprKind::Name(of)) if matches!(&**of, "bool" | "number"));
        self.touched.set(self.touched.get() + 1);
        if self.is_open.get() || self.branch.borrow().is_open(name) {
            return unknown(is_word);
        }
        let Some(default) = block.body.attribute("default") else {
            return unknown(is_word);
        };
        let value = self.value(&default.value, &Scope::default());
        let is_empty = match &value.kind {
            Kind::Null => true,
            Kind::Text(text) => text.is_empty(),
            Kind::List(items) => items.is_empty(),
            Kind::Object(members) => members.is_empty(),
            _ => false,
        };
        if is_empty { unknown(is_word) } else { value }
    }

    fn local(&self, name: &str) -> Value {
        let Some(attribute) = self.module.local(name) else {
            return Value::unknown(format!("local.{name}"));
        };
        self.memo(Memo::Local(name.into()), || {
            self.value(&attribute.value, &Scope::default())
        })
    }

    /// An element of a value.
    pub(super) fn index(&self, value: &Value, index: &Value) -> Value {
        let described = || format!("{}[{}]", value.describe(), index.describe());
        match &value.kind {
            Kind::List(items) => {
                let Some(number) = index.as_number() else {
                    return match items.as_slice() {
                        [only] if index.as_unknown().is_some() => only.inner().clone(),
                        _ => Value::unknown(described()),
                    };
                };
                let before = || items.iter().take_while(|item| !item.is_each()).count();
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "an index is small"
                )]
                let number = if number < 0.0 { usize::MAX } else { number as usize };
                match items.get(number) {
                    Some(item) if number < before() => item.clone(),
                    _ => match items.get(before()) {
                        Some(each) if before() + 1 == items.len() => each.inner().clone(),
                        Some(_) => Value::unknown(described()),
                        None => Value::error(described()),
                    },
                }
            }
            Kind::Object(members) => match index.as_known_text() {
                Some(key) => self.attribute(value, &key),
                None => match members.as_slice() {
                    // Whatever the key is, this is its value.
                    [only] => only.value.inner().clone(),
                    _ => Value::unknown(described()),
                },
            },
            Kind::Block(reference) => self.instance(reference, index),
            Kind::Scope(_) => match index.as_known_text() {
                Some(name) => self.attribute(value, &name),
                None => Value::unknown(described()),
            },
            Kind::Unknown(of) if of.is_error => value.clone(),
            Kind::Unknown(_) => Value::unknown(described()),
            _ => Value::error(described()),
        }
    }

    /// The keys and values of a collection; `None` if it is none.
    pub(super) fn items(&self, collection: &Value) -> Option<Vec<(Value, Value)>> {
        match &collection.kind {
            Kind::List(items) => {
                let items = items.iter().enumerate();
                Some(
                    items
                        .map(|(number, item)| (Value::number(number), item.clone()))
                        .collect(),
                )
            }
            Kind::Object(members) => {
                let members = members.iter();
                Some(
                    members
                        .map(|member| {
                            (
                                Value::text(member.key.clone()).at(member.key_span),
                                member.value.clone(),
                            )
                        })
                        .collect(),
                )
            }
            Kind::Block(reference) => self.all_instances(reference),
            Kind::Unknown(name) => Some(vec![(
                Value::unknown(format!("keys({})[each]", name.text)),
                Value::each(Value::unknown(format!("{}[each]", name.text))).at(collection.span),
            )]),
            _ => None,
        }
    }

    fn for_expression(&self, of: &For, scope: &Scope) -> Value {
        let collection = self.value(&of.collection, scope);
        let unknown = || Value::unknown(self.sources.text(of.value.span));
        let Some(items) = self.items(&collection) else {
            return unknown();
        };
        let mut list = Vec::new();
        let mut members: Vec<Member> = Vec::new();
        for (key, value) in items {
            if !self.may_take(1) || list.len() + members.len() > MAX_ITEMS {
                return unknown();
            }
            let mut inner = scope.with(of.value_name.clone(), value.inner().clone());
            if let Some(name) = &of.key_name {
                inner = inner.with(name.clone(), key);
            }
            let mut is_each = value.is_each();
            if let Some(condition) = &of.condition {
                match self.quietly(condition, &inner) {
                    Some(false) => continue,
                    Some(true) => {}
                    None => is_each = true,
                }
            }
            let own = |value: Value| if is_each { Value::each(value) } else { value };
            let result = self.value(&of.value, &inner);
            let Some(key) = &of.key else {
                list.push(own(result));
                continue;
            };
            let key_value = self.value(key, &inner);
            let text = key_value.key();
            let known = members.iter_mut().find(|member| member.key == text);
            match known {
                Some(member) if of.groups => {
                    if let Kind::List(items) = &member.value.kind {
                        let mut items = items.to_vec();
                        items.push(own(result));
                        member.value = Value::list(items);
                    }
                }
                Some(member) => member.value = own(result),
                None => members.push(Member {
                    key: text,
                    key_span: key_value.span,
                    value: if of.groups {
                        Value::list(vec![own(result)])
                    } else {
                        own(result)
                    },
                }),
            }
        }
        if of.key.is_some() {
            Value::object(members)
        } else {
            Value::list(list)
        }
    }

    fn template(&self, template: &Template, span: Span, scope: &Scope) -> Value {
        // A single value keeps its type.
        if let [Part::Value(only)] = template.parts.as_slice() {
            return self.value(only, scope);
        }
        let mut fragments = Vec::new();
        let style = if template.is_raw { Style::Raw } else { Style::Quoted };
        let mut length = 0;
        self.parts(&template.parts, style, scope, &mut fragments, &mut length);
        if length > MAX_TEXT && span.end.saturating_sub(span.start) < length {
            return Value::unknown(self.sources.text(span));
        }
        if let [Fragment::Text { text, span, .. }] = fragments.as_slice()
            && style == Style::Quoted
        {
            return Value::text(text.clone()).at(*span);
        }
        let written = Written { parts: fragments };
        if style == Style::Quoted && !template.looks_like_json() {
            return Value::text(written.text());
        }
        Value::new(Kind::Written(Rc::new(written)))
    }

    fn parts(&self, parts: &[Part], style: Style, scope: &Scope, out: &mut Vec<Fragment>, length: &mut usize) {
        for part in parts {
            if *length > MAX_TEXT * 100 || !self.may_take(1) {
                return;
            }
            match part {
                Part::Text(text, span) => {
                    *length += text.len();
                    out.push(Fragment::Text {
                        text: text.clone(),
                        span: *span,
                        style,
                    });
                }
                Part::Value(expression) => {
                    let value = self.value(expression, scope);
                    *length += value.as_text().map_or(10, |text| text.len());
                    match value.kind {
                        Kind::Written(written) if Rc::strong_count(&written) == 1 => match Rc::try_unwrap(written) {
                            Ok(written) => out.extend(written.parts),
                            Err(written) => out.push(Fragment::Value(Value::new(Kind::Written(written)))),
                        },
                        _ => out.push(Fragment::Value(value)),
                    }
                }
                Part::If { condition, yes, no } => match self.truth(condition, scope) {
                    Some(true) => self.parts(yes, style, scope, out, length),
                    Some(false) => self.parts(no, style, scope, out, length),
                    None => {
                        let name = self.sources.text(condition.span);
                        out.push(Fragment::Value(Value::unknown(name).at(condition.span)));
                    }
                },
                Part::For {
                    key,
                    value,
                    collection,
                    body,
                } => {
                    let of = self.value(collection, scope);
                    for (own_key, item) in self.items(&of).unwrap_or_default() {
                        let mut inner = scope.with(value.clone(), item.inner().clone());
                        if let Some(name) = key {
                            inner = inner.with(name.clone(), own_key);
                        }
                        self.parts(body, style, &inner, out, length);
                    }
                }
            }
        }
    }

    /// The text of an attribute of a block.
    pub(super) fn text_of(&self, block: &Block, attribute: &str, scope: &Scope) -> Option<String> {
        let attribute = block.body.attribute(attribute)?;
        let value = self.value(&attribute.value, scope);
        value.as_text().map(std::borrow::Cow::into_owned)
    }

    /// The value of a template in another file.
    pub(super) fn file_template(&self, template: &Template, span: Span, scope: &Scope) -> Value {
        if self.depth.get() >= MAX_DEPTH {
            return Value::unknown("templatefile");
        }
        self.depth.set(self.depth.get() + 1);
        let value = self.template(template, span, scope);
        self.depth.set(self.depth.get() - 1);
        value
    }
}
