//! Command line arguments for the settings.

use clap::{Arg, ArgMatches};

use crate::Settings;

/// The arguments `--profile`, `--region`, `--endpoint-url` and `--principal`, for a command of your program.
///
/// # Examples
///
/// ```
/// use clap::Command;
///
/// let command = Command::new("validate").args(iam_policy_aws::args());
/// let matches = command.get_matches_from(["validate", "--profile", "production", "--region", "eu-central-1"]);
/// let settings = iam_policy_aws::Settings::from_matches(&matches);
/// assert_eq!(settings.profile.as_deref(), Some("production"));
/// ```
#[must_use]
pub fn args() -> Vec<Arg> {
    let arg = |name, value| Arg::new(name).long(name).value_name(value);
    vec![
        arg("profile", "NAME").help("The AWS profile with the credentials to use [default: the environment's]"),
        arg("region", "REGION").help("The region of the endpoint to call, in the partition of the principal"),
        arg("endpoint-url", "URL").help("The URL of a server to ask instead of AWS"),
        arg("principal", "ARN").help("The user, group or role to ask about [default: the caller]"),
    ]
}

impl Settings {
    /// The settings given with [`args`]. Arguments that the command does not define count as not given.
    #[must_use]
    pub fn from_matches(matches: &ArgMatches) -> Self {
        let text = |name| matches.try_get_one::<String>(name).ok().flatten().cloned();
        Self {
            profile: text("profile"),
            region: text("region"),
            endpoint_url: text("endpoint-url"),
            principal: text("principal"),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;

    #[test]
    fn every_argument_is_read() {
        let given = [
            "p",
            "--profile",
            "a",
            "--region",
            "b",
            "--endpoint-url",
            "c",
            "--principal",
            "d",
        ];
        let matches = Command::new("p").args(args()).get_matches_from(given);
        let expected = Settings {
            profile: Some("a".to_owned()),
            region: Some("b".to_owned()),
            endpoint_url: Some("c".to_owned()),
            principal: Some("d".to_owned()),
            ..Settings::default()
        };
        assert_eq!(Settings::from_matches(&matches), expected);
    }

    #[test]
    fn undeclared_arguments_are_skipped() {
        let matches = Command::new("p").get_matches_from(["p"]);
        assert_eq!(Settings::from_matches(&matches), Settings::default());
    }
}
