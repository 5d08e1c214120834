use std::path::PathBuf;

use iam_policy_document::Diagnostic;

use crate::calls::{Calls, Mode, Searched};
use crate::clippy::Unchanged;
use crate::dependencies;
use crate::exact;
use crate::files::{File, Files, in_parallel};
use crate::names::{Names, Scope};
use crate::sites::{self, Found, Methods};
use crate::workspace::{Extern, Package, Workspace, resolved};

/// A search for the calls in a workspace.
///
/// # Examples
///
/// ```no_run
/// use iam_policy_calls::Search;
///
/// let calls = Search::new(".").quick().run(&mut |_| {})?;
/// for call in &calls.calls {
///     println!("{}:{}:{}: {}", call.file, call.line, call.column, call.operation);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Search {
    path: PathBuf,
    mode: Mode,
}

impl Search {
    /// A search that asks the compiler.
    ///
    /// - `path`: the folder of a package or a workspace; only the packages in this folder are searched or, if there are
    ///   none, the package around it
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            mode: Mode::Exact,
        }
    }

    /// Searches by names alone, without building anything.
    #[must_use]
    pub const fn quick(mut self) -> Self {
        self.mode = Mode::Quick;
        self
    }

    /// Searches.
    ///
    /// - `progress`: receives what Cargo says about its progress, line by line
    ///
    /// # Errors
    ///
    /// If there is no package at the path, or Cargo cannot read it.
    pub fn run(&self, progress: &mut (dyn FnMut(&str) + Send)) -> Result<Calls, Diagnostic> {
        let workspace = Workspace::read(&self.path)?;
        Ok(match self.mode {
            Mode::Quick => quick(workspace),
            Mode::Exact => exact::search(workspace, progress),
        })
    }
}

/// Searches by names alone.
pub(crate) fn quick(mut workspace: Workspace) -> Calls {
    let files = Files::read(&workspace);
    // Only the sources of the SDK say which operations waiters call. They are often there.
    let _unchanged = Unchanged::new(workspace.root.join("Cargo.lock"));
    let has_waiters = |file: &File| file.source.as_str().contains("wait_until_");
    if files.all.iter().any(has_waiters)
        && let Ok(metadata) = resolved(&workspace.root, true)
    {
        workspace.read_sdks(&metadata);
    }
    let workspace = &workspace;
    let names = Names::new(workspace, &files);
    let mut calls = start(workspace, Mode::Quick);
    for (scope, found) in by_tokens(workspace, &files, &names) {
        calls
            .calls
            .extend(found.sites.iter().filter_map(|site| sites::call(scope, site, false)));
        let open = found.unresolved.iter();
        calls
            .unresolved
            .extend(open.filter_map(|(at, sdks)| sites::unresolved(scope, *at, sdks)));
    }
    calls.unchecked.extend(files.unchecked.iter().cloned());
    drop(names);
    finish(workspace, files, calls)
}

/// What the tokens of each searched file show.
pub(crate) fn by_tokens<'a>(workspace: &'a Workspace, files: &'a Files, names: &'a Names) -> Vec<(Scope<'a>, Found)> {
    let methods: Vec<Methods<'_>> = (0..workspace.packages.len())
        .map(|package| Methods::new(workspace, package))
        .collect();
    let searched = files.all.iter().filter_map(|file| {
        let package = file.contexts.first()?.package;
        let methods = methods.get(package).filter(|methods| !methods.is_empty())?;
        let is_selected = workspace
            .packages
            .get(package)
            .is_some_and(|package| package.is_selected);
        is_selected.then_some((Scope { names, workspace, file }, methods))
    });
    let searched: Vec<_> = searched.collect();
    let found = in_parallel(&searched, |(scope, methods)| sites::find(*scope, methods));
    searched.into_iter().map(|(scope, _)| scope).zip(found).collect()
}

pub(crate) fn start(workspace: &Workspace, mode: Mode) -> Calls {
    let selected = || workspace.packages.iter().filter(|package| package.is_selected);
    Calls {
        root: workspace.root.clone(),
        mode,
        packages: selected().map(|package| searched(workspace, package)).collect(),
        is_without_sdk: !selected().any(|package| {
            package
                .externs
                .values()
                .any(|meaning| matches!(meaning, Extern::Sdk(_)))
        }),
        ..Calls::default()
    }
}

fn searched(workspace: &Workspace, package: &Package) -> Searched {
    let inner = package
        .depends_on
        .iter()
        .filter_map(|&number| workspace.packages.get(number));
    let targets = package.targets.iter().filter(|target| target.kind != "build");
    Searched {
        name: package.name.clone(),
        depends_on: inner.map(|package| package.name.clone()).collect(),
        targets: targets
            .map(|target| format!("{}:{}", target.kind, target.name))
            .collect(),
    }
}

/// Adds what dependencies call, and sorts.
pub(crate) fn finish(workspace: &Workspace, files: Files, mut calls: Calls) -> Calls {
    let has_calls = |file: &File| calls.calls.iter().any(|call| call.file == file.name);
    let texts = files.all.into_iter().filter(has_calls);
    calls.texts = texts.map(|file| (file.name, file.source.into_text())).collect();
    for package in workspace.packages.iter().filter(|package| package.is_selected) {
        calls.calls.extend(dependencies::calls(workspace, package));
    }
    calls.calls.sort_by(|a, b| {
        let key = |call: &crate::calls::Call| (call.origin.is_some(), call.file.clone(), call.line, call.column);
        (key(a), &a.operation).cmp(&(key(b), &b.operation))
    });
    calls.unresolved.sort();
    calls
}
