//! Measures the build time of the macros, compared with `serde` and with the same code pasted.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};
use std::{env, fs, io};

use iam_policy_catalog::Catalog;
use iam_policy_spec::compile::{Names, constants};
use iam_policy_spec::{Source, read};
use tempfile::TempDir;

/// The number of measurements of each build. The result is their median.
const ROUNDS: u32 = 5;

/// The maximum time of a clean build from a registry or from git, relative to `serde`.
const CLEAN: f64 = 0.9;

/// The same for a path dependency, which Cargo compiles incrementally, as it does not do for `serde`.
const CLEAN_PATH: f64 = 1.2;

/// The maximum additional time in seconds of a build after an edit of the spec, compared with pasted code.
const REBUILD: f64 = 0.3;

/// The number of calls of `require_allowed!` whose time is measured together.
const CALLS: usize = 200;

/// A policy, and the maximum time in milliseconds of a call of `require_allowed!` about it.
struct Required {
    what: &'static str,
    limit: f64,
    spec: String,
    /// The arguments after the policy, of different calls.
    calls: Vec<String>,
}

/// Whether crates are compiled incrementally, as Cargo does for path dependencies, but not for those from a registry or
/// from git.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Incremental {
    Yes,
    No,
}

/// The part of the spec that an edit changes.
const EDITED: &str = "User permissions";

const SERDE: &str = "\
//! One struct.

/// The usual derives.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Point {
    /// Across.
    pub x: i32,
    /// Up.
    pub y: i32,
}
";

pub(crate) fn run() -> ExitCode {
    crate::bench::printed(measure())
}

fn measure() -> io::Result<String> {
    let folder = TempDir::new()?;
    let spec = fs::read_to_string(crate::workspace::root().join("crates/remotion-lambda-policies/policies.toml"))?;
    let lock = fs::read_to_string(crate::workspace::root().join("Cargo.lock"))?;
    let facade = crate::workspace::root().join("crates/iam-policy");
    let facade = format!("{{ path = '{}' }}", facade.display());
    let serde = format!(
        "{{ version = \"={}\", features = [\"derive\"] }}",
        version(&lock, "serde")?
    );

    let by_macro = Crate::new(folder.path(), "by-macro", &format!("iam-policy = {facade}"), &lock)?;
    by_macro.write("policies.toml", &spec)?;
    by_macro.write(
        "src/lib.rs",
        "//! The spec.\n\niam_policy::policies!(\"../policies.toml\");\n",
    )?;
    let by_hand = Crate::new(folder.path(), "by-hand", &format!("iam-policy = {facade}"), &lock)?;
    by_hand.write("src/lib.rs", &expansion(&spec)?)?;
    let by_serde = Crate::new(folder.path(), "by-serde", &format!("serde = {serde}"), &lock)?;
    by_serde.write("src/lib.rs", SERDE)?;

    let dependency = Clean::measure(&by_macro, &by_serde, Incremental::No)?;
    let path = Clean::measure(&by_macro, &by_serde, Incremental::Yes)?;
    by_hand.build(Incremental::Yes)?;
    let (mut rebuild, mut rebuild_pasted) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let edited = spec.replacen(EDITED, &format!("{EDITED}, edition {round}"), 1);
        by_hand.write("src/lib.rs", &expansion(&edited)?)?;
        rebuild_pasted.push(by_hand.build(Incremental::Yes)?);
        by_macro.write("policies.toml", &edited)?;
        rebuild.push(by_macro.build(Incremental::Yes)?);
    }

    let (rebuild, rebuild_pasted) = (median(rebuild), median(rebuild_pasted));
    let more = rebuild - rebuild_pasted;
    let mut calls = String::new();
    for required in required(&spec) {
        calls += &required.row(folder.path(), &facade, &lock)?;
    }
    Ok([
        format!("debug builds, median of {ROUNDS}\n\n"),
        dependency.rows("clean build, registry or git dependency", CLEAN),
        path.rows("clean build, path dependency", CLEAN_PATH),
        format!("| rebuild after an edit                           | {rebuild:>6.2} s | of the spec                                  |\n"),
        format!("|                                                 | {rebuild_pasted:>6.2} s | of the pasted expansion                      |\n"),
        format!("|                                                 | {more:>6.2} s | {} |\n", target(more < REBUILD, &format!("less than {REBUILD:.2} s"))),
        calls,
    ]
    .concat())
}

