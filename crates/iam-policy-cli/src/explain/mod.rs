//! The command `explain`: what the statements of a policy amount to.

mod extent;
mod json;
mod markdown;
mod subject;

use clap::{ArgMatches, Command};
use iam_policy_commands::{Exit, Form, Output};
use iam_policy_document::Diagnostic;
use iam_policy_templates::Template;

use self::subject::Subject;
use crate::choice;
use crate::input::{Input, Language, Parsed, file, path};
use crate::policies::Selection;
use crate::settings::{Given, with_options};
use crate::templates::{Named, Read, readable, selected};

/// The command's name.
pub const NAME: &str = "explain";

const FORMAT: &str = "format";
const JSON: &str = "json";

/// Builds the command.
#[must_use]
pub fn command() -> Command {
    with_options(Command::new(NAME))
        .about("Expand the wildcards of a policy, and show what each action does and to which resources")
        .arg(file())
        .arg(choice(
            FORMAT,
            "FORMAT",
            [Form::HUMAN, Form::MARKDOWN, JSON].into_iter(),
            Form::HELP,
        ))
}

/// Explains the given policies.
///
/// The explanation is at most some 50 times as large as the policies, unless it is small: patterns that would make it
/// larger are summarized.
///
/// - `matches`: the arguments of this command
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let mut given = match Given::new(matches) {
        Ok(given) => given,
        Err(problems) => return output.report(&problems),
    };
    let (path, selection) = Selection::split(path(matches));
    let input = match path.to_str().map_or_else(|| Input::read(path), Input::named) {
        Ok(input) => input,
        Err(problem) => return output.report(&[problem]),
    };
    let size = input.bytes.len();
    let read = match (input.language != Language::Toml)
        .then(|| Read::new(&input))
        .transpose()
    {
        Ok(read) => read,
        Err(problem) => return output.report(&[problem]),
    };
    if let Some(read) = &read {
        if let Some(template) = &read.template {
            return of_template(matches, &input, read, template, selection, output);
        }
        if let Some(Err(problem)) = selection.map(|selection| selection.check(None)) {
            return output.report(&[problem]);
        }
    }
    let answered = match read.as_ref().map(|read| input.answered(read)) {
        Some(Ok(answered)) => answered,
        Some(Err(message)) => return output.refuse(&message),
        None => Vec::new(),
    };
    if answered.len() > 1 {
        let subjects: Vec<_> = answered.iter().map(Subject::of_answered).collect();
        return write(matches, &input.name, size, subjects, output);
    }
    let (name, parsed) = match input.parse(read, &mut given) {
        Ok(parsed) => parsed,
        Err(message) => return output.refuse(&given.with(message)),
    };
    let problems = given.problems();
    if !problems.is_empty() {
        return output.report(&problems);
    }
    let subjects = match &parsed {
        Parsed::Document(document) => {
            if document.root().get("Statement").is_none() {
                let problem = Diagnostic::error(format!("`{name}` is not a policy: it has no `Statement`"));
                return output.report(&[problem.help(format!("`iam-policy check {name}` reports details"))]);
            }
            vec![Subject::of_document(&name, document)]
        }
        Parsed::Spec(spec) => {
            if let Some(Err(problem)) = selection.map(|selection| selection.check(Some(spec))) {
                return output.report(&[problem]);
            }
            let mut subjects = Subject::of_spec(spec);
            subjects.retain(|subject| selection.is_none_or(|selection| subject.is_selected(selection)));
            subjects
        }
    };
    write(matches, &name, size, subjects, output)
}

/// Explains the policies of a template.
fn of_template(
    matches: &ArgMatches,
    input: &Input,
    read: &Read,
    template: &Template,
    selection: Option<Selection<'_>>,
    output: &mut Output<'_>,
) -> Exit {
    let policies = match selection.map(|selection| selected(&template.policies, &input.name, selection.fragment())) {
        Some(Ok(policies)) => policies,
        Some(Err(problem)) => return output.report(&[problem]),
        None => template.policies.iter().collect(),
    };
    if let Err(messages) = readable(input, read, &policies) {
        return output.refuse(&messages);
    }
    if policies.is_empty() {
        let problem = Diagnostic::error(format!("there are no policies in `{}`", input.name));
        return output.report(&[problem]);
    }
    let named: Vec<_> = Named::all(policies)
        .into_iter()
        .map(|form| {
            let name = if form.name.is_empty() { &input.name } else { &form.name };
            (name.clone(), form.document.shown())
        })
        .collect();
    let subjects = named.iter().map(|(name, document)| Subject::of_named(name, document));
    write(matches, &input.name, read.size(input), subjects.collect(), output)
}

fn write(
    matches: &ArgMatches,
    name: &str,
    size: usize,
    mut subjects: Vec<Subject<'_>>,
    output: &mut Output<'_>,
) -> Exit {
    let format = matches.get_one::<String>(FORMAT).map(String::as_str);
    let is_json = format == Some(JSON);
    extent::limit(&mut subjects, size, if is_json { json::COST } else { markdown::COST });
    if is_json {
        output.json(&json::write(name, &subjects))
    } else {
        output.document(&markdown::write(&subjects), Form::from_option(format))
    }
}
