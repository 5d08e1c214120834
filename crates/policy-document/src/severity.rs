use std::fmt;

/// How serious a diagnostic is.
///
/// All but [`Note`](Self::Note) are IAM Access Analyzer's. The most serious comes first. It displays the way messages
/// begin.
///
/// Source: IAM Access Analyzer API Reference, `ValidatePolicyFinding`.
///
/// # Examples
///
/// ```
/// use iam_policy_document::Severity;
///
/// assert_eq!(Severity::SecurityWarning.name(), "SECURITY_WARNING");
/// assert_eq!(Severity::SecurityWarning.to_string(), "security-warning");
/// assert!(Severity::SecurityWarning.is_serious());
/// assert!(Severity::Error < Severity::Suggestion);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// AWS rejects the policy, it does not do what it says, or a command cannot continue.
    Error,
    /// The policy allows more than it seems to.
    SecurityWarning,
    /// The policy may not do what was meant.
    Warning,
    /// The policy could be better.
    Suggestion,
    /// Something to know. It is not a problem.
    Note,
}

impl Severity {
    /// IAM Access Analyzer's name, such as `SECURITY_WARNING`. `NOTE` follows the same pattern.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::SecurityWarning => "SECURITY_WARNING",
            Self::Warning => "WARNING",
            Self::Suggestion => "SUGGESTION",
            Self::Note => "NOTE",
        }
    }

    /// The name in messages, such as `security-warning`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::SecurityWarning => "security-warning",
            Self::Warning => "warning",
            Self::Suggestion => "suggestion",
            Self::Note => "note",
        }
    }

    /// Whether a policy with such a diagnostic should not be used: an error or a security warning.
    #[must_use]
    pub const fn is_serious(self) -> bool {
        matches!(self, Self::Error | Self::SecurityWarning)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}
