//! Finds policies that allow more than at a base revision, and the lines of the changelog that mention them.

mod changelog;
mod git;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use iam_policy_compare::Options;
use iam_policy_compare::report::{Answer, Only, Side, Subject, WITNESSES, changes, paired};
use iam_policy_spec::{Settings, Source, Spec, is_spec, read_with, with_policies};

use crate::files::is_manifest_of;
use crate::{Error, MANIFEST, relative};
use changelog::{Changelog, Mention};
use git::Revision;

/// A policy that allows more than at the base, or for which that could not be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Widened {
    /// The path of the spec, as the caller wrote it.
    pub spec: PathBuf,
    /// The name that a line of the changelog must mention: that of the policy, such as `user`, of the policy with an
    /// extension, such as `user+layers`, of the trust policy, such as `role.trust`, or of a new environment, such as
    /// `environment.prod`.
    pub name: String,
    /// The new environment, if `name` is that of one.
    pub environment: Option<String>,
    /// The line mentioning it that is new in the changelog since the base.
    pub line: Option<String>,
    /// The number, counted from 1, of a line that mentions it and was written since the base, but does not count: it is a
    /// comment or code, or repeats what was there.
    pub discounted: Option<usize>,
    /// Whether it is not proved that the policy allows more: it could not be decided, or the spec at the base could not
    /// be read.
    pub is_undecided: bool,
    /// What is newly allowed, in Markdown, with a request that proves it.
    pub changes: String,
}

/// The comparison of specs with those at a base.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// The policies that allow more.
    pub(crate) widened: Vec<Widened>,
    /// One line for each spec and policy that had another name at the base.
    pub(crate) renamed: Vec<String>,
}

/// Compares the specs of a repository with those at a base.
pub(crate) struct Gate<'a> {
    pub(crate) root: &'a Path,
    pub(crate) base: &'a str,
    pub(crate) changelog: &'a Path,
    /// The values of parameters, both now and then.
    pub(crate) settings: &'a Settings,
}

impl Gate<'_> {
    /// Compares specs, each with its path as the caller wrote it.
    pub(crate) fn compare(&self, specs: &[(&Path, &Source)]) -> Result<Comparison, Error> {
        let revision = Revision::new(self.root, self.base)?;
        let mut comparison = Comparison::default();
        let mut policies: BTreeMap<String, usize> = BTreeMap::new();
        let mut environments: BTreeMap<String, usize> = BTreeMap::new();
        for (path, source) in specs {
            let (spec, _) = read_with(source, self.settings);
            for policy in &spec.policies {
                *policies.entry(policy.name.value.clone()).or_default() += 1;
            }
            for environment in &spec.environments {
                *environments.entry(environment.name.value.clone()).or_default() += 1;
            }
            let now = sides(&spec, source);
            let then = at(&revision, path, self.settings)?;
            let shown = shown(path);
            comparison.renamed.extend(then.moved_from.map(|earlier| {
                format!(
                    "`{shown}` did not exist at `{}`; it is compared with `{earlier}`",
                    self.base
                )
            }));
            let changes = Changes::new(&then.sides, then.remark.is_none(), &now);
            comparison.renamed.extend(changes.renamed.iter().map(|(policy, earlier)| {
                format!("`{policy}` in `{shown}` counts as renamed: it allows nothing that `{earlier}` did not allow at `{}`", self.base)
            }));
            let remark = then.remark.unwrap_or_default();
            comparison
                .widened
                .extend(changes.widened().into_iter().map(|widened| Widened {
                    spec: (*path).to_owned(),
                    changes: format!("{remark}{}", widened.changes),
                    ..widened
                }));
        }
        if !comparison.widened.is_empty() {
            let changelog = self.changelog(&revision)?;
            for widened in &mut comparison.widened {
                let count = match &widened.environment {
                    Some(environment) => environments.get(environment),
                    None => policies.get(widened.name.split(['+', '.']).next().unwrap_or_default()),
                };
                let is_unique = count == Some(&1);
                let full = format!("{}#{}", shown(&widened.spec), widened.name);
                let names = [Some(full.clone()), is_unique.then(|| widened.name.clone())];
                let names: Vec<_> = names.into_iter().flatten().collect();
                match changelog.mention(&names) {
                    Mention::New(line) => widened.line = Some(line),
                    Mention::Discounted(line) => widened.discounted = Some(line),
                    Mention::Nothing => {}
                }
                if !is_unique {
                    widened.name = full;
                }
            }
        }
        Ok(comparison)
    }

    /// The changelog, and what was said at the revision.
    fn changelog(&self, revision: &Revision<'_>) -> Result<Changelog, Error> {
        let now = match fs::read(self.root.join(self.changelog)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(Error::file(self.changelog, &error)),
        };
        let within = revision.in_repository(self.changelog)?;
        let then = revision.file(&within)?.unwrap_or_default();
        // Renaming another file to the changelog makes none of its lines new.
        let mut gone = revision.deleted()?;
        gone.retain(|path| is_prose(path));
        let gone = revision.files(&gone)?;
        let gone: Vec<_> = gone.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
        Ok(Changelog::new(
            &String::from_utf8_lossy(&now),
            &String::from_utf8_lossy(&then),
            gone.iter().map(AsRef::as_ref),
        ))
    }
}

