//! The resources that a statement about an action names.

use std::collections::BTreeSet;

use iam_policy_catalog::{Action, ActionResource, ArnFormat, ArnPart, Catalog};
use iam_policy_core::variable::{Piece, Unknown, pieces};
use iam_policy_templates::stack::Resource;

/// How many kinds of resources a statement names before it is about all of them.
const MAX_FORMATS: usize = 3;

/// The resources that CloudFormation uses an action on, for a resource of a template: its own ARNs, or those of what it
/// refers to, where the action's formats have their form; else all resources of the action's formats.
///
/// - `name`: the action, or a pattern of actions
pub(super) fn resources(name: &str, resource: &Resource) -> BTreeSet<String> {
    let all = || BTreeSet::from(["*".to_owned()]);
    let Some(action) = Catalog::get().action(name).filter(|action| !action.is_wildcard_only()) else {
        return all();
    };
    // Its actions are HTTP methods and their resources the paths of its API, where resources that do not exist yet have
    // none.
    if action.service().prefix() == "apigateway" {
        let (partition, region) = (Unknown::word("AWS::Partition"), Unknown::word("AWS::Region"));
        return BTreeSet::from([format!("arn:{partition}:apigateway:{region}::/*")]);
    }
    let has_required = action.resource_types().any(ActionResource::is_required);
    let (mut result, mut others) = (BTreeSet::new(), Vec::new());
    for found in action.resource_types() {
        let formats: Vec<ArnFormat> = found.resource_type().arn_formats().collect();
        let fitting = |arns: &[String]| -> Vec<String> {
            let fits = |arn: &&String| formats.iter().any(|format| fits(*format, arn, action));
            arns.iter().filter(fits).cloned().collect()
        };
        let mut own = fitting(&resource.arns);
        if own.is_empty() {
            own = fitting(&resource.references);
        }
        if own.is_empty() {
            others.extend(formats.into_iter().map(|format| (found.is_required(), pattern(format))));
        }
        result.extend(own);
    }
    // CloudFormation uses buckets and objects, not what else such actions may be about, such as access points.
    if action.service().prefix() == "s3" {
        let bucket = format!("arn:{}:s3:::", Unknown::word("AWS::Partition"));
        others.retain(|(_, pattern): &(bool, String)| pattern.starts_with(&bucket));
        if result.is_empty() {
            result.extend(others.drain(..).map(|(_, pattern)| pattern));
        }
        return if result.is_empty() { all() } else { result };
    }
    // Without a resource that must be there, one of several is.
    if !has_required {
        return if result.is_empty() { all() } else { result };
    }
    // Many kinds are those of other ways to use the action, such as access points instead of buckets.
    if others.len() > MAX_FORMATS {
        others.retain(|(is_required, _)| *is_required);
    }
    if others.len() > MAX_FORMATS {
        return all();
    }
    result.extend(others.into_iter().map(|(_, pattern)| pattern));
    result
}

/// Whether an ARN with unknown parts and wildcards has a format, as far as one can tell.
fn fits(format: ArnFormat, arn: &str, action: Action) -> bool {
    // The name of everything, as in the formats of some services.
    if format.as_str() == "*" {
        return false;
    }
    let mut sample = String::with_capacity(arn.len());
    let mut parts = pieces(arn);
    loop {
        let start = parts.position();
        match parts.next() {
            None => break,
            Some(Piece::Unknown(_)) => sample.push('x'),
            Some(_) => sample.push_str(&arn.get(start..parts.position()).unwrap_or_default().replace('*', "x")),
        }
    }
    // What has a longer format of the action is of that kind: an object is not a bucket.
    let is_exact = || {
        let mut types = action
            .resource_types()
            .flat_map(|found| found.resource_type().arn_formats());
        !types.any(|other| other != format && other.as_str().len() > format.as_str().len() && other.matches(&sample))
    };
    format.matches(&sample) && is_exact()
}

/// The pattern of all resources that have a format.
fn pattern(format: ArnFormat) -> String {
    let mut text = String::new();
    for part in format.parts() {
        match part {
            ArnPart::Literal(literal) => text.push_str(literal),
            ArnPart::Placeholder("Partition") => text.push_str(&Unknown::word("AWS::Partition").to_string()),
            ArnPart::Placeholder(_) if text.ends_with('*') => {}
            ArnPart::Placeholder(_) => text.push('*'),
        }
    }
    text
}
