//! What Cargo says about a workspace.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, TargetKind};
use iam_policy_document::Diagnostic;

use crate::sdk::{Sdk, is_sdk};

/// A workspace: its packages and the crates of the SDK that they can use.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder of the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// The folder where Cargo builds.
    pub(crate) target_directory: PathBuf,
    pub(crate) packages: Vec<Package>,
    pub(crate) sdks: Vec<Sdk>,
}

/// A member of the workspace.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// What Cargo calls it in its messages.
    pub(crate) id: String,
    pub(crate) manifest: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) targets: Vec<Target>,
    /// What the names of other crates in its paths mean.
    pub(crate) externs: BTreeMap<String, Extern>,
    /// The packages of the workspace that its program contains: those on which it depends, directly or not.
    pub(crate) depends_on: Vec<usize>,
    /// The names of all packages on which it depends directly.
    pub(crate) dependencies: Vec<String>,
    /// Whether the search includes it.
    pub(crate) is_selected: bool,
}

/// A library, a program, an example, a test or a benchmark.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) file: PathBuf,
    /// The features without which Cargo skips it.
    pub(crate) required_features: Vec<String>,
}

impl Target {
    /// Whether it is not part of the program.
    pub(crate) fn is_test(&self) -> bool {
        matches!(self.kind, "test" | "bench")
    }
}

/// What the name of another crate means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extern {
    /// The number of an SDK crate.
    Sdk(usize),
    /// The number of a package of the workspace.
    Member(usize),
    Other,
}

impl Workspace {
    /// Asks Cargo about the workspace around a path, without resolving dependencies.
    pub(crate) fn read(path: &Path) -> Result<Self, Diagnostic> {
        let manifest = manifest(path)?;
        let metadata = metadata(&manifest)?;
        Self::new(&metadata, path)
    }

    fn new(metadata: &Metadata, path: &Path) -> Result<Self, Diagnostic> {
        let root = PathBuf::from(metadata.workspace_root.as_std_path());
        let mut workspace = Self {
            target_directory: PathBuf::from(metadata.target_directory.as_std_path()),
            root,
            packages: Vec::new(),
            sdks: Vec::new(),
        };
        let mut members: Vec<_> = metadata.workspace_packages();
        members.sort_by(|a, b| a.manifest_path.cmp(&b.manifest_path));
        let number = |path: &Path| {
            members
                .iter()
                .position(|member| member.manifest_path.parent().is_some_and(|folder| folder == path))
        };
        for member in &members {
            let mut externs = BTreeMap::new();
            let mut depends_on = Vec::new();
            let mut dependencies = Vec::new();
            for dependency in &member.dependencies {
                let name = dependency.rename.as_ref().unwrap_or(&dependency.name).replace('-', "_");
                let sdk = is_sdk(&dependency.name).then(|| workspace.sdk(&dependency.name));
                let inner = dependency.path.as_ref().and_then(|path| number(path.as_std_path()));
                let meaning = match (sdk, inner) {
                    (Some(sdk), _) => Extern::Sdk(sdk),
                    (None, Some(member)) => Extern::Member(member),
                    (None, None) => Extern::Other,
                };
                if dependency.kind == DependencyKind::Normal {
                    depends_on.extend(inner.filter(|_| sdk.is_none()));
                }
                if dependency.kind != DependencyKind::Build {
                    dependencies.push(dependency.name.clone());
                }
                externs.insert(name, meaning);
            }
            dependencies.sort_unstable();
            dependencies.dedup();
            let mut targets: Vec<_> = member.targets.iter().filter_map(target).collect();
            targets.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
            let manifest = PathBuf::from(member.manifest_path.as_std_path());
            workspace.packages.push(Package {
                name: member.name.to_string(),
                id: member.id.repr.clone(),
                folder: manifest.parent().unwrap_or(Path::new("")).to_owned(),
                manifest,
                targets,
                externs,
                depends_on,
                dependencies,
                is_selected: false,
            });
        }
        workspace.own_libraries();
        workspace.close_dependencies();
        workspace.select(path)?;
        Ok(workspace)
    }

    /// Adds what the sources of the SDK crates say, and the crates that only other packages depend on.
    pub(crate) fn read_sdks(&mut self, metadata: &Metadata) {
        for package in &metadata.packages {
            if is_sdk(&package.name) {
                let number = self.sdk(&package.name);
                let folder = package.manifest_path.parent();
                if let (Some(sdk), Some(folder)) = (self.sdks.get_mut(number), folder) {
                    sdk.read(folder.as_std_path());
                }
            }
        }
    }

