use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::iter::{repeat, repeat_n};

/// A decimal number of any size and precision. Numbers with the same value are equal, regardless of how they are written.
///
/// # Examples
///
/// ```
/// use iam_policy_document::scalar::Number;
///
/// assert_eq!(Number::read("1e3"), Number::read("1000.0"));
/// assert!(Number::read("9007199254740993") > Number::read("9007199254740992"));
/// assert_eq!(Number::read("1,000"), None);
/// ```
#[derive(Clone, Debug)]
pub struct Number<'t> {
    sign: Ordering,
    /// The exponent of the first digit.
    magnitude: i64,
    /// The digits from the first to the last nonzero one, possibly with a decimal point between them.
    digits: Cow<'t, str>,
}

/// The maximum number of digits of an integer that is handled as an `i64`.
const INTEGER: i64 = 18;

/// The maximum number of zeros that a number is written with.
const ZEROS: i64 = 30;

impl<'t> Number<'t> {
    /// Parses digits with an optional sign, decimal point and exponent: `10`, `-0.5`, `+1.50`, `1e3`. Returns `None` if
    /// `text` is not a number.
    #[must_use]
    pub fn read(text: &'t str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let unsigned = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() && fraction.is_empty() || !are_digits(whole) || !are_digits(fraction) {
            return None;
        }
        let digits = unsigned.trim_start_matches(['0', '.']);
        // The number of digits before the point, or minus the number of zeros between the point and the first digit.
        let before = match digits.find('.') {
            Some(point) => i64::try_from(point).ok()?,
            None => i64::try_from(digits.len()).ok()? - i64::try_from(fraction.len()).ok()?,
        };
        let digits = match digits.split_once('.') {
            Some(_) => digits.trim_end_matches('0').trim_end_matches('.').trim_end_matches('0'),
            None => digits.trim_end_matches('0'),
        };
        let negative = mantissa.starts_with('-');
        Some(Self::new(
            negative,
            before - 1 + i64::from(exponent),
            Cow::Borrowed(digits),
        ))
    }

    /// - `digits`: without leading and trailing zeros
    fn new(negative: bool, magnitude: i64, digits: Cow<'t, str>) -> Self {
        if digits.is_empty() {
            return Self {
                sign: Ordering::Equal,
                magnitude: 0,
                digits,
            };
        }
        Self {
            sign: if negative { Ordering::Less } else { Ordering::Greater },
            magnitude,
            digits,
        }
    }

    /// The same number, without borrowing the text that it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> Number<'static> {
        Number {
            sign: self.sign,
            magnitude: self.magnitude,
            digits: Cow::Owned(self.digits.into_owned()),
        }
    }

    /// A number strictly between two bounds, with as few digits as possible. With a single bound, a number beyond it;
    /// without bounds, any number. Returns `None` if there is no number between the bounds.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_document::scalar::Number;
    ///
    /// let between = |lower: &str, upper: &str| {
    ///     let (lower, upper) = (Number::read(lower), Number::read(upper));
    ///     Number::between(lower.as_ref(), upper.as_ref()).map(|number| number.to_string())
    /// };
    /// assert_eq!(between("99.5", "101").as_deref(), Some("100"));
    /// assert_eq!(between("1", "2").as_deref(), Some("1.1"));
    /// assert_eq!(between("7", "").as_deref(), Some("8"));
    /// assert_eq!(between("", "-7").as_deref(), Some("-8"));
    /// assert_eq!(between("2", "2"), None);
    /// ```
    #[must_use]
    pub fn between(lower: Option<&Number<'_>>, upper: Option<&Number<'_>>) -> Option<Number<'static>> {
        match (lower, upper) {
            (None, None) => Some(Number::of(1)),
            (Some(lower), None) => Some(lower.after()),
            (None, Some(upper)) => Some(upper.clone().negated().after().negated()),
            (Some(lower), Some(upper)) if lower >= upper => None,
            (Some(lower), Some(upper)) => Some(match (lower.sign, upper.sign) {
                (Ordering::Less, Ordering::Greater) => Number::of(0),
                (Ordering::Less, _) => inside(&upper.clone().negated(), &lower.clone().negated()).negated(),
                _ => inside(lower, upper),
            }),
        }
    }

    /// An integer as a number.
    fn of(integer: i64) -> Number<'static> {
        let text = integer.unsigned_abs().to_string();
        let magnitude = i64::try_from(text.len()).unwrap_or(0) - 1;
        let digits = text.trim_matches('0').to_owned();
        Number::new(integer < 0, magnitude, Cow::Owned(digits))
    }

    fn negated(self) -> Self {
        Self {
            sign: self.sign.reverse(),
            ..self
        }
    }

    /// A greater integer.
    fn after(&self) -> Number<'static> {
        match self.integer() {
            Some(integer) => Number::of(integer + 1),
            None if self.sign.is_lt() => Number::of(0),
            None => Number::new(false, self.magnitude + 1, Cow::Borrowed("1")),
        }
    }

    /// The part before the decimal point, unless it is too large.
    pub(super) fn integer(&self) -> Option<i64> {
        if self.magnitude >= INTEGER {
            return None;
        }
        let integer = (0..=self.magnitude).fold(0, |integer, place| {
            integer * 10 + i64::from(self.at(self.magnitude - place))
        });
        Some(if self.sign.is_lt() { -integer } else { integer })
    }

    /// The digit at this power of ten.
    pub(super) fn at(&self, power: i64) -> u8 {
        let place = self
            .magnitude
            .checked_sub(power)
            .and_then(|place| usize::try_from(place).ok());
        place.and_then(|place| self.digits().nth(place)).unwrap_or(0)
    }

    pub(super) fn is_negative(&self) -> bool {
        self.sign.is_lt()
    }

    fn digits(&self) -> impl Iterator<Item = u8> {
        self.digits.bytes().filter(|byte| *byte != b'.').map(|byte| byte - b'0')
    }
}

