//! Reading rendered JSON gives the same document, for any policy, parameter values and style.
#![expect(clippy::indexing_slicing, reason = "the indexes are generated in bounds")]

use iam_policy_core::json::Size;
use iam_policy_core::{
    Action, Condition, Effect, Extension, NamedPrincipal, Options, Parameter, ParameterValue, Partition, Policy,
    PrincipalKey, Rendered, Resource, Statement, Style, Template, Trust, VERSION,
};
use iam_policy_document::{Document, Kind};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const PARTITIONS: [Partition; 2] = [Partition::Standard, Partition::China];
const PARAMETERS: [&str; 2] = ["team", "bucket-prefix"];
const VARIABLE: &str = "${aws:username, 'x'}";

/// The base of every policy in this test.
const BASE: Policy<'_> = Policy::new("p", "").with_partitions(&PARTITIONS).with_parameters(&[
    Parameter::new(PARAMETERS[0], "red"),
    Parameter::new(PARAMETERS[1], "logs-"),
]);

/// Everything besides the policy that affects a document.
#[derive(Clone, Debug)]
struct World {
    partition: Partition,
    values: [String; 2],
    extended: bool,
    style: Style,
}

/// A part of a template, whose expansion is known.
#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Braces,
    Variable,
    Partition,
    Parameter(usize),
}

/// A template in parts, and as written in a spec.
#[derive(Clone, Debug)]
struct Text {
    parts: Vec<Part>,
    source: String,
}

/// A statement that owns its parts.
#[derive(Clone, Debug)]
struct Owned {
    sid: String,
    effect: Effect,
    positive: (bool, bool),
    actions: Vec<String>,
    resources: Vec<(Text, Vec<Partition>)>,
    conditions: Vec<(&'static str, &'static str, Vec<Text>)>,
    partitions: Vec<Partition>,
}

impl Text {
    fn new(parts: Vec<Part>) -> Self {
        let source = parts.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Braces => "{{}}".to_owned(),
            Part::Variable => VARIABLE.to_owned(),
            Part::Partition => "{partition}".to_owned(),
            Part::Parameter(i) => format!("{{{}}}", PARAMETERS[*i]),
        });
        Self {
            source: source.collect(),
            parts,
        }
    }

    fn template(&self) -> Template<'_> {
        Template::new(&self.source, "")
    }
}

/// The expected document.
impl World {
    fn is_in(&self, partitions: &[Partition]) -> bool {
        partitions.is_empty() || partitions.contains(&self.partition)
    }

    fn text(&self, text: &Text) -> String {
        let parts = text.parts.iter().map(|part| match part {
            Part::Text(text) => text,
            Part::Braces => "{}",
            Part::Variable => VARIABLE,
            Part::Partition => self.partition.name(),
            Part::Parameter(i) => &self.values[*i],
        });
        parts.collect()
    }

    fn list(&self, values: &[String]) -> Value {
        match values {
            [only] if self.style.scalars => json!(only),
            _ => json!(values),
        }
    }

    fn conditions(&self, conditions: &[(&str, &str, Vec<Text>)]) -> Value {
        let mut block = Map::new();
        for (operator, key, values) in conditions {
            let values: Vec<_> = values.iter().map(|text| self.text(text)).collect();
            let keys = block.entry(*operator).or_insert_with(|| json!({}));
            keys[*key] = self.list(&values);
        }
        block.into()
    }

    fn statement(&self, statement: &Owned) -> Value {
        let resources = statement
            .resources
            .iter()
            .filter(|(_, partitions)| self.is_in(partitions));
        let resources: Vec<_> = resources.map(|(text, _)| self.text(text)).collect();
        let (about_actions, about_resources) = statement.positive;
        let mut object = json!({
            "Sid": statement.sid,
            "Effect": format!("{:?}", statement.effect),
            if about_actions { "Action" } else { "NotAction" }: self.list(&statement.actions),
            if about_resources { "Resource" } else { "NotResource" }: self.list(&resources),
        });
        if !statement.conditions.is_empty() {
            object["Condition"] = self.conditions(&statement.conditions);
        }
        if let Some(object) = object.as_object_mut().filter(|_| statement.sid.is_empty()) {
            object.shift_remove("Sid");
        }
        object
    }

    fn document(&self, own: &[Owned], extension: &[Owned]) -> Value {
        let all = own.iter().chain(extension.iter().filter(|_| self.extended));
        let there = all.filter(|statement| self.is_in(&statement.partitions));
        let statements: Vec<_> = there.map(|statement| self.statement(statement)).collect();
        json!({ "Version": VERSION, "Statement": statements })
    }
}

