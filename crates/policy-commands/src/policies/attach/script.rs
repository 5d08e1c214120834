//! Shell scripts that call `aws`.

use std::fmt::Write;

use super::name::last;
use super::{Holder, POLICY_ARN, POLICY_NAME, ROLE};
use crate::shell::quoted;

/// The commands as one shell list that stops at the first failure.
#[derive(Debug, Default)]
pub(super) struct Script {
    commands: Vec<String>,
}

/// The value of an option.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'v> {
    Text(&'v str),
    /// That of a shell variable.
    Variable(&'static str),
}

/// The document of a trust policy.
const TRUST: &str = "trust";

/// The document of a managed policy.
const POLICY: &str = "policy";

/// The version of a managed policy that makes way for a new one.
const OLD: &str = "old_version";

/// The number of the oldest version of a managed policy apart from its default version, if it already has as many as
/// allowed, or else `False`.
///
/// Source: IAM User Guide, "IAM and AWS STS quotas": a managed policy has at most five versions.
const OLDEST: &str = "length(Versions) >= `5` && sort_by(Versions[?!IsDefaultVersion], &CreateDate)[0].VersionId";

impl Script {
    pub(super) fn finish(self) -> String {
        self.commands.join(" &&\n") + "\n"
    }

    pub(super) fn call(&mut self, command: &str, options: &[(&str, Value<'_>)]) {
        self.commands.push(written(command, options));
    }

    /// Sets a shell variable. The status is that of the commands in its value.
    pub(super) fn set(&mut self, variable: &str, value: &str) {
        self.commands.push(format!("{variable}={value}"));
    }

    /// Updates something that exists, and creates it otherwise.
    ///
    /// - `exists`: the command that succeeds if it exists
    fn ensure(&mut self, exists: &str, update: Self, create: Self) {
        let (update, create) = (indented(&update.finish()), indented(&create.finish()));
        self.commands.push(format!(
            "if {exists} >/dev/null 2>&1; then\n{update}\nelse\n{create}\nfi"
        ));
    }

    /// Runs one of two commands, or only the first one.
    ///
    /// - `condition`: the command that succeeds if the first one is to be run
    pub(super) fn either(&mut self, condition: &str, first: &str, second: Option<&str>) {
        let second = second.map_or_else(String::new, |second| format!("\nelse\n{}", indented(second)));
        self.commands
            .push(format!("if {condition}; then\n{}{second}\nfi", indented(first)));
    }

    /// Creates a role, or updates the trust policy and the boundary of an existing one.
    ///
    /// - `role`: its name, with its path if it has one
    pub(super) fn role(&mut self, role: &str, trust: &str, boundary: Option<Value<'_>>) {
        let name = last(role);
        self.set(TRUST, &quoted(trust));
        let mut update = Self::default();
        update.trust(name, Value::Variable(TRUST));
        update.boundary("role", ROLE, name, boundary);
        let path = role.strip_suffix(name).unwrap_or_default();
        let path = format!("/{}", path.trim_start_matches('/'));
        let mut options = vec![(ROLE, Value::Text(name))];
        if path != "/" {
            options.push(("path", Value::Text(&path)));
        }
        options.push(("assume-role-policy-document", Value::Variable(TRUST)));
        options.extend(boundary.map(|boundary| (BOUNDARY, boundary)));
        let mut create = Self::default();
        create.call("aws iam create-role", &options);
        let exists = inline("aws iam get-role", &[(ROLE, Value::Text(name))]);
        self.ensure(&exists, update, create);
    }

    /// Sets the trust policy of an existing role.
    pub(super) fn trust(&mut self, name: &str, trust: Value<'_>) {
        let options = [(ROLE, Value::Text(name)), ("policy-document", trust)];
        self.call("aws iam update-assume-role-policy", &options);
    }

    /// Sets the permissions boundary of an existing user or role, if there is one.
    ///
    /// - `word`, `option`: `user` or `role`, and the option that names it
    pub(super) fn boundary(&mut self, word: &str, option: &str, name: &str, boundary: Option<Value<'_>>) {
        if let Some(boundary) = boundary {
            let command = format!("aws iam put-{word}-permissions-boundary");
            self.call(&command, &[(option, Value::Text(name)), (BOUNDARY, boundary)]);
        }
    }

    /// Creates a managed policy, or a new version of an existing one, and sets a shell variable to its ARN.
    ///
    /// - `partition`: the partition of the account
    pub(super) fn managed_policy(&mut self, variable: &'static str, partition: &str, name: &str, json: &str) {
        let account = "$(aws sts get-caller-identity --query Account --output text)";
        self.set(
            variable,
            &format!("arn:{partition}:iam::{account}:policy/{}", quoted(name)),
        );
        self.set(POLICY, &quoted(json));
        let mut update = Self::default();
        update.policy_version(Value::Variable(variable), Value::Variable(POLICY));
        let mut create = Self::default();
        create.call(
            "aws iam create-policy",
            &[
                (POLICY_NAME, Value::Text(name)),
                ("policy-document", Value::Variable(POLICY)),
            ],
        );
        let exists = inline("aws iam get-policy", &[(POLICY_ARN, Value::Variable(variable))]);
        self.ensure(&exists, update, create);
    }

    /// Creates a new version of a managed policy. The oldest version makes way for it if there are too many.
    pub(super) fn policy_version(&mut self, arn: Value<'_>, json: Value<'_>) {
        let versions = [
            (POLICY_ARN, arn),
            ("query", Value::Text(OLDEST)),
            ("output", Value::Text("text")),
        ];
        let oldest = inline("aws iam list-policy-versions", &versions);
        self.set(OLD, &format!("$({oldest})"));
        let delete = [(POLICY_ARN, arn), ("version-id", Value::Variable(OLD))];
        let delete = inline("aws iam delete-policy-version", &delete);
        self.commands
            .push(format!("if [ \"${OLD}\" != False ]; then\n{}\nfi", indented(&delete)));
        let options = [(POLICY_ARN, arn), ("policy-document", json)];
        self.call("aws iam create-policy-version --set-as-default", &options);
    }

    /// Attaches a managed policy.
    pub(super) fn attach(&mut self, holder: &Holder, name: &str, arn: Value<'_>) {
        let attach = format!("aws iam attach-{}-policy", holder.word);
        self.call(&attach, &[(holder.option, Value::Text(last(name))), (POLICY_ARN, arn)]);
    }
}

/// The option for the ARN of a permissions boundary.
pub(super) const BOUNDARY: &str = "permissions-boundary";

/// A command and its options, one per line.
fn written(command: &str, options: &[(&str, Value<'_>)]) -> String {
    joined(command, options, " \\\n  ")
}

/// A command and its options on one line.
pub(super) fn inline(command: &str, options: &[(&str, Value<'_>)]) -> String {
    joined(command, options, " ")
}

fn joined(command: &str, options: &[(&str, Value<'_>)], separator: &str) -> String {
    let mut text = command.to_owned();
    for (option, value) in options {
        let (between, value) = match value {
            // A value that starts with a dash would be read as an option.
            Value::Text(text) => (if text.starts_with('-') { '=' } else { ' ' }, quoted(text)),
            Value::Variable(name) => (' ', format!("\"${name}\"")),
        };
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{separator}--{option}{between}{value}");
    }
    text
}

/// Commands inside others. Their documents are in variables or on one line, so no line break is part of a value.
fn indented(commands: &str) -> String {
    let lines: Vec<String> = commands.lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}
