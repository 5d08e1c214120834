use std::fmt;

/// The principal to ask about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// The ARN of a user, group or role: the `PolicySourceArn` of `SimulatePrincipalPolicy`.
    pub arn: String,
    /// The ARN from `GetCallerIdentity`, if different, such as that of a role session.
    pub caller: Option<String>,
    /// The account ID.
    pub account: String,
    /// The partition, such as `aws`.
    pub partition: String,
    /// The Region in use, if known.
    pub region: Option<String>,
}

/// A request that must be allowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Question {
    /// The index of the statement in the rendered document.
    pub statement: usize,
    /// A concrete action, such as `s3:GetObject`.
    pub action: String,
    /// The statement's resource, as rendered.
    pub pattern: String,
    /// The single element of `ResourceArns`: `*`, the pattern, or a concrete sample.
    pub resource: String,
    /// The `ContextEntries`.
    pub context: Vec<ContextEntry>,
}

/// A context key and its values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContextEntry {
    /// Such as `aws:RequestedRegion`.
    pub key: String,
    /// The type of its values.
    pub kind: ContextType,
    /// One value, or several if the type is a list.
    pub values: Vec<String>,
}

/// The type of a context key's values, as AWS's simulator defines them.
///
/// Source: IAM API Reference, "`ContextEntry`", `ContextKeyType`.
///
/// ```
/// assert_eq!(iam_policy_validate::ContextType::StringList.as_str(), "stringList");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContextType {
    /// A string.
    String,
    /// Several strings.
    StringList,
    /// A number.
    Numeric,
    /// Several numbers.
    NumericList,
    /// `true` or `false`.
    Boolean,
    /// Several of `true` and `false`.
    BooleanList,
    /// An IP address.
    Ip,
    /// Several IP addresses.
    IpList,
    /// Bytes in Base64.
    Binary,
    /// Several byte strings.
    BinaryList,
    /// A date and time.
    Date,
    /// Several dates.
    DateList,
}

impl ContextType {
    /// AWS's name for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::StringList => "stringList",
            Self::Numeric => "numeric",
            Self::NumericList => "numericList",
            Self::Boolean => "boolean",
            Self::BooleanList => "booleanList",
            Self::Ip => "ip",
            Self::IpList => "ipList",
            Self::Binary => "binary",
            Self::BinaryList => "binaryList",
            Self::Date => "date",
            Self::DateList => "dateList",
        }
    }

    /// Whether keys of this type may have several values.
    #[must_use]
    pub const fn is_list(self) -> bool {
        matches!(
            self,
            Self::StringList | Self::NumericList | Self::BooleanList | Self::IpList | Self::BinaryList | Self::DateList
        )
    }
}

impl fmt::Display for ContextType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