/// The policies for which the time of a call of `require_allowed!` is measured.
///
/// - `remotion`: Remotion's spec
fn required(remotion: &str) -> Vec<Required> {
    let function = "arn:aws:lambda:eu-west-1:123456789012:function:remotion-render-x";
    let bucket = "arn:aws:s3:::remotionlambda-x";
    vec![
        Required {
            what: "of Remotion Lambda",
            limit: 1.0,
            spec: remotion.to_owned(),
            calls: vec![
                format!("\"lambda:InvokeFunction\" on \"{function}\""),
                format!("\"s3:GetBucketLocation\" on \"{bucket}\""),
                "\"s3:ListAllMyBuckets\"".to_owned(),
            ],
        },
        Required::generated("with 22 statements", 5.0, 22),
        Required::generated("with 1,000 statements", 50.0, 1000),
    ]
}

impl Required {
    /// A policy with this many statements of up to ten actions.
    fn generated(what: &'static str, limit: f64, statements: usize) -> Self {
        const SERVICES: [&str; 4] = ["s3", "ec2", "lambda", "dynamodb"];
        let all = Catalog::get().actions().map(|action| action.to_string());
        let actions: Vec<String> = all
            .filter(|action| SERVICES.iter().any(|service| action.split(':').next() == Some(service)))
            .collect();
        let (mut spec, mut calls) = ("[policy.user]\n".to_owned(), Vec::new());
        for number in 0..statements {
            // A stride that is coprime to the length spreads the actions.
            let own: Vec<&String> = (0..10)
                .filter_map(|each| actions.get((number * 10 + each) * 37 % actions.len()))
                .collect();
            let resource = format!("arn:aws:s3:::bucket-{number}");
            let statement = format!(
                "[[policy.user.statement]]\nid = \"s{number}\"\nreason = \"Measures.\"\nactions = {own:?}\n\
                 resources = [\"{resource}/*\"]\n"
            );
            spec.push_str(&statement);
            calls.extend(own.last().map(|action| format!("\"{action}\" on \"{resource}/k\"")));
        }
        Self {
            what,
            limit,
            spec,
            calls,
        }
    }

    fn row(&self, folder: &Path, facade: &str, lock: &str) -> io::Result<String> {
        let dependency = format!("iam-policy = {facade}");
        let measured = Crate::new(folder, "measured", &dependency, lock)?;
        // The findings about a generated policy do not matter here, so its constant is pasted.
        let constants = expansion(&self.spec)?;
        let build = |calls: usize| {
            let calls = self.calls.iter().cycle().take(calls);
            let calls = calls.map(|call| format!("iam_policy::require_allowed!(USER, {call});\n"));
            let evaluated = "const _: bool = USER.allows(\"s3:GetObject\", \"*\");\n";
            measured.write(
                "src/lib.rs",
                &format!("{constants}{evaluated}{}", calls.collect::<String>()),
            )?;
            measured.build(Incremental::No)
        };
        build(0)?;
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let without = build(0)?;
            times.push(build(CALLS)?.saturating_sub(without));
        }
        let count = u32::try_from(CALLS).unwrap_or(u32::MAX);
        let time = median(times) * 1000.0 / f64::from(count);
        let limit = self.limit;
        let what = format!("`require_allowed!`, policy {}", self.what);
        let target = target(time <= limit, &format!("at most {limit:.0} ms a call"));
        Ok(format!("| {what:<47} | {time:>5.2} ms | {target} |\n"))
    }
}

/// Clean builds with one dependency.
struct Clean {
    facade: f64,
    serde: f64,
}

