use std::borrow::Cow;

use policy_catalog::{ArnPart, Catalog};
use policy_core::{Arn, Effect, wildcard};
use policy_document::{Document, Lines, Position};
use policy_eval::{Context, Explanation, Outcome, Policies, PolicyKind, PolicySet, Principal, Request};
use policy_principals::{EntityKind, Identity, Origin, Principals};

use crate::authorize::service_control;
use crate::caller::Caller;
use crate::error::Error;
use crate::settings::Settings;
use crate::simulate::Input;
use crate::simulate::position;

/// Policies that are ready to be asked.
pub(crate) struct Simulation<'s> {
    identity: PolicySet,
    /// The identity's policies, in the order in which they were compiled.
    sources: Vec<Source<'s>>,
    boundary: Option<PolicySet>,
    resource: Option<(PolicySet, Source<'s>)>,
    levels: Vec<PolicySet>,
    principal: Principal<'s>,
    owner: Option<&'s str>,
    context: Context<'s>,
}

/// A policy that statements can be from.
struct Source<'s> {
    /// What AWS calls it.
    id: String,
    kind: &'static str,
    text: &'s str,
    document: Cow<'s, Document>,
}

/// What is said to one action on one resource.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) outcome: Outcome,
    pub(crate) matched: Vec<Match>,
    pub(crate) missing: Vec<String>,
    /// Whether the permissions boundary allows it, if there is one.
    pub(crate) boundary: Option<bool>,
    /// Whether the organization allows it, if there is one.
    pub(crate) organization: Option<bool>,
    /// What each kind of policies says, if the resource is in another account.
    pub(crate) across: Option<Vec<(&'static str, Outcome)>>,
}

/// A statement that decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) policy: String,
    pub(crate) kind: &'static str,
    pub(crate) position: Option<(Position, Position)>,
}

/// What AWS calls the kinds of policies in its answers.
///
/// Source: IAM API Reference, `SimulatePrincipalPolicy`, "Examples".
const IAM_POLICY: &str = "IAM Policy";
const RESOURCE_POLICY: &str = "Resource Policy";
const BOUNDARY_POLICY: &str = "Permissions Boundary Policy";

