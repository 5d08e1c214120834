//! Which form of a policy is meant: the options `--partition`, `--environment`, `--set` and `--with`, for every command that is about a
//! policy.

use std::ffi::OsStr;
use std::fmt::Write;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command};
use iam_policy_core::text::Grouped;
use iam_policy_core::{
    AttachmentKind, Environment, Options, Parameter, ParameterValue, Partition, Policy, RenderError, Rendered, Style,
    ValueError,
};
use iam_policy_document::{Diagnostic, Document, Severity};
use iam_policy_spec::wording::list;

use crate::help::plain;
use crate::with_candidates;

const PARTITION: &str = "partition";
const ENVIRONMENT: &str = "environment";
const SET: &str = "set";
/// The id of `--with`, for an option that excludes it.
pub(super) const WITH: &str = "with";
/// The id of the option that says how the policy will be attached, for a command to which that makes a difference.
pub(super) const ATTACH: &str = "attach";

/// Adds the options to a command. Those that make no difference to any of the policies are left out.
///
/// What is given to them is judged by [`Choice`], so that all mistakes are said at once. The text after the command's
/// options lists the parameters.
///
/// - `policies`: those that the command may be about
///
/// # Examples
///
/// ```
/// use clap::Command;
/// use iam_policy_commands::policies::choice;
/// use remotion_lambda_policies::ALL;
///
/// let command = choice::with_options(Command::new("measure"), ALL);
/// let names: Vec<_> = command.get_arguments().map(|argument| argument.get_id().as_str()).collect();
/// assert_eq!(names, ["partition", "set", "with"]);
/// ```
#[must_use]
pub fn with_options(mut command: Command, policies: &'static [Policy<'static>]) -> Command {
    let partitions = distinct(policies, |policy| policy.partitions, Partition::name);
    let partitions: Vec<&str> = partitions.into_iter().map(Partition::name).collect();
    let mut default = policies.iter().map(Policy::default_partition);
    let shared = default.next().filter(|first| default.all(|other| other == *first));
    let default = shared.map_or_else(String::new, |partition| format!(" [default: {partition}]"));
    command = command.arg(
        option(PARTITION, "PARTITION")
            .help(format!(
                "Use the ARNs of this AWS partition{default} [possible values: {}]",
                partitions.join(", "),
            ))
            // Left to itself, clap puts these on lines of their own, after one of white space alone.
            .hide_possible_values(true)
            .value_parser(Listed(partitions.into_iter().map(PossibleValue::new).collect())),
    );
    let environments = distinct(policies, |policy| policy.environments, |environment| environment.name);
    if !environments.is_empty() {
        let names: Vec<&str> = environments.into_iter().map(|environment| environment.name).collect();
        command = command.arg(
            option(ENVIRONMENT, "NAME")
                .help(format!(
                    "Use the parameters of this environment [possible values: {}]",
                    names.join(", "),
                ))
                .hide_possible_values(true)
                .value_parser(Listed(names.into_iter().map(PossibleValue::new).collect())),
        );
    }
    let parameters = distinct(policies, |policy| policy.parameters, |parameter| parameter.name);
    if !parameters.is_empty() {
        let mut text = String::from("Parameters and their defaults:");
        for parameter in parameters {
            // A `String` takes everything.
            let _ = match parameter.default {
                Some(default) => write!(text, "\n  {}={default}", parameter.name),
                None => write!(text, "\n  {} (required)", parameter.name),
            };
            if !parameter.about.is_empty() {
                let _ = write!(text, "\n      {}", plain(parameter.about).replace('\n', "\n      "));
            }
        }
        command = command.after_help(text).arg(
            option(SET, "NAME=VALUE")
                .help("Set a parameter; may be repeated")
                .action(ArgAction::Append),
        );
    }
    let extensions = distinct(policies, |policy| policy.extensions, |extension| extension.name);
    if !extensions.is_empty() {
        let extensions = extensions
            .into_iter()
            .map(|extension| PossibleValue::new(extension.name).help(extension.heading()));
        command = command.arg(
            option(WITH, "EXTENSION")
                .help("Add the statements of an extension; may be repeated")
                .action(ArgAction::Append)
                .value_parser(Listed(extensions.collect())),
        );
    }
    command
}

