//! The facts and the documentation of each code.

use iam_policy_document::Severity;

use crate::code::Code;
#[cfg(feature = "documentation")]
use crate::documentation::{Documentation, Example};
use crate::rule::{Facts, Rule, Topic};
#[cfg(feature = "documentation")]
use crate::sources;

pub(crate) const TOPIC: Topic = Topic {
    name: "specs",
    title: "Specs",
    #[cfg(feature = "documentation")]
    about: "Problems in a spec, the TOML file that policies are compiled from.",
    rules: RULES,
    check: None,
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::own(Code::TomlSyntaxError, "TOML syntax error", &[Severity::Error]).unreadable(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The spec or the configuration is not valid TOML.",
            why: "No policy can be compiled from it, and no settings can be read from it.",
            bad: Example::spec(
                r#"[policy.user]
[[policy.user.statement]]
id        = "fetch"
reason    = "Downloads reports."
actions   = ["s3:GetObject"
resources = ["arn:aws:s3:::reports/*"]"#,
            ),
            good: Example::spec(
                r#"[policy.user]
[[policy.user.statement]]
id        = "fetch"
reason    = "Downloads reports."
actions   = ["s3:GetObject"]
resources = ["arn:aws:s3:::reports/*"]"#,
            ),
            fix: "Correct the text at the position that the finding points to.",
            limits: None,
            source: sources::TOML,
        },
    },
    Rule {
        facts: Facts::own(Code::InvalidSpec, "invalid spec", &[Severity::Error]).unreadable(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The spec breaks a rule of its language, such as a key that does not exist or a statement \
                   without a reason.",
            why: "No policy can be compiled from it. The finding says which rule it breaks.",
            bad: Example::spec(
                r#"[policy.user]
[[policy.user.statement]]
id        = "fetch"
actions   = ["s3:GetObject"]
resources = ["arn:aws:s3:::reports/*"]"#,
            ),
            good: Example::spec(
                r#"[policy.user]
[[policy.user.statement]]
id        = "fetch"
reason    = "Downloads reports."
actions   = ["s3:GetObject"]
resources = ["arn:aws:s3:::reports/*"]"#,
            ),
            fix: "Follow the help of the finding. The reference of the language lists every key with its meaning.",
            limits: Some("Such findings cannot be waived."),
            source: sources::SPEC,
        },
    },
    Rule {
        facts: Facts::own(Code::UnusedWaiver, "unused waiver", &[Severity::Error]).compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A spec waives a finding that does not exist, or names a code that does not exist.",
            why: "A waiver that matches nothing is misleading: either the problem is gone, or the waiver is in the \
                   wrong place or has a typo.",
            bad: Example::spec(
                r#"[policy.user]
[[policy.user.statement]]
id        = "fetch"
reason    = "Downloads reports."
actions   = [{ action = "s3:GetObject", waive = [{ check = "INVALID_ACTION", why = "Newer than the catalog." }] }]
resources = ["arn:aws:s3:::reports/*"]"#,
            ),
            good: Example::spec(
                r#"[policy.user]
[[policy.user.statement]]
id        = "fetch"
reason    = "Downloads reports."
actions   = ["s3:GetObject"]
resources = ["arn:aws:s3:::reports/*"]"#,
            ),
            fix: "Remove the waiver, correct its code, or move it to the statement, action or resource that the \
                   finding points to.",
            limits: Some("Reported when a spec is compiled."),
            source: sources::SPEC,
        },
    },
];
