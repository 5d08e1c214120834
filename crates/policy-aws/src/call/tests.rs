use aws_sdk_iam::types::{
    OrganizationsDecisionDetail, PermissionsBoundaryDecisionDetail, PolicyEvaluationDecisionType,
    ResourceSpecificResult,
};
use iam_policy_validate::Question;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::batch;

const ACCOUNT: &str = "111111111111";
const ACTIONS: &[&str] = &["s3:GetObject", "s3:PutObject"];
const RESOURCES: &[&str] = &["arn:aws:s3:::a", "arn:aws:sqs:eu-west-1:222222222222:b"];

/// A decision with what may contradict it.
#[derive(Clone, Debug)]
struct Said {
    decision: &'static str,
    organizations: Option<bool>,
    boundary: Option<bool>,
    details: Vec<(&'static str, &'static str)>,
}

/// A result: an action, the name of a resource, and decisions overall and for named resources.
#[derive(Clone, Debug)]
struct Told {
    action: &'static str,
    resource: Option<&'static str>,
    overall: Said,
    specific: Vec<(&'static str, Said)>,
}

impl Said {
    /// Whether nothing in it speaks against the request.
    fn allows(&self, resource: &str) -> bool {
        let is_foreign = resource == RESOURCES[1];
        let kind_allows = |kind: &str| {
            self.details
                .iter()
                .any(|(own, decision)| *own == kind && *decision == "allowed")
        };
        let by_principal = is_foreign
            && self.decision == "implicitDeny"
            && kind_allows("IAM Policy")
            && !self.details.iter().any(|(_, decision)| *decision == "explicitDeny");
        (self.decision == "allowed" || by_principal)
            && self.organizations != Some(false)
            && self.boundary != Some(false)
            && (by_principal || self.details.iter().all(|(_, decision)| *decision == "allowed"))
    }
}

impl Told {
    fn result(&self) -> EvaluationResult {
        let details = |said: &Said| {
            let detail =
                |(kind, decision): &(&str, &str)| ((*kind).to_owned(), PolicyEvaluationDecisionType::from(*decision));
            Some(said.details.iter().map(detail).collect::<HashMap<_, _>>())
        };
        let boundary = |said: &Said| {
            said.boundary.map(|allowed| {
                PermissionsBoundaryDecisionDetail::builder()
                    .allowed_by_permissions_boundary(allowed)
                    .build()
            })
        };
        let specific = |(name, said): &(&str, Said)| {
            ResourceSpecificResult::builder()
                .eval_resource_name(*name)
                .eval_resource_decision(said.decision.into())
                .set_eval_decision_details(details(said))
                .set_permissions_boundary_decision_detail(boundary(said))
                .build()
                .unwrap()
        };
        EvaluationResult::builder()
            .eval_action_name(self.action)
            .set_eval_resource_name(self.resource.map(str::to_owned))
            .eval_decision(self.overall.decision.into())
            .set_eval_decision_details(details(&self.overall))
            .set_permissions_boundary_decision_detail(boundary(&self.overall))
            .set_organizations_decision_detail(self.overall.organizations.map(|allowed| {
                OrganizationsDecisionDetail::builder()
                    .allowed_by_organizations(allowed)
                    .build()
            }))
            .set_resource_specific_results(Some(self.specific.iter().map(specific).collect()))
            .build()
            .unwrap()
    }

    /// What it says about the action on `resource`; `None` if nothing.
    fn about(&self, resource: &str, asked: usize, results: usize) -> Option<bool> {
        if !self.specific.is_empty() {
            let own = self.specific.iter().filter(|(name, _)| *name == resource);
            // About the only resource, the overall decision must agree.
            let overall = asked > 1 || resource != RESOURCES[0] || self.overall.allows(resource);
            return own
                .map(|(_, said)| overall && said.allows(resource))
                .reduce(|one, other| one && other);
        }
        let is_template = self.resource.is_none_or(|name| name.contains('*'));
        let is_about = self.resource == Some(resource) || (is_template && (asked == 1 || results == 1));
        is_about.then(|| self.overall.allows(resource))
    }
}

fn said() -> impl Strategy<Value = Said> {
    let decision = || prop::sample::select(vec!["allowed", "allowed", "implicitDeny", "explicitDeny"]);
    let layer = || prop_oneof![6 => Just(None), 2 => Just(Some(true)), 1 => Just(Some(false))];
    let kind = prop::sample::select(vec!["IAM Policy", "Resource Policy"]);
    let details = prop_oneof![4 => Just(Vec::new()), 1 => vec((kind, decision()), 1..3)];
    (decision(), layer(), layer(), details).prop_map(|(decision, organizations, boundary, mut details)| {
        // The details are a map.
        details.dedup_by_key(|(kind, _)| *kind);
        Said {
            decision,
            organizations,
            boundary,
            details,
        }
    })
}

fn told() -> impl Strategy<Value = Told> {
    let resource = || prop::sample::select([RESOURCES, &["arn:aws:s3:::*", "arn:aws:s3:::other"]].concat());
    let action = prop::sample::select([ACTIONS, ACTIONS, &["s3:DeleteObject"]].concat());
    (action, option::of(resource()), said(), vec((resource(), said()), 0..3)).prop_map(
        |(action, resource, overall, mut specific)| {
            // AWS says only once what the organization allows.
            for (_, said) in &mut specific {
                said.organizations = None;
            }
            Told {
                action,
                resource,
                overall,
                specific,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn allowed_only_if_aws_said_so(
        pages in vec(vec(told(), 0..4), 1..3),
        resources in prop_oneof![Just(1_usize), Just(2)],
    ) {
        let resources = &RESOURCES[..resources];
        let questions: Vec<Question> = ACTIONS
            .iter()
            .flat_map(|action| resources.iter().map(move |resource| (action, resource)))
            .map(|(action, resource)| Question {
                statement: 0,
                action: (*action).to_owned(),
                pattern: (*resource).to_owned(),
                resource: (*resource).to_owned(),
                context: Vec::new(),
            })
            .collect();
        let mut answers = Vec::new();
        let mut seen = Vec::new();
        let mut calls: Vec<Call<'_>> = batch::plan(&questions).into_iter().map(Call::new).collect();
        prop_assert_eq!(calls.len(), 1);
        for (number, page) in pages.iter().enumerate() {
            let Some(call) = calls.pop() else { break };
            let is_last = number + 1 == pages.len();
            let output = SimulatePrincipalPolicyOutput::builder()
                .set_evaluation_results(Some(page.iter().map(Told::result).collect()))
                .is_truncated(!is_last)
                .set_marker((!is_last).then(|| "next".to_owned()))
                .build();
            seen.extend(page);
            match call.read(&output, ACCOUNT, &mut |answer| answers.push(answer)) {
                Ok(next) if next.iter().all(|call| call.marker.is_some()) => calls = next,
                _ => break,
            }
        }
        for answer in answers.iter().filter(|answer| answer.decision == Decision::Allowed) {
            let Question { action, resource, .. } = &questions[answer.question];
            let about = seen.iter().filter(|told| told.action == action);
            let results = if pages.len() == 1 { about.clone().count() } else { usize::MAX };
            let told: Vec<bool> = about.filter_map(|told| told.about(resource, resources.len(), results)).collect();
            prop_assert!(!told.is_empty(), "nothing says that `{action}` is allowed on `{resource}`");
            prop_assert!(told.iter().all(|allowed| *allowed), "something denies `{action}` on `{resource}`");
        }
    }
}
