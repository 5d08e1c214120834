//! The facts and the documentation of each code.

#[cfg(feature = "documentation")]
use crate::PolicyType;
use iam_policy_document::Severity;

use crate::code::Code;
#[cfg(feature = "documentation")]
use crate::documentation::{Documentation, Example};
use crate::rule::{Facts, Rule, Topic};
#[cfg(feature = "documentation")]
use crate::sources;

pub(crate) const TOPIC: Topic = Topic {
    name: "variables",
    title: "Policy variables",
    #[cfg(feature = "documentation")]
    about: "Whether policy variables such as `${aws:username}` are well-formed and used where AWS replaces them.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::aws(
            Code::MissingBraceInVariable,
            "missing brace in variable",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A policy variable begins with `${` but does not end with `}`.",
            why: "AWS cannot tell where the variable ends, so the policy is invalid.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::home/${aws:username/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::home/${aws:username}/*"
}"#,
            ),
            fix: "Close the variable with `}`. For a literal dollar sign write `${$}`.",
            limits: None,
            source: sources::VARIABLES,
        },
    },
    Rule {
        facts: Facts::aws(Code::EmptyVariable, "empty variable", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A policy variable has no name.",
            why: "`${}` names no condition key, so there is nothing to replace it with.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::home/${}/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::home/${aws:username}/*"
}"#,
            ),
            fix: "Write a condition key between the braces or remove the variable.",
            limits: None,
            source: sources::VARIABLES,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::UnsupportedSpaceInVariable,
            "unsupported space in variable",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The name in a policy variable has a space.",
            why: "No condition key has a space in its name. Spaces are accepted only after the comma in front of a \
                   default value.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::home/${aws: username}/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::home/${aws:username}/*"
}"#,
            ),
            fix: "Remove the space.",
            limits: None,
            source: sources::VARIABLES,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::MissingQuoteInVariable,
            "missing quote in variable",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The default value of a policy variable is not in single quotes.",
            why: "A default value is written `${key, 'value'}`. Without the quotes the variable is invalid.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::${aws:PrincipalTag/team, shared}/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::${aws:PrincipalTag/team, 'shared'}/*"
}"#,
            ),
            fix: "Put the default value in single quotes.",
            limits: None,
            source: sources::VARIABLES,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::VariableUnsupportedInVersion,
            "variable unsupported in version",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The policy uses a policy variable but not version `2012-10-17` of the policy language.",
            why: "In version `2008-10-17`, which is also what AWS assumes without a `Version`, `${aws:username}` is \
                   plain text, so the resource or condition matches nothing.",
            bad: Example::whole(
                PolicyType::Identity,
                r#"{
  "Version": "2008-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::home/${aws:username}/*"
  }
}"#,
            ),
            good: Example::whole(
                PolicyType::Identity,
                r#"{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::home/${aws:username}/*"
  }
}"#,
            ),
            fix: "Set `\"Version\": \"2012-10-17\"`.",
            limits: None,
            source: sources::VARIABLES,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::VariableUnsupportedInElement,
            "variable unsupported in element",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A policy variable is used in an element where AWS does not replace variables.",
            why: "Variables are replaced only in `Resource`, `NotResource` and `Condition`. Anywhere else AWS rejects \
                   them or takes them literally.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:${aws:PrincipalTag/action}",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/${aws:PrincipalTag/team}/*"
}"#,
            ),
            fix: "Write out the value, or use the variable in the resource or in a condition.",
            limits: None,
            source: sources::VARIABLES,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::InvalidVariableForOperator,
            "invalid variable for operator",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A policy variable is used with an operator other than a string or ARN operator.",
            why: "AWS does not replace variables in numeric, date, Boolean, binary and IP address conditions, so the \
                   comparison never holds.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "NumericLessThan": {
      "aws:MultiFactorAuthAge": "${aws:PrincipalTag/age}"
    }
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}}
}"#,
            ),
            fix: "Write out the value.",
            limits: None,
            source: sources::VARIABLES,
        },
    },
    Rule {
        facts: Facts::own(Code::UnknownVariable, "unknown policy variable", &[Severity::Warning]).unknown_names(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A policy variable names a condition key that does not exist.",
            why: "No request has the key, so there is nothing to replace the variable with. A resource with such a \
                   variable matches nothing, and a condition on it does not hold unless its operator is negated.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::home/${aws:usrname}/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::home/${aws:username}/*"
}"#,
            ),
            fix: "Correct the name of the key.",
            limits: Some(
                "It is a warning, because the key may be newer than the catalog. The keys of identity providers and of \
                   AWS IoT are not checked.",
            ),
            source: sources::VARIABLES,
        },
    },
    Rule {
        facts: Facts::own(
            Code::VariableUnsupportedInSegment,
            "variable before the resource of an ARN",
            &[Severity::Warning],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A resource ARN has a policy variable before its fifth colon.",
            why: "AWS only replaces variables in the last part of an ARN. Elsewhere the variable is literal text, so the \
                   ARN matches nothing.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "sqs:SendMessage",
  "Resource": "arn:aws:sqs:${aws:RequestedRegion}:123456789012:jobs"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "sqs:SendMessage",
  "Resource": "arn:aws:sqs:*:123456789012:jobs"
}"#,
            ),
            fix: "Write the Region or the account, or `*` and a condition such as `aws:ResourceAccount`.",
            limits: Some(
                "A variable in place of the partition is reported as an invalid partition, which AWS rejects.",
            ),
            source: sources::VARIABLES,
        },
    },
];
