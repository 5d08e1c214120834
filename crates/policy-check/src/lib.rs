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
mod checks;
mod code;
mod context;
mod date;
mod finding;
mod groups;
mod operator;
mod options;
mod pattern;
#[cfg(test)]
mod tests;

use iam_policy_document::Document;

pub use checks::grants::may_match;
pub use code::{Code, FindingType};
pub use finding::{Finding, Location};
pub use options::{Options, PolicyType};

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
    checks::structure::check,
    checks::principals::check,
    checks::actions::check,
    checks::arns::check,
    checks::operators::check,
    checks::keys::check,
    checks::values::check,
    checks::variables::check,
    checks::wildcards::check,
    checks::networks::check,
    checks::permissive::check,
    checks::tags::check,
    checks::redundant::check,
    checks::organizations::check,
    checks::trust::check,
    checks::sizes::check,
    checks::grants::check,
];
