use iam_policy_core::{AttachmentKind, PolicyType};

/// How to check a document.
///
/// # Examples
///
/// ```
/// use iam_policy_check::{Options, PolicyType};
/// use iam_policy_core::AttachmentKind;
///
/// let options = Options {
///     attach: &[AttachmentKind::InlineUser, AttachmentKind::Managed],
///     ..Options::default()
/// };
/// assert_eq!(options.policy_type, PolicyType::Identity);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// The type of the document, which determines the elements it can have. Permissions boundaries and session policies
    /// are checked like identity policies.
    ///
    /// Source: IAM Access Analyzer API Reference, `ValidatePolicy`, `policyType`.
    pub policy_type: PolicyType,
    /// Where the policy will be attached. It must be small enough for each of these.
    pub attach: &'a [AttachmentKind],
}
