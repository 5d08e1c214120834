//! The names of a module.

use std::collections::BTreeMap;

use iam_policy_core::template::PARTITION;

use super::super::deployment::identifiers::{Identifiers, with_suffix};
use super::super::deployment::{Deployed, Deployment, Form};
use super::language::Language;
use iam_policy_spec::pascal_case;

/// The names of a module.
pub(super) struct Names<'a> {
    language: Language,
    /// The property of each parameter.
    pub(super) parameters: BTreeMap<&'a str, String>,
    /// In the order of the policies.
    pub(super) policies: Vec<PolicyNames>,
}

/// The names of what one policy becomes.
pub(super) struct PolicyNames {
    /// The identifiers of the role and of the policy in the construct.
    pub(super) role_id: String,
    pub(super) policy_id: String,
    /// The variables for them, which are also the properties of the construct.
    pub(super) role: String,
    pub(super) policy: String,
    /// The variables for the policy and the trust policy themselves.
    pub(super) document: String,
    pub(super) trust: String,
    /// The properties for the extensions, for the name, and for the users, groups and roles of an inline policy.
    pub(super) extensions: String,
    pub(super) name: String,
    pub(super) users: String,
    pub(super) groups: String,
    pub(super) roles: String,
}

impl<'a> Names<'a> {
    pub(super) fn new(language: Language, deployment: &Deployment<'a>) -> Self {
        let mut ids = Identifiers::default();
        let mut properties = Identifiers::reserving(language.reserved());
        let separator = match language {
            Language::TypeScript => "",
            Language::Python => "_",
        };
        let mut property = |name: &str| properties.take(language.variable(name), separator);
        let parameters = deployment.parameters.iter();
        let parameters = parameters.map(|one| (one.name, property(one.name))).collect();
        let policies = deployment.policies.iter().map(|deployed| {
            let name = deployed.policy.name;
            let base = pascal_case(name);
            let mut own = |suffix: &str| property(&format!("{name}-{suffix}"));
            PolicyNames {
                document: own("document"),
                trust: own("trust"),
                extensions: own("extensions"),
                users: own("users"),
                groups: own("groups"),
                roles: own("roles"),
                name: own(&format!("{}-name", main(deployed))),
                role: property(&kebab(name, "role")),
                policy: property(&kebab(name, "policy")),
                role_id: ids.take(with_suffix(&base, "Role"), ""),
                policy_id: ids.take(with_suffix(&base, "Policy"), ""),
            }
        });
        Self {
            policies: policies.collect(),
            parameters,
            language,
        }
    }

    /// The expression for the value of a parameter.
    pub(super) fn value(&self, parameter: &str) -> String {
        if parameter == PARTITION {
            return PARTITION.to_owned();
        }
        let name = self.parameters.get(parameter).map_or(parameter, String::as_str);
        match self.language {
            Language::TypeScript => format!("value.{name}"),
            Language::Python => name.to_owned(),
        }
    }

    /// The expression for what has been chosen for a property.
    pub(super) fn chosen(&self, property: &str) -> String {
        match self.language {
            Language::TypeScript => format!("props.{property}"),
            Language::Python => property.to_owned(),
        }
    }
}

const fn main(deployed: &Deployed<'_>) -> &'static str {
    match deployed.form {
        Form::Role { .. } => "role",
        _ => "policy",
    }
}

/// A name with a word at its end that it may already have.
fn kebab(name: &str, suffix: &str) -> String {
    if pascal_case(name).ends_with(&pascal_case(suffix)) {
        name.to_owned()
    } else {
        format!("{name}-{suffix}")
    }
}
