#![doc = include_str!("../README.md")]

mod cloudformation;
mod embedded;
pub mod hcl;
mod names;
mod node;
mod policy;
mod serverless;
mod split;
pub mod stack;
mod terraform;
pub mod yaml;

use iam_policy_document::{Diagnostic, Location, Value};

pub use names::select;
pub use policy::{Format, ManagedPolicy, Policy, Template, Variant, wording};

/// The code of all problems with templates, except for those of their syntax.
pub const TEMPLATE_ERROR: &str = "TEMPLATE_ERROR";

/// Finds the policies in a file of a format that contains policies, if it is one.
///
/// - `source`: the text that `root` was read from
/// - `root`: the outermost value, from [`yaml::read`] or the JSON reader
///
/// # Examples
///
/// ```
/// use iam_policy_core::PolicyType;
/// use iam_policy_templates::{policies_in, yaml};
///
/// let source = b"Resources:
///   Worker:
///     Type: AWS::IAM::Role
///     Properties:
///       AssumeRolePolicyDocument:
///         Statement:
///           - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}
///       Policies:
///         - PolicyName: read
///           PolicyDocument:
///             Statement: {Effect: Allow, Action: s3:GetObject, Resource: !Sub '${Bucket.Arn}/*'}
///   Bucket:
///     Type: AWS::S3::Bucket
/// ";
/// let reading = yaml::read(source);
/// let template = policies_in(source, reading.document.root()).unwrap();
/// let found: Vec<_> = template.policies.iter().map(|policy| (&*policy.name, policy.policy_type)).collect();
/// assert_eq!(
///     found,
///     [
///         ("Resources.Worker.Properties.AssumeRolePolicyDocument", PolicyType::Trust),
///         ("Resources.Worker.Properties.Policies[0]", PolicyType::Identity),
///     ]
/// );
/// assert_eq!(
///     format!("{:?}", template.policies[1].document()),
///     r#"{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:${AWS::Partition}:s3:::${Bucket}/*"}}"#
/// );
/// ```
#[must_use]
pub fn policies_in(source: &[u8], root: Value<'_>) -> Option<Template> {
    terraform::read(source, root)
        .or_else(|| serverless::read(source, root))
        .or_else(|| cloudformation::read(source, root))
}

fn problem(message: impl Into<String>, at: Value<'_>) -> Diagnostic {
    let location = Location {
        path: at.path(),
        span: std::iter::successors(Some(at), |value| value.parent()).find_map(Value::span),
    };
    problem_at(message, location)
}

fn problem_at(message: impl Into<String>, location: Location) -> Diagnostic {
    let mut problem = Diagnostic::error(message.into()).with_code(TEMPLATE_ERROR);
    problem.location = location;
    problem
}
