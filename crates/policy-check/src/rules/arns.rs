//! Whether the resources of a statement are valid ARNs.

mod docs;

use std::sync::OnceLock;

use iam_policy_catalog::{Catalog, Service};
use iam_policy_core::text::is_account;
use iam_policy_core::wildcard::is_pattern;
use iam_policy_core::{Arn, Partition, Segment, Segments, variable};
use iam_policy_document::ResourceOfUrl;

use crate::Code;
use crate::arn::formats_of;
use crate::context::{Context, Resource};
use crate::finding::{At, Hint, Report};
use crate::pattern::intersect;
use crate::region::is_region;
use crate::rules::actions::wildcard_in_service;

pub(super) use docs::TOPIC;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    for resource in context.statements.iter().flat_map(|parts| &parts.resources) {
        if resource.is_everything() {
            continue;
        }
        if service_of(resource).is_some_and(is_pattern) {
            wildcard_in_service(resource.value, report);
        }
        let Some(arn) = resource.arn else {
            incomplete(resource, report);
            continue;
        };
        partition(resource, arn, report);
        region(resource, arn, report);
        account(resource, arn, report);
        service(context, resource, arn, report);
    }
    mixed_partitions(context, report);
}

/// Whether the value of a segment is unknown until the policy is evaluated.
fn is_open(segment: &str) -> bool {
    is_pattern(segment) || variable::is_in(segment)
}

/// The service of an ARN, which may have fewer than six segments.
fn service_of<'a>(resource: &Resource<'a>) -> Option<&'a str> {
    match resource.arn {
        Some(arn) => Some(arn.service),
        None => Segments::of_arn(resource.text)?.get(Segment::Service),
    }
}

/// `INVALID_ARN_PREFIX`, `MISSING_ARN_FIELD`: an ARN has six fields, starting with `arn`. If it has fewer, a `*` at the
/// end covers the rest.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Resource".
fn incomplete(resource: &Resource<'_>, report: &mut Report) {
    let text = resource.text;
    if text.starts_with("arn:") {
        if !text.ends_with('*') {
            report.value(
                Code::MissingArnField,
                "resource ARNs must include at least 6 fields in the following structure: \
                 arn:partition:service:region:account:resource",
                resource.value,
            );
        }
    } else if !text.is_empty() && "arn:".starts_with(text.trim_end_matches('*')) && text.ends_with('*') {
        // `a*`, `arn*` and similar patterns match ARNs.
    } else {
        let details = "add the required prefix (arn) to the resource ARN";
        let finding = report.value(Code::InvalidArnPrefix, details, resource.value);
        if let Some(meant) = ResourceOfUrl::read(text) {
            finding.hint = Hint::Meant(meant.arn());
        }
    }
}

/// `INVALID_PARTITION`: the partition does not exist.
///
/// Source: AWS General Reference, "Amazon Resource Names".
fn partition(resource: &Resource<'_>, arn: Arn<'_>, report: &mut Report) {
    if !is_open(arn.partition) && Partition::from_name(arn.partition).is_none() {
        let mut names = Vec::new();
        for partition in Partition::ALL {
            names.push(partition.name());
        }
        report.value(
            Code::InvalidPartition,
            format!(
                "the resource ARN for the service {} does not support the partition `{}`; use the supported values: {}",
                arn.service,
                arn.partition,
                names.join(", ")
            ),
            resource.value,
        );
    }
}

/// `INVALID_ARN_REGION`: the Region does not have the form of a Region name.
fn region(resource: &Resource<'_>, arn: Arn<'_>, report: &mut Report) {
    if !arn.region.is_empty() && !is_open(arn.region) && !is_region(arn.region) && arn.region != "global" {
        let details = format!(
            "the Region `{}` is not valid for this resource; update the resource ARN to include a supported Region",
            arn.region
        );
        report.value(Code::InvalidArnRegion, details, resource.value).hint = Hint::Region(arn.region.to_owned());
    }
}

/// `INVALID_ARN_ACCOUNT`: an account ID has 12 digits. Resources that AWS owns have `aws` instead.
fn account(resource: &Resource<'_>, arn: Arn<'_>, report: &mut Report) {
    // A text with letters is the name of an owner; some services have their own, such as `amazon`.
    let digits = arn.account.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if !arn.account.is_empty() && !is_open(arn.account) && digits && !is_account(arn.account) {
        report.value(
            Code::InvalidArnAccount,
            format!(
                "the resource ARN account ID `{}` is not valid; provide a 12-digit account ID",
                arn.account
            ),
            resource.value,
        );
    }
}

