//! The time of comparisons that could take forever: `cargo bench -p iam-policy-compare --bench hard [NAME]`.
//!
//! Each must end within two seconds, with an answer or with the verdict `unknown`. On Linux this is the time on the
//! processor, so that other programs do not matter.
#![expect(clippy::print_stdout, reason = "what is measured is printed")]
#![expect(clippy::format_collect, reason = "a policy is built once")]

use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use iam_policy_compare::{Options, Verdict};
use serde_json::{Value, json};

/// The time that this thread has spent on the processor, or what a clock shows.
fn now() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let spent = text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok());
    spent.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// The longest time that any comparison may take.
const LIMIT: Duration = Duration::from_secs(2);

type Pair = (Value, Value);

type Shape = (&'static str, fn() -> Pair);

/// What is compared, by name.
const SHAPES: &[Shape] = &[
    ("conditions on many keys", || conditions(10_000, true)),
    ("conditions on one key", || conditions(10_000, false)),
    ("denials by conditions", denials),
    ("values of a condition", values),
    ("numbers of a condition", numbers),
    ("networks of a condition", networks),
    ("patterns of resources", || {
        resources(4_000, |number| format!("arn:aws:s3:::b/*{number}*x*"))
    }),
    ("patterns of resources that overlap", || {
        resources(4_000, |number| format!("arn:aws:s3:::*{}*{number}*/*", number % 7))
    }),
    ("a megabyte and a half of resources", || {
        resources(40_000, |number| format!("arn:aws:s3:::bucket-{number}-*/path/*"))
    }),
    ("a megabyte of stars", || {
        resources(20_000, |number| {
            format!("arn:aws:s3:::*a*{number}*b*c*d*e*f*g*/*h*i*j*")
        })
    }),
    ("patterns of actions", || actions(|number| format!("s3:*{number}*"))),
    ("patterns of services", || actions(|number| format!("*{number}:Get*"))),
    ("patterns of everything", || {
        actions(|number| format!("*{}*{number}*", number % 7))
    }),
    ("names of actions", || actions(|number| format!("s3:GetObject{number}"))),
    ("one long pattern", long_pattern),
    ("variables", variables),
    ("variables with defaults", defaults),
    ("principals", principals),
    ("principals and their keys", principals_and_keys),
    ("statements", statements),
    ("statements for some actions each", some_actions),
    ("a statement with everything", everything),
];

fn policy(statements: Vec<Value>) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn nothing() -> Value {
    policy(Vec::new())
}

fn conditions(count: usize, many_keys: bool) -> Pair {
    let with = |ending: &str| {
        let operators = [
            "StringLike",
            "StringNotLike",
            "StringEqualsIfExists",
            "ForAnyValue:StringLike",
        ];
        let blocks = operators.iter().enumerate().map(|(block, operator)| {
            let keys = (0..count / operators.len()).map(|number| {
                let key = if many_keys {
                    number * operators.len() + block
                } else {
                    number
                };
                (format!("aws:PrincipalTag/t{key}"), json!(format!("a{number}*{ending}")))
            });
            ((*operator).to_owned(), Value::Object(keys.collect()))
        });
        let conditions = Value::Object(blocks.collect());
        policy(vec![
            json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": conditions}),
        ])
    };
    (with(""), with("x"))
}

fn denials() -> Pair {
    let denial = |number: usize, ending: &str| {
        json!({"Effect": "Deny", "Action": "*", "Resource": format!("arn:aws:s3:::b/{}*", number % 100), "Condition": {
            "StringLike": {format!("aws:PrincipalTag/t{}", number % 40): format!("*{number}*{ending}")},
            "StringNotEquals": {format!("aws:ResourceTag/r{}", number % 30): format!("v{number}")},
            "NumericLessThan": {"s3:max-keys": number},
        }})
    };
    let with = |ending: &str| {
        let mut statements = vec![json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})];
        statements.extend((0..5_000).map(|number| denial(number, ending)));
        policy(statements)
    };
    (with(""), with("x"))
}

fn values() -> Pair {
    let with = |operator: &str, count: usize| {
        let values: Vec<String> = (0..count).map(|number| format!("*{number}*a*")).collect();
        json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {operator: {"aws:PrincipalTag/team": values}}})
    };
    (
        policy(vec![with("StringLike", 9_000)]),
        policy(vec![with("StringLike", 9_999), with("StringNotLike", 9_000)]),
    )
}

