//! Resources that are a single statement of another resource's policy.

use iam_policy_core::PolicyResource;
use iam_policy_core::text::is_account;
use iam_policy_core::variable::{Unknown, has_unknown, only_unknown};
use iam_policy_document::Span;

use crate::node::{Key, Node, NodeKind};

/// The statement that a resource is, and what it is attached to.
///
/// - `properties`: the resource's properties
///
/// Source: AWS CloudFormation Template Reference, "`AWS::Lambda::Permission`", "`AWS::Lambda::LayerVersionPermission`",
/// "`AWS::Events::EventBusPolicy`"; AWS Lambda Developer Guide, "Viewing resource-based IAM policies in Lambda".
pub(super) fn permission(resource_type: &str, properties: Node) -> Option<(Node, Option<PolicyResource>)> {
    match resource_type {
        "AWS::Lambda::Permission" => Some((function(&properties)?, Some(PolicyResource::LambdaFunction))),
        "AWS::Lambda::LayerVersionPermission" => Some((layer(&properties)?, Some(PolicyResource::LambdaLayerVersion))),
        "AWS::Events::EventBusPolicy" => Some((event_bus(properties)?, Some(PolicyResource::EventBus))),
        _ => None,
    }
}

fn key(text: &str, span: Option<Span>) -> Key {
    Key {
        text: text.to_owned(),
        span,
    }
}

fn object(members: Vec<(Key, Node)>, span: Option<Span>) -> Node {
    Node {
        kind: NodeKind::Object(members),
        span,
        path: None,
    }
}

fn allow(span: Option<Span>) -> (Key, Node) {
    (key("Effect", span), Node::text("Allow", span))
}

/// A condition that compares a key with a value.
fn condition(operator: &str, name: &str, value: &Node) -> (Key, Node) {
    let span = value.span;
    let inner = object(vec![(key(name, span), value.clone())], span);
    (key(operator, span), inner)
}

fn function(properties: &Node) -> Option<Node> {
    let (action, principal) = (properties.get("Action")?, properties.get("Principal")?);
    let name = properties.get("FunctionName")?;
    let mut conditions = Vec::new();
    for (property, operator, name) in [
        ("SourceArn", "ArnLike", "aws:SourceArn"),
        ("SourceAccount", "StringEquals", "aws:SourceAccount"),
        ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
        ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
        ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
        ("InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"),
    ] {
        if let Some(value) = properties.get(property) {
            conditions.push(condition(operator, name, value));
        }
    }
    let span = properties.span;
    let mut members = vec![
        allow(span),
        (key("Principal", principal.span), named(principal)),
        (key("Action", action.span), action.clone()),
        (
            key("Resource", name.span),
            Node::text(function_arn(name.as_text()?), name.span),
        ),
    ];
    if !conditions.is_empty() {
        members.push((key("Condition", span), object(merged(conditions), span)));
    }
    Some(object(members, span))
}

/// Blocks with the same operator as one.
fn merged(conditions: Vec<(Key, Node)>) -> Vec<(Key, Node)> {
    let mut blocks: Vec<(Key, Node)> = Vec::new();
    for (operator, block) in conditions {
        match blocks.iter_mut().find(|(known, _)| known.text == operator.text) {
            Some((_, known)) => {
                if let (NodeKind::Object(all), NodeKind::Object(own)) = (&mut known.kind, block.kind) {
                    all.extend(own);
                }
            }
            None => blocks.push((operator, block)),
        }
    }
    blocks
}

/// The principal that Lambda stores: a service, an account or an ARN.
fn named(principal: &Node) -> Node {
    let span = principal.span;
    let text = principal.as_text().unwrap_or_default();
    let is_service = text.contains(".amazonaws.") || text.ends_with(".amazon.com");
    let kind = if is_service { "Service" } else { "AWS" };
    if text == "*" || only_unknown(text).is_some() {
        return principal.clone();
    }
    let value = if is_account(text) || !is_service && has_unknown(text) && !text.starts_with("arn:") {
        Node::text(
            format!("arn:{}:iam::{text}:root", Unknown::word("AWS::Partition")),
            span,
        )
    } else {
        principal.clone()
    };
    object(vec![(key(kind, span), value)], span)
}

/// The ARN of a function, by its name, its partial ARN or its ARN.
fn function_arn(name: &str) -> String {
    if name.starts_with("arn:") || only_unknown(name).is_some_and(|unknown| !unknown.is_word) {
        return name.to_owned();
    }
    let (partition, region) = (Unknown::word("AWS::Partition"), Unknown::word("AWS::Region"));
    let start = format!("arn:{partition}:lambda:{region}:");
    match name.split_once(":function:") {
        Some(_) => start + name,
        None => format!("{start}{}:function:{name}", Unknown::word("AWS::AccountId")),
    }
}

fn layer(properties: &Node) -> Option<Node> {
    let (action, principal) = (properties.get("Action")?, properties.get("Principal")?);
    let resource = properties.get("LayerVersionArn")?;
    let span = properties.span;
    let mut members = vec![
        allow(span),
        (key("Principal", principal.span), named(principal)),
        (key("Action", action.span), action.clone()),
        (key("Resource", resource.span), resource.clone()),
    ];
    if let Some(organization) = properties.get("OrganizationId") {
        let block = condition("StringEquals", "aws:PrincipalOrgID", organization);
        members.push((key("Condition", span), object(vec![block], span)));
    }
    Some(object(members, span))
}

fn event_bus(properties: Node) -> Option<Node> {
    let span = properties.span;
    if let Some(statement) = properties.get("Statement") {
        return Some(statement.clone());
    }
    let (action, principal) = (properties.get("Action")?, properties.get("Principal")?);
    let bus = properties
        .get("EventBusName")
        .and_then(Node::as_text)
        .unwrap_or("default");
    let arn = format!(
        "arn:{}:events:{}:{}:event-bus/{bus}",
        Unknown::word("AWS::Partition"),
        Unknown::word("AWS::Region"),
        Unknown::word("AWS::AccountId")
    );
    let mut members = vec![
        allow(span),
        (key("Principal", principal.span), named(principal)),
        (key("Action", action.span), action.clone()),
        (key("Resource", span), Node::text(arn, span)),
    ];
    if let Some(condition) = properties.get("Condition")
        && let (Some(operator), Some(name), Some(value)) = (
            condition.get("Type").and_then(Node::as_text),
            condition.get("Key").and_then(Node::as_text),
            condition.get("Value"),
        )
    {
        let inner = object(vec![(key(name, value.span), value.clone())], value.span);
        let block = vec![(key(operator, value.span), inner)];
        members.push((key("Condition", span), object(block, span)));
    }
    Some(object(members, span))
}
