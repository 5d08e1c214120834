//! The facts and the documentation of each code.

use iam_policy_document::Severity;

use crate::code::Code;
#[cfg(feature = "documentation")]
use crate::documentation::{Documentation, Example};
use crate::rule::{Facts, Rule, Topic};
#[cfg(feature = "documentation")]
use crate::sources;

pub(crate) const TOPIC: Topic = Topic {
    name: "calls",
    title: "Calls",
    #[cfg(feature = "documentation")]
    about: "What `iam-policy calls` reports when it compares the calls in a program's code with a spec.",
    rules: RULES,
    check: None,
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::own(Code::UngrantedCall, "ungranted call", &[Severity::Error]).needs_calls(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The program calls an operation of the AWS SDK, and no statement of its policies grants an action \
                   that the operation needs on the resource of the call.",
            why: "AWS denies the call.",
            bad: Example::spec(
                r#"# The program calls `client.put_object().bucket("reports").key(name).send()`.
[policy.user]
[[policy.user.statement]]
id        = "fetch"
reason    = "Downloads reports."
actions   = ["s3:GetObject"]
resources = ["arn:aws:s3:::reports/*"]"#,
            ),
            good: Example::spec(
                r#"# The program calls `client.put_object().bucket("reports").key(name).send()`.
[policy.user]
[[policy.user.statement]]
id        = "exchange"
reason    = "Downloads reports, and uploads new ones."
actions   = ["s3:GetObject", "s3:PutObject"]
resources = ["arn:aws:s3:::reports/*"]"#,
            ),
            fix: "Add the statement that the finding shows, or the action to a statement for the same resources. If the \
                   call is not part of the program that the policies are for, name the program: \
                   `--spec PACKAGE/TARGET=FILE#POLICY`.",
            limits: Some(
                "Reported by `iam-policy calls --spec`, at the call. Calls in tests are not compared, and values that are \
                   only known when the program runs are taken to be what the policies expect.",
            ),
            source: sources::SPEC,
        },
    },
    Rule {
        facts: Facts::own(Code::UnusedGrant, "unused grant", &[Severity::Warning]).needs_calls(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A statement grants an action that no call in the program's code needs.",
            why: "A permission that nothing uses helps nobody but an attacker.",
            bad: Example::spec(
                r#"# The program only calls `client.get_object()`.
[policy.user]
[[policy.user.statement]]
id        = "fetch"
reason    = "Downloads reports."
actions   = ["s3:GetObject", "s3:DeleteObject"]
resources = ["arn:aws:s3:::reports/*"]"#,
            ),
            good: Example::spec(
                r#"# The program only calls `client.get_object()`.
[policy.user]
[[policy.user.statement]]
id        = "fetch"
reason    = "Downloads reports."
actions   = ["s3:GetObject"]
resources = ["arn:aws:s3:::reports/*"]"#,
            ),
            fix: "Remove the action. If something else than the Rust code needs it, such as a script, accept the finding \
                   with a waiver that says so.",
            limits: Some(
                "Reported by `iam-policy calls --spec`, which is also the only command that reports an unused waiver of \
                   this finding. Actions of a service with calls whose permissions are not known are not reported.",
            ),
            source: sources::SPEC,
        },
    },
    Rule {
        facts: Facts::own(Code::UnmappedOperation, "unmapped operation", &[Severity::Warning]).needs_calls(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The program calls an operation of the AWS SDK, and it is not known which actions that needs.",
            why: "Neither what the policies lack nor what they grant in vain can be determined for this call.",
            bad: Example::spec(
                r#"# The program calls `client.brew_coffee()`, which is newer than this version of `iam-policy`.
[policy.user]
[[policy.user.statement]]
id        = "fetch"
reason    = "Downloads reports."
actions   = ["s3:GetObject"]
resources = ["arn:aws:s3:::reports/*"]"#,
            ),
            good: Example::spec(
                r#"# The program only calls `client.get_object()`.
[policy.user]
[[policy.user.statement]]
id        = "fetch"
reason    = "Downloads reports."
actions   = ["s3:GetObject"]
resources = ["arn:aws:s3:::reports/*"]"#,
            ),
            fix: "Update `iam-policy`. Until it knows the operation, look up the actions in AWS's Service Authorization \
                   Reference and grant them.",
            limits: Some("Reported by `iam-policy calls`, at the call."),
            source: sources::SPEC,
        },
    },
];
