//! The evaluator agrees with a naive one on random policies and requests.
//!
//! `POLICY_EVAL_CASES` sets the number of decisions; the default takes a few seconds.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "Clippy only recognizes functions marked as tests as test code"
)]

#[path = "naive/mod.rs"]
mod naive;
#[path = "naive/random.rs"]
mod random;

use iam_policy_document::Document;
use iam_policy_eval::{Context, Policies, PolicySet, PolicyType, Request};
use naive::{Ask, Case};
use proptest::prelude::*;
use random::Choices;
use serde_json::Value;

/// The number of requests per set of policies.
const REQUESTS: usize = 8;

fn documents(policies: &[Value]) -> Vec<Document> {
    policies
        .iter()
        .map(|policy| {
            let source = policy.to_string();
            let reading = iam_policy_document::json::read(source.as_bytes());
            assert!(reading.problems.is_empty(), "{source}");
            reading.document
        })
        .collect()
}

fn compile(kind: PolicyType, policies: &[Value]) -> PolicySet {
    PolicySet::compile(kind, &documents(policies)).unwrap()
}

/// All policies of a case, compiled.
struct Compiled {
    identity: PolicySet,
    boundary: Option<PolicySet>,
    session: Option<PolicySet>,
    resource: Option<PolicySet>,
    service_control: Vec<PolicySet>,
    resource_control: Vec<PolicySet>,
}

impl Compiled {
    fn new(case: &Case) -> Self {
        let optional = |kind, policies: Option<&[Value]>| policies.map(|policies| compile(kind, policies));
        let levels = |kind, levels: &[Vec<Value>]| levels.iter().map(|level| compile(kind, level)).collect();
        Self {
            identity: compile(PolicyType::Identity, &case.identity),
            boundary: optional(PolicyType::PermissionsBoundary, case.boundary.as_deref()),
            session: optional(PolicyType::Session, case.session.as_deref()),
            resource: optional(PolicyType::Resource, case.resource.as_ref().map(std::slice::from_ref)),
            service_control: levels(PolicyType::ServiceControl, &case.service_control),
            resource_control: levels(PolicyType::ResourceControl, &case.resource_control),
        }
    }

    fn policies(&self) -> Policies<'_> {
        let mut policies = Policies::new(&self.identity)
            .with_service_control(&self.service_control)
            .with_resource_control(&self.resource_control);
        if let Some(boundary) = &self.boundary {
            policies = policies.with_permissions_boundary(boundary);
        }
        if let Some(session) = &self.session {
            policies = policies.with_session(session);
        }
        if let Some(resource) = &self.resource {
            policies = policies.with_resource(resource);
        }
        policies
    }
}

fn compare(case: &Case, compiled: &Compiled, ask: &Ask) -> &'static str {
    let mut context = Context::new();
    for (key, values) in &ask.context {
        context.set(key, values.iter().copied()).unwrap();
    }
    let mut request = Request::new(ask.principal, ask.action, ask.resource)
        .unwrap()
        .with_context(&context);
    if let Some(account) = ask.resource_account {
        request = request.with_resource_account(account).unwrap();
    }
    let policies = compiled.policies();
    let response = policies.decide(&request);
    let expected = naive::decide(case, ask);
    assert_eq!(response.decision.name(), expected, "{case:#?}\n{ask:#?}\n{response:?}");
    assert_eq!(policies.explain(&request).response, response, "{case:#?}\n{ask:#?}");
    expected
}

/// Compares all decisions derived from these choices, and counts them.
fn run(bytes: &[u8], counts: &mut [usize; 3]) {
    let mut choices = Choices::new(bytes);
    let case = random::case(&mut choices);
    let compiled = Compiled::new(&case);
    for _ in 0..REQUESTS {
        let answer = compare(&case, &compiled, &random::ask(&mut choices));
        let at = ["allowed", "explicitDeny", "implicitDeny"]
            .iter()
            .position(|name| *name == answer);
        counts[at.unwrap()] += 1;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Few cases, but failures are shrunk.
    #[test]
    fn agrees_with_the_rules(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        run(&bytes, &mut [0; 3]);
    }
}

/// The `SplitMix64` generator.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[test]
fn agrees_with_the_rules_many_times() {
    let default = if cfg!(debug_assertions) { 200_000 } else { 1_000_000 };
    let wanted: usize = std::env::var("POLICY_EVAL_CASES").map_or(default, |text| text.parse().unwrap());
    let seed: u64 = std::env::var("POLICY_EVAL_SEED").map_or(1, |text| text.parse().unwrap());
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    let counts = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers)
            .map(|worker| {
                scope.spawn(move || {
                    let mut state = seed.wrapping_mul(1_000_003).wrapping_add(worker as u64) << 32;
                    let mut counts = [0; 3];
                    for _ in 0..wanted / workers / REQUESTS {
                        let bytes: Vec<u8> = (0..64).flat_map(|_| next(&mut state).to_le_bytes()).collect();
                        run(&bytes, &mut counts);
                    }
                    counts
                })
            })
            .collect();
        let counts = handles.into_iter().map(|handle| handle.join().unwrap());
        counts.fold([0; 3], |a, b| [a[0] + b[0], a[1] + b[1], a[2] + b[2]])
    });
    // No decision is rare.
    let all: usize = counts.iter().sum();
    assert!(counts.iter().all(|count| count * 20 > all), "{counts:?}");
}