/// `INVALID_ARN_SERVICE_CASE`, `INVALID_SERVICE`: the service must exist and be in lowercase.
fn service(context: &Context<'_>, resource: &Resource<'_>, arn: Arn<'_>, report: &mut Report) {
    if is_open(arn.service) {
        return;
    }
    if arn.service.bytes().any(|byte| byte.is_ascii_uppercase()) {
        report.value(
            Code::InvalidArnServiceCase,
            format!(
                "update the service name `{}` in the resource ARN to use all lowercase letters",
                arn.service
            ),
            resource.value,
        );
        return;
    }
    match context.catalog.service(arn.service) {
        Some(service) => formats(service, resource, arn, report),
        None if names_resources(context.catalog, arn.service) => {}
        None => {
            let details = format!(
                "the service `{}` does not exist (as of {}); use a valid service name",
                arn.service,
                context.catalog.date()
            );
            report.value(Code::InvalidService, details, resource.value).hint = Hint::Service(arn.service.to_owned());
        }
    }
}

/// Whether the ARNs of a resource type name this service, even though no action does.
fn names_resources(catalog: Catalog, name: &str) -> bool {
    static NAMES: OnceLock<Vec<&'static str>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let mut names = Vec::new();
        for kind in catalog.services().flat_map(Service::resource_types) {
            for format in kind.arn_formats() {
                if let Some(format) = Arn::of_pattern(format.as_str())
                    && catalog.service(format.service).is_none()
                    && !names.contains(&format.service)
                {
                    names.push(format.service);
                }
            }
        }
        names
    });
    names.contains(&name)
}

/// `MISSING_ARN_REGION`, `MISSING_ARN_ACCOUNT`, `ARN_REGION_NOT_ALLOWED`, `ARN_ACCOUNT_NOT_ALLOWED`: either all ARN
/// formats that match the resource have a Region (or an account), or none has.
///
/// Source: Service Authorization Reference, the resource types of each service.
fn formats(service: Service, resource: &Resource<'_>, arn: Arn<'_>, report: &mut Report) {
    // Most resources have wildcards for both, which always fit.
    let is_left_open = |segment: &str| !segment.is_empty() && is_open(segment);
    let mut region = Fits::new(is_left_open(arn.region));
    let mut account = Fits::new(is_left_open(arn.account));
    if region.good && account.good {
        return;
    }
    for format in service.resource_types().flat_map(formats_of) {
        if let Some(format) = format.arn
            && format.service == arn.service
            && !(region.is_settled_by(arn.region, format.region) && account.is_settled_by(arn.account, format.account))
            && intersect(format.resource, arn.resource)
        {
            region.add(arn.region, format.region);
            account.add(arn.account, format.account);
            if region.good && account.good {
                return;
            }
        }
    }
    let name = arn.service;
    if region.is_bad() {
        let (code, details) = if arn.region.is_empty() {
            (
                Code::MissingArnRegion,
                format!("add a Region to the {name} resource ARN"),
            )
        } else {
            (
                Code::ArnRegionNotAllowed,
                format!("the service {name} does not support specifying a Region in the resource ARN"),
            )
        };
        report.value(code, details, resource.value);
    }
    if account.is_bad() && !is_published(arn) {
        let (code, details) = if arn.account.is_empty() {
            (
                Code::MissingArnAccount,
                format!(
                    "the resource {} in the ARN is missing an account ID; provide a 12-digit account ID",
                    arn.resource
                ),
            )
        } else {
            (
                Code::ArnAccountNotAllowed,
                format!("the service {name} does not support specifying an account ID in the resource ARN"),
            )
        };
        report.value(code, details, resource.value);
    }
}

/// Whether the formats agree that a segment is present or absent.
struct Fits {
    /// Any value fits, or some format agrees with the ARN.
    good: bool,
    /// Some format disagrees with the ARN.
    bad: bool,
}

impl Fits {
    fn new(good: bool) -> Self {
        Self { good, bad: false }
    }

    /// Whether a format with this segment would add no information.
    fn is_settled_by(&self, own: &str, format: &str) -> bool {
        self.good || (self.bad && own.is_empty() != format.is_empty())
    }

