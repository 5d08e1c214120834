//! `GetCallerIdentity`, `GetRole` and `GetUser`.

use iam_policy_account::Entity;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::caller::Caller;
use crate::error::Error;
use crate::id::id;
use crate::query::{Query, Validation};
use crate::xml::Xml;

/// The characters that AWS does not encode in policy documents.
///
/// Source: IAM API Reference, `GetRole`: documents "are URL-encoded compliant with RFC 3986".
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The creation date of entities for which the file has none.
const NEVER_SAID: &str = "1970-01-01T00:00:00Z";

/// The default maximum duration of a role's sessions in seconds. The file does not contain it.
///
/// Source: IAM API Reference, `CreateRole`, `MaxSessionDuration`.
const MAX_SESSION_DURATION: u32 = 3600;

pub(crate) fn caller_identity(caller: &Caller<'_>, xml: &mut Xml) {
    xml.text("Arn", caller.arn);
    xml.text("UserId", caller.user_id());
    xml.text("Account", caller.account);
}

/// The name of the requested role.
pub(crate) fn role_name(query: &Query) -> Result<&str, Error> {
    let mut validation = Validation::default();
    let name = validation.required("roleName", query.get("RoleName"));
    if !name.is_empty() {
        validation.length("roleName", name, 1, 64);
        check_name(&mut validation, "roleName", name);
    }
    validation.finish()?;
    Ok(name)
}

/// The name of the requested user; the caller by default.
pub(crate) fn user_name<'n>(query: &'n Query, caller: &Caller<'n>) -> Result<&'n str, Error> {
    let Some(name) = query.get("UserName") else {
        let iam_policy_eval::Principal::User { name, .. } = caller.principal else {
            return Err(Error::validation(
                "Must specify userName when calling with non-User credentials",
            ));
        };
        return Ok(name);
    };
    let mut validation = Validation::default();
    validation.length("userName", name, 1, 128);
    check_name(&mut validation, "userName", name);
    validation.finish()?;
    Ok(name)
}

/// Source: IAM API Reference, `GetRole`, `RoleName`.
fn check_name(validation: &mut Validation, what: &str, name: &str) {
    let is_right = |character: char| character.is_ascii_alphanumeric() || "_+=,.@-".contains(character);
    if !name.chars().all(is_right) {
        let constraint = "The specified value is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-";
        validation.wrong(what, name, constraint);
    }
}

pub(crate) fn role(role: &Entity, xml: &mut Xml) {
    xml.element("Role", |xml| {
        xml.text("Path", &role.path);
        xml.text("RoleName", &role.name);
        xml.text("RoleId", id(role));
        xml.text("Arn", &role.arn);
        xml.text("CreateDate", created(role));
        if let Some(trust) = &role.trust {
            xml.text("AssumeRolePolicyDocument", utf8_percent_encode(trust.text(), ENCODED));
        }
        xml.text("MaxSessionDuration", MAX_SESSION_DURATION);
        boundary(role, xml);
        tags(role, xml);
        xml.element("RoleLastUsed", |_| {});
    });
}

pub(crate) fn user(user: &Entity, xml: &mut Xml) {
    xml.element("User", |xml| {
        xml.text("Path", &user.path);
        xml.text("UserName", &user.name);
        xml.text("UserId", id(user));
        xml.text("Arn", &user.arn);
        xml.text("CreateDate", created(user));
        boundary(user, xml);
        tags(user, xml);
    });
}

/// The root user has neither a name nor a path.
pub(crate) fn root_user(caller: &Caller<'_>, xml: &mut Xml) {
    xml.element("User", |xml| {
        xml.text("UserId", caller.user_id());
        xml.text("Arn", caller.arn);
        xml.text("CreateDate", NEVER_SAID);
    });
}

fn tags(entity: &Entity, xml: &mut Xml) {
    if entity.tags.is_empty() {
        return;
    }
    xml.element("Tags", |xml| {
        for (key, value) in &entity.tags {
            xml.element("member", |xml| {
                xml.text("Key", key);
                xml.text("Value", value);
            });
        }
    });
}

fn boundary(entity: &Entity, xml: &mut Xml) {
    if let Some(arn) = &entity.boundary {
        xml.element("PermissionsBoundary", |xml| {
            xml.text("PermissionsBoundaryType", "Policy");
            xml.text("PermissionsBoundaryArn", arn);
        });
    }
}

fn created(entity: &Entity) -> String {
    let created = entity.created.as_deref().unwrap_or(NEVER_SAID);
    // The format of the API. The command line prints an offset instead.
    match created.strip_suffix("+00:00") {
        Some(time) => format!("{time}Z"),
        None => created.to_owned(),
    }
}
