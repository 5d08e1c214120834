use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use iam_policy_document::Diagnostic;
use iam_policy_operations::{Condition, Source};

/// The calls in a workspace, and everything that could not be found out about them.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Calls {
    /// The folder of the workspace, to which all paths are relative.
    pub root: PathBuf,
    /// How the calls were found.
    pub mode: Mode,
    /// The calls, sorted by file and position.
    pub calls: Vec<Call>,
    /// Methods that may be calls.
    pub unresolved: Vec<Unresolved>,
    /// What could not be checked.
    pub unchecked: Vec<Unchecked>,
    /// The packages that were searched.
    pub packages: Vec<Searched>,
    /// What recordings show of the values of arguments, by their members and names.
    pub(crate) values: BTreeMap<(String, String), BTreeSet<String>>,
    /// The texts of the files with calls.
    pub(crate) texts: BTreeMap<String, String>,
    /// Whether none of these packages depends on a crate of the SDK.
    pub is_without_sdk: bool,
    /// Problems that make the result less exact.
    pub warnings: Vec<Diagnostic>,
}

/// A package that was searched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Searched {
    /// Its name.
    pub name: String,
    /// The packages of the workspace whose code its programs contain.
    pub depends_on: Vec<String>,
    /// Its targets, each with its kind: `bin:tool`.
    pub targets: Vec<String>,
}

/// How calls are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// By the compiler, through clippy.
    #[default]
    Exact,
    /// By names alone, without building anything.
    Quick,
}

impl Mode {
    /// The name: `exact` or `quick`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Quick => "quick",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A place in a program's code that calls an operation of the AWS SDK.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// The file, relative to the workspace, with `/` as the separator.
    pub file: String,
    /// The line of the operation's name, counted from 1.
    pub line: usize,
    /// The character in the line, counted from 1.
    pub column: usize,
    /// The bytes of the operation's name in the file.
    pub span: (usize, usize),
    /// The package.
    pub package: String,
    /// The package's targets that contain it, each with its kind: `bin:tool`.
    pub targets: Vec<String>,
    /// The name of the service: `S3`.
    pub service: String,
    /// The name of the operation: `GetObject`.
    pub operation: String,
    /// How the operation is called.
    pub form: Form,
    /// Whether only tests contain it.
    pub is_test: bool,
    /// When it is compiled, if not always, as the predicate of a `cfg` attribute.
    pub cfg: Option<String>,
    /// The macro of the workspace whose definition contains it.
    pub macro_name: Option<String>,
    /// The dependency that makes the call.
    pub origin: Option<String>,
    /// Why a dependency makes the call.
    pub note: Option<&'static str>,
    /// Whether the compiler confirmed it.
    pub is_confirmed: bool,
    /// Whether a recording has it; `None` without recordings.
    pub is_recorded: Option<bool>,
    /// What the setters are called with.
    pub arguments: Vec<Argument>,
    /// Whether `arguments` has all that are set.
    pub is_complete: bool,
    /// The permissions that it needs; `None` if that is not known.
    pub permissions: Option<Vec<Permission>>,
}

impl Call {
    /// Whether the policies grant every permission that the call needs for sure; `None` if it was not compared with any.
    #[must_use]
    pub fn is_granted(&self) -> Option<bool> {
        let mut all = None;
        for permission in self
            .permissions
            .iter()
            .flatten()
            .filter(|permission| permission.is_certain)
        {
            let granted = permission.is_granted?;
            all = Some(all.unwrap_or(true) && granted);
        }
        all
    }
}

/// How an operation is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// A request that is sent.
    Request,
    /// An input that is sent with a client.
    SendWith,
    /// Requests for all pages.
    Paginator,
    /// Requests until something is the case.
    Waiter,
    /// A request that is signed, for somebody else to send it.
    Presigned,
    /// A request whose sending could not be followed.
    Builder,
    /// A path to the method, which something else may call.
    Reference,
    /// A path to the method in a mock, which never sends anything.
    Mock,
    /// A call that a recording has and no code explains.
    Recorded,
}

