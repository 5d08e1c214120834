//! The command `explain`: why each permission is needed.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use iam_policy_core::{Action, Condition, Explanation, Extension, Partition, Policy, Resource, Row};
use iam_policy_document::Diagnostic;
use serde::Serialize;

use crate::{Exit, Form, Output};

/// The command's name.
pub(super) const NAME: &str = "explain";

const POLICY: &str = "policy";
const FORMAT: &str = "format";
const JSON: &str = "json";

pub(super) fn command(policies: &'static [Policy<'static>]) -> Command {
    Command::new(NAME)
        .about("Explain why each permission is needed")
        .arg(
            Arg::new(POLICY)
                .value_name("POLICY")
                .help("Only this policy")
                .value_parser(PossibleValuesParser::new(policies.iter().map(|policy| policy.name))),
        )
        .arg(
            Arg::new(FORMAT)
                .long(FORMAT)
                .value_name("FORMAT")
                .help(Form::HELP)
                .hide_default_value(true)
                .default_value(Form::HUMAN)
                .value_parser([Form::HUMAN, Form::MARKDOWN, JSON]),
        )
}

/// Prints the explanation of one policy or of all.
pub(super) fn run(policies: &'static [Policy<'static>], matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let text = |name| matches.get_one::<String>(name).map(String::as_str);
    let wanted = text(POLICY);
    let policies = policies
        .iter()
        .filter(|policy| wanted.is_none_or(|name| policy.name == name));
    if text(FORMAT) == Some(JSON) {
        let explained: Vec<_> = policies.map(Explained::new).collect();
        return match serde_json::to_string_pretty(&explained) {
            Ok(json) => output.json(&(json + "\n")),
            Err(error) => output.report(&[Diagnostic::error(error.to_string())]),
        };
    }
    let sections: Vec<_> = policies.map(|policy| policy.documentation().to_string()).collect();
    output.document(&sections.join("\n"), Form::from_option(text(FORMAT)))
}

#[derive(Serialize)]
struct Explained<'a> {
    name: &'a str,
    title: &'a str,
    about: &'a str,
    rows: Vec<ExplainedRow<'a>>,
    extensions: Vec<ExplainedExtension<'a>>,
}

#[derive(Serialize)]
struct ExplainedExtension<'a> {
    name: &'a str,
    title: &'a str,
    about: &'a str,
    rows: Vec<ExplainedRow<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExplainedRow<'a> {
    sid: &'a str,
    id: &'a str,
    effect: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    partitions: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_actions: Vec<&'a str>,
    access: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resources: Vec<ExplainedResource<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_resources: Vec<ExplainedResource<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conditions: Vec<ExplainedCondition<'a>>,
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    without: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    waivers: Vec<ExplainedWaiver<'a>>,
}

#[derive(Serialize)]
struct ExplainedResource<'a> {
    arn: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    partitions: Vec<&'static str>,
}

#[derive(Serialize)]
struct ExplainedCondition<'a> {
    operator: &'a str,
    key: &'a str,
    values: Vec<&'a str>,
}

#[derive(Serialize)]
struct ExplainedWaiver<'a> {
    check: &'a str,
    why: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<&'a str>,
}

impl<'a> Explained<'a> {
    fn new(policy: &'a Policy<'a>) -> Self {
        Self {
            name: policy.name,
            title: policy.title,
            about: policy.about,
            rows: rows(policy.explanation()),
            extensions: policy.extensions.iter().map(ExplainedExtension::new).collect(),
        }
    }
}

impl<'a> ExplainedExtension<'a> {
    fn new(extension: &'a Extension<'a>) -> Self {
        Self {
            name: extension.name,
            title: extension.title,
            about: extension.about,
            rows: rows(extension.explanation()),
        }
    }
}

fn rows(explanation: Explanation<'_>) -> Vec<ExplainedRow<'_>> {
    explanation.rows().map(|row| ExplainedRow::new(&row)).collect()
}

impl<'a> ExplainedRow<'a> {
    fn new(row: &Row<'a>) -> Self {
        let statement = row.statement();
        let patterns = |all_but: bool| {
            let there = statement.not_actions.is_empty() != all_but;
            let actions = there.then(|| row.actions()).into_iter().flatten();
            actions.map(|action: &Action<'a>| action.pattern).collect()
        };
        let arns = |all_but: bool| {
            let there = statement.not_resources.is_empty() != all_but;
            let resources = there.then(|| row.resources()).into_iter().flatten();
            resources.flat_map(ExplainedResource::each).collect()
        };
        Self {
            sid: statement.sid,
            id: statement.id,
            effect: statement.effect.name(),
            partitions: names(statement.partitions),
            actions: patterns(false),
            not_actions: patterns(true),
            access: row.actions().map(|action| action.access).collect(),
            resources: arns(false),
            not_resources: arns(true),
            conditions: statement.conditions.iter().map(ExplainedCondition::new).collect(),
            reason: row.reason(),
            without: row.without(),
            waivers: row
                .waivers()
                .map(|(on, waiver)| ExplainedWaiver {
                    check: waiver.check,
                    why: waiver.why,
                    on,
                })
                .collect(),
        }
    }
}

impl<'a> ExplainedResource<'a> {
    /// The resource; one for each element of a list.
    fn each(resource: &Resource<'a>) -> impl Iterator<Item = Self> + use<'a> {
        let partitions = resource.partitions;
        resource.arn.texts().map(move |arn| Self {
            arn,
            partitions: names(partitions),
        })
    }
}

impl<'a> ExplainedCondition<'a> {
    fn new(condition: &Condition<'a>) -> Self {
        Self {
            operator: condition.operator,
            key: condition.key,
            values: condition
                .values
                .iter()
                .flat_map(iam_policy_core::Template::texts)
                .collect(),
        }
    }
}

fn names(partitions: &[Partition]) -> Vec<&'static str> {
    partitions.iter().map(|partition| partition.name()).collect()
}
