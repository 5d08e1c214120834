//! The specs that calls are compared with.

use iam_policy_calls::Grant;
use iam_policy_document::{Diagnostic, StyledText};
use iam_policy_spec::Source;
use iam_policy_spec::compile::{Compiled, compile};

/// An argument of `--spec`.
pub(super) struct Named {
    package: Option<String>,
    target: Option<String>,
    policy: String,
    source: Source,
    compiled: Compiled,
}

/// Reads `[PACKAGE[/TARGET]=]FILE#POLICY`.
///
/// # Errors
///
/// All messages about why an argument is invalid, or why a spec has errors.
pub(super) fn read<'a>(arguments: impl Iterator<Item = &'a str>) -> Result<Vec<Named>, StyledText> {
    let (mut specs, mut messages) = (Vec::new(), StyledText::new());
    for argument in arguments {
        match one(argument) {
            Ok(named) => specs.push(named),
            Err(problem) => messages.append(&problem),
        }
    }
    if messages.is_empty() { Ok(specs) } else { Err(messages) }
}

fn one(argument: &str) -> Result<Named, StyledText> {
    let (program, file) = match argument.split_once('=') {
        Some((program, file)) => (Some(program), file),
        None => (None, argument),
    };
    let (package, target) = match program.map(|program| {
        program
            .split_once('/')
            .map_or((program, None), |(package, target)| (package, Some(target)))
    }) {
        Some((package, target)) => (Some(package.to_owned()), target.map(ToOwned::to_owned)),
        None => (None, None),
    };
    let (path, policy) = match file.rsplit_once('#') {
        Some((path, policy)) => (path, Some(policy)),
        None => (file, None),
    };
    let source = Source::decode(path, std::fs::read(path))?;
    let compiled = compile(&source);
    let mistakes = source.show_all(&compiled.mistakes);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let names = || compiled.spec.policies.iter().map(|policy| policy.name.value.as_str());
    let policy = match (policy, compiled.spec.policies.as_slice()) {
        // Extensions always count.
        (Some(policy), _) => policy.split('+').next().unwrap_or_default().to_owned(),
        (None, [only]) => only.name.value.clone(),
        (None, _) => {
            let problem = Diagnostic::error(format!("`{path}` has several policies, and only one can be used here"));
            let names = iam_policy_document::wording::list(names());
            return Err(problem.help(format!("add `#` and one of the names {names}")).into());
        }
    };
    Ok(Named {
        package,
        target,
        policy,
        source,
        compiled,
    })
}

/// The policies that arguments name.
pub(super) fn grants(named: &[Named]) -> Vec<Grant<'_>> {
    named.iter().map(grant).collect()
}

fn grant(named: &Named) -> Grant<'_> {
    let grant = Grant::new(&named.source, &named.compiled.spec, &named.policy);
    grant.of(named.package.as_deref(), named.target.as_deref())
}
