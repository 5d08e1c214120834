//! What the Terraform module and the CloudFormation template create is what `render` returns, for any choice of partition,
//! parameters and extensions. The files are read by other people's parsers, and evaluated by naive evaluators that share
//! nothing with the writers.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::format_push_string,
    reason = "a panic fails the test"
)]

mod cdk;
mod choice;
mod cloudformation;
mod modules;
mod peers;
mod random;
mod readers;
mod terraform;

use iam_policy_core::{Options, ParameterValue, PolicyResource, PolicyType};
use iam_policy_gen::{Format, Origin, artifacts_in};
use iam_policy_spec::{Source, Spec, read, with_policies};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::Value;

use self::choice::{Choice, Chosen, choice};

const REMOTION: &str = include_str!("../../../crates/remotion-lambda-policies/policies.toml");
const EXAMPLE: &str = include_str!("../../../policy-spec/example.toml");
/// The policies of resources.
const RESOURCES: &str = include_str!("resources.toml");
const REPORTS: &str = include_str!("../../../crates/example-reports/policies.toml");

/// A spec without errors.
fn spec(text: &str) -> Spec {
    let source = Source::new("policies.toml", text);
    let (spec, diagnostics) = read(&source);
    assert_eq!(diagnostics, [], "{text}");
    spec
}

/// The generated file of one format.
fn generated(spec: &Spec, format: Format) -> String {
    let origin = Origin {
        command: "cargo xtask regenerate",
        spec: "../policies.toml",
    };
    let mut files = artifacts_in(spec, origin, &[format]);
    assert_eq!(files.len(), 1);
    files.pop().unwrap().contents
}

/// The policies as JSON by name, and trust policies as `NAME.trust`.
type Documents = Vec<(String, Value)>;

/// The documents that `render` returns.
fn rendered(spec: &Spec, choice: &Choice) -> Documents {
    with_policies(spec, |policies| {
        let mut documents = Documents::new();
        let lists: Vec<Vec<&str>> = choice
            .values
            .values()
            .map(|value| match value {
                Chosen::Text(_) => Vec::new(),
                Chosen::List(texts) => texts.iter().map(String::as_str).collect(),
            })
            .collect();
        let values: Vec<_> = choice
            .values
            .iter()
            .zip(&lists)
            .map(|((name, value), list)| match value {
                Chosen::Text(text) => (name.as_str(), ParameterValue::Text(text)),
                Chosen::List(_) => (name.as_str(), ParameterValue::List(list)),
            })
            .collect();
        for policy in policies {
            let extensions = choice.extensions_of(policy.name);
            let mut options = Options::DEFAULT
                .partition(choice.partition)
                .parameters(&values)
                .extensions(&extensions);
            if let Some(environment) = &choice.environment {
                options = options.environment(policy.environment(environment).unwrap());
            }
            if !policy.statements.is_empty() {
                let json = policy.render_unchecked(options).to_string();
                documents.push((policy.name.to_owned(), serde_json::from_str(&json).unwrap()));
            }
            if let Some(trust) = policy.render_trust_unchecked(options) {
                documents.push((
                    format!("{}.trust", policy.name),
                    serde_json::from_str(&trust.to_string()).unwrap(),
                ));
            }
        }
        documents
    })
}

/// Whether a template creates the policy: those of some resources are properties of what is created elsewhere.
fn is_created(spec: &Spec, name: &str) -> bool {
    let policy = spec.policies.iter().find(|policy| policy.name.value == name);
    policy.is_none_or(|policy| {
        let resource = policy.resource_type.as_ref().and_then(|resource| resource.value);
        policy.policy_type() != PolicyType::Resource || resource != Some(PolicyResource::KmsKey)
    })
}

/// Documents in which the order of what has none does not matter: statements, and the elements of lists.
fn normal(documents: Documents) -> Documents {
    let mut documents: Documents = documents
        .into_iter()
        .map(|(name, mut document)| {
            for statement in document["Statement"].as_array_mut().unwrap() {
                sort(statement);
            }
            let statements = document["Statement"].as_array_mut().unwrap();
            statements.sort_by_key(ToString::to_string);
            (name, document)
        })
        .collect();
    documents.sort_by(|(a, _), (b, _)| a.cmp(b));
    documents
}

