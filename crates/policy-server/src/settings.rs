use std::collections::BTreeMap;
use std::time::Duration;

use iam_policy_account::Principals;

use crate::operation::Operation;

/// How a server answers.
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
    /// What goes wrong with the calls of an operation, one after the other.
    pub(crate) faults: BTreeMap<Operation, Vec<(Fault, usize)>>,
}

/// The form of a simulation's results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// A result for each action, with what there is to say of each resource in `ResourceSpecificResults`; its resource
    /// is a template.
    ///
    /// Source: IAM API Reference, `EvaluationResult`, `EvalResourceName`.
    #[default]
    PerAction,
    /// A result for each action and each resource, as AWS answered before.
    PerResource,
}

/// What becomes of a simulation of several actions that need different authorization information.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Batches {
    /// It is answered.
    Accept,
    /// It is refused. AWS does so, and does not say when.
    Refuse {
        /// Actions that one of the patterns in the same list covers may be in one call, and not together with others.
        /// Actions that none covers are of two more such kinds: those that the Service Authorization Reference has, and
        /// those that it has not.
        groups: Vec<Vec<String>>,
    },
}

/// Such batches are refused; assuming a role is asked for apart from all else, as AWS has been seen to want it.
impl Default for Batches {
    fn default() -> Self {
        Self::Refuse {
            groups: vec![vec!["sts:AssumeRole*".to_owned()]],
        }
    }
}

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The answer is the error `Throttling`, with HTTP 400 as AWS has it.
    Throttle,
    /// The answer is the error `InternalFailure`, with HTTP 500.
    Fail,
    /// The connection is closed when so many bytes of the answer's body have been sent. A shorter one is sent as it is.
    CutOff(usize),
    /// The answer ends in the middle of its XML, as if it were whole.
    Malformed,
    /// There is never an answer.
    Silence,
}

impl Settings {
    /// Settings as they are without a word: any free port, today's shape, pages of 100, no delay, the last
    /// 1,000 calls kept, and nothing goes wrong.
    ///
    /// - `principals`: who there is, with which policies and access keys
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
            faults: BTreeMap::new(),
        }
    }

    /// How many results a page has if a call does not say.
    ///
    /// Source: IAM API Reference, `SimulatePrincipalPolicy`, `MaxItems`.
    pub const PAGE_SIZE: usize = 100;

    /// How many of the last calls are kept if nothing is said.
    pub const KEPT_CALLS: usize = 1000;

    /// The port; 0 stands for any that is free.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The form of results.
    #[must_use]
    pub fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// How many results a page has at most, even if a call wants more; at least 1.
    #[must_use]
    pub fn page_size(mut self, page_size: usize) -> Self {
        self.page_size = page_size.max(1);
        self
    }

    /// How long every answer takes.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// What becomes of actions that need different authorization information.
    #[must_use]
    pub fn batches(mut self, batches: Batches) -> Self {
        self.batches = batches;
        self
    }

    /// How many of the last calls are kept for [`Server::calls`](crate::Server::calls): none for a server that runs for
    /// long and is not asked.
    #[must_use]
    pub fn keep_calls(mut self, most: usize) -> Self {
        self.kept_calls = most;
        self
    }

    /// The same, where the next calls of an operation go wrong in this way.
    ///
    /// - `times`: how many calls; `usize::MAX` for all of them. What is set for an operation first happens first.
    #[must_use]
    pub fn fault(mut self, operation: Operation, fault: Fault, times: usize) -> Self {
        self.faults.entry(operation).or_default().push((fault, times));
        self
    }
}
