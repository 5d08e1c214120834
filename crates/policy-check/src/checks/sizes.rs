//! How large a policy is.

use policy_document::Value;

use crate::Code;
use crate::context::Context;
use crate::finding::Report;
use crate::options::PolicyType;

/// The largest policy that can be attached to any identity: a role's inline policy.
///
/// Source: IAM User Guide, "IAM and AWS STS quotas".
const IDENTITY_QUOTA: usize = 10_240;

/// The quota of a resource control policy.
///
/// Source: AWS Organizations User Guide, "Quotas".
const RESOURCE_CONTROL_QUOTA: usize = 5120;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    let size = context.document.size();
    largest(context, size, report);
    attach(context, size, report);
}

/// `POLICY_SIZE_EXCEEDS_…_QUOTA`: AWS counts all characters but the white space outside strings. For an identity policy AWS says so
/// only when it is too large for every kind of identity.
fn largest(context: &Context<'_>, size: usize, report: &mut Report) {
    let (code, quota, what) = match context.options.policy_type {
        PolicyType::Identity => (
            Code::PolicySizeExceedsIdentityPolicyQuota,
            IDENTITY_QUOTA,
            "identity policy, excluding whitespace,",
        ),
        PolicyType::Trust => (
            Code::PolicySizeExceedsRoleTrustPolicyQuota,
            policy_core::Attach::TRUST_QUOTA,
            "role trust policy, excluding whitespace,",
        ),
        PolicyType::ServiceControl => (
            Code::PolicySizeExceedsScpQuota,
            policy_core::Attach::ServiceControl.quota(),
            "service control policy (SCP)",
        ),
        PolicyType::ResourceControl => (Code::PolicySizeExceedsRcpQuota, RESOURCE_CONTROL_QUOTA, "RCP"),
        PolicyType::Resource => return,
    };
    if size > quota {
        report.value(
            code,
            format!("the {size} characters in the {what} exceed the {quota} character maximum"),
            whole(context),
        );
    }
}

/// `POLICY_SIZE_EXCEEDS_ATTACH_QUOTA`, which AWS says only when a policy is stored: it must be small enough for each kind of attachment.
///
/// Source: IAM User Guide, "IAM and AWS STS quotas".
fn attach(context: &Context<'_>, size: usize, report: &mut Report) {
    for kind in context.options.attach {
        let quota = kind.quota();
        if size > quota {
            report.value(
                Code::PolicySizeExceedsAttachQuota,
                format!("the policy has {size} characters without white space; as `{kind}` it may have {quota}"),
                whole(context),
            );
        }
    }
}

fn whole<'a>(context: &Context<'a>) -> Value<'a> {
    context.document.root()
}
