//! The state of a running server, and the calls it received.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::operation::Operation;
use crate::settings::{Fault, Settings};

/// A call that the server received.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// The operation, such as `SimulatePrincipalPolicy`; for operations that the server does not support, the first 128
    /// characters of the name.
    pub action: String,
    /// The number of actions to simulate.
    pub actions: usize,
    /// The number of resources to simulate them on; 0 means `*`.
    pub resources: usize,
    /// The HTTP status of the response.
    pub status: u16,
    /// The fault that the settings inject.
    pub fault: Option<Fault>,
    /// When it was received, since the start of the server. The response follows after the configured delay.
    pub at: Duration,
    /// The number of calls in progress at that time, this one included.
    pub at_once: usize,
}

/// The state that all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) started: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The number of calls.
    number: u64,
    /// The number of calls of each operation.
    by_operation: BTreeMap<Operation, usize>,
    /// The number of calls in progress.
    answering: usize,
    /// The most recent calls.
    calls: VecDeque<Call>,
}

/// A call in progress. It ends when this is dropped.
pub(crate) struct Begun {
    /// The number of calls so far, this one included.
    pub(crate) number: u64,
    /// The fault to inject.
    pub(crate) fault: Option<Fault>,
    /// The number of calls in progress, this one included.
    pub(crate) at_once: usize,
    shared: Arc<Shared>,
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.shared
            .with(|state| state.answering = state.answering.saturating_sub(1));
    }
}

impl Shared {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            started: Instant::now(),
            state: Mutex::default(),
        }
    }

    /// The most recent calls, oldest first.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.with(|state| state.calls.iter().cloned().collect())
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut State) -> T) -> T {
        use_it(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Begins a call: counts it and determines the fault to inject.
    pub(crate) fn begin(self: &Arc<Self>, operation: Option<Operation>) -> Begun {
        let (number, fault, at_once) = self.with(|state| {
            state.number += 1;
            state.answering += 1;
            let fault = operation.and_then(|operation| {
                let before = state.by_operation.entry(operation).or_default();
                let fault = self.fault(operation, *before);
                *before += 1;
                fault
            });
            (state.number, fault, state.answering)
        });
        Begun {
            number,
            fault,
            at_once,
            shared: Arc::clone(self),
        }
    }

    /// The fault to inject into a call of an operation after `before` other calls of it.
    fn fault(&self, operation: Operation, mut before: usize) -> Option<Fault> {
        for (fault, times) in self.settings.faults.get(&operation)? {
            match before.checked_sub(*times) {
                None => return Some(*fault),
                Some(rest) => before = rest,
            }
        }
        None
    }

    /// Records a call, and forgets the oldest ones beyond the configured number.
    pub(crate) fn record(&self, call: Call) {
        let most = self.settings.kept_calls;
        self.with(|state| {
            state.calls.push_back(call);
            while state.calls.len() > most {
                state.calls.pop_front();
            }
        });
    }
}
