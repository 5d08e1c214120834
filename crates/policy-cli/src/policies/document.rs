//! A policy's own command: the policy, or its trust policy, as JSON.

use std::ffi::OsStr;
use std::fmt::Write;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command};
use policy_core::text::Grouped;
use policy_core::{Attach, Options, Policy, RenderError, Style, ValueError};
use policy_spec::wording::list;

use crate::problem::Problem;
use crate::{Exit, Output};

const PARTITION: &str = "partition";
const SET: &str = "set";
const WITH: &str = "with";
const SCALARS: &str = "scalars";
const MINIFY: &str = "minify";
const TRUST: &str = "trust";

/// An option without a value.
fn flag(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue)
}

/// An option that takes text, which is judged together with all the others.
fn option(name: &'static str, value_name: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value_name)
}

/// The command of `policy`. Options that make no difference to it are left out.
pub(super) fn command(policy: &'static Policy<'static>) -> Command {
    let title = policy.heading();
    let partitions = policy.partitions.iter().map(PossibleValue::new);
    let mut command = Command::new(policy.name)
        .about(title)
        .long_about(format!("{title}\n\n{}", reflowed(policy.about)).trim_end().to_owned())
        .arg(
            option(PARTITION, "PARTITION")
                .help(format!(
                    "Write the ARNs of this AWS partition [default: {}] [possible values: {}]",
                    policy.default_partition(),
                    policy.partitions.join(", "),
                ))
                // Left to itself, clap puts these on lines of their own, after one of white space alone.
                .hide_possible_values(true)
                .value_parser(Listed(partitions.collect())),
        );
    if !policy.parameters.is_empty() {
        command = command.after_help(parameters(policy)).arg(
            option(SET, "NAME=VALUE")
                .help("Give a parameter another value; may be repeated")
                .action(ArgAction::Append),
        );
    }
    if !policy.extensions.is_empty() {
        let extensions = policy
            .extensions
            .iter()
            .map(|extension| PossibleValue::new(extension.name).help(extension.heading()));
        command = command.arg(
            option(WITH, "EXTENSION")
                .help("Add the statements of an extension; may be repeated")
                .action(ArgAction::Append)
                .value_parser(Listed(extensions.collect())),
        );
    }
    command = command
        .arg(flag(SCALARS).help("Write a list of one value as that value, which IAM reads alike and which is shorter"))
        .arg(flag(MINIFY).help("Leave out white space"));
    if policy.trust.is_some() {
        let trust = flag(TRUST).help("Print the trust policy of the role instead: who may assume it");
        let extensible = !policy.extensions.is_empty();
        command = command.arg(if extensible { trust.conflicts_with(WITH) } else { trust });
    }
    command
}

/// The parameters in the form that `--set` takes.
fn parameters(policy: &Policy<'_>) -> String {
    let mut text = String::from("Parameters and their defaults:");
    for parameter in policy.parameters {
        // A `String` takes everything.
        let _ = write!(text, "\n  {}={}", parameter.name, parameter.default);
        if !parameter.about.is_empty() {
            let _ = write!(text, "\n      {}", reflowed(parameter.about).replace('\n', "\n      "));
        }
    }
    text
}

/// Markdown whose paragraphs are lines, since help is wrapped at the width of the terminal. Lists, tables and code keep their
/// lines.
fn reflowed(markdown: &str) -> String {
    let mut text = String::new();
    let mut fenced = false;
    let mut in_paragraph = false;
    for line in markdown.trim().lines() {
        let trimmed = line.trim();
        let fence = trimmed.starts_with("```");
        let code = fenced || fence;
        let starts = ["- ", "* ", "+ ", "#", "|", ">"];
        let own_line = code || trimmed.is_empty() || starts.iter().any(|start| trimmed.starts_with(start));
        if in_paragraph && !own_line {
            text.push(' ');
            text.push_str(trimmed);
        } else {
            text.push_str(if text.is_empty() { "" } else { "\n" });
            text.push_str(line);
        }
        fenced ^= fence;
        in_paragraph = !code && !trimmed.is_empty() && !trimmed.starts_with(['#', '|']);
    }
    text
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

/// Prints the policy as the arguments want it.
pub(super) fn run(policy: &Policy<'_>, matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let (set, not_set): (Vec<_>, Vec<_>) = texts(matches, SET)
        .map(|setting| setting.split_once('=').ok_or(setting))
        .partition(Result::is_ok);
    let parameters: Vec<_> = set.into_iter().flatten().collect();
    let extensions: Vec<_> = texts(matches, WITH).collect();
    let options = Options {
        partition: texts(matches, PARTITION).next(),
        parameters: &parameters,
        extensions: &extensions,
        style: Style {
            minified: given(matches, MINIFY),
            scalars: given(matches, SCALARS),
        },
    };
    let trust = given(matches, TRUST);
    let mut problems: Vec<_> = problems(policy, options, trust)
        .into_iter()
        .map(|error| explained(policy, options, error))
        .collect();
    problems.extend(
        not_set
            .into_iter()
            .filter_map(Result::err)
            .map(|name| no_value(policy, name)),
    );
    if !problems.is_empty() {
        return output.report(&problems);
    }
    let rendered = if trust {
        policy.render_trust(options)
    } else {
        policy.render(options)
    };
    match rendered {
        Ok(document) if options.style.minified && output.terminal => output.print(&format!("{document}\n")),
        Ok(document) => output.print(&document.to_string()),
        Err(error) => output.report(&[explained(policy, options, error)]),
    }
}

/// The values of an option that the command may not have.
fn texts<'a>(matches: &'a ArgMatches, name: &str) -> impl Iterator<Item = &'a str> {
    let values = matches.try_get_many::<String>(name).ok().flatten();
    values.into_iter().flatten().map(String::as_str)
}

fn given(matches: &ArgMatches, name: &str) -> bool {
    matches!(matches.try_get_one(name), Ok(Some(true)))
}

/// All that keeps the document from being rendered. The size of the policy does not matter to its trust policy.
fn problems<'a>(policy: &Policy<'a>, options: Options<'a>, trust: bool) -> Vec<RenderError<'a>> {
    let size = |error: &RenderError<'_>| matches!(error, RenderError::TooLong { .. } | RenderError::NoCommonAttachment);
    policy
        .problems(options)
        .filter(|error| !(trust && size(error)))
        .collect()
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

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(markdown: &str, expected: Expect) {
        expected.assert_eq(&reflowed(markdown));
    }

    #[test]
    fn paragraphs_become_lines() {
        check(
            "One\ntwo.\n\nThree\n  four.\n",
            expect![[r"
                One two.

                Three four."]],
        );
    }

    #[test]
    fn lists_tables_headings_and_code_keep_their_lines() {
        check(
            "# Title\nText\n- first,\n  continued\n- second\n\n| a |\n|---|\n| b |\n```sh\none\ntwo\n```\nafter\nthat",
            expect![[r"
                # Title
                Text
                - first, continued
                - second

                | a |
                |---|
                | b |
                ```sh
                one
                two
                ```
                after that"]],
        );
    }
}
