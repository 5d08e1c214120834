//! What the catalogue says about well-known actions.

#![expect(
    clippy::unwrap_used,
    reason = "helpers are test code, of which Clippy sees only what is in functions marked as tests"
)]

use iam_policy_catalog::{
    AccessLevel, Action, ArnPart, Catalog, ConditionKey, GlobalScope, KeyType, ResourceType, Service,
};

#[track_caller]
fn action(name: &str) -> Action {
    Catalog::get().action(name).unwrap()
}

fn names(actions: impl IntoIterator<Item = Action>) -> Vec<String> {
    actions.into_iter().map(|action| action.to_string()).collect()
}

#[test]
fn the_data_is_present_and_dated() {
    let catalog = Catalog::get();
    assert!(catalog.services().len() > 400);
    assert!(catalog.actions().len() > 20_000);
    let types: usize = catalog.services().map(|service| service.resource_types().len()).sum();
    assert!(types > 2_000);
    assert!(catalog.condition_keys().len() > 1_500);
    assert!(catalog.global_condition_keys().len() > 50);
    let digits = catalog.date().replace('-', "");
    assert!(digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit()));
    assert!(catalog.version().contains(&digits), "{catalog:?}");
    assert!(catalog.dependent_actions_date() <= catalog.date());
}

#[test]
fn the_readme_states_the_version_and_date() {
    let readme = include_str!("../README.md");
    let catalog = Catalog::get();
    assert!(readme.contains(&format!("` {} |", catalog.version())));
    assert!(readme.contains(&format!("| date | {} |", catalog.date())));
}

#[test]
fn the_data_is_small() {
    assert!(include_bytes!("../data/catalog.bin").len() < 1_700_000);
}

#[test]
fn lookups_ignore_case_and_return_canonical_names() {
    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        let found = Catalog::get().action(name).map(|action| action.to_string());
        assert_eq!(found.as_deref(), expected);
    }
    check("s3:GetObject", Some("s3:GetObject"));
    check("S3:GETOBJECT", Some("s3:GetObject"));
    check("apigateway:get", Some("apigateway:GET"));
    check("s3:GetObjec", None);
    check("s3:GetObjects", None);
    check("s3:", None);
    check(":GetObject", None);
    check("s3", None);
    check("", None);
    check("s3:Get*", None);
    check(" s3:GetObject", None);
    // Characters that sort as the right ones do.
    check("s3:GetObject\u{0}", None);
    check("a4b\u{1a}GetDevice", None);
    check("access\ranalyzer:GetAnalyzer", None);
}

#[test]
fn finds_every_action() {
    let catalog = Catalog::get();
    for (service, number) in catalog.services().zip(0..) {
        assert_eq!(catalog.service(service.prefix()), Some(service));
        assert_eq!(catalog.services().nth(number), Some(service));
        for action in service.actions() {
            assert_eq!(service.action(&action.name().to_uppercase()), Some(action));
            assert_eq!(catalog.action(&action.to_string()), Some(action));
            assert_eq!(catalog.action_at(action.index()), Some(action));
        }
    }
    let all: Vec<Action> = catalog.actions().collect();
    let by_service: Vec<Action> = catalog.services().flat_map(Service::actions).collect();
    assert_eq!(all, by_service);
    assert!(catalog.actions().rev().eq(all.into_iter().rev()));
}

#[test]
fn get_object_reads_objects() {
    let get = action("s3:GetObject");
    assert_eq!(get.access_level(), AccessLevel::Read);
    assert!(!get.is_wildcard_only());
    let object = get
        .resource_types()
        .find(|found| found.resource_type().name() == "object")
        .unwrap();
    let format = object.resource_type().arn_formats().next().unwrap();
    assert_eq!(format.to_string(), "arn:${Partition}:s3:::${BucketName}/${ObjectName}");
    assert!(
        get.condition_keys()
            .any(|key| key.name() == "s3:ExistingObjectTag/<key>")
    );
}

