use std::fmt::{Debug, Write};

use iam_policy_core::{
    Action, AttachmentKind, Condition, Effect, Environment, Extension, NamedPrincipal, Parameter, ParameterKind,
    ParameterValue, Partition, Policy, PolicyType, Resource, Statement, Template, Trust, Waiver,
};

/// Writes values of the constants' types as the calls that construct them. Default values are omitted.
pub(super) struct Writer<'f> {
    facade: &'f str,
    /// The path of the spec.
    path: &'f str,
    /// The lines of the statements that have not been written yet.
    lines: Vec<usize>,
    code: String,
}

impl<'f> Writer<'f> {
    pub(super) fn new(facade: &'f str, path: &'f str) -> Self {
        Self {
            facade,
            path,
            lines: Vec::new(),
            code: String::new(),
        }
    }

    /// Sets the lines of the next policy's statements, and of those of its extensions.
    pub(super) fn lines(&mut self, lines: impl DoubleEndedIterator<Item = usize>) {
        self.lines = lines.rev().collect();
    }

    pub(super) fn finish(self) -> String {
        self.code
    }

    pub(super) fn constant(&mut self, documentation: &str, name: &str, policy: &Policy<'_>, complete: bool) {
        // The author's prose may contain code blocks, which must not run as doctests.
        self.write(&["#[cfg_attr(not(doctest), doc = "]);
        self.string(&documentation);
        self.write(&[")]\n"]);
        self.write(&["pub const ", name, ": "]);
        self.path("Policy<'static> = ");
        self.policy(policy);
        self.write(&[if complete { ";\n" } else { "\n.incomplete();\n" }]);
    }

    /// The list of all constants.
    pub(super) fn all(&mut self, names: &[String]) {
        self.write(&["/// Every policy of the spec, in its order.\npub const ALL: &["]);
        self.path("Policy<'static>] = &[");
        self.write(&[&names.join(", "), "];\n"]);
    }

    fn policy(&mut self, policy: &Policy<'_>) {
        self.call("Policy::new", &[policy.name, policy.json]);
        self.text("with_source", self.path);
        self.text("with_title", policy.title);
        self.text("with_about", policy.about);
        if policy.policy_type != PolicyType::Identity {
            self.setter("with_policy_type");
            self.path("PolicyType::");
            self.debug(&policy.policy_type);
            self.write(&[")"]);
        }
        if let Some(resource) = policy.resource_type {
            self.setter("with_resource_type");
            self.write(&[SOME]);
            self.path("PolicyResource::");
            self.debug(&resource);
            self.write(&["))"]);
        }
        self.list("with_bounds", policy.bounds, Self::string);
        self.attach(policy.attach);
        // Always written: without this call, a policy has one partition.
        self.setter("with_partitions");
        self.slice(policy.partitions, Self::partition);
        self.write(&[")"]);
        self.list("with_parameters", policy.parameters, Self::parameter);
        self.list("with_environments", policy.environments, Self::environment);
        self.list("with_statements", policy.statements, Self::statement);
        self.list("with_extensions", policy.extensions, Self::extension);
        if let Some(trust) = &policy.trust {
            self.setter("with_trust");
            self.write(&[SOME]);
            self.trust(trust);
            self.write(&["))"]);
        }
    }

    fn parameter(&mut self, parameter: &Parameter<'_>) {
        if let Some(ParameterValue::Text(default)) = parameter.default {
            self.call("Parameter::new", &[parameter.name, default]);
        } else {
            self.call("Parameter::required", &[parameter.name]);
        }
        if parameter.kind != ParameterKind::Text {
            self.setter("with_kind");
            self.path("ParameterKind::");
            self.debug(&parameter.kind);
            self.write(&[")"]);
        }
        if let Some(default @ ParameterValue::List(_)) = &parameter.default {
            self.setter("with_default");
            self.write(&[SOME]);
            self.value(default);
            self.write(&["))"]);
        }
        self.text("with_about", parameter.about);
        for (setter, flag) in [("with_allow_slash", parameter.allow_slash), ("with_any", parameter.any)] {
            if flag {
                self.setter(setter);
                self.write(&["true)"]);
            }
        }
        for (setter, limit) in [
            ("with_max_length", parameter.max_length),
            ("with_max_items", parameter.max_items),
        ] {
            if let Some(limit) = limit {
                self.setter(setter);
                self.write(&[SOME]);
                self.debug(&limit);
                self.write(&["))"]);
            }
        }
    }

