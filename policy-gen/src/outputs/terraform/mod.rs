//! The policies and roles as a Terraform module in one file.

mod document;
mod hcl;
mod names;

use iam_policy_core::{Parameter, ParameterKind, ParameterValue, Policy};
use iam_policy_spec::Format;

use self::document::Document;
use self::hcl::{Hcl, list, string, template};
use self::names::{Names, PolicyNames};
use super::deployment::usage::Usage;
use super::deployment::values::{Rule, texts};
use super::deployment::{Deployed, Deployment, Form, role_description};
use super::html::plain;
use super::output::{Artifact, Input, Output};

/// The name of the module's only file. A module is a folder, and Terraform ignores the other files in it.
const MODULE: &str = "permissions.tf";

/// One module for all policies.
pub(super) struct Terraform;

impl Output for Terraform {
    fn files(&self, input: &Input<'_>) -> Vec<Artifact> {
        vec![Artifact {
            name: MODULE.to_owned(),
            contents: module(input),
        }]
    }

    fn can_write(&self, name: &str) -> bool {
        name == MODULE
    }

    fn usage<'a>(&self, deployment: &Deployment<'a>) -> Option<Usage<'a>> {
        let names = Names::new(deployment);
        let parameter = |name: &str| names.parameters.get(name).cloned().into_iter().collect();
        let extension = |policy: usize, _: &str| {
            names
                .policies
                .get(policy)
                .map_or_else(String::new, |own| own.extensions.clone())
        };
        Some(Usage::new(Format::Terraform, deployment, &parameter, &extension))
    }
}

/// The oldest versions that support everything in the module: `nullable`, and conditions of data sources.
const TERRAFORM: &str = ">= 1.2";
const PROVIDER: &str = ">= 4.0";

fn module(input: &Input<'_>) -> String {
    let deployment = Deployment::new(input);
    let names = Names::new(&deployment);
    let mut hcl = Hcl::default();
    header(input, &mut hcl);
    environment_variable(&deployment, &mut hcl);
    for parameter in &deployment.parameters {
        variable(parameter, &deployment, &names, &mut hcl);
    }
    let policies = || deployment.policies.iter().zip(&names.policies);
    for (deployed, own) in policies() {
        variables_of(deployed, own, &mut hcl);
    }
    hcl.blank();
    hcl.line("data \"aws_partition\" \"current\" {}");
    hcl.blank();
    hcl.block("locals", |hcl| {
        hcl.argument("partition", "data.aws_partition.current.partition");
        if !deployment.environments.is_empty() {
            for parameter in &deployment.parameters {
                hcl.blank();
                local(parameter, &deployment, &names, hcl);
            }
        }
    });
    for (deployed, own) in policies() {
        let document = Document::new(deployed, own, &names, !deployment.environments.is_empty());
        if !deployed.policy.statements.is_empty() {
            document.write(deployed, &mut hcl);
        }
        if let Some(trust) = &deployed.policy.trust {
            document.write_trust(trust, &mut hcl);
        }
        let resources = Resources {
            deployed,
            own,
            names: &names,
            document: &document,
        };
        resources.write(&mut hcl);
        resources.outputs(&mut hcl);
    }
    hcl.finish()
}

fn header(input: &Input<'_>, hcl: &mut Hcl) {
    hcl.comment(&input.origin.note());
    let title = input
        .spec
        .page
        .title
        .as_ref()
        .map_or(String::new(), |title| plain(&title.text));
    if !title.is_empty() {
        hcl.comment(&format!("\n{title}"));
    }
    hcl.blank();
    hcl.block("terraform", |hcl| {
        hcl.argument("required_version", string(TERRAFORM));
        hcl.blank();
        hcl.block("required_providers", |hcl| {
            hcl.nested("aws = {", "}", |hcl| {
                hcl.argument("source", string("hashicorp/aws"));
                hcl.argument("version", string(PROVIDER));
            });
        });
    });
}

