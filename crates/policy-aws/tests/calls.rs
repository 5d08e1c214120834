//! Which calls are made, how many, and what becomes of the answers.

#![expect(
    clippy::unwrap_used,
    reason = "what a test needs and does not get fails it, in its helpers too"
)]

mod common;

use std::time::Duration;

use common::{all_allowed, entity, lines, questions, serve, settings, simulate, sorted_calls, start};
use expect_test::{Expect, expect};
use iam_policy_aws::{Aws, Client, simulate_permissions};
use iam_policy_core::Options;
use iam_policy_server::{Batches, Server, Shape};
use iam_policy_validate::{ContextEntry, ContextType, Plan, Question, Required, Simulator, Subject};
use remotion_lambda_policies::USER;
use serde_json::{Value, json};
use testing_support::{ACCOUNT, Account, Entity, allow, deny, policy};

/// An account whose user `ann` has a policy.
fn ann(document: &Value) -> Account {
    with_key(entity("user/ann", document))
}

/// An account with this entity, and an access key of its user `ann`.
fn with_key(entity: Entity) -> Account {
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/ann");
    Account::new().entity(entity).access_key("AKIAANN", &arn)
}

/// One whose user has Remotion's policy.
fn remotion() -> Account {
    ann(&serde_json::from_str(USER.json).unwrap())
}

/// All questions about Remotion's policy.
fn about_remotion() -> Vec<Question> {
    let subject = Subject {
        arn: format!("arn:aws:iam::{ACCOUNT}:user/ann"),
        caller: None,
        account: ACCOUNT.to_owned(),
        partition: "aws".to_owned(),
        region: Some("eu-central-1".to_owned()),
    };
    let required = Required::from_policy(&USER, Options::DEFAULT).unwrap();
    Plan::new(&required, &subject, &[]).questions().to_vec()
}

fn ask_about_remotion(server: &Server) -> String {
    let settings = settings(server, "AKIAANN");
    let questions = about_remotion();
    let answers = simulate(settings, &questions).unwrap();
    assert!(all_allowed(&answers), "{}", lines(&questions, &answers));
    sorted_calls(server)
}

