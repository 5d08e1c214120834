//! What documents are checked for.

use iam_policy_check::{Options, PolicyResource, PolicyType};
use iam_policy_core::AttachmentKind;
use iam_policy_document::Document;

/// The policy type and attachment kinds to check JSON documents for.
pub(super) struct Checks<'a> {
    pub(super) policy_type: Option<PolicyType>,
    /// What resource policies are attached to.
    pub(super) resource_type: Option<PolicyResource>,
    pub(super) attach: &'a [AttachmentKind],
}

impl Checks<'_> {
    /// The options for a document. Its content decides what the arguments do not say.
    pub(super) fn options(&self, document: &Document) -> Options<'_> {
        let only = |wanted| !self.attach.is_empty() && self.attach.iter().all(|kind| *kind == wanted);
        let policy_type = match self.policy_type {
            Some(policy_type) => policy_type,
            None if only(AttachmentKind::ServiceControl) => PolicyType::ServiceControl,
            None if only(AttachmentKind::ResourceControl) => PolicyType::ResourceControl,
            None => document.inferred_type(),
        };
        let options = Options::DEFAULT.policy_type(policy_type).attach(self.attach);
        match self.resource_type {
            Some(resource_type) => options.resource_type(resource_type),
            None => options,
        }
    }

    /// The options for a policy in output of the `aws` command line, whose type is known. Only attached policies have a
    /// quota.
    pub(super) fn options_of_answered(&self, policy_type: PolicyType) -> Options<'_> {
        let is_attached = matches!(
            policy_type,
            PolicyType::Identity | PolicyType::ServiceControl | PolicyType::ResourceControl
        );
        let attach = if is_attached { self.attach } else { &[] };
        Options::DEFAULT.policy_type(policy_type).attach(attach)
    }
}
