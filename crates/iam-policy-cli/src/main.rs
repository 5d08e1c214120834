//! The program `iam-policy`. All of it is in the library of this crate.

use std::process::ExitCode;

fn main() -> ExitCode {
    iam_policy_cli::main()
}
