//! What most programs do.
use aws_sdk_s3::Client;
use std::sync::Arc;

pub async fn parameter(client: &Client) {
    let _ = client.get_object().bucket("reports").key("a").send().await; //~ S3.GetObject
}

pub async fn full_path(client: &aws_sdk_s3::Client) {
    let _ = client.put_object().send().await; //~ S3.PutObject
}

pub async fn constructed() {
    let s3 = Client::new("config");
    let _ = s3.list_buckets().send().await; //~ S3.ListBuckets
    let other = aws_sdk_s3::Client::from_conf(aws_sdk_s3::Config);
    other.head_bucket().bucket("b").send().await.unwrap(); //~ S3.HeadBucket
}

pub struct Store {
    client: Client,
    shared: Arc<aws_sdk_s3::client::Client>,
    maybe: Option<Client>,
    all: Vec<Client>,
}

impl Store {
    pub async fn fields(&self) -> Result<(), aws_sdk_s3::Error> {
        self.client
            .delete_object() //~ S3.DeleteObject
            .bucket("reports")
            .send()
            .await?;
        self.shared.head_object().send().await?; //~ S3.HeadObject
        self.maybe.as_ref().unwrap().get_object().send().await?; //~ S3.GetObject
        self.all[0].copy_object().send().await?; //~ S3.CopyObject
        (&self.client).create_bucket().send().await?; //~ S3.CreateBucket
        (*self.shared).list_objects_v2().send().await?; //~ S3.ListObjectsV2
        Ok(())
    }

    fn client(&self) -> &Client {
        &self.client
    }

    pub async fn accessor(&self) {
        let _ = self.client().get_object().send().await; //~ S3.GetObject
        let clone = self.client().clone();
        let _ = clone.put_object().send().await; //~ S3.PutObject
    }

    pub async fn two(&self) {
        let (a, b) = (self.client.get_object().send().await, self.client.head_object().send().await); //~ S3.GetObject, S3.HeadObject
        if let Some(client) = &self.maybe {
            let _ = client.list_buckets().send().await; //~ S3.ListBuckets
        }
        match &self.maybe {
            Some(inner) => drop(inner.delete_object().send().await), //~ S3.DeleteObject
            None => {}
        }
        for each in &self.all {
            let _ = each.head_bucket().send().await; //~ S3.HeadBucket
        }
    }
}

pub fn make_client() -> Client {
    Client::new("")
}

pub async fn async_client() -> Result<Client, ()> {
    Ok(Client::new(""))
}

pub async fn from_functions() -> Result<(), ()> {
    let _ = make_client().list_buckets().send().await; //~ S3.ListBuckets
    let client = async_client().await?;
    let _ = client.get_object().send().await; //~ S3.GetObject
    let _ = async_client().await?.put_object().send().await; //~ S3.PutObject
    Ok(())
}

static GLOBAL: std::sync::OnceLock<Client> = std::sync::OnceLock::new();

pub async fn global() {
    let _ = GLOBAL.get().unwrap().get_object().send().await; //~ S3.GetObject
    let client = GLOBAL.get_or_init(|| Client::new(""));
    let _ = client.head_object().send().await; //~ S3.HeadObject
}

pub async fn raw(r#client: &Client) {
    let _ = r#client.r#get_object().send().await; //~ S3.GetObject
}

pub async fn generic<C: AsRef<Client>>(holder: C) {
    let _ = holder.as_ref().get_object().bucket("b").send().await; //~ S3.GetObject
}

pub async fn impl_trait(holder: impl std::ops::Deref<Target = Client>) {
    let _ = holder.put_object().send().await; //~ S3.PutObject
}

pub async fn new_operation(client: &Client) {
    let _ = client.make_coffee().send().await; //~ S3.MakeCoffee
}
