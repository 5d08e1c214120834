//! The facts and the documentation of each code.

use iam_policy_document::Severity;

use crate::code::Code;
#[cfg(feature = "documentation")]
use crate::documentation::{Documentation, Example};
use crate::rule::{Facts, Rule, Topic};
#[cfg(feature = "documentation")]
use crate::sources;

pub(crate) const TOPIC: Topic = Topic {
    name: "configuration",
    title: "Configuration",
    #[cfg(feature = "documentation")]
    about: "Problems in `iam-policy.toml`, in comments that ignore findings, and in baselines.",
    rules: RULES,
    check: None,
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::own(Code::InvalidConfiguration, "invalid configuration", &[Severity::Error]).unreadable(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The file `iam-policy.toml` has a key or a value that does not exist.",
            why: "The setting has no effect, so a check could report too much or too little.",
            bad: Example::file(
                "iam-policy.toml",
                r#"[check]
ignored = ["REDUNDANT_ACTION"]"#,
            ),
            good: Example::file(
                "iam-policy.toml",
                r#"[check]
ignore = ["REDUNDANT_ACTION"]"#,
            ),
            fix: "Follow the help of the finding. The reference lists every key with its meaning.",
            limits: Some("The other settings of the file still apply."),
            source: sources::CONFIGURATION,
        },
    },
    Rule {
        facts: Facts::own(Code::InvalidIgnore, "invalid ignore comment", &[Severity::Error]).unreadable(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A comment ignores a finding without giving a reason, or names a code that does not exist.",
            why: "Without the reason, nobody can decide later whether the finding may still be ignored.",
            bad: Example::file(
                "policies.toml",
                r#"[policy.user]
[[policy.user.statement]]
id        = "fetch"
reason    = "Downloads reports."
# iam-policy: ignore REDUNDANT_ACTION
actions   = ["s3:GetObject", "s3:Get*"]
resources = ["arn:aws:s3:::reports/*"]"#,
            ),
            good: Example::file(
                "policies.toml",
                r#"[policy.user]
[[policy.user.statement]]
id        = "fetch"
reason    = "Downloads reports."
# iam-policy: ignore REDUNDANT_ACTION: the page explains the action by itself
actions   = ["s3:GetObject", "s3:Get*"]
resources = ["arn:aws:s3:::reports/*"]"#,
            ),
            fix: "Write `iam-policy: ignore CODE: reason`.",
            limits: Some("The finding is ignored nevertheless, so that there is one message for one mistake."),
            source: sources::IGNORES,
        },
    },
    Rule {
        facts: Facts::own(Code::UnusedIgnore, "unused ignore comment", &[Severity::Warning]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A comment ignores a finding that does not exist.",
            why: "Such a comment is misleading: either the problem is gone, or the comment is in the wrong place.",
            bad: Example::file(
                "policies.toml",
                r#"[policy.user]
[[policy.user.statement]]
id        = "fetch"
reason    = "Downloads reports."
# iam-policy: ignore INVALID_ACTION: newer than the catalog
actions   = ["s3:GetObject"]
resources = ["arn:aws:s3:::reports/*"]"#,
            ),
            good: Example::file(
                "policies.toml",
                r#"[policy.user]
[[policy.user.statement]]
id        = "fetch"
reason    = "Downloads reports."
actions   = ["s3:GetObject"]
resources = ["arn:aws:s3:::reports/*"]"#,
            ),
            fix: "Remove the comment, or move it before the element that the finding points to.",
            limits: Some("Not reported about codes that are not selected."),
            source: sources::IGNORES,
        },
    },
    Rule {
        facts: Facts::own(Code::StaleBaselineEntry, "stale baseline entry", &[Severity::Warning]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The baseline has a finding that does not exist any more.",
            why: "The same problem could come back without being reported.",
            bad: Example::file(
                "iam-policy-baseline.json",
                r#"{
  "version": 1,
  "findings": [
    {"file": "user.json", "code": "MISSING_VERSION", "count": 1}
  ]
}"#,
            ),
            good: Example::file(
                "iam-policy-baseline.json",
                r#"{
  "version": 1,
  "findings": []
}"#,
            ),
            fix: "Write the baseline again with `--write-baseline`.",
            limits: Some("Reported about files that were checked, and about files that do not exist."),
            source: sources::BASELINE,
        },
    },
];
