//! The command `attach`: prints the `aws` commands that attach a policy. It runs none of them.

mod name;

use std::fmt::Write;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches, Command};
use iam_policy_core::text::Grouped;
use iam_policy_core::{Arn, AttachmentKind, Partition, Policy, Style};
use iam_policy_document::{Diagnostic, Severity};
use iam_policy_spec::wording::list;

use self::name::{arn_problem, default_name, last, name_problem, partition_problem};
use super::choice::{self, Choice};
use crate::shell::quoted;
use crate::{Exit, Output};

/// The command's name.
pub(super) const NAME: &str = "attach";

const POLICY: &str = "policy";
const USER: &str = "user-name";
const GROUP: &str = "group-name";
const ROLE: &str = "role-name";
const POLICY_NAME: &str = "policy-name";
const POLICY_ARN: &str = "policy-arn";
const AS: &str = "as";
const UPDATE: &str = "update-role";

/// A kind of principal: the option that names it, its name in messages, its inline attachment kind, and the command
/// that attaches a managed policy to it.
struct Holder {
    option: &'static str,
    word: &'static str,
    inline: AttachmentKind,
}

const HOLDERS: [Holder; 3] = [
    Holder {
        option: USER,
        word: "user",
        inline: AttachmentKind::InlineUser,
    },
    Holder {
        option: GROUP,
        word: "group",
        inline: AttachmentKind::InlineGroup,
    },
    Holder {
        option: ROLE,
        word: "role",
        inline: AttachmentKind::InlineRole,
    },
];

pub(super) fn command(policies: &'static [Policy<'static>]) -> Command {
    let text = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    let names = policies
        .iter()
        .map(|policy| PossibleValue::new(policy.name).help(policy.heading()));
    let kinds = HOLDERS
        .iter()
        .map(|holder| holder.inline)
        .chain([AttachmentKind::Managed]);
    let mut command = choice::with_options(
        Command::new(NAME)
            .about("Print the commands that attach a policy, without running them")
            .long_about(
                "Print the commands that attach a policy, without running them\n\nThey call the AWS CLI from a POSIX shell: paste them, or pipe them into `sh`. They stop at the first failure. The policy is attached as the first of its kinds that fits, or as `--as` says.",
            )
            .arg(
                Arg::new(POLICY)
                    .value_name("POLICY")
                    .help("The policy")
                    .required(true)
                    .value_parser(PossibleValuesParser::new(names)),
            ),
        policies,
    )
    .arg(text(USER, "NAME", "The user to attach it to").conflicts_with_all([GROUP, ROLE]))
    .arg(text(GROUP, "NAME", "The group to attach it to").conflicts_with(ROLE))
    .arg(text(ROLE, "NAME", "The role to attach it to, with its path if it has one"))
    .arg(text(POLICY_NAME, "NAME", "The name of the policy [default: derived from its title]"))
    .arg(
        text(POLICY_ARN, "ARN", "An existing managed policy, which gets a new version")
            .conflicts_with(POLICY_NAME),
    )
    .arg(
        text(AS, "KIND", "How to attach it").alias(choice::ATTACH).value_parser(PossibleValuesParser::new(kinds.map(AttachmentKind::name))),
    );
    if policies.iter().any(|policy| policy.trust.is_some()) {
        let help = "Update the trust policy of an existing role instead of creating the role";
        command = command.arg(
            Arg::new(UPDATE)
                .long(UPDATE)
                .help(help)
                .action(ArgAction::SetTrue)
                .requires(ROLE),
        );
    }
    command
}

/// Prints the commands.
pub(super) fn run(policies: &'static [Policy<'static>], matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let wanted = matches.get_one::<String>(POLICY);
    let Some(policy) = policies
        .iter()
        .find(|policy| wanted.is_some_and(|name| name == policy.name))
    else {
        return Exit::Usage;
    };
    let arn = matches.get_one::<String>(POLICY_ARN);
    let own = arn.and_then(|arn| Partition::from_name(Arn::parse(arn).ok()?.partition));
    let choice = Choice::new(matches).or_partition(own.filter(|own| policy.partitions.contains(own)));
    let script = match script(policy, &choice, matches) {
        Ok(script) => script,
        Err(problems) => return output.report(&problems),
    };
    let exit = output.print(&script);
    if arn.is_some() {
        // Source: IAM User Guide, "IAM and AWS STS quotas".
        let note = Diagnostic::new(Severity::Note, "a managed policy has at most five versions")
            .help("if it has five, first delete one with `aws iam delete-policy-version`");
        output.remark(&note.into());
    }
    // The role is created or updated as well.
    let has_role = policy.trust.is_some() && matches.contains_id(ROLE);
    let notes = choice.notes(&[policy], if has_role { &[false, true] } else { &[false] });
    output.remark(&notes.iter().collect());
    exit
}

