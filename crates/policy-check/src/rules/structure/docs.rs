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
    name: "structure",
    title: "Structure",
    #[cfg(feature = "documentation")]
    about: "The elements of a policy and its statements: which are required, which are invalid, and which values \
                   they accept.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::aws(Code::JsonSyntaxError, "JSON syntax error", &[Severity::Error]).unreadable(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The text is not valid JSON, or an object has a duplicate key.",
            why: "AWS rejects a policy that is not valid JSON. Most JSON parsers silently keep only one of two \
                   identical keys, so part of the policy would be lost.",
            bad: Example::whole(
                PolicyType::Identity,
                r#"{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
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
    "Resource": "arn:aws:s3:::reports/*"
  }
}"#,
            ),
            fix: "Correct the text at the position that the finding points to. Comments, trailing commas and single \
                   quotes are not JSON.",
            limits: Some("Reported when the text is read, before any other rule applies."),
            source: sources::JSON,
        },
    },
    Rule {
        facts: Facts::own(
            Code::UnsupportedFormat,
            "unsupported format",
            &[Severity::Error, Severity::Warning],
        )
        .unreadable(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The file is a CloudFormation template or a file of Terraform, or the policy contains functions of \
                   CloudFormation.",
            why: "What such a policy allows is only known after CloudFormation or Terraform has computed its values, so \
                   findings about the source would be wrong.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": { "Fn::Sub": "arn:aws:s3:::reports-${AWS::AccountId}/*" }
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports-123456789012/*"
}"#,
            ),
            fix: "Check the policy as it is deployed: the output of commands such as `aws iam get-role-policy` is read. \
                   From a Terraform plan, check the value of an attribute such as `policy`.",
            limits: Some(
                "No other finding is reported for the file. A template in a folder that is checked is only a warning.",
            ),
            source: sources::INTRINSIC_FUNCTIONS,
        },
    },
    Rule {
        facts: Facts::aws(Code::DataTypeMismatch, "data type mismatch", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "An element has a value of the wrong JSON type.",
            why: "AWS rejects the policy: `Version`, `Sid` and `Effect` are strings, actions and resources are \
                   strings or arrays of strings, statements and conditions are objects.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": {}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            fix: "Use the JSON type that the finding names.",
            limits: None,
            source: sources::GRAMMAR,
        },
    },
    Rule {
        facts: Facts::aws(Code::InvalidPolicyElement, "invalid policy element", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The policy or one of its statements has a key that is not an element of the policy language.",
            why: "AWS rejects the policy. Element names are case-sensitive, so `action` is not `Action`.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Actions": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            fix: "Correct the name or remove the element. An identity policy cannot have an `Id`.",
            limits: None,
            source: sources::GRAMMAR,
        },
    },
    Rule {
        facts: Facts::aws(Code::MissingStatement, "missing statement", &[Severity::Error]).checked_by_specs(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The policy has no statement.",
            why: "A policy without statements grants and denies nothing, and IAM does not accept it.",
            bad: Example::whole(
                PolicyType::Identity,
                r#"{
  "Version": "2012-10-17",
  "Statement": []
}"#,
            ),
            good: Example::whole(
                PolicyType::Identity,
                r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::reports/*"
    }
  ]
}"#,
            ),
            fix: "Add at least one statement to `Statement`, or remove the policy.",
            limits: None,
            source: sources::STATEMENT,
        },
    },
    Rule {
        facts: Facts::aws(Code::MissingVersion, "missing version", &[Severity::Warning]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The policy does not say which version of the policy language it is written in.",
            why: "Without `Version`, AWS assumes `2008-10-17`. In that version, policy variables such as \
                   `${aws:username}` are plain text, so conditions and resources that use them match nothing.",
            bad: Example::whole(
                PolicyType::Identity,
                r#"{
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*"
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
    "Resource": "arn:aws:s3:::reports/*"
  }
}"#,
            ),
            fix: "Add `\"Version\": \"2012-10-17\"`.",
            limits: None,
            source: sources::VERSION,
        },
    },
    Rule {
        facts: Facts::aws(Code::InvalidVersion, "invalid version", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "`Version` is not a version of the policy language.",
            why: "AWS rejects the policy. The version is not a date of your choice: only `2012-10-17` and \
                   `2008-10-17` exist.",
            bad: Example::whole(
                PolicyType::Identity,
                r#"{
  "Version": "2025-01-01",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*"
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
    "Resource": "arn:aws:s3:::reports/*"
  }
}"#,
            ),
            fix: "Write `\"Version\": \"2012-10-17\"`.",
            limits: None,
            source: sources::VERSION,
        },
    },
    Rule {
        facts: Facts::aws(Code::MissingEffect, "missing effect", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A statement has no `Effect`.",
            why: "AWS rejects the policy, because nothing says whether the statement allows or denies.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            fix: "Add `\"Effect\": \"Allow\"` or `\"Effect\": \"Deny\"`.",
            limits: None,
            source: sources::EFFECT,
        },
    },
    Rule {
        facts: Facts::aws(Code::InvalidEffect, "invalid effect", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "`Effect` is neither `Allow` nor `Deny`.",
            why: "AWS rejects the policy. The value is case-sensitive: `allow` is not accepted.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            fix: "Write `Allow` or `Deny`.",
            limits: None,
            source: sources::EFFECT,
        },
    },
    Rule {
        facts: Facts::aws(Code::MissingAction, "missing action", &[Severity::Error]).checked_by_specs(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A statement has neither `Action` nor `NotAction`.",
            why: "AWS rejects the policy, because the statement does not say which operations it applies to.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            fix: "Add an `Action` that lists the operations.",
            limits: None,
            source: sources::ACTION,
        },
    },
    Rule {
        facts: Facts::aws(Code::MissingResource, "missing resource", &[Severity::Error]).checked_by_specs(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A statement has neither `Resource` nor `NotResource`.",
            why: "AWS rejects the policy. Only role trust policies have no resource, since they apply to the role \
                   that they belong to, and the policies of a few resources, such as ECR repositories and EFS file \
                   systems.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            fix: "Add a `Resource` with the ARNs that the statement applies to. If the policy is a role trust policy or \
                   belongs to a resource that implies it, check it as one (`--type trust`, `--resource-type`).",
            limits: None,
            source: sources::RESOURCE,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::UnsupportedElementCombination,
            "unsupported element combination",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A statement has both an element and its negation, such as `Action` and `NotAction`.",
            why: "The two elements exclude each other, and AWS rejects the policy.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:*",
  "NotAction": "s3:DeleteObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"[
  {
    "Effect": "Allow",
    "Action": "s3:*",
    "Resource": "arn:aws:s3:::reports/*"
  },
  {
    "Effect": "Deny",
    "Action": "s3:DeleteObject",
    "Resource": "arn:aws:s3:::reports/*"
  }
]"#,
            ),
            fix: "Keep one of the two. To allow a group of actions except a few, allow the group and deny the few in \
                   a second statement.",
            limits: None,
            source: sources::GRAMMAR,
        },
    },
    Rule {
        facts: Facts::aws(Code::UnsupportedSid, "unsupported Sid", &[Severity::Error]).checked_by_specs(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A `Sid` has characters other than letters and digits.",
            why: "IAM and AWS Organizations reject the policy. Only the services that store resource policies accept \
                   other characters, and not all of them do.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Sid": "read-reports",
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Sid": "ReadReports",
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            fix: "Use only `A`–`Z`, `a`–`z` and `0`–`9`, for example PascalCase instead of hyphens.",
            limits: None,
            source: sources::SID,
        },
    },
    Rule {
        facts: Facts::aws(Code::EmptySidValue, "empty Sid value", &[Severity::Suggestion]).checked_by_specs(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A `Sid` is the empty string.",
            why: "An empty statement ID identifies nothing. `Sid` is optional.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Sid": "",
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Sid": "ReadReports",
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            fix: "Give the statement an ID or remove the `Sid`.",
            limits: None,
            source: sources::SID,
        },
    },
    Rule {
        facts: Facts::aws(Code::UniqueSidsRequired, "unique Sids required", &[Severity::Error]).checked_by_specs(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "Two statements of the policy have the same `Sid`.",
            why: "IAM and AWS Organizations require statement IDs to be unique within a policy and reject it \
                   otherwise.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"[
  {
    "Sid": "Read",
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*"
  },
  {
    "Sid": "Read",
    "Effect": "Allow",
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::reports"
  }
]"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"[
  {
    "Sid": "Read",
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*"
  },
  {
    "Sid": "List",
    "Effect": "Allow",
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::reports"
  }
]"#,
            ),
            fix: "Rename one of the statements.",
            limits: Some(
                "Reported for every type of policy that IAM or AWS Organizations stores; for resource policies see \
                   `UNIQUE_SIDS_RECOMMENDED`.",
            ),
            source: sources::SID,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::UniqueSidsRecommended,
            "unique Sids recommended",
            &[Severity::Warning],
        )
        .checked_by_specs(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "Two statements of a resource policy have the same `Sid`.",
            why: "Whether a duplicate statement ID is accepted depends on the service that stores the policy. Even \
                   where it is, tools that address statements by ID cannot tell the two apart.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"[
  {
    "Sid": "Send",
    "Effect": "Allow",
    "Principal": {"AWS": "123456789012"},
    "Action": "sqs:SendMessage",
    "Resource": "*"
  },
  {
    "Sid": "Send",
    "Effect": "Allow",
    "Principal": {"AWS": "210987654321"},
    "Action": "sqs:SendMessage",
    "Resource": "*"
  }
]"#,
            ),
            good: Example::statement(
                PolicyType::Resource,
                r#"[
  {
    "Sid": "SendFromA",
    "Effect": "Allow",
    "Principal": {"AWS": "123456789012"},
    "Action": "sqs:SendMessage",
    "Resource": "*"
  },
  {
    "Sid": "SendFromB",
    "Effect": "Allow",
    "Principal": {"AWS": "210987654321"},
    "Action": "sqs:SendMessage",
    "Resource": "*"
  }
]"#,
            ),
            fix: "Rename one of the statements.",
            limits: None,
            source: sources::SID,
        },
    },
    Rule {
        facts: Facts::aws(Code::EmptyArrayAction, "empty array action", &[Severity::Suggestion]).checked_by_specs(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "`Action` or `NotAction` is an empty array.",
            why: "The statement applies to no action, so it has no effect. A common cause is a template that \
                   inserted no values.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": [],
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": ["s3:GetObject"],
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            fix: "List the actions or remove the statement.",
            limits: None,
            source: sources::ACTION,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::EmptyArrayResource,
            "empty array resource",
            &[Severity::Suggestion],
        )
        .checked_by_specs(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "`Resource` or `NotResource` is an empty array.",
            why: "The statement applies to no resource, so it has no effect. A common cause is a template that \
                   inserted no values.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": []
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": ["arn:aws:s3:::reports/*"]
}"#,
            ),
            fix: "List the resources or remove the statement.",
            limits: None,
            source: sources::RESOURCE,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::EmptyObjectCondition,
            "empty object condition",
            &[Severity::Suggestion],
        )
        .checked_by_specs(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "`Condition`, or an operator in it, is an empty object.",
            why: "An empty condition limits nothing, so the statement applies as if the condition were not there.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:PrincipalTag/team": "finance"}}
}"#,
            ),
            fix: "Add the keys and values that the statement depends on, or remove the empty object.",
            limits: None,
            source: sources::CONDITION,
        },
    },
    Rule {
        facts: Facts::own(Code::CharacterNotAccepted, "character not accepted", &[Severity::Error]).checked_by_specs(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The policy has a character that IAM does not accept.",
            why: "IAM rejects the policy when it is stored: a policy document may only contain tab, line feed, \
                   carriage return and the characters U+0020 to U+00FF. Typical culprits are curly quotes, dashes and \
                   invisible characters pasted from a text editor.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports–2026/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports-2026/*"
}"#,
            ),
            fix: "Replace the character with an ASCII one or remove it.",
            limits: None,
            source: sources::PUT_USER_POLICY,
        },
    },
    Rule {
        facts: Facts::own(Code::LeadingWhiteSpace, "leading white space", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "There is white space before the opening brace of the policy.",
            why: "IAM rejects the policy when it is stored, with `JSON strings must not have leading spaces` or `The \
                   policy failed legacy parsing`. It often comes from an indented here-document.",
            bad: Example::whole(
                PolicyType::Identity,
                r#" {
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*"
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
    "Resource": "arn:aws:s3:::reports/*"
  }
}"#,
            ),
            fix: "Remove everything before the brace.",
            limits: Some("Reported for identity and trust policies."),
            source: sources::PUT_USER_POLICY,
        },
    },
];
