//! The generated policies equal those that Remotion Lambda 4.0.527 prints, byte for byte.

use iam_policy_gen::{Origin, artifacts};
use iam_policy_spec::{Source, read};

const ORIGIN: Origin<'_> = Origin {
    command: "cargo test",
    spec: "remotion-4.0.527.toml",
};

#[test]
fn reproduces_the_release() {
    let source = Source::new(ORIGIN.spec, include_str!("data/remotion-4.0.527.toml"));
    let (spec, diagnostics) = read(&source);
    assert_eq!(diagnostics, []);

    let artifacts = artifacts(&spec, ORIGIN);
    for (name, golden) in [
        ("user.json", include_str!("data/remotion-4.0.527/user.json")),
        (
            "user.aws-cn.json",
            include_str!("data/remotion-4.0.527/user.aws-cn.json"),
        ),
        ("role.json", include_str!("data/remotion-4.0.527/role.json")),
        (
            "role.aws-cn.json",
            include_str!("data/remotion-4.0.527/role.aws-cn.json"),
        ),
    ] {
        let artifact = artifacts.iter().find(|artifact| artifact.name == name);
        assert_eq!(
            artifact.map(|artifact| artifact.contents.as_str()),
            Some(golden),
            "{name}"
        );
    }
}
