//! The parsers that users have: HashiCorp's, and that of `cfn-lint`. `.ci/deploy/run` runs them between the two tests.

use std::fs;
use std::path::PathBuf;

use iam_policy_gen::Format;
use iam_policy_spec::Spec;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use super::choice::fixed_choices;
use super::{
    Deployments, EXAMPLE, REMOTION, REPORTS, RESOURCES, cdk, cloudformation, generated, random, spec, terraform,
};

const FIXED: [&str; 4] = [REMOTION, EXAMPLE, REPORTS, RESOURCES];

/// How many specs of random text the peers read, and how many choices are made for each spec.
const RANDOM: usize = 30;
const CHOICES: u32 = 200;

/// A folder for each spec, with the files that the peers read and write.
fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os("PEERS").expect("the variable PEERS is not set; run .ci/deploy/run"))
}

fn folders() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert_eq!(folders.len(), RANDOM + FIXED.len());
    folders
}

#[test]
#[ignore = "for .ci/deploy/run"]
fn write() {
    let mut runner = TestRunner::deterministic();
    let random = (0..RANDOM).map(|_| random::spec().new_tree(&mut runner).unwrap().current());
    let fixed = FIXED.iter().map(|&text| text.to_owned());
    for (number, text) in fixed.chain(random).enumerate() {
        let folder = folder().join(format!("{number:02}"));
        fs::create_dir_all(&folder).unwrap();
        let spec = spec(&text);
        fs::write(folder.join("policies.toml"), &text).unwrap();
        fs::write(folder.join("permissions.tf"), generated(&spec, terraform::FORMAT)).unwrap();
        fs::write(
            folder.join("permissions.template.yaml"),
            generated(&spec, cloudformation::FORMAT),
        )
        .unwrap();
        let modules = [Format::CdkTypeScript, Format::CdkPython].map(|format| generated(&spec, format));
        let [typescript, python] = modules.each_ref().map(String::as_str);
        fs::write(folder.join("permissions.ts"), typescript).unwrap();
        fs::write(folder.join("permissions.py"), python).unwrap();
        let choices = cdk::choices(&spec, [typescript, python], &fixed_choices(&spec, stacks(number)));
        fs::write(folder.join("choices.json"), choices.to_string()).unwrap();
    }
}

/// How many stacks the CDK synthesizes of a spec: 200 altogether of those without random text.
const fn stacks(number: usize) -> usize {
    if number < FIXED.len() { 50 } else { 2 }
}

#[test]
#[ignore = "for .ci/deploy/run"]
fn stacks_contain_what_is_rendered() {
    let mut compared = 0;
    for (number, folder) in folders().iter().enumerate() {
        let spec = spec(&fs::read_to_string(folder.join("policies.toml")).unwrap());
        let choices = fixed_choices(&spec, stacks(number));
        for language in ["typescript", "python"] {
            let Ok(text) = fs::read_to_string(folder.join(format!("{language}.json"))) else {
                continue;
            };
            let stacks: Vec<Value> = serde_json::from_str(&text).unwrap();
            for (stack, choice) in stacks.iter().zip(&choices) {
                cdk::check(&spec, choice, stack);
                compared += 1;
            }
        }
    }
    assert!(compared >= 200, "{compared}");
}

#[test]
#[ignore = "for .ci/deploy/run"]
fn peers_read_what_is_rendered() {
    for folder in folders() {
        let spec: Spec = spec(&fs::read_to_string(folder.join("policies.toml")).unwrap());
        let read = |name: &str| -> Option<Value> {
            let text = fs::read_to_string(folder.join(name)).ok()?;
            Some(serde_json::from_str(&text).unwrap())
        };
        let module = read("module.json").map(|json| terraform::read_json(&json));
        let template = read("template.json");
        assert!(
            module.is_some() || template.is_some(),
            "no peer has read {}",
            folder.display()
        );
        let deployments = Deployments {
            spec: &spec,
            module,
            template,
        };
        deployments.check_choices(CHOICES);
    }
}
