//! Placeholders that nobody has filled in, as guides and templates write them: `<ACCOUNT_ID>`, `{{account}}`, and
//! `${ACCOUNT_ID}`, which cannot be a policy variable.

/// The next placeholder of a text between angle brackets or double braces: its first byte, and its length.
///
/// # Examples
///
/// ```
/// use iam_policy_core::placeholder::next;
///
/// assert_eq!(next("arn:aws:iam::<account>:role/a"), Some((13, 9)));
/// assert_eq!(next("a{{name}}"), Some((1, 8)));
/// assert_eq!(next("${aws:username} < >"), None);
/// ```
#[must_use]
pub fn next(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    for (start, byte) in bytes.iter().enumerate() {
        let (open, close) = match byte {
            b'<' => ("<", ">"),
            b'{' if bytes.get(start + 1) == Some(&b'{') => ("{{", "}}"),
            _ => continue,
        };
        // A brace after a `$` starts a policy variable.
        let is_variable = start.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'$');
        let rest = text.get(start + open.len()..).unwrap_or_default();
        if let Some((name, _)) = rest.split_once(close)
            && !is_variable
            && is_name(name)
        {
            return Some((start, open.len() + name.len() + close.len()));
        }
    }
    None
}

/// Whether a text is the name of a placeholder: a word, or several.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let text = text.trim();
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' ' | b':');
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(is_part)
}

/// Whether no condition key can have this name. A key has the form `service:key`, and `AWS::Region` and the like are
/// pseudo parameters of CloudFormation.
///
/// # Examples
///
/// ```
/// use iam_policy_core::placeholder::is_impossible;
///
/// assert!(is_impossible("ACCOUNT_ID") && is_impossible("AWS::Region"));
/// assert!(!is_impossible("aws:username"));
/// ```
#[must_use]
pub fn is_impossible(key: &str) -> bool {
    key.split_once(':').is_none_or(|(_, name)| name.starts_with(':'))
}
