//! "Did you mean": finds the candidate nearest to a misspelled name.
//!
//! Distance counts inserted, removed, replaced and swapped characters. Letters of either case are the same, and so are
//! `-` and `_`. A candidate is near if its distance is at most a third of the name's length, or 1 for shorter names, and
//! never more than 3. Nothing here allocates.
//!
//! # Examples
//!
//! ```
//! use iam_policy_core::suggest::nearest;
//!
//! assert_eq!(nearest("StringEqual", ["StringEquals", "StringLike"]), Some("StringEquals"));
//! assert_eq!(nearest("bucket-perfix", ["bucket-prefix", "role-name"]), Some("bucket-prefix"));
//! assert_eq!(nearest("Nonsense", ["StringEquals", "StringLike"]), None);
//! ```

/// Texts of this length or longer are never considered misspelled names.
const LONGEST: usize = 128;

/// The candidate that `name` was probably meant to be, if one is near enough.
///
/// - `name`: the misspelled name
/// - `candidates`: the valid names
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_of(name, &mut candidates.into_iter())
}

fn nearest_of<'a>(name: &str, candidates: &mut dyn Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut nearest = Nearest::new(name);
    for candidate in candidates {
        nearest.consider(candidate, candidate.as_bytes());
    }
    nearest.found()
}

/// How many mistakes a name of this length may have.
#[must_use]
pub fn allowance(length: usize) -> usize {
    (length / 3).clamp(1, 3)
}

/// Keeps the nearest of the candidates it considers, for candidates that are not plain strings.
///
/// Of several at the same distance it keeps the one with the longest common prefix, and of these the first.
///
/// # Examples
///
/// ```
/// use iam_policy_core::suggest::Nearest;
///
/// let mut nearest = Nearest::new("ListBukets");
/// for (number, name) in ["GetObject", "ListBuckets"].into_iter().enumerate() {
///     nearest.consider(number, name.as_bytes());
/// }
/// assert_eq!(nearest.found(), Some(1));
/// ```
#[derive(Clone, Debug)]
pub struct Nearest<'n, T> {
    name: &'n [u8],
    record: Record,
    best: Option<T>,
}

impl<'n, T> Nearest<'n, T> {
    /// Looks for candidates near `name`.
    #[must_use]
    pub fn new(name: &'n str) -> Self {
        Self::within(name, allowance(name.len()))
    }

    /// Looks for candidates near `name` that have at most `allowance` mistakes.
    #[must_use]
    pub fn within(name: &'n str, allowance: usize) -> Self {
        Self {
            name: name.as_bytes(),
            record: Record {
                allowance,
                agreed: None,
            },
            best: None,
        }
    }

    /// Considers a candidate.
    ///
    /// - `candidate`: what [`found`](Self::found) returns if nothing nearer is considered
    /// - `text`: its name
    pub fn consider(&mut self, candidate: T, text: &[u8]) {
        self.consider_part(candidate, self.name, text);
    }

    /// Considers a candidate by a part of the name, as for a key whose tail is up to the user.
    ///
    /// - `candidate`: what [`found`](Self::found) returns if nothing nearer is considered
    /// - `part`: the part of the name to compare
    /// - `text`: the part of the candidate's name to compare it with
    pub fn consider_part(&mut self, candidate: T, part: &[u8], text: &[u8]) {
        if self.record.beat(part, text) {
            self.best = Some(candidate);
        }
    }

    /// The nearest candidate, if one was near enough.
    #[must_use]
    pub fn found(self) -> Option<T> {
        self.best
    }
}

/// How near the nearest candidate is, independent of the candidates' type.
#[derive(Clone, Debug)]
struct Record {
    /// The distance of the nearest candidate; before there is one, the largest distance allowed.
    allowance: usize,
    /// The length of its common prefix with the name.
    agreed: Option<usize>,
}

impl Record {
    /// Whether `text` is nearer to `name` than every earlier one. If so, it is the new record.
    fn beat(&mut self, name: &[u8], text: &[u8]) -> bool {
        let Some(distance) = distance(name, text, self.allowance) else {
            return false;
        };
        let mut agreed = 0;
        for (a, b) in name.iter().zip(text) {
            if !is_same(*a, *b) {
                break;
            }
            agreed += 1;
        }
        let is_nearer = distance < self.allowance || self.agreed.is_none_or(|longest| agreed > longest);
        if is_nearer {
            (self.allowance, self.agreed) = (distance, Some(agreed));
        }
        is_nearer
    }
}