#[test]
fn access_levels_match_the_reference() {
    #[track_caller]
    fn check(name: &str, level: AccessLevel) {
        assert_eq!(action(name).access_level(), level);
    }
    check("iam:PassRole", AccessLevel::Write);
    check("s3:ListAllMyBuckets", AccessLevel::List);
    check("s3:GetObject", AccessLevel::Read);
    check("s3:PutBucketPolicy", AccessLevel::PermissionsManagement);
    check("ec2:CreateTags", AccessLevel::Tagging);
}

#[test]
fn action_resource_types() {
    let function = action("lambda:GetFunction").resource_types().next().unwrap();
    assert_eq!(function.resource_type().to_string(), "lambda:function");
    assert!(function.is_required());
    assert!(action("s3:ListAllMyBuckets").is_wildcard_only());
    assert!(action("sts:GetCallerIdentity").is_wildcard_only());
    // Twice in the data: with and without something else.
    let twice = action("ec2-instance-connect:OpenTunnel");
    assert_eq!(twice.resource_types().len(), 2);
}

#[test]
fn every_resource_type_belongs_to_the_service() {
    for service in Catalog::get().services() {
        for found in service.actions().flat_map(Action::resource_types) {
            let name = found.resource_type().name();
            assert_eq!(service.resource_type(name), Some(found.resource_type()));
        }
        for found in service.resource_types() {
            for format in found.arn_formats() {
                assert!(format.as_str().starts_with("arn:"), "{found:?}: {format}");
            }
        }
    }
}

#[test]
fn dependent_actions_come_from_the_last_version_that_has_them() {
    let create = action("lambda:CreateFunction");
    let function = create.resource_types().next().unwrap();
    assert!(names(function.dependent_actions()).contains(&"iam:PassRole".to_owned()));
    let dependent = Catalog::get()
        .actions()
        .filter(|action| {
            action.dependent_actions().next().is_some()
                || action.resource_types().any(|found| found.dependent_actions().len() > 0)
        })
        .count();
    assert!(dependent > 1_000);
    assert_ne!(Catalog::get().dependent_actions_version(), "");
}

#[test]
fn services_have_names_and_categories() {
    let catalog = Catalog::get();
    let ec2 = catalog.service("EC2").unwrap();
    assert_eq!((ec2.prefix(), ec2.name()), ("ec2", "Amazon EC2"));
    assert_eq!(ec2.category().unwrap().name(), "Compute");
    assert!(catalog.services().all(|service| !service.name().is_empty()));
    let with_rcp = catalog.services().filter(|s| s.supports_resource_control_policies());
    assert!(with_rcp.count() > 50);
}

#[test]
fn finds_condition_keys_by_name_and_placeholder() {
    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        let found = Catalog::get().condition_key(name).map(ConditionKey::name);
        assert_eq!(found, expected);
    }
    check("aws:SourceIp", Some("aws:SourceIp"));
    check("AWS:SOURCEIP", Some("aws:SourceIp"));
    check("aws:RequestTag/team", Some("aws:RequestTag/${TagKey}"));
    check("aws:RequestTag/${TagKey}", Some("aws:RequestTag/${TagKey}"));
    check("aws:RequestTag/a/b:c", Some("aws:RequestTag/${TagKey}"));
    check("aws:PrincipalTag/team", Some("aws:PrincipalTag/${TagKey}"));
    check("aws:RequestTag/", None);
    check("aws:RequestTag", None);
    check("s3:ExistingObjectTag/team", Some("s3:ExistingObjectTag/<key>"));
    check("s3:existingobjecttag/<key>", Some("s3:ExistingObjectTag/<key>"));
    check(
        "secretsmanager:ResourceTag/team",
        Some("secretsmanager:ResourceTag/${TagKey}"),
    );
    check(
        "kms:EncryptionContext:aws:s3:arn",
        Some("kms:EncryptionContext:${EncryptionContextKey}"),
    );
    check("kms:EncryptionContextKeys", Some("kms:EncryptionContextKeys"));
    check("events:Metadata/a", Some("events:Metadata/${MetadataKey}"));
    check(
        "events:Metadata/a/Matcher",
        Some("events:Metadata/${MetadataKey}/Matcher"),
    );
    check(
        "codebuild:secondarySources/x.buildspec",
        Some("codebuild:secondarySources/${sourceIdentifier}.buildspec"),
    );
    check("codebuild:secondarySources/.buildspec", None);
    check(
        "token.actions.githubusercontent.com/octo:ref",
        Some("token.actions.githubusercontent.com/${SubPath}:ref"),
    );
    check(
        "token.actions.githubusercontent.com:actor",
        Some("token.actions.githubusercontent.com:actor"),
    );
    check("accounts.google.com:aud", Some("accounts.google.com:aud"));
    check("nonsense:key", None);
    check("", None);
    check(":", None);
}

