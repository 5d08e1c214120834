//! Which form of a policy is meant: the options `--partition`, `--set` and `--with`, for every command that is about a policy.

use std::ffi::OsStr;
use std::fmt::Write;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command};
use policy_core::text::Grouped;
use policy_core::{Attach, Options, Policy, RenderError, Rendered, Style, ValueError};
use policy_document::Document;
use policy_spec::wording::list;

use crate::Problem;
use crate::help::plain;

const PARTITION: &str = "partition";
const SET: &str = "set";
/// The id of `--with`, for an option that excludes it.
pub(super) const WITH: &str = "with";

/// Adds the options to a command. Those that make no difference to any of the policies are left out.
///
/// What is given to them is judged by [`Choice`], so that all mistakes are said at once. The text after the command's options
/// lists the parameters.
///
/// - `policies`: those that the command may be about
///
/// # Examples
///
/// ```
/// use clap::Command;
/// use policy_cli::policies::choice;
/// use remotion_lambda_policies::ALL;
///
/// let command = choice::with_options(Command::new("measure"), ALL);
/// let names: Vec<_> = command.get_arguments().map(|argument| argument.get_id().as_str()).collect();
/// assert_eq!(names, ["partition", "set", "with"]);
/// ```
#[must_use]
pub fn with_options(mut command: Command, policies: &'static [Policy<'static>]) -> Command {
    let partitions = distinct(policies, |policy| policy.partitions, |name| name);
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
    let parameters = distinct(policies, |policy| policy.parameters, |parameter| parameter.name);
    if !parameters.is_empty() {
        let mut text = String::from("Parameters and their defaults:");
        for parameter in parameters {
            // A `String` takes everything.
            let _ = write!(text, "\n  {}={}", parameter.name, parameter.default);
            if !parameter.about.is_empty() {
                let _ = write!(text, "\n      {}", plain(parameter.about).replace('\n', "\n      "));
            }
        }
        command = command.after_help(text).arg(
            option(SET, "NAME=VALUE")
                .help("Give a parameter another value; may be repeated")
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
/// use policy_cli::policies::choice::{self, Choice};
/// use policy_core::Style;
/// use remotion_lambda_policies::{ALL, USER};
///
/// let command = choice::with_options(Command::new("measure"), ALL);
/// let matches = command.get_matches_from(["measure", "--set", "bucket-prefix=acme-", "--with", "custom-layer"]);
/// let problems = Choice::new(&matches).render(&USER, Style::PRETTY).unwrap_err();
/// assert_eq!(
///     problems[0].to_string(),
///     "error: there is no extension `custom-layer`\n  help: did you mean `custom-layers`?\n  \
///      help: the extensions are `custom-layers` and `output-bucket`\n",
/// );
/// ```
#[derive(Clone, Debug, Default)]
pub struct Choice<'a> {
    partition: Option<&'a str>,
    parameters: Vec<(&'a str, &'a str)>,
    /// Those of which no value was given.
    valueless: Vec<&'a str>,
    extensions: Vec<&'a str>,
}

impl<'a> Choice<'a> {
    /// Reads the options.
    ///
    /// - `matches`: the arguments of a command that [`with_options`] has had
    #[must_use]
    pub fn new(matches: &'a ArgMatches) -> Self {
        let mut choice = Self {
            partition: texts(matches, PARTITION).next(),
            ..Self::default()
        };
        for setting in texts(matches, SET) {
            match setting.split_once('=') {
                Some(set) => choice.parameters.push(set),
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
    pub fn or_partition(mut self, partition: Option<&'a str>) -> Self {
        self.partition = self.partition.or(partition);
        self
    }

    /// The same for the constants; what is wrong with it shows when a policy is rendered.
    ///
    /// - `style`: how the JSON is laid out
    #[must_use]
    pub fn options(&self, style: Style) -> Options<'_> {
        Options {
            partition: self.partition,
            parameters: &self.parameters,
            extensions: &self.extensions,
            style,
        }
    }

    /// The policy in the form that was asked for.
    ///
    /// - `style`: how the JSON is laid out
    ///
    /// # Errors
    ///
    /// All that is wrong with the options for this policy, and a size that is too much for something that it may be attached to.
    pub fn render<'s>(&'s self, policy: &Policy<'s>, style: Style) -> Result<Rendered<'s>, Vec<Problem>> {
        let options = self.options(style);
        self.refuse(policy, options, policy.problems(options))?;
        policy
            .render(options)
            .map_err(|error| vec![explained(policy, options, error)])
    }

    /// The trust policy in the form that was asked for. The size of the policy itself does not matter to it.
    ///
    /// - `style`: how the JSON is laid out
    ///
    /// # Errors
    ///
    /// All that is wrong with the options for this policy, that it has no trust policy, or that this is too long.
    pub fn render_trust<'s>(&'s self, policy: &Policy<'s>, style: Style) -> Result<Rendered<'s>, Vec<Problem>> {
        let options = self.options(style);
        let size =
            |error: &RenderError<'_>| matches!(error, RenderError::TooLong { .. } | RenderError::NoCommonAttachment);
        let problems = policy.problems(options).filter(|error| !size(error));
        self.refuse(policy, options, problems)?;
        policy
            .render_trust(options)
            .map_err(|error| vec![explained(policy, options, error)])
    }

    /// The policy in the form that was asked for, to be checked, compared or put to AWS.
    ///
    /// # Errors
    ///
    /// As [`Choice::render`], for the shortest form of it.
    ///
    /// # Examples
    ///
    /// ```
    /// use policy_cli::policies::choice::Choice;
    /// use remotion_lambda_policies::ROLE;
    ///
    /// let document = Choice::default().document(&ROLE).unwrap();
    /// assert_eq!(document.statements().count(), ROLE.statements.len());
    /// ```
    pub fn document(&self, policy: &Policy<'_>) -> Result<Document, Vec<Problem>> {
        self.render(policy, SHORTEST).map(|rendered| read(&rendered))
    }

    /// The trust policy likewise.
    ///
    /// # Errors
    ///
    /// As [`Choice::render_trust`], for the shortest form of it.
    pub fn trust_document(&self, policy: &Policy<'_>) -> Result<Document, Vec<Problem>> {
        self.render_trust(policy, SHORTEST).map(|rendered| read(&rendered))
    }

    /// Says all that is wrong, if anything is.
    fn refuse<'s>(
        &'s self,
        policy: &Policy<'s>,
        options: Options<'s>,
        errors: impl Iterator<Item = RenderError<'s>>,
    ) -> Result<(), Vec<Problem>> {
        let errors = errors.map(|error| explained(policy, options, error));
        let valueless = self.valueless.iter().map(|name| no_value(policy, name));
        let problems: Vec<Problem> = errors.chain(valueless).collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }
}

/// In this style a policy fits, if it fits in any.
const SHORTEST: Style = Style {
    scalars: true,
    ..Style::MINIFIED
};

fn read(rendered: &Rendered<'_>) -> Document {
    policy_json::read(rendered.to_string().as_bytes()).document
}

/// The values of an option that the command may not have.
fn texts<'a>(matches: &'a ArgMatches, name: &str) -> impl Iterator<Item = &'a str> {
    let values = matches.try_get_many::<String>(name).ok().flatten();
    values.into_iter().flatten().map(String::as_str)
}

/// The value that the parameter `name` has unless another is given.
fn default<'a>(policy: &Policy<'a>, name: &str) -> Option<&'a str> {
    let parameter = policy.parameters.iter().find(|parameter| parameter.name == name);
    parameter.map(|parameter| parameter.default)
}

