use iam_policy_catalog::{Catalog, Service};
use iam_policy_core::{Decision, Effect, PolicyType, Principal, Segment};

use crate::principal::Naming;
use crate::request::Request;
use crate::set::PolicySet;

/// All the policies that apply to a request.
///
/// It only refers to compiled policies, so it is cheap to build, and policies can be shared.
///
/// # Examples
///
/// ```
/// use iam_policy_eval::{Decision, Policies, PolicyType, PolicySet, Request};
///
/// let document = |source: &str| iam_policy_document::json::read(source.as_bytes()).document;
/// let user = document(r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#);
/// let boundary = document(r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#);
/// let user = PolicySet::compile(PolicyType::Identity, [&user])?;
/// let boundary = PolicySet::compile(PolicyType::PermissionsBoundary, [&boundary])?;
///
/// let policies = Policies::new(&user).with_permissions_boundary(&boundary);
/// let ann = "arn:aws:iam::123456789012:user/ann";
/// let get = Request::new(ann, "s3:GetObject", "arn:aws:s3:::b/k")?;
/// let put = Request::new(ann, "s3:PutObject", "arn:aws:s3:::b/k")?;
/// assert_eq!(policies.decide(&get).decision, Decision::Allowed);
/// assert_eq!(policies.decide(&put).decision, Decision::ImplicitDeny);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Policies<'p> {
    identity: &'p PolicySet,
    boundary: Option<&'p PolicySet>,
    session: Option<&'p PolicySet>,
    resource: Option<&'p PolicySet>,
    service_control: &'p [PolicySet],
    resource_control: &'p [PolicySet],
}

/// A decision about a request, with its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Response {
    /// Whether the request is allowed.
    pub decision: Decision,
    /// The policies or the rule that determined the decision.
    pub reason: Reason,
}

/// The policies or the rule that determined a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// These policies allow it, and so do all others that must.
    AllowedBy(Layer),
    /// Root users may do everything in their account.
    AllowedToRoot,
    /// No policy can deny the action.
    CannotBeDenied,
    /// One of these policies denies it.
    DeniedBy(Layer),
    /// None of these policies allows it, and one must.
    NotAllowedBy(Layer),
}

/// Policies that are evaluated together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Layer {
    /// The type of the policies.
    pub policy_type: PolicyType,
    /// For policies of an organization the level, from 0; otherwise 0.
    pub level: usize,
}

impl Layer {
    const fn new(policy_type: PolicyType) -> Self {
        Self { policy_type, level: 0 }
    }

    const IDENTITY: Self = Self::new(PolicyType::Identity);
    const BOUNDARY: Self = Self::new(PolicyType::PermissionsBoundary);
    const SESSION: Self = Self::new(PolicyType::Session);
    const RESOURCE: Self = Self::new(PolicyType::Resource);
}

impl<'p> Policies<'p> {
    /// Starts with identity policies. Principals without any, such as services, get an empty set.
    #[must_use]
    pub const fn new(identity: &'p PolicySet) -> Self {
        Self {
            identity,
            boundary: None,
            session: None,
            resource: None,
            service_control: &[],
            resource_control: &[],
        }
    }

    /// Adds a permissions boundary.
    #[must_use]
    pub const fn with_permissions_boundary(mut self, boundary: &'p PolicySet) -> Self {
        self.boundary = Some(boundary);
        self
    }

    /// Adds session policies.
    #[must_use]
    pub const fn with_session(mut self, session: &'p PolicySet) -> Self {
        self.session = Some(session);
        self
    }

    /// Adds the policy of the resource.
    #[must_use]
    pub const fn with_resource(mut self, resource: &'p PolicySet) -> Self {
        self.resource = Some(resource);
        self
    }

    /// Adds the service control policies of the principal's account: one set for each level of the organization, from
    /// the root down to the account. A level without policies denies everything.
    #[must_use]
    pub const fn with_service_control(mut self, levels: &'p [PolicySet]) -> Self {
        self.service_control = levels;
        self
    }

    /// Adds the resource control policies of the resource's account: one set for each level of the organization. Every
    /// level also has a policy that allows everything.
    #[must_use]
    pub const fn with_resource_control(mut self, levels: &'p [PolicySet]) -> Self {
        self.resource_control = levels;
        self
    }

