//! Formats that contain policies but are not read.

use crate::{Diagnostic, Kind, Member, Value};

/// The code of a format that contains policies but is not supported.
pub const UNSUPPORTED_FORMAT: &str = "UNSUPPORTED_FORMAT";

const SAVE_DEPLOYED: &str = "check the deployed policy, such as the output of `aws iam get-role-policy`";

/// Recognizes a file in another format that contains policies: a CloudFormation template or a part of one, or a plan,
/// state or configuration of Terraform.
///
/// - `root`: the outermost value of the file
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "json")] {
/// use iam_policy_document::{json, unsupported_format};
///
/// let plan = json::read(br#"{"format_version": "1.2", "planned_values": {}}"#).document;
/// let problem = unsupported_format(plan.root()).unwrap();
/// assert_eq!(problem.message, "Terraform plans and state files are not supported");
///
/// let policy = json::read(br#"{"Version": "2012-10-17", "Statement": []}"#).document;
/// assert_eq!(unsupported_format(policy.root()), None);
/// # }
/// ```
#[must_use]
pub fn unsupported_format(root: Value<'_>) -> Option<Diagnostic> {
    if !root.is_object() || root.get("Statement").is_some() {
        return None;
    }
    if let Some(at) = template(root) {
        return Some(problem("CloudFormation templates are not supported", at).help(SAVE_DEPLOYED));
    }
    let (message, at, help) = terraform(root)?;
    Some(problem(message, at).help(help))
}

/// Recognizes a policy from a CloudFormation template, in which a function such as `{"Fn::Sub": …}` or `{"Ref": …}`
/// computes a value. Until CloudFormation has evaluated it, the policy is unknown.
///
/// - `value`: the policy, or a part of one
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "json")] {
/// use iam_policy_document::{json, template_function};
///
/// let policy = json::read(br#"{"Statement": {"Effect": "Allow", "Resource": {"Ref": "Topic"}}}"#).document;
/// let problem = template_function(policy.root()).unwrap();
/// assert_eq!(problem.message, "`Ref` is a CloudFormation function: templates are not supported");
/// # }
/// ```
#[must_use]
pub fn template_function(value: Value<'_>) -> Option<Diagnostic> {
    let at = function(value)?;
    let message = format!("`{}` is a CloudFormation function: templates are not supported", at.key);
    Some(problem(&message, at).help(SAVE_DEPLOYED))
}

fn problem(message: &str, at: Member<'_>) -> Diagnostic {
    let mut problem = Diagnostic::error(message.to_owned()).with_code(UNSUPPORTED_FORMAT);
    problem.location.path = at.key_path();
    problem.location.span = at.key_span().or_else(|| at.value.span());
    problem
}

/// The first function in a value.
///
/// Source: AWS CloudFormation Template Reference, "Intrinsic function reference": `Ref`, and names that start with
/// `Fn::`. A function is the only member of its object.
fn function(value: Value<'_>) -> Option<Member<'_>> {
    let function = value.within().find(|value| match value.key() {
        Some("Ref") => value.is_string() && value.parent().is_some_and(|parent| parent.members().nth(1).is_none()),
        Some(key) => key.starts_with("Fn::"),
        None => false,
    })?;
    Some(Member {
        key: function.key()?,
        value: function,
    })
}

/// What makes an object a CloudFormation template, the answer of `aws cloudformation get-template`, a resource, or an
/// object of resources.
///
/// Source: AWS CloudFormation User Guide, "CloudFormation template format", and "Resource types", whose names are
/// `PROVIDER::SERVICE::TYPE` or `Custom::NAME`.
fn template(root: Value<'_>) -> Option<Member<'_>> {
    let is_resource = |value: Value<'_>| {
        let resource_type = value.get("Type").and_then(|member| member.value.as_str());
        resource_type.is_some_and(|name| name.contains("::"))
    };
    let has_properties = |value: Value<'_>| is_resource(value) && value.get("Properties").is_some();
    let has_resources = |value: Value<'_>| value.members().any(|member| is_resource(member.value));
    root.get("AWSTemplateFormatVersion")
        .or_else(|| root.get("TemplateBody"))
        .or_else(|| root.get("Resources").filter(|member| has_resources(member.value)))
        .or_else(|| root.get("Type").filter(|_| has_properties(root)))
        .or_else(|| root.members().find(|member| has_properties(member.value)))
}

/// Why a file of Terraform is not read, and what shows that it is one.
///
/// Source: Terraform documentation, "JSON Output Format", "JSON Configuration Syntax"; a state file is in a format of
/// its own.
fn terraform(root: Value<'_>) -> Option<(&'static str, Member<'_>, &'static str)> {
    let plan_or_state = "Terraform plans and state files are not supported";
    let save = "save a policy to a file of its own: the value of an attribute such as `policy` is read as it is";
    if let Some(version) = root.get("format_version")
        && [
            "planned_values",
            "resource_changes",
            "configuration",
            "values",
            "terraform_version",
        ]
        .iter()
        .any(|key| root.get(key).is_some())
    {
        return Some((plan_or_state, version, save));
    }
    if let Some(version) = root.get("terraform_version")
        && root.get("resources").is_some_and(|member| member.value.is_array())
    {
        return Some((plan_or_state, version, save));
    }
    // A block contains objects by type and name: `{"resource": {"aws_iam_policy": {"reader": {…}}}}`.
    let is_block = |member: &Member<'_>| {
        let named = |value: Value<'_>| {
            value
                .members()
                .all(|name| !matches!(name.value.kind(), Kind::String(_)))
        };
        let mut types = member.value.members();
        types.any(|of_type| of_type.key.starts_with("aws_") && of_type.value.is_object() && named(of_type.value))
    };
    let mut blocks = ["resource", "data"].into_iter().filter_map(|key| root.get(key));
    let message = "Terraform configuration is only read from files of a module";
    Some((message, blocks.find(is_block)?, "name the file `main.tf.json`"))
}

