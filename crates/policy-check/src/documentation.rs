//! The documentation of a rule.

use std::fmt::Write;

use iam_policy_core::{AttachmentKind, PolicyResource, VERSION};

use crate::{Options, PolicyType};

/// The documentation of a rule. All texts are Markdown without block elements.
///
/// # Examples
///
/// ```
/// use iam_policy_check::{Code, Options, check};
///
/// let documentation = Code::InvalidAction.rule().documentation();
/// assert!(documentation.summary.starts_with("The service has no such action"));
///
/// let policy = documentation.bad.policy();
/// let document = iam_policy_document::json::read(policy.as_bytes()).document;
/// let findings = check(&document, &documentation.bad.options());
/// assert!(findings.iter().any(|finding| Code::InvalidAction.is_of(finding)));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Documentation {
    /// What the rule reports, in a sentence.
    pub summary: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// An example that the rule reports.
    pub bad: Example,
    /// The same policy or spec without the problem.
    pub good: Example,
    /// What to do about it.
    pub fix: &'static str,
    /// When the rule applies, and where its findings differ from those of IAM Access Analyzer.
    pub limits: Option<&'static str>,
    /// The page that documents AWS's requirement.
    pub source: Source,
}

impl Documentation {
    /// The two examples with their captions. The caption of the first applies to both.
    pub(crate) fn examples(&self) -> [(String, &Example); 2] {
        let bad = format!("Bad ({})", self.bad.caption());
        [(bad, &self.bad), ("Good".to_owned(), &self.good)]
    }
}

/// A page on the web.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Source {
    /// The title of the book and of the page.
    pub title: &'static str,
    /// Its URL.
    pub url: &'static str,
}

/// A policy, a part of one, or a spec.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    text: &'static str,
    kind: Kind,
    policy_type: PolicyType,
    /// What a resource policy is attached to.
    resource_type: Option<PolicyResource>,
    attach: &'static [AttachmentKind],
    /// The number of characters to which the policy is padded, in place of `…`.
    characters: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A policy.
    Policy,
    /// The value of a policy's `Statement`.
    Statement,
    /// A spec, in TOML.
    Spec,
    /// A file with this name, which only a program checks.
    File(&'static str),
}

impl Example {
    pub(crate) const fn statement(policy_type: PolicyType, text: &'static str) -> Self {
        Self {
            text,
            kind: Kind::Statement,
            policy_type,
            resource_type: None,
            attach: &[],
            characters: None,
        }
    }

    pub(crate) const fn whole(policy_type: PolicyType, text: &'static str) -> Self {
        Self {
            kind: Kind::Policy,
            ..Self::statement(policy_type, text)
        }
    }

    pub(crate) const fn spec(text: &'static str) -> Self {
        Self {
            kind: Kind::Spec,
            ..Self::statement(PolicyType::Identity, text)
        }
    }

    pub(crate) const fn file(name: &'static str, text: &'static str) -> Self {
        Self {
            kind: Kind::File(name),
            ..Self::statement(PolicyType::Identity, text)
        }
    }

    pub(crate) const fn attached(self, attach: &'static [AttachmentKind]) -> Self {
        Self { attach, ..self }
    }

    pub(crate) const fn attached_to(self, resource: PolicyResource) -> Self {
        Self {
            resource_type: Some(resource),
            ..self
        }
    }

    pub(crate) const fn of_characters(self, characters: usize) -> Self {
        Self {
            characters: Some(characters),
            ..self
        }
    }

    /// The text to show, which may be only a statement.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// Whether it is a spec, in TOML, rather than a policy.
    #[must_use]
    pub const fn is_spec(&self) -> bool {
        matches!(self.kind, Kind::Spec)
    }

    /// The name of the file, if only a program that reads files checks it.
    #[must_use]
    pub const fn file_name(&self) -> Option<&'static str> {
        match self.kind {
            Kind::File(name) => Some(name),
            _ => None,
        }
    }

    /// The whole policy, or the whole file.
    #[must_use]
    pub fn policy(&self) -> String {
        let policy = match self.kind {
            Kind::Policy | Kind::Spec | Kind::File(_) => self.text.to_owned(),
            Kind::Statement => format!("{{\"Version\": \"{VERSION}\", \"Statement\": {}}}", self.text),
        };
        let Some(characters) = self.characters else {
            return policy;
        };
        // No string in a padded example contains whitespace.
        let counted = policy.chars().filter(|character| !character.is_whitespace()).count();
        policy.replacen('…', &"x".repeat((characters + 1).saturating_sub(counted)), 1)
    }

    /// The options to check it with.
    #[must_use]
    pub const fn options(&self) -> Options<'static> {
        let options = Options::DEFAULT.policy_type(self.policy_type).attach(self.attach);
        match self.resource_type {
            Some(resource) => options.resource_type(resource),
            None => options,
        }
    }

    /// Its caption, such as `statement of an identity policy`.
    #[must_use]
    pub fn caption(&self) -> String {
        let mut caption = String::new();
        match self.kind {
            Kind::Policy => {}
            Kind::Statement if self.text.starts_with('[') => caption.push_str("statements of "),
            Kind::Statement => caption.push_str("statement of "),
            Kind::Spec => return "spec".to_owned(),
            Kind::File(name) => return format!("`{name}`"),
        }
        if self.kind == Kind::Statement {
            let is_identity = matches!(self.policy_type, PolicyType::Identity);
            caption.push_str(if is_identity { "an " } else { "a " });
        }
        caption.push_str(self.policy_type.label());
        // Writing to a `String` cannot fail.
        if let Some(resource) = self.resource_type {
            let _ = write!(caption, " of {}", resource.label());
        }
        if let Some(characters) = self.characters {
            let _ = write!(caption, " of {characters} characters");
        }
        for kind in self.attach {
            let _ = write!(caption, ", attached as `{kind}`");
        }
        caption
    }

    /// The language tag for a Markdown code block.
    pub(crate) fn language(&self) -> &'static str {
        match self.kind {
            Kind::Policy | Kind::Statement => "json",
            Kind::Spec => "toml",
            Kind::File(name) => name.rsplit_once('.').map_or("", |(_, extension)| extension),
        }
    }
}