    /// Decides, without allocating.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_eval::{Decision, Policies, PolicyType, PolicySet, Reason, Request};
    ///
    /// let nothing = PolicySet::compile(PolicyType::Identity, [])?;
    /// let request = Request::new("arn:aws:iam::123456789012:user/ann", "s3:GetObject", "arn:aws:s3:::b/k")?;
    /// let response = Policies::new(&nothing).decide(&request);
    /// assert_eq!(response.decision, Decision::ImplicitDeny);
    /// assert!(matches!(response.reason, Reason::NotAllowedBy(layer) if layer.policy_type == PolicyType::Identity));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn decide(&self, request: &Request<'_>) -> Response {
        let asked = self.asked(request);
        asked.judge(request, |_, set, effect| set.naming(effect, request, asked.bounded()))
    }

    /// The policies that apply to this request; not all apply to every principal.
    ///
    /// - Only users and roles have policies of their own. Root users, services, identity providers and anonymous
    ///   callers have none.
    /// - Service control policies apply to the users, roles and root users of an organization's member accounts, except
    ///   service-linked roles.
    /// - Resource control policies apply to every caller except service-linked roles, for the services that support
    ///   them. Services missing from the catalog are assumed to support them.
    ///
    /// Sources: AWS Organizations User Guide, "Service control policies", "Tasks and entities not restricted by SCPs",
    /// and "Resource control policies", "Resources and entities not restricted by RCPs", "List of AWS services that
    /// support RCPs".
    pub(crate) fn asked(&self, request: &Request<'_>) -> Asked<'p> {
        let principal = request.principal();
        let has_policies = matches!(
            principal,
            Principal::User { .. }
                | Principal::Role { .. }
                | Principal::Session { .. }
                | Principal::FederatedUser { .. }
        );
        let is_root = matches!(principal, Principal::Root { .. });
        let is_linked = principal.is_service_linked_role();
        let supports_rcps = || {
            Catalog::get()
                .service(request.service())
                .is_none_or(Service::supports_resource_control_policies)
        };
        let own = |set: Option<&'p PolicySet>| set.filter(|_| has_policies);
        Asked {
            identity: own(Some(self.identity)),
            boundary: own(self.boundary),
            session: own(self.session),
            resource: self.resource,
            service_control: if (has_policies || is_root) && !is_linked {
                self.service_control
            } else {
                &[]
            },
            resource_control: if !self.resource_control.is_empty() && !is_linked && supports_rcps() {
                self.resource_control
            } else {
                &[]
            },
        }
    }
}

/// The policies that apply to one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'p> {
    identity: Option<&'p PolicySet>,
    boundary: Option<&'p PolicySet>,
    session: Option<&'p PolicySet>,
    resource: Option<&'p PolicySet>,
    service_control: &'p [PolicySet],
    resource_control: &'p [PolicySet],
}

fn levels(policy_type: PolicyType, sets: &[PolicySet]) -> impl Iterator<Item = (Layer, &PolicySet)> {
    sets.iter()
        .enumerate()
        .map(move |(level, set)| (Layer { policy_type, level }, set))
}

impl<'p> Asked<'p> {
    /// Whether the principal has a permissions boundary.
    pub(crate) const fn bounded(&self) -> bool {
        self.boundary.is_some()
    }

