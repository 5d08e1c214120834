//! Policies and trust policies as JSON, ready to be attached.

use iam_policy_core::{Environment, Options, Partition, Policy};

use super::names::PolicyFile;
use super::output::{Artifact, Input, Output};

/// The files of the policies themselves.
pub(super) const POLICY: PolicyFile = PolicyFile::new("", ".json");

/// The files of their trust policies.
const TRUST: PolicyFile = PolicyFile::new(".trust", ".json");

/// Writes `POLICY.json` for a policy's first partition, `POLICY.PARTITION.json` for each of the others, and
/// `POLICY.trust.json` for its trust policy. `POLICY.trust.PARTITION.json` only exists where the trust policy differs. The
/// files with the values of an environment are in a folder with its name.
pub(super) struct Json;

impl Output for Json {
    fn files(&self, input: &Input<'_>) -> Vec<Artifact> {
        let environments = input.policies.first().map_or(&[][..], |policy| policy.environments);
        let mut files = Vec::new();
        for environment in std::iter::once(None).chain(environments.iter().map(Some)) {
            for policy in input.policies {
                documents(policy, environment, &mut files);
                trust_documents(policy, environment, &mut files);
            }
        }
        files
    }

    fn can_write(&self, name: &str) -> bool {
        POLICY.matches(name) || TRUST.matches(name)
    }
}

fn options<'a>(environment: Option<&Environment<'a>>, partition: Partition) -> Options<'a> {
    let options = Options::GENERATED.partition(partition);
    match environment {
        Some(environment) => options.environment(*environment),
        None => options,
    }
}

fn documents(policy: &Policy<'_>, environment: Option<&Environment<'_>>, files: &mut Vec<Artifact>) {
    // Of a role whose permissions are elsewhere, there is only the trust policy.
    if policy.statements.is_empty() {
        return;
    }
    for &partition in policy.partitions {
        if let Ok(json) = policy.render(options(environment, partition)) {
            files.push(Artifact {
                name: POLICY.name_in(environment, policy, partition),
                contents: json.to_string(),
            });
        }
    }
}

fn trust_documents(policy: &Policy<'_>, environment: Option<&Environment<'_>>, files: &mut Vec<Artifact>) {
    let mut first = None;
    for &partition in policy.partitions {
        let Ok(json) = policy.render_trust(options(environment, partition)) else {
            continue;
        };
        let contents = json.to_string();
        if *first.get_or_insert_with(|| contents.clone()) != contents || partition == policy.default_partition() {
            files.push(Artifact {
                name: TRUST.name_in(environment, policy, partition),
                contents,
            });
        }
    }
}
