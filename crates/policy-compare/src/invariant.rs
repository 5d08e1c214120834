//! What is true of every request: which keys it has, and which values follow from the caller, the service and the
//! resource.
//!
//! Source: IAM User Guide, "AWS global condition context keys".

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use iam_policy_catalog::{ResourceTag, Service};
use iam_policy_core::variable::UnknownKind;
use iam_policy_core::{GlobalKey, Presence, PrincipalKind};

use iam_policy_document::name_of_key;

use crate::glob::{Pattern, Reach, Token};
use crate::principal::Someone;
use crate::terms::{Fact, Terms, Test};
use crate::theory::Atom;

/// The circumstances that all requests of a question share.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Setting<'a> {
    /// `None` is any principal; then the policies do not distinguish principals.
    pub(crate) caller: Option<&'a Someone>,
    /// The service of the actions, if tags of resources have two names in the policies.
    pub(crate) service: Option<Service>,
}

/// What a fact means in a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// It is always true, or always false.
    Constant(bool),
    /// It is equivalent to another fact, or to its negation.
    Other(Fact, bool),
    Itself,
}

/// Relations between terms that hold in every request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Invariants {
    /// For a test of a key that is part of the caller's ARN: the equivalent test of the ARN.
    arn_tests: HashMap<(usize, usize), Fact>,
    /// At least one atom of each is as stated.
    pub(crate) links: Vec<Link>,
    /// The bodies whose meaning depends on the kind of the caller.
    of_caller: BTreeSet<usize>,
    /// The bodies with tags of resources that have two names.
    pub(crate) of_tags: BTreeSet<usize>,
    /// The keys for tags of resources, if a tag has two names.
    tags: Vec<usize>,
}

/// A clause that relates keys.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    /// It only matters if a question is about all of these.
    pub(crate) keys: Vec<usize>,
    pub(crate) atoms: Vec<(Atom, bool)>,
    /// Whether it is only true of callers that are no services.
    pub(crate) not_of_services: bool,
}

/// The keys that depend on who the caller is.
const fn is_of_caller(key: GlobalKey) -> bool {
    key.is_of_principal()
        || matches!(
            key,
            GlobalKey::PrincipalServiceNamesList | GlobalKey::FederatedProvider | GlobalKey::SourceIdentity
        )
}

impl Terms {
    /// Finds the relations between the terms of both policies.
    pub(crate) fn relate(&mut self) {
        let mut facts: BTreeSet<(usize, usize)> = BTreeSet::new();
        let mut invariants = Invariants::default();
        let tags: Vec<usize> = (0..self.keys.len())
            .filter(|key| ResourceTag::of(self.key_name(*key)).is_some())
            .collect();
        if tags.len() > 1 {
            invariants.tags = tags;
        }
        for (number, body) in self.bodies.iter() {
            let mut keys: BTreeSet<usize> = BTreeSet::new();
            let mut patterns: BTreeSet<usize> = body.resource.iter().flat_map(|list| &list.items).copied().collect();
            for (fact, _) in body.conditions.iter().flatten() {
                keys.insert(fact.key());
                if let Fact::Some { key, test, .. } = fact {
                    facts.insert((*key, *test));
                    if let Some(Test::Text(of_test)) = self.tests.get(*test) {
                        patterns.extend(of_test);
                    }
                }
            }
            keys.extend(patterns.iter().flat_map(|pattern| self.needed_keys(*pattern)));
            let globals = || keys.iter().filter_map(|key| self.keys.get(*key)?.global);
            if globals().any(is_of_caller) {
                invariants.of_caller.insert(number);
            }
            if keys.iter().any(|key| invariants.tags.contains(key)) {
                invariants.of_tags.insert(number);
            }
        }
        for (key, test) in facts {
            self.work.spend(self.test_size(test));
            if self.work.is_spent() {
                break;
            }
            let global = self.keys.get(key).and_then(|key| key.global);
            match global {
                Some(GlobalKey::UserName | GlobalKey::PrincipalAccount) => {
                    if let Some(patterns) = self.in_arn(test, global == Some(GlobalKey::UserName)) {
                        let arn = self.key_of(GlobalKey::PrincipalArn);
                        let numbers: BTreeSet<usize> = patterns
                            .into_iter()
                            .map(|pattern| self.patterns.number(pattern))
                            .collect();
                        let of_arn = self.tests.number(Test::Text(numbers.into_iter().collect()));
                        let fact = Fact::Some {
                            key: arn,
                            test: of_arn,
                            holds: true,
                        };
                        invariants.arn_tests.insert((key, test), fact);
                    }
                }
                Some(GlobalKey::ResourceAccount) => self.account_of_resource(key, test, &mut invariants.links),
                _ => {}
            }
        }
        self.network(&mut invariants.links);
        self.invariants = invariants;
        let open = self.patterns.iter().filter(|(_, pattern)| pattern.has_variables());
        self.open = open.map(|(number, _)| number).collect();
    }

