//! The configurations of files: each is found in the file's folder, or in the nearest one above.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use iam_policy_commands::input::{STDIN_NAME, unreadable};
use iam_policy_document::{Diagnostic, StyledText, sort_by_place};
use iam_policy_spec::Source;
use iam_policy_spec::configuration::{self, Check, FILE_NAME, Settings};

use super::patterns::Patterns;

/// A configuration that has been read.
#[derive(Debug)]
pub(super) struct Configuration {
    /// Its folder, without symbolic links.
    folder: PathBuf,
    check: Check,
    exclude: Patterns,
    /// The patterns of each table for paths.
    paths: Vec<Patterns>,
}

/// A file, by the configuration that applies to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// The folder of the file, without symbolic links, and its name in that folder. The standard input has none.
    pub(super) path: Option<PathBuf>,
    pub(super) configuration: Option<Rc<Configuration>>,
}

impl Place {
    /// The path relative to the folder of the configuration.
    fn relative(&self) -> Option<(&Configuration, &Path)> {
        let configuration = self.configuration.as_deref()?;
        let path = self.path.as_deref()?.strip_prefix(&configuration.folder).ok()?;
        Some((configuration, path))
    }

    /// Whether the configuration excludes the file.
    pub(super) fn is_excluded(&self) -> bool {
        self.relative()
            .is_some_and(|(configuration, path)| configuration.exclude.match_path(path))
    }

    /// The settings that apply, the least specific first.
    pub(super) fn settings(&self) -> impl Iterator<Item = &Settings> {
        let general = self.configuration.as_deref();
        let general = general.map(|configuration| &configuration.check.settings);
        let of_paths = self.relative().into_iter().flat_map(|(configuration, path)| {
            let tables = configuration.paths.iter().zip(&configuration.check.paths);
            let matching = tables.filter(move |(patterns, _)| patterns.match_path(path));
            matching.map(|(_, table)| &table.settings)
        });
        general.into_iter().chain(of_paths)
    }

    /// The path of the baseline that the configuration names.
    pub(super) fn baseline(&self) -> Option<PathBuf> {
        let configuration = self.configuration.as_deref()?;
        let baseline = configuration.check.baseline.as_ref()?;
        Some(configuration.folder.join(&baseline.value))
    }
}

/// Finds configurations, and reads each once.
#[derive(Debug, Default)]
pub(super) struct Configurations {
    /// Whether none applies to any file.
    is_off: bool,
    /// The real folders of folders as files name them.
    real: HashMap<PathBuf, PathBuf>,
    /// What applies in each real folder.
    known: HashMap<PathBuf, Option<Rc<Configuration>>>,
    /// Messages about configurations that cannot be read or have mistakes, which have not been reported yet.
    problems: Vec<StyledText>,
}

impl Configurations {
    pub(super) fn new(is_off: bool) -> Self {
        Self {
            is_off,
            ..Self::default()
        }
    }

    /// Finds what applies to a file, which need not exist.
    ///
    /// A file belongs to the folder that its path leads to. Symbolic links to folders on the way are resolved, a
    /// symbolic link to the file is not: what applies to it depends on where the link is.
    pub(super) fn of(&mut self, file: &Path) -> Place {
        let (folder, name) = match (file.parent(), file.file_name()) {
            _ if file == Path::new(STDIN_NAME) => (Path::new(""), None),
            (Some(folder), Some(name)) => (folder, Some(name)),
            // It ends with `..`, so it is a folder.
            _ => (file, None),
        };
        let Some(folder) = self.real(folder) else {
            return Place::default();
        };
        Place {
            configuration: self.in_folder(&folder),
            path: name.map(|name| folder.join(name)),
        }
    }

    /// Messages about configurations since the last call. Each is one configuration.
    pub(super) fn take_problems(&mut self) -> Vec<StyledText> {
        std::mem::take(&mut self.problems)
    }

    /// The folder without symbolic links. Of a folder that does not exist, the part that exists decides.
    fn real(&mut self, folder: &Path) -> Option<PathBuf> {
        if let Some(real) = self.real.get(folder) {
            return Some(real.clone());
        }
        let real = canonical(folder)?;
        self.real.insert(folder.to_owned(), real.clone());
        Some(real)
    }

