//! A policy as the data source `aws_iam_policy_document`, with the reasons as comments.

use std::collections::BTreeSet;

use iam_policy_core::{Condition, Partition, Policy, Statement, Trust};

use super::super::deployment::{Deployed, explanation, limit, lists, partitions_of};
use super::hcl::{Hcl, has_hidden_variable, list, string, template};
use super::names::{Names, PolicyNames};

/// Writes the data source of one policy.
pub(super) struct Document<'a> {
    policy: &'a Policy<'a>,
    names: &'a Names<'a>,
    own: &'a PolicyNames,
    /// What stands for `{` where the data source would read it as the start of a variable. It begins with a space, which no
    /// value of a parameter contains.
    brace: String,
    has_hidden_variables: bool,
    /// The parameters that have no value unless their variable or an environment has one.
    required: Vec<&'a str>,
}

impl<'a> Document<'a> {
    pub(super) fn new(
        deployed: &Deployed<'a>,
        own: &'a PolicyNames,
        names: &'a Names<'a>,
        has_environments: bool,
    ) -> Self {
        let templates = || deployed.templates();
        let mut brace = String::from(" {brace} ");
        while templates().any(|source| source.contains(&brace)) {
            brace = brace.replace("brace", "brace_");
        }
        Self {
            policy: deployed.policy,
            names,
            own,
            brace,
            has_hidden_variables: templates().any(has_hidden_variable),
            required: if has_environments {
                required(deployed)
            } else {
                Vec::new()
            },
        }
    }

    /// The expression for the JSON of a data source.
    ///
    /// - `label`: that of the data source
    pub(super) fn json(&self, label: &str) -> String {
        let json = format!("data.aws_iam_policy_document.{label}.json");
        if self.has_hidden_variables {
            format!("replace({json}, {}, \"{{\")", string(&self.brace))
        } else {
            json
        }
    }

    pub(super) fn write(&self, deployed: &Deployed<'a>, hcl: &mut Hcl) {
        hcl.blank();
        hcl.comment(&deployed.title());
        hcl.block(
            &format!("data \"aws_iam_policy_document\" \"{}\"", self.own.document),
            |hcl| {
                for (extension, statement) in deployed.statements() {
                    self.statement(extension, statement, hcl);
                }
                self.precondition(hcl);
            },
        );
    }

    pub(super) fn write_trust(&self, trust: &Trust<'a>, hcl: &mut Hcl) {
        hcl.blank();
        hcl.comment(&format!("Who may assume the role for `{}`", self.policy.name));
        let label = format!("data \"aws_iam_policy_document\" \"{}\"", self.own.trust);
        hcl.block(&label, |hcl| {
            for statement in trust.statements {
                self.statement(None, statement, hcl);
            }
        });
    }

    fn template(&self, source: &str) -> String {
        template(source, &|name| self.names.value(name), &self.brace)
    }

    fn statement(&self, extension: Option<&str>, statement: &Statement<'a>, hcl: &mut Hcl) {
        hcl.blank();
        for paragraph in explanation(statement.reason, statement.without) {
            hcl.comment(&paragraph);
        }
        let extension =
            extension.map(|extension| format!("contains(var.{}, {})", self.own.extensions, string(extension)));
        let conditions: Vec<_> = extension
            .into_iter()
            .chain(Self::limit(self.policy.partitions, statement.partitions))
            .collect();
        if conditions.is_empty() {
            hcl.block("statement", |hcl| self.arguments(statement, hcl));
            return;
        }
        hcl.block("dynamic \"statement\"", |hcl| {
            hcl.argument("for_each", format!("{} ? [true] : []", conditions.join(" && ")));
            hcl.blank();
            hcl.block("content", |hcl| self.arguments(statement, hcl));
        });
    }

