//! The documentation of the rules as Markdown and as plain text.

use std::fmt::Write;

use iam_policy_document::Severity;

use crate::code::Code;
use crate::documentation::Source;
use crate::rule::{Rule, Topic};

/// A severity in words.
fn words(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::SecurityWarning => "security warning",
        Severity::Warning => "warning",
        Severity::Suggestion => "suggestion",
        Severity::Note => "note",
    }
}

/// The documentation of this package in this version.
const DOCS_URL: &str = iam_policy_core::docs_url!();

const AWS_CHECKS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";

impl Topic {
    /// What its rules check.
    #[must_use]
    pub const fn about(&self) -> &'static str {
        self.about
    }

    /// A page about its rules, as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out = format!(
            "# {}\n\n{}\n\n| Code | Severity | |\n|---|---|---|\n",
            self.title(),
            self.about
        );
        for rule in self.rules() {
            let code = rule.code();
            // Writing to a `String` cannot fail.
            let _ = writeln!(
                out,
                "| [`{code}`](#{}) | {} | {} |",
                fragment(code),
                rule.severity_words(),
                cell(rule.documentation().summary)
            );
        }
        for rule in self.rules() {
            let _ = write!(out, "\n## `{}`\n\n{}", rule.code(), rule.markdown());
        }
        out
    }
}

/// The fragment that links to a code's heading.
fn fragment(code: Code) -> String {
    code.name().to_ascii_lowercase()
}

/// Escapes text for a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

impl Rule {
    /// Where its documentation is published.
    ///
    /// # Examples
    ///
    /// ```
    /// let url = iam_policy_check::Code::InvalidAction.rule().url();
    /// assert!(url.ends_with("/iam_policy_check/reference/actions/index.html#invalid_action"));
    /// ```
    #[must_use]
    pub fn url(&self) -> String {
        format!(
            "{DOCS_URL}/iam_policy_check/reference/{}/index.html#{}",
            self.topic_name(),
            fragment(self.code())
        )
    }

    /// Where AWS documents the code, if it is one of AWS's.
    ///
    /// # Examples
    ///
    /// ```
    /// let url = iam_policy_check::Code::MissingVersion.rule().aws_url().unwrap();
    /// assert!(url.ends_with("#access-analyzer-reference-policy-checks-general-warning-missing-version"));
    /// ```
    #[must_use]
    pub fn aws_url(&self) -> Option<String> {
        let kind = match self.severities().first()? {
            Severity::Error => "error",
            Severity::SecurityWarning => "security-warning",
            Severity::Warning => "general-warning",
            Severity::Suggestion | Severity::Note => "suggestion",
        };
        let code = self.code().name().to_ascii_lowercase().replace('_', "-");
        self.is_aws()
            .then(|| format!("{AWS_CHECKS}#access-analyzer-reference-policy-checks-{kind}-{code}"))
    }

    /// Its severities in words: `error or warning`.
    #[must_use]
    pub fn severity_words(&self) -> String {
        let mut all = String::new();
        for &severity in self.severities() {
            if !all.is_empty() {
                all.push_str(" or ");
            }
            all.push_str(words(severity));
        }
        all
    }

    /// Its documentation as Markdown, without a heading.
    ///
    /// # Examples
    ///
    /// ```
    /// let markdown = iam_policy_check::Code::InvalidAction.rule().markdown();
    /// assert!(markdown.contains("**Bad (statement of an identity policy):**\n\n```json\n{\n"));
    /// ```
    #[must_use]
    pub fn markdown(&self) -> String {
        let documentation = self.documentation();
        let mut out = format!(
            "*{}* · {}\n\n{} {}\n",
            self.title(),
            self.facts_in_words().join(" · "),
            documentation.summary,
            documentation.why
        );
        for (name, example) in documentation.examples() {
            // Writing to a `String` cannot fail.
            let _ = write!(
                out,
                "\n**{name}:**\n\n```{}\n{}\n```\n",
                example.language(),
                example.text()
            );
        }
        let _ = writeln!(out, "\n**Fix:** {}", documentation.fix);
        if let Some(limits) = documentation.limits {
            let _ = writeln!(out, "\n**Scope:** {limits}");
        }
        let Source { title, url } = documentation.source;
        let _ = write!(out, "\n**Source:** [{title}]({url})");
        if let Some(url) = self.aws_url() {
            let _ = write!(out, ", [IAM Access Analyzer, {}]({url})", self.title());
        }
        out.push('\n');
        out
    }

    /// Its documentation as plain text, in lines of at most 100 characters where the text permits.
    ///
    /// # Examples
    ///
    /// ```
    /// let text = iam_policy_check::Code::InvalidAction.rule().text();
    /// assert!(text.starts_with("INVALID_ACTION: invalid action\nerror, "));
    /// ```
    #[must_use]
    pub fn text(&self) -> String {
        let documentation = self.documentation();
        let mut out = format!(
            "{}: {}\n{}\n\n",
            self.code(),
            self.title(),
            self.facts_in_words().join(", ")
        );
        wrap(&mut out, &format!("{} {}", documentation.summary, documentation.why));
        for (name, example) in documentation.examples() {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "\n{name}:\n\n");
            for line in example.text().lines() {
                let _ = writeln!(out, "    {line}");
            }
        }
        out.push('\n');
        wrap(&mut out, &format!("Fix: {}", documentation.fix));
        if let Some(limits) = documentation.limits {
            out.push('\n');
            wrap(&mut out, &format!("Scope: {limits}"));
        }
        let Source { title, url } = documentation.source;
        let _ = writeln!(out, "\nSource: {title}\n        {url}");
        if let Some(url) = self.aws_url() {
            let _ = writeln!(out, "        IAM Access Analyzer, {}\n        {url}", self.title());
        }
        out
    }

    fn topic_name(&self) -> &'static str {
        let has_it = |topic: &&Topic| topic.rules().iter().any(|rule| rule.code() == self.code());
        Topic::all().iter().find(has_it).map_or("", Topic::name)
    }

    fn facts_in_words(&self) -> Vec<String> {
        let mut facts = vec![self.severity_words()];
        facts.push(
            if self.is_aws() {
                "also reported by IAM Access Analyzer"
            } else {
                "not reported by IAM Access Analyzer"
            }
            .to_owned(),
        );
        if self.depends_on_catalog() {
            facts.push("depends on the catalog of AWS services".to_owned());
        }
        facts
    }
}

