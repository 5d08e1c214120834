//! The evaluator agrees with one that was written from the IAM guide alone, on random policies and requests.
//!
//! `POLICY_EVAL_CASES=1000000 cargo test --release -p iam-policy-eval --test second_opinion` compares a million decisions.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "Clippy only recognizes functions marked as tests as test code"
)]

use std::collections::BTreeMap;

use iam_policy_document::Document;
use iam_policy_eval::{Context, Decision, Policies, PolicySet, PolicyType, Request};
use serde_json::Value;
use testing_support::guide::{self, Caller, Random};

/// Compiles policies of one type.
fn compile(policy_type: PolicyType, policies: &[Value]) -> PolicySet {
    let documents: Vec<Document> = policies
        .iter()
        .map(|policy| iam_policy_document::json::read(policy.to_string().as_bytes()).document)
        .collect();
    PolicySet::compile(policy_type, &documents).unwrap_or_else(|error| panic!("{error}: {policies:?}"))
}

/// What the evaluator decides. An error says why the request is invalid.
fn decide(policies: &guide::Policies, request: &guide::Request) -> Result<guide::Decision, String> {
    let trust = request.action == "sts:AssumeRole";
    let identity = compile(PolicyType::Identity, &policies.identity);
    let boundary = policies
        .boundary
        .clone()
        .map(|policy| compile(PolicyType::PermissionsBoundary, &[policy]));
    let session = policies
        .session
        .as_ref()
        .map(|policies| compile(PolicyType::Session, policies));
    let resource_type = if trust { PolicyType::Trust } else { PolicyType::Resource };
    let resource = policies
        .resource
        .clone()
        .map(|policy| compile(resource_type, &[policy]));
    let levels = |policy_type, levels: &[Vec<Value>]| -> Vec<PolicySet> {
        levels.iter().map(|level| compile(policy_type, level)).collect()
    };
    let service_control = levels(PolicyType::ServiceControl, &policies.service_control);
    let resource_control = levels(PolicyType::ResourceControl, &policies.resource_control);
    let mut all = Policies::new(&identity)
        .with_service_control(&service_control)
        .with_resource_control(&resource_control);
    if let Some(boundary) = &boundary {
        all = all.with_permissions_boundary(boundary);
    }
    if let Some(session) = &session {
        all = all.with_session(session);
    }
    if let Some(resource) = &resource {
        all = all.with_resource(resource);
    }
    let (principal, role) = match &request.caller {
        Caller::User(name) | Caller::Federated(name) | Caller::Service(name) => (name, None),
        Caller::Session { role, session } => (session, Some(role)),
    };
    let mut context = Context::new();
    if let Some(role) = role {
        context.set("aws:PrincipalArn", [role.as_str()]).unwrap();
    }
    for (key, values) in &request.keys {
        context
            .set(key, values.iter().map(String::as_str))
            .map_err(|error| error.to_string())?;
    }
    let request = Request::new(principal, &request.action, &request.resource)
        .and_then(|asked| asked.with_resource_account(&request.resource_account))
        .map_err(|error| error.to_string())?
        .with_context(&context);
    Ok(match all.decide(&request).decision {
        Decision::Allowed => guide::Decision::Allowed,
        Decision::ImplicitDeny => guide::Decision::ImplicitDeny,
        Decision::ExplicitDeny => guide::Decision::ExplicitDeny,
    })
}

