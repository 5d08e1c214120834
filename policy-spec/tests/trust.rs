//! Trust statements, types of policies and principals: what is read, and how mistakes are reported.
#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

use std::fmt::Write;

use expect_test::{Expect, expect_file};
use iam_policy_spec::compile::compile;
use iam_policy_spec::{Source, read};

/// A statement for an identity policy.
const STATEMENT: &str =
    "id = \"a\"\nreason = \"r\"\nactions = [\"s3:GetObject\"]\nresources = [\"arn:aws:s3:::b/*\"]\n";

fn shown(spec: &str) -> String {
    let source = Source::new("policies.toml", spec);
    let (_, mistakes) = read(&source);
    let mut text = String::new();
    for mistake in &mistakes {
        let span = mistake.location.span.unwrap();
        writeln!(
            text,
            "  {}\n    at `{}`",
            mistake.message,
            span.of(source.text()).unwrap()
        )
        .unwrap();
        for note in &mistake.notes {
            writeln!(text, "    note: {note}").unwrap();
        }
        for help in mistake.help_texts() {
            writeln!(text, "    help: {help}").unwrap();
        }
    }
    text
}

/// A role whose trust policy has one statement with these lines.
fn trust(lines: &str) -> String {
    format!(
        "[policy.role]\n[[policy.role.statement]]\n{STATEMENT}\n[[policy.role.trust.statement]]\nid = \"t\"\nreason = \"r\"\n{lines}\n"
    )
}

/// A role with these lines in `[policy.role.trust]`.
fn short(lines: &str) -> String {
    format!("[policy.role]\n[[policy.role.statement]]\n{STATEMENT}\n[policy.role.trust]\n{lines}\n")
}

/// A policy with these keys, and a statement.
fn policy(keys: &str) -> String {
    format!(
        "[policy.role]\n[[policy.role.statement]]\n{STATEMENT}\n[policy.limit]\n{keys}\n[[policy.limit.statement]]\n{STATEMENT}\n"
    )
}

/// A queue's policy with these lines in its statement.
fn queue(lines: &str) -> String {
    format!(
        "[policy.queue]\ntype = \"resource\"\nresource-type = \"sqs:queue\"\n[[policy.queue.statement]]\nid = \"q\"\nreason = \"r\"\n\
         actions = [\"sqs:SendMessage\"]\nresources = [\"arn:aws:sqs:eu-west-1:111122223333:jobs\"]\n{lines}\n"
    )
}

