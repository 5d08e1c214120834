//! Policies in the services of the Serverless Framework.
//!
//! Source: Serverless Framework documentation, "IAM Permissions For Functions", "Variables", "AWS - Resources",
//! "API Gateway"; `serverless-iam-roles-per-function`.

use iam_policy_core::variable::Unknown;
use iam_policy_core::{AttachmentKind, PolicyResource, PolicyType};
use iam_policy_document::{Location, Value};

use crate::cloudformation;
use crate::node::{Node, name, policy_of};
use crate::{Format, ManagedPolicy, Policy, Template};

/// How deeply variables may refer to each other.
const MAX_DEPTH: usize = 8;

/// How long a text may become in bytes.
const MAX_TEXT: usize = 100_000;

/// Finds the policies of a service: the statements of its role and of the roles of its functions, the policy of its API,
/// and those of the resources that it adds.
///
/// - `source`: the file
/// - `root`: its outermost value
pub(crate) fn read(source: &[u8], root: Value<'_>) -> Option<Template> {
    let provider = root.get("provider")?.value;
    let is_aws = provider.as_str() == Some("aws") || provider.get("name")?.value.as_str() == Some("aws");
    if !is_aws || root.get("service").is_none() {
        return None;
    }
    let mut template = Template {
        format: Format::Serverless,
        policies: Vec::new(),
        managed: Vec::new(),
        problems: Vec::new(),
    };
    let at = |keys: &[&str]| keys.iter().try_fold(provider, |value, key| Some(value.get(key)?.value));
    for statements in [at(&["iam", "role", "statements"]), at(&["iamRoleStatements"])] {
        template
            .policies
            .extend(statements.and_then(|statements| of_role(source, root, statements)));
    }
    for function in root
        .get("functions")
        .into_iter()
        .flat_map(|member| member.value.one_or_many())
    {
        for function in function.members() {
            let statements = function.value.get("iamRoleStatements").map(|member| member.value);
            template
                .policies
                .extend(statements.and_then(|statements| of_role(source, root, statements)));
        }
    }
    for policy in [at(&["resourcePolicy"]), at(&["apiGateway", "resourcePolicy"])] {
        template
            .policies
            .extend(policy.and_then(|policy| of_api(source, root, policy)));
    }
    for arn in at(&["iam", "role", "managedPolicies"])
        .into_iter()
        .flat_map(Value::one_or_many)
    {
        template.managed.extend(arn.as_str().map(|text| ManagedPolicy {
            arn: variables(root, text, 0),
            location: Location {
                path: arn.path(),
                span: arn.span(),
            },
        }));
    }
    for resources in root
        .get("resources")
        .into_iter()
        .flat_map(|member| member.value.one_or_many())
    {
        if let Some(mut found) = cloudformation::within(source, resources, &|text| replaced(root, text)) {
            template.policies.append(&mut found.policies);
            template.managed.append(&mut found.managed);
            template.problems.append(&mut found.problems);
        }
    }
    Some(template)
}

/// The policy with statements of a role.
fn of_role(source: &[u8], root: Value<'_>, statements: Value<'_>) -> Option<Policy> {
    let mut policy = of_statements(source, root, statements)?;
    policy.policy_type = PolicyType::Identity;
    policy.attach = Some(AttachmentKind::InlineRole);
    Some(policy)
}

/// The policy of an API. The file has its statements.
fn of_api(source: &[u8], root: Value<'_>, statements: Value<'_>) -> Option<Policy> {
    let mut policy = of_statements(source, root, statements)?;
    policy.policy_type = PolicyType::Resource;
    policy.resource_type = Some(PolicyResource::RestApi);
    Some(policy)
}

fn of_statements(source: &[u8], root: Value<'_>, statements: Value<'_>) -> Option<Policy> {
    let is_list = statements.is_array() && statements.items().any(Value::is_object);
    if !is_list {
        return None;
    }
    let path = statements.path();
    let wrap = |list: Node| policy_of(list, &path);
    cloudformation::alone(source, statements, &wrap, &|text| replaced(root, text))
}

/// A text without its variables, if it has some.
fn replaced(root: Value<'_>, text: &str) -> Option<String> {
    text.contains("${").then(|| variables(root, text, 0))
}

/// A text with the values of its variables.
fn variables(root: Value<'_>, text: &str, depth: usize) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        result.push_str(before);
        let Some(end) = closing(after) else {
            result.push_str("${");
            result.push_str(after);
            return result;
        };
        let (inside, after) = after.split_at_checked(end).unwrap_or_default();
        if inside.contains(Unknown::MARK) {
            result.extend(["${", inside, "}"]);
        } else {
            result.push_str(&variable(root, inside, depth));
        }
        if result.len() > MAX_TEXT {
            return Unknown::new(&name(inside)).to_string();
        }
        rest = after.get(1..).unwrap_or_default();
    }
    result.push_str(rest);
    result
}

/// The byte of the brace that closes what a text begins in.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// The value of a variable: one of this file, its default, or an unknown part.
fn variable(root: Value<'_>, inside: &str, depth: usize) -> String {
    let (source, default) = match inside.split_once(',') {
        Some((source, default)) => (source.trim(), Some(default.trim())),
        None => (inside.trim(), None),
    };
    let word = |name: &str| Unknown::word(name).to_string();
    match source {
        "aws:accountId" => return word("AWS::AccountId"),
        "aws:region" => return word("AWS::Region"),
        // Policy variables of AWS, and names of CloudFormation.
        _ if source.starts_with("aws:") || source.starts_with("AWS::") => return ["${", inside, "}"].concat(),
        _ => {}
    }
    let own = || {
        let path = source
            .strip_prefix("self:")
            .filter(|path| depth < MAX_DEPTH && !path.contains("${"))?;
        let value = path
            .split('.')
            .try_fold(root, |value, key| Some(value.get(key)?.value))?;
        Some(variables(root, value.as_text()?, depth + 1))
    };
    let literal = || {
        let default = default?;
        let quoted = ['\'', '"']
            .into_iter()
            .find_map(|quote| default.strip_prefix(quote)?.strip_suffix(quote));
        quoted.filter(|text| !text.contains("${")).map(str::to_owned)
    };
    own()
        .or_else(literal)
        .unwrap_or_else(|| Unknown::new(&name(source)).to_string())
}
