//! Reads calls from HTTP requests and writes the responses.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Method, Request, Response, StatusCode};
use tokio::time::timeout;

use crate::body::Answer;
use crate::error::Error;
use crate::operation::{Operation, Service};
use crate::origin;
use crate::perform::{Headers, operation, perform};
use crate::query::Query;
use crate::settings::Fault;
use crate::state::{Call, Shared};

/// The maximum size of a request in bytes, which is more than AWS accepts.
const MAX_BODY: usize = 16 << 20;

/// The maximum length of the operation names that are recorded.
const MAX_ACTION: usize = 128;

/// Answers a request.
///
/// - `bound`: the server's address
pub(crate) async fn serve(
    shared: Arc<Shared>,
    bound: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Answer>, Infallible> {
    let (head, body) = request.into_parts();
    let body = match (origin::check(&head, bound), head.method) {
        (Err(foreign), _) => Err(foreign),
        (Ok(()), Method::POST) => timeout(shared.settings.patience, read(body))
            .await
            .unwrap_or_else(|_| Err(Error::timed_out())),
        _ => Err(Error::malformed_query("This server only supports POST")),
    };
    let query = body.as_deref().map(Query::read).unwrap_or_default();
    let operation = body.and_then(|_| operation(&query));
    let begun = shared.begin(operation.as_ref().ok().copied());
    let fault = begun.fault;
    let request_id = format!("00000000-0000-4000-8000-{:012x}", begun.number);

    let header = |name: HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok());
    let answer = operation.and_then(|operation| match fault {
        Some(Fault::Throttle) => Err(Error::throttling()),
        Some(Fault::Fail) => Err(Error::internal_failure()),
        _ => {
            let headers = Headers {
                authorization: header(AUTHORIZATION),
                user_agent: header(USER_AGENT),
            };
            perform(&shared.settings, operation, &query, &headers, &request_id)
        }
    });
    let (status, xml) = match answer {
        Ok(xml) => (200, xml),
        Err(error) => (error.status, error.xml(asked(&query), &request_id)),
    };
    shared.record(Call {
        action: query
            .get("Action")
            .unwrap_or_default()
            .chars()
            .take(MAX_ACTION)
            .collect(),
        actions: query.list("ActionNames").len(),
        resources: query.list("ResourceArns").len(),
        status,
        fault,
        at: shared.started.elapsed(),
        at_once: begun.at_once,
    });

    tokio::time::sleep(shared.settings.delay).await;
    if fault == Some(Fault::Silence) {
        std::future::pending::<()>().await;
    }
    let mut response = Response::new(Answer::new(xml, fault));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        headers.insert("x-amzn-requestid", id);
    }
    Ok(response)
}

async fn read(body: Incoming) -> Result<Bytes, Error> {
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(Error::too_large());
    }
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Error::too_large()),
        // The client disconnected.
        Err(_) => Err(Error::malformed_query("The request was cut off")),
    }
}

/// The service that is called, even if it has no such operation.
fn asked(query: &Query) -> Service {
    let by_version = query.get("Version").and_then(Service::of_version);
    let by_operation = || {
        query
            .get("Action")
            .and_then(Operation::from_name)
            .map(Operation::service)
    };
    by_version.or_else(by_operation).unwrap_or(Service::Iam)
}
