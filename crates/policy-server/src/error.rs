use crate::operation::Service;
use crate::xml::Xml;

/// An error response of AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Error {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Error {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    pub(crate) fn access_denied(message: String) -> Self {
        Self::new(403, "AccessDenied", message)
    }

    pub(crate) fn invalid_input(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidInput", message)
    }

    pub(crate) fn no_such_entity(message: String) -> Self {
        Self::new(404, "NoSuchEntity", message)
    }

    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationError", message)
    }

    pub(crate) fn invalid_action(action: &str, version: &str) -> Self {
        let message = format!("Could not find operation {action} for version {version}");
        Self::new(400, "InvalidAction", message)
    }

    pub(crate) fn malformed_query(message: &str) -> Self {
        Self::new(400, "MalformedQueryString", message)
    }

    /// A request that a web page may have sent.
    ///
    /// - `what`: the part of the request that names another host
    pub(crate) fn foreign(what: &str) -> Self {
        let message = format!("The {what} must name the loopback interface, such as localhost or 127.0.0.1");
        Self::new(403, "ForeignHost", message)
    }

    pub(crate) fn timed_out() -> Self {
        Self::new(408, "RequestTimeout", "The request was not received in time")
    }

    pub(crate) fn too_large() -> Self {
        Self::new(
            413,
            "RequestEntityTooLarge",
            "Request size is larger than what this server reads",
        )
    }

    pub(crate) fn missing_token() -> Self {
        Self::new(
            403,
            "MissingAuthenticationToken",
            "Request is missing Authentication Token",
        )
    }

    pub(crate) fn incomplete_signature(message: &str) -> Self {
        Self::new(400, "IncompleteSignature", message)
    }

    pub(crate) fn invalid_token() -> Self {
        Self::new(
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        )
    }

    pub(crate) fn throttling() -> Self {
        Self::new(400, "Throttling", "Rate exceeded")
    }

    pub(crate) fn internal_failure() -> Self {
        Self::new(
            500,
            "InternalFailure",
            "The request processing has failed because of an unknown error, exception or failure.",
        )
    }

    pub(crate) fn xml(&self, service: Service, request_id: &str) -> String {
        let by = if self.status < 500 { "Sender" } else { "Receiver" };
        Xml::document("ErrorResponse", service.namespace(), |xml| {
            xml.element("Error", |xml| {
                xml.text("Type", by);
                xml.text("Code", self.code);
                xml.text("Message", &self.message);
            });
            xml.text("RequestId", request_id);
        })
    }
}
