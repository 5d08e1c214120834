//! Operations drawn at random, compared with what AWS's documentation says about them.

use iam_policy_operations::{Need, Operation, service};

const SAMPLE: &str = include_str!("sample.tsv");

/// What the data says: the actions of the operation itself, or that it is not mapped.
fn found(operation: Operation) -> String {
    let mut actions: Vec<_> = operation
        .needs()
        .filter(|need| !need.is_dependent())
        .map(Need::action)
        .collect();
    actions.dedup();
    match (operation.is_mapped(), actions.as_slice()) {
        (false, _) => "unmapped".to_owned(),
        (true, []) => "nothing".to_owned(),
        (true, actions) => actions.join(", "),
    }
}

#[test]
fn at_least_98_percent_are_right() {
    let mut total = 0;
    let mut wrong = Vec::new();
    for line in SAMPLE.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let &[name, documented, verdict, page, why] = fields.as_slice() else {
            panic!("`{line}` does not have five fields");
        };
        assert!(
            page.starts_with("https://docs.aws.amazon.com/") && !why.is_empty(),
            "{line}"
        );
        let (client, operation) = name.split_once('.').unwrap();
        let operation = service(client).unwrap().operation(operation).unwrap();
        let right = found(operation) == documented;
        // Whoever changes the data judges the operation again.
        assert_eq!(right, verdict == "right", "{name}: {}", found(operation));
        total += 1;
        if !right {
            wrong.push(name);
        }
    }
    assert_eq!(total, 200);
    assert!(wrong.len() * 100 <= total * 2, "{wrong:?}");
}
