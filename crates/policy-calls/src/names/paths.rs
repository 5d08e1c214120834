//! What paths mean.

use super::{DEPTH, Meaning, Scope, SdkPath};
use crate::facts::Import;
use crate::source::{Kind, Source};
use crate::workspace::Extern;

impl Scope<'_> {
    /// What an import stands for, if it is in the SDK.
    pub(super) fn import(&self, import: &Import) -> Option<SdkPath> {
        let (first, rest) = import.path.split_first()?;
        match self.meaning_of_extern(first, rest) {
            Some(Meaning::Sdk(path)) => Some(path),
            Some(_) => None,
            None if is_relative(first) => match self.exported(rest, true) {
                Some(Meaning::Sdk(path)) => Some(path),
                _ => None,
            },
            // A path from another import, or from the current module.
            None => match self.resolve(&import.path, import.scope.start, DEPTH) {
                Meaning::Sdk(path) => Some(path),
                _ => None,
            },
        }
    }

    /// What a path means whose first name is that of a crate.
    pub(super) fn meaning_of_extern(&self, first: &str, rest: &[String]) -> Option<Meaning> {
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
            Extern::Member(_) => Some(self.exported(rest, false).unwrap_or_else(|| self.local(rest))),
            Extern::Other => Some(Meaning::Foreign),
        }
    }

    /// What a path through the workspace's modules stands for, if a name on it is exported and in the SDK.
    pub(super) fn exported(&self, path: &[String], sees_private: bool) -> Option<Meaning> {
        for (number, name) in to_type(path).iter().enumerate() {
            let private = if sees_private {
                self.names.private.get(name)
            } else {
                None
            };
            let whole = |known: &SdkPath| {
                let mut found = known.clone();
                found.rest.extend(path.iter().skip(number + 1).cloned());
                found
            };
            match self.names.exports.get(name).or(private).map(Vec::as_slice) {
                Some([only]) => return Some(Meaning::Sdk(whole(only))),
                Some([]) | None => {}
                Some(several) => return Some(Meaning::Several(several.iter().map(whole).collect())),
            }
        }
        None
    }

    pub(super) fn local(&self, path: &[String]) -> Meaning {
        let known = to_type(path).iter().rev().find(|name| self.names.types.contains(*name));
        match known {
            Some(name) => Meaning::Local(name.clone()),
            None => Meaning::Unknown,
        }
    }

    /// The innermost import of a name that is visible at a token.
    pub(super) fn visible(&self, name: &str, at: usize) -> Option<&Import> {
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

    pub(super) fn resolve(&self, path: &[String], at: usize, depth: usize) -> Meaning {
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
            return self.exported(&rest, true).unwrap_or_else(|| self.local(&rest));
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
            Some(found) if !is_common(first) => found,
            _ => Meaning::Unknown,
        }
    }
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

/// A path up to its first type, as the name of a type starts. What follows belongs to that type: `T::Client` is whatever
/// `T` says.
fn to_type(path: &[String]) -> &[String] {
    let is_type = |name: &String| name.starts_with(char::is_uppercase);
    let end = path.iter().position(is_type).map_or(path.len(), |first| first + 1);
    path.get(..end).unwrap_or(path)
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
