//! Numbers, dates and addresses, exactly.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A decimal number with at most nine digits after the point, or a moment in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Number(i128);

const DIGITS: usize = 9;
const ONE: i128 = 1_000_000_000;

impl Number {
    /// Reads digits with a point and an exponent; `None` if that is no number or needs more digits than there are here.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
        {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let mut value: i128 = 0;
        for digit in whole.bytes().chain(fraction.bytes()) {
            value = value.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
        }
        let shift = i32::try_from(DIGITS).ok()? - i32::try_from(fraction.len()).ok()? + exponent;
        for _ in 0..shift.clamp(0, 40) {
            value = value.checked_mul(10)?;
        }
        for _ in 0..(-shift).clamp(0, 40) {
            if value % 10 != 0 {
                return None;
            }
            value /= 10;
        }
        // Far from overflow when two of them are added.
        (value.unsigned_abs() < u128::MAX >> 8).then_some(Self(if negative { -value } else { value }))
    }

    /// Reads a date: `2026-01-31`, `2026-01-31T12:00:00Z`, with a fraction or an offset, or seconds since 1970.
    pub(crate) fn read_date(text: &str) -> Option<Self> {
        if let Some(seconds) = Self::read(text)
            && text.len() != 4
        {
            return Some(seconds);
        }
        let (date, time) = match text.split_once(['T', 't', ' ']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut parts = date.split('-');
        let year: i64 = digits(parts.next()?, 4)?;
        let month: i64 = parts.next().map_or(Some(1), |text| digits(text, 2))?;
        let day: i64 = parts.next().map_or(Some(1), |text| digits(text, 2))?;
        if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=days_of(year, month)).contains(&day) {
            return None;
        }
        let mut seconds = i128::from(days_before(year, month, day)) * 86_400;
        let mut fraction = 0;
        if let Some(time) = time {
            let (clock, offset) = if let Some(clock) = time.strip_suffix(['Z', 'z']) {
                (clock, 0)
            } else if let Some(at) = time.rfind(['+', '-']) {
                let (clock, offset) = time.split_at_checked(at)?;
                let (sign, offset) = offset.split_at_checked(1)?;
                let (hours, minutes) = match offset.split_once(':') {
                    Some(parts) => parts,
                    None if offset.len() == 2 => (offset, "00"),
                    None => offset.split_at_checked(2)?,
                };
                let minutes = digits(hours, 2)? * 60 + digits(minutes, 2)?;
                (clock, if sign == "-" { -minutes } else { minutes })
            } else {
                (time, 0)
            };
            let mut parts = clock.split(':');
            let hour = digits(parts.next()?, 2)?;
            let minute = digits(parts.next()?, 2)?;
            let (second, part) = match parts.next() {
                None => (0, ""),
                Some(text) => {
                    let (second, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
                    (digits(second, 2)?, part)
                }
            };
            if parts.next().is_some() || hour > 23 || minute > 59 || second > 60 {
                return None;
            }
            seconds += i128::from(hour * 3600 + minute * 60 + second - offset * 60);
            if !part.is_empty() {
                fraction = Self::read(&format!("0.{part}"))?.0;
            }
        }
        Some(Self(seconds * ONE + fraction))
    }

    /// The integer.
    pub(crate) fn integer(value: i64) -> Self {
        Self(i128::from(value) * ONE)
    }

    pub(crate) fn before(self) -> Self {
        Self(self.0.div_euclid(ONE) * ONE - ONE)
    }

    pub(crate) fn after(self) -> Self {
        Self(self.0.div_euclid(ONE) * ONE + ONE)
    }

    /// A number between the two: an integer if there is one.
    pub(crate) fn between(self, other: Self) -> Self {
        let next = self.after();
        if next < other {
            next
        } else {
            Self(self.0.midpoint(other.0))
        }
    }

    /// As a moment: `2026-01-31T12:00:00Z`.
    pub(crate) fn date(self) -> String {
        let (seconds, fraction) = (self.0.div_euclid(ONE), self.0.rem_euclid(ONE));
        let days = i64::try_from(seconds.div_euclid(86_400)).unwrap_or(0);
        let second = seconds.rem_euclid(86_400);
        let (year, month, day) = date_of(days);
        if !(0..=9999).contains(&year) {
            return self.to_string();
        }
        let mut text = format!(
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
            second / 3600,
            second / 60 % 60,
            second % 60
        );
        if fraction != 0 {
            let fraction = format!(".{fraction:09}");
            text.push_str(fraction.trim_end_matches('0'));
        }
        text.push('Z');
        text
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / ONE, (self.0 % ONE).abs());
        if self.0 < 0 && whole == 0 {
            f.write_str("-")?;
        }
        write!(f, "{whole}")?;
        if fraction != 0 {
            let fraction = format!(".{fraction:09}");
            f.write_str(fraction.trim_end_matches('0'))?;
        }
        Ok(())
    }
}

