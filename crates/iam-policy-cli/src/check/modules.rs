//! The findings about modules of Terraform, file by file.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use iam_policy_document::Diagnostic;
use iam_policy_templates::hcl::{self, Module};
use iam_policy_templates::{Policy, Template};

use super::checks::Checks;
use super::finding::Finding;
use super::inspect::{InPolicies, Inspected};
use super::settings::Settings;
use crate::module::Folder;
use crate::policies::Selection;
use crate::templates::selected;

/// The findings about a file of a module.
#[derive(Default)]
pub(super) struct InFile {
    /// Each with the number of the file with its policy.
    pub(super) findings: Vec<(Finding, usize)>,
    pub(super) has_policies: bool,
}

/// What policies are checked for: the settings, and whether findings need what identifies them.
type Wanted<'w> = &'w mut dyn FnMut(usize) -> (Settings, bool);

/// The findings about the policies of a module, by file in the order of its files.
///
/// - `wanted`: what to check the policies in a file for, by its number
/// - `selection`: the policy, and the number of the file that it is in
///
/// # Errors
///
/// If there is no policy with the selected name in this file.
pub(super) fn findings(
    module: &Module,
    wanted: Wanted<'_>,
    selection: Option<(Selection<'_>, usize)>,
) -> Result<Vec<InFile>, Diagnostic> {
    let Template { policies, problems, .. } = &module.template;
    let mut in_files: Vec<InFile> = module.files().iter().map(|_| InFile::default()).collect();
    let mut homes: HashMap<&str, usize> = HashMap::new();
    for policy in policies {
        homes.insert(&policy.name, policy.file);
        if let Some(own) = in_files.get_mut(policy.file) {
            own.has_policies = true;
        }
    }
    let mut add = |mut finding: Finding| {
        let place = finding.diagnostic.locations().find_map(|location| location.span);
        let home = finding.resource.as_deref().and_then(|name| homes.get(name)).copied();
        let file = place.and_then(|span| module.locate(span.start)).map(|(file, _)| file);
        let file = file.or(home).unwrap_or_default();
        module.localize(file, &mut finding.diagnostic);
        if let Some(own) = in_files.get_mut(file) {
            own.findings.push((finding, home.unwrap_or(file)));
        }
    };
    let of_file: Vec<Policy>;
    let chosen: Vec<&Policy> = if let Some((selection, file)) = selection {
        let name = module.files().get(file).map_or("", |file| &file.name);
        of_file = policies.iter().filter(|policy| policy.file == file).cloned().collect();
        selected(&of_file, name, selection.fragment())?
    } else {
        for problem in problems {
            add(problem.clone().into());
        }
        policies.iter().collect()
    };
    let mut in_policies = InPolicies::default();
    for policy in chosen {
        let (settings, identify) = wanted(policy.file);
        let checks = Checks {
            settings: &settings,
            identify,
        };
        in_policies.add(policy, &checks);
    }
    in_policies.finish().for_each(add);
    Ok(in_files)
}

/// A file of a module with the findings about it.
pub(super) fn inspected(name: String, text: Vec<u8>, mut findings: Vec<Finding>) -> Inspected {
    findings.sort_by_key(|finding| finding.diagnostic.start());
    let is_syntax = |finding: &Finding| finding.diagnostic.code == Some(hcl::SYNTAX_ERROR);
    Inspected {
        name,
        text,
        readable: !findings.iter().any(is_syntax),
        findings,
    }
}

/// The modules of a run, which are checked before the files in them are reported about.
#[derive(Default)]
pub(super) struct Modules {
    /// By file: those of the modules, and those that they read.
    files: BTreeMap<PathBuf, Known>,
    /// The folders that have been read.
    folders: HashSet<PathBuf>,
}

/// What is known about a file.
#[derive(Default)]
pub(super) struct Known {
    pub(super) findings: Vec<Finding>,
    pub(super) has_policies: bool,
}

impl Modules {
    /// Whether a file belongs to a module that has not been read.
    pub(super) fn lack(&self, file: &Path) -> bool {
        is_file(file) && !self.folders.contains(folder(file))
    }

    /// Reads the module that a file belongs to, and checks its policies.
    ///
    /// - `root`: the folder that the user named, if it is not the file
    /// - `wanted`: what to check the policies in a file for
    ///
    /// # Errors
    ///
    /// If the module cannot be read, or there is no policy with the selected name.
    pub(super) fn read(
        &mut self,
        file: &Path,
        root: Option<&Path>,
        selection: Option<Selection<'_>>,
        wanted: &mut dyn FnMut(&Path) -> (Settings, bool),
    ) -> Result<(), Diagnostic> {
        let own = folder(file);
        let of = match root {
            Some(root) => {
                self.folders.insert(own.to_owned());
                Folder::on_disk(own, root)
            }
            None => Folder::of_file(file),
        };
        let module = of.read(None)?;
        let paths: Vec<PathBuf> = module.files().iter().map(|file| PathBuf::from(&file.name)).collect();
        let number = paths.iter().position(|path| path == file);
        let path = |number: usize| paths.get(number).map_or(Path::new(""), PathBuf::as_path);
        let selection = selection.zip(number);
        let found = findings(&module, &mut |number| wanted(path(number)), selection)?;
        for (at, in_file) in found.into_iter().enumerate() {
            let path = path(at);
            // What a file reads belongs to it.
            let is_own = |home: usize| root.is_some() || Some(at) == number || (Some(home) == number && !is_file(path));
            let known = self.files.entry(path.to_owned()).or_default();
            known.has_policies |= in_file.has_policies;
            for (finding, home) in in_file.findings {
                // Several modules may read a file.
                if is_own(home)
                    && !known
                        .findings
                        .iter()
                        .any(|known| known.diagnostic == finding.diagnostic)
                {
                    known.findings.push(finding);
                }
            }
        }
        Ok(())
    }

    /// The files that modules read, and that have findings.
    pub(super) fn others(&self) -> impl Iterator<Item = &PathBuf> {
        let files = self
            .files
            .iter()
            .filter(|(path, known)| !is_file(path) && !known.findings.is_empty());
        files.map(|(path, _)| path)
    }

    /// What is known about a file, if a module has or reads it.
    pub(super) fn take(&mut self, file: &Path) -> Option<Known> {
        self.files.remove(file)
    }
}

/// Whether a file belongs to a module.
fn is_file(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(hcl::is_file)
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}