    /// Patterns of ARNs equivalent to a test of the caller's name or account. `None` if the test has variables.
    fn in_arn(&self, test: usize, is_name: bool) -> Option<Vec<Pattern>> {
        let patterns = self.plain_patterns(test)?;
        Some(
            patterns
                .into_iter()
                .flat_map(|pattern| arns_with(pattern, is_name))
                .collect(),
        )
    }

    /// The patterns of the ARNs of callers with this name or account; `None` if the key is neither.
    pub(crate) fn arns_with(&self, key: usize, value: &str) -> Option<Vec<Pattern>> {
        match self.keys.get(key)?.global? {
            GlobalKey::UserName => Some(arns_with(&Pattern::literal(value), true)),
            GlobalKey::PrincipalAccount => Some(arns_with(&Pattern::literal(value), false)),
            _ => None,
        }
    }

    /// The number of `aws:PrincipalArn`, if it matters.
    pub(crate) fn arn_key(&self) -> Option<usize> {
        self.position(GlobalKey::PrincipalArn)
    }

    /// The number of a global key, if the policies have it.
    pub(crate) fn position(&self, global: GlobalKey) -> Option<usize> {
        self.number_if_known(global.name())
    }

    /// The patterns of a test of text; `None` if it is another one, or some pattern has variables.
    fn plain_patterns(&self, test: usize) -> Option<Vec<&Pattern>> {
        match self.tests.get(test)? {
            Test::Text(patterns) => patterns
                .iter()
                .map(|pattern| self.patterns.get(*pattern).filter(|pattern| !pattern.has_variables()))
                .collect(),
            _ => None,
        }
    }

    /// The account of a resource is the one in its ARN, if there is one.
    fn account_of_resource(&mut self, key: usize, test: usize, links: &mut Vec<Link>) {
        let Some(patterns) = self.plain_patterns(test) else {
            return;
        };
        let rest = [Token::Char(':'), Token::Star(Reach::Everything)];
        let segment = [Token::Star(Reach::Segment), Token::Char(':')];
        let before: Vec<Token> = chars("arn:").chain(segment).chain(segment).chain(segment).collect();
        let digits = [Token::One(Reach::Digit); ACCOUNT];
        let of = |account: &[Token], fold: bool| {
            let tokens = before.iter().chain(account).chain(&rest).copied();
            Pattern::new(tokens, fold)
        };
        let has_account = of(&digits, false);
        let matching: Vec<Pattern> = patterns
            .iter()
            .filter_map(|pattern| Some(of(&within(pattern, Reach::Segment)?, pattern.fold())))
            .collect();
        let has_account = Atom::Resource(self.patterns.number(has_account));
        let matching: Vec<Atom> = matching
            .into_iter()
            .map(|pattern| Atom::Resource(self.patterns.number(pattern)))
            .collect();
        let holds = Atom::Fact(Fact::Some { key, test, holds: true });
        let link = |atoms| Link {
            keys: vec![key],
            atoms,
            not_of_services: false,
        };
        let so = |atoms: &[Atom]| atoms.iter().map(|atom| (*atom, true)).collect::<Vec<_>>();
        links.push(link(
            [vec![(holds, false), (has_account, false)], so(&matching)].concat(),
        ));
        for atom in matching {
            let absent = Atom::Fact(Fact::Absent { key });
            links.push(link(vec![
                (holds, true),
                (absent, true),
                (has_account, false),
                (atom, false),
            ]));
        }
    }

