//! A run of the command, which goes from file to file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use iam_policy_check::Code;
use iam_policy_commands::input::STDIN;
use iam_policy_commands::{Exit, Output, Progress};
use iam_policy_document::{Diagnostic, Severity, StyledText};

use super::baseline::Baseline;
use super::checks::Checks;
use super::configurations::{Configurations, Place, shown};
use super::finding::Finding;
use super::format::{Format, Part, Tally};
use super::ignores::{self, has_ignores};
use super::inspect::{Inspected, inspect};
use super::modules::{self, Modules};
use super::settings::{CommandLine, Settings};
use crate::input::{Files, Input, files, is_configuration, may_have_policies};
use crate::policies::Selection;
use crate::settings::Given;

/// A run. It keeps nothing of a file but its numbers.
pub(super) struct Run<'r, 'o> {
    command_line: CommandLine,
    given: Given,
    configurations: Configurations,
    /// By path. Those that cannot be read are absent, after a message.
    baselines: BTreeMap<PathBuf, Option<Baseline>>,
    modules: Modules,
    format: Box<dyn Format>,
    tally: Tally,
    progress: Progress,
    output: &'r mut Output<'o>,
    /// Whether what has been found could be written.
    written: Exit,
}

impl<'r, 'o> Run<'r, 'o> {
    pub(super) fn new(
        command_line: CommandLine,
        given: Given,
        configured: bool,
        format: Box<dyn Format>,
        output: &'r mut Output<'o>,
    ) -> Self {
        Self {
            command_line,
            given,
            configurations: Configurations::new(!configured),
            baselines: BTreeMap::new(),
            modules: Modules::default(),
            format,
            tally: Tally::default(),
            progress: Progress::new(output.watched),
            output,
            written: Exit::Success,
        }
    }

