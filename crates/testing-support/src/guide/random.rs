//! Random policies and requests over small alphabets, so that they meet.

use serde_json::{Map, Value, json};

use super::{Caller, Keys, Policies, Request};

const OWN: &str = "111111111111";
const OTHER: &str = "222222222222";
const SERVICE: &str = "sns.amazonaws.com";

const ACTIONS: &[&str] = &[
    "s3:GetObject",
    "s3:PutObject",
    "S3:getobject",
    "s3:ListBucket",
    "sqs:SendMessage",
    "lambda:InvokeFunction",
];
const ACTION_PATTERNS: &[&str] = &[
    "s3:GetObject",
    "S3:GETOBJECT",
    "s3:Get*",
    "s3:*Object",
    "s3:?etObject",
    "s3:?GetObject",
    "s3:*",
    "*",
    "s3:PutObject",
    "s3:*t*t*",
    "s3:List*",
    "sqs:SendMessage",
    "sqs:*",
    "lambda:Invoke*",
    "lambda:*",
];
const RESOURCES: &[&str] = &[
    "arn:aws:s3:::a",
    "arn:aws:s3:::a/b",
    "arn:aws:s3:::a/B",
    "arn:aws:s3:::a/*",
    "arn:aws:s3:::a/b:c",
    "arn:aws:s3:::ab",
    "arn:aws:s3:::a/",
    "arn:aws:s3:::a/b/ann",
    "arn:aws:s3:::a/?",
    "arn:aws:s3:::a/${aws:username}",
    "arn:aws:s3:::a/$",
    "arn:aws-cn:s3:::a",
    "arn:aws:sqs:us-east-1:111111111111:q",
    "arn:aws:sqs:eu-west-1:222222222222:q",
    "arn:aws:lambda:us-east-1:111111111111:function:f",
    "arn:aws:lambda:us-east-1:111111111111:function:f:PROD",
    "*",
];
const VARIABLES: &[&str] = &[
    "${aws:username}",
    "${AWS:UserName}",
    "${aws:PrincipalTag/t}",
    "${s3:prefix}",
    "${s3:prefix, 'b'}",
    "${aws:PrincipalTag/t,'*'}",
    "${aws:username, ''}",
    "${*}",
    "${?}",
    "${$}",
    "${aws:TagKeys}",
    "${aws:SourceIp}",
];
const TEXTS: &[&str] = &[
    "",
    "a",
    "A",
    "b",
    "ab",
    "a/b",
    "*",
    "?",
    "$",
    "ann",
    "a*b",
    "é",
    "É",
    "a:b",
    "${aws:username}",
];
const TEXT_PATTERNS: &[&str] = &[
    "", "*", "?", "a*", "*b", "?b", "a", "A", "??", "a?b", "**", "ann", "a/b", "é", "a${*}b", "*a*b*",
];
const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "1",
    "10",
    "10.0",
    "1e1",
    "1E+1",
    "0.1e2",
    "9.99",
    "-1",
    "100e-1",
    "10.00000000000000001",
    "+10",
    "x",
    "",
];
const DATES: &[&str] = &[
    "2026-01-01T00:00:00Z",
    "2026-01-01",
    "2026-01",
    "2026",
    "2025-12-31T23:00:00-01:00",
    "1767225600",
    "2026-01-01T00:00:00.5Z",
    "2026-01-01T00:00Z",
    "2026-01-01T01:00:00+01:00",
    "2024-02-29T12:00:00Z",
    "1767225601",
    "2026-01-01T00:00:00.500Z",
    "2026-13-01",
    "soon",
];
const BOOLS: &[&str] = &["true", "false"];
const ADDRESSES: &[&str] = &[
    "10.0.0.1",
    "10.0.0.2",
    "10.1.0.1",
    "11.0.0.1",
    "::1",
    "2001:db8::1",
    "2001:0db8:0:0:0:0:0:1",
    "2001:DB9::1",
    "x",
    "",
];
const NETWORKS: &[&str] = &[
    "10.0.0.1",
    "10.0.0.0/8",
    "10.0.0.1/16",
    "10.0.0.2/31",
    "0.0.0.0/0",
    "::/0",
    "2001:db8::/32",
    "2001:db8::1",
    "::1/128",
    "2001:DB8:ffff::/31",
];
const BYTES: &[&str] = &["QQ==", "QUI=", "AAAA", ""];
const ARNS: &[&str] = &[
    "arn:aws:sns:us-east-1:111111111111:t",
    "arn:aws:sns:us-east-1:222222222222:t",
    "arn:aws:s3:::a",
    "arn:aws:lambda:us-east-1:111111111111:function:f",
    "arn:aws:lambda:us-east-1:111111111111:function:f:PROD",
    "arn:aws:iam::111111111111:user/ann",
    "arn:aws:iam::111111111111:role/p/r",
    "a",
    "",
];
const ARN_PATTERNS: &[&str] = &[
    "arn:aws:sns:*:*:t",
    "arn:aws:sns:us-east-1:111111111111:t",
    "arn:*:sns:*:111111111111:*",
    "arn:aws:s3:::*",
    "arn:aws:lambda:*:*:function:*",
    "arn:aws:lambda:*:*:*",
    "arn:aws:lambda:*:function:*",
    "arn:aws:iam::111111111111:*/ann",
    "arn:aws:iam::*:user/${aws:username}",
    "arn:aws:s?s:*:*:?",
    "arn:*:*:*:*:*",
    "arn:aws:iam::?????????????:role/*",
    "arn:aws:iam::111111111111:role/*/r",
];

