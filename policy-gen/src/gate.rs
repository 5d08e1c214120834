//! Finds policies that allow more than at a base revision, and the lines of the changelog that mention them.

mod git;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use iam_policy_compare::Options;
use iam_policy_compare::report::{Answer, Only, Side, Subject, WITNESSES, changes, paired};
use iam_policy_spec::{Source, Spec, read, with_policies};

use crate::Error;
use git::Revision;

/// A policy that allows more than at the base, or for which that could not be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Widened {
    /// The path of the spec, as the caller wrote it.
    pub spec: PathBuf,
    /// The name that a line of the changelog must mention: that of the policy, such as `user`, of the policy with an
    /// extension, such as `user+layers`, or of the trust policy, such as `role.trust`.
    pub name: String,
    /// The line mentioning it that was added to the changelog since the base.
    pub line: Option<String>,
    /// Whether it is not proved that the policy allows more: it could not be decided, or the spec at the base could not
    /// be read.
    pub is_undecided: bool,
    /// What is newly allowed, in Markdown, with a request that proves it.
    pub changes: String,
}

/// Compares the specs of a repository with those at a base.
pub(crate) struct Gate<'a> {
    pub(crate) root: &'a Path,
    pub(crate) base: &'a str,
    pub(crate) changelog: &'a Path,
}

impl Gate<'_> {
    /// Returns all policies of these specs that allow more.
    pub(crate) fn widened<'s>(&self, specs: impl Iterator<Item = &'s Path> + Clone) -> Result<Vec<Widened>, Error> {
        let revision = Revision::new(self.root, self.base)?;
        let mut all = Vec::new();
        let mut policies: BTreeMap<String, usize> = BTreeMap::new();
        for path in specs {
            let name = path.display().to_string().replace('\\', "/");
            let source = Source::decode(name, fs::read(self.root.join(path))).map_err(Error::unreadable)?;
            let (spec, _) = read(&source);
            for policy in &spec.policies {
                *policies.entry(policy.name.value.clone()).or_default() += 1;
            }
            let now = sides(&spec, &source);
            let (then, remark) = at(&revision, path)?;
            all.extend(
                widened(&then, remark.is_none(), &now)
                    .into_iter()
                    .map(|widened| Widened {
                        spec: path.to_owned(),
                        changes: format!("{}{}", remark.as_deref().unwrap_or_default(), widened.changes),
                        ..widened
                    }),
            );
        }
        if !all.is_empty() {
            let added = self.added_lines(&revision)?;
            for widened in &mut all {
                let policy = widened.name.split(['+', '.']).next().unwrap_or_default();
                let is_unique = policies.get(policy) == Some(&1);
                let path = widened.spec.display().to_string().replace('\\', "/");
                let names = [
                    Some(format!("`{path}#{}`", widened.name)),
                    is_unique.then(|| format!("`{}`", widened.name)),
                ];
                let names_it = |line: &&String| names.iter().flatten().any(|name| line.contains(name));
                widened.line = added.iter().find(names_it).cloned();
                if !is_unique {
                    widened.name = format!("{path}#{}", widened.name);
                }
            }
        }
        Ok(all)
    }

    /// The lines that were added to the changelog since the revision.
    fn added_lines(&self, revision: &Revision<'_>) -> Result<Vec<String>, Error> {
        let now = match fs::read(self.root.join(self.changelog)) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(Error::file(self.changelog, &error)),
        };
        let (_, then) = revision.file(self.changelog)?;
        let then = String::from_utf8_lossy(&then.unwrap_or_default()).into_owned();
        // A line that was only moved or indented is not new.
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        for line in then.lines() {
            *known.entry(line.trim()).or_default() += 1;
        }
        let added = now.lines().filter(|line| match known.get_mut(line.trim()) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        });
        Ok(added.map(|line| line.trim().to_owned()).collect())
    }
}

