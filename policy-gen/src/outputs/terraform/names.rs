//! The names of what the module declares.

use std::collections::BTreeMap;

use iam_policy_core::template::PARTITION;

use super::super::deployment::identifiers::{Identifiers, snake_case};
use super::super::deployment::{Deployment, Form};

/// Names that variables of modules cannot have.
///
/// Source: Terraform's "Input Variables", "Declaring an Input Variable".
const RESERVED: &[&str] = &[
    "source",
    "version",
    "providers",
    "count",
    "for_each",
    "lifecycle",
    "depends_on",
    "locals",
    // The module's own.
    "environment",
    "partition",
];

/// The names of a module.
pub(super) struct Names<'a> {
    /// The variable of each parameter.
    pub(super) parameters: BTreeMap<&'a str, String>,
    /// Whether each parameter has a local value, because its variable does not have the value of the environment.
    has_locals: bool,
    /// In the order of the policies.
    pub(super) policies: Vec<PolicyNames>,
}

/// The names of what one policy becomes.
pub(super) struct PolicyNames {
    /// The label of its resources.
    pub(super) label: String,
    /// The label of its data source, and of that of its trust policy.
    pub(super) document: String,
    pub(super) trust: String,
    /// The label of the attachments of AWS's managed policies.
    pub(super) managed: String,
    /// The variable for its extensions, and that for its name.
    pub(super) extensions: String,
    pub(super) name: String,
    /// The outputs.
    pub(super) arn: String,
    pub(super) role_name: String,
    pub(super) json: String,
}

impl<'a> Names<'a> {
    pub(super) fn new(deployment: &Deployment<'a>) -> Self {
        let mut variables = Identifiers::reserving(RESERVED);
        let mut take_variable = |name: &str| variables.take(snake_case(name), "_");
        let parameters = deployment
            .parameters
            .iter()
            .map(|parameter| (parameter.name, take_variable(parameter.name)))
            .collect();
        let mut documents = Identifiers::default();
        let mut outputs = Identifiers::default();
        let labels: Vec<_> = deployment
            .policies
            .iter()
            .map(|deployed| documents.take(snake_case(deployed.policy.name), "_"))
            .collect();
        let policies = deployment.policies.iter().zip(labels).map(|(deployed, label)| {
            let kind = match deployed.form {
                Form::Role { .. } => "role",
                _ => "policy",
            };
            let mut take_output = |suffix: &str| outputs.take(format!("{label}_{suffix}"), "_");
            PolicyNames {
                trust: documents.take(format!("{label}_trust"), "_"),
                managed: documents.take(format!("{label}_managed"), "_"),
                extensions: take_variable(&format!("{label}_extensions")),
                name: take_variable(&format!("{label}_{kind}_name")),
                arn: take_output("arn"),
                role_name: take_output("name"),
                json: take_output("json"),
                document: label.clone(),
                label,
            }
        });
        Self {
            policies: policies.collect(),
            has_locals: !deployment.environments.is_empty(),
            parameters,
        }
    }

    /// The expression for the value of a parameter.
    pub(super) fn value(&self, parameter: &str) -> String {
        if parameter == PARTITION {
            return "local.partition".to_owned();
        }
        let variable = self.parameters.get(parameter).map_or(parameter, String::as_str);
        if self.has_locals {
            format!("local.{variable}")
        } else {
            format!("var.{variable}")
        }
    }
}
