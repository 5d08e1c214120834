//! Reading any input terminates without a panic, and every message points into the text.

use iam_policy_document::Span;
use iam_policy_spec::{Source, read, with_policies};
use proptest::prelude::*;

const GOOD: &str = r#"
[parameters]
prefix = { default = "x-", about = "a prefix" }

[policy.user]
title      = "User"
attach     = ["inline-user", "managed"]
partitions = ["aws", "aws-cn"]

[[policy.user.statement]]
id        = "storage"
reason    = "Stores things in `{prefix}`."
actions   = ["s3:GetObject", { action = "s3:PutObject", reason = "Writes.", without = "it fails" }]
resources = ["arn:{partition}:s3:::{prefix}*", { arn = "arn:aws-cn:s3:::y", partitions = ["aws-cn"] }]
condition.StringEquals."aws:RequestedRegion" = ["eu-west-1", "us-east-1"]
waive     = [{ check = "X", why = "y" }]

[policy.user.trust]
services = ["lambda"]

[policy.user.extension.more]
[[policy.user.extension.more.statement]]
id            = "more"
effect        = "Deny"
reason        = "No more."
not-actions   = ["iam:*"]
not-resources = ["*"]
"#;

fn survives(text: &str) -> Result<(), TestCaseError> {
    let source = Source::new("s", text);
    let (spec, diagnostics) = read(&source);
    for diagnostic in &diagnostics {
        let is_inside = |span: Span| span.end <= text.len() && span.start <= span.end;
        prop_assert!(diagnostic.location.span.is_some_and(is_inside));
        prop_assert!(!source.show(diagnostic).to_string().is_empty());
    }
    with_policies(&spec, |policies| {
        for policy in policies {
            let _ = (
                policy.explanation().to_string(),
                policy.evaluate("s3:GetObject", "arn:aws:s3:::x-y"),
            );
        }
    });
    Ok(())
}

#[test]
fn the_valid_spec_is_valid() {
    assert_eq!(read(&Source::new("s", GOOD)).1, []);
}

proptest! {
    #[test]
    fn any_text(text in ".{0,200}") {
        survives(&text)?;
    }

    #[test]
    fn any_sequence_of_keywords(words in prop::collection::vec(
        prop::sample::select(vec![
            "[policy.user]\n", "[[policy.user.statement]]\n", "[parameters]\n", "id = ", "actions = ", "resources = ",
            "reason = ", "condition.Bool.\"a\" = ", "\"a\"", "\"{x}\"", "[", "]", "{", "}", ",", "\n", "arn = ", "1", "true",
            "partitions = ", "\"aws-cn\"", "x = { default = \"y\" }\n", "\"\"\"", "'", "=", ".", "#", "waive = ", "\u{feff}",
        ]),
        0..40,
    )) {
        survives(&words.concat())?;
    }

    #[test]
    fn a_valid_spec_with_a_gap(start in 0..GOOD.len(), length in 0usize..80) {
        let end = (start + length).min(GOOD.len());
        survives(&format!("{}{}", &GOOD[..start], &GOOD[end..]))?;
    }

    #[test]
    fn a_valid_spec_with_an_insertion(at in 0..GOOD.len(), what in "[\"'{}\\[\\]=#.,a*\n\u{e9}\u{65e5}]{1,6}") {
        survives(&format!("{}{what}{}", &GOOD[..at], &GOOD[at..]))?;
    }
}
