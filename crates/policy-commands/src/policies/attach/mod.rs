//! The command `attach`: prints the `aws` commands that attach a policy. It runs none of them.

mod name;
mod organization;
mod resource;
mod script;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches, Command};
use iam_policy_core::text::Grouped;
use iam_policy_core::{Arn, AttachmentKind, Partition, Policy, PolicyType, Style};
use iam_policy_document::{Diagnostic, Severity};
use iam_policy_spec::wording::list;

use self::name::{arn_problem, default_name, last, name_problem, partition_problem};
use self::script::{BOUNDARY, Script, Value};
use super::choice::{self, Choice};
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
/// The root, organizational unit or account that a policy of an organization is attached to.
const TARGET: &str = "target-id";
/// The resource that a resource policy is set for.
const RESOURCE: &str = "resource";
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
        .chain([AttachmentKind::Managed])
        .chain(policies.iter().filter_map(organization::kind_of));
    let mut distinct: Vec<AttachmentKind> = Vec::new();
    for kind in kinds {
        if !distinct.contains(&kind) {
            distinct.push(kind);
        }
    }
    let kinds = distinct.into_iter();
    let mut command = choice::with_options(
        Command::new(NAME)
            .about("Print the commands that attach a policy, without running them")
            .long_about(
                "Print the commands that attach a policy, without running them\n\nThey call the AWS CLI from a POSIX shell: paste them, or pipe them into `sh`. They stop at the first failure, and can be repeated: a role or managed policy that exists is updated. The policy is attached as the first of its kinds that fits, or as `--as` says.",
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
    .arg(
        text(BOUNDARY, "ARN", "The managed policy that becomes the permissions boundary of the user or role")
            .conflicts_with(GROUP),
    )
    .arg(text(POLICY_NAME, "NAME", "The name of the policy [default: derived from its title]"))
    .arg(
        text(POLICY_ARN, "ARN", "An existing managed policy, which gets a new version")
            .conflicts_with(POLICY_NAME),
    )
    .arg(
        text(AS, "KIND", "How to attach it").alias(choice::ATTACH).value_parser(PossibleValuesParser::new(kinds.map(AttachmentKind::name))),
    );
    let is_any = |is_wanted: fn(&Policy<'_>) -> bool| policies.iter().any(is_wanted);
    if is_any(|policy| organization::kind_of(policy).is_some()) {
        let help = "The root, organizational unit or account to attach a policy of an organization to";
        command = command.arg(text(TARGET, "ID", help));
    }
    if is_any(|policy| policy.policy_type == PolicyType::Resource) {
        let help =
            "The resource to set a resource policy for: what the AWS CLI names it by, such as the name of a bucket";
        command = command.arg(text(RESOURCE, "ID", help));
    }
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

/// The given arguments.
struct Given<'m>(&'m ArgMatches);

impl<'m> Given<'m> {
    /// The text given to an option, which the command may not have.
    fn text(&self, option: &str) -> Option<&'m str> {
        let given = self.0.try_get_one::<String>(option);
        given.ok().flatten().map(String::as_str)
    }
}

/// The options that are about principals of IAM.
const PRINCIPALS: &[&str] = &[USER, GROUP, ROLE, BOUNDARY, POLICY_NAME, POLICY_ARN, AS];

/// An error for each given option that is not for policies of this type.
///
/// - `taken`: the options that are for them
fn refused_options(policy: &Policy<'_>, given: &Given<'_>, taken: &[&str]) -> Vec<Diagnostic> {
    let of_others = [TARGET, RESOURCE];
    let all = PRINCIPALS.iter().chain(&of_others);
    let refused = all.filter(|option| !taken.contains(option) && given.text(option).is_some());
    let what = policy.policy_type.label();
    let problem = |option: &&str| {
        let message = format!("`--{option}` is not for the policy `{}`: it is a {what}", policy.name);
        // The label of an identity policy starts with a vowel.
        let message = message.replace("a identity", "an identity");
        match attached_to(policy.policy_type) {
            Some(target) => Diagnostic::error(message).help(format!("it is attached to {target}")),
            None => Diagnostic::error(message),
        }
    };
    refused.map(problem).collect()
}

/// What policies of a type are attached to.
fn attached_to(policy_type: PolicyType) -> Option<&'static str> {
    match policy_type {
        PolicyType::Identity => Some("a user, a group or a role"),
        PolicyType::PermissionsBoundary => Some("a user or a role"),
        PolicyType::ServiceControl | PolicyType::ResourceControl => {
            Some("a root, an organizational unit or an account")
        }
        PolicyType::Resource => Some("a resource"),
        _ => None,
    }
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
    let script = match script(policies, policy, &choice, matches) {
        Ok(script) => script,
        Err(problems) => return output.report(&problems),
    };
    let exit = output.print(&script);
    if arn.is_some() {
        // Source: IAM User Guide, "IAM and AWS STS quotas".
        let note = Diagnostic::new(
            Severity::Note,
            "a managed policy has at most five versions: if it has five, its oldest one is deleted",
        );
        output.remark(&note.into());
    }
    // The role is created or updated as well.
    let has_role = policy.trust.is_some() && matches.contains_id(ROLE);
    let notes = choice.notes(&[policy], if has_role { &[false, true] } else { &[false] });
    output.remark(&notes.iter().collect());
    exit
}

