//! Dates as IAM's date operators read them.
//!
//! Source: IAM User Guide, "Date condition operators": a profile of ISO 8601, or seconds since 1970.

/// What a text is as a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Date {
    Good,
    /// A date for some, and perhaps another one for IAM. AWS warns of seconds since 1970, too.
    Doubtful,
    Bad,
}

pub(crate) fn read(text: &str) -> Date {
    // Seconds since 1970, or a year.
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Date::Doubtful;
    }
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let parts: Vec<_> = date.split('-').collect();
    let good = match *parts.as_slice() {
        [year, month] => year.len() == 4 && month.len() == 2 && number(month, 1, 12),
        [year, month, day] => {
            let numbers = (year.parse::<u32>(), month.parse(), day.parse());
            year.len() == 4
                && month.len() == 2
                && day.len() == 2
                && matches!(numbers, (Ok(year), Ok(month), Ok(day)) if (1..=days(year, month)).contains(&day))
        }
        _ => false,
    };
    match (good, time) {
        (true, None) if parts.len() == 3 => Date::Good,
        (true, None) => Date::Doubtful,
        (true, Some(time)) if is_time(time) => {
            if text.contains(' ') {
                Date::Doubtful
            } else {
                Date::Good
            }
        }
        _ if looks_like_a_date(text) => Date::Doubtful,
        _ => Date::Bad,
    }
}

/// Numbers with slashes or dots, such as `7/1/2026`, which nobody reads alike.
fn looks_like_a_date(text: &str) -> bool {
    ['/', '.'].iter().any(|&separator| {
        let parts: Vec<_> = text.split(separator).collect();
        parts.len() == 3
            && parts
                .iter()
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

fn number(text: &str, least: u32, most: u32) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse().is_ok_and(|number| (least..=most).contains(&number))
}

fn is_time(text: &str) -> bool {
    let (time, zone) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => text.split_at_checked(at).unwrap_or((text, "")),
        None => (text, ""),
    };
    let zone_good = match zone {
        "" | "Z" | "z" => true,
        _ => {
            let digits = zone.get(1..).unwrap_or_default().replace(':', "");
            matches!(digits.len(), 2 | 4) && number(&digits, 0, 1459)
        }
    };
    let parts: Vec<_> = time.split(':').collect();
    let two = |text: &&str, most| text.len() == 2 && number(text, 0, most);
    let time_good = match parts.as_slice() {
        [hour, minute] => two(hour, 24) && two(minute, 59),
        [hour, minute, second] => {
            let (whole, fraction) = second.split_once('.').unwrap_or((second, "0"));
            two(hour, 24) && two(minute, 59) && two(&whole, 60) && number(fraction, 0, u32::MAX)
        }
        _ => false,
    };
    zone_good && time_good
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for good in [
            "2026-02-28",
            "2024-02-29",
            "2026-07-01T00:00:00Z",
            "2026-07-01T23:59:59.5+02:00",
            "2026-07-01T00:00Z",
        ] {
            assert_eq!(read(good), Date::Good, "{good}");
        }
        for doubtful in [
            "7/1/2026",
            "2026-07",
            "2026",
            "2026-07-01 00:00:00",
            "01.07.2026",
            "1782864000",
        ] {
            assert_eq!(read(doubtful), Date::Doubtful, "{doubtful}");
        }
        for bad in [
            "",
            "tomorrow",
            "2026-02-29",
            "2026-13-01",
            "2026-07-01T25:00:00Z",
            "26-07-01",
            "2026-07-01T",
        ] {
            assert_eq!(read(bad), Date::Bad, "{bad}");
        }
    }
}
