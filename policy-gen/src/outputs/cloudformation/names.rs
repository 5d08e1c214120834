//! The logical names of the template: letters and digits.

use std::cell::RefCell;
use std::collections::BTreeMap;

use iam_policy_core::template::PARTITION;
use iam_policy_core::{Environment, Parameter, ParameterKind, Partition};
use iam_policy_spec::pascal_case;

use super::super::deployment::identifiers::{Identifiers, with_suffix};
use super::super::deployment::{Deployment, Form, limit};
use super::target::Target;
use super::yaml::{Reference, scalar};

/// The names of a template.
pub(super) struct Names<'a> {
    /// The template's parameter for each parameter of the spec.
    pub(super) parameters: BTreeMap<&'a str, String>,
    /// The template's parameter for the path in the value of each parameter that may have one and is the name of
    /// something: no function could split it from the value.
    pub(super) paths: BTreeMap<&'a str, String>,
    /// In the order of the policies.
    pub(super) policies: Vec<PolicyNames<'a>>,
    /// How the template chooses an environment.
    pub(super) environments: Option<Environments<'a>>,
    /// The conditions that the resources use, by name.
    conditions: RefCell<BTreeMap<String, String>>,
}

/// The environments of a template.
pub(super) struct Environments<'a> {
    /// The parameter.
    pub(super) parameter: String,
    /// Its values, each with its environment; without one, parameters have their defaults. Keys of mappings cannot contain
    /// `_`.
    pub(super) states: Vec<(String, Option<&'a Environment<'a>>)>,
}

/// The mapping from the values of the parameter for environments.
pub(super) const MAPPING: &str = "Environments";

/// The names of what one policy becomes.
pub(super) struct PolicyNames<'a> {
    /// The role, if there is one.
    pub(super) role: String,
    /// The policy, or its inline policy of users, groups and roles.
    pub(super) policy: String,
    /// The parameters for the users, groups and roles that it is attached to.
    pub(super) users: String,
    pub(super) groups: String,
    pub(super) roles: String,
    /// The parameter for its name.
    pub(super) name: String,
    /// The parameter for what gets it.
    pub(super) target: String,
    /// The parameter of each extension.
    pub(super) extensions: BTreeMap<&'a str, String>,
}

impl<'a> Names<'a> {
    pub(super) fn new(deployment: &Deployment<'a>) -> Self {
        let mut names = Identifiers::default();
        let environments = (!deployment.environments.is_empty()).then(|| {
            let mut values = Identifiers::default();
            let mut value = |name: &str| values.take(name.replace('_', "-"), "-");
            let states = deployment.environments.iter().map(|one| (value(one.name), Some(one)));
            let mut states: Vec<_> = states.collect();
            if deployment.has_all_defaults() {
                states.insert(0, (value("default"), None));
            }
            Environments {
                parameter: names.take("Environment".to_owned(), ""),
                states,
            }
        });
        // Resources come first: a new parameter must not rename, and thereby replace, what has been deployed.
        let resources: Vec<_> = deployment
            .policies
            .iter()
            .map(|deployed| {
                let base = pascal_case(deployed.policy.name);
                let role = match deployed.form {
                    Form::Role { .. } => names.take(with_suffix(&base, "Role"), ""),
                    _ => String::new(),
                };
                (role, names.take(with_suffix(&base, "Policy"), ""))
            })
            .collect();
        let scalars = deployment
            .parameters
            .iter()
            .filter(|parameter| !is_expanded(parameter, deployment));
        let parameters = scalars
            .map(|parameter| (parameter.name, names.take(pascal_case(parameter.name), "")))
            .collect();
        let with_paths = deployment.parameters.iter().filter(|parameter| parameter.allow_slash);
        let paths = with_paths
            .filter(|parameter| deployment.is_in_a_name(parameter))
            .map(|parameter| {
                (
                    parameter.name,
                    names.take(format!("{}Path", pascal_case(parameter.name)), ""),
                )
            })
            .collect();
        let policies = deployment
            .policies
            .iter()
            .zip(resources)
            .map(|(deployed, (role, policy))| {
                let main = if role.is_empty() { &policy } else { &role };
                let extensions = deployed.policy.extensions.iter().map(|extension| {
                    let name = format!("{}{}", pascal_case(deployed.policy.name), pascal_case(extension.name));
                    (extension.name, name)
                });
                let extensions: Vec<_> = extensions.collect();
                PolicyNames {
                    users: names.take(format!("{policy}Users"), ""),
                    groups: names.take(format!("{policy}Groups"), ""),
                    roles: names.take(format!("{policy}Roles"), ""),
                    name: names.take(format!("{main}Name"), ""),
                    target: Target::of(deployed.policy).map_or_else(String::new, |target| {
                        names.take(format!("{policy}{}", target.parameter), "")
                    }),
                    extensions: extensions
                        .into_iter()
                        .map(|(extension, name)| (extension, names.take(name, "")))
                        .collect(),
                    role,
                    policy,
                }
            });
        Self {
            policies: policies.collect(),
            parameters,
            paths,
            environments,
            conditions: RefCell::default(),
        }
    }

