//! The answers to valid and invalid lines.

use expect_test::{Expect, expect};
use iam_policy_eval::simulate::simulate_lines;

fn check(lines: &str, expected: Expect) {
    check_bytes(lines.as_bytes(), expected);
}

fn check_bytes(lines: &[u8], expected: Expect) {
    let mut out = Vec::new();
    let summary = simulate_lines(lines, &mut out).unwrap_or_default();
    let out = String::from_utf8_lossy(&out);
    assert_eq!(out.lines().count(), summary.answers);
    assert_eq!(out.matches("\"error\":").count(), summary.errors);
    expected.assert_eq(&out);
}

/// A line with a request that is allowed, and additional members.
fn line(more: &str) -> String {
    format!(
        r#"{{"id": "a", "request": {{"principal": "arn:aws:iam::123456789012:user/ann", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}}, "identityPolicies": [{{"Statement": {{"Sid": "S", "Effect": "Allow", "Action": "*", "Resource": "*"}}}}]{more}}}"#
    )
}

/// A line with this request and no policies.
fn request(request: &str) -> String {
    format!(r#"{{"id": 7, "request": {request}, "identityPolicies": []}}"#)
}

#[test]
fn policies_of_every_type() {
    let deny = r#"{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}"#;
    let own = deny.replace(r#" "Principal": "*","#, "");
    let all = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let lines = [
        line(""),
        line(
            r#", "permissionBoundaries": [], "sessionPolicies": [ ], "serviceControlPolicies": [], "resourcePolicy": null"#,
        ),
        line(r#", "permissionBoundaries": [{"Statement": []}]"#),
        line(r#", "sessionPolicies": [{"Statement": []}]"#),
        line(&format!(r#", "sessionPolicies": [{own}]"#)),
        line(&format!(r#", "serviceControlPolicies": [[{all}], []]"#)),
        line(&format!(r#", "serviceControlPolicies": [[{all}], [{all}, {own}]]"#)),
        line(&format!(r#", "resourceControlPolicies": [[], [{deny}]]"#)),
        line(&format!(r#", "resourcePolicy": {deny}"#)),
    ];
    check(
        &lines.join("\n"),
        expect![[r#"
            {"id":"a","decision":"allowed","matched":[{"policy":"identityPolicies[0]","statement":0,"sid":"S","effect":"Allow"}],"because":"statement 1 (`S`) of identity policy 1 allows it"}
            {"id":"a","decision":"allowed","matched":[{"policy":"identityPolicies[0]","statement":0,"sid":"S","effect":"Allow"}],"because":"statement 1 (`S`) of identity policy 1 allows it"}
            {"id":"a","decision":"implicitDeny","matched":[{"policy":"identityPolicies[0]","statement":0,"sid":"S","effect":"Allow"}],"because":"no permissions boundary allows `s3:GetObject` on `arn:aws:s3:::b/k`"}
            {"id":"a","decision":"implicitDeny","matched":[{"policy":"identityPolicies[0]","statement":0,"sid":"S","effect":"Allow"}],"because":"no session policy allows `s3:GetObject` on `arn:aws:s3:::b/k`"}
            {"id":"a","decision":"explicitDeny","matched":[{"policy":"identityPolicies[0]","statement":0,"sid":"S","effect":"Allow"},{"policy":"sessionPolicies[0]","statement":0,"sid":null,"effect":"Deny"}],"because":"statement 1 of session policy 1 denies it"}
            {"id":"a","decision":"implicitDeny","matched":[{"policy":"serviceControlPolicies[0][0]","statement":0,"sid":null,"effect":"Allow"},{"policy":"identityPolicies[0]","statement":0,"sid":"S","effect":"Allow"}],"because":"no service control policy at level 2 of the organization allows `s3:GetObject` on `arn:aws:s3:::b/k`"}
            {"id":"a","decision":"explicitDeny","matched":[{"policy":"serviceControlPolicies[0][0]","statement":0,"sid":null,"effect":"Allow"},{"policy":"serviceControlPolicies[1][0]","statement":0,"sid":null,"effect":"Allow"},{"policy":"serviceControlPolicies[1][1]","statement":0,"sid":null,"effect":"Deny"},{"policy":"identityPolicies[0]","statement":0,"sid":"S","effect":"Allow"}],"because":"statement 1 of service control policy 2 at level 2 of the organization denies it"}
            {"id":"a","decision":"explicitDeny","matched":[{"policy":"resourceControlPolicies[1][0]","statement":0,"sid":null,"effect":"Deny"},{"policy":"identityPolicies[0]","statement":0,"sid":"S","effect":"Allow"}],"because":"statement 1 of resource control policy 1 at level 2 of the organization denies it"}
            {"id":"a","decision":"explicitDeny","matched":[{"policy":"resourcePolicy","statement":0,"sid":null,"effect":"Deny"},{"policy":"identityPolicies[0]","statement":0,"sid":"S","effect":"Allow"}],"because":"statement 1 of the resource policy denies it"}
        "#]],
    );
}

#[test]
fn context_and_account() {
    let lines = [
        r#"{"principal": "*", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "context": {"aws:TagKeys": ["a", "b"], "aws:SourceIp": "203.0.113.7"}}"#,
        r#"{"principal": "111111111111", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resourceAccount": "222222222222", "context": null}"#,
        r#"{"principal": "\u0061nonymous", "action": "s3:\u0047etObject", "resource": "arn:aws:s3:::b/\"k\""}"#,
    ];
    check(
        &lines.map(request).join("\n\n \r\n"),
        expect![[r#"
        {"id":7,"decision":"implicitDeny","matched":[],"because":"there is no resource policy that allows `s3:GetObject` on `arn:aws:s3:::b/k`"}
        {"id":7,"decision":"implicitDeny","matched":[],"because":"`arn:aws:s3:::b/k` is in another account, and there is no resource policy that allows `s3:GetObject` on `arn:aws:s3:::b/k`"}
        {"id":7,"decision":"implicitDeny","matched":[],"because":"there is no resource policy that allows `s3:GetObject` on `arn:aws:s3:::b/\"k\"`"}
    "#]],
    );
}

#[test]
fn invalid_lines_affect_no_others() {
    let good = line("");
    let request = |changed: &str, to: &str| good.replace(changed, to);
    let lines = [
        "{".to_owned(),
        "[]".to_owned(),
        r#"{"id": 1} x"#.to_owned(),
        r#"{"id": {"a": [1]}, "request": 5}"#.to_owned(),
        "{}".to_owned(),
        r#"{"id": 1}"#.to_owned(),
        r#"{"id": 1, "request": {}}"#.to_owned(),
        r#"{"id": 1, "request": {"principal": "x"}}"#.to_owned(),
        request(r#", "identityPolicies""#, r#", "policies""#),
        request(r#""action""#, r#""Action""#),
        request(r#""action""#, r#""principal""#),
        request("s3:GetObject", "GetObject"),
        request("arn:aws:s3:::b/k", "b/k"),
        request(
            "arn:aws:iam::123456789012:user/ann",
            "arn:aws:iam::123456789012:group/x",
        ),
        request(r#""resource": "#, r#""resourceAccount": "1", "resource": "#),
        request(
            r#""resource": "#,
            r#""context": {"aws:SourceIp": "here"}, "resource": "#,
        ),
        request(r#""resource": "#, r#""context": {"a:b": 5}, "resource": "#),
        request(r#""resource": "#, r#""context": {"a:b": ["x", true]}, "resource": "#),
        request(
            r#""resource": "#,
            r#""context": {"a:b": "x", "A:B": "x"}, "resource": "#,
        ),
        request(r#""Effect""#, r#""effect""#),
        request(r#""Sid": "S""#, r#""Sid": "S", "Sid": "S""#),
        request(
            r#""Action": "*""#,
            r#""Action": "*", "Condition": {"StringIs": {"a:b": "c"}}"#,
        ),
        line(r#", "serviceControlPolicies": [{}]"#),
        line(r#", "serviceControlPolicies": [[], [{}]]"#),
        line(r#", "resourcePolicy": [{}]"#),
        line(r#", "id": 2"#),
        good.clone(),
    ];
    check(
        &lines.join("\n"),
        expect![[r#"
            {"id":null,"line":1,"error":"unexpected end of line in an object"}
            {"id":null,"line":2,"error":"expected an object, found array"}
            {"id":null,"line":3,"error":"column 11: trailing characters"}
            {"id":{"a": [1]},"line":4,"error":"expected an object, found integer `5`"}
            {"id":null,"line":5,"error":"`id` is missing"}
            {"id":1,"line":6,"error":"`request` is missing"}
            {"id":1,"line":7,"error":"`principal` is missing from `request`"}
            {"id":1,"line":8,"error":"`action` is missing from `request`"}
            {"id":"a","line":9,"error":"unknown key `policies`"}
            {"id":"a","line":10,"error":"unknown key `Action` in `request`"}
            {"id":"a","line":11,"error":"duplicate key `principal`"}
            {"id":"a","line":12,"error":"invalid action `GetObject`: expected `service:Name` without wildcards"}
            {"id":"a","line":13,"error":"the resource `b/k` is neither `*` nor an ARN: an ARN starts with `arn:`"}
            {"id":"a","line":14,"error":"`arn:aws:iam::123456789012:group/x` is not a principal"}
            {"id":"a","line":15,"error":"invalid account `1`: expected twelve digits"}
            {"id":"a","line":16,"error":"invalid value `here` for `aws:SourceIp`: expected an IP address"}
            {"id":"a","line":17,"error":"`a:b`: expected a string or an array of strings, found integer `5`"}
            {"id":"a","line":18,"error":"`a:b`: expected a string, found boolean `true`"}
            {"id":"a","line":19,"error":"duplicate context key `A:B`"}
            {"id":"a","line":20,"error":"`identityPolicies[0].Statement.effect`: unknown statement element"}
            {"id":"a","line":21,"error":"`identityPolicies[0]`, 1:28: duplicate key `Sid`"}
            {"id":"a","line":22,"error":"`identityPolicies[0].Statement.Condition.StringIs`: unknown condition operator `StringIs`"}
            {"id":"a","line":23,"error":"`serviceControlPolicies[0]`: expected an array of policies"}
            {"id":"a","line":24,"error":"`serviceControlPolicies[1][0]`: `Statement` is missing"}
            {"id":"a","line":25,"error":"`resourcePolicy`: expected a policy document, found array"}
            {"id":2,"line":26,"error":"duplicate key `id`"}
            {"id":"a","decision":"allowed","matched":[{"policy":"identityPolicies[0]","statement":0,"sid":"S","effect":"Allow"}],"because":"statement 1 (`S`) of identity policy 1 allows it"}
        "#]],
    );
}

#[test]
fn invalid_utf8() {
    let mut bytes = line("").into_bytes();
    let at = bytes.len() / 2;
    bytes[at] = 0xFF;
    bytes.push(b'\n');
    bytes.extend(line("").as_bytes());
    check_bytes(
        &bytes,
        expect![[r#"
            {"id":"a","line":1,"error":"the line is not valid UTF-8"}
            {"id":"a","decision":"allowed","matched":[{"policy":"identityPolicies[0]","statement":0,"sid":"S","effect":"Allow"}],"because":"statement 1 (`S`) of identity policy 1 allows it"}
        "#]],
    );
    let deep = format!(
        "{{\"id\": 1, \"resourcePolicy\": {}{}}}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    check(
        &deep,
        expect![[r#"
        {"id":1,"line":1,"error":"`request` is missing"}
    "#]],
    );
}

/// Provides a line only after all previous ones have been answered.
struct OneByOne<'a> {
    lines: Vec<String>,
    answered: &'a std::cell::Cell<usize>,
    asked: usize,
}

impl std::io::Read for OneByOne<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        assert_eq!(self.answered.get(), self.asked);
        let Some(line) = self.lines.pop() else { return Ok(0) };
        self.asked += 1;
        let mut line = line.into_bytes();
        line.push(b'\n');
        let (here, _) = buffer.split_at_mut(line.len());
        here.copy_from_slice(&line);
        Ok(line.len())
    }
}

struct Counting<'a>(&'a std::cell::Cell<usize>);

impl std::io::Write for Counting<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let lines = bytes.split(|byte| *byte == b'\n').count() - 1;
        self.0.set(self.0.get() + lines);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn answers_before_reading_the_next_line() {
    let answered = std::cell::Cell::new(0);
    let requests = OneByOne {
        lines: vec![line(""), "wrong".to_owned(), line("")],
        answered: &answered,
        asked: 0,
    };
    let summary = simulate_lines(requests, &mut Counting(&answered)).unwrap();
    assert_eq!((summary.answers, summary.errors, answered.get()), (3, 1, 3));
}

#[test]
fn answers_are_independent_of_earlier_lines() {
    let other = line("").replace("\"Allow\"", "\"Deny\"");
    let alone = |line: &str| {
        let mut out = Vec::new();
        simulate_lines(line.as_bytes(), &mut out)
            .map(|_| out)
            .unwrap_or_default()
    };
    let lines = [line(""), other.clone(), line(""), other.clone(), other, line("")];
    let expected: Vec<u8> = lines.iter().flat_map(|line| alone(line)).collect();
    assert_eq!(alone(&lines.join("\n")), expected);
}
