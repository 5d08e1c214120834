//! Shared helpers.
#![allow(dead_code, reason = "each test uses only some helpers")]

use iam_policy_document::Document;
use iam_policy_validate::{Required, Subject};

/// A policy, given its statements without the outer braces.
pub(crate) fn document(statements: &str) -> Document {
    let json = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let reading = iam_policy_document::json::read(json.as_bytes());
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    reading.document
}

pub(crate) fn required(statements: &str) -> Required {
    Required::from_document(document(statements)).unwrap()
}

pub(crate) fn subject(arn: &str) -> Subject {
    Subject {
        arn: arn.to_owned(),
        caller: None,
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
        region: Some("eu-central-1".to_owned()),
    }
}

pub(crate) fn ann() -> Subject {
    subject("arn:aws:iam::123456789012:user/team/ann")
}