/// The commands as one shell list that stops at the first failure.
fn script(policy: &Policy<'_>, choice: &Choice<'_>, matches: &ArgMatches) -> Result<String, Vec<Diagnostic>> {
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let style = Style::MINIFIED.scalars(true);
    let holder = HOLDERS.iter().find_map(|holder| Some((holder, text(holder.option)?)));
    let (given, arn) = (text(POLICY_NAME), text(POLICY_ARN));
    let mut problems = Vec::new();
    if let Some((holder, name)) = holder {
        problems.extend(name_problem(name, holder.word));
    }
    problems.extend(given.and_then(|name| name_problem(name, "policy")));
    problems.extend(arn.and_then(|arn| arn_problem(arn).or_else(|| partition_problem(arn, policy, choice))));
    let updates = matches!(matches.try_get_one(UPDATE), Ok(Some(true)));
    if updates && policy.trust.is_none() {
        let message = format!("the policy `{}` has no trust policy", policy.name);
        problems.push(Diagnostic::error(message).help(format!("omit `--{UPDATE}`")));
    }
    let mut refused = |more: Vec<Diagnostic>| {
        problems.extend(more);
        std::mem::take(&mut problems)
    };
    choice.check(policy).map_err(&mut refused)?;
    let size = policy.measure(choice.options(policy, style)).unwrap_or_default();
    let fitting = fitting(policy, choice, size);
    let kind = kind(
        policy,
        (&fitting, size),
        holder.map(|(holder, _)| holder),
        text(AS),
        arn,
    );
    let kind = kind.map_err(|problem| refused(vec![problem]))?;
    if !problems.is_empty() {
        return Err(problems);
    }
    let json = choice.clone().attached(kind).render(policy, style)?.to_string();
    let mut commands = Vec::new();
    if let (Some((_, role)), true) = (
        holder.filter(|(holder, _)| holder.option == ROLE),
        policy.trust.is_some(),
    ) {
        let trust = choice.render_trust(policy, style)?.to_string();
        commands.push(trusting(role, &trust, updates));
    }
    let default = default_name(policy);
    let name = given.unwrap_or(&default);
    match holder {
        Some((holder, holder_name)) if kind == holder.inline => {
            let put = format!("aws iam put-{}-policy", holder.word);
            let options = [
                (holder.option, last(holder_name)),
                (POLICY_NAME, name),
                ("policy-document", &json),
            ];
            commands.push(written(&put, &options));
        }
        _ => commands.extend(managed(holder, name, arn, &json)),
    }
    Ok(commands.join(" &&\n") + "\n")
}

/// The attachment kinds that the policy allows and fits.
fn fitting(policy: &Policy<'_>, choice: &Choice<'_>, size: usize) -> Vec<AttachmentKind> {
    let options = choice.options(policy, Style::MINIFIED);
    let fits = |kind: &AttachmentKind| !kind.is_of_organization() && size <= kind.quota();
    match policy.attachments(options.extensions) {
        // In the policy's order, which starts with the preferred kind.
        Some(kinds) => {
            let mut kinds: Vec<AttachmentKind> = kinds.filter(fits).collect();
            let place = |kind: &AttachmentKind| policy.attach.iter().position(|known| known == kind);
            kinds.sort_by_key(|kind| place(kind).unwrap_or(usize::MAX));
            kinds
        }
        None => AttachmentKind::ALL.iter().copied().filter(fits).collect(),
    }
}

