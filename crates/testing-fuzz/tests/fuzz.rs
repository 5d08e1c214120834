//! Runs the fuzz targets on stable with mutated examples.
//!
//! `cargo xtask fuzz [--seconds N] [--seed N] [--target NAME] [--file PATH]`: for N seconds in total, instead of some inputs of
//! each target; with other inputs; with one target; with the contents of a file as the only input.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "this is a program"
)]

use std::panic::catch_unwind;
use std::process::ExitCode;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use testing_fuzz::mutate::Mutator;
use testing_fuzz::{LIMIT, TARGETS, Target};

/// The number of inputs of each target without `--seconds`.
const INPUTS: usize = 100;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    // Test runners ask for the names of tests, and this is none of theirs.
    if arguments.iter().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let option = |name: &str| {
        let mut rest = arguments.iter().skip_while(|argument| *argument != name);
        rest.nth(1).map(String::as_str)
    };
    let number = |name: &str| option(name).map(|text| text.parse::<u64>().unwrap());
    let chosen = option("--target");
    let targets = TARGETS
        .iter()
        .filter(|target| chosen.is_none_or(|name| target.name == name));
    let targets: Vec<&'static Target> = targets.collect();
    if targets.is_empty() {
        let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!(
            "error: there is no such target\n  = help: the targets are {}",
            names.join(", ")
        );
        return ExitCode::from(2);
    }
    let file = option("--file").map(|path| std::fs::read(path).unwrap());
    let time = number("--seconds").map(|seconds| Duration::from_secs(seconds) / u32::try_from(targets.len()).unwrap());
    let seed = number("--seed").unwrap_or_default();
    for target in targets {
        let run = Run {
            target,
            seed,
            time,
            file: file.clone(),
        };
        if let Err(input) = run.finish() {
            eprintln!(
                "error: the target `{}` fails with seed {seed} for\n{}",
                target.name,
                input.escape_ascii()
            );
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

struct Run {
    target: &'static Target,
    seed: u64,
    time: Option<Duration>,
    file: Option<Vec<u8>>,
}

impl Run {
    /// Runs the target until the time is over.
    ///
    /// # Errors
    ///
    /// With the input that it panics or takes too long for.
    fn finish(self) -> Result<(), Vec<u8>> {
        let target = self.target;
        let current = Arc::new(Mutex::new((Instant::now(), Vec::new())));
        let watched = Arc::clone(&current);
        let (report, reported) = channel();
        thread::spawn(move || {
            let start = Instant::now();
            let mutator = Mutator::new(self.target, self.seed);
            let mut number = 0;
            let is_over = |number| match (&self.file, self.time) {
                (Some(_), _) => number > 0,
                (None, Some(time)) => start.elapsed() >= time,
                (None, None) => number >= INPUTS,
            };
            while !is_over(number) {
                let input = self.file.clone().unwrap_or_else(|| mutator.input(number));
                *watched.lock().unwrap() = (Instant::now(), input.clone());
                if catch_unwind(|| (self.target.run)(&input)).is_err() {
                    let _ = report.send(Err(input));
                    return;
                }
                number += 1;
            }
            let _ = report.send(Ok(number));
        });
        loop {
            match reported.recv_timeout(Duration::from_millis(200)) {
                Ok(result) => {
                    let number = result?;
                    println!("{}: {number} inputs", target.name);
                    return Ok(());
                }
                Err(RecvTimeoutError::Timeout) => {
                    let (start, input) = current.lock().unwrap().clone();
                    if start.elapsed() > LIMIT {
                        eprintln!("error: an input takes longer than {LIMIT:?}");
                        return Err(input);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Err(current.lock().unwrap().1.clone()),
            }
        }
    }
}
