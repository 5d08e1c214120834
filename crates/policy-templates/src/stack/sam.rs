//! The resources that SAM makes of its own.
//!
//! Source: AWS SAM Developer Guide, "Generated AWS CloudFormation resources for AWS SAM" and the pages of the resources
//! and event sources. As of October 2026.

use iam_policy_core::variable::Unknown;

use iam_policy_document::Severity;

use super::Resource;
use super::walk::Walk;
use crate::node::{Node, NodeKind};
use crate::problem_at;

/// Adds what a resource of SAM becomes.
///
/// - `nodes`: its properties, under each combination of conditions
pub(super) fn expand(walk: &mut Walk<'_, '_>, resource: &Resource, nodes: &[Node]) {
    let has = |key: &str| resource.properties.iter().any(|name| name == key);
    let Some(kind) = resource.resource_type.strip_prefix("AWS::Serverless::") else {
        return;
    };
    match kind {
        "Function" => {
            let mut function = of(resource, "AWS::Lambda::Function");
            if !has("Role") {
                function.roles.push(role_of(walk, resource));
                role(walk, resource);
            }
            let own = function.arns.clone();
            walk.stack.resources.push(function);
            let mut add = |wanted: bool, kind: &str| {
                if wanted {
                    walk.stack.resources.push(beside(resource, kind, &own));
                }
            };
            add(has("AutoPublishAlias"), "AWS::Lambda::Version");
            add(has("AutoPublishAlias"), "AWS::Lambda::Alias");
            add(has("FunctionUrlConfig"), "AWS::Lambda::Url");
            add(has("FunctionUrlConfig"), "AWS::Lambda::Permission");
            add(has("EventInvokeConfig"), "AWS::Lambda::EventInvokeConfig");
            add(has("DeploymentPreference"), "AWS::CodeDeploy::Application");
            add(has("DeploymentPreference"), "AWS::CodeDeploy::DeploymentGroup");
            events(walk, resource, nodes, &own);
        }
        "StateMachine" => {
            let mut machine = of(resource, "AWS::StepFunctions::StateMachine");
            if !has("Role") {
                machine.roles.push(role_of(walk, resource));
                role(walk, resource);
            }
            let own = machine.arns.clone();
            walk.stack.resources.push(machine);
            events(walk, resource, nodes, &own);
        }
        "SimpleTable" => walk.stack.resources.push(of(resource, "AWS::DynamoDB::Table")),
        "LayerVersion" => walk.stack.resources.push(of(resource, "AWS::Lambda::LayerVersion")),
        "Application" => walk.stack.resources.push(of(resource, "AWS::CloudFormation::Stack")),
        "Api" => {
            walk.stack.resources.push(of(resource, "AWS::ApiGateway::RestApi"));
            let mut kinds = vec!["AWS::ApiGateway::Deployment", "AWS::ApiGateway::Stage"];
            if has("Domain") {
                kinds.extend([
                    "AWS::ApiGateway::DomainName",
                    "AWS::ApiGateway::BasePathMapping",
                    "AWS::Route53::RecordSet",
                ]);
            }
            if has("Auth") {
                kinds.extend([
                    "AWS::Lambda::Permission",
                    "AWS::ApiGateway::UsagePlan",
                    "AWS::ApiGateway::ApiKey",
                    "AWS::ApiGateway::UsagePlanKey",
                ]);
            }
            push_all(walk, resource, &kinds);
        }
        "HttpApi" => {
            walk.stack.resources.push(of(resource, "AWS::ApiGatewayV2::Api"));
            let mut kinds = vec!["AWS::ApiGatewayV2::Stage"];
            if has("Domain") {
                kinds.extend([
                    "AWS::ApiGatewayV2::DomainName",
                    "AWS::ApiGatewayV2::ApiMapping",
                    "AWS::Route53::RecordSet",
                ]);
            }
            if has("Auth") {
                kinds.push("AWS::Lambda::Permission");
            }
            push_all(walk, resource, &kinds);
        }
        // What these become depends on what they connect, or is not documented.
        _ => walk.stack.resources.push(resource.clone()),
    }
}

/// A resource of another type that has the same properties.
fn of(resource: &Resource, resource_type: &str) -> Resource {
    Resource {
        resource_type: resource_type.to_owned(),
        ..resource.clone()
    }
}

/// A resource that belongs to another one.
fn beside(resource: &Resource, resource_type: &str, owner: &[String]) -> Resource {
    Resource {
        resource_type: resource_type.to_owned(),
        properties: Vec::new(),
        arns: Vec::new(),
        references: owner.to_vec(),
        roles: Vec::new(),
        service_token: None,
        passes_unknown_role: false,
        ..resource.clone()
    }
}

