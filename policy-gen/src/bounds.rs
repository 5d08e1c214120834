//! The proof that a permissions boundary leaves the policies that it bounds everything they grant.

use std::fmt::Write;

use iam_policy_check::Code;
use iam_policy_compare::{Answer, Options, Witness};
use iam_policy_core::PolicyType;
use iam_policy_document::{Diagnostic, Document, Severity};
use iam_policy_spec::{Policy, Spanned, Spec, with_policies};

/// How many requests a message shows.
const SHOWN: usize = 3;

/// What a proof about boundaries came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bounds {
    /// For each boundary that takes something away, and each of the policies that it takes it from, a request that shows it.
    pub errors: Vec<Diagnostic>,
    /// Where the proof gave up.
    pub remarks: Vec<Diagnostic>,
}

/// Proves that each permissions boundary of a spec leaves the policies in its `bounds` everything they grant, in each of their
/// partitions, with all of their extensions, with the parameters' defaults and in each environment.
///
/// If a policy needs a parameter that has no default, only its environments count, if there are any.
///
/// - `spec`: the spec, without errors
///
/// # Examples
///
/// ```
/// use iam_policy_gen::prove_bounds;
/// use iam_policy_spec::{Source, read};
///
/// let source = Source::new("policies.toml", r#"
/// [policy.role]
/// [[policy.role.statement]]
/// id        = "write"
/// reason    = "Writes reports."
/// actions   = ["s3:PutObject"]
/// resources = ["arn:aws:s3:::reports/*"]
///
/// [policy.limit]
/// type   = "boundary"
/// bounds = ["role"]
/// [[policy.limit.statement]]
/// id        = "read"
/// reason    = "Roles only read."
/// actions   = ["s3:Get*"]
/// resources = ["*"]
/// "#);
/// let (spec, mistakes) = read(&source);
/// assert!(mistakes.is_empty());
/// let bounds = prove_bounds(&spec);
/// assert!(bounds.errors[0].message.starts_with("the boundary `limit` does not leave `role` everything it grants"));
/// ```
#[must_use]
pub fn prove_bounds(spec: &Spec) -> Bounds {
    let mut bounds = Bounds::default();
    if spec.policies.iter().all(|policy| policy.bounds.is_empty()) {
        return bounds;
    }
    with_policies(spec, |lowered| {
        let find = |name: &str| {
            let mut both = spec.policies.iter().zip(lowered);
            both.find(|(policy, _)| policy.name.value == name)
        };
        for (boundary, lowered) in spec.policies.iter().zip(lowered) {
            if lowered.policy_type != PolicyType::PermissionsBoundary {
                continue;
            }
            for name in &boundary.bounds {
                if let Some((bounded, lowered_bounded)) = find(&name.value) {
                    prove(&mut bounds, (name, boundary, lowered), (bounded, lowered_bounded));
                }
            }
        }
    });
    bounds
}

/// Proves it in one partition and environment after the other, until there is something to report.
fn prove(
    bounds: &mut Bounds,
    (name, boundary, lowered): (&Spanned<String>, &Policy, &iam_policy_core::Policy<'_>),
    (bounded, lowered_bounded): (&Policy, &iam_policy_core::Policy<'_>),
) {
    let extensions: Vec<&str> = lowered_bounded.extensions.iter().map(|one| one.name).collect();
    for form in forms(lowered_bounded, lowered, &extensions) {
        let partition = form.partition.unwrap_or_default();
        let granted = Document::from(lowered_bounded.render_unchecked(form.extensions(&extensions)));
        let limit = Document::from(lowered.render_unchecked(form));
        let answer = Options::default().covers([&granted], [&limit]);
        let environment = form.environment.map(|environment| environment.name);
        let with_values = |diagnostic: Diagnostic| match environment {
            Some(name) => diagnostic.note(format!("with the values of the environment `{name}`")),
            None => diagnostic,
        };
        let (boundary, bounded_name) = (&boundary.name.value, &bounded.name.value);
        let code = Code::InvalidSpec.name();
        match answer {
            Answer::Yes => continue,
            Answer::No(witnesses) => {
                let message = format!("the boundary `{boundary}` does not leave `{bounded_name}` everything it grants");
                let mut diagnostic = Diagnostic::error(message).with_code(code).at(name.span.clone());
                for witness in witnesses.iter().take(SHOWN) {
                    diagnostic = diagnostic.note(shown(witness, boundary, bounded, partition.name()));
                }
                if let Some(more) = witnesses.len().checked_sub(SHOWN).filter(|more| *more > 0) {
                    diagnostic = diagnostic.note(format!("and {more} more"));
                }
                let help = format!("allow it in `{boundary}`, or remove `{bounded_name}` from its `bounds`");
                bounds.errors.push(with_values(diagnostic).help(help));
            }
            Answer::Unknown(why) => {
                let message =
                    format!("cannot prove that the boundary `{boundary}` leaves `{bounded_name}` everything it grants");
                let diagnostic = Diagnostic::new(Severity::Warning, message).at(name.span.clone());
                bounds.remarks.push(with_values(diagnostic.note(why)));
            }
        }
        return;
    }
}

/// Every form of the two policies that is used: in each partition, with the defaults and in each environment that makes a
/// difference.
fn forms<'l>(
    bounded: &iam_policy_core::Policy<'l>,
    boundary: &iam_policy_core::Policy<'l>,
    extensions: &[&str],
) -> Vec<iam_policy_core::Options<'l>> {
    let mut forms = Vec::new();
    for &partition in bounded.partitions {
        let form = iam_policy_core::Options::DEFAULT.partition(partition);
        let rendered = [
            bounded.render_unchecked(form.extensions(extensions)),
            boundary.render_unchecked(form),
        ];
        let is_complete = rendered.iter().all(|rendered| rendered.placeholders().next().is_none());
        if is_complete || bounded.environments.is_empty() {
            forms.push(form);
        }
        for environment in bounded.environments {
            let mut names = environment.values.iter().map(|(name, _)| name);
            if !is_complete || names.any(|name| rendered.iter().any(|rendered| rendered.uses(name))) {
                forms.push(form.environment(*environment));
            }
        }
    }
    forms
}

