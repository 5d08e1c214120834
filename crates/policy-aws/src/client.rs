//! The calls to AWS.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_sdk_iam::config::http::HttpResponse;
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_iam::operation::simulate_principal_policy::SimulatePrincipalPolicyOutput;
use aws_sdk_iam::types::{ContextEntry, ContextKeyTypeEnum};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use iam_policy_core::Arn;
use iam_policy_validate::{Answer, Failure, Question, Subject};

use crate::batch::{self, Apart};
use crate::call::{Call, Refusal, SIMULATE};
use crate::connect::{self, Connection};
use crate::failure::{failure, malformed};
use crate::identity::{self, Identity};
use crate::settings::Settings;

/// How many calls are under way at once: few, since IAM throttles who asks fast.
const IN_FLIGHT: usize = 4;

const GET_CALLER_IDENTITY: &str = "sts:GetCallerIdentity";
const GET_ROLE: &str = "iam:GetRole";

/// Asks AWS. For use inside a tokio runtime; [`Aws`](crate::Aws) is the same for everywhere else.
///
/// # Examples
///
/// ```no_run
/// use iam_policy_aws::{Client, Settings};
///
/// # async fn example() -> Result<(), iam_policy_validate::Failure> {
/// let client = Client::connect(Settings::default()).await?;
/// let subject = client.identify().await?;
/// println!("asking about {}", subject.arn);
/// # Ok(())
/// # }
/// ```
pub struct Client {
    connection: Connection,
    /// What AWS has refused to answer in one call.
    apart: Mutex<Apart>,
}

impl Client {
    /// Finds out how to reach AWS. Nothing is called yet, and credentials are looked for when something is.
    ///
    /// # Errors
    ///
    /// When `settings` cannot be meant: an endpoint that is no URL, or a principal that AWS cannot be asked about.
    pub async fn connect(settings: Settings) -> Result<Self, Failure> {
        if let Some(arn) = &settings.principal {
            check_principal(arn)?;
        }
        let connection = connect::connect(settings).await?;
        Ok(Self {
            connection,
            apart: Mutex::default(),
        })
    }

    /// Finds out who is asked about: the principal of the settings or else the caller. A role's session stands for its
    /// role.
    ///
    /// The path of a role is not in the ARN of its session, but in that of the role. `iam:GetRole` tells it. Where the
    /// caller may not call that, the places where such a role usually stands are tried: the names of an account's roles
    /// are unique, so a role that is found is the right one.
    ///
    /// # Errors
    ///
    /// When AWS cannot be called, or cannot be asked about whoever it is.
    pub async fn identify(&self) -> Result<Subject, Failure> {
        let answer = self.connection.sts.get_caller_identity().send().await;
        let caller = answer.map_err(|error| self.failure(GET_CALLER_IDENTITY, &error))?;
        let caller = caller
            .arn()
            .ok_or_else(|| malformed(GET_CALLER_IDENTITY, "it has no `Arn`".to_owned()))?;
        let asked = self.connection.settings.principal.as_deref().unwrap_or(caller);
        let (kind, segments) = identity::read(asked);
        let unknown = || Failure::UnknownIdentity { arn: asked.to_owned() };
        let segments = segments.ok_or_else(unknown)?;
        if let (_, Some(caller)) = identity::read(caller) {
            check_account(asked, segments, caller)?;
        }
        let arn = match kind {
            Identity::Entity => asked.to_owned(),
            Identity::Session { role } => self.role(segments, role).await?,
            Identity::Root => return Err(Failure::Root),
            Identity::Federated => return Err(Failure::Federated { arn: asked.to_owned() }),
            Identity::Unknown => return Err(unknown()),
        };
        Ok(Subject {
            caller: (arn != caller).then(|| caller.to_owned()),
            account: segments.account.to_owned(),
            partition: segments.partition.to_owned(),
            region: self.connection.region.clone(),
            arn,
        })
    }

    /// The ARN of the role `name`, of which `session` is a session.
    async fn role(&self, session: Arn<'_>, name: &str) -> Result<String, Failure> {
        let error = match self.connection.iam.get_role().role_name(name).send().await {
            Ok(answer) => {
                let role = answer.role().map(|role| role.arn().to_owned());
                return role.ok_or_else(|| malformed(GET_ROLE, "it has no `Role`".to_owned()));
            }
            Err(error) => error,
        };
        if error.code() == Some("NoSuchEntity") {
            return Err(Failure::NoSuchPrincipal {
                arn: session.to_string(),
            });
        }
        let message = match self.failure(GET_ROLE, &error) {
            Failure::NotAuthorized { message, .. } => message,
            failure => return Err(failure),
        };
        for candidate in identity::candidates(session, name, self.connection.region.as_deref()) {
            let call = self.connection.iam.simulate_principal_policy();
            match call.policy_source_arn(&candidate).action_names(GET_ROLE).send().await {
                Ok(_) => return Ok(candidate),
                Err(error) if error.code() == Some("NoSuchEntity") => {}
                // One who may ask about some roles only is told nothing about those that do not exist.
                Err(error) => match self.failure(SIMULATE, &error) {
                    Failure::NotAuthorized { .. } => {}
                    failure => return Err(failure),
                },
            }
        }
        Err(Failure::UnknownRole {
            role: name.to_owned(),
            message,
        })
    }

