//! A server on the loopback address that speaks enough of S3, SQS, DynamoDB and KMS for the worker.

mod dynamodb;
mod kms;
mod s3;
mod sqs;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Collected, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value};
use tokio::net::TcpListener;

/// What the services contain.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    /// The texts of the messages in the queue.
    pub(crate) messages: Vec<String>,
    /// The objects by bucket and key.
    pub(crate) objects: BTreeMap<(String, String), Bytes>,
    /// The rows of the table.
    pub(crate) rows: Vec<Map<String, Value>>,
    /// The actions that are denied.
    pub(crate) denied: BTreeSet<String>,
    /// The operations that were requested, such as `s3:GetObject`.
    pub(crate) requests: Vec<String>,
}

/// A running server.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    address: SocketAddr,
    contents: Arc<Mutex<Contents>>,
}

/// An answer: the status, the content type and the body.
pub(crate) type Answer = (StatusCode, &'static str, String);

impl Peer {
    /// Starts a server, which runs as long as the test's runtime.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let peer = Self {
            address: listener.local_addr().unwrap(),
            contents: Arc::default(),
        };
        let contents = peer.contents.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let contents = contents.clone();
                let service = service_fn(move |request| answer(request, contents.clone()));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        peer
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Reads or changes what the services contain.
    pub(crate) fn with<R>(&self, change: impl FnOnce(&mut Contents) -> R) -> R {
        change(&mut self.contents.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn answer(
    request: Request<Incoming>,
    contents: Arc<Mutex<Contents>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
    let target = head.headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    let mut contents = contents.lock().unwrap_or_else(PoisonError::into_inner);
    let (status, content_type, body) = match target.and_then(|target| target.split_once('.')) {
        Some((service, operation)) => {
            let input = serde_json::from_slice(&body).unwrap_or_default();
            json(service, operation, &input, &mut contents)
        }
        None => s3::answer(&head, body, &mut contents),
    };
    let response = Response::builder().status(status).header("content-type", content_type);
    Ok(response.body(Full::new(Bytes::from(body))).unwrap())
}

/// The services whose requests are JSON.
fn json(service: &str, operation: &str, input: &Value, contents: &mut Contents) -> Answer {
    let (prefix, serve): (_, fn(&str, &Value, &mut Contents) -> Value) = match service {
        "AmazonSQS" => ("sqs", sqs::answer),
        "DynamoDB_20120810" => ("dynamodb", dynamodb::answer),
        "TrentService" => ("kms", kms::answer),
        other => panic!("the peer does not speak {other}"),
    };
    let action = format!("{prefix}:{operation}");
    let is_denied = contents.denied.contains(&action);
    contents.requests.push(action.clone());
    if is_denied {
        let error = serde_json::json!({
            "__type": "com.amazonaws#AccessDeniedException",
            "message": format!("User: arn:aws:sts::123456789012:assumed-role/worker/w is not authorized to perform: {action}"),
        });
        return (StatusCode::BAD_REQUEST, "application/x-amz-json-1.0", error.to_string());
    }
    let output = serve(operation, input, contents);
    (StatusCode::OK, "application/x-amz-json-1.0", output.to_string())
}
