use std::collections::HashMap;

/// Maps texts to numbers, such as indices into a list.
///
/// A hash map that is compiled once, here: crates with many lookups compile faster than with a map type of their own
/// for each.
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
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of `text`.
    #[must_use]
    pub fn get(&self, text: &str) -> Option<usize> {
        self.0.get(text).copied()
    }

    /// Sets the number of `text`, and returns its previous one.
    pub fn insert(&mut self, text: String, number: usize) -> Option<usize> {
        self.0.insert(text, number)
    }
}
