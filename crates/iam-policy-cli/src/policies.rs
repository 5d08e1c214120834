//! The policies that an argument names: a document, or those of a spec, in a file or at a revision.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use iam_policy_commands::with_candidates;
use iam_policy_compare::report::{Side, Subject};
use iam_policy_core::{Policy, PolicyType};
use iam_policy_document::{Diagnostic, StyledText};
use iam_policy_spec::wording::list;
use iam_policy_spec::{Spec, with_policies};
use iam_policy_templates::Template;

use crate::input::{Input, Language, Parsed};
use crate::settings::{Given, missing};
use crate::templates::{Named, Read, readable, selected};

/// What an argument names.
pub(crate) struct Policies {
    pub(crate) all: Vec<Side>,
    /// A policy of a spec was selected by name.
    pub(crate) by_name: bool,
    /// The forms that conditions of a template give its policies. Only one form of a policy applies at a time.
    pub(crate) forms: Vec<Form>,
}

/// A form of a policy of a template.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// The file.
    pub(crate) file: Arc<str>,
    /// The name of the policy.
    pub(crate) policy: String,
    /// The name of the policy in this form.
    pub(crate) name: String,
    /// The conditions under which it has this form, each with whether it holds.
    pub(crate) conditions: Vec<(String, bool)>,
}

impl Policies {
    /// The document, if it does not name a spec.
    pub(crate) fn document(&self) -> Option<&Side> {
        self.all.iter().find(|side| side.subject.is_none())
    }

    /// The name of the selected policy.
    pub(crate) fn name(&self) -> Option<&str> {
        let first = self.all.first()?.subject.as_ref()?;
        self.by_name.then_some(first.policy.as_str())
    }
}

/// Which documents of a spec are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted<'a> {
    /// The plain policies, in this partition if they support it.
    In(Option<&'a str>),
    /// Each policy in every partition and with every extension, and the trust policies.
    All,
}

/// Reads `argument`: `FILE` or `REVISION:FILE`, for specs optionally followed by `#POLICY` and `+EXTENSION`.
///
/// - `given`: the values of parameters. Each policy must have all that it needs
///
/// # Errors
///
/// All messages about why it is invalid.
pub(crate) fn read(argument: &OsStr, wanted: Wanted<'_>, given: &mut Given) -> Result<Policies, StyledText> {
    // A name that is not UTF-8 is that of a file: it selects no policy, and names no revision.
    let (path, fragment) = argument.to_str().map_or(("", None), split);
    let input = if argument.to_str().is_some() {
        Input::named(path)?
    } else {
        Input::read(Path::new(argument))?
    };
    let read = (input.language != Language::Toml)
        .then(|| Read::new(&input))
        .transpose()?;
    if let Some(read) = &read {
        if let Some(template) = &read.template {
            return of_template(&input, read, template, fragment, wanted);
        }
        if let Some(fragment) = fragment {
            return Err(no_spec(path, fragment).into());
        }
    }
    let text: Arc<str> = String::from_utf8_lossy(&input.bytes).into();
    let (name, parsed) = input.parse(read, given)?;
    let name: Arc<str> = name.into();
    let all = match parsed {
        Parsed::Document(document) => vec![Side::new(name, text, document.with_placeholders())],
        Parsed::Spec(spec) => with_policies(&spec, |lowered| {
            let subjects = subjects(lowered, path, fragment, wanted).map_err(StyledText::from)?;
            let mut problems: Vec<Diagnostic> = Vec::new();
            for (subject, policy) in subjects
                .iter()
                .filter_map(|subject| Some((subject, policy_of(lowered, subject)?)))
            {
                let lacks = subject.with_options(policy, |options| {
                    let trust = policy.render_trust_unchecked(options).filter(|_| subject.trust);
                    missing(policy, &trust.unwrap_or_else(|| policy.render_unchecked(options)))
                });
                for problem in lacks {
                    if !problems.contains(&problem) {
                        problems.push(problem);
                    }
                }
            }
            if !problems.is_empty() {
                return Err(problems.iter().collect());
            }
            let sides = subjects.into_iter().filter_map(|subject| {
                let mut pairs = spec.policies.iter().zip(lowered);
                let (policy, lowered) = pairs.find(|(_, lowered)| lowered.name == subject.policy)?;
                subject.with_options(lowered, |options| {
                    let document = if subject.trust {
                        iam_policy_spec::compile::trust_document(policy, lowered, options)?
                    } else {
                        iam_policy_spec::compile::document(policy, lowered, options)
                    };
                    let side = Side::new(Arc::clone(&name), Arc::clone(&text), document);
                    Some(side.of(subject.clone(), lowered, options))
                })
            });
            Ok::<_, StyledText>(sides.collect())
        })?,
    };
    Ok(Policies {
        all,
        by_name: fragment.is_some(),
        forms: Vec::new(),
    })
}

