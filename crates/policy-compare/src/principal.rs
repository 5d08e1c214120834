//! The principals that policies distinguish.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;

use iam_policy_core::{Arn, GlobalKey, IamArn, Principal, PrincipalKind};

use crate::glob::{Pattern, Reach, Token};
use crate::invariant::arn_tokens;
use crate::terms::{List, Terms, Who};

/// A principal that can make requests, or many that policies name in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Someone {
    /// An example.
    pub(crate) name: String,
    kind: Kind,
    pub(crate) of: PrincipalKind,
    /// The `aws:PrincipalArn` of the example; empty if it has none.
    pub(crate) arn: String,
    /// The patterns of which every `aws:PrincipalArn` matches one, and those of which it matches none.
    pub(crate) arns: Vec<Pattern>,
    pub(crate) not_arns: Rc<[Pattern]>,
    /// The account, if all are in the same one.
    account: Option<String>,
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
    Anonymous,
}

/// An account that no policy names.
const STRANGER: &str = "999999999999";

/// The account of the caller, if no policy names principals.
const OWN: &str = "123456789012";

impl Someone {
    /// The principal with this ARN; `None` if it does not identify one that can make requests.
    ///
    /// - `role`: the ARN of the role, for a session
    fn of_arn(text: &str, role: Option<&str>) -> Option<Self> {
        let (arn, kind) = IamArn::parse(text)?;
        let (of, of_role) = match kind {
            IamArn::User { .. } => (PrincipalKind::User, None),
            IamArn::Role { .. } => (PrincipalKind::Role, None),
            IamArn::FederatedUser { .. } => (PrincipalKind::FederatedUser, None),
            IamArn::Session { role, .. } => (PrincipalKind::Role, Some(role)),
            _ => return None,
        };
        let (own, arns) = match (of_role, role) {
            // The path of the role is not in the ARN of a session.
            (Some(name), None) => (
                IamArn::Role { path: "/", name }
                    .in_account(arn.partition, arn.account)
                    .to_string(),
                named_roles(arn, name),
            ),
            (_, role) => {
                let own = role.unwrap_or(text);
                (own.to_owned(), vec![Pattern::literal(own)])
            }
        };
        Some(Self {
            name: text.to_owned(),
            kind: Kind::Iam {
                account: arn.account.to_owned(),
                role: of_role.map(str::to_owned),
            },
            of,
            arn: own,
            arns,
            not_arns: Rc::default(),
            account: Some(arn.account.to_owned()),
        })
    }

    /// Any principal of a kind, except some.
    ///
    /// - `account`: the account of the example
    /// - `only`: whether all are in that account
    fn any(of: PrincipalKind, account: &str, only: bool, name: &str, not_arns: &Rc<[Pattern]>) -> Self {
        let (path, session) = ("/", "session");
        let (example, arn) = match of {
            PrincipalKind::Root => (IamArn::Root, IamArn::Root),
            PrincipalKind::Role => (IamArn::Session { role: name, session }, IamArn::Role { path, name }),
            PrincipalKind::FederatedUser => (IamArn::FederatedUser { name }, IamArn::FederatedUser { name }),
            _ => (IamArn::User { path, name }, IamArn::User { path, name }),
        };
        let whole = |arn: IamArn<'_>| arn.in_account("aws", account).to_string();
        let account_of_all = only.then_some(account);
        let some = [Token::One(Reach::Name), Token::Star(Reach::Name)];
        let path = [Token::Star(Reach::Everything), Token::Char('/')];
        let form = |service, resource, rest: &[Token]| {
            let tokens = arn_tokens(service, account_of_all, resource).into_iter();
            Pattern::new(tokens.chain(rest.iter().copied()), false)
        };
        let with_path = |resource| {
            vec![
                form("iam", resource, &some),
                form("iam", resource, &[&path[..], &some].concat()),
            ]
        };
        let arns = match of {
            PrincipalKind::Root => vec![form("iam", "root", &[])],
            PrincipalKind::Role => with_path("role/"),
            PrincipalKind::FederatedUser => vec![form("sts", "federated-user/", &some)],
            _ => with_path("user/"),
        };
        Self {
            name: whole(example),
            kind: if of == PrincipalKind::Root {
                Kind::Root {
                    account: account.to_owned(),
                }
            } else {
                Kind::Iam {
                    account: account.to_owned(),
                    role: (of == PrincipalKind::Role).then(|| name.to_owned()),
                }
            },
            of,
            arn: whole(arn),
            arns,
            not_arns: Rc::clone(not_arns),
            account: account_of_all.map(str::to_owned),
        }
    }

