//! The policies and roles as a CloudFormation template in YAML.

mod document;
mod names;
mod target;
mod yaml;

use iam_policy_core::template::{Piece, pieces};
use iam_policy_core::{Parameter, PolicyResource};
use iam_policy_spec::Format;

use self::document::Document;
use self::names::{Environments, MAPPING, Names, PolicyNames, has, is_set};
use self::target::Target;
use self::yaml::{Yaml, quoted, scalar, template};
use super::deployment::usage::Usage;
use super::deployment::values::{Rule, value_in};
use super::deployment::{Deployed, Deployment, Form, role_description};
use super::html::plain;
use super::output::{Artifact, Input, Output};

/// The name of the template.
const TEMPLATE: &str = "permissions.template.yaml";

/// One template for all policies.
pub(super) struct CloudFormation;

impl Output for CloudFormation {
    /// A template must have resources: there is none if everything is a part of what is created elsewhere.
    fn files(&self, input: &Input<'_>) -> Vec<Artifact> {
        let deployment = Deployment::new(input);
        if !deployment.policies.iter().any(creates) {
            return Vec::new();
        }
        vec![Artifact {
            name: TEMPLATE.to_owned(),
            contents: stack_template(input, &deployment),
        }]
    }

    fn can_write(&self, name: &str) -> bool {
        name == TEMPLATE
    }

    fn usage<'a>(&self, deployment: &Deployment<'a>) -> Option<Usage<'a>> {
        let names = Names::new(deployment);
        let parameter = |name: &str| {
            let path = names.paths.get(name);
            path.into_iter().chain(names.parameters.get(name)).cloned().collect()
        };
        let extension = |policy: usize, name: &str| {
            let own = names.policies.get(policy);
            let own = own.and_then(|own| own.extensions.get(name));
            own.cloned().unwrap_or_default()
        };
        let environment = names.environments.as_ref().map(|environments| {
            let states = environments.states.iter();
            let values = states.filter_map(|(value, environment)| Some((environment.as_ref()?.name, value.clone())));
            (environments.parameter.clone(), values.collect())
        });
        let policies = deployment.policies.iter().zip(&names.policies);
        let own = policies.flat_map(|(deployed, own)| Template::own_parameters(deployed, own));
        let required = own.filter(|parameter| parameter.kind == OwnKind::RequiredName);
        Some(Usage {
            environment,
            required: required.map(|parameter| parameter.name.to_owned()).collect(),
            ..Usage::new(Format::CloudFormation, deployment, &parameter, &extension)
        })
    }
}

/// The maximum size of a template's description, and of a parameter's.
///
/// Source: AWS CloudFormation User Guide, "Understand CloudFormation quotas".
const DESCRIPTION: usize = 1024;
const PARAMETER_DESCRIPTION: usize = 4000;

/// Whether a policy becomes something in the template.
fn creates(deployed: &Deployed<'_>) -> bool {
    deployed.form != Form::Document || Target::of(deployed.policy).is_some()
}

fn stack_template(input: &Input<'_>, deployment: &Deployment<'_>) -> String {
    let names = Names::new(deployment);
    let mut yaml = Yaml::default();
    yaml.comment(&input.origin.note());
    yaml.line("AWSTemplateFormatVersion: \"2010-09-09\"");
    let title = input
        .spec
        .page
        .title
        .as_ref()
        .map_or(String::new(), |title| plain(&title.text));
    if !title.is_empty() {
        yaml.entry("Description", &quoted(&truncated(&title, DESCRIPTION)));
    }
    let template = Template {
        deployment,
        names: &names,
    };
    template.interface(&mut yaml);
    template.parameters(&mut yaml);
    template.mapping(&mut yaml);
    // The resources define the conditions that they use.
    let mut resources = Yaml::default();
    template.resources(&mut resources);
    template.conditions(&mut yaml);
    yaml.append(resources);
    template.outputs(&mut yaml);
    yaml.finish()
}

