mod writer;

use crate::{Source, Spec, constant_name, with_policies};
use iam_policy_core::Environment;
use iam_policy_core::text::is_name;

use self::writer::Writer;

/// Returns the constants of `spec` as Rust code: one for each policy, with the explanation in its documentation, and
/// `ALL`.
///
/// - `spec`: the spec. If it has errors, its constants are marked as incomplete, so that assertions about them do not
///   cause more errors
/// - `source`: the text that `spec` was read from
/// - `names`: what the code calls other things
///
/// # Examples
///
/// ```
/// use iam_policy_spec::compile::{Names, constants};
/// use iam_policy_spec::{Source, read};
///
/// let source = Source::new("policies.toml", "[policy.user]\n");
/// let (spec, _) = read(&source);
/// let code = constants(&spec, &source, Names { facade: "::iam_policy", path: "policies.toml" });
/// assert!(code.ends_with("pub const ALL: &[::iam_policy::Policy<'static>] = &[USER];\n"));
/// ```
#[must_use]
pub fn constants(spec: &Spec, source: &Source, names: Names<'_>) -> String {
    with_policies(spec, |policies| {
        let mut writer = Writer::new(names.facade, names.path);
        let mut names: Vec<String> = Vec::new();
        for (policy, own) in policies.iter().zip(&spec.policies) {
            let name = constant_name(policy.name);
            // Invalid and duplicate names have been reported.
            if !is_name(policy.name) || name == "ALL" || names.contains(&name) {
                continue;
            }
            let statements = own.all_statements();
            writer.lines(
                statements
                    .iter()
                    .map(|statement| source.position(statement.span.start).line),
            );
            writer.constant(
                &policy.documentation().in_rustdoc().to_string(),
                &name,
                policy,
                spec.complete,
            );
            names.push(name);
        }
        writer.all(&names);
        let environments = environments(policies.first().map_or(&[], |policy| policy.environments));
        if !environments.is_empty() {
            writer.environments(&environments);
        }
        writer.finish()
    })
}

/// The environments with valid names, and the names of their constants.
fn environments<'a>(all: &[Environment<'a>]) -> Vec<(String, Environment<'a>)> {
    let mut environments: Vec<(String, Environment<'_>)> = Vec::new();
    for environment in all {
        let name = constant_name(environment.name);
        // Invalid and duplicate names have been reported.
        if is_name(environment.name) && environments.iter().all(|(earlier, _)| *earlier != name) {
            environments.push((name, *environment));
        }
    }
    environments
}

/// What generated code calls things outside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Names<'a> {
    /// The path of the facade crate, such as `::iam_policy`.
    pub facade: &'a str,
    /// The path of the spec, relative to the package. Messages about the constants show it.
    pub path: &'a str,
}

#[cfg(test)]
mod tests {
    use crate::read;
    use expect_test::{Expect, expect};

    use super::*;

    fn expanded(spec: &str) -> String {
        let source = Source::new("policies.toml", spec);
        let (spec, _) = read(&source);
        let names = Names {
            facade: "k",
            path: source.name(),
        };
        constants(&spec, &source, names)
    }

    fn check(spec: &str, expected: Expect) {
        expected.assert_eq(&expanded(spec));
    }

    const STATEMENT: &str = r#"
        [[policy.user.statement]]
        id        = "list"
        reason    = "Finds the bucket."
        actions   = ["s3:ListAllMyBuckets"]
        resources = ["*"]
    "#;

