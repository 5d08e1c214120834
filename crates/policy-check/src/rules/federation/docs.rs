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
    name: "federation",
    title: "Services and identity providers",
    #[cfg(feature = "documentation")]
    about: "Which services, and which users of an identity provider, a statement admits.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::own(
            Code::UnknownServicePrincipal,
            "unknown service principal",
            &[Severity::Warning, Severity::Suggestion],
        )
        .catalog()
        .unknown_names(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A service principal is not in the list of known ones.",
            why: "IAM rejects a trust policy with a service principal that does not exist. In other policies the statement never applies.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"Service": "api-gateway.amazonaws.com"},
  "Action": "sts:AssumeRole"
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"Service": "apigateway.amazonaws.com"},
  "Action": "sts:AssumeRole"
}"#,
            ),
            fix: "Use the service's name as its documentation spells it.",
            limits: Some(
                "AWS publishes no complete list, so it is a warning if a known name is similar, and a suggestion otherwise. Names of services that have actions are not reported.",
            ),
            source: sources::PRINCIPAL,
        },
    },
    Rule {
        facts: Facts::own(
            Code::MissingAudienceCondition,
            "missing audience condition",
            &[Severity::Warning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A role trusts an OIDC provider without a condition on the audience of its tokens.",
            why: "A token that the provider issued for another application could then be used to assume the role. IAM only compares the audience with the list of the provider in the account, which others may extend.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {
    "Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  },
  "Action": "sts:AssumeRoleWithWebIdentity",
  "Condition": {
    "StringEquals": {
      "token.actions.githubusercontent.com:sub": "repo:example/tool:ref:refs/heads/main"
    }
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {
    "Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  },
  "Action": "sts:AssumeRoleWithWebIdentity",
  "Condition": {
    "StringEquals": {
      "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
      "token.actions.githubusercontent.com:sub": "repo:example/tool:ref:refs/heads/main"
    }
  }
}"#,
            ),
            fix: "Require the audience with `StringEquals` on the provider's `aud` key.",
            limits: Some(
                "Reported if there is a condition on another claim; otherwise `MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL` or `MISSING_GITHUB_REPO_CONDITION_KEY` is.",
            ),
            source: sources::OIDC,
        },
    },
    Rule {
        facts: Facts::own(
            Code::MissingSubjectCondition,
            "missing subject condition",
            &[Severity::SecurityWarning, Severity::Warning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A role trusts an OIDC provider that everybody can use without a condition on the subject of its tokens.",
            why: "The audience only says what a token is for. On a shared provider, anyone with an account gets tokens for the same audience; in an EKS cluster, every pod does.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {
    "Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"
  },
  "Action": "sts:AssumeRoleWithWebIdentity",
  "Condition": {
    "StringEquals": {"gitlab.com:aud": "https://gitlab.com"}
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {
    "Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"
  },
  "Action": "sts:AssumeRoleWithWebIdentity",
  "Condition": {
    "StringEquals": {
      "gitlab.com:aud": "https://gitlab.com",
      "gitlab.com:sub": "project_path:example/tool:ref_type:branch:ref:main"
    }
  }
}"#,
            ),
            fix: "Require the subject with `StringEquals` on the provider's `sub` key.",
            limits: Some(
                "Reported for GitLab, HCP Terraform, Buildkite, Vercel and, as a warning, EKS clusters. For GitHub, `MISSING_GITHUB_REPO_CONDITION_KEY` is.",
            ),
            source: sources::OIDC,
        },
    },
    Rule {
        facts: Facts::own(
            Code::SubjectMatchesEveryone,
            "subject matches everyone",
            &[Severity::SecurityWarning],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The pattern of a token's subject matches everyone whom the provider knows.",
            why: "A pattern such as `*` or `repo:*` admits the workflows of every owner, so anyone can assume the role.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {
    "Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  },
  "Action": "sts:AssumeRoleWithWebIdentity",
  "Condition": {
    "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
    "StringLike": {"token.actions.githubusercontent.com:sub": "repo:*"}
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {
    "Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  },
  "Action": "sts:AssumeRoleWithWebIdentity",
  "Condition": {
    "StringEquals": {
      "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
      "token.actions.githubusercontent.com:sub": "repo:example/tool:ref:refs/heads/main"
    }
  }
}"#,
            ),
            fix: "Name the owner, and what belongs to it.",
            limits: None,
            source: sources::OIDC,
        },
    },
    Rule {
        facts: Facts::own(
            Code::AbsentConditionKey,
            "absent condition key",
            &[Severity::Error, Severity::Warning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A condition requires a key that no request of the statement's principals has.",
            why: "The condition never holds, so the statement never applies. Each kind of principal has its own keys: services send `aws:SourceAccount`, identity providers the claims of their tokens, and accounts an external ID.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {
    "Federated": "arn:aws:iam::123456789012:saml-provider/okta"
  },
  "Action": "sts:AssumeRoleWithSAML",
  "Condition": {"StringEquals": {"sts:ExternalId": "reports"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {
    "Federated": "arn:aws:iam::123456789012:saml-provider/okta"
  },
  "Action": "sts:AssumeRoleWithSAML",
  "Condition": {
    "StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}
  }
}"#,
            ),
            fix: "Remove the condition, or move it into a statement for the principals that it is meant for.",
            limits: Some(
                "Reported for trust policies and resource policies. It is an error if AWS documents that no such request has the key. Conditions that also hold without the key are not reported.",
            ),
            source: sources::STS_KEYS,
        },
    },
];