    /// The number of an SDK crate.
    fn sdk(&mut self, package: &str) -> usize {
        let known = self.sdks.iter().position(|sdk| sdk.package == package);
        known.unwrap_or_else(|| {
            self.sdks.push(Sdk::new(package));
            self.sdks.len() - 1
        })
    }

    /// Programs, examples and tests see the library of their package.
    fn own_libraries(&mut self) {
        for (number, package) in self.packages.iter_mut().enumerate() {
            let library = package.targets.iter().find(|target| target.kind == "lib");
            if let Some(library) = library {
                package
                    .externs
                    .insert(library.name.replace('-', "_"), Extern::Member(number));
            }
        }
    }

    fn close_dependencies(&mut self) {
        for number in 0..self.packages.len() {
            let mut found = vec![number];
            let mut next = 0;
            while let Some(&current) = found.get(next) {
                for &inner in self
                    .packages
                    .get(current)
                    .map(|package| package.depends_on.as_slice())
                    .unwrap_or_default()
                {
                    if !found.contains(&inner) {
                        found.push(inner);
                    }
                }
                next += 1;
            }
            found.remove(0);
            found.sort_unstable();
            if let Some(package) = self.packages.get_mut(number) {
                package.depends_on = found;
            }
        }
    }

    /// Selects the packages in the folder or, if there are none, the package around it.
    fn select(&mut self, path: &Path) -> Result<(), Diagnostic> {
        let folder = std::path::absolute(path)
            .and_then(std::fs::canonicalize)
            .unwrap_or_else(|_| path.to_owned());
        let folder = if folder.is_file() {
            folder.parent().unwrap_or(&folder).to_owned()
        } else {
            folder
        };
        let inside = |package: &Package| {
            let own = std::fs::canonicalize(&package.folder).unwrap_or_else(|_| package.folder.clone());
            (
                own.starts_with(&folder),
                folder.starts_with(&own),
                own.as_os_str().len(),
            )
        };
        let mut any = false;
        for package in &mut self.packages {
            package.is_selected = inside(package).0;
            any |= package.is_selected;
        }
        if !any {
            let around = self
                .packages
                .iter_mut()
                .filter(|package| inside(package).1)
                .max_by_key(|package| inside(package).2);
            let Some(package) = around else {
                return Err(Diagnostic::error(format!(
                    "there is no package in `{}`",
                    path.display()
                )));
            };
            package.is_selected = true;
        }
        Ok(())
    }

