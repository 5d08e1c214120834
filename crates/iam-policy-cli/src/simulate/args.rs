//! The arguments of `simulate`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, value_parser};

use crate::choice;
use crate::settings::with_options;

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
pub(super) const EXPECT: &str = "expect";

pub(super) const ALLOWED: &str = "allowed";
pub(super) const DENIED: &str = "denied";

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
    let names = |name, value_name, help| option(name, value_name, help).value_parser(value_parser!(OsString));
    let files = |name, help| names(name, "FILE", help).num_args(1..).action(ArgAction::Append);
    let levels = |name, help| names(name, "FILES", help).action(ArgAction::Append);
    with_options(Command::new(NAME))
        .about("Decide whether policies allow a request, and explain why")
        .long_about(
            "Decide whether policies allow a request, and explain why\n\nA policy is JSON, or one in a spec or a template, as `FILE#NAME`; the name may be omitted if there is only one. Where a condition of a template changes a policy, every form is decided. The exit code is 0 whatever the decision, unless `--expect` says which is expected, and 2 if a request or a policy cannot be read.",
        )
        .arg(option(PRINCIPAL, "ARN", "The principal that makes the request: an ARN, an account, a service such as `lambda.amazonaws.com`, or `anonymous`").required_unless_present(REQUESTS))
        .arg(option(ACTION, "ACTION", "The requested action, such as `s3:GetObject`").required_unless_present(REQUESTS))
        .arg(option(RESOURCE, "ARN", "The resource, without wildcards; `*` for an action without a resource [default: *]"))
        .arg(option(RESOURCE_ACCOUNT, "ID", "The account of the resource, if its ARN does not contain it"))
        .arg(option(CONTEXT, "KEY=VALUE", "A condition key of the request; may be repeated, also for several values of a key").action(ArgAction::Append))
        .arg(option(CONTEXT_FILE, "FILE", "Condition keys of the request as a JSON object of strings or arrays of strings").value_parser(value_parser!(PathBuf)))
        .arg(option(PRINCIPALS, "FILE", "Output of `aws iam get-account-authorization-details`: all policies in it that apply").value_parser(value_parser!(PathBuf)))
        .arg(files(IDENTITY, "The policies of the user or role; may be repeated"))
        .arg(files(BOUNDARY, "The permissions boundary"))
        .arg(files(SESSION, "The session policies"))
        .arg(levels(SCP, "The service control policies of one level of the organization, separated by commas; repeat for each level, from the root down to the account. A level without policies is ''"))
        .arg(levels(RCP, "The resource control policies of one level, likewise"))
        .arg(names(RESOURCE_POLICY, "FILE", "The policy of the resource, or the trust policy of a role"))
        .arg(choice(FORMAT, "FORMAT", [HUMAN, JSON].into_iter(), "The output format [default: human]").conflicts_with(REQUESTS))
        .arg(choice(EXPECT, "DECISION", [ALLOWED, DENIED].into_iter(), "The decision that a script expects; the exit code is 1 if it is another one, or unknown").conflicts_with(REQUESTS))
        .arg(
            Arg::new(REQUESTS)
                .long(REQUESTS)
                .value_name("FILE")
                .help("Decide requests given as JSON lines with their policies instead; `-` is the standard input")
                .value_parser(value_parser!(PathBuf)),
        )
}
