//! Proofs hold for an evaluator that was written from the IAM guide alone.
//!
//! `POLICY_COMPARE_CASES=100000 cargo test --release -p iam-policy-compare --test second_opinion` compares more pairs of policies.

use iam_policy_compare::{Decision, Options, Verdict, Witness};
use serde_json::{Value, json};
use testing_support::guide::{Caller, Policies, Random, Request, Shape, decide, edited, random_policy, receivable};

/// The number of requests per pair of policies.
const REQUESTS: usize = 24;

const ANN: &str = "arn:aws:iam::111111111111:user/ann";

/// The account of the resources, if the policies are theirs. Across accounts, both sides must allow, so a side that allows
/// everything leaves the decision to the other.
const ELSEWHERE: &str = "000000000000";

fn decision(policy: &Value, shape: Shape, request: &Request) -> Decision {
    let mut policies = Policies::default();
    let mut request = request.clone();
    if shape == Shape::Resource {
        policies.identity = vec![json!({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})];
        policies.resource = Some(policy.clone());
        ELSEWHERE.clone_into(&mut request.resource_account);
    } else {
        policies.identity = vec![policy.clone()];
    }
    match decide(&policies, &request) {
        testing_support::guide::Decision::Allowed => Decision::Allowed,
        testing_support::guide::Decision::ImplicitDeny => Decision::ImplicitDeny,
        testing_support::guide::Decision::ExplicitDeny => Decision::ExplicitDeny,
    }
}

/// The request of a witness; `None` if the caller is of a kind that the second opinion does not know.
fn request(witness: &Witness) -> Option<Request> {
    // If no policy names principals, the context names all keys that matter, so it does not matter who asks.
    let principal = witness.principal.as_deref().unwrap_or(ANN);
    let parts: Vec<&str> = principal.splitn(6, ':').collect();
    let caller = match parts.as_slice() {
        [_, _, "iam", _, _, resource] if resource.starts_with("user/") => Caller::User(principal.to_owned()),
        [_, partition, "sts", _, account, resource] if resource.starts_with("assumed-role/") => {
            let name = resource.split('/').nth(1)?;
            // The only role with a path.
            let path = if name == "q" { "p/" } else { "" };
            let role = format!("arn:{partition}:iam::{account}:role/{path}{name}");
            Caller::Session {
                role,
                session: principal.to_owned(),
            }
        }
        [_] if principal.contains(".amazonaws.com") => Caller::Service(principal.to_owned()),
        _ => return None,
    };
    Some(Request {
        caller,
        action: witness.action.clone(),
        resource: witness.resource.clone(),
        resource_account: "111111111111".to_owned(),
        keys: witness.context.iter().cloned().collect(),
    })
}

/// What is wrong with the comparison of two policies, judged by the guide.
fn mistake(seed: u64) -> Option<String> {
    let random = &mut Random::new(seed);
    let near = receivable(random);
    let shape = if random.chance(30) {
        Shape::Resource
    } else {
        Shape::Identity
    };
    let old = random_policy(random, shape, &near);
    let new = if random.chance(70) {
        edited(random, &old, shape, &near)
    } else {
        random_policy(random, shape, &near)
    };
    let read = |policy: &Value| iam_policy_document::json::read(policy.to_string().as_bytes()).document;
    let comparison = Options::default().compare([&read(&old)], [&read(&new)]);
    let about = |what: String| Some(format!("seed {seed}: {what}\nold {old}\nnew {new}\n{comparison:#?}"));
    for witness in comparison.newly_allowed.iter().chain(&comparison.newly_denied) {
        let Some(request) = request(witness) else { continue };
        let (old, new) = (decision(&old, shape, &request), decision(&new, shape, &request));
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
        let before = decision(&old, shape, &request) == Decision::Allowed;
        let after = decision(&new, shape, &request) == Decision::Allowed;
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
