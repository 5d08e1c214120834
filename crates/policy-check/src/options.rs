use iam_policy_core::{AttachmentKind, PolicyType};

/// How to check a document.
///
/// # Examples
///
/// ```
/// use iam_policy_check::{Options, PolicyType};
/// use iam_policy_core::AttachmentKind;
///
/// const OPTIONS: Options = Options::DEFAULT.attach(&[AttachmentKind::InlineUser, AttachmentKind::Managed]);
/// assert_eq!(OPTIONS.policy_type, PolicyType::Identity);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Options<'a> {
    /// The type of the document, which determines the elements it can have. Permissions boundaries and session policies
    /// are checked like identity policies.
    ///
    /// Source: IAM Access Analyzer API Reference, `ValidatePolicy`, `policyType`.
    pub policy_type: PolicyType,
    /// Where the policy will be attached. It must be small enough for each of these.
    pub attach: &'a [AttachmentKind],
}

impl<'a> Options<'a> {
    /// The options for an identity policy, wherever it will be attached.
    pub const DEFAULT: Self = Self {
        policy_type: PolicyType::Identity,
        attach: &[],
    };

    /// Sets the [`policy_type`](Self#structfield.policy_type).
    #[must_use]
    pub const fn policy_type(mut self, policy_type: PolicyType) -> Self {
        self.policy_type = policy_type;
        self
    }

    /// Sets where the policy will be [attached](Self#structfield.attach).
    #[must_use]
    pub const fn attach(mut self, attach: &'a [AttachmentKind]) -> Self {
        self.attach = attach;
        self
    }
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self::DEFAULT
    }
}
