//! The walk over the resources of a template.

use iam_policy_core::variable::Unknown;
use iam_policy_document::{Kind, Location, Member, Value};

use super::names::{generated, pattern};
use super::roles::Roles;
use super::{Lookup, Parameter, Resource, Stack, sam};
use crate::cloudformation::{Branch, Branches, Evaluator, Rounds, Scope, conditions_in, form, function};
use crate::node::{Node, NodeKind};

/// The resources of a template.
pub(super) fn stack(template: Value<'_>) -> Stack {
    let resources = template.get("Resources").map(|member| member.value);
    let scope = Scope::new(template, resources);
    let mut walk = Walk {
        scope: &scope,
        locals: Vec::new(),
        stack: Stack::default(),
    };
    for transform in template
        .get("Transform")
        .into_iter()
        .flat_map(|member| member.value.one_or_many())
    {
        let name = transform
            .as_str()
            .or_else(|| transform.get("Name").and_then(|name| name.value.as_str()));
        walk.stack.transforms.extend(name.map(str::to_owned));
    }
    walk.parameters(template);
    if let Some(resources) = resources {
        walk.resources(resources);
        walk.lookups(resources, "", 0);
    }
    walk.stack
}

/// A walk over a template.
pub(super) struct Walk<'s, 't> {
    pub(super) scope: &'s Scope<'t>,
    /// The names that loops define.
    locals: Vec<(String, Node)>,
    pub(super) stack: Stack,
}

/// How deeply values are searched.
const MAX_DEPTH: usize = 128;

