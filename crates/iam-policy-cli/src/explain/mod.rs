//! The command `explain`: what the statements of a policy amount to.

mod json;
mod markdown;

use clap::{ArgMatches, Command};
use iam_policy_account::Answered;
use iam_policy_catalog::{Action as Known, Catalog, ResourceType};
use iam_policy_check::may_match;
use iam_policy_commands::{Exit, Output, Problem};
use iam_policy_core::{Effect, Partition, wildcard};
use iam_policy_document::{Document, Element, Member, Value};
use iam_policy_spec::{Policy, Spec};

use crate::choice;
use crate::input::{Input, Parsed, file, path};

/// The command's name.
pub const NAME: &str = "explain";

const FORMAT: &str = "format";
const MARKDOWN: &str = "markdown";
const JSON: &str = "json";

/// Builds the command.
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

/// Explains the given policies.
///
/// - `matches`: the arguments of this command
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let input = match Input::read(path(matches)) {
        Ok(input) => input,
        Err(problem) => return output.report(&[problem]),
    };
    let answered = input.answered();
    if answered.len() > 1 {
        let subjects: Vec<_> = answered.iter().map(Subject::of_answered).collect();
        return write(matches, &input.name, &subjects, output);
    }
    let (name, parsed) = match input.parse() {
        Ok(parsed) => parsed,
        Err(message) => return output.refuse(message),
    };
    let subjects = match &parsed {
        Parsed::Document(document) => {
            if document.root().get("Statement").is_none() {
                let problem = Problem::new(format!("`{name}` is no policy: it has no `Statement`"));
                return output.report(&[problem.help(format!("`iam-policy check {name}` says more"))]);
            }
            vec![Subject::of_document(&name, document)]
        }
        Parsed::Spec(spec) => Subject::of_spec(spec),
    };
    write(matches, &name, &subjects, output)
}

fn write(matches: &ArgMatches, name: &str, subjects: &[Subject<'_>], output: &mut Output<'_>) -> Exit {
    let is_json = matches.get_one::<String>(FORMAT).is_some_and(|format| format == JSON);
    output.print(&if is_json {
        json::write(name, subjects)
    } else {
        markdown::write(subjects)
    })
}

/// A policy, or an extension of one.
struct Subject<'a> {
    /// A heading, unless its name is enough.
    title: Option<&'a str>,
    /// The policy in its spec.
    policy: Option<&'a str>,
    extension: Option<&'a str>,
    /// It is the policy's trust policy.
    is_trust: bool,
    /// The principal it belongs to, in output of the `aws` command line.
    whose: Option<&'a str>,
    statements: Vec<Statement<'a>>,
}

#[derive(Default)]
struct Statement<'a> {
    sid: &'a str,
    /// Its id in the spec.
    id: Option<&'a str>,
    effect: &'a str,
    partitions: Vec<&'static str>,
    reason: Option<&'a str>,
    without: Option<&'a str>,
    principals: Vec<Principal<'a>>,
    /// The principals are exclusions.
    not_principals: bool,
    actions: Vec<Pattern<'a>>,
    /// The actions are exclusions.
    not_actions: bool,
    resources: Vec<Resource<'a>>,
    /// The resources are exclusions.
    not_resources: bool,
    conditions: Vec<Condition<'a>>,
}

/// A principal named by a resource policy or a trust policy.
struct Principal<'a> {
    /// Its kind, such as `AWS`; `*` for everyone.
    kind: &'a str,
    id: &'a str,
}

/// An action as written.
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
            is_trust: false,
            whose: None,
            statements: document.statements().map(Statement::of_document).collect(),
        }
    }

    fn of_answered(answered: &'a Answered) -> Self {
        Self {
            whose: Some(&answered.whose),
            ..Self::of_document(&answered.whose, &answered.document)
        }
    }

    fn of_spec(spec: &'a Spec) -> Vec<Self> {
        spec.policies.iter().flat_map(Self::of_policy).collect()
    }

    fn of_policy(policy: &'a Policy) -> Vec<Self> {
        let name = policy.name.value.as_str();
        let title = |title: &'a Option<iam_policy_spec::Template>| title.as_ref().map(|title| title.text.as_str());
        let own = Self {
            title: Some(title(&policy.title).unwrap_or(name)),
            policy: Some(name),
            extension: None,
            is_trust: false,
            whose: None,
            statements: policy.statements.iter().map(Statement::of_spec).collect(),
        };
        let extensions = policy.extensions.iter().map(|extension| Self {
            title: title(&extension.title),
            policy: Some(name),
            extension: Some(&extension.name.value),
            is_trust: false,
            whose: None,
            statements: extension.statements.iter().map(Statement::of_spec).collect(),
        });
        let trust = policy.trust.iter().map(|trust| Self {
            title: None,
            policy: Some(name),
            extension: None,
            is_trust: true,
            whose: None,
            statements: vec![Statement::of_trust(trust)],
        });
        [own].into_iter().chain(extensions).chain(trust).collect()
    }
}

