//! Closures, async blocks and traits.
use aws_sdk_s3::Client;
use std::future::Future;
use std::pin::Pin;

pub async fn closures(client: Client) {
    let get = || async { client.get_object().send().await }; //~ S3.GetObject
    let _ = get().await;
    let with = |c: &Client| c.list_buckets(); //~ S3.ListBuckets
    let _ = with(&client).send().await;
    let moved = client.clone();
    let task = async move {
        let _ = moved.put_object().send().await; //~ S3.PutObject
    };
    task.await;
    let nested = || { let client = client.clone(); move || client.delete_object() }; //~ S3.DeleteObject
    let _ = nested()().send().await;
}

pub fn boxed<'a>(client: &'a Client) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
    Box::pin(async move {
        let _ = client.head_object().send().await; //~ S3.HeadObject
    })
}

pub trait Storage {
    fn load(&self) -> impl Future<Output = ()>;
    fn client(&self) -> &Client;
    fn by_default(&self) -> impl Future<Output = ()> {
        async { let _ = self.client().head_bucket().send().await; } //~ S3.HeadBucket
    }
}

impl Storage for Client {
    async fn load(&self) {
        let _ = self.get_object().bucket("b").send().await; //~ S3.GetObject
    }

    fn client(&self) -> &Client {
        self
    }
}

pub async fn chained(client: &Client) -> Option<()> {
    Some(client).map(|client| client.copy_object()).unwrap().send().await.ok().map(drop) //~ S3.CopyObject
}

pub const fn nothing() {}

pub async fn blocks(client: &Client) {
    let _ = { client }.get_object().send().await; //~ S3.GetObject
    let _ = (if true { client } else { client }).list_buckets().send().await; //~ S3.ListBuckets
    unsafe { client.put_object().send().await.unwrap_unchecked() }; //~ S3.PutObject
    let results = [client.head_object().send().await, client.head_object().send().await]; //~ S3.HeadObject, S3.HeadObject
}