    /// One without an account.
    fn other(name: &str, kind: Kind, of: PrincipalKind) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            of,
            arn: String::new(),
            arns: Vec::new(),
            not_arns: Rc::default(),
            account: None,
        }
    }

    /// The value of a key that follows from the principal, if all principals have the same.
    pub(crate) fn value(&self, key: GlobalKey) -> Option<Cow<'_, str>> {
        if let Some(value) = key.constant(self.of) {
            return Some(Cow::Borrowed(value));
        }
        let is_one = match &*self.arns {
            [only] => only.only_word().is_some(),
            _ => false,
        };
        match key {
            GlobalKey::PrincipalServiceName if self.of == PrincipalKind::Service => Some(Cow::Borrowed(&self.name)),
            GlobalKey::PrincipalAccount => self.account.as_deref().map(Cow::Borrowed),
            _ if is_one => value_of(&self.arn, key),
            _ => None,
        }
    }

    /// The name of the principal with this `aws:PrincipalArn`.
    pub(crate) fn named(&self, arn: &str) -> String {
        if arn == self.arn {
            return self.name.clone();
        }
        match (IamArn::parse(arn), &self.kind) {
            (Some((whole, IamArn::Role { name, .. })), Kind::Iam { role: Some(_), .. }) => {
                let session = match IamArn::parse(&self.name) {
                    Some((_, IamArn::Session { session, .. })) => session,
                    _ => "session",
                };
                IamArn::Session { role: name, session }
                    .in_account(whole.partition, whole.account)
                    .to_string()
            }
            _ => arn.to_owned(),
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
            Kind::Anonymous => false,
        }
    }
}

/// Whether the ARN identifies a role with this name. Role names are unique within an account, regardless of path.
fn is_role(arn: &str, account: &str, role: &str) -> bool {
    matches!(IamArn::parse(arn), Some((arn, IamArn::Role { name, .. })) if arn.account == account && name == role)
}

/// The `aws:PrincipalArn` of sessions of a role whose path is unknown.
fn named_roles(arn: Arn<'_>, role: &str) -> Vec<Pattern> {
    let start = |path: &str| format!("arn:{}:iam::{}:role/{path}", arn.partition, arn.account);
    let with_path = start("")
        .chars()
        .map(Token::Char)
        .chain([Token::Star(Reach::Everything)])
        .chain(['/'].map(Token::Char))
        .chain(role.chars().map(Token::Char))
        .collect::<Vec<_>>();
    vec![Pattern::literal(&start(role)), Pattern::new(with_path, false)]
}

/// The value of a key in a request by the principal with this `aws:PrincipalArn`.
pub(crate) fn value_of(arn: &str, key: GlobalKey) -> Option<Cow<'_, str>> {
    let principal = Principal::parse(arn).ok()?;
    match (key, principal) {
        (GlobalKey::PrincipalArn, _) => Some(Cow::Borrowed(arn)),
        (GlobalKey::UserId, Principal::FederatedUser { account, name, .. }) => {
            Some(Cow::Owned(format!("{account}:{name}")))
        }
        _ => key.value(&principal).map(Cow::Borrowed),
    }
}

