//! Principals, and the actions that they need to assume a role.

use std::ops::Range;

use iam_policy_core::principal::{SERVICE_DOMAIN, is_provider_domain, service_name};
use iam_policy_core::{Arn, IamArn, PrincipalKey};

use super::fields::{Fields, Reader};
use super::{Empty, template};
use crate::model::{Action, Principal, PrincipalList, Spanned};

impl Reader<'_> {
    /// The principals of a statement: those that it applies to, and those that it does not apply to.
    pub(super) fn principals(&mut self, fields: &Fields<'_, '_>) -> (Vec<Principal>, Vec<Principal>) {
        let mut lists = Vec::new();
        for list in PrincipalList::ALL {
            if let Some(place) = fields.position(list.key()) {
                lists.push((place, list));
            }
        }
        lists.sort_unstable_by_key(|(place, _)| *place);
        let (mut principals, mut not) = (Vec::new(), Vec::new());
        for (_, list) in lists {
            let to = if list == PrincipalList::Not {
                &mut not
            } else {
                &mut principals
            };
            to.extend(self.principal_list(fields, list));
        }
        (grouped(principals), grouped(not))
    }

    pub(super) fn principal_list(&mut self, fields: &Fields<'_, '_>, list: PrincipalList) -> Vec<Principal> {
        let mut principals = Vec::new();
        for (index, element) in fields.elements(list.key()).iter().enumerate() {
            let what = format!("an element of `{}`", list.key());
            let Some(mut name) = self.text(element, &what, Empty::Refused) else {
                continue;
            };
            if list == PrincipalList::Services && !name.value.contains('.') && name.value != "*" {
                name.value.push_str(SERVICE_DOMAIN);
            }
            principals.push(Principal {
                list,
                index,
                key: key(list, &name.value),
                name: template(name),
            });
        }
        principals
    }
}

/// Brings principals with the same key together, in the order of their first ones.
fn grouped(principals: Vec<Principal>) -> Vec<Principal> {
    let mut keys: Vec<PrincipalKey> = Vec::new();
    for principal in &principals {
        if !keys.contains(&principal.key) {
            keys.push(principal.key);
        }
    }
    let mut grouped = principals;
    grouped.sort_by_key(|principal| keys.iter().position(|key| *key == principal.key));
    grouped
}

/// The key of JSON for a principal. For those of lists that take all kinds, their form decides.
fn key(list: PrincipalList, name: &str) -> PrincipalKey {
    match list {
        PrincipalList::Services => PrincipalKey::Service,
        PrincipalList::Accounts | PrincipalList::Roles | PrincipalList::Users => PrincipalKey::Aws,
        PrincipalList::Oidc | PrincipalList::Saml => PrincipalKey::Federated,
        PrincipalList::Others | PrincipalList::Not => key_of_form(name),
    }
}

fn key_of_form(name: &str) -> PrincipalKey {
    if provider(name).is_some() {
        PrincipalKey::Federated
    } else if service_name(name).is_some() {
        PrincipalKey::Service
    } else if is_canonical_user(name) {
        PrincipalKey::CanonicalUser
    } else {
        PrincipalKey::Aws
    }
}

/// Whether a text has the form of a canonical user ID, which only S3 uses.
fn is_canonical_user(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Provider {
    Oidc,
    Saml,
}

/// The kind of identity provider that a text names by its form.
fn provider(name: &str) -> Option<Provider> {
    if is_provider_domain(name) {
        return Some(Provider::Oidc);
    }
    match IamArn::of(Arn::of_pattern(name)?)? {
        IamArn::OidcProvider { .. } => Some(Provider::Oidc),
        IamArn::SamlProvider { .. } => Some(Provider::Saml),
        _ => None,
    }
}

/// The actions that principals need to assume a role.
///
/// Sources: IAM User Guide, "Roles terms and concepts"; Amazon EKS User Guide, "Create IAM role with trust policy required
/// by EKS Pod Identity"; IAM Roles Anywhere User Guide, "Trust model".
///
/// - `place`: the location of the actions
pub(super) fn needed_actions(principals: &[Principal], place: &Range<usize>) -> Vec<Action> {
    let mut names: Vec<&str> = Vec::new();
    for principal in principals {
        let name = &principal.name.source.value;
        let is_saml = principal.list == PrincipalList::Saml || provider(name) == Some(Provider::Saml);
        let needed: &[&str] = match (principal.key, service_name(name)) {
            (PrincipalKey::Federated, _) if is_saml => &["sts:AssumeRoleWithSAML"],
            (PrincipalKey::Federated, _) => &["sts:AssumeRoleWithWebIdentity"],
            (PrincipalKey::Service, Some("pods.eks")) => &["sts:AssumeRole", "sts:TagSession"],
            (PrincipalKey::Service, Some("rolesanywhere")) => {
                &["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
            }
            _ => &["sts:AssumeRole"],
        };
        for name in needed {
            if !names.contains(name) {
                names.push(name);
            }
        }
    }
    let mut actions = Vec::new();
    for name in names {
        actions.push(Action {
            pattern: Spanned {
                value: name.to_owned(),
                span: place.clone(),
            },
            access: String::new(),
            reference: String::new(),
            reason: None,
            without: None,
            waivers: Vec::new(),
        });
    }
    actions
}
