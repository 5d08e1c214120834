use std::path::Path;

use iam_policy_document::wording::list;
use iam_policy_document::{Diagnostic, StyledText};
use iam_policy_spec::Source;
use iam_policy_spec::compile::{Compiled, compile};

use crate::judge::Grant;

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