/// Calls `f` with `statements` as the types of the constants.
fn with_statements<R>(statements: &[Owned], f: impl FnOnce(&[Statement<'_>]) -> R) -> R {
    let parts: Vec<_> = statements
        .iter()
        .map(|statement| {
            let actions: Vec<_> = statement.actions.iter().map(|pattern| Action::new(pattern)).collect();
            let resources = statement.resources.iter();
            let resources: Vec<_> = resources
                .map(|(text, partitions)| Resource::new(text.template()).with_partitions(partitions))
                .collect();
            let values = statement.conditions.iter();
            let values: Vec<Vec<_>> = values
                .map(|(_, _, values)| values.iter().map(Text::template).collect())
                .collect();
            (actions, resources, values)
        })
        .collect();
    let conditions: Vec<Vec<_>> = statements
        .iter()
        .zip(&parts)
        .map(|(statement, (_, _, values))| {
            let conditions = statement.conditions.iter().zip(values);
            conditions
                .map(|((operator, key, _), values)| Condition::new(operator, key, values))
                .collect()
        })
        .collect();
    let lowered: Vec<_> = statements
        .iter()
        .zip(&parts)
        .zip(&conditions)
        .map(|((statement, (actions, resources, _)), conditions)| {
            let lowered = Statement::new("id", &statement.sid)
                .with_effect(statement.effect)
                .with_partitions(&statement.partitions)
                .with_conditions(conditions);
            let lowered = if statement.positive.0 {
                lowered.with_actions(actions)
            } else {
                lowered.with_not_actions(actions)
            };
            if statement.positive.1 {
                lowered.with_resources(resources)
            } else {
                lowered.with_not_resources(resources)
            }
        })
        .collect();
    f(&lowered)
}

/// Any text, with many characters that JSON escapes.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9:/*?._-]{1,12}",
        "[\"\\\\/\n\r\t\u{0}-\u{1f}a]{1,6}",
        "[^{}$]{0,8}"
    ]
}

fn text() -> impl Strategy<Value = Text> {
    let part = prop_oneof![
        any_text().prop_map(Part::Text),
        Just(Part::Braces),
        Just(Part::Variable),
        Just(Part::Partition),
        (0..PARAMETERS.len()).prop_map(Part::Parameter),
    ];
    prop::collection::vec(part, 0..5).prop_map(Text::new)
}

fn partitions() -> impl Strategy<Value = Vec<Partition>> {
    prop::sample::subsequence(PARTITIONS.to_vec(), 0..=PARTITIONS.len())
}

/// Conditions grouped by operator, as in a policy.
fn conditions() -> impl Strategy<Value = Vec<(&'static str, &'static str, Vec<Text>)>> {
    let operators = ["StringEquals", "StringLike", "Bool", "ForAllValues:StringLike"];
    let keys = ["aws:RequestedRegion", "aws:PrincipalTag/team", "s3:prefix"];
    let pairs: Vec<_> = operators
        .iter()
        .flat_map(|operator| keys.map(|key| (*operator, key)))
        .collect();
    let values = || prop::collection::vec(text(), 0..4);
    prop::sample::subsequence(pairs, 0..4).prop_flat_map(move |pairs| {
        let values = prop::collection::vec(values(), pairs.len());
        values.prop_map(move |values| {
            pairs
                .iter()
                .zip(values)
                .map(|((operator, key), values)| (*operator, *key, values))
                .collect()
        })
    })
}

fn statement() -> impl Strategy<Value = Owned> {
    (
        any_text(),
        prop_oneof![Just(Effect::Allow), Just(Effect::Deny)],
        any::<(bool, bool)>(),
        prop::collection::vec(any_text(), 1..4),
        prop::collection::vec((text(), partitions()), 1..4),
        conditions(),
        partitions(),
    )
        .prop_map(
            |(sid, effect, positive, actions, resources, conditions, partitions)| Owned {
                sid,
                effect,
                positive,
                actions,
                resources,
                conditions,
                partitions,
            },
        )
}

fn world() -> impl Strategy<Value = World> {
    let value = || "[a-z0-9\"\\\\\u{e9}-]{1,10}";
    (
        prop::sample::select(PARTITIONS.to_vec()),
        [value(), value()],
        any::<(bool, bool, bool)>(),
    )
        .prop_map(|(partition, values, (extended, minified, scalars))| World {
            partition,
            values,
            extended,
            style: Style::PRETTY.minified(minified).scalars(scalars),
        })
}

