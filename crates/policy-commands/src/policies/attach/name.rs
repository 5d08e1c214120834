//! Names and ARNs: given by the user, or generated.

use iam_policy_document::Diagnostic;

use crate::with_candidates;
use iam_policy_core::text::is_account;
use iam_policy_core::{Arn, Policy};

use crate::policies::choice::Choice;

/// A name without its path.
pub(super) fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The maximum length of the name of a policy or group, in characters.
///
/// Source: IAM User Guide, "IAM and AWS STS quotas", "IAM and STS character limits".
const MOST: usize = 128;

/// A name for a managed or inline policy, consisting of letters, digits and dashes.
pub(super) fn default_name(policy: &Policy<'_>) -> String {
    let words = policy
        .heading()
        .split(|character: char| !character.is_ascii_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    if words.is_empty() {
        return policy.name.to_owned();
    }
    let mut name = words.join("-");
    name.truncate(MOST);
    name.truncate(name.trim_end_matches('-').len());
    name
}

/// Why a name is invalid.
///
/// Source: IAM User Guide, "IAM and AWS STS quotas", "IAM name requirements".
pub(super) fn name_problem(name: &str, word: &str) -> Option<Diagnostic> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "+=,.@_-".contains(character);
    let most = if word == "user" || word == "role" { 64 } else { MOST };
    let own = last(name);
    let path = name.strip_suffix(own).unwrap_or_default();
    let has_path = word == "role" && path.chars().all(|character| character.is_ascii_graphic());
    if own.is_empty() || !own.chars().all(is_part) || !(path.is_empty() || has_path) {
        return Some(
            Diagnostic::error(format!("`{name}` is not a valid name for a {word}"))
                .help("names consist of letters, digits, and `+`, `=`, `,`, `.`, `@`, `_`, `-`"),
        );
    }
    (own.len() > most).then(|| {
        Diagnostic::error(format!(
            "`{name}` is too long for the name of a {word}: the limit is {most} characters"
        ))
    })
}

/// Why a policy cannot become a new version of the one with this ARN: its own ARNs are in another partition.
pub(super) fn partition_problem(arn: &str, policy: &Policy<'_>, choice: &Choice<'_>) -> Option<Diagnostic> {
    let own = Arn::parse(arn).ok()?.partition;
    let chosen = choice.partition();
    if chosen.unwrap_or(policy.default_partition()).name() == own {
        return None;
    }
    let supported = policy.partitions.iter().map(|partition| partition.name());
    if let Some(chosen) = chosen
        && supported.clone().any(|supported| supported == own)
    {
        let problem = Diagnostic::error(format!("`{arn}` is in the partition `{own}`, not in `{chosen}`"));
        return Some(problem.help("omit `--partition`, or name a policy in that partition"));
    }
    let name = policy.name;
    let message = format!("`{arn}` is in the partition `{own}`, which the policy `{name}` does not support");
    Some(with_candidates(
        Diagnostic::error(message),
        own,
        "partitions of this policy",
        supported,
    ))
}

/// Why an ARN does not name a customer managed policy.
pub(super) fn arn_problem(arn: &str) -> Option<Diagnostic> {
    let is_policy = Arn::parse(arn).is_ok_and(|parts| {
        let path = parts.resource.strip_prefix("policy/");
        let is_named = path.is_some_and(|path| name_problem(last(path), "policy").is_none());
        parts.service == "iam" && parts.region.is_empty() && is_account(parts.account) && is_named
    });
    (!is_policy).then(|| {
        Diagnostic::error(format!("`{arn}` is not the ARN of a customer managed policy"))
            .help("such as `arn:aws:iam::123456789012:policy/app`")
    })
}