/// The start of a text with at most so many bytes.
fn truncated(text: &str, length: usize) -> String {
    text.get(..text.floor_char_boundary(length))
        .unwrap_or_default()
        .to_owned()
}

struct Template<'a> {
    deployment: &'a Deployment<'a>,
    names: &'a Names<'a>,
}

/// A parameter of the template that is not a parameter of the spec.
struct OwnParameter<'a> {
    name: &'a str,
    kind: OwnKind,
    description: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum OwnKind {
    /// `true` or `false`.
    Flag,
    /// Names of users, groups or roles; may be empty.
    Names,
    /// A name; empty if it is generated.
    Name,
    /// A name that must be given.
    RequiredName,
    /// What a resource is known by; may be empty.
    Target,
}

/// What the policy is attached to, if that is created elsewhere and a resource of a template can attach the policy to it.
fn target(deployed: &Deployed<'_>) -> Option<Target> {
    let is_document = deployed.form == Form::Document;
    is_document.then(|| Target::of(deployed.policy)).flatten()
}

impl<'a> Template<'a> {
    fn policies(&self) -> impl Iterator<Item = (&'a Deployed<'a>, &'a PolicyNames<'a>)> {
        self.deployment.policies.iter().zip(&self.names.policies)
    }

    /// The parameters of one policy that are not parameters of the spec.
    fn own_parameters(deployed: &'a Deployed<'a>, own: &'a PolicyNames<'a>) -> Vec<OwnParameter<'a>> {
        let name = deployed.policy.name;
        let mut parameters = Vec::new();
        for extension in deployed.policy.extensions {
            if let Some(parameter) = own.extensions.get(extension.name) {
                parameters.push(OwnParameter {
                    name: parameter,
                    kind: OwnKind::Flag,
                    description: format!(
                        "Whether to add the extension `{}` of the policy `{name}`",
                        extension.name
                    ),
                });
            }
        }
        let is_required = matches!(deployed.form, Form::Organization(_));
        if let Some(what) = deployed.form.label().filter(|_| deployed.name.is_none()) {
            let generated = if is_required { "" } else { "; generated if empty" };
            parameters.push(OwnParameter {
                name: &own.name,
                kind: if is_required {
                    OwnKind::RequiredName
                } else {
                    OwnKind::Name
                },
                description: format!("The name of the {what} for the policy `{name}`{generated}"),
            });
        }
        let [users, groups, roles] = match deployed.form {
            Form::Managed => [true; 3],
            Form::Inline { user, group, role } => [user, group, role],
            _ => [false; 3],
        };
        for (is_possible, parameter, whom) in [
            (users, &own.users, "users"),
            (groups, &own.groups, "groups"),
            (roles, &own.roles, "roles"),
        ] {
            if is_possible {
                parameters.push(OwnParameter {
                    name: parameter,
                    kind: OwnKind::Names,
                    description: format!("The names of the {whom} that get the policy `{name}`, separated by commas"),
                });
            }
        }
        if let Some(target) = target(deployed) {
            parameters.push(OwnParameter {
                name: &own.target,
                kind: if target.is_list {
                    OwnKind::Names
                } else {
                    OwnKind::Target
                },
                description: format!("{} the policy `{name}`; if empty, nobody gets it", target.about),
            });
        }
        parameters
    }

    /// The parameters of the spec, each with its parameters in the template: none, one, or the path and the rest.
    fn of_spec(&self) -> impl Iterator<Item = (&'a Parameter<'a>, Vec<&'a str>)> {
        self.deployment.parameters.iter().map(|parameter| {
            let path = self.names.paths.get(parameter.name);
            let names = path.into_iter().chain(self.names.parameters.get(parameter.name));
            (*parameter, names.map(String::as_str).collect())
        })
    }

    /// The groups in which the console shows the parameters.
    fn interface(&self, yaml: &mut Yaml) {
        let environment = self
            .names
            .environments
            .iter()
            .map(|environments| environments.parameter.clone());
        let of_spec = self.of_spec().flat_map(|(_, names)| names).map(ToOwned::to_owned);
        let of_spec: Vec<_> = environment.chain(of_spec).collect();
        let mut groups = vec![("Parameters".to_owned(), of_spec)];
        for (deployed, own) in self.policies() {
            let parameters = Self::own_parameters(deployed, own);
            groups.push((
                deployed.title(),
                parameters.iter().map(|one| one.name.to_owned()).collect(),
            ));
        }
        groups.retain(|(_, parameters)| !parameters.is_empty());
        if groups.is_empty() {
            return;
        }
        yaml.blank();
        yaml.nested("Metadata", |yaml| {
            yaml.nested("AWS::CloudFormation::Interface", |yaml| {
                yaml.nested("ParameterGroups", |yaml| {
                    for (label, parameters) in &groups {
                        yaml.element(|yaml| {
                            yaml.nested("Label", |yaml| yaml.entry("default", &scalar(label)));
                            yaml.nested("Parameters", |yaml| {
                                for parameter in parameters {
                                    yaml.line(&format!("- {parameter}"));
                                }
                            });
                        });
                    }
                });
            });
        });
    }

    fn parameters(&self, yaml: &mut Yaml) {
        let own: Vec<_> = self
            .policies()
            .flat_map(|(deployed, own)| Self::own_parameters(deployed, own))
            .collect();
        let is_empty = self.of_spec().all(|(_, names)| names.is_empty());
        if is_empty && own.is_empty() && self.names.environments.is_none() {
            return;
        }
        yaml.blank();
        yaml.nested("Parameters", |yaml| {
            if let Some(environments) = &self.names.environments {
                environment_parameter(environments, yaml);
            }
            for (parameter, names) in self.of_spec() {
                self.parameter(parameter, &names, yaml);
            }
            for parameter in &own {
                own_parameter(parameter, yaml);
            }
        });
    }

    fn parameter(&self, parameter: &Parameter<'_>, names: &[&str], yaml: &mut Yaml) {
        let is_optional = self.names.environments.is_some();
        let default = parameter.default.map(|default| default.to_string());
        let default = default.as_deref().filter(|_| !is_optional);
        let about = plain(parameter.about);
        let write = |name: &str, about: &str, default: Option<&str>, rule: Rule, yaml: &mut Yaml| {
            let text = TextParameter {
                name,
                about,
                default: if is_optional { Some("") } else { default },
                pattern: if is_optional {
                    format!("({})?", rule.pattern)
                } else {
                    rule.pattern
                },
                words: rule.words,
                longest: parameter.longest(),
            };
            text.write(yaml);
        };
        match names {
            [path_name, rest] => {
                let (path, name) = default.map_or((None, None), |default| {
                    let (path, name) = split_path(default);
                    (Some(path), Some(name))
                });
                let segment = Rule::of_segment(parameter);
                let path_rule = Rule {
                    pattern: format!("({}/)*", segment.pattern),
                    words: "must be empty or end with a slash".to_owned(),
                };
                let about_path = format!("The path before the name in {rest}: empty, or ending with a slash");
                write(path_name, &about_path, Some(path.unwrap_or_default()), path_rule, yaml);
                write(rest, &about, name, segment, yaml);
            }
            [only] => write(only, &about, default, Rule::new(parameter), yaml),
            _ => {}
        }
    }

    /// The values of the parameters in each environment.
    fn mapping(&self, yaml: &mut Yaml) {
        let Some(environments) = &self.names.environments else {
            return;
        };
        if self.of_spec().all(|(_, names)| names.is_empty()) {
            return;
        }
        yaml.blank();
        yaml.nested("Mappings", |yaml| {
            yaml.nested(MAPPING, |yaml| {
                for (value, environment) in &environments.states {
                    yaml.nested(value, |yaml| {
                        for (parameter, names) in self.of_spec() {
                            let text =
                                value_in(parameter, *environment).map_or(String::new(), |value| value.to_string());
                            match names.as_slice() {
                                [path_name, rest] => {
                                    let (path, name) = split_path(&text);
                                    yaml.entry(path_name, &quoted(path));
                                    yaml.entry(rest, &quoted(name));
                                }
                                [only] => yaml.entry(only, &quoted(&text)),
                                _ => {}
                            }
                        }
                    });
                }
            });
        });
    }

    fn conditions(&self, yaml: &mut Yaml) {
        let mut conditions = self.names.conditions();
        for (deployed, own) in self.policies() {
            for parameter in Self::own_parameters(deployed, own) {
                let is_set = match parameter.kind {
                    OwnKind::Name | OwnKind::Target => is_set(parameter.name),
                    OwnKind::Names => format!("!Not [!Equals [!Join [\"\", !Ref {}], \"\"]]", parameter.name),
                    OwnKind::Flag | OwnKind::RequiredName => continue,
                };
                conditions.insert(has(parameter.name), is_set);
            }
        }
        if conditions.is_empty() {
            return;
        }
        yaml.blank();
        yaml.nested("Conditions", |yaml| {
            for (name, condition) in &conditions {
                yaml.entry(name, condition);
            }
        });
    }

    fn resources(&self, yaml: &mut Yaml) {
        yaml.blank();
        yaml.nested("Resources", |yaml| {
            for (deployed, own) in self.policies() {
                let resource = Resource {
                    deployed,
                    own,
                    document: Document {
                        policy: deployed.policy,
                        names: self.names,
                        own,
                    },
                };
                resource.write(yaml);
            }
        });
    }

    fn outputs(&self, yaml: &mut Yaml) {
        let mut outputs = Vec::new();
        for (deployed, own) in self.policies() {
            let name = deployed.policy.name;
            let PolicyNames { role, policy, .. } = own;
            match deployed.form {
                Form::Role { .. } => {
                    outputs.push((
                        format!("{role}Arn"),
                        format!("The ARN of the role for the policy `{name}`"),
                        format!("!GetAtt {role}.Arn"),
                    ));
                }
                Form::Managed | Form::Boundary => {
                    let about = format!("The ARN of the managed policy `{name}`");
                    outputs.push((format!("{policy}Arn"), about, format!("!Ref {policy}")));
                }
                Form::Organization(organization) => {
                    let about = format!("The ID of the {} `{name}`", organization.label());
                    outputs.push((format!("{policy}Id"), about, format!("!Ref {policy}")));
                }
                Form::Inline { .. } | Form::Document => {}
            }
        }
        if outputs.is_empty() {
            return;
        }
        yaml.blank();
        yaml.nested("Outputs", |yaml| {
            for (name, description, value) in &outputs {
                yaml.nested(name, |yaml| {
                    yaml.entry("Description", &quoted(description));
                    yaml.entry("Value", value);
                });
            }
        });
    }
}

