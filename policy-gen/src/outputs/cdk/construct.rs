//! The module: what can be chosen, and the construct that creates the policies and roles.

use std::fmt::Write;

use iam_policy_core::{Parameter, ParameterKind, ParameterValue, PolicyResource};

use super::super::deployment::values::{Rule, texts, value_in};
use super::super::deployment::{Deployed, Deployment, Form, OrganizationPolicy, role_description};
use super::super::html::plain;
use super::super::output::Input;
use super::code::Code;
use super::document::{Document, expression};
use super::language::Language;
use super::names::{Names, PolicyNames};

/// The text of the module.
pub(super) fn construct(language: Language, input: &Input<'_>, deployment: &Deployment<'_>) -> String {
    let names = Names::new(language, deployment);
    let title = input.spec.page.title.as_ref();
    let title = title.map_or_else(|| "The policies and roles".to_owned(), |title| plain(&title.text));
    let module = Module {
        language,
        deployment,
        names: &names,
        title,
    };
    let mut body = Code::new(language);
    match language {
        Language::TypeScript => module.typescript(&mut body),
        Language::Python => module.python(&mut body),
    }
    let body = body.finish();
    let functions = functions(language, &body);
    let separator = match language {
        Language::TypeScript => "\n",
        Language::Python => "\n\n",
    };
    let mut text = Code::new(language);
    text.comment(&input.origin.note());
    text.blank();
    module.imports(&functions.concat(), &mut text);
    let mut text = text.finish() + &body;
    for function in functions {
        text.extend([separator, function]);
    }
    text
}

/// The functions that the construct calls, and those that they call.
fn functions(language: Language, body: &str) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = Vec::new();
    for function in language.functions() {
        if body.contains(function.call) || found.iter().any(|other| other.contains(function.call)) {
            found.push(function.code);
        }
    }
    found
}

struct Module<'a> {
    language: Language,
    deployment: &'a Deployment<'a>,
    names: &'a Names<'a>,
    title: String,
}

/// Something that can be chosen.
struct Property {
    name: String,
    about: String,
    kind: Kind,
    is_required: bool,
}

enum Kind {
    Text,
    Texts,
    /// One of these.
    Choice(Vec<String>),
    /// Any of these.
    Choices(Vec<String>),
}

/// A property of the construct with what it creates.
struct Created {
    name: String,
    /// The type in TypeScript, which is that in Python without its module.
    class: &'static str,
    about: String,
}

impl<'a> Module<'a> {
    fn policies(&self) -> impl Iterator<Item = (&'a Deployed<'a>, &'a PolicyNames)> {
        self.deployment.policies.iter().zip(&self.names.policies)
    }

    /// Writes the imports.
    ///
    /// - `functions`: the code of the functions that are called
    fn imports(&self, functions: &str, code: &mut Code) {
        let is_used = |name: &&&str| functions.contains(&format!("{name}.")) || functions.contains(&format!("{name}("));
        let is_needed = |name: &&&str| is_used(name) || (**name == "Stack" && self.uses_partition());
        let names = ["Aws", "CfnCondition", "Fn", "Stack", "Token"];
        let names: Vec<_> = names.iter().filter(is_needed).copied().collect();
        let names = names.join(", ");
        let has = |is: &dyn Fn(Form) -> bool| self.policies().any(|(deployed, _)| is(deployed.form));
        let modules = [
            (
                "iam",
                has(&|form| !matches!(form, Form::Document | Form::Organization(_))),
            ),
            ("organizations", has(&|form| matches!(form, Form::Organization(_)))),
        ];
        let modules = modules.into_iter().filter(|(_, is_used)| *is_used);
        match self.language {
            Language::TypeScript => {
                if !names.is_empty() {
                    code.line(&format!("import {{ {names} }} from \"aws-cdk-lib\";"));
                }
                for (module, _) in modules {
                    code.line(&format!("import * as {module} from \"aws-cdk-lib/aws-{module}\";"));
                }
            }
            Language::Python => {
                if functions.contains("re.fullmatch") {
                    code.line("import re");
                }
                code.line("from typing import Any, Dict, List, Optional, Sequence");
                code.blank();
                if !names.is_empty() {
                    code.line(&format!("from aws_cdk import {names}"));
                }
                for (module, _) in modules {
                    code.line(&format!("from aws_cdk import aws_{module} as {module}"));
                }
            }
        }
        match self.language {
            Language::TypeScript => {
                code.line("import { Construct } from \"constructs\";");
                code.blank();
            }
            Language::Python => {
                code.line("from constructs import Construct");
                code.blank();
                code.blank();
            }
        }
    }