const STRING_OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
];
const NUMERIC_OPERATORS: &[&str] = &[
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
];
const DATE_OPERATORS: &[&str] = &[
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
];
const ARN_OPERATORS: &[&str] = &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"];

/// A kind of key: its names, the operators that suit it, what policies and requests say.
struct Kind {
    keys: &'static [&'static str],
    operators: &'static [&'static str],
    patterns: &'static [&'static str],
    values: &'static [&'static str],
}

const KINDS: &[Kind] = &[
    Kind {
        keys: &["s3:prefix", "aws:PrincipalTag/t", "aws:RequestTag/x"],
        operators: STRING_OPERATORS,
        patterns: TEXT_PATTERNS,
        values: TEXTS,
    },
    Kind {
        keys: &["aws:TagKeys"],
        operators: STRING_OPERATORS,
        patterns: TEXT_PATTERNS,
        values: TEXTS,
    },
    Kind {
        keys: &["s3:max-keys"],
        operators: NUMERIC_OPERATORS,
        patterns: NUMBERS,
        values: NUMBERS.split_at(NUMBERS.len() - 2).0,
    },
    Kind {
        keys: &["aws:TokenIssueTime", "aws:CurrentTime"],
        operators: DATE_OPERATORS,
        patterns: DATES,
        values: DATES.split_at(DATES.len() - 2).0,
    },
    Kind {
        keys: &["aws:SecureTransport", "aws:MultiFactorAuthPresent"],
        operators: &["Bool"],
        patterns: BOOLS,
        values: BOOLS,
    },
    Kind {
        keys: &["aws:SourceIp"],
        operators: &["IpAddress", "NotIpAddress"],
        patterns: NETWORKS,
        values: ADDRESSES.split_at(ADDRESSES.len() - 2).0,
    },
    Kind {
        keys: &["aws:SourceArn"],
        operators: ARN_OPERATORS,
        patterns: ARN_PATTERNS,
        values: ARNS.split_at(ARNS.len() - 2).0,
    },
    Kind {
        keys: &["aws:PrincipalArn"],
        operators: ARN_OPERATORS,
        patterns: ARN_PATTERNS,
        values: &[],
    },
    Kind {
        keys: &["aws:username"],
        operators: STRING_OPERATORS,
        patterns: TEXT_PATTERNS,
        values: &[],
    },
    Kind {
        keys: &["glue:Blob"],
        operators: &["BinaryEquals"],
        patterns: BYTES,
        values: BYTES,
    },
];

