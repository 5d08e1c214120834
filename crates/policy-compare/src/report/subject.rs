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
    /// The environment whose values the parameters have, unless they have their defaults.
    pub environment: Option<String>,
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
            environment: None,
        }
    }

    /// Every document of a policy with the parameters' defaults: in each partition the policy itself, the policy with each
    /// of its extensions, and the trust policy. See also [`in_environments`](Self::in_environments).
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

    /// [`All`](Self::all) documents of a policy, followed by those with the values of each environment.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Environment, Policy};
    /// use iam_policy_compare::report::Subject;
    ///
    /// const USER: Policy = Policy::new("user", "{}").with_environments(&[Environment::new("prod", &[])]);
    ///
    /// let all: Vec<_> = Subject::in_environments(&USER).iter().map(ToString::to_string).collect();
    /// assert_eq!(all, ["policy `user`", "policy `user` in the environment `prod`"]);
    /// ```
    #[must_use]
    pub fn in_environments(policy: &Policy<'_>) -> Vec<Self> {
        let mut all = Self::all(policy);
        let documents = all.len();
        for environment in policy.environments {
            for number in 0..documents {
                all.extend(all.get(number).cloned().map(|subject| Self {
                    environment: Some(environment.name.to_owned()),
                    ..subject
                }));
            }
        }
        all
    }

    /// Calls `f` with the options that render the document.
    ///
    /// - `policy`: the policy that it is a document of
    pub fn with_options<R>(&self, policy: &Policy<'_>, f: impl FnOnce(Options<'_>) -> R) -> R {
        let extensions: Vec<&str> = self.extensions.iter().map(String::as_str).collect();
        let mut options = Options::DEFAULT.extensions(&extensions);
        options.partition = self.partition;
        options.environment = self.environment.as_deref().and_then(|name| policy.environment(name));
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
        if let Some(partition) = &self.partition {
            write!(f, " in `{partition}`")?;
        }
        match &self.environment {
            Some(environment) => write!(f, " in the environment `{environment}`"),
            None => Ok(()),
        }
    }
}