impl<'s> Simulation<'s> {
    pub(crate) fn new(settings: &'s Settings, caller: &Caller<'s>, input: &Input<'s>) -> Result<Self, Error> {
        let principals = &settings.principals;
        let identity = input.source.map(|source| find(principals, source)).transpose()?;
        let mut sources = identity.as_ref().map(sources_of).unwrap_or_default();
        for (number, text) in input.policies.iter().enumerate() {
            let id = format!("PolicyInputList.{}", number + 1);
            sources.push(Source {
                document: Cow::Owned(read("PolicyInputList", text, PolicyKind::Identity)?),
                id,
                kind: IAM_POLICY,
                text,
            });
        }
        let attached = identity.as_ref().and_then(|identity| identity.boundary);
        let boundary = match (input.boundary, attached) {
            // What is given stands for what is attached.
            (Some(text), _) => Some(Cow::Owned(read(
                "PermissionsBoundaryPolicyInputList",
                text,
                PolicyKind::PermissionsBoundary,
            )?)),
            (None, Some(attached)) => Some(Cow::Borrowed(attached.policy.document())),
            (None, None) => None,
        };
        let (principal, is_user) = who(caller, input)?;
        let mut context = Context::new();
        if !is_user {
            // It has no name of its own, whatever the principal is made of.
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
                if !matches!(principal, Principal::User { .. }) || !is_user {
                    return Err(Error::invalid_input(
                        "Invalid caller - Caller must be an IAM user in this context.",
                    ));
                }
                let source = Source {
                    id: "ResourcePolicy".to_owned(),
                    kind: RESOURCE_POLICY,
                    text,
                    document: Cow::Owned(read("ResourcePolicy", text, PolicyKind::Resource)?),
                };
                Ok((compile(PolicyKind::Resource, [&*source.document])?, source))
            })
            .transpose()?;
        Ok(Self {
            identity: compile(PolicyKind::Identity, sources.iter().map(|source| &*source.document))?,
            sources,
            boundary: boundary
                .map(|document| compile(PolicyKind::PermissionsBoundary, [&*document]))
                .transpose()?,
            resource,
            levels: service_control(principals).map_err(|_| Error::internal_failure())?,
            principal,
            owner: input.resource_owner.map(owner).transpose()?,
            context,
        })
    }

    /// Decides about one action on one resource.
    pub(crate) fn decide(&self, action: &str, resource: &str) -> Result<Verdict, Error> {
        let literal = literal(action);
        let invalid = |error: policy_eval::RequestError| Error::invalid_input(format!("Invalid Input: {error}"));
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
            // What the organization and the boundary ask for is not told.
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
        let outcome = explanation.decision.outcome;
        let deciding = match outcome {
            Outcome::ExplicitDeny => Some(Effect::Deny),
            Outcome::Allowed => Some(Effect::Allow),
            // What one account allows is told if the other does not.
            Outcome::ImplicitDeny => is_cross_account.then_some(Effect::Allow),
        };
        let mut matched = Vec::new();
        for statement in &explanation.matched {
            let source = match statement.layer.kind {
                PolicyKind::Identity => self.sources.get(statement.policy),
                PolicyKind::Resource => self.resource.as_ref().map(|(_, source)| source),
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
        let of = |kind| of_layer(explanation, kind, 0);
        let boundary = self.boundary.as_ref().map(|_| of(PolicyKind::PermissionsBoundary));
        let organization = (!self.levels.is_empty()).then(|| {
            (0..self.levels.len())
                .all(|level| of_layer(explanation, PolicyKind::ServiceControl, level) == Outcome::Allowed)
        });
        let across = (is_cross_account && organization != Some(false)).then(|| {
            let mut across = vec![
                (IAM_POLICY, of(PolicyKind::Identity)),
                (RESOURCE_POLICY, of(PolicyKind::Resource)),
            ];
            across.extend(boundary.map(|outcome| (BOUNDARY_POLICY, outcome)));
            across
        });
        Verdict {
            outcome,
            matched,
            missing: explanation.missing.iter().map(|&key| key.to_owned()).collect(),
            boundary: boundary.map(|outcome| outcome == Outcome::Allowed),
            organization,
            across,
        }
    }
}

/// What the policies of one layer say on their own.
fn of_layer(explanation: &Explanation<'_>, kind: PolicyKind, level: usize) -> Outcome {
    let has = |effect| {
        explanation
            .matched
            .iter()
            .any(|statement| (statement.layer.kind, statement.layer.level, statement.effect) == (kind, level, effect))
    };
    if has(Effect::Deny) {
        Outcome::ExplicitDeny
    } else if has(Effect::Allow) {
        Outcome::Allowed
    } else {
        Outcome::ImplicitDeny
    }
}

/// Whose policies are simulated.
fn find<'p>(principals: &'p Principals, source: &str) -> Result<Identity<'p>, Error> {
    let (kind, _, name) = entity(source)?;
    principals.find(source).map_err(|_| {
        let kind = kind.name();
        Error::no_such_entity(format!("The {kind} with name {name} cannot be found."))
    })
}

/// # Errors
///
/// If this is nobody whose policies the caller could simulate, whatever the caller's own policies say.
pub(crate) fn check_source(caller: &Caller<'_>, source: &str) -> Result<(), Error> {
    let (_, account, _) = entity(source)?;
    if account == caller.account {
        return Ok(());
    }
    Err(Error::invalid_input(format!(
        "Invalid Policy Source Arn: caller's account {} does not have access to policies in account {account}",
        caller.account
    )))
}

/// The kind, the account and the name of a user, a group or a role.
///
/// Source: IAM API Reference, `SimulatePrincipalPolicy`, `PolicySourceArn`.
fn entity(text: &str) -> Result<(EntityKind, &str, &str), Error> {
    let unclear = || {
        Error::invalid_input(format!(
            "Invalid Entity Arn: {text} does not clearly define entity type and name."
        ))
    };
    let arn = Arn::parse(text).map_err(|_| unclear())?;
    let (kind, path) = arn.resource.split_once('/').unwrap_or_default();
    let kind = [EntityKind::User, EntityKind::Group, EntityKind::Role]
        .into_iter()
        .find(|known| known.name() == kind);
    let name = path.rsplit('/').next().unwrap_or_default();
    match kind {
        Some(kind) if arn.service == "iam" && !arn.account.is_empty() && !name.is_empty() => {
            Ok((kind, arn.account, name))
        }
        _ => Err(unclear()),
    }
}

