//! A naive implementation of the rules, one after the other, without any optimization: it parses each document again
//! for every decision and matches wildcards by trying every split.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code, kept as simple as possible"
)]

use std::fmt::Write;
use std::net::IpAddr;

use iam_policy_catalog::{Catalog, ConditionKey, Service};
use serde_json::{Map, Value};

#[derive(Clone, Debug, Default)]
pub(crate) struct Case {
    pub(crate) identity: Vec<Value>,
    pub(crate) boundary: Option<Vec<Value>>,
    pub(crate) session: Option<Vec<Value>>,
    pub(crate) service_control: Vec<Vec<Value>>,
    pub(crate) resource_control: Vec<Vec<Value>>,
    pub(crate) resource: Option<Value>,
}

#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) principal: &'static str,
    pub(crate) action: &'static str,
    pub(crate) resource: &'static str,
    pub(crate) resource_account: Option<&'static str>,
    pub(crate) context: Vec<(&'static str, Vec<&'static str>)>,
}

/// A token of a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Token {
    Char(char),
    One,
    Any,
}

fn tokens(text: &str, wildcards: bool) -> Vec<Token> {
    text.chars()
        .map(|character| match character {
            '*' if wildcards => Token::Any,
            '?' if wildcards => Token::One,
            other => Token::Char(other),
        })
        .collect()
}

fn glob(pattern: &[Token], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([Token::Any, rest @ ..], _) => glob(rest, text) || (!text.is_empty() && glob(pattern, &text[1..])),
        ([Token::One, rest @ ..], [_, tail @ ..]) => glob(rest, tail),
        ([Token::Char(a), rest @ ..], [b, tail @ ..]) => a == b && glob(rest, tail),
        _ => false,
    }
}

fn matches(pattern: &[Token], text: &str) -> bool {
    glob(pattern, &text.chars().collect::<Vec<_>>())
}

/// The tokens with each variable replaced by its value; `None` if one has no value.
fn substituted(ask: &Ask, text: &str, wildcards: bool, variables: bool) -> Option<Vec<Token>> {
    if !variables {
        return Some(tokens(text, wildcards));
    }
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        let inside = &rest[start + 2..start + length];
        out.extend(tokens(&rest[..start], wildcards));
        if ["*", "?", "$"].contains(&inside) {
            out.extend(tokens(inside, false));
        } else {
            let quoted = |default: &str| {
                let default = default.trim();
                (default.len() >= 2 && default.starts_with('\'') && default.ends_with('\''))
                    .then(|| default[1..default.len() - 1].to_owned())
            };
            let (key, default) = match inside.split_once(',') {
                Some((key, default)) if quoted(default).is_some() => (key, quoted(default)),
                _ => (inside, None),
            };
            if is_multivalued(key) {
                return None;
            }
            let value = match ask.values(key) {
                None => default?,
                Some(values) if values.len() == 1 => values[0].clone(),
                Some(_) => return None,
            };
            out.extend(tokens(&value, false));
        }
        rest = &rest[start + length + 1..];
    }
    out.extend(tokens(rest, wildcards));
    Some(out)
}

fn is_multivalued(key: &str) -> bool {
    Catalog::get()
        .condition_key(key)
        .is_some_and(ConditionKey::is_multivalued)
}

/// Compares six segments one by one. A shorter pattern that ends in `*` matches all remaining segments.
fn matches_arn(pattern: &[Token], text: &str) -> bool {
    let pattern: Vec<&[Token]> = pattern.splitn(6, |token| *token == Token::Char(':')).collect();
    let text: Vec<&str> = text.splitn(6, ':').collect();
    let last = pattern.len() - 1;
    if text.len() < pattern.len() {
        return false;
    }
    let takes_the_rest = pattern[last].last() == Some(&Token::Any);
    if text.len() > pattern.len() && !takes_the_rest {
        return false;
    }
    pattern.iter().zip(&text).all(|(pattern, text)| matches(pattern, text))
}

fn matches_resource(ask: &Ask, pattern: &str, resource: &str, variables: bool) -> bool {
    // Variables only work after the fifth colon.
    let head: String = pattern.split_inclusive(':').take(5).collect();
    let tail = &pattern[head.len()..];
    let mut all = tokens(&head, true);
    if head.matches(':').count() == 5 {
        match substituted(ask, tail, true, variables) {
            Some(tail) => all.extend(tail),
            None => return false,
        }
    }
    matches_arn(&all, resource)
}

