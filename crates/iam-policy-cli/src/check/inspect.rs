//! From a file to what there is to say about it.

use std::collections::{HashMap, HashSet};
use std::iter;
use std::string::FromUtf8Error;

use iam_policy_account::{Answered, policies_in};
use iam_policy_check::{Code, Finding, FindingType, Location, Options, PolicyType, check};
use iam_policy_document::json::{Problem, ProblemKind, Reading};
use iam_policy_document::{Path, Span, Value};
use iam_policy_spec::compile::{Compiled, compile, diagnostic};
use iam_policy_spec::{Diagnostic, Paths, Source, is_spec};

use super::Checks;
use crate::input::{Input, Language};

/// A file that has been checked.
pub(super) struct Inspected {
    pub(super) name: String,
    pub(super) text: Vec<u8>,
    /// In the order of the file.
    pub(super) remarks: Vec<Remark>,
    /// It is JSON or TOML.
    pub(super) readable: bool,
}

/// A finding of the checks, or a mistake in a spec.
pub(super) struct Remark {
    pub(super) kind: FindingType,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) notes: Vec<String>,
    pub(super) help: Vec<String>,
    /// At least one.
    pub(super) places: Vec<Location>,
}

impl Remark {
    fn start(&self) -> usize {
        let spans = self.places.iter().filter_map(|place| place.span);
        spans.map(|span| span.start).next().unwrap_or_default()
    }

    fn mistake(mistake: Diagnostic, path: Path) -> Self {
        Self {
            kind: FindingType::Error,
            code: if mistake.is_syntax {
                Code::TomlSyntaxError.name()
            } else {
                Code::InvalidSpec.name()
            },
            message: mistake.message,
            notes: mistake.notes,
            help: mistake.help,
            places: vec![Location {
                path,
                span: Some(Span::new(mistake.span.start, mistake.span.end)),
            }],
        }
    }
}

impl From<Finding> for Remark {
    fn from(finding: Finding) -> Self {
        Self {
            kind: finding.code.finding_type(),
            code: finding.code.name(),
            message: finding.details.clone().into_owned(),
            notes: Vec::new(),
            help: finding.help().into_iter().collect(),
            places: iter::once(finding.location).chain(finding.others).collect(),
        }
    }
}

/// Checks a file.
///
/// - `in_folder`: it was found in a folder, so it may be something else than a policy or a spec; then there is no
///   answer
pub(super) fn inspect(input: Input, checks: &Checks<'_>, in_folder: bool) -> Option<Inspected> {
    let mut inspected = match input.language {
        Language::Json => document(input, checks, in_folder)?,
        Language::Toml => spec(input, in_folder)?,
    };
    inspected.remarks.sort_by_key(Remark::start);
    Some(inspected)
}

fn document(input: Input, checks: &Checks<'_>, in_folder: bool) -> Option<Inspected> {
    let reading = iam_policy_document::json::read(&input.bytes);
    let answered = policies_in(&input.bytes, &reading.document);
    if in_folder && is_something_else(&reading) && answered.is_empty() {
        return None;
    }
    // A text that is no JSON says nothing about what its author meant. A key that is there twice leaves no doubt but
    // that one.
    let readable = reading
        .problems
        .iter()
        .all(|problem| matches!(problem.kind, ProblemKind::DuplicateKey { .. }));
    let keys = repeated_keys(&reading);
    let mut remarks: Vec<Remark> = reading
        .problems
        .iter()
        .map(|problem| syntax_error(problem, &input.bytes, &keys))
        .collect();
    if readable && answered.is_empty() {
        let options = checks.options(&input.name);
        let found = check(&reading.document, &options).into_iter().map(Remark::from);
        let root = reading.document.root();
        remarks.extend(found.map(|remark| with_help(remark, root, checks, &options)));
    } else if readable {
        remarks.extend(in_answer(&answered, checks));
    }
    Some(Inspected {
        name: input.name,
        text: input.bytes,
        remarks,
        readable,
    })
}

/// What there is to say about the policies in an answer of AWS, and of which of them.
fn in_answer(answered: &[Answered], checks: &Checks<'_>) -> Vec<Remark> {
    let found = answered.iter().flat_map(|policy| {
        let found = check(&policy.document, &checks.options_of_answered(policy.policy_type));
        let is_one_of_many = answered.len() > 1 && !policy.whose.is_empty();
        let note = is_one_of_many.then(|| format!("in {}", policy.whose));
        found.into_iter().map(move |finding| Remark {
            notes: note.iter().cloned().collect(),
            ..Remark::from(finding)
        })
    });
    found.collect()
}

