//! The policies that an argument names: a document, or those of a spec, in a file or in a revision.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use policy_cli::Problem;
use policy_core::Options;
use policy_document::{Document, Excerpt, Lines, Visible};
use policy_eval::PolicySet;
use policy_simulate::kind_of;
use policy_spec::wording::{list, nearest};
use policy_spec::{Policy, Spec, Statement, Template, with_policies};

use crate::input::{Input, Language, Parsed};

/// A policy, and the text that it was read from.
pub(crate) struct Named {
    /// What messages call the text.
    pub(crate) file: Arc<str>,
    pub(crate) text: Arc<str>,
    pub(crate) document: Document,
    /// Which of a spec's policies it is; for a document there is nothing to say.
    pub(crate) subject: Subject,
    /// It was asked for by its name in the spec.
    pub(crate) by_name: bool,
    /// What the spec says of its statements, by their Sids.
    pub(crate) reasons: Arc<HashMap<String, Reasons>>,
}

impl Named {
    /// What keeps it from being a policy that AWS would take, with its place.
    pub(crate) fn mistake(&self) -> Option<String> {
        let error = PolicySet::compile(kind_of(&self.document), [&self.document]).err()?;
        let text = self.text.as_bytes();
        let lines = Lines::new(text);
        let excerpt = Excerpt::new(&self.file, text, &lines).marks(error.span);
        Some(format!("error: {}\n{excerpt}\n", Visible(&error.kind.to_string())))
    }
}

/// One of the documents that a spec makes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Subject {
    pub(crate) policy: Option<String>,
    pub(crate) extensions: Vec<String>,
    /// It is the trust policy.
    pub(crate) trust: bool,
    /// Unless it is the policy's first.
    pub(crate) partition: Option<&'static str>,
}

/// Why a statement is there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reasons {
    pub(crate) statement: Option<String>,
    /// By the pattern.
    pub(crate) actions: BTreeMap<String, String>,
}

/// Which of a spec's documents are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted<'a> {
    /// The policies as they are, in this partition if they are made for it.
    In(Option<&'a str>),
    /// Each in every partition and with every extension, and the trust policies.
    All,
}

/// Reads what `argument` names: `FILE`, `REVISION:FILE`, or either with `#POLICY` if it is a spec, which may go on `+EXTENSION`.
///
/// # Errors
///
/// All messages about why it cannot be understood.
pub(crate) fn read(argument: &str, wanted: Wanted<'_>) -> Result<Vec<Named>, String> {
    let (path, fragment) = split(argument);
    let input = Input::named(path).map_err(|problem| problem.to_string())?;
    if let (Language::Json, Some(fragment)) = (input.language, fragment) {
        let problem = Problem::new(format!("`{argument}` is no spec, so there is no `{fragment}` in it"));
        return Err(problem.help(format!("name it as `{path}`")).to_string());
    }
    let text: Arc<str> = String::from_utf8_lossy(&input.bytes).into();
    let (file, parsed) = input.parse()?;
    let file: Arc<str> = file.into();
    match parsed {
        Parsed::Document(document) => Ok(vec![Named {
            file,
            text,
            document,
            subject: Subject::default(),
            by_name: false,
            reasons: Arc::default(),
        }]),
        Parsed::Spec(spec) => {
            let subjects = subjects(&spec, path, fragment, wanted).map_err(|problem| problem.to_string())?;
            let reasons: HashMap<&str, Arc<HashMap<String, Reasons>>> = spec
                .policies
                .iter()
                .map(|policy| (policy.name.value.as_str(), Arc::new(reasons(policy))))
                .collect();
            Ok(with_policies(&spec, |lowered| {
                subjects
                    .into_iter()
                    .filter_map(|subject| {
                        let name = subject.policy.as_deref()?;
                        let mut pairs = spec.policies.iter().zip(lowered);
                        let (policy, lowered) = pairs.find(|(policy, _)| policy.name.value == name)?;
                        let extensions: Vec<&str> = subject.extensions.iter().map(String::as_str).collect();
                        let options = Options {
                            partition: subject.partition,
                            extensions: &extensions,
                            ..Options::DEFAULT
                        };
                        let document = if subject.trust {
                            policy_compile::trust_document(policy, lowered, options)?
                        } else {
                            policy_compile::document(policy, lowered, options)
                        };
                        Some(Named {
                            file: Arc::clone(&file),
                            text: Arc::clone(&text),
                            document,
                            reasons: reasons.get(name).cloned().unwrap_or_default(),
                            subject,
                            by_name: fragment.is_some(),
                        })
                    })
                    .collect()
            }))
        }
    }
}

