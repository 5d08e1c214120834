use std::fmt;

use super::Number;

/// A point in time with nanosecond precision. Finer fractions are truncated.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators", "Date condition operators".
///
/// # Examples
///
/// ```
/// use iam_policy_document::scalar::Moment;
///
/// assert_eq!(Moment::read("2026-01-01T02:00:00+02:00"), Moment::read("1767225600"));
/// assert!(Moment::read("2026-01-01T00:00:00.001Z") > Moment::read("2026"));
/// assert_eq!(Moment::read("tomorrow"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// Seconds since 1970.
    seconds: i64,
    /// Nanoseconds to add to the seconds.
    nanoseconds: u32,
}

const SECOND: u32 = 1_000_000_000;
const DAY: i64 = 86_400;

impl Moment {
    /// Parses a date in the W3C profile of ISO 8601, from just a year to fractions of a second, or a number of seconds
    /// since 1970. Four digits are a year. Dates without a time zone are in UTC. Returns `None` if `text` is neither.
    ///
    /// As in ISO 8601, hour 24 is only valid as `24:00:00`, the end of a day.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let is_year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(number) = Number::read(text).filter(|_| !is_year) {
            return Self::since_1970(&number);
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
        Some(Self {
            seconds: days_since_1970(year, month, day) * DAY + seconds,
            nanoseconds,
        })
    }

    /// Parses a number of seconds since 1970, even if it has four digits.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_document::scalar::Moment;
    ///
    /// assert_eq!(Moment::read_seconds("2026"), Moment::read("1970-01-01T00:33:46Z"));
    /// assert_eq!(Moment::read_seconds("2026-01-01"), None);
    /// ```
    #[must_use]
    pub fn read_seconds(text: &str) -> Option<Self> {
        Self::since_1970(&Number::read(text)?)
    }

    /// The number of seconds since 1970, as in `aws:EpochTime`.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_document::scalar::Moment;
    ///
    /// assert_eq!(Moment::read("2026-01-01").map(Moment::to_seconds).as_deref(), Some("1767225600"));
    /// assert_eq!(Moment::read_seconds("-0.25").map(Moment::to_seconds).as_deref(), Some("-0.25"));
    /// ```
    #[must_use]
    pub fn to_seconds(self) -> String {
        let nanoseconds = i128::from(self.seconds) * i128::from(SECOND) + i128::from(self.nanoseconds);
        let (sign, size) = (if nanoseconds < 0 { "-" } else { "" }, nanoseconds.unsigned_abs());
        let (whole, rest) = (size / u128::from(SECOND), size % u128::from(SECOND));
        let text = format!("{sign}{whole}.{rest:09}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// Returns `None` if the seconds exceed an `i64`.
    fn since_1970(number: &Number<'_>) -> Option<Self> {
        let seconds = number.integer()?;
        let nanoseconds = (1..=9).fold(0, |sum, place| sum * 10 + u32::from(number.at(-place)));
        Some(if number.is_negative() && nanoseconds > 0 {
            Self {
                seconds: seconds - 1,
                nanoseconds: SECOND - nanoseconds,
            }
        } else {
            Self { seconds, nanoseconds }
        })
    }

    /// A moment strictly between two bounds, in whole seconds if possible. With a single bound, a moment beyond it;
    /// without bounds, any moment. Returns `None` if there is no moment between the bounds.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_document::scalar::Moment;
    ///
    /// let (start, end) = (Moment::read("2026-01-01T00:00:00Z"), Moment::read("2026-01-01T00:00:01Z"));
    /// let between = Moment::between(start.as_ref(), end.as_ref()).unwrap();
    /// assert_eq!(between.to_string(), "2026-01-01T00:00:00.5Z");
    /// assert_eq!(Moment::between(end.as_ref(), start.as_ref()), None);
    /// ```
    #[must_use]
    pub fn between(lower: Option<&Self>, upper: Option<&Self>) -> Option<Self> {
        let whole = |seconds| Self {
            seconds,
            nanoseconds: 0,
        };
        match (lower, upper) {
            // 2026-01-01.
            (None, None) => Some(whole(1_767_225_600)),
            (Some(lower), None) => Some(whole(lower.seconds.checked_add(1)?)),
            (None, Some(upper)) => Some(whole(upper.seconds.checked_sub(1)?)),
            (Some(lower), Some(upper)) => {
                let next = whole(lower.seconds.checked_add(1)?);
                if next < *upper {
                    return Some(next);
                }
                // The upper bound is at most `next`.
                let end = if *upper == next { SECOND } else { upper.nanoseconds };
                let nanoseconds = lower.nanoseconds.midpoint(end);
                let between = Self {
                    seconds: lower.seconds,
                    nanoseconds,
                };
                (*lower < between && between < *upper).then_some(between)
            }
        }
    }
}

/// Writes an ISO 8601 date, or seconds since 1970 if the year does not have four digits.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seconds, nanoseconds } = *self;
        let fraction = if nanoseconds == 0 {
            String::new()
        } else {
            format!(".{nanoseconds:09}").trim_end_matches('0').to_owned()
        };
        let (year, month, day) = date_of(seconds.div_euclid(DAY));
        if !(0..=9999).contains(&year) {
            return match (seconds < 0, nanoseconds) {
                (true, 1..) => {
                    let rest = format!("{:09}", SECOND - nanoseconds);
                    // This is never the last second before 1970, whose year has four digits.
                    write!(f, "{}.{}", seconds + 1, rest.trim_end_matches('0'))
                }
                _ => write!(f, "{seconds}{fraction}"),
            };
        }
        let second = seconds.rem_euclid(DAY);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z"
        )
    }
}

