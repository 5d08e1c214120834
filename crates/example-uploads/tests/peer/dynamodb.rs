use serde_json::{Value, json};

use super::Contents;

/// One table, in which a query compares the attribute that its expression names.
pub(super) fn answer(operation: &str, input: &Value, contents: &mut Contents) -> Value {
    match operation {
        "PutItem" => {
            let row = input["Item"].as_object().cloned().unwrap_or_default();
            contents.rows.retain(|known| known.get("upload") != row.get("upload"));
            contents.rows.push(row);
            json!({})
        }
        "Query" => {
            let expression = input["KeyConditionExpression"].as_str().unwrap_or_default();
            let (name, value) = expression.split_once(" = ").unwrap_or_default();
            let value = &input["ExpressionAttributeValues"][value];
            let rows: Vec<_> = contents
                .rows
                .iter()
                .filter(|row| row.get(name) == Some(value))
                .collect();
            json!({ "Items": rows, "Count": rows.len() })
        }
        other => panic!("the peer does not serve {other}"),
    }
}
