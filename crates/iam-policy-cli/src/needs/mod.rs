//! The command `needs`: writes a spec of the permissions that deploying a template needs.

mod plan;
mod scope;

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use iam_policy_commands::input::{SHOWN, STDIN};
use iam_policy_commands::{Exit, Output};
use iam_policy_document::{Diagnostic, Lines, Severity, SourceFile};
use iam_policy_spec::wording::list;
use iam_policy_templates::stack;

use self::plan::Plan;
use crate::input::{Input, Language};
use crate::templates::Read;

/// The command's name.
pub const NAME: &str = "needs";

const TEMPLATE: &str = "template";

/// Builds the command.
#[must_use]
pub fn command() -> Command {
    Command::new(NAME)
        .about("Write a spec of what CloudFormation needs to deploy a template, as TOML")
        .long_about(
            "Write a spec of what CloudFormation needs to deploy a template, as TOML\n\nThe policy is for the service role of the stack: it can create, update and delete each resource, pass the roles that the template passes to services, and read the values that it looks up. The reasons name the resources. Names that CloudFormation generates start with the name of the stack, which is a parameter, like the parameters of the template and the account.\n\nThe permissions of each type of resource are those that AWS publishes in its schemas. What these do not cover is listed at the end of the spec and on the standard error; nothing is guessed. Resources of SAM are those that they become.",
        )
        .arg(
            Arg::new(TEMPLATE)
                .value_name("TEMPLATE")
                .help("A template of CloudFormation or SAM, in YAML or JSON, or `-` for the standard input")
                .required(true)
                .value_parser(value_parser!(PathBuf)),
        )
}

/// Writes the spec for a template.
///
/// - `matches`: the arguments of this command
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let path = matches.get_one::<PathBuf>(TEMPLATE).cloned();
    let input = match Input::read(&path.unwrap_or_else(|| PathBuf::from(STDIN))) {
        Ok(input) => input,
        Err(problem) => return output.report(&[problem]),
    };
    let no_template = || {
        let problem = Diagnostic::error(format!("`{}` is not a CloudFormation template", input.name));
        problem.help("a template is an object with `Resources`; for other formats, nothing says what deploys them")
    };
    if matches!(input.language, Language::Toml | Language::Configuration | Language::Hcl) {
        return output.report(&[no_template()]);
    }
    let read = match Read::new(&input) {
        Ok(read) => read,
        Err(problem) => return output.report(&[problem]),
    };
    let lines = Lines::new(&input.bytes);
    let file = SourceFile::new(&input.name, &lines);
    let errors: Vec<_> = read
        .reading
        .problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .collect();
    if !errors.is_empty() {
        return output.refuse(&file.show_all(errors.into_iter().take(SHOWN)));
    }
    let Some(stack) = stack::read(read.reading.document.root()) else {
        return output.report(&[no_template()]);
    };
    if stack.resources.is_empty() {
        let problem = Diagnostic::error(format!("there are no resources in `{}`", input.name));
        return output.report(&[problem]);
    }
    let plan = Plan::new(&stack);
    let problems: Vec<_> = plan.open.iter().chain(&stack.problems).cloned().collect();
    let spec = plan.spec(&stack);
    let written = match spec {
        Ok(spec) => output.print(&spec),
        Err(types) => {
            let problem = Diagnostic::error(format!(
                "what the resources in `{}` need is not known: nothing is published about {}",
                input.name,
                list(types.iter().map(String::as_str))
            ));
            output.remark(&file.show_all(&problems));
            return output.report(&[problem]);
        }
    };
    output.remark(&file.show_all(&problems));
    written
}
