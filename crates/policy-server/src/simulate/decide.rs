use std::borrow::Cow;

use iam_policy_core::{Arn, Effect, wildcard};
use iam_policy_document::Position;
use iam_policy_eval::{Context, Decision, Explanation, Policies, PolicySet, PolicyType, Principal, Request};

use crate::authorize::service_control;
use crate::caller::Caller;
use crate::error::Error;
use crate::settings::Settings;
use crate::simulate::source::{BOUNDARY_POLICY, IAM_POLICY, RESOURCE_POLICY, Source, compile, read, sources_of};
use crate::simulate::who::{find, owner, who};
use crate::simulate::{Input, position};

/// Compiled policies.
pub(crate) struct Simulation<'s> {
    identity: PolicySet,
    /// The identity's policies in the order of compilation.
    sources: Vec<Source<'s>>,
    boundary: Option<PolicySet>,
    resource: Option<(PolicySet, Source<'s>)>,
    levels: Vec<PolicySet>,
    principal: Principal<'s>,
    owner: Option<&'s str>,
    context: Context<'s>,
}

/// The decision about an action on a resource.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) decision: Decision,
    pub(crate) matched: Vec<Match>,
    pub(crate) missing: Vec<String>,
    /// Whether the permissions boundary allows it, if there is one.
    pub(crate) boundary: Option<bool>,
    /// Whether the organization allows it, if there is one.
    pub(crate) organization: Option<bool>,
    /// The decision of each type of policy, if the resource is in another account.
    pub(crate) across: Option<Vec<(&'static str, Decision)>>,
}

/// A deciding statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) policy: String,
    pub(crate) kind: &'static str,
    pub(crate) position: Option<(Position, Position)>,
}

impl<'s> Simulation<'s> {
    pub(crate) fn new(settings: &'s Settings, caller: &Caller<'s>, input: &Input<'s>) -> Result<Self, Error> {
        let principals = &settings.principals;
        let identity = input.source.map(|source| find(principals, source)).transpose()?;
        let mut sources = identity.as_ref().map(sources_of).unwrap_or_default();
        for (number, text) in input.policies.iter().enumerate() {
            let id = format!("PolicyInputList.{}", number + 1);
            sources.push(Source {
                document: Cow::Owned(read(&id, text, PolicyType::Identity)?),
                id,
                kind: IAM_POLICY,
                text,
            });
        }
        let attached = identity.as_ref().and_then(|identity| identity.boundary);
        let boundary = match (input.boundary, attached) {
            // A given boundary replaces the attached one.
            (Some(text), _) => Some(Cow::Owned(read(
                "PermissionsBoundaryPolicyInputList",
                text,
                PolicyType::PermissionsBoundary,
            )?)),
            (None, Some(attached)) => Some(Cow::Borrowed(attached.policy.document())),
            (None, None) => None,
        };
        let (principal, is_known) = who(caller, input)?;
        let mut context = Context::new();
        if !is_known {
            // Its parts have no decision of their own.
            for key in ["aws:username", "aws:userid", "aws:PrincipalArn", "aws:PrincipalType"] {
                let _ = context.set(key, []);
            }
        }
        for (key, values) in &input.context {
            let set = context.set(key, values.iter().copied());
            set.map_err(|error| Error::invalid_input(format!("Invalid Context Entry: {error}")))?;
        }
        let resource = input
            .resource_policy
            .map(|text| {
                if !is_known || !matches!(principal, Principal::User { .. }) {
                    return Err(Error::invalid_input(
                        "Invalid caller - Caller must be an IAM user in this context.",
                    ));
                }
                let source = Source {
                    id: "ResourcePolicy".to_owned(),
                    kind: RESOURCE_POLICY,
                    text,
                    document: Cow::Owned(read("ResourcePolicy", text, PolicyType::Resource)?),
                };
                Ok((compile(PolicyType::Resource, [&*source.document])?, source))
            })
            .transpose()?;
        Ok(Self {
            identity: compile(PolicyType::Identity, sources.iter().map(|source| &*source.document))?,
            sources,
            boundary: boundary
                .map(|document| compile(PolicyType::PermissionsBoundary, [&*document]))
                .transpose()?,
            resource,
            levels: service_control(principals).map_err(|_| Error::internal_failure())?,
            principal,
            owner: input.resource_owner.map(owner).transpose()?,
            context,
        })
    }

