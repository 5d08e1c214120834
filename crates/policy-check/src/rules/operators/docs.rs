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
    name: "operators",
    title: "Condition operators",
    #[cfg(feature = "documentation")]
    about: "Whether the operator of a condition exists and suits its key and the number and kind of its values.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::aws(
            Code::InvalidConditionOperator,
            "invalid condition operator",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "No condition operator has this name.",
            why: "AWS rejects the policy.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringMatches": {"aws:PrincipalTag/team": "fin*"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringLike": {"aws:PrincipalTag/team": "fin*"}}
}"#,
            ),
            fix: "Use one of the documented operators, such as `StringEquals`, `StringLike`, `ArnLike`, `Bool` or \
                   `IpAddress`, with an optional `ForAllValues:` or `ForAnyValue:` in front and `IfExists` at the \
                   end.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(Code::NullWithIfExists, "Null with IfExists", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The operator `Null` has the suffix `IfExists`.",
            why: "`Null` itself tests whether a key exists, so there is no `NullIfExists`.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"NullIfExists": {"aws:PrincipalTag/team": "true"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"Null": {"aws:PrincipalTag/team": "true"}}
}"#,
            ),
            fix: "Write `Null`.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(Code::NullWithQualifier, "Null with qualifier", &[Severity::Suggestion]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The operator `Null` has the qualifier `ForAllValues` or `ForAnyValue`.",
            why: "`Null` tests the key, not its values, so the qualified test does not depend on the request: \
                   `ForAllValues:Null` is always true and `ForAnyValue:Null` always false.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"ForAllValues:Null": {"aws:TagKeys": "true"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"Null": {"aws:TagKeys": "true"}}
}"#,
            ),
            fix: "Remove the qualifier.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(Code::TypeMismatch, "type mismatch", &[Severity::Warning]).catalog(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The operator compares values of a different type than the condition key has.",
            why: "A comparison of different types never holds, so an `Allow` grants nothing and a `Deny` denies \
                   nothing.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:SecureTransport": "true"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"Bool": {"aws:SecureTransport": "true"}}
}"#,
            ),
            fix: "Use an operator of the key's type, which the finding names.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::StringLikeOperatorWithArnConditionKeys,
            "string like operator with ARN condition keys",
            &[Severity::SecurityWarning],
        )
        .catalog(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A condition key with ARNs as values is compared by `StringLike`.",
            why: "In `StringLike`, `*` also matches colons, so a pattern can match ARNs of other services, Regions or \
                   accounts. `ArnLike` compares the six fields of an ARN separately.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}
  }
}"#,
            ),
            fix: "Use `ArnLike` or `ArnNotLike`.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::EmptyArrayCondition,
            "empty array condition",
            &[Severity::Suggestion],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A condition key has an empty array of values.",
            why: "No value is left to compare, so the condition does not do what it seems to. A common cause is a \
                   template that inserted no values.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:PrincipalTag/team": []}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["finance"]}}
}"#,
            ),
            fix: "List the values or remove the key.",
            limits: None,
            source: sources::CONDITION,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::EmptyArrayConditionForAllValues,
            "empty array condition ForAllValues",
            &[Severity::Suggestion],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A condition key under `ForAllValues` has an empty array of values.",
            why: "The condition holds only if the key is missing from the request or has no values, which is rarely \
                   what was meant.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": []}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"Null": {"aws:TagKeys": "true"}}
}"#,
            ),
            fix: "List the values. If requests without the key are meant, say so with `\"Null\": {\"KEY\": \"true\"}`.",
            limits: None,
            source: sources::MULTIVALUED,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::EmptyArrayConditionForAnyValue,
            "empty array condition ForAnyValue",
            &[Severity::Suggestion],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A condition key under `ForAnyValue` has an empty array of values.",
            why: "There is no value to match, so the condition never holds and the statement never applies.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": []}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": ["team"]}}
}"#,
            ),
            fix: "List the values or remove the statement.",
            limits: None,
            source: sources::MULTIVALUED,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::EmptyArrayConditionIfExists,
            "empty array condition IfExists",
            &[Severity::Suggestion],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A condition key under an `IfExists` operator has an empty array of values.",
            why: "The condition holds only if the key is missing from the request, which is rarely what was meant.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEqualsIfExists": {"aws:PrincipalTag/team": []}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"Null": {"aws:PrincipalTag/team": "true"}}
}"#,
            ),
            fix: "List the values. If requests without the key are meant, say so with `\"Null\": {\"KEY\": \"true\"}`.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::InvalidConditionMultipleBoolean,
            "invalid condition multiple Boolean",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A Boolean condition key has several values.",
            why: "With both values the condition holds whenever the key exists, so it says nothing about the value.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"Bool": {"aws:SecureTransport": ["true", "false"]}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"Bool": {"aws:SecureTransport": "true"}}
}"#,
            ),
            fix: "Keep the value that you mean. If both are acceptable, remove the condition.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::InvalidConditionDataType,
            "invalid condition data type",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The values of a condition key have different JSON types.",
            why: "AWS accepts strings, numbers or Booleans as values, but only one of these for a key.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "NumericLessThan": {"aws:MultiFactorAuthAge": ["300", 600]}
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "600"}}
}"#,
            ),
            fix: "Write all values as strings.",
            limits: None,
            source: sources::CONDITION,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::WildcardWithoutLikeOperator,
            "wildcard without like operator",
            &[Severity::Warning],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A value has a wildcard, but the operator compares it literally.",
            why: "`StringEquals` takes `*` and `?` as plain characters, so the value matches only a text that has an \
                   asterisk or a question mark in it.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:PrincipalTag/team": "finance-*"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringLike": {"aws:PrincipalTag/team": "finance-*"}}
}"#,
            ),
            fix: "Use `StringLike` or `StringNotLike`. If you mean the character itself, use them with `${*}` or \
                   `${?}`.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::EquivalentToNullFalse,
            "equivalent to Null false",
            &[Severity::Suggestion],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The condition only tests that the key exists, since `*` matches every value.",
            why: "`{\"StringLike\": {\"KEY\": \"*\"}}` holds whenever the request has the key. `Null` says the same \
                   more plainly and does not depend on how wildcards match.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringLike": {"aws:PrincipalTag/team": "*"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"Null": {"aws:PrincipalTag/team": "false"}}
}"#,
            ),
            fix: "Replace it with `\"Null\": {\"KEY\": \"false\"}`, or name the values that you mean.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::EquivalentToNullTrue,
            "equivalent to Null true",
            &[Severity::Suggestion],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The condition only tests that the key is missing, since `*` matches every value.",
            why: "`{\"StringNotLike\": {\"KEY\": \"*\"}}` holds only for requests without the key. `Null` says so \
                   plainly.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringNotLike": {"aws:PrincipalTag/team": "*"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"Null": {"aws:PrincipalTag/team": "true"}}
}"#,
            ),
            fix: "Replace it with `\"Null\": {\"KEY\": \"true\"}`, or name the values that you mean.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::RedundantKeyDueToWildcardInCondition,
            "redundant key due to wildcard in condition",
            &[Severity::Suggestion],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The condition always holds, since `*` matches every value and a missing key satisfies the \
                   operator too.",
            why: "The condition limits nothing, although it appears to.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringLikeIfExists": {"aws:PrincipalTag/team": "*"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "StringLikeIfExists": {"aws:PrincipalTag/team": "finance-*"}
  }
}"#,
            ),
            fix: "Remove the key, or name the values that you mean.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::RedundantStatementDueToWildcardInCondition,
            "redundant statement due to wildcard in condition",
            &[Severity::Suggestion],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The condition never holds, since `*` matches every value that it excludes.",
            why: "The statement never applies. A `Deny` of this form protects nothing.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"ForAnyValue:StringNotLike": {"aws:TagKeys": "*"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "ForAnyValue:StringNotLike": {"aws:TagKeys": ["team", "project"]}
  }
}"#,
            ),
            fix: "Name the values that you mean, or remove the statement.",
            limits: None,
            source: sources::MULTIVALUED,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::RedundantConditionValueNum,
            "redundant condition value num",
            &[Severity::Suggestion],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A comparison such as `NumericLessThan` or `DateGreaterThan` has several values.",
            why: "The values are alternatives, so only the most permissive bound counts. A reader may think that the \
                   strictest does.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "NumericLessThan": {"aws:MultiFactorAuthAge": ["300", "3600"]}
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
            fix: "Keep the one bound that you mean.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
];