    /// The policy of the resource, if there is one.
    pub(crate) const fn resource(&self) -> Option<&'p PolicySet> {
        self.resource
    }

    /// Every layer, in the order in which AWS evaluates them.
    ///
    /// Source: IAM User Guide, "How AWS enforcement code logic evaluates requests to allow or deny access".
    pub(crate) fn layers(&self) -> impl Iterator<Item = (Layer, &'p PolicySet)> {
        let one = |layer, set: Option<&'p PolicySet>| set.map(|set| (layer, set));
        levels(PolicyType::ServiceControl, self.service_control)
            .chain(levels(PolicyType::ResourceControl, self.resource_control))
            .chain(one(Layer::RESOURCE, self.resource))
            .chain(one(Layer::IDENTITY, self.identity))
            .chain(one(Layer::BOUNDARY, self.boundary))
            .chain(one(Layer::SESSION, self.session))
    }

    /// The decision itself.
    ///
    /// - `naming`: how closely the statements of a layer and an effect that match the request name its principal
    ///
    /// Sources: IAM User Guide, "Policy evaluation logic", its parts "How AWS enforcement code logic evaluates requests
    /// to allow or deny access", "Cross-account policy evaluation logic", "Difference between explicit and implicit
    /// denies", and the table there on which kind of principal in a resource-based policy is limited by which other
    /// policies.
    pub(crate) fn judge(
        &self,
        request: &Request<'_>,
        naming: impl Fn(Layer, &'p PolicySet, Effect) -> Naming,
    ) -> Response {
        let allowed = |reason| Response {
            decision: Decision::Allowed,
            reason,
        };
        let not_allowed = |layer| Response {
            decision: Decision::ImplicitDeny,
            reason: Reason::NotAllowedBy(layer),
        };
        let principal = request.principal();
        if cannot_be_denied(request) {
            return allowed(Reason::CannotBeDenied);
        }
        // An explicit deny in any policy wins.
        for (layer, set) in self.layers() {
            if naming(layer, set, Effect::Deny) != Naming::Not {
                return Response {
                    decision: Decision::ExplicitDeny,
                    reason: Reason::DeniedBy(layer),
                };
            }
        }
        let allows = |layer, set: &'p PolicySet| naming(layer, set, Effect::Allow) != Naming::Not;
        for (layer, set) in levels(PolicyType::ServiceControl, self.service_control) {
            if !allows(layer, set) {
                return not_allowed(layer);
            }
        }
        let named = self
            .resource
            .map_or(Naming::Not, |set| naming(Layer::RESOURCE, set, Effect::Allow));
        let is_root = matches!(principal, Principal::Root { .. });
        if self.identity.is_none() && !is_root {
            // A service, an identity provider or an anonymous caller.
            return match named {
                Naming::Not => not_allowed(Layer::RESOURCE),
                _ => allowed(Reason::AllowedBy(Layer::RESOURCE)),
            };
        }
        // What limits the principal, regardless of where the grant comes from.
        let limit = || {
            [(Layer::BOUNDARY, self.boundary), (Layer::SESSION, self.session)]
                .into_iter()
                .filter_map(|(layer, set)| set.map(|set| (layer, set)))
                .find(|(layer, set)| !allows(*layer, set))
                .map(|(layer, _)| layer)
                .or(needs_session_policy(&principal, self.session).then_some(Layer::SESSION))
        };
        let within_limits = |reason| limit().map_or_else(|| allowed(reason), not_allowed);
        let by_account = || match self.identity {
            None => allowed(Reason::AllowedToRoot),
            Some(set) if allows(Layer::IDENTITY, set) => within_limits(Reason::AllowedBy(Layer::IDENTITY)),
            Some(_) => not_allowed(Layer::IDENTITY),
        };
        match named {
            Naming::Not if request.is_cross_account() || resource_must_allow(request) => {
                let own = by_account();
                if own.decision == Decision::Allowed {
                    not_allowed(Layer::RESOURCE)
                } else {
                    own
                }
            }
            _ if request.is_cross_account() => by_account(),
            // A grant to the user, the session or everyone is not limited; a grant to the role is.
            Naming::Itself => allowed(Reason::AllowedBy(Layer::RESOURCE)),
            Naming::Role => within_limits(Reason::AllowedBy(Layer::RESOURCE)),
            Naming::Account | Naming::Not => by_account(),
        }
    }
}

/// Whether the action succeeds whatever policies say. The request must still be signed.
///
/// Source: AWS STS API Reference, `GetCallerIdentity`: "No permissions are required to perform this operation. If an
/// administrator attaches a policy to your identity that explicitly denies access to the `sts:GetCallerIdentity`
/// action, you can still perform this operation."
fn cannot_be_denied(request: &Request<'_>) -> bool {
    request.action().eq_ignore_ascii_case("sts:GetCallerIdentity") && request.principal().account().is_some()
}

/// Whether the principal lacks the session policy without which it has no permissions but those of resource policies
/// that name its session.
///
/// Source: AWS STS API Reference, `GetFederationToken`: "If you do not pass any session policies, the resulting
/// federated user session has no permissions", with that exception.
const fn needs_session_policy(principal: &Principal<'_>, session: Option<&PolicySet>) -> bool {
    matches!(principal, Principal::FederatedUser { .. }) && session.is_none()
}

/// Whether the resource's own policy must allow the request even within the account: KMS key policies and role trust
/// policies. Both can delegate the decision to the account by naming it.
///
/// Sources: AWS KMS Developer Guide, "Key policies in AWS KMS"; IAM User Guide, "How AWS enforcement code logic
/// evaluates requests to allow or deny access", on role trust policies.
pub(crate) fn resource_must_allow(request: &Request<'_>) -> bool {
    let is = |service: &str, arn_service: &str, resource: &str| {
        request.is_for(service)
            && request
                .target()
                .get(Segment::Resource)
                .is_some_and(|segment| segment.starts_with(resource))
            && request.target().get(Segment::Service) == Some(arn_service)
    };
    is("kms", "kms", "key/") || is("sts", "iam", "role/")
}
