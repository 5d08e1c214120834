//! The facts and the documentation of each code.

use iam_policy_document::Severity;

use crate::code::Code;
#[cfg(feature = "documentation")]
use crate::documentation::{Documentation, Example};
use crate::rule::{Facts, Rule, Topic};
#[cfg(feature = "documentation")]
use crate::sources;

pub(crate) const TOPIC: Topic = Topic {
    name: "templates",
    title: "Templates",
    #[cfg(feature = "documentation")]
    about: "Problems in CloudFormation and SAM templates, Terraform modules and plans, and services of the Serverless \
                   Framework, which keep their policies from being found.",
    rules: RULES,
    check: None,
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::own(Code::YamlSyntaxError, "YAML syntax error", &[Severity::Error]).unreadable(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The text is not valid YAML, or a mapping has a duplicate key.",
            why: "No tool can deploy a template that it cannot read, and of two identical keys only one counts, so part of \
                   the template would be lost.",
            bad: Example::file(
                "template.yaml",
                r"Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {QueueName: jobs
",
            ),
            good: Example::file(
                "template.yaml",
                r"Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {QueueName: jobs}
",
            ),
            fix: "Correct the text at the position that the finding points to. Tabs cannot indent, and a value that starts \
                   with `*`, `&`, `!`, `%`, `@` or a backtick needs quotes.",
            limits: Some("Only the first document of a file is read."),
            source: sources::YAML,
        },
    },
    Rule {
        facts: Facts::own(Code::HclSyntaxError, "HCL syntax error", &[Severity::Error]).unreadable(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A file of a Terraform module is not valid HCL.",
            why: "Terraform cannot plan a module that it cannot read. The policies in this file are not checked; those in the \
                   module's other files are.",
            bad: Example::file(
                "main.tf",
                r#"resource "aws_iam_policy" "reports" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [ })
}
"#,
            ),
            good: Example::file(
                "main.tf",
                r#"resource "aws_iam_policy" "reports" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::reports/*" }]
  })
}
"#,
            ),
            fix: "Correct the text at the position that the finding points to. `terraform fmt` reports the same mistakes.",
            limits: None,
            source: sources::HCL,
        },
    },
    Rule {
        facts: Facts::own(
            Code::TemplateError,
            "invalid template",
            &[Severity::Error, Severity::Warning, Severity::Note],
        )
        .unreadable(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A part of a template cannot be read as what it must be, so a policy in it is not known.",
            why: "What is not known is not checked. The finding says which part it is: a loop without values, a policy \
                   template that SAM does not have, an attribute that a plan leaves open, or a function in a policy that was \
                   cut out of its template.",
            bad: Example::file(
                "template.yaml",
                r"Transform: AWS::Serverless-2016-10-31
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - S3ReadPolcy: {BucketName: reports}
",
            ),
            good: Example::file(
                "template.yaml",
                r"Transform: AWS::Serverless-2016-10-31
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - S3ReadPolicy: {BucketName: reports}
",
            ),
            fix: "Follow the help of the finding. What only the deployment determines is a note: check the deployed policy too.",
            limits: Some("Findings about the other policies of the file are reported as usual."),
            source: sources::SAM_POLICY_TEMPLATES,
        },
    },
];
