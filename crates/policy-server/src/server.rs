use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

use crate::http::serve;
use crate::settings::Settings;
use crate::state::{Call, Shared};

/// A server on its own thread. It stops when this is dropped.
///
/// It listens on the loopback address only, so other machines cannot reach it. Requests whose `Host` or `Origin` header names
/// another host are refused, so web pages cannot reach it through a browser on the same machine either. Slow clients and idle
/// connections are disconnected; see [`Settings::patience`].
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

impl Server {
    /// Starts a server.
    ///
    /// # Errors
    ///
    /// If the port is in use, or the system refuses a socket or a thread.
    pub fn start(settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(settings));
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
                // Calls in progress end with the runtime.
                runtime.block_on(async move {
                    tokio::spawn(accept(listener, address, connections));
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

    /// Its URL, such as `http://127.0.0.1:40123`, for the option `--endpoint-url` of the `aws` command line.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its address and port.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The most recent calls in the order of their arrival, up to the number set with [`Settings::keep_calls`].
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // Fails only if the thread has already ended.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The maximum number of connections at the same time. Further clients wait.
const MAX_CONNECTIONS: usize = 256;

/// How long a connection may last. It is then closed after the response in progress.
const MAX_AGE: Duration = Duration::from_mins(10);

/// How long the last response of a connection may take.
const LAST_RESPONSE: Duration = Duration::from_mins(1);

async fn accept(listener: tokio::net::TcpListener, address: SocketAddr, shared: Arc<Shared>) {
    /// The pause after an error, such as too many open files.
    const PAUSE: Duration = Duration::from_millis(50);
    let free = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        // The semaphore is never closed.
        let Ok(permit) = Arc::clone(&free).acquire_owned().await else {
            return;
        };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        // Responses are short, and clients wait for all of them.
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| serve(Arc::clone(&shared), address, request));
            // The time to read a header includes the time between two requests.
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(shared.settings.patience)
                .serve_connection(TokioIo::new(stream), service);
            let mut connection = pin!(connection);
            // An error means that the client disconnected, is too slow or does not speak HTTP.
            if timeout(MAX_AGE, connection.as_mut()).await.is_err() {
                connection.as_mut().graceful_shutdown();
                let _ = timeout(LAST_RESPONSE, connection).await;
            }
            drop(permit);
        });
    }
}
