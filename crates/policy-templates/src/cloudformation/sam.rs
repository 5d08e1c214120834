//! The policy templates of SAM.
//!
//! Source: aws/serverless-application-model, `samtranslator/policy_templates_data/policy_templates.json`, 29 May 2026.

use std::sync::OnceLock;

use iam_policy_core::suggest;
use iam_policy_document::{Document, Value};

/// The statements of each template by its name. Its parameters are names that the statements refer to.
const POLICIES: &str = include_str!("sam_policies.json");

fn policies() -> &'static Document {
    static READ: OnceLock<Document> = OnceLock::new();
    READ.get_or_init(|| iam_policy_document::json::read(POLICIES.as_bytes()).document)
}

/// The statements of a policy template.
pub(super) fn statement(name: &str) -> Option<Value<'static>> {
    Some(policies().root().get(name)?.value)
}

/// The name of a policy template that was probably meant.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    suggest::nearest(name, policies().root().members().map(|member| member.key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_has_statements() {
        let reading = iam_policy_document::json::read(POLICIES.as_bytes());
        assert_eq!(reading.problems, []);
        let root = reading.document.root();
        assert_eq!(root.members().count(), 81);
        for member in root.members() {
            let mut statements = member.value.items();
            assert!(
                statements.all(|statement| statement.get("Effect").is_some()),
                "{}",
                member.key
            );
        }
        assert_eq!(nearest("S3ReadPolcy"), Some("S3ReadPolicy"));
    }
}
