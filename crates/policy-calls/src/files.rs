//! The files of a workspace's packages, found by following modules.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::calls::Unchecked;
use crate::facts::{Condition, Facts};
use crate::source::Source;
use crate::workspace::Workspace;

/// A Rust file.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: PathBuf,
    /// The path from the workspace.
    pub(crate) name: String,
    pub(crate) source: Source,
    pub(crate) facts: Facts,
    /// Where it is compiled: once for each target that contains it.
    pub(crate) contexts: Vec<Context>,
}

/// A target that contains a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Context {
    pub(crate) package: usize,
    pub(crate) target: usize,
    /// The conditions of the modules that lead to the file.
    pub(crate) conditions: Vec<Condition>,
}

/// The files, in order of their paths.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) all: Vec<File>,
    numbers: BTreeMap<PathBuf, usize>,
    pub(crate) unchecked: Vec<Unchecked>,
}

/// A file to read.
struct Wanted {
    path: PathBuf,
    context: Context,
    /// Whether the modules of this file are next to it: `main.rs`, `lib.rs` and `mod.rs`.
    owns_folder: bool,
}

impl Files {
    /// Reads the files of the packages that can call the SDK.
    pub(crate) fn read(workspace: &Workspace) -> Self {
        let mut files = Self::default();
        let mut wanted = Vec::new();
        for (package_number, package) in workspace.packages.iter().enumerate() {
            if !workspace.is_relevant(package_number) {
                continue;
            }
            for (target_number, target) in package.targets.iter().enumerate() {
                if target.kind == "build" {
                    continue;
                }
                wanted.push(Wanted {
                    path: target.file.clone(),
                    context: Context {
                        package: package_number,
                        target: target_number,
                        conditions: Vec::new(),
                    },
                    owns_folder: true,
                });
            }
        }
        while !wanted.is_empty() {
            wanted = files.read_level(workspace, wanted);
        }
        files.all.sort_by(|a, b| a.name.cmp(&b.name));
        files.numbers = files
            .all
            .iter()
            .enumerate()
            .map(|(number, file)| (file.path.clone(), number))
            .collect();
        files.unchecked.sort();
        files.unchecked.dedup();
        files
    }

    /// Reads files, and returns those of their modules.
    fn read_level(&mut self, workspace: &Workspace, wanted: Vec<Wanted>) -> Vec<Wanted> {
        let mut new: Vec<PathBuf> = Vec::new();
        for one in &wanted {
            if !self.numbers.contains_key(&one.path) {
                self.numbers.insert(one.path.clone(), self.all.len() + new.len());
                new.push(one.path.clone());
            }
        }
        let read = in_parallel(&new, |path| match fs::read(path) {
            Ok(bytes) => {
                let source = Source::new(String::from_utf8_lossy(&bytes).into_owned());
                let facts = Facts::of(&source);
                (source, facts, None)
            }
            Err(error) => (Source::new(String::new()), Facts::default(), Some(error.to_string())),
        });
        for (path, (source, facts, error)) in new.into_iter().zip(read) {
            let name = workspace.relative(&path);
            if let Some(error) = error {
                self.unchecked
                    .push(Unchecked::file(&name, format!("it cannot be read: {error}")));
            }
            self.all.push(File {
                path,
                name,
                source,
                facts,
                contexts: Vec::new(),
            });
        }
        let mut next = Vec::new();
        for one in wanted {
            let Some(&number) = self.numbers.get(&one.path) else {
                continue;
            };
            let Some(file) = self.all.get_mut(number) else {
                continue;
            };
            if file.contexts.contains(&one.context) {
                continue;
            }
            file.contexts.push(one.context.clone());
            // A module that includes itself has no end.
            if one.context.conditions.len() < 64 && file.contexts.len() < 256 {
                let file = &*file;
                next.extend(modules(file, &one, &mut self.unchecked));
            }
        }
        next
    }

    /// The number of a file by its path.
    pub(crate) fn number(&self, path: &Path) -> Option<usize> {
        self.numbers.get(path).copied()
    }