impl<'t> Walk<'_, 't> {
    fn parameters(&mut self, template: Value<'t>) {
        let members = template
            .get("Parameters")
            .into_iter()
            .flat_map(|all| all.value.members());
        for parameter in members {
            let property = |key: &str| parameter.value.get(key).and_then(|member| member.value.as_text());
            let parameter_type = property("Type").unwrap_or_default();
            let default = property("Default").filter(|text| !text.is_empty());
            let is_stored = parameter_type.starts_with("AWS::SSM::Parameter::");
            let is_list = parameter_type == "CommaDelimitedList" || parameter_type.starts_with("List<");
            if let Some(name) = default.filter(|_| is_stored) {
                self.add_lookup("ssm:GetParameters", parameter_of_store(name), parameter.key);
            }
            self.stack.parameters.push(Parameter {
                name: parameter.key.to_owned(),
                default: default.filter(|_| !is_stored && !is_list).map(str::to_owned),
            });
        }
    }

    fn add_lookup(&mut self, action: &'static str, arn: String, place: &str) {
        let lookup = Lookup {
            action,
            arn,
            place: place.to_owned(),
        };
        if !self.stack.lookups.contains(&lookup) {
            self.stack.lookups.push(lookup);
        }
    }

    fn resources(&mut self, resources: Value<'t>) {
        for member in resources.members() {
            if member.key.starts_with("Fn::ForEach::") {
                self.for_each(member.value);
            } else {
                self.resource(member);
            }
        }
    }

    fn for_each(&mut self, value: Value<'t>) {
        let Ok(rounds) = Rounds::new(self.scope, &self.locals, value) else {
            return;
        };
        for item in rounds.items {
            self.locals.push((rounds.name.to_owned(), item));
            self.resources(rounds.body);
            self.locals.pop();
        }
    }

    fn resource(&mut self, member: Member<'t>) {
        let Some(resource_type) = member.value.get("Type").and_then(|found| found.value.as_str()) else {
            return;
        };
        let properties = member.value.get("Properties").map(|found| found.value);
        let nodes = properties.map(|properties| self.nodes(properties)).unwrap_or_default();
        let mut resource = Resource {
            id: self.substituted(member.key),
            resource_type: resource_type.to_owned(),
            location: Location {
                path: member.value.path(),
                span: member.key_span().or(member.value.span()),
            },
            properties: Vec::new(),
            arns: self.arns(resource_type, member),
            references: Vec::new(),
            roles: Vec::new(),
            service_token: None,
            passes_unknown_role: false,
        };
        if resource_type.starts_with("Custom::") || resource_type == "AWS::CloudFormation::CustomResource" {
            let tokens = nodes.iter().filter_map(|node| node.get("ServiceToken")?.as_text());
            let token = tokens.map(|token| self.pattern(token)).next();
            resource.service_token = Some(token.unwrap_or_default());
        }
        let mut ids = Vec::new();
        if let Some(properties) = properties {
            names_in(properties, &mut ids, 0);
        }
        for id in ids {
            if let Some((referred, value)) = self.scope.resource(&id) {
                let arns = self.arns_of(referred, &id, value);
                resource.references.extend(arns);
            }
        }
        let mut roles = Roles::default();
        for node in &nodes {
            self.texts(node, &mut resource.references, 0);
            if let NodeKind::Object(members) = &node.kind {
                for (key, value) in members {
                    if !resource.properties.contains(&key.text) {
                        resource.properties.push(key.text.clone());
                    }
                    roles.add(self, resource_type, &key.text, value);
                }
            }
        }
        resource.roles = roles.arns;
        resource.passes_unknown_role = roles.has_unknown;
        dedup(&mut resource.references);
        if resource_type.starts_with("AWS::Serverless::") {
            sam::expand(self, &resource, &nodes);
        } else {
            self.stack.resources.push(resource);
        }
    }

    /// The properties under each combination of conditions. Parameters may have other values than their defaults.
    fn nodes(&self, properties: Value<'_>) -> Vec<Node> {
        let mut names = Vec::new();
        conditions_in(properties, &mut names);
        let branches = Branches::new(self.scope, &names, &[]);
        let nodes = branches
            .all
            .iter()
            .filter_map(|branch| Evaluator::new(self.scope, branch, &self.locals, true).value(properties));
        nodes.collect()
    }

    /// A text with the names of loops replaced.
    fn substituted(&self, text: &str) -> String {
        let mut result = text.to_owned();
        for (name, value) in &self.locals {
            if let Some(value) = value.as_text() {
                result = result.replace(&format!("${{{name}}}"), value);
                result = result.replace(&format!("&{{{name}}}"), value);
            }
        }
        result
    }

    pub(super) fn pattern(&self, text: &str) -> String {
        pattern(text, self.scope)
    }

    fn arns(&self, resource_type: &str, member: Member<'t>) -> Vec<String> {
        self.arns_of(resource_type, member.key, member.value)
    }

    /// The ARNs of a resource, in all forms that IAM knows.
    pub(super) fn arns_of(&self, resource_type: &str, id: &str, value: Value<'_>) -> Vec<String> {
        let Some(form) = form(resource_type) else {
            return Vec::new();
        };
        let branch = Branch::default();
        let arn = Evaluator::new(self.scope, &branch, &self.locals, true).arn(id, value, form);
        let arn = self.pattern(&arn);
        // Some actions on log groups need the ARN with `:*`, others the one without.
        match arn
            .strip_suffix(":*")
            .filter(|_| resource_type == "AWS::Logs::LogGroup")
        {
            Some(group) if group.ends_with('*') => vec![group.to_owned()],
            Some(group) => vec![group.to_owned(), arn.clone()],
            None => vec![arn],
        }
    }

    /// The ARN of the role of the template that a text names or that has this ARN.
    pub(super) fn arn_of_role(&self, text: &str) -> Option<String> {
        let branch = Branch::default();
        let evaluator = Evaluator::new(self.scope, &branch, &self.locals, true);
        let role = form("AWS::IAM::Role")?;
        let mut roles = self
            .scope
            .resources()
            .filter(|(_, (kind, _))| *kind == "AWS::IAM::Role");
        roles.find_map(|(id, (_, value))| {
            let (name, arn) = (evaluator.name_of(id, value, role), evaluator.arn(id, value, role));
            (text == name || text == arn).then(|| self.pattern(&arn))
        })
    }

    /// The roles of an instance profile, by its logical ID or its name.
    pub(super) fn roles_of_profile(&self, name: &str) -> Option<Vec<String>> {
        let kind = "AWS::IAM::InstanceProfile";
        let branch = Branch::default();
        let evaluator = Evaluator::new(self.scope, &branch, &self.locals, true);
        let form = form(kind)?;
        let mut profiles = self.scope.resources().filter(|(_, (own, _))| *own == kind);
        let (_, (_, profile)) = profiles.find(|(id, (_, value))| {
            *id == name || evaluator.name_of(id, *value, form) == name || evaluator.arn(id, *value, form) == name
        })?;
        let roles = evaluator.value(profile.get("Properties")?.value.get("Roles")?.value)?;
        match roles.kind {
            NodeKind::List(items) => Some(
                items
                    .iter()
                    .filter_map(|item| item.as_text().map(str::to_owned))
                    .collect(),
            ),
            _ => None,
        }
    }

    /// The ARNs in the texts of a value, and those of the objects in S3 that it names.
    fn texts(&self, node: &Node, arns: &mut Vec<String>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match &node.kind {
            NodeKind::Text(text) if text.starts_with("arn:") => arns.push(self.pattern(text)),
            NodeKind::Text(text) => {
                if let Some(object) = text.strip_prefix("s3://") {
                    arns.push(object_of(&self.pattern(object)));
                }
            }
            NodeKind::List(items) => items.iter().for_each(|item| self.texts(item, arns, depth + 1)),
            NodeKind::Object(members) => {
                // What a policy names is not what the resource uses.
                if node.get("Statement").is_some() {
                    return;
                }
                let text = |key: &str| node.get(key).and_then(Node::as_text);
                for (bucket, key) in [
                    ("S3Bucket", "S3Key"),
                    ("Bucket", "Key"),
                    ("S3BucketName", "S3ObjectKey"),
                ] {
                    if let (Some(bucket), Some(key)) = (text(bucket), text(key)) {
                        arns.push(object_of(&self.pattern(&format!("{bucket}/{key}"))));
                    }
                }
                for (_, value) in members {
                    self.texts(value, arns, depth + 1);
                }
            }
            NodeKind::Null | NodeKind::Bool(_) => {}
        }
    }

    /// Adds the dynamic references in a value.
    ///
    /// Source: AWS CloudFormation User Guide, "Get values stored in other services using dynamic references".
    fn lookups(&mut self, value: Value<'_>, place: &str, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        if let Kind::String(text) = value.kind() {
            let mut rest = text;
            while let Some((_, after)) = rest.split_once("{{resolve:") {
                let (inside, after) = after.split_once("}}").unwrap_or((after, ""));
                rest = after;
                let branch = Branch::default();
                let evaluator = Evaluator::new(self.scope, &branch, &self.locals, true);
                let inside = self.pattern(&evaluator.substituted(inside, None));
                if let Some(name) = inside
                    .strip_prefix("ssm:")
                    .or_else(|| inside.strip_prefix("ssm-secure:"))
                {
                    let name = name.split(':').next().unwrap_or_default();
                    self.add_lookup("ssm:GetParameters", parameter_of_store(name), place);
                } else if let Some(secret) = inside.strip_prefix("secretsmanager:") {
                    self.add_lookup("secretsmanager:GetSecretValue", secret_of(secret), place);
                }
            }
        }
        for item in value.items() {
            self.lookups(item, place, depth + 1);
        }
        for member in value.members() {
            let place = if depth == 0 { member.key } else { place };
            self.lookups(member.value, place, depth + 1);
        }
    }

    pub(super) fn generated(resource_type: &str) -> String {
        generated(resource_type)
    }
}

