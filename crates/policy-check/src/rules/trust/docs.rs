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
    name: "trust",
    title: "Role trust policies",
    #[cfg(feature = "documentation")]
    about: "Who may assume a role, and how.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::aws(
            Code::RoleTrustPolicySyntaxErrorNotPrincipal,
            "role trust policy syntax error NotPrincipal",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A role trust policy has a `NotPrincipal`.",
            why: "IAM rejects the policy: a trust policy names who may assume the role.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "NotPrincipal": {"AWS": "123456789012"},
  "Action": "sts:AssumeRole"
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "210987654321"},
  "Action": "sts:AssumeRole"
}"#,
            ),
            fix: "Use `Principal`.",
            limits: None,
            source: sources::ROLES,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::RoleTrustPolicySyntaxErrorResource,
            "role trust policy syntax error resource",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A role trust policy has a `Resource` or `NotResource`.",
            why: "IAM rejects the policy: a trust policy always applies to the role that it belongs to.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "123456789012"},
  "Action": "sts:AssumeRole",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "123456789012"},
  "Action": "sts:AssumeRole"
}"#,
            ),
            fix: "Remove the element.",
            limits: None,
            source: sources::ROLES,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::RoleTrustPolicyUnsupportedWildcardInPrincipal,
            "role trust policy unsupported wildcard in principal",
            &[Severity::Error],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A role trust policy allows everyone to assume the role.",
            why: "With `\"Principal\": \"*\"`, principals of every AWS account could assume the role if no condition \
                   stops them.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": "*",
  "Action": "sts:AssumeRole"
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "123456789012"},
  "Action": "sts:AssumeRole"
}"#,
            ),
            fix: "Name the accounts, roles, services or identity providers that need the role.",
            limits: None,
            source: sources::PRINCIPAL,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::MissingActionForConditionKey,
            "missing action for condition key",
            &[Severity::Error],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A role trust policy limits session tags or the source identity but does not allow setting them.",
            why: "A caller that passes session tags needs `sts:TagSession`, and one that passes a source identity \
                   `sts:SetSourceIdentity`. Without these actions such calls fail, so the condition can never hold.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "123456789012"},
  "Action": "sts:AssumeRole",
  "Condition": {"StringEquals": {"aws:RequestTag/team": "finance"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "123456789012"},
  "Action": ["sts:AssumeRole", "sts:TagSession"],
  "Condition": {"StringEquals": {"aws:RequestTag/team": "finance"}}
}"#,
            ),
            fix: "Add the action that the finding names.",
            limits: None,
            source: sources::SESSION_TAGS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::UnsupportedActionForConditionKey,
            "unsupported action for condition key",
            &[Severity::Error],
        )
        .catalog()
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A role trust policy limits an action by a claim that requests for it do not have.",
            why: "Claims of a web identity provider are known only to `sts:AssumeRoleWithWebIdentity`. AWS does not \
                   evaluate the condition for the other actions.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"Federated": "cognito-identity.amazonaws.com"},
  "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
  "Condition": {
    "StringEquals": {
      "cognito-identity.amazonaws.com:aud": "eu-west-1:12345678-1234-1234-1234-123456789012"
    }
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"Federated": "cognito-identity.amazonaws.com"},
  "Action": "sts:AssumeRoleWithWebIdentity",
  "Condition": {
    "StringEquals": {
      "cognito-identity.amazonaws.com:aud": "eu-west-1:12345678-1234-1234-1234-123456789012"
    }
  }
}"#,
            ),
            fix: "Remove the actions that the finding names, or move them into a statement with a condition that they \
                   support.",
            limits: Some(
                "Reported for the keys of web identity providers. AWS reports it for a few other keys too, but \
                   publishes no list of them.",
            ),
            source: sources::OIDC,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::MissingActionForRolesAnywhereTrustPolicy,
            "missing action for roles anywhere trust policy",
            &[Severity::Error],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The trust policy of a role for IAM Roles Anywhere lacks an action that the service needs.",
            why: "IAM Roles Anywhere sets session tags and a source identity whenever it assumes a role, so it cannot \
                   assume this one.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"Service": "rolesanywhere.amazonaws.com"},
  "Action": "sts:AssumeRole"
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"Service": "rolesanywhere.amazonaws.com"},
  "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]
}"#,
            ),
            fix: "Allow `sts:AssumeRole`, `sts:SetSourceIdentity` and `sts:TagSession`.",
            limits: None,
            source: sources::ROLES_ANYWHERE,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::InvalidFederatedPrincipalSyntaxInRoleTrustPolicy,
            "invalid federated principal syntax in role trust policy",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A federated principal is neither the ARN of an identity provider nor a domain name.",
            why: "IAM rejects the policy.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"Federated": "okta"},
  "Action": "sts:AssumeRoleWithSAML"
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {
    "Federated": "arn:aws:iam::123456789012:saml-provider/okta"
  },
  "Action": "sts:AssumeRoleWithSAML"
}"#,
            ),
            fix: "Write the ARN of the SAML or OIDC provider, or the domain of a provider that is built in, such as \
                   `accounts.google.com`.",
            limits: None,
            source: sources::PRINCIPAL,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::MismatchedActionForPrincipal,
            "mismatched action for principal",
            &[Severity::Error],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The action for assuming the role does not match the kind of principal.",
            why: "Accounts and services use `sts:AssumeRole`, SAML providers `sts:AssumeRoleWithSAML`, and OIDC \
                   providers `sts:AssumeRoleWithWebIdentity`. With another action no one can assume the role.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {
    "Federated": "arn:aws:iam::123456789012:saml-provider/okta"
  },
  "Action": "sts:AssumeRoleWithWebIdentity"
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {
    "Federated": "arn:aws:iam::123456789012:saml-provider/okta"
  },
  "Action": "sts:AssumeRoleWithSAML"
}"#,
            ),
            fix: "Use the action for the principal, or name the principal under its own kind.",
            limits: None,
            source: sources::ROLES,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::MissingConditionKeyForOidcPrincipal,
            "missing condition key for OIDC principal",
            &[Severity::SecurityWarning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A role trusts an OIDC provider without a condition on the provider's tokens.",
            why: "A provider issues tokens for all its customers. Without a condition, each of them can assume the \
                   role.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"Federated": "accounts.google.com"},
  "Action": "sts:AssumeRoleWithWebIdentity"
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"Federated": "accounts.google.com"},
  "Action": "sts:AssumeRoleWithWebIdentity",
  "Condition": {
    "StringEquals": {"accounts.google.com:aud": "66677788899900pro0"}
  }
}"#,
            ),
            fix: "Add a condition on a claim of the provider, at least `aud`, and `sub` if not all users of the \
                   application are meant.",
            limits: None,
            source: sources::OIDC,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::MissingGithubRepoConditionKey,
            "missing GitHub repo condition key",
            &[Severity::SecurityWarning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A role trusts GitHub Actions without a condition on the repository.",
            why: "GitHub issues tokens for every repository. Without a condition on `sub`, a workflow in anyone's \
                   repository can assume the role.",
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
      "token.actions.githubusercontent.com:aud": "sts.amazonaws.com"
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
            fix: "Add a condition on `token.actions.githubusercontent.com:sub` with the repository and the branch or \
                   environment.",
            limits: None,
            source: sources::OIDC,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::SpecificGithubRepoAndBranchRecommended,
            "specific GitHub repo and branch recommended",
            &[Severity::Warning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A role for GitHub Actions has a wildcard in place of the repository or the branch.",
            why: "The wildcard admits every repository of an owner or every branch of a repository. Anyone who can \
                   push a branch there can then assume the role.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {
    "Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  },
  "Action": "sts:AssumeRoleWithWebIdentity",
  "Condition": {
    "StringLike": {
      "token.actions.githubusercontent.com:sub": "repo:example/tool:*"
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
      "token.actions.githubusercontent.com:sub": "repo:example/tool:ref:refs/heads/main"
    }
  }
}"#,
            ),
            fix: "Write out the repository and the branch, or name the branch in a condition on \
                   `token.actions.githubusercontent.com:ref`.",
            limits: None,
            source: sources::OIDC,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::ForAnyValueWithAudienceClaimType,
            "ForAnyValue with audience claim type",
            &[Severity::SecurityWarning],
        )
        .catalog(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The audience of a token is compared under `ForAnyValue` although it has one value.",
            why: "The qualifier is for keys with several values. With a single-valued key it hides what the condition \
                   compares.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"Federated": "accounts.google.com"},
  "Action": "sts:AssumeRoleWithWebIdentity",
  "Condition": {
    "ForAnyValue:StringEquals": {
      "accounts.google.com:aud": "66677788899900pro0"
    }
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"Federated": "accounts.google.com"},
  "Action": "sts:AssumeRoleWithWebIdentity",
  "Condition": {
    "StringEquals": {"accounts.google.com:aud": "66677788899900pro0"}
  }
}"#,
            ),
            fix: "Remove `ForAnyValue:`.",
            limits: None,
            source: sources::MULTIVALUED,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::ConfirmAudienceClaimType,
            "confirm audience claim type",
            &[Severity::Suggestion],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The audience of a token is compared under a qualifier, which suits only providers whose tokens \
                   can have several audiences.",
            why: "`ForAllValues` also holds when the claim is missing. Whether tokens have one audience or several \
                   depends on the provider.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {
    "Federated": "arn:aws:iam::123456789012:oidc-provider/login.example.com"
  },
  "Action": "sts:AssumeRoleWithWebIdentity",
  "Condition": {
    "ForAllValues:StringEquals": {"login.example.com:aud": "reports"}
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {
    "Federated": "arn:aws:iam::123456789012:oidc-provider/login.example.com"
  },
  "Action": "sts:AssumeRoleWithWebIdentity",
  "Condition": {"StringEquals": {"login.example.com:aud": "reports"}}
}"#,
            ),
            fix: "Remove the qualifier if tokens have one audience. If they can have several, use `ForAnyValue`.",
            limits: None,
            source: sources::OIDC,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::RedundantPrincipalInRoleTrustPolicy,
            "redundant principal in role trust policy",
            &[Severity::Suggestion],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A trust policy names a role and one of its sessions.",
            why: "A role stands for all its sessions, so the session adds nothing.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {
    "AWS": [
      "arn:aws:iam::123456789012:role/deploy",
      "arn:aws:sts::123456789012:assumed-role/deploy/ann"
    ]
  },
  "Action": "sts:AssumeRole"
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "arn:aws:iam::123456789012:role/deploy"},
  "Action": "sts:AssumeRole"
}"#,
            ),
            fix: "Remove the session, or remove the role if only that session is meant.",
            limits: None,
            source: sources::PRINCIPAL,
        },
    },
];
