use iam_policy_core::{Segment, Segments};
use iam_policy_document::{Document, Element};

/// The partition of all of a policy's ARNs. `None` if it has no ARNs, if they are in different partitions, or if the
/// partition is a wildcard or variable.
///
/// # Examples
///
/// ```
/// let read = |json: &str| iam_policy_document::json::read(json.as_bytes()).document;
/// let china = read(r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": ["*", "arn:aws-cn:s3:::b"]}}"#);
/// assert_eq!(iam_policy_compare::report::partition(&china), Some("aws-cn"));
/// assert_eq!(iam_policy_compare::report::partition(&read(r#"{"Statement": []}"#)), None);
/// ```
#[must_use]
pub fn partition(document: &Document) -> Option<&str> {
    let elements = [Element::Resource, Element::NotResource];
    let members = document
        .statements()
        .flat_map(|statement| elements.map(|element| statement.element(element)));
    let mut partitions = members
        .flatten()
        .flat_map(|member| member.value.one_or_many())
        .filter_map(|value| Segments::of_arn(value.as_str()?)?.get(Segment::Partition));
    let first = partitions.next()?;
    let is_one = partitions.all(|other| other == first) && !first.contains(['*', '?', '$']);
    is_one.then_some(first)
}
