//! A policy as a value in the template, with the reasons as comments.

use std::collections::BTreeMap;

use iam_policy_core::template::{Piece, pieces};
use iam_policy_core::{Condition, Environment, Parameter, Partition, Policy, Resource, Statement, Trust, VERSION};

use super::super::deployment::values::{texts, value_in};
use super::super::deployment::{Deployed, explanation, lists, partitions_of};
use super::names::{Names, PolicyNames, has, is_true};
use super::yaml::{Yaml, scalar, template};

/// Writes the documents of one policy.
pub(super) struct Document<'a> {
    pub(super) policy: &'a Policy<'a>,
    pub(super) names: &'a Names<'a>,
    pub(super) own: &'a PolicyNames<'a>,
}

impl<'a> Document<'a> {
    /// - `key`: the property whose value it is
    pub(super) fn write(&self, deployed: &Deployed<'a>, key: &str, yaml: &mut Yaml) {
        yaml.nested(key, |yaml| {
            yaml.entry("Version", &scalar(VERSION));
            yaml.nested("Statement", |yaml| {
                for (extension, statement) in deployed.statements() {
                    self.statement(extension, statement, yaml);
                }
            });
        });
    }

    pub(super) fn write_trust(&self, trust: &Trust<'a>, key: &str, yaml: &mut Yaml) {
        yaml.nested(key, |yaml| {
            yaml.entry("Version", &scalar(VERSION));
            yaml.nested("Statement", |yaml| {
                for statement in trust.statements {
                    self.statement(None, statement, yaml);
                }
            });
        });
    }

    fn template(&self, source: &str) -> String {
        template(source, &|name| self.names.references(name), None)
    }

    /// Writes what a template is as elements of a sequence: one, or one for each element of its lists.
    ///
    /// - `conditions`: the conditions under which it exists
    fn sequence(&self, source: &str, conditions: &[String], yaml: &mut Yaml) {
        for (text, environments) in self.expanded(source) {
            let text = self.template(&text);
            let conditions: Vec<_> = conditions.iter().cloned().chain(environments).collect();
            optional(&conditions, yaml, &|yaml| yaml.line(&format!("- {text}")));
        }
    }

    /// The templates without lists that a template stands for, each with the condition that it is one in the environment.
    fn expanded(&self, source: &str) -> Vec<(String, Option<String>)> {
        let mut lists = lists(source, self.policy.parameters);
        lists.retain(|list| !self.names.parameters.contains_key(list.name));
        if lists.is_empty() {
            return vec![(source.to_owned(), None)];
        }
        let Some(environments) = &self.names.environments else {
            let texts = with_elements(source, &lists, None);
            return texts.into_iter().map(|text| (text, None)).collect();
        };
        let mut found: Vec<(String, Vec<&str>)> = Vec::new();
        let mut numbers = BTreeMap::new();
        for (value, environment) in &environments.states {
            for text in with_elements(source, &lists, *environment) {
                let number = *numbers.entry(text.clone()).or_insert(found.len());
                match found.get_mut(number) {
                    Some((_, values)) => values.push(value),
                    None => found.push((text, vec![value])),
                }
            }
        }
        let is_everywhere = |values: &[&str]| values.len() == environments.states.len();
        let condition = |values: &[&str]| {
            let is_limited = !is_everywhere(values);
            is_limited.then(|| self.names.is_environment(values)).flatten()
        };
        found
            .into_iter()
            .map(|(text, values)| (text, condition(&values)))
            .collect()
    }

    fn statement(&self, extension: Option<&str>, statement: &Statement<'a>, yaml: &mut Yaml) {
        for paragraph in explanation(statement.reason, statement.without) {
            yaml.comment(&paragraph);
        }
        let extension = extension.and_then(|extension| self.own.extensions.get(extension));
        let conditions = extension
            .map(|parameter| self.names.condition(has(parameter), || is_true(parameter)))
            .into_iter();
        let conditions: Vec<_> = conditions
            .chain(self.names.is_in(self.policy.partitions, statement.partitions))
            .collect();
        optional(&conditions, yaml, &|yaml| {
            yaml.element(|yaml| self.elements(statement, yaml));
        });
    }

