//! Problems of the AWS configuration that the SDK does not report.
//!
//! The SDK reads the environment and the shared files by itself. But it panics when part of a key cannot be sent,
//! continues with other credentials when half of a key or the selected profile is missing, and discards the reason when
//! a file cannot be read. This module detects these cases.
//!
//! Source: AWS SDKs and Tools Reference Guide, "Settings reference" and "Shared `config` and `credentials` files".

use std::error::Error;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use aws_config::profile::{self, Profile, ProfileFileLoadError, ProfileSet};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_runtime::fs_util::{Os, home_dir};
use aws_types::os_shim_internal::{Env, Fs};
use iam_policy_core::suggest::nearest;
use iam_policy_document::did_you_mean;
use iam_policy_validate::Failure;

use crate::sendable::stranger;
use crate::settings::Settings;

const ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";
/// The variables with the region, by precedence.
pub(crate) const REGION: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
const TOKEN_FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";
/// The keys of a profile that hold parts of an access key.
const KEY: [&str; 3] = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];

/// The environment, and the shared files as the SDK reads them.
pub(crate) struct Config {
    env: Env,
    /// The paths of the shared files.
    files: [PathBuf; 2],
    /// `None` if a file can only be read once, which is left to the SDK.
    profiles: Option<Result<ProfileSet, ProfileFileLoadError>>,
    /// Whether the settings name the profile.
    names_profile: bool,
    /// Whether the settings contain an access key.
    has_own_key: bool,
}

impl Config {
    /// Reads the shared files.
    ///
    /// - `settings`: take precedence over the environment
    /// - `env`: the environment
    pub(crate) async fn load(settings: &Settings, env: Env) -> Self {
        let home = home_dir(&env, Os::real()).unwrap_or_else(|| "~".to_owned());
        let path = |variable: &str, default: &str| {
            let path = env.get(variable).unwrap_or_else(|_| default.to_owned());
            match path.strip_prefix("~/") {
                Some(rest) => Path::new(&home).join(rest),
                None => PathBuf::from(path),
            }
        };
        let files = [
            path("AWS_CONFIG_FILE", "~/.aws/config"),
            path("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
        ];
        let is_stream = |path: &PathBuf| fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir());
        let profiles = if files.iter().any(is_stream) {
            None
        } else {
            let profile = settings.profile.clone().map(Into::into);
            Some(profile::load(&Fs::real(), &env, &EnvConfigFiles::default(), profile).await)
        };
        Self {
            env,
            files,
            profiles,
            names_profile: settings.profile.is_some(),
            has_own_key: settings.credentials.is_some(),
        }
    }

    /// The value of a variable, unless it is unset or empty.
    fn variable(&self, name: &str) -> Option<String> {
        self.env.get(name).ok().filter(|value| !value.is_empty())
    }

    fn profiles(&self) -> Option<&ProfileSet> {
        self.profiles.as_ref()?.as_ref().ok()
    }

    /// The region.
    pub(crate) fn region(&self, settings: &Settings) -> Option<String> {
        let of_profile = || Some(self.profiles()?.get("region")?.to_owned());
        settings
            .region
            .clone()
            .or_else(|| REGION.iter().find_map(|name| self.variable(name)))
            .or_else(|| of_profile().filter(|region| !region.is_empty()))
    }

    /// Where the value of a setting comes from.
    ///
    /// - `option`: the name of the option, if it is given
    /// - `variables`: the variables that take precedence over the profile
    pub(crate) fn source(&self, value: &str, option: Option<&str>, variables: &[&str]) -> String {
        if let Some(option) = option {
            return format!("`--{option}`");
        }
        if let Some(name) = variables.iter().find(|name| self.env.get(name).as_deref() == Ok(value)) {
            return format!("`{name}`");
        }
        let profile = self.profiles().map_or("default", ProfileSet::selected_profile);
        format!("the profile `{profile}`")
    }

    /// Whether an access key in the environment is used.
    fn uses_variables(&self) -> bool {
        !self.has_own_key && !self.names_profile && self.variable(ACCESS_KEY_ID).is_some()
    }

