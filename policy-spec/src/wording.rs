//! Wording shared by diagnostics, also for programs that add their own.

pub use iam_policy_document::wording::list;
pub(crate) use iam_policy_document::wording::sentence;

/// A noun with its indefinite article.
pub(crate) fn with_article(noun: &str) -> String {
    let is_vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {noun}", if is_vowel { "an" } else { "a" })
}
