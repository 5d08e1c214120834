//! Names that CloudFormation generates.

use iam_policy_core::variable::{Piece, Unknown, pieces};

use crate::cloudformation::Scope;

/// What CloudFormation generates a name from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Generated {
    /// The names of the stack and of the resource.
    Stack,
    /// The same in lowercase.
    Lowercase,
}

/// The resource types whose generated names start with that of the stack.
///
/// Source: AWS CloudFormation Template Reference, "Name type"; Amazon S3 User Guide, "General purpose bucket naming
/// rules"; Amazon ECR User Guide, "Private repositories": names have no capitals.
const GENERATED: &[(&str, Generated)] = &[
    ("AWS::CloudWatch::Alarm", Generated::Stack),
    ("AWS::DynamoDB::GlobalTable", Generated::Stack),
    ("AWS::DynamoDB::Table", Generated::Stack),
    ("AWS::ECR::Repository", Generated::Lowercase),
    ("AWS::ECS::Cluster", Generated::Stack),
    ("AWS::Events::Rule", Generated::Stack),
    ("AWS::IAM::Group", Generated::Stack),
    ("AWS::IAM::InstanceProfile", Generated::Stack),
    ("AWS::IAM::ManagedPolicy", Generated::Stack),
    ("AWS::IAM::Role", Generated::Stack),
    ("AWS::IAM::User", Generated::Stack),
    ("AWS::Kinesis::Stream", Generated::Stack),
    ("AWS::Lambda::Function", Generated::Stack),
    ("AWS::Logs::LogGroup", Generated::Stack),
    ("AWS::S3::Bucket", Generated::Lowercase),
    ("AWS::SNS::Topic", Generated::Stack),
    ("AWS::SQS::Queue", Generated::Stack),
    ("AWS::Serverless::Function", Generated::Stack),
    ("AWS::Serverless::SimpleTable", Generated::Stack),
];

/// The unknown part for the name of the stack in lowercase.
const LOWERCASE: &str = "AWS::StackName in lowercase";

/// The pattern of the names that CloudFormation generates for resources of a type.
pub(super) fn generated(resource_type: &str) -> String {
    let found = GENERATED.iter().find(|(name, _)| *name == resource_type);
    match found {
        Some((_, Generated::Stack)) => format!("{}-*", Unknown::word("AWS::StackName")),
        Some((_, Generated::Lowercase)) => format!("{}-*", Unknown::word(LOWERCASE)),
        None => "*".to_owned(),
    }
}

/// A text in which what only the deployment determines is a pattern: parameters and pseudo parameters keep their names.
pub(super) fn pattern(text: &str, scope: &Scope<'_>) -> String {
    let mut result = String::with_capacity(text.len());
    let mut parts = pieces(text);
    loop {
        let start = parts.position();
        match parts.next() {
            None => return result,
            Some(Piece::Unknown(unknown)) => {
                let is_pseudo = matches!(
                    unknown.name,
                    "AWS::Partition" | "AWS::Region" | "AWS::AccountId" | "AWS::StackName"
                );
                let piece = if is_pseudo || scope.parameter(unknown.name).is_some() {
                    unknown.to_string()
                } else if let Some((resource_type, _)) = scope.resource(unknown.name) {
                    generated(resource_type)
                } else if is_added_role(unknown.name, scope) {
                    generated("AWS::IAM::Role")
                } else {
                    "*".to_owned()
                };
                let piece = piece
                    .strip_prefix('*')
                    .filter(|_| result.ends_with('*'))
                    .unwrap_or(&piece);
                result.push_str(piece);
            }
            Some(_) => result.push_str(text.get(start..parts.position()).unwrap_or_default()),
        }
    }
}

/// Whether SAM adds a role with this name.
fn is_added_role(name: &str, scope: &Scope<'_>) -> bool {
    let owner = name.strip_suffix("Role").and_then(|owner| scope.resource(owner));
    owner.is_some_and(|(resource_type, _)| resource_type.starts_with("AWS::Serverless::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_are_sorted_and_have_arns() {
        assert!(GENERATED.is_sorted_by_key(|(name, _)| name));
        for (name, _) in GENERATED {
            assert!(crate::cloudformation::form(name).is_some(), "{name}");
        }
    }
}
