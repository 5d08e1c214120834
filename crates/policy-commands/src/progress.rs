//! The progress of long commands.

use std::io::Write;
use std::time::{Duration, Instant};

use iam_policy_document::Visible;

/// Commands that take less time show nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long each line stays at least.
const PACE: Duration = Duration::from_millis(100);

/// A line on a terminal that shows how far a command is, once it takes long.
#[derive(Debug)]
pub struct Progress {
    is_watched: bool,
    started: Instant,
    shown: Option<Instant>,
}

impl Progress {
    /// Starts.
    ///
    /// - `is_watched`: whether messages go to a terminal; otherwise nothing is ever shown
    #[must_use]
    pub fn new(is_watched: bool) -> Self {
        Self {
            is_watched,
            started: Instant::now(),
            shown: None,
        }
    }

    /// Shows a line in place of the last one, if it is time.
    ///
    /// - `stderr`: receives the line
    /// - `line`: what it says, on a single line
    pub fn step(&mut self, stderr: &mut dyn Write, line: impl FnOnce() -> String) {
        let is_due = |since: Instant, duration: Duration| since.elapsed() >= duration;
        if self.is_watched && is_due(self.started, PATIENCE) && self.shown.is_none_or(|shown| is_due(shown, PACE)) {
            show(stderr, &line());
            self.shown = Some(Instant::now());
        }
    }

    /// Removes the line, so that something else can be written.
    ///
    /// - `stderr`: receives what removes it
    pub fn clear(&mut self, stderr: &mut dyn Write) {
        if self.shown.take().is_some() {
            show(stderr, "");
        }
    }
}

/// Replaces the line.
pub(crate) fn show(stderr: &mut dyn Write, line: &str) {
    // Longer lines would not be replaced as a whole.
    let line: String = Visible(line).to_string().chars().take(78).collect();
    // Progress that cannot be shown is not worth a message.
    let _ = write!(stderr, "\r\x1b[K{line}").and_then(|()| stderr.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_commands_on_terminals_show_progress() {
        let mut stderr = Vec::new();
        let mut progress = Progress::new(true);
        progress.step(&mut stderr, || unreachable!());
        progress.clear(&mut stderr);
        assert_eq!(stderr, b"");
        progress.started = progress.started.checked_sub(PATIENCE).unwrap();
        progress.step(&mut stderr, || "1 of\u{1b} 2".to_owned());
        progress.step(&mut stderr, || unreachable!());
        progress.clear(&mut stderr);
        progress.clear(&mut stderr);
        assert_eq!(stderr, b"\r\x1b[K1 of\\u{1b} 2\r\x1b[K");

        let mut unwatched = Progress::new(false);
        unwatched.started = progress.started;
        unwatched.step(&mut stderr, || unreachable!());
    }
}