/// The policy that a subject is about.
fn policy_of<'p, 'a>(policies: &'p [Policy<'a>], subject: &Subject) -> Option<&'p Policy<'a>> {
    policies.iter().find(|policy| policy.name == subject.policy)
}

/// The policies of a template, each in every form that conditions give it.
fn of_template(
    input: &Input,
    read: &Read,
    template: &Template,
    fragment: Option<&str>,
    wanted: Wanted<'_>,
) -> Result<Policies, StyledText> {
    let mut policies: Vec<_> = match fragment {
        Some(name) => selected(
            &template.policies,
            &input.name,
            name.split(" where ").next().unwrap_or(name),
        )?,
        None => template.policies.iter().collect(),
    };
    readable(input, read, &policies)?;
    // Who may assume a role is not a permission of the role.
    let is_trust = |policy: &&iam_policy_templates::Policy| policy.policy_type == PolicyType::Trust;
    if matches!(wanted, Wanted::In(_)) && !policies.iter().all(is_trust) {
        policies.retain(|policy| !is_trust(policy));
    }
    if policies.is_empty() {
        return Err(Diagnostic::error(format!("there are no policies in `{}`", input.name)).into());
    }
    if let Some(policy) = policies.iter().find(|policy| policy.is_partial) {
        let problem = format!(
            "too many conditions change the policy `{}` of `{}`",
            policy.name, input.name
        );
        return Err(Diagnostic::error(problem).into());
    }
    let mut forms = Named::all(policies);
    let is_chosen = forms.iter().any(|form| Some(form.name.as_str()) == fragment);
    if is_chosen {
        forms.retain(|form| Some(form.name.as_str()) == fragment);
    }
    let conditional = forms.iter().filter(|form| !is_chosen && form.is_conditional());
    let conditional = conditional.map(|form| Form {
        file: Arc::from(read.source(input, form.policy).0),
        policy: form.policy.name.clone(),
        name: form.name.clone(),
        conditions: form.conditions.to_vec(),
    });
    let conditional = conditional.collect();
    let is_only = forms.len() == 1 && template.policies.iter().all(|policy| policy.name.is_empty());
    // Most policies are in the same few files.
    let mut sources: Vec<(usize, Arc<str>, Arc<str>)> = Vec::new();
    let sides = forms.into_iter().map(|form| {
        let file = form.policy.file;
        let known = sources.iter().find(|(own, ..)| *own == file).cloned();
        let (_, name, text) = known.unwrap_or_else(|| {
            let (name, text) = read.source(input, form.policy);
            let source = (file, Arc::from(name), String::from_utf8_lossy(text).into());
            sources.push(source.clone());
            source
        });
        let document = form.document.with_placeholders();
        let side = Side::new(name, text, document);
        if is_only {
            return side;
        }
        let subject = Subject {
            trust: form.policy.policy_type == PolicyType::Trust,
            ..Subject::new(form.name)
        };
        side.named(subject)
    });
    Ok(Policies {
        all: sides.collect(),
        by_name: fragment.is_some(),
        forms: conditional,
    })
}

/// Rejects a spec with several policies where one is needed.
pub(crate) fn several_policies(sides: &[&Side]) -> Diagnostic {
    let name = sides.first().map_or("", |side| &side.name);
    let names = sides.iter().filter_map(|side| Some(&side.subject.as_ref()?.policy));
    let problem = Diagnostic::error(format!("`{name}` has several policies, and only one can be used here"));
    problem.help(format!("add `#` and one of the names {}", list(names)))
}

/// The error for a selection in a policy.
fn no_spec(path: &str, fragment: &str) -> Diagnostic {
    let problem = Diagnostic::error(format!(
        "`{path}#{fragment}` is not a spec, so it has no policy `{fragment}`"
    ));
    problem.help(format!("write `{path}`"))
}

/// A policy of a spec, and extensions of it, selected on the command line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Selection<'a> {
    path: &'a str,
    fragment: &'a str,
}