/// Whether a file may contain text for people.
fn is_prose(path: &Path) -> bool {
    let extensions = ["md", "markdown", "mdx", "txt", "rst", "adoc"];
    path.extension()
        .is_none_or(|own| extensions.iter().any(|extension| own.eq_ignore_ascii_case(extension)))
}

/// A path in messages and in the changelog.
fn shown(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}

/// A spec at the base.
#[derive(Default)]
struct Then {
    /// Its policies. Empty if it did not exist or could not be read.
    sides: Vec<Side>,
    /// A remark if it could not be read.
    remark: Option<String>,
    /// Its name at the base, if it had another one.
    moved_from: Option<String>,
}

/// Reads a spec at the base.
fn at(revision: &Revision<'_>, path: &Path, settings: &Settings) -> Result<Then, Error> {
    let within = revision.in_repository(path)?;
    let (within, contents, is_moved) = match revision.file(&within)? {
        Some(contents) => (within, contents, false),
        None => match earlier(revision, path, &within)? {
            Some((earlier, contents)) => (earlier, contents, true),
            None => return Ok(Then::default()),
        },
    };
    let name = revision.name_of(&within);
    let moved_from = is_moved.then(|| name.clone());
    let remark = format!("`{name}` has mistakes, so what it granted is unknown.\n\n");
    let read = Source::decode(name, Ok(contents))
        .ok()
        .map(|source| (read_with(&source, settings), source));
    Ok(match read {
        Some(((spec, mistakes), source)) if mistakes.is_empty() => Then {
            sides: sides(&spec, &source),
            remark: None,
            moved_from,
        },
        _ => Then {
            sides: Vec::new(),
            remark: Some(remark),
            moved_from,
        },
    })
}

/// The spec at the base that had another path: one that was moved, or the target of a link.
///
/// Only what granted something at the base counts, so it must have been a spec there. Where manifests say which files
/// were specs, one of them must name it; otherwise an example could become a spec without being new.
///
/// - `path`: the path as the caller wrote it
/// - `within`: the path in the repository
fn earlier(revision: &Revision<'_>, path: &Path, within: &Path) -> Result<Option<(PathBuf, Vec<u8>)>, Error> {
    let candidates = [revision.earlier_path(within)?, revision.target(path)];
    for candidate in candidates.into_iter().flatten().filter(|candidate| candidate != within) {
        let Some(contents) = revision.file(&candidate)? else {
            continue;
        };
        if is_spec(&String::from_utf8_lossy(&contents)) && is_listed(revision, &candidate)? {
            return Ok(Some((candidate, contents)));
        }
    }
    Ok(None)
}