    /// Where a request comes from, and how its caller was authenticated.
    fn network(&mut self, links: &mut Vec<Link>) {
        let absent = |key| Atom::Fact(Fact::Absent { key });
        let address = self.position(GlobalKey::SourceIp);
        let of_endpoint = [GlobalKey::SourceVpce, GlobalKey::SourceVpc, GlobalKey::VpcSourceIp];
        let of_endpoint: Vec<usize> = of_endpoint.into_iter().filter_map(|key| self.position(key)).collect();
        if let Some(address) = address {
            for key in &of_endpoint {
                links.push(Link {
                    keys: vec![address, *key],
                    atoms: vec![(absent(address), true), (absent(*key), true)],
                    not_of_services: false,
                });
            }
        }
        let mut is_true = |global| {
            let key = self.position(global)?;
            let test = self.tests.number(Test::Bool(vec![true]));
            Some((key, Atom::Fact(Fact::Some { key, test, holds: true })))
        };
        if let (Some(address), Some((via, is_via)), false) =
            (address, is_true(GlobalKey::ViaAwsService), of_endpoint.is_empty())
        {
            let mut atoms = vec![(absent(address), false), (is_via, true)];
            atoms.extend(of_endpoint.iter().map(|key| (absent(*key), false)));
            let mut keys = vec![address, via];
            keys.extend(&of_endpoint);
            links.push(Link {
                keys,
                atoms,
                not_of_services: true,
            });
        }
        let present = is_true(GlobalKey::MultiFactorAuthPresent);
        if let (Some(age), Some((present, is_present))) = (self.position(GlobalKey::MultiFactorAuthAge), present) {
            links.push(Link {
                keys: vec![age, present],
                atoms: vec![(absent(age), true), (is_present, true)],
                not_of_services: false,
            });
        }
    }

