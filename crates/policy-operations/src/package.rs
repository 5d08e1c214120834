use std::sync::LazyLock;

use crate::data::DATA;

/// A package that the data was built from.
///
/// ```
/// let botocore = iam_policy_operations::packages().find(|package| package.name() == "botocore").unwrap();
/// assert!(!botocore.version().is_empty());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Package {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) date: &'static str,
}

impl Package {
    /// The name of the package.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Its version.
    #[must_use]
    pub const fn version(self) -> &'static str {
        self.version
    }

    /// The date of its contents, as `YYYY-MM-DD`.
    #[must_use]
    pub const fn date(self) -> &'static str {
        self.date
    }
}

/// The packages that the data was built from.
#[must_use]
pub fn packages() -> impl ExactSizeIterator<Item = Package> {
    LazyLock::force(&DATA).packages.iter().copied()
}
