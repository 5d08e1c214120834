//! What the values of expressions are.

use std::ops::Range;

use super::{DEPTH, Meaning, Scope, Type, path_start};
use crate::facts::path_from;
use crate::source::{Kind, Source};

/// Methods that return what they are called on or what it contains.
const TRANSPARENT: [&str; 32] = [
    "clone",
    "as_ref",
    "as_mut",
    "unwrap",
    "expect",
    "unwrap_or_else",
    "get",
    "get_or_init",
    "get_or_try_init",
    "load",
    "load_full",
    "lock",
    "read",
    "write",
    "borrow",
    "borrow_mut",
    "deref",
    "to_owned",
    "into_inner",
    "as_deref",
    "cloned",
    "ok_or",
    "ok_or_else",
    "get_ref",
    "by_ref",
    "as_deref_mut",
    "inner",
    "context",
    "into",
    "to_client",
    "blocking_lock",
    "copied",
];

/// Functions and types that wrap their only argument.
const WRAPPERS: [&str; 14] = [
    "Some",
    "Ok",
    "Arc",
    "Rc",
    "Box",
    "Mutex",
    "RwLock",
    "Data",
    "State",
    "Extension",
    "OnceCell",
    "Cow",
    "Wrapping",
    "ManuallyDrop",
];
impl Scope<'_> {
    /// What the expression before a token is: the receiver of the method whose `.` is at `dot`.
    pub(crate) fn receiver(&self, dot: usize, depth: usize) -> Type {
        let source = &self.file.source;
        let Some(mut at) = dot.checked_sub(1) else {
            return Type::default();
        };
        while source.is(at, "?") && at > 0 {
            at -= 1;
        }
        if depth == 0 {
            return Type::default();
        }
        match source.kind(at) {
            Kind::Ident if source.is_ident(at, "await") && at > 0 => self.receiver(at - 1, depth - 1),
            Kind::Ident => self.named(at, depth),
            Kind::Close => {
                let open = source.opening(at);
                if open == at || open == 0 {
                    return Type::default();
                }
                if source.is(open, "[") {
                    return self.receiver(open, depth - 1);
                }
                if source.is(open, "{") {
                    // `Store { … }`
                    let made = self.constructed(open - 1);
                    return made.unwrap_or_else(|| self.expression(source.inside(open), depth - 1));
                }
                self.called(open, depth)
            }
            Kind::Other if at > 0 && source.is(at - 1, ".") => self.field(at, depth),
            _ => Type::default(),
        }
    }

    /// What a name or a field is.
    fn named(&self, at: usize, depth: usize) -> Type {
        let source = &self.file.source;
        if at > 0 && source.is(at - 1, ".") {
            return self.field(at, depth);
        }
        let name = source.text(at);
        if let Some(made) = self.constructed(at) {
            return made;
        }
        if source.follows_path_separator(at) {
            return self.names.statics.get(name).cloned().unwrap_or_default();
        }
        if name == "self" {
            return self.dereferenced(self.own_type(at));
        }
        self.variable(name, at, depth)
    }

    /// The type of the workspace whose name ends here, of which there is a value: `Store` or `Store { … }`.
    fn constructed(&self, at: usize) -> Option<Type> {
        let source = &self.file.source;
        if source.kind(at) != Kind::Ident || !source.text(at).starts_with(char::is_uppercase) {
            return None;
        }
        let start = path_start(source, at);
        match self.resolve(&path_from(source, start).0, start, DEPTH) {
            Meaning::Local(name) => {
                let mut found = Type::default();
                found.locals.insert(name);
                Some(self.dereferenced(found))
            }
            _ => None,
        }
    }

    /// The type of a field.
    fn field(&self, at: usize, depth: usize) -> Type {
        let source = &self.file.source;
        let Some(owners) = self.names.fields.get(source.text(at)) else {
            return Type::default();
        };
        let base = self.receiver(at - 1, depth - 1);
        let mut found = Type::default();
        for (owner, field) in owners {
            if base.locals.contains(owner) {
                found.add(field.clone());
            }
        }
        if found.is_unknown() && base.locals.is_empty() && !base.is_foreign {
            for field in owners.values() {
                found.add(field.clone());
            }
        }
        found
    }

    /// The result of the call whose arguments are in the group opened at `open`.
    fn called(&self, open: usize, depth: usize) -> Type {
        let source = &self.file.source;
        let mut callee = open - 1;
        // Type arguments: `f::<T>()`
        if source.is(callee, ">") {
            let mut nesting = 0_usize;
            while callee > 0 {
                if source.is(callee, ">") && !source.is(callee - 1, "->") {
                    nesting += 1;
                } else if source.is(callee, "<") {
                    nesting = nesting.saturating_sub(1);
                    if nesting == 0 {
                        break;
                    }
                }
                callee -= 1;
            }
            callee = callee.saturating_sub(3);
        }
        if source.kind(callee) != Kind::Ident || is_keyword(source.text(callee)) {
            // `(expression)`
            return self.expression(source.inside(open), depth - 1);
        }
        let name = source.text(callee);
        if callee > 0 && source.is(callee - 1, ".") {
            let base = self.receiver(callee - 1, depth - 1);
            if TRANSPARENT.contains(&name) && !base.is_unknown() {
                return base;
            }
            return self.method_result(&base, name);
        }
        let start = path_start(source, callee);
        let (path, _) = path_from(source, start);
        match self.resolve(&path, start, DEPTH) {
            Meaning::Sdk(found) => {
                let mut client = Type::default();
                // `Client::new`, `Client::from_conf`
                if matches!(found.client_item(), Some([constructor]) if matches!(constructor.as_str(), "new" | "from_conf" | "clone"))
                {
                    client.clients.insert(found.sdk);
                } else {
                    client.is_foreign = true;
                }
                client
            }
            Meaning::Local(type_name) if path.len() > 1 && self.names.has_method(&type_name, name) => {
                self.names.result_of(&type_name, name).unwrap_or_else(|| {
                    let mut found = Type::default();
                    found.locals.insert(type_name);
                    self.dereferenced(found)
                })
            }
            Meaning::Local(type_name) => {
                let mut found = Type::default();
                found.locals.insert(type_name);
                self.dereferenced(found)
            }
            meaning => {
                let is_wrapper = path.iter().any(|name| WRAPPERS.contains(&name.as_str()));
                if is_wrapper {
                    return self.expression(source.inside(open), depth - 1);
                }
                if path.len() == 2 && path.first().is_some_and(|first| first == "Self") {
                    let own = self.dereferenced(self.own_type(start));
                    let result = own.locals.iter().find_map(|owner| self.names.result_of(owner, name));
                    return result.unwrap_or(own);
                }
                // `reqwest::Client::new()`, but not `dyn_clone::clone_box(&client)`
                let is_constructor = path
                    .iter()
                    .rev()
                    .nth(1)
                    .is_some_and(|owner| owner.starts_with(char::is_uppercase));
                let result = self.names.functions.get(name).filter(|result| !result.is_unknown());
                match (result, meaning) {
                    (Some(result), Meaning::Unknown) => result.clone(),
                    (_, Meaning::Foreign) if is_constructor => Type {
                        is_foreign: true,
                        ..Type::default()
                    },
                    _ => {
                        let passed = self.expression(source.inside(open), depth - 1);
                        if passed.clients.is_empty() {
                            Type::default()
                        } else {
                            passed
                        }
                    }
                }
            }
        }
    }

    /// The result of a method.
    fn method_result(&self, base: &Type, name: &str) -> Type {
        let Some(owners) = self.names.method_results.get(name) else {
            return Type::default();
        };
        let mut found = Type::default();
        let mut own = base.locals.iter().filter_map(|local| owners.get(local)).peekable();
        if own.peek().is_some() {
            own.for_each(|result| found.add(result.clone()));
            return found;
        }
        // Any type can have a method of this name, so only that of the receiver shows what it is not.
        for result in owners.values() {
            found.or(result.clone());
        }
        if found.clients.is_empty() {
            Type::default()
        } else {
            Type {
                is_ambiguous: true,
                ..found
            }
        }
    }

    /// What an expression is.
    fn expression(&self, range: Range<usize>, depth: usize) -> Type {
        let source = &self.file.source;
        if depth == 0 || range.is_empty() {
            return Type::default();
        }
        // Blocks and closures have the type of their last expression.
        let mut start = range.start;
        loop {
            let end = source.until(start, range.end, ";", false);
            if end >= range.end.saturating_sub(1) {
                break;
            }
            start = end + 1;
        }
        let mut end = range.end;
        while end > start && (source.is(end - 1, ";") || source.is(end - 1, ",")) {
            end -= 1;
        }
        // Any call of an operation makes a result of it, not a client. Its type is not known here.
        let found = self.receiver(end, depth);
        if !found.is_unknown() || start >= end {
            return found;
        }
        // `match`, `if`, closures, `{ … }`: a client that is made somewhere inside.
        let sends = (start..end).any(|at| source.is_ident(at, "send") || source.is_ident(at, "into_paginator"));
        let mut made = Type::default();
        if !sends {
            for at in start..end {
                let is_constructor =
                    matches!(source.text(at), "new" | "from_conf") && source.follows_path_separator(at);
                if source.kind(at) == Kind::Ident && is_constructor && source.is(at + 1, "(") {
                    let path_at = path_start(source, at);
                    let (path, _) = path_from(source, path_at);
                    if let Meaning::Sdk(path) = self.resolve(&path, path_at, DEPTH)
                        && path.client_item().is_some_and(|rest| rest.len() == 1)
                    {
                        made.clients.insert(path.sdk);
                    }
                }
            }
        }
        made
    }

    /// The type of a variable, from its nearest declaration before a token.
    pub(crate) fn variable(&self, name: &str, at: usize, depth: usize) -> Type {
        let source = &self.file.source;
        let facts = &self.file.facts;
        let mut declarations: Vec<(usize, bool)> = Vec::new();
        for &declared in facts.typed.get(name).map(Vec::as_slice).unwrap_or_default() {
            if declared < at && self.is_parameter_or_let(declared, at) {
                declarations.push((declared, true));
            }
        }
        for &bound in facts.lets.get(name).map(Vec::as_slice).unwrap_or_default() {
            if bound < at && source.block_around(bound).contains(&at) {
                declarations.push((bound, false));
            }
        }
        declarations.sort_unstable();
        for &(declared, is_typed) in declarations.iter().rev() {
            let block_end = source.block_around(declared).end;
            let found = if is_typed {
                let end = source.until(declared + 2, source.len(), ",;=|{", true);
                self.type_in(declared + 2..end)
            } else {
                let end = source.until(declared + 1, block_end, ";", false);
                let equals = source.until(declared + 1, end, "=", true);
                if equals >= end || at <= end {
                    continue;
                }
                let names: Vec<usize> = (declared + 1..equals).filter(|&at| source.is_ident(at, name)).collect();
                self.bound(declared + 1..equals, names.first().copied(), equals + 1..end, depth - 1)
            };
            if !found.is_unknown() {
                return found;
            }
            // A closer declaration of unknown type hides those before it.
            return Type::default();
        }
        self.names.statics.get(name).cloned().unwrap_or_default()
    }

    /// The type of a name in a pattern.
    fn bound(&self, pattern: Range<usize>, name: Option<usize>, mut value: Range<usize>, depth: usize) -> Type {
        let source = &self.file.source;
        // `let … else { … }`
        if let Some(or_else) = value
            .clone()
            .find(|&at| source.is_ident(at, "else") && source.is(at + 1, "{"))
        {
            let is_if = source.is_ident(value.start, "if") || source.is_ident(value.start, "match");
            if !is_if {
                value.end = or_else;
            }
        }
        // `if let Some(client) = client {`
        if let Some(body) = value.clone().find(|&at| source.is(at, "{"))
            && source.kind(pattern.start.saturating_sub(2)) == Kind::Ident
            && matches!(source.text(pattern.start.saturating_sub(2)), "if" | "while")
        {
            value.end = body;
        }
        // `let (a, b) = (x, y)`
        if source.is(pattern.start, "(") && source.is(value.start, "(") && source.closing(value.start) + 1 == value.end
        {
            let names = source.split_commas(source.inside(pattern.start));
            let values = source.split_commas(source.inside(value.start));
            let number = names
                .iter()
                .position(|part| name.is_some_and(|name| part.contains(&name)));
            return match number.and_then(|number| values.get(number)) {
                Some(value) => self.expression(value.clone(), depth),
                None => Type::default(),
            };
        }
        if source.is(pattern.start, "(") {
            return Type::default();
        }
        self.expression(value, depth)
    }

    /// Whether `name: type` declares a variable that is visible at a token, rather than a field.
    fn is_parameter_or_let(&self, declared: usize, at: usize) -> bool {
        let source = &self.file.source;
        if declared > 0
            && (source.is_ident(declared - 1, "let")
                || source.is_ident(declared - 1, "mut") && declared > 1 && source.is_ident(declared - 2, "let"))
        {
            return source.block_around(declared).contains(&at);
        }
        let Some(open) = source.parent(declared) else {
            return false;
        };
        if source.is(open, "(") {
            // The parameters of a function, or a group in those of a closure.
            if let Some(function) = self
                .file
                .facts
                .functions
                .iter()
                .find(|function| function.parameters == open)
            {
                return function.body.contains(&at);
            }
        }
        // `|client: &Client| …` or `macro!(name: type)`
        let before = declared.checked_sub(1);
        let is_closure = before
            .is_some_and(|before| source.is(before, "|") || source.is(before, ",") || source.is_ident(before, "mut"))
            && !is_structure(source, open);
        is_closure && source.block_around(declared).contains(&at)
    }
}

/// Whether a group holds the fields of a struct, declared or made.
fn is_structure(source: &Source, open: usize) -> bool {
    source.is(open, "{")
        && open > 0
        && (source.kind(open - 1) == Kind::Ident && !is_keyword(source.text(open - 1)) || source.is(open - 1, ">"))
        && !source.is(open + 1, "|")
}

fn is_keyword(name: &str) -> bool {
    matches!(
        name,
        "return"
            | "match"
            | "if"
            | "in"
            | "while"
            | "else"
            | "await"
            | "move"
            | "let"
            | "mut"
            | "ref"
            | "for"
            | "loop"
            | "async"
            | "unsafe"
            | "break"
            | "as"
    )
}