    fn arguments(&self, statement: &Statement<'a>, hcl: &mut Hcl) {
        if !statement.sid.is_empty() {
            hcl.argument("sid", string(statement.sid));
        }
        hcl.argument("effect", string(statement.effect.name()));
        let (element, actions) = statement.action_element();
        let argument = if element == "Action" { "actions" } else { "not_actions" };
        let explained = actions.iter().map(|action| {
            let explanation = explanation(action.reason.unwrap_or_default(), action.without);
            (explanation, string(action.pattern))
        });
        explained_list(argument, &explained.collect::<Vec<_>>(), hcl);
        // The policy of a resource need not name it.
        if !statement.resource_element().1.is_empty() {
            self.resources(statement, hcl);
        }
        self.principals(statement, hcl);
        self.conditions(statement.conditions, hcl);
    }

    /// Resources. Some may be limited to partitions, or repeated for the elements of lists.
    fn resources(&self, statement: &Statement<'a>, hcl: &mut Hcl) {
        let (element, resources) = statement.resource_element();
        let argument = if element == "Resource" {
            "resources"
        } else {
            "not_resources"
        };
        let whole = partitions_of(self.policy, statement);
        let elements = resources.iter().map(|resource| Element {
            limit: Self::limit(whole, resource.partitions),
            explanation: explanation(resource.reason.unwrap_or_default(), resource.without),
            repeated: self.repeated(resource.arn.source),
            text: self.template(resource.arn.source),
        });
        segments(argument, &elements.collect::<Vec<_>>(), hcl);
    }

    /// The list of what a template is for each element of its lists; `None` if it has no lists.
    fn repeated(&self, source: &str) -> Option<String> {
        let lists = lists(source, self.policy.parameters);
        if lists.is_empty() {
            return None;
        }
        let variable = |number: usize| {
            if number == 0 {
                "each".to_owned()
            } else {
                format!("each_{}", number + 1)
            }
        };
        let value = |name: &str| match lists.iter().position(|list| list.name == name) {
            Some(number) => variable(number),
            None => self.names.value(name),
        };
        let mut expression = template(source, &value, &self.brace);
        for (number, list) in lists.iter().enumerate().rev() {
            expression = format!(
                "[for {} in {} : {expression}]",
                variable(number),
                self.names.value(list.name)
            );
        }
        Some(if lists.len() > 1 {
            format!("flatten({expression})")
        } else {
            expression
        })
    }

    fn principals(&self, statement: &Statement<'a>, hcl: &mut Hcl) {
        let (element, principals) = statement.principal_element();
        let block = if element == "Principal" {
            "principals"
        } else {
            "not_principals"
        };
        for group in principals.chunk_by(|a, b| a.key == b.key) {
            let Some(first) = group.first() else { continue };
            let is_everyone = first.is_everyone() && principals.len() == 1;
            hcl.blank();
            hcl.block(block, |hcl| {
                hcl.argument("type", string(if is_everyone { "*" } else { first.key.name() }));
                let elements = group.iter().map(|principal| self.element(principal.name.source));
                segments("identifiers", &elements.collect::<Vec<_>>(), hcl);
            });
        }
    }

    /// An element of a list without an explanation.
    fn element(&self, source: &str) -> Element {
        Element {
            limit: None,
            explanation: Vec::new(),
            repeated: self.repeated(source),
            text: self.template(source),
        }
    }

