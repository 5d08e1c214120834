//! Whether the resources of a statement are valid ARNs.

mod docs;

use std::sync::OnceLock;

use iam_policy_catalog::{Catalog, Service};
use iam_policy_core::text::is_account;
use iam_policy_core::variable::{self, Piece, has_unknown, only_unknown};
use iam_policy_core::wildcard::is_pattern;
use iam_policy_core::{Arn, Partition, Segment, Segments};
use iam_policy_document::ResourceOfUrl;

use crate::Code;
use crate::arn::{Format, documented_formats, formats_of};
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
        account(context, resource, arn, report);
        service(context, resource, arn, report);
        bucket_name(resource, arn, report);
    }
    mixed_partitions(context, report);
}

/// Whether the value of a segment is unknown until the policy is evaluated.
pub(crate) fn is_open(segment: &str) -> bool {
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
    if is_beginning(resource.text) || may_be_arn(resource.text) {
        // `arn:aws:s3*`, `arn*` and similar patterns match ARNs.
    } else if resource.text.starts_with("arn:") {
        report.value(
            Code::MissingArnField,
            "resource ARNs must include at least 6 fields in the following structure: \
             arn:partition:service:region:account:resource",
            resource.value,
        );
    } else {
        let details = "add the required prefix (arn) to the resource ARN";
        let finding = report.value(Code::InvalidArnPrefix, details, resource.value);
        if let Some(meant) = ResourceOfUrl::read(resource.text) {
            finding.hint = Hint::Meant(meant.arn());
        }
    }
}

