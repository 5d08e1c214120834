//! The command `check`: what is wrong with policies and specs.

mod human;
mod inspect;
mod json;
mod sarif;

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use iam_policy_check::{Options, PolicyType};
use iam_policy_commands::{Exit, Output};
use iam_policy_core::AttachmentKind;
use iam_policy_document::{Diagnostic, Severity, StyledText};

use self::inspect::{Inspected, inspect};
use crate::choice;
use crate::input::{Files, Input, files};

/// The command's name.
pub const NAME: &str = "check";

const ATTACH: &str = "attach";
const TYPE: &str = "type";
const FORMAT: &str = "format";
const FILES: &str = "files";

const HUMAN: &str = "human";
const JSON: &str = "json";
const SARIF: &str = "sarif";

/// The policy types that `--type` accepts: those that have rules of their own.
const TYPES: [PolicyType; 5] = [
    PolicyType::Identity,
    PolicyType::Resource,
    PolicyType::Trust,
    PolicyType::ServiceControl,
    PolicyType::ResourceControl,
];

/// The command, to be added to a program's others.
#[must_use]
pub fn command() -> Command {
    Command::new(NAME)
        .about("Find what is wrong with policies and specs")
        .long_about(
            "Find what is wrong with policies and specs\n\nWhat `aws iam get-account-authorization-details`, `get-role-policy` and the like print is checked for the policies in it. The exit code is 1 if a finding is an error or a security warning, and 2 if something cannot be read.",
        )
        .arg(
            Arg::new(FILES)
                .value_name("FILE")
                .help("A policy as JSON, a spec (`.toml`), a folder of these, or `-` for the standard input")
                .required(true)
                .action(ArgAction::Append)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            choice(ATTACH, "KIND", AttachmentKind::ALL.iter().map(|kind| kind.name()), "Where JSON policies are to be attached, which limits their size; may be repeated. A spec says that itself")
                .action(ArgAction::Append),
        )
        .arg(choice(TYPE, "TYPE", TYPES.iter().map(|policy_type| policy_type.name()), "What JSON policies are [default: identity; trust for what `generate` names `NAME.trust.json`]"))
        .arg(choice(FORMAT, "FORMAT", [HUMAN, JSON, SARIF].into_iter(), "How to write the findings [default: human]"))
}

/// Checks what the arguments name, file by file.
///
/// - `matches`: the arguments of this command
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let texts = |name| {
        matches
            .get_many::<String>(name)
            .into_iter()
            .flatten()
            .map(String::as_str)
    };
    let attach: Vec<_> = texts(ATTACH).filter_map(AttachmentKind::from_name).collect();
    let checks = Checks {
        policy_type: texts(TYPE).find_map(PolicyType::from_name),
        attach: &attach,
    };
    let format = texts(FORMAT).next().unwrap_or(HUMAN);
    let format: Box<dyn Format> = match format {
        JSON => Box::new(json::Json::default()),
        SARIF => Box::new(sarif::Sarif::default()),
        _ => Box::new(human::Human),
    };
    let mut run = Run {
        checks,
        format,
        tally: Tally::default(),
        output,
        written: Exit::Success,
    };
    let begin = run.format.begin();
    run.write(&begin);
    let arguments = matches.get_many::<PathBuf>(FILES).into_iter().flatten();
    arguments.for_each(|argument| run.argument(argument));
    let end = run.format.end(&run.tally);
    run.write(&end);
    if let Some(summary) = run.format.summary(&run.tally) {
        run.output.remark(&summary.into());
    }
    run.written.max(run.tally.exit())
}

/// A run of the command, which goes from file to file and keeps nothing of one but its numbers.
struct Run<'r, 'o> {
    checks: Checks<'r>,
    format: Box<dyn Format>,
    tally: Tally,
    output: &'r mut Output<'o>,
    /// Whether what has been found could be written.
    written: Exit,
}

impl Run<'_, '_> {
    /// Writes results, until that fails.
    fn write(&mut self, text: &StyledText) {
        if self.written == Exit::Success {
            self.written = self.output.show(text);
        }
    }