impl Ask {
    fn parts(&self) -> Vec<&str> {
        self.principal.splitn(6, ':').collect()
    }

    /// The last part of the principal's ARN, such as `user/team/ann`.
    fn tail(&self) -> &str {
        self.parts().get(5).copied().unwrap_or("")
    }

    fn is(&self, kind: &str) -> bool {
        self.tail().starts_with(kind)
    }

    fn account(&self) -> Option<&str> {
        let is_provider = self.is("oidc-provider/") || self.is("saml-provider/");
        self.parts().get(4).copied().filter(|_| !is_provider)
    }

    fn is_service(&self) -> bool {
        self.principal.ends_with(".amazonaws.com") && self.principal != "cognito-identity.amazonaws.com"
    }

    fn role_name(&self) -> Option<&str> {
        if self.is("assumed-role/") {
            self.tail().split('/').nth(1)
        } else {
            None
        }
    }

    fn target(&self) -> &str {
        self.resource
    }

    fn account_of_resource(&self) -> Option<&str> {
        let in_arn = self
            .resource
            .split(':')
            .nth(4)
            .filter(|account| account.parse::<u64>().is_ok());
        self.resource_account.or(in_arn)
    }

    fn is_cross_account(&self) -> bool {
        matches!((self.account(), self.account_of_resource()), (Some(a), Some(b)) if a != b)
    }

    fn values(&self, key: &str) -> Option<Vec<String>> {
        let key = key.to_lowercase();
        if let Some((_, values)) = self.context.iter().rev().find(|(known, _)| known.to_lowercase() == key) {
            return (!values.is_empty()).then(|| values.iter().map(|&value| value.to_owned()).collect());
        }
        let own = self.principal.to_owned();
        let is_session = self.is("assumed-role/");
        let value = match key.as_str() {
            // The paths of these roles are unknown.
            "aws:principalarn" if is_session && self.role_name()?.starts_with("AWS") => return None,
            "aws:principalarn" if is_session => {
                format!(
                    "arn:{}:iam::{}:role/{}",
                    self.parts()[1],
                    self.account()?,
                    self.role_name()?
                )
            }
            "aws:principalarn" => self.account().map(|_| own)?,
            "aws:principalaccount" => self.account()?.to_owned(),
            "aws:principaltype" => match self.tail().split('/').next().unwrap() {
                "user" => "User",
                "role" | "assumed-role" => "AssumedRole",
                "federated-user" => "FederatedUser",
                "root" => "Account",
                _ if self.principal == "*" => "Anonymous",
                _ => return None,
            }
            .to_owned(),
            "aws:principalisawsservice" => self.is_service().to_string(),
            "aws:principalservicename" if self.is_service() => own,
            "aws:username" if self.is("user/") => self.tail().rsplit('/').next()?.to_owned(),
            "aws:userid" if self.is("root") => self.account()?.to_owned(),
            "aws:userid" if self.principal == "*" => "anonymous".to_owned(),
            "aws:resourceaccount" => self.account_of_resource().or(self.account())?.to_owned(),
            _ => return None,
        };
        Some(vec![value])
    }
}

fn list(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(values) => values.iter().map(|value| value.as_str().unwrap()).collect(),
        value => vec![value.as_str().unwrap()],
    }
}

/// A number in units of 10⁻¹², which is exact for the numbers in these tests.
fn number(text: &str) -> Option<i128> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (sign, digits) = mantissa.strip_prefix('-').map_or((1, mantissa), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let power = 12 + exponent.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()?;
    let value = format!("{whole}{fraction}").parse::<i128>().ok()?;
    Some(sign * value * 10_i128.pow(u32::try_from(power).ok()?))
}

