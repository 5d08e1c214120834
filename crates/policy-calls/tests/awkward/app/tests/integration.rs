#[test]
fn integration() {
    let client = aws_sdk_s3::Client::new("");
    drop(client.delete_object().send()); //~ test S3.DeleteObject
}