fn numbers() -> Pair {
    let with = |from: usize| {
        let statements = (0..3_000).map(|number| {
            json!({"Effect": if number % 2 == 0 { "Allow" } else { "Deny" }, "Action": "s3:ListBucket", "Resource": "*",
                   "Condition": {"NumericEquals": {"s3:max-keys": (0..20).map(|each| number * 7 + each * 13 + from).collect::<Vec<_>>()}}})
        });
        policy(statements.collect())
    };
    (with(0), with(5))
}

fn networks() -> Pair {
    let with = |from: usize| {
        let list: Vec<String> = (0..20_000)
            .map(|number| {
                format!(
                    "10.{}.{}.0/{}",
                    number / 256 % 256,
                    number % 256,
                    20 + (number + from) % 12
                )
            })
            .collect();
        policy(vec![
            json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": list}}}),
            json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}),
        ])
    };
    (with(0), with(1))
}

fn resources(count: usize, pattern: impl Fn(usize) -> String) -> Pair {
    let list: Vec<String> = (0..count).map(&pattern).collect();
    let other: Vec<String> = (1..=count).map(|number| pattern(number) + "?").collect();
    let all = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": other});
    let none = json!({"Effect": "Deny", "Action": "s3:*", "Resource": list});
    (
        policy(vec![
            json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": list}),
        ]),
        policy(vec![all, none]),
    )
}

fn actions(pattern: impl Fn(usize) -> String) -> Pair {
    let mut size = 0;
    let list: Vec<String> = (0..65_000)
        .map(pattern)
        .take_while(|pattern| {
            size += pattern.len() + 3;
            size < 65_000
        })
        .collect();
    let (one, other) = list.split_at(list.len() / 2);
    let allow = |actions: &[String]| json!({"Effect": "Allow", "Action": actions, "Resource": "*"});
    let each = other
        .iter()
        .map(|action| json!({"Effect": "Allow", "Action": action, "Resource": "arn:aws:s3:::a*"}));
    (
        policy(vec![allow(one)]),
        policy([allow(other)].into_iter().chain(each).collect()),
    )
}