/// Checks a rendered policy against `expected`, which returns its JSON for a world.
fn examine(rendered: &Rendered<'_>, world: &World, expected: impl Fn(&World) -> Value) -> Result<(), TestCaseError> {
    let json = rendered.to_string();
    compare(&json, world.style, &expected(world))?;
    prop_assert_eq!(rendered.size(), Size::of(&json));

    let document = Document::from(*rendered);
    let read = iam_policy_document::json::read(json.as_bytes()).document;
    prop_assert!(
        document
            .values()
            .map(kind_and_path)
            .eq(read.values().map(kind_and_path))
    );

    for (index, name) in PARAMETERS.iter().enumerate() {
        let mut other = world.clone();
        other.values[index].push('x');
        prop_assert_eq!(rendered.uses(name), expected(&other) != expected(world), "{}", name);
    }
    Ok(())
}

fn kind_and_path(value: iam_policy_document::Value<'_>) -> (Kind<'_>, String) {
    (value.kind(), value.path().to_string())
}

/// Reads `json` and compares it with `expected`, including the order of keys.
fn compare(json: &str, style: Style, expected: &Value) -> Result<(), TestCaseError> {
    let read: Value = serde_json::from_str(json).map_err(|error| TestCaseError::fail(format!("{error}\n{json}")))?;
    prop_assert_eq!(read.to_string(), expected.to_string());
    prop_assert_eq!(json.ends_with('\n'), !style.minified);
    if style.minified {
        prop_assert_eq!(Size::of(json), json.chars().count());
    }
    Ok(())
}

proptest! {
    #[test]
    fn policies_round_trip(
        own in prop::collection::vec(statement(), 0..4),
        extension in prop::collection::vec(statement(), 0..3),
        world in world(),
    ) {
        with_statements(&own, |statements| {
            with_statements(&extension, |more| {
                let extensions = [Extension::new("more").with_statements(more)];
                let policy = BASE.with_statements(statements)
                    .with_extensions(&extensions);
                let parameters = [
                    ("bucket-prefix", ParameterValue::Text(&world.values[1])),
                    ("team", ParameterValue::Text(&world.values[0])),
                ];
                let options = Options::DEFAULT
                    .partition(world.partition)
                    .parameters(&parameters)
                    .extensions(if world.extended { &["more"] } else { &[] })
                    .style(world.style);
                let rendered = policy.render(options).unwrap();
                examine(&rendered, &world, |world| world.document(&own, &extension))
            })
        })?;
    }

    #[test]
    fn trust_policies_round_trip(
        services in prop::collection::vec("[a-z.]{1,12}", 1..3),
        conditions in conditions(),
        world in world(),
    ) {
        let names: Vec<&str> = services.iter().map(String::as_str).collect();
        let values: Vec<Vec<_>> =
            conditions.iter().map(|(_, _, values)| values.iter().map(Text::template).collect()).collect();
        let lowered: Vec<_> = conditions
            .iter()
            .zip(&values)
            .map(|((operator, key, _), values)| Condition::new(operator, key, values))
            .collect();
        let principals: Vec<_> = names
            .iter()
            .map(|name| NamedPrincipal::new(PrincipalKey::Service, Template::literal(name)))
            .collect();
        let assume = [Action::new("sts:AssumeRole")];
        let statements = [Statement::new("", "")
            .with_principals(&principals)
            .with_actions(&assume)
            .with_conditions(&lowered)];
        let policy = BASE.with_trust(Some(Trust::new(&statements, "")));
        let parameters = [
            ("team", ParameterValue::Text(&world.values[0])),
            ("bucket-prefix", ParameterValue::Text(&world.values[1])),
        ];
        let options = Options::DEFAULT
            .partition(world.partition)
            .parameters(&parameters)
            .style(world.style);
        let expected = |world: &World| {
            let mut statement = json!({
                "Effect": "Allow",
                "Principal": { "Service": world.list(&services) },
                "Action": world.list(&["sts:AssumeRole".to_owned()]),
            });
            if !conditions.is_empty() {
                statement["Condition"] = world.conditions(&conditions);
            }
            json!({ "Version": VERSION, "Statement": [statement] })
        };
        examine(&policy.render_trust(options).unwrap(), &world, expected)?;
    }
}
