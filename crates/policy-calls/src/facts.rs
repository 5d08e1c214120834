//! What a file declares: modules, imports, types, functions, constants, and which code is conditional.

use std::collections::HashMap;
use std::ops::Range;

use crate::source::{Kind, Source};

/// The declarations in a file. Ranges and positions are those of tokens.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) modules: Vec<Module>,
    /// `include!("…")`, with the literal; `None` if the path is not one.
    pub(crate) includes: Vec<(usize, Option<String>)>,
    pub(crate) imports: Vec<Import>,
    /// The namespaces of `use path::*`, by the group that they are visible in.
    pub(crate) globs: Vec<(Range<usize>, Vec<String>)>,
    pub(crate) conditional: Vec<Conditional>,
    pub(crate) functions: Vec<Function>,
    /// Fields by the name of their struct; those of tuple structs are numbers.
    pub(crate) fields: Vec<(String, String, Range<usize>)>,
    pub(crate) impls: Vec<Impl>,
    /// The names of structs, enums, unions and traits.
    pub(crate) types: Vec<String>,
    /// The types and traits of bodies, by their first token.
    owners: HashMap<usize, String>,
    /// String constants and statics: name and literal.
    pub(crate) constants: Vec<(String, String)>,
    /// Constants and statics: name and type.
    pub(crate) statics: Vec<(String, Range<usize>)>,
    /// Macros whose body calls a method that the caller names: `.$method(`.
    pub(crate) method_macros: Vec<String>,
    /// The bodies of `macro_rules!`, with the macros' names.
    pub(crate) macros: Vec<(String, Range<usize>)>,
    /// Where each name is bound by `let name =`.
    pub(crate) lets: HashMap<String, Vec<usize>>,
    /// Where each name is declared by `name: type`.
    pub(crate) typed: HashMap<String, Vec<usize>>,
}

/// `mod name;` or `mod name { … }`
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) name: String,
    /// The path in `#[path = "…"]`.
    pub(crate) path: Option<String>,
    pub(crate) at: usize,
    /// The contents of an inline module.
    pub(crate) body: Option<Range<usize>>,
}

/// A name that `use`, `type` or `extern crate` introduces.
#[derive(Debug)]
pub(crate) struct Import {
    pub(crate) name: String,
    pub(crate) path: Vec<String>,
    /// The tokens from which it is visible.
    pub(crate) scope: Range<usize>,
    /// Whether other modules may see it.
    pub(crate) is_public: bool,
}

/// Code with a condition.
#[derive(Debug)]
pub(crate) struct Conditional {
    pub(crate) range: Range<usize>,
    pub(crate) condition: Condition,
}

/// When code is compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// `#[test]` and the like.
    Test,
    /// The predicate of `#[cfg(…)]`.
    Cfg(String),
}

#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) parameters: usize,
    /// Whether its only parameter is `self`.
    pub(crate) is_getter: bool,
    /// The last name of the type or trait that it belongs to.
    pub(crate) owner: Option<String>,
    /// The type after `->`.
    pub(crate) result: Range<usize>,
    pub(crate) body: Range<usize>,
}

#[derive(Debug)]
pub(crate) struct Impl {
    /// The last name of the type.
    pub(crate) type_name: String,
    pub(crate) body: Range<usize>,
    /// `type Target = …` of an implementation of `Deref`.
    pub(crate) target: Option<Range<usize>>,
}

/// Whether parameters are only `self`, in one of its forms.
fn is_getter(source: &Source, parameters: Range<usize>) -> bool {
    let end = source.until(parameters.start, parameters.end, ",", true);
    end + 1 >= parameters.end && (parameters.start..end).any(|at| source.is_ident(at, "self"))
}

impl Facts {
    pub(crate) fn of(source: &Source) -> Self {
        let mut facts = Self::default();
        let mut at = 0;
        while at < source.len() {
            match source.kind(at) {
                Kind::Ident => facts.item(source, at),
                Kind::Punct if source.is(at, "#") => facts.attribute(source, at),
                _ => {}
            }
            at += 1;
        }
        facts
    }

