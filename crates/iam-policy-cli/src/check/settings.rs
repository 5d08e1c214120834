//! What the command line and the configurations say about checks.

use std::path::PathBuf;

use clap::ArgMatches;
use iam_policy_check::{Code, PolicyResource, PolicyType};
use iam_policy_core::AttachmentKind;
use iam_policy_core::suggest::nearest;
use iam_policy_document::Diagnostic;

use super::configurations::Place;

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub(super) struct CommandLine {
    pub(super) select: Vec<Code>,
    pub(super) ignore: Vec<Code>,
    pub(super) deny_warnings: bool,
    pub(super) policy_type: Option<PolicyType>,
    /// What resource policies are attached to.
    pub(super) resource_type: Option<PolicyResource>,
    pub(super) attach: Vec<AttachmentKind>,
    pub(super) baseline: Option<PathBuf>,
    pub(super) write_baseline: bool,
    /// The name of the standard input.
    pub(super) stdin_name: Option<PathBuf>,
    /// Named files are treated like those in folders.
    pub(super) skip_unrelated: bool,
}

/// The codes that an option names.
///
/// # Errors
///
/// A message for each name that is not a code, or whose findings are always reported.
pub(super) fn codes(matches: &ArgMatches, option: &str) -> Result<Vec<Code>, Vec<Diagnostic>> {
    let names = matches.get_many::<String>(option).into_iter().flatten();
    let (mut codes, mut problems) = (Vec::new(), Vec::new());
    for name in names {
        match Code::from_name(name) {
            Some(code) if code.rule().is_optional() => codes.push(code),
            Some(_) => problems.push(Diagnostic::error(format!(
                "`--{option} {name}`: findings with this code are always reported"
            ))),
            None => {
                let meant = nearest(name, Code::ALL.iter().map(|code| code.name()));
                let problem = Diagnostic::error(format!("`--{option} {name}`: there is no code `{name}`"));
                problems.push(match meant {
                    Some(_) => problem.did_you_mean(meant),
                    None => problem.help("`iam-policy rule` lists all codes"),
                });
            }
        }
    }
    if problems.is_empty() { Ok(codes) } else { Err(problems) }
}

/// What applies to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// Only these codes are reported, if any.
    select: Option<Vec<Code>>,
    ignore: Vec<Code>,
    pub(super) deny_warnings: bool,
    pub(super) policy_type: Option<PolicyType>,
    /// What resource policies are attached to.
    pub(super) resource_type: Option<PolicyResource>,
    pub(super) attach: Vec<AttachmentKind>,
}

impl Settings {
    /// Combines the command line with what the configuration of a file says. Where both say something, the command line
    /// counts.
    pub(super) fn new(command_line: &CommandLine, place: &Place) -> Self {
        let mut settings = Self {
            select: None,
            ignore: Vec::new(),
            deny_warnings: false,
            policy_type: None,
            resource_type: None,
            attach: Vec::new(),
        };
        for more in place.settings() {
            if more.select.is_some() {
                settings.select.clone_from(&more.select);
            }
            settings.ignore.extend(&more.ignore);
            if let Some(deny_warnings) = more.deny_warnings {
                settings.deny_warnings = deny_warnings;
            }
            settings.types(more.policy_type, more.resource_type);
            if let Some(attach) = &more.attach {
                settings.attach.clone_from(attach);
            }
        }
        if !command_line.select.is_empty() {
            settings.ignore.retain(|code| !command_line.select.contains(code));
            settings.select = Some(command_line.select.clone());
        }
        settings.ignore.extend(&command_line.ignore);
        settings.deny_warnings |= command_line.deny_warnings;
        settings.types(command_line.policy_type, command_line.resource_type);
        if !command_line.attach.is_empty() {
            settings.attach.clone_from(&command_line.attach);
        }
        settings
    }

    /// The type and the resource are one setting: a resource belongs to one type.
    fn types(&mut self, policy_type: Option<PolicyType>, resource_type: Option<PolicyResource>) {
        match (policy_type, resource_type) {
            (None, None) => {}
            (None | Some(PolicyType::Resource), Some(_)) => {
                self.policy_type = policy_type;
                self.resource_type = resource_type;
            }
            // A resource that a less specific setting names is still one of a resource policy.
            (Some(PolicyType::Resource), None) => self.policy_type = policy_type,
            (Some(_), _) => {
                self.policy_type = policy_type;
                self.resource_type = None;
            }
        }
    }

    /// Whether findings with this code are reported.
    pub(super) fn report(&self, code: Code) -> bool {
        let is_selected = self.select.as_ref().is_none_or(|select| select.contains(&code));
        !code.rule().is_optional() || (is_selected && !self.ignore.contains(&code))
    }
}
