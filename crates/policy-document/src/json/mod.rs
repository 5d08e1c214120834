//! Reads IAM policy documents in JSON, with the location of every key and value, and reports all problems at once.
//!
//! ```rust
//! use iam_policy_document::{Element, Lines};
//!
//! let source = br#"{
//!   "Version": "2012-10-17",
//!   "Statement": {
//!     "Effect": "Allow",
//!     "Action": ["s3:GetObject" "s3:PutObject"],
//!     "Action": "s3:*",
//!   }
//! }"#;
//! let reading = iam_policy_document::json::read(source);
//!
//! let lines = Lines::new(source);
//! let problems: Vec<_> = reading
//!     .problems
//!     .iter()
//!     .map(|problem| format!("{}: {}", lines.position(problem.start()), problem.message))
//!     .collect();
//! assert_eq!(
//!     problems,
//!     [
//!         "5:31: expected a comma or `]`, found `\"s3:PutObject\"`",
//!         "6:5: duplicate key `Action`",
//!         "6:21: trailing comma",
//!     ]
//! );
//!
//! let statement = reading.document.statements().next().unwrap();
//! let actions = statement.element(Element::Action).unwrap().value;
//! assert_eq!(actions.one_or_many().count(), 2);
//! ```
//!
//! The reader accepts any bytes. Invalid UTF-8, a byte order mark, half of a surrogate pair, a truncated document, a
//! thousand opening brackets: each is a problem with a location, and none panics. Reading takes time linear in the
//! length of the text, nesting is limited to [`MAX_DEPTH`] levels, and reading stops after [`MAX_PROBLEMS`] problems.

mod limits;
mod problem;
mod reader;

pub use limits::{MAX_DEPTH, MAX_PROBLEMS};
pub use problem::SYNTAX_ERROR;
pub use reader::{Reading, read};
