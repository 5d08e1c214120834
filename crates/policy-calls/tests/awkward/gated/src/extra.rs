fn main() {
    let client = aws_sdk_s3::Client::new("");
    drop(client.list_buckets().send()); //~ S3.ListBuckets
}
