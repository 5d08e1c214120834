//! The body of a response, and the faults injected into it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use crate::settings::Fault;

/// The body of a response.
#[derive(Debug)]
pub(crate) struct Answer {
    data: Option<Bytes>,
    /// The announced length.
    length: u64,
    /// The delay before the connection is closed, so that the written bytes are sent.
    cut_off: Option<Pin<Box<Sleep>>>,
}

impl Answer {
    pub(crate) fn new(xml: String, fault: Option<Fault>) -> Self {
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
