//! Asks about everything that a policy grants.

use std::error::Error;
use std::fmt;

use iam_policy_core::{Options, Policy};
use iam_policy_validate::{Answer, Cause, Decision, Failure, Plan, Question, Required, RequiredError};

use crate::client::Client;

/// AWS's answer about one permission that a policy grants.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Permission {
    /// The Sid of the statement that grants it.
    pub sid: Option<String>,
    /// The action.
    pub action: String,
    /// The statement's resource, as rendered.
    pub pattern: String,
    /// The resource that was asked about: the statement's, or an example that it matches.
    pub resource: String,
    /// Whether it is allowed.
    pub decision: Decision,
    /// What led to the decision.
    pub cause: Cause,
    /// Why the permission is needed.
    pub reason: Option<String>,
    /// What the program does without the permission.
    pub without: Option<String>,
}

/// Why not all permissions could be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PermissionsError {
    /// The policy cannot be rendered with the options.
    Policy(RequiredError),
    /// AWS did not answer.
    Failure(Failure),
}

/// Asks AWS about everything that a policy grants, and returns the answers in the order of the policy.
///
/// `decided` is called as soon as an answer arrives, in no particular order.
///
/// - `client`: the connection
/// - `policy`: the policy
/// - `options`: the partition, parameters and extensions. Without a partition, it is the principal's, if the policy
///   supports it
/// - `decided`: called with each answer as it arrives
///
/// # Errors
///
/// If the policy cannot be rendered with the options, or if AWS does not answer. `decided` has been called for all
/// earlier answers.
///
/// # Examples
///
/// ```no_run
/// use iam_policy_aws::{Client, Settings, simulate_permissions};
/// use iam_policy_core::Options;
/// use iam_policy_validate::Decision;
/// use remotion_lambda_policies::USER;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::connect(Settings::default()).await?;
/// let all = simulate_permissions(&client, &USER, Options::DEFAULT, |permission| {
///     println!("{} {}", permission.decision, permission.action);
/// })
/// .await?;
/// let denied = all.iter().filter(|permission| permission.decision != Decision::Allowed).count();
/// println!("{denied} of {} denied", all.len());
/// # Ok(())
/// # }
/// ```
pub async fn simulate_permissions(
    client: &Client,
    policy: &Policy<'_>,
    mut options: Options<'_>,
    mut decided: impl FnMut(&Permission),
) -> Result<Vec<Permission>, PermissionsError> {
    let subject = client.identify().await?;
    let own = policy
        .partitions
        .iter()
        .find(|partition| partition.name() == subject.partition);
    options.partition = options.partition.or(own.copied());
    let required = Required::from_policy(policy, options).map_err(PermissionsError::Policy)?;
    let plan = Plan::new(&required, &subject, &[]);

    let mut all = vec![None; plan.questions().len()];
    let answered = |answer: Answer| {
        let (Some(question), Some(place)) = (plan.questions().get(answer.question), all.get_mut(answer.question))
        else {
            return;
        };
        let permission = permission(&required, question, answer);
        decided(&permission);
        *place = Some(permission);
    };
    client.simulate(&subject, plan.questions(), answered).await?;
    Ok(all.into_iter().flatten().collect())
}

fn permission(required: &Required, question: &Question, answer: Answer) -> Permission {
    let statement = required.statements().get(question.statement);
    let (action, pattern) = (&question.action, &question.pattern);
    Permission {
        sid: statement.and_then(|statement| statement.sid.clone()),
        action: action.clone(),
        pattern: pattern.clone(),
        resource: question.resource.clone(),
        decision: answer.decision,
        cause: answer.cause,
        reason: statement
            .and_then(|statement| statement.reason_for(action, pattern))
            .map(str::to_owned),
        without: statement
            .and_then(|statement| statement.without(action, pattern))
            .map(str::to_owned),
    }
}

impl From<Failure> for PermissionsError {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl fmt::Display for PermissionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(error) => error.fmt(f),
            Self::Failure(failure) => failure.fmt(f),
        }
    }
}

impl Error for PermissionsError {}
