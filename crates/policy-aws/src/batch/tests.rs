use std::fmt::Write as _;

use expect_test::{Expect, expect};
use iam_policy_validate::ContextType;
use proptest::prelude::*;

use super::*;

fn question(action: &str, resource: &str, context: &[ContextEntry]) -> Question {
    Question {
        statement: 0,
        action: action.to_owned(),
        pattern: resource.to_owned(),
        resource: resource.to_owned(),
        context: context.to_vec(),
    }
}

fn questions(all: &[(&str, &str)]) -> Vec<Question> {
    all.iter()
        .map(|(action, resource)| question(action, resource, &[]))
        .collect()
}

fn show(batches: &[Batch<'_>]) -> String {
    let mut text = String::new();
    for batch in batches {
        let wanted = batch.wanted.values().map(BTreeMap::len).sum::<usize>();
        let actions = batch.actions().collect::<Vec<_>>().join(" ");
        let resources = batch.resources().into_iter().collect::<Vec<_>>().join(" ");
        writeln!(text, "{actions} on {resources}: {wanted} of {}", batch.pairs()).unwrap();
    }
    text
}

fn check(all: &[(&str, &str)], expected: Expect) {
    expected.assert_eq(&show(&plan(&questions(all))));
}

#[test]
fn equal_resources_share_a_call() {
    check(
        &[
            ("s3:GetObject", "arn:aws:s3:::a"),
            ("s3:PutObject", "arn:aws:s3:::a"),
            ("s3:GetObject", "arn:aws:s3:::b"),
        ],
        expect![[r#"
            s3:GetObject s3:PutObject on arn:aws:s3:::a arn:aws:s3:::b: 3 of 4
        "#]],
    );
}

#[test]
fn star_is_a_separate_call() {
    check(
        &[
            ("s3:ListAllMyBuckets", "*"),
            ("s3:GetObject", "arn:aws:s3:::a"),
            ("lambda:ListFunctions", "*"),
        ],
        expect![[r#"
            lambda:ListFunctions s3:ListAllMyBuckets on *: 2 of 2
            s3:GetObject on arn:aws:s3:::a: 1 of 1
        "#]],
    );
}

#[test]
fn pairs_are_asked_once() {
    let all = questions(&[("s3:GetObject", "arn:aws:s3:::a"), ("S3:getobject", "arn:aws:s3:::a")]);
    let mut batches = plan(&all);
    expect![[r#"
        s3:GetObject on arn:aws:s3:::a: 1 of 1
    "#]]
    .assert_eq(&show(&batches));
    assert_eq!(batches[0].take("s3:getObject", "arn:aws:s3:::a"), Some(vec![0, 1]));
    assert_eq!(batches[0].take("s3:getObject", "arn:aws:s3:::a"), None);
    assert_eq!(batches[0].wanted().count(), 0);
}

#[test]
fn different_context_is_a_separate_call() {
    let context = [ContextEntry {
        key: "aws:RequestedRegion".into(),
        kind: ContextType::String,
        values: vec!["x".into()],
    }];
    let all = [
        question("s3:GetObject", "arn:aws:s3:::a", &[]),
        question("s3:GetObject", "arn:aws:s3:::a", &context),
        question("s3:PutObject", "arn:aws:s3:::b", &[]),
    ];
    expect![[r#"
        s3:GetObject s3:PutObject on arn:aws:s3:::a arn:aws:s3:::b: 2 of 4
        s3:GetObject on arn:aws:s3:::a: 1 of 1
    "#]]
    .assert_eq(&show(&plan(&all)));
}

#[test]
fn calls_fit_on_a_page() {
    let actions: Vec<String> = (0..60).map(|number| format!("s3:Action{number:02}")).collect();
    let resources: Vec<String> = (0..40)
        .map(|number| format!("arn:aws:s3:::bucket-{number:02}"))
        .collect();
    let all: Vec<Question> = actions
        .iter()
        .flat_map(|action| resources.iter().map(move |resource| question(action, resource, &[])))
        .collect();
    let sizes = |batches: &[Batch<'_>]| {
        batches
            .iter()
            .map(|batch| (batch.actions().len(), batch.resources().len()))
            .collect::<Vec<_>>()
    };
    assert_eq!(sizes(&plan(&all)), [(25, 40), (25, 40), (10, 40)]);

    let resources: Vec<Question> = (0..1500)
        .map(|number| question("s3:GetObject", &format!("arn:aws:s3:::bucket-{number:04}"), &[]))
        .collect();
    assert_eq!(sizes(&plan(&resources)), [(1, 1000), (1, 500)]);
}

#[test]
fn unwanted_pairs_stay_few() {
    let number = |number: usize| {
        question(
            &format!("s3:Action{number}"),
            &format!("arn:aws:s3:::bucket-{number}"),
            &[],
        )
    };
    let all: Vec<Question> = (0..100).map(number).collect();
    let batches = plan(&all);
    // Fourteen actions on as many resources, and two that are left.
    assert_eq!(
        batches.iter().map(Batch::pairs).collect::<Vec<_>>(),
        [[196; 7].as_slice(), &[4]].concat()
    );
}

fn learn(all: &[(&str, &str)], message: &str, expected: Expect) -> Apart {
    let all = questions(all);
    let mut apart = Apart::default();
    let parts = apart.learn(&plan(&all)[0], message).unwrap();
    expected.assert_eq(&show(&parts));
    apart
}

#[test]
fn refusals_are_parsed_and_remembered() {
    let message = "Invalid Input Actions: [apigateway:PATCH,apigateway:GET] and [apigateway:TagResource] require different \
                   authorization information.";
    assert!(is_mixed(message));
    let apart = learn(
        &[
            ("apigateway:GET", "arn:aws:x:::a"),
            ("apigateway:PATCH", "arn:aws:x:::a"),
            ("apigateway:TagResource", "arn:aws:x:::b"),
        ],
        message,
        expect![[r#"
            apigateway:GET apigateway:PATCH on arn:aws:x:::a: 2 of 2
            apigateway:TagResource on arn:aws:x:::b: 1 of 1
        "#]],
    );
    let later = questions(&[
        ("apigateway:GET", "arn:aws:x:::c"),
        ("apigateway:POST", "arn:aws:x:::c"),
        ("apigateway:tagresource", "arn:aws:x:::c"),
    ]);
    expect![[r#"
        apigateway:GET apigateway:POST on arn:aws:x:::c: 2 of 2
        apigateway:tagresource on arn:aws:x:::c: 1 of 1
    "#]]
    .assert_eq(&show(&apart.split(&plan(&later)[0])));
}

#[test]
fn unexplained_refusals_halve_the_batch() {
    let all = [
        ("a:A", "arn:aws:a:::x"),
        ("a:B", "arn:aws:a:::x"),
        ("a:C", "arn:aws:a:::y"),
    ];
    for message in ["", "[", "[]", "[a:A,a:B,a:C]", "[b:A] and [b:B]"] {
        let halves = expect![[r#"
            a:A on arn:aws:a:::x: 1 of 1
            a:B a:C on arn:aws:a:::x arn:aws:a:::y: 2 of 4
        "#]];
        let apart = learn(&all, message, halves);
        assert_eq!(
            apart.split(&plan(&questions(&all))[0]).len(),
            1,
            "nothing is remembered"
        );
    }
}

#[test]
fn single_actions_split_by_resource() {
    let all = questions(&[
        ("a:A", "arn:aws:a:::x"),
        ("a:A", "arn:aws:a:::y"),
        ("a:A", "arn:aws:a:::z"),
    ]);
    let parts = Apart::default().learn(&plan(&all)[0], "[a:A] and [a:A]").unwrap();
    expect![[r#"
        a:A on arn:aws:a:::x: 1 of 1
        a:A on arn:aws:a:::y arn:aws:a:::z: 2 of 2
    "#]]
    .assert_eq(&show(&parts));
    assert_eq!(parts[0].halves(), None);
    assert_eq!(parts[1].halves().map(|parts| parts.len()), Some(2));
}

#[test]
fn the_rest_is_asked_by_resource() {
    let all = questions(&[
        ("a:A", "arn:aws:a:::x"),
        ("a:A", "arn:aws:a:::y"),
        ("a:B", "arn:aws:a:::x"),
    ]);
    let batch = plan(&all).remove(0);
    expect![[r#"
        a:A a:B on arn:aws:a:::x: 2 of 2
        a:A on arn:aws:a:::y: 1 of 1
    "#]]
    .assert_eq(&show(&batch.by_resource()));
}

/// Questions about few actions, resources and contexts, so that many share each of them.
fn some_questions() -> impl Strategy<Value = Vec<Question>> {
    let resource = prop_oneof![
        Just("*".to_owned()),
        "[a-f]".prop_map(|name| format!("arn:aws:a:::{name}"))
    ];
    let context = prop_oneof![
        4 => Just(Vec::new()),
        1 => "[xy]".prop_map(|value| vec![ContextEntry { key: "k".into(), kind: ContextType::String, values: vec![value] }]),
    ];
    proptest::collection::vec(("[aA]:[A-Ea-c]", resource, context), 0..60).prop_map(|all| {
        all.into_iter()
            .map(|(action, resource, context)| question(&action, &resource, &context))
            .collect()
    })
}

/// The numbers of the questions of `batches`, each as often as it is asked.
fn asked(batches: &[Batch<'_>]) -> Vec<usize> {
    let mut all: Vec<usize> = batches
        .iter()
        .flat_map(|batch| batch.wanted.values())
        .flat_map(BTreeMap::values)
        .flatten()
        .copied()
        .collect();
    all.sort_unstable();
    all
}

proptest! {
    #[test]
    fn every_question_is_asked_exactly_once(questions in some_questions()) {
        let batches = plan(&questions);
        prop_assert_eq!(asked(&batches), (0..questions.len()).collect::<Vec<_>>());
        for batch in &batches {
            prop_assert!(batch.pairs() <= MOST);
            prop_assert!(batch.resources().len() == 1 || !batch.resources().contains(ANY));
            for (action, resources) in &batch.wanted {
                for (resource, numbers) in resources {
                    for number in numbers {
                        let question = &questions[*number];
                        prop_assert!(question.action.eq_ignore_ascii_case(action.spelled));
                        prop_assert_eq!(&question.resource, resource);
                        prop_assert_eq!(&question.context, batch.context);
                    }
                }
            }
        }
        let contexts = questions.iter().map(|question| (question.resource == ANY, format!("{:?}", question.context)));
        prop_assert_eq!(batches.len(), contexts.collect::<BTreeSet<_>>().len(), "so few questions need a call per context");
        prop_assert_eq!(asked(&batches.iter().cloned().flat_map(Batch::by_resource).collect::<Vec<_>>()), asked(&batches));
    }

    /// AWS tells actions of two kinds apart, with words that may or may not be understood; others are only known to be
    /// refused. However that may be, all is asked in the end.
    #[test]
    fn every_split_ends(questions in some_questions(), kinds in 1_usize..5, vague in any::<bool>()) {
        let kind = |action: &str| action.bytes().last().map_or(0, |byte| usize::from(byte.to_ascii_lowercase()) % kinds);
        let mut apart = Apart::default();
        let mut open = plan(&questions);
        let (mut done, mut refused) = (Vec::new(), 0);
        while let Some(batch) = open.pop() {
            let mut parts = apart.split(&batch);
            let Some(batch) = parts.pop() else { continue };
            open.extend(parts);
            let mut lists = BTreeMap::<_, Vec<&str>>::new();
            for action in batch.actions() {
                lists.entry(kind(action)).or_default().push(action);
            }
            if lists.len() < 2 {
                done.push(batch);
                continue;
            }
            refused += 1;
            let lists = lists.values().take(2).map(|list| format!("[{}]", list.join(","))).collect::<Vec<_>>().join(" and ");
            let message = if vague { DIFFERENT.to_owned() } else { format!("Actions: {lists} {DIFFERENT}.") };
            let parts = apart.learn(&batch, &message).expect("a mixed batch has two actions");
            for part in &parts {
                prop_assert!(part.actions().len() < batch.actions().len());
            }
            open.extend(parts);
        }
        prop_assert_eq!(asked(&done), (0..questions.len()).collect::<Vec<_>>());
        prop_assert!(refused <= questions.len());
    }
}
