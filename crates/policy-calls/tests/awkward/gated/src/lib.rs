#![deny(clippy::all)]
#![allow(dead_code)]
use aws_sdk_s3::Client;

#[cfg(feature = "extra")]
pub async fn extra(client: &Client) {
    let _ = client.delete_object().bucket("reports").send().await; //~ S3.DeleteObject
}

#[cfg(not(feature = "extra"))]
pub async fn usual(client: &Client) {
    let _ = client.head_object().send().await; //~ S3.HeadObject
}

#[cfg(windows)]
mod windows;

pub struct Switch;

impl Switch {
    #[cfg(any(target_os = "windows", feature = "extra"))]
    pub async fn on(&self, client: &Client) {
        let _ = client.put_object().send().await; //~ S3.PutObject
    }
}

pub fn lint_errors(value: Vec<u8>) -> bool {
    // Clippy would refuse this.
    return value.len() == 0;
}