/// A date in the same units of seconds since 1970, by counting years, months and days.
fn date(text: &str) -> Option<i128> {
    if text.parse::<u16>().is_err()
        && let Some(seconds) = number(text)
    {
        return Some(seconds);
    }
    let (text, zone) = match (text.get(10..)?.find(['+', '-']), text.strip_suffix('Z')) {
        (Some(at), _) => text.split_at(10 + at),
        (None, Some(clock)) => (clock, "+00:00"),
        (None, None) => (text, "+00:00"),
    };
    let digits = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    let leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = |year: i64| 365 + i64::from(leap(year));
    let mut days: i64 = (1970..year).map(length).sum::<i64>() - (year..1970).map(length).sum::<i64>();
    let lengths = [31, 28 + i64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    days += lengths[..usize::try_from(month).ok()?.checked_sub(1)?]
        .iter()
        .sum::<i64>()
        + day
        - 1;
    let time = if text.len() > 10 {
        digits(11..13)? * 3600 + digits(14..16)? * 60 + digits(17..19)?
    } else {
        0
    };
    let offset = zone.get(1..3)?.parse::<i64>().ok()? * 3600 + zone.get(4..6)?.parse::<i64>().ok()? * 60;
    let offset = if zone.starts_with('-') { -offset } else { offset };
    let fraction = number(&format!("0{}", text.get(19..).unwrap_or(".0")))?;
    Some(i128::from(days * 86_400 + time - offset) * 1_000_000_000_000 + fraction)
}

fn bits(address: IpAddr) -> String {
    let bytes = match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    bytes.iter().fold(String::new(), |mut bits, byte| {
        write!(bits, "{byte:08b}").unwrap();
        bits
    })
}

fn in_network(network: &str, address: &str) -> bool {
    let (start, length) = network.split_once('/').unwrap_or((network, "-1"));
    let (Ok(start), Ok(address)) = (start.parse::<IpAddr>(), address.parse::<IpAddr>()) else {
        return false;
    };
    let (start, address) = (bits(start), bits(address));
    let length = length.parse().unwrap_or(start.len());
    start.len() == address.len() && start[..length] == address[..length]
}

/// Whether a value of the request satisfies a value of the policy under an operator that is not negated.
fn meets(ask: &Ask, operator: &str, expected: &str, value: &str, variables: bool) -> bool {
    let numbers = || Some((number(value)?, number(expected)?));
    let dates = || Some((date(value)?, date(expected)?));
    let pattern = |wildcards| substituted(ask, expected, wildcards, variables);
    match operator {
        "StringEquals" => pattern(false).is_some_and(|pattern| matches(&pattern, value)),
        "StringEqualsIgnoreCase" => pattern(false).is_some_and(|pattern| {
            let lower: String = pattern
                .iter()
                .map(|token| match token {
                    Token::Char(character) => *character,
                    _ => unreachable!(),
                })
                .collect();
            lower.to_lowercase() == value.to_lowercase()
        }),
        "StringLike" => pattern(true).is_some_and(|pattern| matches(&pattern, value)),
        "ArnEquals" | "ArnLike" => pattern(true).is_some_and(|pattern| matches_arn(&pattern, value)),
        "NumericEquals" => numbers().is_some_and(|(a, b)| a == b),
        "NumericLessThan" => numbers().is_some_and(|(a, b)| a < b),
        "NumericLessThanEquals" => numbers().is_some_and(|(a, b)| a <= b),
        "NumericGreaterThan" => numbers().is_some_and(|(a, b)| a > b),
        "NumericGreaterThanEquals" => numbers().is_some_and(|(a, b)| a >= b),
        "DateEquals" => dates().is_some_and(|(a, b)| a == b),
        "DateLessThan" => dates().is_some_and(|(a, b)| a < b),
        "DateLessThanEquals" => dates().is_some_and(|(a, b)| a <= b),
        "DateGreaterThan" => dates().is_some_and(|(a, b)| a > b),
        "DateGreaterThanEquals" => dates().is_some_and(|(a, b)| a >= b),
        "Bool" => {
            let (value, expected) = (value.to_lowercase(), expected.to_lowercase());
            value == expected && ["true", "false"].contains(&value.as_str())
        }
        "IpAddress" => in_network(expected, value),
        "BinaryEquals" => value == expected,
        other => panic!("{other}"),
    }
}

fn condition_holds(ask: &Ask, operator: &str, key: &str, expected: &[&str], variables: bool) -> bool {
    let (set, operator) = match operator.split_once(':') {
        Some((set, operator)) => (Some(set), operator),
        None => (None, operator),
    };
    let if_exists = operator.ends_with("IfExists");
    let operator = operator.trim_end_matches("IfExists");
    let values = ask.values(key);
    if operator == "Null" {
        let is_absent = values.is_none().to_string();
        return match set {
            Some(set) => set == "ForAllValues",
            None => expected.iter().any(|expected| expected.to_lowercase() == is_absent),
        };
    }
    let negated = operator.contains("Not");
    let positive = operator.replace("Not", "");
    let meets_any = |value: &String| {
        expected
            .iter()
            .any(|expected| meets(ask, &positive, expected, value, variables))
    };
    match (values, set) {
        (None, _) if if_exists => true,
        (None | Some(_), Some("ForAllValues")) if ask.is_null(key) => true,
        (None | Some(_), Some("ForAnyValue")) if ask.is_null(key) => false,
        (None, _) => negated,
        (Some(values), Some("ForAllValues")) => values.iter().all(|value| meets_any(value) != negated),
        (Some(values), Some("ForAnyValue")) => values.iter().any(|value| meets_any(value) != negated),
        (Some(values), None) if negated => values.iter().all(|value| !meets_any(value)),
        (Some(values), None) => values.iter().any(meets_any),
        (Some(_), Some(other)) => panic!("{other}"),
    }
}

impl Ask {
    fn is_null(&self, key: &str) -> bool {
        self.values(key).is_none_or(|values| values == [""])
    }
}

/// 0: not at all; 1: by its account; 2: by its role; 3: directly.
fn naming(ask: &Ask, kind: &str, named: &str) -> u8 {
    let itself = |found: bool| if found { 3 } else { 0 };
    match kind {
        "AWS" if named == "*" => 3,
        "AWS" => {
            let parts: Vec<_> = named.splitn(6, ':').collect();
            let is_account = named.len() == 12 || parts.get(5) == Some(&"root");
            if is_account {
                let account = if named.len() == 12 { named } else { parts[4] };
                return u8::from(ask.account() == Some(account) && (named.len() == 12 || parts[1] == ask.parts()[1]));
            }
            if parts.get(5).is_some_and(|tail| tail.starts_with("role/")) {
                let same_name = ask.role_name() == named.rsplit('/').next();
                let same_account = ask.account() == Some(parts[4]) && ask.parts()[1] == parts[1];
                return if ask.principal == named || (same_name && same_account) {
                    2
                } else {
                    0
                };
            }
            itself(ask.principal == named && ask.account().is_some() && !ask.is("root"))
        }
        "Service" => itself(ask.is_service() && (named == "*" || named == ask.principal)),
        "Federated" => {
            let is_provider =
                ask.is("oidc-provider/") || ask.is("saml-provider/") || ask.principal.starts_with("cognito");
            itself(is_provider && (named == "*" || named == ask.principal))
        }
        other => panic!("{other}"),
    }
}

fn all_namings(ask: &Ask, value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) => {
            assert_eq!(text, "*");
            vec![4]
        }
        value => {
            let mut all = Vec::new();
            for (kind, names) in value.as_object().unwrap() {
                for name in list(names) {
                    let everybody = kind == "AWS" && name == "*";
                    all.push(if everybody { 4 } else { naming(ask, kind, name) });
                }
            }
            all
        }
    }
}