/// The commands as one shell list that stops at the first failure.
fn script(
    policies: &[Policy<'_>],
    policy: &Policy<'_>,
    choice: &Choice<'_>,
    matches: &ArgMatches,
) -> Result<String, Vec<Diagnostic>> {
    let given = Given(matches);
    if policy.policy_type == PolicyType::Resource {
        return resource::script(policy, choice, &given);
    }
    if let Some(kind) = organization::kind_of(policy) {
        return organization::script(policy, kind, choice, &given);
    }
    let text = |name: &str| given.text(name);
    let style = Style::MINIFIED.scalars(true);
    let holder = HOLDERS.iter().find_map(|holder| Some((holder, text(holder.option)?)));
    let (own_name, arn) = (text(POLICY_NAME), text(POLICY_ARN));
    let mut problems = refused_options(policy, &given, PRINCIPALS);
    if let Some((holder, name)) = holder {
        problems.extend(name_problem(name, holder.word));
    }
    problems.extend(own_name.and_then(|name| name_problem(name, "policy")));
    problems.extend(arn.and_then(|arn| arn_problem(arn).or_else(|| partition_problem(arn, policy, choice))));
    if let Some(boundary) = text(BOUNDARY) {
        problems.extend(arn_problem(boundary));
        if holder.is_none() {
            let problem = Diagnostic::error("no user or role to set a permissions boundary for");
            problems.push(problem.help(format!("name one with `--{USER} NAME` or `--{ROLE} NAME`")));
        }
    }
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
    let mut script = Script::default();
    let is_bounded = text(BOUNDARY).is_none() && holder.is_some_and(|(holder, _)| holder.option != GROUP);
    let limit = policies
        .iter()
        .find(|other| is_bounded && other.bounds.contains(&policy.name));
    if let Some(limit) = limit {
        create_boundary(&mut script, limit, &choice.own(limit))?;
    }
    let boundary = text(BOUNDARY)
        .map(Value::Text)
        .or(limit.map(|_| Value::Variable(LIMIT)));
    match holder {
        Some((holder, role)) if holder.option == ROLE && policy.trust.is_some() => {
            let trust = choice.render_trust(policy, style)?.to_string();
            if updates {
                script.trust(last(role), Value::Text(&trust));
                script.boundary(holder.word, holder.option, last(role), boundary);
            } else {
                script.role(role, &trust, boundary);
            }
        }
        Some((holder, name)) => script.boundary(holder.word, holder.option, last(name), boundary),
        None => {}
    }
    let default = default_name(policy);
    let own = Document {
        policy,
        kind,
        name: own_name.unwrap_or(&default),
        arn: arn.map(Value::Text),
        partition: partition(policy, choice),
        json: &json,
    };
    own.attach(&mut script, holder);
    if let Some((holder, name)) = holder {
        for arn in policy.managed_arns(own.partition) {
            script.attach(holder, name, Value::Text(&arn.to_string()));
        }
    }
    Ok(script.finish())
}

/// The partition that a policy is rendered for.
fn partition(policy: &Policy<'_>, choice: &Choice<'_>) -> Partition {
    choice.partition().unwrap_or(policy.default_partition())
}

/// Creates or updates the managed policy that is a permissions boundary.
fn create_boundary(script: &mut Script, limit: &Policy<'_>, choice: &Choice<'_>) -> Result<(), Vec<Diagnostic>> {
    let style = Style::MINIFIED.scalars(true);
    let json = choice
        .clone()
        .attached(AttachmentKind::Managed)
        .render(limit, style)?
        .to_string();
    script.managed_policy(LIMIT, partition(limit, choice).name(), &default_name(limit), &json);
    Ok(())
}

/// A policy that is ready to be attached.
struct Document<'d> {
    policy: &'d Policy<'d>,
    kind: AttachmentKind,
    name: &'d str,
    /// The managed policy that it replaces, if it does.
    arn: Option<Value<'d>>,
    partition: Partition,
    json: &'d str,
}

impl Document<'_> {
    fn attach(&self, script: &mut Script, holder: Option<(&Holder, &str)>) {
        match holder {
            // Of a role whose permissions are elsewhere, there is only the trust policy.
            Some(_) if self.policy.statements.is_empty() => {}
            Some((holder, holder_name)) if self.kind == holder.inline => {
                let put = format!("aws iam put-{}-policy", holder.word);
                let options = [
                    (holder.option, Value::Text(last(holder_name))),
                    (POLICY_NAME, Value::Text(self.name)),
                    ("policy-document", Value::Text(self.json)),
                ];
                script.call(&put, &options);
            }
            Some((holder, name)) => {
                let arn = self.manage(script);
                // A permissions boundary is set, not attached.
                if self.policy.policy_type == PolicyType::PermissionsBoundary {
                    script.boundary(holder.word, holder.option, last(name), Some(arn));
                } else {
                    script.attach(holder, name, arn);
                }
            }
            None => {
                self.manage(script);
            }
        }
    }

    /// Creates or updates a managed policy, and returns its ARN.
    fn manage(&self, script: &mut Script) -> Value<'_> {
        if let Some(arn) = self.arn {
            script.policy_version(arn, Value::Text(self.json));
            return arn;
        }
        script.managed_policy(OWN, self.partition.name(), self.name, self.json);
        Value::Variable(OWN)
    }
}

/// The shell variable for the ARN of the permissions boundary.
const LIMIT: &str = "boundary_arn";

/// The shell variable for the ARN of the policy.
const OWN: &str = "policy_arn";

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
