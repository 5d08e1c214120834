use std::fmt;

/// Who is asked about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// The ARN of a user, group or role: what `SimulatePrincipalPolicy` takes as its `PolicySourceArn`.
    pub arn: String,
    /// The ARN that `GetCallerIdentity` gave, if it is another one, such as a role's session.
    pub caller: Option<String>,
    /// The number of the account.
    pub account: String,
    /// The partition, such as `aws`.
    pub partition: String,
    /// The region that is worked in, if one is known.
    pub region: Option<String>,
}

/// One thing that must be allowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Question {
    /// The number of the statement in the rendered document, from 0.
    pub statement: usize,
    /// A concrete action, such as `s3:GetObject`.
    pub action: String,
    /// The statement's resource that it is about, as rendered.
    pub pattern: String,
    /// What is sent as the one element of `ResourceArns`: `*`, the pattern, or a concrete sample of it.
    pub resource: String,
    /// What is sent as `ContextEntries`.
    pub context: Vec<ContextEntry>,
}

/// A context key and its values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContextEntry {
    /// Such as `aws:RequestedRegion`.
    pub key: String,
    /// What its values are.
    pub kind: ContextType,
    /// One value, or several where the type is a list.
    pub values: Vec<String>,
}

/// What the values of a context key are, in the words of AWS's simulator.
///
/// Source: IAM API Reference, "`ContextEntry`", `ContextKeyType`.
///
/// ```
/// assert_eq!(iam_policy_validate::ContextType::StringList.as_str(), "stringList");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContextType {
    /// Text.
    String,
    /// Several texts.
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
    /// Bytes in base64.
    Binary,
    /// Several of these.
    BinaryList,
    /// A date and time.
    Date,
    /// Several of these.
    DateList,
}

impl ContextType {
    /// The name that AWS gives it.
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

    /// Whether a key of this type may have several values.
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