/// A small generator of random numbers (splitmix64), so that a seed is all it takes to repeat a case.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Starts at a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the limit.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }

    /// True this often in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// What a random policy is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An identity, a boundary, a session or an organization.
    Identity,
    /// A resource control policy: it can only deny.
    ResourceControl,
    /// A resource.
    Resource,
    /// A role: nothing but who may assume it.
    Trust,
}

/// A random case: everything that AWS evaluates, and the request.
#[must_use]
pub fn random_case(random: &mut Random) -> (Policies, Request) {
    let mut request = random_request(random);
    let mut shape = Shape::Resource;
    let mut policies = Policies::default();
    match random.below(100) {
        0..10 => {
            "sts:AssumeRole".clone_into(&mut request.action);
            request.resource = format!("arn:aws:iam::{}:role/target", request.resource_account);
            shape = Shape::Trust;
            policies.resource_must_allow = true;
        }
        10..19 => {
            "kms:Decrypt".clone_into(&mut request.action);
            request.resource = format!("arn:aws:kms:us-east-1:{}:key/k", request.resource_account);
            policies.resource_must_allow = true;
        }
        _ => {}
    }
    if policies.resource_must_allow || random.chance(50) {
        policies.resource = Some(random_policy(random, shape, &request));
    }
    for _ in 0..random.below(3) {
        policies.identity.push(random_policy(random, Shape::Identity, &request));
    }
    if random.chance(20) && matches!(request.caller, Caller::User(_) | Caller::Session { .. }) {
        policies.boundary = Some(random_policy(random, Shape::Identity, &request));
    }
    if random.chance(40) && matches!(request.caller, Caller::Federated(_) | Caller::Session { .. }) {
        policies.session = Some(
            (0..=random.below(2))
                .map(|_| random_policy(random, Shape::Identity, &request))
                .collect(),
        );
    }
    if random.chance(20) {
        for _ in 0..=random.below(2) {
            policies.service_control.push(
                (0..random.below(3))
                    .map(|_| random_policy(random, Shape::Identity, &request))
                    .collect(),
            );
        }
    }
    if random.chance(10) {
        policies
            .resource_control
            .push(vec![random_policy(random, Shape::ResourceControl, &request)]);
    }
    (policies, request)
}

/// A random request.
#[must_use]
pub fn random_request(random: &mut Random) -> Request {
    let caller = match random.below(10) {
        0..=4 => Caller::User(format!("arn:aws:iam::{OWN}:user/{}ann", random.pick(&["", "p/"]))),
        5..=7 => {
            // Names are unique within an account, whatever the path.
            let (path, name) = if random.chance(50) { ("", "r") } else { ("p/", "q") };
            Caller::Session {
                role: format!("arn:aws:iam::{OWN}:role/{path}{name}"),
                session: format!("arn:aws:sts::{OWN}:assumed-role/{name}/s"),
            }
        }
        8 => Caller::Federated(format!("arn:aws:sts::{OWN}:federated-user/ann")),
        _ => Caller::Service(SERVICE.to_owned()),
    };
    let mut resource = random.pick(RESOURCES).to_owned();
    let action = if random.chance(80) {
        let service = resource.split(':').nth(2).unwrap_or("s3").to_owned();
        loop {
            let action = random.pick(ACTIONS);
            if action.to_ascii_lowercase().starts_with(&service) {
                break action;
            }
        }
    } else {
        random.pick(ACTIONS)
    };
    if random.chance(5) {
        resource.make_ascii_uppercase();
    }
    let owner = resource.split(':').nth(4).unwrap_or_default();
    let resource_account = if owner.is_empty() {
        if random.chance(80) { OWN } else { OTHER }
    } else {
        owner
    }
    .to_owned();
    let mut keys = Keys::new();
    for kind in KINDS {
        for key in kind.keys {
            if !kind.values.is_empty() && random.chance(60) {
                let count = if *key == "aws:TagKeys" { random.below(4) } else { 1 };
                if count > 0 {
                    keys.insert(
                        (*key).to_owned(),
                        (0..count).map(|_| random.pick(kind.values).to_owned()).collect(),
                    );
                }
            }
        }
    }
    Request {
        caller,
        action: action.to_owned(),
        resource,
        resource_account,
        keys,
    }
}

