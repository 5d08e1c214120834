//! The option `--color`.

use std::ffi::OsString;

use anstream::ColorChoice;
use clap::{Arg, ArgMatches, Command};

const COLOR: &str = "color";

const AUTO: &str = "auto";
const ALWAYS: &str = "always";
const NEVER: &str = "never";

/// Adds the option to a program and all its commands.
pub(crate) fn with_option(program: Command) -> Command {
    let option = Arg::new(COLOR)
        .long(COLOR)
        .value_name("WHEN")
        .help(format!(
            "When to use colors [default: {AUTO}] [possible values: {AUTO}, {ALWAYS}, {NEVER}]"
        ))
        .hide_possible_values(true)
        .value_parser([AUTO, ALWAYS, NEVER])
        .global(true);
    program.arg(option)
}

/// When to use colors.
///
/// - `matches`: the arguments, if they match the program
/// - `arguments`: as given by the user; messages about them have colors too
pub(crate) fn choose(matches: Option<&ArgMatches>, arguments: &[OsString]) -> ColorChoice {
    let given = match matches {
        Some(matches) => matches.get_one::<String>(COLOR).map(String::as_str),
        None => arguments.windows(2).find_map(|pair| match pair {
            [option, value] if option == "--color" => value.to_str(),
            [_, both] => both.to_str()?.strip_prefix("--color="),
            _ => None,
        }),
    };
    match given {
        Some(ALWAYS) => ColorChoice::Always,
        Some(NEVER) => ColorChoice::Never,
        _ => ColorChoice::Auto,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &[&str], expected: ColorChoice) {
        let program = with_option(Command::new("tool").subcommand(Command::new("check")));
        let arguments: Vec<OsString> = ["tool"].iter().chain(arguments).map(OsString::from).collect();
        let matches = program.try_get_matches_from(&arguments).ok();
        assert_eq!(choose(matches.as_ref(), &arguments), expected, "{arguments:?}");
    }

    #[test]
    fn every_command_and_message_has_the_option() {
        check(&["check"], ColorChoice::Auto);
        check(&["check", "--color", "auto"], ColorChoice::Auto);
        check(&["check", "--color", "always"], ColorChoice::Always);
        check(&["--color=never", "check"], ColorChoice::Never);
        check(&["chekc", "--color", "never"], ColorChoice::Never);
        check(&["--color=always", "chekc"], ColorChoice::Always);
        check(&["check", "--color", "red"], ColorChoice::Auto);
    }
}
