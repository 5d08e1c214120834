//! Lists of names in messages.

/// Joins names into a phrase: `` `a`, `b` and `c` ``.
///
/// - `names`: the names without backticks
///
/// # Examples
///
/// ```
/// assert_eq!(iam_policy_document::wording::list(["aws", "aws-cn"]), "`aws` and `aws-cn`");
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
///
/// - `words`: the words as they are shown
#[must_use]
pub fn sentence(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