/// The number with the fewest digits between two nonnegative numbers, the first of which is less.
fn inside(lower: &Number<'_>, upper: &Number<'_>) -> Number<'static> {
    let shorter = usize::try_from(upper.magnitude - lower.magnitude).unwrap_or(0);
    let mut low = repeat_n(0, shorter).chain(lower.digits()).chain(repeat(0));
    let mut high = upper.digits();
    let mut digits = String::new();
    let mut push = |digit: u8| digits.push(char::from(b'0' + digit));
    let mut last = 0;
    for (digit, other) in low.by_ref().zip(high.by_ref()) {
        last = digit;
        if digit != other {
            // With so few digits, the next number may be the upper one itself.
            if other.saturating_sub(digit) == 1 && high.next().is_none() {
                push(digit);
                last = low
                    .find(|digit| {
                        if *digit == 9 {
                            push(9);
                        }
                        *digit != 9
                    })
                    .unwrap_or(0);
            }
            break;
        }
        push(digit);
    }
    push(last + 1);
    let zeros = digits.len() - digits.trim_start_matches('0').len();
    let digits = digits.trim_matches('0').to_owned();
    Number::new(
        false,
        upper.magnitude - i64::try_from(zeros).unwrap_or(0),
        Cow::Owned(digits),
    )
}

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let sizes = || {
            let magnitudes = self.magnitude.cmp(&other.magnitude);
            magnitudes.then_with(|| self.digits().cmp(other.digits()))
        };
        self.sign.cmp(&other.sign).then_with(|| match self.sign {
            Ordering::Equal => Ordering::Equal,
            Ordering::Greater => sizes(),
            Ordering::Less => sizes().reverse(),
        })
    }
}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number<'_> {}

impl Hash for Number<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.sign, self.magnitude).hash(state);
        self.digits().for_each(|digit| digit.hash(state));
    }
}

