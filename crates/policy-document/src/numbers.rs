use std::collections::HashMap;

/// Numbers that are found by texts, such as the places of names in a list.
///
/// It is a hash map that is compiled here, once: a crate that has many things to look up is compiled faster than with a
/// map of its own for each of them.
///
/// # Examples
///
/// ```
/// use iam_policy_document::Numbers;
///
/// let mut lines = Numbers::new();
/// assert_eq!(lines.insert("Effect".to_owned(), 1), None);
/// assert_eq!(lines.insert("Effect".to_owned(), 5), Some(1));
/// assert_eq!(lines.get("Effect"), Some(5));
/// assert_eq!(lines.get("Action"), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Numbers(HashMap<String, usize>);

impl Numbers {
    /// No texts yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of `text`.
    #[must_use]
    pub fn get(&self, text: &str) -> Option<usize> {
        self.0.get(text).copied()
    }

    /// Gives `text` a number, and returns the one that it had.
    pub fn insert(&mut self, text: String, number: usize) -> Option<usize> {
        self.0.insert(text, number)
    }
}