fn long_pattern() -> Pair {
    let of = |piece: &str, last: &str| {
        let resource = format!("arn:aws:s3:::b/{}{last}", piece.repeat(200_000 / piece.len()));
        policy(vec![
            json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": [resource, format!("arn:aws:s3:::c/*{}", piece.repeat(20_000))]}),
        ])
    };
    (of("a*", "b"), of("*a", "*a*"))
}

fn variables() -> Pair {
    let of = |ending: &str| {
        let statements = (0..600).map(|number| {
            let effect = if number % 3 == 0 { "Deny" } else { "Allow" };
            json!({"Effect": effect, "Action": "s3:*", "Resource": format!("arn:aws:s3:::*${{aws:PrincipalTag/t{}}}*{number}*${{aws:username}}*{ending}", number % 40),
                   "Condition": {"StringLike": {format!("aws:PrincipalTag/t{}", number % 17): format!("*${{aws:PrincipalTag/t{}}}*", number % 23)}}})
        });
        policy(statements.collect())
    };
    (of(""), of("z"))
}

fn defaults() -> Pair {
    let of = |ending: &str| {
        let resource: String = (0..40)
            .map(|number| format!("${{aws:PrincipalTag/t{number}, 'd{number}'}}-"))
            .collect();
        policy(vec![
            json!({"Effect": "Allow", "Action": "s3:*", "Resource": format!("arn:aws:s3:::{resource}{ending}"),
            "Condition": {"StringLike": {"aws:PrincipalTag/x": [resource, "a*"]}}}),
        ])
    };
    (of(""), of("z*"))
}

fn principals() -> Pair {
    let of = |from: usize| {
        let list: Vec<String> = (0..3_000)
            .map(|number| format!("arn:aws:iam::{:012}:role/r{}", number * 7 + from, number % 100))
            .collect();
        let each = list
            .iter()
            .step_by(3)
            .map(|one| json!({"Effect": "Deny", "NotPrincipal": {"AWS": one}, "Action": "s3:Get*", "Resource": "*"}));
        let all = json!({"Effect": "Allow", "Principal": {"AWS": list}, "Action": "s3:*", "Resource": "*"});
        policy([all].into_iter().chain(each).collect())
    };
    (of(0), of(7))
}

fn principals_and_keys() -> Pair {
    let of = |from: usize| {
        let each = (0..1_500).map(|number| json!({"Effect": if number % 5 == 0 { "Deny" } else { "Allow" },
            "Principal": {"AWS": [format!("arn:aws:iam::{:012}:role/r{number}", number + from), format!("{:012}", number % 90)]}, "Action": format!("s3:Get{}*", char::from(b'A' + u8::try_from(number % 26).unwrap_or(0))), "Resource": format!("arn:aws:s3:::a{number}/*"),
            "Condition": {"ArnLike": {"aws:PrincipalArn": format!("arn:aws:iam::*:role/*{number}*")}, "StringEquals": {"aws:PrincipalAccount": format!("{number:012}")}}}));
        policy(each.collect())
    };
    (of(0), of(7))
}

fn statements() -> Pair {
    let of = |ending: &str| {
        let each = (0..10_000).map(|number| {
            json!({"Effect": if number % 10 == 0 { "Deny" } else { "Allow" }, "Action": "s3:Get*",
            "Resource": format!("arn:aws:s3:::b{number}{ending}/*")})
        });
        policy(each.collect())
    };
    (of(""), of("x"))
}

fn some_actions() -> Pair {
    let of = |shift: usize| {
        let each = (0..2_000).map(|number| json!({"Effect": if number % 10 == 0 { "Deny" } else { "Allow" },
            "Action": [format!("*:*{}*", char::from(b'a' + u8::try_from((number + shift) % 26).unwrap_or(0))), format!("{}*:List*", number % 4), format!("svc{number}:*")],
            "Resource": [format!("arn:aws:s3:::b{number}/*"), format!("arn:*:*:*:*:*{}", number + shift)]}));
        policy(each.collect())
    };
    (of(0), of(3))
}

fn everything() -> Pair {
    let of = |text: &str| {
        let each = (0..700).map(|number| {
            json!({"Effect": if number % 4 == 1 { "Deny" } else { "Allow" }, (if number % 3 == 0 { "NotAction" } else { "Action" }): [format!("*:*{number}"), "s3:Get*", "ec2:*"],
                   (if number % 5 == 0 { "NotResource" } else { "Resource" }): [format!("arn:aws:*:*:*:*{number}*{text}*"), format!("*{text}*{}*", number % 20)],
                   "Condition": {"ForAllValues:StringLike": {"aws:TagKeys": [format!("*{number}*"), text]},
                       "DateLessThan": {"aws:CurrentTime": format!("20{:02}-01-01T00:00:00Z", number % 100)},
                       "StringLikeIfExists": {"aws:PrincipalArn": [format!("*{text}*{number}*"), "arn:aws:iam::*:user/${aws:username}"]}}})
        });
        policy(each.collect())
    };
    (of("a"), of("b"))
}

fn main() -> ExitCode {
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let mut met = true;
    for (name, shape) in SHAPES {
        if !chosen.is_empty() && !chosen.iter().any(|chosen| name.contains(&**chosen)) {
            continue;
        }
        let (old, new) = shape();
        let (old, new) = (old.to_string(), new.to_string());
        let read = |text: &str| iam_policy_document::json::read(text.as_bytes()).document;
        let (before, after) = (read(&old), read(&new));
        for (old_document, new_document) in [(&before, &after), (&after, &before), (&nothing_read(), &after)] {
            let start = now();
            let comparison = Options::default().compare([old_document], [new_document]);
            let time = now().saturating_sub(start);
            let witnesses = comparison.newly_allowed.iter().chain(&comparison.newly_denied);
            let largest = witnesses.map(|witness| format!("{witness:?}").len()).max().unwrap_or(0);
            let in_time = time <= LIMIT;
            met &= in_time;
            println!(
                "{:>7.3} s {} {:12} {:>7} KB, witness {largest:>7} bytes: {name}",
                time.as_secs_f64(),
                if in_time { ' ' } else { '!' },
                comparison.verdict.as_str(),
                (old.len() + new.len()) / 1000,
            );
            if comparison.verdict == Verdict::Unknown {
                println!(
                    "            {}",
                    comparison.because.chars().take(150).collect::<String>()
                );
            }
        }
    }
    if met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn nothing_read() -> iam_policy_document::Document {
    iam_policy_document::json::read(nothing().to_string().as_bytes()).document
}