/// The variable that chooses an environment.
fn environment_variable(deployment: &Deployment<'_>, hcl: &mut Hcl) {
    let names: Vec<_> = deployment
        .environments
        .iter()
        .map(|environment| environment.name)
        .collect();
    if names.is_empty() {
        return;
    }
    hcl.blank();
    hcl.block("variable \"environment\"", |hcl| {
        let description = format!(
            "The environment whose values the other variables have unless they are set: {}.",
            names.join(", ")
        );
        hcl.argument("description", string(&description));
        hcl.argument("type", "string");
        hcl.argument("default", "null");
        hcl.blank();
        hcl.block("validation", |hcl| {
            let known = list(names.iter().map(|name| string(name)));
            let condition = format!("var.environment == null || try(contains({known}, var.environment), false)");
            hcl.argument("condition", condition);
            hcl.argument(
                "error_message",
                string(&format!("The environments are {}.", names.join(", "))),
            );
        });
    });
}

fn variable(parameter: &Parameter<'_>, deployment: &Deployment<'_>, names: &Names<'_>, hcl: &mut Hcl) {
    let name = names.parameters.get(parameter.name).map_or("", String::as_str);
    let is_list = parameter.kind == ParameterKind::List;
    let may_be_null = !deployment.environments.is_empty();
    hcl.blank();
    hcl.block(&format!("variable \"{name}\""), |hcl| {
        if !parameter.about.is_empty() {
            hcl.argument("description", string(&plain(parameter.about)));
        }
        hcl.argument("type", if is_list { "list(string)" } else { "string" });
        if may_be_null {
            hcl.argument("default", "null");
        } else {
            if let Some(default) = parameter.default {
                hcl.argument("default", literal(default));
            }
            hcl.argument("nullable", "false");
        }
        let null = if may_be_null {
            format!("var.{name} == null || ")
        } else {
            String::new()
        };
        let mut validation = |condition: String, message: String| {
            hcl.blank();
            hcl.block("validation", |hcl| {
                hcl.argument("condition", format!("{null}{condition}"));
                hcl.argument("error_message", string(&message));
            });
        };
        let Rule { pattern, words } = Rule::new(parameter);
        let regex = string(&format!("\\A{pattern}\\z"));
        let length = |value: &str| {
            parameter
                .longest()
                .map(|longest| format!(" && length({value}) <= {longest}"))
        };
        let is_good = |value: &str| format!("can(regex({regex}, {value})){}", length(value).unwrap_or_default());
        if is_list {
            let condition = format!("try(alltrue([for value in var.{name} : {}]), false)", is_good("value"));
            validation(condition, format!("Each element of `{name}` {words}."));
            let maximum = parameter
                .max_items
                .map(|items| format!(" && length(var.{name}) <= {items}"));
            let unique = format!("length(distinct(var.{name})) == length(var.{name})");
            let condition = format!(
                "try(length(var.{name}) > 0 && {unique}{}, false)",
                maximum.unwrap_or_default()
            );
            let maximum = parameter.max_items.map(|items| format!(" and at most {items}"));
            let message = format!(
                "`{name}` must have at least one element{}, each once.",
                maximum.unwrap_or_default()
            );
            validation(condition, message);
        } else {
            let variable = format!("var.{name}");
            let condition = is_good(&variable);
            let condition = if may_be_null {
                format!("try({condition}, false)")
            } else {
                condition
            };
            validation(condition, format!("The value of `{name}` {words}."));
        }
    });
}

/// The value of a parameter: that of its variable, of the environment, or the default.
fn local(parameter: &Parameter<'_>, deployment: &Deployment<'_>, names: &Names<'_>, hcl: &mut Hcl) {
    let name = names.parameters.get(parameter.name).map_or("", String::as_str);
    hcl.nested(&format!("{name} = ("), ")", |hcl| {
        hcl.line(&format!("var.{name} != null ? var.{name} :"));
        for environment in deployment.environments {
            if let Some(value) = environment.value(parameter.name) {
                let condition = format!("var.environment == {}", string(environment.name));
                hcl.line(&format!("{condition} ? {} :", typed(value)));
            }
        }
        hcl.line(&parameter.default.map_or_else(|| "null".to_owned(), typed));
    });
}