    /// The kinds of principals with an account that the policies distinguish by keys; none if they distinguish no
    /// principals by keys.
    pub(crate) fn kinds(&self) -> &'static [PrincipalKind] {
        use PrincipalKind::{FederatedUser, Role, Root, User};
        let mentioned = self.keys.iter().filter(|key| key.mentioned);
        let of_each = mentioned.filter_map(|key| {
            Some(match key.global.filter(|key| is_of_caller(*key))? {
                GlobalKey::PrincipalArn | GlobalKey::PrincipalType | GlobalKey::UserId => {
                    &[User, Role, FederatedUser, Root][..]
                }
                GlobalKey::UserName | GlobalKey::FederatedProvider | GlobalKey::SourceIdentity => &[User, Role],
                _ => &[User],
            })
        });
        of_each.max_by_key(|kinds| kinds.len()).unwrap_or_default()
    }

    /// Whether the meaning of the statements with this body depends on the kind of the caller.
    pub(crate) fn depends_on_caller(&self, body: usize) -> bool {
        self.invariants.of_caller.contains(&body)
    }

    /// The key that represents all keys with the same values in requests to this service.
    pub(crate) fn same(&self, key: usize, service: Option<Service>) -> usize {
        let tags = &self.invariants.tags;
        let (Some(service), true) = (service, tags.contains(&key)) else {
            return key;
        };
        let Some(tag) = ResourceTag::of(self.key_name(key)) else {
            return key;
        };
        if !self.work.spend(tags.len()) {
            return key;
        }
        let is_same = |other: &&usize| {
            **other == key || ResourceTag::of(self.key_name(**other)).is_some_and(|other| tag.is_same(other, service))
        };
        tags.iter().find(is_same).copied().unwrap_or(key)
    }

    /// Whether two keys of the policies are the same in requests to this service.
    pub(crate) fn has_same(&self, service: Service) -> bool {
        let tags = &self.invariants.tags;
        tags.iter().any(|key| self.same(*key, Some(service)) != *key)
    }

    /// Whether requests have a value for the key.
    pub(crate) fn presence(&self, key: usize, setting: Setting<'_>) -> Presence {
        let Some(key) = self.keys.get(key) else {
            return Presence::Sometimes;
        };
        match (key.global, setting.caller) {
            _ if !key.exists => Presence::Never,
            // An unknown part of a policy has one value, whatever the request is.
            _ if name_of_key(&key.name).is_some() => Presence::Always,
            (None, _) => Presence::Sometimes,
            (Some(global), Some(caller)) => global.presence(caller.of),
            (Some(global), None) => {
                let is_always = |kind: &PrincipalKind| global.presence(*kind) == Presence::Always;
                if PrincipalKind::ALL.iter().all(is_always) {
                    Presence::Always
                } else {
                    Presence::Sometimes
                }
            }
        }
    }

    /// The only value that the key can have.
    pub(crate) fn known<'a>(&self, key: usize, setting: Setting<'a>) -> Option<Cow<'a, str>> {
        let caller = setting.caller?;
        caller.value(self.keys.get(key)?.global?)
    }

    /// What a fact means in a setting.
    pub(crate) fn meaning(&self, fact: Fact, setting: Setting<'_>) -> Meaning {
        let key = fact.key();
        let same = self.same(key, setting.service);
        if same != key {
            return Meaning::Other(fact.about(same), true);
        }
        let Fact::Some { test, holds, .. } = fact else {
            return match self.presence(key, setting) {
                Presence::Always => Meaning::Constant(false),
                Presence::Never => Meaning::Constant(true),
                Presence::Sometimes => Meaning::Itself,
            };
        };
        if self.presence(key, setting) == Presence::Never {
            return Meaning::Constant(false);
        }
        if let Some(value) = self.known(key, setting)
            && let Some(found) = self.plainly_holds(test, &value)
        {
            return Meaning::Constant(found == holds);
        }
        match self.invariants.arn_tests.get(&(key, test)) {
            Some(of_arn) if setting.caller.is_some_and(|caller| caller.of.has_account()) => {
                Meaning::Other(*of_arn, holds)
            }
            _ => Meaning::Itself,
        }
    }

    /// Whether a test holds for a value; `None` if it has variables.
    fn plainly_holds(&self, test: usize, value: &str) -> Option<bool> {
        match self.tests.get(test)? {
            Test::Text(_) => {
                let patterns = self.plain_patterns(test)?;
                Some(patterns.iter().any(|pattern| pattern.matches(value, &self.work)))
            }
            other => {
                self.work.spend(self.test_size(test));
                Some(other.holds_of(value))
            }
        }
    }

    /// Whether a request may have this value for the key, or none.
    pub(crate) fn is_possible(&self, key: usize, value: Option<&str>, setting: Setting<'_>) -> bool {
        let Some(value) = value else {
            return self.presence(key, setting) != Presence::Always;
        };
        if self.presence(key, setting) == Presence::Never || value.is_empty() && !self.may_be_empty(key) {
            return false;
        }
        if let Some(known) = self.known(key, setting) {
            return known == value;
        }
        let (all, none) = self.form(key, setting);
        (all.is_empty() || all.iter().any(|pattern| pattern.matches(value, &self.work)))
            && !none.iter().any(|pattern| pattern.matches(value, &self.work))
    }

    /// The patterns of which the values of a key match one, and those of which they match none. If the first list is
    /// empty, they may be anything.
    pub(crate) fn form<'a>(&self, key: usize, setting: Setting<'a>) -> (Cow<'a, [Pattern]>, &'a [Pattern]) {
        let name = [Token::One(Reach::Name), Token::Star(Reach::Name)];
        let digits = [Token::One(Reach::Digit); ACCOUNT];
        let one = |tokens: Vec<Token>| (Cow::Owned(vec![Pattern::new(tokens, false)]), &[][..]);
        let region = || {
            let name = name.into_iter();
            let parts = name.clone().chain(chars("-")).chain(name).chain(chars("-"));
            Pattern::new(parts.chain([Token::One(Reach::Digit)]), false)
        };
        let Some(term) = self.keys.get(key) else {
            return (Cow::Borrowed(&[]), &[]);
        };
        match term.unknown {
            // Such as `aws-us-gov`.
            Some(UnknownKind::Partition) => {
                let other = Pattern::new(chars("aws-").chain(name), false);
                return (Cow::Owned(vec![Pattern::literal("aws"), other]), &[]);
            }
            Some(UnknownKind::Region) => return (Cow::Owned(vec![region()]), &[]),
            Some(UnknownKind::Account) => return one(digits.to_vec()),
            Some(_) | None => {}
        }
        let Some(global) = term.global else {
            return (Cow::Borrowed(&[]), &[]);
        };
        match (global, setting.caller) {
            (GlobalKey::PrincipalArn, Some(caller)) => (Cow::Borrowed(&caller.arns), &caller.not_arns[..]),
            (GlobalKey::UserName, _) => one(name.to_vec()),
            (GlobalKey::PrincipalAccount | GlobalKey::ResourceAccount, _) => one(digits.to_vec()),
            (GlobalKey::UserId, Some(caller)) => match caller.of {
                PrincipalKind::User => one(chars("AIDA").chain(name).collect()),
                PrincipalKind::Role => one(chars("AROA").chain(name).chain(chars(":")).chain(name).collect()),
                PrincipalKind::FederatedUser => one(digits.into_iter().chain(chars(":")).chain(name).collect()),
                PrincipalKind::Root => one(digits.to_vec()),
                _ => (Cow::Borrowed(&[]), &[]),
            },
            // Such as `us-gov-east-1`; what has no Region, such as some models of Bedrock, has these words.
            (GlobalKey::RequestedRegion, _) => {
                let words = ["aws-global", "unspecified"].map(Pattern::literal);
                let all: Vec<Pattern> = [region()].into_iter().chain(words).collect();
                (Cow::Owned(all), &[])
            }
            _ => (Cow::Borrowed(&[]), &[]),
        }
    }

    /// What every value of a key matches.
    pub(crate) fn run(&self, key: usize) -> Vec<Token> {
        let (global, unknown) = self.keys.get(key).map_or((None, None), |key| (key.global, key.unknown));
        let reach = match (global, unknown) {
            (Some(GlobalKey::PrincipalAccount | GlobalKey::ResourceAccount), _) | (_, Some(UnknownKind::Account)) => {
                return vec![Token::One(Reach::Digit); ACCOUNT];
            }
            (Some(GlobalKey::UserName | GlobalKey::RequestedRegion), _)
            | (_, Some(UnknownKind::Partition | UnknownKind::Region)) => Reach::Name,
            _ => Reach::Everything,
        };
        let first = (!self.may_be_empty(key)).then_some(Token::One(reach));
        first.into_iter().chain([Token::Star(reach)]).collect()
    }

    /// Readable values that exist, to be tried first.
    pub(crate) fn usual(&self, key: usize, setting: Setting<'_>) -> Vec<String> {
        let (global, unknown) = self.keys.get(key).map_or((None, None), |key| (key.global, key.unknown));
        let values: &[&str] = match global {
            None => match unknown {
                Some(UnknownKind::Partition) => &["aws", "aws-cn", "aws-us-gov"],
                Some(UnknownKind::Region) => &REGIONS,
                Some(UnknownKind::Account) => &ACCOUNTS,
                Some(_) | None => &[],
            },
            Some(GlobalKey::PrincipalArn) => {
                return setting.caller.map(|caller| caller.arn.clone()).into_iter().collect();
            }
            Some(GlobalKey::UserName) => &["ann"],
            Some(GlobalKey::PrincipalAccount | GlobalKey::ResourceAccount) => &ACCOUNTS,
            Some(GlobalKey::RequestedRegion) => &REGIONS,
            Some(GlobalKey::SecureTransport) => &["true"],
            Some(GlobalKey::ViaAwsService) => &["false"],
            Some(GlobalKey::CurrentTime) => &["2026-01-01T00:00:00Z"],
            Some(GlobalKey::EpochTime) => &["1767225600"],
            Some(GlobalKey::UserAgent) => &["aws-cli/2.0"],
            Some(GlobalKey::UserId) => match setting.caller.map(|caller| caller.of) {
                Some(PrincipalKind::User) => &["AIDACKCEVSQ6C2EXAMPLE"],
                Some(PrincipalKind::Role) => &["AROACKCEVSQ6C2EXAMPLE:session"],
                Some(PrincipalKind::FederatedUser) => &["123456789012:ann"],
                Some(PrincipalKind::Root) => &["123456789012"],
                _ => &[],
            },
            _ => &[],
        };
        values.iter().map(|value| (*value).to_owned()).collect()
    }
}

