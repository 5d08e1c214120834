//! The overlay's rows name real services, actions and keys, and say where they come from.

#![expect(
    clippy::unwrap_used,
    reason = "helpers are test code, of which Clippy sees only what is in functions marked as tests"
)]

use iam_policy_catalog::overlay::{self, Applies, Source};
use iam_policy_catalog::{Action, Catalog, Fit, KeyType};

#[track_caller]
fn action(name: &str) -> Action {
    Catalog::get().action(name).unwrap()
}

fn sources() -> Vec<Source> {
    let forms = overlay::arn_forms().iter().map(|row| row.source);
    forms
        .chain(overlay::without_resource().iter().map(|row| row.source))
        .chain(overlay::short_forms().iter().map(|row| row.source))
        .chain(overlay::unlisted_actions().iter().map(|row| row.source))
        .chain(overlay::not_required().iter().map(|row| row.source))
        .chain(overlay::typed_keys().iter().map(|row| row.source))
        .chain(overlay::same_calls().iter().map(|row| row.source))
        .collect()
}

#[test]
fn every_row_has_a_dated_source() {
    assert!(sources().len() > 25);
    for source in sources() {
        let Source { url, date, .. } = source;
        assert!(
            url.starts_with("https://docs.aws.amazon.com/") || url.starts_with("https://github.com/"),
            "{url}"
        );
        let parts: Vec<&str> = date.split('-').collect();
        assert!(
            matches!(&*parts, [year, month, day] if year.len() == 4 && month.len() == 2 && day.len() == 2),
            "{url}: {date}"
        );
        assert!(
            date.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit()),
            "{url}: {date}"
        );
    }
}

#[test]
fn arn_forms_name_real_actions_and_are_not_in_the_reference() {
    let catalog = Catalog::get();
    for form in overlay::arn_forms() {
        let service = catalog.service(form.service).unwrap();
        assert_eq!(service.prefix(), form.service);
        let actions: Vec<Action> = match form.applies {
            Applies::ToActions(names) => names.iter().map(|name| service.action(name).unwrap()).collect(),
            Applies::ToActionsOn(kind) => {
                assert!(service.resource_type(kind).is_some(), "{kind}");
                service
                    .actions()
                    .filter(|action| action.arn_forms().any(|own| own.name == form.name))
                    .collect()
            }
        };
        assert!(!actions.is_empty(), "{}", form.name);
        for format in form.formats {
            assert!(format.as_str().starts_with("arn:${Partition}:"), "{format}");
            assert!(format.service().is_some(), "{format}");
            for action in &actions {
                let listed = action
                    .resource_types()
                    .flat_map(|listed| listed.resource_type().arn_formats());
                assert!(
                    !listed.clone().any(|own| own == *format),
                    "the reference has {format} for {action}"
                );
                assert!(action.arn_formats().any(|own| own == *format));
            }
        }
    }
}

#[test]
fn actions_without_a_resource_exist() {
    for row in overlay::without_resource() {
        let service = Catalog::get().service(row.service).unwrap();
        assert!(
            service.matching(row.actions).any(Action::is_without_resource),
            "{}",
            row.actions
        );
    }
    assert!(!action("ec2:DescribeInstanceAttribute").is_without_resource());
    assert!(!action("ec2:RunInstances").is_without_resource());
}

#[test]
fn unlisted_actions_are_missing_from_the_reference() {
    let catalog = Catalog::get();
    for row in overlay::unlisted_actions() {
        assert!(
            catalog
                .service(row.service)
                .is_some_and(|service| service.action(row.name).is_none()),
            "{}",
            row.name
        );
    }
    assert!(catalog.unlisted_action("sns:receive").is_some());
    assert!(catalog.unlisted_action("sns:Publish").is_none());
    assert!(catalog.unlisted_action("SNS").is_none());
}

#[test]
fn dependent_actions_that_are_not_required() {
    for row in overlay::not_required() {
        let (action, dependent) = (action(row.action), action(row.dependent));
        assert_eq!(
            (action.to_string(), dependent.to_string()),
            (row.action.to_owned(), row.dependent.to_owned())
        );
        assert!(
            !action.dependent_actions().any(|needed| needed == dependent),
            "{}",
            row.action
        );
    }
    assert_eq!(action("kms:CreateKey").dependent_actions().count(), 0);
    // Rows apply to one action only.
    assert!(
        action("kms:CreateCustomKeyStore")
            .dependent_actions()
            .any(|needed| needed.name() == "CreateServiceLinkedRole")
    );
}

#[test]
fn types_of_condition_keys() {
    for row in overlay::typed_keys() {
        let key = Catalog::get().condition_key(row.name).unwrap();
        assert_eq!(key.key_type_of(row.name), row.key_type, "{}", row.name);
        assert_eq!(key.key_type_of(&row.name.to_uppercase()), row.key_type, "{}", row.name);
    }
    let key = |name| Catalog::get().condition_key(name).unwrap();
    assert_eq!(key("events:eventBusInvocation").key_type(), KeyType::Bool);
    assert_eq!(key("kms:EncryptionContext:aws:logs:arn").key_type(), KeyType::String);
}