/// A random policy, of which some statements are about this request.
#[must_use]
pub fn random_policy(random: &mut Random, shape: Shape, near: &Request) -> Value {
    let mut policy = Map::new();
    if random.chance(80) {
        policy.insert(
            "Version".to_owned(),
            random
                .pick(&["2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17"])
                .into(),
        );
    }
    let statements: Vec<Value> = (0..=random.below(3))
        .map(|_| random_statement(random, shape, near))
        .collect();
    policy.insert(
        "Statement".to_owned(),
        if statements.len() == 1 && random.chance(50) {
            statements[0].clone()
        } else {
            statements.into()
        },
    );
    policy.into()
}

fn random_statement(random: &mut Random, shape: Shape, near: &Request) -> Value {
    let deny = shape == Shape::ResourceControl || random.chance(25);
    let mut statement = Map::new();
    statement.insert("Effect".to_owned(), if deny { "Deny" } else { "Allow" }.into());
    match shape {
        Shape::Identity => {}
        Shape::ResourceControl => {
            statement.insert("Principal".to_owned(), "*".into());
        }
        Shape::Resource if deny && random.chance(30) => {
            let principals = some(random, 4, |random| random_principal(random).into());
            statement.insert("NotPrincipal".to_owned(), json!({ "AWS": principals }));
        }
        Shape::Resource | Shape::Trust => {
            let principal = match random.below(10) {
                0 => json!("*"),
                1 => json!({ "AWS": "*" }),
                2 => json!({ "Service": SERVICE, "AWS": random_principal(random) }),
                _ => json!({ "AWS": some(random, 2, |random| random_principal(random).into()) }),
            };
            statement.insert("Principal".to_owned(), principal);
        }
    }
    if shape == Shape::Trust {
        statement.insert(
            "Action".to_owned(),
            random
                .pick(&["sts:AssumeRole", "sts:*", "sts:assumerole", "sts:TagSession"])
                .into(),
        );
    } else {
        let element = if random.chance(15) { "NotAction" } else { "Action" };
        let actions = some(random, 3, |random| {
            match random.below(10) {
                0 => random.pick(&["sts:AssumeRole", "kms:Decrypt", "kms:*"]),
                1..=4 => near.action.as_str(),
                _ => random.pick(ACTION_PATTERNS),
            }
            .into()
        });
        statement.insert(element.to_owned(), if random.chance(20) { "*".into() } else { actions });
        let element = if random.chance(15) { "NotResource" } else { "Resource" };
        let resources = some(random, 3, |random| random_resource(random, near).into());
        let all = random.chance(35) && element == "Resource";
        statement.insert(element.to_owned(), if all { "*".into() } else { resources });
    }
    if random.chance(50) {
        let mut condition: Map<String, Value> = Map::new();
        for _ in 0..=random.below(2) {
            let (operator, key, values) = random_condition(random);
            if let Some(entries) = condition.entry(operator).or_insert_with(|| json!({})).as_object_mut()
                && !entries.keys().any(|known| known.eq_ignore_ascii_case(&key))
            {
                entries.insert(key, values);
            }
        }
        statement.insert("Condition".to_owned(), condition.into());
    }
    statement.into()
}

fn random_principal(random: &mut Random) -> &'static str {
    random.pick(&[
        "arn:aws:iam::111111111111:user/ann",
        "arn:aws:iam::111111111111:user/p/ann",
        "arn:aws:iam::111111111111:role/r",
        "arn:aws:iam::111111111111:role/p/q",
        "arn:aws:sts::111111111111:assumed-role/r/s",
        "arn:aws:iam::111111111111:root",
        "111111111111",
        "222222222222",
        "arn:aws:sts::111111111111:federated-user/ann",
        "arn:aws:sts::111111111111:assumed-role/q/s",
    ])
}

