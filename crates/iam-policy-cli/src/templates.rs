//! The policies in templates and plans.

use iam_policy_commands::input::{self, SHOWN};
use iam_policy_commands::with_candidates;
use iam_policy_document::json::Reading;
use iam_policy_document::{Diagnostic, Document, Lines, SourceFile, StyledText};
use iam_policy_templates::{Policy, Template, hcl, policies_in, select, yaml};

use crate::input::{Input, Language};
use crate::module::Folder;

/// What a file of JSON or YAML is.
pub(crate) struct Read {
    pub(crate) reading: Reading,
    /// The policies in it, if it is a template or a plan.
    pub(crate) template: Option<Template>,
    /// The files of a module, with their names.
    files: Vec<input::Input>,
    /// What is wrong with the syntax of some, by their numbers.
    syntax: Vec<(usize, Diagnostic)>,
}

impl Read {
    /// Reads JSON, YAML or a module.
    ///
    /// # Errors
    ///
    /// If the module cannot be read.
    pub(crate) fn new(input: &Input) -> Result<Self, Diagnostic> {
        if let Some(folder) = &input.module {
            return Self::module(input, folder);
        }
        let json = input.json();
        let reading = if input.language == Language::Yaml {
            yaml::read(&input.bytes)
        } else {
            iam_policy_document::json::read(&json)
        };
        let template = policies_in(&input.bytes, reading.document.root()).filter(|_| reading.is_well_formed);
        Ok(Self {
            reading,
            template,
            files: Vec::new(),
            syntax: Vec::new(),
        })
    }

    /// The policies that are written in a file of a module, or in any if the input is the module.
    fn module(input: &Input, folder: &Folder) -> Result<Self, Diagnostic> {
        let module = folder.read((!input.is_folder).then_some((&input.name, &input.bytes)))?;
        let own = module.files().iter().position(|file| file.name == input.name);
        let is_wanted = |file: usize| input.is_folder || Some(file) == own;
        let mut syntax = Vec::new();
        for problem in &module.template.problems {
            let place = problem.location.span.and_then(|span| module.locate(span.start));
            if let (Some(hcl::SYNTAX_ERROR), Some((file, _))) = (problem.code, place)
                && is_wanted(file)
            {
                let mut problem = problem.clone();
                module.localize(file, &mut problem);
                syntax.push((file, problem));
            }
        }
        let files = module.files().iter().map(|file| input::Input {
            name: file.name.clone(),
            bytes: file.text.clone(),
        });
        Ok(Self {
            reading: iam_policy_document::json::read(b"{}"),
            template: Some(module.template_of(&is_wanted)),
            files: files.collect(),
            syntax,
        })
    }

    /// The name and the text of the file that a policy is written in.
    pub(crate) fn source<'r>(&'r self, input: &'r Input, policy: &Policy) -> (&'r str, &'r [u8]) {
        self.file(input, policy.file)
    }

    fn file<'r>(&'r self, input: &'r Input, number: usize) -> (&'r str, &'r [u8]) {
        match self.files.get(number) {
            Some(file) => (&file.name, &file.bytes),
            None => (&input.name, &input.bytes),
        }
    }

    /// How many bytes were read.
    pub(crate) fn size(&self, input: &Input) -> usize {
        input.bytes.len() + self.files.iter().map(|file| file.bytes.len()).sum::<usize>()
    }

    /// Whether it is a template that cannot be read.
    pub(crate) fn is_torn(&self) -> bool {
        let root = self.reading.document.root();
        let is_template = || {
            ["Resources", "AWSTemplateFormatVersion"]
                .iter()
                .any(|key| root.get(key).is_some())
        };
        !self.reading.is_well_formed && is_template()
    }
}

/// A policy of a template in one of its forms, with its name.
pub(crate) struct Named<'p> {
    /// The name, with the conditions under which the policy has this form.
    pub(crate) name: String,
    pub(crate) policy: &'p Policy,
    /// The conditions under which the policy has this form.
    pub(crate) conditions: &'p [(String, bool)],
    pub(crate) document: &'p Document,
}

impl<'p> Named<'p> {
    /// All forms of policies.
    pub(crate) fn all(policies: impl IntoIterator<Item = &'p Policy>) -> Vec<Self> {
        let mut all = Vec::new();
        for policy in policies {
            for variant in &policy.variants {
                let wording = variant.wording().replace('`', "");
                let where_ = if wording.is_empty() { "" } else { " where " };
                all.push(Self {
                    name: [&policy.name, where_, &wording].concat(),
                    policy,
                    conditions: &variant.conditions,
                    document: &variant.document,
                });
            }
        }
        all
    }

    /// Whether conditions decide whether the policy has this form, and it was not selected by its name.
    pub(crate) fn is_conditional(&self) -> bool {
        self.policy.variants.len() > 1
    }
}

/// All problems with the texts of policies, as messages.
///
/// # Errors
///
/// If there are some.
pub(crate) fn readable(input: &Input, read: &Read, policies: &[&Policy]) -> Result<(), StyledText> {
    let of_file = read
        .reading
        .problems
        .iter()
        .map(|problem| (read.file(input, 0), problem));
    let of_file = of_file.chain(
        read.syntax
            .iter()
            .map(|(file, problem)| (read.file(input, *file), problem)),
    );
    let of_policies = policies.iter().flat_map(|policy| {
        let source = read.source(input, policy);
        policy.problems.iter().map(move |problem| (source, problem))
    });
    let messages = of_file.chain(of_policies).take(SHOWN).map(|((name, text), problem)| {
        let lines = Lines::new(text);
        SourceFile::new(name, &lines).show_all([problem])
    });
    let messages: Vec<_> = messages.collect();
    if messages.is_empty() {
        Ok(())
    } else {
        Err(messages.into_iter().collect())
    }
}

/// Whether a file of YAML can have policies. Most others need not be read.
pub(crate) fn may_have_policies(bytes: &[u8]) -> bool {
    let contains = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    contains(b"Resources") || contains(b"Statement") || contains(b"provider")
}

/// The policies with this name.
///
/// - `file`: the name of the file in messages
///
/// # Errors
///
/// If there are none.
pub(crate) fn selected<'p>(policies: &'p [Policy], file: &str, name: &str) -> Result<Vec<&'p Policy>, Diagnostic> {
    let found = select(policies, name);
    if !found.is_empty() {
        return Ok(found);
    }
    let problem = Diagnostic::error(format!("there is no policy `{name}` in `{file}`"));
    let names = policies.iter().map(|policy| policy.name.as_str());
    Err(with_candidates(problem, name, "policies", names))
}
