use serde_json::{Value, json};

use super::Contents;

/// Messages stay in the queue until they are deleted; the receipt handle is the text.
pub(super) fn answer(operation: &str, input: &Value, contents: &mut Contents) -> Value {
    match operation {
        "ReceiveMessage" => {
            let messages =
                contents.messages.iter().enumerate().map(
                    |(number, text)| json!({ "MessageId": number.to_string(), "ReceiptHandle": text, "Body": text }),
                );
            json!({ "Messages": messages.collect::<Vec<_>>() })
        }
        "DeleteMessage" => {
            contents.messages.retain(|text| input["ReceiptHandle"] != json!(text));
            json!({})
        }
        other => panic!("the peer does not serve {other}"),
    }
}
