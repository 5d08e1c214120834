use iam_policy_document::Severity;

use crate::code::Code;
use crate::context::Context;
#[cfg(feature = "documentation")]
use crate::documentation::Documentation;
use crate::finding::Report;

/// A topic: rules that look at the same part of a policy.
///
/// # Examples
///
/// ```
/// use iam_policy_check::{Code, Topic};
///
/// let topic = Topic::all().iter().find(|topic| topic.name() == "actions").unwrap();
/// assert_eq!(topic.title(), "Actions");
/// assert_eq!(topic.rules()[0].code(), Code::InvalidAction);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Topic {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// What its rules check.
    #[cfg(feature = "documentation")]
    pub(crate) about: &'static str,
    pub(crate) rules: &'static [Rule],
    /// Reports the findings of all its rules; `None` if [`check`](crate::check) does not report them.
    pub(crate) check: Option<fn(&Context<'_>, &mut Report)>,
}

impl Topic {
    /// A short name, such as `actions`. It names the topic's page in the documentation.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// A heading, such as `Resource ARNs`.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// The rules, each with its own code.
    #[must_use]
    pub const fn rules(&self) -> &'static [Rule] {
        self.rules
    }
}

/// A rule: the facts and the documentation of one code.
///
/// # Examples
///
/// ```
/// use iam_policy_check::Code;
/// use iam_policy_document::Severity;
///
/// let rule = Code::InvalidAction.rule();
/// assert_eq!(rule.title(), "invalid action");
/// assert_eq!(rule.severities(), [Severity::Error]);
/// assert!(rule.is_aws() && rule.depends_on_catalog());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub(crate) facts: Facts,
    #[cfg(feature = "documentation")]
    pub(crate) documentation: Documentation,
}

impl Rule {
    /// The code of its findings.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.facts.code
    }

    /// A few words, such as `invalid action`.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        self.facts.title
    }

    /// The severities that its findings can have, the usual one first.
    #[must_use]
    pub const fn severities(&self) -> &'static [Severity] {
        self.facts.severities
    }

    /// Whether IAM Access Analyzer has this code too.
    #[must_use]
    pub const fn is_aws(&self) -> bool {
        self.facts.has(AWS)
    }

    /// Whether its findings rely on [what the catalog knows](iam_policy_catalog) about services, so that a newer
    /// catalog may change them.
    #[must_use]
    pub const fn depends_on_catalog(&self) -> bool {
        self.facts.has(CATALOG)
    }

    /// Whether it reports names missing from the catalog. AWS may have introduced such a name since.
    #[must_use]
    pub const fn reports_unknown_names(&self) -> bool {
        self.facts.has(UNKNOWN_NAMES)
    }

    /// Whether it compares several parts of a statement, so that it is unreliable while one of them cannot be read.
    #[must_use]
    pub const fn compares_parts(&self) -> bool {
        self.facts.has(COMPARES_PARTS)
    }

    /// Whether reading a spec already reports the same problem, in the spec's own terms.
    #[must_use]
    pub const fn is_checked_by_specs(&self) -> bool {
        self.facts.has(CHECKED_BY_SPECS)
    }

    /// Whether each location of a finding is a problem of its own, so that all of them must be accepted before the finding
    /// is.
    #[must_use]
    pub const fn is_about_each_location(&self) -> bool {
        self.facts.has(EACH_LOCATION)
    }

    /// Whether its findings can be left out, by a configuration, a comment or a baseline. What says that something cannot
    /// be read is always reported.
    #[must_use]
    pub const fn is_optional(&self) -> bool {
        !self.facts.has(UNREADABLE)
    }

    /// Whether only a search of a program's code can tell if it applies. A waiver of it is never unused without one.
    #[must_use]
    pub const fn needs_calls(&self) -> bool {
        self.facts.has(NEEDS_CALLS)
    }

    /// Its documentation: why it matters, examples, a fix and sources.
    #[cfg(feature = "documentation")]
    #[must_use]
    pub const fn documentation(&self) -> &Documentation {
        &self.documentation
    }
}

const AWS: u8 = 1;
const CATALOG: u8 = 1 << 1;
const UNKNOWN_NAMES: u8 = 1 << 2;
const COMPARES_PARTS: u8 = 1 << 3;
const CHECKED_BY_SPECS: u8 = 1 << 4;
const EACH_LOCATION: u8 = 1 << 5;
const UNREADABLE: u8 = 1 << 6;
const NEEDS_CALLS: u8 = 1 << 7;

/// The facts about a code that programs use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) code: Code,
    title: &'static str,
    pub(crate) severities: &'static [Severity],
    flags: u8,
}

impl Facts {
    /// A code that IAM Access Analyzer has too.
    pub(crate) const fn aws(code: Code, title: &'static str, severities: &'static [Severity]) -> Self {
        Self::own(code, title, severities).with(AWS)
    }

    /// A code specific to this crate.
    pub(crate) const fn own(code: Code, title: &'static str, severities: &'static [Severity]) -> Self {
        Self {
            code,
            title,
            severities,
            flags: 0,
        }
    }

    /// See [`Rule::depends_on_catalog`].
    pub(crate) const fn catalog(self) -> Self {
        self.with(CATALOG)
    }

    /// See [`Rule::reports_unknown_names`].
    pub(crate) const fn unknown_names(self) -> Self {
        self.with(CATALOG | UNKNOWN_NAMES)
    }

    /// See [`Rule::compares_parts`].
    pub(crate) const fn compares_parts(self) -> Self {
        self.with(COMPARES_PARTS)
    }

    /// See [`Rule::is_checked_by_specs`].
    pub(crate) const fn checked_by_specs(self) -> Self {
        self.with(CHECKED_BY_SPECS)
    }

    /// See [`Rule::is_about_each_location`].
    pub(crate) const fn about_each_location(self) -> Self {
        self.with(EACH_LOCATION)
    }

    /// Not [optional](Rule::is_optional).
    pub(crate) const fn unreadable(self) -> Self {
        self.with(UNREADABLE)
    }

    /// See [`Rule::needs_calls`].
    pub(crate) const fn needs_calls(self) -> Self {
        self.with(NEEDS_CALLS)
    }

    const fn with(mut self, flags: u8) -> Self {
        self.flags |= flags;
        self
    }

    const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}
