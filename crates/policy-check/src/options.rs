use iam_policy_core::{AttachmentKind, PolicyResource, PolicyType};

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
    /// The kind of resource that a resource policy is attached to, which determines the actions and resources that it
    /// can have. Without it, the kind is [inferred](iam_policy_document::Document::inferred_resource) where the content
    /// leaves no doubt.
    ///
    /// Source: IAM Access Analyzer API Reference, `ValidatePolicy`, `validatePolicyResourceType`.
    pub resource_type: Option<PolicyResource>,
    /// Where the policy will be attached. It must be small enough for each of these.
    pub attach: &'a [AttachmentKind],
}

impl<'a> Options<'a> {
    /// The options for an identity policy, wherever it will be attached.
    pub const DEFAULT: Self = Self {
        policy_type: PolicyType::Identity,
        resource_type: None,
        attach: &[],
    };

    /// Sets the [`policy_type`](Self#structfield.policy_type).
    #[must_use]
    pub const fn policy_type(mut self, policy_type: PolicyType) -> Self {
        self.policy_type = policy_type;
        self
    }

    /// Sets the [`resource_type`](Self#structfield.resource_type), and the policy type to that of resource policies.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_check::{Code, Options, PolicyResource, check};
    ///
    /// const OF_BUCKET: Options = Options::DEFAULT.resource_type(PolicyResource::S3Bucket);
    ///
    /// let source = br#"{"Version": "2012-10-17", "Statement": {
    ///   "Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "arn:aws:s3:::reports/*"}}"#;
    /// let findings = check(&iam_policy_document::json::read(source).document, &OF_BUCKET);
    /// assert_eq!(Code::of(&findings[0]), Some(Code::UnsupportedActionInPolicy));
    /// ```
    #[must_use]
    pub const fn resource_type(mut self, resource_type: PolicyResource) -> Self {
        self.policy_type = PolicyType::Resource;
        self.resource_type = Some(resource_type);
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