#[test]
fn finds_every_condition_key() {
    let catalog = Catalog::get();
    for key in catalog.condition_keys() {
        let found = catalog.condition_key(key.name()).unwrap();
        assert!(found.name().eq_ignore_ascii_case(key.name()));
        if key.is_template() {
            let name = key.name().to_lowercase();
            let name = name.replace("tag-key", "x").replace("<key>", "x");
            let filled = match name.split_once("${") {
                Some((start, rest)) => format!("{start}x{}", rest.split_once('}').unwrap().1),
                None => name,
            };
            assert!(key.stands_for(&filled), "{filled}");
            assert!(catalog.condition_key(&filled).unwrap().stands_for(&filled));
        }
    }
    for service in catalog.services() {
        for key in service.condition_keys() {
            assert_eq!(service.condition_key(key.name()), Some(key), "{service}");
        }
    }
}

#[test]
fn condition_keys_have_types() {
    #[track_caller]
    fn check(name: &str, key_type: KeyType, multivalued: bool, scope: Option<GlobalScope>) {
        let key = Catalog::get().condition_key(name).unwrap();
        assert_eq!(
            (key.key_type(), key.is_multivalued(), key.global_scope()),
            (key_type, multivalued, scope),
        );
        assert_eq!(key.is_global(), scope.is_some());
    }
    check("aws:SourceIp", KeyType::IpAddress, false, Some(GlobalScope::Network));
    check("aws:PrincipalArn", KeyType::Arn, false, Some(GlobalScope::Principal));
    check("aws:SourceVpcArn", KeyType::Arn, false, Some(GlobalScope::Network));
    check("aws:TokenIssueTime", KeyType::Date, false, Some(GlobalScope::Session));
    check("aws:TagKeys", KeyType::String, true, Some(GlobalScope::Request));
    check("aws:ResourceTag/a", KeyType::String, false, Some(GlobalScope::Resource));
    check(
        "aws:MultiFactorAuthAge",
        KeyType::Numeric,
        false,
        Some(GlobalScope::Session),
    );
    check("aws:SecureTransport", KeyType::Bool, false, Some(GlobalScope::Request));
    check("s3:max-keys", KeyType::Numeric, false, None);
}

#[test]
fn types_may_have_two_formats() {
    let stages = Catalog::get()
        .service("apigateway")
        .unwrap()
        .resource_type("Stages")
        .unwrap();
    let formats: Vec<_> = stages.arn_formats().map(|format| format.to_string()).collect();
    assert_eq!(
        formats,
        [
            "arn:${Partition}:apigateway:${Region}::/apis/${ApiId}/stages",
            "arn:${Partition}:apigateway:${Region}::/restapis/${RestApiId}/stages",
        ],
    );
}

#[test]
fn formats_split_into_parts() {
    for service in Catalog::get().services() {
        for format in service.resource_types().flat_map(ResourceType::arn_formats) {
            let mut whole = String::new();
            for part in format.parts() {
                match part {
                    ArnPart::Literal(text) => {
                        assert!(!text.contains(['{', '}', '$']), "{format}");
                        whole.push_str(text);
                    }
                    ArnPart::Placeholder(name) => {
                        assert!(!name.contains(['{', '}', '$']), "{format}");
                        whole.push('{');
                        whole.push_str(name);
                        whole.push('}');
                    }
                }
            }
            assert_eq!(whole, format.as_str().replace('$', ""));
        }
    }
}

