use std::fmt;

/// Why the questions could not be answered. `Display` says what is wrong, [`help`](Self::help) what to do about it.
///
/// ```
/// let failure = iam_policy_validate::Failure::NoCredentials;
/// assert_eq!(failure.to_string(), "no AWS credentials were found");
/// assert!(failure.help().iter().any(|help| help.contains("--profile")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// There are no credentials.
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
    /// The caller may not ask.
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
    /// There is no such user, group or role.
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
    /// There is no connection.
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
        let other = "ask about another user, group or role, such as `--principal arn:aws:iam::123456789012:user/ann`";
        let texts: &[&str] = match self {
            Self::NoCredentials => &[
                "name a profile with `--profile`, or set `AWS_PROFILE`, or `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`",
                "if you sign in with IAM Identity Center, `aws sso login` comes first",
            ],
            Self::Credentials { .. } => &[
                "`aws configure list` shows what is set and where it comes from",
                "if you sign in with IAM Identity Center, `aws sso login` comes first",
            ],
            Self::Configuration { help, .. } => return help.clone(),
            Self::Expired => &["sign in again, with `aws sso login` or as you did before"],
            Self::Refused { .. } => &[
                "check that the access key exists, is active, and belongs to this partition, that its secret is whole, and that the clock is right",
            ],
            Self::NotAuthorized { action, .. } => {
                return vec![
                    format!("allow the caller `{action}`, or ask with the credentials of someone who may"),
                    "policies at hand can be examined without asking AWS: `--granted FILE`".to_owned(),
                ];
            }
            Self::Throttled => &["try again in a minute"],
            Self::Root => &[
                "the root user is allowed everything in its account that the organization does not deny, and AWS does not simulate it",
                other,
            ],
            Self::Federated { .. } => &[
                "AWS simulates users, groups and roles only: pass the user whose credentials made this session, with `--principal ARN`",
            ],
            Self::UnknownIdentity { .. } => &[other],
            Self::UnknownRole { role, .. } => {
                return vec![
                    format!("pass the role's whole ARN with `--principal`; it ends in `{role}`"),
                    "or allow the caller `iam:GetRole` on it".to_owned(),
                ];
            }
            Self::NoSuchPrincipal { .. } => &["check the account, the path and the name: all are part of the ARN"],
            Self::WrongPartition { .. } => &["use a profile and a region of the partition that the ARN names"],
            Self::WrongAccount { .. } => {
                &["use a profile of the account that the ARN names: AWS simulates the caller's account alone"]
            }
            Self::NoRegion => &["name a region with `--region`, or set `AWS_REGION`"],
            Self::Unreachable { .. } => &["check the network, the proxy, the region and `--endpoint-url`"],
            Self::TimedOut { .. } => &["check the network, the proxy and `--endpoint-url`, and try again"],
            Self::Malformed { .. } => &[
                "try again; if it stays so, check the proxy and `--endpoint-url`: what answers there does not seem to be AWS's service",
            ],
            Self::Service { status, .. } if *status >= 500 => &["this is a fault of the service: try again later"],
            Self::Service { .. } => &[],
        };
        texts.iter().map(|&text| text.to_owned()).collect()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCredentials => f.write_str("no AWS credentials were found"),
            Self::Credentials { message } => write!(f, "the AWS credentials cannot be read: {message}"),
            Self::Configuration { message, .. } => f.write_str(message),
            Self::Expired => f.write_str("the AWS credentials have expired"),
            Self::Refused { message } => write!(f, "AWS does not accept the credentials: {message}"),
            Self::NotAuthorized { action, message } => write!(f, "the caller is not allowed `{action}`: {message}"),
            Self::Throttled => f.write_str("AWS refuses further requests, since there have been too many"),
            Self::Root => f.write_str("the credentials are those of the account's root user"),
            Self::Federated { arn } => write!(f, "`{arn}` is a federated user"),
            Self::UnknownIdentity { arn } => write!(f, "`{arn}` is neither a user, a group nor a role"),
            Self::UnknownRole { role, message } => {
                write!(
                    f,
                    "the path of the role `{role}`, which is part of its ARN, is not known: {message}"
                )
            }
            Self::NoSuchPrincipal { arn } => write!(f, "there is no `{arn}`"),
            Self::WrongPartition { arn, partition } => {
                write!(
                    f,
                    "`{arn}` is not in the partition `{partition}`, which the credentials and the region belong to"
                )
            }
            Self::WrongAccount { arn, account } => {
                write!(
                    f,
                    "`{arn}` is not in the account {account}, which the credentials belong to"
                )
            }
            Self::NoRegion => f.write_str("no AWS region is set"),
            Self::Unreachable { endpoint, message } => write!(f, "`{endpoint}` cannot be reached: {message}"),
            Self::TimedOut { action, seconds } => write!(f, "`{action}` had no answer within {seconds} s"),
            Self::Malformed { action, message } => {
                write!(f, "the answer to `{action}` cannot be understood: {message}")
            }
            Self::Service { status, code, message } => write!(f, "AWS answered {status} `{code}`: {message}"),
        }
    }
}

impl std::error::Error for Failure {}