    /// Checks what the arguments name.
    pub(super) fn run<'p>(mut self, arguments: impl Iterator<Item = &'p Path>) -> Exit {
        if let Some(path) = self.command_line.baseline.clone()
            && self.open(&path).is_none()
        {
            // Without the baseline, every finding would seem to be new.
            return Exit::Usage;
        }
        let begin = self.format.begin();
        self.write(&begin);
        arguments.for_each(|argument| self.argument(argument));
        self.progress.clear(self.output.stderr);
        self.finish_baselines();
        let end = self.format.end(&self.tally);
        self.write(&end);
        if let Some(summary) = self.format.summary(&self.tally) {
            self.output.remark(&summary.into());
        }
        let problems = self.given.problems();
        if !problems.is_empty() {
            return self.output.report(&problems);
        }
        self.written.max(self.tally.exit())
    }

    /// Writes results, until that fails.
    fn write(&mut self, part: &Part) {
        if self.written == Exit::Success {
            self.progress.clear(self.output.stderr);
            self.written = match part {
                Part::Text(text) => self.output.show(text),
                Part::Json(json) => self.output.json(json),
            };
        }
    }

    fn argument(&mut self, argument: &Path) {
        let (path, selection) = Selection::split(argument);
        let Files {
            in_folder,
            found,
            skipped,
        } = files(path);
        // Neither the standard input nor a configuration is named by accident.
        let may_be_unrelated = self.command_line.skip_unrelated && path != Path::new(STDIN) && !is_configuration(path);
        if may_be_unrelated && !in_folder && !may_have_policies(path) {
            self.tally.left_out += 1;
            return;
        }
        let root = in_folder.then_some(path);
        let in_folder = in_folder || may_be_unrelated;
        let mut any = may_be_unrelated;
        for warning in skipped {
            self.output.remark(&warning.into());
        }
        let mut found = found;
        let mut others: BTreeSet<PathBuf> = BTreeSet::new();
        for file in found.iter().flatten() {
            if path != Path::new(STDIN) && self.modules.lack(file) {
                if let Err(problem) = self.module(file, root, selection) {
                    return self.unreadable(&problem);
                }
                others.extend(self.modules.others().cloned());
            }
        }
        for file in found.iter().flatten() {
            others.remove(file);
        }
        found.extend(others.into_iter().map(Ok));
        let all = found.len();
        for (number, path) in found.into_iter().enumerate() {
            self.progress
                .step(self.output.stderr, || format!("checking: {number} of {all} files"));
            if self.written != Exit::Success {
                return;
            }
            match path {
                Ok(path) => any |= self.file(&path, in_folder, selection),
                Err(problem) => {
                    any = true;
                    self.unreadable(&problem);
                }
            }
        }
        if !any {
            let problem = Diagnostic::error(format!("there is nothing to check in `{}`", path.display()));
            self.unreadable(
                &problem.help("in a folder, `.json`, `.jsonc` and `.toml` files with policies are checked"),
            );
        }
    }

    /// Checks the module that a file belongs to.
    fn module(&mut self, file: &Path, root: Option<&Path>, selection: Option<Selection<'_>>) -> Result<(), Diagnostic> {
        let mut known = std::mem::take(&mut self.modules);
        let identify = self.command_line.baseline.is_some() || self.format.identifies();
        let result = known.read(file, root, selection, &mut |path| {
            let place = self.place(path);
            let settings = Settings::new(&self.command_line, &place);
            (settings, identify || place.baseline().is_some())
        });
        self.modules = known;
        result
    }

    /// Checks a file, and returns whether there was anything to check.
    fn file(&mut self, path: &Path, in_folder: bool, selection: Option<Selection<'_>>) -> bool {
        let stdin_name = self
            .command_line
            .stdin_name
            .clone()
            .filter(|_| path == Path::new(STDIN));
        let place = self.place(stdin_name.as_deref().unwrap_or(path));
        if in_folder && place.is_excluded() {
            return true;
        }
        let settings = Settings::new(&self.command_line, &place);
        let baseline = self.command_line.baseline.clone().or_else(|| place.baseline());
        let checks = Checks {
            settings: &settings,
            identify: baseline.is_some() || self.format.identifies(),
        };
        let input = match &stdin_name {
            Some(name) => Input::read_stdin_as(name),
            None => Input::read(path),
        };
        let syntax = input.as_ref().ok().and_then(Input::comments);
        let inspected = input.and_then(|input| match self.modules.take(path) {
            Some(known)
                if in_folder && !known.has_policies && known.findings.is_empty() && !has_ignores(&input.bytes) =>
            {
                Ok(None)
            }
            Some(known) => Ok(Some(modules::inspected(input.name, input.bytes, known.findings))),
            None => inspect(input, &checks, in_folder, selection, &mut self.given),
        });
        let mut inspected = match inspected {
            Ok(Some(inspected)) => inspected,
            Ok(None) => {
                self.tally.left_out += 1;
                return false;
            }
            Err(problem) => {
                self.unreadable(&problem);
                return true;
            }
        };
        // The findings about a file that cannot be read are not all there are.
        let is_whole = selection.is_none() && inspected.readable && inspected.findings.iter().all(is_optional);
        inspected.findings.retain(|finding| is_reported(finding, &settings));
        if let Some(syntax) = syntax {
            self.tally.ignored += ignores::apply(&mut inspected, syntax, is_whole, |code| settings.report(code));
            inspected.findings.retain(|finding| is_reported(finding, &settings));
        }
        if let Some(baseline) = baseline {
            self.compare(&baseline, &place, &mut inspected, &settings, is_whole);
        }
        self.tally.add(&inspected, &settings);
        let text = self.format.file(&inspected);
        self.write(&text);
        true
    }

    /// The configuration of a file, whose mistakes are reported when it is read.
    fn place(&mut self, path: &Path) -> Place {
        let place = self.configurations.of(path);
        for problem in self.configurations.take_problems() {
            self.tally.unreadable += 1;
            self.refuse(&problem);
        }
        place
    }

    /// Leaves out the findings in a baseline, or adds them to one that is written.
    ///
    /// - `is_whole`: all findings about the file are there
    fn compare(&mut self, path: &Path, place: &Place, inspected: &mut Inspected, settings: &Settings, is_whole: bool) {
        let writes = self.command_line.write_baseline;
        let Some(baseline) = self.open(path) else {
            return;
        };
        let file = baseline.file(place.path.as_deref());
        let before = inspected.findings.len();
        inspected.findings.retain(|finding| {
            if !is_optional(finding) {
                true
            } else if writes && is_whole {
                baseline.add(&file, finding, &inspected.text);
                false
            } else {
                !baseline.accept(&file, finding, &inspected.text)
            }
        });
        if is_whole {
            baseline.finish(&file, |code| settings.report(code));
        }
        if !writes {
            self.tally.known += before - inspected.findings.len();
        }
    }

    /// Reads a baseline once.
    fn open(&mut self, path: &Path) -> Option<&mut Baseline> {
        if !self.baselines.contains_key(path) {
            let name = shown(path);
            let baseline = if self.command_line.write_baseline && matches!(path.try_exists(), Ok(false)) {
                Ok(Baseline::empty(path.to_owned(), name))
            } else {
                Baseline::read(path.to_owned(), name)
            };
            let baseline = match baseline {
                Ok(baseline) => Some(baseline),
                Err(problem) => {
                    self.tally.unreadable += 1;
                    self.refuse(&problem);
                    None
                }
            };
            self.baselines.insert(path.to_owned(), baseline);
        }
        self.baselines.get_mut(path)?.as_mut()
    }

    /// Reports entries of baselines that are out of date, or writes the baselines.
    fn finish_baselines(&mut self) {
        let writes = self.command_line.write_baseline;
        if writes && self.baselines.is_empty() {
            let problem = Diagnostic::error("`--write-baseline`: no baseline is named");
            self.unreadable(&problem.help("name it with `--baseline FILE`, or as `baseline` in `iam-policy.toml`"));
        }
        for (path, baseline) in std::mem::take(&mut self.baselines) {
            let Some(baseline) = baseline else { continue };
            if writes {
                self.write_baseline(baseline);
                continue;
            }
            let place = self.place(&path);
            let settings = Settings::new(&self.command_line, &place);
            let mut inspected = Inspected {
                name: baseline.name.clone(),
                findings: baseline.stale(),
                text: baseline.text,
                readable: true,
            };
            inspected.findings.retain(|finding| is_reported(finding, &settings));
            if !inspected.findings.is_empty() {
                self.tally.add_findings(&inspected, &settings);
                let text = self.format.file(&inspected);
                self.write(&text);
            }
        }
    }

    fn write_baseline(&mut self, baseline: Baseline) {
        let name = baseline.name.clone();
        match baseline.write() {
            Ok(written) => {
                let findings = super::human::counted(written.findings, "finding", "findings");
                let files = super::human::counted(written.files, "file", "files");
                let note = format!("wrote `{name}`: {findings} in {files}");
                self.output.remark(&Diagnostic::new(Severity::Note, note).into());
            }
            Err(problem) => {
                self.tally.unreadable += 1;
                self.refuse(&problem);
            }
        }
    }

    fn refuse(&mut self, messages: &StyledText) {
        self.progress.clear(self.output.stderr);
        self.output.refuse(messages);
    }

    fn unreadable(&mut self, problem: &Diagnostic) {
        self.tally.unreadable += 1;
        self.refuse(&problem.into());
        let text = self.format.unreadable(problem);
        self.write(&text);
    }
}

fn is_optional(finding: &Finding) -> bool {
    Code::of(&finding.diagnostic).is_none_or(|code| code.rule().is_optional())
}

fn is_reported(finding: &Finding, settings: &Settings) -> bool {
    Code::of(&finding.diagnostic).is_none_or(|code| settings.report(code))
}