/// Each of these is one mistake.
fn mistakes() -> Vec<(&'static str, String)> {
    vec![
        ("an account among services", trust("services = [\"111122223333\"]")),
        ("a role among services", trust("services = [\"arn:aws:iam::111122223333:role/r\"]")),
        ("a service among accounts", trust("accounts = [\"lambda.amazonaws.com\"]")),
        ("too few digits", trust("accounts = [\"11112222333\"]")),
        ("everyone among accounts", trust("accounts = [\"*\"]")),
        ("a role among accounts", trust("accounts = [\"arn:aws:iam::111122223333:role/r\"]")),
        ("a user among roles", trust("roles = [\"arn:aws:iam::111122223333:user/u\"]")),
        ("an account among roles", trust("roles = [\"111122223333\"]")),
        ("the name of a role", trust("roles = [\"deploy\"]")),
        ("a role among users", trust("users = [\"arn:aws:iam::111122223333:role/r\"]")),
        ("a group among users", trust("users = [\"arn:aws:iam::111122223333:group/g\"]")),
        ("a SAML provider among OIDC providers", trust("oidc = [\"arn:aws:iam::111122223333:saml-provider/okta\"]")),
        ("an OIDC provider among SAML providers", trust("saml = [\"arn:aws:iam::111122223333:oidc-provider/id.example.com\"]")),
        ("the address of a provider", trust("oidc = [\"https://token.actions.githubusercontent.com\"]")),
        ("a word among principals", trust("principals = [\"lambda\"]")),
        ("a bucket among principals", trust("principals = [\"arn:aws:s3:::bucket\"]")),
        ("a duplicate", trust("accounts = [\"111122223333\", \"111122223333\"]")),
        ("another partition", trust("roles = [\"arn:aws-cn:iam::111122223333:role/r\"]")),
        ("an unknown partition", trust("roles = [\"arn:awz:iam::111122223333:role/r\"]")),
        ("no principals", trust("")),
        ("no reason", trust("services = [\"lambda\"]").replace("id = \"t\"\nreason = \"r\"", "id = \"t\"")),
        ("no id", trust("services = [\"lambda\"]").replace("id = \"t\"\n", "")),
        ("the id of another statement", trust("services = [\"lambda\"]").replace("id = \"t\"", "id = \"a\"")),
        ("resources", trust("services = [\"lambda\"]\nresources = [\"*\"]")),
        ("not-principals in a trust policy", trust("not-principals = [\"*\"]")),
        ("both kinds of actions", trust("services = [\"lambda\"]\nactions = [\"sts:AssumeRole\"]\nnot-actions = [\"sts:TagSession\"]")),
        ("a string in place of a list", trust("accounts = \"111122223333\"")),
        ("an empty list", trust("oidc = []")),
        ("a number in place of an account", trust("accounts = [111122223333]")),
        ("principal", trust("principal = \"*\"")),
        ("Federated", trust("Federated = [\"x\"]")),
        ("oidc-provider", trust("oidc-provider = \"x\"\nservices = [\"lambda\"]")),
        ("external-id", trust("accounts = [\"111122223333\"]\nexternal-id = \"x\"")),
        ("audience", trust("oidc = [\"accounts.google.com\"]\naudience = \"x\"")),
        ("source-account", trust("services = [\"lambda\"]\nsource-account = \"111122223333\"")),
        ("services and statements", format!("{}[policy.role.trust]\nservices = [\"ec2\"]\n", trust("services = [\"lambda\"]"))),
        ("accounts without a statement", short("accounts = [\"111122223333\"]")),
        ("an empty trust policy", short("about = \"x\"")),
        ("an external ID in the short form", short("services = [\"lambda\"]\nexternal-id = \"x\"")),
        ("assume-role", policy("assume-role = [\"lambda\"]")),
        ("permissions-boundary", policy("permissions-boundary = \"limit\"")),
        ("scp", policy("scp = true")),
        ("principals of a policy", policy("principals = [\"*\"]")),
        ("attach as a boundary", policy("attach = [\"boundary\"]")),
        ("attach as trust", policy("attach = [\"trust\"]")),
        ("attach as scp", policy("attach = [\"scp\"]")),
        ("type permissions-boundary", policy("type = \"permissions-boundary\"")),
        ("type scp", policy("type = \"scp\"")),
        ("type trust", policy("type = \"trust\"")),
        ("type session", policy("type = \"session\"")),
        ("an unknown type", policy("type = \"boundry\"")),
        ("a boundary that bounds nothing", policy("type = \"boundary\"")),
        ("an empty list of bounds", policy("type = \"boundary\"\nbounds = []")),
        ("bounds of an unknown policy", policy("type = \"boundary\"\nbounds = [\"rol\"]")),
        ("bounds of itself", policy("type = \"boundary\"\nbounds = [\"limit\"]")),
        ("duplicate bounds", policy("type = \"boundary\"\nbounds = [\"role\", \"role\"]")),
        ("bounds of an identity policy", policy("bounds = [\"role\"]")),
        ("a boundary in another partition", policy("type = \"boundary\"\nbounds = [\"role\"]\npartitions = [\"aws-cn\"]").replacen("[[policy.limit.statement]]\nid = \"a\"\nreason = \"r\"\nactions = [\"s3:GetObject\"]\nresources = [\"arn:aws:s3:::b/*\"]", "[[policy.limit.statement]]\nid = \"a\"\nreason = \"r\"\nactions = [\"s3:GetObject\"]\nresources = [\"*\"]", 1)),
        ("an inline boundary", policy("type = \"boundary\"\nbounds = [\"role\"]\nattach = [\"inline-role\"]")),
        ("a resource type without a type", policy("resource-type = \"s3:bucket\"")),
        ("a boundary with a trust policy", format!("{}[policy.limit.trust]\nservices = [\"lambda\"]\n", policy("type = \"boundary\"\nbounds = [\"role\"]"))),
        ("no resource type", queue("services = [\"s3\"]").replace("resource-type = \"sqs:queue\"\n", "")),
        ("an unknown resource type", queue("services = [\"s3\"]").replace("sqs:queue", "sqs:queues")),
        ("an attached resource policy", queue("services = [\"s3\"]").replace("[[policy.queue.statement]]", "attach = [\"managed\"]\n[[policy.queue.statement]]")),
        ("a resource policy without principals", queue("")),
        ("principals and not-principals", queue("services = [\"s3\"]\nnot-principals = [\"*\"]")),
        ("a resource policy without resources", queue("services = [\"s3\"]").replace("resources = [\"arn:aws:sqs:eu-west-1:111122223333:jobs\"]\n", "")),
        ("principals in an identity policy", policy("").replacen("id = \"a\"\n", "id = \"a\"\nservices = [\"lambda\"]\naccounts = [\"111122223333\"]\n", 1)),
        ("Principal in an identity policy", policy("").replacen("id = \"a\"\n", "id = \"a\"\nPrincipal = \"*\"\n", 1)),
        ("principals in a service control policy", "[policy.scp]\ntype = \"service-control\"\n[[policy.scp.statement]]\nid = \"a\"\nreason = \"r\"\neffect = \"Deny\"\nprincipals = [\"*\"]\nactions = [\"s3:*\"]\nresources = [\"*\"]\n".to_owned()),
    ]
}