fn dedup(texts: &mut Vec<String>) {
    let mut seen = std::collections::HashSet::new();
    texts.retain(|text| seen.insert(text.clone()));
}

/// The ARN of an object: of all versions and of what is next to it if its name is not known.
fn object_of(name: &str) -> String {
    format!("arn:{}:s3:::{name}", Unknown::word("AWS::Partition"))
}

/// The ARN of a parameter of Parameter Store, which may be a public one without an account.
fn parameter_of_store(name: &str) -> String {
    let (partition, region) = (Unknown::word("AWS::Partition"), Unknown::word("AWS::Region"));
    let name = name.strip_prefix('/').unwrap_or(name);
    if name.starts_with("arn:") {
        return name.to_owned();
    }
    format!("arn:{partition}:ssm:{region}:*:parameter/{name}")
}

/// The ARN of a secret, whose name is followed by a suffix.
fn secret_of(reference: &str) -> String {
    if reference.starts_with("arn:") {
        return reference.split(':').take(7).collect::<Vec<_>>().join(":");
    }
    let name = reference.split(':').next().unwrap_or_default();
    format!(
        "arn:{}:secretsmanager:{}:{}:secret:{name}-*",
        Unknown::word("AWS::Partition"),
        Unknown::word("AWS::Region"),
        Unknown::word("AWS::AccountId")
    )
}

/// The names that functions in a value refer to, except in policies.
fn names_in(value: Value<'_>, names: &mut Vec<String>, depth: usize) {
    if depth > MAX_DEPTH || value.get("Statement").is_some() {
        return;
    }
    let add = |names: &mut Vec<String>, name: &str| {
        let name = name.split('.').next().unwrap_or_default();
        if !name.is_empty() && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    };
    if let Some(member) = function(value) {
        let first = member.value.one_or_many().next().and_then(Value::as_str);
        match (member.key, first) {
            ("Ref" | "Fn::GetAtt", Some(name)) => add(names, name),
            ("Fn::Sub", Some(text)) => {
                let mut rest = text;
                while let Some((_, after)) = rest.split_once("${") {
                    let (inside, after) = after.split_once('}').unwrap_or((after, ""));
                    add(names, inside.trim());
                    rest = after;
                }
            }
            _ => {}
        }
    }
    for item in value.items() {
        names_in(item, names, depth + 1);
    }
    for member in value.members() {
        names_in(member.value, names, depth + 1);
    }
}
