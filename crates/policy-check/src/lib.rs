#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(
        clippy::enum_glob_use,
        clippy::needless_raw_string_hashes,
        reason = "cases name many codes, and `expect!` writes its texts with hashes"
    )
)]

mod arn;
mod code;
mod context;
mod finding;
mod groups;
mod operator;
mod options;
mod pattern;
mod rules;
#[cfg(test)]
mod tests;

use iam_policy_document::Document;

pub use code::{Code, FindingType};
pub use finding::{Finding, Location};
pub use iam_policy_core::PolicyType;
pub use options::Options;
pub use rules::grants::may_match;

/// Everything that is wrong with a document, or could be better.
///
/// The findings come by kind of check, and within a kind in the order of the document. The same document always has the
/// same findings.
///
/// # Examples
///
/// ```
/// use iam_policy_check::{Code, Options, check};
///
/// let source = br#"{
///   "Version": "2012-10-17",
///   "Statement": {"Effect": "Allow", "Action": "s3:GetObjcet", "Resource": "arn:aws:s3:::reports/*"}
/// }"#;
/// let document = iam_policy_document::json::read(source).document;
/// let findings = check(&document, &Options::default());
/// assert_eq!(findings[0].code, Code::InvalidAction);
/// assert_eq!(findings[0].help().as_deref(), Some("did you mean `s3:GetObject`?"));
/// assert_eq!(findings[0].location.path.to_string(), "Statement.Action");
/// ```
#[must_use]
pub fn check(document: &Document, options: &Options<'_>) -> Vec<Finding> {
    let context = context::Context::new(document, *options);
    let mut report = finding::Report::default();
    for check in CHECKS {
        check(&context, &mut report);
    }
    report.findings
}

type Check = fn(&context::Context<'_>, &mut finding::Report);

const CHECKS: [Check; 17] = [
    rules::structure::check,
    rules::principals::check,
    rules::actions::check,
    rules::arns::check,
    rules::operators::check,
    rules::keys::check,
    rules::values::check,
    rules::variables::check,
    rules::wildcards::check,
    rules::networks::check,
    rules::permissive::check,
    rules::tags::check,
    rules::redundant::check,
    rules::organizations::check,
    rules::trust::check,
    rules::sizes::check,
    rules::grants::check,
];
