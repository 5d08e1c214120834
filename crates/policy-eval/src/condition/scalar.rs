//! The types of values that are no text.

use std::net::IpAddr;

/// A number: digits, with a sign and a decimal point if need be.
pub(crate) fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    text.parse().ok()
}

/// `true` or `false`, in any case.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// An IP address.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}

/// A range of IP addresses; the bits of the host are not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    pub(crate) fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differ = own.to_bits() ^ other.to_bits();
                differ.checked_shr(32 - self.bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differ = own.to_bits() ^ other.to_bits();
                differ.checked_shr(128 - self.bits).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// A range in CIDR notation, or an address that is alone in its range.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators", "IP address condition operators".
pub(crate) fn network(text: &str) -> Option<Network> {
    let (address, bits) = match text.split_once('/') {
        Some((start, bits)) => (start, Some(bits)),
        None => (text, None),
    };
    let address = self::address(address)?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = match bits {
        None => most,
        Some(bits) if !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit()) => bits.parse().ok()?,
        Some(_) => return None,
    };
    (bits <= most).then_some(Network { address, bits })
}

/// A moment: whole seconds since 1970, and the nanoseconds on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    seconds: i64,
    nanoseconds: u32,
}

/// A date of ISO 8601 as the W3C profile has it, from a year alone to fractions of a second, or seconds since 1970.
/// Four digits are a year. Without a time zone it is UTC.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators", "Date condition operators".
pub(crate) fn date(text: &str) -> Option<Moment> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let whole = digits.split('.').next()?;
    if digits.starts_with(|first: char| first.is_ascii_digit())
        && number(digits).is_some()
        && (whole.len() != 4 || text.len() != 4)
    {
        let fraction = digits
            .get(whole.len()..)
            .and_then(|rest| rest.strip_prefix('.'))
            .unwrap_or("");
        let (seconds, nanoseconds) = (whole.parse::<i64>().ok()?, nanoseconds(fraction)?);
        return Some(if sign == 1 || nanoseconds == 0 {
            Moment {
                seconds: sign * seconds,
                nanoseconds,
            }
        } else {
            Moment {
                seconds: -seconds - 1,
                nanoseconds: 1_000_000_000 - nanoseconds,
            }
        });
    }
    let (day, time) = match text.split_once(['T', 't']) {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let mut parts = day.split('-');
    let year = field(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| field(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| field(part, 2))?;
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let (seconds, nanoseconds) = time.map_or(Some((0, 0)), time_of_day)?;
    Some(Moment {
        seconds: days_since_1970(year, month, day) * 86_400 + seconds,
        nanoseconds,
    })
}

/// `hh:mm[:ss[.fraction]][Z|±hh:mm]`, as seconds since midnight UTC and nanoseconds.
fn time_of_day(text: &str) -> Option<(i64, u32)> {
    let (clock, offset) = if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        (clock, 0)
    } else if let Some(at) = text.rfind(['+', '-']) {
        let (clock, zone) = text.split_at_checked(at)?;
        let (hours, minutes) = match zone.get(1..)?.split_once(':') {
            Some(pair) => pair,
            None => zone.get(1..)?.split_at_checked(2)?,
        };
        let (hours, minutes) = (field(hours, 2)?, field(minutes, 2)?);
        if hours > 23 || minutes > 59 {
            return None;
        }
        let seconds = hours * 3600 + minutes * 60;
        (clock, if zone.starts_with('-') { -seconds } else { seconds })
    } else {
        (text, 0)
    };
    let mut parts = clock.split(':');
    let (hours, minutes) = (field(parts.next()?, 2)?, field(parts.next()?, 2)?);
    let (seconds, fraction) = match parts.next() {
        Some(part) => match part.split_once('.') {
            Some((_, "")) => return None,
            Some((seconds, fraction)) => (field(seconds, 2)?, fraction),
            None => (field(part, 2)?, ""),
        },
        None => (0, ""),
    };
    if parts.next().is_some() || hours > 24 || minutes > 59 || seconds > 60 {
        return None;
    }
    Some((hours * 3600 + minutes * 60 + seconds - offset, nanoseconds(fraction)?))
}

/// The digits behind a decimal point; those past the ninth do not count.
fn nanoseconds(fraction: &str) -> Option<u32> {
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some(digits.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}

/// A number of just so many digits.
fn field(text: &str, digits: usize) -> Option<i64> {
    if text.len() != digits || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Years are counted from March, so that the leap day is the last of its year.
const fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days_before_month = (153 * month + 2) / 5;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + days_before_month + day
        - 1
        - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, value) in [("0", 0.0), ("-12", -12.0), ("+1.50", 1.5), ("0010", 10.0)] {
            assert_eq!(number(text), Some(value), "{text}");
        }
        for text in ["", "-", ".", "1.", ".5", "1e3", "inf", "NaN", "1,000", " 1", "0x10"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn networks() {
        let contains = |network: &str, address: &str| {
            super::network(network)
                .unwrap()
                .contains(super::address(address).unwrap())
        };
        assert!(contains("203.0.113.0/24", "203.0.113.255"));
        assert!(contains("203.0.113.77/24", "203.0.113.1"));
        assert!(!contains("203.0.113.0/24", "203.0.114.0"));
        assert!(contains("203.0.113.7", "203.0.113.7"));
        assert!(!contains("203.0.113.7", "203.0.113.8"));
        assert!(contains("0.0.0.0/0", "255.255.255.255"));
        assert!(!contains("0.0.0.0/0", "::1"));
        assert!(contains("2001:db8::/32", "2001:DB8:1::"));
        assert!(contains("::/0", "ff::"));
        assert!(!contains("2001:db8::1", "2001:db8::2"));
        for text in [
            "",
            "1.2.3",
            "1.2.3.4/33",
            "1.2.3.4/",
            "1.2.3.4/+8",
            "::/129",
            "1.2.3.4/24/8",
            "203.0.113.*",
        ] {
            assert_eq!(network(text), None, "{text}");
        }
    }

    #[test]
    fn dates() {
        let seconds = |text: &str| date(text).map(|moment| moment.seconds);
        for (text, expected) in [
            ("1970", 0),
            ("1970-02", 31 * 86_400),
            ("1970-01-02", 86_400),
            ("2000-02-29T00:00Z", 951_782_400),
            ("2026-09-26T12:34:56Z", 1_790_426_096),
            ("2026-09-26T12:34:56.5+02:00", 1_790_418_896),
            ("2026-09-26T12:34:56-0130", 1_790_431_496),
            ("2026-09-26T12:34:56", 1_790_426_096),
            ("1790426096", 1_790_426_096),
            ("0", 0),
            ("-5", -5),
            ("-0.25", -1),
            ("1790426096.75", 1_790_426_096),
            ("0001-01-01", -62_135_596_800),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "noon",
            "2026-13",
            "2026-02-29",
            "2026-1-1",
            "2026-01-01T",
            "2026-01-01T25:00Z",
            "2026-01-01T10",
            "2026-01-01T10:00:00.Z",
            "2026-01-01-01",
            "1.2.3",
            "2026-01-01T10:00+1",
            "--1",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
        assert!(date("2026-01-01T00:00:00.001Z") > date("2026-01-01T00:00:00Z"));
        assert!(date("-0.25") > date("-0.5"));
    }
}
