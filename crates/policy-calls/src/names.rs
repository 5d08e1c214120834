//! What paths, names and expressions mean, as far as tokens show: whether they are clients of the SDK.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use crate::facts::{Import, path_from};
use crate::files::{File, Files};
use crate::source::{Kind, Source, string_value};
use crate::workspace::{Extern, Workspace};

/// Something in a crate of the SDK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SdkPath {
    /// The number of the crate.
    pub(crate) sdk: usize,
    /// The path inside it.
    pub(crate) rest: Vec<String>,
}

impl SdkPath {
    /// Whether this is the client.
    pub(crate) fn is_client(&self) -> bool {
        self.client_item().is_some_and(<[String]>::is_empty)
    }

    /// What comes after the client in the path.
    pub(crate) fn client_item(&self) -> Option<&[String]> {
        match self.rest.as_slice() {
            [client, rest @ ..] if client == "Client" => Some(rest),
            [module, client, rest @ ..] if module == "client" && (client == "Client" || client == "Waiters") => {
                Some(rest)
            }
            _ => None,
        }
    }
}

/// What a value is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Type {
    /// The SDK crates whose clients it may be.
    pub(crate) clients: BTreeSet<usize>,
    /// The types of the workspace that it may be.
    pub(crate) locals: BTreeSet<String>,
    /// Whether it may be a type from elsewhere.
    pub(crate) is_foreign: bool,
}

impl Type {
    pub(crate) fn is_unknown(&self) -> bool {
        self.clients.is_empty() && self.locals.is_empty() && !self.is_foreign
    }

    fn add(&mut self, other: Self) {
        self.clients.extend(other.clients);
        self.locals.extend(other.locals);
        self.is_foreign |= other.is_foreign;
    }
}

/// What a path means.
enum Meaning {
    Sdk(SdkPath),
    /// The last name of something in the workspace.
    Local(String),
    /// Something in another crate.
    Foreign,
    Unknown,
}

/// The names of the whole workspace.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// What imports and aliases that others can see stand for.
    exports: HashMap<String, Vec<SdkPath>>,
    /// The same for those that only inner modules can see.
    private: HashMap<String, Vec<SdkPath>>,
    types: BTreeSet<String>,
    /// What types dereference to.
    targets: HashMap<String, Type>,
    /// The results of functions, by name.
    results: HashMap<String, Type>,
    /// The types of fields, by the name of the field and that of its type.
    fields: HashMap<String, BTreeMap<String, Type>>,
    statics: HashMap<String, Type>,
    /// The names of the methods that types of the workspace have.
    methods: HashMap<String, BTreeSet<String>>,
    constants: HashMap<String, Option<String>>,
    /// Macros that call a method that their caller names.
    pub(crate) method_macros: BTreeSet<String>,
}

/// Names in one file.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) names: &'a Names,
    pub(crate) workspace: &'a Workspace,
    pub(crate) file: &'a File,
}

/// How deep definitions are followed.
const DEPTH: usize = 6;

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

impl Names {
    pub(crate) fn new(workspace: &Workspace, files: &Files) -> Self {
        let mut names = Self::default();
        for file in &files.all {
            let facts = &file.facts;
            names.types.extend(facts.types.iter().cloned());
            names.method_macros.extend(facts.method_macros.iter().cloned());
            for (name, literal) in &facts.constants {
                let value = string_value(literal);
                // A name with several values has none.
                names
                    .constants
                    .entry(name.clone())
                    .and_modify(|known| {
                        if *known != value {
                            *known = None;
                        }
                    })
                    .or_insert(value);
            }
            for item in &facts.impls {
                let methods = names.methods.entry(item.type_name.clone()).or_default();
                let inside = facts
                    .functions
                    .iter()
                    .filter(|function| item.body.contains(&function.parameters));
                methods.extend(inside.map(|function| function.name.clone()));
            }
            for trait_name in &facts.types {
                names.methods.entry(trait_name.clone()).or_default();
            }
            names.trait_methods(file);
        }
        names.exports(workspace, files);
        names.types_of_declarations(workspace, files);
        names
    }