#[cfg(test)]
#[cfg(feature = "json")]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// The message for each text, with the key that it points to.
    fn check(find: fn(Value<'_>) -> Option<Diagnostic>, texts: &[&str], expected: Expect) {
        let shown = texts.iter().map(|text| {
            let reading = crate::json::read(text.as_bytes());
            assert_eq!(reading.problems, [], "{text}");
            match find(reading.document.root()) {
                Some(problem) => {
                    let at = problem.location.span.and_then(|span| span.of(text)).unwrap();
                    format!("{} {at} {}\n", problem.message, problem.location.path)
                }
                None => "-\n".to_owned(),
            }
        });
        expected.assert_eq(&shown.collect::<String>());
    }

    #[test]
    fn templates_and_terraform() {
        check(
            unsupported_format,
            &[
                r#"{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}"#,
                r#"{"AWSTemplateFormatVersion": "2010-09-09"}"#,
                r#"{"TemplateBody": "Resources: {}", "StagesAvailable": []}"#,
                r#"{"Type": "AWS::IAM::Policy", "Properties": {}}"#,
                r#"{"P": {"Type": "AWS::IAM::Policy", "Properties": {}}}"#,
                r#"{"format_version": "1.0", "terraform_version": "1.9.0", "values": {}}"#,
                r#"{"version": 4, "terraform_version": "1.9.0", "resources": []}"#,
                r#"{"data": {"aws_iam_policy_document": {"p": {"statement": []}}}}"#,
            ],
            expect![[r#"
                CloudFormation templates are not supported "Resources" Resources
                CloudFormation templates are not supported "AWSTemplateFormatVersion" AWSTemplateFormatVersion
                CloudFormation templates are not supported "TemplateBody" TemplateBody
                CloudFormation templates are not supported "Type" Type
                CloudFormation templates are not supported "P" P
                Terraform plans and state files are not supported "format_version" format_version
                Terraform plans and state files are not supported "terraform_version" terraform_version
                Terraform configuration is only read from files of a module "data" data
            "#]],
        );
    }

    #[test]
    fn other_files_are_no_templates() {
        check(
            unsupported_format,
            &[
                r#"{"Version": "2012-10-17", "Statement": [], "Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}"#,
                r#"{"Resources": ["a"], "Type": "x"}"#,
                r#"{"Finding": {"Type": "AWS::IAM::Role"}}"#,
                r#"{"format_version": 1, "rows": []}"#,
                r#"{"data": {"aws_account": "123456789012"}, "resource": {"name": {}}}"#,
                r#"["AWSTemplateFormatVersion"]"#,
                r#"{}"#,
            ],
            expect![[r#"
                -
                -
                -
                -
                -
                -
                -
            "#]],
        );
    }

    #[test]
    fn functions() {
        check(
            template_function,
            &[
                r#"{"Statement": [{"Resource": ["a", {"Fn::Join": ["", []]}]}]}"#,
                r#"{"Statement": {"Principal": {"AWS": {"Ref": "Role"}}, "Resource": {"Fn::GetAtt": ["B", "Arn"]}}}"#,
                r#"{"Fn::If": ["x", {}, {}]}"#,
                r#"{"Statement": {"Condition": {"StringEquals": {"Ref": "a", "b": "c"}}}}"#,
                r#"{"Ref": {"Statement": []}}"#,
                r#"{"Statement": {"Resource": "Fn::Sub"}}"#,
            ],
            expect![[r#"
                `Fn::Join` is a CloudFormation function: templates are not supported "Fn::Join" Statement[0].Resource[1]."Fn::Join"
                `Ref` is a CloudFormation function: templates are not supported "Ref" Statement.Principal.AWS.Ref
                `Fn::If` is a CloudFormation function: templates are not supported "Fn::If" "Fn::If"
                -
                -
                -
            "#]],
        );
    }
}