/// A resource, of which parts became wildcards or variables.
fn random_resource(random: &mut Random, near: &Request) -> String {
    let resource = if random.chance(50) {
        near.resource.as_str()
    } else {
        random.pick(RESOURCES)
    };
    let Some((at, rest)) = resource
        .match_indices(':')
        .nth(4)
        .map(|(at, _)| resource.split_at(at + 1))
    else {
        return "*".to_owned();
    };
    let mut head: Vec<String> = at.trim_end_matches(':').split(':').map(str::to_owned).collect();
    head.resize(5, String::new());
    let mut rest: String = rest.to_owned();
    for place in [1, 3, 4] {
        if random.chance(15) {
            random.pick(&["*", "?*", "us-*", "*-1"]).clone_into(&mut head[place]);
        }
    }
    for _ in 0..random.below(3) {
        // No wildcard gets into a variable.
        if rest.contains("${") {
            break;
        }
        let at = random.below(rest.chars().count() + 1);
        let split = rest.char_indices().nth(at).map_or(rest.len(), |(at, _)| at);
        let (before, after) = rest.split_at(split);
        let after_one: String = after.chars().skip(1).collect();
        rest = match random.below(6) {
            0 => format!("{before}*"),
            1 => format!("{before}?{after_one}"),
            2 => format!("{before}*{after}"),
            3 => format!("{before}{}", random.pick(VARIABLES)),
            4 => format!("{before}{}{after_one}", random.pick(VARIABLES)),
            _ => format!("{before}{after_one}"),
        };
    }
    match random.below(40) {
        0 => "arn:aws:s3:*".to_owned(),
        1 => "arn:*".to_owned(),
        2 => "arn:aws:sqs:us-*".to_owned(),
        3 => "arn:aws:lambda:us-east-1:1111*".to_owned(),
        _ => format!("{}:{rest}", head.join(":")),
    }
}

fn random_condition(random: &mut Random) -> (String, String, Value) {
    let kind = &KINDS[random.below(KINDS.len())];
    let mut key = random.pick(kind.keys).to_owned();
    let several = key == "aws:TagKeys";
    if random.chance(10) {
        key.make_ascii_uppercase();
    }
    if random.chance(8) {
        return ("Null".to_owned(), key, json!(random.pick(BOOLS)));
    }
    // Operators meet keys of other types, though seldom. AWS does not say which numbers are dates.
    let undefined = |other: &Kind| {
        let types = [kind.operators[0], other.operators[0]];
        types == ["NumericEquals", "DateEquals"] || types == ["DateEquals", "NumericEquals"]
    };
    let other = &KINDS[random.below(KINDS.len())];
    let (operators, patterns) = if random.chance(8) && !undefined(other) {
        (other.operators, other.patterns)
    } else {
        (kind.operators, kind.patterns)
    };
    let mut operator = random.pick(operators).to_owned();
    let has_variables = operator.starts_with("String") || operator.starts_with("Arn");
    let values = some(random, 3, |random| {
        if has_variables && !operator.starts_with("Arn") && random.chance(20) {
            return format!("{}{}", random.pick(&["", "a", "*"]), random.pick(VARIABLES)).into();
        }
        let value = random.pick(patterns);
        match value {
            "true" | "false" if random.chance(30) => Value::Bool(value == "true"),
            "0" | "1" | "10" if random.chance(30) => Value::Number(value.parse::<u32>().unwrap().into()),
            _ => value.into(),
        }
    });
    if random.chance(20) {
        operator.push_str("IfExists");
    }
    if several || random.chance(5) {
        operator = format!("{}:{operator}", random.pick(&["ForAllValues", "ForAnyValue"]));
    }
    (operator, key, values)
}

/// One value, or an array of up to this many.
fn some(random: &mut Random, most: usize, mut value: impl FnMut(&mut Random) -> Value) -> Value {
    if random.chance(50) {
        value(random)
    } else {
        (0..=random.below(most)).map(|_| value(random)).collect()
    }
}

