//! Whether a caller may make a call, decided by the caller's own policies.

use iam_policy_account::{Named, Principals};
use iam_policy_eval::{Context, Policies, PolicyError, PolicySet, PolicyType, Reason, Request};

use crate::caller::Caller;
use crate::error::Error;
use crate::operation::Operation;

/// The target of a call.
pub(crate) struct Target<'t> {
    /// The resource that the caller's policies are evaluated for.
    pub(crate) arn: &'t str,
    /// Its name in messages.
    pub(crate) shown: &'t str,
}

/// Further properties of a call.
pub(crate) struct Circumstances<'c> {
    pub(crate) user_agent: Option<&'c str>,
    /// The address of the caller.
    pub(crate) source_ip: &'c str,
    /// The seconds since 1970.
    pub(crate) now: u64,
}

/// # Errors
///
/// If the caller's policies do not allow the call. The message is AWS's.
///
/// Source: IAM User Guide, "Troubleshoot access denied error messages".
pub(crate) fn authorize(
    principals: &Principals,
    caller: &Caller<'_>,
    operation: Operation,
    target: &Target<'_>,
    circumstances: &Circumstances<'_>,
) -> Result<(), Error> {
    let denied = |why: &str| {
        Error::access_denied(format!(
            "User: {} is not authorized to perform: {} on resource: {} {why}",
            caller.arn,
            operation.action(),
            target.shown
        ))
    };
    let identity = match &caller.identity {
        Some(identity) => identity.policy_set(),
        None => PolicySet::compile(PolicyType::Identity, []),
    };
    let boundary = caller.identity.as_ref().and_then(|identity| identity.boundary);
    let boundary = boundary
        .map(|boundary| PolicySet::compile(PolicyType::PermissionsBoundary, [boundary.policy.document()]))
        .transpose();
    let levels = service_control(principals);
    // Policies that were read without errors compile.
    let (Ok(identity), Ok(boundary), Ok(levels)) = (identity, boundary, levels) else {
        return Err(Error::internal_failure());
    };
    let mut policies = Policies::new(&identity).with_service_control(&levels);
    if let Some(boundary) = &boundary {
        policies = policies.with_permissions_boundary(boundary);
    }

    let now = circumstances.now.to_string();
    let user_id = caller.user_id();
    let values = [
        ("aws:SecureTransport", Some("true")),
        ("aws:SourceIp", Some(circumstances.source_ip)),
        ("aws:CurrentTime", Some(&*now)),
        ("aws:EpochTime", Some(&*now)),
        ("aws:RequestedRegion", Some(&*caller.region)),
        ("aws:UserAgent", circumstances.user_agent),
        ("aws:userid", Some(&*user_id)),
        // For a session, this is the ARN of the role with its path, which the session's ARN does not contain.
        (
            "aws:PrincipalArn",
            caller.identity.as_ref().map(|identity| &*identity.entity.arn),
        ),
    ];
    let tags: Vec<(String, &str)> = caller
        .identity
        .iter()
        .flat_map(|identity| &identity.entity.tags)
        .map(|(key, value)| (format!("aws:PrincipalTag/{key}"), value.as_str()))
        .collect();
    let mut context = Context::new();
    let known = values.iter().filter_map(|(key, value)| Some((*key, (*value)?)));
    for (key, value) in known.chain(tags.iter().map(|(key, value)| (key.as_str(), *value))) {
        context.set(key, [value]).map_err(|_| Error::internal_failure())?;
    }
    let Ok(request) = Request::by(caller.principal, operation.action(), target.arn) else {
        return Err(Error::invalid_input(format!("Invalid Entity Arn: {}", target.arn)));
    };
    match policies.decide(&request.with_context(&context)).reason {
        Reason::DeniedBy(layer) => Err(denied(&format!("with an explicit deny in {}", one(layer.policy_type)))),
        Reason::NotAllowedBy(layer) => Err(denied(&format!(
            "because no {} allows the {} action",
            type_name(layer.policy_type),
            operation.action()
        ))),
        _ => Ok(()),
    }
}

/// The service control policies, compiled level by level.
pub(crate) fn service_control(principals: &Principals) -> Result<Vec<PolicySet>, PolicyError> {
    let compile = |level: &Vec<Named>| {
        let documents = level.iter().map(|named| named.policy.document());
        PolicySet::compile(PolicyType::ServiceControl, documents)
    };
    principals.service_control().iter().map(compile).collect()
}

const fn type_name(policy_type: PolicyType) -> &'static str {
    match policy_type {
        PolicyType::Identity => "identity-based policy",
        PolicyType::Resource => "resource-based policy",
        other => other.label(),
    }
}

fn one(of: PolicyType) -> String {
    let article = if of == PolicyType::Identity { "an" } else { "a" };
    format!("{article} {}", type_name(of))
}