/// The principals that the policies distinguish, or only `None` if they distinguish none.
pub(crate) fn someones(terms: &Terms) -> Vec<Option<Someone>> {
    let kinds = terms.kinds();
    if !terms.names_principals {
        if kinds.is_empty() {
            return vec![None];
        }
        let name = |of| match of {
            PrincipalKind::Role => "app",
            _ => "ann",
        };
        let any = kinds
            .iter()
            .map(|of| Some(Someone::any(*of, OWN, false, name(*of), &Rc::default())));
        return any.collect();
    }
    let named: BTreeSet<&Who> = terms.whos.iter().flat_map(|(_, list)| &list.items).collect();
    let by_keys = !kinds.is_empty();
    let kinds: Vec<PrincipalKind> = kinds
        .iter()
        .copied()
        .chain([PrincipalKind::User])
        .take(kinds.len().max(1))
        .filter(|of| *of != PrincipalKind::Root)
        .collect();
    let mut arns: Vec<Pattern> = Vec::new();
    let mut accounts: Vec<Pattern> = Vec::new();
    for who in &named {
        match who {
            Who::Arn(text) => match IamArn::parse(text) {
                Some((arn, IamArn::Role { name, .. })) => arns.extend(named_roles(arn, name)),
                Some(_) => arns.push(Pattern::literal(text)),
                None => {}
            },
            Who::Account(account) => {
                let some = [Token::One(Reach::Name), Token::Star(Reach::Name)];
                let tokens = "arn:".chars().map(Token::Char).chain(some).chain([Token::Char(':')]);
                let tokens = tokens.chain(some).chain("::".chars().map(Token::Char));
                let tokens = tokens.chain(account.chars().map(Token::Char)).chain([Token::Char(':')]);
                accounts.push(Pattern::new(tokens.chain([Token::Star(Reach::Everything)]), false));
            }
            _ => {}
        }
    }
    let strange: Rc<[Pattern]> = arns.iter().chain(&accounts).cloned().collect();
    let (arns, accounts) = (Rc::<[Pattern]>::from(arns), Rc::<[Pattern]>::from(accounts));
    let none = Rc::default();
    let mut list = Vec::new();
    let mut others = Vec::new();
    for who in named {
        match who {
            Who::Everyone | Who::Canonical(_) => {}
            Who::Account(account) => {
                let in_account = kinds.iter();
                list.extend(in_account.map(|of| Someone::any(*of, account, true, "someone", &arns)));
                list.push(Someone::any(PrincipalKind::Root, account, true, "root", &none));
            }
            Who::Arn(arn) => {
                list.extend(Someone::of_arn(arn, None));
                let session = session_of(arn);
                list.extend(session.and_then(|session| Someone::of_arn(&session, Some(arn))));
            }
            Who::Service(name) => {
                let name = if name == "*" { "service.amazonaws.com" } else { name };
                others.push(Someone::other(name, Kind::Service, PrincipalKind::Service));
            }
            Who::Federated(name) => {
                let name = if name == "*" { "accounts.google.com" } else { name };
                others.push(Someone::other(name, Kind::Provider, PrincipalKind::Provider));
            }
        }
    }
    let strangers = kinds.iter();
    list.extend(strangers.map(|of| Someone::any(*of, STRANGER, false, "someone", &strange)));
    if by_keys {
        list.push(Someone::any(PrincipalKind::Root, STRANGER, false, "root", &accounts));
        others.push(Someone::other(
            "service.amazonaws.com",
            Kind::Service,
            PrincipalKind::Service,
        ));
        others.push(Someone::other("*", Kind::Anonymous, PrincipalKind::Anonymous));
    }
    // Those with an account first: what others have in their requests, they may have too.
    list.append(&mut others);
    let mut seen = BTreeSet::new();
    let size: usize = terms.whos.iter().map(|(_, list)| 2 * list.items.len() + 1).sum();
    list.retain(|someone| {
        if !terms.work.spend(2 * size) {
            return false;
        }
        let lists: Vec<(bool, bool)> = terms
            .whos
            .iter()
            .map(|(_, list)| (someone.is_in(list, false), someone.is_in(list, true)))
            .collect();
        let name = if by_keys { someone.name.clone() } else { String::new() };
        seen.insert((name, lists))
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
