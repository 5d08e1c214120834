//! The Markdown page that explains the policies to people who attach and review them.

use std::fmt::{Display, Write};

use iam_policy_core::markdown::{Blocks, Code, Inline};
use iam_policy_core::text::Grouped;
use iam_policy_core::{Extension, Options, Policy};
use iam_policy_document::Visible;
use iam_policy_spec::{Setting, Spec};

use super::anchors::Anchors;
use super::json;
use super::output::{Artifact, Input, Output};
use super::summary::{Matrix, Sizes, capitalized, percent};

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
    let Input {
        spec, policies, origin, ..
    } = input;
    let mut page = Page(String::new());
    let note = origin.note().replace("-->", "-- >");
    page.paragraph(format_args!("<!-- {} -->", Visible(&note)));
    let title = spec.page.title.as_ref().map_or("Permissions", |title| &title.text);
    page.paragraph(format_args!("# {}", Inline(title)));
    page.prose(spec.page.about.as_ref().map_or("", |about| &about.text));
    let anchors = Anchors::new(spec);
    page.contents(input, &anchors);
    for policy in *policies {
        page.policy(policy);
    }
    page.parameters(spec);
    page.environments(input);
    for (section, anchor) in spec.page.sections.iter().zip(&anchors.sections) {
        let (title, text) = section;
        page.heading(2, anchor, Inline(&title.text));
        page.prose(&text.text);
    }
    page.accepted_findings(policies);
    page.0.truncate(page.0.trim_end().len());
    page.0.push('\n');
    page.0
}

/// The text so far. Each method adds whole paragraphs, with an empty line after each.
struct Page(String);

impl Page {
    fn paragraph(&mut self, text: impl Display) {
        // Writing to a `String` cannot fail. The same goes for the other methods.
        let _ = write!(self.0, "{text}\n\n");
    }