/// A value as an expression.
fn literal(value: ParameterValue<'_>) -> String {
    match value {
        ParameterValue::Text(text) => string(text),
        other => list(texts(other).into_iter().map(string)),
    }
}

/// A value as an expression whose type does not depend on the number of its elements.
fn typed(value: ParameterValue<'_>) -> String {
    match value {
        ParameterValue::Text(text) => string(text),
        other => format!("tolist({})", literal(other)),
    }
}

/// The variables that are not parameters: the extensions, and the name of what is created.
fn variables_of(deployed: &Deployed<'_>, own: &PolicyNames, hcl: &mut Hcl) {
    let Policy { name, extensions, .. } = *deployed.policy;
    if !extensions.is_empty() {
        let described: Vec<_> = extensions
            .iter()
            .map(|extension| format!("{} ({})", extension.name, plain(extension.heading())))
            .collect();
        hcl.blank();
        hcl.block(&format!("variable \"{}\"", own.extensions), |hcl| {
            let description = format!("Optional statements of the policy `{name}`: {}.", described.join(", "));
            hcl.argument("description", string(&description));
            hcl.argument("type", "set(string)");
            hcl.argument("default", "[]");
            hcl.argument("nullable", "false");
            hcl.blank();
            hcl.block("validation", |hcl| {
                let variable = &own.extensions;
                let known = list(extensions.iter().map(|extension| string(extension.name)));
                hcl.argument(
                    "condition",
                    format!("length(setsubtract(var.{variable}, {known})) == 0"),
                );
                let known: Vec<_> = extensions.iter().map(|extension| extension.name).collect();
                let message = format!("The extensions of the policy `{name}` are {}.", known.join(", "));
                hcl.argument("error_message", string(&message));
            });
        });
    }
    let Some(what) = deployed.form.label() else { return };
    if deployed.name.is_none() {
        hcl.blank();
        hcl.block(&format!("variable \"{}\"", own.name), |hcl| {
            let is_required = matches!(deployed.form, Form::Organization(_));
            let default = if is_required { "" } else { "; generated if null" };
            let description = format!("The name of the {what} for the policy `{name}`{default}.");
            hcl.argument("description", string(&description));
            hcl.argument("type", "string");
            hcl.argument("default", if is_required { string(name) } else { "null".to_owned() });
        });
    }
}

/// Writes the resources of one policy.
struct Resources<'a> {
    deployed: &'a Deployed<'a>,
    own: &'a PolicyNames,
    names: &'a Names<'a>,
    document: &'a Document<'a>,
}

