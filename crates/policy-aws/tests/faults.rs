//! What goes wrong on the way to AWS and back, and what is said about it.

#![expect(
    clippy::unwrap_used,
    reason = "what a test needs and does not get fails it, in its helpers too"
)]

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::{all_allowed, calls, entity, questions, serve, settings, show, simulate, start};
use expect_test::{Expect, expect};
use iam_policy_aws::{Credentials, Settings, Timeouts};
use iam_policy_server::{Fault, Operation, Server};
use iam_policy_validate::{Answer, Failure};
use testing_support::{ACCOUNT, Account, allow};
use tokio::net::TcpSocket;

/// An account whose user `ann` may ask about everything, and whose user `nobody` may not.
fn two_users() -> Account {
    let arn = |name| format!("arn:aws:iam::{ACCOUNT}:user/{name}");
    Account::new()
        .entity(entity("user/ann", &allow(&["*"])))
        .entity(entity("user/nobody", &allow(&["s3:GetObject"])))
        .access_key("AKIAANN", &arn("ann"))
        .access_key("AKIANOBODY", &arn("nobody"))
}

fn faulty(operation: Operation, fault: Fault, times: usize) -> Server {
    start(serve(&two_users()).fault(operation, fault, times))
}

fn ask(settings: Settings) -> Result<Vec<Answer>, Failure> {
    simulate(settings, &questions(&[("s3:GetObject", "arn:aws:s3:::reports/a")]))
}

/// What is said when a call with `settings` fails, without where the server was.
fn told(server: &Server, settings: Settings) -> String {
    let told = show(&ask(settings).unwrap_err()).replace(server.url(), "http://server");
    format!("{told}---\n{}", calls(server))
}

fn check(server: &Server, expected: Expect) {
    expected.assert_eq(&told(server, settings(server, "AKIAANN")));
}

/// Waits for hardly anything.
fn impatient(settings: Settings) -> Settings {
    let second = Duration::from_secs(1);
    Settings {
        timeouts: Timeouts {
            connect: second,
            attempt: second,
            operation: 2 * second,
        },
        ..settings
    }
}