    /// What applies in a real folder.
    fn in_folder(&mut self, folder: &Path) -> Option<Rc<Configuration>> {
        if self.is_off {
            return None;
        }
        let mut passed = Vec::new();
        let mut found = None;
        for folder in folder.ancestors() {
            if let Some(known) = self.known.get(folder) {
                found.clone_from(known);
                break;
            }
            passed.push(folder.to_owned());
            if let Some(configuration) = self.load(folder) {
                found = Some(Rc::new(configuration));
                break;
            }
            // A check of a repository depends on nothing outside it.
            if folder.join(".git").exists() {
                break;
            }
        }
        for folder in passed {
            self.known.insert(folder, found.clone());
        }
        found
    }

    /// Reads the configuration in a folder. It applies even if it has mistakes, as far as it can be read.
    fn load(&mut self, folder: &Path) -> Option<Configuration> {
        let path = folder.join(FILE_NAME);
        fs::symlink_metadata(&path).ok()?;
        let name = shown(&path);
        let bytes = read(&path, folder, &name);
        let source = match bytes.and_then(|bytes| Source::decode(name, Ok(bytes))) {
            Ok(source) => source,
            Err(problem) => {
                self.problems.push(problem.into());
                return None;
            }
        };
        let (parts, problems) = read_checked(&source);
        if !problems.is_empty() {
            self.problems.push(source.show_all(&problems));
        }
        Some(Configuration {
            folder: folder.to_owned(),
            check: parts.check,
            exclude: parts.exclude,
            paths: parts.paths,
        })
    }
}

/// What a configuration says, with its patterns.
pub(super) struct Parts {
    check: Check,
    exclude: Patterns,
    paths: Vec<Patterns>,
}

/// Reads a configuration, and returns all mistakes in file order.
pub(super) fn read_checked(source: &Source) -> (Parts, Vec<Diagnostic>) {
    let (configuration, mut problems) = configuration::read(source);
    let check = configuration.check;
    let exclude = Patterns::new(&check.exclude, &mut problems);
    let tables = check.paths.iter();
    let paths = tables.map(|table| Patterns::new(&table.files, &mut problems)).collect();
    sort_by_place(&mut problems, Diagnostic::start);
    let parts = Parts { check, exclude, paths };
    (parts, problems)
}

/// Reads a file that was found, not named: only a regular file, and not through a link that leads out of the repository.
/// Otherwise, a file of the repository could make messages quote any other file.
fn read(path: &Path, folder: &Path, name: &str) -> Result<Vec<u8>, Diagnostic> {
    let refuse = |why: &str| Diagnostic::error(format!("`{name}` {why}, so it is not read"));
    let failed = |error: io::Error| unreadable(name, &error);
    let real = path.canonicalize().map_err(failed)?;
    let mut folders = folder.ancestors();
    let repository = folders.find(|folder| folder.join(".git").exists());
    if !real.starts_with(repository.unwrap_or(folder)) {
        return Err(refuse("is a link to a file elsewhere"));
    }
    if !fs::metadata(&real).map_err(failed)?.is_file() {
        return Err(refuse("is not a regular file"));
    }
    fs::read(&real).map_err(failed)
}

/// The folder without symbolic links; for one that does not exist, below the nearest folder that does.
fn canonical(folder: &Path) -> Option<PathBuf> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    if let Ok(real) = folder.canonicalize() {
        return Some(real);
    }
    let absolute = std::path::absolute(folder).ok()?;
    let existing = absolute
        .ancestors()
        .find_map(|outer| Some((outer, outer.canonicalize().ok()?)));
    let (outer, real) = existing?;
    Some(real.join(absolute.strip_prefix(outer).ok()?))
}

/// A path as messages show it: relative to the current folder if it is in there.
pub(super) fn shown(path: &Path) -> String {
    let current = std::env::current_dir().and_then(|folder| folder.canonicalize());
    let within = current.ok().and_then(|folder| path.strip_prefix(folder).ok());
    within.unwrap_or(path).display().to_string()
}