/// The same with the help that the checks cannot give: what else may have been meant, by the file or by the arguments.
fn with_help(mut remark: Remark, root: Value<'_>, checks: &Checks<'_>, options: &Options<'_>) -> Remark {
    let is_whole = remark.places.iter().all(|place| place.path.0.is_empty());
    let help = match remark.code {
        "UNSUPPORTED_PRINCIPAL" if checks.policy_type.is_none() && options.policy_type == PolicyType::Identity => {
            Some("a trust policy is checked with `--type trust`, the policy of a resource with `--type resource`")
        }
        "MISSING_STATEMENT" | "DATA_TYPE_MISMATCH" if is_whole => something_similar(root),
        _ => None,
    };
    remark.help.extend(help.map(str::to_owned));
    remark
}

/// What the outermost value is, if it is not a policy but has to do with one.
fn something_similar(root: Value<'_>) -> Option<&'static str> {
    let is_statement = |value: Value<'_>| value.get("Effect").is_some();
    if root.is_array() && root.items().next().is_some() && root.items().all(is_statement) {
        Some("these are statements: a policy is an object, and has them in `Statement`")
    } else if is_statement(root) {
        Some("this is a statement: a policy has it in `Statement`")
    } else if root.get("Resources").is_some_and(|member| member.value.is_object()) {
        Some(
            "this looks like a template of CloudFormation: what it deploys can be checked as `aws iam get-role-policy` prints it",
        )
    } else {
        None
    }
}

/// Whether it is JSON of another kind: an object that has keys but none of a policy's, or no object at all.
fn is_something_else(reading: &Reading) -> bool {
    let root = reading.document.root();
    let of_a_policy = |key: &str| matches!(key, "Version" | "Id") || key.eq_ignore_ascii_case("Statement");
    if root.is_object() {
        root.members().next().is_some() && !root.members().any(|member| of_a_policy(member.key))
    } else {
        reading.problems.is_empty()
    }
}

/// The ways to the keys that are there twice, by where they stand.
fn repeated_keys(reading: &Reading) -> HashMap<Span, Path> {
    let repeated = reading.problems.iter().filter_map(|problem| match problem.kind {
        ProblemKind::DuplicateKey { first, .. } => Some([first, problem.span]),
        _ => None,
    });
    let repeated: HashSet<Span> = repeated.flatten().collect();
    if repeated.is_empty() {
        return HashMap::new();
    }
    let members = reading.document.values().flat_map(Value::members);
    let spans = members.filter_map(|member| Some((member.key_span()?, member)));
    spans
        .filter(|(span, _)| repeated.contains(span))
        .map(|(span, member)| (span, member.key_path()))
        .collect()
}

fn syntax_error(problem: &Problem, source: &[u8], keys: &HashMap<Span, Path>) -> Remark {
    let mut finding = Finding::json_syntax_error(problem, problem.span);
    if let ProblemKind::DuplicateKey { first, .. } = problem.kind {
        let path = |span: Span| keys.get(&span).cloned().unwrap_or_default();
        finding.location.path = path(problem.span);
        finding.others.push(Location {
            path: path(first),
            span: Some(first),
        });
    }
    Remark {
        help: problem.help(source).into_iter().map(str::to_owned).collect(),
        ..Remark::from(finding)
    }
}

fn spec(input: Input, in_folder: bool) -> Option<Inspected> {
    let Input { name, bytes, .. } = input;
    if in_folder && !is_spec(&String::from_utf8_lossy(&bytes)) {
        return None;
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Some(not_utf8(name, error)),
    };
    let source = Source::new(name, text);
    let Compiled { mistakes, findings, .. } = compile(&source);
    let mut remarks: Vec<Remark> = findings
        .into_iter()
        .map(|finding| {
            // What a spec can do about a finding is more than what a document can.
            let help = diagnostic(&finding).help;
            Remark {
                help,
                ..Remark::from(finding)
            }
        })
        .collect();
    let readable = !mistakes.iter().any(|mistake| mistake.is_syntax);
    if !mistakes.is_empty() {
        let paths = Paths::new(&source);
        remarks.extend(mistakes.into_iter().map(|mistake| {
            let path = paths.to(mistake.span.clone());
            Remark::mistake(mistake, path)
        }));
    }
    Some(Inspected {
        name: source.name().to_owned(),
        text: source.text().as_bytes().to_vec(),
        remarks,
        readable,
    })
}

fn not_utf8(name: String, error: FromUtf8Error) -> Inspected {
    let start = error.utf8_error().valid_up_to();
    let length = error.utf8_error().error_len().unwrap_or(1);
    let mut mistake = Diagnostic::new(start..start + length, "this is not UTF-8, which a spec must be");
    mistake.is_syntax = true;
    Inspected {
        name,
        text: error.into_bytes(),
        remarks: vec![Remark::mistake(mistake, Path::default())],
        readable: false,
    }
}