    fn conditions(&self, conditions: &[Condition<'a>], hcl: &mut Hcl) {
        for condition in conditions {
            hcl.blank();
            hcl.block("condition", |hcl| {
                hcl.argument("test", string(condition.operator));
                hcl.argument("variable", string(condition.key));
                let values = condition.values.iter().map(|value| self.element(value.source));
                segments("values", &values.collect::<Vec<_>>(), hcl);
            });
        }
    }

    /// The condition under which something that is limited to partitions exists; `None` if it always does.
    ///
    /// - `whole`: the partitions of that of which it is a part
    fn limit(whole: &[Partition], partitions: &[Partition]) -> Option<String> {
        Some(match limit(whole, partitions)? {
            [only] => format!("local.partition == {}", string(only.name())),
            several => is_one_of(several),
        })
    }

    /// The policy is only complete in its own partitions.
    fn precondition(&self, hcl: &mut Hcl) {
        let partitions = self.policy.partitions;
        let names: Vec<_> = partitions.iter().map(|partition| partition.name()).collect();
        hcl.blank();
        hcl.block("lifecycle", |hcl| {
            hcl.block("precondition", |hcl| {
                hcl.argument("condition", is_one_of(partitions));
                let message = format!(
                    "The policy `{}` is for the partition {}.",
                    self.policy.name,
                    names.join(" or ")
                );
                hcl.argument("error_message", string(&message));
            });
            for name in &self.required {
                hcl.blank();
                hcl.block("precondition", |hcl| {
                    let variable = self.names.parameters.get(name).map_or("", String::as_str);
                    hcl.argument("condition", format!("local.{variable} != null"));
                    let message = format!("Set the variable `{variable}`, or choose an environment.");
                    hcl.argument("error_message", string(&message));
                });
            }
        });
    }
}

/// The parameters without a default.
fn required<'a>(deployed: &Deployed<'a>) -> Vec<&'a str> {
    let used: BTreeSet<_> = deployed.parameters().collect();
    let parameters = deployed.policy.parameters.iter();
    let required = parameters.filter(|parameter| parameter.default.is_none() && used.contains(parameter.name));
    required.map(|parameter| parameter.name).collect()
}

/// An element of a list, which may be limited to partitions or repeated.
struct Element {
    limit: Option<String>,
    explanation: Vec<String>,
    /// The list of what it is repeated as.
    repeated: Option<String>,
    text: String,
}

/// A list, some parts of which are conditional.
fn segments(argument: &'static str, elements: &[Element], hcl: &mut Hcl) {
    let plain = |elements: &[Element]| -> Vec<_> {
        let elements = elements.iter();
        elements
            .map(|one| (one.explanation.clone(), one.text.clone()))
            .collect()
    };
    if elements.iter().all(|one| one.limit.is_none() && one.repeated.is_none()) {
        return explained_list(argument, &plain(elements), hcl);
    }
    hcl.nested(&format!("{argument} = concat("), ")", |hcl| {
        let is_one_segment =
            |a: &Element, b: &Element| a.limit == b.limit && a.repeated.is_none() && b.repeated.is_none();
        for segment in elements.chunk_by(is_one_segment) {
            match segment {
                [
                    Element {
                        limit,
                        explanation,
                        repeated: Some(repeated),
                        ..
                    },
                ] => {
                    for paragraph in explanation {
                        hcl.comment(paragraph);
                    }
                    hcl.line(&match limit {
                        Some(limit) => format!("{limit} ? {repeated} : [],"),
                        None => format!("{repeated},"),
                    });
                }
                [Element { limit: Some(limit), .. }, ..] => {
                    hcl.nested(&format!("{limit} ? ["), "] : [],", |hcl| lines(&plain(segment), hcl));
                }
                _ => hcl.nested("[", "],", |hcl| lines(&plain(segment), hcl)),
            }
        }
    });
}

fn is_one_of(partitions: &[Partition]) -> String {
    let names = list(partitions.iter().map(|partition| string(partition.name())));
    format!("contains({names}, local.partition)")
}

/// A list of expressions, each with its explanation.
fn explained_list(argument: &'static str, elements: &[(Vec<String>, String)], hcl: &mut Hcl) {
    if let [(explanation, only)] = elements
        && explanation.is_empty()
    {
        hcl.argument(argument, list([only.clone()]));
        return;
    }
    hcl.nested(&format!("{argument} = ["), "]", |hcl| lines(elements, hcl));
}

/// The elements of a list, each on its own line.
fn lines(elements: &[(Vec<String>, String)], hcl: &mut Hcl) {
    for (explanation, element) in elements {
        for paragraph in explanation {
            hcl.comment(paragraph);
        }
        hcl.line(&format!("{element},"));
    }
}
