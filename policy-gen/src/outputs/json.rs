//! Policies and trust policies as JSON, ready to be attached.

use iam_policy_core::{Options, Policy};

use super::names::PolicyFile;
use super::output::{Artifact, Input, Output};

/// The files of the policies themselves.
pub(super) const POLICY: PolicyFile = PolicyFile::new("", ".json");

/// The files of their trust policies.
const TRUST: PolicyFile = PolicyFile::new(".trust", ".json");

/// Writes `POLICY.json` for a policy's first partition, `POLICY.PARTITION.json` for each of the others, and
/// `POLICY.trust.json` for its trust policy. `POLICY.trust.PARTITION.json` only exists where the trust policy differs.
pub(super) struct Json;

impl Output for Json {
    fn files(&self, input: &Input<'_>) -> Vec<Artifact> {
        let policies = input.policies.iter();
        policies
            .flat_map(|policy| documents(policy).into_iter().chain(trust_documents(policy)))
            .collect()
    }

    fn can_write(&self, name: &str) -> bool {
        POLICY.matches(name) || TRUST.matches(name)
    }
}

fn documents(policy: &Policy<'_>) -> Vec<Artifact> {
    let mut files = Vec::new();
    // Of a role whose permissions are elsewhere, there is only the trust policy.
    if policy.statements.is_empty() {
        return files;
    }
    for &partition in policy.partitions {
        if let Ok(json) = policy.render(Options::DEFAULT.partition(partition)) {
            files.push(Artifact {
                name: POLICY.name(policy, partition),
                contents: json.to_string(),
            });
        }
    }
    files
}

fn trust_documents(policy: &Policy<'_>) -> Vec<Artifact> {
    let mut files = Vec::new();
    for &partition in policy.partitions {
        let (Some(trust), Ok(json)) = (policy.trust, policy.render_trust(Options::DEFAULT.partition(partition))) else {
            continue;
        };
        let contents = json.to_string();
        if partition == policy.default_partition() || contents != trust.json {
            files.push(Artifact {
                name: TRUST.name(policy, partition),
                contents,
            });
        }
    }
    files
}
