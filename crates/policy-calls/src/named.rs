use std::path::Path;

use iam_policy_document::wording::list;
use iam_policy_document::{Diagnostic, Lines, SourceFile, StyledText};
use iam_policy_spec::Source;
use iam_policy_spec::compile::{Compiled, compile};

use crate::calls::Calls;
use crate::judge::{Grant, Judgement};

/// A policy and the program that it is for, named as `[PACKAGE[/TARGET]=]FILE#POLICY`.
///
/// `#POLICY` may be omitted if the spec has only one. The extensions of the policy always count.
#[derive(Clone, Debug)]
pub struct NamedGrant {
    package: Option<String>,
    target: Option<String>,
    policy: String,
    source: Source,
    compiled: Compiled,
}

impl NamedGrant {
    /// Reads the spec.
    ///
    /// - `root`: the folder to which the path of the spec is relative
    /// - `name`: such as `tool/worker=policies.toml#user`
    ///
    /// # Errors
    ///
    /// All messages about why the spec cannot be read, or has errors.
    pub fn read(root: &Path, name: &str) -> Result<Self, StyledText> {
        let (program, file) = name
            .split_once('=')
            .map_or((None, name), |(program, file)| (Some(program), file));
        let (path, policy) = file
            .rsplit_once('#')
            .map_or((file, None), |(path, policy)| (path, Some(policy)));
        let source = Source::decode(path, std::fs::read(root.join(path)))?;
        let compiled = compile(&source);
        let mistakes = source.show_all(&compiled.mistakes);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let policy = match (policy, compiled.spec.policies.as_slice()) {
            (Some(policy), _) => policy.split('+').next().unwrap_or_default().to_owned(),
            (None, [only]) => only.name.value.clone(),
            (None, several) => {
                let problem =
                    Diagnostic::error(format!("`{path}` has several policies, and only one can be used here"));
                let names = list(several.iter().map(|policy| policy.name.value.as_str()));
                return Err(problem.help(format!("add `#` and one of the names {names}")).into());
            }
        };
        let (package, target) = match program {
            Some(program) => match program.split_once('/') {
                Some((package, target)) => (Some(package.to_owned()), Some(target.to_owned())),
                None => (Some(program.to_owned()), None),
            },
            None => (None, None),
        };
        Ok(Self {
            package,
            target,
            policy,
            source,
            compiled,
        })
    }

    /// The policy.
    #[must_use]
    pub fn grant(&self) -> Grant<'_> {
        let grant = Grant::new(&self.source, &self.compiled.spec, &self.policy);
        grant.of(self.package.as_deref(), self.target.as_deref())
    }
}

impl Judgement {
    /// Shows the findings as a compiler would, each followed by an empty line.
    ///
    /// - `calls`: the calls that were compared
    /// - `prefix`: what to add in front of the paths of files with code
    #[must_use]
    pub fn show(&self, calls: &Calls, prefix: &str) -> StyledText {
        let mut text = StyledText::new();
        for (file, diagnostics) in &self.code {
            let lines = Lines::new(calls.text(file).unwrap_or_default().as_bytes());
            text.append(&SourceFile::new(&format!("{prefix}{file}"), &lines).show_all(diagnostics));
        }
        for (source, diagnostics) in &self.specs {
            text.append(&source.show_all(diagnostics));
        }
        for addition in &self.additions {
            let file = iam_policy_document::Visible(&addition.file);
            text.plain(&format!(
                "To grant the calls, add this to `{file}`, with the reasons:\n\n"
            ));
            if !addition.parameters.is_empty() {
                text.plain(&format!("[parameters]\n{}\n\n", addition.parameters));
            }
            text.plain(&format!("{}\n\n", addition.statements));
        }
        text
    }
}
