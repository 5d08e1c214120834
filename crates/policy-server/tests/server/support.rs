use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use iam_policy_account::Principals;
use iam_policy_server::{Server, Settings};

pub(crate) const ANN: &str = "AKIAIOSFODNN7EXAMPLE";
pub(crate) const BUILD: &str = "ASIAIOSFODNN7EXAMPLE";
pub(crate) const ROOT: &str = "AKIAROOTEXAMPLE";

/// The account of the tests.
pub(crate) fn principals() -> Principals {
    let reading = iam_policy_account::read(include_bytes!("account.json"));
    assert_eq!(reading.problems, []);
    reading.principals
}

pub(crate) fn server() -> Server {
    Server::start(Settings::new(principals())).unwrap()
}

pub(crate) const IAM: &str = "2010-05-08";
pub(crate) const STS: &str = "2011-06-15";

/// The parameters of an operation of IAM.
pub(crate) fn iam<'p>(action: &'p str, parameters: &[(&'p str, &'p str)]) -> Vec<(&'p str, &'p str)> {
    let mut all = vec![("Action", action), ("Version", IAM)];
    all.extend(parameters);
    all
}

/// What a server answers.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// Makes a call by who has this access key; by nobody if it is empty.
pub(crate) fn call(server: &Server, key: &str, parameters: &[(&str, &str)]) -> Answer {
    let body: String = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    let authorization = format!(
        "Authorization: AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0\r\n"
    );
    let authorization = if key.is_empty() { "" } else { &authorization };
    let text = format!(
        "POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n{authorization}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        server.address(),
        body.len()
    );
    raw(server, &text)
}

/// Sends a text, and reads all that is answered.
pub(crate) fn raw(server: &Server, text: &str) -> Answer {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    // However busy the machine is, an answer does not take that long.
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // A connection that is reset after some bytes is told apart by their number.
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

/// The texts of all elements of this name.
pub(crate) fn texts<'b>(body: &'b str, name: &str) -> Vec<&'b str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut parts = body.split(&*open);
    parts.next();
    parts.map(|part| part.split(&*close).next().unwrap()).collect()
}

/// The status, the code and the message of an error.
pub(crate) fn error(answer: &Answer) -> String {
    format!(
        "{} {}\n{}",
        answer.status,
        texts(&answer.body, "Code").concat(),
        texts(&answer.body, "Message").concat()
    )
}
