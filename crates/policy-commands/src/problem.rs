use iam_policy_core::suggest::nearest;
use iam_policy_document::Diagnostic;
use iam_policy_spec::wording::list;

/// Adds what an unknown word was probably meant to be, and all that it can be.
///
/// - `problem`: the diagnostic about the word
/// - `word`: the word
/// - `kind`: what the candidates are, in the plural
/// - `candidates`: the known words
///
/// # Examples
///
/// ```
/// use iam_policy_commands::with_candidates;
/// use iam_policy_document::Diagnostic;
///
/// let problem = Diagnostic::error("there is no partition `aws-nc`");
/// assert_eq!(
///     with_candidates(problem, "aws-nc", "partitions", ["aws", "aws-cn"].into_iter()).to_string(),
///     "error: there is no partition `aws-nc`\n  \
///      = help: did you mean `aws-cn`?\n  \
///      = help: the partitions are `aws` and `aws-cn`",
/// );
/// ```
#[must_use]
pub fn with_candidates<'a>(
    problem: Diagnostic,
    word: &str,
    kind: &str,
    candidates: impl Iterator<Item = &'a str> + Clone,
) -> Diagnostic {
    if candidates.clone().next().is_none() {
        return problem.help(format!("there are no {kind}"));
    }
    problem
        .did_you_mean(nearest(word, candidates.clone()))
        .help(format!("the {kind} are {}", list(candidates)))
}
