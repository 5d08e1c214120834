//! The same for programs without a runtime.

use std::fmt;
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use iam_policy_validate::{Answer, Failure, Question, Simulator, Subject};
use tokio::runtime::{Builder, Runtime};

use crate::client::Client;
use crate::settings::Settings;

/// Asks AWS, for programs without a runtime, and for those that have one.
///
/// A thread of its own makes the calls; it starts with the first question and ends with this value. So this may also be
/// used inside a runtime, though it blocks there until AWS has answered.
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

/// What the thread has to do with its connection, or with the reason why there is none.
type Job = Box<dyn FnOnce(&Result<Worker, Failure>) + Send>;

/// What the thread has.
struct Worker {
    runtime: Runtime,
    client: Client,
}

impl Aws {
    /// Nothing is done before the first question.
    ///
    /// - `settings`: whom to ask about, and how to reach AWS
    #[must_use]
    pub const fn new(settings: Settings) -> Self {
        Self {
            settings,
            worker: OnceLock::new(),
        }
    }

    /// Hands `work` to the thread, and gives the place where its result arrives.
    fn start<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Worker) -> Result<T, Failure> + Send + 'static,
    ) -> Receiver<Result<T, Failure>> {
        let (sender, receiver) = mpsc::channel();
        let job: Job = Box::new(move |worker| {
            let result = worker.as_ref().map_err(Failure::clone).and_then(work);
            // Who does not wait for the result does not need it.
            let _ = sender.send(result);
        });
        // Without a thread the job is dropped, and the result never arrives.
        let _ = self.worker.get_or_init(|| spawn(self.settings.clone())).send(job);
        receiver
    }
}

/// Starts the thread. It ends when nobody can send to it any more.
fn spawn(settings: Settings) -> Sender<Job> {
    let (sender, receiver) = mpsc::channel::<Job>();
    let work = move || {
        let worker = connect(settings);
        for job in receiver {
            job(&worker);
        }
    };
    // Where no thread can be started, its end of the channel is gone, which is what a sender finds.
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
        .unwrap_or_else(|_| Err(broken("the thread that asks has ended")))
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