/// A smaller case on which the two still disagree.
fn shrink(policies: &guide::Policies, request: &guide::Request) -> (guide::Policies, guide::Request) {
    let (mut policies, mut request) = (policies.clone(), request.clone());
    let disagree = |policies: &guide::Policies, request: &guide::Request| {
        decide(policies, request).is_ok_and(|decision| decision != guide::decide(policies, request))
    };
    loop {
        let mut smaller: Vec<(guide::Policies, guide::Request)> = Vec::new();
        for key in request.keys.keys() {
            let mut fewer = request.clone();
            fewer.keys.remove(key);
            smaller.push((policies.clone(), fewer));
        }
        for lists in 0..6 {
            let mut fewer = policies.clone();
            match lists {
                0 => fewer.boundary = None,
                1 => fewer.session = None,
                2 => fewer.resource = None,
                3 => fewer.service_control.clear(),
                4 => fewer.resource_control.clear(),
                _ => drop(fewer.identity.pop()),
            }
            smaller.push((fewer, request.clone()));
        }
        let mut edit = |change: &dyn Fn(&mut guide::Policies) -> Option<&mut Value>| {
            let mut whole = policies.clone();
            let Some(policy) = change(&mut whole) else { return };
            for reduced in reductions(policy) {
                let mut fewer = policies.clone();
                *change(&mut fewer).unwrap() = reduced;
                smaller.push((fewer, request.clone()));
            }
        };
        for index in 0..3 {
            edit(&|policies| policies.identity.get_mut(index));
            edit(&|policies| policies.session.as_mut()?.get_mut(index));
            edit(&|policies| policies.service_control.get_mut(0)?.get_mut(index));
            edit(&|policies| policies.resource_control.get_mut(0)?.get_mut(index));
        }
        edit(&|policies| policies.boundary.as_mut());
        edit(&|policies| policies.resource.as_mut());
        let size = |policies: &guide::Policies, request: &guide::Request| format!("{policies:?}{request:?}").len();
        let now = size(&policies, &request);
        let next = smaller
            .into_iter()
            .find(|(policies, request)| size(policies, request) < now && disagree(policies, request));
        let Some(next) = next else { return (policies, request) };
        (policies, request) = next;
    }
}

/// The policy with one statement, value or operator less.
fn reductions(policy: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    match policy {
        Value::Array(values) if values.len() > 1 => {
            for index in 0..values.len() {
                let mut fewer = values.clone();
                fewer.remove(index);
                found.push(fewer.into());
            }
        }
        _ => {}
    }
    match policy {
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                for reduced in reductions(value) {
                    let mut changed = values.clone();
                    changed[index] = reduced;
                    found.push(changed.into());
                }
            }
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                if key == "Condition" || entries.len() > 1 && !key.starts_with(|first: char| first.is_ascii_uppercase())
                {
                    let mut fewer = entries.clone();
                    fewer.remove(key);
                    found.push(fewer.into());
                }
                for reduced in reductions(value) {
                    let mut changed = entries.clone();
                    changed.insert(key.clone(), reduced);
                    found.push(changed.into());
                }
            }
        }
        _ => {}
    }
    found
}

#[test]
fn the_evaluator_agrees_with_one_written_from_the_guide() {
    let cases: u64 = std::env::var("POLICY_EVAL_CASES").map_or(1_000, |cases| cases.parse().unwrap());
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut disagreements = Vec::new();
    for seed in 0..cases {
        let (policies, request) = guide::random_case(&mut Random::new(seed));
        let expected = guide::decide(&policies, &request);
        match decide(&policies, &request) {
            Ok(decision) => {
                *counts.entry(format!("{decision:?}")).or_default() += 1;
                if decision != expected && disagreements.len() < 20 {
                    let (policies, request) = shrink(&policies, &request);
                    disagreements.push(format!(
                        "seed {seed}: {:?} instead of {:?}\n{request:?}\n{policies:#?}",
                        decide(&policies, &request),
                        guide::decide(&policies, &request),
                    ));
                }
            }
            Err(_) => *counts.entry("invalid".to_owned()).or_default() += 1,
        }
    }
    assert!(
        disagreements.is_empty(),
        "{} disagreements:\n{}",
        disagreements.len(),
        disagreements.join("\n\n")
    );
    // The cases are of use only if they are of every kind.
    for (kind, at_least) in [("Allowed", 10), ("ExplicitDeny", 10), ("ImplicitDeny", 10)] {
        assert!(
            counts.get(kind).is_some_and(|count| count * 100 / cases >= at_least),
            "{counts:?}"
        );
    }
}
