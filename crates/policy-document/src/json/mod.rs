//! Reads IAM policy documents in JSON, with the position of every key and value, and tells all that is wrong at once.
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
//!     .map(|problem| format!("{}: {problem}", lines.position(problem.span.start)))
//!     .collect();
//! assert_eq!(
//!     problems,
//!     [
//!         "5:31: expected a comma or `]`, found `\"s3:PutObject\"`",
//!         "6:5: the key `Action` is there twice",
//!         "6:21: a comma stands before a closing bracket",
//!     ]
//! );
//!
//! let statement = reading.document.statements().next().unwrap();
//! let actions = statement.element(Element::Action).unwrap().value;
//! assert_eq!(actions.one_or_many().count(), 2);
//! ```
//!
//! The reader takes any bytes. Text that is no UTF-8, a byte order mark, half a surrogate pair, a document cut off in the middle, a thousand open
//! brackets: each is a problem with a position, none a panic. The time that reading takes is linear in the length of the text, nesting is limited to
//! [`MAX_DEPTH`] levels, and after [`MAX_PROBLEMS`] problems reading stops. Positions are bytes; `iam_policy_document::Lines` turns them into lines and
//! columns when somebody wants to see them.

mod limits;
mod problem;
mod reader;

pub use limits::{MAX_DEPTH, MAX_PROBLEMS};
pub use problem::{Problem, ProblemKind};
pub use reader::{Reading, read};
