//! The resources of a statement: whether they are ARNs, and of which kind.

use policy_catalog::{Catalog, Service};
use policy_core::Partition;
use policy_core::wildcard::is_pattern;

use crate::Code;
use crate::context::{Context, Resource};
use crate::finding::{At, Report};
use crate::pattern::intersect;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    for resource in context.statements.iter().flat_map(|rule| &rule.resources) {
        if resource.is_everything() {
            continue;
        }
        let Some(arn) = Segments::of(resource.text) else {
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

/// The six segments of an ARN in a policy: a colon in a policy variable separates nothing.
#[derive(Clone, Copy)]
pub(crate) struct Segments<'a> {
    pub(crate) partition: &'a str,
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) resource: &'a str,
}

impl<'a> Segments<'a> {
    /// The segments of `text`; `None` if it has fewer than six.
    pub(crate) fn of(text: &'a str) -> Option<Self> {
        let (prefix, rest) = next(text)?;
        if prefix != "arn" {
            return None;
        }
        let (partition, rest) = next(rest)?;
        let (service, rest) = next(rest)?;
        let (region, rest) = next(rest)?;
        let (account, resource) = next(rest)?;
        Some(Self {
            partition,
            service,
            region,
            account,
            resource,
        })
    }
}

/// What stands before the first colon outside variables, and after it.
fn next(text: &str) -> Option<(&str, &str)> {
    let mut inside = false;
    let mut before = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' if before == b'$' => inside = true,
            b'}' => inside = false,
            b':' if !inside => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => {}
        }
        before = byte;
    }
    None
}

/// Whether a segment is known only when the policy is used.
fn is_open(segment: &str) -> bool {
    is_pattern(segment) || segment.contains("${")
}

/// `INVALID_ARN_PREFIX`, `MISSING_ARN_FIELD`: an ARN has six fields, of which the first is `arn`. A `*` at the end of fewer stands for the rest.
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
        // `a*`, `arn*` and the like cover ARNs.
    } else {
        report.value(
            Code::InvalidArnPrefix,
            "add the required prefix (arn) to the resource ARN",
            resource.value,
        );
    }
}