    fn item(&mut self, source: &Source, at: usize) {
        if at > 0 && (source.is(at - 1, ".") || source.follows_path_separator(at)) {
            return;
        }
        // A raw identifier is not a keyword.
        let is_raw = source.bytes(at).len() != source.text(at).len();
        match source.text(at) {
            name if is_raw => self.typed(source, at, name),
            "use" => self.import(source, at),
            "mod" => self.module(source, at),
            "fn" => self.function(source, at),
            "struct" | "union" => self.structure(source, at),
            "enum" => self.types.push(source.text(at + 1).to_owned()),
            "trait" => self.declared_trait(source, at),
            "impl" => self.implementation(source, at),
            "type" => self.alias(source, at),
            "const" | "static" => self.constant(source, at),
            "let" => self.binding(source, at),
            "extern" => self.external(source, at),
            "macro_rules" => self.macro_rules(source, at),
            "include" => self.include(source, at),
            name => self.typed(source, at, name),
        }
    }

    fn typed(&mut self, source: &Source, at: usize, name: &str) {
        if source.is(at + 1, ":") && !source.is(at + 1, "::") {
            self.typed.entry(name.to_owned()).or_default().push(at);
        }
    }

    fn declared_trait(&mut self, source: &Source, at: usize) {
        let name = source.text(at + 1).to_owned();
        let open = source.until(at + 2, source.len(), "{;", false);
        if source.is(open, "{") {
            self.owners.insert(open + 1, name.clone());
        }
        self.types.push(name);
    }

    fn include(&mut self, source: &Source, at: usize) {
        if !source.is(at + 1, "!") || source.kind(at + 2) != Kind::Open {
            return;
        }
        let is_literal = source.kind(at + 3) == Kind::Str && source.closing(at + 2) == at + 4;
        let path = is_literal
            .then(|| crate::source::string_value(source.text(at + 3)))
            .flatten();
        self.includes.push((at, path));
    }

    fn module(&mut self, source: &Source, at: usize) {
        if source.kind(at + 1) != Kind::Ident {
            return;
        }
        let body = source.is(at + 2, "{").then(|| source.inside(at + 2));
        if body.is_none() && !source.is(at + 2, ";") {
            return;
        }
        self.modules.push(Module {
            name: source.text(at + 1).to_owned(),
            path: path_attribute(source, at),
            at,
            body,
        });
    }

    fn import(&mut self, source: &Source, at: usize) {
        let end = source.until(at + 1, source.len(), ";", false);
        let scope = source.block_around(at);
        let is_public = is_public(source, at);
        self.tree(source, at + 1..end, &[], &scope, is_public);
    }

    /// Reads a use tree.
    fn tree(&mut self, source: &Source, range: Range<usize>, prefix: &[String], scope: &Range<usize>, is_public: bool) {
        let mut path = prefix.to_vec();
        let mut at = range.start;
        let mut name = None;
        while at < range.end {
            match source.kind(at) {
                Kind::Ident if source.is_ident(at, "as") => {
                    name = Some(source.text(at + 1).to_owned());
                    break;
                }
                Kind::Ident => path.push(source.text(at).to_owned()),
                Kind::Open => {
                    for part in source.split_commas(source.inside(at)) {
                        self.tree(source, part, &path, scope, is_public);
                    }
                    return;
                }
                Kind::Punct if source.is(at, "*") => {
                    self.globs.push((scope.clone(), path));
                    return;
                }
                Kind::Punct if source.is(at, ":") => {}
                _ => return,
            }
            at += 1;
        }
        if path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        if let Some(name) = name.or_else(|| path.last().cloned()) {
            self.imports.push(Import {
                name,
                path,
                scope: scope.clone(),
                is_public,
            });
        }
    }

    fn alias(&mut self, source: &Source, at: usize) {
        if source.kind(at + 1) != Kind::Ident {
            return;
        }
        let end = source.until(at + 1, source.len(), ";", false);
        let equals = source.until(at + 1, end, "=", true);
        let (path, path_end) = path_from(source, equals + 1);
        // Only another name of the same type, not one of its parameters.
        if equals < end && path_end == end && !path.is_empty() {
            self.imports.push(Import {
                name: source.text(at + 1).to_owned(),
                path,
                scope: source.block_around(at),
                is_public: is_public(source, at),
            });
        }
    }

