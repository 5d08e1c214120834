//! The permissions that Remotion Lambda needs, as constants.
//!
//! [`USER`] is for whoever deploys functions and starts renders, [`ROLE`] for the functions that render. The same policies lie
//! as JSON in `generated/`, with a page that gives the reason for each line.
//!
//! ```
//! use remotion_lambda_policies::{ROLE, USER};
//!
//! const _: () = assert!(USER.allows("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:remotion-render-x"));
//! assert!(ROLE.json.contains("logs:PutLogEvents"));
//! ```
#![no_std]

iam_policy::policies!("../policies.toml");
