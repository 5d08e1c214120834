//! Reads files at a git revision.

use std::io;
use std::path::Path;
use std::process::{Command, Output};

use iam_policy_document::Diagnostic;

use crate::{Error, relative};

/// A commit of the repository that contains a folder.
pub(crate) struct Revision<'a> {
    root: &'a Path,
    /// The revision as the user wrote it.
    pub(crate) name: &'a str,
    commit: String,
}

impl<'a> Revision<'a> {
    /// Resolves a revision.
    ///
    /// - `root`: the folder
    /// - `name`: a commit, a branch, a tag, or anything else that git accepts as a revision
    pub(crate) fn new(root: &'a Path, name: &'a str) -> Result<Self, Error> {
        let within = git(root, &["rev-parse", "--is-inside-work-tree"])?;
        if !within.status.success() {
            let message = format!("cannot read the base: git says {}", said(&within));
            let problem =
                Diagnostic::error(message).help("the base is a revision of the repository that contains the specs");
            return Err(Error::unreadable(problem));
        }
        // A name that starts with `-` would be an option.
        let commit = format!("{name}^{{commit}}");
        let found = git(root, &["rev-parse", "--verify", "--quiet", &commit])?;
        let sha = String::from_utf8_lossy(&found.stdout).trim().to_owned();
        if found.status.success() && !sha.is_empty() && !name.starts_with('-') {
            return Ok(Self {
                root,
                name,
                commit: sha,
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

    /// Returns the name of a file in messages, and its contents; `None` if it did not exist.
    ///
    /// - `path`: the path of the file, relative to the folder
    pub(crate) fn file(&self, path: &Path) -> Result<(String, Option<Vec<u8>>), Error> {
        let path = relative(self.root, &self.root.join(path)).map_err(|error| Error::file(path, &error))?;
        let name = format!("{}:{path}", self.name);
        let contents = self.blob(&path)?;
        if contents.is_some() {
            return Ok((name, contents));
        }
        match self.earlier_name(&path)? {
            Some(earlier) => Ok((format!("{}:{earlier}", self.name), self.blob(&earlier)?)),
            None => Ok((name, None)),
        }
    }

    fn blob(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let failed = |output: &Output| {
            Error::unreadable(Diagnostic::error(format!(
                "cannot read `{}:{path}`: git says {}",
                self.name,
                said(output)
            )))
        };
        let listed = git(self.root, &["ls-tree", "-z", &self.commit, "--", path])?;
        if !listed.status.success() {
            return Err(failed(&listed));
        }
        if listed.stdout.is_empty() {
            return Ok(None);
        }
        let shown = git(self.root, &["cat-file", "blob", &format!("{}:./{path}", self.commit)])?;
        if shown.status.success() {
            Ok(Some(shown.stdout))
        } else {
            Err(failed(&shown))
        }
    }

    /// The path at the revision of a file that was moved since, if git detects it.
    fn earlier_name(&self, path: &str) -> Result<Option<String>, Error> {
        let arguments = [
            "diff",
            "--relative",
            "--find-renames",
            "--diff-filter=R",
            "--name-status",
            "-z",
        ];
        let moved = git(self.root, &[&arguments[..], &[&self.commit, "--"]].concat())?;
        let moved = String::from_utf8_lossy(&moved.stdout).into_owned();
        let mut fields = moved.split('\0');
        while let (Some(_), Some(from), Some(to)) = (fields.next(), fields.next(), fields.next()) {
            if to == path {
                return Ok(Some(from.to_owned()));
            }
        }
        Ok(None)
    }
}

fn git(root: &Path, arguments: &[&str]) -> Result<Output, Error> {
    let root = if root.as_os_str().is_empty() {
        Path::new(".")
    } else {
        root
    };
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(arguments).env("LC_ALL", "C");
    // In a git hook, these refer to the repository of the commit, which may be a different one.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    command.output().map_err(|error| {
        Error::unreadable(match error.kind() {
            io::ErrorKind::NotFound => {
                Diagnostic::error("cannot find `git`, which is needed to read the base").help("install git")
            }
            _ => Diagnostic::error(format!("cannot run `git`: {error}")),
        })
    })
}

/// The first line of git's error message.
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().next().unwrap_or("nothing");
    format!("`{}`", line.strip_prefix("fatal: ").unwrap_or(line))
}