#[test]
fn actions_of_one_call() {
    for row in overlay::same_calls() {
        let service = Catalog::get().service(row.service).unwrap();
        for name in row.with.iter().chain([&row.action]) {
            assert_eq!(service.action(name).unwrap().name(), *name);
        }
    }
    let names = |name| -> Vec<&str> { action(name).in_same_call().map(Action::name).collect() };
    assert_eq!(
        names("sts:AssumeRoleWithWebIdentity"),
        ["TagSession", "SetSourceIdentity"]
    );
    assert_eq!(
        names("sts:TagSession"),
        [
            "AssumeRole",
            "AssumeRoleWithSAML",
            "AssumeRoleWithWebIdentity",
            "GetFederationToken"
        ]
    );
    assert!(names("s3:GetObject").is_empty());
}

#[test]
fn how_arns_fit() {
    #[track_caller]
    fn check(name: &str, arn: &str, expected: &str) {
        let found = match action(name).fit(arn) {
            Fit::Documented => "documented",
            Fit::OtherType(other) => other.name,
            Fit::Undocumented => "undocumented",
        };
        assert_eq!(found, expected, "{name} {arn}");
    }
    let region = |service: &str, rest: &str| format!("arn:aws:{service}:us-east-1:123456789012:{rest}");
    check(
        "execute-api:Invoke",
        &region("execute-api", "a1b2c3/prod/GET/pets"),
        "documented",
    );
    check(
        "execute-api:Invoke",
        &region("execute-api", "a1b2c3/prod/secret"),
        "documented",
    );
    check(
        "execute-api:InvalidateCache",
        &region("execute-api", "a1b2c3/prod/secret"),
        "WebSocket route",
    );
    check("execute-api:Invoke", &region("execute-api", "a1b2c3"), "undocumented");
    let alias = "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap";
    check("s3:GetObject", &format!("{alias}/object/a/b"), "documented");
    check("s3:ListBucket", alias, "documented");
    check("s3:GetObject", "arn:aws:s3:::reports", "bucket");
    check("s3:GetObject", "arn:aws:s3:::reports/a:b/c", "documented");
    check("s3:ListBucket", "arn:aws:s3:::reports/a", "object");
    check(
        "bedrock:InvokeModel",
        "arn:aws:bedrock:::foundation-model/anthropic.claude-sonnet-4",
        "documented",
    );
    check(
        "bedrock:InvokeAgent",
        "arn:aws:bedrock:::foundation-model/m",
        "foundation model without a Region",
    );
    check(
        "cloudformation:CreateChangeSet",
        "arn:aws:cloudformation:us-east-1:aws:transform/Serverless-2016-10-31",
        "documented",
    );
    check(
        "cloudformation:CreateStackInstances",
        "arn:aws:cloudformation:us-east-1::type/resource/AWS-S3-Bucket",
        "documented",
    );
    check(
        "logs:DescribeLogGroups",
        &region("logs", "log-group::log-stream:"),
        "documented",
    );
    check(
        "logs:DescribeLogGroups",
        &region("logs", "log-group:/aws/lambda/x"),
        "log-group",
    );
    check(
        "states:ListStateMachines",
        &region("states", "stateMachine:*"),
        "documented",
    );
    check("iam:ListRoles", "arn:aws:iam::123456789012:role/", "documented");
    check(
        "iam:ListRoles",
        "arn:aws:iam::123456789012:role/aws-service-role/",
        "documented",
    );
    check("iam:ListRoles", "arn:aws:iam::123456789012:role/app", "role");
    check("iam:ListRoles", "arn:aws:iam::123456789012:tower/app", "undocumented");
    // The service that the ARN names decides, not the action's.
    check("s3:GetObject", "arn:aws:iam::123456789012:role/app", "role");
    check("sts:AssumeRole", "arn:aws:iam::123456789012:role/app", "documented");
    check("s3:GetObject", "*", "undocumented");
    check("s3:GetObject", "", "undocumented");
}

#[test]
fn formats_match_what_their_placeholders_are_replaced_with() {
    use iam_policy_catalog::{ArnPart, Extent, Service};
    for kind in Catalog::get().services().flat_map(Service::resource_types) {
        for format in kind.arn_formats() {
            for (name, segment, rest) in [("a", "b", "c"), ("a.b", "us-east-1", "d/e:f"), ("-", "*", "/")] {
                let fill = |(part, extent)| match (part, extent) {
                    (ArnPart::Literal(text), _) => text,
                    (ArnPart::Placeholder(_), Extent::Name) => name,
                    (ArnPart::Placeholder(_), Extent::Segment) => segment,
                    (ArnPart::Placeholder(_), Extent::Everything) => rest,
                };
                let arn: String = format.parts_with_extents().map(fill).collect();
                assert!(format.matches(&arn), "{format} {arn}");
                assert!(!format.matches(&format!("x{arn}")), "{format} x{arn}");
            }
        }
    }
}
