//! Reports what one IAM policy allows that another does not, and why it is needed.
//!
//! This module knows which documents a spec generates, pairs the documents of two specs, looks up the reasons in the
//! spec, and renders everything as Markdown or JSON.
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
//! assert!(changes(std::slice::from_ref(&answer)).contains("allowed by statement 1 (new.json:1)"));
//! assert!(json::object(&answer).starts_with(r#"{"verdict":"widened","newlyAllowed":[{"action":"sqs:"#));
//! ```
//!
//! | | for |
//! |---|---|
//! | [`changes`] | reviewing a change: what is newly allowed and newly denied |
//! | [`needs`] | checking an existing policy: what is missing, and what is not needed |
//! | [`json`] | programs |
//! | [`coverage`] | checking whether every required permission is granted |
//!
//! In Markdown, each reason is shown once, however many actions it applies to. In JSON, each request has `actions`: all
//! actions for which it demonstrates the same, or none if it stands for actions that AWS may add. `oldStatements` and
//! `newStatements` are the statements that match it, with `file?`, `line?`, `statement` (its index, from 0), `sid?` and
//! `effect`. Statements from a spec also have `reason?`, `without?`, `actions?` and `resources?`; the last two are
//! arrays of objects with `pattern`, `reason?` and `without?`.

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

/// How many witnesses to look for in each direction when all of them are shown.
pub const WITNESSES: usize = 100;
