//! A blocking interface to the client.

use std::fmt;
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use iam_policy_validate::{Answer, Failure, Question, Simulator, Subject};
use tokio::runtime::{Builder, Runtime};

use crate::client::Client;
use crate::settings::Settings;

/// Asks AWS, with a blocking interface.
///
/// A separate thread makes the calls. It starts with the first question and ends when this value is dropped. It also
/// works inside an async runtime, where it blocks until AWS has answered.
///
/// # Examples
///
/// ```no_run
/// use iam_policy_aws::{Aws, Settings};
/// use iam_policy_validate::Simulator;
///
/// # fn example() -> Result<(), iam_policy_validate::Failure> {
/// let aws = Aws::new(Settings::default());
/// println!("asking about {}", aws.identify()?.arn);
/// # Ok(())
/// # }
/// ```
pub struct Aws {
    settings: Settings,
    worker: OnceLock<Sender<Job>>,
}

/// A task for the thread, which receives the connection or the reason why there is none.
type Job = Box<dyn FnOnce(&Result<Worker, Failure>) + Send>;

/// The state of the thread.
struct Worker {
    runtime: Runtime,
    client: Client,
}

impl Aws {
    /// Connects to AWS with the first question, not before.
    ///
    /// - `settings`: how to reach AWS, and which principal to ask about
    #[must_use]
    pub const fn new(settings: Settings) -> Self {
        Self {
            settings,
            worker: OnceLock::new(),
        }
    }

    /// Sends `work` to the thread, and returns the receiver of its result.
    fn start<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Worker) -> Result<T, Failure> + Send + 'static,
    ) -> Receiver<Result<T, Failure>> {
        let (sender, receiver) = mpsc::channel();
        let job: Job = Box::new(move |worker| {
            let result = worker.as_ref().map_err(Failure::clone).and_then(work);
            // If the receiver is gone, nobody needs the result.
            let _ = sender.send(result);
        });
        // Without a thread, the job is dropped and the receiver reports an error.
        let _ = self.worker.get_or_init(|| spawn(self.settings.clone())).send(job);
        receiver
    }
}

/// Starts the thread. It ends when the sender is dropped.
fn spawn(settings: Settings) -> Sender<Job> {
    let (sender, receiver) = mpsc::channel::<Job>();
    let work = move || {
        let worker = connect(settings);
        for job in receiver {
            job(&worker);
        }
    };
    // If no thread can be started, the receiver is dropped and sending fails.
    let _ = thread::Builder::new().name("aws".to_owned()).spawn(work);
    sender
}

fn connect(settings: Settings) -> Result<Worker, Failure> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| broken(&error.to_string()))?;
    let client = runtime.block_on(Client::connect(settings))?;
    Ok(Worker { runtime, client })
}

fn result<T>(receiver: &Receiver<Result<T, Failure>>) -> Result<T, Failure> {
    receiver
        .recv()
        .unwrap_or_else(|_| Err(broken("the thread that calls AWS has ended")))
}

fn broken(message: &str) -> Failure {
    Failure::Unreachable {
        endpoint: "AWS".to_owned(),
        message: message.to_owned(),
    }
}

impl Simulator for Aws {
    fn identify(&self) -> Result<Subject, Failure> {
        result(&self.start(|worker| worker.runtime.block_on(worker.client.identify())))
    }

    fn simulate(
        &self,
        subject: &Subject,
        questions: &[Question],
        answered: &mut dyn FnMut(Answer),
    ) -> Result<(), Failure> {
        let (subject, questions) = (subject.clone(), questions.to_vec());
        let (sender, answers) = mpsc::channel();
        let receiver = self.start(move |worker| {
            worker
                .runtime
                .block_on(worker.client.simulate(&subject, &questions, |answer| {
                    let _ = sender.send(answer);
                }))
        });
        answers.into_iter().for_each(answered);
        result(&receiver)
    }
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aws")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
