//! What the builder knows about operations.

use std::fmt;

use iam_policy_operations::SourceKind;

/// A service, with its operations sorted by name.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) client: String,
    pub(crate) name: String,
    pub(crate) crate_name: String,
    pub(crate) prefix: String,
    /// The page about the actions with the prefix.
    pub(crate) page: String,
    pub(crate) operations: Vec<(String, Mapping)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mapping {
    Unmapped,
    Nothing(Source),
    Needs(Vec<Need>),
}

impl Mapping {
    /// The kind of source of the first need.
    pub(crate) fn kind(&self) -> Option<SourceKind> {
        match self {
            Self::Unmapped => None,
            Self::Nothing(source) => Some(source.kind),
            Self::Needs(needs) => needs.first().map(|need| need.source.kind),
        }
    }

    /// The actions that are not dependent ones.
    pub(crate) fn actions(&self) -> Vec<&str> {
        match self {
            Self::Unmapped | Self::Nothing(_) => Vec::new(),
            Self::Needs(needs) => needs
                .iter()
                .filter(|need| !need.dependent)
                .map(|need| need.action.as_str())
                .collect(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) action: String,
    pub(crate) dependent: bool,
    pub(crate) condition: Option<Condition>,
    pub(crate) source: Source,
    pub(crate) resources: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) kind: SourceKind,
    pub(crate) url: String,
}

impl Source {
    pub(crate) fn new(kind: SourceKind, url: impl Into<String>) -> Self {
        Self { kind, url: url.into() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Set(String),
    Unset(String),
    Equals(String, String),
    Differs(String, String),
    Outside(String),
}

impl Condition {
    pub(crate) fn member(&self) -> Option<&str> {
        match self {
            Self::Set(member) | Self::Unset(member) | Self::Equals(member, _) | Self::Differs(member, _) => {
                Some(member)
            }
            Self::Outside(_) => None,
        }
    }
}

/// As the list of reviewed rows writes it.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set(member) => write!(f, "if {member}"),
            Self::Unset(member) => write!(f, "unless {member}"),
            Self::Equals(member, value) => write!(f, "if {member} = {value}"),
            Self::Differs(member, value) => write!(f, "unless {member} = {value}"),
            Self::Outside(text) => write!(f, "when {text}"),
        }
    }
}
