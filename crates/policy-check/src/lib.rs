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
#[cfg(feature = "documentation")]
mod documentation;
mod finding;
mod groups;
mod operator;
mod options;
mod pattern;
#[cfg(all(doc, feature = "documentation"))]
pub mod reference;
mod region;
#[cfg(feature = "documentation")]
mod render;
mod rule;
mod rules;
#[cfg(feature = "documentation")]
mod sources;
#[cfg(test)]
mod tests;
mod wording;

use iam_policy_document::{Diagnostic, Document, template_function, unsupported_format};

pub use arn::may_match;
pub use code::Code;
#[cfg(feature = "documentation")]
pub use documentation::{Documentation, Example, Source};
pub use iam_policy_core::{PolicyResource, PolicyType};
pub use options::Options;
pub use pattern::{covers, intersect};
#[cfg(feature = "documentation")]
pub use render::{overview, pages};
pub use rule::{Rule, Topic};
pub use rules::escalation::{Grants, escalations};

/// Checks a document. Each diagnostic has the name of its [`Code`].
///
/// A document in another format that contains policies, such as a CloudFormation template, is only reported as such.
/// Where parts of a text are [unknown](iam_policy_core::variable::Unknown), a finding is about what no value could make
/// right. Otherwise, the diagnostics are sorted by rule, then by location. They are deterministic.
///
/// - `document`: the policy; findings have the locations that the document records
/// - `options`: the kind of policy, and what it will be attached to
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
/// assert_eq!(Code::of(&findings[0]), Some(Code::InvalidAction));
/// assert_eq!(findings[0].help_texts().collect::<Vec<_>>(), ["did you mean `s3:GetObject`?"]);
/// assert_eq!(findings[0].location.path.to_string(), "Statement.Action");
/// ```
#[must_use]
pub fn check(document: &Document, options: &Options<'_>) -> Vec<Diagnostic> {
    let root = document.root();
    if let Some(problem) = unsupported_format(root).or_else(|| template_function(root)) {
        return vec![problem];
    }
    let context = context::Context::new(document, *options);
    let mut report = finding::Report::default();
    for check in Topic::all().iter().filter_map(|topic| topic.check) {
        check(&context, &mut report);
    }
    report.finish()
}