impl<'a> Selection<'a> {
    /// Splits `FILE#POLICY` or `FILE#POLICY+EXTENSION` into the file and the selection, if there is one.
    ///
    /// - `argument`: as given by the user
    pub(crate) fn split(argument: &'a Path) -> (&'a Path, Option<Self>) {
        match argument.to_str().map(split) {
            Some((path, Some(fragment))) => (Path::new(path), Some(Self { path, fragment })),
            _ => (argument, None),
        }
    }

    /// All that follows the `#`.
    pub(crate) fn fragment(&self) -> &'a str {
        self.fragment
    }

    /// The name of the policy.
    pub(crate) fn policy(&self) -> &'a str {
        self.fragment.split('+').next().unwrap_or_default()
    }

    /// The names of the extensions; none selects all of them.
    fn extensions(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.fragment.split('+').skip(1)
    }

    /// Whether an extension of the policy is selected.
    pub(crate) fn has(&self, extension: &str) -> bool {
        let mut names = self.extensions().peekable();
        names.peek().is_none() || names.any(|name| name == extension)
    }

    /// Checks that an input contains what is selected.
    ///
    /// - `spec`: the spec that has been read, or nothing if the input is a policy
    ///
    /// # Errors
    ///
    /// If it does not.
    pub(crate) fn check(&self, spec: Option<&Spec>) -> Result<(), Diagnostic> {
        let Some(spec) = spec else {
            return Err(no_spec(self.path, self.fragment));
        };
        let name = self.policy();
        let names = spec.policies.iter().map(|policy| policy.name.value.as_str());
        known(self.path, name, "policy", "policies", names)?;
        let mut policies = spec.policies.iter();
        let Some(policy) = policies.find(|policy| policy.name.value == name) else {
            return Ok(());
        };
        let names = policy.extensions.iter().map(|extension| extension.name.value.as_str());
        let mut wished = self.extensions();
        wished.try_for_each(|wished| known(self.path, wished, "extension", "extensions", names.clone()))
    }
}

/// Splits off the selection, unless a file has the whole argument as its name.
fn split(argument: &str) -> (&str, Option<&str>) {
    match argument.rsplit_once('#') {
        Some((path, fragment)) if !Path::new(argument).exists() => (path, Some(fragment)),
        _ => (argument, None),
    }
}

fn subjects(
    policies: &[Policy<'_>],
    path: &str,
    fragment: Option<&str>,
    wanted: Wanted<'_>,
) -> Result<Vec<Subject>, Diagnostic> {
    let mut parts = fragment.into_iter().flat_map(|fragment| fragment.split('+'));
    let name = parts.next();
    let extensions: Vec<&str> = parts.collect();
    let mut subjects = Vec::new();
    for policy in policies {
        if name.is_none_or(|name| policy.name == name) {
            for wished in &extensions {
                let names = policy.extensions.iter().map(|extension| extension.name);
                known(path, wished, "extension", "extensions", names)?;
            }
            subjects.extend(of_policy(policy, &extensions, wanted));
        }
    }
    if let (Some(name), true) = (name, subjects.is_empty()) {
        known(
            path,
            name,
            "policy",
            "policies",
            policies.iter().map(|policy| policy.name),
        )?;
    }
    Ok(subjects)
}

fn known<'a>(
    path: &str,
    name: &str,
    noun: &str,
    nouns: &str,
    names: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), Diagnostic> {
    if names.clone().any(|known| known == name) {
        return Ok(());
    }
    let problem = Diagnostic::error(format!("there is no {noun} `{name}` in `{path}`"));
    Err(with_candidates(problem, name, nouns, names))
}

/// - `extensions`: included in every document
fn of_policy(policy: &Policy<'_>, extensions: &[&str], wanted: Wanted<'_>) -> Vec<Subject> {
    let extended = |subject: Subject| Subject {
        extensions: extensions.iter().map(|name| (*name).to_owned()).collect(),
        ..subject
    };
    match wanted {
        Wanted::In(partition) => {
            let mut others = policy.partitions.iter().skip(1).copied();
            let partition = others.find(|other| Some(other.name()) == partition);
            vec![extended(Subject {
                partition,
                ..Subject::new(policy.name)
            })]
        }
        Wanted::All if extensions.is_empty() => Subject::all(policy),
        Wanted::All => {
            let all = Subject::all(policy).into_iter();
            let plain = all.filter(|subject| !subject.trust && subject.extensions.is_empty());
            plain.map(extended).collect()
        }
    }
}