    fn environments(&self) -> Vec<String> {
        let environments = self.deployment.environments.iter();
        environments.map(|environment| environment.name.to_owned()).collect()
    }

    fn properties(&self) -> Vec<Property> {
        let mut properties = Vec::new();
        let environments = self.environments();
        if !environments.is_empty() {
            properties.push(Property {
                name: "environment".to_owned(),
                about: "The environment whose values the parameters have unless they are set.".to_owned(),
                kind: Kind::Choice(environments.clone()),
                is_required: false,
            });
        }
        for parameter in &self.deployment.parameters {
            let name = self.names.parameters.get(parameter.name);
            let mut about = plain(parameter.about);
            if let Some(default) = parameter.default {
                let _ = write!(about, "{}Default: {default}", if about.is_empty() { "" } else { " " });
            }
            properties.push(Property {
                name: name.map_or_else(String::new, Clone::clone),
                about,
                kind: if parameter.kind == ParameterKind::List {
                    Kind::Texts
                } else {
                    Kind::Text
                },
                is_required: parameter.default.is_none() && environments.is_empty(),
            });
        }
        for (deployed, own) in self.policies() {
            Self::properties_of(deployed, own, &mut properties);
        }
        properties
    }

    fn properties_of(deployed: &Deployed<'_>, own: &PolicyNames, properties: &mut Vec<Property>) {
        let policy = deployed.policy.name;
        let extensions = deployed.policy.extensions;
        if !extensions.is_empty() {
            let described: Vec<_> = extensions
                .iter()
                .map(|extension| format!("{} ({})", extension.name, plain(extension.heading())))
                .collect();
            properties.push(Property {
                name: own.extensions.clone(),
                about: format!(
                    "Optional statements of the policy `{policy}`: {}.",
                    described.join(", ")
                ),
                kind: Kind::Choices(extensions.iter().map(|extension| extension.name.to_owned()).collect()),
                is_required: false,
            });
        }
        let is_required = matches!(deployed.form, Form::Organization(_));
        if let Some(what) = deployed.form.label().filter(|_| deployed.name.is_none()) {
            let generated = if is_required { "" } else { "; generated if not set" };
            properties.push(Property {
                name: own.name.clone(),
                about: format!("The name of the {what} for the policy `{policy}`{generated}."),
                kind: Kind::Text,
                is_required,
            });
        }
        for (is_possible, name, whom) in attachments(deployed.form, own) {
            if is_possible {
                properties.push(Property {
                    name: name.clone(),
                    about: format!("The names of the {whom} that get the policy `{policy}`."),
                    kind: Kind::Texts,
                    is_required: false,
                });
            }
        }
    }

    fn created(&self) -> Vec<Created> {
        let mut created = Vec::new();
        for (deployed, own) in self.policies() {
            let policy = deployed.policy.name;
            match deployed.form {
                Form::Role { .. } => created.push(Created {
                    name: own.role.clone(),
                    class: "iam.IRole",
                    about: format!("The role for the policy `{policy}`. What it may do is up to the spec, so grants to it have no effect."),
                }),
                Form::Managed | Form::Boundary => created.push(Created {
                    name: own.policy.clone(),
                    class: "iam.IManagedPolicy",
                    about: format!("The managed policy `{policy}`."),
                }),
                Form::Organization(kind) => created.push(Created {
                    name: own.policy.clone(),
                    class: "organizations.CfnPolicy",
                    about: format!("The {} `{policy}`.", kind.label()),
                }),
                Form::Document => {
                    let resource = deployed.policy.resource_type.map_or("a resource", PolicyResource::label);
                    created.push(Created {
                        name: own.document.clone(),
                        class: "",
                        about: format!("The policy `{policy}` of {resource}, as JSON."),
                    });
                }
                Form::Inline { .. } => {}
            }
        }
        created
    }

