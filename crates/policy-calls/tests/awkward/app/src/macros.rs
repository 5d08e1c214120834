//! Calls in macros, of this crate and of others.
use aws_sdk_s3::Client;

macro_rules! join {
    ($($future:expr),* $(,)?) => { ($($future.await,)*) };
}

macro_rules! fetch {
    ($client:expr, $key:expr) => {
        $client.get_object().bucket("reports").key($key).send().await //~ S3.GetObject
    };
}

macro_rules! define {
    ($name:ident, $client:ident, $body:block) => { pub async fn $name($client: &Client) $body };
}

macro_rules! by_name {
    ($client:ident . $method:ident) => { $client.$method().send().await };
}

pub async fn in_macros(client: &Client) {
    let _ = join!(client.get_object().send(), client.list_buckets().send()); //~ S3.GetObject, S3.ListBuckets
    let _ = fetch!(client, "a");
    let _ = fetch!(client, "b");
    assert!(client.head_object().send().await.is_ok()); //~ S3.HeadObject
    println!("{:?}", client.head_bucket().send().await); //~ S3.HeadBucket
    let _ = vec![client.copy_object()]; //~ S3.CopyObject
    let _ = by_name!(client.delete_object); //~ S3.DeleteObject
    let _ = shared::call!(client, put_object, bucket = "b"); //~ S3.PutObject
    if matches!(client.create_bucket().send().await, Ok(_)) {} //~ S3.CreateBucket
}

define!(defined, client, {
    let _ = client.list_objects_v2().send().await; //~ S3.ListObjectsV2
});

pub async fn from_other_crate(queue: &shared::queues::Client) {
    let _ = shared::list_queues!(queue);
}
