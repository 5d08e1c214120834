//! What CloudFormation needs for each type of resource.

use std::fmt;
use std::sync::{LazyLock, OnceLock};

use crate::data::{File, packages};
use crate::format::{RESOURCE_TYPES_MAGIC, mark};
use crate::package::Package;

/// The embedded data. A file with another layout reads as no data, so that the program that writes it can be built.
static DATA: LazyLock<Data> =
    LazyLock::new(|| Data::open(include_bytes!("../data/resource-types.bin")).unwrap_or_default());

#[derive(Debug, Default)]
struct Data {
    packages: Vec<Package>,
    services: Vec<ServiceData>,
}

/// The resource types with the same start, such as `AWS::S3`.
#[derive(Debug)]
struct ServiceData {
    name: &'static str,
    file: File,
    block: &'static [u8],
    types: OnceLock<Vec<TypeData>>,
}

#[derive(Debug)]
struct TypeData {
    name: Box<str>,
    needs: Vec<(Box<str>, &'static str)>,
}

impl Data {
    fn open(bytes: &'static [u8]) -> Option<Self> {
        let (file, blocks) = File::open(bytes, RESOURCE_TYPES_MAGIC)?;
        let mut blocks = blocks.into_iter();
        let head: &'static str = file.text(blocks.next()?)?.leak();
        let mut lines = head.lines();
        let packages = packages(&mut lines)?;
        let services = lines.zip(blocks).map(|(name, block)| ServiceData {
            name,
            file,
            block,
            types: OnceLock::new(),
        });
        Some(Self {
            packages,
            services: services.collect(),
        })
    }
}

impl ServiceData {
    fn types(&'static self) -> &'static [TypeData] {
        self.types.get_or_init(|| self.read().unwrap_or_default())
    }

    fn read(&self) -> Option<Vec<TypeData>> {
        let text: &'static str = self.file.text(self.block)?.leak();
        let mut lines = text.lines();
        let prefix = lines.next()?;
        let read = |line: &'static str| {
            let mut fields = line.split('\t');
            let name = format!("{}::{}", self.name, fields.next()?).into();
            let needs = fields.map(|field| {
                let (action, handlers) = field.split_once(mark::HANDLERS)?;
                let action = if action.contains(':') {
                    action.into()
                } else {
                    format!("{prefix}:{action}").into()
                };
                Some((action, handlers))
            });
            Some(TypeData {
                name,
                needs: needs.collect::<Option<_>>()?,
            })
        };
        lines.map(read).collect()
    }
}

/// A type of resource of CloudFormation whose permissions are published.
///
/// # Examples
///
/// ```
/// use iam_policy_operations::{Handler, resource_type};
///
/// let queue = resource_type("AWS::SQS::Queue").unwrap();
/// let create = queue.needs().find(|need| need.action() == "sqs:CreateQueue").unwrap();
/// assert!(create.is_of(Handler::Create));
/// assert!(!create.is_of(Handler::Delete));
/// ```
#[derive(Clone, Copy)]
pub struct ResourceType(&'static TypeData);

/// What CloudFormation does with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Handler {
    /// Creates it.
    Create,
    /// Reads its attributes.
    Read,
    /// Changes it.
    Update,
    /// Deletes it.
    Delete,
    /// Changes its tags, which those of the stack are too.
    Tag,
}

impl Handler {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Create, Self::Read, Self::Update, Self::Delete, Self::Tag];

    /// The letter of the handler in the data file.
    #[doc(hidden)]
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Create => 'c',
            Self::Read => 'r',
            Self::Update => 'u',
            Self::Delete => 'd',
            Self::Tag => 't',
        }
    }
}

impl ResourceType {
    /// The name, such as `AWS::SQS::Queue`.
    #[must_use]
    pub fn name(self) -> &'static str {
        &self.0.name
    }

    /// What its handlers need, sorted by action. What lists resources is not included, since no stack does that.
    #[must_use]
    pub fn needs(self) -> impl ExactSizeIterator<Item = HandlerNeed> + Clone {
        let needs = self.0.needs.iter();
        needs.map(|(action, handlers)| HandlerNeed { action, handlers })
    }
}

impl fmt::Debug for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ResourceType").field(&self.name()).finish()
    }
}

/// An action that handlers of a [`ResourceType`] need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandlerNeed {
    action: &'static str,
    handlers: &'static str,
}

impl HandlerNeed {
    /// The action, or a pattern of actions, such as `ec2:Describe*`.
    #[must_use]
    pub const fn action(self) -> &'static str {
        self.action
    }

    /// Whether this handler needs it.
    #[must_use]
    pub fn is_of(self, handler: Handler) -> bool {
        self.handlers.contains(handler.letter())
    }
}

/// The type of resource with this name; `None` if its permissions are not published.
///
/// - `name`: such as `AWS::SQS::Queue`
#[must_use]
pub fn resource_type(name: &str) -> Option<ResourceType> {
    let (service, _) = name.rsplit_once("::")?;
    let services = &DATA.services;
    let place = services.binary_search_by_key(&service, |found| found.name).ok()?;
    let types = services.get(place)?.types();
    let place = types.binary_search_by_key(&name, |found| &*found.name).ok()?;
    types.get(place).map(ResourceType)
}

/// All types of resources whose permissions are published, sorted by service.
///
/// ```
/// assert!(iam_policy_operations::resource_types().count() > 1_500);
/// ```
pub fn resource_types() -> impl Iterator<Item = ResourceType> {
    DATA.services.iter().flat_map(ServiceData::types).map(ResourceType)
}

/// The packages that the data about resource types was built from.
#[must_use]
pub fn resource_type_packages() -> &'static [Package] {
    &DATA.packages
}