fn principal_applies(ask: &Ask, statement: &Map<String, Value>, bounded: bool) -> u8 {
    if let Some(value) = statement.get("Principal") {
        return all_namings(ask, value).into_iter().max().unwrap_or(0).min(3);
    }
    let Some(value) = statement.get("NotPrincipal") else {
        return 3;
    };
    if statement["Effect"] == "Allow" {
        return 0;
    }
    if bounded {
        return 3;
    }
    let listed = all_namings(ask, value);
    let needs: &[u8] = match () {
        () if ask.is("user/") || ask.is("federated-user/") => &[1, 3],
        () if ask.is("role/") => &[1, 2],
        () if ask.is("assumed-role/") => &[1, 2, 3],
        () if ask.is("root") => &[1],
        () if ask.principal == "*" => &[4],
        () => &[3],
    };
    let excepted = listed.contains(&4) || needs.iter().all(|need| listed.contains(need));
    if excepted { 0 } else { 3 }
}

/// How closely the matching statements with this effect name the principal.
fn layer(ask: &Ask, policies: &[Value], effect: &str, bounded: bool) -> u8 {
    let mut closest = 0;
    for policy in policies {
        let variables = policy.get("Version").is_some_and(|version| version == "2012-10-17");
        for statement in policy["Statement"].as_array().unwrap() {
            let statement = statement.as_object().unwrap();
            if statement["Effect"] != effect {
                continue;
            }
            let covers_action = |value: &Value| {
                list(value)
                    .iter()
                    .any(|pattern| matches(&tokens(&pattern.to_lowercase(), true), &ask.action.to_lowercase()))
            };
            let covers_resource = |value: &Value| {
                list(value)
                    .iter()
                    .any(|pattern| matches_resource(ask, pattern, ask.target(), variables))
            };
            let action = match (statement.get("Action"), statement.get("NotAction")) {
                (Some(value), _) => covers_action(value),
                (None, Some(value)) => !covers_action(value),
                _ => panic!(),
            };
            let resource = match (statement.get("Resource"), statement.get("NotResource")) {
                (Some(value), _) => covers_resource(value),
                (None, Some(value)) => !covers_resource(value),
                _ => true,
            };
            let mut conditions = true;
            for (operator, keys) in statement
                .get("Condition")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                for (key, expected) in keys.as_object().unwrap() {
                    conditions &= condition_holds(ask, operator, key, &list(expected), variables);
                }
            }
            if action && resource && conditions {
                closest = closest.max(principal_applies(ask, statement, bounded));
            }
        }
    }
    closest
}

