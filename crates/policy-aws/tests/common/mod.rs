//! An account with everybody in it who may ask, and a server that answers for it.
#![allow(dead_code, reason = "each test file is a program of its own, and uses what it needs")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a test needs and does not get fails it, in its helpers too"
)]

use std::time::Duration;

use iam_policy_aws::{Aws, Credentials, Settings, Timeouts};
use iam_policy_server::Server;
use iam_policy_validate::{Answer, Decision, Failure, Question, Simulator, Subject};
use serde_json::Value;
use testing_support::{ACCOUNT, Account, Entity};

/// A user or role with an inline policy. `name` is the last part of its ARN, such as `user/team/ann`.
pub(crate) fn entity(name: &str, document: &Value) -> Entity {
    Entity::new(&format!("arn:aws:iam::{ACCOUNT}:{name}")).inline("all", document)
}

/// The settings of a server for an account.
pub(crate) fn serve(account: &Account) -> iam_policy_server::Settings {
    let reading = iam_policy_account::read(account.to_string().as_bytes());
    assert_eq!(reading.problems, [], "the account of a test is well-formed");
    iam_policy_server::Settings::new(reading.principals)
}

/// Starts it.
pub(crate) fn start(settings: iam_policy_server::Settings) -> Server {
    Server::start(settings).unwrap()
}

/// How to ask `server` with an access key; no test waits long.
pub(crate) fn settings(server: &Server, key: &str) -> Settings {
    Settings {
        credentials: Some(Credentials::new(key, "secret", None)),
        endpoint_url: Some(server.url().to_owned()),
        region: Some("eu-central-1".to_owned()),
        timeouts: Timeouts {
            operation: Duration::from_secs(20),
            ..Timeouts::DEFAULT
        },
        ..Settings::default()
    }
}

/// What `failure` says to people.
pub(crate) fn show(failure: &Failure) -> String {
    let help = failure
        .help()
        .iter()
        .map(|help| format!("\n  help: {help}"))
        .collect::<Vec<_>>()
        .concat();
    format!("error: {failure}{help}\n")
}

/// What a subject is, in a few lines.
pub(crate) fn identify(settings: Settings) -> String {
    match Aws::new(settings).identify() {
        Err(failure) => show(&failure),
        Ok(Subject {
            arn,
            caller,
            account,
            partition,
            region,
        }) => {
            let caller = caller.map(|caller| format!("caller {caller}\n")).unwrap_or_default();
            format!(
                "asks about {arn}\n{caller}{partition} {account} {}\n",
                region.unwrap_or_default()
            )
        }
    }
}

/// Questions without context.
pub(crate) fn questions(all: &[(&str, &str)]) -> Vec<Question> {
    let question = |(action, resource): &(&str, &str)| Question {
        statement: 0,
        action: (*action).to_owned(),
        pattern: (*resource).to_owned(),
        resource: (*resource).to_owned(),
        context: Vec::new(),
    };
    all.iter().map(question).collect()
}

/// The answers to `questions`, in their order.
pub(crate) fn simulate(settings: Settings, questions: &[Question]) -> Result<Vec<Answer>, Failure> {
    let aws = Aws::new(settings);
    let subject = aws.identify()?;
    let mut answers = Vec::new();
    aws.simulate(&subject, questions, &mut |answer| answers.push(answer))?;
    answers.sort_by_key(|answer| answer.question);
    let numbers: Vec<usize> = answers.iter().map(|answer| answer.question).collect();
    assert_eq!(
        numbers,
        (0..questions.len()).collect::<Vec<_>>(),
        "each question is answered once"
    );
    Ok(answers)
}

/// A line for each answer.
pub(crate) fn lines(questions: &[Question], answers: &[Answer]) -> String {
    let line = |answer: &Answer| {
        let question = &questions[answer.question];
        let cause = &answer.cause;
        let organizations = if cause.organizations == Some(false) {
            ", by the organization"
        } else {
            ""
        };
        let boundary = if cause.boundary == Some(false) {
            ", by the boundary"
        } else {
            ""
        };
        let matched = cause
            .matched
            .iter()
            .map(|matched| format!(", {} {:?}", matched.policy, matched.start))
            .collect::<Vec<_>>()
            .concat();
        let missing = cause
            .missing_context
            .iter()
            .map(|key| format!(", without {key}"))
            .collect::<Vec<_>>()
            .concat();
        let Question { action, resource, .. } = question;
        format!(
            "{} {action} on {resource}{organizations}{boundary}{matched}{missing}\n",
            answer.decision
        )
    };
    answers.iter().map(line).collect()
}

/// Whether all is allowed.
pub(crate) fn all_allowed(answers: &[Answer]) -> bool {
    answers.iter().all(|answer| answer.decision == Decision::Allowed)
}

/// The calls that `server` got, each as its action with the numbers of actions and resources, and the status of the
/// answer.
pub(crate) fn calls(server: &Server) -> String {
    let line = |call: iam_policy_server::Call| {
        let pairs = if call.actions > 0 {
            format!(" {} × {}", call.actions, call.resources)
        } else {
            String::new()
        };
        format!("{}{pairs} {}\n", call.action, call.status)
    };
    server.calls().into_iter().map(line).collect()
}

/// The same where several calls are under way at once: sorted, but for the first.
pub(crate) fn sorted_calls(server: &Server) -> String {
    let calls = calls(server);
    let (first, rest) = calls.split_once('\n').unwrap_or((&calls, ""));
    let mut rest: Vec<&str> = rest.lines().collect();
    rest.sort_unstable();
    let rest = rest
        .into_iter()
        .map(|line| format!("{line}\n"))
        .collect::<Vec<_>>()
        .concat();
    format!("{first}\n{rest}")
}
