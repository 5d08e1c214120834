pub async fn copy(client: &aws_sdk_s3::Client) {
    let _ = client.copy_object().send().await; //~ S3.CopyObject
}
