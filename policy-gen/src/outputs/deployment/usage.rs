//! What a form of deployment is given for what people choose.

use iam_policy_spec::Format;

use super::{Deployed, Deployment};

/// How a generated file is used.
pub(in super::super) struct Usage<'a> {
    pub(in super::super) format: Format,
    /// What chooses the environment, and its value for each.
    pub(in super::super) environment: Option<(String, Vec<(&'a str, String)>)>,
    /// The names for each parameter: one, the path and the rest, or none if the value cannot be chosen.
    pub(in super::super) parameters: Vec<(&'a str, Vec<String>)>,
    /// Policies, their extensions, and the name that each has.
    pub(in super::super) extensions: Vec<(&'a str, &'a str, String)>,
    /// The names of what must be given and is not a parameter of the spec.
    pub(in super::super) required: Vec<String>,
}

impl<'a> Usage<'a> {
    /// - `parameter`: the names for a parameter
    /// - `extension`: the name for an extension of the policy with this number
    pub(in super::super) fn new(
        format: Format,
        deployment: &Deployment<'a>,
        parameter: &dyn Fn(&str) -> Vec<String>,
        extension: &dyn Fn(usize, &str) -> String,
    ) -> Self {
        let parameters = deployment.parameters.iter();
        let policies = deployment.policies.iter().enumerate();
        let extensions = policies.flat_map(|(number, Deployed { policy, .. })| {
            let extensions = policy.extensions.iter();
            extensions.map(move |one| (policy.name, one.name, extension(number, one.name)))
        });
        let environments = deployment.environments.iter();
        let environments: Vec<_> = environments.map(|one| (one.name, one.name.to_owned())).collect();
        Self {
            format,
            environment: (!environments.is_empty()).then(|| ("environment".to_owned(), environments)),
            parameters: parameters.map(|one| (one.name, parameter(one.name))).collect(),
            extensions: extensions.collect(),
            required: Vec::new(),
        }
    }
}
