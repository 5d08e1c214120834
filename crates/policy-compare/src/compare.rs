//! The comparison of two policies.

use iam_policy_document::{Document, name_of_key};

use crate::options::Options;
use crate::pair::{Findings, Pair};
use crate::verdict::{Comparison, Verdict, Witness};

/// Compares two documents with the default [`Options`].
///
/// # Examples
///
/// ```
/// use iam_policy_compare::Verdict;
///
/// let read = |json: &str| iam_policy_document::json::read(json.as_bytes()).document;
/// let old = read(r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::logs/*"}}"#);
/// let new = read(r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::*/*"}}"#);
///
/// let comparison = iam_policy_compare::compare(&old, &new);
/// assert_eq!(comparison.verdict, Verdict::Incomparable);
/// let witness = &comparison.newly_allowed[0];
/// assert_eq!((&*witness.action, &*witness.resource), ("s3:GetObject", "arn:aws:s3:::a/a"));
/// ```
#[must_use]
pub fn compare(old: &Document, new: &Document) -> Comparison {
    Options::default().compare([old], [new])
}

impl Options {
    /// Compares two policies. Each may consist of several documents that apply together, such as all policies attached
    /// to a principal.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_compare::{Options, Verdict};
    ///
    /// let read = |json: &str| iam_policy_document::json::read(json.as_bytes()).document;
    /// let one = read(r#"{"Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}}"#);
    /// let other = read(r#"{"Statement": {"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": "*"}}"#);
    /// let both = read(r#"{"Statement": {"Effect": "Allow", "Action": ["sqs:*Message"], "Resource": "*"}}"#);
    /// let comparison = Options::default().compare([&one, &other], [&both]);
    /// // It has `sqs:DeleteMessage` too.
    /// assert_eq!(comparison.verdict, Verdict::Widened);
    /// ```
    pub fn compare<'a>(
        &self,
        old: impl IntoIterator<Item = &'a Document>,
        new: impl IntoIterator<Item = &'a Document>,
    ) -> Comparison {
        match Pair::read(self, old, new) {
            Ok(mut pair) => {
                let (allowed, denied) = pair.findings(true);
                let mut comparison = conclude(allowed, denied);
                comparison.notes.append(&mut pair.assumptions);
                for witness in comparison.newly_allowed.iter_mut().chain(&mut comparison.newly_denied) {
                    name_unknowns(witness);
                }
                comparison
            }
            Err(because) => Comparison::unknown(because),
        }
    }
}

/// Names the unknown parts of policies among the keys of a request as templates do.
pub(crate) fn name_unknowns(witness: &mut Witness) {
    // One without a value does not matter.
    witness
        .context
        .retain(|(key, values)| name_of_key(key).is_none() || !values.is_empty());
    for (key, _) in &mut witness.context {
        if let Some(name) = name_of_key(key) {
            *key = format!("${{{name}}}");
        }
    }
}

/// The result, given the findings in both directions.
fn conclude(allowed: Findings, denied: Findings) -> Comparison {
    let (more, less) = (!allowed.witnesses.is_empty(), !denied.witnesses.is_empty());
    // An open question only matters in a direction without witnesses.
    let unclear = match (more, less) {
        (true, true) => None,
        (true, false) => denied.unclear,
        (false, true) => allowed.unclear,
        (false, false) => allowed.unclear.or(denied.unclear),
    };
    let verdict = match (more, less) {
        _ if unclear.is_some() => Verdict::Unknown,
        (true, true) => Verdict::Incomparable,
        (true, false) => Verdict::Widened,
        (false, true) => Verdict::Narrowed,
        (false, false) => Verdict::Equivalent,
    };
    let because = unclear.unwrap_or_else(|| {
        match verdict {
            Verdict::Equivalent => "both allow the same requests",
            Verdict::Narrowed => "everything allowed now was allowed before, and some requests are no longer allowed",
            Verdict::Widened => "everything allowed before is still allowed, and some requests are newly allowed",
            Verdict::Incomparable => "some requests are newly allowed, and some are no longer allowed",
            Verdict::Unknown => "the comparison could not be decided",
        }
        .to_owned()
    });
    Comparison {
        verdict,
        newly_allowed: allowed.witnesses,
        newly_denied: denied.witnesses,
        because,
        notes: notes([allowed.notes, denied.notes]),
    }
}

/// The notes of several findings, each once.
pub(crate) fn notes<const N: usize>(of_findings: [Vec<String>; N]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for note in of_findings.into_iter().flatten() {
        if !all.contains(&note) {
            all.push(note);
        }
    }
    all
}
