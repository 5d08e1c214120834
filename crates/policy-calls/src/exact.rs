//! The search through the compiler, which tokens complete: they show what surrounds each call, and find the calls in code
//! that the compiler did not see.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::str::FromStr;

use cargo_metadata::cargo_platform::{Cfg, CfgExpr};
use iam_policy_document::{Diagnostic, Severity};

use crate::calls::{Call, Calls, Mode, Unchecked};
use crate::cfg;
use crate::clippy::{self, Answer, Hit, Unavailable, Unchanged};
use crate::facts::Condition;
use crate::files::{Context, File, Files, NOT_SEARCHED};
use crate::names::{Names, Scope};
use crate::search::{by_tokens, finish, quick, start};
use crate::sites::{self, Site};
use crate::source::Source;
use crate::workspace::{Workspace, cargo_failed, first_error, is_missing_toolchain, resolved};

/// Searches through the compiler or, where that is not possible, by names.
pub(crate) fn search(mut workspace: Workspace, progress: &mut (dyn FnMut(&str) + Send)) -> Calls {
    let _unchanged = Unchanged::new(workspace.root.join("Cargo.lock"));
    let minor = match clippy::version(&workspace.root) {
        Ok(minor) => minor,
        Err(why) => return instead(workspace, unavailable(why)),
    };
    let metadata = match resolved(&workspace.root, false) {
        Ok(metadata) => metadata,
        Err(stderr) => return instead(workspace, failed(&stderr)),
    };
    workspace.read_sdks(&metadata);
    let packages: Vec<usize> = (0..workspace.packages.len())
        .filter(|&number| {
            workspace
                .packages
                .get(number)
                .is_some_and(|package| package.is_selected)
        })
        .filter(|&number| !workspace.sdks_of(number).is_empty() || reaches_sdk(&workspace, &metadata, number))
        .collect();
    if packages.is_empty() {
        return finish(&workspace, Files::default(), start(&workspace, Mode::Exact));
    }
    let answer = match clippy::run(&workspace, &packages, minor, progress) {
        Ok(answer) => answer,
        Err(error) => return instead(workspace, failed(&error.to_string())),
    };
    if let (Some(failure), true) = (&answer.failure, answer.compiled.is_empty()) {
        let problem = failed(failure);
        return instead(workspace, problem);
    }
    let mut files = Files::read(&workspace);
    add_generated(&workspace, &mut files, &answer);
    let workspace = &workspace;
    let names = Names::new(workspace, &files);
    let mut calls = start(workspace, Mode::Exact);
    // The compiler sees what files include.
    let is_seen = |unchecked: &&Unchecked| unchecked.reason.ends_with(NOT_SEARCHED);
    calls
        .unchecked
        .extend(files.unchecked.iter().filter(|unchecked| !is_seen(unchecked)).cloned());
    let known = Known {
        workspace,
        answer: &answer,
        options: options(&workspace.root),
    };
    let failed = known.unchecked(&packages, &mut calls.unchecked);
    let mut sites: BTreeMap<usize, BTreeMap<Site, BTreeSet<&Hit>>> = BTreeMap::new();
    for hit in &answer.hits {
        let site = files.number(&hit.file).and_then(|number| {
            let file = files.all.get(number)?;
            Some((number, site(&file.source, hit)?))
        });
        match site {
            Some((number, site)) => {
                sites.entry(number).or_default().entry(site).or_default().insert(hit);
            }
            None => calls.unchecked.push(Unchecked::file(
                &workspace.relative(&hit.file),
                format!(
                    "it calls `{}` at {}:{}, but it cannot be read",
                    hit.method, hit.start.0, hit.start.1
                ),
            )),
        }
    }
    let none = BTreeMap::new();
    for (number, file) in files.all.iter().enumerate() {
        let scope = Scope {
            names: &names,
            workspace,
            file,
        };
        for (site, hits) in sites.get(&number).unwrap_or(&none) {
            if let Some(mut call) = sites::call(scope, site, true) {
                add_targets(workspace, &mut call, hits);
                calls.calls.push(call);
            }
        }
    }
    // What the compiler did not see.
    for (scope, found) in by_tokens(workspace, &files, &names) {
        let seen = files
            .number(&scope.file.path)
            .and_then(|number| sites.get(&number))
            .unwrap_or(&none);
        let is_unseen = |at: usize| known.is_unseen(scope.file, at, &failed);
        for site in found
            .sites
            .iter()
            .filter(|site| !seen.contains_key(site) && is_unseen(site.at))
        {
            calls.calls.extend(sites::call(scope, site, false));
        }
        for (at, sdks) in found.unresolved.iter().filter(|(at, _)| is_unseen(*at)) {
            calls.unresolved.extend(sites::unresolved(scope, *at, sdks));
        }
    }
    calls.unchecked.sort();
    calls.unchecked.dedup();
    drop(names);
    finish(workspace, files, calls)
}