/// `INVALID_PARTITION`: the partition does not exist. AWS accepts wildcards there, but no policy variables. An unknown
/// partition may exist.
///
/// Source: AWS General Reference, "Amazon Resource Names".
fn partition(resource: &Resource<'_>, arn: Arn<'_>, report: &mut Report) {
    let is_pattern = || has_unknown(arn.partition) || is_pattern(arn.partition) && !variable::is_in(arn.partition);
    if Partition::from_name(arn.partition).is_none() && !is_pattern() {
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

/// `INVALID_ARN_ACCOUNT`: an account ID has 12 digits. Resources that AWS or a vendor owns have the owner's name instead.
fn account(context: &Context<'_>, resource: &Resource<'_>, arn: Arn<'_>, report: &mut Report) {
    if !arn.account.is_empty() && !is_open(arn.account) && !is_account(arn.account) && !is_owner(context.catalog, arn) {
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

/// The owners of resources that many accounts use.
///
/// Source: EC2 Image Builder User Guide, "Amazon Resource Names of components"; Amazon EC2 API Reference,
/// `DescribeImages`, `Owner`.
const OWNERS: &[&str] = &["aws", "amazon", "aws-marketplace", "aws-backup-vault", "self"];

/// Whether an ARN has the name of an owner in place of an account: one that resources of all services can have, or one
/// that a format of the service has.
fn is_owner(catalog: Catalog, arn: Arn<'_>) -> bool {
    let is_of_format = |format: &Format| {
        format
            .arn
            .is_some_and(|format| format.service == arn.service && format.account == arn.account)
    };
    OWNERS.contains(&arn.account)
        || catalog
            .service(arn.service)
            .is_some_and(|service| service.resource_types().flat_map(formats_of).any(is_of_format))
}

/// The name of the bucket in the ARN of a bucket or of objects in general purpose buckets.
pub(crate) fn bucket(arn: Arn<'_>) -> Option<&str> {
    let is_bucket = arn.service == "s3" && arn.region.is_empty() && arn.account.is_empty();
    is_bucket.then(|| arn.resource.split('/').next().unwrap_or_default())
}

/// `INVALID_BUCKET_NAME`, not reported by AWS: no bucket's name has such a character, so the ARN matches nothing. The
/// oldest buckets may have uppercase letters and underscores.
///
/// Source: Amazon S3 User Guide, "General purpose bucket naming rules".
fn bucket_name(resource: &Resource<'_>, arn: Arn<'_>, report: &mut Report) {
    let is_allowed =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-' | '*' | '?');
    let Some(name) = bucket(arn).filter(|name| !name.chars().all(is_allowed)) else {
        return;
    };
    let mut wrong = None;
    let mut pieces = variable::pieces(name);
    loop {
        let start = pieces.position();
        let Some(piece) = pieces.next() else { break };
        if let Piece::Text(text) = piece
            && let Some((at, character)) = text.char_indices().find(|&(_, character)| !is_allowed(character))
        {
            wrong = Some((start + at, character));
            break;
        }
    }
    let Some((at, character)) = wrong else { return };
    let start = resource.text.len() - arn.resource.len();
    let finding = report.add(
        Code::InvalidBucketName,
        format!("the name of a bucket cannot contain `{character}`, so `{name}` is not a bucket"),
        [At::Part(resource.value, start, name.len())],
    );
    if character == ':'
        && let (Some(before), Some(after)) = (resource.text.get(..start + at), resource.text.get(start + at + 1..))
    {
        finding.hint = Hint::Meant([before, "/", after].concat());
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

/// Whether a pattern with fewer than six segments matches ARNs: the beginning of one, and a `*` for the rest.
pub(crate) fn is_beginning(pattern: &str) -> bool {
    pattern.ends_with('*') && (pattern.starts_with("arn:") || "arn:".starts_with(pattern.trim_end_matches('*')))
}

/// Whether a text is an ARN or `*` with the right values of its unknown parts. They may have any number of segments.
pub(crate) fn may_be_arn(text: &str) -> bool {
    let Some((start, _)) = text.split_once("${").filter(|_| has_unknown(text)) else {
        return false;
    };
    "arn:".starts_with(start) || start.starts_with("arn:") || start.chars().all(|start| start == '*')
}

/// Whether an action or the ARNs of a resource type have this service, written in lowercase.
pub(crate) fn is_service(catalog: Catalog, name: &str) -> bool {
    let is_lowercase = !name.bytes().any(|byte| byte.is_ascii_uppercase());
    is_lowercase && (catalog.service(name).is_some() || names_resources(catalog, name))
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

/// The segments of an ARN in which none of the formats agrees with it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Misfit {
    region: bool,
    account: bool,
}

impl Misfit {
    /// Either all ARN formats that match the resource have a Region (or an account), or none has.
    ///
    /// Source: Service Authorization Reference, the resource types of each service.
    pub(crate) fn of(service: Service, arn: Arn<'_>) -> Self {
        // Most resources have wildcards for both, which always fit. An unknown word is not empty.
        let is_left_open = |segment: &str| {
            !segment.is_empty() && is_open(segment) && !only_unknown(segment).is_some_and(|part| part.is_word)
        };
        let mut region = Fits::new(is_left_open(arn.region));
        let mut account = Fits::new(is_left_open(arn.account));
        if region.good && account.good {
            return Self::default();
        }
        let mut consider = |format: &Format| {
            if let Some(format) = format.arn
                && format.service == arn.service
                && !(region.is_settled_by(arn.region, format.region)
                    && account.is_settled_by(arn.account, format.account))
                && intersect(format.resource, arn.resource)
            {
                region.add(arn.region, format.region);
                account.add(arn.account, format.account);
            }
            region.good && account.good
        };
        if service.resource_types().flat_map(formats_of).any(&mut consider)
            || documented_formats(arn.service).any(|format| consider(&format))
        {
            return Self::default();
        }
        Self {
            region: region.is_bad(),
            account: account.is_bad() && !is_published(arn),
        }
    }

    /// Whether the ARN has a Region or an account that none of the formats has.
    pub(crate) const fn has_superfluous_segments(self, arn: Arn<'_>) -> bool {
        self.region && !arn.region.is_empty() || self.account && !arn.account.is_empty()
    }
}

/// `MISSING_ARN_REGION`, `MISSING_ARN_ACCOUNT`, `ARN_REGION_NOT_ALLOWED`, `ARN_ACCOUNT_NOT_ALLOWED`: the resource has a
/// Region or an account that its formats do not have, or lacks one. In the ARN of a bucket both are one mistake.
fn formats(service: Service, resource: &Resource<'_>, arn: Arn<'_>, report: &mut Report) {
    let misfit = Misfit::of(service, arn);
    let name = arn.service;
    let lacks_region = misfit.region && arn.region.is_empty();
    let is_global = name == "s3" && misfit.has_superfluous_segments(arn) && !lacks_region;
    let without = is_global.then(|| Hint::Global(resource.text.to_owned()));
    if misfit.region {
        let (code, details) = if lacks_region {
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
        let finding = report.value(code, details, resource.value);
        if let Some(hint) = without {
            finding.hint = hint;
            return;
        }
    } else if let Some(hint) = without {
        report
            .value(Code::ArnAccountNotAllowed, account_not_allowed(name), resource.value)
            .hint = hint;
        return;
    }
    if misfit.account {
        let (code, details) = if arn.account.is_empty() {
            (
                Code::MissingArnAccount,
                format!(
                    "the resource {} in the ARN is missing an account ID; provide a 12-digit account ID",
                    arn.resource
                ),
            )
        } else {
            (Code::ArnAccountNotAllowed, account_not_allowed(name))
        };
        report.value(code, details, resource.value);
    }
}

fn account_not_allowed(service: &str) -> String {
    format!("the service {service} does not support specifying an account ID in the resource ARN")
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
        InvalidBucketName,
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
    fn accounts_are_numbers_or_owners() {
        check(
            r#"["arn:aws:iam::xxxx:role/x", "arn:aws:iam::ACCOUNT_ID:role/x", "arn:aws:sqs:*:12345678901a:q", "arn:aws:sqs:*:1234-5678-9012:q"]"#,
            expect![[r#"
                INVALID_ARN_ACCOUNT <"arn:aws:iam::xxxx:role/x">
                INVALID_ARN_ACCOUNT <"arn:aws:iam::ACCOUNT_ID:role/x">
                INVALID_ARN_ACCOUNT <"arn:aws:sqs:*:12345678901a:q">
                INVALID_ARN_ACCOUNT <"arn:aws:sqs:*:1234-5678-9012:q">
            "#]],
        );
        check(
            r#"["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:imagebuilder:*:aws-marketplace:component/x/1.0.0/1", "arn:aws:sqs:*:${aws:PrincipalAccount}:q", "arn:aws:sqs:*:12345*:q"]"#,
            expect![[""]],
        );
    }

    #[test]
    fn variables_are_no_partitions() {
        check(
            r#"["arn:${aws:x}:s3:::x"]"#,
            expect![[r#"
            INVALID_PARTITION <"arn:${aws:x}:s3:::x">
        "#]],
        );
        check(
            r#"["arn:${aws:x}*:s3:::x"]"#,
            expect![[r#"
            INVALID_PARTITION <"arn:${aws:x}*:s3:::x">
        "#]],
        );
    }

    #[test]
    fn names_of_buckets() {
        check(
            r#"["arn:aws:s3:::reports:*", "arn:aws:s3:::reports:x/y", "arn:aws:s3:::my reports/*", "arn:aws:s3:::${aws:username}:*"]"#,
            expect![[r#"
                INVALID_BUCKET_NAME <reports:*>
                  did you mean `arn:aws:s3:::reports/*`?
                INVALID_BUCKET_NAME <reports:x>
                  did you mean `arn:aws:s3:::reports/x/y`?
                INVALID_BUCKET_NAME <my reports>
                INVALID_BUCKET_NAME <${aws:username}:*>
                  did you mean `arn:aws:s3:::${aws:username}/*`?
            "#]],
        );
        check(
            r#"["arn:aws:s3:::Old_Bucket.name-1/a:b c", "arn:aws:s3:::*", "arn:aws:s3:::a?-${aws:username}/*", "arn:aws:s3:eu-west-1:123456789012:accesspoint/x", "arn:aws:s3::123456789012:accesspoint/x.mrap/object/*"]"#,
            expect![[""]],
        );
    }

    #[test]
    fn forms_that_the_reference_lacks() {
        check(
            r#"["arn:aws:bedrock:::foundation-model/anthropic.claude-sonnet-4-20250514-v1:0", "arn:aws:cloudformation:us-east-1:aws:transform/Serverless-2016-10-31", "arn:aws:cloudformation:us-east-1::type/resource/AWS-S3-Bucket", "arn:aws:logs:us-east-1:123456789012:log-group::log-stream:"]"#,
            expect![[""]],
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
