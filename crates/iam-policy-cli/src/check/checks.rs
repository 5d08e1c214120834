//! What documents are checked for.

use iam_policy_check::{Options, PolicyType};
use iam_policy_core::AttachmentKind;

/// The policy type and attachment kinds to check JSON documents for.
pub(super) struct Checks<'a> {
    pub(super) policy_type: Option<PolicyType>,
    pub(super) attach: &'a [AttachmentKind],
}

impl Checks<'_> {
    /// The options for a document of this name.
    pub(super) fn options(&self, name: &str) -> Options<'_> {
        let only_organization =
            !self.attach.is_empty() && self.attach.iter().all(|kind| *kind == AttachmentKind::ServiceControl);
        let policy_type = match self.policy_type {
            Some(policy_type) => policy_type,
            None if is_trust_policy(name) => PolicyType::Trust,
            None if only_organization => PolicyType::ServiceControl,
            None => PolicyType::Identity,
        };
        Options::DEFAULT.policy_type(policy_type).attach(self.attach)
    }

    /// The options for a policy in output of the `aws` command line, whose type is known. Only attached policies have a
    /// quota.
    pub(super) fn options_of_answered(&self, policy_type: PolicyType) -> Options<'_> {
        let is_attached = matches!(policy_type, PolicyType::Identity | PolicyType::ServiceControl);
        let attach = if is_attached { self.attach } else { &[] };
        Options::DEFAULT.policy_type(policy_type).attach(attach)
    }
}

/// Whether `generate` gives the name of a file to a trust policy: `NAME.trust.json` or `NAME.trust.PARTITION.json`.
fn is_trust_policy(name: &str) -> bool {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.split('.').skip(1).take(2).any(|part| part == "trust")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_policies_are_recognized_by_name() {
        for name in [
            "role.trust.json",
            "a.b/role.trust.aws-cn.json",
            "c:\\x\\role.trust.json",
        ] {
            assert!(is_trust_policy(name), "{name}");
        }
        for name in [
            "trust.json",
            "role.json",
            "a.trust.b/role.json",
            "role.aws-cn.json",
            "<stdin>",
        ] {
            assert!(!is_trust_policy(name), "{name}");
        }
    }
}
