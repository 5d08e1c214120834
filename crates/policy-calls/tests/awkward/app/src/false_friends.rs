//! Methods that have the names of operations, and are not.

pub struct Sender;

impl Sender {
    pub fn subscribe(&self) -> Receiver {
        Receiver
    }
    pub fn publish(&self) -> Result<(), ()> {
        Ok(())
    }
}

pub struct Receiver;

pub struct Cached {
    pub client: aws_sdk_s3::Client,
}

fn cached() -> (Cached, u8) {
    let client = aws_sdk_s3::Client::new("");
    (Cached { client }, 0)
}

impl Cached {
    pub fn head_object(&self) -> Builder {
        Builder
    }
}

pub struct Builder;

impl Builder {
    pub fn bucket(self, _: &str) -> Self {
        self
    }
    pub async fn send(self) -> Result<(), ()> {
        Ok(())
    }
}

pub trait Objects {
    fn get_object(&self) -> Builder;
}

pub struct Memory;

impl Objects for Memory {
    fn get_object(&self) -> Builder {
        Builder
    }
}

impl Memory {
    pub fn put_object(&self) -> Builder {
        Builder
    }

    pub async fn own(&self) {
        let _ = self.get_object().bucket("b").send().await;
    }
}

pub struct Holder {
    memory: Memory,
    objects: Box<dyn Objects>,
}

pub async fn not_calls(tx: Sender, memory: &Memory, holder: &Holder, dynamic: &dyn Objects) {
    let rx = tx.subscribe();
    let _ = tx.publish();
    let _ = memory.get_object().bucket("b").send().await;
    let _ = memory.put_object().send().await;
    let _ = holder.memory.put_object().send().await;
    let _ = holder.objects.get_object().send().await;
    let _ = dynamic.get_object().send().await;
    let made = Memory;
    let _ = made.put_object().bucket("b").send().await;
    let _ = Memory.put_object();
    let made = Cached { client: aws_sdk_s3::Client::new("") };
    let _ = made.head_object().bucket("b").send().await;
    let (cached, _) = cached();
    let _ = cached.head_object().bucket("b").send().await;
    let text = "client.get_object().send()";
    // client.get_object().send().await
    /* client.put_object() */
    let scan = |name: &str| name.len();
    scan("query");
}

/// A trait of the program's own, which clients implement, with methods that have the names of operations.
pub trait Store {
    fn delete_object(&self, key: &str) -> Builder;
    fn list_queues(&self) -> Builder;
}

impl Store for aws_sdk_s3::Client {
    fn delete_object(&self, _: &str) -> Builder {
        Builder
    }
    fn list_queues(&self) -> Builder {
        Builder
    }
}

pub async fn through_traits(client: &aws_sdk_s3::Client, store: &dyn Store) {
    let _ = <aws_sdk_s3::Client as Store>::delete_object(client, "k").send().await;
    let _ = Store::delete_object(client, "k").send().await;
    let _ = client.list_queues().send().await;
    let _ = store.list_queues().send().await;
}

/// Has the name of a function that makes clients, and is a method.
impl Sender {
    pub fn create_client(&self) -> Builder {
        Builder
    }
}

/// ```
/// client.get_object().send().await;
/// ```
pub fn documented() {}
