//! Renders whether every required permission is granted.

use crate::{Answer, Witness};
use iam_policy_core::markdown::Inline;
use serde::Serialize;

use crate::report::Side;
use crate::report::json::List;
use crate::report::markdown::{self, finished, missing};

/// Renders the answer as Markdown.
///
/// - `notes`: those of the answer
/// - `required`: the required policy
#[must_use]
pub fn markdown(answer: &Answer, notes: &[String], required: Option<&Side>) -> String {
    let mut text = match answer {
        Answer::Yes => "**Covered**: every required permission is granted.\n\n".to_owned(),
        Answer::Unknown(because) => format!("**Unknown**: {}.\n\n", Inline(because)),
        Answer::No(witnesses) => {
            let mut text = "**Not covered**: some required permissions are not granted.\n\n".to_owned();
            missing(&mut text, "Missing permissions", witnesses, None, required);
            text
        }
    };
    markdown::notes(&mut text, notes);
    finished(text)
}

/// Renders the answer as a JSON object followed by a newline.
///
/// - `notes`: those of the answer
/// - `required`: the required policy
#[must_use]
pub fn json(answer: &Answer, notes: &[String], required: Option<&Side>) -> String {
    let (verdict, lacking, because): (_, &[Witness], _) = match answer {
        Answer::Yes => ("covered", &[], "every required permission is granted"),
        Answer::No(lacking) => ("lacking", lacking, "some required permissions are not granted"),
        Answer::Unknown(because) => ("unknown", &[], because.as_str()),
    };
    let coverage = Coverage {
        verdict,
        lacking: List(lacking, Some((None, required))),
        because,
        notes,
    };
    // Writing to a `String` cannot fail.
    serde_json::to_string(&coverage).unwrap_or_default() + "\n"
}

#[derive(Serialize)]
struct Coverage<'a> {
    verdict: &'a str,
    lacking: List<'a>,
    because: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [String],
}
