//! The syntax of strings as regular expressions, for the schema. They only use what every dialect has: classes, groups,
//! alternatives and repetition.
//!
//! Each accepts what the compiler accepts: an editor must not underline a valid spec. The tests compare them with the
//! functions that define the syntax.

use std::fmt::Write;

use iam_policy_core::Partition;
use iam_policy_core::operator::{Operator, Qualifier};

/// A line that is not blank, with line breaks only at its end.
pub(super) const LINE: &str = r"^[^\n]*\S[^\n]*\s*$";

/// Anything but white space alone.
pub(super) const FILLED: &str = r"\S";

pub(super) const NAME: &str = "^[A-Za-z][A-Za-z0-9_-]*$";

/// The name of a policy that would collide with the constant `ALL`.
pub(super) const ALL: &str = "^[Aa][Ll][Ll]$";

pub(super) const SID: &str = "^[A-Za-z0-9]+$";

pub(super) const ACTION: &str = r"^(?:\*|[A-Za-z0-9-]+:[A-Za-z0-9_*?-]+)$";

pub(super) const SERVICE: &str = r"^(?:[A-Za-z0-9.-]|\{[A-Za-z][A-Za-z0-9_-]*\})+$";

/// The text of a condition key or value: what IAM accepts.
pub(super) const ACCEPTED: &str = r"^[\t\n\r -ÿ]*$";

/// The name of a condition key, `service:key`. Placeholders are not replaced in it.
pub(super) const CONDITION_KEY: &str = r"^[\t\n\r -9;-z|~-ÿ]+:[\t\n\r -z|~-ÿ]+$";

/// A template of an ARN. A placeholder cannot contain a colon, so the segments can be counted; one at the start may be an
/// ARN itself.
pub(super) fn arn() -> String {
    const TEXT: &str = r"[\t\n\r -9;-ÿ]";
    let mut partitions = String::new();
    for partition in Partition::ALL {
        partitions.push_str(partition.name());
        partitions.push('|');
    }
    let unknown = format!("{TEXT}*[*?{{]{TEXT}*");
    let service = r"[\t\n\r -)+-9;->@-ÿ]+";
    format!(r"^(?:\*|\{{[A-Za-z][\t\n\r -ÿ]*|arn:(?:{partitions}{unknown}):{service}:{TEXT}*:{TEXT}*:[\t\n\r -ÿ]+)$")
}

/// The name of a condition operator. Like IAM, it ignores case.
pub(super) fn operator() -> String {
    let mut names = String::new();
    for operator in Operator::ALL {
        if !names.is_empty() {
            names.push('|');
        }
        ignore_case(&mut names, &operator.to_string());
    }
    let mut qualifiers = String::new();
    for qualifier in Qualifier::ALL {
        ignore_case(&mut qualifiers, qualifier.name());
        qualifiers.push_str(":|");
    }
    let mut if_exists = String::new();
    ignore_case(&mut if_exists, "IfExists");
    format!("^(?:{qualifiers})(?:{names})(?:{if_exists}|)$")
}

/// Appends a pattern for the letters of `word` in either case.
fn ignore_case(pattern: &mut String, word: &str) {
    for letter in word.chars() {
        // Writing to a `String` cannot fail.
        let _ = write!(
            pattern,
            "[{}{}]",
            letter.to_ascii_uppercase(),
            letter.to_ascii_lowercase()
        );
    }
}