/// `allowed`, `explicitDeny` or `implicitDeny`.
pub(crate) fn decide(case: &Case, ask: &Ask) -> &'static str {
    let root = ask.is("root");
    let has_policies = ask.account().is_some() && !root;
    if ask.action.eq_ignore_ascii_case("sts:GetCallerIdentity") && ask.account().is_some() {
        return "allowed";
    }
    let linked = ask.is("role/aws-service-role/") || ask.is("assumed-role/AWSServiceRoleFor");
    let service = ask.action.split(':').next().unwrap();
    let rcp_services = Catalog::get().service(service);
    let rcps = !linked && rcp_services.is_none_or(Service::supports_resource_control_policies);
    let scps = !linked && ask.account().is_some();

    let bounded = case.boundary.is_some() && has_policies;
    let mut asked: Vec<&[Value]> = Vec::new();
    if has_policies {
        asked.push(&case.identity);
        asked.extend(case.boundary.as_deref());
        asked.extend(case.session.as_deref());
    }
    let resource: Vec<Value> = case.resource.iter().cloned().collect();
    asked.push(&resource);
    if scps {
        asked.extend(case.service_control.iter().map(Vec::as_slice));
    }
    if rcps {
        asked.extend(case.resource_control.iter().map(Vec::as_slice));
    }
    if asked.iter().any(|policies| layer(ask, policies, "Deny", bounded) > 0) {
        return "explicitDeny";
    }
    let allows = |policies: &[Value]| layer(ask, policies, "Allow", bounded) > 0;
    if scps && !case.service_control.iter().all(|level| allows(level)) {
        return "implicitDeny";
    }
    let named = layer(ask, &resource, "Allow", bounded);
    let answer = |allowed: bool| if allowed { "allowed" } else { "implicitDeny" };
    if ask.account().is_none() {
        return answer(named > 0);
    }
    let within_limits =
        !has_policies || (case.boundary.as_deref().is_none_or(allows) && case.session.as_deref().is_none_or(allows));
    let by_account = root || (allows(&case.identity) && within_limits);
    if ask.is_cross_account() {
        return answer(by_account && named > 0);
    }
    let key_or_role = (service.eq_ignore_ascii_case("kms")
        && ask.target().split(':').nth(2) == Some("kms")
        && ask
            .target()
            .splitn(6, ':')
            .nth(5)
            .is_some_and(|tail| tail.starts_with("key/")))
        || (service.eq_ignore_ascii_case("sts")
            && ask.target().split(':').nth(2) == Some("iam")
            && ask
                .target()
                .splitn(6, ':')
                .nth(5)
                .is_some_and(|tail| tail.starts_with("role/")));
    answer(match named {
        3 => true,
        2 => within_limits,
        1 => by_account,
        _ => by_account && !key_or_role,
    })
}
