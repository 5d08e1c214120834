//! The position of a statement in its policy, as AWS counts.

use iam_policy_document::{Document, Lines, Position};

/// The start and the end of a statement. As the start, AWS returns the end of the preceding token: the bracket of the
/// array, the previous statement, or the statement's own brace if it is not in an array. As the end, it returns the
/// position after the closing brace. Columns count from 1.
///
/// Sources: IAM API Reference, `SimulateCustomPolicy` and `SimulatePrincipalPolicy`, "Examples"; AWS CLI Command
/// Reference, `simulate-custom-policy`, example 1.
pub(crate) fn of_statement(document: &Document, text: &str, number: usize) -> Option<(Position, Position)> {
    let statements = document.root().get("Statement")?.value;
    let statement = statements.one_or_many().nth(number)?.span()?;
    let start = match number.checked_sub(1) {
        Some(before) => statements.items().nth(before)?.span()?.end,
        None => statements.span()?.start + 1,
    };
    let lines = Lines::new(text.as_bytes());
    Some((lines.position(start), lines.position(statement.end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions(text: &str, number: usize) -> String {
        let document = iam_policy_document::json::read(text.as_bytes()).document;
        let (start, end) = of_statement(&document, text, number).unwrap();
        format!("{}:{}-{}:{}", start.line, start.column, end.line, end.column)
    }

    #[test]
    fn positions_match_aws_examples() {
        // AWS CLI Command Reference, `simulate-custom-policy`, example 1.
        let object = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}"#;
        assert_eq!(positions(object, 0), "1:38-1:167");
        // IAM API Reference, `SimulatePrincipalPolicy`, the user `admin`.
        let array = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
        assert_eq!(positions(array, 0), "1:38-1:84");
        // As AWS returns for its `AdministratorAccess`.
        let lines = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": \"*\",\n      \"Resource\": \"*\"\n    }\n  ]\n}";
        assert_eq!(positions(lines, 0), "3:17-8:6");
    }

    #[test]
    fn statements_start_where_the_previous_ends() {
        let text = "{\"Statement\": [{\"Sid\": \"\u{e9}\"},\n {}, {}]}";
        assert_eq!(positions(text, 0), "1:16-1:28");
        assert_eq!(positions(text, 1), "1:28-2:4");
        assert_eq!(positions(text, 2), "2:4-2:8");
        let document = iam_policy_document::json::read(text.as_bytes()).document;
        assert_eq!(of_statement(&document, text, 3), None);
    }
}
