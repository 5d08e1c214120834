//! Tells people and programs what one IAM policy allows that another does not, and why it is needed. `iam-policy-compare` finds out; this crate knows which documents a spec
//! makes, which of two specs belong together, what the spec says about their statements, and how to put all of it into Markdown or JSON.
//!
//! ```rust
//! use iam_policy_compare::Options;
//! use iam_policy_compare::report::{Answer, Pair, Side, changes, json};
//!
//! let side = |name: &str, text: &str| Side::new(name, text, iam_policy_document::json::read(text.as_bytes()).document);
//! let old = side("old.json", r#"{"Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}}"#);
//! let new = side("new.json", r#"{"Statement": {"Effect": "Allow", "Action": "sqs:*Message", "Resource": "*"}}"#);
//! let answer = Answer::new(&Options::default(), Pair::new(Some(&old), Some(&new)));
//!
//! assert!(changes(std::slice::from_ref(&answer)).contains("allowed by statement 0 (new.json:1)"));
//! assert!(json::object(&answer).starts_with(r#"{"verdict":"widened","newlyAllowed":[{"action":"sqs:"#));
//! ```
//!
//! | | for |
//! |---|---|
//! | [`changes`] | who reviews a change: what is newly allowed, and newly denied |
//! | [`needs`] | who has attached a policy: what is needed beyond it, and what of it is not |
//! | [`json`], [`coverage`] | programs; whether everything is granted that is needed |
//!
//! A reason is told once, however many actions it is for. In the JSON, each request has `actions`, all for which it proves the same, of which there are none where it stands for
//! actions that AWS may add; and `oldStatements` and `newStatements`, the statements that are about it: `file?`, `line?`,
//! `statement` (its number), `sid?`, `effect`, and from a spec `reason?`, `without?`, and `actions?` and `resources?`, each an array of objects with `pattern`, `reason?` and `without?`.

mod answer;
pub mod coverage;
mod described;
pub mod json;
mod markdown;
mod partition;
mod side;
mod subject;

pub use answer::{Answer, Only, Pair, paired};
pub use markdown::{changes, needs};
pub use partition::partition;
pub use side::Side;
pub use subject::Subject;

/// How many witnesses are looked for in each direction when all of them are shown.
pub const WITNESSES: usize = 100;
