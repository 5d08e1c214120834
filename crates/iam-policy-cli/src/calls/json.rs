//! Calls as JSON.

use iam_policy_calls::{Addition, Call, Calls, Judgement, Partial, Permission, Unchecked, Unresolved, Unused};
use serde::Serialize;

/// One object. Paths are relative to the workspace.
pub(super) fn render(calls: &Calls, judgement: Option<&Judgement>) -> String {
    let unmapped = |call: &'_ &Call| call.permissions.is_none();
    let json = JsonCalls {
        calls: calls.calls.iter().map(JsonCall::new).collect(),
        mode: calls.mode.name(),
        unmapped: calls.calls.iter().filter(unmapped).map(JsonUnmapped::new).collect(),
        unresolved: calls.unresolved.iter().map(JsonUnresolved::new).collect(),
        unchecked: calls.unchecked.iter().map(JsonUnchecked::new).collect(),
        partial: judgement
            .into_iter()
            .flat_map(|judgement| &judgement.partial)
            .map(JsonPartial::new)
            .collect(),
        additions: judgement
            .into_iter()
            .flat_map(|judgement| &judgement.additions)
            .map(JsonAddition::new)
            .collect(),
        unused: judgement
            .into_iter()
            .flat_map(|judgement| &judgement.unused)
            .map(JsonUnused::new)
            .collect(),
    };
    serde_json::to_string_pretty(&json).unwrap_or_default() + "\n"
}

#[derive(Serialize)]
struct JsonCalls<'a> {
    calls: Vec<JsonCall<'a>>,
    mode: &'static str,
    unmapped: Vec<JsonUnmapped<'a>>,
    unresolved: Vec<JsonUnresolved<'a>>,
    unchecked: Vec<JsonUnchecked<'a>>,
    partial: Vec<JsonPartial<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    additions: Vec<JsonAddition<'a>>,
    unused: Vec<JsonUnused<'a>>,
}

#[derive(Serialize)]
struct JsonCall<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    #[serde(rename = "crate")]
    package: &'a str,
    targets: &'a [String],
    service: &'a str,
    operation: &'a str,
    form: &'static str,
    actions: Vec<JsonAction<'a>>,
    resources: Vec<String>,
    arguments: Vec<JsonArgument<'a>>,
    test: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cfg: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "macro")]
    macro_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    granted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<bool>,
}

#[derive(Serialize)]
struct JsonAction<'a> {
    action: &'a str,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<String>,
    resources: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    granted: Option<bool>,
}

#[derive(Serialize)]
struct JsonArgument<'a> {
    member: &'a str,
    text: &'a str,
}

impl<'a> JsonCall<'a> {
    fn new(call: &'a Call) -> Self {
        let permissions = call.permissions.as_deref().unwrap_or_default();
        let mut resources = Vec::new();
        for resource in permissions.iter().flat_map(|permission| &permission.resources) {
            let resource = resource.to_string();
            if !resources.contains(&resource) {
                resources.push(resource);
            }
        }
        Self {
            file: &call.file,
            line: call.line,
            column: call.column,
            package: &call.package,
            targets: &call.targets,
            service: &call.service,
            operation: &call.operation,
            form: call.form.name(),
            actions: permissions
                .iter()
                .map(|permission| JsonAction::new(permission, call))
                .collect(),
            resources,
            arguments: call
                .arguments
                .iter()
                .map(|argument| JsonArgument {
                    member: &argument.member,
                    text: &argument.text,
                })
                .collect(),
            test: call.is_test,
            cfg: call.cfg.as_deref(),
            macro_name: call.macro_name.as_deref(),
            origin: call.origin.as_deref(),
            granted: call.is_granted(),
            recorded: call.is_recorded,
        }
    }
}

impl<'a> JsonAction<'a> {
    fn new(permission: &'a Permission, call: &Call) -> Self {
        Self {
            action: permission.action,
            source: permission.source.to_string(),
            condition: super::human::condition(permission, call),
            resources: permission.resources.iter().map(ToString::to_string).collect(),
            granted: permission.is_granted,
        }
    }
}

#[derive(Serialize)]
struct JsonUnmapped<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    #[serde(rename = "crate")]
    package: &'a str,
    service: &'a str,
    operation: &'a str,
    test: bool,
}

impl<'a> JsonUnmapped<'a> {
    fn new(call: &'a Call) -> Self {
        Self {
            file: &call.file,
            line: call.line,
            column: call.column,
            package: &call.package,
            service: &call.service,
            operation: &call.operation,
            test: call.is_test,
        }
    }
}

#[derive(Serialize)]
struct JsonUnresolved<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    #[serde(rename = "crate")]
    package: &'a str,
    method: &'a str,
    services: &'a [String],
    test: bool,
}

impl<'a> JsonUnresolved<'a> {
    fn new(unresolved: &'a Unresolved) -> Self {
        Self {
            file: &unresolved.file,
            line: unresolved.line,
            column: unresolved.column,
            package: &unresolved.package,
            method: &unresolved.method,
            services: &unresolved.services,
            test: unresolved.is_test,
        }
    }
}

#[derive(Serialize)]
struct JsonPartial<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    action: &'a str,
    resource: &'a str,
    policy: &'a str,
    statement: &'a str,
}

impl<'a> JsonPartial<'a> {
    fn new(partial: &'a Partial) -> Self {
        Self {
            file: &partial.file,
            line: partial.line,
            column: partial.column,
            action: partial.action,
            resource: &partial.resource,
            policy: &partial.policy,
            statement: &partial.statement,
        }
    }
}

#[derive(Serialize)]
struct JsonAddition<'a> {
    file: &'a str,
    policy: &'a str,
    statements: &'a str,
    parameters: &'a str,
}

impl<'a> JsonAddition<'a> {
    fn new(addition: &'a Addition) -> Self {
        Self {
            file: &addition.file,
            policy: &addition.policy,
            statements: &addition.statements,
            parameters: &addition.parameters,
        }
    }
}

#[derive(Serialize)]
struct JsonUnused<'a> {
    file: &'a str,
    policy: &'a str,
    statement: &'a str,
    action: &'a str,
}

impl<'a> JsonUnused<'a> {
    fn new(unused: &'a Unused) -> Self {
        Self {
            file: &unused.file,
            policy: &unused.policy,
            statement: &unused.statement,
            action: &unused.action,
        }
    }
}

#[derive(Serialize)]
struct JsonUnchecked<'a> {
    subject: &'a str,
    reason: &'a str,
    searched_by_name: bool,
}

impl<'a> JsonUnchecked<'a> {
    fn new(unchecked: &'a Unchecked) -> Self {
        Self {
            subject: &unchecked.subject,
            reason: &unchecked.reason,
            searched_by_name: unchecked.is_searched_by_name,
        }
    }
}
