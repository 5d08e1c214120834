use iam_policy_catalog::{ArnFormat, ArnPart, Catalog};
use iam_policy_core::ArnPattern;

/// The form of the resources that an action is about: that of the first type of which there is a resource.
///
/// Source: IAM API Reference, `EvaluationResult`, `EvalResourceName`.
pub(crate) fn template(action: &str, resources: &[&str]) -> &'static str {
    const ALL: &str = "*";
    if resources.is_empty() || resources == [ALL] {
        return ALL;
    }
    let Some(action) = Catalog::get().action(action) else {
        return ALL;
    };
    let formats = || action.resource_types().flat_map(|of| of.resource_type().arn_formats());
    let covers = |format: &ArnFormat| {
        let parts = format.parts().map(|part| match part {
            ArnPart::Literal(text) => text,
            ArnPart::Placeholder(_) => "*",
        });
        let pattern: String = parts.collect();
        resources
            .iter()
            .any(|resource| ArnPattern::new(&pattern).matches(resource))
    };
    let format = formats().find(covers).or_else(|| formats().next());
    format.map_or(ALL, |format| format.as_str())
}

#[cfg(test)]
mod tests {
    use super::template;

    #[test]
    fn templates_follow_the_resources() {
        let role = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}";
        for (action, resources, expected) in [
            ("iam:PassRole", &["arn:aws:iam::123456789012:role/ci/build"][..], role),
            // Of no type that the action is about, so that of the first.
            ("iam:PassRole", &["arn:aws:s3:::reports"], role),
            ("iam:PassRole", &["*"], "*"),
            ("iam:PassRole", &[], "*"),
            ("s3:ListAllMyBuckets", &["arn:aws:s3:::reports"], "*"),
            ("nobody:Knows", &["arn:aws:s3:::reports"], "*"),
            (
                "ec2:RunInstances",
                &["arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-1"],
                "arn:${Partition}:ec2:${Region}:${Account}:subnet/${SubnetId}",
            ),
        ] {
            assert_eq!(template(action, resources), expected, "{action} {resources:?}");
        }
    }
}
