//! Wording shared by diagnostics, also for programs that add their own.

/// Joins names into a phrase: `` `a`, `b` and `c` ``.
///
/// - `names`: the names without backticks
///
/// # Examples
///
/// ```
/// assert_eq!(iam_policy_spec::wording::list(["aws", "aws-cn"]), "`aws` and `aws-cn`");
/// ```
#[must_use]
pub fn list<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    let mut quoted = Vec::new();
    for name in names {
        quoted.push(["`", name.as_ref(), "`"].concat());
    }
    sentence(&quoted)
}

/// Joins words into a phrase: `a, b and c`.
pub(crate) fn sentence(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
