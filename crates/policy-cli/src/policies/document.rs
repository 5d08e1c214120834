//! A policy's own command: the policy, or its trust policy, as JSON.

use clap::{Arg, ArgAction, ArgMatches, Command};
use policy_core::{Policy, Style};

use super::choice::{self, Choice, WITH};
use crate::help::plain;
use crate::{Exit, Output};

const SCALARS: &str = "scalars";
const MINIFY: &str = "minify";
const TRUST: &str = "trust";

/// An option without a value.
fn flag(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue)
}

/// The command of `policy`. Options that make no difference to it are left out.
pub(super) fn command(policy: &'static Policy<'static>) -> Command {
    let title = policy.heading();
    let command = Command::new(policy.name)
        .about(title)
        .long_about(format!("{title}\n\n{}", plain(policy.about)).trim_end().to_owned());
    let command = choice::with_options(command, std::slice::from_ref(policy))
        .arg(flag(SCALARS).help("Write a list of one value as that value, which IAM reads alike and which is shorter"))
        .arg(flag(MINIFY).help("Leave out white space"));
    if policy.trust.is_none() {
        return command;
    }
    let trust = flag(TRUST).help("Print the trust policy of the role instead: who may assume it");
    let extensible = !policy.extensions.is_empty();
    command.arg(if extensible { trust.conflicts_with(WITH) } else { trust })
}

/// Prints the policy as the arguments want it.
pub(super) fn run(policy: &Policy<'_>, matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    let choice = Choice::new(matches);
    let style = Style {
        minified: given(matches, MINIFY),
        scalars: given(matches, SCALARS),
    };
    let rendered = if given(matches, TRUST) {
        choice.render_trust(policy, style)
    } else {
        choice.render(policy, style)
    };
    match rendered {
        Ok(document) if style.minified && output.terminal => output.print(&format!("{document}\n")),
        Ok(document) => output.print(&document.to_string()),
        Err(problems) => output.report(&problems),
    }
}

fn given(matches: &ArgMatches, name: &str) -> bool {
    matches!(matches.try_get_one(name), Ok(Some(true)))
}