impl Clean {
    fn measure(facade: &Crate, serde: &Crate, incremental: Incremental) -> io::Result<Self> {
        let (mut facade_times, mut serde_times) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            serde_times.push(serde.clean_build(incremental)?);
            facade_times.push(facade.clean_build(incremental)?);
        }
        Ok(Self {
            facade: median(facade_times),
            serde: median(serde_times),
        })
    }

    fn rows(&self, what: &str, most: f64) -> String {
        let Self { facade, serde } = self;
        let part = facade / serde;
        [
            format!("| {what:<47} | {facade:>6.2} s | iam-policy, expanding Remotion Lambda's spec |\n"),
            format!(
                "| {:47} | {serde:>6.2} s | serde with derive, deriving one struct       |\n",
                ""
            ),
            format!(
                "| {:47} | {part:>6.2} × | {} |\n",
                "",
                target(part <= most, &format!("at most {most:.2} ×"))
            ),
        ]
        .concat()
    }
}

fn target(met: bool, target: &str) -> String {
    format!("{:<44}", format!("{target}: {}", if met { "met" } else { "missed" }))
}

/// The code that the macro generates for `spec`.
fn expansion(spec: &str) -> io::Result<String> {
    let source = Source::new("policies.toml", spec);
    let (spec, diagnostics) = read(&source);
    let names = Names {
        facade: "::iam_policy",
        path: source.name(),
    };
    match diagnostics.first() {
        Some(diagnostic) => Err(io::Error::other(diagnostic.message.clone())),
        None => Ok(format!("//! The spec.\n\n{}\n", constants(&spec, &source, names))),
    }
}

/// The version of `package` in a lock file.
fn version<'l>(lock: &'l str, package: &str) -> io::Result<&'l str> {
    let entry = format!("name = \"{package}\"\nversion = \"");
    let version = lock.split_once(&entry).and_then(|(_, rest)| rest.split_once('"'));
    version
        .map(|(version, _)| version)
        .ok_or_else(|| io::Error::other(format!("`Cargo.lock` does not contain `{package}`")))
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default().as_secs_f64()
}

/// A separate crate.
struct Crate {
    folder: PathBuf,
}

impl Crate {
    fn new(parent: &Path, name: &str, dependency: &str, lock: &str) -> io::Result<Self> {
        let new = Self {
            folder: parent.join(name),
        };
        fs::create_dir_all(new.folder.join("src"))?;
        let package = format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n");
        new.write("Cargo.toml", &package)?;
        // These versions are available offline.
        new.write("Cargo.lock", lock)?;
        Ok(new)
    }

    fn write(&self, file: &str, contents: &str) -> io::Result<()> {
        fs::write(self.folder.join(file), contents)
    }

    /// Rebuilds everything, including dependencies.
    fn clean_build(&self, incremental: Incremental) -> io::Result<Duration> {
        match fs::remove_dir_all(self.target()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => self.build(incremental),
        }
    }

    fn build(&self, incremental: Incremental) -> io::Result<Duration> {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args(["build", "--offline", "--quiet"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.target())
            .env(
                "CARGO_INCREMENTAL",
                if incremental == Incremental::Yes { "1" } else { "0" },
            );
        let start = Instant::now();
        let output = cargo.output()?;
        let time = start.elapsed();
        if output.status.success() {
            Ok(time)
        } else {
            Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
        }
    }

    fn target(&self) -> PathBuf {
        self.folder.join("target")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A call that is not allowed, or a spec with errors, would make the measurement fail.
    #[test]
    fn measured_calls_are_allowed() {
        for required in [Required::generated("", 0.0, 22), Required::generated("", 0.0, 100)] {
            let (spec, diagnostics) = read(&Source::new("policies.toml", required.spec));
            assert_eq!(diagnostics, []);
            for call in required.calls {
                let (action, resource) = call.split_once(" on ").unwrap();
                let (action, resource) = (action.trim_matches('"'), resource.trim_matches('"'));
                iam_policy_spec::with_policies(&spec, |policies| {
                    assert!(policies[0].allows(action, resource), "{call}");
                });
            }
        }
    }
}
