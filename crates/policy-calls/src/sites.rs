//! Calls found by their tokens.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use iam_policy_spec::pascal_case;

use crate::calls::{Call, Form, Unresolved};
use crate::cfg;
use crate::chain::{Chain, is_not_a_builder};
use crate::facts::path_from;
use crate::files::File;
use crate::names::{Scope, SdkPath, Type, path_start};
use crate::permissions::permissions;
use crate::source::{Kind, Source};
use crate::workspace::{Extern, Workspace};

/// A call: the token of its method's name, and the method.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Site {
    pub(crate) at: usize,
    /// The number of the SDK crate.
    pub(crate) sdk: usize,
    /// The method of the client.
    pub(crate) method: String,
}

/// What a file contains.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) sites: Vec<Site>,
    pub(crate) unresolved: Vec<(usize, Vec<usize>)>,
}

/// The methods of all SDK crates that a package can reach.
#[derive(Debug)]
pub(crate) struct Methods<'w> {
    methods: BTreeMap<&'w str, Vec<usize>>,
    has_sdk: bool,
}

impl<'w> Methods<'w> {
    pub(crate) fn new(workspace: &'w Workspace, package: usize) -> Self {
        let mut methods: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let sdks = workspace.sdks_of(package);
        let has_sdk = !sdks.is_empty();
        for number in sdks {
            let Some(sdk) = workspace.sdks.get(number) else {
                continue;
            };
            for method in sdk.methods.keys().chain(sdk.waiters.keys()) {
                methods.entry(method).or_default().push(number);
            }
        }
        Self { methods, has_sdk }
    }