/// What the policies have, each thing once, in their order.
fn distinct<T: Copy + 'static>(
    policies: &'static [Policy<'static>],
    of: impl Fn(&Policy<'static>) -> &'static [T],
    name: impl Fn(T) -> &'static str,
) -> Vec<T> {
    let mut all: Vec<T> = Vec::new();
    for one in policies.iter().flat_map(of) {
        if !all.iter().any(|other| name(*other) == name(*one)) {
            all.push(*one);
        }
    }
    all
}

/// An option that takes text, which is judged together with all the others.
fn option(name: &'static str, value_name: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value_name)
}

/// Shows in help and completions what there is, but accepts everything: mistakes are reported all together.
#[derive(Clone)]
struct Listed(Vec<PossibleValue>);

impl TypedValueParser for Listed {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().cloned()))
    }
}

/// What a user has asked for with the options of [`with_options`].
///
/// # Examples
///
/// ```
/// use clap::Command;
/// use iam_policy_commands::policies::choice::{self, Choice};
/// use iam_policy_core::Style;
/// use remotion_lambda_policies::{ALL, USER};
///
/// let command = choice::with_options(Command::new("measure"), ALL);
/// let matches = command.get_matches_from(["measure", "--set", "bucket-prefix=acme-", "--with", "custom-layer"]);
/// let problems = Choice::new(&matches).render(&USER, Style::PRETTY).unwrap_err();
/// assert_eq!(
///     problems[0].to_string(),
///     "error: there is no extension `custom-layer`\n  = help: did you mean `custom-layers`?\n  \
///      = help: the extensions are `custom-layers` and `output-bucket`",
/// );
/// ```
#[derive(Clone, Debug, Default)]
pub struct Choice<'a> {
    partition: Option<Partition>,
    /// What was given to `--partition` if AWS has no such partition.
    unknown_partition: Option<&'a str>,
    /// The name of the environment.
    environment: Option<&'a str>,
    parameters: Vec<(&'a str, ParameterValue<'a>)>,
    /// The parameters that were given without a value.
    valueless: Vec<&'a str>,
    extensions: Vec<&'a str>,
    attach: Option<AttachmentKind>,
    /// Whether the command has `--attach`.
    is_attachable: bool,
}

impl<'a> Choice<'a> {
    /// Reads the options.
    ///
    /// - `matches`: the arguments of a command that [`with_options`] has had
    #[must_use]
    pub fn new(matches: &'a ArgMatches) -> Self {
        let name = texts(matches, PARTITION).next();
        let partition = name.and_then(Partition::from_name);
        let mut choice = Self {
            partition,
            unknown_partition: name.filter(|_| partition.is_none()),
            environment: texts(matches, ENVIRONMENT).next(),
            attach: texts(matches, ATTACH).next().and_then(AttachmentKind::from_name),
            is_attachable: matches.try_contains_id(ATTACH).is_ok(),
            ..Self::default()
        };
        for setting in texts(matches, SET) {
            match setting.split_once('=') {
                Some((name, value)) => choice.parameters.push((name, value.into())),
                None if choice.valueless.contains(&setting) => {}
                None => choice.valueless.push(setting),
            }
        }
        for name in texts(matches, WITH) {
            // An extension is there or not, however often it is asked for.
            if !choice.extensions.contains(&name) {
                choice.extensions.push(name);
            }
        }
        choice
    }

    /// The same, in this partition if none was asked for.
    #[must_use]
    pub fn or_partition(mut self, partition: Option<Partition>) -> Self {
        self.partition = self.partition.or(partition);
        self
    }

    /// The same, for a policy that is attached in this way.
    #[must_use]
    pub(super) fn attached(mut self, attach: AttachmentKind) -> Self {
        self.attach = Some(attach);
        self
    }

    /// The same for one of several policies: an extension or a parameter that it does not have is for the others.
    ///
    /// What none of them has is told by [`Choice::strangers`].
    pub(super) fn own(&self, policy: &Policy<'_>) -> Self {
        let mut own = self.clone();
        own.extensions.retain(|name| policy.extension(name).is_some());
        own.environment = own.environment.filter(|name| policy.environment(name).is_some());
        own.parameters.retain(|(name, _)| parameter(policy, name).is_some());
        own.valueless.clear();
        own
    }