impl Form {
    /// The name, such as `request`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::SendWith => "send-with",
            Self::Paginator => "paginator",
            Self::Waiter => "waiter",
            Self::Presigned => "presigned",
            Self::Builder => "builder",
            Self::Reference => "reference",
            Self::Mock => "mock",
            Self::Recorded => "recorded",
        }
    }
}

/// What a setter is called with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Argument {
    /// The member of the input: `bucket`.
    pub member: String,
    /// The expression, on one line.
    pub text: String,
    /// The text that it is, as far as that is known.
    pub value: Option<Vec<Part>>,
    /// A name for the value.
    pub name: String,
    /// Whether it may be `None`, so that the member may not be set.
    pub may_be_none: bool,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A literal.
    Text(String),
    /// A value that is not known, by name.
    Hole(String),
}

impl Argument {
    pub(crate) fn new(member: &str, text: String, value: Option<Vec<Part>>, name: &str) -> Self {
        Self {
            member: member.to_owned(),
            text,
            value,
            name: name.to_owned(),
            may_be_none: false,
        }
    }
}

/// A permission that a call needs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Permission {
    /// The action: `s3:GetObject`.
    pub action: &'static str,
    /// Where it is written that the operation needs it.
    pub source: Source,
    /// When the operation needs it; `None` if always or if the call fulfils the condition.
    pub condition: Option<Condition>,
    /// Whether this call needs it for sure.
    pub is_certain: bool,
    /// Whether the code provides for needing it: it is certain, or needed in some cases that the code distinguishes.
    pub is_expected: bool,
    /// Whether the policies grant it; `None` if it was not compared with any.
    pub is_granted: Option<bool>,
    /// Whether AWS checks it on something that the operation uses, such as `iam:PassRole`.
    pub is_dependent: bool,
    /// The resources, as far as they are known. None if nothing is known about them.
    pub resources: Vec<Resource>,
}

/// A resource, in which parts may be open.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Resource {
    /// The parts.
    pub parts: Vec<ResourcePart>,
}

/// A part of a [`Resource`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ResourcePart {
    /// A literal.
    Text(String),
    /// The partition.
    Partition,
    /// The Region.
    Region,
    /// The account.
    Account,
    /// Anything: the input does not determine it.
    Any,
    /// A value that is not known.
    Argument {
        /// The member of the input.
        member: String,
        /// A name for the value.
        name: String,
    },
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            ResourcePart::Text(text) => f.write_str(text),
            ResourcePart::Partition => f.write_str("{partition}"),
            ResourcePart::Region => f.write_str("{region}"),
            ResourcePart::Account => f.write_str("{account}"),
            ResourcePart::Any => f.write_str("*"),
            ResourcePart::Argument { name, .. } => write!(f, "{{{name}}}"),
        })
    }
}

/// A method that may be a call: an operation has its name, but nothing shows what it is called on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Unresolved {
    /// The file, relative to the workspace.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The character in the line, counted from 1.
    pub column: usize,
    /// The package.
    pub package: String,
    /// The method.
    pub method: String,
    /// The services that have such an operation.
    pub services: Vec<String>,
    /// Whether only tests contain it.
    pub is_test: bool,
}

/// Something that could not be checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Unchecked {
    /// A package, with its target if only that is meant, or a file.
    pub subject: String,
    /// Why it was not checked.
    pub reason: String,
    /// Whether names were searched instead.
    pub is_searched_by_name: bool,
}

impl Unchecked {
    pub(crate) fn file(name: &str, reason: String) -> Self {
        Self {
            subject: name.to_owned(),
            reason,
            is_searched_by_name: false,
        }
    }
}

impl Calls {
    /// The text of a file with calls.
    ///
    /// - `file`: its path as in [`Call::file`]
    #[must_use]
    pub fn text(&self, file: &str) -> Option<&str> {
        self.texts.get(file).map(String::as_str)
    }

    /// The calls whose permissions are not known.
    pub fn unmapped(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| call.permissions.is_none())
    }
}
