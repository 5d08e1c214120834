//! Whose policies are simulated, for whom, and on whose resources.

use iam_policy_account::{EntityKind, Identity, Principals};
use iam_policy_core::IamArn;
use iam_policy_eval::Principal;

use crate::caller::Caller;
use crate::error::Error;
use crate::simulate::Input;

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

/// Whose policies are simulated.
pub(crate) fn find<'p>(principals: &'p Principals, source: &str) -> Result<Identity<'p>, Error> {
    let (kind, _, name) = entity(source)?;
    principals.find(source).map_err(|_| {
        let kind = kind.name();
        Error::no_such_entity(format!("The {kind} with name {name} cannot be found."))
    })
}

/// The simulated caller, and whether anything but the account is known of it.
///
/// Source: IAM API Reference, `SimulatePrincipalPolicy`, `CallerArn`.
pub(crate) fn who<'s>(caller: &Caller<'s>, input: &Input<'s>) -> Result<(Principal<'s>, bool), Error> {
    let nobody = |arn, account| Principal::User {
        arn,
        partition: "",
        account,
        name: "",
    };
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
pub(crate) fn owner(text: &str) -> Result<&str, Error> {
    match Principal::parse(text) {
        Ok(Principal::Root { account, .. }) => Ok(account),
        _ => Err(Error::invalid_input(format!(
            "Invalid Resource Owner: {text} is not the ARN of an account, such as arn:aws:iam::123456789012:root"
        ))),
    }
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
    let (arn, kind) = IamArn::parse(text).ok_or_else(unclear)?;
    let (kind, _, name) = EntityKind::of(kind).ok_or_else(unclear)?;
    Ok((kind, arn.account, name))
}
