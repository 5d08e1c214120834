//! Imports, aliases and paths.
use aws_sdk_s3 as storage;
use aws_sdk_s3::{self as s3, Client as S3Client};
use shared::prelude::*;
use shared::queues;
use shared::StsClient as Identity;

pub type Bucket = storage::Client;

pub async fn aliases(a: &S3Client, b: &s3::Client, c: &storage::Client, d: &Bucket) {
    let _ = a.get_object().send().await; //~ S3.GetObject
    let _ = b.put_object().send().await; //~ S3.PutObject
    let _ = c.head_object().send().await; //~ S3.HeadObject
    let _ = d.delete_object().send().await; //~ S3.DeleteObject
}

pub async fn renamed(client: &dynamo::Client) {
    let _ = client.get_item().table_name("t").send().await; //~ DynamoDB.GetItem
}

pub async fn reexported(queue: &queues::Client, other: &QueueClient, sts: &Identity) {
    let _ = queue.send_message().queue_url("u").send().await; //~ SQS.SendMessage
    let _ = other.receive_message().send().await; //~ SQS.ReceiveMessage
    let _ = sts.assume_role().role_arn("arn:aws:iam::123456789012:role/x").send().await; //~ STS.AssumeRole
}

pub async fn ufcs(client: &S3Client) {
    let _ = S3Client::get_object(client).bucket("b").send().await; //~ S3.GetObject
    let _ = <S3Client>::put_object(&client).send().await; //~ S3.PutObject
    let _ = storage::client::Client::head_bucket(client).send().await; //~ S3.HeadBucket
    let _ = Bucket::list_buckets(client).send().await; //~ S3.ListBuckets
}

pub fn references() -> usize {
    let call: fn(&S3Client) -> s3::operation::get_object::builders::GetObjectFluentBuilder = S3Client::get_object; //~ S3.GetObject
    let clients: Vec<S3Client> = Vec::new();
    clients.iter().map(s3::Client::list_buckets).count() //~ S3.ListBuckets
}

pub mod inner {
    use super::*;

    pub async fn glob(client: &S3Client) {
        let _ = client.copy_object().send().await; //~ S3.CopyObject
    }

    pub mod other {
        use dynamo::Client;

        pub async fn same_name(client: &Client) {
            let _ = client.scan().send().await; //~ DynamoDB.Scan
        }
    }
}

pub async fn local_import() {
    use aws_sdk_sns::Client;
    let topics = Client::new("");
    let _ = topics.list_topics().send().await; //~ SNS.ListTopics
}

pub async fn clients(clients: &shared::Clients) {
    let _ = clients.queue.delete_message().send().await; //~ SQS.DeleteMessage
    let _ = clients.queue().get_queue_url().send().await; //~ SQS.GetQueueUrl
    let shared::Clients { queue, sts } = clients;
    let _ = sts.get_caller_identity().send().await; //~ STS.GetCallerIdentity
}
