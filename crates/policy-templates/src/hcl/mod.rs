//! Policies in modules of Terraform.

mod arns;
mod branches;
mod conditions;
mod document;
mod evaluate;
mod functions;
mod json;
mod module;
mod native;
mod references;
mod search;
mod sources;
mod syntax;
mod value;
mod written;

use std::cell::RefCell;
use std::path::Path;

use iam_policy_document::{Diagnostic, Severity, Span};

use self::evaluate::Evaluator;
use self::search::Search;
use self::sources::Sources;
use crate::{Format, TEMPLATE_ERROR, Template};

pub use self::sources::File;

/// What reads the files that a module names, such as those for `file` and `templatefile`.
pub trait Reader {
    /// Reads a file.
    ///
    /// - `path`: as the module names it, relative to its folder
    ///
    /// # Errors
    ///
    /// Why it is not read, to follow the path in a sentence, such as `does not exist`.
    fn read(&self, path: &str) -> Result<(String, Vec<u8>), String>;
}

/// A module that names no other files.
#[derive(Clone, Copy, Debug)]
pub struct NoFiles;

impl Reader for NoFiles {
    fn read(&self, _: &str) -> Result<(String, Vec<u8>), String> {
        Err("is not read".to_owned())
    }
}

/// A module that has been read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Module {
    /// The policies in it, with places in all files, which follow each other.
    pub template: Template,
    files: Vec<File>,
}

impl Module {
    /// The files that were read: those of the module, then those that it names.
    #[must_use]
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The policies that are written in some of the files, with locations in the file of each. What comes from another file
    /// has none.
    ///
    /// - `is_wanted`: whether a file is one of them, by its number
    #[must_use]
    pub fn template_of(&self, is_wanted: &dyn Fn(usize) -> bool) -> Template {
        let mut template = self.template.clone();
        template.policies.retain(|policy| is_wanted(policy.file));
        for policy in &mut template.policies {
            let file = policy.file;
            let place = |span: Span| self.span_in(file, span);
            for variant in &mut policy.variants {
                let document = std::mem::replace(&mut variant.document, iam_policy_document::Builder::new().finish());
                variant.document = document.with_spans(&place);
            }
            for problem in &mut policy.problems {
                self.localize(file, problem);
            }
        }
        let mut own = Vec::new();
        for mut problem in template.problems {
            let file = problem
                .location
                .span
                .and_then(|span| self.locate(span.start))
                .map_or(0, |(file, _)| file);
            if is_wanted(file) {
                self.localize(file, &mut problem);
                own.push(problem);
            }
        }
        template.problems = own;
        template.managed.retain_mut(|managed| {
            let place = managed.location.span.and_then(|span| self.locate(span.start));
            let file = place.map_or(0, |(file, _)| file);
            managed.location.span = managed.location.span.and_then(|span| self.span_in(file, span));
            is_wanted(file)
        });
        template
    }

    /// A span as one in a file; nothing if it is elsewhere.
    fn span_in(&self, file: usize, span: Span) -> Option<Span> {
        let (own, start) = self.locate(span.start)?;
        (own == file).then(|| Span::new(start, start + (span.end - span.start)))
    }

    /// Gives a diagnostic the locations in a file. Those elsewhere become notes.
    ///
    /// - `file`: the number of the file
    pub fn localize(&self, file: usize, diagnostic: &mut Diagnostic) {
        let mut notes = Vec::new();
        let mut place = |location: &mut iam_policy_document::Location, text: &str| {
            let Some(span) = location.span else { return };
            location.span = self.span_in(file, span);
            if location.span.is_none()
                && let Some((other, at)) = self.locate(span.start)
                && let Some(other) = self.files.get(other)
            {
                let before = other.text.get(..at).unwrap_or_default();
                let line = before.split(|byte| *byte == b'\n').count();
                let what = if text.is_empty() { "also at" } else { text };
                notes.push(format!("{what} {}:{line}", other.name));
            }
        };
        place(&mut diagnostic.location, "it is at");
        for label in &mut diagnostic.labels {
            place(&mut label.location, &label.text);
        }
        diagnostic.labels.retain(|label| label.location.span.is_some());
        diagnostic.notes.extend(notes);
    }

    /// The file at a place, by its number in [`files`](Self::files), and the place in it.
    #[must_use]
    pub fn locate(&self, place: usize) -> Option<(usize, usize)> {
        let number = self.files.partition_point(|file| file.start <= place).checked_sub(1)?;
        Some((number, place - self.files.get(number)?.start))
    }
}

/// The code of text that is not HCL.
pub const SYNTAX_ERROR: &str = "HCL_SYNTAX_ERROR";

/// How many expressions are computed for each byte of a module, and how many in any case.
const BUDGET: (usize, usize) = (40, 1_000_000);