    fn external(&mut self, source: &Source, at: usize) {
        if source.is_ident(at + 1, "crate") && source.is_ident(at + 3, "as") {
            self.imports.push(Import {
                name: source.text(at + 4).to_owned(),
                path: vec![source.text(at + 2).to_owned()],
                scope: 0..source.len(),
                is_public: true,
            });
        }
    }

    fn function(&mut self, source: &Source, at: usize) {
        if source.kind(at + 1) != Kind::Ident {
            return;
        }
        let parameters = source.until(at + 2, source.len(), "({;", true);
        if !source.is(parameters, "(") {
            return;
        }
        let after = source.closing(parameters) + 1;
        let end = source.until(after, source.len(), "{;", false);
        let result = if source.is(after, "->") {
            after + 2..end
        } else {
            end..end
        };
        let body = if source.is(end, "{") {
            source.inside(end)
        } else {
            end..end
        };
        self.functions.push(Function {
            name: source.text(at + 1).to_owned(),
            parameters,
            is_getter: is_getter(source, source.inside(parameters)),
            owner: source
                .parent(parameters)
                .and_then(|open| self.owners.get(&(open + 1)).cloned()),
            result,
            body,
        });
    }

    fn structure(&mut self, source: &Source, at: usize) {
        if source.kind(at + 1) != Kind::Ident {
            return;
        }
        let name = source.text(at + 1);
        self.types.push(name.to_owned());
        let open = source.until(at + 2, source.len(), "({;", true);
        if source.kind(open) != Kind::Open {
            return;
        }
        let is_tuple = source.is(open, "(");
        let mut from = open + 1;
        let mut number = 0;
        let end = source.closing(open);
        while from < end {
            let next = source.until(from, end, ",", true);
            let mut start = from;
            while source.is(start, "#") {
                start = source.closing(start + 1) + 1;
            }
            if source.is_ident(start, "pub") {
                start += 1;
                if source.is(start, "(") && !is_tuple {
                    start = source.closing(start) + 1;
                }
            }
            if is_tuple {
                self.fields.push((name.to_owned(), number.to_string(), start..next));
            } else if source.is(start + 1, ":") {
                self.fields
                    .push((name.to_owned(), source.text(start).to_owned(), start + 2..next));
            }
            number += 1;
            from = next + 1;
        }
    }

    fn implementation(&mut self, source: &Source, at: usize) {
        // `impl Trait` in a type has no body of its own.
        let before = at.checked_sub(1).map_or(Kind::Outside, |before| source.kind(before));
        let starts_item = match before {
            Kind::Outside | Kind::Close => true,
            Kind::Open => source.is(at - 1, "{"),
            Kind::Ident => matches!(source.text(at - 1), "unsafe" | "default"),
            Kind::Punct => source.is(at - 1, ";"),
            _ => false,
        };
        let open = source.until(at + 1, source.len(), "{;", false);
        if !starts_item || !source.is(open, "{") {
            return;
        }
        let mut start = at + 1;
        if source.is(start, "<") {
            start = source.until(start + 1, open, ">", true) + 1;
        }
        let end = (start..open).find(|&at| source.is_ident(at, "where")).unwrap_or(open);
        let split = (start..end).find(|&at| source.is_ident(at, "for") && !source.is(at + 1, "<"));
        let (trait_range, type_range) = match split {
            Some(split) => (Some(start..split), split + 1..end),
            None => (None, start..end),
        };
        let body = source.inside(open);
        let trait_name = trait_range.and_then(|range| type_name(source, range));
        let target = (trait_name.as_deref() == Some("Deref"))
            .then(|| (body.clone()).find(|&at| source.is_ident(at, "type") && source.is_ident(at + 1, "Target")))
            .flatten()
            .map(|at| at + 3..source.until(at + 3, body.end, ";", false));
        if let Some(type_name) = type_name(source, type_range) {
            self.owners.insert(body.start, type_name.clone());
            self.impls.push(Impl {
                type_name,
                body,
                target,
            });
        }
    }

