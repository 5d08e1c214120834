//! What is set for AWS, and where. The SDK reads the same by itself; this is for whoever has to mend it.
//!
//! Source: AWS SDKs and Tools Reference Guide, "Settings reference" and "Shared `config` and `credentials` files".

mod files;

use std::fmt;
use std::path::{Path, PathBuf};

use iam_policy_core::suggest::nearest;
use iam_policy_spec::wording::list;
use iam_policy_validate::Failure;
use url::Url;

use self::files::File;
use crate::sendable::stranger;
use crate::settings::{Settings, without_credentials};

const ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN_FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";
const DEFAULT: &str = "default";
/// What a key consists of in a profile.
const KEY: [&str; 3] = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];

/// Gives the value of a variable.
type Variables = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What the environment and the files say.
pub(crate) struct Config {
    variables: Variables,
    /// Of which an earlier one wins.
    files: Vec<File>,
    /// The profile that is meant.
    profile: Placed,
    /// Whether an access key was given by the program itself.
    has_own_key: bool,
}

/// A value, and who has set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) value: String,
    pub(crate) place: Place,
}

/// Where a value was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Option(&'static str),
    Variable(String),
    Line(PathBuf, usize),
    /// Nowhere.
    Default,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(name) => write!(f, "`--{name}`"),
            Self::Variable(name) => write!(f, "`{name}`"),
            Self::Line(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Default => f.write_str("the default"),
        }
    }
}

impl Config {
    /// Reads the environment of the process and the files that it names.
    pub(crate) fn read(settings: &Settings) -> Self {
        Self::with(settings, |name| std::env::var(name).ok())
    }

    /// The same in another environment.
    ///
    /// - `variables`: gives the value of a variable
    fn with(settings: &Settings, variables: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        let set = |name: &str| variables(name).filter(|value| !value.is_empty());
        // Without a home there are no files, and messages still have a name for them.
        let home = set("HOME")
            .or_else(|| set("USERPROFILE"))
            .unwrap_or_else(|| "~".to_owned());
        let path = |name: &str, usual: &str| match set(name) {
            Some(path) => match path.strip_prefix("~/") {
                Some(rest) => Path::new(&home).join(rest),
                None => PathBuf::from(path),
            },
            None => Path::new(&home).join(".aws").join(usual),
        };
        let files = vec![
            File::read(path("AWS_SHARED_CREDENTIALS_FILE", "credentials"), false),
            File::read(path("AWS_CONFIG_FILE", "config"), true),
        ];
        let profile = match (&settings.profile, set("AWS_PROFILE")) {
            (Some(name), _) => Placed::new(name, Place::Option("profile")),
            (None, Some(name)) => Placed::new(name, Place::Variable("AWS_PROFILE".to_owned())),
            (None, None) => Placed::new(DEFAULT, Place::Default),
        };
        Self {
            files,
            profile,
            has_own_key: settings.credentials.is_some(),
            variables: Box::new(variables),
        }
    }

    /// Nothing is set.
    #[cfg(test)]
    pub(crate) fn empty(profile: Option<&str>) -> Self {
        let settings = Settings {
            profile: profile.map(str::to_owned),
            ..Settings::default()
        };
        Self::with(&settings, |name| (name == "HOME").then(|| "/nowhere".to_owned()))
    }

    /// A variable that is set to something.
    fn variable(&self, name: &str) -> Option<Placed> {
        let value = (self.variables)(name).filter(|value| !value.is_empty())?;
        Some(Placed::new(value, Place::Variable(name.to_owned())))
    }

    /// What a profile says.
    fn of_profile(&self, profile: &str, key: &str) -> Option<Placed> {
        self.files.iter().find_map(|file| file.of_profile(profile, key))
    }

    fn has_profile(&self, name: &str) -> bool {
        self.files.iter().any(|file| file.profiles().any(|known| known == name))
    }

