//! What the types in declarations are.

use std::ops::Range;

use super::{DEPTH, Meaning, Scope, Type};
use crate::facts::path_from;
use crate::source::Kind;

impl Scope<'_> {
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
                Meaning::Several(paths) => {
                    found
                        .clients
                        .extend(paths.iter().filter(|path| path.is_client()).map(|path| path.sdk));
                    found.is_ambiguous = true;
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
    pub(super) fn dereferenced(&self, mut found: Type) -> Type {
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
    pub(super) fn own_type(&self, at: usize) -> Type {
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
}
