use iam_policy_core::{Effect, Principal, wildcard};

use crate::arn::ArnMatcher;
use crate::condition::Condition;
use crate::principal::{Named, Naming, exempts};
use crate::request::Request;
use crate::texts::Texts;

/// A compiled statement. It matches a request if its action, resource, principal and all of its conditions do.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// The index of its policy in the set, and its index in the policy.
    pub(crate) policy: usize,
    pub(crate) index: usize,
    pub(crate) sid: Option<Box<str>>,
    pub(crate) effect: Effect,
    pub(crate) actions: Actions,
    pub(crate) resources: Resources,
    pub(crate) principals: Principals,
    pub(crate) conditions: Box<[Condition]>,
}

/// `Action` or, if `negated`, `NotAction`.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Action", "`NotAction`": names of actions, and of services, are
/// case-insensitive.
#[derive(Clone, Debug)]
pub(crate) struct Actions {
    pub(crate) negated: bool,
    pub(crate) patterns: Texts,
}

/// `Resource` or `NotResource`.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Resource", "`NotResource`".
#[derive(Clone, Debug)]
pub(crate) enum Resources {
    /// Neither: a resource-based policy applies to the resource it is attached to, and so does a role's trust policy.
    Attached,
    Only(Box<[ArnMatcher]>),
    Except(Box<[ArnMatcher]>),
}

impl Resources {
    /// The patterns of either element.
    pub(crate) fn patterns(&self) -> &[ArnMatcher] {
        match self {
            Self::Attached => &[],
            Self::Only(patterns) | Self::Except(patterns) => patterns,
        }
    }
}

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug)]
pub(crate) enum Principals {
    /// Neither: the policy applies to whatever it is attached to.
    Attached,
    Only(Box<[Named]>),
    Except(Box<[Named]>),
}

impl Statement {
    pub(crate) fn covers_action(&self, request: &Request<'_>) -> bool {
        self.actions
            .patterns
            .iter()
            .any(|pattern| wildcard::matches_ignoring_case(pattern, request.action()))
            != self.actions.negated
    }

    pub(crate) fn covers_resource(&self, request: &Request<'_>) -> bool {
        let any = |patterns: &[ArnMatcher]| {
            patterns
                .iter()
                .any(|pattern| pattern.matches(request.target(), request))
        };
        match &self.resources {
            Resources::Attached => true,
            Resources::Only(patterns) => any(patterns),
            Resources::Except(patterns) => !any(patterns),
        }
    }

    /// How closely the statement names the caller.
    ///
    /// - `bounded`: whether the principal has a permissions boundary. `NotPrincipal` with `Deny` always denies such
    ///   principals; with `Allow` it is no longer supported, and grants nothing.
    ///
    /// Source: IAM User Guide, "AWS JSON policy elements: `NotPrincipal`".
    pub(crate) fn naming(&self, principal: &Principal<'_>, bounded: bool) -> Naming {
        match &self.principals {
            Principals::Attached => Naming::Itself,
            Principals::Only(named) => named
                .iter()
                .map(|named| named.names(principal))
                .max()
                .unwrap_or(Naming::Not),
            Principals::Except(named) if self.effect == Effect::Deny && (bounded || !exempts(named, principal)) => {
                Naming::Itself
            }
            Principals::Except(_) => Naming::Not,
        }
    }

    pub(crate) fn conditions_hold(&self, request: &Request<'_>) -> bool {
        self.conditions.iter().all(|condition| condition.holds(request))
    }

    /// How closely a statement that matches the request's action names its principal, if it matches the request at all.
    pub(crate) fn applies(&self, request: &Request<'_>, bounded: bool) -> Naming {
        if !self.covers_resource(request) {
            return Naming::Not;
        }
        let naming = self.naming(&request.principal(), bounded);
        if naming == Naming::Not || !self.conditions_hold(request) {
            return Naming::Not;
        }
        naming
    }
}
