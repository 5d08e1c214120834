//! The arguments of `simulate`.

use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, value_parser};

use crate::choice;

/// The command's name.
pub const NAME: &str = "simulate";

pub(super) const REQUESTS: &str = "requests";
pub(super) const PRINCIPAL: &str = "principal";
pub(super) const ACTION: &str = "action";
pub(super) const RESOURCE: &str = "resource";
pub(super) const RESOURCE_ACCOUNT: &str = "resource-account";
pub(super) const CONTEXT: &str = "context";
pub(super) const CONTEXT_FILE: &str = "context-file";
pub(super) const PRINCIPALS: &str = "principals";
pub(super) const IDENTITY: &str = "identity";
pub(super) const BOUNDARY: &str = "boundary";
pub(super) const SESSION: &str = "session";
pub(super) const SCP: &str = "scp";
pub(super) const RCP: &str = "rcp";
pub(super) const RESOURCE_POLICY: &str = "resource-policy";
pub(super) const FORMAT: &str = "format";

pub(super) const HUMAN: &str = "human";
pub(super) const JSON: &str = "json";

/// Builds the command.
#[must_use]
pub fn command() -> Command {
    let option = |name: &'static str, value_name: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name(value_name)
            .help(help)
            .conflicts_with(REQUESTS)
    };
    let files = |name, help| option(name, "FILE", help).num_args(1..).action(ArgAction::Append);
    let levels = |name, help| option(name, "FILES", help).action(ArgAction::Append);
    Command::new(NAME)
        .about("Say whether policies allow a request, and why")
        .long_about(
            "Say whether policies allow a request, and why\n\nA policy is JSON, or a spec as `FILE.toml` or `FILE.toml#POLICY`. The exit code is 0 whatever is decided, and 2 if a request or a policy cannot be read.",
        )
        .arg(option(PRINCIPAL, "ARN", "Who makes the request: an ARN, an account, a service such as `lambda.amazonaws.com`, or `anonymous`").required_unless_present(REQUESTS))
        .arg(option(ACTION, "ACTION", "What is asked for, such as `s3:GetObject`").required_unless_present(REQUESTS))
        .arg(option(RESOURCE, "ARN", "On which resource, without wildcards; `*` for an action that is about none [default: *]"))
        .arg(option(RESOURCE_ACCOUNT, "ID", "The account of the resource, where its ARN does not say it"))
        .arg(option(CONTEXT, "KEY=VALUE", "A condition key of the request; may be repeated, also to give a key several values").action(ArgAction::Append))
        .arg(option(CONTEXT_FILE, "FILE", "Condition keys of the request as a JSON object, whose values are strings or arrays of strings").value_parser(value_parser!(PathBuf)))
        .arg(option(PRINCIPALS, "FILE", "What `aws iam get-account-authorization-details` prints: all policies in it that have a say").value_parser(value_parser!(PathBuf)))
        .arg(files(IDENTITY, "The policies of the user or role; may be repeated"))
        .arg(files(BOUNDARY, "The permissions boundary"))
        .arg(files(SESSION, "The session policies"))
        .arg(levels(SCP, "The service control policies of a level of the organization, separated by commas; once for each level, from the root down to the account. A level without policies is ''"))
        .arg(levels(RCP, "The resource control policies of a level, likewise"))
        .arg(option(RESOURCE_POLICY, "FILE", "The policy of the resource, or the trust policy of a role"))
        .arg(choice(FORMAT, "FORMAT", [HUMAN, JSON].into_iter(), "How to write the answer [default: human]").conflicts_with(REQUESTS))
        .arg(
            Arg::new(REQUESTS)
                .long(REQUESTS)
                .value_name("FILE")
                .help("Answer a request with its policies on each line of JSON instead; `-` is the standard input")
                .value_parser(value_parser!(PathBuf)),
        )
}
