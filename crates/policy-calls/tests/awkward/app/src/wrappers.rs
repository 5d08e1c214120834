//! Types that wrap clients.
use aws_sdk_s3::Client;
use std::ops::Deref;

pub struct Wrapper(Client);

impl Deref for Wrapper {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.0
    }
}

pub struct Outer {
    inner: std::sync::Arc<Wrapper>,
}

impl Outer {
    pub async fn through(&self) {
        let _ = self.inner.get_object().send().await; //~ S3.GetObject
        let _ = self.inner.0.put_object().send().await; //~ S3.PutObject
    }
}

impl Wrapper {
    pub async fn own(&self) {
        let _ = self.list_buckets().send().await; //~ S3.ListBuckets
        let _ = self.0.head_bucket().send().await; //~ S3.HeadBucket
    }
}

pub struct Generic<T> {
    client: T,
}

impl Generic<Client> {
    pub async fn call(&self) {
        let _ = self.client.delete_object().bucket("b").send().await; //~ S3.DeleteObject
    }
}

pub enum Either {
    S3(Client),
    None,
}

impl Either {
    pub async fn call(&self) {
        if let Self::S3(client) = self {
            let _ = client.copy_object().send().await; //~ S3.CopyObject
        }
    }
}

/// A program's own method with the name of an operation, which calls it.
pub struct Cache {
    client: Client,
}

impl Cache {
    pub fn get_object(&self) -> u8 {
        drop(self.client.get_object().send()); //~ S3.GetObject
        0
    }

    pub fn twice(&self) -> u8 {
        self.get_object() + self.get_object()
    }
}