/// `hh:mm[:ss[.fraction]][Z|±hh[[:]mm]]`, as seconds since midnight UTC and nanoseconds.
fn time_of_day(text: &str) -> Option<(i64, u32)> {
    let (clock, offset) = if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        (clock, 0)
    } else if let Some(at) = text.rfind(['+', '-']) {
        let (clock, zone) = text.split_at_checked(at)?;
        let (hours, minutes) = match zone.get(1..)?.split_once(':') {
            Some(pair) => pair,
            None if zone.len() == 3 => (zone.get(1..)?, "00"),
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
    let nanoseconds = nanoseconds(fraction)?;
    // `24:00:00` is the end of a day. Leap seconds are valid.
    let is_midnight = (minutes, seconds, nanoseconds) == (0, 0, 0);
    if parts.next().is_some() || hours > if is_midnight { 24 } else { 23 } || minutes > 59 || seconds > 60 {
        return None;
    }
    Some((hours * 3600 + minutes * 60 + seconds - offset, nanoseconds))
}

/// Parses the digits after a decimal point, ignoring those past the ninth.
fn nanoseconds(fraction: &str) -> Option<u32> {
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some(digits.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}

/// Parses a number with exactly this many digits.
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

/// Years start in March, so that the leap day is the last day of its year.
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

/// The year, month and day that is this many days after 1970-01-01.
const fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + if month <= 2 { 1 } else { 0 }, month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parses_dates() {
        let seconds = |text: &str| Moment::read(text).map(|moment| moment.seconds);
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
            ("1.7e9", 1_700_000_000),
            ("2026.0", 2026),
            ("2026-09-26T24:00Z", 1_790_467_200),
            ("2026-09-27T01:00+01", 1_790_467_200),
            ("2016-12-31T23:59:60Z", 1_483_228_800),
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
            "2026-01-01T24:30Z",
            "2026-01-01T24:00:00.5Z",
            "2026-01-01 00:00:00",
            "1e30",
            "2026-01-01T10",
            "2026-01-01T10:00:00.Z",
            "2026-01-01-01",
            "1.2.3",
            "2026-01-01T10:00+1",
            "--1",
        ] {
            assert_eq!(Moment::read(text), None, "{text}");
        }
        assert!(Moment::read("2026-01-01T00:00:00.001Z") > Moment::read("2026-01-01T00:00:00Z"));
        assert!(Moment::read("-0.25") > Moment::read("-0.5"));
    }

    #[test]
    fn writes_dates() {
        for (text, written) in [
            ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"),
            ("2026-01-01T00:00:00.250+00:00", "2026-01-01T00:00:00.25Z"),
            ("-0.25", "1969-12-31T23:59:59.75Z"),
            ("1601-03-01", "1601-03-01T00:00:00Z"),
            ("-1e12", "-1000000000000"),
            ("-1000000000000.25", "-1000000000000.25"),
            ("1000000000000.5", "1000000000000.5"),
        ] {
            assert_eq!(Moment::read(text).unwrap().to_string(), written, "{text}");
        }
    }

    #[test]
    fn nothing_is_between_adjacent_moments() {
        let between = |lower, upper| Moment::between(Moment::read(lower).as_ref(), Moment::read(upper).as_ref());
        assert_eq!(between("15000.1", "15000.100000001"), None);
        assert_eq!(between("15000.1", "15000.100000002"), Moment::read("15000.100000001"));
        assert_eq!(between("15000.999999998", "15001"), Moment::read("15000.999999999"));
        assert_eq!(between("15000.999999999", "15001"), None);
        assert_eq!(between("15000.9", "15001.1"), Moment::read("15001"));
    }

    fn moment() -> impl Strategy<Value = Moment> {
        let seconds = prop_oneof![-3_i64..3, -100_000_000_000_i64..300_000_000_000];
        let nanoseconds = prop_oneof![Just(0), Just(1), Just(500_000_000), 0..SECOND];
        (seconds, nanoseconds).prop_map(|(seconds, nanoseconds)| Moment { seconds, nanoseconds })
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(moment in moment()) {
            prop_assert_eq!(Moment::read(&moment.to_string()), Some(moment));
        }

        #[test]
        fn a_moment_between_is_between(one in moment(), other in moment()) {
            let (lower, upper) = (one.min(other), one.max(other));
            let apart = |moment: Moment| i128::from(moment.seconds) * i128::from(SECOND) + i128::from(moment.nanoseconds);
            let between = Moment::between(Some(&lower), Some(&upper));
            prop_assert_eq!(between.is_some(), apart(upper) - apart(lower) > 1);
            prop_assert!(between.is_none_or(|between| lower < between && between < upper));
        }
    }
}