    fn constant(&mut self, source: &Source, at: usize) {
        let mut name = at + 1;
        // `static ref` is what `lazy_static!` takes.
        if source.is_ident(name, "mut") || source.is_ident(name, "ref") {
            name += 1;
        }
        if source.kind(name) != Kind::Ident || !source.is(name + 1, ":") {
            return;
        }
        let equals = source.until(name + 2, source.len(), "=;", true);
        self.statics.push((source.text(name).to_owned(), name + 2..equals));
        if source.is(equals, "=") && source.kind(equals + 1) == Kind::Str && source.is(equals + 2, ";") {
            self.constants
                .push((source.text(name).to_owned(), source.text(equals + 1).to_owned()));
        }
    }

    fn binding(&mut self, source: &Source, at: usize) {
        let mut name = at + 1;
        if source.is_ident(name, "Some") || source.is_ident(name, "Ok") {
            name += 2;
        }
        while source.is_ident(name, "mut") || source.is_ident(name, "ref") || source.is(name, "(") {
            name += 1;
        }
        if source.kind(name) == Kind::Ident {
            self.lets.entry(source.text(name).to_owned()).or_default().push(at);
            // `let (a, b) = (…)`
            let mut next = name + 1;
            while source.is(next, ",") && source.kind(next + 1) == Kind::Ident {
                next += 1;
                if source.is_ident(next, "mut") {
                    next += 1;
                }
                self.lets.entry(source.text(next).to_owned()).or_default().push(at);
                next += 1;
            }
        }
    }

    fn macro_rules(&mut self, source: &Source, at: usize) {
        if !source.is(at + 1, "!") || source.kind(at + 3) != Kind::Open {
            return;
        }
        let body = source.inside(at + 3);
        let name = source.text(at + 2);
        let calls_by_name = |at: usize| {
            source.is(at, ".") && source.is(at + 1, "$") && source.kind(at + 2) == Kind::Ident && source.is(at + 3, "(")
        };
        if body.clone().any(calls_by_name) {
            self.method_macros.push(name.to_owned());
        }
        self.macros.push((name.to_owned(), body));
    }

    fn attribute(&mut self, source: &Source, at: usize) {
        let is_inner = source.is(at + 1, "!");
        let open = at + 1 + usize::from(is_inner);
        if !source.is(open, "[") {
            return;
        }
        let inside = source.inside(open);
        let conditions = conditions(source, inside);
        if conditions.is_empty() {
            return;
        }
        let range = if is_inner {
            source.parent(at).map_or(0..source.len(), |open| source.inside(open))
        } else {
            at..extent(source, source.closing(open) + 1)
        };
        for condition in conditions {
            self.conditional.push(Conditional {
                range: range.clone(),
                condition,
            });
        }
    }

    /// The conditions of a token, from the outside in.
    pub(crate) fn conditions_at(&self, at: usize) -> impl Iterator<Item = &Condition> {
        self.conditional
            .iter()
            .filter(move |conditional| conditional.range.contains(&at))
            .map(|conditional| &conditional.condition)
    }
}

/// Whether `pub` precedes an item.
fn is_public(source: &Source, at: usize) -> bool {
    let before = at.wrapping_sub(1);
    source.is_ident(before, "pub")
        || source.is(before, ")") && source.is_ident(source.opening(before).wrapping_sub(1), "pub")
}

/// The path in `#[path = "…"]` before an item.
fn path_attribute(source: &Source, item: usize) -> Option<String> {
    let mut at = item;
    loop {
        let before = at.checked_sub(1)?;
        if source.is(before, "]") {
            let open = source.opening(before);
            if source.is_ident(open + 1, "path") && source.is(open + 2, "=") {
                return crate::source::string_value(source.text(open + 3));
            }
            at = open.checked_sub(1)?;
        } else if source.is_ident(before, "pub") {
            at = before;
        } else if source.is(before, ")") && source.opening(before) != before {
            at = source.opening(before);
        } else {
            return None;
        }
    }
}

/// The attributes whose item is a test, by the last name of their path.
const TESTS: [&str; 10] = [
    "test",
    "test_case",
    "rstest",
    "bench",
    "quickcheck",
    "test_log",
    "wasm_bindgen_test",
    "test_matrix",
    "localstack_test",
    "parameterized",
];

