//! Runs the server as a program.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use expect_test::expect;

use crate::support::{Folder, PROGRAM};

const PRINCIPALS: &str = r#"{
  "UserDetailList": [{"UserName": "ann", "UserId": "AIDACKCEVSQ6C2EXAMPLE", "Arn": "arn:aws:iam::123456789012:user/ann"}],
  "AccessKeys": {"AKIAIOSFODNN7EXAMPLE": "arn:aws:iam::123456789012:user/ann"}
}"#;

/// A process that is killed if a test fails before stopping it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It has already ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The status and body of an answer.
fn call(url: &str, action: &str) -> String {
    let address = url.strip_prefix("http://").unwrap();
    let body = format!("Action={action}&Version=2011-06-15");
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST / HTTP/1.1\r\nHost: {address}\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/sts/aws4_request\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Starts the program, calls it, stops it, and returns its messages.
#[cfg(unix)]
fn told_to_end(signal: &str) -> String {
    let folder = Folder::with(&[("principals.json", PRINCIPALS)]);
    let child = Command::new(PROGRAM)
        .args(["serve", "--fault", "GetCallerIdentity=throttle:1", "--principals"])
        .arg(folder.path("principals.json"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut server = Running(child.unwrap());
    let mut stdout = BufReader::new(server.0.stdout.take().unwrap());
    let mut url = String::new();
    stdout.read_line(&mut url).unwrap();
    let url = url.trim_end();

    assert!(call(url, "GetCallerIdentity").contains("<Code>Throttling</Code>"));
    let answer = call(url, "GetCallerIdentity");
    assert!(
        answer.contains("<Arn>arn:aws:iam::123456789012:user/ann</Arn>"),
        "{answer}"
    );

    let id = server.0.id().to_string();
    assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    assert_eq!(server.0.wait().unwrap().code(), Some(0));
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    let mut said = String::new();
    server.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    said.replace(url, "URL")
}

#[cfg(unix)]
#[test]
fn serves_until_stopped() {
    let said = told_to_end("-INT");
    expect![[r#"
        Call it with an access key from the file and any secret:

          AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=none AWS_DEFAULT_REGION=us-east-1 \
            aws --endpoint-url URL sts get-caller-identity
    "#]]
    .assert_eq(&said);
    assert_eq!(told_to_end("-TERM"), said);
}

#[test]
fn invalid_principals() {
    let folder = Folder::with(&[
        (
            "none.json",
            r#"{"UserDetailList": [{"UserName": "ann"}], "AccesKeys": {}}"#,
        ),
        ("torn.json", r#"{"UserDetailList": ["#),
    ]);
    folder.check(&["serve", "--principals", "none.json"], expect![[r#"
        ---
        error: this user has no `Arn`
         --> none.json:1:21
          |
        1 | {"UserDetailList": [{"UserName": "ann"}], "AccesKeys": {}}
          |                     ^^^^^^^^^^^^^^^^^^^

        error: unknown key `AccesKeys` in an account file
         --> none.json:1:43
          |
        1 | {"UserDetailList": [{"UserName": "ann"}], "AccesKeys": {}}
          |                                           ^^^^^^^^^^^
          = help: the keys are `UserDetailList`, `GroupDetailList`, `RoleDetailList`, `Policies`, `IsTruncated`, `Marker`, `ResponseMetadata`, `AccessKeys`, `ServiceControlPolicies`, `ResourceControlPolicies`, `ResourcePolicies`

        exit code 2
    "#]]);
    folder.check(
        &["serve", "--principals", "torn.json"],
        expect![[r#"
            ---
            error[JSON_SYNTAX_ERROR]: expected a value or `]`, found the end of the text
             --> torn.json:1:21
              |
            1 | {"UserDetailList": [
              |                     ^

            exit code 2
        "#]],
    );
    folder.check(
        &["serve", "--principals", "there-is-none.json"],
        expect![[r#"
        ---
        error: there is no file `there-is-none.json`
        exit code 2
    "#]],
    );
}

#[test]
fn a_port_that_is_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = Folder::with(&[("principals.json", PRINCIPALS)]);
    let ran = folder.run(&["serve", "--principals", "principals.json", "--port", &port]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    expect![[r#"
        error: the port PORT is in use
          = help: choose another one, or omit `--port` to use a free one
    "#]]
    .assert_eq(&ran.stderr.replace(&port, "PORT"));
}

/// Output of `aws iam get-account-authorization-details` does not contain access keys.
#[test]
fn missing_access_keys_are_explained() {
    let principals = r#"{"UserDetailList": [{"UserName": "ann", "Arn": "arn:aws:iam::123456789012:user/ann"}]}"#;
    let folder = Folder::with(&[("principals.json", principals)]);
    let child = Command::new(PROGRAM)
        .args(["serve", "--principals"])
        .arg(folder.path("principals.json"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut server = Running(child.unwrap());
    let mut said = BufReader::new(server.0.stderr.take().unwrap()).lines();
    let said: Vec<String> = said.by_ref().take(2).map(Result::unwrap).collect();
    expect![[r#"
        note: the file has no `AccessKeys`, so every call is rejected
          = help: map any access key to a principal: `"AccessKeys": {"AKIAIOSFODNN7EXAMPLE": "arn:aws:iam::123456789012:user/ann"}`"#]].assert_eq(&said.join("\n"));
}

#[test]
fn invalid_faults() {
    let folder = Folder::with(&[("principals.json", PRINCIPALS)]);
    folder.check(
        &[
            "serve",
            "--principals",
            "principals.json",
            "--fault",
            "GetRol=throttle",
            "--fault",
            "ListUsers=throttle",
            "--fault",
            "GetRole",
            "--fault",
            "GetRole=trottle",
            "--fault",
            "GetRole=throttle:often",
            "--fault",
            "GetRole=cut-off@half",
        ],
        expect![[r#"
            ---
            error: `--fault GetRol=throttle`: unknown operation `GetRol`
              = help: did you mean `GetRole`?
              = help: the operations are `GetCallerIdentity`, `GetRole`, `GetUser`, `SimulateCustomPolicy` and `SimulatePrincipalPolicy`
            error: `--fault ListUsers=throttle`: unknown operation `ListUsers`
              = help: the operations are `GetCallerIdentity`, `GetRole`, `GetUser`, `SimulateCustomPolicy` and `SimulatePrincipalPolicy`
            error: `--fault GetRole`: `=` is missing
              = help: such as `SimulatePrincipalPolicy=throttle:2`; without a number, all calls fail
            error: `--fault GetRole=trottle`: unknown fault `trottle`
              = help: such as `SimulatePrincipalPolicy=throttle:2`; without a number, all calls fail
              = help: the faults are `throttle`, `fail`, `malformed`, `silence` and `cut-off@BYTES`
            error: `--fault GetRole=throttle:often`: `often` is not a number
              = help: such as `SimulatePrincipalPolicy=throttle:2`; without a number, all calls fail
            error: `--fault GetRole=cut-off@half`: `half` is not a number of bytes
              = help: such as `SimulatePrincipalPolicy=throttle:2`; without a number, all calls fail
            exit code 2
        "#]],
    );
}
