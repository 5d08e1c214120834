//! The command `generate`: writes the files of a spec, in any repository.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use iam_policy_commands::input::{Input, STDIN, unreadable};
use iam_policy_commands::shell::quoted;
use iam_policy_commands::{Exit, Output};
use iam_policy_document::{Diagnostic, StyledText};
use iam_policy_gen::{Format, Mode, Outcome, Regenerate, relative, relative_path};

use crate::settings::{self, Given, with_options};

/// The command's name.
pub const NAME: &str = "generate";

const SPEC: &str = "spec";
const OUT: &str = "out";
const OUTPUTS: &str = "outputs";
const CHECK: &str = "check";
const BASE: &str = "base";
const CHANGELOG: &str = "changelog";

/// Builds the command.
#[must_use]
pub fn command() -> Command {
    with_options(Command::new(NAME))
        .about("Generate the files of a spec: the policies as JSON, the page that explains them, and what deploys them")
        .long_about(
            "Generate the files of a spec: the policies as JSON, the page that explains them, and what deploys them\n\nThe spec chooses the formats with `outputs`; without it, `json` and `markdown` are generated. `terraform` is a module, `cloudformation` a template, and `cdk-typescript` and `cdk-python` are constructs, all of which create the policies and roles.\n\nOther files in the folder are neither replaced nor removed. With `--base`, a policy that allows more than at that revision needs a new line in the changelog with its name in backticks: `user`, with an extension `user+layers`, the trust policy `role.trust`. The exit code is 1 if the spec has errors, or if `--check` finds a file that is out of date or a change that is missing from the changelog, and 2 if a file or a revision cannot be read.",
        )
        .arg(
            Arg::new(SPEC)
                .long(SPEC)
                .value_name("FILE")
                .help("The spec; `-` is the standard input")
                .required(true)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            Arg::new(OUT)
                .long(OUT)
                .value_name("DIR")
                .help("The output folder")
                .required(true)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            Arg::new(OUTPUTS)
                .long(OUTPUTS)
                .value_name("FORMATS")
                .help("The formats, separated by commas [default: the spec's `outputs`]")
                .value_delimiter(',')
                .value_parser(Format::ALL.iter().map(|format| format.name()).collect::<Vec<_>>()),
        )
        .arg(
            Arg::new(CHECK)
                .long(CHECK)
                .help("Write nothing, and show what is out of date")
                .action(ArgAction::SetTrue),
        )
        .arg(
            Arg::new(BASE)
                .long(BASE)
                .value_name("REVISION")
                .help("Refuse policies that allow more than at this revision of git, unless the changelog names them")
                .requires(CHECK),
        )
        .arg(
            Arg::new(CHANGELOG)
                .long(CHANGELOG)
                .value_name("FILE")
                .help("The changelog [default: CHANGELOG.md]")
                .requires(BASE)
                .value_parser(value_parser!(PathBuf)),
        )
}

/// Updates the folder, or reports what is out of date.
///
/// - `matches`: the arguments of this command
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let path = |name| matches.get_one::<PathBuf>(name).map_or(Path::new(""), PathBuf::as_path);
    let (spec, out) = (path(SPEC), path(OUT));
    let mode = if matches.get_flag(CHECK) {
        Mode::Check
    } else {
        Mode::Write
    };
    let given = match Given::new(matches) {
        Ok(given) => given,
        Err(problems) => return output.report(&problems),
    };
    let formats: Vec<Format> = matches
        .get_many::<String>(OUTPUTS)
        .into_iter()
        .flatten()
        .filter_map(|name| Format::from_name(name))
        .collect();
    let settings = settings::command_line(matches);
    let rerun = command_line(spec.as_os_str(), out.as_os_str(), &formats) + &settings;
    let mut regenerate = if spec == Path::new(STDIN) {
        if matches.contains_id(BASE) {
            let problem = Diagnostic::error(format!(
                "`--{BASE}` compares a file with an earlier revision, but `--spec -` is not a file"
            ));
            return output.report(&[problem]);
        }
        match Input::read(spec) {
            Ok(input) => Regenerate::new(rerun).bytes_in_shared_folder(input.name, input.bytes, out),
            Err(problem) => return output.report(&[problem]),
        }
    } else {
        match seen_from_the_spec(spec, out, &formats) {
            Ok(command) => Regenerate::new(command + &settings)
                .rerun(rerun)
                .spec_in_shared_folder(spec, out),
            Err(error) => return output.report(&[unreadable(&out.display().to_string(), &error)]),
        }
    };
    regenerate = regenerate.settings(given.settings().clone());
    if !formats.is_empty() {
        regenerate = regenerate.formats(&formats);
    }
    if let Some(base) = matches.get_one::<String>(BASE) {
        regenerate = regenerate.base(base);
    }
    if let Some(changelog) = matches.get_one::<PathBuf>(CHANGELOG) {
        regenerate = regenerate.changelog(changelog);
    }
    let (mut results, mut messages) = (Vec::new(), StyledText::new());
    // Writing to memory cannot fail.
    let outcome = regenerate.report(mode, &mut results, &mut messages);
    output.remark(&messages);
    let written = output.show(&String::from_utf8_lossy(&results).as_ref().into());
    written.max(match outcome {
        Ok(Outcome::Done) => Exit::Success,
        Ok(Outcome::Refused) => Exit::Negative,
        Ok(Outcome::Unreadable) | Err(_) => Exit::Usage,
    })
}

/// The command as run in the spec's folder: the page mentions it, and must not depend on the current folder.
fn seen_from_the_spec(spec: &Path, out: &Path, formats: &[Format]) -> io::Result<String> {
    let folder = spec.parent().unwrap_or(Path::new(""));
    let out = match relative_path(folder, out)?.into_os_string() {
        // With the same separators on every system.
        utf8 if utf8.to_str().is_some() => OsString::from(relative(folder, out)?),
        bytes => bytes,
    };
    Ok(command_line(spec.file_name().unwrap_or_default(), &out, formats))
}

fn command_line(spec: &OsStr, out: &OsStr, formats: &[Format]) -> String {
    let mut command = format!("iam-policy generate --spec {} --out {}", quoted(spec), quoted(out));
    if !formats.is_empty() {
        let names: Vec<_> = formats.iter().map(|format| format.name()).collect();
        command.extend([" --outputs ", &names.join(",")]);
    }
    command
}
