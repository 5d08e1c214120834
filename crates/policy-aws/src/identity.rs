//! The kinds of identities that ARNs name.

use iam_policy_core::{Arn, IamArn, wildcard};

/// Parses the ARN of something in an account, which has no Region and no wildcards.
pub(crate) fn read(arn: &str) -> Option<(Arn<'_>, IamArn<'_>)> {
    IamArn::parse(arn).filter(|(arn, _)| arn.region.is_empty() && !wildcard::is_pattern(arn.resource))
}

/// The prefix of the roles that IAM Identity Center creates for permission sets.
const IDENTITY_CENTER: &str = "AWSReservedSSO_";

/// The ARNs that the role of a session may have, for when the caller may not call `iam:GetRole`.
///
/// Role names are unique within an account, whatever their path. So if one of these ARNs is a role, it is the right
/// one. The path of a role of IAM Identity Center ends in the region of the instance, except for `us-east-1`.
///
/// - `session`: the ARN of the session
/// - `role`: the role's name
/// - `region`: the configured region, which may be that of the instance
///
/// Source: IAM User Guide, "IAM and AWS STS quotas" (names are unique in an account), and IAM Identity Center User
/// Guide, "Referencing permission sets in resource policies".
pub(crate) fn candidates(session: Arn<'_>, role: &str, region: Option<&str>) -> Vec<String> {
    let arn = |path: &str| {
        let role = IamArn::Role { path, name: role };
        role.in_account(session.partition, session.account).to_string()
    };
    if !role.starts_with(IDENTITY_CENTER) {
        return vec![arn("/")];
    }
    let mut all = vec![arn("/aws-reserved/sso.amazonaws.com/")];
    all.extend(region.map(|region| arn(&format!("/aws-reserved/sso.amazonaws.com/{region}/"))));
    all
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[test]
    fn wildcards_and_regions_are_rejected() {
        let kind = |arn| read(arn).map(|(_, kind)| kind);
        assert_eq!(
            kind("arn:aws:iam::123456789012:user/anna"),
            Some(IamArn::User {
                path: "/",
                name: "anna"
            })
        );
        for arn in [
            "",
            "*",
            "arn:aws:iam::123456789012:user/",
            "arn:aws:iam:eu-central-1:123456789012:user/anna",
            "arn:aws:iam::123456789012:role/*",
            "arn:aws:iam::123456789012:policy/all",
        ] {
            assert_eq!(kind(arn), None, "{arn}");
        }
    }

    #[test]
    fn a_role_without_a_path_has_one_candidate_and_identity_center_two() {
        let check = |arn: &str, region, expected: Expect| {
            let Some((segments, IamArn::Session { role, .. })) = read(arn) else {
                panic!("{arn} is no session")
            };
            expected.assert_eq(&candidates(segments, role, region).join("\n"));
        };
        check(
            "arn:aws-cn:sts::123456789012:assumed-role/deploy/ci",
            Some("cn-north-1"),
            expect!["arn:aws-cn:iam::123456789012:role/deploy"],
        );
        check(
            "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/anna",
            Some("eu-central-1"),
            expect![[r#"
                arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef
                arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Admin_0123456789abcdef"#]],
        );
        check(
            "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/anna",
            None,
            expect![
                "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef"
            ],
        );
    }
}
