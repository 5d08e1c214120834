use std::fmt;

use iam_policy_core::{Options, Partition, Policy};

/// Identifies one of the documents that a spec generates.
///
/// # Examples
///
/// ```
/// use iam_policy_core::{Extension, Partition, Policy};
/// use iam_policy_compare::report::Subject;
///
/// const USER: Policy = Policy::new("user", "{}")
///     .with_partitions(&[Partition::Standard, Partition::China])
///     .with_extensions(&[Extension::new("layers")]);
///
/// let all: Vec<_> = Subject::all(&USER).iter().map(ToString::to_string).collect();
/// assert_eq!(all, ["policy `user`", "policy `user` with `layers`", "policy `user` in `aws-cn`", "policy `user` with `layers` in `aws-cn`"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// The policy's name in the spec.
    pub policy: String,
    /// The extensions included in the document.
    pub extensions: Vec<String>,
    /// Whether this is the trust policy.
    pub trust: bool,
    /// The partition, unless it is the policy's first.
    pub partition: Option<Partition>,
}

impl Subject {
    /// The policy itself, in its first partition.
    ///
    /// - `policy`: the name of the policy
    #[must_use]
    pub fn new(policy: impl Into<String>) -> Self {
        Self {
            policy: policy.into(),
            extensions: Vec::new(),
            trust: false,
            partition: None,
        }
    }

    /// Every document of a policy: in each partition the policy itself, the policy with each of its extensions, and the
    /// trust policy.
    #[must_use]
    pub fn all(policy: &Policy<'_>) -> Vec<Self> {
        let own = Self::new(policy.name);
        let extended = policy.extensions.iter().map(|extension| Self {
            extensions: vec![extension.name.to_owned()],
            ..own.clone()
        });
        let trust = policy.trust.map(|_| Self {
            trust: true,
            ..own.clone()
        });
        let forms: Vec<Self> = [own.clone()].into_iter().chain(extended).chain(trust).collect();
        let others = policy.partitions.iter().skip(1);
        let in_others = others.flat_map(|&partition| {
            forms.iter().map(move |form| Self {
                partition: Some(partition),
                ..form.clone()
            })
        });
        forms.iter().cloned().chain(in_others).collect()
    }

    /// Calls `f` with the options that render the document.
    pub fn with_options<R>(&self, f: impl FnOnce(Options<'_>) -> R) -> R {
        let extensions: Vec<&str> = self.extensions.iter().map(String::as_str).collect();
        let mut options = Options::DEFAULT.extensions(&extensions);
        options.partition = self.partition;
        f(options)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.trust { "trust policy of " } else { "policy " })?;
        write!(f, "`{}`", self.policy)?;
        for extension in &self.extensions {
            write!(f, " with `{extension}`")?;
        }
        match &self.partition {
            Some(partition) => write!(f, " in `{partition}`"),
            None => Ok(()),
        }
    }
}
