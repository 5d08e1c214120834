//! Every form of identity that may ask, and whom it asks about.

mod common;

use common::{calls, entity, identify, serve, settings, start};
use expect_test::{Expect, expect};
use iam_policy_aws::Settings;
use iam_policy_server::Server;
use testing_support::{ACCOUNT, Account, allow};

/// Users, roles and keys of each kind. Whoever is called `…-blind` may not call `iam:GetRole`, and `nobody` may do
/// nothing.
fn everybody() -> Server {
    let may = allow(&["iam:GetRole", "iam:SimulatePrincipalPolicy"]);
    let blind = allow(&["iam:SimulatePrincipalPolicy"]);
    let none = allow(&["s3:ListAllMyBuckets"]);
    let entities = [
        ("user/ann", &may),
        ("user/team/web/bob", &may),
        ("user/nobody", &none),
        ("role/deploy", &may),
        ("role/ci/build", &may),
        (
            "role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Admin_0123456789abcdef",
            &may,
        ),
        ("role/deploy-blind", &blind),
        ("role/ci/build-blind", &blind),
        (
            "role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Blind_0123456789abcdef",
            &blind,
        ),
        ("role/deploy-nobody", &none),
    ];
    let iam = |rest: &str| format!("arn:aws:iam::{ACCOUNT}:{rest}");
    let sts = |rest: &str| format!("arn:aws:sts::{ACCOUNT}:{rest}");
    let keys = [
        ("AKIAANN", iam("user/ann")),
        ("AKIABOB", iam("user/team/web/bob")),
        ("AKIANOBODY", iam("user/nobody")),
        ("AKIAROOT", iam("root")),
        ("ASIADEPLOY", sts("assumed-role/deploy/ann")),
        ("ASIABUILD", sts("assumed-role/build/42")),
        (
            "ASIACENTER",
            sts("assumed-role/AWSReservedSSO_Admin_0123456789abcdef/ann@example.com"),
        ),
        ("ASIADEPLOYBLIND", sts("assumed-role/deploy-blind/ann")),
        ("ASIABUILDBLIND", sts("assumed-role/build-blind/42")),
        (
            "ASIACENTERBLIND",
            sts("assumed-role/AWSReservedSSO_Blind_0123456789abcdef/ann@example.com"),
        ),
        ("ASIADEPLOYNOBODY", sts("assumed-role/deploy-nobody/ann")),
        ("ASIAFEDERATED", sts("federated-user/ann")),
    ];
    let mut account = Account::new();
    for (name, document) in entities {
        account = account.entity(entity(name, document));
    }
    for (key, arn) in &keys {
        account = account.access_key(key, arn);
    }
    start(serve(&account))
}

fn check(key: &str, expected: Expect) {
    let server = everybody();
    let told = identify(settings(&server, key));
    expected.assert_eq(&format!("{told}---\n{}", calls(&server)));
}

fn check_principal(key: &str, principal: &str, expected: Expect) {
    let server = everybody();
    let told = identify(Settings {
        principal: Some(principal.to_owned()),
        ..settings(&server, key)
    });
    expected.assert_eq(&format!("{told}---\n{}", calls(&server)));
}