    /// What stands for a parameter of the spec: one parameter of the template, or the path and the rest.
    pub(super) fn references(&self, parameter: &str) -> Vec<Reference<'_>> {
        if parameter == PARTITION {
            return vec![Reference {
                name: "AWS::Partition",
                value: None,
            }];
        }
        let Some(rest) = self.parameters.get(parameter) else {
            return Vec::new();
        };
        let value = |name: &str| {
            let environments = self.environments.as_ref()?;
            // An empty path is one if the name is set.
            let condition = self.condition(has(rest), || is_set(rest));
            let Environments { parameter, .. } = environments;
            Some(format!(
                "!If [{condition}, !Ref {name}, !FindInMap [{MAPPING}, !Ref {parameter}, {name}]]"
            ))
        };
        let names = self.paths.get(parameter).into_iter().chain([rest]);
        names
            .map(|name| Reference {
                name,
                value: value(name),
            })
            .collect()
    }

    /// Defines a condition and returns its name.
    pub(super) fn condition(&self, name: String, definition: impl FnOnce() -> String) -> String {
        let mut conditions = self.conditions.borrow_mut();
        conditions.entry(name.clone()).or_insert_with(definition);
        name
    }

    /// The conditions that have been defined.
    pub(super) fn conditions(&self) -> BTreeMap<String, String> {
        self.conditions.borrow().clone()
    }

    /// Defines the condition that one of some values has been chosen for the environment.
    pub(super) fn is_environment(&self, values: &[&str]) -> Option<String> {
        let Environments { parameter, .. } = self.environments.as_ref()?;
        let words: Vec<_> = values.iter().map(|value| pascal_case(value)).collect();
        let name = format!("{parameter}Is{}", words.join("Or"));
        Some(self.condition(name, || any_of(values.iter().map(|value| (parameter.as_str(), *value)))))
    }
}

/// Whether the template contains the elements of a list, not a parameter: no function could repeat something for each
/// element. A list without elements is a parameter for one.
fn is_expanded(parameter: &Parameter<'_>, deployment: &Deployment<'_>) -> bool {
    let has_elements = parameter.default.is_some() || !deployment.environments.is_empty();
    parameter.kind == ParameterKind::List && has_elements
}

/// The condition that a parameter of the template has been set.
pub(super) fn is_set(parameter: &str) -> String {
    format!("!Not [!Equals [!Ref {parameter}, \"\"]]")
}

/// The condition that a parameter of the template is `true`.
pub(super) fn is_true(parameter: &str) -> String {
    format!("!Equals [!Ref {parameter}, \"true\"]")
}

/// The condition that one of some references has its value.
pub(super) fn any_of<'v>(values: impl Iterator<Item = (&'v str, &'v str)>) -> String {
    let each = values.map(|(reference, value)| format!("!Equals [!Ref {reference}, {}]", scalar(value)));
    match each.collect::<Vec<_>>().as_slice() {
        [only] => only.clone(),
        several => format!("!Or [{}]", several.join(", ")),
    }
}

/// The name of the condition that a parameter has been set.
pub(super) fn has(parameter: &str) -> String {
    format!("Has{parameter}")
}

impl Names<'_> {
    /// Defines the condition that the stack is in one of some partitions; `None` if that is true in all of `whole`.
    pub(super) fn is_in(&self, whole: &[Partition], partitions: &[Partition]) -> Option<String> {
        let partitions = limit(whole, partitions)?;
        let names = partitions.iter().map(|partition| pascal_case(partition.name()));
        let name = format!("IsIn{}", names.collect::<Vec<_>>().join("Or"));
        let values = || any_of(partitions.iter().map(|partition| ("AWS::Partition", partition.name())));
        Some(self.condition(name, values))
    }
}