    fn get(&self, method: &str) -> &[usize] {
        self.methods.get(method).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether the package can call the SDK at all, even if none of its operations are known.
    pub(crate) const fn is_empty(&self) -> bool {
        !self.has_sdk
    }
}

/// Finds the calls in a file.
pub(crate) fn find(scope: Scope<'_>, methods: &Methods<'_>) -> Found {
    let source = &scope.file.source;
    let mut found = Found::default();
    for at in 0..source.len() {
        if source.kind(at) != Kind::Ident || at == 0 {
            continue;
        }
        if source.is(at - 1, ".") {
            method_call(scope, methods, at, &mut found);
        } else if source.is(at + 1, "!") && scope.names.method_macros.contains(source.text(at)) {
            method_macro(scope, methods, at, &mut found);
        } else if source.follows_path_separator(at) {
            path(scope, methods, at, &mut found);
        }
    }
    found.sites.sort();
    found.sites.dedup();
    found
}

fn method_call(scope: Scope<'_>, methods: &Methods<'_>, at: usize, found: &mut Found) {
    let source = &scope.file.source;
    let name = source.text(at);
    if name == "send_with" && source.is(at + 1, "(") {
        if let Some((sdk, method)) = input_of(scope, at) {
            found.sites.push(Site { at, sdk, method });
        }
        return;
    }
    // Operations have no arguments.
    if !source.is(at + 1, "(") || source.closing(at + 1) != at + 2 {
        return;
    }
    let candidates = methods.get(name);
    if candidates.is_empty() {
        if name.starts_with("wait_until_") {
            waiter(scope, at, found);
        } else {
            unknown_operation(scope, at, found);
        }
        return;
    }
    let receiver = scope.receiver(at - 1, 8);
    let chain = scope.chain(at, at + 3);
    match decide(scope, candidates, name, at, &receiver, &chain) {
        Decision::Call(sdk) => found.sites.push(Site {
            at,
            sdk,
            method: name.to_owned(),
        }),
        Decision::Open(sdks) => found.unresolved.push((at, sdks)),
        Decision::No => {}
    }
}

/// A method of a client that is no known operation of its service: a newer one, or the service itself is not known.
fn unknown_operation(scope: Scope<'_>, at: usize, found: &mut Found) {
    let source = &scope.file.source;
    if !source.is(at + 3, ".") || is_followed_by_getter(source, at + 3) {
        return;
    }
    let form = scope.chain(at, at + 3).form;
    if form.is_none_or(|form| form == Form::Waiter) {
        return;
    }
    let receiver = scope.receiver(at - 1, 8);
    let method = source.text(at);
    let has_own = receiver.locals.iter().any(|name| scope.names.has_method(name, method));
    if let (1, Some(&sdk), false, false) = (
        receiver.clients.len(),
        receiver.clients.first(),
        receiver.is_ambiguous,
        has_own,
    ) {
        found.sites.push(Site {
            at,
            sdk,
            method: method.to_owned(),
        });
    }
}

/// Whether one of the methods from a `.` on has no arguments and is none of those that end a request.
fn is_followed_by_getter(source: &Source, mut dot: usize) -> bool {
    while source.is(dot, ".") && source.is(dot + 2, "(") {
        let after = source.closing(dot + 2) + 1;
        match source.text(dot + 1) {
            "send" | "send_with" | "into_paginator" | "customize" => return false,
            _ if after == dot + 4 => return true,
            _ => dot = after,
        }
    }
    false
}

enum Decision {
    Call(usize),
    Open(Vec<usize>),
    No,
}

fn decide(scope: Scope<'_>, candidates: &[usize], method: &str, at: usize, receiver: &Type, chain: &Chain) -> Decision {
    let source = &scope.file.source;
    let typed: Vec<usize> = candidates
        .iter()
        .copied()
        .filter(|sdk| receiver.clients.contains(sdk))
        .collect();
    let has_own = receiver.locals.iter().any(|name| scope.names.has_method(name, method));
    match typed.as_slice() {
        [only] if !has_own => return Decision::Call(*only),
        _ if receiver.is_ambiguous => {}
        // A wrapper with a method of the same name hides the client's.
        _ if has_own => return Decision::No,
        [] if receiver.is_foreign => return Decision::No,
        // A client, but not one that has this operation.
        [] if !receiver.clients.is_empty() => return Decision::No,
        _ => {}
    }
    if is_not_a_builder(source, at + 3) {
        return Decision::No;
    }
    let open = if typed.is_empty() { candidates } else { typed.as_slice() };
    let is_sent = chain.form.is_some();
    if has_own {
        return if is_sent {
            Decision::Open(open.to_vec())
        } else {
            Decision::No
        };
    }
    let Some(likely) = likely(scope, open, at) else {
        return if is_sent || !chain.arguments.is_empty() {
            Decision::Open(open.to_vec())
        } else {
            Decision::No
        };
    };
    // A type of the workspace without such a method may get it from a macro or through a type that is not seen here. What
    // is not known at all may be any type with such a method.
    let is_likely = (receiver.is_ambiguous || receiver.locals.is_empty())
        && !scope.names.is_declared(method)
        && (mentions(scope, likely) || is_named(scope, likely, at));
    if is_sent && is_likely {
        return Decision::Call(likely);
    }
    if is_sent || could_be_client(scope, at) {
        return Decision::Open(open.to_vec());
    }
    Decision::No
}

/// The only service, or the only one that the receiver or the file mentions.
fn likely(scope: Scope<'_>, candidates: &[usize], at: usize) -> Option<usize> {
    if let [only] = candidates {
        return Some(*only);
    }
    let named: Vec<usize> = candidates
        .iter()
        .copied()
        .filter(|&number| is_named(scope, number, at))
        .collect();
    if let [only] = named.as_slice() {
        return Some(*only);
    }
    let mentioned: Vec<usize> = candidates
        .iter()
        .copied()
        .filter(|&number| mentions(scope, number))
        .collect();
    match mentioned.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// Whether a file names a crate of the SDK.
fn mentions(scope: Scope<'_>, sdk: usize) -> bool {
    let text = scope.file.source.as_str();
    let mut packages = scope
        .file
        .contexts
        .iter()
        .filter_map(|context| scope.workspace.packages.get(context.package));
    packages.any(|package| {
        let mut names = package
            .externs
            .iter()
            .filter(|(_, meaning)| matches!(meaning, Extern::Sdk(of) if *of == sdk));
        names.any(|(name, _)| text.contains(name.as_str()))
    })
}

/// Whether the expression before a call names a service.
fn is_named(scope: Scope<'_>, sdk: usize, at: usize) -> bool {
    let short = scope
        .workspace
        .sdks
        .get(sdk)
        .and_then(|sdk| sdk.package.strip_prefix("aws-sdk-"));
    short.is_some_and(|short| receiver_text(scope, at).contains(short))
}

/// The part of an expression that ends before a token: a name, a group, or punctuation of a path.
fn part_before(source: &Source, at: usize) -> Option<usize> {
    let before = source.opening(at.checked_sub(1)?);
    let is_part = matches!(source.kind(before), Kind::Ident | Kind::Open)
        || source.is(before, ".")
        || source.is(before, ":")
        || source.is(before, "?");
    (is_part && !source.is(before, "{")).then_some(before)
}

/// The names in the expression before a call, in lower case without separators.
fn receiver_text(scope: Scope<'_>, at: usize) -> String {
    let source = &scope.file.source;
    let mut text = String::new();
    let mut start = at.saturating_sub(1);
    while let Some(before) = part_before(source, start) {
        if source.kind(before) == Kind::Ident {
            text.push_str(&source.text(before).to_ascii_lowercase().replace('_', ""));
            text.push(' ');
        }
        start = before;
    }
    text
}

/// Whether the expression before a call sounds like a client.
fn could_be_client(scope: Scope<'_>, at: usize) -> bool {
    let text = receiver_text(scope, at);
    text.contains("client") || text.contains("aws") || text.contains("sdk")
}

fn waiter(scope: Scope<'_>, at: usize, found: &mut Found) {
    let receiver = scope.receiver(at - 1, 8);
    let sdks: Vec<usize> = receiver.clients.iter().copied().collect();
    let is_waiting = scope.chain(at, at + 3).form == Some(Form::Waiter);
    match sdks.as_slice() {
        [] if is_waiting => {
            let reachable = scope
                .file
                .contexts
                .first()
                .map(|context| scope.workspace.sdks_of(context.package));
            found.unresolved.push((at, reachable.unwrap_or_default()));
        }
        [] => {}
        // The operation behind the waiter is not known.
        sdks => found.unresolved.push((at, sdks.to_vec())),
    }
}

/// The operation whose input `send_with` sends.
fn input_of(scope: Scope<'_>, at: usize) -> Option<(usize, String)> {
    let source = &scope.file.source;
    let mut dot = at - 1;
    // The start of the expression.
    loop {
        let before = source.opening(dot.checked_sub(1)?);
        match source.kind(before) {
            Kind::Open => {
                dot = before;
            }
            Kind::Ident => {
                if before > 0 && source.is(before - 1, ".") {
                    dot = before - 1;
                    continue;
                }
                let start = path_start(source, before);
                let (path, _) = path_from(source, start);
                return match input_in(scope, &path, start) {
                    Some(found) => Some(found),
                    None => bound_input(scope, source.text(before), before),
                };
            }
            _ if source.is(before, "?") => dot = before,
            _ => return None,
        }
    }
}

/// The operation of an input type on a path.
fn input_in(scope: Scope<'_>, path: &[String], at: usize) -> Option<(usize, String)> {
    let SdkPath { sdk, rest } = scope.sdk_path(path, at)?;
    let crate_ = scope.workspace.sdks.get(sdk)?;
    let method = rest.iter().find_map(|name| crate_.method_of_input(name))?;
    Some((sdk, method.to_owned()))
}

/// The operation of the input that a variable is bound to.
fn bound_input(scope: Scope<'_>, name: &str, at: usize) -> Option<(usize, String)> {
    let source = &scope.file.source;
    let facts = &scope.file.facts;
    let tables = [facts.lets.get(name), facts.typed.get(name)];
    let mut declared: Vec<usize> = tables
        .into_iter()
        .flatten()
        .flatten()
        .copied()
        .filter(|&declared| declared < at)
        .collect();
    declared.sort_unstable();
    let &nearest = declared.last()?;
    let end = source.until(nearest, source.len(), ";{", false).min(at);
    (nearest..end).find_map(|at| {
        let starts = source.kind(at) == Kind::Ident && !source.follows_path_separator(at);
        starts.then(|| input_in(scope, &path_from(source, at).0, at)).flatten()
    })
}

/// `Client::get_object`, called or not.
fn path(scope: Scope<'_>, methods: &Methods<'_>, at: usize, found: &mut Found) {
    let source = &scope.file.source;
    let name = source.text(at);
    let candidates = methods.get(name);
    if candidates.is_empty() && name != "send_with" || source.is(at + 1, "::") && !source.is(at + 3, "<") {
        return;
    }
    let start = path_start(source, at);
    let mut sdks = if start == at && at >= 3 && source.is(at - 3, ">") {
        // `<Client>::get_object`
        let open = (0..at).rev().find(|&open| source.is(open, "<"));
        qualified(scope, open.map_or(start, |open| open + 1)..at - 3).clients
    } else {
        let (path, _) = path_from(source, start);
        if name == "send_with" {
            if let Some((sdk, method)) = input_in(scope, &path, start) {
                found.sites.push(Site { at, sdk, method });
            }
            return;
        }
        let client = path.get(..path.len().saturating_sub(1)).unwrap_or_default();
        match scope.sdk_path(client, start) {
            Some(path) if path.is_client() => [path.sdk].into(),
            _ => {
                let mut found = scope.type_in(start..at.saturating_sub(2));
                if found.locals.iter().any(|local| scope.names.has_method(local, name)) {
                    found.clients.clear();
                }
                found.clients
            }
        }
    };
    sdks.retain(|sdk| candidates.contains(sdk));
    if let (1, Some(sdk)) = (sdks.len(), sdks.pop_first()) {
        found.sites.push(Site {
            at,
            sdk,
            method: name.to_owned(),
        });
    }
}

/// The type in `<Client>::` or `<Client as Waiters>::`, if the functions of a client can follow.
fn qualified(scope: Scope<'_>, range: Range<usize>) -> Type {
    let source = &scope.file.source;
    let Some(split) = range.clone().find(|&at| source.is_ident(at, "as")) else {
        return scope.type_in(range);
    };
    // Operations are in no trait, and waiters are in one of the SDK's.
    let (path, _) = path_from(source, split + 1);
    match scope.sdk_path(&path, split + 1) {
        Some(_) => scope.type_in(range.start..split),
        None => Type::default(),
    }
}

/// The operations that are named in the arguments of a macro which calls a method by name.
fn method_macro(scope: Scope<'_>, methods: &Methods<'_>, at: usize, found: &mut Found) {
    let source = &scope.file.source;
    let arguments = source.inside(at + 2);
    for at in arguments.clone() {
        if source.kind(at) != Kind::Ident
            || source.is(at + 1, "(")
            || source.is(at + 1, "::")
            || source.follows_path_separator(at)
        {
            continue;
        }
        let candidates = methods.get(source.text(at));
        if candidates.is_empty() {
            continue;
        }
        // The client is usually among the other arguments.
        let mut clients = HashSet::new();
        for part in source.split_commas(arguments.clone()) {
            clients.extend(scope.receiver(part.end, 8).clients);
            if part.contains(&at) && source.is(at - 1, ".") {
                clients.extend(scope.receiver(at - 1, 8).clients);
            }
        }
        let typed: Vec<usize> = candidates.iter().copied().filter(|sdk| clients.contains(sdk)).collect();
        match (typed.as_slice(), candidates) {
            ([only], _) | ([], [only]) => found.sites.push(Site {
                at,
                sdk: *only,
                method: source.text(at).to_owned(),
            }),
            _ => found.unresolved.push((at, candidates.to_vec())),
        }
    }
}

/// Describes a call.
pub(crate) fn call(scope: Scope<'_>, site: &Site, is_confirmed: bool) -> Option<Call> {
    let source = &scope.file.source;
    let sdk = scope.workspace.sdks.get(site.sdk)?;
    let operation = match sdk.operation_name(&site.method) {
        Some(operation) => operation.to_owned(),
        None => pascal_case(&site.method),
    };
    let (chain, form) = shape(scope, site);
    let position = source.position(site.at);
    let bytes = source.bytes(site.at);
    let place = place(scope, site.at)?;
    let inside = scope
        .file
        .facts
        .macros
        .iter()
        .filter(|(_, body)| body.contains(&site.at));
    Some(Call {
        file: scope.file.name.clone(),
        line: position.line,
        column: position.column,
        span: (bytes.start, bytes.end),
        package: place.package,
        targets: place.targets,
        service: sdk.service_name().to_owned(),
        operation: operation.clone(),
        form,
        is_test: place.is_test,
        cfg: place.cfg,
        macro_name: inside.map(|(name, _)| name.clone()).next(),
        origin: None,
        note: None,
        is_confirmed,
        is_recorded: None,
        permissions: sdk
            .operation(&operation)
            .and_then(|operation| permissions(operation, &chain.arguments, chain.is_complete)),
        arguments: chain.arguments,
        is_complete: chain.is_complete,
    })
}

/// What is set, and how the operation is called.
fn shape(scope: Scope<'_>, site: &Site) -> (Chain, Form) {
    let source = &scope.file.source;
    let at = site.at;
    if source.is_ident(at, "send_with") {
        return (before_send_with(scope, at), Form::SendWith);
    }
    let is_path = source.follows_path_separator(at);
    if source.is(at + 1, "(") {
        let chain = scope.chain(at, source.closing(at + 1) + 1);
        let form = chain.form.unwrap_or(Form::Builder);
        let form = if source.text(at).starts_with("wait_until_") {
            Form::Waiter
        } else {
            form
        };
        return (chain, form);
    }
    if is_path {
        // `mock!(Client::get_object)`
        let around = source.parent(at);
        let is_mock = around
            .is_some_and(|open| open >= 2 && source.is(open - 1, "!") && source.text(open - 2).starts_with("mock"));
        return (Chain::default(), if is_mock { Form::Mock } else { Form::Reference });
    }
    // The name of a method in the arguments of a macro.
    (Chain::default(), Form::Builder)
}

/// The setters before `send_with`.
fn before_send_with(scope: Scope<'_>, at: usize) -> Chain {
    let source = &scope.file.source;
    let mut start = at - 1;
    while let Some(before) = part_before(source, start) {
        start = before;
    }
    // Skips the path to the builder, and reads what follows.
    let (_, mut after) = path_from(source, start);
    if source.is(after, "(") {
        after = source.closing(after) + 1;
    }
    let mut chain = scope.chain(at, after);
    chain.is_complete = after > start + 1;
    chain
}

/// Where a token is: the package, the targets, and when it is compiled.
struct Place {
    package: String,
    targets: Vec<String>,
    is_test: bool,
    cfg: Option<String>,
}

fn place(scope: Scope<'_>, at: usize) -> Option<Place> {
    let file: &File = scope.file;
    let package = scope.workspace.packages.get(file.contexts.first()?.package)?;
    let own: Vec<_> = file.facts.conditions_at(at).cloned().collect();
    let mut targets = Vec::new();
    let (mut is_test, mut cfg) = (true, None);
    for (number, context) in file.contexts.iter().enumerate() {
        let target = scope
            .workspace
            .packages
            .get(context.package)?
            .targets
            .get(context.target)?;
        let conditions = [context.conditions.as_slice(), &own].concat();
        let is_only_test = target.is_test() || conditions.iter().any(cfg::is_test_only);
        is_test &= is_only_test;
        targets.push(format!("{}:{}", target.kind, target.name));
        let predicate = cfg::predicate(&conditions);
        // A file that is always compiled in one target has no condition.
        if number == 0 {
            cfg = predicate;
        } else if predicate.is_none() {
            cfg = None;
        }
    }
    targets.sort();
    targets.dedup();
    Some(Place {
        package: package.name.clone(),
        targets,
        is_test,
        cfg,
    })
}

/// Describes a method that may be a call.
pub(crate) fn unresolved(scope: Scope<'_>, at: usize, sdks: &[usize]) -> Option<Unresolved> {
    let source = &scope.file.source;
    let position = source.position(at);
    let place = place(scope, at)?;
    let services = sdks.iter().filter_map(|&sdk| scope.workspace.sdks.get(sdk));
    Some(Unresolved {
        file: scope.file.name.clone(),
        line: position.line,
        column: position.column,
        package: place.package,
        method: source.text(at).to_owned(),
        services: services.map(|sdk| sdk.service_name().to_owned()).collect(),
        is_test: place.is_test,
    })
}
