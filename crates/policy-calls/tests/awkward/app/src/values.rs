//! Arguments.
use aws_sdk_s3::Client;

const BUCKET: &str = "reports";
const PREFIX: &str = concat!("daily", "/");

pub struct Config {
    pub bucket: String,
}

pub async fn arguments(client: &Client, config: &Config, id: u32) {
    let _ = client.get_object().bucket(BUCKET).key(format!("daily/{id}.csv")).send().await; //~ S3.GetObject
    let local = "uploads";
    let _ = client.put_object().bucket(local).key(String::from("a/b")).send().await; //~ S3.PutObject
    let _ = client.delete_object().bucket(&config.bucket).key(std::env::var("KEY").unwrap()).send().await; //~ S3.DeleteObject
    let _ = client.head_object().set_bucket(Some("x".to_string())).set_key(None).send().await; //~ S3.HeadObject
    let _ = client.get_object().bucket(BUCKET.to_owned() + "x").send().await; //~ S3.GetObject
}
