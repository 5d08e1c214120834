use std::fmt;

/// Why the questions could not be answered. `Display` says what is wrong, [`help`](Self::help) what to do about it.
///
/// ```
/// let failure = iam_policy_validate::Failure::NoCredentials;
/// assert_eq!(failure.to_string(), "no AWS credentials found");
/// assert!(failure.help().iter().any(|help| help.contains("--profile")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// No credentials were found.
    NoCredentials,
    /// The credentials, or the profile that provides them, cannot be used.
    Credentials {
        /// Why.
        message: String,
    },
    /// An AWS setting is invalid: an argument, an environment variable or a line in a file.
    Configuration {
        /// What is wrong, and where it is set.
        message: String,
        /// How to fix it.
        help: Vec<String>,
    },
    /// The session has expired.
    Expired,
    /// AWS does not know the credentials, or rejects their signature.
    Refused {
        /// AWS's message.
        message: String,
    },
    /// The caller is not authorized to ask.
    NotAuthorized {
        /// The action it needs, such as `iam:SimulatePrincipalPolicy`.
        action: String,
        /// AWS's message.
        message: String,
    },
    /// AWS is still throttling after retries.
    Throttled,
    /// The caller is the root user of its account.
    Root,
    /// The caller is a federated user.
    Federated {
        /// Its ARN.
        arn: String,
    },
    /// The caller is neither a user nor a role.
    UnknownIdentity {
        /// Its ARN.
        arn: String,
    },
    /// The path of the caller's role is unknown, and therefore its ARN.
    UnknownRole {
        /// The name of the role.
        role: String,
        /// AWS's message.
        message: String,
    },
    /// The user, group or role does not exist.
    NoSuchPrincipal {
        /// Its ARN.
        arn: String,
    },
    /// The principal is in a different partition from the caller.
    WrongPartition {
        /// The ARN.
        arn: String,
        /// The partition of the credentials or of the Region.
        partition: String,
    },
    /// The principal is in a different account from the caller.
    WrongAccount {
        /// The ARN.
        arn: String,
        /// The account of the credentials.
        account: String,
    },
    /// No Region is set.
    NoRegion,
    /// The endpoint cannot be reached.
    Unreachable {
        /// The endpoint.
        endpoint: String,
        /// The reason.
        message: String,
    },
    /// The request timed out.
    TimedOut {
        /// The operation, such as `iam:SimulatePrincipalPolicy`.
        action: String,
        /// The timeout.
        seconds: u64,
    },
    /// The answer is not valid.
    Malformed {
        /// The operation, such as `iam:SimulatePrincipalPolicy`.
        action: String,
        /// What is wrong with the answer.
        message: String,
    },
    /// AWS answered with another error.
    Service {
        /// The HTTP status.
        status: u16,
        /// AWS's error code, such as `InvalidInput`.
        code: String,
        /// AWS's message.
        message: String,
    },
}

impl Failure {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Vec<String> {
        let other = "check another user, group or role, such as `--principal arn:aws:iam::123456789012:user/ann`";
        let texts: &[&str] = match self {
            Self::NoCredentials => &[
                "select a profile with `--profile` or `AWS_PROFILE`, or set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`",
                "if you use IAM Identity Center, run `aws sso login` first",
            ],
            Self::Credentials { .. } => &[
                "run `aws configure list` to see what is set and where it comes from",
                "if you use IAM Identity Center, run `aws sso login` first",
            ],
            Self::Configuration { help, .. } => return help.clone(),
            Self::Expired => &["sign in again, for example with `aws sso login`"],
            Self::Refused { .. } => &[
                "check that the access key is active and belongs to this partition, that its secret is complete, and that the system clock is correct",
            ],
            Self::NotAuthorized { action, .. } => {
                return vec![
                    format!("allow the caller to perform `{action}`, or use other credentials"),
                    "to check local policy files without calling AWS, use `--granted FILE`".to_owned(),
                ];
            }
            Self::Throttled => &["try again in a minute"],
            Self::Root => &[
                "AWS does not simulate the root user, which can do everything in its account that the organization does not deny",
                other,
            ],
            Self::Federated { .. } => &[
                "AWS only simulates users, groups and roles: pass the user whose credentials created this session with `--principal ARN`",
            ],
            Self::UnknownIdentity { .. } => &[other],
            Self::UnknownRole { role, .. } => {
                return vec![
                    format!("pass the role's full ARN, which ends in `{role}`, with `--principal`"),
                    "or allow the caller to perform `iam:GetRole` on the role".to_owned(),
                ];
            }
            Self::NoSuchPrincipal { .. } => &["check the account ID, the path and the name in the ARN"],
            Self::WrongPartition { .. } => &["use a profile and a Region in the ARN's partition"],
            Self::WrongAccount { .. } => {
                &["use a profile of the ARN's account: AWS only simulates principals of the caller's account"]
            }
            Self::NoRegion => &["set one with `--region` or `AWS_REGION`"],
            Self::Unreachable { .. } => &["check the network, the proxy, the Region and `--endpoint-url`"],
            Self::TimedOut { .. } => &["check the network, the proxy and `--endpoint-url`, and try again"],
            Self::Malformed { .. } => &[
                "try again; if the error persists, check the proxy and `--endpoint-url`: the endpoint does not appear to be AWS",
            ],
            Self::Service { status, .. } if *status >= 500 => &["this is an error in AWS: try again later"],
            Self::Service { .. } => &[],
        };
        texts.iter().map(|&text| text.to_owned()).collect()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCredentials => f.write_str("no AWS credentials found"),
            Self::Credentials { message } => write!(f, "cannot load the AWS credentials: {message}"),
            Self::Configuration { message, .. } => f.write_str(message),
            Self::Expired => f.write_str("the AWS credentials have expired"),
            Self::Refused { message } => write!(f, "AWS rejected the credentials: {message}"),
            Self::NotAuthorized { action, message } => {
                write!(f, "the caller is not allowed to perform `{action}`: {message}")
            }
            Self::Throttled => f.write_str("AWS is throttling requests"),
            Self::Root => f.write_str("the credentials belong to the account's root user"),
            Self::Federated { arn } => write!(f, "`{arn}` is a federated user"),
            Self::UnknownIdentity { arn } => write!(f, "`{arn}` is not a user, group or role"),
            Self::UnknownRole { role, message } => {
                write!(
                    f,
                    "cannot determine the path of the role `{role}`, which is part of its ARN: {message}"
                )
            }
            Self::NoSuchPrincipal { arn } => write!(f, "`{arn}` does not exist"),
            Self::WrongPartition { arn, partition } => {
                write!(
                    f,
                    "`{arn}` is in another partition: the credentials and the Region belong to `{partition}`"
                )
            }
            Self::WrongAccount { arn, account } => {
                write!(f, "`{arn}` is in another account: the credentials belong to {account}")
            }
            Self::NoRegion => f.write_str("no AWS Region is set"),
            Self::Unreachable { endpoint, message } => write!(f, "cannot reach `{endpoint}`: {message}"),
            Self::TimedOut { action, seconds } => write!(f, "`{action}` timed out after {seconds} s"),
            Self::Malformed { action, message } => {
                write!(f, "invalid response to `{action}`: {message}")
            }
            Self::Service { status, code, message } => write!(f, "AWS responded with {status} `{code}`: {message}"),
        }
    }
}

impl std::error::Error for Failure {}