#[test]
fn missing_simulate_permission_is_explained() {
    let server = start(serve(&two_users()));
    expect![[r#"
        error: the caller is not allowed to perform `iam:SimulatePrincipalPolicy`: User: arn:aws:iam::123456789012:user/nobody is not authorized to perform: iam:SimulatePrincipalPolicy on resource: arn:aws:iam::123456789012:user/nobody because no identity-based policy allows the iam:SimulatePrincipalPolicy action
          help: allow the caller to perform `iam:SimulatePrincipalPolicy`, or use other credentials
          help: to check local policy files without calling AWS, use `--granted FILE`
        ---
        GetCallerIdentity 200
        SimulatePrincipalPolicy 1 × 1 403
    "#]].assert_eq(&told(&server, settings(&server, "AKIANOBODY")));
}

#[test]
fn a_nonexistent_principal() {
    let server = start(serve(&two_users()));
    let principal = Some("arn:aws:iam::123456789012:user/gone".to_owned());
    expect![[r#"
        error: `arn:aws:iam::123456789012:user/gone` does not exist
          help: check the account ID, the path and the name in the ARN
        ---
        GetCallerIdentity 200
        SimulatePrincipalPolicy 1 × 1 404
    "#]]
    .assert_eq(&told(
        &server,
        Settings {
            principal,
            ..settings(&server, "AKIAANN")
        },
    ));
}

#[test]
fn throttling_is_retried() {
    let server = faulty(Operation::SimulatePrincipalPolicy, Fault::Throttle, 2);
    assert!(all_allowed(&ask(settings(&server, "AKIAANN")).unwrap()));
    expect![[r#"
        GetCallerIdentity 200
        SimulatePrincipalPolicy 1 × 1 400
        SimulatePrincipalPolicy 1 × 1 400
        SimulatePrincipalPolicy 1 × 1 200
    "#]]
    .assert_eq(&calls(&server));
}

#[test]
fn throttling_that_never_ends() {
    check(
        &faulty(Operation::SimulatePrincipalPolicy, Fault::Throttle, usize::MAX),
        expect![[r#"
            error: AWS is throttling requests
              help: try again in a minute
            ---
            GetCallerIdentity 200
            SimulatePrincipalPolicy 1 × 1 400
            SimulatePrincipalPolicy 1 × 1 400
            SimulatePrincipalPolicy 1 × 1 400
        "#]],
    );
}

#[test]
fn service_faults_are_not_retried() {
    check(
        &faulty(Operation::SimulatePrincipalPolicy, Fault::Fail, usize::MAX),
        expect![[r#"
            error: AWS responded with 500 `InternalFailure`: The request processing has failed because of an unknown error, exception or failure.
              help: this is an error in AWS: try again later
            ---
            GetCallerIdentity 200
            SimulatePrincipalPolicy 1 × 1 500
        "#]],
    );
    check(
        &faulty(Operation::GetCallerIdentity, Fault::Fail, usize::MAX),
        expect![[r#"
            error: AWS responded with 500 `InternalFailure`: The request processing has failed because of an unknown error, exception or failure.
              help: this is an error in AWS: try again later
            ---
            GetCallerIdentity 500
        "#]],
    );
}

#[test]
fn truncated_answers_are_retried() {
    let server = faulty(Operation::SimulatePrincipalPolicy, Fault::CutOff(100), 1);
    assert!(all_allowed(&ask(settings(&server, "AKIAANN")).unwrap()));
    check(
        &faulty(Operation::SimulatePrincipalPolicy, Fault::CutOff(100), usize::MAX),
        expect![[r#"
            error: invalid response to `iam:SimulatePrincipalPolicy`: it is cut off
              help: try again; if the error persists, check the proxy and `--endpoint-url`: the endpoint does not appear to be AWS
            ---
            GetCallerIdentity 200
            SimulatePrincipalPolicy 1 × 1 200
            SimulatePrincipalPolicy 1 × 1 200
            SimulatePrincipalPolicy 1 × 1 200
        "#]],
    );
    check(
        &faulty(Operation::GetCallerIdentity, Fault::CutOff(0), usize::MAX),
        expect![[r#"
            error: invalid response to `sts:GetCallerIdentity`: it is cut off
              help: try again; if the error persists, check the proxy and `--endpoint-url`: the endpoint does not appear to be AWS
            ---
            GetCallerIdentity 200
            GetCallerIdentity 200
            GetCallerIdentity 200
        "#]],
    );
}

#[test]
fn a_non_xml_answer() {
    check(
        &faulty(Operation::SimulatePrincipalPolicy, Fault::Malformed, usize::MAX),
        expect![[r#"
            error: invalid response to `iam:SimulatePrincipalPolicy`: its XML is incomplete
              help: try again; if the error persists, check the proxy and `--endpoint-url`: the endpoint does not appear to be AWS
            ---
            GetCallerIdentity 200
            SimulatePrincipalPolicy 1 × 1 200
        "#]],
    );
    check(
        &faulty(Operation::GetCallerIdentity, Fault::Malformed, usize::MAX),
        expect![[r#"
            error: invalid response to `sts:GetCallerIdentity`: its XML is incomplete
              help: try again; if the error persists, check the proxy and `--endpoint-url`: the endpoint does not appear to be AWS
            ---
            GetCallerIdentity 200
        "#]],
    );
}

#[test]
fn a_silent_server() {
    for operation in [Operation::GetCallerIdentity, Operation::SimulatePrincipalPolicy] {
        let server = faulty(operation, Fault::Silence, usize::MAX);
        let begun = Instant::now();
        let failure = ask(impatient(settings(&server, "AKIAANN"))).unwrap_err();
        // However busy the machine is, it does not go on forever.
        assert!(begun.elapsed() < Duration::from_mins(1));
        assert_eq!(
            failure,
            Failure::TimedOut {
                action: operation.action().to_owned(),
                seconds: 2
            }
        );
    }
}

#[test]
fn connection_refused() {
    let server = start(serve(&two_users()));
    // A port that nobody listens on, and that nobody else gets meanwhile.
    let held = TcpSocket::new_v4().unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let free = held.local_addr().unwrap();
    let url = format!("http://anna:secret@{free}");
    let failure = ask(Settings {
        endpoint_url: Some(url),
        ..settings(&server, "AKIAANN")
    })
    .unwrap_err();
    let Failure::Unreachable { endpoint, message } = &failure else {
        panic!("{failure:?}")
    };
    assert_eq!(*endpoint, format!("http://{free}"));
    assert!(message.contains("refused"), "{message}");
    assert!(!show(&failure).contains("secret"), "{failure:?}");
}

#[test]
fn a_server_without_tls() {
    let server = start(serve(&two_users()));
    let url = server.url().replace("http://", "https://");
    let failure = ask(Settings {
        endpoint_url: Some(url.clone()),
        ..settings(&server, "AKIAANN")
    });
    expect![[r#"
        error: cannot reach `https://server`: the server does not speak TLS; the URL may have to begin with `http://`
          help: check the network, the proxy, the Region and `--endpoint-url`
    "#]]
    .assert_eq(&show(&failure.unwrap_err()).replace(&url, "https://server"));
}

#[test]
fn an_invalid_endpoint_url() {
    let server = start(serve(&two_users()));
    for url in [
        "",
        "server",
        "ftp://server",
        "http://",
        "https:///path",
        "http://ser ver",
        "http://[",
        "http://server:port",
    ] {
        let failure = ask(impatient(Settings {
            endpoint_url: Some(url.to_owned()),
            ..settings(&server, "AKIAANN")
        }));
        assert!(
            matches!(failure, Err(Failure::Configuration { .. })),
            "{url}: {failure:?}"
        );
    }
    assert_eq!(server.calls().len(), 0);
}

#[test]
fn an_unsendable_key() {
    let server = start(serve(&two_users()));
    let told = |id: &str, token: Option<&str>| {
        let failure = ask(Settings {
            credentials: Some(Credentials::new(id, "hidden", token.map(str::to_owned))),
            ..settings(&server, "AKIAANN")
        });
        show(&failure.unwrap_err())
    };
    expect![[r#"
        error: cannot load the AWS credentials: the access key ID contains a character that keys cannot contain
          help: run `aws configure list` to see what is set and where it comes from
          help: if you use IAM Identity Center, run `aws sso login` first
    "#]]
    .assert_eq(&told("AKIA\u{1}ANN", None));
    expect![[r#"
        error: cannot load the AWS credentials: the session token contains a line break
          help: run `aws configure list` to see what is set and where it comes from
          help: if you use IAM Identity Center, run `aws sso login` first
    "#]]
    .assert_eq(&told("AKIAANN", Some("hid\r\nden")));
    assert_eq!(server.calls().len(), 0);
}

#[test]
fn a_nonexistent_profile() {
    let server = start(serve(&two_users()));
    let profile = Some("no-such-profile".to_owned());
    let failure = ask(Settings {
        credentials: None,
        profile,
        ..settings(&server, "AKIAANN")
    })
    .unwrap_err();
    // The help depends on the files of the machine.
    let Failure::Configuration { message, .. } = failure else {
        panic!("{failure:?}")
    };
    assert_eq!(
        message,
        "the profile `no-such-profile`, selected by `--profile`, does not exist"
    );
}

/// A server that gives every call the same answer, as a proxy or a portal does that stands in the way, and how many
/// calls it got.
fn in_the_way(answer: String) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut buffer = [0; 8192];
            // What a call says does not matter.
            if stream.read(&mut buffer).is_ok_and(|read| read > 0) {
                counted.fetch_add(1, Ordering::SeqCst);
            }
            let _ = stream.write_all(answer.as_bytes());
            let _ = stream.shutdown(Shutdown::Write);
            // But all of it is read: a connection that is closed before is reset, and the answer with it.
            let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
            while stream.read(&mut buffer).is_ok_and(|read| read > 0) {}
        }
    });
    (url, calls)
}

/// How to ask a server that stands in the way.
fn through(url: &str) -> Settings {
    Settings {
        endpoint_url: Some(url.to_owned()),
        credentials: Some(Credentials::new("AKIAANN", "secret", None)),
        ..Settings::default()
    }
}

fn check_in_the_way(answer: String, expected: Expect) {
    let (url, _) = in_the_way(answer);
    expected.assert_eq(&show(&ask(through(&url)).unwrap_err()).replace(&url, "http://server"));
}

#[test]
fn transport_errors_are_retried() {
    let error = |code: &str| {
        format!(
            "<ErrorResponse><Error><Type>Receiver</Type><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
        )
    };
    for (answer, calls) in [
        (http("503 Slow Down", &error("SlowDown")), 3),
        (http("502 Bad Gateway", "<html>Bad Gateway</html>"), 3),
        (http("504 Gateway Timeout", ""), 3),
        // The service has answered, and would answer the same again.
        (http("503 Service Unavailable", &error("ServiceUnavailable")), 1),
        (http("500 Internal Server Error", &error("InternalFailure")), 1),
        (http("400 Bad Request", &error("ValidationError")), 1),
    ] {
        let (url, got) = in_the_way(answer.clone());
        assert!(ask(through(&url)).is_err(), "{answer}");
        assert_eq!(got.load(Ordering::SeqCst), calls, "{answer}");
    }
}

fn http(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn an_endless_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 8192]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<a>");
            let spaces = vec![b' '; 1 << 16];
            while stream.write_all(&spaces).is_ok() {
                counted.fetch_add(spaces.len(), Ordering::SeqCst);
            }
        }
    });
    expect![[r#"
        error: invalid response to `sts:GetCallerIdentity`: it is larger than 8 MB
          help: try again; if the error persists, check the proxy and `--endpoint-url`: the endpoint does not appear to be AWS
    "#]].assert_eq(&show(&ask(through(&url)).unwrap_err()));
    assert!(sent.load(Ordering::SeqCst) < 100 << 20);
}

#[test]
fn a_captive_portal() {
    check_in_the_way(
        http("200 OK", "<!doctype html><html>Sign in here</html>"),
        expect![[r#"
            error: invalid response to `sts:GetCallerIdentity`: it is an HTML page
              help: try again; if the error persists, check the proxy and `--endpoint-url`: the endpoint does not appear to be AWS
        "#]],
    );
    check_in_the_way(
        http("200 OK", "{}"),
        expect![[r#"
            error: invalid response to `sts:GetCallerIdentity`: it is JSON instead of XML
              help: try again; if the error persists, check the proxy and `--endpoint-url`: the endpoint does not appear to be AWS
        "#]],
    );
    check_in_the_way(
        http("200 OK", "<html><head><title>Sign in</title></head></html>"),
        expect![[r#"
            error: invalid response to `sts:GetCallerIdentity`: it is an HTML page with the title `Sign in`
              help: try again; if the error persists, check the proxy and `--endpoint-url`: the endpoint does not appear to be AWS
        "#]],
    );
    check_in_the_way(
        http("200 OK", ""),
        expect![[r#"
        error: invalid response to `sts:GetCallerIdentity`: it is empty
          help: try again; if the error persists, check the proxy and `--endpoint-url`: the endpoint does not appear to be AWS
    "#]],
    );
    check_in_the_way(
        "HTTP/1.1 302 Found\r\nLocation: https://portal.example/\r\nContent-Length: 0\r\n\r\n".to_owned(),
        expect![[r#"
            error: invalid response to `sts:GetCallerIdentity`: it is HTTP 302 without an AWS error: it redirects to `https://portal.example/`
              help: try again; if the error persists, check the proxy and `--endpoint-url`: the endpoint does not appear to be AWS
        "#]],
    );
    check_in_the_way(
        http("302 Found", ""),
        expect![[r#"
            error: invalid response to `sts:GetCallerIdentity`: it is HTTP 302 without an AWS error: it is empty
              help: try again; if the error persists, check the proxy and `--endpoint-url`: the endpoint does not appear to be AWS
        "#]],
    );
}

#[test]
fn a_proxy_fails() {
    check_in_the_way(
        http("500 Oops", "<html>Oops</html>"),
        expect![[r#"
            error: invalid response to `sts:GetCallerIdentity`: it is HTTP 500 without an AWS error: it is an HTML page
              help: try again; if the error persists, check the proxy and `--endpoint-url`: the endpoint does not appear to be AWS
        "#]],
    );
    check_in_the_way(
        http("407 Proxy Authentication Required", ""),
        expect![[r#"
            error: invalid response to `sts:GetCallerIdentity`: it is HTTP 407 without an AWS error: it is empty
              help: try again; if the error persists, check the proxy and `--endpoint-url`: the endpoint does not appear to be AWS
        "#]],
    );
}

#[test]
fn another_service_answers() {
    check_in_the_way(
        "220 mail.example.com ESMTP\r\n".to_owned(),
        expect![[r#"
        error: cannot reach `http://server`: client error (SendRequest): invalid HTTP version parsed
          help: check the network, the proxy, the Region and `--endpoint-url`
    "#]],
    );
}

#[test]
fn an_invalid_region() {
    for region in ["", "a b", "../x", "é"] {
        let settings = Settings {
            region: Some(region.to_owned()),
            credentials: Some(Credentials::new("AKIAANN", "secret", None)),
            ..Settings::default()
        };
        let failure = ask(settings);
        assert!(
            matches!(failure, Err(Failure::Configuration { .. })),
            "{region}: {failure:?}"
        );
    }
}