    #[test]
    fn defaults_are_omitted() {
        check(
            &format!("[policy.user]\n{STATEMENT}"),
            expect![[r##"
                #[cfg_attr(not(doctest), doc = "\n<a id=\"user-list\"></a>\n\n# `List`\n\n**Allow** on all resources, `*`\n\n| Permission | Access | Reason |\n|---|---|---|\n| `s3:ListAllMyBuckets` |  | Finds the bucket. |\n")]
                pub const USER: k::Policy<'static> = k::Policy::new("user", "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Sid\": \"List\",\n      \"Effect\": \"Allow\",\n      \"Action\": [\n        \"s3:ListAllMyBuckets\"\n      ],\n      \"Resource\": [\n        \"*\"\n      ]\n    }\n  ]\n}\n")
                .with_source("policies.toml")
                .with_partitions(&[k::Partition::Standard])
                .with_statements(&[k::Statement::new("list", "List")
                .with_actions(&[k::Action::new("s3:ListAllMyBuckets")])
                .with_resources(&[k::Resource::literal("*")])
                .with_reason("Finds the bucket.")
                .with_hints(3, [4, 2147483648])]);
                /// Every policy of the spec, in its order.
                pub const ALL: &[k::Policy<'static>] = &[USER];
            "##]],
        );
    }

    #[test]
    fn writes_everything_in_a_spec() {
        check(
            r#"
                [parameters]
                team = { default = "red", about = "A team.", allow-slash = true }

                [policy.user]
                title      = "User"
                about      = "Attach it."
                attach     = ["inline-user", "service-control"]
                partitions = ["aws", "aws-cn"]

                [[policy.user.statement]]
                id         = "pass"
                sid        = "P"
                effect     = "Deny"
                reason     = "r"
                without    = "w"
                partitions = ["aws"]
                waive      = [{ check = "A", why = "a" }]
                actions    = [{ action = "iam:PassRole", reason = "r1", without = "w1", waive = [{ check = "B", why = "b" }] }]
                resources  = [
                  "arn:{partition}:iam::*:role/{team}/{{x}}",
                  { arn = "arn:aws:iam::*:role/r", partitions = ["aws"], reason = "r2", without = "w2", waive = [{ check = "C", why = "c" }] },
                ]
                condition.StringLike."aws:PrincipalTag/team" = ["{team}", "${aws:username}"]

                [[policy.user.statement]]
                id            = "else"
                reason        = "r"
                not-actions   = ["iam:*"]
                not-resources = ["*"]

                [policy.user.trust]
                services = ["lambda"]
                about    = "t"
                condition.Bool."aws:SecureTransport" = true

                [policy.user.extension.more]
                title  = "More"
                about  = "m"
                attach = ["managed"]

                [[policy.user.extension.more.statement]]
                id        = "more"
                reason    = "r"
                actions   = ["s3:GetObject"]
                resources = ["*"]
            "#,
            expect![[r##"
                #[cfg_attr(not(doctest), doc = "User\n\nAttach it.\n\n<a id=\"user-pass\"></a>\n\n# `P`: pass\n\n**Deny** (only in `aws`) on these resources:\n\n- `arn:aws:iam::*:role/red/{x}`\n- `arn:aws:iam::*:role/r` (only in `aws`): r2 *Without it:* w2\n\nOnly if `aws:PrincipalTag/team` `StringLike` `red` or `${aws:username}`\n\nr\n\n*Without it:* w\n\n| Permission | Access | Reason |\n|---|---|---|\n| `iam:PassRole` |  | r1<br>*Without it:* w1 |\n\n[3 accepted findings](#user-pass.accepted)\n\n<a id=\"user-else\"></a>\n\n# `Else`\n\n**Allow** all actions except those below on all resources except `*`\n\n| Permission | Access | Reason |\n|---|---|---|\n| `iam:*` |  | r |\n\n# Extension `more`: More\n\nm\n\n<a id=\"user-more\"></a>\n\n## `More`\n\n**Allow** on all resources, `*`\n\n| Permission | Access | Reason |\n|---|---|---|\n| `s3:GetObject` |  | r |\n\n# Trust policy\n\nt\n\n**Allow** for `lambda.amazonaws.com`\n\nOnly if `aws:SecureTransport` `Bool` `true`\n\n| Permission | Access | Reason |\n|---|---|---|\n| `sts:AssumeRole` |  | Lets `lambda.amazonaws.com` assume the role. |\n\n# Accepted findings\n\n<a id=\"user-pass.accepted\"></a>\n\n[`P`](#user-pass):\n\n- `A`: a\n- `B` on `iam:PassRole`: b\n- `C` on `arn:aws:iam::*:role/r`: c\n")]
                pub const USER: k::Policy<'static> = k::Policy::new("user", "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Sid\": \"P\",\n      \"Effect\": \"Deny\",\n      \"Action\": [\n        \"iam:PassRole\"\n      ],\n      \"Resource\": [\n        \"arn:aws:iam::*:role/red/{x}\",\n        \"arn:aws:iam::*:role/r\"\n      ],\n      \"Condition\": {\n        \"StringLike\": {\n          \"aws:PrincipalTag/team\": [\n            \"red\",\n            \"${aws:username}\"\n          ]\n        }\n      }\n    },\n    {\n      \"Sid\": \"Else\",\n      \"Effect\": \"Allow\",\n      \"NotAction\": [\n        \"iam:*\"\n      ],\n      \"NotResource\": [\n        \"*\"\n      ]\n    }\n  ]\n}\n")
                .with_source("policies.toml")
                .with_title("User")
                .with_about("Attach it.")
                .with_attach(&[k::AttachmentKind::InlineUser, k::AttachmentKind::ServiceControl])
                .with_partitions(&[k::Partition::Standard, k::Partition::China])
                .with_parameters(&[k::Parameter::new("team", "red")
                .with_about("A team.")
                .with_allow_slash(true)])
                .with_statements(&[k::Statement::new("pass", "P")
                .with_effect(k::Effect::Deny)
                .with_actions(&[k::Action::new("iam:PassRole")
                .with_reason(::core::option::Option::Some("r1"))
                .with_without(::core::option::Option::Some("w1"))
                .with_waivers(&[k::Waiver::new("B", "b")])])
                .with_resources(&[k::Resource::new(k::Template::new("arn:{partition}:iam::*:role/{team}/{{x}}", "arn:aws:iam::*:role/red/{x}")), k::Resource::literal("arn:aws:iam::*:role/r")
                .with_partitions(&[k::Partition::Standard])
                .with_reason(::core::option::Option::Some("r2"))
                .with_without(::core::option::Option::Some("w2"))
                .with_waivers(&[k::Waiver::new("C", "c")])])
                .with_conditions(&[k::Condition::new("StringLike", "aws:PrincipalTag/team", &[k::Template::new("{team}", "red"), k::Template::literal("${aws:username}")])])
                .with_partitions(&[k::Partition::Standard])
                .with_reason("r")
                .with_without(::core::option::Option::Some("w"))
                .with_waivers(&[k::Waiver::new("A", "a")])
                .with_hints(11, [1024, 8589934592]), k::Statement::new("else", "Else")
                .with_not_actions(&[k::Action::new("iam:*")])
                .with_not_resources(&[k::Resource::literal("*")])
                .with_reason("r")
                .with_hints(26, [18446744073709551615, 18446744073709551615])])
                .with_extensions(&[k::Extension::new("more")
                .with_title("More")
                .with_about("m")
                .with_attach(&[k::AttachmentKind::Managed])
                .with_statements(&[k::Statement::new("more", "More")
                .with_actions(&[k::Action::new("s3:GetObject")])
                .with_resources(&[k::Resource::literal("*")])
                .with_reason("r")
                .with_hints(42, [4, 2097152])])])
                .with_trust(::core::option::Option::Some(k::Trust::new(&[k::Statement::new("", "")
                .with_principals(&[k::NamedPrincipal::new(k::PrincipalKey::Service, k::Template::literal("lambda.amazonaws.com"))])
                .with_actions(&[k::Action::new("sts:AssumeRole")])
                .with_conditions(&[k::Condition::new("Bool", "aws:SecureTransport", &[k::Template::literal("true")])])
                .with_reason("Lets `lambda.amazonaws.com` assume the role.")
                .with_hints(32, [4294967296, 274877906944])], "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Principal\": {\n        \"Service\": [\n          \"lambda.amazonaws.com\"\n        ]\n      },\n      \"Action\": [\n        \"sts:AssumeRole\"\n      ],\n      \"Condition\": {\n        \"Bool\": {\n          \"aws:SecureTransport\": [\n            \"true\"\n          ]\n        }\n      }\n    }\n  ]\n}\n")
                .with_about("t")));
                /// Every policy of the spec, in its order.
                pub const ALL: &[k::Policy<'static>] = &[USER];
            "##]],
        );
    }

    #[test]
    fn broken_specs_mark_their_constants() {
        let expansion = expanded(&format!("[policy.user]\ncolor = \"red\"\n{STATEMENT}"));
        assert_eq!(expansion.matches(".incomplete()").count(), 1, "{expansion}");
    }

    #[test]
    fn colliding_constant_names_are_omitted() {
        let statement = |policy: &str| {
            format!(
                "[policy.{policy}]\n{}",
                STATEMENT.replace("policy.user", &format!("policy.{policy}"))
            )
        };
        let spec = ["a-b", "a_b", "all", "\"1\""].map(statement).concat();
        let expansion = expanded(&spec);
        assert_eq!(expansion.matches("pub const").count(), 2, "{expansion}");
        assert!(
            expansion.ends_with("pub const ALL: &[k::Policy<'static>] = &[A_B];\n"),
            "{expansion}"
        );
    }
}
