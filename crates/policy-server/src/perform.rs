//! Performs operations.

use std::time::SystemTime;

use iam_policy_account::{Entity, EntityKind};
use iam_policy_core::{Segment, Segments};

use crate::authorize::{Circumstances, Target, authorize};
use crate::caller::Caller;
use crate::error::Error;
use crate::identity;
use crate::operation::Operation;
use crate::query::Query;
use crate::settings::Settings;
use crate::simulate::{Input, Results, check_source, simulate};
use crate::xml::Xml;

/// The address of all callers, since the server is only reachable from this machine.
const SOURCE_IP: &str = "127.0.0.1";

/// The relevant headers of a call.
pub(crate) struct Headers<'h> {
    pub(crate) authorization: Option<&'h str>,
    pub(crate) user_agent: Option<&'h str>,
}

/// The operation of a call.
pub(crate) fn operation(query: &Query) -> Result<Operation, Error> {
    let action = query.get("Action").unwrap_or_default();
    let version = query.get("Version").unwrap_or_default();
    Operation::from_name(action)
        .filter(|operation| operation.service().version() == version)
        .ok_or_else(|| Error::invalid_action(action, version))
}

/// Performs the operation of a call if the caller is allowed to.
///
/// # Errors
///
/// The error that AWS would return.
pub(crate) fn perform(
    settings: &Settings,
    operation: Operation,
    query: &Query,
    headers: &Headers<'_>,
    request_id: &str,
) -> Result<String, Error> {
    let caller = Caller::find(&settings.principals, headers.authorization)?;
    let answered = answer(settings, &caller, operation, query, headers.user_agent)?;
    Ok(document(operation, &caller, &answered, request_id))
}

/// The result of an operation.
enum Answered<'s> {
    CallerIdentity,
    Role(&'s Entity),
    User(&'s Entity),
    RootUser,
    Simulation(Results),
}

fn answer<'s>(
    settings: &'s Settings,
    caller: &Caller<'s>,
    operation: Operation,
    query: &Query,
    user_agent: Option<&str>,
) -> Result<Answered<'s>, Error> {
    let principals = &settings.principals;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let circumstances = Circumstances {
        user_agent,
        source_ip: SOURCE_IP,
        now: now.unwrap_or_default().as_secs(),
    };
    let may = |arn: &str, shown: &str| {
        let target = Target { arn, shown };
        authorize(principals, caller, operation, &target, &circumstances)
    };
    // If it does not exist, its ARN is assumed to have no path.
    let named = |kind: EntityKind, name: &str| {
        let found = principals.named(kind, caller.account, name);
        let what = kind.name();
        let partition = Segments::new(caller.arn).get(Segment::Partition).unwrap_or_default();
        let arn = found.map_or_else(
            || format!("arn:{partition}:iam::{}:{what}/{name}", caller.account),
            |entity| entity.arn.clone(),
        );
        may(&arn, &format!("{what} {name}"))?;
        found.ok_or_else(|| Error::no_such_entity(format!("The {what} with name {name} cannot be found.")))
    };
    match operation {
        Operation::GetCallerIdentity => {
            may("*", "*")?;
            Ok(Answered::CallerIdentity)
        }
        Operation::GetRole => named(EntityKind::Role, identity::role_name(query)?).map(Answered::Role),
        Operation::GetUser if query.get("UserName").is_none() && caller.is_root() => {
            may(caller.arn, caller.arn)?;
            Ok(Answered::RootUser)
        }
        Operation::GetUser => named(EntityKind::User, identity::user_name(query, caller)?).map(Answered::User),
        Operation::SimulateCustomPolicy | Operation::SimulatePrincipalPolicy => {
            let input = Input::read(operation, query)?;
            if let Some(source) = input.source {
                check_source(caller, source)?;
            }
            let about = input.source.unwrap_or("*");
            may(about, about)?;
            simulate(settings, caller, &input).map(Answered::Simulation)
        }
    }
}

fn document(operation: Operation, caller: &Caller<'_>, answered: &Answered<'_>, request_id: &str) -> String {
    let name = operation.name();
    Xml::document(&format!("{name}Response"), operation.service().namespace(), |xml| {
        xml.element(&format!("{name}Result"), |xml| match answered {
            Answered::CallerIdentity => identity::caller_identity(caller, xml),
            Answered::Role(role) => identity::role(role, xml),
            Answered::User(user) => identity::user(user, xml),
            Answered::RootUser => identity::root_user(caller, xml),
            Answered::Simulation(results) => results.write(xml),
        });
        xml.element("ResponseMetadata", |xml| xml.text("RequestId", request_id));
    })
}
