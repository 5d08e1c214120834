//! Answers of AWS's policy simulator, from a local server that answers every call with the same bytes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::Duration;

use iam_policy_aws::{Client, Credentials, Settings, Timeouts};
use iam_policy_validate::{Answer, Decision, Question, Subject};
use tokio::runtime::{Builder, Runtime};

/// What is asked. The account is not that of the last resource.
const QUESTIONS: [(&str, &str); 5] = [
    ("s3:GetObject", "arn:aws:s3:::reports/a"),
    ("s3:GetObject", "arn:aws:s3:::reports/b"),
    ("s3:PutObject", "arn:aws:s3:::reports/a"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:done"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:999999999999:done"),
];

/// A client, and the bytes of which all answers to it consist.
struct Aws {
    runtime: Runtime,
    client: Client,
    answer: Arc<Mutex<Vec<u8>>>,
}

static AWS: LazyLock<Mutex<Aws>> = LazyLock::new(|| {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let answer = Arc::new(Mutex::new(Vec::new()));
    let answered = Arc::clone(&answer);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answered);
            thread::spawn(move || serve(stream, &answer));
        }
    });
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let client = runtime.block_on(Client::connect(settings(address))).unwrap();
    Mutex::new(Aws {
        runtime,
        client,
        answer,
    })
});

fn settings(address: SocketAddr) -> Settings {
    Settings {
        credentials: Some(Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None)),
        endpoint_url: Some(format!("http://{address}")),
        region: Some("eu-west-1".to_owned()),
        timeouts: Timeouts {
            operation: Duration::from_secs(2),
            ..Timeouts::DEFAULT
        },
        ..Settings::default()
    }
}

/// Answers the calls on a connection.
fn serve(stream: TcpStream, answer: &Mutex<Vec<u8>>) -> Option<()> {
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        let mut line = String::new();
        loop {
            line.clear();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if line.is_empty() {
                break;
            }
        }
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink()).ok()?;
        let answer = answer.lock().unwrap().clone();
        // An error document comes with an error status.
        let status = if contains(&answer, b"<ErrorResponse") { 400 } else { 200 };
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n",
            answer.len()
        );
        writer.write_all(&[head.as_bytes(), &answer].concat()).ok()?;
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes
        .windows(part.len())
        .any(|window| window.eq_ignore_ascii_case(part))
}

/// Reads an answer of AWS about several requests. Nothing is allowed of which the answer does not say so.
pub fn answers(body: &[u8]) {
    // A failed input leaves nothing inconsistent.
    let aws = AWS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    body.clone_into(&mut aws.answer.lock().unwrap());
    let subject = Subject {
        arn: "arn:aws:iam::123456789012:user/ann".to_owned(),
        caller: None,
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
        region: None,
    };
    let questions: Vec<_> = QUESTIONS
        .iter()
        .map(|(action, resource)| Question {
            statement: 0,
            action: (*action).to_owned(),
            pattern: (*resource).to_owned(),
            resource: (*resource).to_owned(),
            context: Vec::new(),
        })
        .collect();
    let mut answered: Vec<Answer> = Vec::new();
    let simulated = aws
        .client
        .simulate(&subject, &questions, |answer| answered.push(answer));
    let outcome = aws.runtime.block_on(simulated);
    let mut numbers: Vec<_> = answered.iter().map(|answer| answer.question).collect();
    numbers.sort_unstable();
    assert!(
        numbers.windows(2).all(|pair| pair[0] != pair[1]),
        "answered twice: {numbers:?}"
    );
    assert!(
        outcome.is_err() || numbers.len() == questions.len(),
        "not answered: {numbers:?}"
    );
    // Entities can spell anything.
    if !body.contains(&b'&') {
        for answer in answered.iter().filter(|answer| answer.decision == Decision::Allowed) {
            let action = questions[answer.question].action.as_bytes();
            assert!(contains(body, action) && contains(body, b">allowed<"), "{answer:?}");
        }
    }
}