#[test]
fn every_mistake_is_one_error() {
    let (mut report, mut wrong) = (String::new(), String::new());
    for (name, spec) in mistakes() {
        let shown = shown(&spec);
        writeln!(report, "{name}\n{shown}").unwrap();
        let count = shown.matches("\n    at `").count();
        if count != 1 {
            write!(wrong, "{name}: {count}\n{shown}").unwrap();
        }
    }
    assert_eq!(wrong, "");
    let expected: expect_test::ExpectFile = expect_file!["trust.txt"];
    expected.assert_eq(&report);
}

fn check_findings(spec: &str, expected: Expect) {
    let source = Source::new("policies.toml", spec);
    let compiled = compile(&source);
    assert_eq!(compiled.mistakes, []);
    let mut text = String::new();
    for finding in &compiled.findings {
        let span = finding
            .location
            .span
            .and_then(|span| span.of(source.text()))
            .unwrap_or_default();
        writeln!(text, "{} at `{span}`", finding.code.unwrap_or_default()).unwrap();
        for help in finding.help_texts() {
            writeln!(text, "  {help}").unwrap();
        }
    }
    expected.assert_eq(&text);
}

#[test]
fn common_mistakes_are_findings_at_their_place() {
    use expect_test::expect;
    let github = "oidc = [\"arn:{partition}:iam::111122223333:oidc-provider/token.actions.githubusercontent.com\"]\n";
    let aud = "condition.StringEquals.\"token.actions.githubusercontent.com:aud\" = \"sts.amazonaws.com\"\n";
    let sub = |value: &str| format!("condition.StringLike.\"token.actions.githubusercontent.com:sub\" = \"{value}\"\n");
    check_findings(
        &trust(&format!("{github}{}", sub("repo:a/b:ref:refs/heads/main"))),
        expect![[r#"
        MISSING_AUDIENCE_CONDITION at `"arn:{partition}:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"`
          require `"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}`
    "#]],
    );
    check_findings(
        &trust(&format!("{github}{aud}")),
        expect![[r#"
        MISSING_GITHUB_REPO_CONDITION_KEY at `"arn:{partition}:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"`
    "#]],
    );
    check_findings(
        &trust(&format!("{github}{aud}{}", sub("repo:*"))),
        expect![[r#"
        WILDCARD_USAGE_TOO_PERMISSIVE at `"repo:*"`
        SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED at `"repo:*"`
        SUBJECT_MATCHES_EVERYONE at `"repo:*"`
          name the owner and the repository, as in `repo:OWNER/REPOSITORY:ref:refs/heads/main`
    "#]],
    );
    check_findings(
        &trust("services = [\"lamda\", \"api-gateway\"]"),
        expect![[r#"
        UNKNOWN_SERVICE_PRINCIPAL at `"lamda"`
          did you mean `lambda.amazonaws.com`?
          if AWS added it recently, accept it with `waive = [{ check = "UNKNOWN_SERVICE_PRINCIPAL", why = "…" }]`
        UNKNOWN_SERVICE_PRINCIPAL at `"api-gateway"`
          did you mean `apigateway.amazonaws.com`?
          if AWS added it recently, accept it with `waive = [{ check = "UNKNOWN_SERVICE_PRINCIPAL", why = "…" }]`
    "#]],
    );
    check_findings(
        &short("services = [\"lamda\"]"),
        expect![[r#"
        UNKNOWN_SERVICE_PRINCIPAL at `"lamda"`
          did you mean `lambda.amazonaws.com`?
          if AWS added it recently, accept it with `waive = [{ check = "UNKNOWN_SERVICE_PRINCIPAL", why = "…" }]`
    "#]],
    );
    check_findings(
        &short("services = [\"lambda\"]\ncondition.StringEquals.\"sts:ExternalId\" = \"x\""),
        expect![[r#"
        ABSENT_CONDITION_KEY at `"sts:ExternalId"`
    "#]],
    );
    check_findings(
        &trust(
            "accounts = [\"111122223333\"]\ncondition.StringEquals.\"token.actions.githubusercontent.com:sub\" = \"x\"",
        ),
        expect![[r#"
            ABSENT_CONDITION_KEY at `"token.actions.githubusercontent.com:sub"`
        "#]],
    );
}
