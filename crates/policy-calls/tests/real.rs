//! The search in a package that calls the real crates of the AWS SDK: `cargo test -p iam-policy-calls --test real -- --ignored`.

use std::path::Path;

use expect_test::expect;
use iam_policy_calls::{Calls, Search};

fn sites(calls: &Calls) -> String {
    let own = calls.calls.iter().filter(|call| call.origin.is_none());
    let lines: Vec<_> = own
        .map(|call| {
            let actions: Vec<_> = call
                .permissions
                .iter()
                .flatten()
                .map(|permission| permission.action)
                .collect();
            let test = if call.is_test { "test " } else { "" };
            format!("{test}{}.{}: {}", call.service, call.operation, actions.join(", "))
        })
        .collect();
    lines.join("\n")
}

#[test]
#[ignore = "compiles crates of the AWS SDK"]
fn both_searches_find_the_calls_of_a_program() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policy-aws");
    let exact = Search::new(&package).run(&mut |_| {}).unwrap();
    assert_eq!(exact.mode.name(), "exact", "{:?}", exact.warnings);
    assert_eq!(exact.unchecked, []);
    assert!(
        exact
            .calls
            .iter()
            .all(|call| call.is_confirmed || call.origin.is_some())
    );
    expect![[r#"
        STS.GetCallerIdentity: 
        IAM.GetRole: iam:GetRole
        IAM.SimulatePrincipalPolicy: iam:SimulatePrincipalPolicy
        IAM.SimulatePrincipalPolicy: iam:SimulatePrincipalPolicy"#]]
    .assert_eq(&sites(&exact));
    let quick = Search::new(&package).quick().run(&mut |_| {}).unwrap();
    assert_eq!(sites(&quick), sites(&exact));
}
