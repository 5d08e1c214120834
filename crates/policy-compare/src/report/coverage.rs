//! Whether everything is granted that is needed.

use crate::{Answer, Witness};
use serde::Serialize;

use crate::report::Side;
use crate::report::json::List;
use crate::report::markdown::{finished, lacking};

/// The answer in Markdown.
///
/// - `required`: the policy that is needed
#[must_use]
pub fn markdown(answer: &Answer, required: Option<&Side>) -> String {
    match answer {
        Answer::Yes => "**Covered**: everything that is needed is granted.\n".to_owned(),
        Answer::Unknown(because) => format!("**Unknown**: {because}.\n"),
        Answer::No(witnesses) => {
            let mut text = "**Not covered**: something that is needed is not granted.\n\n".to_owned();
            lacking(&mut text, "Lacking", witnesses, None, required);
            finished(text)
        }
    }
}

/// The answer as an object, and a line feed.
///
/// - `required`: the policy that is needed
#[must_use]
pub fn json(answer: &Answer, required: Option<&Side>) -> String {
    let (verdict, lacking, because): (_, &[Witness], _) = match answer {
        Answer::Yes => ("covered", &[], "everything that is needed is granted"),
        Answer::No(lacking) => ("lacking", lacking, "something that is needed is not granted"),
        Answer::Unknown(because) => ("unknown", &[], because.as_str()),
    };
    let coverage = Coverage {
        verdict,
        lacking: List(lacking, Some((None, required))),
        because,
    };
    // A `String` takes everything.
    serde_json::to_string(&coverage).unwrap_or_default() + "\n"
}

#[derive(Serialize)]
struct Coverage<'a> {
    verdict: &'a str,
    lacking: List<'a>,
    because: &'a str,
}