/// Whether another package gives the SDK to this one.
fn reaches_sdk(workspace: &Workspace, metadata: &cargo_metadata::Metadata, package: usize) -> bool {
    let Some(resolve) = &metadata.resolve else {
        return false;
    };
    let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let names: BTreeMap<_, _> = metadata
        .packages
        .iter()
        .map(|package| (&package.id, package.name.as_str()))
        .collect();
    let start = nodes.keys().find(|id| {
        workspace
            .packages
            .get(package)
            .is_some_and(|package| package.id == id.repr)
    });
    let mut seen = BTreeSet::new();
    let mut next: Vec<_> = start.into_iter().copied().collect();
    while let Some(id) = next.pop() {
        if !seen.insert(id) {
            continue;
        }
        if names.get(id).is_some_and(|name| crate::sdk::is_sdk(name)) {
            return true;
        }
        next.extend(nodes.get(id).into_iter().flat_map(|node| &node.dependencies));
    }
    false
}

/// The quick search, with the reason for it.
fn instead(workspace: Workspace, problem: Diagnostic) -> Calls {
    let mut calls = quick(workspace);
    calls
        .warnings
        .insert(0, problem.note("the search was done by names alone, as with `--quick`"));
    calls
}

fn unavailable(why: Unavailable) -> Diagnostic {
    let warning = |message: String| Diagnostic::new(Severity::Warning, message);
    match why {
        Unavailable::Toolchain(stderr) => toolchain(&stderr),
        Unavailable::Clippy => {
            warning("clippy is not installed".to_owned()).help("install it with `rustup component add clippy`")
        }
        Unavailable::Other(stderr) => failed(&stderr),
    }
}

fn toolchain(stderr: &str) -> Diagnostic {
    let name = stderr.split('\'').nth(1).unwrap_or_default();
    Diagnostic::new(
        Severity::Warning,
        format!("the workspace needs the toolchain `{name}`, which is not installed"),
    )
    .help(format!("install it with `rustup toolchain install {name}`"))
}

fn failed(stderr: &str) -> Diagnostic {
    if is_missing_toolchain(stderr) {
        return toolchain(stderr);
    }
    let mut problem = cargo_failed(stderr);
    problem.severity = Severity::Warning;
    problem
}

/// Adds the files that build scripts write.
fn add_generated(workspace: &Workspace, files: &mut Files, answer: &Answer) {
    for hit in &answer.hits {
        let (id, kind, name) = &hit.target;
        let package = workspace.packages.iter().position(|package| package.id == *id);
        let target = package.and_then(|package| {
            let targets = &workspace.packages.get(package)?.targets;
            targets
                .iter()
                .position(|target| target.kind == *kind && target.name == *name)
        });
        if let (Some(package), Some(target)) = (package, target) {
            let context = Context {
                package,
                target,
                conditions: Vec::new(),
            };
            files.add(workspace, &hit.file, context);
        }
    }
}

/// The token that a hit is about: the name of the method.
fn site(source: &Source, hit: &Hit) -> Option<Site> {
    let start = source.at(hit.start.0, hit.start.1)?;
    let end = source.at_end(hit.end.0, hit.end.1).unwrap_or(start);
    let names = [hit.method.as_str(), "send_with"];
    let is_name = |at: &usize| names.iter().any(|name| source.is_ident(*at, name));
    let at = (start..=end.max(start)).rev().find(is_name).unwrap_or(start);
    Some(Site {
        at,
        sdk: hit.sdk,
        method: hit.method.clone(),
    })
}

/// Adds the targets in which the compiler found a call: tokens miss some, such as those that include a file by macro.
fn add_targets(workspace: &Workspace, call: &mut Call, hits: &BTreeSet<&Hit>) {
    for hit in hits {
        let (id, kind, name) = &hit.target;
        let target = format!("{kind}:{name}");
        let is_own = workspace
            .packages
            .iter()
            .any(|package| package.id == *id && package.name == call.package);
        if is_own && !call.targets.contains(&target) {
            call.targets.push(target);
        }
    }
    call.targets.sort();
}

