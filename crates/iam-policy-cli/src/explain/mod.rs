//! The command `explain`: what the statements of a policy come to.

mod json;
mod markdown;

use clap::{ArgMatches, Command};
use policy_catalog::{Action as Known, Catalog, ResourceType};
use policy_check::may_match;
use policy_cli::{Exit, Output};
use policy_core::wildcard;
use policy_document::{Document, Element, Member, Value};
use policy_spec::{Policy, Spec};

use crate::choice;
use crate::input::{Input, Parsed, file, path};

/// The command's name.
pub const NAME: &str = "explain";

const FORMAT: &str = "format";
const MARKDOWN: &str = "markdown";
const JSON: &str = "json";

/// The command, to be added to a program's others.
#[must_use]
pub fn command() -> Command {
    Command::new(NAME)
        .about("Expand the wildcards of a policy, and say what each action does and to which resources")
        .arg(file())
        .arg(choice(
            FORMAT,
            "FORMAT",
            [MARKDOWN, JSON].into_iter(),
            "How to write it [default: markdown]",
        ))
}

/// Explains what the arguments name.
///
/// - `matches`: the arguments of this command
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let read = Input::read(path(matches)).map_err(|problem| problem.to_string());
    let (name, parsed) = match read.and_then(Input::parse) {
        Ok(parsed) => parsed,
        Err(message) => return output.refuse(message),
    };
    let subjects = match &parsed {
        Parsed::Document(document) => vec![Subject::of_document(&name, document)],
        Parsed::Spec(spec) => Subject::of_spec(spec),
    };
    let is_json = matches.get_one::<String>(FORMAT).is_some_and(|format| format == JSON);
    output.print(&if is_json {
        json::write(&name, &subjects)
    } else {
        markdown::write(&subjects)
    })
}

/// A policy, or an extension of one.
struct Subject<'a> {
    /// A heading, unless it has no other than its name.
    title: Option<&'a str>,
    /// The policy in its spec.
    policy: Option<&'a str>,
    extension: Option<&'a str>,
    statements: Vec<Statement<'a>>,
}

#[derive(Default)]
struct Statement<'a> {
    sid: &'a str,
    /// Its name in the spec.
    id: Option<&'a str>,
    effect: &'a str,
    partitions: Vec<&'static str>,
    reason: Option<&'a str>,
    without: Option<&'a str>,
    actions: Vec<Pattern<'a>>,
    /// It is about all actions but those.
    not_actions: bool,
    resources: Vec<Resource<'a>>,
    /// It is about all resources but those.
    not_resources: bool,
    conditions: Vec<Condition<'a>>,
}

/// An action as it is written.
struct Pattern<'a> {
    text: &'a str,
    reason: Option<&'a str>,
    without: Option<&'a str>,
}

struct Resource<'a> {
    arn: &'a str,
    partitions: Vec<&'static str>,
    reason: Option<&'a str>,
    without: Option<&'a str>,
}

struct Condition<'a> {
    operator: &'a str,
    key: &'a str,
    values: Vec<&'a str>,
}

impl<'a> Subject<'a> {
    fn of_document(name: &'a str, document: &'a Document) -> Self {
        Self {
            title: Some(name),
            policy: None,
            extension: None,
            statements: document.statements().map(Statement::of_document).collect(),
        }
    }

    fn of_spec(spec: &'a Spec) -> Vec<Self> {
        spec.policies.iter().flat_map(Self::of_policy).collect()
    }

    fn of_policy(policy: &'a Policy) -> Vec<Self> {
        let name = policy.name.value.as_str();
        let title = |title: &'a Option<policy_spec::Template>| title.as_ref().map(|title| title.text.as_str());
        let own = Self {
            title: Some(title(&policy.title).unwrap_or(name)),
            policy: Some(name),
            extension: None,
            statements: policy.statements.iter().map(Statement::of_spec).collect(),
        };
        let extensions = policy.extensions.iter().map(|extension| Self {
            title: title(&extension.title),
            policy: Some(name),
            extension: Some(&extension.name.value),
            statements: extension.statements.iter().map(Statement::of_spec).collect(),
        });
        [own].into_iter().chain(extensions).collect()
    }
}

