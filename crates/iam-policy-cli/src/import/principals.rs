//! The principals of a statement, by the lists of the language.

use iam_policy_core::principal::{SERVICE_DOMAIN, account, service_name};
use iam_policy_core::variable::shown;
use iam_policy_core::{Arn, IamArn, PrincipalKey, UniqueId};
use iam_policy_document::{Element, Statement, Value};

use super::document::Import;

/// The lists of principals of a statement: the key of each, and its elements.
type Lists<'d> = Vec<(&'static str, Vec<&'d str>)>;

const OTHERS: &str = "principals";
const NOT: &str = "not-principals";

impl Import {
    pub(super) fn principals<'d>(&mut self, statement: Statement<'d>) -> Lists<'d> {
        let mut lists = Vec::new();
        if let Some(member) = statement.element(Element::Principal) {
            self.element(member.value, None, &mut lists);
        }
        if let Some(member) = statement.element(Element::NotPrincipal) {
            self.element(member.value, Some(NOT), &mut lists);
        }
        lists
    }

    /// - `list`: the list for all principals; `None` for one by kind
    fn element<'d>(&mut self, value: Value<'d>, list: Option<&'static str>, lists: &mut Lists<'d>) {
        if value.as_str() == Some("*") {
            add(lists, list.unwrap_or(OTHERS), "*");
            return;
        }
        if !value.is_object() {
            self.lost(value.span(), "omitted: principals are an object, or `*`");
            return;
        }
        for member in value.members() {
            let Some(key) = PrincipalKey::from_name(member.key) else {
                self.lost(
                    member.key_span(),
                    &format!("`{}` is omitted: there are no such principals", member.key),
                );
                continue;
            };
            for value in member.value.one_or_many() {
                match value.as_str().map(|text| (text, list_of(key, text))) {
                    Some((text, Some(own))) => {
                        let list = list.unwrap_or(own);
                        let is_short = list == "services" && text.strip_suffix(SERVICE_DOMAIN).is_some_and(is_label);
                        let text = text.strip_suffix(SERVICE_DOMAIN).filter(|_| is_short).unwrap_or(text);
                        add(lists, list, text);
                    }
                    Some((text, None)) => {
                        self.lost(
                            value.span(),
                            &format!("specs do not accept the principal `{}`", shown(text)),
                        );
                    }
                    None => self.lost(value.span(), "omitted: it is not a string"),
                }
            }
        }
    }
}

/// Whether a spec can write a service principal without its domain.
fn is_label(service: &str) -> bool {
    !service.is_empty() && !service.contains('.')
}

fn add<'d>(lists: &mut Lists<'d>, key: &'static str, text: &'d str) {
    let position = lists.iter().position(|(own, _)| *own == key);
    let position = position.unwrap_or_else(|| {
        lists.push((key, Vec::new()));
        lists.len() - 1
    });
    if let Some((_, list)) = lists.get_mut(position)
        && !list.contains(&text)
    {
        list.push(text);
    }
}

/// The list that a principal belongs to, or `None` if specs do not have it under this key.
fn list_of(key: PrincipalKey, text: &str) -> Option<&'static str> {
    let arn = Arn::of_pattern(text).and_then(IamArn::of);
    match (key, arn) {
        (PrincipalKey::Aws, _) if text == "*" => Some(OTHERS),
        (PrincipalKey::Aws, _) if account(text).is_some() => Some("accounts"),
        (PrincipalKey::Aws, Some(IamArn::Role { .. } | IamArn::Session { .. })) => Some("roles"),
        (PrincipalKey::Aws, Some(IamArn::User { .. })) => Some("users"),
        (PrincipalKey::Aws, Some(IamArn::Root | IamArn::RootSession | IamArn::FederatedUser { .. })) => Some(OTHERS),
        (PrincipalKey::Aws, None) if UniqueId::of(text).is_some() => Some(OTHERS),
        (PrincipalKey::Service, _) if service_name(text).is_some() => Some("services"),
        (PrincipalKey::Federated, Some(IamArn::SamlProvider { .. })) => Some("saml"),
        // Some OIDC providers are known by their domains.
        (PrincipalKey::Federated, Some(IamArn::OidcProvider { .. }) | None) => Some("oidc"),
        (PrincipalKey::CanonicalUser, _) if text.len() == 64 => Some(OTHERS),
        _ => None,
    }
}