    /// Asks all `questions` about `subject`, in as few calls as AWS allows.
    ///
    /// - `subject`: who is asked about, as [`identify`](Self::identify) says
    /// - `questions`: what must be allowed
    /// - `answered`: called once for each question, in no fixed order, as soon as its answer is known
    ///
    /// # Errors
    ///
    /// When AWS does not answer. What was answered before has been handed on.
    pub async fn simulate(
        &self,
        subject: &Subject,
        questions: &[Question],
        mut answered: impl FnMut(Answer),
    ) -> Result<(), Failure> {
        let mut waiting: VecDeque<Call<'_>> = batch::plan(questions).into_iter().map(Call::new).collect();
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < IN_FLIGHT
                && let Some(call) = waiting.pop_front()
            {
                // A call may have been planned before it was known that AWS refuses such a one.
                let mut parts = self.apart().split(&call.batch);
                if call.marker.is_some() || parts.len() < 2 {
                    running.push(self.page(&subject.arn, call));
                    continue;
                }
                while let Some(part) = parts.pop() {
                    waiting.push_front(Call::new(part));
                }
            }
            let Some((call, answer)) = running.next().await else {
                return Ok(());
            };
            let next = match answer {
                Ok(page) => call.read(&page, &mut answered)?,
                Err(refusal) => self.parts(subject, &call, refusal)?,
            };
            // Before the others: so what AWS does not accept is found after a few calls, even if it is in all of them.
            for call in next.into_iter().rev() {
                waiting.push_front(call);
            }
        }
    }

    /// One page of the answers to `call`.
    async fn page<'q>(&self, arn: &str, call: Call<'q>) -> (Call<'q>, Result<SimulatePrincipalPolicyOutput, Refusal>) {
        let request = self.connection.iam.simulate_principal_policy();
        let answer = request
            .policy_source_arn(arn)
            .set_action_names(Some(call.batch.actions().map(str::to_owned).collect()))
            .set_resource_arns(Some(call.batch.resources().into_iter().map(str::to_owned).collect()))
            .set_context_entries(context(call.batch.context))
            .set_max_items(i32::try_from(batch::MOST).ok())
            .set_marker(call.marker.clone())
            .send()
            .await;
        let answer = answer.map_err(|error| Refusal {
            code: error.code().unwrap_or_default().to_owned(),
            message: error.message().unwrap_or_default().to_owned(),
            failure: self.failure(SIMULATE, &error),
        });
        (call, answer)
    }

    /// The calls that ask instead of a `call` that AWS refused.
    fn parts<'q>(&self, subject: &Subject, call: &Call<'q>, refusal: Refusal) -> Result<Vec<Call<'q>>, Failure> {
        match refusal.code.as_str() {
            "NoSuchEntity" => Err(Failure::NoSuchPrincipal {
                arn: subject.arn.clone(),
            }),
            // Whatever else AWS does not accept: what is to blame is found, and a call that is too large becomes small.
            "InvalidInput" | "ValidationError" if call.marker.is_none() => {
                let parts = if batch::is_mixed(&refusal.message) {
                    self.apart().learn(&call.batch, &refusal.message)
                } else {
                    call.batch.halves()
                };
                let parts = parts.ok_or_else(|| call.blame(refusal.failure))?;
                Ok(parts.into_iter().map(Call::new).collect())
            }
            _ => Err(refusal.failure),
        }
    }

    fn apart(&self) -> MutexGuard<'_, Apart> {
        // What is known is whole at any time.
        self.apart.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failure<E>(&self, action: &str, error: &SdkError<E, HttpResponse>) -> Failure
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        failure(action, error, &self.connection)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("settings", &self.connection.settings)
            .finish_non_exhaustive()
    }
}

fn context(entries: &[iam_policy_validate::ContextEntry]) -> Option<Vec<ContextEntry>> {
    let entry = |entry: &iam_policy_validate::ContextEntry| {
        ContextEntry::builder()
            .context_key_name(&entry.key)
            .context_key_type(ContextKeyTypeEnum::from(entry.kind.as_str()))
            .set_context_key_values(Some(entry.values.clone()))
            .build()
    };
    (!entries.is_empty()).then(|| entries.iter().map(entry).collect())
}

/// Refuses a principal that AWS cannot be asked about, whoever the caller is.
fn check_principal(arn: &str) -> Result<(), Failure> {
    match identity::read(arn).0 {
        Identity::Entity | Identity::Session { .. } => Ok(()),
        Identity::Federated => Err(Failure::Federated { arn: arn.to_owned() }),
        Identity::Root | Identity::Unknown => Err(Failure::UnknownIdentity { arn: arn.to_owned() }),
    }
}

/// Refuses a principal of which the `caller` cannot ask, since it is not in the same account.
fn check_account(arn: &str, asked: Arn<'_>, caller: Arn<'_>) -> Result<(), Failure> {
    if asked.partition != caller.partition {
        return Err(Failure::WrongPartition {
            arn: arn.to_owned(),
            partition: caller.partition.to_owned(),
        });
    }
    if asked.account != caller.account {
        return Err(Failure::WrongAccount {
            arn: arn.to_owned(),
            account: caller.account.to_owned(),
        });
    }
    Ok(())
}
