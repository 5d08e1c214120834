//! Calls that go wrong as the settings want it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use iam_policy_server::{Call, Fault, Operation, Server, Settings};

use crate::support::{ANN, STS, call, error, iam, principals};

const WHO: [(&str, &str); 2] = [("Action", "GetCallerIdentity"), ("Version", STS)];

#[test]
fn the_first_calls_fail() {
    let settings = Settings::new(principals())
        .fault(Operation::GetCallerIdentity, Fault::Throttle, 2)
        .fault(Operation::GetCallerIdentity, Fault::Fail, 1);
    let server = Server::start(settings).unwrap();
    // Another operation is not affected, and counts for itself.
    assert_eq!(call(&server, ANN, &iam("GetUser", &[])).status, 200);
    let errors: Vec<_> = (0..4).map(|_| error(&call(&server, ANN, &WHO))).collect();
    let failure =
        "500 InternalFailure\nThe request processing has failed because of an unknown error, exception or failure.";
    assert_eq!(
        errors,
        [
            "400 Throttling\nRate exceeded",
            "400 Throttling\nRate exceeded",
            failure,
            "200 \n"
        ]
    );
}

#[test]
fn calls_are_logged() {
    let server = Server::start(Settings::new(principals()).fault(Operation::GetUser, Fault::Throttle, 1)).unwrap();
    let simulation = [
        ("PolicySourceArn", "arn:aws:iam::123456789012:user/ann"),
        ("ActionNames.member.1", "s3:GetObject"),
        ("ActionNames.member.2", "s3:PutObject"),
        ("ResourceArns.member.1", "arn:aws:s3:::b/k"),
    ];
    for parameters in [
        iam("SimulatePrincipalPolicy", &simulation),
        iam("GetUser", &[]),
        iam("ListRoles", &[]),
    ] {
        call(&server, ANN, &parameters);
    }
    let calls = server.calls();
    let told = |call: &Call| {
        (
            call.action.clone(),
            call.actions,
            call.resources,
            call.status,
            call.fault,
        )
    };
    assert_eq!(
        calls.iter().map(told).collect::<Vec<_>>(),
        [
            ("SimulatePrincipalPolicy".to_owned(), 2, 1, 200, None),
            ("GetUser".to_owned(), 0, 0, 400, Some(Fault::Throttle)),
            ("ListRoles".to_owned(), 0, 0, 400, None),
        ]
    );
    assert!(calls.is_sorted_by_key(|call| call.at));
}

#[test]
fn the_call_log_is_bounded() {
    let long = "x".repeat(1000);
    for (most, expected) in [(0, vec![]), (2, vec!["GetUser", &long[..128]])] {
        let server = Server::start(Settings::new(principals()).keep_calls(most)).unwrap();
        for action in ["GetRole", "GetUser", &long] {
            call(&server, ANN, &iam(action, &[]));
        }
        let calls = server.calls();
        let kept: Vec<_> = calls.iter().map(|call| call.action.as_str()).collect();
        assert_eq!(kept, expected);
    }
}

/// Asks who is asking, and does not wait for the answer.
fn send(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let body = format!("Action=GetCallerIdentity&Version={STS}");
    let text = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(text.as_bytes()).unwrap();
    stream
}

/// Waits until a server has got so many calls. However busy the machine is, that does not take a minute.
fn wait_for_calls(server: &Server, number: usize) {
    let start = Instant::now();
    while server.calls().len() < number {
        assert!(start.elapsed() < Duration::from_mins(1), "{:?}", server.calls());
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_truncated_body() {
    let settings = Settings::new(principals()).fault(Operation::GetCallerIdentity, Fault::CutOff(30), 1);
    let server = Server::start(settings).unwrap();
    let cut = call(&server, ANN, &WHO);
    let whole = call(&server, ANN, &WHO);
    assert_eq!(cut.body, whole.body[..30]);
    let length = format!("content-length: {}\r\n", whole.body.len());
    assert!(cut.head.contains(&length), "{}", cut.head);
}

#[test]
fn xml_is_malformed() {
    let settings = Settings::new(principals()).fault(Operation::GetCallerIdentity, Fault::Malformed, 1);
    let server = Server::start(settings).unwrap();
    let malformed = call(&server, ANN, &WHO);
    assert_eq!(malformed.status, 200);
    let length = format!("content-length: {}\r\n", malformed.body.len());
    assert!(malformed.head.contains(&length), "{}", malformed.head);
    assert!(!malformed.body.contains("</GetCallerIdentityResponse>"));
}

#[test]
fn the_server_stops_without_answering() {
    let settings = Settings::new(principals()).fault(Operation::GetCallerIdentity, Fault::Silence, usize::MAX);
    let server = Server::start(settings).unwrap();
    let mut stream = send(&server);
    wait_for_calls(&server, 1);
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let waited = stream.read(&mut [0]).unwrap_err();
    assert!(
        matches!(
            waited.kind(),
            std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
        ),
        "{waited}"
    );
    drop(server);
    // The connection is closed.
    assert!(matches!(stream.read(&mut [0]), Ok(0) | Err(_)));
}

#[test]
fn calls_run_concurrently() {
    let settings = Settings::new(principals()).fault(Operation::GetCallerIdentity, Fault::Silence, 3);
    let server = Server::start(settings).unwrap();
    let unanswered: Vec<_> = (0..3).map(|_| send(&server)).collect();
    wait_for_calls(&server, 3);
    assert_eq!(call(&server, ANN, &WHO).status, 200);
    let at_once: Vec<_> = server.calls().iter().map(|call| call.at_once).collect();
    assert_eq!(at_once, [1, 2, 3, 4]);
    drop(unanswered);
}

#[test]
fn answers_are_delayed_as_configured() {
    let delay = Duration::from_millis(300);
    let server = Server::start(Settings::new(principals()).delay(delay)).unwrap();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(call(&server, ANN, &WHO).status, 200));
        }
    });
    assert!(start.elapsed() >= delay);
    // Unless each of the eight came a whole delay after the one before, some were answered together.
    assert!(server.calls().iter().any(|call| call.at_once > 1));
}

#[test]
fn a_port_serves_one_server() {
    let server = Server::start(Settings::new(principals())).unwrap();
    let port = server.address().port();
    assert!(Server::start(Settings::new(principals()).port(port)).is_err());
    drop(server);
    assert_eq!(
        Server::start(Settings::new(principals()).port(port)).unwrap().url(),
        format!("http://127.0.0.1:{port}")
    );
}