    fn typescript(&self, code: &mut Code) {
        let properties = self.properties();
        if !properties.is_empty() {
            code.documentation("What can be chosen.");
            code.block("export interface PermissionsProps {", "}", |code| {
                for property in &properties {
                    if !property.about.is_empty() {
                        code.documentation(&property.about);
                    }
                    let optional = if property.is_required { "" } else { "?" };
                    let kind = match &property.kind {
                        Kind::Text => "string".to_owned(),
                        Kind::Texts => "string[]".to_owned(),
                        Kind::Choice(of) => self.strings(of).join(" | "),
                        Kind::Choices(of) => format!("({})[]", self.strings(of).join(" | ")),
                    };
                    code.line(&format!("readonly {}{optional}: {kind};", property.name));
                }
            });
            code.blank();
        }
        code.documentation(&self.title);
        code.block("export class Permissions extends Construct {", "}", |code| {
            let created = self.created();
            for one in &created {
                code.documentation(&one.about);
                let class = if one.class.is_empty() {
                    "Record<string, unknown>"
                } else {
                    one.class
                };
                code.line(&format!("readonly {}: {class};", one.name));
            }
            if !created.is_empty() {
                code.blank();
            }
            let props = if properties.is_empty() {
                ""
            } else if properties.iter().any(|property| property.is_required) {
                ", props: PermissionsProps"
            } else {
                ", props: PermissionsProps = {}"
            };
            let first = format!("constructor(scope: Construct, id: string{props}) {{");
            code.block(&first, "}", |code| {
                code.line("super(scope, id);");
                self.checks(code);
                if self.uses_partition() {
                    code.line("const partition = Stack.of(this).partition;");
                }
                if !self.deployment.parameters.is_empty() {
                    code.block("const value = {", "};", |code| {
                        for parameter in &self.deployment.parameters {
                            let name = self.names.parameters.get(parameter.name).map_or("", String::as_str);
                            code.line(&format!("{name}: {},", self.value(name, parameter)));
                        }
                    });
                }
                self.resources(code);
            });
        });
    }

    fn python(&self, code: &mut Code) {
        let properties = self.properties();
        code.block("class Permissions(Construct):", "", |code| {
            code.comment(&self.title);
            code.blank();
            code.line("def __init__(");
            code.inside(|code| {
                for line in ["self,", "scope: Construct,", "id: str,"] {
                    code.line(line);
                }
                if !properties.is_empty() {
                    code.line("*,");
                }
                for property in &properties {
                    code.comment(&property.about);
                    if let Kind::Choice(of) | Kind::Choices(of) = &property.kind {
                        code.comment(&format!("One of: {}", of.join(", ")));
                    }
                    let name = &property.name;
                    code.line(&match (&property.kind, property.is_required) {
                        (Kind::Text | Kind::Choice(_), true) => format!("{name}: str,"),
                        (Kind::Text | Kind::Choice(_), false) => format!("{name}: Optional[str] = None,"),
                        (Kind::Texts, true) => format!("{name}: Sequence[str],"),
                        (Kind::Texts, false) => format!("{name}: Optional[Sequence[str]] = None,"),
                        (Kind::Choices(_), _) => format!("{name}: Sequence[str] = (),"),
                    });
                }
            });
            code.block(") -> None:", "", |code| {
                code.line("super().__init__(scope, id)");
                self.checks(code);
                if self.uses_partition() {
                    code.line("partition = Stack.of(self).partition");
                }
                for parameter in &self.deployment.parameters {
                    let name = self.names.parameters.get(parameter.name).map_or("", String::as_str);
                    code.line(&format!("{name} = {}", self.value(name, parameter)));
                }
                self.resources(code);
            });
        });
    }

    fn strings(&self, texts: &[String]) -> Vec<String> {
        texts.iter().map(|text| self.language.string(text)).collect()
    }

    fn uses_partition(&self) -> bool {
        let mut templates = self
            .deployment
            .policies
            .iter()
            .flat_map(|deployed| deployed.templates().chain(deployed.name));
        let is_named = templates.any(|template| template.contains("{partition}"));
        is_named
            || self
                .deployment
                .policies
                .iter()
                .any(|deployed| matches!(deployed.form, Form::Role { .. }) && !deployed.policy.managed.is_empty())
    }