/// The file and what is wanted of it. What is behind `#` is part of a name if there is a file of that name.
fn split(argument: &str) -> (&str, Option<&str>) {
    match argument.rsplit_once('#') {
        Some((path, fragment)) if !std::path::Path::new(argument).exists() => (path, Some(fragment)),
        _ => (argument, None),
    }
}

fn subjects(spec: &Spec, path: &str, fragment: Option<&str>, wanted: Wanted<'_>) -> Result<Vec<Subject>, Problem> {
    let mut parts = fragment.into_iter().flat_map(|fragment| fragment.split('+'));
    let name = parts.next();
    let extensions: Vec<&str> = parts.collect();
    let mut subjects = Vec::new();
    for policy in &spec.policies {
        if name.is_none_or(|name| policy.name.value == name) {
            for wished in &extensions {
                let names = policy.extensions.iter().map(|extension| extension.name.value.as_str());
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
            spec.policies.iter().map(|policy| policy.name.value.as_str()),
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
) -> Result<(), Problem> {
    if names.clone().any(|known| known == name) {
        return Ok(());
    }
    let mut problem = Problem::new(format!("there is no {noun} `{name}` in `{path}`"));
    if let Some(meant) = nearest(name, names.clone()) {
        problem = problem.help(format!("did you mean `{meant}`?"));
    }
    Err(if names.clone().next().is_none() {
        problem.help(format!("there are no {nouns}"))
    } else {
        problem.help(format!("the {nouns} are {}", list(names)))
    })
}

fn of_policy(policy: &Policy, extensions: &[&str], wanted: Wanted<'_>) -> Vec<Subject> {
    let own = Subject {
        policy: Some(policy.name.value.clone()),
        extensions: extensions.iter().map(|name| (*name).to_owned()).collect(),
        ..Subject::default()
    };
    let others = policy.partitions.get(1..).unwrap_or_default();
    match wanted {
        Wanted::In(partition) => vec![Subject {
            partition: others.iter().copied().find(|other| Some(*other) == partition),
            ..own
        }],
        Wanted::All => {
            let mut forms = vec![own.clone()];
            if extensions.is_empty() {
                forms.extend(policy.extensions.iter().map(|extension| Subject {
                    extensions: vec![extension.name.value.clone()],
                    ..own.clone()
                }));
            }
            if policy.trust.is_some() && extensions.is_empty() {
                forms.push(Subject { trust: true, ..own });
            }
            let mut subjects = forms.clone();
            for partition in others {
                subjects.extend(forms.iter().map(|form| Subject {
                    partition: Some(partition),
                    ..form.clone()
                }));
            }
            subjects
        }
    }
}

fn reasons(policy: &Policy) -> HashMap<String, Reasons> {
    let of = |statement: &Statement| Reasons {
        statement: prose(statement.reason.as_ref()),
        actions: statement
            .actions
            .iter()
            .filter_map(|action| Some((action.pattern.value.clone(), prose(action.reason.as_ref())?)))
            .collect(),
    };
    let statements = policy.all_statements().into_iter();
    statements
        .map(|statement| (statement.sid.value.clone(), of(statement)))
        .collect()
}

/// A text on one line.
fn prose(template: Option<&Template>) -> Option<String> {
    let words: Vec<&str> = template?.text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}
