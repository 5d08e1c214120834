use std::fmt;

/// Where it is written that an operation needs an action.
///
/// ```
/// let queue = iam_policy_operations::service("SQS").unwrap().operation("ListQueues").unwrap();
/// let need = queue.needs().next().unwrap();
/// assert!(need.source().url().starts_with("https://docs.aws.amazon.com/"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    pub(crate) kind: SourceKind,
    pub(crate) url: &'static str,
}

/// The kinds of sources, from the strongest to the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SourceKind {
    /// A page of AWS's documentation that somebody read.
    Reviewed,
    /// The model of the service says that requests are not signed, so IAM does not evaluate them.
    Unsigned,
    /// The service has an action with the name of the operation.
    SameName,
    /// AWS's reference links the action to the page of the operation.
    Linked,
    /// AWS's reference lists the action among the dependent actions of another.
    Dependent,
    /// The map of operations to actions that iam-dataset published in 2022.
    Dataset,
}

impl SourceKind {
    pub(crate) fn read(letter: char) -> Option<Self> {
        Some(match letter {
            'r' => Self::Reviewed,
            'u' => Self::Unsigned,
            's' => Self::SameName,
            'l' => Self::Linked,
            'd' => Self::Dependent,
            'm' => Self::Dataset,
            _ => return None,
        })
    }

    /// The letter of the kind in the data file.
    #[doc(hidden)]
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Reviewed => 'r',
            Self::Unsigned => 'u',
            Self::SameName => 's',
            Self::Linked => 'l',
            Self::Dependent => 'd',
            Self::Dataset => 'm',
        }
    }
}

impl Source {
    /// The kind of source.
    #[must_use]
    pub const fn kind(self) -> SourceKind {
        self.kind
    }

    /// The address of the page.
    #[must_use]
    pub const fn url(self) -> &'static str {
        self.url
    }
}

/// What the source is, and its address.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            SourceKind::Reviewed => "AWS documentation",
            SourceKind::Unsigned => "unsigned in the service model",
            SourceKind::SameName => "action of the same name",
            SourceKind::Linked => "operation linked from the action",
            SourceKind::Dependent => "dependent action",
            SourceKind::Dataset => "iam-dataset of 2022",
        };
        write!(f, "{what}, {}", self.url)
    }
}
