//! The data about resource types of CloudFormation.

use iam_policy_catalog::Catalog;
use iam_policy_operations::{
    Handler, HandlerNeed, ResourceType, resource_type, resource_type_packages, resource_types,
};

#[test]
fn actions_exist_and_are_sorted() {
    let catalog = Catalog::get();
    let mut count = 0;
    for found in resource_types() {
        assert_eq!(resource_type(found.name()).map(ResourceType::name), Some(found.name()));
        let actions: Vec<_> = found.needs().map(HandlerNeed::action).collect();
        assert!(actions.is_sorted(), "{found:?}");
        for need in found.needs() {
            assert!(catalog.expand(need.action()).next().is_some(), "{found:?} {need:?}");
            assert!(
                Handler::ALL.iter().any(|handler| need.is_of(*handler)),
                "{found:?} {need:?}"
            );
            count += 1;
        }
    }
    assert!(count > 10_000, "{count}");
}

#[test]
fn what_has_no_handlers_is_not_known() {
    for name in [
        "AWS::AppMesh::Mesh",
        "AWS::S3::Buckets",
        "AWS::S4::Bucket",
        "Custom::Thing",
        "",
    ] {
        assert!(resource_type(name).is_none(), "{name}");
    }
    assert_eq!(resource_type_packages()[0].name(), "cfn-lint");
}