/// The policies of a spec at the base, and a remark if they could not be read. Empty if the spec did not exist.
fn at(revision: &Revision<'_>, path: &Path) -> Result<(Vec<Side>, Option<String>), Error> {
    let (name, contents) = revision.file(path)?;
    let Some(contents) = contents else {
        return Ok((Vec::new(), None));
    };
    let remark = format!("`{name}` has mistakes, so what it granted is unknown.\n\n");
    let Ok(source) = Source::decode(name, Ok(contents)) else {
        return Ok((Vec::new(), Some(remark)));
    };
    let (spec, mistakes) = read(&source);
    Ok(if mistakes.is_empty() {
        (sides(&spec, &source), None)
    } else {
        (Vec::new(), Some(remark))
    })
}

/// The documents of a spec: each policy in each of its forms.
fn sides(spec: &Spec, source: &Source) -> Vec<Side> {
    let (name, text): (Arc<str>, Arc<str>) = (source.name().into(), source.text().into());
    with_policies(spec, |lowered| {
        let mut sides = Vec::new();
        for (policy, lowered) in spec.policies.iter().zip(lowered) {
            for subject in Subject::all(lowered) {
                let side = subject.with_options(|options| {
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

/// The policies of a spec that allow more.
///
/// - `is_readable`: whether the spec could be read at the base
fn widened(then: &[Side], is_readable: bool, now: &[Side]) -> Vec<Widened> {
    let mut options = Options::default();
    options.witnesses = WITNESSES;
    let mut names: Vec<String> = Vec::new();
    let mut answers: BTreeMap<String, Vec<Answer<'_>>> = BTreeMap::new();
    for mut pair in paired(then, now, None).into_iter().filter(|pair| !pair.is_gone()) {
        let (old, Some((new, subject))) = (pair.old, pair.new.and_then(|new| Some((new, new.subject.as_ref()?))))
        else {
            continue;
        };
        let own = Subject {
            extensions: Vec::new(),
            ..subject.clone()
        };
        if !is_readable {
            pair.only = Some(Only::Readable);
        }
        let answer = Answer::new(&options, pair);
        if answer.comparison.verdict.grants_nothing_new()
            || is_renamed(&options, then, now, new, subject)
            || is_the_policys_own(&options, now, old, new, &own)
        {
            continue;
        }
        let is_new = !then.iter().any(|side| policy(side) == Some(&subject.policy));
        let name = name(subject, is_new);
        if !names.contains(&name) {
            names.push(name.clone());
        }
        answers.entry(name).or_default().push(answer);
    }
    let report = |name: String| {
        let answers = answers.get(&name).map_or(&[][..], Vec::as_slice);
        Widened {
            spec: PathBuf::new(),
            line: None,
            is_undecided: !is_readable || answers.iter().all(|answer| answer.comparison.newly_allowed.is_empty()),
            changes: changes(answers),
            name,
        }
    };
    names.into_iter().map(report).collect()
}

fn policy(side: &Side) -> Option<&String> {
    side.subject.as_ref().map(|subject| &subject.policy)
}

/// Whether a new policy allows nothing that a removed one did not allow, and therefore counts as renamed.
fn is_renamed(options: &Options, then: &[Side], now: &[Side], new: &Side, subject: &Subject) -> bool {
    if then.iter().any(|side| policy(side) == Some(&subject.policy)) {
        return false;
    }
    let gone = then
        .iter()
        .filter(|old| !now.iter().any(|side| policy(side) == policy(old)));
    let in_this_form = |old: &&Side| {
        let is_alike = |own: &Subject| (&own.extensions, own.trust) == (&subject.extensions, subject.trust);
        old.partition == new.partition && old.subject.as_ref().is_some_and(is_alike)
    };
    gone.filter(in_this_form).any(|old| {
        options
            .compare([&old.document], [&new.document])
            .verdict
            .grants_nothing_new()
    })
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