    fn prose(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.paragraph(Blocks(text));
        }
    }

    fn heading(&mut self, level: usize, anchor: &str, text: impl Display) {
        let _ = write!(self.0, "<a id=\"{anchor}\"></a>\n\n{} {text}\n\n", "#".repeat(level));
    }

    /// Links to everything that has an anchor.
    fn contents(&mut self, input: &Input<'_>, anchors: &Anchors) {
        let Input { spec, policies, .. } = input;
        let statements = |policy: &Policy<'_>, statements: &[iam_policy_core::Statement<'_>]| {
            let links = statements
                .iter()
                .map(|statement| format!("[{}](#{})", statement.heading(), statement.anchor(policy.name)));
            links.collect::<Vec<_>>().join(" · ")
        };
        let mut lines = String::new();
        for policy in *policies {
            let _ = writeln!(lines, "- [{}](#{})", Inline(policy.heading()), Anchors::policy(policy));
            if !policy.statements.is_empty() {
                let _ = writeln!(lines, "  - {}", statements(policy, policy.statements));
            }
            for extension in policy.extensions {
                let anchor = Anchors::extension(policy, extension);
                let title = Inline(extension.heading());
                let statements = statements(policy, extension.statements);
                let _ = writeln!(lines, "  - [Extension: {title}](#{anchor}): {statements}");
            }
            if let Some(trust) = &policy.trust {
                let _ = write!(lines, "  - [Trust policy](#{})", Anchors::trust(policy));
                // The statement of a trust policy that only lists services has no section of its own.
                if trust.statements.iter().any(|statement| !statement.sid.is_empty()) {
                    let _ = write!(lines, ": {}", statements(policy, trust.statements));
                }
                lines.push('\n');
            }
        }
        if !spec.parameters.is_empty() {
            let _ = writeln!(lines, "- [Parameters](#{})", Anchors::PARAMETERS);
        }
        if !spec.environments.is_empty() {
            let _ = writeln!(lines, "- [Environments](#{})", Anchors::ENVIRONMENTS);
        }
        for ((title, _), anchor) in spec.page.sections.iter().zip(&anchors.sections) {
            let _ = writeln!(lines, "- [{}](#{anchor})", Inline(&title.text));
        }
        if has_accepted_findings(policies) {
            let _ = writeln!(lines, "- [Accepted findings](#{})", Anchors::FINDINGS);
        }
        self.paragraph(lines.trim_end());
    }

    fn policy(&mut self, policy: &Policy<'_>) {
        self.heading(2, &Anchors::policy(policy), Inline(policy.heading()));
        self.prose(policy.about);
        if let Some(note) = policy.type_note() {
            self.paragraph(note);
        }
        if !policy.managed.is_empty() {
            self.paragraph(policy.managed_list());
        }
        if !policy.statements.is_empty() {
            self.own(policy);
        }
        for extension in policy.extensions {
            self.extension(policy, extension);
        }
        if let Some(trust) = &policy.trust {
            self.heading(3, &Anchors::trust(policy), "Trust policy");
            self.prose(trust.about);
            self.sizes(&Sizes::of_trust(policy));
            self.folded("The trust policy as JSON", trust.json);
            let sections = trust.explanation().sections().level(4).anchors(policy.name);
            let _ = writeln!(self.0, "{sections}");
        }
    }

    /// The statements of a policy itself.
    fn own(&mut self, policy: &Policy<'_>) {
        self.matrix(&Matrix::new(policy.statements));
        self.sizes(&Sizes::of_policy(policy, &[]));
        self.folded("The policy as JSON", policy.json);
        let others: Vec<_> = policy
            .partitions
            .iter()
            .skip(1)
            .map(|&partition| format!("[{}]({})", Code(partition.name()), json::POLICY.name(policy, partition)))
            .collect();
        if !others.is_empty() {
            self.paragraph(format_args!("The JSON for other partitions: {}.", others.join(", ")));
        }
        let sections = policy.explanation().sections().level(3).anchors(policy.name);
        let _ = writeln!(self.0, "{sections}");
    }

    /// What an extension adds to its policy.
    fn extension(&mut self, policy: &Policy<'_>, extension: &Extension<'_>) {
        let anchor = Anchors::extension(policy, extension);
        self.heading(3, &anchor, format_args!("Extension: {}", Inline(extension.heading())));
        self.prose(extension.about);
        self.paragraph(format_args!(
            "The extension {} adds these statements. Sizes are those of the extended policy.",
            Code(extension.name)
        ));
        self.sizes(&Sizes::of_policy(policy, &[extension.name]));
        let added = policy.with_statements(extension.statements);
        self.folded(
            "The added statements as JSON",
            added.render_unchecked(Options::GENERATED),
        );
        let sections = extension.explanation().sections().level(4).anchors(policy.name);
        let _ = writeln!(self.0, "{sections}");
    }

    /// How many actions are allowed.
    fn matrix(&mut self, matrix: &Matrix) {
        if matrix.rows.is_empty() {
            return;
        }
        let levels: Vec<_> = matrix.levels.iter().map(|level| level.as_str()).collect();
        let _ = write!(self.0, "| Allowed actions | {} |\n|---|", levels.join(" | "));
        self.0.push_str(&"--:|".repeat(levels.len()));
        for row in &matrix.rows {
            let counts = row.counts.iter().map(|&count| match count {
                0 => String::new(),
                _ => Grouped(count).to_string(),
            });
            let counts: Vec<_> = counts.collect();
            let _ = write!(self.0, "\n| {} | {} |", Inline(&row.service), counts.join(" | "));
        }
        self.0.push_str("\n\n");
        if matrix.has_denials {
            self.paragraph("What other statements deny is not subtracted.");
        }
    }

    /// The size in each partition, against each quota.
    fn sizes(&mut self, sizes: &Sizes) {
        let Sizes { partitions, quotas } = sizes;
        if quotas.is_empty() {
            let all: Vec<_> = partitions
                .iter()
                .map(|(partition, size)| format!("{} in {}", Grouped(*size), Code(partition.name())))
                .collect();
            return self.paragraph(format_args!("Size in characters: {}.", all.join(", ")));
        }
        let columns = partitions
            .iter()
            .map(|(partition, _)| Code(partition.name()).to_string());
        let columns: Vec<_> = columns.collect();
        let _ = write!(
            self.0,
            "| Size in characters | Quota | {} |\n|---|",
            columns.join(" | ")
        );
        self.0.push_str(&"--:|".repeat(columns.len() + 1));
        for (kind, quota) in quotas {
            let _ = write!(self.0, "\n| {} | {} |", capitalized(kind), Grouped(*quota));
            for (_, size) in partitions {
                let _ = write!(self.0, " {} ({}%) |", Grouped(*size), percent(*size, *quota));
            }
        }
        self.0.push_str("\n\n");
    }

    fn folded(&mut self, summary: &str, json: impl Display) {
        self.paragraph(format_args!(
            "<details>\n<summary>{summary}</summary>\n\n```json\n{json}```\n\n</details>"
        ));
    }

    fn parameters(&mut self, spec: &Spec) {
        if spec.parameters.is_empty() {
            return;
        }
        self.heading(2, Anchors::PARAMETERS, "Parameters");
        self.paragraph("Values that can be chosen. The JSON on this page has the defaults.");
        if let Some(missing) = spec.parameters.iter().find(|parameter| parameter.default.is_none()) {
            self.paragraph(format_args!(
                "A parameter without a default is shown as {}: replace it with a value.",
                Code(&format!("<{}>", missing.name.value))
            ));
        }
        self.0.push_str("| Name | Default | Meaning |\n|---|---|---|\n");
        for parameter in &spec.parameters {
            let _ = writeln!(
                self.0,
                "| {} | {} | {} |",
                Code(&parameter.name.value),
                setting(parameter.default.as_ref()),
                Inline(parameter.about.as_ref().map_or("", |about| &about.text))
            );
        }
        self.0.push('\n');
    }

    /// The values of each environment, and its JSON.
    fn environments(&mut self, input: &Input<'_>) {
        let Some(policies @ [first, ..]) = Some(input.policies).filter(|_| !input.spec.environments.is_empty()) else {
            return;
        };
        self.heading(2, Anchors::ENVIRONMENTS, "Environments");
        self.paragraph("Where the policies are used, with the parameters that have other values than their defaults.");
        self.0.push_str("| Name | Parameters | JSON |\n|---|---|---|\n");
        for (environment, own) in first.environments.iter().zip(&input.spec.environments) {
            let values = own
                .values
                .iter()
                .map(|(name, value)| format!("{}: {}", Code(&name.value), setting(Some(value))));
            let values: Vec<_> = values.collect();
            let files = policies.iter().map(|policy| {
                let name = json::POLICY.name_in(Some(environment), policy, policy.default_partition());
                format!("[{}]({name})", Code(policy.name))
            });
            let files: Vec<_> = files.collect();
            let _ = writeln!(
                self.0,
                "| {} | {} | {} |",
                Code(environment.name),
                values.join("<br>"),
                files.join("<br>")
            );
        }
        self.0.push('\n');
    }

    /// The closing section, for reviewers.
    fn accepted_findings(&mut self, policies: &[Policy<'_>]) {
        if !has_accepted_findings(policies) {
            return;
        }
        self.heading(2, Anchors::FINDINGS, "Accepted findings");
        self.paragraph("For reviewers: what the checks report about these policies, and why it is accepted.");
        for policy in policies {
            let explanations = policy.explanations().filter(|one| !one.accepted_findings().is_empty());
            let mut is_first = true;
            for explanation in explanations {
                if is_first {
                    self.paragraph(format_args!("### {}", Inline(policy.heading())));
                }
                is_first = false;
                let _ = writeln!(self.0, "{}", explanation.accepted_findings().anchors(policy.name));
            }
        }
    }
}