    fn add(&mut self, own: &str, format: &str) {
        let fits = own.is_empty() == format.is_empty();
        self.good |= fits;
        self.bad |= !fits;
    }

    fn is_bad(&self) -> bool {
        self.bad && !self.good
    }
}

/// Resources that services publish for everyone, without an account: the service, and a pattern for the resource.
///
/// Source: AWS Systems Manager User Guide, "Working with public parameters", and the Automation runbook reference; AWS
/// Security Hub User Guide, "Using custom product integrations".
const PUBLISHED: &[(&str, &str)] = &[
    ("ssm", "parameter/aws/*"),
    ("ssm", "document/AWS*"),
    ("ssm", "document/Aws*"),
    ("ssm", "document/Amazon*"),
    ("ssm", "automation-definition/AWS*"),
    ("ssm", "automation-definition/Aws*"),
    ("ssm", "automation-definition/Amazon*"),
    ("securityhub", "product/*"),
];

/// Whether a pattern can match a resource that is published for everyone.
fn is_published(arn: Arn<'_>) -> bool {
    PUBLISHED
        .iter()
        .any(|&(service, resource)| service == arn.service && intersect(resource, arn.resource))
}

/// `MIXED_PARTITIONS`, not reported by AWS: a policy is used in a single partition, where ARNs of other partitions
/// match nothing.
///
/// Source: AWS General Reference, "Amazon Resource Names": credentials, and so policies, belong to one partition.
fn mixed_partitions(context: &Context<'_>, report: &mut Report) {
    let mut first: Vec<(&str, At<'_>)> = Vec::new();
    for parts in &context.statements {
        if parts.not_resource {
            continue;
        }
        for resource in &parts.resources {
            if let Some(arn) = resource.arn
                && Partition::from_name(arn.partition).is_some()
                && !first.iter().any(|(known, _)| *known == arn.partition)
            {
                first.push((arn.partition, At::Value(resource.value)));
            }
        }
    }
    if first.len() > 1 {
        let (mut names, mut places) = (Vec::new(), Vec::new());
        for (name, place) in first {
            names.push(format!("`{name}`"));
            places.push(place);
        }
        report.add(
            Code::MixedPartitions,
            format!(
                "the resources belong to different partitions: {}; a policy can only be used in one partition",
                names.join(", ")
            ),
            places,
        );
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Code::*;
    use crate::PolicyType;
    use crate::tests::statements;
    const CODES: &[Code] = &[
        InvalidArnPrefix,
        MissingArnField,
        InvalidPartition,
        InvalidArnRegion,
        InvalidArnAccount,
        InvalidArnServiceCase,
        InvalidService,
        MissingArnRegion,
        MissingArnAccount,
        ArnRegionNotAllowed,
        ArnAccountNotAllowed,
        MixedPartitions,
        WildcardInServiceName,
    ];

    fn check(resources: &str, expected: Expect) {
        let statement = format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": {resources}}}"#);
        statements(PolicyType::Identity, CODES, &statement, expected);
    }

    #[test]
    fn forms() {
        check(
            r#"["*", "arn:aws:s3:::reports", "arn:*", "arn:aws:s3*", "arn*", "arn:aws:iam::${aws:PrincipalAccount}:role/x"]"#,
            expect![[r#"
                WILDCARD_IN_SERVICE_NAME <"arn:aws:s3*">
            "#]],
        );
        check(
            r#"["reports", "s3:::reports", "arn:aws:s3:reports", "", "aws*"]"#,
            expect![[r#"
                INVALID_ARN_PREFIX <"reports">
                INVALID_ARN_PREFIX <"s3:::reports">
                MISSING_ARN_FIELD <"arn:aws:s3:reports">
                INVALID_ARN_PREFIX <"">
                INVALID_ARN_PREFIX <"aws*">
            "#]],
        );
    }

    #[test]
    fn patterns_of_services() {
        check(
            r#"["arn:aws:*code*::111122223333:*", "arn:aws:s?", "arn:*:s3:::x", "arn:aws:s3:::*"]"#,
            expect![[r#"
                WILDCARD_IN_SERVICE_NAME <"arn:aws:*code*::111122223333:*">
                WILDCARD_IN_SERVICE_NAME <"arn:aws:s?">
                MISSING_ARN_FIELD <"arn:aws:s?">
            "#]],
        );
    }

    #[test]
    fn partitions_regions_and_accounts() {
        check(
            r#"["arn:aws-moon:s3:::reports", "arn:aws:sqs:mars:123456789012:q", "arn:aws:sqs:eu-west-1:1234:q"]"#,
            expect![[r#"
                INVALID_PARTITION <"arn:aws-moon:s3:::reports">
                INVALID_ARN_REGION <"arn:aws:sqs:mars:123456789012:q">
                INVALID_ARN_ACCOUNT <"arn:aws:sqs:eu-west-1:1234:q">
            "#]],
        );
        check(
            r#"["arn:*:sqs:us-gov-west-1:123456789012:q", "arn:aws:sqs:*:*:q", "arn:aws:iam::aws:policy/ReadOnlyAccess"]"#,
            expect![[""]],
        );
    }

    #[test]
    fn services() {
        check(
            r#"["arn:aws:SQS:eu-west-1:123456789012:q", "arn:aws:nonsense:::x", "arn:aws:lamda:eu-west-1:123456789012:function:x", "arn:aws:sqs:eu-west-1:123456789012:q"]"#,
            expect![[r#"
                INVALID_ARN_SERVICE_CASE <"arn:aws:SQS:eu-west-1:123456789012:q">
                INVALID_SERVICE <"arn:aws:nonsense:::x">
                INVALID_SERVICE <"arn:aws:lamda:eu-west-1:123456789012:function:x">
                  did you mean `lambda`?
            "#]],
        );
    }

    #[test]
    fn regions_and_accounts_follow_the_formats() {
        check(
            r#"["arn:aws:logs:::log-group:x", "arn:aws:logs:*:*:log-group:x"]"#,
            expect![[r#"
                MISSING_ARN_REGION <"arn:aws:logs:::log-group:x">
                MISSING_ARN_ACCOUNT <"arn:aws:logs:::log-group:x">
            "#]],
        );
        check(
            r#"["arn:aws:sqs:eu-west-1::q", "arn:aws:ssm:eu-west-1::parameter/aws/service/x", "arn:aws:ssm:eu-west-1::parameter/x", "arn:aws:apigateway:*::/restapis/*"]"#,
            expect![[r#"
                MISSING_ARN_ACCOUNT <"arn:aws:sqs:eu-west-1::q">
                MISSING_ARN_ACCOUNT <"arn:aws:ssm:eu-west-1::parameter/x">
            "#]],
        );
        check(
            r#"["arn:aws:iam:eu-west-1:123456789012:role/x", "arn:aws:s3:::reports/*", "arn:aws:apigateway:eu-west-1:123456789012:/restapis/x"]"#,
            expect![[r#"
                ARN_REGION_NOT_ALLOWED <"arn:aws:iam:eu-west-1:123456789012:role/x">
                ARN_ACCOUNT_NOT_ALLOWED <"arn:aws:apigateway:eu-west-1:123456789012:/restapis/x">
            "#]],
        );
    }

    #[test]
    fn public_resources_have_no_account() {
        check(
            r#"["arn:aws:ssm:*::document/AWS-RunShellScript", "arn:aws:ssm:*::automation-definition/AWS-*:*", "arn:aws:ssm:*::document/AwsEnaNetworkDriver-*", "arn:aws:ssm:*::document/*", "arn:aws:securityhub:eu-west-1::product/aws/guardduty"]"#,
            expect![[""]],
        );
        check(
            r#"["arn:aws:ssm:*::document/Restart*", "arn:aws:ssm:*::automation-definition/Restart:*"]"#,
            expect![[r#"
                MISSING_ARN_ACCOUNT <"arn:aws:ssm:*::document/Restart*">
                MISSING_ARN_ACCOUNT <"arn:aws:ssm:*::automation-definition/Restart:*">
            "#]],
        );
    }

    #[test]
    fn partitions_of_one_policy() {
        check(
            r#"["arn:aws:s3:::a", "arn:aws-cn:s3:::a", "arn:aws:s3:::b"]"#,
            expect![[r#"
                MIXED_PARTITIONS <"arn:aws:s3:::a"> <"arn:aws-cn:s3:::a">
            "#]],
        );
        check(r#"["arn:aws:s3:::a", "arn:*:s3:::a"]"#, expect![[""]]);
    }
}