    fn elements(&self, statement: &Statement<'a>, yaml: &mut Yaml) {
        if !statement.sid.is_empty() {
            yaml.entry("Sid", &scalar(statement.sid));
        }
        yaml.entry("Effect", statement.effect.name());
        self.principals(statement, yaml);
        let (element, actions) = statement.action_element();
        yaml.nested(element, |yaml| {
            for action in actions {
                for paragraph in explanation(action.reason.unwrap_or_default(), action.without) {
                    yaml.comment(&paragraph);
                }
                yaml.line(&format!("- {}", scalar(action.pattern)));
            }
        });
        let (element, resources) = statement.resource_element();
        // The policy of a resource need not name it.
        if !resources.is_empty() {
            yaml.nested(element, |yaml| {
                for resource in resources {
                    self.resource(resource, partitions_of(self.policy, statement), yaml);
                }
            });
        }
        self.conditions(statement.conditions, yaml);
    }

    fn principals(&self, statement: &Statement<'a>, yaml: &mut Yaml) {
        let (element, principals) = statement.principal_element();
        match principals {
            [] => {}
            [everyone] if everyone.is_everyone() => yaml.entry(element, &scalar(everyone.name.source)),
            _ => yaml.nested(element, |yaml| {
                for group in principals.chunk_by(|a, b| a.key == b.key) {
                    let key = group.first().map_or("", |principal| principal.key.name());
                    yaml.nested(key, |yaml| {
                        for principal in group {
                            self.sequence(principal.name.source, &[], yaml);
                        }
                    });
                }
            }),
        }
    }

    /// - `whole`: the partitions of the statement
    fn resource(&self, resource: &Resource<'a>, whole: &[Partition], yaml: &mut Yaml) {
        for paragraph in explanation(resource.reason.unwrap_or_default(), resource.without) {
            yaml.comment(&paragraph);
        }
        let conditions: Vec<_> = self.names.is_in(whole, resource.partitions).into_iter().collect();
        self.sequence(resource.arn.source, &conditions, yaml);
    }

    /// Conditions with the same operator are adjacent.
    fn conditions(&self, conditions: &[Condition<'a>], yaml: &mut Yaml) {
        if conditions.is_empty() {
            return;
        }
        yaml.nested("Condition", |yaml| {
            for block in conditions.chunk_by(|a, b| a.operator == b.operator) {
                let operator = block.first().map_or("", |condition| condition.operator);
                yaml.nested(operator, |yaml| {
                    for condition in block {
                        yaml.nested(condition.key, |yaml| {
                            for value in condition.values {
                                self.sequence(value.source, &[], yaml);
                            }
                        });
                    }
                });
            }
        });
    }
}

/// A template with each combination of the elements of its lists.
fn with_elements<'a>(source: &str, lists: &[&Parameter<'a>], environment: Option<&Environment<'a>>) -> Vec<String> {
    let mut found = vec![source.to_owned()];
    for list in lists {
        let elements: Vec<_> = value_in(list, environment).into_iter().flat_map(texts).collect();
        let replaced = found.iter().flat_map(|text| {
            let with = |element: &&str| replace_placeholder(text, list.name, element);
            elements.iter().map(with).collect::<Vec<_>>()
        });
        found = replaced.collect();
    }
    found
}

/// A template with text in place of a parameter. The text is the value of a parameter, which cannot contain braces.
fn replace_placeholder(source: &str, name: &str, text: &str) -> String {
    let mut out = String::new();
    for piece in pieces(source).flatten() {
        match piece {
            Piece::Parameter(parameter) if parameter == name => out.push_str(text),
            Piece::Parameter(parameter) => out.extend(["{", parameter, "}"]),
            Piece::Text(brace @ ("{" | "}")) => out.extend([brace, brace]),
            Piece::Text(text) => out.push_str(text),
        }
    }
    out
}

/// Writes an element of a sequence that only exists if all conditions are true.
fn optional(conditions: &[String], yaml: &mut Yaml, element: &dyn Fn(&mut Yaml)) {
    match conditions {
        [] => element(yaml),
        [first, rest @ ..] => yaml.tagged("- !If", |yaml| {
            yaml.line(&format!("- {first}"));
            optional(rest, yaml, element);
            yaml.line("- !Ref AWS::NoValue");
        }),
    }
}