    /// The region that somebody has set.
    ///
    /// # Errors
    ///
    /// When it cannot be the name of one.
    pub(crate) fn region(&self, settings: &Settings) -> Result<Option<Placed>, Failure> {
        let given = settings.region.as_ref();
        let given = given.map(|region| Placed::new(region, Place::Option("region")));
        let region = given
            .or_else(|| self.variable("AWS_REGION"))
            .or_else(|| self.variable("AWS_DEFAULT_REGION"))
            .or_else(|| self.of_profile(&self.profile.value, "region"));
        // Source: RFC 1123, section 2.1: it becomes a part of the name of a host.
        let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        match region {
            Some(Placed { value, place }) if value.is_empty() || value.len() > 63 || !value.bytes().all(is_part) => {
                Err(wrong(
                    format!("`{value}`, which {place} gives, is no region"),
                    ["a region is called such as `eu-central-1`"],
                ))
            }
            region => Ok(region),
        }
    }

    /// Where a service is, if somebody has said so.
    ///
    /// - `service`: `sts` or `iam`
    ///
    /// # Errors
    ///
    /// When that is no URL.
    ///
    /// Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
    pub(crate) fn endpoint(&self, service: &str, settings: &Settings) -> Result<Option<Placed>, Failure> {
        let given = settings.endpoint_url.as_ref();
        let given = given.map(|url| Placed::new(url, Place::Option("endpoint-url")));
        let found = given.or_else(|| self.configured_endpoint(service));
        let Some(Placed { value, place }) = &found else {
            return Ok(None);
        };
        // A URL of the web is read even where there is no host.
        let has_host = value
            .split_once("://")
            .is_some_and(|(_, host)| !host.starts_with(['/', '\\']));
        let problem = match Url::parse(value) {
            Ok(url) if has_host && matches!(url.scheme(), "http" | "https") => return Ok(found),
            Ok(url) if has_host => format!("is of the scheme `{}`", url.scheme()),
            _ => "is no URL".to_owned(),
        };
        Err(wrong(
            format!("`{}`, which {place} gives, {problem}", without_credentials(value)),
            ["the URL of a server is such as `https://iam.example.com` or `http://127.0.0.1:8080`"],
        ))
    }

    fn configured_endpoint(&self, service: &str) -> Option<Placed> {
        let profile = &self.profile.value;
        let ignored = self
            .variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
            .or_else(|| self.of_profile(profile, "ignore_configured_endpoint_urls"));
        if ignored.is_some_and(|ignored| ignored.value.eq_ignore_ascii_case("true")) {
            return None;
        }
        let of_service = || {
            let services = self.of_profile(profile, "services")?.value;
            let key = format!("{service}.endpoint_url");
            let mut files = self.files.iter();
            files.find_map(|file| file.of_section(&format!("services {services}"), &key))
        };
        self.variable(&format!("AWS_ENDPOINT_URL_{}", service.to_ascii_uppercase()))
            .or_else(|| self.variable("AWS_ENDPOINT_URL"))
            .or_else(of_service)
            .or_else(|| self.of_profile(profile, "endpoint_url"))
    }

    /// Who has set a proxy for calls to an endpoint; nobody, if some hosts are excluded from it.
    ///
    /// - `endpoint`: its URL, or what else it is called if it is one of AWS's
    pub(crate) fn proxy(&self, endpoint: &str) -> Option<Place> {
        let own = if endpoint.starts_with("http://") {
            ["HTTP_PROXY", "http_proxy"]
        } else {
            ["HTTPS_PROXY", "https_proxy"]
        };
        if ["NO_PROXY", "no_proxy"]
            .iter()
            .any(|name| self.variable(name).is_some())
        {
            return None;
        }
        let mut names = own.into_iter().chain(["ALL_PROXY", "all_proxy"]);
        names.find_map(|name| Some(self.variable(name)?.place))
    }

