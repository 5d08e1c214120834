//! Random policies and requests, built from choices that a test can shrink.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

use serde_json::{Map, Value, json};

use crate::naive::{Ask, Case};

/// A source of choices. Once exhausted, everything is the first of its kind.
pub(crate) struct Choices<'c> {
    bytes: &'c [u8],
}

impl<'c> Choices<'c> {
    pub(crate) fn new(bytes: &'c [u8]) -> Self {
        Self { bytes }
    }

    fn below(&mut self, limit: usize) -> usize {
        match self.bytes {
            [first, rest @ ..] => {
                self.bytes = rest;
                usize::from(*first) % limit
            }
            [] => 0,
        }
    }

    fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == number - 1
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn some<T: Copy>(&mut self, all: &[T], most: usize) -> Vec<T> {
        (0..=self.below(most)).map(|_| self.of(all)).collect()
    }
}

const PRINCIPALS: &[&str] = &[
    "arn:aws:iam::111111111111:user/team/ann",
    "arn:aws:sts::111111111111:assumed-role/deploy/ci",
    "arn:aws:iam::111111111111:role/deploy",
    "arn:aws:iam::111111111111:root",
    "arn:aws:sts::111111111111:federated-user/guest",
    "arn:aws:iam::222222222222:user/bob",
    "arn:aws-cn:iam::111111111111:user/team/ann",
    "arn:aws:sts::111111111111:assumed-role/AWSServiceRoleForX/x",
    "arn:aws:iam::111111111111:role/aws-service-role/x/AWSServiceRoleForX",
    "arn:aws:iam::111111111111:oidc-provider/id.example.com",
    "cognito-identity.amazonaws.com",
    "lambda.amazonaws.com",
    "*",
];

const ACTIONS: &[&str] = &[
    "s3:GetObject",
    "S3:putobject",
    "s3:ListAllMyBuckets",
    "kms:Decrypt",
    "sts:AssumeRole",
    "sts:GetCallerIdentity",
    "lambda:InvokeFunction",
    "new:Thing",
];

const ACTION_PATTERNS: &[&str] = &[
    "*",
    "s3:*",
    "s3:Get*",
    "S3:?etObject",
    "s3:PutObject",
    "kms:*",
    "kms:D*t",
    "sts:*",
    "lambda:Invoke*",
    "new:Thing",
    "*Object",
    "s3:ListAllMyBuckets",
    "l*:*",
];

const RESOURCES: &[&str] = &[
    "arn:aws:s3:::home/ann/a",
    "arn:aws:s3:::home",
    "*",
    "arn:aws:kms:eu-west-1:111111111111:key/k",
    "arn:aws:iam::111111111111:role/deploy",
    "arn:aws:lambda:eu-west-1:222222222222:function:f:1",
    "arn:aws:s3:::home/*/a",
    "arn:aws:new:eu-west-1:111111111111:thing/red",
    "arn:aws:execute-api:eu-west-1:111111111111:a1b2c3/prod/GET/prod/x",
    "arn:aws:execute-api:eu-west-1:111111111111:a1b2c3/prod",
];

/// Resources as API Gateway accepts them.
const SHORT_FORMS: &[&str] = &[
    "execute-api:/*",
    "execute-api:/prod",
    "execute-api:/prod/*/x",
    "execute-api:/GET/*",
    "execute-api:/${aws:PrincipalTag/stage, 'prod'}/*",
];

const RESOURCE_PATTERNS: &[&str] = &[
    "*",
    "arn:aws:s3:::home/${aws:username}/*",
    "arn:aws:s3:::home*",
    "arn:aws:s3:::home/?nn/a",
    "arn:aws:kms:*:111111111111:key/*",
    "arn:aws:iam::*",
    "arn:aws:iam::1*:role/*",
    "arn:aws:lambda:*:*:function:f",
    "arn:aws:lambda:*:function:f*",
    "arn:aws:lambda:eu-*:2*2:*:1",
    "arn:aws:s3:::home/${*}/a",
    "arn:aws:new:*:*:thing/${aws:PrincipalTag/team, 'red'}",
    "arn:aws:new:*:${aws:PrincipalAccount}:thing/*",
    "arn:aws:s3:::${aws:TagKeys}",
    "arn:aws:*",
    "arn:*:*:*:*:*/a",
];

const NAMED: &[(&str, &str)] = &[
    ("AWS", "*"),
    ("AWS", "111111111111"),
    ("AWS", "arn:aws:iam::111111111111:root"),
    ("AWS", "arn:aws:iam::111111111111:user/team/ann"),
    ("AWS", "arn:aws:iam::222222222222:user/bob"),
    ("AWS", "arn:aws:iam::111111111111:role/deploy"),
    ("AWS", "arn:aws:sts::111111111111:assumed-role/deploy/ci"),
    ("AWS", "arn:aws:sts::111111111111:federated-user/guest"),
    ("Service", "lambda.amazonaws.com"),
    ("Service", "*"),
    ("Federated", "cognito-identity.amazonaws.com"),
    ("Federated", "arn:aws:iam::111111111111:oidc-provider/id.example.com"),
];