fn has_accepted_findings(policies: &[Policy<'_>]) -> bool {
    let mut all = policies.iter().flat_map(Policy::explanations);
    all.any(|explanation| !explanation.accepted_findings().is_empty())
}

/// The value of a parameter, as a cell of a table.
fn setting(setting: Option<&Setting>) -> String {
    let Some(setting) = setting else {
        return "required".to_owned();
    };
    let texts: Vec<String> = setting
        .texts()
        .iter()
        .map(|text| Code(&text.value).to_string())
        .collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use iam_policy_spec::{Format, Source, read, with_policies};

    use super::*;
    use crate::Origin;

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
                formats: &[Format::Markdown],
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

                - [user](#user)
                  - [`List`](#user-list)

                <a id="user"></a>

                ## user

                | Allowed actions | List |
                |---|--:|
                | Amazon S3 | 1 |

                Size in characters: 120 in `aws`.

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

                <a id="user-list"></a>

                ### `List`

                **Allow** on all resources, `*`

                | Permission | Access | Reason |
                |---|---|---|
                | `s3:ListAllMyBuckets` |  | Finds the bucket. |
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

                - [User permissions](#user)
                  - [`Read`](#user-read)
                  - [Extension: More](#user+more): [`Write`](#user-write)
                  - [Extension: unnamed](#user+unnamed): [`List`](#user-list)
                  - [Trust policy](#user.trust)
                - [Parameters](#page.parameters)
                - [Validation](#page.section.validation)

                <a id="user"></a>

                ## User permissions

                Attach it.

                | Allowed actions | Read |
                |---|--:|
                | Amazon S3 | 1 |

                | Size in characters | Quota | `aws` | `aws-cn` | `aws-us-gov` |
                |---|--:|--:|--:|--:|
                | Inline policy of a user | 2,048 | 130 (7%) | 133 (7%) | 137 (7%) |
                | Managed policy | 6,144 | 130 (3%) | 133 (3%) | 137 (3%) |

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

                The JSON for other partitions: [`aws-cn`](user.aws-cn.json), [`aws-us-gov`](user.aws-us-gov.json).

                <a id="user-read"></a>

                ### `Read`

                **Allow** on `arn:aws:s3:::red-*`

                | Permission | Access | Reason |
                |---|---|---|
                | `s3:GetObject` |  | Reads. |

                <a id="user+more"></a>

                ### Extension: More

                For those who write.

                The extension `more` adds these statements. Sizes are those of the extended policy.

                | Size in characters | Quota | `aws` | `aws-cn` | `aws-us-gov` |
                |---|--:|--:|--:|--:|
                | Managed policy | 6,144 | 223 (4%) | 229 (4%) | 237 (4%) |

                <details>
                <summary>The added statements as JSON</summary>

                ```json
                {
                  "Version": "2012-10-17",
                  "Statement": [
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

                <a id="user-write"></a>

                #### `Write`

                **Allow** on `arn:aws:s3:::red-*`

                | Permission | Access | Reason |
                |---|---|---|
                | `s3:PutObject` |  | Writes.<br>*Without it:* Nothing is written. |

                <a id="user+unnamed"></a>

                ### Extension: unnamed

                The extension `unnamed` adds these statements. Sizes are those of the extended policy.

                | Size in characters | Quota | `aws` | `aws-cn` | `aws-us-gov` |
                |---|--:|--:|--:|--:|
                | Inline policy of a user | 2,048 | 212 (11%) | 215 (11%) | 219 (11%) |
                | Managed policy | 6,144 | 212 (4%) | 215 (4%) | 219 (4%) |

                <details>
                <summary>The added statements as JSON</summary>

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

                <a id="user-list"></a>

                #### `List`

                **Allow** on all resources, `*`

                | Permission | Access | Reason |
                |---|---|---|
                | `s3:ListAllMyBuckets` |  | Lists. |

                <a id="user.trust"></a>

                ### Trust policy

                Lambda takes the role.

                | Size in characters | Quota | `aws` | `aws-cn` | `aws-us-gov` |
                |---|--:|--:|--:|--:|
                | Trust policy of a role | 2,048 | 134 (7%) | 134 (7%) | 134 (7%) |

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

                **Allow** for `lambda.amazonaws.com`

                | Permission | Access | Reason |
                |---|---|---|
                | `sts:AssumeRole` |  | Lets `lambda.amazonaws.com` assume the role. |

                <a id="page.parameters"></a>

                ## Parameters

                Values that can be chosen. The JSON on this page has the defaults.

                | Name | Default | Meaning |
                |---|---|---|
                | `team` | `red` | A team \| its name, as a word. |

                <a id="page.section.validation"></a>

                ## Validation

                Ask IAM.
            "#]],
        );
    }
}