    /// Whether the keys of the environment are used.
    fn uses_variables(&self) -> bool {
        !self.has_own_key && !matches!(self.profile.place, Place::Option(_))
    }

    /// Refuses what would have the SDK go on with the credentials of somebody else, or say nothing that can be
    /// understood.
    ///
    /// # Errors
    ///
    /// When a part of a key is missing or cannot be one, and when there is no profile of the name that is asked for.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.has_own_key {
            return Ok(());
        }
        let id = self.variable(ACCESS_KEY_ID);
        if self.uses_variables()
            && let Some(id) = &id
        {
            let secret = self
                .variable(SECRET_ACCESS_KEY)
                .or_else(|| self.variable("SECRET_ACCESS_KEY"));
            let Some(secret) = secret else {
                return Err(wrong(
                    format!("{} is set, and `{SECRET_ACCESS_KEY}` is not", id.place),
                    ["set both, or neither"],
                ));
            };
            let token = self.variable("AWS_SESSION_TOKEN");
            let mut parts = [Some(id.clone()), Some(secret), token].into_iter().flatten();
            return match parts.find_map(|part| unsendable(&part)) {
                Some(failure) => Err(failure),
                None => Ok(()),
            };
        }
        let Placed { value: name, place } = &self.profile;
        let is_known = self.files.iter().all(|file| !file.is_unread);
        if name == DEFAULT || self.has_profile(name) || !is_known {
            return self.check_keys();
        }
        if let Some(file) = self.files.iter().find(|file| file.problem.is_some()) {
            return Err(unreadable(file));
        }
        let mut help = Vec::new();
        let mut known: Vec<&str> = Vec::new();
        for profile in self.files.iter().flat_map(File::profiles) {
            if !known.contains(&profile) {
                known.push(profile);
            }
        }
        help.extend(nearest(name, known.iter().copied()).map(|meant| format!("did you mean `{meant}`?")));
        if self.files.iter().any(|file| file.has_section(name)) {
            help.push(format!("in the file `config` it is called `[profile {name}]`"));
        }
        help.push(match known.as_slice() {
            [] => "there are no profiles: `aws configure` makes one".to_owned(),
            _ => format!("the profiles are {}", list(known)),
        });
        let files: Vec<String> = self.files.iter().map(|file| file.path.display().to_string()).collect();
        Err(wrong(
            format!(
                "there is no profile `{name}`, which {place} asks for, in {}",
                list(files.iter().map(String::as_str))
            ),
            help,
        ))
    }

    /// Refuses keys that cannot be sent, of the profile and of those that it takes its credentials from: the SDK would
    /// panic.
    fn check_keys(&self) -> Result<(), Failure> {
        let mut name = self.profile.value.clone();
        let mut visited = Vec::new();
        while !visited.contains(&name) {
            let parts = KEY.iter().filter_map(|key| self.of_profile(&name, key));
            if let Some(failure) = parts.into_iter().find_map(|part| unsendable(&part)) {
                return Err(failure);
            }
            let Some(next) = self.of_profile(&name, "source_profile") else {
                break;
            };
            visited.push(std::mem::replace(&mut name, next.value));
        }
        Ok(())
    }

    /// Why there are no credentials, as far as the environment and the files tell.
    ///
    /// - `message`: what the SDK says
    pub(crate) fn explain(&self, message: &str) -> Option<Failure> {
        if self.has_own_key {
            return None;
        }
        if let Some(file) = self.files.iter().find(|file| file.problem.is_some()) {
            return Some(unreadable(file));
        }
        if self.uses_variables() && self.variable(ACCESS_KEY_ID).is_none() {
            if let Some(secret) = self.variable(SECRET_ACCESS_KEY) {
                return Some(wrong(
                    format!("{} is set, and `{ACCESS_KEY_ID}` is not", secret.place),
                    ["set both, or neither"],
                ));
            }
            if let Some(problem) = self.variable(TOKEN_FILE).as_ref().and_then(token_file) {
                return Some(problem);
            }
        }
        self.explain_profile(message)
    }

    /// The same of the profile, and of those that it takes its credentials from.
    fn explain_profile(&self, message: &str) -> Option<Failure> {
        let mut name = self.profile.value.clone();
        let mut visited: Vec<String> = Vec::new();
        let mut named: Option<Placed> = None;
        loop {
            let get = |key: &str| self.of_profile(&name, key);
            if !self.has_profile(&name) {
                let Placed { value, place } = named?;
                return Some(wrong(
                    format!("{place}: there is no profile `{value}`"),
                    ["`source_profile` is the profile whose credentials may assume the role"],
                ));
            }
            if visited.contains(&name) {
                let place = named?.place;
                return Some(wrong(
                    format!("{place}: this leads back to the profile `{name}`, so nobody has credentials"),
                    ["one of them needs a key or a session of its own"],
                ));
            }
            let key = get("aws_access_key_id");
            let has_key = key.is_some() && get("aws_secret_access_key").is_some();
            let role = get("role_arn").filter(|_| get("web_identity_token_file").is_none());
            let next = match role {
                _ if !visited.is_empty() && has_key => return self.explain_key(&name),
                None => return self.explain_base(&name, message),
                Some(role) => match (get("source_profile"), get("credential_source")) {
                    (Some(_), Some(source)) => {
                        return Some(wrong(
                            format!(
                                "{}: the profile `{name}` has `source_profile` as well as `credential_source`",
                                source.place
                            ),
                            ["keep the one that says whose credentials may assume the role"],
                        ));
                    }
                    (None, None) => {
                        return Some(wrong(
                            format!(
                                "{}: the profile `{name}` does not say whose credentials may assume the role",
                                role.place
                            ),
                            ["name a profile with `source_profile = NAME`"],
                        ));
                    }
                    (None, Some(_)) => return self.explain_role(&name),
                    (Some(source), None) => source,
                },
            };
            if let Some(mfa) = self.explain_role(&name) {
                return Some(mfa);
            }
            if next.value == name {
                return self.explain_base(&name, message);
            }
            visited.push(std::mem::replace(&mut name, next.value.clone()));
            named = Some(next);
        }
    }

    /// Of a role that is assumed with a code, which this program does not ask for.
    fn explain_role(&self, profile: &str) -> Option<Failure> {
        let mfa = self.of_profile(profile, "mfa_serial")?;
        Some(elsewhere(
            profile,
            &format!(
                "{}: the role of the profile `{profile}` is assumed with a code of a device, which is not supported",
                mfa.place
            ),
        ))
    }

    /// Of a profile that has credentials of its own.
    fn explain_base(&self, profile: &str, message: &str) -> Option<Failure> {
        let get = |key: &str| self.of_profile(profile, key);
        if let Some(file) = get("web_identity_token_file") {
            return token_file(&file);
        }
        if ["sso_session", "sso_start_url"].iter().any(|key| get(key).is_some()) {
            return self.explain_sso(profile, message);
        }
        if let Some(session) = get("login_session") {
            return Some(elsewhere(
                profile,
                &format!(
                    "{}: the profile `{profile}` signs in with `aws login`, which is not supported",
                    session.place
                ),
            ));
        }
        if let Some(process) = get("credential_process") {
            // Where it took too long, the SDK says so.
            let (_, because) = message.split_once("external process")?;
            let because = match because.strip_prefix(" exited with code ") {
                Some(code) => code,
                None if because.contains("could not") => "what it prints is no JSON with credentials",
                None => because.trim_start_matches([':', ' ']),
            };
            return Some(wrong(
                format!(
                    "{}: the program of `credential_process` gives no credentials: {because}",
                    process.place
                ),
                ["run it by itself to see what it says"],
            ));
        }
        self.explain_key(profile)
    }

    /// Of a key in a file.
    fn explain_key(&self, profile: &str) -> Option<Failure> {
        let [id, secret, _] = KEY.map(|key| (key, self.of_profile(profile, key)));
        let (there, has, missing) = match (&id.1, &secret.1) {
            (Some(there), None) => (there, id.0, secret.0),
            (None, Some(there)) => (there, secret.0, id.0),
            _ => return None,
        };
        Some(wrong(
            format!(
                "{}: the profile `{profile}` has `{has}`, and no `{missing}`",
                there.place
            ),
            ["set both, or neither"],
        ))
    }

    /// Of a session of IAM Identity Center.
    fn explain_sso(&self, profile: &str, message: &str) -> Option<Failure> {
        if let Some(session) = self.of_profile(profile, "sso_session") {
            let section = format!("sso-session {}", session.value);
            if !self.files.iter().any(|file| file.has_section(&section)) {
                return Some(wrong(
                    format!("{}: there is no section `[{section}]`", session.place),
                    ["`aws configure sso` writes both"],
                ));
            }
        }
        let is_missing = message.contains("failed to load the cached SSO token")
            || (message.contains("failed to read") && message.contains("cache"));
        is_missing.then(|| {
            wrong(
                format!("the profile `{profile}` signs in with IAM Identity Center, and there is no session"),
                [format!("sign in with `aws sso login --profile {profile}`")],
            )
        })
    }

    /// Where the access key is from, for whoever has to replace it; `None` if a session gives it.
    pub(crate) fn key_place(&self) -> Option<Place> {
        let of_profile = || Some(self.of_profile(&self.profile.value, "aws_access_key_id")?.place);
        match self.variable(ACCESS_KEY_ID) {
            _ if self.has_own_key => None,
            Some(id) if self.uses_variables() => Some(id.place),
            _ => of_profile(),
        }
    }
}

