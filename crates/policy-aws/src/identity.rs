//! The kinds of identities that ARNs name.

use iam_policy_core::Arn;

/// The kind of identity that an ARN of IAM or STS names.
///
/// Source: IAM User Guide, "IAM identifiers", "Understanding unique ID prefixes" and "`GetCallerIdentity`", whose
/// answers have these forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identity<'a> {
    /// A user, group or role. AWS can simulate its policies by this ARN.
    Entity,
    /// A session of a role. The session's ARN contains the role's name but not its path.
    Session {
        /// The role's name.
        role: &'a str,
    },
    /// A session of `GetFederationToken`, to which only the user's policies and its own session policies apply.
    Federated,
    /// The account itself, or a session of its root user.
    Root,
    /// Anything else.
    Unknown,
}

/// Classifies `arn`. Also returns the parsed ARN, if it is valid.
pub(crate) fn read(arn: &str) -> (Identity<'_>, Option<Arn<'_>>) {
    let Ok(arn) = Arn::parse(arn) else {
        return (Identity::Unknown, None);
    };
    (kind(arn), Some(arn))
}

fn kind(arn: Arn<'_>) -> Identity<'_> {
    if !arn.region.is_empty() || arn.account.is_empty() || arn.resource.contains(['*', '?']) {
        return Identity::Unknown;
    }
    let (kind, name) = arn.resource.split_once('/').unwrap_or((arn.resource, ""));
    match (arn.service, kind) {
        ("iam", "root") | ("sts", "assumed-root") => Identity::Root,
        // If it ends in a slash, the name after the path is missing.
        ("iam", "user" | "group" | "role") if !name.is_empty() && !name.ends_with('/') => Identity::Entity,
        ("sts", "assumed-role") => match name.split_once('/') {
            Some((role, session)) if !role.is_empty() && !session.is_empty() => Identity::Session { role },
            _ => Identity::Unknown,
        },
        ("sts", "federated-user") if !name.is_empty() => Identity::Federated,
        _ => Identity::Unknown,
    }
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
    let arn = |path: &str| format!("arn:{}:iam::{}:role/{path}{role}", session.partition, session.account);
    if !role.starts_with(IDENTITY_CENTER) {
        return vec![arn("")];
    }
    let mut all = vec![arn("aws-reserved/sso.amazonaws.com/")];
    all.extend(region.map(|region| arn(&format!("aws-reserved/sso.amazonaws.com/{region}/"))));
    all
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(arn: &str, expected: Expect) {
        expected.assert_eq(&format!("{:?}", read(arn).0));
    }

    #[test]
    fn users_groups_and_roles_can_be_asked_about() {
        check("arn:aws:iam::123456789012:user/anna", expect!["Entity"]);
        check("arn:aws:iam::123456789012:user/team/web/anna", expect!["Entity"]);
        check("arn:aws:iam::123456789012:group/developers", expect!["Entity"]);
        check("arn:aws-cn:iam::123456789012:role/deploy", expect!["Entity"]);
        check(
            "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
            expect!["Entity"],
        );
    }

    #[test]
    fn sessions_name_their_role() {
        check(
            "arn:aws:sts::123456789012:assumed-role/deploy/ci@example.com",
            expect![[r#"Session { role: "deploy" }"#]],
        );
        check(
            "arn:aws-us-gov:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/anna",
            expect![[r#"Session { role: "AWSReservedSSO_Admin_0123456789abcdef" }"#]],
        );
    }

    #[test]
    fn root_and_federated_users_are_known() {
        check("arn:aws:iam::123456789012:root", expect!["Root"]);
        check("arn:aws:sts::123456789012:assumed-root", expect!["Root"]);
        check("arn:aws:sts::123456789012:federated-user/anna", expect!["Federated"]);
    }

    #[test]
    fn other_arns_are_unknown() {
        for arn in [
            "",
            "anna",
            "*",
            "arn:aws:iam::123456789012:user",
            "arn:aws:iam::123456789012:user/",
            "arn:aws:iam::123456789012:role/path/",
            "arn:aws:iam:::user/anna",
            "arn:aws:iam:eu-central-1:123456789012:user/anna",
            "arn:aws:iam::123456789012:role/*",
            "arn:aws:iam::123456789012:policy/all",
            "arn:aws:sts::123456789012:assumed-role/deploy",
            "arn:aws:sts::123456789012:assumed-role/deploy/",
            "arn:aws:sts::123456789012:assumed-role//session",
            "arn:aws:sts::123456789012:federated-user/",
            "arn:aws:s3:::user/anna",
        ] {
            check(arn, expect!["Unknown"]);
        }
    }

    #[test]
    fn a_role_without_a_path_has_one_candidate_and_identity_center_two() {
        let check = |arn: &str, region, expected: Expect| {
            let (Identity::Session { role }, Some(segments)) = read(arn) else {
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