    fn argument(&mut self, path: &Path) {
        let Files { in_folder, found } = files(path);
        let mut any = false;
        for path in found {
            if self.written != Exit::Success {
                return;
            }
            match path.and_then(|path| Input::read(&path)) {
                Ok(input) => match inspect(input, &self.checks, in_folder) {
                    Some(inspected) => {
                        any = true;
                        self.tally.add(&inspected);
                        let text = self.format.file(&inspected);
                        self.write(&text);
                    }
                    None => self.tally.left_out += 1,
                },
                Err(problem) => {
                    any = true;
                    self.unreadable(&problem);
                }
            }
        }
        if !any {
            let problem = Diagnostic::error(format!("there is nothing to check in `{}`", path.display()));
            self.unreadable(&problem.help("in a folder, what ends in `.json` or `.toml` and has policies is checked"));
        }
    }

    fn unreadable(&mut self, problem: &Diagnostic) {
        self.tally.unreadable += 1;
        self.output.report(std::slice::from_ref(problem));
        self.format.unreadable(problem);
    }
}

/// What to check JSON documents for.
struct Checks<'a> {
    policy_type: Option<PolicyType>,
    attach: &'a [AttachmentKind],
}

impl Checks<'_> {
    /// The options for a document of this name.
    fn options(&self, name: &str) -> Options<'_> {
        let only_organization =
            !self.attach.is_empty() && self.attach.iter().all(|kind| *kind == AttachmentKind::ServiceControl);
        let policy_type = match self.policy_type {
            Some(policy_type) => policy_type,
            None if is_trust_policy(name) => PolicyType::Trust,
            None if only_organization => PolicyType::ServiceControl,
            None => PolicyType::Identity,
        };
        Options::DEFAULT.policy_type(policy_type).attach(self.attach)
    }

    /// The options for a policy in an answer of AWS, which says itself what it is. Only what is attached has a quota.
    fn options_of_answered(&self, policy_type: PolicyType) -> Options<'_> {
        let is_attached = matches!(policy_type, PolicyType::Identity | PolicyType::ServiceControl);
        let attach = if is_attached { self.attach } else { &[] };
        Options::DEFAULT.policy_type(policy_type).attach(attach)
    }
}

/// Whether a file has a name that `generate` gives to a trust policy: `NAME.trust.json` or `NAME.trust.PARTITION.json`.
fn is_trust_policy(name: &str) -> bool {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.split('.').skip(1).take(2).any(|part| part == "trust")
}

/// How findings are written: a beginning, something for each file, an end. Nothing is kept of a file that has been
/// written.
trait Format {
    fn begin(&mut self) -> StyledText {
        StyledText::new()
    }

    /// What has to be written about a file.
    fn file(&mut self, inspected: &Inspected) -> StyledText;

    /// What has to be written about something that cannot be read, besides the message.
    fn unreadable(&mut self, _problem: &Diagnostic) {}

    fn end(&mut self, _tally: &Tally) -> StyledText {
        StyledText::new()
    }

    /// What a person wants to know at the end.
    fn summary(&self, _tally: &Tally) -> Option<String> {
        None
    }
}

/// What has been found so far.
#[derive(Debug, Default)]
struct Tally {
    files: usize,
    /// How many of them have findings.
    with_findings: usize,
    errors: usize,
    security_warnings: usize,
    warnings: usize,
    suggestions: usize,
    /// What cannot be read, or is no JSON and no TOML.
    unreadable: usize,
    /// What was found in a folder and is something else.
    left_out: usize,
}

impl Tally {
    fn add(&mut self, inspected: &Inspected) {
        self.files += 1;
        self.with_findings += usize::from(!inspected.diagnostics.is_empty());
        self.unreadable += usize::from(!inspected.readable);
        for diagnostic in &inspected.diagnostics {
            *match diagnostic.severity {
                Severity::Error => &mut self.errors,
                Severity::SecurityWarning => &mut self.security_warnings,
                Severity::Warning => &mut self.warnings,
                Severity::Suggestion | Severity::Note => &mut self.suggestions,
            } += 1;
        }
    }

    fn exit(&self) -> Exit {
        if self.unreadable > 0 {
            Exit::Usage
        } else if self.errors + self.security_warnings > 0 {
            Exit::Negative
        } else {
            Exit::Success
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_policies_are_recognized_by_name() {
        for name in [
            "role.trust.json",
            "a.b/role.trust.aws-cn.json",
            "c:\\x\\role.trust.json",
        ] {
            assert!(is_trust_policy(name), "{name}");
        }
        for name in [
            "trust.json",
            "role.json",
            "a.trust.b/role.json",
            "role.aws-cn.json",
            "<stdin>",
        ] {
            assert!(!is_trust_policy(name), "{name}");
        }
    }
}