#[test]
fn remotions_policy_needs_few_calls() {
    let server = start(serve(&remotion()));
    expect![[r#"
        GetCallerIdentity 200
        SimulatePrincipalPolicy 19 × 7 200
        SimulatePrincipalPolicy 7 × 1 200
        SimulatePrincipalPolicy 9 × 21 200
    "#]]
    .assert_eq(&ask_about_remotion(&server));
}

#[test]
fn the_older_format_needs_few_more_calls() {
    let server = start(serve(&remotion()).shape(Shape::PerResource));
    expect![[r#"
        GetCallerIdentity 200
        SimulatePrincipalPolicy 19 × 7 200
        SimulatePrincipalPolicy 5 × 4 200
        SimulatePrincipalPolicy 5 × 5 200
        SimulatePrincipalPolicy 7 × 1 200
        SimulatePrincipalPolicy 9 × 21 200
    "#]]
    .assert_eq(&ask_about_remotion(&server));
}

#[test]
fn pages_are_followed() {
    let server = start(serve(&remotion()).page_size(9));
    expect![[r#"
        GetCallerIdentity 200
        SimulatePrincipalPolicy 19 × 7 200
        SimulatePrincipalPolicy 19 × 7 200
        SimulatePrincipalPolicy 19 × 7 200
        SimulatePrincipalPolicy 7 × 1 200
        SimulatePrincipalPolicy 9 × 21 200
    "#]]
    .assert_eq(&ask_about_remotion(&server));
}

#[test]
fn older_pages_do_not_block() {
    let server = start(serve(&remotion()).shape(Shape::PerResource).page_size(200));
    expect![[r#"
        GetCallerIdentity 200
        SimulatePrincipalPolicy 19 × 7 200
        SimulatePrincipalPolicy 7 × 1 200
        SimulatePrincipalPolicy 9 × 21 200
    "#]]
    .assert_eq(&ask_about_remotion(&server));
}

#[test]
fn a_server_that_never_refuses_is_asked_twice() {
    let server = start(serve(&remotion()).batches(Batches::Accept));
    expect![[r#"
        GetCallerIdentity 200
        SimulatePrincipalPolicy 19 × 7 200
        SimulatePrincipalPolicy 7 × 1 200
        SimulatePrincipalPolicy 9 × 21 200
    "#]]
    .assert_eq(&ask_about_remotion(&server));
}

/// The most calls that were under way at once.
fn most_at_once(server: &Server) -> usize {
    server.calls().iter().map(|call| call.at_once).max().unwrap()
}

#[test]
fn simulations_run_concurrently() {
    // Long enough that all have been read before the first is answered.
    let delay = Duration::from_secs(1);
    let server = start(serve(&remotion()).delay(delay));
    ask_about_remotion(&server);
    assert_eq!((server.calls().len(), most_at_once(&server)), (4, 3));

    let server = start(serve(&remotion()).shape(Shape::PerResource).delay(delay));
    ask_about_remotion(&server);
    assert_eq!(server.calls().len(), 6);
    assert!((3..=4).contains(&most_at_once(&server)), "{:?}", server.calls());
}

#[test]
fn at_most_four_run_concurrently() {
    let all: Vec<_> = (0..40)
        .map(|number| ("s3:GetObject", format!("arn:aws:s3:::reports/{number}")))
        .collect();
    let mut all = questions(
        &all.iter()
            .map(|(action, resource)| (*action, resource.as_str()))
            .collect::<Vec<_>>(),
    );
    // Each with a context of its own, so that each is a call.
    for (number, question) in all.iter_mut().enumerate() {
        question.context = context("aws:SourceVpc", &number.to_string());
    }
    let server = start(serve(&ann(&allow(&["*"]))).delay(Duration::from_millis(10)));
    assert!(all_allowed(&simulate(settings(&server, "AKIAANN"), &all).unwrap()));
    assert_eq!(server.calls().len(), 41);
    assert!(most_at_once(&server) <= 4, "{:?}", server.calls());
}

fn context(key: &str, value: &str) -> Vec<ContextEntry> {
    vec![ContextEntry {
        key: key.to_owned(),
        kind: ContextType::String,
        values: vec![value.to_owned()],
    }]
}

#[test]
fn systematic_failures_stop_early() {
    let server = start(serve(&ann(&allow(&["*"]))));
    let actions = [
        "GetObject",
        "PutObject",
        "DeleteObject",
        "GetObjectAcl",
        "PutObjectAcl",
        "ListBucket",
        "GetObjectTagging",
        "PutObjectTagging",
    ];
    let mut all = Vec::new();
    for action in actions {
        for number in 0..8 {
            all.push((format!("s3:{action}"), format!("arn:aws:s3:::reports/{number}")));
        }
    }
    let mut all = questions(
        &all.iter()
            .map(|(action, resource)| (action.as_str(), resource.as_str()))
            .collect::<Vec<_>>(),
    );
    for question in &mut all {
        // AWS takes no key of fewer than five characters.
        question.context = context("key", "value");
    }
    let failure = simulate(settings(&server, "AKIAANN"), &all).unwrap_err().to_string();
    assert!(
        failure.contains("contextKeyName") && failure.contains("asked about `s3:"),
        "{failure}"
    );
    // Four at once, each halved until one pair is left: it takes six times.
    assert!(server.calls().len() <= 1 + 4 * 7, "{:?}", server.calls().len());
}

#[test]
fn asks_about_a_whole_policy_at_once() {
    let server = start(serve(&ann(&json!({
        "Version": "2012-10-17",
        "Statement": [
            { "Effect": "Allow", "Action": ["s3:*", "iam:*", "servicequotas:*"], "Resource": "*" },
            { "Effect": "Deny", "Action": "s3:PutObjectAcl", "Resource": "*" },
        ],
    }))));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut arrived = 0;
    let all = runtime.block_on(async {
        let client = Client::connect(settings(&server, "AKIAANN")).await.unwrap();
        simulate_permissions(&client, &USER, Options::DEFAULT, |_| arrived += 1)
            .await
            .unwrap()
    });
    assert_eq!(arrived, all.len());
    let about: Vec<String> = all
        .iter()
        .filter(|permission| {
            ["s3:PutObjectAcl", "s3:GetObject", "lambda:InvokeFunction"].contains(&permission.action.as_str())
        })
        .map(|permission| {
            let sid = permission.sid.as_deref().unwrap_or("-");
            format!(
                "{sid} {} {} {}",
                permission.action, permission.resource, permission.decision
            )
        })
        .collect();
    expect![[r#"
        Storage s3:GetObject arn:aws:s3:::remotionlambda-*/* allowed
        Storage s3:GetObject arn:aws:s3:::remotionlambda-a/a allowed
        Storage s3:PutObjectAcl arn:aws:s3:::remotionlambda-*/* explicitDeny
        Storage s3:PutObjectAcl arn:aws:s3:::remotionlambda-a/a explicitDeny
        FunctionManagement lambda:InvokeFunction arn:aws:lambda:*:*:function:remotion-render-* implicitDeny
        FunctionManagement lambda:InvokeFunction arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-* implicitDeny
        FunctionManagement lambda:InvokeFunction arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-a implicitDeny"#]].assert_eq(&about.join("\n"));
}

fn check(server: &Server, all: &[Question], expected: Expect) {
    let answers = simulate(settings(server, "AKIAANN"), all).unwrap();
    expected.assert_eq(&format!("{}---\n{}", lines(all, &answers), sorted_calls(server)));
}

/// What the tests below ask.
fn mixed() -> Vec<Question> {
    questions(&[
        ("s3:GetObject", "arn:aws:s3:::reports/a"),
        ("s3:PutObject", "arn:aws:s3:::reports/a"),
        ("sts:AssumeRole", "arn:aws:iam::123456789012:role/build"),
        ("s3:ListAllMyBuckets", "*"),
        ("s3:NoSuchAction", "arn:aws:s3:::reports/a"),
    ])
}

#[test]
fn refused_mixtures_are_split() {
    let server = start(serve(&ann(&allow(&["s3:*", "iam:SimulatePrincipalPolicy"]))));
    check(
        &server,
        &mixed(),
        expect![[r#"
            allowed s3:GetObject on arn:aws:s3:::reports/a, user_ann_all Some((1, 38))
            allowed s3:PutObject on arn:aws:s3:::reports/a, user_ann_all Some((1, 38))
            implicitDeny sts:AssumeRole on arn:aws:iam::123456789012:role/build
            allowed s3:ListAllMyBuckets on *, user_ann_all Some((1, 38))
            allowed s3:NoSuchAction on arn:aws:s3:::reports/a, user_ann_all Some((1, 38))
            ---
            GetCallerIdentity 200
            SimulatePrincipalPolicy 1 × 1 200
            SimulatePrincipalPolicy 1 × 1 200
            SimulatePrincipalPolicy 1 × 1 200
            SimulatePrincipalPolicy 2 × 1 200
            SimulatePrincipalPolicy 4 × 2 400
        "#]],
    );
}

#[test]
fn refused_combinations_are_not_retried() {
    let server = start(serve(&ann(&allow(&["*"]))));
    let aws = Aws::new(settings(&server, "AKIAANN"));
    let subject = aws.identify().unwrap();
    for _ in 0..2 {
        aws.simulate(&subject, &mixed(), &mut |_| {}).unwrap();
    }
    expect![[r#"
        GetCallerIdentity 200
        SimulatePrincipalPolicy 1 × 1 200
        SimulatePrincipalPolicy 1 × 1 200
        SimulatePrincipalPolicy 1 × 1 200
        SimulatePrincipalPolicy 1 × 1 200
        SimulatePrincipalPolicy 1 × 1 200
        SimulatePrincipalPolicy 1 × 1 200
        SimulatePrincipalPolicy 2 × 1 200
        SimulatePrincipalPolicy 2 × 1 200
        SimulatePrincipalPolicy 4 × 2 400
    "#]]
    .assert_eq(&sorted_calls(&server));
}

/// A policy of an organization that denies access to the bucket `secret`.
fn keeping_secrets() -> Value {
    policy(&[json!({ "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::secret/*" })])
}

#[test]
fn every_cause_is_reported() {
    let document = policy(&[
        json!({ "Effect": "Allow", "Action": ["s3:*", "iam:*"], "Resource": "*" }),
        json!({ "Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*" }),
        json!({
            "Effect": "Allow", "Action": "lambda:*", "Resource": "*",
            "Condition": { "StringEquals": { "aws:RequestedRegion": "eu-central-1" } },
        }),
    ]);
    let boundary = "arn:aws:iam::123456789012:policy/boundary";
    let account = with_key(entity("user/ann", &document).boundary(boundary))
        .managed_policy(boundary, &allow(&["s3:*", "lambda:*", "iam:Simulate*"]))
        .service_control(&[allow(&["*"]), keeping_secrets()]);
    let server = start(serve(&account));
    let mut all = questions(&[
        ("s3:GetObject", "arn:aws:s3:::reports/a"),
        ("s3:GetObject", "arn:aws:s3:::secret/a"),
        ("s3:DeleteObject", "arn:aws:s3:::reports/a"),
        ("sqs:SendMessage", "arn:aws:sqs:eu-central-1:123456789012:jobs"),
        ("iam:GetUser", "arn:aws:iam::123456789012:user/ann"),
        (
            "lambda:GetFunction",
            "arn:aws:lambda:eu-central-1:123456789012:function:render",
        ),
    ]);
    let known = Question {
        context: context("aws:RequestedRegion", "eu-central-1"),
        ..all[5].clone()
    };
    all.push(known);
    check(
        &server,
        &all,
        expect![[r#"
            allowed s3:GetObject on arn:aws:s3:::reports/a, user_ann_all Some((1, 38))
            explicitDeny s3:GetObject on arn:aws:s3:::secret/a, by the organization
            explicitDeny s3:DeleteObject on arn:aws:s3:::reports/a, user_ann_all Some((1, 97))
            implicitDeny sqs:SendMessage on arn:aws:sqs:eu-central-1:123456789012:jobs, by the boundary
            implicitDeny iam:GetUser on arn:aws:iam::123456789012:user/ann, by the boundary
            implicitDeny lambda:GetFunction on arn:aws:lambda:eu-central-1:123456789012:function:render, without aws:RequestedRegion
            allowed lambda:GetFunction on arn:aws:lambda:eu-central-1:123456789012:function:render, user_ann_all Some((1, 157))
            ---
            GetCallerIdentity 200
            SimulatePrincipalPolicy 1 × 1 200
            SimulatePrincipalPolicy 1 × 1 200
            SimulatePrincipalPolicy 5 × 5 200
        "#]],
    );
}

#[test]
fn overall_answers_are_asked_again_individually() {
    let account = ann(&allow(&["s3:Get*", "iam:*"])).service_control(&[allow(&["*"]), keeping_secrets()]);
    let server = start(serve(&account));
    let all = questions(&[
        ("s3:PutObject", "arn:aws:s3:::reports/a"),
        ("s3:PutObject", "arn:aws:s3:::secret/a"),
        ("s3:GetObject", "arn:aws:s3:::reports/a"),
    ]);
    check(
        &server,
        &all,
        expect![[r#"
            implicitDeny s3:PutObject on arn:aws:s3:::reports/a
            explicitDeny s3:PutObject on arn:aws:s3:::secret/a, by the organization
            allowed s3:GetObject on arn:aws:s3:::reports/a, user_ann_all Some((1, 38))
            ---
            GetCallerIdentity 200
            SimulatePrincipalPolicy 1 × 1 200
            SimulatePrincipalPolicy 2 × 2 200
        "#]],
    );
}

#[test]
fn own_denials_do_not_hide_the_organizations() {
    let document = policy(&[
        json!({ "Effect": "Allow", "Action": "*", "Resource": "*" }),
        json!({ "Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*" }),
    ]);
    let keeping = json!({ "Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::kept/*" });
    let account = ann(&document).service_control(&[allow(&["*"]), policy(&[keeping])]);
    check(
        &start(serve(&account)),
        &questions(&[
            ("s3:DeleteObject", "arn:aws:s3:::kept/a"),
            ("s3:DeleteObject", "arn:aws:s3:::reports/a"),
        ]),
        expect![[r#"
            explicitDeny s3:DeleteObject on arn:aws:s3:::kept/a, by the organization, user_ann_all Some((1, 84))
            explicitDeny s3:DeleteObject on arn:aws:s3:::reports/a, user_ann_all Some((1, 84))
            ---
            GetCallerIdentity 200
            SimulatePrincipalPolicy 1 × 1 200
            SimulatePrincipalPolicy 1 × 1 200
            SimulatePrincipalPolicy 1 × 2 200
        "#]],
    );
}

#[test]
fn rejected_input_is_identified() {
    let server = start(serve(&ann(&allow(&["*"]))));
    let mut all = mixed();
    all.retain(|question| question.action != "sts:AssumeRole");
    all.extend(questions(&[
        ("s3:GetObject", "arn:aws:s3:::reports/b"),
        ("s3:GetObject", "reports"),
    ]));
    let failure = simulate(settings(&server, "AKIAANN"), &all).unwrap_err();
    expect!["AWS responded with 400 `InvalidInput`: Invalid Input: the resource `reports` is neither `*` nor an ARN: an ARN starts with `arn:` (asked about `s3:GetObject` on `reports`)"].assert_eq(&failure.to_string());
}

#[test]
fn no_questions_make_no_calls() {
    let server = start(serve(&ann(&deny(&["*"]))));
    check(
        &server,
        &[],
        expect![[r#"
        ---
        GetCallerIdentity 200
    "#]],
    );
}

#[test]
fn it_works_inside_a_runtime() {
    let server = start(serve(&ann(&allow(&["*"]))));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let all = questions(&[("s3:GetObject", "arn:aws:s3:::reports/a")]);
        assert!(all_allowed(&simulate(settings(&server, "AKIAANN"), &all).unwrap()));
    });
}
