//! The policies equal the output of Remotion's own command, byte for byte.

use iam_policy::{Options, Policy};
use remotion_lambda_policies::{ALL, ROLE, USER};

fn check(policy: &Policy<'_>, seed: &str) {
    assert_eq!(policy.json, seed, "{}", policy.name);
}

#[test]
fn the_user_policy_is_the_original() {
    check(&USER, include_str!("data/seed/user.json"));
}

#[test]
fn the_role_policy_is_the_original() {
    check(&ROLE, include_str!("data/seed/role.json"));
}

#[test]
fn rendering_by_default_gives_the_constant() {
    for policy in ALL {
        let rendered = policy.render(Options::DEFAULT).unwrap();
        assert_eq!(rendered.to_string(), policy.json, "{}", policy.name);
    }
}