/// A request that the bounded policy allows and the boundary does not.
fn shown(witness: &Witness, boundary: &str, bounded: &Policy, partition: &str) -> String {
    let mut text = format!("`{}` on `{}`", witness.action, witness.resource);
    for (index, (key, values)) in witness.context.iter().enumerate() {
        text.push_str(if index == 0 { ", if " } else { " and " });
        let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
        // Writing to a `String` cannot fail.
        let _ = match quoted.as_slice() {
            [] => write!(text, "`{key}` is absent"),
            values => write!(text, "`{key}` is {}", values.join(", ")),
        };
    }
    // Statements that are not in the partition are not in the document.
    let statements = bounded
        .statements
        .iter()
        .chain(bounded.extensions.iter().flat_map(|one| &one.statements));
    let mut there = statements.filter(|statement| {
        statement.partitions.is_empty() || statement.partitions.iter().any(|limit| limit.value.name() == partition)
    });
    let place = witness.new_statements.first();
    if let Some(statement) = place.and_then(|place| there.nth(place.statement)) {
        let _ = write!(text, ": the statement `{}` allows it", statement.id.value);
    }
    let _ = match witness.old_decision {
        iam_policy_compare::Decision::ExplicitDeny => write!(text, ", and a statement of `{boundary}` denies it"),
        _ => write!(text, ", and no statement of `{boundary}` does"),
    };
    text
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use iam_policy_spec::Source;
    use iam_policy_spec::compile::compile;

    use super::*;

    const ROLE: &str = r#"
[policy.role]
partitions = ["aws", "aws-cn"]

[[policy.role.statement]]
id         = "home"
reason     = "r"
partitions = ["aws-cn"]
actions    = ["s3:GetObject"]
resources  = ["arn:aws-cn:s3:::home/*"]

[[policy.role.statement]]
id        = "write"
reason    = "r"
actions   = ["s3:PutObject"]
resources = ["arn:{partition}:s3:::reports/*"]

[policy.role.extension.more]
[[policy.role.extension.more.statement]]
id        = "delete"
reason    = "r"
actions   = ["s3:DeleteObject"]
resources = ["arn:{partition}:s3:::reports/*"]
"#;

    fn check(boundary: &str, expected: Expect) {
        let source = Source::new(
            "policies.toml",
            format!(
                "{ROLE}\n[policy.limit]\ntype = \"boundary\"\nbounds = [\"role\"]\npartitions = [\"aws\", \"aws-cn\"]\n{boundary}"
            ),
        );
        shown_errors(&source, &expected);
    }

    fn shown_errors(source: &Source, expected: &Expect) {
        let compiled = compile(source);
        assert_eq!(compiled.errors(), []);
        let bounds = prove_bounds(&compiled.spec);
        assert_eq!(bounds.remarks, []);
        let shown: Vec<_> = bounds
            .errors
            .iter()
            .map(|error| source.show(error).to_string())
            .collect();
        expected.assert_eq(&shown.concat());
    }

    fn statement(id: &str, rest: &str) -> String {
        format!("[[policy.limit.statement]]\nid = \"{id}\"\nreason = \"r\"\n{rest}\n")
    }

    #[test]
    fn wider_boundaries_take_nothing_away() {
        check(
            &statement("all", "actions = [\"s3:*\"]\nresources = [\"*\"]"),
            expect![[""]],
        );
    }

    #[test]
    fn every_partition_and_extension_counts() {
        let writes = "actions = [\"s3:PutObject\"]\nresources = [\"arn:{partition}:s3:::reports/*\"]";
        check(
            &statement("write", writes),
            expect![[r#"
            error[INVALID_SPEC]: the boundary `limit` does not leave `role` everything it grants
              --> policies.toml:27:11
               |
            27 | bounds = ["role"]
               |           ^^^^^^
               = note: `s3:DeleteObject` on `arn:aws:s3:::reports/a`: the statement `delete` allows it, and no statement of `limit` does
               = help: allow it in `limit`, or remove `role` from its `bounds`"#]],
        );
        let more =
            "actions = [\"s3:PutObject\", \"s3:DeleteObject\"]\nresources = [\"arn:{partition}:s3:::reports/*\"]";
        check(
            &statement("write", more),
            expect![[r#"
            error[INVALID_SPEC]: the boundary `limit` does not leave `role` everything it grants
              --> policies.toml:27:11
               |
            27 | bounds = ["role"]
               |           ^^^^^^
               = note: `s3:GetObject` on `arn:aws-cn:s3:::home/a`: the statement `home` allows it, and no statement of `limit` does
               = help: allow it in `limit`, or remove `role` from its `bounds`"#]],
        );
    }

    #[test]
    fn denials_and_conditions_of_a_boundary_count() {
        let all = statement("all", "actions = [\"s3:*\"]\nresources = [\"*\"]");
        let denied = statement(
            "no",
            "effect = \"Deny\"\nactions = [\"s3:Delete*\"]\nresources = [\"*\"]",
        );
        check(
            &format!("{all}{denied}"),
            expect![[r#"
            error[INVALID_SPEC]: the boundary `limit` does not leave `role` everything it grants
              --> policies.toml:27:11
               |
            27 | bounds = ["role"]
               |           ^^^^^^
               = note: `s3:DeleteObject` on `arn:aws:s3:::reports/a`: the statement `delete` allows it, and a statement of `limit` denies it
               = help: allow it in `limit`, or remove `role` from its `bounds`"#]],
        );
        let secure = "actions = [\"s3:*\"]\nresources = [\"*\"]\ncondition.Bool.\"aws:SecureTransport\" = true";
        check(
            &statement("all", secure),
            expect![[r#"
            error[INVALID_SPEC]: the boundary `limit` does not leave `role` everything it grants
              --> policies.toml:27:11
               |
            27 | bounds = ["role"]
               |           ^^^^^^
               = note: `s3:PutObject` on `arn:aws:s3:::reports/a`, if `aws:SecureTransport` is `false`: the statement `write` allows it, and no statement of `limit` does
               = help: allow it in `limit`, or remove `role` from its `bounds`"#]],
        );
    }

    #[test]
    fn a_boundary_holds_in_every_environment() {
        let spec = |bucket: &str| {
            let text = r#"
[parameters]
bucket = { max-length = 20 }

[environment.dev]
bucket = "reports-dev"

[environment.prod]
bucket = "PROD"

[policy.role]
[[policy.role.statement]]
id        = "write"
reason    = "r"
actions   = ["s3:PutObject"]
resources = ["arn:aws:s3:::{bucket}/*"]

[policy.limit]
type   = "boundary"
bounds = ["role"]
[[policy.limit.statement]]
id        = "reports"
reason    = "r"
actions   = ["s3:*"]
resources = ["arn:aws:s3:::reports-*"]
"#;
            Source::new("policies.toml", text.replace("PROD", bucket))
        };
        shown_errors(&spec("reports-prod"), &expect![[""]]);
        shown_errors(
            &spec("archive"),
            &expect![[r#"
            error[INVALID_SPEC]: the boundary `limit` does not leave `role` everything it grants
              --> policies.toml:20:11
               |
            20 | bounds = ["role"]
               |           ^^^^^^
               = note: `s3:PutObject` on `arn:aws:s3:::archive/a`: the statement `write` allows it, and no statement of `limit` does
               = note: with the values of the environment `prod`
               = help: allow it in `limit`, or remove `role` from its `bounds`"#]],
        );
    }
}