/// Appends a paragraph in lines of at most 100 characters, unless a word is longer.
fn wrap(out: &mut String, text: &str) {
    let mut length = 0;
    for word in text.split(' ') {
        let characters = word.chars().count();
        if length > 0 && length + 1 + characters > 100 {
            out.push('\n');
            length = 0;
        } else if length > 0 {
            out.push(' ');
            length += 1;
        }
        out.push_str(word);
        length += characters;
    }
    out.push('\n');
}

/// The first line of generated Markdown files.
const GENERATED: &str = "<!-- Generated by `cargo xtask regenerate` from the rules of iam-policy-check. -->\n\n";

/// The codes that only IAM Access Analyzer reports, and why.
const OMITTED: &[(&str, &str)] = &[
    (
        "INVALID_ARN_RESOURCE",
        "AWS does not report it for ARNs that match no format of their service. `ACTION_MATCHES_NO_RESOURCE` reports \
         actions that do not apply to any of the statement's resources.",
    ),
    (
        "IRRELEVANT_CONDITION_KEY_IN_POLICY",
        "It depends on the resource that the policy is attached to, and AWS publishes no list of keys for each.",
    ),
    (
        "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA",
        "Each service has a quota of its own, so it depends on the resource that the policy is attached to.",
    ),
    ("SCP_SYNTAX_ERROR_ACTION_WILDCARD", SCP_LANGUAGE),
    ("SCP_SYNTAX_ERROR_ALLOW_CONDITION", SCP_LANGUAGE),
    ("SCP_SYNTAX_ERROR_ALLOW_NOTACTION", SCP_LANGUAGE),
    ("SCP_SYNTAX_ERROR_ALLOW_RESOURCE", SCP_LANGUAGE),
    ("SCP_SYNTAX_ERROR_NOTRESOURCE", SCP_LANGUAGE),
];

const SCP_LANGUAGE: &str =
    "AWS Organizations accepts the whole policy language in service control policies since September 2025.";

/// The files that document the rules, each with its name: a page for each topic, and an index.
///
/// # Examples
///
/// ```
/// let pages = iam_policy_check::pages();
/// assert_eq!(pages[0].0, "README.md");
/// assert_eq!(pages[1].0, "structure.md");
/// ```
#[must_use]
pub fn pages() -> Vec<(String, String)> {
    let mut index = format!("{GENERATED}# Rules\n");
    for topic in Topic::all() {
        index.push_str(&topic_table(topic, "##", true));
    }
    let mut pages = vec![("README.md".to_owned(), index)];
    for topic in Topic::all() {
        pages.push((
            format!("{}.md", topic.name()),
            format!("{GENERATED}{}", topic.markdown()),
        ));
    }
    pages
}

/// All codes in tables, by topic, and those that only IAM Access Analyzer reports, as Markdown.
///
/// # Examples
///
/// ```
/// let overview = iam_policy_check::overview();
/// assert!(overview.contains("| `INVALID_ACTION` | error | yes | The service has no such action"));
/// ```
#[must_use]
pub fn overview() -> String {
    let mut out = String::new();
    for topic in Topic::all() {
        out.push_str(&topic_table(topic, "###", false));
    }
    let aws = Rule::all().filter(|rule| rule.is_aws()).count();
    // Writing to a `String` cannot fail.
    let _ = write!(
        out,
        "\n### Codes that only IAM Access Analyzer reports\n\nThe rules cover {aws} of IAM Access Analyzer's {} codes. The \
         others are:\n\n| Code | Reason |\n|---|---|\n",
        aws + OMITTED.len()
    );
    for (code, reason) in OMITTED {
        let _ = writeln!(out, "| `{code}` | {} |", cell(reason));
    }
    out
}

/// A topic and its codes.
///
/// - `heading`: the mark of its heading
/// - `has_links`: it links to the topic's page
fn topic_table(topic: &Topic, heading: &str, has_links: bool) -> String {
    let linked = |text: &str, fragment: &str| {
        if has_links {
            format!("[{text}]({}.md{fragment})", topic.name())
        } else {
            text.to_owned()
        }
    };
    let mut out = format!(
        "\n{heading} {}\n\n{}\n\n| Code | Severity | AWS | Reports |\n|---|---|---|---|\n",
        linked(topic.title(), ""),
        topic.about()
    );
    for rule in topic.rules() {
        let code = rule.code();
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            linked(&format!("`{code}`"), &format!("#{}", fragment(code))),
            rule.severity_words(),
            if rule.is_aws() { "yes" } else { "no" },
            cell(rule.documentation().summary)
        );
    }
    out
}
