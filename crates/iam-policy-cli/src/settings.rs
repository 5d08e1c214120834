//! The options `--set` and `--environment` of every command that reads specs.

use clap::{Arg, ArgAction, ArgMatches, Command};
use iam_policy_commands::shell::quoted;
use iam_policy_core::{Policy, RenderError, Rendered};
use iam_policy_document::{Diagnostic, StyledText};
use iam_policy_spec::{Settings, Spec};

const SET: &str = "set";
const ENVIRONMENT: &str = "environment";

/// Adds the options to a command.
pub(crate) fn with_options(command: Command) -> Command {
    command
        .arg(
            Arg::new(SET)
                .long(SET)
                .value_name("NAME=VALUE")
                .help("Set a parameter of a spec; may be repeated")
                .action(ArgAction::Append),
        )
        .arg(
            Arg::new(ENVIRONMENT)
                .long(ENVIRONMENT)
                .value_name("NAME")
                .help("Use the values of an environment of a spec"),
        )
}

/// The given settings, and what none of the specs that have been read knows.
#[derive(Debug, Default)]
pub(crate) struct Given {
    settings: Settings,
    /// `None` if no spec has been read.
    unknown: Option<Vec<Diagnostic>>,
}

impl Given {
    /// Reads the options.
    ///
    /// # Errors
    ///
    /// If a parameter has no value.
    pub(crate) fn new(matches: &ArgMatches) -> Result<Self, Vec<Diagnostic>> {
        let mut settings = Settings::default();
        if let Some(name) = matches.get_one::<String>(ENVIRONMENT) {
            settings = settings.environment(name);
        }
        let mut problems = Vec::new();
        for setting in sets(matches) {
            match setting.split_once('=') {
                Some((name, value)) => settings = settings.set(name, value),
                None => problems.push(
                    Diagnostic::error(format!("`--{SET} {setting}` has no value"))
                        .help(format!("write `--{SET} {setting}=VALUE`")),
                ),
            }
        }
        if problems.is_empty() {
            Ok(Self {
                settings,
                unknown: None,
            })
        } else {
            Err(problems)
        }
    }

    /// The values for specs.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Notes that a spec has been read.
    pub(crate) fn saw(&mut self, spec: &Spec) {
        let mut unknown = self.settings.unknown([spec]);
        if let Some(earlier) = &self.unknown {
            unknown.retain(|one| earlier.iter().any(|other| other.message == one.message));
        }
        self.unknown = Some(unknown);
    }

    /// The messages about inputs that could not be read, and what else is wrong with the settings.
    pub(crate) fn with(&self, mut messages: StyledText) -> StyledText {
        for problem in self.unknown.iter().flatten() {
            messages.append(&problem.clone().into());
        }
        messages
    }

    /// What is wrong with the settings, once all specs have been read.
    pub(crate) fn problems(&self) -> Vec<Diagnostic> {
        match &self.unknown {
            Some(unknown) => unknown.clone(),
            None if self.settings.is_empty() => Vec::new(),
            None => vec![Diagnostic::error(format!(
                "`--{SET}` and `--{ENVIRONMENT}` are for specs, but no spec is given"
            ))],
        }
    }
}

fn sets(matches: &ArgMatches) -> impl Iterator<Item = &str> {
    let sets = matches.get_many::<String>(SET);
    sets.into_iter().flatten().map(String::as_str)
}

/// The options as on the command line, each after a space.
pub(crate) fn command_line(matches: &ArgMatches) -> String {
    let environment = matches.get_one::<String>(ENVIRONMENT);
    let environment = environment.map(|name| format!(" --{ENVIRONMENT} {}", quoted(name)));
    let sets = sets(matches).map(|setting| format!(" --{SET} {}", quoted(setting)));
    environment.into_iter().chain(sets).collect()
}

/// An error for each parameter that a policy needs and that has no value.
pub(crate) fn missing(policy: &Policy<'_>, rendered: &Rendered<'_>) -> Vec<Diagnostic> {
    let errors = rendered.placeholders().map(|parameter| {
        let name = parameter.name;
        let problem = Diagnostic::error(RenderError::MissingParameter { name }.to_string());
        let mut problem = problem.help(format!("add `--{SET} {name}=VALUE`"));
        if !policy.environments.is_empty() {
            let names: Vec<_> = policy.environments.iter().map(|environment| environment.name).collect();
            let names = iam_policy_spec::wording::list(names);
            problem = problem.help(format!("or choose an environment with `--{ENVIRONMENT}`: {names}"));
        }
        problem
    });
    errors.collect()
}
