//! The decisions of `iam-policy-eval` for programs and people: many requests as JSON lines, or one with its explanation.
//!
//! ```rust
//! use iam_policy_eval::simulate::simulate_lines;
//!
//! let requests = br#"{"id": "a", "request": {"principal": "arn:aws:iam::123456789012:user/ann", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}, "identityPolicies": [{"Statement": {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}]}
//! {"id": "b", "request": {"principal": "ann", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}, "identityPolicies": []}
//! "#;
//! let mut answers = Vec::new();
//! let summary = simulate_lines(&requests[..], &mut answers)?;
//! assert_eq!(
//!     String::from_utf8_lossy(&answers),
//!     r#"{"id":"a","decision":"allowed","matched":[{"policy":"identityPolicies[0]","statement":0,"sid":"Read","effect":"Allow"}],"because":"statement 0 (`Read`) of identity policy 0 allows it"}
//! {"id":"b","line":2,"error":"`ann` is not a principal"}
//! "#,
//! );
//! assert_eq!(summary.errors, 1);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! ## Lines
//!
//! Each line is an object with these keys; all but the first three may be left out or be `null`. Any other key is an error, so that none is misspelt unseen.
//!
//! | key | value |
//! |---|---|
//! | `id` | anything; the answer has it again |
//! | `request` | an object: `principal`, `action`, `resource`, and, if need be, `resourceAccount` and `context`, whose values are strings or arrays of strings |
//! | `identityPolicies` | an array of policies |
//! | `permissionBoundaries`, `sessionPolicies` | an array of policies; an empty one is none |
//! | `serviceControlPolicies`, `resourceControlPolicies` | an array of arrays of policies, one for each level of the organization |
//! | `resourcePolicy` | a policy |
//!
//! Each answer is on a line of its own, in the order of the requests: `id`, `decision` (`allowed`, `implicitDeny` or `explicitDeny`), `matched` (every statement that is about the request; `policy` is its place in the line,
//! `statement` counts from 0) and `because`, a sentence. A line that is wrong is answered with `id`, `line` (from 1) and `error`, and affects no other.
//!
//! Lines may be any number: they are read one by one, and policies that come again are compiled once, as far as 2 MiB of each kind go.
//!
//! ## One request
//!
//! [`simulate_one`] shows people the statement that decides, or that comes closest to allowing what is not allowed, underlined where it matters, and says what to change:
//!
//! ```text
//! implicitDeny: no identity policy allows `s3:PutObject` on `arn:aws:s3:::logs/1`
//! closest is statement 0 (`Read`) of identity policy 0
//!  --> user.json:4:9
//!   |
//! 7 |             "Action": ["s3:Get*", "s3:ListBucket"],
//!   |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ does not cover `s3:PutObject`
//!   = help: add `s3:PutObject` to `Action`
//! ```
//!
//! ## Speed
//!
//! `cargo bench -p iam-policy-eval`: lines a second with all reading and writing of JSON, the fastest of 100 samples on one of two cores of a 2.6 GHz Xeon.
//!
//! | | |
//! |---|---|
//! | every line with the same policy of nine statements and 1.7 kB | 327,000/s |
//! | a hundred such policies in turn | 265,000/s |
//! | a policy of two statements, another on every line | 217,000/s |
//! | a policy of nine statements, another on every line | 57,000/s |

mod cache;
mod line;
mod lines;
mod one;

pub use cache::read_policy;
pub use line::{message, read_context};
pub use lines::{Summary, answer_lines, simulate_lines};
pub use one::{Ask, File, OneError, simulate_one, simulate_one_json};
