//! A crate that re-exports crates of the SDK.
pub use aws_sdk_sqs as queues;
pub use aws_sdk_sts::Client as StsClient;

pub mod prelude {
    pub use crate::StsClient;
    pub use aws_sdk_sqs::Client as QueueClient;
}

/// Makes clients.
pub struct Clients {
    pub queue: prelude::QueueClient,
    pub sts: StsClient,
}

impl Clients {
    pub fn new() -> Self {
        Self { queue: queues::Client::new(""), sts: StsClient::new("") }
    }

    pub fn queue(&self) -> &queues::Client {
        &self.queue
    }
}

pub async fn whoami(client: &StsClient) {
    let _ = client.get_caller_identity().send().await; //~ STS.GetCallerIdentity
}

/// Calls a method by its name.
#[macro_export]
macro_rules! call {
    ($client:expr, $method:ident $(, $setter:ident = $value:expr)*) => {
        $client.$method()$(.$setter($value))*.send().await
    };
}

/// Calls an operation itself.
#[macro_export]
macro_rules! list_queues {
    ($client:expr) => {
        $client.list_queues().send().await //~ SQS.ListQueues
    };
}

pub async fn expands(client: &queues::Client) {
    let _ = list_queues!(client);
}
