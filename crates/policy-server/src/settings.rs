use std::collections::BTreeMap;
use std::time::Duration;

use iam_policy_account::Principals;

use crate::operation::Operation;

/// The settings of a server.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use iam_policy_server::{Fault, Operation, Settings, Shape};
///
/// let principals = iam_policy_account::read(b"{}").principals;
/// let settings = Settings::new(principals)
///     .shape(Shape::PerResource)
///     .page_size(10)
///     .delay(Duration::from_millis(20))
///     .fault(Operation::SimulatePrincipalPolicy, Fault::Throttle, 2);
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    pub(crate) principals: Principals,
    pub(crate) port: u16,
    pub(crate) shape: Shape,
    pub(crate) page_size: usize,
    pub(crate) delay: Duration,
    pub(crate) batches: Batches,
    pub(crate) kept_calls: usize,
    pub(crate) patience: Duration,
    /// The faults of each operation, in the order in which they occur.
    pub(crate) faults: BTreeMap<Operation, Vec<(Fault, usize)>>,
}

/// The shape of a simulation's results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// A result for each action, whose resource is a template, with the results for each resource in
    /// `ResourceSpecificResults`.
    ///
    /// Source: IAM API Reference, `EvaluationResult`, `EvalResourceName`.
    #[default]
    PerAction,
    /// A result for each pair of an action and a resource, as in AWS's earlier answers.
    PerResource,
}

/// How simulations of actions that require different authorization information are handled.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Batches {
    /// They are accepted.
    Accept,
    /// They are refused. AWS does that, but does not document the rules.
    Refuse {
        /// Groups of patterns. Actions that match patterns of the same group can be in one call, but not together with
        /// others. Actions that match none form two further groups: those in the Service Authorization Reference, and
        /// those missing from it.
        groups: Vec<Vec<String>>,
    },
}

/// Such calls are refused. As observed with AWS, `sts:AssumeRole…` cannot be combined with other actions.
impl Default for Batches {
    fn default() -> Self {
        Self::Refuse {
            groups: vec![vec!["sts:AssumeRole*".to_owned()]],
        }
    }
}

/// A fault to inject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The response is the error `Throttling` with HTTP 400, as with AWS.
    Throttle,
    /// The response is the error `InternalFailure` with HTTP 500.
    Fail,
    /// The connection is closed after this number of bytes of the body. Shorter bodies are sent unchanged.
    CutOff(usize),
    /// The XML of the response is truncated, with a matching content length.
    Malformed,
    /// There is no response.
    Silence,
}

impl Settings {
    /// The default settings: any free port, the current shape, pages of 100 results, no delay, the last 1,000 calls
    /// recorded, clients that take up to 30 seconds, and no faults.
    ///
    /// - `principals`: the principals, with their policies and access keys
    #[must_use]
    pub fn new(principals: Principals) -> Self {
        Self {
            principals,
            port: 0,
            shape: Shape::default(),
            page_size: Self::PAGE_SIZE,
            delay: Duration::ZERO,
            batches: Batches::default(),
            kept_calls: Self::KEPT_CALLS,
            patience: Self::PATIENCE,
            faults: BTreeMap::new(),
        }
    }

    /// The number of results per page if a call does not specify it.
    ///
    /// Source: IAM API Reference, `SimulatePrincipalPolicy`, `MaxItems`.
    pub const PAGE_SIZE: usize = 100;

    /// The default number of recorded calls.
    pub const KEPT_CALLS: usize = 1000;

    /// How long a client may take by default.
    pub const PATIENCE: Duration = Duration::from_secs(30);

    /// Sets the port; 0 means any free port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the shape of results.
    #[must_use]
    pub fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// Sets the maximum number of results per page, even if a call asks for more; at least 1.
    #[must_use]
    pub fn page_size(mut self, page_size: usize) -> Self {
        self.page_size = page_size.max(1);
        self
    }

    /// Sets the delay of every response.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sets how actions that require different authorization information are handled.
    #[must_use]
    pub fn batches(mut self, batches: Batches) -> Self {
        self.batches = batches;
        self
    }

    /// Sets the number of recorded calls for [`Server::calls`](crate::Server::calls); use 0 for a long-running server
    /// without a reader.
    #[must_use]
    pub fn keep_calls(mut self, most: usize) -> Self {
        self.kept_calls = most;
        self
    }

    /// Sets how long a client may take to send the header or the body of a request, or to start the next request on the
    /// same connection, before the connection is closed.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Adds a fault to the next calls of an operation.
    ///
    /// - `times`: the number of calls; `usize::MAX` for all. The faults of an operation occur in the order in which
    ///   they are added.
    #[must_use]
    pub fn fault(mut self, operation: Operation, fault: Fault, times: usize) -> Self {
        self.faults.entry(operation).or_default().push((fault, times));
        self
    }
}
