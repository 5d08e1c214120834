//! The resources of a CloudFormation stack, as far as its template determines them: their types, their ARNs, and what
//! they refer to.
//!
//! # Examples
//!
//! ```
//! use iam_policy_core::variable::shown;
//! use iam_policy_templates::{stack, yaml};
//!
//! let source = b"Resources:
//!   Queue:
//!     Type: AWS::SQS::Queue
//!     Properties: {QueueName: !Sub '${AWS::StackName}-jobs'}
//! ";
//! let stack = stack::read(yaml::read(source).document.root()).unwrap();
//! let [queue] = stack.resources.as_slice() else { panic!() };
//! assert_eq!(queue.resource_type, "AWS::SQS::Queue");
//! assert_eq!(
//!     shown(&queue.arns[0]).to_string(),
//!     "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${AWS::StackName}-jobs"
//! );
//! ```

mod names;
mod roles;
mod sam;
mod walk;

use iam_policy_document::{Diagnostic, Location, Value};

use crate::cloudformation::is_template;

/// The resources of a template.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Stack {
    /// The macros that transform the template, such as `AWS::Serverless-2016-10-31`.
    pub transforms: Vec<String>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Its resources, and those that SAM adds for them.
    pub resources: Vec<Resource>,
    /// The values that CloudFormation looks up while it deploys the stack, as ARNs with unknown parts.
    pub lookups: Vec<Lookup>,
    /// What could not be determined.
    pub problems: Vec<Diagnostic>,
}

/// A parameter of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name, which is that of an unknown part.
    pub name: String,
    /// Its default, unless it is empty, a list, or the name of another value.
    pub default: Option<String>,
}

/// A value that is stored elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lookup {
    /// The action that reads it.
    pub action: &'static str,
    /// Its ARN, with unknown parts and wildcards.
    pub arn: String,
    /// What names it in the template.
    pub place: String,
}

/// A resource of a stack.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Resource {
    /// Its logical ID, or that of the resource of SAM that it belongs to.
    pub id: String,
    /// Its type, such as `AWS::SQS::Queue`.
    pub resource_type: String,
    /// Where the template has it.
    pub location: Location,
    /// The names of its properties.
    pub properties: Vec<String>,
    /// Its ARNs, with unknown parts, and wildcards for what CloudFormation generates; none if their form is not known.
    pub arns: Vec<String>,
    /// The ARNs of what it refers to: other resources, and ARNs in its properties.
    pub references: Vec<String>,
    /// The ARNs of the roles that it passes to services. One that only consists of an unknown part is a parameter.
    pub roles: Vec<String>,
    /// The ARN of what provides it, if it is a custom resource; empty if the template does not determine it.
    pub service_token: Option<String>,
    /// A role is passed that the template does not determine.
    pub passes_unknown_role: bool,
}

/// Reads the resources of a template; `None` if it is not one.
///
/// - `root`: the outermost value
#[must_use]
pub fn read(root: Value<'_>) -> Option<Stack> {
    let template = match root.get("TemplateBody") {
        Some(answer) if is_template(answer.value) => answer.value,
        _ if is_template(root) => root,
        _ => return None,
    };
    Some(walk::stack(template))
}
