use aws_sdk_s3::Client;

#[test]
fn test() {
    drop(Client::new("").create_bucket().send()); //~ test S3.CreateBucket
}

fn helper(client: &Client) {
    drop(client.head_object().send()); //~ test S3.HeadObject
}
