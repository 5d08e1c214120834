//! What someone who deploys a spec chooses.

use std::collections::{BTreeMap, BTreeSet};

use iam_policy_core::{Parameter, ParameterKind, Partition};
use iam_policy_spec::{Spec, with_policies};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) partition: Partition,
    pub(crate) environment: Option<String>,
    /// The values of the parameters that are set.
    pub(crate) values: BTreeMap<String, Chosen>,
    /// The policies and extensions.
    pub(crate) extensions: BTreeSet<(String, String)>,
}

#[derive(Clone, Debug)]
pub(crate) enum Chosen {
    Text(String),
    List(Vec<String>),
}

impl Choice {
    pub(crate) fn extensions_of(&self, policy: &str) -> Vec<&str> {
        let of_policy = self.extensions.iter().filter(|(of, _)| of == policy);
        of_policy.map(|(_, extension)| extension.as_str()).collect()
    }

    /// The same choice without what a template cannot choose: its lists are those of the spec.
    pub(crate) fn without_lists(&self) -> Self {
        let mut choice = self.clone();
        choice.values.retain(|_, value| matches!(value, Chosen::Text(_)));
        choice
    }
}

/// A value that the parameter can have.
fn value(parameter: &Parameter<'_>) -> BoxedStrategy<Chosen> {
    let allow_slash = parameter.allow_slash;
    let longest = parameter.longest().unwrap_or(12).min(12);
    let of = |class: &str| prop::string::string_regex(&format!("{class}{{1,{longest}}}")).unwrap();
    let text = prop_oneof![of("[a-z0-9-]"), of("[!-#%-)+.0-9;->@-z|~'\"\\\\-]")];
    let text = move || {
        text.clone().prop_map(move |value: String| {
            if allow_slash && value.len() > 4 {
                format!("a/{}", &value[2..])
            } else {
                value
            }
        })
    };
    match parameter.kind {
        ParameterKind::Account => "[0-9]{12}".prop_map(Chosen::Text).boxed(),
        ParameterKind::Region => prop::sample::select(vec!["eu-west-1", "us-gov-east-1"])
            .prop_map(|region| Chosen::Text(region.to_owned()))
            .boxed(),
        ParameterKind::Partition => Just(Chosen::Text("aws-cn".to_owned())).boxed(),
        ParameterKind::Arn => "arn:aws:iam::[0-9]{12}:role/[a-z/-]{1,12}"
            .prop_map(Chosen::Text)
            .boxed(),
        ParameterKind::List => {
            prop::collection::btree_set(of("[a-z0-9-]"), 1..=parameter.max_items.unwrap_or(3).min(3))
                .prop_map(|texts| Chosen::List(texts.into_iter().collect()))
                .boxed()
        }
        _ => text().prop_map(Chosen::Text).boxed(),
    }
}

/// Any choice for this spec, in a partition that all of its policies support.
pub(crate) fn choice(spec: &Spec) -> impl Strategy<Value = Choice> + use<> {
    let (partitions, extensions, environments, values) = with_policies(spec, |policies| {
        let is_in_all = |partition: &&Partition| policies.iter().all(|policy| policy.partitions.contains(partition));
        let partitions: Vec<_> = policies[0].partitions.iter().filter(is_in_all).copied().collect();
        let extensions = policies.iter().flat_map(|policy| {
            let extensions = policy.extensions.iter();
            extensions.map(|extension| (policy.name.to_owned(), extension.name.to_owned()))
        });
        let environments = policies[0]
            .environments
            .iter()
            .map(|environment| Some(environment.name.to_owned()));
        let mut environments: Vec<_> = environments.collect();
        // A template has no values for parameters without a default unless an environment has them.
        let has_defaults = policies[0]
            .parameters
            .iter()
            .all(|parameter| parameter.default.is_some());
        if has_defaults || environments.is_empty() {
            environments.push(None);
        }
        let is_required =
            |parameter: &Parameter<'_>| parameter.default.is_none() && policies[0].environments.is_empty();
        let values: Vec<_> = policies[0]
            .parameters
            .iter()
            .map(|parameter| {
                let name = parameter.name.to_owned();
                let value = value(parameter);
                let value = if is_required(parameter) {
                    value.prop_map(Some).boxed()
                } else {
                    prop::option::of(value).boxed()
                };
                value.prop_map(move |value| value.map(|value| (name.clone(), value)))
            })
            .collect();
        (partitions, extensions.collect::<Vec<_>>(), environments, values)
    });
    let count = extensions.len();
    (
        prop::sample::select(partitions),
        prop::sample::select(environments),
        values,
        prop::sample::subsequence(extensions, 0..=count),
    )
        .prop_map(|(partition, environment, values, extensions)| Choice {
            partition,
            environment,
            values: values.into_iter().flatten().collect(),
            extensions: extensions.into_iter().collect(),
        })
}

/// The same choices whenever they are asked for.
pub(crate) fn fixed_choices(spec: &Spec, count: usize) -> Vec<Choice> {
    let mut runner = TestRunner::deterministic();
    let strategy = choice(spec);
    let choices = (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current());
    choices.collect()
}