/// The ARNs of callers whose name, or whose account, matches a pattern.
fn arns_with(pattern: &Pattern, is_name: bool) -> Vec<Pattern> {
    let Some(part) = within(pattern, Reach::Name) else {
        return Vec::new();
    };
    let whole = |before: &[Token], after: &[Token]| {
        let tokens = before.iter().chain(&part).chain(after).copied();
        Pattern::new(tokens, pattern.fold())
    };
    if is_name {
        let user = arn_tokens("iam", None, "user/");
        let path = [Token::Star(Reach::Everything), Token::Char('/')];
        return vec![whole(&user, &[]), whole(&[&user[..], &path].concat(), &[])];
    }
    let name = [Token::One(Reach::Name), Token::Star(Reach::Name)];
    let before: Vec<Token> = chars("arn:")
        .chain(name)
        .chain(chars(":"))
        .chain(name)
        .chain(chars("::"))
        .collect();
    vec![whole(&before, &[Token::Char(':'), Token::Star(Reach::Everything)])]
}

/// Values that a reader knows.
const REGIONS: [&str; 4] = ["us-east-1", "eu-west-1", "ap-southeast-2", "eu-central-1"];
const ACCOUNTS: [&str; 2] = ["123456789012", "210987654321"];

/// The digits of an account ID.
pub(crate) const ACCOUNT: usize = 12;

