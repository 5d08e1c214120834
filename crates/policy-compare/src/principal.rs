//! The principals of requests, as far as the policies distinguish them.

use std::collections::BTreeSet;

use iam_policy_core::{Arn, IamArn};

use crate::terms::{List, Terms, Who};

/// A principal that can make requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Someone {
    pub(crate) name: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// The root user of an account.
    Root {
        account: String,
    },
    /// A user, a role or a session in an account. For a session, `role` is the name of its role.
    Iam {
        account: String,
        role: Option<String>,
    },
    Provider,
    Service,
}

/// An account that no policy names.
const STRANGER: &str = "999999999999";

impl Someone {
    /// The principal with this ARN; `None` if it does not identify one that can make requests.
    fn of_arn(arn: &str) -> Option<Self> {
        let (Arn { account, .. }, kind) = IamArn::parse(arn)?;
        let role = match kind {
            IamArn::User { .. } | IamArn::Role { .. } | IamArn::FederatedUser { .. } => None,
            IamArn::Session { role, .. } => Some(role.to_owned()),
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

    fn root(account: &str) -> Self {
        Self {
            name: IamArn::Root.in_account("aws", account).to_string(),
            kind: Kind::Root {
                account: account.to_owned(),
            },
        }
    }

    fn in_account(account: &str) -> Self {
        let user = IamArn::User {
            path: "/",
            name: "someone",
        };
        Self {
            name: user.in_account("aws", account).to_string(),
            kind: Kind::Iam {
                account: account.to_owned(),
                role: None,
            },
        }
    }

    /// Whether a statement with this list applies to this principal. In a statement that allows, a negated list never
    /// does.
    pub(crate) fn is_in(&self, list: &List<Who>, denies: bool) -> bool {
        if list.negated {
            denies && !self.is_exempt(&list.items)
        } else {
            list.items.iter().any(|who| self.is(who))
        }
    }

    /// Source: IAM User Guide, "AWS JSON policy elements: Principal".
    fn is(&self, who: &Who) -> bool {
        match (who, &self.kind) {
            (Who::Everyone, _) => true,
            (Who::Account(named), Kind::Iam { account, .. } | Kind::Root { account }) => named == account,
            (Who::Arn(arn), Kind::Iam { .. }) => *arn == self.name || self.is_session_of(arn),
            (Who::Service(name), Kind::Service) | (Who::Federated(name), Kind::Provider) => {
                name == "*" || *name == self.name
            }
            // Requests do not reveal the account behind a canonical user ID.
            _ => false,
        }
    }

    fn is_session_of(&self, arn: &str) -> bool {
        matches!(&self.kind, Kind::Iam { account, role: Some(role) } if is_role(arn, account, role))
    }

    /// Whether this principal is exempt: the list must contain the account, then the role, then the user or session.
    ///
    /// Source: IAM User Guide, "AWS JSON policy elements: `NotPrincipal`".
    fn is_exempt(&self, list: &[Who]) -> bool {
        if list.contains(&Who::Everyone) {
            return true;
        }
        let itself = || list.iter().any(|who| matches!(who, Who::Arn(arn) if *arn == self.name));
        match &self.kind {
            Kind::Root { account } => list.contains(&Who::Account(account.clone())),
            Kind::Iam { account, role } => {
                let roles = list
                    .iter()
                    .any(|who| matches!(who, Who::Arn(arn) if self.is_session_of(arn)));
                list.contains(&Who::Account(account.clone())) && itself() && (role.is_none() || roles)
            }
            Kind::Provider | Kind::Service => list.iter().any(|who| self.is(who)),
        }
    }
}

/// Whether the ARN identifies a role with this name. Role names are unique within an account, regardless of path.
fn is_role(arn: &str, account: &str, role: &str) -> bool {
    matches!(IamArn::parse(arn), Some((arn, IamArn::Role { name, .. })) if arn.account == account && name == role)
}

/// One principal of each kind that the policies distinguish, or only `None` if they name no principals.
pub(crate) fn someones(terms: &Terms) -> Vec<Option<Someone>> {
    if !terms.names_principals {
        return vec![None];
    }
    let named: BTreeSet<&Who> = terms.whos.iter().flat_map(|(_, list)| &list.items).collect();
    let mut list = Vec::new();
    for who in named {
        match who {
            Who::Everyone | Who::Canonical(_) => {}
            Who::Account(account) => list.extend([Someone::in_account(account), Someone::root(account)]),
            Who::Arn(arn) => {
                list.extend(Someone::of_arn(arn));
                list.extend(session_of(arn).and_then(|session| Someone::of_arn(&session)));
            }
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
    list.push(Someone::in_account(STRANGER));
    let mut seen = BTreeSet::new();
    list.retain(|someone| {
        let lists: Vec<(bool, bool)> = terms
            .whos
            .iter()
            .map(|(_, list)| (someone.is_in(list, false), someone.is_in(list, true)))
            .collect();
        seen.insert(lists)
    });
    list.into_iter().map(Some).collect()
}

/// A session of the role with this ARN.
fn session_of(arn: &str) -> Option<String> {
    let (arn, IamArn::Role { name: role, .. }) = IamArn::parse(arn)? else {
        return None;
    };
    let session = IamArn::Session {
        role,
        session: "session",
    };
    Some(session.in_account(arn.partition, arn.account).to_string())
}
