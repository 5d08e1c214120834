//! How large a policy is.

mod docs;

use iam_policy_core::AttachmentKind;
use iam_policy_document::Value;

use crate::Code;
use crate::PolicyType;
use crate::context::Context;
use crate::finding::{Hint, Report};

pub(super) use docs::TOPIC;

/// The size of the largest policy that can be attached to an identity: an inline policy of a role.
///
/// Source: IAM User Guide, "IAM and AWS STS quotas".
const IDENTITY_QUOTA: usize = 10_240;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    let size = context.document.size();
    largest(context, size, report);
    attach(context, size, report);
}

/// `POLICY_SIZE_EXCEEDS_…_QUOTA`: AWS counts all characters except whitespace outside strings. For an identity policy,
/// AWS reports this only if the policy is too large for every kind of identity.
fn largest(context: &Context<'_>, size: usize, report: &mut Report) {
    let (code, quota, what) = match context.options.policy_type {
        PolicyType::Identity => (
            Code::PolicySizeExceedsIdentityPolicyQuota,
            IDENTITY_QUOTA,
            "identity policy, excluding whitespace,",
        ),
        PolicyType::Trust => (
            Code::PolicySizeExceedsRoleTrustPolicyQuota,
            AttachmentKind::TRUST_QUOTA,
            "role trust policy, excluding whitespace,",
        ),
        PolicyType::ServiceControl => (
            Code::PolicySizeExceedsScpQuota,
            AttachmentKind::ServiceControl.quota(),
            "service control policy (SCP)",
        ),
        PolicyType::ResourceControl => (
            Code::PolicySizeExceedsRcpQuota,
            AttachmentKind::ResourceControl.quota(),
            "RCP",
        ),
        _ => return,
    };
    if size > quota {
        let finding = report.value(
            code,
            format!("the {size} characters in the {what} exceed the {quota} character maximum"),
            whole(context),
        );
        if code == Code::PolicySizeExceedsScpQuota {
            finding.hint = Hint::Advice(format!(
                "split it: up to {} service control policies can be attached to a root, organizational unit or account",
                AttachmentKind::SERVICE_CONTROL_PER_TARGET
            ));
        }
    }
}

/// `POLICY_SIZE_EXCEEDS_ATTACH_QUOTA`, which AWS reports only when a policy is stored: the policy must be within the
/// quota of each kind of attachment.
///
/// Source: IAM User Guide, "IAM and AWS STS quotas".
fn attach(context: &Context<'_>, size: usize, report: &mut Report) {
    for kind in context.options.attach {
        let quota = kind.quota();
        if size > quota {
            report.value(
                Code::PolicySizeExceedsAttachQuota,
                format!(
                    "the policy has {size} characters, excluding whitespace, but the quota for `{kind}` is {quota}"
                ),
                whole(context),
            );
        }
    }
}

fn whole<'a>(context: &Context<'a>) -> Value<'a> {
    context.document.root()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Options;

    fn check(kind: PolicyType, attach: &[AttachmentKind], characters: usize, expected: Expect) {
        let source = format!(
            "{{\"Version\": \"{}\"}}",
            "x".repeat(characters - "{\"Version\":\"\"}".len())
        );
        let document = iam_policy_document::json::read(source.as_bytes()).document;
        let options = Options::DEFAULT.policy_type(kind).attach(attach);
        let sizes: Vec<_> = crate::check(&document, &options)
            .iter()
            .filter(|finding| finding.code.is_some_and(|code| code.starts_with("POLICY_SIZE")))
            .map(ToString::to_string)
            .collect();
        expected.assert_eq(&sizes.join("\n"));
    }

    #[test]
    fn the_largest_policy() {
        check(PolicyType::Identity, &[], 10_240, expect![[""]]);
        check(
            PolicyType::Identity,
            &[],
            10_241,
            expect![
                "warning[POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA]: the 10241 characters in the identity policy, excluding whitespace, exceed the 10240 character maximum"
            ],
        );
        check(
            PolicyType::Trust,
            &[],
            2049,
            expect![
                "warning[POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA]: the 2049 characters in the role trust policy, excluding whitespace, exceed the 2048 character maximum"
            ],
        );
        check(PolicyType::ServiceControl, &[], 10_240, expect![[""]]);
        check(
            PolicyType::ServiceControl,
            &[],
            10_241,
            expect![[r#"
            error[POLICY_SIZE_EXCEEDS_SCP_QUOTA]: the 10241 characters in the service control policy (SCP) exceed the 10240 character maximum
              = help: split it: up to 10 service control policies can be attached to a root, organizational unit or account"#]],
        );
        check(
            PolicyType::ResourceControl,
            &[],
            5121,
            expect![
                "error[POLICY_SIZE_EXCEEDS_RCP_QUOTA]: the 5121 characters in the RCP exceed the 5120 character maximum"
            ],
        );
    }

    #[test]
    fn each_attachment_kind() {
        let kinds = [AttachmentKind::InlineUser, AttachmentKind::Managed];
        check(PolicyType::Identity, &kinds, 2048, expect![[""]]);
        check(
            PolicyType::ServiceControl,
            &[AttachmentKind::ServiceControl],
            10_240,
            expect![[""]],
        );
        check(
            PolicyType::Identity,
            &kinds,
            2049,
            expect![
                "error[POLICY_SIZE_EXCEEDS_ATTACH_QUOTA]: the policy has 2049 characters, excluding whitespace, but the quota for `inline-user` is 2048"
            ],
        );
        check(
            PolicyType::Identity,
            &kinds,
            6145,
            expect![[r#"
            error[POLICY_SIZE_EXCEEDS_ATTACH_QUOTA]: the policy has 6145 characters, excluding whitespace, but the quota for `inline-user` is 2048
            error[POLICY_SIZE_EXCEEDS_ATTACH_QUOTA]: the policy has 6145 characters, excluding whitespace, but the quota for `managed` is 6144"#]],
        );
    }
}
