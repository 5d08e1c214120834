//! The policies and roles as constructs of the AWS CDK, in TypeScript and in Python. Policies are the same JSON in both:
//! the literals of the two languages only differ in their comments.

mod code;
mod construct;
mod document;
mod language;
mod names;
mod prelude;

use iam_policy_spec::Format;

use self::construct::construct;
use self::language::Language;
use self::names::Names;
use super::deployment::usage::Usage;
use super::deployment::{Deployment, Form};
use super::output::{Artifact, Input, Output};

/// One module for all policies, in TypeScript.
pub(super) struct TypeScript;

/// One module for all policies, in Python.
pub(super) struct Python;

impl Output for TypeScript {
    fn files(&self, input: &Input<'_>) -> Vec<Artifact> {
        vec![module(Language::TypeScript, input)]
    }

    fn can_write(&self, name: &str) -> bool {
        name == Language::TypeScript.file()
    }

    fn usage<'a>(&self, deployment: &Deployment<'a>) -> Option<Usage<'a>> {
        Some(usage(Language::TypeScript, Format::CdkTypeScript, deployment))
    }
}

impl Output for Python {
    fn files(&self, input: &Input<'_>) -> Vec<Artifact> {
        vec![module(Language::Python, input)]
    }

    fn can_write(&self, name: &str) -> bool {
        name == Language::Python.file()
    }

    fn usage<'a>(&self, deployment: &Deployment<'a>) -> Option<Usage<'a>> {
        Some(usage(Language::Python, Format::CdkPython, deployment))
    }
}

fn usage<'a>(language: Language, format: Format, deployment: &Deployment<'a>) -> Usage<'a> {
    let names = Names::new(language, deployment);
    let parameter = |name: &str| names.parameters.get(name).cloned().into_iter().collect();
    let own = |policy: usize| names.policies.get(policy);
    let extension = |policy: usize, _: &str| own(policy).map_or_else(String::new, |own| own.extensions.clone());
    let policies = deployment.policies.iter().zip(&names.policies);
    let required =
        policies.filter(|(deployed, _)| matches!(deployed.form, Form::Organization(_)) && deployed.name.is_none());
    Usage {
        required: required.map(|(_, own)| own.name.clone()).collect(),
        ..Usage::new(format, deployment, &parameter, &extension)
    }
}

fn module(language: Language, input: &Input<'_>) -> Artifact {
    let deployment = Deployment::new(input);
    Artifact {
        name: language.file().to_owned(),
        contents: construct(language, input, &deployment),
    }
}