impl<'a> Statement<'a> {
    fn of_document(statement: iam_policy_document::Statement<'a>) -> Self {
        let text = |element| {
            let value = statement.element(element).and_then(|member| member.value.as_str());
            value.unwrap_or_default()
        };
        let either = |element, not_element| match (statement.element(element), statement.element(not_element)) {
            (None, Some(not)) => (texts(not), true),
            (member, _) => (member.map(texts).unwrap_or_default(), false),
        };
        let principals = [Element::Principal, Element::NotPrincipal];
        let [principals, not_principals] = principals.map(|element| statement.element(element));
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
            principals: principals.or(not_principals).map(Principal::all).unwrap_or_default(),
            not_principals: principals.is_none() && not_principals.is_some(),
            actions: actions.into_iter().map(Pattern::bare).collect(),
            not_actions,
            resources: resources.into_iter().map(Resource::bare).collect(),
            not_resources,
            conditions: conditions.collect(),
            ..Self::default()
        }
    }

    /// The contents of a trust policy, as in the document generated from it.
    fn of_trust(trust: &'a iam_policy_spec::Trust) -> Self {
        let services = trust.services.iter().map(|service| Principal {
            kind: "Service",
            id: &service.value,
        });
        Self {
            effect: Effect::Allow.name(),
            principals: services.collect(),
            actions: vec![Pattern::bare("sts:AssumeRole")],
            conditions: Condition::of_spec(&trust.conditions),
            ..Self::default()
        }
    }

    fn of_spec(statement: &'a iam_policy_spec::Statement) -> Self {
        let text = |template: &'a Option<iam_policy_spec::Template>| template.as_ref().map(|prose| prose.text.as_str());
        let names = |partitions: &[iam_policy_spec::Spanned<Partition>]| {
            partitions.iter().map(|partition| partition.value.name()).collect()
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
        Self {
            sid: &statement.sid.value,
            id: Some(&statement.id.value),
            effect: statement.effect.name(),
            partitions: names(&statement.partitions),
            reason: text(&statement.reason),
            without: text(&statement.without),
            principals: Vec::new(),
            not_principals: false,
            actions: actions.collect(),
            not_actions: !statement.not_actions.is_empty(),
            resources: resources.collect(),
            not_resources: !statement.not_resources.is_empty(),
            conditions: Condition::of_spec(&statement.conditions),
        }
    }

    /// The statement's resources that may have this type; all types of resources for `NotResource`.
    fn about(&self, resource_type: ResourceType) -> Vec<&'a str> {
        let resources = self.resources.iter().map(|resource| resource.arn);
        if self.not_resources {
            return vec!["*"];
        }
        resources.filter(|arn| may_match(resource_type, arn)).collect()
    }

    /// Whether the statement has no resource element: a trust policy applies to the role it belongs to.
    fn is_about_its_own(&self) -> bool {
        self.resources.is_empty() && !self.not_resources
    }

    /// Whether the statement allows an action without a resource.
    fn is_about_everything(&self) -> bool {
        self.not_resources || self.is_about_its_own() || self.resources.iter().any(|resource| resource.arn == "*")
    }
}

fn texts(member: Member<'_>) -> Vec<&str> {
    member.value.one_or_many().filter_map(Value::as_str).collect()
}

impl<'a> Condition<'a> {
    fn of_spec(conditions: &'a [iam_policy_spec::Condition]) -> Vec<Self> {
        let conditions = conditions.iter().map(|condition| Self {
            operator: &condition.operator.value,
            key: &condition.key.value,
            values: condition.values.iter().map(|value| value.text.as_str()).collect(),
        });
        conditions.collect()
    }
}

impl<'a> Principal<'a> {
    fn all(member: Member<'a>) -> Vec<Self> {
        if let Some(id) = member.value.as_str() {
            return vec![Self { kind: "*", id }];
        }
        let of = |member: Member<'a>| texts(member).into_iter().map(move |id| Self { kind: member.key, id });
        member.value.members().flat_map(of).collect()
    }
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

    /// The known actions that it matches.
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
