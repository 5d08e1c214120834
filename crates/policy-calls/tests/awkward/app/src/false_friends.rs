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
    let text = "client.get_object().send()";
    // client.get_object().send().await
    /* client.put_object() */
    let scan = |name: &str| name.len();
    scan("query");
}

/// ```
/// client.get_object().send().await;
/// ```
pub fn documented() {}