    /// What is wrong with the names of extensions and parameters, since none of the policies has them or since they
    /// have no value.
    ///
    /// - `policies`: those that the command is about
    /// - `all`: those that it could be about
    pub(super) fn strangers(&self, policies: &[&Policy<'_>], all: &[Policy<'_>]) -> Vec<Diagnostic> {
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in &self.parameters {
            if !names.contains(name) && policies.iter().all(|policy| parameter(policy, name).is_none()) {
                names.push(name);
            }
        }
        let parameters = names.into_iter().map(|name| no_parameter(policies, name));
        let unknown = |name: &&&str| policies.iter().all(|policy| policy.extension(name).is_none());
        let extensions = self.extensions.iter().filter(unknown);
        let extensions = extensions.map(|name| {
            let others = all.iter().filter(|policy| policy.extension(name).is_some());
            let others: Vec<&str> = others.map(|policy| policy.name).collect();
            if others.is_empty() {
                return no_extension(policies, name);
            }
            let own = list(policies.iter().map(|policy| policy.name));
            Diagnostic::error(format!("{own} has no extension `{name}`")).help(format!("it is one of {}", list(others)))
        });
        let valueless = self.valueless.iter().map(|name| no_value(policies, name));
        let unknown = |name: &&str| policies.iter().all(|policy| policy.environment(name).is_none());
        let environment = self.environment.filter(unknown);
        let environment = environment.map(|name| no_environment(policies, name));
        let all = environment.into_iter().chain(parameters);
        all.chain(extensions).chain(valueless).collect()
    }