    /// Rejects names of environments and extensions that do not exist.
    fn checks(&self, code: &mut Code) {
        let environments = self.environments();
        let check = |property: &str, value: String, of: &[String], code: &mut Code| {
            let known = Language::list(self.strings(of));
            let name = self.language.string(property);
            let call = match self.language {
                Language::TypeScript => "known",
                Language::Python => "_known",
            };
            code.line(&format!("{call}({name}, {value}, {known}){}", self.language.end()));
        };
        if !environments.is_empty() {
            let chosen = self.names.chosen("environment");
            let value = match self.language {
                Language::TypeScript => format!("{chosen} === undefined ? [] : [{chosen}]"),
                Language::Python => format!("[] if {chosen} is None else [{chosen}]"),
            };
            check("environment", value, &environments, code);
        }
        for (deployed, own) in self.policies() {
            let known: Vec<_> = deployed
                .policy
                .extensions
                .iter()
                .map(|extension| extension.name.to_owned())
                .collect();
            if !known.is_empty() {
                let chosen = self.names.chosen(&own.extensions);
                let value = match self.language {
                    Language::TypeScript => format!("{chosen} ?? []"),
                    Language::Python => chosen,
                };
                check(&own.extensions, value, &known, code);
            }
        }
    }

    /// The expression for the value of a parameter.
    fn value(&self, property: &str, parameter: &Parameter<'_>) -> String {
        let language = self.language;
        let is_list = parameter.kind == ParameterKind::List;
        let literal = |value: ParameterValue<'_>| match value {
            ParameterValue::Text(text) if !is_list => language.string(text),
            ParameterValue::Text(_) => Language::list(value.elements().map(|text| language.string(text))),
            list => Language::list(texts(list).into_iter().map(|text| language.string(text))),
        };
        let (environment, environments) = if self.deployment.environments.is_empty() {
            (language.nothing().to_owned(), "{}".to_owned())
        } else {
            let of = |environment: &iam_policy_core::Environment<'_>| {
                let value = environment.value(parameter.name)?;
                Some(format!("{}: {}", language.string(environment.name), literal(value)))
            };
            let all: Vec<_> = self.deployment.environments.iter().filter_map(of).collect();
            (self.names.chosen("environment"), format!("{{{}}}", all.join(", ")))
        };
        let usual = value_in(parameter, None).map_or_else(|| language.nothing().to_owned(), literal);
        let Rule { pattern, words } = Rule::new(parameter);
        let key = |name: &str| match language {
            Language::TypeScript => name.to_owned(),
            Language::Python => format!("\"{name}\""),
        };
        let mut rule = format!(
            "{}: {}, {}: {}",
            key("pattern"),
            language.string(&pattern),
            key("words"),
            language.string(&words)
        );
        if let Some(longest) = parameter.longest() {
            let _ = write!(rule, ", {}: {longest}", key("longest"));
        }
        let rule = match language {
            Language::TypeScript => format!("{{ {rule} }}"),
            Language::Python => format!("{{{rule}}}"),
        };
        let function = match (language, is_list) {
            (Language::TypeScript, true) => "listOf",
            (Language::TypeScript, false) => "textOf",
            (Language::Python, true) => "_list_of",
            (Language::Python, false) => "_text_of",
        };
        let items = parameter.max_items.filter(|_| is_list);
        let items = items.map_or_else(String::new, |items| format!(", {items}"));
        let name = language.string(property);
        let given = self.names.chosen(property);
        format!("{function}({name}, {given}, {environment}, {environments}, {usual}, {rule}{items})")
    }

    fn resources(&self, code: &mut Code) {
        let is_boundary = |deployed: &Deployed<'_>| deployed.form == Form::Boundary;
        // What roles refer to comes first.
        let (first, rest): (Vec<_>, Vec<_>) = self.policies().partition(|(deployed, _)| is_boundary(deployed));
        for (deployed, own) in first.into_iter().chain(rest) {
            let resources = Resources {
                module: self,
                deployed,
                own,
            };
            resources.write(code);
        }
    }
}