/// What is known about how the workspace was compiled.
struct Known<'a> {
    workspace: &'a Workspace,
    answer: &'a Answer,
    /// The options that the compiler sets.
    options: Vec<Cfg>,
}

/// A target: the numbers of its package and of itself.
type TargetNumber = (usize, usize);

impl Known<'_> {
    /// Reports the targets that were not compiled, and returns them.
    fn unchecked(&self, packages: &[usize], unchecked: &mut Vec<Unchecked>) -> BTreeSet<TargetNumber> {
        let mut failed = BTreeSet::new();
        let cause = self.failed_dependency();
        for &number in packages {
            let Some(package) = self.workspace.packages.get(number) else {
                continue;
            };
            for (target_number, target) in package.targets.iter().enumerate() {
                let key = (package.id.clone(), target.kind, target.name.clone());
                let error = self.answer.errors.get(&key);
                if target.kind == "build" || error.is_none() && self.answer.compiled.contains(&key) {
                    continue;
                }
                failed.insert((number, target_number));
                let enabled = self.answer.features.get(&package.id);
                let missing = target
                    .required_features
                    .iter()
                    .find(|feature| enabled.is_none_or(|enabled| !enabled.contains(feature)));
                let reason = match (error, missing) {
                    (Some(error), _) => format!("it does not compile: {error}"),
                    (None, Some(feature)) => format!("it needs the feature `{feature}`, which is not enabled"),
                    (None, None) => match &cause {
                        Some(cause) => format!("something that it depends on does not compile: {cause}"),
                        None => "something that it depends on does not compile".to_owned(),
                    },
                };
                unchecked.push(Unchecked {
                    subject: format!("{} ({} `{}`)", package.name, target.kind, target.name),
                    reason,
                    is_searched_by_name: true,
                });
            }
        }
        failed
    }

    /// The first error outside of the workspace, or what Cargo said if a build script failed.
    fn failed_dependency(&self) -> Option<String> {
        let is_own = |id: &str| self.workspace.packages.iter().any(|package| package.id == id);
        let mut errors = self.answer.errors.iter().filter(|((id, ..), _)| !is_own(id));
        let error = errors.next().map(|((_, _, name), error)| format!("`{name}`: {error}"));
        error.or_else(|| Some(first_error(self.answer.failure.as_ref()?).to_owned()))
    }

    /// Whether the compiler did not see the code at a token.
    fn is_unseen(&self, file: &File, at: usize, failed: &BTreeSet<TargetNumber>) -> bool {
        let own: Vec<_> = file.facts.conditions_at(at).collect();
        file.contexts.iter().all(|context| {
            failed.contains(&(context.package, context.target))
                || context
                    .conditions
                    .iter()
                    .chain(own.iter().copied())
                    .any(|condition| !self.holds(context.package, condition))
        })
    }

    /// Whether code with this condition was compiled for sure.
    fn holds(&self, package: usize, condition: &Condition) -> bool {
        let Condition::Cfg(predicate) = condition else {
            return true;
        };
        let Ok(predicate) = CfgExpr::from_str(predicate) else {
            return false;
        };
        let id = self
            .workspace
            .packages
            .get(package)
            .map_or("", |package| package.id.as_str());
        let features = self.answer.features.get(id);
        let cfgs = self.answer.cfgs.get(id);
        let value = |cfg: &Cfg| match cfg {
            Cfg::KeyPair(key, feature) if key.as_str() == "feature" => {
                features.map(|features| features.iter().any(|enabled| enabled == feature))
            }
            // Code for tests and other code were both compiled, so this decides nothing.
            Cfg::Name(name) if name.as_str() == "test" => None,
            _ if self.options.contains(cfg) => Some(true),
            Cfg::KeyPair(..) => Some(false),
            Cfg::Name(_) => {
                let text = cfg.to_string();
                Some(cfgs.is_some_and(|cfgs| cfgs.contains(&text)))
            }
        };
        cfg::evaluate(&predicate, &value) != Some(false)
    }
}

/// The options that the compiler sets in a workspace.
fn options(root: &Path) -> Vec<Cfg> {
    let output = Command::new("rustc")
        .args(["--print", "cfg"])
        .current_dir(root)
        .env("RUSTUP_AUTO_INSTALL", "0")
        .output();
    let output = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output)
        .lines()
        .filter_map(|line| Cfg::from_str(line).ok())
        .collect()
}
