use std::fmt;

/// The operations of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Returns the caller.
    ///
    /// Source: STS API Reference, `GetCallerIdentity`.
    GetCallerIdentity,
    /// Returns a role with its path and its trust policy.
    ///
    /// Source: IAM API Reference, `GetRole`.
    GetRole,
    /// Returns a user.
    ///
    /// Source: IAM API Reference, `GetUser`.
    GetUser,
    /// Simulates the given policies.
    ///
    /// Source: IAM API Reference, `SimulateCustomPolicy`.
    SimulateCustomPolicy,
    /// Simulates the policies of a user, a group or a role.
    ///
    /// Source: IAM API Reference, `SimulatePrincipalPolicy`.
    SimulatePrincipalPolicy,
}

/// The two services that the server simulates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Iam,
    Sts,
}

impl Service {
    /// The service whose API has this version.
    pub(crate) fn of_version(version: &str) -> Option<Self> {
        [Self::Iam, Self::Sts]
            .into_iter()
            .find(|service| service.version() == version)
    }

    pub(crate) const fn version(self) -> &'static str {
        match self {
            Self::Iam => "2010-05-08",
            Self::Sts => "2011-06-15",
        }
    }

    pub(crate) const fn namespace(self) -> &'static str {
        match self {
            Self::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
            Self::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
        }
    }
}

impl Operation {
    /// Every operation.
    pub const ALL: &'static [Self] = &[
        Self::GetCallerIdentity,
        Self::GetRole,
        Self::GetUser,
        Self::SimulateCustomPolicy,
        Self::SimulatePrincipalPolicy,
    ];

    /// The name of the operation, which requests contain as their `Action`.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(iam_policy_server::Operation::GetRole.name(), "GetRole");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GetCallerIdentity => "GetCallerIdentity",
            Self::GetRole => "GetRole",
            Self::GetUser => "GetUser",
            Self::SimulateCustomPolicy => "SimulateCustomPolicy",
            Self::SimulatePrincipalPolicy => "SimulatePrincipalPolicy",
        }
    }

    /// The operation with this `name`, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.name() == name)
    }

    /// The action that a policy must allow.
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::GetCallerIdentity => "sts:GetCallerIdentity",
            Self::GetRole => "iam:GetRole",
            Self::GetUser => "iam:GetUser",
            Self::SimulateCustomPolicy => "iam:SimulateCustomPolicy",
            Self::SimulatePrincipalPolicy => "iam:SimulatePrincipalPolicy",
        }
    }

    pub(crate) const fn service(self) -> Service {
        match self {
            Self::GetCallerIdentity => Service::Sts,
            _ => Service::Iam,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