/// Writes an exponent only to avoid a long run of zeros.
impl fmt::Display for Number<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sign.is_lt() {
            f.write_str("-")?;
        }
        let last = self.magnitude + 1 - i64::try_from(self.digits().count()).unwrap_or(0);
        if last > ZEROS || self.magnitude < -ZEROS {
            self.digits().try_for_each(|digit| digit.fmt(f))?;
            return write!(f, "e{last}");
        }
        let zeros = |count: i64| repeat_n(0, usize::try_from(count).unwrap_or(0));
        let digits = zeros(-self.magnitude).chain(self.digits()).chain(zeros(last));
        for (place, digit) in digits.enumerate() {
            if i64::try_from(place).is_ok_and(|place| place == self.magnitude.max(0) + 1) {
                f.write_str(".")?;
            }
            digit.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Number<'_> {
        Number::read(text).unwrap()
    }

    #[test]
    fn what_is_a_number() {
        for (text, same) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("000", "0"),
            ("0e7", "0"),
            ("-12", "-12"),
            ("+1.50", "1.5"),
            ("0010", "10"),
            ("1.", "1"),
            (".5", "0.5"),
            ("00.0500", "0.05"),
            ("100.001", "100.001"),
            ("1e3", "1000"),
            ("-2.5E-3", "-0.0025"),
            ("1e+2", "100"),
            ("120e-1", "12"),
            ("1e31", "1e31"),
            ("1.25e40", "125e38"),
            ("100e-40", "1e-38"),
            (
                "1234567890123456789012345678901234567890",
                "1234567890123456789012345678901234567890",
            ),
        ] {
            assert_eq!(number(text).to_string(), same, "{text}");
            assert_eq!(number(text), number(same), "{text}");
        }
        for text in [
            "",
            "-",
            ".",
            "-.",
            "1.2.3",
            "inf",
            "NaN",
            "1,000",
            " 1",
            "0x10",
            "1e",
            "e3",
            "1e2.5",
            "1e3e3",
            "1e9999999999",
            "--1",
            "1_0",
            "٣",
        ] {
            assert_eq!(Number::read(text), None, "{text}");
        }
    }

    #[test]
    fn there_is_a_number_between_any_two() {
        let between = |lower, upper| {
            Number::between(Some(&number(lower)), Some(&number(upper)))
                .unwrap()
                .to_string()
        };
        assert_eq!(between("1", "4"), "2");
        assert_eq!(between("9", "10"), "9.1");
        assert_eq!(between("90", "100"), "91");
        assert_eq!(between("-1.5", "-0.5"), "-1");
        assert_eq!(between("-1", "0"), "-0.1");
        assert_eq!(between("0.5", "0.51"), "0.501");
        assert_eq!(between("0.59", "0.6"), "0.591");
        assert_eq!(between("0", "1e-50"), "1e-51");
        assert_eq!(between("1e-50", "1e50"), "1e49");
        assert_eq!(number("1e200").after(), number("1e201"));
        assert_eq!(number("-1e200").after(), number("0"));
        assert_eq!(Number::between(None, Some(&number("-1.5"))), Some(number("-2")));
    }

    /// Integers whose last two digits follow the decimal point.
    fn written() -> impl Strategy<Value = (i64, String)> {
        let styles = prop_oneof![Just(0), Just(1), Just(2), Just(3)];
        (-20_000_i64..20_000, styles).prop_map(|(hundredths, style)| {
            let sign = if hundredths < 0 { "-" } else { "" };
            let size = hundredths.unsigned_abs();
            let text = match style {
                0 => format!("{sign}{}.{:02}", size / 100, size % 100),
                1 => format!("{sign}{size}e-2"),
                2 => format!("{sign}0{}.{:02}000", size / 100, size % 100),
                _ => format!("{sign}.0{size:06}E5")
                    .replacen(".0", ".", 1)
                    .replace("E5", "E4"),
            };
            (hundredths, text)
        })
    }

    proptest! {
        #[test]
        fn compares_as_integers_do((one, first) in written(), (other, second) in written()) {
            prop_assert_eq!(number(&first).cmp(&number(&second)), one.cmp(&other), "{} {}", first, second);
        }

        #[test]
        fn reads_what_it_writes((_, text) in written(), power in -60_i32..60) {
            let text = match text.split_once(['e', 'E']) {
                Some((mantissa, _)) => format!("{mantissa}e{power}"),
                None => format!("{text}e{power}"),
            };
            let told = number(&text).to_string();
            prop_assert_eq!(number(&told), number(&text));
        }

        #[test]
        fn what_is_between_is_between((_, first) in written(), (_, second) in written()) {
            let (one, other) = (number(&first), number(&second));
            let (lower, upper) = if one < other { (&one, &other) } else { (&other, &one) };
            let between = Number::between(Some(lower), Some(upper));
            prop_assert_eq!(between.is_some(), lower < upper);
            prop_assert!(between.is_none_or(|between| *lower < between && between < *upper));
            prop_assert!(Number::between(Some(upper), None).is_some_and(|number| number > *upper));
            prop_assert!(Number::between(None, Some(lower)).is_some_and(|number| number < *lower));
        }
    }
}
