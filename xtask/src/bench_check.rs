//! Measures the speed of checks, compared with parliament, a linter from PyPI.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, io};

use tempfile::TempDir;

/// The number of measurements of each linter, which alternate. The result is their median.
const ROUNDS: usize = 3;

/// The minimum ratio of the documents checked per second.
const RATIO: f64 = 150.0;

/// Runs the benchmark.
///
/// - `policies`: the path of a JSON Lines file with a `document` on each line
pub(crate) fn run(policies: &str) -> ExitCode {
    crate::bench::printed(measure(policies))
}

fn measure(policies: &str) -> io::Result<String> {
    let packages = TempDir::new()?;
    output(
        Command::new("python3")
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--target",
            ])
            .arg(packages.path())
            .args(["parliament", "setuptools<81"]),
    )?;
    let policies = env::current_dir()?.join(policies);
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(rate(throughput(&policies))?);
        peers.push(rate(parliament(&policies, packages.path()))?);
    }
    let (ours, peers) = (median(ours), median(peers));
    let met = if ours / peers >= RATIO { "met" } else { "missed" };
    Ok(format!(
        "documents checked per second, one thread, median of {ROUNDS}\n\n\
         | policy-check | {ours:10.0} |\n\
         | parliament   | {peers:10.1} |\n\
         |              | {:9.0}× | at least {RATIO:.0} ×: {met}\n",
        ours / peers
    ))
}

fn throughput(policies: &Path) -> Command {
    let mut command = crate::bench::example("policy-check", "throughput");
    command.arg(policies);
    command
}

fn parliament(policies: &Path, packages: &Path) -> Command {
    let mut command = Command::new("python3");
    command
        .arg(crate::workspace::root().join("crates/policy-check/benches/peer.py"))
        .arg(policies)
        .env("PYTHONPATH", packages)
        .env("PYTHONWARNINGS", "ignore");
    command
}

fn rate(mut command: Command) -> io::Result<f64> {
    output(&mut command)?.trim().parse().map_err(io::Error::other)
}

fn output(command: &mut Command) -> io::Result<String> {
    let output = command.output()?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
