use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_kms::error::ProvideErrorMetadata;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_sqs::types::Message;

use crate::clients::{Clients, Settings};

/// What can go wrong: any error of the SDK.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Files uploads: for each message in the queue, it reads the upload, decrypts the customer's note, and adds a row to the
/// table.
#[derive(Clone, Debug)]
pub struct Worker {
    clients: Clients,
    queue_url: String,
    bucket: String,
    table: String,
}

/// An upload in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// The key of the object.
    pub upload: String,
    /// The customer's note, if it could be decrypted.
    pub note: Option<String>,
}

impl Worker {
    /// A worker with these settings.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Self {
            clients: Clients::new(settings),
            queue_url: settings.queue_url.clone(),
            bucket: settings.bucket.clone(),
            table: settings.table.clone(),
        }
    }

    /// Files the uploads that the queue announces, and returns their number.
    ///
    /// # Errors
    ///
    /// If a request fails. The message stays in the queue.
    pub async fn work(&self) -> Result<usize, Error> {
        let request = self.clients.sqs.receive_message().queue_url(&self.queue_url);
        let messages = request
            .max_number_of_messages(10)
            .send()
            .await?
            .messages
            .unwrap_or_default();
        for message in &messages {
            self.file(message).await?;
            self.clients
                .sqs
                .delete_message()
                .queue_url(&self.queue_url)
                .set_receipt_handle(message.receipt_handle.clone())
                .send()
                .await?;
        }
        Ok(messages.len())
    }

    /// Files the upload of a message, whose text is the customer and the key of the object.
    async fn file(&self, message: &Message) -> Result<(), Error> {
        let text = message.body().unwrap_or_default();
        let (customer, upload) = text.split_once(' ').ok_or("the message names no upload")?;
        let object = self
            .clients
            .s3
            .get_object()
            .bucket(&self.bucket)
            .key(upload)
            .send()
            .await?;
        let content = object.body.collect().await?.into_bytes();
        let mut row = self
            .clients
            .dynamodb
            .put_item()
            .table_name(&self.table)
            .item("upload", AttributeValue::S(upload.to_owned()))
            .item("customer", AttributeValue::S(customer.to_owned()))
            .item("size", AttributeValue::N(content.len().to_string()));
        if let Some(note) = self.note(&content).await? {
            row = row.item("note", AttributeValue::S(note));
        }
        row.send().await?;
        Ok(())
    }

    /// The note in the first line of an upload. Without the permission to decrypt it, there is none.
    async fn note(&self, content: &[u8]) -> Result<Option<String>, Error> {
        let first = content.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let decrypted = self
            .clients
            .kms
            .decrypt()
            .ciphertext_blob(Blob::new(first))
            .send()
            .await;
        match decrypted {
            Ok(answer) => Ok(answer
                .plaintext
                .map(|text| String::from_utf8_lossy(text.as_ref()).into_owned())),
            Err(error) if error.code() == Some("AccessDeniedException") => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What has been filed for a customer.
    ///
    /// # Errors
    ///
    /// If a request fails.
    pub async fn filed(&self, customer: &str) -> Result<Vec<Filed>, Error> {
        let answer = self
            .clients
            .dynamodb
            .query()
            .table_name(&self.table)
            .index_name("by-customer")
            .key_condition_expression("customer = :customer")
            .expression_attribute_values(":customer", AttributeValue::S(customer.to_owned()))
            .send()
            .await?;
        let text = |value: &AttributeValue| value.as_s().cloned().unwrap_or_default();
        let rows = answer.items().iter().map(|row| Filed {
            upload: row.get("upload").map(text).unwrap_or_default(),
            note: row.get("note").map(text),
        });
        Ok(rows.collect())
    }

    /// The keys of all uploads.
    ///
    /// # Errors
    ///
    /// If a request fails.
    pub async fn uploads(&self) -> Result<Vec<String>, Error> {
        let mut pages = self
            .clients
            .s3
            .list_objects_v2()
            .bucket(&self.bucket)
            .into_paginator()
            .send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            keys.extend(
                page?
                    .contents()
                    .iter()
                    .filter_map(|object| object.key().map(str::to_owned)),
            );
        }
        Ok(keys)
    }

    /// Removes an upload, and leaves a marker in its place.
    ///
    /// # Errors
    ///
    /// If a request fails.
    pub async fn remove(&self, upload: &str) -> Result<(), Error> {
        let marker = format!("{upload}.removed");
        self.clients
            .s3
            .put_object()
            .bucket(&self.bucket)
            .key(marker)
            .send()
            .await?;
        self.clients
            .s3
            .delete_object()
            .bucket(&self.bucket)
            .key(upload)
            .send()
            .await?;
        Ok(())
    }
}
