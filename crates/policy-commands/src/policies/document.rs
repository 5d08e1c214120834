//! The command of a single policy: prints the policy, or its trust policy, as JSON.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches, Command};
use iam_policy_core::text::Grouped;
use iam_policy_core::{AttachmentKind, Policy, Style};

use super::choice::{self, ATTACH, Choice, WITH};
use crate::help::plain;
use crate::{Exit, Output};

const SCALARS: &str = "scalars";
const MINIFY: &str = "minify";
const TRUST: &str = "trust";

/// A flag.
fn flag(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue)
}

/// Builds the command of `policy`, without options that have no effect on it.
pub(super) fn command(policy: &'static Policy<'static>) -> Command {
    let title = policy.heading();
    let command = Command::new(policy.name)
        .about(title)
        .long_about(format!("{title}\n\n{}", plain(policy.about)).trim_end().to_owned());
    let mut command = choice::with_options(command, std::slice::from_ref(policy));
    let kinds = attachments(policy);
    if kinds.len() > 1 {
        let kinds = kinds.into_iter().map(|kind| {
            PossibleValue::new(kind.name()).help(format!("With up to {} characters", Grouped(kind.quota())))
        });
        command = command.arg(
            Arg::new(ATTACH)
                .long(ATTACH)
                .value_name("KIND")
                .help("How the policy will be attached: check only this quota instead of all")
                .value_parser(PossibleValuesParser::new(kinds)),
        );
    }
    command = command
        .arg(flag(SCALARS).help("Write lists of one value as that value, which is shorter and equivalent"))
        .arg(flag(MINIFY).help("Omit white space"));
    if policy.trust.is_none() {
        return command;
    }
    let trust = flag(TRUST).help("Print the role's trust policy instead");
    let of_the_policy = command.get_arguments().map(Arg::get_id);
    let of_the_policy: Vec<_> = of_the_policy
        .filter(|id| *id == WITH || *id == ATTACH)
        .cloned()
        .collect();
    command.arg(trust.conflicts_with_all(of_the_policy))
}

/// Every attachment kind that any form of the policy may have, unless it is unrestricted.
fn attachments(policy: &Policy<'_>) -> Vec<AttachmentKind> {
    let extensions = policy.extensions.iter().map(|extension| extension.attach);
    let named: Vec<AttachmentKind> = extensions.chain([policy.attach]).flatten().copied().collect();
    AttachmentKind::ALL
        .iter()
        .copied()
        .filter(|kind| named.contains(kind))
        .collect()
}

/// Prints the policy as requested.
pub(super) fn run(policy: &Policy<'_>, matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let choice = Choice::new(matches);
    let style = Style::PRETTY
        .minified(given(matches, MINIFY))
        .scalars(given(matches, SCALARS));
    let is_trust = given(matches, TRUST);
    let rendered = if is_trust {
        choice.render_trust(policy, style)
    } else {
        choice.render(policy, style)
    };
    let document = match rendered {
        Ok(document) => document,
        Err(problems) => return output.report(&problems),
    };
    let end = if style.minified && output.terminal { "\n" } else { "" };
    let exit = output.print(&format!("{document}{end}"));
    output.remark(&choice.notes(&[policy], &[is_trust]).iter().collect());
    exit
}

fn given(matches: &ArgMatches, name: &str) -> bool {
    matches!(matches.try_get_one(name), Ok(Some(true)))
}