    fn environment(&mut self, environment: &Environment<'_>) {
        self.path("Environment::new(");
        self.string(&environment.name);
        self.write(&[", "]);
        self.slice(environment.values, |writer, (name, value)| {
            writer.write(&["("]);
            writer.string(name);
            writer.write(&[", "]);
            writer.value(value);
            writer.write(&[")"]);
        });
        self.write(&[")"]);
    }

    fn value(&mut self, value: &ParameterValue<'_>) {
        match value {
            ParameterValue::List(texts) => {
                self.path("ParameterValue::List(");
                self.slice(texts, Self::string);
                self.write(&[")"]);
            }
            ParameterValue::Text(text) => self.call("ParameterValue::Text", &[text]),
            _ => {}
        }
    }

    /// The module with a constant for each environment.
    pub(super) fn environments(&mut self, environments: &[(String, Environment<'_>)]) {
        self.write(&[
            "/// The environments of the spec, as options for rendering its policies.\npub mod environment {\n",
        ]);
        for (constant, environment) in environments {
            self.write(&["#[doc = "]);
            self.string(&format!("The environment `{}`.", environment.name).as_str());
            self.write(&["]\npub const ", constant, ": "]);
            self.path("Options<'static> = ");
            self.path("Options::DEFAULT.environment(");
            self.environment(environment);
            self.write(&[");\n"]);
        }
        self.write(&["}\n"]);
    }

    fn extension(&mut self, extension: &Extension<'_>) {
        self.call("Extension::new", &[extension.name]);
        self.text("with_title", extension.title);
        self.text("with_about", extension.about);
        self.attach(extension.attach);
        self.list("with_statements", extension.statements, Self::statement);
    }

    fn trust(&mut self, trust: &Trust<'_>) {
        self.path("Trust::new(");
        self.slice(trust.statements, Self::statement);
        self.write(&[", "]);
        self.string(&trust.json);
        self.write(&[")"]);
        self.text("with_about", trust.about);
    }

    fn attach(&mut self, attach: &[AttachmentKind]) {
        self.list("with_attach", attach, |writer, kind| {
            writer.path("AttachmentKind::");
            writer.debug(kind);
        });
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a callback for the elements of slices")]
    fn partition(&mut self, partition: &Partition) {
        self.path("Partition::");
        self.debug(partition);
    }

    fn statement(&mut self, statement: &Statement<'_>) {
        self.call("Statement::new", &[statement.id, statement.sid]);
        if statement.effect == Effect::Deny {
            self.setter("with_effect");
            self.path("Effect::Deny)");
        }
        self.list("with_principals", statement.principals, Self::principal);
        self.list("with_not_principals", statement.not_principals, Self::principal);
        self.list("with_actions", statement.actions, Self::action);
        self.list("with_not_actions", statement.not_actions, Self::action);
        self.list("with_resources", statement.resources, Self::resource);
        self.list("with_not_resources", statement.not_resources, Self::resource);
        self.list("with_conditions", statement.conditions, Self::condition);
        self.list("with_partitions", statement.partitions, Self::partition);
        self.text("with_reason", statement.reason);
        self.optional("with_without", statement.without);
        self.list("with_waivers", statement.waivers, Self::waiver);
        let line = self.lines.pop().unwrap_or_default();
        self.setter("with_hints");
        self.debug(&line);
        self.write(&[", "]);
        self.debug(&statement.index());
        self.write(&[")"]);
    }

    fn principal(&mut self, principal: &NamedPrincipal<'_>) {
        self.path("NamedPrincipal::new(");
        self.path("PrincipalKey::");
        self.debug(&principal.key);
        self.write(&[", "]);
        self.template(&principal.name);
        self.write(&[")"]);
    }

    fn action(&mut self, action: &Action<'_>) {
        self.call("Action::new", &[action.pattern]);
        self.text("with_access", action.access);
        self.text("with_reference", action.reference);
        self.optional("with_reason", action.reason);
        self.optional("with_without", action.without);
        self.list("with_waivers", action.waivers, Self::waiver);
    }

    fn resource(&mut self, resource: &Resource<'_>) {
        if resource.arn.source == resource.arn.text {
            self.call("Resource::literal", &[resource.arn.text]);
        } else {
            self.path("Resource::new(");
            self.template(&resource.arn);
            self.write(&[")"]);
        }
        self.list("with_partitions", resource.partitions, Self::partition);
        self.optional("with_reason", resource.reason);
        self.optional("with_without", resource.without);
        self.list("with_waivers", resource.waivers, Self::waiver);
    }

    fn condition(&mut self, condition: &Condition<'_>) {
        self.path("Condition::new(");
        self.string(&condition.operator);
        self.write(&[", "]);
        self.string(&condition.key);
        self.write(&[", "]);
        self.slice(condition.values, Self::template);
        self.write(&[")"]);
    }

    fn template(&mut self, template: &Template<'_>) {
        if template.source == template.text {
            self.call("Template::literal", &[template.text]);
        } else {
            self.call("Template::new", &[template.source, template.text]);
        }
        self.list("with_more", template.more, Self::string);
        self.optional("with_widest", template.widest);
    }

    fn waiver(&mut self, waiver: &Waiver<'_>) {
        self.call("Waiver::new", &[waiver.check, waiver.why]);
    }

    /// A call of one of the facade's functions.
    fn call(&mut self, function: &str, arguments: &[&str]) {
        self.path(function);
        self.write(&["("]);
        self.elements(arguments, Self::string);
        self.write(&[")"]);
    }

    /// `.setter("…")`, or nothing if the text is empty, which is the default.
    fn text(&mut self, setter: &str, text: &str) {
        if !text.is_empty() {
            self.setter(setter);
            self.string(&text);
            self.write(&[")"]);
        }
    }

    /// `.setter(Some("…"))`, or nothing for `None`.
    fn optional(&mut self, setter: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.setter(setter);
            self.write(&[SOME]);
            self.string(&text);
            self.write(&["))"]);
        }
    }

    /// `.setter(&[…])`, or nothing if the list is empty.
    fn list<T>(&mut self, setter: &str, elements: &[T], element: fn(&mut Self, &T)) {
        if !elements.is_empty() {
            self.setter(setter);
            self.slice(elements, element);
            self.write(&[")"]);
        }
    }

    fn slice<T>(&mut self, elements: &[T], element: fn(&mut Self, &T)) {
        self.write(&["&["]);
        self.elements(elements, element);
        self.write(&["]"]);
    }

    fn elements<T>(&mut self, elements: &[T], element: fn(&mut Self, &T)) {
        for (index, each) in elements.iter().enumerate() {
            if index > 0 {
                self.write(&[", "]);
            }
            element(self, each);
        }
    }

    /// The beginning of a call, on a line of its own.
    fn setter(&mut self, setter: &str) {
        self.write(&["\n.", setter, "("]);
    }

    fn path(&mut self, path: &str) {
        self.write(&[self.facade, "::", path]);
    }

    /// A string literal. Rust can read every escape that its debug output contains.
    fn string(&mut self, text: &&str) {
        self.debug(text);
    }

    fn debug(&mut self, value: &dyn Debug) {
        // Writing to a string does not fail.
        let _ = write!(self.code, "{value:?}");
    }

    fn write(&mut self, parts: &[&str]) {
        for part in parts {
            self.code.push_str(part);
        }
    }
}

const SOME: &str = "::core::option::Option::Some(";