/// The path before a name, with the slash at its end, and the name.
fn split_path(text: &str) -> (&str, &str) {
    text.split_at(text.rfind('/').map_or(0, |slash| slash + 1))
}

fn environment_parameter(environments: &Environments<'_>, yaml: &mut Yaml) {
    yaml.nested(&environments.parameter, |yaml| {
        yaml.entry("Type", "String");
        let about = "The environment whose values the other parameters have unless they are set";
        yaml.entry("Description", &quoted(about));
        if let [(value, None), ..] = environments.states.as_slice() {
            yaml.entry("Default", &scalar(value));
        }
        let values: Vec<_> = environments.states.iter().map(|(value, _)| scalar(value)).collect();
        yaml.entry("AllowedValues", &format!("[{}]", values.join(", ")));
    });
}

/// A parameter of the template that has the value of a parameter of the spec, or a part of it.
struct TextParameter<'a> {
    name: &'a str,
    about: &'a str,
    default: Option<&'a str>,
    pattern: String,
    words: String,
    longest: Option<usize>,
}

impl TextParameter<'_> {
    fn write(&self, yaml: &mut Yaml) {
        yaml.nested(self.name, |yaml| {
            yaml.entry("Type", "String");
            if !self.about.is_empty() {
                yaml.entry("Description", &quoted(&truncated(self.about, PARAMETER_DESCRIPTION)));
            }
            if let Some(default) = self.default {
                yaml.entry("Default", &quoted(default));
            }
            yaml.entry("AllowedPattern", &quoted(&self.pattern));
            if let Some(longest) = self.longest {
                yaml.entry("MaxLength", &longest.to_string());
            }
            yaml.entry("ConstraintDescription", &quoted(&self.words));
        });
    }
}