/// Operators without their negations, and values for both sides.
const FAMILIES: &[(&[&str], &[&str], &[&str])] = &[
    (
        &[
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
        ],
        &[
            "custom:text",
            "aws:PrincipalTag/team",
            "AWS:tagkeys",
            "aws:username",
            "aws:PrincipalType",
            "custom:many",
        ],
        &[
            "red",
            "RED",
            "r*",
            "?ed",
            "${aws:PrincipalTag/team}",
            "${aws:username}",
            "*${custom:none}",
            "${custom:text, 'red'}x",
            "${*}",
            "",
            "ann",
            "User",
            "é",
            "É",
        ],
    ),
    (
        &["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"],
        &["aws:SourceArn", "aws:PrincipalArn", "custom:arns"],
        &[
            "arn:aws:sns:*:111111111111:t",
            "arn:aws:sns:*:t",
            "arn:aws:iam::${aws:PrincipalAccount}:*",
            "*",
            "${aws:PrincipalArn}",
            "arn:aws:*",
            "arn:aws:iam::1?*:user/*",
            "${custom:none}",
            "arn:*:${aws:PrincipalAccount}:*",
            "arn:aws:*${custom:none, ''}t",
            "arn:aws:*:*:1*${custom:none, '1'}:*",
            "arn:aws:iam:?${aws:PrincipalAccount}:*",
        ],
    ),
    (
        &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        &[
            "aws:MultiFactorAuthAge",
            "custom:number",
            "custom:many",
            "aws:EpochTime",
            "aws:CurrentTime",
        ],
        &[
            "5",
            "5.0",
            "-3",
            "10",
            "x",
            "1e1",
            "45e-1",
            "9007199254740992",
            "9007199254740993.000000000001",
            "1767225600",
            "1970",
        ],
    ),
    (
        &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ],
        &["aws:CurrentTime", "custom:date", "aws:EpochTime"],
        &[
            "2026-01-01T00:00:00Z",
            "2026-01-01",
            "1767225600",
            "2024-02-29T12:00:00Z",
            "x",
            "1.7672256e9",
            "2026-01-01T01:30:00+01:30",
            "2026-01-01T00:00:00.000001Z",
            "1767225600.000002",
            "-0.5",
        ],
    ),
    (
        &["Bool"],
        &["aws:SecureTransport", "custom:bool", "aws:PrincipalIsAWSService"],
        &["true", "False", "x"],
    ),
    (
        &["IpAddress", "NotIpAddress"],
        &["aws:SourceIp", "custom:ip"],
        &["203.0.113.0/24", "203.0.113.7", "2001:db8::/32", "0.0.0.0/0", "x"],
    ),
    (&["BinaryEquals"], &["custom:binary"], &["QQ==", "Qg=="]),
    (
        &["Null"],
        &[
            "aws:username",
            "custom:text",
            "custom:none",
            "aws:TagKeys",
            "aws:EpochTime",
            "aws:PrincipalAccount",
        ],
        &["true", "false"],
    ),
];

const CONTEXT: &[(&str, &[&str])] = &[
    ("custom:text", &["red", "Red", "*", "", "É", "redx"]),
    ("aws:principaltag/Team", &["red", "RED", "a/b", "*"]),
    ("aws:TagKeys", &["red", "blue", "RED", ""]),
    ("custom:many", &["red", "5", "x", ""]),
    (
        "aws:SourceArn",
        &[
            "arn:aws:sns:eu-west-1:111111111111:t",
            "arn:aws:iam::111111111111:user/x:y",
            "no arn",
        ],
    ),
    (
        "custom:arns",
        &[
            "arn:aws:sns:eu-west-1:111111111111:t",
            "arn:aws:iam::111111111111:user/team/ann",
        ],
    ),
    (
        "aws:MultiFactorAuthAge",
        &["5", "4.5", "10", "9007199254740993", "9007199254740992.0"],
    ),
    (
        "custom:number",
        &["5", "-3", "no number", "0.5e1", "9007199254740993.000000000001"],
    ),
    (
        "aws:CurrentTime",
        &[
            "2026-01-01T00:00:00Z",
            "2025-12-31T23:59:59Z",
            "1767225600",
            "2026-01-01T00:00:00.000002Z",
            "2025-12-31T19:00:00-05:00",
            "1969-12-31T23:59:59.500000Z",
        ],
    ),
    ("aws:EpochTime", &["1767225600", "1767225601", "1970-01-01T00:32:50Z"]),
    ("custom:date", &["2026-01-01", "2024-02-29T12:00:00Z", "no date"]),
    ("aws:SecureTransport", &["true", "FALSE"]),
    ("custom:bool", &["True", "false", "no bool"]),
    ("aws:SourceIp", &["203.0.113.7", "198.51.100.1", "2001:db8::1"]),
    ("custom:ip", &["203.0.113.255", "no ip"]),
    ("custom:binary", &["QQ==", "QQ"]),
    ("aws:username", &["eve"]),
];