#[test]
fn a_user() {
    check(
        "AKIAANN",
        expect![[r#"
        asks about arn:aws:iam::123456789012:user/ann
        aws 123456789012 eu-central-1
        ---
        GetCallerIdentity 200
    "#]],
    );
}

#[test]
fn a_user_with_a_path() {
    check(
        "AKIABOB",
        expect![[r#"
        asks about arn:aws:iam::123456789012:user/team/web/bob
        aws 123456789012 eu-central-1
        ---
        GetCallerIdentity 200
    "#]],
    );
}

#[test]
fn a_role() {
    check(
        "ASIADEPLOY",
        expect![[r#"
        asks about arn:aws:iam::123456789012:role/deploy
        caller arn:aws:sts::123456789012:assumed-role/deploy/ann
        aws 123456789012 eu-central-1
        ---
        GetCallerIdentity 200
        GetRole 200
    "#]],
    );
}

#[test]
fn a_role_with_a_path() {
    check(
        "ASIABUILD",
        expect![[r#"
        asks about arn:aws:iam::123456789012:role/ci/build
        caller arn:aws:sts::123456789012:assumed-role/build/42
        aws 123456789012 eu-central-1
        ---
        GetCallerIdentity 200
        GetRole 200
    "#]],
    );
}

#[test]
fn a_role_of_identity_center() {
    check(
        "ASIACENTER",
        expect![[r#"
        asks about arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Admin_0123456789abcdef
        caller arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/ann@example.com
        aws 123456789012 eu-central-1
        ---
        GetCallerIdentity 200
        GetRole 200
    "#]],
    );
}

#[test]
fn a_role_that_may_not_look_itself_up_and_has_no_path() {
    check(
        "ASIADEPLOYBLIND",
        expect![[r#"
        asks about arn:aws:iam::123456789012:role/deploy-blind
        caller arn:aws:sts::123456789012:assumed-role/deploy-blind/ann
        aws 123456789012 eu-central-1
        ---
        GetCallerIdentity 200
        GetRole 403
        SimulatePrincipalPolicy 1 × 0 200
    "#]],
    );
}

#[test]
fn a_role_that_may_not_look_itself_up_and_has_a_path() {
    check(
        "ASIABUILDBLIND",
        expect![[r#"
        error: cannot determine the path of the role `build-blind`, which is part of its ARN: User: arn:aws:sts::123456789012:assumed-role/build-blind/42 is not authorized to perform: iam:GetRole on resource: role build-blind because no identity-based policy allows the iam:GetRole action
          help: pass the role's full ARN, which ends in `build-blind`, with `--principal`
          help: or allow the caller to perform `iam:GetRole` on the role
        ---
        GetCallerIdentity 200
        GetRole 403
        SimulatePrincipalPolicy 1 × 0 404
    "#]],
    );
}

#[test]
fn a_role_of_identity_center_that_may_not_look_itself_up() {
    check(
        "ASIACENTERBLIND",
        expect![[r#"
        asks about arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Blind_0123456789abcdef
        caller arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Blind_0123456789abcdef/ann@example.com
        aws 123456789012 eu-central-1
        ---
        GetCallerIdentity 200
        GetRole 403
        SimulatePrincipalPolicy 1 × 0 404
        SimulatePrincipalPolicy 1 × 0 200
    "#]],
    );
}

#[test]
fn a_role_without_permissions() {
    check(
        "ASIADEPLOYNOBODY",
        expect![[r#"
        error: cannot determine the path of the role `deploy-nobody`, which is part of its ARN: User: arn:aws:sts::123456789012:assumed-role/deploy-nobody/ann is not authorized to perform: iam:GetRole on resource: role deploy-nobody because no identity-based policy allows the iam:GetRole action
          help: pass the role's full ARN, which ends in `deploy-nobody`, with `--principal`
          help: or allow the caller to perform `iam:GetRole` on the role
        ---
        GetCallerIdentity 200
        GetRole 403
        SimulatePrincipalPolicy 1 × 0 403
    "#]],
    );
}

#[test]
fn a_federated_user() {
    check(
        "ASIAFEDERATED",
        expect![[r#"
        error: `arn:aws:sts::123456789012:federated-user/ann` is a federated user
          help: AWS only simulates users, groups and roles: pass the user whose credentials created this session with `--principal ARN`
        ---
        GetCallerIdentity 200
    "#]],
    );
}

#[test]
fn the_root_user() {
    check(
        "AKIAROOT",
        expect![[r#"
            error: the credentials belong to the account's root user
              help: AWS does not simulate the root user, which can do everything in its account that the organization does not deny
              help: check another user, group or role, such as `--principal arn:aws:iam::123456789012:user/ann`
            ---
            GetCallerIdentity 200
        "#]],
    );
}

#[test]
fn an_unknown_key() {
    check(
        "AKIAUNKNOWN",
        expect![[r#"
            error: AWS rejected the credentials: The security token included in the request is invalid.
              help: check that the access key is active and belongs to this partition, that its secret is complete, and that the system clock is correct
            ---
            GetCallerIdentity 403
        "#]],
    );
}

#[test]
fn principal_another_user() {
    check_principal(
        "AKIAANN",
        "arn:aws:iam::123456789012:user/team/web/bob",
        expect![[r#"
        asks about arn:aws:iam::123456789012:user/team/web/bob
        caller arn:aws:iam::123456789012:user/ann
        aws 123456789012 eu-central-1
        ---
        GetCallerIdentity 200
    "#]],
    );
}

#[test]
fn principal_a_group() {
    check_principal(
        "AKIAANN",
        "arn:aws:iam::123456789012:group/developers",
        expect![[r#"
        asks about arn:aws:iam::123456789012:group/developers
        caller arn:aws:iam::123456789012:user/ann
        aws 123456789012 eu-central-1
        ---
        GetCallerIdentity 200
    "#]],
    );
}

#[test]
fn principal_another_role() {
    check_principal(
        "AKIAANN",
        "arn:aws:iam::123456789012:role/ci/build",
        expect![[r#"
        asks about arn:aws:iam::123456789012:role/ci/build
        caller arn:aws:iam::123456789012:user/ann
        aws 123456789012 eu-central-1
        ---
        GetCallerIdentity 200
    "#]],
    );
}

#[test]
fn principal_a_session_of_another_role() {
    check_principal(
        "AKIAANN",
        "arn:aws:sts::123456789012:assumed-role/build/42",
        expect![[r#"
            asks about arn:aws:iam::123456789012:role/ci/build
            caller arn:aws:iam::123456789012:user/ann
            aws 123456789012 eu-central-1
            ---
            GetCallerIdentity 200
            GetRole 200
        "#]],
    );
}

#[test]
fn principal_a_session_of_a_role_that_is_not_there() {
    check_principal(
        "AKIAANN",
        "arn:aws:sts::123456789012:assumed-role/gone/42",
        expect![[r#"
            error: `arn:aws:sts::123456789012:assumed-role/gone/42` does not exist
              help: check the account ID, the path and the name in the ARN
            ---
            GetCallerIdentity 200
            GetRole 404
        "#]],
    );
}

#[test]
fn principal_a_federated_user_by_name() {
    check_principal(
        "AKIAANN",
        "arn:aws:sts::123456789012:federated-user/ann",
        expect![[r#"
        error: `arn:aws:sts::123456789012:federated-user/ann` is a federated user
          help: AWS only simulates users, groups and roles: pass the user whose credentials created this session with `--principal ARN`
        ---
    "#]],
    );
}

#[test]
fn principal_the_root_user_by_name() {
    check_principal(
        "AKIAANN",
        "arn:aws:iam::123456789012:root",
        expect![[r#"
            error: `arn:aws:iam::123456789012:root` is not a user, group or role
              help: check another user, group or role, such as `--principal arn:aws:iam::123456789012:user/ann`
            ---
        "#]],
    );
}

#[test]
fn principal_a_policy() {
    check_principal(
        "AKIAANN",
        "arn:aws:iam::123456789012:policy/all",
        expect![[r#"
            error: `arn:aws:iam::123456789012:policy/all` is not a user, group or role
              help: check another user, group or role, such as `--principal arn:aws:iam::123456789012:user/ann`
            ---
        "#]],
    );
}

#[test]
fn principal_a_bare_name() {
    check_principal(
        "AKIAANN",
        "ann",
        expect![[r#"
            error: `ann` is not a user, group or role
              help: check another user, group or role, such as `--principal arn:aws:iam::123456789012:user/ann`
            ---
        "#]],
    );
}

#[test]
fn principal_another_account() {
    check_principal(
        "AKIAANN",
        "arn:aws:iam::210987654321:user/ann",
        expect![[r#"
        error: `arn:aws:iam::210987654321:user/ann` is in another account: the credentials belong to 123456789012
          help: use a profile of the ARN's account: AWS only simulates principals of the caller's account
        ---
        GetCallerIdentity 200
    "#]],
    );
}

#[test]
fn principal_another_partition() {
    check_principal(
        "AKIAANN",
        "arn:aws-cn:iam::123456789012:user/ann",
        expect![[r#"
        error: `arn:aws-cn:iam::123456789012:user/ann` is in another partition: the credentials and the Region belong to `aws`
          help: use a profile and a Region in the ARN's partition
        ---
        GetCallerIdentity 200
    "#]],
    );
}