    /// Decides about an action on a resource.
    pub(crate) fn decide(&self, action: &str, resource: &str) -> Result<Verdict, Error> {
        let literal = literal(action);
        let invalid = |error: iam_policy_eval::RequestError| Error::invalid_input(format!("Invalid Input: {error}"));
        let mut request = Request::by(self.principal, &literal, resource)
            .map_err(invalid)?
            .with_context(&self.context);
        let has_owner = Arn::parse(resource).is_ok_and(|arn| !arn.account.is_empty());
        if let Some(owner) = self.owner
            && !has_owner
        {
            request = request.with_resource_account(owner).map_err(invalid)?;
        }
        let mut policies = Policies::new(&self.identity).with_service_control(&self.levels);
        if let Some(boundary) = &self.boundary {
            policies = policies.with_permissions_boundary(boundary);
        }
        if let Some((resource, _)) = &self.resource {
            policies = policies.with_resource(resource);
        }
        let explanation = policies.explain(&request);
        let mut verdict = self.verdict(&explanation, request.is_cross_account());
        if !verdict.missing.is_empty() {
            // Context keys of the organization's policies and the boundary are not listed.
            let mut policies = Policies::new(&self.identity);
            if let Some((resource, _)) = &self.resource {
                policies = policies.with_resource(resource);
            }
            let missing = policies.explain(&request).missing;
            verdict.missing.retain(|key| missing.contains(&key.as_str()));
        }
        Ok(verdict)
    }

    fn verdict(&self, explanation: &Explanation<'_>, is_cross_account: bool) -> Verdict {
        let decision = explanation.response.decision;
        let deciding = match decision {
            Decision::ExplicitDeny => Some(Effect::Deny),
            Decision::Allowed => Some(Effect::Allow),
            // What one account allows is told if the other does not.
            Decision::ImplicitDeny => is_cross_account.then_some(Effect::Allow),
        };
        let mut matched = Vec::new();
        for statement in &explanation.matched {
            let source = match statement.layer.policy_type {
                PolicyType::Identity => self.sources.get(statement.policy),
                PolicyType::Resource => self.resource.as_ref().map(|(_, source)| source),
                _ => None,
            };
            if let Some(source) = source
                && Some(statement.effect) == deciding
            {
                matched.push(Match {
                    policy: source.id.clone(),
                    kind: source.kind,
                    position: position::of_statement(&source.document, source.text, statement.statement),
                });
            }
        }
        let of = |policy_type| of_layer(explanation, policy_type, 0);
        let boundary = self.boundary.as_ref().map(|_| of(PolicyType::PermissionsBoundary));
        let organization = (!self.levels.is_empty()).then(|| {
            (0..self.levels.len())
                .all(|level| of_layer(explanation, PolicyType::ServiceControl, level) == Decision::Allowed)
        });
        let across = (is_cross_account && organization != Some(false)).then(|| {
            let mut across = vec![
                (IAM_POLICY, of(PolicyType::Identity)),
                (RESOURCE_POLICY, of(PolicyType::Resource)),
            ];
            across.extend(boundary.map(|decision| (BOUNDARY_POLICY, decision)));
            across
        });
        Verdict {
            decision,
            matched,
            missing: explanation.missing.iter().map(|&key| key.to_owned()).collect(),
            boundary: boundary.map(|decision| decision == Decision::Allowed),
            organization,
            across,
        }
    }
}

/// What the policies of one layer say on their own.
fn of_layer(explanation: &Explanation<'_>, policy_type: PolicyType, level: usize) -> Decision {
    let has = |effect| {
        explanation.matched.iter().any(|statement| {
            (statement.layer.policy_type, statement.layer.level, statement.effect) == (policy_type, level, effect)
        })
    };
    if has(Effect::Deny) {
        Decision::ExplicitDeny
    } else if has(Effect::Allow) {
        Decision::Allowed
    } else {
        Decision::ImplicitDeny
    }
}

/// An action with wildcards as a literal action: to allow it, a pattern must match every action that it matches.
/// Wildcards are replaced by a character that no action contains, which only another wildcard matches.
fn literal(action: &str) -> Cow<'_, str> {
    if wildcard::is_pattern(action) {
        action.replace(['*', '?'], "0").into()
    } else {
        action.into()
    }
}