/// Whom an inline policy can be attached to.
const fn attachments(form: Form, own: &PolicyNames) -> [(bool, &String, &'static str); 3] {
    let (user, group, role) = match form {
        Form::Inline { user, group, role } => (user, group, role),
        _ => (false, false, false),
    };
    [
        (user, &own.users, "users"),
        (group, &own.groups, "groups"),
        (role, &own.roles, "roles"),
    ]
}

/// Writes what one policy becomes.
struct Resources<'a> {
    module: &'a Module<'a>,
    deployed: &'a Deployed<'a>,
    own: &'a PolicyNames,
}

impl Resources<'_> {
    fn write(&self, code: &mut Code) {
        let Self { module, deployed, own } = self;
        let policy = deployed.policy;
        let document = Document {
            policy,
            names: module.names,
            own,
        };
        code.blank();
        code.comment(&deployed.title());
        if !policy.statements.is_empty() {
            document.write(&own.document, deployed.statements(), code);
        }
        if let Some(trust) = policy.trust {
            let statements = trust.statements.iter().map(|statement| (None, statement));
            document.write(&own.trust, statements, code);
        }
        match deployed.form {
            Form::Managed | Form::Boundary => self.managed(None, code),
            Form::Role { is_managed } => self.role(is_managed, code),
            Form::Organization(kind) => self.organization(kind, code),
            Form::Inline { .. } => self.inline(code),
            Form::Document => self.assign(&own.document, own.document.clone(), code),
        }
    }

    /// Writes a resource.
    ///
    /// - `properties`: the names in TypeScript, and the values
    fn resource(&self, variable: Option<&str>, class: &str, id: &str, properties: &[(&str, String)], code: &mut Code) {
        let language = self.module.language;
        let id = language.string(id);
        match language {
            Language::TypeScript => {
                let variable = variable.map_or_else(String::new, |name| format!("const {name} = "));
                code.block(&format!("{variable}new {class}(this, {id}, {{"), "});", |code| {
                    for (key, value) in properties {
                        code.line(&format!("{key}: {value},"));
                    }
                });
            }
            Language::Python => {
                let variable = variable.map_or_else(String::new, |name| format!("{name} = "));
                code.block(&format!("{variable}{class}("), ")", |code| {
                    code.line("self,");
                    code.line(&format!("{id},"));
                    for (key, value) in properties {
                        code.line(&format!("{}={value},", snake(key)));
                    }
                });
            }
        }
    }

    fn assign(&self, property: &str, value: String, code: &mut Code) {
        let language = self.module.language;
        code.line(&format!("{}.{property} = {value}{}", language.this(), language.end()));
    }

    /// The names of the properties that the names of a class's method have.
    fn reference(&self, class: &str, method: &str, id: &str, arn: &str, options: &str) -> String {
        let language = self.module.language;
        let id = language.string(&format!("{id}Reference"));
        let method = match language {
            Language::TypeScript => method.to_owned(),
            Language::Python => snake(method),
        };
        format!("{class}.{method}({}, {id}, {arn}{options})", language.this())
    }

    /// The properties for the name and the path of a role or managed policy.
    fn name_and_path(&self, key: &'static str) -> Vec<(&'static str, String)> {
        let Module { language, names, .. } = *self.module;
        let Some(template) = self.deployed.name else {
            return vec![(key, names.chosen(&self.own.name))];
        };
        let name = expression(template, language, &|parameter| names.value(parameter));
        if !self.deployed.may_have_path() {
            return vec![(key, name)];
        }
        let call = |function: &str| match language {
            Language::TypeScript => format!("{function}Of({name})"),
            Language::Python => format!("_{function}_of({name})"),
        };
        vec![("path", call("path")), (key, call("name"))]
    }

    /// - `role`: the variable of the role that the policy belongs to
    fn managed(&self, role: Option<&str>, code: &mut Code) {
        let own = self.own;
        let mut properties = if role.is_none() {
            self.name_and_path("managedPolicyName")
        } else {
            // The spec's name is that of the role.
            Vec::new()
        };
        if let Some(role) = role {
            properties.push(("roles", format!("[{role}.ref]")));
        }
        properties.push(("policyDocument", own.document.clone()));
        let variable = role.is_none().then_some(own.policy.as_str());
        self.resource(variable, "iam.CfnManagedPolicy", &own.policy_id, &properties, code);
        if role.is_none() {
            let arn = format!("{}.ref", own.policy);
            let method = "fromManagedPolicyArn";
            let reference = self.reference("iam.ManagedPolicy", method, &own.policy_id, &arn, "");
            self.assign(&own.policy, reference, code);
        }
    }

    fn role(&self, is_managed: bool, code: &mut Code) {
        let Self { module, deployed, own } = self;
        let language = module.language;
        let policy = deployed.policy;
        let has_statements = !policy.statements.is_empty();
        let mut properties = self.name_and_path("roleName");
        properties.push(("description", language.string(&role_description(&deployed.title()))));
        properties.push(("assumeRolePolicyDocument", own.trust.clone()));
        if let Some(boundary) = deployed.boundary.and_then(|index| module.names.policies.get(index)) {
            properties.push(("permissionsBoundary", format!("{}.ref", boundary.policy)));
        }
        if !policy.managed.is_empty() {
            let arns = policy.managed.iter().map(|path| {
                let rest = language.string(&format!(":iam::aws:policy/{path}"));
                format!("\"arn:\" + partition + {rest}")
            });
            properties.push(("managedPolicyArns", Language::list(arns)));
        }
        if !is_managed && has_statements {
            let name = language.string(policy.name);
            let document = &own.document;
            let inline = match language {
                Language::TypeScript => format!("[{{ policyName: {name}, policyDocument: {document} }}]"),
                Language::Python => {
                    format!("[iam.CfnRole.PolicyProperty(policy_name={name}, policy_document={document})]")
                }
            };
            properties.push(("policies", inline));
        }
        self.resource(Some(&own.role), "iam.CfnRole", &own.role_id, &properties, code);
        if is_managed && has_statements {
            self.managed(Some(&own.role), code);
        }
        let (arn, options) = match language {
            Language::TypeScript => ("attrArn", ", { mutable: false }"),
            Language::Python => ("attr_arn", ", mutable=False"),
        };
        let arn = format!("{}.{arn}", own.role);
        let reference = self.reference("iam.Role", "fromRoleArn", &own.role_id, &arn, options);
        self.assign(&own.role, reference, code);
    }

    fn organization(&self, kind: OrganizationPolicy, code: &mut Code) {
        let Self { module, own, .. } = self;
        let language = module.language;
        let name = match self.deployed.name {
            Some(template) => expression(template, language, &|parameter| module.names.value(parameter)),
            None => module.names.chosen(&own.name),
        };
        let properties = [
            ("name", name),
            ("type", language.string(kind.name())),
            ("content", own.document.clone()),
        ];
        self.resource(
            Some(&own.policy),
            "organizations.CfnPolicy",
            &own.policy_id,
            &properties,
            code,
        );
        self.assign(&own.policy, own.policy.clone(), code);
    }

    /// An inline policy only exists if someone gets it.
    fn inline(&self, code: &mut Code) {
        let Self { module, deployed, own } = self;
        let language = module.language;
        let possible = attachments(deployed.form, own);
        let possible = possible.into_iter().filter(|(is_possible, ..)| *is_possible);
        let whom: Vec<_> = possible
            .map(|(_, name, key)| (key, module.names.chosen(name)))
            .collect();
        let mut properties = vec![("policyName", language.string(deployed.policy.name))];
        properties.extend(whom.iter().cloned());
        properties.push(("policyDocument", own.document.clone()));
        let given: Vec<_> = whom.into_iter().map(|(_, chosen)| chosen).collect();
        let (first, last) = match language {
            Language::TypeScript => {
                let given: Vec<_> = given.iter().map(|chosen| format!("{chosen}?.length")).collect();
                (format!("if ({}) {{", given.join(" || ")), "}")
            }
            Language::Python => (format!("if {}:", given.join(" or ")), ""),
        };
        let resource = |code: &mut Code| {
            self.resource(None, "iam.CfnPolicy", &own.policy_id, &properties, code);
        };
        code.block(&first, last, resource);
    }
}

/// The name of a property or method of the CDK in Python.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}
