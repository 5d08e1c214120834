//! Who may make a request, as far as the policies can tell people apart.

use std::collections::BTreeSet;

use crate::terms::{List, Terms, Who};

/// Somebody who can make a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Someone {
    pub(crate) name: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// A user, a role, or a session, in an account; of a session the role's name.
    Iam {
        account: String,
        role: Option<String>,
    },
    Provider,
    Service,
}

/// The account of those whom no policy names.
const STRANGERS: &str = "999999999999";

impl Someone {
    /// The principal of that ARN; `None` if it is nobody who makes requests.
    fn of_arn(arn: &str) -> Option<Self> {
        let mut segments = arn.splitn(6, ':');
        let (Some("arn"), Some(_), Some(service), Some(_), Some(account), Some(resource)) = (
            segments.next(),
            segments.next(),
            segments.next(),
            segments.next(),
            segments.next(),
            segments.next(),
        ) else {
            return None;
        };
        let (kind, name) = resource.split_once('/')?;
        let role = match (service, kind) {
            ("iam", "user" | "role") | ("sts", "federated-user") if !name.is_empty() => None,
            ("sts", "assumed-role") => Some(name.split_once('/')?.0.to_owned()),
            _ => return None,
        };
        Some(Self {
            name: arn.to_owned(),
            kind: Kind::Iam {
                account: account.to_owned(),
                role,
            },
        })
    }

    fn in_account(account: &str) -> Self {
        Self {
            name: format!("arn:aws:iam::{account}:user/someone"),
            kind: Kind::Iam {
                account: account.to_owned(),
                role: None,
            },
        }
    }

    /// Whether the list is about this one.
    pub(crate) fn is_in(&self, list: &List<Who>) -> bool {
        list.items.iter().any(|who| self.is(who)) != list.negated
    }

    /// Source: IAM User Guide, "AWS JSON policy elements: Principal".
    fn is(&self, who: &Who) -> bool {
        match (who, &self.kind) {
            (Who::Everyone, _) => true,
            (Who::Account(named), Kind::Iam { account, .. }) => named == account,
            (Who::Arn(arn), Kind::Iam { account, role }) => {
                *arn == self.name || role.as_ref().is_some_and(|role| is_role(arn, account, role))
            }
            (Who::Service(name), Kind::Service) | (Who::Federated(name), Kind::Provider) => {
                name == "*" || *name == self.name
            }
            // Which account has a canonical name no request tells.
            _ => false,
        }
    }
}

/// Whether the ARN is that of a role of this name. Names of roles are unique in an account whatever their paths are.
fn is_role(arn: &str, account: &str, role: &str) -> bool {
    let Some((front, path)) = arn.split_once(":role/") else {
        return false;
    };
    front.ends_with(account) && path.rsplit('/').next() == Some(role)
}

/// One of each kind of principal that the policies tell apart; nobody in particular if they name none.
pub(crate) fn someones(terms: &Terms) -> Vec<Option<Someone>> {
    if terms.whos.len() == 0 {
        return vec![None];
    }
    let named: BTreeSet<&Who> = terms.whos.iter().flat_map(|(_, list)| &list.items).collect();
    let mut list = Vec::new();
    for who in named {
        match who {
            Who::Everyone | Who::Canonical(_) => {}
            Who::Account(account) => list.push(Someone::in_account(account)),
            Who::Arn(arn) => list.extend(Someone::of_arn(arn)),
            Who::Service(name) => list.push(Someone {
                name: if name == "*" {
                    "service.amazonaws.com".to_owned()
                } else {
                    name.clone()
                },
                kind: Kind::Service,
            }),
            Who::Federated(name) => list.push(Someone {
                name: if name == "*" {
                    "accounts.google.com".to_owned()
                } else {
                    name.clone()
                },
                kind: Kind::Provider,
            }),
        }
    }
    list.push(Someone::in_account(STRANGERS));
    let mut seen = BTreeSet::new();
    list.retain(|someone| {
        let lists: Vec<bool> = terms.whos.iter().map(|(_, list)| someone.is_in(list)).collect();
        seen.insert(lists)
    });
    list.into_iter().map(Some).collect()
}