    /// Rejects a configuration with which the SDK would panic or use other credentials than the ones it names.
    ///
    /// # Errors
    ///
    /// If half of a key or the selected profile is missing, if a key in a profile cannot be sent, or if the shared
    /// files are invalid.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.has_own_key {
            return Ok(());
        }
        if self.uses_variables() {
            let has_secret = [SECRET_ACCESS_KEY, "SECRET_ACCESS_KEY"]
                .iter()
                .any(|name| self.variable(name).is_some());
            return if has_secret {
                Ok(())
            } else {
                Err(half_key(ACCESS_KEY_ID, SECRET_ACCESS_KEY))
            };
        }
        let profiles = match &self.profiles {
            Some(Ok(profiles)) => profiles,
            Some(Err(error)) => return Err(invalid_file(error)),
            None => return Ok(()),
        };
        let selected = profiles.selected_profile();
        if !matches!(selected, "" | "default") && profiles.get_profile(selected).is_none() {
            return Err(self.unreadable().unwrap_or_else(|| self.missing(profiles)));
        }
        for (name, profile) in chain(profiles) {
            let unsendable = KEY.iter().find_map(|key| Some((key, stranger(profile?.get(key)?)?)));
            if let Some((key, what)) = unsendable {
                return Err(invalid(
                    format!("`{key}` of the profile `{name}` contains {what}"),
                    vec!["copy the value again, completely and on one line".to_owned()],
                ));
            }
        }
        Ok(())
    }

    fn missing(&self, profiles: &ProfileSet) -> Failure {
        let selected = profiles.selected_profile();
        let by = if self.names_profile { "--profile" } else { "AWS_PROFILE" };
        let mut known: Vec<&str> = profiles.profiles().collect();
        known.sort_unstable();
        let mut help = Vec::new();
        help.extend(nearest(selected, known.iter().copied()).map(did_you_mean));
        help.push(if known.is_empty() {
            "there are no profiles; create one with `aws configure`".to_owned()
        } else {
            format!("known profiles: `{}`", known.join("`, `"))
        });
        let [config, credentials] = &self.files;
        help.push(format!(
            "a profile starts with `[profile NAME]` in {} and with `[NAME]` in {}",
            config.display(),
            credentials.display()
        ));
        invalid(
            format!("the profile `{selected}`, selected by `{by}`, does not exist"),
            help,
        )
    }

    /// The reason why there are no credentials, if the SDK does not report it.
    ///
    /// - `message`: the SDK's message
    pub(crate) fn explain(&self, message: &str) -> Option<Failure> {
        if self.has_own_key {
            return None;
        }
        if let Some(Err(error)) = &self.profiles {
            return Some(invalid_file(error));
        }
        if let Some(failure) = self.unreadable() {
            return Some(failure);
        }
        if !self.names_profile && !self.uses_variables() && self.variable(SECRET_ACCESS_KEY).is_some() {
            return Some(half_key(SECRET_ACCESS_KEY, ACCESS_KEY_ID));
        }
        let chain = self.profiles().map(chain).unwrap_or_default();
        let token_files = chain
            .iter()
            .filter_map(|(_, profile)| profile.as_ref()?.get("web_identity_token_file").map(str::to_owned));
        for path in self.variable(TOKEN_FILE).into_iter().chain(token_files) {
            if let Err(error) = fs::read(&path) {
                return Some(invalid(
                    format!("cannot read the web identity token `{path}`: {error}"),
                    vec![],
                ));
            }
        }
        let selected = self.profiles()?.selected_profile();
        if message.contains("credentials-login") {
            return Some(unsupported(selected, "sessions of `aws login` are not supported"));
        }
        if let [.., (name, _), (missing, None)] = chain.as_slice() {
            return Some(invalid(
                format!("the profile `{missing}`, which is the `source_profile` of `{name}`, does not exist"),
                vec![],
            ));
        }
        let is_mfa = |profile: &Profile| profile.get("role_arn").is_some() && profile.get("mfa_serial").is_some();
        let (name, _) = chain.iter().find(|(_, profile)| profile.is_some_and(is_mfa))?;
        Some(unsupported(
            selected,
            &format!("the role of the profile `{name}` requires an MFA code, which is not supported"),
        ))
    }

    /// Describes a shared file that cannot be read, which to the SDK is the same as an empty one.
    fn unreadable(&self) -> Option<Failure> {
        self.profiles.as_ref()?;
        self.files.iter().find_map(|path| {
            let error = fs::read_to_string(path).err()?;
            let is_absent = matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory);
            (!is_absent).then(|| invalid(format!("cannot read `{}`: {error}", path.display()), vec![]))
        })
    }

    /// Where the access key comes from; `None` if it is the program's own or temporary.
    pub(crate) fn key_source(&self) -> Option<String> {
        if self.has_own_key {
            return None;
        }
        if self.uses_variables() {
            return Some(format!("`{ACCESS_KEY_ID}`"));
        }
        let profiles = self.profiles()?;
        profiles.get("aws_access_key_id")?;
        Some(format!("the profile `{}`", profiles.selected_profile()))
    }

    /// The variable with the proxy for calls to an endpoint; `None` if there are exceptions to it.
    ///
    /// - `endpoint`: the URL of the endpoint, or the name of one of AWS's
    pub(crate) fn proxy(&self, endpoint: &str) -> Option<&'static str> {
        let own = if endpoint.starts_with("http://") {
            ["HTTP_PROXY", "http_proxy"]
        } else {
            ["HTTPS_PROXY", "https_proxy"]
        };
        let is_set = |name: &&'static str| self.variable(name).is_some();
        if ["NO_PROXY", "no_proxy"].iter().any(is_set) {
            return None;
        }
        own.into_iter().chain(["ALL_PROXY", "all_proxy"]).find(is_set)
    }
}

/// The selected profile and its source profiles, up to one that does not exist or occurs again.
fn chain(profiles: &ProfileSet) -> Vec<(&str, Option<&Profile>)> {
    let mut chain: Vec<(&str, Option<&Profile>)> = Vec::new();
    let mut next = Some(profiles.selected_profile());
    while let Some(name) = next
        && chain.iter().all(|(seen, _)| *seen != name)
    {
        let profile = profiles.get_profile(name);
        next = profile.and_then(|profile| profile.get("source_profile"));
        chain.push((name, profile));
    }
    chain
}

fn invalid(message: String, help: Vec<String>) -> Failure {
    Failure::Configuration { message, help }
}

fn half_key(present: &str, missing: &str) -> Failure {
    invalid(
        format!("`{present}` is set, but `{missing}` is not"),
        vec!["set both or neither".to_owned()],
    )
}

fn invalid_file(error: &ProfileFileLoadError) -> Failure {
    // The cause has the path and the line.
    let message = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let message = message.replace(":\n  ", ": ");
    let help = "a profile starts with `[profile NAME]`, or `[NAME]` in `credentials`, followed by lines `key = value`";
    invalid(message, vec![help.to_owned()])
}

/// A kind of credentials that the `aws` program supports and the SDK does not.
fn unsupported(profile: &str, message: &str) -> Failure {
    let export = format!("aws configure export-credentials --profile {profile}");
    invalid(
        message.to_owned(),
        vec![
            format!("export the credentials to the environment: `eval \"$({export} --format env)\"`"),
            format!("or add a profile with `credential_process = {export}`"),
        ],
    )
}

#[cfg(test)]
mod tests;
