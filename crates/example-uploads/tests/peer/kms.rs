use serde_json::{Value, json};

use super::Contents;

/// A key that encrypts nothing: the plaintext is the ciphertext.
pub(super) fn answer(operation: &str, input: &Value, _contents: &mut Contents) -> Value {
    match operation {
        "Decrypt" => json!({
            "KeyId": "arn:aws:kms:eu-west-1:123456789012:key/1",
            "Plaintext": input["CiphertextBlob"],
        }),
        other => panic!("the peer does not serve {other}"),
    }
}