    /// Adds a file that no module leads to, such as one that a build script writes.
    pub(crate) fn add(&mut self, workspace: &Workspace, path: &Path, context: Context) -> Option<usize> {
        if let Some(number) = self.number(path) {
            return Some(number);
        }
        let text = fs::read(path).ok()?;
        let source = Source::new(String::from_utf8_lossy(&text).into_owned());
        let facts = Facts::of(&source);
        self.numbers.insert(path.to_owned(), self.all.len());
        self.all.push(File {
            path: path.to_owned(),
            name: workspace.relative(path),
            source,
            facts,
            contexts: vec![context],
        });
        Some(self.all.len() - 1)
    }
}

/// The files of a file's modules.
fn modules(file: &File, wanted: &Wanted, unchecked: &mut Vec<Unchecked>) -> Vec<Wanted> {
    let folder = wanted.path.parent().unwrap_or(Path::new(""));
    let stem = wanted.path.file_stem().unwrap_or_default();
    let own = if wanted.owns_folder {
        folder.to_owned()
    } else {
        folder.join(stem)
    };
    let mut found = Vec::new();
    for module in &file.facts.modules {
        if module.body.is_some() {
            continue;
        }
        // The inline modules around it.
        let outer: Vec<&str> = file
            .facts
            .modules
            .iter()
            .filter(|outer| outer.body.as_ref().is_some_and(|body| body.contains(&module.at)))
            .map(|outer| outer.path.as_deref().unwrap_or(&outer.name))
            .collect();
        let inner = outer.iter().fold(own.clone(), |folder, name| folder.join(name));
        let candidates = match &module.path {
            Some(path) if outer.is_empty() => vec![folder.join(path)],
            Some(path) => vec![inner.join(path)],
            None => vec![
                inner.join(format!("{}.rs", module.name)),
                inner.join(&module.name).join("mod.rs"),
            ],
        };
        let conditions: Vec<_> = file.facts.conditions_at(module.at).cloned().collect();
        match candidates.iter().position(|path| path.is_file()) {
            Some(number) => found.push(Wanted {
                owns_folder: number == 1 || module.path.is_some(),
                path: plain(candidates.get(number).map_or(Path::new(""), PathBuf::as_path)),
                context: wanted.context.under(&conditions),
            }),
            None if conditions.is_empty() && is_item(file, module.at) => {
                let why = format!("there is no file for the module `{}`", module.name);
                unchecked.push(Unchecked::file(&file.name, why));
            }
            None => {}
        }
    }
    for (at, include) in &file.facts.includes {
        let path = plain(&folder.join(include));
        // Including something else than code is fine.
        if path.is_file() && path.extension().is_some_and(|extension| extension == "rs") {
            let conditions: Vec<_> = file.facts.conditions_at(*at).cloned().collect();
            found.push(Wanted {
                path,
                context: wanted.context.under(&conditions),
                owns_folder: wanted.owns_folder,
            });
        }
    }
    found
}

impl Context {
    fn under(&self, conditions: &[Condition]) -> Self {
        Self {
            conditions: [self.conditions.as_slice(), conditions].concat(),
            ..self.clone()
        }
    }
}

/// Whether a token is not in a macro or a function: its module must have a file.
fn is_item(file: &File, at: usize) -> bool {
    let Some(open) = file.source.parent(at) else {
        return true;
    };
    let mut modules = file.facts.modules.iter().filter_map(|module| module.body.as_ref());
    modules.any(|body| body.start == open + 1)
}

/// The path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            std::path::Component::ParentDir => {
                plain.pop();
            }
            std::path::Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

/// Applies a function to all items, in order, on all cores.
pub(crate) fn in_parallel<T: Sync, R: Send>(items: &[T], apply: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(items.len());
    if threads <= 1 {
        return items.iter().map(apply).collect();
    }
    let next = AtomicUsize::new(0);
    let mut results: Vec<(usize, R)> = thread::scope(|scope| {
        let work = || {
            let mut done = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(number) else { return done };
                done.push((number, apply(item)));
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let results = workers.into_iter().map(|worker| match worker.join() {
            Ok(results) => results,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        results.flatten().collect()
    });
    results.sort_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}
