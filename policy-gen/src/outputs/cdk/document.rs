//! A policy as a literal, with the reasons as comments.

use iam_policy_core::template::{Piece, pieces};
use iam_policy_core::{Condition, Partition, Policy, Resource, Statement, VERSION};

use super::super::deployment::{explanation, limit, lists, partitions_of};
use super::code::Code;
use super::language::Language;
use super::names::{Names, PolicyNames};

/// Writes the documents of one policy.
pub(super) struct Document<'a> {
    pub(super) policy: &'a Policy<'a>,
    pub(super) names: &'a Names<'a>,
    pub(super) own: &'a PolicyNames,
}

impl<'a> Document<'a> {
    /// - `variable`: what the document is assigned to
    /// - `statements`: each with the name of its extension
    pub(super) fn write(
        &self,
        variable: &str,
        statements: impl Iterator<Item = (Option<&'a str>, &'a Statement<'a>)>,
        code: &mut Code,
    ) {
        let first = match code.language {
            Language::TypeScript => format!("const {variable} = {{"),
            Language::Python => format!("{variable} = {{"),
        };
        let last = format!("}}{}", code.language.end());
        code.block(&first, &last, |code| {
            let version = code.language.string(VERSION);
            code.line(&format!("\"Version\": {version},"));
            code.block("\"Statement\": [", "],", |code| {
                for (extension, statement) in statements {
                    self.statement(extension, statement, code);
                }
            });
        });
    }

    fn statement(&self, extension: Option<&str>, statement: &Statement<'a>, code: &mut Code) {
        for paragraph in explanation(statement.reason, statement.without) {
            code.comment(&paragraph);
        }
        let extension = extension.map(|extension| {
            let name = code.language.string(extension);
            let chosen = self.names.chosen(&self.own.extensions);
            match code.language {
                Language::TypeScript => format!("...when({chosen}?.includes({name}), ["),
                Language::Python => format!("*_when({name} in {chosen}, ["),
            }
        });
        let conditions: Vec<_> = extension
            .into_iter()
            .chain(Self::in_partitions(self.policy.partitions, statement.partitions, code))
            .collect();
        optional(&conditions, code, &|code| {
            code.block("{", "},", |code| self.elements(statement, code));
        });
    }

    /// The start of what only exists in some partitions.
    ///
    /// - `whole`: the partitions of that of which it is a part
    fn in_partitions(whole: &[Partition], partitions: &[Partition], code: &Code) -> Option<String> {
        let partitions = limit(whole, partitions)?;
        let names = partitions
            .iter()
            .map(|partition| code.language.string(partition.name()));
        let names = Language::list(names);
        Some(match code.language {
            Language::TypeScript => format!("...inPartitions(this, {names}, ["),
            Language::Python => format!("*_in_partitions(self, {names}, ["),
        })
    }

    fn elements(&self, statement: &Statement<'a>, code: &mut Code) {
        let language = code.language;
        if !statement.sid.is_empty() {
            code.line(&format!("\"Sid\": {},", language.string(statement.sid)));
        }
        code.line(&format!("\"Effect\": {},", language.string(statement.effect.name())));
        self.principals(statement, code);
        let (element, actions) = statement.action_element();
        code.block(&format!("\"{element}\": ["), "],", |code| {
            for action in actions {
                for paragraph in explanation(action.reason.unwrap_or_default(), action.without) {
                    code.comment(&paragraph);
                }
                code.line(&format!("{},", language.string(action.pattern)));
            }
        });
        let (element, resources) = statement.resource_element();
        // The policy of a resource need not name it.
        if !resources.is_empty() {
            code.block(&format!("\"{element}\": ["), "],", |code| {
                for resource in resources {
                    self.resource(resource, partitions_of(self.policy, statement), code);
                }
            });
        }
        self.conditions(statement.conditions, code);
    }

    fn principals(&self, statement: &Statement<'a>, code: &mut Code) {
        let (element, principals) = statement.principal_element();
        match principals {
            [] => {}
            [everyone] if everyone.is_everyone() => code.line(&format!(
                "\"{element}\": {},",
                code.language.string(everyone.name.source)
            )),
            _ => code.block(&format!("\"{element}\": {{"), "},", |code| {
                for group in principals.chunk_by(|a, b| a.key == b.key) {
                    let key = group.first().map_or("", |principal| principal.key.name());
                    code.block(&format!("\"{key}\": ["), "],", |code| {
                        for principal in group {
                            self.elements_of(principal.name.source, code);
                        }
                    });
                }
            }),
        }
    }

    /// - `whole`: the partitions of the statement
    fn resource(&self, resource: &Resource<'a>, whole: &[Partition], code: &mut Code) {
        for paragraph in explanation(resource.reason.unwrap_or_default(), resource.without) {
            code.comment(&paragraph);
        }
        let conditions: Vec<_> = Self::in_partitions(whole, resource.partitions, code)
            .into_iter()
            .collect();
        optional(&conditions, code, &|code| self.elements_of(resource.arn.source, code));
    }

    /// Conditions with the same operator are adjacent.
    fn conditions(&self, conditions: &[Condition<'a>], code: &mut Code) {
        if conditions.is_empty() {
            return;
        }
        code.block("\"Condition\": {", "},", |code| {
            for block in conditions.chunk_by(|a, b| a.operator == b.operator) {
                let operator = block.first().map_or("", |condition| condition.operator);
                code.block(&format!("\"{operator}\": {{"), "},", |code| {
                    for condition in block {
                        let key = code.language.string(condition.key);
                        code.block(&format!("{key}: ["), "],", |code| {
                            for value in condition.values {
                                self.elements_of(value.source, code);
                            }
                        });
                    }
                });
            }
        });
    }

    /// Writes what a template is as elements of a list: one, or one for each element of its lists.
    fn elements_of(&self, source: &str, code: &mut Code) {
        let lists = lists(source, self.policy.parameters);
        let one = |name: &str| {
            let is_list = lists.iter().any(|list| list.name == name);
            is_list.then(|| element(self.names, name))
        };
        let text = expression(source, code.language, &|name| {
            one(name).unwrap_or_else(|| self.names.value(name))
        });
        if lists.is_empty() {
            code.line(&format!("{text},"));
            return;
        }
        let repeated = match code.language {
            Language::TypeScript => {
                let mut lists = lists.iter().rev();
                let map = |inner: &str, list: &str, function: &str| {
                    format!(
                        "{}.{function}(({}) => {inner})",
                        self.names.value(list),
                        element(self.names, list)
                    )
                };
                let last = lists.next().map_or(text.clone(), |last| map(&text, last.name, "map"));
                lists.fold(last, |inner, list| map(&inner, list.name, "flatMap"))
            }
            Language::Python => {
                let each = lists.iter().map(|list| {
                    format!(
                        " for {} in {}",
                        element(self.names, list.name),
                        self.names.value(list.name)
                    )
                });
                format!("[{text}{}]", each.collect::<String>())
            }
        };
        code.line(&format!("{}{repeated},", code.language.spread()));
    }
}

/// The variable for an element of a list.
fn element(names: &Names<'_>, list: &str) -> String {
    let name = names.parameters.get(list).map_or(list, String::as_str);
    format!("{name}_")
}

/// A text with the values of parameters.
///
/// - `value`: the expression for the value of a parameter
pub(super) fn expression(source: &str, language: Language, value: &dyn Fn(&str) -> String) -> String {
    let mut parts = Vec::new();
    let mut text = String::new();
    for piece in pieces(source).flatten() {
        match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Parameter(name) => {
                if !text.is_empty() {
                    parts.push(language.string(&text));
                    text.clear();
                }
                parts.push(value(name));
            }
        }
    }
    if !text.is_empty() || parts.is_empty() {
        parts.push(language.string(&text));
    }
    parts.join(" + ")
}

/// Writes elements of a list that only exist if all conditions are true.
///
/// - `conditions`: each is the start of a call whose last argument is a list
fn optional(conditions: &[String], code: &mut Code, elements: &dyn Fn(&mut Code)) {
    match conditions {
        [] => elements(code),
        [first, rest @ ..] => code.block(first, "]),", |code| optional(rest, code, elements)),
    }
}
