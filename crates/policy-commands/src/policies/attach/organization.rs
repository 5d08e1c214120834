//! Service control policies and resource control policies, which AWS Organizations attaches.

use iam_policy_core::{AttachmentKind, Policy, PolicyType, Style};
use iam_policy_document::Diagnostic;

use super::name::{default_name, name_problem};
use super::script::{Script, Value, inline};
use super::{AS, Given, POLICY_NAME, TARGET, refused_options};
use crate::policies::choice::Choice;
use crate::shell::quoted;

/// The shell variable for the ID of the policy.
const OWN: &str = "policy_id";

/// The shell variable for the document.
const DOCUMENT: &str = "policy";

/// The kind of attachment of a policy that AWS Organizations attaches.
pub(super) fn kind_of(policy: &Policy<'_>) -> Option<AttachmentKind> {
    match policy.policy_type {
        PolicyType::ServiceControl => Some(AttachmentKind::ServiceControl),
        PolicyType::ResourceControl => Some(AttachmentKind::ResourceControl),
        _ => None,
    }
}

/// The commands that create or update a policy of an organization, and attach it unless it has been.
pub(super) fn script(
    policy: &Policy<'_>,
    kind: AttachmentKind,
    choice: &Choice<'_>,
    given: &Given<'_>,
) -> Result<String, Vec<Diagnostic>> {
    let mut problems = refused_options(policy, given, &[TARGET, POLICY_NAME, AS]);
    let (target, asked) = (given.text(TARGET), given.text(AS));
    problems.extend(target.and_then(target_problem));
    problems.extend(given.text(POLICY_NAME).and_then(|name| name_problem(name, "policy")));
    if let Some(asked) = asked.filter(|asked| *asked != kind.name()) {
        let problem = Diagnostic::error(format!("the policy `{}` cannot be attached as `{asked}`", policy.name));
        problems.push(problem.help(format!("write `--{AS} {kind}`, or omit it")));
    }
    if target.is_none() && asked.is_none() {
        let problem = Diagnostic::error("no root, organizational unit or account to attach the policy to");
        problems.push(
            problem
                .help(format!("name one with `--{TARGET} ID`"))
                .help(format!("`--{AS} {kind}` only creates the policy")),
        );
    }
    let choice = choice.clone().attached(kind);
    let json = match choice.render(policy, Style::MINIFIED.scalars(true)) {
        Ok(json) => json.to_string(),
        Err(more) => {
            problems.extend(more);
            return Err(problems);
        }
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let default = default_name(policy);
    let name = given.text(POLICY_NAME).unwrap_or(&default);
    let type_name = kind.name().replace('-', "_").to_ascii_uppercase() + "_POLICY";
    let mut script = Script::default();
    script.set(DOCUMENT, &quoted(&json));
    // With output as text, a query is applied to each page, and a page without results is not written.
    let query = format!("Policies[?Name=='{name}'].Id");
    let list = [
        ("filter", Value::Text(&type_name)),
        ("query", Value::Text(&query)),
        ("output", Value::Text("text")),
    ];
    script.set(OWN, &format!("$({})", inline("aws organizations list-policies", &list)));
    let create = [
        ("type", Value::Text(&type_name)),
        (NAME, Value::Text(name)),
        ("description", Value::Text(policy.heading())),
        ("content", Value::Variable(DOCUMENT)),
        ("query", Value::Text("Policy.PolicySummary.Id")),
        ("output", Value::Text("text")),
    ];
    let create = format!("{OWN}=$({})", inline("aws organizations create-policy", &create));
    let update = [
        ("policy-id", Value::Variable(OWN)),
        ("content", Value::Variable(DOCUMENT)),
    ];
    let update = inline("aws organizations update-policy", &update);
    script.either(&format!("[ -z \"${OWN}\" ]"), &create, Some(&update));
    if let Some(target) = target {
        let query = format!("Targets[?TargetId=='{target}'].TargetId");
        let listed = [
            ("policy-id", Value::Variable(OWN)),
            ("query", Value::Text(&query)),
            ("output", Value::Text("text")),
        ];
        let listed = inline("aws organizations list-targets-for-policy", &listed);
        let attach = [("policy-id", Value::Variable(OWN)), (TARGET, Value::Text(target))];
        let attach = inline("aws organizations attach-policy", &attach);
        script.set(TARGETS, &format!("$({listed})"));
        script.either(&format!("[ -z \"${TARGETS}\" ]"), &attach, None);
    }
    Ok(script.finish())
}

/// The option of `create-policy` for the name.
const NAME: &str = "name";

/// The shell variable for the target, if the policy is attached to it.
const TARGETS: &str = "attached_to";

/// Why this is not the ID of a target.
///
/// Source: AWS Organizations API Reference, `AttachPolicy`, `TargetId`.
fn target_problem(target: &str) -> Option<Diagnostic> {
    let is_part = |text: &str, length: std::ops::RangeInclusive<usize>| {
        length.contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let is_root = target.strip_prefix("r-").is_some_and(|id| is_part(id, 4..=32));
    let is_unit = target
        .strip_prefix("ou-")
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(root, id)| is_part(root, 4..=32) && is_part(id, 8..=32));
    if is_root || is_unit || iam_policy_core::text::is_account(target) {
        return None;
    }
    let message = format!("`{target}` is not the ID of a root, an organizational unit or an account");
    let help = "it looks like `r-ab12`, `ou-ab12-34cd56ef` or `111122223333`";
    Some(Diagnostic::error(message).help(help))
}