/// Reads a module of Terraform: all files of a folder that [belong to it](is_file) or [give values](is_values) to its
/// variables.
///
/// - `files`: the names and contents of the files, in the order of their names
/// - `reader`: reads other files
///
/// # Examples
///
/// ```
/// use iam_policy_templates::hcl;
///
/// let source = r#"
/// data "aws_iam_policy_document" "worker" {
///   statement {
///     actions   = ["s3:GetObject"]
///     resources = ["${aws_s3_bucket.data.arn}/*"]
///   }
/// }
///
/// resource "aws_iam_policy" "worker" {
///   policy = data.aws_iam_policy_document.worker.json
/// }
///
/// resource "aws_s3_bucket" "data" {}
/// "#;
/// let module = hcl::read([("main.tf".to_owned(), source.into())], &hcl::NoFiles);
/// let policy = &module.template.policies[0];
/// assert_eq!(policy.name, "aws_iam_policy.worker");
/// assert_eq!(
///     format!("{:?}", policy.document()),
///     r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:${AWS::Partition}:s3:::${aws_s3_bucket.data.bucket}/*"]}]}"#
/// );
/// ```
#[must_use]
pub fn read(files: impl IntoIterator<Item = (String, Vec<u8>)>, reader: &dyn Reader) -> Module {
    let sources = Sources::default();
    let mut module = module::Module::default();
    let mut problems = Vec::new();
    let mut size = 0;
    for (name, text) in files {
        size += text.len();
        let is_json = Path::new(&name)
            .extension()
            .is_some_and(|extension| extension == "json");
        let has_values = is_values(&name);
        let start = sources.add(name, text.clone());
        // A byte order mark is not a part of the text.
        let mark = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let own = text.get(mark..).unwrap_or_default();
        let start = start + mark;
        let body = if is_json && has_values {
            json::values(own, start)
        } else if is_json {
            json::read(own, start, &mut problems)
        } else {
            match std::str::from_utf8(own) {
                Ok(own) => native::read(own, start, &mut problems),
                Err(error) => {
                    let at = start + error.valid_up_to();
                    let length = error.error_len().unwrap_or(1);
                    problems.push(problem("invalid UTF-8", Span::new(at, at + length)));
                    continue;
                }
            }
        };
        if has_values {
            module.add_values(body);
        } else {
            module.add(body);
        }
    }
    let budget = BUDGET.1 + size * BUDGET.0;
    let evaluator = Evaluator::new(&module, &sources, reader, budget);
    let mut search = Search::new(&evaluator);
    search.run();
    let (policies, managed) = (search.policies, search.managed);
    let is_exhausted = evaluator.is_exhausted();
    problems.extend(evaluator.problems.into_vec());
    if is_exhausted {
        let mut note = problem(
            "the expressions of this module take too long to compute, so parts of its policies are unknown",
            Span::new(0, 0),
        );
        note.severity = Severity::Warning;
        problems.push(note);
    }
    let mut module = Module {
        template: Template {
            format: Format::Hcl,
            policies,
            managed,
            problems,
        },
        files: sources.into_files(),
    };
    let mut policies = std::mem::take(&mut module.template.policies);
    for policy in &mut policies {
        policy.file = module.locate(policy.file).map_or(0, |(file, _)| file);
    }
    module.template.policies = policies;
    module
}

/// Whether a file with this name belongs to a module.
#[must_use]
pub fn is_file(name: &str) -> bool {
    let has = |end: &str| name.len() > end.len() && name.ends_with(end);
    (has(".tf") || has(".tf.json")) && !name.starts_with('.')
}

/// Whether a file with this name gives values to the variables of a module: `terraform.tfvars`, or one that ends with
/// `.auto.tfvars`, or the same in JSON.
///
/// Source: Terraform documentation, "Variable Definitions (`.tfvars`) Files".
#[must_use]
pub fn is_values(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    let name = name.strip_suffix(".json").unwrap_or(name);
    name == "terraform.tfvars" || (name.ends_with(".auto.tfvars") && !name.starts_with('.'))
}

/// Whether a text seems to be a file of a module, for texts without a name.
///
/// # Examples
///
/// ```
/// use iam_policy_templates::hcl::is_module;
///
/// assert!(is_module("# Permissions\nresource \"aws_iam_policy\" \"worker\" {"));
/// assert!(!is_module("[policy.worker]"));
/// ```
#[must_use]
pub fn is_module(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_start);
    let first = lines.find(|line| !(line.is_empty() || line.starts_with(['#', '/', '*'])));
    first.is_some_and(native::begins_block)
}

/// Problems with a module, each once.
#[derive(Debug, Default)]
struct Problems(RefCell<Vec<Diagnostic>>);

impl Problems {
    fn add(&self, problem: Diagnostic) {
        let mut all = self.0.borrow_mut();
        if !all.contains(&problem) {
            all.push(problem);
        }
    }

    fn into_vec(self) -> Vec<Diagnostic> {
        self.0.into_inner()
    }
}

fn problem(message: impl Into<String>, span: Span) -> Diagnostic {
    Diagnostic::error(message.into()).with_code(TEMPLATE_ERROR).at(span)
}
