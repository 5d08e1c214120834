//! A call as it comes, and its answer as it goes.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use hyper::{Method, Request, Response, StatusCode};
use policy_principals::{Entity, EntityKind};
use tokio::time::Sleep;

use crate::authorize::{Circumstances, Target, authorize};
use crate::caller::Caller;
use crate::error::Error;
use crate::identity;
use crate::operation::{Operation, Service};
use crate::query::Query;
use crate::server::{Call, Shared};
use crate::settings::{Fault, Settings};
use crate::simulate::{Input, Results, check_source, simulate};
use crate::xml::Xml;

/// How many bytes a call may have, which is more than AWS takes.
const MAX_BODY: usize = 16 << 20;

/// The address that calls are said to be from. The server is reached by no other.
const SOURCE_IP: &str = "127.0.0.1";

/// Answers a call.
pub(crate) async fn serve(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response<Answer>, Infallible> {
    let (head, body) = request.into_parts();
    let header = |name| {
        head.headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let is_too_large = body.size_hint().lower() > MAX_BODY as u64;
    let body = match head.method {
        Method::POST if is_too_large => Err(Error::too_large()),
        Method::POST => match Limited::new(body, MAX_BODY).collect().await {
            Ok(body) => Ok(body.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Err(Error::too_large()),
            // Nobody waits for an answer.
            Err(_) => Err(Error::malformed_query("The request was cut off")),
        },
        _ => Err(Error::malformed_query("This server answers POST only")),
    };
    let query = body.as_ref().map(|body| Query::read(body)).unwrap_or_default();
    let service = query
        .get("Version")
        .and_then(Service::of_version)
        .or_else(|| {
            query
                .get("Action")
                .and_then(Operation::from_name)
                .map(Operation::service)
        })
        .unwrap_or(Service::Iam);
    let operation = body.and_then(|_| operation(&query));
    let (number, fault) = shared.begin(operation.as_ref().ok().copied());
    let request_id = format!("00000000-0000-4000-8000-{number:012x}");

    let answer = operation.and_then(|operation| match fault {
        Some(Fault::Throttle) => Err(Error::throttling()),
        Some(Fault::Fail) => Err(Error::internal_failure()),
        _ => {
            let caller = Caller::find(&shared.settings.principals, header(AUTHORIZATION))?;
            let result = perform(&shared.settings, &caller, operation, &query, header(USER_AGENT))?;
            Ok(document(operation, &caller, &result, &request_id))
        }
    });
    let (status, xml) = match answer {
        Ok(xml) => (200, xml),
        Err(error) => (error.status, error.xml(service, &request_id)),
    };
    shared.record(Call {
        action: query.get("Action").unwrap_or_default().to_owned(),
        actions: query.list("ActionNames").len(),
        resources: query.list("ResourceArns").len(),
        status,
        fault,
        at: shared.started.elapsed(),
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

/// What a call asks for.
fn operation(query: &Query) -> Result<Operation, Error> {
    let action = query.get("Action").unwrap_or_default();
    let version = query.get("Version").unwrap_or_default();
    Operation::from_name(action)
        .filter(|operation| operation.service().version() == version)
        .ok_or_else(|| Error::invalid_action(action, version))
}

/// What an operation answers.
enum Answered<'s> {
    CallerIdentity,
    Role(&'s Entity),
    User(&'s Entity),
    Simulation(Results),
}

fn perform<'s>(
    settings: &'s Settings,
    caller: &Caller<'s>,
    operation: Operation,
    query: &Query,
    user_agent: Option<&str>,
) -> Result<Answered<'s>, Error> {
    let principals = &settings.principals;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let circumstances = Circumstances {
        user_agent,
        source_ip: SOURCE_IP,
        now: now.unwrap_or_default().as_secs(),
    };
    let may = |arn: &str, shown: &str| {
        let target = Target { arn, shown };
        authorize(principals, caller, operation, &target, &circumstances)
    };
    // Of one that is not there, the ARN is taken to be without a path.
    let named = |kind: EntityKind, name: &str| {
        let found = principals.named(kind, caller.account, name);
        let what = kind.name();
        let partition = caller.arn.split(':').nth(1).unwrap_or_default();
        let arn = found.map_or_else(
            || format!("arn:{partition}:iam::{}:{what}/{name}", caller.account),
            |entity| entity.arn.clone(),
        );
        may(&arn, &format!("{what} {name}"))?;
        found.ok_or_else(|| Error::no_such_entity(format!("The {what} with name {name} cannot be found.")))
    };
    match operation {
        Operation::GetCallerIdentity => {
            may("*", "*")?;
            Ok(Answered::CallerIdentity)
        }
        Operation::GetRole => named(EntityKind::Role, identity::role_name(query)?).map(Answered::Role),
        Operation::GetUser => named(EntityKind::User, identity::user_name(query, caller)?).map(Answered::User),
        Operation::SimulateCustomPolicy | Operation::SimulatePrincipalPolicy => {
            let input = Input::read(operation, query)?;
            if let Some(source) = input.source {
                check_source(caller, source)?;
            }
            let about = input.source.unwrap_or("*");
            may(about, about)?;
            simulate(settings, caller, &input).map(Answered::Simulation)
        }
    }
}

fn document(operation: Operation, caller: &Caller<'_>, answered: &Answered<'_>, request_id: &str) -> String {
    let name = operation.name();
    Xml::document(&format!("{name}Response"), operation.service().namespace(), |xml| {
        xml.element(&format!("{name}Result"), |xml| match answered {
            Answered::CallerIdentity => identity::caller_identity(caller, xml),
            Answered::Role(role) => identity::role(role, xml),
            Answered::User(user) => identity::user(user, xml),
            Answered::Simulation(results) => results.write(xml),
        });
        xml.element("ResponseMetadata", |xml| xml.text("RequestId", request_id));
    })
}

/// The body of an answer.
#[derive(Debug)]
pub(crate) struct Answer {
    data: Option<Bytes>,
    /// How long it is said to be.
    length: u64,
    /// What is waited for before the connection is closed, so that what has been written is sent.
    cut_off: Option<Pin<Box<Sleep>>>,
}

impl Answer {
    fn new(xml: String, fault: Option<Fault>) -> Self {
        const BEFORE_CLOSING: Duration = Duration::from_millis(10);
        let mut data = Bytes::from(xml);
        let mut length = data.len();
        let mut cut_off = None;
        match fault {
            Some(Fault::CutOff(after)) if after < length => {
                data.truncate(after);
                cut_off = Some(Box::pin(tokio::time::sleep(BEFORE_CLOSING)));
            }
            Some(Fault::Malformed) => {
                data.truncate(length / 2);
                length = data.len();
            }
            _ => {}
        }
        Self {
            data: Some(data),
            length: length as u64,
            cut_off,
        }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(data) = self.data.take().filter(|data| !data.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match &mut self.cut_off {
            None => Poll::Ready(None),
            Some(waiting) => {
                ready!(waiting.as_mut().poll(context));
                Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
