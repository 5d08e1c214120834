fn main() {
    let client = aws_sdk_s3::Client::new("");
    drop(client.get_object().bucket("demo").send()); //~ S3.GetObject
}