/// Whether a manifest at the base names this spec, or there was no manifest.
///
/// - `spec`: its path in the repository
fn is_listed(revision: &Revision<'_>, spec: &Path) -> Result<bool, Error> {
    let manifests = revision.files(&revision.named(MANIFEST)?)?;
    if manifests.is_empty() {
        return Ok(true);
    }
    for (manifest, contents) in &manifests {
        let from_folder = relative(manifest.parent().unwrap_or(Path::new("")), spec);
        let from_folder = from_folder.map_err(|error| Error::file(spec, &error))?;
        if is_manifest_of(&String::from_utf8_lossy(contents), &from_folder) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The documents of a spec: each policy in each of its forms, with the defaults and in each environment.
fn sides(spec: &Spec, source: &Source) -> Vec<Side> {
    let (name, text): (Arc<str>, Arc<str>) = (source.name().into(), source.text().into());
    with_policies(spec, |lowered| {
        let mut sides = Vec::new();
        for (policy, lowered) in spec.policies.iter().zip(lowered) {
            for subject in Subject::in_environments(lowered) {
                let side = subject.with_options(lowered, |options| {
                    let document = if subject.trust {
                        iam_policy_spec::compile::trust_document(policy, lowered, options)?
                    } else {
                        iam_policy_spec::compile::document(policy, lowered, options)
                    };
                    let side = Side::new(Arc::clone(&name), Arc::clone(&text), document);
                    Some(side.of(subject.clone(), lowered, options))
                });
                sides.extend(side);
            }
        }
        sides
    })
}

/// What has changed in a spec.
struct Changes<'a> {
    options: Options,
    then: &'a [Side],
    is_readable: bool,
    now: &'a [Side],
    /// The new policies that count as renamed, each with its name at the base.
    renamed: BTreeMap<&'a str, &'a str>,
}

impl<'a> Changes<'a> {
    /// - `is_readable`: whether the spec could be read at the base
    fn new(then: &'a [Side], is_readable: bool, now: &'a [Side]) -> Self {
        let mut options = Options::default();
        options.witnesses = WITNESSES;
        let mut changes = Self {
            options,
            then,
            is_readable,
            now,
            renamed: BTreeMap::new(),
        };
        let new: BTreeSet<_> = now.iter().filter_map(policy).filter(|name| !has(then, name)).collect();
        let renamed = new.iter().filter_map(|name| Some((*name, changes.earlier_name(name)?)));
        changes.renamed = renamed.collect();
        changes
    }

    /// The name at the base of a new policy: that of a removed policy which allowed everything that the new one allows,
    /// in each of its forms.
    fn earlier_name(&self, new: &str) -> Option<&'a str> {
        let gone: BTreeSet<_> = self
            .then
            .iter()
            .filter_map(policy)
            .filter(|name| !has(self.now, name))
            .collect();
        let allowed = |new: &Side, old: &str| {
            let form = |side: &Side| {
                let subject = side.subject.clone()?;
                Some((side.partition, subject.extensions, subject.trust, subject.environment))
            };
            let alike = |side: &&Side| policy(side) == Some(old) && form(side) == form(new);
            self.then.iter().find(alike).is_some_and(|old| {
                let verdict = self.options.compare([&old.document], [&new.document]).verdict;
                verdict.grants_nothing_new()
            })
        };
        let forms = || self.now.iter().filter(|side| policy(side) == Some(new));
        gone.into_iter().find(|old| forms().all(|form| allowed(form, old)))
    }

    /// The policies that allow more.
    fn widened(&self) -> Vec<Widened> {
        let mut names: Vec<(String, Option<String>)> = Vec::new();
        let mut answers: BTreeMap<(String, Option<String>), Vec<Answer<'_>>> = BTreeMap::new();
        for mut pair in paired(self.then, self.now, None)
            .into_iter()
            .filter(|pair| !pair.is_gone())
        {
            let (old, Some((new, subject))) = (pair.old, pair.new.and_then(|new| Some((new, new.subject.as_ref()?))))
            else {
                continue;
            };
            if self.renamed.contains_key(subject.policy.as_str()) {
                continue;
            }
            let own = Subject {
                extensions: Vec::new(),
                ..subject.clone()
            };
            if !self.is_readable {
                pair.only = Some(Only::Readable);
            }
            let pair_only = pair.only;
            let answer = Answer::new(&self.options, pair);
            if answer.comparison.verdict.grants_nothing_new()
                || is_the_policys_own(&self.options, self.now, old, new, &own)
            {
                continue;
            }
            let environment = subject.environment.clone();
            let environment = environment.filter(|_| pair_only == Some(Only::Environment));
            let name = match &environment {
                Some(environment) => format!("environment.{environment}"),
                None => name(subject, !has(self.then, &subject.policy)),
            };
            let name = (name, environment);
            if !names.contains(&name) {
                names.push(name.clone());
            }
            answers.entry(name).or_default().push(answer);
        }
        let report = |named: (String, Option<String>)| {
            let answers = answers.get(&named).map_or(&[][..], Vec::as_slice);
            let (name, environment) = named;
            Widened {
                spec: PathBuf::new(),
                line: None,
                discounted: None,
                is_undecided: !self.is_readable
                    || answers.iter().all(|answer| answer.comparison.newly_allowed.is_empty()),
                changes: changes(answers),
                name,
                environment,
            }
        };
        names.into_iter().map(report).collect()
    }
}

fn policy(side: &Side) -> Option<&str> {
    side.subject.as_ref().map(|subject| subject.policy.as_str())
}

/// Whether there is a policy with this name.
fn has(sides: &[Side], name: &str) -> bool {
    sides.iter().any(|side| policy(side) == Some(name))
}

/// Whether a policy with extensions allows nothing beyond what it allowed before and what the policy without extensions
/// now allows.
fn is_the_policys_own(options: &Options, now: &[Side], old: Option<&Side>, new: &Side, own: &Subject) -> bool {
    if new.subject.as_ref() == Some(own) {
        return false;
    }
    let own = now.iter().find(|side| side.subject.as_ref() == Some(own));
    let known = old.into_iter().chain(own).map(|side| &side.document);
    options.compare(known, [&new.document]).verdict.grants_nothing_new()
}

/// The name that a line of the changelog must mention.
fn name(subject: &Subject, is_new: bool) -> String {
    let mut name = subject.policy.clone();
    // Reviewers of a new policy look at all of it.
    if is_new {
        return name;
    }
    for extension in &subject.extensions {
        name.push('+');
        name.push_str(extension);
    }
    if subject.trust {
        name.push_str(".trust");
    }
    name
}
