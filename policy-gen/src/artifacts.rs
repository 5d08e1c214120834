use iam_policy_core::{Options, Policy};
use iam_policy_spec::{Spec, with_policies};

use crate::names::{Origin, file_name};
use crate::page::page;

/// A file that is made of a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Artifact {
    /// Its name, without a folder.
    pub name: String,
    /// All of it.
    pub contents: String,
}

/// The name of the page.
const PAGE: &str = "PERMISSIONS.md";

/// The artifacts of `spec`: for each policy and each of its partitions the JSON, its trust policy if it has one, and
/// the page that explains them all.
///
/// `NAME.json` is for the policy's first partition and `NAME.PARTITION.json` for each other one; `NAME.trust.json`
/// likewise, for the other partitions only where they differ.
///
/// - `spec`: one without mistakes; of one that has some, what could not be read is left out
/// - `origin`: for the note at the head of the page
///
/// # Examples
///
/// ```
/// use iam_policy_gen::{Origin, artifacts};
/// use iam_policy_spec::{Source, read};
///
/// let source = Source::new("policies.toml", r#"
/// [policy.user]
/// [[policy.user.statement]]
/// id        = "list"
/// reason    = "Finds the bucket."
/// actions   = ["s3:ListAllMyBuckets"]
/// resources = ["*"]
/// "#);
/// let (spec, _) = read(&source);
/// let origin = Origin { command: "cargo xtask regenerate", spec: "../policies.toml" };
/// let names: Vec<_> = artifacts(&spec, origin).into_iter().map(|artifact| artifact.name).collect();
/// assert_eq!(names, ["user.json", "PERMISSIONS.md"]);
/// ```
#[must_use]
pub fn artifacts(spec: &Spec, origin: Origin<'_>) -> Vec<Artifact> {
    with_policies(spec, |policies| {
        let mut artifacts: Vec<_> = policies.iter().flat_map(documents).collect();
        artifacts.push(Artifact {
            name: PAGE.to_owned(),
            contents: page(spec, policies, origin),
        });
        artifacts
    })
}

fn documents(policy: &Policy<'_>) -> Vec<Artifact> {
    let mut files = Vec::new();
    for &partition in policy.partitions {
        let options = Options::DEFAULT.partition(partition);
        if let Ok(json) = policy.render(options) {
            files.push(Artifact {
                name: file_name(policy, partition),
                contents: json.to_string(),
            });
        }
    }
    for &partition in policy.partitions {
        let options = Options::DEFAULT.partition(partition);
        let (Some(trust), Ok(json)) = (policy.trust, policy.render_trust(options)) else {
            continue;
        };
        let json = json.to_string();
        if partition == policy.default_partition() {
            files.push(Artifact {
                name: format!("{}.trust.json", policy.name),
                contents: json,
            });
        } else if json != trust.json {
            files.push(Artifact {
                name: format!("{}.trust.{partition}.json", policy.name),
                contents: json,
            });
        }
    }
    files
}