fn push_all(walk: &mut Walk<'_, '_>, resource: &Resource, kinds: &[&str]) {
    for kind in kinds {
        walk.stack.resources.push(beside(resource, kind, &[]));
    }
}

/// The ARN of the role that SAM adds.
fn role_of(walk: &Walk<'_, '_>, resource: &Resource) -> String {
    let name = Unknown::word(&format!("{}Role", resource.id)).to_string();
    let (partition, account) = (Unknown::word("AWS::Partition"), Unknown::word("AWS::AccountId"));
    walk.pattern(&format!("arn:{partition}:iam::{account}:role/{name}"))
}

fn role(walk: &mut Walk<'_, '_>, resource: &Resource) {
    let mut role = beside(resource, "AWS::IAM::Role", &[]);
    role.arns.push(role_of(walk, resource));
    walk.stack.resources.push(role);
}

/// The event sources of a function or a state machine.
///
/// - `own`: its ARNs
fn events(walk: &mut Walk<'_, '_>, resource: &Resource, nodes: &[Node], own: &[String]) {
    let mut found: Vec<(String, Node)> = Vec::new();
    for events in nodes.iter().filter_map(|node| node.get("Events")) {
        let NodeKind::Object(members) = &events.kind else {
            continue;
        };
        for (name, event) in members {
            if !found.iter().any(|(known, _)| *known == name.text) {
                found.push((name.text.clone(), event.clone()));
            }
        }
    }
    for (name, event) in found {
        let Some(kind) = event.get("Type").and_then(Node::as_text) else {
            continue;
        };
        let of_api = |key: &str| {
            event
                .get("Properties")
                .and_then(|properties| properties.get(key))
                .is_some()
        };
        let kinds: &[&str] = match kind {
            "S3" | "AlexaSkill" | "Cognito" => &["AWS::Lambda::Permission"],
            "SNS" => &["AWS::Lambda::Permission", "AWS::SNS::Subscription"],
            "Kinesis" | "DynamoDB" | "SQS" | "MSK" | "MQ" | "SelfManagedKafka" | "DocumentDB" => {
                &["AWS::Lambda::EventSourceMapping"]
            }
            "Schedule" | "CloudWatchEvent" | "EventBridgeRule" => &["AWS::Lambda::Permission", "AWS::Events::Rule"],
            "ScheduleV2" => &["AWS::Scheduler::Schedule", "AWS::IAM::Role"],
            "CloudWatchLogs" => &["AWS::Lambda::Permission", "AWS::Logs::SubscriptionFilter"],
            "IoTRule" => &["AWS::Lambda::Permission", "AWS::IoT::TopicRule"],
            "Api" if of_api("RestApiId") => &["AWS::Lambda::Permission"],
            "HttpApi" if of_api("ApiId") => &["AWS::Lambda::Permission"],
            "Api" => &[
                "AWS::Lambda::Permission",
                "AWS::ApiGateway::RestApi",
                "AWS::ApiGateway::Deployment",
                "AWS::ApiGateway::Stage",
            ],
            "HttpApi" => &[
                "AWS::Lambda::Permission",
                "AWS::ApiGatewayV2::Api",
                "AWS::ApiGatewayV2::Stage",
            ],
            other => {
                let message =
                    format!("the resources that SAM adds for the event `{name}` of type `{other}` are not known");
                let mut problem = problem_at(message, resource.location.clone());
                problem.severity = Severity::Warning;
                walk.stack.problems.push(problem);
                continue;
            }
        };
        let is_machine = resource.resource_type == "AWS::Serverless::StateMachine";
        for kind in kinds {
            // Services invoke functions by their policies, and state machines with roles.
            let kind = match *kind {
                "AWS::Lambda::Permission" if is_machine => "AWS::IAM::Role",
                kind => kind,
            };
            let mut added = beside(resource, kind, own);
            if kind == "AWS::IAM::Role" {
                added.arns = vec![added_role()];
            } else if kind == "AWS::Events::Rule" {
                added.arns = vec![added_rule()];
            }
            if is_machine && kind != "AWS::IAM::Role" || kind == "AWS::Scheduler::Schedule" {
                added.roles = vec![added_role()];
            }
            walk.stack.resources.push(added);
        }
    }
}

/// The pattern of roles that SAM adds for events.
fn added_role() -> String {
    let (partition, account) = (Unknown::word("AWS::Partition"), Unknown::word("AWS::AccountId"));
    format!(
        "arn:{partition}:iam::{account}:role/{}",
        Walk::generated("AWS::IAM::Role")
    )
}

fn added_rule() -> String {
    format!(
        "arn:{}:events:{}:{}:rule/{}",
        Unknown::word("AWS::Partition"),
        Unknown::word("AWS::Region"),
        Unknown::word("AWS::AccountId"),
        Walk::generated("AWS::Events::Rule")
    )
}
