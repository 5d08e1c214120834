//! The selection of policies by name.

use crate::Policy;

/// The policies that a name selects: the one with this name, or those in the element with this name, such as all
/// policies of a resource, which a CloudFormation template may name without `Resources`.
///
/// # Examples
///
/// ```
/// use iam_policy_templates::{policies_in, select, yaml};
///
/// let source = b"Resources:
///   Queue: {Type: 'AWS::SQS::QueuePolicy', Properties: {PolicyDocument: {Statement: []}}}
///   Topic: {Type: 'AWS::SNS::TopicPolicy', Properties: {PolicyDocument: {Statement: []}}}
/// ";
/// let template = policies_in(source, yaml::read(source).document.root()).unwrap();
/// let selected = select(&template.policies, "Topic");
/// assert_eq!(selected[0].name, "Resources.Topic.Properties.PolicyDocument");
/// assert_eq!(select(&template.policies, "Topics").len(), 0);
/// ```
#[must_use]
pub fn select<'p>(policies: &'p [Policy], name: &str) -> Vec<&'p Policy> {
    let is_in = |own: &str, name: &str| {
        let rest = own.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let with = |name: &str| {
        policies
            .iter()
            .filter(|policy| is_in(&policy.name, name))
            .collect::<Vec<_>>()
    };
    let own = with(name);
    if own.is_empty() {
        with(&format!("Resources.{name}"))
    } else {
        own
    }
}