    /// Notes about values that change nothing.
    ///
    /// - `policies`: those that the command is about, for which the options are right
    /// - `trusts`: whether it is about their trust policies, for each thing that it is about
    pub(super) fn notes(&self, policies: &[&Policy<'_>], trusts: &[bool]) -> Vec<Diagnostic> {
        let mut notes = Vec::new();
        for (name, value) in &self.parameters {
            let changes = |extensions: &[&str]| {
                let mut all = policies
                    .iter()
                    .flat_map(|policy| trusts.iter().map(move |is_trust| (policy, is_trust)));
                all.any(|(policy, is_trust)| is_used(policy, self.partition, name, extensions, *is_trust))
            };
            if changes(&self.extensions) {
                continue;
            }
            let whose = list(policies.iter().map(|policy| policy.name));
            let message = format!("`--{SET} {name}={value}` has no effect on {whose}");
            let mut note = Diagnostic::new(Severity::Note, message);
            for extension in names(policies, |policy| policy.extensions, |extension| extension.name) {
                if changes(&[extension]) {
                    note = note.help(format!(
                        "only the extension `{extension}` uses it: add `--{WITH} {extension}`"
                    ));
                }
            }
            notes.push(note);
        }
        notes
    }

    /// The options for the constants. They are not checked, and a partition that AWS does not have is left out, as is an
    /// environment that the policy does not have.
    ///
    /// - `style`: the layout of the JSON
    pub(super) fn options<'s>(&'s self, policy: &Policy<'s>, style: Style) -> Options<'s> {
        let mut options = Options::DEFAULT
            .parameters(&self.parameters)
            .extensions(&self.extensions)
            .style(style);
        options.partition = self.partition;
        options.environment = self.environment_of(policy);
        options.attach = self.attach;
        options
    }

    /// The partition that was asked for.
    pub(super) fn partition(&self) -> Option<Partition> {
        self.partition
    }

    fn environment_of<'s>(&self, policy: &Policy<'s>) -> Option<Environment<'s>> {
        policy.environment(self.environment?)
    }

    /// The policy in the form that was asked for.
    ///
    /// - `style`: how the JSON is laid out
    ///
    /// # Errors
    ///
    /// All that is wrong with the options for this policy, and a size that is too much for something that it may be
    /// attached to.
    pub fn render<'s>(&'s self, policy: &Policy<'s>, style: Style) -> Result<Rendered<'s>, Vec<Diagnostic>> {
        let options = self.options(policy, style);
        self.refuse(policy, options, policy.problems(options))?;
        policy
            .render(options)
            .map_err(|error| vec![explained(policy, options, error, self.is_attachable)])
    }

    /// The trust policy in the form that was asked for. The size of the policy itself does not matter to it.
    ///
    /// - `style`: how the JSON is laid out
    ///
    /// # Errors
    ///
    /// All that is wrong with the options for this policy, that it has no trust policy, or that this is too long.
    pub fn render_trust<'s>(&'s self, policy: &Policy<'s>, style: Style) -> Result<Rendered<'s>, Vec<Diagnostic>> {
        let options = self.options(policy, style);
        let errors = policy.problems(options).filter(|error| !depends_on_attachment(error));
        self.refuse(policy, options, errors)?;
        policy
            .render_trust(options)
            .map_err(|error| vec![explained(policy, options, error, self.is_attachable)])
    }

    /// The policy in the form that was asked for, to be checked, compared or put to AWS.
    ///
    /// # Errors
    ///
    /// As [`Choice::render`], for the shortest form of it, and for the longest quota of where it may be attached.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_commands::policies::choice::Choice;
    /// use remotion_lambda_policies::ROLE;
    ///
    /// let document = Choice::default().document(&ROLE).unwrap();
    /// assert_eq!(document.statements().count(), ROLE.statements.len());
    /// ```
    pub fn document(&self, policy: &Policy<'_>) -> Result<Document, Vec<Diagnostic>> {
        let roomiest = self.clone().roomiest(policy);
        roomiest.render(policy, SHORTEST).map(Document::from)
    }

    /// The same where the policy may be longest, for a command to which it is all one how it is attached.
    pub(super) fn roomiest(mut self, policy: &Policy<'_>) -> Self {
        let kinds = policy.attachments(&self.extensions).into_iter().flatten();
        self.attach = self.attach.or(kinds.max_by_key(|kind| kind.quota()));
        self
    }

    /// The trust policy likewise.
    ///
    /// # Errors
    ///
    /// As [`Choice::render_trust`], for the shortest form of it.
    pub fn trust_document(&self, policy: &Policy<'_>) -> Result<Document, Vec<Diagnostic>> {
        self.render_trust(policy, SHORTEST).map(Document::from)
    }

    /// What is wrong with the options for this policy, wherever it is attached.
    ///
    /// # Errors
    ///
    /// As [`Choice::render`], except for a size that is too much.
    pub(super) fn check(&self, policy: &Policy<'_>) -> Result<(), Vec<Diagnostic>> {
        let options = self.options(policy, SHORTEST);
        self.refuse(
            policy,
            options,
            policy.problems(options).filter(|error| !is_of_size(error)),
        )
    }

    /// Says all that is wrong, if anything is.
    fn refuse<'s>(
        &'s self,
        policy: &Policy<'s>,
        options: Options<'s>,
        errors: impl Iterator<Item = RenderError<'s>>,
    ) -> Result<(), Vec<Diagnostic>> {
        let partition = self.unknown_partition.map(|name| unknown_partition(policy, name));
        // As with any other mistake, sizes do not matter yet.
        let environment = self.environment.filter(|name| policy.environment(name).is_none());
        let is_unknown = environment.is_some();
        let environment = environment.map(|name| no_environment(&[policy], name));
        // An unknown environment would have set what seems to be missing, and `--set NAME` is reported below.
        let errors = errors.filter(|error| match error {
            RenderError::MissingParameter { name } => !is_unknown && !self.valueless.contains(name),
            _ => true,
        });
        let errors =
            errors.filter(|error| (self.unknown_partition.is_none() && !is_unknown) || !depends_on_attachment(error));
        let errors = errors.map(|error| explained(policy, options, error, self.is_attachable));
        let valueless = self.valueless.iter().map(|name| no_value(&[policy], name));
        let joined = self.parameters.iter().filter_map(|set| joined(policy, *set));
        let problems: Vec<Diagnostic> = partition
            .into_iter()
            .chain(environment)
            .chain(errors)
            .chain(valueless)
            .chain(joined)
            .collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }
}

/// Whether a mistake depends on how the policy is attached.
const fn is_of_size(error: &RenderError<'_>) -> bool {
    matches!(
        error,
        RenderError::TooLong { .. } | RenderError::UnsupportedAttachment { .. }
    )
}

/// Whether a mistake depends on what the policy is attached to, or on its size.
fn depends_on_attachment(error: &RenderError<'_>) -> bool {
    is_of_size(error) || *error == RenderError::NoCommonAttachment
}

/// A policy that fits in any style fits in this one.
const SHORTEST: Style = Style::MINIFIED.scalars(true);

/// The values of an option that the command may not have.
fn texts<'a>(matches: &'a ArgMatches, name: &str) -> impl Iterator<Item = &'a str> {
    let values = matches.try_get_many::<String>(name).ok().flatten();
    values.into_iter().flatten().map(String::as_str)
}

