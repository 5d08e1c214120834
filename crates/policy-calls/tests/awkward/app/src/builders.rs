//! Requests that are built in several steps, and other ways to send one.
use aws_sdk_s3::client::Waiters;
use aws_sdk_s3::operation::get_object::builders::{GetObjectFluentBuilder, GetObjectInputBuilder};
use aws_sdk_s3::operation::put_object::PutObjectInput;
use aws_sdk_s3::Client;
use dynamo::client::Waiters as _;

pub async fn stored(client: &Client, version: Option<String>) {
    let mut request = client.get_object().bucket("reports"); //~ S3.GetObject
    if let Some(version) = version {
        request = request.version_id(version);
    }
    let _ = request.key("a").send().await;
}

pub fn returned(client: &Client) -> GetObjectFluentBuilder {
    client.get_object().bucket("reports") //~ S3.GetObject
}

pub async fn paginator(client: &Client) {
    let mut pages = client.list_objects_v2().bucket("b").into_paginator().items(); //~ S3.ListObjectsV2
    while let Some(()) = pages.next().await {}
}

pub async fn presigned(client: &Client) -> Result<String, aws_sdk_s3::Error> {
    client.put_object().bucket("b").key("k").presigned(60).await //~ S3.PutObject
}

pub async fn send_with(client: &Client) {
    let _ = GetObjectInputBuilder::default().bucket("b").send_with(client).await; //~ S3.GetObject
    let _ = PutObjectInput::builder().bucket("b").send_with(&client).await; //~ S3.PutObject
    let input = aws_sdk_s3::operation::delete_object::DeleteObjectInput::builder().bucket("b");
    let _ = input.send_with(client).await; //~ S3.DeleteObject
}

pub async fn waiters(client: &Client, tables: &dynamo::Client) {
    let _ = client.wait_until_bucket_exists().bucket("b").wait(std::time::Duration::ZERO).await; //~ S3.HeadBucket
    let _ = tables.wait_until_table_exists().table_name("t").wait(std::time::Duration::ZERO).await; //~ DynamoDB.DescribeTable
}

pub async fn customized(client: &Client) {
    let _ = client.get_object().customize().mutate_request(|| ()).send().await; //~ S3.GetObject
}

pub async fn helper(client: &Client) {
    let _ = with_bucket(client.head_object()).send().await; //~ S3.HeadObject
}

fn with_bucket(builder: aws_sdk_s3::operation::head_object::builders::HeadObjectFluentBuilder) -> aws_sdk_s3::operation::head_object::builders::HeadObjectFluentBuilder {
    builder.bucket("b")
}

/// Makes clients of different types, as the type argument says.
pub trait MakesClient {
    type Client;
    fn make(&self) -> Self::Client;
}

pub struct MakesS3;

impl MakesClient for MakesS3 {
    type Client = aws_sdk_s3::Client;
    fn make(&self) -> Self::Client {
        aws_sdk_s3::Client::new("")
    }
}

fn create_client<T: MakesClient>(maker: &T) -> Result<T::Client, ()> {
    Ok(maker.make())
}

pub struct MakesTopics;

impl MakesTopics {
    fn create_client(&self) -> aws_sdk_sns::Client {
        aws_sdk_sns::Client::new("")
    }
}

pub async fn generic_makers() -> Result<(), ()> {
    let client = create_client::<MakesS3>(&MakesS3)?;
    let _ = client.get_object().bucket("b").send().await; //~ S3.GetObject
    let client = MakesTopics.create_client();
    let _ = client.list_topics().send().await; //~ SNS.ListTopics
    Ok(())
}

/// Modules that use one name for different clients.
pub mod objects {
    pub type Remote = aws_sdk_s3::Client;
}

pub mod topics {
    pub type Remote = aws_sdk_sns::Client;
}

pub async fn same_names(first: &objects::Remote, second: topics::Remote) {
    let _ = first.head_object().bucket("b").send().await; //~ S3.HeadObject
    let _ = second.list_topics().send().await; //~ SNS.ListTopics
}

pub async fn unknown_service(client: &aws_sdk_moonbase::Client) {
    let _ = client.land_rover().pad("a").send().await; //~ moonbase.LandRover
    let _ = client.clone().land_rover().send().await; //~ moonbase.LandRover
}
