//! Reads files at a git revision.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use iam_policy_document::Diagnostic;

use crate::path::or_current;
use crate::{Error, relative, relative_path};

/// A commit of the repository that contains a folder.
pub(crate) struct Revision<'a> {
    root: &'a Path,
    /// The revision as the user wrote it.
    pub(crate) name: &'a str,
    commit: String,
    /// The root of the work tree, without links.
    top: PathBuf,
    /// The path from there to the folder.
    prefix: PathBuf,
}

/// What a path is at a revision. Links within the repository are followed.
enum Object {
    Nothing,
    File(Vec<u8>),
    Folder,
    /// A link out of the repository.
    Outside,
}

impl<'a> Revision<'a> {
    /// Resolves a revision.
    ///
    /// - `root`: the folder
    /// - `name`: a commit, a branch, a tag, or anything else that git accepts as a revision
    pub(crate) fn new(root: &'a Path, name: &'a str) -> Result<Self, Error> {
        let within = git(root, &["rev-parse", "--show-toplevel", "--show-prefix"])?;
        let unreadable = |said: String| {
            let message = format!("cannot read the base: git says {said}");
            let problem =
                Diagnostic::error(message).help("the base is a revision of the repository that contains the specs");
            Error::unreadable(problem)
        };
        if !within.status.success() {
            return Err(unreadable(said(&within)));
        }
        let mut lines = within.stdout.split(|byte| *byte == b'\n').map(path_of);
        let top = lines.next().unwrap_or_default();
        let top = top.canonicalize().map_err(|error| Error::file(&top, &error))?;
        // A name that starts with `-` would be an option.
        let commit = format!("{name}^{{commit}}");
        let found = git(root, &["rev-parse", "--verify", "--quiet", &commit])?;
        let sha = String::from_utf8_lossy(&found.stdout).trim().to_owned();
        if found.status.success() && !sha.is_empty() && !name.starts_with('-') {
            return Ok(Self {
                root,
                name,
                commit: sha,
                top,
                prefix: lines.next().unwrap_or_default(),
            });
        }
        let shallow = git(root, &["rev-parse", "--is-shallow-repository"])?;
        let help = if String::from_utf8_lossy(&shallow.stdout).trim() == "true" {
            "this is a shallow clone: fetch the base as well, for example with `fetch-depth: 0` of `actions/checkout`"
        } else {
            "name a commit, a branch or a tag, such as `HEAD^1`, `origin/main` or `v1.0.0`"
        };
        Err(Error::unreadable(
            Diagnostic::error(format!("git does not know the revision `{name}`")).help(help),
        ))
    }

    /// Returns the path of a file in the repository.
    ///
    /// - `path`: the path of the file, relative to the folder or absolute
    pub(crate) fn in_repository(&self, path: &Path) -> Result<PathBuf, Error> {
        let unreadable = |error| Error::file(path, &error);
        let full = self.root.join(path);
        // A link in the repository may have led elsewhere at the revision, so it is not followed here.
        if let Some(within) = self.lexical(path).map_err(unreadable)? {
            return Ok(within);
        }
        let folder = full
            .parent()
            .unwrap_or(Path::new(""))
            .canonicalize()
            .map_err(unreadable)?;
        let real = folder.join(full.file_name().unwrap_or_default());
        match real.strip_prefix(&self.top) {
            Ok(within) => Ok(within.to_owned()),
            Err(_) => Err(Error::unreadable(Diagnostic::error(format!(
                "`{}` is not in the git repository `{}`",
                path.display(),
                self.top.display()
            )))),
        }
    }

    /// The path in the repository without following links; `None` if it leaves the repository that way.
    fn lexical(&self, path: &Path) -> io::Result<Option<PathBuf>> {
        let from_root = relative_path(self.root, &self.root.join(path))?;
        if path.is_absolute() && from_root.starts_with("..") {
            return Ok(None);
        }
        let mut within = self.prefix.clone();
        for component in from_root.components() {
            match component {
                Component::ParentDir if !within.pop() => return Ok(None),
                Component::Normal(name) => within.push(name),
                Component::Prefix(_) | Component::RootDir => return Ok(None),
                Component::ParentDir | Component::CurDir => {}
            }
        }
        Ok(Some(within))
    }

