//! Calls to AWS.

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
use iam_policy_core::{Arn, IamArn};
use iam_policy_validate::{Answer, Failure, Question, Subject};

use crate::batch::{self, Apart};
use crate::call::{Call, Refusal, SIMULATE};
use crate::connect::{self, Connection};
use crate::failure::{failure, malformed};
use crate::identity;
use crate::settings::Settings;

/// The number of concurrent calls. It is low because IAM throttles fast callers.
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
    /// The actions that AWS refused to simulate in one call.
    apart: Mutex<Apart>,
}

impl Client {
    /// Reads the configuration and creates the clients. Makes no calls; credentials are resolved with the first call.
    ///
    /// # Errors
    ///
    /// If the configuration is invalid, such as an endpoint that is not a URL, or if AWS cannot simulate the principal.
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

    /// Determines whom to ask about: the principal in the settings, or the caller. A session of a role stands for the
    /// role.
    ///
    /// The ARN of a session does not contain the path of the role, which is part of the role's ARN. `iam:GetRole`
    /// returns it. If the caller is not allowed to call it, the usual paths are tried: role names are unique within an
    /// account, so a role that exists is the right one.
    ///
    /// # Errors
    ///
    /// If AWS cannot be called, or cannot simulate the principal.
    pub async fn identify(&self) -> Result<Subject, Failure> {
        let answer = self.connection.sts.get_caller_identity().send().await;
        let caller = answer.map_err(|error| self.failure(GET_CALLER_IDENTITY, &error))?;
        let caller = caller
            .arn()
            .ok_or_else(|| malformed(GET_CALLER_IDENTITY, "it has no `Arn`".to_owned()))?;
        let asked = self.connection.settings.principal.as_deref().unwrap_or(caller);
        let unknown = || Failure::UnknownIdentity { arn: asked.to_owned() };
        let (segments, kind) = identity::read(asked).ok_or_else(unknown)?;
        if let Some((caller, _)) = identity::read(caller) {
            check_account(asked, segments, caller)?;
        }
        let arn = match kind {
            IamArn::User { .. } | IamArn::Group { .. } | IamArn::Role { .. } => asked.to_owned(),
            IamArn::Session { role, .. } => self.role(segments, role).await?,
            IamArn::Root | IamArn::RootSession => return Err(Failure::Root),
            IamArn::FederatedUser { .. } => return Err(Failure::Federated { arn: asked.to_owned() }),
            _ => return Err(unknown()),
        };
        Ok(Subject {
            caller: (arn != caller).then(|| caller.to_owned()),
            account: segments.account.to_owned(),
            partition: segments.partition.to_owned(),
            region: self.connection.region.clone(),
            arn,
        })
    }

    /// The ARN of the role `name` that `session` is a session of.
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
                // A caller that may only ask about some roles gets this error for roles that do not exist.
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

    /// Asks all `questions` about `subject` in as few calls as AWS allows.
    ///
    /// - `subject`: whom to ask about, from [`identify`](Self::identify)
    /// - `questions`: the actions and resources to ask about
    /// - `answered`: called once for each question as soon as its answer is known, in no particular order
    ///
    /// # Errors
    ///
    /// If AWS does not answer. `answered` has been called for all earlier answers.
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
                // The call may have been planned before AWS refused a similar one.
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
                Ok(page) => call.read(&page, &subject.account, &mut answered)?,
                Err(refusal) => self.parts(subject, &call, refusal)?,
            };
            // Put these first, so that input that AWS rejects is found after a few calls, even if every call contains
            // it.
            for call in next.into_iter().rev() {
                waiting.push_front(call);
            }
        }
    }

    /// Requests a page of the answer to `call`.
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

    /// The calls to make instead of a `call` that AWS refused.
    fn parts<'q>(&self, subject: &Subject, call: &Call<'q>, refusal: Refusal) -> Result<Vec<Call<'q>>, Failure> {
        match refusal.code.as_str() {
            "NoSuchEntity" => Err(Failure::NoSuchPrincipal {
                arn: subject.arn.clone(),
            }),
            // Other rejected input: halving the call finds the culprit, and also makes calls small that are too large.
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
        // No panic can leave the value in an inconsistent state.
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

/// Rejects a principal that AWS cannot simulate, whoever the caller is.
fn check_principal(arn: &str) -> Result<(), Failure> {
    match identity::read(arn) {
        Some((_, IamArn::User { .. } | IamArn::Group { .. } | IamArn::Role { .. } | IamArn::Session { .. })) => Ok(()),
        Some((_, IamArn::FederatedUser { .. })) => Err(Failure::Federated { arn: arn.to_owned() }),
        _ => Err(Failure::UnknownIdentity { arn: arn.to_owned() }),
    }
}

/// Rejects a principal that is not in the account of the `caller`.
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
