//! Actions that AWS does not simulate in one call.

use iam_policy_catalog::Catalog;
use iam_policy_core::wildcard;

use crate::error::Error;
use crate::settings::Batches;

/// The documentation that the message of a refusal refers to.
const DOCUMENTATION: &str = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html";

/// # Errors
///
/// If the actions require different authorization information and the settings refuse such calls.
pub(crate) fn check(batches: &Batches, actions: &[&str]) -> Result<(), Error> {
    let Batches::Refuse { groups } = batches else {
        return Ok(());
    };
    let mut found: Vec<(Kind, Vec<&str>)> = Vec::new();
    for action in actions {
        let kind = Kind::of(groups, action);
        match found.iter_mut().find(|(other, _)| *other == kind) {
            Some((_, together)) => together.push(action),
            None => found.push((kind, vec![action])),
        }
    }
    if found.len() < 2 {
        return Ok(());
    }
    let lists: Vec<_> = found
        .iter()
        .map(|(_, together)| format!("[{}]", together.join(",")))
        .collect();
    Err(Error::invalid_input(format!(
        "Invalid Input Actions: {} require different authorization information. Please refer to the documentation for more details: {DOCUMENTATION}",
        lists.join(" and ")
    )))
}

/// The kind of an action. Actions of the same kind require the same information.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Group(usize),
    Known,
    Unknown,
}

impl Kind {
    fn of(groups: &[Vec<String>], action: &str) -> Self {
        let covers = |pattern: &String| wildcard::matches_ignoring_case(pattern, action);
        match groups.iter().position(|group| group.iter().any(covers)) {
            Some(group) => Self::Group(group),
            None if wildcard::is_pattern(action) || Catalog::get().action(action).is_some() => Self::Known,
            None => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(batches: &Batches, actions: &[&str]) -> Option<String> {
        let message = check(batches, actions).err()?.message;
        let (lists, _) = message.split_once(" require different").unwrap();
        Some(lists.to_owned())
    }

    #[test]
    fn rejected_calls() {
        let default = Batches::default();
        assert_eq!(refused(&default, &["s3:GetObject", "iam:PassRole", "ec2:*"]), None);
        assert_eq!(refused(&default, &["sts:AssumeRole", "STS:assumeRoleWithSAML"]), None);
        assert_eq!(
            refused(&default, &["iam:PassRole", "sts:AssumeRole", "s3:GetObject"]).unwrap(),
            "Invalid Input Actions: [iam:PassRole,s3:GetObject] and [sts:AssumeRole]"
        );
        assert_eq!(
            refused(&default, &["s3:PutBucketReplication", "s3:PutObject", "sts:AssumeRole"]).unwrap(),
            "Invalid Input Actions: [s3:PutBucketReplication] and [s3:PutObject] and [sts:AssumeRole]"
        );
        // As observed with AWS: the actions of the second kind are names of API operations, not IAM actions.
        assert_eq!(
            refused(
                &default,
                &[
                    "s3:CreateBucket",
                    "s3:PutReplicationConfiguration",
                    "iam:PassRole",
                    "s3:PutBucketReplication",
                    "s3:PutObjectLockConfiguration",
                    "s3:PutBucketIntelligentTieringConfiguration",
                ]
            )
            .unwrap(),
            "Invalid Input Actions: [s3:CreateBucket,s3:PutReplicationConfiguration,iam:PassRole] and \
             [s3:PutBucketReplication,s3:PutObjectLockConfiguration,s3:PutBucketIntelligentTieringConfiguration]"
        );
        assert_eq!(refused(&Batches::Accept, &["iam:PassRole", "sts:AssumeRole"]), None);
        let groups = vec![vec!["s3:*Bucket*".to_owned()], vec!["*:Describe*".to_owned()]];
        assert_eq!(
            refused(
                &Batches::Refuse { groups },
                &["s3:ListBucket", "ec2:DescribeVpcs", "s3:GetObject"]
            )
            .unwrap(),
            "Invalid Input Actions: [s3:ListBucket] and [ec2:DescribeVpcs] and [s3:GetObject]"
        );
    }
}