impl<'a> Statement<'a> {
    fn of_document(statement: policy_document::Statement<'a>) -> Self {
        let text = |element| {
            let value = statement.element(element).and_then(|member| member.value.as_str());
            value.unwrap_or_default()
        };
        let either = |element, not_element| match (statement.element(element), statement.element(not_element)) {
            (None, Some(not)) => (texts(not), true),
            (member, _) => (member.map(texts).unwrap_or_default(), false),
        };
        let (actions, not_actions) = either(Element::Action, Element::NotAction);
        let (resources, not_resources) = either(Element::Resource, Element::NotResource);
        let conditions = statement.conditions().map(|condition| Condition {
            operator: condition.operator.key,
            key: condition.key.key,
            values: condition.values().filter_map(Value::as_text).collect(),
        });
        Self {
            sid: text(Element::Sid),
            effect: text(Element::Effect),
            actions: actions.into_iter().map(Pattern::bare).collect(),
            not_actions,
            resources: resources.into_iter().map(Resource::bare).collect(),
            not_resources,
            conditions: conditions.collect(),
            ..Self::default()
        }
    }

    fn of_spec(statement: &'a policy_spec::Statement) -> Self {
        let text = |template: &'a Option<policy_spec::Template>| template.as_ref().map(|prose| prose.text.as_str());
        let names = |partitions: &[policy_spec::Spanned<&'static str>]| {
            partitions.iter().map(|partition| partition.value).collect()
        };
        let actions = statement.action_key().1.iter().map(|action| Pattern {
            text: &action.pattern.value,
            reason: text(&action.reason),
            without: text(&action.without),
        });
        let resources = statement.resource_key().1.iter().map(|resource| Resource {
            arn: &resource.arn.text,
            partitions: names(&resource.partitions),
            reason: text(&resource.reason),
            without: text(&resource.without),
        });
        let conditions = statement.conditions.iter().map(|condition| Condition {
            operator: &condition.operator.value,
            key: &condition.key.value,
            values: condition.values.iter().map(|value| value.text.as_str()).collect(),
        });
        Self {
            sid: &statement.sid.value,
            id: Some(&statement.id.value),
            effect: statement.effect.name(),
            partitions: names(&statement.partitions),
            reason: text(&statement.reason),
            without: text(&statement.without),
            actions: actions.collect(),
            not_actions: !statement.not_actions.is_empty(),
            resources: resources.collect(),
            not_resources: !statement.not_resources.is_empty(),
            conditions: conditions.collect(),
        }
    }

    /// Those of the statement's resources that may be of this type; all that there are, if the statement says which are
    /// not meant.
    fn about(&self, resource_type: ResourceType) -> Vec<&'a str> {
        let resources = self.resources.iter().map(|resource| resource.arn);
        if self.not_resources {
            return vec!["*"];
        }
        resources.filter(|arn| may_match(resource_type, arn)).collect()
    }

    /// Whether an action that is about no resource is meant.
    fn is_about_everything(&self) -> bool {
        self.not_resources || self.resources.iter().any(|resource| resource.arn == "*")
    }
}

fn texts(member: Member<'_>) -> Vec<&str> {
    member.value.one_or_many().filter_map(Value::as_str).collect()
}

impl<'a> Pattern<'a> {
    fn bare(text: &'a str) -> Self {
        Self {
            text,
            reason: None,
            without: None,
        }
    }

    fn is_wildcard(&self) -> bool {
        wildcard::is_pattern(self.text)
    }

    /// The actions that it stands for, as far as they are known.
    fn actions(&self) -> impl Iterator<Item = Known> + use<'a> {
        Catalog::get().expand(self.text)
    }
}

impl<'a> Resource<'a> {
    fn bare(arn: &'a str) -> Self {
        Self {
            arn,
            partitions: Vec::new(),
            reason: None,
            without: None,
        }
    }
}