/// A number of exactly so many digits.
fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days between 1970-01-01 and a date of the Gregorian calendar. Years begin in March, so that a leap day is a year's last.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

/// A range of addresses: those that begin with certain bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Block {
    six: bool,
    bits: u128,
    length: u8,
}

impl Block {
    /// All addresses of version 4 and all of version 6.
    pub(crate) const ALL: [Self; 2] = [
        Self {
            six: false,
            bits: 0,
            length: 0,
        },
        Self {
            six: true,
            bits: 0,
            length: 0,
        },
    ];

    /// Reads an address, or an address and the length of a prefix. Bits behind the prefix are ignored.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let (six, bits, most) = match address.parse::<IpAddr>().ok()? {
            IpAddr::V4(address) => (false, u128::from(u32::from(address)) << 96, 32),
            IpAddr::V6(address) => (true, u128::from(address), 128),
        };
        let length = length.unwrap_or(most);
        (length <= most).then_some(Self {
            six,
            bits: bits & mask(length),
            length,
        })
    }

    /// Reads an address.
    pub(crate) fn read_address(text: &str) -> Option<Self> {
        if text.contains('/') { None } else { Self::read(text) }
    }

    pub(crate) fn contains(self, other: Self) -> bool {
        self.six == other.six && self.length <= other.length && other.bits & mask(self.length) == self.bits
    }

    /// An address in here that is in none of the others, of which those that contain this one are ignored.
    pub(crate) fn outside(self, others: &[Self]) -> Option<Self> {
        let inner: Vec<Self> = others
            .iter()
            .copied()
            .filter(|other| self.contains(*other) && *other != self)
            .collect();
        let most = if self.six { 128 } else { 32 };
        if inner.is_empty() {
            // The second address of a range reads better than the first.
            let last = 1u128 << (128 - u32::from(most));
            let bits = if self.length < most {
                self.bits | last
            } else {
                self.bits
            };
            return Some(Self {
                bits,
                length: most,
                ..self
            });
        }
        if self.length >= most {
            return None;
        }
        let lower = Self {
            length: self.length + 1,
            ..self
        };
        let upper = Self {
            bits: self.bits | 1u128 << (127 - u32::from(self.length)),
            ..lower
        };
        [lower, upper]
            .into_iter()
            .filter(|half| !inner.contains(half))
            .find_map(|half| half.outside(&inner))
    }
}

fn mask(length: u8) -> u128 {
    if length == 0 {
        0
    } else {
        u128::MAX << (128 - u32::from(length))
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.six {
            Ipv6Addr::from(self.bits).fmt(f)
        } else {
            Ipv4Addr::from(u32::try_from(self.bits >> 96).unwrap_or(0)).fmt(f)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::read(text).unwrap()
    }

    #[test]
    fn numbers_are_exact() {
        assert_eq!(number("1e2"), number("100.00"));
        assert_eq!(number("-0.5").to_string(), "-0.5");
        assert!(number("9007199254740993") > number("9007199254740992"));
        assert_eq!(number("1").between(number("4")).to_string(), "2");
        assert_eq!(number("1").between(number("2")).to_string(), "1.5");
        assert_eq!(number("-1.5").before().to_string(), "-3");
        for bad in ["", ".", "1.2.3", "a", "1e", "0.0000000001"] {
            assert_eq!(Number::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn dates_are_moments() {
        let date = |text| Number::read_date(text).unwrap();
        assert_eq!(date("1970-01-02"), number("86400"));
        assert_eq!(date("2024-02-29T23:59:59Z").date(), "2024-02-29T23:59:59Z");
        assert_eq!(date("2026-01-01T02:00:00+02:00"), date("2026-01-01T00:00:00Z"));
        assert_eq!(date("2026-01-01T00:00:00.250Z").date(), "2026-01-01T00:00:00.25Z");
        assert_eq!(date("1767225600"), date("2026-01-01"));
        assert_eq!(date("1601-03-01").date(), "1601-03-01T00:00:00Z");
        for bad in ["2026-13-01", "2026-02-30", "yesterday", "2026-01-01T25:00:00Z"] {
            assert_eq!(Number::read_date(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_address_outside_of_other_ranges() {
        let block = |text| Block::read(text).unwrap();
        let outer = block("10.0.0.7/8");
        assert!(outer.contains(block("10.1.2.3")));
        assert_eq!(outer.outside(&[]).unwrap().to_string(), "10.0.0.1");
        assert_eq!(outer.outside(&[block("10.0.0.0/9")]).unwrap().to_string(), "10.128.0.1");
        assert_eq!(
            outer.outside(&[block("10.0.0.0/9"), block("10.128.0.0/9"), outer]),
            None
        );
        assert_eq!(block("::/0").outside(&[block("::/1")]).unwrap().to_string(), "8000::1");
        assert_eq!(
            block("10.0.0.1/31").outside(&[block("10.0.0.1")]).unwrap().to_string(),
            "10.0.0.0"
        );
        assert_eq!(Block::read("10.0.0.0/33"), None);
    }
}
