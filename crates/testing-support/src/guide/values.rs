//! Patterns, variables, numbers, dates, addresses and bytes.

use std::cmp::Ordering;
use std::net::IpAddr;

use super::Keys;

/// The multivalued keys that tests use. They cannot be variables.
const MULTIVALUED: [&str; 1] = ["aws:TagKeys"];

/// One element of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// This character.
    Literal(char),
    /// `?`
    One,
    /// `*`
    Many,
}

/// Reads a pattern. `wildcards`: whether `*` and `?` are wildcards. `variables`: the keys, if `${…}` is a variable here. `None` if
/// a variable has no value.
pub(super) fn tokens(pattern: &str, wildcards: bool, variables: Option<&Keys>) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        if let Some(keys) = variables
            && let Some(after) = rest.strip_prefix("${")
            && let Some((variable, after)) = split_variable(after)
        {
            found.extend(resolve(variable, keys)?.chars().map(Token::Literal));
            rest = after;
            continue;
        }
        found.push(match first {
            '*' if wildcards => Token::Many,
            '?' if wildcards => Token::One,
            other => Token::Literal(other),
        });
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    Some(found)
}

/// Splits behind the brace that closes the variable. A default is quoted, and may contain a brace.
fn split_variable(text: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    for (at, character) in text.char_indices() {
        match character {
            '\'' => quoted = !quoted,
            '}' if !quoted => return Some((&text[..at], &text[at + 1..])),
            _ => {}
        }
    }
    None
}

fn resolve(variable: &str, keys: &Keys) -> Option<String> {
    if let "*" | "?" | "$" = variable {
        return Some(variable.to_owned());
    }
    let (key, default) = match variable.split_once(',') {
        Some((key, default)) => (key.trim(), Some(default.trim().trim_matches('\'').to_owned())),
        None => (variable.trim(), None),
    };
    match lookup(key, keys) {
        // Whether a key is multivalued depends on the key, not on how many values a request has.
        Some([value]) if !MULTIVALUED.iter().any(|other| other.eq_ignore_ascii_case(key)) => Some(value.clone()),
        _ => default,
    }
}

/// The values of a key, whose name is compared regardless of case.
pub(super) fn lookup<'keys>(key: &str, keys: &'keys Keys) -> Option<&'keys [String]> {
    keys.iter()
        .find(|(name, values)| name.eq_ignore_ascii_case(key) && !values.is_empty())
        .map(|(_, values)| values.as_slice())
}

/// Whether the pattern matches the whole text.
pub(super) fn glob(pattern: &[Token], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    glob_from(pattern, &text)
}

fn glob_from(pattern: &[Token], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((Token::Many, pattern)) => (0..=text.len()).any(|skipped| glob_from(pattern, &text[skipped..])),
        Some((Token::One, pattern)) => text.split_first().is_some_and(|(_, text)| glob_from(pattern, text)),
        Some((Token::Literal(wanted), pattern)) => text
            .split_first()
            .is_some_and(|(first, text)| first == wanted && glob_from(pattern, text)),
    }
}

/// Compares two numbers in decimal notation, exactly.
pub(super) fn compare_numbers(one: &str, other: &str) -> Option<Ordering> {
    let (one, other) = (Decimal::read(one)?, Decimal::read(other)?);
    let places = one.places.max(other.places);
    Some(one.scaled(places).cmp(&other.scaled(places)))
}

/// `units` / 10^`places`. The tests use small numbers only.
struct Decimal {
    units: i128,
    places: i32,
}

impl Decimal {
    fn read(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (sign, digits) = match mantissa.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Some(Self {
            units: sign * all.parse::<i128>().ok()?,
            places: i32::try_from(fraction.len()).ok()? - exponent,
        })
    }

    fn scaled(&self, places: i32) -> i128 {
        (self.places..places).fold(self.units, |units, _| units * 10)
    }
}

/// Compares two dates: ISO 8601 as the W3C profiles it, or seconds since 1970.
pub(super) fn compare_dates(one: &str, other: &str) -> Option<Ordering> {
    Some(nanoseconds(one)?.cmp(&nanoseconds(other)?))
}

/// Nanoseconds since 1970.
fn nanoseconds(text: &str) -> Option<i128> {
    const SECOND: i128 = 1_000_000_000;
    if text.len() > 4
        && let Ok(seconds) = text.parse::<i64>()
    {
        return Some(i128::from(seconds) * SECOND);
    }
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-').map(|part| part.parse::<i128>().ok());
    let year = parts.next()??;
    let month = parts.next().unwrap_or(Some(1))?;
    let day = parts.next().unwrap_or(Some(1))?;
    let mut days = 0;
    for earlier in 1970..year {
        days += if leap(earlier) { 366 } else { 365 };
    }
    for earlier in 1..month {
        days += days_of(year, earlier);
    }
    if !(1..=12).contains(&month) || !(1..=days_of(year, month)).contains(&day) {
        return None;
    }
    let mut nanoseconds = (days + day - 1) * 86_400 * SECOND;
    if let Some(time) = time {
        let at = time.find(['Z', '+', '-'])?;
        let (clock, zone) = time.split_at(at);
        let mut parts = clock.split(':');
        let hours = parts.next()?.parse::<i128>().ok()?;
        let minutes = parts.next()?.parse::<i128>().ok()?;
        nanoseconds += (hours * 3600 + minutes * 60) * SECOND;
        if let Some(seconds) = parts.next() {
            let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
            let fraction: String = fraction.chars().chain("000000000".chars()).take(9).collect();
            nanoseconds += seconds.parse::<i128>().ok()? * SECOND + fraction.parse::<i128>().ok()?;
        }
        if zone != "Z" {
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let offset = (hours.parse::<i128>().ok()? * 60 + minutes.parse::<i128>().ok()?) * 60 * SECOND;
            nanoseconds -= if zone.starts_with('-') { -offset } else { offset };
        }
    }
    Some(nanoseconds)
}

fn leap(year: i128) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn days_of(year: i128, month: i128) -> i128 {
    match month {
        2 if leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Whether the network, or single address, contains the address.
pub(super) fn contains(network: &str, address: &str) -> bool {
    let (start, length) = match network.split_once('/') {
        Some((start, length)) => (start, length.parse::<usize>().ok()),
        None => (network, Some(128)),
    };
    let (Ok(start), Ok(address), Some(length)) = (start.parse::<IpAddr>(), address.parse::<IpAddr>(), length) else {
        return false;
    };
    let (start, address) = (bits(start), bits(address));
    start.len() == address.len() && start.iter().zip(&address).take(length).all(|(one, other)| one == other)
}

fn bits(address: IpAddr) -> Vec<bool> {
    let bytes = match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1))
        .collect()
}
