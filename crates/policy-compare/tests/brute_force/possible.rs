//! Which requests AWS could receive, by the availability of each global condition key in the IAM User Guide.

use crate::naive::Request;

/// A request, and the keys that the policies mention; nothing is known about others.
struct Asked<'a> {
    request: &'a Request,
    keys: &'a [&'a str],
    problems: Vec<String>,
}

/// Why AWS could not receive the request: a key that is always included has no value, or one about the principal
/// contradicts it or another one.
///
/// - `keys`: the keys that the policies mention
pub(crate) fn problems(request: &Request, keys: &[&str]) -> Vec<String> {
    let mut asked = Asked {
        request,
        keys,
        problems: Vec::new(),
    };
    for key in [
        "aws:SecureTransport",
        "aws:CurrentTime",
        "aws:EpochTime",
        "aws:RequestedRegion",
        "aws:ViaAWSService",
    ] {
        let is_absent = request.values(key).is_empty();
        asked.must(!asked.mentions(key) || !is_absent, key);
    }
    match asked.arn() {
        Some(arn) => asked.with_account(&arn),
        None => asked.without_account(),
    }
    let is_absent = |key: &str| request.values(key).is_empty();
    let is_possible = is_absent("aws:SourceIp") || is_absent("aws:SourceVpce");
    asked.must(is_possible, "an address through an endpoint");
    asked.problems
}

impl Asked<'_> {
    fn must(&mut self, holds: bool, what: &str) {
        if !holds {
            self.problems.push(what.to_owned());
        }
    }

    fn mentions(&self, key: &str) -> bool {
        self.keys.iter().any(|asked| asked.eq_ignore_ascii_case(key))
    }

    fn value(&self, key: &str) -> Option<String> {
        self.request.values(key).first().cloned()
    }

    /// If the policies mention the key, its value is this one.
    fn must_be(&mut self, key: &str, value: Option<&str>) {
        let is_so = !self.mentions(key) || self.value(key).as_deref() == value;
        self.must(is_so, key);
    }

    /// The ARN of the principal, if it has one. Where it is not given, one that has the other keys.
    fn arn(&self) -> Option<String> {
        match &self.request.principal {
            Some(name) if name.contains(":assumed-role/") => {
                let parts: Vec<&str> = name.split(['/', ':']).collect();
                Some(format!("arn:aws:iam::{}:role/{}", parts[4], parts[6]))
            }
            Some(name) => name.starts_with("arn:").then(|| name.clone()),
            None => self.value("aws:PrincipalArn").or_else(|| Some(self.example())),
        }
    }

    fn example(&self) -> String {
        let account = self.value("aws:PrincipalAccount");
        let account = account.unwrap_or_else(|| "123456789012".to_owned());
        let kind = self.value("aws:PrincipalType");
        let name = match (self.value("aws:username"), kind.as_deref()) {
            (Some(name), _) => format!("user/{name}"),
            (None, Some("FederatedUser")) => return format!("arn:aws:sts::{account}:federated-user/f"),
            (None, Some("Account")) => "root".to_owned(),
            (None, Some("AssumedRole")) => "role/app".to_owned(),
            (None, _) if self.mentions("aws:username") => "role/app".to_owned(),
            (None, _) => "user/ann".to_owned(),
        };
        format!("arn:aws:iam::{account}:{name}")
    }

    fn with_account(&mut self, arn: &str) {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let &["arn", _, "iam" | "sts", "", account, tail] = &*parts else {
            return self.must(false, "the form of the ARN");
        };
        self.must(account.len() == 12 && account.parse::<u64>().is_ok(), "the account");
        let kind = tail.split('/').next().unwrap_or_default();
        let name = tail.rsplit('/').next().unwrap_or_default();
        self.must(!name.is_empty(), "a name in the ARN");
        let type_of_it = match kind {
            "user" => "User",
            "role" => "AssumedRole",
            "root" => "Account",
            "federated-user" => "FederatedUser",
            _ => return self.must(false, "the kind of the ARN"),
        };
        // The path of a role is not in the ARN of a session.
        let given = self.value("aws:PrincipalArn");
        let is_same = |given: String| given == arn || kind == "role" && given.rsplit('/').next() == Some(name);
        self.must(
            !self.mentions("aws:PrincipalArn") || given.is_some_and(is_same),
            "aws:PrincipalArn",
        );
        self.must_be("aws:username", (kind == "user").then_some(name));
        self.must_be("aws:PrincipalAccount", Some(account));
        self.must_be("aws:PrincipalType", Some(type_of_it));
        self.must_be("aws:PrincipalIsAWSService", Some("false"));
    }

    fn without_account(&mut self) {
        for key in ["aws:PrincipalArn", "aws:username"] {
            self.must_be(key, None);
        }
        if self.request.principal.as_deref() == Some("*") {
            self.must_be("aws:PrincipalIsAWSService", None);
            self.must_be("aws:PrincipalType", Some("Anonymous"));
            self.must_be("aws:PrincipalAccount", Some("anonymous"));
        } else {
            self.must_be("aws:PrincipalIsAWSService", Some("true"));
        }
    }
}