impl Placed {
    fn new(value: impl Into<String>, place: Place) -> Self {
        Self {
            value: value.into(),
            place,
        }
    }
}

const NO_HELP: [&str; 0] = [];

/// Something that is set and cannot be meant.
fn wrong<T: Into<String>>(message: String, help: impl IntoIterator<Item = T>) -> Failure {
    Failure::Configuration {
        message,
        help: help.into_iter().map(Into::into).collect(),
    }
}

/// Why a file cannot be read.
fn unreadable(file: &File) -> Failure {
    let (line, problem) = file.problem.clone().unwrap_or_default();
    let path = file.path.display();
    match line {
        Some(line) => wrong(
            format!("{path}:{line}: {problem}"),
            [
                "a profile begins with `[profile NAME]`, or `[NAME]` in the file `credentials`, and has lines `key = value`",
            ],
        ),
        None => wrong(format!("`{path}` cannot be read: {problem}"), NO_HELP),
    }
}

/// A kind of credentials that the `aws` program knows and the SDK does not.
fn elsewhere(profile: &str, message: &str) -> Failure {
    wrong(
        message.to_owned(),
        [
            format!(
                "put its credentials into the environment: `eval \"$(aws configure export-credentials --profile {profile} --format env)\"`"
            ),
            format!(
                "or into another profile: `credential_process = aws configure export-credentials --profile {profile}`"
            ),
        ],
    )
}

/// That a part of a key cannot be sent, if so. The value itself may be a secret.
fn unsendable(part: &Placed) -> Option<Failure> {
    let what = stranger(&part.value)?;
    Some(wrong(
        format!("there is {what} in what {} gives", part.place),
        ["copy it once more, as a whole and in one line"],
    ))
}

/// Why the file that holds a web identity cannot be used.
fn token_file(path: &Placed) -> Option<Failure> {
    let error = std::fs::read_to_string(&path.value).err()?;
    let message = format!("`{}`, which {} names, cannot be read: {error}", path.value, path.place);
    Some(wrong(message, ["it is the file with the token of a web identity"]))
}

#[cfg(test)]
mod tests;