fn sort(value: &mut Value) {
    match value {
        Value::Array(elements) => {
            elements.sort_by_key(ToString::to_string);
            elements.dedup();
        }
        Value::Object(object) => {
            object.sort_keys();
            object.values_mut().for_each(sort);
        }
        _ => {}
    }
}

/// What is generated from a spec, as its parsers have read it.
struct Deployments<'a> {
    spec: &'a Spec,
    module: Option<terraform::Body>,
    template: Option<Value>,
}

impl<'a> Deployments<'a> {
    fn new(spec: &'a Spec) -> Self {
        Self {
            spec,
            module: Some(terraform::read(&generated(spec, terraform::FORMAT))),
            template: Some(cloudformation::read(&generated(spec, cloudformation::FORMAT))),
        }
    }

    /// Compares what is created with what `render` returns, for one choice.
    fn check(&self, choice: &Choice) -> Result<(), TestCaseError> {
        if let Some(template) = &self.template {
            let choice = choice.without_lists();
            let mut expected = normal(rendered(self.spec, &choice));
            expected.retain(|(name, _)| is_created(self.spec, name));
            let deployed = normal(cloudformation::documents(self.spec, template, &choice));
            prop_assert_eq!(&deployed, &expected, "the template");
        }
        if let Some(module) = &self.module {
            let expected = normal(rendered(self.spec, choice));
            let deployed = normal(terraform::documents(self.spec, module, choice));
            prop_assert_eq!(&deployed, &expected, "the module");
            let variables = terraform::variables(self.spec, module, choice);
            modules::check(self.spec, &generated(self.spec, terraform::FORMAT), &variables, choice);
        }
        Ok(())
    }

    fn check_choices(&self, cases: u32) {
        let mut runner = TestRunner::new(Config {
            failure_persistence: None,
            ..Config::with_cases(cases)
        });
        let result = runner.run(&choice(self.spec), |choice| self.check(&choice));
        result.unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn remotion_is_deployed_as_rendered() {
    Deployments::new(&spec(REMOTION)).check_choices(200);
}

#[test]
fn the_example_is_deployed_as_rendered() {
    Deployments::new(&spec(EXAMPLE)).check_choices(200);
}

#[test]
fn policies_of_resources_are_deployed_as_rendered() {
    Deployments::new(&spec(RESOURCES)).check_choices(200);
}

#[test]
fn a_template_without_resources_is_not_generated() {
    let start = RESOURCES.find("[policy.key]").unwrap();
    let spec = spec(&RESOURCES[start..]);
    let origin = Origin {
        command: "cargo xtask regenerate",
        spec: "../policies.toml",
    };
    assert!(artifacts_in(&spec, origin, &[Format::CloudFormation]).is_empty());
}

#[test]
fn the_reports_are_deployed_as_rendered() {
    Deployments::new(&spec(REPORTS)).check_choices(200);
}

/// What is generated can be checked, compared and imported like everybody's templates.
#[test]
fn templates_are_read_back_as_rendered() {
    for text in [REMOTION, EXAMPLE, REPORTS, RESOURCES] {
        let spec = spec(text);
        let text = generated(&spec, cloudformation::FORMAT);
        let template = cloudformation::read(&text);
        for choice in choice::fixed_choices(&spec, 60) {
            readers::check_cloudformation(&spec, &text, &template, &choice.without_lists());
        }
    }
}

proptest! {
    #![proptest_config(Config { max_shrink_iters: 200, failure_persistence: None, ..Config::with_cases(200) })]

    /// Text from the spec is text, whatever it contains.
    #[test]
    fn no_text_escapes((text, choice) in random::spec().prop_flat_map(|text| {
        let choice = choice(&spec(&text));
        (Just(text), choice)
    })) {
        Deployments::new(&spec(&text)).check(&choice)?;
    }
}
