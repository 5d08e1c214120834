use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;

use crate::http::serve;
use crate::operation::Operation;
use crate::settings::{Fault, Settings};

/// A server that runs on a thread of its own, and stops when this is dropped.
///
/// It listens on the loopback address alone, so nobody but this machine reaches it.
///
/// # Examples
///
/// ```
/// use iam_policy_server::{Server, Settings};
///
/// let principals = iam_policy_account::read(br#"{"AccessKeys": {"AKIAIOSFODNN7EXAMPLE": "arn:aws:iam::123456789012:root"}}"#);
/// let server = Server::start(Settings::new(principals.principals))?;
/// assert!(server.url().starts_with("http://127.0.0.1:"));
/// assert_eq!(server.calls(), []);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Server {
    url: String,
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A call that the server got.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// What it asked for, such as `SimulatePrincipalPolicy`; an operation that the server does not have is told as
    /// well, as far as its first 128 characters.
    pub action: String,
    /// How many actions it had to be simulated.
    pub actions: usize,
    /// How many resources it had them to be simulated on; none stands for `*`.
    pub resources: usize,
    /// The HTTP status of the answer.
    pub status: u16,
    /// What went wrong by the settings.
    pub fault: Option<Fault>,
    /// When it had been read, since the server was started. Its answer comes after the delay that is set.
    pub at: Duration,
    /// How many calls were being answered then, this one included.
    pub at_once: usize,
}

/// What all connections have in common.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) started: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How many calls there were.
    number: u64,
    /// How many calls of each operation there were.
    by_operation: BTreeMap<Operation, usize>,
    /// How many calls are being answered.
    answering: usize,
    /// The last calls.
    calls: VecDeque<Call>,
}

/// A call that is being answered, until this is dropped.
pub(crate) struct Begun {
    /// How many calls there were, this one included.
    pub(crate) number: u64,
    /// What is to go wrong with it.
    pub(crate) fault: Option<Fault>,
    /// How many calls are being answered, this one included.
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
    fn with<T>(&self, use_it: impl FnOnce(&mut State) -> T) -> T {
        use_it(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts a call, and says what is to go wrong with it.
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

    /// What is to go wrong with the call of an operation before which there were so many.
    fn fault(&self, operation: Operation, mut before: usize) -> Option<Fault> {
        for (fault, times) in self.settings.faults.get(&operation)? {
            match before.checked_sub(*times) {
                None => return Some(*fault),
                Some(rest) => before = rest,
            }
        }
        None
    }

    /// Keeps a call, and no more of those before than the settings want.
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

impl Server {
    /// Starts a server.
    ///
    /// # Errors
    ///
    /// When the port is not free, or the system does not give what a server needs.
    pub fn start(settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            settings,
            started: Instant::now(),
            state: Mutex::default(),
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _context = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let connections = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("policy-server".to_owned())
            .spawn(move || {
                // What is still being answered then, or never, ends with the runtime.
                runtime.block_on(async move {
                    tokio::spawn(accept(listener, connections));
                    let _ = stopped.await;
                });
            })?;
        Ok(Self {
            url: format!("http://{address}"),
            address,
            shared,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it is, such as `http://127.0.0.1:40123`: what `--endpoint-url` of the `aws` command line takes.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its address and port.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The last calls that it got, in the order in which they were read: as many as [`Settings::keep_calls`] says.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.shared.with(|state| state.calls.iter().cloned().collect())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It fails if the thread has ended, which is what is wanted.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: tokio::net::TcpListener, shared: Arc<Shared>) {
    /// How long to wait after an error, such as that there are too many open files.
    const PAUSE: Duration = Duration::from_millis(50);
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        // Answers are short, and whoever waits for them waits for all of them.
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| serve(Arc::clone(&shared), request));
            // That a client goes away, or speaks no HTTP, is its own affair.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