    /// The methods that traits declare.
    fn trait_methods(&mut self, file: &File) {
        let source = &file.source;
        for function in &file.facts.functions {
            let Some(block) = source.parent(function.parameters) else {
                continue;
            };
            // `trait Name: Bounds {`
            let mut at = block;
            while at > 0 && !source.is(at, ";") && !source.is(at, "}") && block - at < 64 {
                at -= 1;
                if source.is_ident(at, "trait") {
                    let name = source.text(at + 1).to_owned();
                    self.methods.entry(name).or_default().insert(function.name.clone());
                    break;
                }
            }
        }
    }

    /// Follows re-exports of re-exports.
    fn exports(&mut self, workspace: &Workspace, files: &Files) {
        for _ in 0..3 {
            let (mut exports, mut private) = (HashMap::new(), HashMap::new());
            for file in &files.all {
                let scope = Scope {
                    names: self,
                    workspace,
                    file,
                };
                for import in &file.facts.imports {
                    if let Some(path) = scope.import(import) {
                        let table: &mut HashMap<String, Vec<SdkPath>> =
                            if import.is_public { &mut exports } else { &mut private };
                        let known = table.entry(import.name.clone()).or_default();
                        if !known.contains(&path) {
                            known.push(path);
                        }
                    }
                }
            }
            let is_done = exports == self.exports;
            self.exports = exports;
            self.private = private;
            if is_done {
                break;
            }
        }
    }

    fn types_of_declarations(&mut self, workspace: &Workspace, files: &Files) {
        // Anything can be of a type that only dereferences to a client, so those are found first.
        let mut targets = HashMap::<String, Type>::new();
        for file in &files.all {
            let scope = Scope {
                names: self,
                workspace,
                file,
            };
            for item in &file.facts.impls {
                if let Some(target) = &item.target {
                    targets
                        .entry(item.type_name.clone())
                        .or_default()
                        .add(scope.type_in(target.clone()));
                }
            }
        }
        self.targets = targets;
        let mut statics = HashMap::<String, Type>::new();
        let mut fields = HashMap::<String, BTreeMap<String, Type>>::new();
        for file in &files.all {
            let scope = Scope {
                names: self,
                workspace,
                file,
            };
            for (owner, field, range) in &file.facts.fields {
                let found = scope.type_in(range.clone());
                fields
                    .entry(field.clone())
                    .or_default()
                    .entry(owner.clone())
                    .or_default()
                    .add(found);
            }
            for (name, range) in &file.facts.statics {
                statics
                    .entry(name.clone())
                    .or_default()
                    .add(scope.type_in(range.clone()));
            }
        }
        self.fields = fields;
        self.statics = statics;
        let mut results = HashMap::<String, Type>::new();
        for file in &files.all {
            let scope = Scope {
                names: self,
                workspace,
                file,
            };
            for function in &file.facts.functions {
                let found = scope.dereferenced(scope.type_in(function.result.clone()));
                if !found.is_unknown() {
                    results.entry(function.name.clone()).or_default().add(found);
                }
            }
        }
        self.results = results;
    }

    /// The value of a constant.
    pub(crate) fn constant(&self, name: &str) -> Option<&str> {
        self.constants.get(name)?.as_deref()
    }

    /// Whether a type of the workspace has a method of its own.
    pub(crate) fn has_method(&self, type_name: &str, method: &str) -> bool {
        self.methods
            .get(type_name)
            .is_some_and(|methods| methods.contains(method))
    }
}