/// What an attribute says about when its item is compiled.
fn conditions(source: &Source, attribute: Range<usize>) -> Vec<Condition> {
    let (path, end) = path_from(source, attribute.start);
    let Some(name) = path.last() else {
        return Vec::new();
    };
    if TESTS.contains(&name.as_str()) {
        return vec![Condition::Test];
    }
    match (path.len(), name.as_str()) {
        (1, "cfg") if source.kind(end) == Kind::Open => {
            let predicate = source.inside(end);
            let predicate = predicate.start..source.until(predicate.start, predicate.end, ",", false);
            vec![Condition::Cfg(predicate_text(source, predicate))]
        }
        // `#[cfg_attr(predicate, cfg(…))]` is rare, but it is how some crates gate code on their documentation.
        (1, "cfg_attr") if source.kind(end) == Kind::Open => {
            let mut parts = source.split_commas(source.inside(end)).into_iter();
            let _ = parts.next();
            parts
                .flat_map(|part| conditions(source, part))
                .filter(|condition| *condition == Condition::Test)
                .collect()
        }
        _ => Vec::new(),
    }
}

/// A predicate as text with canonical spaces.
fn predicate_text(source: &Source, range: Range<usize>) -> String {
    let mut text = String::new();
    for at in range {
        match source.text(at) {
            "=" => text.push_str(" = "),
            "," => text.push_str(", "),
            other => text.push_str(other),
        }
    }
    text
}

/// The end of what an attribute is attached to.
fn extent(source: &Source, from: usize) -> usize {
    let mut at = from;
    // Further attributes.
    while source.is(at, "#") {
        at = source.closing(at + 1) + 1;
    }
    let limit = source.parent(from).map_or(source.len(), |open| source.closing(open));
    let mut ends_with_block = false;
    let mut keyword = at;
    loop {
        match source.text(keyword) {
            "pub" => {
                keyword += 1;
                if source.is(keyword, "(") {
                    keyword = source.closing(keyword) + 1;
                }
            }
            "async" | "unsafe" | "default"
                if source.kind(keyword + 1) == Kind::Ident || source.is(keyword + 1, "{") =>
            {
                keyword += 1;
            }
            "const" if matches!(source.text(keyword + 1), "fn" | "unsafe" | "async" | "extern") => keyword += 1,
            "extern" if !source.is_ident(keyword + 1, "crate") => {
                keyword += 1;
                if source.kind(keyword) == Kind::Str {
                    keyword += 1;
                }
                ends_with_block = true;
            }
            "fn" | "mod" | "impl" | "trait" | "enum" | "struct" | "union" | "macro_rules" | "if" | "match" | "for"
            | "while" | "loop" | "{" => {
                ends_with_block = true;
                break;
            }
            _ => break,
        }
    }
    let is_statement = matches!(
        source.text(keyword),
        "let" | "use" | "const" | "static" | "type" | "return" | "extern"
    );
    let mut end = keyword;
    while end < limit {
        match source.text(end) {
            ";" => return end + 1,
            "," if !ends_with_block && !is_statement => return end,
            "{" if ends_with_block => {
                let close = source.closing(end);
                if source.is_ident(close + 1, "else") {
                    end = close + 1;
                    continue;
                }
                return close + 1;
            }
            // The body of a match arm.
            "{" if end > keyword && source.is(end - 2, "=>") => return source.closing(end) + 1,
            _ => end = source.closing(end) + 1,
        }
    }
    limit
}

/// The path that starts here, without type arguments, and the token after it.
pub(crate) fn path_from(source: &Source, from: usize) -> (Vec<String>, usize) {
    let mut at = from;
    let mut path = Vec::new();
    if source.is(at, "::") {
        at += 2;
    }
    while source.kind(at) == Kind::Ident {
        path.push(source.text(at).to_owned());
        at += 1;
        if !source.is(at, "::") {
            break;
        }
        at += 2;
        if source.is(at, "<") {
            at = source.until(at + 1, source.len(), ">", true) + 1;
            if !source.is(at, "::") {
                break;
            }
            at += 2;
        }
    }
    (path, at)
}

/// The last name of the first path in a type.
fn type_name(source: &Source, range: Range<usize>) -> Option<String> {
    let start = range
        .clone()
        .find(|&at| source.kind(at) == Kind::Ident && !matches!(source.text(at), "mut" | "dyn"))?;
    let (path, _) = path_from(source, start);
    path.last().cloned()
}