    /// The target of a link, as a path in the repository; `None` if `path` is not a link to a file in the repository.
    ///
    /// - `path`: relative to the folder or absolute
    pub(crate) fn target(&self, path: &Path) -> Option<PathBuf> {
        let target = self.root.join(path).canonicalize().ok()?;
        Some(target.strip_prefix(&self.top).ok()?.to_owned())
    }

    /// The name of a file in messages.
    ///
    /// - `within`: its path in the repository
    pub(crate) fn name_of(&self, within: &Path) -> String {
        let from_root = relative(&self.top.join(&self.prefix), &self.top.join(within));
        format!("{}:{}", self.name, from_root.unwrap_or_default())
    }

    /// Returns the contents of a file; `None` if it did not exist.
    ///
    /// - `within`: its path in the repository
    pub(crate) fn file(&self, within: &Path) -> Result<Option<Vec<u8>>, Error> {
        let unreadable = |why| Error::unreadable(Diagnostic::error(format!("`{}` {why}", self.name_of(within))));
        match self.objects(&[within.to_owned()])?.pop() {
            Some(Object::File(contents)) => Ok(Some(contents)),
            Some(Object::Nothing) | None => Ok(None),
            Some(Object::Folder) => Err(unreadable("is a folder")),
            Some(Object::Outside) => Err(unreadable("is a link out of the repository")),
        }
    }

    /// The contents of those files that existed.
    ///
    /// - `within`: their paths in the repository
    pub(crate) fn files(&self, within: &[PathBuf]) -> Result<Vec<(PathBuf, Vec<u8>)>, Error> {
        let objects = self.objects(within)?.into_iter();
        let files = within.iter().zip(objects).filter_map(|(path, object)| match object {
            Object::File(contents) => Some((path.clone(), contents)),
            _ => None,
        });
        Ok(files.collect())
    }

    fn objects(&self, within: &[PathBuf]) -> Result<Vec<Object>, Error> {
        let mut names = Vec::new();
        for path in within {
            let name = bytes_of(path);
            if name.contains(&b'\n') {
                let message = format!(
                    "`{}` cannot be read: its path contains a line break",
                    self.name_of(path)
                );
                return Err(Error::unreadable(Diagnostic::error(message)));
            }
            names.extend_from_slice(format!("{}:", self.commit).as_bytes());
            names.extend(name);
            names.push(b'\n');
        }
        let output = git_with(self.root, &["cat-file", "--batch", "--follow-symlinks"], &names)?;
        let failed = || {
            let message = format!("cannot read files at `{}`: git says {}", self.name, said(&output));
            Error::unreadable(Diagnostic::error(message))
        };
        if !output.status.success() {
            return Err(failed());
        }
        let mut rest = output.stdout.as_slice();
        within.iter().map(|_| object(&mut rest).ok_or_else(failed)).collect()
    }

    /// All files at the revision that have this name, as paths in the repository.
    pub(crate) fn named(&self, name: &str) -> Result<Vec<PathBuf>, Error> {
        let arguments = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", &self.commit];
        let listed = self.listed(&arguments)?;
        let paths = listed.split(|byte| *byte == 0).map(path_of);
        Ok(paths
            .filter(|path| path.file_name() == Some(OsStr::new(name)))
            .collect())
    }

    /// The files that were deleted since, as paths in the repository.
    pub(crate) fn deleted(&self) -> Result<Vec<PathBuf>, Error> {
        let arguments = ["diff", "--no-renames", "--diff-filter=D", "--name-only"];
        let listed = self.changes(&arguments)?;
        let paths = listed.split(|byte| *byte == 0).filter(|path| !path.is_empty());
        Ok(paths.map(path_of).collect())
    }

    /// The path at the revision of a file that was moved since, if git detects it. Paths are in the repository.
    pub(crate) fn earlier_path(&self, within: &Path) -> Result<Option<PathBuf>, Error> {
        let arguments = ["diff", "--find-renames", "--diff-filter=R", "--name-status"];
        let moved = self.changes(&arguments)?;
        let mut fields = moved.split(|byte| *byte == 0);
        while let (Some(_), Some(from), Some(to)) = (fields.next(), fields.next(), fields.next()) {
            if path_of(to) == within {
                return Ok(Some(path_of(from)));
            }
        }
        Ok(None)
    }

