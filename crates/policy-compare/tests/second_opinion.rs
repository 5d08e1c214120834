//! Proofs hold for an evaluator that was written from the IAM guide alone.
//!
//! `POLICY_COMPARE_CASES=100000 cargo test --release -p iam-policy-compare --test second_opinion` compares more pairs of policies.

#![expect(
    clippy::unwrap_used,
    reason = "Clippy only recognizes functions marked as tests as test code"
)]

use iam_policy_compare::{Decision, Options, Verdict, Witness};
use serde_json::Value;
use testing_support::guide::{Caller, Policies, Random, Request, Shape, decide, edited, random_policy, receivable};

/// The number of requests per pair of policies.
const REQUESTS: usize = 24;

const ANN: &str = "arn:aws:iam::111111111111:user/ann";

fn decision(policy: &Value, request: &Request) -> Decision {
    let policies = Policies {
        identity: vec![policy.clone()],
        ..Policies::default()
    };
    match decide(&policies, request) {
        testing_support::guide::Decision::Allowed => Decision::Allowed,
        testing_support::guide::Decision::ImplicitDeny => Decision::ImplicitDeny,
        testing_support::guide::Decision::ExplicitDeny => Decision::ExplicitDeny,
    }
}

/// The request of a witness. Its context names all keys that matter, so it does not matter who else makes it.
fn request(witness: &Witness) -> Request {
    Request {
        caller: Caller::User(ANN.to_owned()),
        action: witness.action.clone(),
        resource: witness.resource.clone(),
        resource_account: "111111111111".to_owned(),
        keys: witness.context.iter().cloned().collect(),
    }
}

/// What is wrong with the comparison of two policies, judged by the guide.
fn mistake(seed: u64) -> Option<String> {
    let random = &mut Random::new(seed);
    let near = receivable(random);
    let old = random_policy(random, Shape::Identity, &near);
    let new = if random.chance(70) {
        edited(random, &old, Shape::Identity, &near)
    } else {
        random_policy(random, Shape::Identity, &near)
    };
    let read = |policy: &Value| iam_policy_document::json::read(policy.to_string().as_bytes()).document;
    let comparison = Options::default().compare([&read(&old)], [&read(&new)]);
    let about = |what: String| Some(format!("seed {seed}: {what}\nold {old}\nnew {new}\n{comparison:#?}"));
    for witness in comparison.newly_allowed.iter().chain(&comparison.newly_denied) {
        let request = request(witness);
        let (old, new) = (decision(&old, &request), decision(&new, &request));
        if (old, new) != (witness.old_decision, witness.new_decision) {
            return about(format!("the witness {witness:?} is {old:?} and {new:?}"));
        }
        if (old == Decision::Allowed) == (new == Decision::Allowed) {
            return about(format!("the witness {witness:?} shows no difference"));
        }
    }
    let (more, less) = match comparison.verdict {
        Verdict::Equivalent => (false, false),
        Verdict::Narrowed => (false, true),
        Verdict::Widened => (true, false),
        Verdict::Incomparable => (true, true),
        Verdict::Unknown => return None,
    };
    for _ in 0..REQUESTS {
        let mut request = receivable(random);
        if random.chance(60) {
            (request.action, request.resource) = (near.action.clone(), near.resource.clone());
        }
        let before = decision(&old, &request) == Decision::Allowed;
        let after = decision(&new, &request) == Decision::Allowed;
        if (after && !before && !more) || (before && !after && !less) {
            return about(format!("{request:?} was {before} and is {after}"));
        }
    }
    None
}

#[test]
fn proofs_hold_for_an_evaluator_written_from_the_guide() {
    let cases: u64 = std::env::var("POLICY_COMPARE_CASES").map_or(300, |cases| cases.parse().unwrap());
    let mistakes: Vec<String> = (0..cases).filter_map(mistake).take(10).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n\n"));
}
