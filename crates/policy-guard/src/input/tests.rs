//! The `Debug` output of real inputs. If a release of the SDK changes it, these fail.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemInput;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, KeysAndAttributes, Put, TransactWriteItem};
use aws_sdk_s3::operation::delete_objects::DeleteObjectsInput;
use aws_sdk_s3::operation::put_object::PutObjectInput;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{self, ObjectCannedAcl, ObjectIdentifier};
use aws_smithy_types::type_erasure::TypeErasedBox;
use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

/// - `wanted`: paths, in which `:keys` means the keys of a map
fn check<T: Debug + Send + Sync + 'static>(input: T, wanted: &[&'static str], expected: Expect) {
    let members: Vec<Wanted> = wanted
        .iter()
        .map(|wanted| {
            let path = wanted.strip_suffix(":keys");
            Wanted {
                path: path.unwrap_or(wanted),
                keys: path.is_some(),
            }
        })
        .collect();
    let values = read(&TypeErasedBox::new(input), &members);
    let lines = wanted.iter().zip(values).map(|(name, value)| {
        let text = match value {
            Value::Unknown => "unknown".to_owned(),
            Value::Unset => "unset".to_owned(),
            Value::Set { scalars, is_whole } => format!("{scalars:?}{}", if is_whole { "" } else { " and others" }),
        };
        format!("{name}: {text}\n")
    });
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn strings_enums_and_bodies() {
    let put = PutObjectInput::builder()
        .bucket("uploads")
        .key("a \"b\"\\\n\u{7f}é, c: {}")
        .acl(ObjectCannedAcl::PublicRead)
        .body(ByteStream::from_static(b"a\", bucket: Some(\"no\")"))
        .build()
        .unwrap();
    check(
        put,
        &["Bucket", "Key", "ACL", "Tagging", "NoSuchMember"],
        expect![[r#"
        Bucket: [Text("uploads")]
        Key: [Text("a \"b\"\\\n\u{7f}é, c: {}")]
        ACL: [Word("PublicRead")]
        Tagging: unset
        NoSuchMember: unknown
    "#]],
    );
}

#[test]
fn unknown_variants_are_texts() {
    let put = PutObjectInput::builder()
        .acl(ObjectCannedAcl::from("team-read"))
        .build()
        .unwrap();
    check(
        put,
        &["ACL", "Bucket"],
        expect![[r#"
        ACL: [Text("team-read")]
        Bucket: unset
    "#]],
    );
}

/// A large body is not read to its end, so what follows it is unknown.
#[test]
fn large_bodies() {
    let put = PutObjectInput::builder()
        .bucket("uploads")
        .body(ByteStream::from(vec![b'x'; 1 << 20]))
        .build()
        .unwrap();
    check(
        put,
        &["ACL", "Bucket"],
        expect![[r#"
        ACL: unset
        Bucket: unknown
    "#]],
    );
}

#[test]
fn secrets_are_unknown() {
    let put = PutObjectInput::builder()
        .sse_customer_key("secret")
        .ssekms_key_id("key")
        .build()
        .unwrap();
    check(
        put,
        &["SSECustomerKey", "SSEKMSKeyId"],
        expect![[r#"
        SSECustomerKey: unknown
        SSEKMSKeyId: unknown
    "#]],
    );
}

#[test]
fn lists_of_records() {
    let object = |key: &str| ObjectIdentifier::builder().key(key).version_id("v").build().unwrap();
    let delete = types::Delete::builder()
        .objects(object("a"))
        .objects(object("b"))
        .build()
        .unwrap();
    let input = DeleteObjectsInput::builder()
        .bucket("b")
        .delete(delete)
        .build()
        .unwrap();
    check(
        input,
        &["Bucket", "Delete.Objects.Key", "Delete.Quiet", "Delete"],
        expect![[r#"
        Bucket: [Text("b")]
        Delete.Objects.Key: [Text("a"), Text("b")]
        Delete.Quiet: unset
        Delete: [] and others
    "#]],
    );
}

#[test]
fn members_of_some_elements() {
    let key = HashMap::from([("id".to_owned(), AttributeValue::S("TableName".to_owned()))]);
    let put = Put::builder()
        .table_name("puts")
        .set_item(Some(key.clone()))
        .build()
        .unwrap();
    let delete = Delete::builder()
        .table_name("deletes")
        .set_key(Some(key))
        .build()
        .unwrap();
    let input = TransactWriteItemsInput::builder()
        .transact_items(TransactWriteItem::builder().put(put).build())
        .transact_items(TransactWriteItem::builder().delete(delete).build())
        .build()
        .unwrap();
    check(
        input,
        &[
            "TransactItems.Put.TableName",
            "TransactItems.Delete.TableName",
            "TransactItems.Update.TableName",
        ],
        expect![[r#"
            TransactItems.Put.TableName: [Text("puts")]
            TransactItems.Delete.TableName: [Text("deletes")]
            TransactItems.Update.TableName: unset
        "#]],
    );
}

#[test]
fn keys_of_maps() {
    let key = HashMap::from([("id".to_owned(), AttributeValue::S("x".to_owned()))]);
    let wanted = KeysAndAttributes::builder().keys(key).build().unwrap();
    let input = BatchGetItemInput::builder()
        .request_items("orders", wanted)
        .build()
        .unwrap();
    check(
        input,
        &["RequestItems:keys", "RequestItems"],
        expect![[r#"
        RequestItems:keys: [Text("orders")]
        RequestItems: [] and others
    "#]],
    );
    check(
        BatchGetItemInput::builder().build().unwrap(),
        &["RequestItems:keys"],
        expect![[r#"
        RequestItems:keys: unset
    "#]],
    );
}

proptest! {
    /// Whatever a text contains, it is read as it is, and does not affect others.
    #[test]
    fn any_text(key in any::<String>(), other in any::<String>()) {
        let put = PutObjectInput::builder().bucket(&other).key(&key).build().unwrap();
        let wanted = [Wanted { path: "Key", keys: false }, Wanted { path: "VersionId", keys: false }];
        let values = read(&TypeErasedBox::new(put), &wanted);
        let expected = Value::Set { scalars: vec![Scalar::Text(key)], is_whole: true };
        prop_assert_eq!(&values[0], &expected);
    }

    /// Other output is never taken for a value by mistake, and the reader ends.
    #[test]
    fn any_output(text in ".{0,200}") {
        struct Shown(String);
        impl Debug for Shown {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        let _ = read(&Shown(text), &[Wanted { path: "Key", keys: false }]);
    }
}
