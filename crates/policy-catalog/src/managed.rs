use iam_policy_core::suggest::nearest;

/// The paths and names of AWS's managed policies, sorted, one on each line.
const DATA: &str = include_str!("../data/managed.txt");

/// A policy that AWS manages and that can be attached to identities.
///
/// # Examples
///
/// ```
/// use iam_policy_catalog::ManagedPolicy;
///
/// let policy = ManagedPolicy::by_name("AWSLambdaBasicExecutionRole").unwrap();
/// assert_eq!(policy.path(), "service-role/AWSLambdaBasicExecutionRole");
/// assert_eq!(ManagedPolicy::suggest("AWSLambdaBasicExecutionRol"), Some("AWSLambdaBasicExecutionRole"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ManagedPolicy {
    path: &'static str,
}

impl ManagedPolicy {
    /// The day of the latest change of a managed policy that the data contains.
    pub const DATE: &'static str = "2026-08-26";

    /// Returns every managed policy, sorted by path.
    pub fn all() -> impl Iterator<Item = Self> {
        DATA.lines().map(|path| Self { path })
    }

    /// Returns the managed policy with this name; names are unique.
    ///
    /// - `name`: the name without its path, such as `ReadOnlyAccess`; case-sensitive
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::all().find(|policy| policy.name() == name)
    }

    /// Returns the name that is most similar to `name`, if any is similar.
    ///
    /// - `name`: a name that does not exist
    #[must_use]
    pub fn suggest(name: &str) -> Option<&'static str> {
        let own = Self::all().filter(|policy| policy.is_attachable()).map(Self::name);
        nearest(name, own)
    }

    /// Returns the name without its path.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }

    /// Returns the path and the name, which are the end of the ARN.
    #[must_use]
    pub fn path(self) -> &'static str {
        self.path
    }

    /// Whether it can be attached to users, groups and roles of an account. Those of service-linked roles and of root tasks
    /// cannot.
    ///
    /// Source: AWS Managed Policy Reference, "You can't attach this policy to your users, groups, or roles", for the
    /// policies with the paths `/aws-service-role/` and `/root-task/`.
    #[must_use]
    pub fn is_attachable(self) -> bool {
        !self.path.starts_with("aws-service-role/") && !self.path.starts_with("root-task/")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_sorted_and_unique() {
        let paths: Vec<_> = ManagedPolicy::all().map(ManagedPolicy::path).collect();
        assert!(paths.is_sorted() && paths.len() > 1500);
        let names: BTreeSet<_> = ManagedPolicy::all().map(ManagedPolicy::name).collect();
        assert_eq!(names.len(), paths.len());
        let is_name = |name: &str| {
            name.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_+=,.@".contains(&byte))
        };
        assert!(names.iter().all(|name| !name.is_empty() && is_name(name)));
    }

    #[test]
    fn well_known_policies_are_known() {
        for (name, path) in [
            ("AdministratorAccess", "AdministratorAccess"),
            ("ViewOnlyAccess", "job-function/ViewOnlyAccess"),
        ] {
            assert_eq!(ManagedPolicy::by_name(name).map(ManagedPolicy::path), Some(path));
        }
        assert_eq!(ManagedPolicy::by_name("administratoraccess"), None);
        let linked = ManagedPolicy::by_name("AWSSupportServiceRolePolicy").unwrap();
        assert!(!linked.is_attachable());
    }
}