impl Resources<'_> {
    fn write(&self, hcl: &mut Hcl) {
        let json = self.document.json(&self.own.document);
        match self.deployed.form {
            Form::Managed | Form::Boundary => self.managed_policy(json, hcl),
            Form::Role { is_managed } => {
                self.role(hcl);
                self.attach_managed(hcl);
                if self.deployed.policy.statements.is_empty() {
                    // The role only has other policies.
                } else if is_managed {
                    self.managed_policy(json, hcl);
                    self.resource("aws_iam_role_policy_attachment", hcl, |hcl| {
                        let label = &self.own.label;
                        hcl.argument("role", format!("aws_iam_role.{label}.name"));
                        hcl.argument("policy_arn", format!("aws_iam_policy.{label}.arn"));
                    });
                } else {
                    self.resource("aws_iam_role_policy", hcl, |hcl| {
                        hcl.argument("name", string(self.deployed.policy.name));
                        hcl.argument("role", format!("aws_iam_role.{}.id", self.own.label));
                        hcl.argument("policy", json);
                    });
                }
            }
            Form::Organization(policy) => self.resource("aws_organizations_policy", hcl, |hcl| {
                hcl.argument("name", self.name());
                hcl.argument("type", string(policy.name()));
                hcl.argument("content", json);
            }),
            Form::Inline { .. } | Form::Document => {}
        }
    }

    fn resource(&self, kind: &str, hcl: &mut Hcl, inside: impl FnOnce(&mut Hcl)) {
        hcl.blank();
        hcl.block(&format!("resource \"{kind}\" \"{}\"", self.own.label), inside);
    }

    /// Attaches the managed policies of AWS that the role also needs.
    fn attach_managed(&self, hcl: &mut Hcl) {
        let PolicyNames { label, managed, .. } = self.own;
        let paths = self.deployed.policy.managed;
        if paths.is_empty() {
            return;
        }
        hcl.blank();
        hcl.block(
            &format!("resource \"aws_iam_role_policy_attachment\" \"{managed}\""),
            |hcl| {
                let arns = paths.iter().map(|path| {
                    let path = string(path);
                    format!(
                        "\"arn:${{local.partition}}:iam::aws:policy/{}",
                        path.trim_start_matches('"')
                    )
                });
                hcl.argument("for_each", format!("toset({})", list(arns)));
                hcl.blank();
                hcl.argument("role", format!("aws_iam_role.{label}.name"));
                hcl.argument("policy_arn", "each.value");
            },
        );
    }

    fn role(&self, hcl: &mut Hcl) {
        self.resource("aws_iam_role", hcl, |hcl| {
            self.name_and_path(hcl);
            hcl.argument("description", string(&role_description(&self.deployed.title())));
            hcl.argument("assume_role_policy", self.document.json(&self.own.trust));
            if let Some(boundary) = self.deployed.boundary.and_then(|index| self.names.policies.get(index)) {
                hcl.argument("permissions_boundary", format!("aws_iam_policy.{}.arn", boundary.label));
            }
        });
    }

    fn managed_policy(&self, json: String, hcl: &mut Hcl) {
        self.resource("aws_iam_policy", hcl, |hcl| {
            self.name_and_path(hcl);
            hcl.argument("policy", json);
        });
    }

    fn name(&self) -> String {
        match self.deployed.name {
            Some(name) => template(name, &|parameter| self.names.value(parameter), "{"),
            None => format!("var.{}", self.own.name),
        }
    }

    fn name_and_path(&self, hcl: &mut Hcl) {
        let name = self.name();
        if self.deployed.may_have_path() {
            hcl.argument("name", format!("basename({name})"));
            let path = format!("dirname({name}) == \".\" ? \"/\" : \"/${{dirname({name})}}/\"");
            hcl.argument("path", path);
        } else {
            hcl.argument("name", name);
        }
    }

    fn outputs(&self, hcl: &mut Hcl) {
        let PolicyNames { label, .. } = self.own;
        let name = self.deployed.policy.name;
        match self.deployed.form {
            Form::Role { .. } => {
                let about = format!("The ARN of the role for the policy `{name}`.");
                output(&self.own.arn, &about, format!("aws_iam_role.{label}.arn"), hcl);
                let about = format!("The name of the role for the policy `{name}`.");
                output(&self.own.role_name, &about, format!("aws_iam_role.{label}.name"), hcl);
            }
            Form::Managed | Form::Boundary => {
                let about = format!("The ARN of the managed policy `{name}`.");
                output(&self.own.arn, &about, format!("aws_iam_policy.{label}.arn"), hcl);
            }
            Form::Organization(policy) => {
                let about = format!("The ARN of the {} `{name}`.", policy.label());
                output(
                    &self.own.arn,
                    &about,
                    format!("aws_organizations_policy.{label}.arn"),
                    hcl,
                );
            }
            Form::Inline { .. } | Form::Document => {}
        }
        if self.deployed.policy.statements.is_empty() {
            return;
        }
        let about = format!("The policy `{name}` as JSON.");
        output(&self.own.json, &about, self.document.json(&self.own.document), hcl);
    }
}

fn output(name: &str, description: &str, value: String, hcl: &mut Hcl) {
    hcl.blank();
    hcl.block(&format!("output \"{name}\""), |hcl| {
        hcl.argument("description", string(description));
        hcl.argument("value", value);
    });
}