#[test]
fn patterns_expand_in_catalog_order() {
    #[track_caller]
    fn check(pattern: &str, expected: &[&str]) {
        assert_eq!(names(Catalog::get().expand(pattern)), expected);
    }
    check(
        "s3:*BucketPolicy",
        &["s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketPolicy"],
    );
    check("S3:getbucketpolicy", &["s3:GetBucketPolicy"]);
    check("s3:GetBucketPolic?", &["s3:GetBucketPolicy"]);
    check("s3:GetBucketPolicy?", &[]);
    check("s3:", &[]);
    check("s?:GetObject", &[]);
    check("*:GetObject", &[]);
    check("s3*", &[]);
    check("", &[]);
    check("nonsense:*", &[]);
    let service = Catalog::get().service("s3").unwrap();
    assert!(Catalog::get().expand("s3:*").eq(service.actions()));
    assert_eq!(Catalog::get().expand("*").size_hint().0, Catalog::get().actions().len());
    assert!(Catalog::get().expand("**").eq(Catalog::get().actions()));
}

#[test]
fn suggestions() {
    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        let found = Catalog::get().suggest_action(name).map(|action| action.to_string());
        assert_eq!(found.as_deref(), expected);
    }
    check("s3:PutBuketPolicy", Some("s3:PutBucketPolicy"));
    check("s3:putbucketpolciy", Some("s3:PutBucketPolicy"));
    check("s3:GetObjects", Some("s3:GetObject"));
    // Operations whose actions have other names.
    check("s3:ListBuckets", Some("s3:ListAllMyBuckets"));
    check("S3:headobject", Some("s3:GetObject"));
    check("sqs:SendMessageBatch", Some("sqs:SendMessage"));
    check("iam:PassRoles", Some("iam:PassRole"));
    check("lamda:InvokeFunction", Some("lambda:InvokeFunction"));
    check("lamda:InvokFunction", Some("lambda:InvokeFunction"));
    check("cloudwatch:PutLogEvents", Some("logs:PutLogEvents"));
    check("log:PutLogEvents", Some("logs:PutLogEvents"));
    check("dynamodb:GetItme", Some("dynamodb:GetItem"));
    check("s3:Completely", None);
    // Two words are no evidence, and neither is a service that is gone.
    check("ec2:ListObjects", None);
    check("iot1click:ListDeviceEvents", None);
    check("nonsense:Whatever", None);
    check("s3", None);
    check("", None);
}

#[test]
fn handles_have_debug_output() {
    let get = action("s3:GetObject");
    assert_eq!(format!("{get:?}"), "Action(s3:GetObject)");
    assert_eq!(format!("{:?}", get.service()), "Service(s3)");
    let key = Catalog::get().condition_key("s3:prefix").unwrap();
    assert_eq!(format!("{key:?} {key:>12}"), "ConditionKey(s3:prefix)    s3:prefix");
    assert!(action("s3:GetObject") < action("s3:PutObject"));
    assert!(action("iam:PassRole") < action("s3:GetObject"));
}

/// The addresses are those of AWS's pages.
#[test]
fn pages_of_the_reference() {
    let page = |prefix: &str| Catalog::get().service(prefix).unwrap().reference_page();
    for (prefix, expected) in [
        ("s3", "amazons3"),
        ("lambda", "awslambda"),
        ("logs", "amazoncloudwatchlogs"),
        ("iam", "awsidentityandaccessmanagementiam"),
        ("sts", "awssecuritytokenservice"),
        ("servicequotas", "servicequotas"),
        ("appstream", "amazonappstream2.0"),
        ("odb", "awsservice-oracledatabase_aws"),
        ("arc-zonal-shift", "amazonapplicationrecoverycontroller-zonalshift"),
        ("xray", "awsx-ray"),
        ("consoleapp", "awsconsolemobileapp"),
    ] {
        assert_eq!(page(prefix).as_deref(), Some(expected), "{prefix}");
    }
    for prefix in ["elasticloadbalancing", "lex", "apigateway", "aws-marketplace"] {
        assert_eq!(page(prefix), None, "{prefix}");
    }
}
