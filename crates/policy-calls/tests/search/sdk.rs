//! Crates with the names, the modules and the types of the AWS SDK's, which do nothing.

use std::fmt::Write;

use testing_support::Folder;

/// A crate of the SDK.
struct Service {
    package: &'static str,
    /// The operations, as types, with their members.
    operations: &'static [(&'static str, &'static [&'static str])],
    /// The waiters, with the methods that they call.
    waiters: &'static [(&'static str, &'static str)],
}

const SERVICES: [Service; 6] = [
    Service {
        package: "aws-sdk-s3",
        operations: &[
            ("GetObject", &["bucket", "key", "version_id", "range"]),
            ("PutObject", &["bucket", "key", "body", "acl", "tagging"]),
            ("DeleteObject", &["bucket", "key"]),
            ("HeadObject", &["bucket", "key"]),
            ("HeadBucket", &["bucket"]),
            ("ListBuckets", &[]),
            ("ListObjectsV2", &["bucket", "prefix"]),
            ("CreateBucket", &["bucket"]),
            ("CopyObject", &["bucket", "key", "copy_source"]),
            // An operation that is newer than any data.
            ("MakeCoffee", &["bucket"]),
        ],
        waiters: &[("bucket_exists", "head_bucket"), ("object_exists", "head_object")],
    },
    Service {
        package: "aws-sdk-sqs",
        operations: &[
            ("SendMessage", &["queue_url", "message_body"]),
            ("ReceiveMessage", &["queue_url"]),
            ("DeleteMessage", &["queue_url", "receipt_handle"]),
            ("ListQueues", &[]),
            ("GetQueueUrl", &["queue_name"]),
        ],
        waiters: &[],
    },
    Service {
        package: "aws-sdk-sns",
        operations: &[
            ("Subscribe", &["topic_arn", "protocol", "endpoint"]),
            ("Publish", &["topic_arn", "message"]),
            ("ListTopics", &[]),
        ],
        waiters: &[],
    },
    Service {
        package: "aws-sdk-dynamodb",
        operations: &[
            ("GetItem", &["table_name", "key"]),
            ("PutItem", &["table_name", "item"]),
            ("Query", &["table_name", "index_name"]),
            ("Scan", &["table_name"]),
            ("DescribeTable", &["table_name"]),
        ],
        waiters: &[("table_exists", "describe_table")],
    },
    Service {
        package: "aws-sdk-sts",
        operations: &[
            ("GetCallerIdentity", &[]),
            ("AssumeRole", &["role_arn", "role_session_name"]),
        ],
        waiters: &[],
    },
    // There is no such service.
    Service {
        package: "aws-sdk-moonbase",
        operations: &[("LandRover", &["pad"])],
        waiters: &[],
    },
];

/// Writes the crates into `sdk/`.
pub(crate) fn write(folder: &Folder) {
    for service in &SERVICES {
        service.write(folder);
    }
}

fn snake(name: &str) -> String {
    iam_policy_operations::snake_case(name)
}

impl Service {
    fn write(&self, folder: &Folder) {
        let path = |file: &str| format!("sdk/{}/{file}", self.package);
        folder.write(
            &path("Cargo.toml"),
            format!(
                "[package]\nname = \"{}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\n[workspace]\n",
                self.package
            ),
        );
        folder.write(
            &path("src/lib.rs"),
            "pub mod client;\npub mod operation;\npub mod waiters;\npub use client::Client;\npub struct Config;\n#[derive(Debug)]\npub struct Error;\npub mod types { pub enum Acl { Private } }\n",
        );
        let mut client = String::from(
            "#[derive(Clone, Debug)]\npub struct Client;\nimpl Client {\n    pub fn new<T: ?Sized>(_: &T) -> Self { Self }\n    pub fn from_conf(_: crate::Config) -> Self { Self }\n}\n",
        );
        let mut trait_text = String::from("pub trait Waiters {\n");
        let mut impl_text = String::from("impl Waiters for Client {\n");
        let mut waiters = String::new();
        for (waiter, operation) in self.waiters {
            let builder = "Builder";
            let signature = format!("    fn wait_until_{waiter}(&self) -> crate::waiters::{waiter}::{builder}");
            let _ = writeln!(trait_text, "{signature};");
            let _ = writeln!(impl_text, "{signature} {{ crate::waiters::{waiter}::Builder }}");
            let _ = writeln!(waiters, "pub mod {waiter};");
            folder.write(
                &path(&format!("src/waiters/{waiter}.rs")),
                format!(
                    "pub struct Builder;\nimpl Builder {{\n    pub fn as_input(&self) -> crate::operation::{operation}::builders::Input {{ todo!() }}\n    pub fn bucket(self, _: impl Into<String>) -> Self {{ self }}\n    pub fn table_name(self, _: impl Into<String>) -> Self {{ self }}\n    pub async fn wait(self, _: std::time::Duration) -> Result<(), crate::Error> {{ Ok(()) }}\n}}\n",
                ),
            );
        }
        let mut operations = String::new();
        for (name, members) in self.operations {
            let method = snake(name);
            let _ = writeln!(client, "mod {method};");
            folder.write(
                &path(&format!("src/client/{method}.rs")),
                format!(
                    "impl super::Client {{\n    /// Constructs a fluent builder for the [`{name}`](crate::operation::{method}) operation.\n    pub fn {method}(&self) -> crate::operation::{method}::builders::{name}FluentBuilder {{ Default::default() }}\n}}\n",
                ),
            );
            let mut setters = String::new();
            for member in *members {
                for (setter, argument) in [
                    (member.to_string(), "impl Into<String>"),
                    (format!("set_{member}"), "Option<String>"),
                ] {
                    let _ = writeln!(
                        setters,
                        "            pub fn {setter}(self, _: {argument}) -> Self {{ self }}"
                    );
                }
            }
            let _ = write!(
                operations,
                "pub mod {method} {{
    pub struct {name}Input;
    impl {name}Input {{ pub fn builder() -> builders::{name}InputBuilder {{ Default::default() }} }}
    #[derive(Debug, Default)]
    pub struct {name}Output;
    pub mod builders {{
        pub struct Input;
        #[derive(Clone, Debug, Default)]
        pub struct {name}FluentBuilder;
        impl {name}FluentBuilder {{
{setters}            pub async fn send(self) -> Result<super::{name}Output, crate::Error> {{ Ok(Default::default()) }}
            pub fn into_paginator(self) -> Self {{ self }}
            pub fn items(self) -> Self {{ self }}
            pub async fn next(&mut self) -> Option<()> {{ None }}
            pub async fn presigned(self, _: u32) -> Result<String, crate::Error> {{ Ok(String::new()) }}
            pub fn customize(self) -> Self {{ self }}
            pub fn mutate_request(self, _: impl Fn()) -> Self {{ self }}
        }}
        #[derive(Clone, Debug, Default)]
        pub struct {name}InputBuilder;
        impl {name}InputBuilder {{
{setters}            pub async fn send_with(self, _: &crate::Client) -> Result<super::{name}Output, crate::Error> {{ Ok(Default::default()) }}
        }}
    }}
}}
"
            );
        }
        client.push_str(&trait_text);
        client.push_str("}\n");
        client.push_str(&impl_text);
        client.push_str("}\n");
        folder.write(&path("src/client.rs"), client);
        folder.write(&path("src/operation.rs"), operations);
        folder.write(&path("src/waiters.rs"), waiters);
    }
}