impl Scope<'_> {
    /// What an import stands for, if it is in the SDK.
    fn import(&self, import: &Import) -> Option<SdkPath> {
        let (first, rest) = import.path.split_first()?;
        match self.meaning_of_extern(first, rest) {
            Some(Meaning::Sdk(path)) => Some(path),
            Some(_) => None,
            None if is_relative(first) => self.exported(rest, true),
            // A path from another import, or from the current module.
            None => match self.resolve(&import.path, import.scope.start, DEPTH) {
                Meaning::Sdk(path) => Some(path),
                _ => None,
            },
        }
    }

    /// What a path means whose first name is that of a crate.
    fn meaning_of_extern(&self, first: &str, rest: &[String]) -> Option<Meaning> {
        let mut found = None;
        for context in &self.file.contexts {
            let package = self.workspace.packages.get(context.package)?;
            found = package.externs.get(first).copied();
            if found.is_some() {
                break;
            }
        }
        match found? {
            Extern::Sdk(sdk) => Some(Meaning::Sdk(SdkPath {
                sdk,
                rest: rest.to_vec(),
            })),
            Extern::Member(_) => Some(match self.exported(rest, false) {
                Some(path) => Meaning::Sdk(path),
                None => self.local(rest),
            }),
            Extern::Other => Some(Meaning::Foreign),
        }
    }

    /// What a path through the workspace's modules stands for, if a name on it is exported and in the SDK.
    fn exported(&self, path: &[String], sees_private: bool) -> Option<SdkPath> {
        for (number, name) in path.iter().enumerate() {
            let private = if sees_private {
                self.names.private.get(name)
            } else {
                None
            };
            // If one name stands for several things, only what it has in common with the path could decide.
            let known = self.names.exports.get(name).or(private);
            if let Some([only]) = known.map(Vec::as_slice) {
                let mut found = only.clone();
                found.rest.extend(path.iter().skip(number + 1).cloned());
                return Some(found);
            }
        }
        None
    }

    fn local(&self, path: &[String]) -> Meaning {
        let known = path.iter().rev().find(|name| self.names.types.contains(*name));
        match known {
            Some(name) => Meaning::Local(name.clone()),
            None => Meaning::Unknown,
        }
    }

    /// The innermost import of a name that is visible at a token.
    fn visible(&self, name: &str, at: usize) -> Option<&Import> {
        let imports = self
            .file
            .facts
            .imports
            .iter()
            .filter(|import| import.name == name && import.scope.contains(&at));
        imports.min_by_key(|import| import.scope.len())
    }

    /// What a path means at a token.
    pub(crate) fn sdk_path(&self, path: &[String], at: usize) -> Option<SdkPath> {
        match self.resolve(path, at, DEPTH) {
            Meaning::Sdk(path) => Some(path),
            _ => None,
        }
    }

    fn resolve(&self, path: &[String], at: usize, depth: usize) -> Meaning {
        let Some((first, rest)) = path.split_first() else {
            return Meaning::Unknown;
        };
        if is_relative(first) {
            let rest: Vec<String> = path.iter().skip_while(|name| is_relative(name)).cloned().collect();
            // `self::Client` can also be an import of this file.
            if let Some(name) = rest.first()
                && depth > 0
                && let Some(import) = self.visible(name, at)
                && import.path.first() != Some(name)
            {
                let path = [import.path.as_slice(), rest.get(1..).unwrap_or_default()].concat();
                if let Meaning::Sdk(found) = self.resolve(&path, at, depth - 1) {
                    return Meaning::Sdk(found);
                }
            }
            return match self.exported(&rest, true) {
                Some(found) => Meaning::Sdk(found),
                None => self.local(&rest),
            };
        }
        if depth > 0
            && let Some(import) = self.visible(first, at)
            && import.path.first() != Some(first)
        {
            let path = [import.path.as_slice(), rest].concat();
            return self.resolve(&path, at, depth - 1);
        }
        if let Some(meaning) = self.meaning_of_extern(first, rest) {
            return meaning;
        }
        if matches!(first.as_str(), "std" | "core" | "alloc") {
            return Meaning::Foreign;
        }
        if let Meaning::Local(name) = self.local(path) {
            return Meaning::Local(name);
        }
        for (range, glob) in &self.file.facts.globs {
            if depth == 0 || !range.contains(&at) {
                continue;
            }
            let joined = [glob.as_slice(), path].concat();
            match self.resolve(&joined, at, depth - 1) {
                Meaning::Sdk(found) if is_item(&found) => return Meaning::Sdk(found),
                _ => {}
            }
        }
        match self.exported(path, false) {
            // Without a path to it, a common name like `Client` could be any.
            Some(found) if !is_common(first) => Meaning::Sdk(found),
            _ => Meaning::Unknown,
        }
    }

    /// The clients and other types that a type mentions.
    pub(crate) fn type_in(&self, range: Range<usize>) -> Type {
        let source = &self.file.source;
        let mut found = Type::default();
        let mut at = range.start;
        let mut is_first = true;
        while at < range.end {
            if source.kind(at) != Kind::Ident || matches!(source.text(at), "mut" | "dyn" | "impl" | "const") {
                at += 1;
                continue;
            }
            let (path, end) = path_from(source, at);
            let start = at;
            at = end.max(at + 1);
            match self.resolve(&path, start, DEPTH) {
                Meaning::Sdk(path) if path.is_client() => {
                    found.clients.insert(path.sdk);
                }
                Meaning::Local(name) => {
                    found.locals.insert(name);
                }
                Meaning::Foreign if is_first => found.is_foreign = true,
                Meaning::Unknown if path.len() == 1 && path.first().is_some_and(|name| name == "Self") => {
                    found.add(self.own_type(start));
                }
                _ => {}
            }
            is_first = false;
        }
        if !found.clients.is_empty() {
            // A wrapper such as `Arc` says nothing about what is in it.
            found.is_foreign = false;
        }
        self.dereferenced(found)
    }

    /// Adds the clients that the types dereference to.
    fn dereferenced(&self, mut found: Type) -> Type {
        for _ in 0..DEPTH {
            let mut more = Type::default();
            for name in &found.locals {
                if let Some(target) = self.names.targets.get(name) {
                    more.add(target.clone());
                }
            }
            let before = found.clone();
            found.add(more);
            if found == before {
                break;
            }
        }
        found
    }

    /// The type whose `impl` contains a token.
    fn own_type(&self, at: usize) -> Type {
        let around = self.file.facts.impls.iter().filter(|item| item.body.contains(&at));
        let mut found = Type::default();
        if let Some(item) = around.min_by_key(|item| item.body.len()) {
            match self.resolve(std::slice::from_ref(&item.type_name), at, DEPTH) {
                Meaning::Sdk(path) if path.is_client() => {
                    found.clients.insert(path.sdk);
                }
                _ => {
                    found.locals.insert(item.type_name.clone());
                }
            }
        }
        found
    }

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
                    return self.expression(source.inside(open), depth - 1);
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
        if source.follows_path_separator(at) {
            return self.names.statics.get(name).cloned().unwrap_or_default();
        }
        if name == "self" {
            return self.dereferenced(self.own_type(at));
        }
        self.variable(name, at, depth)
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
            let result = self.names.results.get(name);
            if TRANSPARENT.contains(&name) {
                let inner = self.receiver(callee - 1, depth - 1);
                if !inner.is_unknown() {
                    return inner;
                }
            }
            if name == "build" || name == "map" {
                return Type::default();
            }
            return result.cloned().unwrap_or_default();
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
                self.names.results.get(name).cloned().unwrap_or_else(|| {
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
                    let own = || self.dereferenced(self.own_type(start));
                    return self.names.results.get(name).cloned().unwrap_or_else(own);
                }
                match (self.names.results.get(name), meaning) {
                    (Some(result), Meaning::Unknown) => result.clone(),
                    (_, Meaning::Foreign) => Type {
                        is_foreign: true,
                        ..Type::default()
                    },
                    _ => Type::default(),
                }
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

/// The first token of the path that ends here.
pub(crate) fn path_start(source: &Source, end: usize) -> usize {
    let mut start = end;
    while start >= 3 && source.is(start - 2, "::") {
        if source.kind(start - 3) == Kind::Ident {
            start -= 3;
        } else if source.is(start - 3, ">") {
            // Type arguments.
            let mut at = start - 3;
            let mut depth = 0_usize;
            loop {
                if source.is(at, ">") {
                    depth += 1;
                } else if source.is(at, "<") {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        break;
                    }
                }
                if at == 0 {
                    return start;
                }
                at -= 1;
            }
            if at >= 3 && source.is(at - 2, "::") && source.kind(at - 3) == Kind::Ident {
                start = at - 3;
            } else {
                return start;
            }
        } else {
            return start - 2;
        }
    }
    start
}

fn is_relative(name: &str) -> bool {
    matches!(name, "crate" | "self" | "super")
}

/// Whether a path names something at the top of an SDK crate, as a glob import could.
fn is_item(path: &SdkPath) -> bool {
    matches!(
        path.rest.first().map(String::as_str),
        Some("Client" | "client" | "operation" | "types" | "Config")
    )
}

/// Names that many crates have.
fn is_common(name: &str) -> bool {
    matches!(
        name,
        "Client"
            | "Config"
            | "Error"
            | "Builder"
            | "types"
            | "client"
            | "config"
            | "error"
            | "operation"
            | "primitives"
    )
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