fn no_value(policy: &Policy<'_>, name: &str) -> Problem {
    let problem = Problem::new(format!("`--set {name}` gives no value"));
    match default(policy, name) {
        Some(default) => problem.help(format!("the default is `--set {name}={default}`")),
        None => problem.choose(
            name,
            "parameters",
            policy.parameters.iter().map(|parameter| parameter.name),
        ),
    }
}

/// `error`, and what to do about it.
fn explained<'a>(policy: &Policy<'a>, options: Options<'a>, error: RenderError<'a>) -> Problem {
    let problem = Problem::new(error.to_string());
    match error {
        RenderError::UnknownPartition { partition } => problem.choose(
            partition,
            "partitions of this policy",
            policy.partitions.iter().copied(),
        ),
        RenderError::UnknownParameter { name } => problem.choose(
            name,
            "parameters",
            policy.parameters.iter().map(|parameter| parameter.name),
        ),
        RenderError::UnknownExtension { name } => problem.choose(
            name,
            "extensions",
            policy.extensions.iter().map(|extension| extension.name),
        ),
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
        RenderError::RepeatedParameter { name } => problem.help(format!("keep one `--set {name}=…`")),
        RenderError::NoCommonAttachment => options
            .extensions
            .iter()
            .filter_map(|name| policy.extension(name))
            .fold(problem, |problem, extension| {
                let kinds = policy.attachments(&[extension.name]).into_iter().flatten();
                problem.help(format!("`{}` is for {}", extension.name, list(kinds.map(Attach::name))))
            }),
        RenderError::TooLong { attach, size } => {
            let scalars = policy
                .measure(with_scalars(options))
                .filter(|size| *size <= attach.quota());
            let kinds = policy.attachments(options.extensions).into_iter().flatten();
            kinds
                .filter(|kind| size <= kind.quota())
                .fold(shorter(problem, options, scalars), |problem, kind| {
                    let quota = Grouped(kind.quota());
                    problem.help(format!(
                        "attached as `{kind}` it would fit, with up to {quota} characters"
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
    let style = Style {
        scalars: true,
        ..options.style
    };
    Options { style, ..options }
}

/// How to make a document shorter that is too long.
///
/// - `scalars`: its size with `--scalars`, if it fits then
fn shorter(mut problem: Problem, options: Options<'_>, scalars: Option<usize>) -> Problem {
    if let Some(size) = scalars {
        problem = problem.help(format!("`--scalars` makes it {} characters, which fits", Grouped(size)));
    }
    if !options.parameters.is_empty() {
        problem = problem.help("give `--set` shorter values");
    }
    if !options.extensions.is_empty() {
        problem = problem.help("leave an extension out");
    }
    problem
}
