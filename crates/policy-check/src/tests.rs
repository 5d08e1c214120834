//! The driver of all tests.

use std::fmt::Write;

use expect_test::Expect;

use crate::{Code, Options, PolicyResource, PolicyType, check};

/// Compares the findings of these codes in a document: one line per finding, with the code, the severity if it is not
/// the code's usual one, and the underlined text of each location, followed by its help.
pub(crate) fn document(kind: PolicyType, codes: &[Code], source: &str, expected: Expect) {
    with_options(&Options::DEFAULT.policy_type(kind), codes, source, expected);
}

fn with_options(options: &Options<'_>, codes: &[Code], source: &str, expected: Expect) {
    expected.assert_eq(&listed(options, codes, source));
}

fn listed(options: &Options<'_>, codes: &[Code], source: &str) -> String {
    let reading = iam_policy_document::json::read(source.as_bytes());
    assert_eq!(reading.problems, [], "{source}");
    let mut answer = String::new();
    for finding in check(&reading.document, options) {
        let code = Code::of(&finding).unwrap();
        if !codes.contains(&code) {
            continue;
        }
        write!(answer, "{code}").unwrap();
        if finding.severity != code.severity() {
            write!(answer, " ({})", finding.severity.label()).unwrap();
        }
        for place in finding.locations() {
            let text = place.span.and_then(|span| span.of(source)).unwrap();
            let short: String = text.chars().take(60).collect();
            write!(answer, " <{short}>").unwrap();
        }
        answer.push('\n');
        for help in finding.help_texts() {
            writeln!(answer, "  {help}").unwrap();
        }
    }
    answer
}

/// Like [`statements`], for a resource policy.
///
/// - `attached_to`: the resource, if the options name it
pub(crate) fn resource_policy(attached_to: Option<PolicyResource>, codes: &[Code], statements: &str, expected: Expect) {
    let source = format!("{{\"Version\": \"2012-10-17\", \"Statement\": {statements}}}");
    let options = Options::DEFAULT.policy_type(PolicyType::Resource);
    let options = attached_to.map_or(options, |kind| options.resource_type(kind));
    with_options(&options, codes, &source, expected);
}

/// Like [`document`], for a policy with these statements in the current version of the language.
pub(crate) fn statements(kind: PolicyType, codes: &[Code], statements: &str, expected: Expect) {
    let source = format!("{{\"Version\": \"2012-10-17\", \"Statement\": {statements}}}");
    document(kind, codes, &source, expected);
}

/// The findings of these codes, in the form that [`statements`] expects.
pub(crate) fn found(kind: PolicyType, codes: &[Code], statement: &str) -> String {
    let source = format!("{{\"Version\": \"2012-10-17\", \"Statement\": {statement}}}");
    listed(&Options::DEFAULT.policy_type(kind), codes, &source)
}

/// Like [`statements`], for a statement that allows everything under this condition.
pub(crate) fn condition(codes: &[Code], condition: &str, expected: Expect) {
    let statement = format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}"#);
    statements(PolicyType::Identity, codes, &statement, expected);
}

#[test]
fn code_names_are_unique() {
    for &code in Code::ALL {
        assert_eq!(Code::from_name(code.name()), Some(code));
        assert!(!code.title().is_empty());
    }
}

#[test]
fn findings_have_location_and_message() {
    let source = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*", "s3:GetObject"], "Resource": "*"}]}"#;
    let document = iam_policy_document::json::read(source.as_bytes()).document;
    let findings = check(&document, &Options::default());
    let redundant = findings
        .iter()
        .find(|finding| Code::RedundantAction.is_of(finding))
        .unwrap();
    assert_eq!(
        redundant.to_string(),
        "suggestion[REDUNDANT_ACTION]: the 2 actions are redundant because they provide similar permissions; remove \
         redundant actions such as s3:GetObject"
    );
    let paths: Vec<_> = redundant.locations().map(|place| place.path.to_string()).collect();
    assert_eq!(paths, ["Statement[0].Action[0]", "Statement[0].Action[1]"]);
}

#[test]
fn a_correct_policy_has_no_findings() {
    let source = r#"{
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"},
            {"Sid": "List", "Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
        ]
    }"#;
    let document = iam_policy_document::json::read(source.as_bytes()).document;
    assert_eq!(check(&document, &Options::default()), []);
}

#[test]
fn resources_are_suggested_as_their_author_wrote_them() {
    let source = br#"{"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::site"}}"#;
    let document = iam_policy_document::json::read(source).document;
    let mut finding = check(&document, &Options::default()).remove(0);
    finding.quote_as_written(&|text| (text == "arn:aws:s3:::site").then(|| "arn:{partition}:s3:::site".to_owned()));
    let help: Vec<_> = finding.help_texts().collect();
    assert!(
        help[0].ends_with("append `/*` for the objects: `arn:{partition}:s3:::site/*`"),
        "{help:?}"
    );
}
