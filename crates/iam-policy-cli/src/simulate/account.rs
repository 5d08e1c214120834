//! The policies of an account file that apply to a request.

use std::path::Path;
use std::sync::Arc;

use iam_policy_account::{EntityKind, Named, NotFound, Policy, Principals};
use iam_policy_compare::report::Side;
use iam_policy_core::Arn;
use iam_policy_document::{Diagnostic, StyledText};

use crate::input::principals;

/// What an account file contributes to a request.
#[derive(Default)]
pub(super) struct Account {
    pub(super) identity: Vec<Side>,
    pub(super) boundary: Option<Side>,
    pub(super) service_control: Vec<Vec<Side>>,
    pub(super) resource_control: Vec<Vec<Side>>,
    pub(super) resource_policy: Option<Side>,
    /// The condition keys that follow from the caller.
    pub(super) context: Vec<(String, Vec<String>)>,
}

impl Account {
    /// Reads an account file and selects what applies to a request.
    ///
    /// # Errors
    ///
    /// All messages about errors in the file, or that it does not contain the principal.
    pub(super) fn read(path: &Path, principal: &str, action: &str, resource: &str) -> Result<Self, StyledText> {
        let (file, principals) = principals(path)?;
        let (name, text): (Arc<str>, Arc<str>) = (file.name.into(), String::from_utf8_lossy(&file.bytes).into());
        let side = |policy: &Policy| Side::new(Arc::clone(&name), Arc::clone(&text), policy.in_file(text.as_bytes()));
        let levels = |levels: &[Vec<Named>]| {
            let level = |level: &Vec<Named>| level.iter().map(|named| side(&named.policy)).collect();
            levels.iter().map(level).collect()
        };
        let mut account = Self {
            service_control: levels(principals.service_control()),
            resource_control: levels(principals.resource_control()),
            resource_policy: resource_policy(&principals, action, resource).map(side),
            ..Self::default()
        };
        let identity = match principals.find(principal) {
            Ok(identity) => identity,
            // Principals without policies are evaluated with an empty set; anything else is reported as invalid.
            Err(NotFound::NoPolicies(_) | NotFound::NoPrincipal(_)) => return Ok(account),
            Err(missing) => {
                let problem = Diagnostic::error(format!("{missing} in `{name}`"));
                let problem = match missing.advice() {
                    Some(advice) => problem.help(advice),
                    None => problem,
                };
                return Err(problem.into());
            }
        };
        let entity = identity.entity;
        if let (Some(arn), None) = (&entity.boundary, identity.boundary) {
            let message = format!("`{name}` does not contain the permissions boundary `{arn}`");
            return Err(Diagnostic::error(message).into());
        }
        account.identity = identity.policies.iter().map(|policy| side(policy.policy)).collect();
        account.boundary = identity.boundary.map(|managed| side(&managed.policy));
        // The ARN of a session omits the path of its role.
        account.context = vec![("aws:PrincipalArn".to_owned(), vec![entity.arn.clone()])];
        let tags = entity.tags.iter();
        account
            .context
            .extend(tags.map(|(key, value)| (format!("aws:PrincipalTag/{key}"), vec![value.clone()])));
        Ok(account)
    }
}

/// The policy of a resource, of the bucket that contains an object, or the trust policy of a role to assume.
fn resource_policy<'p>(principals: &'p Principals, action: &str, resource: &str) -> Option<&'p Policy> {
    if let Some(policy) = principals.resource_policy(resource) {
        return Some(policy);
    }
    let arn = Arn::parse(resource).ok()?;
    match arn.service {
        "s3" => principals.resource_policy(resource.split_once('/')?.0),
        "iam" if action.to_ascii_lowercase().starts_with("sts:assumerole") => {
            let name = arn.resource.strip_prefix("role/")?.rsplit('/').next()?;
            let role = principals.named(EntityKind::Role, arn.account, name)?;
            role.trust.as_ref().filter(|_| role.arn == resource)
        }
        _ => None,
    }
}