/// A request as AWS could receive it, for one of the documented resources of its action: the keys that are in every request are
/// present, and none is that such a caller has not.
#[must_use]
pub fn receivable(random: &mut Random) -> Request {
    let mut request = loop {
        let request = random_request(random);
        let object = request.resource.starts_with("arn:aws:s3:::a/") && request.resource != "arn:aws:s3:::a/";
        let bucket = request.resource.contains(":s3:::a") && !request.resource.contains('/');
        let fits = match request.action.to_ascii_lowercase().as_str() {
            "s3:getobject" | "s3:putobject" => object,
            "s3:listbucket" => bucket,
            "sqs:sendmessage" => request.resource.starts_with("arn:aws:sqs:"),
            "lambda:invokefunction" => request.resource.starts_with("arn:aws:lambda:"),
            _ => false,
        };
        if fits && matches!(request.caller, Caller::User(_) | Caller::Session { .. }) {
            break request;
        }
    };
    let keys = &mut request.keys;
    for (key, always) in [
        ("aws:SecureTransport", "true"),
        ("aws:CurrentTime", "2026-01-01T00:00:00Z"),
        ("aws:SourceIp", "10.0.0.1"),
        ("aws:ViaAWSService", "false"),
        ("aws:PrincipalIsAWSService", "false"),
        ("aws:RequestedRegion", "us-east-1"),
    ] {
        keys.entry(key.to_owned()).or_insert_with(|| vec![always.to_owned()]);
    }
    // The key of a tag has at least one character.
    for tag in keys.get_mut("aws:TagKeys").into_iter().flatten() {
        if tag.is_empty() {
            "a".clone_into(tag);
        }
    }
    // Only a service that acts for a resource sends it.
    keys.remove("aws:SourceArn");
    if let Caller::User(_) = request.caller {
        keys.remove("aws:TokenIssueTime");
        keys.remove("aws:MultiFactorAuthPresent");
    } else {
        for (key, always) in [
            ("aws:TokenIssueTime", "2026-01-01T00:00:00Z"),
            ("aws:MultiFactorAuthPresent", "false"),
        ] {
            keys.entry(key.to_owned()).or_insert_with(|| vec![always.to_owned()]);
        }
    }
    request
}

/// The policy with one thing changed: a statement removed, moved or added, or a value, an operator or the version replaced.
#[must_use]
pub fn edited(random: &mut Random, policy: &Value, shape: Shape, near: &Request) -> Value {
    let mut policy = policy.clone();
    let other = random_policy(random, shape, near);
    let other_statements = match &other["Statement"] {
        Value::Array(statements) => statements.clone(),
        statement => vec![statement.clone()],
    };
    let mut statements = match policy["Statement"].take() {
        Value::Array(statements) => statements,
        statement => vec![statement],
    };
    let at = random.below(statements.len());
    match random.below(7) {
        0 => drop(statements.remove(at)),
        1 => statements.push(other_statements[0].clone()),
        2 => {
            let same = statements[at].clone();
            statements.insert(0, same);
        }
        3 => statements.reverse(),
        4 => policy["Version"] = random.pick(&["2012-10-17", "2008-10-17"]).into(),
        _ => {
            // The statement takes over one kind of element from another.
            let names: &[&[&str]] = &[
                &["Action", "NotAction"],
                &["Resource", "NotResource"],
                &["Condition"],
                &["Effect"],
            ];
            let names = names[random.below(if shape == Shape::Identity { 4 } else { 3 })];
            if let (Some(statement), Some(from)) = (statements[at].as_object_mut(), other_statements[0].as_object())
                && (from.keys().any(|name| names.contains(&name.as_str())) || names == ["Condition"])
            {
                for name in names {
                    statement.remove(*name);
                    if let Some(value) = from.get(*name) {
                        statement.insert((*name).to_owned(), value.clone());
                    }
                }
            }
        }
    }
    policy["Statement"] = statements.into();
    policy
}
