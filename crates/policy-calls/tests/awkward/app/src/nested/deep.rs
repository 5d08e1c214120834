pub async fn found(client: &aws_sdk_s3::Client) {
    let _ = client.get_object().send().await; //~ S3.GetObject
}