/// `INVALID_PARTITION`: there is no such partition.
///
/// Source: AWS General Reference, "Amazon Resource Names".
fn partition(resource: &Resource<'_>, arn: Segments<'_>, report: &mut Report) {
    if !is_open(arn.partition) && Partition::from_name(arn.partition).is_none() {
        let names: Vec<_> = Partition::ALL.iter().map(|partition| partition.name()).collect();
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

/// Whether `name` has the form of a Region's name, such as `us-gov-west-1`.
///
/// There is no list of Regions here: a new one would be called unknown.
pub(crate) fn is_region(name: &str) -> bool {
    let mut parts = name.split('-');
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let (Some(first), Some(last)) = (parts.next(), parts.next_back()) else {
        return false;
    };
    let middle: Vec<_> = parts.collect();
    (2..=4).contains(&first.len())
        && letters(first)
        && !middle.is_empty()
        && middle.into_iter().all(letters)
        && (1..=2).contains(&last.len())
        && last.bytes().all(|byte| byte.is_ascii_digit())
}

/// `INVALID_ARN_REGION`: it has not the form of a Region's name.
fn region(resource: &Resource<'_>, arn: Segments<'_>, report: &mut Report) {
    if !arn.region.is_empty() && !is_open(arn.region) && !is_region(arn.region) && arn.region != "global" {
        report.value(
            Code::InvalidArnRegion,
            format!(
                "the Region `{}` is not valid for this resource; update the resource ARN to include a supported Region",
                arn.region
            ),
            resource.value,
        );
    }
}

/// Whether `text` is the number of an account.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `INVALID_ARN_ACCOUNT`: an account is twelve digits, or `aws` for what AWS owns.
fn account(resource: &Resource<'_>, arn: Segments<'_>, report: &mut Report) {
    // Whatever has a letter is the name of an owner, of which services have their own, such as `amazon`.
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

/// `INVALID_ARN_SERVICE_CASE`, `INVALID_SERVICE`: the service exists, and is written in lower case.
fn service(context: &Context<'_>, resource: &Resource<'_>, arn: Segments<'_>, report: &mut Report) {
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
            report.value(
                Code::InvalidService,
                format!(
                    "the service `{}` does not exist (as of {}); use a valid service name",
                    arn.service,
                    context.catalog.date()
                ),
                resource.value,
            );
        }
    }
}

/// Whether the ARNs of any resource type name this service, though no action does.
fn names_resources(catalog: Catalog, name: &str) -> bool {
    catalog
        .services()
        .flat_map(Service::resource_types)
        .flat_map(|kind| kind.arn_formats())
        .filter_map(|format| Segments::of(format.as_str()))
        .any(|format| format.service == name)
}

/// `MISSING_ARN_REGION`, `MISSING_ARN_ACCOUNT`, `ARN_REGION_NOT_ALLOWED`, `ARN_ACCOUNT_NOT_ALLOWED`: the service's ARNs for such a resource all
/// have, or all have not, a Region or an account.
///
/// Source: Service Authorization Reference, the resource types of each service.
fn formats(service: Service, resource: &Resource<'_>, arn: Segments<'_>, report: &mut Report) {
    let mut found = Formats::default();
    for kind in service.resource_types() {
        for format in kind.arn_formats() {
            if let Some(format) = Segments::of(format.as_str())
                && format.service == arn.service
                && intersect(format.resource, arn.resource)
            {
                found.add(format);
            }
        }
    }
    if found.all == 0 {
        return;
    }
    let name = arn.service;
    if arn.region.is_empty() && found.with_region == found.all {
        report.value(
            Code::MissingArnRegion,
            format!("add a Region to the {name} resource ARN"),
            resource.value,
        );
    }
    if !arn.region.is_empty() && !is_open(arn.region) && found.with_region == 0 {
        report.value(
            Code::ArnRegionNotAllowed,
            format!("the service {name} does not support specifying a Region in the resource ARN"),
            resource.value,
        );
    }
    if arn.account.is_empty() && found.with_account == found.all && !is_published(arn) {
        report.value(
            Code::MissingArnAccount,
            format!(
                "the resource {} in the arn is missing an account id; please provide a 12 digit account id",
                arn.resource
            ),
            resource.value,
        );
    }
    if !arn.account.is_empty() && !is_open(arn.account) && found.with_account == 0 {
        report.value(
            Code::ArnAccountNotAllowed,
            format!("the service {name} does not support specifying an account ID in the resource ARN"),
            resource.value,
        );
    }
}

/// Whether a resource is one that Systems Manager publishes for everybody, which has no account.
///
/// Source: AWS Systems Manager User Guide, "Working with public parameters"; the names of AWS's documents start with `AWS`.
fn is_published(arn: Segments<'_>) -> bool {
    arn.service == "ssm"
        && ["parameter/aws/", "document/AWS", "document/Amazon"]
            .iter()
            .any(|name| arn.resource.starts_with(name))
}

/// How many formats there are, and how many have a Region, and an account.
#[derive(Default)]
struct Formats {
    all: usize,
    with_region: usize,
    with_account: usize,
}

impl Formats {
    fn add(&mut self, format: Segments<'_>) {
        self.all += 1;
        self.with_region += usize::from(!format.region.is_empty());
        self.with_account += usize::from(!format.account.is_empty());
    }
}

/// `MIXED_PARTITIONS`, which is not AWS's: a policy is used in one partition, where ARNs of the others grant nothing.
///
/// Source: AWS General Reference, "Amazon Resource Names": credentials, and so policies, belong to one partition.
fn mixed_partitions(context: &Context<'_>, report: &mut Report) {
    let mut first: Vec<(&str, At<'_>)> = Vec::new();
    for rule in &context.statements {
        if rule.not_resource {
            continue;
        }
        for resource in &rule.resources {
            if let Some(arn) = Segments::of(resource.text)
                && !is_open(arn.partition)
                && !first.iter().any(|(known, _)| *known == arn.partition)
            {
                first.push((arn.partition, At::Value(resource.value)));
            }
        }
    }
    if first.len() > 1 {
        let names: Vec<_> = first.iter().map(|(name, _)| format!("`{name}`")).collect();
        report.add(
            Code::MixedPartitions,
            format!(
                "the resources are of several partitions: {}; a policy is used in one of them",
                names.join(", ")
            ),
            first.iter().map(|&(_, at)| at),
        );
    }
}
