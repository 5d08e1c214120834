//! The Markdown page that explains the policies to people who attach and review them.

use std::fmt::{Display, Write};

use iam_policy_core::text::Grouped;
use iam_policy_core::{Explanation, Extension, Options, Policy};
use iam_policy_spec::{Spec, Template};

use super::json;
use super::output::{Artifact, Input, Origin, Output};

/// The name of the page.
const PAGE: &str = "PERMISSIONS.md";

/// One page for all policies.
pub(super) struct Markdown;

impl Output for Markdown {
    fn files(&self, input: &Input<'_>) -> Vec<Artifact> {
        vec![Artifact {
            name: PAGE.to_owned(),
            contents: page(input),
        }]
    }

    fn can_write(&self, name: &str) -> bool {
        name == PAGE
    }
}

fn page(input: &Input<'_>) -> String {
    let Input { spec, policies, origin } = input;
    let mut out = String::new();
    let Origin { command, spec: path } = origin;
    paragraph(
        &mut out,
        &format!("<!-- Written by `{command}` from `{path}`. Do not edit: change that file instead. -->"),
    );
    let title = spec.page.title.as_ref().map_or("Permissions", |title| &title.text);
    paragraph(&mut out, &format!("# {title}"));
    about(&mut out, spec.page.about.as_ref().map_or("", |about| &about.text));
    for policy in *policies {
        section(&mut out, policy);
    }
    parameters(&mut out, spec);
    for (title, text) in &spec.page.sections {
        paragraph(&mut out, &format!("## {}", title.text));
        paragraph(&mut out, &text.text);
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn paragraph(out: &mut String, text: &str) {
    out.push_str(text.trim_end());
    out.push_str("\n\n");
}

fn about(out: &mut String, text: &str) {
    if !text.is_empty() {
        paragraph(out, text);
    }
}

fn section(out: &mut String, policy: &Policy<'_>) {
    paragraph(out, &format!("## {}", policy.heading()));
    about(out, policy.about);
    paragraph(out, &facts(policy, Options::DEFAULT));
    folded(out, "The policy as JSON", policy.json);
    let others: Vec<_> = policy
        .partitions
        .iter()
        .skip(1)
        .map(|&partition| format!("[`{partition}`]({})", json::POLICY.name(policy, partition)))
        .collect();
    if !others.is_empty() {
        paragraph(
            out,
            &format!(
                "The same in {}: {}.",
                if others.len() == 1 {
                    "another partition"
                } else {
                    "other partitions"
                },
                others.join(", ")
            ),
        );
    }
    table(out, policy.explanation());
    if let Some(trust) = policy.trust {
        paragraph(out, "### Trust policy");
        about(out, trust.about);
        folded(out, "The trust policy as JSON", trust.json);
    }
    for extension in policy.extensions {
        extension_section(out, policy, extension);
    }
}

fn extension_section(out: &mut String, policy: &Policy<'_>, extension: &Extension<'_>) {
    paragraph(out, &format!("### Extension: {}", extension.heading()));
    about(out, extension.about);
    let extensions = [extension.name];
    let options = Options::DEFAULT.extensions(&extensions);
    paragraph(out, &facts(policy, options));
    if let Ok(json) = policy.render(options) {
        folded(
            out,
            &format!("The policy with the extension <code>{}</code> as JSON", extension.name),
            json,
        );
    }
    table(out, extension.explanation());
}

/// The size of the policy, and the quotas that apply to it.
fn facts(policy: &Policy<'_>, options: Options<'_>) -> String {
    let size = policy.measure(options).unwrap_or_default();
    let mut text = format!("{} characters", Grouped(size));
    for (i, kind) in policy.attachments(options.extensions).into_iter().flatten().enumerate() {
        text.push_str(if i == 0 { ", of the " } else { " and of the " });
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{} that `{kind}` may have", Grouped(kind.quota()));
    }
    text.push('.');
    text
}

fn folded(out: &mut String, summary: &str, json: impl Display) {
    // Writing to a `String` cannot fail.
    let _ = write!(
        out,
        "<details>\n<summary>{summary}</summary>\n\n```json\n{json}```\n\n</details>\n\n"
    );
}

fn table(out: &mut String, explanation: Explanation<'_>) {
    // Writing to a `String` cannot fail.
    let _ = writeln!(out, "{explanation}");
}

fn parameters(out: &mut String, spec: &Spec) {
    if spec.parameters.is_empty() {
        return;
    }
    paragraph(out, "## Parameters");
    paragraph(out, "Names that may be chosen; the JSON on this page has the defaults.");
    out.push_str("| Name | Default | Meaning |\n|---|---|---|\n");
    for parameter in &spec.parameters {
        let about = parameter.about.as_ref().map_or("", |about: &Template| &about.text);
        let _ = writeln!(
            out,
            "| `{}` | `{}` | {} |",
            parameter.name.value,
            parameter.default.value.replace('|', "\\|"),
            about.replace('|', "\\|").replace('\n', "<br>")
        );
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use iam_policy_spec::{Source, read, with_policies};

    use super::*;

    fn check(spec: &str, expected: Expect) {
        let (spec, diagnostics) = read(&Source::new("policies.toml", spec));
        assert_eq!(diagnostics, []);
        let origin = Origin {
            command: "cargo xtask regenerate",
            spec: "../policies.toml",
        };
        let page = with_policies(&spec, |policies| {
            page(&Input {
                spec: &spec,
                policies,
                origin,
            })
        });
        expected.assert_eq(&page);
    }

    #[test]
    fn a_spec_without_a_page() {
        check(
            r#"
                [policy.user]
                [[policy.user.statement]]
                id        = "list"
                reason    = "Finds the bucket."
                actions   = ["s3:ListAllMyBuckets"]
                resources = ["*"]
            "#,
            expect![[r#"
                <!-- Written by `cargo xtask regenerate` from `../policies.toml`. Do not edit: change that file instead. -->

                # Permissions

                ## user

                120 characters.

                <details>
                <summary>The policy as JSON</summary>

                ```json
                {
                  "Version": "2012-10-17",
                  "Statement": [
                    {
                      "Sid": "List",
                      "Effect": "Allow",
                      "Action": [
                        "s3:ListAllMyBuckets"
                      ],
                      "Resource": [
                        "*"
                      ]
                    }
                  ]
                }
                ```

                </details>

                | Sid | Permission | Scope | Reason |
                |---|---|---|---|
                | `List` | `s3:ListAllMyBuckets` | `*` | Finds the bucket. |
            "#]],
        );
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "it is one page")]
    fn a_page_with_every_element() {
        check(
            r#"
                [page]
                title = "Permissions of the {team} team"
                about = "Two lines\nof text.\n"

                [[page.section]]
                title = "Validation"
                text  = "Ask IAM."

                [parameters]
                team = { default = "red", about = "A team | its name,\nas a word." }

                [policy.user]
                title      = "User permissions"
                about      = "Attach it."
                attach     = ["inline-user", "managed"]
                partitions = ["aws", "aws-cn", "aws-us-gov"]

                [[policy.user.statement]]
                id        = "read"
                reason    = "Reads."
                actions   = ["s3:GetObject"]
                resources = ["arn:{partition}:s3:::{team}-*"]

                [policy.user.trust]
                services = ["lambda"]
                about    = "Lambda takes the role."

                [policy.user.extension.more]
                title  = "More"
                about  = "For those who write."
                attach = ["managed"]

                [[policy.user.extension.more.statement]]
                id        = "write"
                reason    = "Writes."
                without   = "Nothing is written."
                actions   = ["s3:PutObject"]
                resources = ["arn:{partition}:s3:::{team}-*"]

                [policy.user.extension.unnamed]
                [[policy.user.extension.unnamed.statement]]
                id        = "list"
                reason    = "Lists."
                actions   = ["s3:ListAllMyBuckets"]
                resources = ["*"]
            "#,
            expect![[r#"
                <!-- Written by `cargo xtask regenerate` from `../policies.toml`. Do not edit: change that file instead. -->

                # Permissions of the red team

                Two lines
                of text.

                ## User permissions

                Attach it.

                130 characters, of the 2,048 that `inline-user` may have and of the 6,144 that `managed` may have.

                <details>
                <summary>The policy as JSON</summary>

                ```json
                {
                  "Version": "2012-10-17",
                  "Statement": [
                    {
                      "Sid": "Read",
                      "Effect": "Allow",
                      "Action": [
                        "s3:GetObject"
                      ],
                      "Resource": [
                        "arn:aws:s3:::red-*"
                      ]
                    }
                  ]
                }
                ```

                </details>

                The same in other partitions: [`aws-cn`](user.aws-cn.json), [`aws-us-gov`](user.aws-us-gov.json).

                | Sid | Permission | Scope | Reason |
                |---|---|---|---|
                | `Read` | `s3:GetObject` | `arn:aws:s3:::red-*` | Reads. |

                ### Trust policy

                Lambda takes the role.

                <details>
                <summary>The trust policy as JSON</summary>

                ```json
                {
                  "Version": "2012-10-17",
                  "Statement": [
                    {
                      "Effect": "Allow",
                      "Principal": {
                        "Service": [
                          "lambda.amazonaws.com"
                        ]
                      },
                      "Action": [
                        "sts:AssumeRole"
                      ]
                    }
                  ]
                }
                ```

                </details>

                ### Extension: More

                For those who write.

                223 characters, of the 6,144 that `managed` may have.

                <details>
                <summary>The policy with the extension <code>more</code> as JSON</summary>

                ```json
                {
                  "Version": "2012-10-17",
                  "Statement": [
                    {
                      "Sid": "Read",
                      "Effect": "Allow",
                      "Action": [
                        "s3:GetObject"
                      ],
                      "Resource": [
                        "arn:aws:s3:::red-*"
                      ]
                    },
                    {
                      "Sid": "Write",
                      "Effect": "Allow",
                      "Action": [
                        "s3:PutObject"
                      ],
                      "Resource": [
                        "arn:aws:s3:::red-*"
                      ]
                    }
                  ]
                }
                ```

                </details>

                | Sid | Permission | Scope | Reason |
                |---|---|---|---|
                | `Write` | `s3:PutObject` | `arn:aws:s3:::red-*` | Writes.<br>*Without it:* Nothing is written. |

                ### Extension: unnamed

                212 characters, of the 2,048 that `inline-user` may have and of the 6,144 that `managed` may have.

                <details>
                <summary>The policy with the extension <code>unnamed</code> as JSON</summary>

                ```json
                {
                  "Version": "2012-10-17",
                  "Statement": [
                    {
                      "Sid": "Read",
                      "Effect": "Allow",
                      "Action": [
                        "s3:GetObject"
                      ],
                      "Resource": [
                        "arn:aws:s3:::red-*"
                      ]
                    },
                    {
                      "Sid": "List",
                      "Effect": "Allow",
                      "Action": [
                        "s3:ListAllMyBuckets"
                      ],
                      "Resource": [
                        "*"
                      ]
                    }
                  ]
                }
                ```

                </details>

                | Sid | Permission | Scope | Reason |
                |---|---|---|---|
                | `List` | `s3:ListAllMyBuckets` | `*` | Lists. |

                ## Parameters

                Names that may be chosen; the JSON on this page has the defaults.

                | Name | Default | Meaning |
                |---|---|---|
                | `team` | `red` | A team \| its name,<br>as a word. |

                ## Validation

                Ask IAM.
            "#]],
        );
    }
}