/// Whether two characters are the same to someone who does not remember the exact spelling.
fn is_same(a: u8, b: u8) -> bool {
    a.eq_ignore_ascii_case(&b) || matches!((a, b), (b'-', b'_') | (b'_', b'-'))
}

/// The number of bytes to insert, remove, replace or swap with a neighbor to turn `a` into `b`; `None` if
/// more than `limit`. Only computes the cells near the diagonal, since all others exceed the limit.
#[expect(
    clippy::indexing_slicing,
    reason = "rows have a cell for each byte and one on either side, and both texts are shorter than `LONGEST`"
)]
fn distance(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit || a.len() >= LONGEST || b.len() >= LONGEST {
        return None;
    }
    let over = limit + 1;
    // The last three rows, one after the other in each of them. Only cells near the diagonal are ever written or read, so
    // none needs clearing but the two that border on them.
    let mut rows = [[over; LONGEST + 1]; 3];
    for (number, cell) in rows[0].iter_mut().enumerate().take(limit.min(b.len()) + 1) {
        *cell = number;
    }
    for i in 1..=a.len() {
        let (row, before, two_before) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        let (start, end) = (i.saturating_sub(limit).max(1), (i + limit).min(b.len()));
        rows[row][start - 1] = if i <= limit { i } else { over };
        let mut least = rows[row][start - 1];
        for j in start..=end {
            let same = is_same(a[i - 1], b[j - 1]);
            let mut cell = rows[before][j - 1] + usize::from(!same);
            cell = cell.min(rows[before][j] + 1).min(rows[row][j - 1] + 1);
            if i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) && is_same(a[i - 2], b[j - 1]) {
                cell = cell.min(rows[two_before][j - 2] + 1);
            }
            rows[row][j] = cell.min(over);
            least = least.min(rows[row][j]);
        }
        // The next row looks one cell further.
        rows[row][end + 1] = over;
        if least > limit {
            return None;
        }
    }
    Some(rows[a.len() % 3][b.len()]).filter(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::vec;

    use super::*;

    /// The distance by the whole table.
    fn plain_distance(a: &[u8], b: &[u8]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = match (i, j) {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => {
                        let replaced = table[i - 1][j - 1] + usize::from(!is_same(a[i - 1], b[j - 1]));
                        replaced.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1)
                    }
                };
                if i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) && is_same(a[i - 2], b[j - 1]) {
                    table[i][j] = table[i][j].min(table[i - 2][j - 2] + 1);
                }
            }
        }
        table[a.len()][b.len()]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn the_table_near_the_diagonal_is_enough(a in "[abC_-]{0,9}", b in "[aBc_-]{0,9}", limit in 0..5_usize) {
            let (a, b) = (a.as_bytes(), b.as_bytes());
            let expected = Some(plain_distance(a, b)).filter(|distance| *distance <= limit);
            prop_assert_eq!(distance(a, b, limit), expected);
        }
    }

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("", "", Some(0)),
            ("", "ab", Some(2)),
            ("abc", "abd", Some(1)),
            ("abc", "acb", Some(1)),
            ("kitten", "sitting", Some(3)),
            ("kitten", "KITTENS", Some(1)),
            ("a-b", "A_B", Some(0)),
            ("kitten", "mountain", None),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes(), 3), expected, "{a} {b}");
        }
    }

    #[test]
    fn only_near_candidates_are_suggested() {
        let keys = ["reason", "resources", "actions"];
        assert_eq!(nearest("reson", keys), Some("reason"));
        assert_eq!(nearest("resource", keys), Some("resources"));
        assert_eq!(nearest("Action", keys), Some("actions"));
        assert_eq!(nearest("pass-rol", ["PASS_ROLE"]), Some("PASS_ROLE"));
        assert_eq!(nearest("colour", keys), None);
    }

    #[test]
    fn ties_go_to_the_longest_common_prefix_and_then_to_the_first() {
        assert_eq!(nearest("GetBucke", ["SetBucke", "GetBucket"]), Some("GetBucket"));
        assert_eq!(nearest("Gets", ["Geta", "Getb"]), Some("Geta"));
    }

    #[test]
    fn long_texts_are_not_names() {
        let long = "a".repeat(LONGEST);
        assert_eq!(nearest(&long, [long.as_str()]), None);
    }
}