    /// The SDK crates that a package can reach: its own and, since they may be re-exported, those of the packages on which
    /// it depends.
    pub(crate) fn sdks_of(&self, package: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let Some(this) = self.packages.get(package) else {
            return found;
        };
        let reachable = this.externs.values().filter_map(|meaning| match meaning {
            Extern::Member(member) => Some(*member),
            _ => None,
        });
        let mut packages: Vec<usize> = reachable.chain(this.depends_on.iter().copied()).collect();
        packages.push(package);
        for package in packages.into_iter().filter_map(|number| self.packages.get(number)) {
            for meaning in package.externs.values() {
                if let Extern::Sdk(sdk) = *meaning
                    && !found.contains(&sdk)
                {
                    found.push(sdk);
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// Whether a package is searched, or may re-export the SDK to one that is.
    pub(crate) fn is_relevant(&self, package: usize) -> bool {
        if self.sdks_of(package).is_empty() {
            return false;
        }
        let uses_it = |other: &Package| {
            let mut members = other
                .externs
                .values()
                .filter(|meaning| matches!(meaning, Extern::Member(_)));
            other.is_selected
                && (other.depends_on.contains(&package) || members.any(|meaning| *meaning == Extern::Member(package)))
        };
        self.packages.get(package).is_some_and(|package| package.is_selected) || self.packages.iter().any(uses_it)
    }

    /// A file as seen from the workspace, with `/` as the separator.
    pub(crate) fn relative(&self, file: &Path) -> String {
        let relative = file.strip_prefix(&self.root).unwrap_or(file);
        let text = relative.to_string_lossy();
        if cfg!(windows) {
            text.replace('\\', "/")
        } else {
            text.into_owned()
        }
    }
}

pub(crate) fn kind(target: &cargo_metadata::Target) -> Option<&'static str> {
    Some(match target.kind.first()? {
        TargetKind::Bin => "bin",
        TargetKind::Example => "example",
        TargetKind::Test => "test",
        TargetKind::Bench => "bench",
        // Build scripts run on the developer's machine, before there is a program.
        TargetKind::CustomBuild => "build",
        _ => "lib",
    })
}

fn target(target: &cargo_metadata::Target) -> Option<Target> {
    let kind = kind(target)?;
    Some(Target {
        name: target.name.clone(),
        kind,
        file: PathBuf::from(target.src_path.as_std_path()),
        required_features: target.required_features.clone(),
    })
}

/// The manifest of a path, in its folder or the nearest around it.
fn manifest(path: &Path) -> Result<PathBuf, Diagnostic> {
    let shown = path.display();
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    let absolute = match std::fs::canonicalize(path) {
        Ok(absolute) => absolute,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Diagnostic::error(format!("there is no folder `{shown}`")));
        }
        Err(error) => return Err(Diagnostic::error(format!("cannot read `{shown}`: {error}"))),
    };
    let mut folders = absolute.ancestors();
    let manifest = folders.find_map(|folder| {
        let manifest = folder.join("Cargo.toml");
        manifest.is_file().then_some(manifest)
    });
    manifest.ok_or_else(|| {
        Diagnostic::error(format!("there is no `Cargo.toml` in `{shown}` or any folder around it"))
            .help("pass the folder of a Cargo package or workspace")
    })
}

/// The program `cargo`: the one that runs this or, otherwise, the one in the path.
pub(crate) fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Reads all packages of a workspace, with the features that are enabled.
///
/// - `offline`: whether to fail rather than to use the network
pub(crate) fn resolved(root: &Path, offline: bool) -> Result<Metadata, String> {
    let options = if offline {
        vec!["--offline".to_owned()]
    } else {
        Vec::new()
    };
    let output = MetadataCommand::new()
        .cargo_path(cargo())
        .current_dir(root)
        .other_options(options)
        .env("RUSTUP_AUTO_INSTALL", "0")
        .cargo_command()
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let json = text.lines().find(|line| line.starts_with('{')).unwrap_or_default();
    MetadataCommand::parse(json).map_err(|error| error.to_string())
}

fn metadata(manifest: &Path) -> Result<Metadata, Diagnostic> {
    let ask = |folder: &Path| {
        let mut command: Command = MetadataCommand::new()
            .cargo_path(cargo())
            .manifest_path(manifest)
            .current_dir(folder)
            .no_deps()
            .other_options(vec!["--offline".to_owned()])
            // Reading source code must not install anything.
            .env("RUSTUP_AUTO_INSTALL", "0")
            .cargo_command();
        command.output()
    };
    let folder = manifest.parent().unwrap_or(Path::new("."));
    let mut output = ask(folder).map_err(|error| {
        Diagnostic::error(format!("cannot run `cargo`: {error}"))
            .help("install Rust, or set `CARGO` to the path of `cargo`")
    })?;
    if !output.status.success() && is_missing_toolchain(&String::from_utf8_lossy(&output.stderr)) {
        // Away from the toolchain file, the default toolchain reads the manifests.
        if let Ok(other) = ask(&env::temp_dir()) {
            output = other;
        }
    }
    if !output.status.success() {
        return Err(cargo_failed(&String::from_utf8_lossy(&output.stderr)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let json = text.lines().find(|line| line.starts_with('{')).unwrap_or_default();
    MetadataCommand::parse(json)
        .map_err(|error| Diagnostic::error(format!("cannot read the output of `cargo metadata`: {error}")))
}

/// Whether a message of rustup says that a toolchain is not installed.
pub(crate) fn is_missing_toolchain(stderr: &str) -> bool {
    stderr.contains("is not installed") && stderr.contains("toolchain")
}

/// What a failed run of Cargo says first.
pub(crate) fn first_error(stderr: &str) -> &str {
    let error = stderr.lines().find_map(|line| line.strip_prefix("error: "));
    let first = error.or_else(|| stderr.lines().find(|line| !line.trim().is_empty()));
    first.unwrap_or("no message").trim()
}

/// The first error of a failed run of Cargo.
pub(crate) fn cargo_failed(stderr: &str) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(format!("`cargo` failed: {}", first_error(stderr)));
    let place = stderr.lines().find_map(|line| line.trim_start().strip_prefix("--> "));
    if let Some(place) = place {
        diagnostic = diagnostic.note(format!("it is at {place}"));
    }
    let causes = stderr
        .split("Caused by:")
        .skip(1)
        .filter_map(|cause| cause.trim().lines().next());
    for cause in causes {
        diagnostic = diagnostic.note(cause.trim().to_owned());
    }
    diagnostic
}