/// The kind to use.
///
/// - `fitting`, `size`: the kinds that fit, and the number of characters of the policy
fn kind(
    policy: &Policy<'_>,
    (fitting, size): (&[AttachmentKind], usize),
    holder: Option<&Holder>,
    asked: Option<&str>,
    arn: Option<&str>,
) -> Result<AttachmentKind, Diagnostic> {
    let suits = |kind: AttachmentKind| {
        kind == AttachmentKind::Managed || (arn.is_none() && holder.is_some_and(|holder| holder.inline == kind))
    };
    let kinds = || list(fitting.iter().map(|kind| kind.name()));
    let none =
        |message: String| Diagnostic::error(message).help(format!("the policy `{}` supports {}", policy.name, kinds()));
    if fitting.is_empty() {
        return Err(unattachable(policy, size));
    }
    let Some(asked) = asked else {
        if holder.is_none() && arn.is_none() {
            let options = HOLDERS.iter().map(|holder| format!("`--{} NAME`", holder.option));
            let options: Vec<String> = options.collect();
            let problem = Diagnostic::error("no user, group or role to attach the policy to");
            return Err(problem
                .help(format!("name one with {}", options.join(" or ")))
                .help("`--as managed` only creates a managed policy"));
        }
        let found = fitting.iter().copied().find(|kind| suits(*kind));
        return found.ok_or_else(|| match (holder, arn) {
            (Some(holder), None) => none(format!("the policy `{}` is not for a {}", policy.name, holder.word)),
            _ => none(format!("the policy `{}` cannot be a managed policy", policy.name)),
        });
    };
    let Some(kind) = fitting.iter().copied().find(|kind| kind.name() == asked) else {
        let message = format!(
            "the policy `{}` cannot be attached as `{asked}` in this form",
            policy.name
        );
        return Err(
            match AttachmentKind::from_name(asked).filter(|kind| size > kind.quota()) {
                Some(kind) => none(format!(
                    "{message}: it has {} characters, and the quota is {}",
                    Grouped(size),
                    Grouped(kind.quota())
                )),
                None => none(message),
            },
        );
    };
    if suits(kind) {
        return Ok(kind);
    }
    let own = HOLDERS.iter().find(|holder| holder.inline == kind);
    let problem = match arn {
        Some(arn) => Diagnostic::error(format!("`{arn}` is a managed policy, not `{asked}`")),
        None => Diagnostic::error(format!(
            "`--as {asked}` needs the name of a {}",
            own.map_or("", |own| own.word)
        )),
    };
    Err(match (arn, own) {
        (None, Some(own)) => problem.help(format!("name it with `--{} NAME`", own.option)),
        _ => problem,
    })
}

/// Why a policy cannot be attached to any user, group or role.
fn unattachable(policy: &Policy<'_>, size: usize) -> Diagnostic {
    let kinds = HOLDERS
        .iter()
        .map(|holder| holder.inline)
        .chain([AttachmentKind::Managed]);
    let most = kinds.map(AttachmentKind::quota).max().unwrap_or_default();
    let name = policy.name;
    if size > most {
        let (size, most) = (Grouped(size), Grouped(most));
        return Diagnostic::error(format!(
            "the policy `{name}` has {size} characters, and no attachment kind allows more than {most}"
        ));
    }
    Diagnostic::error(format!("the policy `{name}` is not for a user, a group or a role"))
        .help("attach service control policies with AWS Organizations")
}

/// The commands for a managed policy: create it or a new version of it, then attach it to the named principal.
fn managed(holder: Option<(&Holder, &str)>, name: &str, arn: Option<&str>, json: &str) -> Vec<String> {
    let mut commands = Vec::new();
    if let Some(arn) = arn {
        let options = [(POLICY_ARN, arn), ("policy-document", json)];
        commands.push(written("aws iam create-policy-version --set-as-default", &options));
    } else {
        let options = [(POLICY_NAME, name), ("policy-document", json)];
        let create = written("aws iam create-policy", &options);
        commands.push(match holder {
            // Its ARN contains the account ID, which AWS provides.
            Some(_) => format!("policy_arn=$({create} \\\n  --query Policy.Arn --output text)"),
            None => create,
        });
    }
    if let Some((holder, holder_name)) = holder {
        let attach = format!("aws iam attach-{}-policy", holder.word);
        let command = written(&attach, &[(holder.option, last(holder_name))]);
        let arn = arn.map_or_else(|| "\"$policy_arn\"".to_owned(), quoted);
        commands.push(format!("{command} \\\n  --{POLICY_ARN} {arn}"));
    }
    commands
}

/// The command that sets a role's trust policy.
///
/// - `is_there`: whether the role exists
fn trusting(role: &str, trust: &str, is_there: bool) -> String {
    let name = last(role);
    if is_there {
        let options = [(ROLE, name), ("policy-document", trust)];
        return written("aws iam update-assume-role-policy", &options);
    }
    let path = role.strip_suffix(name).unwrap_or_default();
    let path = format!("/{}", path.trim_start_matches('/'));
    let mut options = vec![(ROLE, name)];
    if path != "/" {
        options.push(("path", &path));
    }
    options.push(("assume-role-policy-document", trust));
    written("aws iam create-role", &options)
}

/// A command and its options, one per line.
fn written(command: &str, options: &[(&str, &str)]) -> String {
    let mut text = command.to_owned();
    for (option, value) in options {
        // A value that starts with a dash would be read as an option.
        let between = if value.starts_with('-') { '=' } else { ' ' };
        // Writing to a `String` cannot fail.
        let _ = write!(text, " \\\n  --{option}{between}{}", quoted(value));
    }
    text
}