fn put(choices: &mut Choices<'_>, into: &mut Map<String, Value>, names: (&str, &str), values: Vec<&str>) {
    let name = if choices.one_in(6) { names.1 } else { names.0 };
    let value = if values.len() == 1 && choices.one_in(2) {
        json!(values[0])
    } else {
        json!(values)
    };
    into.insert(name.to_owned(), value);
}

fn condition(choices: &mut Choices<'_>) -> Value {
    let mut block = Map::new();
    for _ in 0..=choices.below(2) {
        let (operators, keys, values) = choices.of(FAMILIES);
        let mut operator = choices.of(operators).to_owned();
        if operator != "Null" && choices.one_in(4) {
            operator.push_str("IfExists");
        }
        operator.insert_str(0, choices.of(&["", "", "", "ForAllValues:", "ForAnyValue:"]));
        let (key, values) = (choices.of(keys), choices.some(values, 3));
        let keys = block.entry(operator).or_insert_with(|| json!({}));
        keys[key] = json!(values);
    }
    Value::Object(block)
}

fn statement(choices: &mut Choices<'_>, names_principals: bool) -> Value {
    let mut statement = Map::new();
    statement.insert("Effect".to_owned(), json!(choices.of(&["Allow", "Allow", "Deny"])));
    let actions = choices.some(ACTION_PATTERNS, 2);
    put(choices, &mut statement, ("Action", "NotAction"), actions);
    let mut resources = choices.some(RESOURCE_PATTERNS, 2);
    if names_principals && choices.one_in(4) {
        resources.push(choices.of(SHORT_FORMS));
    }
    if !(names_principals && choices.one_in(4)) {
        put(choices, &mut statement, ("Resource", "NotResource"), resources);
    }
    if choices.one_in(3) {
        statement.insert("Condition".to_owned(), condition(choices));
    }
    if names_principals {
        let name = if choices.one_in(3) { "NotPrincipal" } else { "Principal" };
        let value = if choices.one_in(6) {
            json!("*")
        } else {
            let mut value = Map::new();
            for (kind, named) in choices.some(NAMED, 4) {
                let list = value.entry(kind).or_insert_with(|| json!([]));
                list.as_array_mut().unwrap().push(json!(named));
            }
            Value::Object(value)
        };
        statement.insert(name.to_owned(), value);
    }
    Value::Object(statement)
}

fn policy(choices: &mut Choices<'_>, names_principals: bool) -> Value {
    let statements: Vec<_> = (0..=choices.below(3))
        .map(|_| statement(choices, names_principals))
        .collect();
    match choices.below(6) {
        0 => json!({"Statement": statements}),
        1 => json!({"Version": "2008-10-17", "Statement": statements}),
        _ => json!({"Version": "2012-10-17", "Statement": statements}),
    }
}

fn policies(choices: &mut Choices<'_>) -> Vec<Value> {
    (0..=choices.below(2)).map(|_| policy(choices, false)).collect()
}

/// A policy that allows everything, so that not every level of an organization denies.
fn full_access() -> Value {
    json!({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
}

pub(crate) fn case(choices: &mut Choices<'_>) -> Case {
    let mut case = Case {
        identity: policies(choices),
        ..Case::default()
    };
    if choices.one_in(3) {
        case.resource = Some(policy(choices, true));
    }
    if choices.one_in(5) {
        case.boundary = Some(policies(choices));
    }
    if choices.one_in(5) {
        case.session = Some(policies(choices));
    }
    if choices.one_in(5) {
        for _ in 0..=choices.below(2) {
            let mut level = policies(choices);
            match choices.below(4) {
                0 => level.clear(),
                1 => {}
                _ => level.push(full_access()),
            }
            case.service_control.push(level);
        }
    }
    if choices.one_in(5) {
        case.resource_control.push(vec![policy(choices, true)]);
    }
    // Resource control policies have resources, and no short forms.
    for policy in case.resource_control.iter_mut().flatten() {
        for form in SHORT_FORMS {
            *policy = serde_json::from_str(&policy.to_string().replace(form, "*")).unwrap();
        }
        for statement in policy["Statement"].as_array_mut().unwrap() {
            let statement = statement.as_object_mut().unwrap();
            if !statement.contains_key("Resource") && !statement.contains_key("NotResource") {
                statement.insert("Resource".to_owned(), json!("*"));
            }
        }
    }
    case
}

pub(crate) fn ask(choices: &mut Choices<'_>) -> Ask {
    let mut context: Vec<(&str, Vec<&str>)> = Vec::new();
    for _ in 0..choices.below(5) {
        let (key, values) = choices.of(CONTEXT);
        let mut chosen = if choices.one_in(3) {
            choices.some(values, 3)
        } else {
            vec![choices.of(values)]
        };
        if choices.one_in(12) {
            chosen.clear();
        }
        context.push((key, chosen));
    }
    Ask {
        principal: choices.of(PRINCIPALS),
        action: choices.of(ACTIONS),
        resource: choices.of(RESOURCES),
        resource_account: choices.of(&[None, None, Some("111111111111"), Some("222222222222")]),
        context,
    }
}
