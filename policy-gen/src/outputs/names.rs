//! The names of generated files. The same definition creates and recognizes them.

use iam_policy_core::{Environment, Partition, Policy, text};

/// The names of the files that an output writes for each policy: `POLICY` and a suffix for the policy's first
/// partition, with `.PARTITION` in between for the others.
pub(super) struct PolicyFile {
    /// What follows the policy's name, such as `.trust`; may be empty.
    infix: &'static str,
    /// The end of the name, such as `.json`.
    extension: &'static str,
}

impl PolicyFile {
    /// - `infix`: what follows the policy's name, such as `.trust`; may be empty
    /// - `extension`: the end of the name, such as `.json`
    pub(super) const fn new(infix: &'static str, extension: &'static str) -> Self {
        Self { infix, extension }
    }

    /// The name of the file for `policy` in `partition` with the values of an environment: in the folder of that
    /// environment, if any.
    pub(super) fn name_in(
        &self,
        environment: Option<&Environment<'_>>,
        policy: &Policy<'_>,
        partition: Partition,
    ) -> String {
        let name = self.name(policy, partition);
        match environment {
            Some(environment) => format!("{}/{name}", environment.name),
            None => name,
        }
    }

    /// The name of the file for `policy` in `partition`.
    pub(super) fn name(&self, policy: &Policy<'_>, partition: Partition) -> String {
        let Self { infix, extension } = self;
        let name = policy.name;
        if partition == policy.default_partition() {
            format!("{name}{infix}{extension}")
        } else {
            format!("{name}{infix}.{partition}{extension}")
        }
    }

    /// Whether `name` is the name of such a file for some policy in some partition and environment.
    pub(super) fn matches(&self, name: &str) -> bool {
        match name.split_once('/') {
            Some((environment, name)) => text::is_name(environment) && self.matches_file(name),
            None => self.matches_file(name),
        }
    }

    fn matches_file(&self, name: &str) -> bool {
        let Some(stem) = name.strip_suffix(self.extension) else {
            return false;
        };
        // Policy names do not contain dots.
        let (policy, rest) = stem.split_at(stem.find('.').unwrap_or(stem.len()));
        let is_partition = |name: &str| Partition::from_name(name).is_some();
        text::is_name(policy)
            && rest
                .strip_prefix(self.infix)
                .is_some_and(|rest| rest.is_empty() || rest.strip_prefix('.').is_some_and(is_partition))
    }
}

/// Whether Windows cannot create the files of a policy with this name, or the folder of an environment, because they would
/// be devices.
///
/// Source: <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>
pub(crate) fn is_reserved_on_windows(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "con" | "prn" | "aux" | "nul")
        || name
            .strip_prefix("com")
            .or_else(|| name.strip_prefix("lpt"))
            .is_some_and(|number| matches!(number.as_bytes(), [b'1'..=b'9']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_reserved() {
        for name in ["con", "PRN", "Aux", "nul", "com1", "LPT9"] {
            assert!(is_reserved_on_windows(name), "{name}");
        }
        for name in ["console", "com", "com0", "com10", "lpt", "a-con", "user"] {
            assert!(!is_reserved_on_windows(name), "{name}");
        }
    }

    #[test]
    fn only_names_of_some_policy_match() {
        let trust = PolicyFile::new(".trust", ".json");
        for name in [
            "role.trust.json",
            "a-b_1.trust.aws-cn.json",
            "prod/role.trust.json",
            "eu-west_1/role.trust.aws-cn.json",
        ] {
            assert!(trust.matches(name), "{name}");
        }
        for name in [
            "",
            ".json",
            ".trust.json",
            "role.json",
            "role.trust",
            "role.trust.json.bak",
            "role.trust.aws-xx.json",
            "role.trust.aws.aws.json",
            "role.trustaws.json",
            "role.trust..json",
            "-role.trust.json",
            "../role.trust.json",
            "./role.trust.json",
            "a/b/role.trust.json",
            "a//role.trust.json",
            "a/../role.trust.json",
            "a.b/role.trust.json",
            "a/.role.trust.json",
            "a/",
            "/role.trust.json",
            "a\\role.trust.json",
            "C:role.trust.json",
            "r\u{f6}le.trust.json",
            "role\0.trust.json",
            "role.trust.json ",
        ] {
            assert!(!trust.matches(name), "{name}");
        }
    }
}