pub(crate) fn chars(text: &str) -> impl Iterator<Item = Token> + '_ {
    text.chars().map(Token::Char)
}

/// The start of an ARN without a Region.
///
/// - `account`: any account if omitted
pub(crate) fn arn_tokens(service: &str, account: Option<&str>, resource: &str) -> Vec<Token> {
    let name = [Token::One(Reach::Name), Token::Star(Reach::Name)];
    let mut tokens: Vec<Token> = chars("arn:")
        .chain(name)
        .chain(chars(":"))
        .chain(chars(service))
        .collect();
    tokens.extend(chars("::"));
    match account {
        Some(account) => tokens.extend(chars(account)),
        None => tokens.extend([Token::One(Reach::Digit); ACCOUNT]),
    }
    tokens.push(Token::Char(':'));
    tokens.extend(chars(resource));
    tokens
}

/// The tokens of a pattern whose wildcards stay within reach; `None` if a character does not.
fn within(pattern: &Pattern, reach: Reach) -> Option<Vec<Token>> {
    let token = |token: &Token| match *token {
        Token::Char(c) => reach.takes(c).then_some(Token::Char(c)),
        Token::One(own) => Some(Token::One(own.min(reach))),
        Token::Star(own) => Some(Token::Star(own.min(reach))),
    };
    pattern.tokens().iter().map(token).collect()
}