/// The simulated caller, and whether anything but the account is known of it.
///
/// Source: IAM API Reference, `SimulatePrincipalPolicy`, `CallerArn`.
fn who<'s>(caller: &Caller<'s>, input: &Input<'s>) -> Result<(Principal<'s>, bool), Error> {
    let nobody = |arn, account| Principal::User { arn, account, name: "" };
    let Some(text) = input.caller.or(input.source) else {
        return Ok((nobody(caller.arn, caller.account), false));
    };
    let (kind, account, _) = entity(text)?;
    match kind {
        EntityKind::Group => Ok((nobody(text, account), false)),
        EntityKind::User | EntityKind::Role => {
            let principal = Principal::parse(text);
            let principal = principal.map_err(|error| Error::invalid_input(format!("Invalid Entity Arn: {error}")))?;
            Ok((principal, true))
        }
    }
}

/// The account that is said to own what is simulated.
///
/// Source: IAM API Reference, `SimulatePrincipalPolicy`, `ResourceOwner`.
fn owner(text: &str) -> Result<&str, Error> {
    match Principal::parse(text) {
        Ok(Principal::Root { account, .. }) => Ok(account),
        _ => Err(Error::invalid_input(format!(
            "Invalid Resource Owner: {text} is no ARN of an account, such as arn:aws:iam::123456789012:root"
        ))),
    }
}

fn sources_of<'p>(identity: &Identity<'p>) -> Vec<Source<'p>> {
    let mut seen = Vec::new();
    let mut sources = Vec::new();
    for policy in &identity.policies {
        let id = match policy.origin {
            Origin::Managed { arn, .. } => {
                // A user may have a policy by a group as well.
                if seen.contains(&arn) {
                    continue;
                }
                seen.push(arn);
                policy.name.to_owned()
            }
            origin => {
                let entity = origin.entity();
                format!("{}_{}_{}", entity.kind.name(), entity.name, policy.name)
            }
        };
        sources.push(Source {
            id,
            kind: IAM_POLICY,
            text: policy.policy.text(),
            document: Cow::Borrowed(policy.policy.document()),
        });
    }
    sources
}

/// Reads a policy that a call gives.
fn read(parameter: &str, text: &str, kind: PolicyKind) -> Result<Document, Error> {
    let reading = policy_json::read(text.as_bytes());
    let lines = Lines::new(text.as_bytes());
    let wrong = |what: String| Error::invalid_input(format!("Invalid {parameter}: {what}"));
    if let Some(problem) = reading.problems.first() {
        let position = lines.position(problem.span.start);
        return Err(wrong(format!("{position}: {problem}")));
    }
    match PolicySet::compile(kind, [&reading.document]) {
        Ok(_) => Ok(reading.document),
        Err(error) => Err(wrong(error.to_string())),
    }
}

fn compile<'d>(kind: PolicyKind, documents: impl IntoIterator<Item = &'d Document>) -> Result<PolicySet, Error> {
    // Each has been compiled before, on its own.
    PolicySet::compile(kind, documents).map_err(|_| Error::internal_failure())
}

/// An action with wildcards stands for itself, not for all that it covers: what allows it has to cover every action that it covers.
/// A wildcard is replaced by a character that no action has in its place, which only another wildcard can cover.
fn literal(action: &str) -> Cow<'_, str> {
    if wildcard::is_pattern(action) {
        action.replace(['*', '?'], "0").into()
    } else {
        action.into()
    }
}

/// The form of the resources that an action is about: of those types the one that the first resource is of which there is one.
///
/// Source: IAM API Reference, `EvaluationResult`, `EvalResourceName`.
pub(crate) fn template(action: &str, resources: &[&str]) -> &'static str {
    const ALL: &str = "*";
    if resources.is_empty() || resources == [ALL] {
        return ALL;
    }
    let Some(action) = Catalog::get().action(action) else {
        return ALL;
    };
    let formats = || action.resource_types().flat_map(|of| of.resource_type().arn_formats());
    let covers = |format: &policy_catalog::ArnFormat| {
        let parts = format.parts().map(|part| match part {
            ArnPart::Literal(text) => text,
            ArnPart::Placeholder(_) => "*",
        });
        let pattern: String = parts.collect();
        resources
            .iter()
            .any(|resource| wildcard::matches_arn(&pattern, resource))
    };
    let format = formats().find(covers).or_else(|| formats().next());
    format.map_or(ALL, |format| format.as_str())
}