    /// What git says about the differences between the revision and the work tree.
    fn changes(&self, arguments: &[&str]) -> Result<Vec<u8>, Error> {
        let more = [
            "--no-ext-diff",
            "--no-relative",
            "--ignore-submodules",
            "-z",
            &self.commit,
            "--",
        ];
        self.listed(&[arguments, &more].concat())
    }

    fn listed(&self, arguments: &[&str]) -> Result<Vec<u8>, Error> {
        let output = git(self.root, arguments)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let message = format!("cannot compare files with `{}`: git says {}", self.name, said(&output));
        Err(Error::unreadable(Diagnostic::error(message)))
    }
}

/// Takes the next object from the output of `git cat-file --batch --follow-symlinks`; `None` if there is none.
///
/// Source: <https://git-scm.com/docs/git-cat-file>, "Batch output"
fn object(rest: &mut &[u8]) -> Option<Object> {
    let (head, after) = rest.split_at_checked(rest.iter().position(|byte| *byte == b'\n')?)?;
    let mut after = after.get(1..)?;
    if head.ends_with(b" missing") {
        *rest = after;
        return Some(Object::Nothing);
    }
    let head = str::from_utf8(head).ok()?;
    let mut words = head.split(' ');
    let (first, size) = (words.next()?, words.next_back()?.parse().ok()?);
    let contents = after.split_off(..size)?;
    after.split_off(..1)?;
    *rest = after;
    Some(match (first, words.next()) {
        ("symlink", _) => Object::Outside,
        ("dangling" | "loop" | "notdir", _) => Object::Nothing,
        (_, Some("blob")) => Object::File(contents.to_vec()),
        _ => Object::Folder,
    })
}

/// A path as git writes it.
fn path_of(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    let name: OsString = std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec());
    #[cfg(not(unix))]
    let name = OsString::from(String::from_utf8_lossy(bytes).into_owned());
    PathBuf::from(name)
}

/// A path as git reads it.
fn bytes_of(path: &Path) -> Vec<u8> {
    let names: Vec<_> = path.iter().map(OsStr::as_encoded_bytes).collect();
    names.join(&b'/')
}

fn git(root: &Path, arguments: &[&str]) -> Result<Output, Error> {
    git_with(root, arguments, b"")
}

/// Runs git.
///
/// - `input`: its standard input
fn git_with(root: &Path, arguments: &[&str], input: &[u8]) -> Result<Output, Error> {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(or_current(root))
        .args(arguments)
        .env("LC_ALL", "C");
    // In a git hook, these refer to the repository of the commit, which may be a different one.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    piped(&mut command, input).map_err(|error| {
        Error::unreadable(match error.kind() {
            io::ErrorKind::NotFound => {
                Diagnostic::error("cannot find `git`, which is needed to read the base").help("install git")
            }
            _ => Diagnostic::error(format!("cannot run `git`: {error}")),
        })
    })
}

fn piped(command: &mut Command, input: &[u8]) -> io::Result<Output> {
    let pipes = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = pipes.spawn()?;
    let stdin = child.stdin.take();
    thread::scope(|scope| {
        // Git answers while it reads, so both must go on at the same time. It need not read everything.
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
        child.wait_with_output()
    })
}

/// The first line of git's error message.
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().next().unwrap_or("nothing");
    format!("`{}`", line.strip_prefix("fatal: ").unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_taken_one_by_one() {
        let mut rest: &[u8] =
            b"0:a b blob 3 missing\n0f blob 4\na\nb\n\ndangling 3\n0:x\nsymlink 2\n..\n0e tree 0\n\nrest";
        assert!(matches!(object(&mut rest), Some(Object::Nothing)));
        assert!(matches!(object(&mut rest), Some(Object::File(contents)) if contents == b"a\nb\n"));
        assert!(matches!(object(&mut rest), Some(Object::Nothing)));
        assert!(matches!(object(&mut rest), Some(Object::Outside)));
        assert!(matches!(object(&mut rest), Some(Object::Folder)));
        assert_eq!(rest, b"rest");
        for broken in [
            "",
            "0f blob 4",
            "0f blob 4\nabc",
            "0f blob 4\nabcd",
            "0f blob x\n",
            "\n",
            "0f blob -1\n\n",
        ] {
            assert!(object(&mut broken.as_bytes()).is_none(), "{broken:?}");
        }
    }
}
