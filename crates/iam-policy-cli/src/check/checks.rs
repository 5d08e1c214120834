//! What documents are checked for.

use iam_policy_check::{Options, PolicyType};
use iam_policy_core::AttachmentKind;
use iam_policy_document::Document;
use iam_policy_templates::Policy;

use super::settings::Settings;

/// The policy type and attachment kinds to check JSON documents for.
#[derive(Clone, Copy)]
pub(super) struct Checks<'a> {
    pub(super) settings: &'a Settings,
    /// Whether findings need what [identifies](super::finding::Identity) them.
    pub(super) identify: bool,
}

impl Checks<'_> {
    /// The options for a document. Its content decides what the settings do not say.
    pub(super) fn options(&self, document: &Document) -> Options<'_> {
        let attach = self.settings.attach.as_slice();
        let only = |wanted| !attach.is_empty() && attach.iter().all(|kind| *kind == wanted);
        let policy_type = match self.settings.policy_type {
            Some(policy_type) => policy_type,
            None if only(AttachmentKind::ServiceControl) => PolicyType::ServiceControl,
            None if only(AttachmentKind::ResourceControl) => PolicyType::ResourceControl,
            None => document.inferred_type(),
        };
        let options = Options::DEFAULT.policy_type(policy_type).attach(attach);
        match self.settings.resource_type {
            Some(resource_type) => options.resource_type(resource_type),
            None => options,
        }
    }

    /// The options for a policy of a template, which says what it is attached to, and how it will be attached, if that
    /// is limited.
    pub(super) fn of_template(&self, policy: &Policy) -> (Vec<AttachmentKind>, Options<'static>) {
        let mut attach: Vec<AttachmentKind> = policy.attach.into_iter().collect();
        if policy.policy_type == PolicyType::Identity {
            for &kind in &self.settings.attach {
                if !attach.contains(&kind) {
                    attach.push(kind);
                }
            }
        }
        let options = Options::DEFAULT.policy_type(policy.policy_type);
        let options = match policy.resource_type {
            Some(resource_type) => options.resource_type(resource_type),
            None => options,
        };
        (attach, options)
    }

    /// The options for a policy in output of the `aws` command line, whose type is known. Only attached policies have a
    /// quota.
    pub(super) fn options_of_answered(&self, policy_type: PolicyType) -> Options<'_> {
        let is_attached = matches!(
            policy_type,
            PolicyType::Identity | PolicyType::ServiceControl | PolicyType::ResourceControl
        );
        let attach = if is_attached {
            self.settings.attach.as_slice()
        } else {
            &[]
        };
        Options::DEFAULT.policy_type(policy_type).attach(attach)
    }
}