pub(crate) const XML: &[&str] = &[
    "<",
    ">",
    "</",
    "/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&lt;",
    "&#0;",
    "&#x10FFFF;",
    "<?xml?>",
    "<!DOCTYPE a [<!ENTITY b \"c\">]>",
    "<member>",
    "</member>",
    "<EvaluationResults>",
    "</EvaluationResults>",
    "<EvalActionName>",
    "</EvalActionName>",
    "s3:GetObject",
    "s3:PutObject",
    "sqs:SendMessage",
    "<EvalDecision>allowed</EvalDecision>",
    "<EvalDecision>implicitDeny</EvalDecision>",
    "<EvalDecision>explicitDeny</EvalDecision>",
    "<EvalResourceDecision>allowed</EvalResourceDecision>",
    "<EvalResourceName>arn:aws:s3:::reports/a</EvalResourceName>",
    "<EvalResourceName>arn:aws:s3:::reports/b</EvalResourceName>",
    "<EvalResourceName>*</EvalResourceName>",
    "<ResourceSpecificResults>",
    "</ResourceSpecificResults>",
    "<IsTruncated>true</IsTruncated><Marker>m</Marker>",
    "<IsTruncated>false</IsTruncated>",
    "<OrganizationsDecisionDetail><AllowedByOrganizations>false</AllowedByOrganizations></OrganizationsDecisionDetail>",
    "<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>false</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>",
    "<EvalDecisionDetails><entry><key>IAM Policy</key><value>allowed</value></entry></EvalDecisionDetails>",
    "<ErrorResponse>",
    "<Code>InvalidInput</Code>",
    "Invalid Input Actions: [s3:GetObject] and [sqs:SendMessage] require different authorization information.",
];

pub(crate) const PER_ACTION: &str = r#"<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>
<member><EvalActionName>s3:GetObject</EvalActionName><EvalResourceName>arn:${Partition}:s3:::${BucketName}/${ObjectName}</EvalResourceName><EvalDecision>implicitDeny</EvalDecision><MatchedStatements><member><SourcePolicyId>a</SourcePolicyId><SourcePolicyType>IAM Policy</SourcePolicyType><StartPosition><Line>1</Line><Column>2</Column></StartPosition><EndPosition><Line>3</Line><Column>4</Column></EndPosition></member></MatchedStatements><MissingContextValues/><OrganizationsDecisionDetail><AllowedByOrganizations>true</AllowedByOrganizations></OrganizationsDecisionDetail><ResourceSpecificResults><member><EvalResourceName>arn:aws:s3:::reports/a</EvalResourceName><EvalResourceDecision>allowed</EvalResourceDecision><MatchedStatements/></member><member><EvalResourceName>arn:aws:s3:::reports/b</EvalResourceName><EvalResourceDecision>implicitDeny</EvalResourceDecision><MatchedStatements/><PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>false</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail></member></ResourceSpecificResults></member>
<member><EvalActionName>s3:PutObject</EvalActionName><EvalResourceName>arn:aws:s3:::reports/a</EvalResourceName><EvalDecision>allowed</EvalDecision></member>
<member><EvalActionName>sqs:SendMessage</EvalActionName><EvalResourceName>*</EvalResourceName><EvalDecision>explicitDeny</EvalDecision></member>
</EvaluationResults></SimulatePrincipalPolicyResult><ResponseMetadata><RequestId>x</RequestId></ResponseMetadata></SimulatePrincipalPolicyResponse>"#;

pub(crate) const PER_RESOURCE: &str = r#"<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult><IsTruncated>true</IsTruncated><Marker>m</Marker><EvaluationResults>
<member><EvalActionName>sqs:SendMessage</EvalActionName><EvalResourceName>arn:aws:sqs:eu-west-1:123456789012:done</EvalResourceName><EvalDecision>allowed</EvalDecision></member>
<member><EvalActionName>sqs:SendMessage</EvalActionName><EvalResourceName>arn:aws:sqs:eu-west-1:999999999999:done</EvalResourceName><EvalDecision>implicitDeny</EvalDecision><EvalDecisionDetails><entry><key>IAM Policy</key><value>allowed</value></entry><entry><key>Resource Policy</key><value>implicitDeny</value></entry></EvalDecisionDetails></member>
</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"#;

pub(crate) const ERROR: &str = r#"<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>InvalidInput</Code><Message>Invalid Input Actions: [s3:GetObject] and [sqs:SendMessage] require different authorization information.</Message></Error><RequestId>x</RequestId></ErrorResponse>"#;