/// The parameter of this name.
fn parameter<'a>(policy: &Policy<'a>, name: &str) -> Option<&'a Parameter<'a>> {
    policy.parameters.iter().find(|parameter| parameter.name == name)
}

/// The value that the parameter `name` has unless another is given.
fn default<'a>(policy: &Policy<'a>, name: &str) -> Option<ParameterValue<'a>> {
    parameter(policy, name)?.default
}

/// The names that several policies have, each once.
fn names<'p, 's: 'p, T: 's>(
    policies: &[&'p Policy<'s>],
    of: impl Fn(&'p Policy<'s>) -> &'s [T],
    name: impl Fn(&'s T) -> &'s str,
) -> Vec<&'s str> {
    let mut all = Vec::new();
    for name in policies.iter().flat_map(|policy| of(policy)).map(name) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// Whether the value of a parameter changes a policy with these extensions, or its trust policy. Extensions that the
/// policy does not have are ignored.
///
/// - `partition`: the partition; `None` for any of the policy's
fn is_used(policy: &Policy<'_>, partition: Option<Partition>, name: &str, extensions: &[&str], is_trust: bool) -> bool {
    let partitions = policy.partitions.iter().copied();
    let mut partitions = partitions.filter(|known| partition.is_none_or(|partition| partition == *known));
    partitions.any(|partition| {
        let options = Options::DEFAULT.partition(partition).extensions(extensions);
        let rendered = if is_trust {
            policy.render_trust_unchecked(options)
        } else {
            Some(policy.render_unchecked(options))
        };
        rendered.is_some_and(|rendered| rendered.uses(name))
    })
}

/// That AWS has no partition of this name.
fn unknown_partition(policy: &Policy<'_>, name: &str) -> Diagnostic {
    let supported = policy.partitions.iter().map(|partition| partition.name());
    let problem = Diagnostic::error(format!("AWS has no partition `{name}`"));
    with_candidates(problem, name, "partitions of this policy", supported)
}

/// That no policy has an environment of this name.
fn no_environment(policies: &[&Policy<'_>], name: &str) -> Diagnostic {
    let known = names(policies, |policy| policy.environments, |environment| environment.name);
    let problem = Diagnostic::error(format!("there is no environment `{name}`"));
    with_candidates(problem, name, "environments", known.into_iter())
}

/// That no policy has a parameter of this name.
fn no_parameter(policies: &[&Policy<'_>], name: &str) -> Diagnostic {
    let known = names(policies, |policy| policy.parameters, |parameter| parameter.name);
    let names = [(name, ParameterValue::Text(""))];
    let options = Options::DEFAULT.parameters(&names);
    let problem = Diagnostic::error(RenderError::UnknownParameter { index: 0 }.display(&options).to_string());
    with_candidates(problem, name, "parameters", known.into_iter())
}

/// That no policy has an extension of this name.
fn no_extension(policies: &[&Policy<'_>], name: &str) -> Diagnostic {
    let known = names(policies, |policy| policy.extensions, |extension| extension.name);
    let names = [name];
    let options = Options::DEFAULT.extensions(&names);
    let problem = Diagnostic::error(RenderError::UnknownExtension { index: 0 }.display(&options).to_string());
    let parts: Vec<&str> = name.split(',').map(str::trim).collect();
    if parts.len() > 1 && parts.iter().all(|part| known.contains(part)) {
        let repeated: Vec<String> = parts.iter().map(|part| format!("--{WITH} {part}")).collect();
        return problem.help(format!("repeat the option: `{}`", repeated.join(" ")));
    }
    with_candidates(problem, name, "extensions", known.into_iter())
}

fn no_value(policies: &[&Policy<'_>], name: &str) -> Diagnostic {
    let problem = Diagnostic::error(format!("`--{SET} {name}` has no value"));
    if let Some(default) = policies.iter().find_map(|policy| default(policy, name)) {
        return problem.help(format!("the default is `--{SET} {name}={default}`"));
    }
    if policies.iter().any(|policy| parameter(policy, name).is_some()) {
        return problem.help(format!("write `--{SET} {name}=VALUE`"));
    }
    let known = names(policies, |policy| policy.parameters, |parameter| parameter.name);
    with_candidates(problem, name, "parameters", known.into_iter())
}

/// That a value has another setting in it, where each has an option of its own.
fn joined(policy: &Policy<'_>, (name, value): (&str, ParameterValue<'_>)) -> Option<Diagnostic> {
    let ParameterValue::Text(value) = value else {
        return None;
    };
    let (own, other) = value.split_once(',')?;
    let (next, _) = other.split_once('=')?;
    parameter(policy, next.trim())?;
    let other = other.trim_start();
    Some(
        Diagnostic::error(format!("`--{SET} {name}={value}` sets more than one parameter"))
            .help(format!("repeat the option: `--{SET} {name}={own} --{SET} {other}`")),
    )
}

/// `error`, and what to do about it.
///
/// - `is_attachable`: whether the command has `--attach`
fn explained(policy: &Policy<'_>, options: Options<'_>, error: RenderError<'_>, is_attachable: bool) -> Diagnostic {
    let problem = Diagnostic::error(error.display(&options).to_string());
    let parameter = |index: usize| options.parameters.get(index).map_or("", |(name, _)| name);
    match error {
        RenderError::UnknownParameter { index } => no_parameter(&[policy], parameter(index)),
        RenderError::UnknownExtension { index } => {
            no_extension(&[policy], options.extensions.get(index).copied().unwrap_or_default())
        }
        RenderError::Value { name, error, .. } => {
            let problem = match error {
                ValueError::Character('*' | '?') => problem.help("the policy adds its own wildcards"),
                _ => problem,
            };
            match default(policy, name) {
                Some(default) => problem.help(format!("the default is `{default}`")),
                None => problem,
            }
        }
        RenderError::MissingParameter { name } => {
            let problem = problem.help(format!("add `--{SET} {name}=VALUE`"));
            let environments = policy.environments.iter().map(|environment| environment.name);
            if policy.environments.is_empty() {
                problem
            } else {
                problem.help(format!(
                    "or choose an environment with `--{ENVIRONMENT}`: {}",
                    list(environments)
                ))
            }
        }
        RenderError::RepeatedParameter { index } => problem.help(format!("keep one `--set {}=…`", parameter(index))),
        RenderError::NoCommonAttachment => options
            .extensions
            .iter()
            .filter_map(|name| policy.extension(name))
            .fold(problem, |problem, extension| {
                let kinds = policy.attachments(&[extension.name]).into_iter().flatten();
                problem.help(format!(
                    "`{}` is for {}",
                    extension.name,
                    list(kinds.map(AttachmentKind::name))
                ))
            }),
        RenderError::UnsupportedAttachment { .. } => {
            let kinds = policy.attachments(options.extensions).into_iter().flatten();
            problem.help(format!("it supports {}", list(kinds.map(AttachmentKind::name))))
        }
        RenderError::TooLong { attach, size } => {
            let scalars = policy
                .measure(with_scalars(options))
                .filter(|size| *size <= attach.quota());
            let kinds = policy.attachments(options.extensions).into_iter().flatten();
            kinds
                .filter(|kind| size <= kind.quota())
                .filter(|_| options.attach.is_none() || is_attachable)
                .fold(shorter(problem, options, scalars), |problem, kind| {
                    let quota = Grouped(kind.quota());
                    let option = if is_attachable {
                        format!(": `--{ATTACH} {kind}`")
                    } else {
                        String::new()
                    };
                    problem.help(format!(
                        "as `{kind}`, with up to {quota} characters, it would fit{option}"
                    ))
                })
        }
        RenderError::TrustTooLong { .. } => {
            let scalars = policy.render_trust(with_scalars(options)).ok();
            shorter(problem, options, scalars.map(|trust| trust.size()))
        }
        _ => problem,
    }
}

fn with_scalars(options: Options<'_>) -> Options<'_> {
    let style = options.style.scalars(true);
    options.style(style)
}

/// How to make a document shorter that is too long.
///
/// - `scalars`: its size with `--scalars`, if it fits then
fn shorter(mut problem: Diagnostic, options: Options<'_>, scalars: Option<usize>) -> Diagnostic {
    if let Some(size) = scalars {
        problem = problem.help(format!("`--scalars` makes it {} characters, which fits", Grouped(size)));
    }
    if !options.parameters.is_empty() {
        problem = problem.help("give `--set` shorter values");
    }
    if !options.extensions.is_empty() {
        problem = problem.help("omit an extension");
    }
    problem
}
