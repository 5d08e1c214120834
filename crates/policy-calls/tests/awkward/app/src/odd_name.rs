pub async fn found(client: &aws_sdk_s3::Client) {
    let _ = client.list_buckets().send().await; //~ S3.ListBuckets
}
