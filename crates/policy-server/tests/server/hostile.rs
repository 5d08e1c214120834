//! Requests from web pages, and clients that take too long or send too much.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use expect_test::expect;
use iam_policy_server::{Server, Settings};

use crate::support::{ANN, error, principals, raw, server};

/// A call with these header lines in addition to the necessary ones.
fn call_with(headers: &str) -> String {
    let body = "Action=GetCallerIdentity&Version=2011-06-15";
    format!(
        "POST / HTTP/1.1\r\n{headers}Authorization: AWS4-HMAC-SHA256 Credential={ANN}/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn only_loopback_hosts_and_origins_are_served() {
    let server = server();
    let port = server.address().port();
    for headers in [
        format!("Host: 127.0.0.1:{port}\r\n"),
        format!("Host: localhost:{port}\r\n"),
        format!("Host: [::1]:{port}\r\n"),
        "Host: localhost\r\nOrigin: http://localhost:3000\r\n".to_owned(),
        "Host: localhost\r\nOrigin: https://127.0.0.1\r\n".to_owned(),
    ] {
        assert_eq!(raw(&server, &call_with(&headers)).status, 200, "{headers}");
    }
    for headers in [
        format!("Host: example.com:{port}\r\n"),
        format!("Host: 127.0.0.1.example.com:{port}\r\n"),
        "Host: \r\n".to_owned(),
        "Host: localhost\r\nHost: example.com\r\n".to_owned(),
        String::new(),
        format!("Host: localhost:{port}\r\nOrigin: http://example.com\r\n"),
        format!("Host: localhost:{port}\r\nOrigin: null\r\n"),
        format!("Host: localhost:{port}\r\nOrigin: file://localhost\r\n"),
        format!("Host: localhost:{port}\r\nOrigin: http://localhost\r\nOrigin: http://example.com\r\n"),
    ] {
        assert_eq!(raw(&server, &call_with(&headers)).status, 403, "{headers}");
    }
    let absolute = call_with("Host: localhost\r\n").replacen("POST /", "POST http://example.com/", 1);
    assert_eq!(raw(&server, &absolute).status, 403);
    let answer = raw(&server, &call_with("Host: example.com\r\n"));
    expect![[r#"
        403 ForeignHost
        The Host header must name the loopback interface, such as localhost or 127.0.0.1"#]]
    .assert_eq(&error(&answer));
    assert!(!answer.head.to_ascii_lowercase().contains("access-control-allow"));
}

/// How long the server keeps a connection after the client has sent this.
fn kept_open(server: &Server, sent: &str) -> (Duration, Vec<u8>) {
    let start = Instant::now();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    stream.write_all(sent.as_bytes()).unwrap();
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
    }
    (start.elapsed(), answer)
}

#[test]
fn slow_and_idle_clients_are_disconnected() {
    let patience = Duration::from_millis(300);
    let server = Server::start(Settings::new(principals()).patience(patience)).unwrap();
    let whole = call_with("Host: localhost\r\n");
    let keep_alive = whole.replace("Connection: close\r\n", "");
    for (sent, status) in [
        ("", ""),
        ("POST / HT", ""),
        (&whole[..60], ""),
        (&whole[..whole.len() - 1], "HTTP/1.1 408"),
        // Between two requests.
        (&keep_alive, "HTTP/1.1 200"),
    ] {
        let (time, answer) = kept_open(&server, sent);
        assert!(time >= patience && time < Duration::from_secs(30), "{sent}: {time:?}");
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with(status), "{sent}: {answer}");
    }
    // Other clients are served meanwhile.
    let _idle: Vec<_> = (0..50).map(|_| TcpStream::connect(server.address()).unwrap()).collect();
    assert_eq!(raw(&server, &whole).status, 200);
}

#[test]
fn a_header_has_a_maximum_size() {
    let server = server();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(b"POST / HTTP/1.1\r\nHost: localhost\r\nX: ").unwrap();
    let part = vec![b'a'; 1 << 20];
    // The system buffers some.
    let refused = (0..64).any(|_| stream.write_all(&part).is_err());
    assert!(refused, "64 MiB were read");
}