fn own_parameter(parameter: &OwnParameter<'_>, yaml: &mut Yaml) {
    yaml.nested(parameter.name, |yaml| {
        let kind = if parameter.kind == OwnKind::Names {
            "CommaDelimitedList"
        } else {
            "String"
        };
        yaml.entry("Type", kind);
        yaml.entry(
            "Description",
            &quoted(&truncated(&parameter.description, PARAMETER_DESCRIPTION)),
        );
        match parameter.kind {
            OwnKind::Flag => {
                yaml.entry("Default", "\"false\"");
                yaml.entry("AllowedValues", "[\"true\", \"false\"]");
            }
            OwnKind::Names | OwnKind::Target => yaml.entry("Default", "\"\""),
            OwnKind::Name => {
                yaml.entry("Default", "\"\"");
                yaml.entry("AllowedPattern", "\"[A-Za-z0-9+=,.@_-]{0,128}\"");
            }
            OwnKind::RequiredName => yaml.entry("AllowedPattern", "\".{1,128}\""),
        }
    });
}

/// Writes the resources of one policy.
struct Resource<'a> {
    deployed: &'a Deployed<'a>,
    own: &'a PolicyNames<'a>,
    document: Document<'a>,
}

impl Resource<'_> {
    fn write(&self, yaml: &mut Yaml) {
        let PolicyNames { role, policy, .. } = self.own;
        match self.deployed.form {
            Form::Managed | Form::Boundary => self.resource(policy, "AWS::IAM::ManagedPolicy", yaml, |yaml| {
                self.name("ManagedPolicyName", yaml);
                self.attachments(yaml);
                self.document.write(self.deployed, "PolicyDocument", yaml);
            }),
            Form::Role { is_managed } => {
                self.role(is_managed, yaml);
                if is_managed && !self.deployed.policy.statements.is_empty() {
                    self.resource(policy, "AWS::IAM::ManagedPolicy", yaml, |yaml| {
                        self.name("ManagedPolicyName", yaml);
                        yaml.nested("Roles", |yaml| yaml.line(&format!("- !Ref {role}")));
                        self.document.write(self.deployed, "PolicyDocument", yaml);
                    });
                }
            }
            Form::Inline { .. } => self.resource(policy, "AWS::IAM::Policy", yaml, |yaml| {
                yaml.entry("PolicyName", &scalar(self.deployed.policy.name));
                self.attachments(yaml);
                self.document.write(self.deployed, "PolicyDocument", yaml);
            }),
            Form::Organization(organization) => self.resource(policy, "AWS::Organizations::Policy", yaml, |yaml| {
                self.name("Name", yaml);
                yaml.entry("Type", organization.name());
                self.document.write(self.deployed, "Content", yaml);
            }),
            Form::Document => self.attached(yaml),
        }
    }

    /// The policy of a resource that is created elsewhere.
    fn attached(&self, yaml: &mut Yaml) {
        let PolicyNames { policy, target, .. } = self.own;
        yaml.comment(&self.deployed.title());
        let Some(kind) = Target::of(self.deployed.policy) else {
            let resource = self
                .deployed
                .policy
                .resource_type
                .map_or("a resource", PolicyResource::label);
            yaml.comment(&format!(
                "The policy of {resource} is a property of it, so it is not in this template."
            ));
            return;
        };
        yaml.nested(policy, |yaml| {
            yaml.entry("Type", kind.resource);
            yaml.entry("Condition", &has(target));
            yaml.nested("Properties", |yaml| {
                yaml.entry(kind.property, &format!("!Ref {target}"));
                self.document.write(self.deployed, kind.document, yaml);
            });
        });
    }

    fn resource(&self, name: &str, kind: &str, yaml: &mut Yaml, properties: impl FnOnce(&mut Yaml)) {
        yaml.comment(&self.deployed.title());
        yaml.nested(name, |yaml| {
            yaml.entry("Type", kind);
            yaml.nested("Properties", properties);
        });
    }

    fn role(&self, is_managed: bool, yaml: &mut Yaml) {
        self.resource(&self.own.role, "AWS::IAM::Role", yaml, |yaml| {
            self.name("RoleName", yaml);
            yaml.entry("Description", &quoted(&role_description(&self.deployed.title())));
            if let Some(trust) = &self.deployed.policy.trust {
                self.document.write_trust(trust, "AssumeRolePolicyDocument", yaml);
            }
            if let Some(boundary) = self
                .deployed
                .boundary
                .and_then(|index| self.document.names.policies.get(index))
            {
                yaml.entry("PermissionsBoundary", &format!("!Ref {}", boundary.policy));
            }
            let managed = self.deployed.policy.managed;
            if !managed.is_empty() {
                yaml.nested("ManagedPolicyArns", |yaml| {
                    for path in managed {
                        let arn = format!("arn:${{AWS::Partition}}:iam::aws:policy/{path}");
                        yaml.line(&format!("- !Sub {}", quoted(&arn)));
                    }
                });
            }
            if !is_managed && !self.deployed.policy.statements.is_empty() {
                yaml.nested("Policies", |yaml| {
                    yaml.element(|yaml| {
                        yaml.entry("PolicyName", &scalar(self.deployed.policy.name));
                        self.document.write(self.deployed, "PolicyDocument", yaml);
                    });
                });
            }
        });
    }

    fn name(&self, key: &str, yaml: &mut Yaml) {
        let name = &self.own.name;
        match self.deployed.path_and_name() {
            Some((path, template)) => {
                let name = NameAndPath::new(path, template, self.document.names);
                if let Some(path) = name.path {
                    yaml.entry("Path", &path);
                }
                yaml.entry(key, &name.name);
            }
            None if matches!(self.deployed.form, Form::Organization(_)) => yaml.entry(key, &format!("!Ref {name}")),
            None => yaml.entry(key, &if_set(name)),
        }
    }

    fn attachments(&self, yaml: &mut Yaml) {
        let [users, groups, roles] = match self.deployed.form {
            Form::Managed => [true; 3],
            Form::Inline { user, group, role } => [user, group, role],
            _ => [false; 3],
        };
        for (is_possible, key, parameter) in [
            (users, "Users", &self.own.users),
            (groups, "Groups", &self.own.groups),
            (roles, "Roles", &self.own.roles),
        ] {
            if is_possible {
                yaml.entry(key, &if_set(parameter));
            }
        }
    }
}

/// The name of something, and the path before it.
struct NameAndPath {
    path: Option<String>,
    name: String,
}

impl NameAndPath {
    /// - `path`: the template of the path without slashes around it
    /// - `name`: the template of the name, which may begin with a parameter that has a path
    fn new(path: Option<&str>, name: &str, names: &Names<'_>) -> Self {
        let references = |parameter: &str| names.references(parameter);
        let of_name = |parameter: &str| references(parameter).into_iter().next_back().into_iter().collect();
        let own_path = pieces(name).flatten().next().and_then(|first| match first {
            Piece::Parameter(parameter) if names.paths.contains_key(parameter) => {
                references(parameter).into_iter().next()
            }
            _ => None,
        });
        let path = match path {
            Some(path) => format!("/{path}/"),
            None => "/".to_owned(),
        };
        Self {
            path: (path != "/" || own_path.is_some()).then(|| template(&path, &references, own_path)),
            name: template(name, &of_name, None),
        }
    }
}

/// The value of a parameter of the template, if it has one.
fn if_set(parameter: &str) -> String {
    format!("!If [{}, !Ref {parameter}, !Ref AWS::NoValue]", has(parameter))
}
